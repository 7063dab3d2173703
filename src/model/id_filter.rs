//! Filters of kinds that are asked for by region and ids only.

/// Declares such a filter: its name, the field of the ids, and the parameter that they are read from.
macro_rules! id_filter {
    ($(#[$attribute:meta])* $name:ident, $ids:ident, $parameter:literal) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize)]
        pub struct $name {
            pub region_id: Option<String>,
            /// `Some` of nothing matches nothing.
            pub $ids: Option<Vec<String>>,
        }

        impl crate::model::kind::Filter for $name {
            fn read(reading: &mut crate::model::params::Reading<'_>) -> Self {
                Self { region_id: reading.text("RegionId").map(str::to_owned), $ids: reading.ids($parameter) }
            }

            fn region_id(&self) -> Option<&str> {
                self.region_id.as_deref()
            }

            fn ids(&self) -> Option<&[String]> {
                self.$ids.as_deref()
            }

            fn asks_for_more(&self) -> bool {
                self.$ids.is_some()
            }

            fn by_ids(&self, ids: Vec<String>) -> Self {
                Self { region_id: self.region_id.clone(), $ids: Some(ids) }
            }
        }
    };
}
pub(crate) use id_filter;
