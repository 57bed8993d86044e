//! `camerata template explain`: how a template's loss is derived, with the numbers.

use super::{Found, Places};
use crate::{
    cli::{context::choose, diagnostics::told, typography as t},
    model::{AudienceRef, Bounds, ColumnName, Language, Shape, Text, Vocabulary},
    policy::Policies,
    privacy::{self, Accuracy, Limits, Plan},
    template::{Argument, Binding, Bindings, Instance, Manifest, ParameterKind, ShapeRule, Template},
};
use std::collections::BTreeMap;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The template's name
    name: String,
    /// The margin, in persons [default: the template's own]
    #[arg(long)]
    margin: Option<f64>,
    #[command(flatten)]
    places: Places,
}

pub(super) fn explain(args: &Args, language: Language) -> Found {
    let policies = args.places.policies(language)?;
    let (text, path) = policies.privacy_toml();
    let limits = Limits::parse(text, path).map_err(|error| told(&error, language))?;
    let template = args.places.template(&args.name, &policies, language)?;
    let bindings = bindings(&template, &policies);
    let refused = |text: &Text| told(&*miette::miette!("{}", text.get(language)), language);
    let instance = template.instance(&bindings, policies.vocabulary()).map_err(|error| refused(&error.text()))?;
    let margin = args.margin.unwrap_or_else(|| f64::from(template.manifest().margin_default));
    let plan =
        privacy::plan(&instance.bounds, Accuracy::Margin(margin), &limits).map_err(|error| refused(&error.text()))?;
    let explained = Explained { template: &template, instance: &instance, plan: &plan, limits: &limits, language };
    Ok(explained.render())
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
                    Some(crate::model::ColumnKind::Category { values }) => {
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

struct Explained<'a> {
    template: &'a Template,
    instance: &'a Instance,
    plan: &'a Plan,
    limits: &'a Limits,
    language: Language,
}

impl Explained<'_> {
    fn say(&self, fr: &'static str, en: &'static str) -> &'static str {
        choose(self.language, (fr, en))
    }

    fn spaced(&self, text: &str) -> String {
        t::spaced(text, self.language)
    }

    fn section(&self, title: &'static str, body: &str) -> String {
        let body = body.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n");
        format!("{}\n{body}", t::label(title, self.language))
    }

    fn render(&self) -> String {
        let manifest = self.template.manifest();
        let head = format!(
            "{} — {}\n{}",
            self.template.name(),
            manifest.title.get(self.language),
            manifest.description.get(self.language)
        );
        let unit = self.say(
            "une personne, avec toutes ses rangées dans tous les auditoires de la salle",
            "one person, with all their rows in all audiences of the room",
        );
        let sections = [
            head,
            self.section(self.say("Unité protégée", "What is protected"), unit),
            self.section(
                self.say(
                    "Requête du modèle (chaque rangée vient d’une seule personne)",
                    "The template's query (every row comes from one person alone)",
                ),
                &self.checked_sql(),
            ),
            self.section(
                self.say("Ce qu’une personne peut changer", "What one person can change"),
                &self.spaced(&self.bounds()),
            ),
            self.section(self.say("Requête qui s’exécute", "The statement that runs"), &self.instance.sql),
            self.section(self.say("Bruit", "Noise"), &self.noise()),
            self.section(self.say("Perte", "Loss"), &self.spaced(&self.loss())),
        ];
        sections.join("\n\n")
    }

    fn checked_sql(&self) -> String {
        self.template.checked().next().map(|(checked, _)| checked.sql().to_owned()).unwrap_or_default()
    }

    fn bounds(&self) -> String {
        match &self.instance.bounds {
            Bounds::Cells { blocks } => {
                let named = self.instance.layout.blocks.iter().zip(blocks);
                let lines = named.map(|(layout, block)| {
                    let distance = t::real((block.distance_squared as f64).sqrt(), self.language);
                    let cells = t::count(u64::from(block.cells), self.language);
                    match self.language {
                        Language::Fr => format!(
                            "{} : {cells} case(s), déplacées d’au plus {distance} (distance euclidienne)",
                            layout.name
                        ),
                        Language::En => format!(
                            "{}: {cells} cell(s), moved by at most {distance} (Euclidean distance)",
                            layout.name
                        ),
                    }
                });
                lines.collect::<Vec<_>>().join("\n")
            }
            Bounds::Keys { keys_max } => match self.language {
                Language::Fr => format!("au plus {keys_max} clé(s), 1 dans chacune; les clés ne sont pas publiques"),
                Language::En => format!("at most {keys_max} key(s), by 1 in each; the keys aren't public"),
            },
            Bounds::Quantiles { candidates, quantiles } => match self.language {
                Language::Fr => format!(
                    "son rang, dans le score de chacun de {candidates} candidats; {} quantile(s)",
                    quantiles.len()
                ),
                Language::En => format!(
                    "its rank, in the score of each of {candidates} candidates; {} quantile(s)",
                    quantiles.len()
                ),
            },
            Bounds::Top { candidates, k } => match self.language {
                Language::Fr => {
                    format!("1 dans le compte de chacun de {candidates} candidats; les {k} premiers sont dits")
                }
                Language::En => format!("1 in the count of each of {candidates} candidates; the top {k} are told"),
            },
        }
    }

    fn noise(&self) -> String {
        let line = |draw: privacy::MechanismSummary| {
            let real = |value| t::real(value, self.language);
            let threshold = draw.threshold.map(|threshold| format!(", {} {threshold}", self.say("seuil", "threshold")));
            format!(
                "{} {} {}, {} {}{}",
                t::label(draw.constructor, self.language),
                self.say("sensibilité", "sensitivity"),
                real(draw.sensitivity),
                self.say("échelle", "scale"),
                real(draw.scale),
                threshold.unwrap_or_default()
            )
        };
        self.plan.mechanism().into_iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn loss(&self) -> String {
        let (loss, caps) = (self.plan.loss(), self.limits.caps());
        let epsilon = t::real(self.limits.epsilon(loss.rho), self.language);
        let margin = t::count(u64::from(self.plan.margin()), self.language);
        let share = |cap: privacy::Cap| t::percent(loss.rho.as_f64() / cap.rho.as_f64(), self.language);
        let delta = if loss.delta.units() > 0 {
            format!(" + δ = {}", t::power(loss.delta.as_f64(), self.language))
        } else {
            String::new()
        };
        let accounts = [
            (self.say("de la salle", "of the room's account"), caps.room),
            (self.say("d’un propriétaire", "of an owner's"), caps.owner),
            (self.say("d’un demandeur", "of an asker's"), caps.asker),
        ];
        let accounts: Vec<_> = accounts.into_iter().map(|(name, cap)| format!("{} {name}", share(cap))).collect();
        format!(
            "{} ρ = {}, ε = {epsilon} (δ = {}){delta}\n{}",
            t::label(&format!("± {margin}"), self.language),
            t::real(loss.rho.as_f64(), self.language),
            t::power(self.limits.delta_total(), self.language),
            accounts.join("; ")
        )
    }
}
