//! An answer as people read it in a terminal.

mod render;
mod tables;

pub use crate::model::answer::{Answer, Derived, Figure, Unit, label, part};

#[cfg(test)]
mod tests;
