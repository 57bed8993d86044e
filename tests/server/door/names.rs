//! Names that reach a file, a header or the log, chosen by somebody who would like them to reach further.

use super::{Wire, wire::Heard};
use crate::support::*;
use serde_json::json;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Ways out of a folder.
const WAYS_OUT: [&str; 14] = [
    "../evil",
    "../../keys/room.key",
    "..",
    ".",
    "/etc/passwd",
    "..\\evil",
    "evil/../../evil",
    "evil\0",
    "evil\n",
    "..%2fevil",
    "%2e%2e%2fevil",
    "..%252fevil",
    "..%c0%afevil",
    "\u{ff0e}\u{ff0e}\u{ff0f}evil",
];

/// The files of a folder that no upload or commit makes.
fn lasting(folder: &Path) -> BTreeSet<PathBuf> {
    let passing = |path: &PathBuf| {
        let text = path.to_string_lossy().into_owned();
        !text.contains("sqlite-") && !text.contains("/staging/")
    };
    files(folder).into_iter().filter(passing).collect()
}

fn encoded(name: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() || byte == b'%' { char::from(byte).to_string() } else { format!("%{byte:02x}") }
    };
    name.bytes().map(byte).collect()
}

#[test]
fn no_name_leads_out_of_the_room() {
    let founded = Founded::new();
    let (steward, officer) = (founded.token("festival", "steward"), founded.token("festival", "officer"));
    let marketer = founded.token("festival", "marketer");
    let served = founded.serve();
    served.upload(&steward, "abonnes", &stream(0..100));
    let key = fs::read(founded.room().join("keys/room.key")).unwrap();
    let key = String::from_utf8_lossy(&key).trim().to_owned();
    let before = lasting(founded.folder.path());

    let refused = |reply: Reply, what: &str| {
        assert!((400..500).contains(&reply.status), "{what}: {} {}", reply.status, reply.body);
        assert!(!reply.body.contains("root:") && !reply.body.contains(&key), "{what}: {}", reply.body);
    };
    for name in WAYS_OUT {
        refused(served.post(&steward, "/api/v1/uploads", &declaration(name, 100)), name);
        let mut of_template = question(100.0);
        of_template["template"] = json!(name);
        refused(served.post(&marketer, "/api/v1/queries", &of_template), name);
        let mut of_audience = question(100.0);
        of_audience["audiences"]["a"] = json!(format!("festival/{name}"));
        refused(served.post(&marketer, "/api/v1/estimate", &of_audience), name);
        let proposed = json!({"name": name, "sql": "SELECT person FROM a", "toml": "", "why": "essai"});
        refused(served.post(&officer, "/api/v1/template-proposals", &proposed), name);
        for file in [name.to_owned(), format!("{name}.cedar"), format!("{name}.toml")] {
            let proposed = json!({"files": {file.clone(): "permit(principal, action, resource);"}, "why": "essai"});
            refused(served.post(&officer, "/api/v1/policy/proposals", &proposed), &file);
        }
        // In an address: as it is, where that can be sent, and encoded.
        for name in [encoded(name), name.replace(['\0', '\n', '\u{ff0e}', '\u{ff0f}'], "x")] {
            for (method, token, path) in [
                ("GET", &steward, "/api/v1/uploads/"),
                ("PATCH", &steward, "/api/v1/uploads/"),
                ("DELETE", &steward, "/api/v1/uploads/"),
                ("GET", &officer, "/api/v1/policy/versions/"),
                ("GET", &officer, "/api/v1/template-proposals/"),
                ("GET", &marketer, "/api/v1/answers/"),
                ("GET", &marketer, "/"),
                ("GET", &marketer, "/.well-known/"),
            ] {
                let mut wire = Wire::to(&served);
                wire.send(format!(
                    "{method} {path}{name} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nUpload-Offset: 0\r\nContent-Length: 0\r\n\r\n"
                ));
                let Heard { status, body, .. } = wire.hear().unwrap();
                // `.` and what a browser would make of `..` are the folder itself: a route, or none.
                assert!((400..500).contains(&status), "{method} {path}{name}: {status} {body}");
                assert!(!body.contains("root:") && !body.contains(&key), "{method} {path}{name}: {body}");
            }
        }
    }
    assert_eq!(lasting(founded.folder.path()), before, "a file came or went");
}

/// What would be a line of the log's own, or a header of the answer's own.
const FORGED: &str =
    "\r\n2026-01-01T00:00:00.000000Z ERROR forged: the room is closed\u{1b}[2J\r\nX-Forged: yes\r\n\r\n";

#[test]
fn no_name_forges_a_line_of_the_log_or_a_header() {
    let founded = Founded::new();
    let (steward, officer) = (founded.token("festival", "steward"), founded.token("festival", "officer"));
    let marketer = founded.token("festival", "marketer");
    let served = founded.serve_with(&[("CAMERATA_TRUSTED_PROXIES", "127.0.0.1/32"), ("RUST_BACKTRACE", "0")]);
    let mut replies = Vec::new();
    let mut post = |token: &str, path: &str, body: serde_json::Value| replies.push(served.post(token, path, &body));
    post(&steward, "/api/v1/uploads", declaration(FORGED, 100));
    let mut declared = declaration("abonnes", 100);
    declared["legal_basis"] = json!(FORGED);
    post(&steward, "/api/v1/uploads", declared);
    for key in ["template", "purpose"] {
        let mut asked = question(100.0);
        asked[key] = json!(FORGED);
        post(&marketer, "/api/v1/queries", asked);
    }
    post("", "/api/v1/session", json!({"email": FORGED, "password": FORGED, "next": FORGED}));
    post("", "/api/v1/session", json!({"email": "ana@festival.ca", "password": "x", "next": format!("/{FORGED}")}));
    post("", "/api/v1/recovery", json!({"email": FORGED}));
    post("", "/api/v1/device", json!({"name": FORGED}));
    post(
        &officer,
        "/api/v1/invitations",
        json!({"email": format!("a@b.ca{FORGED}"), "roles": ["marketer"], "language": "fr"}),
    );
    post(
        &officer,
        "/api/v1/template-proposals",
        json!({"name": "essai", "sql": FORGED, "toml": FORGED, "why": FORGED}),
    );
    post(&officer, "/api/v1/policy/proposals", json!({"files": {"x.cedar": FORGED, FORGED: "x"}, "why": FORGED}));
    post(&officer, "/api/v1/audit/cosignatures", json!({"key": FORGED, "note": FORGED}));
    // A stream whose lines and header are no more than bytes to the room.
    let id = served.open(&steward, "abonnes", FORGED.len());
    replies.push(served.send(&steward, &id, 0, FORGED.as_bytes()).unwrap());
    for reply in &replies {
        assert!(reply.status < 500, "{} {}", reply.status, reply.body);
        assert!(!reply.headers.contains_key("x-forged"), "{:?}", reply.headers);
    }
    // Headers can't hold a line end; they can hold what a terminal obeys.
    let escape = "x\u{9}\u{fe}2026-01-01T00:00:00.000000Z ERROR forged";
    for name in [
        "User-Agent",
        "Accept-Language",
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "Host",
        "Origin",
        "Cookie",
        "Authorization",
        "Upload-Offset",
    ] {
        let mut wire = Wire::to(&served);
        wire.send(format!("POST /api/v1/session HTTP/1.1\r\n{name}: {escape}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"));
        assert!(wire.hear().unwrap().status < 500, "{name}");
        for forbidden in ["x\u{1b}[2J", "x\ry", "x\0y"] {
            let mut wire = Wire::to(&served);
            wire.send(format!("GET /health HTTP/1.1\r\n{name}: {forbidden}\r\n\r\n"));
            let heard = wire.hear_all();
            assert!(heard.iter().all(|heard| heard.status == 400 || heard.status == 200), "{name}: {heard:?}");
        }
    }
    served.get("", "/health").ok();
    let log = served.log.lock().unwrap().clone();
    assert!(!log.contains('\u{1b}'), "the log holds what a terminal obeys");
    for line in log.lines() {
        assert!(!line.starts_with("2026-01-01T") && !line.to_lowercase().starts_with("x-forged"), "forged: {line}");
    }
}
