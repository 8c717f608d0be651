//! The real binary on an installation in a temporary folder, and a small client for it.

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

pub mod description;
pub mod mail;
pub mod receiver;
pub mod witness;

pub use reqwest::Method;
use reqwest::{Client, header};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Real input beside the project; absent in a clone elsewhere.
pub const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
/// A password that the rules for passwords accept.
pub const PASSWORD: &str = "quiet harbour lamp";
/// How long a server may take to be ready, or to end.
const PATIENCE: Duration = Duration::from_secs(40);

const SETTINGS: &str = r#"
[[queue]]
name = "review"
title = "Everything that a rule names no queue for"
target_minutes = 60

[[policy]]
id = "default"
title = "What we look at"
text = "Anything that stands in a bank is looked at by a person."

[[policy]]
id = "ashen-front"
title = "The Ashen Front"
text = "We remove what recruits for the Ashen Front."

[ladder]
steps = [{ strikes = 2, action = "warn" }]
"#;

/// A settings file with its folder, which goes when this is dropped.
pub struct Installation {
    folder: TempDir,
    pub config: PathBuf,
}

impl Installation {
    /// Makes one with a queue, two policies and a ladder.
    pub fn new() -> Self {
        Self::with("", "")
    }

    /// Makes one with more keys in `[outside]` and more tables at the end.
    pub fn with(outside: &str, tables: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::at(folder, None, outside, tables)
    }

    /// Makes one whose state lives in a folder of its own.
    pub fn with_state_in(state: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::at(folder, Some(state), "", "")
    }

    /// Makes one that delivers the actions for the service `forum` to a receiver on this machine.
    pub fn delivering_to(port: u16, secret: &str) -> Self {
        let tables = format!(
            "\n[webhook.forum]\nurl = \"http://127.0.0.1:{port}/hook\"\nsecrets = [\"{secret}\"]\n"
        );
        Self::with(&format!("allow = [\"127.0.0.1:{port}\"]"), &tables)
    }

    fn at(folder: TempDir, state: Option<&Path>, outside: &str, tables: &str) -> Self {
        let storage = state.map_or(String::new(), |state| {
            let state = state.display();
            format!(
                "database = \"{state}/seawall.db\"\nevidence = \"{state}/evidence\"\n\
                 log_key = \"{state}/log.key\"\n"
            )
        });
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\nsecure_cookies = false\n[storage]\n{storage}\
             [outside]\n{outside}\n[log]\nfilter = \"warn\"\n{SETTINGS}{tables}"
        );
        let config = folder.path().join("seawall.toml");
        std::fs::write(&config, text).unwrap();
        Self { folder, config }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// A command of the binary on this installation.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = binary(arguments);
        command.env("SEAWALL_CONFIG", &self.config).current_dir(self.folder());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed, and gives what it printed as JSON lines.
    pub fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        json_lines(&output)
    }

    /// Makes a key, `{"id", "key"}`.
    pub fn new_key(&self, scopes: &[&str], service: Option<&str>) -> Value {
        let mut arguments = vec!["key", "add", "test"];
        arguments.extend(scopes.iter().flat_map(|scope| ["--scope", scope]));
        arguments.extend(service.iter().flat_map(|service| ["--service", service]));
        self.lines(&arguments).remove(0)
    }

    pub fn key(&self, scopes: &[&str]) -> String {
        self.new_key(scopes, None)["key"].as_str().unwrap().to_owned()
    }

    /// Adds a lead who signs in with [`PASSWORD`] alone.
    pub fn user(&self, login: &str) {
        let who = ["user", "add", login, "--role", "lead", "--password", PASSWORD];
        self.lines(&[&who[..], &["--no-second-factor"]].concat());
    }

    /// Imports a bank from CSV text.
    pub fn bank(&self, bank: &str, csv: &str) {
        let file = self.write(&format!("{bank}.csv"), csv);
        self.lines(&["bank", "import", file.to_str().unwrap(), "--bank", bank]);
    }

    /// Starts the server and waits until it is ready.
    pub fn serve(&self) -> Server {
        let log = self.folder().join("server.log");
        let stderr = std::fs::File::options().create(true).append(true).open(&log).unwrap();
        let mut child =
            self.command(&["serve"]).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (ready, heard) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = ready.send(line);
            }
        });
        let line = heard.recv_timeout(PATIENCE).unwrap_or_default();
        let Some(base) = line.strip_prefix("ready ") else {
            let _ = child.kill();
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            panic!("the server was not ready: {line:?}\n{log}");
        };
        Server { base: base.to_owned(), child: Some(child), log }
    }
}

/// The binary, without anything of the caller's environment that would change its settings.
pub fn binary(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seawall"));
    command.args(arguments).env_remove("SEAWALL_CONFIG").stdin(Stdio::null());
    command
}

/// Runs a command with input on standard input.
pub fn fed(mut command: Command, input: &[u8]) -> Output {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A command that ends early does not read everything.
    let feeding = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    output
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn json_lines(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A running server; it is killed when this is dropped.
pub struct Server {
    pub base: String,
    child: Option<Child>,
    log: PathBuf,
}

impl Server {
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Asks the server to stop, as an operator does.
    pub fn terminate(&self) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Waits for the end of the server.
    pub fn wait(mut self) -> ExitStatus {
        let mut child = self.child.take().unwrap();
        let begun = Instant::now();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status;
            }
            if begun.elapsed() > PATIENCE {
                let _ = child.kill();
                panic!("the server did not end");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops the server and asserts that it ended well.
    pub fn stop(self) {
        self.terminate();
        assert!(self.wait().success());
    }

    /// A person who signed in to the console with [`PASSWORD`] alone.
    pub async fn sign_in(&self, login: &str) -> Visitor {
        let form = format!("login={login}&password={}&code=", PASSWORD.replace(' ', "+"));
        let client = Client::builder()
            .timeout(PATIENCE)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        let client = client.build().unwrap();
        let request = client.post(format!("{}/sign-in", self.base)).body(form);
        let answer = request
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .send()
            .await
            .unwrap();
        let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
        let session = cookies
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .find(|cookie| cookie.starts_with("seawall_session="));
        let session = session.unwrap_or_else(|| panic!("no session: {}", answer.status()));
        Visitor { base: self.base.clone(), session: session.to_owned(), client }
    }

    pub fn api(&self, key: &str) -> Api {
        Api { base: self.base.clone(), key: Some(key.to_owned()), client: client() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            eprintln!("the server said:\n{log}");
        }
    }
}

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().timeout(PATIENCE).no_proxy().build().unwrap()
}

/// A person at the console.
pub struct Visitor {
    base: String,
    session: String,
    client: Client,
}

impl Visitor {
    /// Sends a form from a page of the console, with the token that the page bears.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get("/orders").await.text();
        let token = page.split("name=\"form_token\" value=\"").nth(1).unwrap();
        let token = token.split('"').next().unwrap();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("form_token", token).extend_pairs(fields);
        let request = self.client.post(format!("{}{path}", self.base)).body(form.finish());
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        let answer = request.header(header::COOKIE, &self.session).send().await.unwrap();
        Answer {
            status: answer.status().as_u16(),
            content_type: String::new(),
            retry_after: String::new(),
            body: answer.bytes().await.unwrap().to_vec(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = self.client.get(format!("{}{path}", self.base));
        let answer = request.header(header::COOKIE, &self.session).send().await.unwrap();
        Answer {
            status: answer.status().as_u16(),
            content_type: String::new(),
            retry_after: String::new(),
            body: answer.bytes().await.unwrap().to_vec(),
        }
    }
}

/// A caller with a key.
#[derive(Clone)]
pub struct Api {
    pub base: String,
    pub key: Option<String>,
    client: Client,
}

impl Api {
    /// The same caller with another key.
    pub fn as_key(&self, key: Option<&str>) -> Self {
        Self { key: key.map(str::to_owned), ..self.clone() }
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.base)).body(body);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        let text = |name| {
            let value = answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            value.unwrap_or_default()
        };
        Answer {
            status: answer.status().as_u16(),
            content_type: text(header::CONTENT_TYPE),
            retry_after: text(header::RETRY_AFTER),
            body: answer.bytes().await.unwrap().to_vec(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Vec::new()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(path, body, &[]).await
    }

    pub async fn post_with(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let headers = [&[("content-type", "application/json")], headers].concat();
        self.send(Method::POST, path, &headers, serde_json::to_vec(body).unwrap()).await
    }

    /// Gets a page that must be there.
    pub async fn get_json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// Posts what must be accepted.
    pub async fn post_json(&self, path: &str, body: &Value) -> Value {
        let answer = self.post(path, body).await;
        assert!((200..300).contains(&answer.status), "{path}: {}", answer.text());
        answer.json()
    }

    /// How many records the log holds.
    pub async fn records(&self) -> u64 {
        self.get_json("/v1/records?limit=1").await["total"].as_u64().unwrap()
    }
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub retry_after: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }
}

/// An item that a service may send.
pub fn item(id: &str, text: &str) -> Value {
    json!({
        "service": "forum", "id": id, "kind": "post", "created_at": "2026-01-01T01:13:20Z",
        "author": { "id": "a1" }, "text": text,
    })
}

/// A bank of invented words.
pub const TERMS: &str =
    "kind,value,language,policy,source,note\nterm,velmora,,ashen-front,invented,\n";

/// Asks until an answer pleases, for at most thirty seconds.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "never: {what}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}
