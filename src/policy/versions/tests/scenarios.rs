//! One owner's data at a time: who has to agree, what is immediate, and what is kept.

use super::*;
use crate::database::on_both;

on_both!(
    what_widens_anothers_audience_waits_for_its_owner,
    an_approval_that_is_taken_back_no_longer_counts,
    what_an_owner_takes_back_is_taken_back_at_once
);

/// Lets the festival compare the ticketing company's purchases, which nobody else may.
fn widening() -> Files {
    with(&pilot(), "achats.cedar", &agreement("achats", "permit", "festival", "billetterie/achats"))
}

const PURCHASES: &[&str] = &["festival/abonnes", "billetterie/achats"];
const HALL: &[&str] = &["etiquette/infolettre", "salle/abonnes"];

/// Shuts the label out of the hall's list, and opens the ticketing company's purchases to the festival.
fn mixed() -> Files {
    with(&widening(), "salle.cedar", &agreement("salle", "forbid", "etiquette", "salle/abonnes"))
}

async fn what_widens_anothers_audience_waits_for_its_owner(place: Place) {
    let mut room = Room::founded_at(place, &pilot()).await;
    let founding = room.current.to_string();
    let id = room.propose("festival", &widening()).await.unwrap();
    assert_eq!(room.needed(id).await, ["billetterie"]);
    assert_eq!(room.current.to_string(), founding);
    assert!(!may(&room.current, "festival", PURCHASES));
    room.reopen().await;
    assert!(!may(&room.current, "festival", PURCHASES), "a proposal isn't a version in force");

    room.approve("billetterie", id).await.unwrap();
    assert_eq!(room.status(id).await, Status::Published);
    assert!(may(&room.current, "festival", PURCHASES));
    assert!(!may(&room.current, "salle", &["salle/abonnes", "billetterie/achats"]));
    assert_ne!(room.current.to_string(), founding);
    room.reopen().await;
    assert!(may(&room.current, "festival", PURCHASES));
    assert_eq!(room.versions.files(room.current.base.version()).await.unwrap(), widening(), "kept whole");
    assert_eq!(room.versions.files(&founding).await.unwrap(), pilot(), "and so is what it replaced");
}

#[tokio::test]
async fn only_the_owners_officer_and_only_what_was_seen() {
    let mut room = Room::founded(&pilot()).await;
    let id = room.propose("festival", &widening()).await.unwrap();
    let seen = room.digest("billetterie", id).await;
    let wrong = refused(room.approve_digest("billetterie", id, &"0".repeat(64)).await);
    assert_eq!(
        wrong,
        "what the proposal changes for your member is no longer what you saw: read it again before you approve"
    );
    // The proposer, a bystander, and the co-operative's own staff, with the right digest.
    for by in ["festival", "salle", "cooperative"] {
        let told = refused(room.approve_digest(by, id, &seen).await);
        assert_eq!(told, format!("this proposal changes nothing for {by}: there is nothing to approve"));
    }
    assert!(!may(&room.current, "festival", PURCHASES));
    assert_eq!(room.proposal(id).await.approvals.len(), 1, "nothing was recorded");
    assert!(room.approval("billetterie", id).await.unwrap().by.is_none());
    assert!(matches!(room.approve_digest("billetterie", id + 1, &seen).await, Err(VersionsError::NotFound)));

    room.approve_digest("billetterie", id, &seen).await.unwrap();
    let again = refused(room.approve_digest("billetterie", id, &seen).await);
    assert_eq!(again, "this proposal is in force already");
}

async fn an_approval_that_is_taken_back_no_longer_counts(place: Place) {
    let mut room = Room::founded_at(place, &pilot()).await;
    let both = with(&widening(), "hall.cedar", &agreement("hall", "permit", "cooperative", "salle/abonnes"));
    let id = room.propose("festival", &both).await.unwrap();
    assert_eq!(room.needed(id).await, ["billetterie", "salle"]);
    room.approve("billetterie", id).await.unwrap();
    assert_eq!(room.approval("billetterie", id).await.unwrap().by.unwrap().0, "conformite");
    room.versions.retract(&officer("billetterie"), id).await.unwrap();
    let told = refused(room.versions.retract(&officer("billetterie"), id).await);
    assert_eq!(told, "billetterie has not approved this proposal");
    room.approve("salle", id).await.unwrap();
    assert_eq!(room.status(id).await, Status::Open);
    assert!(!may(&room.current, "festival", PURCHASES) && !may(&room.current, "cooperative", &["salle/abonnes"]));
    room.approve("billetterie", id).await.unwrap();
    assert!(may(&room.current, "festival", PURCHASES) && may(&room.current, "cooperative", &["salle/abonnes"]));
}

async fn what_an_owner_takes_back_is_taken_back_at_once(place: Place) {
    let mut room = Room::founded_at(place, &pilot()).await;
    assert!(may(&room.current, "etiquette", HALL));
    let id = room.propose("salle", &mixed()).await.unwrap();
    assert_eq!(room.status(id).await, Status::Open);
    assert_eq!(room.needed(id).await, ["billetterie", "salle"]);
    assert!(room.approval("salle", id).await.unwrap().by.is_some(), "proposing is approving for one's own");
    assert!(!may(&room.current, "etiquette", HALL), "narrowed at once");
    assert!(may(&room.current, "festival", &["festival/abonnes", "salle/abonnes"]), "and no more than that");
    assert!(!may(&room.current, "festival", PURCHASES), "while the rest waits");
    room.reopen().await;
    assert!(!may(&room.current, "etiquette", HALL) && !may(&room.current, "festival", PURCHASES));

    let told = refused(room.versions.withdraw(&officer("billetterie"), id).await);
    assert_eq!(told, "only officers of salle can withdraw this proposal");
    room.versions.withdraw(&officer("salle"), id).await.unwrap();
    assert_eq!(room.status(id).await, Status::Withdrawn);
    assert_eq!(refused(room.approve("billetterie", id).await), "this proposal was withdrawn");
    room.reopen().await;
    assert!(!may(&room.current, "etiquette", HALL), "withdrawing widens nothing");

    assert_eq!(refused(room.lift("etiquette").await), "etiquette has narrowed nothing: there is nothing to lift");
    assert!(!may(&room.current, "etiquette", HALL));
    room.lift("salle").await.unwrap();
    assert!(may(&room.current, "etiquette", HALL) && !may(&room.current, "festival", PURCHASES));
    room.reopen().await;
    assert!(may(&room.current, "etiquette", HALL));
}

#[tokio::test]
async fn nothing_is_opened_behind_a_narrowing_without_its_owner() {
    let mut room = Room::founded(&pilot()).await;
    room.propose("salle", &mixed()).await.unwrap();
    // Hidden by the narrowing today, it would be open on the day that the hall lifts it.
    let behind = with(&pilot(), "hall.cedar", &agreement("hall", "permit", "cooperative", "salle/abonnes"));
    let id = room.propose("festival", &behind).await.unwrap();
    assert_eq!(room.status(id).await, Status::Open);
    assert_eq!(room.needed(id).await, ["salle"]);
    room.lift("salle").await.unwrap();
    assert!(!may(&room.current, "cooperative", &["salle/abonnes"]));
}

#[tokio::test]
async fn a_narrowing_ends_with_the_version_that_implies_it() {
    let mut room = Room::founded(&pilot()).await;
    let id = room.propose("salle", &mixed()).await.unwrap();
    assert_eq!(room.current.narrowings.len(), 1);
    room.approve("billetterie", id).await.unwrap();
    assert_eq!(room.status(id).await, Status::Published);
    assert!(room.current.narrowings.is_empty() && !may(&room.current, "etiquette", HALL));
    room.reopen().await;
    assert!(room.current.narrowings.is_empty() && !may(&room.current, "etiquette", HALL));
}

#[tokio::test]
async fn an_owner_who_has_not_approved_keeps_its_narrowing() {
    let mut room = Room::founded(&pilot()).await;
    room.propose("salle", &mixed()).await.unwrap();
    // The ticketing company opens its purchases itself, which is no business of the hall's.
    let own = with(&pilot(), "achats-2.cedar", &agreement("achats-2", "permit", "etiquette", "billetterie/achats"));
    let id = room.propose("billetterie", &own).await.unwrap();
    assert_eq!(room.status(id).await, Status::Published);
    assert!(may(&room.current, "etiquette", &["etiquette/infolettre", "billetterie/achats"]));
    assert!(!may(&room.current, "etiquette", HALL));
    room.reopen().await;
    assert!(!may(&room.current, "etiquette", HALL));
}
