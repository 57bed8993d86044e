#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
use super::super::catalogue::{File, Template};
use super::*;
use crate::model::Shape;
use crate::model::{Category, Column, ColumnKind, Text};
use std::path::Path;

fn vocabulary() -> Vocabulary {
    let category = |ids: &[&str]| {
        let value = |id: &&str| Category { id: (*id).into(), fr: (*id).into(), en: (*id).into(), also: Vec::new() };
        ColumnKind::Category { values: ids.iter().map(value).collect() }
    };
    let column = |name: &str, kind| (name.parse().unwrap(), Column { title: Text::new(name, name), kind });
    let columns = [
        column("genre", category(&["jazz", "théâtre", "rock 'n' roll"])),
        column("region", category(&["montreal", "quebec"])),
        column("bought", ColumnKind::Date),
        column("spend", ColumnKind::Amount),
    ];
    Vocabulary::new(columns.into()).unwrap()
}

/// A manifest of `a` (a list) and `b` (anything), with the columns named.
fn manifest(a: &str, b: &str) -> String {
    let audience = |name: &str, shape: &str, columns: &str| {
        let columns: Vec<_> = columns.split_whitespace().map(|column| format!("\"{column}\"")).collect();
        let columns = columns.join(", ");
        format!(
            "[[audience]]\nname = \"{name}\"\ntitle = {{ fr = \"x\", en = \"x\" }}\nshape = \"{shape}\"\ncolumns = [{columns}]\n"
        )
    };
    format!(
        "title = {{ fr = \"x\", en = \"x\" }}\ndescription = {{ fr = \"x\", en = \"x\" }}\nmargin_default = 100\n\
         symmetric = false\n{}{}[release]\nkind = \"count\"\n",
        audience("a", "list", a),
        audience("b", "any", b)
    )
}

fn template(sql: &str, a: &str, b: &str) -> Result<CheckedTemplate, Refusal> {
    check(sql, "test.sql", &Manifest::parse(&manifest(a, b), "test.toml").unwrap(), &vocabulary())
}

/// Accepted templates: the SQL, the columns of a and b, and whether it has one row a person.
const ACCEPTED: &[(&str, &str, &str, bool)] = &[
    ("SELECT person FROM a SEMI JOIN b USING (person)", "", "", true),
    ("SELECT person FROM a JOIN b USING (person)", "", "", false),
    ("SELECT a.person FROM a JOIN b ON a.person = b.person", "", "", false),
    ("SELECT person FROM b SEMI JOIN a USING (person)", "", "", false),
    ("SELECT DISTINCT person FROM b SEMI JOIN a USING (person)", "", "", true),
    ("select PERSON from A anti join B using (person);", "", "", true),
    ("SELECT person FROM a /* both */ SEMI JOIN b USING (person) -- end", "", "", true),
    ("SELECT person FROM a SEMI JOIN b ON b.person = a.person AND b.genre = a.genre", "genre", "genre", true),
    (
        "SELECT person FROM a SEMI JOIN b USING (person) WHERE genre = 'jazz' OR NOT (spend > 5000)",
        "genre spend",
        "",
        true,
    ),
    (
        "SELECT person FROM a SEMI JOIN b USING (person) WHERE a.genre IN ('rock ''n'' roll', 'théâtre')",
        "genre",
        "",
        true,
    ),
    (
        "SELECT x.person FROM a AS x SEMI JOIN b AS y ON x.person = y.person AND y.bought >= DATE '2025-01-31'",
        "",
        "bought",
        true,
    ),
    (
        "SELECT person FROM a SEMI JOIN b USING (person) WHERE spend NOT BETWEEN -5 AND 10 AND region IS NOT NULL",
        "spend region",
        "",
        true,
    ),
    ("SELECT person FROM a UNION ALL SELECT person FROM b", "", "", false),
    ("SELECT person FROM a UNION SELECT person FROM b", "", "", true),
    ("SELECT person FROM a INTERSECT SELECT person FROM b EXCEPT SELECT person FROM a", "", "", true),
    ("(SELECT person FROM a) INTERSECT ALL (SELECT person FROM b)", "", "", true),
    (
        "WITH j AS (SELECT person, genre AS g FROM b) SELECT person FROM a SEMI JOIN (SELECT person FROM j WHERE g = 'jazz') AS d USING (person)",
        "",
        "genre",
        true,
    ),
];

#[test]
fn person_local_templates_are_accepted() {
    for (sql, a, b, unique) in ACCEPTED {
        let checked = template(sql, a, b).unwrap_or_else(|refusal| panic!("{sql}: {refusal}"));
        assert_eq!(checked.unique_person(), *unique, "{sql}");
    }
}

#[test]
fn what_is_printed_is_what_was_checked() {
    for (sql, a, b, _) in ACCEPTED {
        let once = template(sql, a, b).unwrap();
        let twice = template(once.sql(), a, b).unwrap_or_else(|refusal| panic!("{}: {refusal}", once.sql()));
        assert_eq!(once, twice, "{sql}");
    }
}

/// Refused templates that look harmless; `a` and `b` have the column genre, `b` also spend and bought.
const REFUSED: &[(&str, Rule)] = &[
    ("", Rule::OneQuery),
    ("SELEC person FROM a", Rule::Syntax),
    ("SELECT person FROM a; SELECT person FROM b", Rule::OneQuery),
    ("SELECT person FROM a; DROP TABLE a", Rule::OneQuery),
    ("COPY a TO 'out.csv'", Rule::OneQuery),
    ("ATTACH 'other.db'", Rule::OneQuery),
    ("VALUES (1)", Rule::OneQuery),
    ("SELECT person FROM c", Rule::Relation),
    ("SELECT person FROM main.a", Rule::Relation),
    ("SELECT person FROM audience_0.main.email", Rule::Relation),
    ("SELECT person FROM duckdb_settings()", Rule::Relation),
    ("SELECT person FROM read_csv('/etc/passwd')", Rule::Relation),
    ("SELECT person FROM '/etc/passwd'", Rule::Name),
    ("SELECT person FROM \"A\"", Rule::Name),
    ("SELECT person FROM \"a\"\"b\"", Rule::Name),
    ("SELECT person FROM а", Rule::Name),
    ("SELECT person FROM range(5)", Rule::Relation),
    ("SELECT person FROM unnest([1, 2]) AS t", Rule::Relation),
    ("SELECT a.person FROM a, b", Rule::Join),
    ("SELECT a.person FROM a CROSS JOIN b", Rule::Join),
    ("SELECT a.person FROM a JOIN b ON a.genre = b.genre", Rule::Join),
    ("SELECT a.person FROM a JOIN b USING (genre)", Rule::Join),
    ("SELECT a.person FROM a JOIN b USING (person, genre)", Rule::Join),
    ("SELECT a.person FROM a JOIN b ON a.person = b.person OR a.genre = b.genre", Rule::Person),
    ("SELECT a.person FROM a JOIN b ON a.person = a.person", Rule::Person),
    ("SELECT a.person FROM a JOIN b ON person = person", Rule::Person),
    ("SELECT a.person FROM a NATURAL JOIN b", Rule::Join),
    ("SELECT b.person FROM a LEFT JOIN b USING (person)", Rule::Join),
    ("SELECT a.person FROM a FULL JOIN b USING (person)", Rule::Join),
    ("SELECT b.person FROM a SEMI JOIN b USING (person)", Rule::Column),
    ("SELECT a.person FROM a JOIN LATERAL (SELECT person FROM b) AS l USING (person)", Rule::Join),
    ("SELECT person FROM a WHERE EXISTS (SELECT 1 FROM b)", Rule::Subquery),
    ("SELECT person FROM a WHERE genre IN (SELECT genre FROM b)", Rule::Subquery),
    ("SELECT person FROM a WHERE genre = (SELECT max(genre) FROM b)", Rule::Subquery),
    ("SELECT person FROM a WHERE person = 42", Rule::Person),
    ("SELECT person FROM a WHERE person IN (1, 2)", Rule::Person),
    ("SELECT person + 1 AS person FROM a", Rule::Output),
    ("SELECT genre AS person FROM a", Rule::Output),
    ("SELECT person AS p FROM a", Rule::Output),
    ("SELECT genre FROM a", Rule::Output),
    ("SELECT person, genre FROM a", Rule::Output),
    ("SELECT * FROM a", Rule::Output),
    ("SELECT a.* FROM a", Rule::Output),
    ("SELECT person, genre AS g, genre AS g FROM a", Rule::Output),
    ("FROM a", Rule::Clause),
    ("SELECT person FROM a LIMIT 10", Rule::Order),
    ("SELECT person FROM a ORDER BY genre", Rule::Order),
    ("SELECT DISTINCT ON (person) person FROM a", Rule::Order),
    ("SELECT person FROM a TABLESAMPLE BERNOULLI (10)", Rule::Order),
    ("SELECT person FROM a GROUP BY person", Rule::Aggregate),
    ("SELECT person FROM a GROUP BY ALL", Rule::Aggregate),
    ("SELECT person, count(*) AS n FROM a", Rule::Aggregate),
    ("SELECT person, row_number() OVER () AS n FROM a", Rule::Window),
    ("SELECT person FROM a QUALIFY row_number() OVER () = 1", Rule::Window),
    ("SELECT person FROM a WHERE random() < 1", Rule::Function),
    ("SELECT person FROM a WHERE genre = getenv('HOME')", Rule::Function),
    ("SELECT person FROM b WHERE CAST(spend AS VARCHAR) = '5'", Rule::Function),
    ("SELECT person FROM b WHERE spend / 0 > 1", Rule::Condition),
    ("SELECT person FROM b WHERE spend = '5'", Rule::Constant),
    ("SELECT person FROM b WHERE spend = 99999999999999999999", Rule::Constant),
    ("SELECT person FROM b WHERE bought = '2025-01-01'", Rule::Constant),
    ("SELECT person FROM b WHERE bought = DATE '2025-02-30'", Rule::Constant),
    ("SELECT person FROM b WHERE genre = 'polka'", Rule::Constant),
    ("SELECT person FROM b WHERE genre < 'jazz'", Rule::Constant),
    ("SELECT person FROM b WHERE genre = spend", Rule::Constant),
    ("SELECT person FROM b WHERE genre = $1", Rule::Constant),
    ("SELECT person FROM a WHERE region = 'quebec'", Rule::Column),
    ("SELECT person FROM a WHERE rowid = 1", Rule::Column),
    ("SELECT person FROM a UNION ALL BY NAME SELECT person FROM b", Rule::Set),
    ("SELECT person, genre AS x FROM a UNION ALL SELECT person, spend AS x FROM b", Rule::Set),
    ("WITH RECURSIVE r AS (SELECT person FROM a) SELECT person FROM r", Rule::Clause),
    ("WITH a AS (SELECT person FROM b) SELECT person FROM a", Rule::Name),
    ("WITH x AS (SELECT person FROM y), y AS (SELECT person FROM a) SELECT person FROM x", Rule::Relation),
    ("SELECT a.person FROM a JOIN b AS a ON a.person = a.person", Rule::Name),
    ("SELECT person FROM a", Rule::Unused),
    ("SELECT person FROM a SEMI JOIN b USING (person)", Rule::Unused),
];

#[test]
fn templates_that_only_look_harmless_are_refused_by_the_right_rule() {
    for (sql, rule) in REFUSED {
        match template(sql, "genre", "genre spend bought") {
            Ok(checked) => panic!("accepted: {sql}\nas: {}", checked.sql()),
            Err(refusal) => assert_eq!(refusal.rule(), *rule, "{sql}: {refusal}"),
        }
    }
}

#[test]
fn sides_of_a_set_operation_are_matched_by_position() {
    let sql = "SELECT person FROM (SELECT person, genre FROM a UNION ALL SELECT genre, person FROM b) AS u";
    assert_eq!(template(sql, "genre", "genre").unwrap_err().rule(), Rule::Set);
}

#[test]
fn a_refusal_points_at_the_clause() {
    let sql = "-- Québec\nSELECT person\nFROM a SEMI JOIN b USING (person)\nWHERE random() < 1";
    let span = template(sql, "", "").unwrap_err().span();
    assert_eq!(span.offset(), sql.find("random").unwrap());
}

#[test]
fn hostile_lengths_and_depths_are_refused() {
    let chain = format!("SELECT person FROM a WHERE {}", vec!["spend = 1"; 400].join(" AND "));
    let parentheses = format!("SELECT person FROM a WHERE {}spend = 1{}", "(".repeat(900), ")".repeat(900));
    let unions = vec!["SELECT person FROM a"; 300].join(" UNION ALL ");
    let long = format!("SELECT person FROM a -- {}", "x".repeat(20_000));
    for sql in [chain, parentheses, unions, long, "SELECT person FROM a WHERE ".repeat(500)] {
        assert_eq!(template(&sql, "spend", "").unwrap_err().rule(), Rule::Syntax);
    }
}

fn parsed(sql: &str, a: &str, b: &str) -> Template {
    let (sql, toml) = (File { path: Path::new("t.sql"), text: sql }, manifest(a, b));
    let toml = File { path: Path::new("t.toml"), text: &toml };
    Template::parse("t".parse().unwrap(), sql, toml, &vocabulary()).unwrap()
}

#[test]
fn the_hash_covers_both_files() {
    let one = parsed("SELECT person FROM a SEMI JOIN b USING (person)", "", "");
    let other = parsed("SELECT person FROM a SEMI JOIN b USING (person) ", "", "");
    assert_ne!(one.hash(), other.hash());
    assert_eq!(one.hash().len(), 64);
}

#[test]
fn manifests_that_make_no_sense_are_refused_in_their_place() {
    let right = manifest("genre", "");
    let wrong = [
        ("name = \"b\"", "name = \"a\"", "\"a\"\ntitle"),
        ("name = \"b\"", "name = \"person\"", "\"person\""),
        ("name = \"b\"", "name = \"B b\"", "\"B b\""),
        ("\"genre\"", "\"genre\", \"genre\"", "\"genre\"]"),
        ("margin_default = 100", "margin_default = 0", "0\n"),
        ("symmetric = false", "symmetric = true", "true"),
        ("shape = \"any\"", "shape = \"table\"", "\"table\""),
        ("kind = \"count\"", "kind = \"list\"", ""),
        ("kind = \"count\"", "kind = \"count\"\nextra = 1", ""),
    ];
    for (from, to, place) in wrong {
        let text = right.replacen(from, to, 1);
        let error = Manifest::parse(&text, "t.toml").unwrap_err();
        let labels: Vec<_> = miette::Diagnostic::labels(&error).unwrap().collect();
        let found = text.rfind(place).unwrap();
        assert!(place.is_empty() || labels.iter().any(|label| label.offset() == found), "{to}: {error}");
    }
}
