//! The looks of a worker: one every so often, until the server stops.

use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// When a worker looks for what there is to do. The first look is at once; one that took longer
/// than the time between two is followed by a whole wait.
pub struct Looks {
    ticks: Interval,
    stopped: watch::Receiver<bool>,
}

impl Looks {
    /// Begins now.
    pub fn new(every: Duration, stopped: &watch::Receiver<bool>) -> Self {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { ticks, stopped: stopped.clone() }
    }

    /// Waits for the next look; `false` where the server stops.
    pub async fn next(&mut self) -> bool {
        tokio::select! {
            _ = self.stopped.changed() => false,
            _ = self.ticks.tick() => true,
        }
    }

    /// Whether the server stops, for a look that lasts.
    pub fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }
}
