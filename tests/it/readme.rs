//! What the README says of actions follows from their table.

use std::fmt::Write as _;
use std::fs;

use ecs_mock::actions::ACTIONS;
use ecs_mock::actions::action::Run;

/// The table stands between these lines.
const BEGIN: &str = "<!-- actions -->\n";
const END: &str = "<!-- end of actions -->\n";

/// A row an action: whether it writes, what repeats and tries it, how many of its documented errors it can answer, and what it
/// does not emulate.
fn table() -> String {
    let mut table = "| action | | `ClientToken` | `DryRun` | errors | parameters without effect |\n".to_owned();
    table.push_str("|---|---|---|---|---|---|\n");
    for action in ACTIONS {
        let runs = if matches!(action.run, Run::Write(_)) { "writes" } else { "reads" };
        let yes = |is_so| if is_so { "yes" } else { "" };
        let (client_token, dry_run) = (yes(action.client_token_mismatch.is_some()), yes(action.has_dry_run));
        let (reachable, all) = (action.faults.len(), action.faults.len() + action.unreachable.len());
        let ignored: Vec<String> = action.ignored.iter().map(|name| format!("`{name}`")).collect();
        let ignored = ignored.join(", ");
        let cells = [action.name, runs, client_token, dry_run, &format!("{reachable} of {all}"), &ignored];
        let cells: Vec<&str> = cells.into_iter().map(|cell| if cell.is_empty() { " " } else { cell }).collect();
        writeln!(table, "| {} |", cells.join(" | ").replace("   ", " ")).unwrap();
    }
    table
}

#[test]
fn the_table_of_actions_is_that_of_the_program() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the README has a table of actions");
    let (current, after) = rest.split_once(END).expect("the table has an end");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
        return;
    }
    assert_eq!(current, table(), "UPDATE_GOLDEN=1 cargo test --test it -- readme writes it");
}
