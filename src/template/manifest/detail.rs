//! What the TOML reader says, in both languages: its own words are English.

use crate::model::Text;

/// The reader's message. What it says of keys and kinds is put into French; the rest stays as it is, introduced by the reader's name.
pub(super) fn not_understood(detail: &str) -> Text {
    let french = french(detail).unwrap_or_else(|| format!("le manifeste n’est pas compris (toml : {detail})"));
    Text::new(french, format!("not understood: {detail}"))
}

/// The messages that serde makes of a key or a kind; `None` for others. They are written by no specification: whatever has another form
/// is not translated.
fn french(detail: &str) -> Option<String> {
    if let Some(name) = detail.strip_prefix("missing field `") {
        return Some(format!("il manque la clé `{}`", name.strip_suffix('`')?));
    }
    let (what, possible, rest) =
        [("unknown field `", "clé inconnue", "clés"), ("unknown variant `", "valeur inconnue", "valeurs")]
            .into_iter()
            .find_map(|(start, what, possible)| Some((what, possible, detail.strip_prefix(start)?)))?;
    let (name, known) = rest.split_once("`, ")?;
    let known = known.strip_prefix("expected one of ").or_else(|| known.strip_prefix("expected "))?;
    Some(format!("{what} `{name}`; {possible} possibles ici : {}", known.replace(" or ", " ou ")))
}

#[cfg(test)]
mod tests {
    use super::not_understood;
    use crate::template::Manifest;

    #[test]
    fn keys_and_kinds_are_told_in_french_and_the_rest_is_introduced() {
        let cases = [
            ("missing field `title`", "il manque la clé `title`"),
            ("unknown field `x`, expected `a` or `b`", "clé inconnue `x`; clés possibles ici : `a` ou `b`"),
            (
                "unknown field `x`, expected one of `a`, `b`, `c`",
                "clé inconnue `x`; clés possibles ici : `a`, `b`, `c`",
            ),
            ("unknown variant `x`, expected `a`", "valeur inconnue `x`; valeurs possibles ici : `a`"),
            ("invalid type: string", "le manifeste n’est pas compris (toml : invalid type: string)"),
            ("unknown field `x", "le manifeste n’est pas compris (toml : unknown field `x)"),
        ];
        for (detail, fr) in cases {
            assert_eq!(not_understood(detail).fr, fr);
        }
    }

    #[test]
    fn the_reader_still_words_its_messages_so() {
        let said = |text: &str| Manifest::parse(text, "t.toml").map_err(|error| error.message().fr.clone());
        assert_eq!(
            said("x = 1").map(|_| ()).map_err(|fr| fr.starts_with("clé inconnue `x`; clés possibles ici : `title`")),
            Err(true)
        );
        assert_eq!(said("").map(|_| ()), Err("il manque la clé `title`".to_owned()));
    }
}
