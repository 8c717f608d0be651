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
    /// Absent where it has too many links.
    pub(super) graph: Option<Weighted>,
    pub(super) terms: Terms,
    /// The community of each node.
    pub(super) of: Vec<u32>,
    /// For each node of the larger graph the node that it is part of.
    pub(super) part: Vec<u32>,
}

/// A graph whose nodes are parts of another, seen through that one.
pub(super) struct Parts<'a, G> {
    graph: &'a G,
    part: &'a [u32],
    lists: Lists,
    count: u32,
}

impl<'a, G: Linked> Parts<'a, G> {
    /// For each node of the graph the part, of so many.
    pub(super) fn of(graph: &'a G, part: &'a [u32], count: u32) -> Self {
        Self { graph, part, lists: Lists::of(part), count }
    }
}

impl<G: Linked> Linked for Parts<'_, G> {
    fn nodes(&self) -> u32 {
        self.count
    }

    fn each_link(&self, node: u32, mut say: impl FnMut(u32, f32)) {
        for one in self.lists.list(node as usize) {
            self.graph.each_link(*one, |other, weight| {
                let other = self.part[other as usize];
                if other != node {
                    say(other, weight);
                }
            });
        }
    }
}

/// Moves nodes, splits what comes of it into parts, and makes each part a node, of a graph that has
/// so many links at most.
pub(super) fn level<G: Linked>(
    graph: &G,
    terms: &Terms,
    of: Vec<u32>,
    most_links: usize,
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
    let count = renumber(&mut parts);
    let lists = Lists::of(&parts);
    let mut number = Numbers::new(parts.len());
    let (mut community, mut strength) = (Vec::new(), Vec::new());
    for nodes in (0..count).map(|part| lists.list(part)) {
        strength.push(nodes.iter().map(|node| terms.strength[*node as usize]).sum());
        community.push(number.of(of[nodes[0] as usize]));
    }
    drop((number, of));
    let smaller = joined(graph, &parts, &lists, count, most_links, watch)?;
    let terms = Terms { strength, scale: terms.scale };
    Ok(Coarser::Level(Level { graph: smaller, terms, of: community, part: parts }))
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

/// The graph of so many parts: its links are the links between parts, added up; none where they are
/// too many.
fn joined(
    graph: &impl Linked,
    part: &[u32],
    lists: &Lists,
    count: usize,
    most_links: usize,
    watch: &mut dyn Watch,
) -> Result<Option<Weighted>, Stopped> {
    let mut tally = Tally::new(count);
    let mut starts = vec![0u32];
    let mut links: Vec<Link> = Vec::new();
    for own in 0..count {
        if own & (STRIDE - 1) == 0 {
            step(watch, "communities_joining", own as u64, count as u64)?;
        }
        for node in lists.list(own) {
            graph.each_link(*node, |other, weight| tally.add(part[other as usize], weight));
        }
        let others = tally.groups().iter().filter(|other| **other as usize != own);
        links.extend(others.map(|other| {
            let weight = tally.weight(*other) as f32;
            Link { node: *other, weight }
        }));
        tally.clear();
        if links.len() > most_links {
            return Ok(None);
        }
        starts.push(u32::try_from(links.len()).expect("fewer than 2^32 links"));
    }
    links.shrink_to_fit();
    Ok(Some(Weighted::of_lists(starts, links)))
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
