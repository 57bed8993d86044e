//! Deciding a question: one Cedar request for each audience, all of which must be permitted.

use super::{
    agreement::{Agreement, AgreementId},
    decision::{Admission, Decision, Ground, Question, Reason, Refusal},
    effects::{Frame, Side},
    entities::Directory,
};
use crate::model::{AudienceRef, TemplateName};
use cedar_policy::{
    Authorizer, Context, ContextCreationError, EntityUid, PolicyId, PolicySet, Request, RestrictedExpression, Schema,
};
use std::collections::{BTreeMap, BTreeSet};

/// Largest ε that is put to agreements; far above any cap, far below what a Cedar decimal holds.
const EPSILON_MAX: f64 = 1e9;

/// All that a decision needs, ready.
#[derive(Debug)]
pub(super) struct Judge {
    pub(super) schema: Schema,
    pub(super) set: PolicySet,
    pub(super) directory: Directory,
    pub(super) templates: BTreeMap<TemplateName, EntityUid>,
    pub(super) agreements: BTreeMap<AgreementId, Agreement>,
    pub(super) version: String,
    /// Which agreements can be about which request, by their heads; `None` until the agreements are compiled.
    pub(super) index: Option<(Frame, Side)>,
}

/// The parts of a question that its audiences have in common, as Cedar names them.
struct Asked<'a> {
    question: &'a Question,
    user: EntityUid,
    template: EntityUid,
    purpose: RestrictedExpression,
    columns: RestrictedExpression,
    epsilon: String,
}

impl Judge {
    pub(super) fn decide(&self, question: &Question) -> Decision {
        self.decide_where(question, |_| true)
    }

    /// Judges those of a question's audiences that `concerns` names, and permits if each of them does.
    pub(super) fn decide_where(&self, question: &Question, concerns: impl Fn(&AudienceRef) -> bool) -> Decision {
        let asked = match self.translate(question) {
            Ok(asked) => asked,
            Err(reasons) => return Decision::Refused(Refusal { reasons }),
        };
        let mut agreements = BTreeSet::new();
        let mut reasons = Vec::new();
        for (position, audience) in question.audiences.iter().enumerate().filter(|(_, audience)| concerns(audience)) {
            match self.judge(&asked, position, audience) {
                Ok(permitting) => agreements.extend(permitting),
                Err(grounds) => reasons
                    .extend(grounds.into_iter().map(|ground| Reason { audience: Some(audience.clone()), ground })),
            }
        }
        if reasons.is_empty() {
            Decision::Permitted(Admission { question: question.clone(), version: self.version.clone(), agreements })
        } else {
            Decision::Refused(Refusal { reasons })
        }
    }

    /// Looks up what the question names; whatever doesn't exist is a reason to refuse.
    fn translate<'a>(&self, question: &'a Question) -> Result<Asked<'a>, Vec<Reason>> {
        let mut grounds = Vec::new();
        let directory = &self.directory;
        let user = directory.users.get(&(question.asker.clone(), question.role));
        let template = self.templates.get(&question.template);
        let purpose = directory.purposes.get(&question.purpose);
        let epsilon = decimal_up(question.epsilon);
        // Without this, a question over nothing would be permitted by everybody.
        if question.audiences.is_empty() {
            grounds.push(Ground::NoAudience);
        }
        if user.is_none() {
            grounds.push(Ground::UnknownMember(question.asker.clone()));
        }
        if template.is_none() {
            grounds.push(Ground::UnknownTemplate(question.template.clone()));
        }
        if purpose.is_none() {
            grounds.push(Ground::UnknownPurpose(question.purpose.clone()));
        }
        if epsilon.is_none() {
            grounds.push(Ground::LossOutOfRange);
        }
        let mut columns = Vec::new();
        for column in &question.columns {
            match directory.columns.get(column) {
                Some(uid) => columns.push(RestrictedExpression::new_entity_uid(uid.clone())),
                None => grounds.push(Ground::UnknownColumn(column.clone())),
            }
        }
        match (user, template, purpose, epsilon) {
            (Some(user), Some(template), Some(purpose), Some(epsilon)) if grounds.is_empty() => Ok(Asked {
                question,
                user: user.clone(),
                template: template.clone(),
                purpose: RestrictedExpression::new_entity_uid(purpose.clone()),
                columns: RestrictedExpression::new_set(columns),
                epsilon,
            }),
            _ => Err(grounds.into_iter().map(|ground| Reason { audience: None, ground }).collect()),
        }
    }

    /// Judges one audience: the agreements that permit it, or why it isn't permitted.
    fn judge(
        &self,
        asked: &Asked<'_>,
        position: usize,
        audience: &AudienceRef,
    ) -> Result<Vec<AgreementId>, Vec<Ground>> {
        let Some(resource) = self.directory.audiences.get(audience) else {
            // The same words as for an audience that exists and that nobody lets the asker compare.
            return Err(vec![Ground::NotPermitted]);
        };
        let request = self.context(asked, position).and_then(|context| {
            let (user, template) = (asked.user.clone(), asked.template.clone());
            Request::new(user, template, resource.clone(), context, Some(&self.schema)).ok()
        });
        let Some(request) = request else { return Err(vec![Ground::Malformed]) };
        let slice = self.slice(asked.question, audience);
        let set = slice.as_ref().unwrap_or(&self.set);
        let response = Authorizer::new().is_authorized(&request, set, &self.directory.entities);
        // Cedar leaves out an agreement that can't be evaluated. Were it a prohibition, leaving it out would permit.
        let undecided = self.named(response.diagnostics().errors().map(|error| match error {
            cedar_policy::AuthorizationError::PolicyEvaluationError(error) => error.policy_id(),
        }));
        let deciding = self.named(response.diagnostics().reason());
        let mut grounds: Vec<Ground> = undecided
            .map(|agreement| Ground::Undecided { id: agreement.id.clone(), title: agreement.title.clone() })
            .collect();
        match response.decision() {
            cedar_policy::Decision::Allow if grounds.is_empty() => {
                Ok(deciding.map(|agreement| agreement.id.clone()).collect())
            }
            cedar_policy::Decision::Allow => Err(grounds),
            cedar_policy::Decision::Deny => {
                grounds.extend(deciding.map(|a| Ground::Forbidden { id: a.id.clone(), title: a.title.clone() }));
                if grounds.is_empty() {
                    grounds.push(Ground::NotPermitted);
                }
                Err(grounds)
            }
        }
    }

    /// The agreements that a request can be decided by: of two thousand, a handful. All others don't apply to this asker, audience or
    /// template by their head or an outermost condition, so Cedar would find that they don't hold.
    fn slice(&self, question: &Question, audience: &AudienceRef) -> Option<PolicySet> {
        let (frame, side) = self.index.as_ref()?;
        let asker = frame.members.binary_search(&question.asker).ok()?;
        let audience = frame.audiences.binary_search(audience).ok()?;
        let template = frame.templates.binary_search(&question.template).ok()?;
        let policies = side.slice(asker, audience, template);
        let policies = policies.filter_map(|id| self.set.policy(&PolicyId::new(id.as_str())).cloned());
        PolicySet::from_policies(policies).ok()
    }

    /// The agreements of these ids, in their order.
    fn named<'a>(&'a self, ids: impl Iterator<Item = &'a PolicyId>) -> impl Iterator<Item = &'a Agreement> {
        let ids: BTreeSet<&str> = ids.map(AsRef::as_ref).collect();
        ids.into_iter().filter_map(|id| self.agreements.get(id))
    }

    fn context(&self, asked: &Asked<'_>, position: usize) -> Option<Context> {
        let others = asked.question.audiences.iter().enumerate().filter(|(other, _)| *other != position);
        let owners: BTreeSet<_> = others.filter_map(|(_, other)| self.directory.members.get(&other.member)).collect();
        let owners = owners.into_iter().map(|uid| RestrictedExpression::new_entity_uid(uid.clone()));
        let date = asked.question.now.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
        let owners = RestrictedExpression::new_set(owners);
        circumstances(asked.purpose.clone(), owners, asked.columns.clone(), &asked.epsilon, &date).ok()
    }

    /// Whether the schema takes the very context that decisions use, for each template; if not, the template and why.
    pub(super) fn probe(&self) -> Result<(), (TemplateName, String)> {
        let Some(purpose) = self.directory.purposes.iter().min_by_key(|(name, _)| *name).map(|(_, uid)| uid) else {
            return Ok(());
        };
        for (name, template) in &self.templates {
            let purpose = RestrictedExpression::new_entity_uid(purpose.clone());
            let empty = || RestrictedExpression::new_set([]);
            let context = circumstances(purpose, empty(), empty(), "0.0001", "2026-12-01T00:00:00.000Z")
                .map_err(|error| (name.clone(), error.to_string()))?;
            context.validate(&self.schema, template).map_err(|error| (name.clone(), error.to_string()))?;
        }
        Ok(())
    }
}

/// What agreements call `context`.
fn circumstances(
    purpose: RestrictedExpression,
    owners: RestrictedExpression,
    columns: RestrictedExpression,
    epsilon: &str,
    date: &str,
) -> Result<Context, ContextCreationError> {
    Context::from_pairs([
        ("purpose".to_owned(), purpose),
        ("owners".to_owned(), owners),
        ("columns".to_owned(), columns),
        ("epsilon".to_owned(), RestrictedExpression::new_decimal(epsilon)),
        ("date".to_owned(), RestrictedExpression::new_datetime(date)),
    ])
}

/// ε as a Cedar decimal, rounded up to its four digits, so that an agreement's limit is never passed unseen.
fn decimal_up(epsilon: f64) -> Option<String> {
    let units = epsilon_units(epsilon)?;
    Some(format!("{}.{:04}", units / 10_000, units % 10_000))
}

/// ε in 1e-4, rounded up.
pub(super) fn epsilon_units(epsilon: f64) -> Option<i64> {
    if !(0.0..=EPSILON_MAX).contains(&epsilon) {
        return None;
    }
    let units = (epsilon * 1e4).ceil();
    // The product may have been rounded down across a unit.
    Some(if units / 1e4 < epsilon { units + 1.0 } else { units } as i64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::decimal_up;

    #[test]
    fn a_loss_is_never_rounded_down() {
        assert_eq!(decimal_up(0.0).unwrap(), "0.0000");
        assert_eq!(decimal_up(0.1).unwrap(), "0.1000");
        assert_eq!(decimal_up(1e-300).unwrap(), "0.0001");
        assert_eq!(decimal_up(1.000_01).unwrap(), "1.0001");
        for units in 1..20_000_u32 {
            let epsilon = f64::from(units) / 10_000.0;
            for epsilon in [epsilon, epsilon.next_up(), epsilon.next_down()] {
                let shown: f64 = decimal_up(epsilon).unwrap().parse().unwrap();
                assert!(shown >= epsilon && shown <= epsilon + 1.01e-4, "{epsilon}");
            }
        }
        for bad in [f64::NAN, f64::INFINITY, -0.1, 1e10] {
            assert_eq!(decimal_up(bad), None);
        }
    }
}
