//! Bursts of hashtags, and how far each was taken over.
//!
//! Posts under a hashtag are counted in slots of time. A slot raises an alarm where its count is
//! far above the running mean in standard deviations (an exponentially weighted control chart) and
//! where, besides, so many are improbable by Poisson's law, for the running mean and for the same
//! hour of earlier weeks, where there are enough of them. Where a burst begins and ends is told by
//! the automaton of two states of Kleinberg (2002): gaps between posts are drawn at the usual rate
//! or at [`RATE_UP`] times that, and going up costs as much as the logarithm of their number.
//!
//! A burst is no campaign: most are news. What is measured beside it helps to tell.

use super::evidence::{Teller, share};
use super::findings::{Burst, Hijack};
use super::parameters::BurstParameters;
use super::significance::LOG10_FLOOR;
use crate::dataset::Posts;
use crate::stats::{gini, jensen_shannon_distance, poisson_ln_upper};
use crate::{Stopped, Watch, step};
use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::LN_10;
use std::ops::Range;
use std::sync::Arc;

/// How many times as fast posts come in a burst at least.
const RATE_UP: f64 = 4.0;
const WEEK_US: i64 = 7 * 24 * 3_600_000_000;
const HOUR_US: i64 = 3_600_000_000;
/// The same hour of so many earlier weeks is needed before it is compared with.
const WEEKS: i64 = 2;
/// ... and so many are compared with, however early the first post of a hashtag is.
const MOST_WEEKS: i64 = 26;
/// A hashtag was in use before where it has so many earlier posts.
const EARLIER: usize = 10;
/// So many earlier posts are compared with, the latest.
const COMPARED: usize = 2_000;
/// Progress is told after so many hashtags.
const TOLD_EVERY: usize = 256;

/// A burst, as rows of posts.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// The hashtag, a number of [`Posts::objects`].
    pub hashtag: u32,
    /// The slot that raised the greatest alarm.
    pub alarm: Alarm,
    /// All posts under it; every burst of a hashtag has the same list.
    rows: Arc<[u32]>,
    /// Where in the list the burst is.
    place: Range<usize>,
}

impl Stretch {
    /// The posts under the hashtag before the burst.
    #[must_use]
    pub fn before(&self) -> &[u32] {
        &self.rows[..self.place.start]
    }

    /// The posts of the burst.
    #[must_use]
    pub fn during(&self) -> &[u32] {
        &self.rows[self.place.clone()]
    }
}

/// The bursts of all hashtags, the most surprising first.
///
/// # Errors
/// [`Stopped`] where the watcher says so.
pub fn find(
    posts: &Posts,
    rules: &BurstParameters,
    watch: &mut dyn Watch,
) -> Result<Vec<Stretch>, Stopped> {
    let tagged = tagged(posts, rules.min_posts as usize);
    let mut found = Vec::new();
    for (done, (hashtag, rows)) in tagged.iter().enumerate() {
        if done.is_multiple_of(TOLD_EVERY) {
            step(watch, "find_bursts", done as u64, tagged.len() as u64)?;
        }
        let at_us: Vec<i64> = rows.iter().map(|row| posts.at_us[*row as usize]).collect();
        let span = (posts.at_us[0], posts.at_us[posts.len() - 1]);
        let stretches = stretches(&at_us, span, rules);
        if !stretches.is_empty() {
            let rows: Arc<[u32]> = rows.as_slice().into();
            found.extend(stretches.into_iter().map(|(place, alarm)| Stretch {
                hashtag: *hashtag,
                alarm,
                rows: Arc::clone(&rows),
                place,
            }));
        }
    }
    found.sort_by(|a, b| {
        b.alarm.surprise.total_cmp(&a.alarm.surprise).then(a.during()[0].cmp(&b.during()[0]))
    });
    Ok(found)
}

/// The rows of each hashtag with enough posts, by hashtag.
fn tagged(posts: &Posts, least: usize) -> BTreeMap<u32, Vec<u32>> {
    let mut rows: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for row in 0..posts.len() {
        for tag in posts.hashtags.row(row) {
            rows.entry(*tag).or_default().push(row as u32);
        }
    }
    rows.retain(|_, rows| rows.len() >= least);
    rows
}

/// A slot that raised an alarm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alarm {
    /// The slot, counted from 1970.
    pub slot: i64,
    /// How many posts a slot usually has.
    pub usual: f64,
    /// -log10 of the chance of as many.
    pub surprise: f64,
}

/// The stretches of posts that are a burst, with the greatest alarm of each.
fn stretches(
    at_us: &[i64],
    span: (i64, i64),
    rules: &BurstParameters,
) -> Vec<(Range<usize>, Alarm)> {
    let alarms = alarms(at_us, span.0, rules);
    if alarms.is_empty() {
        return Vec::new();
    }
    let slot_us = i64::from(rules.slot_s) * 1_000_000;
    let mut found: Vec<(Range<usize>, Alarm)> = Vec::new();
    for stretch in fast_stretches(at_us, span.1 - span.0) {
        let slots =
            at_us[stretch.start].div_euclid(slot_us)..=at_us[stretch.end - 1].div_euclid(slot_us);
        let own = alarms.iter().filter(|alarm| slots.contains(&alarm.slot));
        let greatest = own.max_by(|a, b| a.surprise.total_cmp(&b.surprise));
        if let Some(alarm) = greatest.filter(|_| stretch.len() >= rules.min_posts as usize) {
            found.push((stretch, *alarm));
        }
    }
    found
}

/// The slots that raise an alarm.
fn alarms(at_us: &[i64], from_us: i64, rules: &BurstParameters) -> Vec<Alarm> {
    let slot_us = i64::from(rules.slot_s) * 1_000_000;
    let keep = 0.5_f64.powf(1.0 / rules.half_life_slots);
    let (mut mean, mut variance) = (0.0_f64, 0.0_f64);
    let mut last = from_us.div_euclid(slot_us) - 1;
    let mut history: BTreeMap<i64, u64> = BTreeMap::new();
    let mut found = Vec::new();
    for slot in at_us.chunk_by(|a, b| a.div_euclid(slot_us) == b.div_euclid(slot_us)) {
        let (number, count) = (slot[0].div_euclid(slot_us), slot.len() as u64);
        // Empty slots let the mean fade; what they add to the variance fades with it.
        let quiet = keep.powf((number - last - 1) as f64);
        variance = quiet * (variance + (1.0 - quiet) * mean * mean);
        mean *= quiet;
        let excess = count as f64 - mean;
        let usual = mean.max(usual_by_week(&history, number, slot_us)).max(0.1);
        let surprise = -poisson_ln_upper(count, usual) / LN_10;
        // A count has at least the variance of Poisson's law.
        let deviation = (variance.max(mean) + 1.0).sqrt();
        if excess > rules.alarm * deviation && surprise >= rules.surprise {
            found.push(Alarm { slot: number, usual, surprise: surprise.min(-LOG10_FLOOR) });
        }
        variance = keep * (variance + (1.0 - keep) * excess * excess);
        mean += (1.0 - keep) * excess;
        for at in slot {
            *history.entry(at.div_euclid(HOUR_US)).or_default() += 1;
        }
        last = number;
    }
    found
}

/// How many posts a slot has at this time of the week, by the mean of earlier weeks, the latest
/// [`MOST_WEEKS`]; 0 where there are too few. A slot that is shorter than an hour is compared with
/// its share of the hour; a longer one with all hours that begin in it.
fn usual_by_week(history: &BTreeMap<i64, u64>, slot: i64, slot_us: i64) -> f64 {
    let hour = (slot * slot_us).div_euclid(HOUR_US);
    let hours = (slot_us / HOUR_US).max(1);
    let first = history.keys().next().copied().unwrap_or(hour);
    let weeks = ((hour - first) / (WEEK_US / HOUR_US)).min(MOST_WEEKS);
    if weeks < WEEKS {
        return 0.0;
    }
    let earlier = (1..=weeks).map(|week| hour - week * (WEEK_US / HOUR_US));
    let posts: u64 =
        earlier.flat_map(|hour| history.range(hour..hour + hours)).map(|(_, count)| count).sum();
    posts as f64 / weeks as f64 * (slot_us as f64 / HOUR_US as f64).min(1.0)
}

/// The stretches in which Kleinberg's automaton is in its upper state.
fn fast_stretches(at_us: &[i64], span_us: i64) -> Vec<Range<usize>> {
    let count = at_us.len();
    if count < 2 {
        return Vec::new();
    }
    let rate = count as f64 / (span_us.max(1) as f64);
    let up = (count as f64).ln();
    let cost = |gap: i64, rate: f64| rate * gap as f64 - rate.ln();
    // The least cost of each state after each gap, and whether it was reached from above.
    let mut costs = (0.0_f64, up);
    let mut from_above: Vec<(bool, bool)> = Vec::with_capacity(count);
    for pair in at_us.windows(2) {
        let gap = (pair[1] - pair[0]).max(1);
        let down = (costs.1 < costs.0, costs.0.min(costs.1));
        let upper = (costs.1 <= costs.0 + up, (costs.0 + up).min(costs.1));
        from_above.push((down.0, upper.0));
        costs = (down.1 + cost(gap, rate), upper.1 + cost(gap, rate * RATE_UP));
    }
    let mut is_fast = vec![false; count - 1];
    let mut above = costs.1 < costs.0;
    for gap in (0..count - 1).rev() {
        is_fast[gap] = above;
        above = if above { from_above[gap].1 } else { from_above[gap].0 };
    }
    let mut found = Vec::new();
    let mut gap = 0;
    while gap < is_fast.len() {
        let length = is_fast[gap..].iter().take_while(|fast| **fast).count();
        if length > 0 {
            found.push(gap..gap + length + 1);
        }
        gap += length.max(1);
    }
    found
}

/// Tells a burst.
#[must_use]
pub fn told(teller: &Teller<'_>, stretch: &Stretch) -> Burst {
    let posts = &teller.dataset.posts;
    let (before, during) = (stretch.before(), stretch.during());
    let (first_us, last_us) =
        (posts.at_us[during[0] as usize], posts.at_us[during[during.len() - 1] as usize]);
    let mut by_account: BTreeMap<u32, u32> = BTreeMap::new();
    for row in during {
        *by_account.entry(posts.account[*row as usize]).or_default() += 1;
    }
    let mut counts: Vec<u32> = by_account.values().copied().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let values: Vec<f64> = counts.iter().map(|count| f64::from(*count)).collect();
    let earlier: BTreeSet<u32> = before.iter().map(|row| posts.account[*row as usize]).collect();
    let new = by_account.keys().map(|account| !earlier.contains(account));
    let slot_us = f64::from(teller.parameters.bursts.slot_s) * 1e6;
    Burst {
        hashtag: posts.objects.text(stretch.hashtag).to_owned(),
        first_us,
        last_us,
        posts: during.len() as u64,
        expected: stretch.alarm.usual * (1.0 + (last_us - first_us) as f64 / slot_us),
        surprise: stretch.alarm.surprise,
        accounts: by_account.len() as u64,
        gini: gini(&values),
        top_10: values.iter().take(10).sum::<f64>() / during.len() as f64,
        newcomers: share(new).unwrap_or(0.0),
        gap_entropy_bits: gap_entropy_bits(posts, during),
        marks: teller.marks(during),
        hijack: hijack(posts, before, during, &earlier),
        examples: teller.examples(during),
    }
}

/// The entropy of the gaps between posts, each in its power of two of seconds.
fn gap_entropy_bits(posts: &Posts, rows: &[u32]) -> f64 {
    let mut classes: BTreeMap<u32, f64> = BTreeMap::new();
    for pair in rows.windows(2) {
        let gap_us = posts.at_us[pair[1] as usize] - posts.at_us[pair[0] as usize];
        let class = ((gap_us / 1_000_000) as u64 + 1).ilog2();
        *classes.entry(class).or_default() += 1.0;
    }
    let gaps: f64 = classes.values().sum();
    classes.values().map(|count| -(count / gaps) * (count / gaps).log2()).sum::<f64>().max(0.0)
}

fn hijack(posts: &Posts, before: &[u32], during: &[u32], earlier: &BTreeSet<u32>) -> Hijack {
    if before.len() < EARLIER {
        return Hijack::default();
    }
    let latest = &before[before.len().saturating_sub(COMPARED)..];
    let posters: BTreeSet<u32> = during.iter().map(|row| posts.account[*row as usize]).collect();
    let words = |rows: &[u32]| {
        let texts = rows.iter().map(|row| posts.text_of(*row as usize));
        texts.flat_map(|text| text.split_whitespace().map(str::to_lowercase)).collect::<Vec<_>>()
    };
    let beside = |rows: &[u32]| {
        let tags = rows.iter().flat_map(|row| posts.hashtags.row(*row as usize));
        tags.map(|tag| posts.objects.text(*tag).to_owned()).collect::<Vec<_>>()
    };
    let hosts = |row: &u32| {
        let links = posts.links.row(*row as usize).iter();
        links.map(|link| host(posts.objects.text(*link))).collect::<Vec<_>>()
    };
    let known: BTreeSet<&str> = latest.iter().flat_map(hosts).collect();
    let foreign = during.iter().map(|row| hosts(row).iter().any(|host| !known.contains(host)));
    Hijack {
        incumbents: share(posters.iter().map(|account| earlier.contains(account))),
        topic_drift: drift(&words(latest), &words(during)),
        neighbour_drift: drift(&beside(latest), &beside(during)),
        foreign_links: share(foreign),
    }
}

/// The distance between two lists of words; none where one is empty.
fn drift(before: &[String], during: &[String]) -> Option<f64> {
    if before.is_empty() || during.is_empty() {
        return None;
    }
    let mut counts: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    before.iter().for_each(|word| counts.entry(word).or_default().0 += 1.0);
    during.iter().for_each(|word| counts.entry(word).or_default().1 += 1.0);
    let (left, right): (Vec<f64>, Vec<f64>) = counts.into_values().unzip();
    Some(jensen_shannon_distance(&left, &right))
}

/// The host of a link.
fn host(link: &str) -> &str {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

#[cfg(test)]
impl Stretch {
    /// A burst of a hashtag that was not there before.
    pub(super) fn alone(during: &[u32], alarm: Alarm) -> Self {
        Self { hashtag: 0, alarm, rows: during.into(), place: 0..during.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Unwatched;
    use crate::dataset::{Builder, PostRow};

    const MINUTE: i64 = 60_000_000;

    /// Posts under one hashtag at these minutes; bursts as posts before and during.
    fn check(minutes: &[i64], expected: &[(usize, usize)]) {
        let mut builder = Builder::new();
        for (n, minute) in minutes.iter().enumerate() {
            let (id, tag) = (n.to_string(), ["tag"]);
            let at_us = minute * MINUTE + n as i64;
            builder.post(&PostRow {
                id: &id,
                account: "a",
                at_us,
                hashtags: &tag,
                ..PostRow::default()
            });
        }
        let posts = builder.build().posts;
        let found = find(&posts, &BurstParameters::default(), &mut Unwatched).unwrap();
        let told: Vec<(usize, usize)> =
            found.iter().map(|stretch| (stretch.before().len(), stretch.during().len())).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn a_burst_is_far_more_than_usual() {
        check(&[], &[]);
        let hourly: Vec<i64> = (0..48).map(|hour| hour * 60).collect();
        check(&hourly, &[]);
        let burst: Vec<i64> = (0..40).map(|n| 48 * 60 + n / 8).collect();
        check(&[hourly.clone(), burst.clone()].concat(), &[(48, 40)]);
        // Too few posts are no burst, however fast.
        check(&[hourly.clone(), burst[..15].to_vec()].concat(), &[]);
        // Nor are many, if there are always as many.
        let steady: Vec<i64> = (0..2 * 24 * 60).collect();
        check(&steady, &[]);
    }

    #[test]
    fn earlier_weeks_are_compared_with_where_there_are_two() {
        let week = WEEK_US / HOUR_US;
        let history = BTreeMap::from([(100, 24), (100 + week, 12), (101, 99)]);
        let slot_us = HOUR_US / 12;
        let usual = |hour: i64| usual_by_week(&history, hour * 12, slot_us);
        assert!((usual(100 + 2 * week) - 1.5).abs() < 1e-12, "{}", usual(100 + 2 * week));
        assert!(usual(100 + week).abs() < 1e-12);
        assert!(usual_by_week(&BTreeMap::new(), 0, slot_us).abs() < 1e-12);
    }

    #[test]
    fn drift_is_none_of_nothing_and_all_of_other_words() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(drift(&[], &words("one")), None);
        assert!(drift(&words("one two"), &words("two one")).unwrap() < 1e-9);
        assert!((drift(&words("one two"), &words("three")).unwrap() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_host_of_a_link() {
        for (link, expected) in [
            ("https://a.example/b?c#d", "a.example"),
            ("a.example/b", "a.example"),
            ("https://a.example?b", "a.example"),
            ("", ""),
        ] {
            assert_eq!(host(link), expected);
        }
    }

    #[test]
    fn the_time_of_the_week_is_that_of_whole_slots_and_late_weeks() {
        let week = WEEK_US / HOUR_US;
        let check = |hours: &[(i64, u64)], slot_hours: i64, expected: f64| {
            let history: BTreeMap<i64, u64> = hours.iter().copied().collect();
            let slot_us = slot_hours * HOUR_US;
            let told = usual_by_week(&history, 100 * week / slot_hours, slot_us);
            assert!((told - expected).abs() < 1e-9, "{hours:?}, {slot_hours} hours: {told}");
        };
        let two = [(98 * week, 6), (98 * week + 1, 2), (99 * week, 4), (99 * week + 1, 8)];
        check(&two, 1, 5.0);
        check(&two, 2, 10.0);
        check(&two[2..], 1, 0.0);
        // One post of long ago does not make the mean one of all weeks since.
        check(&[&[(0, 1)], &two[..]].concat(), 1, 10.0 / MOST_WEEKS as f64);
    }
}
