//! What the room tells a steward, and nobody else, of the lists that its member holds: written by the room, read by the commands.

use super::names::AudienceRef;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rows that a version lacks because a person had more than the room's `rows_max`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct LeftOut {
    /// Persons who had more rows.
    pub persons: u64,
    /// Rows of theirs that were left out.
    pub rows: u64,
}

/// What an erasure came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ErasureOutcome {
    /// Rows of the list that were taken.
    pub rows_taken: u64,
    /// Rows of the list that were rejected.
    pub rows_rejected: u64,
    /// Rejections by reason.
    pub rejected: BTreeMap<String, u64>,
    /// The first lines of each.
    pub first_lines: BTreeMap<String, Vec<u64>>,
    /// The audiences that were written anew, whether or not anybody was erased from them.
    pub erased: Vec<ErasedFrom>,
    /// The audiences that weren't searched, or not by every kind of identifier that they hold.
    pub not_searched: Vec<NotSearched>,
}

/// What one audience lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ErasedFrom {
    /// The audience.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub audience: AudienceRef,
    /// Persons erased, by kind of identifier.
    pub persons: BTreeMap<String, u64>,
    /// Persons left, by kind of identifier.
    pub left: BTreeMap<String, u64>,
    /// The new version's number.
    pub version: i64,
}

/// An audience in which somebody of the list can still be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NotSearched {
    /// The audience.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub audience: AudienceRef,
    /// The profile that it was hashed by.
    pub profile: String,
    /// The kinds of identifiers that it wasn't searched by.
    pub kinds: Vec<String>,
    /// Why not.
    pub why: WhyNotSearched,
}

/// Why an audience wasn't searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum WhyNotSearched {
    /// The list was hashed by another profile: none of the audience's identifiers can be found by it.
    Profile,
    /// The list has no identifiers of these kinds.
    Kind,
}
