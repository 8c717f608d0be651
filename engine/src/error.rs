//! What can go wrong on the straight way, by what a caller does about it.

use store::VaultError;

/// The result of a call on the engine.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing.
    #[error("there is no {what} `{id}`")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// The id that was given.
        id: String,
    },
    /// The input is not acceptable; the text says where and what is.
    #[error("{place}: {problem}")]
    Invalid {
        /// The field.
        place: String,
        /// What is wrong and what is accepted.
        problem: String,
    },
    /// The desk refuses the step.
    #[error(transparent)]
    Review(#[from] review::ReviewError),
    /// The desk of orders refuses the step.
    #[error(transparent)]
    Order(#[from] review::orders::OrderError),
    /// The desk of threats refuses the step.
    #[error(transparent)]
    Threat(#[from] review::threats::ThreatError),
    /// The desk of exposure decisions refuses the step.
    #[error(transparent)]
    Exposure(#[from] review::exposures::ExposureError),
    /// The rules do not compile.
    #[error("{0}")]
    Rules(#[from] rules::RuleProblems),
    /// An idempotency key was used with another request.
    #[error("the idempotency key `{token}` was used with another request; use a fresh key")]
    KeyReused {
        /// The key.
        token: String,
    },
    /// The notifier was warned, went on, and is not heard for a time.
    #[error(
        "after a warning, the notices and appeals of this notifier are not dealt with until {until}"
    )]
    NotifierSuspended {
        /// Until when.
        until: model::Timestamp,
    },
    /// Somebody else changes the same thing all the time.
    #[error("somebody else is changing the same thing; read it again and retry")]
    Contended,
    /// The name, password or code is wrong, or the account is closed; which is not said.
    #[error("the name, the password or the code is wrong")]
    SignInRefused,
    /// Something joined a case since it was seen.
    #[error(
        "something joined the case {case} since you saw it; look at it again before you decide"
    )]
    SomethingJoined {
        /// The case.
        case: String,
    },
    /// Too much of it is asked for at once.
    #[error("too much is asked for at once; try again shortly")]
    Busy,
    /// Too many failed attempts.
    #[error("too many failed attempts; try again in {seconds} seconds")]
    SignInBlocked {
        /// Seconds to wait.
        seconds: i64,
    },
    /// The state failed.
    #[error(transparent)]
    Store(store::Error),
    /// The evidence files failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The sealed log does not hold.
    #[error("{0}")]
    Broken(#[from] audit::Broken),
    /// The tree of the log does not hold.
    #[error("{0}")]
    Tree(#[from] audit::tree::TreeBroken),
    /// The dataset of a study cannot be read; the text says where.
    #[error("{detail}")]
    Dataset {
        /// What is wrong, where, and the remedy.
        detail: String,
    },
    /// A worker thread ended early.
    #[error("a worker ended early: {detail}")]
    Worker {
        /// What is known of it.
        detail: String,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes: {detail}")]
    Random {
        /// What it said.
        detail: String,
    },
    /// A stored document cannot be read or written.
    #[error("a stored {what} cannot be read: {detail}")]
    Damaged {
        /// Which kind.
        what: &'static str,
        /// What is wrong with it.
        detail: String,
    },
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl Error {
    pub(crate) fn invalid(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { place: place.into(), problem: problem.into() }
    }

    pub(crate) fn is_conflict(&self) -> bool {
        match self {
            Self::Store(error) => error.is_conflict(),
            _ => false,
        }
    }
}
