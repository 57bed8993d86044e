//! What a verification finds wrong, in words.

use crate::model::Text;
use serde::Serialize;

/// One thing that isn't as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
pub enum Finding {
    /// A place of the log is empty.
    EntryMissing {
        /// Which.
        position: u64,
    },
    /// An entry isn't what was hashed when it was written.
    EntryChanged {
        /// Which.
        position: u64,
    },
    /// An entry can't be read as one.
    EntryUnreadable {
        /// Which.
        position: u64,
    },
    /// An entry lies where it wasn't written.
    EntryMoved {
        /// Where it lies.
        position: u64,
        /// Where it says it is.
        says: u64,
    },
    /// An entry is older than the one in front of it, or has no time.
    TimeBackwards {
        /// Which.
        position: u64,
    },
    /// The list of who may read an entry isn't what the entry says.
    ReadersChanged {
        /// Which.
        position: u64,
    },
    /// The list of an entry's records isn't the one that it commits to.
    RowsChanged {
        /// Which.
        position: u64,
    },
    /// A record isn't as the log's last entry about it left it.
    RecordChanged {
        /// Which record.
        record: String,
        /// The entry.
        position: u64,
    },
    /// A record that the log tells of is gone.
    RecordMissing {
        /// Which record.
        record: String,
        /// The entry.
        position: u64,
    },
    /// A record that the log doesn't tell of.
    RecordUnlogged {
        /// Which record.
        record: String,
    },
    /// A checkpoint that none of the room's keys signed as it stands.
    CheckpointForged {
        /// The size that it claims, where it can be read.
        size: Option<u64>,
    },
    /// The log is shorter than a checkpoint that the room signed.
    LogShorter {
        /// The checkpoint's size.
        checkpoint: u64,
        /// The log's.
        size: u64,
    },
    /// The log isn't the one that a checkpoint of the room was signed for.
    LogForked {
        /// The checkpoint's size: one of the entries before it differs.
        checkpoint: u64,
    },
}

impl Finding {
    /// In words.
    pub fn text(&self) -> Text {
        match self {
            Self::EntryMissing { position } => {
                Text::new(format!("l’entrée {position} manque"), format!("entry {position} is missing"))
            }
            Self::EntryChanged { position } => Text::new(
                format!("l’entrée {position} a été modifiée après son inscription"),
                format!("entry {position} was changed after it was written"),
            ),
            Self::EntryUnreadable { position } => {
                Text::new(format!("l’entrée {position} est illisible"), format!("entry {position} can't be read"))
            }
            Self::EntryMoved { position, says } => Text::new(
                format!("l’entrée {position} a été inscrite à la place {says} : des entrées ont été déplacées"),
                format!("entry {position} was written in place {says}: entries were reordered"),
            ),
            Self::TimeBackwards { position } => Text::new(
                format!("l’entrée {position} porte une heure antérieure à la précédente"),
                format!("entry {position} is older than the one before it"),
            ),
            Self::ReadersChanged { position } => Text::new(
                format!("la liste de qui peut lire l’entrée {position} a été modifiée"),
                format!("the list of who may read entry {position} was changed"),
            ),
            Self::RowsChanged { position } => Text::new(
                format!("la liste des enregistrements de l’entrée {position} a été modifiée"),
                format!("the list of records of entry {position} was changed"),
            ),
            Self::RecordChanged { record, position } => Text::new(
                format!("{record} n’est plus ce que dit l’entrée {position}"),
                format!("{record} is not what entry {position} says"),
            ),
            Self::RecordMissing { record, position } => Text::new(
                format!("{record}, dont parle l’entrée {position}, a disparu"),
                format!("{record}, which entry {position} tells of, is gone"),
            ),
            Self::RecordUnlogged { record } => {
                Text::new(format!("le journal ne dit rien de {record}"), format!("the log says nothing of {record}"))
            }
            Self::CheckpointForged { size: Some(size) } => Text::new(
                format!("le point de contrôle de taille {size} est faux : aucune clé de la salle ne l’a signé ainsi"),
                format!("the checkpoint of size {size} is forged: no key of the room signed it as it stands"),
            ),
            Self::CheckpointForged { size: None } => {
                Text::new("un point de contrôle est illisible", "a checkpoint can't be read")
            }
            Self::LogShorter { checkpoint, size } => Text::new(
                format!(
                    "le journal n’a que {size} entrées, mais la salle en a signé {checkpoint} : la fin a été retranchée"
                ),
                format!("the log has only {size} entries, but the room signed {checkpoint}: its end was cut off"),
            ),
            Self::LogForked { checkpoint } => Text::new(
                format!(
                    "les {checkpoint} premières entrées ne sont pas celles que la salle a signées : le journal a bifurqué"
                ),
                format!("the first {checkpoint} entries are not those that the room signed: the log was forked"),
            ),
        }
    }
}
