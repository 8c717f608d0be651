//! What ties an account to the set, which is the seeds, as columns over all accounts.

use super::Error;
use super::finding::Interactions;
use super::ties::{Authors, Ties};
use crate::graph::{Graph, NodeSet, Within, cores};
use crate::{Dataset, Watch, step};

/// Steps that the search for followed accounts in common may take.
const CO_FOLLOW_STEPS: u64 = 2_000_000_000;

/// By account.
pub(super) struct Evidence {
    /// Follows from and to the set.
    pub(super) within: Within,
    /// The core number among the frontier.
    pub(super) core: Vec<u32>,
    /// The largest Jaccard similarity with one of the set, over whom they follow.
    pub(super) co_follow: Vec<f32>,
    /// With how many of the set it was computed.
    pub(super) co_followed_with: u64,
    /// Posts passed on and answered.
    pub(super) interactions: Vec<Interactions>,
}

/// Gathers the evidence on every account.
pub(super) fn gather(
    dataset: &Dataset,
    ties: &Ties,
    seeds: &[u32],
    frontier: &NodeSet,
    watch: &mut dyn Watch,
) -> Result<Evidence, Error> {
    let follows = ties.follows();
    let set = NodeSet::of(follows.nodes(), seeds.iter().copied())?;
    let within = follows.within(&set)?;
    let core = cores(ties.all(), Some(frontier), watch)?;
    let (co_follow, co_followed_with) = co_follow(follows, seeds, watch)?;
    let interactions = interactions(dataset, &set);
    Ok(Evidence { within, core, co_follow, co_followed_with, interactions })
}

/// The largest Jaccard similarity with one of the set, exactly, by going from each of the set to
/// whom it follows and back to who follows them. Ends early where that takes too many steps.
fn co_follow(
    follows: &Graph,
    seeds: &[u32],
    watch: &mut dyn Watch,
) -> Result<(Vec<f32>, u64), Error> {
    let accounts = follows.nodes() as usize;
    let (mut largest, mut common) = (vec![0.0_f32; accounts], vec![0_u32; accounts]);
    let mut touched = Vec::new();
    let mut steps = 0_u64;
    for (done, seed) in seeds.iter().enumerate() {
        step(watch, "co_follow", done as u64, seeds.len() as u64)?;
        let own = follows.outs(*seed);
        steps += own.iter().map(|followed| follows.ins(*followed).len() as u64).sum::<u64>();
        if steps > CO_FOLLOW_STEPS {
            return Ok((largest, done as u64));
        }
        for other in own.iter().flat_map(|followed| follows.ins(*followed)) {
            if common[*other as usize] == 0 {
                touched.push(*other);
            }
            common[*other as usize] += 1;
        }
        for other in touched.drain(..) {
            let both = std::mem::take(&mut common[other as usize]);
            let either = own.len() as u32 + follows.outs(other).len() as u32 - both;
            if other != *seed {
                let share = both as f32 / either as f32;
                largest[other as usize] = largest[other as usize].max(share);
            }
        }
    }
    Ok((largest, seeds.len() as u64))
}

fn interactions(dataset: &Dataset, set: &NodeSet) -> Vec<Interactions> {
    let mut counts = vec![Interactions::default(); set.nodes() as usize];
    let authors = Authors::of(&dataset.posts);
    for (by, of) in authors.reposts(&dataset.posts) {
        counts[by as usize].reposts_of_set += u32::from(set.has(of));
        counts[of as usize].reposted_by_set += u32::from(set.has(by));
    }
    for (by, of) in authors.answers(&dataset.posts) {
        counts[by as usize].answers_to_set += u32::from(set.has(of));
        counts[of as usize].answered_by_set += u32::from(set.has(by));
    }
    counts
}

#[cfg(test)]
#[path = "evidence_tests.rs"]
mod tests;
