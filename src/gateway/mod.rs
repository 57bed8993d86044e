//! The spine. [`ask`] is the way of a query, readable top to bottom; beside it what else crosses several modules.
//!
//! Promise: nothing else in the program admits, charges, tallies or releases.

mod answer;
mod ask;
#[cfg(test)]
mod attacks;
mod budget;
mod config;
mod consent;
mod founding;
mod locks;
mod outcome;
mod plan;
mod publish;
mod question;
mod room;
mod rules;

pub use answer::{Answer, Estimate, EstimatedAccount, EstimatedPart};
pub use ask::{AskError, answers, ask, estimate};
pub use budget::{BudgetLine, budget};
pub use config::{Config, ConfigError};
pub use consent::{TemplateAct, TemplateActError, act_on_templates};
pub use founding::{FoundError, found};
pub use outcome::{DerivedTold, KeyTitle, Outcome, Told};
pub use publish::{Act, PublishError, act};
pub use question::Request;
pub use room::{OpenRoomError, Room, RoomTurn, open_database};
pub use rules::{Rules, RulesError};
