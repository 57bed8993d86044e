#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
use super::*;
use crate::{
    model::{AudienceRef, ColumnName, Shape, Vocabulary},
    privacy::Accuracy,
    template::{Argument, Binding, Bindings, Catalogue},
};
use std::path::Path;

fn pilot(part: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(part)
}

/// What a release of these cells is told as, at a margin of 50, where fewer than 20 people are withheld.
fn told(template: &str, audiences: &[(&str, &str, Shape)], arguments: &[(&str, &str)], values: &[i64]) -> Outcome {
    let vocabulary: Vocabulary =
        toml::from_str(&std::fs::read_to_string(pilot("policies/vocabulary.toml")).unwrap()).unwrap();
    let privacy = std::fs::read_to_string(pilot("policies/privacy.toml")).unwrap();
    let limits = Limits::parse(&privacy, Path::new("privacy.toml")).unwrap();
    let catalogue =
        Catalogue::load(&pilot("sql"), &vocabulary).unwrap_or_else(|e| panic!("{:?}", miette::Report::new(e)));
    let columns: Vec<ColumnName> = vocabulary.columns().keys().cloned().collect();
    let mut bindings = Bindings::default();
    for (position, (name, audience, shape)) in audiences.iter().enumerate() {
        let table = format!("audience_{position}.main.email");
        let audience: AudienceRef = audience.parse().unwrap();
        let bound = (audience, Binding { table, shape: *shape, columns: columns.clone() });
        bindings.audiences.entry((*name).to_owned()).or_default().push(bound);
    }
    bindings.arguments = arguments.iter().map(|(n, v)| ((*n).to_owned(), Argument::Text((*v).to_owned()))).collect();
    let instance = catalogue.get(&template.parse().unwrap()).unwrap().instance(&bindings, &vocabulary).unwrap();
    let plan = privacy::plan(&instance.bounds, Accuracy::Margin(50.0), &limits).unwrap();
    let mut cells = values.to_vec();
    cells.resize(instance.layout.cells(), 0);
    Outcome::new(&Release::Cells { values: cells }, &plan, &instance, &limits)
}

const PAIR: [(&str, &str, Shape); 2] =
    [("audiences", "festival/abonnes", Shape::List), ("audiences", "salle/abonnes", Shape::List)];

fn derived<'a>(outcome: &'a Outcome, name: Derived, audience: Option<&str>) -> &'a DerivedTold {
    let fits = |figure: &&DerivedTold| {
        figure.name == name && audience.is_none_or(|id| figure.keys.get("audience").is_some_and(|key| key.id == id))
    };
    outcome.derived.iter().find(fits).unwrap()
}

#[test]
fn the_regions_of_a_venn_diagram_add_up() {
    // Only the festival 300, only the venue 100, both 200.
    let outcome = told("venn", &PAIR, &[], &[300, 100, 200]);
    let value = |name, audience| derived(&outcome, name, audience).value.unwrap();
    assert_eq!(value(Derived::Size, Some("festival/abonnes")), 500.0);
    assert_eq!(value(Derived::Size, Some("salle/abonnes")), 300.0);
    assert_eq!(value(Derived::Intersection, None), 200.0);
    assert_eq!(value(Derived::Union, None), 600.0);
    assert_eq!(value(Derived::MatchRate, Some("salle/abonnes")), 200.0 / 300.0);
    assert_eq!(value(Derived::Jaccard, None), 200.0 / 600.0);
    assert_eq!(value(Derived::Difference, None), 200.0);
    assert_eq!(derived(&outcome, Derived::Difference, None).verdict, Verdict::Above);
    let reach = told("reach", &PAIR, &[], &[300, 100, 200]);
    assert_eq!(derived(&reach, Derived::IncrementalReach, Some("festival/abonnes")).value, Some(500.0));
    assert_eq!(derived(&reach, Derived::IncrementalReach, Some("salle/abonnes")).value, Some(100.0));
}

#[test]
fn what_is_too_small_is_withheld_with_all_that_rests_on_it() {
    let outcome = told("venn", &PAIR, &[], &[300, 100, 19]);
    assert!(outcome.withheld);
    let both = &outcome.figures[2];
    assert_eq!((both.value, both.shown, both.interval, both.withheld), (None, None, None, true));
    for name in [Derived::Intersection, Derived::MatchRate, Derived::Jaccard] {
        let figure = derived(&outcome, name, None);
        assert_eq!((figure.value, figure.interval, figure.withheld), (None, None, true), "{name:?}");
    }
    // A sum goes with the count of the persons behind it.
    let spend = told("spend", &[("a", "billetterie/achats", Shape::Events)], &[], &[5, 123_456]);
    assert!(spend.figures.iter().all(|figure| figure.withheld && figure.value.is_none()), "{:?}", spend.figures);
    assert!(spend.derived.iter().all(|figure| figure.withheld && figure.value.is_none()));
}

#[test]
fn a_count_is_never_shown_below_nothing_and_a_share_never_above_all() {
    let people = [("a", "festival/abonnes", Shape::List), ("b", "salle/abonnes", Shape::List)];
    // The whole is less than one of its parts, by noise.
    let outcome = told("overlap-by", &people, &[("by", "region")], &[800, -30]);
    assert!(outcome.figures[1].withheld);
    let share = derived(&outcome, Derived::Share, None);
    assert!(share.value.unwrap() <= 1.0 && share.interval.unwrap()[1] <= 1.0, "{share:?}");
    assert_eq!(outcome.keys[0].title.en, "Administrative region");
    assert_eq!(outcome.figures[0].keys["by"].id, "bas-saint-laurent");
}

#[test]
fn columns_of_a_profile_are_reconciled_and_keep_what_was_drawn() {
    let mut values = vec![0; 27];
    (values[0], values[18]) = (1_000, 1_300);
    let people = [("a", "billetterie/acheteurs", Shape::List)];
    let outcome = told("profile", &people, &[("first", "region"), ("second", "age_band")], &values);
    let total = derived(&outcome, Derived::Total, None).value.unwrap();
    // The column of 9 cells has half the variance of that of 18, and twice the weight.
    assert!((total - (1_000.0 + 2.0 * 1_300.0) / 3.0).abs() < 1e-9, "{total}");
    let first = &outcome.figures[0];
    assert_eq!(first.raw, Some(1_000));
    assert_eq!(first.value, Some((1_000.0 + (total - 1_000.0) / 18.0).round() as i64));
    let share = derived(&outcome, Derived::Share, None).value.unwrap();
    assert!((share - (1_000.0 + (total - 1_000.0) / 18.0) / total).abs() < 1e-9, "{share}");
}

#[test]
fn an_affinity_compares_a_share_with_its_share_of_all() {
    let people = [("a", "billetterie/acheteurs", Shape::List), ("b", "festival/abonnes", Shape::List)];
    let mut values = vec![0; 34];
    // Of 1,000 in neither region 0 nor the overlap … the first half isn't in the second audience, the second half is.
    (values[0], values[1], values[17], values[18]) = (1_000, 3_000, 2_000, 2_000);
    let outcome = told("profile-overlap", &people, &[("by", "region")], &values);
    let affinity = derived(&outcome, Derived::Affinity, None);
    // Half of the overlap, over 3,000 of 8,000.
    assert!((affinity.value.unwrap() - 0.5 / 0.375).abs() < 1e-9, "{affinity:?}");
    assert_eq!(affinity.verdict, Verdict::Above);
}

#[test]
fn an_answer_of_the_first_version_can_be_read() {
    let outcome: Outcome = serde_json::from_str(crate::ledger::FIRST_VERSION).unwrap();
    assert_eq!(outcome.figures[0].value, Some(41));
}
