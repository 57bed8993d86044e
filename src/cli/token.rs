//! `camerata token`: makes or ends a user's bearer tokens.

use super::{context::Context, exit::Exit, init::runtime};
use crate::{
    gateway,
    model::{MemberName, Role, SystemClock},
    people::{People, User},
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
    /// Role: marketer, officer or steward
    #[arg(long, required_unless_present = "revoke")]
    role: Option<Role>,
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
        let people = People::new(gateway::open_database(&args.room).await?, Arc::new(SystemClock));
        match args.role {
            Some(role) => {
                let user = User { member: args.member.clone(), user: args.user.clone(), role };
                let token = people.issue(&user).await?;
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
