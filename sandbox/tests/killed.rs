//! A pool whose workers are killed goes on. By itself in a process, because it kills every worker.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use sandbox::{Options, Pool};
use std::process::Command;
use std::time::{Duration, Instant};

/// Processes that this one started and that have not ended.
fn workers_of_this_process() -> Vec<i32> {
    let me = std::process::id();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id: &i32| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // The name stands in brackets and may hold anything; state and parent follow.
        let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let mut fields = rest.split(' ');
        fields.next() != Some("Z") && fields.next().and_then(|id| id.parse().ok()) == Some(me)
    })
    .collect()
}

#[test]
fn a_pool_whose_workers_were_killed_starts_others() {
    let program = env!("CARGO_BIN_EXE_sandbox-worker").into();
    let pool = Pool::start(Options { program, ..Options::of_this_program().unwrap() }).unwrap();
    for round in 0..5 {
        assert!(pool.measure(b"words").is_ok(), "round {round}");
        let workers = workers_of_this_process();
        assert_eq!(workers.len(), 1, "one worker waits");
        let killed = Command::new("sh").args(["-c", &format!("kill -9 {}", workers[0])]).status();
        assert!(killed.unwrap().success());
        let since = Instant::now();
        while workers_of_this_process().contains(&workers[0]) {
            assert!(since.elapsed() < Duration::from_secs(20), "it was killed and lives");
        }
    }
}
