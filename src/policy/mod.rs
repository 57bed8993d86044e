//! Policies: who may compare what, decided by the agreements of one folder, with a reason.
//!
//! [`Policies::load`] reads the folder (TOML for names and figures, Cedar for agreements) and reports every mistake at once,
//! each with its file, line, column and a help. What loads is complete: every name that an agreement uses exists, every
//! agreement passes Cedar's strict validation, and the schema accepts the very requests that [`Policies::decide`] makes.
//!
//! A decision is unanimous: each audience of a question is judged by a request of its own, all must be permitted, and one
//! `forbid` ends it. An agreement that can't be evaluated refuses. Only a decision makes an [`Admission`], and only an
//! admission lets a query run.
//!
//! Members, audiences and agreements are public within the co-operative, so refusals name them; an audience that doesn't exist
//! is refused in the same words as one that no agreement permits.

mod agreement;
mod caps;
mod cases;
mod check;
mod consent;
mod current;
mod decide;
mod decision;
mod document;
mod effects;
mod entities;
mod excerpt;
mod files;
mod folder;
mod format;
mod groups;
mod letters;
mod locate;
mod members;
mod mistake;
mod nesting;
mod policies;
mod room;
mod suggestion;
mod tariffs;
mod template_groups;
#[cfg(test)]
mod tests;
mod versions;
mod vocabulary;

pub use agreement::{Agreement, AgreementId, Effect};
pub use cases::{CaseOutcome, Verdict};
pub use consent::{Difference, differences};
pub use current::{Current, Narrowing};
pub use decision::{Admission, Decision, Ground, Question, Reason, Refusal};
pub use effects::{
    Beside, Change, Effects, EffectsError, Explained, Grant, InForce, Permission, Provisions, Ruling, Written, diff,
    matrix, permissions_of, role_words, written,
};
pub use format::{Formatted, format};
pub use members::{AudienceDeclaration, Member};
pub use mistake::{Mistake, PolicyErrors};
pub use policies::Policies;
pub use room::{Purpose, Room};
pub use suggestion::suggestion;
pub use tariffs::{Tariffs, Tier};
pub use template_groups::TemplateGroups;
pub use versions::{
    Approval, Comment, Entry, Files, Officer, Opinion, OpinionVerdict, Proposal, Status, Titles, Versions,
    VersionsError, What, grows,
};
