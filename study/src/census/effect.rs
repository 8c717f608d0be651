//! What suspensions did: how long accounts last, and how much of the reach comes back.
//!
//! Both are needed. Accounts may vanish while others, or the same people under new names, reach as
//! many as before; and reach may fall although most accounts remain.

use super::Error;
use super::parameters::number;
use crate::Dataset;
use crate::dataset::StudyAction;
use crate::stats::{Confidence, End, Lifetime, SurvivalStep, kaplan_meier};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const DAY_US: i64 = 86_400_000_000;
/// Steps that a span can have.
const STEPS_MAX: i64 = 5_000;

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectPlan {
    /// Ids of the accounts, such as those coded as members.
    pub accounts: Vec<String>,
    /// Accounts that are taken to be back: the new one, then the suspended one, as people confirmed
    /// them. They count from their first post on.
    #[serde(default)]
    pub returns: Vec<(String, String)>,
    /// From when on, in microseconds since 1970.
    pub from_us: i64,
    /// The measure whose effect is asked for; what lies before it is compared with what follows.
    pub pivot_us: i64,
    /// Until when.
    pub to_us: i64,
    /// The length of a step in days; 1 to 365.
    pub step_days: u32,
}

/// What suspensions did to accounts and to their reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SuspensionEffect {
    /// What became of the accounts.
    pub watched: Watched,
    /// The share of accounts not yet suspended, by days since they were first there (Kaplan and
    /// Meier).
    pub survival: Vec<SurvivalStep>,
    /// Posts weighted by their audience, step by step.
    pub reach: Vec<Reached>,
    /// How much of the reach is there after the measure; none where there is no whole step on both
    /// sides of it, or no reach before it.
    pub regained: Option<Regained>,
    /// What is known to be wrong with it.
    pub warnings: Vec<EffectWarning>,
}

/// What became of accounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// How many of the accounts are in the dataset.
    pub known: u64,
    /// How many are not.
    pub unknown: u64,
    /// How many were suspended within the span.
    pub suspended: u64,
    /// How many of them were given back within it.
    pub restored: u64,
    /// How many returns have both accounts in the dataset and the old one among the accounts.
    pub returns: u64,
}

/// Posts of one step, each weighted by how many follow its account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// When the step begins.
    pub from_us: i64,
    /// When it ends, itself not included.
    pub to_us: i64,
    /// Of accounts that were not suspended so far.
    pub remaining: Came,
    /// Of accounts that were suspended and given back.
    pub restored: Came,
    /// Of accounts that are taken to be suspended ones come back.
    pub returned: Came,
}

/// What came from some accounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Came {
    /// Posts.
    pub posts: u64,
    /// Posts, each times the followers of its account.
    pub audience: f64,
}

/// Reach after a measure, against reach before it: means of the whole steps on each side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Regained {
    /// Audience a step before, of all accounts.
    pub before: f64,
    /// Audience a step before, of those accounts that were suspended later.
    pub lost: f64,
    /// Audience a step after, of all.
    pub after: f64,
    /// Audience a step after, of restored and returned accounts.
    pub back: f64,
    /// All reach after as a share of all reach before.
    pub share_of_all: f64,
    /// Restored and returned reach after as a share of what was lost; none where nothing was.
    pub share_of_lost: Option<f64>,
}

/// What is known to be wrong with a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum EffectWarning {
    /// How many follow is counted once, not at each post.
    AudienceIsOfOneDay,
    /// Followers of these accounts are those in the dataset, since the service says nothing.
    AudienceFromDataset {
        /// How many accounts.
        accounts: u64,
    },
    /// Returns were not looked for or none was confirmed: what came back is only the least.
    NoReturns,
    /// It is not known when these accounts were made; they count from the beginning of the span.
    BeginUnknown {
        /// How many accounts.
        accounts: u64,
    },
}

/// What suspensions did to some accounts.
///
/// # Errors
/// [`Error::Parameter`] where times do not follow each other, there are too many steps, or none of
/// the accounts is in the dataset.
pub fn effect(
    dataset: &Dataset,
    plan: &EffectPlan,
    confidence: Confidence,
) -> Result<SuspensionEffect, Error> {
    check(plan)?;
    let found: BTreeSet<u32> =
        plan.accounts.iter().filter_map(|id| dataset.accounts.find(id)).collect();
    if found.is_empty() {
        let problem = "are none of the dataset's; give ids as the dataset has them".into();
        return Err(Error::Parameter { name: "accounts", problem });
    }
    let given: BTreeSet<&String> = plan.accounts.iter().collect();
    let returns: BTreeSet<u32> = plan
        .returns
        .iter()
        .filter_map(|(new, old)| {
            let old = dataset.accounts.find(old).filter(|old| found.contains(old));
            old.and(dataset.accounts.find(new))
        })
        .filter(|new| !found.contains(new))
        .collect();
    let histories = histories(dataset, plan, &found);
    let (lifetimes, begin_unknown) = lifetimes(dataset, plan, &histories);
    let audience = Audience::of(dataset, found.iter().chain(&returns).copied());
    let steps = reached(dataset, plan, &histories, &returns, &audience);
    let count = |is: fn(&History) -> bool| histories.values().filter(|one| is(one)).count() as u64;
    Ok(SuspensionEffect {
        watched: Watched {
            known: found.len() as u64,
            unknown: (given.len() - found.len()) as u64,
            suspended: count(|one| one.suspended_us.is_some()),
            restored: count(|one| one.restored_us.is_some()),
            returns: returns.len() as u64,
        },
        survival: kaplan_meier(&lifetimes, confidence)?,
        regained: regained(plan, &steps),
        reach: steps.into_iter().map(|step| step.reached).collect(),
        warnings: [
            Some(EffectWarning::AudienceIsOfOneDay),
            (audience.from_dataset > 0)
                .then_some(EffectWarning::AudienceFromDataset { accounts: audience.from_dataset }),
            returns.is_empty().then_some(EffectWarning::NoReturns),
            (begin_unknown > 0).then_some(EffectWarning::BeginUnknown { accounts: begin_unknown }),
        ]
        .into_iter()
        .flatten()
        .collect(),
    })
}

fn check(plan: &EffectPlan) -> Result<(), Error> {
    number("step_days", plan.step_days.into(), 1, 365)?;
    let wrong = |problem: String| Err(Error::Parameter { name: "from_us to to_us", problem });
    if !(plan.from_us <= plan.pivot_us && plan.pivot_us <= plan.to_us && plan.from_us < plan.to_us)
    {
        return wrong("do not follow each other with pivot_us between them".into());
    }
    let steps = (plan.to_us - plan.from_us) / (i64::from(plan.step_days) * DAY_US);
    if steps > STEPS_MAX {
        return wrong(format!(
            "are {steps} steps; make steps longer, at most {STEPS_MAX} are kept"
        ));
    }
    Ok(())
}

/// When an account was first suspended, and when it was then given back.
#[derive(Debug, Clone, Copy, Default)]
struct History {
    suspended_us: Option<i64>,
    restored_us: Option<i64>,
}

fn histories(
    dataset: &Dataset,
    plan: &EffectPlan,
    accounts: &BTreeSet<u32>,
) -> BTreeMap<u32, History> {
    let mut histories: BTreeMap<u32, History> =
        accounts.iter().map(|account| (*account, History::default())).collect();
    for row in dataset.actions.iter().filter(|row| row.at_us <= plan.to_us) {
        let Some(history) = histories.get_mut(&row.account) else { continue };
        match row.action {
            StudyAction::Suspend => {
                history.suspended_us.get_or_insert(row.at_us);
            }
            StudyAction::Restore if history.suspended_us.is_some() => {
                history.restored_us.get_or_insert(row.at_us);
            }
            StudyAction::Restore | StudyAction::Remove => {}
        }
    }
    // A profile may know of a suspension that no action tells of.
    for (account, history) in &mut histories {
        let known = dataset.profile(*account).and_then(|profile| profile.suspended_at_us);
        if let Some(at_us) = known.filter(|at_us| *at_us <= plan.to_us) {
            history.suspended_us.get_or_insert(at_us);
        }
    }
    histories
}

/// Lifetimes in days from when an account was first there within the span. One that was suspended
/// before the span is not watched.
fn lifetimes(
    dataset: &Dataset,
    plan: &EffectPlan,
    histories: &BTreeMap<u32, History>,
) -> (Vec<Lifetime>, u64) {
    let mut begin_unknown = 0;
    let mut lifetimes = Vec::new();
    for (account, history) in histories {
        let made = dataset.profile(*account).and_then(|profile| profile.created_at_us);
        begin_unknown += u64::from(made.is_none());
        let from = made.unwrap_or(plan.from_us).max(plan.from_us);
        let (until, end) = match history.suspended_us {
            Some(at_us) => (at_us, End::Happened),
            None => (plan.to_us, End::Censored),
        };
        if from <= until {
            lifetimes.push(Lifetime { time: (until - from) as f64 / DAY_US as f64, end });
        }
    }
    (lifetimes, begin_unknown)
}

/// How many follow each of some accounts.
struct Audience {
    of: BTreeMap<u32, u64>,
    from_dataset: u64,
}

impl Audience {
    fn of(dataset: &Dataset, accounts: impl Iterator<Item = u32>) -> Self {
        let mut of: BTreeMap<u32, u64> = accounts.map(|account| (account, 0)).collect();
        for to in &dataset.follows.to {
            if let Some(count) = of.get_mut(to) {
                *count += 1;
            }
        }
        let mut from_dataset = 0;
        for (account, count) in &mut of {
            match dataset.profile(*account).and_then(|profile| profile.followers) {
                Some(said) => *count = said.max(*count),
                None => from_dataset += 1,
            }
        }
        Self { of, from_dataset }
    }
}

/// One step, and what of it came from accounts that were suspended later on.
#[derive(Debug, Clone, Copy, Default)]
struct StepOf {
    reached: Reached,
    lost_later: f64,
}

fn reached(
    dataset: &Dataset,
    plan: &EffectPlan,
    histories: &BTreeMap<u32, History>,
    returns: &BTreeSet<u32>,
    audience: &Audience,
) -> Vec<StepOf> {
    let length = i64::from(plan.step_days) * DAY_US;
    let begins = (0..).map(|step| plan.from_us + step * length);
    let mut steps: Vec<StepOf> = begins
        .take_while(|from_us| *from_us < plan.to_us)
        .map(|from_us| {
            let to_us = (from_us + length).min(plan.to_us);
            StepOf { reached: Reached { from_us, to_us, ..Reached::default() }, lost_later: 0.0 }
        })
        .collect();
    let posts = &dataset.posts;
    let from = posts.at_us.partition_point(|at| *at < plan.from_us);
    let to = posts.at_us.partition_point(|at| *at < plan.to_us);
    for row in from..to {
        let (account, at_us) = (posts.account[row], posts.at_us[row]);
        let Some(followers) = audience.of.get(&account) else { continue };
        let step = &mut steps[((at_us - plan.from_us) / length) as usize];
        let reached = &mut step.reached;
        let came = match histories.get(&account) {
            None if returns.contains(&account) => &mut reached.returned,
            None => continue,
            Some(History { suspended_us: None, .. }) => &mut reached.remaining,
            Some(History { suspended_us: Some(suspended), .. }) if at_us < *suspended => {
                step.lost_later += *followers as f64;
                &mut reached.remaining
            }
            Some(_) => &mut reached.restored,
        };
        came.posts += 1;
        came.audience += *followers as f64;
    }
    steps
}

fn regained(plan: &EffectPlan, steps: &[StepOf]) -> Option<Regained> {
    let length = i64::from(plan.step_days) * DAY_US;
    let whole = |step: &&StepOf| step.reached.to_us - step.reached.from_us == length;
    let before: Vec<&StepOf> =
        steps.iter().filter(whole).filter(|step| step.reached.to_us <= plan.pivot_us).collect();
    let after: Vec<&StepOf> =
        steps.iter().filter(whole).filter(|step| step.reached.from_us >= plan.pivot_us).collect();
    if before.is_empty() || after.is_empty() {
        return None;
    }
    let mean = |steps: &[&StepOf], of: fn(&StepOf) -> f64| {
        steps.iter().map(|step| of(step)).sum::<f64>() / steps.len() as f64
    };
    let back = |step: &StepOf| step.reached.restored.audience + step.reached.returned.audience;
    let all = |step: &StepOf| {
        step.reached.remaining.audience
            + step.reached.restored.audience
            + step.reached.returned.audience
    };
    let (before_all, after_all) = (mean(&before, all), mean(&after, all));
    let (lost, back) = (mean(&before, |step| step.lost_later), mean(&after, back));
    (before_all > 0.0).then(|| Regained {
        before: before_all,
        lost,
        after: after_all,
        back,
        share_of_all: after_all / before_all,
        share_of_lost: (lost > 0.0).then(|| back / lost),
    })
}

#[cfg(test)]
#[path = "effect_tests.rs"]
mod tests;
