//! Templates that nobody ships, each at an edge of what the statement's writer may leave out.

use super::super::*;
use super::vocabulary;
use crate::template::File;
use std::path::Path;

/// A name, the SQL, the columns of `a` (events) and `b` (a list), and the release.
type Crafted = (&'static str, &'static str, &'static str, &'static str, &'static str);

const CRAFTED: &[Crafted] = &[
    // Grouped by the key: one row a person and cell.
    (
        "sum-by-its-key",
        "SELECT person, age_band, sum(amount) AS spent FROM a SEMI JOIN b USING (person) GROUP BY person, age_band",
        "\"age_band\", \"amount\"",
        "",
        "kind = \"sum\"\nvalue = \"spent\"\nkeys = [\"age_band\"]\nkeys_max = 3\nmin = -100\nmax = 50000",
    ),
    // Grouped by more than the key: several rows a person and cell.
    (
        "sum-by-one-of-its-keys",
        "SELECT person, age_band, sum(amount) AS spent FROM a SEMI JOIN b USING (person) GROUP BY person, age_band, genre",
        "\"age_band\", \"genre\", \"amount\"",
        "",
        "kind = \"sum\"\nvalue = \"spent\"\nkeys = [\"age_band\"]\nkeys_max = 3\nmin = -100\nmax = 50000",
    ),
    // What is added up is a key of the groups too.
    (
        "sum-of-what-is-grouped-by",
        "SELECT person, age_band, amount FROM a SEMI JOIN b USING (person) GROUP BY person, age_band, amount",
        "\"age_band\", \"amount\"",
        "",
        "kind = \"sum\"\nvalue = \"amount\"\nkeys = [\"age_band\"]\nkeys_max = 3\nmin = -100\nmax = 50000",
    ),
    // Grouped by what is nearly the key.
    (
        "sum-by-half-of-its-key",
        "SELECT person, least(greatest(month(purchased) // 2, 0), 6) AS pair, sum(amount) AS spent FROM a SEMI JOIN b USING (person) GROUP BY person, month(purchased)",
        "\"purchased\", \"amount\"",
        "",
        "kind = \"sum\"\nvalue = \"spent\"\nkeys = [\"pair\"]\nkeys_max = 2\nmin = 0\nmax = 50000\ndomains = { pair = { min = 0, max = 6 } }",
    ),
    // Several stored values share the cell of what isn't known.
    (
        "persons-by-a-key-with-a-rest",
        "SELECT person, age_band FROM a SEMI JOIN b USING (person) GROUP BY person, age_band",
        "\"age_band\"",
        "",
        "kind = \"histogram\"\nkeys = [\"age_band\"]\nkeys_max = 9\nunknown = true",
    ),
    (
        "persons-kept-by-a-key-with-a-rest",
        "SELECT person, channel FROM a SEMI JOIN b USING (person) GROUP BY person, channel",
        "\"channel\"",
        "",
        "kind = \"histogram\"\nkeys = [\"channel\"]\nkeys_max = 4\nunknown = true",
    ),
    // All of a person's cells are kept, and rows come more than once.
    (
        "persons-by-a-key",
        "SELECT person, channel FROM a SEMI JOIN b USING (person)",
        "\"channel\"",
        "",
        "kind = \"histogram\"\nkeys = [\"channel\"]\nkeys_max = 5",
    ),
    (
        "persons-by-one-of-their-keys",
        "SELECT person, channel FROM a SEMI JOIN b USING (person) GROUP BY person, channel, genre",
        "\"channel\", \"genre\"",
        "",
        "kind = \"histogram\"\nkeys = [\"channel\"]\nkeys_max = 5",
    ),
    // A number that can be anything, and mostly isn't in its domain.
    (
        "persons-by-a-wide-number",
        "SELECT person, sum(amount) AS spent FROM a SEMI JOIN b USING (person) GROUP BY person",
        "\"amount\"",
        "",
        "kind = \"histogram\"\nkeys = [\"spent\"]\nkeys_max = 1\ndomains = { spent = { min = -50, max = 2500 } }",
    ),
    // A column of a list has one value a person, but not where a join can miss it.
    (
        "crosstab-of-what-a-join-can-miss",
        "SELECT a.person, (b.region IS NULL) AS missed, a.channel FROM a LEFT JOIN b ON b.person = a.person AND b.genre = a.genre",
        "\"genre\", \"channel\"",
        "\"genre\", \"region\"",
        "kind = \"crosstab\"\nrows = \"missed\"\ncolumns = \"channel\"\nrows_max = 1\ncolumns_max = 3",
    ),
    (
        "crosstab-of-both",
        "SELECT a.person, b.region, (a.genre = b.genre) AS same FROM a JOIN b USING (person)",
        "\"genre\"",
        "\"genre\", \"region\"",
        "kind = \"crosstab\"\nrows = \"region\"\ncolumns = \"same\"\nrows_max = 1\ncolumns_max = 1",
    ),
    // A list, events and aggregates of both, joined.
    (
        "lone-groups-beside-others",
        "SELECT x.person, x.region, coalesce(y.n, 0) AS n FROM (SELECT person, min(amount) AS least, max(purchased) AS day, \
         count(genre) AS genres FROM b GROUP BY person) AS z JOIN (SELECT person, region FROM b GROUP BY person, region) AS x \
         USING (person) LEFT JOIN (SELECT person, least(count(*), 3) AS n FROM a GROUP BY person HAVING count(*) > 1) AS y \
         USING (person) WHERE z.least < 100001 OR z.day IS NULL OR z.genres = 1",
        "",
        "\"region\", \"amount\", \"purchased\", \"genre\"",
        "kind = \"histogram\"\nkeys = [\"region\", \"n\"]\nkeys_max = 1\nunknown = true\ndomains = { n = { min = 0, max = 3 } }",
    ),
];

/// Each of them as a template over `billetterie/achats` and `festival/abonnes`.
pub(super) fn crafted() -> Vec<Template> {
    CRAFTED.iter().map(|(name, sql, a, b, release)| template(name, sql, [a, b], release)).collect()
}

fn template(name: &str, sql: &str, [a, b]: [&str; 2], release: &str) -> Template {
    let title = "title = { fr = \"x\", en = \"x\" }";
    let audience = |name: &str, shape: &str, columns: &str| {
        format!("[[audience]]\nname = \"{name}\"\n{title}\nshape = \"{shape}\"\ncolumns = [{columns}]\n")
    };
    let toml = format!(
        "{title}\ndescription = {{ fr = \"x\", en = \"x\" }}\nmargin_default = 100\nsymmetric = false\n{}{}[release]\n{release}\n\
         [example]\naudiences = {{ a = \"billetterie/achats\", b = \"festival/abonnes\" }}\nfigures = 1\n",
        audience("a", "events", a),
        audience("b", "any", b),
    );
    let file = |path, text| File { path: Path::new(path), text };
    let parsed = Template::parse(name.parse().unwrap(), file("x.sql", sql), file("x.toml", &toml), &vocabulary());
    parsed.unwrap_or_else(|error| panic!("{name}: {:?}", miette::Report::new(error)))
}
