//! people: see lib.rs.
