//! Letters that deceive: what an officer reads must be what the room compares.
//!
//! Scripts and look-alikes are those of Unicode Technical Standard 39, by the crate `unicode-security`.

use super::{folder::Source, mistake::Mistake};
use crate::model::Text;
use std::ops::Range;
use unicode_security::{MixedScript, skeleton};

/// Longest name that is proposed, in bytes; that of every name of the room.
const NAME_BYTES_MAX: usize = 63;

/// Reports a character that nobody sees, wherever it is in a file: it would hide a change from who reads the file.
pub(super) fn invisible(source: &Source) -> Option<Mistake> {
    let (at, hidden) = source.text.char_indices().find(|(_, c)| is_invisible(*c))?;
    // The excerpt shows where it is, and can't turn the terminal's text around.
    let text: String =
        source.text.chars().map(|c| if is_invisible(c) { char::REPLACEMENT_CHARACTER } else { c }).collect();
    let shown = Source { path: source.path.clone(), text: text.into() };
    Some(hides(&shown, at..at + char::REPLACEMENT_CHARACTER.len_utf8(), hidden))
}

fn hides(source: &Source, place: Range<usize>, hidden: char) -> Mistake {
    let code = u32::from(hidden);
    let message = Text::new(
        format!("un caractère invisible se cache ici (U+{code:04X})"),
        format!("an invisible character hides here (U+{code:04X})"),
    );
    let help = Text::new(
        "effacez-le, ou tapez la ligne de nouveau : on doit voir tout ce que dit une politique",
        "delete it, or type the line again: a policy must show all that it says",
    );
    Mistake::new(source, place, message).with_help(help)
}

/// Controls but for line ends and tabs, directions of writing, and letters of no width.
pub(super) fn is_invisible(c: char) -> bool {
    let known_control = matches!(c, '\n' | '\r' | '\t');
    let other = matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !known_control && (c.is_control() || other)
}

/// Reports the first word of `text` that mixes alphabets, or a character that nobody sees, be it written as an escape; `place` is
/// where the text is written.
pub(super) fn deceptive(source: &Source, place: Range<usize>, text: &str) -> Option<Mistake> {
    if let Some(hidden) = text.chars().find(|c| is_invisible(*c)) {
        return Some(hides(source, place, hidden));
    }
    let word = words(text).find(|word| !word.is_single_script())?;
    let foreign = word.chars().find(|c| !is_latin(*c))?;
    let message = Text::new(
        format!(
            "`{word}` mélange des alphabets : « {foreign} » (U+{:04X}) n'est pas une lettre latine",
            u32::from(foreign)
        ),
        format!("`{word}` mixes alphabets: “{foreign}” (U+{:04X}) is not a Latin letter", u32::from(foreign)),
    );
    let typed: String = word.chars().flat_map(|c| if is_latin(c) { vec![c] } else { looks_like(c) }).collect();
    let help = typed.is_single_script().then(|| {
        Text::new(
            format!("tapez-le de nouveau au clavier : `{typed}`"),
            format!("type it again on the keyboard: `{typed}`"),
        )
    });
    // A text may be written with escapes, and then isn't found as it is.
    let written = source.text.get(place.clone()).and_then(|written| written.find(word));
    let place = written.map_or(place.clone(), |at| place.start + at..place.start + at + word.len());
    Some(Mistake::new(source, place, message).with_help(help))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_ascii())
}

fn is_latin(c: char) -> bool {
    c.is_ascii() || ['a', c].iter().collect::<String>().is_single_script()
}

/// The letters that one that isn't ASCII looks like.
fn looks_like(c: char) -> Vec<char> {
    skeleton(c.encode_utf8(&mut [0; 4])).collect()
}

/// The name that somebody meant who wrote it with accents, apostrophes, spaces, capitals or look-alike letters.
pub(super) fn ascii_form(text: &str) -> Option<String> {
    let mut name = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        // Accents that follow their letter are part of it.
        let accent = ('\u{300}'..='\u{36f}').contains(&c);
        // Skeletons of ASCII letters are of other letters: that of `m` is `rn`.
        let letters = if c.is_ascii() { vec![c] } else { looks_like(c) };
        let plain: String = letters.iter().filter(|c| c.is_ascii_alphanumeric() || **c == '_').collect();
        match plain.as_str() {
            "" if accent => {}
            "" if !name.is_empty() && !name.ends_with('-') => name.push('-'),
            _ => name += &plain.to_ascii_lowercase(),
        }
    }
    let name = name.trim_end_matches('-').trim_start_matches(['-', '_']);
    let short = name.get(..name.len().min(NAME_BYTES_MAX))?.trim_end_matches('-');
    (!short.is_empty() && short != text).then(|| short.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use std::path::PathBuf;

    fn source(text: &str) -> Source {
        Source { path: PathBuf::from("essai.toml"), text: text.into() }
    }

    fn told(text: &str) -> Option<Mistake> {
        deceptive(&source(text), 0..text.len(), text)
    }

    #[test]
    fn a_word_of_two_alphabets_is_found_and_the_right_one_proposed() {
        let mistake = told("Abonnés du fеstival").unwrap();
        assert_eq!((mistake.line(), mistake.column()), (1, 12));
        assert!(mistake.message().fr.contains("« е » (U+0435)"), "{}", mistake.message().fr);
        assert_eq!(mistake.help().unwrap().en, "type it again on the keyboard: `festival`");
        assert!(told("ΟPÉRA").unwrap().message().en.contains("U+039F"), "a Greek omicron");
    }

    #[test]
    fn words_of_one_alphabet_are_left_alone() {
        let sound = [
            "Saguenay–Lac-Saint-Jean",
            "L’Œuvre, 15 ½ €, 18 à 24 ans",
            "Ελλάδα et Москва",
            "ᐃᓄᒃᑎᑐᑦ",
            "東京",
            "Nguyễn Thị Ánh",
        ];
        for text in sound {
            assert!(told(text).is_none(), "{text}");
        }
    }

    #[test]
    fn names_are_proposed_in_the_letters_of_names() {
        let proposed = [
            ("étiquette", "etiquette"),
            ("e\u{301}tiquette", "etiquette"),
            ("l'Étoile", "l-etoile"),
            ("L’Île d’Orléans", "l-ile-d-orleans"),
            ("Œuvres & Cie", "oeuvres-cie"),
            ("fеstival", "festival"),
            ("Maman", "maman"),
            ("--Été_2026!", "ete_2026"),
        ];
        for (text, name) in proposed {
            assert_eq!(ascii_form(text).as_deref(), Some(name), "{text}");
        }
        for hopeless in ["", "東京", "—", "deja-bien"] {
            assert_eq!(ascii_form(hopeless), None, "{hopeless}");
        }
        assert_eq!(ascii_form(&"é".repeat(200)).unwrap().len(), NAME_BYTES_MAX);
    }

    #[test]
    fn what_nobody_sees_is_found_in_its_place() {
        for hidden in ['\u{202e}', '\u{200b}', '\u{feff}', '\u{7}', '\u{ad}', '\u{2066}'] {
            let mistake = invisible(&source(&format!("# oui\r\n\tno{hidden}n"))).unwrap();
            assert_eq!((mistake.line(), mistake.column()), (2, 4));
        }
        assert!(invisible(&source("« oui »\u{a0}: 1\u{202f}000\u{a0}$ — l’été\r\n\t")).is_none());
    }
}
