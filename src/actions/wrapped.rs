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
