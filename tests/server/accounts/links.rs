//! Links of letters: an invitation and a recovery are good once, and not any more once they were taken back.

use super::*;
use std::{sync::Barrier, thread};

fn open(served: &Served, secret: &str) -> Reply {
    served.post("", "/api/v1/invitation", &json!({ "secret": secret }))
}

fn accept(served: &Served, secret: &str, name: &str) -> Reply {
    let body = json!({"secret": secret, "name": name, "password": PASSWORD});
    served.post("", "/api/v1/invitation/acceptance", &body)
}

#[test]
fn an_invitation_makes_one_user_however_often_it_is_accepted_at_once() {
    let founded = Founded::on_server(&Postgres::shared().database());
    let gateways = [founded.serve(), founded.serve()];
    let secret = founded.invite("festival", "ana@festival.ca", &["marketer"]);
    let together = Barrier::new(8);
    let accepted: Vec<u16> = thread::scope(|scope| {
        let one = |at: usize| {
            together.wait();
            accept(&gateways[at % 2], &secret, &format!("Ana {at}")).status
        };
        let all: Vec<_> = (0..8).map(|at| scope.spawn(move || one(at))).collect();
        all.into_iter().map(|status| status.join().unwrap()).collect()
    });
    assert_eq!(accepted.iter().filter(|status| **status == 200).count(), 1, "{accepted:?}");
    assert_eq!(accepted.iter().filter(|status| **status == 404).count(), 7, "{accepted:?}");
    let officer = founded.token("festival", "officer");
    let users = gateways[0].get(&officer, "/api/v1/users").ok();
    assert_eq!(users["users"].as_array().unwrap().iter().filter(|user| user["email"] == "ana@festival.ca").count(), 1);
}

#[test]
fn a_used_or_withdrawn_invitation_is_told_from_none_by_nothing() {
    let served = Founded::new().serve();
    let olga = served.person("festival", "olga", &["officer"]);
    let used = served.founded.invite("festival", "ana@festival.ca", &["marketer"]);
    open(&served, &used).ok();
    served.accept(&used, "ana@festival.ca", "Ana");
    let invited =
        served.by(&olga, "POST", "/api/v1/invitations", &json!({"email": "eva@festival.ca", "roles": ["officer"]}));
    let id = invited.ok()["id"].to_string();
    let withdrawn = link_to(&served, "eva@festival.ca").unwrap();
    served.by(&olga, "DELETE", &format!("/api/v1/invitations/{id}"), &Value::Null).ok();
    // For an address that has come to have an account since.
    let late = served.founded.invite("festival", "bob@festival.ca", &["marketer"]);
    let other = served.founded.invite("salle", "bob@festival.ca", &["marketer"]);
    served.accept(&other, "bob@festival.ca", "Bob");

    let none = (open(&served, "x"), accept(&served, "x", "Eve"));
    for (secret, why) in [(&used, "used"), (&withdrawn, "withdrawn"), (&late, "of somebody who has an account")] {
        let (opened, accepted) = (open(&served, secret), accept(&served, secret, "Eve"));
        assert_eq!(seen(&opened), seen(&none.0), "{why}");
        assert_eq!(seen(&accepted), seen(&none.1), "{why}");
        opened.problem(404, "not-found");
        accepted.problem(404, "not-found");
    }
}

#[test]
fn a_recovery_link_is_good_once_and_ends_whatever_was_signed_in() {
    let served = Founded::new().serve();
    let olga = served.person("festival", "olga", &["officer"]);
    let token = served.by(&olga, "POST", "/api/v1/tokens", &json!({"name": "portable"})).ok()["token"].clone();
    let token = token.as_str().unwrap().to_owned();
    let (first, second) = (recovery_link(&served, &olga.email), recovery_link(&served, &olga.email));
    let recover = |secret: &str, password: &str| {
        served.post("", "/api/v1/recovery/password", &json!({"secret": secret, "password": password}))
    };
    recover(&second, "court").problem(422, "weak-password");
    let together = Barrier::new(4);
    let set: Vec<u16> = thread::scope(|scope| {
        let one = || {
            together.wait();
            recover(&second, OTHER).status
        };
        let all: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|status| status.join().unwrap()).collect()
    });
    assert_eq!(set.iter().filter(|status| **status == 204).count(), 1, "{set:?}");
    let none = recover("x", OTHER);
    for used in [&first, &second] {
        assert_eq!(seen(&recover(used, PASSWORD)), seen(&none));
    }
    none.problem(404, "not-found");
    assert!(!is_known(&served, &olga.cookie));
    served.get(&token, "/api/v1/me").problem(401, "unauthorized");
    // A mailbox alone isn't enough: the second factor stays.
    assert_eq!(try_password(&served, &olga.email, OTHER).ok()["state"], "code");
}

#[test]
fn a_recovery_link_of_somebody_who_has_left_is_good_for_nothing() {
    let served = Founded::new().serve();
    let olga = served.person("festival", "olga", &["officer"]);
    let ana = served.person("festival", "ana", &["marketer"]);
    let link = recovery_link(&served, &ana.email);
    served.by(&olga, "DELETE", &format!("/api/v1/users/{}", ana.id), &Value::Null).ok();
    let body = json!({"secret": link, "password": OTHER});
    served.post("", "/api/v1/recovery/password", &body).problem(404, "not-found");
}
