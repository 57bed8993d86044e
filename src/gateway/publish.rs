//! Officers' acts on the policies. One at a time, and what comes of one is in force before its answer is given: a narrowing is never
//! late, and of two that meet one wins.

use super::{Room, Rules, RulesError};
use crate::{
    model::{Role, Text, YearLoss},
    people::User,
    policy::{Comment, Current, Files, Officer, Proposal, Versions, VersionsError},
    privacy::{self, Limits, LimitsError},
    template::ConsentError,
};
use std::path::Path;

/// Why an act on the policies came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The user is no officer.
    #[error("only officers act on the policies")]
    NotAnOfficer,
    /// The versions say why.
    #[error(transparent)]
    Versions(#[from] VersionsError),
    /// What is in force can't be read.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The figures of `privacy.toml` can't be used.
    #[error("the figures of privacy.toml can't be used")]
    Limits(#[from] LimitsError),
    /// The templates' approvals can't be written.
    #[error(transparent)]
    Templates(#[from] ConsentError),
    /// Something that officers can't mend.
    #[error("{}", .0.en)]
    Refused(Text),
}

/// What an officer does.
#[derive(Debug, Clone)]
pub enum Act {
    /// Proposes a folder, and says why.
    Propose(Files, String),
    /// Proposes an earlier version again, and says why.
    Restore(String, String),
    /// Approves a proposal, having seen effects of this digest, and may say something of it.
    Approve(i64, String, Option<Comment>),
    /// Refuses a proposal, and says why.
    Refuse(i64, Comment),
    /// Takes an approval back.
    Retract(i64),
    /// Withdraws a proposal of the officer's member.
    Withdraw(i64),
    /// Lets go of the narrowings of the officer's member.
    Lift,
}

/// Does what an officer asks for; the proposal as it then stands, if it is about one.
///
/// # Errors
/// When the user is no officer, or the act can't be done; nothing has changed then.
pub async fn act(room: &Room, user: &User, act: Act) -> Result<Option<Proposal>, PublishError> {
    if !user.is(Role::Officer) {
        return Err(PublishError::NotAnOfficer);
    }
    let officer = Officer { member: user.member.clone(), user: user.user.clone() };
    let _desk = room.desk_turn().await.map_err(VersionsError::from)?;
    let rules = room.rules_now().await?;
    let (current, versions) = (rules.policies.clone(), rules.versions(room));
    let settled = match act {
        Act::Propose(files, why) => propose(&rules, &versions, &officer, (files, why)).await?,
        Act::Restore(version, why) => {
            let files = versions.files(&version).await?;
            propose(&rules, &versions, &officer, (files, why)).await?
        }
        Act::Approve(id, effects, comment) => {
            versions.approve(&current, &officer, id, (&effects, comment.as_ref())).await?
        }
        Act::Refuse(id, comment) => {
            versions.refuse(&current, &officer, id, &comment).await?;
            (id, None)
        }
        Act::Retract(id) => {
            versions.retract(&officer, id).await?;
            (id, None)
        }
        Act::Withdraw(id) => {
            versions.withdraw(&officer, id).await?;
            (id, None)
        }
        Act::Lift => {
            let after = versions.lift(&current, &officer).await?;
            enforce(room, after).await?;
            return Ok(None);
        }
    };
    let (id, after) = settled;
    if let Some(after) = after {
        enforce(room, after).await?;
    }
    room.happened.notify_one();
    Ok(Some(proposal(room, id).await?))
}

/// A proposal as it stands, with what it makes of a year's loss.
///
/// # Errors
/// When there is none of this number, or the database fails.
pub async fn proposal(room: &Room, id: i64) -> Result<Proposal, VersionsError> {
    let rules = room.rules();
    let mut proposal = room.versions.proposal(&rules.policies, id).await?;
    if proposal.common {
        // What the proposal itself changes: a file that changed on both sides would be its obstacle.
        let mut texts = Vec::new();
        for version in [&proposal.base, &proposal.version] {
            let files = room.versions.files(version).await?;
            texts.push(files.get("privacy.toml").map(|bytes| String::from_utf8_lossy(bytes).into_owned()));
        }
        if let [Some(before), Some(after)] = texts.as_slice() {
            proposal.years = years(before, after);
        }
    }
    Ok(proposal)
}

/// What a change of `privacy.toml`, given as texts, makes of the loss that a year allows. Nothing where one can't be read: its mistakes are
/// told elsewhere.
pub fn years(before: &str, after: &str) -> Vec<YearLoss> {
    let [before, after] = [before, after].map(|text| Limits::parse(text, Path::new("privacy.toml")));
    before.and_then(|before| Ok(privacy::years(&before, &after?))).unwrap_or_default()
}

async fn propose(
    rules: &Rules,
    versions: &Versions,
    officer: &Officer,
    (files, why): (Files, String),
) -> Result<(i64, Option<Current>), PublishError> {
    if why.trim().is_empty() {
        return Err(PublishError::Refused(Text::new("dites pourquoi, en une phrase", "say why, in a sentence")));
    }
    // The kernel's own check of the figures, before anything is stored.
    Rules::new(versions.read(&files).await?.into(), rules.templates.clone())?;
    Ok(versions.propose(&rules.policies, officer, &files, why.trim()).await?)
}

async fn enforce(room: &Room, current: Current) -> Result<(), PublishError> {
    let rules = room.rules();
    // Templates were checked for the vocabulary in force, and only some versions bring another.
    let templates = if rules.policies.base.vocabulary() == current.base.vocabulary() {
        rules.templates.clone()
    } else {
        rules.templates.checked(current.base.vocabulary())
    };
    room.enforce(Rules::new(current, templates)?);
    // In force first: a narrowing is never late. A member that has left has no audience that a template could run over.
    let rules = room.rules();
    let members = rules.policies.base.members().keys().cloned().collect();
    let kept = room.consent.keep(&rules.templates, &members).await?;
    room.enforce(rules.with(kept));
    Ok(())
}
