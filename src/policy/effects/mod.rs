//! What agreements come to: who may ask what of which audience, and what a change opens and closes.
//!
//! [`diff`] and [`matrix`] are exact: they go through every circumstance, not through examples. That is possible because agreements
//! can say only what can be gone through ([`condition::Condition`]); `camerata policy check` refuses the rest. Cedar alone decides
//! questions; that both always agree is held by property tests (`policy/tests/effects.rs`).

mod condition;
mod diff;
mod explain;
mod frame;
mod grant;
mod lints;
mod matrix;
mod provisions;
mod read;
mod regions;
mod say;
mod side;
mod space;
mod terms;
mod words;

pub use diff::{Change, Effects, EffectsError, InForce, Written, diff, written};
pub(super) use diff::{alone, rewritten};
pub use explain::{Explained, Ruling};
pub(super) use frame::Frame;
pub use grant::{Beside, Grant};
pub(super) use lints::{Oddity, oddities};
pub use matrix::{Permission, matrix, permissions_of};
pub use provisions::Provisions;
pub(super) use side::Side;
pub(super) use terms::Unsupported;
pub use words::role_words;
