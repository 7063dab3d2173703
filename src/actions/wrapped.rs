//! Lists as the API wraps them.

/// A list under the word of its items: `{"Snapshot": [...]}`. The wrapper is there even when the list is empty.
macro_rules! wrapped {
    ($name:ident, $item:literal) => {
        #[derive(Debug, serde::Serialize)]
        struct $name<T> {
            #[serde(rename = $item)]
            items: Vec<T>,
        }
    };
}
pub(super) use wrapped;

/// The first rows of a page that others may be answered with too, each as `new` of `$shown` makes it of the row and the time, under
/// the word of its items.
macro_rules! listed {
    ($name:ident, $item:literal, $resource:ty, $shown:ident) => {
        #[derive(Debug)]
        struct $name {
            listed: crate::sandboxes::Listed<$resource>,
            size: usize,
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                struct Items<'a>(&'a $name);

                impl serde::Serialize for Items<'_> {
                    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                        let $name { listed, size } = self.0;
                        let rows = listed.page.rows.iter().take(*size);
                        serializer.collect_seq(rows.map(|row| $shown::new(row, listed.now)))
                    }
                }

                let mut wrapper = serializer.serialize_struct(stringify!($name), 1)?;
                serde::ser::SerializeStruct::serialize_field(&mut wrapper, $item, &Items(self))?;
                serde::ser::SerializeStruct::end(wrapper)
            }
        }
    };
}
pub(super) use listed;
