//! Proposals that meet, rules that are everybody's, and folders that are refused.

use super::*;
use crate::database::on_both;

on_both!(the_log_tells_it_all_in_order, an_act_that_goes_by_what_has_changed_comes_to_nothing);

const OWNERS: [&str; 5] = ["agents", "billetterie", "etiquette", "festival", "salle"];

/// Two more agreements that concern the ticketing company alone, in one file each.
fn purchases_for(asker: &str) -> Files {
    with(&pilot(), &format!("{asker}.cedar"), &agreement(asker, "permit", asker, "billetterie/achats"))
}

#[tokio::test]
async fn an_approval_holds_for_the_same_effects_on_what_was_published_since() {
    let mut room = Room::founded(&pilot()).await;
    let both =
        with(&purchases_for("festival"), "hall.cedar", &agreement("hall", "permit", "cooperative", "salle/abonnes"));
    let waiting = room.propose("festival", &both).await.unwrap();
    room.approve("billetterie", waiting).await.unwrap();
    // What is published meanwhile gives the label what the waiting proposal doesn't speak of.
    let other = room.propose("billetterie", &purchases_for("etiquette")).await.unwrap();
    assert_eq!(room.status(other).await, Status::Published);
    let kept = room.approval("billetterie", waiting).await.unwrap();
    assert!(kept.by.is_some() && !kept.lapsed);
    room.reopen().await;
    room.approve("salle", waiting).await.unwrap();
    assert_eq!(room.status(waiting).await, Status::Published);
    for asker in ["festival", "etiquette"] {
        assert!(may(&room.current, asker, &["billetterie/achats"]), "{asker}: both are in force");
    }
    let files = room.versions.files(room.current.base.version()).await.unwrap();
    assert!(files.contains_key("festival.cedar") && files.contains_key("etiquette.cedar"));
}

#[tokio::test]
async fn an_approval_lapses_when_the_effects_are_others() {
    let mut room = Room::founded(&pilot()).await;
    // The waiting proposal opens purchases to all of the pilot; what is published meanwhile opens them to the label.
    let all = agreement("tous", "permit", "X", "billetterie/achats").replace("Member::\"X\"", "Group::\"pilote\"");
    let all = with(&pilot(), "tous.cedar", &all);
    let both = with(&all, "hall.cedar", &agreement("hall", "permit", "cooperative", "salle/abonnes"));
    let waiting = room.propose("festival", &both).await.unwrap();
    room.approve("billetterie", waiting).await.unwrap();
    let seen = room.digest("billetterie", waiting).await;
    room.propose("billetterie", &purchases_for("etiquette")).await.unwrap();
    assert!(room.approval("billetterie", waiting).await.unwrap().lapsed);

    room.approve("salle", waiting).await.unwrap();
    assert_eq!(room.status(waiting).await, Status::Open, "the lapsed approval doesn't count");
    assert!(!may(&room.current, "festival", &["billetterie/achats"]));
    assert!(refused(room.approve_digest("billetterie", waiting, &seen).await).contains("no longer what you saw"));
    room.approve("billetterie", waiting).await.unwrap();
    assert_eq!(room.status(waiting).await, Status::Published);
    assert!(may(&room.current, "festival", &["billetterie/achats"]));
}

#[tokio::test]
async fn two_changes_of_one_file_have_one_winner() {
    let mut room = Room::founded(&pilot()).await;
    let first = room.propose("festival", &purchases_for("festival")).await.unwrap();
    let rival = agreement("festival", "permit", "salle", "billetterie/achats");
    let second = room.propose("salle", &with(&pilot(), "festival.cedar", &rival)).await.unwrap();
    let digest = room.digest("billetterie", second).await;
    room.approve("billetterie", first).await.unwrap();

    let obstacle = room.proposal(second).await.obstacle.unwrap();
    assert!(obstacle.fr.contains("(festival.cedar)") && obstacle.en.contains("(festival.cedar)"), "{obstacle:?}");
    assert_eq!(refused(room.approve_digest("billetterie", second, &digest).await), obstacle.en);
    assert!(!may(&room.current, "salle", &["salle/abonnes", "billetterie/achats"]));
    room.versions.withdraw(&officer("salle"), second).await.unwrap();
}

#[tokio::test]
async fn the_same_folder_is_proposed_once() {
    let mut room = Room::founded(&pilot()).await;
    assert_eq!(refused(room.propose("salle", &pilot()).await), "this folder is in force already, byte for byte");
    let id = room.propose("festival", &purchases_for("festival")).await.unwrap();
    let again = refused(room.propose("salle", &purchases_for("festival")).await);
    assert_eq!(again, format!("this folder is proposed already: it is proposal {id}"));
    room.versions.withdraw(&officer("festival"), id).await.unwrap();
    room.propose("salle", &purchases_for("festival")).await.unwrap();
}

#[tokio::test]
async fn rules_common_to_all_need_every_owner() {
    let figures = replaced(&pilot(), "privacy.toml", "owner_epsilon = 2.0", "owner_epsilon = 2.5");
    let prices = replaced(&pilot(), "tariffs.toml", "count = 1000", "count = 1100");
    let country = replaced(&pilot(), "room.toml", "default_country = \"CA\"", "default_country = \"US\"");
    let operator = replaced(&pilot(), "room.toml", "operator = \"cooperative\"", "operator = \"salle\"");
    for files in [figures, prices, country, operator] {
        let mut room = Room::founded(&pilot()).await;
        let id = room.propose("salle", &files).await.unwrap();
        assert!(room.proposal(id).await.common);
        assert_eq!(room.needed(id).await, OWNERS);
        assert!(room.approve("cooperative", id).await.is_err(), "it holds no audience");
        for (before, owner) in ["agents", "billetterie", "etiquette", "festival"].into_iter().enumerate() {
            assert_eq!(room.status(id).await, Status::Open, "after {before}");
            room.approve(owner, id).await.unwrap();
        }
        assert_eq!(room.status(id).await, Status::Published);
        room.reopen().await;
    }
}

#[tokio::test]
async fn an_approval_of_figures_lapses_with_other_figures() {
    let mut room = Room::founded(&pilot()).await;
    let figures = replaced(&pilot(), "privacy.toml", "owner_epsilon = 2.0", "owner_epsilon = 2.5");
    let waiting = room.propose("salle", &figures).await.unwrap();
    let dearer =
        room.propose("salle", &replaced(&pilot(), "tariffs.toml", "count = 1000", "count = 1100")).await.unwrap();
    for owner in ["agents", "billetterie", "etiquette", "festival"] {
        room.approve(owner, dearer).await.unwrap();
    }
    assert_eq!(room.status(dearer).await, Status::Published);
    assert!(room.approval("salle", waiting).await.unwrap().lapsed, "it was of figures beside other tariffs");
    for owner in OWNERS {
        assert_eq!(room.status(waiting).await, Status::Open);
        room.approve(owner, waiting).await.unwrap();
    }
    assert_eq!(room.status(waiting).await, Status::Published);
}

#[tokio::test]
async fn what_changes_nothing_for_anybody_is_published_at_once() {
    let text = String::from_utf8(pilot()["privacy.toml"].clone()).unwrap();
    let commented = with(&pilot(), "privacy.toml", &format!("# Relu en décembre.\n{text}"));
    let spaced = replaced(&commented, "mes-auditoires.cedar", "permit (", "// Rien d'autre.\npermit  (");
    let mut room = Room::founded(&pilot()).await;
    let id = room.propose("cooperative", &spaced).await.unwrap();
    assert_eq!(room.status(id).await, Status::Published);
    assert_eq!(room.reopened().await.base.agreements().len(), room.current.base.agreements().len());
    room.reopen().await;
    assert_eq!(room.versions.files(room.current.base.version()).await.unwrap(), spaced);
}

#[tokio::test]
async fn a_vocabulary_only_grows() {
    let jazz = "{ id = \"jazz\", fr = \"Jazz\", en = \"Jazz\", also = [\"Jazz et blues\", \"Jazz & blues\"] },";
    let classical = "{ id = \"classique\", fr = \"Musique classique\", en = \"Classical music\", also = [\"Classical\", \"Classique\"] },";
    let lost = replaced(&pilot(), "vocabulary.toml", jazz, "");
    let moved =
        replaced(&pilot(), "vocabulary.toml", &format!("{jazz}\n  {classical}"), &format!("{classical}\n  {jazz}"));
    let mut room = Room::founded(&pilot()).await;
    for files in [lost, moved] {
        let told = refused(room.propose("salle", &files).await);
        assert!(told.starts_with("vocabulary.toml: the column `genre` lost or moved values"), "{told}");
        assert!(room.versions.proposals().await.unwrap().is_empty());
    }
    let text = String::from_utf8(pilot()["vocabulary.toml"].clone()).unwrap();
    let start = text.find("[genre]").unwrap();
    let end = start + text[start..].find("\n]").unwrap();
    let (head, tail) = text.split_at(end);
    let grown = format!("{head}\n  {{ id = \"gigue\", fr = \"Gigue\", en = \"Step dance\" }},{tail}");
    let id = room.propose("salle", &with(&pilot(), "vocabulary.toml", &grown)).await.unwrap();
    assert_eq!(room.needed(id).await, OWNERS, "what all share grows with all");
    for owner in ["agents", "billetterie", "etiquette", "festival"] {
        room.approve(owner, id).await.unwrap();
    }
    assert_eq!(room.status(id).await, Status::Published);
}

#[tokio::test]
async fn a_folder_with_mistakes_leaves_no_trace() {
    let mut room = Room::founded(&pilot()).await;
    let broken = with(&pilot(), "achats.cedar", "permit (principal, action");
    let unknown = with(&pilot(), "achats.cedar", &agreement("achats", "permit", "personne", "billetterie/achats"));
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let cases = Policies::read_files(&dir).unwrap();
    let against_its_cases = without(&cases, "pilote-comparaison.cedar");
    let stranger = with(&pilot(), "notes.txt", "rien");
    for files in [broken, unknown, against_its_cases, stranger, Files::new()] {
        let before = rows(&room).await;
        let result = room.propose("salle", &files).await;
        assert!(matches!(&result, Err(VersionsError::Mistakes(errors)) if !errors.mistakes().is_empty()), "{result:?}");
        assert_eq!(rows(&room).await, before);
    }
    assert_eq!(room.versions.log().await.unwrap().len(), 1, "the founding alone");
}

/// How many rows each of the policies' tables has.
async fn rows(room: &Room) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["files", "versions", "proposals", "approvals", "publications", "narrowings", "log"] {
        let count = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM policy_{table}")));
        counts.push(count.fetch_one(room.versions.database.pool()).await.unwrap());
    }
    counts
}

async fn the_log_tells_it_all_in_order(place: Place) {
    let mut room = Room::founded_at(place, &pilot()).await;
    let hall = agreement("salle", "forbid", "etiquette", "salle/abonnes");
    let first = room.propose("salle", &with(&purchases_for("festival"), "salle.cedar", &hall)).await.unwrap();
    room.approve("billetterie", first).await.unwrap();
    let second = room.propose("festival", &purchases_for("cooperative")).await.unwrap();
    room.versions.withdraw(&officer("festival"), second).await.unwrap();
    let both = with(&purchases_for("agents"), "hall.cedar", &agreement("hall", "forbid", "festival", "salle/abonnes"));
    let third = room.propose("salle", &both).await.unwrap();
    room.versions.retract(&officer("salle"), third).await.unwrap();
    room.lift("salle").await.unwrap();

    let mut log = room.versions.log().await.unwrap();
    log.reverse();
    let told: Vec<_> = log
        .iter()
        .map(|entry| {
            assert_eq!(entry.happened, NOW);
            let by = entry.officer.as_ref().map_or("", |officer| officer.member.as_str());
            (entry.what.as_str(), by, entry.proposal)
        })
        .collect();
    let (first, second, third) = (Some(first), Some(second), Some(third));
    assert_eq!(
        told,
        [
            ("founded", "", None),
            ("proposed", "salle", first),
            ("approved", "salle", first),
            ("narrowed", "salle", first),
            ("approved", "billetterie", first),
            ("published", "billetterie", first),
            ("proposed", "festival", second),
            ("withdrawn", "festival", second),
            ("proposed", "salle", third),
            ("approved", "salle", third),
            ("narrowed", "salle", third),
            ("retracted", "salle", third),
            ("lifted", "salle", None),
        ]
    );
    let why = |what| log.iter().find(|entry| entry.what == what).unwrap().why.clone();
    assert_eq!(why(What::Proposed).as_deref(), Some("le motif"));
    let published = log.iter().find(|entry| entry.what == What::Published).unwrap();
    assert_eq!(published.version.as_deref(), Some(room.current.base.version()), "the version that came into force");
}

async fn an_act_that_goes_by_what_has_changed_comes_to_nothing(place: Place) {
    let mut room = Room::founded_at(place, &pilot()).await;
    let late = room.versions.clone().expecting(Some(room.versions.newest().await.unwrap()));
    let before = room.current.clone();
    let id = room.propose("festival", &purchases_for("festival")).await.unwrap();
    let rows_before = rows(&room).await;
    refused(late.propose(&before, &officer("salle"), &purchases_for("salle"), "le motif").await);
    let seen = room.digest("billetterie", id).await;
    refused(late.approve(&before, &officer("billetterie"), id, (&seen, None)).await);
    refused(late.refuse(&before, &officer("billetterie"), id, &Comment::read("non").unwrap()).await);
    refused(late.withdraw(&officer("festival"), id).await);
    assert_eq!(rows(&room).await, rows_before);
    room.approve("billetterie", id).await.unwrap();
    assert_ne!(room.reopened().await.to_string(), before.to_string());
}
