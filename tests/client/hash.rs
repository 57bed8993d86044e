//! Files of customers become files of hashes, or say where and why not.

use camerata::{
    identity::{
        ColumnMap, HashError, HashOptions, HashSummary, Input, Kind, Output, Profile, Reason, Selection, hash_email,
        hash_file, hash_phone, normalise_email, normalise_phone,
    },
    model::Language,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

struct Case {
    folder: TempDir,
    options: HashOptions,
}

impl Case {
    fn new(text: impl AsRef<[u8]>) -> Self {
        Self::named("in.csv", text)
    }

    fn named(name: &str, text: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join(name);
        fs::write(&input, text).unwrap();
        let mut options = HashOptions::new(Input::Path(input), Output::Path(folder.path().join("out.csv")));
        options.report = Some(folder.path().join("report.csv"));
        options.language = Language::En;
        Self { folder, options }
    }

    fn with(mut self, change: impl FnOnce(&mut HashOptions)) -> Self {
        change(&mut self.options);
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self) -> Result<HashSummary, HashError> {
        hash_file(&self.options, &|_| {})
    }

    fn out(&self) -> String {
        self.run().unwrap();
        fs::read_to_string(self.path("out.csv")).unwrap()
    }

    fn report(&self) -> String {
        fs::read_to_string(self.path("report.csv")).unwrap()
    }

    /// The error; and nothing may be left of an output.
    fn error(&self) -> HashError {
        let error = self.run().unwrap_err();
        assert!(!self.path("out.csv").exists());
        let left: Vec<_> = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().contains("partial")), "{left:?}");
        assert_ne!(error.message(Language::Fr), error.message(Language::En));
        error
    }
}

fn hash(address: &str) -> String {
    let mut out = vec![];
    hash_email(address, Profile::Google).unwrap().write(Profile::Google, &mut out);
    String::from_utf8(out).unwrap()
}

fn phone(number: &str) -> String {
    let mut out = vec![];
    hash_phone(number, Profile::Google, Default::default()).unwrap().write(Profile::Google, &mut out);
    String::from_utf8(out).unwrap()
}

#[derive(serde::Deserialize)]
struct Vector {
    kind: Kind,
    profile: Profile,
    country: Option<String>,
    input: String,
    normalised: Option<String>,
    hash: Option<String>,
    reason: Option<Reason>,
}

#[test]
fn the_vectors_hold() {
    #[derive(serde::Deserialize)]
    struct File {
        vectors: Vec<Vector>,
    }
    let file: File = serde_json::from_str(include_str!("vectors.json")).unwrap();
    assert!(file.vectors.len() > 100);
    for v in file.vectors {
        let country = v.country.as_deref().unwrap_or("CA").parse().unwrap();
        let (normalised, hashed) = match v.kind {
            Kind::Email => (normalise_email(&v.input, v.profile), hash_email(&v.input, v.profile)),
            Kind::Phone => (normalise_phone(&v.input, v.profile, country), hash_phone(&v.input, v.profile, country)),
        };
        let written = hashed.map(|hashed| {
            let mut out = vec![];
            hashed.write(v.profile, &mut out);
            String::from_utf8(out).unwrap()
        });
        assert_eq!(normalised.as_ref().ok(), v.normalised.as_ref(), "{:?}", v.input);
        assert_eq!(written.as_ref().ok(), v.hash.as_ref(), "{:?}", v.input);
        assert_eq!(normalised.err(), v.reason, "{:?}", v.input);
    }
    assert_eq!(hash("user@example.com"), "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514");
    assert_eq!(phone("+12345678901"), "10e6f0b47054a83359477dcb35231db6de5c69fb1816e1a6b98e192de9e5b9ee");
}

const MESSY: &str = "Nom;Courriel;T\u{e9}l\u{e9}phone;Style\r\n\
    Ann;ann@example.com;514-555-0123;jazz\r\n\
    \"B\u{e9}a\r\nTremblay\"; Bea@Example.COM ;;th\u{e9}\u{e2}tre\r\n\
    Cal;not an address;(514) 555-0199;\"rock; pop, \"\"live\"\"\"\r\n\
    Dan;dan@example.com;12;\r\n\
    Eve;;;jazz\r\n\
    \r\n\
    Fay;nope;;jazz\r\n";

fn messy_output() -> String {
    format!(
        "hashed_email_google,hashed_phone_google,genre\n{},{},jazz\n{},,théâtre\n,{},\"rock; pop, \"\"live\"\"\"\n{},,\n",
        hash("ann@example.com"),
        phone("514-555-0123"),
        hash("bea@example.com"),
        phone("514-555-0199"),
        hash("dan@example.com"),
    )
}

fn genre() -> ColumnMap {
    ColumnMap { name: "genre".parse().unwrap(), from: "Style".into() }
}

#[test]
fn an_export_is_read_in_any_encoding_and_with_any_delimiter() {
    let utf16 = |big: bool| {
        let units = "\u{feff}".encode_utf16().chain(MESSY.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect::<Vec<u8>>()
    };
    let latin = encoding_rs::WINDOWS_1252.encode(MESSY).0.into_owned();
    let texts = [MESSY.as_bytes().to_vec(), format!("\u{feff}{MESSY}").into_bytes(), utf16(false), utf16(true), latin];
    for text in texts {
        let case = Case::new(text).with(|options| options.columns = vec![genre()]);
        assert_eq!(case.out(), messy_output());
        assert_eq!(
            case.report(),
            "line,column,reason\n5,Courriel,not an e-mail address\n6,Téléphone,not a phone number\n7,,no identifier\n9,Courriel,not an e-mail address\n"
        );
    }
    for delimiter in ["\t", "|"] {
        let text = MESSY.replace("; pop", "# pop").replace(';', delimiter).replace("# pop", "; pop");
        assert_eq!(Case::named("in.tsv", text).with(|options| options.columns = vec![genre()]).out(), messy_output());
    }
}

#[test]
fn the_summary_counts_what_was_left() {
    let summary = Case::new(MESSY).run().unwrap();
    assert_eq!((summary.rows, summary.taken), (6, 4));
    assert_eq!(summary.rejected.iter().collect::<Vec<_>>(), [(Reason::NoIdentifier, 1), (Reason::NotAnEmail, 1)]);
    assert_eq!(summary.left_out.iter().collect::<Vec<_>>(), [(Reason::NotAnEmail, 1), (Reason::NotAPhone, 1)]);
    assert_eq!(summary.identifier_columns, ["Courriel", "Téléphone"]);
}

#[test]
fn no_identifier_is_in_a_report_or_a_french_one() {
    let case = Case::new(MESSY).with(|options| options.language = Language::Fr);
    case.run().unwrap();
    let report = case.report();
    assert!(report.contains("5,Courriel,courriel invalide\n"), "{report}");
    assert!(!report.contains("nope") && !report.contains('@'));
}

#[test]
fn several_identifiers_a_row_become_several_rows() {
    let text = "Email,Email,E-mail 2,Phone,Style\na@example.com,b@example.com,A@example.com,514-555-0123,x\n,,c@example.com,,y\n";
    let out = Case::new(text).with(|options| options.columns = vec![genre()]).out();
    let expected = format!(
        "hashed_email_google,hashed_phone_google,genre\n{},{},x\n{},,x\n{},,y\n",
        hash("a@example.com"),
        phone("514-555-0123"),
        hash("b@example.com"),
        hash("c@example.com")
    );
    assert_eq!(out, expected);
}

#[test]
fn profiles_write_their_own_way() {
    let text = "courriel\nFirst.Last+x@gmail.com\n";
    let with = |profile| Case::new(text).with(|options| options.profile = profile).out();
    assert_eq!(with(Profile::Meta), format!("hashed_email_meta\n{}\n", hash("first.last+x@gmail.com")));
    let uid2 = with(Profile::Uid2);
    let cell = uid2.strip_prefix("hashed_email_uid2\n").unwrap().trim();
    assert_eq!(cell.len(), 44);
    let decoded = camerata::identity::decode_hashed(cell.as_bytes()).unwrap();
    assert!(decoded == hash_email("firstlast@gmail.com", Profile::Google).unwrap());
}

#[test]
fn two_candidates_are_named_and_a_choice_is_asked_for() {
    let text = "courriel,email_facturation\na@example.com,b@example.com\n";
    let error = Case::new(text).error();
    assert_eq!(
        error.message(Language::En),
        "two columns may hold the e-mail: `courriel` and `email_facturation`; choose with --email NAME (repeat it to take both), or leave it out with --no-email"
    );
    let french = error.message(Language::Fr);
    assert!(french.contains("`courriel` et `email_facturation`") && french.contains("--email NOM"), "{french}");
    let chosen = Case::new(text).with(|options| options.email = Selection::Named(vec!["Email facturation".into()]));
    assert_eq!(chosen.out(), format!("hashed_email_google\n{}\n", hash("b@example.com")));
    let error = Case::new("téléphone,cellulaire\n514-555-0123,\n").error();
    assert!(matches!(error, HashError::TwoCandidates { kind: Kind::Phone, .. }));
}

#[test]
fn each_bad_input_says_where_and_what_to_do() {
    let hashes = format!("Email\n{}\n{}\n", hash("a@example.com"), hash("b@example.com"));
    let wrong_delimiter =
        Case::new("courriel;genre\na@example.com;jazz\n").with(|options| options.delimiter = Some(b'|'));
    let no_style = Case::new("courriel\na@example.com\n").with(|options| options.columns = vec![genre()]);
    let no_mel =
        Case::new("courriel\na@example.com\n").with(|options| options.email = Selection::Named(vec!["mel".into()]));
    for (case, words) in [
        (Case::new(""), "the file is empty"),
        (Case::new(" \r\n\n"), "the file is empty"),
        (Case::new("courriel\n"), "a header line and no row"),
        (Case::new("courriel,genre"), "a header line and no row"),
        (
            Case::new("nom,ville\nAnn,Alma\n"),
            "no e-mail or phone column among `nom`, `ville`; name it with --email NAME or --phone NAME",
        ),
        (wrong_delimiter, "it was read with delimiter `|`, and seems to use `;`: leave --delimiter out"),
        (Case::new("ann@example.com,jazz\nbob@example.com,rock\n"), "add a header line"),
        (Case::new("courriel\nnope\n-\n"), "none of the 2 rows has a usable identifier"),
        (no_style, "no column `Style`; the file has `courriel`"),
        (no_mel, "no column `mel`; the file has `courriel`"),
        (Case::new("email_sha256\nx\n"), "column `email_sha256` is already hashed"),
        (Case::new(hashes), "column `Email` is already hashed"),
        (Case::new(b"c\0o\0u\0r\0\n\0"), "NUL bytes"),
        (Case::new(b"PK\x03\x04 whatever"), "Excel"),
        (Case::named("in.parquet", b"PAR1 and then nothing of the kind"), "can't read the Parquet file"),
    ] {
        let message = case.error().message(Language::En);
        assert!(message.contains(words), "{message}");
        assert!(!message.contains('@'), "{message}");
    }
}

#[test]
fn places_that_cannot_be_read_or_written() {
    let case = Case::new("courriel\na@example.com\n");
    let input = case.path("in.csv");
    let missing = Case::new("").with(|options| options.input = Input::Path("/nowhere/at-all.csv".into())).error();
    assert!(
        matches!(&missing, HashError::Read { .. }) && missing.message(Language::Fr).contains("n'existe pas"),
        "{missing}"
    );
    let folder = case.folder.path().to_owned();
    assert!(matches!(
        Case::new("").with(|options| options.input = Input::Path(folder.clone())).error(),
        HashError::IsFolder(_)
    ));
    let no_folder = Case::new("courriel\na@example.com\n")
        .with(|options| options.output = Output::Path(folder.join("none/out.csv")));
    assert!(matches!(no_folder.error(), HashError::NoFolder(_)));
    let same = Case::new("courriel\na@example.com\n");
    let path = same.path("in.csv");
    let same = same.with(|options| options.output = Output::Path(path));
    assert!(matches!(same.error(), HashError::SameFile(_)));
    let report = Case::new("courriel\na@example.com\n").with(|options| {
        options.input = Input::Path(input.clone());
        options.report = Some(input.clone());
    });
    assert!(matches!(report.error(), HashError::SameFile(_)));
    assert_eq!(fs::read_to_string(&input).unwrap(), "courriel\na@example.com\n");
    let format =
        Case::new("courriel\na@example.com\n").with(|options| options.output = Output::Path(folder.join("out.txt")));
    assert!(matches!(format.error(), HashError::OutputFormat(_)));
}

#[test]
fn a_failure_leaves_the_old_output_in_place() {
    let case = Case::new("courriel\nnope\n");
    fs::write(case.path("out.csv"), "old").unwrap();
    assert!(matches!(case.run(), Err(HashError::NothingTaken { rows: 1 })));
    assert_eq!(fs::read_to_string(case.path("out.csv")).unwrap(), "old");
    assert_eq!(case.report(), "line,column,reason\n2,courriel,not an e-mail address\n");
}

#[test]
fn a_huge_cell_an_open_quote_and_nul_bytes_cost_their_row_only() {
    let mut text = b"nom,courriel\nAnn,a@example.com\n\"".to_vec();
    text.extend(std::iter::repeat_n(b'x', 1_200_000));
    text.extend_from_slice(
        b"\",b@example.com\nCal,c\0@example.com\nDan,d@example.com,extra\nEve,\"e@example.com\nFay,f@example.com\n",
    );
    let case = Case::new(&text);
    assert_eq!(case.out(), format!("hashed_email_google\n{}\n{}\n", hash("a@example.com"), hash("f@example.com")));
    let expected = "line,column,reason\n3,nom,cell longer than 1 MB\n4,courriel,not an e-mail address\n5,,more cells than columns\n6,,quote never closed\n";
    assert_eq!(case.report(), expected);
}

#[test]
fn a_million_duplicates_are_taken_in_order() {
    let rows = 1_000_000;
    let mut text = "courriel,genre\n".to_owned();
    for row in 0..rows {
        text.push_str(if row % 2 == 0 { "a@example.com,x\n" } else { "A@Example.com ,y\n" });
    }
    let case = Case::new(&text)
        .with(|options| options.columns = vec![ColumnMap { name: "genre".parse().unwrap(), from: "genre".into() }]);
    let out = case.out();
    let hash = hash("a@example.com");
    let (x, y) = (format!("{hash},x"), format!("{hash},y"));
    let mut lines = out.lines().skip(1);
    for row in 0..rows {
        assert_eq!(lines.next(), Some(if row % 2 == 0 { x.as_str() } else { y.as_str() }));
    }
    assert_eq!(lines.next(), None);
}

#[test]
fn progress_reaches_the_whole_file() {
    let text = format!("courriel\n{}", "a@example.com\n".repeat(300_000));
    let case = Case::new(&text);
    let seen = std::cell::RefCell::new(vec![]);
    hash_file(&case.options, &|progress| seen.borrow_mut().push(progress)).unwrap();
    let last = *seen.borrow().last().unwrap();
    assert_eq!((last.rows, last.bytes, last.bytes_total), (300_000, text.len() as u64, Some(text.len() as u64)));
    assert!(seen.borrow().len() > 2);
}

fn write_parquet(path: &Path, compression: parquet::basic::Compression) {
    use arrow::{
        array::{ArrayRef, DictionaryArray, Int64Array, LargeStringArray, RecordBatch, StringArray},
        datatypes::Int32Type,
    };
    let emails: ArrayRef = Arc::new(StringArray::from(vec![Some("a@example.com"), None, Some("nope")]));
    let phones: ArrayRef = Arc::new(Int64Array::from(vec![None, Some(5_145_550_123), None]));
    let styles: DictionaryArray<Int32Type> = vec![Some("jazz"), Some("rock\nroll"), None].into_iter().collect();
    let names: ArrayRef = Arc::new(LargeStringArray::from(vec!["Ann", "Bob", "Cal"]));
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("Nom", names, true),
        ("Courriel", emails, true),
        ("Téléphone", phones, true),
        ("Style", Arc::new(styles) as ArrayRef, true),
    ])
    .unwrap();
    let properties = parquet::file::properties::WriterProperties::builder().set_compression(compression).build();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(fs::File::create(path).unwrap(), batch.schema(), Some(properties))
            .unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn parquet_is_read_and_written() {
    use parquet::basic::Compression;
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::ZSTD(Default::default()),
        Compression::GZIP(Default::default()),
    ] {
        let case = Case::named("in.parquet", "").with(|options| options.columns = vec![genre()]);
        write_parquet(&case.path("in.parquet"), compression);
        let expected = format!(
            "hashed_email_google,hashed_phone_google,genre\n{},,jazz\n,{},rock roll\n",
            hash("a@example.com"),
            phone("514-555-0123")
        );
        assert_eq!(case.out(), expected);
        assert_eq!(case.report(), "line,column,reason\n4,Courriel,not an e-mail address\n");
        let out = case.path("again.parquet");
        let case = case.with(|options| options.output = Output::Path(out.clone()));
        assert_eq!(case.run().unwrap().taken, 2);
        assert_eq!(&fs::read(out).unwrap()[..4], b"PAR1");
    }
}
