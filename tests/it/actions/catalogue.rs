//! All rows of faults that there are, as one golden file: a change to any of them is a change to this file.

use std::fmt::Write as _;

use ecs_mock::actions::ACTIONS;
use ecs_mock::actions::faults::{Row, SHARED, Unreachable};

#[test]
fn the_catalogue_of_faults() {
    let mut catalogue = String::new();
    let mut write = |title: &str, rows: &[&Row], unreachable: &[Unreachable]| {
        writeln!(catalogue, "{title}").unwrap();
        for Row { status, code, message } in rows {
            writeln!(catalogue, "  {status} {code}: {message}").unwrap();
        }
        for Unreachable { row: Row { status, code, message }, why } in unreachable {
            writeln!(catalogue, "  {status} {code}: {message} (not reachable: {why})").unwrap();
        }
    };
    write("all actions", SHARED, &[]);
    for action in ACTIONS {
        write(action.name, action.faults, action.unreachable);
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/actions/catalogue.txt");
        std::fs::write(path, &catalogue).unwrap();
        return;
    }
    assert_eq!(catalogue, include_str!("catalogue.txt"), "the catalogue is now:\n{catalogue}");
}
