//! The pilot room: people who don't exist, their messy exports, and the walk through the room that `--check` takes.

mod addresses;
pub mod check;
pub mod exports;
mod lists;
mod names;
pub mod people;
mod pilot;
mod places;
mod sheet;
mod taste;
mod typing;

#[cfg(test)]
mod sample;

pub use pilot::{Args, run};
