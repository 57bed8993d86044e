//! The served OpenAPI document, tried by schemathesis: for everybody who may sign in, requests that fit it and requests that don't. No
//! answer is a failure of the room's, and none has a status that the document doesn't tell of.

use super::support::*;
use std::{
    path::PathBuf,
    process::{Command, Output},
    thread,
};

/// Ends what the requests are made with.
const ENDING: [&str; 3] = ["/api/v1/token", "/api/v1/session", "/api/v1/sessions/{id}"];

/// Where `.ci/prepare test` puts the program.
fn schemathesis() -> PathBuf {
    cache().join("schemathesis/bin/schemathesis")
}

/// What it says of a run, and how many requests that were.
fn run(served: &Served, headers: &[String], examples: u32, seed: u64) -> (Output, u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(schemathesis());
    command.current_dir(folder.path()).args(["run", &format!("{}/api/openapi.json", served.url)]);
    command.args(["--checks", "not_a_server_error,status_code_conformance", "--phases", "coverage,fuzzing"]);
    command.args(["--max-examples", &examples.to_string(), "--seed", &seed.to_string(), "--continue-on-failure"]);
    command.args(["--no-shrink", "--suppress-health-check", "all"]);
    for path in ENDING {
        command.args(["--exclude-path", path]);
    }
    for header in headers {
        command.args(["--header", header]);
    }
    let output = command.output().expect("schemathesis is there: .ci/prepare test");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let requests = said.lines().find_map(|line| {
        line.trim().strip_suffix(" generated").or(line.trim().split_once(" generated,").map(|(n, _)| n))
    });
    (output, requests.and_then(|count| count.parse().ok()).unwrap_or(0))
}

#[test]
fn every_answer_is_one_that_the_document_tells_of() {
    let founded = Founded::new();
    let member = |role: &str| if role == "host" { "cooperative" } else { "festival" };
    let roles = ["marketer", "officer", "steward", "host"];
    let tokens = roles.map(|role| founded.token(member(role), role));
    let served = founded.serve();
    let person = served.person("label", "olive", &["officer", "steward", "marketer"]);
    let mut askers: Vec<Vec<String>> =
        tokens.iter().map(|token| vec![format!("Authorization: Bearer {token}")]).collect();
    askers.push(vec![format!("Cookie: {}", person.cookie), format!("Origin: {}", served.url)]);

    let seed = Draws::logged().below(1 << 31);
    let served = &served;
    let runs: Vec<(Output, u64)> = thread::scope(|scope| {
        let runs: Vec<_> =
            askers.iter().map(|headers| scope.spawn(move || run(served, headers, rounds(15, 100), seed))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let mut requests = 0;
    for (output, count) in runs {
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(count > 100, "{count} requests:\n{said}");
        requests += count;
    }
    eprintln!("{requests} requests");
    assert!(requests >= 10_000, "{requests} requests");
    served.get("", "/health").ok();
}
