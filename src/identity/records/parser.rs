//! Records of a block, one after the other, with their lines.

use super::count_lines;
use memchr::{memchr, memchr_iter, memchr2};

/// One record: its cells, unquoted.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    data: &'a [u8],
    cells: &'a [(usize, usize)],
}

impl<'a> Record<'a> {
    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether it has no cell; no record that a parser yields is so.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The cell at a position, counted from 0; empty where the record is shorter.
    pub fn get(&self, index: usize) -> &'a [u8] {
        self.cells.get(index).and_then(|(from, to)| self.data.get(*from..*to)).unwrap_or_default()
    }

    /// All cells.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        (0..self.len()).map(|index| self.get(index))
    }

    /// The length of its cells together, in bytes.
    pub fn bytes(&self) -> usize {
        self.cells.iter().map(|(from, to)| to - from).sum()
    }
}

/// Reads the records of blocks; its buffers are used again from block to block.
#[derive(Debug)]
pub struct RecordParser {
    delimiter: u8,
    output: Vec<u8>,
    ends: Vec<usize>,
    cells: Vec<(usize, usize)>,
}

impl RecordParser {
    /// A parser for a delimiter.
    pub fn new(delimiter: u8) -> Self {
        Self { delimiter, output: Vec::new(), ends: vec![0; 64], cells: Vec::new() }
    }

    /// Calls `each` with the line and the cells of every record of a block that starts at `first_line`.
    pub fn for_each(&mut self, block: &[u8], first_line: u64, each: impl FnMut(u64, &Record<'_>)) {
        // Most exports have no quote at all, and then a line is a record.
        if memchr(b'"', block).is_none() { self.unquoted(block, first_line, each) } else { self.quoted(block, first_line, each) }
    }

    fn unquoted(&mut self, block: &[u8], first_line: u64, mut each: impl FnMut(u64, &Record<'_>)) {
        let (mut at, mut line) = (0, first_line);
        while let Some(rest) = block.get(at..).filter(|rest| !rest.is_empty()) {
            let length = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            if length > 0 {
                let text = rest.get(..length).unwrap_or_default();
                self.cells.clear();
                let mut from = 0;
                for to in memchr_iter(self.delimiter, text) {
                    self.cells.push((from, to));
                    from = to + 1;
                }
                self.cells.push((from, length));
                each(line, &Record { data: text, cells: &self.cells });
            }
            at += length + if rest.get(length..length + 2) == Some(b"\r\n") { 2 } else { 1 };
            line += 1;
        }
    }

    fn quoted(&mut self, block: &[u8], first_line: u64, mut each: impl FnMut(u64, &Record<'_>)) {
        let mut reader = csv_core::ReaderBuilder::new().delimiter(self.delimiter).build();
        if self.output.len() < block.len() {
            self.output.resize(block.len(), 0);
        }
        let (mut at, mut line) = (0, first_line);
        while at < block.len() {
            let blank = blank_lines(block.get(at..).unwrap_or_default());
            line += count_lines(block.get(at..at + blank).unwrap_or_default());
            at += blank;
            let rest = block.get(at..).unwrap_or_default();
            let Some(read) = self.read(&mut reader, rest) else { return };
            each(line, &Record { data: &self.output, cells: &self.cells });
            // csv-core stops after a CR and takes the LF with the next record; here both end this one.
            let lf = usize::from(rest.get(read.saturating_sub(1)..=read) == Some(b"\r\n"));
            line += count_lines(rest.get(..read + lf).unwrap_or_default());
            at += read + lf;
        }
    }

    /// Reads one record into the buffers; the number of bytes it took, or nothing at the end.
    fn read(&mut self, reader: &mut csv_core::Reader, input: &[u8]) -> Option<usize> {
        use csv_core::ReadRecordResult::{End, InputEmpty, OutputEndsFull, OutputFull, Record};
        let (mut read, mut written, mut ended) = (0, 0, 0);
        loop {
            let rest = input.get(read..).unwrap_or_default();
            let output = self.output.get_mut(written..)?;
            let (result, taken, put, ends) = reader.read_record(rest, output, self.ends.get_mut(ended..)?);
            (read, written, ended) = (read + taken, written + put, ended + ends);
            match result {
                InputEmpty => {}
                OutputFull => self.output.resize(self.output.len() * 2 + 64, 0),
                OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                End => return None,
                Record => break,
            }
        }
        self.cells.clear();
        let mut from = 0;
        for to in self.ends.iter().take(ended) {
            self.cells.push((from, *to));
            from = *to;
        }
        Some(read)
    }
}

fn blank_lines(text: &[u8]) -> usize {
    text.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count()
}
