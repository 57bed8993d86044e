//! An authenticator with one passkey, as a browser on the room's own page speaks to it.

use super::{PASSWORD, PUBLIC_URL, Person, Reply, Served};
use serde_json::{Value, json};
use url::Url;
use webauthn_authenticator_rs::{
    AuthenticatorBackend,
    prelude::{CreationChallengeResponse, RequestChallengeResponse},
    softpasskey::SoftPasskey,
};

/// A soft one, which has to be told which of its passkeys to use and for whom, as a discoverable one knows by itself.
pub struct Authenticator {
    soft: SoftPasskey,
    credential: String,
    handle: String,
}

impl Authenticator {
    pub fn new() -> Self {
        Self { soft: SoftPasskey::new(true), credential: String::new(), handle: String::new() }
    }

    /// What `navigator.credentials.create` gives for these options.
    pub fn create(&mut self, mut options: Value) -> Value {
        let chosen = &mut options["publicKey"]["authenticatorSelection"];
        assert_eq!((&chosen["residentKey"], &chosen["userVerification"]), (&json!("required"), &json!("required")));
        (chosen["requireResidentKey"], chosen["residentKey"]) = (false.into(), "discouraged".into());
        self.handle = options["publicKey"]["user"]["id"].as_str().unwrap().to_owned();
        let options: CreationChallengeResponse = serde_json::from_value(options).unwrap();
        let origin = Url::parse(PUBLIC_URL).unwrap();
        let made = self.soft.perform_register(origin, options.public_key, 60_000).unwrap();
        self.credential = made.id.clone();
        serde_json::to_value(made).unwrap()
    }

    /// What `navigator.credentials.get` gives for these options on a page of this address.
    pub fn get(&mut self, page: &str, mut options: Value) -> Value {
        options["publicKey"]["allowCredentials"] = json!([{ "type": "public-key", "id": self.credential }]);
        let options: RequestChallengeResponse = serde_json::from_value(options).unwrap();
        let made = self.soft.perform_auth(Url::parse(page).unwrap(), options.public_key, 60_000).unwrap();
        let mut made = serde_json::to_value(made).unwrap();
        made["response"]["userHandle"] = self.handle.clone().into();
        made
    }

    /// Makes its passkey one of somebody's who is signed in; its number.
    pub fn registered(&mut self, served: &Served, person: &Person) -> Value {
        let begun = served.by(person, "POST", "/api/v1/me/passkeys/registration", &json!({"password": PASSWORD})).ok();
        let made = self.create(begun["options"].clone());
        let body = json!({"step": begun["step"], "name": "téléphone", "credential": made});
        served.by(person, "POST", "/api/v1/me/passkeys", &body).ok()
    }

    /// Signs in on a page of this address.
    pub fn sign_in(&mut self, served: &Served, page: &str) -> Reply {
        let begun = served.post("", "/api/v1/session/passkey", &json!({})).ok();
        let signed = self.get(page, begun["options"].clone());
        served.post("", "/api/v1/session/passkey/assertion", &json!({"step": begun["step"], "credential": signed}))
    }

    /// Proves that somebody is there.
    pub fn proof(&mut self, served: &Served, person: &Person) -> Value {
        let begun = served.by(person, "POST", "/api/v1/me/passkeys/proof", &json!({})).ok();
        json!({"step": begun["step"], "credential": self.get(PUBLIC_URL, begun["options"].clone())})
    }
}
