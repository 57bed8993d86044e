//! The officers' cases, and what came of each.

use crate::{
    policy::{AgreementId, CaseOutcome, Verdict},
    web::page::Page,
};

/// One case.
pub(super) struct Case {
    pub(super) title: String,
    pub(super) holds: bool,
    pub(super) expected: String,
    pub(super) got: String,
}

/// Each case, those that don't hold first.
pub(super) fn told(page: &Page, outcomes: &[CaseOutcome]) -> Vec<Case> {
    let case = |outcome: &CaseOutcome| Case {
        title: page.text(&outcome.title),
        holds: outcome.holds(),
        expected: verdict(page, &outcome.expected),
        got: verdict(page, &outcome.got),
    };
    let mut cases: Vec<Case> = outcomes.iter().map(case).collect();
    cases.sort_by_key(|case| case.holds);
    cases
}

fn verdict(page: &Page, verdict: &Verdict) -> String {
    let by = verdict.by.iter().map(AgreementId::as_str).collect::<Vec<_>>().join(", ");
    match (verdict.permitted, by.is_empty()) {
        (true, true) => page.say("case-permitted"),
        (true, false) => page.with("case-permitted-by", "by", &by),
        (false, true) => page.say("case-refused"),
        (false, false) => page.with("case-refused-by", "by", &by),
    }
}
