//! Erasing people from what a member holds: every version in force is written anew without them, and the one before is destroyed like
//! any that was replaced.
//!
//! - A version that holds none of them is written anew too, and one that is left with few people or nobody stays in force as the kinds of
//!   identifiers that it was declared with: others see that an audience has a new version, and mustn't learn from it, nor from one that
//!   ends, that somebody was in it. An upload of that size would be refused; but only its owner can shrink a list, which knows whom it
//!   holds, and could have padded it with invented people from the start. What protects those left is the noise.
//! - Who stood on one row with a person of the list goes with them, under the other kind of identifier: see `links`.
//! - Whom to erase comes as hashed identifiers, and is only ever held as persons, in memory.
//! - What was built stands in force by one committed row, or is swept away: until then its upload counts as given up.

use super::{
    Declaration, Outcome, Pins, Rejections, Store, StoreError, Upload, UploadState, Version, blocking,
    intact::Fingerprint,
    layout::{Layout, LayoutError, profile_of},
    receive::header_of,
    rewriting,
    versions::{event_by, insert, new_id, take_effect},
    wire::Parser,
};
use crate::{
    database::{
        Turn,
        records::{self, Record},
    },
    identity::{Kind, Profile},
    model::{AudienceRef, ErasedFrom, ErasureOutcome, MemberName, NotSearched, WhyNotSearched, failpoint},
    proof::What,
};
use std::{collections::BTreeMap, sync::Arc};

/// Whom to erase: what a list of hashed identifiers came to.
pub struct ErasureList {
    pub(super) profile: Profile,
    pub(super) email: Vec<i64>,
    pub(super) phone: Vec<i64>,
    /// Rows taken.
    pub rows_taken: u64,
    /// Rows rejected.
    pub rows_rejected: u64,
    /// Why.
    pub rejections: Rejections,
}

/// A version written anew.
struct Rewritten {
    persons: BTreeMap<Kind, u64>,
    left: BTreeMap<Kind, u64>,
    /// Of its file.
    fingerprint: Fingerprint,
}

impl ErasureList {
    pub(super) fn persons(&self, kind: Kind) -> &[i64] {
        match kind {
            Kind::Email => &self.email,
            Kind::Phone => &self.phone,
        }
    }

    /// By which kinds of its identifiers a version can't be searched with this list, and why not; `None` where by all of them.
    fn not_searched(&self, version: &Version) -> Option<NotSearched> {
        let why =
            if version.declaration.profile == self.profile { WhyNotSearched::Kind } else { WhyNotSearched::Profile };
        let missed = |kind: &&Kind| why == WhyNotSearched::Profile || self.persons(**kind).is_empty();
        let kinds: Vec<String> = version.kinds.iter().filter(missed).map(ToString::to_string).collect();
        let profile = version.declaration.profile.to_string();
        (!kinds.is_empty()).then(|| NotSearched { audience: version.audience.clone(), profile, kinds, why })
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
    pub async fn erase(&self, by: (&MemberName, &str), list: &Arc<ErasureList>) -> Result<ErasureOutcome, StoreError> {
        let mut done = ErasureOutcome {
            rows_taken: list.rows_taken,
            rows_rejected: list.rows_rejected,
            rejected: list.rejections.counts(),
            first_lines: list.rejections.first_lines(),
            ..ErasureOutcome::default()
        };
        let held: Vec<AudienceRef> = self.versions().await?.into_keys().filter(|held| held.member == *by.0).collect();
        for audience in held {
            let erased = self.erase_from(by, &audience, list, &mut done).await;
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
        done: &mut ErasureOutcome,
    ) -> Result<(), StoreError> {
        loop {
            let (mut versions, _pins) = self.pin(std::slice::from_ref(audience)).await?;
            let Some(version) = versions.pop().flatten() else { return Ok(()) };
            let not_searched = list.not_searched(&version);
            if version.declaration.profile != list.profile {
                done.not_searched.extend(not_searched);
                return Ok(());
            }
            let (upload, _pinned) = self.begin_erasure(by, &version).await?;
            let rewritten = self.rewrite(&version, &upload, list).await?;
            // Else an upload or another erasure was quicker: what is in force now is looked at anew.
            if let Some(erased) = self.replace(by, &version, &upload, rewritten).await? {
                done.erased.push(erased);
                done.not_searched.extend(not_searched);
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
    ) -> Result<Rewritten, StoreError> {
        failpoint("erasure_before_build");
        let before = self.attached(version, "before".to_owned())?;
        let key = self.keys.version(&upload.id)?;
        let file = self.version_file(upload.member.as_str(), &upload.id);
        let (store, list, version) = (self.clone(), Arc::clone(list), version.clone());
        blocking(move || {
            let engine = store.engine.open_rewriting(&before, ("version", &file, &key))?;
            let (persons, left) = rewriting::without(&engine, &version, &list)?;
            engine.run("CHECKPOINT version")?;
            drop(engine);
            std::fs::File::open(&file).and_then(|file| file.sync_all()).map_err(StoreError::Files)?;
            Ok(Rewritten { persons, left, fingerprint: Fingerprint::of(&file).map_err(StoreError::Files)? })
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
    ) -> Result<Option<ErasedFrom>, StoreError> {
        let before = self.upload(member, &version.upload).await?.and_then(|upload| upload.outcome);
        let mut outcome: Outcome = before.ok_or(StoreError::Corrupt)?;
        outcome.persons = by_word(&rewritten.left);
        outcome.rows_max = version.rows_max;
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
        take_effect(&mut writing, upload, &version.kinds, &mut outcome, &rewritten.fingerprint).await?;
        let event = event_by((member, user), What::PeopleErased, upload)?.with("replaces", version.id);
        let records = [
            Record::new(records::Kind::Version, version.id),
            Record::new(records::Kind::Version, outcome.version),
            Record::new(records::Kind::Upload, upload.id.as_str()),
        ];
        writing.note(event.with("version", outcome.version), records);
        writing.commit().await?;
        failpoint("erasure_after_switch");
        let (persons, left) = (by_word(&rewritten.persons), by_word(&rewritten.left));
        Ok(Some(ErasedFrom { audience: version.audience.clone(), persons, left, version: outcome.version }))
    }
}

fn by_word(counts: &BTreeMap<Kind, u64>) -> BTreeMap<String, u64> {
    counts.iter().map(|(kind, count)| (kind.to_string(), *count)).collect()
}
