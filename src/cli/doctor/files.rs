//! Who may read what, and what lies where.

use super::finding::{Finding, Level};
use crate::gateway::Config;
use std::{
    fs::{self, Metadata},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// The bits of everybody but the owner.
const OTHERS: u32 = 0o077;

fn mode(metadata: &Metadata) -> u32 {
    metadata.permissions().mode() & 0o777
}

/// What only the room's own user may get at: its folder, data and keys.
pub fn private(room: &Path) -> Vec<Finding> {
    let parts = ["", "data", "staging", "keys"];
    let mut open: Vec<(PathBuf, u32)> = Vec::new();
    for path in parts.map(|part| room.join(part)).into_iter().chain(below(&room.join("keys"))) {
        match fs::metadata(&path) {
            Ok(metadata) if mode(&metadata) & OTHERS != 0 => open.push((path, mode(&metadata))),
            _ => {}
        }
    }
    if open.is_empty() {
        return vec![Finding::good(
            "permissions",
            "La salle et ses clés ne sont lisibles que par leur utilisateur.",
            "The room and its keys are readable by their user alone.",
        )];
    }
    let found = |(path, mode): (PathBuf, u32)| {
        let is_key = path.starts_with(room.join("keys"));
        let level = if is_key || mode & 0o022 != 0 { Level::Fault } else { Level::Warning };
        let path = path.display().to_string();
        Finding::of(
            level,
            "permissions",
            format!("{path} est ouvert à d’autres (mode {mode:o})."),
            format!("{path} is open to others (mode {mode:o})."),
        )
        .because(
            "Qui lit les clés de la salle lit les auditoires ; qui écrit dans son dossier peut la remettre en arrière.",
            "Whoever reads the room’s keys reads the audiences; whoever writes into its folder can set it back.",
        )
        .mend(format!("chmod go= {path}"), format!("chmod go= {path}"))
    };
    open.into_iter().map(found).collect()
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(below(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

/// The files that the settings name and that hold secrets.
pub fn secrets(files: &[PathBuf]) -> Vec<Finding> {
    let found = |path: &PathBuf| {
        let name = path.display().to_string();
        match fs::File::open(path).and_then(|file| file.metadata()) {
            Err(error) => Finding::of(
                Level::Fault,
                "secrets",
                format!("{name} ne se lit pas : {error}."),
                format!("{name} can’t be read: {error}."),
            )
            .because("Les réglages y renvoient.", "The settings refer to it.")
            .mend(
                "Corrigez le chemin, ou donnez le fichier à l’utilisateur de la salle.",
                "Mend the path, or give the file to the room’s user.",
            ),
            // A key may be shared with the group that renews it; never with everybody.
            Ok(metadata) if mode(&metadata) & OTHERS != 0 => {
                let level = if mode(&metadata) & 0o027 != 0 { Level::Fault } else { Level::Advice };
                Finding::of(
                    level,
                    "secrets",
                    format!("{name} est ouvert à d’autres (mode {:o}).", mode(&metadata)),
                    format!("{name} is open to others (mode {:o}).", mode(&metadata)),
                )
                .because("C’est un secret.", "It is a secret.")
                .mend(format!("chmod go= {name}"), format!("chmod go= {name}"))
            }
            Ok(_) => Finding::good("secrets", format!("{name} est gardé."), format!("{name} is kept private.")),
        }
    };
    files.iter().map(found).collect()
}

/// Whether the keys lie apart from the data.
pub fn keys_apart(room: &Path) -> Finding {
    let real = |part: &str| fs::canonicalize(room.join(part)).ok();
    let device = |part: &str| fs::metadata(room.join(part)).ok().map(|metadata| metadata.dev());
    match (real("keys"), real("data")) {
        (Some(keys), Some(data)) if keys.starts_with(&data) || data.starts_with(&keys) => Finding::of(
            Level::Fault,
            "keys-apart",
            "Les clés et les données sont dans le même dossier.",
            "The keys and the data lie in the same folder.",
        )
        .because(
            "Une copie des données emporte leurs clés : le chiffrement ne protège plus rien.",
            "A copy of the data takes their keys along: encryption protects nothing any more.",
        )
        .mend(
            "Déplacez keys/ ailleurs, et mettez un lien symbolique à sa place.",
            "Move keys/ elsewhere, and put a symbolic link in its place.",
        ),
        (Some(_), Some(_)) if device("keys") == device("data") => Finding::of(
            Level::Advice,
            "keys-apart",
            "Les clés sont à part des données, sur le même disque.",
            "The keys lie apart from the data, on the same disk.",
        )
        .because(
            "Un disque volé ou mis au rebut emporte les deux.",
            "A disk that is stolen or thrown away takes both along.",
        )
        .mend(
            "Mettez keys/ sur un autre disque, par un montage ou un lien symbolique, et ne copiez le dossier que par « camerata backup », qui chiffre.",
            "Put keys/ on another disk, by a mount or a symbolic link, and copy the folder by `camerata backup` alone, which encrypts.",
        ),
        (Some(_), Some(_)) => {
            Finding::good("keys-apart", "Les clés sont sur un autre disque que les données.", "The keys are on another disk than the data.")
        }
        _ => Finding::of(
            Level::Fault,
            "keys-apart",
            "Le dossier keys/ ou data/ manque ou ne se lit pas.",
            "The folder keys/ or data/ is missing or can’t be read.",
        )
        .because("La salle ne s’ouvre pas.", "The room doesn’t open.")
        .mend("Restaurez-le de la sauvegarde.", "Restore it from the backup."),
    }
}

/// What is kept outside the room's folder, once there is anything to keep.
pub fn checkpoint(config: &Config, room: &Path, has_spent: bool) -> Finding {
    let file = match config.checkpoint_file(room) {
        Ok(file) => file,
        Err(error) => {
            return Finding::of(
                Level::Fault,
                "checkpoint",
                "Le point de contrôle est dans le dossier de la salle.",
                format!("The checkpoint can’t be kept outside: {error}."),
            )
            .because(
                "Qui remet le dossier en arrière le remet avec : personne ne le verrait.",
                "Whoever sets the folder back sets it back as well: nobody would notice.",
            )
            .mend("Nommez un fichier ailleurs : checkpoint_file.", "Name a file elsewhere: checkpoint_file.");
        }
    };
    let name = file.display().to_string();
    if !file.exists() && !has_spent {
        return Finding::good(
            "checkpoint",
            format!("{name} sera hors de la salle ; rien n’a encore été dépensé."),
            format!("{name} will lie outside the room; nothing was spent yet."),
        );
    }
    if !file.exists() {
        return Finding::of(
            Level::Fault,
            "checkpoint",
            format!("{name} n’y est pas."),
            format!("{name} is not there."),
        )
        .because(
            "Sans lui, rien ne dit si la salle a été remise en arrière : elle ne s’ouvre pas.",
            "Without it, nothing tells whether the room was set back: it doesn’t open.",
        )
        .mend(
            "Remettez-le de l’ancien endroit; s’il est perdu, un responsable de la conformité accepte la salle telle qu’elle est par « camerata audit accept ».",
            "Bring it back from the old place; if it is lost, an officer accepts the room as it is with `camerata audit accept`.",
        );
    }
    let device = |path: &Path| fs::metadata(path).ok().map(|metadata| metadata.dev());
    if device(&file) == device(room) {
        return Finding::of(
            Level::Advice,
            "checkpoint",
            format!("{name} est hors de la salle, sur le même disque."),
            format!("{name} lies outside the room, on the same disk."),
        )
        .because("Un disque remis en arrière le remet avec.", "A disk that is set back sets it back as well.")
        .mend(
            "Nommez un fichier d’un autre disque : checkpoint_file.",
            "Name a file on another disk: checkpoint_file.",
        );
    }
    Finding::good("checkpoint", format!("{name} est hors de la salle."), format!("{name} lies outside the room."))
}
