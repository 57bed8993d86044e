//! `camerata budget`: what may still be spent, and what was.

use super::{
    connection::{Connection, ConnectionArgs},
    context::{Context, choose},
    exit::Exit,
    query,
    table::{Align, Table},
    typography as t,
};
use crate::model::Language;
use serde::Deserialize;
use serde_json::Value;
use std::process::ExitCode;

/// Show the privacy budgets: what was spent and what is left
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Print the room's answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

#[derive(Debug, Deserialize)]
struct Budget {
    accounts: Vec<Account>,
}

#[derive(Debug, Deserialize)]
struct Account {
    account: String,
    cap: Loss,
    unlocked: Loss,
    spent: Loss,
    lifetime: Loss,
    period_end: String,
}

#[derive(Debug, Deserialize)]
struct Loss {
    rho: f64,
    epsilon: f64,
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.connection, context)?;
    let answer: Value = connection.get("/api/v1/budget")?;
    if args.json {
        context.print_json(&answer)?;
    } else {
        context.print(render(&connection.understand(answer)?, context.language))?;
    }
    Ok(Exit::Done.into())
}

fn render(budget: &Budget, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table = Table::new(&[
        (say("Budget", "Budget"), Align::Left),
        (say("Dépensé (ε)", "Spent (ε)"), Align::Right),
        (say("Débloqué (ε)", "Unlocked (ε)"), Align::Right),
        (say("Plafond (ε)", "Cap (ε)"), Align::Right),
        (say("Reste", "Left"), Align::Right),
        (say("Depuis le début (ε)", "Since the start (ε)"), Align::Right),
        (say("Jusqu’au", "Until"), Align::Left),
    ]);
    for account in &budget.accounts {
        // Shares are of ρ, which adds up; ε doesn't. Rounding the spent part up rounds what is left down.
        let spent = if account.unlocked.rho > 0.0 { (account.spent.rho / account.unlocked.rho).min(1.0) } else { 1.0 };
        let epsilon = |loss: &Loss| t::real(loss.epsilon, language);
        table.row([
            query::account(&account.account, language),
            epsilon(&account.spent),
            epsilon(&account.unlocked),
            epsilon(&account.cap),
            t::percent_down(1.0 - spent, language),
            epsilon(&account.lifetime),
            t::day(&account.period_end).to_owned(),
        ]);
    }
    table.render()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_left_is_the_part_of_what_is_unlocked() {
        let loss = |rho: u64, epsilon: f64| serde_json::json!({"rho": rho, "epsilon": epsilon});
        let account = |name: &str, spent: u64| {
            serde_json::json!({"account": name, "cap": loss(24_356_000_000, 1.0), "unlocked": loss(2_000_000_000, 0.27), "spent": loss(spent, 0.1),
                "lifetime": loss(spent, 0.1), "period_start": "2026-01-01T00:00:00Z", "period_end": "2027-01-01T00:00:00Z"})
        };
        let budget = serde_json::json!({"accounts": [account("room", 0), account("owner:festival", 500_000_001), account("asker:salle@festival", 2_000_000_000)]});
        insta::assert_snapshot!(render(&serde_json::from_value(budget).unwrap(), Language::En));
    }
}
