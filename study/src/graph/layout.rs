//! Where to draw each node of a network, so that communities can be seen.

mod tree;

use super::components::{Components, by_size};
use super::{Error, Link, Weighted};
use crate::watch::{Watch, step};
use tree::Tree;

/// How many nodes can be drawn at most.
pub const MOST_DRAWN: u32 = 50_000;

/// Rounds in which communities find their places, and then those of nodes.
const COMMUNITY_ROUNDS: u32 = 80;
const NODE_ROUNDS: u32 = 40;
/// How strongly links pull, against the repulsion of all nodes and the pull to the middle.
const PULL: f64 = 4.0;
/// How far a body may go in the first round, in average distances between bodies. It falls evenly
/// to nothing, so that the picture comes to rest.
const FIRST_STEP: f64 = 3.0;
/// The part of the way to its balance that a body goes in a round.
const EASE: f64 = 0.5;
/// How much room communities have between them.
const ROOM: f64 = 1.3;
/// The cosine and the sine of the golden angle, π (3 - √5), by which seeds of a sunflower follow
/// one another.
const GOLDEN: Point = [-0.737_368_878_078_319_9, 0.675_490_294_261_523_6];

type Point = [f64; 2];

/// A place for each node, both coordinates from -1 to 1.
///
/// Communities are placed first, as bodies as heavy as they have nodes, and then the nodes within
/// and between them. All bodies repel each other, links pull, and everything is drawn to the
/// middle (after Fruchterman and Reingold 1991); far groups count as one body (Barnes and Hut
/// 1986). Nothing is drawn by chance: the same graph has the same picture.
///
/// `of` is the group of each node, such as [`super::Communities::of`]; groups may have any numbers
/// below that of nodes.
///
/// # Errors
/// [`Error::TooManyToDraw`] above [`MOST_DRAWN`]; [`Error::NotOfThisGraph`] where `of` has not one
/// entry for each node; [`Error::NoSuchNode`] where a group's number is no number of a node;
/// [`Error::Stopped`].
pub fn layout(graph: &Weighted, of: &[u32], watch: &mut dyn Watch) -> Result<Vec<[f32; 2]>, Error> {
    let nodes = graph.nodes();
    if nodes > MOST_DRAWN {
        return Err(Error::TooManyToDraw { nodes, most: MOST_DRAWN });
    }
    if of.len() != nodes as usize {
        return Err(Error::NotOfThisGraph { what: "the groups", given: of.len(), nodes });
    }
    if let Some(at) = of.iter().position(|group| *group >= nodes) {
        return Err(Error::NoSuchNode { what: format!("group {at}"), node: of[at], nodes });
    }
    let groups = by_size(of.to_vec());
    let middles = community_places(graph, &groups, watch)?;
    let mut bodies = Bodies::new(graph, vec![1.0; of.len()], node_starts(graph, &groups, &middles));
    bodies.settle("layout_nodes", NODE_ROUNDS, 1.0, watch)?;
    Ok(fitted(&bodies.at))
}

/// The middle of each community.
fn community_places(
    graph: &Weighted,
    groups: &Components,
    watch: &mut dyn Watch,
) -> Result<Vec<Point>, Error> {
    let of = |node: u32| groups.of[node as usize];
    let edges = || graph.each_edge().map(|(a, b, weight)| (of(a), of(b), weight));
    let between = Weighted::build(groups.sizes.len() as u32, u64::MAX, edges, watch)?;
    let mass: Vec<f64> = groups.sizes.iter().map(|size| f64::from(*size)).collect();
    let mut bodies = Bodies::new(&between, mass.clone(), sunflower(&mass));
    let apart = (groups.of.len() as f64 / mass.len() as f64).sqrt();
    bodies.settle("layout_communities", COMMUNITY_ROUNDS, apart, watch)?;
    Ok(bodies.at.iter().map(|[x, y]| [x * ROOM, y * ROOM]).collect())
}

/// Each node in its community, the strongest in the middle.
fn node_starts(graph: &Weighted, groups: &Components, middles: &[Point]) -> Vec<Point> {
    let strength =
        |node: &u32| -> f64 { graph.links(*node).iter().map(|link| f64::from(link.weight)).sum() };
    let mut order: Vec<(u32, f64, u32)> =
        (0..graph.nodes()).map(|node| (groups.of[node as usize], -strength(&node), node)).collect();
    order.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut starts = vec![[0.0; 2]; order.len()];
    for community in order.chunk_by(|a, b| a.0 == b.0) {
        let offsets = sunflower(&vec![1.0; community.len()]);
        for ((group, _, node), [x, y]) in community.iter().zip(offsets) {
            let [middle_x, middle_y] = middles[*group as usize];
            starts[*node as usize] = [middle_x + x, middle_y + y];
        }
    }
    starts
}

/// Places for bodies around the origin, each with room by its mass, the first in the middle: like
/// the seeds of a sunflower (Vogel 1979).
fn sunflower(masses: &[f64]) -> Vec<Point> {
    let [cosine, sine] = GOLDEN;
    let mut direction = [1.0, 0.0];
    let mut inside = 0.0;
    let place = |mass: &f64| {
        let [x, y]: Point = direction;
        let length = f64::sqrt(x * x + y * y);
        direction = [(x * cosine - y * sine) / length, (x * sine + y * cosine) / length];
        let radius = f64::sqrt(inside + mass / 2.0);
        inside += mass;
        [x * radius, y * radius]
    };
    masses.iter().map(place).collect()
}

/// Bodies that pull and push each other.
struct Bodies<'a> {
    graph: &'a Weighted,
    mass: Vec<f64>,
    at: Vec<Point>,
    strength: Vec<f64>,
}

impl<'a> Bodies<'a> {
    fn new(graph: &'a Weighted, mass: Vec<f64>, at: Vec<Point>) -> Self {
        let strength_of =
            |node| graph.links(node).iter().map(|link| f64::from(link.weight)).sum::<f64>();
        let strength = (0..graph.nodes()).map(strength_of).collect();
        Self { graph, mass, at, strength }
    }

    /// Moves everything for some rounds. `apart` is the average distance between bodies.
    fn settle(
        &mut self,
        stage: &'static str,
        rounds: u32,
        apart: f64,
        watch: &mut dyn Watch,
    ) -> Result<(), Error> {
        for round in 0..rounds {
            step(watch, stage, u64::from(round), u64::from(rounds))?;
            let left = f64::from(rounds - round) / f64::from(rounds);
            let tree = Tree::of(&self.at, &self.mass);
            let most = FIRST_STEP * apart * left;
            let moved: Vec<(u32, Point)> =
                tree.order().iter().map(|body| (*body, self.moved(*body, &tree, most))).collect();
            moved.into_iter().for_each(|(body, at)| self.at[body as usize] = at);
        }
        Ok(())
    }

    /// Where a body goes in one round.
    fn moved(&self, body: u32, tree: &Tree, most: f64) -> Point {
        let at = self.at[body as usize];
        let [push_x, push_y] = tree.push(at);
        let (mut x, mut y) = (push_x - at[0], push_y - at[1]);
        let mut stiffness = 1.0;
        for link in self.graph.links(body) {
            let pull = self.pull(body, link);
            let other = self.at[link.node as usize];
            x += pull * (other[0] - at[0]);
            y += pull * (other[1] - at[1]);
            stiffness += pull;
        }
        let (x, y) = (x * EASE / stiffness, y * EASE / stiffness);
        let length = f64::sqrt(x * x + y * y);
        let part = if length > most { most / length } else { 1.0 };
        [at[0] + x * part, at[1] + y * part]
    }

    /// How strongly a link pulls a body, for each unit of its length and of the body's mass. Links
    /// of bodies that have many pull less each, since hubs would gather everything otherwise.
    fn pull(&self, body: u32, link: &Link) -> f64 {
        let of = |values: &[f64]| (values[body as usize], values[link.node as usize]);
        let (own_mass, other_mass) = of(&self.mass);
        let (own, other) = of(&self.strength);
        PULL * f64::from(link.weight) / (own * other).sqrt() * (other_mass / own_mass).sqrt()
    }
}

/// The same picture within -1 and 1.
fn fitted(at: &[Point]) -> Vec<[f32; 2]> {
    let bounds = |axis: usize| {
        let values = at.iter().map(|point| point[axis]);
        values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)))
    };
    let ((left, right), (low, high)) = (bounds(0), bounds(1));
    let half = ((right - left).max(high - low) / 2.0).max(f64::MIN_POSITIVE);
    let middle = [f64::midpoint(left, right), f64::midpoint(low, high)];
    let fit = |point: &Point, axis: usize| ((point[axis] - middle[axis]) / half) as f32;
    at.iter().map(|point| [fit(point, 0), fit(point, 1)]).collect()
}

#[cfg(test)]
mod tests;
