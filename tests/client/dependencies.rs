//! What the program is made of: the members' client stays small, and every licence is one we accept.

use std::{collections::BTreeSet, process::Command};

fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).args(["--offline", "--locked"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The crates that a build is made of.
fn tree(features: &[&str]) -> BTreeSet<String> {
    let listed = cargo(&[&["tree", "--prefix", "none", "--edges", "normal,build", "--format", "{p}"], features].concat());
    listed.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_members_client_has_no_engine_kernel_or_server() {
    let (client, server) = (tree(&["--no-default-features"]), tree(&[]));
    for name in ["duckdb", "libduckdb-sys", "opendp", "axum", "sqlx", "cedar-policy", "sqlparser", "tokio"] {
        assert!(!client.contains(name), "the members' client depends on {name}");
        assert!(server.contains(name), "the list of this test is out of date: nothing depends on {name}");
    }
}

#[test]
fn every_licence_is_on_the_list() {
    let list: toml::Table = include_str!("../../deny.toml").parse().unwrap();
    let allowed: Vec<&str> = list["licenses"]["allow"].as_array().unwrap().iter().filter_map(|name| name.as_str()).collect();
    let refused = |licence: &str| !accepts(&allowed, licence);
    let listed = cargo(&["tree", "--prefix", "none", "--edges", "normal,build", "--format", "{p}|{l}"]);
    let found: BTreeSet<&str> = listed
        .lines()
        .filter(|line| !line.ends_with("(*)"))
        .filter(|line| line.split_once('|').is_none_or(|(_, licence)| refused(licence)))
        .collect();
    assert!(found.is_empty(), "licences that deny.toml doesn't allow:\n{}", found.into_iter().collect::<Vec<_>>().join("\n"));
}

/// Whether an SPDX expression can be met with licences of the list. `(A OR B) AND C`; `/` is an old way to write OR.
fn accepts(allowed: &[&str], expression: &str) -> bool {
    let words = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = words.split_whitespace().peekable();
    any_of(allowed, &mut words) && words.next().is_none()
}

type Licences<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(allowed: &[&str], words: &mut Licences<'_>) -> bool {
    let mut accepted = all_of(allowed, words);
    while words.next_if_eq(&"OR").is_some() {
        accepted |= all_of(allowed, words);
    }
    accepted
}

fn all_of(allowed: &[&str], words: &mut Licences<'_>) -> bool {
    let mut accepted = one(allowed, words);
    while words.next_if_eq(&"AND").is_some() {
        accepted &= one(allowed, words);
    }
    accepted
}

fn one(allowed: &[&str], words: &mut Licences<'_>) -> bool {
    match words.next() {
        Some("(") => any_of(allowed, words) & words.next_if_eq(&")").is_some(),
        // An exception (`WITH LLVM-exception`) only adds permissions.
        Some(licence) => {
            if words.next_if_eq(&"WITH").is_some() {
                words.next();
            }
            allowed.contains(&licence)
        }
        None => false,
    }
}

#[test]
fn licence_expressions_are_read_as_they_are_meant() {
    let allowed = ["MIT", "Apache-2.0"];
    for good in ["MIT", "MIT OR GPL-3.0", "GPL-3.0/MIT", "(MIT OR GPL-3.0) AND Apache-2.0", "Apache-2.0 WITH LLVM-exception OR MIT"] {
        assert!(accepts(&allowed, good), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR GPL-3.0) AND GPL-3.0", "(MIT"] {
        assert!(!accepts(&allowed, bad), "{bad}");
    }
}
