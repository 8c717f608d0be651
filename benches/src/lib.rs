//! What the benchmark programs share: input, processor time, the server, load, and lines of output.
//!
//! Each program beside this folder prints one JSON object a line; `cargo xtask bench` runs them,
//! sets the values of peers (`peers/`) beside theirs, and prints a table. Processor time is what is
//! measured wherever the figure is one for each core, because it holds on a machine that others
//! use too.

pub mod cpu;
pub mod input;
pub mod line;
pub mod load;
pub mod server;
pub mod terms;

/// Why a benchmark could not be run, in words.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The middle value, or the mean of the two middle ones; 0 of none.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[odd / 2],
        even => f64::midpoint(values[even / 2 - 1], values[even / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_in_the_middle() {
        for (values, wanted) in [
            (vec![], 0.0),
            (vec![3.0], 3.0),
            (vec![9.0, 1.0, 2.0], 2.0),
            (vec![4.0, 1.0, 2.0, 3.0], 2.5),
        ] {
            assert!((median(values.clone()) - wanted).abs() < 1e-9, "{values:?}");
        }
    }
}
