//! An explanation as a part of a page: how the list narrows, what keeps a resource from it, and what almost is on it.

use super::{kinds, links, requests};
use crate::actions::explanation::{Condition, Count, Elsewhere, Explanation, Failed, Hint, Row};

/// What is shown of an explanation.
pub struct Explained {
    pub action: String,
    pub total: Count,
    pub matching: Count,
    pub conditions: Vec<Condition>,
    /// The resource that was asked about.
    pub row: Option<Told>,
    pub nearest: Vec<Told>,
    pub has_changed: bool,
}

/// A resource, and what keeps it from the list.
pub struct Told {
    pub id: String,
    pub link: Option<String>,
    /// What becomes of it.
    pub verdict: String,
    pub failed: Vec<Missed>,
    /// What else is known of where it is, and what that names.
    pub elsewhere: Vec<(String, Option<String>)>,
}

/// A condition that a resource does not meet.
pub struct Missed {
    pub name: String,
    pub asked: String,
    pub has: String,
    pub hint: &'static str,
}

impl Explained {
    pub fn new(explanation: Explanation, sandbox: &str) -> Self {
        let Explanation { action, total, matching, conditions, row, nearest, changed } = explanation;
        Self {
            row: row.map(|row| Told::new(row, &action, sandbox)),
            nearest: nearest.into_iter().map(|row| Told::new(row, &action, sandbox)).collect(),
            action,
            total,
            matching,
            conditions,
            has_changed: changed,
        }
    }
}

impl Told {
    fn new(row: Row, action: &str, sandbox: &str) -> Self {
        let verdict = match (row.listed, row.page) {
            (true, Some(page)) => format!("is listed, on page {page}"),
            (true, None) => "is listed".to_owned(),
            (false, _) => "is not listed".to_owned(),
        };
        let kind = kinds::of_id(&row.id, action);
        let page = |sandbox: &str| kind.map(|kind| links::in_sandbox(sandbox, &[kind.path, &row.id]));
        let elsewhere = row.elsewhere.unwrap_or_default();
        let is_nowhere = !row.listed && row.failed.is_empty() && elsewhere == Elsewhere::default();
        let Elsewhere { sandbox: other, region_id, expired_at, deleted_by, may_be_deleted_by } = elsewhere;
        let places = [
            region_id.map(|region_id| (format!("It is in the region {region_id}."), None)),
            other.map(|other| (format!("The sandbox {other} has one of this id."), page(&other))),
            expired_at.map(|time| (format!("It expired at {time}."), None)),
            deleted_by.map(|sequence| {
                (format!("The request {sequence} took it out."), Some(requests::link(sandbox, sequence)))
            }),
            is_nowhere.then(|| ("It is nowhere.".to_owned(), None)),
        ];
        let suspects = may_be_deleted_by.into_iter().map(|sequence| {
            let text = format!("The request {sequence} changed more than it names: it may have taken it out.");
            (text, Some(requests::link(sandbox, sequence)))
        });
        Self {
            // Of what is not there, there is no page.
            link: page(sandbox).filter(|_| row.listed || !row.failed.is_empty()),
            verdict,
            failed: row.failed.into_iter().map(Missed::new).collect(),
            elsewhere: places.into_iter().flatten().chain(suspects).collect(),
            id: row.id,
        }
    }
}

impl Missed {
    fn new(failed: Failed) -> Self {
        let Failed { name, asked, has, hint } = failed;
        let hint = match hint {
            None => "",
            Some(Hint::Space) => "they differ in spaces",
            Some(Hint::Case) => "they differ in case",
            Some(Hint::Type) => "that is another type of thing",
        };
        Self { name, asked, has, hint }
    }
}
