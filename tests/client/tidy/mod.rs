//! The order of the source tree: who may know whom, how long a file may be, what it may be called, and that the pages
//! tell the truth about it.

mod arrows;
mod documents;
mod paths;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Longest file, in lines. About 250 is the aim.
const LINES_MAX: usize = 400;
/// Names that say nothing.
const NAMES: &[&str] = &["util", "utils", "common", "helper", "helpers", "manager", "misc"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under `folder` whose name ends so, with its path there and its text.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root().join(folder)];
    while let Some(next) = folders.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_str().unwrap().ends_with(ending) {
                let name = path.strip_prefix(root().join(folder)).unwrap().to_str().unwrap().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn arrows_go_down_only() {
    let sources = files("src", ".rs");
    assert!(sources.len() > 20, "the sources weren't found");
    let violations: Vec<String> = sources.iter().flat_map(|(path, text)| arrows::violations(path, text)).collect();
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[test]
fn files_are_short_and_named_for_what_they_hold() {
    for folder in ["src", "tests", "benches"] {
        for (path, text) in files(folder, ".rs") {
            assert!(text.lines().count() <= LINES_MAX, "{folder}/{path} has {} lines: part it", text.lines().count());
            let named = path.trim_end_matches(".rs").split('/').any(|part| NAMES.contains(&part));
            assert!(!named, "{folder}/{path}: name it for what it holds");
        }
    }
}

#[test]
fn pages_quote_paths_that_exist() {
    let pages =
        ["README.md", "CHANGELOG.md"].map(|page| (page.to_owned(), fs::read_to_string(root().join(page)).unwrap()));
    let docs = files("docs", ".md").into_iter().map(|(path, text)| (format!("docs/{path}"), text));
    let mut missing = Vec::new();
    for (page, text) in pages.into_iter().chain(docs) {
        let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
        missing.extend(documents::missing_paths(root(), folder, &text).iter().map(|path| format!("{page}: {path}")));
    }
    assert!(missing.is_empty(), "quoted, but not there:\n{}", missing.join("\n"));
}

#[test]
fn every_claim_about_threats_names_tests_that_exist() {
    let page = fs::read_to_string(root().join("docs/THREAT_MODEL.md")).unwrap();
    assert_eq!(documents::claims_without_tests(&page), Vec::<String>::new());
    let settings = ["two_factors_for_all"];
    let named: Vec<String> = documents::named_tests(&page);
    let sources: String =
        ["src", "tests"].into_iter().flat_map(|folder| files(folder, ".rs")).map(|(_, text)| text).collect();
    let missing: Vec<&String> = named
        .iter()
        .filter(|name| !settings.contains(&name.as_str()) && !sources.contains(&format!("fn {name}(")))
        .collect();
    assert!(missing.is_empty(), "named in docs/THREAT_MODEL.md, and not there: {missing:?}");
    // Both languages rest on the same tests.
    let (french, english) = page.split_once("\n---\n").unwrap();
    assert_eq!(documents::named_tests(french), documents::named_tests(english));
    assert!(named.len() > 60, "{}", named.len());
}

#[test]
fn the_readme_names_every_feature_and_the_change_log_the_version() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for feature in documents::features(&manifest).iter().filter(|feature| *feature != "default") {
        assert!(readme.contains(&format!("`{feature}`")), "README.md doesn't tell what the feature `{feature}` is");
    }
    let log = fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    assert!(log.contains(&format!("## [{}]", env!("CARGO_PKG_VERSION"))), "CHANGELOG.md lacks this version");
}

#[test]
fn every_environment_variable_is_documented_in_one_place() {
    // Those that only tests read; README.md tells of them.
    let of_tests = ["CAMERATA_SEED", "CAMERATA_TORTURE"];
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(of_tests.iter().all(|variable| readme.contains(variable)), "README.md names {of_tests:?}");
    let documented = camerata::cli::environment::VARIABLES.iter().map(|(name, _)| *name).chain(of_tests);
    let documented: Vec<&str> = documented.collect();
    for (path, text) in files("src", ".rs") {
        for variable in documents::variables(&text) {
            assert!(
                documented.contains(&variable.as_str()),
                "src/{path} names {variable}; add it to src/cli/environment.rs"
            );
        }
    }
}
