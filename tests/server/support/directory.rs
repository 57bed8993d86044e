//! A member's directory: a real OpenID provider, and the browser that goes there and back.

pub use super::openid::Directory;
use super::{Founded, Reply, Served};
use serde_json::Value;
use std::{collections::BTreeMap, fs, sync::Arc};
use url::Url;

/// Where the room says that people reach it. The browser goes to where it is served instead.
const PUBLIC: &str = super::PUBLIC_URL;

impl Directory {
    pub fn start(people: &Value) -> Self {
        Self::start_for(people, PUBLIC)
    }

    /// Of a room that people reach at this address.
    pub fn start_for(people: &Value, public: &str) -> Self {
        Self::sending_to(&format!("{public}/api/v1/directory/callback"), people)
    }

    /// Whom it knows from now on.
    pub fn knows(&self, people: &Value) {
        fs::write(self.folder.path().join("people.json"), people.to_string()).unwrap();
    }

    /// The section of `camerata.toml`.
    pub fn section(&self, member: &str) -> String {
        let secret = self.folder.path().join("secret");
        format!(
            "[[directory]]\nmember = \"{member}\"\nissuer = \"{}\"\nclient_id = \"salle\"\nclient_secret_file = {:?}\n\
             [directory.roles]\nventes = [\"marketer\"]\nconformite = [\"officer\"]\ndonnees = [\"steward\"]\n",
            self.issuer, secret
        )
    }
}

impl Founded {
    /// Serves the room with these directories.
    pub fn serve_directories(self: &Arc<Self>, directories: &[(&Directory, &str)]) -> Served {
        let sections: Vec<String> = directories.iter().map(|(directory, member)| directory.section(member)).collect();
        fs::write(self.room().join("camerata.toml"), sections.join("\n")).unwrap();
        self.serve()
    }
}

/// A browser: its cookies, by where they are from.
#[derive(Default, Clone)]
pub struct Tab {
    pub cookies: BTreeMap<(String, String), String>,
}

impl Tab {
    /// One request, without following where it leads.
    pub fn get(&mut self, url: &Url) -> Reply {
        let origin = url.origin().ascii_serialization();
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        let here = self.cookies.iter().filter(|((from, _), _)| *from == origin);
        let cookie: Vec<String> = here.map(|((_, name), value)| format!("{name}={value}")).collect();
        let request = ureq::Agent::from(config).get(url.as_str()).header("cookie", cookie.join("; "));
        let mut answer = request.header("user-agent", "Firefox").call().unwrap();
        let headers = answer.headers().clone();
        self.keep(&origin, &headers);
        let body = answer.body_mut().read_to_string().unwrap_or_default();
        Reply { status: answer.status().as_u16(), bytes: body.clone().into_bytes(), body, headers }
    }

    pub fn keep(&mut self, origin: &str, headers: &ureq::http::HeaderMap) {
        for cookie in headers.get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert((origin.to_owned(), name.to_owned()), value.to_owned());
        }
    }

    /// Begins to sign in: where the room sends it.
    pub fn begin(&mut self, served: &Served, member: &str, next: &str) -> Url {
        let mut url = Url::parse(&served.url).unwrap().join(&format!("/api/v1/directory/{member}")).unwrap();
        url.query_pairs_mut().append_pair("next", next);
        let reply = self.get(&url);
        assert_eq!(reply.status, 302, "{}", reply.body);
        url.join(reply.headers["location"].to_str().unwrap()).unwrap()
    }

    /// Signs in at the directory as somebody: where it sends the browser back to, in the room that is served.
    pub fn at_directory(&mut self, served: &Served, mut url: Url, person: &str) -> Url {
        url.query_pairs_mut().append_pair("login_hint", person);
        for _ in 0..10 {
            if url.as_str().starts_with(PUBLIC) {
                let query = url.query().unwrap_or_default().to_owned();
                return Url::parse(&format!("{}{}?{query}", served.url, url.path())).unwrap();
            }
            let reply = self.get(&url);
            let location = reply.headers.get("location").unwrap_or_else(|| panic!("{url}: {}", reply.status));
            url = url.join(location.to_str().unwrap()).unwrap();
        }
        panic!("too many redirects");
    }

    /// Comes back to the room: where that sends it on.
    pub fn come_back(&mut self, url: &Url) -> String {
        let reply = self.get(url);
        assert_eq!(reply.status, 302, "{}", reply.body);
        reply.headers["location"].to_str().unwrap().to_owned()
    }

    /// All of it.
    pub fn sign_in(&mut self, served: &Served, member: &str, person: &str) -> String {
        let there = self.begin(served, member, "/budget");
        let back = self.at_directory(served, there, person);
        self.come_back(&back)
    }

    /// The cookie of the room's session, as a header.
    pub fn session(&self, served: &Served) -> String {
        let value = self.cookies.get(&(served.url.clone(), "camerata".to_owned()));
        format!("camerata={}", value.map_or("", String::as_str))
    }

    /// Who the room takes it for.
    pub fn me(&self, served: &Served) -> Reply {
        served.with_headers("GET", "/api/v1/me", &[("cookie", &self.session(served))], &Value::Null)
    }
}
