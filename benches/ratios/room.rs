//! A real room in a folder, served by the real program, spoken to over HTTP.

use crate::{
    CAMERATA,
    duck::{self, Job},
    exports::{Export, List},
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The first query's margin; each further one asks for a narrower one, because a repeat would be answered without counting.
const MARGIN_FIRST: u64 = 400;
const MARGIN_STEP: u64 = 2;

pub struct Room {
    folder: PathBuf,
    served: Served,
    stewards: [String; 2],
    marketer: String,
    margin: u64,
    agent: ureq::Agent,
}

/// A released overlap.
pub struct Answer {
    /// From the first byte sent to the last received; the tick of answers is a millisecond here.
    pub seconds: f64,
    pub value: u64,
    pub margin: u64,
    /// The most memory the room's process had meanwhile.
    pub peak_mib: Option<f64>,
}

struct Served {
    child: Child,
    url: String,
}

impl Room {
    /// Founds a room under `folder` and serves it. But for the tick of answers, which would only add its length to every
    /// query, it is as `camerata init` makes it.
    pub fn found(folder: &Path) -> Self {
        let folder = folder.join("room");
        camerata(&["init", path(&folder)]);
        let privacy = folder.join("policies/privacy.toml");
        let text = fs::read_to_string(&privacy).unwrap();
        assert!(text.contains("answer_tick_ms = 250"), "privacy.toml no longer has its tick");
        fs::write(&privacy, text.replace("answer_tick_ms = 250", "answer_tick_ms = 1")).unwrap();
        let token = |member: &str, role: &str| {
            camerata(&["token", "--member", member, "--user", "bench", "--role", role, "--room", path(&folder)])
        };
        Self {
            stewards: List::ALL.map(|list| token(list.member(), "steward")),
            marketer: token(List::Subscribers.member(), "marketer"),
            served: Served::start(&folder),
            margin: MARGIN_FIRST,
            agent: ureq::Agent::new_with_defaults(),
            folder,
        }
    }

    pub fn restart(&mut self) {
        self.served.stop();
        self.served = Served::start(&self.folder);
    }

    /// Seconds that `camerata upload` takes, until the version is in force.
    pub fn upload(&self, export: &Export) -> f64 {
        let mut command = Command::new(CAMERATA);
        command.args(["upload", path(&export.hashed), "--audience", export.list.audience()]);
        command.args(["--purpose", "planification", "--legal-basis", "bench", "--collected", "2026-01-15"]);
        command.args(["--expires", "2099-01-01", "--json", "--room-url", &self.served.url]);
        command.env("CAMERATA_TOKEN", &self.stewards[export.list as usize]);
        let since = Instant::now();
        let ended = command.output().unwrap();
        let seconds = since.elapsed().as_secs_f64();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        let receipt: Value = serde_json::from_slice(&ended.stdout).unwrap();
        assert_eq!(receipt["rows_rejected"], 0, "every row is taken");
        seconds
    }

    /// Copies the version in force to a plain file with the same rows.
    pub fn copy_plain(&self, list: List, folder: &Path) -> PathBuf {
        let data = self.folder.join("data").join(list.member());
        let versions: Vec<PathBuf> = fs::read_dir(data).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(versions.len(), 1, "older versions are destroyed");
        let upload = versions[0].file_stem().unwrap().to_str().unwrap();
        let key = fs::read_to_string(self.folder.join(format!("keys/versions/{upload}.key"))).unwrap();
        let plain = folder.join(format!("{}-plain.db", list.audience()));
        duck::run(&Job::Copy { from: &versions[0], key: key.trim(), to: &plain });
        plain
    }

    /// Asks for the overlap of the two lists; no two queries are the same.
    pub fn overlap(&mut self) -> Answer {
        self.margin -= MARGIN_STEP;
        let [a, b] = List::ALL.map(|list| format!("{}/{}", list.member(), list.audience()));
        let question = json!({
            "template": "overlap", "purpose": "planification", "margin": self.margin, "audiences": {"a": a, "b": b},
        });
        let process = self.served.child.id().to_string();
        let from_anew = duck::forget_peak(&process);
        let request = self.agent.post(format!("{}/api/v1/queries", self.served.url));
        let request = request.header("authorization", format!("Bearer {}", self.marketer));
        let since = Instant::now();
        let mut reply = request.send_json(&question).unwrap();
        let answer: Value = reply.body_mut().read_json().unwrap();
        let seconds = since.elapsed().as_secs_f64();
        assert_eq!(answer["replay"], false, "every query is counted: {answer}");
        let value = answer["value"].as_i64().unwrap_or_else(|| panic!("no value: {answer}"));
        let peak_mib = if from_anew { duck::peak_mib(&process) } else { None };
        Answer { seconds, value: value.try_into().unwrap(), margin: self.margin, peak_mib }
    }
}

impl Served {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(CAMERATA);
        command.args(["--lang", "en", "serve", "--port", "0", "--room", path(folder)]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("the room starts").unwrap();
            if let Some(at) = line.find("http://127.0.0.1:") {
                break line[at..].trim().to_owned();
            }
            eprintln!("{line}");
        };
        // Whatever it still says is passed on; a full pipe would stop it.
        thread::spawn(move || lines.map_while(Result::ok).for_each(|line| eprintln!("{line}")));
        Self { child, url }
    }

    /// Ends the process as a crash would; the room is made for that.
    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        thread::sleep(Duration::from_millis(100));
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop();
    }
}

fn camerata(arguments: &[&str]) -> String {
    let ended = Command::new(CAMERATA).args(arguments).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).unwrap().trim().to_owned()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
