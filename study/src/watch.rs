//! How a long study says how far it is, is stopped, and goes on later.

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    /// Go on.
    On,
    /// Stop at the next chance.
    Stop,
}

/// The study was stopped before its end. What it had done so far is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the study was stopped before its end")]
pub struct Stopped;

/// Who looks on while a study runs.
///
/// A study is cut into parts that are each done in one go. It hands every finished part to
/// [`Watch::keep`] as JSON, and asks [`Watch::kept`] before it begins one, so that a study that was
/// stopped or killed goes on after its last finished part. Kept parts belong to one dataset and one
/// set of parameters; the caller sees to it that they are not given to another.
pub trait Watch {
    /// Hears that so many of so many steps of a stage are done, and says whether to go on. The name
    /// of a stage is a word of `snake_case`; called at least about once a second.
    fn progress(&mut self, stage: &'static str, done: u64, total: u64) -> Go;

    /// The part of that name that was kept, if it was.
    fn kept(&mut self, _part: &str) -> Option<String> {
        None
    }

    /// Keeps a finished part.
    fn keep(&mut self, _part: &str, _json: &str) {}
}

/// Nobody looks on; nothing is kept.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn progress(&mut self, _stage: &'static str, _done: u64, _total: u64) -> Go {
        Go::On
    }
}

/// Stops everything at its first step.
#[cfg(test)]
pub(crate) struct Impatient;

#[cfg(test)]
impl Watch for Impatient {
    fn progress(&mut self, _stage: &'static str, _done: u64, _total: u64) -> Go {
        Go::Stop
    }
}

/// Says how far a stage is, and gives an error where it is to stop.
///
/// # Errors
/// [`Stopped`] where the watcher says so.
pub fn step(
    watch: &mut dyn Watch,
    stage: &'static str,
    done: u64,
    total: u64,
) -> Result<(), Stopped> {
    match watch.progress(stage, done, total) {
        Go::On => Ok(()),
        Go::Stop => Err(Stopped),
    }
}
