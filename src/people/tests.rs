//! The promises of this module, on SQLite and on PostgreSQL, with a clock that tests move.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod arriving;
mod coming;
mod leaving;
mod passkey_attacks;
mod passkeys;
mod posting;
mod trying;

use super::*;
use crate::{
    database::{Database, Place, on_both},
    model::{Language, MemberName, Role},
};
use arriving::*;
use coming::*;
use jiff::{SignedDuration, Timestamp};
use leaving::*;
use passkey_attacks::*;
use passkeys::*;
use posting::*;
use sqlx::Row;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};
use trying::*;

const PASSWORD: &str = "quatre violons sous la neige";
const OTHER: &str = "le hibou mange quatorze tulipes";

on_both!(
    a_room_s_people_come_in_one_after_the_other,
    an_invitation_is_good_once_and_for_72_hours,
    who_invites_learns_nothing_of_who_has_an_account,
    nobody_invites_to_what_isn_t_theirs_to_give,
    a_program_is_signed_in_by_the_code_that_it_shows,
    a_code_of_a_program_is_not_come_upon_by_trying,
    other_roles_and_leaving_take_effect_at_once,
    a_member_keeps_an_officer_and_the_room_a_host,
    sessions_end_by_time_by_their_user_and_by_another_password,
    a_token_is_for_a_time_for_some_roles_and_no_longer_than_its_user_has_them,
    a_lost_password_is_set_anew_by_a_link_of_an_hour,
    a_lost_second_factor_is_taken_away_by_who_may,
    a_code_is_taken_once_whatever_comes_at_once,
    a_recovery_code_is_taken_once,
    many_tries_at_once_are_no_more_than_one_after_the_other,
    an_unknown_address_is_held_as_a_known_one_is,
    a_step_of_a_sign_in_is_worth_nothing_after_it,
    a_code_is_not_come_upon_by_trying,
    a_passkey_stands_alone_for_two_factors,
    who_is_invited_may_take_a_passkey_in_place_of_a_password,
    the_last_means_of_signing_in_stays,
    a_password_is_given_up_where_a_passkey_stands_in_its_place,
    a_lost_passkey_is_taken_away_with_the_second_factor,
    a_signature_is_good_at_the_room_s_own_address_alone,
    a_challenge_is_answered_once_and_within_five_minutes,
    no_part_of_a_signature_can_be_changed,
    somebody_else_s_passkey_opens_and_proves_nothing,
    an_authenticator_that_counts_backwards_is_refused_and_told,
    a_room_that_is_reached_by_a_number_has_no_passkeys,
    many_challenges_push_out_the_oldest,
    a_message_is_claimed_by_one_of_many,
    a_message_is_tried_ever_later_and_dropped_when_it_is_too_old,
    whose_second_factor_is_another_is_told_by_letter,
    what_is_told_once_stays_known_and_holds_nothing,
    a_message_that_can_t_be_read_stands_in_nobody_s_way,
    who_turns_a_letter_off_gets_it_no_more,
    a_person_of_a_directory_is_one_user_for_good,
    what_a_directory_takes_away_is_gone_at_once,
    an_account_is_linked_by_its_user_alone,
    who_left_does_not_come_back_by_the_directory,
    a_sign_in_under_way_is_taken_once_within_ten_minutes,
    neither_the_log_nor_the_database_holds_a_secret,
);

/// A clock that tests move.
struct Moved(Mutex<Timestamp>);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

struct Kept {
    people: People,
    database: Database,
    clock: Arc<Moved>,
}

impl Kept {
    async fn new(place: Place) -> Self {
        Self::with(place, "").await
    }

    async fn with(place: Place, settings: &str) -> Self {
        let database = Database::open(&place).await.unwrap();
        let clock = Arc::new(Moved(Mutex::new("2026-11-24T09:00:00Z".parse().unwrap())));
        let settings = toml::from_str(settings).unwrap();
        let people = People::new(database.clone(), Arc::clone(&clock) as _, Vault::new(&[7; 32]), settings).unwrap();
        Self { people, database, clock }
    }

    fn later(&self, seconds: i64) {
        let mut now = self.clock.0.lock().unwrap();
        *now += SignedDuration::from_secs(seconds);
    }

    /// The link in the newest message to an address, if that has one.
    async fn link_to(&self, email: &str) -> Option<String> {
        let waiting = self.people.waiting(1_000).await.unwrap();
        let newest = waiting.into_iter().rfind(|waiting| waiting.message.recipient == email)?;
        let link = newest.message.content["link"].as_str()?.to_owned();
        Some(link.rsplit('/').next().unwrap().to_owned())
    }

    /// The code of a secret in Base32, now.
    fn code(&self, secret: &str) -> String {
        let key = totp_rs::Secret::try_from_base32(secret).unwrap();
        let totp = totp_rs::Builder::new().with_secret(key).build().unwrap();
        totp.generate(self.clock.now().as_second().unsigned_abs()).to_string()
    }

    /// Makes a user whom whoever has the machine invites; with the secret of their second factor, if their roles require one.
    async fn person(&self, member: &str, name: &str, roles: &[Role]) -> (User, Option<String>) {
        let invitation = invitation(member, &format!("{name}@exemple.ca"), roles);
        let (_, link) = self.people.invite(None, &invitation).await.unwrap();
        self.accept(link.unwrap().rsplit('/').next().unwrap(), name).await
    }

    async fn accept(&self, secret: &str, name: &str) -> (User, Option<String>) {
        let step = self.people.accept_invitation(secret, (name, Language::Fr, PASSWORD), "Firefox").await.unwrap();
        match step {
            Step::Done { session, .. } => (session.user, None),
            Step::Enrol(step, enrolment) => {
                let code = self.code(&enrolment.secret);
                let Step::Done { session, recovery_codes } =
                    self.people.second_factor(&step, Code::OneTime(&code)).await.unwrap()
                else {
                    panic!("the first code is taken")
                };
                assert_eq!(recovery_codes.len(), 10);
                self.later(30);
                (session.user, Some(enrolment.secret))
            }
            _ => panic!("neither done nor enrolling"),
        }
    }

    async fn sign_in(&self, name: &str, password: &str) -> Result<Step, PeopleError> {
        let email = format!("{name}@exemple.ca");
        self.people.sign_in(SignIn { email: &email, password, agent: "Firefox" }).await
    }

    /// A session of a person, with a second factor if they have one.
    async fn session(&self, name: &str, totp: Option<&str>) -> NewSession {
        let step = match (self.sign_in(name, PASSWORD).await.unwrap(), totp) {
            (Step::Code(step), Some(secret)) => {
                let code = self.code(secret);
                self.later(30);
                self.people.second_factor(&step, Code::OneTime(&code)).await.unwrap()
            }
            (step, _) => step,
        };
        let Step::Done { session, .. } = step else { panic!("{name} isn't signed in") };
        session
    }

    async fn known(&self, session: &NewSession) -> Option<User> {
        self.people.by_session(&session.secret).await.unwrap().map(|known| known.user)
    }

    async fn text(&self, sql: &'static str) -> Vec<String> {
        let rows = sqlx::query(sql).fetch_all(self.database.pool()).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(0)).collect()
    }
}

fn member(name: &str) -> MemberName {
    name.parse().unwrap()
}

fn invitation(member: &str, email: &str, roles: &[Role]) -> Invitation {
    let roles = roles.iter().copied().collect();
    Invitation { member: self::member(member), email: email.to_owned(), language: Language::Fr, roles }
}

fn grant(roles: &[Role], days: u16) -> Grant {
    Grant { name: "portable".into(), roles: roles.iter().copied().collect(), read_only: false, days }
}

/// What was refused.
#[track_caller]
fn refused<T>(result: Result<T, PeopleError>) -> Refusal {
    match result {
        Err(PeopleError::Refused(refusal)) => refusal,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("not refused"),
    }
}
