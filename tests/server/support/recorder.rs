//! What really goes over the wire: a listener before the room that passes everything on and keeps what was sent to the room.

use super::Served;
use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// A listener before a room.
pub struct Recorder {
    pub url: String,
    sent: Arc<Mutex<Vec<u8>>>,
    /// After how many more bytes connections break, once.
    breaks_after: Arc<AtomicUsize>,
}

impl Recorder {
    pub fn before(served: &Served) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let room = served.url.trim_start_matches("http://").to_owned();
        let sent = Arc::new(Mutex::new(Vec::new()));
        let breaks_after = Arc::new(AtomicUsize::new(usize::MAX));
        let (kept, breaks) = (Arc::clone(&sent), Arc::clone(&breaks_after));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(room) = TcpStream::connect(&room) else { continue };
                let (kept, breaks) = (Arc::clone(&kept), Arc::clone(&breaks));
                let (answers, back) = (room.try_clone().unwrap(), client.try_clone().unwrap());
                thread::spawn(move || pass(answers, back, |_| true));
                thread::spawn(move || {
                    pass(client, room, |bytes| {
                        kept.lock().unwrap().extend_from_slice(bytes);
                        let left = breaks.load(Ordering::Relaxed);
                        if left == usize::MAX {
                            return true;
                        }
                        let enough = bytes.len() >= left;
                        breaks.store(if enough { usize::MAX } else { left - bytes.len() }, Ordering::Relaxed);
                        !enough
                    });
                });
            }
        });
        Self { url, sent, breaks_after }
    }

    /// Everything that was sent to the room so far, heads and bodies.
    pub fn sent(&self) -> Vec<u8> {
        self.sent.lock().unwrap().clone()
    }

    /// Has the connection break that carries the byte at which so many more have come.
    pub fn break_after(&self, bytes: usize) {
        self.breaks_after.store(bytes, Ordering::Relaxed);
    }

    /// Whether the connection has broken that was to break.
    pub fn has_broken(&self) -> bool {
        self.breaks_after.load(Ordering::Relaxed) == usize::MAX
    }
}

/// Passes bytes on, as long as `heard` lets them.
fn pass(mut from: TcpStream, mut to: TcpStream, heard: impl Fn(&[u8]) -> bool) {
    let mut bytes = vec![0; 64 << 10];
    while let Ok(count) = from.read(&mut bytes) {
        if count == 0 || !heard(&bytes[..count]) || to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    // Both sides are told at once.
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
