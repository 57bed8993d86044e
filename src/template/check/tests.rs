#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
mod accepted;
pub(in crate::template) mod generate;
mod locality;
mod lone;
mod refused;
mod told;

use super::super::catalogue::{File, Template};
use super::super::print::Argument;
use super::*;
use crate::model::{Category, Column, ColumnKind, Text};
use std::path::Path;

pub(in crate::template) fn vocabulary() -> Vocabulary {
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

/// Parameters that templates of these tests may have.
const PARAMETERS: &[(&str, &str)] = &[
    ("$n", "kind = \"integer\"\nmin = 1\nmax = 100"),
    ("$offset", "kind = \"integer\"\nmin = -5\nmax = 5"),
    ("$least", "kind = \"amount\"\nmin = 0\nmax = 100000"),
    ("$since", "kind = \"date\""),
    ("$wanted", "kind = \"category\"\ncolumn = \"genre\""),
];

/// The parameters that a template names.
fn parameters(sql: &str) -> String {
    let named = PARAMETERS.iter().filter(|(name, _)| sql.contains(name));
    named
        .map(|(name, rest)| {
            format!("[[parameter]]\nname = \"{}\"\ntitle = {{ fr = \"x\", en = \"x\" }}\n{rest}\n", &name[1..])
        })
        .collect()
}

/// A manifest of `a` (a list) and `b` (anything), with the columns named, and the parameters that the SQL names.
fn manifest(sql: &str, a: &str, b: &str) -> String {
    let audience = |name: &str, shape: &str, columns: &str| {
        let columns: Vec<_> = columns.split_whitespace().map(|column| format!("\"{column}\"")).collect();
        let columns = columns.join(", ");
        format!(
            "[[audience]]\nname = \"{name}\"\ntitle = {{ fr = \"x\", en = \"x\" }}\nshape = \"{shape}\"\ncolumns = [{columns}]\n"
        )
    };
    let rest = parameters(sql);
    format!(
        "title = {{ fr = \"x\", en = \"x\" }}\ndescription = {{ fr = \"x\", en = \"x\" }}\nmargin_default = 100\n\
         symmetric = false\n{}{}{rest}[release]\nkind = \"count\"\n",
        audience("a", "list", a),
        audience("b", "any", b)
    )
}

fn template(sql: &str, a: &str, b: &str) -> Result<CheckedTemplate, Refusal> {
    check(sql, "test.sql", &Manifest::parse(&manifest(sql, a, b), "test.toml").unwrap(), &vocabulary())
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
    let (sql, toml) = (File { path: Path::new("t.sql"), text: sql }, manifest(sql, a, b));
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
    let right = manifest("", "genre", "");
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

/// A manifest of one parameter that stands for several audiences of a shape, with the column genre; `release` is its last table.
pub(in crate::template) fn several(shape: &str, release: &str) -> String {
    let several = format!("shape = \"{shape}\"\nmany = [2, 6]");
    let text = manifest("", "genre", "").replacen("shape = \"list\"", &several, 1);
    let second = text.find("[[audience]]\nname = \"b\"").unwrap();
    let text = text[..second].to_owned() + release;
    text.replace("name = \"a\"", "name = \"audiences\"")
}

#[test]
fn several_audiences_are_one_relation_that_tells_them_apart() {
    let check_shape = |shape: &str, sql: &str| {
        check(
            sql,
            "test.sql",
            &Manifest::parse(&several(shape, "[release]\nkind = \"count\"\n"), "test.toml").unwrap(),
            &vocabulary(),
        )
    };
    let check = |sql: &str| check_shape("list", sql);
    let accepted = [
        ("SELECT person, audience FROM audiences WHERE genre = 'jazz'", false),
        ("SELECT person, audience, genre FROM audiences WHERE audience IN (0, 2) OR audience > 3", false),
        ("SELECT DISTINCT person FROM audiences WHERE genre IS NOT NULL AND audience = 0", true),
        (
            "SELECT person, count(DISTINCT audience) AS n, min(audience) AS first FROM audiences WHERE genre = 'jazz' GROUP BY person",
            true,
        ),
        (
            "SELECT x.person FROM audiences AS x SEMI JOIN audiences AS y ON x.person = y.person AND x.audience < y.audience AND x.genre = y.genre",
            false,
        ),
    ];
    // Of events, it could compare 6,000 rows of a person with 6,000.
    assert_eq!(check_shape("any", accepted[4].0).unwrap_err().rule(), Rule::Join);
    for position in ["-1", "-2", "6", "9223372036854775807"] {
        let key = format!(
            "SELECT person, CASE WHEN genre = 'jazz' THEN {position} ELSE audience END AS audience FROM audiences"
        );
        assert_eq!(check(&key).unwrap_err().rule(), Rule::Constant, "{key}");
        let least =
            format!("SELECT person, least(audience, {position}) AS audience FROM audiences WHERE genre = 'jazz'");
        assert_eq!(check(&least).unwrap_err().rule(), Rule::Constant, "{least}");
    }
    for (sql, once) in accepted {
        let checked = check(sql).unwrap_or_else(|refusal| panic!("{sql}: {refusal}"));
        assert_eq!(checked.unique_person_with_lists(|_| true), once, "{sql}");
        assert_eq!(check(checked.sql()).unwrap(), checked, "{sql}");
    }
    let outputs = check(accepted[0].0).unwrap().outputs().to_vec();
    assert_eq!(outputs.iter().map(|(_, kind)| kind.clone()).collect::<Vec<_>>(), [Kind::Person, Kind::Audience]);
    let refused = [
        ("SELECT person FROM audiences WHERE audience + 1 = 2 AND genre = 'jazz'", Rule::Expression),
        ("SELECT person FROM audiences WHERE audience = 'jazz' AND genre = 'jazz'", Rule::Constant),
        ("SELECT person FROM audiences WHERE audience = genre", Rule::Constant),
        ("SELECT person, count(*) AS n FROM audiences WHERE genre = 'jazz' GROUP BY audience", Rule::Aggregate),
        ("SELECT x.person FROM audiences AS x JOIN audiences AS y ON x.audience = y.audience", Rule::Join),
    ];
    for (sql, rule) in refused {
        assert_eq!(check(sql).map(|_| ()).unwrap_err().rule(), rule, "{sql}");
    }
}

#[test]
fn the_engine_is_given_arguments_within_their_ranges() {
    let sql = "SELECT person FROM a SEMI JOIN b USING (person) WHERE spend // $n > $least + 1 AND bought < $since AND genre = $wanted AND spend - 1 > 0";
    let checked = template(sql, "spend bought genre", "").unwrap();
    let arguments = BTreeMap::from([
        ("n".to_owned(), Argument::Number(0)),
        ("least".to_owned(), Argument::Number(i64::MAX)),
        ("since".to_owned(), Argument::Date(jiff::civil::Date::MIN)),
        ("wanted".to_owned(), Argument::Category { id: "théâtre".into(), code: 1 }),
    ]);
    assert_eq!(
        print::query(checked.query(), Constants::Store, &arguments),
        "SELECT \"a\".\"person\" AS \"person\" FROM \"a\" AS \"a\" SEMI JOIN \"b\" AS \"b\" \
         ON \"a\".\"person\" = \"b\".\"person\" WHERE (((\
         ((\"a\".\"spend\" // CAST(1 AS BIGINT)) > (CAST(100000 AS BIGINT) + CAST(1 AS BIGINT))) AND \
         (\"a\".\"bought\" < DATE '0001-01-01')) AND \
         (\"a\".\"genre\" = 1)) AND \
         ((CASE WHEN \"a\".\"spend\" IS NOT NULL THEN CAST(least(greatest(\
         CAST(\"a\".\"spend\" AS HUGEINT) - CAST(CAST(1 AS BIGINT) AS HUGEINT), \
         -9223372036854775808), 9223372036854775807) AS BIGINT) END) > CAST(0 AS BIGINT)))"
    );
    let wrong = BTreeMap::from([("n".to_owned(), Argument::Date(jiff::civil::Date::MIN))]);
    assert!(print::query(checked.query(), Constants::Store, &wrong).contains("// $n)"));
}

#[test]
fn what_is_run_grows_no_faster_than_what_is_written() {
    let sum = vec!["spend"; 60].join(" + ");
    let nested =
        "least(greatest(coalesce(".repeat(15) + "spend + 1" + &", 3) + spend, 2) - spend, 1) * spend".repeat(15);
    for x in [sum, nested] {
        let sql = format!("SELECT person, {x} AS x FROM a SEMI JOIN b USING (person)");
        let checked = template(&sql, "spend", "").unwrap_or_else(|refusal| panic!("{refusal}"));
        let printed = print::query(checked.query(), Constants::Store, &BTreeMap::new());
        assert!(printed.len() < 300 * sql.len(), "{} from {}", printed.len(), sql.len());
    }
    let cases = "CASE WHEN ".repeat(8) + "spend > 0" + &" THEN 1 END + spend > 0".repeat(8);
    let sql = format!("SELECT person, {cases} AS x FROM a SEMI JOIN b USING (person)");
    assert_eq!(template(&sql, "spend", "").unwrap_err().rule(), Rule::Syntax);
}
