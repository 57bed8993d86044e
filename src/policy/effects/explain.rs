//! Why a question is decided as it is, and what would have to be otherwise.

use super::{
    condition::{Condition, Point},
    frame::Frame,
    say::Names,
    side::{Compiled, Side},
};
use crate::{
    model::{AudienceRef, Role, Text},
    policy::{
        agreement::AgreementId, decide::epsilon_units, decision::Question, policies::Policies,
        template_groups::TemplateGroups,
    },
};
use fixedbitset::FixedBitSet;
use serde::Serialize;

/// The most agreements that nearly permit which are told of an audience.
const NEAR_MAX: usize = 3;

/// What the agreements say of one audience of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The audience.
    pub audience: AudienceRef,
    /// The agreements that permit the question.
    pub permits: Vec<Ruling>,
    /// The agreements that forbid it, each with the conditions that make it apply.
    pub forbids: Vec<Ruling>,
    /// Where nothing permits: the agreements that come nearest, each with the conditions that fail. First those about the audience,
    /// with the fewest failing.
    pub near: Vec<Ruling>,
}

/// One agreement, and those of its conditions that matter here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ruling {
    /// Its id.
    pub id: AgreementId,
    /// Its title.
    pub title: Text,
    /// The conditions, all of which it has. None for an agreement without conditions.
    pub conditions: Vec<Text>,
}

impl Explained {
    /// Whether the audience may be used for the question.
    pub fn is_permitted(&self) -> bool {
        self.forbids.is_empty() && !self.permits.is_empty()
    }
}

/// A question in numbers; its sets are borrowed by the points that judge each audience.
struct Numbered {
    asker: usize,
    role: u8,
    template: usize,
    purpose: usize,
    epsilon: i64,
    columns: FixedBitSet,
}

impl Policies {
    /// For each audience of a question, which agreements permit or forbid it and which come near. Nothing is told of a question that
    /// names what the room doesn't have: the [decision](Policies::decide) says so.
    pub fn explain(&self, question: &Question) -> Vec<Explained> {
        let Some((frame, side)) = self.index() else { return vec![] };
        let Some(numbered) = numbered(frame, question) else { return vec![] };
        let groups = self.template_groups();
        let audiences = question.audiences.iter().enumerate();
        let one = |place| explained(self, (frame, side, &groups), question, &numbered, place);
        audiences.map(one).collect()
    }
}

fn numbered(frame: &Frame, question: &Question) -> Option<Numbered> {
    let mut columns = FixedBitSet::with_capacity(frame.columns.len());
    for column in &question.columns {
        columns.insert(frame.columns.binary_search(column).ok()?);
    }
    let role = Role::OF_MEMBERS.iter().position(|role| *role == question.role)?;
    Some(Numbered {
        asker: frame.members.binary_search(&question.asker).ok()?,
        role: 1 << role,
        template: frame.templates.binary_search(&question.template).ok()?,
        purpose: frame.purposes.binary_search(&question.purpose).ok()?,
        epsilon: epsilon_units(question.epsilon)?,
        columns,
    })
}

fn explained(
    policies: &Policies,
    (frame, side, groups): (&Frame, &Side, &TemplateGroups),
    question: &Question,
    numbered: &Numbered,
    (at, audience): (usize, &AudienceRef),
) -> Explained {
    let mut explained = Explained { audience: audience.clone(), permits: vec![], forbids: vec![], near: vec![] };
    let Ok(number) = frame.audiences.binary_search(audience) else { return explained };
    let others = question.audiences.iter().enumerate().filter(|(other, _)| *other != at);
    let mut owners = FixedBitSet::with_capacity(frame.members.len());
    owners.extend(others.filter_map(|(_, other)| frame.members.binary_search(&other.member).ok()));
    let point = Point {
        asker: numbered.asker,
        role: numbered.role,
        audience: number,
        owner: frame.owner(number),
        template: numbered.template,
        purpose: numbered.purpose,
        date: question.now.as_millisecond(),
        epsilon: numbered.epsilon,
        owners: &owners,
        columns: &numbered.columns,
    };
    let names = Names { frame, side, groups, point: Some(&point) };
    let ruling = |agreement: &Compiled, parts: &[Part<'_>]| {
        let conditions = parts.iter().map(|part| names.said(part.condition, part.wanted)).collect();
        let title = policies.agreements().get(&agreement.id).map(|known| known.title.clone());
        Ruling { id: agreement.id.clone(), title: title.unwrap_or_else(|| Text::new("", "")), conditions }
    };
    let mut near = Vec::new();
    for agreement in &side.agreements {
        let parts = parts(&agreement.condition);
        let failing: Vec<Part<'_>> = parts.iter().copied().filter(|part| !part.holds(&point, side)).collect();
        match (failing.is_empty(), agreement.permits) {
            (true, true) => explained.permits.push(ruling(agreement, &[])),
            (true, false) => {
                let telling: Vec<Part<'_>> = parts.into_iter().filter(|part| !names.is_idle(part.condition)).collect();
                explained.forbids.push(ruling(agreement, &telling));
            }
            (false, true) => near.extend(Distance::of(&failing).map(|distance| (distance, agreement, failing))),
            (false, false) => {}
        }
    }
    if explained.permits.is_empty() {
        near.sort_by_key(|(distance, agreement, _)| (*distance, agreement.at));
        // What isn't about the audience is told only where nothing is.
        let elsewhere = near.first().is_some_and(|(distance, _, _)| distance.elsewhere);
        let told = near.iter().take_while(|(distance, _, _)| distance.elsewhere == elsewhere).take(NEAR_MAX);
        explained.near = told.map(|(_, agreement, failing)| ruling(agreement, failing)).collect();
    }
    explained
}

/// One of the conditions that an agreement needs all of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) condition: &'a Condition,
    /// Whether it has to hold, or not to.
    pub(super) wanted: bool,
}

impl Part<'_> {
    fn holds(&self, point: &Point<'_>, side: &Side) -> bool {
        self.condition.holds(point, &side.declared) == self.wanted
    }
}

/// The conditions that an agreement needs all of, in its order. What always holds isn't one.
pub(super) fn parts(condition: &Condition) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut open = vec![Part { condition, wanted: true }];
    while let Some(part) = open.pop() {
        match (part.condition, part.wanted) {
            (Condition::Const(value), wanted) if *value == wanted => {}
            (Condition::All(inner), true) | (Condition::Any(inner), false) => {
                open.extend(inner.iter().rev().map(|condition| Part { condition, wanted: part.wanted }));
            }
            (Condition::Not(inner), wanted) => open.push(Part { condition: inner, wanted: !wanted }),
            _ => parts.push(part),
        }
    }
    parts
}

/// How far an agreement is from permitting: nearer is less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Distance {
    /// It is about other audiences.
    elsewhere: bool,
    failing: usize,
    /// It is for other askers: another question won't help, another agreement will.
    others: bool,
}

impl Distance {
    /// `None` for what can't come near: it lets owners use their own audiences, and the asker isn't this one's.
    fn of(failing: &[Part<'_>]) -> Option<Self> {
        let any = |is: fn(&Condition) -> bool| failing.iter().any(|part| is(part.condition));
        let never = any(|condition| matches!(condition, Condition::AskerIsOwner | Condition::Const(_)));
        (!never).then(|| Self {
            elsewhere: any(|condition| matches!(condition, Condition::Audience(_))),
            failing: failing.len(),
            others: any(|condition| matches!(condition, Condition::Asker(_))),
        })
    }
}
