//! A file as its values by their keys: what is left of it without comments, spaces and the order of keys.

use cedar_policy::SchemaFragment;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// A value of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Leaf {
    /// A value of TOML.
    Value(Value),
    /// A whole file that isn't TOML.
    Whole(String),
}

impl Leaf {
    /// As it is written, so that a text and a number don't read alike.
    pub(super) fn exact(&self) -> String {
        match self {
            Self::Value(value) => value.to_string(),
            Self::Whole(text) => text.clone(),
        }
    }

    /// As people read it; nothing for a whole file.
    pub(super) fn plain(&self) -> String {
        match self {
            Self::Value(Value::String(text)) => text.clone(),
            Self::Value(value) => value.to_string(),
            Self::Whole(_) => String::new(),
        }
    }
}

/// The values of a file by their keys. Lists of tables are gone into by their places.
pub(super) fn leaves(file: &str, bytes: &[u8]) -> BTreeMap<Vec<String>, Leaf> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n");
    let whole = |text: String| BTreeMap::from([(vec![], Leaf::Whole(text))]);
    if file.ends_with(".toml") {
        return text.parse::<Table>().map_or_else(|_| whole(text), flat);
    }
    let schema = SchemaFragment::from_cedarschema_str(&text).ok().and_then(|(schema, _)| schema.to_json_value().ok());
    whole(schema.map_or(text, |schema| schema.to_string()))
}

fn flat(table: Table) -> BTreeMap<Vec<String>, Leaf> {
    let mut found = BTreeMap::new();
    let mut open = vec![(vec![], Value::Table(table))];
    while let Some((key, value)) = open.pop() {
        let below = |part: String| key.iter().cloned().chain([part]).collect::<Vec<_>>();
        match value {
            Value::Table(table) if !table.is_empty() => {
                open.extend(table.into_iter().map(|(part, value)| (below(part), value)));
            }
            Value::Array(values) if values.iter().any(Value::is_table) => {
                open.extend(values.into_iter().enumerate().map(|(at, value)| (below((at + 1).to_string()), value)));
            }
            value => {
                found.insert(key, Leaf::Value(value));
            }
        }
    }
    found
}

/// A key as TOML writes it, with its sections.
pub(super) fn written(key: &[String]) -> String {
    let is_bare =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let part = |part: &String| if is_bare(part) { part.clone() } else { format!("{part:?}") };
    key.iter().map(part).collect::<Vec<_>>().join(".")
}
