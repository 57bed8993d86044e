//! Consent to templates: stored whole, proposed by officers, and run over an owner's audiences only with that owner's approval.
//!
//! Promises, held by `tests.rs`:
//!
//! - a template is picked for a question only if every owner concerned has approved exactly its two files under its name;
//! - an approval that is withdrawn counts for nothing that is picked afterwards;
//! - an officer approves and withdraws for the officer's own member, and for no other;
//! - a member that leaves takes its approvals along;
//! - what the engine could not run has nobody's approval any more, whoever had given one.

mod consented;
mod entry;
mod tables;
#[cfg(test)]
mod tests;

pub use consented::{Consented, Unpicked, Version};
pub use entry::{Entry, What};

use super::{Catalogue, Template, TemplateError};
use crate::{
    database::{Database, Writing},
    model::{Clock, MemberName, Officer, Text, Vocabulary},
};
use std::{collections::BTreeSet, sync::Arc};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// Refused, for a reason that the officer can do something about.
    #[error("{}", .0.en)]
    Refused(Text),
    /// No version has this hash.
    #[error("there is no such version of a template")]
    NotFound,
    /// The database failed.
    #[error("the room's database failed")]
    Database(#[from] sqlx::Error),
    /// A stored row isn't what this program writes.
    #[error("the templates' tables hold what can't be read")]
    Corrupt,
}

/// The templates and approvals kept in the room's database. Its acts are done one at a time: the caller holds a lock from before the
/// call until what it returns is in force.
#[derive(Clone)]
pub struct Consent {
    database: Database,
    clock: Arc<dyn Clock>,
    /// How far the log must have come for an act to be done.
    expected: Option<i64>,
}

impl Consent {
    /// The templates kept in this database.
    pub fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock, expected: None }
    }

    /// The same, but an act comes to nothing if the log has gone on since it had come this far: what the act goes by has changed.
    #[must_use]
    pub fn expecting(self, newest: Option<i64>) -> Self {
        Self { expected: newest, ..self }
    }

    /// How far the log has come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest(&self) -> Result<i64, ConsentError> {
        tables::newest(self.database.pool()).await
    }

    /// Begins an act.
    ///
    /// # Errors
    /// When the database fails, or the log has gone on since: see [`Consent::expecting`].
    pub async fn begin(&self) -> Result<Writing, ConsentError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        if let Some(expected) = self.expected
            && tables::newest(&mut *writing).await? != expected
        {
            return Err(ConsentError::Refused(Text::new(
                "une autre personne vient de changer ce qui est en vigueur : relisez, puis recommencez",
                "somebody else has just changed what is in force: read it again, then start over",
            )));
        }
        Ok(writing)
    }

    /// Every version with its approvals, checked against a vocabulary; `None` before the founding.
    ///
    /// # Errors
    /// When the database fails, or holds what this program doesn't write. A template that the checker refuses is no error: see
    /// [`Consented::checked`].
    pub async fn current(&self, vocabulary: &Vocabulary) -> Result<Option<Consented>, ConsentError> {
        if !tables::founded(&self.database).await? {
            return Ok(None);
        }
        let versions = tables::versions(&self.database).await?;
        let stored = Consented::new(versions).checked(vocabulary);
        if stored.iter().any(|(version, template)| version.hash != template.hash()) {
            return Err(ConsentError::Corrupt);
        }
        Ok(Some(stored))
    }

    /// Takes a folder's templates as the first versions, approved for these members: they join a room with its templates.
    ///
    /// # Errors
    /// When two templates are alike but for their name, or the database fails.
    pub async fn found(
        &self,
        catalogue: &Catalogue,
        members: &BTreeSet<MemberName>,
    ) -> Result<Consented, ConsentError> {
        let now = self.now();
        let mut founded = Consented::default();
        let mut writing = self.begin().await?;
        tables::log(&mut writing, (What::Founded, &now), None, None, None).await?;
        for template in catalogue.iter() {
            is_new(&founded, template)?;
            let version = Version::founded(template.clone(), members.clone(), now.clone());
            tables::store(&mut writing, &version).await?;
            for member in members {
                tables::approve(&mut writing, &version.hash, (member, None), &now).await?;
            }
            founded = founded.with(version);
        }
        writing.commit().await?;
        Ok(founded)
    }

    /// Stores a template that passed the checker. Proposing is approving for the officer's own member.
    ///
    /// # Errors
    /// When it is stored already, or the database fails.
    pub async fn propose(
        &self,
        current: &Consented,
        officer: &Officer,
        template: Template,
        why: &str,
    ) -> Result<Consented, ConsentError> {
        is_new(current, &template)?;
        let now = self.now();
        let version = Version::proposed(template, officer.clone(), why.to_owned(), now.clone());
        let mut writing = self.begin().await?;
        tables::store(&mut writing, &version).await?;
        tables::approve(&mut writing, &version.hash, (&officer.member, Some(&officer.user)), &now).await?;
        tables::log(&mut writing, (What::Proposed, &now), Some(officer), Some(&version.hash), Some(why)).await?;
        writing.commit().await?;
        Ok(current.with(version))
    }

    /// Lets a version run over the audiences of the officer's own member.
    ///
    /// # Errors
    /// When there is no such version, the member has approved it already, or the database fails.
    pub async fn approve(&self, current: &Consented, officer: &Officer, hash: &str) -> Result<Consented, ConsentError> {
        let version = current.version(hash).ok_or(ConsentError::NotFound)?;
        let (member, name) = (&officer.member, &version.name);
        if version.approved.contains(member) {
            return Err(ConsentError::Refused(Text::new(
                format!("{member} a déjà approuvé cette version de « {name} »"),
                format!("{member} has approved this version of `{name}` already"),
            )));
        }
        let now = self.now();
        let mut writing = self.begin().await?;
        tables::approve(&mut writing, hash, (member, Some(&officer.user)), &now).await?;
        tables::log(&mut writing, (What::Approved, &now), Some(officer), Some(hash), None).await?;
        writing.commit().await?;
        Ok(current.changed(hash, |approved| {
            approved.insert(member.clone());
        }))
    }

    /// Takes the approval of the officer's own member back.
    ///
    /// # Errors
    /// When there is no such version, the member hasn't approved it, or the database fails.
    pub async fn withdraw(
        &self,
        current: &Consented,
        officer: &Officer,
        hash: &str,
    ) -> Result<Consented, ConsentError> {
        let version = current.version(hash).ok_or(ConsentError::NotFound)?;
        let (member, name) = (&officer.member, &version.name);
        let now = self.now();
        let mut writing = self.begin().await?;
        if tables::withdraw(&mut writing, hash, member, &now).await? == 0 {
            return Err(ConsentError::Refused(Text::new(
                format!("{member} n'a pas approuvé cette version de « {name} » : il n'y a rien à retirer"),
                format!("{member} has not approved this version of `{name}`: there is nothing to withdraw"),
            )));
        }
        tables::log(&mut writing, (What::Withdrawn, &now), Some(officer), Some(hash), None).await?;
        writing.commit().await?;
        Ok(current.changed(hash, |approved| {
            approved.remove(member);
        }))
    }

    /// Takes back the approvals of who is no longer a member: on the day that it comes back, it has approved nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep(&self, current: &Consented, members: &BTreeSet<MemberName>) -> Result<Consented, ConsentError> {
        let gone: Vec<(String, MemberName)> = current.approvals_but_of(members);
        if gone.is_empty() {
            return Ok(current.clone());
        }
        let (now, mut after) = (self.now(), current.clone());
        let mut writing = self.database.begin(&*self.clock).await?;
        for (hash, owner) in &gone {
            let why = format!("{owner} n'est plus membre / {owner} is no longer a member");
            tables::withdraw(&mut writing, hash, owner, &now).await?;
            tables::log(&mut writing, (What::Withdrawn, &now), None, Some(hash), Some(&why)).await?;
            after = after.changed(hash, |approved| {
                approved.remove(owner);
            });
        }
        writing.commit().await?;
        Ok(after)
    }

    /// Ends every owner's approval of a version that the engine could not run, in a transaction that [`Consent::begin`] began: what failed
    /// is told together with what comes of it.
    ///
    /// # Errors
    /// When there is no such version, or the database fails.
    pub async fn fail(
        &self,
        writing: &mut Writing,
        current: &Consented,
        (hash, charge): (&str, i64),
    ) -> Result<Consented, ConsentError> {
        let version = current.version(hash).ok_or(ConsentError::NotFound)?;
        let now = self.now();
        for owner in &version.approved {
            tables::withdraw(writing, hash, owner, &now).await?;
        }
        let why = format!("le moteur n’a pas pu l’exécuter ({charge}) / the engine could not run it ({charge})");
        tables::log(writing, (What::Failed, &now), None, Some(hash), Some(&why)).await?;
        Ok(current.failed(hash, &now))
    }

    /// What happened to the templates, newest first, at most 1,000.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log(&self) -> Result<Vec<Entry>, ConsentError> {
        tables::entries(&self.database).await
    }

    fn now(&self) -> String {
        self.clock.now().to_string()
    }
}

/// A hash is of the two files, not of their name, and agreements permit by name: so that an approval is of one name, the same files
/// can't have two.
fn is_new(current: &Consented, template: &Template) -> Result<(), ConsentError> {
    let Some(there) = current.version(template.hash()) else { return Ok(()) };
    let (name, hash) = (&there.name, &there.hash);
    Err(ConsentError::Refused(Text::new(
        format!(
            "la salle a déjà ce modèle, à l'octet près : « {name} » ; approuvez-le avec `camerata template approve {hash}`"
        ),
        format!(
            "the room has this template already, byte for byte: `{name}`; approve it with `camerata template approve {hash}`"
        ),
    )))
}

/// A stored template as the checker of this program sees it.
fn check(version: &Version, vocabulary: &Vocabulary) -> Result<Template, TemplateError> {
    use super::File;
    let [sql, toml] = ["sql", "toml"].map(|ending| format!("sql/{}.{ending}", version.name));
    let sql = File { path: sql.as_ref(), text: &version.sql };
    let toml = File { path: toml.as_ref(), text: &version.toml };
    Template::parse(version.name.clone(), sql, toml, vocabulary)
}
