//! Receipts: the room's signed statement of what was asked, under which policy, at what loss.
//!
//! A receipt is a JWS in compact form (RFC 7515) signed by EdDSA (RFC 8037). One algorithm and one kind of key: what a header asks
//! for is compared, never obeyed. Beside it, in a [`ReceiptFile`], lies what shows that the log contains it.

use super::{
    checkpoint::{Checkpoint, CheckpointError},
    entry::{By, Entry, What},
    key::{PublicKey, SigningKey},
    tree::{Hash, includes},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The kind of JWS that a receipt says it is.
const KIND: &str = "camerata-receipt+jws";

/// What a receipt states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// The log that it was recorded in.
    pub origin: String,
    /// The answer's number in the ledger.
    pub answer: i64,
    /// When the answer was recorded (RFC 3339, UTC).
    pub recorded: String,
    /// Who asked and paid.
    pub by: By,
    /// What was asked.
    pub question: Value,
    /// SHA-256 of the template's files, in hexadecimal.
    pub template: String,
    /// The policy version that admitted it.
    pub policy: String,
    /// The versions of its audiences, by name.
    pub versions: Value,
    /// The loss, in 1e-12 of zCDP ρ.
    pub rho: u64,
    /// The loss of δ, in 1e-18.
    pub delta: u64,
    /// What [`answer_hash`] gives of the answer as it was stored.
    pub answer_hash: String,
    /// The place in the log of the entry that says that it was answered.
    pub entry: u64,
}

/// Why a receipt isn't believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not a receipt.
    #[error("not a receipt")]
    Malformed,
    /// Signed by none of the trusted keys.
    #[error("no trusted key signed the receipt")]
    Unsigned,
    /// It names a trusted key, whose signature doesn't fit.
    #[error("the receipt was changed after it was signed")]
    Forged,
    /// The answer beside it isn't the one it was given for.
    #[error("the answer is not the one that the receipt was given for")]
    OtherAnswer,
    /// The checkpoint beside it isn't believed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The log of the checkpoint doesn't hold the entry.
    #[error("the log does not contain the receipt's entry")]
    NotInTheLog,
    /// The entry says another thing.
    #[error("the log's entry says something else than the receipt")]
    OtherEntry,
}

/// SHA-256, in hexadecimal, over the blind and the answer: a commitment, which says nothing of the answer to whoever hasn't got the
/// blind, 32 random bytes in hexadecimal.
pub fn answer_hash(blind: Option<&str>, answer: &str) -> String {
    hex::encode(Sha256::new().chain_update(blind.unwrap_or_default()).chain_update(answer).finalize())
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

impl Receipt {
    /// Signed, in compact form.
    ///
    /// # Errors
    /// When it can't be written as JSON.
    pub fn sign(&self, key: &SigningKey) -> Result<String, serde_json::Error> {
        let header = Header { alg: "EdDSA".into(), typ: KIND.into(), kid: key.public().thumbprint() };
        let encode = |json: Vec<u8>| BASE64_URL_SAFE_NO_PAD.encode(json);
        let signed = format!("{}.{}", encode(serde_json::to_vec(&header)?), encode(serde_json::to_vec(self)?));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
        Ok(format!("{signed}.{signature}"))
    }

    /// What a receipt states, if one of these keys signed it.
    ///
    /// # Errors
    /// When it can't be read, or none of the keys signed it.
    pub fn open(compact: &str, keys: &[PublicKey]) -> Result<Self, ReceiptError> {
        let (signed, signature) = compact.trim().rsplit_once('.').ok_or(ReceiptError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(ReceiptError::Malformed)?;
        let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| ReceiptError::Malformed);
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| ReceiptError::Malformed)?;
        if header.alg != "EdDSA" || header.typ != KIND {
            return Err(ReceiptError::Malformed);
        }
        let key = keys.iter().find(|key| key.thumbprint() == header.kid).ok_or(ReceiptError::Unsigned)?;
        if !key.signed(signed.as_bytes(), &decode(signature)?) {
            return Err(ReceiptError::Forged);
        }
        let receipt: Self = serde_json::from_slice(&decode(payload)?).map_err(|_| ReceiptError::Malformed)?;
        // A key signs for the log of its name.
        if receipt.origin == key.name() { Ok(receipt) } else { Err(ReceiptError::Malformed) }
    }
}

/// A receipt with everything that is needed to check it without the room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptFile {
    /// The receipt, in compact form.
    pub receipt: String,
    /// The answer, byte for byte as it was stored.
    pub answer: String,
    /// What is in front of the answer in its hash; absent where the log's entry was written without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blind: Option<String>,
    /// The log's entry, byte for byte.
    pub entry: String,
    /// A checkpoint of the log that holds it.
    pub checkpoint: String,
    /// The path from the entry to the checkpoint's root: hashes in hexadecimal.
    #[serde(with = "hex_hashes")]
    pub path: Vec<Hash>,
}

impl ReceiptFile {
    /// Checks all of it: signature, answer, entry, and that the log contains the entry. Needs no room.
    ///
    /// # Errors
    /// The first thing that doesn't hold.
    pub fn verify(&self, keys: &[PublicKey]) -> Result<(Receipt, Checkpoint), ReceiptError> {
        let receipt = Receipt::open(&self.receipt, keys)?;
        if answer_hash(self.blind.as_deref(), &self.answer) != receipt.answer_hash {
            return Err(ReceiptError::OtherAnswer);
        }
        let checkpoint = Checkpoint::open(&self.checkpoint, keys)?;
        if checkpoint.origin != receipt.origin {
            return Err(CheckpointError::OtherLog(checkpoint.origin).into());
        }
        if !includes(&checkpoint.root, checkpoint.size, receipt.entry, self.entry.as_bytes(), &self.path) {
            return Err(ReceiptError::NotInTheLog);
        }
        let entry = Entry::read(self.entry.as_bytes()).map_err(|_| ReceiptError::OtherEntry)?;
        if receipt.agrees(&entry) { Ok((receipt, checkpoint)) } else { Err(ReceiptError::OtherEntry) }
    }
}

impl Receipt {
    fn agrees(&self, entry: &Entry) -> bool {
        let says = |name: &str, value: Value| entry.details.get(name) == Some(&value);
        entry.position == self.entry
            && entry.what == What::Answered
            && entry.at == self.recorded
            && entry.by.as_ref() == Some(&self.by)
            && says("answer", self.answer.into())
            && says("answer_hash", self.answer_hash.clone().into())
            && says("question", self.question.clone())
            && says("template", self.template.clone().into())
            && says("policy", self.policy.clone().into())
            && says("versions", self.versions.clone())
            && says("rho", self.rho.into())
            && says("delta", self.delta.into())
    }

    /// The receipt of an entry that says that a query was answered.
    ///
    /// # Errors
    /// When the entry says something else.
    pub fn of(origin: &str, entry: &Entry) -> Result<Self, ReceiptError> {
        let mut value = Value::Object(entry.details.clone());
        let by = serde_json::to_value(&entry.by).map_err(|_| ReceiptError::OtherEntry)?;
        if let Some(fields) = value.as_object_mut() {
            fields.insert("origin".into(), origin.into());
            fields.insert("recorded".into(), entry.at.clone().into());
            fields.insert("by".into(), by);
            fields.insert("entry".into(), entry.position.into());
        }
        let receipt: Self = serde_json::from_value(value).map_err(|_| ReceiptError::OtherEntry)?;
        if receipt.agrees(entry) { Ok(receipt) } else { Err(ReceiptError::OtherEntry) }
    }
}

/// Hashes as lists of hexadecimal text.
pub mod hex_hashes {
    use super::Hash;
    use serde::{Deserialize, Deserializer, Serializer, de::Error, ser::SerializeSeq};

    /// Writes them.
    ///
    /// # Errors
    /// When the serialiser fails.
    pub fn serialize<S: Serializer>(hashes: &[Hash], serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(hashes.len()))?;
        for hash in hashes {
            list.serialize_element(&hex::encode(hash))?;
        }
        list.end()
    }

    /// Reads them.
    ///
    /// # Errors
    /// When one isn't 64 hexadecimal digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Hash>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let hash = |text: String| hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        texts
            .into_iter()
            .map(|text| hash(text).ok_or_else(|| Error::custom("not a SHA-256 hash in hexadecimal")))
            .collect()
    }
}
