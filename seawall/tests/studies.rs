//! Studies on the real binary: a simulated world is written, studied over HTTP and from the command
//! line, and what comes out agrees with the truth that the world knows.

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

mod support;

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::{Api, Installation, eventually};

const PURPOSE: &str = "To see whether the invented movement coordinates on the forum.";

/// An installation with a simulated world among its datasets.
fn installation() -> (Installation, PathBuf) {
    let installation = Installation::new();
    let world = installation.folder().join("datasets/world");
    let out = world.display().to_string();
    let told = ["simulate", "--seed", "7", "--days", "4", "--accounts", "4000", "--out", &out];
    let output = installation.run(&told);
    assert!(output.status.success(), "{}", support::stderr(&output));
    (installation, world)
}

fn truth(world: &Path, table: &str) -> Vec<Value> {
    let text = fs::read_to_string(world.join("truth").join(table)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn order(kind: &str, parameters: &Value) -> Value {
    json!({
        "kind": kind, "service": "forum", "source": { "from": "folder", "name": "world" },
        "parameters": parameters, "purpose": PURPOSE, "legal_basis": "legitimate_interests",
        "retention_days": 30,
    })
}

async fn finished(api: &Api, id: &str) -> Value {
    eventually("the study ends", async || {
        let study = api.get_json(&format!("/v1/studies/{id}")).await;
        let state = study["state"].as_str().unwrap().to_owned();
        (state != "waiting" && state != "running").then_some(study)
    })
    .await
}

async fn study(api: &Api, kind: &str, parameters: &Value) -> Value {
    let ordered = api.post_json("/v1/studies", &order(kind, parameters)).await;
    let id = ordered["id"].as_str().unwrap();
    let ended = finished(api, id).await;
    assert_eq!(ended["state"], "finished", "{ended}");
    assert_eq!(ended["purpose"], PURPOSE);
    api.get_json(&format!("/v1/studies/{id}/result")).await
}

/// What no result may have: who is in a world, and what they posted.
struct Secrets {
    /// Ids of accounts and of posts.
    ids: BTreeSet<String>,
    /// Every text, in lower case.
    texts: String,
}

impl Secrets {
    fn of(world: &Path) -> Self {
        let items = fs::read_to_string(world.join("items.ndjson")).unwrap();
        let items: Vec<Value> =
            items.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let accounts = truth(world, "accounts.ndjson");
        let named = accounts.iter().chain(&items);
        let ids = named.map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        let texts: Vec<&str> = items.iter().filter_map(|item| item["text"].as_str()).collect();
        Self { ids, texts: texts.join("\n").to_lowercase() }
    }

    /// Looks through a result: no text of it is an id, and none of several words is in a post.
    fn are_kept(&self, result: &Value) {
        match result {
            Value::String(text) => {
                assert!(!self.ids.contains(text), "{text} is named");
                let is_sentence = text.len() > 20 && text.trim().contains(' ');
                let is_quoted = is_sentence && self.texts.contains(&text.to_lowercase());
                assert!(!is_quoted, "somebody is quoted: {text}");
            }
            Value::Array(values) => values.iter().for_each(|value| self.are_kept(value)),
            Value::Object(fields) => fields.values().for_each(|value| self.are_kept(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_three_studies_run_on_a_server() {
    let (installation, world) = installation();
    let server = installation.serve();
    let api = server.api(&installation.key(&["study", "submit"]));
    let secrets = Secrets::of(&world);

    let campaigns = study(&api, "campaigns", &json!({ "noise_repeats": 0 })).await;
    assert!(campaigns["posts"].as_u64().unwrap() > 1_000, "{campaigns}");
    assert!(!campaigns["findings"].as_array().unwrap().is_empty());
    secrets.are_kept(&campaigns);

    let members: Vec<Value> = truth(&world, "accounts.ndjson")
        .into_iter()
        .filter(|account| account["member"] == true)
        .map(|account| account["id"].clone())
        .take(20)
        .collect();
    let parameters = json!({
        "seeds": members, "membership": "posts for the invented movement",
        "sample": { "accounts": 300 },
    });
    let census = study(&api, "census", &parameters).await;
    assert_eq!(census["census"]["seeds"]["known"], 20);
    assert!(!census["census"]["listed"].as_array().unwrap().is_empty());
    secrets.are_kept(&census);

    let returns = study(&api, "returns", &json!({})).await;
    assert!(returns["coverage"]["suspended"].as_u64().unwrap() > 0, "{}", returns["coverage"]);
    secrets.are_kept(&returns);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_study_is_stopped_and_bad_orders_are_refused() {
    let (installation, _) = installation();
    let server = installation.serve();
    let api = server.api(&installation.key(&["study", "submit"]));
    let ordered = api.post_json("/v1/studies", &order("campaigns", &json!({}))).await;
    let id = ordered["id"].as_str().unwrap();
    let stopped = api.post(&format!("/v1/studies/{id}/stop"), &json!({})).await;
    // It may have ended before it could be stopped; then that is said.
    assert!([200, 422].contains(&stopped.status), "{}", stopped.text());
    let ended = finished(&api, id).await;
    let expected = if stopped.status == 200 { "cancelled" } else { "finished" };
    assert_eq!(ended["state"], expected);

    for (change, words) in [
        (json!({ "purpose": "short" }), "at least 10 characters"),
        (json!({ "retention_days": 0 }), "1 to 730 days"),
        (json!({ "source": { "from": "folder", "name": "../world" } }), "name of a dataset"),
        (json!({ "parameters": { "windows_s": [] } }), "windows_s"),
        (json!({ "kind": "census", "parameters": {} }), "`membership` is missing"),
    ] {
        let mut body = order("campaigns", &json!({}));
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = api.post("/v1/studies", &body).await;
        assert_eq!(answer.status, 422, "{change}");
        assert!(answer.text().contains(words), "{change}: {}", answer.text());
    }
    let mut absent = order("returns", &json!({}));
    absent["source"]["name"] = "absent".into();
    let ordered = api.post_json("/v1/studies", &absent).await;
    let failed = finished(&api, ordered["id"].as_str().unwrap()).await;
    assert_eq!(failed["state"], "failed");
    assert!(failed["problem"].as_str().unwrap().contains("absent"), "{failed}");
    server.stop();
}

/// Runs a statement on the database of an installation whose server is not running.
async fn on_database(installation: &Installation, sql: &str) {
    let path = installation.folder().join("seawall.db");
    let database = Database::connect(format!("sqlite://{}?mode=rw", path.display())).await.unwrap();
    database.execute_unprepared(sql).await.unwrap();
    database.close().await.unwrap();
}

/// How many finished parts of studies are kept.
async fn parts(installation: &Installation) -> i64 {
    let path = installation.folder().join("seawall.db");
    let database = Database::connect(format!("sqlite://{}?mode=ro", path.display())).await.unwrap();
    let sql = "SELECT COUNT(*) AS parts FROM study_documents WHERE name LIKE 'part/%'";
    let row = database.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
    database.close().await.unwrap();
    row.unwrap().try_get("", "parts").unwrap()
}

/// The numbers of a result: pseudonyms differ from study to study.
fn numbers(result: &Value) -> Value {
    match result {
        Value::Array(values) => values.iter().map(numbers).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), numbers(value))).collect()
        }
        Value::String(_) => Value::Null,
        Value::Null | Value::Bool(_) | Value::Number(_) => result.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_study_goes_on_after_its_server_was_killed() {
    let (installation, _) = installation();
    let key = installation.key(&["study"]);
    let server = installation.serve();
    let api = server.api(&key);
    let parameters = json!({ "windows_s": [10, 60], "noise_repeats": 5 });
    let whole = study(&api, "campaigns", &parameters).await;
    let ordered = api.post_json("/v1/studies", &order("campaigns", &parameters)).await;
    let id = ordered["id"].as_str().unwrap();
    let kept = eventually("a part is kept", async || {
        let kept = parts(&installation).await;
        (kept > 0).then_some(kept)
    })
    .await;
    // Dropping it kills it by its process id.
    drop(server);
    assert!(parts(&installation).await >= kept, "what was kept is still there");

    // Nobody takes it up as long as the dead server might still be at it.
    on_database(&installation, "UPDATE studies SET leased_us = 0").await;
    let server = installation.serve();
    let api = server.api(&key);
    let ended = finished(&api, id).await;
    assert_eq!(ended["state"], "finished", "{ended}");
    let resumed = api.get_json(&format!("/v1/studies/{id}/result")).await;
    assert_eq!(numbers(&resumed), numbers(&whole));
    assert_eq!(parts(&installation).await, 0, "parts go when the result is there");
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_in_can_be_studied() {
    let installation = Installation::new();
    let server = installation.serve();
    let api = server.api(&installation.key(&["study", "submit"]));
    for account in 0..4 {
        for post in 0..5 {
            let at = format!("2026-01-0{}T00:00:0{account}Z", post + 1);
            let text = format!("keldravu vornezhu ashvumi message number {post} for all of you");
            let mut item = support::item(&format!("p{account}-{post}"), &text);
            item["created_at"] = at.into();
            item["author"] =
                json!({ "id": format!("a{account}"), "handle": format!("h{account}") });
            api.post_json("/v1/items", &item).await;
        }
    }
    let follows = json!({
        "service": "forum",
        "follows": [{ "from": "a0", "to": "a1" }, { "from": "a1", "to": "a0", "at": null }],
    });
    assert_eq!(api.post_json("/v1/follows", &follows).await["taken"], 2);
    let mut body = order("campaigns", &json!({ "noise_repeats": 0 }));
    body["source"] = json!({
        "from": "history", "since": "2020-01-01T00:00:00Z", "until": "2199-01-01T00:00:00Z",
    });
    let ordered = api.post_json("/v1/studies", &body).await;
    let id = ordered["id"].as_str().unwrap();
    let ended = finished(&api, id).await;
    assert_eq!(ended["state"], "finished", "{ended}");
    let result = api.get_json(&format!("/v1/studies/{id}/result")).await;
    assert_eq!((&result["posts"], &result["accounts"]), (&json!(20), &json!(4)), "{result}");
    server.stop();
    // What the run had written out is gone.
    let left = fs::read_dir(installation.folder().join("datasets")).into_iter().flatten().count();
    assert_eq!(left, 0);
}

#[test]
fn the_command_line_writes_results_and_a_report() {
    let (installation, world) = installation();
    let dataset = world.display().to_string();
    let out = installation.folder().join("out");
    let to = out.display().to_string();
    let told = ["study", "campaigns", &dataset, "--out", &to, "--language", "ar"];
    let line = installation.lines(&told).remove(0);
    assert_eq!(line["study"], "campaigns");
    let report = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(report.contains("<html lang=\"ar\" dir=\"rtl\">"));
    assert!(!report.contains("src=\"http") && !report.contains("href=\"http"));
    let result: Value =
        serde_json::from_str(&fs::read_to_string(out.join("result.json")).unwrap()).unwrap();
    assert!(result["posts"].as_u64().unwrap() > 1_000);
    assert!(!out.join(".parts").exists(), "parts of a whole study are dropped");
    // The same seed gives the same world, and the same world the same digest.
    let again = installation.folder().join("again");
    let again = again.display().to_string();
    let told = ["simulate", "--seed", "7", "--days", "4", "--accounts", "4000", "--out", &again];
    assert!(installation.run(&told).status.success());
    let told = ["study", "returns", &again, "--out", &to];
    let returns = installation.lines(&told).remove(0);
    assert_eq!(returns["dataset_sha256"], line["dataset_sha256"]);
}

#[test]
fn networks_of_other_tools_come_from_the_command_line() {
    let installation = Installation::new();
    let csv = "account_id,post_id,url_id,timestamp\n\
               a,1,x,100\nb,2,x,110\na,3,y,200\nb,4,y,205\nc,5,y,900\n";
    let file = installation.write("shares.csv", csv).display().to_string();
    let out = installation.folder().join("out").display().to_string();
    let told = [
        "study",
        "campaigns",
        &file,
        "--compat",
        "coortweet",
        "--object",
        "url_id",
        "--window",
        "30",
        "--participation",
        "2",
        "--out",
        &out,
    ];
    let summary = installation.lines(&told).remove(0);
    assert_eq!(summary["pairs"], 2);
    let pairs = fs::read_to_string(Path::new(&out).join("pairs.csv")).unwrap();
    let head = "object_id,content_id,content_id_y,time_delta,account_id,account_id_y";
    assert_eq!(pairs.lines().next(), Some(head));
    assert_eq!(pairs.lines().count(), 3);
    let bad = installation.write("bad.csv", "account_id,post_id,url_id,timestamp\na,1,x,noon\n");
    let bad = bad.display().to_string();
    let told =
        ["study", "campaigns", &bad, "--compat", "coortweet", "--object", "url_id", "--out", &out];
    let output = installation.run(&told);
    assert_eq!(output.status.code(), Some(2));
    let words = support::stderr(&output);
    assert!(words.contains("timestamp") && words.contains("noon"), "{words}");
}
