//! Running a question: what is done before its charge, what after, and what comes of it when the engine fails.
//!
//! Whether the engine fails may depend on data. So all that doesn't is done before the charge, where a failure withdraws nothing and
//! costs nothing; and a failure after it is an event for everybody: the charge is over, every owner's approval of the template's
//! version ends, owners are told, and who asked is told what anybody who asks is told from then on.

use super::{AskError, Outcome, Request, Room, Rules, pace::Running, plan::attached_as};
use crate::{
    ledger::{Charge, LedgerError},
    model::failpoint,
    privacy,
    store::{self, Engine, Pins, Version},
    template::Instance,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// A question's statement, ready to be run.
pub(super) struct Prepared {
    statement: Box<dyn store::Prepared>,
    instance: Instance,
    _pins: Pins,
}

/// Why a charged question has nothing to release.
pub(super) enum RunError {
    /// The engine could not run it, or what it gave can't be released: perhaps because of the data.
    Failed,
    /// Something else, whatever the data are.
    Other(AskError),
}

impl From<AskError> for RunError {
    fn from(error: AskError) -> Self {
        Self::Other(error)
    }
}

/// Releases that were computed and could not be recorded yet, by their charges: drawn once, they are recorded as they are.
#[derive(Default)]
pub(super) struct Unrecorded(Mutex<HashMap<i64, String>>);

impl Unrecorded {
    fn take(&self, charge: &Charge) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&charge.id())
    }

    pub(super) fn keep(&self, charge: &Charge, outcome: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(charge.id(), outcome);
    }
}

/// Does all that can be done before the charge, off the async threads: opens the files and plans the statement.
///
/// # Errors
/// When a key or a file is missing, or the statement can't be planned. A plan is a function of the statement's text alone, so neither
/// depends on anybody's rows.
pub(super) async fn prepare(
    room: &Arc<Room>,
    versions: &[Version],
    instance: Instance,
    pins: Pins,
) -> Result<Prepared, AskError> {
    let mut attached = Vec::with_capacity(versions.len());
    for (position, version) in versions.iter().enumerate() {
        let file = room.store.attached(version, attached_as(position));
        attached.push(file.map_err(|error| AskError::internal("store", &error))?);
    }
    let room = Arc::clone(room);
    let prepared = tokio::task::spawn_blocking(move || {
        let statement = room.store.engine().prepare(&attached, &instance.sql, instance.bounds.cell_space());
        statement.map(|statement| Prepared { statement, instance, _pins: pins })
    });
    let prepared = prepared.await.map_err(|error| AskError::internal("prepare", &error))?;
    prepared.map_err(|error| AskError::internal("prepare", &error))
}

/// A failure that may depend on data: the log has its class, and nobody a reference to it.
fn failed(step: &'static str, error: &dyn std::error::Error) -> RunError {
    tracing::error!(step, %error, "a charged query failed: its template is withdrawn");
    RunError::Failed
}

/// Runs the query, adds the noise and names the cells, off the async threads; the exact tally never leaves this function.
/// Gives what is to be stored; what was computed before and could not be, as it is.
pub(super) async fn tally_and_release(
    room: &Arc<Room>,
    rules: &Arc<Rules>,
    (prepared, release): (Prepared, privacy::Plan),
    (charge, wanted): (&Charge, u64),
) -> Result<String, RunError> {
    if let Some(outcome) = room.unrecorded.take(charge) {
        return Ok(outcome);
    }
    tracing::debug!(charge = charge.id(), recovered = charge.recovered(), "an answer is computed");
    let instance = &prepared.instance;
    // An interrupted query may have been charged for a narrower margin than is asked now: that one is released.
    let release = if charge.margin() == wanted {
        release
    } else {
        let margin = privacy::Accuracy::Margin(charge.margin() as f64);
        privacy::plan(&instance.bounds, margin, &rules.limits).map_err(AskError::from)?
    };
    if !release.loss().within(charge.loss()) {
        let error = LedgerError::Corrupt("a release would cost more than its charge");
        return Err(AskError::internal("release", &error).into());
    }
    if charge.recovered() && !room.ledger.restart(charge).await.map_err(AskError::ledger)? {
        return Err(failed("restart", &LedgerError::Corrupt("a query that was begun too often")));
    }
    let rules = Arc::clone(rules);
    let released = tokio::task::spawn_blocking(move || {
        let Prepared { statement, instance, _pins } = prepared;
        let rows = statement.run().map_err(|error| failed("tally", &error))?;
        let tally = privacy::Tally::seal(rows);
        failpoint("after_tally");
        let noisy = privacy::release(tally, &release).map_err(|error| failed("release", &error))?;
        let outcome = Outcome::new(&noisy, &release, &instance, &rules.limits);
        serde_json::to_string(&outcome).map_err(|error| failed("outcome", &error))
    });
    released.await.unwrap_or_else(|error| Err(failed("tally", &error)))
}

/// What comes of a failure, once its time has come: everything in one transaction. Gives what its asker is told: what anybody who asks is
/// told from now on.
pub(super) async fn withdraw(
    room: &Room,
    request: &Request,
    (template, charge): (&str, &Charge),
    running: &Running,
) -> AskError {
    running.failed();
    let rules = match withdrawn(room, template, charge).await {
        Ok(rules) => rules,
        Err(error) => return error,
    };
    match request.resolve(&rules) {
        Err(error) => error,
        // An older version is approved still: who asks again is asking that one.
        Ok(_) => AskError::Unapproved(request.template.clone(), request.owners(&rules)),
    }
}

async fn withdrawn(room: &Room, template: &str, charge: &Charge) -> Result<Arc<Rules>, AskError> {
    let consent_failed = |error| AskError::internal("withdraw", &error);
    let _desk = room.desk_turn().await.map_err(|error| AskError::internal("turn", &error))?;
    let rules = room.rules_now().await.map_err(AskError::rules)?;
    let consent = rules.consent(room);
    let mut writing = consent.begin().await.map_err(consent_failed)?;
    room.ledger.fail(&mut writing, charge).await.map_err(AskError::ledger)?;
    let after = consent.fail(&mut writing, &rules.templates, (template, charge.id())).await.map_err(consent_failed)?;
    writing.commit().await.map_err(|error| AskError::internal("withdraw", &error))?;
    room.happened.notify_one();
    let rules = room.enforce(rules.with(after));
    room.keep().await?;
    Ok(rules)
}
