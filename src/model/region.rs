//! The public regions of Alibaba Cloud, and the letters that ids made in them begin with.

/// A region that every account sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// For example `cn-hangzhou`.
    pub region_id: &'static str,
    /// The first letters of a resource id made there, as in `s-bp1fbtwv3e6xr6wpe9e0`. Empty where they are not known.
    pub id_prefix: &'static str,
}

const fn region(region_id: &'static str, id_prefix: &'static str) -> Region {
    Region { region_id, id_prefix }
}

/// All public regions, in the order of the documentation's list of regions.
pub const PUBLIC_REGIONS: &[Region] = &[
    region("cn-qingdao", "m5e"),
    region("cn-beijing", "2ze"),
    region("cn-zhangjiakou", "8vb"),
    region("cn-huhehaote", "hp3"),
    region("cn-wulanchabu", "0jl"),
    region("cn-hangzhou", "bp1"),
    region("cn-shanghai", "uf6"),
    region("cn-nanjing", "gc7"),
    region("cn-fuzhou", ""),
    region("cn-wuhan-lr", ""),
    region("cn-zhengzhou-jva", ""),
    region("cn-shenzhen", "wz9"),
    region("cn-heyuan", "f8z"),
    region("cn-guangzhou", "7xv"),
    region("cn-chengdu", "2vc"),
    region("cn-hongkong", "j6c"),
    region("cn-beijing-finance-1", ""),
    region("cn-hangzhou-finance", ""),
    region("cn-shanghai-finance-1", ""),
    region("cn-shenzhen-finance-1", ""),
    region("cn-north-2-gov-1", ""),
    region("ap-northeast-1", "6we"),
    region("ap-northeast-2", "mj7"),
    region("ap-southeast-1", "t4n"),
    region("ap-southeast-2", "p0w"),
    region("ap-southeast-3", "8ps"),
    region("ap-southeast-5", "k1a"),
    region("ap-southeast-6", "5ts"),
    region("ap-southeast-7", "0jo"),
    region("ap-south-1", "a2d"),
    region("us-east-1", "0xi"),
    region("us-west-1", "rj9"),
    region("us-southeast-1", ""),
    region("na-south-1", ""),
    region("eu-central-1", "gw8"),
    region("eu-west-1", "d7o"),
    region("me-east-1", "eb3"),
    region("me-central-1", "l4v"),
];

/// The public region of this id, if there is one.
#[must_use]
pub fn public(region_id: &str) -> Option<&'static Region> {
    PUBLIC_REGIONS.iter().find(|region| region.region_id == region_id)
}

/// The letters that ids made in a region begin with; none for a region that is not a public one.
#[must_use]
pub fn letters(region_id: &str) -> &'static str {
    public(region_id).map_or("", |region| region.id_prefix)
}

/// Whether a text is the id of a zone of a region: the region, `-`, and a letter.
#[must_use]
pub fn is_zone(region_id: &str, zone_id: &str) -> bool {
    let letter = zone_id.strip_prefix(region_id).and_then(|rest| rest.strip_prefix('-'));
    letter.is_some_and(|letter| letter.len() == 1 && letter.bytes().all(|byte| byte.is_ascii_lowercase()))
}
