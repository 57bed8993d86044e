//! Any export as a stream of CSV: what it is encoded in, what separates its cells, what its columns are called.

use super::{HashError, header, parquet_input, records::RecordParser};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// How much of a file is looked at to know what it is.
const SAMPLE_BYTES: usize = 256 << 10;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// An export, opened: its header is read, its rows are ahead.
pub(super) struct Source {
    /// The rows, as CSV in UTF-8 or (record by record) Windows-1252.
    pub rows: Box<dyn Read + Send>,
    /// What separates cells.
    pub delimiter: u8,
    /// The columns' names.
    pub names: Vec<String>,
    /// The line of the first row.
    pub first_line: u64,
    /// How long the file is, where that is known, for progress.
    pub bytes_total: Option<u64>,
    /// The bytes of `rows` are those of the file from here on; nothing if they are translated.
    pub rows_offset: Option<u64>,
    /// Lines and cells of the first rows.
    pub sample: Vec<(u64, Vec<Vec<u8>>)>,
    /// The delimiter that the text suggests, where another one was asked for.
    pub suggested: Option<u8>,
}

/// Opens a file.
pub(super) fn open(path: &Path, delimiter: Option<u8>) -> Result<Source, HashError> {
    let failed = |source| HashError::Read { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if about.is_dir() {
        return Err(HashError::IsFolder(path.to_owned()));
    }
    let total = about.is_file().then_some(about.len());
    let mut magic = Vec::new();
    if about.is_file() {
        file.by_ref().take(4).read_to_end(&mut magic).map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
    }
    if magic == b"PAR1" {
        let text = parquet_input::open(file)?;
        let mut source = from_reader(Box::new(text), path, Some(b','))?;
        (source.bytes_total, source.rows_offset, source.suggested) = (None, None, None);
        return Ok(source);
    }
    let mut source = from_reader(Box::new(file), path, delimiter)?;
    source.bytes_total = total;
    Ok(source)
}

/// Opens a stream; `path` is its name in messages.
pub(super) fn from_reader(
    reader: Box<dyn Read + Send>,
    path: &Path,
    delimiter: Option<u8>,
) -> Result<Source, HashError> {
    let failed = |source| HashError::Read { path: path.to_owned(), source };
    let (mut reader, mark, translated) = decoded(reader).map_err(failed)?;
    let mut sample = Vec::new();
    reader.by_ref().take(SAMPLE_BYTES as u64).read_to_end(&mut sample).map_err(failed)?;
    let whole = sample.len() < SAMPLE_BYTES;
    if sample.trim_ascii().is_empty() {
        return Err(HashError::Empty);
    }
    if let Some(format) = binary_format(&sample) {
        return Err(HashError::NotText(format));
    }
    let sniffed = sniff(&sample);
    let used = delimiter.unwrap_or(sniffed);
    let lead = sample.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    let end = header_end(sample.get(lead..).unwrap_or_default(), used, whole) + lead;
    let header = sample.get(..end).unwrap_or_default();
    let names = first_records(header, used, 1, 1).into_iter().next().unwrap_or_default().1;
    let names = names.iter().map(|name| text(name).trim().to_owned()).collect();
    let rows = sample.get(end..).unwrap_or_default();
    let first_line = 1 + super::records::count_lines(header);
    let source = Source {
        delimiter: used,
        names,
        first_line,
        bytes_total: None,
        rows_offset: (!translated).then_some(mark + end as u64),
        sample: first_records(rows, used, first_line, 100),
        suggested: (sniffed != used).then_some(sniffed),
        rows: Box::new(io::Cursor::new(rows.to_vec()).chain(reader)),
    };
    Ok(source)
}

/// Lines and cells of the first records of a text.
fn first_records(text: &[u8], delimiter: u8, first_line: u64, count: usize) -> Vec<(u64, Vec<Vec<u8>>)> {
    let mut records = Vec::new();
    RecordParser::new(delimiter).for_each(text, first_line, |line, record| {
        if records.len() < count {
            records.push((line, record.iter().map(<[u8]>::to_vec).collect()));
        }
    });
    records
}

/// The position after the first record; a header is short, so one that isn't closed in the sample is cut at its line.
fn header_end(sample: &[u8], delimiter: u8, whole: bool) -> usize {
    let mut at = 0;
    while let Some(line) = sample.get(at..).filter(|rest| !rest.is_empty()).and_then(super::records::line_end) {
        at += line;
        if super::records::complete_records(sample.get(..at).unwrap_or_default(), delimiter) == at {
            return at;
        }
    }
    let first = super::records::line_end(sample);
    if whole && super::records::is_closed(sample, delimiter) { sample.len() } else { first.unwrap_or(sample.len()) }
}

/// The delimiter that makes most sense of the first rows: one that yields an identifier column, then one with which rows
/// are as long as the header, then the one with most columns.
fn sniff(sample: &[u8]) -> u8 {
    let head = sample.get(..sample.len().min(64 << 10)).unwrap_or_default();
    let score = |delimiter: u8| {
        let records: Vec<Vec<Vec<u8>>> =
            first_records(head, delimiter, 1, 50).into_iter().map(|(_, cells)| cells).collect();
        let columns = records.first().map_or(0, Vec::len);
        let known =
            records.first().is_some_and(|names| names.iter().any(|name| header::meaning(&text(name)).is_some()));
        let alike = records.iter().filter(|record| columns > 1 && record.len() == columns).count();
        (known && columns > 1, alike, columns)
    };
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| score(*delimiter));
    best.filter(|delimiter| score(*delimiter).2 > 1).unwrap_or(b',')
}

/// A cell as text: UTF-8, or Windows-1252 where it isn't.
pub(super) fn text(cell: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(cell) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(cell).0,
    }
}

/// `Some(None)` for bytes that are no text, `Some(Some(name))` for a format that people take for CSV.
fn binary_format(sample: &[u8]) -> Option<Option<&'static str>> {
    if sample.starts_with(b"PK\x03\x04") {
        return Some(Some("Excel (.xlsx) / zip"));
    }
    if sample.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some(Some("Excel (.xls)"));
    }
    if sample.starts_with(b"\x1f\x8b") {
        return Some(Some("gzip"));
    }
    if sample.starts_with(b"PAR1") {
        return Some(Some("Parquet (stdin)"));
    }
    let header = sample.get(..super::records::line_end(sample).unwrap_or(sample.len())).unwrap_or_default();
    header.contains(&0).then_some(None)
}

/// The stream as UTF-8 without a BOM, the length of the BOM, and whether its bytes are translated.
fn decoded(mut reader: Box<dyn Read + Send>) -> io::Result<(Box<dyn Read + Send>, u64, bool)> {
    let mut head = Vec::new();
    reader.by_ref().take(3).read_to_end(&mut head)?;
    if head.starts_with(b"\xef\xbb\xbf") {
        return Ok((reader, 3, false));
    }
    let encoding = match head.get(..2) {
        Some(b"\xff\xfe") => encoding_rs::UTF_16LE,
        Some(b"\xfe\xff") => encoding_rs::UTF_16BE,
        _ => return Ok((Box::new(io::Cursor::new(head).chain(reader)), 0, false)),
    };
    let rest = head.split_off(2);
    let reader = io::Cursor::new(rest).chain(reader);
    Ok((
        Box::new(Utf16 {
            reader,
            decoder: encoding.new_decoder_without_bom_handling(),
            ready: Vec::new(),
            at: 0,
            ended: false,
        }),
        2,
        true,
    ))
}

/// UTF-16 as UTF-8.
struct Utf16<R> {
    reader: R,
    decoder: encoding_rs::Decoder,
    ready: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() && !self.ended {
            let mut raw = Vec::with_capacity(64 << 10);
            self.ended = self.reader.by_ref().take(64 << 10).read_to_end(&mut raw)? == 0;
            let mut text = String::with_capacity(self.decoder.max_utf8_buffer_length(raw.len()).unwrap_or(256 << 10));
            let _ = self.decoder.decode_to_string(&raw, &mut text, self.ended);
            (self.ready, self.at) = (text.into_bytes(), 0);
        }
        let length = self.ready.get(self.at..).unwrap_or_default().read(out)?;
        self.at += length;
        Ok(length)
    }
}

/// A path for messages about standard input.
pub(super) fn stdin_name() -> PathBuf {
    PathBuf::from("-")
}
