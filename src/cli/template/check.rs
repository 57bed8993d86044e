//! `camerata template check`: proves templates person-local, or shows the clause that isn't.

use super::{Found, Places};
use crate::template::{Catalogue, Template};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A template's .sql or .toml file; without it, all templates of the folder
    file: Option<PathBuf>,
    #[command(flatten)]
    places: Places,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Found> {
    let policies = match args.places.policies() {
        Ok(policies) => policies,
        Err(report) => return Ok(Err(report)),
    };
    let vocabulary = policies.vocabulary();
    let templates = match &args.file {
        Some(file) => {
            Template::read(&file.with_extension(""), vocabulary).map(|one| vec![one]).map_err(miette::Report::new)
        }
        None => Catalogue::load(&args.places.templates, vocabulary)
            .map(|catalogue| catalogue.iter().cloned().collect())
            .map_err(miette::Report::new),
    };
    Ok(templates.map(|templates| templates.iter().map(summary).collect::<Vec<_>>().join("\n")))
}

/// `overlap: person-local, one row a person; a() b()`.
fn summary(template: &Template) -> String {
    let Some((checked, _)) = template.checked().next() else { return template.name().to_string() };
    let rows = if checked.unique_person() { "one row a person" } else { "bounded person by person" };
    let audiences = checked.columns_used().iter().map(|(audience, columns)| {
        let columns: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        format!("{audience}({})", columns.join(", "))
    });
    let ways = match template.checked().count() {
        1 => String::new(),
        ways => format!("; checked for {ways} choices of columns"),
    };
    format!("{}: person-local, {rows}; {}{ways}", template.name(), audiences.collect::<Vec<_>>().join(" "))
}
