//! `camerata user invite`: over HTTP, by who may; with `--room`, on the room's machine, by whoever has it.

use crate::{
    cli::{
        connection::{Connection, RoomArgs},
        context::Context,
        exit::{Exit, UsageError},
        init::runtime,
    },
    gateway,
    model::{Language, MemberName, Role, SystemClock},
    people::Invitation,
};
use serde_json::{Value, json};
use std::{path::PathBuf, process::ExitCode, sync::Arc};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address of the person
    #[arg(long)]
    email: String,
    /// Role: marketer, officer, steward or host; again for several
    #[arg(long = "role", required_unless_present = "host")]
    roles: Vec<Role>,
    /// The same as --role host, for the member that runs the room
    #[arg(long, conflicts_with = "roles")]
    host: bool,
    /// Member of the person [default: your own]
    #[arg(long)]
    member: Option<MemberName>,
    /// Language of the person: fr or en [default: the member's; with --room, fr]
    #[arg(long)]
    language: Option<String>,
    /// The room's folder, on its machine: print the link instead of having the room send it
    #[arg(long)]
    room: Option<PathBuf>,
    #[command(flatten)]
    connection: RoomArgs,
}

/// Runs the command. On the room's machine the link is printed once, alone on stdout.
///
/// # Errors
/// When the room can't be reached or opened, or refuses.
pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<ExitCode> {
    let roles = if args.host { vec![Role::Host] } else { args.roles };
    let language = args.language.as_deref().map(Language::from_tag);
    if let Some(folder) = args.room {
        let link = runtime()?.block_on(async {
            let (people, operator) = gateway::open_people(&folder, Arc::new(SystemClock)).await?;
            let host = roles.contains(&Role::Host);
            let member = args.member.or_else(|| operator.clone().filter(|_| host));
            let Some(member) = member else {
                return Err(UsageError(
                    context.say("dites de quel membre : --member", "say of which member: --member").to_owned(),
                )
                .into());
            };
            if host && operator.is_some_and(|operator| operator != member) {
                anyhow::bail!(context.say(
                    "le rôle host est celui du personnel du membre qui exploite la salle (room.toml)",
                    "the role host is for the staff of the member that runs the room (room.toml)"
                ));
            }
            let roles = roles.into_iter().collect();
            let invitation = Invitation { member, email: args.email, language: language.unwrap_or_default(), roles };
            let (_, link) = people.invite(None, &invitation).await?;
            Ok(link)
        })?;
        context.tell(context.say(
            "Lien, bon une seule fois et 72 heures (il ne sera plus jamais montré) :",
            "Link, good once and for 72 hours (it will never be shown again):",
        ));
        context.print(link.unwrap_or_default())?;
        return Ok(Exit::Done.into());
    }
    let connection = Connection::open(&args.connection.connection, context)?;
    // What isn't said is the room's to choose.
    let body = json!({ "email": args.email, "roles": roles, "language": language, "member": args.member });
    let answer: Value = connection.post("/api/v1/invitations", &body)?;
    if args.connection.json {
        context.print_json(&answer)?;
    } else {
        context.tell(context.say("Invitation en route.", "The invitation is on its way."));
    }
    Ok(Exit::Done.into())
}
