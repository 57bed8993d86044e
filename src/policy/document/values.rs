//! Values of a section: texts, numbers, moments and names, each as it should be or reported.

use super::Section;
use crate::{
    model::{NameError, Text},
    policy::{
        letters,
        mistake::{Mistake, untranslated},
    },
};
use std::{ops::RangeInclusive, str::FromStr};
use toml::{Spanned, de::DeValue};

impl<'a> Section<'a> {
    fn as_string(&self, value: &'a Spanned<DeValue<'a>>, mistakes: &mut Vec<Mistake>) -> Option<Spanned<&'a str>> {
        match value.get_ref().as_str().filter(|text| !text.trim().is_empty()) {
            Some(text) => match letters::deceptive(self.source, value.span(), text) {
                Some(mistake) => {
                    mistakes.push(mistake);
                    None
                }
                None => Some(Spanned::new(value.span(), text)),
            },
            None => {
                mistakes.push(self.expected(value, ("un texte entre guillemets", "a text in quotes"), "\"festival\""));
                None
            }
        }
    }

    /// A text that must be there.
    pub(in crate::policy) fn string(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Spanned<&'a str>> {
        let value = self.required(key, mistakes)?;
        self.as_string(value, mistakes)
    }

    /// A list of texts; none if the key isn't there.
    pub(in crate::policy) fn strings(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Vec<Spanned<&'a str>> {
        let Some(value) = self.get(key) else { return vec![] };
        let Some(items) = value.get_ref().as_array() else {
            mistakes.push(self.expected(value, ("une liste", "a list"), "[\"genre\", \"region\"]"));
            return vec![];
        };
        items.iter().filter_map(|item| self.as_string(item, mistakes)).collect()
    }

    /// A text in both languages that must be there.
    pub(in crate::policy) fn text(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Text> {
        let value = self.required(key, mistakes)?;
        let Some(table) = value.get_ref().as_table() else {
            let example = "{ fr = \"Abonnés\", en = \"Subscribers\" }";
            mistakes.push(self.expected(value, ("les deux langues", "both languages"), example));
            return None;
        };
        Section { source: self.source, table, span: value.span() }.both(mistakes, &[])
    }

    /// This section's own `fr` and `en`, beside `others`.
    pub(in crate::policy) fn both(&self, mistakes: &mut Vec<Mistake>, others: &[&str]) -> Option<Text> {
        self.only(&[&["fr", "en"], others].concat(), mistakes);
        let fr = self.string("fr", mistakes);
        let en = self.string("en", mistakes);
        let (fr, en) = (fr?, en?);
        let (place, text) = (en.span(), Text::new(fr.into_inner(), en.into_inner()));
        mistakes.extend(untranslated(self.source, place, &text));
        Some(text)
    }

    /// A number of at least zero that must be there.
    pub(in crate::policy) fn number(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<f64> {
        let value = self.required(key, mistakes)?;
        let number = match value.get_ref() {
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        let number = number.filter(|number: &f64| number.is_finite() && *number >= 0.0);
        if number.is_none() {
            mistakes.push(self.expected(value, ("un nombre positif ou nul", "a number, zero or more"), "0.1"));
        }
        number
    }

    /// A whole number within a range that must be there.
    pub(in crate::policy) fn whole(
        &self,
        key: &str,
        range: RangeInclusive<u32>,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Spanned<u32>> {
        let value = self.required(key, mistakes)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let (start, end) = (range.start(), range.end());
            let (fr, en) =
                (format!("un nombre entier de {start} à {end}"), format!("a whole number from {start} to {end}"));
            mistakes.push(self.expected(value, (&fr, &en), &start.midpoint(*end).to_string()));
        }
        number.map(|number| Spanned::new(value.span(), number))
    }

    /// A day, taken at midnight UTC, or a moment with its offset, that must be there.
    pub(in crate::policy) fn moment(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<jiff::Timestamp> {
        let value = self.required(key, mistakes)?;
        let moment = value.get_ref().as_datetime().and_then(|datetime| {
            let text = datetime.to_string();
            let text = if datetime.time.is_none() { format!("{text}T00:00:00Z") } else { text };
            text.parse().ok()
        });
        if moment.is_none() {
            let day = ("un jour, AAAA-MM-JJ, sans guillemets", "a day, YYYY-MM-DD, without quotes");
            mistakes.push(self.expected(value, day, "2027-06-30"));
        }
        moment
    }

    /// A name; what isn't one is reported.
    pub(in crate::policy) fn name<N: FromStr<Err = NameError>>(
        &self,
        text: &Spanned<&str>,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<N> {
        match text.get_ref().parse() {
            Ok(name) => Some(name),
            Err(error) => {
                if let Some(mistake) = letters::deceptive(self.source, text.span(), text.get_ref()) {
                    mistakes.push(mistake);
                    return None;
                }
                let fr = match &error {
                    NameError::Malformed(text) => format!("`{text}` n'est pas un nom"),
                    NameError::NotAnAudience(text) => format!("`{text}` n'est pas un auditoire"),
                };
                let help = name_help(text.get_ref());
                mistakes.push(self.mistake(text.span(), Text::new(fr, error.to_string())).with_help(help));
                None
            }
        }
    }
}

/// What a name is made of, and the one that was probably meant.
pub(in crate::policy) fn name_help(written: &str) -> Text {
    let meant = written.split('/').map(|part| letters::ascii_form(part).unwrap_or_else(|| part.to_owned()));
    let meant = meant.collect::<Vec<_>>().join("/");
    let (fr, en) = if meant == written || meant.is_empty() {
        (String::new(), String::new())
    } else {
        (format!(" : `{meant}`"), format!(": `{meant}`"))
    };
    Text::new(
        format!(
            "un nom a de 1 à 63 caractères parmi a-z, 0-9, - et _, sans accent{fr} ; un auditoire s'écrit membre/auditoire"
        ),
        format!("a name has 1 to 63 of a-z, 0-9, - and _, without accents{en}; an audience is written member/audience"),
    )
}
