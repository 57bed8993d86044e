//! `kill -9` at every named place: nothing is lost, nothing is charged twice, no charge has two values.

use super::support::*;

/// In `deliveries.rs`.
const DELIVERY: [&str; 1] = ["after_delivery"];
const QUERY: [&str; 5] = ["before_charge", "after_charge", "after_tally", "before_record", "after_record"];
const UPLOAD: [&str; 5] =
    ["upload_after_chunk", "upload_before_build", "upload_before_switch", "upload_after_switch", "upload_after_sweep"];
const SIGKILL: Option<i32> = Some(9);

#[test]
fn every_declared_failpoint_is_tried() {
    let tried: Vec<&str> = QUERY.into_iter().chain(DELIVERY).chain(UPLOAD).chain(super::erase::FAILPOINTS).collect();
    assert_eq!(camerata::model::FAILPOINTS.to_vec(), tried);
}

#[test]
fn an_interrupted_query_finishes_at_no_new_cost() {
    let founded = Founded::new();
    let pair = Pair::in_room(&founded);
    let marketer = pair.marketer.clone();
    pair.served.stop();
    let mut spent = 0;
    for (step, place) in QUERY.into_iter().enumerate() {
        let margin = f64::from(200 - 10 * u32::try_from(step).unwrap());
        let mut served = founded.serve_with(&[("CAMERATA_FAILPOINT", place)]);
        let cut = served.try_post(&marketer, "/api/v1/queries", &question(margin));
        assert!(cut.is_err(), "{place}: an answer came from a process that was to be killed");
        assert_eq!(served.ended_by(), SIGKILL, "{place}");

        let served = founded.serve();
        let after_crash = served.spent_of(&marketer, "room");
        let rho = served.post(&marketer, "/api/v1/estimate", &question(margin)).ok()["rho"].as_u64().unwrap();
        let charged = if place == "before_charge" { 0 } else { rho };
        assert_eq!(after_crash, spent + charged, "{place}: the charge is durable before the tally, and whole");
        let answer = served.ask(&marketer, margin).ok();
        spent += rho;
        assert_eq!(served.spent_of(&marketer, "room"), spent, "{place}: finished at no new cost");
        assert_eq!(answer["replay"], place == "after_record", "{place}");
        let again = served.ask(&marketer, margin).ok();
        assert_eq!((&again["id"], &again["figures"]), (&answer["id"], &answer["figures"]), "{place}");
        assert_eq!(served.spent_of(&marketer, "room"), spent, "{place}");
    }
}

#[test]
fn an_interrupted_upload_leaves_the_old_version_or_has_made_the_new_one() {
    for place in UPLOAD {
        let founded = Founded::new();
        let pair = Pair::in_room(&founded);
        let (marketer, steward) = (pair.marketer.clone(), pair.steward.clone());
        let version = |served: &Served| {
            let audiences = served.get(&marketer, "/api/v1/audiences").ok();
            let found = audiences["audiences"].as_array().unwrap().iter().find(|a| a["audience"] == "festival/abonnes");
            found.unwrap()["version"]["number"].as_i64().unwrap()
        };
        let old = version(&pair.served);
        pair.served.stop();
        let stream = stream(0..2_000);
        let mut served =
            founded.serve_with(&[("CAMERATA_FAILPOINT", if place == "upload_after_sweep" { "" } else { place })]);
        if place == "upload_after_sweep" {
            // Opening a room sweeps too: let it be killed there first.
            served.stop();
            let mut starting = std::process::Command::new(CAMERATA)
                .args(["serve", "--port", "0", "--room"])
                .arg(founded.room())
                .env("CAMERATA_FAILPOINT", place)
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            use std::os::unix::process::ExitStatusExt;
            assert_eq!(starting.wait().unwrap().signal(), SIGKILL);
            served = founded.serve();
        }
        let id = served.open(&steward, "abonnes", stream.len());
        let sent = served.send(&steward, &id, 0, &stream);
        if place == "upload_after_chunk" {
            assert!(sent.is_err());
        } else {
            sent.unwrap().ok();
            let path = format!("/api/v1/uploads/{id}/complete");
            let body = serde_json::json!({ "bytes": stream.len() });
            let completed = served.try_post(&steward, &path, &body);
            assert_eq!(completed.is_err(), place != "upload_after_sweep", "{place}");
        }
        if place != "upload_after_sweep" {
            assert_eq!(served.ended_by(), SIGKILL, "{place}");
        }
        drop(served);

        let served = founded.serve();
        let switched = matches!(place, "upload_after_switch" | "upload_after_sweep");
        assert_eq!(version(&served) > old, switched, "{place}");
        let offset = served.get(&steward, &format!("/api/v1/uploads/{id}")).ok()["offset"].as_u64().unwrap();
        if !switched {
            assert_eq!(offset, stream.len() as u64, "{place}: what was made durable is still there");
        }
        let outcome = served.complete(&steward, &id, stream.len()).ok();
        assert_eq!(outcome["persons"]["email"], 2_000, "{place}");
        assert_eq!(version(&served), outcome["version"].as_i64().unwrap(), "{place}");
        served.ask(&marketer, 60.0).ok();
        drop(served);
        // One file and one key for each of the two audiences, and nothing staged.
        assert_eq!(files(&founded.room().join("data")).len(), 2, "{place}");
        assert_eq!(files(&founded.room().join("keys/versions")).len(), 2, "{place}");
        assert_eq!(files(&founded.room().join("staging")).len(), 0, "{place}");
    }
}
