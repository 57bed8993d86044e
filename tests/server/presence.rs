//! Two rooms that differ by one person, who is then erased: whatever anybody else can read is the same in both.

use super::support::*;
use serde_json::json;
use std::{fs, process::Command, sync::Arc};

/// A room, and a copy of it: the same keys, people and tokens.
struct Twins {
    rooms: [Served; 2],
    owner: String,
    readers: Vec<(String, String)>,
    cookies: Vec<Person>,
}

/// Who reads: every role of another member, the members' host, an officer and a marketer of the owner's, and nobody signed in.
const READERS: [(&str, &str); 6] = [
    ("billetterie", "marketer"),
    ("billetterie", "officer"),
    ("billetterie", "steward"),
    ("cooperative", "host"),
    ("salle", "marketer"),
    ("salle", "officer"),
];

const API: &[&str] = &[
    "/health",
    "/api/v1/me",
    "/api/v1/vocabulary",
    "/api/v1/audiences",
    "/api/v1/templates",
    "/api/v1/templates/log",
    "/api/v1/budget",
    "/api/v1/register",
    "/api/v1/answers",
    "/api/v1/audit/checkpoint",
    "/api/v1/audit/entries",
    "/api/v1/audit/hashes?from=0",
    "/api/v1/policy",
    "/api/v1/policy/log",
    "/api/v1/policy/proposals",
];

const PAGES: &[&str] = &[
    "/",
    "/register",
    "/questions",
    "/questions/overlap",
    "/questions/venn",
    "/answers",
    "/budget",
    "/agreements",
    "/agreements/versions",
    "/proposals",
    "/templates",
    "/log",
    "/audiences",
    "/upload",
    "/erasure",
];

/// What names a moment, a random thing or a hash, made the same: long words with a digit in them, longer ones whatever is in them, and the
/// times of a clock.
fn without_chance(text: &str) -> String {
    let part = |c: char| c.is_ascii_alphanumeric() || "-_+/=.:".contains(c);
    let mut told = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = &rest[..rest.find(|c| !part(c)).unwrap_or(rest.len())];
        if word.is_empty() {
            told.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        rest = &rest[word.len()..];
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let clock = word.contains(':') && digits >= 3 && word.len() <= 8;
        let hour = digits == word.len() && rest.starts_with("\u{a0}h\u{a0}");
        let minute = digits == word.len() && told.ends_with("\u{a0}h\u{a0}");
        let chance = word.len() >= 40 || word.len() >= 20 && digits > 0;
        told.push_str(if chance || clock || hour || minute { "#" } else { word });
    }
    told
}

impl Twins {
    /// Two rooms in which the festival's list is one or the other.
    fn new(lists: [&[u8]; 2]) -> Self {
        let founded = Founded::new();
        let owner = founded.token("festival", "steward");
        let other = founded.token("billetterie", "steward");
        let mut readers: Vec<(String, String)> =
            READERS.iter().map(|(member, role)| (format!("{member} {role}"), founded.token(member, role))).collect();
        readers.push(("nobody".to_owned(), String::new()));
        let served = founded.serve();
        served.upload(&other, "acheteurs", &with_phones(0..50));
        let cookies = vec![
            served.person("billetterie", "noe", &["marketer", "steward", "officer"]),
            served.person("salle", "lea", &["marketer", "officer"]),
        ];
        served.end();
        let folder = tempfile::tempdir().unwrap();
        let copied = Command::new("cp").arg("-a").arg(founded.folder.path().join(".")).arg(folder.path()).status();
        assert!(copied.unwrap().success());
        let twin = Arc::new(Founded { folder });
        let rooms = [founded.serve(), twin.serve()];
        for (room, list) in rooms.iter().zip(lists) {
            let id = room.open(&owner, "abonnes", list.len());
            room.send(&owner, &id, 0, list).unwrap().ok();
            room.complete(&owner, &id, list.len()).ok();
        }
        Self { rooms, owner, readers, cookies }
    }

    fn erase(&self, list: &[u8]) {
        for room in &self.rooms {
            let headers = [("content-type", "text/csv")];
            room.call("POST", &self.owner, "/api/v1/erasures", &headers, list).unwrap().ok();
        }
    }

    /// Everything that others read in a room: where, and what.
    fn read(&self, room: &Served) -> Vec<(String, String)> {
        let mut told = Vec::new();
        let mut tell = |reader: &str, path: &str, reply: Reply| {
            let headers: Vec<&str> = reply.headers.keys().map(|name| name.as_str()).collect();
            // Hashes alone: only how many there are can tell anything.
            let body = match path.contains("/audit/hashes") {
                true => reply.bytes.len().to_string(),
                false => without_chance(&reply.body),
            };
            told.push((format!("{reader} {path}"), format!("{} {headers:?}\n{body}", reply.status)));
        };
        for (reader, token) in &self.readers {
            for path in API {
                tell(reader, path, room.get(token, path));
            }
            // What may be asked, what it costs, and whether it is answered; by every kind. The figures of answers are noise.
            for kind in ["email", "phone"] {
                let mut question = question(1_000.0);
                question["match_on"] = kind.into();
                tell(reader, &format!("estimate by {kind}"), room.post(token, "/api/v1/estimate", &question));
            }
        }
        for person in &self.cookies {
            for path in PAGES {
                let headers = [("cookie", person.cookie.as_str())];
                tell(&person.email, path, room.call("GET", "", path, &headers, b"").unwrap());
            }
        }
        told
    }

    #[track_caller]
    fn look_alike(&self, when: &str) {
        let [one, two] = [&self.rooms[0], &self.rooms[1]].map(|room| self.read(room));
        assert_eq!(one.len(), two.len());
        let differ = one.iter().zip(&two).filter(|(one, two)| one != two);
        let differ: Vec<String> =
            differ.map(|((place, one), (_, two))| format!("{place}: {}", differing(one, two))).collect();
        assert!(differ.is_empty(), "{when}: {}", differ.join("\n"));
        assert!(one.iter().filter(|(_, told)| told.starts_with("200")).count() > 60, "there was something to read");
        assert!(one.iter().any(|(_, told)| told.contains("festival/abonnes")), "the list among it");
    }

    /// The status and kind of what a question comes to, for somebody who may ask it: not its figures.
    fn answered(&self, kind: &str) -> [(u16, serde_json::Value); 2] {
        let (_, marketer) = &self.readers[0];
        [&self.rooms[0], &self.rooms[1]].map(|room| {
            let mut question = question(1_000.0);
            question["match_on"] = kind.into();
            let reply = room.post(marketer, "/api/v1/queries", &question);
            assert_eq!(reply.status, 200, "{}", reply.body);
            let told = reply.json();
            (reply.status, json!([told["type"], told["title"], told["detail"], told["loss"], told["template"]]))
        })
    }
}

/// Where two texts part.
fn differing(one: &str, two: &str) -> String {
    let at = one.bytes().zip(two.bytes()).take_while(|(a, b)| a == b).count();
    let near = |text: &str| {
        String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(200)..(at + 200).min(text.len())]).into_owned()
    };
    format!("{} / {}", near(one), near(two))
}

/// A list of these people with a phone each, beside one that is told.
fn with_phones(people: impl IntoIterator<Item = u32>) -> Vec<u8> {
    let mut list = b"hashed_email_google,hashed_phone_google\n".to_vec();
    for person in people {
        list.extend_from_slice(format!("{},{}\n", hash(&email(person)), hash(&email(person + 10_000))).as_bytes());
    }
    list
}

fn stream_with(people: impl IntoIterator<Item = u32>) -> Vec<u8> {
    stream_of(people.into_iter().map(|person| hash(&email(person))))
}

#[test]
fn the_comparison_sees_what_differs() {
    assert_eq!(without_chance("version 12, 2026-12-01T14:30:00.5Z"), "version 12, #");
    assert_eq!(without_chance("à 14\u{a0}h\u{a0}05 / 14:05"), "à #\u{a0}h\u{a0}# / #");
    assert_ne!(without_chance("\"kinds\":[\"email\"]"), without_chance("\"kinds\":[\"email\",\"phone\"]"));
    assert_eq!(without_chance("sha 0123456789abcdef0123456789abcdef"), "sha #");
    // Rooms that do differ in what is public.
    let twins = Twins::new([&stream(0..10), &with_phones(0..10)]);
    let [one, two] = [&twins.rooms[0], &twins.rooms[1]].map(|room| twins.read(room));
    assert!(one.iter().zip(&two).any(|(one, two)| one != two));
}

#[test]
fn others_see_the_same_whether_somebody_was_there_or_not() {
    // At the minimum of ten: with the person, nine are left; without, ten.
    let twins = Twins::new([&stream(0..10), &stream_with((0..9).chain([42]))]);
    twins.look_alike("before");
    twins.erase(&stream(9..10));
    twins.look_alike("one is erased, or nobody");
    // Nobody is left, or one.
    twins.erase(&stream(0..10));
    twins.look_alike("all are erased, or all but one");
    // Last, since answers that are kept differ by their noise.
    let [one, two] = twins.answered("email");
    assert_eq!(one, two);
    for room in &twins.rooms {
        assert_eq!(fs::read_dir(room.room().join("data/festival")).unwrap().count(), 1, "a version is in force");
    }
}

#[test]
fn others_see_the_same_of_a_list_with_both_identifiers() {
    let twins = Twins::new([&with_phones(0..10), &with_phones((0..9).chain([42]))]);
    twins.look_alike("before");
    let mut list = b"hashed_phone_google\n".to_vec();
    list.extend_from_slice(format!("{}\n", hash(&email(10_009))).as_bytes());
    twins.erase(&list);
    twins.look_alike("by phone");
    twins.erase(&stream(0..10));
    twins.look_alike("by e-mail, and nobody is left in one of them");
    for kind in ["email", "phone"] {
        let [one, two] = twins.answered(kind);
        assert_eq!(one, two, "{kind}");
    }
}
