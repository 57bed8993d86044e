//! Which letters a user wants. Those that guard an account always come.

use super::{OutgoingKind, People, PeopleError, Refusal, User};
use crate::{
    database::records::{Kind, Record},
    model::{Language, MemberName, Role},
    proof::What,
};
use serde::Serialize;
use sqlx::Row;
use std::collections::BTreeSet;

/// Who gets a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The user's number.
    pub id: i64,
    /// The address.
    pub email: String,
    /// The language.
    pub language: Language,
}

/// A kind of letter, as its reader sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LetterChoice {
    /// Its word.
    pub kind: OutgoingKind,
    /// Whether the reader gets it.
    pub on: bool,
    /// Whether the reader may turn it off.
    pub optional: bool,
}

impl People {
    /// The users of a member in a role who have an address and want letters of this kind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn readers(
        &self,
        member: &MemberName,
        role: Role,
        kind: OutgoingKind,
    ) -> Result<Vec<Reader>, PeopleError> {
        let rows = sqlx::query(
            r#"SELECT u.id, u.language, u.roles, COALESCE(u.email, d.email) AS address FROM users u
               LEFT JOIN directory_users d ON d."user" = u.id
               WHERE u.member = $1 AND u.ended IS NULL
               AND NOT EXISTS (SELECT 1 FROM letters_off o WHERE o."user" = u.id AND o.kind = $2) ORDER BY u.id"#,
        )
        .bind(member.as_str())
        .bind(kind.word())
        .fetch_all(self.database.pool())
        .await?;
        let mut readers = Vec::new();
        for row in rows {
            let email: Option<String> = row.try_get("address")?;
            if let Some(email) = email.filter(|email| !email.is_empty())
                && super::user::roles(&row)?.contains(&role)
            {
                readers.push(Reader { id: row.try_get("id")?, email, language: super::user::language(&row)? });
            }
        }
        Ok(readers)
    }

    /// The kinds of letters, and which of them a user gets.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn letters(&self, user: &User) -> Result<Vec<LetterChoice>, PeopleError> {
        let rows = sqlx::query(r#"SELECT kind FROM letters_off WHERE "user" = $1"#);
        let rows = rows.bind(user.id).fetch_all(self.database.pool()).await?;
        let off = rows.iter().map(|row| row.try_get("kind")).collect::<Result<BTreeSet<String>, _>>()?;
        let choice = |kind: OutgoingKind| {
            let optional = kind.is_optional();
            LetterChoice { kind, on: !optional || !off.contains(kind.word()), optional }
        };
        Ok(OutgoingKind::ALL.map(choice).to_vec())
    }

    /// Turns these kinds of letters off for a user, and all others on.
    ///
    /// # Errors
    /// When one of them always comes.
    pub async fn set_letters(&self, user: &User, off: &BTreeSet<OutgoingKind>) -> Result<(), PeopleError> {
        if !off.iter().all(|kind| kind.is_optional()) {
            return Err(Refusal::Letter.into());
        }
        let was: BTreeSet<_> =
            self.letters(user).await?.into_iter().filter(|choice| !choice.on).map(|choice| choice.kind).collect();
        if was == *off {
            return Ok(());
        }
        let mut writing = self.database.begin(&*self.clock).await?;
        let clear = sqlx::query(r#"DELETE FROM letters_off WHERE "user" = $1"#);
        clear.bind(user.id).execute(&mut *writing).await?;
        for kind in off {
            let insert = sqlx::query(r#"INSERT INTO letters_off ("user", kind) VALUES ($1, $2)"#);
            insert.bind(user.id).bind(kind.word()).execute(&mut *writing).await?;
        }
        let words: Vec<&str> = off.iter().map(|kind| kind.word()).collect();
        let event = user.did(What::LettersChosen).with("off", words.join(" "));
        writing.note(event, [Record::new(Kind::LettersOff, user.id)]);
        Ok(writing.commit().await?)
    }
}
