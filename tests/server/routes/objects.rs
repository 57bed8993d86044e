//! The routes that name a thing, called for a thing of the festival's by the right role of another member.

use super::{InPerson, ROUTES, Roles};
use crate::support::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Method, path, the other member's role, and what is told. 404 is what is told of things that there are not, byte for byte.
const OBJECTS: [(&str, &str, &str, u16); 22] = [
    ("get", "/api/v1/uploads/{id}", "steward", 404),
    ("patch", "/api/v1/uploads/{id}", "steward", 404),
    ("delete", "/api/v1/uploads/{id}", "steward", 404),
    ("post", "/api/v1/uploads/{id}/complete", "steward", 404),
    ("get", "/api/v1/answers/{id}", "marketer", 404),
    ("get", "/api/v1/answers/{id}/receipt", "marketer", 404),
    // What the co-operative shares is read by all of it, and each officer acts for their own member.
    ("get", "/api/v1/template-proposals/{hash}", "officer", 200),
    ("delete", "/api/v1/template-proposals/{hash}/approval", "officer", 200),
    ("post", "/api/v1/template-proposals/{hash}/approval", "officer", 200),
    ("get", "/api/v1/policy/versions/{version}", "officer", 200),
    ("get", "/api/v1/policy/proposals/{id}", "officer", 200),
    ("delete", "/api/v1/policy/proposals/{id}", "officer", 409),
    ("post", "/api/v1/policy/proposals/{id}/approval", "officer", 409),
    ("delete", "/api/v1/policy/proposals/{id}/approval", "officer", 409),
    ("post", "/api/v1/policy/proposals/{id}/refusal", "officer", 200),
    ("delete", "/api/v1/sessions/{id}", "officer", 404),
    ("delete", "/api/v1/invitations/{id}", "officer", 404),
    ("put", "/api/v1/users/{id}/roles", "officer", 404),
    ("delete", "/api/v1/users/{id}", "officer", 404),
    ("delete", "/api/v1/users/{id}/second-factor", "officer", 404),
    ("delete", "/api/v1/tokens/{id}", "officer", 404),
    ("delete", "/api/v1/me/passkeys/{id}", "officer", 404),
];

/// The festival's things, by the beginning of the path that names them.
struct Things(Vec<(&'static str, String)>);

impl Things {
    fn make(served: &Served, pair: (&str, &str, &str), person: &mut Person) -> Self {
        let (steward, marketer, officer) = pair;
        let upload = served.open(steward, "abonnes", 10);
        let answer = served.ask(marketer, 60.0).ok()["id"].to_string();
        let templates = served.get(officer, "/api/v1/templates").ok();
        let hash = templates["templates"][0]["hash"].as_str().unwrap().to_owned();
        let version = served.get(officer, "/api/v1/policy").ok()["version"].as_str().unwrap().to_owned();
        let files = served.get(officer, &format!("/api/v1/policy/versions/{version}")).ok()["files"].clone();
        let mut files = files.as_object().unwrap().clone();
        let privacy = files["privacy.toml"].as_str().unwrap().replace("owner_epsilon = 2.0", "owner_epsilon = 2.5");
        files.insert("privacy.toml".into(), privacy.into());
        let proposed = json!({"files": files, "why": "prudence"});
        let proposal = served.post(officer, "/api/v1/policy/proposals", &proposed).ok()["id"].to_string();
        let other = served.sign_in(person);
        let sessions = served.by(&other, "GET", "/api/v1/sessions", &Value::Null).ok();
        let session =
            sessions["sessions"].as_array().unwrap().iter().find(|session| session["current"] == false).unwrap();
        let token = json!({"name": "portable"});
        let token = served.by(person, "POST", "/api/v1/tokens", &token).ok()["id"].to_string();
        let invited = json!({"email": "eva@festival.ca", "roles": ["marketer"]});
        let invitation = served.by(person, "POST", "/api/v1/invitations", &invited).ok()["id"].to_string();
        let passkey = Authenticator::new().registered(served, person)["id"].to_string();
        Self(vec![
            ("/api/v1/me/passkeys", passkey),
            ("/api/v1/uploads", upload),
            ("/api/v1/answers", answer),
            ("/api/v1/template-proposals", hash),
            ("/api/v1/policy/versions", version),
            ("/api/v1/policy/proposals", proposal),
            ("/api/v1/sessions", session["id"].to_string()),
            ("/api/v1/tokens", token),
            ("/api/v1/invitations", invitation),
            ("/api/v1/users", person.id.to_string()),
        ])
    }

    fn path(&self, path: &str) -> String {
        let (_, id) = self.0.iter().find(|(begin, _)| path.starts_with(begin)).unwrap();
        path.replace("{id}", id).replace("{hash}", id).replace("{version}", id)
    }
}

#[test]
fn a_thing_of_another_member_is_told_from_none_by_nothing() {
    let with_things: BTreeSet<_> = ROUTES
        .iter()
        .filter(|(_, path, who)| path.contains('{') && *who != super::Anyone)
        .map(|(method, path, _)| (*method, *path))
        .collect();
    assert_eq!(with_things, OBJECTS.iter().map(|(method, path, ..)| (*method, *path)).collect());

    let founded = Founded::new();
    let (own, other) = (founded.token("festival", "officer"), "salle");
    let tokens: Vec<(&str, String)> =
        ["marketer", "officer", "steward"].into_iter().map(|role| (role, founded.token(other, role))).collect();
    let pair = Pair::in_room(&founded);
    let mut person = pair.served.person("festival", "Olga", &["officer"]);
    let stranger = pair.served.person(other, "Sam", &["officer"]);
    let things = Things::make(&pair.served, (&pair.steward, &pair.marketer, &own), &mut person);

    for (method, path, role, status) in OBJECTS {
        let who = ROUTES.iter().find(|(m, p, _)| (*m, *p) == (method, path)).unwrap().2;
        let body: &[u8] = match path {
            "/api/v1/uploads/{id}/complete" => b"{\"bytes\":10}",
            "/api/v1/policy/proposals/{id}/approval" => b"{\"effects\":\"00\"}",
            "/api/v1/policy/proposals/{id}/refusal" => b"{\"comment\":\"non\"}",
            "/api/v1/users/{id}/roles" => b"{\"roles\":[\"marketer\"]}",
            // The stranger's own.
            "/api/v1/me/passkeys/{id}" => b"{\"password\":\"quatre violons sous la neige\"}",
            _ => b"{}",
        };
        let named = matches!(method, "post" | "put" | "patch") || path == "/api/v1/me/passkeys/{id}";
        let body = if named { body } else { b"" };
        let call = |path: &str| {
            let mut headers = vec![("content-type", "application/json"), ("upload-offset", "0")];
            let token = match who {
                InPerson => {
                    headers.extend([("cookie", stranger.cookie.as_str()), ("origin", pair.served.url.as_str())]);
                    ""
                }
                Roles(roles) => {
                    assert!(roles.contains(&role), "{role} {path}");
                    tokens.iter().find(|(name, _)| *name == role).unwrap().1.as_str()
                }
                _ => panic!("{path} names a thing and is anybody's"),
            };
            pair.served.call(&method.to_uppercase(), token, path, &headers, body).unwrap()
        };
        let told = call(&things.path(path));
        assert_eq!(told.status, status, "{method} {path}: {}", told.body);
        if status == 404 {
            let none = call(&path.replace("{id}", "999999"));
            assert_eq!((none.status, none.body), (404, told.body), "{method} {path}");
        }
    }

    // All of it is still there for the festival.
    let served = &pair.served;
    assert_eq!(served.get(&pair.steward, &things.path("/api/v1/uploads/{id}")).ok()["state"], "open");
    served.get(&pair.marketer, &things.path("/api/v1/answers/{id}")).ok();
    for (method, path) in [
        ("DELETE", "/api/v1/tokens/{id}"),
        ("DELETE", "/api/v1/invitations/{id}"),
        ("GET", "/api/v1/sessions"),
        ("GET", "/api/v1/users"),
    ] {
        served.by(&person, method, &things.path(path), &Value::Null).ok();
    }
    let passkeys = served.by(&person, "GET", "/api/v1/me/passkeys", &Value::Null).ok();
    assert_eq!(passkeys["passkeys"].as_array().unwrap().len(), 1);
    let users = served.get(&own, "/api/v1/users").ok();
    assert!(
        users["users"].as_array().unwrap().iter().any(|user| user["id"] == person.id && user["two_factors"] == true)
    );
}
