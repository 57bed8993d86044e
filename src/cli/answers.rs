//! `camerata answers`: the answers that the member was given, and how one is shown.

use super::{
    connection::{Connection, ConnectionArgs},
    context::{Context, choose},
    exit::{Exit, UsageError},
    query,
    table::{Align, Table},
    typography as t,
};
use crate::model::Language;
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, process::ExitCode};

/// List the answers your member was given, or show one again at no cost
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The answer to show
    id: Option<String>,
    /// Print the room's answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// An answer: a released count with its error, and what it cost.
#[derive(Debug, Clone, Deserialize)]
pub struct Answer {
    /// Its name in the room.
    pub id: String,
    /// The template asked.
    pub template: String,
    /// The audiences it was asked of.
    pub audiences: BTreeMap<String, String>,
    /// What for.
    pub purpose: String,
    /// Half the width of the 95 % interval.
    pub margin: u64,
    /// The released count, clipped at zero; none if it is withheld.
    #[serde(default)]
    pub shown: Option<i64>,
    /// Whether the count is under the room's minimum.
    #[serde(default)]
    pub withheld: bool,
    /// The 95 % interval.
    #[serde(default)]
    pub interval: Option<(i64, i64)>,
    /// The loss, as people see it.
    pub epsilon: f64,
    /// And its δ.
    pub delta: f64,
    /// Whether it had been given before, and so cost nothing this time.
    #[serde(default)]
    pub replay: bool,
    /// When it was asked.
    pub asked: String,
}

#[derive(Debug, Deserialize)]
struct List {
    answers: Vec<Answer>,
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.connection, context)?;
    let path = match &args.id {
        None => "/api/v1/answers".to_owned(),
        Some(id) if id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') => format!("/api/v1/answers/{id}"),
        Some(_) => return Err(UsageError(context.say("ce n’est pas le nom d’une réponse", "that is not the name of an answer").into()).into()),
    };
    let answer: Value = connection.get(&path)?;
    if args.json {
        context.print_json(&answer)?;
    } else if args.id.is_some() {
        context.print(connection.understand::<Answer>(answer)?.render(context.language))?;
    } else {
        context.print(list(&connection.understand::<List>(answer)?.answers, context.language))?;
    }
    Ok(Exit::Done.into())
}

impl Answer {
    /// The answer as people read it: the figure first, then what it rests on, then what it cost.
    pub fn render(&self, language: Language) -> String {
        let say = |fr, en| choose(language, (fr, en));
        let line = |title: &str, rest: String| format!("  {} {rest}", t::label(title, language));
        let mut lines = vec![self.headline(language)];
        if let (Some((low, high)), false) = (self.interval, self.withheld) {
            let (low, high) = (t::integer(low.max(0), language), t::integer(high.max(0), language));
            lines.push(line(say("Intervalle à 95\u{202f}%", "95% interval"), format!("{low} {} {high}", say("à", "to"))));
        }
        let audiences: Vec<String> = self.audiences.iter().map(|(name, audience)| format!("{name} = {audience}")).collect();
        lines.push(line(say("Auditoires", "Audiences"), audiences.join(", ")));
        lines.push(line(say("Finalité", "Purpose"), self.purpose.clone()));
        lines.push(line(say("Perte", "Loss"), query::loss(self.epsilon, self.delta, language)));
        lines.push(line(say("Réponse", "Answer"), format!("{} ({})", self.id, t::day(&self.asked))));
        if self.replay {
            lines.push(format!("  {}", say(
                "Gratuit : cette question avait déjà sa réponse; rien n’a été dépensé.",
                "Free: this question already had its answer; nothing was spent.",
            )));
        }
        lines.join("\n")
    }

    fn headline(&self, language: Language) -> String {
        match (self.shown, self.withheld, language) {
            (Some(_), false, _) => self.figure(language),
            (_, _, Language::Fr) => "Réponse retenue : le nombre bruité est sous le minimum de la salle. La perte compte tout de même.".to_owned(),
            (_, _, Language::En) => "Answer withheld: the noisy count is under the room's minimum. The loss counts all the same.".to_owned(),
        }
    }

    fn figure(&self, language: Language) -> String {
        let (value, margin) = (t::integer(self.shown.unwrap_or_default(), language), t::count(self.margin, language));
        match language {
            Language::Fr => format!("≈\u{a0}{value} personnes (±\u{a0}{margin}, 95\u{202f}%)"),
            Language::En => format!("≈\u{a0}{value} persons (±\u{a0}{margin}, 95%)"),
        }
    }
}

fn list(answers: &[Answer], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    if answers.is_empty() {
        return say("Aucune réponse pour l’instant.", "No answer yet.").to_owned();
    }
    let mut table = Table::new(&[
        (say("Réponse", "Answer"), Align::Left),
        (say("Date", "Date"), Align::Left),
        (say("Modèle", "Template"), Align::Left),
        (say("Auditoires", "Audiences"), Align::Left),
        (say("Finalité", "Purpose"), Align::Left),
        (say("Personnes", "Persons"), Align::Right),
        ("±", Align::Right),
        ("ε", Align::Right),
    ]);
    for answer in answers {
        let value = answer.shown.filter(|_| !answer.withheld);
        let value = value.map_or_else(|| say("retenue", "withheld").to_owned(), |value| t::integer(value, language));
        let audiences: Vec<&str> = answer.audiences.values().map(String::as_str).collect();
        table.row([
            answer.id.clone(),
            t::day(&answer.asked).to_owned(),
            answer.template.clone(),
            audiences.join(" × "),
            answer.purpose.clone(),
            value,
            t::count(answer.margin, language),
            t::real(answer.epsilon, language),
        ]);
    }
    table.render()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::json;

    fn answer(change: impl FnOnce(&mut Value)) -> Answer {
        let mut answer = json!({"id": "r-7", "template": "overlap", "purpose": "planification", "margin": 100, "value": 48_210,
            "audiences": {"a": "festival/abonnes", "b": "billetterie/acheteurs"}, "shown": 48_210, "interval": [48_110, 48_310],
            "rho": 192_000_000, "epsilon": 0.0723, "delta": 1e-6, "replay": false, "policy": "abc", "asked": "2026-11-24T10:00:00Z"});
        change(&mut answer);
        serde_json::from_value(answer).unwrap()
    }

    #[test]
    fn the_figure_comes_first_with_its_margin() {
        insta::assert_snapshot!(answer(|_| ()).render(Language::Fr));
        insta::assert_snapshot!(answer(|answer| answer["replay"] = json!(true)).render(Language::En));
    }

    #[test]
    fn an_interval_shown_never_goes_below_zero() {
        let text = answer(|answer| {
            answer["shown"] = json!(0);
            answer["value"] = json!(-12);
            answer["interval"] = json!([-112, 88]);
        })
        .render(Language::En);
        assert!(text.contains("95% interval: 0 to 88"), "{text}");
    }

    #[test]
    fn a_withheld_count_is_shown_nowhere() {
        let withheld = answer(|answer| {
            answer["withheld"] = json!(true);
            answer["shown"] = json!(17);
            answer["interval"] = json!([1, 17]);
        });
        for text in [withheld.render(Language::Fr), withheld.render(Language::En), list(&[withheld], Language::En)] {
            assert!(!text.contains("17"), "{text}");
        }
    }
}
