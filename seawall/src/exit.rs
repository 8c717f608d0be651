//! Exit statuses, chosen here alone: as virus scanners have them.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; for `check`, nothing matched.
    Clean,
    /// For `check`, something matched; for `replay`, something differed.
    Found,
    /// Something went wrong; standard error says what.
    Error,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => Self::from(0),
            Exit::Found => Self::from(1),
            Exit::Error => Self::from(2),
        }
    }
}
