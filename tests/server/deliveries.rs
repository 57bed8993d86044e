//! An answer is given to those alone who have borne its loss: what others have paid for passes by no agreement's limit and no account.

use super::support::*;
use serde_json::{Value, json};
use std::{fs, sync::Arc, thread};

const SIGKILL: Option<i32> = Some(9);

const LIMIT: &str = r#"@id("salle-a-l-etroit")
@title_fr("On ne demande que de loin")
@title_en("Questions from afar only")
forbid (principal in Member::"salle", action in Action::"compare", resource)
when { context.epsilon.greaterThan(decimal("0.01")) };
"#;

/// A room whose hall is limited to ε 0.01 a question by an agreement, and a marketer of each member. The first two have a second list.
fn limited() -> (Arc<Founded>, Pair, [String; 3]) {
    let founded = Founded::new();
    // Whose tests are of the pilot without that limit.
    fs::remove_file(founded.room().join("policies/cases.toml")).unwrap();
    fs::write(founded.room().join("policies/salle-a-l-etroit.cedar"), LIMIT).unwrap();
    let members = founded.room().join("policies/members.toml");
    let mut text = fs::read_to_string(&members).unwrap();
    for member in ["festival", "billetterie"] {
        let title = r#"title = { fr = "Anciens", en = "Former ones" }"#;
        text +=
            &format!("\n[members.{member}.audiences.anciens]\n{title}\nshape = \"list\"\ntags = []\ncolumns = []\n");
    }
    fs::write(members, text).unwrap();
    let marketers = ["festival", "billetterie", "salle"].map(|member| founded.token(member, "marketer"));
    let pair = Pair::in_room(&founded);
    for steward in [&pair.steward, &founded.token("billetterie", "steward")] {
        pair.served.upload(steward, "anciens", &stream(2_000..2_150));
    }
    (founded, pair, marketers)
}

fn spent(served: &Served, token: &str) -> Vec<(String, u64)> {
    served.spent(token).into_iter().map(|(account, spent, _)| (account, spent)).collect()
}

#[test]
fn what_another_paid_for_passes_by_no_limit_of_an_agreement() {
    let (_, pair, [festival, _, salle]) = limited();
    let served = &pair.served;
    let fine = served.ask(&festival, 60.0).ok();
    // Directly, the hall is refused; from afar, it used to get the fine answer, free.
    served.ask(&salle, 60.0).problem(403, "refused");
    let estimate = served.post(&salle, "/api/v1/estimate", &question(100_000.0)).ok();
    assert_eq!(estimate["free"], false, "{estimate}");
    let wide = served.ask(&salle, 100_000.0).ok();
    assert_ne!(wide["id"], fine["id"]);
    assert_eq!((&wide["released_margin"], &wide["replay"]), (&100_000.into(), &false.into()), "{wide}");
    let rho = wide["rho"].as_u64().unwrap();
    assert!(rho < fine["rho"].as_u64().unwrap());
    for account in ["share:salle", "asker:salle@festival", "asker:salle@billetterie"] {
        assert_eq!(served.spent_of(&salle, account), rho, "{account}");
    }
    let theirs = served.get(&salle, "/api/v1/answers").ok();
    let ids: Vec<&Value> = theirs["answers"].as_array().unwrap().iter().map(|answer| &answer["id"]).collect();
    assert_eq!(ids, [&wide["id"]]);
    let path = format!("/api/v1/answers/{}", fine["id"]);
    assert_eq!(served.get(&salle, &path).status, 404);
}

#[test]
fn a_finer_repeat_is_judged_by_its_own_loss() {
    let (founded, pair, [festival, ..]) = limited();
    let served = &pair.served;
    let fine = served.ask(&festival, 60.0).ok();
    assert_eq!(served.post(&festival, "/api/v1/estimate", &question(100_000.0)).ok()["free"], true);
    // Then the ticketing company lets nobody look closely any more; what narrows its own audiences is in force at once.
    let officer = founded.token("billetterie", "officer");
    let version = served.get(&officer, "/api/v1/policy").ok()["version"].as_str().unwrap().to_owned();
    let mut files = served.get(&officer, &format!("/api/v1/policy/versions/{version}")).ok()["files"].clone();
    let limit = LIMIT.replace("salle-a-l-etroit", "de-loin").replace("principal in Member::\"salle\"", "principal");
    files.as_object_mut().unwrap().remove("cases.toml");
    files["de-loin.cedar"] = limit.replace("when {", "when { resource.owner == Member::\"billetterie\" &&").into();
    served.post(&officer, "/api/v1/policy/proposals", &json!({"files": files, "why": "de loin"})).ok();
    served.ask(&festival, 60.0).problem(403, "refused");
    assert_eq!(served.post(&festival, "/api/v1/estimate", &question(100_000.0)).ok()["free"], false);
    let wide = served.ask(&festival, 100_000.0).ok();
    assert_ne!(wide["id"], fine["id"]);
    assert_eq!((&wide["released_margin"], &wide["replay"]), (&100_000.into(), &false.into()), "{wide}");
    // That one is its own, and within the limit: free from here on, at any margin that is wider.
    for margin in [100_000.0, 200_000.0] {
        let again = served.ask(&festival, margin).ok();
        assert_eq!((&again["id"], &again["replay"]), (&wide["id"], &true.into()), "{margin}");
    }
}

#[test]
fn an_owner_pays_for_what_it_learns_of_anothers_list() {
    let (_, pair, [festival, billetterie, _]) = limited();
    let served = &pair.served;
    let fine = served.ask(&festival, 60.0).ok();
    let rho = fine["rho"].as_u64().unwrap();
    assert_eq!(served.spent_of(&festival, "owner:festival"), 0);
    // At a wider margin, an answer of its own, charged like any.
    let wide = served.ask(&billetterie, 90.0).ok();
    assert_ne!(wide["id"], fine["id"]);
    let widely = wide["rho"].as_u64().unwrap();
    assert_eq!(served.spent_of(&festival, "owner:festival"), widely);
    // At the same, the same, and what it learns of the festival's list is borne by the festival's account and its own.
    let same = served.ask(&billetterie, 60.0).ok();
    assert_eq!((&same["id"], &same["figures"], &same["replay"]), (&fine["id"], &fine["figures"], &false.into()));
    assert_eq!(served.spent_of(&festival, "owner:festival"), widely + rho);
    assert_eq!(served.spent_of(&billetterie, "asker:billetterie@festival"), widely + rho);
    assert_eq!(served.spent_of(&billetterie, "share:billetterie"), widely);
    assert_eq!(served.spent_of(&billetterie, "owner:billetterie"), rho, "its own audience costs it nothing");
    assert_eq!(served.spent_of(&billetterie, "room"), widely + rho, "the room is debited once a release");
    // Once: repeats are free, at any margin that it has.
    let before = spent(served, &billetterie);
    for margin in [60.0, 61.0, 90.0, 5_000.0] {
        let again = served.ask(&billetterie, margin).ok();
        assert_eq!((&again["id"], &again["replay"]), (&fine["id"], &true.into()), "{margin}");
        assert_eq!(served.post(&billetterie, "/api/v1/estimate", &question(margin)).ok()["free"], true);
    }
    assert_eq!(spent(served, &billetterie), before);
    // The log tells both owners, with what was debited, and the room still adds up.
    let entries = served.get(&festival, "/api/v1/audit/entries?what=delivered").ok();
    let entries = entries["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    let entry: Value = serde_json::from_str(entries[0].as_str().unwrap()).unwrap();
    assert_eq!(entry["details"]["accounts"], json!(["owner:festival", "asker:billetterie@festival"]), "{entry}");
    assert_eq!(entry["details"]["rho"], rho);
}

#[test]
fn an_estimate_says_nothing_of_what_others_paid_for() {
    let (_, pair, [festival, billetterie, _]) = limited();
    let served = &pair.served;
    let asked = |margin: f64| served.post(&billetterie, "/api/v1/estimate", &question(margin)).ok();
    // What the other has asked for shows in the accounts, which everybody sees; so it asks of another query as dear first.
    let before = [60.0, 61.0, 90.0].map(asked);
    served.ask(&festival, 60.0).ok();
    let after = [60.0, 61.0, 90.0].map(asked);
    for (before, after) in before.iter().zip(&after) {
        for field in ["free", "affordable", "rho", "epsilon", "margin", "parts"] {
            assert_eq!(before[field], after[field], "{field}");
        }
        let accounts = |estimate: &Value| {
            let accounts = estimate["accounts"].as_array().unwrap().iter();
            accounts.map(|one| (one["account"].clone(), one["share"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(accounts(before), accounts(after));
        assert_eq!(after["free"], false);
    }
    // Whether it is affordable goes by every account of a new charge, whatever is there: its share used up, it isn't.
    let mut margin = 100.0;
    while served
        .post(&billetterie, "/api/v1/queries", &own(["billetterie/acheteurs", "billetterie/anciens"], margin))
        .status
        == 200
    {
        margin -= 1.0;
        assert!(margin > 60.0, "never refused");
    }
    for margin in [60.0, 61.0] {
        let estimate = asked(margin);
        assert_eq!((&estimate["free"], &estimate["affordable"]), (&false.into(), &false.into()), "{margin}");
    }
    // Its share isn't what an answer that is there would take.
    served.ask(&billetterie, 61.0).problem(409, "budget");
    assert_eq!(served.ask(&billetterie, 60.0).ok()["replay"], false);
}

/// A question about lists of one's own alone.
fn own([a, b]: [&str; 2], margin: f64) -> Value {
    json!({"template": "overlap", "purpose": "planification", "margin": margin, "audiences": {"a": a, "b": b}})
}

#[test]
fn a_question_about_ones_own_list_is_limited_by_ones_share() {
    let (_, pair, [festival, billetterie, _]) = limited();
    let served = &pair.served;
    let own = |margin: f64| own(["festival/abonnes", "festival/anciens"], margin);
    // One count at ±6 took nearly all of a month from everybody. The room's month would still bear one at ±14; one member's share doesn't.
    served.post(&festival, "/api/v1/queries", &own(6.0)).problem(409, "budget");
    let refused = served.post(&festival, "/api/v1/queries", &own(14.0)).problem(409, "budget");
    assert_eq!(refused["account"], "share:festival", "{refused}");
    let mut margin = 100.0;
    while served.post(&festival, "/api/v1/queries", &own(margin)).status == 200 {
        margin -= 1.0;
        assert!(margin > 2.0, "never refused");
    }
    let budget = served.get(&festival, "/api/v1/budget").ok();
    let of = |account: &str| {
        let accounts = budget["accounts"].as_array().unwrap();
        accounts.iter().find(|one| one["account"] == account).unwrap().clone()
    };
    let (room, share) = (of("room"), of("share:festival"));
    assert_eq!(room["spent"], share["spent"], "all of it is the festival's");
    assert!(share["spent"].as_u64() <= share["unlocked"].as_u64());
    // Less than a third of what everybody has; others ask on.
    assert!(room["spent"].as_u64().unwrap() * 3 < room["unlocked"].as_u64().unwrap(), "{room}");
    served.ask(&billetterie, 60.0).ok();
}

#[test]
fn a_delivery_that_is_cut_off_is_there_and_paid_once() {
    let (founded, pair, [festival, billetterie, _]) = limited();
    let fine = pair.served.ask(&festival, 60.0).ok();
    pair.served.stop();
    let mut served = founded.serve_with(&[("CAMERATA_FAILPOINT", "after_delivery")]);
    let cut = served.try_post(&billetterie, "/api/v1/queries", &question(60.0));
    assert!(cut.is_err(), "an answer came from a process that was to be killed");
    assert_eq!(served.ended_by(), SIGKILL);
    let served = founded.serve();
    let rho = fine["rho"].as_u64().unwrap();
    let (owner, asker) = ("owner:festival", "asker:billetterie@festival");
    assert_eq!((served.spent_of(&festival, owner), served.spent_of(&billetterie, asker)), (rho, rho));
    let again = served.ask(&billetterie, 60.0).ok();
    assert_eq!((&again["id"], &again["figures"], &again["replay"]), (&fine["id"], &fine["figures"], &true.into()));
    assert_eq!((served.spent_of(&festival, owner), served.spent_of(&billetterie, asker)), (rho, rho));
}

#[test]
fn members_that_race_for_an_answer_each_bear_it_once() {
    let (_, pair, [festival, billetterie, _]) = limited();
    let served = &pair.served;
    let all: Vec<Value> = thread::scope(|scope| {
        let asks: Vec<_> = (0..64)
            .map(|number| {
                let token = if number % 2 == 0 { &festival } else { &billetterie };
                scope.spawn(move || served.ask(token, 60.0).ok())
            })
            .collect();
        asks.into_iter().map(|ask| ask.join().unwrap()).collect()
    });
    assert!(all.iter().all(|answer| answer["id"] == all[0]["id"] && answer["figures"] == all[0]["figures"]));
    let rho = all[0]["rho"].as_u64().unwrap();
    assert_eq!(served.spent_of(&festival, "room"), rho);
    for (token, account) in [
        (&festival, "owner:festival"),
        (&billetterie, "owner:billetterie"),
        (&festival, "asker:festival@billetterie"),
        (&billetterie, "asker:billetterie@festival"),
    ] {
        assert_eq!(served.spent_of(token, account), rho, "{account}");
    }
    // Two of the 64 were not repeats: one of each member.
    assert_eq!(all.iter().filter(|answer| answer["replay"] == false).count(), 2);
}
