//! Tokens, and programs that ask to be signed in.

use super::*;

fn token(served: &Served, person: &Person, grant: &Value) -> String {
    served.by(person, "POST", "/api/v1/tokens", grant).ok()["token"].as_str().unwrap().to_owned()
}

fn poll(served: &Served, device: &Value) -> Reply {
    served.post("", "/api/v1/device/token", &json!({"device_code": device["device_code"]}))
}

#[test]
fn a_token_does_no_more_than_it_was_made_for() {
    let served = Founded::new().serve();
    let ana = served.person("festival", "ana", &["marketer", "steward"]);
    let reading = token(&served, &ana, &json!({"name": "tableau", "read_only": true}));
    served.get(&reading, "/api/v1/answers").ok();
    served.post(&reading, "/api/v1/estimate", &question(60.0)).problem(403, "read-only");
    served.post(&reading, "/api/v1/queries", &question(60.0)).problem(403, "read-only");
    served.post(&reading, "/api/v1/uploads", &declaration("abonnes", 10)).problem(403, "read-only");
    served.call("DELETE", &reading, "/api/v1/token", &[], b"").unwrap().problem(403, "read-only");
    let steward = token(&served, &ana, &json!({"name": "envoi", "roles": ["steward"]}));
    served.post(&steward, "/api/v1/queries", &question(60.0)).problem(403, "wrong-role");
    served.get(&steward, "/api/v1/answers").problem(403, "wrong-role");
    // No token makes another, shows sessions, or takes the account over; nor does one beside a cookie.
    for (method, path, body) in [
        ("POST", "/api/v1/tokens", json!({"name": "autre"})),
        ("GET", "/api/v1/sessions", Value::Null),
        ("POST", "/api/v1/me/password", json!({"current": PASSWORD, "new": OTHER})),
        ("POST", "/api/v1/me/second-factor", json!({"password": PASSWORD})),
        ("POST", "/api/v1/device/approve", json!({"user_code": "BBBB-BBBB", "token": {"name": "x"}})),
    ] {
        let bearer = format!("Bearer {steward}");
        let headers =
            [("authorization", bearer.as_str()), ("cookie", ana.cookie.as_str()), ("origin", served.url.as_str())];
        served.with_headers(method, path, &headers, &body).problem(403, "in-person");
    }
    for refused in [json!({"name": "x", "roles": ["officer"]}), json!({"name": "x", "roles": ["host"]})] {
        served.by(&ana, "POST", "/api/v1/tokens", &refused).problem(409, "account-refused");
    }
    for days in [0, 366, 65_535] {
        served.by(&ana, "POST", "/api/v1/tokens", &json!({"name": "x", "days": days})).problem(422, "malformed");
    }
}

#[test]
fn an_ended_token_is_worth_nothing() {
    let served = Founded::new().serve();
    let olga = served.person("festival", "olga", &["officer"]);
    let ana = served.person("festival", "ana", &["marketer"]);
    let (one, other) = (token(&served, &ana, &json!({"name": "un"})), token(&served, &ana, &json!({"name": "deux"})));
    let listed = served.by(&ana, "GET", "/api/v1/tokens", &Value::Null);
    assert!(!listed.body.contains(&one) && !listed.body.contains(&other), "shown once");
    let id =
        listed.ok()["tokens"].as_array().unwrap().iter().find(|token| token["name"] == "un").unwrap()["id"].clone();
    served.by(&ana, "DELETE", &format!("/api/v1/tokens/{id}"), &Value::Null).ok();
    let never = served.get("cam_never", "/api/v1/me");
    assert_eq!(seen(&served.get(&one, "/api/v1/me")), seen(&never));
    served.get(&other, "/api/v1/me").ok();
    served.by(&olga, "DELETE", &format!("/api/v1/users/{}", ana.id), &Value::Null).ok();
    assert_eq!(seen(&served.get(&other, "/api/v1/me")), seen(&never));
    // A part of a token, and one with more to it, are none.
    let hers = token(&served, &olga, &json!({"name": "x"}));
    for near in [&hers[..hers.len() - 1], &format!("{hers}a"), &hers.to_uppercase(), &hers[4..]] {
        served.get(near, "/api/v1/me").problem(401, "unauthorized");
    }
}

#[test]
fn a_program_is_signed_in_as_who_approved_it_and_once() {
    let served = Founded::new().serve();
    let ana = served.person("festival", "ana", &["marketer"]);
    let eve = served.person("salle", "eve", &["marketer"]);
    // Who shows the code to somebody else is told, and tells, whose token it becomes.
    let phishing = "Votre session a expiré : approuvez pour continuer https://evil.example\r\n\u{202e}";
    let device = served.post("", "/api/v1/device", &json!({ "name": phishing })).ok();
    let shown = served.by(&ana, "POST", "/api/v1/device/code", &json!({"user_code": device["user_code"]})).ok();
    let name = shown["name"].as_str().unwrap();
    assert!(name.chars().count() <= 60 && !name.contains('\u{202e}') && !name.contains('\n'), "{name:?}");
    assert_eq!(poll(&served, &device).status, 202, "being looked at approves nothing");
    // Nobody gives more than they hold, and nothing of it by another site's page or by a token.
    let approve = |who: &Person, token: Value| {
        served.by(who, "POST", "/api/v1/device/approve", &json!({"user_code": device["user_code"], "token": token}))
    };
    approve(&ana, json!({"name": "x", "roles": ["officer"]})).problem(409, "account-refused");
    let evil = [("cookie", ana.cookie.as_str()), ("origin", "https://evil.example")];
    let body = json!({"user_code": device["user_code"], "token": {"name": "x"}});
    served.with_headers("POST", "/api/v1/device/approve", &evil, &body).problem(403, "cross-site");
    assert_eq!(poll(&served, &device).status, 202);
    approve(&eve, json!({"name": "portable", "read_only": true})).ok();
    approve(&ana, json!({"name": "portable"})).problem(404, "not-found");
    served
        .by(&ana, "POST", "/api/v1/device/refuse", &json!({"user_code": device["user_code"]}))
        .problem(404, "not-found");
    let given = poll(&served, &device).ok();
    assert_eq!((given["user"]["member"].as_str(), given["user"]["user"].as_str()), (Some("salle"), Some("eve")));
    let reading = given["token"].as_str().unwrap();
    served.post(reading, "/api/v1/estimate", &question(60.0)).problem(403, "read-only");
    // Once, and no other secret gets it.
    let never = poll(&served, &json!({"device_code": "x"}));
    assert_eq!(seen(&poll(&served, &device)), seen(&never));
    never.problem(404, "not-found");
    // The code that is shown is no secret of the program's.
    let device = served.post("", "/api/v1/device", &json!({"name": "camerata"})).ok();
    served
        .by(&ana, "POST", "/api/v1/device/approve", &json!({"user_code": device["user_code"], "token": {"name": "x"}}))
        .ok();
    poll(&served, &json!({"device_code": device["user_code"]})).problem(404, "not-found");
    assert_eq!(poll(&served, &device).ok()["user"]["user"], "ana");
}

#[test]
fn a_program_s_code_is_not_come_upon_by_trying() {
    let served = Founded::new().serve();
    let eve = served.person("salle", "eve", &["marketer"]);
    let device = served.post("", "/api/v1/device", &json!({"name": "camerata"})).ok();
    let show = |code: &Value| served.by(&eve, "POST", "/api/v1/device/code", &json!({ "user_code": code }));
    for at in 0..5 {
        show(&json!(format!("BBBB-BBB{}", ["B", "C", "D", "F", "G"][at]))).problem(404, "not-found");
    }
    show(&json!("BBBB-BBBH")).problem(429, "too-many-tries");
    show(&device["user_code"]).problem(429, "too-many-tries");
    let approval = json!({"user_code": device["user_code"], "token": {"name": "x"}});
    served.by(&eve, "POST", "/api/v1/device/approve", &approval).problem(429, "too-many-tries");
    assert_eq!(poll(&served, &device).status, 202, "its own person can still approve it");
}
