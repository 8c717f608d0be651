//! Figures of a report, counted from the sealed records.

use crate::{Engine, Error, Result};
use audit::{Fact, FactKind, Field};
use model::{AppealOutcome, Timestamp, limits};
use review::exposures::{Counter, Exposure, Figures, Sealed};

/// How far records of one time may lie apart in the log, in seconds.
const SKEW_SECONDS: i64 = 3_600;

impl Engine {
    /// Counts what the records tell of the measures since the last report.
    pub(super) async fn figures(&self, exposure: &Exposure, now: Timestamp) -> Result<Figures> {
        let (from, to) = exposure.next_period(now);
        let mut counter = Counter::new(&exposure.measures, from, to);
        let head = self.head().await?;
        let mut next = match counter.begins() {
            Some(begins) => {
                self.first_record(begins.plus_seconds(-SKEW_SECONDS), head.next).await?
            }
            None => head.next,
        };
        while next < head.next {
            let rows = self.records(next, limits::PAGE_ROWS).await?;
            let most = usize::try_from(head.next - next).unwrap_or(usize::MAX);
            for (bytes, _) in rows.iter().take(most) {
                let record = decoded(bytes)?;
                let is_own =
                    record.fact.get_text(Field::Service) == Some(exposure.service.as_str());
                if let Some(sealed) = sealed(&record.fact).filter(|_| is_own) {
                    let counted = counter.push(record.at, sealed);
                    counted.map_err(|error| Error::invalid("figures", error.to_string()))?;
                }
                next += 1;
            }
            if rows.is_empty() {
                return Err(damaged(&format!("the log ends at record {next}")));
            }
        }
        Ok(counter.finish(head.next, hex::encode(head.hash)))
    }

    /// The first record that can be of that time or later, found by halves.
    async fn first_record(&self, at: Timestamp, end: u64) -> Result<u64> {
        let (mut low, mut high) = (0, end);
        while low < high {
            let middle = low + (high - low) / 2;
            let rows = self.records(middle, 1).await?;
            let (bytes, _) = rows.first().ok_or_else(|| damaged("a record is not there"))?;
            if decoded(bytes)?.at < at { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }
}

fn decoded(bytes: &[u8]) -> Result<audit::Record> {
    audit::decode(bytes).map_err(|error| damaged(&error.to_string()))
}

fn damaged(detail: &str) -> Error {
    Error::Damaged { what: "record", detail: detail.to_owned() }
}

/// What a record says that counts.
fn sealed(fact: &Fact) -> Option<Sealed> {
    let item = || fact.get_commitment(Field::Item).copied();
    let case = || fact.get_text(Field::Case).map(str::to_owned);
    if fact.kind == FactKind::ItemJudged {
        return Some(Sealed::Found { item: item()?, rules: fact.get_list(Field::Rule).to_vec() });
    }
    if fact.kind == FactKind::CaseOpened {
        return Some(Sealed::Opened { item: item()?, case: case()? });
    }
    if fact.kind == FactKind::CaseJoined {
        return Some(Sealed::Joined { item: item()?, case: case()? });
    }
    if fact.kind == FactKind::DecisionMade {
        return Some(Sealed::Decided { case: case()? });
    }
    if fact.kind == FactKind::AppealAnswered {
        let outcome = fact.get_text(Field::Outcome).and_then(AppealOutcome::parse)?;
        return match outcome {
            AppealOutcome::Reversed | AppealOutcome::Partly => {
                Some(Sealed::Reversed { case: case()? })
            }
            AppealOutcome::Upheld => None,
        };
    }
    // Every other fact is of no consequence for these figures.
    None
}
