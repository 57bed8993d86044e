//! Rows of an export become rows of hashes.

use super::{
    Country, HashedIdentifier, Kind, Profile, Reason,
    decode::decode_hashed,
    email,
    output::push_cell,
    phone,
    reason::Counts,
    records::{Block, CELL_BYTES_MAX, Record, RecordParser},
    source::text,
};

/// Which columns become what.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub delimiter: u8,
    /// How many columns the header has.
    pub width: usize,
    pub emails: Vec<usize>,
    pub phones: Vec<usize>,
    /// Vocabulary columns, in the order of the output.
    pub columns: Vec<usize>,
    pub profile: Profile,
    pub country: Country,
}

/// Something that was not taken, and where it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Report {
    pub line: u64,
    /// The column by position, where one is to blame.
    pub column: Option<usize>,
    pub reason: Reason,
}

/// What became of a block.
#[derive(Debug, Default)]
pub(super) struct Hashed {
    /// Rows of the output.
    pub csv: Vec<u8>,
    pub reports: Vec<Report>,
    pub rows: u64,
    pub taken: u64,
    /// Rows rejected, by their first reason.
    pub rejected: Counts,
    /// Identifiers left out of rows that were taken.
    pub left_out: Counts,
    pub bytes: u64,
}

/// Hashes blocks, one after the other; its buffers are used again from row to row.
pub(super) struct Hasher<'a> {
    plan: &'a Plan,
    parser: Option<RecordParser>,
    normalised: Vec<u8>,
    emails: Vec<HashedIdentifier>,
    phones: Vec<HashedIdentifier>,
}

impl<'a> Hasher<'a> {
    pub fn new(plan: &'a Plan) -> Self {
        let parser = Some(RecordParser::new(plan.delimiter));
        Self { plan, parser, normalised: vec![], emails: vec![], phones: vec![] }
    }

    pub fn block(&mut self, block: &Block) -> Hashed {
        let mut hashed = Hashed { bytes: block.bytes.len() as u64, ..Hashed::default() };
        if let Some(reason) = block.broken {
            hashed.rows = 1;
            hashed.rejected.count(reason);
            hashed.reports.push(Report { line: block.first_line, column: None, reason });
            return hashed;
        }
        hashed.csv.reserve(block.bytes.len() * 2);
        // Taken out while it calls back into `self`.
        if let Some(mut parser) = self.parser.take() {
            parser.for_each(&block.bytes, block.first_line, |line, record| self.row(line, record, &mut hashed));
            self.parser = Some(parser);
        }
        hashed
    }

    fn row(&mut self, line: u64, record: &Record<'_>, hashed: &mut Hashed) {
        hashed.rows += 1;
        if let Some((column, reason)) = self.unreadable(record) {
            hashed.rejected.count(reason);
            hashed.reports.push(Report { line, column, reason });
            return;
        }
        let plan = self.plan;
        let reported = hashed.reports.len();
        self.emails.clear();
        self.phones.clear();
        for column in &plan.emails {
            self.identifier(Kind::Email, line, *column, record, hashed);
        }
        for column in &plan.phones {
            self.identifier(Kind::Phone, line, *column, record, hashed);
        }
        let reports = hashed.reports.get(reported..).unwrap_or_default();
        if self.emails.is_empty() && self.phones.is_empty() {
            match reports.first() {
                Some(first) => hashed.rejected.count(first.reason),
                None => {
                    hashed.rejected.count(Reason::NoIdentifier);
                    hashed.reports.push(Report { line, column: None, reason: Reason::NoIdentifier });
                }
            }
            return;
        }
        reports.iter().for_each(|report| hashed.left_out.count(report.reason));
        hashed.taken += 1;
        self.write(record, &mut hashed.csv);
    }

    fn unreadable(&self, record: &Record<'_>) -> Option<(Option<usize>, Reason)> {
        let width = self.plan.width;
        if record.len() > width && record.iter().skip(width).any(|cell| !cell.trim_ascii().is_empty()) {
            return Some((None, Reason::TooManyCells));
        }
        if record.bytes() > CELL_BYTES_MAX {
            let column = record.iter().position(|cell| cell.len() > CELL_BYTES_MAX)?;
            return Some((Some(column), Reason::CellTooLong));
        }
        None
    }

    fn identifier(&mut self, kind: Kind, line: u64, column: usize, record: &Record<'_>, hashed: &mut Hashed) {
        let cell = record.get(column);
        if cell.trim_ascii().is_empty() {
            return;
        }
        let text = text(cell);
        let plan = self.plan;
        let (done, found) = match kind {
            Kind::Email => (email::normalise_into(&text, plan.profile, &mut self.normalised), &mut self.emails),
            Kind::Phone => (phone::normalise_into(&text, plan.profile, plan.country, &mut self.normalised), &mut self.phones),
        };
        match done {
            Ok(()) => {
                let hash = HashedIdentifier::of(&self.normalised);
                if !found.contains(&hash) {
                    found.push(hash);
                }
            }
            Err(_) if text.trim().is_empty() => {}
            Err(reason) => {
                let reason = if decode_hashed(cell).is_ok() { Reason::AlreadyHashed } else { reason };
                hashed.reports.push(Report { line, column: Some(column), reason });
            }
        }
    }

    /// One row for each further e-mail address or phone number, with the other columns repeated.
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        for row in 0..self.emails.len().max(self.phones.len()) {
            let (emails, phones) = (!self.plan.emails.is_empty(), !self.plan.phones.is_empty());
            if let Some(hash) = self.emails.get(row) {
                hash.write(self.plan.profile, out);
            }
            if emails && phones {
                out.push(b',');
            }
            if let Some(hash) = self.phones.get(row) {
                hash.write(self.plan.profile, out);
            }
            for column in &self.plan.columns {
                out.push(b',');
                push_cell(text(record.get(*column)).trim().as_bytes(), out);
            }
            out.push(b'\n');
        }
    }
}
