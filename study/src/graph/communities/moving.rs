//! Moves nodes between communities while that gains.

use super::super::Linked;
use super::Terms;
use crate::Stopped;
use crate::watch::{Watch, step};
use std::collections::VecDeque;

/// How many nodes are looked at between two words with the watcher; a power of two.
const STRIDE: u64 = 1 << 16;
/// What a move must gain at least, as a part of the node's strength, so that rounding errors do
/// not move a node for ever.
const LEAST_GAIN: f64 = 1e-9;

/// The weight of a node's links into each group, for one node at a time.
pub(super) struct Tally {
    weight: Vec<f64>,
    /// The groups that have any weight, and one place more.
    groups: Vec<u32>,
    count: usize,
}

impl Tally {
    pub(super) fn new(groups: usize) -> Self {
        Self { weight: vec![0.0; groups], groups: vec![0; groups + 1], count: 0 }
    }

    /// Adds a weight above 0. Which group is new cannot be foreseen, and a branch on it would cost
    /// more than writing every time.
    pub(super) fn add(&mut self, group: u32, weight: f32) {
        let sum = &mut self.weight[group as usize];
        self.groups[self.count] = group;
        self.count += usize::from(*sum == 0.0);
        *sum += f64::from(weight);
    }

    pub(super) fn weight(&self, group: u32) -> f64 {
        self.weight[group as usize]
    }

    /// The groups that have any weight, in the order in which they were met.
    pub(super) fn groups(&self) -> &[u32] {
        &self.groups[..self.count]
    }

    pub(super) fn clear(&mut self) {
        for group in &self.groups[..self.count] {
            self.weight[*group as usize] = 0.0;
        }
        self.count = 0;
    }
}

/// Communities under way.
struct Moving<'a, G> {
    graph: &'a G,
    terms: &'a Terms,
    of: Vec<u32>,
    strength: Vec<f64>,
    nodes: Vec<u32>,
    /// Numbers of communities that have no nodes.
    empty: Vec<u32>,
    waiting: VecDeque<u32>,
    is_waiting: Vec<bool>,
    tally: Tally,
}

/// Moves nodes between communities, each to where it gains most, until none gains by a move. Begins
/// with all nodes in the order of their numbers, in which memory is read fastest; who has a
/// neighbour that moved away comes again.
pub(super) fn moved<G: Linked>(
    graph: &G,
    terms: &Terms,
    of: Vec<u32>,
    watch: &mut dyn Watch,
) -> Result<Vec<u32>, Stopped> {
    let total = u64::from(graph.nodes());
    let mut moving = Moving::new(graph, terms, of);
    let mut done = 0;
    while let Some(node) = moving.waiting.pop_front() {
        if done & (STRIDE - 1) == 0 {
            let left = moving.waiting.len() as u64;
            step(watch, "communities_moving", total - left.min(total), total)?;
        }
        done += 1;
        moving.is_waiting[node as usize] = false;
        moving.look_at(node);
    }
    Ok(moving.of)
}

impl<'a, G: Linked> Moving<'a, G> {
    fn new(graph: &'a G, terms: &'a Terms, of: Vec<u32>) -> Self {
        let count = of.len();
        let (mut strength, mut nodes) = (vec![0.0; count], vec![0u32; count]);
        for (community, one) in of.iter().zip(&terms.strength) {
            strength[*community as usize] += one;
            nodes[*community as usize] += 1;
        }
        let mut empty: Vec<u32> = (0..count as u32).collect();
        empty.retain(|community| nodes[*community as usize] == 0);
        Self {
            graph,
            terms,
            of,
            strength,
            nodes,
            empty,
            waiting: (0..count as u32).collect(),
            is_waiting: vec![true; count],
            tally: Tally::new(count),
        }
    }

    fn look_at(&mut self, node: u32) {
        let own = self.of[node as usize];
        let Self { graph, tally, of, .. } = self;
        graph.each_link(node, |other, weight| tally.add(of[other as usize], weight));
        let best = self.best(node, own);
        self.tally.clear();
        if best != own {
            self.move_to(node, own, best);
        }
    }

    /// Where a node gains most; its own community where no other is better.
    fn best(&mut self, node: u32, own: u32) -> u32 {
        let strength = self.terms.strength[node as usize];
        let expected = |others: f64| strength * others * self.terms.scale;
        let stay = self.tally.weight(own) - expected(self.strength[own as usize] - strength);
        let (mut best, mut most) = (own, stay + LEAST_GAIN * strength);
        for community in self.tally.groups() {
            let others = self.strength[*community as usize];
            let gain = self.tally.weight(*community) - expected(others);
            if gain > most && *community != own {
                (best, most) = (*community, gain);
            }
        }
        if most >= 0.0 || self.nodes[own as usize] == 1 {
            return best;
        }
        self.empty.last().copied().unwrap_or(best)
    }

    fn move_to(&mut self, node: u32, from: u32, to: u32) {
        let strength = self.terms.strength[node as usize];
        self.strength[from as usize] -= strength;
        self.nodes[from as usize] -= 1;
        if self.nodes[to as usize] == 0 {
            self.empty.pop();
        }
        if self.nodes[from as usize] == 0 {
            self.strength[from as usize] = 0.0;
            self.empty.push(from);
        }
        self.strength[to as usize] += strength;
        self.nodes[to as usize] += 1;
        self.of[node as usize] = to;
        let Self { graph, of, is_waiting, waiting, .. } = self;
        graph.each_link(node, |other, _| {
            if !is_waiting[other as usize] && of[other as usize] != to {
                is_waiting[other as usize] = true;
                waiting.push_back(other);
            }
        });
    }
}
