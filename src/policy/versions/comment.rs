//! What an officer says of a proposal, in their own words.

use crate::{model::Text, policy::letters};

/// Longest comment, in characters.
const CHARS_MAX: usize = 2_000;

/// A comment on a proposal: something to read, and nothing that hides. It may have several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment(String);

impl Comment {
    /// The longest, in characters.
    pub const CHARS_MAX: usize = CHARS_MAX;

    /// Reads what was typed, without the empty space around it.
    ///
    /// # Errors
    /// When nothing is said, it is too long, or a character of it isn't seen.
    pub fn read(typed: &str) -> Result<Self, Text> {
        // Browsers end the lines of a form by two characters.
        let text = typed.replace("\r\n", "\n");
        let text = text.trim();
        if text.is_empty() {
            return Err(Text::new(
                "le commentaire est vide : écrivez-le, en une phrase",
                "the comment is empty: write it, in a sentence",
            ));
        }
        let length = text.chars().count();
        if length > CHARS_MAX {
            return Err(Text::new(
                format!("le commentaire a {length} caractères : abrégez-le à {CHARS_MAX}"),
                format!("the comment has {length} characters: shorten it to {CHARS_MAX}"),
            ));
        }
        match text.chars().find(|c| *c != '\n' && (c.is_control() || letters::is_invisible(*c))) {
            None => Ok(Self(text.to_owned())),
            Some(hidden) => {
                let code = u32::from(hidden);
                Err(Text::new(
                    format!(
                        "un caractère invisible se cache dans le commentaire (U+{code:04X}) : effacez-le, ou tapez la ligne de nouveau"
                    ),
                    format!(
                        "an invisible character hides in the comment (U+{code:04X}): delete it, or type the line again"
                    ),
                ))
            }
        }
    }

    /// What it says.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_comment_is_what_is_read() {
        let read = |typed: &str| Comment::read(typed).map(|comment| comment.as_str().to_owned());
        assert_eq!(read("  oui,\r\nmais d’ici juin \n").unwrap(), "oui,\nmais d’ici juin");
        assert_eq!(read(&"é".repeat(2_000)).unwrap().chars().count(), 2_000);
        assert!(read(&"é".repeat(2_001)).unwrap_err().en.contains("2001 characters: shorten it to 2000"));
        assert!(read(" \r\n\t ").unwrap_err().en.contains("is empty"));
        for hidden in ["a\u{0}b", "a\u{1b}[2Jb", "a\rb", "a\tb", "a\u{202e}b", "a\u{200b}b", "a\u{85}b"] {
            let error = read(hidden).unwrap_err();
            assert!(error.en.contains("U+") && error.fr.contains("U+"), "{error:?}");
        }
    }
}
