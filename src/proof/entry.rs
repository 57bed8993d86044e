//! One entry of the audit log: what happened, as the log commits to it.
//!
//! Whom an entry concerns reads it whole; everyone else sees its hash. The salt keeps them from guessing what they don't see, and
//! the rows of the room's database that it speaks of are bound by a blinded hash, for whoever checks the database itself.

use crate::model::MemberName;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The log begins, in a new room or in one that was kept without a log so far.
    Founded,
    /// The room signs with another key from here on.
    KeyChanged,
    /// A token was made for a user.
    TokenIssued,
    /// The tokens of a user were ended.
    TokensRevoked,
    /// A member began to upload an audience.
    UploadOpened,
    /// An upload became the version in force.
    UploadStored,
    /// An upload came to nothing.
    UploadAbandoned,
    /// A version of an audience came to its end and was destroyed.
    VersionExpired,
    /// A member began to erase people from an audience.
    ErasureBegun,
    /// People were erased from an audience, or would have been if they had been in it: a version without them took its place.
    PeopleErased,
    /// The policies that a room begins with.
    PolicyFounded,
    /// Somebody proposed a version.
    PolicyProposed,
    /// An owner's officer approved a proposal.
    PolicyApproved,
    /// An owner's officer refused a proposal.
    PolicyRefused,
    /// An owner's officer took an approval back.
    PolicyRetracted,
    /// An owner's audiences are narrowed at once.
    PolicyNarrowed,
    /// An owner let go of its narrowings.
    PolicyLifted,
    /// A proposal was taken back.
    PolicyWithdrawn,
    /// A version came into force.
    PolicyPublished,
    /// The templates that a room begins with.
    TemplatesFounded,
    /// A template was proposed.
    TemplateProposed,
    /// An owner approved a template.
    TemplateApproved,
    /// An owner's approval of a template ended.
    TemplateWithdrawn,
    /// The engine could not run a template that was charged for: every owner's approval of its version ended.
    TemplateFailed,
    /// A query was refused: by the policies or for want of budget.
    Refused,
    /// A query was admitted and its loss charged.
    Charged,
    /// A charged query was answered.
    Answered,
    /// A member was given, for the first time, an answer that another had paid for, and was debited for it.
    Delivered,
    /// A member was given again an answer that it had, at no cost.
    Replayed,
    /// A backup of the room was begun.
    BackedUp,
    /// A member named the key by which it vouches for checkpoints.
    WitnessNamed,
    /// The room was restored from a backup that was behind what was kept outside of it.
    Restored,
    /// Somebody was invited to be a user.
    Invited,
    /// An invitation was taken back.
    InvitationWithdrawn,
    /// A member has a new user.
    UserJoined,
    /// A user's roles are others from here on.
    RolesChanged,
    /// A user is one no more.
    UserLeft,
    /// A user signed in.
    SignedIn,
    /// A user's sessions were ended.
    SignedOut,
    /// So many tries to sign in as a user failed that the next ones have to wait.
    SignInHeld,
    /// A user's password, second factor or recovery codes are others from here on.
    SecretsChanged,
    /// A passkey was refused because its authenticator had counted further before: somebody may have a copy of it.
    PasskeyRefused,
    /// A user chose which letters to get.
    LettersChosen,
}

impl What {
    /// Every kind, in the order in which they are told above.
    pub const ALL: [Self; 43] = [
        Self::Founded,
        Self::KeyChanged,
        Self::TokenIssued,
        Self::TokensRevoked,
        Self::UploadOpened,
        Self::UploadStored,
        Self::UploadAbandoned,
        Self::VersionExpired,
        Self::ErasureBegun,
        Self::PeopleErased,
        Self::PolicyFounded,
        Self::PolicyProposed,
        Self::PolicyApproved,
        Self::PolicyRefused,
        Self::PolicyRetracted,
        Self::PolicyNarrowed,
        Self::PolicyLifted,
        Self::PolicyWithdrawn,
        Self::PolicyPublished,
        Self::TemplatesFounded,
        Self::TemplateProposed,
        Self::TemplateApproved,
        Self::TemplateWithdrawn,
        Self::TemplateFailed,
        Self::Refused,
        Self::Charged,
        Self::Answered,
        Self::Delivered,
        Self::Replayed,
        Self::BackedUp,
        Self::WitnessNamed,
        Self::Restored,
        Self::Invited,
        Self::InvitationWithdrawn,
        Self::UserJoined,
        Self::RolesChanged,
        Self::UserLeft,
        Self::SignedIn,
        Self::SignedOut,
        Self::SignInHeld,
        Self::SecretsChanged,
        Self::PasskeyRefused,
        Self::LettersChosen,
    ];

    /// The word in the log.
    pub fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The member.
    pub member: MemberName,
    /// Its user.
    pub user: String,
}

/// Whom an entry concerns: who may read it whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Concerns {
    /// Every member.
    Everyone,
    /// These members; an empty list is the room's own staff.
    Members(BTreeSet<MemberName>),
}

impl Concerns {
    /// Under which names its readers find it, in order; the empty name is everyone's.
    pub fn readers(&self) -> Vec<String> {
        match self {
            Self::Everyone => vec![String::new()],
            Self::Members(members) => members.iter().map(ToString::to_string).collect(),
        }
    }

    /// Whether a member may read it whole.
    pub fn concerns(&self, member: &MemberName) -> bool {
        match self {
            Self::Everyone => true,
            Self::Members(members) => members.contains(member),
        }
    }
}

/// What is to be logged; the log adds the place, the time and what binds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub what: What,
    /// Who did it, where somebody did.
    pub by: Option<By>,
    /// Whom it concerns.
    pub concerns: Concerns,
    /// More, by kind of event. No data of persons and no exact figure.
    pub details: Map<String, Value>,
}

impl Event {
    /// An event that everyone may read.
    pub fn public(what: What, by: Option<By>) -> Self {
        Self { what, by, concerns: Concerns::Everyone, details: Map::new() }
    }

    /// An event that these members may read, and the member that did it.
    pub fn among(what: What, by: By, members: impl IntoIterator<Item = MemberName>) -> Self {
        let members = members.into_iter().chain([by.member.clone()]).collect();
        Self { what, by: Some(by), concerns: Concerns::Members(members), details: Map::new() }
    }

    /// The event with one more detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }
}

/// One entry. Its JSON, byte for byte as it was written, is the leaf of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its place, from 0.
    pub position: u64,
    /// When (RFC 3339, UTC); never before the entry in front of it.
    pub at: String,
    /// What happened.
    pub what: What,
    /// Who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// Whom it concerns.
    pub concerns: Concerns,
    /// More.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
    /// SHA-256, in hexadecimal, over the blinded list of the database's rows that it wrote.
    pub rows: String,
    /// 16 random bytes, in hexadecimal.
    pub salt: String,
}

impl Entry {
    /// The entry that a leaf holds.
    ///
    /// # Errors
    /// When it isn't one.
    pub fn read(leaf: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(leaf)
    }
}
