//! The steward's whole job: what the member holds, who asked what of it, and a new list that is hashed in the browser.

use super::account::said;
use crate::support::*;
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// Generated customers as an export writes them, with rows that can't be taken.
struct Export {
    rows: Vec<[String; 5]>,
}

impl Export {
    fn of(people: u32) -> Self {
        let genres = ["Jazz", "théâtre", "Danse", "Jaz"];
        let mut rows: Vec<[String; 5]> = (0..people)
            .map(|person| {
                let email = match person % 4 {
                    0 => format!(" Personne.{person}@Example.COM"),
                    1 => format!("personne.{person}+infolettre@gmail.com"),
                    2 => String::new(),
                    _ => format!("personne.{person}@exemple.québec"),
                };
                let phone = format!("(514) 555-{person:04}");
                let genre = genres[person as usize % genres.len()].to_owned();
                [format!("Prénom{person} Nom{person}"), email, phone, genre, "Montréal".to_owned()]
            })
            .collect();
        let wrong = |email: &str, phone: &str| {
            ["Sans Adresse".to_owned(), email.to_owned(), phone.to_owned(), String::new(), String::new()]
        };
        rows.extend([
            wrong("pas-une-adresse", "n/d"),
            wrong("", ""),
            wrong("deux@example.com;trois@example.com", "12"),
        ]);
        Self { rows }
    }

    fn write(&self, path: &Path) {
        let mut text = "Nom;Courriel;Téléphone;Style;Région administrative\r\n".to_owned();
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|cell| format!("\"{cell}\"")).collect();
            let _ = write!(text, "{}\r\n", cells.join(";"));
        }
        fs::write(path, text).unwrap();
    }

    /// Everything of a person that must not leave, as it is written and as it is normalised.
    fn secrets(&self) -> Vec<String> {
        let mut secrets = vec!["pas-une-adresse".to_owned()];
        for [name, email, phone, ..] in &self.rows {
            secrets.extend([name.clone(), email.trim().to_owned(), email.trim().to_lowercase(), phone.clone()]);
            let local = email.trim().split('@').next().unwrap_or_default().to_owned();
            secrets.extend([local.to_lowercase(), local]);
            let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
            if digits.len() >= 10 {
                secrets.extend([format!("+1{digits}"), digits]);
            }
        }
        secrets.retain(|secret| secret.len() > 6);
        secrets
    }
}

/// What the command line makes of the same file.
fn by_command_line(served: &Served, export: &Path, folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let out = folder.join("cli.csv");
    let mut command = served.founded.command("", "");
    command.arg("hash").arg(export).arg("--out").arg(&out).args(arguments);
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    fs::read(out).unwrap()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

/// Fills in the terms.
fn terms(browser: &Browser, basis: &str) {
    browser.fill("textarea[name=legal_basis]", basis);
    // A date's field takes its value from people's typing in their own order of day and month.
    for (name, day) in [("collected", "2026-01-15"), ("expires", "2099-01-01")] {
        browser.script(&format!("document.querySelector('input[name={name}]').value = '{day}'"), &[]);
    }
}

fn a_steward_uploads(ways: Ways) {
    let pair = Pair::new();
    let served = &pair.served;
    pair.served.ask(&pair.marketer, 100.0).ok();
    let person = served.person("festival", "zoe", &["steward"]);
    let before = served.get(&pair.steward, "/api/v1/audiences").ok();
    let recorder = Recorder::before(served);
    let folder = tempfile::tempdir().unwrap();
    let export = Export::of(400);
    let path = folder.path().join("clientèle d’été.csv");
    export.write(&path);

    let browser = Browser::start(ways);
    let say = |fr, en| said(&browser, fr, en);
    browser.come_in(&recorder.url, &person);
    browser.click("nav a[href='/audiences']");
    browser.sees(say("Abonnés du festival", "Festival subscribers"));
    browser.sees(say("3\u{202f}000 courriels distincts", "3,000 distinct e-mails"));
    browser.is_accessible();
    browser.picture("audiences");
    browser.click("a[href='/audiences/abonnes']");
    browser.sees(say("Recoupement", "Overlap"));
    browser.sees(say("± 100 près", "within ± 100"));
    browser.sees("consentement à l'infolettre");
    browser.is_accessible();
    browser.picture("audience");

    browser.press(say("Téléverser une nouvelle version", "Upload a new version"));
    browser.until("the form", || browser.shows("#upload"));
    assert!(!browser.shows("#without-script"));
    browser.is_accessible();
    browser.picture("upload");
    browser.attach("input[name=file]", &path);
    browser.sees(say("Dites ce que chaque colonne contient", "Say what each column holds"));
    let chosen =
        browser.script("return [...document.querySelectorAll('[data-column]')].map(choice => choice.value)", &[]);
    assert_eq!(chosen, serde_json::json!(["", "email", "phone", "", "column region"]), "what the names say");
    browser.click("[data-column='3'] option[value='column genre']");
    browser.is_accessible();
    browser.picture("upload-columns");
    browser.click("#hash");
    browser.until("what will leave", || browser.shows("#hash-facts"));
    browser.sees(say("courriel invalide", "not an e-mail address"));
    browser.sees("Jaz");
    browser.is_accessible();
    browser.picture("upload-leaving");
    let map = ["--map", "genre=Style", "--map", "region=Région administrative"];
    let hashes = by_command_line(served, &path, folder.path(), &map);
    assert!(
        browser.script("return document.querySelector('input[value=planification]').checked", &[]).as_bool().unwrap()
    );
    terms(&browser, "Consentement à l’infolettre, printemps");
    browser.picture("upload-terms");
    let words = String::from_utf8_lossy(&recorder.sent()).into_owned();
    assert!(!words.contains("PATCH /api/v1/uploads"), "nothing leaves before it is sent");
    browser.click("#send");
    browser.sees(say("La nouvelle version est en vigueur", "The new version is in force"));
    browser.is_accessible();
    browser.picture("upload-outcome");

    // What left is what the command line makes of the same file, byte for byte; and nothing of a person is anywhere in what was sent.
    let sent = recorder.sent();
    assert!(hashes.len() > 30_000 && contains(&sent, &hashes), "the hashes left as the command line makes them");
    let sent = String::from_utf8_lossy(&sent).to_lowercase();
    for secret in export.secrets() {
        assert!(!sent.contains(&secret.to_lowercase()), "{secret} left the browser");
        let escaped: String = url::form_urlencoded::byte_serialize(secret.to_lowercase().as_bytes()).collect();
        assert!(!sent.contains(&escaped), "{secret} left the browser");
    }
    let after = served.get(&pair.steward, "/api/v1/audiences").ok();
    let version = |audiences: &serde_json::Value| {
        let of = |a: &&serde_json::Value| a["audience"] == "festival/abonnes";
        audiences["audiences"].as_array().unwrap().iter().find(of).unwrap()["version"]["number"].as_i64().unwrap()
    };
    assert!(version(&after) > version(&before));
    browser.click("#outcome-link");
    browser.sees(say("300 courriels distincts", "300 distinct e-mails"));
    browser.sees(say("remplacée", "replaced"));
    browser.sees("printemps");
    browser.is_accessible();
    browser.picture("audience-after");
}

#[test]
fn a_steward_uploads_in_french() {
    a_steward_uploads(Ways::FRENCH);
}

#[test]
fn a_steward_uploads_in_english_in_the_dark() {
    a_steward_uploads(Ways { dark: true, ..Ways::ENGLISH });
}

#[test]
fn a_steward_uploads_on_a_phone() {
    a_steward_uploads(Ways { width: 390, ..Ways::FRENCH });
}

#[test]
fn without_scripts_the_page_names_the_command() {
    let served = Founded::new().serve();
    let person = served.person("festival", "zoe", &["steward"]);
    for ways in [Ways { scripts: false, ..Ways::FRENCH }, Ways { scripts: false, ..Ways::ENGLISH }] {
        let browser = Browser::start(ways);
        browser.come_in(&served.url, &person);
        browser.click("nav a[href='/audiences']");
        browser.sees(said(&browser, "Aucune version en vigueur", "No version in force"));
        browser.click("a[href='/upload']");
        browser.sees("camerata hash");
        browser.sees("camerata upload hashes.csv --audience abonnes");
        assert!(!browser.shows("#upload"));
        browser.picture("upload-no-script");
    }
}

#[test]
fn another_member_s_audience_is_told_from_none_by_nothing() {
    let pair = Pair::new();
    let served = &pair.served;
    let person = served.person("festival", "zoe", &["steward"]);
    let page = |path: &str| served.by(&person, "GET", path, &serde_json::Value::Null);
    let (other, none) = (page("/audiences/acheteurs"), page("/audiences/rien"));
    assert_eq!((other.status, none.status), (404, 404));
    assert_eq!(other.body.replace("acheteurs", "rien"), none.body);
    // What others asked of theirs alone isn't told here.
    let own = page("/audiences/abonnes");
    assert_eq!(own.status, 200);
    assert!(!own.body.contains("1 500"), "no size of another member");
}

/// A room in which an audience's title is markup.
fn room_of_markup(markup: &str) -> std::sync::Arc<Founded> {
    let founded = Founded::new();
    let path: PathBuf = founded.room().join("policies/members.toml");
    let members = fs::read_to_string(&path).unwrap();
    let from = "title = { fr = \"Abonnés du festival\", en = \"Festival subscribers\" }";
    assert!(members.contains(from));
    fs::write(&path, members.replace(from, &format!("title = {{ fr = '{markup}', en = '{markup}' }}"))).unwrap();
    founded
}

#[test]
fn no_name_that_people_choose_is_run() {
    let markup = "<img src=x onerror=globalThis.ran=1>";
    let served = room_of_markup(markup).serve();
    let person = served.person("festival", "zoe", &["steward"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("{markup}.csv"));
    let column = "</th><img src=x onerror=globalThis.ran=1>";
    let rows: String = (0..40).map(|person| format!("{},\"{markup}\",'\n", email(person))).collect();
    fs::write(&path, format!("courriel,Genre artistique,\"{column}\"\nfaux,\"{markup}\",\n{rows}")).unwrap();

    let browser = Browser::start(Ways::FRENCH);
    browser.come_in(&served.url, &person);
    let unharmed = |words: &str| {
        browser.sees(words);
        assert_eq!(
            browser.script("return [globalThis.ran, document.querySelectorAll('main img, main script').length]", &[]),
            serde_json::json!([null, 0])
        );
    };
    browser.click("nav a[href='/audiences']");
    unharmed(markup);
    browser.click("a[href='/upload']");
    browser.until("the form", || browser.shows("#upload"));
    browser.attach("input[name=file]", &path);
    unharmed(column);
    let dropped = format!(
        "const put = new DataTransfer(); put.items.add(document.querySelector('input[name=file]').files[0]); {}",
        "document.querySelector('#drop').dispatchEvent(new DragEvent('drop', { dataTransfer: put, bubbles: true, cancelable: true }))"
    );
    browser.script(&dropped, &[]);
    unharmed(&format!("{markup}.csv"));
    unharmed(column);
    browser.is_accessible();
    browser.click("#hash");
    browser.until("what will leave", || browser.shows("#hash-facts"));
    unharmed(markup);
    browser.click("input[value=planification]");
    terms(&browser, &format!("consentement {markup}\n</textarea><script>globalThis.ran=1</script>"));
    browser.click("#send");
    browser.until("the outcome", || browser.shows("#outcome"));
    unharmed("valeur inconnue du vocabulaire");
    browser.click("#outcome-link");
    unharmed("</textarea><script>");
    browser.goto(&format!("{}/upload?audience=abonnes", served.url));
    browser.until("the form", || browser.shows("#upload"));
    unharmed(markup);
    assert!(!browser.console().contains("Content Security Policy"), "nothing tried to: {}", browser.console());
}

#[test]
fn a_broken_upload_goes_on_where_the_room_stands() {
    let pair = Pair::new();
    let served = &pair.served;
    let person = served.person("festival", "zoe", &["steward"]);
    let recorder = Recorder::before(served);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grande.csv");
    let rows: String = (0..100_000).map(|person| email(person) + "\n").collect();
    fs::write(&path, format!("courriel\n{rows}")).unwrap();
    let browser = Browser::start(Ways::FRENCH);
    browser.come_in(&recorder.url, &person);
    browser.goto(&format!("{}/upload?audience=abonnes", recorder.url));
    browser.until("the form", || browser.shows("#upload"));
    browser.attach("input[name=file]", &path);
    browser.until("the columns", || browser.shows("#hash"));
    browser.click("#hash");
    browser.until("what will leave", || browser.shows("#hash-facts"));
    browser.sees("100\u{202f}000");
    terms(&browser, "consentement");
    recorder.break_after(5_000_000);
    browser.click("#send");
    browser.until("the outcome", || browser.shows("#outcome"));
    assert!(recorder.has_broken());
    browser.sees("100\u{202f}000");
    let sent = recorder.sent();
    assert!(sent.len() < 12_000_000, "{} bytes: what the room had was not sent again", sent.len());
}

/// A million rows, measured by hand: how long hashing takes, and the longest that the page was held up meanwhile.
#[test]
#[ignore = "some minutes: cargo test --test server pages::steward::a_million -- --ignored --nocapture"]
fn a_million_rows_leave_the_page_free() {
    let served = Founded::new().serve();
    let person = served.person("festival", "zoe", &["steward"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("million.csv");
    let mut text = "courriel,telephone\n".to_owned();
    for person in 0..1_000_000_u32 {
        let _ = writeln!(text, "{},514{}{:04}", email(person), 200 + person / 10_000, person % 10_000);
    }
    fs::write(&path, text).unwrap();
    let browser = Browser::start(Ways::FRENCH);
    browser.come_in(&served.url, &person);
    browser.goto(&format!("{}/upload?audience=abonnes", served.url));
    browser.until("the form", || browser.shows("#upload"));
    browser.attach("input[name=file]", &path);
    browser.until("the columns", || browser.shows("#hash"));
    browser.script(
        "globalThis.held = 0; let last = performance.now(); setInterval(() => { const now = performance.now(); globalThis.held = Math.max(globalThis.held, now - last); last = now; }, 10);",
        &[],
    );
    let since = std::time::Instant::now();
    browser.click("#hash");
    while !browser.shows("#hash-facts") {
        assert!(since.elapsed().as_secs() < 600, "{}", browser.text());
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let held = browser.script("return globalThis.held", &[]);
    eprintln!(
        "1,000,000 rows with two identifiers in {:?}; the page was held up for {held} ms at most",
        since.elapsed()
    );
    assert!(held.as_f64().unwrap() < 500.0, "{held}");
    browser.sees("1\u{202f}000\u{202f}000");
}
