//! Licences: everything that ecs-mock is built from may be used and shipped under terms that its users can keep.

use std::collections::{HashMap, HashSet};
use std::process::Command;

use serde_json::Value;

/// Licences that ask for no more than to be named, and MPL-2.0, which asks for the sources of its own files alone.
/// Where a package offers a choice, one of these is enough.
const PERMITTED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether the permitted licences satisfy this SPDX expression; `None` if it cannot be read. A slash means OR: older
/// crates write it so.
fn is_permitted(expression: &str) -> Option<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let satisfied = any(&mut words)?;
    words.is_empty().then_some(satisfied)
}

/// Alternatives. The words that are left to read are in reverse order, here and below.
fn any(words: &mut Vec<&str>) -> Option<bool> {
    let mut satisfied = all(words)?;
    while words.pop_if(|word| *word == "OR").is_some() {
        satisfied |= all(words)?;
    }
    Some(satisfied)
}

/// Terms that hold together, which binds more tightly than OR.
fn all(words: &mut Vec<&str>) -> Option<bool> {
    let mut satisfied = one(words)?;
    while words.pop_if(|word| *word == "AND").is_some() {
        satisfied &= one(words)?;
    }
    Some(satisfied)
}

/// A licence, alone or with an exception, or an expression in parentheses.
fn one(words: &mut Vec<&str>) -> Option<bool> {
    match words.pop()? {
        "(" => {
            let satisfied = any(words)?;
            words.pop_if(|word| *word == ")").map(|_| satisfied)
        }
        ")" | "OR" | "AND" | "WITH" => None,
        licence if words.pop_if(|word| *word == "WITH").is_some() => {
            let exception = words.pop()?;
            Some(PERMITTED.contains(&format!("{licence} WITH {exception}").as_str()))
        }
        licence => Some(PERMITTED.contains(&licence)),
    }
}

/// What cargo writes to standard output.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_dependency_has_a_permitted_licence() {
    // Only what this platform needs: cargo downloads exactly that before it builds the tests, so it is there without a
    // network. What other platforms need may never have been downloaded.
    let version = cargo(&["-vV"]);
    let platform = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = ["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", platform];
    let metadata: Value = serde_json::from_str(&cargo(&metadata)).unwrap();

    let packages = metadata["packages"].as_array().unwrap();
    let packages: HashMap<&str, &Value> = packages.iter().map(|package| (text(&package["id"]), package)).collect();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let used: Vec<&Value> = nodes.iter().map(|node| packages[text(&node["id"])]).collect();

    // A list without these would be one of something else, and would prove nothing.
    let names: HashSet<&str> = used.iter().map(|package| text(&package["name"])).collect();
    for name in ["ecs-mock", "serde", "sqlx", "libsqlite3-sys", "reqwest"] {
        assert!(names.contains(name), "{name} is not among the packages");
    }

    let refused = used.iter().filter(|package| package["license"].as_str().and_then(is_permitted) != Some(true));
    let refused = refused
        .map(|package| format!("{} {}: {}", text(&package["name"]), text(&package["version"]), package["license"]));
    let refused: Vec<String> = refused.collect();
    assert!(refused.is_empty(), "no permitted licence:\n{}", refused.join("\n"));
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    let permitted = [
        "MIT",
        "MIT/Apache-2.0",
        "Apache-2.0 / MIT",
        "GPL-3.0-only OR MIT",
        "MIT OR GPL-3.0-only AND LGPL-3.0-only",
        "GPL-3.0-only AND LGPL-3.0-only OR MIT",
        "(MIT OR GPL-3.0-only) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
        "GPL-2.0-only WITH Classpath-exception-2.0 OR ((ISC))",
    ];
    for expression in permitted {
        assert_eq!(is_permitted(expression), Some(true), "{expression}");
    }
    let refused = [
        "GPL-3.0-only",
        "mit",
        "MIT AND GPL-3.0-only",
        "(MIT OR Apache-2.0) AND GPL-3.0-only",
        "MIT WITH Classpath-exception-2.0",
        "GPL-3.0-only/LGPL-3.0-only",
    ];
    for expression in refused {
        assert_eq!(is_permitted(expression), Some(false), "{expression}");
    }
    for expression in ["", "MIT OR", "AND MIT", "(MIT", "MIT)", "()", "MIT ISC", "MIT WITH", "/MIT"] {
        assert_eq!(is_permitted(expression), None, "{expression}");
    }
}
