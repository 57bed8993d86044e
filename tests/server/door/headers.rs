//! What every answer tells the browser, and whose word on the way counts.

use super::{Heard, Wire};
use crate::support::*;
use serde_json::json;

const ALWAYS: [(&str, &str); 7] = [
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ("x-frame-options", "deny"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("cache-control", "no-store"),
];

fn ask(served: &Served, method: &str, path: &str, headers: &[(&str, &str)]) -> Heard {
    let mut wire = Wire::to(served);
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    wire.send(format!("{method} {path} HTTP/1.1\r\nHost: salle.example.ca\r\n{lines}\r\n"));
    wire.hear().unwrap()
}

#[test]
fn every_answer_forbids_framing_and_guessing() {
    let served = Founded::new().serve_with(&[("CAMERATA_SIGNINS_MAX", "1")]);
    let long = "x".repeat(200);
    let answers = [
        ("GET", "/health", &[][..], 200),
        ("GET", "/api/openapi.json", &[], 200),
        ("GET", "/api/nowhere", &[], 404),
        ("GET", "/api/v1/me", &[], 401),
        ("PUT", "/health", &[], 405),
        ("POST", "/api/v1/session", &[("origin", "https://evil.example"), ("content-length", "0")], 403),
        ("POST", "/api/v1/session", &[("content-length", "0")], 429),
        ("GET", "/api/v1/audit/consistency?from=x", &[("x", long.as_str())], 422),
    ];
    for (method, path, headers, status) in answers {
        let heard = ask(&served, method, path, headers);
        assert_eq!(heard.status, status, "{method} {path}: {heard:?}");
        for (name, value) in ALWAYS {
            assert_eq!(heard.header(name), Some(value), "{method} {path}: {name}");
        }
        assert!(heard.header("permissions-policy").unwrap().contains("camera=()"));
        assert_eq!(heard.header("strict-transport-security"), None, "plain http promises no TLS");
        assert_eq!(heard.header("server"), None);
    }
}

/// Signs in in vain, as from an address.
fn knock(served: &Served, forwarded: &str) -> u16 {
    ask(served, "POST", "/api/v1/session", &[("x-forwarded-for", forwarded), ("content-length", "0")]).status
}

#[test]
fn a_made_up_address_gets_nobody_another_try() {
    // Nobody is trusted: whatever is said, the tries are one client's.
    let founded = Founded::new();
    let served = founded.serve_with(&[("CAMERATA_SIGNINS_MAX", "3")]);
    let tries: Vec<u16> = (1..=6).map(|number| knock(&served, &format!("203.0.113.{number}"))).collect();
    assert_eq!(tries, [422, 422, 422, 429, 429, 429]);
    served.stop();

    // A proxy is trusted: who it heard counts, and not what they made up before it.
    let served = founded.serve_with(&[("CAMERATA_SIGNINS_MAX", "3"), ("CAMERATA_TRUSTED_PROXIES", "127.0.0.1/32")]);
    let tries: Vec<u16> = (1..=6).map(|number| knock(&served, &format!("203.0.113.{number}, 192.0.2.7"))).collect();
    assert_eq!(tries, [422, 422, 422, 429, 429, 429]);
    assert_eq!(knock(&served, "192.0.2.7, 192.0.2.8"), 422, "the next client is another");
    assert_eq!(knock(&served, "192.0.2.8, 192.0.2.7, 127.0.0.1"), 429, "through two proxies it is the same");
}

#[test]
fn whether_it_was_tls_is_the_trusted_proxy_s_to_say() {
    let founded = Founded::new();
    let signed_in = |served: &Served, name: &str, protocol: &str| {
        let secret = served.founded.invite("festival", &format!("{name}@festival.ca"), &["marketer"]);
        let body =
            json!({"secret": secret, "name": name, "password": "quatre violons sous la neige", "language": "fr"});
        let headers = [("x-forwarded-proto", protocol)];
        served.with_headers("POST", "/api/v1/invitation/acceptance", &headers, &body)
    };
    let set = |reply: &Reply| reply.headers["set-cookie"].to_str().unwrap().to_owned();
    let served = founded.serve_with(&[("CAMERATA_TRUSTED_PROXIES", "127.0.0.1/32")]);
    let over_tls = signed_in(&served, "ana", "https");
    assert!(set(&over_tls).starts_with("__Host-camerata=") && set(&over_tls).contains("Secure"), "{over_tls:?}");
    assert_eq!(over_tls.headers["strict-transport-security"], "max-age=63072000");
    assert!(set(&signed_in(&served, "bea", "http")).starts_with("camerata="));
    served.stop();
    let served = founded.serve();
    let made_up = signed_in(&served, "cleo", "https");
    assert!(set(&made_up).starts_with("camerata=") && !made_up.headers.contains_key("strict-transport-security"));
}
