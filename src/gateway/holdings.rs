//! What a member holds in the room, and what has happened to it: as the member's own stewards may know.
//!
//! Nothing is told here that the API doesn't tell the same people: the version in force, what an upload came to, and the entries of the
//! log that concern their member.

use super::{AskError, Request, Room};
use crate::{
    audit::Filter,
    model::{AudienceRef, Rho},
    proof::{By, Entry, What},
    store::{Declaration, Outcome, StoreError, Version},
};
use serde_json::Value;

/// An audience as its member holds it.
#[derive(Debug, Clone)]
pub struct Holding {
    /// The version in force.
    pub version: Option<Version>,
    /// What its upload came to.
    pub outcome: Option<Outcome>,
}

/// Something that happened to an audience.
#[derive(Debug, Clone)]
pub struct Happening {
    /// When (RFC 3339).
    pub at: String,
    /// Who did it, where the log says so.
    pub by: Option<By>,
    /// What.
    pub what: Happened,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Happened {
    /// A version came into force.
    Stored(Box<StoredVersion>),
    /// A version came to its end and was destroyed.
    Expired(i64),
    /// A question was asked that touches it.
    Asked(Box<Asked>),
}

/// A version that came into force.
#[derive(Debug, Clone)]
pub struct StoredVersion {
    /// Its number.
    pub version: i64,
    /// Its terms.
    pub terms: Declaration,
    /// What its upload came to.
    pub outcome: Option<Outcome>,
    /// Whether it is the one before without people who were erased.
    pub after_erasure: bool,
}

/// A question, and what came of it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The question.
    pub request: Request,
    /// What came of it.
    pub end: AskedEnd,
    /// Half-width of the interval that was given, where something was.
    pub margin: Option<u64>,
    /// What it cost, as ε at the room's δ.
    pub epsilon: Option<f64>,
}

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedEnd {
    /// It was answered.
    Answered,
    /// An answer that another member had paid for was given to this one, which was debited for it.
    Delivered,
    /// A stored answer was given again, at no cost.
    Replayed,
    /// The policies refused it.
    RefusedByPolicy,
    /// There was no budget for it.
    RefusedForBudget,
}

/// An audience of a member as it stands.
///
/// # Errors
/// When the database fails.
pub async fn holding(room: &Room, audience: &AudienceRef) -> Result<Holding, AskError> {
    let version = room.store.version(audience).await.map_err(store)?;
    let outcome = match &version {
        Some(version) => outcome(room, audience, &version.upload).await?,
        None => None,
    };
    Ok(Holding { version, outcome })
}

/// What has happened to an audience of a member, newest first.
///
/// # Errors
/// When the log can't be read.
pub async fn happenings(room: &Room, audience: &AudienceRef) -> Result<Vec<Happening>, AskError> {
    let mut found = Vec::new();
    let mut filter = Filter { containing: Some(audience.to_string()), ..Filter::default() };
    loop {
        let page = room.log.entries(Some(&audience.member), &filter).await;
        let page = page.map_err(|error| AskError::internal("log", &error))?;
        for leaf in &page.leaves {
            let entry = Entry::read(leaf.as_bytes()).map_err(|error| AskError::internal("log", &error))?;
            found.extend(happening(room, audience, entry).await?);
        }
        match page.next {
            Some(next) => filter.from = next,
            None => break,
        }
    }
    found.reverse();
    Ok(found)
}

async fn happening(room: &Room, audience: &AudienceRef, entry: Entry) -> Result<Option<Happening>, AskError> {
    let detail = |name: &str| entry.details.get(name);
    let of_audience = detail("audience").and_then(Value::as_str) == Some(audience.to_string().as_str());
    let number = detail("version").and_then(Value::as_i64);
    let what = match entry.what {
        What::UploadStored | What::PeopleErased if of_audience => {
            let terms = detail("terms").cloned().map(serde_json::from_value).transpose();
            let terms = terms.map_err(|error| AskError::internal("log", &error))?;
            let upload = detail("upload").and_then(Value::as_str).unwrap_or_default();
            let outcome = outcome(room, audience, upload).await?;
            let after_erasure = entry.what == What::PeopleErased;
            number.zip(terms).map(|(version, terms)| {
                Happened::Stored(StoredVersion { version, terms, outcome, after_erasure }.into())
            })
        }
        What::VersionExpired if of_audience => number.map(Happened::Expired),
        What::Answered | What::Delivered | What::Replayed | What::Refused => {
            asked(room, audience, &entry).map(Happened::Asked)
        }
        _ => None,
    };
    Ok(what.map(|what| Happening { at: entry.at, by: entry.by, what }))
}

/// The question that an entry tells of, if it touches the audience. What an earlier release wrote and this one can't read is no question.
fn asked(room: &Room, audience: &AudienceRef, entry: &Entry) -> Option<Box<Asked>> {
    let detail = |name: &str| entry.details.get(name);
    let request: Request = serde_json::from_value(detail("question")?.clone()).ok()?;
    if !request.audiences.values().any(|named| named.list().contains(audience)) {
        return None;
    }
    let end = match (entry.what, detail("reason").and_then(Value::as_str)) {
        (What::Answered, _) => AskedEnd::Answered,
        (What::Delivered, _) => AskedEnd::Delivered,
        (What::Replayed, _) => AskedEnd::Replayed,
        (_, Some("budget")) => AskedEnd::RefusedForBudget,
        _ => AskedEnd::RefusedByPolicy,
    };
    let rho = detail("rho").and_then(Value::as_u64).map(Rho::from_units);
    let epsilon = rho.map(|rho| room.rules().limits.epsilon(rho));
    Some(Box::new(Asked { request, end, margin: detail("margin").and_then(Value::as_u64), epsilon }))
}

async fn outcome(room: &Room, audience: &AudienceRef, upload: &str) -> Result<Option<Outcome>, AskError> {
    let upload = room.store.upload(&audience.member, upload).await.map_err(store)?;
    Ok(upload.and_then(|upload| upload.outcome))
}

fn store(error: StoreError) -> AskError {
    AskError::internal("store", &error)
}
