//! Reading TOML with positions: every value that is wrong is reported, not the first one alone.

mod values;

pub(super) use values::name_help;

use super::{folder::Source, mistake::Mistake, suggestion::suggestion};
use crate::model::Text;
use std::ops::Range;
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
}
