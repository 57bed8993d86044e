//! Erasing people: they are in none of the member's audiences afterwards, everybody else is, and nobody else's audience is touched.

use super::support::*;
use serde_json::{Value, json};

pub const FAILPOINTS: [&str; 3] = ["erasure_before_build", "erasure_before_switch", "erasure_after_switch"];

fn erase(served: &Served, steward: &str, list: &[u8]) -> Reply {
    served.call("POST", steward, "/api/v1/erasures", &[("content-type", "text/csv")], list).unwrap()
}

fn hashes(persons: std::ops::Range<u32>) -> Vec<u8> {
    stream(persons)
}

fn version(served: &Served, token: &str, audience: &str) -> Value {
    let audiences = served.get(token, "/api/v1/audiences").ok();
    audiences["audiences"].as_array().unwrap().iter().find(|a| a["audience"] == audience).unwrap()["version"].clone()
}

fn keys(served: &Served) -> usize {
    files(&served.room().join("keys/versions")).len()
}

#[test]
fn the_erased_are_gone_and_nobody_else_is() {
    let founded = Founded::new();
    let (steward, other) = (founded.token("festival", "steward"), founded.token("billetterie", "steward"));
    let served = founded.serve();
    served.upload(&steward, "abonnes", &stream(0..2_000));
    served.upload(&other, "acheteurs", &stream(0..2_000));
    let (before, theirs) =
        (version(&served, &steward, "festival/abonnes"), version(&served, &steward, "billetterie/acheteurs"));

    // 100 of them, 50 strangers, one of them twice, and rows that are none.
    let mut list = hashes(1_900..2_050);
    list.extend_from_slice(&stream(1_900..1_901)[hashes(0..0).len()..]);
    list.extend_from_slice(format!("{}\n", email(1)).as_bytes());
    let reply = erase(&served, &steward, &list);
    assert!(!reply.body.contains(&email(1)), "{}", reply.body);
    let told = reply.ok();
    assert_eq!(told["rejected"], json!({"raw_identifier": 1}), "{told}");
    assert_eq!((&told["rows_taken"], &told["rows_rejected"]), (&json!(151), &json!(1)));
    let now = version(&served, &steward, "festival/abonnes");
    let expected = json!([{"audience": "festival/abonnes", "persons": {"email": 100}, "left": {"email": 1_900},
        "version": now["number"]}]);
    assert_eq!(told["erased"], expected);
    assert!(now["number"].as_i64() > before["number"].as_i64());
    assert_eq!((&now["purposes"], &now["expires"]), (&before["purposes"], &before["expires"]));
    assert_eq!(version(&served, &steward, "billetterie/acheteurs"), theirs, "another member's isn't touched");
    assert_eq!(files(&served.room().join("data/festival")).len(), 1, "the version before is destroyed");
    assert_eq!(keys(&served), 2, "and its key");

    // Again: nobody is left to erase.
    assert_eq!(erase(&served, &steward, &list).ok()["erased"][0]["persons"], json!({"email": 0}));
    // Each of the others is there, and none of the erased: erasing finds whom there is.
    assert_eq!(erase(&served, &steward, &hashes(0..1_000)).ok()["erased"][0]["persons"], json!({"email": 1_000}));
    assert_eq!(erase(&served, &steward, &hashes(1_000..2_000)).ok()["erased"][0]["persons"], json!({"email": 900}));
    served.end();
    // The log agrees with the tables, and the files are what they were when they came into force.
    founded.serve().get(&steward, "/health").ok();
}

#[test]
fn the_log_says_who_erased_and_never_whom_or_how_many() {
    let founded = Founded::new();
    let steward = founded.token("festival", "steward");
    let (own, other) = (founded.token("festival", "officer"), founded.token("salle", "officer"));
    let served = founded.serve();
    served.upload(&steward, "abonnes", &stream(0..2_000));
    erase(&served, &steward, &hashes(0..123)).ok();
    let entries = |token: &str, what: &str| {
        served.get(token, &format!("/api/v1/audit/entries?what={what}")).ok()["entries"].as_array().unwrap().clone()
    };
    for what in ["erasure-begun", "people-erased"] {
        let told = entries(&own, what);
        assert_eq!(told.len(), 1, "{told:?}");
        let text = told[0].to_string();
        assert!(text.contains("festival/abonnes") && !text.contains("123") && !text.contains("1877"), "{text}");
        assert_eq!(entries(&other, what).len(), 0, "another member's");
    }
}

#[test]
fn others_see_the_same_whether_somebody_was_there_or_not() {
    let founded = Founded::new();
    let (steward, other) = (founded.token("festival", "steward"), founded.token("salle", "marketer"));
    let served = founded.serve();
    served.upload(&steward, "abonnes", &stream(0..100));
    let seen = || {
        let mut version = version(&served, &other, "festival/abonnes");
        let number = version["number"].take().as_i64().unwrap();
        version["created"].take();
        (number, version)
    };
    let (first, before) = seen();
    erase(&served, &steward, &hashes(99..100)).ok();
    let (second, somebody) = seen();
    erase(&served, &steward, &hashes(100..101)).ok();
    let (third, nobody) = seen();
    assert!(first < second && second - first == third - second, "{first} {second} {third}");
    assert_eq!((&before, &somebody), (&somebody, &nobody));
}

#[test]
fn every_table_of_a_version_is_searched_by_its_own_kind() {
    let founded = Founded::new();
    let steward = founded.token("festival", "steward");
    let served = founded.serve();
    let mut list = b"hashed_email_google,hashed_phone_google\n".to_vec();
    for person in 0..100 {
        list.extend_from_slice(format!("{},{}\n", hash(&email(person)), hash(&email(person + 10_000))).as_bytes());
    }
    served.upload(&steward, "abonnes", &list);
    // By e-mail alone, who has a phone number stays under that.
    let told = erase(&served, &steward, &hashes(0..10)).ok();
    assert_eq!(told["erased"][0]["left"], json!({"email": 90, "phone": 100}), "{told}");
    let told = erase(&served, &steward, &list).ok();
    assert_eq!(told["erased"][0]["persons"], json!({"email": 90, "phone": 100}), "{told}");
}

#[test]
fn too_few_left_are_no_version() {
    let founded = Founded::new();
    let steward = founded.token("festival", "steward");
    let served = founded.serve();
    served.upload(&steward, "abonnes", &stream(0..30));
    let told = erase(&served, &steward, &hashes(0..20)).ok();
    assert_eq!(told["erased"][0]["left"], json!({"email": 10}), "ten are enough: {told}");
    let told = erase(&served, &steward, &hashes(20..21)).ok();
    assert_eq!(told["erased"][0]["version"], Value::Null, "{told}");
    assert_eq!(version(&served, &steward, "festival/abonnes"), Value::Null);
    assert_eq!((files(&served.room().join("data")).len(), keys(&served)), (0, 0));
    assert_eq!(erase(&served, &steward, &hashes(0..30)).ok()["erased"], json!([]));
    // The next upload is as any first one.
    assert_eq!(served.upload(&steward, "abonnes", &stream(0..30))["persons"]["email"], 30);
}

#[test]
fn what_is_no_list_of_hashes_is_refused_and_erases_nobody() {
    let founded = Founded::new();
    let steward = founded.token("festival", "steward");
    let served = founded.serve();
    served.upload(&steward, "abonnes", &stream(0..100));
    let before = version(&served, &steward, "festival/abonnes");
    let meta = String::from_utf8(hashes(0..10)).unwrap().replace("hashed_email_google", "hashed_email_meta");
    for (list, words) in [
        ("", "column 1"),
        ("hashed_email_google\n", "no row"),
        ("hashed_email\n", "no identifier column"),
        ("secret.person@example.com\n", "looks like a raw"),
        ("hashed_email_google,genre\n", "column 2"),
        ("hashed_email_google,hashed_phone_meta\n", "profile `meta`"),
    ] {
        let detail = erase(&served, &steward, list.as_bytes()).problem(422, "upload-refused")["detail"].clone();
        assert!(detail.as_str().unwrap().contains(words), "{list}: {detail}");
        assert!(!detail.as_str().unwrap().contains("secret"), "{detail}");
    }
    let told = erase(&served, &steward, meta.as_bytes()).ok();
    assert_eq!((&told["erased"], &told["other_profile"]), (&json!([]), &json!(["festival/abonnes"])));
    let large = [hashes(0..1), vec![b'\n'; 33 << 20]].concat();
    assert_eq!(erase(&served, &steward, &large).status, 413);
    assert_eq!(version(&served, &steward, "festival/abonnes"), before);
}

#[test]
fn an_interrupted_erasure_leaves_the_old_version_or_has_made_the_new_one() {
    for place in FAILPOINTS {
        let founded = Founded::new();
        let steward = founded.token("festival", "steward");
        let served = founded.serve();
        served.upload(&steward, "abonnes", &stream(0..1_000));
        let old = version(&served, &steward, "festival/abonnes");
        served.end();
        let mut served = founded.serve_with(&[("CAMERATA_FAILPOINT", place)]);
        let cut = served.call("POST", &steward, "/api/v1/erasures", &[("content-type", "text/csv")], &hashes(0..100));
        assert!(cut.is_err(), "{place}");
        assert_eq!(served.ended_by(), Some(9), "{place}");

        let served = founded.serve();
        let now = version(&served, &steward, "festival/abonnes");
        assert_eq!(now == old, place != "erasure_after_switch", "{place}: {old} {now}");
        assert_eq!((files(&served.room().join("data")).len(), keys(&served)), (1, 1), "{place}: what isn't in force");
        let told = erase(&served, &steward, &hashes(0..200)).ok();
        let left_to_do = if place == "erasure_after_switch" { 100 } else { 200 };
        assert_eq!(told["erased"][0]["persons"], json!({"email": left_to_do}), "{place}: {told}");
    }
}

#[test]
fn an_upload_and_two_erasures_at_once_lose_nothing() {
    let founded = Founded::new();
    let steward = founded.token("festival", "steward");
    let served = founded.serve();
    served.upload(&steward, "abonnes", &stream(0..20_000));
    std::thread::scope(|scope| {
        for part in 0..4 {
            let (served, steward) = (&served, &steward);
            scope.spawn(move || erase(served, steward, &hashes(part * 1_000..(part + 1) * 1_000)).ok());
        }
    });
    assert_eq!(
        erase(&served, &steward, &hashes(0..4_000)).ok()["erased"][0]["persons"],
        json!({"email": 0}),
        "each of the four counts"
    );
    assert_eq!(erase(&served, &steward, &hashes(4_000..5_000)).ok()["erased"][0]["left"], json!({"email": 15_000}));
    assert_eq!(files(&served.room().join("data")).len(), 1);
}
