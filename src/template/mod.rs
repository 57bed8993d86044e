//! template: see lib.rs.
