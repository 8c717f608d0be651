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
    /// When it was posted.
    pub at: String,
    /// That it passes on or answers another, or was deleted.
    pub about: Vec<&'static str>,
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
        Self { facts, posts: card.latest.iter().map(|one| post(t, one)).collect() }
    }
}

fn post(t: Language, post: &CardPost) -> ShownPost {
    let about = [
        (t.post_passed_on(), post.repost_of.is_some()),
        (t.post_answer(), post.in_reply_to.is_some()),
        (t.post_deleted(), post.deleted_at_us.is_some()),
    ];
    ShownPost {
        at: moment(post.at_us),
        about: about.iter().filter(|(_, is_so)| *is_so).map(|(words, _)| *words).collect(),
        text: post.text.clone(),
        links: post.links.clone(),
    }
}
