//! Messages that wait to be sent, and who wants them.

use super::*;

fn message(kind: OutgoingKind) -> Outgoing {
    let content = serde_json::json!({ "link": "https://salle.example.ca/x" });
    Outgoing { kind, recipient: "ana@exemple.ca".into(), language: Language::Fr, content }
}

pub async fn a_message_is_claimed_by_one_of_many(place: Place) {
    let kept = Kept::new(place).await;
    for number in 0..8 {
        assert!(kept.people.send_once(&format!("{number}"), &message(OutgoingKind::Expiring)).await.unwrap());
    }
    let claim = async |people: People| {
        let mut claimed = Vec::new();
        while let Some(waiting) = people.claim().await.unwrap() {
            claimed.push(waiting.id);
        }
        claimed
    };
    let gateways: Vec<_> = (0..4).map(|_| tokio::spawn(claim(kept.people.clone()))).collect();
    let mut claimed = Vec::new();
    for gateway in gateways {
        claimed.extend(gateway.await.unwrap());
    }
    claimed.sort_unstable();
    assert_eq!(claimed, (1..=8).collect::<Vec<i64>>());
    // Whoever claimed one and died has not sent it.
    kept.later(599);
    assert_eq!(kept.people.claim().await.unwrap(), None);
    kept.later(1);
    assert_eq!(kept.people.claim().await.unwrap().unwrap().id, 1);
}

pub async fn a_message_is_tried_ever_later_and_dropped_when_it_is_too_old(place: Place) {
    let kept = Kept::new(place).await;
    kept.people.send_once("a", &message(OutgoingKind::Expiring)).await.unwrap();
    let (mut tries, mut waited) = (0, 0);
    loop {
        let Some(waiting) = kept.people.claim().await.unwrap() else {
            kept.later(10);
            waited += 10;
            continue;
        };
        tries += 1;
        if !kept.people.try_later(&waiting).await.unwrap() {
            break;
        }
        assert_eq!(kept.people.claim().await.unwrap(), None, "at once");
    }
    assert!((71 * 3600..=72 * 3600).contains(&waited), "{waited}");
    assert!((70..90).contains(&tries), "{tries}");
    assert!(kept.people.waiting(10).await.unwrap().is_empty());
    // Neither what it was about is told again, nor what nobody sends kept.
    assert!(!kept.people.send_once("a", &message(OutgoingKind::Expiring)).await.unwrap());
    let (_, _) = kept.person("festival", "Ana", &[Role::Marketer]).await;
    kept.people.request_recovery("ana@exemple.ca").await.unwrap();
    kept.later(3599);
    kept.people.forget_old().await.unwrap();
    assert_eq!(kept.people.waiting(10).await.unwrap().len(), 1);
    kept.later(1);
    assert_eq!(kept.people.claim().await.unwrap(), None, "a link to another password is good for an hour");
    assert!(kept.people.waiting(10).await.unwrap().is_empty());
    kept.people.request_recovery("ana@exemple.ca").await.unwrap();
    kept.later(3600);
    kept.people.forget_old().await.unwrap();
    assert!(kept.people.waiting(10).await.unwrap().is_empty());
}

pub async fn whose_second_factor_is_another_is_told_by_letter(place: Place) {
    let kept = Kept::new(place).await;
    let (ana, _) = kept.person("festival", "ana", &[Role::Marketer]).await;
    let (step, enrolment) = kept.people.begin_second_factor(&ana, PASSWORD).await.unwrap();
    assert!(kept.people.waiting(10).await.unwrap().is_empty());
    kept.people.confirm_second_factor(&ana, (&step, &kept.code(&enrolment.secret)), "Firefox").await.unwrap();
    let waiting = kept.people.waiting(10).await.unwrap();
    let [Waiting { message, .. }] = waiting.as_slice() else { panic!("{waiting:?}") };
    assert_eq!((message.kind, message.recipient.as_str()), (OutgoingKind::SecretsChanged, "ana@exemple.ca"));
    assert_eq!(message.content["what"], "second-factor");
}

pub async fn what_is_told_once_stays_known_and_holds_nothing(place: Place) {
    let kept = Kept::new(place).await;
    let send = async |once: &str| kept.people.send_once(once, &message(OutgoingKind::Budget)).await.unwrap();
    assert!(send("festival 2026-11 1").await && !send("festival 2026-11 1").await && send("festival 2026-12 1").await);
    while let Some(waiting) = kept.people.claim().await.unwrap() {
        kept.people.forget(waiting.id).await.unwrap();
    }
    assert!(!send("festival 2026-11 1").await);
    assert_eq!(kept.text("SELECT recipient FROM outbox").await, ["", ""]);
    let sealed = sqlx::query("SELECT message FROM outbox").fetch_all(kept.database.pool()).await.unwrap();
    assert!(sealed.iter().all(|row| row.get::<Vec<u8>, _>(0).is_empty()));
    kept.later(101 * 24 * 3600);
    kept.people.forget_old().await.unwrap();
    assert!(send("festival 2026-11 1").await);
}

pub async fn a_message_that_can_t_be_read_stands_in_nobody_s_way(place: Place) {
    let kept = Kept::new(place).await;
    kept.people.send_once("a", &message(OutgoingKind::Budget)).await.unwrap();
    kept.people.send_once("b", &message(OutgoingKind::Budget)).await.unwrap();
    sqlx::query("UPDATE outbox SET message = $1 WHERE once = 'a'")
        .bind(vec![1u8; 60])
        .execute(kept.database.pool())
        .await
        .unwrap();
    assert_eq!(kept.people.claim().await.unwrap().unwrap().id, 2);
    assert_eq!(kept.people.claim().await.unwrap(), None);
}

pub async fn who_turns_a_letter_off_gets_it_no_more(place: Place) {
    let kept = Kept::new(place).await;
    let (ana, _) = kept.person("festival", "Ana", &[Role::Officer, Role::Steward]).await;
    let (bob, _) = kept.person("festival", "Bob", &[Role::Officer]).await;
    kept.person("salle", "Sam", &[Role::Officer]).await;
    let readers = async |role, kind| {
        let readers = kept.people.readers(&member("festival"), role, kind).await.unwrap();
        readers.into_iter().map(|reader| reader.email).collect::<Vec<_>>()
    };
    let both = ["ana@exemple.ca", "bob@exemple.ca"];
    assert_eq!(readers(Role::Officer, OutgoingKind::Budget).await, both);
    assert_eq!(readers(Role::Steward, OutgoingKind::Expiring).await, both[..1]);
    kept.people.set_letters(&ana, &[OutgoingKind::Budget].into()).await.unwrap();
    assert_eq!(readers(Role::Officer, OutgoingKind::Budget).await, both[1..]);
    assert_eq!(readers(Role::Officer, OutgoingKind::Proposal).await, both);
    for guards in [OutgoingKind::NewDevice, OutgoingKind::Recovery, OutgoingKind::SecretsChanged] {
        assert_eq!(refused(kept.people.set_letters(&ana, &[guards].into()).await), Refusal::Letter);
    }
    let off = async |user| {
        let letters = kept.people.letters(user).await.unwrap().into_iter();
        letters.filter(|letter| !letter.on).map(|letter| letter.kind).collect::<Vec<_>>()
    };
    assert_eq!((off(&ana).await, off(&bob).await), (vec![OutgoingKind::Budget], vec![]));
    kept.people.set_letters(&ana, &BTreeSet::new()).await.unwrap();
    assert_eq!(readers(Role::Officer, OutgoingKind::Budget).await, both);
    // Who has left has no address.
    kept.people.set_roles(&ana, bob.id, &BTreeSet::new()).await.unwrap();
    assert_eq!(readers(Role::Officer, OutgoingKind::Budget).await, both[..1]);
}
