//! How a template's loss is derived, with the numbers: what officers read before they approve one.

use crate::{
    model::{AudienceRef, Block, Bounds, ColumnKind, ColumnName, Language, Shape, Text, Vocabulary, typography as t},
    policy::Policies,
    privacy::{self, Accuracy, Limits, MechanismSummary, Plan},
    template::{Argument, Binding, Bindings, Instance, Manifest, ParameterKind, ShapeRule, Template},
};
use std::collections::BTreeMap;

/// The derivation of a template's loss at one margin.
#[derive(Debug, Clone)]
pub struct Derivation {
    /// The margin, in persons.
    pub margin: u32,
    /// The template's query, every row of which comes from one person alone.
    pub query: String,
    /// What one person can change, block by block.
    pub bounds: Vec<Text>,
    /// The statement that runs.
    pub statement: String,
    /// Each mechanism, by its constructor, with its sensitivity, scale and loss.
    pub noise: Vec<Text>,
    /// The loss, and what it takes of each account.
    pub loss: Vec<Text>,
}

/// Derives the loss of a template, for its example where it has one; no data is needed.
///
/// # Errors
/// When the margin can't be had, or the example doesn't fit.
pub fn derive(
    template: &Template,
    policies: &Policies,
    limits: &Limits,
    margin: Option<f64>,
) -> Result<Derivation, Text> {
    let bindings = bindings(template, policies);
    let instance = template.instance(&bindings, policies.vocabulary()).map_err(|error| error.text())?;
    let margin = margin.unwrap_or_else(|| f64::from(template.manifest().margin_default));
    let plan = privacy::plan(&instance.bounds, Accuracy::Margin(margin), limits).map_err(|error| error.text())?;
    let query = template.checked().next().map(|(checked, _)| checked.sql().to_owned());
    Ok(Derivation {
        margin: plan.margin(),
        query: query.unwrap_or_default(),
        bounds: std::iter::once(rows(template)).chain(bounds(&instance)).collect(),
        noise: plan.mechanism().into_iter().map(|draw| noise(&draw)).collect(),
        loss: loss(&plan, limits),
        statement: instance.sql,
    })
}

/// The same in both languages.
fn both(words: impl Fn(Language) -> String) -> Text {
    Text::new(words(Language::Fr), words(Language::En))
}

fn choose(language: Language, fr: &'static str, en: &'static str) -> &'static str {
    if language == Language::Fr { fr } else { en }
}

/// Most rows of one person, before the bounds of the release: what keeps rows from buying time.
fn rows(template: &Template) -> Text {
    let most = template.checked().map(|(checked, _)| checked.rows_max()).max().unwrap_or(1);
    both(|language| {
        let number = t::count(most, language);
        match language {
            Language::Fr => format!("au plus {number} rangée(s) du modèle, avant les bornes que voici"),
            Language::En => format!("at most {number} row(s) of the template, before the bounds below"),
        }
    })
}

fn bounds(instance: &Instance) -> Vec<Text> {
    match &instance.bounds {
        Bounds::Cells { blocks } => {
            let named = instance.layout.blocks.iter().zip(blocks);
            named.map(|(layout, block)| cells(&layout.name, block)).collect()
        }
        Bounds::Keys { keys_max } => vec![Text::new(
            format!("au plus {keys_max} clé(s), 1 dans chacune; les clés ne sont pas publiques"),
            format!("at most {keys_max} key(s), by 1 in each; the keys aren't public"),
        )],
        Bounds::Quantiles { candidates, quantiles } => vec![Text::new(
            format!("son rang, dans le score de chacun de {candidates} candidats; {} quantile(s)", quantiles.len()),
            format!("its rank, in the score of each of {candidates} candidates; {} quantile(s)", quantiles.len()),
        )],
        Bounds::Top { candidates, k } => vec![Text::new(
            format!("1 dans le compte de chacun de {candidates} candidats; les {k} premiers sont dits"),
            format!("1 in the count of each of {candidates} candidates; the top {k} are told"),
        )],
    }
}

fn cells(name: &str, block: &Block) -> Text {
    both(|language| {
        let distance = t::real((block.distance_squared as f64).sqrt(), language);
        let cells = t::count(u64::from(block.cells), language);
        let name = t::label(name, language);
        match (language, block.cells) {
            (Language::Fr, 0..=1) => {
                format!("{name} {cells} case, déplacée d’au plus {distance} (distance euclidienne)")
            }
            (Language::Fr, _) => format!("{name} {cells} cases, déplacées d’au plus {distance} (distance euclidienne)"),
            (Language::En, 1) => format!("{name} {cells} cell, moved by at most {distance} (Euclidean distance)"),
            (Language::En, _) => format!("{name} {cells} cells, moved by at most {distance} (Euclidean distance)"),
        }
    })
}

fn noise(draw: &MechanismSummary) -> Text {
    both(|language| {
        let say = |fr, en| choose(language, fr, en);
        let threshold = draw.threshold.map(|threshold| format!(", {} {threshold}", say("seuil", "threshold")));
        format!(
            "{} {} {}, {} {}{}",
            t::label(draw.constructor, language),
            say("sensibilité", "sensitivity"),
            t::real(draw.sensitivity, language),
            say("échelle", "scale"),
            t::real(draw.scale, language),
            threshold.unwrap_or_default()
        )
    })
}

fn loss(plan: &Plan, limits: &Limits) -> Vec<Text> {
    let (loss, caps) = (plan.loss(), limits.caps());
    let sum = both(|language| {
        let epsilon = t::real(limits.epsilon(loss.rho), language);
        let margin = t::count(u64::from(plan.margin()), language);
        let delta = if loss.delta.units() > 0 {
            format!(" + δ = {}", t::power(loss.delta.as_f64(), language))
        } else {
            String::new()
        };
        format!(
            "{} ρ = {}, ε = {epsilon} (δ = {}){delta}",
            t::label(&format!("± {margin}"), language),
            t::real(loss.rho.as_f64(), language),
            t::power(limits.delta_total(), language),
        )
    });
    let accounts = both(|language| {
        let share = |cap: privacy::Cap| t::percent(loss.rho.as_f64() / cap.rho.as_f64(), language);
        let accounts = [
            (choose(language, "de la salle", "of the room's account"), caps.room),
            (choose(language, "de la part d’un membre", "of a member's share"), caps.member),
            (choose(language, "d’un propriétaire", "of an owner's"), caps.owner),
            (choose(language, "d’un demandeur", "of an asker's"), caps.asker),
        ];
        accounts.map(|(name, cap)| format!("{} {name}", share(cap))).join("; ")
    });
    vec![sum, accounts]
}

/// The manifest's example where there is one; else audiences and values made up for the purpose. No data is needed.
fn bindings(template: &Template, policies: &Policies) -> Bindings {
    let manifest = template.manifest();
    let vocabulary = policies.vocabulary();
    let columns: Vec<ColumnName> = vocabulary.columns().keys().cloned().collect();
    let mut audiences: BTreeMap<String, Vec<(AudienceRef, Binding)>> = BTreeMap::new();
    let mut position = 0;
    for parameter in &manifest.audiences {
        let named = manifest.example.as_ref().and_then(|example| example.audiences.get(&parameter.name));
        let count = parameter.many.map_or(1, |(least, _)| least);
        let made_up = || (0..count).filter_map(|n| format!("membre/{}{n}", parameter.name).parse().ok()).collect();
        let named: Vec<AudienceRef> = named.map_or_else(made_up, |named| named.list().to_vec());
        for audience in named {
            let declared = policies.audience(&audience).map(|declaration| declaration.shape);
            let shape =
                declared.unwrap_or(if parameter.shape == ShapeRule::Events { Shape::Events } else { Shape::List });
            let binding = Binding { table: format!("audience_{position}.main.email"), shape, columns: columns.clone() };
            audiences.entry(parameter.name.clone()).or_default().push((audience, binding));
            position += 1;
        }
    }
    let given = manifest.example.as_ref().map(|example| example.parameters.clone()).unwrap_or_default();
    Bindings { audiences, arguments: arguments(manifest, given, vocabulary) }
}

fn arguments(
    manifest: &Manifest,
    mut arguments: BTreeMap<String, Argument>,
    vocabulary: &Vocabulary,
) -> BTreeMap<String, Argument> {
    for parameter in &manifest.parameters {
        let made_up = match &parameter.kind {
            ParameterKind::Integer { min, default: None, .. } | ParameterKind::Amount { min, default: None, .. } => {
                Argument::Number(*min)
            }
            ParameterKind::Date { default: None } => Argument::Text("2026-01-01".into()),
            ParameterKind::Category { column, default: None } => {
                match vocabulary.get(column).map(|column| &column.kind) {
                    Some(ColumnKind::Category { values }) => {
                        Argument::Text(values.first().map(|value| value.id.clone()).unwrap_or_default())
                    }
                    _ => continue,
                }
            }
            _ => continue,
        };
        arguments.entry(parameter.name.clone()).or_insert(made_up);
    }
    arguments
}
