//! Whose an answer is: who may have it, and what the first delivery to another member debits.

use super::*;

on_both!(
    a_finer_answer_of_another_is_not_given_for_a_wider_margin,
    the_first_delivery_debits_what_its_receiver_bears,
    a_delivery_debits_all_or_nothing,
    racing_deliveries_debit_each_member_and_each_owner_once,
    an_unfinished_charge_is_finished_for_whoever_bears_it,
    a_finer_repeat_is_given_only_where_the_policies_were_asked,
    a_delivery_counts_in_its_own_month,
);

/// Asks of the festival's and the ticketing company's lists, as `asker`.
fn of_both(asker: &str, key: u8, margin: u64, rho: u64) -> ChargeRequest {
    let cap = |account, units| Cap { account, cap: loss(units, units) };
    let mut caps = vec![cap(Account::Room, 12_000), cap(Account::Share(member(asker)), 6_000)];
    for owner in ["billetterie", "festival"].into_iter().filter(|owner| *owner != asker) {
        caps.push(cap(Account::Owner(member(owner)), 6_000));
        caps.push(cap(Account::Asker { asker: member(asker), owner: member(owner) }, 1_200));
    }
    let question = format!("{{\"of\":\"{asker}\"}}");
    ChargeRequest { asker: member(asker), question, policy: format!("p-{asker}"), caps, ..request(key, margin, rho) }
}

/// Everything that was spent, by account, as it stands at the ledger's time.
async fn books_of(books: &Books) -> Vec<(String, u64)> {
    let requests = ["festival", "billetterie", "salle"].map(|asker| of_both(asker, 0, 1, 1).caps);
    let mut caps: Vec<Cap> = requests.concat();
    caps.sort_by(|a, b| a.account.cmp(&b.account));
    caps.dedup();
    let period = books.ledger.period(12).await.unwrap();
    let states = books.ledger.states(&caps, &period).await.unwrap();
    states.into_iter().map(|state| (state.account, state.spent.units())).filter(|(_, spent)| *spent > 0).collect()
}

fn spent_is(found: &[(String, u64)], expected: &[(&str, u64)]) {
    let mut expected: Vec<_> = expected.iter().map(|(name, spent)| ((*name).to_owned(), *spent)).collect();
    let mut found = found.to_vec();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

async fn charged(books: &Books, request: &ChargeRequest) -> Charged {
    books.ledger.charge(request, 12).await.unwrap()
}

/// Asks and answers.
async fn answered(books: &Books, request: &ChargeRequest) -> i64 {
    let Charged::Ready(charge) = charged(books, request).await else { panic!("not charged") };
    books.ledger.record(&charge, "[41]").await.unwrap().id
}

async fn entries(books: &Books) -> i64 {
    let row = sqlx::query("SELECT COUNT(*) AS n FROM log_entries").fetch_one(books.ledger.database.pool());
    row.await.unwrap().get("n")
}

async fn a_finer_answer_of_another_is_not_given_for_a_wider_margin(place: Place) {
    let books = books(place).await;
    let paid = answered(&books, &of_both("festival", 1, 40, 700)).await;
    // Whatever repeat it names: the answer isn't its own.
    for repeat in [None, Some(paid)] {
        let asked = ChargeRequest { repeat, ..of_both("salle", 1, 100_000 + repeat.map_or(0, |_| 1), 1) };
        let Charged::Ready(charge) = charged(&books, &asked).await else {
            panic!("{repeat:?}: given another's answer")
        };
        assert_ne!(charge.id(), paid);
        assert_eq!((charge.margin(), charge.recovered()), (asked.margin, false));
        books.ledger.record(&charge, "[7]").await.unwrap();
    }
    spent_is(
        &books_of(&books).await,
        &[
            ("room", 702),
            ("share:festival", 700),
            ("share:salle", 2),
            ("owner:billetterie", 702),
            ("owner:festival", 2),
            ("asker:festival@billetterie", 700),
            ("asker:salle@billetterie", 2),
            ("asker:salle@festival", 2),
        ],
    );
    let theirs = books.ledger.answers(&member("salle")).await.unwrap();
    assert!(theirs.iter().all(|recorded| recorded.answer.release == "[7]"), "{theirs:?}");
    assert_eq!(books.ledger.answer(&member("salle"), paid).await.unwrap(), None);
}

async fn the_first_delivery_debits_what_its_receiver_bears(place: Place) {
    let books = books(place).await;
    let id = answered(&books, &of_both("festival", 1, 40, 100)).await;
    let paid =
        [("room", 100), ("share:festival", 100), ("owner:billetterie", 100), ("asker:festival@billetterie", 100)];
    spent_is(&books_of(&books).await, &paid);
    // Nobody learns from the ledger that it is there before having borne it.
    assert_eq!(books.ledger.delivered(&member("billetterie"), &[1; 32], 40).await.unwrap(), []);
    // The other owner: its account with the festival, and the festival's own, which the festival's question had not debited.
    let Charged::Delivered(given) = charged(&books, &of_both("billetterie", 1, 40, 100)).await else { panic!() };
    assert_eq!((given.id, given.release.as_str(), given.margin), (id, "[41]", 40));
    let owners = [("owner:festival", 100), ("asker:billetterie@festival", 100)];
    spent_is(&books_of(&books).await, &[&paid[..], &owners[..]].concat());
    // A third: its accounts with both; the owners' are debited once for all others.
    assert!(matches!(charged(&books, &of_both("salle", 1, 40, 100)).await, Charged::Delivered(_)));
    let third = [("asker:salle@festival", 100), ("asker:salle@billetterie", 100)];
    let all = [&paid[..], &owners[..], &third[..]].concat();
    spent_is(&books_of(&books).await, &all);
    // Each again, free; and each has its own question, and the policy that admitted it.
    for asker in ["festival", "billetterie", "salle"] {
        assert!(matches!(charged(&books, &of_both(asker, 1, 40, 100)).await, Charged::Answered(_)), "{asker}");
        let theirs = books.ledger.answers(&member(asker)).await.unwrap();
        assert_eq!(theirs.len(), 1);
        assert_eq!(
            (theirs[0].question.clone(), theirs[0].policy.clone()),
            (format!("{{\"of\":\"{asker}\"}}"), format!("p-{asker}"))
        );
        assert_eq!(books.ledger.answer(&member(asker), id).await.unwrap().as_ref(), theirs.first());
        let own = books.ledger.delivered(&member(asker), &[1; 32], 41).await.unwrap();
        assert_eq!(own, [Delivered { charge: id, margin: 40, loss: loss(100, 0) }]);
    }
    spent_is(&books_of(&books).await, &all);
    assert_eq!(books.ledger.asked(9).await.unwrap().1, 1, "one line a charge");
    // The log tells of each delivery with exactly what it debited.
    let rows = sqlx::query("SELECT leaf FROM log_entries ORDER BY position").fetch_all(books.ledger.database.pool());
    let told: Vec<Entry> =
        rows.await.unwrap().iter().map(|row| Entry::read(row.get::<&[u8], _>("leaf")).unwrap()).collect();
    let told: Vec<_> = told.iter().filter(|entry| entry.what == What::Delivered).collect();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].details["accounts"], serde_json::json!(["owner:festival", "asker:billetterie@festival"]));
    assert_eq!((&told[0].details["rho"], &told[0].details["answer"]), (&100.into(), &id.into()));
}

async fn a_delivery_debits_all_or_nothing(place: Place) {
    let books = books(place).await;
    answered(&books, &of_both("festival", 1, 40, 300)).await;
    // The hall's account with the ticketing company holds 200 more; with the festival, and the owners', all.
    let mut narrow = of_both("salle", 2, 40, 1_000);
    narrow.caps.retain(|cap| !cap.account.to_string().contains("festival"));
    answered(&books, &narrow).await;
    let (before, log) = (books_of(&books).await, entries(&books).await);
    let Charged::Refused(shortfall) = charged(&books, &of_both("salle", 1, 40, 300)).await else { panic!("overspent") };
    assert_eq!((shortfall.state.account.as_str(), shortfall.wanted), ("asker:salle@billetterie", loss(300, 0)));
    assert_eq!((books_of(&books).await, entries(&books).await), (before, log));
    assert_eq!(books.ledger.answer(&member("salle"), 1).await.unwrap(), None);
    assert!(matches!(charged(&books, &of_both("billetterie", 1, 40, 300)).await, Charged::Delivered(_)));
}

async fn racing_deliveries_debit_each_member_and_each_owner_once(place: Place) {
    let books = books(place).await;
    answered(&books, &of_both("festival", 1, 40, 100)).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..64 {
        let ledger = books.ledger.clone();
        tasks.spawn(async move {
            let asker = if number % 2 == 0 { "billetterie" } else { "salle" };
            (asker, ledger.charge(&of_both(asker, 1, 40, 100), 12).await.unwrap())
        });
    }
    let all = tasks.join_all().await;
    for asker in ["billetterie", "salle"] {
        let theirs: Vec<_> = all.iter().filter(|(one, _)| *one == asker).collect();
        let first = theirs.iter().filter(|(_, charged)| matches!(charged, Charged::Delivered(_))).count();
        let again = theirs.iter().filter(|(_, charged)| matches!(charged, Charged::Answered(_))).count();
        assert_eq!((first, again), (1, 31), "{asker}");
    }
    spent_is(
        &books_of(&books).await,
        &[
            ("room", 100),
            ("share:festival", 100),
            ("owner:billetterie", 100),
            ("owner:festival", 100),
            ("asker:festival@billetterie", 100),
            ("asker:billetterie@festival", 100),
            ("asker:salle@festival", 100),
            ("asker:salle@billetterie", 100),
        ],
    );
    // The debits themselves add up to the accounts.
    let row = sqlx::query("SELECT count(*) AS n, CAST(sum(rho) AS BIGINT) AS rho FROM debits");
    let row = row.fetch_one(books.ledger.database.pool()).await.unwrap();
    assert_eq!((row.get::<i64, _>("n"), row.get::<i64, _>("rho")), (8, 800));
}

async fn an_unfinished_charge_is_finished_for_whoever_bears_it(place: Place) {
    let books = books(place).await;
    let Charged::Ready(cut) = charged(&books, &of_both("festival", 1, 40, 100)).await else { panic!() };
    // Another, at a wider margin, has nothing of it.
    assert!(matches!(charged(&books, &of_both("salle", 1, 90, 5)).await, Charged::Ready(c) if !c.recovered()));
    // At exactly its margin: no new cost to the room, and its own part before anything is computed.
    let Charged::Ready(taken) = charged(&books, &of_both("salle", 1, 40, 100)).await else { panic!() };
    assert_eq!((taken.id(), taken.recovered(), taken.first_delivery()), (cut.id(), true, true));
    let found = books_of(&books).await;
    for (account, spent) in [("room", 105), ("share:festival", 100), ("share:salle", 5), ("asker:salle@festival", 105)]
    {
        assert!(found.contains(&(account.to_owned(), spent)), "{account}: {found:?}");
    }
    // Cut again: now it is its own, and free.
    let Charged::Ready(again) = charged(&books, &of_both("salle", 1, 40, 100)).await else { panic!() };
    assert_eq!((again.id(), again.recovered(), again.first_delivery()), (cut.id(), true, false));
    books.ledger.record(&again, "[41]").await.unwrap();
    assert!(matches!(charged(&books, &of_both("festival", 1, 40, 100)).await, Charged::Answered(_)));
    assert_eq!(books_of(&books).await, found);
    assert_eq!(books.ledger.answers(&member("salle")).await.unwrap().len(), 1);
}

async fn a_finer_repeat_is_given_only_where_the_policies_were_asked(place: Place) {
    let books = books(place).await;
    let fine = answered(&books, &of_both("festival", 1, 40, 100)).await;
    // The policies refused an answer of that loss meanwhile: what is asked for is charged as if it weren't there.
    let Charged::Ready(wide) = charged(&books, &of_both("festival", 1, 50, 60)).await else { panic!("given") };
    books.ledger.record(&wide, "[5]").await.unwrap();
    let free = ChargeRequest { repeat: Some(fine), ..of_both("festival", 1, 60, 40) };
    let Charged::Answered(given) = charged(&books, &free).await else { panic!("charged") };
    assert_eq!((given.id, given.margin), (fine, 40));
    // The same margin under other limits is another loss: not a repeat without a word of the policies.
    let dearer = of_both("festival", 1, 40, 101);
    assert!(matches!(charged(&books, &dearer).await, Charged::Ready(charge) if !charge.recovered()));
}

async fn a_delivery_counts_in_its_own_month(place: Place) {
    let books = books(place).await;
    let at = |time: &str| *books.clock.0.lock().unwrap() = time.parse().unwrap();
    answered(&books, &of_both("festival", 1, 40, 100)).await;
    // The year is over: what the payer spent is past, what the receiver bears is of now.
    at("2027-03-01T00:00:00Z");
    assert!(matches!(charged(&books, &of_both("billetterie", 1, 40, 100)).await, Charged::Delivered(_)));
    spent_is(&books_of(&books).await, &[("owner:festival", 100), ("asker:billetterie@festival", 100)]);
    // Its moment holds the ledger's time, too: a clock set back opens no earlier month.
    let period = books.ledger.period(12).await.unwrap();
    at("2026-12-31T12:00:00Z");
    assert_eq!(books.ledger.period(12).await.unwrap(), period);
}
