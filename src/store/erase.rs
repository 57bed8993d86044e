//! Erasing people from what a member holds: every version in force is written anew without them, and the one before is destroyed like
//! any that was replaced.
//!
//! - A version that holds none of them is written anew too: others see that an audience has a new version, and mustn't learn from it
//!   that somebody was in it.
//! - Whom to erase comes as hashed identifiers, and is only ever held as persons, in memory.
//! - What was built stands in force by one committed row, or is swept away: until then its upload counts as given up.
//! - A version that would be left with fewer people than the room's minimum ends, as an upload of that size would be refused.

use super::{
    Declaration, Outcome, Pins, Rejections, Store, StoreError, Upload, UploadState, Version, blocking,
    build::{Stored, counts, stored, unsound},
    duckdb::Writing,
    engine::EngineError,
    intact::Fingerprint,
    layout::{Layout, LayoutError, profile_of},
    receive::header_of,
    sweep::remove,
    versions::{event_by, insert, new_id, take_effect},
    wire::Parser,
};
use crate::{
    database::{
        Turn,
        records::{self, Record},
    },
    identity::{Kind, Profile},
    model::{AudienceRef, MemberName, failpoint},
    proof::What,
};
use arrow::{
    array::Int64Array,
    datatypes::{DataType, Field, Schema},
    record_batch::RecordBatch,
};
use std::{collections::BTreeMap, sync::Arc};

/// Whom to erase: what a list of hashed identifiers came to.
pub struct ErasureList {
    profile: Profile,
    email: Vec<i64>,
    phone: Vec<i64>,
    /// Rows taken.
    pub rows_taken: u64,
    /// Rows rejected.
    pub rows_rejected: u64,
    /// Why.
    pub rejections: Rejections,
}

/// What an audience lost; told to its owner alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The audience.
    pub audience: AudienceRef,
    /// Persons erased, by kind of identifier; none where it held none of them.
    pub persons: BTreeMap<Kind, u64>,
    /// Persons left, by kind.
    pub left: BTreeMap<Kind, u64>,
    /// The new version; `None` where too few were left for one, and the audience has none in force.
    pub version: Option<i64>,
}

/// What erasing came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erasures {
    /// The audiences that were written anew.
    pub erased: Vec<Erased>,
    /// Audiences that were hashed by another profile, so that nobody can be found in them by this list.
    pub other_profile: Vec<AudienceRef>,
}

/// A version written anew.
struct Rewritten {
    persons: BTreeMap<Kind, u64>,
    left: BTreeMap<Kind, u64>,
    /// Of its file; none where too few are left.
    fingerprint: Option<Fingerprint>,
}

impl ErasureList {
    fn persons(&self, kind: Kind) -> &[i64] {
        match kind {
            Kind::Email => &self.email,
            Kind::Phone => &self.phone,
        }
    }
}

impl Store {
    /// Reads a list of whom to erase: CSV whose header names its columns `hashed_email_<profile>` and `hashed_phone_<profile>`.
    ///
    /// # Errors
    /// When the header is refused, or no row holds a hashed identifier.
    pub async fn read_erasure(&self, csv: impl AsRef<[u8]> + Send + 'static) -> Result<ErasureList, StoreError> {
        let store = self.clone();
        blocking(move || store.read_list(csv.as_ref())).await
    }

    fn read_list(&self, csv: &[u8]) -> Result<ErasureList, StoreError> {
        let end = memchr::memchr(b'\n', csv).map_or(csv.len(), |at| at + 1);
        let (line, lines) = csv.split_at(end);
        let header = header_of(line)?;
        let profile = profile_of(&header);
        // Without a profile in its names it can't be told from a file that wasn't hashed: what is wrong is found by reading it.
        let layout = Layout::read(&header, (profile.unwrap_or(Profile::Google), &[]), &self.vocabulary())?;
        let profile = profile.ok_or(LayoutError::NoIdentifier)?;
        let pseudonyms = |kind| self.keys.pseudonyms(profile, kind);
        let parsed = Parser::new(layout, 0, pseudonyms(Kind::Email), pseudonyms(Kind::Phone)).parse(lines, 2);
        if parsed.taken == 0 {
            return Err(StoreError::Empty);
        }
        let (mut email, mut phone) = (Vec::new(), Vec::new());
        for rows in parsed.rows {
            email.extend(rows.email.into_iter().flatten());
            phone.extend(rows.phone.into_iter().flatten());
        }
        Ok(ErasureList {
            profile,
            email,
            phone,
            rows_taken: parsed.taken,
            rows_rejected: parsed.rejected_rows,
            rejections: parsed.rejections,
        })
    }

    /// Erases people from every audience of a member. Repeating it does what is left to do.
    ///
    /// # Errors
    /// When the database or a file fails: audiences that were done stay done, the others as they were.
    pub async fn erase(
        &self,
        by: (&MemberName, &str),
        list: &Arc<ErasureList>,
        people_min: u64,
    ) -> Result<Erasures, StoreError> {
        let mut done = Erasures::default();
        let held: Vec<AudienceRef> = self.versions().await?.into_keys().filter(|held| held.member == *by.0).collect();
        for audience in held {
            let erased = self.erase_from(by, &audience, list, people_min, &mut done).await;
            // Whatever came of it, what isn't in force is destroyed: not after all of them, which would need the disk twice.
            self.sweep().await?;
            erased?;
        }
        Ok(done)
    }

    async fn erase_from(
        &self,
        by: (&MemberName, &str),
        audience: &AudienceRef,
        list: &Arc<ErasureList>,
        people_min: u64,
        done: &mut Erasures,
    ) -> Result<(), StoreError> {
        loop {
            let (mut versions, _pins) = self.pin(std::slice::from_ref(audience)).await?;
            let Some(version) = versions.pop().flatten() else { return Ok(()) };
            if version.declaration.profile != list.profile {
                done.other_profile.push(audience.clone());
                return Ok(());
            }
            let (upload, _pinned) = self.begin_erasure(by, &version).await?;
            let rewritten = self.rewrite(&version, &upload, list, people_min).await?;
            // Else an upload or another erasure was quicker: what is in force now is looked at anew.
            if let Some(erased) = self.replace(by, &version, &upload, rewritten).await? {
                done.erased.push(erased);
                return Ok(());
            }
        }
    }

    /// Opens what is to take the version's place. It counts as given up, so that a sweep destroys it when nobody builds it any more.
    async fn begin_erasure(
        &self,
        (member, user): (&MemberName, &str),
        version: &Version,
    ) -> Result<(Upload, Pins), StoreError> {
        let id = new_id()?;
        let shared = self.database.turns().share(Turn::Version(&id)).await?;
        let pins = self.pinned.pin(vec![id.clone()], vec![shared]);
        self.keys.create_version(&id)?;
        let declaration = Declaration { bytes: None, ..version.declaration.clone() };
        let upload = Upload { id, member: member.clone(), declaration, state: UploadState::Abandoned, outcome: None };
        let mut writing = self.database.begin(&*self.clock).await?;
        insert(&mut writing, &upload).await?;
        let event = event_by((member, user), What::ErasureBegun, &upload)?;
        writing.note(event.with("replaces", version.id), [Record::new(records::Kind::Upload, upload.id.as_str())]);
        writing.commit().await?;
        Ok((upload, pins))
    }

    async fn rewrite(
        &self,
        version: &Version,
        upload: &Upload,
        list: &Arc<ErasureList>,
        people_min: u64,
    ) -> Result<Rewritten, StoreError> {
        failpoint("erasure_before_build");
        let before = self.attached(version, "before".to_owned())?;
        let key = self.keys.version(&upload.id)?;
        let file = self.version_file(upload.member.as_str(), &upload.id);
        let (store, list, kinds) = (self.clone(), Arc::clone(list), version.kinds.clone());
        blocking(move || {
            let engine = store.engine.open_rewriting(&before, ("version", &file, &key))?;
            let (mut persons, mut left) = (BTreeMap::new(), BTreeMap::new());
            for kind in kinds {
                let (gone, stay) = without(&engine, kind, list.persons(kind))?;
                persons.insert(kind, gone);
                if stay > 0 {
                    left.insert(kind, stay);
                }
            }
            if left.values().all(|persons| *persons < people_min) {
                drop(engine);
                remove(&file)?;
                return Ok(Rewritten { persons, left, fingerprint: None });
            }
            engine.run("CHECKPOINT version")?;
            drop(engine);
            std::fs::File::open(&file).and_then(|file| file.sync_all()).map_err(StoreError::Files)?;
            Ok(Rewritten { persons, left, fingerprint: Some(Fingerprint::of(&file).map_err(StoreError::Files)?) })
        })
        .await
    }

    /// Ends a version and puts what was written in its place, in one transaction: gives what was erased. `None` when the version
    /// was no longer in force, and nothing has changed.
    async fn replace(
        &self,
        (member, user): (&MemberName, &str),
        version: &Version,
        upload: &Upload,
        rewritten: Rewritten,
    ) -> Result<Option<Erased>, StoreError> {
        let before = self.upload(member, &version.upload).await?.and_then(|upload| upload.outcome);
        let mut outcome: Outcome = before.ok_or(StoreError::Corrupt)?;
        outcome.persons = rewritten.left.iter().map(|(kind, persons)| (kind.to_string(), *persons)).collect();
        failpoint("erasure_before_switch");
        let mut writing = self.database.begin(&*self.clock).await?;
        let ended = sqlx::query("UPDATE versions SET in_force = 0 WHERE id = $1 AND in_force = 1")
            .bind(version.id)
            .execute(&mut *writing)
            .await?;
        if ended.rows_affected() == 0 {
            writing.cancel().await?;
            return Ok(None);
        }
        let mut records = vec![Record::new(records::Kind::Version, version.id)];
        let mut event = event_by((member, user), What::PeopleErased, upload)?.with("replaces", version.id);
        let mut number = None;
        if let Some(fingerprint) = &rewritten.fingerprint {
            let kinds: Vec<Kind> = rewritten.left.keys().copied().collect();
            take_effect(&mut writing, upload, &kinds, &mut outcome, fingerprint).await?;
            records.push(Record::new(records::Kind::Version, outcome.version));
            records.push(Record::new(records::Kind::Upload, upload.id.as_str()));
            event = event.with("version", outcome.version);
            number = Some(outcome.version);
        }
        writing.note(event, records);
        writing.commit().await?;
        failpoint("erasure_after_switch");
        let Rewritten { persons, left, .. } = rewritten;
        Ok(Some(Erased { audience: version.audience.clone(), persons, left, version: number }))
    }
}

/// Rows of the table of a kind whose person is to be erased.
fn among(file: &str, kind: Kind) -> String {
    format!("FROM {file}.{kind} SEMI JOIN memory.main.erased_{kind} USING (person)")
}

/// Puts the persons to erase where statements can join with them.
fn load(engine: &Writing, kind: Kind, persons: &[i64]) -> Result<(), StoreError> {
    engine.run(&format!("CREATE TABLE memory.main.erased_{kind} (person BIGINT NOT NULL)"))?;
    let schema = Arc::new(Schema::new(vec![Field::new("person", DataType::Int64, false)]));
    let batch = RecordBatch::try_new(schema, vec![Arc::new(Int64Array::from(persons.to_vec()))]);
    let batch = batch.map_err(|_| EngineError::internal("a list of persons"))?;
    Ok(engine.append("memory", &format!("erased_{kind}"), vec![batch])?)
}

/// Writes the table of a kind without those persons, and proves of what was written that it is the rest and none of them; gives how
/// many persons went and how many it has. A table without any isn't kept.
fn without(engine: &Writing, kind: Kind, persons: &[i64]) -> Result<(u64, u64), StoreError> {
    load(engine, kind, persons)?;
    engine.run(&format!(
        "CREATE TABLE version.{kind} AS
         SELECT held.* FROM before.{kind} held ANTI JOIN memory.main.erased_{kind} USING (person) ORDER BY held.person"
    ))?;
    let [all] = counts(engine, &format!("SELECT count(*) FROM before.{kind}"))?;
    let [gone, persons_gone] =
        counts(engine, &format!("SELECT count(*), count(DISTINCT person) {}", among("before", kind)))?;
    let [missed] = counts(engine, &format!("SELECT count(*) {}", among("version", kind)))?;
    let Stored { rows, persons } = stored(engine, kind)?;
    if missed > 0 || rows + gone != all {
        return Err(unsound());
    }
    if persons == 0 {
        engine.run(&format!("DROP TABLE version.{kind}"))?;
    }
    Ok((persons_gone, persons))
}
