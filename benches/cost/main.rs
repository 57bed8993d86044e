//! What privacy costs: how many counts a budget affords, and what one release of a Venn diagram gains over separate queries.
//!
//! Computed from the kernel's own plans and conversion; no data is read. Beside them, what other ways of accounting give, by
//! formulas named where they are used. `benches/peers` asks other programs the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark says what is wrong by ending"
)]

mod counts;
mod venn;

use camerata::privacy::Limits;
use std::{fs, path::Path};

/// The budget that every way of accounting gets.
const EPSILON: f64 = 1.0;
const DELTA: f64 = 1e-6;
/// How far 95 of 100 answers stay within.
const MARGIN: u32 = 100;

fn main() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/privacy.toml");
    let limits = Limits::parse(&fs::read_to_string(&file).unwrap(), &file).unwrap();
    println!("{}", counts::table(&limits));
    println!("{}", venn::table(&limits));
}
