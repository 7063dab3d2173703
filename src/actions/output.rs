//! What an action returns, written as JSON or XML under the action's name and with the request's id.

use serde::Serialize;

use crate::model::fields::is_forbidden_in_xml;

/// How to write an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Xml,
}

/// A plain structure with text keys, which both formats can write. Everything that serializes is one; an action's own type
/// goes no further than this.
pub trait Output: Send {
    /// Writes it as the answer to the request: in XML the root element is `root`.
    ///
    /// # Errors
    ///
    /// What the format cannot write, which no action returns.
    fn write(&self, format: Format, root: &str, request_id: &str) -> Result<String, WriteError>;

    /// The answer as data, in JSON and without the id of the request.
    ///
    /// # Errors
    ///
    /// As [`Output::write`].
    fn data(&self) -> Result<String, serde_json::Error>;
}

/// An answer that says nothing but that all went well: the id of the request is all that it has.
#[derive(Debug, Serialize)]
pub struct Done {}

/// What a format could not write.
pub type WriteError = Box<dyn std::error::Error>;

#[derive(Serialize)]
struct Success<'a, T> {
    #[serde(flatten)]
    output: &'a T,
    #[serde(rename = "RequestId")]
    request_id: &'a str,
}

impl<T: Serialize + Send> Output for T {
    fn data(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    fn write(&self, format: Format, root: &str, request_id: &str) -> Result<String, WriteError> {
        write(format, root, &Success { output: self, request_id })
    }
}

/// What most answers fit into.
const CAPACITY: usize = 8 * 1_024;

/// Writes a whole answer.
///
/// # Errors
///
/// As [`Output::write`].
pub fn write(format: Format, root: &str, body: &impl Serialize) -> Result<String, WriteError> {
    match format {
        Format::Json => {
            let mut text = Vec::with_capacity(CAPACITY);
            serde_json::to_writer(&mut text, body)?;
            Ok(String::from_utf8(text)?)
        }
        Format::Xml => {
            let mut text = String::with_capacity(CAPACITY);
            text.push_str("<?xml version='1.0' encoding='UTF-8'?>");
            quick_xml::se::to_writer_with_root(&mut text, root, body)?;
            // What is stored has none of these, but a fault may repeat what a request said.
            if text.contains(is_forbidden_in_xml) {
                text = text.replace(is_forbidden_in_xml, "\u{fffd}");
            }
            Ok(text)
        }
    }
}
