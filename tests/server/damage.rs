//! Files cut off or with a bit flipped, at random: the room says which file and where, and doesn't open; or the bit meant nothing, and
//! everything is as it was.

use super::support::*;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

/// What a marketer is told by a room that serves.
fn told(served: &Served, marketer: &str) -> Vec<Value> {
    ["/api/v1/answers", "/api/v1/budget", "/api/v1/policy", "/api/v1/audit/entries"]
        .iter()
        .map(|path| served.get(marketer, path).ok())
        .collect()
}

fn opens(founded: &Arc<Founded>) -> Result<Served, String> {
    let mut probe = Command::new(CAMERATA);
    probe.args(["--lang", "en", "serve", "--port", "0", "--room"]).arg(founded.room());
    let mut child = probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    use std::io::{BufRead, BufReader, Read};
    let mut reader = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("room is open") {
        if reader.read_line(&mut said).unwrap() == 0 {
            reader.read_to_string(&mut said).unwrap();
            assert_eq!(child.wait().unwrap().code().map(|code| code > 0 && code < 100), Some(true), "{said}");
            return Err(said);
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    Ok(founded.serve())
}

/// A room with a question answered, closed in good order, so that its database is one file.
fn closed() -> (Arc<Founded>, String, Vec<Value>) {
    let founded = Founded::new();
    let pair = Pair::in_room(&founded);
    let marketer = pair.marketer.clone();
    pair.served.ask(&marketer, 60.0).ok();
    let before = told(&pair.served, &marketer);
    pair.served.end();
    assert!(!founded.room().join("room.sqlite-wal").exists(), "closed in good order");
    (founded, marketer, before)
}

fn spoil(path: &Path, draws: &mut Draws) -> String {
    let mut bytes = fs::read(path).unwrap();
    let at = draws.below(bytes.len() as u64) as usize;
    if draws.below(4) == 0 {
        bytes.truncate(at);
        fs::write(path, bytes).unwrap();
        return format!("cut to {at} bytes");
    }
    let bit = draws.below(8);
    bytes[at] ^= 1 << bit;
    fs::write(path, bytes).unwrap();
    format!("bit {bit} of byte {at} flipped")
}

#[test]
fn a_damaged_file_is_named_with_its_place_or_meant_nothing() {
    let times = rounds(10, 400);
    let mut draws = Draws::logged();
    let (founded, marketer, before) = closed();
    let database = founded.room().join("room.sqlite");
    let audiences: Vec<PathBuf> = files(&founded.room().join("data"));
    assert_eq!(audiences.len(), 2);
    let (mut refused, mut placed) = (0, 0);
    for time in 0..times {
        let path = if time % 2 == 0 { &database } else { &audiences[draws.below(2) as usize] };
        let whole = fs::read(path).unwrap();
        let what = spoil(path, &mut draws);
        match opens(&founded) {
            Err(said) => {
                refused += 1;
                let name = path.file_name().unwrap().to_str().unwrap();
                assert!(said.contains(name), "{name}, {what}: {said}");
                placed += usize::from(said.contains("byte "));
                assert!(time % 2 == 0 || said.contains("from byte "), "{name}, {what}: {said}");
            }
            Ok(served) => {
                assert!(time % 2 == 0, "{what} of an audience's file was let through");
                assert_eq!(told(&served, &marketer), before, "{what}: served, and not the same");
                served.end();
            }
        }
        fs::write(path, whole).unwrap();
    }
    eprintln!("{times} files damaged: {refused} refused, {placed} with the byte");
    assert!(refused * 2 >= times, "only {refused} of {times} refused");
    let served = opens(&founded).expect("whole again");
    assert_eq!(told(&served, &marketer), before);
}
