//! Coming in without a password: by a passkey of the browser's own device, and at a member's own directory.

use crate::support::*;
use serde_json::json;

#[test]
fn an_officer_joins_and_signs_in_by_a_passkey_alone() {
    let founded = Founded::new();
    let (_served, own) = founded.serve_at_home(free_port());
    let browser = Browser::start(Ways::FRENCH);
    let device = browser.add_device();
    let secret = founded.invite("festival", "olga@festival.ca", &["officer"]);
    browser.goto(&format!("{own}/invitation/{secret}"));
    browser.sees("Prendre une clé d’accès");
    browser.fill("input[name=name]", "Olga");
    browser.is_accessible();
    browser.picture("invitation-passkey");
    browser.press("Prendre une clé d’accès");
    browser.sees("Vos codes de secours");
    let codes = browser.script("return document.querySelectorAll('.codes code').length", &[]);
    assert_eq!(codes, 10);
    browser.is_accessible();
    browser.press("Je les ai gardés");
    browser.sees("Se déconnecter");
    browser.goto(&format!("{own}/account"));
    browser.sees("Mon appareil");
    browser.is_accessible();
    browser.picture("account-passkey");
    // The same device makes no second one for the same account; and without a password nothing is proven.
    browser.press("Ajouter une clé d’accès");
    browser.until("a refusal", || browser.has("[data-passkey] [role=alert]:not([hidden])"));
    browser.press("Se déconnecter");
    // Before the next page is asked for: the browser would still go where the form sends it.
    browser.sees("Vous n’êtes plus connecté");

    browser.goto(&format!("{own}/sign-in?next=/users"));
    // Somebody else's finger.
    browser.verify(&device, false);
    browser.press("Se connecter avec une clé d’accès");
    browser.sees("Cela n’a pas abouti");
    browser.is_accessible();
    browser.verify(&device, true);
    browser.press("Se connecter avec une clé d’accès");
    browser.until("where they wanted to go", || browser.path() == "/users");
    browser.sees("Olga");
}

#[test]
fn a_marketer_comes_in_by_the_directory_of_their_member() {
    let port = free_port();
    let public = format!("http://localhost:{port}");
    let ana = json!({
        "email": "ana@festival.ca", "email_verified": true, "name": "Ana Tremblay", "groups": ["ventes"], "amr": ["pwd"],
    });
    let bob =
        json!({ "email": "bob@festival.ca", "email_verified": true, "name": "Bob", "groups": [], "amr": ["pwd"] });
    let directory = Directory::start_for(&json!({ "ana": ana, "bob": bob }), &public);
    let founded = Founded::new();
    std::fs::write(founded.room().join("camerata.toml"), directory.section("festival")).unwrap();
    let (_served, own) = founded.serve_at_home(port);
    for (who, ways) in [("bob", Ways::ENGLISH), ("ana", Ways::FRENCH)] {
        let browser = Browser::start(ways);
        browser.goto(&format!("{own}/sign-in?next=/answers"));
        browser.is_accessible();
        browser.picture("sign-in-directory");
        browser.click("a[href^='/api/v1/directory/festival']");
        browser.fill("input[name=who]", who);
        browser.press("OK");
        if who == "bob" {
            browser.sees("None of your groups gives a role in this room");
            assert_eq!(browser.path(), "/sign-in");
            browser.is_accessible();
        } else {
            browser.until("where they wanted to go", || browser.path() == "/answers");
            browser.sees("Ana Tremblay");
        }
    }
}
