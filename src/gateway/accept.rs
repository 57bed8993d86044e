//! An officer accepts that the room was set back: by a backup that was restored, as a rule.

use super::{
    OpenRoomError,
    outside::Standing,
    restored,
    room::{located, locked, standing},
    rotate,
};
use crate::{
    audit::{self, Log},
    database::Database,
    ledger::Ledger,
    model::{Clock, Role},
    people::{People, PeopleError, Vault},
    proof::{Event, What},
    store::Keys,
};
use std::{path::Path, sync::Arc};

/// Why nothing was accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The room can't be opened for another reason.
    #[error(transparent)]
    Open(#[from] OpenRoomError),
    /// The token's table can't be read.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// The token is nobody's, or no officer's.
    #[error(
        "only an officer of a member can accept this: the token is not an officer's in this room, as it was restored"
    )]
    NotAnOfficer,
    /// There is nothing to accept.
    #[error("the room was not set back: there is nothing to accept")]
    NothingToAccept,
}

/// What was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Entries that had been kept outside, if that is known.
    pub kept: Option<u64>,
    /// Entries that the room was set back to.
    pub found: u64,
}

/// Charges what was spent in the lost part to the accounts again, logs who accepted, and lets the room be opened.
///
/// # Errors
/// When the token isn't an officer's, the room wasn't set back, or is damaged besides.
pub async fn accept(folder: &Path, token: &str, clock: Arc<dyn Clock>) -> Result<Accepted, AcceptError> {
    let (config, place) = located(folder)?;
    let _lock = locked(&folder.join("room.lock"), false)?;
    let keys = Keys::open(&folder.join("keys")).map_err(OpenRoomError::from)?;
    let database = Database::open(&place).await.map_err(OpenRoomError::from)?;
    let vault = Vault::new(&keys.people());
    let people = People::new(database.clone(), Arc::clone(&clock), vault, config.people())?;
    let user = people.by_token(token.trim()).await?.map(|known| known.user);
    let user = user.filter(|user| user.is(Role::Officer)).ok_or(AcceptError::NotAnOfficer)?;
    let (outside, standing, tree) = standing(folder, (&config, &place), &database).await?;
    let restored = restored::read(folder).map_err(OpenRoomError::from)?.is_some();
    let (kept, found) = match standing {
        Standing::WentBack { kept, found } => (Some(kept), found),
        // Nothing outside tells how far it had come: what was spent since the backup is not known.
        Standing::Gone(found) => (None, found),
        Standing::First(found) if restored => (None, found),
        _ => return Err(AcceptError::NothingToAccept),
    };
    let spent = outside.read().map_err(OpenRoomError::from)?.map(|kept| kept.accounts).unwrap_or_default();
    let event = Event::public(What::Restored, Some(user.by())).with("kept", kept).with("found", found);
    let turns = database.turns().clone();
    let ledger = Ledger::new(database.clone(), Arc::clone(&clock));
    ledger.take_back(&spent, event).await.map_err(|error| OpenRoomError::Outside(error.into()))?;
    rotate::settle(&keys, &database).await?;
    let secret = keys.signing().map_err(OpenRoomError::from)?;
    let key = audit::signing_key(&keys.check(), &secret).map_err(OpenRoomError::from)?;
    let log = Log::open(database, clock, key, tree).await.map_err(OpenRoomError::from)?;
    outside.keep(&log, &ledger, &turns).await.map_err(OpenRoomError::from)?;
    restored::settle(folder).map_err(OpenRoomError::from)?;
    Ok(Accepted { kept, found })
}
