//! Figures as people write them in each language (Québec usage for French).

use super::Language;

/// Narrow no-break space: between thousands, and before %.
const NARROW: char = '\u{202f}';
/// No-break space: before a colon, and between a figure and its unit.
const NO_BREAK: char = '\u{a0}';

/// `48 210`, `48,210`; a real minus sign.
pub fn integer(value: i64, language: Language) -> String {
    let separator = match language {
        Language::Fr => NARROW,
        Language::En => ',',
    };
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 3);
    if value < 0 {
        text.push('−');
    }
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// The same for what can't be negative.
pub fn count(value: u64, language: Language) -> String {
    integer(i64::try_from(value).unwrap_or(i64::MAX), language)
}

/// A real number with three significant digits: `0,0123`, `1,5`.
pub fn real(value: f64, language: Language) -> String {
    if !value.is_finite() {
        return "?".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let places = (2.0 - value.abs().log10().floor()).clamp(0.0, 12.0) as usize;
    let mut text = format!("{value:.places$}");
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    decimal_mark(text, language)
}

/// A share of one as a percentage, rounded up so that a cost never looks like nothing.
pub fn percent(share: f64, language: Language) -> String {
    // A hair below, so that 7 % held as 7.000000000000001 stays 7 %.
    percentage(share, |value| (value - 1e-9).ceil(), language)
}

/// A share of one as a percentage, rounded down so that what is left never looks like more.
pub fn percent_down(share: f64, language: Language) -> String {
    percentage(share, |value| (value + 1e-9).floor(), language)
}

/// A share of one as a percentage to a tenth: of figures, which may be off either way.
pub fn share(share: f64, language: Language) -> String {
    if !share.is_finite() {
        return "?".to_owned();
    }
    let text = format!("{:.1}", share * 100.0);
    match language {
        Language::Fr => format!("{}{NARROW}%", decimal_mark(text, language)),
        Language::En => format!("{text}%"),
    }
}

/// Cents as dollars and cents, without the sign of the currency: `1 234,50`.
pub fn money(cents: f64, language: Language) -> String {
    let cents = cents.round() as i64;
    let (dollars, rest) = (cents / 100, (cents % 100).unsigned_abs());
    let minus = if cents < 0 && dollars == 0 { "−" } else { "" };
    let mark = if language == Language::Fr { ',' } else { '.' };
    format!("{minus}{}{mark}{rest:02}", integer(dollars, language))
}

fn percentage(share: f64, round: impl Fn(f64) -> f64, language: Language) -> String {
    if !share.is_finite() {
        return "?".to_owned();
    }
    let value = (share * 100.0).max(0.0);
    let places: i32 = if value >= 10.0 || value == 0.0 {
        0
    } else if value >= 1.0 {
        1
    } else {
        2
    };
    let unit = 10f64.powi(places);
    let text = format!("{:.*}", places.unsigned_abs() as usize, round(value * unit).max(0.0).abs() / unit);
    match language {
        Language::Fr => format!("{}{NARROW}%", decimal_mark(text, language)),
        Language::En => format!("{text}%"),
    }
}

/// A tiny number as a power of ten where it is one: `10⁻⁶`; else `2,5 × 10⁻⁷`.
pub fn power(value: f64, language: Language) -> String {
    if !(value.is_finite() && value > 0.0) {
        return "0".to_owned();
    }
    let mut exponent = value.log10().floor() as i32;
    let mut factor = value / 10f64.powi(exponent);
    if factor > 9.9995 {
        (exponent, factor) = (exponent + 1, 1.0);
    }
    let raised = format!("10{}", superscript(exponent));
    if (factor - 1.0).abs() < 5e-4 {
        raised
    } else {
        format!("{}{NO_BREAK}×{NO_BREAK}{raised}", real(factor, language))
    }
}

/// A size in bytes.
pub fn bytes(value: u64, language: Language) -> String {
    let units: [(f64, &str, &str); 4] = [(1e9, "Go", "GB"), (1e6, "Mo", "MB"), (1e3, "ko", "kB"), (1.0, "o", "B")];
    let value = value as f64;
    let (size, fr, en) = units.into_iter().find(|unit| value >= unit.0).unwrap_or((1.0, "o", "B"));
    let unit = match language {
        Language::Fr => fr,
        Language::En => en,
    };
    format!("{}{NO_BREAK}{unit}", real(value / size, language))
}

/// A label and its colon: `Perte :`, `Loss:`.
pub fn label(words: &str, language: Language) -> String {
    match language {
        Language::Fr => format!("{words}{NO_BREAK}:"),
        Language::En => format!("{words}:"),
    }
}

/// Words in the language's quotation marks.
pub fn quoted(words: &str, language: Language) -> String {
    match language {
        Language::Fr => format!("«{NO_BREAK}{words}{NO_BREAK}»"),
        Language::En => format!("“{words}”"),
    }
}

/// A text of the program with the spaces that French as it is written in Québec wants: none before a semicolon, an exclamation or a question
/// mark; one that doesn't break inside « », before a colon, % and $, and within a number (Office québécois de la langue française, *Banque de
/// dépannage linguistique*, « Espacement »). What is between backquotes is code, and stays as it is.
pub fn spaced(text: &str, language: Language) -> String {
    if language != Language::Fr {
        return text.to_owned();
    }
    let space = |words: &str| {
        let quotes = words.replace("« ", "«\u{a0}").replace(" »", "\u{a0}»");
        tightened(&quotes.replace(" :", "\u{a0}:").replace(" %", "\u{202f}%").replace(" $", "\u{a0}$"))
    };
    outside_code(text, space)
}

/// A text as a page shows it: spaced, and with the printer's apostrophe (’) for the typewriter's, in both languages.
pub fn printed(text: &str, language: Language) -> String {
    let curl = |words: &str| {
        let before = std::iter::once(None).chain(words.chars().map(Some));
        let curled = words.chars().zip(before).map(|(letter, before)| match (letter, before) {
            ('\'', Some(before)) if before.is_alphabetic() => '’',
            _ => letter,
        });
        curled.collect()
    };
    outside_code(&spaced(text, language), curl)
}

/// Changes what isn't between backquotes.
fn outside_code(text: &str, change: impl Fn(&str) -> String) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 0 { change(part) } else { part.to_owned() }).collect::<Vec<_>>().join("`")
}

/// Without the space before a mark that ends something, and with one that doesn't break between the digits of a number.
fn tightened(words: &str) -> String {
    let mut told = String::with_capacity(words.len());
    let mut before = None;
    for (at, letter) in words.char_indices() {
        let mut after = words.get(at..).unwrap_or_default().chars().skip(1);
        let next = after.next();
        let ends = next.is_some_and(|next| ";!?".contains(next)) && after.next().is_none_or(char::is_whitespace);
        let in_number = [before, next].iter().all(|side| side.is_some_and(|side: char| side.is_ascii_digit()));
        match letter {
            ' ' if ends => {}
            ' ' if in_number => told.push('\u{202f}'),
            letter => told.push(letter),
        }
        before = Some(letter);
    }
    told
}

/// The day of a timestamp or date as the room writes it (`2026-11-24T…`).
pub fn day(timestamp: &str) -> &str {
    timestamp.split_once('T').map_or(timestamp, |(day, _)| day)
}

/// A timestamp to the second, for a table whose column says that it is UTC.
pub fn second(timestamp: &str) -> String {
    timestamp.get(..19).unwrap_or(timestamp).replace('T', " ")
}

/// A timestamp (RFC 3339) as people say it, to the minute: `24 novembre 2026 à 12 h 05 (UTC)`, `November 24, 2026, 12:05 (UTC)`. What
/// isn't one stays as it is.
pub fn moment(timestamp: &str, language: Language) -> String {
    let Ok(at) = timestamp.parse::<jiff::Timestamp>() else { return timestamp.to_owned() };
    let at = at.to_zoned(jiff::tz::TimeZone::UTC);
    let (hour, minute) = (at.hour(), at.minute());
    match language {
        Language::Fr => format!("{} à {hour}{NO_BREAK}h{NO_BREAK}{minute:02} (UTC)", date(at.date(), language)),
        Language::En => format!("{}, {hour}:{minute:02} (UTC)", date(at.date(), language)),
    }
}

/// A day as people say it: `1er décembre 2026`, `December 1, 2026`.
pub fn date(date: jiff::civil::Date, language: Language) -> String {
    const MONTHS: [(&str, &str); 12] = [
        ("janvier", "January"),
        ("février", "February"),
        ("mars", "March"),
        ("avril", "April"),
        ("mai", "May"),
        ("juin", "June"),
        ("juillet", "July"),
        ("août", "August"),
        ("septembre", "September"),
        ("octobre", "October"),
        ("novembre", "November"),
        ("décembre", "December"),
    ];
    let month = usize::try_from(date.month()).ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    let (fr, en) = month.copied().unwrap_or_default();
    match (language, date.day()) {
        (Language::Fr, 1) => format!("1er{NO_BREAK}{fr} {}", date.year()),
        (Language::Fr, day) => format!("{day}{NO_BREAK}{fr} {}", date.year()),
        (Language::En, day) => format!("{en}{NO_BREAK}{day}, {}", date.year()),
    }
}

fn decimal_mark(text: String, language: Language) -> String {
    match language {
        Language::Fr => text.replace('.', ","),
        Language::En => text,
    }
}

fn superscript(exponent: i32) -> String {
    let raise = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32(0x2070 + digit.to_digit(10).unwrap_or(0)).unwrap_or('⁰'),
    };
    exponent.to_string().chars().map(raise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Fr};

    #[test]
    fn thousands_are_parted_as_each_language_does() {
        let cases = [(0, "0", "0"), (999, "999", "999"), (1000, "1 000", "1,000"), (48_210, "48 210", "48,210")];
        for (value, fr, en) in cases {
            assert_eq!(integer(value, Fr), fr.replace(' ', "\u{202f}"));
            assert_eq!(integer(value, En), en);
        }
        assert_eq!(integer(-1_234_567, En), "−1,234,567");
        assert_eq!(integer(i64::MIN, En), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn a_cost_never_looks_like_nothing() {
        assert_eq!(percent(0.000_001, En), "0.01%");
        assert_eq!(percent(0.0, En), "0%");
        assert_eq!(percent(0.07, Fr), "7,0\u{202f}%");
        assert_eq!(percent(0.123_4, En), "13%");
        assert_eq!(percent(1.0, En), "100%");
        assert_eq!(percent_down(0.999_999, En), "99%");
        assert_eq!(percent_down(1.0, En), "100%");
    }

    #[test]
    fn money_and_shares_are_written_in_full() {
        assert_eq!(money(123_450.0, Fr), "1\u{202f}234,50");
        assert_eq!(money(-5.0, En), "−0.05");
        assert_eq!(money(-12_300.0, En), "−123.00");
        assert_eq!(share(0.1234, Fr), "12,3\u{202f}%");
        assert_eq!(share(1.0, En), "100.0%");
    }

    #[test]
    fn real_numbers_keep_three_digits() {
        assert_eq!(real(0.012_345, Fr), "0,0123");
        assert_eq!(real(1.5, Fr), "1,5");
        assert_eq!(real(123.4, En), "123");
        assert_eq!(real(1000.0, En), "1000");
        assert_eq!(real(f64::NAN, En), "?");
    }

    #[test]
    fn french_spaces_don_t_break_and_code_keeps_its_own() {
        let text = "le cas « jazz » : 5 % de `a : b « c »` : fin";
        assert_eq!(spaced(text, Fr), "le cas «\u{a0}jazz\u{a0}»\u{a0}: 5\u{202f}% de `a : b « c »`\u{a0}: fin");
        assert_eq!(spaced(text, En), text);
    }

    #[test]
    fn pages_have_the_printer_s_apostrophe() {
        assert_eq!(printed("l'entente d'`un 'a'` : 'oui'", Fr), "l’entente d’`un 'a'`\u{a0}: 'oui’");
        assert_eq!(printed("Artists' guests don't", En), "Artists’ guests don’t");
    }

    #[test]
    fn french_of_quebec_has_no_space_before_what_ends_a_clause() {
        let text = "au-delà de 2 000 $ par personne ; plus rien ! vraiment ? `a ; b` et a != b";
        let told = "au-delà de 2\u{202f}000\u{a0}$ par personne; plus rien! vraiment? `a ; b` et a != b";
        assert_eq!(spaced(text, Fr), told);
        assert_eq!(spaced(text, En), text);
    }

    #[test]
    fn powers_of_ten_read_as_such() {
        assert_eq!(power(1e-6, Fr), "10⁻⁶");
        assert_eq!(power(2.5e-7, Fr), "2,5\u{a0}×\u{a0}10⁻⁷");
        assert_eq!(power(0.0, Fr), "0");
    }

    #[test]
    fn sizes_have_the_language_s_units() {
        assert_eq!(bytes(8_600_000_000, Fr), "8,6\u{a0}Go");
        assert_eq!(bytes(0, En), "0\u{a0}B");
    }
}
