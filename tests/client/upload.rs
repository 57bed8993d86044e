//! Uploads over connections that break, and rooms that contradict.

use crate::support::{Request, Response, Wire};
use camerata::{
    cli::{
        connection::{Address, Connection, ConnectionError, Token},
        upload::transfer::{Progress, Receipt, Stream, Transfer, TransferError},
    },
    model::Language,
};
use serde_json::json;
use std::{
    collections::VecDeque,
    io::{self, Read},
    sync::{Arc, Mutex},
    time::Duration,
};

/// What a room holds of one upload: whole records only, as the contract says.
#[derive(Default)]
struct Held {
    bytes: Vec<u8>,
    /// After how many bytes of each coming part the connection breaks.
    breaks: VecDeque<usize>,
    /// Forget this many of the bytes held, once, without a word.
    forgets: usize,
}

impl Held {
    fn take(&mut self, part: &[u8]) {
        let whole = part.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        self.bytes.extend(&part[..whole]);
    }

    fn answer(&mut self, request: &mut Request<'_>) -> Option<Response> {
        assert_eq!(request.header("authorization"), "Bearer cam_test");
        if request.method == "PATCH" {
            if request.header("upload-offset") != self.bytes.len().to_string() {
                return Some((409, json!({"title": "Ailleurs", "status": 409, "offset": self.bytes.len()})));
            }
            if let Some(bytes) = self.breaks.pop_front() {
                let mut part = vec![0; bytes];
                request.body.read_exact(&mut part).unwrap();
                self.take(&part);
                return None;
            }
            let part = request.read();
            self.take(&part);
            let state =
                json!({"id": "u-1", "state": "open", "offset": self.bytes.len(), "rows_taken": 1, "rows_rejected": 0});
            self.bytes.truncate(self.bytes.len() - std::mem::take(&mut self.forgets));
            return Some((200, state));
        }
        if request.path.ends_with("/complete") {
            let bytes: serde_json::Value = serde_json::from_slice(&request.read()).unwrap();
            assert_eq!(bytes, json!({"bytes": self.bytes.len()}));
            return Some((200, json!({"audience": "m/x", "version": 1, "rows_taken": 3, "rows_rejected": 0})));
        }
        Some((200, json!({"id": "u-1", "state": "open", "offset": self.bytes.len()})))
    }
}

fn room(held: Held) -> (Wire, Arc<Mutex<Held>>) {
    let held = Arc::new(Mutex::new(held));
    let inner = Arc::clone(&held);
    (Wire::start(move |request| inner.lock().unwrap().answer(request)), held)
}

fn connection(url: &str) -> Connection {
    Connection::new(Address::parse(url, false).unwrap(), Token::parse("cam_test"), Language::En)
}

/// A file of records of uneven length, 300 kB.
fn file() -> Vec<u8> {
    (0..10_000).flat_map(|row| format!("{row},{}\n", "x".repeat(row % 53)).into_bytes()).collect()
}

/// Sends a file in parts of 100 kB; returns the outcome and the pauses that were made.
fn send(wire: &Wire, file: &[u8], offset: u64) -> (Result<u64, TransferError>, Vec<Duration>) {
    let connection = connection(&wire.url);
    let pauses = Mutex::new(Vec::new());
    let pause = |wait: Duration| pauses.lock().unwrap().push(wait);
    let furthest = Mutex::new(0_u64);
    let progress = |at: Progress| *furthest.lock().unwrap() = at.bytes;
    let transfer = Transfer { connection: &connection, id: "u-1", progress: &progress, pause: &pause };
    let reader_at = |offset: u64| -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(file.get(usize::try_from(offset).unwrap()..).unwrap_or_default()))
    };
    let sent = transfer.send(&Stream { part_bytes: 100_000, reader_at: &reader_at }, offset);
    let sent = sent.inspect(|bytes| {
        assert_eq!(*furthest.lock().unwrap(), *bytes);
        let receipt: Receipt = transfer.complete(*bytes).unwrap();
        assert_eq!(receipt.rows_taken, 3);
    });
    (sent, pauses.into_inner().unwrap())
}

#[test]
fn a_file_arrives_whole_though_parts_end_within_records() {
    let (file, (wire, held)) = (file(), room(Held::default()));
    let (sent, pauses) = send(&wire, &file, 0);
    assert_eq!(sent.unwrap(), file.len() as u64);
    assert!(held.lock().unwrap().bytes == file, "another file arrived");
    assert_eq!(pauses, [] as [Duration; 0]);
    assert!(wire.seen().iter().filter(|request| request.starts_with("PATCH")).count() > 2, "{:?}", wire.seen());
}

#[test]
fn a_broken_connection_goes_on_where_the_room_stands() {
    let breaks = VecDeque::from([70_001, 0, 99_999, 12]);
    let (file, (wire, held)) = (file(), room(Held { breaks, ..Held::default() }));
    let (sent, pauses) = send(&wire, &file, 0);
    assert_eq!(sent.unwrap(), file.len() as u64);
    assert!(held.lock().unwrap().bytes == file, "another file arrived");
    assert_eq!(pauses.len(), 4);
    assert!(wire.seen().contains(&"GET /api/v1/uploads/u-1".to_owned()));
}

#[test]
fn a_room_that_stands_elsewhere_is_believed() {
    let file = file();
    let line = file.iter().position(|b| *b == b'\n').unwrap() + 1;
    let (wire, held) = room(Held { bytes: file[..line].to_vec(), forgets: 0, ..Held::default() });
    let (sent, _) = send(&wire, &file, 0);
    assert_eq!(sent.unwrap(), file.len() as u64);
    assert!(held.lock().unwrap().bytes == file, "another file arrived");
    assert_eq!(wire.seen().first().map(String::as_str), Some("PATCH /api/v1/uploads/u-1"));
}

#[test]
fn a_room_that_forgot_gets_it_again() {
    let file = file();
    let lines: Vec<usize> = (0..100_000).filter(|at| file[*at] == b'\n').map(|at| at + 1).collect();
    let forgets = lines[lines.len() - 1] - lines[10];
    let (wire, held) = room(Held { forgets, ..Held::default() });
    assert_eq!(send(&wire, &file, 0).0.unwrap(), file.len() as u64);
    assert!(held.lock().unwrap().bytes == file, "another file arrived");
}

#[test]
fn a_connection_that_always_breaks_is_given_up() {
    let (wire, _) = room(Held { breaks: VecDeque::from(vec![0; 1000]), ..Held::default() });
    let (sent, pauses) = send(&wire, &file(), 0);
    let error = sent.unwrap_err();
    assert!(matches!(&error, TransferError::Room(ConnectionError::Broken { .. })), "{error:?}");
    assert_eq!(wire.seen().iter().filter(|request| request.starts_with("PATCH")).count(), 8);
    assert_eq!(pauses.len(), 7);
    assert!(pauses.is_sorted(), "{pauses:?}");
}

#[test]
fn another_file_is_not_mixed_in() {
    let file = file();
    let (wire, _) = room(Held { bytes: file[..5].to_vec(), ..Held::default() });
    let (sent, _) = send(&wire, &file, 5);
    assert!(matches!(sent.unwrap_err(), TransferError::DifferentFile { offset: 5 }));
    assert_eq!(wire.seen(), Vec::<String>::new());
}

#[test]
fn a_record_without_an_end_is_told_not_sent_for_ever() {
    let mut file = file();
    file.pop();
    let (wire, _) = room(Held::default());
    let (sent, _) = send(&wire, &file, 0);
    assert!(matches!(sent.unwrap_err(), TransferError::Stuck { .. }));
}

#[test]
fn a_refusal_is_not_tried_again() {
    let wire = Wire::start(|request| {
        request.read();
        Some((413, json!({"title": "Trop grand", "status": 413})))
    });
    let (sent, pauses) = send(&wire, &file(), 0);
    let error = sent.unwrap_err();
    assert!(
        matches!(&error, TransferError::Room(ConnectionError::Problem(problem)) if problem.status == 413),
        "{error:?}"
    );
    assert_eq!((wire.seen().len(), pauses.len()), (1, 0));
}
