//! Generated rooms: what is decided equals what their agreements say, read one by one.

use super::*;
use proptest::{collection::vec, option, prelude::*};
use std::fmt::Write;

const MEMBERS: [&str; 3] = ["billetterie", "festival", "salle"];
const AUDIENCES: [&str; 4] = ["billetterie/acheteurs", "billetterie/achats", "festival/abonnes", "salle/abonnes"];
const PURPOSES: [&str; 3] = ["planification", "programmation", "prospection"];

/// An agreement as a list of conditions; one that is absent holds always.
#[derive(Debug, Clone)]
struct Drawn {
    forbid: bool,
    asker: Option<usize>,
    audience: Option<usize>,
    purpose: Option<usize>,
    beside: Option<usize>,
}

impl Drawn {
    fn cedar(&self, id: &str) -> String {
        let effect = if self.forbid { "forbid" } else { "permit" };
        let mut text = format!("@id(\"{id}\")\n@title_fr(\"Entente {id}\")\n@title_en(\"Agreement {id}\")\n{effect} (");
        match self.asker {
            Some(member) => write!(text, "principal in Member::\"{}\", ", MEMBERS[member]).unwrap(),
            None => text.push_str("principal, "),
        }
        text.push_str("action in Action::\"compare\", ");
        match self.audience {
            Some(audience) => write!(text, "resource == Audience::\"{}\")", AUDIENCES[audience]).unwrap(),
            None => text.push_str("resource)"),
        }
        if let Some(purpose) = self.purpose {
            write!(text, " when {{ context.purpose == Purpose::\"{}\" }}", PURPOSES[purpose]).unwrap();
        }
        if let Some(member) = self.beside {
            write!(text, " when {{ context.owners.contains(Member::\"{}\") }}", MEMBERS[member]).unwrap();
        }
        text + ";"
    }

    fn applies(&self, asker: usize, audiences: &[usize], position: usize, purpose: usize) -> bool {
        let owner = |audience: usize| AUDIENCES[audience].split('/').next().unwrap();
        let beside = |member: usize| {
            audiences.iter().enumerate().any(|(other, audience)| other != position && owner(*audience) == MEMBERS[member])
        };
        self.asker.is_none_or(|wanted| wanted == asker)
            && self.audience.is_none_or(|wanted| wanted == audiences[position])
            && self.purpose.is_none_or(|wanted| wanted == purpose)
            && self.beside.is_none_or(beside)
    }
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let some = |count: usize| option::of(0..count);
    (prop::bool::weighted(0.3), some(MEMBERS.len()), some(AUDIENCES.len()), some(PURPOSES.len()), some(MEMBERS.len()))
        .prop_map(|(forbid, asker, audience, purpose, beside)| Drawn { forbid, asker, audience, purpose, beside })
}

fn room(agreements: &[Drawn]) -> Policies {
    let mut copy = Copy::new().remove("cases.toml");
    for file in ["mes-auditoires", "pilote-comparaison", "agents-sans-prospection", "artistes-vip"] {
        copy = copy.remove(&format!("{file}.cedar"));
    }
    for (number, agreement) in agreements.iter().enumerate() {
        copy = copy.write(&format!("{number}.cedar"), agreement.cedar(&format!("e{number}")));
    }
    copy.loaded()
}

/// The ids that apply to one audience of a question, by effect.
fn applying(agreements: &[Drawn], forbid: bool, asked: (usize, &[usize], usize, usize)) -> Vec<String> {
    let (asker, audiences, position, purpose) = asked;
    let those = agreements.iter().enumerate().filter(|(_, agreement)| agreement.forbid == forbid);
    those.filter(|(_, a)| a.applies(asker, audiences, position, purpose)).map(|(number, _)| format!("e{number}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn prohibitions_win_and_every_audience_must_permit(
        agreements in vec(drawn(), 0..7),
        questions in vec((0..MEMBERS.len(), vec(0..AUDIENCES.len(), 1..5), 0..PURPOSES.len()), 24),
    ) {
        let policies = room(&agreements);
        for (asker, audiences, purpose) in questions {
            let names: Vec<_> = audiences.iter().map(|audience| AUDIENCES[*audience]).collect();
            let decision = policies.decide(&question(MEMBERS[asker], &names, PURPOSES[purpose]));
            let at = |position| (asker, audiences.as_slice(), position, purpose);
            let forbidding: Vec<_> = (0..names.len()).map(|position| applying(&agreements, true, at(position))).collect();
            let permitting: Vec<_> = (0..names.len()).map(|position| applying(&agreements, false, at(position))).collect();
            let expected = forbidding.iter().all(Vec::is_empty) && !permitting.iter().any(Vec::is_empty);
            match decision {
                Decision::Permitted(admission) => {
                    prop_assert!(expected);
                    let mut all: Vec<_> = permitting.concat();
                    all.sort();
                    all.dedup();
                    prop_assert_eq!(admission.agreements().iter().map(ToString::to_string).collect::<Vec<_>>(), all);
                }
                Decision::Refused(refusal) => {
                    prop_assert!(!expected);
                    let named: Vec<_> = refusal.reasons().iter().filter_map(|reason| reason.agreement()).map(ToString::to_string).collect();
                    prop_assert_eq!(named, forbidding.concat());
                }
            }
        }
    }
}
