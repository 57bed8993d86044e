//! Every route of the OpenAPI document, tried anonymously and in every wrong role; a route missing here fails.

use super::support::*;
use std::collections::BTreeSet;

/// Method, path, and the roles that may use it; none named: everybody, without a token.
const ROUTES: [(&str, &str, &[&str]); 38] = [
    ("get", "/health", &[]),
    ("get", "/api/v1/me", &["marketer", "officer", "steward"]),
    ("get", "/api/v1/vocabulary", &["marketer", "officer", "steward"]),
    ("get", "/api/v1/audiences", &["marketer", "officer", "steward"]),
    ("get", "/api/v1/templates", &["marketer", "officer", "steward"]),
    ("get", "/api/v1/templates/log", &["marketer", "officer", "steward"]),
    ("get", "/api/v1/budget", &["marketer", "officer", "steward"]),
    ("post", "/api/v1/uploads", &["steward"]),
    ("get", "/api/v1/uploads/{id}", &["steward"]),
    ("patch", "/api/v1/uploads/{id}", &["steward"]),
    ("delete", "/api/v1/uploads/{id}", &["steward"]),
    ("post", "/api/v1/uploads/{id}/complete", &["steward"]),
    ("post", "/api/v1/estimate", &["marketer"]),
    ("post", "/api/v1/queries", &["marketer"]),
    ("get", "/api/v1/answers", &["marketer"]),
    ("get", "/api/v1/answers/{id}", &["marketer"]),
    ("get", "/api/v1/answers/{id}/receipt", &["marketer"]),
    ("get", "/.well-known/jwks.json", &[]),
    ("get", "/api/v1/audit/checkpoint", &[]),
    ("get", "/api/v1/audit/consistency", &[]),
    ("post", "/api/v1/audit/cosignatures", &["officer"]),
    ("get", "/api/v1/audit/inclusion", &["marketer", "officer", "steward"]),
    ("get", "/api/v1/audit/hashes", &["marketer", "officer", "steward"]),
    ("get", "/api/v1/audit/entries", &["marketer", "officer", "steward"]),
    ("get", "/api/v1/template-proposals/{hash}", &["marketer", "officer", "steward"]),
    ("post", "/api/v1/template-proposals", &["officer"]),
    ("post", "/api/v1/template-proposals/{hash}/approval", &["officer"]),
    ("delete", "/api/v1/template-proposals/{hash}/approval", &["officer"]),
    ("get", "/api/v1/policy", &["marketer", "officer", "steward"]),
    ("get", "/api/v1/policy/log", &["marketer", "officer", "steward"]),
    ("get", "/api/v1/policy/versions/{version}", &["marketer", "officer", "steward"]),
    ("get", "/api/v1/policy/proposals", &["marketer", "officer", "steward"]),
    ("get", "/api/v1/policy/proposals/{id}", &["marketer", "officer", "steward"]),
    ("post", "/api/v1/policy/proposals", &["officer"]),
    ("delete", "/api/v1/policy/proposals/{id}", &["officer"]),
    ("post", "/api/v1/policy/proposals/{id}/approval", &["officer"]),
    ("delete", "/api/v1/policy/proposals/{id}/approval", &["officer"]),
    ("delete", "/api/v1/policy/narrowings", &["officer"]),
];

#[test]
fn every_route_refuses_the_anonymous_and_the_wrong_role() {
    let founded = Founded::new();
    let tokens: Vec<(&str, String)> =
        ["marketer", "officer", "steward"].into_iter().map(|role| (role, founded.token("festival", role))).collect();
    let served = founded.serve();

    let document = served.get("", "/api/openapi.json").ok();
    let documented: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(move |m| (m.clone(), path.clone())))
        .collect();
    let listed: BTreeSet<(String, String)> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(documented, listed);

    for (method, path, roles) in ROUTES {
        let call = |token: &str| {
            let headers = [("content-type", "application/json"), ("upload-offset", "0")];
            let path = path.replace("{id}", "1").replace("{hash}", "00").replace("{version}", "00");
            let path = if path.ends_with("consistency") { format!("{path}?from=1&to=2") } else { path };
            let body: &[u8] = match path.as_str() {
                "/api/v1/uploads/1/complete" => b"{\"bytes\":1}",
                "/api/v1/policy/proposals" => b"{\"files\":{},\"why\":\"essai\"}",
                "/api/v1/policy/proposals/1/approval" => b"{\"effects\":\"00\"}",
                _ => b"{}",
            };
            let body = if matches!(method, "post" | "patch") { body } else { b"" };
            served.call(&method.to_uppercase(), token, &path, &headers, body).unwrap()
        };
        if roles.is_empty() {
            call("").ok();
            continue;
        }
        call("").problem(401, "unauthorized");
        call("cam_wrong").problem(401, "unauthorized");
        for (role, token) in &tokens {
            let reply = call(token);
            if roles.contains(role) {
                assert!(!matches!(reply.status, 401 | 403 | 500), "{role} {method} {path}: {}", reply.body);
            } else {
                reply.problem(403, "wrong-role");
            }
        }
    }
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
