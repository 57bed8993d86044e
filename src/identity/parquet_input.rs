//! A Parquet file as CSV: its text columns, and the numbers and dates beside them.

use super::{HashError, output::push_cell};
use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    datatypes::{DataType, Date32Type, Float64Type, Int32Type, Int64Type},
};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
    },
    basic::Compression,
};
use std::{
    fs::File,
    io::{self, Read},
    panic::{self, AssertUnwindSafe},
};

const ROWS_PER_BATCH: usize = 8192;
/// What is said of a file that the library gave up on.
const DAMAGED: &str = "the Parquet file is damaged";

/// The rows of a Parquet file as CSV with a header. Line ends within values become blanks, so that row n stands on line n + 1.
pub(super) struct ParquetText {
    batches: ParquetRecordBatchReader,
    ready: Vec<u8>,
    at: usize,
}

/// Opens a Parquet file.
pub(super) fn open(file: File) -> Result<ParquetText, HashError> {
    contained(|| read(file)).unwrap_or_else(|| Err(HashError::ParquetDamaged))
}

/// What a library's work comes to, or nothing if it panicked: the readers of Parquet do on some files that are damaged, or made to be.
fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    // What it leaves half done is dropped with the file.
    panic::catch_unwind(AssertUnwindSafe(work)).ok()
}

fn read(file: File) -> Result<ParquetText, HashError> {
    let failed = |error: parquet::errors::ParquetError| HashError::Parquet(error.to_string());
    // Its own types say enough: the Arrow schema that writers embed beside them is read by code that panics on one it doesn't know.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).map_err(failed)?;
    for group in builder.metadata().row_groups() {
        for column in group.columns() {
            if !is_read(column.compression()) {
                let name = format!("{:?}", column.compression());
                let name = name.split('(').next().unwrap_or_default().to_owned();
                return Err(HashError::Parquet(format!("compression {name} (zstd, snappy, gzip)")));
            }
            let places =
                [column.data_page_offset(), column.compressed_size(), column.dictionary_page_offset().unwrap_or(0)];
            if places.iter().any(|place| *place < 0) {
                return Err(HashError::ParquetDamaged);
            }
        }
    }
    let fields = builder.schema().fields().clone();
    let kept: Vec<usize> =
        fields.iter().enumerate().filter(|(_, field)| is_text(field.data_type())).map(|(index, _)| index).collect();
    let mut header = Vec::new();
    for (at, index) in kept.iter().enumerate() {
        if at > 0 {
            header.push(b',');
        }
        push_cell(fields.get(*index).map(|field| field.name().as_bytes()).unwrap_or_default(), &mut header);
    }
    header.push(b'\n');
    let mask = ProjectionMask::roots(builder.parquet_schema(), kept);
    let batches = builder.with_projection(mask).with_batch_size(ROWS_PER_BATCH).build().map_err(failed)?;
    Ok(ParquetText { batches, ready: header, at: 0 })
}

/// Brotli above all is not: its decoders have had memory errors.
fn is_read(compression: Compression) -> bool {
    matches!(compression, Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_) | Compression::ZSTD(_))
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, value) => is_text(value),
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Int32
        | DataType::Int64
        | DataType::Float64
        | DataType::Date32 => true,
        _ => false,
    }
}

impl ParquetText {
    fn refill(&mut self) -> io::Result<bool> {
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, DAMAGED);
        let Some(batch) = contained(|| self.batches.next()).ok_or_else(damaged)? else { return Ok(false) };
        let batch = batch.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        self.ready.clear();
        self.at = 0;
        write_batch(&batch, &mut self.ready)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "unexpected column type"))?;
        Ok(true)
    }
}

fn write_batch(batch: &RecordBatch, out: &mut Vec<u8>) -> Option<()> {
    let columns: Vec<ArrayRef> = batch.columns().iter().map(plain).collect::<Option<_>>()?;
    let mut cell = String::new();
    for row in 0..batch.num_rows() {
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            cell.clear();
            write_value(column, row, &mut cell)?;
            // A record of one empty cell is a blank line, which would not be a record.
            if cell.is_empty() && columns.len() == 1 {
                out.extend_from_slice(b"\"\"");
            }
            push_cell(cell.as_bytes(), out);
        }
        out.push(b'\n');
    }
    Some(())
}

/// Dictionaries as the values they stand for.
fn plain(column: &ArrayRef) -> Option<ArrayRef> {
    match column.as_any_dictionary_opt() {
        None => Some(column.clone()),
        // Keys can't be normalised over no values; then every row is empty.
        Some(dictionary) if dictionary.values().is_empty() => {
            take(dictionary.values(), &(0..dictionary.len()).map(|_| None::<u64>).collect())
        }
        Some(dictionary) => {
            let keys = dictionary.normalized_keys();
            let keys = (0..dictionary.len())
                .map(|row| dictionary.is_valid(row).then(|| keys.get(row).map(|key| *key as u64)).flatten());
            let keys: arrow::array::UInt64Array = keys.collect();
            take(dictionary.values(), &keys)
        }
    }
}

fn take(values: &ArrayRef, keys: &arrow::array::UInt64Array) -> Option<ArrayRef> {
    let mut texts = arrow::array::StringBuilder::new();
    for key in keys {
        match key.and_then(|key| usize::try_from(key).ok()) {
            Some(key) => {
                let mut text = String::new();
                write_value(values, key, &mut text)?;
                texts.append_value(text);
            }
            None => texts.append_null(),
        }
    }
    Some(std::sync::Arc::new(texts.finish()))
}

fn write_value(column: &ArrayRef, row: usize, out: &mut String) -> Option<()> {
    use std::fmt::Write as _;
    if column.is_null(row) {
        return Some(());
    }
    let mut push = |text: &str| out.extend(text.chars().map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }));
    match column.data_type() {
        DataType::Utf8 => push(column.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => push(column.as_string::<i64>().value(row)),
        DataType::Utf8View => push(column.as_string_view().value(row)),
        DataType::Int32 => write!(out, "{}", column.as_primitive::<Int32Type>().value(row)).ok()?,
        DataType::Int64 => write!(out, "{}", column.as_primitive::<Int64Type>().value(row)).ok()?,
        DataType::Float64 => write!(out, "{}", column.as_primitive::<Float64Type>().value(row)).ok()?,
        DataType::Date32 => {
            let days = i64::from(column.as_primitive::<Date32Type>().value(row));
            let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
            write!(out, "{date}").ok()?;
        }
        _ => return None,
    }
    Some(())
}

impl Read for ParquetText {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() {
            if !self.refill()? {
                return Ok(0);
            }
        }
        let length = self.ready.get(self.at..).unwrap_or_default().read(out)?;
        self.at += length;
        Ok(length)
    }
}
