//! What was dropped or treated while a dataset was read.

use serde::{Deserialize, Serialize};

/// What was done about something in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// A post that came twice with the same id and content counts once.
    DuplicatePost,
    /// A post whose id came before with another content: the first one counts.
    IdReused,
    /// A post that passes on or answers itself: taken as an ordinary post.
    SelfReference,
    /// An empty link, hashtag or picture: left out.
    EmptyObject,
    /// A post dated after the end of the dataset: left out.
    InTheFuture,
    /// Posts did not come in the order of time: sorted.
    OutOfOrder,
    /// Most times are whole minutes: synchrony below a minute cannot be seen.
    WholeMinutes,
    /// An account without a profile: only its id is known.
    NoProfile,
    /// A follow of oneself: left out.
    SelfFollow,
    /// A follow that came twice: the earliest counts.
    DuplicateFollow,
    /// A profile that came twice: the last one counts.
    DuplicateProfile,
}

/// One treatment with how often it was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What was done.
    pub treatment: Treatment,
    /// How often.
    pub count: u64,
    /// The first thing that it was applied to, such as the id of a post.
    pub first: String,
}

/// Every treatment that was applied, in the order of [`Treatment`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes(Vec<Note>);

impl Notes {
    /// Counts one treatment of something.
    pub fn add(&mut self, treatment: Treatment, what: &str) {
        self.add_many(treatment, 1, what);
    }

    /// Counts several; none changes nothing.
    pub fn add_many(&mut self, treatment: Treatment, count: u64, first: &str) {
        if count == 0 {
            return;
        }
        match self.0.binary_search_by_key(&treatment, |note| note.treatment) {
            Ok(at) => self.0[at].count += count,
            Err(at) => self.0.insert(at, Note { treatment, count, first: first.to_owned() }),
        }
    }

    /// The treatments.
    #[must_use]
    pub fn all(&self) -> &[Note] {
        &self.0
    }

    /// How often a treatment was applied.
    #[must_use]
    pub fn count(&self, treatment: Treatment) -> u64 {
        self.0.iter().find(|note| note.treatment == treatment).map_or(0, |note| note.count)
    }
}
