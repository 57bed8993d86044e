//! What everybody may read without an account: the register, the promise with its game, the documentation, accessibility.

use super::account::said;
use crate::support::*;
use serde_json::Value;
use std::collections::BTreeSet;

fn anybody_reads(ways: Ways) {
    let pair = Pair::new();
    let served = &pair.served;
    let asked = served.post(&pair.marketer, "/api/v1/queries", &question(80.0)).ok();
    let browser = Browser::start(ways);
    let say = |fr, en| said(&browser, fr, en);
    browser.goto(&format!("{}/", served.url));
    browser.is_accessible();

    browser.press(say("Ce que la salle promet", "What the room promises"));
    browser.until("the promise", || browser.path() == "/promise");
    browser.is_accessible();
    if ways.scripts {
        browser.sees(say("Camille y est", "Camille is in"));
        for _ in 0..3 {
            browser.press(say("Camille n’y est pas", "Camille isn’t"));
        }
        browser.until("three rounds", || browser.text_of("#toy-score").contains('3'));
        assert!(browser.text_of("#toy-best").contains("84"), "{}", browser.text_of("#toy-best"));
        // Wide enough, and nobody does better than a coin.
        browser.script(
            "const s = document.querySelector('#toy-margin'); s.value = 200; s.dispatchEvent(new Event('input'))",
            &[],
        );
        assert!(browser.text_of("#toy-best").contains("50"), "{}", browser.text_of("#toy-best"));
    } else {
        assert!(!browser.text().contains(say("Camille y est", "Camille is in")));
    }
    browser.picture("promise");

    browser.click("footer a[href='/register']");
    browser.sees(say("Une question a reçu une réponse", "One question was answered"));
    browser.sees(say("Recoupement", "Overlap"));
    browser.is_accessible();
    browser.picture("register");
    // What was asked is told; what was answered, and of how many people, isn't.
    let shown = asked["figures"][0]["shown"].as_i64().unwrap();
    let page = served.call("GET", "", "/register", &[], b"").unwrap().body;
    assert!(!page.contains(&shown.to_string()), "{page}");
    let register = served.call("GET", "", "/api/v1/register", &[], b"").unwrap();
    let told: Value = register.json();
    assert_eq!((&told["questions"], told["newest"][0]["asker"].as_str()), (&1.into(), Some("festival")));
    assert!(!register.body.contains(&shown.to_string()) && !register.body.contains("shown"), "{}", register.body);

    browser.click("footer a[href='/documentation']");
    browser.is_accessible();
    browser.picture("documentation");
    browser.click("main a[href='/documentation/privacy']");
    browser.sees(say("Ce que la salle garantit", "What the room guarantees"));
    browser.is_accessible();
    browser.picture("document");
    browser.click("footer a[href='/accessibility']");
    browser.sees("WCAG");
    browser.is_accessible();
    browser.picture("accessibility");
}

#[test]
fn anybody_reads_in_french() {
    anybody_reads(Ways::FRENCH);
}

#[test]
fn anybody_reads_in_english_in_the_dark_on_a_phone() {
    anybody_reads(Ways { dark: true, width: 390, ..Ways::ENGLISH });
}

#[test]
fn anybody_reads_without_scripts() {
    anybody_reads(Ways { scripts: false, ..Ways::FRENCH });
}

/// Every link of every document leads to something that is there.
#[test]
fn every_document_is_served_and_its_links_lead_somewhere() {
    let served = Founded::new().serve();
    let get = |path: &str| served.call("GET", "", path, &[], b"").unwrap();
    let hrefs = |page: &str| -> BTreeSet<String> {
        page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
    };
    let list = get("/documentation").body;
    let documents: Vec<String> = hrefs(&list).into_iter().filter(|href| href.starts_with("/documentation/")).collect();
    assert!(documents.len() >= 8, "{documents:?}");
    for document in documents {
        let page = get(&document);
        assert_eq!(page.status, 200, "{document}");
        assert!(page.body.contains("<h1 id="), "{document}");
        for href in hrefs(&page.body) {
            let (path, anchor) = href.split_once('#').unwrap_or((&href, ""));
            if path.starts_with("https://") || path.starts_with("mailto:") {
                continue;
            }
            let target = if path.is_empty() { page.body.clone() } else { get(path).body };
            let anchor = percent_decoded(anchor);
            assert!(!target.is_empty(), "{document}: {href}");
            // A part in the other language isn't on this page.
            let here = anchor.is_empty() || target.contains(&format!("id=\"{anchor}\"")) || path.is_empty();
            assert!(here, "{document}: {href}");
        }
    }
    assert_eq!(get("/documentation/rien").status, 404);
}

fn percent_decoded(text: &str) -> String {
    let pairs = format!("a={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pairs.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap()
}
