//! Generated people, hashed as a member's client would.

use super::{Founded, Served};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::ops::Range;

pub fn email(person: u32) -> String {
    format!("personne.{person}@example.com")
}

pub fn hash(email: &str) -> String {
    hex::encode(Sha256::digest(email.as_bytes()))
}

/// The stream of a list of these people.
pub fn stream(people: Range<u32>) -> Vec<u8> {
    stream_of(people.map(|person| hash(&email(person))))
}

/// The stream of a list of these cells.
pub fn stream_of(cells: impl IntoIterator<Item = String>) -> Vec<u8> {
    let mut stream = b"hashed_email_google\n".to_vec();
    for cell in cells {
        stream.extend_from_slice(cell.as_bytes());
        stream.push(b'\n');
    }
    stream
}

impl Founded {
    /// Has an officer of each member that a proposal waits for approve it, until it is published.
    pub fn all_agree(&self, served: &Served, mut proposal: Value) {
        while proposal["status"] == "open" {
            let mut approvals = proposal["approvals"].as_array().unwrap().iter();
            let missing = approvals.find(|one| one["needed"] == true && one["by"].is_null()).unwrap();
            let officer = self.token(missing["owner"].as_str().unwrap(), "officer");
            let path = format!("/api/v1/policy/proposals/{}/approval", proposal["id"]);
            proposal = served.post(&officer, &path, &json!({"effects": missing["effects"]})).ok();
        }
    }
}
