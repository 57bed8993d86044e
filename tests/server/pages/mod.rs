//! The pages, in a real browser.

mod account;
mod arriving;
mod erasing;
mod everyone;
mod hashing;
mod hostile;
mod marketer;
mod officer;
mod public;
mod steward;
mod templates;
mod weight;
