//! The same tallies as somebody would type them who knows DuckDB, the audiences and the bounds.
//!
//! They know that a list has one row a person, which values the columns take, and what the cells are numbered. They keep the
//! cells of a person with too many in the same order, since otherwise the two tallies couldn't be compared.

use sha2::{Digest, Sha256};

/// The statement for a template's example.
pub fn typed(template: &str, hash: &str) -> String {
    let sql = match template {
        "affinity" => AFFINITY,
        "conversion" => CONVERSION,
        "frequency" => FREQUENCY,
        "overlap" => {
            "SELECT 0::BIGINT, count(*) FROM festival_abonnes.email SEMI JOIN billetterie_acheteurs.email USING (person)"
        }
        "overlap-by" => OVERLAP_BY,
        "overlap-by-two" => OVERLAP_BY_TWO,
        "profile" => PROFILE,
        "profile-overlap" => PROFILE_OVERLAP,
        "purchase-days" => PURCHASE_DAYS,
        "reach" => REACH,
        "recency" => RECENCY,
        "spend" => SPEND,
        "spend-by" => SPEND_BY,
        "spend-quantiles" => SPEND_QUANTILES,
        "top-interests" => {
            "SELECT genre::BIGINT, count(DISTINCT person) FROM billetterie_achats.email WHERE genre IS NOT NULL GROUP BY ALL"
        }
        "venn" => VENN,
        _ => panic!("no statement was typed for `{template}`"),
    };
    let mut sql = sql.to_owned();
    for cell in ["genre::BIGINT", "(days % 16384)"] {
        sql = sql.replace(&format!("$order({cell})"), &order(cell, hash));
    }
    sql
}

/// In which order a person's cells are kept: that of the template, so that both keep the same ones.
///
/// The person, reduced to 1..p-1, permutes the cells by c -> x(ac + b) mod p with p = 2^31 - 1, and a and b from the
/// template's hash; ties, which there are none of below 2^14, by the cell.
fn order(cell: &str, hash: &str) -> String {
    let salt = Sha256::digest(hash.as_bytes());
    let word = |at: usize| u64::from(u32::from_be_bytes(salt[at..at + 4].try_into().unwrap()));
    let (a, b) = (word(0) % 2_147_483_646 + 1, word(4) % 2_147_483_647);
    let person = "((person % 2147483646 + 2147483646) % 2147483646 + 1)";
    format!("{person} * (({cell} * {a} + {b}) % 2147483647) % 2147483647 * 16384 + {cell}")
}

const AFFINITY: &str = "
WITH pairs AS MATERIALIZED (
    SELECT person, down, genre::BIGINT AS genre
    FROM (
        SELECT DISTINCT person, a.genre::BIGINT AS down, e.genre
        FROM billetterie_achats.email e JOIN festival_abonnes.email a USING (person)
        WHERE a.genre IS NOT NULL AND e.genre IS NOT NULL
    )
    QUALIFY row_number() OVER (PARTITION BY person ORDER BY $order(genre::BIGINT)) <= 3
)
SELECT down * 16 + genre, count(*) FROM pairs GROUP BY ALL
UNION ALL SELECT down + 256, count(DISTINCT person) FROM pairs GROUP BY ALL
UNION ALL SELECT genre + 272, count(*) FROM pairs GROUP BY ALL
UNION ALL SELECT 288::BIGINT, count(DISTINCT person) FROM pairs";

const CONVERSION: &str = "
SELECT coalesce((first - DATE '2026-05-01') // 7, 12)::BIGINT, count(*)
FROM festival_abonnes.email
LEFT JOIN (
    SELECT person, min(purchased) AS first
    FROM billetterie_achats.email
    WHERE purchased BETWEEN DATE '2026-05-01' AND DATE '2026-07-23'
    GROUP BY person
) USING (person)
GROUP BY ALL";

const FREQUENCY: &str = "
SELECT least(n, 10) - 1, count(*)
FROM (SELECT count(*) AS n FROM billetterie_achats.email WHERE purchased >= DATE '2000-01-01' GROUP BY person)
GROUP BY ALL";

const OVERLAP_BY: &str = "
SELECT coalesce(region, 17)::BIGINT, count(*)
FROM festival_abonnes.email SEMI JOIN billetterie_acheteurs.email USING (person)
GROUP BY ALL";

const OVERLAP_BY_TWO: &str = "
SELECT coalesce(region, 17)::BIGINT * 9 + coalesce(age_band, 8), count(*)
FROM billetterie_acheteurs.email SEMI JOIN festival_abonnes.email USING (person)
GROUP BY ALL";

const PROFILE: &str = "
SELECT coalesce(region, 17)::BIGINT, count(*) FROM billetterie_acheteurs.email GROUP BY ALL
UNION ALL SELECT coalesce(age_band, 8)::BIGINT + 18, count(*) FROM billetterie_acheteurs.email GROUP BY ALL";

const PROFILE_OVERLAP: &str = "
SELECT (b.person IS NOT NULL)::BIGINT * 17 + a.region, count(*)
FROM billetterie_acheteurs.email a LEFT JOIN festival_abonnes.email b USING (person)
WHERE a.region IS NOT NULL
GROUP BY ALL";

const PURCHASE_DAYS: &str = "
SELECT days, count(*)
FROM (
    SELECT days
    FROM (
        SELECT DISTINCT person, (purchased - DATE '1970-01-01')::BIGINT AS days
        FROM billetterie_achats.email WHERE purchased >= DATE '2000-01-01'
    )
    QUALIFY row_number() OVER (PARTITION BY person ORDER BY $order((days % 16384)), days) <= 3
)
GROUP BY ALL";

const REACH: &str = "
SELECT (cell - 1)::BIGINT, count(*)
FROM (
    SELECT sum(bit) AS cell
    FROM (
        SELECT person, 1 AS bit FROM billetterie_acheteurs.email
        UNION ALL SELECT person, 2 FROM festival_abonnes.email
        UNION ALL SELECT person, 4 FROM etiquette_infolettre.email
    )
    GROUP BY person
)
GROUP BY ALL";

const RECENCY: &str = "
SELECT least(date_diff('month', last, DATE '2026-11-01'), 24), count(*)
FROM (SELECT max(purchased) AS last FROM billetterie_achats.email WHERE purchased <= DATE '2026-11-01' GROUP BY person)
GROUP BY ALL";

const SPEND: &str = "
SELECT 0::BIGINT, count(*), sum(greatest(least(spent, 200000), 0))::BIGINT
FROM (SELECT sum(amount) AS spent FROM billetterie_achats.email WHERE purchased >= DATE '2000-01-01' GROUP BY person)
WHERE spent IS NOT NULL";

const SPEND_BY: &str = "
SELECT genre, count(*), sum(spent)::BIGINT
FROM (
    SELECT genre::BIGINT AS genre, greatest(least(sum(amount), 50000), 0)::BIGINT AS spent
    FROM billetterie_achats.email
    WHERE purchased >= DATE '2000-01-01' AND genre IS NOT NULL AND amount IS NOT NULL
    GROUP BY person, genre
    QUALIFY row_number() OVER (PARTITION BY person ORDER BY $order(genre::BIGINT)) <= 3
)
GROUP BY ALL";

const SPEND_QUANTILES: &str = "
SELECT (CASE WHEN spent < 0 THEN 0 ELSE least(spent, 300000)::BIGINT // 1000 + 1 END)::BIGINT, count(*)
FROM (SELECT sum(amount) AS spent FROM billetterie_achats.email WHERE purchased >= DATE '2000-01-01' GROUP BY person)
WHERE spent IS NOT NULL
GROUP BY ALL";

const VENN: &str = "
SELECT (cell - 1)::BIGINT, count(*)
FROM (
    SELECT sum(bit) AS cell
    FROM (
        SELECT person, 1 AS bit FROM festival_abonnes.email
        UNION ALL SELECT person, 2 FROM billetterie_acheteurs.email
        UNION ALL SELECT person, 4 FROM salle_abonnes.email
    )
    GROUP BY person
)
GROUP BY ALL";
