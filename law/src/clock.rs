//! Clocks: by when something is owed, and where a clock stands.
//!
//! Periods in hours are elapsed time: an hour is an hour also in the night when clocks are put
//! forward. Periods in days, weeks, months and years are calendar time in the time zone of whoever
//! owes: they end on the day with the same number, or the last of the month where there is none, at
//! the time of day at which they began. The common rule for periods of Union law (Regulation
//! 1182/71, Article 3) lets such a period run to the end of that day, so that what is worked out
//! here is never later than the law allows.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// A length of time as a law gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// So many times 60 seconds.
    Minutes(u16),
    /// So many times 3,600 seconds.
    Hours(u16),
    /// So many calendar days.
    Days(u16),
    /// So many times seven calendar days.
    Weeks(u16),
    /// So many calendar months.
    Months(u16),
    /// So many calendar years.
    Years(u16),
}

impl Period {
    /// When a period that begins at `from` is over, in the calendar of `zone`.
    ///
    /// A time of day that does not exist on that day, since clocks were put forward, stands for the
    /// moment at which they were; of one that comes twice the first is meant. What would lie
    /// beyond the accepted years ends with them.
    #[must_use]
    pub fn after(self, from: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Minutes(minutes) => from.plus_seconds(i64::from(minutes) * 60),
            Self::Hours(hours) => from.plus_seconds(i64::from(hours) * 3_600),
            Self::Days(days) => calendar(from, i64::from(days).days(), zone),
            Self::Weeks(weeks) => calendar(from, i64::from(weeks).weeks(), zone),
            Self::Months(months) => calendar(from, i64::from(months).months(), zone),
            Self::Years(years) => calendar(from, i64::from(years).years(), zone),
        }
    }
}

impl Period {
    /// So many of it, one after the other; what would be too long ends with the longest.
    #[must_use]
    pub fn times(self, count: u16) -> Self {
        match self {
            Self::Minutes(minutes) => Self::Minutes(minutes.saturating_mul(count)),
            Self::Hours(hours) => Self::Hours(hours.saturating_mul(count)),
            Self::Days(days) => Self::Days(days.saturating_mul(count)),
            Self::Weeks(weeks) => Self::Weeks(weeks.saturating_mul(count)),
            Self::Months(months) => Self::Months(months.saturating_mul(count)),
            Self::Years(years) => Self::Years(years.saturating_mul(count)),
        }
    }
}

fn calendar(from: Timestamp, span: Span, zone: &TimeZone) -> Timestamp {
    let latest = || from.plus_seconds(i64::MAX);
    let Ok(instant) = jiff::Timestamp::from_microsecond(from.micros()) else { return latest() };
    let Ok(civil) = zone.to_datetime(instant).checked_add(span) else { return latest() };
    let Some(ended) = first_of(civil, zone) else { return latest() };
    Timestamp::from_micros(ended.as_microsecond()).unwrap_or_else(|_| latest())
}

/// The instant of a time of day: the first of two, and for one that was left out the moment at
/// which clocks were put forward.
fn first_of(civil: DateTime, zone: &TimeZone) -> Option<jiff::Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    if !ambiguous.is_ambiguous() || zone.to_datetime(ambiguous.earlier().ok()?) == civil {
        return ambiguous.earlier().ok();
    }
    let before = ambiguous.earlier().ok()?;
    zone.following(before).next().map(|change| change.timestamp())
}

/// Why a clock stands still (TCO Art 3(7) and (8)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Force majeure, or something is impossible in fact and not by the service's doing (Art 3(7)).
    Impossible,
    /// The order has manifest errors (Art 3(8)).
    ManifestErrors,
    /// The order does not say enough to be carried out (Art 3(8)).
    InsufficientInformation,
}

impl Ground {
    /// Every ground, in the order of the law.
    pub const ALL: [Self; 3] =
        [Self::Impossible, Self::ManifestErrors, Self::InsufficientInformation];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Impossible => "impossible",
            Self::ManifestErrors => "manifest_errors",
            Self::InsufficientInformation => "insufficient_information",
        }
    }

    /// The ground of that word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.as_str() == word)
    }

    /// Its code on the form of Annex III.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Impossible => "FORCE_MAJEURE_OR_DE_FACTO_IMPOSSIBILITY",
            Self::ManifestErrors => "MANIFEST_ERRORS",
            Self::InsufficientInformation => "INSUFFICIENT_INFORMATION",
        }
    }
}

/// A time during which a clock stood still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Stop {
    /// Why.
    pub ground: Ground,
    /// From when on.
    pub from: Timestamp,
    /// When the ground ceased or the clarification arrived; none while it stands still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A clock that runs against whoever owes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Clock {
    /// When it was started.
    pub started: Timestamp,
    /// When what is owed is due, counted from the last start; it says nothing while the clock
    /// stands still.
    pub due: Timestamp,
    /// When it stood still, oldest first.
    #[serde(default)]
    pub stops: Vec<Stop>,
    /// When what was owed was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<Timestamp>,
    /// When a due time first went by with nothing done and no ground to stand still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<Timestamp>,
}

/// Where a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It runs; due then.
    Running {
        /// When it is due.
        due: Timestamp,
    },
    /// It stands still.
    Stopped {
        /// Why.
        ground: Ground,
        /// Since when.
        since: Timestamp,
    },
    /// What was owed was done in time.
    Met {
        /// When it was done.
        at: Timestamp,
    },
    /// The due time went by.
    Missed {
        /// When it was due.
        due: Timestamp,
        /// When it was done, if it was.
        at: Option<Timestamp>,
    },
}

/// Why a clock was not moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockProblem {
    /// What was owed was done.
    #[error("what was owed was done at {at}: the clock has ended")]
    Ended {
        /// When.
        at: Timestamp,
    },
    /// It stands still already.
    #[error("the clock stands still already, since {since}")]
    Stands {
        /// Since when.
        since: Timestamp,
    },
    /// It runs.
    #[error("the clock runs: only one that stands still is started again")]
    Runs,
    /// The time lies before the last event of the clock.
    #[error("{at} lies before {last}, when the clock last changed")]
    Backwards {
        /// The time given.
        at: Timestamp,
        /// The last event.
        last: Timestamp,
    },
    /// The time has not come.
    #[error("{at} has not come: it is {now}")]
    Future {
        /// The time given.
        at: Timestamp,
        /// The time now.
        now: Timestamp,
    },
}

impl Clock {
    /// Starts a clock.
    #[must_use]
    pub fn start(at: Timestamp, period: Period, zone: &TimeZone) -> Self {
        let due = period.after(at, zone);
        Self { started: at, due, stops: Vec::new(), met: None, missed: None }
    }

    /// Where it stands at `now`.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        if let Some(due) = self.missed {
            return Standing::Missed { due, at: self.met };
        }
        if let Some(at) = self.met {
            return Standing::Met { at };
        }
        match self.stops.last() {
            Some(Stop { ground, from, until: None }) => {
                Standing::Stopped { ground: *ground, since: *from }
            }
            _ if self.due < now => Standing::Missed { due: self.due, at: None },
            _ => Standing::Running { due: self.due },
        }
    }

    /// Whether what was due is not done yet, also while it is stopped or has run out.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.met.is_none()
    }

    /// Stops it on a ground of the law. A due time that went by before stays missed.
    ///
    /// # Errors
    /// Where it has ended, stands still already, or the time is not one at which it ran.
    pub fn stop(
        &mut self,
        ground: Ground,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<(), ClockProblem> {
        self.check(at, now)?;
        if let Some(Stop { from, until: None, .. }) = self.stops.last() {
            return Err(ClockProblem::Stands { since: *from });
        }
        self.miss(at);
        self.stops.push(Stop { ground, from: at, until: None });
        Ok(())
    }

    /// Starts it again, with its whole period: the law counts from the moment at which the ground
    /// ceased or the clarification arrived.
    ///
    /// # Errors
    /// Where it has ended, runs, or the time lies before the stop or has not come.
    pub fn restart(
        &mut self,
        at: Timestamp,
        now: Timestamp,
        period: Period,
        zone: &TimeZone,
    ) -> Result<(), ClockProblem> {
        self.check(at, now)?;
        let Some(stop) = self.stops.last_mut().filter(|stop| stop.until.is_none()) else {
            return Err(ClockProblem::Runs);
        };
        stop.until = Some(at);
        self.due = period.after(at, zone);
        Ok(())
    }

    /// Ends it: what was owed was done.
    ///
    /// # Errors
    /// Where it has ended, or the time lies before its last event or has not come.
    pub fn end(&mut self, at: Timestamp, now: Timestamp) -> Result<(), ClockProblem> {
        self.check(at, now)?;
        match self.stops.last_mut().filter(|stop| stop.until.is_none()) {
            Some(stop) => stop.until = Some(at),
            None => self.miss(at),
        }
        self.met = Some(at);
        Ok(())
    }

    fn miss(&mut self, at: Timestamp) {
        if self.missed.is_none() && at > self.due {
            self.missed = Some(self.due);
        }
    }

    fn check(&self, at: Timestamp, now: Timestamp) -> Result<(), ClockProblem> {
        if let Some(at) = self.met {
            return Err(ClockProblem::Ended { at });
        }
        if at > now {
            return Err(ClockProblem::Future { at, now });
        }
        let last = self.stops.last().map_or(self.started, |stop| stop.until.unwrap_or(stop.from));
        if at < last { Err(ClockProblem::Backwards { at, last }) } else { Ok(()) }
    }
}
