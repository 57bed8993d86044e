//! Accounts, as people and attackers meet them over HTTP.

mod chromium;
mod classifier;
mod elsewhere;
mod enumeration;
mod guessing;
mod injection;
mod links;
mod passkeys;
mod programs;
mod stolen;

use super::support::*;
use camerata::{gateway::open_people, model::SystemClock, people::People};
use serde_json::{Value, json};
use std::sync::Arc;

/// What a secret of these tests' own is refused as.
const WRONG: (u16, &str) = (401, "sign-in-failed");

/// Something done to the room's users as whoever has the machine does it, while it is served.
fn on_the_machine<T>(served: &Served, run: impl AsyncFnOnce(&People) -> T) -> T {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let (people, _) = open_people(&served.room(), Arc::new(SystemClock)).await.unwrap();
        run(&people).await
    })
}

/// What the link of the newest letter to an address holds.
fn link_to(served: &Served, email: &str) -> Option<String> {
    on_the_machine(served, async |people| {
        let waiting = people.waiting(1_000).await.unwrap();
        let newest = waiting.into_iter().rfind(|waiting| waiting.message.recipient == email)?;
        let link = newest.message.content["link"].as_str()?.to_owned();
        Some(link.rsplit('/').next().unwrap().to_owned())
    })
}

/// Asks for a link to set another password, and waits for it.
fn recovery_link(served: &Served, email: &str) -> String {
    let before = link_to(served, email);
    assert_eq!(served.post("", "/api/v1/recovery", &json!({ "email": email })).status, 202);
    for _ in 0..600 {
        match link_to(served, email) {
            link if link == before => std::thread::sleep(std::time::Duration::from_millis(50)),
            link => return link.unwrap(),
        }
    }
    panic!("no link for {email}")
}

fn try_password(served: &Served, email: &str, password: &str) -> Reply {
    served.post("", "/api/v1/session", &json!({"email": email, "password": password}))
}

/// Whether this cookie is somebody's.
fn is_known(served: &Served, cookie: &str) -> bool {
    let reply = served.with_headers("GET", "/api/v1/me", &[("cookie", cookie)], &Value::Null);
    if reply.status == 200 {
        return true;
    }
    reply.problem(401, "unauthorized");
    false
}

/// An answer as an attacker compares it: with its headers, and without what changes from one second to the next.
fn seen(reply: &Reply) -> String {
    let mut headers: Vec<String> = reply
        .headers
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let text = format!("{}\n{}\n{}", reply.status, headers.join("\n"), reply.body);
    if reply.status == 429 { text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect() } else { text }
}
