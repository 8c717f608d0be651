//! Levels, paths and caps of a snowball.

use super::super::testing::{dataset, parameters};
use super::*;
use crate::Unwatched;
use proptest::prelude::*;

/// What is found, as `name:level:path`, in the order of names; a path step is `account` and a sign.
fn found(words: &str, seeds: &str, reach: &Reach) -> (String, Vec<Level>) {
    let dataset = dataset(words);
    let ties = Ties::of(&dataset, u64::MAX, &mut Unwatched).unwrap();
    let mut seeds: Vec<u32> =
        seeds.split(' ').map(|seed| dataset.accounts.find(seed).unwrap()).collect();
    seeds.sort_unstable();
    let found = snowball(&ties, &seeds, reach, &mut Unwatched).unwrap();
    let sign = |way: Way| match way {
        Way::Follows => ">",
        Way::FollowedBy => "<",
        Way::Reposts => "+",
        Way::RepostedBy => "*",
        Way::Answers => "?",
        Way::AnsweredBy => "!",
    };
    let name = |account: u32| dataset.accounts.text(account);
    let mut all: Vec<String> = (0..dataset.accounts.len() as u32)
        .filter(|account| found.has(*account))
        .map(|account| {
            let path: String = found
                .path(account)
                .iter()
                .map(|(at, way)| format!("{}{}", name(*at), sign(*way)))
                .collect();
            format!("{}{}{}", path, name(account), found.level[account as usize])
        })
        .collect();
    all.sort();
    (all.join(" "), found.levels)
}

fn reach(levels: u8, ways: &[Way]) -> Reach {
    Reach { levels, ways: ways.to_vec(), accounts_at_most: 1_000, ties_at_most: 100 }
}

fn check(words: &str, seeds: &str, reach: &Reach, wanted: &str) {
    assert_eq!(found(words, seeds, reach).0, wanted, "{words} from {seeds}");
}

#[test]
fn levels_and_paths() {
    let words = "a>b b>c c>d x>a y+a a+r a?q z?a lone";
    check(words, "a", &reach(1, &[Way::Follows]), "a0 a>b1");
    check(words, "a", &reach(3, &[Way::Follows]), "a0 a>b1 a>b>c2 a>b>c>d3");
    check(words, "a c", &reach(1, &[Way::Follows]), "a0 a>b1 c0 c>d1");
    check(words, "a", &reach(1, &[Way::FollowedBy]), "a0 a<x1");
    check(words, "a", &reach(1, &[Way::Reposts, Way::RepostedBy]), "a*y1 a+r1 a0");
    check(words, "a", &reach(1, &[Way::Answers, Way::AnsweredBy]), "a!z1 a0 a?q1");
    check(words, "a", &reach(6, &Way::ALL), "a!z1 a*y1 a+r1 a0 a<x1 a>b1 a>b>c2 a>b>c>d3 a?q1");
}

#[test]
fn the_first_way_and_the_lowest_number_lead() {
    check("a>c a+c b>c", "a b", &reach(2, &[Way::Reposts, Way::Follows]), "a+c1 a0 b0");
    check("b>c a>c", "a b", &reach(2, &[Way::Follows]), "a0 b0 b>c1");
}

#[test]
fn a_full_frontier_keeps_those_with_most_ties() {
    let words = "a>p b>p a>q a>r b>r c>r a>s p>t";
    let full = Reach { accounts_at_most: 5, ..reach(3, &[Way::Follows]) };
    let (all, levels) = found(words, "a b c", &full);
    assert_eq!(all, "a0 a>p1 a>r1 b0 c0");
    assert_eq!(levels.iter().map(|level| level.left_out).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(levels[1].found, 2);
    let (all, levels) = found(words, "a b c", &Reach { accounts_at_most: 3, ..full });
    assert_eq!((all.as_str(), levels[1].found, levels[1].left_out), ("a0 b0 c0", 0, 4));
}

#[test]
fn accounts_with_too_many_ties_lead_nowhere() {
    let words = "a>b a>c a>d b>e x>a";
    let narrow = Reach { ties_at_most: 2, ..reach(2, &[Way::Follows, Way::FollowedBy]) };
    let (all, levels) = found(words, "a", &narrow);
    assert_eq!((all.as_str(), levels[0].not_followed), ("a0 a<x1", 1));
}

proptest! {
    #[test]
    fn every_path_begins_at_a_seed_and_is_as_long_as_its_level(
        edges in prop::collection::vec((0_u8..20, 0_u8..20), 1..60),
        levels in 1_u8..5,
    ) {
        let words: Vec<String> = edges.iter().map(|(a, b)| format!("n{a}>n{b}")).collect();
        let dataset = dataset(&format!("n0 n1 {}", words.join(" ")));
        let ties = Ties::of(&dataset, u64::MAX, &mut Unwatched).unwrap();
        let reach = Reach { levels, ..parameters("n0").reach };
        let found = snowball(&ties, &[0, 1], &reach, &mut Unwatched).unwrap();
        let all = (0..dataset.accounts.len() as u32).filter(|account| found.has(*account));
        let all: Vec<u32> = all.collect();
        prop_assert_eq!(all.len() as u64, found.accounts());
        for account in all {
            let path = found.path(account);
            prop_assert_eq!(path.len(), usize::from(found.level[account as usize]));
            let ends: Vec<u32> = path.iter().map(|step| step.0).chain([account]).collect();
            prop_assert!(ends[0] <= 1);
            for (pair, (from, way)) in ends.windows(2).zip(&path) {
                prop_assert!(ties.from(*from, *way).contains(&pair[1]));
            }
        }
    }
}
