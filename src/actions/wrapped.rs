//! Lists as the API wraps them, and what lists of resources have in common: their pages, and the tags of each.

use serde::Serialize;

use super::action::ReadCall;
use super::faults::Fault;
use crate::journal::effects;
use crate::model::kind::Resource;
use crate::model::paging::Paging;
use crate::model::tags::Tag;
use crate::model::time::Time;
use crate::sandboxes::Listed;
use crate::store::{Stored, Table};

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

/// The rows of a page under the word of its items, each as `new` of `$shown` makes it of the row and the time.
macro_rules! listed {
    ($name:ident, $item:literal, $resource:ty, $shown:ident) => {
        #[derive(Debug)]
        struct $name(crate::actions::wrapped::Rows<$resource>);

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                struct Items<'a>(&'a $name);

                impl serde::Serialize for Items<'_> {
                    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                        let $name(rows) = self.0;
                        serializer.collect_seq(rows.iter().map(|row| $shown::new(row, rows.now())))
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

/// The rows of a page. They are those of the page cache, which other calls are answered with too.
#[derive(Debug)]
pub struct Rows<R: Table> {
    listed: Listed<R>,
    size: usize,
}

impl<R: Table> Rows<R> {
    pub fn iter(&self) -> impl Iterator<Item = &Stored<R>> {
        self.listed.page.rows.iter().take(self.size)
    }

    /// The sandbox's time at which they were read.
    pub fn now(&self) -> Time {
        self.listed.now
    }
}

/// What a reply says of its page, beside the rows.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PageInfo {
    pub page_number: i32,
    pub page_size: i32,
    pub total_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// The page of a list that a request asks for.
pub async fn page<R: Table>(
    call: &ReadCall<'_>,
    filter: &<R as Resource>::Filter,
    paging: &Paging,
) -> Result<(Rows<R>, PageInfo), Fault> {
    let start = paging.start(filter)?;
    let listed = call.sandboxes.page::<R>(&call.view, filter, &start, paging.limit()).await?;
    let page_info = PageInfo {
        page_number: paging.page_number,
        page_size: paging.page_size,
        total_count: listed.page.total_count,
        next_token: paging.next_token(&listed.page.rows, filter, Stored::position),
    };
    let shown = paging.cut(&listed.page.rows);
    let ids = &listed.page.named;
    effects::see(shown.len(), if ids.len() <= shown.len() { ids.clone() } else { ids[..shown.len()].into() });
    let size = shown.len();
    Ok((Rows { listed, size }, page_info))
}

/// The tags of a group of snapshots or of a snapshot in it, which have other names there than everywhere else.
#[derive(Debug, Serialize)]
pub struct KeyValueTags<'a> {
    #[serde(rename = "Tag")]
    items: Vec<KeyValueItem<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyValueItem<'a> {
    value: &'a str,
    key: &'a str,
}

impl<'a> KeyValueTags<'a> {
    pub fn new(tags: &'a [Tag]) -> Self {
        Self { items: tags.iter().map(|tag| KeyValueItem { value: &tag.value, key: &tag.key }).collect() }
    }
}

/// The tags of a resource.
#[derive(Debug, Serialize)]
pub struct Tags<'a> {
    #[serde(rename = "Tag")]
    items: Vec<TagItem<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagItem<'a> {
    tag_value: &'a str,
    tag_key: &'a str,
}

impl<'a> Tags<'a> {
    pub fn new(tags: &'a [Tag]) -> Self {
        let items = tags.iter().map(|tag| TagItem { tag_value: &tag.value, tag_key: &tag.key });
        Self { items: items.collect() }
    }
}
