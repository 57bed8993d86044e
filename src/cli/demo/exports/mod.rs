//! The pilot's customer lists, as messy as what members' programs really export.

mod agents;
mod festival;
mod label;
mod ticketing;
mod venue;

use crate::cli::demo::people::{Person, values};
use crate::cli::demo::places::{Place, Places};
use crate::cli::demo::sheet::{Format, Sheet};
use crate::identity::Profile;
use crate::model::{AudienceName, Category, ColumnName, MemberName, NameError, PurposeName, Shape, Vocabulary};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::io;
use std::path::{Path, PathBuf};

/// One member's file, and how the member would hash and upload it.
#[derive(Debug, Clone)]
pub struct Export {
    /// Whose it is.
    pub member: MemberName,
    /// The audience that it becomes.
    pub audience: AudienceName,
    /// One row a person, or many.
    pub shape: Shape,
    /// Where it was written.
    pub file: PathBuf,
    /// How its identifiers are hashed; the same for all, or lists wouldn't match.
    pub profile: Profile,
    /// The vocabulary's columns and the headers that hold them.
    pub map: Vec<(ColumnName, String)>,
    /// The headers of the e-mail columns, where a reader couldn't choose by itself; else empty.
    pub email_headers: Vec<String>,
    /// The vocabulary's columns that are uploaded.
    pub columns: Vec<ColumnName>,
    /// What the member lets it be used for.
    pub purposes: Vec<PurposeName>,
    /// The legal basis, in the member's words.
    pub legal_basis: &'static str,
    /// Rows written, without the header.
    pub rows: u64,
}

/// Writes every member's exports under `dir`, one folder a member; the same `seed` writes the same files.
///
/// # Errors
/// When a file can't be written, or the vocabulary lacks `genre`, `region` or `age_band`.
pub fn write_all(dir: &Path, people: &[Person], vocabulary: &Vocabulary, seed: u64) -> io::Result<Vec<Export>> {
    let column = |name| values(vocabulary, name).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error));
    let (genres, regions, bands) = (column("genre")?, column("region")?, column("age_band")?);
    let pilot = Pilot { dir, people, genres, regions, bands, places: Places::new(regions), seed };
    // The ticketing company's files take about as long as all others.
    let (ticketing, others) = rayon::join(
        || ticketing::write(&pilot),
        || {
            let [newsletter, guests] = label::write(&pilot)?;
            Ok([festival::write(&pilot)?, venue::write(&pilot)?, newsletter, guests, agents::write(&pilot)?])
        },
    );
    let others: io::Result<_> = others;
    Ok(ticketing?.into_iter().chain(others?).collect())
}

/// What every member's writer needs.
struct Pilot<'a> {
    dir: &'a Path,
    people: &'a [Person],
    genres: &'a [Category],
    regions: &'a [Category],
    bands: &'a [Category],
    places: Places,
    seed: u64,
}

impl Pilot<'_> {
    /// Chance for one file, apart from the other files'.
    fn rng(&self, file: u64) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(file + 1);
        rng
    }

    /// The people at those places.
    fn people_at(&self, rows: &[u32]) -> impl Iterator<Item = &Person> {
        rows.iter().filter_map(|at| self.people.get(*at as usize))
    }

    fn place(&self, person: &Person) -> &'static Place {
        self.places.get(person.region)
    }

    fn region(&self, person: &Person) -> Option<&Category> {
        self.regions.get(usize::from(person.region))
    }

    fn age_band(&self, person: &Person) -> Option<&Category> {
        self.bands.get(usize::from(person.age_band))
    }

    /// Creates `file` (`member/name.csv`), and the member's folder.
    fn sheet(&self, file: &str, format: Format, headers: &[&str]) -> io::Result<(PathBuf, Sheet)> {
        let path = self.dir.join(file);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let sheet = Sheet::create(&path, format, headers)?;
        Ok((path, sheet))
    }
}

/// How an audience is declared, before its file has a place.
struct Declared<'a> {
    audience: &'a str,
    shape: Shape,
    map: &'a [(&'a str, &'a str)],
    email_headers: &'a [&'a str],
    purposes: &'a [&'a str],
    legal_basis: &'static str,
}

impl Declared<'_> {
    fn export(&self, file: PathBuf, rows: usize) -> io::Result<Export> {
        let (member, audience) = self.audience.split_once('/').unwrap_or((self.audience, ""));
        let named = |error: NameError| io::Error::new(io::ErrorKind::InvalidInput, error);
        let map: Vec<(ColumnName, String)> = self
            .map
            .iter()
            .map(|(column, header)| Ok((column.parse()?, (*header).to_owned())))
            .collect::<Result<_, NameError>>()
            .map_err(named)?;
        Ok(Export {
            member: member.parse().map_err(named)?,
            audience: audience.parse().map_err(named)?,
            shape: self.shape,
            file,
            profile: Profile::Google,
            columns: map.iter().map(|(column, _)| column.clone()).collect(),
            map,
            email_headers: self.email_headers.iter().map(|header| (*header).to_owned()).collect(),
            purposes: self.purposes.iter().map(|name| name.parse()).collect::<Result<_, _>>().map_err(named)?,
            legal_basis: self.legal_basis,
            rows: rows as u64,
        })
    }
}

#[cfg(test)]
mod tests;
