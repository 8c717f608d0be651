//! What is usual: how alike two accounts are that have nothing to do with each other.

use super::card::{NewCard, OldCard, Yardsticks, rarity, weighed};
use super::compare::{alike_handles, alike_hours, alike_styles};
use super::limits::{SAMPLE_FROM, SAMPLE_NEW, SAMPLE_OLD, SAMPLE_PAIRS};
use super::material::Material;
use crate::stats::{Draws, sample};
use crate::{Stopped, Watch, step};

/// Fixed, so that the same dataset gives the same bytes.
const SEED: u64 = 0x05EA_0A11;
/// Pairs between which the study can be stopped.
const STEP: u64 = 5_000;

/// Likeness of pairs drawn at random, as a yardstick.
#[derive(Debug, Clone, Default)]
pub struct Usual {
    /// Sorted.
    sample: Vec<f64>,
}

impl Usual {
    /// The yardstick of some pairs; none where they are too few.
    pub fn of(mut sample: Vec<f64>) -> Option<Self> {
        sample.sort_by(f64::total_cmp);
        (sample.len() >= SAMPLE_FROM).then_some(Self { sample })
    }

    /// In how many pairs one is at least as alike; at most one more than there are pairs in the
    /// sample, which is all that a sample can say.
    pub fn one_in(&self, alike: f64) -> f64 {
        let below = self.sample.partition_point(|other| *other < alike);
        let as_alike = self.sample.len() - below;
        (self.sample.len() + 1) as f64 / (as_alike + 1) as f64
    }
}

/// Accounts drawn from the suspended and the new ones.
struct Drawn {
    old: Vec<OldCard>,
    new: Vec<NewCard>,
}

/// Draws pairs of suspended and new accounts, and measures how alike they are.
///
/// Some of them may be returns. There are at most as many as new accounts in as many pairs as the
/// square of them, so they hardly move what is usual.
pub fn yardsticks(material: &Material, watch: &mut dyn Watch) -> Result<Yardsticks, Stopped> {
    let mut draws = Draws::new(SEED, 0);
    step(watch, "usual", 0, SAMPLE_PAIRS)?;
    let Drawn { mut old, mut new } = Drawn::of(material, &mut draws);
    let styles = old.iter().map(|old| &old.card).chain(new.iter().map(|new| &new.card));
    let rarity = rarity(styles.filter_map(|card| card.writing.style.as_ref()));
    let cards = old.iter_mut().map(|old| &mut old.card).chain(new.iter_mut().map(|n| &mut n.card));
    cards.for_each(|card| {
        card.writing.style = card.writing.style.take().map(|style| weighed(&style, &rarity));
    });
    let (mut handles, mut hours, mut styles) = (Vec::new(), Vec::new(), Vec::new());
    let pairs = if old.is_empty() || new.is_empty() { 0 } else { SAMPLE_PAIRS };
    for pair in 0..pairs.min((old.len() * new.len()) as u64) {
        if pair % STEP == 0 {
            step(watch, "usual", pair, pairs)?;
        }
        let old = &old[draws.below(old.len() as u64) as usize];
        let new = &new[draws.below(new.len() as u64) as usize];
        if old.old.account == new.new.account {
            continue;
        }
        let (a, b) = (&old.card, &new.card);
        if let (Some(a), Some(b)) = (&a.handle, &b.handle) {
            handles.push(alike_handles(&material.parts, a, b));
        }
        if let (Some(a), Some(b)) = (&a.writing.hours, &b.writing.hours) {
            hours.push(alike_hours(a, b));
        }
        let same_language = a.writing.main_language() == b.writing.main_language();
        if let (Some(a), Some(b), true) = (&a.writing.style, &b.writing.style, same_language) {
            styles.push(alike_styles(a, b));
        }
    }
    let (handles, hours, styles) = (Usual::of(handles), Usual::of(hours), Usual::of(styles));
    Ok(Yardsticks { rarity, handles, hours, styles })
}

impl Drawn {
    /// Draws accounts.
    fn of(material: &Material, draws: &mut Draws) -> Self {
        let population = &material.population;
        let mut some = |of: usize, most: u64| {
            let of = of as u64;
            let mut some = sample(of, of.min(most), draws).unwrap_or_default();
            some.sort_unstable();
            some
        };
        let old = some(population.old.len(), SAMPLE_OLD);
        let new = some(population.new.len(), SAMPLE_NEW);
        let old = old.iter().map(|at| OldCard::of(material, *at as usize, &[])).collect();
        let new = new.iter().map(|at| &population.new[*at as usize]);
        let new = new.map(|new| NewCard::of(material, new, &[])).collect();
        Self { old, new }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_is_measured_against_what_is_usual() {
        let usual = Usual::of((0..999).map(f64::from).collect()).unwrap();
        for (alike, one_in) in
            [(-1.0, 1.0), (0.0, 1.0), (500.0, 2.0), (990.0, 100.0), (998.0, 500.0), (1e9, 1_000.0)]
        {
            assert!(
                (usual.one_in(alike) - one_in).abs() < 1e-9,
                "{alike}: {}",
                usual.one_in(alike)
            );
        }
        assert!(Usual::of(vec![0.0; SAMPLE_FROM - 1]).is_none());
    }
}
