#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::model::Language;
use miette::Diagnostic;

const SAMPLE: &str = "\
delta = 1e-6
threshold_delta = 1e-7

[caps]
room_epsilon = 3.0
member_epsilon = 2.0
owner_epsilon = 1.0
asker_epsilon = 0.5
period_months = 12

[release]
people_min = 20
margin_min = 1
margin_max = 1_000_000
answer_tick_ms = 250

[audiences]
people_min = 100
rows_max = 500
";

impl Limits {
    /// Wide limits for the tests of the module.
    pub(in crate::privacy) fn sample() -> Self {
        Self::parse(SAMPLE, Path::new("privacy.toml")).unwrap()
    }

    /// The same without releases over keys that aren't public.
    pub(in crate::privacy) fn sample_without_thresholds() -> Self {
        Self::parse(&SAMPLE.replace("threshold_delta = 1e-7\n", ""), Path::new("privacy.toml")).unwrap()
    }
}

#[test]
fn caps_are_converted_downwards() {
    let limits = Limits::sample();
    let Caps { room, member, owner, asker } = limits.caps();
    assert!((0.024_355_5..0.024_356_5).contains(&owner.rho.as_f64()));
    assert!(asker.rho < owner.rho && owner.rho < room.rho);
    for cap in [room, member, owner, asker] {
        assert!(limits.epsilon(cap.rho) <= cap.epsilon);
        assert_eq!(limits.epsilon(cap.rho), epsilon(cap.rho, 1e-6));
    }
}

#[test]
fn the_shown_delta_covers_what_thresholds_may_spend() {
    let limits = Limits::sample();
    assert_eq!((limits.delta(), limits.delta_total()), (1e-6, 1.1e-6));
    // Rounded down, at most by a unit.
    assert!((99_999_999_999..=100_000_000_000).contains(&limits.threshold_delta().units()));
    assert!((999_999_999..=1_000_000_000).contains(&limits.release_delta().units()));
    for text in [
        SAMPLE.replace("threshold_delta = 1e-7\n", ""),
        SAMPLE.replace("threshold_delta = 1e-7", "threshold_delta = 0"),
    ] {
        let none = Limits::parse(&text, Path::new("privacy.toml")).unwrap();
        assert_eq!(
            (none.delta_total(), none.threshold_delta(), none.release_delta()),
            (1e-6, Delta::default(), Delta::default())
        );
    }
}

#[test]
fn every_wrong_figure_is_shown_in_its_place() {
    let wrong = [
        ("delta = 1e-6", "delta = nan"),
        ("delta = 1e-6", "delta = 0.5"),
        ("delta = 1e-6", "delta = -1e-6"),
        ("threshold_delta = 1e-7", "threshold_delta = -1e-7"),
        ("threshold_delta = 1e-7", "threshold_delta = nan"),
        ("threshold_delta = 1e-7", "threshold_delta = 0.01"),
        ("threshold_delta = 1e-7", "threshold_delta = 1e-13"),
        ("room_epsilon = 3.0", "room_epsilon = inf"),
        ("room_epsilon = 3.0", "room_epsilon = -inf"),
        ("owner_epsilon = 1.0", "owner_epsilon = 0.0"),
        ("asker_epsilon = 0.5", "asker_epsilon = -0.5"),
        ("asker_epsilon = 0.5", "asker_epsilon = \"0.5\""),
        ("period_months = 12", "period_months = 0"),
        ("people_min = 20", "people_min = -1"),
        ("margin_min = 1", "margin_min = 0"),
        ("rows_max = 500", "rows_max = 0"),
        ("rows_max = 500", "rows_max = 1001"),
        ("margin_max = 1_000_000", "margin_max = 99_999_999_999"),
        ("answer_tick_ms = 250", "answer_tick_ms = 0"),
    ];
    for (right, changed) in wrong {
        let text = SAMPLE.replacen(right, changed, 1);
        let error = Limits::parse(&text, Path::new("privacy.toml")).unwrap_err();
        let value = changed.split_once("= ").unwrap().1;
        let at = text.find(changed).unwrap() + changed.find(value).unwrap();
        let label = error.labels().unwrap().next().unwrap();
        assert_eq!(label.offset(), at, "{changed}: {error}");
        assert!(format!("{:?}", miette::Report::new(error)).contains("privacy.toml:"));
    }
}

#[test]
fn mistakes_are_told_in_both_languages() {
    for (right, wrong) in [
        ("delta = 1e-6", "delta = 0.5"),
        ("people_min = 20", "people_min = -1"),
        ("asker_epsilon = 0.5", "asker_epsilon = \"0.5\""),
        ("threshold_delta = 1e-7", "threshold_delta = 1"),
    ] {
        let tell = |language| {
            let error = Limits::parse(&SAMPLE.replacen(right, wrong, 1), Path::new("privacy.toml")).unwrap_err();
            let help = error.help().get(language).to_owned();
            (error.in_language(language).to_string(), help)
        };
        let (french, english) = (tell(Language::Fr), tell(Language::En));
        assert!(french.0 != english.0 && french.1 != english.1, "{french:?} {english:?}");
        assert!(!french.0.is_empty() && !french.1.is_empty());
    }
}

#[test]
fn unknown_and_missing_keys_are_refused() {
    for text in [
        SAMPLE.replace("people_min = 20", "people_min = 20\npeople_max = 30"),
        SAMPLE.replace("period_months = 12\n", ""),
        SAMPLE.replace("rows_max = 500\n", ""),
        SAMPLE.replace("[audiences]\npeople_min = 100\nrows_max = 500\n", ""),
        String::new(),
        "delta = ".into(),
    ] {
        assert!(Limits::parse(&text, Path::new("privacy.toml")).is_err(), "{text}");
    }
    let text =
        SAMPLE.replace("margin_min = 1", "margin_min = 500").replace("margin_max = 1_000_000", "margin_max = 499");
    assert!(Limits::parse(&text, Path::new("privacy.toml")).unwrap_err().to_string().contains("margin_max"));
}

#[test]
fn rows_a_person_go_up_to_the_bound_that_templates_are_proven_with() {
    for rows in [1, 500, ROWS_A_PERSON_MAX] {
        let text = SAMPLE.replace("rows_max = 500", &format!("rows_max = {rows}"));
        let limits = Limits::parse(&text, Path::new("privacy.toml")).unwrap();
        assert_eq!(u64::from(limits.audience_rows_max()), rows);
    }
}
