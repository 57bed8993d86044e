//! The promises of versions, on a real database: what officers do one after the other, and every interleaving that is drawn.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod agreed;
mod beside;
mod histories;
mod leaving;
mod masked;
mod opinions;
mod scenarios;
mod several;

use super::*;
use crate::{
    database::Place,
    model::{MemberName, Rho, Role},
    policy::decision::{Decision, Question},
};
use jiff::Timestamp;
use tempfile::TempDir;

/// After the earliest and before the latest moments that generated agreements name.
const NOW: &str = "2026-12-01T15:00:00Z";

struct Fixed(Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A room that knows its policies alone, and what it holds in force between two calls.
struct Room {
    place: Place,
    _folder: Option<TempDir>,
    versions: Versions,
    current: Current,
}

impl Room {
    async fn founded(files: &Files) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let room = Self::founded_at(Place::in_folder(folder.path()), files).await;
        Self { _folder: Some(folder), ..room }
    }

    async fn founded_at(place: Place, files: &Files) -> Self {
        let versions = opened(&place).await;
        assert!(versions.current().await.unwrap().is_none(), "nothing is in force before the founding");
        let current = versions.found(files).await.unwrap();
        Self { place, _folder: None, versions, current }
    }

    async fn propose(&mut self, by: &str, files: &Files) -> Result<i64, VersionsError> {
        let settled = self.versions.propose(&self.current, &officer(by), files, "le motif").await;
        self.taken(settled)
    }

    /// Approves exactly what the proposal does now.
    async fn approve(&mut self, by: &str, id: i64) -> Result<i64, VersionsError> {
        let digest = self.digest(by, id).await;
        self.approve_digest(by, id, &digest).await
    }

    async fn approve_digest(&mut self, by: &str, id: i64, digest: &str) -> Result<i64, VersionsError> {
        let settled = self.versions.approve(&self.current, &officer(by), id, (digest, None)).await;
        self.taken(settled)
    }

    async fn refuse(&mut self, by: &str, id: i64, comment: &str) -> Result<(), VersionsError> {
        self.versions.refuse(&self.current, &officer(by), id, &Comment::read(comment).unwrap()).await
    }

    async fn lift(&mut self, by: &str) -> Result<(), VersionsError> {
        self.current = self.versions.lift(&self.current, &officer(by)).await?;
        Ok(())
    }

    fn taken(&mut self, settled: Result<(i64, Option<Current>), VersionsError>) -> Result<i64, VersionsError> {
        let (id, after) = settled?;
        if let Some(after) = after {
            self.current = after;
        }
        Ok(id)
    }

    async fn proposal(&self, id: i64) -> Proposal {
        self.versions.proposal(&self.current, id).await.unwrap()
    }

    /// What an owner is shown; nothing that could match if it isn't concerned.
    async fn digest(&self, owner: &str, id: i64) -> String {
        self.approval(owner, id).await.map(|approval| approval.effects).unwrap_or_default()
    }

    async fn approval(&self, owner: &str, id: i64) -> Option<Approval> {
        self.proposal(id).await.approvals.into_iter().find(|approval| approval.owner.as_str() == owner)
    }

    /// The owners whose approval is needed.
    async fn needed(&self, id: i64) -> Vec<String> {
        let approvals = self.proposal(id).await.approvals.into_iter().filter(|approval| approval.needed);
        approvals.map(|approval| approval.owner.to_string()).collect()
    }

    async fn status(&self, id: i64) -> Status {
        self.proposal(id).await.status
    }

    /// What a room that starts now would have in force.
    async fn reopened(&self) -> Current {
        opened(&self.place).await.current().await.unwrap().unwrap()
    }

    /// Starts again, from the database alone: the same must be in force.
    async fn reopen(&mut self) {
        let again = self.reopened().await;
        assert_eq!(again.to_string(), self.current.to_string());
        self.current = again;
    }
}

async fn opened(place: &Place) -> Versions {
    let database = Database::open(place).await.unwrap();
    Versions::new(database, Arc::new(Fixed(NOW.parse().unwrap())))
}

fn officer(member: &str) -> Officer {
    Officer { member: member.parse().unwrap(), user: "conformite".to_owned() }
}

/// The pilot's folder without the officers' cases, so that its agreements can be changed freely.
fn pilot() -> Files {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    without(&Policies::read_files(&dir).unwrap(), "cases.toml")
}

fn with(files: &Files, name: &str, text: &str) -> Files {
    let mut files = files.clone();
    files.insert(name.to_owned(), text.as_bytes().to_vec());
    files
}

fn without(files: &Files, name: &str) -> Files {
    let mut files = files.clone();
    files.remove(name).unwrap();
    files
}

fn replaced(files: &Files, name: &str, from: &str, to: &str) -> Files {
    let text = String::from_utf8(files[name].clone()).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    with(files, name, &text.replacen(from, to, 1))
}

/// An agreement over one audience, for one asker, as it is kept in a file of its own.
fn agreement(id: &str, effect: &str, asker: &str, audience: &str) -> String {
    format!(
        "@id(\"{id}\")\n@title_fr(\"Entente {id}\")\n@title_en(\"Agreement {id}\")\n{effect} (principal in Member::\"{asker}\", \
         action in Action::\"compare\", resource == Audience::\"{audience}\");\n"
    )
}

/// Whether a marketer of a member may compare these audiences to plan.
fn may(current: &Current, asker: &str, audiences: &[&str]) -> bool {
    let question = Question {
        asker: asker.parse().unwrap(),
        role: Role::Marketer,
        template: "overlap".parse().unwrap(),
        audiences: audiences.iter().map(|audience| audience.parse().unwrap()).collect(),
        columns: vec![],
        purpose: "planification".parse().unwrap(),
        rho: Rho::from_f64_up(0.0002).unwrap(),
        epsilon: 0.08,
        now: NOW.parse().unwrap(),
    };
    matches!(current.decide(&question), Decision::Permitted(_))
}

/// What an officer is told, in English.
fn refused<T: std::fmt::Debug>(result: Result<T, VersionsError>) -> String {
    match result {
        Err(VersionsError::Refused(text)) => {
            assert!(!text.fr.is_empty() && text.fr != text.en);
            text.en
        }
        other => panic!("not refused: {other:?}"),
    }
}
