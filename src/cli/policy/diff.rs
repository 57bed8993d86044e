//! `camerata policy diff`: what a change of a policy folder opens and closes, by the owners of the audiences.

use super::{
    effects::listed,
    figures,
    report::report,
    words::{NAMES_MAX, Wording},
};
use crate::{
    cli::{
        context::{Context, choose},
        exit::Exit,
        typography::label,
    },
    model::{Clock, Language, MemberName, SystemClock},
    policy::{Effects, InForce, Policies, diff},
};
use jiff::Timestamp;
use serde_json::json;
use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

/// Show which comparisons a change of a policy folder opens and closes, for each owner.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    /// The folder as it is.
    old: PathBuf,
    /// The folder as it would be.
    new: PathBuf,
    /// Print the effects as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    compare(args, SystemClock.now(), context.language, &mut io::stdout().lock(), &mut io::stderr().lock())
}

fn compare(
    args: &Args,
    now: Timestamp,
    language: Language,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let (old, new) = match (Policies::load(&args.old), Policies::load(&args.new)) {
        (Ok(old), Ok(new)) => (old, new),
        (old, new) => {
            for errors in [old.err(), new.err()].into_iter().flatten() {
                report(errors, language, err)?;
            }
            return Ok(Exit::Invalid.into());
        }
    };
    let effects = match diff(&InForce::from(&old), &InForce::from(&new)) {
        Ok(effects) => effects.from(now),
        Err(error) => {
            writeln!(err, "{}", error.0.get(language))?;
            return Ok(Exit::Invalid.into());
        }
    };
    let figures = match figures::changed(&old, &new) {
        Ok(figures) => figures,
        Err(error) => {
            writeln!(err, "privacy.toml: {error}")?;
            return Ok(Exit::Invalid.into());
        }
    };
    let (consent, years) = (Consent::of(&effects), figures::years(&old, &new));
    if args.json {
        let told = json!({
            "old": old.version(),
            "new": new.version(),
            "by_owner": effects,
            "to_approve": consent.to_approve,
            "immediate": consent.immediate,
            "figures": figures,
            "years": years,
        });
        writeln!(out, "{told:#}")?;
    } else {
        let wordings = [&old, &new].map(|policies| Wording::new(policies, NAMES_MAX, language));
        writeln!(out, "{}", text(&effects, &consent, &wordings, language))?;
        writeln!(out, "{}", figures::told(&figures, &years, language))?;
    }
    Ok(Exit::Done.into())
}

/// Who has to agree: widening needs the consent of the owner, narrowing doesn't.
#[derive(Debug)]
struct Consent<'a> {
    /// Owners on whose audiences something becomes possible.
    to_approve: Vec<&'a MemberName>,
    /// Owners on whose audiences things only become impossible.
    immediate: Vec<&'a MemberName>,
}

impl<'a> Consent<'a> {
    fn of(effects: &'a Effects) -> Self {
        let (to_approve, immediate) = effects.by_owner.keys().partition(|owner| effects.widens(owner));
        Self { to_approve, immediate }
    }
}

fn text(effects: &Effects, consent: &Consent<'_>, [old, new]: &[Wording; 2], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    if effects.is_empty() {
        return say("Aucune comparaison ne s'ouvre ni ne se ferme.", "No comparison opens or closes.").to_owned();
    }
    let mut lines = listed(effects, [old, new]);
    let mut closing = |owners: &[&MemberName], fr, en| {
        if !owners.is_empty() {
            let owners = owners.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            lines.push(format!("{} {owners}", label(say(fr, en), language)));
        }
    };
    closing(
        &consent.to_approve,
        "À approuver par une personne responsable de la conformité chez chacun de ces membres",
        "To be approved by a compliance officer of each of these members",
    );
    closing(
        &consent.immediate,
        "Rien ne s'ouvre chez ces membres, et ce qui se ferme l'est dès la publication",
        "Nothing opens at these members, and what closes does so as soon as it is published",
    );
    lines.join("\n")
}

#[cfg(test)]
mod tests;
