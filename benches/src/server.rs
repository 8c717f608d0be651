//! A Seawall server with an installation of its own in a temporary folder.

use crate::Failure;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SETTINGS: &str = "[server]\nlisten = \"127.0.0.1:0\"\nsecure_cookies = false\n\
                        origin = \"bench\"\n[log]\nfilter = \"warn\"\n";

/// An installation in a folder that goes with it.
#[derive(Debug)]
pub struct Installation {
    binary: PathBuf,
    folder: PathBuf,
}

impl Installation {
    /// Makes an empty one.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn make(binary: &Path, within: &Path) -> Result<Self, Failure> {
        let folder = within.join(format!("installation-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("seawall.toml"), SETTINGS)?;
        Ok(Self { binary: binary.to_owned(), folder })
    }

    /// Runs a command on it and gives what it prints.
    ///
    /// # Errors
    /// Where it fails.
    pub fn run(&self, words: &[&str]) -> Result<String, Failure> {
        let output = self.command().args(words).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("seawall {} failed ({})", words.join(" "), output.status).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Puts a bank file into a bank.
    ///
    /// # Errors
    /// Where the file cannot be written or holds what is no entry.
    pub fn import(&self, bank: &str, csv: &str) -> Result<(), Failure> {
        let file = self.folder.join(format!("{bank}.csv"));
        std::fs::write(&file, csv)?;
        self.run(&["bank", "import", &file.display().to_string(), "--bank", bank]).map(drop)
    }

    /// Puts a rule file into force.
    ///
    /// # Errors
    /// Where it is refused.
    pub fn promote(&self, rules: &str) -> Result<(), Failure> {
        let file = self.folder.join("rules.toml");
        std::fs::write(&file, rules)?;
        self.run(&["rules", "promote", &file.display().to_string()]).map(drop)
    }

    /// Makes a key that may submit.
    ///
    /// # Errors
    /// Where the command fails or prints something else.
    pub fn key(&self, name: &str) -> Result<String, Failure> {
        let printed = self.run(&["key", "add", name, "--scope", "submit"])?;
        let answer: serde_json::Value = serde_json::from_str(&printed)?;
        let key = answer["key"].as_str().ok_or("the command printed no key")?;
        Ok(key.to_owned())
    }

    /// Starts the server and waits until it is ready.
    ///
    /// # Errors
    /// Where it ends before.
    pub fn start(&self) -> Result<Server, Failure> {
        let begin = Instant::now();
        let mut child = self.command().arg("serve").stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("the server has no output")?;
        let mut server = Server { child, address: String::new(), ready: Duration::ZERO };
        for line in BufReader::new(output).lines() {
            if let Some(address) = line?.strip_prefix("ready http://") {
                server.ready = begin.elapsed();
                server.address = address.to_owned();
                return Ok(server);
            }
        }
        Err("the server ended before it was ready".into())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg("--config").arg(self.folder.join("seawall.toml"));
        command
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{} stays: {error}", self.folder.display());
        }
    }
}

/// A running server; it ends with its value.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Its address, as `127.0.0.1:PORT`.
    pub address: String,
    /// How long it took from its start until it was ready.
    pub ready: Duration,
}

impl Server {
    /// Its process, as `/proc` calls it.
    #[must_use]
    pub fn process(&self) -> String {
        self.child.id().to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The polite signal, so that the database is closed; then the other, if there is need.
        let asked = Command::new("kill").arg(self.process()).status();
        let ends = Instant::now() + Duration::from_secs(10);
        while asked.is_ok() && Instant::now() < ends {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("the server stays: {error}");
        }
    }
}
