//! `camerata template check` as people run it: refusals on stderr, in the language asked for, and exit status 3.

use super::support::CAMERATA;
use std::{fs, path::Path, process::Command};

/// What `camerata --lang … template check` prints of a template that is one of the shipped ones with a change in each file.
fn refused(language: &str, change: impl Fn(&str, String) -> String) -> String {
    let (root, folder) = (Path::new(env!("CARGO_MANIFEST_DIR")), tempfile::tempdir().unwrap());
    for ending in ["sql", "toml"] {
        let text = fs::read_to_string(root.join("sql/overlap").with_extension(ending)).unwrap();
        fs::write(folder.path().join("essai").with_extension(ending), change(ending, text)).unwrap();
    }
    let run = Command::new(CAMERATA)
        .current_dir(root)
        .args(["--lang", language, "template", "check", "--templates"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!((run.status.code(), run.stdout.as_slice()), (Some(3), b"".as_slice()));
    String::from_utf8(run.stderr).unwrap()
}

#[test]
fn bad_sql_is_refused_in_french_and_in_english() {
    let bad = |ending: &str, text: String| if ending == "sql" { "SELECT person FROM a, b".to_owned() } else { text };
    let (fr, en) = (refused("fr", bad), refused("en", bad));
    assert!(fr.contains("template::join") && en.contains("template::join"), "{fr}{en}");
    assert!(fr.contains("une virgule joint chaque rangée à chaque rangée") && fr.contains("À la place\u{a0}:"), "{fr}");
    assert!(fr.contains(" aide\u{a0}:") && fr.contains("── ici") && !fr.contains("help:"), "{fr}");
    assert!(en.contains("a comma joins every row with every row") && en.contains("Instead:"), "{en}");
    assert!(en.contains("help:") && en.contains("── here"), "{en}");
}

#[test]
fn a_bad_manifest_is_refused_in_french_and_in_english() {
    let bad = |ending: &str, text: String| {
        if ending == "toml" {
            text.replace("symmetric = true", "symmetric = true\nderived = [\"total\"]")
        } else {
            text
        }
    };
    let (fr, en) = (refused("fr", bad), refused("en", bad));
    assert!(fr.contains("template::manifest") && en.contains("template::manifest"), "{fr}{en}");
    assert!(fr.contains("ceci ne se calcule pas de la publication"), "{fr}");
    assert!(fr.contains(" aide\u{a0}: rien ne se calcule de cette sorte de publication"), "{fr}");
    assert!(en.contains("this can't be computed from the release"), "{en}");
    assert!(en.contains("help: nothing is computed from this kind of release"), "{en}");
}
