//! cli: see lib.rs.

#[cfg(feature = "server")]
pub mod template;
