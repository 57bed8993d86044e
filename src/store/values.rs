//! Values of vocabulary columns as exports write them, to what the store keeps.

use jiff::civil::{Date, date};

/// Days since 1970-01-01 of a date written `YYYY-MM-DD` or `YYYY/MM/DD`, with or without a time behind it.
pub(super) fn days(text: &str) -> Option<i32> {
    let text = text.trim();
    let (day, rest) = (text.get(..10)?, text.get(10..)?);
    if !(rest.is_empty() || rest.starts_with(['T', ' '])) {
        return None;
    }
    // Templates are proven for the years that YYYY writes from 1 on.
    let day: Date = day.replace('/', "-").parse().ok().filter(|day: &Date| day.year() >= 1)?;
    Some(date(1970, 1, 1).until(day).ok()?.get_days())
}

/// Integer cents of an amount written in French or English: `1 234,56 $`, `$1,234.56`, `12`, `-5,00`.
pub(super) fn cents(text: &str) -> Option<i64> {
    let text = text.trim().trim_start_matches('$').trim_end_matches("CAD").trim_end().trim_end_matches('$').trim();
    let (negative, text) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start_matches('$').trim()),
        None => (false, text),
    };
    // The last separator is the decimal one if one or two digits follow it; all others group thousands.
    let (whole, decimals) = match text.rfind([',', '.']) {
        Some(at) if (1..=2).contains(&(text.len() - at - 1)) => (text.get(..at)?, text.get(at + 1..)?),
        _ => (text, ""),
    };
    let mut amount: i64 = 0;
    let mut digits = 0;
    for character in whole.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | ',' | '.' | '\'')) {
        amount = amount.checked_mul(10)?.checked_add(i64::from(character.to_digit(10)?))?;
        digits += 1;
    }
    if !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let decimals: i64 = match decimals.len() {
        0 => 0,
        1 => decimals.parse::<u8>().map(|d| i64::from(d) * 10).ok()?,
        _ => decimals.parse::<u8>().ok()?.into(),
    };
    let cents = amount.checked_mul(100)?.checked_add(decimals)?;
    (digits > 0).then_some(if negative { -cents } else { cents })
}

#[cfg(test)]
mod tests {
    use super::{cents, days};

    #[test]
    fn amounts_of_both_languages() {
        for (text, expected) in [
            ("1 234,56 $", Some(123_456)),
            ("1\u{202f}234,5", Some(123_450)),
            ("$1,234.56", Some(123_456)),
            ("1.234,56", Some(123_456)),
            ("1,234", Some(123_400)),
            ("12", Some(1_200)),
            ("-5,00 $", Some(-500)),
            ("12.50 CAD", Some(1_250)),
            ("", None),
            ("$", None),
            ("gratuit", None),
            ("1e9", None),
            ("12,+5", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(cents(text), expected, "{text}");
        }
    }

    #[test]
    fn dates_with_and_without_a_time() {
        assert_eq!((days("1970-01-02"), days("0001-01-01")), (Some(1), Some(-719_162)));
        assert_eq!(days("2026/03/01 20:00"), days("2026-03-01"));
        for bad in ["", "01-02-2026", "2026-02-30", "2026-03-01x", "é026-03-01", "0000-12-31", "-001-01-01"] {
            assert_eq!(days(bad), None, "{bad}");
        }
    }
}
