//! Signing in a program without typing a secret into it: it shows a short code, its person approves that in the browser, and the
//! program is given a token (after RFC 8628).

use super::{Grant, Issued, People, PeopleError, Refusal, User, secret, text, tokens};
use crate::database::Passing;
use serde::Serialize;
use sqlx::Row;

/// How long a code is good, in minutes.
pub const DEVICE_MINUTES: i64 = 10;
/// Seconds between two questions of the same program.
const INTERVAL_S: i64 = 5;
/// Requests that may wait at once.
const REQUESTS_MAX: i64 = 1_000;

/// What a program is given that wants to be signed in.
#[derive(Debug, Clone, Serialize)]
pub struct DeviceCode {
    /// The program's own secret.
    pub device_code: String,
    /// What it shows to its person.
    pub user_code: String,
    /// Where that is to be typed.
    pub verification_uri: String,
    /// Seconds for which both are good.
    pub expires_in: i64,
    /// Seconds to wait between two questions.
    pub interval: i64,
}

/// What the program is told when it asks.
#[derive(Debug, Clone)]
pub enum DevicePoll {
    /// Nobody has approved it yet.
    Pending,
    /// It asks too often.
    SlowDown,
    /// It was refused, is too old, or isn't known.
    Gone,
    /// Its token.
    Token(Box<(Issued, User)>),
}

fn shown(code: &str) -> String {
    let (first, last) = code.split_at(code.len() / 2);
    format!("{first}-{last}")
}

impl People {
    fn code_key(&self, user_code: &str) -> Vec<u8> {
        self.vault.index("device code", &secret::bare(user_code))
    }

    /// Begins to sign a program in, which calls itself by this name.
    ///
    /// # Errors
    /// When too many wait, or the database fails.
    pub async fn begin_device(&self, name: &str) -> Result<DeviceCode, PeopleError> {
        let now = self.seconds();
        let old = Passing::DeviceRequests.statement("DELETE FROM device_requests WHERE expires < $1")?;
        old.bind(now).execute(self.database.pool()).await?;
        let row = sqlx::query("SELECT count(*) AS n FROM device_requests").fetch_one(self.database.pool()).await?;
        if row.try_get::<i64, _>("n")? >= REQUESTS_MAX {
            return Err(Refusal::Busy.into());
        }
        let (device, code) = (secret::new("")?, secret::typed()?);
        Passing::DeviceRequests
            .statement("INSERT INTO device_requests (hash, code, name, polled, expires) VALUES ($1, $2, $3, 0, $4)")?
            .bind(secret::hash(&device))
            .bind(self.code_key(&code))
            .bind(text::plain(name, 60))
            .bind(now + DEVICE_MINUTES * 60)
            .execute(self.database.pool())
            .await?;
        let verification_uri = self.settings.link("/device");
        let (user_code, expires_in) = (shown(&code), DEVICE_MINUTES * 60);
        Ok(DeviceCode { device_code: device, user_code, verification_uri, expires_in, interval: INTERVAL_S })
    }

    /// The name of the program that shows this code.
    ///
    /// # Errors
    /// When none does; or [`Refusal::Later`] after too many that none showed.
    pub async fn device(&self, user: &User, code: &str) -> Result<String, PeopleError> {
        // Counted, so that nobody comes upon somebody else's code by trying.
        let key = self.vault.index("device tries", &user.id.to_string());
        self.attempt(&key).await?;
        let row = sqlx::query("SELECT name, expires FROM device_requests WHERE code = $1 AND given IS NULL");
        let row = row.bind(self.code_key(code)).fetch_optional(self.database.pool()).await?.ok_or(Refusal::NotFound)?;
        if row.try_get::<i64, _>("expires")? < self.seconds() {
            return Err(Refusal::NotFound.into());
        }
        self.absolve(&key).await?;
        Ok(row.try_get("name")?)
    }

    /// Approves the program that shows this code: it will be given such a token of the user's.
    ///
    /// # Errors
    /// When none shows it, or the user can't give such a token.
    pub async fn approve_device(&self, user: &User, code: &str, grant: &Grant) -> Result<(), PeopleError> {
        self.device(user, code).await?;
        if !grant.roles.is_subset(&user.roles) {
            return Err(Refusal::Roles.into());
        }
        if !(1..=tokens::DAYS_MAX).contains(&grant.days) {
            return Err(Refusal::Days.into());
        }
        text::name(&grant.name)?;
        let given = serde_json::to_string(grant).map_err(|_| PeopleError::Corrupt)?;
        let approved = Passing::DeviceRequests
            .statement(r#"UPDATE device_requests SET "user" = $1, given = $2 WHERE code = $3 AND given IS NULL"#)?
            .bind(user.id)
            .bind(given)
            .bind(self.code_key(code))
            .execute(self.database.pool())
            .await?;
        if approved.rows_affected() == 1 { Ok(()) } else { Err(Refusal::NotFound.into()) }
    }

    /// Refuses the program that shows this code.
    ///
    /// # Errors
    /// When none shows it.
    pub async fn refuse_device(&self, user: &User, code: &str) -> Result<(), PeopleError> {
        self.device(user, code).await?;
        let refuse =
            Passing::DeviceRequests.statement("DELETE FROM device_requests WHERE code = $1 AND given IS NULL")?;
        refuse.bind(self.code_key(code)).execute(self.database.pool()).await?;
        Ok(())
    }

    /// What has come of a program's request; its token, once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn poll_device(&self, device: &str) -> Result<DevicePoll, PeopleError> {
        let hash = secret::hash(device);
        let row = sqlx::query(r#"SELECT "user", given, polled, expires FROM device_requests WHERE hash = $1"#);
        let row = row.bind(hash.as_slice()).fetch_optional(self.database.pool()).await?;
        let Some(row) = row else { return Ok(DevicePoll::Gone) };
        let now = self.seconds();
        if row.try_get::<i64, _>("expires")? < now {
            return Ok(DevicePoll::Gone);
        }
        let polled: i64 = row.try_get("polled")?;
        let asked = Passing::DeviceRequests.statement("UPDATE device_requests SET polled = $1 WHERE hash = $2")?;
        asked.bind(now).bind(hash.as_slice()).execute(self.database.pool()).await?;
        let Some(user) = row.try_get::<Option<i64>, _>("user")? else {
            return Ok(if now - polled < INTERVAL_S - 1 { DevicePoll::SlowDown } else { DevicePoll::Pending });
        };
        let grant: Grant =
            serde_json::from_str(&row.try_get::<String, _>("given")?).map_err(|_| PeopleError::Corrupt)?;
        // Who has left since, or lost a role, gives no token.
        let user = self.user(user).await?.filter(|user| grant.roles.is_subset(&user.roles));
        let mut writing = self.database.begin(&*self.clock).await?;
        let taken = Passing::DeviceRequests.statement("DELETE FROM device_requests WHERE hash = $1")?;
        let taken = taken.bind(hash.as_slice()).execute(&mut *writing).await?.rows_affected() == 1;
        let Some(user) = user.filter(|_| taken) else {
            writing.cancel().await?;
            return Ok(DevicePoll::Gone);
        };
        let issued = tokens::insert(&mut writing, &user, &grant, true).await?;
        writing.commit().await?;
        Ok(DevicePoll::Token(Box::new((issued, user))))
    }
}
