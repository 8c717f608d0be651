//! A fresh PostgreSQL cluster in a temporary folder on a free port, from Debian's package.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running cluster; it is stopped by its process id and removed when this goes.
pub struct Postgres {
    child: Child,
    port: u16,
    binaries: PathBuf,
    _folder: tempfile::TempDir,
}

impl Postgres {
    /// Starts a cluster; `None` with a clear message where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            println!("skipped: PostgreSQL is not installed (apt-get install postgresql)");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("seawall-postgres-").tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        if is_root() {
            let owner = ["postgres", &folder.path().display().to_string()].map(str::to_owned);
            let owned = Command::new("chown").arg("-R").args(owner).status().unwrap();
            assert!(owned.success(), "chown to the user postgres");
        }
        let made = as_owner(&binaries.join("initdb"))
            .args(["--auth=trust", "--username=seawall", "--encoding=UTF8", "--no-sync"])
            .args(["--locale=C", "--pgdata"])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb");
        let port = free_port();
        let child = as_owner(&binaries.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"])
            .arg("-c")
            .arg(format!("unix_socket_directories={}", folder.path().display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Self { child, port, binaries, _folder: folder };
        started.wait_until_ready();
        Some(started)
    }

    /// Makes an empty database and gives its address.
    pub fn database(&self, name: &str) -> String {
        let made = self.client("createdb").arg(name).status().unwrap();
        assert!(made.success(), "createdb {name}");
        format!("postgres://seawall@127.0.0.1:{}/{name}", self.port)
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.binaries.join(program));
        command.args(["-h", "127.0.0.1", "-U", "seawall", "-p", &self.port.to_string()]);
        command
    }

    fn wait_until_ready(&self) {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            let asked = self.client("pg_isready").stdout(Stdio::null()).status().unwrap();
            if asked.success() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("PostgreSQL did not start within 60 s");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT asks for a fast shutdown; the child is PostgreSQL itself.
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// The folder of the latest version's programs.
fn binaries() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop()
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt;
        own.uid() == 0
    })
}

/// PostgreSQL refuses to run as root, so root runs it as the user of Debian's package.
fn as_owner(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]);
    command.arg(program).current_dir("/tmp");
    command
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
