//! One letter: claimed, written in its reader's language, and handed to the mail server.

use super::super::{Room, Rules};
use crate::{
    mail::{Letter, Mailer, compose},
    model::{AudienceRef, Language, MemberName},
    people::{Outgoing, PeopleError, Waiting},
};
use serde_json::Value;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Longest that a letter is tried at once; far shorter than it is claimed for.
const LONGEST: Duration = Duration::from_secs(120);

/// Sends the next letter whose time has come; whether there may be another.
pub(super) async fn next(room: &Room) -> bool {
    let Some(mailer) = &room.mailer else { return false };
    let sent = async {
        let Some(waiting) = room.people.claim().await? else { return Ok(false) };
        send(room, mailer, &waiting).await?;
        Ok::<_, PeopleError>(true)
    };
    sent.await.unwrap_or_else(|error| {
        tracing::error!(%error, "letters could not be sent");
        false
    })
}

async fn send(room: &Room, mailer: &Mailer, waiting: &Waiting) -> Result<(), PeopleError> {
    let (id, kind) = (waiting.id, waiting.message.kind.word());
    tracing::debug!(letter = id, kind, "a letter is being sent");
    let letter = written(room, &waiting.message);
    let reason = match timeout(LONGEST, mailer.send(&waiting.message.recipient, &letter)).await {
        Ok(Ok(())) => {
            tracing::info!(letter = id, kind, "a letter was sent");
            return forget(room, id).await;
        }
        Ok(Err(error)) if !error.is_passing() => {
            tracing::warn!(letter = id, kind, reason = error.reason(), "a letter is refused for good and is dropped");
            return forget(room, id).await;
        }
        Ok(Err(error)) => error.reason(),
        Err(_) => "no answer in time".to_owned(),
    };
    if room.people.try_later(waiting).await? {
        tracing::warn!(letter = id, kind, reason, "a letter could not be sent yet and is tried again");
    } else {
        tracing::warn!(letter = id, kind, reason, "a letter could not be sent in time and is dropped");
    }
    Ok(())
}

/// What isn't forgotten would be sent again.
async fn forget(room: &Room, id: i64) -> Result<(), PeopleError> {
    for _ in 0..5 {
        match room.people.forget(id).await {
            Ok(()) => return Ok(()),
            Err(error) => tracing::error!(letter = id, %error, "a letter that is done with could not be forgotten yet"),
        }
        sleep(Duration::from_secs(2)).await;
    }
    room.people.forget(id).await
}

fn written(room: &Room, message: &Outgoing) -> Letter {
    let rules = room.rules();
    let language = message.language;
    let mut content = message.content.clone();
    for name in ["member", "account", "audience", "template"] {
        if let Some(value) = content.get_mut(name)
            && let Some(title) = value.as_str().and_then(|word| title(&rules, name, word, language))
        {
            *value = Value::from(title);
        }
    }
    let preferences = message.kind.is_optional().then(|| room.people.settings().link("/account"));
    let title = rules.policies.base.room().title.get(language);
    compose(message.kind.word(), &content, language, title, preferences.as_deref())
}

/// What people read in place of a short name; `None` of what there is no more.
fn title(rules: &Rules, name: &str, word: &str, language: Language) -> Option<String> {
    let policies = &rules.policies.base;
    let title = match name {
        "audience" => {
            let audience: AudienceRef = word.parse().ok()?;
            let owner = policies.member(&audience.member)?;
            &owner.audiences.get(&audience.name)?.title
        }
        "template" => return template(rules, word, language),
        _ => &policies.member(&word.parse::<MemberName>().ok()?)?.title,
    };
    Some(title.get(language).to_owned())
}

fn template(rules: &Rules, word: &str, language: Language) -> Option<String> {
    let name = word.parse().ok()?;
    let (_, template) = rules.templates.newest(&name)?;
    Some(template.manifest().title.get(language).to_owned())
}
