//! What attackers try.

use super::*;
use crate::proof::Entry;

pub async fn a_code_is_taken_once_whatever_comes_at_once(place: Place) {
    let kept = Kept::new(place).await;
    let (_, totp) = kept.person("festival", "olga", &[Role::Officer]).await;
    let code = kept.code(totp.as_deref().unwrap());
    let step = async || match kept.sign_in("olga", PASSWORD).await.unwrap() {
        Step::Code(step) => step,
        _ => panic!("no code asked"),
    };
    let (one, other) = (step().await, step().await);
    let give = async |step: &str| kept.people.second_factor(step, Code::OneTime(&code)).await.unwrap();
    let (first, second) = tokio::join!(give(&one), give(&other));
    let done = [first, second].into_iter().filter(|step| matches!(step, Step::Done { .. })).count();
    assert_eq!(done, 1, "the same code at once");
    // Neither of the two is to be held for the tries of this test.
    kept.people.absolve(&kept.people.account_key("olga@exemple.ca")).await.unwrap();
    assert!(matches!(give(&step().await).await, Step::Wrong), "replayed");
    kept.later(30);
    assert!(matches!(give(&step().await).await, Step::Wrong), "replayed while it would still be good");
    let session = kept.session("olga", totp.as_deref()).await;
    assert!(kept.known(&session).await.is_some());
}

/// Who knows the password, and tries codes whenever they may, for a day.
pub async fn a_code_is_not_come_upon_by_trying(place: Place) {
    let kept = Kept::new(place).await;
    let (_, totp) = kept.person("festival", "olga", &[Role::Officer]).await;
    let (mut tried, mut waited, mut step) = (0, 0, String::new());
    while waited < 24 * 3600 {
        let now = [-30, 0, 30].map(|away| {
            let key = totp_rs::Secret::try_from_base32(totp.as_deref().unwrap()).unwrap();
            let seconds = (kept.clock.now().as_second() + away).unsigned_abs();
            totp_rs::Builder::new().with_secret(key).build().unwrap().generate(seconds).to_string()
        });
        let wrong =
            ["000000", "000001", "000002", "000003"].into_iter().find(|code| !now.contains(&(*code).to_owned()));
        let code = Code::OneTime(wrong.unwrap());
        let seconds = match kept.people.second_factor(&step, code).await {
            Ok(_) if !step.is_empty() && is_waiting(&kept, &step).await => {
                tried += 1;
                continue;
            }
            Ok(_) => match kept.sign_in("olga", PASSWORD).await {
                Ok(Step::Code(new)) => {
                    step = new;
                    continue;
                }
                Ok(_) => panic!("no code asked"),
                Err(error) => refused(Err::<(), _>(error)),
            },
            Err(error) => {
                let held = refused(Err::<(), _>(error));
                let right = kept.people.second_factor(&step, Code::OneTime(&now[1])).await;
                assert_eq!(refused(right), held, "the right one waits as well");
                held
            }
        };
        let Refusal::Later(seconds) = seconds else { panic!("{seconds:?}") };
        let seconds = i64::try_from(seconds).unwrap();
        waited += seconds;
        kept.later(seconds);
    }
    assert!((90..120).contains(&tried), "{tried} codes of a million a day");
    // Whose account it is comes in all the same, once the wait is over, and at once.
    kept.session("olga", totp.as_deref()).await;
}

pub async fn a_recovery_code_is_taken_once(place: Place) {
    let kept = Kept::new(place).await;
    kept.person("festival", "olga", &[Role::Officer]).await;
    let (other, _) = kept.person("festival", "otto", &[Role::Officer]).await;
    let Step::Code(step) = kept.sign_in("olga", PASSWORD).await.unwrap() else { panic!("no code asked") };
    let olga =
        kept.people.users(&member("festival")).await.unwrap().into_iter().find(|user| user.user == "olga").unwrap();
    let olga = User { id: olga.id, ..other.clone() };
    let codes = kept.people.renew_recovery_codes(&olga, PASSWORD).await.unwrap();
    let theirs = kept.people.renew_recovery_codes(&other, PASSWORD).await.unwrap();
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 10);
    let give = async |step: &str, code: &str| kept.people.second_factor(step, Code::Recovery(code)).await.unwrap();
    assert!(matches!(give(&step, &theirs[0]).await, Step::Wrong), "another person's");
    assert!(matches!(give(&step, "").await, Step::Wrong));
    let (one, other) = tokio::join!(give(&step, &codes[0]), give(&step, &codes[0]));
    assert_eq!([one, other].iter().filter(|step| matches!(step, Step::Done { .. })).count(), 1);
    let Step::Code(step) = kept.sign_in("olga", PASSWORD).await.unwrap() else { panic!("no code asked") };
    assert!(matches!(give(&step, &codes[0]).await, Step::Wrong), "used");
    assert!(matches!(give(&step, &codes[9].to_lowercase().replace('-', " ")).await, Step::Done { .. }));
    // New ones replace the old.
    kept.people.renew_recovery_codes(&olga, PASSWORD).await.unwrap();
    let Step::Code(step) = kept.sign_in("olga", PASSWORD).await.unwrap() else { panic!("no code asked") };
    assert!(matches!(give(&step, &codes[1]).await, Step::Wrong), "replaced");
}

pub async fn many_tries_at_once_are_no_more_than_one_after_the_other(place: Place) {
    let kept = Arc::new(Kept::new(place).await);
    kept.person("festival", "ana", &[Role::Marketer]).await;
    let mut tries = tokio::task::JoinSet::new();
    for number in 0..40 {
        let kept = Arc::clone(&kept);
        // The right one is among them, too late.
        tries.spawn(async move { kept.sign_in("ana", &format!("mauvaise devinette {number}")).await });
    }
    let done = tries.join_all().await;
    let looked_at = done.iter().filter(|step| matches!(step, Ok(Step::Wrong))).count();
    let held = done.iter().filter(|step| matches!(step, Err(PeopleError::Refused(Refusal::Later(_))))).count();
    assert_eq!((looked_at, held), (5, 35));
    assert!(matches!(refused(kept.sign_in("ana", PASSWORD).await), Refusal::Later(_)), "the right one waits as well");
    kept.later(31);
    assert!(matches!(kept.sign_in("ana", "mauvaise devinette").await.unwrap(), Step::Wrong));
    let Refusal::Later(seconds) = refused(kept.sign_in("ana", PASSWORD).await) else { panic!("not held") };
    assert_eq!(seconds, 60, "each wait is longer");
    kept.later(61);
    kept.session("ana", None).await;
    assert!(
        matches!(kept.sign_in("ana", "mauvaise devinette").await.unwrap(), Step::Wrong),
        "forgotten once she is in"
    );
    // The log says that it was held, once for each time it began.
    for _ in 0..100 {
        if held_entries(&kept).await == 1 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{} entries of held sign-ins", held_entries(&kept).await);
}

pub async fn entries(kept: &Kept) -> Vec<Entry> {
    let rows =
        sqlx::query("SELECT leaf FROM log_entries ORDER BY position").fetch_all(kept.database.pool()).await.unwrap();
    rows.iter().map(|row| Entry::read(row.get::<&[u8], _>(0)).unwrap()).collect()
}

async fn is_waiting(kept: &Kept, step: &str) -> bool {
    let row = sqlx::query("SELECT expires FROM signin_steps WHERE hash = $1").bind(secret::hash(step));
    let row = row.fetch_optional(kept.database.pool()).await.unwrap();
    row.is_some_and(|row| row.get::<String, _>(0).parse::<Timestamp>().unwrap() > kept.clock.now())
}

async fn held_entries(kept: &Kept) -> usize {
    entries(kept).await.iter().filter(|entry| entry.what == crate::proof::What::SignInHeld).count()
}

pub async fn an_unknown_address_is_held_as_a_known_one_is(place: Place) {
    let kept = Kept::new(place).await;
    kept.person("festival", "ana", &[Role::Marketer]).await;
    let mut told = Vec::new();
    for name in ["ana", "nobody", "not an address"] {
        let mut steps = Vec::new();
        for _ in 0..9 {
            steps.push(match kept.sign_in(name, "mauvaise devinette").await {
                Ok(Step::Wrong) => 0,
                Err(PeopleError::Refused(Refusal::Later(seconds))) => seconds,
                _ => panic!("{name}"),
            });
        }
        told.push(steps);
    }
    assert_eq!(told[0], [0, 0, 0, 0, 0, 30, 30, 30, 30]);
    assert!(told[0] == told[1] && told[1] == told[2], "{told:?}");
}

pub async fn a_step_of_a_sign_in_is_worth_nothing_after_it(place: Place) {
    let kept = Kept::new(place).await;
    let (_, totp) = kept.person("festival", "olga", &[Role::Officer]).await;
    let Step::Code(step) = kept.sign_in("olga", PASSWORD).await.unwrap() else { panic!("no code asked") };
    assert!(kept.people.by_session(&step).await.unwrap().is_none(), "a step is no session");
    let code = kept.code(totp.as_deref().unwrap());
    let Step::Done { session, .. } = kept.people.second_factor(&step, Code::OneTime(&code)).await.unwrap() else {
        panic!("not signed in")
    };
    assert_ne!(session.secret, step, "fixation: what was known before isn't what is used after");
    kept.later(30);
    let code = kept.code(totp.as_deref().unwrap());
    assert!(matches!(kept.people.second_factor(&step, Code::OneTime(&code)).await.unwrap(), Step::Wrong));
    // Too late.
    let Step::Code(step) = kept.sign_in("olga", PASSWORD).await.unwrap() else { panic!("no code asked") };
    kept.later(601);
    let code = kept.code(totp.as_deref().unwrap());
    assert!(matches!(kept.people.second_factor(&step, Code::OneTime(&code)).await.unwrap(), Step::Wrong));
    // Who has set a second factor up isn't given another by a step of before.
    let (_, link) =
        kept.people.invite(None, &invitation("festival", "otto@exemple.ca", &[Role::Officer])).await.unwrap();
    let link = link.unwrap();
    let accepted =
        kept.people.accept_invitation(link.rsplit('/').next().unwrap(), ("otto", Language::Fr, PASSWORD), "");
    let Step::Enrol(first, one) = accepted.await.unwrap() else { panic!("not enrolling") };
    let Step::Enrol(second, other) = kept.sign_in("otto", PASSWORD).await.unwrap() else { panic!("not enrolling") };
    let first = kept.people.second_factor(&first, Code::OneTime(&kept.code(&one.secret))).await.unwrap();
    assert!(matches!(first, Step::Done { .. }));
    kept.later(30);
    let second = kept.people.second_factor(&second, Code::OneTime(&kept.code(&other.secret))).await.unwrap();
    assert!(matches!(second, Step::Wrong));
}

pub async fn neither_the_log_nor_the_database_holds_a_secret(place: Place) {
    let kept = Kept::new(place).await;
    let (olga, totp) = kept.person("festival", "olga", &[Role::Officer]).await;
    let totp = totp.unwrap();
    let session = kept.session("olga", Some(&totp)).await;
    let token = kept.people.issue(&olga, &grant(&[], 90), true).await.unwrap().token;
    let codes = kept.people.renew_recovery_codes(&olga, PASSWORD).await.unwrap();
    kept.people.request_recovery("olga@exemple.ca").await.unwrap();
    let recovery = kept.link_to("olga@exemple.ca").await.unwrap();
    kept.people.invite(Some(&olga), &invitation("festival", "eva@exemple.ca", &[Role::Steward])).await.unwrap();
    let invited = kept.link_to("eva@exemple.ca").await.unwrap();
    let device = kept.people.begin_device("camerata").await.unwrap();
    let raw = totp_rs::Secret::try_from_base32(&totp).unwrap();
    let mut secrets =
        vec![PASSWORD, &totp, &session.secret, &token, &recovery, &invited, &device.device_code, &device.user_code];
    secrets.extend(codes.iter().map(String::as_str));
    for entry in entries(&kept).await {
        let told = serde_json::to_string(&entry).unwrap();
        assert!(!secrets.iter().any(|secret| told.contains(secret)) && !told.contains("exemple.ca"), "{told}");
    }
    let mut searched = 0;
    for (table, columns) in [
        ("users", "name, roles"),
        ("user_secrets", "password, totp"),
        ("recovery_codes", "hash, used"),
        ("invitations", "hash, email"),
        ("access_tokens", "hash, name"),
        ("sessions", "hash, agent"),
        ("recoveries", "hash, expires"),
        ("device_requests", "hash, code"),
        ("outbox", "kind, message"),
    ] {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {columns} FROM {table}"));
        for row in sqlx::query(sql).fetch_all(kept.database.pool()).await.unwrap() {
            for at in 0..2 {
                let bytes =
                    row.try_get::<Vec<u8>, _>(at).or_else(|_| row.try_get::<String, _>(at).map(String::into_bytes));
                let Ok(bytes) = bytes else { continue };
                searched += 1;
                let holds = |needle: &[u8]| memchr::memmem::find(&bytes, needle).is_some();
                assert!(!secrets.iter().any(|secret| holds(secret.as_bytes())), "{table}");
                assert!(!holds(raw.as_ref()), "{table}: the second factor");
            }
        }
    }
    assert!(searched > 20);
}
