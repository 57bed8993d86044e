//! `camerata policy diff`: what a change of a policy folder opens and closes, by the owners of the audiences.

use super::{
    effects::{self, listed},
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
    policy::{Difference, Effects, EffectsError, InForce, Policies, Written, diff, differences, written},
};
use jiff::Timestamp;
use serde_json::json;
use std::{
    collections::BTreeSet,
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
    // Both were read a moment ago.
    let (Ok(old_files), Ok(new_files)) = (Policies::read_files(&args.old), Policies::read_files(&args.new)) else {
        return Ok(Exit::Invalid.into());
    };
    let agreed = differences((&old, &old_files), (&new, &new_files), now);
    let (effects, hidden, agreed) = match effects_of([&old, &new], now).and_then(|(e, h)| Ok((e, h, agreed?))) {
        Ok(found) => found,
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
    let (consent, years) = (Consent::of(&effects, &hidden, &agreed), figures::years(&old, &new));
    if args.json {
        let told = json!({
            "old": old.version(),
            "new": new.version(),
            "by_owner": effects,
            "to_approve": consent.to_approve,
            "immediate": consent.immediate,
            "figures": figures,
            "years": years,
            "differences": agreed,
            "masked": hidden.permits,
            "prohibited": hidden.prohibitions,
        });
        writeln!(out, "{told:#}")?;
    } else {
        let wordings = [&old, &new].map(|policies| Wording::new(policies, NAMES_MAX, language));
        let alone = effects.is_empty() && (!agreed.is_empty() || hidden.owners().next().is_some());
        if alone {
            let none = ("Aucune comparaison ne s’ouvre ni ne se ferme.", "No comparison opens or closes.");
            writeln!(out, "{}", choose(language, none))?;
        } else {
            writeln!(out, "{}", text(&effects, language, &wordings))?;
        }
        let more = effects::hidden([&hidden.permits, &hidden.prohibitions], [&old, &new], language);
        for line in more.into_iter().chain(effects::agreed(&agreed, language)).chain(consent.told(language)) {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "{}", figures::told(&figures, &years, language))?;
    }
    Ok(Exit::Done.into())
}

/// What opens and closes, and what is written without showing.
fn effects_of([old, new]: [&Policies; 2], now: Timestamp) -> Result<(Effects, Written), EffectsError> {
    let effects = diff(&InForce::from(old), &InForce::from(new))?;
    let hidden = written(old, new)?.hidden(&effects);
    Ok((effects.from(now), hidden.from(now)))
}

/// Who has to agree: to what opens on their audiences, to what is written for them, and to what else members agreed to.
#[derive(Debug)]
struct Consent<'a> {
    /// Members that have to agree.
    to_approve: Vec<&'a MemberName>,
    /// Other owners, on whose audiences things only become impossible.
    immediate: Vec<&'a MemberName>,
}

impl<'a> Consent<'a> {
    fn of(effects: &'a Effects, hidden: &'a Written, agreed: &'a [Difference]) -> Self {
        let widened = effects.by_owner.keys().filter(|owner| effects.widens(owner));
        // An agreement that says something else concerns those for whom it shows no more than that shows.
        let shown = |one: &Difference, owner: &MemberName| one.key == "rule" && effects.by_owner.contains_key(owner);
        let concerned = agreed.iter().flat_map(|one| one.concerns.iter().filter(move |owner| !shown(one, owner)));
        let to_approve: BTreeSet<&MemberName> = widened.chain(hidden.owners()).chain(concerned).collect();
        let immediate = effects.by_owner.keys().filter(|owner| !to_approve.contains(owner)).collect();
        Self { to_approve: to_approve.into_iter().collect(), immediate }
    }

    fn told(&self, language: Language) -> Vec<String> {
        let told = [
            (
                &self.to_approve,
                "À approuver par une personne responsable de la conformité chez chacun de ces membres",
                "To be approved by a compliance officer of each of these members",
            ),
            (
                &self.immediate,
                "Rien ne s'ouvre chez ces membres, et ce qui se ferme l'est dès la publication",
                "Nothing opens at these members, and what closes does so as soon as it is published",
            ),
        ];
        let told = told.into_iter().filter(|(owners, ..)| !owners.is_empty()).map(|(owners, fr, en)| {
            let owners = owners.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            format!("{} {owners}", label(choose(language, (fr, en)), language))
        });
        told.collect()
    }
}

fn text(effects: &Effects, language: Language, [old, new]: &[Wording; 2]) -> String {
    if effects.is_empty() {
        return choose(
            language,
            (
                "Aucune comparaison ne s'ouvre ni ne se ferme : rien ne change pour personne.",
                "No comparison opens or closes: nothing changes for anybody.",
            ),
        )
        .to_owned();
    }
    listed(effects, [old, new]).join("\n")
}

#[cfg(test)]
mod tests;
