//! What `ask` and `estimate` have in common: how a query is written on the command line and sent to the room, what the
//! room says it costs, and on whose accounts.

use super::{
    answer::Unit,
    context::{Context, choose},
    exit::UsageError,
    help,
    table::{Align, Table},
    typography as t,
};
use crate::model::{AudienceRef, Language, Named, PurposeName, TemplateName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most a margin may be, in persons: beyond it nobody asks.
const MARGIN_MAX: u64 = 1_000_000_000;

/// The kind of identifier that persons are matched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum MatchOn {
    /// E-mail addresses.
    Email,
    /// Phone numbers.
    Phone,
}

/// A query, but for how exact its answer must be.
#[derive(Debug, Clone, clap::Args)]
pub struct QueryArgs {
    /// The analysis template: see `camerata templates`
    pub template: TemplateName,
    /// The template's audience `a`: see `camerata audiences`
    #[arg(long, value_name = "MEMBER/AUDIENCE")]
    pub a: Option<AudienceRef>,
    /// The template's audience `b`
    #[arg(long, value_name = "MEMBER/AUDIENCE")]
    pub b: Option<AudienceRef>,
    /// An audience of the template by its name there: `--audience c=festival/abonnes`; again for each where it takes several
    #[arg(long = "audience", value_name = "NAME=MEMBER/AUDIENCE", value_parser = named_audience)]
    pub audiences: Vec<(String, AudienceRef)>,
    /// A value of the template: `--set days=28`
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    pub settings: Vec<(String, String)>,
    /// What the answer is for
    #[arg(long)]
    pub purpose: PurposeName,
    /// The identifier that persons are matched on [default: email]
    #[arg(long, value_enum, value_name = "KIND")]
    pub match_on: Option<MatchOn>,
}

/// How exact an answer must be.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Accuracy {
    /// Half the width of the 95 % interval, in persons.
    Margin(u64),
    /// The loss to spend at most (zCDP ρ).
    Rho(f64),
}

/// A query as the room takes it.
#[derive(Debug, Serialize)]
pub struct Query<'a> {
    template: &'a TemplateName,
    audiences: BTreeMap<&'a str, Named>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    parameters: BTreeMap<&'a str, &'a str>,
    purpose: &'a PurposeName,
    #[serde(skip_serializing_if = "Option::is_none")]
    match_on: Option<MatchOn>,
    #[serde(flatten)]
    accuracy: Accuracy,
}

impl QueryArgs {
    /// The query that was written.
    ///
    /// # Errors
    /// When no audience is named, or one short option and the long one name the same, or a value is set twice.
    pub fn query(&self, accuracy: Accuracy, context: &Context) -> Result<Query<'_>, UsageError> {
        let short = [("a", self.a.as_ref()), ("b", self.b.as_ref())];
        let short = short.into_iter().filter_map(|(name, audience)| Some((name, audience?)));
        let named = self.audiences.iter().map(|(name, audience)| (name.as_str(), audience));
        let mut audiences: BTreeMap<&str, Named> = BTreeMap::new();
        for (name, audience) in short.chain(named) {
            let given = match audiences.remove(name) {
                None => Named::One(audience.clone()),
                // `--a` and `--b` stand for one audience each.
                Some(_) if name.len() == 1 => {
                    let twice = context.say("l’auditoire est donné deux fois", "this audience is given twice");
                    return Err(UsageError(format!("{} {name}", t::label(twice, context.language))));
                }
                Some(before) => before.and(audience.clone()),
            };
            audiences.insert(name, given);
        }
        let mut parameters = BTreeMap::new();
        for (name, value) in &self.settings {
            if parameters.insert(name.as_str(), value.as_str()).is_some() {
                let twice = context.say("cette valeur est donnée deux fois", "this value is given twice");
                return Err(UsageError(format!("{} {name}", t::label(twice, context.language))));
            }
        }
        if audiences.is_empty() {
            let none = context.say(
                "aucun auditoire : ajoutez --a MEMBRE/AUDITOIRE et --b MEMBRE/AUDITOIRE (« camerata audiences » les liste)",
                "no audience: add --a MEMBER/AUDIENCE and --b MEMBER/AUDIENCE (`camerata audiences` lists them)",
            );
            return Err(UsageError(none.to_owned()));
        }
        let (template, purpose, match_on) = (&self.template, &self.purpose, self.match_on);
        Ok(Query { template, audiences, parameters, purpose, match_on, accuracy })
    }
}

fn named_audience(text: &str) -> Result<(String, AudienceRef), String> {
    let (name, audience) = text.split_once('=').ok_or_else(|| {
        choose(help::language(), ("écrivez NOM=MEMBRE/AUDITOIRE", "write it as NAME=MEMBER/AUDIENCE")).to_owned()
    })?;
    Ok((name.to_owned(), audience.parse::<AudienceRef>().map_err(|error| error.to_string())?))
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| choose(help::language(), ("écrivez NOM=VALEUR", "write it as NAME=VALUE")).to_owned())?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// Reads a margin: a whole number of persons. The room's own limits are narrower.
///
/// # Errors
/// When it is anything else.
pub fn margin(text: &str) -> Result<u64, String> {
    let refuse = || {
        let words = (
            "une marge est un nombre entier de personnes, de 1 à 1 000 000 000 (± 100 s’écrit 100)",
            "a margin is a whole number of persons, 1 to 1,000,000,000 (± 100 is written 100)",
        );
        choose(help::language(), words).to_owned()
    };
    text.parse().ok().filter(|margin| (1..=MARGIN_MAX).contains(margin)).ok_or_else(refuse)
}

/// What a query would cost.
#[derive(Debug, Clone, Deserialize)]
pub struct Estimate {
    /// Half the width of the 95 % interval.
    pub margin: u64,
    /// The loss, as people see it.
    pub epsilon: f64,
    /// And its δ.
    pub delta: f64,
    /// Whether the answer is already there, at no cost.
    #[serde(default)]
    pub free: bool,
    /// Whether every account can bear it.
    #[serde(default)]
    pub affordable: bool,
    /// The accounts that would be charged.
    #[serde(default)]
    pub accounts: Vec<Share>,
    /// The parts of the release, and how far off each will be.
    #[serde(default)]
    pub parts: Vec<Part>,
}

/// Cells of a release that have the same margin.
#[derive(Debug, Clone, Deserialize)]
pub struct Part {
    /// What they are.
    pub part: String,
    /// Their unit.
    pub unit: Unit,
    /// How many.
    pub cells: u64,
    /// Half the width of each cell's 95 % interval; none for choices.
    pub margin: Option<u64>,
}

/// What part of an account a query takes.
#[derive(Debug, Clone, Deserialize)]
pub struct Share {
    /// Which account.
    pub account: String,
    /// The part of it.
    pub share: f64,
}

/// A loss in words: `ε = 0,0123 (δ = 10⁻⁶)`.
pub fn loss(epsilon: f64, delta: f64, language: Language) -> String {
    format!("ε = {} (δ = {})", t::real(epsilon, language), t::power(delta, language))
}

/// The accounts and the part of each that a query takes.
pub fn shares(accounts: &[Share], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table =
        Table::new(&[(say("Budget", "Budget"), Align::Left), (say("Part prise", "Share taken"), Align::Right)]);
    for share in accounts {
        table.row([account(&share.account, language), t::percent(share.share, language)]);
    }
    table.render()
}

/// An account in words. The room writes `room`, `share:MEMBER`, `owner:MEMBER` and `asker:ASKER@OWNER`.
pub fn account(name: &str, language: Language) -> String {
    let say = |fr: &str, en: &str| choose_owned(language, fr, en);
    match name.split_once(':') {
        None if name == "room" => say("la salle", "the room"),
        Some(("share", member)) => say(&format!("la salle, part de {member}"), &format!("the room, share of {member}")),
        Some(("owner", owner)) => say(&format!("{owner}, en tout"), &format!("{owner}, in all")),
        Some(("asker", pair)) => match pair.split_once('@') {
            Some((asker, owner)) => say(&format!("{owner}, part de {asker}"), &format!("{owner}, share of {asker}")),
            None => name.to_owned(),
        },
        _ => name.to_owned(),
    }
}

fn choose_owned(language: Language, fr: &str, en: &str) -> String {
    match language {
        Language::Fr => fr.to_owned(),
        Language::En => en.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn args(audiences: &[(&str, &str)]) -> QueryArgs {
        QueryArgs {
            template: "overlap".parse().unwrap(),
            a: Some("festival/abonnes".parse().unwrap()),
            b: None,
            audiences: audiences.iter().map(|(name, of)| ((*name).to_owned(), of.parse().unwrap())).collect(),
            settings: Vec::new(),
            purpose: "planification".parse().unwrap(),
            match_on: None,
        }
    }

    #[test]
    fn a_query_is_sent_as_the_contract_says() {
        let context = Context { language: Language::Fr };
        let args = args(&[("b", "billetterie/acheteurs")]);
        let sent = serde_json::to_value(args.query(Accuracy::Margin(100), &context).unwrap()).unwrap();
        let expected = serde_json::json!({"template": "overlap", "purpose": "planification", "margin": 100,
            "audiences": {"a": "festival/abonnes", "b": "billetterie/acheteurs"}});
        assert_eq!(sent, expected);
        let sent = serde_json::to_value(args.query(Accuracy::Rho(0.5), &context).unwrap()).unwrap();
        assert_eq!(sent.get("rho"), Some(&serde_json::json!(0.5)));
    }

    #[test]
    fn an_audience_given_twice_is_a_mistake() {
        let context = Context { language: Language::En };
        let error = args(&[("a", "billetterie/acheteurs")]).query(Accuracy::Margin(1), &context).unwrap_err();
        assert_eq!(error.to_string(), "this audience is given twice: a");
    }

    #[test]
    fn a_margin_is_a_whole_number_of_persons() {
        for bad in ["0", "-1", "1.5", "NaN", "inf", "", "1e3", "99999999999999999999", "1000000001"] {
            assert!(margin(bad).is_err(), "{bad}");
        }
        assert_eq!(margin("1"), Ok(1));
        assert_eq!(margin("1000000000"), Ok(MARGIN_MAX));
    }

    #[test]
    fn accounts_are_named_in_words() {
        assert_eq!(account("room", Language::Fr), "la salle");
        assert_eq!(account("share:salle", Language::Fr), "la salle, part de salle");
        assert_eq!(account("owner:festival", Language::En), "festival, in all");
        assert_eq!(account("asker:salle@festival", Language::Fr), "festival, part de salle");
        assert_eq!(account("other", Language::Fr), "other");
    }
}
