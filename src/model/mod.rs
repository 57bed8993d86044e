//! Names of things, shared value types, and the clock. Pure: no I/O but the clock's.

mod clock;
mod loss;
mod names;
mod text;
mod vocabulary;

pub use clock::{Clock, SystemClock};
pub use loss::{Delta, Loss, Rho};
pub use names::{AudienceName, AudienceRef, ColumnName, MemberName, NameError, PurposeName, TemplateName};
pub use text::{Language, Text};
pub use vocabulary::{Category, Column, ColumnKind, Vocabulary, VocabularyError};
