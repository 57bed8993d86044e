//! What the doctor finds: what, why it matters, how to mend it.

use crate::model::Text;
use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// As it should be.
    Good,
    /// It could be better.
    Advice,
    /// To mend soon.
    Warning,
    /// To mend now.
    Fault,
}

/// A finding.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub what: Text,
    /// Why it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Text>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<Text>,
}

impl Finding {
    /// Something that is as it should be.
    pub fn good(check: &'static str, fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { check, level: Level::Good, what: Text::new(fr, en), why: None, mend: None }
    }

    /// Something that isn't.
    pub fn of(level: Level, check: &'static str, fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { level, ..Self::good(check, fr, en) }
    }

    /// Why it matters.
    pub fn because(self, fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { why: Some(Text::new(fr, en)), ..self }
    }

    /// How to mend it.
    pub fn mend(self, fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { mend: Some(Text::new(fr, en)), ..self }
    }
}
