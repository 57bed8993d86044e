//! Invitations, and programs that are signed in.

use super::*;

/// The whole chain: the first host on the machine, the first officer by the host, everybody else by the officer.
pub async fn a_room_s_people_come_in_one_after_the_other(place: Place) {
    let kept = Kept::new(place).await;
    let (host, _) = kept.person("cooperative", "Hélène", &[Role::Host]).await;
    assert_eq!((host.member.as_str(), host.user.as_str()), ("cooperative", "Hélène"));
    let officer = invitation("festival", "Olga@Exemple.ca ", &[Role::Officer]);
    let (invited, link) = kept.people.invite(Some(&host), &officer).await.unwrap();
    assert_eq!((invited.email.as_str(), link), ("olga@exemple.ca", None));
    let secret = kept.link_to("olga@exemple.ca").await.unwrap();
    let opened = kept.people.open_invitation(&secret).await.unwrap();
    assert!(opened.two_factors && opened.roles == [Role::Officer].into() && opened.member == member("festival"));
    let (officer, totp) = kept.accept(&secret, "Olga").await;
    let second = kept.people.invite(Some(&host), &invitation("festival", "b@exemple.ca", &[Role::Officer])).await;
    assert_eq!(refused(second), Refusal::HasOfficer);
    // One person may hold several roles.
    let both = invitation("festival", "ana@exemple.ca", &[Role::Marketer, Role::Steward]);
    kept.people.invite(Some(&officer), &both).await.unwrap();
    let (ana, none) = kept.accept(&kept.link_to("ana@exemple.ca").await.unwrap(), "Ana").await;
    assert!(
        none.is_none() && ana.roles == [Role::Marketer, Role::Steward].into(),
        "no second factor is required of her"
    );
    let session = kept.session("ANA", None).await;
    assert_eq!(kept.known(&session).await.unwrap(), ana);
    let session = kept.session("olga", totp.as_deref()).await;
    assert_eq!(kept.known(&session).await.unwrap(), officer);
    let listed = kept.people.users(&member("festival")).await.unwrap();
    let listed: Vec<_> = listed.iter().map(|user| (user.user.as_str(), user.two_factors)).collect();
    assert_eq!(listed, [("Ana", false), ("Olga", true)]);
    let what = kept.text("SELECT subject FROM log_entries ORDER BY position").await;
    assert!(what.len() >= 9 && what.iter().any(|subject| subject.starts_with("invitation:")), "{what:?}");
}

pub async fn an_invitation_is_good_once_and_for_72_hours(place: Place) {
    let kept = Kept::new(place).await;
    let invite = async |name: &str| {
        let invitation = invitation("festival", &format!("{name}@exemple.ca"), &[Role::Marketer]);
        let (invited, link) = kept.people.invite(None, &invitation).await.unwrap();
        (invited.id, link.unwrap().rsplit('/').next().unwrap().to_owned())
    };
    let (_, secret) = invite("ana").await;
    let weak = kept.people.accept_invitation(&secret, ("Ana", Language::Fr, "court"), "").await;
    assert!(matches!(refused(weak), Refusal::Password(_)));
    kept.accept(&secret, "Ana").await;
    assert_eq!(refused(kept.people.open_invitation(&secret).await), Refusal::NotFound);
    assert_eq!(
        refused(kept.people.accept_invitation(&secret, ("Eve", Language::Fr, OTHER), "").await),
        Refusal::NotFound
    );
    // A name is one person's in a member; the link isn't used up by that.
    let (_, secret) = invite("bob").await;
    assert_eq!(refused(kept.people.accept_invitation(&secret, (" Ana", Language::Fr, OTHER), "").await), Refusal::Name);
    kept.later(72 * 3600 - 1);
    kept.people.open_invitation(&secret).await.unwrap();
    kept.later(1);
    assert_eq!(refused(kept.people.open_invitation(&secret).await), Refusal::NotFound);
    assert_eq!(
        refused(kept.people.accept_invitation(&secret, ("Bob", Language::Fr, OTHER), "").await),
        Refusal::NotFound
    );
    // Two that accept at once are one user.
    let (_, secret) = invite("carl").await;
    let accept = |name| kept.people.accept_invitation(&secret, (name, Language::Fr, OTHER), "");
    let (one, other) = tokio::join!(accept("Carl"), accept("Karl"));
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    // Taken back.
    let (officer, _) = kept.person("festival", "Olga", &[Role::Officer]).await;
    let (id, secret) = invite("dora").await;
    assert!(kept.people.invitations(&officer).await.unwrap().iter().any(|invited| invited.id == id));
    let (stranger, _) = kept.person("salle", "Sam", &[Role::Officer]).await;
    assert_eq!(refused(kept.people.withdraw_invitation(&stranger, id).await), Refusal::NotFound);
    kept.people.withdraw_invitation(&officer, id).await.unwrap();
    assert_eq!(refused(kept.people.open_invitation(&secret).await), Refusal::NotFound);
}

pub async fn who_invites_learns_nothing_of_who_has_an_account(place: Place) {
    let kept = Kept::new(place).await;
    let (officer, _) = kept.person("festival", "Olga", &[Role::Officer]).await;
    kept.person("salle", "ana", &[Role::Marketer]).await;
    let mut told = Vec::new();
    for email in ["ana@exemple.ca", "eva@exemple.ca"] {
        let (mut invited, link) =
            kept.people.invite(Some(&officer), &invitation("festival", email, &[Role::Marketer])).await.unwrap();
        assert!(link.is_none());
        (invited.id, invited.email) = (0, String::new());
        told.push(serde_json::to_string(&invited).unwrap());
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(kept.people.invitations(&officer).await.unwrap().len(), 2);
    // The person learns of it, and has no link to make another account with.
    assert_eq!(kept.link_to("ana@exemple.ca").await, None);
    assert!(kept.link_to("eva@exemple.ca").await.is_some());
    let waiting = kept.people.waiting(10).await.unwrap();
    assert!(
        waiting.iter().any(|w| w.message.kind == OutgoingKind::InvitedAgain && w.message.recipient == "ana@exemple.ca")
    );
    for waiting in waiting {
        kept.people.forget(waiting.id).await.unwrap();
    }
    assert!(kept.people.waiting(10).await.unwrap().is_empty());
}

pub async fn nobody_invites_to_what_isn_t_theirs_to_give(place: Place) {
    let kept = Kept::new(place).await;
    let (host, _) = kept.person("cooperative", "Hélène", &[Role::Host]).await;
    let (officer, _) = kept.person("festival", "Olga", &[Role::Officer]).await;
    let (operator, _) = kept.person("cooperative", "Otto", &[Role::Officer]).await;
    let (marketer, _) = kept.person("festival", "Ana", &[Role::Marketer]).await;
    let cases: [(&User, &str, &[Role]); 9] = [
        (&officer, "salle", &[Role::Marketer]),
        (&officer, "festival", &[Role::Host]),
        (&officer, "festival", &[Role::Marketer, Role::Host]),
        (&operator, "cooperative", &[Role::Host]),
        (&host, "festival", &[Role::Host]),
        (&host, "salle", &[Role::Steward]),
        (&host, "salle", &[Role::Officer, Role::Marketer]),
        (&marketer, "festival", &[Role::Marketer]),
        (&officer, "festival", &[]),
    ];
    for (by, member, roles) in cases {
        let refused = refused(kept.people.invite(Some(by), &invitation(member, "x@exemple.ca", roles)).await);
        assert_eq!(refused, Refusal::Roles, "{} {member} {roles:?}", by.user);
    }
    let bad = kept
        .people
        .invite(Some(&officer), &invitation("festival", "x@exemple.ca\r\nBcc: y@z.ca", &[Role::Marketer]))
        .await;
    assert_eq!(refused(bad), Refusal::Email);
    assert!(kept.people.waiting(10).await.unwrap().is_empty(), "nothing was sent");
    kept.people.invite(Some(&host), &invitation("cooperative", "h2@exemple.ca", &[Role::Host])).await.unwrap();
    kept.people.invite(Some(&officer), &invitation("festival", "o2@exemple.ca", &[Role::Officer])).await.unwrap();
}

pub async fn a_program_is_signed_in_by_the_code_that_it_shows(place: Place) {
    let kept = Kept::new(place).await;
    let (ana, _) = kept.person("festival", "ana", &[Role::Marketer]).await;
    let device = kept.people.begin_device("camerata\u{1b}[2J sur «\nportable»").await.unwrap();
    assert!(matches!(kept.people.poll_device(&device.device_code).await.unwrap(), DevicePoll::Pending));
    assert!(matches!(kept.people.poll_device(&device.device_code).await.unwrap(), DevicePoll::SlowDown));
    assert_eq!(
        kept.people.device(&ana, &device.user_code.to_lowercase()).await.unwrap(),
        "camerata[2J sur « portable»"
    );
    let none = kept.people.approve_device(&ana, &device.user_code, &grant(&[Role::Officer], 90)).await;
    assert_eq!(refused(none), Refusal::Roles);
    kept.people.approve_device(&ana, &device.user_code, &grant(&[Role::Marketer], 90)).await.unwrap();
    let again = kept.people.approve_device(&ana, &device.user_code, &grant(&[Role::Marketer], 90)).await;
    assert_eq!(refused(again), Refusal::NotFound);
    let DevicePoll::Token(given) = kept.people.poll_device(&device.device_code).await.unwrap() else {
        panic!("no token")
    };
    let known = kept.people.by_token(&given.0.token).await.unwrap().unwrap();
    assert_eq!(known.user, ana);
    assert!(matches!(kept.people.poll_device(&device.device_code).await.unwrap(), DevicePoll::Gone), "given once");
    // Refused, and too late.
    let device = kept.people.begin_device("camerata").await.unwrap();
    kept.people.refuse_device(&ana, &device.user_code).await.unwrap();
    assert!(matches!(kept.people.poll_device(&device.device_code).await.unwrap(), DevicePoll::Gone));
    let device = kept.people.begin_device("camerata").await.unwrap();
    kept.later(DEVICE_MINUTES * 60 + 1);
    assert!(matches!(kept.people.poll_device(&device.device_code).await.unwrap(), DevicePoll::Gone));
    assert_eq!(refused(kept.people.device(&ana, &device.user_code).await), Refusal::NotFound);
    // Who has lost the role between approving and the program's question gives no token.
    let device = kept.people.begin_device("camerata").await.unwrap();
    kept.people.approve_device(&ana, &device.user_code, &grant(&[Role::Marketer], 90)).await.unwrap();
    let (officer, _) = kept.person("festival", "Olga", &[Role::Officer]).await;
    kept.people.set_roles(&officer, ana.id, &[Role::Steward].into()).await.unwrap();
    assert!(matches!(kept.people.poll_device(&device.device_code).await.unwrap(), DevicePoll::Gone));
}

pub async fn a_code_of_a_program_is_not_come_upon_by_trying(place: Place) {
    let kept = Kept::new(place).await;
    let (ana, _) = kept.person("festival", "ana", &[Role::Marketer]).await;
    let device = kept.people.begin_device("camerata").await.unwrap();
    let mut held = 0;
    for _ in 0..20 {
        match refused(kept.people.device(&ana, "BBBB-BBBB").await) {
            Refusal::NotFound => {}
            Refusal::Later(seconds) => held += u64::from(seconds > 0),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(held, 15);
    assert!(matches!(refused(kept.people.device(&ana, &device.user_code).await), Refusal::Later(_)));
}
