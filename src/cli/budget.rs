//! `camerata budget`: what may still be spent, and what was.

use super::{
    connection::{Connection, RoomArgs},
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
    #[command(flatten)]
    room: RoomArgs,
}

#[derive(Debug, Deserialize)]
struct Budget {
    /// The room's δ, beside which every ε of a period is shown.
    delta: f64,
    accounts: Vec<Account>,
}

#[derive(Debug, Deserialize)]
struct Account {
    account: String,
    /// In 1e-12 ρ, as is `spent`.
    unlocked: u64,
    spent: u64,
    cap_epsilon: f64,
    spent_epsilon: f64,
    lifetime_epsilon: f64,
    lifetime_delta: f64,
    period_end: String,
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let answer: Value = connection.get("/api/v1/budget")?;
    if args.room.json {
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
        (say("Plafond (ε)", "Cap (ε)"), Align::Right),
        (say("Reste à ce jour", "Left so far"), Align::Right),
        (say("Depuis le début (ε)", "Since the start (ε)"), Align::Right),
        (say("Jusqu’au", "Until"), Align::Left),
    ]);
    for account in &budget.accounts {
        table.row([
            query::account(&account.account, language),
            t::real(account.spent_epsilon, language),
            t::real(account.cap_epsilon, language),
            t::percent_down(left(account), language),
            lifetime(account, budget.delta, language),
            t::day(&account.period_end).to_owned(),
        ]);
    }
    table.render()
}

/// What was lost since the founding: its ε, and its δ where thresholds of several periods have spent more of it than one may.
fn lifetime(account: &Account, room_delta: f64, language: Language) -> String {
    let epsilon = t::real(account.lifetime_epsilon, language);
    if account.lifetime_delta <= room_delta {
        return epsilon;
    }
    format!("{epsilon} (δ\u{a0}{})", t::power(account.lifetime_delta, language))
}

/// What is left of the part that is unlocked so far. Of ρ, which adds up; ε doesn't.
fn left(account: &Account) -> f64 {
    if account.unlocked == 0 {
        return 0.0;
    }
    account.unlocked.saturating_sub(account.spent) as f64 / account.unlocked as f64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_left_is_the_part_of_what_is_unlocked() {
        let account = |name: &str, spent: u64| {
            serde_json::json!({"account": name, "cap": 24_356_000_000_u64, "unlocked": 2_000_000_000_u64, "spent": spent, "lifetime": spent,
                "remaining": 0, "cap_epsilon": 1.0, "spent_epsilon": 0.1, "lifetime_epsilon": 0.1, "lifetime_delta": if spent > 0 { 1.5e-6 } else { 1e-6 },
                "period_start": "2026-01-01", "period_end": "2027-01-01"})
        };
        let accounts = [
            account("room", 0),
            account("owner:festival", 500_000_001),
            account("asker:salle@festival", 2_000_000_000),
        ];
        let budget = serde_json::json!({"delta": 1e-6, "accounts": accounts});
        let text = render(&serde_json::from_value(budget).unwrap(), Language::En);
        let percent = |line: &str| line.split_whitespace().find(|word| word.ends_with('%')).map(str::to_owned);
        let left: Vec<String> = text.lines().skip(2).filter_map(percent).collect();
        assert_eq!(left, ["100%", "74%", "0%"], "{text}");
        // Two accounts have spent more on thresholds, over all periods, than one period may.
        assert_eq!(text.replace('\u{a0}', " ").matches("0.1 (δ 1.5 × 10⁻⁶)").count(), 2, "{text}");
    }
}
