//! From a dataset to a census, in parts that are kept.

use super::evidence::{Evidence, gather};
use super::finding::{Cut, Frame, Frontier, Period, Row, Seeds, Step};
use super::groups::{Groups, groups};
use super::parameters::CONFIDENCE;
use super::score::{Scores, hidden_seeds, scores};
use super::screening::{Automated, screen, summary};
use super::snowball::{Found, snowball};
use super::ties::Ties;
use super::{Census, Error, Parameters, Pseudonyms, Screened};
use crate::graph::NodeSet;
use crate::stats::wilson_low;
use crate::{Dataset, Watch, step};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// Seeds that are not in the dataset and are named.
const UNKNOWN_NAMED: usize = 100;

/// Goes out from the seeds, freezes the frontier, and scores it.
///
/// The parts `snowball`, `screening`, `scores`, `hidden_seeds` and `groups` are kept, so that a
/// census that was stopped goes on after its last finished part and comes out the same.
///
/// # Errors
/// [`Error::Parameter`]; [`Error::NoKnownSeed`], [`Error::SeedsIsolated`], [`Error::EmptyFrontier`]
/// where there is nothing to go out from or to find; [`Error::Graph`] where the graphs need more
/// memory than allowed; [`Error::Stopped`].
pub fn run(
    dataset: &Dataset,
    parameters: &Parameters,
    pseudonyms: &Pseudonyms,
    watch: &mut dyn Watch,
) -> Result<Census, Error> {
    parameters.check()?;
    let mut known = known_seeds(dataset, parameters)?;
    let ties = Ties::of(dataset, parameters.memory_bytes, watch)?;
    known.report.isolated =
        known.seeds.iter().filter(|seed| ties.degree(**seed) == 0).count() as u64;
    if known.report.isolated == known.report.known {
        return Err(Error::SeedsIsolated(known.report.known));
    }
    let seeds = known.seeds;
    let found: Found =
        part(watch, "snowball", |watch| snowball(&ties, &seeds, &parameters.reach, watch))?;
    if found.accounts() == seeds.len() as u64 {
        return Err(Error::EmptyFrontier);
    }
    let automated: Automated =
        part(watch, "screening", |watch| screen(dataset, ties.follows(), &found, watch))?;
    let scores: Scores = part(watch, "scores", |watch| scores(ties.all(), &seeds, watch))?;
    let hidden_seeds =
        part(watch, "hidden_seeds", |watch| hidden_seeds(ties.all(), &seeds, &found, watch))?;
    let frame = frame(dataset, parameters, &found, &automated, &scores);
    if frame.account.is_empty() {
        return Err(Error::EmptyFrontier);
    }
    let groups: Groups =
        part(watch, "groups", |watch| groups(ties.all(), &seeds, &frame, parameters, watch))?;
    let accounts = 0..ties.follows().nodes();
    let frontier = NodeSet::of(accounts.end, accounts.filter(|account| found.has(*account)))?;
    let evidence = gather(dataset, &ties, &seeds, &frontier, watch)?;
    let listing =
        Listing { dataset, ties: &ties, pseudonyms, found, automated, scores, evidence, groups };
    let listed = listing.rows(&frame, parameters.listed_at_most, watch)?;
    Ok(Census {
        parameters: parameters.clone(),
        pseudonymous: pseudonyms.are_keyed(),
        period: period(dataset),
        seeds: known.report,
        frontier: Frontier {
            accounts: listing.found.accounts(),
            levels: listing.found.levels.clone(),
            not_reached: dataset.accounts.len() as u64 - listing.found.accounts(),
        },
        screening: summary(&listing.automated, parameters.screened),
        hidden_seeds,
        communities: listing.groups.named(&frame, &listing.scores, &seeds, |account| {
            pseudonyms.of(dataset.accounts.text(account))
        }),
        cuts: listing.cuts(&frame, listed.len() as u64, &seeds),
        listed,
        frame,
        notes: dataset.notes.clone(),
    })
}

/// A part that was kept, or is made and then kept.
fn part<T: Serialize + DeserializeOwned>(
    watch: &mut dyn Watch,
    name: &str,
    make: impl FnOnce(&mut dyn Watch) -> Result<T, Error>,
) -> Result<T, Error> {
    // What cannot be read any more is made again.
    if let Some(kept) = watch.kept(name).and_then(|json| serde_json::from_str(&json).ok()) {
        return Ok(kept);
    }
    let made = make(watch)?;
    let json = serde_json::to_string(&made).expect("a part has no keys but texts");
    watch.keep(name, &json);
    Ok(made)
}

struct Known {
    seeds: Vec<u32>,
    report: Seeds,
}

fn known_seeds(dataset: &Dataset, parameters: &Parameters) -> Result<Known, Error> {
    let mut seeds = Vec::new();
    let mut unknown = Vec::new();
    let given: BTreeSet<&str> = parameters.seeds.iter().map(String::as_str).collect();
    for id in given {
        match dataset.accounts.find(id) {
            Some(account) => seeds.push(account),
            None => unknown.push(id.to_owned()),
        }
    }
    if seeds.is_empty() {
        let first = parameters.seeds[0].clone();
        return Err(Error::NoKnownSeed { given: parameters.seeds.len(), first });
    }
    seeds.sort_unstable();
    let unknown_count = unknown.len() as u64;
    unknown.truncate(UNKNOWN_NAMED);
    let given = parameters.seeds.len() as u64;
    let known = seeds.len() as u64;
    Ok(Known { seeds, report: Seeds { given, known, unknown, unknown_count, isolated: 0 } })
}

/// From the first to the last dated post, follow, action and account.
fn period(dataset: &Dataset) -> Option<Period> {
    let posts = dataset.posts.at_us.iter().copied();
    let follows = dataset.follows.at_us.iter().copied().filter(|at| *at != i64::MIN);
    let actions = dataset.actions.iter().map(|action| action.at_us);
    let known = dataset.profiles.iter().flatten();
    let accounts = known.filter_map(|profile| profile.created_at_us);
    let wider = |period: Option<Period>, at: i64| {
        let Period { from_us, to_us } = period.unwrap_or(Period { from_us: at, to_us: at });
        Some(Period { from_us: from_us.min(at), to_us: to_us.max(at) })
    };
    posts.chain(follows).chain(actions).chain(accounts).fold(None, wider)
}

/// The frontier without seeds, and without those left out, by falling score, then by number.
fn frame(
    dataset: &Dataset,
    parameters: &Parameters,
    found: &Found,
    automated: &Automated,
    scores: &Scores,
) -> Frame {
    let left_out = |account: u32| match parameters.screened {
        Screened::Kept => false,
        Screened::LeftOut => automated.binary_search_by_key(&account, |one| one.0).is_ok(),
    };
    let accounts = 0..dataset.accounts.len() as u32;
    let is_in = |account: &u32| {
        found.has(*account) && found.level[*account as usize] > 0 && !left_out(*account)
    };
    let mut account: Vec<u32> = accounts.filter(is_in).collect();
    let score_of = |account: u32| scores.score[account as usize];
    account.sort_unstable_by(|a, b| score_of(*b).total_cmp(&score_of(*a)).then(a.cmp(b)));
    let reason_of =
        |account: u32| dataset.profile(account).map_or("", |profile| profile.set_apart.trim());
    let reasons: BTreeSet<&str> = account.iter().map(|one| reason_of(*one)).collect();
    // More reasons than numbers for them would all be called by the last one.
    let reasons: Vec<String> = reasons
        .into_iter()
        .filter(|reason| !reason.is_empty())
        .take(usize::from(u16::MAX))
        .map(str::to_owned)
        .collect();
    let number = |account: &u32| match reason_of(*account) {
        "" => 0,
        reason => {
            let at = reasons.partition_point(|known| known.as_str() < reason);
            at.min(reasons.len() - 1) as u16 + 1
        }
    };
    Frame {
        score: account.iter().map(|one| score_of(*one)).collect(),
        set_apart: account.iter().map(number).collect(),
        account,
        reasons,
    }
}

/// All that rows are made of.
struct Listing<'a> {
    dataset: &'a Dataset,
    ties: &'a Ties,
    pseudonyms: &'a Pseudonyms,
    found: Found,
    automated: Automated,
    scores: Scores,
    evidence: Evidence,
    groups: Groups,
}

impl Listing<'_> {
    fn rows(&self, frame: &Frame, at_most: u32, watch: &mut dyn Watch) -> Result<Vec<Row>, Error> {
        let count = frame.account.len().min(at_most as usize);
        let mut rows = Vec::with_capacity(count);
        for place in 0..count {
            if place % 1_024 == 0 {
                step(watch, "rows", place as u64, count as u64)?;
            }
            rows.push(self.row(frame, place));
        }
        Ok(rows)
    }

    fn row(&self, frame: &Frame, place: usize) -> Row {
        let account = frame.account[place];
        let at = account as usize;
        let name = |account: u32| self.pseudonyms.of(self.dataset.accounts.text(account));
        let path = self.found.path(account).into_iter();
        let automated = self.automated.binary_search_by_key(&account, |one| one.0);
        let within = &self.evidence.within;
        let (in_from_set, out_to_set) = (within.in_from_set[at], within.out_to_set[at]);
        let (followers, following) = self.followers(account);
        let share = |part: u32, of: u64| wilson_low(part.into(), of, CONFIDENCE);
        Row {
            account: name(account),
            rank: place as u64 + 1,
            score: frame.score[place].into(),
            set_apart: frame.reason(place).to_owned(),
            automated: automated.map_or_else(|_| Vec::new(), |at| self.automated[at].1.clone()),
            path: path.map(|(account, by)| Step { account: name(account), by }).collect(),
            hops: self.found.level[at],
            in_from_set,
            out_to_set,
            reciprocated: within.reciprocated[at],
            followers,
            following,
            followers_in_set: share(in_from_set, followers),
            following_in_set: share(out_to_set, following),
            interactions: self.evidence.interactions[at],
            core: self.evidence.core[at],
            nearness: f64::from(self.scores.near[at]).exp(),
            co_follow: self.evidence.co_follow[at].into(),
            community: self.groups.of(account),
        }
    }

    /// How many follow an account and are followed by it: what the service says, or the dataset
    /// where that is more.
    fn followers(&self, account: u32) -> (u64, u64) {
        let follows = self.ties.follows();
        let (ins, outs) = (follows.ins(account).len() as u64, follows.outs(account).len() as u64);
        let profile = self.dataset.profile(account);
        let said = |count: Option<u64>| count.unwrap_or(0);
        let followers = profile.map_or(0, |profile| said(profile.followers));
        let following = profile.map_or(0, |profile| said(profile.following));
        (followers.max(ins), following.max(outs))
    }

    fn cuts(&self, frame: &Frame, listed: u64, seeds: &[u32]) -> Vec<Cut> {
        let levels = &self.found.levels;
        let left_out: u64 = levels.iter().map(|level| level.left_out).sum();
        let not_followed: u64 = levels.iter().map(|level| level.not_followed).sum();
        let scored = frame.account.len() as u64;
        let (members, of) = (self.evidence.co_followed_with, seeds.len() as u64);
        let rounds = u64::from(self.scores.rounds);
        let (grouped, could) = (self.groups.among(), scored + of);
        [
            (left_out > 0).then_some(Cut::Frontier { accounts: left_out }),
            (not_followed > 0).then_some(Cut::Ties { times: not_followed }),
            (!self.scores.settled).then_some(Cut::Rounds { rounds }),
            (members < of).then_some(Cut::CoFollow { members, of }),
            (grouped < could).then_some(Cut::Communities { accounts: grouped, of: could }),
            (listed < scored).then_some(Cut::Listed { accounts: listed, of: scored }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
