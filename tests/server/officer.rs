//! The officers' walk of docs/POLICIES.md: every command and file of it, as people run them, against a room that is being served.

use super::support::{CAMERATA, Founded, Served};
use serde_json::json;
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
    assert!(text.contains("owner_epsilon = 3.0"));
    fs::write(&path, text.replace("owner_epsilon = 3.0", "owner_epsilon = 2.5")).unwrap();
    let propose = "camerata policy propose mine --why prudence --token-file salle.token";
    let told = run(folder.path(), &room, propose, "en");
    assert!(told.contains("Rules common to all change"), "{told}");
    assert!(
        told.contains("Figures of privacy.toml change, for all members:\n  caps.owner_epsilon: 3.0 → 2.5\n"),
        "{told}"
    );
    let told = run(folder.path(), &room, "camerata policy proposals 1 --token-file salle.token", "fr");
    let figures =
        "Des chiffres de privacy.toml changent, pour tous les membres\u{a0}:\n  caps.owner_epsilon\u{a0}: 3.0 → 2.5\n";
    assert!(told.contains(figures), "{told}");
}
