//! The ladder: what a service means to do as strikes add up. It proposes, and never acts.

use model::ActionKind;
use serde::{Deserialize, Serialize};

/// What a service means to do as strikes add up; empty where it has not said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// The steps, with growing numbers of strikes.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// One step of a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
}

impl Ladder {
    /// Checks that the steps grow and propose actions on accounts.
    ///
    /// # Errors
    /// The first step that makes no sense.
    pub fn check(&self) -> Result<(), LadderProblem> {
        let mut before = 0;
        for Step { strikes, action } in self.steps.iter().copied() {
            if strikes <= before {
                return Err(LadderProblem::Order { strikes });
            }
            if !action.is_for_account() {
                return Err(LadderProblem::NotForAccount { action });
            }
            before = strikes;
        }
        Ok(())
    }
}

/// What the ladder proposes for an account with so many standing strikes.
///
/// It is shown to the person who decides; nothing applies it by itself.
#[must_use]
pub fn suggested(ladder: &Ladder, strikes_standing: u32) -> Option<ActionKind> {
    let reached = ladder.steps.iter().filter(|step| step.strikes <= strikes_standing);
    reached.max_by_key(|step| step.strikes).map(|step| step.action)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn ladder(steps: &[(u32, ActionKind)]) -> Ladder {
        let step =
            |(strikes, action): &(u32, ActionKind)| Step { strikes: *strikes, action: *action };
        Ladder { steps: steps.iter().map(step).collect() }
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
        ] {
            assert_eq!(ladder(&steps).check(), Err(expected));
        }
    }

    #[test]
    fn reads_settings_and_refuses_unknown_keys() {
        let read = |text| serde_json::from_str::<Ladder>(text);
        let expected = ladder(&[(2, ActionKind::Warn)]);
        assert_eq!(read(r#"{"steps":[{"strikes":2,"action":"warn"}]}"#).unwrap(), expected);
        assert_eq!(read("{}").unwrap(), Ladder::default());
        assert!(read(r#"{"step":[]}"#).is_err());
    }
}
