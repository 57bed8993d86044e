//! People whom a member's directory sends.

use super::*;

fn arrival(subject: &str, roles: &[Role]) -> Arrival {
    Arrival {
        member: member("festival"),
        issuer: "https://login.festival.ca".into(),
        subject: subject.into(),
        email: format!("{subject}@exemple.ca"),
        name: Some("Ana / Tremblay".into()),
        roles: roles.iter().copied().collect(),
        two_factors: true,
        language: Language::Fr,
    }
}

async fn arrive(kept: &Kept, arrival: &Arrival) -> Result<NewSession, NotLetIn> {
    kept.people.arrive(arrival, "Firefox").await.unwrap()
}

pub async fn a_person_of_a_directory_is_one_user_for_good(place: Place) {
    let kept = Kept::new(place).await;
    let first = arrive(&kept, &arrival("s1", &[Role::Marketer])).await.unwrap();
    assert_eq!((first.user.user.as_str(), first.user.member.as_str()), ("Ana Tremblay", "festival"));
    // Two that arrive for the first time at once, and a namesake.
    let (one, same) = (arrival("s2", &[Role::Steward]), arrival("s2", &[Role::Steward]));
    let (one, same) = tokio::join!(arrive(&kept, &one), arrive(&kept, &same));
    let (one, same) = (one.unwrap().user, same.unwrap().user);
    assert_eq!((one.id, one.user.as_str()), (same.id, "Ana Tremblay 2"));
    // Another issuer's or member's person of the same name is another.
    let elsewhere = Arrival { issuer: "https://other.ca".into(), ..arrival("s1", &[Role::Marketer]) };
    assert_ne!(arrive(&kept, &elsewhere).await.unwrap().user.id, first.user.id);
    let elsewhere = Arrival { member: member("salle"), ..arrival("s1", &[Role::Marketer]) };
    assert_ne!(arrive(&kept, &elsewhere).await.unwrap().user.id, first.user.id);
    // Letters go to the address that the directory says now.
    let moved = Arrival { email: "New@Exemple.ca".into(), ..arrival("s1", &[Role::Officer]) };
    let again = arrive(&kept, &moved).await.unwrap();
    assert_eq!((again.user.id, &again.user.roles), (first.user.id, &[Role::Officer].into()));
    let readers = kept.people.readers(&member("festival"), Role::Officer, OutgoingKind::Budget).await.unwrap();
    assert_eq!(readers.iter().map(|reader| reader.email.as_str()).collect::<Vec<_>>(), ["new@exemple.ca"]);
    assert_eq!(kept.known(&first).await, None, "a session of before the roles changed");
    assert!(kept.known(&again).await.is_some());
}

pub async fn what_a_directory_takes_away_is_gone_at_once(place: Place) {
    let kept = Kept::new(place).await;
    let session = arrive(&kept, &arrival("s1", &[Role::Marketer, Role::Officer])).await.unwrap();
    let token = kept.people.issue(&session.user, &grant(&[Role::Marketer, Role::Officer], 90), true).await.unwrap();
    let roles = async || kept.people.by_token(&token.token).await.unwrap().map(|known| known.user.roles);
    // A weaker sign-in doesn't bring back, nor keep, what the groups no longer give.
    let weak = Arrival { two_factors: false, ..arrival("s1", &[Role::Officer]) };
    assert_eq!(arrive(&kept, &weak).await.unwrap_err(), NotLetIn::TwoFactors);
    assert_eq!((roles().await.unwrap(), kept.known(&session).await), ([Role::Officer].into(), None));
    // Even an only officer: the room's hosts then invite another.
    let session = arrive(&kept, &arrival("s1", &[Role::Officer])).await.unwrap();
    assert_eq!(arrive(&kept, &arrival("s1", &[])).await.unwrap_err(), NotLetIn::NoRole);
    assert_eq!((roles().await, kept.known(&session).await), (None, None));
    assert_eq!(arrive(&kept, &arrival("s1", &[])).await.unwrap_err(), NotLetIn::NoRole);
    let (host, _) = kept.person("cooperative", "Hélène", &[Role::Host]).await;
    kept.people.invite(Some(&host), &invitation("festival", "o@exemple.ca", &[Role::Officer])).await.unwrap();
    // Nobody is made a host, nor is the role taken, by a directory.
    sqlx::query("UPDATE users SET roles = 'host' WHERE id = $1")
        .bind(session.user.id)
        .execute(kept.database.pool())
        .await
        .unwrap();
    let back = arrive(&kept, &arrival("s1", &[Role::Steward])).await.unwrap();
    assert_eq!(back.user.roles, [Role::Steward, Role::Host].into());
    assert_eq!(arrive(&kept, &arrival("s1", &[])).await.unwrap_err(), NotLetIn::NoRole);
    let left: Vec<String> = kept.text("SELECT roles FROM users WHERE name = 'Ana Tremblay'").await;
    assert_eq!((left, kept.known(&back).await), (vec!["host".to_owned()], None));
}

pub async fn an_account_is_linked_by_its_user_alone(place: Place) {
    let kept = Kept::with(place, passkeys::SETTINGS).await;
    let (ana, totp) = kept.person("festival", "ana", &[Role::Officer]).await;
    let session = kept.session("ana", totp.as_deref()).await;
    let (mut device, _) = kept.passkey(&ana).await;
    let ours = arrival("ana", &[Role::Officer]);
    assert_eq!(arrive(&kept, &ours).await.unwrap_err(), NotLetIn::AccountExists);
    // Of another member, an account is no secret to be told.
    arrive(&kept, &Arrival { member: member("salle"), ..ours.clone() }).await.unwrap();
    kept.people.request_recovery("ana@exemple.ca").await.unwrap();
    let recovery = kept.link_to("ana@exemple.ca").await.unwrap();
    let link = async |arrival: Arrival| kept.people.link(&ana, &arrival, "Firefox").await.unwrap();
    for (refused, arrival) in [
        (NotLetIn::NoRole, Arrival { roles: BTreeSet::new(), ..ours.clone() }),
        (NotLetIn::NoRole, Arrival { member: member("salle"), ..ours.clone() }),
        (NotLetIn::TwoFactors, Arrival { two_factors: false, ..ours.clone() }),
        // Somebody else's identity, which their browser was signed in to.
        (NotLetIn::OtherAddress, Arrival { email: "eve@exemple.ca".into(), ..ours.clone() }),
    ] {
        assert_eq!(link(arrival).await.unwrap_err(), refused);
    }
    assert!(kept.known(&session).await.is_some());
    let linked = link(ours.clone()).await.unwrap();
    assert_eq!((linked.user.id, kept.known(&session).await), (ana.id, None));
    assert!(kept.known(&linked).await.is_some());
    assert_eq!(link(ours.clone()).await.unwrap_err(), NotLetIn::Bound);
    // Neither the password nor a link that was asked for before lets anybody in, nor is another sent.
    assert!(matches!(kept.sign_in("ana", PASSWORD).await.unwrap(), Step::Wrong));
    assert!(matches!(kept.by_passkey(&mut device).await, Step::Wrong), "a passkey is a way around the directory");
    assert_eq!(refused(kept.people.recover(&recovery, OTHER).await), Refusal::NotFound);
    let waiting = kept.people.waiting(100).await.unwrap().len();
    kept.later(3600);
    kept.people.request_recovery("ana@exemple.ca").await.unwrap();
    assert_eq!(kept.people.waiting(100).await.unwrap().len(), waiting);
    assert_eq!(arrive(&kept, &ours).await.unwrap().user.id, ana.id);
    // An identity is one account's.
    let (bob, _) = kept.person("festival", "bob", &[Role::Marketer]).await;
    let taken = kept.people.link(&bob, &Arrival { email: "bob@exemple.ca".into(), ..ours }, "").await.unwrap();
    assert_eq!(taken.unwrap_err(), NotLetIn::Bound);
}

pub async fn who_left_does_not_come_back_by_the_directory(place: Place) {
    let kept = Kept::new(place).await;
    let (officer, _) = kept.person("festival", "Olga", &[Role::Officer]).await;
    let session = arrive(&kept, &arrival("s1", &[Role::Marketer])).await.unwrap();
    kept.people.set_roles(&officer, session.user.id, &BTreeSet::new()).await.unwrap();
    assert_eq!(kept.known(&session).await, None);
    assert_eq!(arrive(&kept, &arrival("s1", &[Role::Marketer])).await.unwrap_err(), NotLetIn::Ended);
    let rows = sqlx::query("SELECT email FROM directory_users").fetch_all(kept.database.pool()).await.unwrap();
    assert!(rows.iter().all(|row| row.get::<Option<String>, _>(0).is_none()), "the address is gone");
}

pub async fn a_sign_in_under_way_is_taken_once_within_ten_minutes(place: Place) {
    let kept = Kept::new(place).await;
    let step =
        DirectoryStep { member: member("festival"), user: None, begun: serde_json::json!({ "nonce": "secret" }) };
    let secret = kept.people.begin_directory(&step).await.unwrap();
    let (one, other) = tokio::join!(kept.people.take_directory(&secret), kept.people.take_directory(&secret));
    let taken: Vec<_> = [one.unwrap(), other.unwrap()].into_iter().flatten().collect();
    assert_eq!(taken.len(), 1);
    assert_eq!((&taken[0].member, &taken[0].begun), (&step.member, &step.begun));
    for (seconds, good) in [(599, true), (600, false)] {
        let secret = kept.people.begin_directory(&step).await.unwrap();
        let sealed = sqlx::query("SELECT begun FROM directory_steps").fetch_one(kept.database.pool()).await.unwrap();
        assert!(!String::from_utf8_lossy(&sealed.get::<Vec<u8>, _>(0)).contains("secret"));
        kept.later(seconds);
        assert_eq!(kept.people.take_directory(&secret).await.unwrap().is_some(), good, "{seconds}");
    }
    assert!(kept.people.take_directory("another").await.unwrap().is_none());
}
