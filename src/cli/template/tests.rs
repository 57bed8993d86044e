//! What `camerata template check` says of bad templates, in each language.
#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use Language::{En, Fr};
use std::fs;

const SQL: &str = crate::template::STARTER_SQL;
const TOML: &str = crate::template::STARTER_TOML;

/// What is said of a template with these files, in the pilot's policies.
fn said(sql: &str, toml: &str, language: Language) -> Found {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("essai.sql"), sql).unwrap();
    fs::write(folder.path().join("essai.toml"), toml).unwrap();
    in_folder(folder.path(), language)
}

fn in_folder(folder: &Path, language: Language) -> Found {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    check::check(&check::Args::of(Places { templates: folder.to_owned(), policies }), language)
}

/// The words of a report without its frame, on one line.
fn words(report: &str) -> String {
    let plain = report.replace(['│', '×', '╰', '╭', '─', '▲', '┬', '·'], " ");
    plain.split([' ', '\n']).filter(|word| !word.is_empty()).map(|word| word.to_owned() + " ").collect()
}

#[test]
fn refused_sql_is_explained_in_the_language_of_the_command() {
    let sql = "-- « a : b »\nSELECT a.person, a.region FROM a CROSS JOIN b\n";
    let (fr, en) = (words(&said(sql, TOML, Fr).unwrap_err()), words(&said(sql, TOML, En).unwrap_err()));
    for common in ["template::join ", "essai.sql:2:", "SELECT a.person, a.region FROM a CROSS JOIN b"] {
        assert!(fr.contains(common) && en.contains(common), "{common}\n{fr}\n{en}");
    }
    assert!(fr.contains("CROSS JOIN joint chaque rangée à chaque rangée"), "{fr}");
    assert!(fr.contains(" ici ") && fr.contains("aide\u{a0}: des rangées qui se joignent"), "{fr}");
    assert!(fr.contains("À la place\u{a0}: écrivez JOIN"), "{fr}");
    assert!(fr.ends_with("ne peut servir "), "{fr}");
    assert!(en.contains("CROSS JOIN joins every row with every row"), "{en}");
    assert!(en.contains(" here ") && en.contains("help: rows that meet") && en.contains("Instead: write JOIN"), "{en}");
    assert!(en.ends_with("can't be used "), "{en}");
    // What is quoted of the file stays as it is.
    assert!(said(sql, TOML, Fr).unwrap_err().contains("-- « a : b »"));
}

#[test]
fn a_mistake_in_a_manifest_is_explained_in_the_language_of_the_command() {
    let toml = TOML.replace("margin_default = 50", "margin_default = 0");
    let (fr, en) = (words(&said(SQL, &toml, Fr).unwrap_err()), words(&said(SQL, &toml, En).unwrap_err()));
    for common in ["template::manifest ", "essai.toml:6:", "margin_default = 0"] {
        assert!(fr.contains(common) && en.contains(common), "{common}\n{fr}\n{en}");
    }
    assert!(fr.contains("`margin_default` est hors de son étendue"), "{fr}");
    assert!(fr.contains("aide\u{a0}: donnez un nombre entier de 1 à 1000000"), "{fr}");
    assert!(en.contains("`margin_default` is out of its range"), "{en}");
    assert!(en.contains("help: give a whole number from 1 to 1000000"), "{en}");
    // What the reader of the file says.
    let toml = TOML.replace("[release]", "extra = 1\n[release]");
    let (fr, en) = (words(&said(SQL, &toml, Fr).unwrap_err()), words(&said(SQL, &toml, En).unwrap_err()));
    assert!(fr.contains("clé inconnue `extra`; clés possibles ici\u{a0}: `name`, `title`"), "{fr}");
    assert!(en.contains("not understood: unknown field `extra`"), "{en}");
}

#[test]
fn a_file_that_isn_t_there_is_told_in_the_language_of_the_command() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("essai.sql"), SQL).unwrap();
    let (fr, en) = (in_folder(folder.path(), Fr).unwrap_err(), in_folder(folder.path(), En).unwrap_err());
    assert!(words(&fr).contains("essai.toml manque") && words(&fr).contains("deux fichiers, NOM.sql et NOM.toml"));
    assert!(words(&en).contains("essai.toml is missing") && words(&en).contains("two files, NAME.sql and NAME.toml"));
}

#[test]
fn a_sound_template_is_summed_up_in_the_language_of_the_command() {
    let (fr, en) = (said(SQL, TOML, Fr).unwrap(), said(SQL, TOML, En).unwrap());
    assert_eq!(fr, "essai\u{a0}: local à la personne, une rangée par personne; a(region) b()");
    assert_eq!(en, "essai: person-local, one row a person; a(region) b()");
}
