//! The venue: tab-separated text from a box-office program, with two numbered e-mail columns.

use super::{Declared, Export, Pilot};
use crate::cli::demo::lists::{self, VENUE};
use crate::cli::demo::sheet::{Encoding, Format};
use crate::cli::demo::typing;
use crate::model::{Language, Shape};
use rand::Rng;
use std::io;

const FORMAT: Format = Format { delimiter: b'\t', encoding: Encoding::Utf8, line_end: "\n" };

const SUBSCRIBERS: Declared<'_> = Declared {
    audience: "salle/abonnes",
    shape: Shape::List,
    map: &[],
    email_headers: &[],
    purposes: &["planification", "programmation"],
    legal_basis: "Contrat d'abonnement : statistiques avec nos partenaires culturels",
};

pub(super) fn write(pilot: &Pilot<'_>) -> io::Result<Export> {
    let mut rng = pilot.rng(4);
    let members = lists::members(&mut rng, pilot.people, &VENUE, pilot.genres, pilot.regions);
    let rows = lists::rows(&mut rng, &members);
    let pulls = lists::pulls(pilot.genres, VENUE.genres);
    let headers = ["Nom complet", "E-mail 1", "E-mail 2", "Cellulaire", "Code postal", "Discipline", "Notes"];
    let (path, mut sheet) = pilot.sheet("salle/abonnes.tsv", FORMAT, &headers)?;
    for person in pilot.people_at(&rows) {
        let rng = &mut rng;
        let second = person.second_email.as_ref().filter(|_| rng.random_bool(0.6));
        let second = second.map(|address| typing::email(rng, address)).unwrap_or_default();
        let phone = person.phone.filter(|_| rng.random_bool(0.75)).map(|number| typing::phone(rng, number));
        let note = match rng.random_range(0..100) {
            0..3 => "Dit \"préférer le balcon\"",
            3..5 => "Rappeler :\nabonnement à renouveler",
            5..8 => "place côté allée",
            _ => "",
        };
        sheet.row(&[
            format!("{} {}", typing::name(rng, &person.first).trim(), typing::name(rng, &person.last)),
            typing::email(rng, &typing::given(person, "abonnement")),
            second,
            phone.unwrap_or_default(),
            typing::postal_code(rng, person, pilot.place(person)),
            typing::label(rng, lists::noted(person, &pulls, pilot.genres), Language::Fr),
            note.to_owned(),
        ])?;
    }
    sheet.finish()?;
    SUBSCRIBERS.export(path, rows.len())
}
