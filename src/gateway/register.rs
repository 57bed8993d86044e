//! The register: what a co-operative tells everybody about its room. Nothing in it comes from what is stored of persons, but for what
//! was charged: no size, no figure, no parameter of a question.

use super::{AskError, BudgetLine, Request, Room, Rules, budget};
use crate::{
    ledger::{Account, Asked, LedgerError},
    model::{AudienceRef, ColumnName, MemberName, Named, PurposeName, Shape, TemplateName, Text, typography},
    policy::{AudienceDeclaration, Member},
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use std::collections::BTreeSet;

/// How many questions are named; all are counted.
const QUESTIONS_MAX: u32 = 200;

/// What the room tells everybody.
#[derive(Debug, Clone, Serialize)]
pub struct Register {
    /// The room's title.
    pub title: Text,
    /// The members and what they bring.
    pub members: Vec<RegisteredMember>,
    /// What may be asked.
    pub templates: Vec<RegisteredTemplate>,
    /// The room's account, and each owner's.
    pub accounts: Vec<BudgetLine>,
    /// The δ of all losses.
    pub delta: f64,
    /// How many questions were answered since the founding.
    pub questions: u64,
    /// The newest of them.
    pub newest: Vec<RegisteredQuestion>,
    /// The newest checkpoint of the log, a signed note.
    pub checkpoint: String,
}

/// A member.
#[derive(Debug, Clone, Serialize)]
pub struct RegisteredMember {
    /// Its short name.
    pub name: MemberName,
    /// Its title.
    pub title: Text,
    /// Whom people write to about their data.
    pub contact: String,
    /// What it declares.
    pub audiences: Vec<RegisteredAudience>,
}

/// An audience.
#[derive(Debug, Clone, Serialize)]
pub struct RegisteredAudience {
    /// Its owner and name.
    pub audience: AudienceRef,
    /// Its title.
    pub title: Text,
    /// One row a person, or many.
    pub shape: Shape,
    /// What the room holds of it; nothing before its first upload, or once it was destroyed.
    pub version: Option<RegisteredVersion>,
}

/// What the room holds of an audience.
#[derive(Debug, Clone, Serialize)]
pub struct RegisteredVersion {
    /// What is known of each person beside the identifier.
    pub columns: Vec<ColumnName>,
    /// What it may serve.
    pub purposes: Vec<PurposeName>,
    /// What each of these purposes was called when it was uploaded.
    pub uploaded_for: Vec<Text>,
    /// Legal basis, or the wording that people consented to.
    pub legal_basis: String,
    /// When it was collected.
    pub collected: Date,
    /// When the room destroys it.
    pub expires: Date,
}

/// A template.
#[derive(Debug, Clone, Serialize)]
pub struct RegisteredTemplate {
    /// Its name.
    pub name: TemplateName,
    /// What it asks.
    pub title: Text,
    /// In full.
    pub description: Text,
    /// The members that let this version run over their audiences.
    pub approved: Vec<MemberName>,
}

/// A question that was answered.
#[derive(Debug, Clone, Serialize)]
pub struct RegisteredQuestion {
    /// The day of the answer.
    pub day: String,
    /// Who asked.
    pub asker: MemberName,
    /// By which template.
    pub template: TemplateName,
    /// What it was called: the title of the newest version of that day that the owners have approved.
    pub template_title: Text,
    /// Over which audiences.
    pub audiences: Vec<AudienceRef>,
    /// What each of them was called then, with its member.
    pub audience_titles: Vec<Text>,
    /// What for.
    pub purpose: PurposeName,
    /// What the purpose was called under the policies that admitted the question.
    pub purpose_title: Text,
    /// What it cost, as ε at the room's δ.
    pub epsilon: f64,
}

/// The register as it stands.
///
/// # Errors
/// When the database fails or holds what can't be read.
pub async fn register(room: &Room) -> Result<Register, AskError> {
    let rules = room.rules_now().await.map_err(AskError::rules)?;
    let mut versions = room.store.versions().await.map_err(|error| AskError::internal("register", &error))?;
    let uploads = versions.values().map(|version| version.created.clone());
    let titles = room.versions.titles_at(uploads).await.map_err(|error| AskError::internal("register", &error))?;
    let mut audience = |declared: &AudienceDeclaration| RegisteredAudience {
        audience: declared.audience.clone(),
        title: declared.title.clone(),
        shape: declared.shape,
        version: versions.remove(&declared.audience).map(|version| RegisteredVersion {
            uploaded_for: titles.get(&version.created).map_or_else(Vec::new, |titles| {
                version.declaration.purposes.iter().map(|purpose| titles.purpose(purpose)).collect()
            }),
            columns: version.declaration.columns,
            purposes: version.declaration.purposes,
            legal_basis: version.declaration.legal_basis,
            collected: version.declaration.collected,
            expires: version.declaration.expires,
        }),
    };
    let member = |member: &Member| RegisteredMember {
        name: member.name.clone(),
        title: member.title.clone(),
        contact: member.contact.clone(),
        audiences: member.audiences.values().map(&mut audience).collect(),
    };
    let members: Vec<RegisteredMember> = rules.policies.base.members().values().map(member).collect();
    let (asked, questions) = room.ledger.asked(QUESTIONS_MAX).await.map_err(AskError::ledger)?;
    let mut newest = Vec::with_capacity(asked.len());
    for asked in asked {
        newest.push(question(room, &rules, asked).await?);
    }
    let checkpoint = room.log.checkpoint().await.map_err(|error| AskError::internal("register", &error))?;
    Ok(Register {
        title: rules.policies.base.room().title.clone(),
        accounts: accounts(room, &rules, &members).await?,
        members,
        templates: templates(&rules),
        delta: rules.limits.delta_total(),
        questions,
        newest,
        checkpoint: checkpoint.note,
    })
}

/// A question in the words under which it was asked.
async fn question(room: &Room, rules: &Rules, asked: Asked) -> Result<RegisteredQuestion, AskError> {
    let request: Request =
        serde_json::from_str(&asked.question).map_err(|_| AskError::ledger(LedgerError::Corrupt("question")))?;
    let titles = room.versions.titles(&asked.policy).await.map_err(|error| AskError::internal("register", &error))?;
    let audiences: Vec<AudienceRef> = request.audiences.values().flat_map(Named::list).cloned().collect();
    Ok(RegisteredQuestion {
        day: typography::day(&asked.recorded).to_owned(),
        asker: asked.asker,
        template_title: template_title(rules, &request, &asked.recorded),
        template: request.template,
        audience_titles: audiences.iter().map(|audience| titles.audience(audience)).collect(),
        audiences,
        purpose_title: titles.purpose(&request.purpose),
        purpose: request.purpose,
        epsilon: rules.limits.epsilon(asked.loss.rho),
    })
}

/// What a question's template was called when it was answered: the title of the newest version of that moment that all owners of the
/// question's audiences have approved; its name, should there be none any more. What is proposed later renames nothing.
pub fn template_title(rules: &Rules, request: &Request, answered: &str) -> Text {
    let owners: BTreeSet<MemberName> =
        request.audiences.values().flat_map(Named::list).map(|audience| audience.member.clone()).collect();
    let moment = |text: &str| text.parse::<Timestamp>().ok();
    let was = |version: &crate::template::Version| {
        owners.is_subset(&version.approved) && moment(&version.proposed) <= moment(answered)
    };
    let found = rules.templates.of(&request.template).find(|(version, _)| was(version));
    let name = || Text::new(request.template.as_str(), request.template.as_str());
    found.map_or_else(name, |(_, template)| template.manifest().title.clone())
}

async fn accounts(room: &Room, rules: &Rules, members: &[RegisteredMember]) -> Result<Vec<BudgetLine>, AskError> {
    let shares = members.iter().map(|member| Account::Share(member.name.clone()));
    let owners = members.iter().filter(|member| !member.audiences.is_empty());
    let owners = owners.map(|member| Account::Owner(member.name.clone()));
    budget::lines(room, rules, std::iter::once(Account::Room).chain(shares).chain(owners)).await
}

/// Each template in the newest version that all owners have approved; in the newest of all, where there is none: what one officer has
/// proposed isn't yet what the room says.
fn templates(rules: &Rules) -> Vec<RegisteredTemplate> {
    let members = rules.policies.base.members().values().filter(|member| !member.audiences.is_empty());
    let owners = members.map(|member| member.name.clone()).collect();
    let shown = |name| {
        let agreed = rules.templates.pick(name, &owners).ok();
        let agreed = agreed.and_then(|template| Some((rules.templates.version(template.hash())?, template)));
        agreed.or_else(|| rules.templates.newest(name)).map(|(version, template)| (name, version, template))
    };
    let registered =
        rules.templates.names().into_iter().filter_map(shown).map(|(name, version, template)| RegisteredTemplate {
            name: name.clone(),
            title: template.manifest().title.clone(),
            description: template.manifest().description.clone(),
            approved: version.approved.iter().cloned().collect(),
        });
    registered.collect()
}
