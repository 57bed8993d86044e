//! Asked to stop while it is busy: what was charged for is answered, and what was answered is kept.

use super::wire::place;
use crate::support::*;
use std::{
    collections::BTreeMap,
    io::Write,
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

#[test]
fn a_stop_under_load_loses_nothing() {
    let founded = Founded::new();
    let mut pair = Pair::in_room(&founded);
    let heard: Mutex<BTreeMap<i64, String>> = Mutex::default();
    // Each question has a narrower margin than those before: each is charged for.
    let asked = AtomicU32::new(0);
    let margin = || f64::from(6_000 - asked.fetch_add(1, Ordering::Relaxed).min(5_000));
    thread::scope(|scope| {
        let (served, marketer, heard, margin) = (&pair.served, &pair.marketer, &heard, &margin);
        for _ in 0..8 {
            scope.spawn(move || {
                loop {
                    let Ok(reply) = served.try_post(marketer, "/api/v1/queries", &question(margin())) else { return };
                    if reply.status == 200 {
                        let answer = reply.json();
                        heard.lock().unwrap().insert(answer["id"].as_i64().unwrap(), answer["figures"].to_string());
                    } else {
                        assert!(matches!(reply.status, 409 | 429 | 503), "{} {}", reply.status, reply.body);
                    }
                }
            });
        }
        // These hang up as soon as they have asked.
        scope.spawn(move || {
            for _ in 0..20 {
                let body = question(margin()).to_string();
                let Ok(mut stream) = std::net::TcpStream::connect(place(&served.url)) else { return };
                let _ = stream.write_all(format!(
                    "POST /api/v1/queries HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {marketer}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                ).as_bytes());
                thread::sleep(Duration::from_millis(20));
            }
        });
        let since = Instant::now();
        while heard.lock().unwrap().len() < 5 && since.elapsed() < Duration::from_secs(60) {
            thread::sleep(Duration::from_millis(20));
        }
        let stopped = Command::new("kill").args(["-TERM", &served.process().to_string()]).status().unwrap();
        assert!(stopped.success());
    });
    assert!(heard.lock().unwrap().len() >= 5, "next to nothing was answered");
    assert_eq!(pair.served.ended_by(), None, "it ends by itself");
    let log = pair.served.log.lock().unwrap().clone();
    assert!(!log.contains("stopped before all that was begun was done"), "{log}");

    let again = founded.serve();
    let answers = again.get(&pair.marketer, "/api/v1/answers").ok();
    let kept: BTreeMap<i64, String> = answers["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| (answer["id"].as_i64().unwrap(), answer["figures"].to_string()))
        .collect();
    for (id, cells) in heard.into_inner().unwrap() {
        assert_eq!(kept.get(&id), Some(&cells), "answer {id} was given, and isn't kept");
    }
    // Nothing was charged for and left without its answer.
    let officer = founded.token("festival", "officer");
    let told = |what: &str| {
        let page = again.get(&officer, &format!("/api/v1/audit/entries?what={what}")).ok();
        page["entries"].as_array().unwrap().len()
    };
    assert_eq!(told("charged"), told("answered"));
    assert!(told("charged") >= kept.len() && !kept.is_empty());
}
