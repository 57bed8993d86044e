//! `kill -9` at random instants, under uploads, queries and policy changes at once. After each: the room opens, which it does only if
//! log and tables agree; what was answered is still answered so, and was charged; nothing that was spent is unspent.
//!
//! A few kills in every run; a thousand and more with CAMERATA_TORTURE=1. CAMERATA_SEED repeats a run.

use super::support::*;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// What the outside was told: answers by number, with all that they said.
#[derive(Default)]
struct Told {
    answers: BTreeMap<i64, Value>,
    spent: u64,
    versions: BTreeMap<String, i64>,
}

struct Tokens {
    marketer: String,
    stewards: [String; 2],
    officer: String,
}

#[test]
fn nothing_is_lost_or_charged_twice_however_the_room_dies() {
    let kills = rounds(6, 1_000);
    let mut draws = Draws::logged();
    eprintln!("{kills} kills");
    let founded = Founded::with(&[
        ("answer_tick_ms = 250", "answer_tick_ms = 1"),
        ("people_min = 100", "people_min = 10"),
        ("room_epsilon = 6.0", "room_epsilon = 20.0"),
        ("owner_epsilon = 3.0", "owner_epsilon = 20.0"),
        ("asker_epsilon = 1.0", "asker_epsilon = 20.0"),
        ("period_months = 12", "period_months = 1"),
    ]);
    let tokens = Tokens {
        marketer: founded.token("festival", "marketer"),
        stewards: [founded.token("festival", "steward"), founded.token("billetterie", "steward")],
        officer: founded.token("festival", "officer"),
    };
    let served = founded.serve();
    for (steward, audience) in tokens.stewards.iter().zip(["abonnes", "acheteurs"]) {
        served.upload(steward, audience, &stream(0..200));
    }
    served.stop();
    let told = Arc::new(Mutex::new(Told::default()));
    for kill in 0..kills {
        let served = founded.serve();
        check(&served, &tokens, &told, kill);
        if kill % 100 == 99 {
            eprintln!("{} kills, {} answers", kill + 1, told.lock().unwrap().answers.len());
        }
        let instant = Duration::from_millis(draws.below(1_500));
        under_load(served, &tokens, &told, instant, &mut draws);
    }
    let served = founded.serve();
    check(&served, &tokens, &told, kills);
    let answers = told.lock().unwrap().answers.len();
    assert!(answers * 2 >= kills, "the load hardly got through: {answers} answers");
}

/// Runs the load until the room is killed.
fn under_load(served: Served, tokens: &Tokens, told: &Arc<Mutex<Told>>, instant: Duration, draws: &mut Draws) {
    let stop = AtomicBool::new(false);
    let (asking, uploading, proposing) = (draws.below(u64::MAX), draws.below(u64::MAX), draws.below(u64::MAX));
    thread::scope(|scope| {
        let (served, stop) = (&served, &stop);
        scope.spawn(move || {
            let mut draws = Draws::new(asking);
            while !stop.load(Ordering::Relaxed) {
                let margin = 300.0 + draws.below(400) as f64;
                let Ok(reply) = served.try_post(&tokens.marketer, "/api/v1/queries", &question(margin)) else { return };
                if reply.status == 200 {
                    let answer = reply.json();
                    let mut told = told.lock().unwrap();
                    let known = told.answers.entry(answer["id"].as_i64().unwrap()).or_insert_with(|| answer.clone());
                    assert_eq!(known["figures"], answer["figures"], "two values for one charge");
                }
            }
        });
        scope.spawn(move || {
            let mut draws = Draws::new(uploading);
            while !stop.load(Ordering::Relaxed) {
                let which = draws.below(2) as usize;
                let (steward, audience) = (&tokens.stewards[which], ["abonnes", "acheteurs"][which]);
                let stream = stream(0..150 + draws.below(100) as u32);
                if upload(served, steward, audience, &stream).is_none() {
                    return;
                }
                thread::sleep(Duration::from_millis(draws.below(150)));
            }
        });
        scope.spawn(move || {
            let mut draws = Draws::new(proposing);
            while !stop.load(Ordering::Relaxed) {
                if propose(served, &tokens.officer, draws.below(1_000)).is_none() {
                    return;
                }
                thread::sleep(Duration::from_millis(draws.below(100)));
            }
        });
        thread::sleep(instant);
        served.kill();
        stop.store(true, Ordering::Relaxed);
    });
}

fn upload(served: &Served, steward: &str, audience: &str, stream: &[u8]) -> Option<()> {
    let opened = served.try_post(steward, "/api/v1/uploads", &declaration(audience, stream.len())).ok()?;
    let id = opened.json()["id"].as_str()?.to_owned();
    served.send(steward, &id, 0, stream).ok()?;
    let path = format!("/api/v1/uploads/{id}/complete");
    served.try_post(steward, &path, &json!({ "bytes": stream.len() })).ok()?;
    Some(())
}

/// Proposes what is in force with another remark in it, and withdraws it if it has to wait.
fn propose(served: &Served, officer: &str, number: u64) -> Option<()> {
    let call = |method: &str, path: &str| served.call(method, officer, path, &[], b"").ok();
    let version = call("GET", "/api/v1/policy")?.json()["version"].as_str()?.to_owned();
    let mut files = call("GET", &format!("/api/v1/policy/versions/{version}"))?.json()["files"].clone();
    let room = files["room.toml"].as_str()?.lines().filter(|line| !line.starts_with("# essai")).collect::<Vec<_>>();
    files["room.toml"] = format!("# essai {number}\n{}\n", room.join("\n")).into();
    let proposed =
        served.try_post(officer, "/api/v1/policy/proposals", &json!({ "files": files, "why": "essai" })).ok()?;
    if proposed.status == 200 || proposed.status == 201 {
        let id = proposed.json()["id"].as_i64();
        if let Some(id) = id.filter(|_| number.is_multiple_of(2)) {
            call("DELETE", &format!("/api/v1/policy/proposals/{id}"))?;
        }
    }
    Some(())
}

fn check(served: &Served, tokens: &Tokens, told: &Arc<Mutex<Told>>, kill: usize) {
    let mut told = told.lock().unwrap();
    let spent = served.spent_of(&tokens.marketer, "room");
    assert!(spent >= told.spent, "kill {kill}: {} was spent, and now {spent}", told.spent);
    told.spent = spent;
    // Every charge, as the log tells it: none twice, and together no more than what was spent.
    let (mut charged, mut narrowest, mut from) = (BTreeMap::new(), BTreeMap::new(), 0);
    loop {
        let page = served.get(&tokens.marketer, &format!("/api/v1/audit/entries?what=charged&from={from}")).ok();
        for leaf in page["entries"].as_array().unwrap() {
            let entry: Value = serde_json::from_str(leaf.as_str().unwrap()).unwrap();
            let details = &entry["details"];
            let (query, margin) = (details["query"].as_str().unwrap().to_owned(), details["margin"].as_u64().unwrap());
            let before = narrowest.insert(query, margin);
            assert!(before.is_none_or(|before| margin < before), "kill {kill}: a query was charged twice: {entry}");
            charged.insert(details["charge"].as_i64().unwrap(), details["rho"].as_u64().unwrap());
        }
        match page["next"].as_u64() {
            Some(next) => from = next,
            None => break,
        }
    }
    assert_eq!(charged.values().sum::<u64>(), spent, "kill {kill}: charges and accounts differ");
    // Whatever was told is stored, was charged, and says the same.
    let stored = served.get(&tokens.marketer, "/api/v1/answers").ok();
    let stored: BTreeMap<i64, &Value> =
        stored["answers"].as_array().unwrap().iter().map(|answer| (answer["id"].as_i64().unwrap(), answer)).collect();
    let oldest = stored.keys().next().copied().unwrap_or(0);
    for (id, answer) in &told.answers {
        assert!(charged.contains_key(id), "kill {kill}: answer {id} was given and not charged");
        // The list ends after a thousand.
        if *id >= oldest {
            let kept = stored.get(id).unwrap_or_else(|| panic!("kill {kill}: answer {id} was given and is gone"));
            assert_eq!(kept["figures"], answer["figures"], "kill {kill}: answer {id}");
        }
    }
    // Versions only ever go on, and each is whole: it can be asked of.
    let audiences = served.get(&tokens.marketer, "/api/v1/audiences").ok();
    let mut seen = BTreeSet::new();
    for audience in audiences["audiences"].as_array().unwrap() {
        let (name, Some(number)) = (audience["audience"].as_str().unwrap(), audience["version"]["number"].as_i64())
        else {
            continue;
        };
        let before = told.versions.insert(name.to_owned(), number);
        assert!(before.is_none_or(|before| before <= number), "kill {kill}: {name} went back");
        seen.insert(name.to_owned());
    }
    assert!(seen.contains("festival/abonnes") && seen.contains("billetterie/acheteurs"), "kill {kill}: {seen:?}");
    served.ask(&tokens.marketer, 700.0).ok();
    told.spent = served.spent_of(&tokens.marketer, "room");
}
