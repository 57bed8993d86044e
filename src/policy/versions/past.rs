//! What people were told under a version: the titles that its files gave to purposes, members and audiences. Read from the files alone, so
//! that a version which a newer program would refuse still tells what it told.

use super::{Versions, VersionsError, tables};
use crate::model::{AudienceRef, PurposeName, Text};
use jiff::Timestamp;
use quick_cache::sync::Cache;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use toml::{Table, Value};

/// How many versions' titles are kept at hand.
const KEPT: usize = 64;

/// The titles that a version gives.
#[derive(Debug, Default)]
pub struct Titles {
    purposes: BTreeMap<String, Text>,
    members: BTreeMap<String, Text>,
    audiences: BTreeMap<String, Text>,
}

pub(super) type Past = Arc<Cache<String, Arc<Titles>>>;

pub(super) fn past() -> Past {
    Arc::new(Cache::new(KEPT))
}

fn table(files: &super::Files, name: &str) -> Table {
    let text = files.get(name).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    text.trim_start_matches('\u{feff}').parse().unwrap_or_default()
}

fn title(section: &Value) -> Option<Text> {
    let title = section.get("title")?;
    Some(Text::new(title.get("fr")?.as_str()?, title.get("en")?.as_str()?))
}

fn titles<'a>(sections: impl IntoIterator<Item = (&'a String, &'a Value)>) -> BTreeMap<String, Text> {
    sections.into_iter().filter_map(|(name, section)| Some((name.clone(), title(section)?))).collect()
}

impl Titles {
    fn of(files: &super::Files) -> Self {
        let members = table(files, "members.toml");
        let members = members.get("members").and_then(Value::as_table).cloned().unwrap_or_default();
        let audiences = members.iter().filter_map(|(member, section)| {
            let audiences = titles(section.get("audiences")?.as_table()?);
            Some(audiences.into_iter().map(move |(name, title)| (format!("{member}/{name}"), title)))
        });
        Self {
            purposes: titles(&table(files, "purposes.toml")),
            audiences: audiences.flatten().collect(),
            members: titles(&members),
        }
    }

    /// What a purpose was called; its name, if the version had none.
    pub fn purpose(&self, name: &PurposeName) -> Text {
        self.purposes.get(name.as_str()).cloned().unwrap_or_else(|| Text::new(name.as_str(), name.as_str()))
    }

    /// What an audience and its member were called: `Subscribers (The festival)`; its name, if the version had neither.
    pub fn audience(&self, audience: &AudienceRef) -> Text {
        match (self.audiences.get(&audience.to_string()), self.members.get(audience.member.as_str())) {
            (Some(own), Some(member)) => {
                Text::new(format!("{} ({})", own.fr, member.fr), format!("{} ({})", own.en, member.en))
            }
            _ => Text::new(audience.to_string(), audience.to_string()),
        }
    }
}

impl Versions {
    /// The titles under what a question or an act was admitted by: a version, with or without the narrowings that were added to it. If the
    /// version isn't there, nothing has a title.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn titles(&self, in_force: &str) -> Result<Arc<Titles>, VersionsError> {
        let version = in_force.split('+').next().unwrap_or_default();
        let reading =
            async { Ok::<_, VersionsError>(Arc::new(Titles::of(&tables::files(&self.database, version).await?))) };
        self.past.get_or_insert_async(version, reading).await
    }

    /// The titles that were in force at each of these moments (RFC 3339).
    ///
    /// # Errors
    /// When the database fails or holds what can't be read.
    pub async fn titles_at(
        &self,
        moments: impl IntoIterator<Item = String>,
    ) -> Result<BTreeMap<String, Arc<Titles>>, VersionsError> {
        let moments: BTreeSet<String> = moments.into_iter().collect();
        if moments.is_empty() {
            return Ok(BTreeMap::new());
        }
        let publications = tables::publications(&self.database).await?;
        let mut found = BTreeMap::new();
        for moment in moments {
            let at: Timestamp = moment.parse().map_err(|_| VersionsError::Corrupt)?;
            // Before the founding nothing was told: what came first is nearest.
            let in_force = publications.iter().rev().find(|(since, _)| *since <= at).or(publications.first());
            let Some((_, version)) = in_force else { continue };
            found.insert(moment, self.titles(version).await?);
        }
        Ok(found)
    }
}
