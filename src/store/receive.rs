//! Receiving an upload's stream: whole lines are parsed and staged as they arrive; what follows the last line end is
//! left for the next connection.

use super::{
    Declaration, DeclarationError, KeyError, Progress, Store, Upload,
    declaration::STREAM_BYTES_MAX,
    engine::{EngineError, EngineFault},
    layout::{Layout, LayoutError},
    staging::Staging,
    wire::{LINE_BYTES_MAX, Parser, cells_of},
};
use crate::{identity::Kind, model::failpoint};
use std::io;

/// Bytes parsed at once.
const BLOCK_BYTES: usize = 4 << 20;
/// Bytes after which what has come is made durable.
const COMMIT_BYTES: u64 = 64 << 20;

/// Why the store can't do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The declaration is refused.
    #[error(transparent)]
    Declaration(#[from] DeclarationError),
    /// The stream's header is refused.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The bytes don't go on where the last ones ended.
    #[error("the stream goes on at byte {0}")]
    Offset(u64),
    /// The stream ended early, or went on.
    #[error("the stream has {declared} bytes, {received} have arrived")]
    Length {
        /// Declared.
        declared: u64,
        /// Taken.
        received: u64,
    },
    /// No row could be taken.
    #[error("no row of the stream holds a hashed identifier")]
    Empty,
    /// Too few persons for the room's minimum. Told to the owner alone.
    #[error("the audience has fewer people than the room's minimum of {0}")]
    TooFew(u64),
    /// Too few persons of one kind of identifier that the header declares, though not of another. Told to the owner alone.
    #[error(
        "the list has fewer people with a `{kind}` than the room's minimum of {people_min}, which each kind of identifier has to reach on its own: leave that column out, or send a list with more of them"
    )]
    TooFewOf {
        /// The kind.
        kind: Kind,
        /// The minimum.
        people_min: u64,
    },
    /// More people than the audience may have.
    #[error(
        "the audience has more than {0} people, and may not: ask an officer to raise `people_max`, or upload fewer"
    )]
    TooMany(u64),
    /// The upload is finished or given up.
    #[error("the upload is no longer open")]
    Closed,
    /// The database failed.
    #[error("the room's database failed")]
    Database(#[from] sqlx::Error),
    /// A key failed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A file can't be written or removed.
    #[error("a file of the store can't be written or removed")]
    Files(#[source] io::Error),
    /// A stored row isn't what this version writes.
    #[error("the store holds a row that can't be read")]
    Corrupt,
}

impl StoreError {
    /// Whether it is the disk that is full.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Engine(error) => error.fault == EngineFault::DiskFull,
            Self::Files(error) => error.kind() == io::ErrorKind::StorageFull,
            _ => false,
        }
    }
}

/// Takes the bytes of one connection. Blocks: run it off the async threads.
pub struct Receiver {
    staging: Staging,
    progress: Progress,
    parser: Option<Parser>,
    store: Store,
    declaration: Declaration,
    buffer: Vec<u8>,
    uncommitted: u64,
}

impl Store {
    /// How far an open upload has come.
    ///
    /// # Errors
    /// When its staging file can't be opened.
    pub fn progress(&self, upload: &Upload) -> Result<Progress, StoreError> {
        if !self.staging_file(&upload.id).exists() {
            return Ok(Progress::default());
        }
        Ok(self.open_staging(upload)?.1)
    }

    fn open_staging(&self, upload: &Upload) -> Result<(Staging, Progress), StoreError> {
        let key = self.keys.version(&upload.id)?;
        let columns = upload.declaration.sql_columns(&self.vocabulary());
        Ok(Staging::open(&self.engine, &self.staging_file(&upload.id), &key, &columns)?)
    }

    /// Begins to take bytes from `offset` on.
    ///
    /// # Errors
    /// [`StoreError::Offset`] when the stream stands elsewhere.
    pub fn receive(&self, upload: &Upload, offset: u64) -> Result<Receiver, StoreError> {
        let (staging, progress) = self.open_staging(upload)?;
        if progress.offset != offset {
            return Err(StoreError::Offset(progress.offset));
        }
        let mut receiver = Receiver {
            staging,
            progress,
            parser: None,
            store: self.clone(),
            declaration: upload.declaration.clone(),
            buffer: Vec::new(),
            uncommitted: 0,
        };
        if let Some(header) = receiver.progress.header.clone() {
            receiver.parser = Some(receiver.parser_for(&header)?);
        }
        Ok(receiver)
    }
}

impl Receiver {
    /// Takes the next bytes of the connection.
    ///
    /// # Errors
    /// When the header is refused, more comes than was declared, or the staging file can't be written.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let received = self.progress.offset.saturating_add((self.buffer.len() + bytes.len()) as u64);
        let declared = self.declaration.bytes.unwrap_or(STREAM_BYTES_MAX);
        if received > declared {
            return Err(StoreError::Length { declared, received });
        }
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BLOCK_BYTES {
            self.consume()?;
        }
        if self.uncommitted >= COMMIT_BYTES {
            self.commit()?;
        }
        Ok(())
    }

    /// Ends the connection: what has come in whole lines is durable when this returns. If the declared length has
    /// come, the last line counts even without its line end.
    ///
    /// # Errors
    /// When the staging file can't be written.
    pub fn finish(mut self) -> Result<Progress, StoreError> {
        self.consume()?;
        let all = self.progress.offset + self.buffer.len() as u64;
        if !self.buffer.is_empty() && self.declaration.bytes == Some(all) {
            let line = std::mem::take(&mut self.buffer);
            self.block(&line)?;
        }
        self.commit()?;
        Ok(self.progress)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.staging.commit(&self.progress)?;
        self.uncommitted = 0;
        failpoint("upload_after_chunk");
        Ok(())
    }

    /// Parses the buffer up to its last line end.
    fn consume(&mut self) -> Result<(), StoreError> {
        let buffer = std::mem::take(&mut self.buffer);
        let end = memchr::memrchr(b'\n', &buffer).map_or(0, |at| at + 1);
        let (lines, rest) = buffer.split_at(end);
        self.block(lines)?;
        if rest.len() > LINE_BYTES_MAX {
            // A line without an end must not fill the memory: count what has come of it, and skip to its end.
            if !self.progress.skipping {
                self.reject_long_line();
            }
            self.advance(rest.len());
            self.progress.skipping = true;
        } else {
            self.buffer = rest.to_vec();
        }
        Ok(())
    }

    fn reject_long_line(&mut self) {
        self.progress.rows_rejected += 1;
        self.progress.rejections.add("line_too_long", self.progress.lines + 1);
    }

    fn advance(&mut self, bytes: usize) {
        self.progress.offset += bytes as u64;
        self.uncommitted += bytes as u64;
    }

    fn block(&mut self, mut lines: &[u8]) -> Result<(), StoreError> {
        if self.progress.skipping && !lines.is_empty() {
            let end = memchr::memchr(b'\n', lines).map_or(lines.len(), |at| at + 1);
            lines = self.pass(lines, end);
            self.progress.skipping = false;
        }
        if self.parser.is_none() && !lines.is_empty() {
            let end = memchr::memchr(b'\n', lines).map_or(lines.len(), |at| at + 1);
            let header = header_of(lines.get(..end).unwrap_or_default())?;
            self.parser = Some(self.parser_for(&header)?);
            self.progress.header = Some(header);
            lines = self.pass(lines, end);
        }
        let Some(parser) = self.parser.as_ref().filter(|_| !lines.is_empty()) else { return Ok(()) };
        let parsed = parser.parse(lines, self.progress.lines + 1);
        self.staging.append(parsed.rows)?;
        self.progress.lines += parsed.lines;
        self.progress.rows_taken += parsed.taken;
        self.progress.rows_rejected += parsed.rejected_rows;
        self.progress.rejections.append(parsed.rejections, 0);
        self.advance(lines.len());
        Ok(())
    }

    fn pass<'a>(&mut self, lines: &'a [u8], end: usize) -> &'a [u8] {
        self.progress.lines += 1;
        self.advance(end);
        lines.get(end..).unwrap_or_default()
    }

    fn parser_for(&self, header: &[String]) -> Result<Parser, StoreError> {
        let layout = Layout::read(header, self.declaration.layout(), &self.store.vocabulary())?;
        let keys = &self.store.keys;
        let profile = self.declaration.profile;
        Ok(Parser::new(
            layout,
            self.declaration.columns.len(),
            keys.pseudonyms(profile, Kind::Email),
            keys.pseudonyms(profile, Kind::Phone),
        ))
    }
}

pub(super) fn header_of(line: &[u8]) -> Result<Vec<String>, LayoutError> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > LINE_BYTES_MAX {
        return Err(LayoutError::TooMany);
    }
    Ok(cells_of(line).into_iter().map(|cell| String::from_utf8_lossy(&cell).into_owned()).collect())
}
