//! The lines of a file that a report shows around a mistake.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::sync::Arc;

/// Longest excerpt, in bytes: a file whose lines are very long must not fill the terminal.
const EXCERPT_BYTES_MAX: usize = 4_096;
/// What is kept of very long lines on either side of the place, in bytes.
const AROUND_BYTES: usize = 60;

/// A file's name and text. Columns are counted in characters, as editors count them; miette counts bytes.
#[derive(Debug, Clone)]
pub(super) struct Excerpt {
    pub(super) name: String,
    pub(super) text: Arc<str>,
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let whole = self.text.as_ref().read_span(span, context_lines_before, context_lines_after)?;
        let (mut start, mut end) = (whole.span().offset(), whole.span().offset() + whole.span().len());
        if whole.data().len() > EXCERPT_BYTES_MAX {
            let boundary = |at: &usize| self.text.is_char_boundary(*at);
            let place_end = (span.offset() + span.len()).min(span.offset() + EXCERPT_BYTES_MAX);
            start =
                (start..=span.offset().saturating_sub(AROUND_BYTES).max(start)).rev().find(boundary).unwrap_or(start);
            end = ((place_end + AROUND_BYTES).min(end)..=end).find(boundary).unwrap_or(end);
        }
        let before = self.text.get(..start).unwrap_or_default();
        let data = self.text.get(start..end).unwrap_or_default();
        let (line, column) =
            (before.matches('\n').count(), before.rsplit('\n').next().unwrap_or_default().chars().count());
        let (span, lines) = ((start, end - start).into(), data.matches('\n').count());
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data.as_bytes(), span, line, column, lines)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn excerpt(text: &str, span: (usize, usize), lines: usize) -> (String, usize, usize) {
        let excerpt = Excerpt { name: "a.toml".into(), text: text.into() };
        let contents = excerpt.read_span(&span.into(), lines, lines).unwrap();
        let data = String::from_utf8(contents.data().to_vec()).unwrap();
        assert_eq!(contents.name(), Some("a.toml"));
        (data, contents.line(), contents.column())
    }

    #[test]
    fn columns_are_characters() {
        let text = "un\nété = 1\ntrois\n";
        assert_eq!(excerpt(text, (text.find('1').unwrap(), 1), 0), ("1".into(), 1, 6));
        assert_eq!(excerpt(text, (text.find('1').unwrap(), 1), 1).0, text);
    }

    #[test]
    fn very_long_lines_are_cut_around_the_place() {
        let text = format!("a\n{}X{}\nb", "é".repeat(50_000), "è".repeat(50_000));
        let (data, line, column) = excerpt(&text, (text.find('X').unwrap(), 1), 1);
        assert_eq!((line, column), (1, 50_000 - AROUND_BYTES / 2));
        assert_eq!(data, format!("{}X{}", "é".repeat(AROUND_BYTES / 2), "è".repeat(AROUND_BYTES / 2)));
        let everything = excerpt(&text, (0, text.len()), 1).0;
        assert!(everything.len() <= EXCERPT_BYTES_MAX + 2 * AROUND_BYTES, "a place may be long itself");
    }
}
