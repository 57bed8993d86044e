//! What can be tested without the room: the members' client, and the order of the source tree itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod cli;
mod dependencies;
mod support;
mod tidy;
mod upload;
