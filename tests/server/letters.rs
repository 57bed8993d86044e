//! Letters, as they come out of a real mail server.

use super::support::*;
use serde_json::{Value, json};
use std::sync::Arc;

fn serve(founded: &Arc<Founded>, mail: &MailServer) -> Served {
    let environment = mail.environment();
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    founded.serve_with(&environment)
}

#[test]
fn letters_arrive_in_the_reader_s_language_and_their_links_work() {
    let (founded, mail) = (Founded::new(), MailServer::start());
    let served = serve(&founded, &mail);
    let officer = served.person("festival", "Olga", &["officer"]);
    let invite = |body: Value| served.by(&officer, "POST", "/api/v1/invitations", &body).ok();
    // Nothing is said of the language: the member's.
    invite(json!({ "email": "ana@festival.ca", "roles": ["marketer"] }));
    invite(json!({ "email": "bob@festival.ca", "roles": ["steward"], "language": "en" }));
    let letter = &mail.wait("ana@festival.ca", 1)[0];
    assert!(letter.contains("Subject: Invitation à la salle blanche de votre coopérative"), "{letter}");
    assert!(letter.contains("avec ce rôle : marketing") && letter.contains("72 heures"), "{letter}");
    assert!(letter.contains("Salle blanche des arts du Québec"), "{letter}");
    let english = &mail.wait("bob@festival.ca", 1)[0];
    assert!(english.contains("You are invited") && english.contains("Québec arts clean room"), "{english}");
    let mut ana = served.accept(&secret_of(letter), "ana@festival.ca", "Ana");

    // A lost password.
    served.post("", "/api/v1/recovery", &json!({ "email": "ana@festival.ca" }));
    served.post("", "/api/v1/recovery", &json!({ "email": "nobody@festival.ca" }));
    let letter = &mail.wait("ana@festival.ca", 2)[1];
    assert!(letter.contains("Subject: Nouveau mot de passe"), "{letter}");
    served.post("", "/api/v1/recovery/password", &json!({ "secret": secret_of(letter), "password": OTHER })).ok();
    let letter = &mail.wait("ana@festival.ca", 3)[2];
    assert!(letter.contains("Subject: Votre mot de passe a changé") && !letter.contains("/account"), "{letter}");

    // Another browser than the one before.
    let body = json!({ "email": "ana@festival.ca", "password": OTHER });
    let agent = [("user-agent", "Firefox 140, Bcc: x@y.ca")];
    let reply = served.with_headers("POST", "/api/v1/session", &agent, &body);
    ana.cookie = reply.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let letter = &mail.wait("ana@festival.ca", 4)[3];
    assert!(letter.contains("Subject: Connexion d’un nouveau navigateur"), "{letter}");
    assert!(letter.contains("Firefox 140, Bcc: x@y.ca"), "{letter}");
    assert!(mail.letters("nobody@festival.ca").is_empty() && mail.letters("x@y.ca").is_empty());
    // No log names whom a letter was for, nor what it said.
    let log = served.log.lock().unwrap().clone();
    assert!(log.contains("a letter was sent") && !log.contains("ana@festival.ca") && !log.contains("/invitation/"));
    served.end();
}

#[test]
fn a_letter_waits_for_a_server_that_is_down_and_is_sent_once() {
    let (founded, mut mail) = (Founded::new(), MailServer::start());
    mail.stop();
    let served = serve(&founded, &mail);
    let officer = served.person("festival", "Olga", &["officer"]);
    let invite = |email: &str| {
        let body = json!({ "email": email, "roles": ["marketer"] });
        served.by(&officer, "POST", "/api/v1/invitations", &body).ok()
    };
    invite("ana@festival.ca");
    invite("refuse-eva@festival.ca");
    served.told("tried again");
    mail.again();
    let letters = mail.wait("ana@festival.ca", 1);
    served.post("", "/api/v1/invitation", &json!({ "secret": secret_of(&letters[0]) })).ok();
    // One that the server refuses for good is dropped, and stands in nobody's way.
    served.told("refused for good");
    invite("bob@festival.ca");
    mail.wait("bob@festival.ca", 1);
    // A room that stops and starts anew sends nothing twice.
    served.end();
    let served = serve(&founded, &mail);
    served.post("", "/api/v1/recovery", &json!({ "email": officer.email }));
    mail.wait(&officer.email, 1);
    assert_eq!((mail.letters("ana@festival.ca").len(), mail.letters("bob@festival.ca").len()), (1, 1));
}

#[test]
fn a_room_that_stops_waits_for_the_letter_under_way() {
    let (founded, mail) = (Founded::new(), MailServer::start());
    let served = serve(&founded, &mail);
    let officer = served.person("festival", "Olga", &["officer"]);
    for email in ["slow-ana@festival.ca", "slow-bob@festival.ca"] {
        let body = json!({ "email": email, "roles": ["marketer"] });
        served.by(&officer, "POST", "/api/v1/invitations", &body).ok();
    }
    served.told("a letter is being sent");
    served.end();
    assert_eq!(mail.letters("slow-ana@festival.ca").len(), 1, "it was sent before the room had stopped");
    assert!(mail.letters("slow-bob@festival.ca").is_empty(), "and no other was begun");
    let served = serve(&founded, &mail);
    mail.wait("slow-bob@festival.ca", 1);
    assert_eq!(mail.letters("slow-ana@festival.ca").len(), 1);
    served.end();
}

#[test]
fn gateways_of_one_room_send_each_letter_once() {
    let (founded, mail) = (Founded::on_server(&Postgres::shared().database()), MailServer::start());
    let gateways = [serve(&founded, &mail), serve(&founded, &mail), serve(&founded, &mail)];
    let officer = gateways[0].person("festival", "Olga", &["officer"]);
    for number in 0..30 {
        let body = json!({ "email": format!("p{number}@festival.ca"), "roles": ["marketer"] });
        let headers = [("cookie", officer.cookie.as_str()), ("origin", gateways[number % 3].url.as_str())];
        gateways[number % 3].with_headers("POST", "/api/v1/invitations", &headers, &body).ok();
    }
    for number in 0..30 {
        mail.wait(&format!("p{number}@festival.ca"), 1);
    }
    gateways.into_iter().for_each(Served::end);
    assert!((0..30).all(|number| mail.letters(&format!("p{number}@festival.ca")).len() == 1));
}

#[test]
fn a_room_without_a_mail_server_keeps_its_letters_and_one_that_would_send_in_plain_does_not_open() {
    let (founded, mail) = (Founded::new(), MailServer::start());
    let served = founded.serve();
    let officer = served.person("festival", "Olga", &["officer"]);
    let body = json!({ "email": "ana@festival.ca", "roles": ["marketer"] });
    served.by(&officer, "POST", "/api/v1/invitations", &body).ok();
    served.end();
    let served = serve(&founded, &mail);
    mail.wait("ana@festival.ca", 1);
    served.end();
    let toml = "[mail]\nserver = \"smtp.example.ca\"\ntls = \"none\"\nfrom = \"salle@example.ca\"\n";
    std::fs::write(founded.room().join("camerata.toml"), toml).unwrap();
    let refused = std::process::Command::new(CAMERATA)
        .args(["serve", "--port", "0", "--room"])
        .arg(founded.room())
        .env("LC_ALL", "en_CA.UTF-8")
        .output()
        .unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains("[mail]"), "{said}");
}

#[test]
fn officers_and_stewards_are_told_once_what_waits_for_them() {
    let (founded, mail) = (Founded::new(), MailServer::start());
    let steward_token = founded.token("festival", "steward");
    let served = serve(&founded, &mail);
    let officer = served.person("billetterie", "Olga", &["officer"]);
    let festival = served.person("festival", "Fanny", &["officer"]);
    let quiet = served.person("festival", "Quentin", &["officer"]);
    let steward = served.person("festival", "Sara", &["steward"]);
    served.by(&quiet, "PUT", "/api/v1/me/letters", &json!({ "off": ["proposal"] })).ok();
    served.by(&quiet, "PUT", "/api/v1/me/letters", &json!({ "off": ["new-device"] })).problem(422, "malformed");

    // A template of another member's, and changed figures, which every owner has to approve.
    let sql = std::fs::read_to_string(founded.room().join("sql/overlap.sql")).unwrap();
    let toml = std::fs::read_to_string(founded.room().join("sql/overlap.toml")).unwrap();
    let proposed = json!({ "name": "overlap", "sql": format!("-- x\n{sql}"), "toml": toml, "why": "essai" });
    served.by(&officer, "POST", "/api/v1/template-proposals", &proposed).ok();
    let version = served.by(&officer, "GET", "/api/v1/policy", &Value::Null).ok()["version"].clone();
    let path = format!("/api/v1/policy/versions/{}", version.as_str().unwrap());
    let mut files = served.by(&officer, "GET", &path, &Value::Null).ok()["files"].clone();
    let privacy = files["privacy.toml"].as_str().unwrap().replace("owner_epsilon = 2.0", "owner_epsilon = 1.9");
    files["privacy.toml"] = privacy.into();
    served.by(&officer, "POST", "/api/v1/policy/proposals", &json!({ "files": files, "why": "essai" })).ok();
    let letters = mail.wait(&festival.email, 2).join("\n");
    assert!(letters.contains("Subject: Un modèle d’analyse attend votre accord"), "{letters}");
    assert!(letters.contains("Subject: Une proposition attend votre accord"), "{letters}");
    assert!(letters.contains("/account") && letters.contains("Billetterie"), "{letters}");
    assert!(mail.wait(&quiet.email, 1)[0].contains("modèle d’analyse"));

    // An audience that expires in less than two weeks, and one that doesn't.
    let stream = stream(0..3_000);
    let mut terms = declaration("abonnes", stream.len());
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 9);
    terms["expires"] = soon.to_zoned(jiff::tz::TimeZone::UTC).date().to_string().into();
    let id = served.post(&steward_token, "/api/v1/uploads", &terms).ok()["id"].as_str().unwrap().to_owned();
    served.send(&steward_token, &id, 0, &stream).unwrap().ok();
    served.complete(&steward_token, &id, stream.len()).ok();
    served.end();
    let served = serve(&founded, &mail);
    let letters = mail.wait(&steward.email, 1);
    assert!(letters[0].contains("expire dans 9 jours"), "{}", letters[0]);
    served.end();
    // Started anew, the room tells none of it again.
    let served = serve(&founded, &mail);
    served.post("", "/api/v1/recovery", &json!({ "email": steward.email }));
    mail.wait(&steward.email, 2);
    assert_eq!((mail.letters(&festival.email).len(), mail.letters(&quiet.email).len()), (2, 1));
    assert!(mail.letters(&officer.email).is_empty(), "who proposed has agreed");
}

#[test]
fn an_owner_is_told_once_a_month_that_most_of_its_budget_is_spent() {
    let founded = Founded::with(&[
        ("answer_tick_ms = 250", "answer_tick_ms = 1"),
        ("people_min = 100", "people_min = 10"),
        ("owner_epsilon = 2.0", "owner_epsilon = 1.0"),
    ]);
    let mail = MailServer::start();
    let pair = Pair::in_room(&founded);
    let owner = pair.served.person("billetterie", "Olga", &["officer"]);
    let asker = pair.served.person("festival", "Fanny", &["officer"]);
    let spent = || {
        let ticketing = founded.token("billetterie", "marketer");
        let (_, spent, unlocked) =
            pair.served.spent(&ticketing).into_iter().find(|(name, ..)| name == "owner:billetterie").unwrap();
        spent as f64 / unlocked as f64
    };
    // Ever narrower, until most is spent.
    for margin in (40..=300).rev().step_by(5) {
        if spent() > 0.8 {
            break;
        }
        pair.served.ask(&pair.marketer, f64::from(margin));
    }
    assert!(spent() > 0.8, "{}", spent());
    pair.served.end();
    for _ in 0..2 {
        let served = serve(&founded, &mail);
        served.post("", "/api/v1/recovery", &json!({ "email": asker.email }));
        mail.wait(&owner.email, 1);
        served.end();
    }
    let letter = &mail.letters(&owner.email)[0];
    assert!(letter.contains("plus de 80 %") && letter.contains("Billetterie"), "{letter}");
    assert!(mail.letters(&asker.email).iter().all(|letter| letter.contains("Nouveau mot de passe")));
}

#[test]
fn a_person_chooses_letters_by_command() {
    let founded = Founded::new();
    let token = founded.token("festival", "officer");
    let served = founded.serve();
    let run = |arguments: &[&str]| {
        let done = founded.command(&token, &served.url).arg("letters").args(arguments).output().unwrap();
        (done.status.code(), String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap())
    };
    let (status, text, said) = run(&["--off", "budget", "--off", "expiring", "--json"]);
    assert_eq!(status, Some(0), "{said}");
    let off = |text: &str| {
        let letters: Value = serde_json::from_str(text).unwrap();
        let off = letters["letters"].as_array().unwrap().iter().filter(|letter| letter["on"] == false);
        off.map(|letter| letter["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(off(&text), ["expiring", "budget"]);
    assert_eq!(off(&run(&["--on", "budget", "--json"]).1), ["expiring"]);
    assert_eq!(off(&run(&["--json"]).1), ["expiring"]);
    assert!(run(&[]).1.contains("always"));
    for bad in ["recovery", "nothing"] {
        assert_eq!(run(&["--off", bad]).0, Some(1), "{bad}");
    }
}
