//! Chromium, driven by its own driver over WebDriver, with an authenticator that stands in for a device (WebAuthn, section 11). Debian's
//! packages `chromium` and `chromium-driver` must be there: a test that needs them and doesn't find them fails.

use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A browser of a test's own; it ends with it.
pub struct Browser {
    driver: Child,
    agent: ureq::Agent,
    session: String,
    profile: tempfile::TempDir,
}

impl Browser {
    pub fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is not installed: run `.ci/prepare test`, or `apt-get install chromium-driver`");
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().expect("chromedriver ended").unwrap();
            if let Some((_, port)) = line.rsplit_once("started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let config =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(120)));
        let agent: ureq::Agent = config.build().into();
        let mut browser = Self { driver, agent, session: format!("http://127.0.0.1:{port}/session"), profile };
        // Without a sandbox of its own where the tests run as root; it opens nothing but the room.
        let folder = format!("--user-data-dir={}", browser.profile.path().display());
        let arguments = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", folder.as_str()];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": {"args": arguments},
            "webauthn:virtualAuthenticators": true, "timeouts": {"script": 60_000, "pageLoad": 60_000},
        }}});
        let begun = browser.ask("", &wanted);
        browser.session = format!("{}/{}", browser.session, begun["sessionId"].as_str().unwrap());
        browser
    }

    /// A command of WebDriver, and what it gives.
    #[track_caller]
    fn ask(&self, path: &str, body: &Value) -> Value {
        let mut reply = self.agent.post(format!("{}{path}", self.session)).send_json(body).unwrap();
        let answer: Value = reply.body_mut().read_json().unwrap();
        assert!(reply.status().is_success(), "{path}: {}", answer["value"]);
        answer["value"].clone()
    }

    /// A device with a screen lock, that keeps passkeys and verifies whoever touches it.
    pub fn add_device(&self) -> String {
        let device = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true,
        });
        self.ask("/webauthn/authenticator", &device).as_str().unwrap().to_owned()
    }

    /// Whether the device verifies its person from here on: somebody else's finger.
    pub fn verify(&self, device: &str, verified: bool) {
        self.ask(&format!("/webauthn/authenticator/{device}/uv"), &json!({"isUserVerified": verified}));
    }

    pub fn open(&self, url: &str) {
        self.ask("/url", &json!({ "url": url }));
    }

    /// What a script promises, run in the page that is open; an error as its name.
    pub fn run(&self, script: &str, argument: &Value) -> Value {
        let script = format!(
            "const [given, done] = arguments; (async () => {{ {script} }})().then(done, error => done(error.name));"
        );
        self.ask("/execute/async", &json!({"script": script, "args": [argument]}))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends the browser with the session.
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
