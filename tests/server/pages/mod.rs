//! The pages, in a real browser.

mod account;
mod arriving;
mod everyone;
mod hashing;
mod marketer;
mod steward;
