//! The label: its newsletter, from a mailing service, and the short list of those it invites.

use super::{Declared, Export, Pilot};
use crate::cli::demo::lists::{self, LABEL, VIPS};
use crate::cli::demo::people::Person;
use crate::cli::demo::sheet::{Encoding, Format};
use crate::cli::demo::typing;
use crate::model::{Language, Shape};
use rand::Rng;
use std::io;

const FORMAT: Format = Format { delimiter: b',', encoding: Encoding::Utf8, line_end: "\n" };

const NEWSLETTER: Declared<'_> = Declared {
    audience: "etiquette/infolettre",
    shape: Shape::List,
    map: &[("genre", "genre_musical")],
    email_headers: &[],
    purposes: &["planification", "programmation"],
    legal_basis: "Consentement à l'infolettre, case « études de publics »",
};

const GUESTS: Declared<'_> = Declared {
    audience: "etiquette/artistes-vip",
    map: &[],
    purposes: &["planification"],
    legal_basis: "Intérêt légitime : invitations ; ne doit servir à aucune comparaison",
    ..NEWSLETTER
};

pub(super) fn write(pilot: &Pilot<'_>) -> io::Result<[Export; 2]> {
    Ok([newsletter(pilot)?, guests(pilot)?])
}

fn newsletter(pilot: &Pilot<'_>) -> io::Result<Export> {
    let mut rng = pilot.rng(5);
    let members = lists::members(&mut rng, pilot.people, &LABEL, pilot.genres, pilot.regions);
    let rows = lists::rows(&mut rng, &members);
    let pulls = lists::pulls(pilot.genres, LABEL.genres);
    let (path, mut sheet) =
        pilot.sheet("etiquette/infolettre.csv", FORMAT, &["courriel", "genre_musical", "inscription"])?;
    for person in pilot.people_at(&rows) {
        let rng = &mut rng;
        let language = if rng.random_bool(0.12) { Language::En } else { Language::Fr };
        sheet.row(&[
            typing::email(rng, &typing::given(person, "musique")),
            typing::label(rng, lists::noted(person, &pulls, pilot.genres), language),
            source(rng).to_owned(),
        ])?;
    }
    sheet.finish()?;
    NEWSLETTER.export(path, rows.len())
}

/// Where someone signed up; a comma inside, so that some cells are quoted.
fn source(rng: &mut impl Rng) -> &'static str {
    match rng.random_range(0..10) {
        0..6 => "site web",
        6..8 => "concert, table de disques",
        8 => "concours",
        _ => "",
    }
}

fn guests(pilot: &Pilot<'_>) -> io::Result<Export> {
    let mut rng = pilot.rng(6);
    let members = lists::members(&mut rng, pilot.people, &VIPS, pilot.genres, pilot.regions);
    let (path, mut sheet) = pilot.sheet("etiquette/artistes-vip.csv", FORMAT, &["nom", "courriel", "téléphone"])?;
    for person in pilot.people_at(&members) {
        let rng = &mut rng;
        let Person { first, last, .. } = person;
        let phone = person.phone.map(|number| typing::phone(rng, number));
        sheet.row(&[format!("{last}, {first}"), person.email.clone(), phone.unwrap_or_default()])?;
    }
    sheet.finish()?;
    GUESTS.export(path, members.len())
}
