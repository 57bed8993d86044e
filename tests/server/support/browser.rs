//! A real browser: Chromium, driven over WebDriver.

use super::{CAMERATA, Founded, Person, Served, cache};
use fantoccini::{
    Client, ClientBuilder, Locator,
    wd::{Capabilities, WebDriverCompatibleCommand},
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// How long an element or page is waited for.
const PATIENCE: Duration = Duration::from_secs(40);

/// How a browser comes.
#[derive(Clone, Copy)]
pub struct Ways {
    /// What it asks for in `Accept-Language`.
    pub language: &'static str,
    /// Whether it runs scripts.
    pub scripts: bool,
    /// Whether it wants pages dark.
    pub dark: bool,
    /// Its width, in pixels.
    pub width: u32,
}

impl Ways {
    pub const FRENCH: Self = Self { language: "fr-CA", scripts: true, dark: false, width: 1280 };
    pub const ENGLISH: Self = Self { language: "en-CA", ..Self::FRENCH };
}

/// A browser with an empty profile.
pub struct Browser {
    runtime: Runtime,
    client: Option<Client>,
    driver: Child,
    _profile: tempfile::TempDir,
    pub ways: Ways,
}

/// A command of ChromeDriver's own, or of a standard that the client doesn't know.
#[derive(Debug)]
struct Extra(String, Value);

impl WebDriverCompatibleCommand for Extra {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap(), self.0))
    }

    fn method_and_body(&self, _: &url::Url) -> (ureq::http::Method, Option<String>) {
        (ureq::http::Method::POST, Some(self.1.to_string()))
    }
}

impl Browser {
    /// Starts Chromium.
    pub fn start(ways: Ways) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver: run `.ci/prepare test`");
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().expect("chromedriver says where it listens").unwrap();
            if let Some(port) = line.split("started successfully on port ").nth(1) {
                break port.trim_end_matches('.').to_owned();
            }
        };
        thread::spawn(move || lines.for_each(drop));
        let profile = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let capabilities = capabilities(ways, &profile.path().display().to_string());
        let client = runtime.block_on(async {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(capabilities).connect(&format!("http://127.0.0.1:{port}")).await.unwrap()
        });
        Self { runtime, client: Some(client), driver, _profile: profile, ways }
    }

    pub(super) fn client(&self) -> &Client {
        self.client.as_ref().unwrap()
    }

    pub(super) fn run<T>(&self, commands: impl Future<Output = T>) -> T {
        self.runtime.block_on(commands)
    }

    pub fn goto(&self, url: &str) {
        self.runtime.block_on(self.client().goto(url)).unwrap();
    }

    /// Opens the room at this address as somebody who is signed in already, in the browser's own language: the way in has tests of its
    /// own.
    pub fn come_in(&self, url: &str, person: &Person) {
        self.goto(&format!("{url}/sign-in"));
        let (session, language) =
            (person.cookie.split_once('=').unwrap(), ("camerata-language", &self.ways.language[..2]));
        for (name, value) in [session, language] {
            self.command("cookie", json!({"cookie": {"name": name, "value": value, "path": "/"}}));
        }
        self.goto(&format!("{url}/"));
    }

    /// The path of the page that is open.
    pub fn path(&self) -> String {
        self.runtime.block_on(self.client().current_url()).unwrap().path().to_owned()
    }

    /// Waits until something holds.
    #[track_caller]
    pub fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let since = Instant::now();
        while !holds() {
            assert!(since.elapsed() < PATIENCE, "{what}: not on {}\n{}\n{}", self.path(), self.text(), self.console());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// What stands on the page.
    pub fn text(&self) -> String {
        let body = async { self.client().find(Locator::Css("body")).await?.text().await };
        self.runtime.block_on(body).unwrap_or_default()
    }

    /// Waits until these words stand on the page.
    #[track_caller]
    pub fn sees(&self, words: &str) {
        self.until(words, || self.text().contains(words));
    }

    /// Whether an element is there.
    pub fn has(&self, css: &str) -> bool {
        self.runtime.block_on(self.client().find(Locator::Css(css))).is_ok()
    }

    /// The text of an element; waits for it.
    #[track_caller]
    pub fn text_of(&self, css: &str) -> String {
        self.until(css, || self.has(css));
        let read = async { self.client().find(Locator::Css(css)).await?.prop("textContent").await };
        self.runtime.block_on(read).unwrap().unwrap_or_default()
    }

    /// Types into a field, in place of what it held.
    #[track_caller]
    pub fn fill(&self, css: &str, text: &str) {
        self.until(css, || self.has(css));
        let typed = async {
            let field = self.client().find(Locator::Css(css)).await?;
            field.clear().await?;
            field.send_keys(text).await
        };
        self.runtime.block_on(typed).unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    #[track_caller]
    pub fn click(&self, css: &str) {
        self.until(css, || self.clicks(Locator::Css(css)));
    }

    /// Clicks an element, unless it isn't there yet, or a script has just put another in its place.
    fn clicks(&self, place: Locator<'_>) -> bool {
        self.runtime.block_on(async { self.client().find(place).await?.click().await }).is_ok()
    }

    /// Gives a file of this machine to a field.
    #[track_caller]
    pub fn attach(&self, css: &str, path: &Path) {
        self.until(css, || self.has(css));
        let given = async { self.client().find(Locator::Css(css)).await?.send_keys(&path.display().to_string()).await };
        self.runtime.block_on(given).unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Whether an element is there and shown.
    pub fn shows(&self, css: &str) -> bool {
        let shown = async { self.client().find(Locator::Css(css)).await?.is_displayed().await };
        self.runtime.block_on(shown).unwrap_or(false)
    }

    /// Clicks the first link or button with these words.
    #[track_caller]
    pub fn press(&self, words: &str) {
        let quoted = words.replace('\'', "’");
        let path = format!("//*[self::a or self::button or self::summary][contains(normalize-space(.), '{quoted}')]");
        self.until(words, || self.clicks(Locator::XPath(&path)));
    }

    /// What a script says, run by the driver and not by the page.
    pub fn script(&self, script: &str, arguments: &[Value]) -> Value {
        self.runtime.block_on(self.client().execute(script, arguments.to_vec())).unwrap()
    }

    /// The same, of a script that calls its last argument when it is done.
    pub fn script_later(&self, script: &str, arguments: &[Value]) -> Value {
        self.runtime.block_on(self.client().execute_async(script, arguments.to_vec())).unwrap()
    }

    /// A command that only this driver, or a later standard, knows.
    pub fn command(&self, path: &str, body: Value) -> Value {
        self.runtime.block_on(self.client().issue_cmd(Extra(path.to_owned(), body))).unwrap()
    }

    /// A device with a screen lock, that keeps passkeys and verifies whoever touches it (WebAuthn, section 11).
    pub fn add_device(&self) -> String {
        let device = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserVerified": true,
        });
        self.command("webauthn/authenticator", device).as_str().unwrap().to_owned()
    }

    /// Whether the device verifies its person from here on: somebody else's finger.
    pub fn verify(&self, device: &str, verified: bool) {
        let path = format!("webauthn/authenticator/{device}/uv");
        self.command(&path, json!({ "isUserVerified": verified }));
    }

    /// What the browser's console says.
    pub fn console(&self) -> String {
        self.command("se/log", json!({"type": "browser"})).to_string()
    }

    /// What axe finds wrong with the page for people who don't see it or don't use a mouse.
    #[track_caller]
    pub fn is_accessible(&self) {
        if !self.ways.scripts {
            // Where no script runs, axe doesn't either: the same pages are looked at by the browsers that run it.
            return;
        }
        let axe = fs::read_to_string(cache().join("node/node_modules/axe-core/axe.min.js"))
            .expect("axe-core: run `.ci/prepare test`");
        self.script(&axe, &[]);
        let found = self.script_later(
            "const done = arguments[0]; axe.run({resultTypes: ['violations']}).then(r => done(r.violations.map(v => [v.id, v.nodes.map(n => n.html + ' ' + n.failureSummary)])));",
            &[],
        );
        assert_eq!(found, json!([]), "{} ({})\n{found:#}", self.path(), self.ways.language);
    }

    /// Keeps a picture of the whole page under `CAMERATA_SCREENSHOTS`, if that is set.
    pub fn picture(&self, name: &str) {
        let Some(folder) = env::var_os("CAMERATA_SCREENSHOTS").map(PathBuf::from) else { return };
        let height = self.script("return document.documentElement.scrollHeight", &[]).as_f64().unwrap();
        let clip = json!({"x": 0, "y": 0, "width": self.ways.width, "height": height.min(6000.0), "scale": 1});
        let body = json!({"cmd": "Page.captureScreenshot", "params": {"captureBeyondViewport": true, "clip": clip}});
        let taken = self.command("goog/cdp/execute", body);
        let png = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, taken["data"].as_str().unwrap());
        let shade = if self.ways.dark { "-dark" } else { "" };
        let size = if self.ways.width < 600 { "-phone" } else { "" };
        fs::create_dir_all(&folder).unwrap();
        let language = &self.ways.language[..2];
        fs::write(folder.join(format!("{name}-{language}{shade}{size}.png")), png.unwrap()).unwrap();
    }
}

impl Founded {
    /// Serves the room at a port of its own, where its settings say that people reach it: at its name, which passkeys are bound to. Gives
    /// that address, too.
    pub fn serve_at_home(self: &Arc<Self>, port: u16) -> (Served, String) {
        let own = format!("http://localhost:{port}");
        let mut command = Command::new(CAMERATA);
        command.args(["serve", "--port", &port.to_string(), "--room"]).arg(self.room());
        command.env("CAMERATA_PUBLIC_URL", &own);
        (Served::start(self, command), own)
    }
}

/// A port that nobody listens on, for now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            let _ = self.runtime.block_on(client.close());
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn capabilities(ways: Ways, profile: &str) -> Capabilities {
    let mut arguments = vec![
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        format!("--lang={}", ways.language),
        format!("--user-data-dir={profile}"),
        format!("--window-size={},1100", ways.width),
    ];
    if ways.dark {
        arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
    }
    let mut preferences = json!({"intl.accept_languages": ways.language, "credentials_enable_service": false});
    if !ways.scripts {
        preferences["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    let mut options = json!({"args": arguments, "prefs": preferences});
    if ways.width < 600 {
        options["mobileEmulation"] =
            json!({"deviceMetrics": {"width": ways.width, "height": 840, "pixelRatio": 2.0, "touch": true}});
    }
    let wanted = json!({"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}});
    wanted.as_object().unwrap().clone()
}
