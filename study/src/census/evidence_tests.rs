//! Evidence against slow, obvious counts.

use super::super::testing::dataset;
use super::*;
use crate::Unwatched;
use proptest::prelude::*;

fn gathered(words: &str, seeds: &[&str]) -> (Dataset, Evidence) {
    let dataset = dataset(words);
    let ties = Ties::of(&dataset, u64::MAX, &mut Unwatched).unwrap();
    let accounts = dataset.accounts.len() as u32;
    let seeds: Vec<u32> = seeds.iter().map(|id| dataset.accounts.find(id).unwrap()).collect();
    let frontier = NodeSet::of(accounts, 0..accounts).unwrap();
    let evidence = gather(&dataset, &ties, &seeds, &frontier, &mut Unwatched).unwrap();
    (dataset, evidence)
}

#[test]
fn follows_and_interactions_with_the_set() {
    let words = "s>a t>a a>s b>t a+s a+s s+b b?t t?a a?b a+gone c+a";
    let (dataset, evidence) = gathered(words, &["s", "t"]);
    let at = |id: &str| dataset.accounts.find(id).unwrap() as usize;
    let within = &evidence.within;
    let follows = |id| {
        let at = at(id);
        (within.in_from_set[at], within.out_to_set[at], within.reciprocated[at])
    };
    assert_eq!((follows("a"), follows("b"), follows("c")), ((2, 1, 1), (0, 1, 0), (0, 0, 0)));
    let counts = |id: &str| {
        let Interactions { reposts_of_set, reposted_by_set, answers_to_set, answered_by_set } =
            evidence.interactions[at(id)];
        [reposts_of_set, reposted_by_set, answers_to_set, answered_by_set]
    };
    assert_eq!((counts("a"), counts("b")), ([2, 0, 0, 1], [0, 1, 1, 0]));
    assert_eq!(counts("c"), [0; 4]);
}

#[test]
fn cores_count_every_kind_of_tie() {
    let (dataset, evidence) = gathered("a>b b+c c?a d>a", &["a"]);
    let core = |id: &str| evidence.core[dataset.accounts.find(id).unwrap() as usize];
    assert_eq!(["a", "b", "c", "d"].map(core), [2, 2, 2, 1]);
}

proptest! {
    #[test]
    fn co_follow_is_the_largest_jaccard(
        edges in prop::collection::vec((0_u8..15, 0_u8..15), 1..80),
    ) {
        let words: Vec<String> = edges.iter().map(|(a, b)| format!("n{a}>n{b}")).collect();
        let (dataset, evidence) = gathered(&format!("n0 n1 {}", words.join(" ")), &["n0", "n1"]);
        let followed = |account: u32| -> Vec<u32> {
            let follows = dataset.follows.from.iter().zip(&dataset.follows.to);
            follows.filter(|(from, _)| **from == account).map(|(_, to)| *to).collect()
        };
        for account in 0..dataset.accounts.len() as u32 {
            let own = followed(account);
            let jaccard = |seed: u32| {
                let other = followed(seed);
                let both = own.iter().filter(|one| other.contains(one)).count();
                let either = own.len() + other.len() - both;
                if seed == account || both == 0 { 0.0 } else { both as f64 / either as f64 }
            };
            let wanted = jaccard(0).max(jaccard(1));
            let given = f64::from(evidence.co_follow[account as usize]);
            prop_assert!((given - wanted).abs() < 1e-6, "{}: {} {}", account, given, wanted);
        }
        prop_assert_eq!(evidence.co_followed_with, 2);
    }
}
