//! Names of things, shared value types, and the clock. Pure: no I/O but the clock's.

mod bounds;
mod clock;
mod failpoint;
mod loss;
mod names;
mod role;
mod shape;
mod text;
mod vocabulary;

pub use bounds::{Block, Bounds, Fraction};
pub use clock::{Clock, SystemClock};
pub use failpoint::{FAILPOINTS, failpoint};
pub use loss::{Delta, Loss, Rho};
pub use names::{AudienceName, AudienceRef, ColumnName, MemberName, NameError, PurposeName, TemplateName};
pub use role::Role;
pub use shape::Shape;
pub use text::{Language, Text};
pub use vocabulary::{Category, Column, ColumnKind, Vocabulary, VocabularyError};
