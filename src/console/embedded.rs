//! Style sheets and scripts, which are in the binary, and the hash of each.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rust_embed::{EmbeddedFile, RustEmbed};

use super::ROOT;

#[derive(RustEmbed)]
#[folder = "src/console/assets/"]
struct Assets;

/// An asset, and the beginning of its hash.
pub struct Asset {
    file: EmbeddedFile,
    pub hash: String,
}

fn all() -> &'static BTreeMap<String, Asset> {
    static ALL: OnceLock<BTreeMap<String, Asset>> = OnceLock::new();
    ALL.get_or_init(|| {
        let asset = |name: std::borrow::Cow<'static, str>| {
            let file = Assets::get(&name)?;
            let beginning = file.metadata.sha256_hash().into_iter().take(8);
            let hash = beginning.fold(0, |number, byte| number << 8 | u64::from(byte));
            let hash = format!("{hash:016x}");
            Some((name.into_owned(), Asset { file, hash }))
        };
        Assets::iter().filter_map(asset).collect()
    })
}

/// Where an asset is found.
pub fn url(name: &str) -> String {
    let hash = all().get(name).map(|asset| asset.hash.as_str()).unwrap_or_default();
    format!("{ROOT}/assets/{hash}/{name}")
}

/// The asset of this name.
pub fn find(name: &str) -> Option<&'static Asset> {
    all().get(name)
}

impl Asset {
    pub fn content(&self) -> &[u8] {
        &self.file.data
    }
}
