//! What every command is told: the language to speak; and where its words go.

use crate::model::Language;
use std::{
    fmt::Display,
    io::{self, Write},
};

/// The same words in French and in English.
pub type Words = (&'static str, &'static str);

/// The wording in one language.
pub fn choose(language: Language, words: Words) -> &'static str {
    match language {
        Language::Fr => words.0,
        Language::En => words.1,
    }
}

/// What every command is told.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The language to speak.
    pub language: Language,
}

impl Context {
    /// The wording in the context's language.
    pub fn say(&self, fr: &'static str, en: &'static str) -> &'static str {
        choose(self.language, (fr, en))
    }

    /// Prints a result on stdout: data, and nothing else, goes there.
    ///
    /// # Errors
    /// When stdout can't be written.
    pub fn print(&self, text: impl Display) -> io::Result<()> {
        writeln!(io::stdout().lock(), "{text}")
    }

    /// Prints JSON on stdout, as the room sent it.
    ///
    /// # Errors
    /// When stdout can't be written.
    pub fn print_json(&self, value: &serde_json::Value) -> io::Result<()> {
        self.print(format_args!("{value:#}"))
    }

    /// Tells the person at the terminal something, on stderr. Failing to is no reason to stop.
    pub fn tell(&self, text: impl Display) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}
