//! Officers' acts on the templates: what comes of one is in force before its answer is given.

use super::{Derivation, Room, Rules, RulesError, derive};
use crate::{
    model::{Officer, Role, TemplateName, Text},
    people::User,
    template::{ConsentError, File, Template, TemplateError},
};
use std::{path::Path, sync::Arc};

/// Why an act on the templates came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum TemplateActError {
    /// The user is no officer.
    #[error("only officers act on the templates")]
    NotAnOfficer,
    /// The checker refuses the template.
    #[error("the template has a mistake")]
    Template(#[from] TemplateError),
    /// It can't be stored, approved or withdrawn.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// What is in force can't be read.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The checker failed.
    #[error("the checker failed")]
    Checker(#[from] tokio::task::JoinError),
}

/// What an officer does.
#[derive(Debug, Clone)]
pub enum TemplateAct {
    /// Proposes a template, and approves it for the officer's member.
    Propose {
        /// Its name.
        name: TemplateName,
        /// Its SQL.
        sql: String,
        /// Its manifest.
        toml: String,
        /// Why, in a sentence.
        why: String,
    },
    /// Approves the version of this hash for the officer's member.
    Approve(String),
    /// Takes that approval back.
    Withdraw(String),
}

/// A template that the checker accepts, with what its loss would be.
#[derive(Debug)]
pub struct AcceptedTemplate {
    /// The template.
    pub template: Template,
    /// How its loss is derived; or why it can't be had at the manifest's margin.
    pub derivation: Result<Derivation, Text>,
}

/// Checks a template as proposing it would, and derives its loss. Nothing is stored.
///
/// # Errors
/// The checker's refusal.
pub async fn check_template(
    room: &Room,
    name: TemplateName,
    (sql, toml): (String, String),
) -> Result<AcceptedTemplate, TemplateActError> {
    let rules = room.rules();
    // Off the async threads, as in proposing; what is derived builds the mechanisms besides.
    let checked = tokio::task::spawn_blocking(move || {
        let template = parsed(&rules, name, (&sql, &toml))?;
        let derivation = derive(&template, &rules.policies.base, &rules.limits, None);
        Ok::<_, TemplateError>(AcceptedTemplate { template, derivation })
    });
    Ok(checked.await??)
}

fn parsed(rules: &Rules, name: TemplateName, (sql, toml): (&str, &str)) -> Result<Template, TemplateError> {
    let [sql_path, toml_path] = ["sql", "toml"].map(|ending| format!("{name}.{ending}"));
    let sql = File { path: Path::new(&sql_path), text: sql };
    let toml = File { path: Path::new(&toml_path), text: toml };
    Template::parse(name, sql, toml, rules.policies.base.vocabulary())
}

/// Does what an officer asks for; the hash of the version that it was about.
///
/// # Errors
/// When the user is no officer, or the act can't be done; nothing has changed then.
pub async fn act_on_templates(room: &Room, user: &User, act: TemplateAct) -> Result<String, TemplateActError> {
    if !user.is(Role::Officer) {
        return Err(TemplateActError::NotAnOfficer);
    }
    let officer = Officer { member: user.member.clone(), user: user.user.clone() };
    let _desk = room.desk_turn().await.map_err(ConsentError::from)?;
    let rules = room.rules_now().await?;
    if rules.policies.base.member(&officer.member).is_none() {
        return Err(ConsentError::Refused(Text::new(
            format!("{} n'est pas membre de la salle", officer.member),
            format!("{} is not a member of the room", officer.member),
        ))
        .into());
    }
    let (consent, current) = (rules.consent(room), &rules.templates);
    let (hash, after) = match act {
        TemplateAct::Propose { name, sql, toml, why } => {
            let why = why.trim().to_owned();
            if why.is_empty() {
                let text = Text::new("dites pourquoi, en une phrase", "say why, in a sentence");
                return Err(ConsentError::Refused(text).into());
            }
            let rules = Arc::clone(&rules);
            // Off the async threads: a manifest with many choices is checked many times.
            let template = tokio::task::spawn_blocking(move || parsed(&rules, name, (&sql, &toml))).await??;
            (template.hash().to_owned(), consent.propose(current, &officer, template, &why).await?)
        }
        TemplateAct::Approve(hash) => {
            let after = consent.approve(current, &officer, &hash).await?;
            (hash, after)
        }
        TemplateAct::Withdraw(hash) => {
            let after = consent.withdraw(current, &officer, &hash).await?;
            (hash, after)
        }
    };
    room.enforce(rules.with(after));
    room.happened.notify_one();
    Ok(hash)
}
