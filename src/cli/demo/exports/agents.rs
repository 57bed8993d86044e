//! The agents: admirers from a shared spreadsheet that also names the agency's own address on each row, so that a reader
//! has to be told which column holds the admirers'.

use super::{Declared, Export, Pilot};
use crate::cli::demo::lists::{self, AGENTS};
use crate::cli::demo::sheet::{Encoding, Format};
use crate::cli::demo::typing;
use crate::model::Shape;
use rand::Rng;
use std::io;

const FORMAT: Format = Format { delimiter: b',', encoding: Encoding::Utf8, line_end: "\r\n" };

const ADMIRERS: Declared<'_> = Declared {
    audience: "agents/admirateurs",
    shape: Shape::List,
    map: &[],
    email_headers: &["Courriel"],
    purposes: &["planification", "programmation"],
    legal_basis: "Consentement au club d'admirateurs",
};

pub(super) fn write(pilot: &Pilot<'_>) -> io::Result<Export> {
    let mut rng = pilot.rng(7);
    let members = lists::members(&mut rng, pilot.people, &AGENTS, pilot.genres, pilot.regions);
    let rows = lists::rows(&mut rng, &members);
    let headers = ["Prénom", "Nom", "Courriel", "Mobile", "Ville", "Courriel de l'agence"];
    let (path, mut sheet) = pilot.sheet("agents/admirateurs.csv", FORMAT, &headers)?;
    for person in pilot.people_at(&rows) {
        let rng = &mut rng;
        let place = pilot.place(person);
        let town = place.towns.get(person.home as usize % place.towns.len().max(1)).copied().unwrap_or_default();
        let email =
            if rng.random_bool(0.02) { String::new() } else { typing::email(rng, &typing::given(person, "club")) };
        let phone = person.phone.filter(|_| rng.random_bool(0.5)).map(|number| typing::phone(rng, number));
        sheet.row(&[
            typing::name(rng, &person.first),
            typing::name(rng, &person.last),
            email,
            phone.unwrap_or_default(),
            if rng.random_bool(0.1) { format!("{town}, QC") } else { town.to_owned() },
            "agence@example.ca".to_owned(),
        ])?;
    }
    sheet.finish()?;
    ADMIRERS.export(path, rows.len())
}
