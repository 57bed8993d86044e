//! Camerata, a data clean room that a co-operative runs for its members.
//!
//! The map. Arrows go down only; a test (`tests/client/tidy.rs`) holds them.
//!
//! ```text
//! cli  http  web                 how people and programs reach the room; web asks http who may
//!   gateway                      the spine: gateway::ask is the way of a query
//!     policy  template  privacy  store  ledger  people      siblings; none knows another,
//!     directory  mail                                       but for store -> identity
//!       locale                       words in both languages
//!       database                 the room's own database
//!         identity  proof        at the member: normalising and hashing; checking what the room says
//!           model                names, values, the clock
//! ```
//!
//! | module | promises |
//! |---|---|
//! | [`model`] | names and values that every module shares |
//! | [`identity`] | identifiers are normalised and hashed on the member's machine, or reported by line |
//! | [`proof`] | what members can check without trusting the room: the log's tree, checkpoints, receipts |
//! | `policy` | who may compare what, decided by the folder's agreements, with a reason |
//! | `template` | only SQL that is proven person-local runs |
//! | `privacy` | nothing leaves but with noise whose loss was computed for the very mechanism that is run |
//! | `store` | an encrypted file per audience version; a fresh locked-down engine per query |
//! | `ledger` | a charge before a query, an answer before a reply, each exactly once |
//! | `people` | users, how they sign in, their sessions and tokens |
//! | `directory` | a person is let in only on a token that the member's directory signed for this room and sign-in |
//! | `mail` | letters in the reader's language, over TLS |
//! | `locale` | both languages have the same messages |
//! | `gateway` | the only caller of the above, in the one right order |
//! | `web` | pages that do nothing that the API can't, in both languages |
//!
//! Without the feature `server` only the members' client is built: `identity`, `model`, and the commands that
//! hash, upload and ask.

pub mod cli;
pub mod identity;
pub mod model;
pub mod proof;

#[cfg(feature = "server")]
pub mod audit;
#[cfg(feature = "server")]
pub mod database;
#[cfg(feature = "server")]
pub mod directory;
#[cfg(feature = "server")]
pub mod gateway;
#[cfg(feature = "server")]
pub mod http;
#[cfg(feature = "server")]
pub mod ledger;
#[cfg(feature = "server")]
pub mod locale;
#[cfg(feature = "server")]
pub mod mail;
#[cfg(feature = "server")]
pub mod people;
#[cfg(feature = "server")]
pub mod policy;
#[cfg(feature = "server")]
pub mod privacy;
#[cfg(feature = "server")]
pub mod store;
#[cfg(feature = "server")]
pub mod template;
#[cfg(feature = "server")]
pub mod web;
