//! How the room is reached: the section `[door]` of `camerata.toml`. Figures have defaults for a co-operative of some dozen members on one
//! machine; each can be overridden by its variable in the environment.

use ipnet::IpNet;
use serde::Deserialize;
use std::{
    env,
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// How the room is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DoorSettings {
    /// The certificate with its chain, in PEM.
    tls_certificate: Option<PathBuf>,
    /// Its private key, in PEM.
    tls_key: Option<PathBuf>,
    /// The networks of the proxies whose word on who is behind them counts.
    trusted_proxies: Vec<IpNet>,
    /// Requests a minute of one account.
    requests_max: u32,
    /// Sign-ins, recoveries and invitations a minute from one address.
    signins_max: u32,
    /// Requests of uploads a minute of one account.
    uploads_max: u32,
    /// Questions and estimates a minute of one account.
    questions_max: u32,
    /// Requests for proofs of the log a minute of one account.
    proofs_max: u32,
    /// Connections in all.
    connections_max: u32,
    /// Connections from one address.
    connections_each_max: u32,
    /// Requests under way in all.
    running_max: u32,
    /// Requests under way from one address.
    running_each_max: u32,
    /// Longest wait for the whole head of a request, in seconds.
    head_s: u32,
    /// Longest wait for the next piece of a body or for a reader, in seconds.
    idle_s: u32,
    /// Longest work on a request that neither asks, uploads nor proposes, in seconds.
    request_s: u32,
    /// Longest wait for what is under way when the room is asked to stop, in seconds.
    stop_s: u32,
    /// Slowest that a client may send or read, in bytes a second.
    rate_min: u32,
}

impl Default for DoorSettings {
    fn default() -> Self {
        Self {
            tls_certificate: None,
            tls_key: None,
            trusted_proxies: Vec::new(),
            requests_max: 600,
            signins_max: 30,
            uploads_max: 600,
            questions_max: 120,
            proofs_max: 600,
            connections_max: 1_000,
            connections_each_max: 100,
            running_max: 256,
            running_each_max: 64,
            head_s: 10,
            idle_s: 30,
            request_s: 60,
            stop_s: 60,
            rate_min: 1_024,
        }
    }
}

/// Why the section can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// A figure is out of range.
    #[error("`{0}` must be from 1 to {1}")]
    Figure(&'static str, u32),
    /// A list of networks can't be read.
    #[error("CAMERATA_TRUSTED_PROXIES must be networks, as 10.0.0.0/8,::1/128")]
    Proxies,
    /// Everybody would be a proxy.
    #[error("`trusted_proxies` must not name every address: anybody could say that they are anybody")]
    Everybody,
    /// One of certificate and key is missing.
    #[error("`tls_certificate` and `tls_key` go together: give both or neither")]
    Half,
}

/// The key in the file, the variable that overrides it, the most it may be, and where it is kept.
type Figure = (&'static str, &'static str, u32, fn(&mut DoorSettings) -> &mut u32);

const FIGURES: [Figure; 14] = [
    ("requests_max", "CAMERATA_REQUESTS_MAX", 10_000_000, |door| &mut door.requests_max),
    ("signins_max", "CAMERATA_SIGNINS_MAX", 10_000_000, |door| &mut door.signins_max),
    ("uploads_max", "CAMERATA_UPLOADS_MAX", 10_000_000, |door| &mut door.uploads_max),
    ("questions_max", "CAMERATA_QUESTIONS_MAX", 10_000_000, |door| &mut door.questions_max),
    ("proofs_max", "CAMERATA_PROOFS_MAX", 10_000_000, |door| &mut door.proofs_max),
    ("connections_max", "CAMERATA_CONNECTIONS_MAX", 1_000_000, |door| &mut door.connections_max),
    ("connections_each_max", "CAMERATA_CONNECTIONS_EACH_MAX", 1_000_000, |door| &mut door.connections_each_max),
    ("running_max", "CAMERATA_RUNNING_MAX", 100_000, |door| &mut door.running_max),
    ("running_each_max", "CAMERATA_RUNNING_EACH_MAX", 100_000, |door| &mut door.running_each_max),
    ("head_s", "CAMERATA_HEAD_S", 600, |door| &mut door.head_s),
    ("idle_s", "CAMERATA_IDLE_S", 600, |door| &mut door.idle_s),
    ("request_s", "CAMERATA_REQUEST_S", 3_600, |door| &mut door.request_s),
    ("stop_s", "CAMERATA_STOP_S", 3_600, |door| &mut door.stop_s),
    ("rate_min", "CAMERATA_RATE_MIN", 1 << 30, |door| &mut door.rate_min),
];

impl DoorSettings {
    /// With what the environment says instead, checked; files are named from the room's folder.
    pub(super) fn in_environment(mut self, room: &Path) -> Result<Self, DoorError> {
        for (_, variable, most, figure) in FIGURES {
            if let Ok(text) = env::var(variable) {
                *figure(&mut self) = text.parse().map_err(|_| DoorError::Figure(variable, most))?;
            }
        }
        let set = |variable| env::var_os(variable).filter(|value| !value.is_empty());
        for (variable, file) in
            [("CAMERATA_TLS_CERTIFICATE", &mut self.tls_certificate), ("CAMERATA_TLS_KEY", &mut self.tls_key)]
        {
            *file = set(variable).map(PathBuf::from).or(file.take()).map(|file| room.join(file));
        }
        if let Some(text) = set("CAMERATA_TRUSTED_PROXIES") {
            let text = text.to_str().ok_or(DoorError::Proxies)?;
            let networks = text.split(',').map(|network| network.trim().parse().map_err(|_| DoorError::Proxies));
            self.trusted_proxies = networks.collect::<Result<_, _>>()?;
        }
        self.checked()
    }

    fn checked(mut self) -> Result<Self, DoorError> {
        for (key, _, most, figure) in FIGURES {
            if !(1..=most).contains(figure(&mut self)) {
                return Err(DoorError::Figure(key, most));
            }
        }
        if self.trusted_proxies.iter().any(|network| network.prefix_len() == 0) {
            return Err(DoorError::Everybody);
        }
        if self.tls_certificate.is_some() != self.tls_key.is_some() { Err(DoorError::Half) } else { Ok(self) }
    }

    /// The files of the certificate and its key, where the room speaks TLS itself.
    pub fn tls(&self) -> Option<(&Path, &Path)> {
        self.tls_certificate.as_deref().zip(self.tls_key.as_deref())
    }

    /// Whether somebody at this address is a proxy whose word counts.
    pub fn is_trusted(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted_proxies.iter().any(|network| network.contains(&address))
    }

    /// Whether there are any such proxies.
    pub fn has_proxies(&self) -> bool {
        !self.trusted_proxies.is_empty()
    }

    /// Requests a minute of one account.
    pub fn requests_max(&self) -> u32 {
        self.requests_max
    }

    /// Sign-ins, recoveries and invitations a minute from one address.
    pub fn signins_max(&self) -> u32 {
        self.signins_max
    }

    /// Requests of uploads a minute of one account.
    pub fn uploads_max(&self) -> u32 {
        self.uploads_max
    }

    /// Questions and estimates a minute of one account.
    pub fn questions_max(&self) -> u32 {
        self.questions_max
    }

    /// Requests for proofs of the log a minute of one account.
    pub fn proofs_max(&self) -> u32 {
        self.proofs_max
    }

    /// Connections in all, and from one address.
    pub fn connections(&self) -> (usize, usize) {
        (self.connections_max as usize, self.connections_each_max as usize)
    }

    /// Requests under way in all, and from one address.
    pub fn running(&self) -> (usize, usize) {
        (self.running_max as usize, self.running_each_max as usize)
    }

    /// Longest wait for the whole head of a request.
    pub fn head(&self) -> Duration {
        Duration::from_secs(u64::from(self.head_s))
    }

    /// Longest wait for the next piece of a body or for a reader, and the slowest of them in bytes a second.
    pub fn pace(&self) -> (Duration, u32) {
        (Duration::from_secs(u64::from(self.idle_s)), self.rate_min)
    }

    /// Longest work on a request that neither asks, uploads nor proposes.
    pub fn request(&self) -> Duration {
        Duration::from_secs(u64::from(self.request_s))
    }

    /// Longest wait for what is under way when the room is asked to stop.
    pub fn stop(&self) -> Duration {
        Duration::from_secs(u64::from(self.stop_s))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_can_t_be_meant_is_refused() {
        let read = |text: &str| {
            toml::from_str::<DoorSettings>(text).map_err(|_| ()).and_then(|door| door.checked().map_err(|_| ()))
        };
        assert_eq!(read("").unwrap().request(), Duration::from_secs(60));
        assert_eq!(read("head_s = 3").unwrap().head(), Duration::from_secs(3));
        for bad in [
            "head_s = 0",
            "idle_s = 601",
            "tls_certificate = \"a.pem\"",
            "tls_key = \"a.pem\"",
            "trusted_proxies = [\"proxy\"]",
            "trusted_proxies = [\"10.0.0.0/8\", \"0.0.0.0/0\"]",
            "trusted_proxies = [\"::/0\"]",
            "heads = 1",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn proxies_are_known_by_their_networks() {
        let door: DoorSettings = toml::from_str("trusted_proxies = [\"10.0.0.0/8\", \"fd00::/8\"]").unwrap();
        for (address, trusted) in
            [("10.9.8.7", true), ("::ffff:10.9.8.7", true), ("fd12::1", true), ("11.0.0.1", false), ("::1", false)]
        {
            assert_eq!(door.is_trusted(address.parse().unwrap()), trusted, "{address}");
        }
    }

    #[test]
    fn every_figure_is_one_of_its_own() {
        let mut door = DoorSettings::default();
        for (number, (_, _, _, figure)) in (1..).zip(FIGURES) {
            *figure(&mut door) = number;
        }
        let kept: Vec<u32> = FIGURES.iter().map(|(_, _, _, figure)| *figure(&mut door)).collect();
        assert_eq!(kept, (1..=14).collect::<Vec<u32>>());
    }
}
