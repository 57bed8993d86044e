//! `camerata template explain`: how a template's loss is derived, with the numbers.

use super::{Found, Places};
use crate::{
    cli::{context::choose, diagnostics::told, typography as t},
    gateway::{Derivation, derive},
    model::{Language, Text},
    privacy::Limits,
    template::Template,
};

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
    let derived = derive(&template, &policies, &limits, args.margin);
    let derived = derived.map_err(|text| told(&*miette::miette!("{}", text.get(language)), language))?;
    Ok(render(&template, &derived, language))
}

fn render(template: &Template, derived: &Derivation, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let section = |title: &str, body: &str| {
        let body = body.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n");
        format!("{}\n{body}", t::label(title, language))
    };
    let lines = |texts: &[Text]| texts.iter().map(|text| text.get(language)).collect::<Vec<_>>().join("\n");
    let manifest = template.manifest();
    let head =
        format!("{} — {}\n{}", template.name(), manifest.title.get(language), manifest.description.get(language));
    let unit = say(
        "une personne, avec toutes ses rangées dans tous les auditoires de la salle",
        "one person, with all their rows in all audiences of the room",
    );
    let sections = [
        head,
        section(say("Unité protégée", "What is protected"), unit),
        section(
            say(
                "Requête du modèle (chaque rangée vient d’une seule personne)",
                "The template's query (every row comes from one person alone)",
            ),
            &derived.query,
        ),
        section(say("Ce qu’une personne peut changer", "What one person can change"), &lines(&derived.bounds)),
        section(say("Requête qui s’exécute", "The statement that runs"), &derived.statement),
        section(say("Bruit", "Noise"), &lines(&derived.noise)),
        section(say("Perte", "Loss"), &lines(&derived.loss)),
    ];
    sections.join("\n\n")
}
