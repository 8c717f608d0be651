//! One item of the stream, in buffers that are used again for the next one.

use crate::{Belongs, Edit};

/// Most links, hashtags or pictures of one item.
const LISTED: usize = 4;

/// Several short texts in one buffer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Texts {
    text: String,
    ends: [usize; LISTED],
    count: usize,
}

impl Texts {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.count = 0;
    }

    /// Adds what is written; nothing where the list is full.
    pub(super) fn add(&mut self, write: impl FnOnce(&mut String)) {
        if self.count < LISTED {
            write(&mut self.text);
            self.ends[self.count] = self.text.len();
            self.count += 1;
        }
    }

    pub(super) fn list(&self) -> List<'_> {
        let mut list = List { texts: [""; LISTED], count: self.count };
        let mut start = 0;
        for (at, end) in self.ends[..self.count].iter().enumerate() {
            list.texts[at] = &self.text[start..*end];
            start = *end;
        }
        list
    }
}

/// A short list of texts; dereferences to a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List<'a> {
    texts: [&'a str; LISTED],
    count: usize,
}

impl<'a> std::ops::Deref for List<'a> {
    type Target = [&'a str];
    fn deref(&self) -> &[&'a str] {
        &self.texts[..self.count]
    }
}

/// An item as flat columns, with the field names that studies use. Times are microseconds since
/// 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemRow<'a> {
    /// Its id.
    pub id: &'a str,
    /// The id of the account that posted it.
    pub account: &'a str,
    /// When, as the service says.
    pub at_us: i64,
    /// Its text; empty where it passes something on.
    pub text: &'a str,
    /// Its language as a BCP 47 tag; empty where the service does not know it.
    pub language: &'a str,
    /// The item that it passes on.
    pub repost_of: Option<&'a str>,
    /// The item that it answers.
    pub in_reply_to: Option<&'a str>,
    /// Its links.
    pub links: List<'a>,
    /// Its hashtags without `#`.
    pub hashtags: List<'a>,
    /// Its pictures, each as its PDQ hash in 64 hexadecimal digits.
    pub images: List<'a>,
    /// The program that it was posted with.
    pub client: &'a str,
    /// When it was deleted, if it was.
    pub deleted_at_us: Option<i64>,
}

/// The truth about one item, which no signal sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemTruth {
    /// What it is.
    pub belongs: Belongs,
    /// The campaign that it is part of, a place in [`super::Truth::campaigns`].
    pub campaign: Option<u32>,
    /// The control that it is part of, a place in [`super::Truth::controls`].
    pub control: Option<u32>,
    /// What was done to the copy of the emblem that it carries, if it carries one.
    pub emblem: Option<Edit>,
}

/// One item with the truth about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimItem {
    pub(super) number: u64,
    pub(super) id: String,
    /// The number of the account that posted it.
    pub account: u32,
    pub(super) account_id: String,
    pub(super) handle: String,
    pub(super) account_created_us: i64,
    pub(super) followers: u64,
    /// When, in microseconds since 1970, as the service says.
    pub at_us: i64,
    pub(super) text: String,
    pub(super) language: &'static str,
    pub(super) repost_of: String,
    pub(super) in_reply_to: String,
    pub(super) links: Texts,
    pub(super) hashtags: Texts,
    pub(super) images: Texts,
    pub(super) client: &'static str,
    pub(super) deleted_at_us: Option<i64>,
    /// The truth about it.
    pub truth: ItemTruth,
}

impl SimItem {
    pub(super) fn blank() -> Self {
        Self {
            number: 0,
            id: String::new(),
            account: 0,
            account_id: String::new(),
            handle: String::new(),
            account_created_us: 0,
            followers: 0,
            at_us: 0,
            text: String::new(),
            language: "",
            repost_of: String::new(),
            in_reply_to: String::new(),
            links: Texts::default(),
            hashtags: Texts::default(),
            images: Texts::default(),
            client: "",
            deleted_at_us: None,
            truth: ItemTruth {
                belongs: Belongs::Ordinary,
                campaign: None,
                control: None,
                emblem: None,
            },
        }
    }

    /// Empties every buffer and keeps its room.
    pub(super) fn clear(&mut self) {
        for text in [
            &mut self.id,
            &mut self.account_id,
            &mut self.handle,
            &mut self.text,
            &mut self.repost_of,
            &mut self.in_reply_to,
        ] {
            text.clear();
        }
        for texts in [&mut self.links, &mut self.hashtags, &mut self.images] {
            texts.clear();
        }
        self.language = "";
        self.client = "";
        self.deleted_at_us = None;
        self.truth = Self::blank_truth();
    }

    fn blank_truth() -> ItemTruth {
        ItemTruth { belongs: Belongs::Ordinary, campaign: None, control: None, emblem: None }
    }

    /// The item as flat columns, without JSON.
    #[must_use]
    pub fn row(&self) -> ItemRow<'_> {
        let some = |text: &'_ str| !text.is_empty();
        ItemRow {
            id: &self.id,
            account: &self.account_id,
            at_us: self.at_us,
            text: &self.text,
            language: self.language,
            repost_of: Some(self.repost_of.as_str()).filter(|text| some(text)),
            in_reply_to: Some(self.in_reply_to.as_str()).filter(|text| some(text)),
            links: self.links.list(),
            hashtags: self.hashtags.list(),
            images: self.images.list(),
            client: self.client,
            deleted_at_us: self.deleted_at_us,
        }
    }

    /// The picture itself where the item carries the emblem: a PNG or JPEG as
    /// [`crate::edited_emblem`] draws it.
    #[must_use]
    pub fn emblem(&self) -> Option<Vec<u8>> {
        self.truth.emblem.map(crate::edited_emblem)
    }
}
