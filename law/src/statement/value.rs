//! The values of a statement that are no enumerations: each can only be valid.

use super::check::personal;
use super::list::code_of;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write as _};

/// Why a text is no value of a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {problem}; {remedy}")]
pub struct ValueProblem {
    /// What it should have been.
    pub what: &'static str,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

fn refuse<T>(what: &'static str, problem: String, remedy: &str) -> Result<T, ValueProblem> {
    Err(ValueProblem { what, problem, remedy: remedy.to_owned() })
}

/// A text that stands where everybody can read it, such as a clause of the terms or the name of a
/// law: at most `MOST` characters, and nothing that looks like a person's address, handle or page.
///
/// It comes from the settings of the service, never from what a reviewer writes on a case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicText<const MOST: usize>(String);

/// A public text of the usual length.
pub type ShortText = PublicText<500>;
/// A public text that explains.
pub type LongText = PublicText<2000>;

impl<const MOST: usize> PublicText<MOST> {
    /// Takes a text.
    ///
    /// # Errors
    /// Where it is empty, longer than `MOST` characters, or holds an `@`, a link or a control
    /// character.
    pub fn new(text: &str) -> Result<Self, ValueProblem> {
        let (what, text) = ("public text", text.trim());
        let chars = text.chars().count();
        if chars == 0 {
            return refuse(what, "it is empty".to_owned(), "say what readers should know");
        }
        if chars > MOST {
            let remedy = format!("shorten it to {MOST}");
            return refuse(what, format!("it has {chars} characters"), &remedy);
        }
        match personal(text) {
            Some((problem, remedy)) => refuse(what, format!("it {problem}"), &remedy),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MOST: usize> TryFrom<String> for PublicText<MOST> {
    type Error = ValueProblem;
    fn try_from(text: String) -> Result<Self, ValueProblem> {
        Self::new(&text)
    }
}

impl<const MOST: usize> From<PublicText<MOST>> for String {
    fn from(text: PublicText<MOST>) -> Self {
        text.0
    }
}

/// A state of the European Economic Area, by the database's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Territory(&'static str);

impl Territory {
    /// The list of the data that it comes from.
    pub const LIST: &'static str = "territorial_scope";

    /// Takes a code of two letters in any case; Greece may be `GR` or `EL`.
    ///
    /// # Errors
    /// Where it is no state of the Area.
    pub fn parse(code: &str) -> Result<Self, ValueProblem> {
        let code = match code.trim().to_ascii_uppercase() {
            code if code == "EL" => "GR".to_owned(),
            code => code,
        };
        match code_of(Self::LIST, &code) {
            Some(code) => Ok(Self(code)),
            None => refuse(
                "territory",
                format!("`{}` is no state of the Area", code.chars().take(16).collect::<String>()),
                "write a code such as DE or IE",
            ),
        }
    }

    /// Every state of the Area.
    pub fn all() -> impl Iterator<Item = Self> {
        super::list::words_of(Self::LIST).iter().map(|(code, _)| Self(code))
    }

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0
    }
}

/// A language that the database knows, by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ContentLanguage(&'static str);

impl ContentLanguage {
    /// The list of the data that it comes from.
    pub const LIST: &'static str = "content_language";

    /// The language of a BCP 47 tag such as `ar` or `ar-EG`; `None` where the database has no code
    /// for it.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next()?.to_ascii_uppercase();
        code_of(Self::LIST, &language).map(Self)
    }

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0
    }
}

/// The id of a statement in the database: unique for each platform, never used twice, and nothing
/// but a salted commitment, so that it leads to nobody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Puid(String);

impl Puid {
    const PREFIX: &'static str = "seawall-";

    /// Makes it of a commitment, which binds it to what the caller committed to.
    #[must_use]
    pub fn of_commitment(commitment: &[u8; 32]) -> Self {
        let mut text = String::from(Self::PREFIX);
        for byte in commitment {
            write!(text, "{byte:02x}").expect("writing to a string does not fail");
        }
        Self(text)
    }

    /// Takes one that was made before.
    ///
    /// # Errors
    /// Where it has another form.
    pub fn parse(text: &str) -> Result<Self, ValueProblem> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        match text.strip_prefix(Self::PREFIX) {
            Some(hex) if hex.len() == 64 && hex.bytes().all(is_hex) => Ok(Self(text.to_owned())),
            Some(_) | None => refuse(
                "puid",
                "it is none of Seawall's".to_owned(),
                "write `seawall-` and 64 hexadecimal digits",
            ),
        }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Puid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Puid {
    type Error = ValueProblem;
    fn try_from(text: String) -> Result<Self, ValueProblem> {
        Self::parse(&text)
    }
}

impl From<Puid> for String {
    fn from(puid: Puid) -> Self {
        puid.0
    }
}

/// The number of a product: 13 digits (GS1 EAN-13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductNumber(String);

impl ProductNumber {
    /// Takes 13 digits.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn parse(text: &str) -> Result<Self, ValueProblem> {
        if text.len() == 13 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        refuse("product", "it is no EAN-13".to_owned(), "write its 13 digits")
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
