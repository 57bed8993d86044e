#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::model::Role;
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::Path};
use url::Url;

const REDIRECT: &str = "http://127.0.0.1:8100/sign-in/directory";

#[path = "../../tests/server/support/openid.rs"]
mod openid;

use openid::Directory;

impl Directory {
    fn start(people: &Value) -> Self {
        Self::sending_to(REDIRECT, people)
    }

    fn settings(&self, more: &str) -> Settings {
        let text = format!(
            "member = \"festival\"\nissuer = \"{}\"\nclient_id = \"salle\"\nclient_secret_file = \"secret\"\n{more}
             [roles]\nventes = [\"marketer\"]\n\"Conformité\" = [\"officer\", \"steward\"]",
            self.issuer
        );
        toml::from_str::<Settings>(&text).unwrap().checked().unwrap()
    }

    async fn provider(&self) -> Provider {
        Provider::discover(&self.settings(""), self.folder.path(), REDIRECT).await.unwrap()
    }
}

/// What a browser does: follows the directory's redirects with its cookies, until it is sent back to the room. Gives state and code.
async fn browse(url: &str, person: &str) -> (String, String) {
    let mut url = Url::parse(url).unwrap();
    url.query_pairs_mut().append_pair("login_hint", person);
    tokio::task::spawn_blocking(move || {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        let agent = ureq::Agent::from(config);
        let mut cookies = BTreeMap::new();
        for _ in 0..10 {
            if url.as_str().starts_with(REDIRECT) {
                let found: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
                return (found["state"].clone(), found["code"].clone());
            }
            let cookie: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let answer = agent.get(url.as_str()).header("cookie", cookie.join("; ")).call().unwrap();
            for cookie in answer.headers().get_all("set-cookie") {
                let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
                cookies.insert(name.to_owned(), value.to_owned());
            }
            let location = answer.headers().get("location").unwrap_or_else(|| panic!("{url}: {}", answer.status()));
            url = url.join(location.to_str().unwrap()).unwrap();
        }
        panic!("too many redirects");
    })
    .await
    .unwrap()
}

fn ana() -> Value {
    json!({ "ana": {
        "email": "ana@festival.ca", "email_verified": true, "name": "Ana Tremblay", "groups": ["ventes", "soccer"], "amr": ["pwd", "mfa"],
    }})
}

#[tokio::test]
async fn whoever_the_directory_knows_arrives_with_their_groups() {
    let directory = Directory::start(&ana());
    let provider = directory.provider().await;
    let (url, begun) = provider.begin();
    assert!(url.contains("code_challenge_method=S256") && url.contains("nonce="), "{url}");
    let (state, code) = browse(&url, "ana").await;
    let arrived = provider.finish(begun, &state, &code).await.unwrap();
    assert_eq!((arrived.subject.as_str(), arrived.email.as_str()), ("ana", "ana@festival.ca"));
    assert_eq!(arrived.name.as_deref(), Some("Ana Tremblay"));
    assert!(arrived.two_factors);
    assert_eq!(directory.settings("").roles_of(&arrived.groups), [Role::Marketer].into());
}

#[tokio::test]
async fn a_code_is_good_once_for_the_sign_in_that_began_it() {
    let directory = Directory::start(&ana());
    let provider = directory.provider().await;
    let (url, begun) = provider.begin();
    let (other_url, other) = provider.begin();
    let (state, code) = browse(&url, "ana").await;
    let (other_state, _) = browse(&other_url, "ana").await;
    // Another browser's state, and another sign-in's verifier and nonce.
    assert!(matches!(provider.finish(begun.clone(), &other_state, &code).await, Err(DirectoryError::OtherSignIn)));
    let mixed = Begun { state: state.clone(), ..other };
    assert!(matches!(provider.finish(mixed, &state, &code).await, Err(DirectoryError::Untrusted(_))));
    let mixed = Begun { nonce: "another".into(), ..begun.clone() };
    let replayed = Begun { ..begun.clone() };
    provider.finish(begun, &state, &code).await.unwrap();
    assert!(matches!(provider.finish(replayed, &state, &code).await, Err(DirectoryError::Untrusted(_))));
    // A token that was given for another sign-in of the same browser.
    let (url, begun) = provider.begin();
    let (state, code) = browse(&url, "ana").await;
    let mixed = Begun { state: begun.state.clone(), verifier: begun.verifier, ..mixed };
    assert!(matches!(provider.finish(mixed, &state, &code).await, Err(DirectoryError::Untrusted(_))));
}

#[tokio::test]
async fn an_address_that_is_not_verified_is_nobody_s() {
    for unverified in [
        json!({ "email": "ana@festival.ca", "email_verified": false }),
        json!({ "email": "ana@festival.ca" }),
        json!({}),
    ] {
        let directory = Directory::start(&json!({ "ana": unverified }));
        let provider = directory.provider().await;
        let (url, begun) = provider.begin();
        let (state, code) = browse(&url, "ana").await;
        assert!(matches!(provider.finish(begun, &state, &code).await, Err(DirectoryError::NoAddress)));
    }
}

#[tokio::test]
async fn an_address_of_a_domain_that_the_directory_answers_for_counts_where_it_says_nothing() {
    for (claims, counts) in [
        (json!({ "email": "ana@Festival.ca" }), true),
        (json!({ "email": "ana@festival.ca", "email_verified": false }), false),
        (json!({ "email": "ana@evil-festival.ca" }), false),
        (json!({ "email": "ana@festival.ca@evil.ca" }), false),
        (json!({ "email": "ana@mail.festival.ca" }), false),
    ] {
        let directory = Directory::start(&json!({ "ana": claims }));
        let settings = directory.settings("verified_domains = [\"festival.ca\"]");
        let provider = Provider::discover(&settings, directory.folder.path(), REDIRECT).await.unwrap();
        let (url, begun) = provider.begin();
        let (state, code) = browse(&url, "ana").await;
        assert_eq!(provider.finish(begun, &state, &code).await.is_ok(), counts, "{claims}");
    }
}

#[tokio::test]
async fn a_token_for_another_client_or_from_another_issuer_is_not_believed() {
    let directory = Directory::start(&ana());
    let provider = directory.provider().await;
    let (url, begun) = provider.begin();
    let (state, code) = browse(&url, "ana").await;
    let mut stranger = directory.settings("");
    stranger.client_id = "autre".into();
    let stranger = Provider::discover(&stranger, directory.folder.path(), REDIRECT).await.unwrap();
    assert!(matches!(stranger.finish(begun, &state, &code).await, Err(DirectoryError::Untrusted(_))));
    // The same server under another name isn't the issuer that its tokens name.
    let mut renamed = directory.settings("");
    renamed.issuer = directory.issuer.replace("127.0.0.1", "localhost");
    let renamed = Provider::discover(&renamed, directory.folder.path(), REDIRECT).await;
    assert!(matches!(renamed, Err(DirectoryError::Unreachable(_))));
    let mut gone = directory.settings("");
    drop(directory);
    gone.issuer = "http://127.0.0.1:9".into();
    assert!(Provider::discover(&gone, Path::new("/"), REDIRECT).await.is_err());
}

#[test]
fn settings_that_would_let_anybody_in_are_refused() {
    let checked = |issuer: &str, role: &str| {
        let text = format!(
            "member = \"festival\"\nissuer = \"{issuer}\"\nclient_id = \"salle\"\n[roles]\nventes = [\"{role}\"]"
        );
        toml::from_str::<Settings>(&text).map_err(|_| ()).and_then(|settings| settings.checked().map_err(|_| ()))
    };
    assert!(checked("https://login.festival.ca", "officer").is_ok());
    for (issuer, role) in [
        ("http://login.festival.ca", "officer"),
        ("login.festival.ca", "officer"),
        ("https://login.festival.ca", "host"),
        ("https://login.festival.ca", "admin"),
        ("file:///etc/passwd", "officer"),
    ] {
        assert!(checked(issuer, role).is_err(), "{issuer} {role}");
    }
}
