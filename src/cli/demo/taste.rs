//! What people like: a latent-factor model. Four leanings and an appetite for going out, drawn per person, decide how
//! likely each interest is; interests that lean alike are found together more often than chance would have it.

use crate::model::Category;
use rand::Rng;

/// The leanings: for the classical stage, for loud stages, for the broad public's evenings, for what is new in town.
const LEANINGS: usize = 4;

/// How common an interest is (log-odds), how it leans, and how it changes by decade past forty.
struct Profile {
    id: &'static str,
    base: f64,
    leaning: [f64; LEANINGS],
    decade: f64,
}

const fn profile(id: &'static str, base: f64, leaning: [f64; LEANINGS], decade: f64) -> Profile {
    Profile { id, base, leaning, decade }
}

/// By the ids of the vocabulary's genres.
const PROFILES: &[Profile] = &[
    profile("jazz", -2.3, [1.1, 0.1, -0.2, 0.3], 0.18),
    profile("classique", -2.3, [1.4, -0.4, -0.2, -0.2], 0.30),
    profile("opera", -2.9, [1.4, -0.4, 0.1, -0.3], 0.28),
    profile("chanson", -1.4, [0.4, 0.0, 0.8, 0.1], 0.18),
    profile("rock", -1.1, [-0.1, 1.2, 0.2, 0.0], 0.05),
    profile("metal", -2.4, [-0.3, 1.6, -0.3, 0.1], -0.25),
    profile("electro", -2.0, [-0.1, 0.7, -0.2, 1.1], -0.45),
    profile("rap", -1.8, [-0.4, 0.4, 0.0, 1.0], -0.55),
    profile("monde", -2.3, [0.6, 0.1, 0.1, 0.8], 0.00),
    profile("trad", -2.1, [-0.3, 0.0, 1.0, -0.5], 0.25),
    profile("theatre", -1.6, [1.1, -0.3, 0.3, 0.1], 0.15),
    profile("danse", -2.4, [0.9, -0.2, 0.0, 0.6], 0.02),
    profile("humour", -0.8, [-0.2, 0.1, 1.1, 0.1], -0.08),
    profile("cirque", -1.9, [0.2, 0.0, 0.8, 0.3], -0.05),
    profile("jeunesse", -1.9, [0.1, -0.2, 0.9, 0.0], -0.25),
    profile("visuel", -2.1, [1.0, -0.1, -0.1, 0.6], 0.08),
];

/// What the model makes of a genre that was added to the vocabulary since.
const NEW: Profile = profile("", -2.0, [0.0; LEANINGS], 0.0);

/// The model over the vocabulary's genres, by code.
pub(super) struct Taste {
    genres: Vec<(u16, &'static Profile)>,
}

/// One person's interests, strongest first, and their appetite for going out.
pub(super) struct Leaning {
    pub(super) interests: Vec<u16>,
    pub(super) appetite: f64,
}

impl Taste {
    pub(super) fn new(genres: &[Category]) -> Self {
        let profile = |genre: &Category| PROFILES.iter().find(|profile| profile.id == genre.id).unwrap_or(&NEW);
        Self { genres: (0u16..).zip(genres.iter().map(profile)).collect() }
    }

    /// Someone's interests at that age: never none, since they are on a list of the arts.
    pub(super) fn draw(&self, rng: &mut impl Rng, age: u16) -> Leaning {
        let leaning: [f64; LEANINGS] = std::array::from_fn(|_| normal(rng));
        let appetite = normal(rng);
        let decades = (f64::from(age) - 40.0) / 10.0;
        let mut pulls: Vec<(f64, u16)> = Vec::with_capacity(self.genres.len());
        for (code, profile) in &self.genres {
            let leans: f64 = leaning.iter().zip(profile.leaning).map(|(a, b)| a * b).sum();
            let chance = rng.random_range(1e-12..1.0f64);
            let logistic = (chance / (1.0 - chance)).ln();
            pulls.push((profile.base + leans + profile.decade * decades + 0.6 * appetite + logistic, *code));
        }
        pulls.sort_by(|a, b| b.0.total_cmp(&a.0));
        let strong = pulls.iter().filter(|(pull, _)| *pull > 0.0).count().max(1);
        Leaning { interests: pulls.iter().take(strong).map(|(_, code)| *code).collect(), appetite }
    }
}

/// A standard normal deviate (Box and Muller).
pub(super) fn normal(rng: &mut impl Rng) -> f64 {
    let radius = (-2.0 * rng.random_range(f64::MIN_POSITIVE..1.0).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}
