//! Files that are there whole or not at all.

use super::{HashError, records::RecordParser};
use arrow::{
    array::{ArrayRef, RecordBatch, StringBuilder},
    datatypes::{DataType, Field, Schema},
};
use parquet::{arrow::ArrowWriter, basic::Compression, file::properties::WriterProperties, schema::types::ColumnPath};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Appends a cell, quoted where it has to be.
pub(super) fn push_cell(cell: &[u8], out: &mut Vec<u8>) {
    if !cell.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(cell);
        return;
    }
    out.push(b'"');
    for byte in cell {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// A file that is written beside its place and moved there when it is whole.
pub(super) struct Pending {
    path: PathBuf,
    partial: PathBuf,
    file: File,
}

impl Pending {
    pub fn create(path: &Path) -> Result<Self, HashError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(HashError::NoFolder(folder.to_owned()));
        }
        if path.is_dir() {
            return Err(HashError::IsFolder(path.to_owned()));
        }
        let failed = |source| HashError::Write { path: path.to_owned(), source };
        let number = getrandom::u64().map_err(|error| failed(io::Error::other(error.to_string())))?;
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{number:016x}.partial"));
        let partial = folder.join(name);
        let file = OpenOptions::new().write(true).create_new(true).open(&partial).map_err(failed)?;
        Ok(Self { path: path.to_owned(), partial, file })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn commit(self) -> Result<(), HashError> {
        fs::rename(&self.partial, &self.path).map_err(|source| HashError::Write { path: self.path.clone(), source })
    }
}

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        // After a commit there is nothing under that name.
        let _ = fs::remove_file(&self.partial);
    }
}

/// Where hashed rows go.
pub(super) enum Sink {
    Stdout(io::Stdout),
    Csv(Pending),
    Parquet(Box<ParquetSink>),
}

pub(super) struct ParquetSink {
    writer: ArrowWriter<Pending>,
    schema: Arc<Schema>,
    parser: RecordParser,
    path: PathBuf,
}

impl Sink {
    /// Opens the output at `path`, standard output if there is none, and writes the header.
    pub fn create(path: Option<&Path>, columns: &[String], hashes: usize) -> Result<Self, HashError> {
        let mut sink = match path {
            None => Self::Stdout(io::stdout()),
            Some(path) => match path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase).as_deref() {
                Some("csv") => Self::Csv(Pending::create(path)?),
                Some("parquet") => Self::Parquet(Box::new(ParquetSink::create(path, columns, hashes)?)),
                _ => return Err(HashError::OutputFormat(path.to_owned())),
            },
        };
        if !matches!(sink, Self::Parquet(_)) {
            let mut header = columns.join(",").into_bytes();
            header.push(b'\n');
            sink.write(&header)?;
        }
        Ok(sink)
    }

    /// Writes rows.
    pub fn write(&mut self, csv: &[u8]) -> Result<(), HashError> {
        match self {
            Self::Stdout(out) => out.write_all(csv).map_err(|source| HashError::Write { path: PathBuf::from("-"), source }),
            Self::Csv(file) => file.write_all(csv).map_err(|source| HashError::Write { path: file.path().to_owned(), source }),
            Self::Parquet(parquet) => parquet.write(csv),
        }
    }

    /// Puts the file in its place.
    pub fn commit(self) -> Result<(), HashError> {
        match self {
            Self::Stdout(mut out) => out.flush().map_err(|source| HashError::Write { path: PathBuf::from("-"), source }),
            Self::Csv(file) => file.commit(),
            Self::Parquet(parquet) => parquet.commit(),
        }
    }
}

impl ParquetSink {
    fn create(path: &Path, columns: &[String], hashes: usize) -> Result<Self, HashError> {
        let fields: Vec<Field> = columns.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let mut properties = WriterProperties::builder().set_compression(Compression::ZSTD(Default::default()));
        for name in columns.iter().take(hashes) {
            // Hashes don't repeat: a dictionary of them is only a detour.
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(name.as_str()), false);
        }
        let pending = Pending::create(path)?;
        let writer = ArrowWriter::try_new(pending, schema.clone(), Some(properties.build()));
        let writer = writer.map_err(|error| failed(path, error))?;
        Ok(Self { writer, schema, parser: RecordParser::new(b','), path: path.to_owned() })
    }

    fn write(&mut self, csv: &[u8]) -> Result<(), HashError> {
        let mut columns: Vec<StringBuilder> = self.schema.fields().iter().map(|_| StringBuilder::new()).collect();
        self.parser.for_each(csv, 1, |_, record| {
            for (index, column) in columns.iter_mut().enumerate() {
                let cell = record.get(index);
                column.append_option(std::str::from_utf8(cell).ok().filter(|cell| !cell.is_empty()));
            }
        });
        let columns: Vec<ArrayRef> = columns.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef).collect();
        let batch = RecordBatch::try_new(self.schema.clone(), columns).map_err(|error| failed(&self.path, error.into()))?;
        self.writer.write(&batch).map_err(|error| failed(&self.path, error))
    }

    fn commit(self) -> Result<(), HashError> {
        self.writer.into_inner().map_err(|error| failed(&self.path, error))?.commit()
    }
}

fn failed(path: &Path, error: parquet::errors::ParquetError) -> HashError {
    HashError::Write { path: path.to_owned(), source: io::Error::other(error.to_string()) }
}
