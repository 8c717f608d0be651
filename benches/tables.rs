//! What tables cost that may be larger than memory: on this machine, and on a cluster whose two
//! executors are processes on it. Processor time is that of all processes together.
//!
//! The simulated world is written by the program itself and turned into Parquet, which is measured
//! too. `SEAWALL_BENCH_LARGE=1` adds a world ten times as large: it needs 20 GB of disk.

use benches::{Failure, cpu, input, line};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const BENCH: &str = "tables";

struct Size {
    name: &'static str,
    folder: &'static str,
    accounts: &'static str,
    items_per_day: &'static str,
}

/// Ten days each.
const SIZES: [Size; 2] = [
    Size { name: "1 M accounts", folder: "tables-1", accounts: "1000000", items_per_day: "100000" },
    Size {
        name: "10 M accounts",
        folder: "tables-10",
        accounts: "10000000",
        items_per_day: "1000000",
    },
];

/// What is asked for, without the accounts that two of them need.
const TABLES: [(&str, &[&str]); 7] = [
    ("edges", &["--trace", "repost", "--window", "60", "--objects", "2"]),
    ("edges", &["--trace", "repost", "--window", "3600", "--objects", "2"]),
    ("edges", &["--trace", "hashtag", "--window", "60", "--objects", "2"]),
    ("degrees", &[]),
    ("snowball", &[]),
    ("activity", &[]),
    ("hashtags", &[]),
];
const MEMBERS: u32 = 50_000;

fn main() -> Result<(), Failure> {
    let bench = Bench { binary: input::binary()?, folder: input::folder()? };
    let large = std::env::var_os("SEAWALL_BENCH_LARGE").is_some();
    for size in &SIZES[..if large { 2 } else { 1 }] {
        bench.size(size)?;
    }
    Ok(())
}

struct Bench {
    binary: PathBuf,
    folder: PathBuf,
}

impl Bench {
    fn size(&self, size: &Size) -> Result<(), Failure> {
        let world = self.folder.join(size.folder);
        let (lines, columns) = (world.join("lines"), world.join("columns"));
        let _ = std::fs::remove_dir_all(&world);
        self.write(size, &lines, &columns)?;
        let members = world.join("members.txt");
        std::fs::write(&members, members_of(&lines)?)?;
        for (table, options) in TABLES {
            self.table(size, &world, (table, options), None)?;
        }
        let scheduler = self.node(&["scheduler", "--listen", "127.0.0.1:0"])?;
        let executor = |name: &str| {
            let work = world.join(name).display().to_string();
            let told = ["executor", "--scheduler", &scheduler.address, "--work", &work];
            self.node(&[&told[..], &["--threads", "1", "--memory-mb", "2000"]].concat())
        };
        let nodes = [executor("first")?, executor("second")?, scheduler];
        std::thread::sleep(std::time::Duration::from_secs(3));
        for (table, options) in TABLES {
            self.table(size, &world, (table, options), Some(&nodes))?;
        }
        std::fs::remove_dir_all(&world)?;
        Ok(())
    }

    /// Writes a world of ten days and turns it into Parquet.
    fn write(&self, size: &Size, lines: &Path, columns: &Path) -> Result<(), Failure> {
        let (from, to) = (lines.display().to_string(), columns.display().to_string());
        let Size { accounts, items_per_day, .. } = size;
        let told = ["simulate", "--seed", "1", "--days", "10", "--accounts", accounts];
        let rest = ["--items-per-day", items_per_day, "--out", &from];
        self.run(&[&told[..], &rest].concat())?;
        let before = cpu::used("self")?;
        let said = self.run(&["study", "convert", &from, "--out", &to])?;
        let seconds = cpu::used("self")?.children_s - before.children_s;
        eprintln!("{}: {}", size.name, said.trim());
        let case = |what: &str| format!("{}: {what}", size.name);
        line::measured(BENCH, &case("into Parquet"), seconds, "CPU s");
        for table in ["items", "follows"] {
            let bytes = std::fs::metadata(columns.join(format!("{table}.parquet")))?.len();
            line::measured(BENCH, &case(&format!("{table} in Parquet")), bytes as f64 / 1e6, "MB");
        }
        Ok(())
    }

    fn table(
        &self,
        size: &Size,
        world: &Path,
        (table, options): (&str, &[&str]),
        cluster: Option<&[Node; 3]>,
    ) -> Result<(), Failure> {
        let path = |name: &str| world.join(name).display().to_string();
        let (columns, out, members) = (path("columns"), path("out.csv"), path("members.txt"));
        let mut told = vec!["study", "table", table, &columns, "--out", &out];
        told.extend(options);
        if matches!(table, "degrees" | "snowball") {
            told.extend(["--accounts", &members]);
        }
        if let Some([_, _, scheduler]) = cluster {
            told.extend(["--scheduler", &scheduler.address, "--partitions", "4"]);
        }
        let before = self.used(cluster)?;
        let said = self.run(&told)?;
        let seconds = self.used(cluster)? - before;
        eprintln!("{table} {}: {}", options.join(" "), said.trim());
        let words = options.join(" ").replace("--", "");
        let place = if cluster.is_some() { "two executors" } else { "here" };
        let case = format!("{}: {table} {words} {place}", size.name).replace("  ", " ");
        line::measured(BENCH, &case, seconds, "CPU s");
        Ok(())
    }

    /// Processor seconds of all that has to do with a table.
    fn used(&self, cluster: Option<&[Node; 3]>) -> Result<f64, Failure> {
        let mut seconds = cpu::used("self")?.children_s;
        for node in cluster.into_iter().flatten() {
            seconds += cpu::used(&node.child.id().to_string())?.own_s;
        }
        Ok(seconds)
    }

    fn run(&self, words: &[&str]) -> Result<String, Failure> {
        let output = Command::new(&self.binary).args(words).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("seawall {} failed ({})", words.join(" "), output.status).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    fn node(&self, words: &[&str]) -> Result<Node, Failure> {
        let mut command = Command::new(&self.binary);
        let command = command.arg("cluster").args(words).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn()?;
        let mut said = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut said)?;
        let address = said.trim().trim_start_matches("ready ").to_owned();
        Ok(Node { child, address })
    }
}

/// A process of a cluster; killed by its id when it is dropped.
struct Node {
    child: Child,
    address: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ids of accounts, as they come.
fn members_of(lines: &Path) -> Result<String, Failure> {
    let file = std::fs::File::open(lines.join("accounts.ndjson"))?;
    let mut ids = String::new();
    for line in BufReader::new(file).lines().take(MEMBERS as usize) {
        let account: serde_json::Value = serde_json::from_str(&line?)?;
        ids.push_str(account["id"].as_str().unwrap_or_default());
        ids.push('\n');
    }
    Ok(ids)
}
