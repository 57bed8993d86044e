//! `camerata policy explain`: how one question would be decided, by which agreements, and what would have to change.

use super::{report::loaded, words::named};
use crate::{
    cli::{
        context::{Context, choose},
        exit::{Exit, UsageError},
        typography::label,
    },
    model::{Clock, Language, Rho, Role, SystemClock, Text},
    policy::{Decision, Explained, Policies, Question, Ruling},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::json;
use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

/// Explain how a question would be decided, and what would have to change. Exits 1 if it is refused.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    /// The folder.
    #[arg(default_value = "policies")]
    dir: PathBuf,
    /// The member that asks.
    #[arg(long, value_name = "MEMBER")]
    asker: String,
    /// What the asking person does there: marketer, officer or steward.
    #[arg(long, default_value = "marketer")]
    role: String,
    /// The template.
    #[arg(long)]
    template: String,
    /// The audiences compared.
    #[arg(long = "audience", value_name = "MEMBER/AUDIENCE", required = true, num_args = 1..)]
    audiences: Vec<String>,
    /// What it is for.
    #[arg(long)]
    purpose: String,
    /// The columns used, apart by commas.
    #[arg(long, value_delimiter = ',')]
    columns: Vec<String>,
    /// What it costs, in ε.
    #[arg(long, default_value_t = 0.1)]
    epsilon: f64,
    /// When it is asked: a day (2027-06-30, from 0:00 UTC) or a moment (2027-06-30T12:00:00Z); now, if absent.
    #[arg(long, value_parser = moment)]
    date: Option<Timestamp>,
    /// Print the explanation as JSON.
    #[arg(long)]
    json: bool,
}

/// A day, or a moment.
fn moment(text: &str) -> Result<Timestamp, String> {
    let day = || text.parse::<Date>().ok().and_then(|day| day.to_zoned(TimeZone::UTC).ok());
    let moment = text.parse::<Timestamp>().ok().or_else(|| Some(day()?.timestamp()));
    moment.ok_or_else(|| "2027-06-30, 2027-06-30T12:00:00Z".to_owned())
}

pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    explain(args, SystemClock.now(), context.language, &mut io::stdout().lock(), &mut io::stderr().lock())
}

fn explain(
    args: &Args,
    now: Timestamp,
    language: Language,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let policies = match loaded(&args.dir, language, err)? {
        Ok(policies) => policies,
        Err(exit) => return Ok(exit),
    };
    let question = question(args, &policies, now, language)?;
    let explained = policies.explain(&question);
    let (permitted, reasons) = match policies.decide(&question) {
        Decision::Permitted(_) => (true, vec![]),
        Decision::Refused(refusal) => (false, refusal.reasons().iter().map(crate::policy::Reason::text).collect()),
    };
    if args.json {
        let decision = if permitted { "permitted" } else { "refused" };
        let version = policies.version();
        let told = json!({ "version": version, "decision": decision, "reasons": reasons, "audiences": explained });
        writeln!(out, "{told:#}")?;
    } else {
        writeln!(out, "{}", text(permitted, &reasons, &explained, language))?;
    }
    Ok(if permitted { Exit::Done } else { Exit::Failed }.into())
}

/// The question, all of whose names exist.
fn question(args: &Args, policies: &Policies, now: Timestamp, language: Language) -> Result<Question, UsageError> {
    let audiences: Vec<_> = policies.members().values().flat_map(|member| member.audiences.values()).collect();
    let audience = |text: &String| {
        let known = audiences.iter().map(|declared| &declared.audience);
        named(text, ("l'auditoire", "audience"), known, language).cloned()
    };
    let column = |text: &String| {
        named(text, ("la colonne", "column"), policies.vocabulary().columns().keys(), language).cloned()
    };
    if !(args.epsilon.is_finite() && args.epsilon >= 0.0) {
        let words = ("ε est un nombre d'au moins 0, comme 0.1", "ε is a number of at least 0, such as 0.1");
        return Err(UsageError(choose(language, words).to_owned()));
    }
    Ok(Question {
        asker: named(&args.asker, ("le membre", "member"), policies.members().keys(), language)?.clone(),
        role: *named(&args.role, ("le rôle", "role"), &Role::OF_MEMBERS, language)?,
        template: named(&args.template, ("le modèle", "template"), policies.templates(), language)?.clone(),
        audiences: args.audiences.iter().map(audience).collect::<Result<_, _>>()?,
        columns: args.columns.iter().map(column).collect::<Result<_, _>>()?,
        purpose: named(&args.purpose, ("la finalité", "purpose"), policies.purposes().keys(), language)?.clone(),
        // Agreements judge ε, which stands beside it.
        rho: Rho::default(),
        epsilon: args.epsilon,
        now: args.date.unwrap_or(now),
    })
}

fn text(permitted: bool, reasons: &[Text], explained: &[Explained], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut lines = vec![if permitted { say("Permis.", "Permitted.") } else { say("Refusé.", "Refused.") }.to_owned()];
    // What is told of no audience by itself: nothing below repeats it.
    if explained.is_empty() {
        lines.extend(reasons.iter().map(|reason| format!("  {}", reason.get(language))));
    }
    for one in explained {
        let verdict = if one.is_permitted() { say("permis", "permitted") } else { say("refusé", "refused") };
        lines.push(format!("\n{} {verdict}", label(&one.audience.to_string(), language)));
        lines.extend(one.permits.iter().map(|ruling| headed(say("permis par", "permitted by"), ruling, language)));
        for ruling in &one.forbids {
            lines.push(headed(say("interdit par", "forbidden by"), ruling, language));
            lines.extend(conditions(say("parce que", "because"), ruling, language));
        }
        if one.permits.is_empty() {
            lines.push(format!("  {}", say("aucune entente ne le permet", "no agreement permits it")));
        }
        for ruling in &one.near {
            lines.push(headed(say("s'en approche", "comes near"), ruling, language));
            lines.extend(conditions(say("il faudrait", "it would take"), ruling, language));
        }
    }
    lines.join("\n")
}

/// `  permitted by: Title (id)`.
fn headed(what: &str, ruling: &Ruling, language: Language) -> String {
    format!("  {} {} ({})", label(what, language), ruling.title.get(language), ruling.id)
}

/// `      because: purpose: prospection`.
fn conditions<'a>(what: &'a str, ruling: &'a Ruling, language: Language) -> impl Iterator<Item = String> + 'a {
    let what = label(what, language);
    ruling.conditions.iter().map(move |condition| format!("      {what} {}", condition.get(language)))
}

#[cfg(test)]
mod tests;
