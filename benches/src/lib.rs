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
pub mod world;

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

/// Numbers that look random (SplitMix64), so that every run has the same input.
pub fn numbers(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
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
