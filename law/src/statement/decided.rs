//! From an action of a decision to the parts of its statement for the database.

use super::circumstances::{About, Circumstances};
use super::norm::Norm;
use super::submission::{Ends, Parts};
use super::value::{ContentLanguage, Puid, ShortText, Territory};
use super::words::{ContentType, DecisionAccount, DecisionVisibility};
use jiff::civil::{Date, date};
use model::{ActionKind, MediaKind, Timestamp};
use std::collections::BTreeSet;

/// Everything of an action that its statement needs.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    /// What is done.
    pub action: ActionKind,
    /// How it came about.
    pub circumstances: Circumstances,
    /// What it rests on.
    pub norm: &'a Norm,
    /// What the item is made of; nothing for an account.
    pub content: &'a Content,
    /// When the item was made, or the account.
    pub made_at: Timestamp,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// Where the restriction holds.
    pub territories: &'a BTreeSet<Territory>,
    /// Its id.
    pub puid: &'a Puid,
}

/// What an item is made of, without what it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Whether it has a text.
    pub text: TextPresence,
    /// Its media.
    pub media: Vec<MediaKind>,
    /// Its language as a BCP 47 tag, where it is known.
    pub language: Option<String>,
}

/// Whether an item has a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TextPresence {
    /// It has.
    Some,
    /// It has none.
    #[default]
    None,
}

/// Whether an action restricts something that Article 17(1) names. A warning and what gives back
/// do not.
#[must_use]
pub fn restricts(action: ActionKind) -> bool {
    match action {
        ActionKind::Remove
        | ActionKind::Disable
        | ActionKind::Restrict
        | ActionKind::Label
        | ActionKind::Suspend => true,
        ActionKind::Warn | ActionKind::Restore => false,
    }
}

impl Decided<'_> {
    /// The parts of the statement; `None` where the action restricts nothing.
    ///
    /// The database takes days from 2000 on, and content that is no younger than its restriction;
    /// what a service says of an item's time is brought between.
    #[must_use]
    pub fn parts(&self) -> Option<Parts> {
        if !restricts(self.action) {
            return None;
        }
        let application_date = day(self.decided_at);
        let (content_types, content_type_other) = self.content_types();
        Some(Parts {
            visibility: visibility(self.action).into_iter().collect(),
            visibility_other: None,
            monetary: None,
            monetary_other: None,
            provision: None,
            account: (self.action == ActionKind::Suspend).then_some(DecisionAccount::Suspended),
            ends: Ends::default(),
            account_type: None,
            circumstances: self.circumstances,
            source_identity: None,
            ground: self.norm.ground(),
            ground_url: self.norm.url.clone(),
            content_types,
            content_type_other,
            category: self.norm.category,
            more_categories: BTreeSet::new(),
            keywords: self.norm.keywords.clone(),
            keyword_other: self.norm.keyword_other.clone(),
            territories: self.territories.clone(),
            language: self.content.language.as_deref().and_then(ContentLanguage::of_tag),
            content_date: day(self.made_at).max(date(2000, 1, 1)).min(application_date),
            application_date,
            puid: self.puid.clone(),
            product: None,
        })
    }

    fn content_types(&self) -> (BTreeSet<ContentType>, Option<ShortText>) {
        let mut types: BTreeSet<ContentType> =
            self.content.media.iter().copied().map(of_medium).collect();
        if self.content.text == TextPresence::Some {
            types.insert(ContentType::Text);
        }
        let other = match self.circumstances.about {
            About::Post | About::Message => None,
            About::Image => {
                types.insert(ContentType::Image);
                None
            }
            About::Video => {
                types.insert(ContentType::Video);
                None
            }
            About::Link => Some("A link"),
            About::Profile => Some("The profile of an account"),
            About::Page => Some("A page or site"),
            About::Account => Some("An account"),
        };
        let has_file = types.contains(&ContentType::Other);
        let other = other.or(has_file.then_some("A file"));
        // A post of which Seawall was told nothing but that it is there.
        let other = other.or(types.is_empty().then_some("A post or message"));
        types.extend(other.map(|_| ContentType::Other));
        let text = |text: &str| ShortText::new(text).expect("a standard text is short");
        (types, other.map(text))
    }
}

fn visibility(action: ActionKind) -> Option<DecisionVisibility> {
    match action {
        ActionKind::Remove => Some(DecisionVisibility::ContentRemoved),
        ActionKind::Disable => Some(DecisionVisibility::ContentDisabled),
        ActionKind::Restrict => Some(DecisionVisibility::ContentDemoted),
        ActionKind::Label => Some(DecisionVisibility::ContentLabelled),
        ActionKind::Suspend | ActionKind::Warn | ActionKind::Restore => None,
    }
}

fn of_medium(kind: MediaKind) -> ContentType {
    match kind {
        MediaKind::Image => ContentType::Image,
        MediaKind::Video => ContentType::Video,
        MediaKind::Audio => ContentType::Audio,
        MediaKind::File => ContentType::Other,
    }
}

/// The day of an instant, in UTC.
fn day(at: Timestamp) -> Date {
    let instant = jiff::Timestamp::from_microsecond(at.micros());
    let instant = instant.expect("the years of a time are those of a calendar");
    instant.to_zoned(jiff::tz::TimeZone::UTC).date()
}
