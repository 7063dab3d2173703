//! Which resources a request asks for by their tags, and what is told of tags: pairs of resource and tag, and how many resources
//! have one.

use serde::Serialize;

use super::kind::Kind;
use super::sealed::Sealed;
use super::tags::{Tag, TagFilter};
use super::time::Time;

/// The key of the tag that stands for the resource group: what resources are asked for by it, and what is told of them then.
pub const RESOURCE_GROUP_KEY: &str = "acs:rm:rgId";

/// Which resources of a kind. All conditions hold at once; without any it is all that have a tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TagQuery {
    pub region_id: String,
    pub ids: Option<Vec<String>>,
    /// Each of these tags.
    pub tags: Vec<TagFilter>,
    /// A tag for each of these.
    pub patterns: Vec<TagPattern>,
    /// Those of this resource group.
    pub resource_group_id: Option<String>,
}

/// A tag that is not told to the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TagPattern {
    pub key: Wording,
    /// One of these; none: whatever value.
    pub values: Vec<Wording>,
}

/// How a text is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Wording {
    /// `env`
    Exact(String),
    /// `env*`
    Prefix(String),
    /// `*env*`
    Infix(String),
}

impl Wording {
    /// Reads it, with stars at both ends, at the end, or nowhere.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (is_open, rest) = text.strip_prefix('*').map_or((false, text), |rest| (true, rest));
        let (is_prefix, rest) = rest.strip_suffix('*').map_or((false, rest), |rest| (true, rest));
        let is_word = !rest.is_empty() && !rest.contains('*');
        let owned = rest.to_owned();
        match (is_open, is_prefix) {
            (false, false) if is_word => Some(Self::Exact(owned)),
            (false, true) if is_word => Some(Self::Prefix(owned)),
            (true, true) if is_word => Some(Self::Infix(owned)),
            _ => None,
        }
    }

    /// The text without its stars.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Exact(text) | Self::Prefix(text) | Self::Infix(text) => text,
        }
    }

    /// The text of this one, asked for as the other one is.
    #[must_use]
    pub fn like(self, other: &Self) -> Self {
        let (Self::Exact(text) | Self::Prefix(text) | Self::Infix(text)) = self;
        match other {
            Self::Exact(_) => Self::Exact(text),
            Self::Prefix(_) => Self::Prefix(text),
            Self::Infix(_) => Self::Infix(text),
        }
    }
}

/// A resource and one of its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaggedResource {
    pub creation_time: Time,
    pub id: String,
    pub tag: Tag,
}

/// A place in the order of such pairs: newest resource first, then by id, then by key. It names no pair: those that come and
/// go move nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagPlace {
    pub creation_time: Time,
    pub id: String,
    pub key: String,
}

impl TagPlace {
    /// The place of a pair.
    #[must_use]
    pub fn of(pair: &TaggedResource) -> Self {
        Self { creation_time: pair.creation_time, id: pair.id.clone(), key: pair.tag.key.clone() }
    }

    /// As a token of the list that answers this question.
    #[must_use]
    pub fn token(&self, kind: &Kind, query: &TagQuery) -> String {
        let mut place = Vec::from(self.creation_time.0.to_be_bytes());
        // No text that is stored holds this character.
        place.extend(format!("{}\0{}", self.id, self.key).as_bytes());
        Sealed::new(&(kind.word, query), place).to_string()
    }

    /// Reads a token of the list that answers this question.
    #[must_use]
    pub fn read(token: &str, kind: &Kind, query: &TagQuery) -> Option<Self> {
        let sealed: Sealed = token.parse().ok()?;
        let (creation_time, rest) = sealed.place.split_first_chunk::<8>()?;
        let (id, key) = str::from_utf8(rest).ok()?.split_once('\0')?;
        let creation_time = Time(i64::from_be_bytes(*creation_time));
        sealed.is_of(&(kind.word, query)).then(|| Self { creation_time, id: id.to_owned(), key: key.to_owned() })
    }
}

/// Which tags of a region: of these kinds, or of the resource of this id alone, and any of these tags.
#[derive(Debug, Clone, Default)]
pub struct PairQuery {
    pub region_id: String,
    pub kinds: Vec<&'static Kind>,
    pub id: Option<String>,
    /// None: whatever tag.
    pub tags: Vec<TagFilter>,
}

/// A tag, and how many resources of each kind have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagCount {
    pub tag: Tag,
    /// By the number of the kind.
    pub counts: Vec<(i64, i64)>,
}
