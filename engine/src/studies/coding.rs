//! Blind double coding of a census's sample, and what follows from it.

use super::AccountCard;
use super::kinds::read;
use crate::facts;
use crate::once::Origin;
use crate::{Engine, Error, Result};
use model::{AccountId, CodeAnswer, CodeRound, StudyCode, StudyId, UserId};
use std::collections::BTreeSet;
use store::{Change, StudyChange};
use study::census::{self, Agreement, Answer, Code, Coding, Holds, PopulationEstimate, SampleDraw};
use study::stats::Confidence;

/// The document that holds the sample.
pub(super) const SAMPLE: &str = "sample";

/// One account for somebody to code, without anything that would tell what to expect of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CodingTask {
    /// Its pseudonym, by which it is answered.
    pub pseudonym: String,
    /// What makes an account a member.
    pub definition: String,
    /// The account as the study saw it.
    pub card: AccountCard,
}

/// What waits for somebody at the coding desk.
#[derive(Debug, Clone, PartialEq)]
pub enum CodingDesk {
    /// The study has no sample.
    NoSample,
    /// The next account.
    Task {
        /// The account.
        task: Box<CodingTask>,
        /// How many accounts the person has coded.
        done: usize,
        /// How many accounts the sample has.
        total: usize,
    },
    /// Nothing is left for this person.
    Done {
        /// How many accounts the person has coded.
        done: usize,
        /// How many accounts the sample has.
        total: usize,
    },
}

/// A sample with the answers so far.
#[derive(Debug, Clone, PartialEq)]
pub struct CodedSample {
    /// The sample, accounts by their ids.
    pub sample: SampleDraw,
    /// The answers.
    pub coding: Coding,
}

impl CodedSample {
    /// How far the coders agree.
    ///
    /// # Errors
    /// Where nobody has answered, or no account has two answers.
    pub fn agreement(&self) -> std::result::Result<Agreement, census::Error> {
        census::agreement(&self.sample, &self.coding, Confidence::P95)
    }

    /// How large the network is, as far as the answers say.
    ///
    /// # Errors
    /// Where the answers do not suffice; the text says what is missing.
    pub fn estimate(&self) -> std::result::Result<PopulationEstimate, census::Error> {
        census::estimate(&self.sample, &self.coding, Confidence::P95)
    }
}

impl Engine {
    /// Gives the next account for a person to code.
    ///
    /// # Errors
    /// Where there is no such study, or the store fails.
    pub async fn coding_desk(&self, id: &StudyId, coder: &UserId) -> Result<CodingDesk> {
        let view = self.study(id).await?;
        let Some(coded) = self.coded_sample(id).await? else { return Ok(CodingDesk::NoSample) };
        let total = coded.sample.items.len();
        let blind = &coded.coding.codes;
        let own: BTreeSet<&str> = blind
            .iter()
            .filter(|code| code.coder == coder.as_str())
            .map(|code| code.account.as_str())
            .collect();
        let done = own.len();
        let waits = |item: &&census::DrawnItem| {
            let answers = blind.iter().filter(|code| code.account == item.account).count();
            !own.contains(item.account.as_str()) && answers < usize::from(item.coders)
        };
        let Some(next) = coded.sample.items.iter().find(waits) else {
            return Ok(CodingDesk::Done { done, total });
        };
        let mut card = self.study_card(id, &next.account).await?;
        // Why an account is set apart would tell a coder what the operator thinks of it.
        card.set_apart.clear();
        let task = CodingTask {
            pseudonym: view.pseudonyms().of(&next.account),
            definition: coded.sample.membership.clone(),
            card,
        };
        Ok(CodingDesk::Task { task: Box::new(task), done, total })
    }

    /// Reads the sample of a study with the answers so far; none where there is no sample.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn coded_sample(&self, id: &StudyId) -> Result<Option<CodedSample>> {
        let Some(sample) = self.inner.store.study_document(id, SAMPLE).await? else {
            return Ok(None);
        };
        let sample: SampleDraw = read("sample of a study", &sample)?;
        let mut coding = Coding::default();
        for code in self.inner.store.study_codes(id).await? {
            let answer = Code {
                account: code.account.to_string(),
                coder: code.coder.to_string(),
                answer: match code.answer {
                    CodeAnswer::Member => Answer::Member,
                    CodeAnswer::NotMember => Answer::NotMember,
                    CodeAnswer::Unsure => Answer::Unsure,
                },
                at_us: code.at.micros(),
            };
            match code.round {
                CodeRound::Blind => coding.codes.push(answer),
                CodeRound::Adjudication => coding.adjudications.push(answer),
            }
        }
        Ok(Some(CodedSample { sample, coding }))
    }

    /// Keeps what a person says of an account of a sample.
    ///
    /// # Errors
    /// Where the account is not of the sample, the person coded it blind and wants to adjudicate,
    /// or the store fails.
    pub async fn code_account(
        &self,
        id: &StudyId,
        pseudonym: &str,
        answer: CodeAnswer,
        round: CodeRound,
        coder: &UserId,
    ) -> Result<()> {
        let view = self.study(id).await?;
        let coded = self.coded_sample(id).await?;
        let coded = coded.ok_or_else(|| Error::invalid("study", "it has no sample"))?;
        let named = |item: &&census::DrawnItem| view.pseudonyms().of(&item.account) == pseudonym;
        let item = coded.sample.items.iter().find(named).ok_or_else(|| Error::NotFound {
            what: "account of the sample",
            id: pseudonym.to_owned(),
        })?;
        let mut blind = coded.coding.codes.iter().filter(|code| code.account == item.account);
        if round == CodeRound::Adjudication && blind.any(|code| code.coder == coder.as_str()) {
            let problem = "somebody who did not code the account settles it";
            return Err(Error::invalid("account", problem));
        }
        let now = self.now();
        let account = AccountId::new(item.account.clone())
            .map_err(|error| Error::invalid("account", error.to_string()))?;
        let origin = Origin::user(coder.clone());
        let key = view.pseudonym_key();
        let entry = facts::study_coded(&view.study, key, &item.account, &origin.actor);
        let code = StudyCode { account, coder: coder.clone(), round, answer, at: now };
        let changes = vec![Change::Study(StudyChange::Coded(id.clone(), code))];
        self.inner.store.commit(changes, vec![entry], now).await?;
        Ok(())
    }
}

/// The lower bound of the share of members among accounts of a position (1 is nearest), as the
/// coded stratum that holds it says.
pub(super) fn share_low(
    sample: &SampleDraw,
    estimate: &PopulationEstimate,
    position: f64,
) -> Option<f64> {
    let at = 1.0 - position;
    let place = sample.strata.iter().position(|stratum| match stratum.holds {
        Holds::Scores { from, to } => (from..to).contains(&at),
        Holds::SetApart => false,
    })?;
    Some(estimate.strata.get(place)?.share.low)
}
