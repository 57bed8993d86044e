//! A planted person and a planted count appear nowhere outside the encrypted store.

use super::support::*;
use std::fs;

/// The exact overlap: no figure of this size occurs for any other reason.
const OVERLAP: u32 = 13_577;

/// Whether `needle` stands in `text` as a number of its own.
fn has_number(text: &str, needle: &str) -> bool {
    text.match_indices(needle).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + needle.len()..].chars().next();
        !before.is_some_and(|c| c.is_ascii_alphanumeric()) && !after.is_some_and(|c| c.is_ascii_alphanumeric())
    })
}

#[test]
fn the_finder_finds() {
    assert!(has_number("{\"value\":13577,", "13577"));
    assert!(!has_number("a13577b 135770", "13577"));
}

#[test]
fn neither_the_canary_person_nor_the_exact_count_leaves_the_store() {
    let founded = Founded::new();
    let (steward, other) = (founded.token("festival", "steward"), founded.token("billetterie", "steward"));
    let (marketer, officer) = (founded.token("festival", "marketer"), founded.token("festival", "officer"));
    let served = founded.serve();
    let mut told = String::new();
    told += &served.upload(&steward, "abonnes", &stream(0..20_000)).to_string();
    told += &served.upload(&other, "acheteurs", &stream(20_000 - OVERLAP..35_000)).to_string();
    // At this margin the noise hits the exact count by chance less than once in a million.
    for body in [question(1_000_000.0), question(0.0), question(f64::from(OVERLAP) * 1e9)] {
        told += &served.post(&marketer, "/api/v1/queries", &body).body;
        told += &served.post(&marketer, "/api/v1/estimate", &body).body;
    }
    for path in ["audiences", "templates", "answers", "answers/1", "budget", "me", "vocabulary"] {
        for token in [&marketer, &steward, &officer, ""] {
            told += &served.get(token, &format!("/api/v1/{path}")).body;
        }
    }
    told += &served.get("", "/api/openapi.json").body;
    let log = served.log.lock().unwrap().clone();
    let room = served.room();
    drop(served);

    let canary = email(20_000 - 1); // In both lists.
    let hashed = hash(&canary);
    let raw = hex::decode(&hashed).unwrap();
    let mut searched = 0;
    for file in files(&room) {
        let bytes = fs::read(&file).unwrap();
        searched += 1;
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&canary) && !text.to_lowercase().contains(&hashed), "{}", file.display());
        assert!(memchr::memmem::find(&bytes, &raw).is_none(), "{}", file.display());
        if !file.starts_with(room.join("data")) {
            assert!(!has_number(&text, &OVERLAP.to_string()), "{}", file.display());
        }
    }
    assert!(searched > 10);
    for (place, text) in [("responses", &told), ("log", &log)] {
        assert!(!text.contains(&canary) && !text.contains(&hashed), "{place}");
        assert!(!has_number(text, &OVERLAP.to_string()), "{place}: the exact count");
        for token in [&marketer, &steward, &officer] {
            assert!(!text.contains(token.as_str()), "{place}: a token");
        }
    }
    assert!(told.contains("\"withheld\"") && !log.is_empty(), "there was something to search");
}
