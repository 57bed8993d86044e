//! A file of hashes becomes the stream that the room takes: UTF-8 CSV with a comma, a header in the room's words, and
//! nothing but hashes and the columns asked for. The same file gives the same bytes each time, so that a broken upload goes on
//! where it broke.

mod error;
mod stream;

pub use error::HashedError;

use super::{
    Kind, Profile, Reason,
    decode::decode_hashed,
    header,
    source::{self, Source},
};
use crate::model::ColumnName;
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// What to take from a file of hashes.
#[derive(Debug, Clone, Default)]
pub struct HashedOptions {
    /// The profile, where the columns' names don't say it.
    pub profile: Option<Profile>,
    /// The vocabulary's columns to send.
    pub columns: Vec<ColumnName>,
}

/// A file of hashes, ready to be sent.
#[derive(Debug)]
pub struct HashedSource {
    path: PathBuf,
    profile: Profile,
    kinds: Vec<Kind>,
    columns: Vec<ColumnName>,
    header: Vec<u8>,
    /// Which columns of the file the stream takes.
    wanted: Wanted,
    /// Where the rows start, if the file's bytes are the stream's.
    verbatim: Option<Verbatim>,
    /// What the file was when it was opened.
    length: u64,
    modified: Option<SystemTime>,
}

/// Columns of a file by position, in the order of the stream.
#[derive(Debug, Clone)]
struct Wanted {
    /// The columns of hashes of each kind; where a row has several of one kind, each is a row of the stream.
    hashes: Vec<Vec<usize>>,
    /// The vocabulary's.
    columns: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Verbatim {
    rows_offset: u64,
    /// The last line lacks its end, without which the room would wait for more of it.
    unended: bool,
}

/// Opens a file of hashes, CSV or Parquet.
///
/// # Errors
/// When it can't be read, has no column of hashes or no column asked for, its profile can't be told, or its first rows hold raw
/// identifiers; see [`HashedError`].
pub fn open(path: &Path, options: HashedOptions) -> Result<HashedSource, HashedError> {
    let source = source::open(path, None)?;
    let names = &source.names;
    let hashes = hash_columns(names)?;
    let profile = profile(names, &hashes, options.profile)?;
    check_sample(&source, &hashes)?;
    let mut columns = Vec::with_capacity(options.columns.len());
    for name in &options.columns {
        let found = header::named(names, name.as_str()).and_then(|found| found.first().copied());
        columns.push(found.ok_or_else(|| HashedError::NoSuchColumn { name: name.clone(), names: names.clone() })?);
    }
    let titles: Vec<String> = hashes
        .iter()
        .map(|(kind, _)| kind.column(profile))
        .chain(options.columns.iter().map(ToString::to_string))
        .collect();
    let verbatim = match source.rows_offset {
        // Names written exactly so are our own, and what we write is UTF-8.
        Some(rows_offset) if source.delimiter == b',' && *names == titles => {
            Some(Verbatim { rows_offset, unended: is_unended(path)? })
        }
        _ => None,
    };
    let about = fs::metadata(path).map_err(|error| read_error(path, error))?;
    let mut header = titles.join(",").into_bytes();
    header.push(b'\n');
    Ok(HashedSource {
        path: path.to_owned(),
        profile,
        kinds: hashes.iter().map(|(kind, _)| *kind).collect(),
        columns: options.columns,
        header,
        wanted: Wanted { hashes: hashes.into_iter().map(|(_, of_kind)| of_kind).collect(), columns },
        verbatim,
        length: about.len(),
        modified: about.modified().ok(),
    })
}

impl HashedSource {
    /// How its identifiers were normalised.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// The kinds of identifier it holds.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The vocabulary's columns that are sent.
    pub fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    /// The length of the stream, where it is known without reading the file.
    pub fn total_bytes(&self) -> Option<u64> {
        let verbatim = self.verbatim?;
        Some(self.header.len() as u64 + self.length.saturating_sub(verbatim.rows_offset) + u64::from(verbatim.unended))
    }

    /// The stream from an offset on. A raw identifier further down ends it with an error of kind `InvalidData`.
    ///
    /// # Errors
    /// When the file can't be read, or is not what it was when it was opened.
    pub fn reader_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let about = fs::metadata(&self.path)?;
        if about.len() != self.length || about.modified().ok() != self.modified {
            return Err(io::Error::new(io::ErrorKind::InvalidData, HashedError::Changed));
        }
        let header = io::Cursor::new(self.header.clone());
        let Some(verbatim) = self.verbatim else {
            let source = source::open(&self.path, None).map_err(io::Error::other)?;
            let mut stream = header.chain(stream::Rewritten::new(source, self.wanted.clone()));
            io::copy(&mut stream.by_ref().take(offset), &mut io::sink())?;
            return Ok(Box::new(stream));
        };
        let mut file = File::open(&self.path)?;
        let header_bytes = self.header.len() as u64;
        let rows_at = offset.saturating_sub(header_bytes);
        file.seek(SeekFrom::Start(verbatim.rows_offset + rows_at))?;
        let mut header = header;
        header.set_position(offset.min(header_bytes));
        // The added line end lies past the file's own bytes, and may have been sent already.
        let end_sent = rows_at > self.length.saturating_sub(verbatim.rows_offset);
        let end = if verbatim.unended && !end_sent { &b"\n"[..] } else { &b""[..] };
        let rows = stream::Guarded(file.take(self.length.saturating_sub(verbatim.rows_offset + rows_at)));
        Ok(Box::new(header.chain(rows).chain(end)))
    }
}

/// The columns of hashes of each kind: by their names, or else columns of identifiers, whose values will have to be hashes.
fn hash_columns(names: &[String]) -> Result<Vec<(Kind, Vec<usize>)>, HashedError> {
    let meanings: Vec<_> =
        names.iter().enumerate().filter_map(|(column, name)| Some((column, header::meaning(name)?))).collect();
    let by_name = meanings.iter().any(|(_, meaning)| meaning.hashed);
    let of_kind = |kind: Kind| -> Vec<usize> {
        let found = meanings.iter().filter(|(_, meaning)| meaning.kind == kind && meaning.hashed == by_name);
        found.map(|(column, _)| *column).collect()
    };
    let columns = Kind::ALL.map(|kind| (kind, of_kind(kind)));
    let columns: Vec<_> = columns.into_iter().filter(|(_, of_kind)| !of_kind.is_empty()).collect();
    if columns.is_empty() { Err(HashedError::NoHashes { names: names.to_vec() }) } else { Ok(columns) }
}

fn profile(names: &[String], hashes: &[(Kind, Vec<usize>)], given: Option<Profile>) -> Result<Profile, HashedError> {
    let mut told = given;
    for column in hashes.iter().flat_map(|(_, columns)| columns) {
        let name = names.get(*column).map(String::as_str).unwrap_or_default();
        let of_column = header::meaning(name).and_then(|meaning| meaning.profile);
        match (told, of_column) {
            (Some(told), Some(other)) if told != other => {
                return Err(HashedError::MixedProfiles { first: told, second: other });
            }
            (None, Some(_)) => told = of_column,
            _ => {}
        }
    }
    told.ok_or(HashedError::NeedsProfile)
}

/// Refuses a file whose first rows hold raw identifiers, or no hash at all, before a byte of it is sent.
fn check_sample(source: &Source, hashes: &[(Kind, Vec<usize>)]) -> Result<(), HashedError> {
    for column in hashes.iter().flat_map(|(_, columns)| columns) {
        let name = || source.names.get(*column).cloned().unwrap_or_default();
        let (mut good, mut bad) = (0, None);
        for (line, row) in &source.sample {
            match decode_hashed(row.get(*column).map(Vec::as_slice).unwrap_or_default()) {
                Ok(_) => good += 1,
                Err(Reason::Raw) => return Err(HashedError::Raw { line: *line, column: name() }),
                Err(Reason::NoIdentifier) => {}
                Err(_) => bad = bad.or(Some(*line)),
            }
        }
        if let (0, Some(line)) = (good, bad) {
            return Err(HashedError::NotHashes { line, column: name() });
        }
    }
    if source.sample.is_empty() { Err(HashedError::Source(super::HashError::NoRows)) } else { Ok(()) }
}

fn is_unended(path: &Path) -> Result<bool, HashedError> {
    let failed = |error| read_error(path, error);
    let mut file = File::open(path).map_err(failed)?;
    file.seek(SeekFrom::End(-1)).map_err(failed)?;
    let mut last = Vec::new();
    file.read_to_end(&mut last).map_err(failed)?;
    Ok(last != b"\n" && last != b"\r")
}

fn read_error(path: &Path, source: io::Error) -> HashedError {
    HashedError::Source(super::HashError::Read { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests;
