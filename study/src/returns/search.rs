//! Which new accounts are worth comparing with a suspended one, without looking at every pair.
//!
//! Seven ways of searching give each at most so many new accounts: by handle, name, bio, links,
//! avatar, followers and announcement. A return that shares none of these with the old account is
//! not found: hours, programs, languages and style are compared, but nothing is searched by them.

use super::audience::followed;
use super::card::{Card, OldCard};
use super::limits::{COMMON, COMMON_SHARE, FOLLOWS_NEW, RARE_NATS, Reached};
use super::material::Material;
use super::terms::Terms;
use super::{Group, Limit};
use std::ops::Range;

/// Weights of new accounts, by place; kept between searches so that nothing is allocated anew.
#[derive(Debug, Clone)]
pub struct Tally {
    weights: Vec<f32>,
    touched: Vec<u32>,
}

impl Tally {
    /// Room for so many places.
    pub fn new(places: usize) -> Self {
        Self { weights: vec![0.0; places], touched: Vec::new() }
    }

    fn add(&mut self, place: u32, weight: f64) {
        let sum = &mut self.weights[place as usize];
        if *sum == 0.0 {
            self.touched.push(place);
        }
        // At least a trace, so that a place counts as touched.
        *sum += weight.max(1e-3) as f32;
    }

    /// The heaviest places, and how many there were beyond them; empties the tally.
    fn take(&mut self, most: usize) -> (Vec<u32>, usize) {
        let Self { weights, touched } = self;
        let heavier =
            |a: &u32, b: &u32| weights[*b as usize].total_cmp(&weights[*a as usize]).then(a.cmp(b));
        let more = touched.len().saturating_sub(most);
        if more > 0 {
            touched.select_nth_unstable_by(most, heavier);
        }
        let found = touched[..touched.len() - more].to_vec();
        touched.drain(..).for_each(|place| weights[place as usize] = 0.0);
        (found, more)
    }
}

/// A search for the possible returns of one suspended account.
struct Search<'a> {
    material: &'a Material<'a>,
    old: &'a OldCard,
    window: Range<u32>,
    common: usize,
    tally: &'a mut Tally,
    reached: &'a mut Reached,
    found: Vec<u32>,
}

/// The places of the new accounts worth comparing with a suspended one, sorted.
pub fn search(
    material: &Material,
    old: &OldCard,
    tally: &mut Tally,
    reached: &mut Reached,
) -> Vec<u32> {
    let window = old.old.window.clone();
    let common = COMMON.max(window.len() / COMMON_SHARE);
    let mut search = Search { material, old, window, common, tally, reached, found: Vec::new() };
    for group in Group::ALL {
        if material.parameters.counts(group) {
            search.by(group);
        }
    }
    let Search { mut found, .. } = search;
    let own = material.population.place_of[old.old.account as usize];
    found.retain(|place| *place != own);
    found.sort_unstable();
    found.dedup();
    found
}

impl Search<'_> {
    fn by(&mut self, group: Group) {
        let Material { parts, stems, names, bios, links, .. } = self.material;
        let Card { handle, name, bio, links: own_links, .. } = &self.old.card;
        match group {
            Group::Handle => {
                if let Some(handle) = handle {
                    self.add_terms(stems, &[handle.stem], Share::Whole);
                    self.add_terms(parts, &handle.parts, Share::Part);
                }
            }
            Group::DisplayName => {
                self.add_terms(names, name.whole.as_slice(), Share::Whole);
                self.add_terms(names, &name.words, Share::Rare);
            }
            Group::Bio => {
                self.add_terms(bios, bio.whole.as_slice(), Share::Whole);
                self.add_terms(bios, &bio.words, Share::Rare);
            }
            Group::Links => self.add_terms(links, own_links, Share::Rare),
            Group::Avatar => self.add_avatars(),
            Group::EarlyFollowers => self.add_followed(),
            Group::Announcement => self.add_mentions(),
            Group::PostingHours
            | Group::Client
            | Group::Language
            | Group::Style
            | Group::Timing => return,
        }
        let most = self.material.parameters.found_at_most as usize;
        let (found, more) = self.tally.take(most);
        let id = self.material.dataset.accounts.text(self.old.old.account);
        self.reached.add(Limit::Found, most, usize::from(more > 0), id);
        self.found.extend(found);
    }

    fn add_terms(&mut self, terms: &Terms, numbers: &[u32], share: Share) {
        for term in numbers {
            let nats = terms.nats(*term);
            if matches!(share, Share::Rare) && nats < RARE_NATS {
                continue;
            }
            let places = terms.places(*term, &self.window);
            if places.len() > self.common {
                self.reached.add(Limit::CommonTerm, self.common, 1, terms.text(*term));
                continue;
            }
            // Neighbouring parts of a handle overlap: three of them say as much as one word.
            let weight = if matches!(share, Share::Part) { nats / 3.0 } else { nats };
            places.iter().for_each(|place| self.tally.add(*place, weight));
        }
    }

    fn add_avatars(&mut self) {
        let Some(avatar) = self.old.card.avatar else { return };
        let place_of = &self.material.population.place_of;
        let near = self.material.avatars.near(&avatar);
        let places: Vec<u32> = near
            .into_iter()
            .flatten()
            .map(|account| place_of[*account as usize])
            .filter(|place| self.window.contains(place))
            .collect();
        if places.len() > self.common {
            self.reached.add(Limit::CommonTerm, self.common, 1, "avatar");
            return;
        }
        places.iter().for_each(|place| self.tally.add(*place, 1.0));
    }

    fn add_followed(&mut self) {
        let Material { dataset, population, audience, .. } = self.material;
        for follower in &self.old.followers {
            let follows = audience.follows_new(*follower) as usize;
            if follows > FOLLOWS_NEW {
                let id = dataset.accounts.text(*follower);
                self.reached.add(Limit::FollowsNew, FOLLOWS_NEW, 1, id);
                continue;
            }
            let weight = (self.window.len() as f64 / follows.max(1) as f64).ln();
            for place in followed(dataset, population, *follower, &self.window) {
                self.tally.add(place, weight);
            }
        }
    }

    fn add_mentions(&mut self) {
        let mentions = self.material.mentions.all(self.old.number);
        mentions.iter().for_each(|mention| self.tally.add(mention.place, 1.0));
    }
}

/// How the terms of a kind are searched by.
#[derive(Clone, Copy)]
enum Share {
    /// Whole handles, names and bios.
    Whole,
    /// Parts that overlap.
    Part,
    /// Rare words and links alone.
    Rare,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_are_taken_and_the_tally_is_empty_again() {
        let mut tally = Tally::new(6);
        for (place, weight) in [(4, 1.0), (2, 3.0), (4, 1.5), (0, 0.0), (5, 3.0)] {
            tally.add(place, weight);
        }
        let (mut found, more) = tally.take(3);
        found.sort_unstable();
        assert_eq!((found, more), (vec![2, 4, 5], 1));
        tally.add(1, 1.0);
        assert_eq!(tally.take(3), (vec![1], 0));
        assert_eq!(tally.take(3), (vec![], 0));
    }
}
