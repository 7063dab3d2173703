//! What every kind of resource has, once: its words, its table, what is asked for of it. The list of kinds is in `kinds`.

use std::any::Any;
use std::fmt::{self, Debug};
use std::sync::OnceLock;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use utoipa::ToSchema;

pub use super::column::Column;
use super::filter::Filter;
use super::tags::Tag;
use super::time::Time;

/// A kind of resource: what code needs to know that works on all of them alike.
pub struct Kind {
    /// Stands for the kind in tables that have rows of several kinds. It never changes.
    pub number: i64,
    /// One of them, as a line of a stream names it: `Snapshot`.
    pub word: &'static str,
    /// Several, as a state document names them: `Snapshots`.
    pub words: &'static str,
    /// Their segment in the paths of the control plane: `snapshots`.
    pub path: &'static str,
    /// Where the rows are: `snapshot`.
    pub table: &'static str,
    /// The field that holds the id: `SnapshotId`.
    pub id_field: &'static str,
    /// What an id begins with that nobody chose: `s-`.
    pub id_prefix: &'static str,
    /// The columns that some filter asks for, beside those of the key; [`Entry::columns`] gives their values.
    pub columns: &'static [&'static str],
    /// Those of the columns whose values depend on rows of other kinds.
    pub derived: &'static [&'static str],
    /// What of a row names resources of other kinds, which must be there, in its region.
    pub requires: &'static [Require],
    /// The rows of others whose derived columns depend on rows of this kind.
    pub touches: &'static [Touch],
    /// Fields of the API's replies that say nothing about the state: a document may have them.
    pub ignored: &'static [&'static str],
    pub bodies: Bodies,
}

/// How the bodies of rows of a kind are written and read.
#[derive(Debug)]
pub struct Bodies {
    read: fn(&str) -> Result<Box<dyn Entry>, serde_json::Error>,
    default: fn() -> Box<dyn Entry>,
    default_fields: OnceLock<Vec<(String, String)>>,
}

impl Bodies {
    /// Those of `R`.
    #[must_use]
    pub const fn of<R: Resource>() -> Self {
        Self {
            read: |body| Ok(Box::new(serde_json::from_str::<R>(body)?)),
            default: || Box::new(R::default()),
            default_fields: OnceLock::new(),
        }
    }
}

/// What names resources of another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Require {
    /// [`By::Link`]: the links of the row. [`By::Column`]: a column of the row.
    pub by: By,
    /// The field that says it in an entry.
    pub field: &'static str,
    /// Where those resources are.
    pub table: &'static str,
}

/// Rows that depend on a row of another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// Their table.
    pub table: &'static str,
    /// [`By::Link`]: the row links to them. [`By::Column`]: a column of theirs has its id.
    pub by: By,
}

/// How a row of one kind names a row of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// It links to it, see [`Entry::links`].
    Link,
    /// This column of it has the id of the other.
    Column(&'static str),
}

/// What every resource has: where it stands in lists, and until when.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    pub id: &'a str,
    pub region_id: &'a str,
    pub creation_time: Time,
    /// Gone from this time on, as the entry says; see [`Kind::stated_expiration`].
    pub expiration_time: Option<Time>,
}

/// A [`Key`], to be changed.
#[derive(Debug)]
pub struct KeyMut<'a> {
    pub id: &'a mut String,
    pub region_id: &'a mut String,
    pub creation_time: &'a mut Time,
    pub expiration_time: &'a mut Option<Time>,
}

/// Why an entry of a document does not describe a resource, or a text is no document, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentError {
    /// The entry and the field, as in `Snapshots[3].Status`; empty where the text as a whole cannot be read.
    pub path: String,
    /// What is wrong, naming the value.
    pub reason: String,
}

impl DocumentError {
    /// About a field of an entry.
    #[must_use]
    pub fn field(path: &str, reason: impl Into<String>) -> Self {
        Self { path: path.to_owned(), reason: reason.into() }
    }
}

impl std::error::Error for DocumentError {}

impl fmt::Display for DocumentError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            formatter.write_str(&self.reason)
        } else {
            write!(formatter, "{}: {}", self.path, self.reason)
        }
    }
}

/// A resource of some kind: an entry of a state document, and what is stored of it. It serializes as its entry.
pub trait Entry: erased_serde::Serialize + Debug + Send + Sync + Any {
    fn kind(&self) -> &'static Kind;
    fn key(&self) -> Key<'_>;
    fn key_mut(&mut self) -> KeyMut<'_>;
    /// Sorted by key; a key occurs once.
    fn tags(&self) -> &[Tag];
    /// The tags, to be changed; they stay sorted.
    fn tags_mut(&mut self) -> &mut Vec<Tag>;
    /// The resource group that it is in, to be changed; `None` for kinds that are in none.
    fn resource_group_mut(&mut self) -> Option<&mut Option<String>> {
        None
    }
    /// Notes when it was changed, where the kind tells that.
    fn note_change(&mut self, _now: Time) {}
    /// Fills in what an entry leaves out and what follows from the rest; the key is complete already.
    ///
    /// # Errors
    ///
    /// An entry that contradicts itself.
    fn complete(&mut self) -> Result<(), DocumentError>;
    /// The values of [`Kind::columns`], in their order; of derived ones, what the entry itself says.
    fn columns(&self) -> Vec<Column>;
    /// The ids of resources of other kinds that this one is made of.
    fn links(&self) -> Vec<&str> {
        Vec::new()
    }
    /// Where this one stands among those that link to a resource: the least is the first.
    fn link_place(&self, _linked_id: &str) -> i32 {
        1
    }
    /// Takes over what only time has made of the resource that this one takes the place of.
    fn succeed(&mut self, _before: &dyn Entry, _now: Time) {}
    /// Lets go of a resource of this id, which is gone from a table that [`Kind::requires`] names.
    fn let_go(&mut self, _id: &str) {}
    /// Whether the other is of the same kind and has the same values.
    fn is_same(&self, other: &dyn Entry) -> bool;
    fn duplicate(&self) -> Box<dyn Entry>;
}

erased_serde::serialize_trait_object!(Entry);

/// A kind as a type.
pub trait Resource: Entry + Serialize + DeserializeOwned + ToSchema + Default + Clone + PartialEq {
    const KIND: &'static Kind;
    type Filter: Filter;
    /// The values of [`Kind::derived`], in their order.
    type Derived: DeserializeOwned + Debug + Clone + PartialEq + Send + Sync;
}

/// [`Resource::Derived`] of kinds that have none.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct NothingDerived {}

impl Kind {
    /// The body of a row: the entry without the fields of its key, and without those that have their default value. JSON,
    /// in the order of the structure.
    ///
    /// # Errors
    ///
    /// None that are known; writing JSON could fail.
    pub fn body(&self, entry: &dyn Entry) -> Result<String, serde_json::Error> {
        let text = serde_json::to_string(entry)?;
        let defaults = self.default_fields();
        let mut body = String::with_capacity(text.len());
        body.push('{');
        for (name, value) in fields(&text)? {
            let is_default = || defaults.iter().any(|(field, default)| field == name && default == value);
            if self.is_of_key(name) || is_default() {
                continue;
            }
            if body.len() > 1 {
                body.push(',');
            }
            body.push('"');
            body.push_str(name);
            body.push_str("\":");
            body.push_str(value);
        }
        body.push('}');
        Ok(body)
    }

    fn is_of_key(&self, field: &str) -> bool {
        field == self.id_field || ["RegionId", "CreationTime", "ExpirationTime"].contains(&field)
    }

    fn default_fields(&self) -> &[(String, String)] {
        self.bodies.default_fields.get_or_init(|| {
            // Defaults are plain data, which can be written; without them, bodies would only be longer.
            let text = serde_json::to_string(&(self.bodies.default)()).unwrap_or_default();
            let fields = fields(&text).unwrap_or_default();
            fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        })
    }

    /// The column with the expiration time that the entry states; `None`: it states none. `expiration_time`, by which resources
    /// go, has the same, unless it is a derived one: then rows of other kinds decide.
    #[must_use]
    pub fn stated_expiration(&self) -> Option<&'static str> {
        match self.derives_expiration() {
            false => Some("expiration_time"),
            true if self.goes_with_links() => None,
            true => Some("stated_expiration_time"),
        }
    }

    /// Whether rows of other kinds decide when one of this kind goes.
    #[must_use]
    pub fn derives_expiration(&self) -> bool {
        self.derived.contains(&"expiration_time")
    }

    /// Whether a resource of this kind goes with the last of those that it links to, and is not there without any.
    #[must_use]
    pub fn goes_with_links(&self) -> bool {
        self.derives_expiration() && self.requires.iter().any(|require| require.by == By::Link)
    }

    /// The entry that a body holds, with an empty key.
    ///
    /// # Errors
    ///
    /// A body that has a field which this kind does not know, or is none.
    pub fn read(&self, body: &str) -> Result<Box<dyn Entry>, serde_json::Error> {
        (self.bodies.read)(body)
    }
}

impl Debug for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word)
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

/// The fields of an object in JSON, in their order, each with its value as it is written.
fn fields(text: &str) -> Result<Vec<(&str, &str)>, serde_json::Error> {
    struct Fields;

    impl<'de> serde::de::Visitor<'de> for Fields {
        type Value = Vec<(&'de str, &'de str)>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut fields = Vec::with_capacity(32);
            while let Some((name, value)) = map.next_entry::<&str, &RawValue>()? {
                fields.push((name, value.get()));
            }
            Ok(fields)
        }
    }

    serde::Deserializer::deserialize_map(&mut serde_json::Deserializer::from_str(text), Fields)
}

/// The methods of [`Entry`] that are alike for all structures: `id` names the field that holds the id.
macro_rules! keyed {
    ($id:ident) => {
        fn kind(&self) -> &'static crate::model::kind::Kind {
            <Self as crate::model::kind::Resource>::KIND
        }

        fn key(&self) -> crate::model::kind::Key<'_> {
            crate::model::kind::Key {
                id: &self.$id,
                region_id: &self.region_id,
                creation_time: self.creation_time,
                expiration_time: self.expiration_time,
            }
        }

        fn key_mut(&mut self) -> crate::model::kind::KeyMut<'_> {
            crate::model::kind::KeyMut {
                id: &mut self.$id,
                region_id: &mut self.region_id,
                creation_time: &mut self.creation_time,
                expiration_time: &mut self.expiration_time,
            }
        }

        fn tags(&self) -> &[crate::model::tags::Tag] {
            &self.tags
        }

        fn tags_mut(&mut self) -> &mut Vec<crate::model::tags::Tag> {
            &mut self.tags
        }

        fn is_same(&self, other: &dyn crate::model::kind::Entry) -> bool {
            (other as &dyn std::any::Any).downcast_ref::<Self>() == Some(self)
        }

        fn duplicate(&self) -> Box<dyn crate::model::kind::Entry> {
            Box::new(self.clone())
        }
    };
}
pub(crate) use keyed;

/// [`Entry::resource_group_mut`] of structures that have a `resource_group_id`.
macro_rules! grouped {
    () => {
        fn resource_group_mut(&mut self) -> Option<&mut Option<String>> {
            Some(&mut self.resource_group_id)
        }
    };
}
pub(crate) use grouped;
