//! A member's directory: a certified OpenID provider, until it is dropped.

use serde_json::Value;
use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The directory, with the files that it and the room share: whom it knows, and its secret.
pub struct Directory {
    child: Child,
    pub issuer: String,
    pub folder: tempfile::TempDir,
}

impl Directory {
    /// One that knows these people, and sends browsers back here.
    pub fn sending_to(redirect: &str, people: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("people.json"), people.to_string()).unwrap();
        fs::write(folder.path().join("secret"), "un-secret-du-repertoire\n").unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/support/directory.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .arg(folder.path().join("people.json"))
            .arg(redirect)
            .env("OIDC_PROVIDER_FOLDER", cache().join("node"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let port: u16 = port.trim().parse().expect("the directory starts: `.ci/prepare test` installs oidc-provider");
        Self { child, issuer: format!("http://127.0.0.1:{port}"), folder }
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where `.ci/prepare` keeps what the tests need and the project doesn't hold.
pub fn cache() -> PathBuf {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    cache.unwrap_or_else(|| PathBuf::from(env::var_os("HOME").unwrap()).join(".cache")).join("camerata")
}
