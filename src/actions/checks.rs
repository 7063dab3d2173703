//! Parameters of an action, read and checked: the order of the calls is the order of the checks, within the phases presence,
//! format and values. The first failed check is the answer.

use super::faults::{
    DUPLICATE_TAG_KEY, Fault, INVALID_RESOURCE_GROUP, INVALID_TAG_COUNT, INVALID_TAG_KEY, INVALID_TAG_VALUE, Row,
};
use crate::model::params::{Params, Reading, Reason, Refusal};
use crate::model::tags::{self, Tag, holds_address, is_system};

/// The phases.
const FORMAT: u8 = 1;
const VALUES: u8 = 2;

/// A collector of failed checks.
#[derive(Debug)]
pub struct Checks<'a> {
    reading: Reading<'a>,
    /// The row for what is refused while reading, where it is not that of all actions.
    row: fn(&Refusal) -> Option<&'static Row>,
    /// Of checks beside reading: the phase, the place, the answer.
    failed: Vec<(u8, usize, Fault)>,
}

impl<'a> Checks<'a> {
    #[must_use]
    pub fn new(params: &'a Params) -> Self {
        Self::of(Reading::new(params), |_| None)
    }

    /// With rows of the action's own for what is refused while reading.
    #[must_use]
    pub fn of(reading: Reading<'a>, row: fn(&Refusal) -> Option<&'static Row>) -> Self {
        Self { reading, row, failed: Vec::new() }
    }

    /// The parameters, for whatever reads several of them.
    pub fn reading(&mut self) -> &mut Reading<'a> {
        &mut self.reading
    }

    fn fault(&self, refusal: &Refusal) -> Fault {
        (self.row)(refusal).map_or_else(|| Fault::from(refusal.clone()), Fault::from)
    }

    /// The first failed check, if one has failed. It stands before the first question to the store.
    ///
    /// # Errors
    ///
    /// The answer.
    pub fn so_far(&self) -> Result<(), Fault> {
        let refused = self.reading.refusals();
        let refused = refused.iter().map(|(place, refusal)| (refusal.reason.phase(), *place, self.fault(refusal)));
        let failed = self.failed.iter().cloned();
        match refused.chain(failed).min_by_key(|(phase, place, _)| (*phase, *place)) {
            Some((.., fault)) => Err(fault),
            None => Ok(()),
        }
    }

    /// As [`Checks::so_far`], of presence and format only.
    ///
    /// # Errors
    ///
    /// The answer.
    pub fn format(&self) -> Result<(), Fault> {
        match self.reading.refusals().first() {
            Some((_, refusal)) if refusal.reason.phase() <= FORMAT => Err(self.fault(refusal)),
            _ => Ok(()),
        }
    }

    /// As [`Checks::so_far`], of parameters that are checked before this one.
    ///
    /// # Errors
    ///
    /// The answer.
    pub fn before(&self, name: &str) -> Result<(), Fault> {
        let place = self.reading.place(name);
        match self.reading.refusals().into_iter().find(|(other, _)| *other < place) {
            Some((_, refusal)) => Err(self.fault(refusal)),
            None => Ok(()),
        }
    }

    fn fail(&mut self, phase: u8, fault: Fault) {
        let place = self.reading.last_place();
        self.failed.push((phase, place, fault));
    }

    /// A check of the value of the parameter that was read last.
    pub fn value(&mut self, is_right: bool, row: &'static Row) {
        if !is_right {
            self.fail(VALUES, Fault::from(row));
        }
    }

    /// As [`Checks::value`], with a row that says what it is about.
    pub fn value_of(&mut self, is_right: bool, row: &'static Row, subject: &str) {
        if !is_right {
            self.fail(VALUES, row.about(subject));
        }
    }

    /// A text for which `row` is answered if `is_right` says no.
    pub fn text(
        &mut self,
        name: &'static str,
        row: &'static Row,
        is_right: impl FnOnce(&str) -> bool,
    ) -> Option<&'a str> {
        let text = self.reading.text(name)?;
        self.value(is_right(text), row);
        Some(text)
    }

    /// An integer within `range`, which must be there; anything else is malformed.
    pub fn required_integer(
        &mut self,
        name: &'static str,
        range: std::ops::RangeInclusive<i32>,
        expected: &'static str,
    ) -> i32 {
        self.reading.required(name);
        self.reading.integer(name, range, expected).unwrap_or_default()
    }

    /// The ClientToken of an action whose table has no row for one that is malformed.
    pub fn client_token(&mut self) {
        let expected = "up to 64 ASCII characters";
        if let Some(text) = self.reading.text("ClientToken")
            && !is_client_token(text)
        {
            self.reading.refuse(Refusal::new("ClientToken", Reason::Malformed, expected));
        }
    }

    /// An integer for which `row` is answered if it is out of range; what is no 32-bit integer is malformed.
    pub fn integer(
        &mut self,
        name: &'static str,
        range: std::ops::RangeInclusive<i32>,
        row: &'static Row,
    ) -> Option<i32> {
        let integer = self.reading.integer(name, i32::MIN..=i32::MAX, "an integer")?;
        self.value(range.contains(&integer), row);
        Some(integer)
    }

    /// The resource group that a resource is made in. Any whose id begins with `rg-` is there.
    pub fn resource_group_id(&mut self) -> Option<&'a str> {
        self.text("ResourceGroupId", &INVALID_RESOURCE_GROUP, is_resource_group_id)
    }

    /// The tags that a resource is made with: `Tag.N.Key` and `Tag.N.Value`, N from 1 to 20, by key. A key has 1 to 128
    /// characters, does not begin with `aliyun` or `acs:`, and holds no address; a value has up to 128 and holds none.
    pub fn tags(&mut self) -> Vec<Tag> {
        const LAST_N: u32 = 20;
        const LENGTH: usize = 128;
        let params = self.reading.params();
        self.reading.text("Tag");
        let tags = tags::numbered(params);
        self.value(tags.keys().all(|n| (1..=LAST_N).contains(n)), &INVALID_TAG_COUNT);
        let mut read: Vec<Tag> = Vec::with_capacity(tags.len());
        for (key, value) in tags.into_values() {
            let (key, value) = (key.unwrap_or_default(), value.unwrap_or_default());
            let is_key = (1..=LENGTH).contains(&key.chars().count()) && !is_system(key) && !holds_address(key);
            self.value(is_key, &INVALID_TAG_KEY);
            self.value(value.chars().count() <= LENGTH && !holds_address(value), &INVALID_TAG_VALUE);
            self.value(read.iter().all(|tag| tag.key != key), &DUPLICATE_TAG_KEY);
            read.push(Tag { key: key.to_owned(), value: value.to_owned() });
        }
        read.sort_by(|left, right| left.key.cmp(&right.key));
        read
    }
}

/// Up to 64 characters of ASCII.
#[must_use]
pub fn is_client_token(text: &str) -> bool {
    text.is_ascii() && text.len() <= 64
}

/// Whether there is a resource group of this id.
#[must_use]
pub fn is_resource_group_id(text: &str) -> bool {
    text.starts_with("rg-")
}

/// 2 to 128 characters: a letter first, then letters, digits, and these signs. Letters of all alphabets count.
#[must_use]
pub fn is_name(text: &str, signs: &str) -> bool {
    (2..=128).contains(&text.chars().count())
        && text.chars().next().is_some_and(char::is_alphabetic)
        && text.chars().all(|character| character.is_alphanumeric() || signs.contains(character))
}

/// 2 to 256 characters that are no address.
#[must_use]
pub fn is_description(text: &str) -> bool {
    (2..=256).contains(&text.chars().count()) && is_no_address(text)
}

/// Whether a text does not begin as an address.
#[must_use]
pub fn is_no_address(text: &str) -> bool {
    !text.starts_with("http://") && !text.starts_with("https://")
}
