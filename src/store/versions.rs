//! Which uploads are open and which version of an audience is in force: rows of the room's database.

use super::{
    Declaration, KeyError, Store, StoreError, engine::Attached, intact::Fingerprint, pins::Pins, sweep::give_up,
};
use crate::{
    database::{
        Turn, Writing,
        records::{self, Record},
    },
    identity::Kind,
    model::{AudienceRef, LeftOut, MemberName, failpoint},
    proof::{By, Concerns, Event, What},
};
use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::Map;
use sqlx::{Row, any::AnyRow};
use std::collections::BTreeMap;

/// Where an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UploadState {
    /// Taking bytes.
    Open,
    /// Became a version.
    Stored,
    /// Given up.
    Abandoned,
}

impl UploadState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Stored => "stored",
            Self::Abandoned => "abandoned",
        }
    }
}

/// An upload as the room knows it.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its id.
    pub id: String,
    /// The member that sends it.
    pub member: MemberName,
    /// Its terms.
    pub declaration: Declaration,
    /// Where it stands.
    pub state: UploadState,
    /// What became of it, once stored.
    pub outcome: Option<Outcome>,
}

/// What a completed upload came to; told to its owner alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Outcome {
    /// The version's number.
    pub version: i64,
    /// Rows taken.
    pub rows_taken: u64,
    /// Rows rejected.
    pub rows_rejected: u64,
    /// Distinct persons by kind of identifier.
    pub persons: BTreeMap<String, u64>,
    /// Rows of a list whose person was there already, by kind.
    pub duplicates: BTreeMap<String, u64>,
    /// Rows left out because their persons had more than `rows_max`, by kind; nothing of a kind where nobody had.
    pub left_out: BTreeMap<String, LeftOut>,
    /// The most rows that one person has: the room's limit when the version was built.
    pub rows_max: u64,
    /// Rejections by reason.
    pub rejected: BTreeMap<String, u64>,
    /// First lines of each.
    pub first_lines: BTreeMap<String, Vec<u64>>,
}

/// An audience version in force.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its number; a new upload has a new one.
    pub id: i64,
    /// The audience.
    pub audience: AudienceRef,
    /// The upload that made it.
    pub upload: String,
    /// Its terms.
    pub declaration: Declaration,
    /// Kinds of identifiers it can be matched on: those that its header line declared, whatever was erased since.
    pub kinds: Vec<Kind>,
    /// The most rows that one person has in it.
    pub rows_max: u64,
    /// When it came into force (RFC 3339).
    pub created: String,
}

impl Store {
    /// The present moment.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// Today, in UTC.
    pub fn today(&self) -> Date {
        self.clock.now().to_zoned(TimeZone::UTC).date()
    }

    /// The version of an audience in force, unless it has expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn version(&self, audience: &AudienceRef) -> Result<Option<Version>, StoreError> {
        let row = sqlx::query("SELECT * FROM versions WHERE in_force = 1 AND member = $1 AND audience = $2")
            .bind(audience.member.as_str())
            .bind(audience.name.as_str())
            .fetch_optional(self.database.pool())
            .await?;
        let version = row.as_ref().map(version_from).transpose()?;
        Ok(version.filter(|version| version.declaration.holds_on(self.today())))
    }

    /// Pins the versions in force of these audiences: until the pins are dropped, their files stay. `None` stands
    /// for an audience that has none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pin(&self, audiences: &[AudienceRef]) -> Result<(Vec<Option<Version>>, Pins), StoreError> {
        loop {
            let mut versions = Vec::with_capacity(audiences.len());
            for audience in audiences {
                versions.push(self.version(audience).await?);
            }
            let uploads: Vec<String> = versions.iter().flatten().map(|version| version.upload.clone()).collect();
            let mut shared = Vec::with_capacity(uploads.len());
            for upload in &uploads {
                shared.push(self.database.turns().share(Turn::Version(upload)).await?);
            }
            let pins = self.pinned.pin(uploads, shared);
            // A switch between reading and pinning could have swept a file: what was pinned must still be in force.
            let mut unchanged = true;
            for (audience, version) in audiences.iter().zip(&versions) {
                unchanged &= self.version(audience).await?.map(|v| v.id) == version.as_ref().map(|v| v.id);
            }
            if unchanged {
                return Ok((versions, pins));
            }
        }
    }

    /// The file of a pinned version, to be attached under `name`.
    ///
    /// # Errors
    /// When its key can't be read.
    pub fn attached(&self, version: &Version, name: String) -> Result<Attached, KeyError> {
        let file = self.version_file(version.audience.member.as_str(), &version.upload);
        Ok(Attached { name, file, key: self.keys.version(&version.upload)? })
    }

    /// Opens an upload under a declaration that was checked.
    ///
    /// # Errors
    /// When the key or the row can't be written.
    pub async fn open_upload(
        &self,
        (member, user): (&MemberName, &str),
        declaration: Declaration,
    ) -> Result<Upload, StoreError> {
        let id = new_id()?;
        self.keys.create_version(&id)?;
        let upload = Upload { id, member: member.clone(), declaration, state: UploadState::Open, outcome: None };
        let mut writing = self.database.begin(&*self.clock).await?;
        insert(&mut writing, &upload).await?;
        let event = event_by((member, user), What::UploadOpened, &upload)?;
        writing.note(event, [Record::new(records::Kind::Upload, upload.id.as_str())]);
        writing.commit().await?;
        Ok(upload)
    }

    /// An upload of a member, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upload(&self, member: &MemberName, id: &str) -> Result<Option<Upload>, StoreError> {
        let row = sqlx::query("SELECT * FROM uploads WHERE id = $1 AND member = $2")
            .bind(id)
            .bind(member.as_str())
            .fetch_optional(self.database.pool())
            .await?;
        row.as_ref().map(upload_from).transpose()
    }

    /// Gives an open upload up: its rows are destroyed.
    ///
    /// # Errors
    /// When the database or the files fail.
    pub async fn abandon(&self, upload: &Upload) -> Result<(), StoreError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        if give_up(&mut writing, upload).await? {
            writing.commit().await?;
        } else {
            writing.cancel().await?;
        }
        self.sweep().await
    }

    /// Makes a built file the version in force, in one transaction; the number of the new version is in the outcome.
    pub(super) async fn switch(
        &self,
        upload: &Upload,
        kinds: &[Kind],
        mut outcome: Outcome,
        fingerprint: &Fingerprint,
    ) -> Result<Outcome, StoreError> {
        failpoint("upload_before_switch");
        let mut writing = self.database.begin(&*self.clock).await?;
        let replaced = sqlx::query(
            "UPDATE versions SET in_force = 0 WHERE member = $1 AND audience = $2 AND in_force = 1 RETURNING id",
        )
        .bind(upload.member.as_str())
        .bind(upload.declaration.audience.as_str())
        .fetch_all(&mut *writing)
        .await?;
        take_effect(&mut writing, upload, kinds, &mut outcome, fingerprint).await?;
        let mut records = vec![
            Record::new(records::Kind::Version, outcome.version),
            Record::new(records::Kind::Upload, upload.id.as_str()),
        ];
        for row in &replaced {
            records.push(Record::new(records::Kind::Version, row.try_get::<i64, _>("id")?));
        }
        let event = event(What::UploadStored, &upload.id, &upload.member, &upload.declaration)?;
        writing.note(event.with("version", outcome.version), records);
        writing.commit().await?;
        failpoint("upload_after_switch");
        Ok(outcome)
    }
}

/// A name for an upload and its files: 96 bits that nobody can guess.
pub(super) fn new_id() -> Result<String, StoreError> {
    let mut id = [0u8; 12];
    getrandom::fill(&mut id).map_err(|error| StoreError::Key(KeyError::Random(error)))?;
    Ok(hex::encode(id))
}

/// Writes the row of a new upload, in the state that it begins with.
pub(super) async fn insert(writing: &mut Writing, upload: &Upload) -> Result<(), StoreError> {
    let now = writing.now().to_string();
    sqlx::query(
        "INSERT INTO uploads (id, member, audience, declaration, state, created) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&upload.id)
    .bind(upload.member.as_str())
    .bind(upload.declaration.audience.as_str())
    .bind(json(&upload.declaration)?)
    .bind(upload.state.as_str())
    .bind(now)
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Writes the rows of a version that comes into force, whose number is in the outcome then; the one before must have ended.
pub(super) async fn take_effect(
    writing: &mut Writing,
    upload: &Upload,
    kinds: &[Kind],
    outcome: &mut Outcome,
    fingerprint: &Fingerprint,
) -> Result<(), StoreError> {
    let now = writing.now().to_string();
    let row = sqlx::query(
        "INSERT INTO versions (member, audience, upload, declaration, kinds, rows_max, created, in_force)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1) RETURNING id",
    )
    .bind(upload.member.as_str())
    .bind(upload.declaration.audience.as_str())
    .bind(&upload.id)
    .bind(json(&upload.declaration)?)
    .bind(json(&kinds)?)
    .bind(i64::try_from(outcome.rows_max).map_err(|_| StoreError::Corrupt)?)
    .bind(now)
    .fetch_one(&mut **writing)
    .await?;
    outcome.version = row.try_get("id")?;
    sqlx::query("INSERT INTO version_files (version, bytes, hashes) VALUES ($1, $2, $3)")
        .bind(outcome.version)
        .bind(i64::try_from(fingerprint.bytes).map_err(|_| StoreError::Corrupt)?)
        .bind(fingerprint.hashes.as_slice())
        .execute(&mut **writing)
        .await?;
    sqlx::query("UPDATE uploads SET state = 'stored', outcome = $1 WHERE id = $2")
        .bind(json(outcome)?)
        .bind(&upload.id)
        .execute(&mut **writing)
        .await?;
    Ok(())
}

/// What happened to an upload of a member, for that member to read. Terms and no figure: not even the stream's length.
pub(super) fn event(
    what: What,
    upload: &str,
    member: &MemberName,
    declaration: &Declaration,
) -> Result<Event, StoreError> {
    let mut terms = serde_json::to_value(declaration).map_err(|_| StoreError::Corrupt)?;
    if let Some(terms) = terms.as_object_mut() {
        terms.remove("bytes");
    }
    let concerns = Concerns::Members([member.clone()].into());
    Ok(Event { what, by: None, concerns, details: Map::new() }
        .with("upload", upload)
        .with("audience", format!("{member}/{}", declaration.audience))
        .with("terms", terms))
}

/// The same, with who did it.
pub(super) fn event_by((member, user): (&MemberName, &str), what: What, upload: &Upload) -> Result<Event, StoreError> {
    let by = Some(By { member: member.clone(), user: user.to_owned() });
    Ok(Event { by, ..event(what, &upload.id, member, &upload.declaration)? })
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Corrupt)
}

fn from_json<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt)
}

pub(super) fn version_from(row: &AnyRow) -> Result<Version, StoreError> {
    let (member, audience): (String, String) = (row.try_get("member")?, row.try_get("audience")?);
    Ok(Version {
        id: row.try_get("id")?,
        audience: format!("{member}/{audience}").parse().map_err(|_| StoreError::Corrupt)?,
        upload: row.try_get("upload")?,
        declaration: from_json(row.try_get("declaration")?)?,
        kinds: from_json(row.try_get("kinds")?)?,
        rows_max: u64::try_from(row.try_get::<i64, _>("rows_max")?).map_err(|_| StoreError::Corrupt)?,
        created: row.try_get("created")?,
    })
}

pub(super) fn upload_from(row: &AnyRow) -> Result<Upload, StoreError> {
    let member: String = row.try_get("member")?;
    let outcome: Option<String> = row.try_get("outcome")?;
    Ok(Upload {
        id: row.try_get("id")?,
        member: member.parse().map_err(|_| StoreError::Corrupt)?,
        declaration: from_json(row.try_get("declaration")?)?,
        state: from_json(&format!("\"{}\"", row.try_get::<String, _>("state")?))?,
        outcome: outcome.as_deref().map(from_json).transpose()?,
    })
}
