//! Rows of the four tables, and what takes them.

use crate::Error;
use study::dataset::{Builder, FollowRow, PostRow, ProfileRow, StudyAction};

/// An item: what a study sees of it, and what else its table has.
#[derive(Debug, Clone, Copy, Default)]
pub struct ItemRow<'a> {
    /// The service it is on.
    pub service: &'a str,
    /// What sort of thing it is, such as `post`.
    pub kind: &'a str,
    /// The conversation that it belongs to.
    pub thread: Option<&'a str>,
    /// What a study sees of it.
    pub post: PostRow<'a>,
}

/// Something that was done to an account.
#[derive(Debug, Clone, Copy)]
pub struct ActionLine<'a> {
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// To whom.
    pub account: &'a str,
    /// What.
    pub action: StudyAction,
    /// The item that it was about.
    pub item: Option<&'a str>,
}

/// What takes the rows of a dataset: a study's builder, or the writers of a folder.
pub trait Rows {
    /// Takes an item.
    ///
    /// # Errors
    /// Where it cannot be kept, such as on a full disk.
    fn item(&mut self, row: &ItemRow<'_>) -> Result<(), Error>;
    /// Takes an account.
    ///
    /// # Errors
    /// As [`Rows::item`].
    fn account(&mut self, row: ProfileRow<'_>) -> Result<(), Error>;
    /// Takes a follow.
    ///
    /// # Errors
    /// As [`Rows::item`].
    fn follow(&mut self, row: &FollowRow<'_>) -> Result<(), Error>;
    /// Takes something that was done to an account.
    ///
    /// # Errors
    /// As [`Rows::item`].
    fn action(&mut self, row: &ActionLine<'_>) -> Result<(), Error>;
}

/// Items of every kind are posts of a study; which item an action was about is left out.
impl Rows for Builder {
    fn item(&mut self, row: &ItemRow<'_>) -> Result<(), Error> {
        self.post(&row.post);
        Ok(())
    }

    fn account(&mut self, row: ProfileRow<'_>) -> Result<(), Error> {
        self.profile(row);
        Ok(())
    }

    fn follow(&mut self, row: &FollowRow<'_>) -> Result<(), Error> {
        Self::follow(self, row);
        Ok(())
    }

    fn action(&mut self, row: &ActionLine<'_>) -> Result<(), Error> {
        Self::action(self, row.account, row.action, row.at_us);
        Ok(())
    }
}

/// The word for an action in files.
#[must_use]
pub fn action_word(action: StudyAction) -> &'static str {
    match action {
        StudyAction::Suspend => "suspend",
        StudyAction::Restore => "restore",
        StudyAction::Remove => "remove",
    }
}

/// The action of a word, if there is one.
#[must_use]
pub fn action_of(word: &str) -> Option<StudyAction> {
    let all = [StudyAction::Suspend, StudyAction::Restore, StudyAction::Remove];
    all.into_iter().find(|action| action_word(*action) == word)
}
