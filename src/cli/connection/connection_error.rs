//! Why a room didn't do what was asked, and what to do about it.

use super::{Address, Distrust, Problem};
use crate::{
    cli::{context::choose, exit::Exit},
    model::Language,
};
use std::{io, path::PathBuf};

/// Why the room didn't do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// What was given is not the address of a room.
    #[error("`{0}` is not the address of a room")]
    Address(String),
    /// Plain http to another machine.
    #[error("{0} is plain http on another machine: the token could be read on the way")]
    Insecure(String),
    /// The file of the token can't be read.
    #[error("can't read the token in {}", .path.display())]
    TokenFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// What lies there can't be a token.
    #[error("what {0} holds can't be a token")]
    TokenMalformed(String),
    /// Nobody answers there.
    #[error("no room answers at {address}")]
    Unreachable {
        /// Where.
        address: Address,
        /// Why not.
        source: ureq::Error,
    },
    /// The room's certificate isn't trusted, or it speaks no TLS.
    #[error("no secure connection to {address}")]
    Insecurable {
        /// Where.
        address: Address,
        /// Why not.
        source: ureq::Error,
    },
    /// The connection broke, or a deadline passed.
    #[error("the connection to {address} broke")]
    Broken {
        /// Where.
        address: Address,
        /// How.
        source: ureq::Error,
    },
    /// The room's log isn't the one that was seen before.
    #[error(transparent)]
    Distrust(#[from] Distrust),
    /// What this machine keeps can't be read or written.
    #[error("{}: {source}", .path.display())]
    State {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The room says no.
    #[error("{}", .0.message(Language::En))]
    Problem(Box<Problem>),
    /// The room's answer is not one that this version understands.
    #[error("{address} gave an answer that this version doesn't understand")]
    Answer {
        /// Where.
        address: Address,
        /// Why not.
        source: serde_json::Error,
    },
}

impl ConnectionError {
    /// What happened, in the reader's language.
    pub fn message(&self, language: Language) -> String {
        match (self, language) {
            (Self::Problem(problem), _) => problem.message(language),
            (Self::Address(text), Language::Fr) => format!("« {text} » n’est pas l’adresse d’une salle"),
            (Self::Insecure(address), Language::Fr) => {
                format!("{address} est en http simple sur une autre machine : le jeton pourrait être lu en chemin")
            }
            (Self::TokenFile { path, source }, Language::Fr) => {
                format!("jeton illisible dans {} ({source})", path.display())
            }
            (Self::TokenFile { path, source }, Language::En) => {
                format!("can't read the token in {} ({source})", path.display())
            }
            (Self::TokenMalformed(place), Language::Fr) => format!("ce que contient {place} ne peut pas être un jeton"),
            (Self::Unreachable { address, .. }, Language::Fr) => format!("aucune salle ne répond à {address}"),
            (Self::Insecurable { address, source }, Language::Fr) => {
                format!("pas de connexion sûre avec {address} ({source})")
            }
            (Self::Insecurable { address, source }, Language::En) => {
                format!("no secure connection to {address} ({source})")
            }
            (Self::Broken { address, .. }, Language::Fr) => format!("la connexion avec {address} s’est rompue"),
            (Self::Answer { address, .. }, Language::Fr) => {
                format!("{address} a donné une réponse que cette version ne comprend pas")
            }
            (Self::Distrust(distrust), Language::Fr) => distrust.french(),
            (Self::State { path, source }, Language::Fr) => format!("{} : {source}", path.display()),
            (_, Language::En) => self.to_string(),
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> Option<&'static str> {
        let words = match self {
            Self::Address(_) => {
                ("écrivez-la ainsi : https://salle.example.ca", "write it like https://room.example.ca")
            }
            Self::Insecure(_) => (
                "mettez https://, ou ajoutez --allow-http si le réseau est sûr",
                "use https://, or add --allow-http if the network is safe",
            ),
            Self::TokenFile { .. } | Self::TokenMalformed(_) => {
                ("un jeton est un seul mot, sur une ligne", "a token is one word, on one line")
            }
            Self::Unreachable { .. } => (
                "la salle est-elle en marche? « camerata serve --room DOSSIER » ou « camerata demo » la démarre; --room-url ou CAMERATA_URL dit où elle est",
                "is the room running? `camerata serve --room DIR` or `camerata demo` starts it; --room-url or CAMERATA_URL says where it is",
            ),
            Self::Broken { .. } => (
                "réessayez : une requête déjà payée n’est pas payée deux fois",
                "try again: a query that was paid for is not paid for twice",
            ),
            Self::Problem(problem) => return problem.hint(language),
            Self::Distrust(_) => (
                "n’envoyez rien; demandez aux autres membres ce qu’ils voient. Si la salle a été restaurée et qu’un responsable de la conformité l’a accepté : « camerata audit trust »",
                "send nothing; ask the other members what they see. If the room was restored and an officer accepted it: `camerata audit trust`",
            ),
            Self::State { .. } => (
                "cette machine y garde ce qu’elle a vu du journal de la salle; la variable CAMERATA_STATE nomme un autre dossier",
                "this machine keeps there what it saw of the room's log; CAMERATA_STATE names another folder",
            ),
            Self::Insecurable { .. } => {
                ("vérifiez l’adresse et le certificat de la salle", "check the room's address and certificate")
            }
            Self::Answer { .. } => (
                "la salle et cet outil sont-ils de la même version?",
                "are the room and this tool of the same version?",
            ),
        };
        Some(choose(language, words))
    }

    /// The status that the program ends with.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Address(_) | Self::Insecure(_) | Self::TokenMalformed(_) => Exit::Usage,
            Self::Distrust(_) => Exit::LogBroken,
            Self::Unreachable { .. } | Self::Broken { .. } => Exit::TryLater,
            Self::Problem(problem) if problem.is_passing() => Exit::TryLater,
            _ => Exit::Failed,
        }
    }

    /// Whether the same request may well succeed a moment later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Broken { .. } => true,
            Self::Problem(problem) => problem.is_passing(),
            _ => false,
        }
    }
}
