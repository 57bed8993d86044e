//! From an agreement to its condition over a frame.

use super::{
    condition::{Against, Condition, Declared, Stand, Which},
    frame::{ALL_ROLES, Frame, only, position, role_bit, those},
    terms::{Term, Unsupported, operation, sides, term},
};
use crate::model::Role;
use fixedbitset::FixedBitSet;
use serde_json::Value;
use std::collections::HashMap;

/// What the entities of one version are in numbers: for each entity that agreements can name, who and what is in it.
pub(super) struct Numbers<'a> {
    pub(super) frame: &'a Frame,
    /// Members that are, or are in, an entity: a member or a group.
    pub(super) members: HashMap<(String, String), FixedBitSet>,
    /// Audiences that are, or are in, an entity: an audience, a tag; and those of a shape.
    pub(super) audiences: HashMap<(String, String), FixedBitSet>,
    /// Templates that are, or are in, an action.
    pub(super) templates: HashMap<(String, String), FixedBitSet>,
    /// Each audience's columns.
    pub(super) declared: Declared,
}

type Read = Result<Condition, Unsupported>;

impl Numbers<'_> {
    /// The condition under which an agreement applies: its head and all that follows.
    pub(super) fn agreement(&self, policy: &Value) -> Read {
        let mut parts = Vec::new();
        for (key, subject) in [("principal", Term::Asker), ("action", Term::Template), ("resource", Term::Audience)] {
            parts.push(self.scope(&subject, policy.get(key).unwrap_or(&Value::Null))?);
        }
        for clause in policy.get("conditions").and_then(Value::as_array).into_iter().flatten() {
            let body = self.condition(clause.get("body").unwrap_or(&Value::Null))?;
            parts.push(if clause.get("kind").and_then(Value::as_str) == Some("unless") {
                body.negated()
            } else {
                body
            });
        }
        Ok(Condition::All(parts))
    }

    fn scope(&self, subject: &Term, json: &Value) -> Read {
        let entity = |json: &Value| {
            let part = |key: &str| json.get(key).and_then(Value::as_str).map(str::to_owned);
            let (kind, id) = part("type").zip(part("id")).ok_or_else(|| Unsupported(json.to_string()))?;
            Ok(Term::Entity { kind, id })
        };
        let within = |json: &Value| match (json.get("entity"), json.get("entities").and_then(Value::as_array)) {
            (Some(one), _) => self.inside(subject, &entity(one)?),
            (None, Some(many)) => {
                self.inside(subject, &Term::Set(many.iter().map(entity).collect::<Result<_, Unsupported>>()?))
            }
            (None, None) => Ok(Condition::Const(true)),
        };
        match json.get("op").and_then(Value::as_str) {
            Some("All") => Ok(Condition::Const(true)),
            Some("==") => self.equal(subject, &entity(json.get("entity").unwrap_or(&Value::Null))?),
            Some("in") => within(json),
            Some("is") => {
                let is = self.is(subject, json.get("entity_type"))?;
                Ok(Condition::All(vec![is, json.get("in").map_or(Ok(Condition::Const(true)), within)?]))
            }
            _ => Err(Unsupported(json.to_string())),
        }
    }

    fn condition(&self, json: &Value) -> Read {
        let (key, value) = operation(json)?;
        let both = |combine: fn(Vec<Condition>) -> Condition| {
            let (left, right) = sides(value)?;
            Ok(combine(vec![self.condition(left)?, self.condition(right)?]))
        };
        let pair = || sides(value).and_then(|(left, right)| Ok((term(left)?, term(right)?)));
        match key {
            "Value" => value.as_bool().map(Condition::Const).ok_or_else(|| Unsupported(value.to_string())),
            "&&" => both(Condition::All),
            "||" => both(Condition::Any),
            "!" => Ok(self.condition(value.get("arg").unwrap_or(&Value::Null))?.negated()),
            "if-then-else" => self.choice(value),
            "==" => pair().and_then(|(left, right)| self.equal(&left, &right)),
            "!=" => pair().and_then(|(left, right)| self.equal(&left, &right)).map(Condition::negated),
            "in" => pair().and_then(|(left, right)| self.inside(&left, &right)),
            "is" => {
                let of = term(value.get("left").unwrap_or(&Value::Null))?;
                let is = self.is(&of, value.get("entity_type"))?;
                let within = value.get("in").map(|within| self.inside(&of, &term(within)?));
                Ok(Condition::All(vec![is, within.unwrap_or(Ok(Condition::Const(true)))?]))
            }
            "contains" => pair().and_then(|(set, element)| self.contains(&set, &element)),
            "containsAll" => pair().and_then(|(left, right)| self.stands(Stand::Includes, &left, &right)),
            "containsAny" => pair().and_then(|(left, right)| self.stands(Stand::Meets, &left, &right)),
            "isEmpty" => {
                let set = term(value.get("arg").unwrap_or(&Value::Null))?;
                self.stands(Stand::Includes, &Term::Set(vec![]), &set)
            }
            "<" | "lessThan" => pair().and_then(|(left, right)| less(&left, &right)),
            ">" | "greaterThan" => pair().and_then(|(left, right)| less(&right, &left)),
            "<=" | "lessThanOrEqual" => pair().and_then(|(left, right)| less(&right, &left)).map(Condition::negated),
            ">=" | "greaterThanOrEqual" => pair().and_then(|(left, right)| less(&left, &right)).map(Condition::negated),
            other => Err(Unsupported(other.to_owned())),
        }
    }

    fn choice(&self, value: &Value) -> Read {
        let part = |key: &str| self.condition(value.get(key).unwrap_or(&Value::Null));
        let (when, then, otherwise) = (part("if")?, part("then")?, part("else")?);
        let yes = Condition::All(vec![when.clone(), then]);
        Ok(Condition::Any(vec![yes, Condition::All(vec![when.negated(), otherwise])]))
    }

    fn is(&self, of: &Term, kind: Option<&Value>) -> Read {
        let own = match of {
            Term::Asker => "User",
            Term::Audience => "Audience",
            Term::AskerMember | Term::Owner => "Member",
            _ => return Err(Unsupported("is".to_owned())),
        };
        Ok(Condition::Const(kind.and_then(Value::as_str) == Some(own)))
    }

    fn equal(&self, left: &Term, right: &Term) -> Read {
        match (left, right) {
            (Term::Entity { .. }, Term::Entity { .. }) => Ok(Condition::Const(left == right)),
            (Term::Entity { .. }, other) => self.equal(other, left),
            (one, Term::Entity { kind, id }) => self.named(one, kind, id, false),
            (Term::AskerMember, Term::Owner) | (Term::Owner, Term::AskerMember) => Ok(Condition::AskerIsOwner),
            (Term::Date | Term::Epsilon, _) | (_, Term::Date | Term::Epsilon) => {
                Ok(Condition::All(vec![less(left, right)?.negated(), less(right, left)?.negated()]))
            }
            (Term::Set(_) | Term::Owners | Term::Columns | Term::Declared, _) => Ok(Condition::All(vec![
                self.stands(Stand::Includes, left, right)?,
                self.stands(Stand::Includes, right, left)?,
            ])),
            _ => Err(Unsupported("==".to_owned())),
        }
    }

    fn inside(&self, left: &Term, right: &Term) -> Read {
        match (left, right) {
            (_, Term::Set(items)) => {
                items.iter().map(|item| self.inside(left, item)).collect::<Result<_, _>>().map(Condition::Any)
            }
            (Term::Entity { .. }, Term::Entity { .. }) if left == right => Ok(Condition::Const(true)),
            (Term::Entity { .. }, _) => Err(Unsupported("in".to_owned())),
            (one, Term::Entity { kind, id }) => self.named(one, kind, id, true),
            (Term::Asker | Term::AskerMember, Term::Owner) | (Term::Owner, Term::AskerMember) => {
                Ok(Condition::AskerIsOwner)
            }
            _ => Err(Unsupported("in".to_owned())),
        }
    }

    /// Whether a term is an entity, or (`deep`) is in it.
    fn named(&self, term: &Term, kind: &str, id: &str, deep: bool) -> Read {
        let frame = self.frame;
        let key = (kind.to_owned(), id.to_owned());
        // A group holds members and is none; without `deep` only the entity itself counts.
        let members = || self.members.get(&key).filter(|_| deep || kind == "Member").cloned().unwrap_or_default();
        let audiences = || self.audiences.get(&key).filter(|_| deep || kind == "Audience").cloned().unwrap_or_default();
        Ok(match term {
            Term::Asker if kind == "User" => self.user(id),
            Term::Asker if deep => Condition::Asker(members()),
            Term::AskerMember => Condition::Asker(members()),
            Term::AskerRole if kind == "Role" => {
                Condition::Role(Role::OF_MEMBERS.into_iter().find(|role| role.as_str() == id).map_or(0, role_bit))
            }
            Term::Audience => Condition::Audience(audiences()),
            Term::Owner => {
                let owners = members();
                Condition::Audience(those(frame.audiences.len(), |audience| owners.contains(frame.owner(audience))))
            }
            Term::Shape if kind == "Shape" => {
                Condition::Audience(self.audiences.get(&key).cloned().unwrap_or_default())
            }
            Term::Template => {
                let actions = self.templates.get(&key).cloned().unwrap_or_default();
                let itself = |template: usize| frame.templates.get(template).is_some_and(|name| name.as_str() == id);
                let size = frame.templates.len();
                Condition::Template(if deep { actions } else { those(size, |t| actions.contains(t) && itself(t)) })
            }
            Term::Purpose if kind == "Purpose" => {
                let at = frame.purposes.binary_search_by(|name| name.as_str().cmp(id)).ok();
                Condition::Purpose(only(frame.purposes.len(), at))
            }
            _ => Condition::Const(false),
        })
    }

    /// The user `member/role`.
    fn user(&self, id: &str) -> Condition {
        let Some((member, role)) = id.split_once('/') else { return Condition::Const(false) };
        let at = self.frame.members.binary_search_by(|name| name.as_str().cmp(member)).ok();
        let bits = role.parse::<Role>().map_or(0, role_bit);
        Condition::All(vec![Condition::Asker(only(self.frame.members.len(), at)), Condition::Role(bits & ALL_ROLES)])
    }

    fn contains(&self, set: &Term, element: &Term) -> Read {
        match (set, element) {
            (Term::Set(items), one) => {
                items.iter().map(|item| self.equal(one, item)).collect::<Result<_, _>>().map(Condition::Any)
            }
            (Term::Owners | Term::Columns | Term::Declared, one) => {
                self.stands(Stand::Includes, set, &Term::Set(vec![one.clone()]))
            }
            _ => Err(Unsupported("contains".to_owned())),
        }
    }

    /// How two sets stand to each other: `Includes`, the left every element of the right; `Meets`, one in common.
    fn stands(&self, stand: Stand, left: &Term, right: &Term) -> Read {
        let swapped = if stand == Stand::Includes { Stand::Within } else { stand };
        let which = |term: &Term| match term {
            Term::Owners => Some(Which::Owners),
            Term::Columns => Some(Which::Columns),
            _ => None,
        };
        match (which(left), which(right)) {
            (Some(left), None) => Ok(Condition::Set(left, stand, self.against(left, right)?)),
            (None, Some(right)) => Ok(Condition::Set(right, swapped, self.against(right, left)?)),
            (Some(_), Some(_)) => Err(Unsupported("containsAll".to_owned())),
            (None, None) => self.fixed(stand, left, right),
        }
    }

    /// Two sets that don't depend on the question's circumstances.
    fn fixed(&self, stand: Stand, left: &Term, right: &Term) -> Read {
        if matches!((left, right), (Term::Set(_), Term::Set(_))) {
            return self.written(stand, left, right);
        }
        let (left, right) = (self.against(Which::Columns, left)?, self.against(Which::Columns, right)?);
        Ok(Condition::Audience(those(self.frame.audiences.len(), |audience| {
            let one = left.resolve(0, audience, 0, &self.declared);
            let other = right.resolve(0, audience, 0, &self.declared);
            if stand == Stand::Includes { other.is_subset(&one) } else { !one.is_disjoint(&other) }
        })))
    }

    /// Two sets that are written out, element by element.
    fn written(&self, stand: Stand, left: &Term, right: &Term) -> Read {
        let (Term::Set(_), Term::Set(items)) = (left, right) else { return Err(Unsupported("containsAll".to_owned())) };
        let each = items.iter().map(|item| self.contains(left, item)).collect::<Result<_, _>>()?;
        Ok(if stand == Stand::Includes { Condition::All(each) } else { Condition::Any(each) })
    }

    fn against(&self, which: Which, term: &Term) -> Result<Against, Unsupported> {
        let unsupported = || Unsupported("containsAll".to_owned());
        let size = if which == Which::Owners { self.frame.members.len() } else { self.frame.columns.len() };
        let mut against =
            Against { literal: FixedBitSet::with_capacity(size), asker: false, owner: false, declared: false };
        let items = match term {
            Term::Set(items) => items.as_slice(),
            Term::Declared if which == Which::Columns => {
                against.declared = true;
                &[]
            }
            _ => return Err(unsupported()),
        };
        for item in items {
            match (which, item) {
                (Which::Owners, Term::AskerMember) => against.asker = true,
                (Which::Owners, Term::Owner) => against.owner = true,
                (Which::Owners, Term::Entity { kind, id }) if kind == "Member" => {
                    against.literal.extend(id.parse().ok().and_then(|name| position(&self.frame.members, &name)));
                }
                (Which::Columns, Term::Entity { kind, id }) if kind == "Column" => {
                    against.literal.extend(id.parse().ok().and_then(|name| position(&self.frame.columns, &name)));
                }
                _ => return Err(unsupported()),
            }
        }
        Ok(against)
    }
}

/// `left < right`, of moments or losses.
fn less(left: &Term, right: &Term) -> Read {
    match (left, right) {
        (Term::Date, Term::Moment(moment)) => Ok(Condition::Before(*moment)),
        (Term::Moment(moment), Term::Date) => {
            Ok(moment.checked_add(1).map_or(Condition::Const(false), |next| Condition::Before(next).negated()))
        }
        (Term::Epsilon, Term::Decimal(units)) => Ok(Condition::Below(*units)),
        (Term::Decimal(units), Term::Epsilon) => {
            Ok(units.checked_add(1).map_or(Condition::Const(false), |next| Condition::Below(next).negated()))
        }
        _ => Err(Unsupported("<".to_owned())),
    }
}
