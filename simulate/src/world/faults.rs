//! Faults of delivery: what a real service's stream is like.

use super::dice::{Dice, Purpose};
use super::item::SimItem;
use super::parameters::Faults;
use super::people::People;
use std::collections::VecDeque;

const MINUTE_US: i64 = 60_000_000;
/// Items that wait to be delivered late or again.
const WAITING: usize = 256;
/// An item is late by at most this many.
const LATE: u64 = 60;

/// Puts faults into a stream.
#[derive(Debug, Clone)]
pub(super) struct Faulty {
    faults: Faults,
    dice: Dice,
    /// What is still to be delivered, each with the count of items at which it is due.
    waiting: VecDeque<(u64, SimItem)>,
    earlier: String,
    taken: SimItem,
}

impl Faulty {
    pub(super) fn new(people: &People) -> Self {
        Self {
            faults: people.parameters.faults,
            dice: people.dice(Purpose::Fault, 0),
            waiting: VecDeque::new(),
            earlier: String::new(),
            taken: SimItem::blank(),
        }
    }

    /// Whether something that waits is due.
    pub(super) fn due(&self, count: u64) -> bool {
        self.waiting.front().is_some_and(|(due, _)| *due <= count)
    }

    pub(super) fn take(&mut self) -> Option<&SimItem> {
        self.taken = self.waiting.pop_front()?.1;
        Some(&self.taken)
    }

    /// What still waits when the stream is over.
    pub(super) fn rest(&mut self) -> Option<&SimItem> {
        self.take()
    }

    /// Changes an item; false where it is not delivered now.
    pub(super) fn treat(&mut self, item: &mut SimItem, count: u64, people: &People) -> bool {
        let faults = self.faults;
        if self.dice.permille(faults.whole_minutes) {
            item.at_us = item.at_us.div_euclid(MINUTE_US) * MINUTE_US;
        }
        if self.dice.permille(faults.in_the_future) {
            let days = self.dice.between(1, 10) as i64;
            item.at_us = people.parameters.end_us() + days * 24 * 60 * MINUTE_US;
        }
        if self.dice.permille(faults.ids_reused) && !self.earlier.is_empty() {
            item.id.clone_from(&self.earlier);
        } else if self.dice.permille(100) {
            self.earlier.clone_from(&item.id);
        }
        if self.dice.permille(faults.delivered_twice) {
            self.later(item, count);
        }
        if self.dice.permille(faults.out_of_order) {
            return !self.later(item, count);
        }
        true
    }

    /// Keeps an item for later; false where too many wait already.
    fn later(&mut self, item: &SimItem, count: u64) -> bool {
        if self.waiting.len() >= WAITING {
            return false;
        }
        let due = count + self.dice.between(1, LATE);
        let at = self.waiting.partition_point(|(other, _)| *other <= due);
        self.waiting.insert(at, (due, item.clone()));
        true
    }
}
