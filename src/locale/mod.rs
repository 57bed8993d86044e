//! What the room says to people in pages and letters, in French and in English: messages of Project Fluent (projectfluent.org).
//!
//! Promise: both languages have the same messages with the same variables; a test holds it.

#[cfg(test)]
mod tests;

use crate::model::{Language, typography};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use std::{borrow::Cow, sync::LazyLock};
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

const FRENCH: &[&str] = &[
    include_str!("fr/account.ftl"),
    include_str!("fr/directory.ftl"),
    include_str!("fr/mail.ftl"),
    include_str!("fr/marketer.ftl"),
    include_str!("fr/officer.ftl"),
    include_str!("fr/pages.ftl"),
    include_str!("fr/public.ftl"),
    include_str!("fr/steward.ftl"),
];
const ENGLISH: &[&str] = &[
    include_str!("en/account.ftl"),
    include_str!("en/directory.ftl"),
    include_str!("en/mail.ftl"),
    include_str!("en/marketer.ftl"),
    include_str!("en/officer.ftl"),
    include_str!("en/pages.ftl"),
    include_str!("en/public.ftl"),
    include_str!("en/steward.ftl"),
];

static IN_FRENCH: LazyLock<Bundle> = LazyLock::new(|| {
    let mut bundle = Bundle::new_concurrent(vec![tag("fr-CA")]);
    bundle.set_formatter(Some(|value, _| figure(value, Language::Fr)));
    filled(bundle, FRENCH)
});
static IN_ENGLISH: LazyLock<Bundle> = LazyLock::new(|| {
    let mut bundle = Bundle::new_concurrent(vec![tag("en-CA")]);
    bundle.set_formatter(Some(|value, _| figure(value, Language::En)));
    filled(bundle, ENGLISH)
});

fn tag(tag: &str) -> LanguageIdentifier {
    tag.parse().unwrap_or_default()
}

/// What stands for a variable of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Words, as they are.
    Text(String),
    /// A whole number; it also chooses between singular and plural.
    Count(u64),
    /// A real number.
    Real(f64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<f64> for Value {
    fn from(real: f64) -> Self {
        Self::Real(real)
    }
}

/// A message in a language, with what stands for its variables. One that isn't there is its own name, and an error in the log.
pub fn say(language: Language, message: &str, values: &[(&'static str, Value)]) -> String {
    let bundle: &Bundle = match language {
        Language::Fr => &IN_FRENCH,
        Language::En => &IN_ENGLISH,
    };
    let Some(pattern) = bundle.get_message(message).and_then(|message| message.value()) else {
        tracing::error!(message, "a message is missing");
        return message.to_owned();
    };
    let mut arguments = FluentArgs::new();
    for (name, value) in values {
        arguments.set(*name, fluent(value));
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut errors);
    if !errors.is_empty() {
        tracing::error!(message, ?errors, "a message lacks a variable");
    }
    typography::spaced(&text, language)
}

/// The name of every message.
#[cfg(test)]
pub fn names() -> std::collections::BTreeSet<String> {
    let lines = FRENCH.iter().flat_map(|file| file.lines());
    let named = lines.filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
    named.filter_map(|line| Some(line.split_once(" =")?.0.to_owned())).collect()
}

fn fluent(value: &Value) -> FluentValue<'_> {
    match value {
        Value::Text(text) => FluentValue::String(Cow::Borrowed(text)),
        Value::Count(count) => FluentValue::from(*count),
        Value::Real(real) => FluentValue::from(*real),
    }
}

/// Figures as the language writes them.
fn figure(value: &FluentValue<'_>, language: Language) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let whole = number.value.fract() == 0.0 && number.value.abs() < 9e15;
    Some(if whole {
        typography::integer(number.value as i64, language)
    } else {
        typography::real(number.value, language)
    })
}

/// The bundle with the language's files, which the tests have read.
fn filled(mut bundle: Bundle, files: &[&str]) -> Bundle {
    // Both languages run from left to right: no marks around what is filled in.
    bundle.set_use_isolating(false);
    for file in files {
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(resource, errors)| {
            tracing::error!(?errors, "a file of messages has mistakes");
            resource
        });
        bundle.add_resource_overriding(resource);
    }
    bundle
}
