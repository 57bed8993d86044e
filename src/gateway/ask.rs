//! The way of a query. Nothing else in the program may run these steps.

use super::{Answer, Estimate, EstimatedAccount, Request, Room, budget::cap, question::Resolved};
use crate::{
    identity::Kind,
    ledger::{Account, Cap, Charge, ChargeRequest, Charged, LedgerError, Period, Shortfall},
    model::{AudienceRef, Bounds, MemberName, TemplateName, Text, failpoint},
    people::User,
    policy::{Admission, Decision, Question, Refusal},
    privacy::{self, AccuracyError},
    store::{Engine, Pins, Version},
    template::{Binding, TallySqlError},
};
use sha2::{Digest, Sha256};
use std::{error::Error, sync::Arc};

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// No such template.
    #[error("there is no template `{0}`")]
    UnknownTemplate(TemplateName),
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

    pub(super) fn ledger(error: LedgerError) -> Self {
        Self::internal("ledger", &error)
    }
}

/// What a query comes to before it is charged.
struct Plan {
    count: privacy::Plan,
    sql: String,
    versions: Vec<Version>,
    pins: Pins,
    charge: ChargeRequest,
    period: Period,
}

/// Answers a question: the spine of the program.
///
/// # Errors
/// A reasoned refusal, or a reference to what failed. An interrupted query that was charged is finished at no new
/// cost by asking it again.
pub async fn ask(room: &Arc<Room>, user: &User, request: &Request) -> Result<Answer, AskError> {
    let resolved = request.resolve(&room.catalogue)?;
    let count = accuracy(room, request)?;
    let admission = admit(room, user, request, &resolved, &count)?;
    let plan = plan(room, user, request, &resolved, &admission, count).await?;
    let _turn = room.queries.lock(&plan.charge.query_key).await;
    failpoint("before_charge");
    let charge = match room.ledger.charge(&plan.charge, &plan.period).await.map_err(AskError::ledger)? {
        Charged::Answered(stored) => return Ok(answer(room, request, stored, true, &admission)),
        Charged::Refused(shortfall) => return Err(AskError::Budget(Box::new(shortfall))),
        Charged::Ready(charge) => charge,
    };
    failpoint("after_charge");
    let release = tally_and_release(room, plan, &charge).await?;
    failpoint("before_record");
    let stored = room.ledger.record(&charge, &release).await.map_err(AskError::ledger)?;
    failpoint("after_record");
    Ok(answer(room, request, stored, false, &admission))
}

/// What a question would cost. Reads no data of persons; admits as the question itself would be.
///
/// # Errors
/// As [`ask`], but for the budget, which is part of the estimate.
pub async fn estimate(room: &Arc<Room>, user: &User, request: &Request) -> Result<Estimate, AskError> {
    let resolved = request.resolve(&room.catalogue)?;
    let count = accuracy(room, request)?;
    let admission = admit(room, user, request, &resolved, &count)?;
    let plan = plan(room, user, request, &resolved, &admission, count).await?;
    let free = room.ledger.is_paid(&plan.charge.query_key, plan.charge.margin).await.map_err(AskError::ledger)?;
    let states = room.ledger.states(&plan.charge.caps, &plan.period).await.map_err(AskError::ledger)?;
    let loss = plan.count.loss().rho;
    let accounts: Vec<EstimatedAccount> = states
        .into_iter()
        .map(|state| EstimatedAccount {
            remaining: state.remaining(),
            share: loss.as_f64() / state.cap.as_f64(),
            state,
        })
        .collect();
    Ok(Estimate {
        margin: plan.charge.margin,
        sigma: plan.count.cell_sigma(0).unwrap_or_default(),
        rho: loss,
        epsilon: room.limits.epsilon(loss),
        delta: room.limits.delta_total(),
        free,
        affordable: free || accounts.iter().all(|account| account.state.bears(plan.count.loss())),
        accounts,
    })
}

fn accuracy(room: &Room, request: &Request) -> Result<privacy::Plan, AskError> {
    let accuracy = match (request.margin, request.rho) {
        (Some(margin), None) => privacy::Accuracy::Margin(margin),
        (None, Some(rho)) => privacy::Accuracy::Loss(rho),
        _ => {
            return Err(AskError::Malformed(Text::new(
                "dites soit la marge d'erreur (`margin`), soit la perte (`rho`)",
                "say either the margin (`margin`) or the loss (`rho`)",
            )));
        }
    };
    Ok(privacy::plan(&Bounds::count(), accuracy, &room.limits)?)
}

fn admit(
    room: &Room,
    user: &User,
    request: &Request,
    resolved: &Resolved<'_>,
    count: &privacy::Plan,
) -> Result<Admission, AskError> {
    let question = Question {
        asker: user.member.clone(),
        role: user.role,
        template: request.template.clone(),
        audiences: resolved.audiences.clone(),
        columns: resolved.columns(),
        purpose: request.purpose.clone(),
        rho: count.loss().rho,
        epsilon: room.limits.epsilon(count.loss().rho),
        now: room.store.now(),
    };
    match room.policies.decide(&question) {
        Decision::Permitted(admission) => Ok(admission),
        Decision::Refused(refusal) => Err(AskError::Refused(refusal)),
    }
}

async fn plan(
    room: &Room,
    user: &User,
    request: &Request,
    resolved: &Resolved<'_>,
    admission: &Admission,
    count: privacy::Plan,
) -> Result<Plan, AskError> {
    let pinned = room.store.pin(&resolved.audiences).await;
    let (found, pins) = pinned.map_err(|error| AskError::internal("store", &error))?;
    let versions = usable(request, &resolved.audiences, found)?;
    let mut bindings = Vec::with_capacity(versions.len());
    for (position, (parameter, version)) in resolved.template.manifest().audiences.iter().zip(&versions).enumerate() {
        bindings.push(Binding {
            relation: parameter.name.clone(),
            table: format!("audience_{position}.main.{}", request.match_on),
            shape: version.declaration.shape,
            columns: version.declaration.columns.clone(),
        });
    }
    let sql = resolved.template.tally_sql(&bindings).map_err(|error| unbound(&error))?;
    let charge = ChargeRequest {
        query_key: query_key(resolved.template.hash(), request.match_on, &versions),
        margin: u64::from(count.margin()),
        loss: count.loss(),
        asker: user.member.clone(),
        question: serde_json::to_string(request).map_err(|error| AskError::internal("plan", &error))?,
        policy: admission.version().to_owned(),
        caps: caps(room, &user.member, &resolved.audiences),
    };
    let period = room.ledger.period(room.limits.period_months()).await.map_err(AskError::ledger)?;
    Ok(Plan { count, sql, versions, pins, charge, period })
}

/// An audience whose upload lacks a column or has another shape than the template needs.
fn unbound(error: &TallySqlError) -> AskError {
    let fr = match error {
        TallySqlError::Audiences => "les auditoires ne correspondent pas aux paramètres du modèle".to_owned(),
        TallySqlError::Shape(name) => format!("l'auditoire « {name} » n'a pas la forme que le modèle demande"),
        TallySqlError::Column { audience, column } => {
            format!("la version en vigueur de l'auditoire « {audience} » n'a pas la colonne « {column} »")
        }
        TallySqlError::Table(name) => format!("l'auditoire « {name} » ne se laisse pas lier"),
    };
    AskError::Malformed(Text::new(fr, error.to_string()))
}

/// Each audience must have a version in force that can be matched this way and that serves the purpose; all must
/// have been hashed alike.
fn usable(request: &Request, audiences: &[AudienceRef], found: Vec<Option<Version>>) -> Result<Vec<Version>, AskError> {
    let mut versions: Vec<Version> = Vec::with_capacity(found.len());
    for (audience, version) in audiences.iter().zip(found) {
        let unavailable = |fr: String, en: String| AskError::Unavailable(audience.clone(), Text::new(fr, en));
        let version = version.ok_or_else(|| {
            unavailable(
                format!("l'auditoire {audience} n'a pas de version en vigueur : son membre doit le téléverser"),
                format!("audience {audience} has no version in force: its member has to upload one"),
            )
        })?;
        if !version.declaration.purposes.contains(&request.purpose) {
            let purpose = &request.purpose;
            return Err(unavailable(
                format!("l'auditoire {audience} n'a pas été téléversé pour la finalité « {purpose} »"),
                format!("audience {audience} was not uploaded for the purpose `{purpose}`"),
            ));
        }
        if !version.kinds.contains(&request.match_on) {
            let kind = request.match_on;
            return Err(unavailable(
                format!("l'auditoire {audience} n'a pas d'identifiants du genre « {kind} »"),
                format!("audience {audience} has no identifiers of the kind `{kind}`"),
            ));
        }
        if let Some(other) = versions.first().filter(|other| other.declaration.profile != version.declaration.profile) {
            let (ours, theirs) = (version.declaration.profile, other.declaration.profile);
            return Err(unavailable(
                format!(
                    "{audience} est haché selon le profil « {ours} », {} selon « {theirs} » : ces listes ne se comparent pas ; hachez-les selon le même profil",
                    other.audience
                ),
                format!(
                    "{audience} was hashed with profile `{ours}`, {} with `{theirs}`: these lists don't match; hash both with the same profile",
                    other.audience
                ),
            ));
        }
        versions.push(version);
    }
    Ok(versions)
}

/// Everything that decides the exact figure, and nothing else: who asks, when, why and how precisely don't.
fn query_key(template_hash: &str, match_on: Kind, versions: &[Version]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"camerata query v1\0");
    hash.update(template_hash.as_bytes());
    hash.update(format!("\0{match_on}"));
    for version in versions {
        hash.update(format!("\0{}", version.id));
    }
    hash.finalize().into()
}

/// The room's account always; of each owner but the asker's own member, the owner's and the asker's with it.
fn caps(room: &Room, asker: &MemberName, audiences: &[AudienceRef]) -> Vec<Cap> {
    let mut caps = vec![cap(room, Account::Room)];
    let mut owners: Vec<&MemberName> = audiences.iter().map(|audience| &audience.member).collect();
    owners.sort();
    owners.dedup();
    for owner in owners.into_iter().filter(|owner| *owner != asker) {
        caps.push(cap(room, Account::Owner(owner.clone())));
        caps.push(cap(room, Account::Asker { asker: asker.clone(), owner: owner.clone() }));
    }
    caps
}

/// Runs the query and adds the noise, off the async threads; the exact tally never leaves this function.
async fn tally_and_release(room: &Arc<Room>, plan: Plan, charge: &Charge) -> Result<String, AskError> {
    let slot = room.slots.acquire().await.map_err(|error| AskError::internal("slots", &error))?;
    // An interrupted query may have been charged for a narrower margin than is asked now: that one is released.
    let count = if charge.margin() == plan.charge.margin {
        plan.count
    } else {
        let margin = privacy::Accuracy::Margin(charge.margin() as f64);
        privacy::plan(plan.count.bounds(), margin, &room.limits)?
    };
    if !count.loss().within(charge.loss()) {
        return Err(AskError::internal("release", &LedgerError::Corrupt("a release would cost more than its charge")));
    }
    let mut attached = Vec::with_capacity(plan.versions.len());
    for (position, version) in plan.versions.iter().enumerate() {
        let file = room.store.attached(version, format!("audience_{position}"));
        attached.push(file.map_err(|error| AskError::internal("store", &error))?);
    }
    let (room, pins) = (Arc::clone(room), plan.pins);
    let released = tokio::task::spawn_blocking(move || {
        let _pins = pins;
        let cells = room.store.engine().tally(&attached, &plan.sql);
        let cells = cells.map_err(|error| AskError::internal("tally", &error))?;
        let tally = privacy::Tally::seal((0..).zip(cells).collect());
        failpoint("after_tally");
        let release = privacy::release(tally, &count).map_err(|error| AskError::internal("release", &error))?;
        serde_json::to_string(&release).map_err(|error| AskError::internal("release", &error))
    })
    .await;
    drop(slot);
    released.map_err(|error| AskError::internal("tally", &error))?
}

fn answer(
    room: &Room,
    request: &Request,
    stored: crate::ledger::StoredAnswer,
    replay: bool,
    admission: &Admission,
) -> Answer {
    Answer::new(request, stored, &room.limits, replay, admission.version().to_owned())
}

/// The answers that the user's member paid for, newest first.
///
/// # Errors
/// When the ledger can't be read.
pub async fn answers(room: &Room, user: &User) -> Result<Vec<Answer>, AskError> {
    let recorded = room.ledger.answers(&user.member).await.map_err(AskError::ledger)?;
    recorded
        .into_iter()
        .map(|recorded| {
            let request: Request = serde_json::from_str(&recorded.question)
                .map_err(|_| AskError::ledger(LedgerError::Corrupt("question")))?;
            Ok(Answer::new(&request, recorded.answer, &room.limits, true, recorded.policy))
        })
        .collect()
}
