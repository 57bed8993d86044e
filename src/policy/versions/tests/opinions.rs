//! Comments and refusals: whose word stands, and that none of it decides.

use super::*;
use crate::{
    database::on_both,
    policy::{Opinion, OpinionVerdict},
};

on_both!(a_refusal_stands_until_the_member_approves, a_refusal_takes_the_approval_back);

/// Lets the festival compare the ticketing company's purchases, and the co-operative the hall's list.
fn widening() -> Files {
    let one = with(&pilot(), "achats.cedar", &agreement("achats", "permit", "festival", "billetterie/achats"));
    with(&one, "hall.cedar", &agreement("hall", "permit", "cooperative", "salle/abonnes"))
}

const PURCHASES: &[&str] = &["festival/abonnes", "billetterie/achats"];

async fn opinions(room: &Room, id: i64) -> Vec<(String, OpinionVerdict, String, bool)> {
    let told = |one: Opinion| (one.owner.to_string(), one.verdict, one.comment, one.lapsed);
    room.proposal(id).await.opinions.into_iter().map(told).collect()
}

async fn approve_saying(room: &mut Room, by: &str, id: i64, comment: &str) {
    let (digest, comment) = (room.digest(by, id).await, Comment::read(comment).unwrap());
    let settled = room.versions.approve(&room.current, &officer(by), id, (&digest, Some(&comment))).await;
    room.taken(settled).unwrap();
}

async fn a_refusal_stands_until_the_member_approves(place: Place) {
    let mut room = Room::founded_at(place, &pilot()).await;
    let id = room.propose("festival", &widening()).await.unwrap();
    room.refuse("billetterie", id, "pas avant\nla fin de saison").await.unwrap();
    let approval = room.approval("billetterie", id).await.unwrap();
    assert!(approval.needed && approval.refused && approval.by.is_none() && !approval.is_awaited(), "{approval:?}");
    assert!(room.approval("salle", id).await.unwrap().is_awaited(), "and for nobody else");
    approve_saying(&mut room, "salle", id, "d’accord").await;
    assert_eq!(room.status(id).await, Status::Open, "a refusal is no approval");
    room.reopen().await;
    assert!(!may(&room.current, "festival", PURCHASES));
    let (yes, no) = (OpinionVerdict::Approved, OpinionVerdict::Refused);
    let refused_once = ("billetterie".to_owned(), no, "pas avant\nla fin de saison".to_owned(), false);
    let agreed = ("salle".to_owned(), yes, "d’accord".to_owned(), false);
    assert_eq!(opinions(&room, id).await, [refused_once, agreed.clone()]);
    // The newest word stands.
    room.refuse("billetterie", id, "non").await.unwrap();
    assert_eq!(opinions(&room, id).await[0].2, "non");

    approve_saying(&mut room, "billetterie", id, "la saison est finie").await;
    assert_eq!(room.status(id).await, Status::Published);
    assert!(may(&room.current, "festival", PURCHASES));
    let last = ("billetterie".to_owned(), yes, "la saison est finie".to_owned(), false);
    assert_eq!(opinions(&room, id).await, [last, agreed], "shown once it is closed, too");
    assert_eq!(refused(room.refuse("billetterie", id, "trop tard").await), "this proposal is in force already");
    let log = room.versions.log().await.unwrap();
    let why = |what: What| log.iter().filter(move |one| one.what == what).filter_map(|one| one.why.as_deref());
    assert_eq!(why(What::Refused).collect::<Vec<_>>(), ["non", "pas avant\nla fin de saison"]);
    assert_eq!(why(What::Approved).collect::<Vec<_>>(), ["la saison est finie", "d’accord"]);
}

async fn a_refusal_takes_the_approval_back(place: Place) {
    let mut room = Room::founded_at(place, &pilot()).await;
    let id = room.propose("festival", &widening()).await.unwrap();
    approve_saying(&mut room, "billetterie", id, "oui").await;
    room.refuse("billetterie", id, "tout bien pensé, non").await.unwrap();
    assert!(room.approval("billetterie", id).await.unwrap().by.is_none());
    room.approve("salle", id).await.unwrap();
    assert_eq!(room.status(id).await, Status::Open);
    let told = refused(room.versions.retract(&officer("billetterie"), id).await);
    assert_eq!(told, "billetterie has not approved this proposal");
    assert_eq!(opinions(&room, id).await.len(), 1, "the refusal isn't taken back with what isn't there");
    // Without a comment, an approval replaces a refusal all the same.
    room.approve("billetterie", id).await.unwrap();
    assert_eq!(room.status(id).await, Status::Published);
    assert_eq!(opinions(&room, id).await, []);
}

#[tokio::test]
async fn nobody_refuses_for_another_member() {
    let mut room = Room::founded(&pilot()).await;
    let id = room.propose("festival", &widening()).await.unwrap();
    // A bystander, the proposer whom it changes nothing for, and the co-operative's own staff.
    for by in ["etiquette", "festival", "cooperative"] {
        let told = refused(room.refuse(by, id, "non").await);
        assert_eq!(told, format!("this proposal changes nothing for {by}: there is nothing to approve"));
    }
    assert!(matches!(room.refuse("salle", id + 1, "non").await, Err(VersionsError::NotFound)));
    assert_eq!(opinions(&room, id).await, []);
}

#[tokio::test]
async fn a_comment_is_of_what_was_seen_and_goes_with_its_approval() {
    let mut room = Room::founded(&pilot()).await;
    let id = room.propose("festival", &widening()).await.unwrap();
    let seen = room.digest("billetterie", id).await;
    approve_saying(&mut room, "billetterie", id, "oui").await;
    assert_eq!(room.digest("billetterie", id).await, seen, "what is said changes no digest");
    room.versions.retract(&officer("billetterie"), id).await.unwrap();
    assert_eq!(opinions(&room, id).await, []);

    room.refuse("billetterie", id, "non").await.unwrap();
    // The ticketing company opens a part of it itself: the proposal does something else by now.
    let own = with(&pilot(), "autre.cedar", &agreement("autre", "permit", "salle", "billetterie/achats"));
    room.propose("billetterie", &own).await.unwrap();
    let half = agreement("moitie", "permit", "festival", "billetterie/achats")
        .replace(");\n", ") when { context.purpose == Purpose::\"planification\" };\n");
    room.propose("billetterie", &with(&own, "moitie.cedar", &half)).await.unwrap();
    let approval = room.approval("billetterie", id).await.unwrap();
    assert_ne!(approval.effects, seen);
    assert!(approval.is_awaited() && !approval.refused, "asked again: {approval:?}");
    assert!(opinions(&room, id).await[0].3, "and said that it was of something else");
}
