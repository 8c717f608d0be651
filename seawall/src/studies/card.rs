//! An account of a study as people see it.

use super::{day, moment};
use crate::console::text::{Language, grouped};
use engine::{AccountCard, CardPost};

/// An account, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownCard {
    /// Names with values.
    pub facts: Vec<(&'static str, String)>,
    /// Its latest posts.
    pub posts: Vec<ShownPost>,
}

/// A post, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPost {
    /// When it was posted, and signs for passed on, answered and deleted.
    pub about: String,
    /// Its text.
    pub text: String,
    /// Its links.
    pub links: Vec<String>,
}

impl ShownCard {
    /// Puts an account into words; what is not known of it is left out.
    pub fn of(t: Language, card: &AccountCard) -> Self {
        let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let facts = [
            (t.handle(), known(&card.handle)),
            (t.display_name(), known(&card.display_name)),
            (t.bio(), known(&card.bio)),
            (t.made_on(), card.created_at_us.map(day)),
            (t.followers(), card.followers.map(grouped)),
            (t.following(), card.following.map(grouped)),
            (t.suspended_on(), card.suspended_at_us.map(day)),
            (t.set_apart(), known(&card.set_apart)),
            (t.posts(), Some(grouped(card.posts))),
        ];
        let facts = facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        Self { facts, posts: card.latest.iter().map(post).collect() }
    }
}

fn post(post: &CardPost) -> ShownPost {
    let mut about = moment(post.at_us);
    for (sign, is_so) in [
        (" ↻", post.repost_of.is_some()),
        (" ↩", post.in_reply_to.is_some()),
        (" ✕", post.deleted_at_us.is_some()),
    ] {
        if is_so {
            about.push_str(sign);
        }
    }
    ShownPost { about, text: post.text.clone(), links: post.links.clone() }
}
