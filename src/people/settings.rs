//! How the room treats sign-ins: the section `[people]` of `camerata.toml`.

use serde::Deserialize;
use std::{env, time::Duration};

/// How the room treats sign-ins.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Minutes after which a session that isn't used ends.
    session_idle_min: u32,
    /// Hours after which every session ends.
    session_hours: u32,
    /// Whether everybody needs two factors, and not officers and hosts alone.
    two_factors_for_all: bool,
    /// Where people reach the room, for the links in messages: `https://salle.example.ca`.
    public_url: String,
}

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
#[error("`{name}` {problem}")]
pub struct SettingsError {
    name: &'static str,
    problem: &'static str,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session_idle_min: 30,
            session_hours: 12,
            two_factors_for_all: false,
            public_url: "http://127.0.0.1:8100".to_owned(),
        }
    }
}

impl Settings {
    /// With what the environment says instead, checked.
    ///
    /// # Errors
    /// When a figure is no number or out of range, or the address can't be one.
    pub fn in_environment(mut self) -> Result<Self, SettingsError> {
        number("CAMERATA_SESSION_IDLE_MIN", &mut self.session_idle_min)?;
        number("CAMERATA_SESSION_HOURS", &mut self.session_hours)?;
        if let Ok(text) = env::var("CAMERATA_TWO_FACTORS_FOR_ALL") {
            let problem = SettingsError { name: "CAMERATA_TWO_FACTORS_FOR_ALL", problem: "is neither true nor false" };
            self.two_factors_for_all = text.parse().map_err(|_| problem)?;
        }
        if let Some(url) = env::var("CAMERATA_PUBLIC_URL").ok().filter(|url| !url.is_empty()) {
            self.public_url = url;
        }
        self.checked()
    }

    fn checked(self) -> Result<Self, SettingsError> {
        let refuse = |name, problem| Err(SettingsError { name, problem });
        if self.session_idle_min == 0 || u64::from(self.session_idle_min) > 24 * 60 {
            return refuse("session_idle_min", "must be from 1 to 1440 minutes");
        }
        if self.session_hours == 0 || self.session_hours > 168 {
            return refuse("session_hours", "must be from 1 to 168 hours");
        }
        let url = url::Url::parse(&self.public_url).ok();
        let sound = url.is_some_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.host().is_some()
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
        });
        if !sound {
            return refuse("public_url", "must be the room's address, as https://salle.example.ca");
        }
        Ok(Self { public_url: self.public_url.trim_end_matches('/').to_owned(), ..self })
    }

    /// How long a session lives that isn't used.
    pub fn session_idle(&self) -> Duration {
        Duration::from_secs(u64::from(self.session_idle_min) * 60)
    }

    /// How long any session lives.
    pub fn session_longest(&self) -> Duration {
        Duration::from_secs(u64::from(self.session_hours) * 3600)
    }

    /// Whether everybody needs two factors.
    pub fn two_factors_for_all(&self) -> bool {
        self.two_factors_for_all
    }

    /// The address of a page of the room.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// The room's address as browsers say where a page is from: without a path.
    pub(super) fn origin(&self) -> Option<url::Url> {
        let mut url = url::Url::parse(&self.public_url).ok()?;
        url.set_path("");
        Some(url)
    }

    /// The room's name among a person's accounts, in an application that makes codes: its host.
    pub(super) fn host(&self) -> String {
        let host = url::Url::parse(&self.public_url).ok().and_then(|url| url.host_str().map(str::to_owned));
        host.unwrap_or_else(|| "camerata".to_owned()).replace(':', "")
    }
}

fn number(name: &'static str, value: &mut u32) -> Result<(), SettingsError> {
    if let Ok(text) = env::var(name) {
        *value = text.parse().map_err(|_| SettingsError { name, problem: "must be a positive whole number" })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_can_t_be_meant_is_refused() {
        let read =
            |text: &str| toml::from_str::<Settings>(text).map_err(|_| ()).and_then(|s| s.checked().map_err(|_| ()));
        assert_eq!(read("").unwrap().session_idle(), Duration::from_secs(1800));
        assert_eq!(read("session_hours = 1").unwrap().session_longest(), Duration::from_secs(3600));
        assert_eq!(
            read("public_url = \"https://salle.ca/coop/\"").unwrap().link("/device"),
            "https://salle.ca/coop/device"
        );
        for bad in [
            "session_idle_min = 0",
            "session_hours = 1000",
            "public_url = \"salle\"",
            "public_url = \"javascript:x\"",
            "public_url = \"https://a:b@c.ca\"",
            "twofactors = true",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
