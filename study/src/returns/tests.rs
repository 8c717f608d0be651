//! The study as a whole, on planted datasets.

use super::planted::{Plan, planted};
use super::*;
use crate::Unwatched;

fn learnt() -> Calibration {
    let pairs = |seed| {
        let (dataset, truth) = planted(Plan { seed, ..Plan::default() });
        known_pairs(&dataset, &Parameters::default(), &truth, &mut Unwatched).unwrap()
    };
    calibrate(&[pairs(1), pairs(2)].concat(), "planted").unwrap()
}

#[test]
fn finds_planted_returns() {
    let (dataset, truth) = planted(Plan { seed: 3, ..Plan::default() });
    let parameters = Parameters { base_rate: 0.5, ..Parameters::default() };
    let returns = run_with(&dataset, &parameters, &learnt(), &mut Unwatched).unwrap();
    let found = evaluate(&returns, &truth, 30);
    assert!(found.recall_at_10.value >= 0.8, "{found:#?}");
    assert_eq!((found.benign_linked, found.crossed), (0, 0), "{found:#?}");
}
