//! What a study looks at: posts, accounts, follows and what was done to them.

mod builder;
mod notes;
mod posts;
mod rows;

pub use builder::Builder;
pub use notes::{Note, Notes, Treatment};
pub use posts::{NONE, Posts, Ragged};
pub use rows::{ActionRow, FollowRow, PostRow, ProfileRow, StudyAction};

use crate::Names;

/// Follows as columns, sorted by follower, then followed; each pair once.
#[derive(Debug, Clone, Default)]
pub struct Follows {
    /// Who follows, as a number of [`Dataset::accounts`].
    pub from: Vec<u32>,
    /// Who is followed.
    pub to: Vec<u32>,
    /// Since when, in microseconds since 1970; [`i64::MIN`] where it is not known.
    pub at_us: Vec<i64>,
}

/// What an account says of itself, and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// The name by which it is mentioned, without `@`.
    pub handle: String,
    /// The name that is shown.
    pub display_name: String,
    /// What it says of itself.
    pub bio: String,
    /// Its language as a BCP 47 tag; empty where it is not known.
    pub language: String,
    /// When it was made, in microseconds since 1970.
    pub created_at_us: Option<i64>,
    /// How many accounts follow it, as its service counts.
    pub followers: Option<u64>,
    /// How many accounts it follows, as its service counts.
    pub following: Option<u64>,
    /// The PDQ hash of its avatar.
    pub avatar_pdq: Option<[u8; 32]>,
    /// When it was suspended, if it was and is not restored.
    pub suspended_at_us: Option<i64>,
    /// Why it is set apart from findings about members, in the operator's words, such as
    /// `newsroom` or `research`; empty where it is not.
    pub set_apart: String,
}

/// Everything that a study looks at. Accounts are numbers of [`Dataset::accounts`] throughout.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// The ids of the accounts, numbered.
    pub accounts: Names,
    /// What is known of each account, by number; none where only its id is known.
    pub profiles: Vec<Option<Profile>>,
    /// What was posted, in the order of time.
    pub posts: Posts,
    /// Who follows whom.
    pub follows: Follows,
    /// What was done to accounts and posts, in the order of time.
    pub actions: Vec<ActionRow>,
    /// What was dropped or treated while the dataset was read; belongs to every result.
    pub notes: Notes,
}

impl Dataset {
    /// The profile of an account, where it has one.
    #[must_use]
    pub fn profile(&self, account: u32) -> Option<&Profile> {
        self.profiles.get(account as usize)?.as_ref()
    }
}
