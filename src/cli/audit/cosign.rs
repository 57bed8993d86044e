//! `camerata audit cosign`: a member vouches for the log as it saw it, with a key of its own.

use crate::{
    cli::{
        connection::{Connection, ConnectionArgs},
        context::Context,
        environment,
        exit::Exit,
        typography as t,
    },
    model::{Clock as _, SystemClock},
    proof::{Hash, SigningKey, Witness},
};
use anyhow::Context as _;
use serde_json::{Value, json};
use std::{
    fs,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    /// File of your witness key; made if it isn't there [default: with what this machine keeps]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Runs the command. The witness's public key is printed alone on stdout, for other members to know.
///
/// # Errors
/// When the room can't be reached, refuses, or isn't to be trusted any more; or the key can't be read or made.
pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::unwatched(&args.connection, context)?;
    // Only what extends the checkpoint that was seen before is vouched for.
    let Some((kept, checkpoint)) = connection.watch()? else {
        context.tell(context.say("La salle ne montre pas de journal.", "The room shows no log."));
        return Ok(Exit::Failed.into());
    };
    let me: Value = connection.get("/api/v1/me")?;
    let member = me.get("member").and_then(Value::as_str).unwrap_or_default();
    let path = args.key.clone().unwrap_or_else(|| environment::state_folder().join(format!("{member}.witness.key")));
    let secret = secret(&path, context).with_context(|| path.display().to_string())?;
    let key = SigningKey::new(member, &secret)?;
    let now = u64::try_from(SystemClock.now().as_second()).unwrap_or_default();
    let note = Witness::new(&key, now).cosign(&kept.checkpoint)?;
    let _: Value =
        connection.post("/api/v1/audit/cosignatures", &json!({ "key": key.public().to_string(), "note": note }))?;
    context.print(key.public())?;
    let size = t::count(checkpoint.size, context.language);
    context.tell(format_args!(
        "{} {size} {}",
        context.say("Cosigné : le journal, long de", "Cosigned: the log of"),
        context.say(
            "entrées. Donnez votre clé publique aux autres membres.",
            "entries. Give your public key to the other members."
        ),
    ));
    Ok(Exit::Done.into())
}

/// The key of a file that its owner alone can read; made where there is none.
fn secret(path: &Path, context: &Context) -> anyhow::Result<Hash> {
    if !path.exists() {
        let mut secret = Hash::default();
        getrandom::fill(&mut secret).map_err(|error| anyhow::anyhow!("{error}"))?;
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        let mut file = fs::File::options().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(hex::encode(secret).as_bytes())?;
        file.sync_all()?;
        return Ok(secret);
    }
    if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        anyhow::bail!(
            "{}",
            context.say(
                "d’autres que vous peuvent lire cette clé : chmod 600, et changez-en si quelqu’un l’a lue",
                "others than you can read this key: chmod 600, and make another if somebody read it"
            )
        );
    }
    let words = context.say("ce n’est pas une clé (64 chiffres hexadécimaux)", "not a key (64 hexadecimal digits)");
    let bytes = hex::decode(fs::read_to_string(path)?.trim()).map_err(|_| anyhow::anyhow!(words))?;
    Hash::try_from(bytes.as_slice()).map_err(|_| anyhow::anyhow!(words))
}
