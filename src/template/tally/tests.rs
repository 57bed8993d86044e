#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
mod audiences;
mod crafted;
mod releases;
mod sensitivity;

use super::*;
use crate::{
    model::{Language, Shape, answer::Unit},
    template::File,
};
use std::path::Path;

/// The pilot's vocabulary.
fn vocabulary() -> Vocabulary {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/vocabulary.toml");
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A template over `a` (a list with these columns) and `b`, with this release.
fn template(sql: &str, columns: &str, release: &str) -> Template {
    let toml = format!(
        "title = {{ fr = \"x\", en = \"x\" }}\ndescription = {{ fr = \"x\", en = \"x\" }}\nmargin_default = 100\nsymmetric = false\n\
         [[audience]]\nname = \"a\"\ntitle = {{ fr = \"x\", en = \"x\" }}\nshape = \"any\"\ncolumns = [{columns}]\n\
         [[audience]]\nname = \"b\"\ntitle = {{ fr = \"x\", en = \"x\" }}\nshape = \"any\"\n[release]\n{release}\n"
    );
    let file = |path, text| File { path: Path::new(path), text };
    let parsed = Template::parse("t".parse().unwrap(), file("t.sql", sql), file("t.toml", &toml), &vocabulary());
    parsed.unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error)))
}

fn audience(name: &str, shape: Shape, columns: &[&str]) -> (String, Vec<(AudienceRef, Binding)>) {
    let table = if name == "a" { "audience_0.main.email" } else { "audience_1.main.email" };
    let columns = columns.iter().map(|column| column.parse().unwrap()).collect();
    let binding = Binding { table: table.into(), shape, columns };
    (name.into(), vec![(format!("membre/{name}").parse().unwrap(), binding)])
}

fn bound(template: &Template, a: Shape, b: Shape) -> Result<Instance, BindingError> {
    let audiences = [audience("a", a, &["genre", "amount", "region"]), audience("b", b, &["genre"])].into();
    template.instance(&Bindings { audiences, ..Bindings::default() }, &vocabulary())
}

const OVERLAP: &str = "SELECT person FROM a SEMI JOIN b USING (person)";

#[test]
fn a_count_counts_each_person_once() {
    let overlap = template(OVERLAP, "", "kind = \"count\"");
    assert_eq!(
        bound(&overlap, Shape::List, Shape::Events).unwrap().sql,
        "WITH \"a\" AS NOT MATERIALIZED (SELECT \"person\" FROM \"audience_0\".\"main\".\"email\"), \
         \"b\" AS NOT MATERIALIZED (SELECT \"person\" FROM \"audience_1\".\"main\".\"email\") \
         SELECT CAST(0 AS BIGINT) AS block, cell, value FROM (SELECT CAST(0 AS BIGINT) AS cell, count(*) AS value FROM (SELECT \"a\".\"person\" AS \"person\" FROM \"a\" AS \"a\" \
         SEMI JOIN \"b\" AS \"b\" ON \"a\".\"person\" = \"b\".\"person\") AS \"contributed rows\") \
         WHERE CASE WHEN cell BETWEEN 0 AND 0 THEN value END IS NOT NULL"
    );
    let join = template("SELECT a.person FROM a JOIN b USING (person)", "", "kind = \"count\"");
    let sql = |b| bound(&join, Shape::List, b).unwrap().sql;
    assert!(sql(Shape::List).contains(" count(*) AS value FROM"));
    assert!(sql(Shape::Events).contains(" count(DISTINCT \"contributed rows\".\"person\") AS value FROM"));
}

#[test]
fn values_run_as_codes_and_only_columns_that_are_read_are_shown() {
    let filtered = template(&format!("{OVERLAP} WHERE genre = 'opera'"), "\"genre\"", "kind = \"count\"");
    let instance = bound(&filtered, Shape::List, Shape::List).unwrap();
    assert!(instance.sql.contains("SELECT \"person\", \"genre\" AS \"genre\" FROM \"audience_0\""), "{}", instance.sql);
    assert!(instance.sql.contains("SELECT \"person\" FROM \"audience_1\""));
    assert!(instance.sql.contains("\"genre\" = 2)"), "{}", instance.sql);
    assert_eq!(instance.columns, ["genre".parse().unwrap()]);
}

#[test]
fn one_row_a_person_needs_no_bound_and_costs_less() {
    let keys = "kind = \"histogram\"\nkeys = [\"genre\"]\nkeys_max = 3";
    let by = template("SELECT a.person, a.genre FROM a SEMI JOIN b USING (person)", "\"genre\"", keys);
    let distance = |shape| match bound(&by, shape, Shape::List).unwrap().bounds {
        Bounds::Cells { blocks } => blocks[0].distance_squared,
        other => panic!("{other:?}"),
    };
    assert_eq!((distance(Shape::List), distance(Shape::Events)), (1, 3));
    assert!(!bound(&by, Shape::List, Shape::List).unwrap().sql.contains("OVER"));
    assert!(bound(&by, Shape::Events, Shape::List).unwrap().sql.contains("place <= 3"));
}

#[test]
fn what_is_single_is_neither_grouped_nor_told_apart_again() {
    let joined = "SELECT a.person, genre FROM a JOIN (SELECT person, count(*) AS n FROM b GROUP BY person) AS x USING (person) WHERE n > 0";
    let joined = template(joined, "\"genre\"", "kind = \"histogram\"\nkeys = [\"genre\"]\nkeys_max = 1");
    let groups = |b| bound(&joined, Shape::List, b).unwrap().sql.contains("GROUP BY \"b\".\"person\"");
    assert_eq!((groups(Shape::List), groups(Shape::Events)), (false, true));

    let crosstab = "kind = \"crosstab\"\nrows = \"genre\"\ncolumns = \"often\"\nrows_max = 2\ncolumns_max = 1";
    let joined = "SELECT a.person, genre, often FROM a JOIN (SELECT person, count(*) > 1 AS often FROM b GROUP BY person) AS x USING (person)";
    let crosstab = template(joined, "\"genre\"", crosstab);
    let ranks = |a| bound(&crosstab, a, Shape::Events).unwrap().sql.matches("dense_rank").count();
    assert_eq!((ranks(Shape::List), ranks(Shape::Events)), (0, 2));
    let affinity = sensitivity::shipped().into_iter().find(|template| template.name().as_str() == "affinity").unwrap();
    assert_eq!(sensitivity::instance(&affinity, &BTreeMap::new()).sql.matches("dense_rank").count(), 1);

    let summed = |selected: &str, by: &str, keys: &str| {
        let sql = format!("SELECT person, {selected} FROM a SEMI JOIN b USING (person) GROUP BY person, {by}");
        let release = format!("kind = \"sum\"\nvalue = \"amount\"\nmin = 0\nmax = 9\nkeys_max = 2\nkeys = [{keys}]");
        let all = ["genre", "region", "amount"].into_iter().filter(|column| sql.contains(column));
        let columns: Vec<_> = all.map(|column| format!("\"{column}\"")).collect();
        let bound = bound(&template(&sql, &columns.join(", "), &release), Shape::Events, Shape::List);
        bound.unwrap().sql.contains("GROUP BY 1, 2")
    };
    assert!(!summed("genre, sum(amount) AS amount", "genre", "\"genre\""));
    assert!(!summed("genre, region, sum(amount) AS amount", "genre, region", "\"region\", \"genre\""));
    // Several rows a person and cell: a key isn't selected, or it is what is added up.
    assert!(summed("region, sum(amount) AS amount", "genre, region", "\"region\""));
    assert!(summed("genre, amount", "genre, amount", "\"genre\""));

    let persons = |release: &str| {
        let sql = "SELECT person, genre FROM a SEMI JOIN b USING (person) GROUP BY person, genre";
        let release = format!("kind = \"histogram\"\nkeys = [\"genre\"]\n{release}");
        bound(&template(sql, "\"genre\"", &release), Shape::Events, Shape::List).unwrap().sql
    };
    assert!(!persons("keys_max = 16").contains("DISTINCT") && !persons("keys_max = 3").contains("DISTINCT"));
    // Several values can be without a name of their own, and they share a cell.
    let rest = "unknown = true\nkeys_max =";
    assert!(persons(&format!("{rest} 17")).contains("DISTINCT") && persons(&format!("{rest} 3")).contains("DISTINCT"));
}

#[test]
fn audiences_and_values_that_do_not_fit_are_not_bound() {
    let parameter = "kind = \"count\"\n[[parameter]]\nname = \"least\"\ntitle = { fr = \"x\", en = \"x\" }\nkind = \"amount\"\nmin = 0\nmax = 500";
    let filtered = template(&format!("{OVERLAP} WHERE amount >= $least"), "\"amount\"", parameter);
    let (a, b) = (audience("a", Shape::List, &["amount"]), audience("b", Shape::List, &[]));
    let try_with = |audiences: Vec<(String, Vec<(AudienceRef, Binding)>)>, arguments: &[(&str, Argument)]| {
        let arguments = arguments.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        filtered.instance(&Bindings { audiences: audiences.into_iter().collect(), arguments }, &vocabulary())
    };
    let least = [("least", Argument::Number(500))];
    assert!(try_with(vec![a.clone(), b.clone()], &least).unwrap().sql.contains("500"));
    assert_eq!(try_with(vec![a.clone()], &least), Err(BindingError::Audiences));
    assert_eq!(
        try_with(vec![a.clone(), b.clone(), audience("c", Shape::List, &[])], &least),
        Err(BindingError::Audiences)
    );
    let twice = ("a".to_owned(), [a.1.clone(), a.1.clone()].concat());
    assert_eq!(try_with(vec![twice, b.clone()], &least), Err(BindingError::Audiences));
    let bare = audience("a", Shape::List, &[]);
    assert!(matches!(try_with(vec![bare, b.clone()], &least), Err(BindingError::Column { .. })));
    for table in ["email", "x.main", "x.main.email; DROP", "x.main.\"email\"", "x..email", "x.main.email.y"] {
        let mut broken = a.clone();
        broken.1[0].1.table = table.into();
        assert!(matches!(try_with(vec![broken, b.clone()], &least), Err(BindingError::Table(_))), "{table}");
    }
    assert_eq!(try_with(vec![a.clone(), b.clone()], &[]), Err(BindingError::MissingParameter("least".into())));
    let other = [("least", Argument::Number(1)), ("most", Argument::Number(1))];
    assert_eq!(try_with(vec![a.clone(), b.clone()], &other), Err(BindingError::UnknownParameter("most".into())));
    for wrong in
        [Argument::Number(501), Argument::Number(-1), Argument::Text("1 OR 1=1".into()), Argument::Text("5.5".into())]
    {
        let found = try_with(vec![a.clone(), b.clone()], &[("least", wrong)]);
        assert!(matches!(found, Err(BindingError::Value { .. })), "{found:?}");
    }
}

/// Releases that the result doesn't serve: the release, the SQL, and a word of the message.
const MISFITS: &[(&str, &str, &str)] = &[
    ("kind = \"count\"", "SELECT person, genre FROM a SEMI JOIN b USING (person)", "no use for"),
    (
        "kind = \"histogram\"\nkeys = [\"region\"]",
        "SELECT person, genre FROM a SEMI JOIN b USING (person)",
        "no column `region`",
    ),
    (
        "kind = \"histogram\"\nkeys = [\"n\"]",
        "SELECT a.person, count(*) AS n FROM a JOIN b USING (person) WHERE genre = 'jazz' GROUP BY a.person",
        "without a range",
    ),
    (
        "kind = \"histogram\"\nkeys = [\"genre\"]\ndomains = { genre = { min = 0, max = 3 } }",
        "SELECT person, genre FROM a SEMI JOIN b USING (person)",
        "its own values",
    ),
    ("kind = \"cells\"", "SELECT person, genre AS audience FROM a SEMI JOIN b USING (person)", "several audiences"),
    (
        "kind = \"quantiles\"\nvalue = \"genre\"\nmin = 0\nmax = 9\nstep = 1\nquantiles = [{ numerator = 1, denominator = 2 }]",
        "SELECT person, genre FROM a SEMI JOIN b USING (person)",
        "isn't a number",
    ),
    (
        "kind = \"marginals\"\ncolumns = [\"genre\", \"region\"]",
        "SELECT person, genre, genre AS region FROM a SEMI JOIN b USING (person)",
        "GROUP BY person",
    ),
    (
        "kind = \"threshold\"\nkey = \"genre\"\nkeys_max = 1",
        "SELECT person, genre FROM a SEMI JOIN b USING (person)",
        "make a histogram",
    ),
];

#[test]
fn a_release_that_its_result_does_not_serve_is_refused() {
    for (release, sql, word) in MISFITS {
        let toml = format!(
            "title = {{ fr = \"x\", en = \"x\" }}\ndescription = {{ fr = \"x\", en = \"x\" }}\nmargin_default = 100\nsymmetric = false\n\
             [[audience]]\nname = \"a\"\ntitle = {{ fr = \"x\", en = \"x\" }}\nshape = \"any\"\ncolumns = [\"genre\"]\n\
             [[audience]]\nname = \"b\"\ntitle = {{ fr = \"x\", en = \"x\" }}\nshape = \"any\"\n[release]\n{release}\n"
        );
        let file = |path, text| File { path: Path::new(path), text };
        let refused = Template::parse("t".parse().unwrap(), file("t.sql", sql), file("t.toml", &toml), &vocabulary());
        let message =
            format!("{:?}", refused.map(|_| "accepted").map_err(|error| error.in_language(Language::En).to_string()));
        assert!(message.contains(word), "{release}: {message}");
    }
}

#[test]
fn every_shipped_template_has_an_example_that_it_takes_and_its_cells_have_names() {
    for template in sensitivity::shipped() {
        let example =
            template.manifest().example.clone().unwrap_or_else(|| panic!("{} has no example", template.name()));
        let instance = sensitivity::instance(&template, &example.parameters);
        let named = (0..instance.layout.cells())
            .all(|cell| instance.layout.find(cell).and_then(|(block, at)| block.key_of(at)).is_some());
        assert!(named, "{}", template.name());
        if let Bounds::Cells { blocks } = &instance.bounds {
            let cells: usize = blocks.iter().map(|block| block.cells as usize).sum();
            assert_eq!((cells, cells), (instance.layout.cells(), example.figures), "{}", template.name());
            let persons = instance.layout.blocks.iter().filter(|block| block.unit == Unit::Persons).count();
            assert_eq!(blocks.iter().filter(|block| block.unit == 1).count(), persons, "{}", template.name());
        }
        for figure in &instance.figures {
            let cells =
                |linear: &crate::model::Linear| linear.0.iter().all(|(cell, _)| *cell < instance.layout.cells());
            assert!(figure.guards.iter().all(cells), "{} {:?}", template.name(), figure.derived);
        }
    }
}

#[test]
fn the_committed_schema_is_that_of_the_manifests() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/manifest.schema.json");
    let committed: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(
        committed == crate::template::manifest_schema(),
        "run: camerata template schema > sql/manifest.schema.json"
    );
}
