//! What the room says when it doesn't do what was asked (RFC 9457), and how that is told to people.

use crate::{
    cli::{context::choose, typography},
    model::{Language, Text},
};
use serde::Deserialize;

/// Words that the room sends in the language asked for, or in both.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Wording {
    /// In the language asked for.
    One(String),
    /// In both.
    Both(Text),
}

impl Wording {
    /// The words in one language.
    pub fn get(&self, language: Language) -> &str {
        match self {
            Self::One(text) => text,
            Self::Both(text) => text.get(language),
        }
    }
}

/// One reason of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Reason {
    /// A sentence.
    Sentence(Wording),
    /// An audience, and the agreement that forbids what was asked of it; without one, none permits it.
    Agreement {
        /// `member/audience`.
        audience: Option<String>,
        /// The agreement's name in the policies.
        agreement: Option<String>,
        /// The agreement's title.
        title: Option<Wording>,
        /// The room's own sentence about it.
        detail: Option<Wording>,
    },
}

impl Reason {
    fn render(&self, language: Language) -> String {
        let say = |fr, en| choose(language, (fr, en));
        match self {
            Self::Sentence(words) => words.get(language).to_owned(),
            Self::Agreement { detail: Some(words), agreement, .. } => {
                let name = agreement.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
                format!("{}{name}", words.get(language))
            }
            Self::Agreement { audience, agreement, title, detail: None } => {
                let audience = audience.as_ref().map(|a| typography::label(a, language) + " ").unwrap_or_default();
                let title = title.as_ref().map(|words| typography::quoted(words.get(language), language));
                let verdict = match (title, agreement) {
                    (Some(title), Some(name)) => format!("{} {title} ({name})", say("interdit par l’entente", "forbidden by the agreement")),
                    (Some(words), None) | (None, Some(words)) => format!("{} {words}", say("interdit par l’entente", "forbidden by the agreement")),
                    (None, None) => say("aucune entente ne le permet", "no agreement permits it").to_owned(),
                };
                format!("{audience}{verdict}")
            }
        }
    }
}

/// A problem as the room tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// What kind of problem: the last part of its `type`.
    #[serde(rename = "type")]
    pub kind: String,
    /// In a few words.
    pub title: Option<Wording>,
    /// In a sentence or two.
    pub detail: Option<Wording>,
    /// Why, one by one.
    pub reasons: Vec<Reason>,
    /// What to give to the people who run the room.
    pub reference: Option<String>,
    /// For an upload that doesn't go on where the room stands: where it stands.
    pub offset: Option<u64>,
    /// How long the room asks to wait.
    #[serde(skip)]
    pub retry_after_s: Option<u64>,
}

impl Problem {
    /// Reads a problem from the body of an answer; whatever it holds, the status is known.
    pub fn read(status: u16, body: &str) -> Self {
        let problem = serde_json::from_str::<Self>(body).unwrap_or_default();
        Self { status, kind: problem.kind.rsplit('/').next().unwrap_or_default().to_owned(), ..problem }
    }

    /// The problem in a few lines.
    pub fn message(&self, language: Language) -> String {
        let say = |fr, en| choose(language, (fr, en));
        let mut lines = match &self.title {
            Some(title) => vec![title.get(language).to_owned()],
            None => vec![format!("{} {}", say("la salle a répondu", "the room answered"), self.status)],
        };
        lines.extend(self.detail.iter().map(|detail| detail.get(language).to_owned()));
        lines.extend(self.reasons.iter().map(|reason| format!("  • {}", reason.render(language))));
        if let Some(reference) = &self.reference {
            lines.push(format!("{} {reference}", typography::label(say("Référence", "Reference"), language)));
        }
        lines.join("\n")
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> Option<&'static str> {
        let words = match (self.status, self.kind.as_str()) {
            (401, _) => (
                "demandez un jeton à la personne qui tient la salle (camerata token), puis mettez-le dans CAMERATA_TOKEN ou dans un fichier donné par --token-file",
                "ask whoever runs the room for a token (camerata token), then put it in CAMERATA_TOKEN or in a file given by --token-file",
            ),
            (_, kind) if kind.contains("budget") => (
                "une marge plus large coûte moins : essayez « camerata estimate »; « camerata budget » dit ce qui reste et jusqu’à quand",
                "a wider margin costs less: try `camerata estimate`; `camerata budget` says what is left and until when",
            ),
            (403, _) => (
                "voyez-en les termes avec la personne responsable de la conformité chez le membre qui détient l’auditoire",
                "talk its terms over with the compliance officer of the member that owns the audience",
            ),
            (404, _) => (
                "« camerata audiences » et « camerata templates » donnent les noms que la salle connaît",
                "`camerata audiences` and `camerata templates` list the names that the room knows",
            ),
            (429 | 503, _) => ("réessayez dans un moment", "try again in a moment"),
            (500.., _) if self.reference.is_some() => (
                "donnez cette référence à la personne qui tient la salle",
                "give that reference to whoever runs the room",
            ),
            _ => return None,
        };
        Some(choose(language, words))
    }

    /// Whether the same request may well succeed later.
    pub fn is_passing(&self) -> bool {
        matches!(self.status, 429 | 502 | 503 | 504)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Fr};

    const REFUSAL: &str = r#"{"type":"/problems/refused","title":"Refusé par une entente","status":403,
        "reasons":[{"audience":"agents/admirateurs","agreement":"agents-pas-de-prospection","title":{"fr":"Pas de prospection","en":"No prospecting"}},
                   {"audience":"festival/abonnes"}, "Une phrase."]}"#;

    #[test]
    fn a_refusal_names_its_agreement_in_the_reader_s_language() {
        let problem = Problem::read(403, REFUSAL);
        assert_eq!(problem.kind, "refused");
        assert_eq!(
            problem.message(Fr),
            "Refusé par une entente\n  • agents/admirateurs\u{a0}: interdit par l’entente «\u{a0}Pas de prospection\u{a0}» (agents-pas-de-prospection)\n  \
             • festival/abonnes\u{a0}: aucune entente ne le permet\n  • Une phrase."
        );
        assert!(problem.message(En).contains("forbidden by the agreement “No prospecting” (agents-pas-de-prospection)"));
        assert!(problem.hint(En).is_some_and(|hint| hint.contains("compliance officer")));
    }

    #[test]
    fn a_body_that_is_no_problem_still_has_its_status() {
        for body in ["", "<html>Bad gateway</html>", "[1]", "{\"status\":\"x\"}"] {
            let problem = Problem::read(502, body);
            assert_eq!(problem.message(En), "the room answered 502");
            assert!(problem.is_passing());
        }
    }
}
