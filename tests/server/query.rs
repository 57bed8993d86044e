//! The way of a query: an answer with its margin, free repeats, budgets that hold.

use super::support::*;
use std::{collections::HashSet, thread};

#[test]
fn an_overlap_is_answered_within_its_noise_and_charged() {
    let pair = Pair::new();
    let estimate = pair.served.post(&pair.marketer, "/api/v1/estimate", &question(50.0)).ok();
    assert_eq!((&estimate["free"], &estimate["affordable"]), (&false.into(), &true.into()), "{estimate}");
    assert_eq!(pair.served.spent_of(&pair.marketer, "room"), 0, "an estimate costs nothing");

    let answer = pair.served.ask(&pair.marketer, 50.0).ok();
    let figure = &answer["figures"][0];
    let value = figure["value"].as_i64().unwrap();
    // 11 standard deviations of noise with a margin of 50 (sigma about 25.5): fails wrongly less than once in 1e26.
    assert!((value - 1_500).abs() < 280, "{value}");
    assert_eq!(figure["interval"][1].as_i64().unwrap() - value, 50);
    assert_eq!((&answer["rho"], &answer["replay"]), (&estimate["rho"], &false.into()));
    for account in ["room", "asker:festival@billetterie"] {
        assert_eq!(pair.served.spent_of(&pair.marketer, account), answer["rho"].as_u64().unwrap(), "{account}");
    }
    assert_eq!(pair.served.spent_of(&pair.marketer, "owner:festival"), 0, "one's own audience costs its owner nothing");
}

#[test]
fn a_thousand_repeats_spend_once_and_have_one_value() {
    let pair = Pair::new();
    let first = pair.served.ask(&pair.marketer, 60.0).ok();
    let spent = pair.served.spent(&pair.marketer);
    let values: HashSet<(i64, i64)> = thread::scope(|scope| {
        let asks: Vec<_> = (0..10)
            .map(|_| {
                scope.spawn(|| {
                    let ask = |step: u32| {
                        // Wider margins are repeats too, and so is the other order of the two audiences.
                        let mut question = question(60.0 + f64::from(step % 3));
                        if step % 2 == 1 {
                            question["audiences"] =
                                serde_json::json!({"b": "festival/abonnes", "a": "billetterie/acheteurs"});
                        }
                        let answer = pair.served.post(&pair.marketer, "/api/v1/queries", &question).ok();
                        assert_eq!(answer["replay"], true);
                        (answer["id"].as_i64().unwrap(), answer["figures"][0]["value"].as_i64().unwrap())
                    };
                    (0..100).map(ask).collect::<Vec<_>>()
                })
            })
            .collect();
        asks.into_iter().flat_map(|ask| ask.join().unwrap()).collect()
    });
    assert_eq!(
        values,
        HashSet::from([(first["id"].as_i64().unwrap(), first["figures"][0]["value"].as_i64().unwrap())])
    );
    assert_eq!(pair.served.spent(&pair.marketer), spent);
}

#[test]
fn a_hundred_different_queries_at_once_never_overspend() {
    let pair = Pair::new();
    let answered: Vec<Option<u64>> = thread::scope(|scope| {
        let asks: Vec<_> = (0..100u32)
            .map(|step| {
                let pair = &pair;
                scope.spawn(move || {
                    // Whatever order they arrive in: one that comes after a narrower one is its repeat, and free.
                    let reply = pair.served.ask(&pair.marketer, f64::from(200 - step));
                    match reply.status {
                        200 => {
                            let answer = reply.ok();
                            (answer["replay"] == false).then(|| answer["rho"].as_u64().unwrap())
                        }
                        _ => {
                            reply.problem(409, "budget");
                            None
                        }
                    }
                })
            })
            .collect();
        asks.into_iter().map(|ask| ask.join().unwrap()).collect()
    });
    let charged: u64 = answered.iter().flatten().sum();
    assert!(answered.iter().flatten().count() > 0, "some were answered");
    assert!(answered.iter().any(Option::is_none), "not all could be");
    for (account, spent, unlocked) in pair.served.spent(&pair.marketer) {
        assert!(spent <= unlocked, "{account}: {spent} of {unlocked}");
    }
    assert_eq!(pair.served.spent_of(&pair.marketer, "room"), charged);
}

#[test]
fn only_the_owners_that_are_asked_are_charged() {
    let pair = Pair::new();
    pair.served.upload(&pair.founded_token("salle", "steward"), "abonnes", &stream(0..500));
    let before = pair.served.spent_of(&pair.marketer, "room");
    let mut question = question(60.0);
    question["audiences"]["b"] = "salle/abonnes".into();
    let answer = pair.served.post(&pair.marketer, "/api/v1/queries", &question).ok();
    let rho = answer["rho"].as_u64().unwrap();
    assert_eq!(pair.served.spent_of(&pair.marketer, "room") - before, rho);
    assert_eq!(pair.served.spent_of(&pair.marketer, "asker:festival@salle"), rho);
    assert_eq!(pair.served.spent_of(&pair.marketer, "asker:festival@billetterie"), 0);
}

impl Pair {
    fn founded_token(&self, member: &str, role: &str) -> String {
        self.served.founded.token(member, role)
    }
}
