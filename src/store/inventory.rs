//! The audiences in force; and which files they lie in, as a copy of the room's database names them.

use super::{Declaration, Store, StoreError, Version, versions::version_from};
use crate::{
    database::Snapshot,
    model::{AudienceRef, MemberName},
};
use jiff::civil::Date;
use sqlx::Row;
use std::collections::BTreeMap;

/// The two files of an audience version in force.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    member: MemberName,
    upload: String,
}

impl Held {
    /// Its rows, from the room's folder on.
    pub fn data(&self) -> String {
        format!("data/{}/{}.db", self.member.as_str(), self.upload)
    }

    /// Its key, from the room's folder on.
    pub fn key(&self) -> String {
        format!("keys/versions/{}.key", self.upload)
    }
}

impl Store {
    /// The versions in force of all audiences, expired ones among them until they are swept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_in_force(&self) -> Result<Vec<Version>, StoreError> {
        let rows = sqlx::query("SELECT * FROM versions WHERE in_force = 1 ORDER BY id");
        rows.fetch_all(self.database.pool()).await?.iter().map(version_from).collect()
    }

    /// What [`Store::version`] gives for each audience that has one, read at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn versions(&self) -> Result<BTreeMap<AudienceRef, Version>, StoreError> {
        let today = self.today();
        let versions = self.all_in_force().await?.into_iter().filter(|version| version.declaration.holds_on(today));
        Ok(versions.map(|version| (version.audience.clone(), version)).collect())
    }
}

/// The versions in force that haven't expired on a day. Those that have are as good as destroyed: a room that opens sweeps them.
///
/// # Errors
/// When the copy can't be read.
pub async fn held(snapshot: &Snapshot, today: Date) -> Result<Vec<Held>, StoreError> {
    let rows = sqlx::query("SELECT member, upload, declaration FROM versions WHERE in_force = 1 ORDER BY id")
        .fetch_all(snapshot.pool())
        .await?;
    let mut held = Vec::with_capacity(rows.len());
    for row in rows {
        let (member, upload): (String, String) = (row.try_get("member")?, row.try_get("upload")?);
        let declaration: String = row.try_get("declaration")?;
        let declaration: Declaration = serde_json::from_str(&declaration).map_err(|_| StoreError::Corrupt)?;
        // Both become parts of a path.
        if upload.is_empty() || !upload.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(StoreError::Corrupt);
        }
        if declaration.holds_on(today) {
            held.push(Held { member: member.parse().map_err(|_| StoreError::Corrupt)?, upload });
        }
    }
    Ok(held)
}
