//! Evaluation: what the rules say of one item, and why.

use crate::code::{Computed, Failure, Scene};
use crate::set::{Compiled, RuleInfo, RuleSet, RuleSubject};
use model::{FiredRule, Item, ItemRef, Outcome, Signals, Timestamp, Verdict, Versions};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// When an item is judged, and with which versions of what its signals were measured with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The time of the verdict; rules that expired by then do not fire.
    pub at: Timestamp,
    /// Revision of the banks.
    pub banks: u64,
    /// Version of the code that measures signals.
    pub signals: u32,
}

/// A rule that fired, because it holds or because it failed.
struct Fired<'r> {
    info: &'r RuleInfo,
    compiled: &'r Compiled,
    failure: Option<Failure>,
}

impl Fired<'_> {
    /// A rule that failed asks a person to look, whatever it would do where it holds.
    fn outcome(&self) -> Outcome {
        match self.failure {
            None if self.info.automatic => Outcome::Act,
            None | Some(_) => Outcome::Review,
        }
    }

    fn holds(&self) -> bool {
        self.failure.is_none()
    }
}

/// Says what the rules ask for on an item.
///
/// The outcome is the strictest of the rules that fire. The queue is that of the fired rule with
/// the highest priority, and the first of them where several have it. The action is that of the
/// strictest fired rule that has one: automatic before proposed, then by priority, then the first;
/// the case is about what the strictest fired rule is about.
///
/// A rule that fails while it is evaluated (a whole number that becomes too large, a division by
/// zero, a text that is no number, a signal that is not as its list says) does not count as "no".
/// It fires for review, with `failed: …` as its first reason; it adds neither labels nor an action.
#[must_use]
pub fn evaluate(rules: &RuleSet, item: &Item, signals: &Signals, judged: &Judged) -> Verdict {
    let fired = fire(rules, item, signals, judged.at);
    let queue = first_best(&fired, |fired| fired.info.priority);
    let strictest = first_best(&fired, |fired| (fired.outcome(), fired.info.priority));
    let acting = fired.iter().filter(|fired| fired.holds() && fired.info.action.is_some());
    let acting = first_best(acting, |fired| (fired.outcome(), fired.info.priority));
    let labels: BTreeSet<&String> =
        fired.iter().filter(|fired| fired.holds()).flat_map(|fired| &fired.info.labels).collect();
    Verdict {
        item: ItemRef { service: item.service.clone(), item: item.id.clone() },
        at: judged.at,
        outcome: strictest.map_or(Outcome::Allow, Fired::outcome),
        rules: fired.iter().map(|fired| explain(fired, item, signals)).collect(),
        labels: labels.into_iter().cloned().collect(),
        queue: queue.map(|fired| fired.info.queue.clone()),
        priority: queue.map_or(0, |fired| fired.info.priority),
        action: acting.and_then(|fired| fired.info.action),
        about_account: strictest.is_some_and(|fired| fired.info.subject == RuleSubject::Account),
        withheld: None,
        versions: Versions {
            rules: rules.version().to_owned(),
            banks: judged.banks,
            signals: judged.signals,
        },
    }
}

fn fire<'r>(rules: &'r RuleSet, item: &Item, signals: &Signals, at: Timestamp) -> Vec<Fired<'r>> {
    let mut fired = Vec::new();
    for (info, compiled) in rules.compiled() {
        if info.expires_at.is_some_and(|expires_at| expires_at <= at) {
            continue;
        }
        let computed = Computed::default();
        let scene = Scene::new(item, &signals.values, rules.pool(), &computed);
        match compiled.code.run(&scene) {
            Ok(false) => {}
            Ok(true) => fired.push(Fired { info, compiled, failure: None }),
            Err(failure) => fired.push(Fired { info, compiled, failure: Some(failure) }),
        }
    }
    fired
}

/// The first of those with the greatest key.
fn first_best<'f, 'r: 'f, K: Ord>(
    fired: impl IntoIterator<Item = &'f Fired<'r>>,
    key: impl Fn(&Fired<'r>) -> K,
) -> Option<&'f Fired<'r>> {
    fired.into_iter().min_by_key(|fired| Reverse(key(fired)))
}

fn explain(fired: &Fired<'_>, item: &Item, signals: &Signals) -> FiredRule {
    let failed = fired.failure.map(|failure| format!("failed: {failure}"));
    let reads = fired.compiled.reads.iter().map(|read| read.explain(item, &signals.values));
    FiredRule {
        name: fired.info.name.clone(),
        policy: fired.info.policy.to_string(),
        because: failed.into_iter().chain(reads).collect(),
    }
}
