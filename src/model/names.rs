//! Names of members, audiences, templates, purposes and columns: short, lower-case ASCII, safe as folder and SQL names.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Longest name, in bytes.
const NAME_BYTES_MAX: usize = 63;

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not a name by the rules of this module.
    #[error("`{0}` is not a name: use 1 to 63 of a-z, 0-9, - and _, starting with a letter or digit")]
    Malformed(String),
    /// Not `member/audience`.
    #[error("`{0}` is not an audience: write it as MEMBER/AUDIENCE")]
    NotAnAudience(String),
}

fn check(text: &str) -> Result<(), NameError> {
    let first = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let rest = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    if first && rest && text.len() <= NAME_BYTES_MAX {
        Ok(())
    } else {
        // Cut, so that a wrong file given as a name is not echoed whole.
        Err(NameError::Malformed(text.chars().take(80).collect()))
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $type {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                check(&text).map(|()| Self(text))
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> String {
                name.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A member of the co-operative: `billetterie`.
    MemberName
);
name!(
    /// An audience within its member: `acheteurs`.
    AudienceName
);
name!(
    /// An analysis template: `overlap`.
    TemplateName
);
name!(
    /// What a query is for: `planification`.
    PurposeName
);
name!(
    /// A column of the vocabulary: `genre`.
    ColumnName
);

/// An audience, by its owner and name; written `member/audience`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AudienceRef {
    /// The member that owns it.
    pub member: MemberName,
    /// Its name there.
    pub name: AudienceName,
}

impl FromStr for AudienceRef {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        let (member, name) =
            text.split_once('/').ok_or_else(|| NameError::NotAnAudience(text.chars().take(80).collect()))?;
        Ok(Self { member: member.parse()?, name: name.parse()? })
    }
}

impl TryFrom<String> for AudienceRef {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<AudienceRef> for String {
    fn from(audience: AudienceRef) -> String {
        audience.to_string()
    }
}

impl fmt::Display for AudienceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.member, self.name)
    }
}

/// The audiences given for one parameter: one, or several where the parameter stands for several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Named {
    /// `member/audience`.
    One(AudienceRef),
    /// Several.
    Several(Vec<AudienceRef>),
}

impl Named {
    /// All of them, in order.
    pub fn list(&self) -> &[AudienceRef] {
        match self {
            Self::One(audience) => std::slice::from_ref(audience),
            Self::Several(audiences) => audiences,
        }
    }

    /// The same and one more.
    pub fn and(self, another: AudienceRef) -> Self {
        let mut audiences = match self {
            Self::One(audience) => vec![audience],
            Self::Several(audiences) => audiences,
        };
        audiences.push(another);
        Self::Several(audiences)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_as_folders_and_sql() {
        for bad in ["", "..", "a/b", "A", "é", "a b", "a'b", "-a", "_a", &"a".repeat(64)] {
            assert!(bad.parse::<MemberName>().is_err(), "{bad}");
        }
        assert!("theatre-du-nord_2".parse::<MemberName>().is_ok());
    }

    #[test]
    fn an_audience_is_written_member_slash_name() {
        let audience: AudienceRef = "festival/abonnes".parse().expect("well formed");
        assert_eq!(audience.to_string(), "festival/abonnes");
        assert!("festival".parse::<AudienceRef>().is_err());
        assert!("a/b/c".parse::<AudienceRef>().is_err());
    }
}
