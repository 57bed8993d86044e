//! The way of a query. Nothing else in the program may run these steps.

use super::{
    Answer, Estimate, Request, Room, Rules, RulesError,
    pace::Running,
    plan::{Priced, admit, asked, plan, price, repeat},
    question::Resolved,
    queue::Later,
    run::{self, RunError, tally_and_release},
};
use crate::{
    ledger::{Charged, LedgerError, Recorded, Shortfall, StoredAnswer},
    model::{AudienceRef, MemberName, TemplateName, Text, failpoint},
    people::User,
    policy::{Admission, Refusal},
    privacy::AccuracyError,
    proof::What,
};
use std::{collections::BTreeSet, error::Error, sync::Arc, time::Duration};
use tokio::{select, sync::oneshot};

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
    /// Too many questions of the asker's member wait already: to be asked again in so many seconds.
    #[error("too many questions wait")]
    Busy(u64),
    /// A question of the asker's member failed lately: nothing more of it runs for so many seconds.
    #[error("held after a failure")]
    Held(u64),
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

impl From<Later> for AskError {
    fn from(later: Later) -> Self {
        match later {
            Later::Full(seconds) => Self::Busy(seconds),
            Later::Held(seconds) => Self::Held(seconds),
        }
    }
}

/// Answers a question: the spine of the program. While it waits for its turn at the engine it is given up once `gone` says that nobody
/// waits for it any more; after that it isn't.
///
/// # Errors
/// A reasoned refusal, or a reference to what failed. An interrupted query that was charged is finished at no new
/// cost by asking it again; one that the engine could not run is over.
pub async fn ask(
    room: &Arc<Room>,
    user: &User,
    request: &Request,
    mut gone: oneshot::Receiver<()>,
) -> Result<Answer, AskError> {
    loop {
        if let Some(answer) = ask_once(room, user, request, &mut gone).await? {
            return Ok(answer);
        }
    }
}

/// Asks under the rules in force now; `None` if they changed while the question waited for its turn.
async fn ask_once(
    room: &Arc<Room>,
    user: &User,
    request: &Request,
    gone: &mut oneshot::Receiver<()>,
) -> Result<Option<Answer>, AskError> {
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
    // What is computed waits for its place at the engine before it is charged; what was answered before, for nobody.
    let mut begun = None;
    if !room.ledger.is_answered(&plan.charge).await.map_err(AskError::ledger)? {
        let time = room.pace.public_time(&rules, &plan.instance, &audiences);
        let running = begin(room, user, time, gone).await?;
        // The template may have been withdrawn meanwhile, or an agreement ended.
        if !Arc::ptr_eq(&room.rules_now().await.map_err(AskError::rules)?, &rules) {
            return Ok(None);
        }
        begun = Some((running, run::prepare(room, &plan.versions, plan.instance, plan.pins).await?));
    }
    failpoint("before_charge");
    let charge = match room.ledger.charge(&plan.charge, rules.limits.period_months()).await.map_err(AskError::ledger)? {
        Charged::Answered(stored) => {
            room.tell(replayed(stored.id)?).await?;
            return tell(&rules, request, stored, true, &admission).map(Some);
        }
        // The log tells of it already, with what it debited.
        Charged::Delivered(stored) => {
            failpoint("after_delivery");
            room.keep().await?;
            return tell(&rules, request, stored, false, &admission).map(Some);
        }
        Charged::Refused(shortfall) => {
            room.tell(told(What::Refused)?.with("reason", "budget")).await?;
            return Err(AskError::Budget(Box::new(shortfall)));
        }
        Charged::Ready(charge) => charge,
    };
    failpoint("after_charge");
    // An answer that was there a moment ago is there still: without a place at the engine nothing is run.
    let (running, prepared) = begun.ok_or_else(|| AskError::ledger(LedgerError::Corrupt("an answer that is gone")))?;
    let outcome = tally_and_release(room, &rules, (prepared, plan.release), (&charge, plan.charge.margin)).await;
    // Nothing is written before the public time has passed: what is written has its moment beside it.
    running.hold().await;
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(RunError::Other(error)) => return Err(error),
        Err(RunError::Failed) => {
            return Err(run::withdraw(room, request, (resolved.template.hash(), &charge), &running).await);
        }
    };
    failpoint("before_record");
    let stored = match room.ledger.record(&charge, &outcome).await {
        Ok(stored) => stored,
        Err(error) => {
            // Drawn once: it is recorded as it is when the question is asked again.
            room.unrecorded.keep(&charge, outcome);
            return Err(AskError::ledger(error));
        }
    };
    failpoint("after_record");
    // Interrupted when it was first asked, and asked again: the log hears of who learned it.
    if charge.recovered() && !charge.first_delivery() {
        room.tell(replayed(stored.id)?).await?;
    }
    room.keep().await?;
    tell(&rules, request, stored, false, &admission).map(Some)
}

/// Waits for a place at the engine.
async fn begin(
    room: &Room,
    user: &User,
    time: Duration,
    gone: &mut oneshot::Receiver<()>,
) -> Result<Running, AskError> {
    select! {
        biased;
        slot = room.queue.enter(&user.member, time) => Ok(Running::new(slot?, time)),
        _ = gone => Err(AskError::Busy(1)),
    }
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
