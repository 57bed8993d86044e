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

/// What the outside was told: for each of two members, answers by number, with all that they said.
#[derive(Default)]
struct Told {
    answers: [BTreeMap<i64, Value>; 2],
    spent: u64,
    versions: BTreeMap<String, i64>,
}

struct Tokens {
    /// Of the festival and of the ticketing company, who ask the same of both lists.
    marketers: [String; 2],
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
        ("room_epsilon = 3.0", "room_epsilon = 20.0"),
        ("member_epsilon = 1.5", "member_epsilon = 20.0"),
        ("owner_epsilon = 2.0", "owner_epsilon = 20.0"),
        ("asker_epsilon = 1.0", "asker_epsilon = 20.0"),
        ("period_months = 12", "period_months = 1"),
    ]);
    let tokens = Tokens {
        marketers: [founded.token("festival", "marketer"), founded.token("billetterie", "marketer")],
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
            eprintln!("{} kills, {} answers", kill + 1, told.lock().unwrap().answers[0].len());
        }
        let instant = Duration::from_millis(draws.below(1_500));
        under_load(served, &tokens, &told, instant, &mut draws);
    }
    let served = founded.serve();
    check(&served, &tokens, &told, kills);
    let answers: usize = told.lock().unwrap().answers.iter().map(BTreeMap::len).sum();
    assert!(answers * 2 >= kills, "the load hardly got through: {answers} answers");
}

/// Runs the load until the room is killed.
fn under_load(served: Served, tokens: &Tokens, told: &Arc<Mutex<Told>>, instant: Duration, draws: &mut Draws) {
    let stop = AtomicBool::new(false);
    let (asking, uploading, proposing) = (draws.below(u64::MAX), draws.below(u64::MAX), draws.below(u64::MAX));
    thread::scope(|scope| {
        let (served, stop) = (&served, &stop);
        for (member, token) in tokens.marketers.iter().enumerate() {
            scope.spawn(move || {
                // The same margins for both, so that each is often given what the other has paid for.
                let mut draws = Draws::new(asking);
                while !stop.load(Ordering::Relaxed) {
                    let margin = 300.0 + draws.below(400) as f64;
                    let Ok(reply) = served.try_post(token, "/api/v1/queries", &question(margin)) else { return };
                    if reply.status == 200 {
                        let answer = reply.json();
                        let id = answer["id"].as_i64().unwrap();
                        let answers = &mut told.lock().unwrap().answers;
                        answers[member].entry(id).or_insert_with(|| answer.clone());
                        for known in answers.iter().filter_map(|answers| answers.get(&id)) {
                            assert_eq!(known["figures"], answer["figures"], "two values for one charge");
                        }
                    }
                }
            });
        }
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
    let spent = served.spent_of(&tokens.marketers[0], "room");
    assert!(spent >= told.spent, "kill {kill}: {} was spent, and now {spent}", told.spent);
    told.spent = spent;
    // Every charge, as the log tells it: none twice, neither by a member nor at one margin, and together exactly what was spent.
    let (mut charged, mut narrowest, mut margins) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    let mut accounts: BTreeMap<String, u64> = BTreeMap::new();
    for entry in entries(served, &tokens.marketers[0], "charged") {
        let details = &entry["details"];
        let (query, margin) = (details["query"].as_str().unwrap().to_owned(), details["margin"].as_u64().unwrap());
        assert!(margins.insert((query.clone(), margin)), "kill {kill}: charged instead of given: {entry}");
        let before = narrowest.insert((query, entry["by"]["member"].to_string()), margin);
        assert!(before.is_none_or(|before| margin < before), "kill {kill}: a query was charged twice: {entry}");
        charged.insert(details["charge"].as_i64().unwrap(), details["rho"].as_u64().unwrap());
        debited(&mut accounts, &entry);
    }
    assert_eq!(charged.values().sum::<u64>(), spent, "kill {kill}: charges and accounts differ");
    // And every delivery: none twice, of a charge, and what both debited is in the accounts.
    let mut delivered = BTreeSet::new();
    for entry in entries(served, &tokens.marketers[0], "delivered") {
        let id = entry["details"]["answer"].as_i64().unwrap();
        assert!(delivered.insert((entry["by"]["member"].to_string(), id)), "kill {kill}: delivered twice: {entry}");
        assert_eq!(charged.get(&id), entry["details"]["rho"].as_u64().as_ref(), "kill {kill}: {entry}");
        debited(&mut accounts, &entry);
    }
    for token in &tokens.marketers {
        for (account, spent, _) in served.spent(token) {
            assert_eq!(accounts.get(&account).copied().unwrap_or(0), spent, "kill {kill}: {account}");
        }
    }
    // Whatever was told is stored, was charged, and says the same.
    for (token, told) in tokens.marketers.iter().zip(&told.answers) {
        let stored = served.get(token, "/api/v1/answers").ok();
        let stored = stored["answers"].as_array().unwrap().iter();
        let stored: BTreeMap<i64, &Value> = stored.map(|answer| (answer["id"].as_i64().unwrap(), answer)).collect();
        let oldest = stored.keys().next().copied().unwrap_or(0);
        for (id, answer) in told {
            assert!(charged.contains_key(id), "kill {kill}: answer {id} was given and not charged");
            // The list ends after a thousand.
            if *id >= oldest {
                let kept = stored.get(id).unwrap_or_else(|| panic!("kill {kill}: answer {id} was given and is gone"));
                assert_eq!(kept["figures"], answer["figures"], "kill {kill}: answer {id}");
            }
        }
    }
    // Versions only ever go on, and each is whole: it can be asked of.
    let audiences = served.get(&tokens.marketers[0], "/api/v1/audiences").ok();
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
    served.ask(&tokens.marketers[0], 710.0).ok();
    told.spent = served.spent_of(&tokens.marketers[0], "room");
}

/// All entries of a kind that a member may read.
fn entries(served: &Served, token: &str, what: &str) -> Vec<Value> {
    let (mut entries, mut from) = (Vec::new(), 0);
    loop {
        let page = served.get(token, &format!("/api/v1/audit/entries?what={what}&from={from}")).ok();
        let read = |leaf: &Value| serde_json::from_str::<Value>(leaf.as_str().unwrap()).unwrap();
        entries.extend(page["entries"].as_array().unwrap().iter().map(read));
        match page["next"].as_u64() {
            Some(next) => from = next,
            None => return entries,
        }
    }
}

/// Adds what an entry debited.
fn debited(accounts: &mut BTreeMap<String, u64>, entry: &Value) {
    let rho = entry["details"]["rho"].as_u64().unwrap();
    for account in entry["details"]["accounts"].as_array().unwrap() {
        *accounts.entry(account.as_str().unwrap().to_owned()).or_default() += rho;
    }
}
