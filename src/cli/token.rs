//! `camerata token`: makes or ends a user's bearer tokens.

use super::{context::Context, exit::Exit, init::runtime};
use crate::{
    gateway,
    model::{MemberName, Role, SystemClock},
    people::{DAYS_DEFAULT, Grant},
};
use anyhow::Context as _;
use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

/// Make a token for a member's user, or revoke theirs
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The room's folder
    #[arg(long)]
    room: PathBuf,
    /// The user's member
    #[arg(long)]
    member: MemberName,
    /// The user's name
    #[arg(long)]
    user: String,
    /// Role: marketer, officer, steward or host
    #[arg(long, required_unless_present = "revoke")]
    role: Option<Role>,
    /// Days that the token lasts, at most 365
    #[arg(long, default_value_t = DAYS_DEFAULT)]
    days: u16,
    /// End the user's tokens
    #[arg(long, conflicts_with = "role")]
    revoke: bool,
}

/// Runs the command. The token is printed once, alone on stdout.
///
/// # Errors
/// When the folder is no room or its database can't be written.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let (people, operator) = gateway::open_people(&args.room, Arc::new(SystemClock)).await?;
        match args.role {
            Some(role) => {
                if role == Role::Host && operator.is_some_and(|operator| operator != args.member) {
                    anyhow::bail!(context.say(
                        "le rôle host est celui du personnel du membre qui exploite la salle (room.toml)",
                        "the role host is for the staff of the member that runs the room (room.toml)"
                    ));
                }
                let user = people.ensure(&args.member, &args.user, role).await?;
                let name = context.say("fait sur la machine", "made on the machine").to_owned();
                let grant = Grant { name, roles: [role].into(), read_only: false, days: args.days };
                let token = people.issue(&user, &grant, false).await?.token;
                context.tell(
                    context.say("Jeton (il ne sera plus jamais montré) :", "Token (it will never be shown again):"),
                );
                writeln!(io::stdout(), "{token}").context("stdout")
            }
            None => {
                let count = people.revoke(&args.member, &args.user).await?;
                context.tell(format_args!("{} {count}", context.say("Jetons révoqués :", "Tokens revoked:")));
                Ok(())
            }
        }
    })?;
    Ok(Exit::Done.into())
}
