//! Sends a stream to the room in parts, and goes on where the room stands when the connection breaks.

use crate::{
    cli::connection::{Connection, ConnectionError},
    model::{Language, LeftOut},
};
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    collections::BTreeMap,
    io::{self, Read},
    time::Duration,
};

/// Bytes of one part; held in memory, so that a part can be sent again without reading the file again.
pub const PART_BYTES: usize = 64 << 20;
/// Failures in a row, without the room taking a byte between them, after which we stop.
const TRIES_MAX: u32 = 8;
/// First pause after a failure; each further one is twice as long.
const PAUSE_FIRST_MS: u64 = 500;
/// Longest pause.
const PAUSE_MAX_S: u64 = 30;
/// Deadline for completing: the room sorts and encrypts the whole audience first.
const COMPLETE_S: u64 = 6 * 3600;

/// The bytes to send: always the same ones, from any offset on.
pub struct Stream<'a> {
    /// How many are sent in one part.
    pub part_bytes: usize,
    /// Opens the stream at an offset.
    pub reader_at: &'a dyn Fn(u64) -> io::Result<Box<dyn Read + 'a>>,
}

/// What the room says about an upload.
#[derive(Debug, Clone, Deserialize)]
pub struct UploadState {
    /// Its name in the room.
    pub id: String,
    /// `open`, `stored` or `failed`.
    #[serde(default)]
    pub state: String,
    /// How many bytes the room has taken, always up to the end of a record.
    pub offset: u64,
    /// How many rows it has taken.
    #[serde(default)]
    pub rows_taken: u64,
    /// How many rows it has refused.
    #[serde(default)]
    pub rows_rejected: u64,
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes sent.
    pub bytes: u64,
    /// Rows that the room has taken or refused.
    pub rows: u64,
}

/// A stored upload.
#[derive(Debug, Clone, Deserialize)]
pub struct Receipt {
    /// `member/audience`.
    pub audience: String,
    /// The number of the version now in force.
    pub version: i64,
    /// Rows taken.
    pub rows_taken: u64,
    /// Rows refused.
    pub rows_rejected: u64,
    /// Persons by kind of identifier.
    #[serde(default)]
    pub persons: BTreeMap<String, u64>,
    /// Rows that repeated a person, by kind of identifier.
    #[serde(default)]
    pub duplicates: BTreeMap<String, u64>,
    /// Rows left out of persons who had more than `rows_max`, by kind of identifier.
    #[serde(default)]
    pub left_out: BTreeMap<String, LeftOut>,
    /// The most rows that one person has.
    #[serde(default)]
    pub rows_max: u64,
    /// Rows refused, by reason.
    #[serde(default)]
    pub rejected: BTreeMap<String, u64>,
    /// The first lines refused, by reason.
    #[serde(default)]
    pub first_lines: BTreeMap<String, Vec<u64>>,
}

/// Why a stream didn't reach the room whole.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The room said no, or couldn't be reached for too long.
    #[error("the upload stopped")]
    Room(#[from] ConnectionError),
    /// The file can't be read.
    #[error("can't read the file at byte {offset}")]
    File {
        /// Where.
        offset: u64,
        /// Why not.
        source: io::Error,
    },
    /// The room holds something else than the beginning of this file.
    #[error("the room stands at byte {offset}, where this file has no end of a record")]
    DifferentFile {
        /// Where the room stands.
        offset: u64,
    },
    /// The room takes nothing of what is sent.
    #[error("the room takes no record from byte {offset} on")]
    Stuck {
        /// Where.
        offset: u64,
    },
    /// The room gave the upload up.
    #[error("the room gave this upload up at byte {offset}")]
    Failed {
        /// Where.
        offset: u64,
    },
}

impl TransferError {
    /// What happened and what to do, in the reader's language.
    pub fn message(&self, language: Language) -> String {
        match (self, language) {
            (Self::Room(error), _) => error.message(language),
            (Self::File { offset, source }, Language::Fr) => format!("fichier illisible à l’octet {offset} ({source})"),
            (Self::File { offset, source }, Language::En) => format!("can't read the file at byte {offset} ({source})"),
            (Self::DifferentFile { offset }, Language::Fr) => format!(
                "la salle en est à l’octet {offset}, où aucune rangée de ce fichier ne finit : donnez le même fichier, les mêmes colonnes et le même profil qu’au début"
            ),
            (Self::DifferentFile { offset }, Language::En) => format!(
                "the room stands at byte {offset}, where no row of this file ends: give the same file, columns and profile as at the start"
            ),
            (Self::Stuck { offset }, Language::Fr) => {
                format!("la salle ne prend rien à partir de l’octet {offset} : la dernière rangée est-elle entière?")
            }
            (Self::Stuck { offset }, Language::En) => {
                format!("the room takes nothing from byte {offset} on: is the last row whole?")
            }
            (Self::Failed { offset }, Language::Fr) => {
                format!("la salle a abandonné ce téléversement à l’octet {offset} : recommencez-le")
            }
            (Self::Failed { offset }, Language::En) => {
                format!("the room gave this upload up at byte {offset}: start it again")
            }
        }
    }
}

/// One upload under way.
pub struct Transfer<'a> {
    /// The room.
    pub connection: &'a Connection,
    /// The upload's name in the room.
    pub id: &'a str,
    /// Told of every step.
    pub progress: &'a dyn Fn(Progress),
    /// Waits before another try.
    pub pause: &'a dyn Fn(Duration),
}

impl Transfer<'_> {
    /// Where the room stands.
    ///
    /// # Errors
    /// When the room can't be reached for long, or doesn't know the upload.
    pub fn state(&self) -> Result<UploadState, ConnectionError> {
        self.insist(|| self.connection.get(&self.path("")))
    }

    /// Sends everything from `offset` on; returns how many bytes the room then holds.
    ///
    /// # Errors
    /// When the file can't be read, the room refuses, or it can't be reached for long.
    pub fn send(&self, stream: &Stream<'_>, offset: u64) -> Result<u64, TransferError> {
        let mut part = Part::open(stream, offset)?;
        let (mut rows, mut failures) = (0, 0);
        while !part.bytes.is_empty() {
            let offset = part.start;
            let next = match self.patch(&part, rows) {
                Ok(state) if state.state == "failed" => return Err(TransferError::Failed { offset: state.offset }),
                Ok(state) if state.offset <= offset => return Err(TransferError::Stuck { offset }),
                Ok(state) => {
                    (rows, failures) = (state.rows_taken + state.rows_rejected, 0);
                    state.offset
                }
                Err(error) => {
                    failures += 1;
                    let next = self.after(error, failures)?;
                    // The room took something before the connection broke: that counts as success.
                    failures = if next > offset { 0 } else { failures };
                    next
                }
            };
            part.advance(stream, next)?;
            (self.progress)(Progress { bytes: next, rows });
        }
        Ok(part.start)
    }

    /// Tells the room that everything was sent; it then makes the new version.
    ///
    /// # Errors
    /// When the room refuses, or can't be reached for long.
    pub fn complete<T: DeserializeOwned>(&self, bytes: u64) -> Result<T, ConnectionError> {
        let body = serde_json::json!({ "bytes": bytes });
        self.insist(|| self.connection.post_within(&self.path("/complete"), &body, COMPLETE_S))
    }

    fn patch(&self, part: &Part<'_>, rows: u64) -> Result<UploadState, ConnectionError> {
        let tell = |bytes| (self.progress)(Progress { bytes, rows });
        let body = Counted { rest: &part.bytes, sent: part.start, tell: &tell };
        self.connection.patch(&self.path(""), part.start, part.bytes.len() as u64, body)
    }

    /// Where to go on after a failure.
    fn after(&self, error: ConnectionError, failures: u32) -> Result<u64, ConnectionError> {
        if let ConnectionError::Problem(problem) = &error
            && let (409, Some(offset)) = (problem.status, problem.offset)
            && failures < TRIES_MAX
        {
            return Ok(offset);
        }
        if !error.is_passing() || failures >= TRIES_MAX {
            return Err(error);
        }
        (self.pause)(pause(failures, &error));
        Ok(self.state()?.offset)
    }

    fn insist<T>(&self, mut attempt: impl FnMut() -> Result<T, ConnectionError>) -> Result<T, ConnectionError> {
        let mut failures = 0;
        loop {
            match attempt() {
                Err(error) if error.is_passing() && failures + 1 < TRIES_MAX => {
                    failures += 1;
                    tracing::info!(failures, %error, "trying again");
                    (self.pause)(pause(failures, &error));
                }
                outcome => return outcome,
            }
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/uploads/{}{rest}", self.id)
    }
}

/// How long to wait: twice as long each time, or what the room asked for.
fn pause(failures: u32, error: &ConnectionError) -> Duration {
    let own = Duration::from_millis(PAUSE_FIRST_MS << failures.saturating_sub(1).min(10));
    let asked = match error {
        ConnectionError::Problem(problem) => Duration::from_secs(problem.retry_after_s.unwrap_or(0)),
        _ => Duration::ZERO,
    };
    own.max(asked).min(Duration::from_secs(PAUSE_MAX_S))
}

/// The part of the stream that is being sent.
struct Part<'a> {
    reader: Box<dyn Read + 'a>,
    bytes_max: usize,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> Part<'a> {
    fn open(stream: &Stream<'a>, offset: u64) -> Result<Self, TransferError> {
        let failed = |source| TransferError::File { offset, source };
        // The room takes whole records, so where it stands a record of ours must end; else it is another file.
        let before = offset.saturating_sub(1);
        let mut reader = (stream.reader_at)(before).map_err(failed)?;
        let mut last = Vec::new();
        reader.by_ref().take(offset - before).read_to_end(&mut last).map_err(failed)?;
        if offset > 0 && last != b"\n" {
            return Err(TransferError::DifferentFile { offset });
        }
        let mut part = Self { reader, bytes_max: stream.part_bytes, start: offset, bytes: Vec::new() };
        part.fill().map_err(failed)?;
        Ok(part)
    }

    /// Goes on to an offset: further along within what is held, or anywhere by opening the stream again.
    fn advance(&mut self, stream: &Stream<'a>, offset: u64) -> Result<(), TransferError> {
        let held = offset.checked_sub(self.start).and_then(|skip| usize::try_from(skip).ok());
        let Some(skip) = held.filter(|skip| *skip <= self.bytes.len()) else {
            *self = Self::open(stream, offset)?;
            return Ok(());
        };
        self.bytes.drain(..skip);
        self.start = offset;
        self.fill().map_err(|source| TransferError::File { offset, source })
    }

    fn fill(&mut self) -> io::Result<()> {
        let room = self.bytes_max.saturating_sub(self.bytes.len()) as u64;
        self.reader.by_ref().take(room).read_to_end(&mut self.bytes).map(drop)
    }
}

/// Tells how far the connection has read.
struct Counted<'a> {
    rest: &'a [u8],
    sent: u64,
    tell: &'a dyn Fn(u64),
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.rest.read(buffer)?;
        self.sent += count as u64;
        (self.tell)(self.sent);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const FILE: &[u8] = b"hashed_email_google\nfirst\nsecond\n";

    fn reader_at(offset: u64) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(FILE.get(usize::try_from(offset).unwrap()..).unwrap_or_default()))
    }

    #[test]
    fn a_part_goes_on_only_where_a_record_ends() {
        let stream = Stream { part_bytes: PART_BYTES, reader_at: &|offset| reader_at(offset) };
        for (offset, sound) in
            [(0, true), (20, true), (26, true), (33, true), (5, false), (25, false), (34, false), (1000, false)]
        {
            assert_eq!(Part::open(&stream, offset).is_ok(), sound, "{offset}");
        }
        let mut part = Part::open(&stream, 20).unwrap();
        part.advance(&stream, 26).unwrap();
        assert_eq!(part.bytes, b"second\n");
        part.advance(&stream, 0).unwrap();
        assert_eq!(part.bytes, FILE);
    }

    #[test]
    fn pauses_grow_to_a_bound_and_heed_the_room() {
        let problem = |wait| {
            let problem = crate::cli::connection::Problem { status: 503, retry_after_s: wait, ..Default::default() };
            ConnectionError::Problem(Box::new(problem))
        };
        assert_eq!(pause(1, &problem(None)), Duration::from_millis(500));
        assert_eq!(pause(4, &problem(None)), Duration::from_secs(4));
        assert_eq!(pause(1, &problem(Some(7))), Duration::from_secs(7));
        assert_eq!(pause(99, &problem(Some(9999))), Duration::from_secs(PAUSE_MAX_S));
    }
}
