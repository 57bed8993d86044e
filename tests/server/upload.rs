//! Uploads: resumable, streaming, refused where they must be, and never half in force.

use super::support::*;
use serde_json::json;
use std::io::Write;

fn room() -> (Served, String) {
    let founded = Founded::new();
    let steward = founded.token("festival", "steward");
    (founded.serve(), steward)
}

#[test]
fn a_stream_cut_anywhere_resumes_where_whole_lines_end() {
    let (served, steward) = room();
    let stream = stream(0..500);
    let id = served.open(&steward, "abonnes", stream.len());
    let (mut offset, mut piece) = (0usize, 1usize);
    while offset < stream.len() {
        let end = (offset + piece).min(stream.len());
        let status = served.send(&steward, &id, offset as u64, &stream[offset..end]).unwrap().ok();
        let reached = usize::try_from(status["offset"].as_u64().unwrap()).unwrap();
        assert!(reached >= offset && reached <= end);
        assert!(reached == 0 || stream[reached - 1] == b'\n', "the room takes whole lines");
        piece = if reached == offset { piece * 2 } else { piece + 37 };
        offset = reached;
    }
    let outcome = served.complete(&steward, &id, stream.len()).ok();
    assert_eq!((&outcome["rows_taken"], &outcome["persons"]["email"]), (&json!(500), &json!(500)));
    // Asking again for what is done gives the same outcome.
    assert_eq!(served.complete(&steward, &id, stream.len()).ok(), outcome);
}

#[test]
fn a_connection_that_breaks_keeps_what_came() {
    let (served, steward) = room();
    let stream = stream(0..2_000);
    let id = served.open(&steward, "abonnes", stream.len());
    let mut socket = std::net::TcpStream::connect(served.url.trim_start_matches("http://")).unwrap();
    write!(
        socket,
        "PATCH /api/v1/uploads/{id} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {steward}\r\nupload-offset: 0\r\ncontent-length: {}\r\n\r\n",
        stream.len()
    )
    .unwrap();
    socket.write_all(&stream[..stream.len() / 2]).unwrap();
    drop(socket);
    // The room answers once the broken connection is at rest.
    let mut offset = 0;
    for _ in 0..100 {
        offset = served.get(&steward, &format!("/api/v1/uploads/{id}")).ok()["offset"].as_u64().unwrap();
        if offset > 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(offset > 0 && offset <= stream.len() as u64 / 2, "{offset}");
    let wrong = served.send(&steward, &id, 0, &stream).unwrap().problem(409, "offset");
    assert_eq!(wrong["offset"], offset);
    served.complete(&steward, &id, stream.len()).problem(409, "truncated");
    served.send(&steward, &id, offset, &stream[usize::try_from(offset).unwrap()..]).unwrap().ok();
    assert_eq!(served.complete(&steward, &id, stream.len()).ok()["persons"]["email"], 2_000);
}

#[test]
fn each_bad_row_is_counted_by_reason_and_line_and_never_repeated() {
    let (served, steward) = room();
    let mut cells: Vec<String> = (0..20).map(|person| hash(&email(person))).collect();
    cells.push(email(77));
    cells.push("+1 514 555 0123".into());
    cells.push("deadbeef".into());
    cells.push("x".repeat(1 << 20));
    cells.push("a,b".into());
    cells.push(hash(&email(3)).to_uppercase());
    let stream = stream_of(cells);
    let id = served.open(&steward, "abonnes", stream.len());
    let sent = served.send(&steward, &id, 0, &stream).unwrap();
    assert!(!sent.body.contains(&email(77)) && !sent.body.contains("555"), "{}", sent.body);
    sent.ok();
    let outcome = served.complete(&steward, &id, stream.len()).ok();
    assert_eq!((&outcome["rows_taken"], &outcome["rows_rejected"]), (&json!(21), &json!(5)), "{outcome}");
    assert_eq!((&outcome["persons"]["email"], &outcome["duplicates"]["email"]), (&json!(20), &json!(1)));
    assert_eq!(outcome["first_lines"]["raw_identifier"], json!([22, 23]), "{outcome}");
    assert_eq!(outcome["first_lines"]["line_too_long"], json!([25]), "{outcome}");
    assert_eq!(outcome["first_lines"]["field_count"], json!([26]), "{outcome}");
}

#[test]
fn a_million_duplicates_are_one_person_and_too_few() {
    let (served, steward) = room();
    let one = hash(&email(1));
    let stream = stream_of(std::iter::repeat_n(one, 1_000_000));
    let id = served.open(&steward, "abonnes", stream.len());
    served.send(&steward, &id, 0, &stream).unwrap().ok();
    let problem = served.complete(&steward, &id, stream.len()).problem(422, "too-few-people");
    assert_eq!((&problem["people_min"], &problem["kind"]), (&json!(10), &json!(null)));
    assert_eq!(files(&served.room().join("data")).len(), 0);
}

/// What completing a list comes to: so many e-mails, and so many phones of the same people, under this header.
fn completed(served: &Served, steward: &str, header: &str, emails: u32, phones: u32) -> Reply {
    let mut stream = format!("{header}\n").into_bytes();
    for person in 0..emails.max(phones) {
        let cell = |among: bool, n: u32| if among { hash(&email(n)) } else { String::new() };
        let mut cells = vec![cell(person < emails, person)];
        if header.contains(',') {
            cells.push(cell(person < phones, person + 1_000_000));
        }
        stream.extend_from_slice(format!("{}\n", cells.join(",")).as_bytes());
    }
    let id = served.open(steward, "abonnes", stream.len());
    served.send(steward, &id, 0, &stream).unwrap().ok();
    served.complete(steward, &id, stream.len())
}

#[test]
fn kinds_are_what_the_header_declares_and_each_has_the_minimum_or_the_upload_is_refused() {
    let (served, steward) = room();
    let kinds = |token: &str| {
        let audiences = served.get(token, "/api/v1/audiences").ok();
        let all = audiences["audiences"].as_array().unwrap();
        all.iter().find(|one| one["audience"] == "festival/abonnes").unwrap()["version"]["kinds"].clone()
    };
    let (both, one) = ("hashed_email_google,hashed_phone_google", "hashed_email_google");
    // One phone among 150 addresses would be an audience of one person.
    for phones in [0, 1, 9] {
        let problem = completed(&served, &steward, both, 150, phones).problem(422, "too-few-people");
        assert_eq!((&problem["kind"], &problem["people_min"]), (&json!("phone"), &json!(10)), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains("leave that column out"), "{problem}");
        assert_eq!(kinds(&steward), json!(null), "{phones}: nothing is in force");
        assert_eq!(files(&served.room().join("data")).len(), 0, "{phones}");
    }
    let problem = completed(&served, &steward, both, 9, 150).problem(422, "too-few-people");
    assert_eq!(problem["kind"], "email", "{problem}");
    let problem = completed(&served, &steward, both, 9, 9).problem(422, "too-few-people");
    assert_eq!(problem["kind"], json!(null), "the list as a whole: {problem}");
    completed(&served, &steward, one, 150, 0).ok();
    assert_eq!(kinds(&steward), json!(["email"]));
    let outcome = completed(&served, &steward, both, 150, 10).ok();
    assert_eq!(outcome["persons"], json!({"email": 150, "phone": 10}));
    assert_eq!(kinds(&steward), json!(["email", "phone"]));
}

#[test]
fn rows_above_the_limit_are_left_out_and_only_the_owner_is_told() {
    let founded = Founded::with(&[("people_min = 100", "people_min = 10"), ("rows_max = 500", "rows_max = 40")]);
    let steward = founded.token("billetterie", "steward");
    let others: Vec<String> = [("billetterie", "marketer"), ("festival", "steward"), ("festival", "officer")]
        .map(|(member, role)| founded.token(member, role))
        .into();
    let served = founded.serve();
    // 30 people with a row each, one with 40, and the target 70,001 times.
    let people = (0..30).chain(std::iter::repeat_n(30, 40)).chain(std::iter::repeat_n(31, 70_001));
    let stream = stream_of(people.map(|person| hash(&email(person))));
    let mut declared = declaration("achats", stream.len());
    declared["shape"] = "events".into();
    let id = served.post(&steward, "/api/v1/uploads", &declared).ok()["id"].as_str().unwrap().to_owned();
    served.send(&steward, &id, 0, &stream).unwrap().ok();
    let outcome = served.complete(&steward, &id, stream.len()).ok();
    assert_eq!(outcome["left_out"], json!({"email": {"persons": 1, "rows": 69_961}}), "{outcome}");
    assert_eq!((&outcome["rows_taken"], &outcome["rows_max"]), (&json!(70_071), &json!(40)));
    let path = format!("/api/v1/uploads/{id}");
    assert_eq!(served.get(&steward, &path).ok()["outcome"]["left_out"], outcome["left_out"]);
    let mut told = String::new();
    for other in &others {
        assert_ne!(served.get(other, &path).status, 200);
        for path in ["/api/v1/audiences", "/api/v1/audit/entries", "/api/v1/register", "/api/v1/me"] {
            told += &served.get(other, path).body;
        }
    }
    told += &served.get(&steward, "/api/v1/audit/entries").body;
    told += &served.log.lock().unwrap();
    for figure in ["69961", "69,961", "70001", "70071", "left_out"] {
        assert!(!told.contains(figure), "{figure}");
    }
    assert!(told.contains("\"rows_max\":40"), "the limit is public");
}

#[test]
fn columns_are_typed_by_the_vocabulary() {
    let (served, steward) = room();
    let mut stream = b"hashed_email_google,genre,region\n".to_vec();
    for person in 0..50 {
        let genre = ["Jazz", " jazz ", "\"jazz\"", "pas un genre"][person % 4];
        stream.extend_from_slice(format!("{},{genre},\n", hash(&email(u32::try_from(person).unwrap()))).as_bytes());
    }
    let mut declared = declaration("abonnes", stream.len());
    declared["columns"] = json!(["genre", "region"]);
    let id = served.post(&steward, "/api/v1/uploads", &declared).ok()["id"].as_str().unwrap().to_owned();
    served.send(&steward, &id, 0, &stream).unwrap().ok();
    let outcome = served.complete(&steward, &id, stream.len()).ok();
    assert_eq!((&outcome["rows_taken"], &outcome["rows_rejected"]), (&json!(50), &json!(0)));
    assert_eq!(outcome["rejected"], json!({"value_unknown": 12}), "an unknown value is stored as empty and reported");
}

#[test]
fn headers_that_do_not_fit_are_refused_without_being_repeated() {
    let (served, steward) = room();
    for (header, words) in [
        ("hashed_email_meta", "profile `meta`"),
        ("secret.person@example.com", "looks like a raw"),
        ("5145550123", "looks like a raw"),
        ("surprise", "column 1"),
        ("hashed_email_google,hashed_email_google", "column 2"),
        ("", "column 1"),
    ] {
        let stream = format!("{header}\n{}\n", hash(&email(1)));
        let id = served.open(&steward, "abonnes", stream.len());
        let problem = served.send(&steward, &id, 0, stream.as_bytes()).unwrap().problem(422, "upload-refused");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{header}: {detail}");
        assert!(!detail.contains("secret") && !detail.contains("surprise"), "{detail}");
    }
    let id = served.open(&steward, "abonnes", 0);
    served.complete(&steward, &id, 0).problem(422, "upload-refused");
}

#[test]
fn a_declaration_that_breaks_a_rule_is_refused() {
    let (served, steward) = room();
    let refused = |change: &dyn Fn(&mut serde_json::Value), words: &str| {
        let mut declared = declaration("abonnes", 10);
        change(&mut declared);
        let reply = served.post(&steward, "/api/v1/uploads", &declared);
        assert_eq!(reply.status, 422, "{}", reply.body);
        assert!(reply.body.contains(words), "{words}: {}", reply.body);
    };
    refused(&|d| d["audience"] = "inconnu".into(), "not declared in members.toml");
    refused(&|d| d["shape"] = "events".into(), "declared as list");
    refused(&|d| d["columns"] = json!(["salaire"]), "salaire");
    refused(&|d| d["purposes"] = json!([]), "at least one purpose");
    refused(&|d| d["purposes"] = json!(["espionnage"]), "not a purpose");
    refused(&|d| d["legal_basis"] = " ".into(), "legal basis");
    refused(&|d| d["expires"] = "2020-01-01".into(), "expiry");
    refused(&|d| d["profile"] = "other".into(), "");
    refused(&|d| d["surprise"] = 1.into(), "surprise");
}

#[test]
fn a_full_disk_is_said_and_the_upload_goes_on_later() {
    let founded = Founded::new();
    let steward = founded.token("festival", "steward");
    // A limit on file size stands for a full disk: the same write fails, with the same consequences.
    let script =
        format!("trap '' XFSZ; ulimit -f 1200; exec {CAMERATA} serve --port 0 --room {}", founded.room().display());
    let mut command = std::process::Command::new("bash");
    command.args(["-c", &script]);
    let served = Served::start(&founded, command);
    let stream = stream(0..200_000);
    let id = served.open(&steward, "abonnes", stream.len());
    let full = served.send(&steward, &id, 0, &stream).unwrap();
    full.problem(507, "disk-full");
    drop(served);
    let served = founded.serve();
    let offset = served.get(&steward, &format!("/api/v1/uploads/{id}")).ok()["offset"].as_u64().unwrap();
    served.send(&steward, &id, offset, &stream[usize::try_from(offset).unwrap()..]).unwrap().ok();
    assert_eq!(served.complete(&steward, &id, stream.len()).ok()["persons"]["email"], 200_000);
}

#[test]
fn an_upload_given_up_leaves_nothing() {
    let (served, steward) = room();
    let stream = stream(0..100);
    let id = served.open(&steward, "abonnes", stream.len());
    served.send(&steward, &id, 0, &stream).unwrap().ok();
    let path = format!("/api/v1/uploads/{id}");
    assert_eq!(served.call("DELETE", &steward, &path, &[], b"").unwrap().status, 204);
    served.send(&steward, &id, 0, &stream).unwrap().problem(409, "closed");
    assert_eq!(files(&served.room().join("staging")).len() + files(&served.room().join("keys/versions")).len(), 0);
}
