//! One-time codes by the clock (RFC 6238): six digits, steps of 30 seconds, one step early or late, each step once.

use super::{People, PeopleError, Refusal, secret};
use crate::database::Passing;
use qrcode::{QrCode, render::svg};
use serde::Serialize;
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

/// Bytes of a secret: as long as SHA-1's output (RFC 4226, section 4, R6).
pub(super) const SECRET_BYTES: usize = 20;

/// What a person's application needs to make codes. Shown once.
#[derive(Clone, Serialize)]
pub struct Enrolment {
    /// The secret in Base32, for typing.
    pub secret: String,
    /// `otpauth://totp/…`.
    pub uri: String,
    /// That address as a QR code: SVG, black on white.
    pub qr: String,
}

fn totp(key: &[u8], account: &str, issuer: &str) -> Result<Totp, PeopleError> {
    let builder = Builder::new().with_secret(key.to_vec()).with_account_name(account).with_issuer(Some(issuer));
    builder.build().map_err(|error| PeopleError::Hash(error.to_string()))
}

/// A new secret.
pub(super) fn new_secret() -> Result<Zeroizing<[u8; SECRET_BYTES]>, PeopleError> {
    Ok(Zeroizing::new(secret::random()?))
}

/// What is shown of a secret when it is set up.
pub(super) fn enrolment(key: &[u8], account: &str, issuer: &str) -> Result<Enrolment, PeopleError> {
    let unfit = |error: String| PeopleError::Hash(error);
    // A colon parts the issuer from the account in these addresses.
    let totp = totp(key, &account.replace(':', " "), issuer)?;
    let uri = totp.to_url().map_err(|error| unfit(error.to_string()))?;
    let qr = QrCode::new(&uri).map_err(|error| unfit(error.to_string()))?;
    let qr = qr.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    Ok(Enrolment { secret: totp.secret().to_base32(), uri, qr })
}

/// The step whose code this is, at this moment.
pub(super) fn step(key: &[u8], code: &str, seconds: i64) -> Result<Option<i64>, PeopleError> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).take(16).collect();
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let step = totp(key, "camerata", "camerata")?.check(&code, seconds.max(0).unsigned_abs());
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

impl People {
    /// Takes a code of a user's secret, if it is right and its step is after every one that was taken before.
    pub(super) async fn take_code(&self, user: i64, key: &[u8], code: &str) -> Result<(), PeopleError> {
        let step = step(key, code, self.seconds())?.ok_or(Refusal::WrongCode)?;
        // One statement: of two that bring the same code at once, one finds the step taken.
        let taken = Passing::TotpSteps
            .statement(
                r#"INSERT INTO totp_steps ("user", step) VALUES ($1, $2)
                   ON CONFLICT ("user") DO UPDATE SET step = excluded.step WHERE totp_steps.step < excluded.step"#,
            )?
            .bind(user)
            .bind(step)
            .execute(self.database.pool())
            .await?;
        if taken.rows_affected() == 1 { Ok(()) } else { Err(Refusal::WrongCode.into()) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// RFC 6238, appendix B, SHA-1: the last six of the eight digits.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let key = b"12345678901234567890";
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(step(key, code, seconds).unwrap(), Some(seconds / 30), "{seconds}");
            // One step early or late, and no further.
            for (away, found) in [(-60, seconds < 60), (-30, true), (30, true), (60, false)] {
                assert_eq!(step(key, code, seconds + away).unwrap().is_some(), found, "{seconds} {away}");
            }
        }
        for bad in ["", "28708", "2870822", "28708a", "２８７０８２"] {
            assert_eq!(step(key, bad, 59).unwrap(), None, "{bad}");
        }
        assert!(step(key, "287 082", 59).unwrap().is_some());
    }

    #[test]
    fn what_is_shown_says_who_and_where_and_nothing_runs_in_it() {
        let shown = enrolment(b"12345678901234567890", "Ana <script>:", "salle.example.ca").unwrap();
        assert_eq!(shown.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(
            shown.uri.starts_with("otpauth://totp/") && shown.uri.contains("issuer=salle.example.ca"),
            "{}",
            shown.uri
        );
        assert!(shown.qr.contains("<svg") && !shown.qr.contains("script"));
    }
}
