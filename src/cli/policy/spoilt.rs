//! Copies of the pilot's policy folder, to try commands on.
#![allow(clippy::unwrap_used, reason = "tests")]

use crate::policy::Policies;
use std::{fs, path::Path};
use tempfile::TempDir;

/// A copy of the pilot's folder with one text replaced.
pub(super) fn pilot_with(file: &str, from: &str, to: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in Policies::read_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).unwrap() {
        let mut text = String::from_utf8(bytes).unwrap();
        if name == file {
            assert!(text.contains(from), "{file} has no {from}");
            text = text.replacen(from, to, 1);
        }
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}
