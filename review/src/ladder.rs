//! The ladder: what a service means to do as strikes add up. It proposes, and never acts.

use crate::ReviewError;
use model::{ActionKind, Timestamp, limits};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Seconds of a day of 24 hours.
const DAY_SECONDS: i64 = 86_400;

/// What a service means to do as strikes add up; empty where it has not said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// The steps, with growing numbers of strikes.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Days after which a strike counts no longer; without it, it counts until it is reversed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_days: Option<u16>,
    /// Days within which an account must have been warned before it is suspended (DSA Art 23(1)
    /// and (3)); without it, no warning is asked for. A ladder that proposes a suspension says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning_days: Option<u16>,
}

/// One step of a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// From how many standing strikes on.
    pub strikes: u32,
    /// What is proposed.
    pub action: ActionKind,
}

/// Why a ladder makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LadderProblem {
    /// A step does not need more strikes than the one before, or needs none.
    #[error("the step at {strikes} strikes must need more strikes than the one before it")]
    Order {
        /// Its strikes.
        strikes: u32,
    },
    /// A step proposes what cannot be done to an account.
    #[error("`{}` is not done to accounts; a step proposes `warn` or `suspend`", .action.as_str())]
    NotForAccount {
        /// What it proposes.
        action: ActionKind,
    },
    /// A suspension is proposed before any warning.
    #[error(
        "the step at {strikes} strikes suspends, and no step before it warns: put a step with \
         `warn` before it (DSA Art 23(1))"
    )]
    NoWarning {
        /// Its strikes.
        strikes: u32,
    },
    /// A suspension is proposed, and nobody said how long a warning holds.
    #[error("say in `warning_days` within how many days before a suspension a warning was given")]
    NoWarningDays,
    /// A number of days is nought.
    #[error("`{name}` is 0; leave it out, or give 1 or more days")]
    NoDays {
        /// The field.
        name: &'static str,
    },
    /// There are too many steps.
    #[error("a ladder has at most {limit} steps")]
    TooMany {
        /// Most steps.
        limit: usize,
    },
}

impl Ladder {
    /// Checks that the steps grow, propose actions on accounts, and warn before they suspend.
    ///
    /// # Errors
    /// The first thing that makes no sense.
    pub fn check(&self) -> Result<(), LadderProblem> {
        if self.steps.len() > limits::LADDER_STEPS {
            return Err(LadderProblem::TooMany { limit: limits::LADDER_STEPS });
        }
        for (name, days) in
            [("expires_days", self.expires_days), ("warning_days", self.warning_days)]
        {
            if days == Some(0) {
                return Err(LadderProblem::NoDays { name });
            }
        }
        let (mut before, mut has_warned) = (0, false);
        for Step { strikes, action } in self.steps.iter().copied() {
            if strikes <= before {
                return Err(LadderProblem::Order { strikes });
            }
            if !action.is_for_account() {
                return Err(LadderProblem::NotForAccount { action });
            }
            if action == ActionKind::Suspend {
                if !has_warned {
                    return Err(LadderProblem::NoWarning { strikes });
                }
                if self.warning_days.is_none() {
                    return Err(LadderProblem::NoWarningDays);
                }
            }
            has_warned = has_warned || action == ActionKind::Warn;
            before = strikes;
        }
        Ok(())
    }

    /// From when on strikes count, seen from a time; `None` where they do not expire.
    #[must_use]
    pub fn counts_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.expires_days.map(|days| before(now, days))
    }
}

fn before(at: Timestamp, days: u16) -> Timestamp {
    at.plus_seconds(-i64::from(days) * DAY_SECONDS)
}

/// What the ladder proposes for an account with so many standing strikes.
///
/// It is shown to the person who decides; nothing applies it by itself.
#[must_use]
pub fn suggested(ladder: &Ladder, strikes_standing: u32) -> Option<ActionKind> {
    let reached = ladder.steps.iter().filter(|step| step.strikes <= strikes_standing);
    reached.max_by_key(|step| step.strikes).map(|step| step.action)
}

/// Requires that an account was warned before it is suspended, where the ladder asks for that.
///
/// `warned_at` is when the account was last warned by a decision that stands.
///
/// # Errors
/// Where it is to be suspended and was not warned within the days that the ladder gives.
pub fn check_warned(
    ladder: &Ladder,
    action: Option<ActionKind>,
    warned_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), ReviewError> {
    let (Some(ActionKind::Suspend), Some(days)) = (action, ladder.warning_days) else {
        return Ok(());
    };
    match warned_at {
        Some(at) if at >= before(now, days) => Ok(()),
        Some(_) | None => Err(ReviewError::WarningMissing { days }),
    }
}

/// A strike of the past, for trying a ladder on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastStrike {
    /// The account, told apart from those of other services.
    pub account: String,
    /// When it was decided.
    pub at: Timestamp,
    /// The language of the item, `und` where it is not known.
    pub language: String,
}

/// What a ladder would have done in one language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Tried {
    /// Strikes.
    pub strikes: u64,
    /// Accounts with strikes.
    pub accounts: u64,
    /// Accounts that it would have proposed to warn.
    pub warned: u64,
    /// Accounts that it would have proposed to suspend after a warning that held.
    pub suspended: u64,
}

/// Tries a ladder on strikes of the past, as if every proposal had been followed: an account that
/// is to be suspended without a warning that holds is warned instead.
///
/// Gives the figures by language; an account counts in the language of its item at which it was
/// first struck, warned or suspended.
#[must_use]
pub fn try_ladder(ladder: &Ladder, mut strikes: Vec<PastStrike>) -> BTreeMap<String, Tried> {
    strikes.sort_by(|a, b| (&a.account, a.at).cmp(&(&b.account, b.at)));
    let mut tried: BTreeMap<String, Tried> = BTreeMap::new();
    for of_account in strikes.chunk_by(|a, b| a.account == b.account) {
        let (mut warned_at, mut is_suspended) = (None, false);
        for (number, strike) in of_account.iter().enumerate() {
            let figures = tried.entry(strike.language.clone()).or_default();
            figures.strikes += 1;
            figures.accounts += u64::from(number == 0);
            if is_suspended {
                continue;
            }
            let since = ladder.counts_since(strike.at);
            let counts = |one: &&PastStrike| since.is_none_or(|since| one.at >= since);
            let standing = of_account[..=number].iter().filter(counts).count();
            let standing = u32::try_from(standing).unwrap_or(u32::MAX);
            let Some(action) = suggested(ladder, standing) else { continue };
            is_suspended = action == ActionKind::Suspend
                && check_warned(ladder, Some(action), warned_at, strike.at).is_ok();
            if is_suspended {
                figures.suspended += 1;
            } else {
                figures.warned += u64::from(warned_at.is_none());
                warned_at = Some(strike.at);
            }
        }
    }
    tried
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn ladder(steps: &[(u32, ActionKind)]) -> Ladder {
        let step =
            |(strikes, action): &(u32, ActionKind)| Step { strikes: *strikes, action: *action };
        let steps = steps.iter().map(step).collect();
        Ladder { steps, expires_days: None, warning_days: Some(30) }
    }

    fn at(day: i64) -> Timestamp {
        Timestamp::parse("2026-01-01T00:00:00Z").unwrap().plus_seconds(day * DAY_SECONDS)
    }

    #[test]
    fn proposes_the_highest_step_that_is_reached() {
        let ladder = ladder(&[(2, ActionKind::Warn), (5, ActionKind::Suspend)]);
        assert_eq!(ladder.check(), Ok(()));
        for (strikes, expected) in [
            (0, None),
            (1, None),
            (2, Some(ActionKind::Warn)),
            (4, Some(ActionKind::Warn)),
            (5, Some(ActionKind::Suspend)),
            (u32::MAX, Some(ActionKind::Suspend)),
        ] {
            assert_eq!(suggested(&ladder, strikes), expected, "{strikes}");
        }
        assert_eq!(suggested(&Ladder::default(), 99), None);
    }

    #[test]
    fn names_the_step_that_makes_no_sense() {
        use ActionKind::{Remove, Suspend, Warn};
        for (steps, expected) in [
            (vec![(0, Warn)], LadderProblem::Order { strikes: 0 }),
            (vec![(3, Warn), (3, Suspend)], LadderProblem::Order { strikes: 3 }),
            (vec![(1, Warn), (2, Remove)], LadderProblem::NotForAccount { action: Remove }),
            (vec![(2, Suspend)], LadderProblem::NoWarning { strikes: 2 }),
        ] {
            assert_eq!(ladder(&steps).check(), Err(expected));
        }
        let steps = ladder(&[(1, Warn), (2, Suspend)]);
        let unsaid = Ladder { warning_days: None, ..steps.clone() };
        assert_eq!(unsaid.check(), Err(LadderProblem::NoWarningDays));
        let never = Ladder { expires_days: Some(0), ..steps };
        assert_eq!(never.check(), Err(LadderProblem::NoDays { name: "expires_days" }));
        let many: Vec<(u32, ActionKind)> = (1..100).map(|strikes| (strikes, Warn)).collect();
        let limit = limits::LADDER_STEPS;
        assert_eq!(ladder(&many).check(), Err(LadderProblem::TooMany { limit }));
    }

    #[test]
    fn nobody_is_suspended_without_a_warning_that_holds() {
        let asks = ladder(&[(1, ActionKind::Warn), (2, ActionKind::Suspend)]);
        let asks_nothing = Ladder { warning_days: None, ..asks.clone() };
        use ActionKind::{Suspend, Warn};
        for (ladder, action, warned_at, is_right) in [
            (&asks, Some(Suspend), None, false),
            (&asks, Some(Suspend), Some(at(69)), false),
            (&asks, Some(Suspend), Some(at(70)), true),
            (&asks, Some(Suspend), Some(at(100)), true),
            (&asks, Some(Warn), None, true),
            (&asks, None, None, true),
            (&asks_nothing, Some(Suspend), None, true),
        ] {
            let checked = check_warned(ladder, action, warned_at, at(100));
            assert_eq!(checked.is_ok(), is_right, "{action:?} {warned_at:?}");
        }
    }

    fn strike(account: &str, day: i64, language: &str) -> PastStrike {
        let (account, language) = (account.to_owned(), language.to_owned());
        PastStrike { account, at: at(day), language }
    }

    #[test]
    fn a_ladder_is_tried_on_the_past() {
        let steps = [(2, ActionKind::Warn), (3, ActionKind::Suspend)];
        let strikes = vec![
            // Warned on day 5, and suspended on day 9.
            strike("a", 9, "en"),
            strike("a", 0, "ar"),
            strike("a", 5, "en"),
            strike("a", 11, "en"),
            // The warning of day 10 has passed on day 80: warned again, not suspended.
            strike("b", 0, "ar"),
            strike("b", 10, "ar"),
            strike("b", 80, "ar"),
            strike("c", 3, "und"),
        ];
        let tried = try_ladder(&ladder(&steps), strikes.clone());
        let figures = |language: &str| {
            let Tried { strikes, accounts, warned, suspended } = tried[language];
            [strikes, accounts, warned, suspended]
        };
        assert_eq!(figures("en"), [3, 0, 1, 1]);
        assert_eq!(figures("ar"), [4, 2, 1, 0]);
        assert_eq!(figures("und"), [1, 1, 0, 0]);
        // Where strikes expire within two days, nobody has two at once but the one of day 9 and 11.
        let short = Ladder { expires_days: Some(2), ..ladder(&steps) };
        let tried = try_ladder(&short, strikes);
        let warned: u64 = tried.values().map(|figures| figures.warned).sum();
        let suspended: u64 = tried.values().map(|figures| figures.suspended).sum();
        assert_eq!((warned, suspended), (1, 0));
    }

    #[test]
    fn reads_settings_and_refuses_unknown_keys() {
        let read = |text| serde_json::from_str::<Ladder>(text);
        let expected = Ladder { warning_days: None, ..ladder(&[(2, ActionKind::Warn)]) };
        assert_eq!(read(r#"{"steps":[{"strikes":2,"action":"warn"}]}"#).unwrap(), expected);
        assert_eq!(read("{}").unwrap(), Ladder::default());
        assert!(read(r#"{"step":[]}"#).is_err());
    }
}
