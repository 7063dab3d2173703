//! Reading a document an entry at a time, so that it takes little memory, however long it is.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_path_to_error::Track;

use super::draft::{Draft, described};
use super::{Format, words};
use crate::model::fields::optional_text;
use crate::model::kind::{DocumentError, Resource};
use crate::model::kinds::{KINDS, each_kind};
use crate::model::lists::{Described, List};
use crate::model::settings::SettingsPatch;

/// Bytes of an entry, in a document or a stream, and of whatever else a document says.
pub const ENTRY_LIMIT: usize = 1024 * 1024;

/// Entries that are taken together at most, and bytes of them from which on no more are added.
pub const BATCH: usize = 500;
pub const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// What aliases of a YAML document may repeat of it: enough for tags that many entries share. They are kept in memory, and the
/// allocator keeps that for the next document of the same thread.
const ANCHORED_NODES: usize = 25_000;
const ANCHORED_BYTES: usize = ENTRY_LIMIT;

/// What a document says beside its entries.
#[derive(Debug, Default)]
pub struct Head {
    /// The region of all entries that name none.
    pub region_id: Option<String>,
    /// What it says of the sandbox's settings.
    pub settings: SettingsPatch,
}

/// A document.
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    format: Format,
    head: Head,
}

impl<R: Read + Seek> Reader<R> {
    /// Reads the head of a document. It may stand anywhere, so that everything is read once: a text that is broken further on
    /// is refused before any of its entries is taken.
    ///
    /// `None` is a text that says nothing at all: comments, or null.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] for a text that is not of this form. Unknown fields are errors.
    pub fn new(mut source: R, format: Format) -> Result<Option<Self>, DocumentError> {
        let meter = Meter::default();
        let mut pass = HeadPass { head: Head::default(), meter: meter.clone() };
        let says_something = read(&mut source, format, &meter, &mut pass)?;
        Ok(says_something.then_some(Self { source, format, head: pass.head }))
    }

    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Reads the entries, and gives them to `take` a batch at a time until it returns false.
    ///
    /// # Errors
    ///
    /// [`DocumentError`]: it names the entry, the field, the value and the reason.
    pub fn entries(&mut self, take: &mut dyn FnMut(Vec<Draft>) -> bool) -> Result<(), DocumentError> {
        let meter = Meter::default();
        let region_id = self.head.region_id.as_deref();
        let mut pass = EntryPass { region_id, batch: Vec::new(), bytes: 0, meter: meter.clone(), take };
        read(&mut self.source, self.format, &meter, &mut pass)?;
        pass.flush();
        Ok(())
    }
}

/// Reads the whole source once. Returns whether it says anything.
fn read<R: Read + Seek, P: Pass>(
    source: &mut R,
    format: Format,
    meter: &Meter,
    pass: &mut P,
) -> Result<bool, DocumentError> {
    let unreadable = |error: io::Error| DocumentError::field("", error.to_string());
    let length = source.seek(SeekFrom::End(0)).map_err(unreadable)?;
    source.rewind().map_err(unreadable)?;
    let mut source = BufReader::new(Metered { source, meter: meter.clone() });
    let mut path = String::new();
    let document = DocumentSeed { pass, meter };
    let result = match format {
        Format::Json => {
            // Some editors begin a file with a mark.
            if source.fill_buf().map_err(unreadable)?.starts_with("\u{feff}".as_bytes()) {
                source.consume("\u{feff}".len());
            }
            let mut deserializer = serde_json::Deserializer::from_reader(source);
            let result = tracked(&mut deserializer, document, &mut path);
            let result = result.and_then(|says_something| deserializer.end().map(|()| says_something));
            result.map_err(|error| error.to_string())
        }
        Format::Yaml => {
            // How long a text may be is for others to say. What aliases repeat counts as if it stood there, and may be as
            // long as the text again.
            let bytes = usize::try_from(length).unwrap_or(usize::MAX).saturating_mul(2).saturating_add(ENTRY_LIMIT);
            let options = serde_saphyr::options! {
                with_snippet: false,
                budget: serde_saphyr::budget! {
                    max_reader_input_bytes: None,
                    max_events: usize::MAX,
                    max_nodes: usize::MAX,
                    max_total_scalar_bytes: bytes,
                    max_recorded_anchor_events: ANCHORED_NODES,
                    max_recorded_anchor_bytes: ANCHORED_BYTES,
                },
            };
            let result = serde_saphyr::with_deserializer_from_reader_with_options(source, options, |deserializer| {
                tracked(deserializer, document, &mut path)
            });
            result.map_err(|error| match error {
                serde_saphyr::Error::MultipleDocuments { location, .. } => format!(
                    "another document begins at line {}, behind the mark ---, where one is all there may be: put it into a \
                     file of its own, or its entries into the first one",
                    location.line()
                ),
                error => error.to_string(),
            })
        }
    };
    result.map_err(|reason| DocumentError { path, reason: meter.0.failure.take().unwrap_or(reason) })
}

/// Reads a value; where it stands that cannot be read, `path` tells.
fn tracked<'de, D: Deserializer<'de>, S: DeserializeSeed<'de>>(
    deserializer: D,
    seed: S,
    path: &mut String,
) -> Result<S::Value, D::Error> {
    let mut track = Track::new();
    let result = seed.deserialize(serde_path_to_error::Deserializer::new(deserializer, &mut track));
    if result.is_err() {
        *path = described(&track.path());
    }
    result
}

/// What is known of the reading of a source.
#[derive(Debug, Clone, Default)]
struct Meter(Rc<Measured>);

#[derive(Debug, Default)]
struct Measured {
    /// Bytes that were read since the last entry.
    bytes: Cell<usize>,
    /// Why the source cannot be read any further, which not every parser repeats.
    failure: RefCell<Option<String>>,
}

impl Meter {
    /// Begins anew, and returns what was read until now.
    fn restart(&self) -> usize {
        self.0.bytes.take()
    }
}

/// A source that ends with an error where an entry does not.
struct Metered<'r, R> {
    source: &'r mut R,
    meter: Meter,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Measured { bytes, failure } = &*self.meter.0;
        let read = if bytes.get() > ENTRY_LIMIT {
            Err(io::Error::other(format!("it exceeds {ENTRY_LIMIT} bytes, which is too much for one entry")))
        } else {
            self.source.read(buffer)
        };
        match &read {
            Ok(length) => bytes.set(bytes.get() + length),
            Err(error) => *failure.borrow_mut() = Some(error.to_string()),
        }
        read
    }
}

/// What is made of the fields of a document while it is read.
trait Pass {
    /// Reads the value of a field that documents have.
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;
}

struct HeadPass {
    head: Head,
    meter: Meter,
}

impl Pass for HeadPass {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "RegionId" => self.head.region_id = map.next_value::<RegionId>()?.0,
            "Settings" => self.head.settings = map.next_value::<Option<_>>()?.unwrap_or_default(),
            name => match KINDS.iter().find(|kind| kind.words == name) {
                Some(kind) => map.next_value_seed(List::new(kind.word, |IgnoredAny| {
                    self.meter.restart();
                    Ok::<_, &str>(())
                }))?,
                None => drop(map.next_value::<IgnoredAny>()?),
            },
        }
        Ok(())
    }
}

struct RegionId(Option<String>);

impl<'de> Deserialize<'de> for RegionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        optional_text(deserializer).map(Self)
    }
}

struct EntryPass<'p> {
    region_id: Option<&'p str>,
    batch: Vec<Draft>,
    bytes: usize,
    meter: Meter,
    take: &'p mut dyn FnMut(Vec<Draft>) -> bool,
}

impl EntryPass<'_> {
    fn entries<'de, R: Resource, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
        let mut index = 0;
        map.next_value_seed(List::new(R::KIND.word, |Described::<R>(entry)| {
            let mut draft = Draft::new(format!("{}[{index}].", R::KIND.words), Box::new(entry));
            draft.in_region(self.region_id);
            self.batch.push(draft);
            self.bytes += self.meter.restart();
            index += 1;
            let is_full = self.batch.len() == BATCH || self.bytes >= BATCH_BYTES;
            if is_full && !self.flush() { Err("nobody takes what is read") } else { Ok(()) }
        }))
    }

    /// Returns whether more is wanted.
    fn flush(&mut self) -> bool {
        self.bytes = 0;
        self.batch.is_empty() || (self.take)(std::mem::take(&mut self.batch))
    }
}

impl Pass for EntryPass<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        macro_rules! read {
            ($($module:ident::$resource:ident),*) => {
                $(if name == crate::model::$module::KIND.words {
                    return self.entries::<crate::model::$module::$resource, A>(map);
                })*
            };
        }
        each_kind!(read);
        map.next_value::<IgnoredAny>().map(drop)
    }
}

/// A document, which goes through a pass field by field. Reading it tells whether it says anything.
struct DocumentSeed<'p, P> {
    pass: &'p mut P,
    meter: &'p Meter,
}

impl<'de, P: Pass> DeserializeSeed<'de> for DocumentSeed<'_, P> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, P: Pass> Visitor<'de> for DocumentSeed<'_, P> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map from field to value")
    }

    fn visit_none<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut seen = Vec::new();
        while let Some(name) = map.next_key_seed(Field { seen: &seen })? {
            self.pass.field(&name, &mut map)?;
            self.meter.restart();
            seen.push(name);
        }
        Ok(true)
    }
}

/// The name of a field, which must be one that a document has and not there yet.
struct Field<'s> {
    seen: &'s [String],
}

impl<'de> DeserializeSeed<'de> for Field<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let name = String::deserialize(deserializer)?;
        if self.seen.contains(&name) {
            return Err(D::Error::custom(format!("duplicate field `{name}`")));
        }
        if !words().any(|word| word == name) {
            let known: Vec<String> = words().map(|word| format!("`{word}`")).collect();
            return Err(D::Error::custom(format!("unknown field `{name}`, expected one of {}", known.join(", "))));
        }
        Ok(name)
    }
}
