//! What a study of campaigns may be told, and what is refused.

use super::traces::Trace;
use serde::{Deserialize, Serialize};

/// The longest window that may be asked for, in seconds.
pub const WINDOW_LIMIT_S: u32 = 6 * 3_600;
/// The same as a number with a point.
const WINDOW_S: f64 = WINDOW_LIMIT_S as f64;
/// How many windows may stand side by side.
pub const WINDOWS_LIMIT: usize = 8;
/// The longest jitter, in seconds.
pub const JITTER_LIMIT_S: u32 = 24 * 3_600;

/// How a study of campaigns is made. Every field has a default that was measured to hold from
/// 100,000 to 10,000,000 posts without tuning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Parameters {
    /// The kinds of acting together that are looked for, each once.
    pub traces: Vec<Trace>,
    /// The windows, in seconds, ascending: two actions on one object are one co-action where no
    /// more than this lies between them, both ends included.
    pub windows_s: Vec<u32>,
    /// How far the null model moves an action at most, in seconds, earlier or later. Interest and
    /// popularity that last longer than this explain a co-action; synchrony finer than this does
    /// not explain itself. It tests windows of up to a sixth of it; in wider windows, accounts are
    /// compared with all who were about.
    pub jitter_s: u32,
    /// The share of false ones that is accepted among the pairs that are called significant, and
    /// again among the accounts that are listed; between 0 and 1.
    pub false_discovery: f64,
    /// On how many distinct objects, in how many distinct pairs of posts, two accounts must have
    /// acted together before they are tested.
    pub min_objects: u32,
    /// How many accounts a finding has at least.
    pub min_accounts: u32,
    /// How many times as often as by chance two accounts must have acted together. An account must
    /// have acted with its group as a whole half as many times as often, and more often than
    /// chance.
    pub min_lift: f64,
    /// How often the test of pairs in narrow windows is repeated on a copy of the dataset whose
    /// actions are all moved by chance, to show how many findings chance alone gives there.
    pub noise_repeats: u32,
    /// The seed of every draw.
    pub seed: u64,
    /// Up to which age at the time of posting an account counts as young, in days.
    pub young_days: u32,
    /// Programs that are known to post by themselves what a feed or a clock gives them, as their
    /// names stand in the dataset. A group that acts together through one of them is listed as
    /// explained.
    pub feed_clients: Vec<String>,
    /// Bursts of hashtags.
    pub bursts: BurstParameters,
    /// Posts that are made by one template.
    pub templates: TemplateParameters,
    /// Posts that are deleted shortly after they were made.
    pub deletion: DeletionParameters,
    /// What is given up where there is too much.
    pub limits: Limits,
}

/// How bursts of hashtags are found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BurstParameters {
    /// The length of a slot in which posts are counted, in seconds.
    pub slot_s: u32,
    /// After how many slots without news the running mean has forgotten half, in slots.
    pub half_life_slots: f64,
    /// How many standard deviations above the running mean a slot must be.
    pub alarm: f64,
    /// How small the chance of as many posts must be, as -log10 of the Poisson tail.
    pub surprise: f64,
    /// How many posts a burst has at least.
    pub min_posts: u32,
}

/// How posts made by a template are found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TemplateParameters {
    /// How far from the middle of a gathering posts of a template may be to count as together, in
    /// seconds: such a gathering lasts at most twice as long.
    pub window_s: u32,
    /// How many words a post must have at least before it is compared with others.
    pub min_words: u32,
}

/// How posts that are deleted in lockstep are found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeletionParameters {
    /// Up to which age a deleted post counts as deleted at once, in seconds.
    pub within_s: u32,
    /// How far from their middle such posts may be made to count as together, in seconds.
    pub window_s: u32,
}

/// What is given up where there is too much. What was given up is told in the result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Pairs of actions that are compared on one object, in each window. Where there are more,
    /// each action is compared with the nearest before it.
    pub pairs_per_object: u64,
    /// Pairs of accounts that are tested in each window.
    pub pairs: u64,
    /// Findings that are listed.
    pub findings: u32,
    /// Accounts, objects and pairs that are listed in one finding, each.
    pub listed: u32,
    /// Posts that are shown as examples in one finding.
    pub examples: u32,
    /// Bursts that are listed.
    pub bursts: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            traces: Trace::ALL.to_vec(),
            windows_s: vec![10, 60, 600, 3_600],
            jitter_s: 900,
            false_discovery: 0.01,
            min_objects: 3,
            min_accounts: 3,
            min_lift: 4.0,
            noise_repeats: 1,
            seed: 1,
            young_days: 30,
            feed_clients: Vec::new(),
            bursts: BurstParameters::default(),
            templates: TemplateParameters::default(),
            deletion: DeletionParameters::default(),
            limits: Limits::default(),
        }
    }
}

impl Default for BurstParameters {
    fn default() -> Self {
        Self { slot_s: 300, half_life_slots: 36.0, alarm: 5.0, surprise: 6.0, min_posts: 20 }
    }
}

impl Default for TemplateParameters {
    fn default() -> Self {
        Self { window_s: 3_600, min_words: 3 }
    }
}

impl Default for DeletionParameters {
    fn default() -> Self {
        Self { within_s: 60, window_s: 600 }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            pairs_per_object: 5_000_000,
            pairs: 20_000_000,
            findings: 1_000,
            listed: 1_000,
            examples: 20,
            bursts: 1_000,
        }
    }
}

/// Parameters that cannot be used, with what would mend them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the parameter `{name}` {problem}")]
pub struct BadParameter {
    /// The name of the field, with a dot where it stands in a group.
    pub name: &'static str,
    /// What is wrong with it and what it must be.
    pub problem: String,
}

impl Parameters {
    /// How many times as often as by chance an account must have acted with its group.
    #[must_use]
    pub fn member_lift(&self) -> f64 {
        (self.min_lift / 2.0).max(1.0)
    }

    /// Whether the parameters can be used.
    ///
    /// # Errors
    /// The first parameter that cannot, with what it must be.
    pub fn check(&self) -> Result<(), BadParameter> {
        check_list("traces", &self.traces, Trace::ALL.len())?;
        check_list("windows_s", &self.windows_s, WINDOWS_LIMIT)?;
        for window in &self.windows_s {
            within("windows_s", f64::from(*window), 1.0, WINDOW_S)?;
        }
        if self.feed_clients.iter().any(|client| client.trim().is_empty()) {
            let problem = "has an empty name, which every post without a program would have";
            return Err(BadParameter { name: "feed_clients", problem: problem.to_owned() });
        }
        within("jitter_s", f64::from(self.jitter_s), 1.0, f64::from(JITTER_LIMIT_S))?;
        within("false_discovery", self.false_discovery, 1e-12, 0.5)?;
        within("min_objects", f64::from(self.min_objects), 2.0, 1_000.0)?;
        within("min_accounts", f64::from(self.min_accounts), 2.0, 100_000.0)?;
        within("min_lift", self.min_lift, 1.0, 1_000.0)?;
        within("noise_repeats", f64::from(self.noise_repeats), 0.0, 100.0)?;
        within("young_days", f64::from(self.young_days), 0.0, 3_650.0)?;
        self.bursts.check()?;
        within("templates.window_s", f64::from(self.templates.window_s), 1.0, WINDOW_S)?;
        within("templates.min_words", f64::from(self.templates.min_words), 1.0, 100.0)?;
        within("deletion.within_s", f64::from(self.deletion.within_s), 1.0, 86_400.0)?;
        within("deletion.window_s", f64::from(self.deletion.window_s), 1.0, WINDOW_S)?;
        self.limits.check()
    }
}

impl BurstParameters {
    fn check(&self) -> Result<(), BadParameter> {
        within("bursts.slot_s", f64::from(self.slot_s), 10.0, 86_400.0)?;
        within("bursts.half_life_slots", self.half_life_slots, 1.0, 10_000.0)?;
        within("bursts.alarm", self.alarm, 1.0, 100.0)?;
        within("bursts.surprise", self.surprise, 1.0, 300.0)?;
        within("bursts.min_posts", f64::from(self.min_posts), 2.0, 1_000_000.0)
    }
}

impl Limits {
    fn check(&self) -> Result<(), BadParameter> {
        within("limits.pairs_per_object", self.pairs_per_object as f64, 1.0, 1e12)?;
        within("limits.pairs", self.pairs as f64, 1.0, 1e9)?;
        within("limits.findings", f64::from(self.findings), 1.0, 100_000.0)?;
        within("limits.listed", f64::from(self.listed), 1.0, 100_000.0)?;
        within("limits.examples", f64::from(self.examples), 0.0, 1_000.0)?;
        within("limits.bursts", f64::from(self.bursts), 1.0, 100_000.0)
    }
}

fn within(name: &'static str, value: f64, low: f64, high: f64) -> Result<(), BadParameter> {
    if value.is_finite() && (low..=high).contains(&value) {
        return Ok(());
    }
    let problem = format!("is {value}; it must be from {low} to {high}");
    Err(BadParameter { name, problem })
}

/// A list must have something, not too much, and everything once and in order.
fn check_list<T: Ord>(name: &'static str, list: &[T], limit: usize) -> Result<(), BadParameter> {
    let problem = if list.is_empty() {
        "is empty; name at least one".to_owned()
    } else if list.len() > limit {
        format!("has {} entries; it may have {limit}", list.len())
    } else if !list.is_sorted_by(|a, b| a < b) {
        "must be in ascending order, each entry once".to_owned()
    } else {
        return Ok(());
    };
    Err(BadParameter { name, problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_can_be_used_and_are_what_nothing_means() {
        assert_eq!(Parameters::default().check(), Ok(()));
        let from_nothing: Parameters = serde_json::from_str("{}").unwrap();
        assert_eq!(from_nothing, Parameters::default());
        let text = serde_json::to_string(&from_nothing).unwrap();
        assert_eq!(serde_json::from_str::<Parameters>(&text).unwrap(), from_nothing);
    }

    #[test]
    fn says_which_parameter_cannot_be_used_and_why() {
        let cases = [
            (r#"{"traces":[]}"#, "the parameter `traces` is empty; name at least one"),
            (
                r#"{"windows_s":[60,10]}"#,
                "the parameter `windows_s` must be in ascending order, each entry once",
            ),
            (
                r#"{"windows_s":[1,2,3,4,5,6,7,8,9]}"#,
                "the parameter `windows_s` has 9 entries; it may have 8",
            ),
            (r#"{"windows_s":[0]}"#, "the parameter `windows_s` is 0; it must be from 1 to 21600"),
            (
                r#"{"feed_clients":["feed", " "]}"#,
                "the parameter `feed_clients` has an empty name, which every post without a \
                 program would have",
            ),
            (r#"{"jitter_s":0}"#, "the parameter `jitter_s` is 0; it must be from 1 to 86400"),
            (
                r#"{"false_discovery":0.9}"#,
                "the parameter `false_discovery` is 0.9; it must be from 0.000000000001 to 0.5",
            ),
            (r#"{"min_objects":1}"#, "the parameter `min_objects` is 1; it must be from 2 to 1000"),
            (
                r#"{"bursts":{"alarm":0}}"#,
                "the parameter `bursts.alarm` is 0; it must be from 1 to 100",
            ),
            (
                r#"{"limits":{"listed":0}}"#,
                "the parameter `limits.listed` is 0; it must be from 1 to 100000",
            ),
        ];
        for (given, expected) in cases {
            let parameters: Parameters = serde_json::from_str(given).unwrap();
            assert_eq!(parameters.check().unwrap_err().to_string(), expected, "{given}");
        }
    }

    #[test]
    fn a_misspelt_parameter_is_refused() {
        for given in [r#"{"window_s":[10]}"#, r#"{"bursts":{"slots":3}}"#] {
            assert!(serde_json::from_str::<Parameters>(given).is_err(), "{given}");
        }
    }
}
