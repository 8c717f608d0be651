//! A scheduler and two executors, each a process of its own: plans give what they give on one
//! machine, also when an executor dies, or an error.

#![cfg(feature = "cluster")]
#![allow(clippy::unwrap_used)]

mod common;

use common::{START_US, forum};
use history::cluster::{ExecutorOptions, Reach, SchedulerOptions, run_executor, run_scheduler};
use history::engine::Bounds;
use history::folder::Folder;
use history::plans::{
    Among, EdgeQuestion, Period, Roll, Trace, activity, degrees, edges, hashtag_series, snowball,
};
use history::{Engine, Error};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const NODE: &str = "SEAWALL_TEST_NODE";
const ANY: &str = "127.0.0.1:0";

/// Not a test: what the processes of a cluster run.
#[test]
#[ignore = "the tests of this file run it as a process of its own"]
fn node() {
    let Ok(node) = std::env::var(NODE) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let started = |address: SocketAddr| println!("\nlistening {address}");
    let (reach, listen) = (Reach::ThisMachine, ANY.parse().unwrap());
    let run = async {
        match node.split_once(' ') {
            None => {
                let options = SchedulerOptions { listen, reach, gone_after_seconds: 10 };
                run_scheduler(&options, started).await
            }
            Some((scheduler, work)) => {
                let options = ExecutorOptions {
                    scheduler: scheduler.parse().unwrap(),
                    listen,
                    reach,
                    work: work.into(),
                    threads: 1,
                    memory_bytes: 1 << 28,
                };
                run_executor(&options, started).await
            }
        }
    };
    runtime.block_on(run).unwrap();
}

/// A process of a cluster; killed by its id when it is dropped.
struct Node {
    child: Child,
    address: SocketAddr,
}

impl Node {
    fn start(node: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["node", "--exact", "--ignored", "--nocapture"])
            .env(NODE, node)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| line.unwrap().strip_prefix("listening ")?.parse().ok())
            .expect("it says where it listens");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn executor(scheduler: &Self, work: &Path) -> Self {
        Self::start(&format!("{} {}", scheduler.address, work.display()))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The client, as soon as the scheduler has an executor.
async fn connect(scheduler: &Node, scratch: &Path) -> Engine {
    for _ in 0..300 {
        match Engine::cluster(scheduler.address, 4, scratch).await {
            Ok(engine) => return engine,
            Err(Error::Cluster { why, .. }) if why.contains("no executor") => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("no executor came");
}

fn local(scratch: &Path) -> Engine {
    let scratch = scratch.join("local");
    let bounds = Bounds { memory_bytes: 1 << 28, disk_bytes: 1 << 30, threads: 2, scratch };
    Engine::local(bounds).unwrap()
}

fn question(trace: Trace) -> EdgeQuestion {
    EdgeQuestion {
        trace,
        window_us: 600_000_000,
        objects_min: 2,
        period: Period { from_us: START_US, to_us: START_US + 5 * 3_600_000_000 },
        window_actions_max: 2_000,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_give_the_same_on_a_cluster() {
    let (path, folder, ..) = forum(7);
    let scratch = path.path().join("scratch");
    let scheduler = Node::start("scheduler");
    let _first = Node::executor(&scheduler, &path.path().join("first"));
    let _second = Node::executor(&scheduler, &path.path().join("second"));
    let (here, there) = (local(&scratch), connect(&scheduler, &scratch).await);
    for trace in Trace::ALL {
        let question = question(trace);
        let expected = edges(&here, &folder, &question).await.unwrap();
        assert_eq!(edges(&there, &folder, &question).await.unwrap(), expected, "{trace:?}");
    }
    let question = EdgeQuestion { window_actions_max: 2, ..question(Trace::Link) };
    let expected = edges(&here, &folder, &question).await.unwrap();
    assert!(!expected.left_out.is_empty());
    assert_eq!(edges(&there, &folder, &question).await.unwrap(), expected);
    let members = ["a3", "a1", "a4", "a59", "nobody"];
    for among in [Among::Everybody, Among::Members] {
        let expected = degrees(&here, &folder, &members, among).await.unwrap();
        assert!(!expected.is_empty());
        assert_eq!(degrees(&there, &folder, &members, among).await.unwrap(), expected);
    }
    for roll in [Roll::Followed, Roll::Followers] {
        let expected = snowball(&here, &folder, &members, roll).await.unwrap();
        assert!(!expected.is_empty());
        assert_eq!(snowball(&there, &folder, &members, roll).await.unwrap(), expected);
    }
    let expected = activity(&here, &folder, &Period::ALL).await.unwrap();
    assert_eq!(activity(&there, &folder, &Period::ALL).await.unwrap(), expected);
    let hour = 3_600_000_000;
    let expected = hashtag_series(&here, &folder, &Period::ALL, hour, 2).await.unwrap();
    let found = hashtag_series(&there, &folder, &Period::ALL, hour, 2).await.unwrap();
    assert_eq!(found, expected);
}

/// Whether an executor has written something for another one.
fn has_worked(work: &Path) -> bool {
    let jobs = std::fs::read_dir(work).into_iter().flatten().flatten();
    jobs.filter_map(|job| std::fs::read_dir(job.path()).ok()).any(|stages| stages.count() > 0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_executor_never_makes_a_part_a_whole() {
    let path = tempfile::tempdir().unwrap();
    let posts = common::posts(8, 60_000, 400, 24 * 3_600_000_000);
    common::write_posts(path.path(), &posts, 10_000);
    let folder = Folder::open(path.path()).unwrap();
    let scratch = path.path().join("scratch");
    let question = EdgeQuestion { period: Period::ALL, ..question(Trace::Hashtag) };
    let expected = edges(&local(&scratch), &folder, &question).await.unwrap();
    let scheduler = Node::start("scheduler");
    let work = path.path().join("second");
    let _first = Node::executor(&scheduler, &path.path().join("first"));
    let second = Node::executor(&scheduler, &work);
    let there = connect(&scheduler, &scratch).await;
    let kill = async {
        while !has_worked(&work) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        drop(second);
    };
    let run = async { tokio::join!(edges(&there, &folder, &question), kill) };
    let (found, ()) = tokio::time::timeout(Duration::from_secs(300), run).await.unwrap();
    match found {
        Ok(found) => assert_eq!(found, expected),
        Err(error) => {
            assert!(matches!(error, Error::Plan { .. } | Error::DoesNotFit { .. }), "{error}");
            eprintln!("an error, as it may be: {error}");
        }
    }
    let again = edges(&there, &folder, &question);
    let again = tokio::time::timeout(Duration::from_secs(300), again).await.unwrap().unwrap();
    assert_eq!(again, expected, "those who are left go on");
}

#[tokio::test(flavor = "multi_thread")]
async fn says_what_is_wrong_with_a_cluster() {
    let path = tempfile::tempdir().unwrap();
    let nobody = Engine::cluster("127.0.0.1:1".parse().unwrap(), 4, path.path()).await;
    let error = nobody.unwrap_err().to_string();
    assert!(error.contains("seawall cluster scheduler"), "{error}");
    let scheduler = Node::start("scheduler");
    let alone = Engine::cluster(scheduler.address, 4, path.path()).await.unwrap_err();
    assert!(alone.to_string().contains("it has no executor"), "{alone}");
    let (listen, reach) = ("0.0.0.0:0".parse().unwrap(), Reach::ThisMachine);
    let options = SchedulerOptions { listen, reach, gone_after_seconds: 10 };
    let error = run_scheduler(&options, |_| ()).await.unwrap_err().to_string();
    assert!(error.contains("listen on 127.0.0.1, or say that the network is trusted"), "{error}");
}
