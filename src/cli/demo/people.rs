//! The pilot's people: drawn from a seed, so that two machines make the same room.

use crate::cli::demo::addresses::{Mailboxes, Telephones};
use crate::cli::demo::names::Names;
use crate::cli::demo::places::Places;
use crate::cli::demo::taste::{Taste, normal};
use crate::model::{Category, ColumnKind, Vocabulary};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Someone who goes out in Québec, and doesn't exist.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// First name.
    pub first: String,
    /// Last name.
    pub last: String,
    /// The address they give most often.
    pub email: String,
    /// Another one, for some.
    pub second_email: Option<String>,
    /// Ten digits, without the country's code.
    pub phone: Option<u64>,
    /// Code of the vocabulary's `region`.
    pub region: u16,
    /// Code of the vocabulary's `age_band`.
    pub age_band: u16,
    /// Codes of the vocabulary's `genre`, the strongest interest first; never empty.
    pub interests: Vec<u16>,
    /// How much they go out, as a standard deviate.
    pub appetite: f64,
    /// Decides street, number and postal code, the same in every list.
    pub(super) home: u32,
}

/// The vocabulary lacks what the pilot's people are made of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the vocabulary has no category column `{0}`, which the pilot's people need: add it to vocabulary.toml")]
pub struct MissingColumn(pub String);

/// The values of a category column, in the order of their codes.
///
/// # Errors
/// When the vocabulary has no category column of that name.
pub(super) fn values<'v>(vocabulary: &'v Vocabulary, name: &str) -> Result<&'v [Category], MissingColumn> {
    let column = vocabulary.columns().iter().find(|(column, _)| column.as_str() == name);
    match column.map(|(_, column)| &column.kind) {
        Some(ColumnKind::Category { values }) => Ok(values),
        _ => Err(MissingColumn(name.to_owned())),
    }
}

/// Draws `count` people; the same `seed` and vocabulary give the same people.
///
/// # Errors
/// When the vocabulary lacks `genre`, `region` or `age_band`.
pub fn generate(count: usize, seed: u64, vocabulary: &Vocabulary) -> Result<Vec<Person>, MissingColumn> {
    let taste = Taste::new(values(vocabulary, "genre")?);
    let places = Places::new(values(vocabulary, "region")?);
    let bands = Bands::new(values(vocabulary, "age_band")?);
    let (names, mut mailboxes, mut telephones) = (Names::new(), Mailboxes::default(), Telephones::default());
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut person = || {
        let age = (44.0 + 16.0 * normal(&mut rng)).clamp(16.0, 92.0) as u16;
        let region = places.draw(&mut rng);
        let place = places.get(region);
        let community = place.community(&mut rng);
        let (first, last) = names.draw(&mut rng, community, age);
        let email = mailboxes.open(&mut rng, &first, &last, age);
        let second_email = rng.random_bool(0.12).then(|| mailboxes.open(&mut rng, &first, &last, age));
        let phone = rng.random_bool(0.85).then(|| telephones.connect(&mut rng, place.area_codes));
        let leaning = taste.draw(&mut rng, age);
        Person {
            first,
            last,
            email,
            second_email,
            phone,
            region,
            age_band: bands.of(&mut rng, age),
            interests: leaning.interests,
            appetite: leaning.appetite,
            home: rng.random(),
        }
    };
    Ok((0..count).map(|_| person()).collect())
}

/// The vocabulary's age bands, by the age each starts at.
struct Bands {
    starts: Vec<(u16, u16)>,
    count: u16,
}

impl Bands {
    fn new(bands: &[Category]) -> Self {
        let starts = (0u16..).zip(bands).filter_map(|(code, band)| Some((code, start(&band.id)?))).collect();
        Self { starts, count: bands.len().try_into().unwrap_or(u16::MAX) }
    }

    /// The band of that age; any band where ids don't say their ages.
    fn of(&self, rng: &mut impl Rng, age: u16) -> u16 {
        let youngest = self.starts.iter().min_by_key(|(_, start)| *start);
        let reached = self.starts.iter().filter(|(_, start)| *start <= age).max_by_key(|(_, start)| *start);
        match reached.or(youngest) {
            Some((code, _)) => *code,
            None => rng.random_range(0..self.count.max(1)),
        }
    }
}

/// The age a band starts at: 25 of `25-34` and `25-plus`, 0 of `moins-18`.
fn start(id: &str) -> Option<u16> {
    let id = id.to_lowercase();
    if ["moins", "under", "<"].iter().any(|word| id.contains(word)) {
        return Some(0);
    }
    let digits: String = id.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::cli::demo::addresses::DOMAINS;
    use crate::cli::demo::places::PLACES;
    use crate::cli::demo::sample::vocabulary;
    use std::collections::HashSet;

    const SEED: u64 = 20_261_124;

    fn code(column: &str, id: &str) -> u16 {
        let vocabulary = vocabulary();
        let values = values(&vocabulary, column).unwrap();
        values.iter().position(|value| value.id == id).expect(id) as u16
    }

    #[test]
    fn a_seed_gives_the_same_people_and_another_gives_others() {
        let people = generate(2_000, SEED, &vocabulary()).unwrap();
        assert_eq!(people, generate(2_000, SEED, &vocabulary()).unwrap());
        assert_ne!(people, generate(2_000, SEED + 1, &vocabulary()).unwrap());
        assert!(people.iter().all(|person| !person.interests.is_empty()));
    }

    /// How much more often the lovers of one genre love the other than everyone does.
    fn lift(people: &[Person], of: &str, to: &str) -> f64 {
        let (of, to) = (code("genre", of), code("genre", to));
        let share = |people: &[&Person]| {
            people.iter().filter(|person| person.interests.contains(&to)).count() as f64 / people.len() as f64
        };
        let lovers: Vec<&Person> = people.iter().filter(|person| person.interests.contains(&of)).collect();
        share(&lovers) / share(&people.iter().collect::<Vec<_>>())
    }

    #[test]
    fn interests_go_together() {
        let people = generate(20_000, SEED, &vocabulary()).unwrap();
        for (of, to) in [("jazz", "theatre"), ("jazz", "classique"), ("metal", "rock"), ("electro", "rap")] {
            let lift = lift(&people, of, to);
            assert!(lift > 1.2, "{of} to {to}: {lift:.2}");
        }
        let apart = lift(&people, "metal", "classique");
        assert!(apart < 0.9, "{apart:.2}");
    }

    #[test]
    fn regions_have_about_their_share_of_people() {
        let people = generate(20_000, SEED, &vocabulary()).unwrap();
        let total: u32 = PLACES.iter().map(|place| place.weight).sum();
        for (id, tenths) in [("montreal", 236), ("capitale-nationale", 89), ("monteregie", 169), ("cote-nord", 10)] {
            let region = code("region", id);
            let found = people.iter().filter(|person| person.region == region).count() as f64 / 20_000.0;
            let wanted = f64::from(tenths) / f64::from(total);
            assert!((found - wanted).abs() < 0.01, "{id}: {found:.3}, not {wanted:.3}");
        }
    }

    #[test]
    fn addresses_are_distinct_and_nobodys() {
        let people = generate(20_000, SEED, &vocabulary()).unwrap();
        let mut seen = HashSet::new();
        for email in people.iter().flat_map(|person| [Some(&person.email), person.second_email.as_ref()]).flatten() {
            let (local, domain) = email.split_once('@').expect("an address");
            assert!(DOMAINS.contains(&domain) && !local.is_empty() && local.is_ascii(), "{email}");
            assert!(seen.insert(email), "{email} twice");
        }
    }

    #[test]
    fn numbers_are_distinct_valid_and_nobodys() {
        let people = generate(5_000, SEED, &vocabulary()).unwrap();
        let mut seen = HashSet::new();
        for phone in people.iter().filter_map(|person| person.phone) {
            assert!(seen.insert(phone), "{phone} twice");
            let parsed = phonenumber::parse(Some(phonenumber::country::CA), phone.to_string()).unwrap();
            assert!(phonenumber::is_valid(&parsed), "{phone}");
            let exchange = phone / 10_000 % 1_000;
            assert!(exchange % 100 == 11 || [555, 958, 959].contains(&exchange), "{phone}");
        }
        assert!(seen.len() > 4_000);
    }

    #[test]
    fn ages_fall_in_their_bands() {
        assert_eq!(
            [start("25-34"), start("65-plus"), start("moins-18"), start("inconnu")],
            [Some(25), Some(65), Some(0), None]
        );
    }

    #[test]
    fn a_vocabulary_without_genre_is_refused_by_name() {
        let error = generate(1, SEED, &Vocabulary::default()).unwrap_err();
        assert!(error.to_string().contains("`genre`"), "{error}");
    }
}
