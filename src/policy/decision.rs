//! What is asked of the policies, and what they answer.

use super::agreement::AgreementId;
use crate::model::{AudienceRef, ColumnName, MemberName, PurposeName, Rho, Role, TemplateName, Text};
use jiff::Timestamp;
use std::{collections::BTreeSet, fmt};

/// Who wants to compare what, and in which circumstances.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The member that asks.
    pub asker: MemberName,
    /// What the asking user does there.
    pub role: Role,
    /// The template.
    pub template: TemplateName,
    /// The audiences compared.
    pub audiences: Vec<AudienceRef>,
    /// The columns used.
    pub columns: Vec<ColumnName>,
    /// What it is for.
    pub purpose: PurposeName,
    /// What it costs.
    pub rho: Rho,
    /// The same cost as ε, which is how agreements limit it.
    pub epsilon: f64,
    /// When it is asked.
    pub now: Timestamp,
}

/// What the policies say of a question.
#[derive(Debug)]
#[must_use]
pub enum Decision {
    /// Every audience permits it.
    Permitted(Admission),
    /// At least one audience doesn't.
    Refused(Refusal),
}

/// The right to run one question; only a decision makes one.
#[derive(Debug)]
pub struct Admission {
    pub(super) question: Question,
    pub(super) version: String,
    pub(super) agreements: BTreeSet<AgreementId>,
}

impl Admission {
    /// The question that was admitted.
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// The hash of the policies it was admitted under.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The agreements that permitted it.
    pub fn agreements(&self) -> &BTreeSet<AgreementId> {
        &self.agreements
    }
}

/// Why a question is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub(super) reasons: Vec<Reason>,
}

impl Refusal {
    /// The reasons; there is at least one.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }
}

/// One reason, which may concern one audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The audience that doesn't permit the question, if it is one audience that doesn't.
    pub audience: Option<AudienceRef>,
    /// Why.
    pub ground: Ground,
}

/// Why an audience, or the room, doesn't permit a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// An agreement forbids it.
    Forbidden {
        /// The agreement.
        id: AgreementId,
        /// Its title.
        title: Text,
    },
    /// No agreement permits it, or there is no such audience.
    NotPermitted,
    /// An agreement can't be evaluated, and might forbid.
    Undecided {
        /// The agreement.
        id: AgreementId,
        /// Its title.
        title: Text,
    },
    /// The request itself can't be put to the agreements.
    Malformed,
    /// No audience is named.
    NoAudience,
    /// The asker isn't a member.
    UnknownMember(MemberName),
    /// The schema has no such template.
    UnknownTemplate(TemplateName),
    /// There is no such purpose.
    UnknownPurpose(PurposeName),
    /// The vocabulary has no such column.
    UnknownColumn(ColumnName),
    /// The loss isn't a number that agreements can judge.
    LossOutOfRange,
}

impl Reason {
    /// The agreement that refuses, if one does.
    pub fn agreement(&self) -> Option<&AgreementId> {
        match &self.ground {
            Ground::Forbidden { id, .. } | Ground::Undecided { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The reason as people read it.
    pub fn text(&self) -> Text {
        let text = self.ground.text();
        match &self.audience {
            Some(audience) => Text::new(format!("{audience} : {}", text.fr), format!("{audience}: {}", text.en)),
            None => text,
        }
    }
}

impl Ground {
    /// Calls the agreement that refuses by another title.
    pub(super) fn retitle(&mut self, other: &Text) {
        if let Self::Forbidden { title, .. } | Self::Undecided { title, .. } = self {
            title.clone_from(other);
        }
    }

    /// The reason without the audience that it is about.
    pub fn text(&self) -> Text {
        let both = |fr: &str, en: &str| Text::new(fr, en);
        let named = |fr: &str, en: &str, name: &dyn fmt::Display| {
            Text::new(format!("{fr} « {name} »"), format!("{en} “{name}”"))
        };
        match self {
            Self::Forbidden { id, title } => Text::new(
                format!("l'entente « {} » ({id}) l'interdit", title.fr),
                format!("the agreement “{}” ({id}) forbids it", title.en),
            ),
            Self::NotPermitted => {
                both("aucune entente ne permet cette comparaison", "no agreement permits this comparison")
            }
            Self::Undecided { id, title } => Text::new(
                format!("l'entente « {} » ({id}) n'a pu être évaluée ; dans le doute, c'est non", title.fr),
                format!("the agreement “{}” ({id}) couldn't be evaluated; in doubt, the answer is no", title.en),
            ),
            Self::Malformed => {
                both("la demande n'a pu être soumise aux ententes", "the request couldn't be put to the agreements")
            }
            Self::NoAudience => both("la demande ne nomme aucun auditoire", "the request names no audience"),
            Self::UnknownMember(name) => named("la salle n'a pas de membre", "the room has no member", name),
            Self::UnknownTemplate(name) => {
                named("les politiques n'ont pas de modèle d'analyse", "the policies have no template", name)
            }
            Self::UnknownPurpose(name) => {
                named("les politiques n'ont pas de finalité", "the policies have no purpose", name)
            }
            Self::UnknownColumn(name) => {
                named("le vocabulaire n'a pas de colonne", "the vocabulary has no column", name)
            }
            Self::LossOutOfRange => both(
                "la perte de confidentialité demandée est hors limites",
                "the privacy loss asked for is out of range",
            ),
        }
    }
}
