//! What a study of returns gives: searched accounts, candidates, and the evidence of each.

use super::Parameters;
use crate::dataset::Notes;
use serde::{Deserialize, Serialize};

/// A group of features that are compared together and make one likelihood ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The handles: shared rare stem, counters, look-alike letters, rare three-letter parts.
    Handle,
    /// Rare words that both shown names hold.
    DisplayName,
    /// Rare words that both bios hold.
    Bio,
    /// Avatars within 31 bits of PDQ.
    Avatar,
    /// Early followers of the new account that followed the old one.
    EarlyFollowers,
    /// The hours of the week in which they post.
    PostingHours,
    /// The programs that they post with.
    Client,
    /// The languages that they post in.
    Language,
    /// The runs of characters that they write, in a sample of some 6,000 characters of each, among
    /// accounts of the same language.
    Style,
    /// Rare links that both gave, in bios or posts.
    Links,
    /// How soon after the suspension the new account was made.
    Timing,
    /// Posts that tie the new account to the old handle.
    Announcement,
}

impl Group {
    /// Every group, in the order in which they are shown.
    pub const ALL: [Self; 12] = [
        Self::Handle,
        Self::DisplayName,
        Self::Bio,
        Self::Avatar,
        Self::EarlyFollowers,
        Self::PostingHours,
        Self::Client,
        Self::Language,
        Self::Style,
        Self::Links,
        Self::Timing,
        Self::Announcement,
    ];

    /// The name of the group in `snake_case`, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Handle => "handle",
            Self::DisplayName => "display_name",
            Self::Bio => "bio",
            Self::Avatar => "avatar",
            Self::EarlyFollowers => "early_followers",
            Self::PostingHours => "posting_hours",
            Self::Client => "client",
            Self::Language => "language",
            Self::Style => "style",
            Self::Links => "links",
            Self::Timing => "timing",
            Self::Announcement => "announcement",
        }
    }
}

/// What a study of returns found: evidence for reviewers, and by itself no ground for any action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Returns {
    /// With which parameters.
    pub parameters: Parameters,
    /// How the calibration was made that turned measures into likelihood ratios.
    pub calibration: String,
    /// What was looked at, and what was left out.
    pub coverage: Coverage,
    /// Which ratio makes a possible link here, and how many links are expected to be false.
    pub control: Control,
    /// The suspended accounts that were looked for, in the order of their ids.
    pub searched: Vec<Searched>,
    /// Every limit that was reached, so that the study may have missed something.
    pub bounds: Vec<Bound>,
    /// What was dropped or treated while the dataset was read.
    pub notes: Notes,
}

/// How much was looked at. Counts are accounts unless said otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Suspended accounts that were looked for.
    pub suspended: u64,
    /// Accounts that were suspended and given back: not looked for.
    pub given_back: u64,
    /// Suspended accounts of which neither a profile nor a post is known: not looked for.
    pub suspended_unknown: u64,
    /// New accounts that were looked at: made in the window of at least one suspension.
    pub new_accounts: u64,
    /// New accounts that the operator sets apart: not looked at.
    pub set_apart: u64,
    /// Accounts with neither a time of creation nor a post: not looked at.
    pub no_time: u64,
    /// New accounts whose time of creation is not known; that of their first post is taken.
    pub created_unknown: u64,
    /// Pairs of a suspended and a new account within the window.
    pub pairs: u64,
    /// Pairs that the search found worth comparing.
    pub compared: u64,
    /// New accounts without a handle.
    pub empty_handles: u64,
    /// New accounts without a post in their first days: hours, client, language and style are
    /// missing for them.
    pub silent: u64,
    /// Accounts whose very avatar more than one in a hundred accounts bears, such as the service's
    /// default picture: it counts for next to nothing.
    pub common_avatars: u64,
    /// Follows whose time is not known: they count as early, and never as within a day.
    pub follows_without_time: u64,
}

/// How false links are held down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// The likelihood ratio from which a candidate can be a possible link.
    pub link_ratio: f64,
    /// The posterior from which it is one in this study: that of the parameters, or a higher one
    /// where that lets too many false links be expected. Just above 1 where there can be none.
    pub link_posterior: f64,
    /// How many possible links there are.
    pub links: u64,
    /// How many of them are expected to be false: the sum of one minus their posteriors.
    pub expected_false: f64,
    /// The same for each 10,000 new accounts.
    pub expected_false_per_10_000: f64,
}

/// One suspended account and the candidates for its possible return.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Searched {
    /// The id of the suspended account.
    pub account: String,
    /// Its handle; empty where it is not known.
    pub handle: String,
    /// When it was suspended, in microseconds since 1970.
    pub suspended_at_us: i64,
    /// How many new accounts are in its window.
    pub new_accounts: u64,
    /// How many of them the search found worth comparing.
    pub compared: u64,
    /// The chance, before any evidence, that one account of the window is its return: the base rate
    /// spread evenly over the window.
    pub prior: f64,
    /// The most alike, best first; empty where none reaches the ratio for listing.
    pub candidates: Vec<Candidate>,
}

/// A new account that may be a return.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its place among the candidates of the suspended account, from 1.
    pub rank: u32,
    /// The id of the new account.
    pub account: String,
    /// Its handle; empty where it is not known.
    pub handle: String,
    /// When it was made, in microseconds since 1970, where that is known.
    pub created_at_us: Option<i64>,
    /// Whether it is itself suspended, or was given back.
    pub standing: Standing,
    /// The sum of the logarithms of the groups' likelihood ratios, before the last calibration.
    pub score: f64,
    /// How many times more often a pair as alike as this is a return than not, as calibrated.
    pub likelihood_ratio: f64,
    /// The chance that this is a return, given the base rate, the ratio, and the other suspended
    /// accounts that compete for the same new account; 0 to 1.
    pub posterior: f64,
    /// Whether it is offered to reviewers as a possible link.
    pub offer: Offer,
    /// What each group of features says, in the order of [`Group::ALL`].
    pub evidence: Vec<Evidence>,
}

/// What became of the new account itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing: it is open.
    Open,
    /// It is suspended too.
    Suspended,
    /// It was suspended and given back: somebody found that it may be there.
    GivenBack,
}

/// Whether a candidate is offered to reviewers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// Its ratio and posterior reach those of [`Control`].
    PossibleLink,
    /// They do not: it is listed for comparison alone.
    Below,
}

/// What one group of features says of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Which group.
    pub group: Group,
    /// What it says.
    #[serde(flatten)]
    pub reading: Reading,
}

/// A measure, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reading", rename_all = "snake_case")]
pub enum Reading {
    /// The group could be compared.
    Measured {
        /// How improbable so much likeness is among this dataset's accounts, in nats from 0: at
        /// 4.6 one pair in a hundred is as alike, at 9.2 one in ten thousand.
        nats: f64,
        /// The natural logarithm of the group's likelihood ratio; negative speaks against.
        log_ratio: f64,
        /// What it rests on; the first facts of longer lists.
        facts: Vec<Fact>,
    },
    /// The group could not be compared and counts for nothing.
    Missing {
        /// Why.
        because: MissingBecause,
    },
}

impl Reading {
    /// The natural logarithm of the group's likelihood ratio; 0 where it is missing.
    #[must_use]
    pub fn log_ratio(&self) -> f64 {
        match self {
            Self::Measured { log_ratio, .. } => *log_ratio,
            Self::Missing { .. } => 0.0,
        }
    }

    /// What it rests on.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        match self {
            Self::Measured { facts, .. } => facts,
            Self::Missing { .. } => &[],
        }
    }
}

/// Why a group of features could not be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingBecause {
    /// The parameters leave the group out.
    LeftOut,
    /// The old account's side is not known or empty.
    OldUnknown,
    /// The new account's side is not known or empty.
    NewUnknown,
    /// The old account has too few posts for it.
    OldTooFewPosts,
    /// The new account has too few posts for it in its first days.
    NewTooFewPosts,
    /// They post in different languages, between which style is not comparable.
    OtherLanguage,
    /// The dataset has too few accounts to say what is usual.
    NothingToCompareWith,
}

/// One thing that speaks for a link, as it can be seen by anybody who looks at the two accounts.
///
/// `accounts` counts the accounts of the dataset that have the same, the two included: it says how
/// rare the thing is. `one_in` says in how many pairs of accounts of this dataset one is at least
/// as alike, as far as a sample shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// Both handles come down to the same letters, without counters, separators and look-alikes.
    SharedStem {
        /// Those letters.
        stem: String,
        /// How many accounts have it.
        accounts: u64,
    },
    /// The handles differ in the number at their end.
    Counter {
        /// The old number; empty for none.
        old: String,
        /// The new number; empty for none.
        new: String,
    },
    /// The handles differ only in letters that look alike (UTS #39).
    LookAlike {
        /// What both look like.
        skeleton: String,
    },
    /// The handles share their rarest parts.
    AlikeHandles {
        /// The parts of three letters, rarest first, at most 8.
        parts: Vec<SharedTerm>,
        /// Jaro-Winkler similarity, 0 to 1.
        similarity: f64,
        /// In how many pairs one is as alike.
        one_in: f64,
    },
    /// Rare words, or links, that both have, rarest first, at most 8.
    SharedTerms {
        /// The terms.
        terms: Vec<SharedTerm>,
    },
    /// The whole name or bio is the same.
    SameText {
        /// How many accounts have it.
        accounts: u64,
    },
    /// The avatars are near.
    NearAvatar {
        /// Their distance in bits of PDQ, 0 to 31.
        distance_bits: u32,
        /// How many accounts have one as near to the old avatar.
        accounts: u64,
    },
    /// The avatars are not near.
    FarAvatar {
        /// Their distance in bits of PDQ, from 32.
        distance_bits: u32,
    },
    /// Accounts that followed the old account and are early followers of the new one.
    SharedFollowers {
        /// How many.
        shared: u64,
        /// How many early followers of the new account were looked at.
        early: u64,
        /// How many followers of the old account were looked at.
        old: u64,
        /// How many would be shared by chance.
        expected: f64,
        /// How many of them followed the new account within a day of its creation.
        within_a_day: u64,
        /// Those that follow the fewest new accounts, at most 8.
        accounts: Vec<SharedFollower>,
    },
    /// They post in the same hours of the week.
    AlikeHours {
        /// Hours of the week (0 is Monday 00:00 to 01:00 UTC) that are more usual for the old
        /// account than for others and in which both post, most telling first, at most 8.
        hours: Vec<u8>,
        /// On how many distinct hours with a post of the old account it rests.
        old_hours: u64,
        /// On how many of the new one.
        new_hours: u64,
        /// In how many pairs one is as alike.
        one_in: f64,
    },
    /// What both use, with how much of their posts.
    SharedUse {
        /// The program or language.
        what: String,
        /// Its share of the old account's posts, 0 to 1.
        old: f64,
        /// Its share of the new account's posts.
        new: f64,
        /// Its share of the accounts of the dataset.
        accounts_share: f64,
    },
    /// They write alike.
    AlikeStyle {
        /// Runs of characters that both use more than others do, most telling first, at most 8.
        runs: Vec<String>,
        /// In how many pairs of the same language one is as alike.
        one_in: f64,
    },
    /// When the new account was made.
    Made {
        /// Days after the suspension; negative before it.
        days_after: f64,
        /// How many new accounts of the window were made at least as near to it.
        accounts: u64,
    },
    /// A post ties the new account to the old handle.
    Announced {
        /// Who posted.
        by: LinkedBy,
        /// The id of the post.
        post: String,
        /// The id of the account that posted it.
        author: String,
        /// How many new accounts are tied to the old handle likewise.
        accounts: u64,
    },
}

/// Something that both accounts have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedTerm {
    /// It.
    pub term: String,
    /// How many accounts of the dataset have it.
    pub accounts: u64,
}

/// A follower of both accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedFollower {
    /// The id of the follower.
    pub account: String,
    /// When it followed the new account, in microseconds since 1970, where that is known.
    pub at_us: Option<i64>,
    /// How many new accounts it follows altogether.
    pub follows_new: u64,
}

/// Who tied a new account to an old handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkedBy {
    /// The new account itself names the old handle.
    NewAccount,
    /// The old account names the new one, before it was suspended.
    OldAccount,
    /// Another account names the old and the new handle in one post.
    Another,
}

/// A limit of the study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Suspended accounts beyond the latest ones are not looked for.
    Suspended,
    /// What more new accounts have than this is too common to be searched by.
    CommonTerm,
    /// A way of searching gave more new accounts than are compared: the strongest were taken.
    Found,
    /// Followers of an old account beyond the latest ones are not looked at; counts accounts.
    OldFollowers,
    /// A follower that follows more new accounts than this is not searched by.
    FollowsNew,
    /// Early followers of a new account beyond the first ones are not looked at; counts accounts.
    EarlyFollowers,
    /// Posts of an account beyond the last before a suspension, or the first of a new account, are
    /// not looked at; counts accounts.
    Posts,
    /// Longer handles, names, bios and posts are looked at up to this many characters; counts
    /// texts.
    TextCharacters,
    /// Posts that name an old handle beyond the first ones are not looked at.
    Mentions,
}

/// A limit that was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// Which.
    pub limit: Limit,
    /// Its value.
    pub value: u64,
    /// How often it was reached.
    pub reached: u64,
    /// Where it was reached first: the id of an account, or a term.
    pub first: String,
}
