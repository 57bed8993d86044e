//! What is accepted, and that what is printed is what was checked.

use super::template;
use crate::template::local::Kind;

/// Accepted templates: the SQL, the columns of a and b, and whether it has at most one row a person.
pub(super) const ACCEPTED: &[(&str, &str, &str, bool)] = &[
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
    // Conditions and expressions.
    (
        "SELECT person FROM a SEMI JOIN b USING (person) WHERE 5 < spend AND (spend + 1) * 2 <> -spend",
        "spend",
        "",
        true,
    ),
    (
        "SELECT person FROM a SEMI JOIN b USING (person) WHERE spend // 100 % 7 = 3 AND abs(spend - 5) > 2",
        "spend",
        "",
        true,
    ),
    ("SELECT person FROM a SEMI JOIN b USING (person) WHERE spend // $n >= $least + $offset", "spend", "", true),
    (
        "SELECT person FROM a SEMI JOIN b USING (person) WHERE bought >= $since AND genre = $wanted",
        "bought genre",
        "",
        true,
    ),
    (
        "SELECT person FROM a SEMI JOIN b USING (person) WHERE date_diff('day', $since, bought) BETWEEN 0 AND 30 OR year(bought) = 2025 AND month(bought) IN (1, 2)",
        "bought",
        "",
        true,
    ),
    (
        "SELECT person, CASE WHEN spend > 0 THEN 'jazz' ELSE genre END AS g, CASE genre WHEN 'jazz' THEN 1 WHEN 'théâtre' THEN 2 END AS n FROM a SEMI JOIN b USING (person)",
        "spend genre",
        "",
        true,
    ),
    (
        "SELECT person, least(spend, 100) AS l, greatest(spend, 0, $offset) AS h, coalesce(genre, 'jazz') AS g, spend > 5 AS big, -9223372036854775808 AS low FROM a SEMI JOIN b USING (person)",
        "spend genre",
        "",
        true,
    ),
    ("SELECT person, genre AS g FROM a SEMI JOIN b USING (person)", "genre", "", true),
    ("SELECT a.person, - (- spend) AS s, -(5) AS five FROM a SEMI JOIN b USING (person)", "spend", "", true),
    ("SELECT person FROM a SEMI JOIN b USING (person) WHERE TRUE AND NOT (genre IS NULL) AND 1 = 1", "genre", "", true),
    // Left joins.
    ("SELECT a.person, b.genre FROM a LEFT JOIN b USING (person)", "", "genre", false),
    (
        "SELECT a.person, coalesce(d.n, 0) AS n FROM a LEFT OUTER JOIN (SELECT person, count(*) AS n FROM b GROUP BY person) AS d ON d.person = a.person AND d.n > 1",
        "",
        "",
        true,
    ),
    (
        "SELECT a.person FROM a LEFT JOIN b ON a.person = b.person AND b.genre = 'jazz' SEMI JOIN b AS c ON c.person = a.person WHERE b.genre IS NULL",
        "",
        "genre",
        false,
    ),
    ("SELECT a.person FROM a LEFT JOIN b USING (person) WHERE b.person IS NULL", "", "", false),
    (
        "SELECT a.person, (d.person IS NOT NULL) AS met FROM a LEFT JOIN (SELECT DISTINCT person FROM b) AS d USING (person)",
        "",
        "",
        true,
    ),
    (
        "SELECT a.person, count(*) FILTER (WHERE NOT b.person IS NULL) AS n FROM a LEFT JOIN b USING (person) GROUP BY a.person, b.person IS NULL HAVING b.person IS NULL",
        "",
        "",
        false,
    ),
    // Categories in the vocabulary's order, days between dates, subqueries without a name.
    (
        "SELECT person, max(genre) AS last FROM b SEMI JOIN a USING (person) WHERE genre < 'théâtre' AND genre BETWEEN 'jazz' AND $wanted GROUP BY person",
        "",
        "genre",
        true,
    ),
    (
        "SELECT person, greatest(genre, 'théâtre') AS g, rank() OVER (PARTITION BY person ORDER BY genre DESC) AS place FROM a SEMI JOIN b USING (person)",
        "genre",
        "",
        true,
    ),
    ("SELECT person FROM a SEMI JOIN b USING (person) WHERE bought - DATE '2025-01-31' > -30", "bought", "", true),
    (
        "SELECT person, max(bought) - min(bought) AS days FROM b SEMI JOIN a USING (person) GROUP BY person",
        "",
        "bought",
        true,
    ),
    (
        "SELECT person, n FROM (SELECT person, count(*) AS n FROM b GROUP BY person) SEMI JOIN a USING (person)",
        "",
        "",
        true,
    ),
    (
        "SELECT subquery_1.person FROM (SELECT person FROM a) JOIN (SELECT DISTINCT person FROM b) USING (person)",
        "",
        "",
        true,
    ),
    // Subqueries that ask for person.
    ("SELECT person FROM a WHERE person IN (SELECT person FROM b)", "", "", true),
    ("SELECT person FROM a WHERE NOT (person IN (SELECT person FROM b WHERE genre = 'jazz'))", "", "genre", true),
    ("SELECT person FROM a WHERE genre = 'jazz' AND a.person NOT IN (SELECT person FROM b)", "genre", "", true),
    (
        "SELECT person FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.person = a.person AND genre = 'jazz')",
        "",
        "genre",
        true,
    ),
    ("SELECT person FROM a WHERE NOT EXISTS (SELECT * FROM b AS x WHERE a.person = x.person)", "", "", true),
    (
        "SELECT person FROM a WHERE EXISTS (SELECT x.person FROM b AS x JOIN b AS y USING (person) WHERE x.person = a.person AND x.spend > y.spend AND EXISTS (SELECT 1 FROM b AS z WHERE z.person = x.person AND z.spend = 0)) AND person IN (SELECT person FROM b)",
        "",
        "spend",
        true,
    ),
    // Groups.
    ("SELECT person FROM b SEMI JOIN a USING (person) GROUP BY person", "", "", true),
    (
        "SELECT person, count(*) AS n FROM b SEMI JOIN a USING (person) GROUP BY person HAVING count(*) > 1",
        "",
        "",
        true,
    ),
    (
        "SELECT person, genre, sum(spend) AS s, max(bought) AS last, count(DISTINCT spend) AS d FROM b SEMI JOIN a USING (person) GROUP BY person, genre",
        "",
        "genre spend bought",
        false,
    ),
    (
        "SELECT person, spend // 100 + 1 AS k, count(spend) FILTER (WHERE spend > 5) + 1 AS n FROM b SEMI JOIN a USING (person) GROUP BY spend // 100, person",
        "",
        "spend",
        false,
    ),
    (
        "SELECT person, bool_or(genre = 'jazz') AS any_jazz, bool_and(spend > 0) AND min(spend) > 1 AS paid, CASE WHEN sum(spend) > 100 THEN 1 ELSE 0 END AS big FROM b SEMI JOIN a USING (person) GROUP BY person",
        "",
        "genre spend",
        true,
    ),
    (
        "SELECT person, least(date_diff('month', max(bought), $since), 24) AS months FROM b SEMI JOIN a USING (person) GROUP BY person",
        "",
        "bought",
        true,
    ),
    ("SELECT DISTINCT person FROM b SEMI JOIN a USING (person) GROUP BY person, genre", "", "genre", true),
    // Windows.
    (
        "SELECT person, rank() OVER (PARTITION BY person ORDER BY bought DESC, spend NULLS FIRST) AS r, sum(spend) OVER (PARTITION BY genre, person) AS s FROM b SEMI JOIN a USING (person)",
        "",
        "bought spend genre",
        false,
    ),
    (
        "SELECT person FROM (SELECT person, dense_rank() OVER (PARTITION BY b.person ORDER BY spend) AS r, count(*) OVER (PARTITION BY person) AS n FROM b SEMI JOIN a USING (person)) AS w WHERE r <= 3 AND n > 5",
        "",
        "spend",
        false,
    ),
    // Set operations over numbers.
    ("SELECT person, 1 AS n FROM a UNION ALL SELECT person, 2 AS n FROM b", "", "", false),
    ("SELECT person, spend AS n FROM a EXCEPT SELECT person, 0 AS n FROM b", "spend", "", true),
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

/// The kind of a column `x` over a spend from b.
fn kind(x: &str) -> Kind {
    let sql = format!("SELECT person, {x} AS x FROM b SEMI JOIN a USING (person) GROUP BY person, spend");
    let checked = template(&sql, "", "spend").unwrap_or_else(|refusal| panic!("{sql}: {refusal}"));
    checked.outputs().iter().find(|(name, _)| name.as_str() == "x").unwrap().1.clone()
}

#[test]
fn ranges_follow_the_operations() {
    let number = |cents, low, high| Kind::Number { cents, low, high };
    assert_eq!(kind("spend"), number(true, i64::MIN, i64::MAX));
    assert_eq!(kind("least(greatest(spend, -5), 10)"), number(true, -5, 10));
    assert_eq!(kind("least(count(*), 20)"), number(false, 0, 20));
    assert_eq!(kind("-least(count(*), 20) * 3"), number(false, -60, 0));
    assert_eq!(kind("CASE WHEN spend > 0 THEN 7 ELSE least(count(*), 5) END"), number(false, 0, 7));
    assert_eq!(kind("spend % 10"), number(true, -9, 9));
    assert_eq!(kind("abs(spend) // 1000000000000000000"), number(true, 0, 9));
    assert_eq!(kind("sum(abs(spend) + 0)"), number(true, 0, i64::MAX));
    assert_eq!(kind("$n - $offset"), number(false, -4, 105));
    assert_eq!(kind("spend > 0 OR bool_or(spend = 5)"), Kind::Boolean);
}
