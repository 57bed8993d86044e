//! `vocabulary.toml`, in the form that [`Vocabulary`] itself has.

use super::{
    document::{self, Section},
    folder::Source,
    mistake::Mistake,
    suggestion::suggestion,
};
use crate::model::{Category, Column, ColumnKind, ColumnName, Text, Vocabulary, VocabularyError};
use std::{collections::BTreeMap, ops::Range};

/// Reads the vocabulary. Each column is checked by itself, so that every mistake is found and has its place.
pub(super) fn vocabulary(source: &Source, mistakes: &mut Vec<Mistake>) -> Option<Vocabulary> {
    document::read(source, mistakes, |root, mistakes| {
        let mut columns = BTreeMap::new();
        for (key, section) in root.sections(mistakes) {
            let Some((column, places)) = column(&section, mistakes) else { continue };
            let Some(name) = section.name::<ColumnName>(&key, mistakes) else { continue };
            match Vocabulary::new(BTreeMap::from([(name.clone(), column.clone())])) {
                Ok(_) => {
                    columns.insert(name, column);
                }
                Err(error) => mistakes.push(unsound(&section, &error, &places)),
            }
        }
        Vocabulary::new(columns).ok()
    })?
}

/// A column, and where the values of its category are.
fn column(section: &Section<'_>, mistakes: &mut Vec<Mistake>) -> Option<(Column, BTreeMap<String, Range<usize>>)> {
    let title = section.text("title", mistakes);
    let kind = section.string("kind", mistakes)?;
    let mut places = BTreeMap::new();
    let kind = match *kind.get_ref() {
        "category" => {
            section.only(&["title", "kind", "values"], mistakes);
            let mut values = Vec::new();
            for value in section.list_of("values", mistakes) {
                let Some(category) = category(&value, mistakes) else { continue };
                if places.contains_key(&category.id) {
                    let id = &category.id;
                    let message = Text::new(format!("`{id}` est écrit deux fois"), format!("`{id}` is written twice"));
                    let help = Text::new("une valeur a un seul `id`, à elle", "a value has one `id` of its own");
                    mistakes.push(value.mistake(value.span.clone(), message).with_help(help));
                    continue;
                }
                places.insert(category.id.clone(), value.span.clone());
                values.push(category);
            }
            ColumnKind::Category { values }
        }
        other => {
            section.only(&["title", "kind"], mistakes);
            match other {
                "date" => ColumnKind::Date,
                "amount" => ColumnKind::Amount,
                _ => {
                    let message = Text::new(
                        format!("sorte de colonne inconnue `{other}`"),
                        format!("unknown kind of column `{other}`"),
                    );
                    let help = suggestion(other, ["category", "date", "amount"]);
                    mistakes.push(section.mistake(kind.span(), message).with_help(help));
                    return None;
                }
            }
        }
    };
    Some((Column { title: title?, kind }, places))
}

fn category(section: &Section<'_>, mistakes: &mut Vec<Mistake>) -> Option<Category> {
    let label = section.both(mistakes, &["id", "also"]);
    let id = section.string("id", mistakes);
    let also = section.strings("also", mistakes).into_iter().map(|text| text.into_inner().to_owned()).collect();
    let label = label?;
    Some(Category { id: id?.into_inner().to_owned(), fr: label.fr, en: label.en, also })
}

fn unsound(section: &Section<'_>, error: &VocabularyError, places: &BTreeMap<String, Range<usize>>) -> Mistake {
    let at_column = section.span.clone();
    let (span, fr, help) = match error {
        VocabularyError::Ambiguous { spelling, first, second, .. } => (
            places.get(second).cloned().unwrap_or(at_column),
            format!("`{spelling}` désigne à la fois `{first}` et `{second}`"),
            Text::new(
                "chaque graphie désigne une seule valeur ; retirez-la de l'une",
                "a spelling stands for one value; take it off one",
            ),
        ),
        VocabularyError::Count { count, .. } => (
            at_column,
            format!("cette catégorie a {count} valeurs"),
            Text::new("écrivez de 1 à 10 000 valeurs sous `values`", "write 1 to 10,000 values under `values`"),
        ),
        VocabularyError::Reserved(name) => (
            at_column,
            format!("une colonne ne peut s'appeler `{name}`"),
            Text::new(
                "la salle emploie ce nom pour elle-même ; choisissez-en un autre",
                "the room uses that name; choose another",
            ),
        ),
    };
    section.mistake(span, Text::new(fr, error.to_string())).with_help(help)
}
