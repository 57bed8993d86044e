//! Why an accuracy can't be had, in the words of the program and of the person who asked.

use super::mechanism::MechanismError;
use crate::model::{Rho, Text};

/// Why an accuracy can't be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccuracyError {
    /// NaN or infinite.
    #[error("the accuracy is not a number")]
    NotANumber,
    /// A margin counts people.
    #[error("the margin is not a whole number of people")]
    NotWhole,
    /// Zero, negative, or less than the room allows.
    #[error("the margin is too small: this room answers with a margin of {margin_min} or more")]
    MarginTooSmall {
        /// The least margin of the room.
        margin_min: u32,
    },
    /// More than the room allows.
    #[error("the margin is too large: this room answers with a margin of {margin_max} or less")]
    MarginTooLarge {
        /// The greatest margin of the room.
        margin_max: u32,
    },
    /// Zero, negative, or not enough for the room's greatest margin.
    #[error("the loss is too small: the least this room answers for is rho {}", .rho_min.as_f64())]
    LossTooSmall {
        /// What the greatest margin costs.
        rho_min: Rho,
    },
    /// The template's bounds make no sense, or are more than the kernel computes with.
    #[error("the template's bounds are out of the kernel's range")]
    Bounds,
    /// The room allows no releases over keys that aren't public.
    #[error("this room allows no releases over keys that aren't public: privacy.toml has no threshold_delta")]
    NoThresholds,
    /// No threshold keeps a release within its share of the room's `threshold_delta`.
    #[error("no threshold keeps this release within its share of threshold_delta")]
    ThresholdTooDear,
    /// The mechanism can't be built.
    #[error(transparent)]
    Mechanism(#[from] MechanismError),
}

impl AccuracyError {
    /// The same in the words of the person who asked.
    pub fn text(&self) -> Text {
        match self {
            Self::NotANumber => {
                Text::new("La précision demandée n'est pas un nombre.", "The accuracy asked for is not a number.")
            }
            Self::NotWhole => Text::new(
                "La marge d'erreur est un nombre entier de personnes, par exemple 100.",
                "The margin is a whole number of people, for example 100.",
            ),
            Self::MarginTooSmall { margin_min } => Text::new(
                format!("La marge d'erreur est trop petite\u{a0}: demandez {margin_min} ou plus."),
                format!("The margin is too small: ask for {margin_min} or more."),
            ),
            Self::MarginTooLarge { margin_max } => Text::new(
                format!("La marge d'erreur est trop grande\u{a0}: demandez {margin_max} ou moins."),
                format!("The margin is too large: ask for {margin_max} or less."),
            ),
            Self::LossTooSmall { rho_min } => Text::new(
                format!("Le budget offert est trop petit\u{a0}: il faut au moins ρ = {}.", rho_min.as_f64()),
                format!("The loss offered is too small: at least ρ = {} is needed.", rho_min.as_f64()),
            ),
            Self::Bounds => Text::new(
                "Les bornes de ce modèle dépassent ce que la salle sait calculer.",
                "The bounds of this template are beyond what the room can compute with.",
            ),
            Self::NoThresholds => Text::new(
                "Cette salle ne publie rien par clés non publiques\u{a0}: il faudrait `threshold_delta` dans privacy.toml, ou un \
                 modèle dont les clés viennent du vocabulaire.",
                "This room releases nothing by keys that aren't public: that takes `threshold_delta` in privacy.toml, or a \
                 template whose keys come from the vocabulary.",
            ),
            Self::ThresholdTooDear => Text::new(
                "Le `threshold_delta` de cette salle est trop petit pour ce modèle\u{a0}: une personne y compte sous trop de clés.",
                "This room's `threshold_delta` is too small for this template: one person counts under too many keys in it.",
            ),
            Self::Mechanism(_) => {
                Text::new("Cette précision ne peut pas être calculée.", "This accuracy can't be computed.")
            }
        }
    }
}
