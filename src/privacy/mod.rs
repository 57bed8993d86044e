//! privacy: see lib.rs.
