#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use std::path::Path;

fn limits(change: (&str, &str)) -> Limits {
    let text = "delta = 1e-6\nthreshold_delta = 1e-7\n[caps]\nroom_epsilon = 1.0\nmember_epsilon = 0.5\nowner_epsilon = 0.9\n\
                asker_epsilon = 0.3\nperiod_months = 12\n[release]\npeople_min = 20\nmargin_min = 2\nmargin_max = 1000\n\
                answer_tick_ms = 250\n[audiences]\npeople_min = 100\nrows_max = 1000\n";
    assert!(text.contains(change.0));
    Limits::parse(&text.replace(change.0, change.1), Path::new("privacy.toml")).unwrap()
}

#[test]
fn a_year_is_as_many_periods_as_can_be_spent_in_it() {
    // Half a year: two caps a year. Two years: all of the cap may be left for the second. Seven months: the year from month 48 on
    // has what the period from month 42 on saved, all of the next, and four months of a third.
    for (months, parts) in [(12, 12), (6, 12), (1, 12), (24, 24), (7, 18), (18, 24)] {
        let most = (0..months).map(|year| unlocked(year * YEAR, months)).max().unwrap();
        assert_eq!(most, parts, "{months}");
    }
}

#[test]
fn a_change_tells_what_a_year_becomes() {
    let shipped = || limits(("period_months = 12", "period_months = 12"));
    assert_eq!(years(&shipped(), &limits(("margin_min = 2", "margin_min = 5"))), []);
    let half = years(&shipped(), &limits(("period_months = 12", "period_months = 6")));
    assert_eq!(half.iter().map(|year| year.cap.as_str()).collect::<Vec<_>>(), ["room", "member", "owner", "asker"]);
    // Twice the ρ of (1, 1e-6), 0.0243 by the kernel's table, is ε = 1.45 at the same δ; and thresholds of two periods spend twice.
    assert!((half[0].before.0 - 1.0).abs() < 1e-6 && (half[0].after.0 - 1.45).abs() < 0.02, "{half:?}");
    assert_eq!((half[0].before.1, half[0].after.1), (1.1e-6, 1.2e-6));
    let raised = years(&shipped(), &limits(("member_epsilon = 0.5", "member_epsilon = 0.8")));
    assert_eq!(raised.len(), 1);
    assert!((raised[0].after.0 - 0.8).abs() < 1e-6, "{raised:?}");
    // A smaller δ makes the same loss a larger ε, unless the cap follows.
    assert_eq!(years(&shipped(), &limits(("delta = 1e-6", "delta = 1e-7"))).len(), 4);
    assert!(
        half[0].sentence(crate::model::Language::En).starts_with("The loss that a year allows the whole room: ε\u{a0}")
    );
}
