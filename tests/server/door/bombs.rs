//! Uploads and proposals that are small on the way and large once they are read: memory stays what it was, and the answer is a plain no.

use crate::support::*;
use serde_json::json;
use std::process::{Command, Stdio};

/// A quarter of a gigabyte of nothing, as each program packs it.
fn packed(how: &str) -> Vec<u8> {
    let script = r#"
import gzip, io, sys, zipfile, bz2, lzma
nothing = bytes(256 << 20)
how, out = sys.argv[1], io.BytesIO()
if how == "gzip": out.write(gzip.compress(nothing, 9))
elif how == "gzip in gzip": out.write(gzip.compress(gzip.compress(nothing, 9), 9))
elif how == "bzip2": out.write(bz2.compress(nothing))
elif how == "xz": out.write(lzma.compress(nothing, preset=0))
else:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file: file.writestr("a.csv", nothing)
sys.stdout.buffer.write(out.getvalue())
"#;
    let made = Command::new("python3").args(["-c", script, how]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    made.stdout
}

/// A Parquet file of one page that is half a gigabyte once it is read.
fn parquet() -> Vec<u8> {
    use parquet::{
        basic::{Compression, ZstdLevel},
        data_type::{ByteArray, ByteArrayType},
        file::{properties::WriterProperties, writer::SerializedFileWriter},
        schema::parser::parse_message_type,
    };
    let schema = parse_message_type("message list { required binary email (UTF8); }").unwrap();
    let level = Compression::ZSTD(ZstdLevel::try_new(3).unwrap());
    let properties = WriterProperties::builder()
        .set_compression(level)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
        .set_data_page_size_limit(1 << 30)
        .set_write_batch_size(1 << 20)
        .build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, schema.into(), properties.into()).unwrap();
    let mut group = file.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let value = ByteArray::from(vec![b'a'; 64 << 20]);
    column.typed::<ByteArrayType>().write_batch(&vec![value; 8], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    file.close().unwrap();
    bytes
}

#[test]
fn what_is_packed_is_not_unpacked() {
    let founded = Founded::new();
    let steward = founded.token("festival", "steward");
    let served = founded.serve();
    served.upload(&steward, "abonnes", &stream(0..3_000));
    let before = served.memory_kib();
    let kinds = ["gzip", "gzip in gzip", "bzip2", "xz", "zip"];
    let bombs: Vec<(&str, Vec<u8>)> =
        kinds.into_iter().map(|kind| (kind, packed(kind))).chain([("parquet", parquet())]).collect();
    for (kind, bomb) in &bombs {
        assert!(bomb.len() < 2 << 20, "{kind} has {} bytes", bomb.len());
        for coding in ["", "gzip", "zstd", "deflate", "br"] {
            let id = served.open(&steward, "abonnes", bomb.len());
            let path = format!("/api/v1/uploads/{id}");
            let mut headers = vec![("upload-offset", "0")];
            if !coding.is_empty() {
                headers.push(("content-encoding", coding));
            }
            let reply = served.call("PATCH", &steward, &path, &headers, bomb).unwrap();
            // Where no line ends in it, nothing is known to be wrong before the end.
            let reply = if reply.status == 200 { served.complete(&steward, &id, bomb.len()) } else { reply };
            assert!((400..500).contains(&reply.status), "{kind}: {} {}", reply.status, reply.body);
            served.call("DELETE", &steward, &path, &[], b"").unwrap();
        }
    }
    // Small JSON that would be large is none either.
    let reply = served.call(
        "POST",
        &steward,
        "/api/v1/uploads",
        &[("content-type", "application/json"), ("content-encoding", "gzip")],
        &packed("gzip")[..60_000],
    );
    assert_eq!(reply.unwrap().status, 422);
    let grown = served.memory_kib().saturating_sub(before);
    assert!(grown < 100 << 10, "bombs of 256 MiB and more cost {grown} KiB");
    assert_eq!(served.get(&steward, "/api/v1/audiences").status, 200);
}

#[test]
fn more_than_was_declared_is_not_taken() {
    let founded = Founded::new();
    let steward = founded.token("festival", "steward");
    let served = founded.serve();
    let (before, people) = (served.memory_kib(), stream(0..400_000));
    let id = served.open(&steward, "abonnes", 1_000);
    // Whether the connection breaks before all is sent, or after: nothing but a part of what was declared is kept.
    let reply = served.send(&steward, &id, 0, &people);
    assert!(reply.as_ref().map_or(true, |reply| reply.status == 409), "{reply:?}");
    let offset = served.get(&steward, &format!("/api/v1/uploads/{id}")).ok()["offset"].as_u64().unwrap();
    assert!(offset <= 1_000, "{offset} of 1,000 bytes were taken");
    // One line that never ends is a row that isn't taken.
    let id = served.open(&steward, "abonnes", 64 << 20);
    let line = vec![b'a'; 64 << 20];
    let reply = served.send(&steward, &id, 0, &line).unwrap();
    let reply = if reply.status == 200 { served.complete(&steward, &id, line.len()) } else { reply };
    assert!((400..500).contains(&reply.status), "{} {}", reply.status, reply.body);
    let grown = served.memory_kib().saturating_sub(before);
    assert!(grown < 100 << 10, "it cost {grown} KiB");
}

/// Texts that are nested deeper than any reader has stack.
#[test]
fn what_is_nested_too_deep_is_refused() {
    let founded = Founded::new();
    let (officer, marketer) = (founded.token("festival", "officer"), founded.token("festival", "marketer"));
    let served = founded.serve();
    let deep = |open: &str, middle: &str, close: &str, depth: usize| {
        format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
    };
    for depth in [40, 200, 5_000, 30_000] {
        let cedar = [
            format!("permit(principal, action, resource) when {{ {} }};", deep("(", "true", ")", depth)),
            format!("permit(principal, action, resource) when {{ {}true }};", "!".repeat(depth)),
            format!("permit(principal, action, resource) when {{ {} }};", deep("[", "1", "]", depth)),
            format!(
                "permit(principal, action, resource) when {{ {} }};",
                deep("if true then ", "true", " else false", depth)
            ),
            format!("permit(principal, action, resource) when {{ {}true }};", "true && ".repeat(depth)),
            format!("permit(principal, action, resource) when {{ context{} }};", ".a".repeat(depth)),
        ];
        for text in cedar {
            let body = json!({"files": {"a.cedar": text}, "why": "essai"});
            let reply = served.try_post(&officer, "/api/v1/policy/proposals", &body);
            let reply = reply
                .unwrap_or_else(|error| panic!("{error}: {depth} deep: {}", text.chars().take(80).collect::<String>()));
            assert!((400..500).contains(&reply.status), "{} {}", reply.status, reply.body);
        }
        for text in [
            format!("a = {}", deep("[", "", "]", depth)),
            format!("a = {}", deep("{a=", "1", "}", depth)),
            format!("{} = 1", vec!["a"; depth].join(".")),
        ] {
            let body = json!({"files": {"members.toml": text}, "why": "essai"});
            let reply = served.try_post(&officer, "/api/v1/policy/proposals", &body).unwrap();
            assert!((400..500).contains(&reply.status), "{} {}", reply.status, reply.body);
        }
        // A template's text fits in a small body only.
        let depth = depth.min(5_000);
        for sql in [
            format!("SELECT person FROM a WHERE {}", deep("(", "true", ")", depth)),
            format!("SELECT person FROM a WHERE {} true", "NOT ".repeat(depth)),
            format!("SELECT person FROM a WHERE 1 = {}1", "-".repeat(depth)),
            format!("SELECT person FROM a WHERE 1 = {}1", "1 + ".repeat(depth)),
            deep("SELECT person FROM (", "SELECT person FROM a", ")", depth.min(2_500)),
            format!("SELECT person FROM a{}", " UNION SELECT person FROM a".repeat(depth.min(2_000))),
            format!("SELECT person FROM a WHERE {}", deep("CASE WHEN true THEN ", "true", " END", depth.min(2_000))),
        ] {
            let body = json!({"name": "essai", "sql": sql, "toml": "", "why": "essai"});
            let reply = served.try_post(&officer, "/api/v1/template-proposals", &body).unwrap();
            assert!((400..500).contains(&reply.status), "{} {}", reply.status, reply.body);
        }
        let body = deep("[", "", "]", depth);
        let reply =
            served.call("POST", &marketer, "/api/v1/queries", &[("content-type", "application/json")], body.as_bytes());
        assert_eq!(reply.unwrap().status, 422);
    }
    served.get("", "/health").ok();
}

/// At the member: a Parquet file that unpacks to much more than it is, in a process that may not have much.
#[test]
fn a_parquet_bomb_at_the_member_ends_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bomb.parquet");
    std::fs::write(&file, parquet()).unwrap();
    let script = "ulimit -v 6000000; exec \"$0\" hash \"$1\" --out \"$2\"";
    let mut command = Command::new("bash");
    command.args(["-c", script, CAMERATA]).arg(&file).arg(folder.path().join("out.csv")).stdin(Stdio::null());
    let done = command.env("CAMERATA_LANG", "en").output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.code().is_some_and(|code| code <= 2), "{:?}: {said}", done.status);
    assert!(!said.contains("panicked") && !said.contains("memory allocation"), "{said}");
}
