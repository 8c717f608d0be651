//! Times as UTC instants in whole microseconds.

use crate::limits;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// An instant in UTC, in microseconds since 1970-01-01T00:00:00Z, between the years 1970 and 2200.
///
/// Written as RFC 3339 with `Z`. A time zone offset is accepted and converted; a time without one
/// is refused, because nobody can say when it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
pub struct Timestamp(i64);

/// Why a text or number is not an accepted time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeProblem {
    /// The text is no RFC 3339 time with an offset.
    #[error("`{given}` is not a time: write it as 2026-01-31T13:20:00Z, with its offset ({why})")]
    Unreadable {
        /// What was given.
        given: String,
        /// What the parser said.
        why: String,
    },
    /// The time lies outside the years 1970 to 2200.
    #[error("{given} lies outside the accepted years 1970 to 2200")]
    OutOfRange {
        /// What was given.
        given: String,
    },
}

impl Timestamp {
    /// Takes microseconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// Where the instant lies outside the years 1970 to 2200.
    pub fn from_micros(micros: i64) -> Result<Self, TimeProblem> {
        if (limits::TIME_MIN_US..limits::TIME_MAX_US).contains(&micros) {
            Ok(Self(micros))
        } else {
            Err(TimeProblem::OutOfRange { given: format!("{micros} µs") })
        }
    }

    /// Reads an RFC 3339 time with an offset.
    ///
    /// # Errors
    /// Where the text is no such time, or lies outside the accepted years.
    pub fn parse(text: &str) -> Result<Self, TimeProblem> {
        if text.len() > 64 {
            let given = text.chars().take(32).collect::<String>() + "…";
            return Err(TimeProblem::Unreadable { given, why: "too long".into() });
        }
        match text.parse::<jiff::Timestamp>() {
            Ok(instant) => Self::from_micros(instant.as_microsecond())
                .map_err(|_| TimeProblem::OutOfRange { given: text.into() }),
            Err(error) => {
                Err(TimeProblem::Unreadable { given: text.into(), why: error.to_string() })
            }
        }
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0
    }

    /// The instant so many seconds later (earlier where negative), kept within the accepted years.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let micros = self.0.saturating_add(seconds.saturating_mul(1_000_000));
        Self(micros.clamp(limits::TIME_MIN_US, limits::TIME_MAX_US - 1))
    }

    /// Whole seconds from `earlier` to this instant, negative where it lies before.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(1_000_000)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(instant) => write!(f, "{instant}"),
            Err(_) => write!(f, "{} µs", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_utc() {
        for (given, written) in [
            ("2026-01-01T01:13:20Z", "2026-01-01T01:13:20Z"),
            ("2026-01-01T03:13:20+02:00", "2026-01-01T01:13:20Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("2026-06-30T23:59:59.123456Z", "2026-06-30T23:59:59.123456Z"),
        ] {
            assert_eq!(Timestamp::parse(given).unwrap().to_string(), written);
        }
    }

    #[test]
    fn refuses_absurd_times() {
        for given in [
            "",
            "yesterday",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "1969-12-31T23:59:59Z",
            "9999-12-31T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "-000001-01-01T00:00:00Z",
        ] {
            assert!(Timestamp::parse(given).is_err(), "{given}");
        }
    }
}
