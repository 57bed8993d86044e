//! From a question to what it will run and cost: each step before the charge. Reads no data of persons.

use super::{AskError, Request, Room, Rules, budget::cap, question::Resolved};
use crate::{
    identity::Kind,
    ledger::{Account, Cap, ChargeRequest},
    model::{AudienceRef, MemberName, Rho, Role, Shape, Text},
    people::User,
    policy::{Admission, Decision, Question},
    privacy,
    proof::{By, Event, What},
    store::{Pins, Version},
    template::{Binding, BindingError, Instance, ShapeRule},
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// A template over its audiences as the members declared them, and what the answer will cost.
pub(super) struct Priced {
    pub(super) instance: Instance,
    pub(super) plan: privacy::Plan,
}

/// What a query comes to before it is charged.
pub(super) struct Plan {
    pub(super) release: privacy::Plan,
    pub(super) instance: Instance,
    pub(super) versions: Vec<Version>,
    pub(super) pins: Pins,
    pub(super) charge: ChargeRequest,
}

/// The loss, from the request, the template and what `members.toml` says of the audiences: nothing of what is stored.
pub(super) fn price(rules: &Rules, request: &Request, resolved: &Resolved<'_>) -> Result<Priced, AskError> {
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
    let declared = |position: usize, audience: &AudienceRef, rule: ShapeRule| {
        // Who isn't admitted must not learn whether an audience exists, nor its shape: a wrong one is said after admission.
        let shape = match rule {
            ShapeRule::List => Shape::List,
            ShapeRule::Events => Shape::Events,
            ShapeRule::Any => {
                rules.policies.base.audience(audience).map_or(Shape::List, |declaration| declaration.shape)
            }
        };
        let columns = rules.policies.base.vocabulary().columns().keys().cloned().collect();
        Ok::<_, AskError>(Binding { table: table(position, request.match_on), shape, columns })
    };
    let instance = instance(rules, resolved, declared)?;
    let plan = privacy::plan(&instance.bounds, accuracy, &rules.limits)?;
    Ok(Priced { instance, plan })
}

/// The role in which a user asks: as a marketer, or, without that role, in one that no route lets ask.
fn asks_as(user: &User) -> Role {
    if user.is(Role::Marketer) { Role::Marketer } else { user.roles.first().copied().unwrap_or(Role::Host) }
}

/// Every audience must permit an answer of this loss, none may forbid it.
pub(super) fn admit(
    room: &Room,
    rules: &Rules,
    user: &User,
    request: &Request,
    resolved: &Resolved<'_>,
    (instance, rho): (&Instance, Rho),
) -> Result<Admission, AskError> {
    let question = Question {
        asker: user.member.clone(),
        role: asks_as(user),
        template: request.template.clone(),
        audiences: resolved.audiences(),
        columns: instance.columns.clone(),
        purpose: request.purpose.clone(),
        rho,
        epsilon: rules.limits.epsilon(rho),
        now: room.store.now(),
    };
    match rules.policies.decide(&question) {
        Decision::Permitted(admission) => Ok(admission),
        Decision::Refused(refusal) => Err(AskError::Refused(refusal)),
    }
}

/// The versions in force, the statement over them, and what is to be charged to whom.
pub(super) async fn plan(
    room: &Room,
    rules: &Rules,
    user: &User,
    request: &Request,
    resolved: &Resolved<'_>,
    admission: &Admission,
    priced: Priced,
) -> Result<Plan, AskError> {
    let audiences = resolved.audiences();
    let pinned = room.store.pin(&audiences).await;
    let (found, pins) = pinned.map_err(|error| AskError::internal("store", &error))?;
    let versions = usable(request, &audiences, found)?;
    let stored = |position: usize, _: &AudienceRef, _: ShapeRule| {
        let version = versions.get(position).ok_or_else(|| AskError::Malformed(BindingError::Audiences.text()))?;
        let declaration = &version.declaration;
        let table = table(position, request.match_on);
        Ok::<_, AskError>(Binding { table, shape: declaration.shape, columns: declaration.columns.clone() })
    };
    let instance = instance(rules, resolved, stored)?;
    // Priced and admitted as declared, so it runs only if what is stored has the same bounds and reads the same columns.
    if instance.bounds != priced.instance.bounds || instance.columns != priced.instance.columns {
        return Err(AskError::Malformed(Text::new(
            "un auditoire n'a plus la forme que members.toml déclare : son membre doit le téléverser de nouveau",
            "an audience no longer has the shape that members.toml declares: its member has to upload it again",
        )));
    }
    let query_key = query_key(resolved.template.hash(), &instance, &versions);
    let caps = caps(rules, &user.member, &audiences);
    let stored: Map<String, Value> =
        versions.iter().map(|version| (version.audience.to_string(), version.id.into())).collect();
    let accounts: Vec<String> = caps.iter().map(|cap| cap.account.to_string()).collect();
    let told = |what: What| {
        let event = asked(what, user, request, &audiences)?.with("template", resolved.template.hash());
        Ok::<_, AskError>(event.with("policy", admission.version()).with("versions", stored.clone()))
    };
    let event = told(What::Charged)?
        .with("accounts", accounts)
        .with("margin", u64::from(priced.plan.margin()))
        .with("rho", priced.plan.loss().rho.units())
        .with("delta", priced.plan.loss().delta.units())
        .with("query", hex::encode(query_key));
    let charge = ChargeRequest {
        query_key,
        margin: u64::from(priced.plan.margin()),
        loss: priced.plan.loss(),
        asker: user.member.clone(),
        question: serde_json::to_string(request).map_err(|error| AskError::internal("plan", &error))?,
        policy: admission.version().to_owned(),
        caps,
        repeat: None,
        event,
        delivery: told(What::Delivered)?.with("query", hex::encode(query_key)),
    };
    Ok(Plan { release: priced.plan, instance, versions, pins, charge })
}

/// The charge whose answer the asker's member has already and may be given again, free: its margin is at most what is asked for, and the
/// policies permit an answer of its loss, which may be finer than what they were asked about first.
pub(super) async fn repeat(
    room: &Room,
    rules: &Rules,
    user: &User,
    request: &Request,
    resolved: &Resolved<'_>,
    plan: &Plan,
) -> Result<Option<i64>, AskError> {
    let ChargeRequest { query_key, margin, loss, .. } = &plan.charge;
    let delivered = room.ledger.delivered(&user.member, query_key, *margin).await.map_err(AskError::ledger)?;
    for one in delivered {
        // Of this very loss, it is what was admitted.
        let admitted = one.loss == *loss
            || match admit(room, rules, user, request, resolved, (&plan.instance, one.loss.rho)) {
                Ok(_) => true,
                Err(AskError::Refused(_)) => false,
                Err(error) => return Err(error),
            };
        if admitted {
            return Ok(Some(one.charge));
        }
    }
    Ok(None)
}

/// What the log tells of a question: whom it concerns are the owners of what is asked of, and who asks.
pub(super) fn asked(what: What, user: &User, request: &Request, audiences: &[AudienceRef]) -> Result<Event, AskError> {
    let by = By { member: user.member.clone(), user: user.user.clone() };
    let question = serde_json::to_value(request).map_err(|error| AskError::internal("plan", &error))?;
    let owners = audiences.iter().map(|audience| audience.member.clone());
    Ok(Event::among(what, by, owners).with("question", question))
}

/// The name under which an audience's file is attached.
pub(super) fn attached_as(position: usize) -> String {
    format!("audience_{position}")
}

fn table(position: usize, kind: Kind) -> String {
    format!("{}.main.{kind}", attached_as(position))
}

fn instance(
    rules: &Rules,
    resolved: &Resolved<'_>,
    binding: impl Fn(usize, &AudienceRef, ShapeRule) -> Result<Binding, AskError>,
) -> Result<Instance, AskError> {
    let bindings = resolved.bindings(binding)?;
    let instance = resolved.template.instance(&bindings, rules.policies.base.vocabulary());
    instance.map_err(|error| AskError::Malformed(error.text()))
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

/// Everything that decides the exact figures, and nothing else: who asks, when, why and how precisely don't. The statement
/// holds the values of the parameters and the kind of identifier; the bounds and the layout, what its cells are.
fn query_key(template_hash: &str, instance: &Instance, versions: &[Version]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"camerata query v2\0");
    let layout = serde_json::to_string(&instance.layout).unwrap_or_default();
    let bounds = serde_json::to_string(&instance.bounds).unwrap_or_default();
    for part in [template_hash, &instance.sql, &bounds, &layout] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    for version in versions {
        hash.update(format!("\0{}", version.id));
    }
    hash.finalize().into()
}

/// The room's account and the asker's share of it always; of each owner but the asker's own member, the owner's and the asker's with it.
fn caps(rules: &Rules, asker: &MemberName, audiences: &[AudienceRef]) -> Vec<Cap> {
    let mut caps = vec![cap(rules, Account::Room), cap(rules, Account::Share(asker.clone()))];
    let mut owners: Vec<&MemberName> = audiences.iter().map(|audience| &audience.member).collect();
    owners.sort();
    owners.dedup();
    for owner in owners.into_iter().filter(|owner| *owner != asker) {
        caps.push(cap(rules, Account::Owner(owner.clone())));
        caps.push(cap(rules, Account::Asker { asker: asker.clone(), owner: owner.clone() }));
    }
    caps
}
