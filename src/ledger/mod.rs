//! ledger: see lib.rs.
