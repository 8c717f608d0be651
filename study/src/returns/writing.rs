//! When, with what, in which languages and in which manner an account posts.

use super::limits::{HOURS_FROM, POSTS, STYLE_CHARACTERS, STYLE_FROM, USES_FROM};
use super::text;
use crate::Dataset;
use crate::dataset::NONE;

/// Runs of characters are told apart by so many bits.
pub const RUN_BITS: u32 = 20;
/// Hours of a week.
pub const HOURS: usize = 168;
const HOUR_US: i64 = 3_600_000_000;
/// 1970-01-01 was a Thursday; hour 0 is Monday 00:00.
const FIRST_HOUR: i64 = 72;

/// How often an account posted in each hour of the week, hours with several posts counted once.
#[derive(Debug, Clone, PartialEq)]
pub struct Hours {
    /// By hour of the week.
    pub counts: Vec<f32>,
    /// Their sum.
    pub total: f32,
    /// How much more usual each hour is for the account than for others: the logarithm of its share
    /// of the account's posts over its share of all posts, smoothed.
    pub telling: Vec<f32>,
}

/// What was used, each with its share of the posts, in the order of the numbers.
pub type Uses = Vec<(u32, f32)>;

/// Runs of three characters by number, in order, with the weight of each.
pub type Style = Vec<(u32, f32)>;

/// What an account's posts show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Writing {
    /// How many posts were looked at.
    pub posts: u32,
    /// Their hours; none with too few.
    pub hours: Option<Hours>,
    /// Their programs; empty with too few.
    pub clients: Uses,
    /// Their languages; empty with too few.
    pub languages: Uses,
    /// Their style, before rarity is weighed in; none with too few characters.
    pub style: Option<Style>,
}

/// The posts of some accounts, each account's in the order of time.
#[derive(Debug, Clone, Default)]
pub struct PostsOf {
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl PostsOf {
    /// Gathers the posts of the accounts that are wanted.
    pub fn of(dataset: &Dataset, wanted: impl Fn(u32) -> bool) -> Self {
        let mut starts = vec![0_u32; dataset.accounts.len() + 1];
        let accounts = &dataset.posts.account;
        for account in accounts.iter().filter(|account| wanted(**account)) {
            starts[*account as usize + 1] += 1;
        }
        for account in 1..starts.len() {
            starts[account] += starts[account - 1];
        }
        let mut free = starts.clone();
        let mut rows = vec![0; starts.last().map_or(0, |end| *end as usize)];
        for (row, account) in (0..).zip(accounts).filter(|(_, account)| wanted(**account)) {
            let place = &mut free[*account as usize];
            rows[*place as usize] = row;
            *place += 1;
        }
        Self { starts, rows }
    }

    /// The rows of an account.
    pub fn rows(&self, account: u32) -> &[u32] {
        let account = account as usize;
        &self.rows[self.starts[account] as usize..self.starts[account + 1] as usize]
    }

    /// The last rows of an account up to an instant, and how many there were before them.
    pub fn last(&self, dataset: &Dataset, account: u32, until_us: i64) -> (&[u32], usize) {
        let rows = self.until(dataset, account, until_us);
        let more = rows.len().saturating_sub(POSTS);
        (&rows[more..], more)
    }

    /// The first rows of an account up to an instant, and how many more there are.
    pub fn first(&self, dataset: &Dataset, account: u32, until_us: i64) -> (&[u32], usize) {
        let rows = self.until(dataset, account, until_us);
        let more = rows.len().saturating_sub(POSTS);
        (&rows[..rows.len() - more], more)
    }

    fn until(&self, dataset: &Dataset, account: u32, until_us: i64) -> &[u32] {
        let rows = self.rows(account);
        let end = rows.partition_point(|row| dataset.posts.at_us[*row as usize] <= until_us);
        &rows[..end]
    }
}

impl Writing {
    /// What some posts show, and how many more there were.
    pub fn of(dataset: &Dataset, (rows, _): (&[u32], usize), week: &[f32]) -> Self {
        Self {
            posts: rows.len() as u32,
            hours: hours(dataset, rows, week),
            clients: uses(dataset, rows, &dataset.posts.client),
            languages: uses(dataset, rows, &dataset.posts.language),
            style: style(dataset, rows),
        }
    }

    /// The language that most posts are in.
    pub fn main_language(&self) -> Option<u32> {
        let most = |a: &&(u32, f32), b: &&(u32, f32)| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0));
        self.languages.iter().max_by(most).map(|(language, _)| *language)
    }
}

/// The hour of the week of an instant, 0 to 167.
pub fn hour_of_week(at_us: i64) -> usize {
    (at_us.div_euclid(HOUR_US) + FIRST_HOUR).rem_euclid(HOURS as i64) as usize
}

fn hours(dataset: &Dataset, rows: &[u32], week: &[f32]) -> Option<Hours> {
    let mut counts = vec![0.0; HOURS];
    let mut last = None;
    let mut total = 0;
    for row in rows {
        let at_us = dataset.posts.at_us[*row as usize];
        let hour = at_us.div_euclid(HOUR_US);
        if last != Some(hour) {
            counts[hour_of_week(at_us)] += 1.0;
            total += 1;
            last = Some(hour);
        }
    }
    (total >= HOURS_FROM).then(|| {
        let telling = telling(&counts, week);
        Hours { counts, total: total as f32, telling }
    })
}

/// Few posts say little of an hour of the week, more of an hour of the day: each is shrunk toward
/// the other, and that toward what is usual, with as much weight as it has cells.
fn telling(counts: &[f32], week: &[f32]) -> Vec<f32> {
    let total: f32 = counts.iter().sum();
    let sum_by_day = |of: &[f32], hour: usize| (0..7).map(|day| of[day * 24 + hour]).sum::<f32>();
    let by_day: Vec<(f32, f32)> =
        (0..24).map(|hour| (sum_by_day(counts, hour), sum_by_day(week, hour))).collect();
    let share_of_day = |hour: usize| {
        let near = |step: usize| by_day[(hour + step) % 24].0;
        let smooth = near(0) / 2.0 + (near(1) + near(23)) / 4.0;
        (smooth + 24.0 * by_day[hour].1) / (total + 24.0)
    };
    let shares: Vec<f32> = (0..24).map(share_of_day).collect();
    let one = |hour: usize| {
        let near = |step: usize| counts[(hour + step) % HOURS];
        let smooth = near(0) / 2.0 + (near(1) + near(HOURS - 1)) / 4.0;
        let of_day = shares[hour % 24] * week[hour] / by_day[hour % 24].1;
        let share = (smooth + HOURS as f32 * of_day) / (total + HOURS as f32);
        (share / week[hour]).ln()
    };
    (0..HOURS).map(one).collect()
}

fn uses(dataset: &Dataset, rows: &[u32], column: &[u32]) -> Uses {
    let known = |object: &u32| !dataset.posts.objects.text(*object).is_empty();
    let mut used: Vec<u32> = rows.iter().map(|row| column[*row as usize]).filter(known).collect();
    if (used.len() as u32) < USES_FROM {
        return Uses::new();
    }
    used.sort_unstable();
    let total = used.len() as f32;
    used.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as f32 / total)).collect()
}

/// The characters of a post whose manner is its author's: no links, names or tags, and nothing of
/// what it passes on.
pub fn own_characters(dataset: &Dataset, row: u32) -> impl Iterator<Item = char> + '_ {
    let row = row as usize;
    let own = dataset.posts.repost_of[row] == NONE;
    let text = if own { text::cut(dataset.posts.text_of(row)) } else { "" };
    let words = text.split_whitespace();
    let own = words.filter(|word| !word.starts_with(['@', '#']) && text::link(word).is_none());
    own.flat_map(|word| std::iter::once(' ').chain(word.chars()))
}

/// The number of a run of three characters. Two runs may share one, which only blurs.
pub fn run_number(run: [char; 3]) -> u32 {
    let packed = run.iter().fold(0_u64, |packed, c| packed << 21 | u64::from(u32::from(*c)));
    (packed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - RUN_BITS)) as u32
}

/// Calls for every run of three characters of some posts.
pub fn each_run(dataset: &Dataset, rows: &[u32], mut call: impl FnMut([char; 3])) -> usize {
    let mut seen = 0;
    for row in rows {
        let mut run = ['\0'; 3];
        for (at, character) in own_characters(dataset, *row).enumerate() {
            run = [run[1], run[2], character];
            seen += 1;
            if at >= 2 {
                call(run);
            }
        }
        if seen >= STYLE_CHARACTERS {
            break;
        }
    }
    seen
}

fn style(dataset: &Dataset, rows: &[u32]) -> Option<Style> {
    let mut numbers = Vec::new();
    let seen = each_run(dataset, rows, |run| numbers.push(run_number(run)));
    if seen < STYLE_FROM {
        return None;
    }
    numbers.sort_unstable();
    let same = numbers.chunk_by(|a, b| a == b);
    Some(same.map(|same| (same[0], (same.len() as f32).sqrt())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Builder, PostRow};

    const DAY_US: i64 = 24 * HOUR_US;
    /// A Monday, 00:00.
    const MONDAY: i64 = 20_000 * DAY_US - DAY_US * ((20_000 + 3) % 7);

    fn rows(dataset: &Dataset) -> Vec<u32> {
        (0..dataset.posts.len() as u32).collect()
    }

    /// Posts at these hours after a Monday, with these texts.
    fn posts(posts: &[(i64, &str)]) -> Dataset {
        let mut builder = Builder::new();
        for (number, (hour, text)) in posts.iter().enumerate() {
            let id = format!("{number:04}");
            let at_us = MONDAY + hour * HOUR_US + number as i64;
            let (language, client) = ("en", if number % 4 == 0 { "web" } else { "gull" });
            let account = "a";
            let post =
                PostRow { id: &id, account, at_us, text, language, client, ..PostRow::default() };
            builder.post(&post);
        }
        builder.build()
    }

    fn even() -> Vec<f32> {
        vec![1.0 / HOURS as f32; HOURS]
    }

    #[test]
    fn weeks_begin_on_monday() {
        for (hours, wanted) in [(0, 0), (1, 1), (167, 167), (168, 0), (-1, 167)] {
            assert_eq!(hour_of_week(MONDAY + hours * HOUR_US), wanted);
        }
        assert_eq!(hour_of_week(0), 72, "1970 began on a Thursday");
    }

    #[test]
    fn hours_with_several_posts_count_once() {
        let daily: Vec<(i64, &str)> =
            (0..10).flat_map(|day| [(day * 24 + 9, ""), (day * 24 + 9, "")]).collect();
        let dataset = posts(&daily);
        let writing = Writing::of(&dataset, (&rows(&dataset), 0), &even());
        let hours = writing.hours.unwrap();
        assert_eq!((writing.posts, hours.total), (20, 10.0));
        assert_eq!((hours.counts[9], hours.counts[9 + 24 * 3]), (2.0, 1.0));
        // Nine o'clock tells most, its neighbours a little, midnight against.
        let at = |hour: usize| hours.telling[hour];
        assert!(at(9) > at(10) && at(10) > 0.0 && at(0) < 0.0, "{:?}", &hours.telling[..24]);
        let few = posts(&daily[..18]);
        assert_eq!(Writing::of(&few, (&rows(&few), 0), &even()).hours, None);
    }

    #[test]
    fn uses_are_shares_of_posts() {
        let dataset = posts(&[(1, ""), (2, ""), (3, ""), (4, "")]);
        let writing = Writing::of(&dataset, (&rows(&dataset), 0), &even());
        let named: Vec<(&str, f32)> = writing
            .clients
            .iter()
            .map(|(what, share)| (dataset.posts.objects.text(*what), *share))
            .collect();
        assert_eq!(named, [("web", 0.25), ("gull", 0.75)]);
        assert_eq!(writing.main_language(), dataset.posts.objects.find("en"));
        let few = Writing::of(&dataset, (&rows(&dataset)[..2], 0), &even());
        assert_eq!((few.main_language(), few.clients), (None, Uses::new()));
    }

    #[test]
    fn style_is_what_one_writes_oneself() {
        let own = |text: &str| {
            let dataset = posts(&[(1, text)]);
            own_characters(&dataset, 0).collect::<String>()
        };
        assert_eq!(own("Hm,  @wren see https://a.example/x #tide ok :)"), " Hm, see ok :)");
        let mut builder = Builder::new();
        let post = PostRow { id: "p", account: "a", text: "theirs", ..PostRow::default() };
        builder.post(&PostRow { repost_of: Some("q"), ..post });
        assert_eq!(own_characters(&builder.build(), 0).count(), 0);
        let long = "tea and bread ".repeat(30);
        let dataset = posts(&[(1, &long)]);
        let style = Writing::of(&dataset, (&[0], 0), &even()).style.unwrap();
        assert!(style.is_sorted_by_key(|(run, _)| *run) && style.len() < 20, "{style:?}");
        let short = posts(&[(1, "tea")]);
        assert_eq!(Writing::of(&short, (&[0], 0), &even()).style, None);
    }

    #[test]
    fn the_nearest_posts_are_looked_at() {
        let all: Vec<(i64, &str)> = (0..POSTS as i64 + 5).map(|hour| (hour, "")).collect();
        let dataset = posts(&all);
        let of = PostsOf::of(&dataset, |account| account == 0);
        let until = MONDAY + (POSTS as i64 + 2) * HOUR_US;
        let (last, before) = of.last(&dataset, 0, until);
        let (first, after) = of.first(&dataset, 0, until);
        assert_eq!((last.len(), last[0], before), (POSTS, 2, 2));
        assert_eq!((first.len(), first[0], after), (POSTS, 0, 2));
        assert!(PostsOf::of(&dataset, |_| false).rows(0).is_empty());
    }
}
