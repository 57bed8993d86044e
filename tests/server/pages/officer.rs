//! The officer's whole job: reading the agreements, proposing a change and agreeing to it, approving a template, reading and verifying the
//! log.

use super::account::said;
use crate::support::*;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs};

const MEMBERS: [&str; 5] = ["agents", "billetterie", "etiquette", "festival", "salle"];

/// The policies in force, file by file.
fn files(served: &Served, token: &str) -> BTreeMap<String, String> {
    let version = served.get(token, "/api/v1/policy").ok()["version"].as_str().unwrap().to_owned();
    let files = served.get(token, &format!("/api/v1/policy/versions/{version}")).ok()["files"].take();
    serde_json::from_value(files).unwrap()
}

/// Approves a proposal for every member but these.
fn others_approve(served: &Served, proposal: &str, but: &[&str]) {
    for member in MEMBERS.iter().filter(|member| !but.contains(member)) {
        let token = served.founded.token(member, "officer");
        let told = served.get(&token, &format!("/api/v1/policy/proposals/{proposal}")).ok();
        let approvals = told["approvals"].as_array().unwrap().clone();
        let Some(own) = approvals.iter().find(|one| one["owner"] == *member) else { continue };
        let path = format!("/api/v1/policy/proposals/{proposal}/approval");
        served.post(&token, &path, &json!({ "effects": own["effects"] })).ok();
    }
}

/// Writes a file in the editor.
fn write(browser: &Browser, file: &str, text: &str) {
    let css = format!("textarea[name='file:{file}']");
    if !browser.has(&format!("details[data-file='{file}'][open]")) {
        browser.click(&format!("details[data-file='{file}'] > summary"));
    }
    if browser.ways.scripts {
        browser.script(
            "const text = document.querySelector(arguments[0]); text.value = arguments[1]; text.dispatchEvent(new Event('input', {bubbles: true}));",
            &[json!(css), json!(text)],
        );
    } else {
        browser.fill(&css, text);
    }
}

/// Looks at a page: by axe, and that it is no wider than a phone; and keeps its picture.
fn look(browser: &Browser, name: &str) {
    browser.is_accessible();
    if browser.ways.width < 600 {
        let width = browser.script("return document.documentElement.scrollWidth", &[]).as_u64().unwrap();
        assert!(width <= browser.ways.width.into(), "{name}: {width}");
    }
    browser.picture(name);
}

fn an_officer_works(ways: Ways) {
    let founded = Founded::new();
    let served = founded.serve();
    let olga = served.person("festival", "olga", &["officer"]);
    let sam = served.person("salle", "sam", &["officer"]);
    let reader = founded.token("festival", "officer");
    let browser = Browser::start(ways);
    let say = |fr, en| said(&browser, fr, en);
    browser.come_in(&served.url, &olga);

    browser.click("nav a[href='/agreements']");
    browser.sees(say(
        "Chaque membre peut comparer ses propres auditoires, pour toute finalité",
        "Each member may compare its own audiences, for any purpose",
    ));
    browser.sees(say("Personne ne peut comparer « Invités des artistes »", "Nobody may compare “Artists’ guests”"));
    look(&browser, "agreements");

    propose(&browser, &served, &reader);
    let id = browser.path().rsplit('/').next().unwrap().to_owned();
    browser.sees(say("Nul n’approuve sa propre proposition", "Nobody approves their own proposal"));
    browser.sees(say("Médiation et accessibilité culturelles", "Cultural outreach and access"));
    look(&browser, "proposal-own");
    others_approve(&served, &id, &["festival", "salle"]);
    approve(&browser, &served, &sam, &id);

    // It is in force, and told so.
    browser.goto(&format!("{}/agreements", served.url));
    browser.sees(say("Médiation et accessibilité culturelles", "Cultural outreach and access"));
    browser.click("a[href='/agreements/versions']");
    browser.sees(say("Mise en vigueur", "Put in force"));
    look(&browser, "versions");
    browser.click("tbody tr:last-child a[href^='/agreements/versions/']");
    browser.sees(say("Cette version n’est pas celle qui est en vigueur", "This version is not the one in force"));
    look(&browser, "version");
    // Going back is a proposal like another.
    browser.fill("input[name=why]", "retour");
    browser.click("main form .button");
    browser.until("a proposal", || browser.path().starts_with("/proposals/"));
    browser.sees("retour");
    browser.press(say("Retirer cette proposition", "Withdraw this proposal"));
    browser.sees(say("La proposition est retirée", "The proposal is withdrawn"));
    browser.is_accessible();

    approve_a_template(&browser, &served);
    read_the_log(&browser);
}

/// Proposes, by the editor, that the pilot's agreement is for another purpose, too.
fn propose(browser: &Browser, served: &Served, reader: &str) {
    let say = |fr, en| said(browser, fr, en);
    browser.click("a[href='/proposals/new']");
    browser.sees(say("Rien n’est en vigueur avant que", "Nothing is in force until"));
    browser.is_accessible();
    let before = files(served, reader)["pilote-comparaison.cedar"].clone();
    let check = || {
        if !browser.ways.scripts {
            browser.press(say("Vérifier", "Check"));
        }
    };
    write(
        browser,
        "pilote-comparaison.cedar",
        &before.replace("Purpose::\"programmation\"", "Purpose::\"programation\""),
    );
    check();
    browser.sees(say("1 erreur à corriger", "1 mistake to mend"));
    browser.sees(say("pilote-comparaison.cedar, ligne 18, colonne", "pilote-comparaison.cedar, line 18, column"));
    browser.sees("`programmation`");
    look(browser, "editor-mistake");
    let after = before.replace("[Purpose::\"planification\",", "[Purpose::\"mediation\", Purpose::\"planification\",");
    assert_ne!(before, after);
    write(browser, "pilote-comparaison.cedar", &after);
    check();
    browser.sees(say("Tout tient.", "All holds."));
    browser.sees(say("Auront à y consentir", "Will have to agree"));
    look(browser, "editor");
    browser.fill("input[name=why]", "La médiation <script>alert(1)</script>");
    browser.press(say("Proposer", "Propose"));
    browser.until("the proposal", || browser.path() != "/proposals/new");
    browser.sees("La médiation <script>alert(1)</script>");
}

/// Another member's officer approves it, as the last one.
fn approve(browser: &Browser, served: &Served, sam: &Person, id: &str) {
    let say = |fr, en| said(browser, fr, en);
    browser.come_in(&served.url, sam);
    browser.click("nav a[href='/proposals']");
    browser.sees(say("attend votre accord", "waits for your approval"));
    look(browser, "proposals");
    browser.click(&format!("a[href='/proposals/{id}']"));
    browser.sees(say("Consentir pour votre organisme", "Agree for your organisation"));
    look(browser, "proposal");
    // Meanwhile the form of who saw something else is refused, in words.
    let stale = served.with_headers(
        "POST",
        &format!("/proposals/{id}/approval"),
        &[("cookie", &sam.cookie), ("origin", &served.url), ("content-type", "application/x-www-form-urlencoded")],
        &Value::Null,
    );
    assert_eq!(stale.status, 409, "{}", stale.body);
    assert!(stale.body.contains("relisez-la avant d’approuver"), "{}", stale.body);
    refuse(browser, id);
    browser.fill("textarea[name=comment]", say("d’accord, pour cette saison", "agreed, for this season"));
    browser.press(say("Approuver", "Approve"));
    browser.sees(say("d’accord, pour cette saison", "agreed, for this season"));
    browser.sees(say("et la proposition est en vigueur", "and the proposal is in force"));
    look(browser, "proposal-published");
}

/// Refuses the proposal that is shown: not without a reason, and with one that is read as it was typed.
fn refuse(browser: &Browser, id: &str) {
    let say = |fr, en| said(browser, fr, en);
    browser.press(say("Refuser", "Refuse"));
    browser.sees(say("Dites pourquoi vous refusez, en une phrase", "Say why you refuse, in a sentence"));
    assert!(browser.path().ends_with("/refusal"), "{}", browser.path());
    look(browser, "proposal-refusal-unsaid");
    let why = "Pas avant <b>juin</b> & \"l'été\"";
    browser.fill("textarea[name=comment]", why);
    browser.press(say("Refuser", "Refuse"));
    browser.sees(say("Votre refus est inscrit", "Your refusal is recorded"));
    assert_eq!(browser.path(), format!("/proposals/{id}"));
    browser.sees(why);
    let state = "return document.querySelector('td.closes').textContent";
    assert!(browser.script(state, &[]).as_str().unwrap().contains(say("refusé", "refused")));
    look(browser, "proposal-refused");
}

fn approve_a_template(browser: &Browser, served: &Served) {
    let say = |fr, en| said(browser, fr, en);
    let text = |ending| fs::read_to_string(format!("{}/sql/overlap.{ending}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let proposed = json!({
        "name": "overlap", "sql": format!("-- plus clair\n{}", text("sql")), "toml": text("toml"), "why": "plus clair",
    });
    let officer = served.founded.token("festival", "officer");
    served.post(&officer, "/api/v1/template-proposals", &proposed).ok();
    browser.click("nav a[href='/templates']");
    browser.sees(say("attend votre accord", "waits for your approval"));
    look(browser, "templates");
    browser.click("a[href='/templates/overlap']");
    browser.sees(say("D’où vient ce que cette question coûte", "Where the cost of this question comes from"));
    browser.sees("plus clair");
    browser.sees("make_gaussian");
    look(browser, "template");
    browser.press(say("Approuver pour notre organisme", "Approve for our organisation"));
    browser.sees(say("Le modèle est approuvé pour votre organisme", "The template is approved for your organisation"));
    browser.press(say("Retirer notre accord", "Withdraw our approval"));
    browser.sees(say("L’accord est retiré", "The approval is withdrawn"));
    browser.is_accessible();
}

fn read_the_log(browser: &Browser) {
    let say = |fr, en| said(browser, fr, en);
    browser.click("nav a[href='/log']");
    browser.sees(say("Accord retiré à un modèle", "Approval of a template withdrawn"));
    look(browser, "log");
    browser.click("select[name=what] option[value=policy-published]");
    browser.press(say("Chercher", "Look"));
    let line = say("Politiques mises en vigueur", "Policies put in force");
    browser.until("one entry", || {
        let rows =
            browser.script("return [...document.querySelectorAll('tbody tr th')].map(th => th.textContent)", &[]);
        rows == json!([line])
    });
    browser.is_accessible();
    browser.press(say("Vérifier tout le journal", "Verify the whole log"));
    browser.sees(say("Le journal tient", "The log holds"));
    browser.sees(say("C’est la salle elle-même qui le dit", "It is the room itself that says so"));
    look(browser, "log-verified");
}

#[test]
fn an_officer_works_in_french() {
    an_officer_works(Ways::FRENCH);
}

#[test]
fn an_officer_works_in_english_in_the_dark() {
    an_officer_works(Ways { dark: true, ..Ways::ENGLISH });
}

#[test]
fn an_officer_works_without_scripts() {
    an_officer_works(Ways { scripts: false, ..Ways::FRENCH });
}

#[test]
fn an_officer_works_on_a_phone() {
    an_officer_works(Ways { width: 390, ..Ways::FRENCH });
}

/// What a member can write in policies is text on every page, whatever it looks like.
#[test]
fn nothing_that_officers_write_runs() {
    const EVIL: &str = "<img src=x onerror=document.title='seized'>";
    let founded = Founded::new();
    let served = founded.serve();
    let token = founded.token("festival", "officer");
    let mut files = files(&served, &token);
    let agreement = files["mes-auditoires.cedar"]
        .replace("mes-auditoires", "essai")
        .replace("Chacun dispose de ses propres auditoires", EVIL)
        .replace("Each member may use its own audiences\"", &format!("{EVIL}\""));
    assert!(agreement.contains(EVIL), "{agreement}");
    let name = format!("{EVIL}\".cedar").replace('/', "");
    files.insert(name.clone(), agreement);
    let cases = files["cases.toml"].replace("mes-auditoires\", \"pilote", "essai\", \"mes-auditoires\", \"pilote");
    files.insert("cases.toml".to_owned(), cases);
    let proposal = json!({ "files": files, "why": EVIL });
    let made = served.post(&token, "/api/v1/policy/proposals", &proposal);
    let made = if made.status == 422 { panic!("{}", made.body) } else { made.ok() };
    founded.all_agree(&served, made.clone());
    let (id, version) = (made["id"].as_i64().unwrap(), made["version"].as_str().unwrap().to_owned());
    let secret = founded.invite("festival", "olga@festival.ca", &["officer"]);
    let olga = served.accept(&secret, "olga@festival.ca", "<img src=x onerror=document.title=1>");
    let browser = Browser::start(Ways::FRENCH);
    browser.come_in(&served.url, &olga);
    for path in [
        "/agreements".to_owned(),
        "/agreements/versions".to_owned(),
        format!("/agreements/versions/{version}"),
        "/proposals".to_owned(),
        format!("/proposals/{id}"),
        "/proposals/new".to_owned(),
        "/log".to_owned(),
        "/log?who=%3Cimg+src%3Dx+onerror%3Ddocument.title%3D1%3E&from=%22%3E%3Cb%3E".to_owned(),
    ] {
        browser.goto(&format!("{}{path}", served.url));
        if path == format!("/proposals/{id}") || path == format!("/agreements/versions/{version}") {
            browser.sees(EVIL);
        }
        assert_eq!(browser.script("return document.querySelectorAll('img[src=x]').length", &[]), 0, "{path}");
        let title = browser.script("return document.title", &[]);
        assert!(title.as_str().unwrap().ends_with("Camerata"), "{path}: {title}");
        browser.is_accessible();
    }
    // A new file's name, and a mistake that quotes it, in the live check.
    browser.goto(&format!("{}/proposals/new", served.url));
    browser.press("Une nouvelle entente");
    browser.fill("input[name=new-name]", &name);
    browser.sees("Un fichier s’appelle déjà <img src=x");
    assert_eq!(browser.script("return document.querySelectorAll('img[src=x]').length", &[]), 0);
    browser.is_accessible();
}
