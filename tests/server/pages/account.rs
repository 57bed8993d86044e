//! Coming in, and one's own account: each step looked at by axe, in both languages, without a script of the room's.

use crate::support::*;

/// What a page says, in the browser's language.
pub fn said(browser: &Browser, fr: &'static str, en: &'static str) -> &'static str {
    if browser.ways.language.starts_with("fr") { fr } else { en }
}

/// Accepts an invitation in the browser, up to the second factor's recovery codes, of which it gives the first.
fn accept(browser: &Browser, served: &Served, secret: &str, name: &str) -> Vec<String> {
    let say = |fr, en| said(browser, fr, en);
    browser.goto(&format!("{}/invitation/{secret}", served.url));
    browser.sees(say("vous invite à la salle blanche", "invites you to the clean room"));
    browser.is_accessible();
    browser.picture("invitation");
    browser.fill("input[name=name]", name);
    browser.fill("input[name=password]", "motdepasse1234");
    browser.press(say("Créer mon compte", "Create my account"));
    browser.until("a refusal", || browser.has("[role=alert]"));
    assert!(browser.has("input[name=password]"), "an easy password is refused on the same page");
    browser.fill("input[name=password]", PASSWORD);
    browser.press(say("Créer mon compte", "Create my account"));
    browser.sees(say("Préparer le second facteur", "Set up the second factor"));
    browser.is_accessible();
    browser.picture("second-factor");
    browser.press(say("taper la clé", "type the key"));
    let key = browser.text_of("code.secret");
    browser.fill("input[name=code]", &code(&key));
    browser.press(say("Continuer", "Continue"));
    browser.sees(say("Vos codes de secours", "Your recovery codes"));
    browser.is_accessible();
    browser.picture("recovery-codes");
    let codes =
        browser.script("return [...document.querySelectorAll('.codes code')].map(code => code.textContent)", &[]);
    let codes = codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    browser.press(say("Je les ai gardés", "I have kept them"));
    browser.until("the front page", || browser.path() == "/");
    codes
}

/// Signs in by a recovery code.
fn sign_in(browser: &Browser, email: &str, recovery_code: &str) {
    let say = |fr, en| said(browser, fr, en);
    browser.fill("input[name=email]", email);
    browser.fill("input[name=password]", PASSWORD);
    browser.click("main form button");
    browser.sees(say("Second facteur", "Second factor"));
    browser.is_accessible();
    browser.picture("code");
    browser.press(say("Je n’ai pas mon téléphone", "I don’t have my phone"));
    browser.fill("input[name=recovery_code]", recovery_code);
    browser.press(say("Continuer", "Continue"));
}

fn an_officer_comes_in(ways: Ways) {
    let founded = Founded::new();
    let served = founded.serve();
    let secret = founded.invite("festival", "ana@festival.ca", &["officer", "marketer"]);
    let browser = Browser::start(ways);
    let say = |fr, en| said(&browser, fr, en);
    let mut codes = accept(&browser, &served, &secret, "Ana");

    browser.press(say("Se déconnecter", "Sign out"));
    browser.sees(say("Vous n’êtes plus connecté", "You are signed out"));
    browser.picture("front");
    browser.is_accessible();
    // A page that needs a sign-in is come back to after it.
    browser.goto(&format!("{}/account", served.url));
    browser.until("the sign-in", || browser.path() == "/sign-in");
    browser.is_accessible();
    browser.picture("sign-in");
    browser.fill("input[name=email]", "ana@festival.ca");
    browser.fill("input[name=password]", "pas celui-là du tout");
    browser.click("main form button");
    browser.sees(say("Ce n’est pas la bonne adresse", "is not right"));
    browser.picture("sign-in-wrong");
    sign_in(&browser, "ana@festival.ca", &codes.pop().unwrap());
    browser.until("the account", || browser.path() == "/account");
    browser.is_accessible();
    browser.picture("account");

    browser.press(say("Faire un jeton", "Make a token"));
    browser.fill("#tokens ~ details input[name=name]", "<img src=x onerror=alert(1)>");
    browser.press(say("Faire le jeton", "Make the token"));
    let token = browser.text_of("code.secret");
    assert_eq!(served.get(&token, "/api/v1/me").ok()["user"], "Ana");
    browser.sees("<img src=x onerror=alert(1)>");
    browser.is_accessible();

    browser.press(say("Les gens", "People"));
    browser.sees(say("Inviter quelqu’un", "Invite somebody"));
    browser.fill("form.narrow input[name=email]", "bea@festival.ca");
    browser.click("form.narrow input[value=steward]");
    browser.click("form.narrow > button");
    browser.sees("bea@festival.ca");
    browser.is_accessible();
    browser.picture("users");
}

#[test]
fn an_officer_comes_in_in_french() {
    an_officer_comes_in(Ways::FRENCH);
}

#[test]
fn an_officer_comes_in_in_english_in_the_dark() {
    an_officer_comes_in(Ways { dark: true, ..Ways::ENGLISH });
}

#[test]
fn an_officer_comes_in_without_scripts() {
    an_officer_comes_in(Ways { scripts: false, ..Ways::ENGLISH });
}

#[test]
fn a_program_is_approved_on_a_phone() {
    let founded = Founded::new();
    let served = founded.serve();
    let secret = founded.invite("festival", "ana@festival.ca", &["officer"]);
    let browser = Browser::start(Ways { width: 390, ..Ways::FRENCH });
    accept(&browser, &served, &secret, "Ana");
    let begun = served.post("", "/api/v1/device", &serde_json::json!({ "name": "camerata <b>" })).ok();
    browser.goto(&format!("{}/device", served.url));
    browser.is_accessible();
    browser.fill("input[name=code]", "AAAA-AAAA");
    browser.press("Continuer");
    browser.sees("Aucun programme n’attend avec ce code");
    browser.fill("input[name=code]", begun["user_code"].as_str().unwrap());
    browser.press("Continuer");
    browser.sees("camerata <b>");
    browser.is_accessible();
    browser.picture("device");
    browser.press("Approuver");
    browser.sees("Le programme est approuvé");
    let asked = serde_json::json!({ "device_code": begun["device_code"] });
    let given = served.post("", "/api/v1/device/token", &asked).ok();
    assert_eq!(served.get(given["token"].as_str().unwrap(), "/api/v1/me").ok()["user"], "Ana");
}

#[test]
fn a_link_that_is_no_longer_good_says_what_to_do() {
    let served = Founded::new().serve();
    let browser = Browser::start(Ways::FRENCH);
    browser.goto(&format!("{}/invitation/rien", served.url));
    browser.sees("Ce lien ne vaut plus");
    browser.is_accessible();
    browser.picture("gone");
    browser.goto(&format!("{}/recovery", served.url));
    browser.is_accessible();
    browser.fill("input[name=email]", "personne@festival.ca");
    browser.press("Envoyer le lien");
    browser.sees("Si un compte a cette adresse");
    browser.picture("recovery");
    browser.goto(&format!("{}/recovery/rien", served.url));
    browser.fill("input[name=password]", PASSWORD);
    browser.is_accessible();
    browser.press("Choisir ce mot de passe");
    browser.sees("Ce lien ne vaut plus");
    // The language that is chosen by hand stays.
    browser.press("English");
    browser.sees("All of your sessions and tokens will end");
    browser.goto(&format!("{}/nowhere", served.url));
    browser.sees("Not found");
    browser.is_accessible();
}
