//! What a study of campaigns found: evidence, ordered by strength.
//!
//! A finding says which accounts did what together, how often, how often chance would have it, and
//! how sure that is. It says nothing of why: protest, fandom, newsrooms and mutual aid coordinate
//! too, and an account that is listed may have been taken over. Every list is bounded, and beside
//! each stands how long it would have been.

use super::parameters::Parameters;
use super::traces::Trace;
use crate::dataset::Notes;
use serde::{Deserialize, Serialize};

/// The result of a study of campaigns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Campaigns {
    /// What the study was told.
    pub parameters: Parameters,
    /// How many posts it looked at.
    pub posts: u64,
    /// By how many accounts.
    pub accounts: u64,
    /// The time of the first post, in microseconds since 1970; 0 where there is none.
    pub first_us: i64,
    /// The time of the last post, likewise.
    pub last_us: i64,
    /// How the input was treated.
    pub notes: Notes,
    /// What the study could not do as asked, or gave up.
    pub remarks: Vec<Remark>,
    /// What there was to be looked at in each trace.
    pub traces: Vec<TraceSummary>,
    /// What was tested in each narrow window. The family over which false discoveries are held is
    /// that of all pairs of accounts with a co-action, in all windows together.
    pub windows: Vec<WindowSummary>,
    /// What was compared in each wide window; nothing in results that were stored before there was.
    #[serde(default)]
    pub gatherings: Vec<GatheringSummary>,
    /// Groups of accounts that acted together more often than chance explains, strongest first.
    pub findings: Vec<CampaignFinding>,
    /// How many there are, listed or not.
    pub findings_total: u64,
    /// Groups that acted together more often than chance explains, and for which the dataset holds
    /// an ordinary explanation. They are not findings; they are shown so that the explanation can
    /// be checked.
    pub explained: Vec<CampaignFinding>,
    /// How many there are, listed or not.
    pub explained_total: u64,
    /// Bursts of hashtags, strongest first. A burst is not a campaign: most are news.
    pub bursts: Vec<Burst>,
    /// How many there are, listed or not.
    pub bursts_total: u64,
    /// What the test of pairs, in narrow windows, gave on copies of the dataset whose actions were
    /// moved by chance. It says nothing of gatherings, templates and deletions: these are as they
    /// were when every post is moved a little.
    pub noise: Vec<Noise>,
}

/// Something that the study could not do as asked, or gave up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Remark {
    /// Times are too coarse for this window; it was left out.
    WindowTooFine {
        /// The window, in seconds.
        window_s: u32,
        /// The unit in which nearly all times are whole, in seconds.
        unit_s: u32,
    },
    /// The actions on some objects were too dense to be compared with each other all.
    ObjectsCapped {
        /// The trace.
        trace: Trace,
        /// The window, in seconds.
        window_s: u32,
        /// How many objects.
        objects: u64,
    },
    /// Pairs of accounts that there was no room for.
    PairsCapped {
        /// The window, in seconds.
        window_s: u32,
        /// Co-actions of pairs that were not tested.
        co_actions: u64,
    },
    /// What was too much to be compared in a wide window, or among templates or deletions.
    GatheringsCapped {
        /// The window, in seconds.
        window_s: u32,
        /// Gatherings of too many accounts, which were not looked at.
        crowds: u64,
        /// Objects on which not every gathering was looked for, one for each time.
        objects: u64,
        /// Accounts whose gatherings are too many to be linked by them.
        busy: u64,
        /// Groups of too many accounts and gatherings to be tested.
        groups: u64,
        /// Pairs of words that there was no room to remember; their posts count as ordinary.
        word_pairs: u64,
    },
}

/// What there was to be looked at in one trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceSummary {
    /// The trace.
    pub trace: Trace,
    /// Actions on objects on which at least two accounts acted.
    pub actions: u64,
    /// These objects.
    pub objects: u64,
    /// Significant pairs of accounts of which this trace holds the strongest evidence.
    pub significant: u64,
}

/// What was tested in one narrow window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowSummary {
    /// The window, in seconds.
    pub window_s: u32,
    /// How far the null model moves an action, in seconds.
    pub jitter_s: u32,
    /// Pairs of accounts with at least one co-action in any trace: the family of the test.
    pub pairs: u64,
    /// Those with enough co-actions to be significant.
    pub tested: u64,
    /// Those that are significant at the level of the study.
    pub significant: u64,
}

/// What there was to be compared in one wide window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatheringSummary {
    /// The window, in seconds.
    pub window_s: u32,
    /// Gatherings of several accounts on one object within twice the window.
    pub gatherings: u64,
    /// Groups that came together again and again.
    pub companies: u64,
}

/// By what a group was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Acting on the same objects within seconds or a minute, again and again.
    CoAction,
    /// Coming together on the same objects within the hour, again and again, and hardly anybody
    /// else with them.
    Gathering,
    /// Posting texts of one rare shape at the same times, without sharing any text.
    Template,
    /// Deleting posts shortly after making them, in lockstep.
    Deletion,
}

/// An ordinary explanation of why accounts act together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Explanation {
    /// The operator has set most of the accounts apart.
    SetApart {
        /// The reasons that were given, most frequent first.
        reasons: Vec<String>,
    },
    /// Most of what they did together was posted by a program that is declared to post what a feed
    /// or a clock gives it.
    FeedClient {
        /// The program.
        client: String,
    },
    /// They came together once a day, at the same time of day. Told only of groups that took more
    /// than a minute to do so.
    Timetable {
        /// When the earliest of them did, in seconds after midnight, UTC.
        from_s: u32,
        /// Within which time after that all did, in seconds.
        within_s: u32,
        /// On how many days.
        days: u64,
    },
    /// Nearly all that they passed on was written by one account, which they may simply read. Told
    /// only of groups that took more than a minute to do so.
    Audience {
        /// The account.
        of: String,
    },
}

/// A group of accounts and what they did together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignFinding {
    /// By what the group was found.
    pub basis: Basis,
    /// Why it is not a finding, where an explanation is known.
    pub explanation: Option<Explanation>,
    /// The accounts, those with the strongest evidence first.
    pub accounts: Vec<AccountEvidence>,
    /// How many there are, listed or not.
    pub accounts_total: u64,
    /// What they acted on, that on which most of them acted first.
    pub objects: Vec<ObjectEvidence>,
    /// How many objects there are, listed or not.
    pub objects_total: u64,
    /// The pairs of accounts that held the group together, strongest first.
    pub pairs: Vec<PairEvidence>,
    /// How many there are, listed or not.
    pub pairs_total: u64,
    /// How much of it was seen in which trace and window.
    pub traces: Vec<TraceEvidence>,
    /// How often the accounts acted with the others, summed over the accounts.
    pub observed: u64,
    /// How often they would have by chance.
    pub expected: f64,
    /// The largest false-discovery level that any of its accounts needed.
    pub q_value: f64,
    /// How strong the evidence is: -log10 of the chance of what each account did, summed over the
    /// accounts. It orders findings and is no probability, as accounts are not independent.
    pub strength: f64,
    /// When the first co-action began, in microseconds since 1970.
    pub first_us: i64,
    /// When the last one ended, likewise.
    pub last_us: i64,
    /// In how many posts it was done.
    pub posts: u64,
    /// Some of these posts, the first and the last among them.
    pub examples: Vec<Example>,
    /// What else is known of the accounts and their posts.
    pub marks: Marks,
}

/// One account of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountEvidence {
    /// Its id.
    pub account: String,
    /// On how many objects it acted with others of the group.
    pub observed: u64,
    /// On how many it would have by chance.
    pub expected: f64,
    /// The base-10 logarithm of the chance of that; never above 0.
    pub log10_p: f64,
    /// The false-discovery level at which it is listed.
    pub q_value: f64,
    /// The trace in which this was strongest; none for all traces together.
    pub trace: Option<Trace>,
    /// The window in which this was strongest, in seconds.
    pub window_s: u32,
    /// Why the operator set it apart; empty where it is not.
    pub set_apart: String,
}

/// One object of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectEvidence {
    /// What was done with it.
    pub trace: Trace,
    /// Its id or text, cut to 200 characters.
    pub object: String,
    /// How many accounts of the group acted on it together with others of the group.
    pub accounts: u64,
    /// How many other accounts acted on it at any time.
    pub others: u64,
    /// When the first of the group did, in microseconds since 1970.
    pub first_us: i64,
    /// When the last of the group did, likewise.
    pub last_us: i64,
}

/// Two accounts that acted together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairEvidence {
    /// One account.
    pub a: String,
    /// The other.
    pub b: String,
    /// The trace in which it was strongest; none for all traces together.
    pub trace: Option<Trace>,
    /// The window in which it was strongest, in seconds.
    pub window_s: u32,
    /// On how many objects they acted together.
    pub observed: u64,
    /// On how many they would have by chance.
    pub expected: f64,
    /// The base-10 logarithm of the chance of that, all windows and traces accounted for.
    pub log10_p: f64,
    /// The smallest false-discovery level at which it is significant.
    pub q_value: f64,
}

/// How much of a group's evidence is of one trace and window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceEvidence {
    /// The trace; none for all traces together.
    pub trace: Option<Trace>,
    /// The window, in seconds.
    pub window_s: u32,
    /// Pairs of the group for which this trace and window was the strongest; 0 in groups that were
    /// not found by pairs.
    pub pairs: u64,
    /// Their co-actions together; else how often accounts came together with the others.
    pub observed: u64,
    /// How many there would have been by chance.
    pub expected: f64,
}

/// A post that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The id of the post.
    pub post: String,
    /// Who posted it.
    pub account: String,
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// Its text, cut to 200 characters.
    pub text: String,
}

/// What else is known of a group's accounts and posts. Shares are from 0 to 1, and missing where
/// nothing is known of what they are a share of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Marks {
    /// The share of accounts that were young at their first post.
    pub young: Option<f64>,
    /// The share of accounts that have no other post in the dataset.
    pub nothing_else: Option<f64>,
    /// The share of posts made with the most frequent program.
    pub one_client: Option<f64>,
    /// The share of posts that were deleted.
    pub deleted: Option<f64>,
    /// The share of posts whose text another account of the group posted nearly the same.
    pub near_duplicate: Option<f64>,
}

/// A burst of posts under one hashtag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Burst {
    /// The hashtag.
    pub hashtag: String,
    /// When it began, in microseconds since 1970.
    pub first_us: i64,
    /// When it ended, likewise.
    pub last_us: i64,
    /// How many posts it has.
    pub posts: u64,
    /// How many there would have been at the usual rate.
    pub expected: f64,
    /// -log10 of the chance of so many in its busiest slot.
    pub surprise: f64,
    /// How many accounts posted.
    pub accounts: u64,
    /// How unequally the posts are spread over the accounts: Gini coefficient, 0 to 1.
    pub gini: f64,
    /// The share of posts by the ten busiest accounts.
    pub top_10: f64,
    /// The share of accounts with no earlier post under this hashtag.
    pub newcomers: f64,
    /// The entropy of the gaps between posts, in bits: low where a clock posts.
    pub gap_entropy_bits: f64,
    /// What else is known of the accounts and their posts.
    pub marks: Marks,
    /// How far the hashtag was taken over.
    pub hijack: Hijack,
    /// Some of its posts.
    pub examples: Vec<Example>,
}

/// How far a burst differs from what its hashtag was used for before. Missing where it was hardly
/// used before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Hijack {
    /// The share of posters who used the hashtag before.
    pub incumbents: Option<f64>,
    /// The Jensen-Shannon distance between the words before and during, 0 to 1.
    pub topic_drift: Option<f64>,
    /// The same of the hashtags that stand beside it.
    pub neighbour_drift: Option<f64>,
    /// The share of its posts with a link to a host that was not linked under it before.
    pub foreign_links: Option<f64>,
}

/// What the test of pairs gave on one copy of the dataset whose actions were moved by chance, by as
/// much as the null model of that test moves them, and no longer rounded to any unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noise {
    /// Pairs that were significant.
    pub pairs: u64,
    /// Groups of pairs that would have been listed.
    pub groups: u64,
    /// Accounts in them.
    pub accounts: u64,
}
