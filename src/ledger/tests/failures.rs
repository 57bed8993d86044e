//! Charges whose queries the engine could not run.

use super::*;

on_both!(
    a_failed_charge_is_over_and_the_same_question_needs_another,
    a_query_that_was_cut_off_is_begun_once_more_and_no_more,
);

async fn fail(books: &Books, charge: &Charge) -> Result<(), LedgerError> {
    let mut writing = books.ledger.database.begin(&*books.ledger.clock).await.unwrap();
    books.ledger.fail(&mut writing, charge).await?;
    writing.note(Event::public(What::TemplateFailed, None), []);
    writing.commit().await.unwrap();
    Ok(())
}

async fn a_failed_charge_is_over_and_the_same_question_needs_another(place: Place) {
    let books = books(place).await;
    let Charged::Ready(first) = books.ledger.charge(&request(1, 10, 100), 12).await.unwrap() else { panic!() };
    fail(&books, &first).await.unwrap();
    assert!(fail(&books, &first).await.is_err(), "once is enough");
    assert_eq!(spent(&books).await, [100, 100, 100], "what was charged stays charged");
    let Charged::Ready(second) = books.ledger.charge(&request(1, 50, 40), 12).await.unwrap() else { panic!() };
    assert!(!second.recovered() && second.id() != first.id());
    assert_eq!(spent(&books).await, [140, 140, 140]);
    assert!(!books.ledger.is_answered(&request(1, 50, 40)).await.unwrap());
    books.ledger.record(&second, "[41]").await.unwrap();
    assert!(books.ledger.is_answered(&request(1, 50, 40)).await.unwrap());
    assert!(!books.ledger.is_answered(&request(1, 49, 41)).await.unwrap());
    assert!(fail(&books, &second).await.is_err(), "what was answered has not failed");
    // The log binds the failure.
    let mut writing = books.ledger.database.begin(&*books.ledger.clock).await.unwrap();
    let record = crate::database::records::Record::new(crate::database::records::Kind::ChargeFailure, first.id());
    let found = crate::database::records::digests(&mut writing, &[record]).await.unwrap();
    assert!(found[0].is_some());
    writing.cancel().await.unwrap();
}

async fn a_query_that_was_cut_off_is_begun_once_more_and_no_more(place: Place) {
    let books = books(place).await;
    books.ledger.charge(&request(1, 10, 100), 12).await.unwrap();
    books.ledger.charge(&request(2, 10, 100), 12).await.unwrap();
    for (key, allowed) in [(1, true), (2, true), (1, false), (1, false), (2, false)] {
        let Charged::Ready(charge) = books.ledger.charge(&request(key, 10, 100), 12).await.unwrap() else { panic!() };
        assert!(charge.recovered());
        assert_eq!(books.ledger.restart(&charge).await.unwrap(), allowed, "{key}");
    }
}
