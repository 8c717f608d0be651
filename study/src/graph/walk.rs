//! Personalised PageRank for every node.

use super::{Along, Error, Graph, checked_seeds, in_range};
use crate::watch::{Watch, step};
use serde::{Deserialize, Serialize};

/// How ranks are computed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Walk {
    /// Which way the walker goes.
    pub along: Along,
    /// The probability with which it goes home to a seed at each step; from .01 to .99.
    pub home: f64,
    /// The rounds end when all ranks together change by less than this; from 1e-7 to 1.
    pub tolerance: f64,
    /// The rounds end after so many in any case; from 1 to 10,000.
    pub most_rounds: u32,
}

impl Default for Walk {
    fn default() -> Self {
        Self { along: Along::Out, home: 0.15, tolerance: 1e-6, most_rounds: 200 }
    }
}

/// The probability of finding a walker at each node who sets out from a seed, each as likely as
/// the other, follows edges at random, and now and then goes home. From a node without edges it
/// goes home at once. All ranks together are 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranks {
    /// By node.
    pub rank: Vec<f32>,
    /// How many rounds it took.
    pub rounds: u32,
    /// By how much all ranks together changed in the last round; above the tolerance where
    /// [`Walk::most_rounds`] ended it.
    pub change: f64,
}

impl Ranks {
    /// Each rank divided by the node's degree (by 1 where it has none), since plain ranks list
    /// whoever is known to everybody.
    ///
    /// # Errors
    /// [`Error::NotOfThisGraph`].
    pub fn per_degree(&self, graph: &Graph, along: Along) -> Result<Vec<f32>, Error> {
        let (given, nodes) = (self.rank.len(), graph.nodes());
        if given != nodes as usize {
            return Err(Error::NotOfThisGraph { what: "the ranks", given, nodes });
        }
        let each = (0..nodes).zip(&self.rank);
        Ok(each.map(|(node, rank)| rank / graph.degree(node, along).max(1) as f32).collect())
    }
}

/// Personalised PageRank from seeds (Page, Brin, Motwani and Winograd 1999; Haveliwala 2002), by
/// Gauss-Seidel rounds over all edges: a round uses the ranks that it has already renewed, which
/// takes about half the rounds of plain power iteration.
///
/// # Errors
/// [`Error::NoSeeds`], [`Error::NoSuchNode`], [`Error::Setting`], [`Error::Stopped`].
pub fn ranks(
    graph: &Graph,
    seeds: &[u32],
    settings: Walk,
    watch: &mut dyn Watch,
) -> Result<Ranks, Error> {
    let seeds = checked_seeds(graph.nodes(), seeds)?;
    in_range("home", settings.home, 0.01, 0.99)?;
    in_range("tolerance", settings.tolerance, 1e-7, 1.0)?;
    in_range("most_rounds", f64::from(settings.most_rounds), 1.0, 10_000.0)?;
    let mut rounds = Rounds::new(graph, settings);
    let mut change = f64::INFINITY;
    let mut done = 0;
    while done < settings.most_rounds && change >= settings.tolerance {
        step(watch, "ranks", u64::from(done), u64::from(settings.most_rounds))?;
        change = rounds.next(&seeds);
        done += 1;
    }
    Ok(Ranks { rank: rounds.ranks(), rounds: done, change })
}

struct Rounds<'a> {
    graph: &'a Graph,
    settings: Walk,
    /// What each node gives to each of its neighbours: its rank divided by its degree, or its
    /// rank where it has none. One array of single precision, since its random reads are what a
    /// round takes time for.
    ///
    /// Here a walker on a node without edges is gone, and a new one sets out for each that is gone
    /// or goes home. One who goes home from there has the same ranks but for a common factor (Del
    /// Corso, Gullì and Romani 2005).
    share: Vec<f32>,
}

impl<'a> Rounds<'a> {
    fn new(graph: &'a Graph, settings: Walk) -> Self {
        Self { graph, settings, share: vec![0.0; graph.nodes() as usize] }
    }

    /// Renews every rank, and says by which part of all ranks they changed together.
    fn next(&mut self, seeds: &[u32]) -> f64 {
        let Walk { along, home, .. } = self.settings;
        let (mut change, mut all, mut stranded) = (0.0, 0.0, 0.0);
        let mut coming = seeds.iter().copied().peekable();
        for node in 0..self.graph.nodes() {
            let mut rank = 0.0;
            for side in self.graph.sides(node, along.back()) {
                rank += sum_of(&self.share, side);
            }
            rank *= 1.0 - home;
            if coming.next_if_eq(&node).is_some() {
                rank += home / seeds.len() as f64;
            }
            let degree = self.graph.degree(node, along);
            stranded += if degree == 0 { rank } else { 0.0 };
            let degree = f64::from(degree.max(1));
            let share = (rank / degree) as f32;
            let before = std::mem::replace(&mut self.share[node as usize], share);
            change += (f64::from(share) - f64::from(before)).abs() * degree;
            all += rank;
        }
        // As many set out as end. Without this the whole fills up slowly, which takes three times
        // the rounds.
        let factor = (home / (home * all + (1.0 - home) * stranded)) as f32;
        self.share.iter_mut().for_each(|share| *share *= factor);
        change / all
    }

    /// The ranks, brought to a sum of 1.
    fn ranks(&self) -> Vec<f32> {
        let degree = |node| f64::from(self.graph.degree(node, self.settings.along).max(1));
        let rank = |(node, share): (u32, &f32)| f64::from(*share) * degree(node);
        let all: f64 = (0u32..).zip(&self.share).map(rank).sum();
        (0u32..).zip(&self.share).map(|each| (rank(each) / all) as f32).collect()
    }
}

/// What some nodes give together, in four sums, so that none waits for the one before.
fn sum_of(share: &[f32], nodes: &[u32]) -> f64 {
    let of = |node: &u32| f64::from(share[*node as usize]);
    let (fours, rest) = nodes.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for four in fours {
        (0..4).for_each(|at| sums[at] += of(&four[at]));
    }
    sums.iter().sum::<f64>() + rest.iter().map(of).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{GRAPHS, built, dense_ranks, edge_lists};
    use super::*;
    use crate::Unwatched;
    use proptest::prelude::*;

    #[test]
    fn bad_settings_are_named() {
        let graph = built(3, &[(0, 1)]);
        let ask = |seeds: &[u32], settings| ranks(&graph, seeds, settings, &mut Unwatched);
        let setting = |name, value, low, high| Error::Setting { name, value, low, high };
        let usual = Walk::default;
        let cases: [(&[u32], Walk, Error); 5] = [
            (&[], usual(), Error::NoSeeds),
            (&[0, 3], usual(), Error::NoSuchNode { what: "seed 1".into(), node: 3, nodes: 3 }),
            (&[0], Walk { home: 1.0, ..usual() }, setting("home", 1.0, 0.01, 0.99)),
            (&[0], Walk { tolerance: 0.0, ..usual() }, setting("tolerance", 0.0, 1e-7, 1.0)),
            (&[0], Walk { most_rounds: 0, ..usual() }, setting("most_rounds", 0.0, 1.0, 1e4)),
        ];
        for (seeds, settings, wanted) in cases {
            assert_eq!(ask(seeds, settings), Err(wanted));
        }
        assert!(matches!(
            ask(&[0], Walk { home: f64::NAN, ..usual() }),
            Err(Error::Setting { name: "home", .. })
        ));
    }

    #[test]
    fn too_few_rounds_are_told() {
        let graph = built(4, &[(3, 1), (1, 2), (2, 3), (1, 0), (0, 3)]);
        let settings = Walk { most_rounds: 2, ..Walk::default() };
        let short = ranks(&graph, &[1], settings, &mut Unwatched).unwrap();
        assert!(short.rounds == 2 && short.change > settings.tolerance, "{short:?}");
    }

    #[test]
    fn ranks_are_divided_by_degree() {
        let graph = built(3, &[(0, 1), (0, 2), (1, 2)]);
        let ranks = Ranks { rank: vec![0.5, 0.25, 0.25], rounds: 1, change: 0.0 };
        assert_eq!(ranks.per_degree(&graph, Along::Out).unwrap(), [0.25, 0.25, 0.25]);
        assert_eq!(ranks.per_degree(&graph, Along::Both).unwrap(), [0.25, 0.125, 0.125]);
        let other = built(2, &[]);
        let wanted = Error::NotOfThisGraph { what: "the ranks", given: 3, nodes: 2 };
        assert_eq!(ranks.per_degree(&other, Along::In), Err(wanted));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(GRAPHS))]

        #[test]
        fn ranks_are_those_of_a_full_matrix(
            (nodes, edges) in edge_lists(),
            seeds in prop::collection::vec(0u32..24, 1..5),
            along in prop::sample::select(vec![Along::Out, Along::In, Along::Both]),
            home in 0.05..0.9,
        ) {
            let graph = built(nodes, &edges);
            let mut seeds: Vec<u32> = seeds.iter().map(|seed| seed % nodes).collect();
            let settings = Walk { along, home, most_rounds: 2_000, ..Walk::default() };
            let found = ranks(&graph, &seeds, settings, &mut Unwatched).unwrap();
            seeds.sort_unstable();
            seeds.dedup();
            let wanted = dense_ranks(&graph, &seeds, along, home);
            let off: f64 =
                found.rank.iter().zip(&wanted).map(|(a, b)| (f64::from(*a) - b).abs()).sum();
            prop_assert!(off < 1e-4, "{off}: {found:?} {wanted:?}");
            prop_assert!(found.change < settings.tolerance);
        }
    }
}
