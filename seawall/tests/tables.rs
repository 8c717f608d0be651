//! Tables from the command line: the same rows on this machine and on a cluster whose scheduler and
//! executors are processes of the real binary, and errors that say what to do.

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

mod support;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

/// A process of a cluster; killed by its id when this is dropped.
struct Node {
    child: Child,
    address: String,
}

impl Node {
    fn start(arguments: &[&str]) -> Self {
        let mut command = support::binary(&[&["cluster"], arguments].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.next().unwrap().unwrap();
        let address = said.strip_prefix("ready ").unwrap().to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(arguments: &[&str]) -> Output {
    support::binary(&[&["study"], arguments].concat()).output().unwrap()
}

fn summary(output: &Output) -> Value {
    assert!(output.status.success(), "{}", support::stderr(output));
    serde_json::from_str(&support::stdout(output)).unwrap()
}

/// A simulated world as lines of JSON and as Parquet.
fn world(folder: &Path) -> (PathBuf, PathBuf) {
    let (lines, columns) = (folder.join("lines"), folder.join("columns"));
    let out = lines.display().to_string();
    let told = ["simulate", "--seed", "7", "--days", "3", "--accounts", "2000", "--out", &out];
    let simulated = support::binary(&told).output().unwrap();
    assert!(simulated.status.success(), "{}", support::stderr(&simulated));
    let converted = run(&["convert", &out, "--out", &columns.display().to_string()]);
    assert!(summary(&converted)["rows"].as_u64().unwrap() > 10_000);
    (lines, columns)
}

fn seeds(world: &Path, file: &Path) {
    let text = fs::read_to_string(world.join("truth/accounts.ndjson")).unwrap();
    let accounts = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let members = accounts.filter(|account| account["member"] == true).take(20);
    let ids: Vec<String> =
        members.map(|member| member["id"].as_str().unwrap().to_owned()).collect();
    fs::write(file, ids.join("\n")).unwrap();
}

/// Asks the scheduler until it has its executors.
fn on_cluster(arguments: &[&str]) -> Value {
    let begun = Instant::now();
    loop {
        let output = run(arguments);
        let waits = support::stderr(&output).contains("no executor");
        if !waits || begun.elapsed() > Duration::from_secs(60) {
            return summary(&output);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn tables_are_the_same_on_a_cluster() {
    let folder = tempfile::tempdir().unwrap();
    let (lines, columns) = world(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let members = path("members.txt");
    seeds(&lines, Path::new(&members));
    let scheduler = Node::start(&["scheduler", "--listen", "127.0.0.1:0"]);
    let executor = |work: &str| {
        let work = path(work);
        let told = ["executor", "--scheduler", &scheduler.address, "--work", &work];
        Node::start(&[&told[..], &["--threads", "1"]].concat())
    };
    let _executors = [executor("first"), executor("second")];
    let tables: [(&str, &[&str], &str); 6] = [
        ("edges", &["--trace", "repost", "--window", "60"], "a,b,objects,first,last"),
        ("edges", &["--trace", "hashtag", "--objects", "2"], "a,b,objects,first,last"),
        ("degrees", &["--accounts", &members], "account,followed_by,follows"),
        ("snowball", &["--accounts", &members, "--followers"], "account,led_by,leads"),
        ("activity", &["--since", "2026-03-03T00:00:00Z"], "account,day,items,responses"),
        ("hashtags", &["--step", "86400"], "hashtag,from,items,accounts"),
    ];
    let (here, there, world) = (path("here.csv"), path("there.csv"), columns.display().to_string());
    for (table, options, heading) in tables {
        let told = [&["table", table, &world], options].concat();
        let alone = summary(&run(&[&told[..], &["--out", &here]].concat()));
        let cluster = ["--out", &there, "--scheduler", &scheduler.address];
        let together = on_cluster(&[&told[..], &cluster].concat());
        let (rows, text) = (alone["rows"].as_u64().unwrap(), fs::read_to_string(&here).unwrap());
        assert!(rows > 0, "{table} {options:?} is empty");
        assert_eq!(text.lines().count() as u64, rows + 1, "{table}");
        assert_eq!(text.lines().next(), Some(heading));
        assert_eq!(fs::read_to_string(&there).unwrap(), text, "{table} {options:?}");
        assert_eq!(together["left_out"], alone["left_out"], "{table}");
    }
    let left: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".scratch") || name.ends_with(".unfinished"))
        .collect();
    assert_eq!(json!(left), json!([]), "nothing is left behind");
}

/// The pairs of a stream or table with the number of their objects.
type Pairs = BTreeSet<(String, String, u64)>;

fn streamed(items: &[u8], options: &[&str]) -> (Pairs, Value) {
    let output = support::fed(support::binary(&[&["study", "stream"], options].concat()), items);
    assert!(output.status.success(), "{}", support::stderr(&output));
    let mut lines = support::json_lines(&output);
    let end = lines.pop().unwrap();
    assert_eq!((&end["ended"], &end["whole"]), (&json!(true), &json!(true)));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let pairs = lines
        .iter()
        .filter(|line| line["ended"].is_null())
        .map(|line| (text(&line["a"]), text(&line["b"]), line["objects"].as_u64().unwrap()));
    (pairs.collect(), end["notes"].clone())
}

#[test]
fn a_stream_tells_the_pairs_of_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let (lines, columns) = world(folder.path());
    let items = fs::read(lines.join("items.ndjson")).unwrap();
    let out = folder.path().join("out.csv").display().to_string();
    let columns = columns.display().to_string();
    for trace in ["repost", "reply", "link", "hashtag"] {
        let asked = ["--trace", trace, "--window", "60", "--objects", "2"];
        let told = [&["table", "edges", &columns, "--out", &out], &asked[..]].concat();
        let table = summary(&run(&told));
        assert_eq!(table["left_out"], json!([]), "{trace}");
        let rows = csv::Reader::from_path(&out).unwrap().into_records();
        let expected: Pairs = rows
            .map(|row| row.unwrap())
            .map(|row| (row[0].to_owned(), row[1].to_owned(), row[2].parse().unwrap()))
            .collect();
        let (pairs, notes) = streamed(&items, &[&asked[..], &["--every", "0"]].concat());
        assert_eq!(notes["pairs_skipped"], 0, "{trace}: {notes}");
        assert!(!expected.is_empty(), "{trace}");
        assert_eq!(pairs, expected, "{trace}");
    }
    // Told every hour, a pair needs all its objects within one.
    let hourly = ["--trace", "repost", "--objects", "2"];
    let (pairs, notes) = streamed(&items, &hourly);
    let (daily, _) = streamed(&items, &[&hourly[..], &["--every", "86400"]].concat());
    assert!(!pairs.is_empty() && pairs.len() < daily.len(), "{notes}");
}

#[test]
fn a_stream_says_when_it_is_not_whole() {
    let broken = support::binary(&["study", "stream", "--lateness", "0"]);
    let output = support::fed(broken, b"{\"id\":1}\n");
    assert!(!output.status.success());
    assert!(support::stderr(&output).contains("standard input"), "{}", support::stderr(&output));
    assert_eq!(support::json_lines(&output)[0]["whole"], false);
    for (options, words) in [(["--trace", "nothing"], "similar_text"), (["--window", "0"], "86400")]
    {
        let command = support::binary(&[&["study", "stream"], &options[..]].concat());
        let output = support::fed(command, b"");
        assert!(support::stderr(&output).contains(words), "{}", support::stderr(&output));
    }
}

#[test]
fn what_makes_no_table_is_refused_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let (lines, columns) = world(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (lines, columns, out) =
        (lines.display().to_string(), columns.display().to_string(), path("out.csv"));
    fs::write(path("empty.txt"), "\n").unwrap();
    fs::write(path("bad.txt"), format!("a1\n{}\n", "x".repeat(1_000))).unwrap();
    let to = ["--out", &out];
    let (empty, bad) = (path("empty.txt"), path("bad.txt"));
    let refused: [(&[&str], &str); 8] = [
        (&["table", "activity", &lines], "Parquet"),
        (&["table", "activity", &path("none")], "none"),
        (&["table", "edges", &columns], "--trace"),
        (&["table", "edges", &columns, "--trace", "link", "--window", "0"], "window"),
        (&["table", "activity", &columns, "--since", "yesterday"], "--since"),
        (&["table", "degrees", &columns, "--accounts", &empty], "one a line"),
        (&["table", "snowball", &columns, "--accounts", &bad], "line 2"),
        (&["table", "activity", &columns, "--scheduler", "127.0.0.1:1"], "cluster scheduler"),
    ];
    for (arguments, words) in refused {
        let output = run(&[arguments, &to].concat());
        let said = support::stderr(&output);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(said.contains(words), "{arguments:?}: `{words}` is not in: {said}");
        assert!(!Path::new(&out).exists(), "{arguments:?}");
    }
    let again = run(&["convert", &lines, "--out", &columns]);
    assert!(support::stderr(&again).contains("holds a dataset already"));
}
