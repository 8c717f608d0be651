//! Time and randomness, drawn at the edge and handed to the pure crates as values.

use crate::{Error, Result};
use model::Timestamp;
use std::fmt;
use std::sync::Arc;

/// What tells the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    ///
    /// # Panics
    /// Where the machine's clock stands outside the years 1970 to 2200.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(|| {
            Timestamp::from_micros(jiff::Timestamp::now().as_microsecond())
                .expect("the machine's clock stands between the years 1970 and 2200")
        })
    }

    /// A clock of the caller's, for rehearsals and tests.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Draws random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::Random { detail: error.to_string() })?;
    Ok(bytes)
}

/// Draws a UUID of version 7 for an instant, so that ids sort by time.
pub(crate) fn fresh(now: Timestamp) -> Result<uuid::Uuid> {
    let millis = u64::try_from(now.micros() / 1_000).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random::<10>()?).into_uuid())
}
