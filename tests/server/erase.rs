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

/// A list of these people with both identifiers each; the phone is that of another number.
fn both(people: std::ops::Range<u32>, phone: impl Fn(u32) -> u32) -> Vec<u8> {
    let mut list = b"hashed_email_google,hashed_phone_google\n".to_vec();
    for person in people {
        list.extend_from_slice(format!("{},{}\n", hash(&email(person)), hash(&email(phone(person)))).as_bytes());
    }
    list
}

fn phones(people: std::ops::Range<u32>) -> Vec<u8> {
    let hashes = String::from_utf8(hashes(people)).unwrap();
    hashes.replace("hashed_email_google", "hashed_phone_google").into_bytes()
}

#[test]
fn a_row_goes_whole_by_either_of_its_identifiers() {
    let founded = Founded::new();
    let steward = founded.token("festival", "steward");
    let served = founded.serve();
    served.upload(&steward, "abonnes", &both(0..100, |person| person + 10_000));
    let told = erase(&served, &steward, &hashes(0..10)).ok();
    assert_eq!(told["erased"][0]["persons"], json!({"email": 10, "phone": 10}), "{told}");
    let told = erase(&served, &steward, &phones(10_005..10_020)).ok();
    assert_eq!(told["erased"][0]["persons"], json!({"email": 10, "phone": 10}), "{told}");
    assert_eq!(told["erased"][0]["left"], json!({"email": 80, "phone": 80}), "{told}");
    // Both columns: nobody is counted twice.
    let told = erase(&served, &steward, &both(0..30, |person| person + 10_000)).ok();
    assert_eq!(told["erased"][0]["persons"], json!({"email": 10, "phone": 10}), "{told}");
    // A number that ten share goes with any one of them, and the others' addresses stay.
    served.upload(&steward, "abonnes", &both(0..100, |person| 20_000 + person / 10));
    let told = erase(&served, &steward, &hashes(0..1)).ok();
    assert_eq!(told["erased"][0]["left"], json!({"email": 99, "phone": 9}), "{told}");
}

#[test]
fn events_go_whole_as_well_and_their_limit_stays() {
    let founded = Founded::with(&[("people_min = 100", "people_min = 10"), ("rows_max = 500", "rows_max = 3")]);
    let steward = founded.token("billetterie", "steward");
    let served = founded.serve();
    let mut events = b"hashed_email_google,hashed_phone_google\n".to_vec();
    for round in 0..5 {
        events.extend_from_slice(
            &both(0..20 + round * 10, |person| person + 10_000)[b"hashed_email_google,hashed_phone_google\n".len()..],
        );
    }
    let mut declared = declaration("achats", events.len());
    declared["shape"] = "events".into();
    let id = served.post(&steward, "/api/v1/uploads", &declared).ok()["id"].as_str().unwrap().to_owned();
    served.send(&steward, &id, 0, &events).unwrap().ok();
    let outcome = served.complete(&steward, &id, events.len()).ok();
    // 20 people have 5 rows, 10 have 4.
    let left_out = json!({"persons": 30, "rows": 50});
    assert_eq!(outcome["left_out"], json!({"email": left_out, "phone": left_out}), "{outcome}");
    let told = erase(&served, &steward, &phones(10_000..10_010)).ok();
    assert_eq!(told["erased"][0]["persons"], json!({"email": 10, "phone": 10}), "{told}");
    let told = erase(&served, &steward, &hashes(0..60)).ok();
    assert_eq!(told["erased"][0]["persons"], json!({"email": 50, "phone": 50}), "{told}");
    assert_eq!(version(&served, &steward, "billetterie/achats")["rows_max"], 3);
}

#[test]
fn a_version_left_with_few_or_nobody_stays_in_force() {
    let founded = Founded::new();
    let (steward, other) = (founded.token("festival", "steward"), founded.token("billetterie", "steward"));
    let marketer = founded.token("festival", "marketer");
    let served = founded.serve();
    served.upload(&steward, "abonnes", &both(0..30, |person| person + 10_000));
    served.upload(&other, "acheteurs", &both(0..30, |person| person + 10_000));
    let before = version(&served, &steward, "festival/abonnes");
    for (erased, left) in [(0..21, 9), (0..29, 1), (0..30, 0), (0..30, 0)] {
        let told = erase(&served, &steward, &hashes(erased)).ok();
        assert_eq!(told["erased"][0]["left"], json!({"email": left, "phone": left}), "{told}");
        let now = version(&served, &steward, "festival/abonnes");
        assert_eq!(told["erased"][0]["version"], now["number"], "{told}");
        assert_eq!((&now["kinds"], &now["expires"]), (&before["kinds"], &before["expires"]), "{now}");
        // It is asked of as any other, by each kind: what is left is behind the noise.
        for kind in ["email", "phone"] {
            let mut question = question(1_000.0);
            question["match_on"] = kind.into();
            served.post(&marketer, "/api/v1/queries", &question).ok();
        }
    }
    assert_eq!(files(&served.room().join("data/festival")).len(), 1);
    served.end();
    let served = founded.serve();
    // The next upload is as any first one.
    assert_eq!(served.upload(&steward, "abonnes", &stream(0..30))["persons"]["email"], 30);
}

#[test]
fn where_a_list_was_not_searched_for_is_told() {
    let founded = Founded::new();
    let steward = founded.token("etiquette", "steward");
    let served = founded.serve();
    let upload = |audience: &str, profile: &str, list: &[u8]| {
        let list = String::from_utf8(list.to_vec()).unwrap().replace("_google", &format!("_{profile}")).into_bytes();
        let mut declared = declaration(audience, list.len());
        declared["profile"] = profile.into();
        let id = served.post(&steward, "/api/v1/uploads", &declared).ok()["id"].as_str().unwrap().to_owned();
        served.send(&steward, &id, 0, &list).unwrap().ok();
        served.complete(&steward, &id, list.len()).ok();
    };
    assert_eq!(erase(&served, &steward, &hashes(0..1)).ok()["not_searched"], json!([]), "nothing is held");
    upload("infolettre", "google", &both(0..100, |person| person + 10_000));
    upload("artistes-vip", "meta", &hashes(0..100));
    let not_searched = |list: &[u8]| erase(&served, &steward, list).ok()["not_searched"].take();
    let vip = json!({"audience": "etiquette/artistes-vip", "profile": "meta", "kinds": ["email"], "why": "profile"});
    let newsletter =
        |kind: &str| json!({"audience": "etiquette/infolettre", "profile": "google", "kinds": [kind], "why": "kind"});
    assert_eq!(not_searched(&hashes(500..501)), json!([vip, newsletter("phone")]));
    assert_eq!(not_searched(&phones(500..501)), json!([vip, newsletter("email")]));
    assert_eq!(not_searched(&both(500..501, |person| person)), json!([vip]));
    let meta = String::from_utf8(hashes(0..1)).unwrap().replace("_google", "_meta");
    let told = erase(&served, &steward, meta.as_bytes()).ok();
    assert_eq!(told["erased"][0]["persons"], json!({"email": 1}), "{told}");
    let unsearched = json!([{"audience": "etiquette/infolettre", "profile": "google", "kinds": ["email", "phone"], "why": "profile"}]);
    assert_eq!(told["not_searched"], unsearched);

    // The command says so in words, and never that nobody is there.
    let run = |list: &[u8], language: &str| {
        let file = founded.folder.path().join("list.csv");
        std::fs::write(&file, list).unwrap();
        let mut command = founded.command(&steward, &served.url);
        let said = command.args(["--lang", language, "erase"]).arg(&file).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap()
    };
    let english = run(&hashes(500..501), "en");
    assert!(english.contains("camerata hash --profile meta") && english.contains("by phone"), "{english}");
    assert!(!english.contains("is in your audiences"), "{english}");
    let french = run(&hashes(500..501), "fr");
    assert!(french.contains("camerata hash --profile meta") && french.contains("par téléphone"), "{french}");
    assert!(!french.contains("est dans vos auditoires"), "{french}");
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
    let unsearched =
        json!([{"audience": "festival/abonnes", "profile": "google", "kinds": ["email"], "why": "profile"}]);
    assert_eq!((&told["erased"], &told["not_searched"]), (&json!([]), &unsearched));
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
