//! What a resource has at the place of a condition that it does not meet, and what may be wrong with the condition.

use std::borrow::Cow;

use super::conditions::{Condition, What};
use crate::actions::explanation::{Failed, Hint};
use crate::actions::list::List;
use crate::model::kind::{Entry, Kind};
use crate::model::kinds::KINDS;
use crate::model::tags::Tag;
use crate::model::time::Time;
use crate::model::visible::{trimmed, visible_pair};
use crate::sandboxes::{Look, SandboxError};
use crate::store::{Stored, Table};

/// A condition that a row does not meet.
pub fn failed<R: Table>(list: &List<R>, condition: &Condition, row: &Stored<R>, now: Time) -> Failed {
    let (has, hint) = match &condition.what {
        What::Tag { key, value } => of_tag(row.resource.tags(), key, value.as_deref()),
        What::Field { name, values } => {
            let shown = (list.shown)(row, name, now);
            let names = (list.shown)(row, &format!("{}Name", R::KIND.word), now);
            let pairs = || values.iter().flat_map(|asked| shown.iter().map(move |has| (asked.as_str(), &**has)));
            let hint = pairs().find_map(|(asked, has)| spelling(asked, has)).or_else(|| {
                let is_other = |asked: &String| is_other_type(&row.resource, name, asked, &shown, &names);
                values.iter().any(is_other).then_some(Hint::Type)
            });
            (shown.join(","), hint)
        }
    };
    let (asked, has) = visible_pair(&condition.asked, &has);
    Failed { name: condition.name.clone(), asked, has, hint }
}

/// What has nearly this id, which no resource of the kind has: one of the kind, or else one of another kind.
pub async fn other_id<R: Table>(look: &mut Look, id: &str) -> Result<Option<Failed>, SandboxError> {
    let trimmed = trimmed(id);
    let (lower, upper) = (trimmed.to_lowercase(), trimmed.to_uppercase());
    let Some((kind, other)) = look.first_of(R::KIND, &[trimmed, &lower, &upper]).await? else { return Ok(None) };
    let is_of_kind = kind == R::KIND;
    let (has, hint) = if is_of_kind { (other.as_str(), spelling(id, &other)) } else { (kind.word, Some(Hint::Type)) };
    let (asked, has) = visible_pair(id, has);
    Ok(Some(Failed { name: "Id".to_owned(), asked, has, hint }))
}

/// What two texts that are not the same differ in.
fn spelling(asked: &str, has: &str) -> Option<Hint> {
    if asked == has {
        None
    } else if trimmed(asked) == trimmed(has) {
        Some(Hint::Space)
    } else if asked.to_lowercase() == has.to_lowercase() {
        Some(Hint::Case)
    } else {
        None
    }
}

/// Of a resource's tags the one that is asked for, or the one whose key is nearly the same.
fn of_tag(tags: &[Tag], key: &str, value: Option<&str>) -> (String, Option<Hint>) {
    let shown = |tag: &Tag| format!("{}={}", tag.key, tag.value);
    if let Some(tag) = tags.iter().find(|tag| tag.key == key) {
        let asked = value.unwrap_or_default();
        let is_other = || is_other_sort(asked, &tag.value).then_some(Hint::Type);
        return (shown(tag), spelling(asked, &tag.value).or_else(is_other));
    }
    let near = tags.iter().find_map(|tag| Some((tag, spelling(key, &tag.key)?)));
    match near {
        Some((tag, hint)) => (shown(tag), Some(hint).filter(|_| value.is_none_or(|value| value == tag.value))),
        None => (String::new(), None),
    }
}

/// Whether a text stands for a number or a boolean where a tag has another.
fn is_other_sort(asked: &str, has: &str) -> bool {
    let is_number = |text: &str| text.parse::<i64>().is_ok();
    let is_boolean = |text: &str| ["true", "false"].contains(&text);
    (is_number(has) && !is_number(asked)) || (is_boolean(has) && !is_boolean(asked))
}

/// Whether another type of thing is asked for than this parameter takes: the id of another kind, a name in the place of an id, or
/// the other way round.
fn is_other_type(row: &dyn Entry, name: &str, asked: &str, shown: &[Cow<'_, str>], names: &[Cow<'_, str>]) -> bool {
    let is_id = name.ends_with("Id") || name.ends_with("Ids");
    if !is_id {
        return name.ends_with("Name") && asked == row.key().id;
    }
    let kind = KINDS.iter().find(|kind| kind.id_field == name.trim_end_matches('s'));
    let is_of = |kind: &&&Kind| asked.starts_with(kind.id_prefix);
    match (kind, KINDS.iter().find(is_of)) {
        (Some(kind), Some(of)) => kind != of,
        (None, Some(_)) => !shown.is_empty(),
        // Ids that somebody gave may look like anything, so it takes more than the look of a name.
        (Some(kind), None) => {
            names.iter().any(|name| *name == asked) || shown.iter().any(|has| has.starts_with(kind.id_prefix))
        }
        (None, None) => false,
    }
}
