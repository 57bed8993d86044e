//! Backups taken apart and put together by hand, with whatever should not be in one.

use super::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use tar::{EntryType, Header};

/// One entry of a tar, as it will stand there.
#[derive(Clone)]
pub struct Entry {
    pub name: Vec<u8>,
    pub kind: EntryType,
    pub link: &'static str,
    /// What its header says of its size, if not the truth.
    pub size: Option<u64>,
    pub bytes: Vec<u8>,
}

/// A backup's manifest and the entries after it.
#[derive(Clone)]
pub struct Crafted {
    pub manifest: Value,
    pub entries: Vec<Entry>,
    /// What follows the tar's end.
    pub tail: Vec<u8>,
}

pub fn plain(name: &str, bytes: impl Into<Vec<u8>>) -> Entry {
    Entry { name: name.into(), kind: EntryType::Regular, link: "", size: None, bytes: bytes.into() }
}

pub fn of_kind(name: &str, kind: EntryType, link: &'static str) -> Entry {
    Entry { kind, link, ..plain(name, "") }
}

impl Entry {
    fn write(&self, tar: &mut Vec<u8>) {
        let mut header = Header::new_ustar();
        header.set_entry_type(self.kind);
        header.set_mode(0o600);
        header.set_size(self.size.unwrap_or(self.bytes.len() as u64));
        // By hand: the library wouldn't write the names that are tried here.
        let raw = header.as_old_mut();
        raw.name[..self.name.len()].copy_from_slice(&self.name);
        raw.linkname[..self.link.len()].copy_from_slice(self.link.as_bytes());
        header.set_cksum();
        tar.extend_from_slice(header.as_bytes());
        tar.extend_from_slice(&self.bytes);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
}

impl Crafted {
    /// Takes a backup apart.
    pub fn open(desk: &Desk, name: &str) -> Self {
        let sealed = fs::read(desk.path(name)).unwrap();
        let plain_text = age::decrypt(&desk.identity, &sealed).unwrap();
        let mut archive = tar::Archive::new(plain_text.as_slice());
        let read = |entry: std::io::Result<tar::Entry<'_, &[u8]>>| {
            let mut entry = entry.unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            plain(entry.path().unwrap().to_str().unwrap(), bytes)
        };
        let mut entries: Vec<Entry> = archive.entries().unwrap().map(read).collect();
        let manifest = entries.remove(0);
        assert_eq!(manifest.name, b"manifest.json");
        Self { manifest: serde_json::from_slice(&manifest.bytes).unwrap(), entries, tail: vec![0; 1024] }
    }

    /// Puts it together.
    pub fn tar(&self) -> Vec<u8> {
        let mut tar = Vec::new();
        plain("manifest.json", self.manifest.to_string()).write(&mut tar);
        for entry in &self.entries {
            entry.write(&mut tar);
        }
        tar.extend_from_slice(&self.tail);
        tar
    }

    pub fn files(&mut self) -> &mut Vec<Value> {
        self.manifest["files"].as_array_mut().unwrap()
    }

    pub fn at(&self, name: &str) -> usize {
        self.entries.iter().position(|entry| entry.name == name.as_bytes()).unwrap()
    }

    /// The place of the first entry whose name begins so.
    pub fn first(&self, beginning: &str) -> usize {
        self.entries.iter().position(|entry| entry.name.starts_with(beginning.as_bytes())).unwrap()
    }

    /// Adds a file, with its line in the manifest.
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        self.entries.push(plain(name, bytes));
        self.files().push(line(name, bytes));
    }

    /// Removes a file, with its line in the manifest.
    pub fn remove(&mut self, at: usize) {
        self.entries.remove(at);
        self.files().remove(at);
    }

    /// Gives a file other bytes, and the manifest their digest.
    pub fn replace(&mut self, at: usize, bytes: Vec<u8>) {
        let name = String::from_utf8(self.entries[at].name.clone()).unwrap();
        self.files()[at] = line(&name, &bytes);
        self.entries[at].bytes = bytes;
    }
}

fn line(name: &str, bytes: &[u8]) -> Value {
    serde_json::json!({"path": name, "bytes": bytes.len(), "sha256": hex::encode(Sha256::digest(bytes))})
}

/// Closes bytes for a desk's key: whoever knows the public key can.
pub fn seal(desk: &Desk, name: &str, bytes: &[u8]) {
    let key = desk.identity.to_public();
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&key as &dyn age::Recipient)).unwrap();
    let mut output = encryptor.wrap_output(fs::File::create(desk.path(name)).unwrap()).unwrap();
    output.write_all(bytes).unwrap();
    output.finish().unwrap();
}
