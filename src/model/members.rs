//! The snapshots of a group in a state document, as replies have them.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::fields::required_text;
use super::lists::{WithoutIgnored, maps};

/// What replies say of a snapshot of a group beside its id, which the snapshot itself says.
const IGNORED: [&str; 7] =
    ["Available", "InstantAccess", "InstantAccessRetentionDays", "Progress", "SourceDiskId", "SourceDiskType", "Tags"];

/// Their ids: of a list, or of a list under Snapshot as replies have it.
pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let members = maps::<D, Member>(deserializer, "Snapshot")?;
    Ok(members.into_iter().map(|Member(snapshot_id)| snapshot_id).collect())
}

struct Member(String);

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Named {
    #[serde(deserialize_with = "required_text")]
    snapshot_id: String,
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Member;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map from field to value")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Member, A::Error> {
                let Named { snapshot_id } =
                    Named::deserialize(MapAccessDeserializer::new(WithoutIgnored { map, ignored: &IGNORED }))?;
                Ok(Member(snapshot_id))
            }
        }

        deserializer.deserialize_any(Fields)
    }
}
