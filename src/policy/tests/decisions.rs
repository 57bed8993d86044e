//! Decisions: who is refused, by which agreement, in which words.

use super::*;
use crate::{
    model::{Language, Text},
    policy::{AgreementId, Ground},
};

/// A prohibition whose condition overflows whenever it is evaluated.
const OVERFLOWING: &str = r#"
@id("debordement")
@title_fr("Une entente qui déborde")
@title_en("An agreement that overflows")
forbid (principal, action, resource)
when { 9223372036854775807 + 1 == 0 };
"#;

#[test]
fn an_agreement_that_cannot_be_evaluated_refuses() {
    let copy = Copy::new().write("debordement.cedar", OVERFLOWING);
    let asked = question("festival", &["festival/abonnes"], "planification");
    assert!(matches!(pilot().decide(&asked), Decision::Permitted(_)));
    let refusal = refusal(copy.uncompiled().decide(&asked));
    let [reason] = refusal.reasons() else { panic!("{refusal:?}") };
    assert!(matches!(reason.ground, Ground::Undecided { .. }));
    assert_eq!(reason.agreement().map(AgreementId::as_str), Some("debordement"));
    assert!(reason.text().fr.contains("« Une entente qui déborde » (debordement)"));
    assert!(reason.text().en.contains("“An agreement that overflows” (debordement)"));
}

#[test]
fn a_permission_that_cannot_be_evaluated_refuses_too() {
    let permit = OVERFLOWING.replace("forbid", "permit");
    let copy = Copy::new().write("debordement.cedar", permit);
    let refusal = refusal(copy.uncompiled().decide(&question("festival", &["festival/abonnes"], "planification")));
    assert!(matches!(refusal.reasons(), [reason] if matches!(reason.ground, Ground::Undecided { .. })));
}

#[test]
fn every_prohibition_is_named_in_both_languages() {
    let policies = pilot();
    let cases = [
        (question("festival", &["festival/abonnes", "agents/admirateurs"], "prospection"), "agents-sans-prospection"),
        (question("salle", &["salle/abonnes", "etiquette/artistes-vip"], "planification"), "artistes-vip"),
    ];
    let mut named = Vec::new();
    for (asked, id) in cases {
        let refusal = refusal(policies.decide(&asked));
        let agreement = &policies.agreements()[&id.parse::<AgreementId>().unwrap()];
        let reason = refusal.reasons().iter().find(|reason| reason.agreement() == Some(&agreement.id)).expect(id);
        let audience = reason.audience.as_ref().unwrap().to_string();
        for language in [Language::Fr, Language::En] {
            let text = reason.text();
            assert!(text.get(language).contains(agreement.title.get(language)), "{text:?}");
            assert!(text.get(language).contains(id) && text.get(language).starts_with(&audience), "{text:?}");
        }
        named.push(id);
    }
    let forbid = policies.agreements().values().filter(|agreement| agreement.effect == crate::policy::Effect::Forbid);
    assert_eq!(forbid.map(|agreement| agreement.id.as_str()).collect::<Vec<_>>(), named);
}

#[test]
fn an_unknown_audience_is_refused_as_one_that_nobody_lends() {
    let policies = pilot();
    let unknown =
        refusal(policies.decide(&question("festival", &["festival/abonnes", "salle/inconnu"], "planification")));
    let stranger =
        refusal(policies.decide(&question("festival", &["festival/abonnes", "inconnu/liste"], "planification")));
    let closed =
        refusal(policies.decide(&question("festival", &["festival/abonnes", "billetterie/achats"], "planification")));
    let said = |refusal: &Refusal| {
        let [reason] = refusal.reasons() else { panic!("{refusal:?}") };
        let (name, text) = (reason.audience.as_ref().unwrap().to_string(), reason.text());
        (reason.ground.clone(), Text::new(text.fr.replace(&name, ""), text.en.replace(&name, "")))
    };
    assert_eq!(said(&unknown), said(&closed));
    assert_eq!(said(&stranger), said(&closed));
    assert_eq!(said(&closed).0, Ground::NotPermitted);
}

#[test]
fn what_does_not_exist_is_refused() {
    let policies = pilot();
    let good = question("festival", &["festival/abonnes", "salle/abonnes"], "planification");
    assert!(matches!(policies.decide(&good), Decision::Permitted(_)));
    let name = |text: &str| text.parse().unwrap();
    let bad = [
        Question { asker: name("inconnu"), ..good.clone() },
        Question { template: "chevauchement".parse().unwrap(), ..good.clone() },
        Question { template: "compare".parse().unwrap(), ..good.clone() },
        Question { purpose: "espionnage".parse().unwrap(), ..good.clone() },
        Question { columns: vec!["courriel".parse().unwrap()], ..good.clone() },
        Question { audiences: vec![], ..good.clone() },
        Question { epsilon: f64::NAN, ..good.clone() },
        Question { epsilon: -1.0, ..good.clone() },
        Question { epsilon: f64::INFINITY, ..good.clone() },
        Question { now: jiff::Timestamp::MIN, ..good.clone() },
        Question { role: Role::Steward, ..good.clone() },
    ];
    for asked in bad {
        assert!(!refusal(policies.decide(&asked)).reasons().is_empty(), "{asked:?}");
    }
}

#[test]
fn an_admission_carries_what_was_admitted() {
    let policies = pilot();
    let asked = question("festival", &["festival/abonnes", "salle/abonnes"], "programmation");
    let Decision::Permitted(admission) = policies.decide(&asked) else { panic!("refused") };
    assert_eq!(admission.question(), &asked);
    assert_eq!(admission.version(), policies.version());
    let agreements: Vec<_> = admission.agreements().iter().map(AgreementId::as_str).collect();
    assert_eq!(agreements, ["mes-auditoires", "pilote-comparaison"]);
}

#[test]
fn agreements_see_the_loss_the_date_the_columns_and_the_other_owners() {
    let limited = r#"
@id("limites")
@title_fr("Limites")
@title_en("Limits")
forbid (principal, action, resource)
unless {
  context.epsilon.lessThanOrEqual(decimal("0.1000")) &&
  context.date < datetime("2027-07-01T00:00:00-0400") &&
  resource.columns.containsAll(context.columns) &&
  !context.owners.contains(Member::"agents")
};
"#;
    let policies = Copy::new().write("limites.cedar", limited).loaded();
    let good = question("festival", &["festival/abonnes", "billetterie/acheteurs"], "planification");
    let permitted = |asked: &Question| matches!(policies.decide(asked), Decision::Permitted(_));
    let at = |text: &str| text.parse().unwrap();
    assert!(permitted(&Question { epsilon: 0.1, columns: vec!["region".parse().unwrap()], ..good.clone() }));
    assert!(!permitted(&Question { epsilon: 0.1_f64.next_up(), ..good.clone() }));
    assert!(permitted(&Question { now: at("2027-07-01T03:59:59.999Z"), ..good.clone() }));
    assert!(!permitted(&Question { now: at("2027-07-01T04:00:00Z"), ..good.clone() }));
    assert!(!permitted(&Question { columns: vec!["age_band".parse().unwrap()], ..good.clone() }));
    let with_agents = ["festival/abonnes", "agents/admirateurs"];
    let reasons = refusal(policies.decide(&question("festival", &with_agents, "planification")));
    assert_eq!(reasons.reasons().len(), 1, "the agents' own audience has another owner beside it: {reasons:?}");
}

#[test]
fn policies_can_be_shared_by_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Policies>();
    shared::<Decision>();
}
