//! What a member's directory answers at the end of a sign-in: a token (JWT) that it signed, or whatever else.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use camerata::directory::{Provider, Settings};
use rsa::{
    RsaPrivateKey,
    pkcs1v15::SigningKey,
    rand_core::OsRng,
    sha2::Sha256,
    signature::{SignatureEncoding, Signer},
    traits::PublicKeyParts,
};
use serde_json::{Map, Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{LazyLock, Mutex},
    thread,
};
use tokio::runtime::Runtime;

/// What the directory answers to the next code.
static ANSWER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Directory {
    runtime: Runtime,
    provider: Provider,
    issuer: String,
    key: SigningKey<Sha256>,
}

static DIRECTORY: LazyLock<Directory> = LazyLock::new(|| {
    let key = RsaPrivateKey::new(&mut OsRng, 2048).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let (n, e) = (key.n().to_bytes_be(), key.e().to_bytes_be());
    let keys = json!({"keys": [{
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "essai",
        "n": URL_SAFE_NO_PAD.encode(n), "e": URL_SAFE_NO_PAD.encode(e),
    }]});
    let described = json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"), "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    thread::spawn(move || {
        for stream in listener.incoming() {
            // Whoever hangs up early is asked again.
            let _ = answer(stream.unwrap(), &keys.to_string(), &described.to_string());
        }
    });
    let settings = format!(
        "member = \"festival\"\nissuer = \"{issuer}\"\nclient_id = \"salle\"\n[roles]\nventes = [\"marketer\"]"
    );
    let settings = toml::from_str::<Settings>(&settings).unwrap().checked().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let provider = runtime
        .block_on(Provider::discover(&settings, Path::new("."), "http://127.0.0.1:8100/sign-in/directory"))
        .unwrap();
    Directory { runtime, provider, issuer, key: SigningKey::new(key) }
});

fn answer(mut stream: TcpStream, keys: &str, described: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut first, mut length) = (String::new(), 0u64);
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        if let Some(given) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = given.trim().parse().unwrap_or(0);
        }
    }
    reader.take(length).read_to_end(&mut Vec::new())?;
    let body = match first.split(' ').nth(1) {
        Some("/token") => ANSWER.lock().unwrap().clone(),
        Some("/keys") => keys.into(),
        _ => described.into(),
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}

/// After a `c`, the claims of a token that the directory signs; otherwise its whole answer, in which nothing is signed.
pub fn sign_in(bytes: &[u8]) {
    let directory = &*DIRECTORY;
    let (url, begun) = directory.provider.begin();
    let claims = bytes.strip_prefix(b"c").and_then(|rest| serde_json::from_slice::<Map<String, Value>>(rest).ok());
    let claims = claims.map(|claims| whole(claims, &directory.issuer, &url));
    *ANSWER.lock().unwrap() = match &claims {
        Some(claims) => {
            let token = signed(&directory.key, claims);
            json!({"access_token": "a", "token_type": "bearer", "id_token": token}).to_string().into_bytes()
        }
        None => bytes.to_vec(),
    };
    let state = begun.state.clone();
    let Ok(arrived) = directory.runtime.block_on(directory.provider.finish(begun, &state, "code")) else { return };
    let claims = claims.expect("only a signed token lets anybody in");
    assert_eq!(claims["email_verified"], true, "{claims:?}");
    assert_eq!(claims["email"], arrived.email.as_str());
    assert_eq!(claims["sub"], arrived.subject.as_str());
    assert_eq!(claims["iss"], directory.issuer.as_str());
    assert!(claims["aud"] == "salle" || claims["aud"] == json!(["salle"]), "{claims:?}");
}

/// The claims, with what a right token has where they say nothing of it.
fn whole(mut claims: Map<String, Value>, issuer: &str, url: &str) -> Map<String, Value> {
    let now = jiff::Timestamp::now().as_second();
    let url = url::Url::parse(url).unwrap();
    let nonce = url.query_pairs().find(|(name, _)| name == "nonce").unwrap().1.into_owned();
    let right = json!({"iss": issuer, "aud": "salle", "sub": "ana", "iat": now, "exp": now + 60, "nonce": nonce});
    for (name, value) in right.as_object().unwrap() {
        claims.entry(name.clone()).or_insert_with(|| value.clone());
    }
    claims
}

fn signed(key: &SigningKey<Sha256>, claims: &Map<String, Value>) -> String {
    let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"essai"}"#);
    let said = format!("{head}.{}", URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).unwrap()));
    format!("{said}.{}", URL_SAFE_NO_PAD.encode(key.sign(said.as_bytes()).to_bytes()))
}
