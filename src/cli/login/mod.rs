//! `camerata login`, `logout` and `whoami`: a token for this machine, without anybody having to copy it.

pub mod kept;

use super::{
    connection::{Address, Connection, ConnectionArgs, RoomArgs, Token},
    context::Context,
    exit::Exit,
    typography as t,
};
use kept::Place;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{process::ExitCode, thread, time::Duration};

/// Sign this machine in: approve its code in the browser
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Address of the room [default: --room-url]
    url: Option<String>,
    /// What to call this machine where tokens are listed
    #[arg(long, default_value = "camerata")]
    name: String,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Sign this machine out: end its token, and forget it
#[derive(Debug, Clone, clap::Args)]
pub struct LogoutArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Show who is signed in, and in which roles
#[derive(Debug, Clone, clap::Args)]
pub struct WhoamiArgs {
    #[command(flatten)]
    room: RoomArgs,
}

#[derive(Debug, Deserialize)]
struct Begun {
    device_code: String,
    user_code: String,
    verification_uri: String,
    expires_in: u64,
    interval: u64,
}

#[derive(Debug, Deserialize)]
struct Given {
    token: Option<String>,
    state: Option<String>,
    user: Option<User>,
}

#[derive(Debug, Deserialize)]
struct User {
    member: String,
    user: String,
    roles: Vec<String>,
}

impl User {
    fn told(&self) -> String {
        format!("{}/{} ({})", self.member, self.user, self.roles.join(", "))
    }
}

/// Runs `camerata login`.
///
/// # Errors
/// When the room can't be reached, or nobody approves in time.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let mut connection = args.connection.clone();
    connection.room_url = args.url.clone().or(connection.room_url);
    let address = Address::from_args(&connection)?;
    let room = Connection::new(address.clone(), None, context.language);
    room.watch()?;
    let begun: Begun = room.post("/api/v1/device", &json!({ "name": args.name }))?;
    let shown = plain(&begun.verification_uri);
    context.tell(format_args!(
        "{} {shown}\n{} {}",
        t::label(context.say("Ouvrez dans le navigateur", "Open in the browser"), context.language),
        t::label(context.say("et donnez-y ce code", "and give it this code"), context.language),
        plain(&begun.user_code)
    ));
    let mut wait = begun.interval.clamp(1, 60);
    let mut waited = 0;
    while waited < begun.expires_in.min(3600) {
        thread::sleep(Duration::from_secs(wait));
        waited += wait;
        let given: Given = room.post("/api/v1/device/token", &json!({ "device_code": begun.device_code }))?;
        match (given.token.as_deref().and_then(Token::parse), given.state.as_deref()) {
            (Some(token), _) => return keep(&address, &token, given.user.as_ref(), context),
            (None, Some("slow_down")) => wait += 5,
            _ => {}
        }
    }
    anyhow::bail!(context.say("personne n’a approuvé le code à temps", "nobody approved the code in time"))
}

/// Text of the room's, for a terminal: one line of letters, digits and signs.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(300).collect()
}

fn keep(address: &Address, token: &Token, user: Option<&User>, context: &Context) -> anyhow::Result<ExitCode> {
    let place = kept::keep(address, token)?;
    let who = user.map_or_else(String::new, User::told);
    context.tell(format_args!(
        "{} {who}",
        t::label(context.say("Cette machine est connectée", "This machine is signed in"), context.language)
    ));
    if let Place::File(path) = place {
        context.tell(format_args!(
            "{} {}",
            context.say(
                "Il n’y a pas de trousseau ici : le jeton est dans un fichier que vous seul lisez,",
                "There is no keyring here: the token is in a file that only you can read,"
            ),
            path.display()
        ));
    }
    Ok(Exit::Done.into())
}

/// Runs `camerata logout`.
///
/// # Errors
/// When the token can't be forgotten; one that the room no longer takes, or a room that can't be reached, is told and no failure.
pub fn logout(args: &LogoutArgs, context: &Context) -> anyhow::Result<ExitCode> {
    let address = Address::from_args(&args.connection)?;
    let Some(token) = kept::kept(&address)? else {
        context.tell(context.say("Cette machine n’était pas connectée.", "This machine was not signed in."));
        return Ok(Exit::Done.into());
    };
    let room = Connection::new(address.clone(), Some(token), context.language);
    let ended = room.delete::<Value>("/api/v1/token");
    kept::forget(&address)?;
    match ended {
        Ok(_) => context.tell(context.say("Cette machine n’est plus connectée.", "This machine is signed out.")),
        Err(error) => context.tell(format_args!(
            "{} {}",
            t::label(
                context.say(
                    "Le jeton est oublié ici; mettez-y fin dans la salle aussi",
                    "The token is forgotten here; end it in the room as well"
                ),
                context.language
            ),
            error.message(context.language)
        )),
    }
    Ok(Exit::Done.into())
}

/// Runs `camerata whoami`.
///
/// # Errors
/// When the room can't be reached or nobody is signed in.
pub fn whoami(args: &WhoamiArgs, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let answer: Value = connection.get("/api/v1/me")?;
    if args.room.json {
        context.print_json(&answer)?;
    } else {
        context.print(connection.understand::<User>(answer)?.told())?;
    }
    Ok(Exit::Done.into())
}
