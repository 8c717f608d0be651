//! What a person sees of an account of a study: its profile and some of its posts.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use study::Dataset;
use study::dataset::{NONE, Profile};

/// Posts of one account that are kept for people to look at.
const POSTS: usize = 20;
/// Characters of a text that are kept.
const TEXT_CHARS: usize = 2_000;

/// One account as a study saw it. Times are microseconds since 1970.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountCard {
    /// Its id.
    pub account: String,
    /// The name by which it is mentioned.
    pub handle: String,
    /// The name that is shown.
    pub display_name: String,
    /// What it says of itself.
    pub bio: String,
    /// Its language as a BCP 47 tag; empty where it is not known.
    pub language: String,
    /// When it was made.
    pub created_at_us: Option<i64>,
    /// How many accounts follow it, as its service counts.
    pub followers: Option<u64>,
    /// How many accounts it follows.
    pub following: Option<u64>,
    /// When it was suspended.
    pub suspended_at_us: Option<i64>,
    /// Why it is set apart; empty where it is not.
    pub set_apart: String,
    /// How many posts of it the dataset has.
    pub posts: u64,
    /// The latest of them, newest first.
    pub latest: Vec<CardPost>,
}

/// One post of a card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardPost {
    /// Its id.
    pub id: String,
    /// When it was posted.
    pub at_us: i64,
    /// Its text, cut at 2,000 characters.
    pub text: String,
    /// The post that it passes on.
    pub repost_of: Option<String>,
    /// The post that it answers.
    pub in_reply_to: Option<String>,
    /// Its links.
    pub links: Vec<String>,
    /// When it was deleted.
    pub deleted_at_us: Option<i64>,
}

/// Makes the cards of some accounts, in the order of their ids; ids that the dataset does not know
/// have none.
pub(crate) fn cards<'a>(
    dataset: &Dataset,
    accounts: impl IntoIterator<Item = &'a str>,
) -> Vec<AccountCard> {
    let mut found: BTreeMap<u32, AccountCard> = accounts
        .into_iter()
        .filter_map(|id| dataset.accounts.find(id))
        .map(|number| (number, blank(dataset, number)))
        .collect();
    for row in (0..dataset.posts.len()).rev() {
        let Some(card) = found.get_mut(&dataset.posts.account[row]) else { continue };
        card.posts += 1;
        if card.latest.len() < POSTS {
            card.latest.push(post(dataset, row));
        }
    }
    let mut cards: Vec<AccountCard> = found.into_values().collect();
    cards.sort_by(|a, b| a.account.cmp(&b.account));
    cards
}

fn blank(dataset: &Dataset, number: u32) -> AccountCard {
    let Profile { handle, display_name, bio, language, .. } =
        dataset.profile(number).cloned().unwrap_or_default();
    let profile = dataset.profile(number);
    AccountCard {
        account: dataset.accounts.text(number).to_owned(),
        handle,
        display_name,
        bio,
        language,
        created_at_us: profile.and_then(|profile| profile.created_at_us),
        followers: profile.and_then(|profile| profile.followers),
        following: profile.and_then(|profile| profile.following),
        suspended_at_us: profile.and_then(|profile| profile.suspended_at_us),
        set_apart: profile.map(|profile| profile.set_apart.clone()).unwrap_or_default(),
        posts: 0,
        latest: Vec::new(),
    }
}

fn post(dataset: &Dataset, row: usize) -> CardPost {
    let posts = &dataset.posts;
    let named = |number: u32| (number != NONE).then(|| posts.ids.text(number).to_owned());
    let links = posts.links.row(row).iter().map(|link| posts.objects.text(*link).to_owned());
    CardPost {
        id: posts.ids.text(posts.id[row]).to_owned(),
        at_us: posts.at_us[row],
        text: posts.text_of(row).chars().take(TEXT_CHARS).collect(),
        repost_of: named(posts.repost_of[row]),
        in_reply_to: named(posts.in_reply_to[row]),
        links: links.collect(),
        deleted_at_us: Some(posts.deleted_at_us[row]).filter(|at| *at != i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::dataset::{Builder, PostRow, ProfileRow};

    #[test]
    fn a_card_has_the_latest_posts_and_counts_all() {
        let mut builder = Builder::new();
        let ids: Vec<String> = (0..30).map(|n| format!("p{n:02}")).collect();
        for (at_us, id) in (0..).zip(&ids) {
            let account = if at_us % 3 == 2 { "other" } else { "a" };
            let links = ["https://harbour.example/x"];
            let text = id.as_str();
            builder.post(&PostRow {
                id,
                account,
                at_us,
                text,
                links: &links,
                ..PostRow::default()
            });
        }
        let profile = Profile { handle: "reader".to_owned(), ..Profile::default() };
        builder.profile(ProfileRow { id: "a", profile });
        let cards = cards(&builder.build(), ["a", "unknown", "a"]);
        assert_eq!(cards.len(), 1);
        let card = &cards[0];
        assert_eq!((card.handle.as_str(), card.posts, card.latest.len()), ("reader", 20, POSTS));
        let first: Vec<&str> = card.latest.iter().take(3).map(|post| post.id.as_str()).collect();
        assert_eq!(first, ["p28", "p27", "p25"]);
        assert_eq!(card.latest[0].links, ["https://harbour.example/x"]);
    }
}
