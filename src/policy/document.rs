//! Reading TOML with positions: every value that is wrong is reported, not the first one alone.

use super::{
    folder::Source,
    letters,
    mistake::{Mistake, suggestion, untranslated},
};
use crate::model::{NameError, Text};
use std::{
    ops::{Range, RangeInclusive},
    str::FromStr,
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// Parses a file and hands its root table to `read`; syntax errors are reported instead.
pub(super) fn read<T>(
    source: &Source,
    mistakes: &mut Vec<Mistake>,
    read: impl FnOnce(&Section<'_>, &mut Vec<Mistake>) -> T,
) -> Option<T> {
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    if errors.is_empty() {
        return Some(read(&Section { source, table: root.get_ref(), span: 0..0 }, mistakes));
    }
    mistakes.extend(errors.iter().map(|error| {
        let detail = error.message();
        let message = Text::new(format!("ce n'est pas du TOML : {detail}"), format!("this isn't TOML: {detail}"));
        let help = Text::new("voyez https://toml.io/fr/ pour la syntaxe", "see https://toml.io/en/ for the syntax");
        Mistake::new(source, error.span().unwrap_or(0..0), message).with_help(help)
    }));
    None
}

/// A table of a file.
pub(super) struct Section<'a> {
    pub(super) source: &'a Source,
    table: &'a DeTable<'a>,
    pub(super) span: Range<usize>,
}

impl<'a> Section<'a> {
    pub(super) fn mistake(&self, span: Range<usize>, message: Text) -> Mistake {
        Mistake::new(self.source, span, message)
    }

    /// Reports the keys that aren't among `known`.
    pub(super) fn only(&self, known: &[&str], mistakes: &mut Vec<Mistake>) {
        for key in self.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref();
            let message = Text::new(format!("clé inconnue `{name}`"), format!("unknown key `{name}`"));
            mistakes.push(self.mistake(key.span(), message).with_help(suggestion(name, known.iter().copied())));
        }
    }

    /// Whether the key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where the value of a key is; the section itself if the key isn't there.
    pub(super) fn span_of(&self, key: &str) -> Range<usize> {
        self.get(key).map_or(self.span.clone(), Spanned::span)
    }

    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    fn required(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<&'a Spanned<DeValue<'a>>> {
        let value = self.get(key);
        if value.is_none() {
            let message = Text::new(format!("il manque la clé `{key}`"), format!("the key `{key}` is missing"));
            let help = Text::new(
                "écrivez-la ici ; le même fichier d'une salle pilote la montre (`camerata init DOSSIER`)",
                "write it here; the same file of a pilot room shows it (`camerata init DIR`)",
            );
            mistakes.push(self.mistake(self.span.clone(), message).with_help(help));
        }
        value
    }

    fn expected(&self, value: &Spanned<DeValue<'_>>, (fr, en): (&str, &str), example: &str) -> Mistake {
        let message = Text::new(format!("on attend ici {fr}"), format!("expected {en} here"));
        let help = Text::new(format!("par exemple : {example}"), format!("for example: {example}"));
        self.mistake(value.span(), message).with_help(help)
    }

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
    pub(super) fn string(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Spanned<&'a str>> {
        let value = self.required(key, mistakes)?;
        self.as_string(value, mistakes)
    }

    /// A list of texts; none if the key isn't there.
    pub(super) fn strings(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Vec<Spanned<&'a str>> {
        let Some(value) = self.get(key) else { return vec![] };
        let Some(items) = value.get_ref().as_array() else {
            mistakes.push(self.expected(value, ("une liste", "a list"), "[\"genre\", \"region\"]"));
            return vec![];
        };
        items.iter().filter_map(|item| self.as_string(item, mistakes)).collect()
    }

    /// A text in both languages that must be there.
    pub(super) fn text(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Text> {
        let value = self.required(key, mistakes)?;
        let Some(table) = value.get_ref().as_table() else {
            let example = "{ fr = \"Abonnés\", en = \"Subscribers\" }";
            mistakes.push(self.expected(value, ("les deux langues", "both languages"), example));
            return None;
        };
        Section { source: self.source, table, span: value.span() }.both(mistakes, &[])
    }

    /// This section's own `fr` and `en`, beside `others`.
    pub(super) fn both(&self, mistakes: &mut Vec<Mistake>, others: &[&str]) -> Option<Text> {
        self.only(&[&["fr", "en"], others].concat(), mistakes);
        let fr = self.string("fr", mistakes);
        let en = self.string("en", mistakes);
        let (fr, en) = (fr?, en?);
        let (place, text) = (en.span(), Text::new(fr.into_inner(), en.into_inner()));
        mistakes.extend(untranslated(self.source, place, &text));
        Some(text)
    }

    /// A number of at least zero that must be there.
    pub(super) fn number(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<f64> {
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
    pub(super) fn whole(
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

    /// The keys of this section and their places, in the order of the file.
    pub(super) fn keys(&self) -> Vec<Spanned<&'a str>> {
        let keys = self.table.keys().map(|key| Spanned::new(key.span(), key.get_ref().as_ref()));
        let mut keys: Vec<_> = keys.collect();
        keys.sort_by_key(|key| key.span().start);
        keys
    }

    /// The table `key` that must be there.
    pub(super) fn section(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Section<'a>> {
        let value = self.required(key, mistakes)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            mistakes.push(self.expected(value, ("une section", "a section"), &format!("[{key}]")));
        }
        table.map(|table| Section { source: self.source, table, span: value.span() })
    }

    /// A day, taken at midnight UTC, or a moment with its offset, that must be there.
    pub(super) fn moment(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<jiff::Timestamp> {
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

    /// The tables under this one, by key; what isn't a table is reported.
    pub(super) fn sections(&self, mistakes: &mut Vec<Mistake>) -> Vec<(Spanned<&'a str>, Section<'a>)> {
        let mut sections = Vec::new();
        for (key, value) in self.table {
            let name = key.get_ref().as_ref();
            match value.get_ref().as_table() {
                // A header is a better place to point at than the first key of an inner table.
                Some(table) => {
                    let section = Section { source: self.source, table, span: key.span() };
                    sections.push((Spanned::new(key.span(), name), section));
                }
                None => mistakes.push(self.expected(value, ("une section", "a section"), &format!("[{name}]"))),
            }
        }
        sections.sort_by_key(|(key, _)| key.span().start);
        sections
    }

    /// The tables under the table `key`; none if it isn't there.
    pub(super) fn sections_of(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Vec<(Spanned<&'a str>, Section<'a>)> {
        let Some(value) = self.get(key) else { return vec![] };
        match value.get_ref().as_table() {
            Some(table) => Section { source: self.source, table, span: value.span() }.sections(mistakes),
            None => {
                mistakes.push(self.expected(value, ("des sections", "sections"), &format!("[{key}.nom]")));
                vec![]
            }
        }
    }

    /// The tables of the list `key`; none if it isn't there.
    pub(super) fn list_of(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Vec<Section<'a>> {
        let Some(value) = self.get(key) else { return vec![] };
        let items = value.get_ref().as_array().into_iter().flatten();
        let sections: Option<Vec<_>> = items
            .map(|item| {
                item.get_ref().as_table().map(|table| Section { source: self.source, table, span: item.span() })
            })
            .collect();
        match sections.filter(|_| value.get_ref().is_array()) {
            Some(sections) => sections,
            None => {
                mistakes.push(self.expected(value, ("une liste de tables", "a list of tables"), &format!("[[{key}]]")));
                vec![]
            }
        }
    }

    /// A name; what isn't one is reported.
    pub(super) fn name<N: FromStr<Err = NameError>>(
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
pub(super) fn name_help(written: &str) -> Text {
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
