//! A disk that no longer makes anything durable: no charge is granted and no answer leaves, nothing is lost, and the room goes on once
//! the disk does.

use super::support::*;
use std::{
    fs::{self, File},
    path::Path,
    process::Command,
};

/// The library that stands between the room and the disk.
fn library(folder: &Path) -> String {
    let library = folder.join("failing_fsync.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/support/failing_fsync.c");
    let done = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status();
    assert!(done.is_ok_and(|status| status.success()), "this test compiles a few lines of C: install a C compiler");
    library.to_str().unwrap().to_owned()
}

#[test]
fn a_failing_fsync_grants_nothing_and_loses_nothing() {
    let founded = Founded::new();
    let (steward, other) = (founded.token("festival", "steward"), founded.token("billetterie", "steward"));
    let (marketer, officer) = (founded.token("festival", "marketer"), founded.token("festival", "officer"));
    let flag = founded.folder.path().join("failing");
    let library = library(founded.folder.path());
    let environment = [("LD_PRELOAD", library.as_str()), ("FAILING_FSYNC", flag.to_str().unwrap())];
    let served = founded.serve_with(&environment);
    served.upload(&steward, "abonnes", &stream(0..2_000));
    served.upload(&other, "acheteurs", &stream(1_000..3_000));
    let mut answers = vec![served.ask(&marketer, 90.0).ok()];
    for round in 0..3u32 {
        let before = served.spent_of(&marketer, "room");
        let version = served.get(&officer, "/api/v1/policy").ok()["version"].clone();
        File::create(&flag).unwrap();
        for margin in [80.0 - f64::from(round), 70.0 - f64::from(round)] {
            let refused = served.ask(&marketer, margin);
            assert_eq!(refused.status, 500, "{}", refused.body);
            assert!(!refused.body.contains("sqlite") && !refused.body.contains("disk"), "{}", refused.body);
        }
        let upload = served.post(&steward, "/api/v1/uploads", &declaration("abonnes", 1_000));
        assert!(upload.status >= 500, "{}", upload.body);
        // What can be read is still read; nothing was charged that could be lost with the power.
        assert_eq!(served.spent_of(&marketer, "room"), before);
        assert_eq!(served.get(&officer, "/api/v1/policy").ok()["version"], version);
        fs::remove_file(&flag).unwrap();
        answers.push(served.ask(&marketer, 80.0 - f64::from(round)).ok());
        assert!(served.spent_of(&marketer, "room") > before);
    }
    File::create(&flag).unwrap();
    served.ask(&marketer, 60.0);
    served.kill();
    fs::remove_file(&flag).unwrap();
    // It opens, so log, tables and files agree.
    let served = founded.serve();
    let stored = served.get(&marketer, "/api/v1/answers").ok();
    for answer in answers {
        let found = stored["answers"].as_array().unwrap().iter().find(|stored| stored["id"] == answer["id"]);
        assert_eq!(found.expect("the answer is kept")["figures"], answer["figures"]);
    }
}
