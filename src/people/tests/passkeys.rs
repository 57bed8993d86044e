//! Passkeys, by a soft authenticator in place of a device: what they open, and what attackers try with them.

use super::*;
use crate::proof::What;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use webauthn_authenticator_rs::{AuthenticatorBackend, softpasskey::SoftPasskey};
use webauthn_rs::prelude::{CreationChallengeResponse, RequestChallengeResponse, Url};

const ORIGIN: &str = "https://salle.example.ca";
pub const SETTINGS: &str = "public_url = \"https://salle.example.ca/coop\"";

/// An authenticator with one passkey, which it finds by itself as discoverable ones do: the soft one has to be told which, and lets the
/// user's handle, which isn't signed, be added.
pub struct Device {
    soft: SoftPasskey,
    credential: String,
    handle: String,
}

impl Device {
    pub fn new() -> Self {
        Self { soft: SoftPasskey::new(true), credential: String::new(), handle: String::new() }
    }

    /// Answers a challenge of `navigator.credentials.create` on a page of this origin.
    pub fn create(&mut self, origin: &str, mut options: Value) -> RegisterPublicKeyCredential {
        let chosen = &mut options["publicKey"]["authenticatorSelection"];
        assert_eq!((&chosen["residentKey"], &chosen["userVerification"]), (&json!("required"), &json!("required")));
        (chosen["requireResidentKey"], chosen["residentKey"]) = (false.into(), "discouraged".into());
        self.handle = options["publicKey"]["user"]["id"].as_str().unwrap().to_owned();
        let options: CreationChallengeResponse = serde_json::from_value(options).unwrap();
        let made = self.soft.perform_register(Url::parse(origin).unwrap(), options.public_key, 60_000).unwrap();
        self.credential = made.id.clone();
        made
    }

    /// As [`Device::create`], without verifying its person.
    pub fn create_unverified(&mut self, origin: &str, options: &mut Value) -> RegisterPublicKeyCredential {
        let mut asked: CreationChallengeResponse = serde_json::from_value(options.take()).unwrap();
        let chosen = asked.public_key.authenticator_selection.as_mut().unwrap();
        (chosen.require_resident_key, chosen.user_verification) =
            (false, serde_json::from_value(json!("discouraged")).unwrap());
        self.soft.perform_register(Url::parse(origin).unwrap(), asked.public_key, 60_000).unwrap()
    }

    /// What it calls its person by.
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// Answers a challenge of `navigator.credentials.get` on a page of this origin.
    pub fn get(&mut self, origin: &str, options: Value) -> Value {
        let mut options = options;
        options["publicKey"]["allowCredentials"] = json!([{ "type": "public-key", "id": self.credential }]);
        let options: RequestChallengeResponse = serde_json::from_value(options).unwrap();
        let made = self.soft.perform_auth(Url::parse(origin).unwrap(), options.public_key, 60_000).unwrap();
        let mut made = serde_json::to_value(made).unwrap();
        made["response"]["userHandle"] = self.handle.clone().into();
        made
    }
}

fn assertion(step: &str, credential: Value) -> Assertion {
    serde_json::from_value(json!({ "step": step, "credential": credential })).unwrap()
}

impl Kept {
    /// Makes a passkey of somebody who proves who they are by the password.
    pub async fn passkey(&self, user: &User) -> (Device, i64) {
        let mut device = Device::new();
        let begun = self.people.begin_passkey(user, PASSWORD).await.unwrap();
        let made = device.create(ORIGIN, begun.options);
        let id = self.people.add_passkey(user, (&begun.step, "  téléphone\u{202e}\n"), &made).await.unwrap();
        (device, id)
    }

    pub async fn by_passkey(&self, device: &mut Device) -> Step {
        let begun = self.people.begin_passkey_sign_in().await.unwrap();
        let signed = device.get(ORIGIN, begun.options);
        self.people.passkey_sign_in(&assertion(&begun.step, signed), "Firefox").await.unwrap()
    }

    async fn proof(&self, user: &User, device: &mut Device) -> Assertion {
        let begun = self.people.begin_passkey_proof(user).await.unwrap();
        let allowed = begun.options["publicKey"]["allowCredentials"].as_array().unwrap();
        assert!(allowed.iter().any(|allowed| allowed["id"] == device.credential));
        assertion(&begun.step, device.get(ORIGIN, begun.options))
    }
}

#[track_caller]
fn came_in(step: Step) -> NewSession {
    let Step::Done { session, .. } = step else { panic!("not signed in") };
    session
}

pub async fn a_passkey_stands_alone_for_two_factors(place: Place) {
    let kept = Kept::with(place, SETTINGS).await;
    let (olga, _) = kept.person("festival", "olga", &[Role::Officer]).await;
    let (mut device, id) = kept.passkey(&olga).await;
    let session = came_in(kept.by_passkey(&mut device).await);
    assert_eq!(kept.known(&session).await, Some(olga.clone()));
    let listed = kept.people.passkeys(olga.id).await.unwrap();
    assert_eq!((listed.len(), listed[0].id, listed[0].name.as_str()), (1, id, "téléphone"));
    assert!(listed[0].used.is_some());
    let users = kept.people.users(&member("festival")).await.unwrap();
    assert!(users[0].two_factors && users[0].passkeys == 1);
    // It proves who one is, in place of the password; and another is made by it, for the same account.
    let proof = kept.proof(&olga, &mut device).await;
    let mut second = Device::new();
    let begun = kept.people.begin_passkey(&olga, Proof::Passkey(&proof)).await.unwrap();
    assert_eq!(begun.options["publicKey"]["excludeCredentials"][0]["id"], device.credential);
    let made = second.create(ORIGIN, begun.options);
    kept.people.add_passkey(&olga, (&begun.step, "portable"), &made).await.unwrap();
    assert_eq!(second.handle, device.handle);
    assert!(!BASE64_URL_SAFE_NO_PAD.decode(&device.handle).unwrap().iter().all(|byte| byte.is_ascii_graphic()));
    came_in(kept.by_passkey(&mut second).await);
    let proof = kept.proof(&olga, &mut second).await;
    assert_eq!(kept.people.renew_recovery_codes(&olga, Proof::Passkey(&proof)).await.unwrap().len(), 10);
    // The log tells that there are others, and by what somebody came in; the person is told of it.
    let told = entries(&kept).await;
    let secrets = told.iter().filter(|e| e.what == What::SecretsChanged && e.details["secret"] == "passkey").count();
    assert_eq!(secrets, 2);
    assert!(told.iter().any(|entry| entry.what == What::SignedIn && entry.details["with"] == "passkey"));
    let letters = kept.people.waiting(100).await.unwrap();
    assert_eq!(letters.iter().filter(|letter| letter.message.content["what"] == "passkey").count(), 2);
}

pub async fn who_is_invited_may_take_a_passkey_in_place_of_a_password(place: Place) {
    let kept = Kept::with(place, SETTINGS).await;
    let (_, link) =
        kept.people.invite(None, &invitation("festival", "olga@exemple.ca", &[Role::Officer])).await.unwrap();
    let link = link.unwrap();
    let secret = link.rsplit('/').next().unwrap();
    kept.people.ensure(&member("festival"), "Otto", Role::Marketer).await.unwrap();
    assert_eq!(refused(kept.people.begin_passkey_invitation(secret, (" Otto", Language::Fr)).await), Refusal::Name);
    let begin = || kept.people.begin_passkey_invitation(secret, ("Olga", Language::Fr));
    let (begun, other) = (begin().await.unwrap(), begin().await.unwrap());
    let mut device = Device::new();
    let made = device.create(ORIGIN, begun.options);
    let mismatched = kept.people.accept_passkey_invitation((&other.step, "clé"), &made, "").await;
    assert_eq!(refused(mismatched), Refusal::WrongPasskey, "made for another challenge");
    let step = kept.people.accept_passkey_invitation((&begun.step, "clé"), &made, "Firefox").await.unwrap();
    let Step::Done { session, recovery_codes } = step else { panic!("not signed in") };
    assert_eq!((recovery_codes.len(), session.user.user.as_str()), (10, "Olga"));
    assert_eq!(refused(begin().await), Refusal::NotFound, "used");
    assert_eq!(
        refused(kept.people.accept_passkey_invitation((&begun.step, "clé"), &made, "").await),
        Refusal::WrongPasskey
    );
    came_in(kept.by_passkey(&mut device).await);
    // There is no password, and none is right.
    for password in ["", PASSWORD] {
        assert!(matches!(kept.sign_in("olga", password).await.unwrap(), Step::Wrong));
    }
    assert_eq!(refused(kept.people.begin_passkey(&session.user, "").await), Refusal::WrongPassword);
    // A mailbox alone opens nothing, also where a password is set by it: the passkey is asked for, or a recovery code.
    kept.people.request_recovery("olga@exemple.ca").await.unwrap();
    let recovery = kept.link_to("olga@exemple.ca").await.unwrap();
    kept.people.recover(&recovery, OTHER).await.unwrap();
    let Step::Passkey(step) = kept.sign_in("olga", OTHER).await.unwrap() else { panic!("no passkey asked") };
    assert!(kept.people.by_session(&step).await.unwrap().is_none());
    for code in ["000000", ""] {
        assert!(matches!(kept.people.second_factor(&step, Code::OneTime(code)).await.unwrap(), Step::Wrong));
    }
    kept.later(30);
    let code = Code::Recovery(&recovery_codes[0]);
    came_in(kept.people.second_factor(&step, code).await.unwrap());
    came_in(kept.by_passkey(&mut device).await);
}

pub async fn the_last_means_of_signing_in_stays(place: Place) {
    let kept = Kept::with(place, SETTINGS).await;
    let (olga, totp) = kept.person("festival", "olga", &[Role::Officer]).await;
    let session = kept.session("olga", totp.as_deref()).await;
    let identified = kept.people.by_session(&session.secret).await.unwrap().unwrap();
    let (mut device, first) = kept.passkey(&olga).await;
    // With a passkey the application may go, and then the passkey may not.
    kept.people.remove_second_factor(&olga, PASSWORD).await.unwrap();
    assert_eq!(refused(kept.people.remove_passkey(&identified, first, PASSWORD).await), Refusal::LastMeans);
    assert!(matches!(kept.sign_in("olga", PASSWORD).await.unwrap(), Step::Passkey(_)), "and no other is set up");
    let (_, second) = kept.passkey(&olga).await;
    let other = came_in(kept.by_passkey(&mut device).await);
    // Somebody else's, and with a wrong proof.
    let (eve, _) = kept.person("festival", "eve", &[Role::Marketer]).await;
    let theirs = Identified { user: eve.clone(), means: Means::Session(-5) };
    assert_eq!(refused(kept.people.remove_passkey(&theirs, first, PASSWORD).await), Refusal::NotFound);
    assert_eq!(refused(kept.people.remove_passkey(&identified, first, OTHER).await), Refusal::WrongPassword);
    kept.people.remove_passkey(&identified, first, PASSWORD).await.unwrap();
    assert!(matches!(kept.by_passkey(&mut device).await, Step::Wrong), "taken away");
    assert_eq!(kept.known(&other).await, None, "what it had opened ends");
    assert_eq!(kept.known(&session).await, Some(olga.clone()));
    let (one, two) = tokio::join!(
        kept.people.remove_passkey(&identified, second, PASSWORD),
        kept.people.remove_passkey(&identified, first, PASSWORD)
    );
    assert_eq!((refused(one), refused(two)), (Refusal::LastMeans, Refusal::NotFound));
    // Who needs one factor needs no second passkey; who leaves leaves none.
    let (mut hers, only) = kept.passkey(&eve).await;
    kept.people.remove_passkey(&theirs, only, PASSWORD).await.unwrap();
    assert!(matches!(kept.by_passkey(&mut hers).await, Step::Wrong));
    let (mut hers, _) = kept.passkey(&eve).await;
    came_in(kept.by_passkey(&mut hers).await);
    kept.people.set_roles(&olga, eve.id, &BTreeSet::new()).await.unwrap();
    assert!(matches!(kept.by_passkey(&mut hers).await, Step::Wrong));
    assert_eq!(
        kept.text("SELECT COALESCE(public_key, 'none') FROM passkeys WHERE ended IS NOT NULL").await,
        ["none"; 3]
    );
}

pub async fn a_password_is_given_up_where_a_passkey_stands_in_its_place(place: Place) {
    let kept = Kept::with(place, SETTINGS).await;
    let (olga, totp) = kept.person("festival", "olga", &[Role::Officer]).await;
    let session = kept.session("olga", totp.as_deref()).await;
    let identified = kept.people.by_session(&session.secret).await.unwrap().unwrap();
    assert_eq!(refused(kept.people.remove_password(&identified, PASSWORD).await), Refusal::LastMeans);
    let (mut device, id) = kept.passkey(&olga).await;
    let other = came_in(kept.by_passkey(&mut device).await);
    assert_eq!(refused(kept.people.remove_password(&identified, OTHER).await), Refusal::WrongPassword);
    let proof = kept.proof(&olga, &mut device).await;
    kept.people.remove_password(&identified, Proof::Passkey(&proof)).await.unwrap();
    assert_eq!((kept.known(&other).await, kept.known(&session).await), (None, Some(olga.clone())));
    assert!(matches!(kept.sign_in("olga", PASSWORD).await.unwrap(), Step::Wrong));
    assert!(matches!(kept.sign_in("olga", "").await.unwrap(), Step::Wrong));
    // Then the passkey stays, though the application that makes codes is still there.
    let proof = kept.proof(&olga, &mut device).await;
    let removed = kept.people.remove_passkey(&identified, id, Proof::Passkey(&proof)).await;
    assert_eq!(refused(removed), Refusal::LastMeans);
    came_in(kept.by_passkey(&mut device).await);
    let proof = kept.proof(&olga, &mut device).await;
    kept.people.change_password(&identified, (Proof::Passkey(&proof), OTHER), "Firefox").await.unwrap();
    assert!(matches!(kept.sign_in("olga", OTHER).await.unwrap(), Step::Code(_)));
}

pub async fn a_lost_passkey_is_taken_away_with_the_second_factor(place: Place) {
    let kept = Kept::with(place, SETTINGS).await;
    let (olga, _) = kept.person("festival", "olga", &[Role::Officer]).await;
    let (otto, _) = kept.person("festival", "otto", &[Role::Officer]).await;
    let (mut device, _) = kept.passkey(&olga).await;
    kept.people.reset_second_factor(&otto, olga.id).await.unwrap();
    assert!(matches!(kept.by_passkey(&mut device).await, Step::Wrong));
    assert!(matches!(kept.sign_in("olga", PASSWORD).await.unwrap(), Step::Enrol(..)));
}
