//! cli: see lib.rs.

pub mod hash;
