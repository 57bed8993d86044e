//! What a backup is closed with and opened with: a passphrase, or keys of the `age` tool. Format: <https://age-encryption.org/v1>.

use age::{
    DecryptError, Decryptor, Encryptor, Identity, IdentityFile, Recipient,
    secrecy::{ExposeSecret, SecretString},
    x25519,
};
use std::{
    fs,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// scrypt's work on a passphrase: 2^18, a quarter GiB and about a second, as the `age` tool does. Fixed, and not measured on this machine:
/// one that is slow or busy would weaken the file.
const WORK: u8 = 18;
/// The most work that a file may ask for: 1 GiB.
const WORK_MAX: u8 = 20;
/// Shortest passphrase: whoever has the file can try as many as they like.
const PASSPHRASE_CHARS_MIN: usize = 12;
/// Largest passphrase file.
const PASSPHRASE_BYTES_MAX: u64 = 4096;

/// Why a passphrase or a key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The file can't be read.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds no passphrase.
    #[error("{0} holds no passphrase: write one, alone on its first line")]
    NoPassphrase(PathBuf),
    /// Too short.
    #[error("the passphrase has fewer than {PASSPHRASE_CHARS_MIN} characters: choose a longer one")]
    Short,
    /// Not a recipient.
    #[error("{0} is not a public key of age (age1…)")]
    NotARecipient(String),
    /// Not a file of identities.
    #[error("{0} is not a file of age's private keys (AGE-SECRET-KEY-1…), as `age-keygen` makes them")]
    NotIdentities(PathBuf),
}

impl SealError {
    /// The same in French.
    pub fn french(&self) -> String {
        match self {
            Self::File { path, source } => format!("{} : {source}", path.display()),
            Self::NoPassphrase(path) => {
                format!(
                    "{} ne contient pas de phrase de passe : écrivez-en une, seule sur la première ligne",
                    path.display()
                )
            }
            Self::Short => {
                format!(
                    "la phrase de passe a moins de {PASSPHRASE_CHARS_MIN} caractères : choisissez-en une plus longue"
                )
            }
            Self::NotARecipient(text) => format!("{text} n’est pas une clé publique d’age (age1…)"),
            Self::NotIdentities(path) => format!(
                "{} n’est pas un fichier de clés privées d’age (AGE-SECRET-KEY-1…), comme en fait « age-keygen »",
                path.display()
            ),
        }
    }
}

/// A passphrase.
pub struct Passphrase(SecretString);

impl Passphrase {
    /// Takes a passphrase as given.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// Reads the first line of a file.
    ///
    /// # Errors
    /// When the file can't be read, or its first line is empty.
    pub fn read(path: &Path) -> Result<Self, SealError> {
        let failed = |source| SealError::File { path: path.to_owned(), source };
        let file = fs::File::open(path).map_err(failed)?;
        let mut text = Zeroizing::new(String::new());
        file.take(PASSPHRASE_BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
        let line = text.lines().next().unwrap_or_default();
        if line.is_empty() { Err(SealError::NoPassphrase(path.to_owned())) } else { Ok(Self::new(line.to_owned())) }
    }
}

/// What a new backup is closed with.
pub enum Seal {
    /// Whoever knows the passphrase opens it.
    Passphrase(Passphrase),
    /// Whoever has the private key of one of these opens it.
    Recipients(Vec<x25519::Recipient>),
}

impl Seal {
    /// A passphrase that is long enough to protect a file that anyone may hold.
    ///
    /// # Errors
    /// When it is short.
    pub fn passphrase(passphrase: Passphrase) -> Result<Self, SealError> {
        if passphrase.0.expose_secret().chars().count() < PASSPHRASE_CHARS_MIN {
            return Err(SealError::Short);
        }
        Ok(Self::Passphrase(passphrase))
    }

    /// Public keys, as `age-keygen` prints them.
    ///
    /// # Errors
    /// When one is not such a key.
    pub fn recipients(keys: &[String]) -> Result<Self, SealError> {
        let read =
            |key: &String| key.trim().parse().map_err(|_| SealError::NotARecipient(key.chars().take(80).collect()));
        Ok(Self::Recipients(keys.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// What encrypts a file so.
    pub(super) fn encryptor(&self) -> Result<Encryptor, age::EncryptError> {
        match self {
            Self::Passphrase(Passphrase(text)) => {
                let mut recipient = age::scrypt::Recipient::new(text.clone());
                recipient.set_work_factor(WORK);
                Encryptor::with_recipients(std::iter::once(&recipient as &dyn Recipient))
            }
            Self::Recipients(keys) => Encryptor::with_recipients(keys.iter().map(|key| key as &dyn Recipient)),
        }
    }
}

/// What a backup is opened with.
pub enum Opener {
    /// The passphrase.
    Passphrase(Passphrase),
    /// Private keys, of which one has to fit.
    Identities(Vec<Box<dyn Identity + Send + Sync>>),
}

/// Why a backup doesn't open.
#[derive(Debug)]
pub(super) enum OpenError {
    /// Not a file of age's.
    NotEncrypted,
    /// It wants a passphrase, and keys were given.
    WantsPassphrase,
    /// It wants a key, and a passphrase was given.
    WantsIdentity,
    /// The passphrase is another.
    WrongPassphrase,
    /// No key fits.
    WrongIdentity,
    /// Its beginning is damaged.
    Damaged,
}

impl Opener {
    /// Reads a file of private keys.
    ///
    /// # Errors
    /// When the file can't be read, or holds something else.
    pub fn identities(path: &Path) -> Result<Self, SealError> {
        let file = fs::File::open(path).map_err(|source| SealError::File { path: path.to_owned(), source })?;
        let wrong = || SealError::NotIdentities(path.to_owned());
        let read = IdentityFile::from_buffer(BufReader::new(file)).map_err(|_| wrong())?;
        let identities = read.into_identities().map_err(|_| wrong())?;
        if identities.is_empty() { Err(wrong()) } else { Ok(Self::Identities(identities)) }
    }

    /// Opens a backup for reading.
    pub(super) fn open<R: Read>(&self, input: R) -> Result<age::stream::StreamReader<R>, OpenError> {
        let decryptor = Decryptor::new(input).map_err(|error| match error {
            DecryptError::InvalidHeader | DecryptError::UnknownFormat => OpenError::NotEncrypted,
            _ => OpenError::Damaged,
        })?;
        let wrong = |mistaken| {
            move |error| if matches!(error, DecryptError::InvalidMac) { OpenError::Damaged } else { mistaken }
        };
        match (self, decryptor.is_scrypt()) {
            (Self::Passphrase(_), false) => Err(OpenError::WantsIdentity),
            (Self::Identities(_), true) => Err(OpenError::WantsPassphrase),
            (Self::Passphrase(Passphrase(text)), true) => {
                let mut identity = age::scrypt::Identity::new(text.clone());
                identity.set_max_work_factor(WORK_MAX);
                let opened = decryptor.decrypt(std::iter::once(&identity as &dyn Identity));
                opened.map_err(wrong(OpenError::WrongPassphrase))
            }
            (Self::Identities(identities), false) => {
                let opened = decryptor.decrypt(identities.iter().map(|identity| identity.as_ref() as &dyn Identity));
                opened.map_err(wrong(OpenError::WrongIdentity))
            }
        }
    }
}
