//! Passkeys as a real browser makes and uses them: what the room gives is what `navigator.credentials` takes, and the other way around.

use super::*;

/// Makes a passkey as a page does.
const CREATE: &str = "const options = PublicKeyCredential.parseCreationOptionsFromJSON(given.publicKey);
    return (await navigator.credentials.create({ publicKey: options })).toJSON();";
/// Uses one as a page does.
const GET: &str = "const options = PublicKeyCredential.parseRequestOptionsFromJSON(given.publicKey);
    return (await navigator.credentials.get({ publicKey: options })).toJSON();";

/// What a script promises, run in the page that is open; an error as its name.
fn run(browser: &Browser, script: &str, given: &Value) -> Value {
    let script = format!(
        "const [given, done] = arguments; (async () => {{ {script} }})().then(done, error => done(error.name));"
    );
    browser.script_later(&script, std::slice::from_ref(given))
}

#[test]
fn a_passkey_of_a_real_browser_joins_proves_and_signs_in() {
    let founded = Founded::new();
    let port = free_port();
    let (served, own) = founded.serve_at_home(port);
    let browser = Browser::start(Ways::FRENCH);
    let device = browser.add_device();
    browser.goto(&format!("{own}/health"));

    let secret = founded.invite("festival", "olga@festival.ca", &["officer"]);
    let begin = json!({"secret": secret, "name": "Olga"});
    let begun = served.post("", "/api/v1/invitation/passkey", &begin).ok();
    let made = run(&browser, CREATE, &begun["options"]);
    assert!(made["response"]["attestationObject"].is_string(), "{made}");
    let body = json!({"step": begun["step"], "name": "portable", "credential": made});
    let reply = served.post("", "/api/v1/invitation/passkey/acceptance", &body);
    let olga = served.signed_in("olga@festival.ca", &reply, &reply.clone().ok());

    // Nobody is named: the browser finds the passkey.
    let sign_in = || {
        let begun = served.post("", "/api/v1/session/passkey", &json!({})).ok();
        let signed = run(&browser, GET, &begun["options"]);
        (json!({"step": begun["step"], "credential": signed}), signed)
    };
    let (body, _) = sign_in();
    let reply = served.post("", "/api/v1/session/passkey/assertion", &body);
    assert_eq!(reply.clone().ok()["user"]["user"], "Olga");
    assert_ne!(cookie(&reply).unwrap(), olga.cookie);
    served.post("", "/api/v1/session/passkey/assertion", &body).problem(WRONG.0, WRONG.1);

    // It proves who one is; and the same device makes no second passkey for the same account.
    let begun = served.by(&olga, "POST", "/api/v1/me/passkeys/proof", &json!({})).ok();
    let proof = json!({"step": begun["step"], "credential": run(&browser, GET, &begun["options"])});
    let begun = served.by(&olga, "POST", "/api/v1/me/passkeys/registration", &json!({ "passkey": proof })).ok();
    assert_eq!(run(&browser, CREATE, &begun["options"]), "InvalidStateError");

    // Another finger, and another page.
    browser.verify(&device, false);
    assert_eq!(sign_in().1, "NotAllowedError");
    browser.verify(&device, true);
    browser.goto(&format!("http://127.0.0.1:{port}/health"));
    assert_eq!(sign_in().1, "SecurityError");
    browser.goto(&format!("{own}/health"));
    let (body, _) = sign_in();
    served.post("", "/api/v1/session/passkey/assertion", &body).ok();
}
