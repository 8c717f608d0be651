//! What waits for its turn. Most comes in order, and is only put behind the last.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Things from the smallest on, whatever the order in which they came.
#[derive(Debug)]
pub(super) struct Queue<T> {
    in_order: VecDeque<T>,
    /// What came when a greater one was in order already.
    others: BinaryHeap<Reverse<T>>,
}

impl<T: Ord> Queue<T> {
    pub(super) fn new() -> Self {
        Self { in_order: VecDeque::new(), others: BinaryHeap::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.in_order.len() + self.others.len()
    }

    pub(super) fn push(&mut self, new: T) {
        if self.in_order.back().is_none_or(|last| *last <= new) {
            self.in_order.push_back(new);
        } else {
            self.others.push(Reverse(new));
        }
    }

    /// The smallest.
    pub(super) fn peek(&self) -> Option<&T> {
        let others = self.others.peek().map(|Reverse(other)| other);
        self.in_order.front().into_iter().chain(others).min()
    }

    /// Takes the smallest out.
    pub(super) fn pop(&mut self) -> Option<T> {
        let other = self.others.peek().map(|Reverse(other)| other);
        match (self.in_order.front(), other) {
            (Some(first), Some(other)) if other < first => self.others.pop().map(|of| of.0),
            (None, _) => self.others.pop().map(|of| of.0),
            (Some(_), _) => self.in_order.pop_front(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Numbers come, and where there is none the smallest goes.
        #[test]
        fn the_smallest_is_always_first(steps in proptest::collection::vec(
            prop_oneof![3 => (0_u8..20).prop_map(Some), 2 => Just(None)],
            0..60,
        )) {
            let (mut queue, mut sorted) = (Queue::new(), Vec::new());
            for step in steps {
                match step {
                    Some(new) => {
                        queue.push(new);
                        sorted.push(new);
                        sorted.sort_unstable();
                    }
                    None if sorted.is_empty() => prop_assert_eq!(queue.pop(), None),
                    None => prop_assert_eq!(queue.pop(), Some(sorted.remove(0))),
                }
                prop_assert_eq!(queue.peek(), sorted.first());
                prop_assert_eq!(queue.len(), sorted.len());
            }
        }
    }
}
