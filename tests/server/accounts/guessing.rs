//! Guessing passwords and codes, and giving a code again.

use super::*;
use std::{sync::Barrier, thread};

#[test]
fn a_right_password_is_not_told_from_a_wrong_one_while_tries_are_held() {
    let served = Founded::new().serve();
    let ana = served.person("festival", "ana", &["marketer"]);
    for (email, known) in [(ana.email.as_str(), true), ("personne@festival.ca", false)] {
        let mut wrong = Vec::new();
        for _ in 0..5 {
            let reply = try_password(&served, email, "mauvaise devinette");
            wrong.push(seen(&reply));
            reply.problem(WRONG.0, WRONG.1);
        }
        assert!(wrong.iter().all(|told| *told == wrong[0]), "{wrong:?}");
        let (held, right) = (try_password(&served, email, OTHER), try_password(&served, email, PASSWORD));
        assert_eq!(seen(&held), seen(&right), "known: {known}");
        assert!(cookie(&right).is_none());
        let seconds: u64 = right.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=30).contains(&seconds), "{seconds}");
        right.problem(429, "too-many-tries");
    }
    // However the address is typed, and from whatever browser.
    let typed = json!({"email": " ANA@Festival.ca ", "password": PASSWORD});
    served.with_headers("POST", "/api/v1/session", &[("user-agent", "autre")], &typed).problem(429, "too-many-tries");
}

#[test]
fn a_right_code_is_not_told_from_a_wrong_one_while_tries_are_held() {
    let served = Founded::new().serve();
    let olga = served.person("festival", "olga", &["officer"]);
    let step = try_password(&served, &olga.email, PASSWORD).ok()["step"].clone();
    let give = |code: &str| served.post("", "/api/v1/session/second-factor", &json!({"step": step, "code": code}));
    let right = code_in(olga.totp.as_deref().unwrap(), 30);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        give(wrong).problem(WRONG.0, WRONG.1);
    }
    let (held, right) = (give(wrong), give(&right));
    assert_eq!(seen(&held), seen(&right));
    right.problem(429, "too-many-tries");
    let recovery = json!({"step": step, "recovery_code": olga.recovery_codes[0]});
    served.post("", "/api/v1/session/second-factor", &recovery).problem(429, "too-many-tries");
    // Nor is there a way around by beginning anew, or by proving oneself in a session that is stolen.
    try_password(&served, &olga.email, PASSWORD).problem(429, "too-many-tries");
    served.by(&olga, "POST", "/api/v1/me/second-factor", &json!({"password": PASSWORD})).problem(429, "too-many-tries");
}

#[test]
fn tries_at_two_gateways_are_counted_together_and_a_code_is_taken_by_one() {
    let founded = Founded::on_server(&Postgres::shared().database());
    let gateways = [founded.serve(), founded.serve()];
    let olga = gateways[0].person("festival", "olga", &["officer"]);
    let secret = olga.totp.as_deref().unwrap();
    let steps = [0, 1].map(|at| try_password(&gateways[at], &olga.email, PASSWORD).ok()["step"].clone());
    let (both, right) = (Barrier::new(2), code_in(secret, 30));
    let given: Vec<u16> = thread::scope(|scope| {
        let give = |at: usize| {
            let body = json!({"step": steps[at], "code": right});
            both.wait();
            gateways[at].post("", "/api/v1/session/second-factor", &body).status
        };
        let tries = [0, 1].map(|at| scope.spawn(move || give(at)));
        tries.into_iter().map(|status| status.join().unwrap()).collect()
    });
    assert_eq!(given.iter().filter(|status| **status == 200).count(), 1, "{given:?}");
    assert_eq!(given.iter().filter(|status| **status == 401).count(), 1, "{given:?}");

    let eve = gateways[1].person("festival", "eve", &["marketer"]);
    for at in 0..5 {
        try_password(&gateways[at % 2], &eve.email, "mauvaise devinette").problem(WRONG.0, WRONG.1);
    }
    for gateway in &gateways {
        try_password(gateway, &eve.email, PASSWORD).problem(429, "too-many-tries");
    }
}

#[test]
fn a_code_that_was_taken_is_not_taken_again() {
    let served = Founded::new().serve();
    let olga = served.person("festival", "olga", &["officer"]);
    let right = code_in(olga.totp.as_deref().unwrap(), 30);
    let give = || {
        let step = try_password(&served, &olga.email, PASSWORD).ok()["step"].clone();
        served.post("", "/api/v1/session/second-factor", &json!({"step": step, "code": right}))
    };
    give().ok();
    give().problem(WRONG.0, WRONG.1);
}
