//! The languages that statements are written in.

use serde::{Deserialize, Serialize};

/// A language that statements are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tongue {
    /// English.
    #[serde(rename = "en")]
    English,
    /// Arabic.
    #[serde(rename = "ar")]
    Arabic,
}

/// Which way lines run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left.
    RightToLeft,
}

/// The language that a person is written to in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The language.
    pub tongue: Tongue,
    /// The language of the person, where it is none of them and English stands in for it.
    pub instead_of: Option<String>,
}

impl Tongue {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Arabic];

    /// Its BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Arabic => "ar",
        }
    }

    /// The language of a tag such as `ar-EG`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|tongue| tongue.tag() == language)
    }

    /// Chooses the language for a person whose language has that tag, where it is known; English
    /// stands in for every other, and the statement says so.
    #[must_use]
    pub fn choose(tag: Option<&str>) -> Chosen {
        let Some(tag) = tag.filter(|tag| is_tag(tag)) else {
            return Chosen { tongue: Self::English, instead_of: None };
        };
        match Self::of_tag(tag) {
            Some(tongue) => Chosen { tongue, instead_of: None },
            None => Chosen { tongue: Self::English, instead_of: Some(tag.to_owned()) },
        }
    }

    /// Which way its lines run.
    #[must_use]
    pub fn direction(self) -> Direction {
        match self {
            Self::English => Direction::LeftToRight,
            Self::Arabic => Direction::RightToLeft,
        }
    }

    /// The one of two texts that is in this language.
    #[must_use]
    pub fn of<'a>(self, english: &'a str, arabic: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Arabic => arabic,
        }
    }
}

/// Services may write anything there; only what has the form of a tag is repeated to a person.
fn is_tag(tag: &str) -> bool {
    (2..=35).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
