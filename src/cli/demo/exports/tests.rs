#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::cli::demo::addresses::DOMAINS;
use crate::cli::demo::people::generate;
use crate::cli::demo::sample::vocabulary;
use std::collections::{HashMap, HashSet};
use tempfile::TempDir;

const SEED: u64 = 20_261_124;
const PEOPLE: usize = 6_000;

struct Written {
    folder: TempDir,
    exports: Vec<Export>,
}

impl Written {
    fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let people = generate(PEOPLE, seed, &vocabulary()).unwrap();
        let exports = write_all(folder.path(), &people, &vocabulary(), seed).unwrap();
        Self { folder, exports }
    }

    fn bytes(&self, file: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(file)).unwrap()
    }

    fn table(&self, file: &str, delimiter: u8) -> Table {
        let bytes = self.bytes(file);
        let text = match String::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(error) => encoding_rs::WINDOWS_1252.decode(error.as_bytes()).0.into_owned(),
        };
        Table::parse(&text, delimiter)
    }
}

struct Table {
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// By the reader that members' files are read with.
    fn parse(text: &str, delimiter: u8) -> Self {
        let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        let (mut input, mut rows, mut row) = (text.as_bytes(), Vec::new(), Vec::new());
        let (mut cell, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            let (result, read, written) = reader.read_field(input, &mut buffer);
            input = &input[read..];
            cell.extend_from_slice(&buffer[..written]);
            match result {
                csv_core::ReadFieldResult::Field { record_end } => {
                    row.push(String::from_utf8(std::mem::take(&mut cell)).unwrap());
                    if record_end {
                        rows.push(std::mem::take(&mut row));
                    }
                }
                csv_core::ReadFieldResult::End => break,
                csv_core::ReadFieldResult::InputEmpty | csv_core::ReadFieldResult::OutputFull => {}
            }
        }
        let headers = rows.remove(0);
        assert!(rows.iter().all(|row| row.len() == headers.len()), "rows of one length");
        Self { headers, rows }
    }

    fn column(&self, header: &str) -> Vec<&str> {
        let at = self.headers.iter().position(|name| name == header).expect(header);
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }
}

/// Share of the cells for which `holds`.
fn share(cells: &[&str], holds: impl Fn(&str) -> bool) -> f64 {
    cells.iter().filter(|cell| holds(cell)).count() as f64 / cells.len() as f64
}

#[test]
fn a_seed_writes_the_same_files() {
    let (one, two) = (Written::new(SEED), Written::new(SEED));
    for export in &one.exports {
        let file = export.file.strip_prefix(one.folder.path()).unwrap().to_str().unwrap();
        assert_eq!(one.bytes(file), two.bytes(file), "{file}");
    }
}

#[test]
fn the_buyers_file_is_as_messy_as_a_real_one() {
    let written = Written::new(SEED);
    assert!(String::from_utf8(written.bytes("billetterie/acheteurs.csv")).is_err(), "Windows-1252");
    let table = written.table("billetterie/acheteurs.csv", b';');
    assert_eq!(table.headers[..3], ["Prénom", "Nom", "Adresse courriel"]);
    let emails = table.column("Adresse courriel");
    assert!(share(&emails, |cell| cell != cell.to_lowercase()) > 0.05);
    assert!(share(&emails, |cell| cell != cell.trim()) > 0.02);
    assert!((0.001..0.02).contains(&share(&emails, |cell| !cell.is_empty() && !valid(cell))));
    assert!(share(&emails, str::is_empty) > 0.003);
    assert!(share(&table.column("Adresse postale"), |cell| cell.contains('\n')) > 0.5);
    assert!(share(&table.column("Style préféré"), str::is_empty) > 0.01);
    let people = PEOPLE * 160_000 / 300_000;
    assert_eq!(table.rows.len(), people + people * 3 / 100, "three in a hundred come twice");
}

/// Whether a cell holds an address at one of the reserved domains.
fn valid(cell: &str) -> bool {
    let cell = cell.trim().to_lowercase();
    cell.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && DOMAINS.contains(&domain))
}

#[test]
fn every_at_sign_stands_before_a_reserved_domain() {
    let written = Written::new(SEED);
    for export in &written.exports {
        let text = encoding_rs::WINDOWS_1252.decode(&std::fs::read(&export.file).unwrap()).0.to_lowercase();
        for (at, _) in text.match_indices('@') {
            let domain: String = text[at + 1..].chars().take_while(|c| c.is_alphanumeric() || *c == '.').collect();
            assert!(domain.is_empty() || DOMAINS.contains(&domain.as_str()), "{domain} in {}", export.audience);
        }
    }
}

#[test]
fn the_other_files_are_what_their_programs_write() {
    let written = Written::new(SEED);
    assert!(
        written
            .bytes("festival/abonnes.csv")
            .starts_with(b"\xEF\xBB\xBFEmail,Email,Phone,First Name,Last Name,Country,Zip")
    );
    assert!(share(&written.table("festival/abonnes.csv", b',').column("Phone"), |cell| cell.starts_with("+1")) > 0.3);
    let venue = written.table("salle/abonnes.tsv", b'\t');
    assert!(share(&venue.column("E-mail 2"), |cell| cell.contains('@')) > 0.03);
    assert!(share(&venue.column("Notes"), |cell| cell.contains('"')) > 0.01);
    assert_eq!(written.table("etiquette/infolettre.csv", b',').headers[..2], ["courriel", "genre_musical"]);
    assert_eq!(written.table("etiquette/artistes-vip.csv", b',').rows.len(), PEOPLE * 600 / 300_000);
    let agents = written.table("agents/admirateurs.csv", b',');
    assert!(agents.headers.iter().filter(|header| header.starts_with("Courriel")).count() == 2, "two candidates");
}

#[test]
fn buyers_buy_about_three_times_and_write_amounts_in_french() {
    let written = Written::new(SEED);
    let table = written.table("billetterie/achats.csv", b';');
    let each = table.rows.len() as f64 / (PEOPLE as f64 * 160.0 / 300.0);
    assert!((2.0..4.0).contains(&each), "{each:.2}");
    let amounts = table.column("montant");
    assert!(amounts.iter().all(|cell| cell.ends_with('$') && cell.contains(',')));
    assert!(amounts.iter().any(|cell| cell.replace('\u{a0}', " ").len() > "1 000,00 $".len() - 1));
    assert!(table.column("date achat").iter().all(|cell| cell.parse::<jiff::civil::Date>().is_ok()));
}

#[test]
fn labels_are_the_vocabulary_s_in_many_spellings() {
    let written = Written::new(SEED);
    let codes = vocabulary().codes(&"genre".parse().unwrap());
    let table = written.table("billetterie/acheteurs.csv", b';');
    let labels = table.column("Style préféré");
    assert!(labels.iter().all(|cell| cell.is_empty() || codes.contains_key(&Vocabulary::fold(cell))));
    let mut spellings: HashMap<u16, HashSet<&str>> = HashMap::new();
    for label in labels.iter().filter(|label| !label.is_empty()) {
        spellings.entry(codes[&Vocabulary::fold(label)]).or_default().insert(label);
    }
    assert!(spellings.values().all(|spellings| spellings.len() > 1));
}

/// The addresses of a list as the google profile sees them.
fn addresses(table: &Table, headers: &[&str]) -> HashSet<String> {
    let cells = headers.iter().flat_map(|header| table.column(header));
    cells.filter(|cell| valid(cell)).map(|cell| cell.trim().to_lowercase()).collect()
}

#[test]
fn lists_overlap_more_than_chance_would_have_it() {
    let written = Written::new(SEED);
    let festival = addresses(&written.table("festival/abonnes.csv", b','), &["Email"]);
    let label = addresses(&written.table("etiquette/infolettre.csv", b','), &["courriel"]);
    let both = festival.intersection(&label).count() as f64;
    let chance = festival.len() as f64 * label.len() as f64 / PEOPLE as f64;
    assert!(both > chance, "{both} against {chance:.0}");
}

#[test]
fn every_export_says_how_it_is_hashed_and_uploaded() {
    let written = Written::new(SEED);
    let audiences: Vec<String> = written.exports.iter().map(|e| format!("{}/{}", e.member, e.audience)).collect();
    assert_eq!(
        audiences,
        [
            "billetterie/acheteurs",
            "billetterie/achats",
            "festival/abonnes",
            "salle/abonnes",
            "etiquette/infolettre",
            "etiquette/artistes-vip",
            "agents/admirateurs"
        ]
    );
    for export in &written.exports {
        let delimiter = match export.file.extension().unwrap().to_str().unwrap() {
            "tsv" => b'\t',
            _ if export.member.as_str() == "billetterie" => b';',
            _ => b',',
        };
        let table =
            Table::parse(encoding_rs::WINDOWS_1252.decode(&std::fs::read(&export.file).unwrap()).0.as_ref(), delimiter);
        assert_eq!(table.rows.len() as u64, export.rows, "{}", export.audience);
        let table =
            written.table(export.file.strip_prefix(written.folder.path()).unwrap().to_str().unwrap(), delimiter);
        let named = export.map.iter().map(|(_, header)| header).chain(&export.email_headers);
        for header in named {
            assert!(table.headers.contains(header), "{header} in {}", export.audience);
        }
    }
}
