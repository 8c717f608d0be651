//! The server is killed again and again while items come in and cases are decided: nothing that it
//! acknowledged is lost, each action reaches its service, and the log verifies.
//!
//! The seed is printed; `SEAWALL_SEED` sets it. Where the real posts are absent, invented ones do.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../../store/tests/support/postgres.rs"]
mod postgres;

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
const GROUP: usize = 20;
const WORKERS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_on_sqlite() {
    World::new("seawall.db", 6_000).await.run(30).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_on_postgresql() {
    let Some(server) = postgres::Postgres::start() else { return };
    World::new(&server.database("seawall"), 600).await.run(5).await;
}

/// A small generator, so that a seed gives the same waits everywhere (SplitMix64).
struct Seed(u64);

impl Seed {
    fn take() -> Self {
        let given = std::env::var("SEAWALL_SEED").ok().and_then(|text| text.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let now = std::time::SystemTime::now();
            now.duration_since(std::time::UNIX_EPOCH).unwrap().subsec_nanos().into()
        });
        println!("seed {seed}");
        Self(seed)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// The receiving service: it carries out each action once by its id.
#[derive(Clone, Default)]
struct Receiver {
    arrived: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Receiver {
    async fn start() -> (Self, u16) {
        let receiver = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let arrived = receiver.arrived.clone();
        let hook = move |headers: axum::http::HeaderMap, body: axum::body::Bytes| async move {
            let id = checked_id(&headers, &body);
            if id.starts_with("action_") {
                *arrived.lock().unwrap().entry(id).or_default() += 1;
            }
            axum::http::StatusCode::NO_CONTENT
        };
        let router = axum::Router::new().route("/hook", axum::routing::post(hook));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (receiver, port)
    }
}

/// Checks the signature of a webhook and gives the id of its action or statement.
fn checked_id(headers: &axum::http::HeaderMap, body: &[u8]) -> String {
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let signed = connect::Headers {
        id: text("webhook-id"),
        timestamp: text("webhook-timestamp"),
        signature: text("webhook-signature"),
    };
    let secret = connect::Secret::parse(SECRET).unwrap();
    let now = engine::Clock::system().now();
    connect::verify(&[secret], &signed, body, now, 300).unwrap();
    let event: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(event["id"], signed.id.as_str());
    assert_eq!(event["data"]["id"], event["id"]);
    signed.id
}

/// One installation, the server over it, and everything that was acknowledged.
struct World {
    folder: tempfile::TempDir,
    port: u16,
    key: String,
    items: Vec<Value>,
    receiver: Receiver,
    client: reqwest::Client,
    server: Mutex<Option<Child>>,
    judged: Mutex<BTreeMap<String, String>>,
    decided: Mutex<BTreeMap<String, Vec<String>>>,
    reversed: Mutex<BTreeSet<String>>,
    submitted: AtomicUsize,
    stops: AtomicBool,
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn words(number: usize) -> &'static str {
    if number.is_multiple_of(9) { "the boats" } else { "ok" }
}

/// The real posts without their pictures, or invented ones.
fn items(count: usize) -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/posts/posts.jsonl");
    if let Ok(text) = std::fs::read_to_string(path) {
        let mut items: Vec<Value> =
            text.lines().take(count).map(|line| serde_json::from_str(line).unwrap()).collect();
        items.iter_mut().for_each(|item| item["media"] = json!([]));
        return items;
    }
    println!("the real posts are absent: invented ones are used");
    let item = |number: usize| {
        json!({
            "service": "forum", "id": format!("p{number:05}"), "kind": "post",
            "created_at": "2026-01-01T00:00:00Z", "author": { "id": format!("a{}", number % 97) },
            "text": format!("post {number}, {}", words(number)),
        })
    };
    (0..count).map(item).collect()
}

/// Words that stand in many posts, so that there is much to decide.
fn bank() -> String {
    let words = ["boats", "house", "вода", "الماء", "rumah", "maison", "jour"];
    let rows: Vec<String> = words.iter().map(|word| format!("term,{word},,p,test,\n")).collect();
    format!("kind,value,language,policy,source,note\nterm,the,en,p,test,\n{}", rows.concat())
}

fn settings(database: &str, port: u16, hook: u16) -> String {
    format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\nsecure_cookies = false\n\
         [storage]\ndatabase = \"{database}\"\n[log]\nfilter = \"error\"\n\
         [outside]\nallow = [\"127.0.0.1:{hook}\"]\n\
         [webhook.forum]\nurl = \"http://127.0.0.1:{hook}/hook\"\nsecrets = [\"{SECRET}\"]\n\
         [[policy]]\nid = \"p\"\ntitle = \"P\"\ntext = \"A policy.\"\n"
    )
}

impl World {
    async fn new(database: &str, count: usize) -> Arc<Self> {
        // Another test of this process may have installed the same provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let (receiver, hook) = Receiver::start().await;
        let port = free_port();
        let file = folder.path().join("seawall.toml");
        std::fs::write(file, settings(database, port, hook)).unwrap();
        let words = folder.path().join("words.csv");
        std::fs::write(&words, bank()).unwrap();
        let mut world = Self {
            folder,
            port,
            key: String::new(),
            items: items(count),
            receiver,
            client: reqwest::Client::new(),
            server: Mutex::default(),
            judged: Mutex::default(),
            decided: Mutex::default(),
            reversed: Mutex::default(),
            submitted: AtomicUsize::new(0),
            stops: AtomicBool::new(false),
        };
        world.command(&["user", "add", "robin", "--password", "a long password"]);
        world.command(&["bank", "import", words.to_str().unwrap()]);
        let mut add = vec!["key", "add", "test"];
        add.extend(["submit", "review", "report"].iter().flat_map(|scope| ["--scope", scope]));
        let key: Value = serde_json::from_str(&world.command(&add)).unwrap();
        world.key = key["key"].as_str().unwrap().to_owned();
        Arc::new(world)
    }

    fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seawall"));
        command.arg("--config").arg(self.folder.path().join("seawall.toml"));
        command
    }

    /// Runs a command and gives its standard output; it must exit with 0.
    fn command(&self, arguments: &[&str]) -> String {
        let output = self.program().args(arguments).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn start_server(&self) {
        let mut child = self.program().arg("serve").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("ready "), "the server did not start: {line:?}");
        *self.server.lock().unwrap() = Some(child);
    }

    /// Kills the server by its process id with SIGKILL.
    fn kill_server(&self) {
        let mut child = self.server.lock().unwrap().take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    async fn run(self: Arc<Self>, kills: usize) {
        let mut seed = Seed::take();
        self.start_server();
        let begun = Instant::now();
        let submitting: Vec<_> =
            (0..WORKERS).map(|worker| tokio::spawn(self.clone().submit(worker))).collect();
        let deciding = tokio::spawn(self.clone().decide());
        let total = self.items.len();
        for number in 1..=kills {
            // The points lie all over the run: after so many items, and a random while.
            let after = total * (number - 1) / (kills + 1);
            while self.submitted.load(Ordering::Relaxed) < after {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            tokio::time::sleep(Duration::from_millis(seed.below(120))).await;
            self.kill_server();
            self.start_server();
        }
        for worker in submitting {
            worker.await.unwrap();
        }
        self.stops.store(true, Ordering::Relaxed);
        deciding.await.unwrap();
        println!("{kills} kills, {total} items, {:?}", begun.elapsed());
        self.wait_for_deliveries().await;
        self.check().await;
        self.kill_server();
        self.check_offline();
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Sends until there is an answer; the idempotency key makes that safe.
    async fn post(&self, path: &str, token: &str, body: &Value) -> (u16, Value) {
        loop {
            let request = self.client.post(self.url(path)).bearer_auth(&self.key);
            let sent = request.header("idempotency-key", token).json(body).send().await;
            if let Ok(answer) = sent {
                let status = answer.status().as_u16();
                if let Ok(body) = answer.json().await
                    && status != 503
                {
                    return (status, body);
                }
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn get(&self, path: &str) -> Value {
        loop {
            let sent = self.client.get(self.url(path)).bearer_auth(&self.key).send().await;
            if let Ok(answer) = sent
                && answer.status().is_success()
                && let Ok(body) = answer.json().await
            {
                return body;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn submit(self: Arc<Self>, worker: usize) {
        for (number, group) in self.items.chunks(GROUP).enumerate() {
            if number % WORKERS != worker {
                continue;
            }
            let token = format!("group-{number}");
            let (status, answer) = self.post("/v1/items", &token, &json!(group)).await;
            assert_eq!(status, 202, "{answer}");
            let rows = answer["items"].as_array().unwrap();
            assert_eq!(rows.len(), group.len());
            let mut judged = self.judged.lock().unwrap();
            for row in rows {
                let text = |name: &str| row[name].as_str().unwrap().to_owned();
                assert_eq!(row["is_repeated"], false, "{row}");
                judged.insert(text("item"), text("verdict_id"));
            }
            self.submitted.fetch_add(group.len(), Ordering::Relaxed);
        }
    }

    /// Decides what waits, and takes every fifth decision back.
    async fn decide(self: Arc<Self>) {
        let mut count = 0;
        while !self.stops.load(Ordering::Relaxed) {
            let page = self.get("/v1/cases?status=open&limit=20").await;
            let ids = page["cases"].as_array().unwrap().iter();
            let ids: Vec<String> = ids
                .map(|case| case["id"].as_str().unwrap().to_owned())
                .filter(|id| !self.decided.lock().unwrap().contains_key(id))
                .collect();
            for id in &ids {
                count += 1;
                self.decide_case(id).await;
                // What is taken back is open again, and stays so at the end of the queue.
                if count % 5 == 0 && count < 60 {
                    self.undo_case(id).await;
                }
            }
            if ids.is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }

    async fn decide_case(&self, id: &str) {
        let decision = json!({
            "reviewer": "robin", "ruling": "violation", "action": "remove", "policy": "p",
            "reason": "A rehearsal.", "protected_purpose": "none",
        });
        let path = format!("/v1/cases/{id}/decisions");
        let (status, case) = self.post(&path, &format!("decide-{id}"), &decision).await;
        assert_eq!(status, 201, "{case}");
        let actions = case["actions"].as_array().unwrap();
        assert!(!actions.is_empty());
        let ids = actions.iter().map(|action| action["id"].as_str().unwrap().to_owned());
        self.decided.lock().unwrap().insert(id.to_owned(), ids.collect());
    }

    async fn undo_case(&self, id: &str) {
        let body = json!({ "reviewer": "robin", "reason": "A rehearsal." });
        let path = format!("/v1/cases/{id}/reversals");
        let (status, case) = self.post(&path, &format!("undo-{id}"), &body).await;
        assert_eq!(status, 201, "{case}");
        self.reversed.lock().unwrap().insert(id.to_owned());
    }

    async fn wait_for_deliveries(&self) {
        let begun = Instant::now();
        loop {
            let waiting = self.get("/v1/deliveries?state=pending").await;
            if waiting["deliveries"].as_array().unwrap().is_empty() {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(90), "deliveries still wait: {waiting}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Everything that was acknowledged is there, once.
    async fn check(&self) {
        let events = self.events().await;
        let of = |kind: &str, field: &str| -> Vec<String> {
            let kept = events.iter().filter(|event| event["kind"] == kind);
            kept.map(|event| event["body"][field].as_str().unwrap().to_owned()).collect()
        };
        let judged = self.judged.lock().unwrap().clone();
        assert_eq!(judged.len(), self.items.len());
        let acknowledged: BTreeSet<String> = judged.into_values().collect();
        assert_eq!(unique(&of("item_judged", "verdict")), acknowledged);
        let decided = self.decided.lock().unwrap().clone();
        assert_eq!(unique(&of("decision_made", "case")), decided.keys().cloned().collect());
        let reversed = self.reversed.lock().unwrap().clone();
        assert_eq!(unique(&of("decision_reversed", "case")), reversed);
        let ordered = unique(&of("action_ordered", "action"));
        let arrived = self.receiver.arrived.lock().unwrap().clone();
        let twice = arrived.values().filter(|times| **times > 1).count();
        let (cases, undone, actions) = (decided.len(), reversed.len(), ordered.len());
        println!("{cases} cases decided, {undone} taken back, {actions} actions");
        println!("{twice} actions were sent more than once and carried out once by their id");
        assert!(cases > 10, "there was little to decide");
        assert_eq!(actions, cases + undone, "one action for each decision and reversal");
        // What was reversed before the service had it is withdrawn; everything else is delivered.
        // An attempt may have been under way by then, so that it arrived all the same.
        let withdrawn = unique(&of("action_withdrawn", "action"));
        let expected: BTreeSet<String> = ordered.difference(&withdrawn).cloned().collect();
        println!("{} actions were withdrawn before the service had them", withdrawn.len());
        for actions in decided.values() {
            let known = |action| arrived.contains_key(action) || withdrawn.contains(action);
            assert!(actions.iter().all(known));
        }
        let arrived: BTreeSet<String> = arrived.into_keys().collect();
        assert!(expected.is_subset(&arrived) && arrived.is_subset(&ordered));
        assert_eq!(expected, unique(&of("action_delivered", "action")));
    }

    async fn events(&self) -> Vec<Value> {
        let mut events = Vec::new();
        let mut path = "/v1/events?limit=500".to_owned();
        loop {
            let page = self.get(&path).await;
            let rows = page["events"].as_array().unwrap();
            if rows.is_empty() {
                return events;
            }
            events.extend(rows.iter().cloned());
            path = format!("/v1/events?limit=500&after={}", page["cursor"]);
        }
    }

    /// The log verifies, also from a file, and every verdict comes out the same again.
    fn check_offline(&self) {
        let verified = self.command(&["verify"]);
        println!("verified: {}", verified.trim());
        let file = self.folder.path().join("log.seawall");
        self.command(&["export", file.to_str().unwrap()]);
        assert_eq!(self.command(&["verify", file.to_str().unwrap()]), verified);
        let output = self.program().args(["replay", "--all"]).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        println!("{}", told.trim());
        assert!(output.status.success(), "{told}");
        let expected = format!("{} verdicts replayed, 0 differ", self.items.len());
        assert!(told.contains(&expected), "{told}");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let mut server = self.server.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(mut child) = server.take() {
            // It may have ended by itself; then there is nothing to stop.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The texts, each of which must be there once.
fn unique(texts: &[String]) -> BTreeSet<String> {
    let set: BTreeSet<String> = texts.iter().cloned().collect();
    assert_eq!(set.len(), texts.len(), "something happened twice");
    set
}
