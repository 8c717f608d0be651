//! One line of a dataset, before it is numbered and packed.

use serde::{Deserialize, Serialize};

/// A post, passed-on post or answer. Times are microseconds since 1970.
#[derive(Debug, Clone, Copy, Default)]
pub struct PostRow<'a> {
    /// Its id.
    pub id: &'a str,
    /// Who posted it.
    pub account: &'a str,
    /// When.
    pub at_us: i64,
    /// Its text; empty where it has none.
    pub text: &'a str,
    /// Its language as a BCP 47 tag; empty where it is not known.
    pub language: &'a str,
    /// The post that it passes on.
    pub repost_of: Option<&'a str>,
    /// The post that it answers.
    pub in_reply_to: Option<&'a str>,
    /// Its links.
    pub links: &'a [&'a str],
    /// Its hashtags without `#`.
    pub hashtags: &'a [&'a str],
    /// Its pictures, each named by its PDQ hash in hexadecimal, or else by its SHA-256.
    pub images: &'a [&'a str],
    /// The program that it was posted with; empty where it is not known.
    pub client: &'a str,
    /// When it was deleted, if it was.
    pub deleted_at_us: Option<i64>,
}

/// One account that follows another.
#[derive(Debug, Clone, Copy)]
pub struct FollowRow<'a> {
    /// Who follows.
    pub from: &'a str,
    /// Who is followed.
    pub to: &'a str,
    /// Since when, where it is known.
    pub at_us: Option<i64>,
}

/// An account with its profile.
#[derive(Debug, Clone)]
pub struct ProfileRow<'a> {
    /// Its id.
    pub id: &'a str,
    /// What is known of it.
    pub profile: super::Profile,
}

/// What was done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StudyAction {
    /// It was suspended.
    Suspend,
    /// It was given back.
    Restore,
    /// One of its posts was removed.
    Remove,
}

/// Something that was done to an account, which is a number of the dataset's accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionRow {
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// To whom.
    pub account: u32,
    /// What.
    pub action: StudyAction,
}
