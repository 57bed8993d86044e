//! Identifiers are normalised and hashed here, on the member's machine; each row is taken, or reported by its line.
//!
//! | file | promises |
//! |---|---|
//! | `profile` | the three conventions of hashing, the kinds of identifier, the hash, and why a row is not taken |
//! | `email`, `phone` | one written form for one identifier |
//! | `decode` | what the room accepts as a hash; something that looks raw is told apart |
//! | [`records`] | CSV cut into blocks at record boundaries, in bounded memory |
//! | `header` | which columns hold identifiers |
//! | `source` | any export as UTF-8 or Windows-1252 CSV: delimiters, encodings, Parquet |
//! | `hash` | a file of customers becomes a file of hashes |
//! | [`hashed`] | a file of hashes becomes the stream that the room takes |
//!
//! No identifier appears in an error, a report or a log line: only where it stood, and what was wrong with it.

mod decode;
mod email;
mod error;
mod hash;
pub mod hashed;
mod header;
mod output;
mod parquet_input;
mod phone;
mod pipeline;
mod profile;
mod reason;
pub mod records;
mod row;
mod source;
mod words;

pub use decode::decode_hashed;
pub use email::{hash_email, normalise_email};
pub use error::HashError;
pub use hash::{ColumnMap, HashOptions, HashSummary, Input, Output, Progress, hash_file};
pub use header::Selection;
pub use phone::{Country, UnknownCountry, hash_phone, normalise_phone};
pub use profile::{HashedIdentifier, Kind, Profile, UnknownProfile};
pub use reason::{Reason, Counts};
