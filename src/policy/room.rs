//! `room.toml` and `purposes.toml`.

use super::{document, folder::Source, mistake::Mistake};
use crate::model::{MemberName, PurposeName, Text};
use std::collections::BTreeMap;
use toml::Spanned;

/// The room itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its title.
    pub title: Text,
    /// Country of phone numbers written without one: two upper-case letters.
    pub default_country: String,
    /// The member that runs it.
    pub operator: MemberName,
}

/// What a question may be for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// Its short name.
    pub name: PurposeName,
    /// Its title.
    pub title: Text,
}

/// Reads `room.toml`; the operator comes with its position, to be looked up among the members.
pub(super) fn room(source: &Source, mistakes: &mut Vec<Mistake>) -> Option<(Room, Spanned<MemberName>)> {
    document::read(source, mistakes, |root, mistakes| {
        root.only(&["title", "default_country", "operator"], mistakes);
        let title = root.text("title", mistakes);
        let country = root.string("default_country", mistakes).filter(|country| {
            let sound = country.get_ref().len() == 2 && country.get_ref().bytes().all(|b| b.is_ascii_uppercase());
            if !sound {
                let message = Text::new("ce n'est pas un code de pays", "this isn't a country code");
                let help = Text::new("deux lettres majuscules : \"CA\"", "two capital letters: \"CA\"");
                mistakes.push(root.mistake(country.span(), message).with_help(help));
            }
            sound
        });
        let written = root.string("operator", mistakes);
        let operator = written.as_ref().and_then(|name| root.name::<MemberName>(name, mistakes));
        let room = Room { title: title?, default_country: country?.into_inner().to_owned(), operator: operator.clone()? };
        Some((room, Spanned::new(written?.span(), operator?)))
    })?
}

/// Reads `purposes.toml`.
pub(super) fn purposes(source: &Source, mistakes: &mut Vec<Mistake>) -> Option<BTreeMap<PurposeName, Purpose>> {
    document::read(source, mistakes, |root, mistakes| {
        let mut purposes = BTreeMap::new();
        for (key, section) in root.sections(mistakes) {
            section.only(&["title"], mistakes);
            let title = section.text("title", mistakes);
            if let (Some(name), Some(title)) = (section.name::<PurposeName>(&key, mistakes), title) {
                purposes.insert(name.clone(), Purpose { name, title });
            }
        }
        purposes
    })
}
