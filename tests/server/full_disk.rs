//! A disk that fills up: what can't be written is refused, nothing is lost, and the room goes on once there is space again.
//!
//! Mounts a file system of a few MiB, for which it has to be root: `make torture` runs it, `make test` doesn't.

use super::support::*;
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// A small file system, until it is dropped.
struct Mounted(PathBuf);

impl Mounted {
    fn at(path: &Path, mib: u32) -> Self {
        fs::create_dir_all(path).unwrap();
        let size = format!("size={mib}m,mode=0700");
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "camerata-test"]).arg(path).status();
        assert!(done.is_ok_and(|status| status.success()), "this test mounts a file system: run it as root");
        Self(path.to_owned())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Writes until nothing more fits.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    for size in [1 << 20, 1 << 12, 1] {
        let bytes = vec![0u8; size];
        while file.write_all(&bytes).is_ok() {}
    }
}

#[test]
#[ignore = "mounts a file system: `make torture` runs it"]
fn a_full_disk_refuses_and_loses_nothing() {
    let founded = Founded::new();
    let (steward, other) = (founded.token("festival", "steward"), founded.token("billetterie", "steward"));
    let (marketer, officer) = (founded.token("festival", "marketer"), founded.token("festival", "officer"));
    // The founded room moves onto the small disk.
    let aside = founded.folder.path().join("aside");
    fs::rename(founded.room(), &aside).unwrap();
    let mounted = Mounted::at(&founded.room(), 32);
    let moved = Command::new("sh")
        .arg("-c")
        .arg(format!("cp -a {}/. {}", aside.display(), founded.room().display()))
        .status()
        .unwrap();
    assert!(moved.success());
    let served = founded.serve();
    served.upload(&steward, "abonnes", &stream(0..2_000));
    served.upload(&other, "acheteurs", &stream(1_000..3_000));
    let mut answers = vec![served.ask(&marketer, 90.0).ok()];
    for round in 0..3u32 {
        let before = served.spent_of(&marketer, "room");
        let filler = founded.room().join("filler");
        fill(&filler);
        // Refused, with a reference and nothing of the cause; and again.
        for margin in [80.0 - f64::from(round), 70.0 - f64::from(round)] {
            let refused = served.ask(&marketer, margin);
            assert_eq!(refused.status, 500, "{}", refused.body);
            assert!(!refused.body.contains("disk") && !refused.body.contains("sqlite"), "{}", refused.body);
        }
        let version = served.get(&officer, "/api/v1/policy").ok()["version"].clone();
        let id = served.post(&steward, "/api/v1/uploads", &declaration("abonnes", 1_000_000));
        assert!(id.status >= 500, "{}", id.body);
        // What can be read is still read.
        assert_eq!(served.spent_of(&marketer, "room"), before);
        assert_eq!(served.get(&officer, "/api/v1/policy").ok()["version"], version);
        fs::remove_file(&filler).unwrap();
        let answer = served.ask(&marketer, 80.0 - f64::from(round));
        let log =
            served.log.lock().unwrap().lines().filter(|line| line.contains("ERROR")).collect::<Vec<_>>().join("\n");
        assert_eq!(answer.status, 200, "{log}");
        let answer = answer.ok();
        assert!(served.spent_of(&marketer, "room") > before);
        answers.push(answer);
    }
    // Killed while the disk is full, it opens again once there is space, with all that it had said.
    fill(&founded.room().join("filler"));
    served.stop();
    fs::remove_file(founded.room().join("filler")).unwrap();
    let served = founded.serve();
    let stored = served.get(&marketer, "/api/v1/answers").ok();
    for answer in answers {
        let found = stored["answers"].as_array().unwrap().iter().find(|stored| stored["id"] == answer["id"]);
        assert_eq!(found.expect("the answer is kept")["figures"], answer["figures"]);
    }
    drop(served);
    drop(mounted);
}
