//! Intervals, tails, false-discovery control and agreement.
