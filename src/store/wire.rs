//! Parsing the stream of an upload: lines of hashed identifiers to persons, in parallel, as it arrives.
//!
//! A record is a line: quoted fields may hold commas, but no line breaks. What is rejected is counted by reason, with
//! the first lines it happened on; the value itself is dropped.

use super::{
    keys::Pseudonyms,
    layout::{Field, Layout},
    values::{cents, days},
};
use crate::{
    identity::{self, Kind},
    model::Vocabulary,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Lines are parsed in pieces of about this many bytes, one piece a thread at a time.
const PIECE_BYTES: usize = 256 << 10;
/// Longest line; a longer one is rejected.
pub(super) const LINE_BYTES_MAX: usize = 64 << 10;
/// How many line numbers are kept for each reason.
const LINES_KEPT: usize = 10;

/// What was rejected, by reason: how often, and on which lines first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejections(BTreeMap<String, (u64, Vec<u64>)>);

impl Rejections {
    pub(super) fn add(&mut self, reason: &str, line: u64) {
        let (count, lines) = self.0.entry(reason.to_owned()).or_default();
        *count += 1;
        if lines.len() < LINES_KEPT {
            lines.push(line);
        }
    }

    pub(super) fn append(&mut self, other: Self, lines_before: u64) {
        for (reason, (count, lines)) in other.0 {
            let (all, kept) = self.0.entry(reason).or_default();
            *all += count;
            kept.extend(
                lines.into_iter().map(|line| line + lines_before).take(LINES_KEPT - kept.len().min(LINES_KEPT)),
            );
        }
    }

    /// Reason and count.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.0.iter().map(|(reason, (count, _))| (reason.clone(), *count)).collect()
    }

    /// Reason and the first lines it happened on (the header is line 1).
    pub fn first_lines(&self) -> BTreeMap<String, Vec<u64>> {
        self.0.iter().map(|(reason, (_, lines))| (reason.clone(), lines.clone())).collect()
    }
}

/// One column of parsed rows.
#[derive(Debug, Clone)]
pub(super) enum Values {
    Category(Vec<Option<u16>>),
    Date(Vec<Option<i32>>),
    Amount(Vec<Option<i64>>),
}

/// Parsed rows, by column, in the order of the lines.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) email: Vec<Option<i64>>,
    pub(super) phone: Vec<Option<i64>>,
    pub(super) columns: Vec<Values>,
}

/// Rows of a block, what was rejected in it, and how many lines it had.
pub(super) struct Parsed {
    pub(super) rows: Vec<Rows>,
    pub(super) taken: u64,
    pub(super) rejected_rows: u64,
    pub(super) rejections: Rejections,
    pub(super) lines: u64,
}

/// What parsing needs to know.
pub(super) struct Parser {
    layout: Layout,
    columns: Vec<Values>,
    email: Pseudonyms,
    phone: Pseudonyms,
}

impl Parser {
    pub(super) fn new(layout: Layout, columns: usize, email: Pseudonyms, phone: Pseudonyms) -> Self {
        let mut empty: Vec<Values> = (0..columns).map(|_| Values::Category(Vec::new())).collect();
        for field in &layout.fields {
            let (position, values) = match field {
                Field::Date(position) => (*position, Values::Date(Vec::new())),
                Field::Amount(position) => (*position, Values::Amount(Vec::new())),
                Field::Identifier(_) | Field::Category(..) => continue,
            };
            if let Some(slot) = empty.get_mut(position) {
                *slot = values;
            }
        }
        Self { layout, columns: empty, email, phone }
    }

    /// Parses a block of whole lines whose first is line `first_line` of the stream.
    pub(super) fn parse(&self, block: &[u8], first_line: u64) -> Parsed {
        let pieces: Vec<Parsed> = split(block).into_par_iter().map(|piece| self.piece(piece)).collect();
        let mut all =
            Parsed { rows: Vec::new(), taken: 0, rejected_rows: 0, rejections: Rejections::default(), lines: 0 };
        for piece in pieces {
            all.rejections.append(piece.rejections, first_line - 1 + all.lines);
            all.rows.extend(piece.rows);
            all.taken += piece.taken;
            all.rejected_rows += piece.rejected_rows;
            all.lines += piece.lines;
        }
        all
    }

    fn piece(&self, piece: &[u8]) -> Parsed {
        let mut rows = Rows { email: Vec::new(), phone: Vec::new(), columns: self.columns.clone() };
        let (mut rejections, mut lines, mut taken) = (Rejections::default(), 0, 0);
        let mut cells: Vec<&[u8]> = Vec::with_capacity(self.layout.fields.len());
        let mut rejected_rows = 0;
        let mut rest = piece;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            lines += 1;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            let taken_row = if line.len() > LINE_BYTES_MAX {
                rejections.add("line_too_long", lines);
                false
            } else if memchr::memchr(b'"', line).is_some() {
                let unquoted = cells_of(line);
                let cells: Vec<&[u8]> = unquoted.iter().map(Vec::as_slice).collect();
                self.row(&cells, lines, &mut rows, &mut rejections)
            } else {
                cells.clear();
                cells.extend(line.split(|byte| *byte == b','));
                self.row(&cells, lines, &mut rows, &mut rejections)
            };
            if taken_row {
                taken += 1;
            } else {
                rejected_rows += 1;
            }
        }
        Parsed { rows: vec![rows], taken, rejected_rows, rejections, lines }
    }

    /// Takes one row, or says why not; a row is appended to every column or to none.
    fn row(&self, cells: &[&[u8]], line: u64, rows: &mut Rows, rejections: &mut Rejections) -> bool {
        if cells.len() != self.layout.fields.len() {
            rejections.add("field_count", line);
            return false;
        }
        let (mut email, mut phone, mut broken) = (None, None, None);
        for (cell, field) in cells.iter().zip(&self.layout.fields) {
            let Field::Identifier(kind) = field else { continue };
            let cell = cell.trim_ascii();
            if cell.is_empty() {
                continue;
            }
            match (identity::decode_hashed(cell), kind) {
                (Ok(hash), Kind::Email) => email = Some(self.email.person(&hash)),
                (Ok(hash), Kind::Phone) => phone = Some(self.phone.person(&hash)),
                (Err(identity::Reason::Raw), _) => broken = Some("raw_identifier"),
                (Err(_), _) => broken = broken.or(Some("malformed_hash")),
            }
        }
        // A raw identifier spoils its whole row: whoever sent it has to hash the file first.
        if let Some(reason) =
            broken.filter(|reason| *reason == "raw_identifier" || (email.is_none() && phone.is_none()))
        {
            rejections.add(reason, line);
            return false;
        }
        if email.is_none() && phone.is_none() {
            rejections.add("no_identifier", line);
            return false;
        }
        if let Some(reason) = broken {
            rejections.add(reason, line);
        }
        rows.email.push(email);
        rows.phone.push(phone);
        for (cell, field) in cells.iter().zip(&self.layout.fields) {
            if !value(cell, field, &mut rows.columns) {
                rejections.add("value_unknown", line);
            }
        }
        true
    }
}

/// Stores one vocabulary value; a value that isn't understood is stored as empty and reported (`false`).
fn value(cell: &[u8], field: &Field, columns: &mut [Values]) -> bool {
    let text = std::str::from_utf8(cell).unwrap_or("\u{fffd}").trim();
    let known = match field {
        Field::Identifier(_) => return true,
        Field::Category(position, codes) => {
            let code = codes.get(text).copied().or_else(|| codes.get(&Vocabulary::fold(text)).copied());
            if let Some(Values::Category(values)) = columns.get_mut(*position) {
                values.push(code);
            }
            code.is_some()
        }
        Field::Date(position) => {
            let day = days(text);
            if let Some(Values::Date(values)) = columns.get_mut(*position) {
                values.push(day);
            }
            day.is_some()
        }
        Field::Amount(position) => {
            let amount = cents(text);
            if let Some(Values::Amount(values)) = columns.get_mut(*position) {
                values.push(amount);
            }
            amount.is_some()
        }
    };
    known || text.is_empty()
}

/// Cuts a block at line ends into pieces for the threads.
fn split(block: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::with_capacity(block.len() / PIECE_BYTES + 1);
    let mut rest = block;
    while rest.len() > PIECE_BYTES {
        let tail = rest.get(PIECE_BYTES..).unwrap_or_default();
        let Some(end) = memchr::memchr(b'\n', tail) else { break };
        let (piece, after) = rest.split_at(PIECE_BYTES + end + 1);
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// The cells of one line, unquoted (RFC 4180 within the line).
pub(super) fn cells_of(line: &[u8]) -> Vec<Vec<u8>> {
    let mut cells = Vec::new();
    let (mut cell, mut quoted) = (Vec::new(), false);
    let mut bytes = line.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if quoted && bytes.peek() == Some(&b'"') => {
                bytes.next();
                cell.push(b'"');
            }
            b'"' => quoted = !quoted,
            b',' if !quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(byte),
        }
    }
    cells.push(cell);
    cells
}
