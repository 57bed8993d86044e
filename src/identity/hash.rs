//! A file of customers becomes a file of hashes.

use super::{
    Country, HashError, Kind, Profile, Selection,
    decode::decode_hashed,
    header,
    output::{Pending, Sink},
    pipeline::{self, Stopped},
    reason::Counts,
    records::{Blocks, Tail},
    row::{Hashed, Hasher, Plan, Report},
    source::{self, Source},
    words,
};
use crate::model::{ColumnName, Language};
use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Where customers are read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file: CSV, TSV or Parquet.
    Path(PathBuf),
    /// Standard input: CSV or TSV.
    Stdin,
}

/// Where hashes are written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// A file whose name ends in .csv or .parquet.
    Path(PathBuf),
    /// Standard output, as CSV.
    Stdout,
}

/// A column of the vocabulary, and the column of the export it is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMap {
    /// Its name in the vocabulary.
    pub name: ColumnName,
    /// Its name in the export.
    pub from: String,
}

/// What to hash, and how.
#[derive(Debug, Clone)]
pub struct HashOptions {
    /// The export.
    pub input: Input,
    /// The file of hashes.
    pub output: Output,
    /// The convention of hashing.
    pub profile: Profile,
    /// The country of numbers without a country code.
    pub country: Country,
    /// Where to report what was not taken.
    pub report: Option<PathBuf>,
    /// The vocabulary's columns to keep.
    pub columns: Vec<ColumnMap>,
    /// Columns of e-mail addresses.
    pub email: Selection,
    /// Columns of phone numbers.
    pub phone: Selection,
    /// What separates cells; found out if not given.
    pub delimiter: Option<u8>,
    /// The language of the report.
    pub language: Language,
}

impl HashOptions {
    /// Options that find everything out by themselves.
    pub fn new(input: Input, output: Output) -> Self {
        Self {
            input,
            output,
            profile: Profile::default(),
            country: Country::default(),
            report: None,
            columns: Vec::new(),
            email: Selection::Detect,
            phone: Selection::Detect,
            delimiter: None,
            language: Language::default(),
        }
    }
}

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Rows read.
    pub rows: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Bytes there are, where that is known.
    pub bytes_total: Option<u64>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HashSummary {
    /// Rows read.
    pub rows: u64,
    /// Rows with a usable identifier.
    pub taken: u64,
    /// Rows rejected, by reason.
    pub rejected: Counts,
    /// Identifiers left out of rows that were taken, by reason.
    pub left_out: Counts,
    /// The export's columns that identifiers were taken from.
    pub identifier_columns: Vec<String>,
    /// The output's columns.
    pub columns: Vec<String>,
}

/// Hashes a file. Nothing stands at the output's place before all of it does.
///
/// # Errors
/// When a file can't be read or written, columns can't be told, or no row is taken; see [`HashError`].
pub fn hash_file(options: &HashOptions, progress: &dyn Fn(Progress)) -> Result<HashSummary, HashError> {
    check_places(options)?;
    let (source, name) = match &options.input {
        Input::Path(path) => (source::open(path, options.delimiter)?, path.clone()),
        Input::Stdin => {
            let name = source::stdin_name();
            (source::from_reader(Box::new(io::stdin()), &name, options.delimiter)?, name)
        }
    };
    let plan = plan(options, &source)?;
    let columns = output_columns(&plan, options);
    let path = match &options.output {
        Output::Path(path) => Some(path.as_path()),
        Output::Stdout => None,
    };
    let hashes = columns.len() - options.columns.len();
    let mut sink = Sink::create(path, &columns, hashes)?;
    let mut report = options.report.as_deref().map(|path| ReportFile::create(path, options.language)).transpose()?;
    let mut summary = HashSummary { columns, identifier_columns: identifier_columns(&plan, &source), ..Default::default() };
    let mut done = Progress { bytes: source.rows_offset.unwrap_or_default(), bytes_total: source.bytes_total, rows: 0 };
    let mut blocks = Blocks::new(source.rows, plan.delimiter, Tail::Record, source.first_line, 0);
    let ended = pipeline::run(
        || blocks.next_block(),
        || {
            let mut hasher = Hasher::new(&plan);
            move |block| hasher.block(&block)
        },
        |hashed: Hashed| {
            sink.write(&hashed.csv)?;
            if let Some(report) = &mut report {
                report.write(&hashed.reports, &source.names)?;
            }
            summary.add(&hashed);
            done = Progress { rows: summary.rows, bytes: done.bytes + hashed.bytes, ..done };
            progress(done);
            Ok(())
        },
    );
    ended.map_err(|stopped| match stopped {
        Stopped::Reading(source) => HashError::Read { path: name, source },
        Stopped::Using(error) => error,
    })?;
    // The report is of use above all where nothing was taken.
    report.map(ReportFile::commit).transpose()?;
    if summary.rows == 0 {
        return Err(HashError::NoRows);
    }
    if summary.taken == 0 {
        return Err(HashError::NothingTaken { rows: summary.rows });
    }
    sink.commit()?;
    Ok(summary)
}

impl HashSummary {
    fn add(&mut self, hashed: &Hashed) {
        self.rows += hashed.rows;
        self.taken += hashed.taken;
        self.rejected.add(&hashed.rejected);
        self.left_out.add(&hashed.left_out);
    }
}

/// Input, output and report must not be one file.
fn check_places(options: &HashOptions) -> Result<(), HashError> {
    let place = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        path.canonicalize().ok().or_else(|| Some(folder.canonicalize().ok()?.join(path.file_name()?)))
    };
    let mut seen = Vec::new();
    let input = if let Input::Path(path) = &options.input { Some(path) } else { None };
    let output = if let Output::Path(path) = &options.output { Some(path) } else { None };
    for path in [input, output, options.report.as_ref()].into_iter().flatten() {
        if let Some(place) = place(path) {
            if seen.contains(&place) {
                return Err(HashError::SameFile(path.clone()));
            }
            seen.push(place);
        }
    }
    Ok(())
}

fn plan(options: &HashOptions, source: &Source) -> Result<Plan, HashError> {
    let names = &source.names;
    let emails = header::select(names, Kind::Email, &options.email)?;
    let phones = header::select(names, Kind::Phone, &options.phone)?;
    if emails.is_empty() && phones.is_empty() {
        return Err(no_identifier(options, source));
    }
    let mut columns = Vec::new();
    for map in &options.columns {
        let found = header::named(names, &map.from).and_then(|found| found.first().copied());
        columns.push(found.ok_or_else(|| HashError::no_such_column(&map.from, names))?);
    }
    for column in emails.iter().chain(&phones) {
        let cells = source.sample.iter().filter_map(|(_, row)| row.get(*column)).filter(|cell| !cell.trim_ascii().is_empty());
        let (hashed, others): (Vec<_>, Vec<_>) = cells.partition(|cell| decode_hashed(cell).is_ok());
        if !hashed.is_empty() && others.is_empty() {
            return Err(HashError::AlreadyHashed { column: names.get(*column).cloned().unwrap_or_default() });
        }
    }
    let (profile, country) = (options.profile, options.country);
    Ok(Plan { delimiter: source.delimiter, width: names.len(), emails, phones, columns, profile, country })
}

/// Why no column was found, as exactly as can be told.
fn no_identifier(options: &HashOptions, source: &Source) -> HashError {
    let names = &source.names;
    if let Some(column) = names.iter().find(|name| header::meaning(name).is_some_and(|meaning| meaning.hashed)) {
        return HashError::AlreadyHashed { column: column.clone() };
    }
    if header::looks_like_a_row(names) {
        return HashError::NoHeader;
    }
    let delimiter = options.delimiter.and(source.suggested).map(|other| (source.delimiter, other));
    HashError::NoIdentifierColumn { names: names.clone(), delimiter }
}

fn output_columns(plan: &Plan, options: &HashOptions) -> Vec<String> {
    let kinds = [(Kind::Email, &plan.emails), (Kind::Phone, &plan.phones)];
    let hashes = kinds.into_iter().filter(|(_, columns)| !columns.is_empty()).map(|(kind, _)| kind.column(plan.profile));
    hashes.chain(options.columns.iter().map(|map| map.name.to_string())).collect()
}

fn identifier_columns(plan: &Plan, source: &Source) -> Vec<String> {
    plan.emails.iter().chain(&plan.phones).filter_map(|column| source.names.get(*column)).map(|name| words::masked(name)).collect()
}

/// The report: line, column, reason; never the value.
struct ReportFile {
    file: io::BufWriter<Pending>,
    language: Language,
}

impl ReportFile {
    fn create(path: &Path, language: Language) -> Result<Self, HashError> {
        let mut report = Self { file: io::BufWriter::new(Pending::create(path)?), language };
        report.put(b"line,column,reason\n")?;
        Ok(report)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), HashError> {
        self.file.write_all(bytes).map_err(|source| HashError::Write { path: self.file.get_ref().path().to_owned(), source })
    }

    fn write(&mut self, reports: &[Report], names: &[String]) -> Result<(), HashError> {
        let mut line = Vec::new();
        for report in reports {
            line.clear();
            line.extend_from_slice(report.line.to_string().as_bytes());
            line.push(b',');
            let column = report.column.and_then(|column| names.get(column)).map(|name| words::masked(name));
            super::output::push_cell(column.unwrap_or_default().as_bytes(), &mut line);
            line.push(b',');
            line.extend_from_slice(report.reason.words(self.language).as_bytes());
            line.push(b'\n');
            self.put(&line)?;
        }
        Ok(())
    }

    fn commit(self) -> Result<(), HashError> {
        let path = self.file.get_ref().path().to_owned();
        let file = self.file.into_inner().map_err(|error| HashError::Write { path, source: error.into_error() })?;
        file.commit()
    }
}
