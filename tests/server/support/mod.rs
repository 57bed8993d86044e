//! A room of one's own for a test: founded, served by the real program, and spoken to over HTTP.

mod authenticator;
mod browser;
mod directory;
mod draws;
mod keyboard;
mod mail;
mod openid;
mod people;
mod persons;
mod postgres;
mod recorder;

pub use authenticator::Authenticator;
pub use browser::{Browser, Ways, free_port};
pub use directory::{Directory, Tab};
pub use draws::{Draws, rounds};
pub use mail::{MailServer, secret_of};
pub use openid::cache;
pub use people::{email, hash, stream, stream_of};
pub use persons::{OTHER, PASSWORD, Person, code, code_in, cookie};
pub use postgres::Postgres;
pub use recorder::Recorder;

use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

pub const CAMERATA: &str = env!("CARGO_BIN_EXE_camerata");

/// Where people reach a room that is served.
pub const PUBLIC_URL: &str = "http://localhost:8100";

/// An answer of the room.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub body: String,
    pub bytes: Vec<u8>,
    pub headers: ureq::http::HeaderMap,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.body))
    }

    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.body);
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    #[track_caller]
    pub fn problem(self, status: u16, slug: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        let problem = self.json();
        assert_eq!(problem["type"], format!("/problems/{slug}"), "{problem}");
        problem
    }
}

/// Answers that don't wait, audiences of 10 people.
const QUICK: &[(&str, &str)] =
    &[("answer_tick_ms = 250", "answer_tick_ms = 1"), ("people_min = 100", "people_min = 10")];

/// A founded room's folder with its tokens.
pub struct Founded {
    pub folder: tempfile::TempDir,
}

/// A room being served.
pub struct Served {
    pub founded: Arc<Founded>,
    child: Child,
    pub url: String,
    pub log: Arc<Mutex<String>>,
    agent: ureq::Agent,
}

impl Founded {
    /// Founds a room whose answers don't wait and whose smallest audience has 10 people.
    pub fn new() -> Arc<Self> {
        Self::with(QUICK)
    }

    /// Founds a room as [`Founded::new`] does, over a database of the tests' PostgreSQL server.
    pub fn on_server(database: &str) -> Arc<Self> {
        Self::made(QUICK, Some(database))
    }

    /// Founds a room with these changes to its `privacy.toml`.
    pub fn with(changes: &[(&str, &str)]) -> Arc<Self> {
        Self::made(changes, None)
    }

    fn made(changes: &[(&str, &str)], database: Option<&str>) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let room = folder.path().join("room");
        let mut init = Command::new(CAMERATA);
        init.arg("init").arg(&room).stderr(Stdio::null());
        if let Some(url) = database {
            init.env("CAMERATA_DATABASE_URL", url);
        }
        assert!(init.status().unwrap().success());
        let path = room.join("policies/privacy.toml");
        let mut text = fs::read_to_string(&path).unwrap();
        for (from, to) in changes {
            assert!(text.contains(from), "privacy.toml no longer has `{from}`");
            text = text.replace(from, to);
        }
        fs::write(path, text).unwrap();
        Arc::new(Self { folder })
    }

    pub fn room(&self) -> PathBuf {
        self.folder.path().join("room")
    }

    /// A command of the program as a member's user runs it, on a machine that keeps what it saw beside the room.
    pub fn command(&self, token: &str, url: &str) -> Command {
        let mut command = Command::new(CAMERATA);
        command.env("CAMERATA_STATE", self.folder.path().join("state")).env("LC_ALL", "en_CA.UTF-8");
        command.env("CAMERATA_TOKEN", token).env("CAMERATA_URL", url).env_remove("CAMERATA_LANG");
        command.env("CAMERATA_KEYRING", "off");
        command
    }

    pub fn token(&self, member: &str, role: &str) -> String {
        let made = Command::new(CAMERATA)
            .args(["token", "--member", member, "--user", "essai", "--role", role, "--room"])
            .arg(self.room())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    }

    pub fn serve(self: &Arc<Self>) -> Served {
        self.serve_with(&[])
    }

    /// Serves the room with these environment variables.
    pub fn serve_with(self: &Arc<Self>, environment: &[(&str, &str)]) -> Served {
        let mut command = Command::new(CAMERATA);
        command.args(["serve", "--port", "0", "--room"]).arg(self.room()).envs(environment.iter().copied());
        Served::start(self, command)
    }
}

impl Served {
    /// Starts a command that serves the room and waits until it says where.
    pub fn start(founded: &Arc<Founded>, mut command: Command) -> Self {
        // Tests ask faster than people do.
        for often in ["REQUESTS", "SIGNINS", "UPLOADS", "QUESTIONS", "PROOFS", "CONNECTIONS_EACH", "RUNNING_EACH"] {
            let (variable, most) =
                (format!("CAMERATA_{often}_MAX"), if often.ends_with("EACH") { "500" } else { "1000000" });
            if command.get_envs().all(|(set, _)| set != variable.as_str()) {
                command.env(variable, most);
            }
        }
        // Answers leave when they are there: what their time is made of is tested apart.
        if !command.get_envs().any(|(name, _)| name == "CAMERATA_MS_PER_MILLION_ROWS") {
            command.env("CAMERATA_MS_PER_MILLION_ROWS", "1");
        }
        // Under a name, to which passkeys can be bound; and links lead there.
        if !command.get_envs().any(|(name, _)| name == "CAMERATA_PUBLIC_URL") {
            command.env("CAMERATA_PUBLIC_URL", PUBLIC_URL);
        }
        let mut child = command
            .env("CAMERATA_LOG", "debug")
            .env("LC_ALL", "en_CA.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = loop {
            let Some(Ok(line)) = lines.next() else { panic!("the room didn't start: {}", log.lock().unwrap()) };
            log.lock().unwrap().push_str(&(line.clone() + "\n"));
            if line.contains("room is open") || line.contains("salle est ouverte") {
                break line.trim().rsplit(' ').next().unwrap().to_owned();
            }
        };
        let kept = Arc::clone(&log);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // Where a page sends the browser on, that is its answer.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(120)))
            .build();
        Self { founded: Arc::clone(founded), child, url, log, agent: config.into() }
    }

    pub fn room(&self) -> PathBuf {
        self.founded.room()
    }

    pub fn get(&self, token: &str, path: &str) -> Reply {
        self.call("GET", token, path, &[], b"").expect("the room answers")
    }

    pub fn post(&self, token: &str, path: &str, body: &Value) -> Reply {
        self.try_post(token, path, body).expect("the room answers")
    }

    pub fn try_post(&self, token: &str, path: &str, body: &Value) -> Result<Reply, ureq::Error> {
        self.call("POST", token, path, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    pub fn call(
        &self,
        method: &str,
        token: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Reply, ureq::Error> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        if !headers.iter().any(|(name, _)| *name == "accept-language") {
            request = request.header("accept-language", "en");
        }
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = self.agent.run(request.body(body.to_vec()).unwrap())?;
        let headers = response.headers().clone();
        let mut bytes = Vec::new();
        response.body_mut().as_reader().read_to_end(&mut bytes).map_err(ureq::Error::Io)?;
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Reply { status: response.status().as_u16(), body, bytes, headers })
    }

    /// Opens an upload of a list with these purposes and no columns.
    pub fn open(&self, steward: &str, audience: &str, bytes: usize) -> String {
        let opened = self.post(steward, "/api/v1/uploads", &declaration(audience, bytes));
        opened.ok()["id"].as_str().unwrap().to_owned()
    }

    pub fn send(&self, steward: &str, id: &str, offset: u64, bytes: &[u8]) -> Result<Reply, ureq::Error> {
        let path = format!("/api/v1/uploads/{id}");
        self.call("PATCH", steward, &path, &[("upload-offset", &offset.to_string())], bytes)
    }

    pub fn complete(&self, steward: &str, id: &str, bytes: usize) -> Reply {
        self.post(steward, &format!("/api/v1/uploads/{id}/complete"), &json!({ "bytes": bytes }))
    }

    /// Uploads a whole stream as a list and returns the outcome.
    pub fn upload(&self, steward: &str, audience: &str, stream: &[u8]) -> Value {
        let id = self.open(steward, audience, stream.len());
        self.send(steward, &id, 0, stream).unwrap().ok();
        self.complete(steward, &id, stream.len()).ok()
    }

    pub fn ask(&self, marketer: &str, margin: f64) -> Reply {
        self.post(marketer, "/api/v1/queries", &question(margin))
    }

    /// What each account has spent, in 1e-12 rho.
    pub fn spent(&self, marketer: &str) -> Vec<(String, u64, u64)> {
        let budget = self.get(marketer, "/api/v1/budget").ok();
        let line = |a: &Value| {
            (a["account"].as_str().unwrap().to_owned(), a["spent"].as_u64().unwrap(), a["unlocked"].as_u64().unwrap())
        };
        budget["accounts"].as_array().unwrap().iter().map(line).collect()
    }

    pub fn spent_of(&self, marketer: &str, account: &str) -> u64 {
        self.spent(marketer).into_iter().find(|(name, ..)| name == account).expect("the account").1
    }

    /// The process that serves.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// What the process holds in memory, in KiB.
    pub fn memory_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Waits until the room's log says something.
    #[track_caller]
    pub fn told(&self, words: &str) {
        let since = Instant::now();
        while !self.log.lock().unwrap().contains(words) {
            assert!(since.elapsed() < Duration::from_secs(120), "{words}: {}", self.log.lock().unwrap());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for the process to end by itself and says by which signal.
    pub fn ended_by(&mut self) -> Option<i32> {
        use std::os::unix::process::ExitStatusExt;
        let since = Instant::now();
        while since.elapsed() < Duration::from_secs(60) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.signal();
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("the process lives on");
    }

    /// Kills the process as it stands (SIGKILL), from whichever thread.
    pub fn kill(&self) {
        assert!(Command::new("kill").args(["-KILL", &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Asks the process to end, as an operator does, and waits until it has.
    pub fn end(mut self) {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
        self.child.wait().unwrap();
    }

    pub fn stop(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn declaration(audience: &str, bytes: usize) -> Value {
    json!({
        "audience": audience, "shape": "list", "profile": "google", "bytes": bytes, "columns": [],
        "purposes": ["planification"], "legal_basis": "consentement à l'infolettre",
        "collected": "2026-01-15", "expires": "2099-01-01",
    })
}

pub fn question(margin: f64) -> Value {
    json!({
        "template": "overlap", "purpose": "planification", "margin": margin,
        "audiences": {"a": "festival/abonnes", "b": "billetterie/acheteurs"},
    })
}

/// A room with two lists of 3,000 people, 1,500 in common, and the tokens of those who use it.
pub struct Pair {
    pub served: Served,
    pub marketer: String,
    pub steward: String,
}

impl Pair {
    pub fn new() -> Self {
        Self::in_room(&Founded::new())
    }

    pub fn in_room(founded: &Arc<Founded>) -> Self {
        let (steward, other) = (founded.token("festival", "steward"), founded.token("billetterie", "steward"));
        let marketer = founded.token("festival", "marketer");
        let served = founded.serve();
        served.upload(&steward, "abonnes", &stream(0..3_000));
        served.upload(&other, "acheteurs", &stream(1_500..4_500));
        Self { served, marketer, steward }
    }
}

/// Every file under a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
