//! What agreements say, as sets of names.

use super::*;
use crate::{model::Text, policy::Provisions};

fn says(policies: &Policies, id: &str) -> Provisions {
    let found = policies.provisions().into_iter().find(|(agreement, _)| agreement.id.as_str() == id);
    found.expect("an agreement").1
}

#[test]
fn the_pilot_s_agreements_say_who_what_and_why() {
    let policies = pilot();
    let pilot = says(&policies, "pilote-comparaison");
    assert_eq!(pilot.roles, Some([Role::Marketer].into()));
    assert_eq!(pilot.askers.map(|askers| askers.len()), Some(5), "not who runs the room");
    let audiences = pilot.audiences.unwrap();
    assert!(audiences.contains(&"festival/abonnes".parse().unwrap()));
    assert!(!audiences.contains(&"billetterie/achats".parse().unwrap()), "lists only");
    let purposes: Vec<String> = pilot.purposes.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(purposes, ["planification", "programmation"]);
    assert!(pilot.conditions.is_empty() && !pilot.own);

    let own = says(&policies, "mes-auditoires");
    assert!(
        own.own && own.askers.is_none() && own.audiences.is_none() && own.purposes.is_none() && own.roles.is_none()
    );

    let never = says(&policies, "artistes-vip");
    assert_eq!(never.audiences, Some(["etiquette/artistes-vip".parse().unwrap()].into()));
    assert_eq!(never.askers, None);
}

#[test]
fn what_is_no_set_of_names_is_told_as_a_condition() {
    let copy = Copy::new().replace(
        "pilote-comparaison.cedar",
        "principal.role == Role::\"marketer\"",
        "context.epsilon.lessThan(decimal(\"0.5\")) && context.owners.contains(principal.member) && \
         !context.columns.containsAny([Column::\"region\"]) && context.purpose != Purpose::\"programmation\"",
    );
    let policies = Policies::load(copy.0.path()).unwrap_or_else(|errors| panic!("{:?}", errors.mistakes()));
    let told = says(&policies, "pilote-comparaison");
    assert_eq!(told.roles, None);
    assert_eq!(told.purposes.map(|purposes| purposes.len()), Some(1), "an exclusion narrows the set");
    let fr: Vec<&str> = told.conditions.iter().map(|text: &Text| text.fr.as_str()).collect();
    assert_eq!(
        fr,
        [
            "ε d'au plus 0,4999",
            "propriétaires des autres auditoires, avec : le membre qui demande",
            "colonnes employées, sans : region",
        ]
    );
}
