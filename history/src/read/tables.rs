//! Accounts, follows and actions as lines of JSON.

use super::{Problem, Reader, Refused};
use crate::Table;
use crate::rows::{ActionLine, action_of};
use model::{Timestamp, limits};
use serde::Deserialize;
use std::borrow::Cow;
use study::dataset::{FollowRow, Profile, ProfileRow};

/// A text that is borrowed from the line where it has no escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'a> Text<'a> {
    pub(super) fn owned(text: String) -> Self {
        Self(Cow::Owned(text))
    }

    /// In lower case, for texts of ASCII.
    pub(super) fn lower(self) -> Self {
        match self.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Self::owned(self.to_ascii_lowercase()),
            false => self,
        }
    }

    /// The text; empty where there is none.
    pub(super) fn of<'t>(text: Option<&'t Text<'_>>) -> &'t str {
        text.map_or("", |text| &**text)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    handle: Option<String>,
    display_name: Option<String>,
    bio: Option<String>,
    language: Option<String>,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
    followers: Option<u64>,
    following: Option<u64>,
    #[serde(borrow)]
    avatar_pdq: Option<Text<'a>>,
    #[serde(borrow)]
    suspended_at: Option<Text<'a>>,
    set_apart: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Follow<'a> {
    #[serde(borrow)]
    from: Text<'a>,
    #[serde(borrow)]
    to: Text<'a>,
    #[serde(borrow)]
    at: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Action<'a> {
    #[serde(borrow)]
    at: Text<'a>,
    #[serde(borrow)]
    account: Text<'a>,
    #[serde(borrow)]
    action: Text<'a>,
    #[serde(borrow)]
    item: Option<Text<'a>>,
}

pub(super) fn read_account(reader: &mut Reader<'_>, line: &[u8]) -> Result<(), Refused> {
    let row: Account<'_> = parse(Table::Accounts, line)?;
    check_id("id", &row.id)?;
    let text = |column: &str, text: Option<String>, most: usize| {
        let text = text.unwrap_or_default();
        bound(column, &text, most).map(|()| text)
    };
    let profile = Profile {
        handle: text("handle", row.handle, limits::NAME_BYTES)?,
        display_name: text("display_name", row.display_name, limits::NAME_BYTES)?,
        bio: text("bio", row.bio, limits::BIO_BYTES)?,
        language: text("language", row.language, limits::NAME_BYTES)?,
        created_at_us: optional_time("created_at", row.created_at.as_ref())?,
        followers: row.followers,
        following: row.following,
        avatar_pdq: optional_pdq("avatar_pdq", row.avatar_pdq.as_deref())?,
        suspended_at_us: optional_time("suspended_at", row.suspended_at.as_ref())?,
        set_apart: text("set_apart", row.set_apart, limits::NAME_BYTES)?,
    };
    reader.room.take(1, 0, 0)?;
    Ok(reader.rows.account(ProfileRow { id: &row.id, profile })?)
}

pub(super) fn read_follow(reader: &mut Reader<'_>, line: &[u8]) -> Result<(), Refused> {
    let row: Follow<'_> = parse(Table::Follows, line)?;
    check_id("from", &row.from)?;
    check_id("to", &row.to)?;
    let at_us = optional_time("at", row.at.as_ref())?;
    reader.room.take(2, 0, 0)?;
    Ok(reader.rows.follow(&FollowRow { from: &row.from, to: &row.to, at_us })?)
}

pub(super) fn read_action(reader: &mut Reader<'_>, line: &[u8]) -> Result<(), Refused> {
    let row: Action<'_> = parse(Table::Actions, line)?;
    check_id("account", &row.account)?;
    let item = row.item.as_deref();
    item.map(|item| check_id("item", item)).transpose()?;
    let line = ActionLine {
        at_us: time("at", &row.at)?,
        account: &row.account,
        action: action_word("action", &row.action)?,
        item,
    };
    reader.room.take(1, 0, 0)?;
    Ok(reader.rows.action(&line)?)
}

/// Reads a line of JSON; what is wrong is told with the columns of the table.
fn parse<'a, T: Deserialize<'a>>(table: Table, line: &'a [u8]) -> Result<T, Problem> {
    serde_json::from_slice(line).map_err(|error| {
        let at = format!("character {}", error.column());
        let what = match error.classify() {
            serde_json::error::Category::Data => {
                format!("{error}; the fields are {}", table.column_names())
            }
            _ => format!("not a JSON object on one line: {error}"),
        };
        Problem::new(at, what.replace(" at line 1 column", ", at character"))
    })
}

pub(super) fn check_id(column: &str, id: &str) -> Result<(), Problem> {
    let problem = if id.is_empty() {
        "an id must not be empty".to_owned()
    } else if id.len() > limits::ID_BYTES {
        format!("an id of {} bytes; at most {} are accepted", id.len(), limits::ID_BYTES)
    } else if id.chars().any(char::is_control) {
        "an id must not contain control characters".to_owned()
    } else {
        return Ok(());
    };
    Err(Problem::new(column, problem))
}

pub(super) fn bound(column: &str, text: &str, most: usize) -> Result<(), Problem> {
    if text.len() <= most {
        return Ok(());
    }
    let problem = format!("{} bytes; at most {most} are accepted", text.len());
    Err(Problem::new(column, problem))
}

pub(super) fn time(column: &str, text: &str) -> Result<i64, Problem> {
    let time = Timestamp::parse(text);
    time.map(Timestamp::micros).map_err(|problem| Problem::new(column, problem.to_string()))
}

pub(super) fn optional_time(column: &str, text: Option<&Text<'_>>) -> Result<Option<i64>, Problem> {
    text.map(|text| time(column, text)).transpose()
}

pub(super) fn optional_pdq(column: &str, text: Option<&str>) -> Result<Option<[u8; 32]>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let mut hash = [0; 32];
    match hex::decode_to_slice(text, &mut hash) {
        Ok(()) => Ok(Some(hash)),
        Err(_) => Err(Problem::new(column, "not a PDQ hash: write 64 hexadecimal digits")),
    }
}

pub(super) fn action_word(
    column: &str,
    word: &str,
) -> Result<study::dataset::StudyAction, Problem> {
    action_of(word).ok_or_else(|| {
        let given = word.chars().take(32).collect::<String>();
        let problem = format!("`{given}` is no action: write suspend, restore or remove");
        Problem::new(column, problem)
    })
}
