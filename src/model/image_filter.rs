//! Which images a request asks for: the one filter of both planes, read from names and values.

use std::str::FromStr;

use serde::Serialize;

use super::filter::{Filter, both, placed};
use super::filter_pairs;
use super::image_words::{ImageStatus, ImageUsage};
use super::params::{Reading, Reason, Refusal};
use super::tags::{self, TagFilter};
use super::time::Time;

/// What is expected of the NetworkType in a Filter.
pub const NETWORK_TYPE: &str = "vpc or classic, beside the key of the same number";

/// Conditions on images; all that are given hold at once (DescribeImages). An empty filter matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct ImageFilter {
    pub region_id: Option<String>,
    /// `Some` of nothing matches nothing.
    pub image_ids: Option<Vec<String>>,
    /// `*` in it stands for any text.
    pub image_name: Option<String>,
    pub image_family: Option<String>,
    pub image_owner_alias: Option<String>,
    pub image_owner_id: Option<i64>,
    pub architecture: Option<String>,
    pub os_type: Option<String>,
    /// That it is made of.
    pub snapshot_id: Option<String>,
    pub usage: Option<ImageUsage>,
    /// Only published ones; `false` says nothing.
    pub is_public: bool,
    pub is_support_cloudinit: Option<bool>,
    pub is_support_io_optimized: Option<bool>,
    pub resource_group_id: Option<String>,
    /// One of these; none: any.
    pub statuses: Vec<ImageStatus>,
    pub usable: Option<bool>,
    /// That can be made of it.
    pub instance_type: Option<String>,
    /// Earliest creation time, inclusive.
    pub created_from: Option<Time>,
    /// Latest creation time, inclusive.
    pub created_until: Option<Time>,
    pub tags: Vec<TagFilter>,
}

impl Filter for ImageFilter {
    /// Reads the parameters that DescribeImages documents as filters, under their documented names and in the order of their
    /// names; and ImageIds, which every kind has on the control plane.
    fn read(reading: &mut Reading<'_>) -> Self {
        let architecture =
            reading.one_of("Architecture", &["i386", "x86_64", "arm64"], "i386, x86_64 or arm64").map(str::to_owned);
        let keys = ["CreationStartTime", "CreationEndTime", "NetworkType"];
        let pairs = filter_pairs::read(reading, &keys, "CreationStartTime, CreationEndTime or NetworkType");
        let (created_from, created_until) =
            filter_pairs::bounds(reading, &pairs, "CreationStartTime", "CreationEndTime");
        // Instances of every image can be in either network.
        filter_pairs::check_words(reading, &pairs, "NetworkType", &["vpc", "classic"], NETWORK_TYPE);
        let image_ids = both(ids(reading), reading.ids("ImageIds"));
        let aliases = ["system", "self", "others", "marketplace"];
        let image_owner_alias =
            reading.one_of("ImageOwnerAlias", &aliases, "system, self, others or marketplace").map(str::to_owned);
        let image_owner_id = reading.long("ImageOwnerId", 0..=i64::MAX, "a number");
        let is_public = reading.boolean("IsPublic").unwrap_or(false);
        let is_support_cloudinit = reading.boolean("IsSupportCloudinit");
        let is_support_io_optimized = reading.boolean("IsSupportIoOptimized");
        let os_type = reading.one_of("OSType", &["windows", "linux"], "windows or linux").map(str::to_owned);
        let statuses = reading.word::<Statuses>("Status", STATUS);
        let tags = tags::read(reading);
        let usable = reading.boolean("Usable");
        let usage = reading.word("Usage", "instance or none");
        Self {
            region_id: reading.owned("RegionId"),
            image_ids,
            image_name: reading.owned("ImageName"),
            image_family: reading.owned("ImageFamily"),
            image_owner_alias,
            image_owner_id,
            architecture,
            os_type,
            snapshot_id: reading.owned("SnapshotId"),
            usage,
            is_public,
            is_support_cloudinit,
            is_support_io_optimized,
            resource_group_id: reading.owned("ResourceGroupId"),
            statuses: statuses.map_or_else(Vec::new, |Statuses(statuses)| statuses),
            usable,
            instance_type: reading.owned("InstanceType"),
            created_from,
            created_until,
            tags,
        }
    }

    placed!(image_ids);
}

impl ImageFilter {
    /// Whether instances of the type that it asks for have ARM processors: the generation in the name of their family is
    /// followed by `r` or `y`, as in `ecs.g6r.large` and `ecs.c8y.large`.
    #[must_use]
    pub fn is_of_arm(&self) -> Option<bool> {
        let family = self.instance_type.as_deref()?.split('.').nth(1)?;
        let before = family.strip_suffix(['r', 'y']);
        Some(before.is_some_and(|before| before.ends_with(|character: char| character.is_ascii_digit())))
    }
}

/// `ImageId`: ids with commas between them, at most 100. Sorted, each once.
fn ids(reading: &mut Reading<'_>) -> Option<Vec<String>> {
    const LIMIT: usize = 100;
    let mut ids: Vec<String> = reading.text("ImageId")?.split(',').map(|id| id.trim().to_owned()).collect();
    if ids.len() > LIMIT {
        reading.refuse(Refusal::new("ImageId", Reason::TooMany, "at most 100 ids with commas between them"));
    }
    ids.sort();
    ids.dedup();
    Some(ids)
}

const STATUS: &str = "Creating, Waiting, Available, UnAvailable, CreateFailed or Deprecated, or some of them with commas \
                      between them, or ALL";

/// Statuses with commas between them, or `ALL`, which is any.
struct Statuses(Vec<ImageStatus>);

impl FromStr for Statuses {
    type Err = strum::ParseError;

    fn from_str(text: &str) -> Result<Self, strum::ParseError> {
        if text.eq_ignore_ascii_case("ALL") {
            return Ok(Self(Vec::new()));
        }
        text.split(',').map(|status| status.trim().parse()).collect::<Result<_, _>>().map(Self)
    }
}
