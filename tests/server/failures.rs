//! An engine that fails after a charge: paid for, told to everybody, and to who asked as to anybody else.

use super::support::*;
use serde_json::{Value, json};

/// Too little for two lists of 600,000 to be joined; enough to open them.
const MEMORY_MIB: &str = "24";

/// Serves the room with so little memory that the engine fails for want of it.
fn starved(founded: &std::sync::Arc<Founded>) -> Served {
    founded.serve_with(&[("CAMERATA_MEMORY_MIB", MEMORY_MIB), ("CAMERATA_THREADS", "1")])
}

fn overlap(served: &Served, token: &str) -> Value {
    let templates = served.get(token, "/api/v1/templates").ok();
    let mut found = templates["templates"].as_array().unwrap().iter().filter(|t| t["name"] == "overlap");
    let template = found.next().expect("the template");
    // Its newest version, with who has approved it.
    template["versions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|v| v["hash"] == template["hash"])
        .expect("its version")
        .clone()
}

#[test]
fn a_failed_query_is_paid_for_withdraws_its_template_and_is_told_as_anybody_is_told() {
    let founded = Founded::with(&[
        ("answer_tick_ms = 250", "answer_tick_ms = 1"),
        ("people_min = 100", "people_min = 10"),
        ("people_max = 250000", "people_max = 3000000"),
    ]);
    let (steward, other) = (founded.token("festival", "steward"), founded.token("billetterie", "steward"));
    let (marketer, second) = (founded.token("festival", "marketer"), founded.token("billetterie", "marketer"));
    let officer = founded.token("billetterie", "officer");
    let served = founded.serve();
    for (steward, audience) in [(&steward, "abonnes"), (&other, "acheteurs")] {
        served.upload(steward, audience, &stream(0..600_000));
    }
    served.stop();

    let served = starved(&founded);
    let failed = served.ask(&marketer, 80.0);
    let problem = failed.clone().problem(409, "template-unapproved");
    assert!(problem.get("reference").is_none(), "{problem}");
    let spent = served.spent_of(&marketer, "room");
    assert!(spent > 0, "a failure is paid for");
    // What anybody is told who asks from then on, byte for byte; and it costs nothing.
    for token in [&marketer, &second] {
        let refused = served.ask(token, 80.0);
        assert_eq!((refused.status, &refused.body), (failed.status, &failed.body));
        assert_eq!(refused.headers.get("retry-after"), failed.headers.get("retry-after"));
    }
    assert_eq!(served.spent_of(&marketer, "room"), spent);
    // Everybody reads it, in the log and at the template.
    let template = overlap(&served, &officer);
    assert_eq!(template["approved"], json!([]));
    let entries = served.get(&second, "/api/v1/audit/entries?what=template-failed").ok();
    let entries = entries["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    assert!(entries[0].as_str().unwrap().contains(template["hash"].as_str().unwrap()));
    served.stop();

    // Approved again in a room with memory enough, the same question needs another charge.
    let served = founded.serve();
    let approval = format!("/api/v1/template-proposals/{}/approval", template["hash"].as_str().unwrap());
    for member in ["festival", "billetterie"] {
        served.post(&founded.token(member, "officer"), &approval, &json!({})).ok();
    }
    let answer = served.ask(&marketer, 80.0).ok();
    assert_eq!(answer["replay"], false);
    assert_eq!(served.spent_of(&marketer, "room"), 2 * spent, "nothing is finished for nothing");
}

#[test]
fn a_query_that_ends_the_process_is_begun_twice_and_then_counts_as_failed() {
    let founded = Founded::new();
    let pair = Pair::in_room(&founded);
    let marketer = pair.marketer.clone();
    pair.served.stop();
    for _ in 0..2 {
        let mut served = founded.serve_with(&[("CAMERATA_FAILPOINT", "after_tally")]);
        assert!(served.try_post(&marketer, "/api/v1/queries", &question(90.0)).is_err());
        assert_eq!(served.ended_by(), Some(9));
    }
    let served = founded.serve();
    let spent = served.spent_of(&marketer, "room");
    served.ask(&marketer, 90.0).problem(409, "template-unapproved");
    assert_eq!(served.spent_of(&marketer, "room"), spent);
    assert_eq!(overlap(&served, &marketer)["approved"], json!([]));
}

#[test]
fn what_fails_before_the_charge_costs_nothing_and_withdraws_nothing() {
    let founded = Founded::new();
    let pair = Pair::in_room(&founded);
    let keys = founded.room().join("keys/versions");
    let aside = founded.folder.path().join("aside");
    std::fs::rename(&keys, &aside).unwrap();
    assert_eq!(pair.served.ask(&pair.marketer, 90.0).status, 500);
    assert_eq!(pair.served.spent_of(&pair.marketer, "room"), 0);
    assert_ne!(overlap(&pair.served, &pair.marketer)["approved"], json!([]));
    std::fs::rename(&aside, &keys).unwrap();
    pair.served.ask(&pair.marketer, 90.0).ok();
}
