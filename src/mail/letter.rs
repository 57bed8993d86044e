//! What a letter says: a kind's messages, filled in with its content.

use crate::{
    locale::{Value, say},
    model::{Language, typography},
};
use serde_json::Value as Json;

/// A letter, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its subject, on one line.
    pub subject: String,
    /// What it says.
    pub body: String,
}

/// The names that a letter's content may have, and how each is told.
const NAMES: &[(&str, How)] = &[
    ("account", How::Words),
    ("agent", How::Words),
    ("at", How::Moment),
    ("audience", How::Words),
    ("date", How::Day),
    ("hours", How::Counted("mail-hours")),
    ("link", How::Link),
    ("member", How::Words),
    ("minutes", How::Counted("mail-minutes")),
    ("percent", How::Figure),
    ("proposal", How::Figure),
    ("roles", How::Roles),
    ("template", How::Words),
    ("what", How::Words),
    ("when", How::Counted("mail-days")),
];

#[derive(Clone, Copy)]
enum How {
    Words,
    Link,
    Figure,
    Moment,
    Day,
    Roles,
    Counted(&'static str),
}

/// The letter of a kind, such as `invitation`, with its content, from the room of this name. With where to turn letters of its kind off,
/// if they can be.
pub fn compose(kind: &str, content: &Json, language: Language, room: &str, preferences: Option<&str>) -> Letter {
    let values: Vec<(&'static str, Value)> =
        NAMES.iter().filter_map(|(name, how)| Some((*name, told(content.get(name)?, *how, name, language)))).collect();
    let subject = say(language, &format!("mail-{kind}-subject"), &values);
    let body = say(language, &format!("mail-{kind}-body"), &values);
    let mut paragraphs = vec![say(language, "mail-greeting", &[]), body];
    if let Some(link) = preferences {
        paragraphs.push(say(language, "mail-preferences", &[("link", link.into())]));
    }
    paragraphs.push(say(language, "mail-signature", &[("room", line(room).into())]));
    Letter { subject: line(&subject), body: paragraphs.join("\n\n") + "\n" }
}

fn told(value: &Json, how: How, name: &'static str, language: Language) -> Value {
    let text = || value.as_str().map_or_else(|| value.to_string(), line);
    match how {
        How::Words | How::Link => text().into(),
        How::Figure => value.as_u64().map_or_else(|| text().into(), Value::Count),
        How::Moment => typography::moment(&text(), language).into(),
        How::Day => {
            let day = text();
            day.parse().map_or(day, |day| typography::date(day, language)).into()
        }
        How::Roles => {
            let roles = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let roles =
                roles.iter().filter_map(Json::as_str).map(|role| say(language, &format!("mail-role-{role}"), &[]));
            roles.collect::<Vec<_>>().join(", ").into()
        }
        How::Counted(message) => {
            let variable = if name == "when" { "days" } else { name };
            let count = value.as_u64().unwrap_or_default();
            say(language, message, &[(variable, count.into())]).into()
        }
    }
}

/// On one line, and nothing that a terminal or mail program would obey: what people type may be in it.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}
