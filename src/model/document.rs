//! State documents: what seed files say. A document is written in the API's own words, and a reply of a Describe action is
//! one as it stands.
//!
//! Only what matters to a test needs saying. Seeding is not bound by the rules for callers: names that begin with `auto`,
//! system tags and any time are fine. An empty text is a field that was not given, as in replies of the real service.

mod draft;
mod export;
mod reader;
mod stream;

use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

pub use self::draft::{DEFAULT_REGION_ID, Draft};
pub use self::export::Export;
pub use self::reader::{BATCH, BATCH_BYTES, ENTRY_LIMIT, Head, Reader};
pub use self::stream::{Line, line, parse_line, settings_line};
pub use super::kind::DocumentError;
use super::kinds::KINDS;
use super::schemas;

/// How a document is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Yaml,
}

/// How a state is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Document(Format),
    /// A stream: one entry a line.
    Lines,
}

/// The envelope of a pasted reply, which says nothing about the state.
const ENVELOPE: [&str; 5] = ["PageNumber", "PageSize", "TotalCount", "RequestId", "NextToken"];

/// The fields of a document.
fn words() -> impl Iterator<Item = &'static str> {
    ["RegionId", "Settings"].into_iter().chain(KINDS.iter().map(|kind| kind.words)).chain(ENVELOPE)
}

/// A state document, for the description of the control plane.
#[derive(Debug)]
pub struct Document;

impl PartialSchema for Document {
    fn schema() -> RefOr<Schema> {
        // Written below and read by a test.
        serde_json::from_value(schema()).unwrap_or_default()
    }
}

impl ToSchema for Document {}

/// The schema of documents, whose entries are described under the words of their kinds.
#[must_use]
pub fn schema() -> Value {
    let mut properties = json!({
        "RegionId": {"type": ["string", "null"], "description": "The region of all entries that name none."},
        "Settings": {"anyOf": [{"$ref": "#/components/schemas/SettingsPatch"}, {"type": "null"}]},
    });
    for kind in KINDS {
        properties[kind.words] = schemas::resources(kind.word);
    }
    for name in ENVELOPE {
        properties[name] = json!({});
    }
    json!({
        "type": "object",
        "description": "A state document: what a seed file says, and what a sandbox's state is exported as.",
        "properties": properties,
        "additionalProperties": false,
    })
}
