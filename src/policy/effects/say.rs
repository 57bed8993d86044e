//! Conditions as people read them, in both languages.

use super::{
    condition::{Against, Condition, Point, Stand, Which},
    frame::{ALL_ROLES, Frame},
    side::{Side, roles as roles_of},
    words::{before, from, listed, loss_below, loss_from, roles},
};
use crate::{
    model::{TemplateName, Text},
    policy::template_groups::TemplateGroups,
};
use fixedbitset::FixedBitSet;
use jiff::Timestamp;
use std::{collections::BTreeSet, fmt::Display};

/// The most names of a list that are written out.
const NAMES_MAX: usize = 8;

/// What conditions are about: the names of a version, and one asker and audience, unless it is any.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) frame: &'a Frame,
    pub(super) side: &'a Side,
    pub(super) groups: &'a TemplateGroups,
    pub(super) point: Option<&'a Point<'a>>,
}

/// Several conditions of which all (`and`) or one must hold.
fn joined(parts: &[Text], and: bool, inner: bool) -> Text {
    let (fr, en) = if and { (" et ", " and ") } else { (" ou ", " or ") };
    let together = |of: fn(&Text) -> &str, between: &str| {
        let text = parts.iter().map(of).collect::<Vec<_>>().join(between);
        if inner && parts.len() > 1 { format!("({text})") } else { text }
    };
    Text::new(together(|text| &text.fr, fr), together(|text| &text.en, en))
}

/// The names whose bits are set.
fn chosen<'n, T>(names: &'n [T], set: &FixedBitSet) -> Vec<&'n T> {
    set.ones().filter_map(|at| names.get(at)).collect()
}

/// `the purpose is one of a, b`; `isn't`.
fn one_of<T: Display>((fr, en): (&str, &str), names: &[T], wanted: bool) -> Text {
    let list = listed(names, NAMES_MAX);
    let (verb_fr, verb_en) = match (wanted, names.len()) {
        (true, 0) => return Text::new(format!("{fr} : aucun ne convient"), format!("{en}: none will do")),
        (false, 0) => return Text::new(format!("{fr} : peu importe"), format!("{en}: any will do")),
        (true, 1) => (" : ", ": "),
        (true, _) => (" parmi : ", " one of: "),
        (false, 1) => (" autre que : ", " other than: "),
        (false, _) => (" hors de : ", " none of: "),
    };
    Text::new(format!("{fr}{verb_fr}{}", list.fr), format!("{en}{verb_en}{}", list.en))
}

/// A set that a condition of the same kind as another names, if both name one.
fn united(one: &Condition, other: &Condition) -> Option<Condition> {
    use Condition::{Asker, Audience, Purpose, Role, Template};
    let both = |one: &FixedBitSet, other: &FixedBitSet| {
        let mut union = one.clone();
        union.union_with(other);
        union
    };
    match (one, other) {
        (Asker(one), Asker(other)) => Some(Asker(both(one, other))),
        (Audience(one), Audience(other)) => Some(Audience(both(one, other))),
        (Template(one), Template(other)) => Some(Template(both(one, other))),
        (Purpose(one), Purpose(other)) => Some(Purpose(both(one, other))),
        (Role(one), Role(other)) => Some(Role(one | other)),
        _ => None,
    }
}

/// The alternatives of a condition, those that name the same kind of thing as one.
pub(super) fn alternatives(parts: &[Condition]) -> Vec<Condition> {
    let mut found: Vec<Condition> = Vec::new();
    for part in parts {
        let inner = if let Condition::Any(inner) = part { alternatives(inner) } else { vec![part.clone()] };
        for condition in inner.into_iter().filter(|condition| *condition != Condition::Const(false)) {
            let same = found.iter_mut().find_map(|known| united(known, &condition).map(|union| (known, union)));
            match same {
                Some((known, union)) => *known = union,
                None => found.push(condition),
            }
        }
    }
    found
}

/// A name, which is the same in both languages.
fn plain(name: impl Display) -> Text {
    Text::new(name.to_string(), name.to_string())
}

/// Texts one after the other, the first of very many.
fn each_listed(texts: &[Text]) -> Text {
    let of = |words: fn(&Text) -> &str| texts.iter().map(words).collect::<Vec<_>>();
    Text::new(listed(&of(|text| &text.fr), NAMES_MAX).fr, listed(&of(|text| &text.en), NAMES_MAX).en)
}

impl Against {
    /// What completes the set, whatever the request is about.
    fn any(&self) -> Vec<Text> {
        let parts = [
            (self.asker, "le membre qui demande", "the member that asks"),
            (self.owner, "le membre à qui est l'auditoire", "the member that owns the audience"),
            (self.declared, "les colonnes de l'auditoire", "the audience's columns"),
        ];
        parts.into_iter().filter(|(is, ..)| *is).map(|(_, fr, en)| Text::new(fr, en)).collect()
    }
}

impl Names<'_> {
    /// What has to hold (`wanted`), or not to hold.
    pub(super) fn said(&self, condition: &Condition, wanted: bool) -> Text {
        self.say(condition, wanted, false)
    }

    /// Whether it is the same for every request of the version.
    pub(super) fn is_idle(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Const(_) => true,
            Condition::Role(bits) => *bits == ALL_ROLES,
            Condition::Template(set) => self.groups.are_all(&self.templates(set)),
            Condition::Purpose(set) => set.count_ones(..) == self.frame.purposes.len(),
            Condition::Any(parts) => match alternatives(parts).as_slice() {
                [one] => self.is_idle(one),
                _ => false,
            },
            _ => false,
        }
    }

    fn templates(&self, set: &FixedBitSet) -> BTreeSet<TemplateName> {
        chosen(&self.frame.templates, set).into_iter().cloned().collect()
    }

    /// `inner`: whether it stands within a larger sentence.
    fn say(&self, condition: &Condition, wanted: bool, inner: bool) -> Text {
        let frame = self.frame;
        let moment = |at: i64, say: fn(Timestamp) -> Text| match Timestamp::from_millisecond(at) {
            Ok(at) => say(at),
            Err(_) => Text::new("un moment hors du calendrier", "a moment beyond the calendar"),
        };
        match condition {
            Condition::Const(value) if *value == wanted => Text::new("toujours", "always"),
            Condition::Const(_) => Text::new("jamais", "never"),
            Condition::Asker(set) => one_of(("demandeur", "asker"), &chosen(&frame.members, set), wanted),
            Condition::Audience(set) => one_of(("auditoire", "audience"), &chosen(&frame.audiences, set), wanted),
            Condition::Template(set) => {
                one_of(("modèle", "template"), &self.groups.names(&self.templates(set)), wanted)
            }
            Condition::Purpose(set) => one_of(("finalité", "purpose"), &chosen(&frame.purposes, set), wanted),
            Condition::AskerIsOwner if wanted => {
                Text::new("le demandeur possède l'auditoire", "the asker owns the audience")
            }
            Condition::AskerIsOwner => {
                Text::new("le demandeur ne possède pas l'auditoire", "the asker doesn't own the audience")
            }
            Condition::Role(bits) => roles(roles_of((0..3).filter(|bit| (bits & (1 << bit) != 0) == wanted))),
            Condition::Before(at) => moment(*at, if wanted { before } else { from }),
            Condition::Below(units) if wanted => loss_below(*units),
            Condition::Below(units) => loss_from(*units),
            Condition::Set(which, stand, against) => self.set(*which, *stand, against, wanted),
            Condition::Not(condition) => self.say(condition, !wanted, inner),
            Condition::All(parts) => {
                joined(&parts.iter().map(|part| self.say(part, wanted, true)).collect::<Vec<_>>(), wanted, inner)
            }
            Condition::Any(parts) => {
                let parts = alternatives(parts);
                joined(&parts.iter().map(|part| self.say(part, wanted, true)).collect::<Vec<_>>(), !wanted, inner)
            }
        }
    }

    fn set(&self, which: Which, stand: Stand, against: &Against, wanted: bool) -> Text {
        let literal = &against.literal;
        let set = self.point.map_or_else(
            || literal.clone(),
            |point| against.resolve(point.asker, point.audience, point.owner, &self.side.declared),
        );
        let mut list = match which {
            Which::Owners => chosen(&self.frame.members, &set).into_iter().map(plain).collect::<Vec<Text>>(),
            Which::Columns => chosen(&self.frame.columns, &set).into_iter().map(plain).collect(),
        };
        if self.point.is_none() {
            list.extend(against.any());
        }
        let count = list.len();
        let list = each_listed(&list);
        let (what_fr, what_en) = match which {
            Which::Owners => ("propriétaires des autres auditoires", "owners of the other audiences"),
            Which::Columns => ("colonnes employées", "columns used"),
        };
        let (fr, en) = match (stand, wanted) {
            (Stand::Within, true) if count == 0 => {
                return Text::new(format!("{what_fr} : aucun"), format!("{what_en}: none"));
            }
            (Stand::Within, false) if count == 0 => {
                return Text::new(format!("{what_fr} : au moins un"), format!("{what_en}: at least one"));
            }
            (Stand::Includes | Stand::Meets, true) if count == 1 => ("avec", "with"),
            (Stand::Includes | Stand::Meets, false) if count == 1 => ("sans", "without"),
            (Stand::Includes, true) => ("avec tout ceci", "with all of"),
            (Stand::Includes, false) => ("sans tout ceci à la fois", "without all of"),
            (Stand::Within, true) => ("rien que parmi", "none but"),
            (Stand::Within, false) => ("au moins un hors de", "at least one beyond"),
            (Stand::Meets, true) => ("au moins un parmi", "at least one of"),
            (Stand::Meets, false) => ("aucun parmi", "none of"),
        };
        Text::new(format!("{what_fr}, {fr} : {}", list.fr), format!("{what_en}, {en}: {}", list.en))
    }
}
