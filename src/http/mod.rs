//! http: see lib.rs.
