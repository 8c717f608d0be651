//! Which suspended accounts are looked for, and among which new ones.

use super::limits::Reached;
use super::{Coverage, Limit, Parameters, Standing};
use crate::Dataset;
use crate::dataset::{NONE, StudyAction};
use std::ops::Range;

/// Microseconds of a day.
pub const DAY_US: f64 = 86_400_000_000.0;

/// A suspended account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Old {
    /// Its number.
    pub account: u32,
    /// When it was suspended, in microseconds since 1970.
    pub at_us: i64,
    /// The places of the new accounts of its window.
    pub window: Range<u32>,
}

/// A new account. Its place in [`Population::new`] is the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct New {
    /// Its number.
    pub account: u32,
    /// When it was made, or first posted, in microseconds since 1970.
    pub created_us: i64,
    /// Whether that is when it was made.
    pub created: Created,
    /// The end of its first days.
    pub until_us: i64,
}

/// Where a time of creation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// From the profile.
    Known,
    /// From the first post.
    FirstPost,
}

/// Who is looked for, and among whom.
#[derive(Debug, Clone, Default)]
pub struct Population {
    /// The suspended accounts, in the order of their ids.
    pub old: Vec<Old>,
    /// The new accounts, in the order of creation.
    pub new: Vec<New>,
    /// The place of each account in `new`, by number; [`NONE`] where it is not new.
    pub place_of: Vec<u32>,
}

/// What was done to an account last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Open,
    Suspended(i64),
    GivenBack,
}

impl Population {
    /// Finds both, and counts what is left out.
    pub fn of(
        dataset: &Dataset,
        parameters: &Parameters,
        coverage: &mut Coverage,
        reached: &mut Reached,
    ) -> Self {
        let first_post = first_posts(dataset);
        let mut old = suspended(dataset, &first_post, coverage);
        let most = parameters.suspended_at_most as usize;
        if old.len() > most {
            old.sort_by_key(|old| (std::cmp::Reverse(old.at_us), old.account));
            let first = dataset.accounts.text(old[most].account);
            reached.add(Limit::Suspended, most, old.len() - most, first);
            old.truncate(most);
        }
        let windows = Windows::of(&old, parameters);
        let new = new_accounts(dataset, parameters, &windows, &first_post, coverage);
        for old in &mut old {
            let (from, to) = window(old.at_us, parameters);
            let start = new.partition_point(|new| new.created_us < from);
            let end = new.partition_point(|new| new.created_us <= to);
            old.window = start as u32..end as u32;
        }
        old.sort_by_key(|old| dataset.accounts.text(old.account));
        let mut place_of = vec![NONE; dataset.accounts.len()];
        (0..).zip(&new).for_each(|(place, new)| place_of[new.account as usize] = place);
        coverage.suspended = old.len() as u64;
        coverage.new_accounts = new.len() as u64;
        coverage.pairs = old.iter().map(|old| pairs(old, &place_of)).sum();
        Self { old, new, place_of }
    }

    /// How many new accounts an old one is looked for among: those of its window but itself.
    pub fn pairs(&self, old: &Old) -> u64 {
        pairs(old, &self.place_of)
    }
}

fn pairs(old: &Old, place_of: &[u32]) -> u64 {
    let own = place_of.get(old.account as usize).is_some_and(|place| old.window.contains(place));
    old.window.len() as u64 - u64::from(own)
}

/// What became of an account, from its profile and from what was done to it.
pub fn standing(dataset: &Dataset, states: &States, account: u32) -> Standing {
    match states.of(dataset, account) {
        State::Open => Standing::Open,
        State::Suspended(_) => Standing::Suspended,
        State::GivenBack => Standing::GivenBack,
    }
}

/// What was done last to each account that something was done to.
#[derive(Debug, Clone, Default)]
pub struct States(Vec<(i64, State)>);

impl States {
    /// Takes it from the actions.
    pub fn new(dataset: &Dataset) -> Self {
        let mut states = vec![(i64::MIN, State::Open); dataset.accounts.len()];
        for action in &dataset.actions {
            let state = match action.action {
                StudyAction::Suspend => State::Suspended(action.at_us),
                StudyAction::Restore => State::GivenBack,
                StudyAction::Remove => continue,
            };
            states[action.account as usize] = (action.at_us, state);
        }
        Self(states)
    }

    /// The later of what was done and what the profile says.
    fn of(&self, dataset: &Dataset, account: u32) -> State {
        let (at_us, state) = self.0[account as usize];
        match dataset.profile(account).and_then(|profile| profile.suspended_at_us) {
            Some(suspended) if suspended >= at_us || state == State::Open => {
                State::Suspended(suspended)
            }
            _ => state,
        }
    }
}

fn first_posts(dataset: &Dataset) -> Vec<i64> {
    let mut first = vec![i64::MAX; dataset.accounts.len()];
    for (account, at_us) in dataset.posts.account.iter().zip(&dataset.posts.at_us) {
        let first = &mut first[*account as usize];
        *first = (*first).min(*at_us);
    }
    first
}

fn suspended(dataset: &Dataset, first_post: &[i64], coverage: &mut Coverage) -> Vec<Old> {
    let states = States::new(dataset);
    let mut old = Vec::new();
    for account in 0..dataset.accounts.len() as u32 {
        match states.of(dataset, account) {
            State::Open => {}
            State::GivenBack => coverage.given_back += 1,
            State::Suspended(at_us) => {
                let known =
                    dataset.profile(account).is_some() || first_post[account as usize] <= at_us;
                if known {
                    old.push(Old { account, at_us, window: 0..0 });
                } else {
                    coverage.suspended_unknown += 1;
                }
            }
        }
    }
    old
}

/// The times in which a new account may be made, for each suspension.
fn window(at_us: i64, parameters: &Parameters) -> (i64, i64) {
    let before = (parameters.days_before * DAY_US) as i64;
    let after = (parameters.days_after * DAY_US) as i64;
    (at_us.saturating_sub(before), at_us.saturating_add(after))
}

/// All windows together, as spans that do not touch.
struct Windows(Vec<(i64, i64)>);

impl Windows {
    fn of(old: &[Old], parameters: &Parameters) -> Self {
        let mut all: Vec<(i64, i64)> =
            old.iter().map(|old| window(old.at_us, parameters)).collect();
        all.sort_unstable();
        let mut joined: Vec<(i64, i64)> = Vec::new();
        for (from, to) in all {
            match joined.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        Self(joined)
    }

    fn contain(&self, at_us: i64) -> bool {
        let after = self.0.partition_point(|span| span.0 <= at_us);
        after > 0 && at_us <= self.0[after - 1].1
    }
}

fn new_accounts(
    dataset: &Dataset,
    parameters: &Parameters,
    windows: &Windows,
    first_post: &[i64],
    coverage: &mut Coverage,
) -> Vec<New> {
    let first_days = (parameters.first_days * DAY_US) as i64;
    let mut new = Vec::new();
    for account in 0..dataset.accounts.len() as u32 {
        let profile = dataset.profile(account);
        let first = first_post[account as usize];
        let (created_us, created) = match profile.and_then(|profile| profile.created_at_us) {
            Some(at_us) => (at_us, Created::Known),
            None if first == i64::MAX => {
                coverage.no_time += 1;
                continue;
            }
            None => (first, Created::FirstPost),
        };
        if !windows.contain(created_us) {
            continue;
        }
        if profile.is_some_and(|profile| !profile.set_apart.is_empty()) {
            coverage.set_apart += 1;
            continue;
        }
        let until_us = created_us.saturating_add(first_days);
        coverage.created_unknown += u64::from(created == Created::FirstPost);
        coverage.empty_handles += u64::from(profile.is_none_or(|p| p.handle.is_empty()));
        coverage.silent += u64::from(first > until_us);
        new.push(New { account, created_us, created, until_us });
    }
    new.sort_by_key(|new| (new.created_us, new.account));
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{ActionRow, Builder, PostRow, Profile, ProfileRow};

    const DAY: i64 = DAY_US as i64;

    fn profile(created: Option<i64>, suspended: Option<i64>) -> Profile {
        Profile {
            handle: "h".into(),
            created_at_us: created.map(|day| day * DAY),
            suspended_at_us: suspended.map(|day| day * DAY),
            ..Profile::default()
        }
    }

    fn found(
        profiles: &[(&str, Profile)],
        actions: &[(&str, i64, StudyAction)],
        parameters: &Parameters,
    ) -> (Vec<String>, Vec<String>, Coverage, Reached) {
        let mut builder = Builder::new();
        for (id, profile) in profiles {
            builder.profile(ProfileRow { id, profile: profile.clone() });
        }
        builder.post(&PostRow {
            id: "p",
            account: "posted",
            at_us: 12 * DAY,
            ..PostRow::default()
        });
        let mut dataset = builder.build();
        for (account, day, action) in actions {
            let account = dataset.accounts.number(account);
            dataset.profiles.resize(dataset.accounts.len(), None);
            dataset.actions.push(ActionRow { at_us: day * DAY, account, action: *action });
        }
        let (mut coverage, mut reached) = (Coverage::default(), Reached::default());
        let population = Population::of(&dataset, parameters, &mut coverage, &mut reached);
        let id = |account: u32| dataset.accounts.text(account).to_owned();
        let old = population.old.iter().map(|old| {
            let window = old.window.clone();
            format!("{} {}", id(old.account), window.len())
        });
        let new = population.new.iter().map(|new| id(new.account));
        (old.collect(), new.collect(), coverage, reached)
    }

    #[test]
    fn who_is_looked_for_among_whom() {
        use StudyAction::{Remove, Restore, Suspend};
        let set_apart = Profile { set_apart: "newsroom".into(), ..profile(Some(11), None) };
        let profiles = [
            ("old", profile(Some(1), Some(10))),
            ("by action", profile(Some(1), None)),
            ("given back", profile(Some(1), None)),
            ("given back later", profile(Some(1), Some(4))),
            ("again", profile(Some(1), None)),
            ("only removed", profile(Some(1), None)),
            ("before", profile(Some(8), None)),
            ("late", profile(Some(31), None)),
            ("early", profile(Some(6), None)),
            ("timeless", profile(None, None)),
            ("apart", set_apart),
        ];
        let actions = [
            ("by action", 11, Suspend),
            ("given back", 5, Suspend),
            ("given back", 6, Restore),
            ("given back later", 9, Restore),
            ("again", 5, Suspend),
            ("again", 6, Restore),
            ("again", 12, Suspend),
            ("only removed", 5, Remove),
            ("unknown", 9, Suspend),
        ];
        let parameters = Parameters { days_before: 3.0, days_after: 20.0, ..Parameters::default() };
        let (old, new, coverage, _) = found(&profiles, &actions, &parameters);
        assert_eq!(old, ["again 2", "by action 3", "old 2"]);
        assert_eq!(new, ["before", "posted", "late"]);
        let wanted = Coverage {
            suspended: 3,
            given_back: 2,
            suspended_unknown: 1,
            new_accounts: 3,
            set_apart: 1,
            no_time: 2,
            created_unknown: 1,
            pairs: 7,
            empty_handles: 1,
            silent: 2,
            ..Coverage::default()
        };
        assert_eq!(coverage, wanted);
    }

    #[test]
    fn the_latest_suspensions_are_looked_for() {
        let profiles =
            ["a", "b", "c"].map(|id| (id, profile(Some(1), Some(i64::from(id.as_bytes()[0])))));
        let parameters = Parameters { suspended_at_most: 2, ..Parameters::default() };
        let (old, _, coverage, reached) = found(&profiles, &[], &parameters);
        assert_eq!((old, coverage.suspended), (vec!["b 0".to_owned(), "c 0".to_owned()], 2));
        let bounds = reached.into_bounds();
        assert_eq!((bounds[0].limit, bounds[0].reached), (Limit::Suspended, 1));
        assert_eq!(bounds[0].first, "a");
    }
}
