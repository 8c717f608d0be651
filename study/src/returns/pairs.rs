//! The pairs that are compared: in parts that are kept, or for learning.

use super::calibration::{Half, Pair};
use super::card::{NewCard, OldCard};
use super::compare::{Against, Nats};
use super::decide::odds;
use super::evaluate::Truth;
use super::limits::{CARDS, PART, Reached};
use super::material::Material;
use super::population::{Created, States, standing};
use super::search::{Tally, search};
use super::usual::yardsticks;
use super::{
    Bound, Calibration, Candidate, Coverage, Error, Evidence, Group, Offer, Parameters, Reading,
    Searched,
};
use crate::stats::{Draws, sample};
use crate::{Dataset, Watch, step};
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// Pairs that no search found, drawn for each suspended account to learn from.
const DRAWN: u64 = 200;
const SEED: u64 = 0x5EED;

/// What some suspended accounts gave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Part {
    /// They, with their candidates; posteriors and offers are not yet decided.
    pub searched: Vec<Searched>,
    /// For each new account that is more like one of them than not, the sum of the odds.
    pub odds: Vec<(String, f64)>,
    /// The limits that were reached.
    pub bounds: Vec<Bound>,
}

/// What is needed to compare, and what is kept between comparisons.
struct Worker<'a> {
    against: &'a Against<'a>,
    calibration: &'a Calibration,
    states: States,
    tally: Tally,
    cards: Cards,
}

/// New accounts by place, gathered when they are first compared.
#[derive(Default)]
struct Cards(HashMap<u32, NewCard>);

impl Cards {
    fn get(&mut self, against: &Against, place: u32) -> &NewCard {
        if self.0.len() >= CARDS {
            self.0.clear();
        }
        let Against { material, usual } = against;
        let new = &material.population.new[place as usize];
        self.0.entry(place).or_insert_with(|| NewCard::of(material, new, &usual.rarity))
    }
}

/// A new account as it was compared with an old one.
struct Compared {
    place: u32,
    nats: [Nats; 12],
    score: f64,
}

/// Compares every suspended account with the new ones that a search finds, in parts.
pub fn parts(
    against: &Against,
    calibration: &Calibration,
    watch: &mut dyn Watch,
) -> Result<Vec<Part>, Error> {
    let population = &against.material.population;
    let old = population.old.len();
    let mut worker = Worker {
        against,
        calibration,
        states: States::new(against.material.dataset),
        tally: Tally::new(population.new.len()),
        cards: Cards::default(),
    };
    let mut parts = Vec::new();
    for start in (0..old).step_by(PART) {
        let name = format!("returns-{start:06}");
        if let Some(json) = watch.kept(&name) {
            let part = serde_json::from_str(&json)
                .map_err(|error| Error::Part { part: name, why: error.to_string() })?;
            parts.push(part);
            continue;
        }
        let part = worker.part(start..old.min(start + PART), watch)?;
        let json = serde_json::to_string(&part).expect("numbers, texts and lists are JSON");
        watch.keep(&name, &json);
        parts.push(part);
    }
    Ok(parts)
}

impl Worker<'_> {
    fn part(
        &mut self,
        numbers: std::ops::Range<usize>,
        watch: &mut dyn Watch,
    ) -> Result<Part, Error> {
        let all = self.against.material.population.old.len() as u64;
        let mut odds: HashMap<u32, f64> = HashMap::new();
        let (mut searched, mut reached) = (Vec::new(), Reached::default());
        for number in numbers {
            step(watch, "compare", number as u64, all)?;
            searched.push(self.search(number, &mut odds, &mut reached));
        }
        let Material { dataset, population, .. } = self.against.material;
        let id = |place: u32| {
            let account = population.new[place as usize].account;
            dataset.accounts.text(account).to_owned()
        };
        let mut odds: Vec<(u32, f64)> = odds.into_iter().collect();
        odds.sort_unstable_by_key(|(place, _)| *place);
        let odds = odds.into_iter().map(|(place, odds)| (id(place), odds)).collect();
        Ok(Part { searched, odds, bounds: reached.into_bounds() })
    }

    fn search(
        &mut self,
        number: usize,
        odds_of: &mut HashMap<u32, f64>,
        reached: &mut Reached,
    ) -> Searched {
        let Against { material, usual } = self.against;
        let Material { dataset, population, parameters, .. } = material;
        let old = OldCard::of(material, number, &usual.rarity);
        let found = search(material, &old, &mut self.tally, reached);
        let pairs = population.pairs(&old.old);
        let prior = parameters.base_rate / pairs.max(1) as f64;
        let mut compared: Vec<Compared> =
            found.iter().map(|place| self.compare(&old, *place)).collect();
        for one in &compared {
            let ratio = self.calibration.likelihood_ratio(one.score);
            if ratio > 1.0 {
                *odds_of.entry(one.place).or_default() += odds(prior, ratio);
            }
        }
        compared.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.place.cmp(&b.place)));
        compared.truncate(parameters.listed_at_most as usize);
        let listed = |one: &&Compared| {
            self.calibration.likelihood_ratio(one.score) >= parameters.listed_ratio
        };
        let listed: Vec<&Compared> = compared.iter().filter(listed).collect();
        let candidates =
            (1..).zip(listed).map(|(rank, one)| self.candidate(rank, &old, one)).collect();
        let handle = dataset.profile(old.old.account).map(|profile| profile.handle.clone());
        Searched {
            account: dataset.accounts.text(old.old.account).to_owned(),
            handle: handle.unwrap_or_default(),
            suspended_at_us: old.old.at_us,
            new_accounts: pairs,
            compared: found.len() as u64,
            prior,
            candidates,
        }
    }

    fn compare(&mut self, old: &OldCard, place: u32) -> Compared {
        let nats = self.against.all(old, self.cards.get(self.against, place));
        let score = self.calibration.score(&known(&nats));
        Compared { place, nats, score }
    }

    fn candidate(&self, rank: u32, old: &OldCard, compared: &Compared) -> Candidate {
        let Material { dataset, population, .. } = self.against.material;
        let new = population.new[compared.place as usize];
        let card = NewCard::of(self.against.material, &new, &self.against.usual.rarity);
        let reading = |group, nats: Nats| match nats {
            Err(because) => Reading::Missing { because },
            Ok(nats) => Reading::Measured {
                nats,
                log_ratio: self.calibration.log_ratio(group, nats),
                facts: self.against.facts(group, old, &card),
            },
        };
        let evidence = Group::ALL.into_iter().zip(compared.nats);
        let handle = dataset.profile(new.account).map(|profile| profile.handle.clone());
        Candidate {
            rank,
            account: dataset.accounts.text(new.account).to_owned(),
            handle: handle.unwrap_or_default(),
            created_at_us: match new.created {
                Created::Known => Some(new.created_us),
                Created::FirstPost => None,
            },
            standing: standing(dataset, &self.states, new.account),
            score: compared.score,
            likelihood_ratio: self.calibration.likelihood_ratio(compared.score),
            posterior: 0.0,
            offer: Offer::Below,
            evidence: evidence
                .map(|(group, nats)| Evidence { group, reading: reading(group, nats) })
                .collect(),
        }
    }
}

fn known(nats: &[Nats; 12]) -> [Option<f64>; 12] {
    nats.map(Result::ok)
}

/// Pairs with their outcomes from a dataset whose truth is known, for [`super::calibrate`].
///
/// All that a search finds, every return, and for each suspended account some of the others, drawn
/// with the seed of the study; these stand for all of their kind.
///
/// # Errors
/// As [`super::run_with`]; parts are not kept.
pub fn known_pairs(
    dataset: &Dataset,
    parameters: &Parameters,
    truth: &Truth,
    watch: &mut dyn Watch,
) -> Result<Vec<Pair>, Error> {
    parameters.check()?;
    let (mut coverage, mut reached) = (Coverage::default(), Reached::default());
    let material = Material::gather(dataset, parameters, &mut coverage, &mut reached, watch)?;
    let usual = yardsticks(&material, watch)?;
    let against = Against { material: &material, usual: &usual };
    let population = &material.population;
    let (mut tally, mut cards) = (Tally::new(population.new.len()), Cards::default());
    let mut draws = Draws::new(SEED, 0);
    let mut pairs = Vec::new();
    for number in 0..population.old.len() {
        step(watch, "compare", number as u64, population.old.len() as u64)?;
        let old = OldCard::of(&material, number, &usual.rarity);
        let found = search(&material, &old, &mut tally, &mut reached);
        let own = population.place_of[old.old.account as usize];
        let window = old.old.window.clone();
        let rest: Vec<u32> =
            window.filter(|place| *place != own && found.binary_search(place).is_err()).collect();
        let wanted = DRAWN.min(rest.len() as u64);
        let drawn = sample(rest.len() as u64, wanted, &mut draws).unwrap_or_default();
        let stands_for = rest.len() as f64 / wanted.max(1) as f64;
        let drawn = drawn.iter().map(|at| (rest[*at as usize], stands_for));
        let id = dataset.accounts.text(old.old.account);
        for (place, stands_for) in found.iter().map(|place| (*place, 1.0)).chain(drawn) {
            let card = cards.get(&against, place);
            let outcome = truth.outcome(id, dataset.accounts.text(card.new.account));
            let half = if number.is_multiple_of(2) { Half::First } else { Half::Second };
            let nats = known(&against.all(&old, card));
            pairs.push(Pair { nats, outcome, stands_for, half });
        }
    }
    Ok(pairs)
}
