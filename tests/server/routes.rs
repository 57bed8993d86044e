//! The table of who may call what: every route of the OpenAPI document, tried by nobody, by every role with a token and with a session,
//! and, where it names a thing, by the right role of the wrong member. A route that is missing here fails.

mod objects;

use super::support::*;
use Who::{Anyone, InPerson, Roles, SignedIn};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Anyone,
    /// By token or session, in any role.
    SignedIn,
    /// By session, in any role.
    InPerson,
    /// By token or session, in one of these.
    Roles(&'static [&'static str]),
}

const ROLES: [&str; 4] = ["marketer", "officer", "steward", "host"];
const ALL: Who = Roles(&ROLES);
const MEMBERS: Who = Roles(&["marketer", "officer", "steward"]);
const MARKETERS: Who = Roles(&["marketer"]);
const OFFICERS: Who = Roles(&["officer"]);
const STEWARDS: Who = Roles(&["steward"]);
const MANAGERS: Who = Roles(&["officer", "host"]);

/// Method, path, and who may. Those that end what they are called with come last.
const ROUTES: [(&str, &str, Who); 89] = [
    ("get", "/health", Anyone),
    ("get", "/api/v1/me", SignedIn),
    ("get", "/api/v1/vocabulary", ALL),
    ("get", "/api/v1/audiences", MEMBERS),
    ("get", "/api/v1/templates", ALL),
    ("get", "/api/v1/templates/log", ALL),
    ("get", "/api/v1/budget", MEMBERS),
    ("get", "/api/v1/register", Anyone),
    ("post", "/api/v1/uploads", STEWARDS),
    ("get", "/api/v1/uploads/{id}", STEWARDS),
    ("patch", "/api/v1/uploads/{id}", STEWARDS),
    ("delete", "/api/v1/uploads/{id}", STEWARDS),
    ("post", "/api/v1/uploads/{id}/complete", STEWARDS),
    ("post", "/api/v1/erasures", STEWARDS),
    ("post", "/api/v1/estimate", MARKETERS),
    ("post", "/api/v1/queries", MARKETERS),
    ("get", "/api/v1/answers", MARKETERS),
    ("get", "/api/v1/answers/{id}", MARKETERS),
    ("get", "/api/v1/answers/{id}/receipt", MARKETERS),
    ("get", "/.well-known/jwks.json", Anyone),
    ("get", "/api/v1/audit/checkpoint", Anyone),
    ("get", "/api/v1/audit/consistency", Anyone),
    ("post", "/api/v1/audit/cosignatures", Roles(&["officer"])),
    ("post", "/api/v1/audit/verification", Roles(&["officer"])),
    ("get", "/api/v1/audit/inclusion", ALL),
    ("get", "/api/v1/audit/hashes", ALL),
    ("get", "/api/v1/audit/entries", MEMBERS),
    ("get", "/api/v1/template-proposals/{hash}", ALL),
    ("post", "/api/v1/template-proposals", OFFICERS),
    ("post", "/api/v1/template-proposals/check", OFFICERS),
    ("post", "/api/v1/template-proposals/{hash}/approval", OFFICERS),
    ("delete", "/api/v1/template-proposals/{hash}/approval", OFFICERS),
    ("get", "/api/v1/policy", ALL),
    ("get", "/api/v1/policy/log", ALL),
    ("get", "/api/v1/policy/versions/{version}", ALL),
    ("get", "/api/v1/policy/proposals", ALL),
    ("get", "/api/v1/policy/proposals/{id}", ALL),
    ("post", "/api/v1/policy/proposals", OFFICERS),
    ("delete", "/api/v1/policy/proposals/{id}", OFFICERS),
    ("post", "/api/v1/policy/proposals/{id}/approval", OFFICERS),
    ("delete", "/api/v1/policy/proposals/{id}/approval", OFFICERS),
    ("post", "/api/v1/policy/proposals/{id}/refusal", OFFICERS),
    ("delete", "/api/v1/policy/narrowings", OFFICERS),
    ("post", "/api/v1/session", Anyone),
    ("post", "/api/v1/session/second-factor", Anyone),
    ("get", "/api/v1/sessions", InPerson),
    ("delete", "/api/v1/sessions/{id}", InPerson),
    ("post", "/api/v1/me/password", InPerson),
    ("delete", "/api/v1/me/password", InPerson),
    ("post", "/api/v1/me/second-factor", InPerson),
    ("post", "/api/v1/me/second-factor/confirmation", InPerson),
    ("delete", "/api/v1/me/second-factor", InPerson),
    ("post", "/api/v1/me/recovery-codes", InPerson),
    ("post", "/api/v1/session/passkey", Anyone),
    ("post", "/api/v1/session/passkey/assertion", Anyone),
    ("post", "/api/v1/invitation/passkey", Anyone),
    ("post", "/api/v1/invitation/passkey/acceptance", Anyone),
    ("get", "/api/v1/me/passkeys", InPerson),
    ("post", "/api/v1/me/passkeys", InPerson),
    ("post", "/api/v1/me/passkeys/proof", InPerson),
    ("post", "/api/v1/me/passkeys/registration", InPerson),
    ("delete", "/api/v1/me/passkeys/{id}", InPerson),
    ("get", "/api/v1/directories", Anyone),
    ("get", "/api/v1/directory/callback", Anyone),
    ("get", "/api/v1/directory/{member}", Anyone),
    ("post", "/api/v1/me/directory", InPerson),
    ("get", "/api/v1/me/letters", SignedIn),
    ("put", "/api/v1/me/letters", SignedIn),
    ("post", "/api/v1/recovery", Anyone),
    ("post", "/api/v1/recovery/password", Anyone),
    ("get", "/api/v1/invitations", MANAGERS),
    ("post", "/api/v1/invitations", MANAGERS),
    ("delete", "/api/v1/invitations/{id}", MANAGERS),
    ("post", "/api/v1/invitation", Anyone),
    ("post", "/api/v1/invitation/acceptance", Anyone),
    ("get", "/api/v1/users", MANAGERS),
    ("put", "/api/v1/users/{id}/roles", MANAGERS),
    ("delete", "/api/v1/users/{id}", MANAGERS),
    ("delete", "/api/v1/users/{id}/second-factor", MANAGERS),
    ("get", "/api/v1/tokens", InPerson),
    ("post", "/api/v1/tokens", InPerson),
    ("delete", "/api/v1/tokens/{id}", InPerson),
    ("post", "/api/v1/device", Anyone),
    ("post", "/api/v1/device/token", Anyone),
    ("post", "/api/v1/device/code", InPerson),
    ("post", "/api/v1/device/approve", InPerson),
    ("post", "/api/v1/device/refuse", InPerson),
    ("delete", "/api/v1/token", SignedIn),
    ("delete", "/api/v1/session", InPerson),
];

/// What a route does for somebody whom it refuses: the status and problem. `None`: it is called.
fn refusal(who: Who, role: Option<&str>, by_token: bool) -> Option<(u16, &'static str)> {
    match (who, role) {
        (Anyone, _) => None,
        (_, None) => Some((401, "unauthorized")),
        (InPerson, _) if by_token => Some((403, "in-person")),
        (Roles(roles), Some(role)) if !roles.contains(&role) => Some((403, "wrong-role")),
        _ => None,
    }
}

/// A request of a route that comes as far as its handler, and names nothing that there is.
fn request(served: &Served, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let path =
        path.replace("{id}", "999999").replace("{hash}", "00").replace("{version}", "00").replace("{member}", "nobody");
    let path = if path.ends_with("consistency") { format!("{path}?from=1&to=2") } else { path };
    let body: &[u8] = match path.as_str() {
        "/api/v1/uploads/999999/complete" => b"{\"bytes\":1}",
        "/api/v1/policy/proposals" => b"{\"files\":{},\"why\":\"essai\"}",
        "/api/v1/policy/proposals/999999/refusal" => b"{\"comment\":\"non\"}",
        "/api/v1/policy/proposals/999999/approval" => b"{\"effects\":\"00\"}",
        _ => b"{}",
    };
    let body = if matches!(method, "post" | "put" | "patch") { body } else { b"" };
    let mut headers = headers.to_vec();
    headers.extend([("content-type", "application/json"), ("upload-offset", "0")]);
    let reply = served.call(&method.to_uppercase(), "", &path, &headers, body);
    reply.unwrap_or_else(|error| panic!("{method} {path}: {error}: {}", served.log.lock().unwrap()))
}

#[track_caller]
fn expect(reply: Reply, expected: Option<(u16, &str)>, cell: &str) {
    match expected {
        Some((status, slug)) => {
            assert_eq!(reply.status, status, "{cell}: {}", reply.body);
            reply.problem(status, slug);
        }
        // A wrong password is told with 401 as well, but none is given here.
        None => assert!(!matches!(reply.status, 401 | 403 | 405 | 500), "{cell}: {} {}", reply.status, reply.body),
    }
}

fn documented(document: &Value) -> BTreeMap<(String, String), Vec<String>> {
    let mut documented = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let access = operation["x-access"].as_array();
            let access = access.unwrap_or_else(|| panic!("{method} {path} doesn't say who may call it"));
            let access = access.iter().map(|word| word.as_str().unwrap().to_owned()).collect();
            documented.insert((method.clone(), path.clone()), access);
        }
    }
    documented
}

#[test]
fn every_route_is_called_for_who_may_and_for_nobody_else() {
    let founded = Founded::new();
    let member = |role: &str| if role == "host" { "cooperative" } else { "festival" };
    let mut tokens = ROLES.map(|role| founded.token(member(role), role));
    let served = founded.serve();
    let people = ROLES.map(|role| served.person(member(role), role, &[role]));

    let document = served.get("", "/api/openapi.json").ok();
    let documented = documented(&document);
    let words = |who| match who {
        Anyone => vec!["anyone"],
        SignedIn => vec!["signed-in"],
        InPerson => vec!["in-person"],
        Roles(roles) => roles.to_vec(),
    };
    let listed: BTreeSet<_> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(documented.keys().cloned().collect::<BTreeSet<_>>(), listed);

    let mut cells = 0;
    for (method, path, who) in ROUTES {
        assert_eq!(documented[&(method.to_owned(), path.to_owned())], words(who), "{method} {path}");
        if path == "/api/v1/session" && method == "delete" {
            // The route before has ended them.
            tokens = ROLES.map(|role| founded.token(member(role), role));
        }
        let mut cell = |headers: &[(&str, &str)], expected: Option<(u16, &str)>, name: String| {
            expect(request(&served, method, path, headers), expected, &format!("{method} {path} {name}"));
            cells += 1;
        };
        cell(&[], refusal(who, None, false), "by nobody".to_owned());
        cell(&[("authorization", "Bearer cam_wrong")], refusal(who, None, true), "with a wrong token".to_owned());
        cell(
            &[("cookie", "camerata=wrong"), ("origin", &served.url)],
            refusal(who, None, false),
            "with a wrong cookie".to_owned(),
        );
        let changes = method != "get";
        for (role, token) in ROLES.into_iter().zip(&tokens) {
            let header = format!("Bearer {token}");
            cell(&[("authorization", &header)], refusal(who, Some(role), true), format!("by a {role}'s token"));
        }
        for (role, person) in ROLES.into_iter().zip(&people) {
            let cookie = ("cookie", person.cookie.as_str());
            // Another site's page has the browser send the cookie along; or hides where it comes from.
            for elsewhere in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
            {
                let crossed = changes.then_some((403, "cross-site"));
                cell(
                    &[cookie, elsewhere],
                    crossed.or(refusal(who, Some(role), false)),
                    format!("from elsewhere, {role}"),
                );
            }
            if changes && who != Anyone {
                cell(&[cookie], Some((403, "cross-site")), format!("from nowhere, {role}"));
            }
            cell(&[cookie, ("origin", &served.url)], refusal(who, Some(role), false), format!("by a {role} in person"));
        }
    }
    assert!(cells > ROUTES.len() * 20, "{cells}");
}

#[test]
fn a_host_of_a_member_that_does_not_run_the_room_is_none() {
    let founded = Founded::new();
    let made = std::process::Command::new(CAMERATA)
        .args(["token", "--member", "festival", "--user", "h", "--role", "host", "--room"])
        .arg(founded.room())
        .output()
        .unwrap();
    assert!(!made.status.success() && made.stdout.is_empty());
    // One person may hold several roles, and a token be for some of them.
    let (host, officer) = (founded.token("cooperative", "host"), founded.token("cooperative", "officer"));
    let served = founded.serve();
    assert_eq!(served.get(&host, "/api/v1/me").ok()["roles"], serde_json::json!(["host"]));
    assert_eq!(served.get(&officer, "/api/v1/me").ok()["roles"], serde_json::json!(["officer"]));
    assert_eq!(served.get(&host, "/api/v1/me").ok()["id"], served.get(&officer, "/api/v1/me").ok()["id"]);
}

#[test]
fn a_revoked_token_is_no_token() {
    let founded = Founded::new();
    let token = founded.token("festival", "marketer");
    let served = founded.serve();
    served.get(&token, "/api/v1/me").ok();
    let revoked = std::process::Command::new(CAMERATA)
        .args(["token", "--revoke", "--member", "festival", "--user", "essai", "--room"])
        .arg(founded.room())
        .status()
        .unwrap();
    assert!(revoked.success());
    served.get(&token, "/api/v1/me").problem(401, "unauthorized");
}
