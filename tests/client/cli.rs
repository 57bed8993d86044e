//! The program as people run it: what it says, where, and how it ends.

use crate::support::{Wire, camerata, shown};
use serde_json::json;
use std::{fs, net::TcpListener};

const ASK: [&str; 10] = [
    "ask",
    "overlap",
    "--a",
    "festival/abonnes",
    "--b",
    "billetterie/acheteurs",
    "--purpose",
    "planification",
    "--margin",
    "100",
];

fn run(url: &str, arguments: &[&str]) -> String {
    let output = camerata(arguments).env("CAMERATA_URL", url).env("CAMERATA_TOKEN", "cam_test").output().unwrap();
    shown(&output).replace(url, "URL")
}

fn answer() -> serde_json::Value {
    json!({"id": 7, "template": "overlap", "purpose": "planification", "margin": 100.0, "released_margin": 100,
        "audiences": {"a": "festival/abonnes", "b": "billetterie/acheteurs"},
        "figures": [{"part": "persons", "unit": "persons", "value": 48_210, "shown": 48_210, "margin": 100, "interval": [48_110, 48_310], "withheld": false}],
        "rho": 192_000_000, "epsilon": 0.0723, "delta": 1e-6, "replay": false, "policy": "abc", "recorded": "2026-11-24T10:00:00Z"})
}

fn estimate() -> serde_json::Value {
    json!({"margin": 100, "sigma": 51.2, "rho": 192_000_000, "epsilon": 0.0723, "delta": 1e-6, "free": false, "affordable": true,
        "accounts": [{"account": "room", "share": 0.0004}, {"account": "asker:festival@billetterie", "share": 0.0079}]})
}

#[test]
fn an_answer_is_data_on_stdout_alone() {
    let wire = Wire::start(|request| {
        assert_eq!(request.header("authorization"), "Bearer cam_test");
        assert_eq!(request.header("accept-language"), "fr");
        let sent: serde_json::Value = serde_json::from_slice(&request.read()).unwrap();
        assert_eq!(sent["margin"], 100);
        Some((200, if request.path.ends_with("estimate") { estimate() } else { answer() }))
    });
    let told = run(&wire.url, &ASK);
    assert!(
        told.starts_with("exit 0\n--- stdout\n≈\u{a0}48\u{202f}210 personnes (±\u{a0}100, 95\u{202f}%)\n"),
        "{told}"
    );
    assert!(told.contains("billetterie, part de festival") && told.contains("0,79\u{202f}%"), "{told}");
    assert!(told.ends_with("--- stderr\n"), "{told}");
    assert_eq!(wire.seen(), ["POST /api/v1/estimate", "POST /api/v1/queries"]);
}

#[test]
fn json_is_what_the_room_sent() {
    let wire = Wire::start(|request| {
        request.read();
        Some((200, answer()))
    });
    let output = camerata(&[&ASK[..], &["--json", "--room-url", wire.url.as_str()]].concat()).output().unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap(), answer());
    assert_eq!(wire.seen(), ["POST /api/v1/queries"]);
}

#[test]
fn problems_are_told_with_what_to_do() {
    let problems = [
        (
            json!({"type": "/problems/refused", "status": 403, "title": "Refusé par les ententes", "reasons": [
            {"audience": "agents/admirateurs", "agreement": "agents-sans-prospection", "title": "Pas de prospection"}]}),
            1,
            "interdit par l’entente «\u{a0}Pas de prospection\u{a0}» (agents-sans-prospection)",
        ),
        (json!({"type": "/problems/unauthorized", "status": 401, "title": "Jeton requis"}), 1, "CAMERATA_TOKEN"),
        (
            json!({"type": "/problems/budget", "status": 409, "title": "Budget insuffisant", "detail": "Attendez."}),
            1,
            "une marge plus large",
        ),
        (
            json!({"type": "/problems/internal", "status": 500, "title": "Erreur interne", "reference": "e-41"}),
            1,
            "Référence\u{a0}: e-41",
        ),
        (
            json!({"type": "/problems/busy", "status": 503, "title": "La salle est occupée"}),
            75,
            "réessayez dans un moment",
        ),
    ];
    for (problem, exit, words) in problems {
        let title = problem["title"].as_str().unwrap().to_owned();
        let wire = Wire::start(move |request| {
            request.read();
            Some((problem["status"].as_u64().unwrap() as u16, problem.clone()))
        });
        let told = run(&wire.url, &ASK);
        assert!(told.starts_with(&format!("exit {exit}\n--- stdout\n--- stderr\nerreur\u{a0}: {title}\n")), "{told}");
        assert!(told.contains(words) && told.contains("conseil\u{a0}: "), "{told}");
    }
}

#[test]
fn a_room_that_isn_t_running_is_said_to_be_so() {
    // Bound, then given up: nobody else answers there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let (french, english) = (run(&url, &["budget"]), run(&url, &["--lang", "en", "budget"]));
    assert!(
        french.starts_with("exit 75\n--- stdout\n--- stderr\nerreur\u{a0}: aucune salle ne répond à URL\n"),
        "{french}"
    );
    assert!(
        english
            .starts_with("exit 75\n--- stdout\n--- stderr\nerror: no room answers at URL\nhint: is the room running?"),
        "{english}"
    );
}

#[test]
fn a_connection_that_breaks_can_be_tried_again() {
    let wire = Wire::start(|_| None);
    let told = run(&wire.url, &["--lang", "en", "budget"]);
    assert!(
        told.starts_with("exit 75\n--- stdout\n--- stderr\nerror: the connection to URL broke\nhint: try again"),
        "{told}"
    );
}

#[test]
fn an_answer_of_another_kind_is_not_shown_as_one() {
    let wire = Wire::start(|_| Some((200, json!({"hello": "world"}))));
    let told = run(&wire.url, &["--lang", "en", "budget"]);
    assert!(
        told.starts_with(
            "exit 1\n--- stdout\n--- stderr\nerror: URL gave an answer that this version doesn't understand\n"
        ),
        "{told}"
    );
}

#[test]
fn a_token_is_never_sent_over_the_open_network() {
    let output = camerata(&["budget", "--room-url", "http://room.example.com", "--lang", "en"])
        .env("CAMERATA_TOKEN", "cam_test")
        .output();
    let told = shown(&output.unwrap());
    assert!(told.starts_with("exit 2\n--- stdout\n--- stderr\nerror: http://room.example.com is plain http"), "{told}");
    assert!(told.contains("--allow-http") && !told.contains("cam_test"), "{told}");
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Wire::start(|_| Some((200, json!({"accounts": []}))));
    let to = format!("{}/api/v1/budget", elsewhere.url);
    let wire = Wire::start(move |_| Some((307, json!({"title": "Moved", "status": 307, "location": to}))));
    assert!(run(&wire.url, &["budget"]).starts_with("exit 1\n"));
    assert_eq!(elsewhere.seen(), Vec::<String>::new());
}

#[test]
fn a_token_may_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, "cam_from_file\n").unwrap();
    let wire = Wire::start(|request| {
        assert_eq!(request.header("authorization"), "Bearer cam_from_file");
        Some((200, json!({"templates": []})))
    });
    let file = file.to_str().unwrap();
    let output = camerata(&["templates", "--room-url", &wire.url, "--token-file", file]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
    fs::write(file, "two words").unwrap();
    let output = camerata(&["templates", "--room-url", &wire.url, "--token-file", file]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", shown(&output));
    assert!(!shown(&output).contains("two words"), "{}", shown(&output));
}

#[test]
fn mistakes_in_the_command_end_with_two() {
    let margin = |margin: &'static str| [&ASK[..9], &[margin]].concat();
    let unnamed = vec!["ask", "overlap", "--purpose", "planification", "--margin", "100"];
    let twice = [&ASK[..], &["--audience", "a=salle/abonnes"]].concat();
    let late = vec![
        "upload",
        "x.csv",
        "--audience",
        "abonnes",
        "--purpose",
        "planification",
        "--legal-basis",
        "x",
        "--collected",
        "2026-11-02",
        "--expires",
        "2026-11-01",
    ];
    let wrong =
        [margin("0"), margin("-1"), margin("NaN"), margin("1e99"), unnamed, twice, late, vec![], vec!["nonsense"]];
    for arguments in wrong {
        let output = camerata(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", shown(&output));
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}: {}", shown(&output));
    }
}

#[test]
fn help_and_completions_go_to_stdout() {
    for arguments in
        [&["--help"][..], &["upload", "--help"], &["--version"], &["completions", "bash"], &["completions", "fish"]]
    {
        let output = camerata(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{arguments:?}: {}", shown(&output));
    }
    let help = String::from_utf8(camerata(&["--help"]).output().unwrap().stdout).unwrap();
    for (variable, _) in camerata::cli::environment::VARIABLES {
        assert!(help.contains(variable), "--help doesn't tell of {variable}");
    }
}
