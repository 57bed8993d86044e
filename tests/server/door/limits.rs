//! How often, and how much at once.

use super::Wire;
use crate::support::*;
use serde_json::json;
use std::{
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

const PROXY: (&str, &str) = ("CAMERATA_TRUSTED_PROXIES", "127.0.0.1/32");

/// Asks something cheap of a class, as from an address; only whether it was let through matters.
fn ask(served: &Served, token: &str, address: &str, path: &str) -> Reply {
    let headers = [("x-forwarded-for", address), ("content-type", "application/json")];
    served.call("POST", token, path, &headers, b"{}").unwrap()
}

fn marketer(founded: &Founded, user: &str) -> String {
    let made = std::process::Command::new(CAMERATA)
        .args(["token", "--member", "festival", "--role", "marketer", "--user", user, "--room"])
        .arg(founded.room())
        .output()
        .unwrap();
    assert!(made.status.success());
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

#[test]
fn an_account_has_a_bucket_and_so_have_its_member_and_address() {
    let founded = Founded::new();
    let users: Vec<String> = (0..5).map(|number| marketer(&founded, &format!("essai-{number}"))).collect();
    let other = founded.token("billetterie", "marketer");
    let served = founded.serve_with(&[PROXY, ("CAMERATA_QUESTIONS_MAX", "2")]);

    // An account, wherever it asks from.
    let of_one: Vec<u16> =
        (0..3).map(|at| ask(&served, &users[0], &format!("192.0.2.{at}"), "/api/v1/estimate").status).collect();
    assert_eq!(of_one, [422, 422, 429]);
    let held = ask(&served, &users[0], "192.0.2.9", "/api/v1/queries");
    let wait: u64 = held.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    held.problem(429, "too-many-requests");
    served.call("GET", &users[0], "/api/v1/me", &[], b"").unwrap().ok();

    // Its member, whoever asks: four times as much.
    let mut of_member = Vec::new();
    for (number, user) in users.iter().enumerate().skip(1) {
        for _ in 0..2 {
            of_member.push(ask(&served, user, &format!("198.51.100.{number}"), "/api/v1/estimate").status);
        }
    }
    assert_eq!(of_member, [422, 422, 422, 422, 422, 422, 429, 429]);
    assert_eq!(ask(&served, &other, "198.51.100.77", "/api/v1/estimate").status, 422, "another member's");

    // An address, also of those whom nobody knows; of IPv6 the whole /64.
    let of_address: Vec<u16> =
        (0..9).map(|at| ask(&served, "wrong", &format!("2001:db8::{at}"), "/api/v1/estimate").status).collect();
    assert_eq!(of_address, [401, 401, 401, 401, 401, 401, 401, 401, 429]);
    assert_eq!(ask(&served, "wrong", "2001:db8:0:1::1", "/api/v1/estimate").status, 401);
}

/// A request that is under way for as long as it is kept.
fn held(served: &Served) -> Wire<TcpStream> {
    let mut wire = Wire::to(served);
    wire.send("POST /api/v1/recovery HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
    wire
}

/// Asks until an answer has this status.
fn until(served: &Served, status: u16) {
    let since = Instant::now();
    loop {
        let mut wire = Wire::to(served);
        wire.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let heard = wire.hear().map(|heard| heard.status);
        if heard == Some(status) {
            return;
        }
        assert!(since.elapsed() < Duration::from_secs(60), "{heard:?}, and never {status}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Whether one more is told to come again, within a few seconds.
fn is_full(served: &Served) -> bool {
    (0..100).any(|_| {
        thread::sleep(Duration::from_millis(20));
        let mut wire = Wire::to(served);
        wire.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        wire.hear().is_some_and(|heard| heard.status == 503)
    })
}

#[test]
fn what_is_too_much_at_once_is_told_to_come_again() {
    for limit in ["CAMERATA_RUNNING_EACH_MAX", "CAMERATA_RUNNING_MAX"] {
        let served = Founded::new().serve_with(&[(limit, "2"), ("CAMERATA_IDLE_S", "600")]);
        // One that a busy machine was too slow for is cut, and held anew.
        let mut under_way = Vec::new();
        let since = Instant::now();
        while under_way.is_empty() || !is_full(&served) {
            assert!(since.elapsed() < Duration::from_secs(120), "never full");
            under_way = vec![held(&served), held(&served)];
        }
        let refused = served.get("", "/health");
        assert_eq!(refused.headers["retry-after"], "5");
        refused.problem(503, "overloaded");
        drop(under_way);
        until(&served, 200);
    }
}

#[test]
fn connections_are_counted_in_all_and_from_one_address() {
    for limit in ["CAMERATA_CONNECTIONS_EACH_MAX", "CAMERATA_CONNECTIONS_MAX"] {
        let served = Founded::new().serve_with(&[(limit, "3")]);
        let mut open: Vec<_> = (0..3).map(|_| Wire::to(&served)).collect();
        assert!(open.iter_mut().all(|wire| wire.get("/health").status == 200));
        let mut more = Wire::to(&served);
        more.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(more.hear(), None);
        drop(open);
        until(&served, 200);
    }
}

#[test]
fn heads_and_bodies_are_as_large_as_they_may_be() {
    let served = Founded::new().serve();
    let heads = [
        format!("GET /health HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(40 << 10)),
        format!("GET /health HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: x\r\n".repeat(100)),
        format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(70 << 10)),
    ];
    for head in heads {
        let mut wire = Wire::to(&served);
        wire.send(&head);
        let heard = wire.hear();
        // Cut off while it still sends, the other end may not hear why.
        assert!(heard.as_ref().is_none_or(|heard| matches!(heard.status, 414 | 431)), "{}: {heard:?}", &head[..40]);
    }
    let body = json!({"email": "x".repeat(100 << 10), "password": "x"});
    assert_eq!(served.post("", "/api/v1/session", &body).status, 422);
    until(&served, 200);
}

/// Whoever floods the room from one address, or from many, in vain, keeps nobody else from an estimate.
/// How long a marketer's estimates take, the quickest first.
pub fn estimates(served: &Served, marketer: &str, times: usize) -> Vec<Duration> {
    let headers = [("x-forwarded-for", "198.51.100.7"), ("content-type", "application/json")];
    let body = question(100.0).to_string();
    let mut took: Vec<Duration> = (0..times)
        .map(|_| {
            let since = Instant::now();
            served.call("POST", marketer, "/api/v1/estimate", &headers, body.as_bytes()).unwrap().ok();
            since.elapsed()
        })
        .collect();
    took.sort();
    took
}

/// Tells how much longer the same took.
pub fn compared(what: &str, quiet: &[Duration], busy: &[Duration]) {
    let at =
        |took: &[Duration], hundredths: usize| took[(took.len() * hundredths / 100).min(took.len() - 1)].as_secs_f64();
    let ratio = |hundredths| at(busy, hundredths) / at(quiet, hundredths);
    eprintln!("{what}: an estimate takes {:.2} of its time, {:.2} at the 95th percentile", ratio(50), ratio(95));
}

#[test]
fn a_flood_of_refused_requests_lets_an_estimate_through() {
    let founded = Founded::new();
    let pair = Pair::in_room(&founded);
    let marketer = pair.marketer.clone();
    pair.served.end();
    // The limits as they are when nobody sets them.
    let default: Vec<(&str, &str)> = [
        ("CAMERATA_REQUESTS_MAX", "600"),
        ("CAMERATA_SIGNINS_MAX", "30"),
        ("CAMERATA_QUESTIONS_MAX", "120"),
        ("CAMERATA_RUNNING_EACH_MAX", "64"),
        ("CAMERATA_CONNECTIONS_EACH_MAX", "100"),
        PROXY,
    ]
    .into();
    let served = founded.serve_with(&default);
    let quiet = estimates(&served, &marketer, rounds(20, 50));
    let before = served.memory_kib();
    let ended = std::sync::atomic::AtomicBool::new(false);
    let (served, ended) = (&served, &ended);
    let (refused, busy) = thread::scope(|scope| {
        let floods: Vec<_> = (0..4)
            .map(|flood| {
                scope.spawn(move || {
                    let (mut wire, mut refused) = (Wire::to(served), 0u32);
                    while !ended.load(std::sync::atomic::Ordering::Relaxed) {
                        let from = if flood == 0 { "203.0.113.1".to_owned() } else { format!("2001:db8:{flood}:{refused:x}::1") };
                        let sent = wire.send(format!(
                            "POST /api/v1/queries HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {from}\r\nAuthorization: Bearer cam_wrong\r\nContent-Length: 2\r\n\r\n{{}}"
                        ));
                        match wire.hear().filter(|_| sent) {
                            Some(heard) => {
                                assert!(matches!(heard.status, 401 | 429 | 503), "{heard:?}");
                                refused += 1;
                            }
                            None => wire = Wire::to(served),
                        }
                        if refused % 64 == 0 {
                            wire = Wire::to(served);
                        }
                    }
                    refused
                })
            })
            .collect();
        let busy = estimates(served, &marketer, rounds(20, 50));
        thread::sleep(Duration::from_secs(rounds(2, 60)));
        ended.store(true, std::sync::atomic::Ordering::Relaxed);
        (floods.into_iter().map(|flood| flood.join().unwrap()).sum::<u32>(), busy)
    });
    assert!(refused > 200, "{refused} requests are no flood");
    let grown = served.memory_kib().saturating_sub(before);
    compared(&format!("a flood of {refused} refused requests, {grown} KiB"), &quiet, &busy);
    assert!(grown < 200 << 10, "{refused} refused requests cost {grown} KiB");
}
