//! The conditions of a request: each is one parameter, or those that belong together. Which resources meet some of them, the
//! filter says that is read from the parameters of these alone.

use crate::actions::list::List;
use crate::model::params::{Pair, Params, Reading};
use crate::store::Table;

/// The parameter that every list must have.
pub const REGION_ID: &str = "RegionId";

/// Names and values of parameters.
type Pairs = Vec<Pair>;

/// What a request asks for at one place.
#[derive(Debug)]
pub struct Condition {
    /// The documented name, with its number where it has one: `DiskId`, `Tag.2`.
    pub name: String,
    /// As sent; of pairs, key and value.
    pub asked: String,
    pub what: What,
    /// Its parameters. None of a condition that is implied.
    params: Pairs,
}

/// What is asked for.
#[derive(Debug)]
pub enum What {
    /// One of these values of what the parameter, or the key of a `Filter.N`, names.
    Field {
        name: String,
        values: Vec<String>,
    },
    Tag {
        key: String,
        value: Option<String>,
    },
}

/// How the parameters of a condition are named.
enum Family {
    Single(&'static str),
    /// `SnapshotGroupId.N`: one of them.
    List(&'static str),
    /// `Tag.N.Key` and `Tag.N.Value`.
    Pair(&'static str, u32),
}

impl Family {
    fn name(&self) -> String {
        match self {
            Self::Single(name) | Self::List(name) => (*name).to_owned(),
            Self::Pair(name, n) => format!("{name}.{n}"),
        }
    }
}

/// The family of a parameter of this name, among those that were asked for.
fn family(name: &str, reading: &Reading<'_>) -> Option<Family> {
    let find = |pattern: &str| {
        let mut asked = reading.asked().iter().map(|(asked, ..)| *asked);
        asked.find(|asked| asked.eq_ignore_ascii_case(pattern))
    };
    let parts: Vec<&str> = name.split('.').collect();
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().unwrap_or(u32::MAX));
    let beginning = |pattern: &'static str| pattern.split('.').next().unwrap_or(pattern);
    match parts[..] {
        [single] => find(single).map(Family::Single),
        [list, n] => {
            number(n)?;
            find(&format!("{list}.N")).map(|pattern| Family::List(beginning(pattern)))
        }
        [pair, n, half] => {
            let n = number(n)?;
            find(&format!("{pair}.N.{half}")).map(|pattern| Family::Pair(beginning(pattern), n))
        }
        _ => None,
    }
}

/// The conditions of a request, in its order, and then the one that it implies. What asks for nothing, as `Status=all`, is none.
pub fn read<R: Table>(list: &List<R>, params: &Params) -> Vec<Condition> {
    let mut reading = Reading::new(params);
    (list.read)(&mut reading);
    let mut groups: Vec<(String, Family, Pairs)> = Vec::new();
    for (name, value) in params.pairs() {
        let Some(family) = family(name, &reading) else { continue };
        let (group, pair) = (family.name(), (name.clone(), value.clone()));
        match groups.iter_mut().find(|(other, ..)| *other == group) {
            Some((.., pairs)) => pairs.push(pair),
            None => groups.push((group, family, vec![pair])),
        }
    }
    let conditions = groups.into_iter().map(|(name, family, params)| Condition::new(name, &family, params));
    let mut conditions: Vec<Condition> =
        conditions.filter(|condition| filter(list, [condition], None) != R::Filter::default()).collect();
    if let Some(implied) = list.implied_by(&reading) {
        let (name, asked) = (implied.name.to_owned(), implied.asked.to_owned());
        let what = What::Field { name: name.clone(), values: vec![asked.clone()] };
        conditions.push(Condition { name, asked, what, params: Vec::new() });
    }
    conditions
}

/// The filter of some conditions, in this region if none of them says which.
pub fn filter<'c, R: Table>(
    list: &List<R>,
    conditions: impl IntoIterator<Item = &'c Condition>,
    region_id: Option<&str>,
) -> R::Filter {
    let mut pairs: Pairs = region_id.map(|region_id| (REGION_ID.into(), region_id.into())).into_iter().collect();
    let mut is_implied = false;
    for condition in conditions {
        is_implied |= condition.params.is_empty();
        pairs.extend_from_slice(&condition.params);
    }
    let mut filter = (list.read)(&mut Reading::new(&Params::new(pairs)));
    if let Some(implied) = list.implied.as_ref().filter(|_| is_implied) {
        (implied.set)(&mut filter);
    }
    filter
}

impl Condition {
    fn new(name: String, family: &Family, pairs: Pairs) -> Self {
        let params = Params::new(pairs);
        let (asked, what) = match family {
            Family::Single(field) => {
                let text = params.text(field).unwrap_or_default();
                let values = values(field, text);
                (text.to_owned(), What::Field { name: (*field).to_owned(), values })
            }
            Family::List(field) => {
                let values: Vec<String> = params.listed(field).into_values().map(str::to_owned).collect();
                (values.join(","), What::Field { name: (*field).to_owned(), values })
            }
            Family::Pair(field, _) => {
                let half = |half| params.numbered(field, half).map(|(_, text)| text.to_owned()).next();
                let (key, value) = (half("Key").unwrap_or_default(), half("Value"));
                let asked = value.as_ref().map_or_else(|| key.clone(), |value| format!("{key}={value}"));
                let what = if *field == "Tag" {
                    What::Tag { key, value }
                } else {
                    What::Field { name: key, values: value.into_iter().collect() }
                };
                (asked, what)
            }
        };
        Self { name, asked, what, params: params.pairs().to_vec() }
    }

    pub fn is_of_region(&self) -> bool {
        self.name == REGION_ID
    }
}

/// What a parameter asks for: one of several where it holds a list.
fn values(name: &str, text: &str) -> Vec<String> {
    let of_array = || serde_json::from_str::<Vec<String>>(text).ok();
    let of_words = || text.split(',').map(|word| word.trim().to_owned()).collect();
    match name {
        "ImageId" | "Status" => of_words(),
        _ if name.ends_with("Ids") => of_array().unwrap_or_else(of_words),
        _ => vec![text.to_owned()],
    }
}
