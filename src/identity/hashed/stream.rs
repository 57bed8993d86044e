//! The bytes that are sent.

use super::HashedError;
use crate::identity::{
    Reason,
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
    wanted: Vec<usize>,
    width: usize,
    hashes: usize,
    ready: Vec<u8>,
    at: usize,
}

impl Rewritten {
    pub fn new(source: Source, wanted: Vec<usize>, hashes: usize) -> Self {
        let width = source.names.len();
        let parser = RecordParser::new(source.delimiter);
        let blocks = Blocks::new(source.rows, source.delimiter, Tail::Record, source.first_line, 0);
        Self { blocks, parser, wanted, width, hashes, ready: Vec::new(), at: 0 }
    }

    fn rewrite(&mut self, block: &Block) -> io::Result<()> {
        self.ready.clear();
        self.at = 0;
        if block.broken.is_some() {
            push_unreadable(self.wanted.len(), &mut self.ready);
            return Ok(());
        }
        let mut seen_raw = false;
        let (wanted, width, hashes, ready) = (&self.wanted, self.width, self.hashes, &mut self.ready);
        self.parser.for_each(&block.bytes, block.first_line, |_, record| {
            if record.len() > width && record.iter().skip(width).any(|cell| !cell.is_empty()) {
                push_unreadable(wanted.len(), ready);
            } else {
                seen_raw |= push_row(record, wanted, hashes, ready);
            }
        });
        if seen_raw {
            self.ready.clear();
            return Err(raw());
        }
        Ok(())
    }
}

fn push_unreadable(columns: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(NOT_A_HASH);
    out.extend(std::iter::repeat_n(b',', columns.saturating_sub(1)));
    out.push(b'\n');
}

/// Appends a row; true if it held something raw.
fn push_row(record: &Record<'_>, wanted: &[usize], hashes: usize, out: &mut Vec<u8>) -> bool {
    let mut seen_raw = false;
    let start = out.len();
    for (index, column) in wanted.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        let cell = record.get(*column).trim_ascii();
        if index >= hashes {
            push_cell(text(cell).as_bytes(), out);
            continue;
        }
        match decode_hashed(cell) {
            Ok(_) => out.extend_from_slice(cell),
            Err(Reason::NoIdentifier) => {}
            Err(reason) => {
                seen_raw |= reason == Reason::Raw;
                out.extend_from_slice(NOT_A_HASH);
            }
        }
    }
    // An empty line would be no record, and the room would count one row less.
    if out.len() == start {
        out.extend_from_slice(b"\"\"");
    }
    out.push(b'\n');
    seen_raw
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
