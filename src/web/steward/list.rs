//! What the pages have in common on which a list is hashed in the browser.

use crate::{
    identity::{Profile, Reason},
    web::page::Page,
};

/// What the script of hashing says, in the page's language.
const WORDS: &[&str] = &[
    "upload-as-nothing",
    "upload-as-email",
    "upload-as-phone",
    "upload-as-vocabulary",
    "upload-send-as",
    "upload-rivals",
    "upload-no-identifier-column",
    "upload-column-twice",
    "upload-rows-read",
    "upload-rows-taken",
    "upload-rows-rejected",
    "upload-left-out",
    "upload-size-leaving",
    "upload-kilobytes",
    "upload-megabytes",
    "upload-nothing-taken",
    "upload-line",
    "upload-column",
    "upload-reason",
    "upload-rows",
    "upload-values",
    "upload-first-lines",
    "upload-room-raw_identifier",
    "upload-room-malformed_hash",
    "upload-room-no_identifier",
    "upload-room-field_count",
    "upload-room-line_too_long",
    "upload-room-value_unknown",
    "upload-file-empty",
    "upload-file-no-rows",
    "upload-file-no-header",
    "upload-file-already-hashed",
    "upload-file-not-text",
    "upload-file-old-excel",
    "upload-file-compressed",
    "upload-file-parquet",
    "upload-file-locked",
    "upload-file-too-large",
    "upload-file-country",
    "upload-file-damaged",
    "upload-file-worker",
];

/// The words of hashing, and a page's own.
pub(super) fn words(page: &Page, own: &[&'static str]) -> Vec<(&'static str, String)> {
    WORDS.iter().chain(own).map(|word| (*word, page.say(word))).collect()
}

/// Why rows can't be taken, by code.
pub(super) fn reasons(page: &Page) -> Vec<(&'static str, &'static str)> {
    Reason::ALL.map(|reason| (reason.as_str(), reason.words(page.language))).into()
}

/// The profiles, with what they are.
pub(super) fn profiles(page: &Page) -> Vec<(&'static str, String)> {
    let title = |profile: Profile| match profile {
        Profile::Google => page.say("upload-profile-google"),
        Profile::Meta => page.say("upload-profile-meta"),
        Profile::Uid2 => page.say("upload-profile-uid2"),
    };
    Profile::ALL.map(|profile| (profile.as_str(), title(profile))).into()
}
