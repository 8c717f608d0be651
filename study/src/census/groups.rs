//! Groups among the accounts of the highest scores.

use super::finding::{Communities, Community, Frame};
use super::score::Scores;
use super::{Error, Parameters};
use crate::Watch;
use crate::graph::{Graph, Grouping, Weighted, communities};
use serde::{Deserialize, Serialize};

/// Seeds and accounts of the highest scores that are grouped.
const AMONG: usize = 50_000;
/// Accounts that are grouped however many seeds there are.
const AMONG_AT_LEAST: usize = 1_000;
/// Groups that are named.
const NAMED: usize = 50;
/// Accounts of a group that are named.
const HIGHEST: usize = 10;

/// The group of each account that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Groups {
    /// Accounts, sorted, with their groups; groups are numbered by size, largest first.
    of: Vec<(u32, u32)>,
    /// How many accounts each group has.
    sizes: Vec<u64>,
    modularity: f64,
}

/// Groups seeds and those of the highest scores by their ties with each other (Leiden).
pub(super) fn groups(
    graph: &Graph,
    seeds: &[u32],
    frame: &Frame,
    parameters: &Parameters,
    watch: &mut dyn Watch,
) -> Result<Groups, Error> {
    let highest = AMONG.saturating_sub(seeds.len()).max(AMONG_AT_LEAST);
    let highest = frame.account.iter().take(highest);
    let mut members: Vec<u32> = seeds.iter().chain(highest).copied().collect();
    members.sort_unstable();
    let ties = Weighted::among(graph, &members, parameters.memory_bytes, watch)?;
    let found = communities(&ties, Grouping::default(), watch)?;
    let sizes = found.sizes.into_iter().map(u64::from).collect();
    let of = members.into_iter().zip(found.of).collect();
    Ok(Groups { of, sizes, modularity: found.modularity })
}

impl Groups {
    /// The group of an account, where it was looked at.
    pub(super) fn of(&self, account: u32) -> Option<u32> {
        let at = self.of.binary_search_by_key(&account, |one| one.0).ok()?;
        Some(self.of[at].1)
    }

    /// How many accounts were looked at.
    pub(super) fn among(&self) -> u64 {
        self.of.len() as u64
    }

    /// The groups as they are told.
    pub(super) fn named(
        &self,
        frame: &Frame,
        scores: &Scores,
        seeds: &[u32],
        name: impl Fn(u32) -> String,
    ) -> Communities {
        let count = self.sizes.len().min(NAMED);
        let mut largest: Vec<Community> = (0..count)
            .map(|number| Community {
                number: number as u32,
                accounts: self.sizes[number],
                seeds: 0,
                mean_score: 0.0,
                highest: Vec::new(),
            })
            .collect();
        for (account, group) in &self.of {
            let Some(community) = largest.get_mut(*group as usize) else { continue };
            match seeds.binary_search(account) {
                Ok(_) => community.seeds += 1,
                Err(_) => community.mean_score += f64::from(scores.score[*account as usize]),
            }
        }
        for community in &mut largest {
            community.mean_score /= (community.accounts - community.seeds).max(1) as f64;
        }
        for account in frame.account.iter().take(self.of.len()) {
            let group = self.of(*account).and_then(|group| largest.get_mut(group as usize));
            if let Some(community) = group.filter(|community| community.highest.len() < HIGHEST) {
                community.highest.push(name(*account));
            }
        }
        Communities {
            among: self.among(),
            modularity: self.modularity,
            largest,
            count: self.sizes.len() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::dataset;
    use super::super::{Pseudonyms, run};
    use super::*;
    use crate::Unwatched;

    #[test]
    fn two_knots_are_two_groups() {
        let knot = |names: [&str; 4]| {
            let pairs = names.iter().flat_map(|a| names.iter().map(move |b| format!("{a}>{b}")));
            pairs.collect::<Vec<_>>().join(" ")
        };
        let (one, other) = (knot(["s", "a", "b", "c"]), knot(["w", "x", "y", "z"]));
        let dataset = dataset(&format!("{one} {other} c>w"));
        let mut parameters = super::super::testing::parameters("s");
        parameters.reach.levels = 4;
        let census = run(&dataset, &parameters, &Pseudonyms::ids(), &mut Unwatched).unwrap();
        let Communities { among, modularity, largest, count } = census.communities;
        assert_eq!((among, count), (8, 2));
        assert!(modularity > 0.4, "{modularity}");
        let told: Vec<(u64, u64, usize)> =
            largest.iter().map(|one| (one.accounts, one.seeds, one.highest.len())).collect();
        assert_eq!(told, [(4, 1, 3), (4, 0, 4)]);
        assert!(largest[0].mean_score > largest[1].mean_score);
        for row in &census.listed {
            let near = ["a", "b", "c"].contains(&row.account.as_str());
            assert_eq!(row.community, Some(u32::from(!near)), "{}", row.account);
        }
    }
}
