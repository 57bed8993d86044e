//! `camerata templates`: the questions that may be asked.

use super::{
    connection::{Connection, ConnectionArgs, Wording},
    context::{Context, choose},
    exit::Exit,
    typography as t,
};
use crate::model::Language;
use serde::Deserialize;
use serde_json::Value;
use std::process::ExitCode;

/// List the analysis templates: the questions that may be asked
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Print the room's answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

#[derive(Debug, Deserialize)]
struct List {
    templates: Vec<Template>,
}

#[derive(Debug, Deserialize)]
struct Template {
    name: String,
    title: Wording,
    #[serde(default)]
    description: Option<Wording>,
    #[serde(default)]
    audiences: Vec<Parameter>,
    #[serde(default)]
    margin_default: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Parameter {
    name: String,
    title: Wording,
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.connection, context)?;
    let answer: Value = connection.get("/api/v1/templates")?;
    if args.json {
        context.print_json(&answer)?;
    } else {
        let list: List = connection.understand(answer)?;
        let blocks: Vec<String> = list.templates.iter().map(|template| render(template, context.language)).collect();
        context.print(blocks.join("\n\n"))?;
    }
    Ok(Exit::Done.into())
}

fn render(template: &Template, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut lines = vec![format!("{} — {}", template.name, template.title.get(language))];
    lines.extend(template.description.iter().map(|words| format!("  {}", words.get(language).trim())));
    for parameter in &template.audiences {
        let option = match parameter.name.as_str() {
            "a" | "b" => format!("--{}", parameter.name),
            name => format!("--audience {name}="),
        };
        lines.push(format!("  {option}  {}", parameter.title.get(language)));
    }
    if let Some(margin) = template.margin_default {
        lines.push(format!("  {} ± {}", t::label(say("Marge proposée", "Suggested margin"), language), t::count(margin, language)));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_template_tells_how_to_name_its_audiences() {
        let template = serde_json::json!({"name": "overlap", "title": {"fr": "Recoupement", "en": "Overlap"}, "description": "Combien?",
            "audiences": [{"name": "a", "title": "Le premier"}, {"name": "c", "title": "Le troisième"}],
            "release": {"kind": "count"}, "margin_default": 1000, "hash": "00"});
        let text = render(&serde_json::from_value(template).unwrap(), Language::En);
        assert_eq!(text, "overlap — Overlap\n  Combien?\n  --a  Le premier\n  --audience c=  Le troisième\n  Suggested margin: ± 1,000");
    }
}
