//! Requests that two readers could take for different ones: to the room alone, and through proxies that use one connection for several
//! people. Whatever the reading, nobody gets an answer to what another smuggled in.

use super::{Wire, proxy::Proxy, wire::place};
use crate::support::*;

/// What would be answered if it were taken for a request: nothing else asks for this.
const SMUGGLED: &str = "GET /api/openapi.json HTTP/1.1\r\nHost: localhost\r\nX: ";

/// Requests whose end is not the same for every reader, each with the smuggled one within or after.
fn ambiguous() -> Vec<(&'static str, String)> {
    let post = "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\n";
    let inside = SMUGGLED.len();
    let chunk = format!("{inside:x}\r\n{SMUGGLED}\r\n0\r\n\r\n");
    let after = format!("0\r\n\r\n{SMUGGLED}");
    let (short, long) = (4, after.len());
    vec![
        ("CL.TE", format!("{post}Content-Length: {long}\r\nTransfer-Encoding: chunked\r\n\r\n{after}")),
        ("TE.CL", format!("{post}Transfer-Encoding: chunked\r\nContent-Length: {short}\r\n\r\n{chunk}")),
        (
            "TE.TE",
            format!(
                "{post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nContent-Length: {long}\r\n\r\n{after}"
            ),
        ),
        ("TE of a kind", format!("{post}Transfer-Encoding: xchunked\r\nContent-Length: {long}\r\n\r\n{after}")),
        ("TE with a blank", format!("{post}Transfer-Encoding : chunked\r\nContent-Length: {long}\r\n\r\n{after}")),
        ("TE with a tab", format!("{post}Transfer-Encoding:\tchunked\r\nContent-Length: {long}\r\n\r\n{after}")),
        (
            "TE in HTTP/1.0",
            format!(
                "POST /api/v1/session HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: {long}\r\n\r\n{after}"
            ),
        ),
        ("folded TE", format!("{post}Transfer-Encoding:\r\n chunked\r\nContent-Length: {long}\r\n\r\n{after}")),
        ("folded header", format!("{post}X: y\r\n Content-Length: 0\r\nContent-Length: {inside}\r\n\r\n{SMUGGLED}")),
        ("two lengths", format!("{post}Content-Length: 0\r\nContent-Length: {inside}\r\n\r\n{SMUGGLED}")),
        ("two lengths in one", format!("{post}Content-Length: 0, {inside}\r\n\r\n{SMUGGLED}")),
        ("signed length", format!("{post}Content-Length: +{inside}\r\n\r\n{SMUGGLED}")),
        ("hexadecimal length", format!("{post}Content-Length: 0x{inside:x}\r\n\r\n{SMUGGLED}")),
        ("endless length", format!("{post}Content-Length: 99999999999999999999999999\r\n\r\n{SMUGGLED}")),
        (
            "bare line ends",
            format!("POST /api/v1/session HTTP/1.1\nHost: localhost\nContent-Length: {inside}\n\n{SMUGGLED}"),
        ),
        ("bare line end in a value", format!("{post}X: y\nContent-Length: {inside}\r\n\r\n{SMUGGLED}")),
        ("bare return in a value", format!("{post}X: y\rContent-Length: {inside}\r\n\r\n{SMUGGLED}")),
        ("NUL in a value", format!("{post}X: y\0\r\nContent-Length: {inside}\r\n\r\n{SMUGGLED}")),
        (
            "chunk of no number",
            format!("{post}Transfer-Encoding: chunked\r\n\r\n{inside:x}g\r\n{SMUGGLED}\r\n0\r\n\r\n"),
        ),
        (
            "chunk without end",
            format!("{post}Transfer-Encoding: chunked\r\n\r\n1\r\n{{{inside:x}\r\n{SMUGGLED}\r\n0\r\n\r\n"),
        ),
        (
            "chunk ended by a bare line end",
            format!("{post}Transfer-Encoding: chunked\r\n\r\n2;\n\r\n{inside:x}\r\n{SMUGGLED}\r\n0\r\n\r\n"),
        ),
        ("endless chunk", format!("{post}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{SMUGGLED}")),
        ("no host", format!("POST /api/v1/session HTTP/1.1\r\nContent-Length: {inside}\r\n\r\n{SMUGGLED}")),
        ("two hosts", format!("{post}Host: evil.example\r\nContent-Length: {inside}\r\n\r\n{SMUGGLED}")),
        ("trailer", format!("{post}Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: {inside}\r\n\r\n{SMUGGLED}")),
        (
            "body of a GET",
            format!("GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: {inside}\r\n\r\n{SMUGGLED}"),
        ),
    ]
}

/// The room alone: whoever sends such a request gets at most one answer, and the connection ends with it.
#[test]
fn the_room_answers_an_ambiguous_request_once_at_most() {
    let served = Founded::new().serve_with(&[("CAMERATA_HEAD_S", "2"), ("CAMERATA_IDLE_S", "2")]);
    for (name, request) in ambiguous() {
        let mut wire = Wire::to(&served);
        // Complete, should it be taken for one.
        wire.send(format!("{request}y\r\n\r\n"));
        let heard = wire.hear_all();
        let smuggled = heard.iter().filter(|heard| heard.body.contains("openapi")).count();
        assert_eq!(smuggled, 0, "{name}: {heard:?}");
        assert!(
            heard.iter().all(|heard| (400..500).contains(&heard.status) || heard.body.contains("\"ok\"")),
            "{name}: {heard:?}"
        );
    }
    served.get("", "/health").ok();
}

/// Through a proxy: the next person, whose request goes over the same connection to the room, gets their own answer.
#[test]
fn nothing_is_smuggled_past_a_proxy() {
    let served = Founded::new().serve_with(&[
        ("CAMERATA_HEAD_S", "5"),
        ("CAMERATA_IDLE_S", "2"),
        ("CAMERATA_TRUSTED_PROXIES", "127.0.0.1/32"),
    ]);
    let room = place(&served.url);
    for (kind, proxy) in [("nginx", Proxy::nginx(room)), ("haproxy", Proxy::haproxy(room))] {
        assert_eq!(Wire::at(&proxy.place).get("/health").status, 200, "{kind}: {}", proxy.errors());
        for (name, request) in ambiguous() {
            let mut attacker = Wire::at(&proxy.place);
            attacker.send(&request);
            // While the attacker's connection is still open, and after.
            for turn in 0..3 {
                let mut victim = Wire::at(&proxy.place);
                let heard = victim.get("/health");
                assert_eq!(heard.status, 200, "{kind}, {name}: {heard:?}");
                assert!(heard.body.contains("\"ok\""), "{kind}, {name}: the victim got {heard:?}");
                if turn == 0 {
                    let mut attacked = Wire::at(&proxy.place);
                    std::mem::swap(&mut attacked, &mut attacker);
                    let _ = attacked.stream.shutdown(std::net::Shutdown::Write);
                    let heard = attacked.hear_all();
                    assert!(heard.iter().all(|heard| !heard.body.contains("openapi")), "{kind}, {name}: {heard:?}");
                }
            }
        }
    }
}
