//! Personalised PageRank where it matters: near the seeds, kept up as edges come.

use super::{Along, Error, Grown, checked_seeds, in_range};
use crate::watch::{Watch, step};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How many nodes are settled between two words with the watcher; a power of two.
const STRIDE: u64 = 1 << 14;

/// How ranks near seeds are computed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Push {
    /// Which way the walker goes.
    pub along: Along,
    /// The probability with which it goes home to a seed at each step; from .01 to .99.
    pub home: f64,
    /// What a node may keep unsettled for each of its edges; from 1e-9 to .1. Work grows as
    /// 1 / (`home` × `threshold`) at most, whatever the size of the graph.
    pub threshold: f64,
}

impl Default for Push {
    fn default() -> Self {
        Self { along: Along::Out, home: 0.15, threshold: 1e-7 }
    }
}

/// Ranks near seeds: the same ranks as those of [`super::ranks`], less what is still unsettled.
///
/// Each node has an estimate and a rest. A rest that is large for the node's degree is settled: a
/// share of it becomes estimate, and the others are handed to the neighbours (Andersen, Chung and
/// Lang 2006). When edges come, only the estimates of their ends are mended, and the rests that
/// this makes are settled again (Zhang, Lofgren and Goel 2016), so that ten thousand edges take
/// milliseconds. Takes 24 bytes for each node of the graph.
#[derive(Debug, Clone)]
pub struct Near {
    seeds: Vec<u32>,
    settings: Push,
    rank: Vec<f64>,
    unsettled: Vec<Unsettled>,
    /// Rest on its way home from nodes without edges.
    homeward: f64,
    waiting: VecDeque<u32>,
    /// How many added edges are in the estimates.
    seen: usize,
}

/// The rest of a node, and what is asked about the node whenever that changes: side by side, since
/// waiting for far memory is what takes time.
#[derive(Debug, Clone, Copy)]
struct Unsettled {
    rest: f64,
    /// How many neighbours the node has the way that the walker goes.
    degree: u32,
    is_waiting: bool,
}

impl Near {
    /// Ranks near some seeds.
    ///
    /// # Errors
    /// [`Error::NoSeeds`], [`Error::NoSuchNode`], [`Error::Setting`], [`Error::Stopped`].
    pub fn of(
        grown: &Grown,
        seeds: &[u32],
        settings: Push,
        watch: &mut dyn Watch,
    ) -> Result<Self, Error> {
        let nodes = grown.graph().nodes();
        let seeds = checked_seeds(nodes, seeds)?;
        in_range("home", settings.home, 0.01, 0.99)?;
        in_range("threshold", settings.threshold, 1e-9, 0.1)?;
        let degree = |node| grown.degree(node, settings.along);
        let unsettled = |node| Unsettled { rest: 0.0, degree: degree(node), is_waiting: false };
        let mut near = Self {
            seeds,
            settings,
            rank: vec![0.0; nodes as usize],
            unsettled: (0..nodes).map(unsettled).collect(),
            homeward: 1.0,
            waiting: VecDeque::new(),
            seen: grown.added().len(),
        };
        near.settle(grown, watch)?;
        Ok(near)
    }

    /// Takes in the edges that were added to the graph since.
    ///
    /// # Errors
    /// [`Error::NotOfThisGraph`] where it is another graph, as far as that can be seen;
    /// [`Error::Stopped`], after which it can be called again.
    pub fn catch_up(&mut self, grown: &Grown, watch: &mut dyn Watch) -> Result<(), Error> {
        let (given, nodes) = (self.rank.len(), grown.graph().nodes());
        if given != nodes as usize || self.seen > grown.added().len() {
            return Err(Error::NotOfThisGraph { what: "the state of the ranks", given, nodes });
        }
        let mut steps = self.new_steps(&grown.added()[self.seen..]);
        self.seen = grown.added().len();
        steps.sort_unstable();
        for group in steps.chunk_by(|a, b| a.0 == b.0) {
            self.mend(grown, group);
        }
        self.settle(grown, watch)
    }

    /// The rank of a node, as far as it is settled; 0 far from the seeds.
    ///
    /// # Panics
    /// Where there is no such node.
    #[must_use]
    pub fn rank(&self, node: u32) -> f64 {
        self.rank[node as usize].max(0.0)
    }

    /// The nodes that have a rank, ascending.
    pub fn ranked(&self) -> impl Iterator<Item = (u32, f64)> {
        (0u32..).zip(&self.rank).filter(|(_, rank)| **rank > 0.0).map(|(node, rank)| (node, *rank))
    }

    /// By how much the ranks of all nodes together are off at most.
    #[must_use]
    pub fn left(&self) -> f64 {
        self.unsettled.iter().map(|one| one.rest.abs()).sum::<f64>() + self.homeward.abs()
    }

    /// The steps that a walker can newly take, for edges that were added.
    fn new_steps(&self, added: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let there = added.iter().copied();
        let back = added.iter().map(|(from, to)| (*to, *from));
        match self.settings.along {
            Along::Out => there.collect(),
            Along::In => back.collect(),
            Along::Both => there.chain(back).collect(),
        }
    }

    /// Makes estimates and rests agree again after new steps from one node. Its estimate grows so
    /// that what it gives to each former neighbour stays the same.
    fn mend(&mut self, grown: &Grown, steps: &[(u32, u32)]) {
        let Push { along, home, .. } = self.settings;
        let Some((node, _)) = steps.first().copied() else { return };
        let degree = grown.degree(node, along);
        self.unsettled[node as usize].degree = degree;
        let rank = self.rank[node as usize];
        if rank == 0.0 {
            return;
        }
        let new = steps.len() as f64;
        let former = f64::from(degree) - new;
        let onward = (1.0 - home) / home;
        let each = if former > 0.0 {
            let more = rank * new / former;
            self.rank[node as usize] += more;
            self.add_rest(node, -more / home);
            rank / former
        } else {
            self.homeward -= onward * rank;
            rank / new
        };
        for (_, to) in steps {
            self.add_rest(*to, onward * each);
        }
    }

    fn add_rest(&mut self, node: u32, more: f64) {
        let one = &mut self.unsettled[node as usize];
        one.rest += more;
        let most = self.settings.threshold * f64::from(one.degree.max(1));
        if one.rest.abs() > most && !one.is_waiting {
            one.is_waiting = true;
            self.waiting.push_back(node);
        }
    }

    fn settle(&mut self, grown: &Grown, watch: &mut dyn Watch) -> Result<(), Error> {
        let mut settled = 0u64;
        loop {
            while let Some(node) = self.waiting.pop_front() {
                if settled & (STRIDE - 1) == 0
                    && let Err(stopped) = step(watch, "near", settled, settled)
                {
                    self.waiting.push_front(node);
                    return Err(stopped.into());
                }
                settled += 1;
                self.settle_one(grown, node);
            }
            if self.homeward == 0.0 {
                return Ok(());
            }
            let each = std::mem::take(&mut self.homeward) / self.seeds.len() as f64;
            for at in 0..self.seeds.len() {
                self.add_rest(self.seeds[at], each);
            }
        }
    }

    fn settle_one(&mut self, grown: &Grown, node: u32) {
        let Push { along, home, .. } = self.settings;
        let one = &mut self.unsettled[node as usize];
        one.is_waiting = false;
        let (rest, degree) = (std::mem::take(&mut one.rest), one.degree);
        self.rank[node as usize] += home * rest;
        let onward = (1.0 - home) * rest;
        if degree == 0 {
            self.homeward += onward;
            return;
        }
        let each = onward / f64::from(degree);
        grown.each(node, along, |other| self.add_rest(other, each));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{GRAPHS, built, dense_ranks, edge_lists};
    use super::super::{Graph, NodeSet};
    use super::*;
    use crate::watch::Impatient;
    use crate::{Stopped, Unwatched};
    use proptest::prelude::*;

    fn check(near: &Near, whole: &Graph, seeds: &[u32], settings: Push) {
        let wanted = dense_ranks(whole, seeds, settings.along, settings.home);
        let rank = |node: u32| near.rank(node);
        let off: f64 =
            (0..whole.nodes()).map(|node| (rank(node) - wanted[node as usize]).abs()).sum();
        assert!(off <= near.left() + 1e-9, "{off} is more than {}", near.left());
        for node in 0..whole.nodes() {
            let degree = f64::from(whole.degree(node, settings.along).max(1));
            let rest = near.unsettled[node as usize].rest.abs();
            assert!(rest <= settings.threshold * degree, "node {node} keeps {rest}");
        }
        let ranked: Vec<u32> = near.ranked().map(|(node, _)| node).collect();
        assert!(ranked.is_sorted() && ranked.iter().all(|node| rank(*node) > 0.0));
    }

    #[test]
    fn bad_input_is_named() {
        let graph = built(2, &[(0, 1)]);
        let grown = Grown::new(&graph);
        let ask =
            |seeds: &[u32], settings| Near::of(&grown, seeds, settings, &mut Unwatched).map(drop);
        let threshold = Error::Setting { name: "threshold", value: 0.0, low: 1e-9, high: 0.1 };
        let usual = Push::default();
        assert_eq!(ask(&[], usual), Err(Error::NoSeeds));
        assert_eq!(ask(&[0], Push { threshold: 0.0, ..usual }), Err(threshold));
        let mut near = Near::of(&grown, &[0], usual, &mut Unwatched).unwrap();
        let other = built(3, &[]);
        let refused = near.catch_up(&Grown::new(&other), &mut Unwatched);
        let what = "the state of the ranks";
        assert_eq!(refused, Err(Error::NotOfThisGraph { what, given: 2, nodes: 3 }));
    }

    #[test]
    fn a_stopped_settling_goes_on() {
        let graph = built(4, &[(0, 1), (1, 2), (2, 0)]);
        let mut grown = Grown::new(&graph);
        let settings = Push::default();
        let mut near = Near::of(&grown, &[0], settings, &mut Unwatched).unwrap();
        grown.add(&[(1, 3)]).unwrap();
        let stopped = near.catch_up(&grown, &mut Impatient);
        assert_eq!(stopped, Err(Error::Stopped(Stopped)));
        near.catch_up(&grown, &mut Unwatched).unwrap();
        check(&near, &built(4, &[(0, 1), (1, 2), (2, 0), (1, 3)]), &[0], settings);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(GRAPHS))]

        #[test]
        fn ranks_are_off_by_no_more_than_is_left(
            (nodes, edges) in edge_lists(),
            bits in 1u32..,
            along in prop::sample::select(vec![Along::Out, Along::In, Along::Both]),
            home in 0.1..0.9,
            threshold in prop::sample::select(vec![1e-2, 1e-4, 1e-7]),
            parts in prop::collection::vec(0.0..1.0, 0..4),
        ) {
            let mut seeds = NodeSet::none(nodes);
            (0..32).filter(|bit| bits >> bit & 1 == 1).for_each(|bit| {
                seeds.insert(bit % nodes);
            });
            let seeds: Vec<u32> = seeds.iter().collect();
            let settings = Push { along, home, threshold };
            let mut cuts: Vec<usize> =
                parts.iter().map(|part| (edges.len() as f64 * part) as usize).collect();
            cuts.push(edges.len());
            cuts.sort_unstable();
            let graph = built(nodes, &edges[..cuts[0]]);
            let mut grown = Grown::new(&graph);
            let mut near = Near::of(&grown, &seeds, settings, &mut Unwatched).unwrap();
            check(&near, &graph, &seeds, settings);
            for cut in cuts.windows(2) {
                grown.add(&edges[cut[0]..cut[1]]).unwrap();
                near.catch_up(&grown, &mut Unwatched).unwrap();
                check(&near, &built(nodes, &edges[..cut[1]]), &seeds, settings);
            }
        }
    }
}
