//! Names of things, shared value types, and the clock. Pure: no I/O but the clock's.

pub mod answer;
mod bounds;
mod clock;
pub mod csv;
mod failpoint;
mod formula;
mod held;
mod loss;
mod names;
mod role;
mod shape;
mod text;
#[cfg(all(test, feature = "server"))]
pub(crate) mod torture;
pub mod typography;
mod vocabulary;
mod year;

pub use bounds::{Block, Bounds, CellSpace, Fraction, ROWS_A_PERSON_MAX};
pub use clock::{Clock, SystemClock};
pub use failpoint::{FAILPOINTS, failpoint};
pub use formula::{Formula, Linear};
pub use held::{ErasedFrom, ErasureOutcome, LeftOut, NotSearched, WhyNotSearched};
pub use loss::{Delta, Loss, Rho};
pub use names::{AudienceName, AudienceRef, ColumnName, MemberName, NameError, Named, PurposeName, TemplateName};
pub use role::{Officer, Role};
pub use shape::Shape;
pub use text::{Language, Text};
pub use vocabulary::{Category, Column, ColumnKind, Vocabulary, VocabularyError};
pub use year::YearLoss;
