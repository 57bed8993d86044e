//! `camerata templates`: the questions that may be asked.

use super::{
    connection::{Connection, RoomArgs, Wording},
    context::{Context, choose},
    exit::Exit,
    typography as t,
};
use crate::model::{Language, Named};
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, process::ExitCode};

/// List the analysis templates: the questions that may be asked
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    room: RoomArgs,
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
    parameters: Vec<Setting>,
    #[serde(default)]
    margin_default: Option<u64>,
    #[serde(default)]
    example: Option<Example>,
}

#[derive(Debug, Deserialize)]
struct Parameter {
    name: String,
    title: Wording,
    /// Least and most audiences, where it takes several.
    #[serde(default)]
    many: Option<(u32, u32)>,
}

/// A value that a question gives, as far as a person needs to know to give one.
#[derive(Debug, Deserialize)]
struct Setting {
    name: String,
    title: Wording,
    kind: String,
    #[serde(default)]
    min: Option<i64>,
    #[serde(default)]
    max: Option<i64>,
    #[serde(default)]
    default: Option<Value>,
    #[serde(default)]
    choices: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Example {
    audiences: BTreeMap<String, Named>,
    #[serde(default)]
    parameters: BTreeMap<String, Value>,
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let answer: Value = connection.get("/api/v1/templates")?;
    if args.room.json {
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
        let several = parameter.many.map(|(least, most)| match language {
            Language::Fr => format!(" (de {least} à {most}, à répéter)"),
            Language::En => format!(" ({least} to {most}, repeat it)"),
        });
        lines.push(format!("  {option}  {}{}", parameter.title.get(language), several.unwrap_or_default()));
    }
    lines.extend(template.parameters.iter().map(|setting| setting.render(language)));
    if let Some(margin) = template.margin_default {
        lines.push(format!(
            "  {} ± {}",
            t::label(say("Marge proposée", "Suggested margin"), language),
            t::count(margin, language)
        ));
    }
    if let Some(example) = &template.example {
        let command = example.render(&template.name, template.margin_default.unwrap_or(100));
        lines.push(format!("  {} {command}", t::label(say("Exemple", "Example"), language)));
    }
    lines.join("\n")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Setting {
    /// `--set days=  Length in days (7 to 84; 28 if not given)`.
    fn render(&self, language: Language) -> String {
        let say = |fr: &'static str, en: &'static str| choose(language, (fr, en));
        let takes = match (self.min, self.max) {
            (Some(min), Some(max)) => format!("{min} {} {max}", say("à", "to")),
            _ if !self.choices.is_empty() => self.choices.join(", "),
            _ if self.kind == "date" => say("AAAA-MM-JJ", "YYYY-MM-DD").to_owned(),
            _ => self.kind.clone(),
        };
        let default = self.default.as_ref().map(plain).or_else(|| self.choices.first().cloned());
        let default = default.map(|default| match language {
            Language::Fr => format!("; sinon {default}"),
            Language::En => format!("; {default} if not given"),
        });
        format!("  --set {}=  {} ({takes}{})", self.name, self.title.get(language), default.unwrap_or_default())
    }
}

impl Example {
    /// The command that asks it.
    fn render(&self, template: &str, margin: u64) -> String {
        let mut words = vec![format!("camerata ask {template}")];
        for (name, audiences) in &self.audiences {
            let option =
                if matches!(name.as_str(), "a" | "b") { format!("--{name} ") } else { format!("--audience {name}=") };
            words.extend(audiences.list().iter().map(|audience| format!("{option}{audience}")));
        }
        words.extend(self.parameters.iter().map(|(name, value)| format!("--set {name}={}", plain(value))));
        words.push(format!("--purpose planification --margin {margin}"));
        words.join(" ")
    }
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
        assert_eq!(
            text,
            "overlap — Overlap\n  Combien?\n  --a  Le premier\n  --audience c=  Le troisième\n  Suggested margin: ± 1,000"
        );
    }

    #[test]
    fn a_template_tells_its_values_and_how_to_ask_its_example() {
        let template = serde_json::json!({"name": "conversion", "title": "Conversion", "margin_default": 50,
            "audiences": [{"name": "a", "title": "Liste"}, {"name": "audiences", "title": "Autres", "many": [2, 6]}],
            "parameters": [{"name": "days", "title": "Durée", "kind": "integer", "min": 7, "max": 84, "default": 28},
                {"name": "since", "title": "Début", "kind": "date"}, {"name": "by", "title": "Colonne", "kind": "column", "choices": ["genre", "region"]}],
            "example": {"audiences": {"a": "festival/abonnes", "audiences": ["x/y", "x/z"]}, "parameters": {"days": 28}}});
        let text = render(&serde_json::from_value(template).unwrap(), Language::Fr);
        for line in [
            "  --audience audiences=  Autres (de 2 à 6, à répéter)",
            "  --set days=  Durée (7 à 84; sinon 28)",
            "  --set since=  Début (AAAA-MM-JJ)",
            "  --set by=  Colonne (genre, region; sinon genre)",
            "camerata ask conversion --a festival/abonnes --audience audiences=x/y --audience audiences=x/z --set days=28 --purpose planification --margin 50",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
