//! The files that pages use, in the program itself. Their addresses change with their content, so that a browser may keep them.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use std::{borrow::Cow, sync::LazyLock};

/// A file.
struct Asset {
    name: &'static str,
    kind: &'static str,
    content: Cow<'static, str>,
}

macro_rules! assets {
    ($($name:literal: $kind:literal),* $(,)?) => {
        vec![$(Asset { name: $name, kind: $kind, content: include_str!(concat!("assets/", $name)).into() }),*]
    };
}

/// The library that knows the world's phone numbers, with its licence; see `.ci/prepare`.
const PHONES: [&str; 2] = [
    include_str!("../../.vendor/web/libphonenumber-js.LICENSE"),
    include_str!("../../.vendor/web/libphonenumber-max.js"),
];

/// What hashes a list in the browser, each module after those that it imports.
const HASHING: &[&str] = &[
    include_str!("assets/hash/text.js"),
    include_str!("assets/hash/email.js"),
    include_str!("assets/hash/phone.js"),
    include_str!("assets/hash/header.js"),
    include_str!("assets/hash/records.js"),
    include_str!("assets/hash/archive.js"),
    include_str!("assets/hash/markup.js"),
    include_str!("assets/hash/workbook.js"),
    include_str!("assets/hash/source.js"),
    include_str!("assets/hash/row.js"),
    include_str!("assets/hash/worker.js"),
];

/// The page's part of it.
const UPLOADING: &[&str] =
    &[include_str!("assets/send.js"), include_str!("assets/list.js"), include_str!("assets/upload.js")];
const ERASING: &[&str] =
    &[include_str!("assets/send.js"), include_str!("assets/list.js"), include_str!("assets/erase.js")];

fn script(name: &'static str, content: String) -> Asset {
    Asset { name, kind: "text/javascript; charset=utf-8", content: content.into() }
}

/// Modules as one file: a worker whose browser is told to let it load nothing can't import.
fn bundled(modules: &[&str]) -> String {
    let lines = modules.iter().flat_map(|module| module.lines()).filter(|line| !line.starts_with("import "));
    lines.map(|line| line.strip_prefix("export ").unwrap_or(line)).fold(String::new(), |text, line| text + line + "\n")
}

/// The worker: the library, under its licence, then our own modules.
fn worker() -> String {
    let [licence, library] = PHONES;
    // Nobody is sent to the library's own sources on the way.
    let library =
        library.lines().filter(|line| !line.starts_with("//# sourceMappingURL")).collect::<Vec<_>>().join("\n");
    format!("/*! libphonenumber-js\n{licence}\n*/\n{library}\n{}", bundled(HASHING))
}

static ASSETS: LazyLock<Vec<(Asset, String)>> = LazyLock::new(|| {
    let mut files = assets! {
        "style.css": "text/css; charset=utf-8",
        "ask.js": "text/javascript; charset=utf-8",
        "editor.js": "text/javascript; charset=utf-8",
        "mark.svg": "image/svg+xml",
        "passkey.js": "text/javascript; charset=utf-8",
        "picture.js": "text/javascript; charset=utf-8",
        "promise.js": "text/javascript; charset=utf-8",
    };
    files.extend([
        script("hash-worker.js", worker()),
        script("upload.js", bundled(UPLOADING)),
        script("erase.js", bundled(ERASING)),
    ]);
    let named = files.into_iter().map(|file| {
        let hash = hex::encode(Sha256::digest(file.content.as_bytes()));
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
    (headers, file.content.as_ref()).into_response()
}
