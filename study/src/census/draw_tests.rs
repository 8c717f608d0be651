//! What is drawn, from which strata, and that it repeats.

use super::super::testing::{Planted, planted};
use super::*;
use crate::census::Cut;
use std::collections::BTreeSet;

fn world() -> (Planted, Census) {
    let world = planted(4_000, 200, 2);
    let census = world.census(20);
    (world, census)
}

#[test]
fn strata_hold_everybody_once_and_no_seed() {
    let (world, census) = world();
    let draw = world.draw(&census, Plan { accounts: 600, ..Plan::default() });
    let sizes: u64 = draw.strata.iter().map(|stratum| stratum.size).sum();
    assert_eq!(sizes, census.frame.account.len() as u64);
    assert_eq!(sizes + 20, census.frontier.accounts);
    let drawn: u64 = draw.strata.iter().map(|stratum| stratum.drawn).sum();
    assert_eq!((drawn, draw.items.len()), (600, 600));
    let names: BTreeSet<&str> = draw.items.iter().map(|item| item.account.as_str()).collect();
    assert_eq!(names.len(), 600);
    let seeds: Vec<String> = (0..20).map(|seed| world.names().of(&format!("n{seed}"))).collect();
    assert!(seeds.iter().all(|seed| !names.contains(seed.as_str())));
    for (at, stratum) in draw.strata.iter().enumerate() {
        let own = draw.items.iter().filter(|item| usize::from(item.stratum) == at);
        let own: Vec<_> = own.collect();
        assert_eq!(own.len() as u64, stratum.drawn);
        assert!(stratum.drawn >= stratum.size.min(30) && stratum.drawn <= stratum.size);
        let is_apart = stratum.holds == Holds::SetApart;
        assert!(own.iter().all(|item| item.set_apart.is_empty() != is_apart));
        assert!(own.iter().all(|item| item.coders == 2));
    }
    assert_eq!(draw.set_apart, [("newsroom".to_owned(), draw.strata.last().unwrap().size)]);
}

#[test]
fn higher_strata_have_higher_scores() {
    let (world, census) = world();
    let draw = world.draw(&census, Plan { accounts: 600, ..Plan::default() });
    let of = |at: usize| {
        let own = draw.items.iter().filter(move |item| usize::from(item.stratum) == at);
        own.map(|item| item.score)
    };
    let strata = draw.strata.len() - 1;
    assert_eq!(strata, CUTS.len());
    for at in 1..strata {
        let lowest_above = of(at - 1).fold(f32::INFINITY, f32::min);
        assert!(of(at).all(|score| score <= lowest_above), "stratum {at}");
    }
    assert_eq!(draw.strata[0].holds, Holds::Scores { from: 0.0, to: 0.005 });
    assert_eq!(draw.strata[8].holds, Holds::Scores { from: 0.6, to: 1.0 });
    let high = draw.items.iter().filter(|item| item.score >= draw.high_score).count();
    assert!(high > 0 && high < draw.items.len() / 2);
}

#[test]
fn the_order_is_one_by_chance_and_the_seed_decides() {
    let (world, census) = world();
    let plan = Plan { accounts: 600, ..Plan::default() };
    let first = world.draw(&census, plan);
    assert_eq!(world.draw(&census, plan), first);
    let other = world.draw(&census, Plan { seed: 2, ..plan });
    assert_ne!(other.items, first.items);
    // The mean stratum of the first half is that of the second.
    let mean = |items: &[DrawnItem]| {
        items.iter().map(|item| f64::from(item.stratum)).sum::<f64>() / items.len() as f64
    };
    let (a, b) = first.items.split_at(300);
    assert!((mean(a) - mean(b)).abs() < 0.6, "{} {}", mean(a), mean(b));
}

#[test]
fn a_simple_sample_has_one_stratum_and_those_set_apart() {
    let (world, census) = world();
    let plan = Plan { method: Method::Simple, accounts: 400, ..Plan::default() };
    let draw = world.draw(&census, plan);
    let holds: Vec<Holds> = draw.strata.iter().map(|stratum| stratum.holds).collect();
    assert_eq!(holds, [Holds::Scores { from: 0.0, to: 1.0 }, Holds::SetApart]);
}

#[test]
fn some_are_coded_by_one_alone() {
    let (world, census) = world();
    let draw = world.draw(&census, Plan { accounts: 600, coded_twice: 0.3, ..Plan::default() });
    let twice = draw.items.iter().filter(|item| item.coders == 2).count();
    assert!((180..=190).contains(&twice), "{twice}");
    assert!(draw.items.iter().all(|item| item.coders == 1 || item.coders == 2));
}

#[test]
fn plans_and_datasets_that_cannot_be_used() {
    let (world, census) = world();
    let error = |change: fn(&mut Plan)| {
        let mut plan = Plan::default();
        change(&mut plan);
        super::draw(&census, &world.dataset, &world.names(), plan).unwrap_err().to_string()
    };
    for (change, wanted) in [
        ((|p| p.accounts = 29) as fn(&mut Plan), "`accounts` is 29"),
        (|p| p.floor = 1, "`floor` is 1"),
        (|p| p.expected.share = 0.0, "`expected.share` is 0"),
        (|p| p.expected.separation = 0.5, "`expected.separation` is 0.5"),
        (|p| p.coded_twice = 0.0, "`coded_twice` is 0"),
        (|p| p.accounts = 200, "codings for the strata's floor: 200 given, at least"),
    ] {
        let given = error(change);
        assert!(given.contains(wanted), "{given}");
    }
    let other = planted(100, 10, 3);
    for (dataset, names) in [
        (&other.dataset, world.names()),
        (&world.dataset, Pseudonyms::keyed(&[6; 32])),
        (&world.dataset, Pseudonyms::ids()),
    ] {
        let given = super::draw(&census, dataset, &names, Plan::default());
        assert_eq!(given, Err(Error::OtherDataset));
    }
}

#[test]
fn expected_shares_add_up_and_fall() {
    for (share, separation) in [(0.02, 0.9), (0.3, 0.7), (0.001, 0.99)] {
        let expected = Expected { share, separation };
        let mut from = 0.0;
        let mut shares = Vec::new();
        let mut sum = 0.0;
        for to in CUTS {
            let own = expected_share(expected, from, to);
            sum += own * (to - from);
            shares.push(own);
            from = to;
        }
        assert!((sum - share).abs() < 1e-9, "{sum}");
        assert!(shares.windows(2).all(|pair| pair[0] >= pair[1]), "{shares:?}");
    }
}

#[test]
fn the_frontier_is_told_in_words() {
    let (world, census) = world();
    let draw = world.draw(&census, Plan::default());
    let words = draw.frontier_words();
    assert!(words.contains("reached from 20 seeds in at most 4 steps by: whom they follow, "));
    assert!(census.cuts.contains(&Cut::Listed { accounts: 1_000, of: draw.strata_size() }));
}

impl SampleDraw {
    fn strata_size(&self) -> u64 {
        self.strata.iter().map(|stratum| stratum.size).sum()
    }
}
