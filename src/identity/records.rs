//! CSV cut into blocks that end where a record ends, so that blocks can be parsed apart and in parallel.
//!
//! Quoting is RFC 4180 as the `csv-core` crate reads it: a quote opens a cell only at its start, `""` within it is one
//! quote, a record ends at LF, CR LF or CR outside quotes, and blank lines are no records. Lines are counted as an editor
//! counts them, from 1.
//!
//! A record that is longer than [`RECORD_BYTES_MAX`], or whose quote is never closed, costs its first line and no more: that
//! line is handed out as a broken block, and reading goes on at the next line.

mod parser;

pub use parser::{Record, RecordParser};

use memchr::{memchr, memchr_iter, memchr2, memrchr2};
use std::io::{self, Read};

/// Longest record, in bytes.
pub const RECORD_BYTES_MAX: usize = 4 << 20;
/// Longest cell that is taken, in bytes.
pub const CELL_BYTES_MAX: usize = 1_000_000;
/// What a block holds, where records are not longer.
const BLOCK_BYTES: usize = 1 << 20;

/// Whole records of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The bytes of the records, with their line ends.
    pub bytes: Vec<u8>,
    /// The line of the first byte.
    pub first_line: u64,
    /// The offset of the first byte in the stream.
    pub offset: u64,
    /// Nothing if the block holds records; else it holds one line that could not be read as a record, and this is why.
    pub broken: Option<super::Reason>,
}

/// What becomes of bytes after the last line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// They are the last record: the stream is a whole file.
    Record,
    /// They are left: more of the stream comes another time.
    Left,
}

/// Cuts a stream into [`Block`]s.
#[derive(Debug)]
pub struct Blocks<R> {
    reader: R,
    delimiter: u8,
    tail: Tail,
    buffer: Vec<u8>,
    line: u64,
    offset: u64,
    ended: bool,
    /// Within a broken line that was handed out and has not ended yet.
    skipping: bool,
}

impl<R: Read> Blocks<R> {
    /// A cutter for a stream that starts with a record, at `line` and `offset`.
    pub fn new(reader: R, delimiter: u8, tail: Tail, line: u64, offset: u64) -> Self {
        Self { reader, delimiter, tail, buffer: Vec::new(), line, offset, ended: false, skipping: false }
    }

    /// Where the next block would start: the stream up to here was handed out.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The next block, or nothing at the end.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn next_block(&mut self) -> io::Result<Option<Block>> {
        let mut wanted = BLOCK_BYTES;
        loop {
            self.fill(wanted)?;
            if self.skipping && !self.skip_line() {
                if self.ended {
                    return Ok(None);
                }
                continue;
            }
            if self.buffer.is_empty() && self.ended {
                return Ok(None);
            }
            let complete = self.complete();
            if complete > 0 {
                return Ok(Some(self.take(complete, None)));
            }
            let unclosed_at_end = self.ended && self.tail == Tail::Record;
            if self.buffer.len() >= RECORD_BYTES_MAX || unclosed_at_end {
                return Ok(Some(self.take_broken_line()));
            }
            if self.ended {
                return Ok(None);
            }
            wanted = (self.buffer.len() * 2).clamp(BLOCK_BYTES, RECORD_BYTES_MAX);
        }
    }

    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        let missing = wanted.saturating_sub(self.buffer.len());
        if missing > 0 && !self.ended {
            self.buffer.reserve_exact(missing);
            let read = self.reader.by_ref().take(missing as u64).read_to_end(&mut self.buffer)?;
            self.ended = read < missing;
        }
        Ok(())
    }

    fn complete(&self) -> usize {
        let complete = complete_records(&self.buffer, self.delimiter);
        let rest = self.buffer.get(complete..).unwrap_or_default();
        if self.ended && self.tail == Tail::Record && !rest.is_empty() && is_closed(rest, self.delimiter) {
            return self.buffer.len();
        }
        // A CR at the very end may be half of a CR LF; its other half belongs to the same line.
        let halved = complete == self.buffer.len() && self.buffer.ends_with(b"\r") && !(self.ended && self.tail == Tail::Record);
        if halved { complete_records(self.buffer.get(..complete - 1).unwrap_or_default(), self.delimiter) } else { complete }
    }

    fn take(&mut self, length: usize, broken: Option<super::Reason>) -> Block {
        // The rest is short, as a rule: it is what gets copied.
        let rest = self.buffer.get(length..).unwrap_or_default().to_vec();
        let mut bytes = std::mem::replace(&mut self.buffer, rest);
        bytes.truncate(length);
        let block = Block { first_line: self.line, offset: self.offset, broken, bytes };
        self.line += count_lines(&block.bytes);
        self.offset += block.bytes.len() as u64;
        block
    }

    fn take_broken_line(&mut self) -> Block {
        match line_end(&self.buffer) {
            Some(end) => self.take(end, Some(super::Reason::UnclosedQuote)),
            None if self.ended => self.take(self.buffer.len(), Some(super::Reason::UnclosedQuote)),
            None => {
                self.skipping = true;
                let mut block = self.take(self.buffer.len(), Some(super::Reason::CellTooLong));
                // Nobody needs the megabytes.
                block.bytes = Vec::new();
                block
            }
        }
    }

    /// Drops the rest of a broken line; false if its end is not in the buffer yet.
    fn skip_line(&mut self) -> bool {
        match line_end(&self.buffer) {
            Some(end) => {
                drop(self.take(end, None));
                self.skipping = false;
                true
            }
            None => {
                drop(self.take(self.buffer.len(), None));
                false
            }
        }
    }
}

/// How many bytes of a buffer that starts with a record are whole records.
pub fn complete_records(buffer: &[u8], delimiter: u8) -> usize {
    let (mut complete, mut at) = (0, 0);
    loop {
        let opening = opening_quote(buffer, at, delimiter);
        let unquoted = buffer.get(at..opening.unwrap_or(buffer.len())).unwrap_or_default();
        if let Some(end) = memrchr2(b'\n', b'\r', unquoted) {
            complete = at + end + 1;
        }
        let Some(after) = opening.and_then(|open| after_closing_quote(buffer, open + 1)) else { return complete };
        at = after;
    }
}

/// Whether a text that starts with a record ends outside quotes.
pub(super) fn is_closed(buffer: &[u8], delimiter: u8) -> bool {
    let mut at = 0;
    while let Some(open) = opening_quote(buffer, at, delimiter) {
        match after_closing_quote(buffer, open + 1) {
            Some(after) => at = after,
            None => return false,
        }
    }
    true
}

/// The next quote from `at` on that opens a cell.
fn opening_quote(buffer: &[u8], mut at: usize, delimiter: u8) -> Option<usize> {
    loop {
        let quote = at + memchr(b'"', buffer.get(at..)?)?;
        let before = quote.checked_sub(1).and_then(|before| buffer.get(before)).copied();
        if before.is_none_or(|byte| byte == delimiter || byte == b'\n' || byte == b'\r') {
            return Some(quote);
        }
        at = quote + 1;
    }
}

/// The position after the quote that closes the cell whose content starts at `at`.
fn after_closing_quote(buffer: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let quote = at + memchr(b'"', buffer.get(at..)?)?;
        if buffer.get(quote + 1) != Some(&b'"') {
            return Some(quote + 1);
        }
        at = quote + 2;
    }
}

/// How many lines end in a text: at LF, CR LF or CR.
pub(super) fn count_lines(text: &[u8]) -> u64 {
    let feeds = memchr_iter(b'\n', text).count();
    let lone = memchr_iter(b'\r', text).filter(|at| text.get(at + 1) != Some(&b'\n')).count();
    (feeds + lone) as u64
}

/// The position after the first line end.
pub(super) fn line_end(text: &[u8]) -> Option<usize> {
    let at = memchr2(b'\n', b'\r', text)?;
    let both = text.get(at..at + 2) == Some(b"\r\n");
    Some(at + if both { 2 } else { 1 })
}

#[cfg(test)]
mod tests;
