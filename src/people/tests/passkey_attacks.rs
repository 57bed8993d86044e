//! What attackers try with passkeys.

use super::{passkeys::Device, *};
use crate::proof::What;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};
use webauthn_rs::prelude::Url;

const ORIGIN: &str = "https://salle.example.ca";
const SETTINGS: &str = "public_url = \"https://salle.example.ca\"";

struct Room {
    kept: Kept,
    olga: User,
    device: Device,
}

impl Room {
    async fn new(place: Place) -> Self {
        let kept = Kept::with(place, SETTINGS).await;
        let (olga, _) = kept.person("festival", "olga", &[Role::Officer]).await;
        let mut device = Device::new();
        let begun = kept.people.begin_passkey(&olga, PASSWORD).await.unwrap();
        let made = device.create(ORIGIN, begun.options);
        kept.people.add_passkey(&olga, (&begun.step, "clé"), &made).await.unwrap();
        Self { kept, olga, device }
    }

    /// Gives a signature for a challenge of signing in.
    async fn give(&self, step: &str, credential: &Value) -> bool {
        let assertion = serde_json::from_value(json!({ "step": step, "credential": credential })).unwrap();
        matches!(self.kept.people.passkey_sign_in(&assertion, "").await.unwrap(), Step::Done { .. })
    }

    /// Signs a challenge on a page of this origin, as the options were changed on the way.
    async fn signed(&mut self, origin: &str, change: impl FnOnce(&mut Value)) -> (String, Value) {
        let mut begun = self.kept.people.begin_passkey_sign_in().await.unwrap();
        assert_eq!(begun.options["publicKey"]["allowCredentials"], json!([]), "nobody is named");
        assert!(begun.options.get("mediation").is_none());
        change(&mut begun.options["publicKey"]);
        let credential = self.device.get(origin, begun.options);
        (begun.step, credential)
    }
}

/// Changes one byte of a field.
fn flip(credential: &mut Value, pointer: &str, at: usize) {
    let field = credential.pointer_mut(pointer).unwrap();
    let mut bytes = BASE64.decode(field.as_str().unwrap()).unwrap();
    let at = at % bytes.len();
    bytes[at] ^= 1;
    *field = BASE64.encode(bytes).into();
}

pub async fn a_signature_is_good_at_the_room_s_own_address_alone(place: Place) {
    let mut room = Room::new(place).await;
    for origin in [
        "https://salle.example.ca.evil.example",
        "https://evil.example",
        "http://salle.example.ca",
        "https://salle.example.ca:444",
        "https://autre.salle.example.ca",
        "https://example.ca",
    ] {
        let (step, credential) = room.signed(origin, |_| {}).await;
        assert!(!room.give(&step, &credential).await, "{origin}");
    }
    // Another relying party, at the right address.
    for party in ["example.ca", "evil.example", "SALLE.example.ca", ""] {
        let (step, credential) = room.signed(ORIGIN, |options| options["rpId"] = party.into()).await;
        assert!(!room.give(&step, &credential).await, "{party}");
    }
    // Framed by another site's page.
    let (step, mut credential) = room.signed(ORIGIN, |_| {}).await;
    let data = BASE64.decode(credential["response"]["clientDataJSON"].as_str().unwrap()).unwrap();
    let mut data: Value = serde_json::from_slice(&data).unwrap();
    data["crossOrigin"] = true.into();
    credential["response"]["clientDataJSON"] = BASE64.encode(data.to_string()).into();
    assert!(!room.give(&step, &credential).await, "its signature isn't of this");
    let (step, credential) = room.signed(ORIGIN, |_| {}).await;
    assert!(room.give(&step, &credential).await, "and a good one is taken");
    // Nor is a passkey made elsewhere.
    for origin in ["https://evil.example", "http://salle.example.ca", "https://salle.example.ca:444"] {
        let begun = room.kept.people.begin_passkey(&room.olga, PASSWORD).await.unwrap();
        let made = Device::new().create(origin, begun.options);
        let added = room.kept.people.add_passkey(&room.olga, (&begun.step, "clé"), &made).await;
        assert_eq!(refused(added), Refusal::WrongPasskey, "{origin}");
    }
}

pub async fn a_challenge_is_answered_once_and_within_five_minutes(place: Place) {
    let mut room = Room::new(place).await;
    let (step, credential) = room.signed(ORIGIN, |_| {}).await;
    assert!(room.give(&step, &credential).await);
    assert!(!room.give(&step, &credential).await, "replayed");
    // The answer to one challenge for another; that other is used up by it.
    let (other, fresh) = room.signed(ORIGIN, |_| {}).await;
    assert!(!room.give(&other, &credential).await);
    assert!(!room.give(&other, &fresh).await);
    // Both at once.
    let (step, credential) = room.signed(ORIGIN, |_| {}).await;
    let (one, two) = tokio::join!(room.give(&step, &credential), room.give(&step, &credential));
    assert!(one != two);
    for (seconds, good) in [(299, true), (300, false), (100_000, false)] {
        let (step, credential) = room.signed(ORIGIN, |_| {}).await;
        room.kept.later(seconds);
        assert_eq!(room.give(&step, &credential).await, good, "{seconds}");
    }
    for step in ["", "x", &step] {
        assert!(!room.give(step, &credential).await);
    }
    // A challenge for one thing is none for another.
    let proof = room.kept.people.begin_passkey_proof(&room.olga).await.unwrap();
    let signed = room.device.get(ORIGIN, proof.options);
    assert!(!room.give(&proof.step, &signed).await);
    let (step, credential) = room.signed(ORIGIN, |_| {}).await;
    let assertion: Assertion = serde_json::from_value(json!({ "step": step, "credential": credential })).unwrap();
    let begun = room.kept.people.begin_passkey(&room.olga, Proof::Passkey(&assertion)).await;
    assert_eq!(refused(begun), Refusal::WrongPasskey);
    // What is kept of a challenge doesn't read.
    room.kept.people.begin_passkey_sign_in().await.unwrap();
    use sqlx::Row as _;
    let rows = sqlx::query("SELECT state FROM passkey_challenges").fetch_all(room.kept.database.pool()).await.unwrap();
    assert!(!rows.is_empty());
    assert!(rows.iter().all(|row| memchr::memmem::find(row.get::<&[u8], _>(0), b"challenge").is_none()));
}

pub async fn no_part_of_a_signature_can_be_changed(place: Place) {
    let mut room = Room::new(place).await;
    for (field, places) in
        [("/response/signature", 60), ("/response/authenticatorData", 37), ("/response/clientDataJSON", 60)]
    {
        for at in (0..places).step_by(3) {
            let (step, mut credential) = room.signed(ORIGIN, |_| {}).await;
            flip(&mut credential, field, at);
            assert!(!room.give(&step, &credential).await, "{field} {at}");
        }
    }
    for field in ["/rawId", "/response/userHandle"] {
        let (step, mut credential) = room.signed(ORIGIN, |_| {}).await;
        flip(&mut credential, field, 3);
        assert!(!room.give(&step, &credential).await, "{field}");
    }
    // Whose it is has to be said where nobody was asked.
    let (step, mut credential) = room.signed(ORIGIN, |_| {}).await;
    credential["response"]["userHandle"] = Value::Null;
    assert!(!room.give(&step, &credential).await);
    // Without having verified its person, also where the answer says that it has.
    let (step, credential) = room.signed(ORIGIN, |options| options["userVerification"] = "discouraged".into()).await;
    assert!(!room.give(&step, &credential).await);
    let (step, mut credential) =
        room.signed(ORIGIN, |options| options["userVerification"] = "discouraged".into()).await;
    let mut data = BASE64.decode(credential["response"]["authenticatorData"].as_str().unwrap()).unwrap();
    data[32] |= 4;
    credential["response"]["authenticatorData"] = BASE64.encode(data).into();
    assert!(!room.give(&step, &credential).await);
    // Nor is one made so.
    let mut begun = room.kept.people.begin_passkey(&room.olga, PASSWORD).await.unwrap();
    let made = Device::new().create_unverified(ORIGIN, &mut begun.options);
    let added = room.kept.people.add_passkey(&room.olga, (&begun.step, "clé"), &made).await;
    assert_eq!(refused(added), Refusal::WrongPasskey);
    let (step, credential) = room.signed(ORIGIN, |_| {}).await;
    assert!(room.give(&step, &credential).await);
}

pub async fn somebody_else_s_passkey_opens_and_proves_nothing(place: Place) {
    let room = Room::new(place).await;
    let (eve, _) = room.kept.person("salle", "eve", &[Role::Marketer]).await;
    let mut hers = Device::new();
    let begun = room.kept.people.begin_passkey(&eve, PASSWORD).await.unwrap();
    let made = hers.create(ORIGIN, begun.options);
    // Made for her challenge, brought to another's account; and the challenge is used up.
    let stolen = room.kept.people.add_passkey(&room.olga, (&begun.step, "clé"), &made).await;
    assert_eq!(refused(stolen), Refusal::WrongPasskey);
    assert_eq!(refused(room.kept.people.add_passkey(&eve, (&begun.step, "clé"), &made).await), Refusal::WrongPasskey);
    let begun = room.kept.people.begin_passkey(&eve, PASSWORD).await.unwrap();
    let made = hers.create(ORIGIN, begun.options);
    room.kept.people.add_passkey(&eve, (&begun.step, "clé"), &made).await.unwrap();
    // Named as another's, it isn't theirs; as her own it is hers.
    let begun = room.kept.people.begin_passkey_sign_in().await.unwrap();
    let mut signed = hers.get(ORIGIN, begun.options);
    signed["response"]["userHandle"] = room.device.handle().into();
    assert!(!room.give(&begun.step, &signed).await);
    // It proves nothing for somebody else, by their challenge or by her own.
    for asked in [&room.olga, &eve] {
        let begun = room.kept.people.begin_passkey_proof(asked).await.unwrap();
        let signed = hers.get(ORIGIN, begun.options);
        let assertion: Assertion = serde_json::from_value(json!({ "step": begun.step, "credential": signed })).unwrap();
        let codes = room.kept.people.renew_recovery_codes(&room.olga, Proof::Passkey(&assertion)).await;
        assert_eq!(refused(codes), Refusal::WrongPasskey);
    }
    // A credential that is somebody's can't be registered for somebody else: nor after it was taken away.
    assert_eq!(room.kept.people.passkeys(room.olga.id).await.unwrap().len(), 1);
    let (nobody, _) = room.kept.person("salle", "bob", &[Role::Marketer]).await;
    assert_eq!(refused(room.kept.people.begin_passkey_proof(&nobody).await), Refusal::NotFound);
}

pub async fn an_authenticator_that_counts_backwards_is_refused_and_told(place: Place) {
    let mut room = Room::new(place).await;
    // Two answers were made; the later one is brought first, as by who has a copy of the device.
    let (early, first) = room.signed(ORIGIN, |_| {}).await;
    let (late, second) = room.signed(ORIGIN, |_| {}).await;
    assert!(room.give(&late, &second).await);
    assert!(!room.give(&early, &first).await);
    let told = entries(&room.kept).await;
    let told: Vec<_> = told.iter().filter(|entry| entry.what == What::PasskeyRefused).collect();
    assert_eq!((told.len(), &told[0].details["user"]), (1, &json!("olga")));
    // The person's own goes on.
    let (step, credential) = room.signed(ORIGIN, |_| {}).await;
    assert!(room.give(&step, &credential).await);
}

pub async fn a_room_that_is_reached_by_a_number_has_no_passkeys(place: Place) {
    let kept = Kept::new(place).await;
    let (olga, _) = kept.person("festival", "olga", &[Role::Officer]).await;
    assert_eq!(refused(kept.people.begin_passkey_sign_in().await), Refusal::NoPasskeys);
    assert_eq!(refused(kept.people.begin_passkey(&olga, PASSWORD).await), Refusal::NoPasskeys);
    assert!(Url::parse(&kept.people.settings().link("/")).unwrap().domain().is_none());
}

pub async fn many_challenges_push_out_the_oldest(place: Place) {
    let mut room = Room::new(place).await;
    let (step, credential) = room.signed(ORIGIN, |_| {}).await;
    // Very many were asked for since.
    for number in 0..20u32 {
        let rows: Vec<String> =
            (1..=500).map(|at| format!("(${at}, ${at}, '2026-11-24T09:05:00.{number:02}{at:04}Z')")).collect();
        let sql = format!("INSERT INTO passkey_challenges (hash, state, expires) VALUES {}", rows.join(", "));
        let query = sqlx::query(sqlx::AssertSqlSafe(sql));
        let query = (1..=500u32).fold(query, |query, at| query.bind([number.to_be_bytes(), at.to_be_bytes()].concat()));
        query.execute(room.kept.database.pool()).await.unwrap();
    }
    let newest = room.kept.people.begin_passkey_sign_in().await.unwrap();
    let count = room.kept.text("SELECT CAST(count(*) AS TEXT) FROM passkey_challenges").await;
    assert!(count[0].parse::<u32>().unwrap() <= 10_000, "{count:?}");
    let signed = room.device.get(ORIGIN, newest.options);
    assert!(room.give(&newest.step, &signed).await, "whoever asks now is served");
    assert!(!room.give(&step, &credential).await, "the oldest has gone");
}
