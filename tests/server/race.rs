//! Sixty-four clients race for the last of a budget. Thirty-two questions, each asked by two clients at once; what is granted is exactly
//! what fits, and a question is paid for once, whoever asks it where and whatever is killed meanwhile.

use super::{
    support::*,
    templates::{Season, conversion},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

const QUESTIONS: usize = 32;
const CLIENTS: usize = 64;
/// Answers after which a gateway is killed.
const KILLED_AFTER: usize = 5;

/// Questions of one price: only the day that they count from differs.
fn asked(number: usize, margin: u64) -> Value {
    let day = jiff::civil::date(2026, 5, 1).saturating_add(jiff::Span::new().days(i64::try_from(number).unwrap()));
    let mut question = conversion(&day.to_string(), json!(7));
    question["margin"] = margin.into();
    question
}

/// A margin at which half of the questions fit, the price of one, and how many fit.
fn priced(season: &Season) -> (u64, u64, usize) {
    for margin in (40..4_000).step_by(5) {
        let estimate = season.served.post(&season.ticketing, "/api/v1/estimate", &asked(0, margin)).ok();
        let rho = estimate["rho"].as_u64().unwrap();
        let left = season.served.spent(&season.ticketing).into_iter().map(|(_, spent, unlocked)| unlocked - spent);
        let fit = usize::try_from(left.min().unwrap() / rho).unwrap();
        if fit >= QUESTIONS / 2 {
            assert!(fit < QUESTIONS, "{fit} questions fit: there is nothing to race for");
            return (margin, rho, fit);
        }
    }
    panic!("no margin is affordable");
}

/// What each question came to, in the end: its answer, or nothing for want of budget.
type Ended = BTreeMap<usize, Option<(i64, Value)>>;

/// Every client asks its question of its gateway until it is answered or refused; one whose gateway is gone goes to the next.
fn race(gateways: &[&Served], token: &str, margin: u64, answered: &AtomicUsize) -> Ended {
    let start = Barrier::new(CLIENTS);
    let ask = |client: usize| {
        start.wait();
        for attempt in 0.. {
            let gateway = gateways[(client + attempt) % gateways.len()];
            let question = asked(client % QUESTIONS, margin);
            let Ok(reply) = gateway.try_post(token, "/api/v1/queries", &question) else {
                assert!(attempt < 10, "no gateway answers");
                thread::sleep(Duration::from_millis(50));
                continue;
            };
            // More wait than may: nothing was spent.
            if reply.status == 429 {
                reply.problem(429, "too-many-waiting");
                thread::sleep(Duration::from_millis(100));
                continue;
            }
            if reply.status != 200 {
                reply.problem(409, "budget");
                return (client % QUESTIONS, None);
            }
            answered.fetch_add(1, Ordering::SeqCst);
            let answer = reply.ok();
            return (client % QUESTIONS, Some((answer["id"].as_i64().unwrap(), answer["figures"].clone())));
        }
        unreachable!()
    };
    let told: Vec<_> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|client| scope.spawn(move || ask(client))).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let mut ended = Ended::new();
    for (question, answer) in told {
        let one = ended.entry(question).or_insert_with(|| answer.clone());
        if let (Some(one), Some(answer)) = (one.as_ref(), answer.as_ref()) {
            assert!(one == answer, "two clients were told two answers to one question: {} and {}", one.0, answer.0);
        }
        if one.is_none() {
            *one = answer;
        }
    }
    ended
}

/// Asks everything again: what was answered is answered the same, for nothing, and nothing else fits any more.
fn settled(served: &Served, token: &str, (margin, rho, fit): (u64, u64, usize), ended: &Ended) {
    let mut granted = 0;
    for (number, before) in ended {
        let reply = served.post(token, "/api/v1/queries", &asked(*number, margin));
        if reply.status == 200 {
            granted += 1;
            let answer = reply.ok();
            if let Some((id, figures)) = before {
                assert_eq!((answer["id"].as_i64().unwrap(), &answer["figures"]), (*id, figures));
                assert_eq!(answer["replay"], true);
            }
        } else {
            reply.problem(409, "budget");
            assert_eq!(*before, None, "an answered question is refused");
        }
    }
    assert_eq!(granted, fit, "granted is exactly what fits");
    let accounts: BTreeMap<String, u64> =
        served.spent(token).into_iter().map(|(name, spent, _)| (name, spent)).collect();
    for account in ["room", "asker:billetterie@festival"] {
        assert_eq!(accounts[account], rho * u64::try_from(fit).unwrap(), "{account}: each paid once");
    }
}

#[test]
fn sixty_four_clients_share_the_last_of_a_budget_on_sqlite() {
    let season = Season::in_room(&Founded::new());
    let price = priced(&season);
    let ended = race(&[&season.served], &season.ticketing, price.0, &AtomicUsize::new(0));
    assert_eq!(ended.values().flatten().count(), price.2);
    settled(&season.served, &season.ticketing, price, &ended);
}

#[test]
fn sixty_four_clients_share_the_last_of_a_budget_on_three_gateways_of_which_one_is_killed() {
    on_three_gateways("");
}

#[test]
fn sixty_four_clients_share_the_last_of_a_budget_though_a_gateway_dies_with_a_charge_unanswered() {
    on_three_gateways("before_record");
}

/// The second gateway dies by itself at its first question, where `place` says, or is killed in the middle of the race.
fn on_three_gateways(place: &str) {
    let server = Postgres::shared();
    let url = server.database();
    let database = url.rsplit('/').next().unwrap();
    let founded = Founded::on_server(&url);
    let season = Season::in_room(&founded);
    let price = priced(&season);
    let (second, third) = (founded.serve_with(&[("CAMERATA_FAILPOINT", place)]), founded.serve());
    let answered = AtomicUsize::new(0);
    if !place.is_empty() {
        assert!(second.try_post(&season.ticketing, "/api/v1/queries", &asked(0, price.0)).is_err());
        assert_eq!(
            server.sql(database, "SELECT count(*) FROM charges LEFT JOIN answers ON charge = id WHERE charge IS NULL"),
            "1"
        );
    }
    let ended = thread::scope(|scope| {
        scope.spawn(|| {
            if !place.is_empty() {
                return;
            }
            let since = Instant::now();
            while answered.load(Ordering::SeqCst) < KILLED_AFTER {
                assert!(since.elapsed() < Duration::from_secs(120), "the race doesn't begin");
                thread::sleep(Duration::from_millis(1));
            }
            second.kill();
        });
        race(&[&season.served, &second, &third], &season.ticketing, price.0, &answered)
    });
    assert!(second.try_post("", "/health", &Value::Null).is_err(), "the second gateway was killed");
    settled(&third, &season.ticketing, price, &ended);
    // What the tables say.
    let counts = "SELECT count(*) || ' ' || count(DISTINCT query_key) || ' ' || count(release)
                  FROM charges LEFT JOIN answers ON charge = id";
    assert_eq!(server.sql(database, counts), format!("{0} {0} {0}", price.2), "charges, questions, answers");
}
