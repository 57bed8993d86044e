//! The marketer's whole job: choosing a question, seeing its cost, asking, and taking the answer along.

use super::account::said;
use crate::support::*;

/// Signs a marketer's session into the browser: the way in has tests of its own.
fn come_in(browser: &Browser, served: &Served, person: &Person) {
    browser.goto(&format!("{}/sign-in", served.url));
    if !browser.ways.language.starts_with("fr") {
        // Their account is in French: the language that is chosen by hand stays.
        browser.press("Français");
        browser.press("English");
    }
    browser.fill("input[name=email]", &person.email);
    browser.fill("input[name=password]", PASSWORD);
    browser.click("main form button");
    browser.until("the front page", || browser.path() == "/");
}

fn a_marketer_asks(ways: Ways) {
    let pair = Pair::new();
    let served = &pair.served;
    let person = served.person("festival", "mia", &["marketer"]);
    let browser = Browser::start(ways);
    let say = |fr, en| said(&browser, fr, en);
    come_in(&browser, served, &person);
    browser.is_accessible();
    browser.picture("home");

    browser.click("nav a[href='/questions']");
    browser.is_accessible();
    browser.picture("questions");
    browser.press(say("Recoupement", "Overlap"));
    browser.sees(say("Combien de personnes se trouvent", "How many people are in both"));
    browser.is_accessible();
    browser.click("select[name='audience.a'] option[value='festival/abonnes']");
    browser.click("select[name='audience.b'] option[value='billetterie/acheteurs']");
    browser.click("select[name=purpose] option[value=planification]");
    if !ways.scripts {
        browser.press(say("Voir le coût", "See the cost"));
    }
    // Where scripts run, the cost comes by itself.
    browser.until("the cost", || browser.has("#cost .account"));
    browser.is_accessible();
    browser.picture("cost");
    let spent = served.spent(&pair.marketer);
    browser.press(say("Poser la question", "Ask the question"));
    browser.sees(say("95 fois sur 100", "95 times in 100"));
    assert_ne!(served.spent(&pair.marketer), spent, "the question was charged");
    browser.is_accessible();
    browser.picture("answer");
    let path = browser.path();
    let told = served.by(&person, "GET", &path.replace("/answers", "/api/v1/answers"), &serde_json::Value::Null).ok();
    let shown = told["figures"][0]["shown"].as_i64().unwrap();
    assert!((1_000..2_000).contains(&shown), "{shown}");
    let written = camerata::model::typography::integer(
        shown,
        if ways.language.starts_with("fr") { camerata::model::Language::Fr } else { camerata::model::Language::En },
    );
    browser.sees(&written);

    // Asked again, it is free and the same.
    let spent = served.spent(&pair.marketer);
    browser.goto(&format!("{}/questions/overlap", served.url));
    browser.click("select[name='audience.a'] option[value='billetterie/acheteurs']");
    browser.click("select[name='audience.b'] option[value='festival/abonnes']");
    browser.click("select[name=purpose] option[value=planification]");
    if !ways.scripts {
        browser.press(say("Voir le coût", "See the cost"));
    }
    browser.sees(say("Gratuit", "Free"));
    browser.press(say("Poser la question", "Ask the question"));
    browser.until("the same answer", || browser.path() == path);
    browser.sees(&written);
    assert_eq!(served.spent(&pair.marketer), spent);

    // What nobody permits says so, on the form.
    browser.goto(&format!("{}/questions/overlap", served.url));
    browser.click("select[name='audience.a'] option[value='festival/abonnes']");
    browser.click("select[name='audience.b'] option[value='billetterie/acheteurs']");
    browser.click("select[name=purpose] option:last-child");
    if !ways.scripts {
        browser.press(say("Voir le coût", "See the cost"));
    }
    browser.until("a refusal", || browser.has("main > .notice.wrong"));
    browser.is_accessible();
    browser.picture("refused");

    browser.click("nav a[href='/answers']");
    browser.sees(say("Recoupement", "Overlap"));
    browser.is_accessible();
    browser.picture("answers");
    browser.click("nav a[href='/budget']");
    browser.sees(say("La salle entière", "The whole room"));
    browser.is_accessible();
    browser.picture("budget");

    let csv = served.by(&person, "GET", &format!("{path}/table.csv"), &serde_json::Value::Null);
    assert!(csv.body.contains(&format!(",{shown},")), "{}", csv.body);
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains(".csv"));
    let svg = served.by(&person, "GET", &format!("{path}/chart.svg"), &serde_json::Value::Null);
    assert!(svg.body.starts_with("<svg xmlns") && svg.body.contains("<title>"), "{}", svg.body);
    // Nobody else's answer is shown.
    let other = served.person("billetterie", "noe", &["marketer"]);
    for page in ["", "/table.csv", "/chart.svg"] {
        let reply = served.by(&other, "GET", &format!("{path}{page}"), &serde_json::Value::Null);
        assert_eq!(reply.status, 404, "{page}");
    }
}

#[test]
fn a_marketer_asks_in_french() {
    a_marketer_asks(Ways::FRENCH);
}

#[test]
fn a_marketer_asks_in_english_in_the_dark() {
    a_marketer_asks(Ways { dark: true, ..Ways::ENGLISH });
}

#[test]
fn a_marketer_asks_without_scripts() {
    a_marketer_asks(Ways { scripts: false, ..Ways::FRENCH });
}

#[test]
fn a_marketer_asks_on_a_phone() {
    a_marketer_asks(Ways { width: 390, ..Ways::FRENCH });
}
