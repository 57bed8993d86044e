//! `camerata estimate`: what a query would cost, before anything is spent.

use super::{
    answer::{self, Unit},
    connection::{Connection, RoomArgs},
    context::{Context, choose},
    exit::Exit,
    help,
    query::{self, Accuracy, Estimate, Part, QueryArgs},
    typography as t,
};
use crate::model::{Language, Rho};
use serde_json::Value;
use std::process::ExitCode;

/// Tell what a query would cost, without asking it
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    query: QueryArgs,
    /// The margin to live with: half the width of the 95 % interval, in persons
    #[arg(long, value_name = "N", value_parser = query::margin, allow_hyphen_values = true, required_unless_present = "rho")]
    margin: Option<u64>,
    /// The loss to spend instead (zCDP ρ); the margin follows from it
    #[arg(long, value_name = "RHO", value_parser = rho, allow_hyphen_values = true, conflicts_with = "margin")]
    rho: Option<f64>,
    #[command(flatten)]
    room: RoomArgs,
}

fn rho(text: &str) -> Result<f64, String> {
    let sound = |rho: &f64| Rho::from_f64_up(*rho).is_some_and(|units| units > Rho::default());
    let words = ("un ρ est un nombre positif, comme 0,0002 (écrit 0.0002)", "a ρ is a positive number, such as 0.0002");
    text.parse().ok().filter(sound).ok_or_else(|| choose(help::language(), words).to_owned())
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let accuracy = match (args.margin, args.rho) {
        (Some(margin), _) => Accuracy::Margin(margin),
        (None, rho) => Accuracy::Rho(rho.unwrap_or_default()),
    };
    let query = args.query.query(accuracy, context)?;
    let connection = Connection::open(&args.room.connection, context)?;
    let answer: Value = connection.post("/api/v1/estimate", &query)?;
    if args.room.json {
        context.print_json(&answer)?;
    } else {
        context.print(render(&connection.understand(answer)?, context.language))?;
    }
    Ok(Exit::Done.into())
}

fn render(estimate: &Estimate, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut lines = vec![
        format!(
            "{} ± {} (95{}%)",
            t::label(say("Marge", "Margin"), language),
            t::count(estimate.margin, language),
            say("\u{202f}", "")
        ),
        format!(
            "{} {}",
            t::label(say("Perte", "Loss"), language),
            query::loss(estimate.epsilon, estimate.delta, language)
        ),
    ];
    lines.splice(1..1, parts(&estimate.parts, language));
    if estimate.free {
        lines.push(
            say(
                "Gratuit : votre membre a déjà la réponse à cette question; la salle la redonnera.",
                "Free: your member already has the answer to this question; the room will give it again.",
            )
            .to_owned(),
        );
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
        )
        .to_owned()
    });
    lines.join("\n")
}

/// Each part of a release that is more than one count: how many figures, and how far off each.
fn parts(parts: &[Part], language: Language) -> Vec<String> {
    if matches!(parts, [only] if only.cells == 1 && only.unit == Unit::Persons) {
        return Vec::new();
    }
    let line = |part: &Part| {
        let name = t::label(&answer::part(&part.part, language), language);
        let margin = part.margin.map(|margin| format!(" ± {}", part.unit.write(margin as f64, language)));
        format!("  {name} {} ×{}", t::count(part.cells, language), margin.unwrap_or_default())
    };
    // Of choices there is no figure, and of keys that aren't public nobody knows how many.
    parts.iter().filter(|part| part.margin.is_some() && part.cells > 0).map(line).collect()
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
        let text = render(&serde_json::from_value(estimate).unwrap(), Language::Fr);
        assert!(text.starts_with("Marge\u{a0}: ± 100 (95\u{202f}%)\nPerte\u{a0}: ε = 0,0723 (δ = 10⁻⁶)\n"), "{text}");
        assert!(text.contains("billetterie, part de festival"), "{text}");
        assert!(text.contains("0,79\u{202f}%") && text.contains("0,04\u{202f}%"), "{text}");
        assert!(text.ends_with("Rien n’est encore dépensé."), "{text}");
    }

    #[test]
    fn a_loss_is_a_positive_number() {
        for bad in ["0", "-1", "NaN", "inf", "x", ""] {
            assert!(rho(bad).is_err(), "{bad}");
        }
        assert_eq!(rho("0.0002"), Ok(0.0002));
    }
}
