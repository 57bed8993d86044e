//! Proposing a template from the pages: a new one and a change of one, checked as they are written.

use super::account::said;
use crate::support::*;
use serde_json::{Value, json};
use std::fs;

/// Writes a field as a person does, or all at once where a script may: long texts take long to type.
fn write(browser: &Browser, css: &str, text: &str) {
    if browser.ways.scripts {
        let set = "const text = document.querySelector(arguments[0]); text.value = arguments[1]; \
            text.dispatchEvent(new Event('input', {bubbles: true}));";
        browser.script(set, &[json!(css), json!(text)]);
    } else {
        browser.fill(css, text);
    }
}

fn shipped(ending: &str) -> String {
    fs::read_to_string(format!("{}/sql/overlap.{ending}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn an_officer_proposes_templates(ways: Ways) {
    let founded = Founded::new();
    let served = founded.serve();
    let olga = served.person("festival", "olga", &["officer"]);
    let browser = Browser::start(ways);
    let say = |fr, en| said(&browser, fr, en);
    let check = || {
        if !browser.ways.scripts {
            browser.press(say("Vérifier", "Check"));
        }
    };
    browser.come_in(&served.url, &olga);
    browser.goto(&format!("{}/templates", served.url));
    browser.press(say("Proposer un modèle", "Propose a template"));
    browser.sees(say("Vérifiez avant de proposer", "Check before you propose"));
    browser.is_accessible();
    write(&browser, "textarea[name=toml]", &shipped("toml"));
    write(&browser, "textarea[name=sql]", "SELECT a.person\nFROM a, b\n");
    check();
    browser.sees(say("Donnez un nom au modèle", "Give the template a name"));
    // A name that is a word of the pages' addresses is a name like another.
    write(&browser, "input[name=name]", "new");
    check();
    browser.sees(say("new.sql, ligne 2, colonne", "new.sql, line 2, column"));
    browser.sees(say("virgule joint chaque rangée", "comma joins every row"));
    assert_eq!(browser.script("return document.querySelector('.flaws code').textContent", &[]), "FROM a, b");
    browser.is_accessible();
    browser.picture("template-editor-mistake");
    write(&browser, "textarea[name=sql]", &format!("-- autre\n{}", shipped("sql")));
    check();
    browser.sees(say("Le vérificateur l’accepte", "The checker accepts it"));
    browser.sees("make_gaussian");
    browser.is_accessible();
    browser.picture("template-editor");
    browser.press(say("Proposer", "Propose"));
    browser.sees(say("Dites pourquoi, en une phrase", "Say why, in a sentence"));
    browser.fill("input[name=why]", "un <b>essai</b>");
    browser.press(say("Proposer", "Propose"));
    browser.sees(say("Le modèle est proposé", "The template is proposed"));
    assert!(browser.path().starts_with("/templates/new"), "{}", browser.path());
    browser.sees("un <b>essai</b>");
    browser.is_accessible();
    change(&browser, &served, &founded.token("festival", "officer"));
}

/// Changes the template that is shown, and reads what differs.
fn change(browser: &Browser, served: &Served, officer: &str) {
    let say = |fr, en| said(browser, fr, en);
    browser.press(say("Modifier ce modèle", "Change this template"));
    browser.until("the same query", || {
        let value = browser.script("return document.querySelector('textarea[name=sql]')?.value ?? ''", &[]);
        value.as_str().unwrap().starts_with("-- autre")
    });
    browser.fill("input[name=why]", "rien");
    browser.press(say("Proposer", "Propose"));
    browser.until("a refusal", || browser.has("main > .notice.wrong"));
    write(browser, "textarea[name=sql]", &format!("-- encore autre\n{}", shipped("sql")));
    browser.fill("input[name=why]", "plus clair");
    browser.press(say("Proposer", "Propose"));
    browser.sees(say("Ce qui change par rapport à la version précédente", "What changes from the version before"));
    let listed = served.get(officer, "/api/v1/templates").ok()["templates"].take();
    let new = listed.as_array().unwrap().iter().find(|one| one["name"] == "new").unwrap().clone();
    assert_eq!(new["versions"].as_array().map(Vec::len), Some(2), "{new}");
    assert_eq!(new["versions"][0]["approved"], json!(["festival"]));
}

#[test]
fn an_officer_proposes_templates_in_french_without_scripts() {
    an_officer_proposes_templates(Ways { scripts: false, ..Ways::FRENCH });
}

#[test]
fn an_officer_proposes_templates_in_english() {
    an_officer_proposes_templates(Ways::ENGLISH);
}

#[test]
fn what_is_written_of_a_template_is_text() {
    const EVIL: &str = "</textarea><img src=x onerror=document.title='seized'>";
    let served = Founded::new().serve();
    let olga = served.person("festival", "olga", &["officer"]);
    let fields = |name: &str, sql: &str, toml: &str| {
        let fields = [("name", name), ("sql", sql), ("toml", toml), ("why", EVIL), ("do", "propose")];
        let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        fields.map(|(name, value)| format!("{name}={}", encoded(value))).join("&")
    };
    let headers = [
        ("cookie", olga.cookie.as_str()),
        ("origin", &served.url),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let toml = shipped("toml");
    for (name, sql, toml) in [(EVIL, "SELECT 1", &*toml), ("essai", EVIL, &toml), ("essai", "SELECT 1", EVIL)] {
        let body = fields(name, sql, toml);
        let reply = served.call("POST", "", "/template-proposals/new", &headers, body.as_bytes()).unwrap();
        assert_eq!(reply.status, 422, "{}", reply.body);
        assert!(reply.body.contains("onerror") && !reply.body.contains("<img src=x"), "{}", reply.body);
    }
}

#[test]
fn a_template_is_checked_over_the_api_and_nothing_is_stored() {
    let founded = Founded::new();
    let served = founded.serve();
    let officer = founded.token("festival", "officer");
    let check = |name: &str, sql: &str| {
        let draft = json!({ "name": name, "sql": sql, "toml": shipped("toml") });
        served.post(&officer, "/api/v1/template-proposals/check", &draft)
    };
    let before = served.get(&officer, "/api/v1/templates").ok();
    let told = check("essai", &format!("-- essai\n{}", shipped("sql"))).ok();
    assert_eq!(told["obstacle"], Value::Null);
    assert!(told["derivation"]["noise"][0]["fr"].as_str().unwrap().contains("make_gaussian"), "{told}");
    assert!(told["derivation"]["loss"][0]["en"].as_str().unwrap().contains('ρ'), "{told}");
    let wrong = check("essai", "SELECT a.person\nFROM a, b").problem(422, "template-mistake");
    let mistake = &wrong["mistakes"][0];
    assert_eq!((&mistake["file"], &mistake["line"]), (&json!("essai.sql"), &json!(2)), "{mistake}");
    check("Pas un nom", "SELECT 1").problem(422, "malformed");
    assert_eq!(served.get(&officer, "/api/v1/templates").ok(), before);
}
