//! Checkpoints: the room's signed word on how long its log is and what it holds (c2sp.org/tlog-checkpoint), and the words of
//! witnesses who saw it grow (c2sp.org/tlog-cosignature).

use super::{
    key::{MalformedKey, PublicKey, SigningKey, sign_note},
    tree::Hash,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use signed_note::{Note, NoteError, Signature, Signer, Verifier, VerifierList};
use std::fmt;

/// Marks a timestamped Ed25519 cosignature in a signed note.
const COSIGNATURE: u8 = 4;

/// Why a checkpoint isn't believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a signed note, or its text isn't a checkpoint.
    #[error("not a checkpoint")]
    Malformed,
    /// None of the trusted keys signed it.
    #[error("no trusted key signed the checkpoint")]
    Unsigned,
    /// It carries the signature of a trusted key, and that doesn't fit.
    #[error("the signature of the checkpoint is forged, or its text was changed")]
    Forged,
    /// It is another log's.
    #[error("a checkpoint of another log: `{0}`")]
    OtherLog(String),
}

/// How long a log is, and the root of its tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, BASE64_STANDARD.encode(self.root))
    }
}

impl Checkpoint {
    /// Signed, as a note.
    ///
    /// # Errors
    /// When the origin holds control characters.
    pub fn sign(&self, key: &SigningKey) -> Result<String, MalformedKey> {
        sign_note(&self.to_string(), key)
    }

    /// What a note says, if one of these keys signed it for the log of its own name.
    ///
    /// # Errors
    /// When the note can't be read, isn't signed by any of the keys, or is forged.
    pub fn open(note: &str, keys: &[PublicKey]) -> Result<Self, CheckpointError> {
        let (note, checkpoint) = read(note)?;
        if !keys.iter().any(|key| key.name() == checkpoint.origin) {
            return Err(CheckpointError::OtherLog(checkpoint.origin));
        }
        let known = VerifierList::new(keys.iter().filter_map(PublicKey::verifier).collect());
        match note.verify(&known) {
            Ok(_) => Ok(checkpoint),
            Err(NoteError::InvalidSignature { .. }) => Err(CheckpointError::Forged),
            Err(_) => Err(CheckpointError::Unsigned),
        }
    }

    /// What a note says, whoever signed it: for messages only.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn unverified(note: &str) -> Result<Self, CheckpointError> {
        read(note).map(|(_, checkpoint)| checkpoint)
    }
}

fn read(note: &str) -> Result<(Note, Checkpoint), CheckpointError> {
    let note = Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointError::Malformed)?;
    let text = std::str::from_utf8(note.text()).map_err(|_| CheckpointError::Malformed)?;
    let mut lines = text.lines();
    let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
        return Err(CheckpointError::Malformed);
    };
    let checkpoint = Checkpoint {
        origin: origin.to_owned(),
        size: size.parse().map_err(|_| CheckpointError::Malformed)?,
        root: BASE64_STANDARD
            .decode(root)
            .ok()
            .and_then(|root| root.try_into().ok())
            .ok_or(CheckpointError::Malformed)?,
    };
    // Written in one way only, so that what is signed and what is read can't differ.
    if checkpoint.to_string() == text { Ok((note, checkpoint)) } else { Err(CheckpointError::Malformed) }
}

/// A member that vouches for the log's growth.
pub struct Witness<'a> {
    key: &'a SigningKey,
    time: u64,
}

impl<'a> Witness<'a> {
    /// A witness with this key at this time (seconds since 1970).
    pub fn new(key: &'a SigningKey, time: u64) -> Self {
        Self { key, time }
    }

    /// The checkpoint with the witness's cosignature. The caller has checked that it extends the last one it cosigned.
    ///
    /// # Errors
    /// When the note can't be read.
    pub fn cosign(&self, note: &str) -> Result<String, CheckpointError> {
        let mut note = read(note)?.0;
        note.add_sigs(&[self]).map_err(|_| CheckpointError::Malformed)?;
        String::from_utf8(note.to_bytes()).map_err(|_| CheckpointError::Malformed)
    }
}

impl Signer for Witness<'_> {
    fn name(&self) -> &str {
        self.key.public().name()
    }

    fn key_id(&self) -> u32 {
        self.key.public().id_of(COSIGNATURE)
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, ed25519_dalek::SignatureError> {
        let signature = self.key.sign(&cosigned(self.time, text));
        Ok([self.time.to_be_bytes().as_slice(), &signature].concat())
    }
}

struct Cosignatures(PublicKey);

impl Verifier for Cosignatures {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn key_id(&self) -> u32 {
        self.0.id_of(COSIGNATURE)
    }

    fn verify(&self, text: &[u8], stamped: &[u8]) -> bool {
        let Some((time, signature)) = stamped.split_first_chunk::<8>() else { return false };
        self.0.signed(&cosigned(u64::from_be_bytes(*time), text), signature)
    }
}

fn cosigned(time: u64, text: &[u8]) -> Vec<u8> {
    [format!("cosignature/v1\ntime {time}\n").as_bytes(), text].concat()
}

/// The cosignature of one witness on a note, as its line, without the rest.
///
/// # Errors
/// When the note can't be read, or the witness's cosignature is forged.
pub fn cosignature(note: &str, witness: &PublicKey) -> Result<Option<String>, CheckpointError> {
    let found = verified(note, std::slice::from_ref(witness))?;
    Ok(found.first().and_then(|signature| String::from_utf8(signature.to_bytes()).ok()))
}

/// Which of these witnesses cosigned the note, by name.
///
/// # Errors
/// When the note can't be read, or a cosignature of one of them is forged.
pub fn cosigners(note: &str, witnesses: &[PublicKey]) -> Result<Vec<String>, CheckpointError> {
    Ok(verified(note, witnesses)?.iter().map(|signature| signature.name().to_owned()).collect())
}

fn verified(note: &str, witnesses: &[PublicKey]) -> Result<Vec<Signature>, CheckpointError> {
    let known = witnesses.iter().map(|key| Box::new(Cosignatures(key.clone())) as Box<dyn Verifier>).collect();
    match read(note)?.0.verify(&VerifierList::new(known)) {
        Ok((verified, _)) => Ok(verified),
        Err(NoteError::InvalidSignature { .. }) => Err(CheckpointError::Forged),
        Err(_) => Ok(Vec::new()),
    }
}
