//! Where people live: Québec's seventeen administrative regions, with about their share of the population, and the
//! telephone and postal codes that go with each.

use crate::cli::demo::names::Community;
use crate::model::Category;
use rand::Rng;

/// One administrative region.
#[derive(Debug)]
pub(super) struct Place {
    id: &'static str,
    /// Share of Québec's population, in tenths of a percent (about 2023).
    pub(super) weight: u32,
    /// Telephone area codes, the most common first.
    pub(super) area_codes: &'static [u16],
    /// First three characters of postal codes.
    pub(super) postal: &'static [&'static str],
    /// Towns that addresses name.
    pub(super) towns: &'static [&'static str],
    /// English, Indigenous and newer families, in percent; the rest is French.
    families: [u32; 3],
}

macro_rules! place {
    ($id:literal, $weight:literal, $codes:expr, $postal:expr, $towns:expr, $families:expr) => {
        Place { id: $id, weight: $weight, area_codes: $codes, postal: $postal, towns: $towns, families: $families }
    };
}

const EAST: &[u16] = &[418, 581, 367];
const ISLAND: &[u16] = &[514, 438];
const CROWN: &[u16] = &[450, 579];
const WEST: &[u16] = &[819, 873];

/// By the ids of the vocabulary's regions.
pub(super) const PLACES: &[Place] = &[
    place!(
        "bas-saint-laurent",
        23,
        EAST,
        &["G5L", "G5R", "G0L"],
        &["Rimouski", "Rivière-du-Loup", "Matane"],
        [1, 1, 1]
    ),
    place!("saguenay-lac-saint-jean", 32, EAST, &["G7H", "G8B", "G7X"], &["Saguenay", "Alma", "Roberval"], [1, 2, 1]),
    place!(
        "capitale-nationale",
        89,
        EAST,
        &["G1R", "G1K", "G2E"],
        &["Québec", "Beauport", "Baie-Saint-Paul"],
        [2, 1, 8]
    ),
    place!("mauricie", 32, WEST, &["G9A", "G8T", "G9N"], &["Trois-Rivières", "Shawinigan", "La Tuque"], [1, 2, 4]),
    place!("estrie", 58, WEST, &["J1H", "J1L", "J2G"], &["Sherbrooke", "Magog", "Granby"], [9, 0, 7]),
    place!("montreal", 236, ISLAND, &["H2X", "H1W", "H4B"], &["Montréal", "Verdun", "LaSalle"], [16, 1, 36]),
    place!("outaouais", 47, WEST, &["J8X", "J8P", "J9H"], &["Gatineau", "Chelsea", "Maniwaki"], [17, 2, 11]),
    place!(
        "abitibi-temiscamingue",
        17,
        WEST,
        &["J9X", "J9P", "J9T"],
        &["Rouyn-Noranda", "Val-d'Or", "Amos"],
        [3, 6, 2]
    ),
    place!(
        "cote-nord",
        10,
        EAST,
        &["G4R", "G5C", "G0G"],
        &["Sept-Îles", "Baie-Comeau", "Havre-Saint-Pierre"],
        [4, 16, 1]
    ),
    place!("nord-du-quebec", 5, WEST, &["G8P", "J0M", "J0Y"], &["Chibougamau", "Kuujjuaq", "Chisasibi"], [3, 62, 1]),
    place!(
        "gaspesie-iles-de-la-madeleine",
        10,
        EAST,
        &["G4X", "G0C", "G4T"],
        &["Gaspé", "New Richmond", "Cap-aux-Meules"],
        [9, 4, 1]
    ),
    place!(
        "chaudiere-appalaches",
        51,
        EAST,
        &["G6V", "G6P", "G5Y"],
        &["Lévis", "Saint-Georges", "Montmagny"],
        [1, 0, 3]
    ),
    place!("laval", 51, CROWN, &["H7N", "H7T", "H7L"], &["Laval", "Laval", "Laval"], [9, 0, 33]),
    place!("lanaudiere", 62, CROWN, &["J6E", "J5W", "J6V"], &["Joliette", "Repentigny", "Terrebonne"], [2, 2, 8]),
    place!("laurentides", 76, CROWN, &["J7Y", "J8B", "J7Z"], &["Saint-Jérôme", "Blainville", "Mirabel"], [6, 1, 8]),
    place!("monteregie", 169, CROWN, &["J4K", "J2S", "J3B"], &["Longueuil", "Brossard", "Saint-Hyacinthe"], [9, 2, 13]),
    place!(
        "centre-du-quebec",
        30,
        WEST,
        &["J2B", "G6T", "J3T"],
        &["Drummondville", "Victoriaville", "Nicolet"],
        [1, 1, 4]
    ),
];

/// A region that was added to the vocabulary since.
const ELSEWHERE: Place = place!("", 10, CROWN, &["J0K"], &["Saint-Paul"], [5, 1, 5]);

/// The vocabulary's regions in the order of their codes.
pub(super) struct Places {
    places: Vec<&'static Place>,
    weight: u32,
}

impl Places {
    pub(super) fn new(regions: &[Category]) -> Self {
        let places: Vec<_> = regions.iter().map(|region| place(&region.id)).collect();
        let weight = places.iter().map(|place| place.weight).sum();
        Self { places, weight }
    }

    /// A region's code, by population.
    pub(super) fn draw(&self, rng: &mut impl Rng) -> u16 {
        let mut left = rng.random_range(0..self.weight.max(1));
        for (code, place) in (0u16..).zip(&self.places) {
            if left < place.weight {
                return code;
            }
            left -= place.weight;
        }
        0
    }

    /// What is known of the region of that code.
    pub(super) fn get(&self, code: u16) -> &'static Place {
        self.places.get(usize::from(code)).copied().unwrap_or(&ELSEWHERE)
    }
}

fn place(id: &str) -> &'static Place {
    PLACES.iter().find(|place| place.id == id).unwrap_or(&ELSEWHERE)
}

impl Place {
    /// Which names someone of this region is likely to carry.
    pub(super) fn community(&self, rng: &mut impl Rng) -> Community {
        let [english, indigenous, newer] = self.families;
        match rng.random_range(0..100) {
            share if share < english => Community::English,
            share if share < english + indigenous => Community::Indigenous,
            share if share < english + indigenous + newer => match rng.random_range(0..100) {
                0..24 => Community::Maghrebi,
                24..42 => Community::Haitian,
                42..60 => Community::Latin,
                60..76 => Community::Italian,
                _ => Community::Asian,
            },
            _ => Community::French,
        }
    }
}
