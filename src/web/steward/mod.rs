//! The data steward's work: what the member holds, who asked what of it, and lists that are hashed in the browser, to be uploaded or
//! whose people are to be erased.

pub(super) mod audiences;
pub(super) mod erase;
mod list;
mod told;
pub(super) mod upload;
