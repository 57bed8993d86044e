//! The pages, in a real browser.

mod account;
mod everyone;
mod marketer;
