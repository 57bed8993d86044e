//! The promises of consent, against a real database.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::{
    database::{Place, on_both},
    model::{SystemClock, TemplateName},
    template::File,
};
use std::path::Path;

const SQL: &str = "SELECT person\nFROM a\nSEMI JOIN b USING (person)\n";

struct Desk {
    consent: Consent,
}

on_both!(
    members_join_a_room_with_its_templates,
    a_room_without_templates_was_founded_all_the_same,
    what_is_picked_has_every_owner_s_approval_whatever_was_done,
    the_same_files_have_one_name_and_are_stored_once,
    what_the_checker_refuses_is_left_out_and_the_version_before_it_serves,
    a_stored_template_that_was_changed_is_not_taken,
    a_member_that_leaves_takes_its_approvals_along,
    what_the_engine_could_not_run_has_nobody_s_approval,
    who_did_what_is_kept,
    an_act_that_goes_by_what_has_changed_comes_to_nothing,
);

impl Desk {
    async fn new(place: &Place) -> Self {
        let database = Database::open(place).await.unwrap();
        Self { consent: Consent::new(database, Arc::new(SystemClock)) }
    }

    /// What the database holds, as a room that is opened anew reads it.
    async fn stored(&self) -> Consented {
        self.consent.current(&vocabulary()).await.unwrap().unwrap()
    }
}

fn vocabulary() -> Vocabulary {
    toml::from_str(&std::fs::read_to_string(root("policies/vocabulary.toml")).unwrap()).unwrap()
}

fn root(part: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(part)
}

fn catalogue() -> Catalogue {
    Catalogue::load(&root("sql"), &vocabulary()).unwrap()
}

fn member(name: &str) -> MemberName {
    name.parse().unwrap()
}

fn members(names: &[&str]) -> BTreeSet<MemberName> {
    names.iter().map(|name| member(name)).collect()
}

fn officer(name: &str) -> Officer {
    Officer { member: member(name), user: "essai".into() }
}

fn overlap() -> TemplateName {
    "overlap".parse().unwrap()
}

/// `overlap` with another remark: the same question, another hash.
fn changed(name: &str, remark: &str) -> Template {
    let toml = std::fs::read_to_string(root("sql/overlap.toml")).unwrap();
    let sql = format!("-- {remark}\n{SQL}");
    let (sql, toml) = (File { path: Path::new("o.sql"), text: &sql }, File { path: Path::new("o.toml"), text: &toml });
    Template::parse(name.parse().unwrap(), sql, toml, &vocabulary()).unwrap()
}

fn picked(consented: &Consented, owners: &[&str]) -> String {
    consented.pick(&overlap(), &members(owners)).unwrap().hash().to_owned()
}

/// The approvals, as they compare.
fn approvals(consented: &Consented) -> Vec<(String, BTreeSet<MemberName>)> {
    consented.iter().map(|(version, _)| (version.hash.clone(), version.approved.clone())).collect()
}

async fn what_the_engine_could_not_run_has_nobody_s_approval(place: Place) {
    let desk = Desk::new(&place).await;
    let owners = ["x", "y"];
    let founded = desk.consent.found(&catalogue(), &members(&owners)).await.unwrap();
    let hash = picked(&founded, &owners);
    // What isn't committed has withdrawn nothing.
    let mut writing = desk.consent.begin().await.unwrap();
    desk.consent.fail(&mut writing, &founded, (&hash, 1)).await.unwrap();
    writing.cancel().await.unwrap();
    assert_eq!(picked(&desk.stored().await, &owners), hash);
    let mut writing = desk.consent.begin().await.unwrap();
    let after = desk.consent.fail(&mut writing, &founded, (&hash, 1)).await.unwrap();
    writing.commit().await.unwrap();
    for consented in [&after, &desk.stored().await] {
        for some in [&owners[..], &owners[..1]] {
            assert_eq!(consented.pick(&overlap(), &members(some)).unwrap_err(), Unpicked::Unapproved(members(some)));
        }
        let version = consented.version(&hash).unwrap();
        assert!(version.approved.is_empty() && version.failed.is_some());
        let others = consented.iter().filter(|(version, _)| version.hash != hash);
        assert!(
            others.into_iter().all(|(version, _)| version.approved == members(&owners) && version.failed.is_none())
        );
    }
    let entry = &desk.consent.log().await.unwrap()[0];
    assert_eq!((entry.what, entry.hash.as_deref(), &entry.officer), (What::Failed, Some(hash.as_str()), &None));
    // Each owner alone lets it run again, for itself.
    let after = desk.consent.approve(&after, &officer("x"), &hash).await.unwrap();
    assert_eq!(picked(&after, &["x"]), hash);
    assert!(after.pick(&overlap(), &members(&owners)).is_err());
}

async fn members_join_a_room_with_its_templates(place: Place) {
    let desk = Desk::new(&place).await;
    assert!(desk.consent.current(&vocabulary()).await.unwrap().is_none());
    let founded = desk.consent.found(&catalogue(), &members(&["x", "y"])).await.unwrap();
    assert_eq!(founded.names().len(), catalogue().iter().count());
    assert_eq!(picked(&founded, &["x", "y"]), catalogue().get(&overlap()).unwrap().hash());
    assert_eq!(approvals(&desk.stored().await), approvals(&founded));
    let later = founded.pick(&overlap(), &members(&["x", "z"])).unwrap_err();
    assert_eq!(later, Unpicked::Unapproved(members(&["z"])), "who joins later has approved nothing");
    assert_eq!(founded.pick(&"none".parse().unwrap(), &members(&["x"])).unwrap_err(), Unpicked::Unknown);
}

async fn a_room_without_templates_was_founded_all_the_same(place: Place) {
    let desk = Desk::new(&place).await;
    desk.consent.found(&Catalogue::default(), &members(&["x"])).await.unwrap();
    assert_eq!(desk.stored().await.iter().count(), 0);
}

/// Two hundred random acts of three owners on three versions: what is picked is what a plain table of approvals says, in memory
/// and from the database.
async fn what_is_picked_has_every_owner_s_approval_whatever_was_done(place: Place) {
    let seed = 0x00c0_ffee_u64;
    eprintln!("seed {seed}");
    let mut random = seed;
    let mut draw = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((random >> 33) % below).unwrap()
    };
    let desk = Desk::new(&place).await;
    let owners = ["x", "y", "z"];
    let mut current = desk.consent.found(&Catalogue::default(), &BTreeSet::new()).await.unwrap();
    let mut table: Vec<(String, BTreeSet<MemberName>)> = vec![];
    for (proposer, remark) in [("x", "one"), ("y", "two"), ("x", "three")] {
        let template = changed("overlap", remark);
        table.push((template.hash().to_owned(), members(&[proposer])));
        current = desk.consent.propose(&current, &officer(proposer), template, "why").await.unwrap();
    }
    for _ in 0..200 {
        let (owner, version, approve) = (owners[draw(3)], draw(3), draw(2) == 0);
        let (hash, approved) = &mut table[version];
        let done = if approve {
            desk.consent.approve(&current, &officer(owner), hash).await
        } else {
            desk.consent.withdraw(&current, &officer(owner), hash).await
        };
        let may = if approve { approved.insert(member(owner)) } else { approved.remove(&member(owner)) };
        assert_eq!(done.is_ok(), may, "{owner} {version} {approve}");
        current = done.unwrap_or(current);
        for set in 0..8usize {
            let asked: Vec<&str> = (0..3).filter(|bit| set >> bit & 1 == 1).map(|bit| owners[bit]).collect();
            let asked = members(&asked);
            let expected = table.iter().rev().find(|(_, approved)| asked.is_subset(approved)).map(|(hash, _)| &**hash);
            assert_eq!(current.pick(&overlap(), &asked).ok().map(Template::hash), expected, "{asked:?}");
        }
        assert_eq!(approvals(&desk.stored().await), approvals(&current));
    }
}

async fn the_same_files_have_one_name_and_are_stored_once(place: Place) {
    let desk = Desk::new(&place).await;
    let current = desk.consent.found(&Catalogue::default(), &BTreeSet::new()).await.unwrap();
    let current = desk.consent.propose(&current, &officer("x"), changed("overlap", "r"), "why").await.unwrap();
    for name in ["overlap", "other"] {
        let again = desk.consent.propose(&current, &officer("y"), changed(name, "r"), "why").await;
        assert!(matches!(again, Err(ConsentError::Refused(text)) if text.en.contains("`overlap`")), "{name}");
    }
    assert!(matches!(desk.consent.approve(&current, &officer("y"), "00").await, Err(ConsentError::NotFound)));
    assert_eq!(approvals(&desk.stored().await), approvals(&current), "nothing has changed");
}

async fn what_the_checker_refuses_is_left_out_and_the_version_before_it_serves(place: Place) {
    let desk = Desk::new(&place).await;
    let current = desk.consent.found(&catalogue(), &members(&["x"])).await.unwrap();
    let before = picked(&current, &["x"]);
    let mut version = Version::proposed(changed("overlap", "r"), officer("x"), "why".into(), "2026-01-01".into());
    (version.sql, version.hash) = ("SELECT count(*) FROM a".into(), "00".into());
    let mut writing = desk.consent.database.begin(&*desk.consent.clock).await.unwrap();
    tables::store(&mut writing, &version).await.unwrap();
    tables::approve(&mut writing, "00", (&member("x"), None), "2026-01-01").await.unwrap();
    tables::log(&mut writing, (What::Proposed, "2026-01-01"), None, Some("00"), None).await.unwrap();
    writing.commit().await.unwrap();
    let stored = desk.stored().await;
    assert_eq!(picked(&stored, &["x"]), before);
    assert!(stored.version("00").is_some(), "a checker that accepts it finds it again");
    // A vocabulary without the columns that some templates read leaves those out, and its return brings them back.
    let poorer = stored.checked(&Vocabulary::default());
    assert!(poorer.names().len() < stored.names().len());
    assert_eq!(approvals(&poorer.checked(&vocabulary())), approvals(&stored));
}

async fn a_stored_template_that_was_changed_is_not_taken(place: Place) {
    let desk = Desk::new(&place).await;
    desk.consent.found(&catalogue(), &members(&["x"])).await.unwrap();
    let mut writing = desk.consent.database.raw().await.unwrap();
    sqlx::query("UPDATE templates SET sql = sql || '-- more' WHERE name = 'overlap'")
        .execute(&mut *writing)
        .await
        .unwrap();
    writing.commit().await.unwrap();
    assert!(matches!(desk.consent.current(&vocabulary()).await, Err(ConsentError::Corrupt)));
}

async fn a_member_that_leaves_takes_its_approvals_along(place: Place) {
    let desk = Desk::new(&place).await;
    let current = desk.consent.found(&Catalogue::default(), &BTreeSet::new()).await.unwrap();
    let current = desk.consent.propose(&current, &officer("x"), changed("overlap", "r"), "why").await.unwrap();
    let hash = picked(&current, &["x"]);
    let both = desk.consent.approve(&current, &officer("y"), &hash).await.unwrap();
    // Who stays keeps what it has approved, and nothing is written where nobody leaves.
    let same = desk.consent.keep(&both, &members(&["x", "y", "z"])).await.unwrap();
    assert_eq!((approvals(&same), desk.consent.log().await.unwrap().len()), (approvals(&both), 3));
    let left = desk.consent.keep(&both, &members(&["x", "z"])).await.unwrap();
    assert_eq!(left.pick(&overlap(), &members(&["x", "y"])).unwrap_err(), Unpicked::Unapproved(members(&["y"])));
    assert_eq!(picked(&left, &["x"]), hash, "it doesn't block the others");
    assert_eq!(approvals(&desk.stored().await), approvals(&left));
    let log = desk.consent.log().await.unwrap();
    assert_eq!((log[0].what, &log[0].officer, &log[0].hash), (What::Withdrawn, &None, &Some(hash.clone())));
    assert!(log[0].why.as_ref().unwrap().contains("y is no longer a member"), "{log:?}");
    // Back, it has approved nothing until its officer does.
    let back = desk.consent.keep(&left, &members(&["x", "y", "z"])).await.unwrap();
    assert!(back.pick(&overlap(), &members(&["y"])).is_err());
    let again = desk.consent.approve(&back, &officer("y"), &hash).await.unwrap();
    assert_eq!(picked(&again, &["x", "y"]), hash);
}

async fn who_did_what_is_kept(place: Place) {
    let desk = Desk::new(&place).await;
    let current = desk.consent.found(&Catalogue::default(), &BTreeSet::new()).await.unwrap();
    let template = changed("overlap", "r");
    let hash = template.hash().to_owned();
    let current = desk.consent.propose(&current, &officer("x"), template, "clearer").await.unwrap();
    let current = desk.consent.approve(&current, &officer("y"), &hash).await.unwrap();
    desk.consent.withdraw(&current, &officer("y"), &hash).await.unwrap();
    let mut log = desk.consent.log().await.unwrap();
    log.reverse();
    assert!(log.iter().skip(1).all(|entry| entry.hash.as_ref() == Some(&hash)));
    let by = |entry: &Entry| entry.officer.as_ref().map(|officer| officer.member.to_string());
    let told: Vec<_> = log.iter().map(|entry| (entry.what.as_str(), by(entry), entry.why.clone())).collect();
    let told: Vec<_> = told.iter().map(|(what, by, why)| (*what, by.as_deref(), why.as_deref())).collect();
    assert_eq!(
        told,
        [
            ("founded", None, None),
            ("proposed", Some("x"), Some("clearer")),
            ("approved", Some("y"), None),
            ("withdrawn", Some("y"), None)
        ]
    );
}

async fn an_act_that_goes_by_what_has_changed_comes_to_nothing(place: Place) {
    let desk = Desk::new(&place).await;
    let before = desk.consent.found(&Catalogue::default(), &BTreeSet::new()).await.unwrap();
    let late = desk.consent.clone().expecting(Some(desk.consent.newest().await.unwrap()));
    let template = changed("overlap", "r");
    let hash = template.hash().to_owned();
    let now = desk.consent.propose(&before, &officer("x"), template, "why").await.unwrap();
    let refused = late.propose(&before, &officer("y"), changed("overlap", "s"), "why").await;
    assert!(matches!(refused, Err(ConsentError::Refused(_))));
    assert!(matches!(late.approve(&now, &officer("y"), &hash).await, Err(ConsentError::Refused(_))));
    assert!(matches!(late.withdraw(&now, &officer("x"), &hash).await, Err(ConsentError::Refused(_))));
    assert_eq!(approvals(&desk.stored().await), [(hash.clone(), members(&["x"]))]);
    let in_time = desk.consent.clone().expecting(Some(desk.consent.newest().await.unwrap()));
    in_time.approve(&now, &officer("y"), &hash).await.unwrap();
    assert_eq!(approvals(&desk.stored().await), [(hash, members(&["x", "y"]))]);
}
