//! The kernel: how exact counts become releases, and what each release costs.
//!
//! Nothing else in the program draws noise or knows OpenDP. The order is [`Limits`] (the room's figures), [`Accuracy`]
//! (what the asker can live with), [`plan`] (draws and loss, from the request and its bounds alone), then, after the ledger
//! has charged the plan's loss, [`Tally`] and [`release`]. What comes after the noise is [`Figure`],
//! [`derive()`] and [`reconcile`]. The proof is in
//! `docs/PRIVACY.md`; each public function carries its own part of it.

mod accuracy;
mod accuracy_error;
mod conversion;
mod derived;
mod draws;
mod figure;
mod limits;
mod limits_error;
mod mechanism;
mod plan;
mod reconcile;
mod release;
mod tally;
mod year;

pub use accuracy::{MARGIN_MAX, UNIT_MAX};
pub use accuracy_error::AccuracyError;
pub use conversion::{epsilon, rho_within};
pub use derived::{Estimated, Verdict, derive};
pub use draws::MechanismSummary;
pub use figure::Figure;
pub use limits::{Cap, Caps, Limits};
pub use limits_error::LimitsError;
pub use mechanism::MechanismError;
pub use plan::{Accuracy, Plan, plan};
pub use reconcile::reconcile;
pub use release::{Release, ReleaseError, release};
pub use tally::Tally;
pub use year::years;

#[cfg(test)]
mod audit_tests;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod venn_tests;
