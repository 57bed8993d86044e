//! `camerata user`: a member's people, for its officers; and on the room's machine, the invitation of its first host.

mod invite;

use super::{
    connection::{Connection, RoomArgs},
    context::{Context, choose},
    exit::Exit,
    table::{Align, Table},
};
use crate::model::{Language, Role};
use serde::Deserialize;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Look after a member's people
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Invite somebody: a link that is good once, within 72 hours
    Invite(invite::Args),
    /// List your member's people
    List(RoomArgs),
    /// Give somebody these roles and no others, at once
    Roles(RolesArgs),
    /// End somebody's account, at once and for good
    End(EndArgs),
}

#[derive(Debug, clap::Args)]
struct RolesArgs {
    /// Number of the person: see `camerata user list`
    id: u64,
    /// Role: marketer, officer, steward or host; again for several
    #[arg(long = "role", required = true)]
    roles: Vec<Role>,
    #[command(flatten)]
    room: RoomArgs,
}

#[derive(Debug, clap::Args)]
struct EndArgs {
    /// Number of the person: see `camerata user list`
    id: u64,
    #[command(flatten)]
    room: RoomArgs,
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses.
pub fn run(args: Args, context: &Context) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Invite(args) => return invite::run(args, context),
        Command::List(args) => {
            let connection = Connection::open(&args.connection, context)?;
            let answer: Value = connection.get("/api/v1/users")?;
            if args.json {
                context.print_json(&answer)?;
            } else {
                context.print(render(&connection.understand(answer)?, context.language))?;
            }
        }
        Command::Roles(args) => {
            let path = format!("/api/v1/users/{}/roles", args.id);
            Connection::open(&args.room.connection, context)?.put::<Value>(&path, &json!({ "roles": args.roles }))?;
        }
        Command::End(args) => {
            let path = format!("/api/v1/users/{}", args.id);
            Connection::open(&args.room.connection, context)?.delete::<Value>(&path)?;
        }
    }
    Ok(Exit::Done.into())
}

#[derive(Debug, Deserialize)]
struct Users {
    users: Vec<User>,
}

#[derive(Debug, Deserialize)]
struct User {
    id: i64,
    user: String,
    email: Option<String>,
    roles: Vec<String>,
    two_factors: bool,
    #[serde(default)]
    passkeys: u32,
    /// Whether the member's directory lets them in, and looks after the second factor.
    #[serde(default)]
    directory: bool,
}

fn render(users: &Users, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table = Table::new(&[
        ("№", Align::Right),
        (say("Nom", "Name"), Align::Left),
        (say("Courriel", "E-mail"), Align::Left),
        (say("Rôles", "Roles"), Align::Left),
        (say("Deux facteurs", "Two factors"), Align::Left),
        (say("Clés d’accès", "Passkeys"), Align::Right),
    ]);
    for user in &users.users {
        table.row([
            user.id.to_string(),
            user.user.clone(),
            user.email.clone().unwrap_or_default(),
            user.roles.join(", "),
            match (user.directory, user.two_factors) {
                (true, _) => say("au répertoire", "at the directory"),
                (false, true) => say("oui", "yes"),
                (false, false) => say("non", "no"),
            }
            .to_owned(),
            user.passkeys.to_string(),
        ]);
    }
    table.render()
}
