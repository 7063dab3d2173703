//! What is known of all actions, emulated or not: their names, their parameters, the rows that they can answer.

use super::faults::{Row, SHARED};
use super::names::names;
use crate::model::common_parameters;
use crate::model::planned_fault::{Catalogue, DocumentedRow, THROTTLED};
use crate::model::region::PUBLIC_REGIONS;

/// A line for each action whose documentation is known: its name, and those of its parameters, with `N` for numbers.
const PARAMETERS: &str = include_str!("parameters.txt");

/// All that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known;

impl Catalogue for Known {
    fn actions(&self) -> Vec<&'static str> {
        names().collect()
    }

    fn spelling<'n>(&self, action: &'n str) -> &'n str {
        super::spelling(action)
    }

    fn parameters(&self, action: &str) -> Option<Vec<&'static str>> {
        let lines = PARAMETERS.lines().filter_map(|line| line.split_once(' '));
        let (_, own) = lines.into_iter().find(|(name, _)| *name == action)?;
        Some(own.split(' ').chain(common_parameters::all()).collect())
    }

    fn regions(&self) -> Vec<&'static str> {
        PUBLIC_REGIONS.iter().map(|region| region.region_id).collect()
    }

    fn rows(&self, action: &str) -> Vec<DocumentedRow> {
        let mut rows = Vec::new();
        if let Some(action) = super::find(action) {
            rows.extend(action.faults.iter().map(|row| documented(row)));
            rows.extend(action.unreachable.iter().map(|other| documented(&other.row)));
        }
        rows.extend(SHARED.iter().map(|row| documented(row)));
        rows.extend(THROTTLED);
        rows
    }
}

fn documented(row: &Row) -> DocumentedRow {
    let Row { status, code, message } = *row;
    DocumentedRow { status, code, message }
}
