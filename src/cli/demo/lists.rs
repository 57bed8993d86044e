//! Who is on which list: people join where their interests, their region and their appetite for going out lead them.

use crate::cli::demo::people::Person;
use crate::model::Category;
use rand::Rng;
use rand::seq::SliceRandom;

/// What draws people to a list: ids of genres and regions, each with its pull.
pub(super) struct Draw {
    /// People on the list for each 300,000 of the pilot.
    pub(super) size: usize,
    pub(super) genres: &'static [(&'static str, f64)],
    pub(super) regions: &'static [(&'static str, f64)],
    /// The pull of going out often.
    pub(super) appetite: f64,
}

/// The pilot's size that list sizes are given for.
const PILOT: usize = 300_000;

/// The ticketing company sells for everyone.
pub(super) const TICKETING: Draw = Draw {
    size: 160_000,
    genres: &[("theatre", 0.3), ("humour", 0.4), ("rock", 0.2), ("chanson", 0.2), ("cirque", 0.3), ("jeunesse", 0.2)],
    regions: &[("montreal", 0.3), ("capitale-nationale", 0.2), ("nord-du-quebec", -0.8)],
    appetite: 0.7,
};

/// A summer festival in the capital.
pub(super) const FESTIVAL: Draw = Draw {
    size: 70_000,
    genres: &[("metal", 0.8), ("rock", 0.8), ("rap", 0.7), ("electro", 0.7), ("monde", 0.5), ("chanson", 0.3)],
    regions: &[
        ("capitale-nationale", 1.7),
        ("chaudiere-appalaches", 1.2),
        ("mauricie", 0.4),
        ("saguenay-lac-saint-jean", 0.4),
    ],
    appetite: 0.5,
};

/// A theatre and concert hall in Montréal.
pub(super) const VENUE: Draw = Draw {
    size: 45_000,
    genres: &[("theatre", 1.0), ("danse", 0.9), ("jazz", 0.8), ("classique", 0.8), ("opera", 0.6), ("jeunesse", 0.3)],
    regions: &[("montreal", 1.5), ("laval", 0.9), ("monteregie", 0.7), ("laurentides", 0.4), ("lanaudiere", 0.4)],
    appetite: 0.6,
};

/// A label's newsletter.
pub(super) const LABEL: Draw = Draw {
    size: 60_000,
    genres: &[
        ("chanson", 0.8),
        ("metal", 0.7),
        ("rock", 0.6),
        ("rap", 0.6),
        ("electro", 0.5),
        ("jazz", 0.4),
        ("trad", 0.4),
    ],
    regions: &[("montreal", 0.4)],
    appetite: 0.3,
};

/// Artists' agents: admirers of the artists they stand for.
pub(super) const AGENTS: Draw = Draw {
    size: 30_000,
    genres: &[("humour", 1.1), ("chanson", 0.9), ("trad", 0.5), ("rap", 0.4), ("cirque", 0.4)],
    regions: &[],
    appetite: 0.2,
};

/// The artists, journalists and friends that the label invites.
pub(super) const VIPS: Draw =
    Draw { size: 600, genres: &[("chanson", 0.6), ("jazz", 0.5)], regions: &[("montreal", 1.0)], appetite: 1.2 };

/// The people of a list by their place in `people`, in no order, without repeats.
pub(super) fn members(
    rng: &mut impl Rng,
    people: &[Person],
    draw: &Draw,
    genres: &[Category],
    regions: &[Category],
) -> Vec<u32> {
    let (genres, regions) = (pulls(genres, draw.genres), pulls(regions, draw.regions));
    let pull = |table: &[f64], code: u16| table.get(usize::from(code)).copied().unwrap_or(0.0);
    // Weighted sampling without replacement: the greatest of weight plus Gumbel noise.
    let mut keys: Vec<(f64, u32)> = (0u32..)
        .zip(people)
        .map(|(at, person)| {
            let interests: f64 = person.interests.iter().map(|genre| pull(&genres, *genre)).sum();
            let gumbel = -(-rng.random_range(f64::MIN_POSITIVE..1.0).ln()).ln();
            (interests + pull(&regions, person.region) + draw.appetite * person.appetite + gumbel, at)
        })
        .collect();
    keys.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    keys.truncate((people.len() * draw.size).div_ceil(PILOT));
    let mut members: Vec<u32> = keys.into_iter().map(|(_, at)| at).collect();
    members.shuffle(rng);
    members
}

/// The members of a list, in the order of its rows: three in a hundred come again further down.
pub(super) fn rows(rng: &mut impl Rng, members: &[u32]) -> Vec<u32> {
    let mut rows = members.to_vec();
    let again = members.len() * 3 / 100;
    rows.extend(members.iter().take(again));
    rows.shuffle(rng);
    rows
}

/// The genre a list would note for someone: the strongest interest that it draws on, or else their strongest.
pub(super) fn noted<'g>(person: &Person, pulls: &[f64], genres: &'g [Category]) -> Option<&'g Category> {
    let drawn = |code: &&u16| pulls.get(usize::from(**code)).is_some_and(|pull| *pull > 0.0);
    let code = person.interests.iter().find(drawn).or(person.interests.first())?;
    genres.get(usize::from(*code))
}

/// Each code's pull, from the ids that a list draws on.
pub(super) fn pulls(values: &[Category], drawn: &[(&str, f64)]) -> Vec<f64> {
    let pull = |value: &Category| drawn.iter().find(|(id, _)| *id == value.id).map_or(0.0, |(_, pull)| *pull);
    values.iter().map(pull).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::cli::demo::people::values;
    use crate::cli::demo::sample::vocabulary;

    #[test]
    fn lists_draw_on_genres_and_regions_that_the_vocabulary_has() {
        let vocabulary = vocabulary();
        for (column, drawn) in [TICKETING, FESTIVAL, VENUE, LABEL, AGENTS, VIPS]
            .iter()
            .flat_map(|draw| [("genre", draw.genres), ("region", draw.regions)])
        {
            let ids = values(&vocabulary, column).unwrap();
            for (id, _) in drawn {
                assert!(ids.iter().any(|value| value.id == *id), "{id} isn't a {column}");
            }
        }
    }
}
