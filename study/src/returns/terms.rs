//! Inverted indexes: which accounts have a word, a link or a part of a handle, and how rare it is.

use super::population::Population;
use crate::Names;
use crate::dataset::NONE;
use std::ops::Range;

/// Terms with how many accounts have each, and the places of the new accounts that do.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    names: Names,
    accounts: Vec<u32>,
    /// Where the places of each term begin; one more than there are terms.
    starts: Vec<u32>,
    places: Vec<u32>,
    population: u64,
}

/// Gathers terms; see [`Terms`].
#[derive(Debug, Default)]
pub struct TermsBuilder {
    /// The terms so far, numbered.
    pub names: Names,
    pairs: Vec<(u32, u32)>,
}

impl TermsBuilder {
    /// Takes down that an account has a term.
    pub fn add(&mut self, account: u32, term: &str) {
        let term = self.names.number(term);
        self.add_number(account, term);
    }

    /// The same for the number of a term.
    pub fn add_number(&mut self, account: u32, term: u32) {
        // What comes twice in a row, as programs and languages do, need not be kept to be dropped.
        if self.pairs.last() != Some(&(term, account)) {
            self.pairs.push((term, account));
        }
    }

    /// The index. Rarity is among so many accounts.
    pub fn build(self, among: &Population, population: u64) -> Terms {
        let Self { names, mut pairs } = self;
        pairs.sort_unstable();
        pairs.dedup();
        let mut accounts = vec![0; names.len()];
        let mut counts = vec![0; names.len() + 1];
        for (term, account) in &pairs {
            accounts[*term as usize] += 1;
            let new = among.place_of[*account as usize] != NONE;
            counts[*term as usize + 1] += u32::from(new);
        }
        for term in 1..counts.len() {
            counts[term] += counts[term - 1];
        }
        let mut places: Vec<u32> =
            pairs.iter().map(|pair| among.place_of[pair.1 as usize]).collect();
        places.retain(|place| *place != NONE);
        for term in 0..names.len() {
            places[counts[term] as usize..counts[term + 1] as usize].sort_unstable();
        }
        Terms { names, accounts, starts: counts, places, population }
    }
}

impl Terms {
    /// The number of a term, where any account has it.
    pub fn find(&self, term: &str) -> Option<u32> {
        self.names.find(term)
    }

    /// The term of a number.
    pub fn text(&self, term: u32) -> &str {
        self.names.text(term)
    }

    /// How many accounts have it.
    pub fn accounts(&self, term: u32) -> u64 {
        u64::from(self.accounts[term as usize])
    }

    /// How improbable it is that another account has it too, in nats: the logarithm of how many
    /// accounts there are for each other one that has it.
    pub fn nats(&self, term: u32) -> f64 {
        let others = self.accounts(term).saturating_sub(1).max(1);
        (self.population.max(1) as f64 / others as f64).ln().max(0.0)
    }

    /// The places in a window of the new accounts that have it.
    pub fn places(&self, term: u32, window: &Range<u32>) -> &[u32] {
        let term = term as usize;
        let all = &self.places[self.starts[term] as usize..self.starts[term + 1] as usize];
        let start = all.partition_point(|place| *place < window.start);
        let end = all.partition_point(|place| *place < window.end);
        &all[start..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::returns::population::{Created, New};

    /// Accounts 0 to 9, of which 5 to 9 are new, in this order of creation.
    fn population() -> Population {
        let new = |account| New { account, created_us: 0, created: Created::Known, until_us: 0 };
        let places = [NONE, NONE, NONE, NONE, NONE, 3, 1, 0, 4, 2];
        let order = [7, 6, 9, 5, 8];
        let new = order.into_iter().map(new).collect();
        Population { old: Vec::new(), new, place_of: places.to_vec() }
    }

    #[test]
    fn counts_all_accounts_and_lists_new_ones() {
        let mut builder = TermsBuilder::default();
        for (account, term) in [(0, "tea"), (6, "tea"), (9, "tea"), (6, "tea"), (5, "ink")] {
            builder.add(account, term);
        }
        let terms = builder.build(&population(), 100);
        let tea = terms.find("tea").unwrap();
        assert_eq!((terms.text(tea), terms.accounts(tea)), ("tea", 3));
        assert_eq!(terms.places(tea, &(0..5)), [1, 2]);
        assert_eq!(terms.places(tea, &(2..5)), [2]);
        assert_eq!(terms.find("salt"), None);
        // One in fifty others has it; what nobody else has is as rare as one account can be.
        assert!((terms.nats(tea) - 50_f64.ln()).abs() < 1e-12);
        assert!((terms.nats(terms.find("ink").unwrap()) - 100_f64.ln()).abs() < 1e-12);
    }
}
