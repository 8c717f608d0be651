//! From a graph to a smaller one, whose nodes are parts of communities.

use super::super::chance::Chance;
use super::super::components::Joined;
use super::super::weighted::{Link, Linked, Weighted};
use super::moving::{Tally, moved};
use super::refining::refined;
use super::{Lists, Terms};
use crate::Stopped;
use crate::watch::{Watch, step};

/// How many parts are made between two words with the watcher; a power of two.
const STRIDE: usize = 1 << 16;

/// What comes of one level.
pub(super) enum Coarser {
    /// Nothing can be joined any more: the community of each node.
    Done(Vec<u32>),
    /// A smaller graph.
    Level(Level),
}

/// A graph whose nodes are parts of communities of a larger one.
pub(super) struct Level {
    pub(super) graph: Weighted,
    pub(super) terms: Terms,
    /// The community of each node.
    pub(super) of: Vec<u32>,
    /// For each node of the larger graph the node that it is part of.
    pub(super) part: Vec<u32>,
}

/// Moves nodes, splits what comes of it into parts, and makes each part a node.
pub(super) fn level<G: Linked>(
    graph: &G,
    terms: &Terms,
    of: Vec<u32>,
    chance: &mut Chance,
    watch: &mut dyn Watch,
) -> Result<Coarser, Stopped> {
    let of = moved(graph, terms, of, watch)?;
    if is_each_alone(&of) {
        return Ok(Coarser::Done(of));
    }
    let mut parts = refined(graph, terms, &of, chance, watch)?;
    if is_each_alone(&parts) {
        parts = connected(graph, &of);
    }
    if is_each_alone(&parts) {
        return Ok(Coarser::Done(parts));
    }
    Ok(Coarser::Level(level_of(graph, terms, &of, parts, watch)?))
}

fn is_each_alone(of: &[u32]) -> bool {
    let mut is_taken = vec![false; of.len()];
    !of.iter().any(|group| std::mem::replace(&mut is_taken[*group as usize], true))
}

/// The connected parts of communities, each named by one of its nodes.
fn connected(graph: &impl Linked, of: &[u32]) -> Vec<u32> {
    let mut joined = Joined::new(graph.nodes());
    for node in 0..graph.nodes() {
        graph.each_link(node, |other, _| {
            if other < node && of[other as usize] == of[node as usize] {
                joined.join(node, other);
            }
        });
    }
    (0..graph.nodes()).map(|node| joined.root(node)).collect()
}

/// The graph of parts: its links are the links between parts, added up.
fn level_of(
    graph: &impl Linked,
    terms: &Terms,
    community: &[u32],
    mut part: Vec<u32>,
    watch: &mut dyn Watch,
) -> Result<Level, Stopped> {
    let count = renumber(&mut part);
    let lists = Lists::of(&part);
    let mut tally = Tally::new(count);
    let mut starts = vec![0u32];
    let mut links: Vec<Link> = Vec::new();
    let (mut of, mut strength) = (Vec::new(), Vec::new());
    let mut number = Numbers::new(part.len());
    for own in 0..count {
        if own & (STRIDE - 1) == 0 {
            step(watch, "communities_joining", own as u64, count as u64)?;
        }
        let nodes = lists.list(own);
        for node in nodes {
            graph.each_link(*node, |other, weight| tally.add(part[other as usize], weight));
        }
        let others = tally.groups().iter().filter(|other| **other as usize != own);
        links.extend(others.map(|other| {
            let weight = tally.weight(*other) as f32;
            Link { node: *other, weight }
        }));
        tally.clear();
        starts.push(u32::try_from(links.len()).expect("fewer than 2^32 links"));
        strength.push(nodes.iter().map(|node| terms.strength[*node as usize]).sum());
        of.push(number.of(community[nodes[0] as usize]));
    }
    links.shrink_to_fit();
    let terms = Terms { strength, scale: terms.scale };
    Ok(Level { graph: Weighted::of_lists(starts, links), terms, of, part })
}

/// Numbers from 0 in the order in which they are asked for.
struct Numbers(Vec<u32>, u32);

impl Numbers {
    fn new(below: usize) -> Self {
        Self(vec![u32::MAX; below], 0)
    }

    fn of(&mut self, old: u32) -> u32 {
        let Self(known, next) = self;
        let number = &mut known[old as usize];
        if *number == u32::MAX {
            *number = *next;
            *next += 1;
        }
        *number
    }
}

fn renumber(groups: &mut [u32]) -> usize {
    let mut numbers = Numbers::new(groups.len());
    groups.iter_mut().for_each(|group| *group = numbers.of(*group));
    numbers.1 as usize
}
