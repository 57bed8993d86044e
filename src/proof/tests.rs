//! Keys, checkpoints and receipts: what passes, and every bit that must not.

use super::*;
use crate::model::MemberName;
use serde_json::json;

fn key(name: &str, secret: u8) -> SigningKey {
    SigningKey::new(name, &[secret; 32]).unwrap()
}

fn member(name: &str) -> MemberName {
    name.parse().unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: "camerata/0011".into(), size: 7, root: [9; 32] }
}

#[test]
fn the_key_of_rfc_8037_has_the_thumbprint_of_rfc_8037() {
    // RFC 8037, appendices A.1 to A.3.
    let secret = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
    let key = SigningKey::new("rfc8037", &secret.try_into().unwrap()).unwrap();
    assert_eq!(key.public().thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let jwk = serde_json::to_value(key.public().jwk()).unwrap();
    assert_eq!(jwk["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    assert_eq!((&jwk["kty"], &jwk["crv"], &jwk["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA")));
}

#[test]
fn a_public_key_is_read_as_it_is_written_and_in_no_other_way() {
    let written = key("camerata/0011", 1).public().to_string();
    assert_eq!(written.parse::<PublicKey>().unwrap().to_string(), written);
    for at in 0..written.len() {
        let mut spoilt = written.clone().into_bytes();
        spoilt[at] ^= 1;
        let text = String::from_utf8_lossy(&spoilt).into_owned();
        assert!(text.parse::<PublicKey>().is_err(), "{text}");
    }
    assert!(SigningKey::new("two words", &[1; 32]).is_err() && SigningKey::new("a+b", &[1; 32]).is_err());
}

#[test]
fn a_checkpoint_is_believed_only_as_it_was_signed_and_from_whom() {
    let (ours, theirs) = (key("camerata/0011", 1), key("camerata/0011", 2));
    let note = checkpoint().sign(&ours).unwrap();
    assert_eq!(Checkpoint::open(&note, &[ours.public().clone()]).unwrap(), checkpoint());
    assert_eq!(Checkpoint::open(&note, &[theirs.public().clone()]), Err(CheckpointError::Unsigned));
    let another = key("camerata/2233", 1);
    let other = Checkpoint::open(&note, &[another.public().clone()]);
    assert_eq!(other, Err(CheckpointError::OtherLog("camerata/0011".into())));
    for at in 0..note.len() {
        for bit in 0..8 {
            let mut spoilt = note.clone().into_bytes();
            spoilt[at] ^= 1 << bit;
            let Ok(spoilt) = String::from_utf8(spoilt) else { continue };
            let opened = Checkpoint::open(&spoilt, &[ours.public().clone()]);
            assert!(opened.is_err(), "byte {at}, bit {bit}: {spoilt}");
        }
    }
}

#[test]
fn a_number_that_could_be_written_otherwise_is_refused() {
    let ours = key("camerata/0011", 1);
    for text in ["camerata/0011\n07\nAAAA\n", "camerata/0011\n7\n\n", "camerata/0011\n7\n", "camerata/0011\n-1\nAA==\n"]
    {
        let note = key::sign_note(text, &ours).unwrap();
        assert_eq!(Checkpoint::open(&note, &[ours.public().clone()]), Err(CheckpointError::Malformed), "{text}");
    }
}

#[test]
fn cosignatures_are_counted_for_who_gave_them_on_what_they_saw() {
    let (room, festival, label) = (key("camerata/0011", 1), key("festival", 2), key("etiquette", 3));
    let note = checkpoint().sign(&room).unwrap();
    let both = Witness::new(&festival, 1_790_000_000).cosign(&note).unwrap();
    let both = Witness::new(&label, 1_790_000_001).cosign(&both).unwrap();
    let witnesses = [festival.public().clone(), label.public().clone()];
    assert_eq!(cosigners(&both, &witnesses).unwrap(), ["festival", "etiquette"]);
    assert_eq!(Checkpoint::open(&both, &[room.public().clone()]).unwrap(), checkpoint(), "the room's own stays");
    assert_eq!(cosigners(&note, &witnesses).unwrap(), Vec::<String>::new());
    // A cosignature of one checkpoint under another one's text.
    let other = Checkpoint { size: 8, ..checkpoint() }.sign(&room).unwrap();
    let moved = format!(
        "{other}{}",
        both.lines().filter(|line| line.contains("festival")).map(|l| format!("{l}\n")).collect::<String>()
    );
    assert_eq!(cosigners(&moved, &witnesses), Err(CheckpointError::Forged));
}

#[test]
fn a_chain_of_keys_is_followed_as_far_as_each_names_the_next() {
    let keys: Vec<SigningKey> = (1..5).map(|secret| key("camerata/0011", secret)).collect();
    let hand = |from: usize, to: usize| keys[from].endorse(keys[to].public()).unwrap();
    let followed = |statements: &[String]| {
        let last = follow(keys[0].public().clone(), statements).pop().unwrap();
        keys.iter().position(|key| *key.public() == last).unwrap()
    };
    assert_eq!(followed(&[hand(0, 1), hand(1, 2), hand(2, 3)]), 3);
    assert_eq!(followed(&[hand(0, 1), hand(2, 3)]), 1, "a link is missing");
    assert_eq!(followed(&[hand(3, 1)]), 0, "by a stranger");
    assert_eq!(followed(&[hand(0, 1), hand(0, 3), hand(1, 2)]), 2, "a key that has handed over names nobody else");
    let elsewhere = key("camerata/2233", 9);
    let note = keys[0].endorse(elsewhere.public()).unwrap();
    assert_eq!(followed(&[note]), 0, "for another log");
    // A signed checkpoint is no statement about keys, even if its text looked like one.
    assert_eq!(followed(&[checkpoint().sign(&keys[0]).unwrap()]), 0);
}

/// A log of nine entries, the fifth of which answers a query; and its receipt.
fn receipt() -> (SigningKey, ReceiptFile) {
    let room = key("camerata/0011", 1);
    let answer = r#"{"figures":[]}"#;
    let details = json!({"answer": 3, "answer_hash": answer_hash(Some("77"), answer), "question": {"template": "overlap"},
        "template": "aa", "policy": "bb", "versions": {"festival/abonnes": 2}, "rho": 12, "delta": 0});
    let entry = Entry {
        position: 4,
        at: "2026-11-24T12:00:00Z".into(),
        what: What::Answered,
        by: Some(By { member: member("festival"), user: "ana".into() }),
        concerns: Concerns::Members([member("festival"), member("billetterie")].into()),
        details: details.as_object().unwrap().clone(),
        rows: "00".into(),
        salt: "11".into(),
    };
    let leaf = serde_json::to_string(&entry).unwrap();
    let mut tree = Tree::default();
    for position in 0..9u64 {
        tree.push(if position == 4 { leaf_hash(leaf.as_bytes()) } else { leaf_hash(&position.to_be_bytes()) });
    }
    let checkpoint = Checkpoint { origin: "camerata/0011".into(), size: 9, root: tree.root(9).unwrap() };
    let signed = Receipt::of("camerata/0011", &entry).unwrap().sign(&room).unwrap();
    let checkpoint = checkpoint.sign(&room).unwrap();
    let path = tree.inclusion(4, 9).unwrap();
    (
        room,
        ReceiptFile { receipt: signed, answer: answer.into(), blind: Some("77".into()), entry: leaf, checkpoint, path },
    )
}

#[test]
fn a_receipt_file_holds_as_a_whole() {
    let (room, file) = receipt();
    let keys = [room.public().clone()];
    let (stated, checkpoint) = file.verify(&keys).unwrap();
    assert_eq!((stated.answer, stated.rho, checkpoint.size), (3, 12, 9));
    let read: ReceiptFile = serde_json::from_str(&serde_json::to_string(&file).unwrap()).unwrap();
    assert_eq!(read, file);
    assert_eq!(file.verify(&[key("camerata/0011", 2).public().clone()]), Err(ReceiptError::Unsigned));
    let other = ReceiptFile { answer: r#"{"figures":[1]}"#.into(), ..file.clone() };
    assert_eq!(other.verify(&keys), Err(ReceiptError::OtherAnswer));
    for blind in [None, Some("78".into())] {
        let other = ReceiptFile { blind, ..file.clone() };
        assert_eq!(other.verify(&keys), Err(ReceiptError::OtherAnswer));
    }
    let other = ReceiptFile { entry: file.entry.replace("overlap", "venn"), ..file.clone() };
    assert_eq!(other.verify(&keys), Err(ReceiptError::NotInTheLog));
    let other = ReceiptFile { path: file.path[1..].to_vec(), ..file };
    assert_eq!(other.verify(&keys), Err(ReceiptError::NotInTheLog));
}

#[test]
fn no_bit_of_a_receipt_can_be_changed() {
    let (room, file) = receipt();
    let keys = [room.public().clone()];
    for at in 0..file.receipt.len() {
        for bit in 0..8 {
            let mut spoilt = file.receipt.clone().into_bytes();
            spoilt[at] ^= 1 << bit;
            let Ok(receipt) = String::from_utf8(spoilt) else { continue };
            assert!(Receipt::open(&receipt, &keys).is_err(), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn a_header_is_compared_and_never_obeyed() {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    let (room, file) = receipt();
    let payload = file.receipt.split('.').nth(1).unwrap();
    let kid = room.public().thumbprint();
    for header in [
        json!({"alg": "none", "typ": "camerata-receipt+jws", "kid": kid}),
        json!({"alg": "HS256", "typ": "camerata-receipt+jws", "kid": kid}),
        json!({"alg": "EdDSA", "typ": "JWT", "kid": kid}),
    ] {
        let signed = format!("{}.{payload}", BASE64_URL_SAFE_NO_PAD.encode(header.to_string()));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(room.sign(signed.as_bytes()));
        let opened = Receipt::open(&format!("{signed}.{signature}"), &[room.public().clone()]);
        assert_eq!(opened, Err(ReceiptError::Malformed), "{header}");
    }
}
