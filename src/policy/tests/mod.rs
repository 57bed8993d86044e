#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod bad_input;
mod decisions;
mod effects;
mod explain;
mod format;
pub(in crate::policy) mod generated;
mod mistakes;
mod pilot;
mod properties;
mod provisions;

use super::{Decision, Policies, PolicyErrors, Question, Refusal};
use crate::model::{AudienceRef, MemberName, Rho, Role};
use std::{fs, path::Path, path::PathBuf};
use tempfile::TempDir;

/// The folder that a pilot room starts with.
fn pilot_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")
}

fn pilot() -> Policies {
    Policies::load(&pilot_dir()).unwrap_or_else(|errors| panic!("{:?}", errors.mistakes()))
}

/// A copy of the pilot's folder, to be spoilt.
struct Copy(TempDir);

impl Copy {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(pilot_dir()).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
        }
        Self(dir)
    }

    fn write(self, file: &str, bytes: impl AsRef<[u8]>) -> Self {
        fs::write(self.0.path().join(file), bytes).unwrap();
        self
    }

    fn replace(self, file: &str, from: &str, to: &str) -> Self {
        let text = fs::read_to_string(self.0.path().join(file)).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        self.write(file, text.replacen(from, to, 1))
    }

    fn append(self, file: &str, more: &str) -> Self {
        let text = fs::read_to_string(self.0.path().join(file)).unwrap();
        self.write(file, text + more)
    }

    fn remove(self, file: &str) -> Self {
        fs::remove_file(self.0.path().join(file)).unwrap();
        self
    }

    fn load(&self) -> Result<Policies, PolicyErrors> {
        Policies::load(self.0.path())
    }

    fn uncompiled(&self) -> Policies {
        Policies::uncompiled(self.0.path()).unwrap()
    }

    fn loaded(&self) -> Policies {
        self.load().unwrap_or_else(|errors| panic!("{:?}", errors.mistakes()))
    }
}

fn question(asker: &str, audiences: &[&str], purpose: &str) -> Question {
    Question {
        asker: asker.parse().unwrap(),
        role: Role::Marketer,
        template: "overlap".parse().unwrap(),
        audiences: audiences.iter().map(|audience| audience.parse::<AudienceRef>().unwrap()).collect(),
        columns: vec![],
        purpose: purpose.parse().unwrap(),
        rho: Rho::from_f64_up(0.0002).unwrap(),
        epsilon: 0.08,
        now: "2026-12-01T15:00:00Z".parse().unwrap(),
    }
}

fn refusal(decision: Decision) -> Refusal {
    match decision {
        Decision::Refused(refusal) => refusal,
        Decision::Permitted(admission) => panic!("permitted by {:?}", admission.agreements()),
    }
}
