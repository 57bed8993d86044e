//! Destroying what is no longer needed: versions that were replaced, erased or have expired, and uploads that came to nothing.

use super::{
    Store, StoreError, Upload, UploadState,
    versions::{event, upload_from, version_from},
};
use crate::{
    database::{
        Turn, Writing,
        records::{self, Record},
    },
    model::failpoint,
    proof::What,
};
use sqlx::Row;
use std::{collections::BTreeMap, fs, io};

impl Store {
    /// Ends versions that have expired and open uploads whose key is gone, and destroys the file and key of every upload that is
    /// neither open, in force, nor pinned. Safe to run at any time, and after any crash.
    ///
    /// # Errors
    /// When the database or the files fail; the next sweep takes up what is left.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let _turn = self.database.turns().take(Turn::Sweep).await?;
        let today = self.today();
        let mut writing = self.database.begin(&*self.clock).await?;
        let mut changed = false;
        let mut kept: BTreeMap<String, UploadState> = BTreeMap::new();
        for row in sqlx::query("SELECT * FROM versions WHERE in_force = 1").fetch_all(&mut *writing).await? {
            let version = version_from(&row)?;
            if version.declaration.holds_on(today) {
                kept.insert(version.upload, UploadState::Stored);
            } else {
                sqlx::query("UPDATE versions SET in_force = 0 WHERE id = $1")
                    .bind(version.id)
                    .execute(&mut *writing)
                    .await?;
                let member = version.audience.member.clone();
                let event = event(What::VersionExpired, &version.upload, &member, &version.declaration)?;
                writing.note(event.with("version", version.id), [Record::new(records::Kind::Version, version.id)]);
                changed = true;
            }
        }
        // Read while the write lock is held: no upload can open in between and lose its key.
        let candidates: Vec<String> = self.keys.versions()?;
        for row in sqlx::query("SELECT * FROM uploads WHERE state = 'open'").fetch_all(&mut *writing).await? {
            let upload = upload_from(&row)?;
            if candidates.contains(&upload.id) {
                kept.insert(upload.id, UploadState::Open);
            } else {
                // Its key isn't in a backup: nothing can be added to what was staged, nor read from it.
                give_up(&mut writing, &upload).await?;
                changed = true;
            }
        }
        let owners = sqlx::query("SELECT id, member FROM uploads").fetch_all(&mut *writing).await?;
        if changed {
            writing.commit().await?;
        } else {
            writing.cancel().await?;
        }
        let owners: BTreeMap<String, String> = owners
            .iter()
            .map(|row| Ok((row.try_get("id")?, row.try_get("member")?)))
            .collect::<Result<_, sqlx::Error>>()?;
        for upload in candidates {
            let Some(member) = owners.get(&upload) else { continue };
            match kept.get(&upload) {
                Some(UploadState::Open) => {}
                Some(_) => remove(&self.staging_file(&upload))?,
                None if self.pinned.holds(&upload) => {}
                None => {
                    // Another gateway's query may still read it: then a later sweep destroys it.
                    let turn = self.database.turns().try_take(Turn::Version(&upload)).await?;
                    if turn.is_none() {
                        continue;
                    }
                    self.keys.destroy_version(&upload)?;
                    remove(&self.staging_file(&upload))?;
                    remove(&self.version_file(member, &upload))?;
                }
            }
        }
        failpoint("upload_after_sweep");
        Ok(())
    }
}

/// Gives an open upload up in a transaction; whether it was open.
pub(super) async fn give_up(writing: &mut Writing, upload: &Upload) -> Result<bool, StoreError> {
    let done = sqlx::query("UPDATE uploads SET state = 'abandoned' WHERE id = $1 AND state = 'open'")
        .bind(&upload.id)
        .execute(&mut **writing)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let event = event(What::UploadAbandoned, &upload.id, &upload.member, &upload.declaration)?;
    writing.note(event, [Record::new(records::Kind::Upload, upload.id.as_str())]);
    Ok(true)
}

/// Removes a DuckDB file and its write-ahead log, if they are there.
pub(super) fn remove(file: &std::path::Path) -> Result<(), StoreError> {
    let mut log = file.as_os_str().to_owned();
    log.push(".wal");
    for path in [file, std::path::Path::new(&log)] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(StoreError::Files(error)),
            _ => {}
        }
    }
    Ok(())
}
