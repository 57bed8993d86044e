//! Members that leave, and come back.

use super::*;

/// The pilot's folder without the artists' agents.
fn without_agents(files: &Files) -> Files {
    let text = String::from_utf8(files["members.toml"].clone()).unwrap();
    let (others, agents) = text.split_once("# --- Agents d'artistes").unwrap();
    assert!(agents.contains("[members.agents]") && agents.matches("\n[members.").count() == 2, "{agents}");
    with(&without(files, "agents-sans-prospection.cedar"), "members.toml", others)
}

fn figures() -> Files {
    replaced(&pilot(), "privacy.toml", "owner_epsilon = 2.0", "owner_epsilon = 2.5")
}

/// Lets a member compare its own audiences, as all may already.
fn own(member: &str) -> String {
    agreement("mesures", "permit", member, &format!("{member}/abonnes"))
}

/// Proposes a folder and has everybody approve whose approval is needed.
async fn agreed(room: &mut Room, by: &str, files: &Files) -> i64 {
    let id = room.propose(by, files).await.unwrap();
    for owner in room.needed(id).await {
        if room.status(id).await == Status::Open {
            room.approve(&owner, id).await.unwrap();
        }
    }
    assert_eq!(room.status(id).await, Status::Published);
    id
}

#[tokio::test]
async fn nothing_waits_for_a_member_that_has_left() {
    let mut room = Room::founded(&pilot()).await;
    let waiting = room.propose("salle", &figures()).await.unwrap();
    for owner in ["billetterie", "etiquette", "festival"] {
        room.approve(owner, waiting).await.unwrap();
    }
    assert_eq!(room.status(waiting).await, Status::Open, "the agents haven't approved");
    agreed(&mut room, "agents", &without_agents(&pilot())).await;
    assert_eq!(room.needed(waiting).await, ["billetterie", "etiquette", "festival", "salle"]);
    assert!(room.approval("agents", waiting).await.is_none());
    room.approve("festival", waiting).await.unwrap();
    assert_eq!(room.status(waiting).await, Status::Published);
    room.reopen().await;
}

#[tokio::test]
async fn what_a_member_agreed_to_before_it_left_does_not_count_when_it_is_back() {
    let mut room = Room::founded(&pilot()).await;
    let waiting = room.propose("salle", &figures()).await.unwrap();
    room.approve("agents", waiting).await.unwrap();
    assert!(room.approval("agents", waiting).await.unwrap().by.is_some());
    let refused = room.propose("salle", &with(&figures(), "mesures.cedar", &own("salle"))).await.unwrap();
    room.refuse("agents", refused, "non").await.unwrap();
    let left = agreed(&mut room, "agents", &without_agents(&pilot())).await;
    assert!(!may(&room.current, "festival", &["festival/abonnes", "agents/admirateurs"]));
    agreed(&mut room, "festival", &pilot()).await;
    assert!(may(&room.current, "festival", &["festival/abonnes", "agents/admirateurs"]));

    let approval = room.approval("agents", waiting).await.unwrap();
    assert!(approval.needed && approval.by.is_none(), "{approval:?}");
    assert!(room.approval("agents", refused).await.unwrap().is_awaited(), "nor what it refused");
    assert!(room.proposal(refused).await.opinions.is_empty());
    for owner in ["billetterie", "etiquette", "festival", "salle"] {
        room.approve(owner, waiting).await.unwrap();
        assert_eq!(room.status(waiting).await, Status::Open, "not without the agents");
    }
    room.approve("agents", waiting).await.unwrap();
    assert_eq!(room.status(waiting).await, Status::Published);

    let log = room.versions.log().await.unwrap();
    let told: Vec<_> = log.iter().filter(|entry| entry.what == What::Retracted).collect();
    let [told] = &told[..] else { panic!("{told:?}") };
    assert_eq!((told.proposal, &told.officer), (Some(waiting), &None));
    assert!(told.why.as_ref().unwrap().contains("agents is no longer a member"), "{told:?}");
    // What it agreed to while it was a member is still history.
    let approved = log.iter().filter(|entry| entry.what == What::Approved && entry.proposal == Some(left));
    assert!(approved.filter_map(|entry| entry.officer.as_ref()).any(|officer| officer.member.as_str() == "agents"));
}

#[tokio::test]
async fn what_a_member_had_proposed_is_withdrawn_when_it_leaves() {
    let mut room = Room::founded(&pilot()).await;
    let theirs = with(&pilot(), "achats.cedar", &agreement("achats", "permit", "festival", "billetterie/achats"));
    let orphan = room.propose("agents", &theirs).await.unwrap();
    assert_eq!(room.needed(orphan).await, ["billetterie"]);
    agreed(&mut room, "agents", &without_agents(&pilot())).await;
    assert_eq!(room.status(orphan).await, Status::Withdrawn);
    assert_eq!(refused(room.approve_digest("billetterie", orphan, "00").await), "this proposal was withdrawn");
    assert!(!may(&room.current, "festival", &["billetterie/achats"]));
    let stranger = refused(room.propose("agents", &theirs).await);
    assert_eq!(stranger, "agents is not a member of the room");
    let again = room.propose("festival", &theirs).await;
    assert!(again.is_ok(), "the same folder can be proposed again: {again:?}");
}
