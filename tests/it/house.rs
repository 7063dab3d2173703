//! The rules of the house, as far as a program can see them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ecs_mock::actions::ACTIONS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files below a folder, as (path from the root, text).
pub fn files(folder: &str) -> Vec<(String, String)> {
    let (mut files, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path.strip_prefix(root()).unwrap().display().to_string(), text));
            }
        }
    }
    files.sort();
    files
}

/// Calls go down and never up: what each part must not know.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "src/model",
        &[
            "actix",
            "sqlx",
            "async ",
            "crate::store",
            "crate::journal",
            "crate::sandboxes",
            "crate::actions",
            "crate::wire",
            "crate::admin",
        ],
    ),
    (
        "src/store",
        &[
            "actix",
            "Params",
            "Fault",
            "crate::journal",
            "crate::sandboxes",
            "crate::actions",
            "crate::wire",
            "crate::admin",
            "crate::server",
        ],
    ),
    ("src/journal", &["actix", "sqlx", "SELECT ", "crate::sandboxes", "crate::actions", "crate::wire", "crate::admin"]),
    (
        "src/sandboxes",
        &["actix", "sqlx", "SELECT ", "Params", "Fault", "crate::wire", "crate::actions", "crate::admin"],
    ),
    ("src/actions", &["actix", "sqlx", "SELECT ", "HttpRe", "crate::admin", "crate::server", "crate::wire"]),
    ("src/wire", &["sqlx", "_snapshot", "crate::admin", "crate::console", "crate::server"]),
    ("src/admin", &["sqlx", "crate::wire", "crate::server", "crate::console"]),
    ("src/console", &["sqlx", "SELECT ", "crate::wire", "crate::server"]),
    ("src/seed.rs", &["actix", "sqlx", "crate::wire", "crate::actions"]),
];

/// What belongs to the database's driver stays in the store, under whatever name.
const OF_THE_DRIVER: [&str; 5] = ["sqlx", "SqliteConnection", "SqlConnection", "Transaction<", "QueryBuilder"];

#[test]
fn nobody_outside_of_the_store_holds_a_connection_of_the_driver() {
    for (path, text) in files("src").iter().filter(|(path, _)| !path.starts_with("src/store")) {
        for word in OF_THE_DRIVER {
            assert!(!text.contains(word), "{path} knows {word}");
        }
    }
}

/// The paths that a tree of imports names, one by one.
fn paths(tree: &str) -> Vec<String> {
    let Some((start, rest)) = tree.split_once('{') else { return vec![tree.trim().to_owned()] };
    let (mut depth, mut branches) = (0, vec![String::new()]);
    for character in rest.rsplit_once('}').map_or(rest, |(inner, _)| inner).chars() {
        depth += match character {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        match character {
            ',' if depth == 0 => branches.push(String::new()),
            _ => branches.last_mut().unwrap().push(character),
        }
    }
    let branches = branches.iter().filter(|branch| !branch.trim().is_empty());
    branches.flat_map(|branch| paths(branch)).map(|path| format!("{}{path}", start.trim())).collect()
}

/// The files of `src` that a file imports from: `use` lines with `crate::` and `super::`, as far as they name files.
fn imports(path: &str, text: &str, all: &BTreeSet<String>) -> BTreeSet<String> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let own = path.trim_end_matches(".rs").trim_end_matches("/mod").to_owned();
    let mut found = BTreeSet::new();
    let text = format!("\n{}", text.replace("\npub use ", "\nuse ").replace("\npub(crate) use ", "\nuse "));
    let uses = text.split("\nuse ").skip(1).filter_map(|tree| Some(tree.split_once(';')?.0));
    for line in uses.flat_map(paths) {
        let above = |folder: &str| folder.rsplit_once('/').map_or_else(String::new, |(above, _)| above.to_owned());
        let (base, rest) = match line.split_once("::") {
            Some(("crate", rest)) => ("src".to_owned(), rest.to_owned()),
            // In `x.rs` beside a folder `x`, and in `mod.rs`, `super` is what holds the module.
            Some(("super", rest)) if path.ends_with("/mod.rs") => (above(folder), rest.to_owned()),
            Some(("super", rest)) => match rest.strip_prefix("super::") {
                Some(rest) => (above(folder), rest.to_owned()),
                None => (folder.to_owned(), rest.to_owned()),
            },
            Some(("self", rest)) => (own.clone(), rest.to_owned()),
            _ => continue,
        };
        let parts: Vec<&str> = rest.split("::").collect();
        for length in (1..=parts.len()).rev() {
            let candidate = format!("{base}/{}", parts[..length].join("/"));
            let file =
                [format!("{candidate}.rs"), format!("{candidate}/mod.rs")].into_iter().find(|file| all.contains(file));
            if let Some(file) = file {
                found.insert(file);
                break;
            }
        }
    }
    found.remove(path);
    found
}

#[test]
fn no_file_imports_in_a_circle() {
    let sources = files("src");
    let all: BTreeSet<String> = sources.iter().map(|(path, _)| path.clone()).collect();
    let graph: BTreeMap<&str, BTreeSet<String>> =
        sources.iter().map(|(path, text)| (path.as_str(), imports(path, text, &all))).collect();
    assert!(graph.values().map(BTreeSet::len).sum::<usize>() > 200, "imports are seen");
    for start in graph.keys() {
        let (mut seen, mut open) = (BTreeSet::new(), vec![(*start).to_owned()]);
        while let Some(path) = open.pop() {
            for next in graph.get(path.as_str()).into_iter().flatten() {
                assert!(next != start, "{start} is imported by {path}, which it imports");
                if seen.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
    }
}

#[test]
fn dependencies_point_in_one_direction() {
    for (part, words) in FORBIDDEN {
        for (path, text) in files("src").iter().filter(|(path, _)| path.starts_with(part)) {
            for word in *words {
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                // A planned fault is of the model; what it answers with on the cloud plane is another matter.
                let mut code = code.map(|line| line.replace("PlannedFault", "Planned"));
                assert!(!code.any(|line| line.contains(word)), "{path} knows {word}");
            }
        }
    }
}

#[test]
fn the_control_plane_knows_no_more_of_actions_than_explanations() {
    for (path, text) in files("src/admin") {
        for path_of in text.split("crate::actions").skip(1) {
            assert!(
                path_of.starts_with("::expla"),
                "{path} knows actions{}",
                path_of.lines().next().unwrap_or_default()
            );
        }
    }
}

#[test]
fn sql_is_in_the_store_and_asserted_safe_in_one_place() {
    for (path, text) in files("src") {
        if !path.starts_with("src/store") {
            assert!(!text.contains("sqlx"), "{path}");
        }
        if !["src/store/sqlite/migrate.rs", "src/store/sql.rs"].contains(&path.as_str()) {
            assert!(!text.contains("AssertSqlSafe"), "{path}");
        }
        // Pieces of statements are literals and constants: nothing is formatted into them.
        assert!(!text.contains(".push(&") && !text.contains(".push(format!"), "{path}");
    }
}

#[test]
fn the_clock_and_randomness_have_one_caller_each() {
    for (path, text) in files("src") {
        assert!(path == "src/clock.rs" || !text.contains("SystemTime::now"), "{path}");
        assert!(path == "src/model/ids.rs" || !text.contains("rand::"), "{path}");
    }
}

#[test]
fn every_file_opens_with_what_it_owns_and_stays_small() {
    for (path, text) in files("src") {
        let opening = text.lines().take_while(|line| line.starts_with("//!")).count();
        assert!(opening >= 1, "{path} does not say what it is");
        assert!(text.lines().count() <= 400, "{path} is long");
    }
}

#[test]
fn every_action_has_a_file_and_tests() {
    let sources = files("src/actions");
    for action in ACTIONS {
        let mut name = String::new();
        for character in action.name.chars() {
            if character.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(character.to_ascii_lowercase());
        }
        assert!(sources.iter().any(|(path, _)| path.ends_with(&format!("/{name}.rs"))), "{name}");
        let tests = files("tests/it/actions").into_iter().filter(|(path, _)| path.contains(&name));
        let tests: String = tests.map(|(_, text)| text).collect();
        for row in action.faults {
            assert!(tests.contains(row.code), "{} has no test of {}", action.name, row.code);
        }
        assert!(action.unreachable.iter().all(|other| !other.why.contains(' ')), "{}: one word why", action.name);
        for ending in ["json", "xml"] {
            let golden = root().join(format!("tests/it/actions/golden/{}.{ending}", action.name));
            assert!(golden.exists(), "{} is not kept in {ending}", action.name);
        }
    }
}
