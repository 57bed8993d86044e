//! What a change of the room's caps makes of the loss that a year allows.

use super::{Language, typography as t};
use serde::{Deserialize, Serialize};

/// The most that a year may spend under one kind of cap, before and after a change: ε, and the δ beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct YearLoss {
    /// Whose cap: `room`, `member`, `owner` or `asker`.
    pub cap: String,
    /// ε and δ before.
    pub before: (f64, f64),
    /// ε and δ after.
    pub after: (f64, f64),
}

impl YearLoss {
    /// As a sentence without its full stop.
    pub fn sentence(&self, language: Language) -> String {
        let whose = match (language, self.cap.as_str()) {
            (Language::Fr, "room") => "de toute la salle",
            (Language::Fr, "member") => "de la part d’un membre",
            (Language::Fr, "owner") => "auprès d’un propriétaire",
            (Language::Fr, _) => "d’un demandeur auprès d’un propriétaire",
            (Language::En, "room") => "the whole room",
            (Language::En, "member") => "a member’s share",
            (Language::En, "owner") => "with an owner",
            (Language::En, _) => "an asker with an owner",
        };
        let loss = |(epsilon, delta): (f64, f64)| {
            format!("ε\u{a0}{} (δ\u{a0}{})", t::real(epsilon, language), t::power(delta, language))
        };
        let (before, after) = (loss(self.before), loss(self.after));
        match language {
            Language::Fr => {
                format!(
                    "{} {before} avant, {after} après",
                    t::label(&format!("La perte {whose} qu’une année permet"), language)
                )
            }
            Language::En => {
                format!(
                    "{} {before} before, {after} after",
                    t::label(&format!("The loss that a year allows {whose}"), language)
                )
            }
        }
    }
}
