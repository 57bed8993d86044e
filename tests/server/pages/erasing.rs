//! Erasing people: their raw list is hashed in the browser, and they are gone from what the member holds.

use super::account::said;
use crate::support::*;
use std::{fmt::Write as _, fs};

fn a_steward_erases(ways: Ways) {
    let pair = Pair::new();
    let served = &pair.served;
    let person = served.person("festival", "zoe", &["steward"]);
    let recorder = Recorder::before(served);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("retraits.csv");
    let mut raw = "Nom;Courriel\n".to_owned();
    for person in 2_990..3_010 {
        let _ = writeln!(raw, "Prénom{person};  {}", email(person).to_uppercase());
    }
    raw.push_str("Sans adresse;rien\n");
    fs::write(&path, raw).unwrap();

    let browser = Browser::start(ways);
    let say = |fr, en| said(&browser, fr, en);
    browser.come_in(&recorder.url, &person);
    browser.click("nav a[href='/audiences']");
    browser.press(say("Effacer des personnes", "Erase people"));
    browser.until("the form", || browser.shows("#erase"));
    assert!(!browser.shows("#without-script"));
    browser.is_accessible();
    browser.picture("erasure");
    browser.attach("input[name=file]", &path);
    browser.sees(say("Dites ce que chaque colonne contient", "Say what each column holds"));
    browser.click("#hash");
    browser.until("what will leave", || browser.shows("#hash-facts"));
    browser.sees(say("courriel invalide", "not an e-mail address"));
    browser.is_accessible();
    browser.picture("erasure-leaving");
    // Nobody erases without having said so.
    browser.click("#send");
    assert!(browser.shows("#erase") && !String::from_utf8_lossy(&recorder.sent()).contains("POST /api/v1/erasures"));
    browser.click("input[name=sure]");
    browser.click("#send");
    browser.until("the outcome", || browser.shows("#outcome"));
    // Ten of the twenty are subscribers.
    browser.sees(say("Abonnés du festival", "Festival subscribers"));
    assert_eq!(browser.text_of("#outcome-erased tbody td:nth-child(3)"), "10");
    assert_eq!(browser.text_of("#outcome-erased tbody td:nth-child(4)"), say("2\u{202f}990", "2,990"));
    browser.is_accessible();
    browser.picture("erasure-outcome");

    let sent = String::from_utf8_lossy(&recorder.sent()).to_lowercase();
    for person in 2_990..3_010 {
        assert!(sent.contains(&hash(&email(person))), "{person} was sent as a hash");
        assert!(!sent.contains(&email(person)) && !sent.contains(&format!("prénom{person}")), "{person} left");
    }
    browser.click("#outcome a[href='/audiences']");
    browser.sees(say("2\u{202f}990 courriels distincts", "2,990 distinct e-mails"));
    browser.click("a[href='/audiences/abonnes']");
    browser.sees(say("après un effacement", "after an erasure"));
    browser.picture("audience-erased");

    // The same list again: nobody is left to erase.
    browser.goto(&format!("{}/erasure", recorder.url));
    browser.until("the form", || browser.shows("#erase"));
    browser.attach("input[name=file]", &path);
    browser.until("the columns", || browser.shows("#hash"));
    browser.click("#hash");
    browser.until("what will leave", || browser.shows("#hash-facts"));
    browser.click("input[name=sure]");
    browser.click("#send");
    browser.sees(say("Personne de cette liste", "Nobody on this list"));
}

#[test]
fn a_steward_erases_in_french() {
    a_steward_erases(Ways::FRENCH);
}

#[test]
fn a_steward_erases_in_english_in_the_dark_on_a_phone() {
    a_steward_erases(Ways { dark: true, width: 390, ..Ways::ENGLISH });
}

#[test]
fn without_scripts_the_page_of_erasing_names_the_command() {
    let served = Founded::new().serve();
    let person = served.person("festival", "zoe", &["steward"]);
    let browser = Browser::start(Ways { scripts: false, ..Ways::FRENCH });
    browser.come_in(&served.url, &person);
    browser.goto(&format!("{}/erasure", served.url));
    browser.sees("camerata erase hashes.csv");
    assert!(!browser.shows("#erase"));
}
