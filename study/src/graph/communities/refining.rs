//! Splits communities into parts that are well connected.

use super::super::Linked;
use super::super::chance::Chance;
use super::moving::Tally;
use super::{Lists, Terms};
use crate::Stopped;
use crate::watch::{Watch, step};

/// How many nodes are looked at between two words with the watcher; a power of two.
const STRIDE: usize = 1 << 16;
/// How much worse than the best a part may be and still be drawn at times, in average weights of a
/// link. The chance falls in a straight line, and not exponentially as in the paper, since machines
/// differ in the last bits of exponentials.
const SPREAD: f64 = 0.03;

/// Parts under way: at first every node is one.
struct Refining<'a, G> {
    graph: &'a G,
    terms: &'a Terms,
    community: &'a [u32],
    /// The strength of each community.
    whole: Vec<f64>,
    part: Vec<u32>,
    strength: Vec<f64>,
    /// The weight of the links from each part to the rest of its community.
    rest: Vec<f64>,
    nodes: Vec<u32>,
    spread: f64,
    tally: Tally,
    drawn: Vec<(u32, f64)>,
}

/// Joins the nodes of each community, in an order of chance, to parts that are well connected to
/// the rest of the community. A part is named by one of its nodes.
pub(super) fn refined<G: Linked>(
    graph: &G,
    terms: &Terms,
    community: &[u32],
    chance: &mut Chance,
    watch: &mut dyn Watch,
) -> Result<Vec<u32>, Stopped> {
    let mut refining = Refining::new(graph, terms, community);
    let mut order = Lists::of(community).into_nodes();
    let total = order.len();
    for group in order.chunk_by_mut(|a, b| community[*a as usize] == community[*b as usize]) {
        chance.shuffle(group);
    }
    for (done, node) in order.into_iter().enumerate() {
        if done & (STRIDE - 1) == 0 {
            step(watch, "communities_refining", done as u64, total as u64)?;
        }
        refining.look_at(node, chance);
    }
    Ok(refining.part)
}

impl<'a, G: Linked> Refining<'a, G> {
    fn new(graph: &'a G, terms: &'a Terms, community: &'a [u32]) -> Self {
        let count = community.len();
        let mut whole = vec![0.0; count];
        for (community, strength) in community.iter().zip(&terms.strength) {
            whole[*community as usize] += strength;
        }
        let mut rest = vec![0.0; count];
        let (mut weights, mut links) = (0.0, 0u64);
        for node in 0..graph.nodes() {
            let own = community[node as usize];
            let mut sum = 0.0;
            graph.each_link(node, |other, weight| {
                weights += f64::from(weight);
                links += 1;
                sum += if community[other as usize] == own { f64::from(weight) } else { 0.0 };
            });
            rest[node as usize] = sum;
        }
        Self {
            graph,
            terms,
            community,
            whole,
            part: (0..count as u32).collect(),
            strength: terms.strength.clone(),
            rest,
            nodes: vec![1; count],
            spread: SPREAD * weights / links.max(1) as f64,
            tally: Tally::new(count),
            drawn: Vec::new(),
        }
    }

    /// Whether a part has as many links to the rest of its community as the null model expects.
    fn is_well_linked(&self, part: u32, community: u32) -> bool {
        let strength = self.strength[part as usize];
        let expected = strength * (self.whole[community as usize] - strength) * self.terms.scale;
        self.rest[part as usize] >= expected
    }

    /// Joins a node that is still alone to a part of its community.
    fn look_at(&mut self, node: u32, chance: &mut Chance) {
        let community = self.community[node as usize];
        if self.nodes[node as usize] != 1
            || self.part[node as usize] != node
            || self.rest[node as usize] == 0.0
            || !self.is_well_linked(node, community)
        {
            return;
        }
        let Self { graph, tally, part, community: of, .. } = self;
        graph.each_link(node, |other, weight| {
            if of[other as usize] == community {
                tally.add(part[other as usize], weight);
            }
        });
        if let Some(to) = self.draw(node, community, chance) {
            self.join(node, to);
        }
        self.tally.clear();
    }

    /// One of the parts by which the node gains, the better the likelier; none where it gains by
    /// none.
    fn draw(&mut self, node: u32, community: u32, chance: &mut Chance) -> Option<u32> {
        let own = self.terms.strength[node as usize] * self.terms.scale;
        let mut most = 0.0;
        self.drawn.clear();
        for part in self.tally.groups() {
            let gain = self.tally.weight(*part) - own * self.strength[*part as usize];
            let is_near = gain >= 0.0 && most - gain < self.spread;
            if is_near && self.is_well_linked(*part, community) {
                most = gain.max(most);
                self.drawn.push((*part, gain));
            }
        }
        let mut sum = 0.0;
        for (_, gain) in &mut self.drawn {
            sum += (1.0 - (most - *gain) / self.spread).max(0.0);
            *gain = sum;
        }
        match self.drawn.as_slice() {
            [] => None,
            [(only, _)] => Some(*only),
            several => {
                let draw = chance.share() * sum;
                let drawn = several.iter().find(|(_, up_to)| draw < *up_to);
                drawn.or(several.last()).map(|(part, _)| *part)
            }
        }
    }

    fn join(&mut self, node: u32, to: u32) {
        self.rest[to as usize] += self.rest[node as usize] - 2.0 * self.tally.weight(to);
        self.strength[to as usize] += self.strength[node as usize];
        self.nodes[to as usize] += 1;
        self.part[node as usize] = to;
    }
}
