//! The way of a query. Nothing else in the program may run these steps.

use super::{
    Answer, Estimate, Outcome, Request, Room, Rules, RulesError,
    plan::{Plan, Priced, admit, asked, attached_as, plan, price, repeat},
    question::Resolved,
};
use crate::{
    ledger::{Charge, Charged, LedgerError, Recorded, Shortfall, StoredAnswer},
    model::{AudienceRef, MemberName, TemplateName, Text, failpoint},
    people::User,
    policy::{Admission, Refusal},
    privacy::{self, AccuracyError},
    proof::What,
    store::{Engine, Prepared},
};
use std::{collections::BTreeSet, error::Error, sync::Arc};

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// No such template.
    #[error("there is no template `{0}`")]
    UnknownTemplate(TemplateName),
    /// Owners of the question's audiences have not approved any version of the template that the others have.
    #[error("the template `{0}` is not approved by every owner")]
    Unapproved(TemplateName, BTreeSet<MemberName>),
    /// The request doesn't fit the template.
    #[error("{}", .0.en)]
    Malformed(Text),
    /// The accuracy can't be had.
    #[error(transparent)]
    Accuracy(#[from] AccuracyError),
    /// The policies refuse.
    #[error("refused by the policies")]
    Refused(Refusal),
    /// An audience can't be used for this.
    #[error("{}", .1.en)]
    Unavailable(AudienceRef, Text),
    /// An account can't bear the loss.
    #[error("not enough budget")]
    Budget(Box<Shortfall>),
    /// Something failed; what, is in the log under the reference.
    #[error("failed; reference {0}")]
    Internal(String),
}

impl AskError {
    /// Logs a failure once, by its classes, and keeps only a reference to it.
    pub fn internal(step: &'static str, error: &dyn Error) -> Self {
        let mut bytes = [0u8; 6];
        let _ = getrandom::fill(&mut bytes);
        let reference = hex::encode(bytes);
        tracing::error!(step, reference, %error, "a step failed");
        Self::Internal(reference)
    }

    pub(super) fn rules(error: RulesError) -> Self {
        Self::internal("rules", &error)
    }

    pub(super) fn ledger(error: LedgerError) -> Self {
        Self::internal("ledger", &error)
    }
}

/// Answers a question: the spine of the program.
///
/// # Errors
/// A reasoned refusal, or a reference to what failed. An interrupted query that was charged is finished at no new
/// cost by asking it again.
pub async fn ask(room: &Arc<Room>, user: &User, request: &Request) -> Result<Answer, AskError> {
    let rules = room.rules_now().await.map_err(AskError::rules)?;
    let resolved = request.resolve(&rules)?;
    let priced = price(&rules, request, &resolved)?;
    let audiences = resolved.audiences();
    let told = |what: What| asked(what, user, request, &audiences);
    let admission = admit_or_tell(room, &rules, user, request, &resolved, &priced).await?;
    let replayed =
        |id: i64| Ok::<_, AskError>(told(What::Replayed)?.with("answer", id).with("policy", admission.version()));
    let mut plan = plan(room, &rules, user, request, &resolved, &admission, priced).await?;
    let turn = room.query_turn(&plan.charge.query_key).await;
    let _turn = turn.map_err(|error| AskError::internal("turn", &error))?;
    plan.charge.repeat = repeat(room, &rules, user, request, &resolved, &plan).await?;
    failpoint("before_charge");
    let charge = match room.ledger.charge(&plan.charge, rules.limits.period_months()).await.map_err(AskError::ledger)? {
        Charged::Answered(stored) => {
            room.tell(replayed(stored.id)?).await?;
            return tell(&rules, request, stored, true, &admission);
        }
        // The log tells of it already, with what it debited.
        Charged::Delivered(stored) => {
            failpoint("after_delivery");
            room.keep().await?;
            return tell(&rules, request, stored, false, &admission);
        }
        Charged::Refused(shortfall) => {
            room.tell(told(What::Refused)?.with("reason", "budget")).await?;
            return Err(AskError::Budget(Box::new(shortfall)));
        }
        Charged::Ready(charge) => charge,
    };
    failpoint("after_charge");
    let outcome = tally_and_release(room, &rules, plan, &charge).await?;
    failpoint("before_record");
    let stored = room.ledger.record(&charge, &outcome).await.map_err(AskError::ledger)?;
    failpoint("after_record");
    // Interrupted when it was first asked, and asked again: the log hears of who learned it.
    if charge.recovered() && !charge.first_delivery() {
        room.tell(replayed(stored.id)?).await?;
    }
    room.keep().await?;
    tell(&rules, request, stored, false, &admission)
}

/// Admits a question; a refusal is told by the log, also of an estimate: it is what people ask first.
async fn admit_or_tell(
    room: &Room,
    rules: &Rules,
    user: &User,
    request: &Request,
    resolved: &Resolved<'_>,
    priced: &Priced,
) -> Result<Admission, AskError> {
    let admitted = admit(room, rules, user, request, resolved, (&priced.instance, priced.plan.loss().rho));
    if let Err(AskError::Refused(_)) = &admitted {
        let event = asked(What::Refused, user, request, &resolved.audiences())?;
        room.tell(event.with("reason", "policy").with("policy", rules.policies.to_string())).await?;
    }
    admitted
}

/// What a question would cost. Reads no data of persons; admits as the question itself would be.
///
/// # Errors
/// As [`ask`], but for the budget, which is part of the estimate.
pub async fn estimate(room: &Arc<Room>, user: &User, request: &Request) -> Result<Estimate, AskError> {
    let rules = room.rules_now().await.map_err(AskError::rules)?;
    let resolved = request.resolve(&rules)?;
    let priced = price(&rules, request, &resolved)?;
    let admission = admit_or_tell(room, &rules, user, request, &resolved, &priced).await?;
    let plan = plan(room, &rules, user, request, &resolved, &admission, priced).await?;
    // Free is what the asker's member has itself. Whether another has paid for the same is told by no estimate.
    let free = repeat(room, &rules, user, request, &resolved, &plan).await?.is_some();
    let period = room.ledger.period(rules.limits.period_months()).await.map_err(AskError::ledger)?;
    let states = room.ledger.states(&plan.charge.caps, &period).await.map_err(AskError::ledger)?;
    Ok(Estimate::new(&plan.release, &plan.instance, &rules.limits, states, free))
}

/// Runs the query, adds the noise and names the cells, off the async threads; the exact tally never leaves this function.
/// Gives what is to be stored.
async fn tally_and_release(
    room: &Arc<Room>,
    rules: &Arc<Rules>,
    plan: Plan,
    charge: &Charge,
) -> Result<String, AskError> {
    tracing::debug!(charge = charge.id(), recovered = charge.recovered(), "an answer is computed");
    let slot = room.slots.acquire().await.map_err(|error| AskError::internal("slots", &error))?;
    // An interrupted query may have been charged for a narrower margin than is asked now: that one is released.
    let release = if charge.margin() == plan.charge.margin {
        plan.release
    } else {
        let margin = privacy::Accuracy::Margin(charge.margin() as f64);
        privacy::plan(&plan.instance.bounds, margin, &rules.limits)?
    };
    if !release.loss().within(charge.loss()) {
        return Err(AskError::internal("release", &LedgerError::Corrupt("a release would cost more than its charge")));
    }
    let mut attached = Vec::with_capacity(plan.versions.len());
    for (position, version) in plan.versions.iter().enumerate() {
        let file = room.store.attached(version, attached_as(position));
        attached.push(file.map_err(|error| AskError::internal("store", &error))?);
    }
    let (room, rules, pins, instance) = (Arc::clone(room), Arc::clone(rules), plan.pins, plan.instance);
    let released = tokio::task::spawn_blocking(move || {
        let _pins = pins;
        let prepared = room.store.engine().prepare(&attached, &instance.sql, instance.bounds.cell_space());
        let tally = prepared
            .and_then(Prepared::run)
            .map(privacy::Tally::seal)
            .map_err(|error| AskError::internal("tally", &error))?;
        failpoint("after_tally");
        let noisy = privacy::release(tally, &release).map_err(|error| AskError::internal("release", &error))?;
        let outcome = Outcome::new(&noisy, &release, &instance, &rules.limits);
        serde_json::to_string(&outcome).map_err(|error| AskError::internal("release", &error))
    })
    .await;
    drop(slot);
    released.map_err(|error| AskError::internal("tally", &error))?
}

fn tell(
    rules: &Rules,
    request: &Request,
    stored: StoredAnswer,
    replay: bool,
    admission: &Admission,
) -> Result<Answer, AskError> {
    Answer::new(request, stored, &rules.limits, replay, admission.version().to_owned())
}

/// The answers that were delivered to the user's member, each for its own question, newest first.
///
/// # Errors
/// When the ledger can't be read.
pub async fn answers(room: &Room, user: &User) -> Result<Vec<Answer>, AskError> {
    let rules = room.rules();
    let recorded = room.ledger.answers(&user.member).await.map_err(AskError::ledger)?;
    recorded.into_iter().map(|recorded| given(&rules, recorded)).collect()
}

fn given(rules: &Rules, recorded: Recorded) -> Result<Answer, AskError> {
    let request: Request =
        serde_json::from_str(&recorded.question).map_err(|_| AskError::ledger(LedgerError::Corrupt("question")))?;
    Answer::new(&request, recorded.answer, &rules.limits, true, recorded.policy)
}

/// One of the answers that were delivered to the user's member, by its number.
///
/// # Errors
/// As [`answers`].
pub async fn answer(room: &Room, user: &User, id: &str) -> Result<Option<Answer>, AskError> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let recorded = room.ledger.answer(&user.member, id).await.map_err(AskError::ledger)?;
    recorded.map(|recorded| given(&room.rules(), recorded)).transpose()
}
