//! What people say of the accounts that were drawn, and how far they agree.
//!
//! Every account is coded blind: without its score, and without what the other coder said. Where
//! two answers differ, or one is unsure, somebody adjudicates, who may see both.

use super::{Error, SampleDraw};
use crate::stats::krippendorff_alpha;
use crate::stats::{Confidence, Error as StatsError, Estimate, Kappa, cohen_kappa};
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Samples of accounts from which the interval of alpha is made.
const REPEATS: u32 = 1_000;

/// What a coder says of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It meets the definition of membership.
    Member,
    /// It does not.
    NotMember,
    /// It cannot be said.
    Unsure,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The account, as the draw names it.
    pub account: String,
    /// Who answers.
    pub coder: String,
    /// What they say.
    pub answer: Answer,
    /// When, in microseconds since 1970. Of two answers of one coder the later one counts, and of
    /// two at the same time the one that is given later.
    pub at_us: i64,
}

/// All answers to a sample.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coding {
    /// Those that were given blind.
    pub codes: Vec<Code>,
    /// Those that settle a difference. Where one is given it decides.
    pub adjudications: Vec<Code>,
}

/// Answers that do not count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignored {
    /// Answers about accounts that were not drawn.
    pub unknown_accounts: u64,
    /// The first of these accounts.
    pub first_unknown: Option<String>,
    /// Answers that their coder replaced by a later one.
    pub replaced: u64,
}

/// How far two who answered blind agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Who answered, in the order of the alphabet.
    pub coders: Vec<String>,
    /// Accounts that two or more answered.
    pub coded_twice: u64,
    /// Cohen's kappa over all three answers; the one first in the alphabet of the first two who
    /// answered is the first coder. None where all gave the same answer throughout.
    pub kappa: Option<Kappa>,
    /// Krippendorff's alpha for names over all answers; none as before.
    pub alpha: Option<Estimate>,
    /// Accounts whose answers differ or are unsure and are not adjudicated, in the order of the
    /// draw: these need somebody.
    pub to_adjudicate: Vec<String>,
    /// How many have been adjudicated.
    pub adjudicated: u64,
}

/// Answers by place in the draw.
#[derive(Debug, Clone)]
pub(super) struct Answers {
    /// The blind answers to each account, by coder in the order of the alphabet.
    pub(super) blind: Vec<Vec<Answer>>,
    /// What was adjudicated.
    pub(super) adjudicated: Vec<Option<Answer>>,
    /// Answers that do not count.
    pub(super) ignored: Ignored,
    coders: Vec<String>,
}

/// What an account comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// It is coded.
    As(Answer),
    /// Answers are missing, or differ and are not adjudicated.
    Open,
}

impl Answers {
    /// Sorts answers by account.
    pub(super) fn of(draw: &SampleDraw, coding: &Coding) -> Self {
        let places = draw.items.iter().map(|item| item.account.as_str()).zip(0..);
        let places: HashMap<&str, usize> = places.collect();
        let mut ignored = Ignored::default();
        let blind = by_account(&places, &coding.codes, &mut ignored);
        let settled = by_account(&places, &coding.adjudications, &mut ignored);
        let mut coders: Vec<String> =
            blind.iter().flatten().map(|(coder, _)| (*coder).to_owned()).collect();
        coders.sort_unstable();
        coders.dedup();
        let answers = |one: BTreeMap<&str, (i64, Answer)>| -> Vec<Answer> {
            one.into_values().map(|last| last.1).collect()
        };
        // Of several adjudicators the last word counts.
        let last = |one: BTreeMap<&str, (i64, Answer)>| {
            one.into_values().max_by_key(|(at_us, _)| *at_us).map(|(_, answer)| answer)
        };
        Self {
            blind: blind.into_iter().map(answers).collect(),
            adjudicated: settled.into_iter().map(last).collect(),
            ignored,
            coders,
        }
    }

    /// What an account comes to, where so many were to answer.
    pub(super) fn settled(&self, place: usize, coders: u8) -> Settled {
        if let Some(answer) = self.adjudicated[place] {
            return Settled::As(answer);
        }
        let blind = &self.blind[place];
        let first = blind.first().copied().unwrap_or(Answer::Unsure);
        let is_clear = first != Answer::Unsure && blind.iter().all(|answer| *answer == first);
        if blind.len() >= usize::from(coders) && is_clear {
            Settled::As(first)
        } else {
            Settled::Open
        }
    }

    /// How far the coders agree.
    pub(super) fn agreement(
        &self,
        draw: &SampleDraw,
        confidence: Confidence,
    ) -> Result<Agreement, Error> {
        let twice: Vec<&Vec<Answer>> = self.blind.iter().filter(|one| one.len() >= 2).collect();
        if twice.is_empty() {
            let coders = self.coders.clone();
            return Err(Error::OneCoder { coders });
        }
        let mut table = vec![vec![0_u64; 3]; 3];
        twice.iter().for_each(|one| table[one[0] as usize][one[1] as usize] += 1);
        let units: Vec<Vec<u8>> =
            twice.iter().map(|one| one.iter().map(|answer| *answer as u8).collect()).collect();
        let open = draw.items.iter().zip(0..).filter(|(item, place)| {
            let answered = self.blind[*place].len() >= usize::from(item.coders);
            answered && self.settled(*place, item.coders) == Settled::Open
        });
        Ok(Agreement {
            coders: self.coders.clone(),
            coded_twice: twice.len() as u64,
            kappa: unless_all_alike(cohen_kappa(&table, confidence))?,
            alpha: unless_all_alike(krippendorff_alpha(
                &units,
                REPEATS,
                draw.plan.seed,
                confidence,
            ))?,
            to_adjudicate: open.map(|(item, _)| item.account.clone()).collect(),
            adjudicated: self.adjudicated.iter().flatten().count() as u64,
        })
    }
}

/// Agreement beyond chance is undefined where everybody always says the same.
fn unless_all_alike<T>(given: Result<T, StatsError>) -> Result<Option<T>, Error> {
    match given {
        Ok(value) => Ok(Some(value)),
        Err(StatsError::NoVariation(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The last answer of each coder to each account.
fn by_account<'a>(
    places: &HashMap<&str, usize>,
    codes: &'a [Code],
    ignored: &mut Ignored,
) -> Vec<BTreeMap<&'a str, (i64, Answer)>> {
    let mut answers = vec![BTreeMap::new(); places.len()];
    for code in codes {
        let Some(place) = places.get(code.account.as_str()) else {
            ignored.unknown_accounts += 1;
            ignored.first_unknown.get_or_insert_with(|| code.account.clone());
            continue;
        };
        let given = (code.at_us, code.answer);
        let own: &mut BTreeMap<&str, (i64, Answer)> = &mut answers[*place];
        let kept = own.entry(code.coder.as_str()).or_insert((i64::MIN, code.answer));
        ignored.replaced += u64::from(kept.0 != i64::MIN);
        if given.0 >= kept.0 {
            *kept = given;
        }
    }
    answers
}

/// How far the coders of a sample agree, and which accounts need somebody who adjudicates.
///
/// # Errors
/// [`Error::NoCodes`]; [`Error::OneCoder`] where no account has the answers of two.
pub fn agreement(
    draw: &SampleDraw,
    coding: &Coding,
    confidence: Confidence,
) -> Result<Agreement, Error> {
    let answers = Answers::of(draw, coding);
    if answers.coders.is_empty() {
        return Err(Error::NoCodes);
    }
    answers.agreement(draw, confidence)
}

#[cfg(test)]
#[path = "coding_tests.rs"]
mod tests;
