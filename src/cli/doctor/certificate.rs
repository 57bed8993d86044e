//! How the room is reached: its address and its certificate.

use super::finding::{Finding, Level};
use crate::{gateway::Config, http::Door, model::Clock};
use std::{
    fs,
    net::{IpAddr, Ipv4Addr},
};
use x509_parser::{certificate::X509Certificate, extensions::GeneralName, pem::parse_x509_pem};

/// Days before its end at which a certificate should have been renewed.
const SOON_DAYS: i64 = 21;
const DAY_S: i64 = 86_400;

/// Where people reach the room.
pub fn public_url(config: &Config) -> Finding {
    let url = config.people().link("/");
    let host = host(&url);
    let is_here =
        matches!(host.as_str(), "localhost" | "[::1]") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let door = config.door();
    if !url.starts_with("https://") && is_here {
        return Finding::of(
            Level::Advice,
            "public-url",
            format!("public_url est {url} : personne d’ailleurs n’y vient."),
            format!("public_url is {url}: nobody comes there from elsewhere."),
        )
        .because("Les liens des courriels y mènent.", "The links in letters lead there.")
        .mend(
            "Donnez l’adresse https de la salle à public_url, sous [people].",
            "Give the room’s https address to public_url, under [people].",
        );
    }
    if !url.starts_with("https://") {
        return Finding::of(
            Level::Fault,
            "public-url",
            format!("public_url est {url} : sans chiffrement."),
            format!("public_url is {url}: without encryption."),
        )
        .because("Les mots de passe et les jetons passeraient en clair.", "Passwords and tokens would go in plain.")
        .mend(
            "Donnez une adresse https à public_url, sous [people].",
            "Give an https address to public_url, under [people].",
        );
    }
    if door.tls().is_none() && !door.has_proxies() {
        return Finding::of(
            Level::Warning,
            "public-url",
            format!("public_url est {url}, et la salle n’a ni certificat ni mandataire de confiance."),
            format!("public_url is {url}, and the room has neither a certificate nor a trusted proxy."),
        )
        .because(
            "Tous ceux qui viennent par un mandataire partagent les limites d’une seule adresse.",
            "All who come through a proxy share the limits of one address.",
        )
        .mend(
            "Nommez le mandataire : trusted_proxies, sous [door].",
            "Name the proxy: trusted_proxies, under [door].",
        );
    }
    Finding::good("public-url", format!("public_url est {url}."), format!("public_url is {url}."))
}

fn host(url: &str) -> String {
    let url = url::Url::parse(url).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// The certificate, where the room has one.
pub fn examine(config: &Config, clock: &dyn Clock) -> Vec<Finding> {
    let door = config.door();
    let Some((file, _)) = door.tls().map(|(certificate, key)| (certificate.to_owned(), key.to_owned())) else {
        return Vec::new();
    };
    let mend = (
        "Donnez une paire qui va ensemble : tls_certificate, tls_key.",
        "Give a pair that goes together: tls_certificate, tls_key.",
    );
    // As the room itself reads it.
    if let Err(error) = Door::new(door, IpAddr::V4(Ipv4Addr::LOCALHOST)) {
        return vec![
            Finding::of(
                Level::Fault,
                "certificate",
                "Le certificat TLS et sa clé ne vont pas.",
                format!("The TLS certificate and its key can’t be used: {error}."),
            )
            .because("La salle ne s’ouvre pas.", "The room doesn’t open.")
            .mend(mend.0, mend.1),
        ];
    }
    let bytes = fs::read(&file).unwrap_or_default();
    let parsed = parse_x509_pem(&bytes).ok();
    let certificate = parsed.as_ref().and_then(|(_, pem)| pem.parse_x509().ok());
    let Some(certificate) = certificate else {
        return vec![Finding::of(
            Level::Warning,
            "certificate",
            format!("{} ne se lit pas comme un certificat.", file.display()),
            format!("{} can’t be read as a certificate.", file.display()),
        )];
    };
    let mut findings = vec![validity(&certificate, clock)];
    findings.extend(named(&certificate, &host(&config.people().link("/"))));
    findings
}

fn validity(certificate: &X509Certificate<'_>, clock: &dyn Clock) -> Finding {
    let now = clock.now().as_second();
    let validity = certificate.validity();
    let (from, until) = (validity.not_before.timestamp(), validity.not_after.timestamp());
    let days = until.saturating_sub(now).div_euclid(DAY_S);
    let renew =
        ("Renouvelez-le ; la salle prend le nouveau aussitôt.", "Renew it; the room takes the new one at once.");
    if now < from {
        return Finding::of(
            Level::Fault,
            "certificate",
            "Le certificat TLS ne vaut pas encore.",
            "The TLS certificate is not valid yet.",
        )
        .because("Aucun navigateur ne l’accepte.", "No browser accepts it.")
        .mend("Vérifiez l’horloge, ou attendez son premier jour.", "Check the clock, or wait for its first day.");
    }
    if now > until {
        return Finding::of(
            Level::Fault,
            "certificate",
            "Le certificat TLS est expiré.",
            "The TLS certificate has expired.",
        )
        .because("Aucun navigateur ne l’accepte.", "No browser accepts it.")
        .mend(renew.0, renew.1);
    }
    if days < SOON_DAYS {
        return Finding::of(
            Level::Warning,
            "certificate",
            format!("Le certificat TLS expire dans {days} jours."),
            format!("The TLS certificate expires in {days} days."),
        )
        .because("Ce qui le renouvelle n’a pas encore réussi.", "Whatever renews it hasn’t managed to.")
        .mend(renew.0, renew.1);
    }
    Finding::good(
        "certificate",
        format!("Le certificat TLS vaut encore {days} jours."),
        format!("The TLS certificate is valid for {days} more days."),
    )
}

/// Whether it is for the address that people use.
fn named(certificate: &X509Certificate<'_>, host: &str) -> Option<Finding> {
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|extension| extension.value.general_names.as_slice()).unwrap_or_default();
    let is_named = names.iter().any(|name| match name {
        GeneralName::DNSName(name) => match name.strip_prefix("*.") {
            Some(domain) => host.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(domain)),
            None => name.eq_ignore_ascii_case(host),
        },
        GeneralName::IPAddress(bytes) => match host.trim_matches(['[', ']']).parse() {
            Ok(IpAddr::V4(ip)) => *bytes == ip.octets(),
            Ok(IpAddr::V6(ip)) => *bytes == ip.octets(),
            Err(_) => false,
        },
        _ => false,
    });
    (!is_named).then(|| {
        Finding::of(
            Level::Warning,
            "certificate",
            format!("Le certificat TLS n’est pas pour {host}."),
            format!("The TLS certificate is not for {host}."),
        )
        .because("Aucun navigateur ne l’accepte à cette adresse.", "No browser accepts it at this address.")
        .mend("Accordez public_url et le certificat.", "Make public_url and the certificate agree.")
    })
}
