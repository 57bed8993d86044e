//! What the audit log binds of the database: every row of every table, as records with a digest each.
//!
//! Columns are named one by one, so that a later migration changes no digest of what was written before it.

mod digest;

pub use digest::{digests, longest, page};

use serde_json::Value;
use sqlx::{Any, any::AnyArguments, query::Query};
use std::{fmt, str::FromStr};

/// A kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the table of its name, with the rows that belong to its row")]
pub enum Kind {
    Room,
    Token,
    Upload,
    Version,
    Account,
    Charge,
    Answer,
    AnswerBlind,
    PolicyVersion,
    PolicyProposal,
    PolicyPublication,
    PolicyNarrowing,
    PolicyLog,
    Template,
    TemplateLog,
    Key,
}

/// Rows that belong to a record.
struct Part {
    /// What they are read from.
    table: &'static str,
    /// The column that holds the record's key.
    key: &'static str,
    /// What is bound of them.
    columns: &'static str,
    /// Their order within a record, where there may be several.
    order: &'static str,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Room,
        Self::Token,
        Self::Upload,
        Self::Version,
        Self::Account,
        Self::Charge,
        Self::Answer,
        Self::AnswerBlind,
        Self::PolicyVersion,
        Self::PolicyProposal,
        Self::PolicyPublication,
        Self::PolicyNarrowing,
        Self::PolicyLog,
        Self::Template,
        Self::TemplateLog,
        Self::Key,
    ];

    /// Its word in the log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Token => "token",
            Self::Upload => "upload",
            Self::Version => "version",
            Self::Account => "account",
            Self::Charge => "charge",
            Self::Answer => "answer",
            Self::AnswerBlind => "answer-blind",
            Self::PolicyVersion => "policy-version",
            Self::PolicyProposal => "policy-proposal",
            Self::PolicyPublication => "policy-publication",
            Self::PolicyNarrowing => "policy-narrowing",
            Self::PolicyLog => "policy-log",
            Self::Template => "template",
            Self::TemplateLog => "template-log",
            Self::Key => "key",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    fn is_numbered(self) -> bool {
        !matches!(self, Self::Upload | Self::Account | Self::PolicyVersion | Self::Template)
    }

    /// Its rows: first the record's own, then what belongs to it.
    fn parts(self) -> &'static [Part] {
        const fn part(table: &'static str, key: &'static str, columns: &'static str, order: &'static str) -> Part {
            Part { table, key, columns, order }
        }
        match self {
            Self::Room => const { &[part("room", "only_row", "founded, key_check", "only_row")] },
            Self::Token => const { &[part("tokens", "id", r#"hash, member, "user", role, created, revoked"#, "id")] },
            Self::Upload => {
                const { &[part("uploads", "id", "member, audience, declaration, state, outcome, created", "id")] }
            }
            Self::Version => {
                const {
                    &[
                        part("versions", "id", "member, audience, upload, declaration, kinds, created, in_force", "id"),
                        part("version_files", "version", "bytes, hashes", "version"),
                    ]
                }
            }
            Self::Account => {
                const {
                    &[part(
                        "accounts",
                        "account",
                        "period_start, unlocked, spent, lifetime, delta_unlocked, delta_spent, delta_lifetime",
                        "account",
                    )]
                }
            }
            Self::Charge => {
                const {
                    &[
                        part("charges", "id", "query_key, margin, rho, delta, asker, question, policy, charged", "id"),
                        part("debits", "charge", "account, rho, delta", "account"),
                    ]
                }
            }
            Self::Answer => const { &[part("answers", "charge", "release, recorded", "charge")] },
            Self::AnswerBlind => const { &[part("answer_blinds", "charge", "blind", "charge")] },
            Self::PolicyVersion => {
                const { &[part("policy_versions JOIN policy_files USING (hash)", "version", "name, hash, bytes", "name")] }
            }
            Self::PolicyProposal => {
                const {
                    &[
                        part("policy_proposals", "id", r#"base, version, member, "user", why, proposed, state"#, "id"),
                        part("policy_approvals", "proposal", r#"owner, "user", effects, approved"#, "owner"),
                    ]
                }
            }
            Self::PolicyPublication => {
                const { &[part("policy_publications", "id", "version, proposal, published", "id")] }
            }
            Self::PolicyNarrowing => {
                const { &[part("policy_narrowings", "id", "owner, version, proposal, since, ended", "id")] }
            }
            Self::PolicyLog => {
                const { &[part("policy_log", "id", r#"happened, what, member, "user", version, proposal, why"#, "id")] }
            }
            Self::Template => {
                const {
                    &[
                        part("templates", "hash", r#"id, name, sql, toml, member, "user", why, proposed"#, "hash"),
                        part("template_approvals", "hash", r#"id, owner, "user", approved, withdrawn"#, "id"),
                    ]
                }
            }
            Self::TemplateLog => {
                const { &[part("template_log", "id", r#"happened, what, member, "user", hash, why"#, "id")] }
            }
            Self::Key => const { &[part("log_keys", "id", "key, endorsement", "id")] },
        }
    }
}

/// The key of a record within its kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A number.
    Number(i64),
    /// A name.
    Text(String),
}

impl Key {
    /// As JSON.
    pub fn value(&self) -> Value {
        match self {
            Self::Number(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
        }
    }

    /// From JSON; `None` if it is neither a whole number nor a text.
    pub fn read(value: &Value) -> Option<Self> {
        value.as_i64().map(Self::Number).or_else(|| value.as_str().map(Self::from))
    }

    fn bind<'q>(&'q self, query: Query<'q, Any, AnyArguments>) -> Query<'q, Any, AnyArguments> {
        match self {
            Self::Number(number) => query.bind(*number),
            Self::Text(text) => query.bind(text.as_str()),
        }
    }
}

impl From<i64> for Key {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// One record of the database, by kind and key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Record {
    /// Its kind.
    pub kind: Kind,
    /// Its key.
    pub key: Key,
}

impl Record {
    /// The record of this kind and key.
    pub fn new(kind: Kind, key: impl Into<Key>) -> Self {
        Self { kind, key: key.into() }
    }
}

impl FromStr for Record {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (kind, key) = text.split_once(':').ok_or(())?;
        let kind = Kind::of(kind).ok_or(())?;
        // Which kinds have numbers for keys, their tables know.
        let key = if kind.is_numbered() { Key::Number(key.parse().map_err(|_| ())?) } else { key.into() };
        Ok(Self { kind, key })
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Key::Number(number) => write!(f, "{}:{number}", self.kind.word()),
            Key::Text(text) => write!(f, "{}:{text}", self.kind.word()),
        }
    }
}

/// Whether a column of a table is bound by some record.
#[cfg(test)]
pub(crate) fn binds(table: &str, column: &str) -> bool {
    let words = |text: &'static str| text.split([',', ' ', '"']).filter(|word| !word.is_empty());
    Kind::ALL.into_iter().flat_map(Kind::parts).any(|part| {
        words(part.table).any(|word| word == table) && words(part.columns).chain([part.key]).any(|word| word == column)
    })
}
