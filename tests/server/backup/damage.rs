//! Backups that were cut, flipped, or lengthened.

use super::*;

/// Every damage is found, and nothing is left of the try.
fn refused(desk: &Desk, bytes: &[u8], what: &str) {
    fs::write(desk.path("damaged.age"), bytes).unwrap();
    let told = desk.restore("damaged.age", "new");
    assert_eq!((told.code, told.stdout.as_str()), (Some(1), ""), "{what}: {told:?}");
    assert!(told.stderr.contains("damaged.age"), "{what}: it doesn't say which file: {told:?}");
    desk.nothing_at("new");
}

#[test]
fn a_flipped_bit_anywhere_is_found() {
    const PLACES: usize = 50;
    let (pair, desk) = (Pair::new(), Desk::new());
    desk.backup(&pair.served.room(), "room.age").ok();
    let whole = fs::read(desk.path("room.age")).unwrap();
    for place in 0..PLACES {
        // From the first byte to the last, and each bit of a byte in turn.
        let at = place * (whole.len() - 1) / (PLACES - 1);
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (place % 8);
        refused(&desk, &bytes, &format!("bit {} of byte {at} of {}", place % 8, whole.len()));
    }
    // Bytes of the header are few beside the rest: each of them is tried.
    let header = memchr::memmem::find(&whole, b"\n--- ").unwrap();
    for at in (0..header + 48).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        refused(&desk, &bytes, &format!("byte {at} of the header"));
    }
    desk.restore("room.age", "new").ok();
}

#[test]
fn half_a_file_is_found() {
    const CHUNK: usize = 65_536 + 16;
    let (pair, desk) = (Pair::new(), Desk::new());
    desk.backup(&pair.served.room(), "room.age").ok();
    let whole = fs::read(desk.path("room.age")).unwrap();
    // Where age's chunks begin, after its header and a nonce of 16 bytes.
    let chunks = memchr::memmem::find(&whole, b"\n--- ").unwrap() + 5 + 43 + 1 + 16;
    let (half, last) = (whole.len() / 2, whole.len() - 1);
    for length in [0, 1, 20, chunks - 16, chunks, chunks + 1, chunks + CHUNK, chunks + 2 * CHUNK, half, last] {
        refused(&desk, &whole[..length], &format!("{length} of {} bytes", whole.len()));
    }
    for more in [1, 512, CHUNK] {
        refused(&desk, &[whole.as_slice(), &vec![0; more]].concat(), &format!("{more} bytes more"));
    }
    // Two chunks that changed places, and one that stands twice.
    let (first, second) = (chunks..chunks + CHUNK, chunks + CHUNK..chunks + 2 * CHUNK);
    let mut swapped = whole.clone();
    swapped[first.clone()].copy_from_slice(&whole[second.clone()]);
    swapped[second].copy_from_slice(&whole[first.clone()]);
    refused(&desk, &swapped, "two chunks changed places");
    refused(&desk, &[&whole[..first.end], &whole[first.start..]].concat(), "a chunk stands twice");
    fs::write(desk.path("half.age"), &whole[..half]).unwrap();
    desk.restore("half.age", "new").failed("is cut or damaged before byte");
    let mut command = Command::new(CAMERATA);
    command.args(["--lang", "fr", "restore", "--identity"]).arg(desk.path("identity.txt"));
    run(command.arg(desk.path("half.age")).arg(desk.path("new"))).failed("est coupé ou abîmé avant l’octet");
    desk.nothing_at("new");
    desk.restore("room.age", "new").ok();
}
