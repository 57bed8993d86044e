//! Who is at the other end: what the connection says, and what a trusted proxy says of who is behind it.

use crate::gateway::DoorSettings;
use axum::http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer {
    pub(super) address: IpAddr,
    pub(super) tls: bool,
}

/// Who asks, as far as the network tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Client {
    /// The address nearest to the room that isn't a trusted proxy's.
    pub(super) address: IpAddr,
    /// Whether they reached the room, or the proxy before it, over TLS; where that is known.
    pub(super) over_tls: Option<bool>,
}

impl Client {
    /// Who asks; `None` where somebody who is no trusted proxy asks in plain over the network.
    pub(super) fn of(peer: Peer, headers: &HeaderMap, settings: &DoorSettings) -> Option<Self> {
        let address = peer.address.to_canonical();
        if !settings.is_trusted(address) {
            // A proxy on this machine that isn't trusted is nobody's word on TLS; the cookie then goes by the name that was asked for.
            let sound = peer.tls || address.is_loopback();
            return sound.then_some(Self { address, over_tls: peer.tls.then_some(true) });
        }
        let over_tls = match last(headers, "x-forwarded-proto") {
            Some(protocol) if protocol.eq_ignore_ascii_case("https") => Some(true),
            Some(protocol) if protocol.eq_ignore_ascii_case("http") => Some(false),
            _ => peer.tls.then_some(true),
        };
        Some(Self { address: behind(address, headers, settings), over_tls })
    }
}

/// The address nearest to the room that isn't a trusted proxy's: each proxy adds, at the right, whom it heard.
fn behind(proxy: IpAddr, headers: &HeaderMap, settings: &DoorSettings) -> IpAddr {
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().map(|value| value.to_str().unwrap_or_default()).collect();
    let mut nearest = proxy;
    for heard in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        // What isn't an address was made up further out: nobody beyond it is known.
        let Some(address) = address(heard.trim()) else { break };
        nearest = address;
        if !settings.is_trusted(address) {
            break;
        }
    }
    nearest
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.parse::<IpAddr>().ok();
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.or_else(bracketed).or_else(with_port).map(|address| address.to_canonical())
}

/// The last of the values of a header, in whatever lines they stand.
fn last<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(name).iter().next_back()?.to_str().ok()?.rsplit(',').next().map(str::trim)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn of(peer: &str, tls: bool, lines: &[(&'static str, &str)]) -> Option<(String, Option<bool>)> {
        let settings: DoorSettings =
            toml::from_str("trusted_proxies = [\"10.0.0.0/8\", \"127.0.0.1/32\", \"fd00::/8\"]").unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let peer = Peer { address: peer.parse().unwrap(), tls };
        Client::of(peer, &headers, &settings).map(|client| (client.address.to_string(), client.over_tls))
    }

    #[test]
    fn a_stranger_s_word_counts_nothing() {
        let told = [("x-forwarded-for", "192.0.2.7"), ("x-forwarded-proto", "https")];
        assert_eq!(of("198.51.100.1", true, &told), Some(("198.51.100.1".to_owned(), Some(true))));
        assert_eq!(of("198.51.100.1", false, &told), None, "in plain over the network");
        assert_eq!(of("::1", false, &told), Some(("::1".to_owned(), None)), "this machine, but no trusted proxy");
    }

    #[test]
    fn the_right_most_address_that_is_no_proxy_s_wins() {
        let addresses = |text: &str| of("10.0.0.1", false, &[("x-forwarded-for", text)]).unwrap().0;
        for (told, heard) in [
            ("192.0.2.7", "192.0.2.7"),
            ("203.0.113.9, 192.0.2.7", "192.0.2.7"),
            ("203.0.113.9, 192.0.2.7, 10.4.4.4", "192.0.2.7"),
            ("192.0.2.7, 10.9.9.9, fd00::3", "192.0.2.7"),
            ("192.0.2.7:4711", "192.0.2.7"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("192.0.2.7, unknown, 10.4.4.4", "10.4.4.4"),
            ("192.0.2.7,", "10.0.0.1"),
            ("", "10.0.0.1"),
            ("10.0.0.9", "10.0.0.9"),
        ] {
            assert_eq!(addresses(told), heard, "{told}");
        }
        let two = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "192.0.2.7, 10.0.0.3")];
        assert_eq!(of("127.0.0.1", false, &two).unwrap().0, "192.0.2.7");
        let two = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "10.0.0.3")];
        assert_eq!(of("127.0.0.1", false, &two).unwrap().0, "203.0.113.9", "the chain goes on in the line before");
    }

    #[test]
    fn the_nearest_proxy_says_whether_it_was_tls() {
        let tls = |lines: &[(&'static str, &str)]| of("127.0.0.1", false, lines).unwrap().1;
        assert_eq!(tls(&[("x-forwarded-proto", "https")]), Some(true));
        assert_eq!(tls(&[("x-forwarded-proto", "https, http")]), Some(false));
        assert_eq!(tls(&[("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")]), Some(false));
        assert_eq!(tls(&[("x-forwarded-proto", "gopher")]), None);
        assert_eq!(tls(&[]), None);
    }
}
