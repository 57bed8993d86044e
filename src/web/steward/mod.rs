//! The data steward's work: what the member holds, who asked what of it, and uploading a list that is hashed in the browser.

pub(super) mod audiences;
mod told;
pub(super) mod upload;
