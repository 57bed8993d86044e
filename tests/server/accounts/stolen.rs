//! Cookies and tokens in the wrong hands: of a session that has ended, or that was known before it began.

use super::*;

#[test]
fn a_stolen_cookie_is_worth_nothing_once_its_person_has_left_the_room() {
    let served = Founded::new().serve();
    let mut ana = served.person("festival", "ana", &["marketer"]);
    let other = served.sign_in(&mut ana);
    let signed_out = served.by(&ana, "DELETE", "/api/v1/session", &Value::Null);
    assert_eq!(signed_out.status, 204);
    let set = signed_out.headers["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("camerata=;") && set.contains("Max-Age=0"), "{set}");
    assert!(!is_known(&served, &ana.cookie) && is_known(&served, &other.cookie));
    served.by(&ana, "GET", "/api/v1/sessions", &Value::Null).problem(401, "unauthorized");
    served.by(&ana, "POST", "/api/v1/tokens", &json!({"name": "portable"})).problem(401, "unauthorized");
}

#[test]
fn a_stolen_cookie_is_worth_nothing_after_another_password_or_second_factor() {
    let served = Founded::new().serve();
    let mut ana = served.person("festival", "ana", &["marketer"]);
    let stolen = served.sign_in(&mut ana);
    // Who has stolen the cookie alone can't take the account over.
    for password in ["", OTHER] {
        let taken = json!({"current": password, "new": OTHER});
        served.by(&stolen, "POST", "/api/v1/me/password", &taken).problem(409, "not-proven");
    }
    let body = json!({"current": PASSWORD, "new": OTHER});
    let changed = served.by(&ana, "POST", "/api/v1/me/password", &body);
    let rotated = cookie(&changed).unwrap();
    changed.ok();
    assert!(!is_known(&served, &ana.cookie) && !is_known(&served, &stolen.cookie) && is_known(&served, &rotated));
    // Setting a second factor up rotates as well.
    let ana = Person { cookie: rotated, ..ana };
    let begun = served.by(&ana, "POST", "/api/v1/me/second-factor", &json!({"password": OTHER})).ok();
    let code = code(begun["second_factor"]["secret"].as_str().unwrap());
    let confirmed = json!({"step": begun["step"], "code": code});
    let eve = served.person("festival", "eve", &["marketer"]);
    let theirs = served.by(&eve, "POST", "/api/v1/me/second-factor/confirmation", &confirmed);
    theirs.problem(409, "not-proven");
    let reply = served.by(&ana, "POST", "/api/v1/me/second-factor/confirmation", &confirmed);
    let rotated = cookie(&reply).unwrap();
    reply.ok();
    assert!(!is_known(&served, &ana.cookie) && is_known(&served, &rotated));
}

#[test]
fn other_roles_and_leaving_count_at_once_at_every_gateway() {
    let founded = Founded::on_server(&Postgres::shared().database());
    let (first, second) = (founded.serve(), founded.serve());
    let olga = first.person("festival", "olga", &["officer"]);
    let mut ana = first.person("festival", "ana", &["marketer", "steward"]);
    let token = |served: &Served, person: &Person| {
        let made = served.by(person, "POST", "/api/v1/tokens", &json!({"name": "portable"})).ok();
        made["token"].as_str().unwrap().to_owned()
    };
    let hers = token(&second, &ana);
    for served in [&first, &second] {
        assert!(is_known(served, &ana.cookie));
        served.get(&hers, "/api/v1/answers").ok();
    }
    let roles = format!("/api/v1/users/{}/roles", ana.id);
    first.by(&olga, "PUT", &roles, &json!({"roles": ["steward"]})).ok();
    for served in [&second, &first] {
        assert!(!is_known(served, &ana.cookie), "the session of before is ended");
        served.get(&hers, "/api/v1/answers").problem(403, "wrong-role");
        assert_eq!(served.get(&hers, "/api/v1/me").ok()["roles"], json!(["steward"]));
    }
    // What comes later isn't in a token of before, and a session begins anew.
    let again = second.sign_in(&mut ana);
    second.by(&olga, "PUT", &roles, &json!({"roles": ["steward", "officer"]})).ok();
    for served in [&first, &second] {
        assert!(!is_known(served, &again.cookie), "rotated, as there is more that it could do");
        assert_eq!(served.get(&hers, "/api/v1/me").ok()["roles"], json!(["steward"]));
    }
    let state = try_password(&second, &ana.email, PASSWORD).ok();
    assert_eq!(state["state"], "enrol", "an officer has two factors");
    first.by(&olga, "DELETE", &format!("/api/v1/users/{}", ana.id), &Value::Null).ok();
    for served in [&second, &first] {
        served.get(&hers, "/api/v1/me").problem(401, "unauthorized");
        try_password(served, &ana.email, PASSWORD).problem(WRONG.0, WRONG.1);
    }
    // What was begun before is of no use either.
    let code = code(state["second_factor"]["secret"].as_str().unwrap());
    let late = second.post("", "/api/v1/session/second-factor", &json!({"step": state["step"], "code": code}));
    late.problem(WRONG.0, WRONG.1);
}

#[test]
fn a_cookie_that_was_known_before_signing_in_is_worth_nothing_after() {
    let served = Founded::new().serve();
    let mut ana = served.person("festival", "ana", &["marketer"]);
    let eve = served.person("festival", "eve", &["marketer"]);
    let body = json!({"email": ana.email, "password": PASSWORD});
    for planted in ["camerata=plante", &eve.cookie.clone(), "__Host-camerata=plante"] {
        let headers = [("cookie", planted), ("origin", served.url.as_str())];
        let reply = served.with_headers("POST", "/api/v1/session", &headers, &body);
        let set = cookie(&reply).unwrap();
        assert_ne!(set, planted);
        assert!(is_known(&served, &set));
        let me = served.with_headers("GET", "/api/v1/me", &[("cookie", planted)], &Value::Null);
        assert!(me.status == 401 || me.ok()["user"] == "eve", "{planted} has become Ana's");
    }
    // Two of the name: one was put there by somebody else.
    let signed_in = served.sign_in(&mut ana);
    for both in [format!("{}; {}", signed_in.cookie, eve.cookie), format!("camerata=x; {}", signed_in.cookie)] {
        assert!(!is_known(&served, &both), "{both}");
    }
    // No step of a sign-in is a session, and no session a step.
    let olga = served.person("festival", "olga", &["officer"]);
    let step = try_password(&served, &olga.email, PASSWORD).ok()["step"].as_str().unwrap().to_owned();
    assert!(!is_known(&served, &format!("camerata={step}")));
    served.get(&step, "/api/v1/me").problem(401, "unauthorized");
    let secret = olga.cookie.split_once('=').unwrap().1;
    let code = code_in(olga.totp.as_deref().unwrap(), 30);
    let mixed = served.post("", "/api/v1/session/second-factor", &json!({"step": secret, "code": code}));
    mixed.problem(WRONG.0, WRONG.1);
    served.get(secret, "/api/v1/me").problem(401, "unauthorized");
}
