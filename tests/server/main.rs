//! What needs the room: every test runs the real program against a real folder.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod accounts;
mod audit;
mod backup;
mod consent;
mod crash;
mod damage;
mod deliveries;
mod directory;
mod doctor;
mod door;
mod erase;
mod failing_fsync;
mod failures;
mod full_disk;
mod fuzz;
mod kills;
mod leak;
mod leaving;
mod letters;
mod officer;
mod openapi;
mod pages;
mod postgres;
mod presence;
mod query;
mod race;
mod refuse;
mod routes;
mod support;
mod template_check;
mod templates;
mod upload;
mod witnesses;
mod words;
