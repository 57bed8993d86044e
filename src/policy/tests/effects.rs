//! Effects against brute force: what [`diff`] and [`matrix`] say of generated rooms equals what Cedar decides, request by request.

use super::{generated::*, *};
use crate::{
    model::torture::rounds,
    policy::{Change, Grant, InForce, diff, matrix},
};
use proptest::{collection::vec, prelude::*};
use std::collections::{BTreeMap, BTreeSet};

/// Which audiences of a question Cedar permits, by itself each.
fn permitted(policies: &Policies, asked: &Question) -> Vec<bool> {
    let refused: Vec<_> = match policies.decide(asked) {
        Decision::Permitted(_) => vec![],
        Decision::Refused(refusal) => refusal.reasons().to_vec(),
    };
    let all = refused.iter().any(|reason| reason.audience.is_none());
    asked.audiences.iter().map(|a| !all && !refused.iter().any(|reason| reason.audience.as_ref() == Some(a))).collect()
}

/// Whether a grant is about the judgement of one audience of a question.
fn covers(grant: &Grant, asked: &Question, position: usize) -> bool {
    let units = crate::policy::decide::epsilon_units(asked.epsilon).unwrap();
    let owners: BTreeSet<_> =
        asked.audiences.iter().enumerate().filter(|(at, _)| *at != position).map(|(_, a)| &a.member).collect();
    let columns: BTreeSet<_> = asked.columns.iter().collect();
    fn fits<T: Ord>(beside: &crate::policy::Beside<T>, present: &BTreeSet<&T>) -> bool {
        match beside.of.iter().filter(|name| present.contains(name)).count() {
            0 => beside.none,
            count if count == beside.of.len() => beside.all,
            _ => beside.some,
        }
    }
    grant.roles.contains(&asked.role)
        && grant.templates.contains(&asked.template)
        && grant.purposes.contains(&asked.purpose)
        && grant.from.is_none_or(|from| from <= asked.now)
        && grant.until.is_none_or(|until| asked.now < until)
        && grant.epsilon_from.is_none_or(|least| least <= units)
        && grant.epsilon_below.is_none_or(|limit| units < limit)
        && grant.owners.iter().all(|beside| fits(beside, &owners))
        && grant.columns.iter().all(|beside| fits(beside, &columns))
}

fn by_pair(changes: impl IntoIterator<Item = Change>) -> BTreeMap<(MemberName, AudienceRef), Change> {
    changes.into_iter().map(|change| ((change.asker.clone(), change.audience.clone()), change)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: rounds(24, 4_000), ..ProptestConfig::default() })]

    #[test]
    fn a_diff_is_what_brute_force_finds(
        before in version(),
        after in version(),
        common in vec(agreement(), 0..4),
        questions in vec(question_drawn(), 60),
    ) {
        let (old, new) = (before.load(&common), after.load(&common));
        let effects = diff(&InForce::from(&old), &InForce::from(&new)).unwrap();
        for (owner, changes) in &effects.by_owner {
            prop_assert!(changes.iter().all(|change| change.audience.member == *owner));
        }
        let changes = by_pair(effects.by_owner.into_values().flatten());
        for drawn in questions {
            let asked = drawn.question();
            let (was, is) = (permitted(&old, &asked), permitted(&new, &asked));
            for (position, audience) in asked.audiences.iter().enumerate() {
                let change = changes.get(&(asked.asker.clone(), audience.clone()));
                let among = |grants: fn(&Change) -> &Vec<Grant>| {
                    change.is_some_and(|change| grants(change).iter().any(|grant| covers(grant, &asked, position)))
                };
                prop_assert_eq!(among(|c| &c.gained), is[position] && !was[position], "gained: {:?}", asked);
                prop_assert_eq!(among(|c| &c.lost), was[position] && !is[position], "lost: {:?}", asked);
            }
            // Unanimity: a question becomes possible only where an audience is gained.
            let (could, can) = (was.iter().all(|p| *p), is.iter().all(|p| *p));
            let permits = |policies: &Policies| matches!(policies.decide(&asked), Decision::Permitted(_));
            prop_assert_eq!((could, can), (permits(&old), permits(&new)));
        }
    }

    #[test]
    fn a_matrix_is_what_brute_force_finds(drawn in version(), questions in vec(question_drawn(), 60)) {
        let policies = drawn.load(&[]);
        let permissions: BTreeMap<_, _> =
            matrix(&policies).unwrap().into_iter().map(|p| ((p.asker, p.audience), p.grants)).collect();
        for drawn in questions {
            let asked = drawn.question();
            for (position, permitted) in permitted(&policies, &asked).into_iter().enumerate() {
                let grants = permissions.get(&(asked.asker.clone(), asked.audiences[position].clone()));
                let among = grants.is_some_and(|grants| grants.iter().any(|grant| covers(grant, &asked, position)));
                prop_assert_eq!(among, permitted, "{:?} in {:?}", asked, grants);
            }
        }
    }

    #[test]
    fn narrowings_permit_what_both_versions_permit(
        base in version(),
        narrowed in version(),
        questions in vec(question_drawn(), 40),
    ) {
        let (base, narrowed) = (base.load(&[]), narrowed.load(&[]));
        let owner: MemberName = MEMBERS[0].parse().unwrap();
        let joint = InForce { base: &base, narrowings: vec![(&owner, &narrowed)] };
        let effects = diff(&InForce::from(&base), &joint).unwrap();
        prop_assert!(effects.by_owner.keys().all(|of| *of == owner) && !effects.widens(&owner));
        let changes = by_pair(effects.by_owner.into_values().flatten());
        for drawn in questions {
            let asked = drawn.question();
            let (wide, narrow) = (permitted(&base, &asked), permitted(&narrowed, &asked));
            for (position, audience) in asked.audiences.iter().enumerate().filter(|(_, a)| a.member == owner) {
                let change = changes.get(&(asked.asker.clone(), audience.clone()));
                let lost = change.is_some_and(|change| change.lost.iter().any(|grant| covers(grant, &asked, position)));
                prop_assert_eq!(lost, wide[position] && !narrow[position]);
            }
        }
    }
}

#[test]
fn a_version_compared_with_itself_changes_nothing() {
    let policies = pilot();
    assert!(diff(&InForce::from(&policies), &InForce::from(&pilot())).unwrap().is_empty());
}

#[test]
fn the_pilots_matrix_reads_as_its_agreements_do() {
    let permissions = matrix(&pilot()).unwrap();
    let of = |asker: &str, audience: &str| {
        let found = permissions.iter().find(|p| p.asker.as_str() == asker && p.audience.to_string() == audience);
        found.map(|permission| permission.grants.clone()).unwrap_or_default()
    };
    let [grant] = &of("festival", "billetterie/acheteurs")[..] else {
        panic!("{:?}", of("festival", "billetterie/acheteurs"))
    };
    assert_eq!(grant.roles, BTreeSet::from([Role::Marketer]));
    assert_eq!(grant.purposes.iter().map(|p| p.as_str()).collect::<Vec<_>>(), ["planification", "programmation"]);
    assert_eq!(grant.templates.len(), pilot().templates().count());
    assert!(grant.until.is_none() && grant.owners.is_empty() && grant.columns.is_empty());
    assert_eq!(of("festival", "billetterie/achats"), []);
    assert_eq!(of("cooperative", "salle/abonnes"), []);
    assert_eq!(of("etiquette", "etiquette/artistes-vip"), []);
    assert!(!of("billetterie", "billetterie/achats").is_empty(), "its own");
}
