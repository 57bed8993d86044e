//! What both commands say alike.

use crate::{database::SnapshotError, model::Text, store::StoreError};
use std::{io, path::Path};

pub(super) fn both(fr: impl Into<String>, en: impl Into<String>) -> Text {
    Text::new(fr, en)
}

pub(super) fn file(path: &Path, source: &io::Error) -> Text {
    let path = path.display();
    both(format!("{path} : {source}"), format!("{path}: {source}"))
}

pub(super) fn in_the_way(part: &Path) -> Text {
    let part = part.display();
    both(
        format!("{part} est déjà là, laissé par une commande interrompue ou encore en cours : attendez-la, ou ôtez-le"),
        format!(
            "{part} is there already, left by a command that was cut or is still running: wait for it, or remove it"
        ),
    )
}

pub(super) fn snapshot(error: &SnapshotError) -> Text {
    let fr = match error {
        SnapshotError::Sqlite { file, source } => {
            format!("la base {} ne peut être ni copiée ni lue ({source})", file.display())
        }
        SnapshotError::Damaged { file, found } => format!("la base {} est abîmée : {found}", file.display()),
        SnapshotError::Unfounded(file) => format!("la base {} n’est pas celle d’une salle", file.display()),
    };
    let en = match error {
        SnapshotError::Sqlite { source, .. } => format!("{error} ({source})"),
        _ => error.to_string(),
    };
    both(fr, en)
}

pub(super) fn store(error: &StoreError) -> Text {
    both(format!("la base de la salle ne dit pas clairement quels auditoires elle tient ({error})"), error.to_string())
}
