//! The spine. [`ask`] is the way of a query, readable top to bottom; beside it what else crosses several modules.
//!
//! Promise: nothing else in the program admits, charges, tallies or releases.

mod accept;
mod answer;
mod ask;
#[cfg(test)]
mod attacks;
pub mod backup;
mod budget;
mod check;
mod config;
mod consent;
mod damage;
mod derivation;
mod directories;
mod door;
mod entrance;
mod founding;
mod holdings;
mod journal;
mod letters;
mod locks;
mod open_room_error;
mod outcome;
mod outside;
mod pace;
mod plan;
mod publish;
mod question;
mod queue;
mod register;
pub mod restored;
mod room;
mod rotate;
mod rules;
mod run;

pub use accept::{AcceptError, Accepted, accept};
pub use answer::{Answer, Estimate, EstimatedAccount, EstimatedPart};
pub use ask::{AskError, answer, answers, ask, estimate};
pub use budget::{BudgetLine, Course, budget, course};
pub use check::PolicyCheck;
pub use config::{Config, ConfigError};
pub use consent::{AcceptedTemplate, TemplateAct, TemplateActError, act_on_templates, check_template};
pub use damage::Located;
pub use derivation::{Derivation, derive};
pub use directories::{Returned, TurnedAway, begin_sign_in, end_sign_in, link_account, with_directory};
pub use door::{DoorError, DoorSettings};
pub use entrance::{invite, known_by_session, known_by_token, open_people};
pub use founding::{FoundError, found};
pub use holdings::{Asked, AskedEnd, Happened, Happening, Holding, StoredVersion, happenings, holding};
pub use journal::{Journal, Sought, Verification, journal, verify_log};
pub use letters::Letters;
pub use open_room_error::OpenRoomError;
pub use outcome::{DerivedTold, KeyTitle, Outcome, Told};
pub use publish::{Act, PublishError, act, proposal, years};
pub use question::Request;
pub use register::{
    Register, RegisteredAudience, RegisteredMember, RegisteredQuestion, RegisteredTemplate, RegisteredVersion,
    register, template_title,
};
pub use room::{Room, RoomTurn, open_database};
pub use rotate::rotate;
pub use rules::{Rules, RulesError};
