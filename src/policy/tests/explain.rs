//! Explanations against decisions: what [`Policies::explain`] says of generated rooms is what Cedar decides.

use super::{generated::*, *};
use crate::{model::torture::rounds, policy::Ground};
use proptest::{collection::vec, prelude::*};
use std::collections::BTreeSet;

proptest! {
    #![proptest_config(ProptestConfig { cases: rounds(24, 4_000), ..ProptestConfig::default() })]

    #[test]
    fn explanations_name_the_agreements_that_decide(drawn in version(), questions in vec(question_drawn(), 60)) {
        let policies = drawn.load(&[]);
        for drawn in questions {
            let asked = drawn.question();
            let explained = policies.explain(&asked);
            match policies.decide(&asked) {
                Decision::Permitted(admission) => {
                    prop_assert!(!explained.is_empty() && explained.iter().all(|one| one.is_permitted()), "{:?}", asked);
                    let by: BTreeSet<_> = explained.iter().flat_map(|one| &one.permits).map(|ruling| ruling.id.clone()).collect();
                    prop_assert_eq!(&by, admission.agreements());
                }
                // What names something that the room lacks is decided without agreements.
                Decision::Refused(refusal) if refusal.reasons().iter().any(|reason| reason.audience.is_none()) => {
                    prop_assert!(explained.is_empty());
                }
                Decision::Refused(refusal) => {
                    prop_assert_eq!(explained.len(), asked.audiences.len());
                    let refused: BTreeSet<_> = refusal.reasons().iter().filter_map(|reason| reason.audience.clone()).collect();
                    for one in &explained {
                        prop_assert_eq!(one.is_permitted(), !refused.contains(&one.audience), "{:?}", asked);
                        let forbids: BTreeSet<_> = one.forbids.iter().map(|ruling| &ruling.id).collect();
                        let reasons = refusal.reasons().iter().filter(|reason| reason.audience.as_ref() == Some(&one.audience));
                        let found: BTreeSet<_> = reasons
                            .filter_map(|reason| match &reason.ground { Ground::Forbidden { id, .. } => Some(id), _ => None })
                            .collect();
                        prop_assert_eq!(&forbids, &found, "{:?}", asked);
                        let told = one.near.iter().flat_map(|ruling| &ruling.conditions);
                        prop_assert!(one.near.len() <= 3 && one.near.iter().all(|ruling| !ruling.conditions.is_empty()));
                        prop_assert!(told.into_iter().all(|text| !text.fr.is_empty() && !text.en.is_empty()));
                    }
                }
            }
        }
    }
}
