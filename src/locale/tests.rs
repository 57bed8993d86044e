#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use super::*;
use std::collections::{BTreeMap, BTreeSet};

/// Every message of some files, with its variables. Fails on what Fluent can't read, and on a message that is there twice.
fn messages(files: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for file in files {
        FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(_, errors)| panic!("{errors:?} in\n{file}"));
        let mut name = String::new();
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with(|first: char| first.is_ascii_lowercase()) {
                line.split_once(" =").unwrap().0.clone_into(&mut name);
                assert_eq!(found.insert(name.clone(), BTreeSet::new()), None, "{name} is there twice");
            }
            for variable in line.split('$').skip(1) {
                let end = variable
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
                    .unwrap_or(variable.len());
                found.get_mut(&name).unwrap().insert(variable[..end].to_owned());
            }
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_variables() {
    let (french, english) = (messages(FRENCH), messages(ENGLISH));
    assert!(!french.is_empty());
    assert_eq!(french, english);
}

#[test]
fn figures_and_spaces_are_the_language_s_own() {
    let values = |count: u64| [("hours", Value::from(count))];
    assert_eq!(say(Language::Fr, "mail-hours", &values(1)), "1 heure");
    assert_eq!(say(Language::Fr, "mail-hours", &values(0)), "0 heure");
    assert_eq!(say(Language::Fr, "mail-hours", &values(1_200)), "1\u{202f}200 heures");
    assert_eq!(say(Language::En, "mail-hours", &values(1)), "1 hour");
    assert_eq!(say(Language::En, "mail-hours", &values(0)), "0 hours");
    assert_eq!(say(Language::En, "mail-hours", &values(1_200)), "1,200 hours");
    assert_eq!(say(Language::En, "no-such-message", &[]), "no-such-message");
}
