//! `camerata serve`: opens a room and serves its API.

use super::{context::Context, exit::Exit, init::runtime};
use crate::{
    gateway::{Config, Letters, Located, OpenRoomError, Room},
    http::{Door, OpenDoorError},
    model::{Language, SystemClock},
    policy::Policies,
    web,
};
use anyhow::Context as _;
use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use tokio::net::TcpListener;

/// How often expired versions are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// Open a room and serve its API
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The room's folder
    #[arg(long)]
    room: PathBuf,
    /// Port to listen on
    #[arg(long, default_value_t = 8100, env = "CAMERATA_PORT")]
    port: u16,
    /// Address to listen on; any but the loopback needs a certificate, or a TLS proxy that is trusted
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), env = "CAMERATA_ADDRESS")]
    address: IpAddr,
}

/// Runs the command until the process is asked to stop.
///
/// # Errors
/// When the room can't be opened or the port is taken.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        // The door first, then the port: they are quicker to fail than the room.
        let door = door(&args.room, args.address, context)?;
        let listener = listen(args.address, args.port, context).await?;
        let room = match open(&args.room, context).await? {
            Ok(room) => room,
            Err(exit) => return Ok(exit.into()),
        };
        context.tell(format_args!(
            "{} {}://{}",
            context.say("La salle est ouverte :", "The room is open:"),
            door.scheme(),
            listener.local_addr()?
        ));
        let letters = Letters::start(Arc::clone(&room));
        let stop = {
            let room = Arc::clone(&room);
            async move {
                stopped().await;
                room.stop_waiting();
            }
        };
        let served = door.serve(Arc::clone(&room), web::router, listener, stop).await;
        letters.stop().await;
        served?;
        room.close().await;
        Ok(Exit::Done.into())
    })
}

/// The front door as the room's settings have it, or what is wrong with it.
///
/// # Errors
/// When it can't be opened on this address.
pub(super) fn door(room: &std::path::Path, address: IpAddr, context: &Context) -> anyhow::Result<Door> {
    Door::new(Config::load(room)?.door(), address).map_err(|error| match error {
        OpenDoorError::Plain(address) if context.language == Language::Fr => anyhow::anyhow!(
            "{address} n’est pas cette machine seule, et rien ne serait chiffré en chemin. Donnez à la salle un certificat (tls_certificate et tls_key, sous [door] dans camerata.toml), ou nommez les mandataires qui chiffrent devant elle (trusted_proxies)"
        ),
        error @ OpenDoorError::Plain(_) => anyhow::anyhow!(
            "{error}. Give the room a certificate (tls_certificate and tls_key, under [door] in camerata.toml), or name the proxies that encrypt before it (trusted_proxies)"
        ),
        error => error.into(),
    })
}

/// Listens, or says that the port is taken.
///
/// # Errors
/// When the address can't be listened on.
pub(super) async fn listen(address: IpAddr, port: u16, context: &Context) -> anyhow::Result<TcpListener> {
    TcpListener::bind((address, port)).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow::anyhow!(
            "{} {port} {}",
            context.say("le port", "port"),
            context.say("est déjà pris : choisissez-en un autre avec --port", "is taken: choose another with --port")
        ),
        _ => anyhow::Error::new(error).context(format!("{address}:{port}")),
    })
}

/// Opens the room; mistakes in its policies or templates are shown with their places, as is a log that does not hold, and
/// the status to end with is given.
///
/// # Errors
/// When the room can't be opened for another reason.
pub(super) async fn open(folder: &std::path::Path, context: &Context) -> anyhow::Result<Result<Arc<Room>, Exit>> {
    let room = match Room::open(folder, Arc::new(SystemClock)).await {
        Ok(room) => Arc::new(room),
        Err(OpenRoomError::Policies(report)) => {
            let report = super::policy::localised(report, context.language);
            context.tell(super::diagnostics::told(report.as_ref(), context.language).trim_end());
            return Ok(Err(Exit::Invalid));
        }
        Err(OpenRoomError::Restored(error)) => anyhow::bail!("{}", error.text().get(context.language)),
        Err(OpenRoomError::Damaged(findings)) => {
            context.tell(damaged(folder, &findings, context.language));
            return Ok(Err(Exit::LogBroken));
        }
        Err(OpenRoomError::DamagedFile { file, offset }) if context.language == Language::Fr => {
            let place = offset.map_or_else(String::new, |offset| format!(" à partir de l’octet {offset}"));
            context.tell(format_args!(
                "{} : endommagé{place}. La salle ne s’ouvre pas sur des dégâts : restaurez la dernière sauvegarde.",
                file.display()
            ));
            return Ok(Err(Exit::LogBroken));
        }
        Err(error @ OpenRoomError::DamagedFile { .. }) => {
            context.tell(error);
            return Ok(Err(Exit::LogBroken));
        }
        Err(OpenRoomError::WentBack { kept, found }) => {
            context.tell(set_back(folder, (kept, found), context.language));
            return Ok(Err(Exit::LogBroken));
        }
        Err(OpenRoomError::Gone { path, found }) => {
            context.tell(gone(folder, (&path, found), context.language));
            return Ok(Err(Exit::LogBroken));
        }
        Err(error) => return Err(error).context(folder.display().to_string()),
    };
    if Policies::read_files(&folder.join("policies")).is_ok_and(|files| !room.rules().policies.base.is_made_of(&files))
    {
        context.tell(context.say(
            "Le dossier policies/ n’est pas ce qui est en vigueur : proposez-le par « camerata policy propose ».",
            "The folder policies/ is not what is in force: propose it with `camerata policy propose`.",
        ));
    }
    let swept = Arc::clone(&room);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(SWEEP_EVERY).await;
            if let Err(error) = swept.store.sweep().await {
                tracing::error!(%error, "expired versions could not be swept");
            }
        }
    });
    Ok(Ok(room))
}

fn damaged(folder: &std::path::Path, found: &[Located], language: Language) -> String {
    let lines = found.iter().map(|found| {
        let place = found.place.as_ref().map(|(file, byte)| match language {
            Language::Fr => format!(" ({}, à partir de l’octet {byte})", file.display()),
            Language::En => format!(" ({}, from byte {byte} on)", file.display()),
        });
        format!("{}{}", found.finding.text().get(language), place.unwrap_or_default())
    });
    let list = super::verify::lines(lines, language);
    let folder = folder.display();
    match language {
        Language::Fr => format!(
            "{list}\nLa salle ne s’ouvre pas sur une base endommagée ou modifiée : restaurez la dernière sauvegarde, ou trouvez qui a écrit dans {folder}. « camerata audit verify --room {folder} » le redit."
        ),
        Language::En => format!(
            "{list}\nThe room does not open on a damaged or changed database: restore the newest backup, or find out who wrote into {folder}. `camerata audit verify --room {folder}` says it again."
        ),
    }
}

fn gone(folder: &std::path::Path, (path, found): (&std::path::Path, u64), language: Language) -> String {
    let (folder, path) = (folder.display(), path.display());
    match language {
        Language::Fr => format!(
            "{path} n’y est plus : la salle y gardait, hors de son dossier, où en est son journal et ce que les budgets ont dépensé. Sans lui, rien ne dit que les {found} entrées du journal sont toutes celles qu’il y a eu. S’il a été déplacé, ou si la salle a changé de dossier ou de machine, remettez-le là, ou nommez-le par checkpoint_file dans camerata.toml. S’il est perdu, un responsable de la conformité accepte la salle telle qu’elle est par « camerata audit accept --room {folder} »; ce qui a pu être dépensé de plus serait alors oublié. Rien n’a été changé."
        ),
        Language::En => format!(
            "{path} is gone: outside its folder, the room kept there how far its log has come and what the budgets have spent. Without it, nothing tells that the {found} entries of the log are all that there were. If it was moved, or the room has another folder or machine now, bring it back there, or name it with checkpoint_file in camerata.toml. If it is lost, an officer accepts the room as it is with `camerata audit accept --room {folder}`; whatever was spent besides would then be forgotten. Nothing was changed."
        ),
    }
}

fn set_back(folder: &std::path::Path, (kept, found): (u64, u64), language: Language) -> String {
    let folder = folder.display();
    match language {
        Language::Fr => format!(
            "La salle a été remise en arrière : {kept} entrées de son journal sont connues hors de son dossier, et elle en a {found}, ou d’autres. Si c’est une sauvegarde qu’on a restaurée, un responsable de la conformité l’accepte par « camerata audit accept --room {folder} » : ce que les budgets avaient dépensé reste dépensé. Sinon, trouvez qui l’a fait."
        ),
        Language::En => format!(
            "The room was set back: {kept} entries of its log are known outside its folder, and it has {found}, or others. If a backup was restored, an officer accepts it with `camerata audit accept --room {folder}`: what the budgets had spent stays spent. If not, find out who did it."
        ),
    }
}

/// Until the process is asked to stop: Ctrl-C or SIGTERM.
pub(super) async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}
