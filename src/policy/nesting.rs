//! Texts nested deeper, or chained longer, than what reads them has stack for. Parsers and whatever walks their trees go one step down for
//! each bracket and each operator; a text that would take them to the end of the stack ends the whole program, so it is never given to them.

use super::{folder::Source, mistake::Mistake};
use crate::model::Text;

/// Most brackets and `if`s that may be open within one another.
const DEPTH_MAX: usize = 48;
/// Most operators of one agreement: a hundred times what people write.
const OPERATORS_MAX: usize = 500;

/// Reports the place at which a Cedar text, agreements or schema, goes too deep.
pub(super) fn too_deep(source: &Source) -> Option<Mistake> {
    let at = place(&source.text)?;
    let message = Text::new(
        "ce texte s'imbrique trop, ou enchaîne trop d'opérateurs",
        "this text is nested too deep, or chains too many operators",
    );
    let help = Text::new(
        format!(
            "au plus {DEPTH_MAX} parenthèses imbriquées et {OPERATORS_MAX} opérateurs par entente : faites-en plusieurs"
        ),
        format!(
            "at most {DEPTH_MAX} brackets within one another and {OPERATORS_MAX} operators an agreement: make several of it"
        ),
    );
    Some(Mistake::new(source, at..at + 1, message).with_help(help))
}

fn place(text: &str) -> Option<usize> {
    let (mut open, mut angles, mut conditions, mut operators) = (0usize, 0usize, 0usize, 0usize);
    let mut rest = text.char_indices().peekable();
    let mut word_before = false;
    while let Some((at, c)) = rest.next() {
        let next = rest.peek().map(|(_, c)| *c);
        match c {
            '"' => while rest.next_if(|(_, c)| *c != '"').is_some_and(|(_, c)| c != '\\' || rest.next().is_some()) {},
            '/' if next == Some('/') => while rest.next_if(|(_, c)| *c != '\n').is_some() {},
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            // Of a schema's sets; a comparison counts as well, until the agreement ends.
            '<' => angles += 1,
            '>' => angles = angles.saturating_sub(1),
            ';' if open == 0 => (angles, conditions, operators) = (0, 0, 0),
            // Of `&&`, `||`, `==` and `!=`, one half.
            '&' | '|' | '=' if next == Some(c) => {}
            '!' if next == Some('=') => {}
            '&' | '|' | '!' | '-' | '+' | '*' | '.' | '=' => operators += 1,
            'i' if !word_before && next == Some('f') => conditions += 1,
            _ => {}
        }
        if c == '"' {
            // The closing one.
            rest.next();
        }
        word_before = c.is_alphanumeric() || c == '_';
        if open.saturating_add(angles).saturating_add(conditions) > DEPTH_MAX || operators > OPERATORS_MAX {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_people_write_is_not_too_deep() {
        let agreement = "@id(\"a\") permit(principal, action in Action::\"compare\", resource) when { (context.purpose == \"((((\" && [1, 2].contains(1)) }; // ((((\n";
        assert_eq!(place(&agreement.repeat(1_000)), None, "each is for itself");
        assert_eq!(
            place(&format!(
                "permit(principal, action, resource) when {{ \"{}\\\"{}\" == \"\" }};",
                "(".repeat(100),
                "!".repeat(2_000)
            )),
            None
        );
        assert_eq!(place(&format!("// {}", "(".repeat(100))), None);
        assert_eq!(place(&"diff ".repeat(100)), None, "that is no `if`");
    }

    #[test]
    fn each_way_down_is_found() {
        for deep in ["(", "[", "{", "Set<", "if ", "! && ", "a.b.c ", "1 - 1 + 2 ", "\"\\\\\"(", "\"a\"[", "!!!!"] {
            assert!(place(&deep.repeat(2_000)).is_some(), "{deep}");
        }
    }
}
