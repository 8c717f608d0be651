//! `seawall study stream`: accounts that act together, while their items come.

use super::Failure;
use crate::exit::Exit;
use clap::Args;
use history::{ActionLine, ItemRow, Rows};
use model::Timestamp;
use serde_json::{Value, json};
use std::io::{StdoutLock, Write};
use study::Unwatched;
use study::campaigns::stream::{Stream, StreamLimits, StreamRules};
use study::campaigns::traces::{TextRules, Trace};
use study::dataset::{FollowRow, ProfileRow};

/// Which pairs are looked for, and when they are told.
#[derive(Debug, Args)]
pub struct StreamArguments {
    /// What accounts do together, as many times as wanted: repost, text, similar_text, link, reply,
    /// hashtag, image. Without it, all of them.
    #[arg(long = "trace", value_name = "TRACE", value_parser = trace)]
    traces: Vec<Trace>,
    /// At most so many seconds between two actions, both ends included; as many times as wanted.
    #[arg(long = "window", value_name = "SECONDS", default_values_t = [60])]
    windows: Vec<u32>,
    /// Items may come so many seconds after later ones; all are held back for as long.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    lateness: u32,
    /// On so many distinct objects at least.
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    objects: u32,
    /// Tell what was found and begin anew after so many seconds of the items' time; 0 tells it at
    /// the end alone.
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
    every: u32,
}

fn trace(word: &str) -> Result<Trace, String> {
    let known = Trace::ALL.into_iter().find(|trace| trace.as_str() == word);
    known.ok_or_else(|| Trace::ALL.map(Trace::as_str).join(", "))
}

/// Reads items from standard input to its end, and tells pairs on standard output.
///
/// # Errors
/// Where lines cannot be read, or nobody reads what is told.
pub fn run(told: &StreamArguments) -> Result<Exit, Failure> {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(|error| Failure::plain(error.to_string()))?;
    let rules = rules(told, u64::from_le_bytes(seed))?;
    let mut live = Live {
        stream: Stream::new(&rules),
        rules,
        objects: told.objects,
        every_us: i64::from(told.every) * 1_000_000,
        next_us: None,
        clock: engine::Clock::system(),
        out: std::io::stdout().lock(),
    };
    let input = std::io::stdin().lock();
    let read = history::read::read_items("standard input", input, &mut live, &mut Unwatched);
    // What came before a line that cannot be read is told all the same; the end says that it is not
    // all.
    live.stream.finish();
    live.tell().map_err(|error| Failure::plain(error.to_string()))?;
    live.end(read.is_ok()).map_err(|error| Failure::plain(error.to_string()))?;
    read.map_err(|error| Failure::plain(error.to_string()))?;
    Ok(Exit::Clean)
}

fn rules(told: &StreamArguments, seed: u64) -> Result<StreamRules, Failure> {
    let once = |traces: &[Trace]| -> Vec<Trace> {
        Trace::ALL.into_iter().filter(|trace| traces.contains(trace)).collect()
    };
    let traces = if told.traces.is_empty() { Trace::ALL.to_vec() } else { once(&told.traces) };
    let mut windows = told.windows.clone();
    windows.sort_unstable();
    windows.dedup();
    if windows.iter().any(|seconds| !(1..=86_400).contains(seconds)) {
        return Err(Failure::plain("--window: 1 to 86400 seconds"));
    }
    let micros = |seconds: u32| i64::from(seconds) * 1_000_000;
    Ok(StreamRules {
        traces,
        windows_us: windows.into_iter().map(micros).collect(),
        lateness_us: micros(told.lateness),
        texts: TextRules::default(),
        limits: StreamLimits::default(),
        seed,
    })
}

/// A stream with where its findings go.
struct Live {
    stream: Stream,
    rules: StreamRules,
    objects: u32,
    every_us: i64,
    /// When pairs are told next, in the items' time; none before the first item.
    next_us: Option<i64>,
    clock: engine::Clock,
    out: StdoutLock<'static>,
}

impl Live {
    /// Tells the pairs since the last time and begins anew.
    fn tell(&mut self) -> std::io::Result<()> {
        let windows = self.rules.windows_us.iter();
        let asked = windows.flat_map(|us| self.rules.traces.iter().map(|trace| (*trace, *us)));
        for (trace, window_us) in asked {
            let Some(found) = self.stream.edges(trace, window_us) else { continue };
            for edge in found.edges.iter().filter(|edge| edge.objects >= self.objects) {
                let name = |number| self.stream.accounts().text(number);
                let (a, b) = (name(edge.a), name(edge.b));
                let (a, b) = if a <= b { (a, b) } else { (b, a) };
                let line = json!({
                    "trace": trace.as_str(), "window_s": window_us / 1_000_000, "a": a, "b": b,
                    "objects": edge.objects, "pairs": edge.pairs,
                    "first": time(edge.first_us), "last": time(edge.last_us),
                });
                writeln!(self.out, "{line}")?;
            }
        }
        self.stream.clear();
        self.out.flush()
    }

    /// Says what was left out so far, since a stream may have no end.
    fn so_far(&mut self) -> std::io::Result<()> {
        self.say(&json!({ "ended": false, "notes": self.stream.notes() }))
    }

    /// Says that there is no more, whether it is all, and what was left out.
    fn end(&mut self, whole: bool) -> std::io::Result<()> {
        self.say(&json!({ "ended": true, "whole": whole, "notes": self.stream.notes() }))
    }

    fn say(&mut self, line: &Value) -> std::io::Result<()> {
        writeln!(self.out, "{line}")?;
        self.out.flush()
    }
}

/// A time of an item; one that no calendar holds has none.
fn time(micros: i64) -> Option<String> {
    Timestamp::from_micros(micros).ok().map(|time| time.to_string())
}

impl Rows for Live {
    fn item(&mut self, row: &ItemRow<'_>) -> Result<(), history::Error> {
        let (now_us, at_us) = (self.clock.now().micros(), row.post.at_us);
        if at_us > now_us {
            // It passes no time. The stream decides whether it is left out.
            self.stream.post(&row.post, now_us);
            return Ok(());
        }
        let next_us = *self.next_us.get_or_insert(at_us.saturating_add(self.every_us));
        if self.every_us > 0 && at_us >= next_us {
            self.next_us = Some(at_us.saturating_add(self.every_us));
            let path = "standard output".into();
            let told = self.tell().and_then(|()| self.so_far());
            told.map_err(|source| history::Error::File { doing: "write", path, source })?;
        }
        self.stream.post(&row.post, now_us);
        Ok(())
    }

    fn account(&mut self, _: ProfileRow<'_>) -> Result<(), history::Error> {
        Ok(())
    }

    fn follow(&mut self, _: &FollowRow<'_>) -> Result<(), history::Error> {
        Ok(())
    }

    fn action(&mut self, _: &ActionLine<'_>) -> Result<(), history::Error> {
        Ok(())
    }
}
