//! Names, addresses and browsers that would write headers, log lines or letters of their own.

use super::*;
use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

/// What begins a line of the log, a header, a terminal's command, or a text that runs backwards.
const FORGED: &str = "Ana\r\n2026-01-01T00:00:00Z ERROR forged\r\nSet-Cookie: camerata=plante\u{1b}[2J\u{202e}\u{0}";

/// Sends bytes as they stand, and gives what comes back.
fn raw(served: &Served, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(served.url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn no_name_begins_a_line_of_the_log_or_a_header() {
    let served = Founded::new().serve();
    let mut secrets = vec![PASSWORD.to_owned(), OTHER.to_owned()];
    let invited = served.founded.invite("festival", "ana@festival.ca", &["marketer", "officer"]);
    secrets.push(invited.clone());
    let ana = served.accept(&invited, "ana@festival.ca", FORGED);
    secrets.extend(ana.recovery_codes.iter().cloned().chain([ana.cookie.clone(), ana.totp.clone().unwrap()]));
    let me = served.by(&ana, "GET", "/api/v1/me", &Value::Null).ok();
    assert_eq!(me["user"], "Ana 2026-01-01T00:00:00Z ERROR forged Set-Cookie: camerata=plante[2J");

    // Every text that somebody chooses, to every route that takes one.
    let device = served.post("", "/api/v1/device", &json!({ "name": FORGED })).ok();
    let shown = served.by(&ana, "POST", "/api/v1/device/code", &json!({"user_code": device["user_code"]})).ok();
    let token = served.by(&ana, "POST", "/api/v1/tokens", &json!({ "name": FORGED })).ok()["token"].clone();
    secrets.extend([token, device["device_code"].clone()].map(|secret| secret.as_str().unwrap().to_owned()));
    let listed = served.by(&ana, "GET", "/api/v1/tokens", &Value::Null).ok();
    for name in [&shown["name"], &listed["tokens"][0]["name"]] {
        assert!(!name.as_str().unwrap().chars().any(char::is_control), "{name}");
    }
    for email in
        [FORGED, "a@b.ca\r\nBcc: x@evil.example", "a@b.ca\nX: y", "\"a\r\n\"@b.ca", "a@b.ca\u{0}", "a@b\u{2028}.ca"]
    {
        let invitation = json!({"email": email, "roles": ["marketer"]});
        served.by(&ana, "POST", "/api/v1/invitations", &invitation).problem(422, "malformed");
        served.post("", "/api/v1/session", &json!({"email": email, "password": OTHER})).problem(WRONG.0, WRONG.1);
        assert_eq!(served.post("", "/api/v1/recovery", &json!({ "email": email })).status, 202);
    }
    for (path, name) in [("/api/v1/session/second-factor", "step"), ("/api/v1/device/token", "device_code")] {
        let reply = served.post("", path, &json!({ name: FORGED, "code": "000000" }));
        assert!(matches!(reply.status, 401 | 404 | 422), "{path}: {}", reply.status);
    }

    // What a browser says of itself may hold bytes that no library sends.
    let body = json!({"email": "ana@festival.ca", "password": PASSWORD}).to_string();
    for agent in [&b"Firefox\x1b[2J\x1b[31mERROR"[..], b"a\tb", b"\xff\xfe\x80", b"x\x0b\x0cy"] {
        let mut request =
            format!("POST /api/v1/session HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", &served.url[7..]);
        request += &format!("Content-Type: application/json\r\nContent-Length: {}\r\nUser-Agent: ", body.len());
        let request = [request.as_bytes(), agent, b"\r\n\r\n", body.as_bytes()].concat();
        let answer = raw(&served, &request);
        assert!(answer.starts_with("HTTP/1.1 200") || answer.starts_with("HTTP/1.1 400"), "{answer}");
    }

    thread::sleep(Duration::from_millis(300));
    let log = served.log.lock().unwrap().clone();
    for line in log.lines() {
        assert!(!line.starts_with("2026-01-01T00:00:00Z ERROR forged") && !line.starts_with("Set-Cookie"), "{line}");
        assert!(!line.chars().any(|c| c.is_control() && c != '\t' || c == '\u{202e}'), "{line:?}");
        assert!(!line.contains("festival.ca"), "an address: {line}");
        assert!(!secrets.iter().any(|secret| line.contains(secret.as_str())), "a secret: {line}");
    }
}

#[test]
fn no_name_writes_into_a_letter_or_the_audit_log() {
    let served = Founded::new().serve();
    let invited = served.founded.invite("festival", "olga@festival.ca", &["officer"]);
    let olga = served.accept(&invited, "olga@festival.ca", FORGED);
    let invitation = json!({"email": "eva@festival.ca", "roles": ["marketer"]});
    served.by(&olga, "POST", "/api/v1/invitations", &invitation).ok();
    let mut again = olga;
    let headers = [("user-agent", "Autre <script>alert(1)</script>"), ("origin", served.url.as_str())];
    let step = try_password(&served, &again.email, PASSWORD).ok()["step"].clone();
    let body = json!({"step": step, "recovery_code": again.recovery_codes.pop().unwrap()});
    served.with_headers("POST", "/api/v1/session/second-factor", &headers, &body).ok();
    let letters = on_the_machine(&served, async |people| people.waiting(1_000).await.unwrap());
    assert!(!letters.is_empty());
    for letter in letters {
        let (to, told) = (&letter.message.recipient, letter.message.content.to_string());
        assert!(!to.chars().any(|c| c.is_control() || c.is_whitespace()), "{to:?}");
        assert!(!told.contains("\\r") && !told.contains("\\n") && !told.contains("\\u001b"), "{told}");
    }
    let token = served.founded.token("festival", "officer");
    let entries = served.get(&token, "/api/v1/audit/entries").body;
    assert!(entries.contains("ERROR forged"), "the name is told");
    assert!(!entries.contains("\\r\\n") && !entries.contains('\u{1b}') && !entries.contains('\u{202e}'));
}
