//! What every answer tells the browser.

use crate::http::OverTls;
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// What a browser may do with an answer of the API: nothing.
pub const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// What the room's pages may do: what they bring themselves, and nothing from elsewhere.
pub const PAGES_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Two years: the browser asks for the room over TLS alone.
const TRANSPORT: &str = "max-age=63072000";

/// Passkeys are asked for by the room's own pages; the rest of a device is no business of theirs.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

/// The same for every answer.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds them to an answer.
pub async fn add(request: Request, next: Next) -> Response {
    // Known further in, where the connection is looked at; told by the answer.
    let mut response = next.run(request).await;
    let over_tls = response.extensions().get::<OverTls>().is_some_and(|OverTls(over)| *over);
    put(response.headers_mut(), over_tls);
    response
}

fn put(headers: &mut HeaderMap, over_tls: bool) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let of_page = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().get(..9).is_some_and(|kind| kind.eq_ignore_ascii_case(b"text/html")));
    let policy = if of_page { PAGES_POLICY } else { API_POLICY };
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    // What is the same for everybody, as a style sheet, may say otherwise.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if over_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TRANSPORT));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_data_have_policies_of_their_own() {
        for (kind, policy) in [
            (Some("text/html; charset=utf-8"), PAGES_POLICY),
            (Some("Text/HTML"), PAGES_POLICY),
            (Some("application/json"), API_POLICY),
            (Some("text"), API_POLICY),
            (None, API_POLICY),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(kind) = kind {
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            }
            put(&mut headers, false);
            assert_eq!(headers[header::CONTENT_SECURITY_POLICY], policy, "{kind:?}");
            assert_eq!(headers[header::CACHE_CONTROL], "no-store");
            assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY), "plain http promises no TLS");
        }
    }
}
