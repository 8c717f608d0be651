//! Groups that have more edges among themselves than chance would give them.

mod coarser;
mod moving;
mod refining;

use super::adjacency::add_up;
use super::chance::Chance;
use super::components::by_size;
use super::{Error, Linked, in_range};
use crate::watch::{Watch, step};
use coarser::{Coarser, Level, Parts};
use serde::{Deserialize, Serialize};

/// How communities are sought.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Grouping {
    /// How many edges the null model expects: 1 is modularity as it was defined, more gives
    /// smaller communities, less gives larger ones; from .001 to 1,000.
    pub resolution: f64,
    /// How often the whole is gone through, each time from where the last one ended; from 1 to
    /// 100. Ends early where a round changes nothing.
    pub most_rounds: u32,
    /// What chance draws from when communities are split into parts; the same seed gives the same
    /// communities.
    pub seed: u64,
}

impl Default for Grouping {
    fn default() -> Self {
        Self { resolution: 1.0, most_rounds: 2, seed: 1 }
    }
}

/// A community for each node. Each community is connected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Communities {
    /// The community of each node; numbered from the largest, of two of one size first the one
    /// that has the smaller node.
    pub of: Vec<u32>,
    /// How many nodes each community has.
    pub sizes: Vec<u32>,
    /// The share of the edges' weight that is inside communities, less the share that the null
    /// model expects there times the resolution; from -1 (or less with high resolutions) to 1; 0
    /// without edges.
    pub modularity: f64,
    /// How many rounds were gone.
    pub rounds: u32,
}

/// A smaller graph is made where it has so many times fewer links.
const SHRINKS_BY: usize = 4;
/// A smaller graph is made in any case where it has no more links, of 8 bytes each.
const FEW_LINKS: usize = 1 << 23;

/// Communities of high modularity by the Leiden method (Traag, Waltman and van Eck 2019).
///
/// A round moves nodes between communities while that gains, then splits each community into well
/// connected parts, makes each part a node of a smaller graph, and goes on there until nothing can
/// be joined any more. Every community is connected in the end, and no round lowers the modularity.
/// A smaller graph is made only where it has at most a quarter of the links, or few; until then the
/// parts are looked at through the graph itself, which takes more time and less memory. Takes up to
/// 8 bytes for each edge (64 MB where that is more) and 120 for each node, besides the graph.
///
/// # Errors
/// [`Error::NoNodes`], [`Error::Setting`], [`Error::Stopped`].
///
/// # Panics
/// Where communities are linked by 2^31 edges or more.
pub fn communities(
    graph: &impl Linked,
    settings: Grouping,
    watch: &mut dyn Watch,
) -> Result<Communities, Error> {
    let nodes = graph.nodes();
    if nodes == 0 {
        return Err(Error::NoNodes);
    }
    in_range("resolution", settings.resolution, 0.001, 1_000.0)?;
    in_range("most_rounds", f64::from(settings.most_rounds), 1.0, 100.0)?;
    let most_links = (links(graph) / SHRINKS_BY).max(FEW_LINKS);
    grouped(graph, settings, most_links, watch)
}

/// As [`communities`], where smaller graphs have so many links at most.
fn grouped(
    graph: &impl Linked,
    settings: Grouping,
    most_links: usize,
    watch: &mut dyn Watch,
) -> Result<Communities, Error> {
    let nodes = graph.nodes();
    let base = Terms::of(graph, settings.resolution);
    let mut chance = Chance::new(settings.seed);
    let mut of: Vec<u32> = (0..nodes).collect();
    let mut rounds = 0;
    while rounds < settings.most_rounds {
        let before = of.clone();
        of = Round { graph, most_links }.run(&base, of, &mut chance, watch)?;
        rounds += 1;
        if of == before {
            break;
        }
    }
    let modularity = base.modularity(graph, &of, settings.resolution);
    let grouped = by_size(of);
    Ok(Communities { of: grouped.of, sizes: grouped.sizes, modularity, rounds })
}

/// The modularity of any groups, as in [`Communities::modularity`]. Groups may have any numbers
/// below that of nodes.
///
/// # Errors
/// [`Error::NotOfThisGraph`] where `of` has not one entry for each node; [`Error::NoSuchNode`]
/// where a group's number is no number of a node; [`Error::Setting`].
pub fn modularity(graph: &impl Linked, of: &[u32], resolution: f64) -> Result<f64, Error> {
    let nodes = graph.nodes();
    if of.len() != nodes as usize {
        return Err(Error::NotOfThisGraph { what: "the groups", given: of.len(), nodes });
    }
    if let Some(at) = of.iter().position(|group| *group >= nodes) {
        return Err(Error::NoSuchNode { what: format!("group {at}"), node: of[at], nodes });
    }
    in_range("resolution", resolution, 0.001, 1_000.0)?;
    Ok(Terms::of(graph, resolution).modularity(graph, of, resolution))
}

/// What the gain of a move is computed from: a node gains the weight of its links into a
/// community, less its strength times the community's times `scale`.
struct Terms {
    /// The weight of all links of each node, those inside a node of a smaller graph included.
    strength: Vec<f64>,
    /// The resolution divided by the strength of all.
    scale: f64,
}

impl Terms {
    fn of(graph: &impl Linked, resolution: f64) -> Self {
        let strength_of = |node| {
            let mut strength = 0.0;
            graph.each_link(node, |_, weight| strength += f64::from(weight));
            strength
        };
        let strength: Vec<f64> = (0..graph.nodes()).map(strength_of).collect();
        let all: f64 = strength.iter().sum();
        let scale = if all > 0.0 { resolution / all } else { 0.0 };
        Self { strength, scale }
    }

    fn modularity(&self, graph: &impl Linked, of: &[u32], resolution: f64) -> f64 {
        let all: f64 = self.strength.iter().sum();
        if all == 0.0 {
            return 0.0;
        }
        let mut inside = 0.0;
        let mut strength = vec![0.0; of.len()];
        for node in 0..graph.nodes() {
            let own = of[node as usize];
            strength[own as usize] += self.strength[node as usize];
            graph.each_link(node, |other, weight| {
                inside += if of[other as usize] == own { f64::from(weight) } else { 0.0 };
            });
        }
        let expected: f64 = strength.iter().map(|one| (one / all).powi(2)).sum();
        inside / all - resolution * expected
    }
}

/// The nodes of each group, in the order of the groups' numbers, and in each in that of nodes.
struct Lists {
    starts: Vec<u32>,
    nodes: Vec<u32>,
}

impl Lists {
    /// Groups may have any numbers below that of nodes.
    fn of(groups: &[u32]) -> Self {
        let mut starts = vec![0u32; groups.len() + 1];
        groups.iter().for_each(|group| starts[*group as usize + 1] += 1);
        add_up(&mut starts);
        let mut next = starts[..groups.len()].to_vec();
        let mut nodes = vec![0u32; groups.len()];
        for (node, group) in (0u32..).zip(groups) {
            let place = &mut next[*group as usize];
            nodes[*place as usize] = node;
            *place += 1;
        }
        Self { starts, nodes }
    }

    fn list(&self, group: usize) -> &[u32] {
        &self.nodes[self.starts[group] as usize..self.starts[group + 1] as usize]
    }

    fn into_nodes(self) -> Vec<u32> {
        self.nodes
    }
}

/// How many links a graph says in all.
fn links(graph: &impl Linked) -> usize {
    let mut links = 0;
    (0..graph.nodes()).for_each(|node| graph.each_link(node, |_, _| links += 1));
    links
}

/// A graph, and how many links a smaller one of it may have.
struct Round<'a, G> {
    graph: &'a G,
    most_links: usize,
}

impl<G: Linked> Round<'_, G> {
    /// One round from given communities: down to the smallest graph, and back to the nodes.
    fn run(
        &self,
        base: &Terms,
        of: Vec<u32>,
        chance: &mut Chance,
        watch: &mut dyn Watch,
    ) -> Result<Vec<u32>, Error> {
        // For each node of the graph the node of the smallest one so far that it is part of.
        let mut part: Vec<u32> = (0..self.graph.nodes()).collect();
        let mut level = coarser::level(self.graph, base, of, self.most_links, chance, watch)?;
        for depth in 1.. {
            let (of, next) = match level {
                Coarser::Done(of) => (of, None),
                Coarser::Level(mut level) => (std::mem::take(&mut level.part), Some(level)),
            };
            part.iter_mut().for_each(|part| *part = of[*part as usize]);
            drop(of);
            let Some(next) = next else { break };
            step(watch, "communities_level", depth, depth + 1)?;
            level = self.next(next, &part, chance, watch)?;
        }
        Ok(part)
    }

    fn next(
        &self,
        now: Level,
        part: &[u32],
        chance: &mut Chance,
        watch: &mut dyn Watch,
    ) -> Result<Coarser, Error> {
        let (terms, most) = (&now.terms, self.most_links);
        Ok(match now.graph {
            Some(graph) => coarser::level(&graph, terms, now.of, most, chance, watch)?,
            None => {
                let graph = Parts::of(self.graph, part, now.of.len() as u32);
                coarser::level(&graph, terms, now.of, most, chance, watch)?
            }
        })
    }
}

#[cfg(test)]
mod tests;
