//! The machine: its clock, disk and limits; and the program itself.

use super::finding::{Finding, Level};
use crate::{
    audit,
    cli::typography as t,
    gateway::{self, Config, DoorSettings},
    ledger::Ledger,
    model::{Clock, Language},
};
use jiff::{SignedDuration, Timestamp};
use rustix::{
    fs::statvfs,
    process::{Resource, getrlimit},
};
use std::{path::Path, sync::Arc};

/// No clock is right that shows a time before this program was written: 2026-11-01.
const WRITTEN_S: i64 = 1_793_491_200;
/// How far a clock may be from a database server's.
const APART_S_MAX: i64 = 60;
/// Open files beside connections: the database, audiences, the log.
const FILES_BESIDE: u64 = 256;
/// Free space below which a room can't work, and below which it will soon not.
const SPACE_MIN: u64 = 256 << 20;
const SPACE_LOW: u64 = 4 << 30;

/// The program's own version.
pub fn version() -> Finding {
    let version = env!("CARGO_PKG_VERSION");
    Finding::good("version", format!("Camerata {version}."), format!("Camerata {version}."))
}

/// The engine's parts.
pub fn engine(config: &Config) -> Vec<Finding> {
    vec![match config.extension() {
        Ok(file) => Finding::good(
            "engine",
            format!("DuckDB 1.5.5, chiffrement par {}.", file.display()),
            format!("DuckDB 1.5.5, encryption by {}.", file.display()),
        ),
        Err(error) => Finding::of(
            Level::Fault,
            "engine",
            "L’extension OpenSSL de DuckDB n’a pas été trouvée.",
            format!("{error}."),
        )
        .because(
            "Sans elle, aucun auditoire ne se chiffre : la salle ne s’ouvre pas.",
            "Without it no audience is encrypted: the room doesn’t open.",
        )
        .mend(
            "Nommez-la : duckdb_extension, ou CAMERATA_DUCKDB_EXTENSION.",
            "Name it: duckdb_extension, or CAMERATA_DUCKDB_EXTENSION.",
        ),
    }]
}

/// The database, and the clock against what is in it; and whether anything was spent yet.
pub async fn database(room: &Path, now: Arc<dyn Clock>) -> (Vec<Finding>, bool) {
    let unreadable = |error: &dyn std::fmt::Display| {
        Finding::of(
            Level::Fault,
            "database",
            "La base de la salle ne s’ouvre pas.",
            format!("The room’s database can’t be opened: {error}."),
        )
        .because("La salle ne s’ouvre pas.", "The room doesn’t open.")
        .mend(
            "Vérifiez l’adresse de la base, ou restaurez la sauvegarde : « camerata audit verify --room » dit ce qui est endommagé.",
            "Check the database’s address, or restore the backup: `camerata audit verify --room` says what is damaged.",
        )
    };
    let database = match gateway::open_database(room).await {
        Ok(database) => database,
        Err(error) => return (vec![unreadable(&error)], true),
    };
    let spent = Ledger::new(database.clone(), Arc::clone(&now)).spent().await;
    let has_spent = spent.is_ok_and(|accounts| !accounts.is_empty());
    let (newest, server) = (audit::newest(&database).await, database.server_seconds().await);
    database.close().await;
    let newest = match newest {
        Ok(newest) => newest,
        Err(error) => return (vec![unreadable(&error)], true),
    };
    let good = Finding::good("database", "La base de la salle s’ouvre.", "The room’s database opens.");
    let server = server.ok().flatten().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let mut findings = vec![good];
    findings.extend(clock(newest, &*now));
    if let Some(apart) =
        server.map(|server| server.duration_since(now.now()).as_secs().abs()).filter(|s| *s > APART_S_MAX)
    {
        findings.push(wrong_clock(
            format!("L’horloge de cette machine et celle du serveur de la base diffèrent de {apart} s."),
            format!("This machine’s clock and the database server’s are {apart} s apart."),
        ));
    }
    (findings, has_spent)
}

/// The clock, against the newest entry of the log.
pub fn clock(newest: Option<Timestamp>, clock: &dyn Clock) -> Vec<Finding> {
    let now = clock.now();
    if now.as_second() < WRITTEN_S {
        return vec![wrong_clock(
            format!("L’horloge montre {now}, avant que ce programme fût écrit."),
            format!("The clock shows {now}, before this program was written."),
        )];
    }
    // Entries never go back in time: what is ahead of the clock by more than a moment was written by another one.
    if let Some(newest) = newest.filter(|newest| newest.duration_since(now) > SignedDuration::from_secs(APART_S_MAX)) {
        return vec![wrong_clock(
            format!("L’horloge montre {now}, et la dernière entrée du journal est de {newest}."),
            format!("The clock shows {now}, and the log’s newest entry is of {newest}."),
        )];
    }
    vec![Finding::good("clock", format!("L’horloge montre {now}."), format!("The clock shows {now}."))]
}

fn wrong_clock(fr: String, en: String) -> Finding {
    Finding::of(Level::Fault, "clock", fr, en)
        .because(
            "Les budgets se débloquent et les auditoires expirent selon l’horloge.",
            "Budgets are unlocked and audiences expire by the clock.",
        )
        .mend(
            "Réglez-la, et gardez-la juste par NTP (chrony, systemd-timesyncd).",
            "Set it right, and keep it so by NTP (chrony, systemd-timesyncd).",
        )
}

/// How much space there is.
pub fn disk(room: &Path) -> Finding {
    let free = match statvfs(room) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => {
            return Finding::of(
                Level::Warning,
                "disk",
                "L’espace libre ne se lit pas.",
                format!("The free space can’t be read: {error}."),
            );
        }
    };
    space(free)
}

pub(super) fn space(free: u64) -> Finding {
    let (fr, en) = (t::bytes(free, Language::Fr), t::bytes(free, Language::En));
    let level = match free {
        ..SPACE_MIN => Level::Fault,
        SPACE_MIN..SPACE_LOW => Level::Warning,
        _ => {
            return Finding::good(
                "disk",
                format!("Il y a {fr} d’espace libre."),
                format!("There are {en} of free space."),
            );
        }
    };
    Finding::of(
        level,
        "disk",
        format!("Il n’y a que {fr} d’espace libre."),
        format!("There are only {en} of free space."),
    )
    .because(
        "Un disque plein refuse les téléversements, puis les questions.",
        "A full disk refuses uploads, and then questions.",
    )
    .mend(
        "Faites de la place, ou mettez la salle sur un plus grand disque.",
        "Make room, or put the room on a larger disk.",
    )
}

/// Whether there can be as many connections as the settings say.
pub fn open_files(door: &DoorSettings) -> Finding {
    files(getrlimit(Resource::Nofile).maximum, door.connections().0 as u64)
}

pub(super) fn files(most: Option<u64>, connections: u64) -> Finding {
    let needed = connections.saturating_add(FILES_BESIDE);
    match most {
        Some(most) if most < needed => Finding::of(
            Level::Warning,
            "open-files",
            format!("Le système permet {most} fichiers ouverts ; {connections} connexions en demandent {needed}."),
            format!("The system permits {most} open files; {connections} connections need {needed}."),
        )
        .because("Au-delà, plus personne n’entre.", "Beyond that, nobody comes in any more.")
        .mend(
            "Relevez la limite (LimitNOFILE, ulimit -n), ou baissez connections_max.",
            "Raise the limit (LimitNOFILE, ulimit -n), or lower connections_max.",
        ),
        _ => Finding::good(
            "open-files",
            "Le système permet assez de fichiers ouverts.",
            "The system permits enough open files.",
        ),
    }
}
