#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests"
)]

use super::*;
use crate::{
    database::{Place, on_both},
    model::{Delta, Loss, MemberName, Rho},
    proof::{Entry, Event, SigningKey, What, answer_hash},
};
use jiff::Timestamp;
use std::sync::Mutex;

mod deliveries;
mod failures;
mod months;

struct Moved(Mutex<Timestamp>);
impl Clock for Moved {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

struct Books {
    ledger: Ledger,
    clock: Arc<Moved>,
}

on_both!(
    a_charge_debits_every_account_or_none,
    the_same_query_is_paid_once_and_has_one_answer,
    an_account_named_twice_is_no_charge,
    charges_made_together_are_what_each_would_be_alone,
    an_asker_that_goes_away_takes_nobody_along,
    the_log_binds_an_answer_that_its_readers_cannot_guess,
    racing_charges_take_exactly_what_is_there,
    budgets_unlock_by_month_and_a_clock_set_back_opens_nothing,
    gateways_whose_clocks_differ_unlock_a_month_once,
    a_free_or_unaccounted_charge_is_refused,
    a_charge_debits_delta_with_rho_or_neither,
    racing_charges_take_exactly_the_delta_that_is_there,
    delta_has_its_own_periods_and_a_lowered_cap_stops_only_thresholds,
);

async fn books(place: Place) -> Books {
    let database = Database::open(&place).await.unwrap();
    let clock = Arc::new(Moved(Mutex::new("2026-01-31T12:00:00Z".parse().unwrap())));
    let signing = SigningKey::new("camerata/test", &[1; 32]).unwrap();
    database.found(&*clock, &[0], signing.public()).await.unwrap();
    *clock.0.lock().unwrap() = "2026-12-31T12:00:00Z".parse().unwrap();
    Books { ledger: Ledger::new(database, clock.clone()), clock }
}

fn member(name: &str) -> MemberName {
    name.parse().unwrap()
}

fn loss(rho: u64, delta: u64) -> Loss {
    Loss { rho: Rho::from_units(rho), delta: Delta::from_units(delta) }
}

fn request(key: u8, margin: u64, rho: u64) -> ChargeRequest {
    let cap = |account, units| Cap { account, cap: loss(units, units) };
    ChargeRequest {
        query_key: [key; 32],
        margin,
        loss: loss(rho, 0),
        asker: member("festival"),
        question: "{}".into(),
        policy: "p".into(),
        repeat: None,
        event: Event::public(What::Charged, None),
        delivery: Event::public(What::Delivered, None),
        caps: vec![
            cap(Account::Room, 12_000),
            cap(Account::Owner(member("salle")), 6_000),
            cap(Account::Asker { asker: member("festival"), owner: member("salle") }, 1_200),
        ],
    }
}

async fn spent(books: &Books) -> Vec<u64> {
    let period = books.ledger.period(12).await.unwrap();
    let states = books.ledger.states(&request(0, 1, 1).caps, &period).await.unwrap();
    states.iter().map(|state| state.spent.units()).collect()
}

async fn a_charge_debits_every_account_or_none(place: Place) {
    let books = books(place).await;
    assert!(matches!(books.ledger.charge(&request(1, 10, 1_000), 12).await.unwrap(), Charged::Ready(_)));
    assert_eq!(spent(&books).await, [1_000, 1_000, 1_000]);
    // The last account holds 200 more: the first two must stay as they are.
    let Charged::Refused(shortfall) = books.ledger.charge(&request(2, 10, 201), 12).await.unwrap() else {
        panic!("overspent")
    };
    assert_eq!(shortfall.state.account, "asker:festival@salle");
    assert_eq!(spent(&books).await, [1_000, 1_000, 1_000]);
    assert!(matches!(books.ledger.charge(&request(2, 10, 200), 12).await.unwrap(), Charged::Ready(_)));
    assert_eq!(spent(&books).await, [1_200, 1_200, 1_200]);
}

async fn the_same_query_is_paid_once_and_has_one_answer(place: Place) {
    let books = books(place).await;
    let Charged::Ready(first) = books.ledger.charge(&request(1, 10, 100), 12).await.unwrap() else { panic!() };
    // A wider margin finds the unfinished charge, with the margin that was paid for, once the policies were asked about that.
    let wider = ChargeRequest { repeat: Some(first.id()), ..request(1, 50, 4) };
    let Charged::Ready(again) = books.ledger.charge(&wider, 12).await.unwrap() else { panic!() };
    assert_eq!((again.id(), again.margin(), again.recovered()), (first.id(), 10, true));
    // Two draws for one charge: the first recorded stands.
    assert_eq!(books.ledger.record(&first, "[41]").await.unwrap().release, "[41]");
    assert_eq!(books.ledger.record(&again, "[43]").await.unwrap().release, "[41]");
    let Charged::Answered(stored) = books.ledger.charge(&wider, 12).await.unwrap() else { panic!() };
    assert_eq!((stored.release.as_str(), stored.margin), ("[41]", 10));
    assert_eq!(spent(&books).await, [100, 100, 100]);
    // A narrower margin is another release.
    assert!(matches!(books.ledger.charge(&request(1, 9, 120), 12).await.unwrap(), Charged::Ready(c) if !c.recovered()));
    assert_eq!(spent(&books).await, [220, 220, 220]);
}

async fn an_account_named_twice_is_no_charge(place: Place) {
    let books = books(place).await;
    let mut twice = request(1, 10, 100);
    twice.caps.push(twice.caps[0].clone());
    assert!(matches!(books.ledger.charge(&twice, 12).await, Err(LedgerError::OutOfRange)));
    assert_eq!(spent(&books).await, [0, 0, 0]);
}

async fn charges_made_together_are_what_each_would_be_alone(place: Place) {
    let books = books(place).await;
    let mut twice = request(9, 10, 100);
    twice.caps.push(twice.caps[0].clone());
    // Two pairs ask the same, one asks what no account bears, one makes a mistake; nobody else suffers from it.
    let requests = [1, 2, 3, 1, 2].map(|key| request(key, 10, 100)).into_iter();
    let requests: Vec<_> = requests.chain([request(4, 10, 5_000), twice, request(5, 10, 100)]).collect();
    let charged = futures(requests.iter().map(|request| books.ledger.charge(request, 12))).await;
    let word = |charged: &Result<Charged, LedgerError>| match charged {
        Ok(Charged::Ready(charge)) => {
            if charge.recovered() {
                "recovered"
            } else {
                "charged"
            }
        }
        Ok(Charged::Answered(_) | Charged::Delivered(_)) => "answered",
        Ok(Charged::Refused(_)) => "refused",
        Err(_) => "mistaken",
    };
    let mut words: Vec<_> = charged.iter().map(word).collect();
    assert_eq!(words.split_off(5), ["refused", "mistaken", "charged"]);
    words.sort_unstable();
    assert_eq!(words, ["charged", "charged", "charged", "recovered", "recovered"]);
    assert_eq!(spent(&books).await, [400, 400, 400]);
}

async fn an_asker_that_goes_away_takes_nobody_along(place: Place) {
    let books = books(place).await;
    let mut tasks = Vec::new();
    for key in 0..40 {
        let ledger = books.ledger.clone();
        tasks.push(tokio::spawn(async move { ledger.charge(&request(key, 10, 10), 12).await }));
    }
    for (number, task) in tasks.iter().enumerate() {
        if number % 3 == 0 {
            task.abort();
        }
        tokio::task::yield_now().await;
    }
    let mut granted = 0;
    for (number, task) in tasks.into_iter().enumerate() {
        match task.await {
            Ok(charged) => {
                assert!(matches!(charged, Ok(Charged::Ready(_))), "{number}: {charged:?}");
                granted += 1;
            }
            Err(gone) => assert!(gone.is_cancelled() && number % 3 == 0),
        }
    }
    // What those who went away were charged for is there too, and is in every account alike.
    let row = sqlx::query("SELECT COUNT(*) AS n FROM charges").fetch_one(books.ledger.database.pool()).await.unwrap();
    let stored = row.get::<i64, _>("n").unsigned_abs();
    assert!(stored >= granted && stored <= 40);
    assert_eq!(spent(&books).await, [10 * stored; 3]);
    let again = books.ledger.charge(&request(0, 10, 10), 12).await.unwrap();
    assert!(matches!(again, Charged::Ready(_)));
}

/// All of these at once, in their order.
async fn futures<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = all.map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(|context| {
        for (one, done) in &mut waiting {
            if done.is_none()
                && let std::task::Poll::Ready(output) = one.as_mut().poll(context)
            {
                *done = Some(output);
            }
        }
        if waiting.iter().all(|(_, done)| done.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    waiting.into_iter().filter_map(|(_, done)| done).collect()
}

async fn the_log_binds_an_answer_that_its_readers_cannot_guess(place: Place) {
    let books = books(place).await;
    let mut bound = Vec::new();
    for key in [1, 2] {
        let Charged::Ready(charge) = books.ledger.charge(&request(key, 10, 100), 12).await.unwrap() else { panic!() };
        books.ledger.record(&charge, "[41]").await.unwrap();
        let blind = books.ledger.blind(charge.id()).await.unwrap().unwrap();
        let row =
            sqlx::query("SELECT leaf FROM log_entries WHERE subject = $1").bind(format!("answer:{}", charge.id()));
        let leaf: Vec<u8> = row.fetch_one(books.ledger.database.pool()).await.unwrap().get("leaf");
        let entry = Entry::read(&leaf).unwrap();
        assert_eq!(entry.details["answer_hash"], answer_hash(Some(&blind), "[41]"));
        assert_ne!(entry.details["answer_hash"], answer_hash(None, "[41]"));
        assert!(!String::from_utf8(leaf).unwrap().contains(&blind));
        bound.push(entry.details["answer_hash"].clone());
    }
    assert_ne!(bound[0], bound[1], "equal answers have equal hashes");
}

async fn racing_charges_take_exactly_what_is_there(place: Place) {
    let books = books(place).await;
    let mut tasks = tokio::task::JoinSet::new();
    for key in 0..60 {
        let ledger = books.ledger.clone();
        tasks
            .spawn(async move { matches!(ledger.charge(&request(key, 10, 50), 12).await.unwrap(), Charged::Ready(_)) });
    }
    let granted = tasks.join_all().await.into_iter().filter(|granted| *granted).count();
    assert_eq!(granted, 24, "1,200 units at 50 each");
    assert_eq!(spent(&books).await, [1_200, 1_200, 1_200]);
}

async fn budgets_unlock_by_month_and_a_clock_set_back_opens_nothing(place: Place) {
    let books = books(place).await;
    let at = |time: &str| *books.clock.0.lock().unwrap() = time.parse().unwrap();
    at("2026-01-31T12:00:00Z");
    let period = books.ledger.period(12).await.unwrap();
    assert_eq!(period.unlocked(loss(1_200, 120)).unwrap(), loss(100, 10));
    assert!(matches!(books.ledger.charge(&request(1, 10, 101), 12).await.unwrap(), Charged::Refused(_)));
    assert!(matches!(books.ledger.charge(&request(1, 10, 100), 12).await.unwrap(), Charged::Ready(_)));
    at("2026-02-28T12:00:00Z");
    let period = books.ledger.period(12).await.unwrap();
    assert_eq!(period.unlocked(loss(1_200, 129)).unwrap(), loss(200, 21));
    // The next year opens a new budget; the lifetime goes on.
    at("2027-02-01T00:00:00Z");
    let period = books.ledger.period(12).await.unwrap();
    assert_eq!((period.start.to_string(), period.end.to_string()), ("2027-01-31".into(), "2028-01-31".into()));
    assert!(matches!(books.ledger.charge(&request(2, 10, 70), 12).await.unwrap(), Charged::Ready(_)));
    let states = books.ledger.states(&request(0, 1, 1).caps, &period).await.unwrap();
    assert_eq!((states[2].spent.units(), states[2].lifetime.units()), (70, 170));
    // A clock that is set back, or another gateway's that is behind, is in the same month still: nothing that is unlocked there is
    // unlocked again, and nothing that was spent is forgotten.
    at("2026-02-28T12:00:00Z");
    assert_eq!(books.ledger.period(12).await.unwrap(), period);
    assert!(matches!(books.ledger.charge(&request(3, 10, 31), 12).await.unwrap(), Charged::Refused(_)));
    assert!(matches!(books.ledger.charge(&request(3, 10, 30), 12).await.unwrap(), Charged::Ready(_)));
    // That charge didn't put the ledger's time back either.
    assert_eq!(books.ledger.period(12).await.unwrap(), period);
    at("2027-02-28T00:00:00Z");
    assert_eq!(books.ledger.period(12).await.unwrap().unlocked(loss(1_200, 0)).unwrap(), loss(200, 0));
}

async fn gateways_whose_clocks_differ_unlock_a_month_once(place: Place) {
    let ahead = books(place.clone()).await;
    let behind = Arc::new(Moved(Mutex::new("2026-03-01T00:00:00Z".parse().unwrap())));
    let behind = Ledger::new(Database::open(&place).await.unwrap(), behind);
    *ahead.clock.0.lock().unwrap() = "2027-02-01T00:00:00Z".parse().unwrap();
    // The second period has begun: of the asker's 1,200, 100 are unlocked.
    assert!(matches!(ahead.ledger.charge(&request(1, 10, 60), 12).await.unwrap(), Charged::Ready(_)));
    // By its own clock, the other would have two months of the period before: 200, and 60 spent.
    assert!(matches!(behind.charge(&request(2, 10, 41), 12).await.unwrap(), Charged::Refused(_)));
    assert!(matches!(behind.charge(&request(2, 10, 40), 12).await.unwrap(), Charged::Ready(_)));
    assert!(matches!(ahead.ledger.charge(&request(3, 10, 1), 12).await.unwrap(), Charged::Refused(_)));
    assert_eq!(behind.period(12).await.unwrap(), ahead.ledger.period(12).await.unwrap());
}

async fn a_free_or_unaccounted_charge_is_refused(place: Place) {
    let books = books(place).await;
    assert!(matches!(books.ledger.charge(&request(1, 10, 0), 12).await, Err(LedgerError::OutOfRange)));
    let unaccounted = ChargeRequest { caps: vec![], ..request(1, 10, 5) };
    assert!(matches!(books.ledger.charge(&unaccounted, 12).await, Err(LedgerError::OutOfRange)));
}

fn with_delta(key: u8, rho: u64, delta: u64) -> ChargeRequest {
    ChargeRequest { loss: loss(rho, delta), ..request(key, 10, rho) }
}

async fn deltas(books: &Books) -> Vec<(u64, u64)> {
    let period = books.ledger.period(12).await.unwrap();
    let states = books.ledger.states(&request(0, 1, 1).caps, &period).await.unwrap();
    states.iter().map(|state| (state.delta_spent.units(), state.delta_lifetime.units())).collect()
}

async fn a_charge_debits_delta_with_rho_or_neither(place: Place) {
    let books = books(place).await;
    assert!(matches!(books.ledger.charge(&with_delta(1, 10, 1_000), 12).await.unwrap(), Charged::Ready(_)));
    // The asker's account has 200 of delta left and plenty of rho.
    let Charged::Refused(shortfall) = books.ledger.charge(&with_delta(2, 10, 201), 12).await.unwrap() else {
        panic!("overspent")
    };
    assert_eq!((shortfall.state.account.as_str(), shortfall.wanted), ("asker:festival@salle", loss(10, 201)));
    assert_eq!(shortfall.state.remaining_delta().units(), 200);
    assert_eq!((spent(&books).await, deltas(&books).await), (vec![10; 3], vec![(1_000, 1_000); 3]));
    // And the other way round.
    assert!(matches!(books.ledger.charge(&with_delta(3, 1_191, 1), 12).await.unwrap(), Charged::Refused(_)));
    assert!(matches!(books.ledger.charge(&with_delta(4, 1_190, 200), 12).await.unwrap(), Charged::Ready(_)));
    assert_eq!((spent(&books).await, deltas(&books).await), (vec![1_200; 3], vec![(1_200, 1_200); 3]));
    let debits =
        "SELECT count(*) AS n, CAST(sum(rho) AS BIGINT) AS rho, CAST(sum(delta) AS BIGINT) AS delta FROM debits";
    let row = sqlx::query(debits).fetch_one(books.ledger.database.pool()).await.unwrap();
    assert_eq!((row.get::<i64, _>("n"), row.get::<i64, _>("rho"), row.get::<i64, _>("delta")), (6, 3_600, 3_600));
}

async fn racing_charges_take_exactly_the_delta_that_is_there(place: Place) {
    let books = books(place).await;
    let mut tasks = tokio::task::JoinSet::new();
    for key in 0..60 {
        let ledger = books.ledger.clone();
        tasks.spawn(
            async move { matches!(ledger.charge(&with_delta(key, 1, 50), 12).await.unwrap(), Charged::Ready(_)) },
        );
    }
    let granted = tasks.join_all().await.into_iter().filter(|granted| *granted).count();
    assert_eq!(granted, 24, "1,200 units at 50 each");
    assert_eq!((spent(&books).await, deltas(&books).await), (vec![24; 3], vec![(1_200, 1_200); 3]));
}

async fn delta_has_its_own_periods_and_a_lowered_cap_stops_only_thresholds(place: Place) {
    let books = books(place).await;
    assert!(matches!(books.ledger.charge(&with_delta(1, 10, 700), 12).await.unwrap(), Charged::Ready(_)));
    // An officer takes `threshold_delta` away: what was spent stays spent, other releases go on.
    let lowered = |mut request: ChargeRequest| {
        request.caps.iter_mut().for_each(|cap| cap.cap.delta = Delta::default());
        request
    };
    let refused = books.ledger.charge(&lowered(with_delta(2, 10, 1)), 12).await.unwrap();
    assert!(matches!(refused, Charged::Refused(_)));
    let granted = books.ledger.charge(&lowered(with_delta(3, 10, 0)), 12).await.unwrap();
    assert!(matches!(granted, Charged::Ready(_)));
    assert_eq!(deltas(&books).await, [(700, 700); 3]);
    *books.clock.0.lock().unwrap() = "2028-01-30T00:00:00Z".parse().unwrap();
    assert!(matches!(books.ledger.charge(&with_delta(4, 10, 1_200), 12).await.unwrap(), Charged::Ready(_)));
    assert_eq!(deltas(&books).await, [(1_200, 1_900); 3]);
}

/// What `[41]` at a margin of 10 has become; the gateway's tests read it.
pub(crate) const FIRST_VERSION: &str = r#"{"keys":[],"derived":[],"withheld":false,"figures":[{"part":"persons","unit":"persons",
    "value":41,"shown":41,"margin":10,"interval":[31,51],"withheld":false}]}"#;

#[tokio::test]
async fn answers_of_the_first_version_are_read_as_they_are_told_now() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&Place::in_folder(folder.path())).await.unwrap();
    let mut transaction = database.raw().await.unwrap();
    for sql in [
        "INSERT INTO charges (query_key, margin, rho, delta, asker, question, policy, charged)
         VALUES (x'00', 10, 5, 0, 'festival', '{}', 'p', 't')",
        "INSERT INTO answers (charge, release, recorded) VALUES (1, '[41]', 't')",
        "INSERT INTO deliveries (charge, member, question, policy, delivered) VALUES (1, 'festival', '{}', 'p', 't')",
    ] {
        sqlx::query(sql).execute(&mut *transaction).await.unwrap();
    }
    let migration = include_str!("../database/migrations/sqlite/0002_threshold_delta.sql");
    let update = &migration[migration.find("UPDATE answers").unwrap()..];
    for _ in 0..2 {
        sqlx::query(sqlx::AssertSqlSafe(update)).execute(&mut *transaction).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let clock = Arc::new(Moved(Mutex::new("2026-12-31T12:00:00Z".parse().unwrap())));
    let stored = Ledger::new(database, clock).answers(&member("festival")).await.unwrap();
    let told: serde_json::Value = serde_json::from_str(&stored[0].answer.release).unwrap();
    assert_eq!(told, serde_json::from_str::<serde_json::Value>(FIRST_VERSION).unwrap());
}
