//! Two members' exports: generated people, written as untidily as real exports are, half of them in both lists.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

#[rustfmt::skip]
const FIRST: [&str; 16] = [
    "marie", "jean", "louise", "pierre", "camille", "etienne", "sophie", "luc", "amelie", "mathieu", "nathalie",
    "francois", "julie", "olivier", "genevieve", "antoine",
];
#[rustfmt::skip]
const LAST: [&str; 16] = [
    "tremblay", "gagnon", "roy", "cote", "bouchard", "gauthier", "morin", "lavoie", "fortin", "gagne", "ouellet",
    "pelletier", "belanger", "levesque", "bergeron", "leblanc",
];
const REGIONS: [&str; 5] = ["Montréal", "Capitale-Nationale", "Estrie", "Outaouais", "Bas-Saint-Laurent"];

/// One of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// The festival's subscribers.
    Subscribers,
    /// The ticketing company's buyers: the second half of the subscribers, and as many others.
    Buyers,
}

impl List {
    pub const ALL: [Self; 2] = [Self::Subscribers, Self::Buyers];

    /// Who holds it.
    pub fn member(self) -> &'static str {
        match self {
            Self::Subscribers => "festival",
            Self::Buyers => "billetterie",
        }
    }

    /// What its holder calls it.
    pub fn audience(self) -> &'static str {
        match self {
            Self::Subscribers => "abonnes",
            Self::Buyers => "acheteurs",
        }
    }

    fn first_person(self, rows: u64) -> u64 {
        match self {
            Self::Subscribers => 0,
            Self::Buyers => rows - common(rows),
        }
    }
}

/// How many people are in both lists of `rows` people.
pub fn common(rows: u64) -> u64 {
    rows / 2
}

/// A list's files.
pub struct Export {
    pub list: List,
    /// As the member exports it.
    pub raw: PathBuf,
    /// As `camerata hash` makes it of that.
    pub hashed: PathBuf,
}

impl Export {
    /// Writes the export of a list of `rows` people.
    pub fn write(folder: &Path, list: List, rows: u64, seed: u64) -> Self {
        let name = list.audience();
        let raw = folder.join(format!("{name}.csv"));
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&raw).unwrap());
        out.write_all(b"email,prenom,region\n").unwrap();
        let first = list.first_person(rows);
        for person in first..first + rows {
            row(person, seed, &mut out).unwrap();
        }
        out.into_inner().unwrap().sync_all().unwrap();
        Self { list, raw, hashed: folder.join(format!("{name}-hashed.csv")) }
    }

    /// Lines of a file, the header included.
    pub fn lines(&self, file: &Path) -> usize {
        let mut reader = BufReader::with_capacity(1 << 20, File::open(file).unwrap());
        let (mut lines, mut read) = (0, usize::MAX);
        while read > 0 {
            let bytes = reader.fill_buf().unwrap();
            lines += memchr::memchr_iter(b'\n', bytes).count();
            read = bytes.len();
            reader.consume(read);
        }
        lines
    }
}

/// One person's row: the same person is written in another way in another list.
fn row(person: u64, seed: u64, out: &mut impl Write) -> std::io::Result<()> {
    let traits = mix(person ^ seed);
    let pick = |shift: u32| usize::try_from(traits >> shift & 15).unwrap_or_default();
    let (first, last, region) = (FIRST[pick(0)], LAST[pick(4)], REGIONS[pick(8) % REGIONS.len()]);
    match traits >> 12 & 15 {
        0 => writeln!(out, "{}.{last}{person}@Example.CA,{first},{region}", first.to_uppercase()),
        1 => writeln!(out, " {first}.{last}{person}@example.com ,{first},{region}"),
        2..8 => writeln!(out, "{first}.{last}{person}@example.com,{first},{region}"),
        _ => writeln!(out, "{last}{person}@courriel.example.org,{first},{region}"),
    }
}

/// Spreads a number over 64 bits (the finaliser of SplitMix64, Steele, Lea and Flood 2014).
fn mix(number: u64) -> u64 {
    let z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
