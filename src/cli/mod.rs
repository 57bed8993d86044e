//! cli: see lib.rs.
