//! The demo, as a newcomer meets it: cases to decide within a minute, and the decision arrives.
#![allow(clippy::unwrap_used, missing_docs)]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The demo as a process; it is stopped by its process id.
struct Demo {
    child: Child,
    console: String,
    forum: String,
    logins: Vec<(String, String)>,
}

impl Demo {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_seawall"))
            .args(["demo", "--port", "0", "--pace", "0.2", "--keep"])
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut console, mut forum, mut logins) = (String::new(), String::new(), Vec::new());
        for line in lines.by_ref().map(Result::unwrap) {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["ready", address] => console = (*address).to_owned(),
                ["the", "forum", address, ..] => forum = (*address).to_owned(),
                [login, password, "reviewer" | "lead"] => {
                    logins.push(((*login).to_owned(), (*password).to_owned()));
                }
                ["Stop", ..] => break,
                _ => {}
            }
        }
        // The rest is read so that the demo never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, console, forum, logins }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_finds_cases_and_sees_the_decision_arrive() {
    // Another test of this process may have installed the same provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let demo = Demo::start(folder.path());
    assert_eq!(demo.logins.len(), 3, "the demo prints its logins");
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().unwrap();
    let key = key(folder.path());
    let waits = async |path: String| loop {
        let sent = client.get(format!("{}{path}", demo.console)).bearer_auth(&key).send().await;
        let page: Value = sent.unwrap().json().await.unwrap();
        if page["cases"].as_array().is_some_and(|cases| !cases.is_empty()) {
            return page;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "no case within a minute: {page}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let page = waits("/v1/cases?status=open&queue=pictures".to_owned()).await;
    println!("a case with a picture waits after {:?}", begun.elapsed());
    waits("/v1/cases?status=open&queue=matches".to_owned()).await;
    signs_in(&client, &demo).await;
    let case = page["cases"][0]["id"].as_str().unwrap();
    let decision = json!({
        "reviewer": "robin", "ruling": "violation", "action": "remove",
        "policy": "harbour.violent-extremism", "reason": "The emblem, without comment.",
        "protected_purpose": "none",
    });
    let address = format!("{}/v1/cases/{case}/decisions", demo.console);
    let sent = client.post(address).bearer_auth(&key).json(&decision).send().await.unwrap();
    assert_eq!(sent.status(), 201);
    let decided: Value = sent.json().await.unwrap();
    let action = decided["actions"][0]["id"].as_str().unwrap().to_owned();
    loop {
        let page = client.get(&demo.forum).send().await.unwrap().text().await.unwrap();
        if page.contains(&action) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(90), "the action did not arrive");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The printed password opens the console.
async fn signs_in(client: &reqwest::Client, demo: &Demo) {
    let (login, password) = &demo.logins[0];
    let form = format!("login={login}&password={password}&code=");
    let sent = client
        .post(format!("{}/sign-in", demo.console))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    assert!(sent.status().is_redirection(), "{}", sent.status());
    assert!(sent.headers().contains_key("set-cookie"));
}

fn key(folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_seawall"))
        .arg("--config")
        .arg(folder.join("seawall.toml"))
        .args(["key", "add", "test", "--scope", "review"])
        .output()
        .unwrap();
    let key: Value = serde_json::from_slice(&output.stdout).unwrap();
    key["key"].as_str().unwrap().to_owned()
}
