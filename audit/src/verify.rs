//! Verification: does the log still hold what was sealed, and if not, where does it break?

use crate::encoding::{self, RecordError};
use crate::record::{Head, Record, decode};

/// The first record that does not hold, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {seq} does not hold: {why}")]
pub struct Broken {
    /// Its place in the chain, from 0, as its place in the log says.
    pub seq: u64,
    /// Why it does not hold.
    pub why: BrokenKind,
}

/// Why a record does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokenKind {
    /// Its bytes are not those that its hash was made from.
    #[error("its bytes do not have the hash that is stored with it")]
    Hash,
    /// Its bytes have the right hash, and are no record.
    #[error("{0}")]
    Encoding(#[from] RecordError),
    /// A later record stands in its place.
    #[error("record {found} stands in its place, so that records before it are missing")]
    Gap {
        /// The place that the record found bears.
        found: u64,
    },
    /// An earlier record stands in its place.
    #[error("record {found} stands in its place a second time")]
    Repeated {
        /// The place that the record found bears.
        found: u64,
    },
    /// It does not join on to the record before it.
    #[error("it does not bear the hash of the record before it")]
    Previous,
    /// The log ends before it.
    #[error("the log ends before it, and {expected} records are expected")]
    Missing {
        /// How many records are expected.
        expected: u64,
    },
    /// It is beyond the expected end.
    #[error("it is beyond the expected end of {expected} records")]
    Surplus {
        /// How many records are expected.
        expected: u64,
    },
    /// The chain is whole in itself, and another than the expected one at this record.
    #[error("it has another hash than expected here: it or a record before it was replaced")]
    Replaced,
    /// The log file says that it is larger than a record can be.
    #[error("the log gives it {bytes} bytes, more than a record can have")]
    FrameLength {
        /// The bytes given.
        bytes: u32,
    },
    /// The log file ends within it.
    #[error("the log ends within it")]
    Cut,
}

/// Walks a chain record by record and finds the first that does not hold.
///
/// After the first broken record every further call gives the same answer.
#[derive(Debug, Clone)]
pub struct Verifier {
    head: Head,
    earlier: Option<Head>,
    broken: Option<Broken>,
}

impl Default for Verifier {
    fn default() -> Self {
        Self::new()
    }
}

impl Verifier {
    /// Begins at the first record.
    #[must_use]
    pub fn new() -> Self {
        Self::after(Head::start())
    }

    /// Begins after records that were verified before, and ended at `head`.
    #[must_use]
    pub fn after(head: Head) -> Self {
        Self { head, earlier: None, broken: None }
    }

    /// Also requires that the chain once ended at `earlier`, as an older checkpoint says.
    #[must_use]
    pub fn containing(mut self, earlier: Head) -> Self {
        self.earlier = Some(earlier);
        self
    }

    /// Where the chain ends so far.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    /// Takes the next record of the log, with the hash that is stored with it, and gives it read.
    ///
    /// # Errors
    /// The first record that does not hold.
    pub fn push(&mut self, bytes: &[u8], stored_hash: &[u8]) -> Result<Record, Broken> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        match self.check(bytes, stored_hash) {
            Ok(record) => {
                self.head = Head { next: record.seq + 1, hash: record.hash };
                Ok(record)
            }
            Err(why) => Err(self.mark(self.head.next, why)),
        }
    }

    /// Ends the log, which must end at `expected` where that is known.
    ///
    /// Without an expected head a log that was cut at its end cannot be told from a whole one.
    ///
    /// # Errors
    /// The first record that does not hold.
    pub fn finish(self, expected: Option<&Head>) -> Result<Head, Broken> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        let head = self.head;
        if let Some(earlier) = self.earlier.filter(|earlier| earlier.next > head.next) {
            let why = BrokenKind::Missing { expected: earlier.next };
            return Err(Broken { seq: head.next, why });
        }
        match expected {
            Some(expected) => ends_at(head, *expected),
            None => Ok(head),
        }
    }

    /// Notes that the log breaks here, for a reason that its file shows.
    pub(crate) fn mark(&mut self, seq: u64, why: BrokenKind) -> Broken {
        let broken = Broken { seq, why };
        self.broken = Some(broken.clone());
        broken
    }

    fn check(&self, bytes: &[u8], stored_hash: &[u8]) -> Result<Record, BrokenKind> {
        // The hash comes first: bytes that were changed should be called changed, whatever they
        // now happen to mean.
        if encoding::hash(bytes).as_slice() != stored_hash {
            return Err(BrokenKind::Hash);
        }
        let record = decode(bytes)?;
        let found = record.seq;
        if found > self.head.next {
            return Err(BrokenKind::Gap { found });
        }
        if found < self.head.next {
            return Err(BrokenKind::Repeated { found });
        }
        if record.previous != self.head.hash {
            return Err(BrokenKind::Previous);
        }
        let is_last_of_earlier = |earlier: &Head| earlier.next.checked_sub(1) == Some(found);
        match self.earlier.filter(is_last_of_earlier) {
            Some(earlier) if earlier.hash != record.hash => Err(BrokenKind::Replaced),
            Some(_) | None => Ok(record),
        }
    }
}

fn ends_at(head: Head, expected: Head) -> Result<Head, Broken> {
    let broken = |seq, why| Err(Broken { seq, why });
    if head.next < expected.next {
        return broken(head.next, BrokenKind::Missing { expected: expected.next });
    }
    if head.next > expected.next {
        return broken(expected.next, BrokenKind::Surplus { expected: expected.next });
    }
    if head.hash != expected.hash {
        return broken(head.next.saturating_sub(1), BrokenKind::Replaced);
    }
    Ok(head)
}
