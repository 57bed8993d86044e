//! The festival: an English Customer-Match export with a byte order mark, two e-mail columns, and English labels.

use super::{Declared, Export, Pilot};
use crate::cli::demo::lists::{self, FESTIVAL};
use crate::cli::demo::sheet::{Encoding, Format};
use crate::cli::demo::typing;
use crate::model::{Language, Shape};
use rand::Rng;
use std::io;

const FORMAT: Format = Format { delimiter: b',', encoding: Encoding::Utf8Bom, line_end: "\r\n" };

const SUBSCRIBERS: Declared<'_> = Declared {
    audience: "festival/abonnes",
    shape: Shape::List,
    map: &[("genre", "Genre"), ("region", "Region")],
    email_headers: &[],
    purposes: &["planification", "programmation"],
    legal_basis: "Consentement à l'inscription : statistiques avec d'autres organismes culturels",
};

pub(super) fn write(pilot: &Pilot<'_>) -> io::Result<Export> {
    let mut rng = pilot.rng(3);
    let members = lists::members(&mut rng, pilot.people, &FESTIVAL, pilot.genres, pilot.regions);
    let rows = lists::rows(&mut rng, &members);
    let pulls = lists::pulls(pilot.genres, FESTIVAL.genres);
    let headers = ["Email", "Email", "Phone", "First Name", "Last Name", "Country", "Zip", "Genre", "Region"];
    let (path, mut sheet) = pilot.sheet("festival/abonnes.csv", FORMAT, &headers)?;
    for person in pilot.people_at(&rows) {
        let rng = &mut rng;
        let second = person.second_email.as_ref().filter(|_| rng.random_bool(0.5));
        let second = second.map(|address| typing::email(rng, address)).unwrap_or_default();
        let phone = person.phone.filter(|_| rng.random_bool(0.6));
        let phone = match phone {
            Some(number) if rng.random_bool(0.7) => format!("+1{number}"),
            Some(number) => typing::phone(rng, number),
            None => String::new(),
        };
        sheet.row(&[
            typing::email(rng, &typing::given(person, "festival")),
            second,
            phone,
            typing::name(rng, &person.first),
            typing::name(rng, &person.last),
            "CA".to_owned(),
            typing::postal_code(rng, person, pilot.place(person)),
            typing::label(rng, lists::noted(person, &pulls, pilot.genres), Language::En),
            typing::label(rng, pilot.region(person), Language::En),
        ])?;
    }
    sheet.finish()?;
    SUBSCRIBERS.export(path, rows.len())
}
