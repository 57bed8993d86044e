//! Writes delimited text the way other people's programs do: their delimiter, their encoding, their line ends.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// How a file's text becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf8Bom,
    Windows1252,
}

/// How a program writes its sheets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    /// An ASCII character.
    pub(super) delimiter: u8,
    pub(super) encoding: Encoding,
    pub(super) line_end: &'static str,
}

/// A delimited file being written.
pub(super) struct Sheet {
    out: BufWriter<File>,
    format: Format,
    line: String,
}

impl Sheet {
    /// Creates the file and writes its header line.
    pub(super) fn create(path: &Path, format: Format, headers: &[&str]) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        if format.encoding == Encoding::Utf8Bom {
            out.write_all(b"\xEF\xBB\xBF")?;
        }
        let mut sheet = Self { out, format, line: String::new() };
        sheet.row(headers)?;
        Ok(sheet)
    }

    /// Writes one record, quoting the cells that need it.
    pub(super) fn row<S: AsRef<str>>(&mut self, cells: &[S]) -> io::Result<()> {
        self.line.clear();
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.line.push(char::from(self.format.delimiter));
            }
            let cell = cell.as_ref();
            if cell.bytes().any(|byte| byte == self.format.delimiter || matches!(byte, b'"' | b'\n' | b'\r')) {
                self.line.push('"');
                self.line.push_str(&cell.replace('"', "\"\""));
                self.line.push('"');
            } else {
                self.line.push_str(cell);
            }
        }
        self.line.push_str(self.format.line_end);
        match self.format.encoding {
            Encoding::Windows1252 => self.out.write_all(&encoding_rs::WINDOWS_1252.encode(&self.line).0),
            Encoding::Utf8 | Encoding::Utf8Bom => self.out.write_all(self.line.as_bytes()),
        }
    }

    /// Flushes what is left to the file.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}
