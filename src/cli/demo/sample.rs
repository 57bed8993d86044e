//! The pilot's own vocabulary, for tests.

#![allow(clippy::unwrap_used, reason = "tests")]

use crate::model::{Column, ColumnName, Vocabulary};
use std::collections::BTreeMap;
use std::path::Path;

/// As in `policies/vocabulary.toml`.
pub(super) fn vocabulary() -> Vocabulary {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/vocabulary.toml");
    let columns: BTreeMap<ColumnName, Column> = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    Vocabulary::new(columns).unwrap()
}
