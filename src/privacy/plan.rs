//! From the accuracy a marketer asks for to the scale and the loss of a count.

use super::accuracy::{MARGIN_MAX, Sigma};
use super::limits::Limits;
use super::mechanism::{Gaussian, MechanismError};
use crate::model::{Delta, Loss, Rho, Text};

/// What the asker can live with: a margin in people, or a loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Accuracy {
    /// Half the width of the 95 % interval, in people. Any number; [`plan_count`] checks it.
    Margin(f64),
    /// The most ρ to spend. Any number; [`plan_count`] checks it.
    Loss(f64),
}

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
            Self::Mechanism(_) => {
                Text::new("Cette précision ne peut pas être calculée.", "This accuracy can't be computed.")
            }
        }
    }
}

/// How a count will be released. Made by [`plan_count`] alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountPlan {
    margin: u32,
    sigma: Sigma,
    loss: Loss,
}

impl CountPlan {
    /// How many cells a count has.
    pub(super) const CELLS: usize = 1;

    /// How far one person can move the cells: a person is counted once or not at all.
    pub(super) const SENSITIVITY: f64 = 1.0;

    /// Half the width of the 95 % interval, in people.
    pub fn margin(&self) -> u32 {
        self.margin
    }

    /// The scale of the noise.
    pub fn sigma(&self) -> Sigma {
        self.sigma
    }

    /// What the release will cost, and must be charged beforehand.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// The plan of a margin that is within 1 and [`MARGIN_MAX`].
    pub(super) fn for_margin(margin: u32) -> Result<Self, MechanismError> {
        let sigma = Sigma::for_margin(margin).ok_or(MechanismError)?;
        let rho = Gaussian::new(sigma)?.loss(Self::SENSITIVITY)?;
        Ok(Self { margin, sigma, loss: Loss { rho, delta: Delta::default() } })
    }

    #[cfg(test)]
    pub(super) fn forged(margin: u32, sigma: Sigma, rho: Rho) -> Self {
        Self { margin, sigma, loss: Loss { rho, delta: Delta::default() } }
    }
}

/// The plan for a count at the accuracy asked for: exactly the margin stated, or the smallest margin that the loss stated
/// pays for.
///
/// # Errors
/// When the accuracy is not a sensible number or is outside the room's limits.
///
/// # Privacy argument
/// Reads no data: the plan is a function of the request and of the room's published limits. Its loss is the privacy map
/// of the measurement of that very scale at sensitivity 1, rounded up; [`super::release`] builds the same measurement
/// again and refuses to draw if its map exceeds the plan.
pub fn plan_count(accuracy: Accuracy, limits: &Limits) -> Result<CountPlan, AccuracyError> {
    let margin = match accuracy {
        Accuracy::Margin(margin) => whole_margin(margin, limits)?,
        Accuracy::Loss(rho) => margin_within(rho, limits)?,
    };
    Ok(CountPlan::for_margin(margin)?)
}

fn whole_margin(margin: f64, limits: &Limits) -> Result<u32, AccuracyError> {
    let (margin_min, margin_max) = (limits.margin_min(), limits.margin_max().min(MARGIN_MAX));
    if !margin.is_finite() {
        return Err(AccuracyError::NotANumber);
    }
    if margin < f64::from(margin_min) {
        return Err(AccuracyError::MarginTooSmall { margin_min });
    }
    if margin > f64::from(margin_max) {
        return Err(AccuracyError::MarginTooLarge { margin_max });
    }
    if margin.fract() != 0.0 {
        return Err(AccuracyError::NotWhole);
    }
    Ok(margin as u32)
}

/// The smallest margin of the room whose loss is at most `rho`. Losses fall as margins grow, so halving finds it.
fn margin_within(rho: f64, limits: &Limits) -> Result<u32, AccuracyError> {
    if !rho.is_finite() {
        return Err(AccuracyError::NotANumber);
    }
    let costs = |margin: u32| CountPlan::for_margin(margin).map(|plan| plan.loss.rho);
    let (mut least, mut enough) = (limits.margin_min(), limits.margin_max().min(MARGIN_MAX));
    let rho_min = costs(enough)?;
    // Rounded up to whole units as every loss is; a loss that was shown and is typed in again finds its own margin.
    let offered = Rho::from_f64_up(rho.clamp(0.0, 1_000.0)).unwrap_or_default();
    if rho <= 0.0 || offered < rho_min {
        return Err(AccuracyError::LossTooSmall { rho_min });
    }
    while least < enough {
        let middle = least + (enough - least) / 2;
        if costs(middle)? <= offered { enough = middle } else { least = middle + 1 }
    }
    Ok(enough)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
