//! database: see lib.rs.
