//! What holds for every page: who may open it, and what the browser is told.

use crate::support::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A path with something in each of its places.
fn filled(path: &str) -> String {
    path.replace("{secret}", "rien")
        .replace("{id}", "999999")
        .replace("{template}", "rien")
        .replace("{audience}", "rien")
        .replace("{version}", &"0".repeat(64))
}

/// Every page and form, tried by nobody and by every role, as the table says.
#[test]
fn every_page_is_for_whom_the_table_says() {
    let founded = Founded::new();
    let served = founded.serve();
    let roles = ["marketer", "officer", "steward", "host"];
    let people: BTreeMap<&str, Person> = roles
        .iter()
        .map(|role| {
            let member = if *role == "host" { "cooperative" } else { "festival" };
            (*role, served.person(member, role, &[*role]))
        })
        .collect();
    let table = camerata::web::table();
    assert!(table.len() >= 30, "{}", table.len());
    for (method, path, who) in table {
        // These end what they are called with; each has its own test.
        if path == "/sign-out" {
            continue;
        }
        let path = filled(path);
        let anonymous = served.with_headers(&method, &path, &[("origin", &served.url)], &Value::Null);
        let away = (300..400).contains(&anonymous.status)
            && anonymous.headers["location"].to_str().unwrap().starts_with("/sign-in");
        assert_eq!(!away, who == ["anyone"], "{method} {path}: {}", anonymous.status);
        for (role, person) in &people {
            let reply = served.by(person, &method, &path, &Value::Null);
            let may = ["anyone", "in-person", "signed-in"].contains(&who[0]) || who.contains(role);
            assert_eq!(reply.status != 403, may, "{method} {path} by {role}: {}", reply.status);
            // Another site's page does nothing in anybody's name.
            if method == "POST" {
                let headers = [("cookie", person.cookie.as_str()), ("origin", "https://evil.example")];
                assert_eq!(served.with_headers(&method, &path, &headers, &Value::Null).status, 403, "{method} {path}");
            }
        }
    }
}

#[test]
fn the_browser_is_told_to_run_nothing_of_others() {
    let served = Founded::new().serve();
    for path in ["/", "/sign-in", "/recovery", "/nowhere"] {
        let reply = served.call("GET", "", path, &[], b"").unwrap();
        let policy = reply.headers["content-security-policy"].to_str().unwrap();
        for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        assert_eq!(reply.headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(reply.headers["cache-control"], "no-store", "{path}");
        assert!(reply.body.len() < 150 << 10, "{path} weighs {} bytes", reply.body.len());
    }
    // What pages use is the same for everybody, and may be kept; nobody runs it as a page.
    let page = served.call("GET", "", "/sign-in", &[], b"").unwrap().body;
    let files: Vec<&str> =
        page.split('"').filter(|part| part.starts_with("/assets/")).collect::<BTreeSet<_>>().into_iter().collect();
    assert!(files.len() >= 3, "{files:?}");
    let mut weight = page.len();
    for file in files {
        let reply = served.call("GET", "", file, &[], b"").unwrap();
        assert_eq!(reply.status, 200, "{file}");
        assert!(reply.headers["cache-control"].to_str().unwrap().contains("immutable"), "{file}");
        let policy = reply.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{file}: {policy}");
        weight += reply.body.len();
    }
    assert!(weight < 150 << 10, "{weight} bytes");
}
