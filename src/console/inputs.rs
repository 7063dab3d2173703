//! The fields of a form that narrows a list: those that the list knows parameters for.

use crate::model::params::{Reading, Type};

/// A field of such a form.
pub struct Input {
    pub name: String,
    pub value: String,
    pub expected: &'static str,
    pub is_boolean: bool,
}

/// A field for each parameter that the filter knows: of a list, for those that are there, and one more.
pub fn of(reading: &Reading<'_>) -> Vec<Input> {
    let params = reading.params();
    let mut inputs = Vec::new();
    for (name, kind, expected) in reading.asked() {
        let numbers = match name.split_once(".N") {
            None => vec![None],
            Some((family, _)) => {
                let named = params.pairs().iter().filter_map(|(name, value)| {
                    let rest = name.get(family.len()..)?.strip_prefix('.')?;
                    let is_family = name[..family.len()].eq_ignore_ascii_case(family) && !value.is_empty();
                    rest.split('.').next().filter(|_| is_family)?.parse::<usize>().ok()
                });
                let most = named.max().unwrap_or_default();
                (1..=most.min(20) + 1).map(Some).collect()
            }
        };
        for number in numbers {
            let name = number.map_or((*name).to_owned(), |number| name.replacen(".N", &format!(".{number}"), 1));
            let value = params.text(&name).unwrap_or_default().to_owned();
            inputs.push(Input { value, expected, is_boolean: *kind == Type::Boolean, name });
        }
    }
    // Keys and values of one number beside each other.
    inputs.sort_by_key(|input| {
        let mut parts = input.name.split('.');
        let family = parts.next().unwrap_or_default().to_owned();
        let number = parts.next().and_then(|number| number.parse::<usize>().ok());
        (number.is_some(), number.map(|number| (family, number)))
    });
    inputs
}
