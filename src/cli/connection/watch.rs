//! What this machine last saw of a room's log, and the refusal of a room whose log isn't that one any more.
//!
//! Promise: once a checkpoint was seen, nothing is sent to a room that shows a shorter log, another past, or a key that the one seen
//! before doesn't name.

use super::{Connection, ConnectionError};
use crate::{
    cli::environment,
    proof::{Checkpoint, PublicKey, extends, follow, hex_hashes},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// What a room says of its log.
#[derive(Debug, Clone, Deserialize)]
pub struct Shown {
    /// The newest checkpoint, signed.
    pub checkpoint: String,
    /// The keys it has signed with, oldest first.
    pub keys: Vec<ShownKey>,
    /// What members vouch for.
    #[serde(default)]
    pub cosigned: Vec<ShownCosigned>,
}

/// A checkpoint that a member vouches for.
#[derive(Debug, Clone, Deserialize)]
pub struct ShownCosigned {
    /// The member.
    pub member: String,
    /// Its witness key.
    pub key: String,
    /// The checkpoint with the cosignature.
    pub note: String,
}

/// A key that the room has signed with.
#[derive(Debug, Clone, Deserialize)]
pub struct ShownKey {
    /// The key.
    pub key: String,
    /// By what the key before it named it.
    pub endorsement: Option<String>,
}

/// What this machine keeps of a room's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The room's address.
    pub address: String,
    /// Its key.
    pub key: String,
    /// The newest checkpoint seen.
    pub checkpoint: String,
    /// The keys that it signed with before: what they signed still holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<String>,
}

/// Why a room isn't trusted any more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// Its log is shorter than before.
    #[error("the room's log was set back: it had {kept} entries, and now shows {shown}")]
    SetBack {
        /// Entries it had.
        kept: u64,
        /// Entries it shows.
        shown: u64,
    },
    /// Its log has another past.
    #[error("the room's log was forked: its first {kept} entries are not those that it showed before")]
    Forked {
        /// Entries that were seen.
        kept: u64,
    },
    /// It signs with a key that the one seen before doesn't name.
    #[error("the room signs with another key than before, and its old key doesn't name the new one")]
    OtherKey,
    /// It shows no log, and did before.
    #[error("the room shows no log any more")]
    NoLog,
    /// The file can't be read.
    #[error("what this machine keeps of the room's log can't be read: {}", .0.display())]
    Unreadable(PathBuf),
}

impl Distrust {
    pub(super) fn french(&self) -> String {
        match self {
            Self::SetBack { kept, shown } => format!(
                "le journal de la salle a été remis en arrière : il avait {kept} entrées et n’en montre plus que {shown}"
            ),
            Self::Forked { kept } => format!(
                "le journal de la salle a bifurqué : ses {kept} premières entrées ne sont pas celles qu’elle montrait"
            ),
            Self::OtherKey => "la salle signe avec une autre clé, que l’ancienne ne désigne pas".to_owned(),
            Self::NoLog => "la salle ne montre plus de journal".to_owned(),
            Self::Unreadable(path) => {
                format!("ce que cette machine garde du journal de la salle est illisible : {}", path.display())
            }
        }
    }
}

#[derive(Deserialize)]
struct Consistency {
    #[serde(with = "hex_hashes")]
    path: Vec<crate::proof::Hash>,
}

impl Connection {
    /// Compares the room's log with what this machine saw last, and keeps the newer; what is kept now. `None` from a room without a
    /// log that never showed one. The first time the room is taken at its word.
    ///
    /// # Errors
    /// When the room can't be reached, or isn't to be trusted any more; nothing is kept then.
    pub fn watch(&self) -> Result<Option<(Kept, Checkpoint)>, ConnectionError> {
        Ok(self.watch_all()?.map(|(kept, checkpoint, _)| (kept, checkpoint)))
    }

    /// The same, with what the room says that members vouch for: not believed yet.
    ///
    /// # Errors
    /// As [`Connection::watch`].
    pub fn watch_all(&self) -> Result<Option<(Kept, Checkpoint, Vec<ShownCosigned>)>, ConnectionError> {
        let path = self.kept_path();
        let kept = read(&path)?;
        let shown: Shown = match self.get("/api/v1/audit/checkpoint") {
            Ok(shown) => shown,
            Err(ConnectionError::Problem(problem)) if problem.status == 404 => {
                return if kept.is_some() { Err(Distrust::NoLog.into()) } else { Ok(None) };
            }
            Err(error) => return Err(error),
        };
        let kept = kept.filter(|kept| !self.is_another_room_of_mine(kept, &shown));
        let now = match &kept {
            None => trusted_at_first(self.address().to_string(), &shown)?,
            Some(kept) => self.grown(kept, &shown)?,
        };
        let checkpoint = Checkpoint::unverified(&now.checkpoint).map_err(|_| Distrust::OtherKey)?;
        if kept.as_ref() != Some(&now) {
            write(&path, &now).map_err(|source| ConnectionError::State { path, source })?;
        }
        Ok(Some((now, checkpoint, shown.cosigned)))
    }

    /// On one's own machine another room may well take a room's place: the sample room, made anew. Nobody else can put one there.
    fn is_another_room_of_mine(&self, kept: &Kept, shown: &Shown) -> bool {
        let [before, now] = [&kept.checkpoint, &shown.checkpoint].map(|note| Checkpoint::unverified(note).ok());
        self.address().is_loopback() && before.zip(now).is_some_and(|(before, now)| before.origin != now.origin)
    }

    /// What is kept once the room's log is known to be the one that was seen, grown.
    fn grown(&self, kept: &Kept, shown: &Shown) -> Result<Kept, ConnectionError> {
        let key: PublicKey = kept.key.parse().map_err(|_| Distrust::Unreadable(self.kept_path()))?;
        let before = Checkpoint::open(&kept.checkpoint, std::slice::from_ref(&key))
            .or_else(|_| Checkpoint::unverified(&kept.checkpoint))
            .map_err(|_| Distrust::Unreadable(self.kept_path()))?;
        let endorsements: Vec<String> = shown.keys.iter().filter_map(|key| key.endorsement.clone()).collect();
        let keys = follow(key, &endorsements);
        let now = Checkpoint::open(&shown.checkpoint, &keys).map_err(|_| Distrust::OtherKey)?;
        if now.size < before.size {
            return Err(Distrust::SetBack { kept: before.size, shown: now.size }.into());
        }
        let path = if before.size == 0 || before.size == now.size {
            Vec::new()
        } else {
            let path = format!("/api/v1/audit/consistency?from={}&to={}", before.size, now.size);
            self.get::<Consistency>(&path)?.path
        };
        if !extends((&before.root, before.size), (&now.root, now.size), &path) {
            return Err(Distrust::Forked { kept: before.size }.into());
        }
        let mut keys: Vec<String> = kept.earlier.iter().cloned().chain(keys.iter().map(ToString::to_string)).collect();
        let key = keys.pop().unwrap_or_else(|| kept.key.clone());
        Ok(Kept { address: kept.address.clone(), key, checkpoint: shown.checkpoint.clone(), earlier: keys })
    }

    /// Forgets what this machine saw of the room's log, so that the room is taken at its word again.
    ///
    /// # Errors
    /// When the file can't be removed.
    pub fn forget(&self) -> Result<bool, ConnectionError> {
        let path = self.kept_path();
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(ConnectionError::State { path, source }),
        }
    }

    /// Where this machine keeps what it saw of the room's log.
    pub fn kept_path(&self) -> PathBuf {
        let name = hex::encode(Sha256::digest(self.address().to_string()));
        environment::state_folder().join("rooms").join(format!("{}.json", name.split_at(24).0))
    }

    /// What is kept, if anything.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn kept(&self) -> Result<Option<Kept>, ConnectionError> {
        read(&self.kept_path())
    }
}

fn trusted_at_first(address: String, shown: &Shown) -> Result<Kept, ConnectionError> {
    let key = shown.keys.last().map(|key| key.key.clone()).unwrap_or_default();
    let public: PublicKey = key.parse().map_err(|_| Distrust::OtherKey)?;
    Checkpoint::open(&shown.checkpoint, &[public]).map_err(|_| Distrust::OtherKey)?;
    Ok(Kept { address, checkpoint: shown.checkpoint.clone(), earlier: before(&key, shown), key })
}

/// The keys before one, as far as each names the next up to it.
fn before(key: &str, shown: &Shown) -> Vec<String> {
    let endorsements: Vec<String> = shown.keys.iter().filter_map(|key| key.endorsement.clone()).collect();
    let first = shown.keys.first().and_then(|first| first.key.parse::<PublicKey>().ok());
    let mut chain: Vec<String> =
        first.map(|first| follow(first, &endorsements)).into_iter().flatten().map(|key| key.to_string()).collect();
    if chain.pop().as_deref() == Some(key) { chain } else { Vec::new() }
}

fn read(path: &Path) -> Result<Option<Kept>, ConnectionError> {
    match fs::read_to_string(path) {
        Ok(text) => match serde_json::from_str(&text) {
            Ok(kept) => Ok(Some(kept)),
            // What can't be read isn't replaced: that would be the way to make a member forget.
            Err(_) => Err(Distrust::Unreadable(path.to_owned()).into()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ConnectionError::State { path: path.to_owned(), source }),
    }
}

/// Written aside and moved into its place, so that a crash leaves the old or the new.
fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let aside = path.with_extension(format!("{}.part", std::process::id()));
    let mut file = fs::File::create(&aside)?;
    file.write_all(&serde_json::to_vec_pretty(kept)?)?;
    file.sync_all()?;
    fs::rename(&aside, path)
}
