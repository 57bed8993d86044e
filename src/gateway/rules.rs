//! The rules in force, and noticing what another gateway of the room has put in force.

use super::Room;
use crate::{
    policy::{Current, Versions, VersionsError},
    privacy::{self, LimitsError},
    template::{Consent, ConsentError, Consented},
};
use std::sync::Arc;

/// The rules in force at a moment.
#[derive(Debug)]
pub struct Rules {
    /// The agreements.
    pub policies: Current,
    /// Caps and release rules.
    pub limits: Arc<privacy::Limits>,
    /// The templates, with the members that let them run over their audiences.
    pub templates: Consented,
    /// How far the logs had come when all this was read; `None` if it wasn't read but came of an act of this process.
    marks: Option<Marks>,
}

/// How far the logs of policies and templates have come. Every act adds to one of them, so the same marks mean the same rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    policies: i64,
    templates: i64,
}

/// Why the rules in force can't be read.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// The policies.
    #[error(transparent)]
    Versions(#[from] VersionsError),
    /// The templates.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// The figures of `privacy.toml`.
    #[error("the figures of privacy.toml can't be used")]
    Limits(#[from] LimitsError),
}

impl Rules {
    /// The rules that some policies make, over templates that are checked for their vocabulary already.
    ///
    /// # Errors
    /// When the figures of `privacy.toml` can't be used.
    pub(super) fn new(policies: Current, templates: Consented) -> Result<Self, LimitsError> {
        let (text, path) = policies.base.privacy_toml();
        let limits = Arc::new(privacy::Limits::parse(text, path)?);
        Ok(Self { policies, limits, templates, marks: None })
    }

    /// The same rules over other templates.
    pub(super) fn with(&self, templates: Consented) -> Self {
        Self { policies: self.policies.clone(), limits: Arc::clone(&self.limits), templates, marks: None }
    }

    /// The same rules, read when the logs had come this far.
    pub(super) fn read_at(self, marks: Marks) -> Self {
        Self { marks: Some(marks), ..self }
    }

    /// The versions, where an act comes to nothing if another gateway's came in between.
    pub(super) fn versions(&self, room: &Room) -> Versions {
        room.versions.clone().expecting(self.marks.map(|marks| marks.policies))
    }

    /// The templates, likewise.
    pub(super) fn consent(&self, room: &Room) -> Consent {
        room.consent.clone().expecting(self.marks.map(|marks| marks.templates))
    }
}

impl Marks {
    pub(super) async fn read(versions: &Versions, consent: &Consent) -> Result<Self, RulesError> {
        Ok(Self { policies: versions.newest().await?, templates: consent.newest().await? })
    }
}

impl Room {
    /// What is in force now, whichever gateway put it in force. Whoever needs it takes it once: a query is finished under the rules
    /// that admitted it.
    ///
    /// # Errors
    /// When the database fails, or holds what this program can't read.
    pub async fn rules_now(&self) -> Result<Arc<Rules>, RulesError> {
        let rules = self.rules();
        if !self.shared || rules.marks == Some(Marks::read(&self.versions, &self.consent).await?) {
            return Ok(rules);
        }
        let _reading = self.reading.lock().await;
        loop {
            let marks = Marks::read(&self.versions, &self.consent).await?;
            let rules = self.rules();
            if rules.marks == Some(marks) {
                return Ok(rules);
            }
            let policies = self.versions.current().await?.ok_or(VersionsError::NotFound)?;
            let templates = self.consent.current(policies.base.vocabulary()).await?.ok_or(ConsentError::NotFound)?;
            let read = Rules::new(policies, templates)?.read_at(marks);
            // Read in several statements: only if nothing happened meanwhile do they belong together.
            if Marks::read(&self.versions, &self.consent).await? == marks {
                return Ok(self.enforce(read));
            }
        }
    }
}
