//! The kernel: how exact counts become releases, and what each release costs.
//!
//! Nothing else in the program draws noise or knows OpenDP. The order is [`Limits`] (the room's figures), [`Accuracy`]
//! (what the asker can live with), [`CountPlan`] (scale and loss, from the request alone), then, after the ledger has
//! charged the plan's loss, [`Tally`] and [`release`]. The proof is in `docs/PRIVACY.md`; each public function carries
//! its own part of it.

mod accuracy;
mod conversion;
mod limits;
mod mechanism;
mod plan;
mod release;

pub use accuracy::{MARGIN_MAX, Sigma};
pub use conversion::{epsilon, rho_within};
pub use limits::{Cap, Caps, Limits, LimitsError};
pub use mechanism::MechanismError;
pub use plan::{Accuracy, AccuracyError, CountPlan, plan_count};
pub use release::{Figure, Release, ReleaseError, Tally, release};
