//! Clients that are slow on purpose: to send the head, the body, to shake hands, to read.

use super::{
    Wire,
    limits::{compared, estimates},
    wire::{certificate, connect, place},
};
use crate::support::*;
use std::{
    io::Read,
    thread,
    time::{Duration, Instant},
};

const SOON: [(&str, &str); 2] = [("CAMERATA_HEAD_S", "1"), ("CAMERATA_IDLE_S", "1")];

/// Sends bytes one at a time, for ever; how many until the room has enough.
fn drop_by_drop(wire: &mut Wire<std::net::TcpStream>, text: &str) -> usize {
    let since = Instant::now();
    for (sent, byte) in text.bytes().cycle().enumerate() {
        if !wire.send([byte]) {
            return sent;
        }
        assert!(since.elapsed() < Duration::from_secs(60), "{sent} bytes, and the room still waits");
        thread::sleep(Duration::from_millis(100));
    }
    unreachable!("it cycles")
}

#[test]
fn a_head_that_does_not_come_is_not_waited_for() {
    let served = Founded::new().serve_with(&SOON);
    for begun in ["", "GET /health HTTP/1.1\r\nHost: loc", "GET /health HTTP/1.1\r\nHost: localhost\r\nX: y\r\n"] {
        let mut wire = Wire::to(&served);
        wire.send(begun);
        assert!(wire.hear().is_none_or(|heard| heard.status == 408), "{begun:?}");
    }
    let mut wire = Wire::to(&served);
    wire.send("GET /health HTTP/1.1\r\n");
    drop_by_drop(&mut wire, "X: y\r\n");
    // Nor is the next on a connection that had an answer.
    let mut wire = Wire::to(&served);
    assert_eq!(wire.get("/health").status, 200);
    assert_eq!(wire.hear(), None);
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let served = Founded::new().serve_with(&SOON);
    let head = "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    for rest in ["Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"] {
        let mut wire = Wire::to(&served);
        wire.send(format!("{head}{rest}"));
        let heard = wire.hear().unwrap();
        assert_eq!(heard.status, 408, "{heard:?}");
        assert!(heard.body.contains("/problems/slow"), "{heard:?}");
        assert_eq!(wire.hear(), None, "the connection goes on");
    }
    let mut wire = Wire::to(&served);
    wire.send(format!("{head}Content-Length: 100000\r\n\r\n"));
    drop_by_drop(&mut wire, "{");
}

#[test]
fn an_upload_that_stops_keeps_what_came() {
    let founded = Founded::new();
    let steward = founded.token("festival", "steward");
    let served = founded.serve_with(&SOON);
    let (whole, first) = (stream(0..100), stream(0..50));
    let id = served.open(&steward, "abonnes", whole.len());
    let mut wire = Wire::to(&served);
    wire.send(format!(
        "PATCH /api/v1/uploads/{id} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {steward}\r\nUpload-Offset: 0\r\nContent-Length: {}\r\n\r\n",
        whole.len()
    ));
    wire.send(&first);
    let heard = wire.hear().unwrap();
    assert_eq!(heard.status, 409, "{heard:?}");
    let offset = served.get(&steward, &format!("/api/v1/uploads/{id}")).ok()["offset"].as_u64().unwrap();
    assert_eq!(offset, first.len() as u64);
    served.send(&steward, &id, offset, &whole[first.len()..]).unwrap().ok();
    assert_eq!(served.complete(&steward, &id, whole.len()).ok()["persons"]["email"], 100);
}

#[test]
fn a_hand_that_is_not_shaken_is_not_waited_for() {
    let founded = Founded::new();
    let (pem, key) = certificate(founded.folder.path(), "tls", 30);
    let files = [
        ("CAMERATA_TLS_CERTIFICATE", pem.to_str().unwrap()),
        ("CAMERATA_TLS_KEY", key.to_str().unwrap()),
        SOON[0],
        SOON[1],
    ];
    let served = founded.serve_with(&files);
    let mut stream = connect(place(&served.url));
    let mut rest = Vec::new();
    // Ended, or reset: either way it isn't open any more.
    let _ = stream.read_to_end(&mut rest);
    assert_eq!(Wire::over_tls(&served.url, &[&pem]).get("/health").status, 200);
}

#[test]
fn whoever_does_not_read_is_cut() {
    let more = [SOON[0], SOON[1], ("CAMERATA_CONNECTIONS_MAX", "1")];
    let served = Founded::new().serve_with(&more);
    let mut wire = Wire::to(&served);
    // More than the system keeps for a reader who doesn't read.
    let asked = "GET /api/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(2_000);
    wire.stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    wire.send(asked);
    let since = Instant::now();
    loop {
        // There is a place for one alone.
        let mut other = Wire::to(&served);
        other.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        if other.hear().is_some_and(|heard| heard.status == 200) {
            break;
        }
        assert!(since.elapsed() < Duration::from_secs(60), "the room still waits to be read");
        thread::sleep(Duration::from_millis(100));
    }
}

/// Many at once, while others are served.
#[test]
fn slow_clients_keep_nobody_out() {
    let clients = rounds(200, 2_000);
    let founded = Founded::new();
    let pair = Pair::in_room(&founded);
    let marketer = pair.marketer.clone();
    pair.served.end();
    let served = founded.serve_with(&[
        ("CAMERATA_HEAD_S", "20"),
        ("CAMERATA_CONNECTIONS_MAX", "4000"),
        ("CAMERATA_CONNECTIONS_EACH_MAX", "4000"),
    ]);
    let quiet = estimates(&served, &marketer, 50);
    let before = served.memory_kib();
    let mut slow: Vec<_> = (0..clients).map(|_| Wire::to(&served)).collect();
    for wire in &mut slow {
        wire.send("GET /health HTTP/1.1\r\nHost: localhost\r\nX: ");
    }
    let busy = estimates(&served, &marketer, 50);
    let grown = served.memory_kib().saturating_sub(before);
    compared(&format!("{clients} slow clients, {grown} KiB"), &quiet, &busy);
    assert!(grown < 64 * clients as u64 + (20 << 10), "{clients} slow clients cost {grown} KiB");
    for mut wire in slow {
        assert!(wire.hear().is_none_or(|heard| heard.status == 408));
    }
}
