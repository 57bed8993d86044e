//! identity: see lib.rs.
