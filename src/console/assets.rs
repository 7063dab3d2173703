//! Style sheets and scripts, which are in the binary. The hash of each is in its URL, so that browsers may keep it for ever.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, Path};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::ROOT;
use super::page::Failed;

#[derive(RustEmbed)]
#[folder = "src/console/assets/"]
struct Assets;

/// An asset, and the beginning of its hash.
struct Asset {
    file: EmbeddedFile,
    hash: String,
}

fn all() -> &'static BTreeMap<String, Asset> {
    static ALL: OnceLock<BTreeMap<String, Asset>> = OnceLock::new();
    ALL.get_or_init(|| {
        let asset = |name: std::borrow::Cow<'static, str>| {
            let file = Assets::get(&name)?;
            let hash = file.metadata.sha256_hash()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
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

/// Answers an asset, under the hash of what it is.
pub async fn get(path: Path<(String, String)>) -> Result<HttpResponse, Failed> {
    let (hash, name) = path.into_inner();
    let asset = all().get(&name).filter(|asset| asset.hash == hash).ok_or_else(Failed::no_such_page)?;
    let media_type = match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
    Ok(HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(Bytes::copy_from_slice(&asset.file.data)))
}
