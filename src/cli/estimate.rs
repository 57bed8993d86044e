//! `camerata estimate`: what a query would cost, before anything is spent.

use super::{
    connection::{Connection, ConnectionArgs},
    context::{Context, choose},
    exit::Exit,
    query::{self, Accuracy, Estimate, QueryArgs},
    typography as t,
};
use crate::model::{Language, Rho};
use serde_json::Value;
use std::process::ExitCode;

/// Tell what a query would cost, without asking it
#[derive(Debug, Clone, clap::Args)]
#[group(id = "accuracy", required = true, multiple = false, args = ["margin", "rho"])]
pub struct Args {
    #[command(flatten)]
    query: QueryArgs,
    /// The margin to live with: half the width of the 95 % interval, in persons
    #[arg(long, value_name = "N", value_parser = query::margin, allow_hyphen_values = true)]
    margin: Option<u64>,
    /// The loss to spend instead (zCDP ρ); the margin follows from it
    #[arg(long, value_name = "RHO", value_parser = rho, allow_hyphen_values = true)]
    rho: Option<Rho>,
    /// Print the room's answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

fn rho(text: &str) -> Result<Rho, String> {
    let rho = text.parse().ok().and_then(Rho::from_f64_up).filter(|rho| *rho > Rho::default());
    let words = ("un ρ est un nombre positif, comme 0,0002 (écrit 0.0002)", "a ρ is a positive number, such as 0.0002");
    rho.ok_or_else(|| choose(super::environment::language(), words).to_owned())
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let accuracy = match (args.margin, args.rho) {
        (Some(margin), _) => Accuracy::Margin(margin),
        (None, rho) => Accuracy::Rho(rho.unwrap_or_default().units()),
    };
    let query = args.query.query(accuracy, context)?;
    let connection = Connection::open(&args.connection, context)?;
    let answer: Value = connection.post("/api/v1/estimate", &query)?;
    if args.json {
        context.print_json(&answer)?;
    } else {
        context.print(render(&connection.understand(answer)?, context.language))?;
    }
    Ok(Exit::Done.into())
}

fn render(estimate: &Estimate, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut lines = vec![
        format!("{} ± {} (95{}%)", t::label(say("Marge", "Margin"), language), t::count(estimate.margin, language), say("\u{202f}", "")),
        format!("{} {}", t::label(say("Perte", "Loss"), language), query::loss(estimate.epsilon, estimate.delta, language)),
    ];
    if estimate.free {
        lines.push(say(
            "Gratuit : la salle a déjà répondu à cette question; elle redonnera la même réponse.",
            "Free: the room has already answered this question and will give the same answer again.",
        ).to_owned());
        return lines.join("\n");
    }
    lines.push(String::new());
    lines.push(query::shares(&estimate.accounts, language));
    lines.push(String::new());
    lines.push(if estimate.affordable {
        say("Rien n’est encore dépensé.", "Nothing is spent yet.").to_owned()
    } else {
        say(
            "Un des budgets n’y suffit pas : élargissez la marge, ou attendez le prochain mois.",
            "One of the budgets can't bear it: widen the margin, or wait for next month.",
        ).to_owned()
    });
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_cost_is_told_before_anything_is_spent() {
        let estimate = serde_json::json!({"margin": 100, "sigma": 51.2, "rho": 192_000_000, "epsilon": 0.0723, "delta": 1e-6,
            "free": false, "affordable": true,
            "accounts": [{"account": "room", "share": 0.0004}, {"account": "owner:billetterie", "share": 0.0012},
                         {"account": "asker:festival@billetterie", "share": 0.0079, "remaining_rho": 1}]});
        insta::assert_snapshot!(render(&serde_json::from_value(estimate).unwrap(), Language::Fr));
    }

    #[test]
    fn a_loss_is_a_positive_number() {
        for bad in ["0", "-1", "NaN", "inf", "x", ""] {
            assert!(rho(bad).is_err(), "{bad}");
        }
        assert_eq!(rho("0.0002"), Ok(Rho::from_units(200_000_000)));
    }
}
