//! What may be planned: whoever mistypes a name learns it when the fault is planned, and not from a test that never fails.

use serde_json::Value;

use super::naming::unknown;
use super::{Delay, Effect, LogNormal, Plan, Reply, Uniform};
use crate::model::kind::DocumentError;

/// The longest delay, in milliseconds.
const LONGEST: i64 = 600_000;

/// Bytes of the body of a reply at most.
const BODY: usize = 256 * 1024;

/// Bytes of the text of an error at most.
const MESSAGE: usize = 4 * 1024;

/// What is known of the API.
pub trait Catalogue {
    /// The names of all actions, emulated or not.
    fn actions(&self) -> Vec<&'static str>;
    /// The name of an action as it stands among those, for one that some clients spell in another way.
    fn spelling<'n>(&self, action: &'n str) -> &'n str;
    /// The names of an action's parameters, `N` for numbers; `None` where nobody knows them.
    fn parameters(&self, action: &str) -> Option<Vec<&'static str>>;
    /// The ids of all public regions.
    fn regions(&self) -> Vec<&'static str>;
    /// The rows that an action can answer, its own before those that all actions have.
    fn rows(&self, action: &str) -> Vec<DocumentedRow>;
}

/// A row of an action's table of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentedRow {
    pub status: u16,
    pub code: &'static str,
    /// With `{}` where the name of a parameter goes, or what else it is about.
    pub message: &'static str,
}

impl DocumentedRow {
    /// Whether this is its text, with something or nothing in its place.
    #[must_use]
    pub fn says(&self, message: &str) -> bool {
        match self.message.split_once("{}") {
            Some((before, after)) => {
                let after = after.rsplit("{}").next().unwrap_or(after);
                message.strip_prefix(before).is_some_and(|rest| rest.ends_with(after))
            }
            None => self.message == message,
        }
    }
}

impl Effect {
    /// The row that its code means, of these: the first that has its status and says its message, if they are given.
    #[must_use]
    pub fn row(&self, rows: &[DocumentedRow]) -> Option<DocumentedRow> {
        let code = self.answered_code()?;
        let is_meant = |row: &&DocumentedRow| {
            row.code == code
                && self.status.is_none_or(|status| status == row.status)
                && self.message.as_deref().is_none_or(|message| row.says(message))
        };
        rows.iter().find(is_meant).copied()
    }
}

impl Plan {
    /// Whether it can be carried out. `regions` are those that resources are in; other regions may be known, too.
    ///
    /// # Errors
    ///
    /// The field that keeps it from that, and why.
    pub fn check(&self, catalogue: &dyn Catalogue, regions: &[String]) -> Result<(), DocumentError> {
        if let Some(name) = &self.name {
            check_name(name)?;
        }
        let actions = self.matching.check(catalogue, regions)?;
        at_least("After", self.after, 0)?;
        at_least("Times", self.times, 1)?;
        at_least("TtlSeconds", self.ttl_seconds, 1)?;
        match self.probability {
            Some(probability) if !(0.0..=1.0).contains(&probability) => {
                return Err(DocumentError::field("Probability", format!("expected 0 to 1, and not {probability}")));
            }
            Some(_) if self.seed.is_none() => {
                return Err(DocumentError::field(
                    "Seed",
                    "a Probability needs it, so that the same requests are hit again",
                ));
            }
            _ => {}
        }
        let mut rows: Vec<DocumentedRow> = Vec::new();
        for row in actions.iter().flat_map(|action| catalogue.rows(action)) {
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        self.effect.check(&rows)
    }
}

impl Effect {
    fn check(&self, rows: &[DocumentedRow]) -> Result<(), DocumentError> {
        match (&self.parts()[..], self.delay_ms) {
            ([], None) => {
                let reason = "expected one of Code, Throttling, Quota, Connection, Reply and DelayMs";
                return Err(DocumentError::field("Effect", reason));
            }
            ([_] | [], _) => {}
            ([one, other, ..], _) => {
                return Err(DocumentError::field(
                    "Effect",
                    format!("{one} and {other} are two effects: plan one fault each"),
                ));
            }
        }
        for (field, is_there) in [("Status", self.status.is_some()), ("Message", self.message.is_some())] {
            if is_there && self.code.is_none() {
                return Err(DocumentError::field(&format!("Effect.{field}"), "only a Code has it"));
            }
        }
        if let Some(delay) = self.delay_ms {
            check_delay(delay)?;
        }
        if self.code.is_some() {
            self.check_code(rows)?;
        }
        if let Some(quota) = &self.quota {
            at_least("Effect.Quota.Limit", Some(quota.limit), 0)?;
            at_least("Effect.Quota.WindowSeconds", Some(quota.window_seconds), 1)?;
        }
        if let Some((part, denial)) = self.denial() {
            at_least(&format!("Effect.{part}.RetryAfterMs"), denial.retry_after_ms, 0)?;
            if let Some(reason) = denial.code.and_then(|code| unknown_code(code, rows)) {
                return Err(DocumentError::field(&format!("Effect.{part}.Code"), reason));
            }
        }
        self.reply.as_ref().map_or(Ok(()), check_reply)
    }

    fn check_code(&self, rows: &[DocumentedRow]) -> Result<(), DocumentError> {
        let code = self.code.as_deref().unwrap_or_default();
        if let Some(message) = &self.message {
            no_longer("Effect.Message", message, MESSAGE)?;
        }
        if let Some(status) = self.status.filter(|status| !(400..=599).contains(status)) {
            return Err(DocumentError::field("Effect.Status", format!("expected 400 to 599, and not {status}")));
        }
        if self.status.is_some() && self.message.is_some() {
            let is_code = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            if !(1..=128).contains(&code.len()) || !code.bytes().all(is_code) {
                let reason = format!("{code:?} is not 1 to 128 letters, digits, dots, underscores and hyphens");
                return Err(DocumentError::field("Effect.Code", reason));
            }
            return Ok(());
        }
        if let Some(reason) = unknown_code(code, rows) {
            let reason = format!("{reason}; with both Status and Message, a Code may be any");
            return Err(DocumentError::field("Effect.Code", reason));
        }
        if self.row(rows).is_some() {
            return Ok(());
        }
        let of_code = rows.iter().filter(|row| row.code == code);
        let (field, there): (_, Vec<String>) = match &self.message {
            Some(_) => ("Effect.Message", of_code.map(|row| format!("{:?}", row.message)).collect()),
            None => ("Effect.Status", of_code.map(|row| row.status.to_string()).collect()),
        };
        let reason = format!("{code} has {}; give both Status and Message for another one", there.join(", "));
        Err(DocumentError::field(field, reason))
    }
}

fn check_name(name: &str) -> Result<(), DocumentError> {
    let is_permitted = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    // In a path these two are no names.
    if (1..=64).contains(&name.len()) && name.bytes().all(is_permitted) && !matches!(name, "." | "..") {
        return Ok(());
    }
    let reason = format!("{name:?} is not 1 to 64 letters, digits, dots, underscores and hyphens");
    Err(DocumentError::field("Name", reason))
}

/// That no action has such a code, if none has.
fn unknown_code(code: &str, rows: &[DocumentedRow]) -> Option<String> {
    let is_known = rows.iter().any(|row| row.code == code);
    (!is_known).then(|| unknown(code, "code that the action answers", rows.iter().map(|row| row.code)))
}

fn check_delay(delay: Delay) -> Result<(), DocumentError> {
    let field = "Effect.DelayMs";
    let check = |name: &str, milliseconds: i64, least: i64| {
        if (least..=LONGEST).contains(&milliseconds) {
            return Ok(());
        }
        let field = if name.is_empty() { field.to_owned() } else { format!("{field}.{name}") };
        Err(DocumentError::field(&field, format!("expected {least} to {LONGEST} milliseconds, and not {milliseconds}")))
    };
    match delay {
        Delay::Fixed(milliseconds) => check("", milliseconds, 0),
        Delay::Uniform(Uniform { min, max }) => {
            check("Min", min, 0)?;
            check("Max", max, min)
        }
        Delay::LogNormal(LogNormal { median, sigma, max }) => {
            check("Median", median, 1)?;
            check("Max", max, median)?;
            if (0.0..=10.0).contains(&sigma) {
                return Ok(());
            }
            Err(DocumentError::field(&format!("{field}.Sigma"), format!("expected 0 to 10, and not {sigma}")))
        }
    }
}

fn check_reply(reply: &Reply) -> Result<(), DocumentError> {
    let has_no_body = |status: u16| matches!(status, 204 | 205 | 304);
    if let Some(status) = reply.status.filter(|status| !(200..=599).contains(status) || has_no_body(*status)) {
        let reason = format!("expected the status of an answer with a body, from 200 to 599, and not {status}");
        return Err(DocumentError::field("Effect.Reply.Status", reason));
    }
    let field = "Effect.Reply.Body";
    let length = reply.body.as_str().map_or_else(|| reply.body.to_string().len(), str::len);
    at_most(field, length, BODY)?;
    match &reply.body {
        Value::String(_) => Ok(()),
        Value::Object(_) => check_written(field, &reply.body),
        _ => Err(DocumentError::field(field, "expected an object or a text")),
    }
}

/// What can be written in XML as well: names of elements, and lists that are elements again and again.
fn check_written(path: &str, value: &Value) -> Result<(), DocumentError> {
    let is_first = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    let is_name = |name: &str| {
        name.as_bytes().first().is_some_and(is_first)
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let Value::Object(fields) = value else { return Ok(()) };
    for (name, value) in fields {
        let path = format!("{path}.{name}");
        if !is_name(name) {
            return Err(DocumentError::field(&path, format!("{name:?} is no name of an element of XML")));
        }
        match value {
            Value::Array(items) => {
                for item in items {
                    if item.is_array() {
                        return Err(DocumentError::field(&path, "a list in a list cannot be written in XML"));
                    }
                    check_written(&path, item)?;
                }
            }
            value => check_written(&path, value)?,
        }
    }
    Ok(())
}

fn at_least(field: &str, number: Option<i64>, least: i64) -> Result<(), DocumentError> {
    match number.filter(|number| *number < least) {
        Some(number) => Err(DocumentError::field(field, format!("expected {least} or more, and not {number}"))),
        None => Ok(()),
    }
}

/// Refuses a text of more than so many bytes.
pub(super) fn no_longer(field: &str, text: &str, most: usize) -> Result<(), DocumentError> {
    at_most(field, text.len(), most)
}

fn at_most(field: &str, length: usize, most: usize) -> Result<(), DocumentError> {
    if length <= most {
        return Ok(());
    }
    Err(DocumentError::field(field, format!("it has {length} bytes, and {most} are the most")))
}
