//! Posts as columns.

use crate::Names;

/// No number: the post passes nothing on, answers nothing, was not deleted.
pub const NONE: u32 = u32::MAX;

/// A list of numbers for each row, packed.
#[derive(Debug, Clone)]
pub struct Ragged {
    starts: Vec<u32>,
    values: Vec<u32>,
}

impl Default for Ragged {
    fn default() -> Self {
        Self { starts: vec![0], values: Vec::new() }
    }
}

impl Ragged {
    /// Adds the list of the next row.
    ///
    /// # Panics
    /// At the 4,294,967,296th value.
    pub fn push(&mut self, values: impl IntoIterator<Item = u32>) {
        self.values.extend(values);
        self.starts.push(u32::try_from(self.values.len()).expect("fewer than 2^32 values"));
    }

    /// The list of a row.
    ///
    /// # Panics
    /// Where there is no such row.
    #[must_use]
    pub fn row(&self, index: usize) -> &[u32] {
        &self.values[self.starts[index] as usize..self.starts[index + 1] as usize]
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many values all rows have together.
    #[must_use]
    pub fn values(&self) -> usize {
        self.values.len()
    }
}

/// Posts as columns of equal length, sorted by time, then by id.
///
/// A row is one post; numbers of accounts are those of the dataset, all other numbers are of the
/// names beside them.
#[derive(Debug, Clone, Default)]
pub struct Posts {
    /// The ids of all posts that exist or are referred to.
    pub ids: Names,
    /// The id of the row.
    pub id: Vec<u32>,
    /// Who posted.
    pub account: Vec<u32>,
    /// When, in microseconds since 1970.
    pub at_us: Vec<i64>,
    /// The post that it passes on, a number of `ids`, or [`NONE`].
    pub repost_of: Vec<u32>,
    /// The post that it answers, a number of `ids`, or [`NONE`].
    pub in_reply_to: Vec<u32>,
    /// When it was deleted, in microseconds since 1970; [`i64::MAX`] where it was not.
    pub deleted_at_us: Vec<i64>,
    /// Texts, each once.
    pub texts: Names,
    /// The text, a number of `texts`; the empty text where there is none.
    pub text: Vec<u32>,
    /// Links, hashtags, pictures, languages and programs, each once.
    pub objects: Names,
    /// Links of the row, numbers of `objects`, each once, sorted.
    pub links: Ragged,
    /// Hashtags of the row in lower case, in the order in which they stand, each once.
    pub hashtags: Ragged,
    /// Pictures of the row, each once, sorted.
    pub images: Ragged,
    /// The language, a number of `objects` (the empty text where it is not known).
    pub language: Vec<u32>,
    /// The program that it was posted with, likewise.
    pub client: Vec<u32>,
}

impl Posts {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.account.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.account.is_empty()
    }

    /// The text of a row.
    #[must_use]
    pub fn text_of(&self, row: usize) -> &str {
        self.texts.text(self.text[row])
    }
}
