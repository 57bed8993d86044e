//! `camerata policy matrix`: who may compare what, for which purposes.

use super::{
    report::loaded,
    words::{NAMES_MAX, Wording, named},
};
use crate::{
    cli::{
        context::{Context, choose},
        exit::Exit,
        table::{Align, Table},
    },
    model::{Clock, Language, PurposeName, Role, SystemClock, TemplateName, csv},
    policy::{Grant, Permission, Policies, matrix},
};
use jiff::Timestamp;
use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

/// Show who may compare what, for which purposes and in which circumstances.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    /// The folder.
    #[arg(default_value = "policies")]
    dir: PathBuf,
    /// Only what this member may ask.
    #[arg(long, value_name = "MEMBER")]
    asker: Option<String>,
    /// Only audiences of this member.
    #[arg(long, value_name = "MEMBER")]
    owner: Option<String>,
    /// Only what is permitted for this purpose.
    #[arg(long)]
    purpose: Option<String>,
    /// Print the permissions as JSON.
    #[arg(long)]
    json: bool,
    /// Print the permissions as CSV, for a spreadsheet.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    show(args, SystemClock.now(), context.language, &mut io::stdout().lock(), &mut io::stderr().lock())
}

fn show(
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
    let permissions = match matrix(&policies) {
        Ok(permissions) => chosen(permissions, args, &policies, now, language)?,
        Err(error) => {
            writeln!(err, "{}", error.0.get(language))?;
            return Ok(Exit::Invalid.into());
        }
    };
    if args.json {
        writeln!(out, "{:#}", serde_json::to_value(&permissions)?)?;
    } else if args.csv {
        out.write_all(csv(&permissions, &Wording::new(&policies, usize::MAX, language)).as_bytes())?;
    } else {
        writeln!(out, "{}", text(&permissions, &Wording::new(&policies, NAMES_MAX, language), language))?;
    }
    Ok(Exit::Done.into())
}

/// The permissions that are asked for, without what is over: nobody can ask in the past.
fn chosen(
    mut permissions: Vec<Permission>,
    args: &Args,
    policies: &Policies,
    now: Timestamp,
    language: Language,
) -> anyhow::Result<Vec<Permission>> {
    let member = |name: &String| named(name, ("le membre", "member"), policies.members().keys(), language);
    let asker = args.asker.as_ref().map(member).transpose()?;
    let owner = args.owner.as_ref().map(member).transpose()?;
    let purpose = |name: &String| named(name, ("la finalité", "purpose"), policies.purposes().keys(), language);
    let purpose: Option<&PurposeName> = args.purpose.as_ref().map(purpose).transpose()?;
    let wanted = |grant: &Grant| !grant.is_over(now) && purpose.is_none_or(|purpose| grant.purposes.contains(purpose));
    for permission in &mut permissions {
        permission.grants.retain(wanted);
    }
    permissions.retain(|permission| {
        !permission.grants.is_empty()
            && asker.is_none_or(|asker| permission.asker == *asker)
            && owner.is_none_or(|owner| permission.audience.member == *owner)
    });
    Ok(permissions)
}

fn text(permissions: &[Permission], wording: &Wording, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    if permissions.is_empty() {
        return say("Rien n'est permis ici à personne.", "Nothing here is permitted to anybody.").to_owned();
    }
    let mut table = Table::new(&[
        (say("Demandeur", "Asker"), Align::Left),
        (say("Auditoire", "Audience"), Align::Left),
        (say("Finalités", "Purposes"), Align::Left),
        (say("Modèles", "Templates"), Align::Left),
        (say("Circonstances", "Circumstances"), Align::Left),
    ]);
    for permission in permissions {
        let mut pair = [permission.asker.to_string(), permission.audience.to_string()];
        for grant in &permission.grants {
            // The pair is named once: what follows without a name is another of its grants.
            let [asker, audience] = std::mem::take(&mut pair);
            table.row([
                asker,
                audience,
                wording.purposes(grant),
                wording.templates(grant),
                wording.circumstances(grant),
            ]);
        }
    }
    let unanimity = say(
        "Une question sur plusieurs auditoires a besoin de la permission de chacun d'eux.",
        "A question over several audiences needs the permission of each of them.",
    );
    format!("{}\n\n{unanimity}", table.render())
}

/// One line a grant. Every circumstance is in the words; those that have one value are also by themselves.
fn csv(permissions: &[Permission], wording: &Wording) -> String {
    let mut lines = vec!["asker,audience,purposes,templates,roles,from,until,circumstances".to_owned()];
    for permission in permissions {
        for grant in &permission.grants {
            let moment = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
            let cells = [
                permission.asker.to_string(),
                permission.audience.to_string(),
                grant.purposes.iter().map(PurposeName::as_str).collect::<Vec<_>>().join(" "),
                grant.templates.iter().map(TemplateName::as_str).collect::<Vec<_>>().join(" "),
                grant.roles.iter().copied().map(Role::as_str).collect::<Vec<_>>().join(" "),
                moment(grant.from),
                moment(grant.until),
                wording.circumstances(grant),
            ];
            lines.push(cells.map(|cell| csv::quoted(&cell)).join(","));
        }
    }
    lines.push(String::new());
    lines.join("\r\n")
}

#[cfg(test)]
mod tests;
