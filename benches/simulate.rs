//! How fast the world is streamed, and in how much memory.
//!
//! Each size is measured by itself in a process of its own, since the peak of memory is counted for
//! a whole process: generation alone, generation with its lines of JSON, and the follows.

use benches::{Failure, cpu, line};
use simulate::world::{Parameters, World, write_item};
use std::hint::black_box;
use std::process::Command;

const SIZES: [(u32, &str); 3] =
    [(10_000, "10,000 accounts"), (1_000_000, "1 M accounts"), (10_000_000, "10 M accounts")];
/// Items that are written as JSON.
const WRITTEN: u64 = 1_000_000;
/// Items that a small world makes at least: memory shows only once a day has passed.
const ITEMS: u64 = 1_000_000;
/// Follows that each case makes at most.
const FOLLOWS: usize = 2_000_000;
/// Set for the process that measures one size.
const SIZE: &str = "SEAWALL_BENCH_ACCOUNTS";

fn main() -> Result<(), Failure> {
    if let Ok(accounts) = std::env::var(SIZE) {
        return measure(accounts.parse()?);
    }
    for (accounts, _) in SIZES {
        let status =
            Command::new(std::env::current_exe()?).env(SIZE, accounts.to_string()).status()?;
        if !status.success() {
            return Err(format!("{accounts} accounts could not be measured ({status})").into());
        }
    }
    Ok(())
}

fn measure(accounts: u32) -> Result<(), Failure> {
    let name = SIZES.iter().find(|(size, _)| *size == accounts).map_or("", |(_, name)| name);
    let world = world(accounts)?;
    let (seconds, count) = cpu::timed(|| generated(&world))?;
    line::measured("simulate", &format!("items, {name}"), count as f64 / seconds, "items/s/core");
    let (seconds, count) = cpu::timed(|| written(&world))?;
    let case = format!("items as JSON, {name}");
    line::measured("simulate", &case, count as f64 / seconds, "items/s/core");
    let (seconds, count) = cpu::timed(|| world.follows().take(FOLLOWS).map(black_box).count())?;
    let case = format!("follows, {name}");
    line::measured("simulate", &case, count as f64 / seconds, "follows/s/core");
    let case = format!("peak memory, {name}");
    line::measured("simulate", &case, peak_bytes()? as f64 / 1e6, "MB");
    Ok(())
}

/// A day where the world is large, and as many days as give enough items where it is small.
fn world(accounts: u32) -> Result<World, Failure> {
    let start = model::Timestamp::parse("2026-03-02T00:00:00Z")?;
    let days = (ITEMS / u64::from(accounts)).clamp(1, 100) as u32;
    Ok(World::new(Parameters::new(1, start, days, accounts))?)
}

fn generated(world: &World) -> u64 {
    let mut items = world.items();
    let mut count = 0;
    while let Some(item) = items.next() {
        black_box(item.row());
        count += 1;
    }
    count
}

fn written(world: &World) -> u64 {
    let mut items = world.items();
    let mut text = String::new();
    let mut count = 0;
    while let Some(item) = items.next() {
        text.clear();
        write_item(item, &mut text);
        black_box(&text);
        count += 1;
        if count == WRITTEN {
            break;
        }
    }
    count
}

/// The most memory that this process has held.
fn peak_bytes() -> Result<u64, Failure> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kib.map(|kib| kib * 1_024).ok_or_else(|| "the kernel does not tell the peak of memory".into())
}
