//! gateway: see lib.rs.
