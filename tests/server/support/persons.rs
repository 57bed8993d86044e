//! People who sign in: invited on the room's machine, and known to the room by a cookie.

use super::{CAMERATA, Founded, Reply, Served};
use serde_json::{Value, json};
use std::process::Command;

pub const PASSWORD: &str = "quatre violons sous la neige";
pub const OTHER: &str = "le hibou mange quatorze tulipes";

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub email: String,
    pub id: i64,
    /// `name=value` of the session's cookie.
    pub cookie: String,
    /// Codes that stand in for the second factor, where there is one.
    pub recovery_codes: Vec<String>,
    /// The secret of the second factor, where it was just set up.
    pub totp: Option<String>,
}

impl Founded {
    /// Invites somebody on the room's machine; what the link holds.
    pub fn invite(&self, member: &str, email: &str, roles: &[&str]) -> String {
        let mut command = Command::new(CAMERATA);
        command.args(["user", "invite", "--email", email, "--member", member, "--room"]).arg(self.room());
        for role in roles {
            command.args(["--role", role]);
        }
        let made = command.output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).unwrap().trim().rsplit('/').next().unwrap().to_owned()
    }
}

/// The code of a secret in Base32, now.
pub fn code(secret: &str) -> String {
    code_in(secret, 0)
}

/// The code of a secret in Base32, in so many seconds. The room takes that of the next 30 seconds, and none twice.
pub fn code_in(secret: &str, seconds: u64) -> String {
    let key = totp_rs::Secret::try_from_base32(secret).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    totp_rs::Builder::new().with_secret(key).build().unwrap().generate(now + seconds).to_string()
}

/// `name=value` of the cookie that an answer sets.
pub fn cookie(reply: &Reply) -> Option<String> {
    let set = reply.headers.get("set-cookie")?.to_str().unwrap();
    Some(set.split(';').next().unwrap().to_owned())
}

impl Served {
    /// Makes a user of a member, who is signed in.
    pub fn person(&self, member: &str, name: &str, roles: &[&str]) -> Person {
        let email = format!("{name}@{member}.ca");
        let secret = self.founded.invite(member, &email, roles);
        self.accept(&secret, &email, name)
    }

    /// Accepts an invitation, with a second factor if it needs one.
    pub fn accept(&self, secret: &str, email: &str, name: &str) -> Person {
        let body = json!({"secret": secret, "name": name, "password": PASSWORD, "language": "fr"});
        let mut reply = self.post("", "/api/v1/invitation/acceptance", &body);
        let mut answer = reply.clone().ok();
        let mut totp = None;
        if answer["state"] == "enrol" {
            let secret = answer["second_factor"]["secret"].as_str().unwrap().to_owned();
            let body = json!({"step": answer["step"], "code": code(&secret)});
            reply = self.post("", "/api/v1/session/second-factor", &body);
            answer = reply.clone().ok();
            totp = Some(secret);
        }
        Person { totp, ..self.signed_in(email, &reply, &answer) }
    }

    pub fn signed_in(&self, email: &str, reply: &Reply, answer: &Value) -> Person {
        assert_eq!(answer["state"], "signed-in", "{answer}");
        let codes = answer["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned());
        Person {
            email: email.to_owned(),
            id: answer["user"]["id"].as_i64().unwrap(),
            cookie: cookie(reply).unwrap(),
            recovery_codes: codes.collect(),
            totp: None,
        }
    }

    /// Signs somebody in again, by a recovery code if they have a second factor.
    pub fn sign_in(&self, person: &mut Person) -> Person {
        let body = json!({"email": person.email, "password": PASSWORD});
        let mut reply = self.post("", "/api/v1/session", &body);
        let mut answer = reply.clone().ok();
        if answer["state"] == "code" {
            let body = json!({"step": answer["step"], "recovery_code": person.recovery_codes.pop().unwrap()});
            reply = self.post("", "/api/v1/session/second-factor", &body);
            answer = reply.clone().ok();
        }
        self.signed_in(&person.email, &reply, &answer)
    }

    /// A request by a session, as a page of the room's own makes it.
    pub fn by(&self, person: &Person, method: &str, path: &str, body: &Value) -> Reply {
        let headers = [("cookie", person.cookie.as_str()), ("origin", self.url.as_str())];
        self.with_headers(method, path, &headers, body)
    }

    /// A request with these headers, and a body unless that is null.
    pub fn with_headers(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let mut headers = headers.to_vec();
        let body = if body.is_null() {
            Vec::new()
        } else {
            headers.push(("content-type", "application/json"));
            body.to_string().into_bytes()
        };
        self.call(method, "", path, &headers, &body).expect("the room answers")
    }

    /// Has an officer propose what opens the hall's list to the agents: the proposal's number.
    pub fn propose_opening(&self, officer: &str) -> i64 {
        let version = self.get(officer, "/api/v1/policy").ok()["version"].as_str().unwrap().to_owned();
        let mut files = self.get(officer, &format!("/api/v1/policy/versions/{version}")).ok()["files"].take();
        files["essai.cedar"] = "@id(\"essai\")\n@title_fr(\"Essai\")\n@title_en(\"Trial\")\npermit (principal in Member::\"agents\", action in \
            Action::\"compare\", resource == Audience::\"salle/abonnes\");\n"
            .into();
        files.as_object_mut().unwrap().remove("cases.toml");
        let made = self.post(officer, "/api/v1/policy/proposals", &json!({ "files": files, "why": "essai" })).ok();
        made["id"].as_i64().unwrap()
    }
}
