//! The check of a policy folder, the same on the command line and on the pages: every file, the officers' cases, the kernel's figures,
//! and agreements that do nothing.

use crate::{
    policy::{CaseOutcome, EffectsError, Mistake, Policies, PolicyErrors},
    privacy::{Limits, LimitsError},
};
use jiff::Timestamp;
use std::{collections::BTreeMap, path::Path};

/// What a check found.
#[derive(Debug)]
pub struct PolicyCheck {
    /// The policies, if their files hold together.
    pub policies: Option<Policies>,
    /// The mistakes of the files, or else the cases that don't hold.
    pub mistakes: Option<PolicyErrors>,
    /// What is wrong with the figures of `privacy.toml`.
    pub figures: Option<LimitsError>,
    /// Agreements that do nothing, or soon won't.
    pub odd: Vec<Mistake>,
    /// Why those can't be found.
    pub incomparable: Option<EffectsError>,
    /// What came of each case.
    pub cases: Vec<CaseOutcome>,
}

impl PolicyCheck {
    /// Checks what was loaded, as of a moment; `files` are the folder's.
    pub fn of(
        loaded: Result<Policies, PolicyErrors>,
        files: &BTreeMap<String, Vec<u8>>,
        origin: &Path,
        now: Timestamp,
    ) -> Self {
        let figures = files.get("privacy.toml").and_then(|bytes| figures(bytes, origin));
        let policies = match loaded {
            Ok(policies) => policies,
            Err(errors) => {
                let (policies, odd, incomparable, cases) = (None, vec![], None, vec![]);
                return Self { policies, mistakes: Some(errors), figures, odd, incomparable, cases };
            }
        };
        let (odd, incomparable) = match policies.oddities(now) {
            Ok(odd) => (odd, None),
            Err(error) => (vec![], Some(error)),
        };
        let (cases, mistakes) = (policies.run_cases(), policies.check_cases().err());
        Self { policies: Some(policies), mistakes, figures, odd, incomparable, cases }
    }

    /// Whether the folder could come into force.
    pub fn holds(&self) -> bool {
        self.mistakes.is_none() && self.figures.is_none() && self.incomparable.is_none()
    }

    /// What is doubtful and doesn't refuse the folder.
    pub fn warnings(&self) -> impl Iterator<Item = &Mistake> {
        self.policies.iter().flat_map(Policies::warnings).chain(&self.odd)
    }
}

/// What the kernel says of the figures. A file that isn't text is the folder's mistake.
fn figures(bytes: &[u8], origin: &Path) -> Option<LimitsError> {
    let text = str::from_utf8(bytes).ok()?;
    Limits::parse(text.trim_start_matches('\u{feff}'), &origin.join("privacy.toml")).err()
}
