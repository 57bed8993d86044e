//! `tariffs.toml`: what questions cost in money, in whole cents.

use super::{
    document::{self, Section},
    folder::Source,
    groups::Label,
    mistake::Mistake,
    suggestion::suggestion,
};
use crate::model::{TemplateName, Text};
use cedar_policy::{Entities, EntityUid, Schema};
use std::{collections::BTreeMap, ops::Range, path::Path};
use toml::Spanned;

/// Highest price of a question, in cents: a hundred thousand dollars.
const PRICE_CENTS_MAX: u32 = 10_000_000;
/// Most people of a tier, which is more than there are in Canada.
const PEOPLE_MAX: u32 = 100_000_000;
/// The one currency that amounts are in.
const CURRENCY: &str = "CAD";

/// What questions cost in money. Amounts are in cents of a Canadian dollar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tariffs {
    prices: BTreeMap<TemplateName, u32>,
    tiers: Vec<Tier>,
    cooperative_percent: u32,
}

/// A discount for members who bring more people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// Its short name.
    pub name: String,
    /// What people read.
    pub title: Text,
    /// How many people a member's audiences must have together, by their published sizes.
    pub people_min: u32,
    /// What is taken off every price, in percent.
    pub discount_percent: u32,
}

impl Tariffs {
    /// The price of a question by this template, in cents, before discounts; `None` if the tariffs give it none.
    pub fn price_cents(&self, template: &TemplateName) -> Option<u32> {
        self.prices.get(template).copied()
    }

    /// The tiers, by rising number of people.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// The tier of a member whose audiences have so many people; `None` below the lowest.
    pub fn tier(&self, people: u64) -> Option<&Tier> {
        self.tiers.iter().rfind(|tier| u64::from(tier.people_min) <= people)
    }

    /// The co-operative's share of what is paid, in percent; the owners of the audiences share the rest.
    pub fn cooperative_percent(&self) -> u32 {
        self.cooperative_percent
    }
}

/// What prices are written for: the schema's templates, and its groups of templates.
pub(super) struct Priceable<'a> {
    pub(super) schema: &'a Schema,
    pub(super) templates: &'a BTreeMap<TemplateName, EntityUid>,
}

/// Reads the tariffs. Without a schema their templates aren't looked up, and the schema has mistakes of its own.
pub(super) fn tariffs(
    source: &Source,
    priceable: Option<&Priceable<'_>>,
    mistakes: &mut Vec<Mistake>,
) -> Option<Tariffs> {
    document::read(source, mistakes, |root, mistakes| {
        root.only(&["currency", "cooperative_percent", "prices", "tiers"], mistakes);
        currency(root, mistakes);
        let share = root.whole("cooperative_percent", 0..=100, mistakes).map(Spanned::into_inner);
        let tiers = tiers(root, mistakes);
        let prices = root.section("prices", mistakes).map(|section| prices(&section, priceable, mistakes));
        Some(Tariffs { prices: prices?, tiers, cooperative_percent: share? })
    })?
}

/// A warning that there are no tariffs: rooms that were founded before there were any open all the same.
pub(super) fn missing(path: &Path) -> Mistake {
    let nowhere = super::files::nowhere(path);
    let message = Text::new(
        "il n'y a pas de tarifs : aucune question n'a de prix",
        "there are no tariffs: no question has a price",
    );
    let help = Text::new(
        "copiez ceux d'une salle pilote (`camerata init DOSSIER`), puis adaptez-les",
        "copy a pilot room's (`camerata init DIR`), then adapt them",
    );
    Mistake::new(&nowhere, 0..0, message).with_help(help).warning()
}

fn currency(root: &Section<'_>, mistakes: &mut Vec<Mistake>) {
    let Some(written) = root.string("currency", mistakes).filter(|written| *written.get_ref() != CURRENCY) else {
        return;
    };
    let other = written.get_ref();
    let message =
        Text::new(format!("les montants ne peuvent être en `{other}`"), format!("amounts can't be in `{other}`"));
    let help =
        Text::new("la salle compte en dollars canadiens : \"CAD\"", "the room counts in Canadian dollars: \"CAD\"");
    mistakes.push(root.mistake(written.span(), message).with_help(help));
}

fn tiers(root: &Section<'_>, mistakes: &mut Vec<Mistake>) -> Vec<Tier> {
    let mut tiers: Vec<(Tier, Range<usize>, Range<usize>)> = Vec::new();
    for (key, section) in root.sections_of("tiers", mistakes) {
        section.only(&["title", "people_min", "discount_percent"], mistakes);
        let name = section.name::<Label>(&key, mistakes);
        let title = section.text("title", mistakes);
        let people = section.whole("people_min", 0..=PEOPLE_MAX, mistakes);
        let discount = section.whole("discount_percent", 0..=100, mistakes);
        let (Some(Label(name)), Some(title), Some(people), Some(discount)) = (name, title, people, discount) else {
            continue;
        };
        let (people_at, discount_at) = (people.span(), discount.span());
        let tier = Tier { name, title, people_min: people.into_inner(), discount_percent: discount.into_inner() };
        tiers.push((tier, people_at, discount_at));
    }
    tiers.sort_by_key(|(tier, ..)| tier.people_min);
    for ((lower, ..), (higher, people_at, discount_at)) in tiers.iter().zip(tiers.iter().skip(1)) {
        let (low, high) = (&lower.name, &higher.name);
        if lower.people_min == higher.people_min {
            let message = Text::new(
                format!("`{high}` commence au même nombre de personnes que `{low}`"),
                format!("`{high}` starts at the same number of people as `{low}`"),
            );
            let help = Text::new("un membre n'est que d'un palier", "a member is in one tier only");
            mistakes.push(root.mistake(people_at.clone(), message).with_help(help));
        } else if higher.discount_percent < lower.discount_percent {
            let message = Text::new(
                format!("qui apporte plus paierait plus : `{low}` a un plus grand rabais que `{high}`"),
                format!("who brings more would pay more: `{low}` has a larger discount than `{high}`"),
            );
            let help = Text::new(
                format!("écrivez {} ou plus", lower.discount_percent),
                format!("write {} or more", lower.discount_percent),
            );
            mistakes.push(root.mistake(discount_at.clone(), message).with_help(help));
        }
    }
    tiers.into_iter().map(|(tier, ..)| tier).collect()
}

fn prices(
    section: &Section<'_>,
    priceable: Option<&Priceable<'_>>,
    mistakes: &mut Vec<Mistake>,
) -> BTreeMap<TemplateName, u32> {
    let mut written = BTreeMap::new();
    for key in section.keys() {
        if let Some(price) = section.whole(key.get_ref(), 0..=PRICE_CENTS_MAX, mistakes) {
            written.insert(*key.get_ref(), price);
        }
    }
    let Some(Priceable { schema, templates }) = priceable else { return BTreeMap::new() };
    let mut known: Vec<String> = templates.keys().map(ToString::to_string).collect();
    known.extend(schema.action_groups().map(|group| group.id().unescaped().to_owned()));
    for key in section.keys().iter().filter(|key| !known.iter().any(|known| known == key.get_ref())) {
        let name = key.get_ref();
        let message = Text::new(
            format!("le schéma n'a ni modèle d'analyse ni groupe de modèles `{name}`"),
            format!("the schema has neither a template nor a group of templates `{name}`"),
        );
        let help = suggestion(name, known.iter().map(String::as_str));
        mistakes.push(section.mistake(key.span(), message).with_help(help));
    }
    // A schema that Cedar has taken has no cycle of actions, which is all that could fail here.
    let Ok(actions) = schema.action_entities() else { return BTreeMap::new() };
    let (mut prices, mut without) = (BTreeMap::new(), Vec::new());
    for (template, uid) in *templates {
        match nearest(&actions, uid, &written) {
            Ok(Some(price)) => {
                prices.insert(template.clone(), price);
            }
            Ok(None) => without.push(format!("`{template}`")),
            Err((first, second)) => mistakes.push(ambiguous(section, template, first, second)),
        }
    }
    if !without.is_empty() {
        let (list, place) = (without.join(", "), section.span.clone());
        let message = Text::new(format!("sans prix : {list}"), format!("without a price: {list}"));
        let help = Text::new(
            "donnez un prix au modèle ou à un groupe dont il est",
            "give the template a price, or a group that it is in",
        );
        mistakes.push(section.mistake(place, message).with_help(help).warning());
    }
    prices
}

type Prices<'a> = BTreeMap<&'a str, Spanned<u32>>;

/// The price of a template: its own, else that of the smallest group it is in. Two groups, neither of which is in the other, must
/// agree.
fn nearest<'a>(
    actions: &Entities,
    template: &EntityUid,
    written: &'a Prices<'_>,
) -> Result<Option<u32>, (&'a str, &'a Spanned<u32>)> {
    let price = |uid: &EntityUid| written.get_key_value(uid.id().unescaped() as &str);
    if let Some((_, own)) = price(template) {
        return Ok(Some(*own.get_ref()));
    }
    let priced: Vec<&EntityUid> =
        actions.ancestors(template).into_iter().flatten().filter(|group| price(group).is_some()).collect();
    // The smallest: no other priced group of this template is in it.
    let mut smallest: Vec<_> = priced
        .iter()
        .filter(|group| !priced.iter().any(|other| other != *group && actions.is_ancestor_of(group, other)))
        .filter_map(|group| price(group))
        .collect();
    smallest.sort_by_key(|(name, _)| **name);
    let Some(((_, first), others)) = smallest.split_first() else { return Ok(None) };
    match others.iter().find(|(_, other)| other.get_ref() != first.get_ref()) {
        Some((name, other)) => Err((name, other)),
        None => Ok(Some(*first.get_ref())),
    }
}

fn ambiguous(section: &Section<'_>, template: &TemplateName, group: &str, price: &Spanned<u32>) -> Mistake {
    let message = Text::new(
        format!("`{template}` est aussi d'un autre groupe que `{group}`, à un autre prix"),
        format!("`{template}` is also in another group than `{group}`, at another price"),
    );
    let help = Text::new(
        format!("écrivez le prix de `{template}` lui-même"),
        format!("write the price of `{template}` itself"),
    );
    section.mistake(price.span(), message).with_help(help)
}

#[cfg(test)]
#[path = "tariffs_tests.rs"]
mod tests;
