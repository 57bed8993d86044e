//! The marketer's whole job: choosing a question, seeing its cost, asking, and taking the answer along.

use super::account::said;
use crate::support::*;
use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;

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
    browser.fill("input[name=expected]", "1000");
    if !ways.scripts {
        browser.press(say("Voir le coût", "See the cost"));
    }
    // Where scripts run, the cost comes by itself.
    browser.until("the cost", || browser.has("#cost .account"));
    browser.sees(say("± 100 (10,0\u{202f}% de 1\u{202f}000)", "± 100 (10.0% of 1,000)"));
    if ways.scripts {
        // Slid to its wide end, the margin is told anew in both.
        browser.script(
            "const s = document.querySelector('input[type=range]'); s.value = 200; s.dispatchEvent(new Event('input'))",
            &[],
        );
        browser.sees(say("(100,0\u{202f}% de 1\u{202f}000)", "(100.0% of 1,000)"));
        browser.fill("input[name=margin]", "100");
        browser.sees(say("(10,0\u{202f}% de 1\u{202f}000)", "(10.0% of 1,000)"));
    }
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
    let told = browser.text_of("main > .notice.wrong");
    assert!(told.contains("(Billetterie du Nord") && !told.contains('/'), "{told}");
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
    let workbook = served.by(&person, "GET", &format!("{path}/table.xlsx"), &serde_json::Value::Null);
    let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(workbook.bytes)).unwrap();
    assert!(workbook.sheet_names().len() >= 2, "{:?}", workbook.sheet_names());
    let sheet = workbook.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(sheet.get_value((1, 1)), Some(&Data::Float(shown as f64)), "{sheet:?}");
    // Nobody else's answer is shown.
    let other = served.person("billetterie", "noe", &["marketer"]);
    for page in ["", "/table.csv", "/table.xlsx", "/chart.svg"] {
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

/// Asks what is in which of the two audiences, with a margin.
fn asks_venn(browser: &Browser, served: &Served, margin: &str) {
    browser.goto(&format!("{}/questions/venn", served.url));
    for audience in ["festival/abonnes", "billetterie/acheteurs"] {
        // As a click with the key that keeps what is chosen.
        let choose = "const s = document.querySelector(`option[value='${arguments[0]}']`); s.selected = true;
            s.closest('select').dispatchEvent(new Event('change', {bubbles: true}))";
        browser.script(choose, &[audience.into()]);
    }
    browser.click("select[name=purpose] option[value=planification]");
    browser.fill("input[name=margin]", margin);
    browser.press(said(browser, "Voir le coût", "See the cost"));
    browser.until("the cost", || browser.has("#cost .account"));
    browser.press(said(browser, "Poser la question", "Ask the question"));
    browser.until("the answer", || browser.path().starts_with("/answers/"));
}

fn a_marketer_draws_and_compares(ways: Ways) {
    let pair = Pair::new();
    let served = &pair.served;
    let person = served.person("festival", "mia", &["marketer"]);
    let browser = Browser::start(ways);
    let say = |fr, en| said(&browser, fr, en);
    come_in(&browser, served, &person);

    // What can't be compared is there, greyed, with the reason.
    browser.goto(&format!("{}/questions/overlap", served.url));
    let greyed = browser.text_of("select[name='audience.a'] option[value='salle/abonnes']:disabled");
    assert!(greyed.contains(say("la salle n’en détient rien", "the room holds nothing of it")), "{greyed}");

    asks_venn(&browser, served, "60");
    browser.until("both drawings", || browser.has("svg .in") && browser.has("svg .set.two"));
    browser.sees(say("Dans tous : environ", "In all of them: about"));
    // Audiences go by their titles, in tables and pictures.
    browser.sees(say("Acheteurs de billets et Abonnés du festival", "Ticket buyers and Festival subscribers"));
    // Who is in one and not in the other isn't told as the whole audience.
    browser.sees(say("Abonnés du festival seulement", "Festival subscribers only"));
    let shown = browser.text_of("main");
    assert!(!shown.contains("billetterie/") && !shown.contains("festival/"), "{shown}");
    browser.is_accessible();
    browser.picture("venn");
    // The picture for a slide: a PNG of the browser's own making.
    browser.script(
        "window.made = null; const make = URL.createObjectURL; URL.createObjectURL = (blob) => { blob.slice(0, 8).arrayBuffer().then((head) => { window.made = [...new Uint8Array(head)].join(); }); return make(blob); };",
        &[],
    );
    browser.press("PNG");
    browser.until("a PNG", || browser.script("return window.made", &[]).as_str() == Some("137,80,78,71,13,10,26,10"));

    asks_venn(&browser, served, "40");
    browser.click("nav a[href='/answers']");
    browser.click("select[name=one] option:nth-child(3)");
    browser.click("select[name=other] option:nth-child(2)");
    browser.press(say("Comparer", "Compare"));
    browser.until("the comparison", || browser.path() == "/answers/comparison");
    // The same people, twice: but for one time in twenty, their difference can't be told from none.
    browser.sees(say("Différence", "Difference"));
    let shown = browser.text_of("main");
    assert!(!shown.contains("billetterie/") && !shown.contains("festival/"), "{shown}");
    browser.is_accessible();
    browser.picture("comparison");
}

#[test]
fn a_marketer_draws_and_compares_in_french() {
    a_marketer_draws_and_compares(Ways::FRENCH);
}

#[test]
fn a_marketer_draws_and_compares_in_english_in_the_dark() {
    a_marketer_draws_and_compares(Ways { dark: true, ..Ways::ENGLISH });
}

/// From the sign-in to the answer without touching a mouse.
#[test]
fn a_marketer_asks_from_the_keyboard() {
    let pair = Pair::new();
    let served = &pair.served;
    let person = served.person("festival", "mia", &["marketer"]);
    let browser = Browser::start(Ways::FRENCH);
    browser.goto(&format!("{}/sign-in", served.url));
    browser.tab_to(".skip");
    browser.tab_to("input[name=email]");
    browser.strike(&person.email);
    browser.tab_to("input[name=password]");
    browser.strike(PASSWORD);
    browser.enter();
    browser.until("the front page", || browser.path() == "/");
    browser.tab_to("main a[href='/questions']");
    browser.enter();
    browser.until("the questions", || browser.path() == "/questions");
    browser.tab_to("main a[href='/questions/overlap']");
    browser.enter();
    browser.until("the form", || browser.has("#asking"));
    for (list, value) in
        [("audience.a", "festival/abonnes"), ("audience.b", "billetterie/acheteurs"), ("purpose", "planification")]
    {
        browser.tab_to(&format!("select[name='{list}']"));
        browser.down_to(value);
    }
    browser.until("the cost", || browser.has("#cost .account"));
    browser.tab_to("#cost button[value=ask]");
    browser.enter();
    browser.sees("95 fois sur 100");
    browser.tab_to("main figure");
    browser.tab_to("main a[href$='/table.xlsx']");
}
