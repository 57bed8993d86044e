//! Where things are in an agreement's text. Cedar decides what an agreement says; this only finds the place to point at.

use super::{folder::Source, letters, mistake::Mistake};
use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Text,
    Mark,
    Comment,
}

/// A word, a quoted text (quotes included), or a single other character.
fn tokens(text: &str) -> Vec<(Kind, Range<usize>)> {
    let mut tokens = scan(text);
    tokens.retain(|(kind, _)| *kind != Kind::Comment);
    tokens
}

/// The comments, from `//` to the end of their lines.
pub(super) fn comments(text: &str) -> impl Iterator<Item = &str> {
    let comments = scan(text).into_iter().filter(|(kind, _)| *kind == Kind::Comment);
    comments.filter_map(|(_, range)| text.get(range))
}

/// The tokens and the comments between them; white space is skipped.
fn scan(text: &str) -> Vec<(Kind, Range<usize>)> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        let kind = match first {
            '"' => {
                let mut escaped = false;
                for (_, c) in rest.by_ref() {
                    match c {
                        _ if escaped => escaped = false,
                        '\\' => escaped = true,
                        '"' => break,
                        _ => {}
                    }
                }
                Kind::Text
            }
            '/' if rest.next_if(|(_, c)| *c == '/').is_some() => {
                while rest.next_if(|(_, c)| *c != '\n').is_some() {}
                Kind::Comment
            }
            c if c.is_whitespace() => continue,
            c if c.is_alphanumeric() || c == '_' => {
                while rest.next_if(|(_, c)| c.is_alphanumeric() || *c == '_').is_some() {}
                Kind::Word
            }
            _ => Kind::Mark,
        };
        let end = rest.peek().map_or(text.len(), |(at, _)| *at);
        tokens.push((kind, start..end));
    }
    tokens
}

/// Reports the first name or text of an agreement in which a word mixes alphabets; comments are read by people alone.
pub(super) fn mixed(source: &Source) -> Option<Mistake> {
    if source.text.is_ascii() {
        return None;
    }
    let spoken = tokens(&source.text).into_iter().filter(|(kind, _)| *kind != Kind::Mark);
    let mut mistakes = spoken.filter_map(|(_, place)| {
        let text = source.text.get(place.clone())?;
        letters::deceptive(source, place, text)
    });
    mistakes.next()
}

/// The place of an entity written `Type::"id"`.
pub(super) fn entity(text: &str, type_name: &str, id: &str) -> Option<Range<usize>> {
    let written = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    tokens(text).windows(4).find_map(|window| match window {
        [(Kind::Word, word), (Kind::Mark, one), (Kind::Mark, two), (Kind::Text, quoted)]
            if written(word) == type_name
                && [written(one), written(two)] == [":", ":"]
                && written(quoted).trim_matches('"') == id =>
        {
            Some(word.start..quoted.end)
        }
        _ => None,
    })
}

/// The place of an annotation's value: `@key("value")`.
pub(super) fn annotation(text: &str, key: &str) -> Option<Range<usize>> {
    let written = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    tokens(text).windows(4).find_map(|window| match window {
        [(Kind::Mark, at), (Kind::Word, word), (Kind::Mark, _), (Kind::Text, value)]
            if written(at) == "@" && written(word) == key =>
        {
            Some(value.clone())
        }
        _ => None,
    })
}

/// The place of an operator, a function or an attribute, outside of comments and texts.
pub(super) fn written(text: &str, wanted: &str) -> Option<Range<usize>> {
    let starts = |range: &Range<usize>| text.get(range.start..).is_some_and(|rest| rest.starts_with(wanted));
    let whole = |kind: Kind, range: &Range<usize>| kind == Kind::Mark || range.len() == wanted.len();
    let head = locate_head(text);
    let found = tokens(text).into_iter().filter(|(_, range)| range.start >= head);
    let found = found.filter(|(kind, range)| *kind != Kind::Text && starts(range) && whole(*kind, range));
    found.map(|(_, range)| range.start..range.start + wanted.len()).next()
}

/// Where an agreement's conditions begin, or its effect.
fn locate_head(text: &str) -> usize {
    let is_clause = |range: &Range<usize>| matches!(text.get(range.clone()), Some("when" | "unless"));
    let clause = tokens(text).into_iter().find(|(kind, range)| *kind == Kind::Word && is_clause(range));
    clause.map_or_else(|| effect(text, 0).start, |(_, range)| range.start)
}

/// The place of the word that says what an agreement does: `permit` or `forbid`.
pub(super) fn effect(text: &str, nth: usize) -> Range<usize> {
    let is_effect = |range: &Range<usize>| matches!(text.get(range.clone()), Some("permit" | "forbid"));
    let mut words = tokens(text).into_iter().filter(|(kind, range)| *kind == Kind::Word && is_effect(range));
    words.nth(nth).map_or(0..0, |(_, range)| range)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const TEXT: &str = "// Member::\"festival\" dans un commentaire\n@id(\"é // \\\" x\")\npermit (principal in Member::\"festival\", action, resource);";

    #[test]
    fn comments_and_texts_are_not_searched() {
        let place = entity(TEXT, "Member", "festival").unwrap();
        assert_eq!(TEXT.get(place.clone()).unwrap(), "Member::\"festival\"");
        assert!(place.start > TEXT.find("permit").unwrap());
        assert_eq!(entity(TEXT, "Member", "salle"), None);
    }

    #[test]
    fn annotations_and_effects_have_places() {
        assert_eq!(TEXT.get(annotation(TEXT, "id").unwrap()).unwrap(), "\"é // \\\" x\"");
        assert_eq!(TEXT.get(effect(TEXT, 0)).unwrap(), "permit");
        assert_eq!(effect(TEXT, 1), 0..0);
    }
}
