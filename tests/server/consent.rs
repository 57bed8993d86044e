//! Consent to templates: a changed template runs over an owner's audiences only once the owner's officer has approved it.

use super::support::*;
use serde_json::{Value, json};
use std::{fs, path::Path, process::Command, sync::Arc};

const PROPOSALS: &str = "/api/v1/template-proposals";

/// The ticketing company's two audiences and the festival's one, with everybody's officers.
struct House {
    served: Served,
    ticketing: String,
    officers: [String; 3],
}

impl House {
    fn in_room(founded: &Arc<Founded>) -> Self {
        let (festivals, tickets) = (founded.token("festival", "steward"), founded.token("billetterie", "steward"));
        let ticketing = founded.token("billetterie", "marketer");
        let officers = ["billetterie", "festival", "cooperative"].map(|member| founded.token(member, "officer"));
        let served = founded.serve();
        served.upload(&festivals, "abonnes", &stream(0..3_000));
        served.upload(&tickets, "acheteurs", &stream(1_500..4_500));
        let bought: String =
            (1_000..3_000).map(|p| format!("{},theatre,2026-05-01,10.00\n", hash(&email(p)))).collect();
        let bought = format!("hashed_email_google,genre,purchased,amount\n{bought}");
        let mut terms = declaration("achats", bought.len());
        (terms["shape"], terms["columns"]) = ("events".into(), json!(["genre", "purchased", "amount"]));
        let id = served.post(&tickets, "/api/v1/uploads", &terms).ok()["id"].as_str().unwrap().to_owned();
        served.send(&tickets, &id, 0, bought.as_bytes()).unwrap().ok();
        served.complete(&tickets, &id, bought.len()).ok();
        Self { served, ticketing, officers }
    }

    /// Overlap of the ticketing company's buyers with another audience.
    fn ask(&self, other: &str) -> Reply {
        let question = json!({"template": "overlap", "purpose": "planification", "margin": 100.0,
            "audiences": {"a": "billetterie/acheteurs", "b": other}});
        self.served.post(&self.ticketing, "/api/v1/queries", &question)
    }

    /// The ticketing company's own: nobody else's consent is needed.
    fn own(&self) -> Reply {
        self.ask("billetterie/achats")
    }

    fn shared(&self) -> Reply {
        self.ask("festival/abonnes")
    }

    fn propose(&self, officer: &str, files: (&str, &str)) -> Reply {
        let (sql, toml) = files;
        let proposed = json!({"name": "overlap", "sql": sql, "toml": toml, "why": "des mots plus clairs"});
        self.served.post(officer, PROPOSALS, &proposed)
    }

    fn approve(&self, officer: &str, hash: &str) -> Reply {
        self.served.post(officer, &format!("{PROPOSALS}/{hash}/approval"), &json!({}))
    }

    fn withdraw(&self, officer: &str, hash: &str) -> Reply {
        self.served.call("DELETE", officer, &format!("{PROPOSALS}/{hash}/approval"), &[], b"").unwrap()
    }

    /// The versions of `overlap`, newest first: their hashes and who has approved them.
    fn versions(&self) -> Vec<(String, Value)> {
        let templates = self.served.get(&self.ticketing, "/api/v1/templates").ok();
        let overlap = templates["templates"].as_array().unwrap().iter().find(|t| t["name"] == "overlap").unwrap();
        assert_eq!(overlap["hash"], overlap["versions"][0]["hash"], "the newest is listed");
        let versions = overlap["versions"].as_array().unwrap().iter();
        versions.map(|v| (v["hash"].as_str().unwrap().to_owned(), v["approved"].clone())).collect()
    }
}

/// `overlap` as it comes with a room.
fn files() -> (String, String) {
    let read = |file: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("sql").join(file)).unwrap();
    (read("overlap.sql"), read("overlap.toml"))
}

/// The same question in other words: another version, and another answer than those that were stored.
fn reworded() -> (String, String) {
    let (sql, toml) = files();
    (format!("-- Reworded.\n{sql}"), toml)
}

#[track_caller]
fn unapproved(reply: Reply, owners: &Value) {
    let problem = reply.problem(409, "template-unapproved");
    assert_eq!(&problem["owners"], owners, "{problem}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("camerata template approve overlap"), "{detail}");
    owners.as_array().unwrap().iter().for_each(|owner| assert!(detail.contains(owner.as_str().unwrap()), "{detail}"));
}

#[test]
fn a_changed_template_waits_for_each_owner() {
    let house = House::in_room(&Founded::new());
    let [ticketing, festival, operator] = &house.officers;
    let (own, shared) = (house.own().ok(), house.shared().ok());
    let [(old, _)] = house.versions().try_into().unwrap();
    let (sql, toml) = reworded();
    let new = house.propose(ticketing, (&sql, &toml)).ok();
    let new = new["hash"].as_str().unwrap();
    assert_eq!(house.versions()[0], (new.to_owned(), json!(["billetterie"])));

    // Its own audiences: the new version at once, so a new answer. With the festival's: the old one, so the stored answer.
    let fresh = house.own().ok();
    assert_eq!(fresh["replay"], false);
    assert_ne!(fresh["id"], own["id"]);
    let kept = house.shared().ok();
    assert_eq!((&kept["replay"], &kept["id"], &kept["figures"]), (&json!(true), &shared["id"], &shared["figures"]));

    // The operator's officer approves for the operator, and for nobody else.
    house.approve(operator, new).ok();
    assert_eq!(house.shared().ok()["id"], shared["id"]);
    assert_eq!(house.versions()[0].1, json!(["billetterie", "cooperative"]));

    house.approve(festival, new).ok();
    let agreed = house.shared().ok();
    assert_eq!(agreed["replay"], false);
    assert_ne!(agreed["id"], shared["id"]);

    // Taken back, it falls back to what is still approved; that taken back too, nothing runs over the festival's audiences.
    house.withdraw(festival, new).ok();
    assert_eq!(house.shared().ok()["id"], shared["id"]);
    house.withdraw(festival, &old).ok();
    unapproved(house.shared(), &json!(["festival"]));
    assert_eq!(house.own().ok()["id"], fresh["id"], "the ticketing company's own is its own matter");
    house.withdraw(operator, &old).ok();
    house.approve(operator, &old).ok();
    unapproved(house.shared(), &json!(["festival"]));
}

#[test]
fn what_was_approved_outlives_the_process_and_the_folder_is_a_working_copy() {
    let founded = Founded::new();
    let house = House::in_room(&founded);
    let (sql, toml) = reworded();
    house.propose(&house.officers[0], (&sql, &toml)).ok();
    let (versions, fresh) = (house.versions(), house.own().ok());
    house.withdraw(&house.officers[1], &versions[1].0).ok();
    let versions = [versions[0].clone(), house.versions()[1].clone()];
    let House { served, ticketing, officers } = house;
    served.stop();
    // A mistake in the folder matters to nobody any more; neither does a change.
    fs::write(founded.room().join("sql/overlap.sql"), "SELECT count(*) FROM a\n").unwrap();
    let house = House { served: founded.serve(), ticketing, officers };
    assert_eq!(house.versions(), versions);
    assert_eq!(house.own().ok()["id"], fresh["id"]);
    unapproved(house.shared(), &json!(["festival"]));
}

#[test]
fn what_cannot_be_proposed_approved_or_withdrawn_changes_nothing() {
    let house = House::in_room(&Founded::new());
    let officer = &house.officers[0];
    let before = house.versions();
    let (sql, toml) = files();
    // A mistake comes with its place, the manifest's as well as the query's.
    let mistake = house.propose(officer, ("SELECT person\nFROM nowhere\n", &toml)).problem(422, "template-mistake");
    assert_eq!((&mistake["mistakes"][0]["file"], &mistake["mistakes"][0]["line"]), (&json!("overlap.sql"), &json!(2)));
    assert!(mistake["detail"].as_str().unwrap().starts_with("overlap.sql:2:"), "{mistake}");
    let wrong = toml.replace("kind = \"count\"", "kind = \"rows\"");
    let mistake = house.propose(officer, (&sql, &wrong)).problem(422, "template-mistake");
    assert_eq!(mistake["mistakes"][0]["file"], "overlap.toml", "{mistake}");
    house.propose(officer, (&sql, &toml)).problem(409, "template-refused");
    let silent = json!({"name": "overlap", "sql": format!("{sql}\n"), "toml": toml, "why": " "});
    house.served.post(officer, PROPOSALS, &silent).problem(409, "template-refused");
    house.approve(officer, &before[0].0).problem(409, "template-refused");
    house.approve(officer, &"0".repeat(64)).problem(404, "not-found");
    house.withdraw(officer, &"0".repeat(64)).problem(404, "not-found");
    let (sql, toml) = reworded();
    house.propose(&house.ticketing, (&sql, &toml)).problem(403, "wrong-role");
    house.withdraw(&house.ticketing, &before[0].0).problem(403, "wrong-role");
    assert_eq!(house.versions(), before);
}

/// Runs an officer's command against the room; what it prints on stdout.
fn officer_runs(house: &House, officer: usize, arguments: &[&str]) -> String {
    let mut command = Command::new(CAMERATA);
    command.env("CAMERATA_TOKEN", &house.officers[officer]).env("CAMERATA_URL", &house.served.url);
    let made = command.env("LC_ALL", "en_CA.UTF-8").arg("template").args(arguments).output().unwrap();
    assert!(made.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&made.stderr));
    String::from_utf8(made.stdout).unwrap()
}

#[test]
fn officers_do_it_all_from_the_command_line() {
    let house = House::in_room(&Founded::new());
    let shared = house.shared().ok();
    let folder = tempfile::tempdir().unwrap();
    let (sql, toml) = reworded();
    fs::write(folder.path().join("overlap.sql"), sql).unwrap();
    fs::write(folder.path().join("overlap.toml"), toml).unwrap();
    let file = folder.path().join("overlap.toml");
    let told = officer_runs(&house, 0, &["propose", file.to_str().unwrap(), "--why", "clearer"]);
    assert!(told.starts_with("overlap ") && told.ends_with(": approved by billetterie\n"), "{told}");
    assert_eq!(house.shared().ok()["id"], shared["id"]);
    officer_runs(&house, 1, &["approve", "overlap"]);
    let agreed = house.shared().ok();
    assert_ne!(agreed["id"], shared["id"]);
    officer_runs(&house, 1, &["withdraw", &house.versions()[0].0]);
    assert_eq!(house.shared().ok()["id"], shared["id"]);
    officer_runs(&house, 1, &["approve", "--all"]);
    assert_eq!(house.shared().ok()["id"], agreed["id"]);
    assert_eq!(officer_runs(&house, 1, &["approve", "--all"]), "", "nothing is left to approve");
    // By its name, the template as a whole.
    officer_runs(&house, 1, &["withdraw", "overlap"]);
    unapproved(house.shared(), &json!(["festival"]));
}

#[test]
fn officers_read_what_the_room_has_and_what_happened() {
    let house = House::in_room(&Founded::new());
    let [(old, _)] = house.versions().try_into().unwrap();
    let (sql, toml) = reworded();
    let new = house.propose(&house.officers[0], (&sql, &toml)).ok()["hash"].as_str().unwrap().to_owned();
    house.approve(&house.officers[1], &new).ok();
    house.withdraw(&house.officers[1], &new).ok();

    let both = |sql: &str| format!("==> overlap.sql <==\n{sql}\n==> overlap.toml <==\n{toml}\n");
    assert_eq!(officer_runs(&house, 1, &["show", "overlap"]), both(&sql), "the newest, approved or not");
    assert_eq!(officer_runs(&house, 1, &["show", "overlap", "--version", &old]), both(&files().0));
    let told: Value = serde_json::from_str(&officer_runs(&house, 1, &["show", "overlap", "--json"])).unwrap();
    assert_eq!((&told["hash"], &told["approved"]), (&json!(new), &json!(["billetterie"])));
    for (arguments, words) in [
        (["show", "reach", "--version", &old], "this version is of the template `overlap`"),
        (["show", "overlap", "--version", "1f"], "64 hexadecimal digits"),
    ] {
        let mut command = Command::new(CAMERATA);
        command.env("CAMERATA_TOKEN", &house.officers[1]).env("CAMERATA_URL", &house.served.url);
        let made = command.args(["--lang", "en", "template"]).args(arguments).output().unwrap();
        let err = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.code() == Some(2) && err.contains(words), "{err}");
    }

    let log = officer_runs(&house, 1, &["log"]);
    let log: Vec<&str> = log.lines().filter(|line| line.starts_with("20")).collect();
    let expected = [
        ("approval withdrawn", "essai (festival)"),
        ("approved", "essai (festival)"),
        ("proposed", "essai (billetterie)"),
        ("room founded", "—"),
    ];
    assert_eq!(log.len(), expected.len(), "{log:?}");
    for (line, (what, who)) in log.iter().zip(expected) {
        assert!(line.contains(what) && line.contains(who), "{line}");
        assert_eq!(line.contains(&new) && line.contains(" overlap "), what != "room founded", "{line}");
    }
    assert!(log[2].contains("des mots plus clairs"), "{}", log[2]);
    let french = officer_runs(&house, 1, &["log", "--lang", "fr"]);
    assert!(french.contains("accord retiré") && french.contains("salle fondée"), "{french}");
}
