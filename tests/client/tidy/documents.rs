//! What the pages promise: paths that exist, features that exist, the version in the change log.

use std::path::Path;

/// The folders that a quoted path may begin with; anything else in backticks is no path of ours.
const FOLDERS: &[&str] =
    &["src", "tests", "sql", "policies", "docs", "docker", "benches", ".ci", ".cargo", "migrations"];

/// The paths of this repository that a page quotes in backticks or links to.
pub fn quoted_paths(page: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut fenced = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
            let links = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            found.extend(
                links.filter(|link| !link.contains("://") && !link.starts_with('#')).map(|link| format!("./{link}")),
            );
        }
    }
    let ours = |path: &String| {
        let first = path.split('/').next().unwrap_or_default();
        let linked = path.starts_with("./");
        let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
        plain && (linked || (path.contains('/') && FOLDERS.contains(&first)))
    };
    found.retain(ours);
    found
}

/// The quoted paths that don't exist under `root`; links are relative to the page's folder.
pub fn missing_paths(root: &Path, folder: &str, page: &str) -> Vec<String> {
    let exists = |path: &String| match path.strip_prefix("./") {
        Some(link) => root.join(folder).join(link).exists(),
        None => root.join(path).exists(),
    };
    quoted_paths(page).into_iter().filter(|path| !exists(path)).collect()
}

/// The names in a manifest's `[features]`.
pub fn features(manifest: &str) -> Vec<String> {
    let manifest: toml::Table = manifest.parse().unwrap();
    manifest["features"].as_table().unwrap().keys().cloned().collect()
}

/// The `CAMERATA_` variables that a source file names, but for those that only exist while compiling.
pub fn variables(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("CAMERATA_") {
        let name: String =
            text[at..].chars().take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_').collect();
        let compiling = text[..at].ends_with("env!(\"") || text[..at].ends_with("env!(\n        \"");
        // `CAMERATA_*` speaks of all of them.
        if !compiling && !name.ends_with('_') {
            found.push(name);
        }
    }
    found
}

/// The tests that a page names in backticks: names of at least four words, as no setting or column has.
pub fn named_tests(page: &str) -> Vec<String> {
    let quoted = page.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let is_test = |word: &&str| {
        word.matches('_').count() >= 3 && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    quoted.filter(is_test).map(str::to_owned).collect()
}

/// The rows of a page's tables of claims that name no test: those whose table has a column `test`.
pub fn claims_without_tests(page: &str) -> Vec<String> {
    let mut claims = false;
    let mut bare = Vec::new();
    for line in page.lines() {
        if !line.starts_with('|') {
            claims = false;
        } else if line.ends_with("| test |") {
            claims = true;
        } else if claims && !line.starts_with("|---") && named_tests(line).is_empty() {
            bare.push(line.to_owned());
        }
    }
    bare
}

#[test]
fn a_claim_without_a_test_is_found() {
    let page = "| tried | comes of it | test |\n|---|---|---|\n| a | b | `a_test_that_is_there` |\n| c | d | — |\n\n| x | y |\n|---|---|\n| `two_factors_for_all` | z |\n";
    assert_eq!(claims_without_tests(page), ["| c | d | — |"]);
    assert_eq!(named_tests(page), ["a_test_that_is_there", "two_factors_for_all"]);
}

#[test]
fn a_path_that_isn_t_there_is_found() {
    let page = "See `src/lib.rs`, `src/nothing.rs`, `festival/abonnes`, `cargo test`, [the map](src/lib.rs), [gone](docs/gone.md),\n\
                [out](https://example.com/x), `sql/<name>.sql`.\n```\n`src/fenced.rs`\n```\n";
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(missing_paths(root, "", page), ["src/nothing.rs", "./docs/gone.md"]);
}

#[test]
fn variables_are_found_by_name() {
    let text = r#"env!("CAMERATA_BUILT"); read("CAMERATA_URL") // any CAMERATA_* and CAMERATA_LOG."#;
    assert_eq!(variables(text), ["CAMERATA_URL", "CAMERATA_LOG"]);
}
