//! The ticketing company: buyers and purchases, from a program that writes Windows-1252 and semicolons.

use super::{Declared, Export, Pilot};
use crate::cli::demo::lists::{self, TICKETING};
use crate::cli::demo::people::Person;
use crate::cli::demo::sheet::{Encoding, Format};
use crate::cli::demo::typing;
use crate::model::{Language, Shape};
use rand::Rng;
use std::io;

const FORMAT: Format = Format { delimiter: b';', encoding: Encoding::Windows1252, line_end: "\r\n" };

const BUYERS: Declared<'_> = Declared {
    audience: "billetterie/acheteurs",
    shape: Shape::List,
    map: &[("genre", "Style préféré"), ("region", "Région"), ("age_band", "Tranche d'âge")],
    email_headers: &[],
    purposes: &["planification", "programmation"],
    legal_basis: "Conditions d'achat, article 7 : analyses statistiques avec nos partenaires culturels",
};

const PURCHASES: Declared<'_> = Declared {
    audience: "billetterie/achats",
    shape: Shape::Events,
    map: &[("purchased", "date achat"), ("amount", "montant"), ("genre", "style")],
    ..BUYERS
};

/// The first day of the two seasons that purchases fall in.
const FIRST_DAY: jiff::civil::Date = jiff::civil::date(2024, 9, 1);
const DAYS: usize = 730;

pub(super) fn write(pilot: &Pilot<'_>) -> io::Result<[Export; 2]> {
    let mut rng = pilot.rng(0);
    let members = lists::members(&mut rng, pilot.people, &TICKETING, pilot.genres, pilot.regions);
    let (buyers, purchases) = rayon::join(|| buyers(pilot, &members), || purchases(pilot, &members));
    Ok([buyers?, purchases?])
}

fn buyers(pilot: &Pilot<'_>, members: &[u32]) -> io::Result<Export> {
    let mut rng = pilot.rng(1);
    let rows = lists::rows(&mut rng, members);
    let pulls = lists::pulls(pilot.genres, TICKETING.genres);
    let headers = [
        "Prénom",
        "Nom",
        "Adresse courriel",
        "Téléphone",
        "Adresse postale",
        "Style préféré",
        "Région",
        "Tranche d'âge",
    ];
    let (path, mut sheet) = pilot.sheet("billetterie/acheteurs.csv", FORMAT, &headers)?;
    for person in pilot.people_at(&rows) {
        let rng = &mut rng;
        let email =
            if rng.random_bool(0.01) { String::new() } else { typing::email(rng, &typing::given(person, "billets")) };
        let phone = person.phone.filter(|_| rng.random_bool(0.8)).map(|number| typing::phone(rng, number));
        let address =
            if rng.random_bool(0.25) { String::new() } else { typing::address(rng, person, pilot.place(person)) };
        sheet.row(&[
            typing::name(rng, &person.first),
            typing::name(rng, &person.last),
            email,
            phone.unwrap_or_default(),
            address,
            typing::label(rng, lists::noted(person, &pulls, pilot.genres), Language::Fr),
            typing::label(rng, pilot.region(person), Language::Fr),
            typing::label(rng, pilot.age_band(person), Language::Fr),
        ])?;
    }
    sheet.finish()?;
    BUYERS.export(path, rows.len())
}

/// One purchase: when, by whom, in cents, of which genre.
struct Purchase<'p> {
    day: usize,
    buyer: &'p Person,
    cents: u64,
    genre: u16,
}

fn purchases(pilot: &Pilot<'_>, members: &[u32]) -> io::Result<Export> {
    let mut rng = pilot.rng(2);
    let mut purchases: Vec<Purchase<'_>> = Vec::with_capacity(members.len() * 3);
    for buyer in pilot.people_at(members) {
        // One, and on average two more: the hungrier, the more.
        let more = (1.7 * (0.5 * buyer.appetite).exp()).min(20.0);
        let stop = 1.0 / (1.0 + more);
        loop {
            purchases.push(purchase(&mut rng, buyer));
            if rng.random_bool(stop) {
                break;
            }
        }
    }
    purchases.sort_by_key(|purchase| purchase.day);
    let headers = ["no commande", "courriel", "date achat", "montant", "style"];
    let (path, mut sheet) = pilot.sheet("billetterie/achats.csv", FORMAT, &headers)?;
    let dates = dates()?;
    for (number, purchase) in purchases.iter().enumerate() {
        let rng = &mut rng;
        sheet.row(&[
            format!("C{:07}", number + 1),
            typing::email(rng, &typing::given(purchase.buyer, "billets")),
            dates.get(purchase.day).cloned().unwrap_or_default(),
            typing::amount(rng, purchase.cents),
            typing::label(rng, pilot.genres.get(usize::from(purchase.genre)), Language::Fr),
        ])?;
    }
    sheet.finish()?;
    PURCHASES.export(path, purchases.len())
}

/// Every day of the two seasons, written once.
fn dates() -> io::Result<Vec<String>> {
    let days = FIRST_DAY.series(jiff::Span::new().days(1)).take(DAYS);
    let dates: Vec<String> = days.map(|day| day.to_string()).collect();
    if dates.len() == DAYS { Ok(dates) } else { Err(io::Error::other("the calendar ends within the seasons")) }
}

fn purchase<'p>(rng: &mut impl Rng, buyer: &'p Person) -> Purchase<'p> {
    // A few tickets, and now and then a group's or a season's.
    let tickets = if rng.random_bool(0.02) { rng.random_range(8..40) } else { rng.random_range(1..5) };
    let cents = tickets * (rng.random_range(36..190) * 50 + 1995);
    let nth = (rng.random::<f64>().powi(2) * buyer.interests.len() as f64) as usize;
    let genre = buyer.interests.get(nth).or(buyer.interests.first()).copied().unwrap_or(0);
    Purchase { day: rng.random_range(0..DAYS), buyer, cents, genre }
}
