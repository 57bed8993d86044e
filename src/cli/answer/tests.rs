#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::model::Language;
use serde_json::{Value, json};

fn answer(change: impl FnOnce(&mut Value)) -> Answer {
    let mut answer = json!({"id": 7, "template": "overlap", "purpose": "planification", "margin": 100.0, "released_margin": 100,
        "audiences": {"a": "festival/abonnes", "b": "billetterie/acheteurs"},
        "figures": [{"part": "persons", "unit": "persons", "value": 48_210, "shown": 48_210, "margin": 100, "interval": [48_110, 48_310], "withheld": false}],
        "rho": 192_000_000, "epsilon": 0.0723, "delta": 1e-6, "replay": false, "policy": "abc", "recorded": "2026-11-24T10:00:00Z"});
    change(&mut answer);
    serde_json::from_value(answer).unwrap()
}

fn by_genre(change: impl FnOnce(&mut Value)) -> Answer {
    answer(|answer| {
        let keys = |fr: &str, en: &str| json!({"genre": {"id": "x", "title": {"fr": fr, "en": en}}});
        answer["keys"] = json!([{"name": "genre", "title": {"fr": "Genre artistique", "en": "Artistic interest"}}]);
        answer["figures"] = json!([
            {"part": "persons", "keys": keys("Théâtre", "Theatre"), "unit": "persons", "shown": 1_500, "margin": 50, "interval": [1_450, 1_550], "withheld": false},
            {"part": "persons", "keys": keys("Jazz", "Jazz"), "unit": "persons", "shown": null, "margin": 50, "interval": null, "withheld": true},
        ]);
        answer["derived"] = json!([
            {"name": "share", "keys": keys("Théâtre", "Theatre"), "value": 0.981, "interval": [0.95, 0.99], "verdict": "told", "withheld": false},
            {"name": "affinity", "keys": keys("Jazz", "Jazz"), "value": 1.2, "interval": [0.8, 1.9], "verdict": "cant_tell", "withheld": false},
            {"name": "mean", "unit": "cents", "value": 4_350.0, "interval": [4_000.0, 4_700.0], "verdict": "told", "withheld": false},
        ]);
        change(answer);
    })
}

#[test]
fn the_figure_comes_first_with_its_margin() {
    let french = answer(|_| ()).render(Language::Fr);
    let lines: Vec<&str> = french.lines().collect();
    assert_eq!(lines.first(), Some(&"≈\u{a0}48\u{202f}210 personnes (±\u{a0}100, 95\u{202f}%)"));
    assert!(lines.contains(&"  Intervalle à 95\u{202f}%\u{a0}: 48\u{202f}110 à 48\u{202f}310"), "{french}");
    assert!(lines.contains(&"  Auditoires\u{a0}: a = festival/abonnes, b = billetterie/acheteurs"), "{french}");
    assert!(lines.contains(&"  Perte\u{a0}: ε = 0,0723 (δ = 10⁻⁶)"), "{french}");
    assert!(!french.contains("Gratuit"), "{french}");
    let english = answer(|answer| answer["replay"] = json!(true)).render(Language::En);
    assert!(english.starts_with("≈\u{a0}48,210 persons (±\u{a0}100, 95%)\n"), "{english}");
    assert!(english.ends_with("nothing was spent."), "{english}");
}

#[test]
fn an_interval_shown_never_goes_below_zero() {
    let text = answer(|answer| {
        answer["figures"][0]["shown"] = json!(0);
        answer["figures"][0]["interval"] = json!([-112, 88]);
    })
    .render(Language::En);
    assert!(text.contains("95% interval: 0 to 88"), "{text}");
}

#[test]
fn a_withheld_count_is_shown_nowhere() {
    let withheld = answer(|answer| {
        answer["figures"][0]["withheld"] = json!(true);
        answer["figures"][0]["shown"] = json!(17);
        answer["figures"][0]["interval"] = json!([1, 17]);
    });
    for text in [withheld.render(Language::Fr), withheld.render(Language::En), withheld.in_short(Language::En)] {
        assert!(!text.contains("17"), "{text}");
    }
}

#[test]
fn several_figures_make_tables_in_both_languages() {
    let french = by_genre(|_| ()).render(Language::Fr);
    assert!(french.starts_with("Genre artistique   Valeur   ±\n"), "{french}");
    assert!(french.contains("Théâtre             1\u{202f}500  50\nJazz              retenue\n"), "{french}");
    assert!(french.contains("98,1\u{202f}%") && french.contains("on ne peut pas dire"), "{french}");
    assert!(french.contains("43,50\u{a0}$"), "{french}");
    let english = by_genre(|_| ()).render(Language::En);
    assert!(english.contains("Theatre") && english.contains("can’t tell") && english.contains("$43.50"), "{english}");
    assert!(english.contains("Withheld: the noisy count is under the room's minimum."), "{english}");
}

#[test]
fn an_order_has_no_figures() {
    let text = by_genre(|answer| {
        let top = |rank: u32, name: &str| {
            let plain = |text: &str| json!({"id": text, "title": {"fr": text, "en": text}});
            json!({"part": "top", "keys": {"genre": plain(name), "rank": plain(&rank.to_string())}, "unit": "persons", "withheld": false})
        };
        answer["figures"] = json!([top(1, "Jazz"), top(2, "Rock")]);
        answer["derived"] = json!([]);
    })
    .render(Language::Fr);
    assert!(
        text.starts_with("Genre artistique  Rang\n────────────────  ────\nJazz              1\nRock              2\n"),
        "{text}"
    );
}
