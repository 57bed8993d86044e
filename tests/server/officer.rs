//! The officers' walk of docs/POLICIES.md: every command and file of it, as people run them, against a room that is being served.

use super::support::{CAMERATA, Founded, Served};
use serde_json::{Value, json};
use std::{fs, path::Path, process::Command};

/// A fenced block of the page: its language and its text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```").filter(|language| !language.is_empty()) else { continue };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push((language.to_owned(), text.join("\n") + "\n"));
    }
    blocks
}

fn page(half: usize) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/POLICIES.md")).unwrap();
    text.split("# Policies, day by day\n").nth(half).unwrap().to_owned()
}

/// Runs a block of commands in a folder; what it prints on stdout.
fn run(folder: &Path, room: &Served, commands: &str, language: &str) -> String {
    let path = format!("{}:{}", Path::new(CAMERATA).parent().unwrap().display(), std::env::var("PATH").unwrap());
    let made = Command::new("sh")
        .args(["-e", "-c", commands])
        .current_dir(folder)
        .env("PATH", path)
        .env("CAMERATA_URL", &room.url)
        .env("LC_ALL", if language == "fr" { "fr_CA.UTF-8" } else { "en_CA.UTF-8" })
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&made.stdout).into_owned(), String::from_utf8_lossy(&made.stderr));
    assert!(made.status.success(), "{commands}\n{out}\n{err}");
    out
}

/// Whether the festival may now ask what the page asks for. Nothing is uploaded, so what is permitted is unavailable.
fn permitted(room: &Served, token: &str) -> bool {
    let asked = json!({"template": "overlap", "audiences": {"a": "festival/abonnes", "b": "salle/abonnes"},
        "purpose": "prospection", "margin": 100.0});
    let reply = room.post(token, "/api/v1/estimate", &asked);
    match reply.status {
        403 => false,
        409 => true,
        status => panic!("{status} {}", reply.body),
    }
}

#[test]
fn every_command_of_the_walk_does_what_the_page_says() {
    let founded = Founded::new();
    let room = founded.serve();
    let folder = tempfile::tempdir().unwrap();
    for member in ["salle", "festival"] {
        fs::write(folder.path().join(format!("{member}.token")), founded.token(member, "officer")).unwrap();
    }
    let marketer = founded.token("festival", "marketer");
    let (mut told, mut allowed) = (String::new(), vec![permitted(&room, &marketer)]);
    for (language, text) in blocks(&page(0)) {
        let first = text.lines().next().unwrap();
        let file = |mark: &str| folder.path().join(first.trim_start_matches(mark).trim());
        match language.as_str() {
            "cedar" => fs::write(file("//"), text.split_once('\n').unwrap().1).unwrap(),
            "toml" => {
                let path = file("#");
                let before = fs::read_to_string(&path).unwrap();
                fs::write(path, before + "\n" + text.split_once('\n').unwrap().1).unwrap();
            }
            "sh" => {
                // The digest is on the line of the officer's own member; the page can't know it.
                for command in text.lines() {
                    let line = told.lines().find(|line| line.starts_with("salle "));
                    let digest = line.and_then(|line| line.split_whitespace().last()).unwrap_or_default().to_owned();
                    let out = run(folder.path(), &room, &command.replace("EMPREINTE", &digest), "fr");
                    told = if command.contains("policy proposals") { out } else { told };
                    if command.contains("policy propose ") || command.contains("policy approve") {
                        allowed.push(permitted(&room, &marketer));
                    }
                }
            }
            other => panic!("a block in {other}"),
        }
    }
    assert_eq!(allowed, [false, false, true, false], "founded; proposed; approved; taken back");
}

#[test]
fn both_languages_of_the_page_have_the_same_commands() {
    let commands = |half: usize| -> Vec<String> {
        blocks(&page(half)).into_iter().filter(|(language, _)| language == "sh").map(|(_, text)| text).collect()
    };
    assert_eq!(commands(0), commands(1));
}

#[test]
fn a_proposal_shows_the_figures_that_it_changes() {
    let founded = Founded::new();
    let room = founded.serve();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("salle.token"), founded.token("salle", "officer")).unwrap();
    run(folder.path(), &room, "camerata policy show --out mine --token-file salle.token", "en");
    let path = folder.path().join("mine/privacy.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("owner_epsilon = 2.0"));
    fs::write(&path, text.replace("owner_epsilon = 2.0", "owner_epsilon = 2.5")).unwrap();
    let propose = "camerata policy propose mine --why prudence --token-file salle.token";
    let told = run(folder.path(), &room, propose, "en");
    assert!(told.contains("Rules common to all change"), "{told}");
    assert!(
        told.contains("Figures of privacy.toml change, for all members:\n  caps.owner_epsilon: 2.0 → 2.5\n"),
        "{told}"
    );
    let told = run(folder.path(), &room, "camerata policy proposals 1 --token-file salle.token", "fr");
    let figures =
        "Des chiffres de privacy.toml changent, pour tous les membres\u{a0}:\n  caps.owner_epsilon\u{a0}: 2.0 → 2.5\n";
    assert!(told.contains(figures), "{told}");
}

#[test]
fn a_refusal_says_why_and_nobody_refuses_for_another() {
    let founded = Founded::new();
    let room = founded.serve();
    let [festival, hall] = ["festival", "salle"].map(|member| founded.token(member, "officer"));
    let id = room.propose_opening(&festival);
    let path = format!("/api/v1/policy/proposals/{id}");
    let refusal = |token: &str, body: &Value| room.post(token, &format!("{path}/refusal"), body);
    for body in [json!({}), json!({ "comment": null }), json!({ "comment": " \n" })] {
        refusal(&hall, &body).problem(422, "malformed");
    }
    let long = refusal(&hall, &json!({ "comment": "é".repeat(2_001) }));
    assert!(long.problem(422, "malformed")["detail"].as_str().unwrap().contains("2001 characters: shorten it to 2000"));
    let hidden = refusal(&hall, &json!({ "comment": "oui\u{202e}non" }));
    assert!(hidden.problem(422, "malformed")["detail"].as_str().unwrap().contains("U+202E"));
    // The co-operative's own staff, the proposer, a bystander, and who is no officer.
    for member in ["cooperative", "festival", "etiquette"] {
        let token = founded.token(member, "officer");
        refusal(&token, &json!({ "comment": "non" })).problem(409, "policy-refused");
    }
    for (member, role) in [("cooperative", "host"), ("salle", "steward")] {
        refusal(&founded.token(member, role), &json!({ "comment": "non" })).problem(403, "wrong-role");
    }
    assert_eq!(room.get(&hall, &path).ok()["opinions"], json!([]));
    refusal(&hall, &json!({ "comment": "pas avant juin" })).ok();
    let told = room.get(&festival, &path).ok();
    let own = told["approvals"].as_array().unwrap().iter().find(|one| one["owner"] == "salle").unwrap().clone();
    assert_eq!((&own["refused"], &own["needed"], &own["by"]), (&json!(true), &json!(true), &Value::Null));
    let opinion = &told["opinions"][0];
    assert_eq!((&opinion["owner"], &opinion["verdict"]), (&json!("salle"), &json!("refused")));
    assert_eq!((&opinion["comment"], &opinion["lapsed"]), (&json!("pas avant juin"), &json!(false)));
    let log = room.get(&festival, "/api/v1/policy/log").ok();
    assert_eq!((&log["entries"][0]["what"], &log["entries"][0]["why"]), (&json!("refused"), &json!("pas avant juin")));
    let entries = room.get(&festival, "/api/v1/audit/entries?what=policy-refused").ok();
    assert!(entries.to_string().contains("pas avant juin"), "{entries}");

    // As before, an approval needs no comment; one that is no text is refused.
    let approval = format!("{path}/approval");
    room.post(&hall, &approval, &json!({ "effects": own["effects"], "comment": "" })).problem(422, "malformed");
    let told = room.post(&hall, &approval, &json!({ "effects": own["effects"] })).ok();
    assert_eq!((&told["status"], &told["opinions"]), (&json!("published"), &json!([])));
}

#[test]
fn the_command_line_refuses_and_approves_with_a_comment() {
    let founded = Founded::new();
    let room = founded.serve();
    let folder = tempfile::tempdir().unwrap();
    let hall = founded.token("salle", "officer");
    fs::write(folder.path().join("salle.token"), &hall).unwrap();
    let id = room.propose_opening(&founded.token("festival", "officer"));
    let refuse = format!("camerata policy refuse {id} --comment 'pas avant juin' --token-file salle.token");
    let told = run(folder.path(), &room, &refuse, "fr");
    assert!(told.contains("refusé") && told.contains(" (salle) refuse, "), "{told}");
    assert!(told.contains("\n  pas avant juin"), "{told}");
    let told = run(folder.path(), &room, &format!("camerata policy proposals {id} --token-file salle.token"), "en");
    assert!(told.contains("refused") && told.contains(" (salle) refuses, "), "{told}");
    let digest = told.lines().find(|line| line.starts_with("salle ")).unwrap().split_whitespace().last().unwrap();
    let approve =
        format!("camerata policy approve {id} --effects {digest} --comment 'c’est juin' --token-file salle.token");
    let told = run(folder.path(), &room, &approve, "en");
    assert!(told.contains("(published)") && told.contains("\n  c’est juin") && !told.contains("pas avant"), "{told}");
}
