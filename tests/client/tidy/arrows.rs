//! Which module may know which, and which crate may be used where: the picture in `src/lib.rs`, held.

use super::paths::paths;

/// Each module, and the modules it may know. The order is the picture's, bottom up.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("locale", &["model"]),
    ("identity", &["model"]),
    ("proof", &["model"]),
    ("database", &["proof", "model"]),
    ("audit", &["database", "proof", "model"]),
    ("policy", &["database", "proof", "model"]),
    ("template", &["database", "proof", "model"]),
    ("privacy", &["database", "proof", "model"]),
    ("ledger", &["database", "proof", "model"]),
    ("people", &["database", "proof", "model"]),
    ("mail", &["locale", "model"]),
    ("directory", &["model"]),
    ("store", &["database", "identity", "proof", "model"]),
    (
        "gateway",
        &[
            "policy",
            "template",
            "privacy",
            "ledger",
            "audit",
            "people",
            "mail",
            "directory",
            "store",
            "locale",
            "database",
            "identity",
            "proof",
            "model",
        ],
    ),
    (
        "http",
        &[
            "gateway", "policy", "template", "privacy", "ledger", "audit", "people", "store", "database", "identity",
            "proof", "model",
        ],
    ),
    ("web", &["http", "gateway", "policy", "template", "people", "locale", "identity", "proof", "model"]),
    (
        "cli",
        &[
            "web", "http", "gateway", "policy", "template", "privacy", "ledger", "audit", "people", "store",
            "database", "identity", "proof", "model",
        ],
    ),
];

/// What the members' client may know: all of `cli` but the commands of the server.
const CLIENT: &[&str] = &["identity", "proof", "model"];
const SERVER_COMMANDS: &[&str] = &[
    "init", "serve", "demo", "token", "user", "policy", "template", "verify", "backup", "restore", "rotate", "doctor",
];

/// What tests of templates may know that run on the engine, planned as the store plans.
const TRIED_ON_THE_ENGINE: &[&str] = &["store", "model"];

/// Crates that only some places may use.
const CRATES: &[(&str, &[&str])] = &[
    ("age", &["gateway/backup"]),
    ("anyhow", &["cli"]),
    ("argon2", &["people"]),
    ("askama", &["web"]),
    ("axum", &["http", "web", "cli/serve.rs"]),
    ("axum_server", &["http/door"]),
    ("governor", &["http/door"]),
    ("fluent_bundle", &["locale"]),
    ("lettre", &["mail"]),
    ("ct_merkle", &["proof"]),
    ("ed25519_dalek", &["proof"]),
    ("signed_note", &["proof"]),
    ("cedar_policy", &["policy"]),
    ("chacha20poly1305", &["people"]),
    ("cedar_policy_formatter", &["policy"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("cookie", &["http", "web"]),
    ("duckdb", &["store", "template/check/tests/locality.rs", "template/tally/tests"]),
    ("indicatif", &["cli"]),
    ("keyring", &["cli/login"]),
    ("opendp", &["privacy"]),
    ("sqlparser", &["template"]),
    (
        "sqlx",
        &[
            "audit",
            "database",
            "ledger",
            "people",
            "policy/versions",
            "store",
            "template/consent",
            "gateway/backup/collect_tests.rs",
        ],
    ),
    ("tar", &["gateway/backup"]),
    ("openidconnect", &["directory"]),
    ("totp_rs", &["people"]),
    ("ureq", &["cli", "directory"]),
    ("webauthn_rs", &["people"]),
    ("zxcvbn", &["people"]),
];

/// What a source file does that it may not; `path` is relative to `src/`.
pub fn violations(path: &str, text: &str) -> Vec<String> {
    let module: Vec<&str> = path.trim_end_matches(".rs").trim_end_matches("/mod").split('/').collect();
    let top = module[0];
    if top == "lib" || top == "main" {
        return Vec::new();
    }
    let Some(&(_, mut allowed)) = ARROWS.iter().find(|(name, _)| *name == top) else {
        return vec![format!("src/{path}: module `{top}` has no place in the picture (tests/client/tidy/arrows.rs)")];
    };
    let server_command = module.get(1).is_some_and(|command| SERVER_COMMANDS.contains(command));
    if top == "cli" && !server_command {
        allowed = CLIENT;
    }
    if path == "template/check/tests/locality.rs" || path.starts_with("template/tally/tests/") {
        allowed = TRIED_ON_THE_ENGINE;
    }
    let mut found = Vec::new();
    for used in paths(text, &module) {
        let (first, second) = (used[0].as_str(), used.get(1).map_or("", String::as_str));
        let known = ARROWS.iter().any(|(name, _)| *name == second);
        if first == "crate" && known && second != top && !allowed.contains(&second) {
            found.push(format!("src/{path}: `{}`: {top} may not know {second}", used.join("::")));
        }
        let places = CRATES.iter().find(|(name, _)| *name == first).map(|(_, places)| *places);
        if let Some(places) =
            places.filter(|places| !places.iter().any(|place| path == *place || path.starts_with(&format!("{place}/"))))
        {
            found.push(format!("src/{path}: `{}`: {first} belongs in {}", used.join("::"), places.join(", ")));
        }
    }
    found
}

#[test]
fn a_planted_violation_is_found() {
    let planted = [
        ("model/loss.rs", "use crate::identity::Profile;"),
        ("identity/mod.rs", "use crate::{model::Text, store::Engine};"),
        ("store/duckdb.rs", "fn f(_: crate::policy::Admission) {}"),
        ("ledger/mod.rs", "use super::people::Token;"),
        ("gateway/ask.rs", "mod tests { use crate::http::Problem; }"),
        ("gateway/ask.rs", "use duckdb::Connection;"),
        ("gateway/ask.rs", "fn f() { opendp::core::nothing() }"),
        ("http/uploads.rs", "use sqlx as s;"),
        ("store/mod.rs", "use {anyhow::Result, std::io};"),
        ("cli/ask.rs", "use crate::gateway::Ask;"),
        ("cli/upload/mod.rs", "use super::super::store::Engine;"),
        ("cli/token.rs", "use axum::Router;"),
        ("model/mod.rs", "#[derive(clap::Args)] struct A;"),
        ("people/mod.rs", "use crate::cli::exit::Exit;"),
        ("helping/mod.rs", ""),
    ];
    for (path, text) in planted {
        assert_eq!(violations(path, text).len(), 1, "{path}: {text}: {:?}", violations(path, text));
    }
}

#[test]
fn what_the_picture_allows_is_allowed() {
    let sound = [
        ("store/ingest.rs", "use crate::identity::records; use duckdb::Appender; use super::Versions;"),
        ("cli/serve.rs", "use crate::{gateway::Gateway, http}; use axum::serve;"),
        ("cli/demo/check.rs", "use crate::cli::connection::Connection; use crate::identity; use super::people;"),
        ("cli/ask.rs", "use crate::{identity::Profile, model::Text}; // use crate::gateway::Ask;"),
        ("template/check.rs", "use sqlparser::ast; use crate::template::Manifest; mod tests { use super::*; }"),
    ];
    for (path, text) in sound {
        assert_eq!(violations(path, text), Vec::<String>::new(), "{path}");
    }
}
