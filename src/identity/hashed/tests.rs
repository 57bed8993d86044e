#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::{
    identity::{HashOptions, Input, Output, hash_email, hash_file},
    model::Language,
};

fn hex(address: &str) -> String {
    let mut out = vec![];
    hash_email(address, Profile::Google).unwrap().write_hex(&mut out);
    String::from_utf8(out).unwrap()
}

fn file(text: &[u8], name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    (folder, path)
}

fn all(source: &HashedSource) -> Vec<u8> {
    let mut stream = vec![];
    source.reader_at(0).unwrap().read_to_end(&mut stream).unwrap();
    stream
}

fn from_any_offset(source: &HashedSource) {
    let stream = all(source);
    if let Some(total) = source.total_bytes() {
        assert_eq!(total, stream.len() as u64);
    }
    for offset in 0..=stream.len() {
        let mut rest = vec![];
        source.reader_at(offset as u64).unwrap().read_to_end(&mut rest).unwrap();
        assert_eq!(rest, stream[offset..], "{offset}");
    }
}

fn genre() -> HashedOptions {
    HashedOptions { profile: None, columns: vec!["genre".parse().unwrap()] }
}

#[test]
fn our_own_files_are_sent_as_they_are_and_from_any_offset() {
    let (ann, bob) = (hex("ann@example.com"), hex("bob@example.com"));
    for ending in ["", "\n", "\r\n"] {
        let text = format!("hashed_email_google,genre\r\n{ann},jazz\r\n{bob},théâtre{ending}");
        let (_folder, path) = file(text.as_bytes(), "a.csv");
        let source = open(&path, genre()).unwrap();
        assert_eq!((source.profile(), source.kinds()), (Profile::Google, &[Kind::Email][..]));
        let stream = String::from_utf8(all(&source)).unwrap();
        assert!(stream.starts_with(&format!("hashed_email_google,genre\n{ann},jazz\r\n{bob},théâtre")));
        assert!(stream.ends_with('\n'), "the room takes whole records only");
        assert!(source.total_bytes().is_some());
        from_any_offset(&source);
    }
}

#[test]
fn other_files_are_sent_with_the_columns_asked_for_alone() {
    let (ann, bob) = (hex("ann@example.com"), hex("bob@example.com"));
    let text = format!("Nom;E-mail;Genre\nAnn;{ann};th\u{e9}\nBob;{};\nCal;oops;x\n", bob.to_uppercase());
    let (text, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    let (_folder, path) = file(&text, "a.csv");
    assert!(matches!(open(&path, genre()), Err(HashedError::NeedsProfile)));
    let source = open(&path, HashedOptions { profile: Some(Profile::Meta), ..genre() }).unwrap();
    let expected = format!("hashed_email_meta,genre\n{ann},thé\n{},\n?,x\n", bob.to_uppercase());
    assert_eq!(String::from_utf8(all(&source)).unwrap(), expected);
    assert_eq!(source.total_bytes(), None);
    from_any_offset(&source);
}

#[test]
fn several_hashes_of_one_kind_in_a_row_are_a_row_each() {
    let [ann, ann2, bob] = ["ann@example.com", "ann@example.org", "bob@example.com"].map(hex);
    let text = format!(
        "Hashed Email 1,Hashed Email 2,hashed_phone,genre\n{ann},{ann2},{bob},jazz\n{bob},{},,rock\n,,,pop\n,oops,{ann},\n",
        bob.to_uppercase()
    );
    let (_folder, path) = file(text.as_bytes(), "a.csv");
    let source = open(&path, HashedOptions { profile: Some(Profile::Google), ..genre() }).unwrap();
    assert_eq!(source.kinds(), [Kind::Email, Kind::Phone]);
    let expected = format!(
        "hashed_email_google,hashed_phone_google,genre\n{ann},{bob},jazz\n{ann2},,jazz\n{bob},,rock\n,,pop\n?,{ann},\n"
    );
    assert_eq!(String::from_utf8(all(&source)).unwrap(), expected);
    from_any_offset(&source);
    let raw = text.replace("oops", "cal@example.com");
    let (_folder, path) = file(raw.as_bytes(), "a.csv");
    assert!(matches!(
        open(&path, HashedOptions { profile: Some(Profile::Google), ..genre() }),
        Err(HashedError::Raw { line: 5, .. })
    ));
}

#[test]
fn parquet_gives_the_same_stream_as_csv() {
    let (_folder, path) =
        file("courriel,Tél,genre\nann@example.com,514-555-0123,jazz\nbob@example.com,,\"a,b\"\n".as_bytes(), "in.csv");
    let mut streams = vec![];
    for name in ["out.csv", "out.parquet"] {
        let out = path.with_file_name(name);
        let mut options = HashOptions::new(Input::Path(path.clone()), Output::Path(out.clone()));
        options.columns = vec![crate::identity::ColumnMap { name: "genre".parse().unwrap(), from: "Genre".into() }];
        hash_file(&options, &|_| {}).unwrap();
        let source = open(&out, genre()).unwrap();
        assert_eq!(source.kinds(), [Kind::Email, Kind::Phone]);
        streams.push(String::from_utf8(all(&source)).unwrap());
        from_any_offset(&source);
    }
    assert_eq!(streams[0], streams[1]);
    assert_eq!(streams[0].lines().count(), 3);
}

#[test]
fn what_must_not_be_sent_is_refused_before_a_byte() {
    let ann = hex("ann@example.com");
    let none = HashedOptions::default();
    let refused = |text: String, options: &HashedOptions| {
        let (_folder, path) = file(text.as_bytes(), "a.csv");
        open(&path, options.clone()).unwrap_err()
    };
    let raw = refused(format!("hashed_email_google\n{ann}\nann@example.com\n"), &none);
    assert!(matches!(raw, HashedError::Raw { line: 3, .. }), "{raw}");
    assert!(!raw.message(Language::Fr).contains("ann@"));
    assert!(matches!(
        refused(
            "courriel\nann@example.com\n".into(),
            &HashedOptions { profile: Some(Profile::Google), ..none.clone() }
        ),
        HashedError::Raw { .. }
    ));
    assert!(matches!(refused("hashed_phone_meta\n15145550123\n".into(), &none), HashedError::Raw { .. }));
    assert!(matches!(
        refused(format!("hashed_email_google,hashed_phone_meta\n{ann},\n"), &none),
        HashedError::MixedProfiles { .. }
    ));
    assert!(matches!(
        refused(format!("hashed_email_google,hashed_email_uid2\n{ann},\n"), &none),
        HashedError::MixedProfiles { .. }
    ));
    let given = HashedOptions { profile: Some(Profile::Uid2), ..none.clone() };
    assert!(matches!(refused(format!("hashed_email_google\n{ann}\n"), &given), HashedError::MixedProfiles { .. }));
    assert!(matches!(refused("hashed_email_google\nabc\n".into(), &none), HashedError::NotHashes { line: 2, .. }));
    assert!(matches!(refused("nom\nAnn\n".into(), &none), HashedError::NoHashes { .. }));
    assert!(matches!(refused("hashed_email_google\n".into(), &none), HashedError::Source(_)));
    assert!(matches!(refused(format!("hashed_email_google\n{ann}\n"), &genre()), HashedError::NoSuchColumn { .. }));
}

#[test]
fn a_raw_address_further_down_stops_the_stream_before_it() {
    let ann = hex("ann@example.com");
    for header in ["hashed_email_google", "x;hashed_email_google"] {
        let row = if header.starts_with('x') { format!("1;{ann}\n") } else { format!("{ann}\n") };
        let mut text = format!("{header}\n{}", row.repeat(200));
        text.push_str(&row.replace(&ann, "bob@example.com"));
        let (_folder, path) = file(text.as_bytes(), "a.csv");
        let mut sent = vec![];
        let error =
            open(&path, HashedOptions::default()).unwrap().reader_at(0).unwrap().read_to_end(&mut sent).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(!sent.contains(&b'@'));
    }
}

#[test]
fn a_file_that_changed_is_not_resumed() {
    let ann = hex("ann@example.com");
    let (_folder, path) = file(format!("hashed_email_google\n{ann}\n").as_bytes(), "a.csv");
    let source = open(&path, HashedOptions::default()).unwrap();
    fs::write(&path, format!("hashed_email_google\n{ann}\n{ann}\n")).unwrap();
    assert!(source.reader_at(10).is_err());
}
