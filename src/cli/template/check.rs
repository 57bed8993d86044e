//! `camerata template check`: proves templates person-local, or shows the clause that isn't.

use super::{Found, Places};
use crate::{
    cli::{diagnostics::told, typography as t},
    model::Language,
    template::{Catalogue, Template},
};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A template's .sql or .toml file; without it, all templates of the folder
    file: Option<PathBuf>,
    #[command(flatten)]
    places: Places,
}

#[cfg(test)]
impl Args {
    pub(super) fn of(places: Places) -> Self {
        Self { file: None, places }
    }
}

pub(super) fn check(args: &Args, language: Language) -> Found {
    let policies = args.places.policies(language)?;
    let vocabulary = policies.vocabulary();
    if let Some(file) = &args.file {
        return Template::read(&file.with_extension(""), vocabulary)
            .map(|template| summary(&template, language))
            .map_err(|error| told(&error.in_language(language), language));
    }
    let catalogue = Catalogue::load(&args.places.templates, vocabulary).map_err(|errors| {
        let errors = errors.in_language(language);
        let one_by_one: String = errors.errors().iter().map(|error| told(error, language)).collect();
        format!("{one_by_one}{errors}")
    })?;
    Ok(catalogue.iter().map(|template| summary(template, language)).collect::<Vec<_>>().join("\n"))
}

/// `overlap : local à la personne, une rangée par personne; a() b()`.
fn summary(template: &Template, language: Language) -> String {
    let Some((checked, _)) = template.checked().next() else { return template.name().to_string() };
    let audiences = checked.columns_used().iter().map(|(audience, columns)| {
        let columns: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        format!("{audience}({})", columns.join(", "))
    });
    let audiences = audiences.collect::<Vec<_>>().join(" ");
    let (name, ways) = (t::label(template.name().as_str(), language), template.checked().count());
    let rows = match (language, checked.unique_person()) {
        (Language::Fr, true) => "local à la personne, une rangée par personne",
        (Language::Fr, false) => "local à la personne, borné personne par personne",
        (Language::En, true) => "person-local, one row a person",
        (Language::En, false) => "person-local, bounded person by person",
    };
    let ways = match (language, ways) {
        (_, 1) => String::new(),
        (Language::Fr, ways) => format!("; vérifié pour {ways} choix de colonnes"),
        (Language::En, ways) => format!("; checked for {ways} choices of columns"),
    };
    format!("{name} {rows}; {audiences}{ways}")
}
