//! What counts as spent: whatever becomes of the period's length, and of the room's folder.

use super::*;

on_both!(
    a_change_of_the_periods_length_forgets_nothing,
    a_room_that_is_set_back_keeps_its_months,
    what_is_kept_outside_never_takes_anything_back,
);

/// What the room's account has spent by a period of so many months, and since the founding.
async fn room_spent(ledger: &Ledger, months: u32) -> (u64, u64) {
    let period = ledger.period(months).await.unwrap();
    let states = ledger.states(&request(0, 1, 1).caps[..1], &period).await.unwrap();
    (states[0].spent.units(), states[0].lifetime.units())
}

/// With caps beyond what any month unlocks.
fn rich(key: u8, rho: u64) -> ChargeRequest {
    let mut request = request(key, 10, rho);
    request.caps.iter_mut().for_each(|cap| cap.cap = loss(1_000_000, 1_000_000));
    request.loss.delta = Delta::from_units(rho);
    request
}

async fn charge(books: &Books, key: u8, rho: u64, months: u32) {
    assert!(matches!(books.ledger.charge(&rich(key, rho), months).await.unwrap(), Charged::Ready(_)));
}

async fn a_change_of_the_periods_length_forgets_nothing(place: Place) {
    let books = books(place).await;
    let at = |time: &str| *books.clock.0.lock().unwrap() = time.parse().unwrap();
    // The room was founded on 31 January 2026. Month 4, then month 8: the first year.
    at("2026-06-15T00:00:00Z");
    charge(&books, 1, 600, 12).await;
    at("2026-10-15T00:00:00Z");
    // However the period is cut, also so that one begins this very month: its own year isn't over.
    for months in 1..=120 {
        assert_eq!(room_spent(&books.ledger, months).await, (600, 600), "{months}");
    }
    // 12, 6, 12: what was spent meanwhile is there too.
    charge(&books, 2, 50, 6).await;
    for months in [12, 6, 8, 1, 24, 12] {
        assert_eq!(room_spent(&books.ledger, months).await, (650, 650), "{months}");
    }
    // And it stops charges: the 1,200 of an asker's year, of which half a year's are unlocked.
    let mut wanted = request(3, 10, 400);
    wanted.caps.truncate(1);
    wanted.caps[0].cap = loss(1_200, 0);
    assert!(matches!(books.ledger.charge(&wanted, 1).await.unwrap(), Charged::Ready(_)));
    let refused = ChargeRequest { query_key: [4; 32], ..wanted };
    assert!(matches!(books.ledger.charge(&refused, 1).await.unwrap(), Charged::Refused(_)));
    // Month 13: the year is over, by any period that divides it; a longer one counts all.
    at("2027-03-15T00:00:00Z");
    for (months, spent) in [(12, 0), (6, 0), (1, 0), (24, 1_050), (120, 1_050)] {
        assert_eq!(room_spent(&books.ledger, months).await, (spent, 1_050), "{months}");
    }
    // 6, then 12: the half year that is over counts in the year that isn't.
    charge(&books, 5, 70, 6).await;
    at("2027-09-15T00:00:00Z");
    assert_eq!(room_spent(&books.ledger, 6).await, (0, 1_120));
    assert_eq!(room_spent(&books.ledger, 12).await, (70, 1_120));
    // 12, then 13, of which one begins in month 26: what was spent in month 25 of a year that ends with month 35 still counts.
    at("2028-03-15T00:00:00Z");
    charge(&books, 6, 30, 12).await;
    at("2028-04-15T00:00:00Z");
    assert_eq!(room_spent(&books.ledger, 13).await, (30, 1_150));
}

async fn a_room_that_is_set_back_keeps_its_months(place: Place) {
    let books = books(place).await;
    let at = |time: &str| *books.clock.0.lock().unwrap() = time.parse().unwrap();
    for (key, time, months) in [(1, "2026-06-15T00:00:00Z", 6), (2, "2026-10-15T00:00:00Z", 12)] {
        at(time);
        charge(&books, key, 100 * u64::from(key), months).await;
    }
    let kept = books.ledger.spent().await.unwrap();
    // Through the file: what is written is what is read.
    let kept: Vec<Spent> = serde_json::from_slice(&serde_json::to_vec(&kept).unwrap()).unwrap();
    // An older state, in which only the first was charged, and less of it.
    let folder = tempfile::tempdir().unwrap();
    let older = super::books(Place::in_folder(folder.path())).await;
    *older.clock.0.lock().unwrap() = "2026-06-15T00:00:00Z".parse().unwrap();
    charge(&older, 1, 60, 6).await;
    *older.clock.0.lock().unwrap() = "2026-10-15T00:00:00Z".parse().unwrap();
    older.ledger.take_back(&kept, Event::public(What::Restored, None)).await.unwrap();
    assert_eq!(older.ledger.spent().await.unwrap(), kept);
    for time in ["2026-10-15T00:00:00Z", "2027-03-15T00:00:00Z"] {
        at(time);
        *older.clock.0.lock().unwrap() = time.parse().unwrap();
        for months in [1, 5, 6, 12, 24] {
            let period = older.ledger.period(months).await.unwrap();
            let caps = rich(0, 1).caps;
            let states = older.ledger.states(&caps, &period).await.unwrap();
            assert_eq!(states, books.ledger.states(&caps, &period).await.unwrap(), "{time} {months}");
        }
    }
    // The next debit goes on from there.
    charge(&older, 3, 5, 12).await;
    assert_eq!(room_spent(&older.ledger, 24).await, (305, 305));
}

async fn what_is_kept_outside_never_takes_anything_back(place: Place) {
    let books = books(place).await;
    charge(&books, 1, 100, 12).await;
    let before = books.ledger.spent().await.unwrap();
    let less: Vec<Spent> = before
        .iter()
        .map(|spent| {
            let months = spent.months.iter().map(|month| SpentMonth { rho: 1, delta: 0, counts_until: 12, ..*month });
            Spent { account: spent.account.clone(), months: months.collect() }
        })
        .collect();
    books.ledger.take_back(&less, Event::public(What::Restored, None)).await.unwrap();
    assert_eq!(books.ledger.spent().await.unwrap(), before);
}
