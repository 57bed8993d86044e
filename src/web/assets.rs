//! The files that pages use, in the program itself. Their addresses change with their content, so that a browser may keep them.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// A file.
struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static str,
}

macro_rules! assets {
    ($($name:literal: $kind:literal),* $(,)?) => {
        [$(Asset { name: $name, kind: $kind, content: include_str!(concat!("assets/", $name)) }),*]
    };
}

static ASSETS: LazyLock<Vec<(Asset, String)>> = LazyLock::new(|| {
    let files = assets! {
        "style.css": "text/css; charset=utf-8",
        "ask.js": "text/javascript; charset=utf-8",
        "editor.js": "text/javascript; charset=utf-8",
        "mark.svg": "image/svg+xml",
        "passkey.js": "text/javascript; charset=utf-8",
        "picture.js": "text/javascript; charset=utf-8",
        "promise.js": "text/javascript; charset=utf-8",
    };
    let named = files.into_iter().map(|file| {
        let hash = hex::encode(Sha256::digest(file.content));
        let address = format!("/assets/{}-{}", hash.get(..12).unwrap_or_default(), file.name);
        (file, address)
    });
    named.collect()
});

/// The address of a file; one that isn't there is an error in the log, which a test looks for.
pub(super) fn address(name: &str) -> String {
    let found = ASSETS.iter().find(|(file, _)| file.name == name);
    found.map_or_else(
        || {
            tracing::error!(name, "a page names a file that isn't there");
            String::new()
        },
        |(_, address)| address.clone(),
    )
}

/// Serves a file by its address.
pub(super) async fn show(Path(name): Path<String>) -> Response {
    let found = ASSETS.iter().find(|(_, address)| address.strip_prefix("/assets/") == Some(&name));
    let Some((file, _)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [(header::CONTENT_TYPE, file.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, file.content).into_response()
}
