//! Passkeys through the served program, as a browser and as an attacker use them.

use super::*;

#[test]
fn a_passkey_is_made_signs_in_proves_and_is_taken_away() {
    let served = Founded::new().serve();
    let olga = served.person("festival", "olga", &["officer"]);
    let mut phone = Authenticator::new();
    served
        .by(&olga, "POST", "/api/v1/me/passkeys/registration", &json!({"password": OTHER}))
        .problem(409, "not-proven");
    served.by(&olga, "POST", "/api/v1/me/passkeys/registration", &json!({})).problem(409, "not-proven");
    served.by(&olga, "POST", "/api/v1/me/passkeys/proof", &json!({})).problem(404, "not-found");
    let id = phone.registered(&served, &olga)["id"].clone();
    let listed = served.by(&olga, "GET", "/api/v1/me/passkeys", &Value::Null).ok();
    assert_eq!((&listed["passkeys"][0]["name"], &listed["passkeys"][0]["used"]), (&json!("téléphone"), &Value::Null));

    let reply = phone.sign_in(&served, PUBLIC_URL);
    let again = served.signed_in(&olga.email, &reply, &reply.clone().ok());
    assert_ne!(again.cookie, olga.cookie);
    let me = served.by(&again, "GET", "/api/v1/me", &Value::Null).ok();
    assert_eq!((&me["user"], &me["roles"]), (&json!("olga"), &json!(["officer"])));

    // In place of the password: a second one is made, and the password is changed.
    let proof = phone.proof(&served, &again);
    let body = json!({ "passkey": proof });
    let mut laptop = Authenticator::new();
    let begun = served.by(&again, "POST", "/api/v1/me/passkeys/registration", &body).ok();
    served.by(&again, "POST", "/api/v1/me/passkeys/registration", &body).problem(409, "not-proven");
    let made = laptop.create(begun["options"].clone());
    let body = json!({"step": begun["step"], "name": "portable", "credential": made});
    served.by(&again, "POST", "/api/v1/me/passkeys", &body).ok();
    served.by(&again, "POST", "/api/v1/me/passkeys", &body).problem(409, "not-proven");
    let new = json!({"passkey": laptop.proof(&served, &again), "new": OTHER});
    let changed = served.by(&again, "POST", "/api/v1/me/password", &new);
    let again = Person { cookie: cookie(&changed).unwrap(), ..again };
    assert!(!is_known(&served, &olga.cookie));
    try_password(&served, &olga.email, OTHER).ok();

    // A telephone that is lost.
    let path = format!("/api/v1/me/passkeys/{id}");
    let stolen = phone.sign_in(&served, PUBLIC_URL);
    let stolen = cookie(&stolen).unwrap();
    served.by(&again, "DELETE", &path, &json!({"password": PASSWORD})).problem(409, "not-proven");
    served.by(&again, "DELETE", &path, &json!({"password": OTHER})).ok();
    assert!(!is_known(&served, &stolen) && is_known(&served, &again.cookie));
    phone.sign_in(&served, PUBLIC_URL).problem(WRONG.0, WRONG.1);
    served.by(&again, "DELETE", &path, &json!({"password": OTHER})).problem(404, "not-found");
    laptop.sign_in(&served, PUBLIC_URL).ok();

    // And no password at all.
    served.by(&again, "DELETE", "/api/v1/me/password", &json!({"password": PASSWORD})).problem(409, "not-proven");
    served.by(&again, "DELETE", "/api/v1/me/password", &json!({"password": OTHER})).ok();
    try_password(&served, &again.email, OTHER).problem(WRONG.0, WRONG.1);
    laptop.sign_in(&served, PUBLIC_URL).ok();
}

#[test]
fn who_is_invited_joins_with_a_passkey_alone() {
    let served = Founded::new().serve();
    let secret = served.founded.invite("festival", "olga@festival.ca", &["officer"]);
    let begin =
        |secret: &str| served.post("", "/api/v1/invitation/passkey", &json!({"secret": secret, "name": "Olga"}));
    let begun = begin(&secret).ok();
    let mut phone = Authenticator::new();
    let body = json!({"step": begun["step"], "name": "clé", "credential": phone.create(begun["options"].clone())});
    let accept = || served.post("", "/api/v1/invitation/passkey/acceptance", &body);
    let reply = accept();
    let answer = reply.clone().ok();
    let olga = served.signed_in("olga@festival.ca", &reply, &answer);
    assert_eq!((olga.recovery_codes.len(), answer["next"].as_str()), (10, Some("/")));
    accept().problem(409, "not-proven");
    assert_eq!(seen(&begin(&secret)), seen(&begin("x")), "used, and never given");
    phone.sign_in(&served, PUBLIC_URL).ok();
    // The last means stays, and whoever reads the mail needs the passkey or a recovery code all the same.
    let listed = served.by(&olga, "GET", "/api/v1/me/passkeys", &Value::Null).ok();
    let path = format!("/api/v1/me/passkeys/{}", listed["passkeys"][0]["id"]);
    let body = json!({"passkey": phone.proof(&served, &olga)});
    served.by(&olga, "DELETE", &path, &body).problem(409, "account-refused");
    let link = recovery_link(&served, &olga.email);
    served.post("", "/api/v1/recovery/password", &json!({"secret": link, "password": PASSWORD})).ok();
    let step = try_password(&served, &olga.email, PASSWORD).ok();
    assert_eq!(step["state"], "passkey");
    let code = json!({"step": step["step"], "recovery_code": olga.recovery_codes[0]});
    served.post("", "/api/v1/session/second-factor", &code).ok();
    let officer = served.founded.token("festival", "officer");
    let users = served.get(&officer, "/api/v1/users").ok();
    let listed = users["users"].as_array().unwrap().iter().find(|user| user["user"] == "Olga").unwrap();
    assert_eq!((&listed["passkeys"], &listed["two_factors"]), (&json!(1), &json!(true)));
}

#[test]
fn a_signature_of_another_page_or_of_before_or_of_nobody_signs_nobody_in() {
    let founded = Founded::on_server(&Postgres::shared().database());
    let (first, second) = (founded.serve(), founded.serve());
    let ana = first.person("festival", "ana", &["marketer"]);
    let mut phone = Authenticator::new();
    phone.registered(&first, &ana);
    for page in
        ["https://evil.example", "http://localhost:8101", "https://localhost:8100", "http://autre.localhost:8100"]
    {
        phone.sign_in(&first, page).problem(WRONG.0, WRONG.1);
    }
    // A challenge of one gateway is answered at another, once in all.
    let begin = || first.post("", "/api/v1/session/passkey", &json!({})).ok();
    let begun = begin();
    let body = json!({"step": begun["step"], "credential": phone.get(PUBLIC_URL, begun["options"].clone())});
    let give = |served: &Served, body: &Value| served.post("", "/api/v1/session/passkey/assertion", body);
    give(&second, &body).ok();
    let replayed = give(&first, &body);
    // A passkey that the room doesn't know is told from a wrong one by nothing.
    let begun = begin();
    let mut unknown = phone.get(PUBLIC_URL, begun["options"].clone());
    unknown["rawId"] = json!("AAAA");
    let unknown = give(&second, &json!({"step": begun["step"], "credential": unknown}));
    assert_eq!(seen(&unknown), seen(&replayed));
    assert_eq!(seen(&unknown), seen(&phone.sign_in(&second, "https://evil.example")));
    unknown.problem(WRONG.0, WRONG.1);
    // By another site's page, not even a good one.
    let begun = begin();
    let body = json!({"step": begun["step"], "credential": phone.get(PUBLIC_URL, begun["options"].clone())});
    let evil = [("origin", "https://evil.example")];
    let reply = first.with_headers("POST", "/api/v1/session/passkey/assertion", &evil, &body);
    assert!(cookie(&reply).is_none());
    reply.problem(403, "cross-site");
    give(&first, &body).ok();
    for odd in [json!({}), json!({"step": "x"}), json!({"step": "x", "credential": {}}), json!([])] {
        give(&first, &odd).problem(422, "malformed");
    }
}
