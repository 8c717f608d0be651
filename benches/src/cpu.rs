//! Processor time as Linux counts it, in `/proc`.

use crate::{Failure, median};
use std::fs::read_to_string;
use std::hint::black_box;

/// Ticks of a second in `/proc/PID/stat`: 100 on every architecture that Linux runs on today,
/// whatever the kernel's own clock does.
const TICKS: f64 = 100.0;

/// What a process has used, in seconds, to a hundredth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Used {
    /// By itself, in user and kernel.
    pub own_s: f64,
    /// By its children that have ended and were waited for.
    pub children_s: f64,
}

/// What a process has used so far; `self` is this one.
///
/// # Errors
/// Where there is no such process, or no `/proc`.
pub fn used(process: &str) -> Result<Used, Failure> {
    let text = read_to_string(format!("/proc/{process}/stat"))?;
    parse_stat(&text).ok_or_else(|| format!("/proc/{process}/stat cannot be read").into())
}

/// What this thread has used so far, in seconds, to a few milliseconds.
///
/// # Errors
/// Where the kernel does not count it.
pub fn thread_s() -> Result<f64, Failure> {
    let text = read_to_string("/proc/thread-self/schedstat")?;
    let nanos: u64 = text.split_whitespace().next().unwrap_or_default().parse()?;
    Ok(nanos as f64 / 1e9)
}

/// Processor seconds that this thread needs for some work, and what the work gave.
///
/// # Errors
/// Where the kernel does not count them.
pub fn timed<T>(work: impl FnOnce() -> T) -> Result<(f64, T), Failure> {
    let before = thread_s()?;
    let given = work();
    Ok((thread_s()? - before, given))
}

/// Processor time that one run of many calls takes at least, in seconds. The kernel brings its
/// count up to date every few milliseconds, which is one in a hundred of this.
const RUN_S: f64 = 0.3;
const RUNS: usize = 5;

/// Processor seconds of one call: the median of several runs of many calls.
///
/// # Errors
/// Where the kernel does not count them.
pub fn seconds_of<T>(mut work: impl FnMut() -> T) -> Result<f64, Failure> {
    let mut run = |calls: u64| timed(|| (0..calls).for_each(|_| drop(black_box(work()))));
    let mut calls = 1u64;
    while run(calls)?.0 < RUN_S {
        calls *= 2;
    }
    let runs: Result<Vec<f64>, Failure> =
        (0..RUNS).map(|_| Ok(run(calls)?.0 / calls as f64)).collect();
    Ok(median(runs?))
}

/// Memory that a process holds at present, in bytes.
///
/// # Errors
/// Where there is no such process, or no `/proc`.
pub fn resident_bytes(process: &str) -> Result<u64, Failure> {
    let text = read_to_string(format!("/proc/{process}/status"))?;
    parse_resident(&text).ok_or_else(|| format!("/proc/{process}/status cannot be read").into())
}

fn parse_stat(text: &str) -> Option<Used> {
    // The second field is the program's name, which may hold anything but ends at the last `)`.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let seconds = |user: u64, system: u64| (user + system) as f64 / TICKS;
    Some(Used {
        own_s: seconds(ticks(11)?, ticks(12)?),
        children_s: seconds(ticks(13)?, ticks(14)?),
    })
}

fn parse_resident(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stat_is_read_whatever_the_program_is_called() {
        let rest = "S 1 2 3 4 5 6 7 8 9 10 150 50 7 3 20 0";
        let wanted = Some(Used { own_s: 2.0, children_s: 0.1 });
        for name in ["seawall", "a b", "(x) y)"] {
            assert_eq!(parse_stat(&format!("41 ({name}) {rest}")), wanted, "{name}");
        }
        for wrong in ["", "41 (a", "41 (a) S 1", "41 (a) S 1 2 3 4 5 6 7 8 9 10 x 50 7 3"] {
            assert_eq!(parse_stat(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn memory_is_read_from_its_line() {
        assert_eq!(parse_resident("Name:\tx\nVmRSS:\t   120 kB\n"), Some(122_880));
        assert_eq!(parse_resident("Name:\tx\n"), None);
        assert_eq!(parse_resident("VmRSS:\t120 MB"), None);
    }

    #[test]
    fn work_takes_time() {
        let (first, sum) = timed(|| (0..20_000_000u64).fold(1, |a, b| a ^ (a << 1) ^ b)).unwrap();
        assert!(sum != 0 && first > 0.0);
        let each = seconds_of(|| (0..200_000u64).fold(1, |a, b| a ^ (a << 1) ^ b)).unwrap();
        assert!(each > 0.0 && each < 1.0, "{each}");
        assert!(used("self").unwrap().own_s >= 0.0);
        assert!(resident_bytes("self").unwrap() > 100_000);
    }
}
