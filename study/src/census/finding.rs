//! What a census finds. Everything in it is evidence on nearness to a network; nothing says of an
//! account that it belongs.

use super::{Measure, Parameters, Way};
use crate::dataset::Notes;
use crate::stats::Estimate;
use serde::{Deserialize, Serialize};

/// A frontier with its scores, frozen, and how it came about. It says nothing about numbers of
/// members before a sample of it is coded: see [`super::draw`] and [`super::estimate`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Census {
    /// What was asked for, with purpose, legal basis and days of retention.
    pub parameters: Parameters,
    /// Whether accounts are named by pseudonyms.
    pub pseudonymous: bool,
    /// From the first to the last dated thing in the dataset; none where nothing is dated.
    pub period: Option<Period>,
    /// What became of the seeds.
    pub seeds: Seeds,
    /// How the frontier was reached.
    pub frontier: Frontier,
    /// How far accounts look automated.
    pub screening: Screening,
    /// A hint, before anybody codes, whether the score finds anything; see [`HiddenSeeds`].
    pub hidden_seeds: Option<HiddenSeeds>,
    /// Groups among those of the highest scores.
    pub communities: Communities,
    /// Those of the highest scores, highest first, with their evidence.
    pub listed: Vec<Row>,
    /// What a sample is drawn from: the frontier without seeds, highest score first.
    pub frame: Frame,
    /// Limits that cut something; nothing was cut where it is empty.
    pub cuts: Vec<Cut>,
    /// What was treated while the dataset was read.
    pub notes: Notes,
}

/// A span of time, in microseconds since 1970, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Its beginning.
    pub from_us: i64,
    /// Its end.
    pub to_us: i64,
}

/// What became of the seeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seeds {
    /// How many were given.
    pub given: u64,
    /// How many of them are accounts of the dataset, each counted once.
    pub known: u64,
    /// Those that are not in the dataset, by their ids as given; at most a hundred are named.
    pub unknown: Vec<String>,
    /// How many are not in the dataset.
    pub unknown_count: u64,
    /// How many have no tie to anybody, so that nobody is found from them.
    pub isolated: u64,
}

/// How the frontier was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frontier {
    /// How many accounts are in it, seeds among them.
    pub accounts: u64,
    /// The levels, from the seeds on.
    pub levels: Vec<Level>,
    /// How many accounts of the dataset are not in it.
    pub not_reached: u64,
}

/// One level of a snowball.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// How many steps from a seed.
    pub level: u8,
    /// How many accounts were found at it.
    pub found: u64,
    /// How many more were found and left out, since the frontier was full.
    pub left_out: u64,
    /// How often an account of it led nowhere by one way, since it has too many ties.
    pub not_followed: u64,
}

/// How far accounts of the frontier look automated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Screening {
    /// How many gave at least one reason.
    pub accounts: u64,
    /// How many are left out for it.
    pub left_out: u64,
    /// How many gave each reason.
    pub by_measure: Vec<(Measure, u64)>,
}

/// How well the score finds half of the seeds from the other half.
///
/// Everybody else counts as one who does not belong, although members are among them: where a share
/// of m of the frontier belongs, even a perfect score reaches only 1 - m/2. Seeds are no sample
/// either. It is a hint whether coding is worth its while, and no measure of the census.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HiddenSeeds {
    /// How many seeds were hidden.
    pub hidden: u64,
    /// The chance that a hidden seed scores above another account.
    pub found_again: Estimate,
}

/// Groups of accounts that are tied to each other more than to others.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Communities {
    /// How many accounts were looked at: seeds and those of the highest scores.
    pub among: u64,
    /// How sharply the groups are cut (modularity; 0 is none).
    pub modularity: f64,
    /// The largest, largest first; at most fifty are named.
    pub largest: Vec<Community>,
    /// How many there are.
    pub count: u64,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Community {
    /// Its number, by which rows name it.
    pub number: u32,
    /// How many accounts it has.
    pub accounts: u64,
    /// How many of them are seeds.
    pub seeds: u64,
    /// The mean score of the others.
    pub mean_score: f64,
    /// Its accounts of the highest scores, at most ten.
    pub highest: Vec<String>,
}

/// One step of the way on which an account was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Who led on; first a seed.
    pub account: String,
    /// How it led to the next.
    pub by: Way,
}

/// A reason to think that an account is automated. Evidence; newsrooms have it too.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// What was measured.
    pub measure: Measure,
    /// What came out.
    pub value: f64,
    /// From where on it is a reason.
    pub from: f64,
}

/// One account with the evidence of its ties to the set, which is the seeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its pseudonym, or its id where ids were asked for.
    pub account: String,
    /// Its place by score, from 1.
    pub rank: u64,
    /// The score, from -3 to 3: 0 is as near to the seeds as an account is on average.
    pub score: f64,
    /// Why the operator sets it apart, such as `newsroom`; empty where it is not.
    pub set_apart: String,
    /// Reasons to think that it is automated.
    pub automated: Vec<Reason>,
    /// How it was found: who led to whom, from a seed on.
    pub path: Vec<Step>,
    /// How many steps from a seed.
    pub hops: u8,
    /// How many of the set follow it.
    pub in_from_set: u32,
    /// How many of the set it follows.
    pub out_to_set: u32,
    /// With how many of the set it follows each other.
    pub reciprocated: u32,
    /// How many follow it: what the service says, or the dataset where that is more.
    pub followers: u64,
    /// How many it follows, likewise.
    pub following: u64,
    /// The share of its followers that is in the set, as Wilson's lower limit.
    pub followers_in_set: f64,
    /// The share of whom it follows that is in the set, as Wilson's lower limit.
    pub following_in_set: f64,
    /// What it did with posts of the set and the set with its posts.
    pub interactions: Interactions,
    /// Its core number among the accounts of the frontier.
    pub core: u32,
    /// How often a walker from the seeds is there, for each of its ties, as a multiple of the
    /// average of all ties.
    pub nearness: f64,
    /// The largest share of followed accounts that it has in common with one of the set (Jaccard).
    pub co_follow: f64,
    /// Its group, where it is in one of [`Communities`].
    pub community: Option<u32>,
}

/// Numbers of posts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interactions {
    /// Posts of the set that it passed on.
    pub reposts_of_set: u32,
    /// Its posts that the set passed on.
    pub reposted_by_set: u32,
    /// Posts of the set that it answered.
    pub answers_to_set: u32,
    /// Its posts that the set answered.
    pub answered_by_set: u32,
}

/// The accounts that a sample is drawn from, as columns, highest score first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The account's number in the dataset that the census was made of.
    pub account: Vec<u32>,
    /// Its score.
    pub score: Vec<f32>,
    /// Why it is set apart: a place in `reasons`, from 1; 0 where it is not.
    pub set_apart: Vec<u16>,
    /// Every reason for which accounts are set apart, in the order of the alphabet.
    pub reasons: Vec<String>,
}

/// A limit that cut something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Cut {
    /// Accounts that the frontier had no room for.
    Frontier {
        /// How many.
        accounts: u64,
    },
    /// Accounts with so many ties that they were not gone on from.
    Ties {
        /// How often.
        times: u64,
    },
    /// Ranks were not settled when their rounds ended.
    Rounds {
        /// How many rounds there were.
        rounds: u64,
    },
    /// Followed accounts in common were looked for with some of the set alone.
    CoFollow {
        /// With how many.
        members: u64,
        /// Of how many.
        of: u64,
    },
    /// Groups were looked for among the highest scores alone.
    Communities {
        /// Among how many.
        accounts: u64,
        /// Of how many.
        of: u64,
    },
    /// Fewer accounts are listed than were scored.
    Listed {
        /// How many are.
        accounts: u64,
        /// Of how many.
        of: u64,
    },
}

impl Frame {
    /// Why the account at a place is set apart; empty where it is not.
    ///
    /// # Panics
    /// Where there is no such place.
    #[must_use]
    pub fn reason(&self, place: usize) -> &str {
        match self.set_apart[place] {
            0 => "",
            reason => &self.reasons[usize::from(reason) - 1],
        }
    }

    /// How many accounts are set apart, by reason.
    pub(super) fn set_apart_by_reason(&self) -> Vec<(String, u64)> {
        let mut counts = vec![0; self.reasons.len() + 1];
        self.set_apart.iter().for_each(|reason| counts[usize::from(*reason)] += 1);
        self.reasons.iter().cloned().zip(counts.into_iter().skip(1)).collect()
    }
}
