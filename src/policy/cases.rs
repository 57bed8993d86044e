//! `cases.toml`: the officers' tests, each a request and the decision that is expected.

use super::{
    agreement::AgreementId,
    check::Names,
    decide::Judge,
    decision::{Decision, Ground, Question},
    document::{self, Section},
    folder::Source,
    mistake::Mistake,
    suggestion::{suggestion, suggestion_after},
};
use crate::model::{
    AudienceRef, ColumnName, Language, MemberName, NameError, PurposeName, Rho, Role, TemplateName, Text,
};
use std::{collections::BTreeSet, ops::Range, str::FromStr};
use toml::Spanned;

/// One test.
#[derive(Debug)]
pub(super) struct Case {
    title: Text,
    question: Question,
    expected: Verdict,
    place: Range<usize>,
}

/// Reads the cases; the names they use must exist.
pub(super) fn cases(source: &Source, names: &Names, mistakes: &mut Vec<Mistake>) -> Vec<Case> {
    let cases = document::read(source, mistakes, |root, mistakes| {
        root.only(&["case"], mistakes);
        let sections = root.list_of("case", mistakes);
        sections.iter().filter_map(|section| case(section, names, mistakes)).collect()
    });
    cases.unwrap_or_default()
}

fn case(section: &Section<'_>, names: &Names, mistakes: &mut Vec<Mistake>) -> Option<Case> {
    let keys =
        ["title", "asker", "role", "template", "audiences", "purpose", "columns", "epsilon", "date", "expect", "by"];
    section.only(&keys, mistakes);
    let title = section.text("title", mistakes);
    let asker = section
        .string("asker", mistakes)
        .and_then(|text| known::<MemberName>(section, &text, names, "Member", mistakes));
    let role = section.string("role", mistakes).and_then(|text| role(section, &text, mistakes));
    let template = section
        .string("template", mistakes)
        .and_then(|text| known::<TemplateName>(section, &text, names, "Action", mistakes));
    let purpose = section
        .string("purpose", mistakes)
        .and_then(|text| known::<PurposeName>(section, &text, names, "Purpose", mistakes));
    let mut all = |key, type_name| {
        let texts = section.strings(key, mistakes);
        texts.into_iter().map(|text| (text, type_name)).collect::<Vec<_>>()
    };
    let (audiences, columns, by) = (all("audiences", "Audience"), all("columns", "Column"), all("by", "Agreement"));
    let audiences = audiences
        .iter()
        .filter_map(|(text, kind)| known::<AudienceRef>(section, text, names, kind, mistakes))
        .collect();
    let columns =
        columns.iter().filter_map(|(text, kind)| known::<ColumnName>(section, text, names, kind, mistakes)).collect();
    let by = by.iter().filter_map(|(text, kind)| known::<AgreementId>(section, text, names, kind, mistakes));
    let by = by.collect();
    let epsilon = section.number("epsilon", mistakes);
    let now = section.moment("date", mistakes);
    let expect = section.string("expect", mistakes).and_then(|text| expectation(section, &text, mistakes));
    let question = Question {
        asker: asker?,
        role: role?,
        template: template?,
        audiences,
        columns,
        purpose: purpose?,
        // Agreements judge ε, which stands beside it.
        rho: Rho::default(),
        epsilon: epsilon?,
        now: now?,
    };
    let (permitted, place) = expect?;
    Some(Case { title: title?, question, expected: Verdict { permitted, by }, place })
}

/// A name that is among those of its type.
fn known<N: FromStr<Err = NameError>>(
    section: &Section<'_>,
    text: &Spanned<&str>,
    names: &Names,
    type_name: &str,
    mistakes: &mut Vec<Mistake>,
) -> Option<N> {
    let name = section.name(text, mistakes)?;
    let id = *text.get_ref();
    if let Some(known) = names.get(type_name).filter(|known| !known.contains(id)) {
        let message = Text::new(format!("`{id}` n'existe pas"), format!("there is no `{id}`"));
        let help = suggestion_after(mistakes, id, known.iter().map(String::as_str));
        mistakes.push(section.mistake(text.span(), message).with_help(help));
        return None;
    }
    Some(name)
}

fn role(section: &Section<'_>, text: &Spanned<&str>, mistakes: &mut Vec<Mistake>) -> Option<Role> {
    let written = *text.get_ref();
    let role = Role::OF_MEMBERS.into_iter().find(|role| role.as_str() == written);
    if role.is_none() {
        let message = Text::new(format!("rôle inconnu `{written}`"), format!("unknown role `{written}`"));
        let help = suggestion(written, Role::OF_MEMBERS.map(Role::as_str));
        mistakes.push(section.mistake(text.span(), message).with_help(help));
    }
    role
}

fn expectation(
    section: &Section<'_>,
    text: &Spanned<&str>,
    mistakes: &mut Vec<Mistake>,
) -> Option<(bool, Range<usize>)> {
    match *text.get_ref() {
        "permitted" => Some((true, text.span())),
        "refused" => Some((false, text.span())),
        other => {
            let message = Text::new(format!("décision inconnue `{other}`"), format!("unknown decision `{other}`"));
            let help = suggestion(other, ["permitted", "refused"]);
            mistakes.push(section.mistake(text.span(), message).with_help(help));
            None
        }
    }
}

/// A decision and the agreements that make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the question is permitted.
    pub permitted: bool,
    /// The agreements that decide it; none if no agreement permits it.
    pub by: BTreeSet<AgreementId>,
}

/// What came of one of the officers' cases.
#[derive(Debug, Clone)]
pub struct CaseOutcome {
    /// What the case is called.
    pub title: Text,
    /// What is expected.
    pub expected: Verdict,
    /// What was decided.
    pub got: Verdict,
    /// What was decided, in words.
    pub decision: Text,
    mistake: Mistake,
}

impl CaseOutcome {
    /// Whether the decision is the expected one, by the expected agreements.
    pub fn holds(&self) -> bool {
        self.got == self.expected
    }

    /// Where the case is, from 1.
    pub fn line(&self) -> usize {
        self.mistake.line()
    }

    /// The mistake that a case which doesn't hold is.
    pub(super) fn mistake(self) -> Option<Mistake> {
        (!self.holds()).then_some(self.mistake)
    }
}

/// Runs one case. A decision that isn't the expected one is a mistake at its `expect`.
pub(super) fn run(source: &Source, case: &Case, judge: &Judge) -> CaseOutcome {
    let (got, decision) = verdict(&judge.decide(&case.question));
    let message = Text::new(
        format!("le cas « {} » ne tient pas ; la décision est : {}", case.title.fr, decision.fr),
        format!("the case “{}” doesn't hold; the decision is: {}", case.title.en, decision.en),
    );
    let help = Text::new(
        "corrigez l'entente, ou `expect` et `by` si cette décision est bien celle que vous voulez",
        "correct the agreement, or `expect` and `by` if this decision is the one you want",
    );
    let mistake = Mistake::new(source, case.place.clone(), message).with_help(help);
    CaseOutcome { title: case.title.clone(), expected: case.expected.clone(), got, decision, mistake }
}

fn verdict(decision: &Decision) -> (Verdict, Text) {
    match decision {
        Decision::Permitted(admission) => {
            let by = admission.agreements().clone();
            let list = by.iter().map(AgreementId::as_str).collect::<Vec<_>>().join(", ");
            let said = Text::new(format!("permis par {list}"), format!("permitted by {list}"));
            (Verdict { permitted: true, by }, said)
        }
        Decision::Refused(refusal) => {
            let texts: Vec<Text> = refusal.reasons().iter().map(super::Reason::text).collect();
            let joined = |language| texts.iter().map(|text| text.get(language)).collect::<Vec<_>>().join(" ; ");
            let deciding = refusal.reasons().iter().filter_map(|reason| match &reason.ground {
                Ground::Forbidden { id, .. } => Some(id.clone()),
                _ => None,
            });
            let said = Text::new(joined(Language::Fr), joined(Language::En));
            (Verdict { permitted: false, by: deciding.collect() }, said)
        }
    }
}
