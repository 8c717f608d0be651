//! Exposure decisions and specific measures (TCO Art 5): what can happen to a decision, and what
//! follows.
//!
//! An authority decides that a service is exposed to terrorist content; the service chooses its
//! measures, reports on them, and may ask the authority to look at its decision again. Nothing here
//! says whether measures suffice: that is for people and the authority.

mod exposure;
mod figures;
mod obligation;
mod report;

pub use exposure::{
    Announcement, Demand, Exposure, ExposureEvent, ExposureEventKind, ExposureStatus, MeasureKind,
    MeasureTerms, ReviewAsk, ReviewOutcome, ReviewRequest, SpecificMeasure, Warned, WorkedBy,
};
pub use figures::{Counter, Sealed, TooMuch};
pub use obligation::{Obligation, ObligationId, ObligationProblem, OwedBy};
pub use report::{Draft, Figures, HandedOver, MeasuresReport, RuleFigures, SentReport};

use crate::apply::push_bounded;
use crate::orders::Law;
use model::{AuthorityId, ExposureId, ServiceId, Timestamp, UserId, limits};
use serde::{Deserialize, Serialize};

/// Why a step on an exposure decision is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExposureError {
    /// The decision was withdrawn.
    #[error("the decision was withdrawn at {at}: {step} needs one that is in force")]
    Withdrawn {
        /// The step.
        step: &'static str,
        /// When.
        at: Timestamp,
    },
    /// A text that must be there is empty.
    #[error("{what} is missing: {remedy}")]
    Missing {
        /// Which.
        what: &'static str,
        /// What to write.
        remedy: &'static str,
    },
    /// A text is too long.
    #[error("{what} has {bytes} bytes; at most {limit} are kept")]
    TooLong {
        /// Which.
        what: &'static str,
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// There are too many of them.
    #[error("{what}: at most {limit} are kept")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
    },
    /// There is no such thing.
    #[error("the decision has no {what} {given}")]
    NoSuch {
        /// Of what.
        what: &'static str,
        /// Which was given.
        given: String,
    },
    /// A time has not come.
    #[error("{what}: {at} has not come, it is {now}; give the time at which it happened")]
    Future {
        /// Of what.
        what: &'static str,
        /// The time given.
        at: Timestamp,
        /// The time now.
        now: Timestamp,
    },
    /// A time lies too early.
    #[error("{what}: {at} lies before {earliest}; give a later time")]
    TooEarly {
        /// Of what.
        what: &'static str,
        /// The time given.
        at: Timestamp,
        /// The earliest that is possible.
        earliest: Timestamp,
    },
    /// It was done already.
    #[error("{what} already")]
    Already {
        /// What.
        what: &'static str,
    },
    /// The authority was asked for nothing.
    #[error("no request for review is open: only one can be answered that the decision stands")]
    NothingAsked,
    /// People carry the measure out, and rules are named.
    #[error("the measure names rules, so a program carries it out: say who oversees it, and how")]
    RulesWithoutOversight,
    /// No report is being written.
    #[error("no report is being written: draft one first")]
    NoDraft,
    /// No report is owed under that name.
    #[error("`{0}` is no report that is still owed; the page of the decision lists them")]
    NoReportOwed(String),
    /// Nothing of that name was missed, or it was seen.
    #[error("`{0}` was not missed, or somebody took note of it already")]
    NothingMissed(ObligationId),
}

/// An exposure decision as it is noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noting {
    /// A fresh id.
    pub id: ExposureId,
    /// The service.
    pub service: ServiceId,
    /// The authority that decided.
    pub authority: AuthorityId,
    /// What it decided.
    pub decision: Announcement,
    /// The person who notes it.
    pub by: UserId,
}

/// Notes an exposure decision: what is owed counts from its notification.
///
/// # Errors
/// Where the reference or the grounds are missing or too long, or the notification has not come.
pub fn notified(noting: Noting, now: Timestamp) -> Result<Exposure, ExposureError> {
    let Noting { id, service, authority, decision, by } = noting;
    announced(&decision, None, now)?;
    let mut exposure = Exposure {
        id,
        service,
        authority,
        decision,
        amendments: Vec::new(),
        withdrawal: None,
        measures: Vec::new(),
        demands: Vec::new(),
        reviews: Vec::new(),
        draft: None,
        reports: Vec::new(),
        warned: Vec::new(),
        seen: Vec::new(),
        events: Vec::new(),
        revision: 0,
    };
    let reference = exposure.decision.reference.clone();
    note(&mut exposure, ExposureEventKind::Notified, Some(&by), "", &reference, now);
    Ok(exposure)
}

/// A step that a person takes on an exposure decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "step", deny_unknown_fields)]
pub enum ExposureStep {
    /// A specific measure is put in place, or is to be (Art 5(2)).
    TakeMeasure {
        /// What it is.
        measure: MeasureTerms,
    },
    /// A measure is another from now on.
    ChangeMeasure {
        /// Its number.
        number: u32,
        /// What it is now.
        measure: MeasureTerms,
        /// Why it changes.
        reason: String,
    },
    /// A measure ends.
    EndMeasure {
        /// Its number.
        number: u32,
        /// When; now without it.
        #[serde(default)]
        at: Option<Timestamp>,
        /// Why.
        reason: String,
    },
    /// The authority finds that measures do not suffice, and demands more (Art 5(6)).
    Demand {
        /// What it decided.
        decision: Announcement,
        /// By when it wants the measures.
        due: Timestamp,
    },
    /// What the authority demanded is in place.
    MeetDemand {
        /// The number of the demand.
        number: u32,
        /// What was done, in words.
        reason: String,
    },
    /// The authority is asked to look at its decision again (Art 5(7)).
    AskReview {
        /// What is asked for.
        asks: ReviewAsk,
        /// Why.
        reason: String,
        /// When the authority had it; now without it.
        #[serde(default)]
        at: Option<Timestamp>,
    },
    /// The authority answers a request: its decision stands.
    Uphold {
        /// What it decided.
        decision: Announcement,
    },
    /// The authority amends its decision, on request or by itself.
    Amend {
        /// What it decided.
        decision: Announcement,
        /// The demands that it lifts, by their numbers.
        #[serde(default)]
        lifts: Vec<u32>,
    },
    /// The authority withdraws its decision, on request or by itself: nothing more is owed.
    Withdraw {
        /// What it decided.
        decision: Announcement,
    },
    /// A report is drafted, with what the records tell until now; the words of an earlier draft
    /// stay.
    Draft {
        /// What it answers; the report that is due first without it.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
        answers: Option<ObligationId>,
    },
    /// The words of the report are written.
    Write {
        /// What was done.
        done: String,
        /// What the service intends to do.
        intended: String,
    },
    /// A person confirms the report: it counts as sent.
    Send {
        /// SHA-256 of the report that the person saw, in hexadecimal.
        sha256: String,
        /// How it reaches the authority.
        handed_over: HandedOver,
    },
    /// A missed due time was taken note of.
    SeeMiss {
        /// Which obligation.
        #[cfg_attr(feature = "schema", schema(value_type = String))]
        obligation: ObligationId,
        /// Why it was missed, and what follows.
        reason: String,
    },
}

impl ExposureStep {
    /// Its word, for the log.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::TakeMeasure { .. } => "measure_taken",
            Self::ChangeMeasure { .. } => "measure_changed",
            Self::EndMeasure { .. } => "measure_ended",
            Self::Demand { .. } => "demanded",
            Self::MeetDemand { .. } => "demand_met",
            Self::AskReview { .. } => "review_asked",
            Self::Uphold { .. } => "upheld",
            Self::Amend { .. } => "amended",
            Self::Withdraw { .. } => "withdrawn",
            Self::Draft { .. } => "drafted",
            Self::Write { .. } => "written",
            Self::Send { .. } => "sent",
            Self::SeeMiss { .. } => "miss_seen",
        }
    }

    /// Whether it can be taken when the decision was withdrawn: what ended and what was missed
    /// before is still noted.
    fn goes_after_withdrawal(&self) -> bool {
        match self {
            Self::EndMeasure { .. } | Self::SeeMiss { .. } => true,
            Self::TakeMeasure { .. }
            | Self::ChangeMeasure { .. }
            | Self::Demand { .. }
            | Self::MeetDemand { .. }
            | Self::AskReview { .. }
            | Self::Uphold { .. }
            | Self::Amend { .. }
            | Self::Withdraw { .. }
            | Self::Draft { .. }
            | Self::Write { .. }
            | Self::Send { .. } => false,
        }
    }
}

/// Takes a step on an exposure decision. `figures` are what the records tell of the next period; a
/// draft alone uses them.
///
/// # Errors
/// Where the decision does not stand so that the step can be taken, or something is missing.
pub fn step(
    exposure: &Exposure,
    step: ExposureStep,
    by: &UserId,
    law: &Law,
    figures: Figures,
    now: Timestamp,
) -> Result<Exposure, ExposureError> {
    if let Some(withdrawal) = &exposure.withdrawal
        && !step.goes_after_withdrawal()
    {
        let at = withdrawal.notified_at;
        return Err(ExposureError::Withdrawn { step: step.word(), at });
    }
    let mut next = exposure.clone();
    next.revision += 1;
    let desk = &mut Desk { exposure: &mut next, by, law, now };
    match step {
        ExposureStep::TakeMeasure { measure } => desk.take_measure(measure)?,
        ExposureStep::ChangeMeasure { number, measure, reason } => {
            desk.change_measure(number, measure, &reason)?;
        }
        ExposureStep::EndMeasure { number, at, reason } => {
            desk.end_measure(number, at.unwrap_or(now), reason)?;
        }
        ExposureStep::Demand { decision, due } => desk.demand(decision, due)?,
        ExposureStep::MeetDemand { number, reason } => desk.meet_demand(number, &reason)?,
        ExposureStep::AskReview { asks, reason, at } => {
            desk.ask_review(asks, reason, at.unwrap_or(now))?;
        }
        ExposureStep::Uphold { decision } => desk.uphold(&decision)?,
        ExposureStep::Amend { decision, lifts } => desk.amend(decision, &lifts)?,
        ExposureStep::Withdraw { decision } => desk.withdraw(decision)?,
        ExposureStep::Draft { answers } => desk.draft(answers, figures)?,
        ExposureStep::Write { done, intended } => desk.write(done, intended)?,
        ExposureStep::Send { sha256, handed_over } => desk.send(sha256, handed_over)?,
        ExposureStep::SeeMiss { obligation, reason } => desk.see_miss(obligation, &reason)?,
    }
    Ok(next)
}

/// Notes that warnings went out.
#[must_use]
pub fn warned(exposure: &Exposure, warnings: &[Warned], now: Timestamp) -> Exposure {
    let mut next = exposure.clone();
    next.revision += 1;
    for warning in warnings {
        next.warned.push(*warning);
        let (kind, days) = match warning.days {
            0 => (ExposureEventKind::Missed, String::new()),
            days => (ExposureEventKind::Warned, days.to_string()),
        };
        note(&mut next, kind, None, &warning.obligation.to_string(), &days, now);
    }
    next
}

fn note(
    exposure: &mut Exposure,
    kind: ExposureEventKind,
    by: Option<&UserId>,
    about: &str,
    words: &str,
    at: Timestamp,
) {
    let (about, note) = (about.to_owned(), words.to_owned());
    push_bounded(&mut exposure.events, ExposureEvent { at, by: by.cloned(), kind, about, note });
}

fn words(what: &'static str, remedy: &'static str, given: &str) -> Result<(), ExposureError> {
    if given.trim().is_empty() {
        return Err(ExposureError::Missing { what, remedy });
    }
    short(what, given, limits::REASON_BYTES)
}

fn short(what: &'static str, given: &str, limit: usize) -> Result<(), ExposureError> {
    let bytes = given.len();
    if bytes > limit { Err(ExposureError::TooLong { what, bytes, limit }) } else { Ok(()) }
}

fn room<T>(what: &'static str, of: &[T], limit: usize) -> Result<u32, ExposureError> {
    if of.len() >= limit {
        return Err(ExposureError::TooMany { what, limit });
    }
    Ok(u32::try_from(of.len() + 1).unwrap_or(u32::MAX))
}

/// Checks what an authority decided; `earliest` is the decision that it follows.
fn announced(
    decision: &Announcement,
    earliest: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), ExposureError> {
    words("reference", "give the authority's reference", &decision.reference)?;
    short("reference", &decision.reference, limits::NAME_BYTES)?;
    words("says", "write the grounds, or what the decision says", &decision.says)?;
    happened("notified_at", decision.notified_at, earliest, now)
}

fn happened(
    what: &'static str,
    at: Timestamp,
    earliest: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), ExposureError> {
    if at > now {
        return Err(ExposureError::Future { what, at, now });
    }
    match earliest.filter(|earliest| at < *earliest) {
        Some(earliest) => Err(ExposureError::TooEarly { what, at, earliest }),
        None => Ok(()),
    }
}

/// Checks that a measure says everything that Art 5(3) asks about.
fn check_measure(terms: &MeasureTerms) -> Result<(), ExposureError> {
    words("title", "give the measure a short name", &terms.title)?;
    short("title", &terms.title, limits::NAME_BYTES)?;
    words("words", "say what is done", &terms.words)?;
    words("effect", "say how effective it is, and how that is known (Art 5(3)(a))", &terms.effect)?;
    let remedy = "say what it is limited to, so that it is targeted and no general monitoring \
                  (Art 5(3)(b), 5(8))";
    words("limits", remedy, &terms.limits)?;
    let remedy = "say how the rights of users are safeguarded (Art 5(3)(c), (d))";
    words("rights", remedy, &terms.rights)?;
    match &terms.worked {
        WorkedBy::People if !terms.rules.is_empty() => {
            return Err(ExposureError::RulesWithoutOversight);
        }
        WorkedBy::People => {}
        WorkedBy::Program { oversight } => {
            let remedy = "say which people oversee and verify it, and how (Art 5(3))";
            words("oversight", remedy, oversight)?;
        }
    }
    if terms.rules.len() > limits::MEASURE_RULES {
        return Err(ExposureError::TooMany { what: "rules", limit: limits::MEASURE_RULES });
    }
    match terms.until.filter(|until| *until <= terms.from) {
        Some(at) => Err(ExposureError::TooEarly { what: "until", at, earliest: terms.from }),
        None => Ok(()),
    }
}

/// A decision while a step is taken on it.
struct Desk<'a> {
    exposure: &'a mut Exposure,
    by: &'a UserId,
    law: &'a Law,
    now: Timestamp,
}

impl Desk<'_> {
    fn note(&mut self, kind: ExposureEventKind, about: &str, words: &str) {
        note(self.exposure, kind, Some(self.by), about, words, self.now);
    }

    fn take_measure(&mut self, terms: MeasureTerms) -> Result<(), ExposureError> {
        check_measure(&terms)?;
        let number = room("measures", &self.exposure.measures, limits::EXPOSURE_MEASURES)?;
        let title = terms.title.clone();
        let measure = SpecificMeasure { number, terms, ended_because: String::new() };
        self.exposure.measures.push(measure);
        self.note(ExposureEventKind::MeasureTaken, &number.to_string(), &title);
        Ok(())
    }

    fn measure(&mut self, number: u32) -> Result<&mut SpecificMeasure, ExposureError> {
        let found = self.exposure.measures.iter_mut().find(|one| one.number == number);
        let given = number.to_string();
        let measure = found.ok_or(ExposureError::NoSuch { what: "measure", given })?;
        if measure.ended_because.is_empty() {
            Ok(measure)
        } else {
            Err(ExposureError::Already { what: "the measure was ended" })
        }
    }

    fn change_measure(
        &mut self,
        number: u32,
        terms: MeasureTerms,
        reason: &str,
    ) -> Result<(), ExposureError> {
        check_measure(&terms)?;
        words("reason", "say why the measure changes", reason)?;
        self.measure(number)?.terms = terms;
        self.note(ExposureEventKind::MeasureChanged, &number.to_string(), reason);
        Ok(())
    }

    fn end_measure(
        &mut self,
        number: u32,
        at: Timestamp,
        reason: String,
    ) -> Result<(), ExposureError> {
        words("reason", "say why the measure ends", &reason)?;
        let measure = self.measure(number)?;
        if at < measure.terms.from {
            let earliest = measure.terms.from;
            return Err(ExposureError::TooEarly { what: "at", at, earliest });
        }
        measure.terms.until = Some(at);
        measure.ended_because.clone_from(&reason);
        self.note(ExposureEventKind::MeasureEnded, &number.to_string(), &reason);
        Ok(())
    }

    /// Checks a decision that follows the one on exposure.
    fn follows(&self, decision: &Announcement) -> Result<(), ExposureError> {
        announced(decision, Some(self.exposure.decision.notified_at), self.now)
    }

    fn demand(&mut self, decision: Announcement, due: Timestamp) -> Result<(), ExposureError> {
        self.follows(&decision)?;
        let number = room("demands", &self.exposure.demands, limits::EXPOSURE_ENTRIES)?;
        if due <= decision.notified_at {
            let (what, at, earliest) = ("due", due, decision.notified_at);
            return Err(ExposureError::TooEarly { what, at, earliest });
        }
        self.note(ExposureEventKind::Demanded, &number.to_string(), &decision.says);
        let demand = Demand { number, decision, due, met_at: None, lifted_at: None };
        self.exposure.demands.push(demand);
        Ok(())
    }

    fn open_demand(&mut self, number: u32) -> Result<&mut Demand, ExposureError> {
        let found = self.exposure.demands.iter_mut().find(|one| one.number == number);
        let given = number.to_string();
        let demand = found.ok_or(ExposureError::NoSuch { what: "demand", given })?;
        match (demand.met_at, demand.lifted_at) {
            (None, None) => Ok(demand),
            (Some(_), _) => Err(ExposureError::Already { what: "the demand was met" }),
            (None, Some(_)) => Err(ExposureError::Already { what: "the demand was lifted" }),
        }
    }

    fn meet_demand(&mut self, number: u32, reason: &str) -> Result<(), ExposureError> {
        words("reason", "say which measures meet the demand", reason)?;
        let now = self.now;
        self.open_demand(number)?.met_at = Some(now);
        self.note(ExposureEventKind::DemandMet, &number.to_string(), reason);
        Ok(())
    }

    fn ask_review(
        &mut self,
        asks: ReviewAsk,
        reason: String,
        asked_at: Timestamp,
    ) -> Result<(), ExposureError> {
        words("reason", "say why the decision should be looked at again", &reason)?;
        if self.exposure.open_review().is_some() {
            return Err(ExposureError::Already { what: "a review was asked for, and is open" });
        }
        happened("at", asked_at, Some(self.exposure.decision.notified_at), self.now)?;
        let number = room("requests", &self.exposure.reviews, limits::EXPOSURE_ENTRIES)?;
        self.note(ExposureEventKind::ReviewAsked, &number.to_string(), &reason);
        let (outcome, answered_at) = (None, None);
        let request = ReviewRequest { number, asks, reason, asked_at, outcome, answered_at };
        self.exposure.reviews.push(request);
        Ok(())
    }

    /// Ends the request that is open, if one is; a decision of before it does not answer it.
    fn answer(&mut self, outcome: ReviewOutcome, at: Timestamp) -> Option<u32> {
        let open = self.exposure.reviews.iter_mut().find(|one| one.outcome.is_none());
        let request = open.filter(|request| at >= request.asked_at)?;
        request.outcome = Some(outcome);
        request.answered_at = Some(at);
        Some(request.number)
    }

    fn uphold(&mut self, decision: &Announcement) -> Result<(), ExposureError> {
        self.follows(decision)?;
        let answered = self.answer(ReviewOutcome::Upheld, decision.notified_at);
        let number = answered.ok_or(ExposureError::NothingAsked)?;
        self.note(ExposureEventKind::Upheld, &number.to_string(), &decision.says);
        Ok(())
    }

    fn amend(&mut self, decision: Announcement, lifts: &[u32]) -> Result<(), ExposureError> {
        self.follows(&decision)?;
        room("amendments", &self.exposure.amendments, limits::EXPOSURE_ENTRIES)?;
        for number in lifts {
            self.open_demand(*number)?.lifted_at = Some(decision.notified_at);
        }
        self.answer(ReviewOutcome::Amended, decision.notified_at);
        self.note(ExposureEventKind::Amended, &decision.reference, &decision.says);
        self.exposure.amendments.push(decision);
        Ok(())
    }

    fn withdraw(&mut self, decision: Announcement) -> Result<(), ExposureError> {
        self.follows(&decision)?;
        self.answer(ReviewOutcome::Withdrawn, decision.notified_at);
        self.note(ExposureEventKind::Withdrawn, &decision.reference, &decision.says);
        self.exposure.withdrawal = Some(decision);
        self.exposure.draft = None;
        Ok(())
    }

    fn draft(
        &mut self,
        answers: Option<ObligationId>,
        figures: Figures,
    ) -> Result<(), ExposureError> {
        let open = self.exposure.open_obligations(self.law, self.now);
        let mut owed = open.iter().map(|one| one.id).filter(|id| id.is_report());
        let found = match answers {
            None => owed.next(),
            Some(asked) => owed.find(|id| *id == asked),
        };
        let named = || answers.map_or_else(String::new, |id| id.to_string());
        let answers = found.ok_or_else(|| ExposureError::NoReportOwed(named()))?;
        room("reports", &self.exposure.reports, limits::EXPOSURE_ENTRIES)?;
        let (from, to) = self.exposure.next_period(self.now);
        let (done, intended) = self
            .exposure
            .draft
            .take()
            .map_or_else(Default::default, |one| (one.done, one.intended));
        self.exposure.draft = Some(Draft { answers, from, to, done, intended, figures });
        self.note(ExposureEventKind::Drafted, &answers.to_string(), "");
        Ok(())
    }

    fn write(&mut self, done: String, intended: String) -> Result<(), ExposureError> {
        short("done", &done, limits::REASON_BYTES)?;
        short("intended", &intended, limits::REASON_BYTES)?;
        let draft = self.exposure.draft.as_mut().ok_or(ExposureError::NoDraft)?;
        (draft.done, draft.intended) = (done, intended);
        let about = draft.answers.to_string();
        self.note(ExposureEventKind::Written, &about, "");
        Ok(())
    }

    fn send(&mut self, sha256: String, handed_over: HandedOver) -> Result<(), ExposureError> {
        let draft = self.exposure.draft.as_ref().ok_or(ExposureError::NoDraft)?;
        words("done", "say which measures were taken and what came of them", &draft.done)?;
        let remedy = "say what the service intends to do; that nothing more is, if so";
        words("intended", remedy, &draft.intended)?;
        if let HandedOver::Person { how } = &handed_over {
            words("how", "say how and to whom the report was handed over", how)?;
        }
        let number = room("reports", &self.exposure.reports, limits::EXPOSURE_ENTRIES)?;
        let Draft { answers, from, to, .. } = *draft;
        let (sent_at, by) = (self.now, self.by.clone());
        let sent = SentReport { number, answers, from, to, sent_at, by, handed_over, sha256 };
        self.exposure.reports.push(sent);
        self.exposure.draft = None;
        self.note(ExposureEventKind::Sent, &answers.to_string(), "");
        Ok(())
    }

    fn see_miss(&mut self, obligation: ObligationId, reason: &str) -> Result<(), ExposureError> {
        let missed = self.exposure.unseen_misses(self.law, self.now);
        if !missed.iter().any(|one| one.id == obligation) {
            return Err(ExposureError::NothingMissed(obligation));
        }
        words("reason", "say why the time went by and what follows", reason)?;
        self.exposure.seen.push(obligation);
        self.note(ExposureEventKind::MissSeen, &obligation.to_string(), reason);
        Ok(())
    }
}
