//! The bytes that are sent.

use super::{HashedError, Wanted};
use crate::identity::{
    HashedIdentifier, Reason,
    decode::decode_hashed,
    output::push_cell,
    records::{Block, Blocks, Record, RecordParser, Tail},
    source::{Source, text},
};
use std::io::{self, Read};

/// What stands for a cell that is no hash: the room counts it as malformed, at its line, and never sees what it was.
const NOT_A_HASH: &[u8] = b"?";

fn raw() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, HashedError::RawOnTheWay)
}

/// A file's own bytes, up to the first raw address.
pub(super) struct Guarded<R>(pub R);

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(out)?;
        if memchr::memchr(b'@', out.get(..read).unwrap_or_default()).is_some() {
            // What was read is not handed on; wipe it, since the caller owns the buffer.
            out.fill(0);
            return Err(raw());
        }
        Ok(read)
    }
}

/// The rows of any source, with the wanted columns alone.
pub(super) struct Rewritten {
    blocks: Blocks<Box<dyn Read + Send>>,
    parser: RecordParser,
    rows: RowWriter,
    width: usize,
    ready: Vec<u8>,
    at: usize,
}

impl Rewritten {
    pub fn new(source: Source, wanted: Wanted) -> Self {
        let width = source.names.len();
        let parser = RecordParser::new(source.delimiter);
        let blocks = Blocks::new(source.rows, source.delimiter, Tail::Record, source.first_line, 0);
        Self { blocks, parser, rows: RowWriter::new(wanted), width, ready: Vec::new(), at: 0 }
    }

    fn rewrite(&mut self, block: &Block) -> io::Result<()> {
        self.ready.clear();
        self.at = 0;
        if block.broken.is_some() {
            self.rows.push_unreadable(&mut self.ready);
            return Ok(());
        }
        let mut seen_raw = false;
        let (rows, width, ready) = (&mut self.rows, self.width, &mut self.ready);
        self.parser.for_each(&block.bytes, block.first_line, |_, record| {
            if record.len() > width && record.iter().skip(width).any(|cell| !cell.is_empty()) {
                rows.push_unreadable(ready);
            } else {
                seen_raw |= rows.push(record, ready);
            }
        });
        if seen_raw {
            self.ready.clear();
            return Err(raw());
        }
        Ok(())
    }
}

/// Writes rows of the stream; its buffers are used again from row to row.
struct RowWriter {
    wanted: Wanted,
    /// The cells of each kind in the row at hand, each hash once.
    cells: Vec<Cells>,
}

#[derive(Default)]
struct Cells {
    /// The columns of what is sent; none for a cell that is no hash.
    columns: Vec<Option<usize>>,
    seen: Vec<HashedIdentifier>,
}

impl RowWriter {
    fn new(wanted: Wanted) -> Self {
        let cells = wanted.hashes.iter().map(|_| Cells::default()).collect();
        Self { wanted, cells }
    }

    fn push_unreadable(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(NOT_A_HASH);
        let width = self.wanted.hashes.len() + self.wanted.columns.len();
        out.extend(std::iter::repeat_n(b',', width.saturating_sub(1)));
        out.push(b'\n');
    }

    /// Appends a row for each hash of the kind that has most, with the other columns repeated, as hashing an export does;
    /// true if the record held something raw.
    fn push(&mut self, record: &Record<'_>, out: &mut Vec<u8>) -> bool {
        let mut seen_raw = false;
        for (cells, columns) in self.cells.iter_mut().zip(&self.wanted.hashes) {
            cells.columns.clear();
            cells.seen.clear();
            for column in columns {
                seen_raw |= cells.take(*column, record.get(*column));
            }
        }
        let rows = self.cells.iter().map(|cells| cells.columns.len()).max().unwrap_or_default();
        for row in 0..rows.max(1) {
            self.write(record, row, out);
        }
        seen_raw
    }

    fn write(&self, record: &Record<'_>, row: usize, out: &mut Vec<u8>) {
        let start = out.len();
        for (index, cells) in self.cells.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(match cells.columns.get(row) {
                Some(Some(column)) => record.get(*column).trim_ascii(),
                Some(None) => NOT_A_HASH,
                None => b"",
            });
        }
        for column in &self.wanted.columns {
            out.push(b',');
            push_cell(text(record.get(*column).trim_ascii()).as_bytes(), out);
        }
        // An empty line would be no record, and the room would count one row less.
        if out.len() == start {
            out.extend_from_slice(b"\"\"");
        }
        out.push(b'\n');
    }
}

impl Cells {
    /// Takes a column's cell; true if it is raw.
    fn take(&mut self, column: usize, cell: &[u8]) -> bool {
        match decode_hashed(cell) {
            Ok(hash) if self.seen.contains(&hash) => false,
            Ok(hash) => {
                self.seen.push(hash);
                self.columns.push(Some(column));
                false
            }
            Err(Reason::NoIdentifier) => false,
            Err(reason) => {
                self.columns.push(None);
                reason == Reason::Raw
            }
        }
    }
}

impl Read for Rewritten {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() {
            let Some(block) = self.blocks.next_block()? else { return Ok(0) };
            self.rewrite(&block)?;
        }
        let length = self.ready.get(self.at..).unwrap_or_default().read(out)?;
        self.at += length;
        Ok(length)
    }
}
