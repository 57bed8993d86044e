//! Whether an address has an account, or a link was ever good, shows neither in what is answered nor in how long it takes.
//!
//! About 600 tries of each in every run; 10,000 with CAMERATA_TORTURE=1. False-alarm rate: 1e-6 for each of the three.

use super::{
    classifier::{Pair, classify},
    *,
};
use camerata::{
    model::{Language, Role},
    people::Invitation,
};
use std::{sync::Mutex, thread, time::Instant};

/// Tries of one address that needn't wait.
const FREE: usize = 5;

fn address(kind: &str, number: usize) -> String {
    format!("{kind}{number:05}@festival.ca")
}

/// Makes users with a password of their own.
fn known(served: &Served, count: usize) {
    on_the_machine(served, async |people| {
        for number in 0..count {
            let (email, name) = (address("a", number), format!("Ana {number}"));
            let roles = [Role::Marketer].into();
            let invitation = Invitation { member: "festival".parse().unwrap(), email, language: Language::Fr, roles };
            let link = people.invite(None, &invitation).await.unwrap().1.unwrap();
            let secret = link.rsplit('/').next().unwrap();
            people.accept_invitation(secret, (&name, Language::Fr, PASSWORD), "Firefox").await.unwrap();
        }
    });
}

fn timed(call: impl FnOnce() -> Reply) -> (f64, String) {
    let since = Instant::now();
    let reply = call();
    (since.elapsed().as_secs_f64(), seen(&reply))
}

/// Two tries in the order of a coin; their answers have to be the same.
fn pair(coin: bool, known: impl FnOnce() -> Reply, unknown: impl FnOnce() -> Reply) -> Pair {
    let ((known, of_known), (unknown, of_unknown)) = if coin {
        let first = timed(known);
        (first, timed(unknown))
    } else {
        let first = timed(unknown);
        (timed(known), first)
    };
    assert_eq!(of_known, of_unknown);
    Pair { times: if coin { [known, unknown] } else { [unknown, known] }, known_first: coin }
}

/// Pairs made by a few attackers at once, each with coins of its own.
fn pairs(count: usize, attackers: usize, make: impl Fn(usize, bool) -> Pair + Sync) -> Vec<Pair> {
    let (made, mut draws) = (Mutex::new(Vec::new()), Draws::logged());
    let coins: Vec<bool> = (0..count).map(|_| draws.below(2) == 0).collect();
    thread::scope(|scope| {
        for attacker in 0..attackers {
            let (made, coins, make) = (&made, &coins, &make);
            scope.spawn(move || {
                for at in (attacker..count).step_by(attackers) {
                    let pair = make(at, coins[at]);
                    made.lock().unwrap().push(pair);
                }
            });
        }
    });
    made.into_inner().unwrap()
}

#[test]
fn whether_an_address_has_an_account_shows_not_in_a_sign_in() {
    // In every run beneath the clock that answers are held to, where few tries see most; in the long form as rooms are.
    let served = if rounds(true, false) { Founded::new() } else { Founded::with(&[]) }.serve();
    let count = rounds(300, 5_000);
    known(&served, count / FREE + 1);
    // An address whose tries are held: what is answered without the work of a password.
    for _ in 0..=FREE {
        try_password(&served, "tenue@festival.ca", OTHER);
    }
    let without = Mutex::new(Vec::new());
    let tried = pairs(count, rounds(1, 8), |at, coin| {
        // Each address is tried as often as the other of its pair was.
        let number = at % (count / FREE);
        let pair = pair(
            coin,
            || try_password(&served, &address("a", number), OTHER),
            || try_password(&served, &address("b", number), OTHER),
        );
        let (held, _) = timed(|| try_password(&served, "tenue@festival.ca", OTHER));
        let known = pair.times[usize::from(!coin)];
        let times = if coin { [known, held] } else { [held, known] };
        without.lock().unwrap().push(Pair { times, known_first: coin });
        pair
    });
    let verdict = classify(&tried);
    eprintln!("sign-in: {verdict}");
    assert!(!verdict.accuses(), "{verdict}");
    // Tries that are held are told alike as well.
    let [of_known, of_unknown] = ["a", "b"].map(|kind| {
        let email = address(kind, count / FREE);
        for _ in 0..FREE {
            try_password(&served, &email, OTHER);
        }
        seen(&try_password(&served, &email, PASSWORD))
    });
    assert_eq!(of_known, of_unknown);
    assert!(of_known.contains("too-many-tries"), "{of_known}");
    // The classifier would have seen a room that hashes nothing for unknown addresses, if answers weren't held to the clock.
    if rounds(true, false) {
        let verdict = classify(&without.into_inner().unwrap());
        assert!(verdict.accuses(), "blind: {verdict}");
    } else {
        let slower = tried.iter().map(|pair| {
            let mut slower = *pair;
            slower.times[usize::from(!pair.known_first)] *= 1.2;
            slower
        });
        let verdict = classify(&slower.collect::<Vec<_>>());
        assert!(verdict.accuses(), "blind: {verdict}");
    }
}

#[test]
fn whether_an_address_has_an_account_shows_not_in_a_recovery() {
    let served = Founded::with(&[]).serve();
    let count = rounds(300, 5_000);
    known(&served, count / FREE);
    let ask = |email: String| served.post("", "/api/v1/recovery", &json!({ "email": email }));
    let asked = pairs(count, 8, |at, coin| {
        let number = at % (count / FREE);
        pair(coin, || ask(address("a", number)), || ask(address("b", number)))
    });
    let verdict = classify(&asked);
    eprintln!("recovery: {verdict}");
    assert!(!verdict.accuses(), "{verdict}");
    assert_eq!(ask("pas une adresse".into()).status, 202);
}

#[test]
fn whether_a_link_was_ever_good_shows_not_when_it_is_opened() {
    let served = Founded::with(&[]).serve();
    let olga = served.person("festival", "olga", &["officer"]);
    let used = served.founded.invite("festival", "ana@festival.ca", &["marketer"]);
    served.accept(&used, "ana@festival.ca", "Ana");
    let invite = |email: &str| {
        let invited = served.by(&olga, "POST", "/api/v1/invitations", &json!({"email": email, "roles": ["marketer"]}));
        (invited.ok()["id"].as_i64().unwrap(), link_to(&served, email).unwrap())
    };
    let (id, withdrawn) = invite("eva@festival.ca");
    served.by(&olga, "DELETE", &format!("/api/v1/invitations/{id}"), &Value::Null).ok();
    let (id, expired) = invite("bob@festival.ca");
    expire(&served, id);
    let open = |secret: &str| served.post("", "/api/v1/invitation", &json!({ "secret": secret }));
    let accept = |secret: &str| {
        let body = json!({"secret": secret, "name": "Eve", "password": PASSWORD});
        served.post("", "/api/v1/invitation/acceptance", &body)
    };
    // As long as theirs, and never given.
    let unknown = |at: usize| format!("{at:043}");
    let once = [&used, &withdrawn, &expired];
    for secret in once {
        assert_eq!(seen(&accept(secret)), seen(&accept(&unknown(0))));
    }
    let opened = pairs(rounds(300, 5_000), 8, |at, coin| pair(coin, || open(once[at % 3]), || open(&unknown(at))));
    let verdict = classify(&opened);
    eprintln!("invitation: {verdict}");
    assert!(!verdict.accuses(), "{verdict}");
}

/// Sets the end of an invitation back, in the database's file itself.
fn expire(served: &Served, id: i64) {
    use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let changed = runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(served.room().join("room.sqlite"));
        let mut connection = options.connect().await.unwrap();
        let expire = sqlx::query("UPDATE invitations SET expires = '2026-01-01T00:00:00Z' WHERE id = $1").bind(id);
        expire.execute(&mut connection).await.unwrap().rows_affected()
    });
    assert_eq!(changed, 1);
}
