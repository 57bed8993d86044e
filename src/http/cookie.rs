//! The cookie of a session.
//!
//! `__Host-`: the browser takes it only over TLS, from the room's own host, for all of its paths, and lets no sibling domain set or
//! overwrite it (RFC 6265bis, section 4.1.3.2). On plain http on this very machine no browser would keep that: there it has another name.

use axum::http::{Extensions, HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite, time::Duration};

const SECURE: &str = "__Host-camerata";
const PLAIN: &str = "camerata";

/// A sign-in under way at a member's directory.
const SECURE_DIRECTORY: &str = "__Host-camerata-directory";
const PLAIN_DIRECTORY: &str = "camerata-directory";

/// Whether the browser reached the room over TLS; put into a request's extensions by what knows: the listener, or the proxy that is
/// trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverTls(pub bool);

/// Whether a request came over TLS. Where nothing says so, plain http is believed of this machine's own addresses alone.
pub(super) fn is_secure(headers: &HeaderMap, extensions: &Extensions) -> bool {
    if let Some(OverTls(secure)) = extensions.get::<OverTls>() {
        return *secure;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = if host.starts_with('[') { host.split_inclusive(']').next() } else { host.split(':').next() };
    !matches!(name, Some("localhost" | "127.0.0.1" | "[::1]"))
}

/// The secret of the session that a request shows.
pub(super) fn session(headers: &HeaderMap, secure: bool) -> Option<String> {
    value(headers, if secure { SECURE } else { PLAIN })
}

/// The secret of the sign-in at a directory that a request shows.
pub(super) fn directory(headers: &HeaderMap, secure: bool) -> Option<String> {
    value(headers, if secure { SECURE_DIRECTORY } else { PLAIN_DIRECTORY })
}

/// What a request shows of this name, once.
pub(crate) fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = lines.flat_map(Cookie::split_parse).flatten().filter(|cookie| cookie.name() == name);
    // Of two of one name, one isn't ours.
    let first = found.next()?;
    found.next().is_none().then(|| first.value().to_owned())
}

/// The header that has the browser keep a session's secret for so many seconds; for none, forget it.
pub(crate) fn set(secret: &str, seconds: u64, secure: bool) -> Option<HeaderValue> {
    written(if secure { SECURE } else { PLAIN }, secret, seconds, secure)
}

/// The same for a sign-in at a directory. Lax: the directory's page sends the browser back here.
pub(super) fn set_directory(secret: &str, seconds: u64, secure: bool) -> Option<HeaderValue> {
    written(if secure { SECURE_DIRECTORY } else { PLAIN_DIRECTORY }, secret, seconds, secure)
}

/// A cookie of the room's own host, which no script reads.
pub(crate) fn written(name: &'static str, secret: &str, seconds: u64, secure: bool) -> Option<HeaderValue> {
    let cookie = Cookie::build((name, secret))
        .path("/")
        .secure(secure)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(i64::try_from(seconds).unwrap_or(0)));
    HeaderValue::from_str(&cookie.to_string()).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_cookie_is_the_host_s_alone_and_no_script_s() {
        assert_eq!(
            set("abc", 60, true).unwrap(),
            "__Host-camerata=abc; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60"
        );
        assert_eq!(set("abc", 60, false).unwrap(), "camerata=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
        assert!(set("", 0, true).unwrap().to_str().unwrap().contains("Max-Age=0"));
    }

    #[test]
    fn it_is_read_by_its_own_name_once() {
        let read = |cookies: &str, secure| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookies.parse().unwrap());
            session(&headers, secure)
        };
        assert_eq!(read("a=b; __Host-camerata=x; camerata=y", true), Some("x".to_owned()));
        assert_eq!(read("a=b; __Host-camerata=x; camerata=y", false), Some("y".to_owned()));
        assert_eq!(read("camerata=y", true), None, "what plain http could have set counts nothing over TLS");
        assert_eq!(read("__Host-camerata=x; __Host-camerata=y", true), None);
    }

    #[test]
    fn plain_http_is_this_machine_s() {
        let of = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            is_secure(&headers, &Extensions::new())
        };
        for local in ["localhost", "127.0.0.1:8100", "[::1]:8100"] {
            assert!(!of(local), "{local}");
        }
        for far in ["salle.example.ca", "localhost.evil.example", "127.0.0.1.evil.example:80", ""] {
            assert!(of(far), "{far}");
        }
    }
}
