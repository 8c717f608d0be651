//! Reasons to think that an account is automated.
//!
//! They are evidence for whoever codes the account, and no label: newsrooms, weather stations and
//! charities post by programs too, and a member may do so as well. Thresholds are fixed and written
//! beside every value.

use super::finding::{Reason, Screening};
use super::snowball::Found;
use super::{Error, Screened};
use crate::dataset::NONE;
use crate::graph::Graph;
use crate::{Dataset, Watch, step};
use serde::{Deserialize, Serialize};

const SECOND_US: i64 = 1_000_000;
const DAY_US: i64 = 86_400 * SECOND_US;
/// How many accounts are measured between two words with the watcher; a power of two.
const STRIDE: u32 = 1 << 14;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Posts within its busiest 24 hours.
    PostsInADay,
    /// The share of its own texts that it had posted before, of at least 20.
    RepeatedTexts,
    /// How little the gaps between its posts vary: 1 less their standard deviation over their mean,
    /// of at least 20 gaps.
    RegularGaps,
    /// The share of gaps below two seconds, of at least 20.
    ShortGaps,
    /// The share of posts that only pass on others', of at least 100.
    OnlyReposts,
    /// The share of those whom it follows that do not follow it, of at least 2,000.
    NotFollowedBack,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 6] = [
        Self::PostsInADay,
        Self::RepeatedTexts,
        Self::RegularGaps,
        Self::ShortGaps,
        Self::OnlyReposts,
        Self::NotFollowedBack,
    ];

    /// From which value on it is a reason.
    #[must_use]
    pub fn from(self) -> f64 {
        match self {
            Self::PostsInADay => 300.0,
            Self::RepeatedTexts => 0.8,
            Self::RegularGaps => 0.9,
            Self::ShortGaps => 0.5,
            Self::OnlyReposts => 0.99,
            Self::NotFollowedBack => 0.98,
        }
    }

    /// The least number of things that it is measured on.
    fn needs(self) -> usize {
        match self {
            Self::PostsInADay => 1,
            Self::RepeatedTexts | Self::RegularGaps | Self::ShortGaps => 20,
            Self::OnlyReposts => 100,
            Self::NotFollowedBack => 2_000,
        }
    }
}

/// The accounts of the frontier that gave a reason, by number, with their reasons.
pub(super) type Automated = Vec<(u32, Vec<Reason>)>;

/// Measures every account of the frontier.
pub(super) fn screen(
    dataset: &Dataset,
    follows: &Graph,
    found: &Found,
    watch: &mut dyn Watch,
) -> Result<Automated, Error> {
    let rows = rows_of_accounts(dataset);
    let accounts = follows.nodes();
    let mut automated = Vec::new();
    let mut posts = Posting::default();
    for account in 0..accounts {
        if account & (STRIDE - 1) == 0 {
            step(watch, "screening", account.into(), accounts.into())?;
        }
        if !found.has(account) {
            continue;
        }
        let own = rows.row(account as usize);
        let mut values = Vec::new();
        if !own.is_empty() {
            posts.measure(dataset, own, &mut values);
        }
        values.push((Measure::NotFollowedBack, not_followed_back(follows, account)));
        let reasons: Vec<Reason> = values
            .into_iter()
            .filter_map(|(measure, value)| {
                let (value, from) = (value?, measure.from());
                (value >= from).then_some(Reason { measure, value, from })
            })
            .collect();
        if !reasons.is_empty() {
            automated.push((account, reasons));
        }
    }
    Ok(automated)
}

/// What the screening comes to.
pub(super) fn summary(automated: &Automated, screened: Screened) -> Screening {
    let count = |measure: Measure| {
        let gave = |one: &&(u32, Vec<Reason>)| one.1.iter().any(|own| own.measure == measure);
        automated.iter().filter(gave).count() as u64
    };
    let accounts = automated.len() as u64;
    let left_out = match screened {
        Screened::Kept => 0,
        Screened::LeftOut => accounts,
    };
    let by_measure = Measure::ALL.into_iter().map(|measure| (measure, count(measure))).collect();
    Screening { accounts, left_out, by_measure }
}

/// The rows of each account's posts, in the order of time.
struct RowsOfAccounts {
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl RowsOfAccounts {
    fn row(&self, account: usize) -> &[u32] {
        &self.rows[self.starts[account] as usize..self.starts[account + 1] as usize]
    }
}

fn rows_of_accounts(dataset: &Dataset) -> RowsOfAccounts {
    let mut starts = vec![0_u32; dataset.accounts.len() + 1];
    for account in &dataset.posts.account {
        starts[*account as usize + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let mut rows = vec![0_u32; dataset.posts.len()];
    for (row, account) in (0_u32..).zip(&dataset.posts.account) {
        let at = &mut next[*account as usize];
        rows[*at as usize] = row;
        *at += 1;
    }
    RowsOfAccounts { starts, rows }
}

/// Room that is used again for each account.
#[derive(Default)]
struct Posting {
    times: Vec<i64>,
    texts: Vec<u32>,
}

impl Posting {
    fn measure(
        &mut self,
        dataset: &Dataset,
        rows: &[u32],
        values: &mut Vec<(Measure, Option<f64>)>,
    ) {
        let posts = &dataset.posts;
        let is_repost = |row: &u32| posts.repost_of[*row as usize] != NONE;
        self.times.clear();
        self.times.extend(rows.iter().map(|row| posts.at_us[*row as usize]));
        self.texts.clear();
        let own = rows.iter().filter(|row| !is_repost(row));
        let texts = own.map(|row| posts.text[*row as usize]);
        self.texts.extend(texts.filter(|text| !posts.texts.text(*text).is_empty()));
        let passed_on = rows.iter().filter(|row| is_repost(row)).count();
        let share = |measure: Measure, part: usize, of: usize| {
            (of >= measure.needs()).then(|| part as f64 / of as f64)
        };
        values.push((Measure::PostsInADay, Some(busiest_day(&self.times) as f64)));
        let (repeated, of) = (repeated(&mut self.texts), self.texts.len());
        values.push((Measure::RepeatedTexts, share(Measure::RepeatedTexts, repeated, of)));
        values.push((Measure::RegularGaps, regular(&self.times)));
        let gaps = self.times.windows(2).filter(|pair| pair[1] - pair[0] < 2 * SECOND_US).count();
        let of = self.times.len() - 1;
        values.push((Measure::ShortGaps, share(Measure::ShortGaps, gaps, of)));
        values.push((Measure::OnlyReposts, share(Measure::OnlyReposts, passed_on, rows.len())));
    }
}

fn busiest_day(times: &[i64]) -> usize {
    let (mut from, mut most) = (0, 0);
    for (at, time) in times.iter().enumerate() {
        while time - times[from] >= DAY_US {
            from += 1;
        }
        most = most.max(at + 1 - from);
    }
    most
}

fn repeated(texts: &mut [u32]) -> usize {
    texts.sort_unstable();
    texts.windows(2).filter(|pair| pair[0] == pair[1]).count()
}

fn regular(times: &[i64]) -> Option<f64> {
    if times.len() <= Measure::RegularGaps.needs() {
        return None;
    }
    let gaps = || times.windows(2).map(|pair| (pair[1] - pair[0]) as f64);
    let count = (times.len() - 1) as f64;
    let mean = gaps().sum::<f64>() / count;
    if mean <= 0.0 {
        return None;
    }
    let variance = gaps().map(|gap| (gap - mean).powi(2)).sum::<f64>() / count;
    Some(1.0 - variance.sqrt() / mean)
}

fn not_followed_back(follows: &Graph, account: u32) -> Option<f64> {
    let (outs, ins) = (follows.outs(account), follows.ins(account));
    if outs.len() < Measure::NotFollowedBack.needs() {
        return None;
    }
    let back = outs.iter().filter(|other| ins.binary_search(other).is_ok()).count();
    Some(1.0 - back as f64 / outs.len() as f64)
}

#[cfg(test)]
#[path = "screening_tests.rs"]
mod tests;
