//! What follows from an exposure decision, with by when: derived from what is on file and from the
//! list of deadlines, and kept nowhere.

use super::exposure::{Exposure, Warned};
use crate::orders::Law;
use law::deadline::{MEASURES_REPORT, MEASURES_REVIEW};
use model::{Timestamp, limits};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which obligation; as text `report-1`, `demand-1`, `demand-report-1` or `review-1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ObligationId {
    /// The report of that number in the yearly series, from 1 (TCO Art 5(5)).
    Report(u32),
    /// The measures of the demand of that number (Art 5(6)).
    Demand(u32),
    /// The report on the measures of the demand of that number (Art 5(5), after 5(6)).
    DemandReport(u32),
    /// The authority's answer to the request of that number (Art 5(7)).
    Review(u32),
}

/// Why a text names no obligation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` names no obligation; write it as report-1, demand-1 or demand-report-1")]
pub struct ObligationProblem {
    given: String,
}

impl ObligationId {
    /// Whether a report answers it.
    #[must_use]
    pub fn is_report(self) -> bool {
        match self {
            Self::Report(_) | Self::DemandReport(_) => true,
            Self::Demand(_) | Self::Review(_) => false,
        }
    }
}

impl fmt::Display for ObligationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Report(number) => write!(f, "report-{number}"),
            Self::Demand(number) => write!(f, "demand-{number}"),
            Self::DemandReport(number) => write!(f, "demand-report-{number}"),
            Self::Review(number) => write!(f, "review-{number}"),
        }
    }
}

impl FromStr for ObligationId {
    type Err = ObligationProblem;
    fn from_str(text: &str) -> Result<Self, ObligationProblem> {
        let problem = || ObligationProblem { given: text.chars().take(64).collect() };
        let (kind, number) = text.rsplit_once('-').ok_or_else(problem)?;
        let number = number.parse().map_err(|_| problem())?;
        match kind {
            "report" => Ok(Self::Report(number)),
            "demand" => Ok(Self::Demand(number)),
            "demand-report" => Ok(Self::DemandReport(number)),
            "review" => Ok(Self::Review(number)),
            _ => Err(problem()),
        }
    }
}

impl TryFrom<String> for ObligationId {
    type Error = ObligationProblem;
    fn try_from(text: String) -> Result<Self, ObligationProblem> {
        text.parse()
    }
}

impl From<ObligationId> for String {
    fn from(id: ObligationId) -> String {
        id.to_string()
    }
}

/// Who owes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OwedBy {
    /// The service.
    Service,
    /// The authority.
    Authority,
}

/// Something that is owed by a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Obligation {
    /// Which.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub id: ObligationId,
    /// Who owes it.
    pub owed_by: OwedBy,
    /// By when.
    pub due: Timestamp,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
    /// Whether it is still owed: not done, and the decision not withdrawn.
    pub is_open: bool,
    /// Whether the due time went by without it.
    pub is_missed: bool,
}

impl Exposure {
    /// Everything that is owed or was, the earliest due time first. Of the reports that come again
    /// every year the next one that is not done is the last.
    #[must_use]
    pub fn obligations(&self, law: &Law, now: Timestamp) -> Vec<Obligation> {
        let mut all = self.reports_owed(law, now);
        let report = law.deadlines.period(MEASURES_REPORT);
        for demand in &self.demands {
            let number = demand.number;
            let id = ObligationId::DemandReport(number);
            let due = report.after(demand.decision.notified_at, &law.zone);
            let own = [
                (ObligationId::Demand(number), demand.due, demand.met_at),
                (id, due, self.reported(id)),
            ];
            // What was lifted is no longer owed; what was done before stays on file.
            let stays = |done: Option<Timestamp>| done.is_some() || demand.lifted_at.is_none();
            let own = own.into_iter().filter(|(.., done)| stays(*done));
            all.extend(own.map(|(id, due, done)| self.owed(id, OwedBy::Service, due, done, now)));
        }
        let answer = law.deadlines.period(MEASURES_REVIEW);
        for request in &self.reviews {
            let id = ObligationId::Review(request.number);
            let due = answer.after(request.asked_at, &law.zone);
            all.push(self.owed(id, OwedBy::Authority, due, request.answered_at, now));
        }
        all.sort_by_key(|one| (one.due, one.id));
        all
    }

    fn reports_owed(&self, law: &Law, now: Timestamp) -> Vec<Obligation> {
        let first = law.deadlines.period(MEASURES_REPORT);
        let first = first.after(self.decision.notified_at, &law.zone);
        let again = law.deadlines.again(MEASURES_REPORT).expect("the list was checked for it");
        let mut all = Vec::new();
        for (before, number) in (1..=limits::EXPOSURE_ENTRIES as u32).enumerate() {
            let id = ObligationId::Report(number);
            let due = match u16::try_from(before).unwrap_or(u16::MAX) {
                0 => first,
                years => again.times(years).after(first, &law.zone),
            };
            let done = self.reported(id);
            if done.is_none() && self.withdrawal.as_ref().is_some_and(|one| one.notified_at < due) {
                break;
            }
            all.push(self.owed(id, OwedBy::Service, due, done, now));
            if done.is_none() && due > now {
                break;
            }
        }
        all
    }

    fn reported(&self, id: ObligationId) -> Option<Timestamp> {
        self.reports.iter().find(|report| report.answers == id).map(|report| report.sent_at)
    }

    fn owed(
        &self,
        id: ObligationId,
        owed_by: OwedBy,
        due: Timestamp,
        done_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Obligation {
        let withdrawn_at = self.withdrawal.as_ref().map(|one| one.notified_at);
        let is_open = done_at.is_none() && withdrawn_at.is_none();
        let is_missed = done_at.or(withdrawn_at).unwrap_or(now) > due;
        Obligation { id, owed_by, due, done_at, is_open, is_missed }
    }

    /// What is still owed, the earliest due time first.
    #[must_use]
    pub fn open_obligations(&self, law: &Law, now: Timestamp) -> Vec<Obligation> {
        let mut open = self.obligations(law, now);
        open.retain(|one| one.is_open);
        open
    }

    /// What the service missed and nobody has taken note of.
    #[must_use]
    pub fn unseen_misses(&self, law: &Law, now: Timestamp) -> Vec<Obligation> {
        let mut missed = self.obligations(law, now);
        missed.retain(|one| {
            one.is_missed && one.owed_by == OwedBy::Service && !self.seen.contains(&one.id)
        });
        missed
    }

    /// When the next thing is due that is still owed; none where nothing is.
    #[must_use]
    pub fn due(&self, law: &Law, now: Timestamp) -> Option<Timestamp> {
        self.open_obligations(law, now).first().map(|one| one.due)
    }

    /// The warnings that are due and have not gone out; 0 days say that the time went by.
    #[must_use]
    pub fn warnings_due(&self, days: &[u16], law: &Law, now: Timestamp) -> Vec<Warned> {
        let of = |one: Obligation| {
            let left = one.due.seconds_since(now);
            days.iter().chain(&[0]).filter_map(move |days| {
                let reached = match *days {
                    0 => left < 0,
                    days => left <= i64::from(days) * 86_400,
                };
                reached.then_some(Warned { obligation: one.id, days: *days })
            })
        };
        let due = self.open_obligations(law, now).into_iter().flat_map(of);
        due.filter(|warning| !self.warned.contains(warning)).collect()
    }
}
