//! Sign-in at a member's directory: the served program against a real OpenID provider, as browsers and attackers meet it.

use super::support::*;
use serde_json::{Value, json};
use url::Url;

fn person(email: &str, groups: &[&str], methods: &[&str]) -> Value {
    json!({ "email": email, "email_verified": true, "name": "Ana Tremblay", "groups": groups, "amr": methods })
}

fn ana(groups: &[&str]) -> Value {
    json!({ "ana": person("ana@festival.ca", groups, &["pwd", "mfa"]) })
}

fn roles(browser: &Tab, served: &Served) -> Value {
    browser.me(served).ok()["roles"].clone()
}

#[test]
fn whoever_the_directory_knows_arrives_with_the_roles_of_their_groups() {
    let directory = Directory::start(&ana(&["ventes", "soccer"]));
    let founded = Founded::new();
    let served = founded.serve_directories(&[(&directory, "festival")]);
    let listed = served.get("", "/api/v1/directories").ok();
    assert_eq!(listed["directories"].as_array().unwrap().len(), 1);
    let listed = listed["directories"][0].as_object().unwrap();
    assert!(listed["member"] == "festival" && listed.len() == 2, "name and title alone: {listed:?}");

    let mut browser = Tab::default();
    assert_eq!(browser.sign_in(&served, "festival", "ana"), "/budget");
    let me = browser.me(&served).ok();
    assert_eq!(
        (&me["member"], &me["user"], &me["roles"]),
        (&json!("festival"), &json!("Ana Tremblay"), &json!(["marketer"]))
    );
    // The same person is the same user, by what the directory calls them and not by their address; with the roles of today, at once
    // in what they signed in before.
    let mut moved = person("ana.t@festival.ca", &["donnees", "conformite"], &["pwd", "mfa"]);
    moved["name"] = "Ana T.".into();
    directory.knows(&json!({ "ana": moved }));
    let mut other = Tab::default();
    other.sign_in(&served, "festival", "ana");
    let again = other.me(&served).ok();
    assert_eq!((&again["id"], &again["roles"]), (&me["id"], &json!(["officer", "steward"])));
    browser.me(&served).problem(401, "unauthorized");
    // Nobody signs in to it by password, nor is sent a link to set one.
    for email in ["ana@festival.ca", "ana.t@festival.ca"] {
        served.post("", "/api/v1/recovery", &json!({ "email": email }));
        let body = json!({ "email": email, "password": PASSWORD });
        served.post("", "/api/v1/session", &body).problem(401, "sign-in-failed");
    }
    // A token is worth what its user's roles are.
    let cookie = other.session(&served);
    let headers = [("cookie", cookie.as_str()), ("origin", served.url.as_str())];
    let issued = served.with_headers("POST", "/api/v1/tokens", &headers, &json!({ "name": "portable" })).ok();
    let token = issued["token"].as_str().unwrap();
    served.get(token, "/api/v1/users").ok();
    directory.knows(&ana(&["donnees"]));
    Tab::default().sign_in(&served, "festival", "ana");
    served.get(token, "/api/v1/users").problem(403, "wrong-role");
    // What happened is in the log, with no address.
    let officer = founded.token("festival", "officer");
    let log = served.get(&officer, "/api/v1/audit/entries").ok().to_string();
    assert!(log.contains("user-joined") && log.contains("directory") && log.contains("roles-changed"), "{log}");
    assert!(!log.contains("@festival.ca"), "{log}");
}

#[test]
fn who_loses_all_groups_or_was_ended_comes_in_no_more() {
    let directory = Directory::start(&ana(&["ventes"]));
    let founded = Founded::new();
    let served = founded.serve_directories(&[(&directory, "festival")]);
    let mut browser = Tab::default();
    browser.sign_in(&served, "festival", "ana");
    let cookie = browser.session(&served);
    let headers = [("cookie", cookie.as_str()), ("origin", served.url.as_str())];
    let issued = served.with_headers("POST", "/api/v1/tokens", &headers, &json!({ "name": "portable" })).ok();
    let token = issued["token"].as_str().unwrap().to_owned();
    served.get(&token, "/api/v1/me").ok();
    directory.knows(&ana(&["soccer"]));
    assert_eq!(Tab::default().sign_in(&served, "festival", "ana"), "/sign-in?error=no-role");
    browser.me(&served).problem(401, "unauthorized");
    served.get(&token, "/api/v1/me").problem(401, "unauthorized");
    // Whom the directory never gave a role is no user.
    directory.knows(&json!({ "bob": person("bob@festival.ca", &[], &["mfa"]), "ana": ana(&["ventes"])["ana"] }));
    assert_eq!(Tab::default().sign_in(&served, "festival", "bob"), "/sign-in?error=no-role");
    // Groups come back, and so does the person, as who they were; whom an officer has ended doesn't.
    let mut back = Tab::default();
    assert_eq!(back.sign_in(&served, "festival", "ana"), "/budget");
    let id = back.me(&served).ok()["id"].clone();
    let officer = served.person("festival", "Olga", &["officer"]);
    let users = served.by(&officer, "GET", "/api/v1/users", &Value::Null).ok();
    let listed = users["users"].as_array().unwrap().iter().find(|user| user["id"] == id).unwrap().clone();
    assert_eq!((&listed["directory"], &listed["email"]), (&json!(true), &json!("ana@festival.ca")));
    served.by(&officer, "DELETE", &format!("/api/v1/users/{id}"), &Value::Null).ok();
    back.me(&served).problem(401, "unauthorized");
    assert_eq!(Tab::default().sign_in(&served, "festival", "ana"), "/sign-in?error=ended");
    assert!(!served.by(&officer, "GET", "/api/v1/users", &Value::Null).body.contains("bob"));
}

#[test]
fn an_officer_shows_two_factors_at_the_directory() {
    let people = |methods: &[&str]| json!({ "ana": person("ana@festival.ca", &["conformite"], methods) });
    let directory = Directory::start(&people(&["pwd"]));
    let founded = Founded::new();
    let served = founded.serve_directories(&[(&directory, "festival")]);
    let mut browser = Tab::default();
    assert_eq!(browser.sign_in(&served, "festival", "ana"), "/sign-in?error=two-factors");
    browser.me(&served).problem(401, "unauthorized");
    directory.knows(&people(&["pwd", "mfa"]));
    let mut browser = Tab::default();
    assert_eq!(browser.sign_in(&served, "festival", "ana"), "/budget");
    assert_eq!(roles(&browser, &served), json!(["officer"]));
    served.end();
    // A directory that lets nobody in without, and says nothing of it.
    directory.knows(&people(&["pwd"]));
    let section =
        directory.section("festival").replace("[directory.roles]", "always_two_factors = true\n[directory.roles]");
    std::fs::write(founded.room().join("camerata.toml"), section).unwrap();
    let served = founded.serve();
    let mut browser = Tab::default();
    assert_eq!(browser.sign_in(&served, "festival", "ana"), "/budget");
}

#[test]
fn an_account_with_a_password_is_linked_by_its_user_and_taken_over_by_nobody() {
    let directory = Directory::start(&ana(&["ventes"]));
    let founded = Founded::new();
    let served = founded.serve_directories(&[(&directory, "festival")]);
    let ana = served.person("festival", "ana", &["marketer"]);
    let mut other = ana.clone();
    let other = served.sign_in(&mut other);
    assert_eq!(Tab::default().sign_in(&served, "festival", "ana"), "/sign-in?error=account-exists");
    // An address that another member's user has is told from none by nothing.
    let stranger = served.person("salle", "eva", &["marketer"]);
    directory.knows(&json!({ "eva": person(&stranger.email, &["ventes"], &[]), "ana": person("ana@festival.ca", &["ventes"], &[]) }));
    let mut eva = Tab::default();
    assert_eq!(eva.sign_in(&served, "festival", "eva"), "/budget");
    assert_ne!(eva.me(&served).ok()["id"], stranger.id);

    // The link is begun with the password, and ended in the same browser by who is still signed in.
    let begin = |body: &Value| served.by(&ana, "POST", "/api/v1/me/directory", body);
    begin(&json!({ "password": OTHER })).problem(409, "not-proven");
    let start = || {
        let reply = begin(&json!({ "password": PASSWORD, "next": "/account" }));
        let url = Url::parse(reply.clone().ok()["url"].as_str().unwrap()).unwrap();
        let mut browser = Tab::default();
        browser.keep(&served.url, &reply.headers);
        (browser, url)
    };
    let (mut without, url) = start();
    let back = without.at_directory(&served, url, "ana");
    assert_eq!(without.come_back(&back), "/sign-in?error=not-begun", "nobody is signed in");
    let (mut another, url) = start();
    let (_, session) = stranger.cookie.split_once('=').unwrap();
    another.cookies.insert((served.url.clone(), "camerata".to_owned()), session.to_owned());
    let back = another.at_directory(&served, url, "ana");
    assert_eq!(another.come_back(&back), "/sign-in?error=not-begun", "somebody else is");
    let (mut browser, url) = start();
    let (_, session) = ana.cookie.split_once('=').unwrap();
    browser.cookies.insert((served.url.clone(), "camerata".to_owned()), session.to_owned());
    let back = browser.at_directory(&served, url, "ana");
    assert_eq!(browser.come_back(&back), "/account");
    assert_eq!(browser.me(&served).ok()["id"], ana.id);
    assert_ne!(browser.session(&served), ana.cookie, "under another secret");
    // The directory alone lets in now.
    for ended in [&ana, &other] {
        served.by(ended, "GET", "/api/v1/me", &Value::Null).problem(401, "unauthorized");
    }
    let body = json!({ "email": ana.email, "password": PASSWORD });
    served.post("", "/api/v1/session", &body).problem(401, "sign-in-failed");
    let mut again = Tab::default();
    assert_eq!(again.sign_in(&served, "festival", "ana"), "/budget");
    assert_eq!(again.me(&served).ok()["id"], ana.id);
}

#[test]
fn what_comes_back_counts_once_for_the_browser_that_began_it() {
    let directory = Directory::start(&ana(&["ventes"]));
    let founded = Founded::new();
    let served = founded.serve_directories(&[(&directory, "festival")]);
    let refused = "/sign-in?error=not-begun";
    let begun = |next: &str| {
        let mut browser = Tab::default();
        let there = browser.begin(&served, "festival", next);
        let back = browser.at_directory(&served, there, "ana");
        (browser, back)
    };
    // Replayed, in the same browser and with the cookie that it had.
    let (mut browser, back) = begun("/budget");
    let mut before = browser.clone();
    assert_eq!(browser.come_back(&back), "/budget");
    for browser in [&mut browser, &mut before] {
        assert_eq!(browser.come_back(&back), refused);
    }
    before.me(&served).problem(401, "unauthorized");
    // Another browser's: with no sign-in under way, and with one of its own (its user would be signed in as somebody else).
    let (_, back) = begun("/budget");
    assert_eq!(Tab::default().come_back(&back), refused);
    let (mut victim, _) = begun("/budget");
    let (_, attackers) = begun("/budget");
    assert_eq!(victim.come_back(&attackers), refused);
    victim.me(&served).problem(401, "unauthorized");
    // A code of one sign-in with the state of another.
    let (mut victim, own) = begun("/budget");
    let (_, attackers) = begun("/budget");
    let value = |url: &Url, name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    let query = |state: &str, code: &str, iss: Option<&str>| {
        let mut url = own.clone();
        url.query_pairs_mut().clear().append_pair("state", state).append_pair("code", code);
        if let Some(iss) = iss {
            url.query_pairs_mut().append_pair("iss", iss);
        }
        url
    };
    let (state, issuer) = (value(&own, "state"), directory.issuer.as_str());
    assert_eq!(victim.come_back(&query(&state, &value(&attackers, "code"), Some(issuer))), "/sign-in?error=untrusted");
    // Sent back by another directory than the one it was sent to, or by one that doesn't say which.
    for iss in [Some("https://evil.example"), None, Some("")] {
        let (mut browser, own) = begun("/budget");
        assert_eq!(browser.come_back(&query(&value(&own, "state"), &value(&own, "code"), iss)), refused, "{iss:?}");
        browser.me(&served).problem(401, "unauthorized");
    }
    // A token for another nonce than the room's.
    let mut browser = Tab::default();
    let there = browser.begin(&served, "festival", "/budget");
    let mut other = there.clone();
    other.query_pairs_mut().clear();
    for (name, text) in there.query_pairs() {
        other.query_pairs_mut().append_pair(&name, if name == "nonce" { "another" } else { &text });
    }
    let back = browser.at_directory(&served, other, "ana");
    assert_eq!(browser.come_back(&back), "/sign-in?error=untrusted");
    // Nothing brought back, and a refusal of the directory's.
    for query in ["", "?error=access_denied&state=x", "?code=%ff%00", "?state=a&state=b"] {
        let (mut browser, _) = begun("/budget");
        let url = Url::parse(&format!("{}/api/v1/directory/callback{query}", served.url)).unwrap();
        assert!(matches!(browser.come_back(&url).as_str(), "/sign-in?error=denied" | "/sign-in?error=not-begun"));
        browser.me(&served).problem(401, "unauthorized");
    }
    // Nothing leads out of the room.
    for away in ["https://evil.example", "//evil.example", "/\\evil.example", "/\r\nSet-Cookie: a=b"] {
        let (mut browser, back) = begun(away);
        assert_eq!(browser.come_back(&back), "/", "{away:?}");
    }
    let log = served.log.lock().unwrap().clone();
    assert!(!log.contains("ana@festival.ca") && !log.contains(&state) && !log.contains(&value(&own, "code")), "{log}");
}

#[test]
fn a_directory_lets_people_in_to_its_own_member_alone() {
    let (festivals, venues) = (Directory::start(&ana(&["ventes"])), Directory::start(&ana(&["conformite"])));
    let founded = Founded::new();
    let served = founded.serve_directories(&[(&festivals, "festival"), (&venues, "salle")]);
    // The same name and address at both are two people.
    let (mut one, mut other) = (Tab::default(), Tab::default());
    one.sign_in(&served, "festival", "ana");
    other.sign_in(&served, "salle", "ana");
    let (one, other) = (one.me(&served).ok(), other.me(&served).ok());
    assert_eq!((&one["member"], &other["member"]), (&json!("festival"), &json!("salle")));
    assert_ne!(one["id"], other["id"]);
    // A sign-in that was begun at one, and answered by the other.
    let mut browser = Tab::default();
    let began = browser.begin(&served, "festival", "/");
    let elsewhere = Tab::default().begin(&served, "salle", "/");
    let mut mixed = elsewhere.clone();
    mixed.set_query(began.query());
    let back = browser.at_directory(&served, mixed, "ana");
    assert_eq!(browser.come_back(&back), "/sign-in?error=not-begun");
    browser.me(&served).problem(401, "unauthorized");
    for nobody in ["label", "nobody", "..%2f", "FESTIVAL"] {
        let url = Url::parse(&format!("{}/api/v1/directory/{nobody}", served.url)).unwrap();
        assert_eq!(Tab::default().come_back(&url), "/sign-in?error=unknown", "{nobody}");
    }
    served.end();
    drop(festivals);
    let served = founded.serve();
    let url = Url::parse(&format!("{}/api/v1/directory/festival", served.url)).unwrap();
    assert_eq!(Tab::default().come_back(&url), "/sign-in?error=unreachable");
}

#[test]
fn a_sign_in_is_begun_at_one_gateway_and_ended_at_another() {
    let directory = Directory::start(&ana(&["ventes"]));
    let founded = Founded::on_server(&Postgres::shared().database());
    let path = founded.room().join("camerata.toml");
    let settings = std::fs::read_to_string(&path).unwrap() + &directory.section("festival");
    std::fs::write(path, settings).unwrap();
    let (first, second) = (founded.serve(), founded.serve());
    // A browser's cookies are the host's, whichever gateway answers.
    let mut browser = Tab::default();
    let there = browser.begin(&first, "festival", "/budget");
    let back = browser.at_directory(&first, there, "ana");
    let mut elsewhere = Url::parse(&second.url).unwrap().join(back.path()).unwrap();
    elsewhere.set_query(back.query());
    let cookie = browser.cookies[&(first.url.clone(), "camerata-directory".to_owned())].clone();
    browser.cookies.insert((second.url.clone(), "camerata-directory".to_owned()), cookie);
    assert_eq!(browser.come_back(&elsewhere), "/budget");
    assert_eq!(browser.come_back(&back), "/sign-in?error=not-begun", "nor is it ended twice");
    let session = browser.session(&second);
    let known = |gateway: &Served| gateway.with_headers("GET", "/api/v1/me", &[("cookie", &session)], &Value::Null);
    known(&first).ok();
    known(&second).ok();
    // What the directory takes away at one is gone at the other.
    directory.knows(&ana(&[]));
    assert_eq!(Tab::default().sign_in(&first, "festival", "ana"), "/sign-in?error=no-role");
    known(&second).problem(401, "unauthorized");
}

#[test]
fn a_room_does_not_open_on_directories_that_can_t_be_meant() {
    let founded = Founded::new();
    let section = |member: &str, issuer: &str, role: &str| {
        format!(
            "[[directory]]\nmember = \"{member}\"\nissuer = \"{issuer}\"\nclient_id = \"salle\"\n[directory.roles]\nventes = [\"{role}\"]\n"
        )
    };
    let good = section("festival", "https://login.festival.ca", "marketer");
    for bad in [
        section("nobody", "https://login.festival.ca", "marketer"),
        section("festival", "http://login.festival.ca", "marketer"),
        section("festival", "https://login.festival.ca", "host"),
        format!("{good}{good}"),
    ] {
        // In the file, and in another that the environment names.
        for elsewhere in [false, true] {
            let file = if elsewhere { "directories.toml" } else { "camerata.toml" };
            std::fs::write(founded.room().join("camerata.toml"), "").unwrap();
            std::fs::write(founded.room().join(file), &bad).unwrap();
            let mut command = std::process::Command::new(CAMERATA);
            command.args(["serve", "--port", "0", "--room"]).arg(founded.room());
            if elsewhere {
                command.env("CAMERATA_DIRECTORY_FILE", founded.room().join(file));
            }
            let refused = command.output().unwrap();
            let said = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert!(!refused.status.success() && said.contains("[[directory]]"), "{bad}: {said}");
        }
    }
}
