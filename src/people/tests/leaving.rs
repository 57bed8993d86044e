//! Other roles, leaving, and how sessions and tokens end.

use super::*;

pub async fn other_roles_and_leaving_take_effect_at_once(place: Place) {
    let kept = Kept::new(place).await;
    let (officer, totp) = kept.person("festival", "olga", &[Role::Officer]).await;
    let (ana, _) = kept.person("festival", "ana", &[Role::Marketer, Role::Steward]).await;
    let session = kept.session("ana", None).await;
    let token = kept.people.issue(&ana, &grant(&[], 90), true).await.unwrap().token;
    let steward = kept.people.issue(&ana, &grant(&[Role::Steward], 90), true).await.unwrap().token;
    let roles = async |token: &str| kept.people.by_token(token).await.unwrap().map(|known| known.user.roles);
    assert_eq!(roles(&token).await, Some([Role::Marketer, Role::Steward].into()));
    kept.people.set_roles(&officer, ana.id, &[Role::Marketer].into()).await.unwrap();
    assert_eq!(roles(&token).await, Some([Role::Marketer].into()));
    assert_eq!(roles(&steward).await, Some(BTreeSet::new()), "what it was for is no longer hers");
    assert_eq!(kept.known(&session).await, None, "a session of before is rotated by ending it");
    // A role that comes later isn't in tokens of before.
    kept.people.set_roles(&officer, ana.id, &[Role::Marketer, Role::Officer].into()).await.unwrap();
    assert_eq!(roles(&token).await, Some([Role::Marketer].into()));
    assert!(matches!(kept.sign_in("ana", PASSWORD).await.unwrap(), Step::Enrol(..)), "an officer has two factors");
    let other = kept.session("olga", totp.as_deref()).await;
    kept.people.set_roles(&officer, ana.id, &BTreeSet::new()).await.unwrap();
    assert_eq!((roles(&token).await, roles(&steward).await), (None, None));
    assert!(matches!(kept.sign_in("ana", PASSWORD).await.unwrap(), Step::Wrong));
    assert!(kept.known(&other).await.is_some(), "others stay");
    // The name stays that person's in the log; the address is free.
    assert_eq!(refused(kept.people.ensure(&member("festival"), "ana", Role::Marketer).await), Refusal::Name);
    let (_, link) = kept.people.invite(None, &invitation("salle", "ana@exemple.ca", &[Role::Marketer])).await.unwrap();
    kept.people.open_invitation(link.unwrap().rsplit('/').next().unwrap()).await.unwrap();
    assert_eq!(kept.text("SELECT CAST(count(*) AS TEXT) FROM user_secrets").await, ["1"]);
}

pub async fn a_member_keeps_an_officer_and_the_room_a_host(place: Place) {
    let kept = Kept::new(place).await;
    let (host, _) = kept.person("cooperative", "helene", &[Role::Host]).await;
    let (officer, _) = kept.person("festival", "olga", &[Role::Officer]).await;
    let (stranger, _) = kept.person("salle", "sam", &[Role::Officer]).await;
    let (ana, _) = kept.person("festival", "ana", &[Role::Marketer]).await;
    let set = async |by: &User, id: i64, roles: &[Role]| {
        kept.people.set_roles(by, id, &roles.iter().copied().collect()).await
    };
    assert_eq!(refused(set(&officer, officer.id, &[Role::Marketer]).await), Refusal::Last);
    assert_eq!(refused(set(&officer, officer.id, &[]).await), Refusal::Last);
    assert_eq!(refused(set(&host, host.id, &[]).await), Refusal::Last);
    // An own role may be added, but for the host's; another member's people don't exist for one.
    set(&officer, officer.id, &[Role::Officer, Role::Marketer]).await.unwrap();
    assert_eq!(refused(set(&officer, officer.id, &[Role::Officer, Role::Host]).await), Refusal::Roles);
    assert_eq!(refused(set(&stranger, ana.id, &[]).await), Refusal::NotFound);
    assert_eq!(refused(set(&host, ana.id, &[]).await), Refusal::NotFound);
    assert_eq!(refused(set(&ana, ana.id, &[Role::Marketer, Role::Officer]).await), Refusal::Roles);
    assert_eq!(refused(set(&officer, 999, &[]).await), Refusal::NotFound);
    set(&officer, ana.id, &[Role::Officer]).await.unwrap();
    set(&officer, officer.id, &[]).await.unwrap();
}

pub async fn sessions_end_by_time_by_their_user_and_by_another_password(place: Place) {
    let kept = Kept::with(place, "session_idle_min = 30\nsession_hours = 2").await;
    let (ana, _) = kept.person("festival", "ana", &[Role::Marketer]).await;
    let idle = kept.session("ana", None).await;
    kept.later(30 * 60 - 1);
    assert!(kept.known(&idle).await.is_some());
    kept.later(30 * 60 - 1);
    assert!(kept.known(&idle).await.is_some(), "used in between");
    kept.later(30 * 60);
    assert_eq!(kept.known(&idle).await, None);
    let used = kept.session("ana", None).await;
    for _ in 0..11 {
        kept.later(600);
        assert!(kept.known(&used).await.is_some());
    }
    kept.later(600);
    assert_eq!(kept.known(&used).await, None, "two hours, however it was used");
    // Listed and ended by their user alone.
    let (one, two) = (kept.session("ana", None).await, kept.session("ana", None).await);
    let identified = kept.people.by_session(&one.secret).await.unwrap().unwrap();
    let listed = kept.people.sessions(&identified).await.unwrap();
    assert_eq!(listed.iter().map(|session| session.current).collect::<Vec<_>>(), [false, true]);
    assert_eq!(listed[0].agent, "Firefox");
    let (eve, _) = kept.person("festival", "eve", &[Role::Marketer]).await;
    assert_eq!(refused(kept.people.end_session(&eve, listed[0].id).await), Refusal::NotFound);
    kept.people.end_session(&ana, listed[0].id).await.unwrap();
    assert_eq!((kept.known(&two).await, kept.known(&one).await), (None, Some(ana.clone())));
    assert_eq!(refused(kept.people.end_session(&ana, listed[0].id).await), Refusal::NotFound);
    // Another password: the session goes on under another secret, and no other does.
    let other = kept.session("ana", None).await;
    let wrong = kept.people.change_password(&identified, (OTHER, OTHER), "Firefox").await;
    assert_eq!(refused(wrong), Refusal::WrongPassword);
    let new = kept.people.change_password(&identified, (PASSWORD, OTHER), "Firefox").await.unwrap();
    assert_eq!((kept.known(&one).await, kept.known(&other).await), (None, None));
    assert_eq!(kept.known(&new).await, Some(ana));
    assert!(matches!(kept.sign_in("ana", PASSWORD).await.unwrap(), Step::Wrong));
}

pub async fn a_token_is_for_a_time_for_some_roles_and_no_longer_than_its_user_has_them(place: Place) {
    let kept = Kept::new(place).await;
    let (ana, _) = kept.person("festival", "ana", &[Role::Marketer, Role::Steward]).await;
    for (days, roles, refusal) in [
        (0, [Role::Marketer], Refusal::Days),
        (366, [Role::Marketer], Refusal::Days),
        (1, [Role::Officer], Refusal::Roles),
    ] {
        assert_eq!(refused(kept.people.issue(&ana, &grant(&roles, days), true).await), refusal);
    }
    let issued =
        kept.people.issue(&ana, &Grant { read_only: true, ..grant(&[Role::Marketer], 90) }, true).await.unwrap();
    let known = kept.people.by_token(&issued.token).await.unwrap().unwrap();
    assert_eq!(known.user.roles, [Role::Marketer].into());
    assert_eq!(known.means, Means::Token { id: issued.id, read_only: true });
    let listed = kept.people.tokens(&ana).await.unwrap();
    assert!(listed.len() == 1 && listed[0].read_only && listed[0].name == "portable");
    assert!(!serde_json::to_string(&listed).unwrap().contains(&issued.token), "shown once");
    kept.later(90 * 86_400 - 1);
    assert!(kept.people.by_token(&issued.token).await.unwrap().is_some());
    kept.later(1);
    assert!(kept.people.by_token(&issued.token).await.unwrap().is_none());
    assert!(kept.people.tokens(&ana).await.unwrap().is_empty());
    let issued = kept.people.issue(&ana, &grant(&[], 1), true).await.unwrap();
    let (eve, _) = kept.person("festival", "eve", &[Role::Marketer]).await;
    assert_eq!(refused(kept.people.end_token(&eve, issued.id).await), Refusal::NotFound);
    kept.people.end_token(&ana, issued.id).await.unwrap();
    assert!(kept.people.by_token(&issued.token).await.unwrap().is_none());
    assert!(kept.people.by_token("cam_wrong").await.unwrap().is_none());
}

pub async fn a_lost_password_is_set_anew_by_a_link_of_an_hour(place: Place) {
    let kept = Kept::new(place).await;
    let (olga, totp) = kept.person("festival", "olga", &[Role::Officer]).await;
    let session = kept.session("olga", totp.as_deref()).await;
    let token = kept.people.issue(&olga, &grant(&[], 90), true).await.unwrap().token;
    kept.people.request_recovery("nobody@exemple.ca").await.unwrap();
    assert!(kept.people.waiting(10).await.unwrap().is_empty());
    kept.people.request_recovery(" OLGA@exemple.ca").await.unwrap();
    let old = kept.link_to("olga@exemple.ca").await.unwrap();
    kept.people.request_recovery("olga@exemple.ca").await.unwrap();
    let secret = kept.link_to("olga@exemple.ca").await.unwrap();
    assert!(matches!(refused(kept.people.recover(&secret, "olga@exemple.ca").await), Refusal::Password(_)));
    kept.people.recover(&secret, OTHER).await.unwrap();
    for used in [&secret, &old, &"x".to_owned()] {
        assert_eq!(refused(kept.people.recover(used, PASSWORD).await), Refusal::NotFound);
    }
    assert_eq!(kept.known(&session).await, None);
    assert!(kept.people.by_token(&token).await.unwrap().is_none());
    assert!(matches!(kept.sign_in("olga", OTHER).await.unwrap(), Step::Code(_)), "the second factor stays");
    kept.people.request_recovery("olga@exemple.ca").await.unwrap();
    let late = kept.link_to("olga@exemple.ca").await.unwrap();
    kept.later(3600);
    assert_eq!(refused(kept.people.recover(&late, PASSWORD).await), Refusal::NotFound);
}

pub async fn a_lost_second_factor_is_taken_away_by_who_may(place: Place) {
    let kept = Kept::new(place).await;
    let (host, _) = kept.person("cooperative", "helene", &[Role::Host]).await;
    let (olga, totp) = kept.person("festival", "olga", &[Role::Officer]).await;
    let (sam, _) = kept.person("salle", "sam", &[Role::Officer]).await;
    let (other, _) = kept.person("festival", "otto", &[Role::Officer]).await;
    let (operator, _) = kept.person("cooperative", "omar", &[Role::Officer]).await;
    for (by, whom) in [(&sam, &olga), (&olga, &olga), (&operator, &host), (&olga, &host)] {
        assert_eq!(
            refused(kept.people.reset_second_factor(by, whom.id).await),
            Refusal::NotFound,
            "{} {}",
            by.user,
            whom.user
        );
    }
    let session = kept.session("olga", totp.as_deref()).await;
    kept.people.reset_second_factor(&other, olga.id).await.unwrap();
    assert_eq!(kept.known(&session).await, None);
    assert!(matches!(kept.sign_in("olga", PASSWORD).await.unwrap(), Step::Enrol(..)));
    kept.people.reset_second_factor(&host, sam.id).await.unwrap();
    let told: Vec<_> = kept.people.waiting(100).await.unwrap().into_iter().map(|waiting| waiting.message).collect();
    for email in ["olga@exemple.ca", "sam@exemple.ca"] {
        let told =
            told.iter().filter(|message| message.recipient == email && message.content["what"] == "second-factor");
        assert_eq!(told.count(), 1, "{email} is told by letter");
    }
}
