//! Words in both of the room's languages.

use serde::{Deserialize, Serialize};

/// A language the room speaks. French comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// French, the default.
    #[default]
    Fr,
    /// English.
    En,
}

impl Language {
    /// The language a tag such as `en_CA.UTF-8` or an `Accept-Language` header asks for first; French if neither is named.
    pub fn from_tag(tag: &str) -> Self {
        let wanted = tag.split(',').map(|part| part.trim().to_ascii_lowercase());
        for part in wanted {
            if part.starts_with("fr") {
                return Self::Fr;
            }
            if part.starts_with("en") {
                return Self::En;
            }
        }
        Self::Fr
    }

    /// `fr` or `en`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }
}

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

impl Text {
    /// A text from its two wordings.
    pub fn new(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { fr: fr.into(), en: en.into() }
    }

    /// The wording in one language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Fr => &self.fr,
            Language::En => &self.en,
        }
    }
}

impl<F: Into<String>, E: Into<String>> From<(F, E)> for Text {
    fn from((fr, en): (F, E)) -> Self {
        Self::new(fr, en)
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_first_known_language_wins() {
        assert_eq!(Language::from_tag("de, en-CA;q=0.8, fr"), Language::En);
        assert_eq!(Language::from_tag("fr_CA.UTF-8"), Language::Fr);
        assert_eq!(Language::from_tag("C"), Language::Fr);
    }
}
