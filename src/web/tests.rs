#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use crate::locale;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Every file under a folder with one of these endings.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
            found.push(path);
        }
    }
    found
}

/// What stands in quotes after each of these beginnings.
fn quoted(text: &str, beginnings: &[&str]) -> BTreeSet<String> {
    let after = beginnings.iter().flat_map(|beginning| text.split(beginning).skip(1));
    after.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

fn sources() -> Vec<PathBuf> {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &[".html", ".rs"])
}

#[test]
fn every_message_that_a_page_names_is_there() {
    let mut named = BTreeSet::new();
    for path in sources().into_iter().filter(|path| !path.ends_with("tests.rs")) {
        let text = fs::read_to_string(&path).unwrap();
        let found = quoted(
            &text,
            &[
                "page.say(\"",
                "self.say(\"",
                "page.with(\"",
                "page.count(\"",
                "page.fill(\"",
                "page.span(\"",
                "name: \"",
            ],
        );
        named.extend(found.into_iter().map(|name| (name, path.clone())));
    }
    assert!(named.len() > 80, "{}", named.len());
    let known = locale::names();
    let missing: Vec<_> = named.iter().filter(|(name, _)| !known.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    for done in super::page::DONE.iter().chain(super::account::sign_in::ERRORS) {
        assert!(known.contains(*done), "{done}");
    }
}

#[test]
fn every_kind_of_entry_has_words() {
    let known = locale::names();
    for what in crate::proof::What::ALL {
        assert!(known.contains(&format!("entry-{}", what.word())), "{what:?}");
    }
}

#[test]
fn every_message_of_the_pages_is_used() {
    let text: String = sources().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let made = ["mail-", "done-", "role-", "menu-", "letter-", "entry-"];
    let known = locale::names();
    let unused: Vec<_> = known
        .iter()
        .filter(|name| !made.iter().any(|prefix| name.starts_with(prefix)) && !text.contains(&format!("\"{name}\"")))
        .collect();
    assert!(unused.is_empty(), "{unused:#?}");
}

#[test]
fn no_template_says_anything_by_itself() {
    // Words between tags would be in one language.
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/templates"), &[".html"]) {
        let text = fs::read_to_string(&path).unwrap();
        let mut bare = String::new();
        let mut rest = text.as_str();
        while let Some(start) = rest.find(['<', '{']) {
            bare.push_str(&rest[..start]);
            bare.push(' ');
            let tail = &rest[start..];
            let end = match tail.get(..2) {
                Some("{{") => tail.find("}}").unwrap() + 2,
                Some("{%") => tail.find("%}").unwrap() + 2,
                _ => ends(tail),
            };
            rest = &tail[end..];
        }
        bare.push_str(rest);
        let words: Vec<&str> =
            bare.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1).collect();
        let fine = ["Camerata", "Français", "English", "CSV", "Excel", "SVG", "PNG"];
        let words: Vec<_> = words.into_iter().filter(|word| !fine.contains(word)).collect();
        assert!(words.is_empty(), "{}: {words:?}", path.display());
    }
}

/// Where a tag ends; what askama fills into it may hold `>`.
fn ends(tail: &str) -> usize {
    let mut depth = 0_i32;
    let bytes = tail.as_bytes();
    for at in 0..bytes.len() {
        match (&bytes[at..(at + 2).min(bytes.len())], bytes[at]) {
            (b"{{" | b"{%", _) => depth += 1,
            (b"}}" | b"%}", _) => depth -= 1,
            (_, b'>') if depth == 0 => return at + 1,
            _ => {}
        }
    }
    bytes.len()
}

#[test]
fn a_page_runs_no_script_and_no_style_of_its_own() {
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/templates"), &[".html"]) {
        let text = fs::read_to_string(&path).unwrap();
        for inline in
            [" style=", "<style", " onclick=", " onsubmit=", " onchange=", "javascript:", "http://", "https://"]
        {
            assert!(!text.contains(inline), "{}: {inline}", path.display());
        }
        for script in text.split("<script").skip(1) {
            assert!(script.split("</script>").next().unwrap().trim_end().ends_with('>'), "{}", path.display());
        }
    }
}
