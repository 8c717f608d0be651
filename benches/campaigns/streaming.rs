//! Posts that come one by one.

use crate::{BENCH, SECOND_US, each_row, most_memory_mb};
use benches::{Failure, cpu, line};
use std::fs::File;
use std::path::Path;
use std::time::Instant;
use study::campaigns::stream::{Stream, StreamLimits, StreamRules};
use study::campaigns::traces::{TextRules, Trace};

/// What all ten minutes of ten thousand posts a second take.
const ACTIONS: usize = 16_000_000;

/// The posts of a file, all traces within a minute and within ten minutes; similar texts are looked
/// for within a minute, which with so many posts is what the limit on texts allows.
pub fn stream(path: &Path, per_s: u32) -> Result<(), Failure> {
    let rules = StreamRules {
        traces: Trace::ALL.to_vec(),
        windows_us: vec![60 * SECOND_US, 600 * SECOND_US],
        lateness_us: 5 * SECOND_US,
        texts: TextRules { remember_us: 60 * SECOND_US, ..TextRules::default() },
        limits: StreamLimits { actions: ACTIONS, ..StreamLimits::default() },
        seed: 1,
    };
    let mut stream = Stream::new(&rules);
    let mut queue = Queue::new(per_s)?;
    let file = File::open(path)?;
    let (seconds, done) = cpu::timed(|| {
        each_row(file, |row| {
            let begin = Instant::now();
            stream.post(row, row.at_us);
            queue.took(begin);
        })
    })?;
    done?;
    let notes = stream.notes();
    eprintln!("{notes:?}");
    let case = format!("{per_s} posts/s one by one, all traces, 600 s");
    let tell = |what: &str, value: f64, unit: &str| {
        line::measured(BENCH, &format!("{case}{what}"), value, unit);
    };
    tell("", notes.posts as f64 / seconds, "posts/CPU s");
    tell(": 50 % latency", queue.latency_ms(0.5), "ms");
    tell(": 99 % latency", queue.latency_ms(0.99), "ms");
    tell(": 99.9 % latency", queue.latency_ms(0.999), "ms");
    tell(": longest latency", queue.latency_ms(1.0), "ms");
    tell(": most memory", most_memory_mb()?, "MB");
    Ok(())
}

/// Work that takes longer than this may have been held up by other programs.
const LONG_NS: u64 = 200_000;

/// Posts that come at even intervals and wait until those before them are done. The time in which
/// other programs had the processor is not counted.
struct Queue {
    interval_ns: u64,
    free_ns: u64,
    held_up_ns: u64,
    latencies_ns: Vec<u32>,
}

impl Queue {
    fn new(per_s: u32) -> Result<Self, Failure> {
        let (held_up_ns, interval_ns) = (held_up_ns()?, 1_000_000_000 / u64::from(per_s));
        Ok(Self { interval_ns, free_ns: 0, held_up_ns, latencies_ns: Vec::new() })
    }

    fn took(&mut self, begin: Instant) {
        let mut took_ns = begin.elapsed().as_nanos() as u64;
        if took_ns > LONG_NS {
            let held_up_ns = held_up_ns().unwrap_or(self.held_up_ns);
            took_ns = took_ns.saturating_sub(held_up_ns - self.held_up_ns);
            self.held_up_ns = held_up_ns;
        }
        let came_ns = self.latencies_ns.len() as u64 * self.interval_ns;
        self.free_ns = self.free_ns.max(came_ns) + took_ns;
        let latency_ns = self.free_ns - came_ns;
        self.latencies_ns.push(u32::try_from(latency_ns).unwrap_or(u32::MAX));
    }

    /// The latency, up to four seconds, that this share of the posts do not exceed; of at least one
    /// post.
    fn latency_ms(&mut self, share: f64) -> f64 {
        self.latencies_ns.sort_unstable();
        let place = ((self.latencies_ns.len() - 1) as f64 * share) as usize;
        self.latencies_ns[place] as f64 / 1e6
    }
}

/// For how long this thread has waited for a processor so far, as Linux counts it.
fn held_up_ns() -> Result<u64, Failure> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split_whitespace().nth(1).ok_or("no second field in schedstat")?.parse()?)
}
