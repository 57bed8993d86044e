//! The file of a backup: a tar of plain files inside an `age` file. The manifest comes first, then what it lists, in its order.

use super::{
    collect::Source,
    manifest::{Item, Manifest, ManifestError},
    seal::{OpenError, Opener, Seal},
};
use sha2::{Digest, Sha256};
use std::{
    cell::Cell,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    rc::Rc,
};
use tar::{Archive, Builder, EntryType, Header};

/// The manifest's name in the archive.
const MANIFEST: &str = "manifest.json";
/// Largest manifest: that of some hundred thousand files.
const MANIFEST_BYTES_MAX: u64 = 64 << 20;
/// What may follow the last file: the end of a tar, which some programs fill up to a block.
const END_BYTES_MAX: usize = 1 << 20;
/// Bytes read at once.
const BLOCK_BYTES: usize = 256 << 10;

/// Told how many bytes of how many are done.
pub type Progress<'a> = &'a dyn Fn(u64, u64);

/// Why an archive can't be written.
#[derive(Debug)]
pub(super) enum WriteError {
    /// The archive's own file.
    Output(io::Error),
    /// A file of the room.
    Source(String, io::Error),
    /// A file of the room isn't what it was a moment ago.
    Changed(String),
    /// A name too long for the format.
    Name(String),
}

/// What a source holds: its size and digest.
pub(super) fn measure(source: &Source, told: &mut dyn FnMut(u64)) -> io::Result<Item> {
    let mut reader = Counted::new(source.open()?, told);
    io::copy(&mut reader, &mut io::sink())?;
    let (bytes, sha256) = reader.end();
    Ok(Item { path: source.path.clone(), bytes, sha256 })
}

/// Writes an archive of sources that were measured before.
pub(super) fn write(
    output: File,
    seal: &Seal,
    manifest: &Manifest,
    sources: &[Source],
    told: &mut dyn FnMut(u64),
) -> Result<(), WriteError> {
    let encryptor = seal.encryptor().map_err(|error| WriteError::Output(io::Error::other(error)))?;
    let encrypted = encryptor.wrap_output(BufWriter::new(output)).map_err(WriteError::Output)?;
    let mut tar = Builder::new(encrypted);
    let text = serde_json::to_vec_pretty(manifest).map_err(|error| WriteError::Output(error.into()))?;
    let first = header(MANIFEST, text.len() as u64, manifest)?;
    tar.append(&first, text.as_slice()).map_err(WriteError::Output)?;
    for (item, source) in manifest.files.iter().zip(sources) {
        let next = header(&item.path, item.bytes, manifest)?;
        let input = source.open().map_err(|error| WriteError::Source(item.path.clone(), error))?;
        // Never more than its header says, however the file has grown.
        let mut reader = Counted::new(input.take(item.bytes), told);
        tar.append(&next, &mut reader).map_err(|error| match reader.failed.take() {
            Some(failed) => WriteError::Source(item.path.clone(), failed),
            None => WriteError::Output(error),
        })?;
        if reader.end() != (item.bytes, item.sha256.clone()) {
            return Err(WriteError::Changed(item.path.clone()));
        }
    }
    let finished = tar.into_inner().and_then(|encrypted| encrypted.finish());
    let file = finished.and_then(|buffered| buffered.into_inner().map_err(io::IntoInnerError::into_error));
    file.and_then(|file| file.sync_all()).map_err(WriteError::Output)
}

fn header(path: &str, bytes: u64, manifest: &Manifest) -> Result<Header, WriteError> {
    let mut header = Header::new_ustar();
    header.set_path(path).map_err(|_| WriteError::Name(path.to_owned()))?;
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_mtime(u64::try_from(manifest.taken.as_second()).unwrap_or_default());
    header.set_size(bytes);
    header.set_cksum();
    Ok(header)
}

/// Counts and digests what is read through it, and keeps the error that reading ended with.
struct Counted<'a, R> {
    inner: R,
    digest: Sha256,
    bytes: u64,
    told: &'a mut dyn FnMut(u64),
    failed: Option<io::Error>,
}

impl<'a, R> Counted<'a, R> {
    fn new(inner: R, told: &'a mut dyn FnMut(u64)) -> Self {
        Self { inner, digest: Sha256::new(), bytes: 0, told, failed: None }
    }

    fn end(self) -> (u64, String) {
        (self.bytes, hex::encode(self.digest.finalize()))
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self.inner.read(buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                let kind = error.kind();
                self.failed = Some(error);
                return Err(kind.into());
            }
        };
        self.digest.update(buffer.get(..read).unwrap_or_default());
        self.bytes += read as u64;
        (self.told)(read as u64);
        Ok(read)
    }
}

/// Why an archive can't be read.
#[derive(Debug)]
pub(super) enum ReadError {
    /// It doesn't open.
    Open(OpenError),
    /// What it says of itself.
    Manifest(ManifestError),
    /// It ends early, or its bytes are not those that were written; up to this byte of the file.
    Damaged(u64),
    /// It holds something that no backup holds, here.
    Foreign(String),
    /// A file isn't what the manifest says.
    Differs(String),
    /// What was read can't be kept.
    Kept(String, io::Error),
}

/// Reads an archive whole: `begin` is given the manifest, then `keep` each file's path, and makes what its bytes are written to. What was
/// kept is sound only if this returns without an error.
pub(super) fn read(
    input: File,
    opener: &Opener,
    progress: Progress<'_>,
    keep: &mut dyn FnMut(&str) -> io::Result<File>,
) -> Result<Manifest, ReadError> {
    let total = input.metadata().map_or(0, |metadata| metadata.len());
    let offset = Rc::new(Cell::new(0));
    let damaged = |_: io::Error| ReadError::Damaged(offset.get());
    let counted =
        Offset { inner: BufReader::with_capacity(BLOCK_BYTES, input), at: Rc::clone(&offset), total, progress };
    let plain = opener.open(counted).map_err(|error| match error {
        OpenError::Damaged => ReadError::Damaged(offset.get()),
        error => ReadError::Open(error),
    })?;
    let mut archive = Archive::new(plain);
    // Raw: entries that say something of others (long names, links, sparse files) are entries of their own, and refused.
    let mut entries = archive.entries().map_err(damaged)?.raw(true);
    let mut next = || match entries.next() {
        Some(Ok(entry)) => Ok(Some(entry)),
        Some(Err(error)) => Err(damaged(error)),
        None => Ok(None),
    };
    let mut entry = next()?.ok_or_else(|| ReadError::Foreign(MANIFEST.to_owned()))?;
    if name(&entry) != Some(MANIFEST.to_owned()) || entry.size() > MANIFEST_BYTES_MAX {
        return Err(ReadError::Foreign(MANIFEST.to_owned()));
    }
    let mut text = Vec::new();
    entry.read_to_end(&mut text).map_err(damaged)?;
    let manifest = Manifest::read(&text).map_err(ReadError::Manifest)?;
    let mut buffer = vec![0; BLOCK_BYTES];
    for item in &manifest.files {
        let mut entry = next()?.ok_or_else(|| ReadError::Foreign(item.path.clone()))?;
        if name(&entry).as_deref() != Some(&item.path) || entry.size() != item.bytes {
            return Err(ReadError::Foreign(item.path.clone()));
        }
        let mut digest = Sha256::new();
        let kept = |error| ReadError::Kept(item.path.clone(), error);
        let mut output = keep(&item.path).map_err(kept)?;
        loop {
            let read = match entry.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => buffer.get(..read).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(damaged(error)),
            };
            digest.update(read);
            output.write_all(read).map_err(kept)?;
        }
        if hex::encode(digest.finalize()) != item.sha256 {
            return Err(ReadError::Differs(item.path.clone()));
        }
        output.sync_all().map_err(kept)?;
    }
    if let Some(more) = next()? {
        return Err(ReadError::Foreign(String::from_utf8_lossy(&more.path_bytes()).chars().take(120).collect()));
    }
    end(archive.into_inner()).map_err(damaged)?.then_some(manifest).ok_or_else(|| ReadError::Foreign("…".to_owned()))
}

/// The name of an entry that is a plain file.
fn name<R: Read>(entry: &tar::Entry<'_, R>) -> Option<String> {
    let plain = entry.header().entry_type() == EntryType::Regular;
    plain.then(|| String::from_utf8(entry.path_bytes().into_owned()).ok()).flatten()
}

/// Reads what is left: only there does `age` tell whether the file ends where it should. Whether it was nothing but a tar's end.
fn end(mut rest: impl Read) -> io::Result<bool> {
    let (mut buffer, mut read, mut empty) = (vec![0; BLOCK_BYTES], 0, true);
    loop {
        match rest.read(&mut buffer) {
            Ok(0) => return Ok(empty),
            Ok(bytes) => {
                read += bytes;
                empty &= buffer.get(..bytes).unwrap_or_default().iter().all(|byte| *byte == 0);
                if !empty || read > END_BYTES_MAX {
                    return Ok(false);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Counts how far the file was read.
struct Offset<'a> {
    inner: BufReader<File>,
    at: Rc<Cell<u64>>,
    total: u64,
    progress: Progress<'a>,
}

impl Read for Offset<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.at.set(self.at.get() + read as u64);
        (self.progress)(self.at.get(), self.total);
        Ok(read)
    }
}
