//! Writing a state down piece by piece, so that it takes little memory, however long it is.

use std::error::Error;

use serde::Serialize;

use super::stream::{line, settings_line};
use super::{Form, Format};
use crate::model::kind::{Entry, Kind};
use crate::model::kinds::KINDS;
use crate::model::settings::SettingsPatch;

/// A state on its way out: first its settings, then its entries, those of a kind together and in the order of the kinds.
#[derive(Debug)]
pub struct Export {
    form: Form,
    /// Of which entries were written last.
    kind: Option<&'static Kind>,
    has_settings: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Settings<'s> {
    settings: &'s SettingsPatch,
}

impl Export {
    /// What comes first.
    ///
    /// # Errors
    ///
    /// None that are known; writing JSON or YAML could fail.
    pub fn begin(form: Form, settings: &SettingsPatch) -> Result<(Self, String), Box<dyn Error + Send + Sync>> {
        let has_settings = !settings.is_empty();
        let text = match form {
            Form::Document(Format::Json) if has_settings => {
                format!("{{\"Settings\":{}", serde_json::to_string(settings)?)
            }
            Form::Document(Format::Json) => "{".to_owned(),
            Form::Document(Format::Yaml) if has_settings => serde_saphyr::to_string(&Settings { settings })?,
            Form::Lines if has_settings => settings_line(settings)?,
            Form::Document(Format::Yaml) | Form::Lines => String::new(),
        };
        Ok((Self { form, kind: None, has_settings }, text))
    }

    /// The next entries, all of one kind.
    ///
    /// # Errors
    ///
    /// As [`Export::begin`].
    pub fn entries(&mut self, entries: &[Box<dyn Entry>]) -> Result<String, Box<dyn Error + Send + Sync>> {
        let Some(kind) = entries.first().map(|entry| entry.kind()) else { return Ok(String::new()) };
        let mut text = self.heading(kind);
        match self.form {
            Form::Document(Format::Json) => {
                for (number, entry) in entries.iter().enumerate() {
                    if number > 0 {
                        text.push(',');
                    }
                    text += &serde_json::to_string(entry)?;
                }
            }
            Form::Document(Format::Yaml) => text += &serde_saphyr::to_string(&entries)?,
            Form::Lines => {
                for entry in entries {
                    text += &line(&**entry)?;
                }
            }
        }
        Ok(text)
    }

    /// What comes before entries of this kind.
    fn heading(&mut self, kind: &'static Kind) -> String {
        let is_json = self.form == Form::Document(Format::Json);
        if self.kind == Some(kind) {
            return if is_json { ",".to_owned() } else { String::new() };
        }
        // Snapshots are always there, so that a document of an empty state says that it is one.
        let is_without_snapshots = self.kind.is_none() && kind != KINDS[0];
        let snapshots = if is_without_snapshots { self.opening(KINDS[0], true) } else { String::new() };
        snapshots + &self.opening(kind, false)
    }

    /// The beginning of a kind, of which nothing else comes if it `is_empty`.
    fn opening(&mut self, kind: &'static Kind, is_empty: bool) -> String {
        let separator = match self.kind {
            Some(_) => "],",
            None if self.has_settings => ",",
            None => "",
        };
        self.kind = Some(kind);
        match self.form {
            Form::Document(Format::Json) => format!("{separator}\"{}\":[", kind.words),
            Form::Document(Format::Yaml) if is_empty => format!("{}: []\n", kind.words),
            Form::Document(Format::Yaml) => format!("{}:\n", kind.words),
            Form::Lines => String::new(),
        }
    }

    /// What comes last.
    #[must_use]
    pub fn end(mut self) -> String {
        let mut text = if self.kind.is_none() { self.opening(KINDS[0], true) } else { String::new() };
        if self.form == Form::Document(Format::Json) {
            text += "]}";
        }
        text
    }
}
