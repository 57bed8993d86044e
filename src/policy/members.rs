//! `members.toml`: members, their groups, and the audiences they hold.

use super::{
    document::{self, Section},
    folder::Source,
    groups::{self, Groups, chosen},
    mistake::Mistake,
    suggestion::suggestion,
};
use crate::model::{AudienceName, AudienceRef, ColumnName, Language, MemberName, Shape, Text, Vocabulary};
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// A member of the co-operative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its short name.
    pub name: MemberName,
    /// What people read.
    pub title: Text,
    /// Whom to write to about its data.
    pub contact: String,
    /// The language to write to it in.
    pub language: Language,
    /// The groups it belongs to directly; those may be in other groups.
    pub groups: BTreeSet<String>,
    /// The audiences it may upload, by name.
    pub audiences: BTreeMap<AudienceName, AudienceDeclaration>,
}

/// An audience that a member may upload: what it is, not what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceDeclaration {
    /// Its owner and name.
    pub audience: AudienceRef,
    /// What people read.
    pub title: Text,
    /// One row a person, or many.
    pub shape: Shape,
    /// The tags it bears.
    pub tags: BTreeSet<String>,
    /// The vocabulary's columns that it may have, in the order of the file.
    pub columns: Vec<ColumnName>,
    /// How many people it may have, where that isn't the room's own figure.
    pub people_max: Option<u32>,
}

/// What `members.toml` says.
#[derive(Debug, Clone, Default)]
pub(super) struct Membership {
    pub(super) groups: Groups,
    pub(super) tags: BTreeMap<String, Text>,
    pub(super) members: BTreeMap<MemberName, Member>,
}

/// Reads the members. Columns are looked up when there is a vocabulary to look in.
pub(super) fn membership(
    source: &Source,
    vocabulary: Option<&Vocabulary>,
    mistakes: &mut Vec<Mistake>,
) -> Option<Membership> {
    document::read(source, mistakes, |root, mistakes| {
        root.only(&["groups", "tags", "members"], mistakes);
        let mut membership = Membership {
            groups: groups::groups(root, mistakes),
            tags: groups::tags(root, mistakes),
            members: BTreeMap::new(),
        };
        for (key, section) in root.sections_of("members", mistakes) {
            if let Some(member) = member(&key, &section, &membership, vocabulary, mistakes) {
                membership.members.insert(member.name.clone(), member);
            }
        }
        membership
    })
}

fn member(
    key: &Spanned<&str>,
    section: &Section<'_>,
    known: &Membership,
    vocabulary: Option<&Vocabulary>,
    mistakes: &mut Vec<Mistake>,
) -> Option<Member> {
    section.only(&["title", "contact", "language", "groups", "audiences"], mistakes);
    let name = section.name::<MemberName>(key, mistakes)?;
    let title = section.text("title", mistakes);
    let contact = section.string("contact", mistakes);
    let language = language(section, mistakes);
    let groups = chosen(section, "groups", ("groupe", "group"), &known.groups.titles, mistakes);
    let mut audiences = BTreeMap::new();
    for (key, section) in section.sections_of("audiences", mistakes) {
        if let Some(declaration) = audience(&name, &key, &section, known, vocabulary, mistakes) {
            audiences.insert(declaration.audience.name.clone(), declaration);
        }
    }
    Some(Member {
        name,
        title: title?,
        contact: contact?.into_inner().to_owned(),
        language: language?,
        groups,
        audiences,
    })
}

/// French unless the member says otherwise: rooms that were founded before the key was there don't have it.
fn language(section: &Section<'_>, mistakes: &mut Vec<Mistake>) -> Option<Language> {
    if !section.has("language") {
        return Some(Language::default());
    }
    let written = section.string("language", mistakes)?;
    let language = [Language::Fr, Language::En].into_iter().find(|one| one.as_str() == *written.get_ref());
    if language.is_none() {
        let other = written.get_ref();
        let message = Text::new(format!("langue inconnue `{other}`"), format!("unknown language `{other}`"));
        let help = suggestion(other, [Language::Fr, Language::En].map(Language::as_str));
        mistakes.push(section.mistake(written.span(), message).with_help(help));
    }
    language
}

fn audience(
    member: &MemberName,
    key: &Spanned<&str>,
    section: &Section<'_>,
    known: &Membership,
    vocabulary: Option<&Vocabulary>,
    mistakes: &mut Vec<Mistake>,
) -> Option<AudienceDeclaration> {
    section.only(&["title", "shape", "tags", "columns", "people_max"], mistakes);
    let name = section.name::<AudienceName>(key, mistakes);
    let title = section.text("title", mistakes);
    let tags = chosen(section, "tags", ("étiquette", "tag"), &known.tags, mistakes);
    let shape = section.string("shape", mistakes).and_then(|shape| match *shape.get_ref() {
        "list" => Some(Shape::List),
        "events" => Some(Shape::Events),
        other => {
            let message = Text::new(
                format!("forme d'auditoire inconnue `{other}`"),
                format!("unknown shape of audience `{other}`"),
            );
            mistakes.push(section.mistake(shape.span(), message).with_help(suggestion(other, ["list", "events"])));
            None
        }
    });
    let columns = columns(section, vocabulary, mistakes);
    let people_max = section.has("people_max").then(|| section.whole("people_max", 1..=1_000_000_000, mistakes));
    let people_max = people_max.flatten().map(Spanned::into_inner);
    let audience = AudienceRef { member: member.clone(), name: name? };
    Some(AudienceDeclaration { audience, title: title?, shape: shape?, tags, columns, people_max })
}

fn columns(section: &Section<'_>, vocabulary: Option<&Vocabulary>, mistakes: &mut Vec<Mistake>) -> Vec<ColumnName> {
    let mut columns = Vec::new();
    for text in section.strings("columns", mistakes) {
        let Some(column) = section.name::<ColumnName>(&text, mistakes) else { continue };
        if let Some(vocabulary) = vocabulary.filter(|vocabulary| vocabulary.get(&column).is_none()) {
            let message = Text::new(
                format!("le vocabulaire n'a pas de colonne `{column}`"),
                format!("the vocabulary has no column `{column}`"),
            );
            let help = suggestion(column.as_str(), vocabulary.columns().keys().map(ColumnName::as_str));
            mistakes.push(section.mistake(text.span(), message).with_help(help));
        } else if columns.contains(&column) {
            let message = Text::new(format!("`{column}` est écrit deux fois"), format!("`{column}` is written twice"));
            let help = Text::new("une fois suffit", "once is enough");
            mistakes.push(section.mistake(text.span(), message).with_help(help));
        } else {
            columns.push(column);
        }
    }
    columns
}
