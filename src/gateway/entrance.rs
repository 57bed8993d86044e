//! Who may come in, where that depends on more than the users themselves: which members there are, and which of them runs the room.

use super::{OpenRoomError, Room, room::located};
use crate::{
    database::Database,
    model::{Clock, MemberName, Role},
    people::{Identified, Invitation, Invited, People, PeopleError, Refusal, User, Vault},
    policy::{Policies, Versions},
    store::Keys,
};
use std::{path::Path, sync::Arc};

/// The users of the room in a folder, for commands that need nothing else of it; and the member that runs it, if that can be told.
///
/// # Errors
/// When the folder is no room, or its database or keys can't be opened.
pub async fn open_people(folder: &Path, clock: Arc<dyn Clock>) -> Result<(People, Option<MemberName>), OpenRoomError> {
    let (config, place) = located(folder)?;
    let keys = Keys::open(&folder.join("keys"))?;
    let database = Database::open(&place).await?;
    if database.key_check().await?.is_some_and(|check| check != keys.check()) {
        return Err(OpenRoomError::WrongKey);
    }
    let current = Versions::new(database.clone(), Arc::clone(&clock)).current().await;
    let operator = match current.ok().flatten() {
        Some(current) => Some(current.base.room().operator.clone()),
        // Not opened yet: what its folder says will be in force.
        None => Policies::load(&folder.join("policies")).ok().map(|policies| policies.room().operator.clone()),
    };
    Ok((People::new(database, clock, Vault::new(&keys.people()), config.people())?, operator))
}

/// Whom a token stands for.
///
/// # Errors
/// When the database fails.
pub async fn known_by_token(room: &Room, token: &str) -> Result<Option<Identified>, PeopleError> {
    Ok(room.people.by_token(token).await?.map(|known| here(room, known)))
}

/// Whose session this is.
///
/// # Errors
/// When the database fails.
pub async fn known_by_session(room: &Room, secret: &str) -> Result<Option<Identified>, PeopleError> {
    Ok(room.people.by_session(secret).await?.map(|known| here(room, known)))
}

/// Hosts are users of the member that runs the room, and of no other: also when the policies name another one since.
fn here(room: &Room, mut known: Identified) -> Identified {
    if room.rules().policies.base.room().operator != known.user.member {
        known.user.roles.remove(&Role::Host);
    }
    known
}

/// Invites somebody to be a user of a member of the room.
///
/// # Errors
/// When there is no such member, or the user may not invite to this.
pub async fn invite(room: &Room, by: &User, invitation: &Invitation) -> Result<Invited, PeopleError> {
    if room.rules().policies.base.member(&invitation.member).is_none() {
        return Err(Refusal::NotFound.into());
    }
    Ok(room.people.invite(Some(by), invitation).await?.0)
}
