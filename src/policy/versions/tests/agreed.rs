//! What everybody agreed to beside comparisons: who changes it, and who has to be asked.

use super::*;

const OWNERS: [&str; 5] = ["agents", "billetterie", "etiquette", "festival", "salle"];
const PLANNING: (&str, &str) = ("Planification de saison", "Prospection de nouveaux clients, par courriel");

/// The attack: an officer gives the purpose that everybody declared another meaning.
fn renamed() -> Files {
    replaced(&pilot(), "purposes.toml", PLANNING.0, PLANNING.1)
}

fn purpose(current: &Current) -> String {
    current.base.purposes()[&"planification".parse().unwrap()].title.fr.clone()
}

#[tokio::test]
async fn an_officer_alone_changes_no_meaning_that_others_agreed_to() {
    let jazz = "id = \"jazz\", fr = \"Jazz\"";
    let all = [
        renamed(),
        replaced(&pilot(), "room.toml", "(projet pilote)", "(tout à vendre)"),
        replaced(&pilot(), "vocabulary.toml", "fr = \"Genre artistique\"", "fr = \"Croyance\""),
        replaced(&pilot(), "vocabulary.toml", jazz, "id = \"jazz\", fr = \"Jazz libre\""),
        replaced(&pilot(), "vocabulary.toml", "also = [\"04\"]", "also = [\"04\", \"Centre\"]"),
        replaced(&pilot(), "members.toml", "Membres du projet pilote", "Tout le monde"),
        replaced(&pilot(), "members.toml", "Clientèle d'un membre", "Liste à louer"),
        replaced(
            &pilot(),
            "members.toml",
            "[groups.diffuseurs]",
            "[groups.autres]\ntitle = { fr = \"Autres\", en = \"Others\" }\n\n[groups.diffuseurs]",
        ),
        replaced(
            &pilot(),
            "members.toml",
            "language = \"fr\"\n\n# --- Billetterie",
            "language = \"fr\"\ngroups = [\"diffuseurs\"]\n\n# --- Billetterie",
        ),
        replaced(
            &pilot(),
            "members.toml",
            "[members.agents]",
            "[members.nouveau]\ntitle = { fr = \"Nouveau\", en = \"New\" }\ncontact = \"nouveau@example.ca\"\n\n[members.agents]",
        ),
        replaced(&pilot(), "mes-auditoires.cedar", "Chacun dispose", "Tous disposent"),
        replaced(&pilot(), "mes-auditoires.cedar", "@id(\"mes-auditoires\")", "@id(\"les-auditoires\")"),
    ];
    for files in all {
        for by in ["salle", "cooperative"] {
            let mut room = Room::founded(&pilot()).await;
            let (founding, told) = (room.current.to_string(), purpose(&room.current));
            let id = room.propose(by, &files).await.unwrap();
            assert_eq!(room.status(id).await, Status::Open, "{:?}", room.proposal(id).await.differences);
            let needed = room.needed(id).await;
            assert!(OWNERS.iter().all(|owner| needed.iter().any(|one| one == owner)), "{needed:?}");
            assert_eq!((room.current.to_string(), purpose(&room.current)), (founding, told));
            let proposal = room.proposal(id).await;
            assert!(!proposal.differences.is_empty(), "{proposal:?}");
            for difference in &proposal.differences {
                assert_ne!(difference.words.fr, difference.words.en);
                assert_eq!(difference.concerns.len(), needed.len(), "{difference:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_new_meaning_comes_into_force_once_all_have_seen_it() {
    let mut room = Room::founded(&pilot()).await;
    let id = room.propose("salle", &renamed()).await.unwrap();
    let [told] = &room.proposal(id).await.differences[..] else { panic!("one line changes") };
    assert_eq!(
        told.words.fr,
        format!("La finalité `planification` s’appellerait « {} » au lieu de « {} ».", PLANNING.1, PLANNING.0)
    );
    assert_eq!(
        told.words.en,
        format!(
            "The purpose `planification` would, in French, be called “{}” instead of “{}”.",
            PLANNING.1, PLANNING.0
        )
    );
    assert_eq!((told.of.as_str(), told.key.as_str()), ("purposes.toml", "planification.title.fr"));
    for owner in ["agents", "billetterie", "etiquette", "festival"] {
        assert_eq!((room.status(id).await, purpose(&room.current).as_str()), (Status::Open, PLANNING.0));
        room.approve(owner, id).await.unwrap();
    }
    assert_eq!((room.status(id).await, purpose(&room.current).as_str()), (Status::Published, PLANNING.1));
    room.reopen().await;
}

#[tokio::test]
async fn a_member_changes_its_own_lines_and_nobody_elses() {
    let mails = "publics@festival.example.ca";
    let contact = replaced(&pilot(), "members.toml", mails, "vol@ailleurs.example");
    let title = replaced(&pilot(), "members.toml", "Festival des Grandes-Marées", "Festival des Petites-Marées");
    let audience = replaced(&pilot(), "members.toml", "Abonnés du festival", "Fidèles du festival");
    for files in [contact, title, audience] {
        for by in ["salle", "cooperative"] {
            let mut room = Room::founded(&pilot()).await;
            let before = room.current.to_string();
            let id = room.propose(by, &files).await.unwrap();
            assert_eq!((room.status(id).await, room.needed(id).await), (Status::Open, vec!["festival".to_owned()]));
            assert_eq!(room.current.to_string(), before);
            room.approve("festival", id).await.unwrap();
            assert_eq!(room.status(id).await, Status::Published);
        }
        let mut room = Room::founded(&pilot()).await;
        let id = room.propose("festival", &files).await.unwrap();
        assert_eq!(room.status(id).await, Status::Published, "its own lines");
    }
    // A member without audiences has officers too, who speak for it and for nobody else.
    let staff = replaced(&pilot(), "members.toml", "salle@cooperative.example.ca", "autre@cooperative.example.ca");
    let mut room = Room::founded(&pilot()).await;
    let id = room.propose("salle", &staff).await.unwrap();
    assert_eq!((room.status(id).await, room.needed(id).await), (Status::Open, vec!["cooperative".to_owned()]));
    assert!(room.approve("festival", id).await.is_err());
    room.approve("cooperative", id).await.unwrap();
    assert_eq!(room.status(id).await, Status::Published);
}

#[tokio::test]
async fn what_is_taken_back_at_once_carries_no_other_meaning_along() {
    let shut = agreement("salle", "forbid", "etiquette", "salle/abonnes");
    let files = replaced(
        &with(&renamed(), "salle.cedar", &shut),
        "artistes-vip.cedar",
        "Les invités des artistes ne",
        "Les VIP ne",
    );
    let mut room = Room::founded(&pilot()).await;
    let hall = ["etiquette/infolettre", "salle/abonnes"];
    assert!(may(&room.current, "etiquette", &hall));
    let id = room.propose("salle", &files).await.unwrap();
    assert!(!may(&room.current, "etiquette", &hall), "narrowed at once");
    assert_eq!((room.status(id).await, purpose(&room.current).as_str()), (Status::Open, PLANNING.0));
    assert_eq!(room.needed(id).await, OWNERS);
    // Nor do refusals quote words of the narrowing that the published agreement doesn't have.
    let titles = |current: &Current| {
        let question = Question {
            asker: "etiquette".parse().unwrap(),
            role: Role::Marketer,
            template: "overlap".parse().unwrap(),
            audiences: vec!["etiquette/artistes-vip".parse().unwrap(), "salle/abonnes".parse().unwrap()],
            columns: vec![],
            purpose: "planification".parse().unwrap(),
            rho: Rho::from_f64_up(0.0002).unwrap(),
            epsilon: 0.08,
            now: NOW.parse().unwrap(),
        };
        let Decision::Refused(refusal) = current.decide(&question) else { panic!("permitted") };
        refusal.reasons().iter().map(|reason| reason.text().fr).collect::<Vec<_>>().join("\n")
    };
    assert!(titles(&room.current).contains("Entente salle") && !titles(&room.current).contains("VIP ne"));
    room.reopen().await;
    assert_eq!(purpose(&room.current), PLANNING.0);
}

#[tokio::test]
async fn an_approval_is_of_the_very_words() {
    let mut room = Room::founded(&pilot()).await;
    let waiting = room.propose("salle", &renamed()).await.unwrap();
    let other = replaced(&pilot(), "purposes.toml", PLANNING.0, "Autre chose");
    let rival = room.propose("festival", &other).await.unwrap();
    let seen = room.digest("agents", rival).await;
    assert_ne!(seen, room.digest("agents", waiting).await);
    assert!(refused(room.approve_digest("agents", waiting, &seen).await).contains("no longer what you saw"));
    room.approve("agents", waiting).await.unwrap();
    // Words of an agreement of one's own don't concern the others' approval.
    let own = with(&pilot(), "achats.cedar", &agreement("achats", "permit", "festival", "billetterie/achats"));
    let id = room.propose("billetterie", &own).await.unwrap();
    assert_eq!(room.status(id).await, Status::Published);
    assert!(!room.approval("agents", waiting).await.unwrap().lapsed);
}

#[tokio::test]
async fn an_owners_sentence_is_not_another_officers_to_change() {
    for (from, to) in [
        ("ne servent jamais à la prospection", "servent à tout"),
        ("@id(\"agents-sans-prospection\")", "@id(\"agents\")"),
    ] {
        let files = replaced(&pilot(), "agents-sans-prospection.cedar", from, to);
        let mut room = Room::founded(&pilot()).await;
        let id = room.propose("salle", &files).await.unwrap();
        assert_eq!((room.status(id).await, room.needed(id).await), (Status::Open, vec!["agents".to_owned()]));
        room.approve("agents", id).await.unwrap();
        assert_eq!(room.status(id).await, Status::Published);
    }
}

#[tokio::test]
async fn comments_spaces_and_the_order_of_keys_change_nothing() {
    let mut files = pilot();
    for (name, bytes) in &mut files {
        let note = if name.ends_with(".toml") { "# note\n" } else { "// note\n" };
        let text = String::from_utf8(bytes.clone()).unwrap();
        *bytes = format!("{note}{text}\n{note}").replace('\n', "\r\n").into_bytes();
    }
    let swapped = "operator = \"cooperative\"\ntitle = { en = \"Québec arts clean room (pilot)\", fr = \"Salle blanche des arts du Québec (projet pilote)\" }\ndefault_country = \"CA\"\n";
    let files = with(&files, "room.toml", swapped);
    let mut room = Room::founded(&pilot()).await;
    let id = room.propose("cooperative", &files).await.unwrap();
    assert_eq!(room.status(id).await, Status::Published, "{:?}", room.proposal(id).await);
}

#[tokio::test]
async fn cases_are_tests_and_hold_nobody_up() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let cases = Policies::read_files(&dir).unwrap();
    let mut room = Room::founded(&cases).await;
    let id = room.propose("salle", &without(&cases, "cases.toml")).await.unwrap();
    assert_eq!(room.status(id).await, Status::Published);
}
