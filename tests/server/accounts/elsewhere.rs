//! Other sites' pages: what they have a browser send, and where they would have it go.

use super::*;

/// What a browser says of a request that another site's page has it make.
fn elsewhere(site: &str) -> Vec<Vec<(&'static str, String)>> {
    let own = site.replace("http://", "");
    vec![
        vec![("origin", "https://evil.example".into())],
        vec![("origin", "null".into())],
        vec![("origin", format!("https://{own}.evil.example"))],
        vec![("origin", "https://evil.example".into()), ("sec-fetch-site", "cross-site".into())],
        // A sibling of the room's domain, and another port of its host.
        vec![("origin", site.into()), ("sec-fetch-site", "same-site".into())],
        vec![("origin", "http://127.0.0.1:1".into())],
        // What says so is believed, also beside an origin that looks right.
        vec![("origin", site.into()), ("sec-fetch-site", "cross-site".into()), ("sec-fetch-mode", "no-cors".into())],
        vec![("referer", format!("{site}/"))],
        Vec::new(),
    ]
}

/// The bodies that a form can send without asking first, and JSON.
const BODIES: [(&str, &str); 5] = [
    ("application/x-www-form-urlencoded", "current=quatre+violons+sous+la+neige&new=le+hibou+mange+quatorze+tulipes"),
    ("text/plain", r#"{"current":"quatre violons sous la neige","new":"le hibou mange quatorze tulipes"}"#),
    (
        "multipart/form-data; boundary=x",
        "--x\r\nContent-Disposition: form-data; name=\"current\"\r\n\r\nx\r\n--x--\r\n",
    ),
    ("", r#"{"current":"quatre violons sous la neige","new":"le hibou mange quatorze tulipes"}"#),
    ("application/json", r#"{"current":"quatre violons sous la neige","new":"le hibou mange quatorze tulipes"}"#),
];

#[test]
fn another_site_s_form_or_script_changes_nothing() {
    let served = Founded::new().serve();
    let ana = served.person("festival", "ana", &["marketer"]);
    for said in elsewhere(&served.url) {
        for (kind, body) in BODIES {
            let mut headers = vec![("cookie", ana.cookie.as_str())];
            headers.extend(said.iter().map(|(name, value)| (*name, value.as_str())));
            if !kind.is_empty() {
                headers.push(("content-type", kind));
            }
            let reply = served.call("POST", "", "/api/v1/me/password", &headers, body.as_bytes()).unwrap();
            assert!(reply.headers.get("set-cookie").is_none(), "{said:?} {kind}");
            assert!(reply.headers.get("access-control-allow-origin").is_none());
            reply.problem(403, "cross-site");
        }
        let mut headers = vec![("cookie", ana.cookie.as_str())];
        headers.extend(said.iter().map(|(name, value)| (*name, value.as_str())));
        served.call("DELETE", "", "/api/v1/session", &headers, b"").unwrap().problem(403, "cross-site");
    }
    // What a form of the room's own address could send is no JSON, and isn't read.
    for (kind, body) in BODIES.into_iter().filter(|(kind, _)| *kind != "application/json") {
        let mut headers = vec![("cookie", ana.cookie.as_str()), ("origin", served.url.as_str())];
        if !kind.is_empty() {
            headers.push(("content-type", kind));
        }
        let reply = served.call("POST", "", "/api/v1/me/password", &headers, body.as_bytes()).unwrap();
        reply.problem(422, "malformed");
    }
    assert!(is_known(&served, &ana.cookie));
    try_password(&served, &ana.email, PASSWORD).ok();
    // Nothing is asked for by another site before it asks (CORS), either.
    let asked = [("origin", "https://evil.example"), ("access-control-request-method", "POST")];
    let preflight = served.call("OPTIONS", "", "/api/v1/me/password", &asked, b"").unwrap();
    assert!(!preflight.headers.iter().any(|(name, _)| name.as_str().starts_with("access-control-")));
}

#[test]
fn another_site_signs_nobody_in_as_somebody_else() {
    let served = Founded::new().serve();
    let eve = served.person("festival", "eve", &["marketer"]);
    let secret = served.founded.invite("festival", "x@festival.ca", &["marketer"]);
    for said in elsewhere(&served.url).into_iter().filter(|said| said.iter().any(|(name, _)| *name != "referer")) {
        let mut headers: Vec<_> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
        headers.push(("content-type", "application/json"));
        let bodies = [
            ("/api/v1/session", json!({"email": eve.email, "password": PASSWORD})),
            ("/api/v1/invitation/acceptance", json!({"secret": secret, "name": "x", "password": PASSWORD})),
            ("/api/v1/session/second-factor", json!({"step": "x", "code": "000000"})),
            ("/api/v1/recovery", json!({"email": eve.email})),
        ];
        for (path, body) in bodies {
            let reply = served.call("POST", "", path, &headers, body.to_string().as_bytes()).unwrap();
            assert!(reply.headers.get("set-cookie").is_none(), "{said:?} {path}");
            reply.problem(403, "cross-site");
        }
    }
}

#[test]
fn nothing_leads_out_of_the_room() {
    let served = Founded::new().serve();
    let mut ana = served.person("festival", "ana", &["marketer"]);
    let base = url::Url::parse(&format!("{}/sign-in", served.url)).unwrap();
    let away = [
        "//evil.example",
        "///evil.example",
        "////evil.example/",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/%2f/evil.example",
        "/%2fevil.example",
        "/%5cevil.example",
        "%2f%2fevil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "/\r\n/evil.example",
        " //evil.example",
        "\u{0}//evil.example",
        "/\u{200b}/evil.example",
        "https://evil.example",
        "https:evil.example",
        "HTTPS:/evil.example",
        "javascript:alert(document.cookie)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "evil.example",
        "@evil.example",
        "/@evil.example",
        ".evil.example",
        ":80@evil.example",
        "/..//evil.example",
        "/./\\evil.example",
        "/a\r\nSet-Cookie: camerata=plante",
        "/a\r\nLocation: //evil.example",
        "?next=//evil.example",
        "#//evil.example",
        "／／evil.example",
    ];
    for next in away {
        let reply =
            served.post("", "/api/v1/session", &json!({"email": ana.email, "password": PASSWORD, "next": next}));
        assert_eq!(reply.headers.get_all("set-cookie").iter().count(), 1, "{next:?}");
        assert!(reply.headers.get("location").is_none(), "{next:?}");
        let told = reply.ok()["next"].as_str().unwrap().to_owned();
        // As a browser reads it, from the page that signs in.
        let led = base.join(&told).unwrap();
        assert_eq!(led.origin(), base.origin(), "{next:?} led to {led}");
        assert!(told.starts_with('/') && told.bytes().all(|byte| byte.is_ascii_graphic()), "{told:?}");
    }
    let device = json!({"email": ana.email, "password": PASSWORD, "next": "/device?code=BCDF-GHJK"});
    assert_eq!(served.post("", "/api/v1/session", &device).ok()["next"], "/device?code=BCDF-GHJK");
    assert_eq!(served.sign_in(&mut ana).email, ana.email);
}
