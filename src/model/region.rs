//! The public regions of Alibaba Cloud: their names, the letters that ids made in them begin with, and their zones.

/// A region that every account sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// For example `cn-hangzhou`.
    pub region_id: &'static str,
    /// The first letters of a resource id made there, as in `s-bp1fbtwv3e6xr6wpe9e0`. Empty where they are not known.
    pub id_prefix: &'static str,
    /// What it is called in English, and in Chinese.
    english: &'static str,
    chinese: &'static str,
}

const fn region(
    region_id: &'static str,
    id_prefix: &'static str,
    english: &'static str,
    chinese: &'static str,
) -> Region {
    Region { region_id, id_prefix, english, chinese }
}

/// The language that names are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    Chinese,
    English,
}

impl Language {
    /// Of an AcceptLanguage. Names are known in two languages: who reads neither of both forms of Chinese gets English. `None` for
    /// one that the documentation does not list.
    #[must_use]
    pub fn accepted(text: &str) -> Option<Self> {
        match text {
            "zh-CN" | "zh-TW" => Some(Self::Chinese),
            "en-US" | "ja" | "fr" | "de" | "ko" => Some(Self::English),
            _ => None,
        }
    }
}

/// All public regions, in the order of the documentation's list of regions.
pub const PUBLIC_REGIONS: &[Region] = &[
    region("cn-qingdao", "m5e", "China (Qingdao)", "华北1（青岛）"),
    region("cn-beijing", "2ze", "China (Beijing)", "华北2（北京）"),
    region("cn-zhangjiakou", "8vb", "China (Zhangjiakou)", "华北3（张家口）"),
    region("cn-huhehaote", "hp3", "China (Hohhot)", "华北5（呼和浩特）"),
    region("cn-wulanchabu", "0jl", "China (Ulanqab)", "华北6（乌兰察布）"),
    region("cn-hangzhou", "bp1", "China (Hangzhou)", "华东1（杭州）"),
    region("cn-shanghai", "uf6", "China (Shanghai)", "华东2（上海）"),
    region("cn-nanjing", "gc7", "China (Nanjing - Local Region)", "华东5（南京-本地地域）"),
    region("cn-fuzhou", "", "China (Fuzhou - Local Region)", "华东6（福州-本地地域）"),
    region("cn-wuhan-lr", "", "China (Wuhan - Local Region)", "华中1（武汉-本地地域）"),
    region("cn-zhengzhou-jva", "", "China (Zhengzhou - Joint Venture)", "郑州（联通合营）"),
    region("cn-shenzhen", "wz9", "China (Shenzhen)", "华南1（深圳）"),
    region("cn-heyuan", "f8z", "China (Heyuan)", "华南2（河源）"),
    region("cn-guangzhou", "7xv", "China (Guangzhou)", "华南3（广州）"),
    region("cn-chengdu", "2vc", "China (Chengdu)", "西南1（成都）"),
    region("cn-hongkong", "j6c", "China (Hong Kong)", "中国香港"),
    region("cn-beijing-finance-1", "", "China (Beijing) Finance", "华北2 金融云"),
    region("cn-hangzhou-finance", "", "China (Hangzhou) Finance", "华东1 金融云"),
    region("cn-shanghai-finance-1", "", "China (Shanghai) Finance", "华东2 金融云"),
    region("cn-shenzhen-finance-1", "", "China (Shenzhen) Finance", "华南1 金融云"),
    region("cn-north-2-gov-1", "", "China North 2 Ali Gov 1", "华北2 阿里政务云1"),
    region("ap-northeast-1", "6we", "Japan (Tokyo)", "日本（东京）"),
    region("ap-northeast-2", "mj7", "South Korea (Seoul)", "韩国（首尔）"),
    region("ap-southeast-1", "t4n", "Singapore", "新加坡"),
    region("ap-southeast-2", "p0w", "Australia (Sydney)", "澳大利亚（悉尼）"),
    region("ap-southeast-3", "8ps", "Malaysia (Kuala Lumpur)", "马来西亚（吉隆坡）"),
    region("ap-southeast-5", "k1a", "Indonesia (Jakarta)", "印度尼西亚（雅加达）"),
    region("ap-southeast-6", "5ts", "Philippines (Manila)", "菲律宾（马尼拉）"),
    region("ap-southeast-7", "0jo", "Thailand (Bangkok)", "泰国（曼谷）"),
    region("ap-south-1", "a2d", "India (Mumbai)", "印度（孟买）"),
    region("us-east-1", "0xi", "US (Virginia)", "美国（弗吉尼亚）"),
    region("us-west-1", "rj9", "US (Silicon Valley)", "美国（硅谷）"),
    region("us-southeast-1", "", "US (Atlanta)", "美国（亚特兰大）"),
    region("na-south-1", "", "Mexico", "墨西哥"),
    region("eu-central-1", "gw8", "Germany (Frankfurt)", "德国（法兰克福）"),
    region("eu-west-1", "d7o", "UK (London)", "英国（伦敦）"),
    region("me-east-1", "eb3", "UAE (Dubai)", "阿联酋（迪拜）"),
    region("me-central-1", "l4v", "SAU (Riyadh - Partner Region)", "沙特（利雅得-合作伙伴地域）"),
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

/// What a region is called; one that is not a public one by its id.
#[must_use]
pub fn name(region_id: &str, language: Language) -> &str {
    match (public(region_id), language) {
        (Some(region), Language::Chinese) => region.chinese,
        (Some(region), Language::English) => region.english,
        (None, _) => region_id,
    }
}

/// The letters of the zones that every region has.
pub const ZONES: [char; 4] = ['a', 'b', 'g', 'h'];

/// The region of a zone, if that is the id of one: a region, a hyphen and a letter, as in `cn-hangzhou-h`. Whether there is such
/// a region is another question. Where a region ends in a digit, zones of the service have no hyphen, as in `ap-southeast-1a`.
#[must_use]
pub fn zone_of(zone_id: &str) -> Option<&str> {
    let region = zone_id.strip_suffix(|letter: char| letter.is_ascii_lowercase())?;
    match region.strip_suffix('-') {
        Some(region) => Some(region).filter(|region| !region.is_empty()),
        None => Some(region).filter(|region| region.ends_with(|digit: char| digit.is_ascii_digit())),
    }
}

/// Whether a text is the id of a zone of a region.
#[must_use]
pub fn is_zone(region_id: &str, zone_id: &str) -> bool {
    zone_of(zone_id) == Some(region_id)
}

/// What a zone is called; one whose id says nothing by that.
#[must_use]
pub fn zone_name(zone_id: &str, language: Language) -> String {
    match (zone_of(zone_id), zone_id.chars().last()) {
        (Some(region_id), Some(letter)) => {
            let (region, letter) = (name(region_id, language), letter.to_ascii_uppercase());
            match language {
                Language::Chinese => format!("{region} 可用区{letter}"),
                Language::English => format!("{region} Zone {letter}"),
            }
        }
        _ => zone_id.to_owned(),
    }
}
