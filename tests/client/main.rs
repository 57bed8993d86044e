//! What needs no room: builds in seconds with `--no-default-features`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod hash;
