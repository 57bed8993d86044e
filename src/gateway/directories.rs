//! Sign-in at members' directories: begun here, shown there, ended here.
//!
//! Promise: what comes back counts once, for the browser that began it, from the directory that it was sent to; who comes back is a user
//! of that directory's member and of no other.

use super::Room;
use crate::{
    directory::{Begun, DirectoryError, Provider, Settings},
    model::{MemberName, Text},
    people::{self, Arrival, DirectoryStep, NewSession, NotLetIn, PeopleError, Refusal, User, local_path},
};
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{sync::Mutex, time::Instant};

/// Where directories send browsers back to.
const CALLBACK: &str = "/api/v1/directory/callback";
/// How long what a directory says of itself is believed: its keys change seldom, and the old ones stay a while.
const KNOWN_FOR: Duration = Duration::from_secs(300);

/// Members' directories.
pub(super) struct Directories {
    folder: PathBuf,
    redirect: String,
    all: Vec<Directory>,
}

struct Directory {
    settings: Settings,
    known: Mutex<Option<(Instant, Arc<Provider>)>>,
}

/// Why somebody isn't let in by a directory.
#[derive(Debug, thiserror::Error)]
pub enum TurnedAway {
    /// There is no such directory.
    #[error("there is no such directory")]
    Unknown,
    /// No sign-in of this browser is under way: it took too long, was ended before, or is another browser's.
    #[error("no sign-in of this browser is under way")]
    NotBegun,
    /// The directory doesn't let them in.
    #[error("the directory doesn't let them in")]
    Denied,
    /// The directory can't be reached.
    #[error("the directory can't be reached")]
    Unreachable,
    /// The directory's word can't be believed.
    #[error("the directory's word can't be believed")]
    Untrusted,
    /// The person isn't let in.
    #[error("not let in")]
    NotLetIn(NotLetIn),
    /// Too many sign-ins are under way.
    #[error("too many sign-ins are under way")]
    Busy,
    /// The room failed.
    #[error("the room failed")]
    Failed(#[source] PeopleError),
}

impl TurnedAway {
    /// A short word, for the page that tells it: the message `sign-in-error-WORD` says it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NotBegun => "not-begun",
            Self::Denied => "denied",
            Self::Unreachable => "unreachable",
            Self::Untrusted => "untrusted",
            Self::NotLetIn(NotLetIn::NoRole) => "no-role",
            Self::NotLetIn(NotLetIn::TwoFactors) => "two-factors",
            Self::NotLetIn(NotLetIn::Address) => "address",
            Self::NotLetIn(NotLetIn::OtherAddress) => "other-address",
            Self::NotLetIn(NotLetIn::AccountExists) => "account-exists",
            Self::NotLetIn(NotLetIn::Ended) => "ended",
            Self::NotLetIn(NotLetIn::Bound) => "bound",
            Self::Busy => "busy",
            Self::Failed(_) => "failed",
        }
    }
}

impl From<PeopleError> for TurnedAway {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Refused(Refusal::Busy) => Self::Busy,
            error => Self::Failed(error),
        }
    }
}

impl From<DirectoryError> for TurnedAway {
    fn from(error: DirectoryError) -> Self {
        // Once, here, where it is handled; what a directory answers may name people and isn't told.
        tracing::warn!(%error, "a sign-in at a directory came to nothing");
        match error {
            DirectoryError::Settings(_) | DirectoryError::Unreachable(_) => Self::Unreachable,
            DirectoryError::OtherSignIn => Self::NotBegun,
            DirectoryError::Untrusted(_) => Self::Untrusted,
            DirectoryError::NoAddress => Self::NotLetIn(NotLetIn::Address),
        }
    }
}

/// What a browser brings back.
#[derive(Debug, Default, Deserialize)]
pub struct Returned {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
}

/// What is kept of a sign-in until the browser comes back.
#[derive(Serialize, Deserialize)]
struct Kept {
    begun: Begun,
    next: String,
}

impl Directories {
    pub(super) fn new(sections: &[Settings], folder: &Path, people: &people::Settings) -> Self {
        let all = sections.iter().map(|settings| Directory { settings: settings.clone(), known: Mutex::default() });
        Self { folder: folder.to_owned(), redirect: people.link(CALLBACK), all: all.collect() }
    }

    /// The members that have one.
    pub(super) fn members(&self) -> impl Iterator<Item = &MemberName> {
        self.all.iter().map(|directory| &directory.settings.member)
    }

    fn of(&self, member: &MemberName) -> Option<&Directory> {
        self.all.iter().find(|directory| directory.settings.member == *member)
    }

    /// The directory as it describes itself; asked again now and then.
    async fn provider(&self, directory: &Directory) -> Result<Arc<Provider>, DirectoryError> {
        let mut known = directory.known.lock().await;
        if let Some((since, provider)) = &*known
            && since.elapsed() < KNOWN_FOR
        {
            return Ok(Arc::clone(provider));
        }
        let provider = Arc::new(Provider::discover(&directory.settings, &self.folder, &self.redirect).await?);
        *known = Some((Instant::now(), Arc::clone(&provider)));
        Ok(provider)
    }
}

/// The members whose people sign in at a directory of their own, and their titles.
pub fn with_directory(room: &Room) -> Vec<(MemberName, Text)> {
    let rules = room.rules();
    let titled = |name: &MemberName| Some((name.clone(), rules.policies.base.member(name)?.title.clone()));
    room.directories.members().filter_map(titled).collect()
}

/// Begins to sign somebody in at a member's directory: where to send the browser, and what it is to keep until it comes back.
///
/// # Errors
/// When the member has none, or it can't be reached.
pub async fn begin_sign_in(room: &Room, member: &str, next: Option<&str>) -> Result<(String, String), TurnedAway> {
    let member: MemberName = member.parse().map_err(|_| TurnedAway::Unknown)?;
    begin(room, &member, None, next).await
}

/// Begins to link the account of who is signed in, and has proven it by the password, to their member's directory.
///
/// # Errors
/// When the member has none, or it can't be reached.
pub async fn link_account(room: &Room, user: &User, next: Option<&str>) -> Result<(String, String), TurnedAway> {
    begin(room, &user.member, Some(user.id), next).await
}

async fn begin(
    room: &Room,
    member: &MemberName,
    user: Option<i64>,
    next: Option<&str>,
) -> Result<(String, String), TurnedAway> {
    if room.rules().policies.base.member(member).is_none() {
        return Err(TurnedAway::Unknown);
    }
    let directory = room.directories.of(member).ok_or(TurnedAway::Unknown)?;
    let (url, begun) = room.directories.provider(directory).await?.begin();
    let kept = serde_json::to_value(Kept { begun, next: local_path(next).to_owned() });
    let begun = kept.map_err(|_| TurnedAway::Failed(PeopleError::Corrupt))?;
    let secret = room.people.begin_directory(&DirectoryStep { member: member.clone(), user, begun }).await?;
    Ok((url, secret))
}

/// Ends a sign-in: the session of who came back, and where they wanted to go. `kept` is what the browser kept, `session` who is signed in
/// there.
///
/// # Errors
/// When it wasn't begun by this browser, or the directory or the room doesn't let them in.
pub async fn end_sign_in(
    room: &Room,
    (kept, session): (Option<&str>, Option<&User>),
    returned: &Returned,
    agent: &str,
) -> Result<(NewSession, String), TurnedAway> {
    let step = match kept {
        Some(secret) => room.people.take_directory(secret).await?.ok_or(TurnedAway::NotBegun)?,
        None => return Err(TurnedAway::NotBegun),
    };
    let Kept { begun, next } =
        serde_json::from_value(step.begun).map_err(|_| TurnedAway::Failed(PeopleError::Corrupt))?;
    // An account is linked by who is signed in to it, in the same browser, and still is.
    let linking = match step.user {
        Some(id) => Some(session.filter(|user| user.id == id).ok_or(TurnedAway::NotBegun)?),
        None => None,
    };
    let rules = room.rules_now().await.map_err(|error| {
        tracing::error!(%error, "the rules in force can't be read");
        TurnedAway::Failed(PeopleError::Corrupt)
    })?;
    let member = rules.policies.base.member(&step.member).ok_or(TurnedAway::Unknown)?;
    let directory = room.directories.of(&step.member).ok_or(TurnedAway::Unknown)?;
    let provider = room.directories.provider(directory).await?;
    provider.sent_back(returned.iss.as_deref())?;
    // A directory that doesn't let them in says `error`, and no code.
    let (Some(state), Some(code)) = (returned.state.as_deref(), returned.code.as_deref()) else {
        return Err(TurnedAway::Denied);
    };
    let arrived = provider.finish(begun, state, code).await?;
    let settings = &directory.settings;
    let arrival = Arrival {
        member: step.member,
        issuer: settings.issuer().to_owned(),
        roles: settings.roles_of(&arrived.groups),
        subject: arrived.subject,
        email: arrived.email,
        name: arrived.name,
        two_factors: arrived.two_factors,
        language: member.language,
    };
    let let_in = match linking {
        Some(user) => room.people.link(user, &arrival, agent).await?,
        None => room.people.arrive(&arrival, agent).await?,
    };
    Ok((let_in.map_err(TurnedAway::NotLetIn)?, next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{locale::say, model::Language};

    #[test]
    fn every_code_has_its_words() {
        let not_let_in = [
            NotLetIn::NoRole,
            NotLetIn::TwoFactors,
            NotLetIn::Address,
            NotLetIn::OtherAddress,
            NotLetIn::AccountExists,
            NotLetIn::Ended,
            NotLetIn::Bound,
        ];
        let others = [
            TurnedAway::Unknown,
            TurnedAway::NotBegun,
            TurnedAway::Denied,
            TurnedAway::Unreachable,
            TurnedAway::Untrusted,
            TurnedAway::Busy,
            TurnedAway::Failed(PeopleError::Corrupt),
        ];
        let codes = not_let_in.map(TurnedAway::NotLetIn).into_iter().chain(others).map(|turned| turned.code());
        for code in codes {
            let message = format!("sign-in-error-{code}");
            for language in [Language::Fr, Language::En] {
                assert_ne!(say(language, &message, &[]), message);
            }
        }
    }
}
