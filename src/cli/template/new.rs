//! `camerata template new`: two files that pass the check, to change step by step.

use super::{Places, stem};
use crate::{
    cli::{
        context::Context,
        exit::{Exit, UsageError},
        typography as t,
    },
    model::TemplateName,
    template::{STARTER_SQL, STARTER_TOML},
};
use anyhow::Context as _;
use std::{fs::File, io::Write, process::ExitCode};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The new template's name: a-z, 0-9, - and _
    name: TemplateName,
    #[command(flatten)]
    places: Places,
}

pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let stem = stem(&args.places.templates, args.name.as_str());
    let files = [(stem.with_extension("sql"), STARTER_SQL), (stem.with_extension("toml"), STARTER_TOML)];
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        let there = context.say("existe déjà : choisissez un autre nom", "is there already: choose another name");
        return Err(UsageError(t::spaced(&format!("{} {there}", path.display()), context.language)).into());
    }
    for (path, text) in &files {
        let written = File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
        written.with_context(|| path.display().to_string())?;
        context.tell(path.display());
    }
    let next = context.say(
        "Changez-les, puis : camerata template check, camerata template explain",
        "Change them, then: camerata template check, camerata template explain",
    );
    context.tell(t::spaced(next, context.language));
    let action = format!(
        "action \"{}\" in [describe] appliesTo {{ principal: [User], resource: [Audience], context: Circumstances }};",
        args.name
    );
    let policies = context.say(
        "Pour que des ententes puissent le permettre, ajoutez à policies/schema.cedarschema :",
        "For agreements to be able to permit it, add to policies/schema.cedarschema:",
    );
    context.tell(format_args!("{}\n  {action}", t::spaced(policies, context.language)));
    Ok(Exit::Done.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::{STARTER_SQL, STARTER_TOML};
    use crate::{
        policy::Policies,
        template::{File, Template},
    };
    use std::path::Path;

    #[test]
    fn what_a_new_template_starts_from_passes_the_check() {
        let policies = Policies::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).unwrap();
        let file = |name, text| File { path: Path::new(name), text };
        let (sql, toml) = (file("new.sql", STARTER_SQL), file("new.toml", STARTER_TOML));
        let template = Template::parse("new".parse().unwrap(), sql, toml, policies.vocabulary());
        assert!(template.is_ok(), "{:?}", template.err().map(miette::Report::new));
    }
}
