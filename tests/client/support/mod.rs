//! A listener that answers like a room, for what only shows on a wire: connections that break, refuse or contradict.
//! Everything else is tested against the real room, in `tests/server`.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Command, Output},
    sync::{Arc, Mutex},
    thread,
};

/// A request as it came over the wire.
pub struct Request<'a> {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    /// What follows the headers, read as the handler wishes.
    pub body: &'a mut dyn Read,
}

impl Request<'_> {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn read(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.body.read_to_end(&mut bytes).unwrap();
        bytes
    }
}

/// A status and a JSON body.
pub type Response = (u16, serde_json::Value);

/// A listener on this machine, for as long as the test runs.
pub struct Wire {
    pub url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Wire {
    /// Answers each request with what `handler` returns; breaks the connection where that is nothing.
    pub fn start(mut handler: impl FnMut(&mut Request<'_>) -> Option<Response> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &mut handler, &log);
            }
        });
        Self { url, seen }
    }

    /// The requests so far: `PATCH /api/v1/uploads/u-1`.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, handler: &mut dyn FnMut(&mut Request<'_>) -> Option<Response>, log: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && reader.read_until(b'\n', &mut head).unwrap_or(0) > 0 {}
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, path) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    assert!(!headers.contains_key("transfer-encoding"), "bodies tell their length");
    let watched = path == "/api/v1/audit/checkpoint";
    if !watched {
        log.lock().unwrap().push(format!("{method} {path}"));
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = reader.take(length);
    // A room without a log, which every command asks for first.
    let answer = if watched {
        Some((404, serde_json::json!({ "status": 404 })))
    } else {
        handler(&mut Request { method, path, headers, body: &mut body })
    };
    if let Some((status, json)) = answer {
        let text = json.to_string();
        let location = json["location"].as_str().map_or(String::new(), |to| format!("Location: {to}\r\n"));
        let answer = format!(
            "HTTP/1.1 {status} X\r\n{location}Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
            text.len()
        );
        // The program may have had enough already.
        let _ = (&stream).write_all(answer.as_bytes());
    }
}

/// The program, with none of the environment that the person running the tests may have.
pub fn camerata(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_camerata"));
    for variable in [
        "CAMERATA_URL",
        "CAMERATA_TOKEN",
        "CAMERATA_TOKEN_FILE",
        "CAMERATA_LANG",
        "CAMERATA_LOG",
        "LC_ALL",
        "LANG",
        "NO_COLOR",
    ] {
        command.env_remove(variable);
    }
    command.env("CAMERATA_STATE", std::env::temp_dir().join(format!("camerata-test-state-{}", std::process::id())));
    command.args(arguments);
    command
}

/// Exit status, stdout and stderr in one text.
pub fn shown(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!(
        "exit {}\n--- stdout\n{}--- stderr\n{}",
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr)
    )
}
