//! The log's signing key hands over to a new one: the old one signs a statement that names the new one, which the log tells.
//!
//! Promise: at every moment one of the two keys, and only one, is that which the log names last; a crash between is settled at the
//! next start.

use super::{
    OpenRoomError,
    outside::Standing,
    room::{located, locked, standing},
};
use crate::{
    audit::{self, LogError},
    database::Database,
    model::Clock,
    proof::PublicKey,
    store::Keys,
};
use std::path::Path;

/// Makes a new signing key for a room that isn't served, and destroys the old one; gives the new one's public half. What the old one
/// signed still holds.
///
/// # Errors
/// When the room is served, damaged, set back, or its database or keys can't be written.
pub async fn rotate(folder: &Path, clock: &dyn Clock) -> Result<PublicKey, OpenRoomError> {
    let (config, place) = located(folder)?;
    let _lock = locked(&folder.join("room.lock"), false)?;
    // A backup of the key before and the database after would be of no use.
    let _backup = locked(&folder.join("backup.lock"), false)?;
    let keys = Keys::open(&folder.join("keys"))?;
    let database = Database::open(&place).await?;
    settle(&keys, &database).await?;
    match standing(folder, (&config, &place), &database).await? {
        (_, Standing::WentBack { kept, found }, _) => return Err(OpenRoomError::WentBack { kept, found }),
        (outside, Standing::Gone(found), _) => {
            return Err(OpenRoomError::Gone { path: outside.path().to_owned(), found });
        }
        _ => {}
    }
    let present = audit::signing_key(&keys.check(), &*keys.signing()?)?;
    if newest(&database).await?.as_ref() != Some(present.public()) {
        return Err(LogError::WrongKey.into());
    }
    let next = audit::signing_key(&keys.check(), &*keys.create_next_signing()?)?;
    let endorsement = present.endorse(next.public()).map_err(|_| LogError::Corrupt)?;
    database.hand_over(clock, next.public(), &endorsement).await?;
    keys.take_next_signing()?;
    database.close().await;
    Ok(next.public().clone())
}

/// Settles what an interrupted handing over left: the next key takes its place if the log names it, and is forgotten if not.
///
/// # Errors
/// When the keys or the database can't be used.
pub(super) async fn settle(keys: &Keys, database: &Database) -> Result<(), OpenRoomError> {
    let Some(secret) = keys.next_signing()? else { return Ok(()) };
    let next = audit::signing_key(&keys.check(), &secret)?;
    if newest(database).await?.as_ref() == Some(next.public()) {
        keys.take_next_signing()?;
    } else {
        keys.forget_next_signing()?;
    }
    Ok(())
}

async fn newest(database: &Database) -> Result<Option<PublicKey>, LogError> {
    Ok(audit::public_keys(database).await?.pop())
}
