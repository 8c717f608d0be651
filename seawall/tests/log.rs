//! The published log from both sides: what the installation publishes, and what an outsider finds
//! with nothing but that. Everything runs on the real binary, with real witnesses over HTTP.
#![allow(clippy::unwrap_used, missing_docs, dead_code)]

mod support;

use audit::tree::{TreeHead, read_tree_head};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Output;
use support::witness::Witness;
use support::{Installation, Server, eventually, item, json_lines, stderr, stdout};

/// An installation whose checkpoints these witnesses are asked to sign.
fn installation(witnesses: &[&Witness], more: &str) -> Installation {
    let allow: Vec<String> =
        witnesses.iter().map(|witness| format!("\"127.0.0.1:{}\"", witness.port)).collect();
    let tables: String = witnesses.iter().map(|witness| witness.settings()).collect();
    Installation::with(&format!("allow = [{}]", allow.join(", ")), &format!("{more}{tables}"))
}

/// Submits items, so that there are records.
async fn submit(installation: &Installation, server: &Server, name: &str, count: usize) {
    let api = server.api(&installation.key(&["submit"]));
    let items: Vec<Value> =
        (0..count).map(|number| item(&format!("{name}{number}"), "plain words")).collect();
    api.post_json("/v1/items?wait=verdict", &json!(items)).await;
}

/// Fills an installation with more records than one tile holds.
async fn fill(installation: &Installation) {
    let server = installation.serve();
    submit(installation, &server, "a", 300).await;
    server.stop();
}

/// Publishes, exports, and gives the verifier key that the export prints.
fn exported(installation: &Installation, folder: &str) -> String {
    installation.run(&["log", "publish"]);
    let output = installation.run(&["log", "export", folder]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stderr(&output).split('\'').nth(1).unwrap().to_owned()
}

fn verify(installation: &Installation, arguments: &[&str]) -> Output {
    installation.run(&[&["log", "verify"], arguments].concat())
}

#[track_caller]
fn check(output: &Output, exit: i32, words: &str) {
    let told = stderr(output);
    assert_eq!(output.status.code(), Some(exit), "{told}");
    assert!(told.contains(words), "no `{words}` in: {told}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

fn head(note: &str) -> TreeHead {
    read_tree_head(note).unwrap().head
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_verified_by_anybody() {
    let installation = installation(&[], "");
    fill(&installation).await;
    let key = exported(&installation, "public");
    let folder = installation.folder().join("public");
    let output = verify(&installation, &["public", "--key", &key]);
    check(&output, 0, "records hold");
    let told = json_lines(&output).remove(0);
    let own = json_lines(&installation.run(&["verify"])).remove(0);
    assert_eq!((&told["records"], &told["root"]), (&own["records"], &own["root"]));
    assert_eq!(told["hash"], own["hash"], "the chain of the published records is that of the log");
    flip_in_every_file(&installation, &folder, &key);
    remove_every_file(&installation, &folder, &key);
    std::fs::remove_file(folder.join("checkpoint")).unwrap();
    check(&verify(&installation, &["public", "--key", &key]), 2, "no checkpoint");
}

fn flip_in_every_file(installation: &Installation, folder: &Path, key: &str) {
    for file in files(folder) {
        let whole = std::fs::read(&file).unwrap();
        for place in [0, whole.len() / 2, whole.len() - 1] {
            let mut flipped = whole.clone();
            flipped[place] ^= 1;
            std::fs::write(&file, flipped).unwrap();
            let name = file.strip_prefix(folder).unwrap().to_str().unwrap();
            check(&verify(installation, &["public", "--key", key]), 1, name);
        }
        std::fs::write(&file, whole).unwrap();
    }
    check(&verify(installation, &["public", "--key", key]), 0, "records hold");
}

fn remove_every_file(installation: &Installation, folder: &Path, key: &str) {
    for file in files(folder).into_iter().filter(|file| !file.ends_with("checkpoint")) {
        let whole = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let name = file.strip_prefix(folder).unwrap().to_str().unwrap();
        let words = format!("{name} does not hold: it is missing");
        check(&verify(installation, &["public", "--key", key]), 1, &words);
        std::fs::write(&file, whole).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_grows_and_continues_what_was_published() {
    let installation = installation(&[], "");
    fill(&installation).await;
    let key = exported(&installation, "public");
    let checkpoint = installation.folder().join("public/checkpoint");
    let old = installation.folder().join("old");
    std::fs::copy(&checkpoint, &old).unwrap();
    let before = files(&installation.folder().join("public"));
    installation.user("robin");
    assert_eq!(exported(&installation, "public"), key);
    let after = files(&installation.folder().join("public"));
    assert!(before.iter().all(|file| after.contains(file)), "nothing published goes");
    let against = ["public", "--key", &key, "--against", "old"];
    check(&verify(&installation, &against), 0, "records hold");
    // The same older checkpoint against another installation's log with the same key and name.
    let other = Installation::new();
    std::fs::copy(installation.folder().join("log.key"), other.folder().join("log.key")).unwrap();
    std::fs::copy(&old, other.folder().join("old")).unwrap();
    other.user("lee");
    exported(&other, "public");
    check(&verify(&other, &against), 1, "the log was cut");
    fill(&other).await;
    exported(&other, "public");
    check(&verify(&other, &against), 1, "the log was rewritten");
    check(&verify(&other, &["public", "--key", &key]), 0, "records hold");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_served_log_is_verified_over_http() {
    let installation = installation(&[], "[transparency]\npublish_seconds = 1\n");
    let server = installation.serve();
    submit(&installation, &server, "a", 300).await;
    let reader = installation.key(&["report"]);
    let api = server.api(&reader);
    eventually("the records are published", async || {
        let note = api.get("/v1/log/checkpoint").await;
        (note.status == 200 && head(&note.text()).size > 300).then_some(())
    })
    .await;
    let key = exported(&installation, "public");
    let url = format!("{}/v1/log", server.base);
    let output = verify(&installation, &[&url, "--key", &key, "--api-key", &reader]);
    check(&output, 0, "records hold");
    check(&verify(&installation, &[&url, "--key", &key]), 2, "--api-key");
    let anybody = api.as_key(None);
    for path in ["checkpoint", "tile/0/000", "tile/entries/000"] {
        assert_eq!(anybody.get(&format!("/v1/log/{path}")).await.status, 401, "{path}");
    }
    let bound = installation.new_key(&["report"], Some("forum"));
    let bound = api.as_key(bound["key"].as_str());
    assert_eq!(bound.get("/v1/log/checkpoint").await.status, 403);
    for (path, status) in [
        ("tile/0/000", 200),
        ("tile/0/000.p/7", 200),
        ("tile/entries/000", 200),
        ("tile/1/000.p/1", 200),
        ("tile/1/000", 404),
        ("tile/0/x001/000", 404),
        ("tile/0/1", 404),
        ("tile/0/..%2F..%2Fcheckpoint", 404),
    ] {
        assert_eq!(api.get(&format!("/v1/log/{path}")).await.status, status, "{path}");
    }
    let exported = std::fs::read(installation.folder().join("public/tile/0/000")).unwrap();
    assert_eq!(api.get("/v1/log/tile/0/000").await.body, exported);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_log_needs_no_key() {
    let installation = installation(&[], "[transparency]\npublic = true\npublish_seconds = 1\n");
    let server = installation.serve();
    submit(&installation, &server, "a", 300).await;
    let api = server.api("none").as_key(None);
    eventually("the records are published", async || {
        let note = api.get("/v1/log/checkpoint").await;
        (note.status == 200 && head(&note.text()).size > 300).then_some(())
    })
    .await;
    let key = exported(&installation, "public");
    let url = format!("{}/v1/log/", server.base);
    check(&verify(&installation, &[&url, "--key", &key]), 0, "records hold");
    assert_eq!(api.get("/v1/records").await.status, 401, "that alone is open");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for (path, kind, caching) in [
        ("checkpoint", "text/plain; charset=utf-8", "max-age=2"),
        ("tile/0/000", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("tile/entries/000", "application/octet-stream", "public, max-age=31536000, immutable"),
    ] {
        let answer = client.get(format!("{url}{path}")).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], kind, "{path}");
        assert_eq!(answer.headers()["cache-control"], caching, "{path}");
    }
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn witnesses_sign_and_are_counted() {
    let (one, two) = (Witness::start("w1.example", 1).await, Witness::start("w2.example", 2).await);
    let installation = installation(&[&one, &two], "");
    fill(&installation).await;
    let output = installation.run(&["log", "publish"]);
    check(&output, 1, "the witness w1.example did not sign: it does not know this log");
    let key = exported(&installation, "public");
    one.register(&key);
    check(&installation.run(&["log", "publish"]), 1, "the witness w2.example did not sign");
    exported(&installation, "public");
    let (first, second) = (one.verifier_key(), two.verifier_key());
    let with_both = ["public", "--key", &key, "--witness", &first, "--witness", &second];
    check(&verify(&installation, &with_both), 1, "1 witnesses signed the checkpoint, and 2 must");
    let quorum = [&with_both[..], &["--quorum", "1"]].concat();
    check(&verify(&installation, &quorum), 0, "1 witnesses signed");
    two.register(&key);
    let output = installation.run(&["log", "publish"]);
    check(&output, 0, "");
    assert_eq!(json_lines(&output)[0]["witnesses"], json!(["w1.example", "w2.example"]));
    exported(&installation, "public");
    let output = verify(&installation, &with_both);
    check(&output, 0, "2 witnesses signed");
    assert_eq!(json_lines(&output)[0]["witnesses"][1]["name"], "w2.example");
    // What is signed by all is not asked for again.
    let asked = *one.asked.lock().unwrap();
    check(&installation.run(&["log", "publish"]), 0, "");
    assert_eq!(*one.asked.lock().unwrap(), asked);
    check(&verify(&installation, &[&with_both[..], &["--quorum", "3"]].concat()), 2, "--quorum");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_is_met_where_it_is_and_refuses_another_history() {
    let witness = Witness::start("w1.example", 1).await;
    let installation = installation(&[&witness], "");
    installation.user("nour");
    let key = exported(&installation, "public");
    witness.register(&key);
    check(&installation.run(&["log", "publish"]), 0, "");
    let first = witness.latest().unwrap();
    // The log grows by itself while the witness is away, and comes back with a proof.
    installation.user("robin");
    check(&installation.run(&["log", "publish"]), 0, "");
    let second = witness.latest().unwrap();
    assert!(second.size > first.size);
    // It remembers less, or more, than this installation thinks.
    installation.user("lee");
    witness.believe(Some(first));
    check(&installation.run(&["log", "publish"]), 0, "");
    let third = witness.latest().unwrap();
    let publish = || installation.run(&["log", "publish"]);
    for (believed, words) in [
        (TreeHead { root: [7; 32], ..first }, "two histories"),
        (TreeHead { size: 1_000_000, ..third }, "the log was cut"),
    ] {
        installation.user(&format!("user{}", believed.size));
        witness.believe(Some(believed));
        check(&publish(), 1, words);
    }
    witness.believe(None);
    check(&publish(), 0, "");
    drop(witness);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_put_back_or_changed_signs_nothing() {
    let installation = installation(&[], "");
    fill(&installation).await;
    exported(&installation, "public");
    let path = installation.folder().join("seawall.db");
    let database = Database::connect(format!("sqlite://{}", path.display())).await.unwrap();
    let change = async |sql: &str| database.execute_unprepared(sql).await.unwrap();
    change("CREATE TABLE kept AS SELECT * FROM tree_tiles").await;
    change("UPDATE tree_tiles SET hashes = zeroblob(8192) WHERE level = 0 AND place = 0").await;
    check(&installation.run(&["verify"]), 1, "tile/0/000 does not hold: its hash 0");
    change("DELETE FROM tree_tiles").await;
    change("INSERT INTO tree_tiles SELECT * FROM kept").await;
    check(&installation.run(&["verify"]), 0, "records hold");
    change("UPDATE tree_tiles SET hashes = zeroblob(32) WHERE level = 1").await;
    check(&installation.run(&["log", "publish"]), 2, "the log was rewritten");
    check(&installation.run(&["verify"]), 1, "tile/1/000.p/1 does not hold");
    change("DELETE FROM tree_tiles WHERE level = 1").await;
    check(&installation.run(&["verify"]), 2, "empty the table tree_tiles");
    change("DELETE FROM tree_tiles").await;
    check(&installation.run(&["verify"]), 0, "records hold");
    // An older state under a later checkpoint.
    let note = std::fs::read_to_string(installation.folder().join("public/checkpoint")).unwrap();
    let size = head(&note).size.to_string();
    let later = note.replacen(&size, "9999", 1);
    change(&format!("UPDATE tree_checkpoint SET size = 9999, note = '{later}'")).await;
    check(&installation.run(&["log", "publish"]), 2, "the log was cut");
    check(&installation.run(&["verify"]), 1, "the log was cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_proven_by_one_file_also_after_everything_else_is_erased() {
    let installation = installation(&[], "");
    fill(&installation).await;
    let key = exported(&installation, "before");
    erase_everything_else(&installation).await;
    assert_eq!(exported(&installation, "after"), key);
    for folder in ["before", "after"] {
        check(&verify(&installation, &[folder, "--key", &key]), 0, "records hold");
    }
    let against = ["after", "--key", &key, "--against", "before/checkpoint"];
    check(&verify(&installation, &against), 0, "records hold");
    for record in ["0", "255", "256", "300"] {
        let output = installation.run(&["log", "prove", record]);
        check(&output, 0, "");
        installation.write("record.tlog-proof", &output.stdout);
        let output = verify(&installation, &["record.tlog-proof", "--key", &key]);
        check(&output, 0, &format!("record {record} is in the log"));
        let told = json_lines(&output).remove(0);
        assert_eq!(told["record"]["seq"].to_string(), record);
    }
    let changed =
        stdout(&installation.run(&["log", "prove", "7"])).replacen("index 7", "index 8", 1);
    installation.write("changed.tlog-proof", changed);
    check(&verify(&installation, &["changed.tlog-proof", "--key", &key]), 1, "does not lead");
    installation.write("other.txt", "words");
    check(&verify(&installation, &["other.txt", "--key", &key]), 2, "neither a folder");
    check(&installation.run(&["log", "prove", "9999"]), 2, "record 9999 is not published");
    let chain = key.replace("/v1/log", "");
    check(&verify(&installation, &["after", "--key", &chain]), 2, "--key");
    check(&verify(&installation, &["nowhere", "--key", &key]), 2, "no published log");
}

/// Empties every table but those of the log: no deletion can be more than that.
async fn erase_everything_else(installation: &Installation) {
    let log = ["log_head", "records", "tree_tiles", "tree_checkpoint", "schema_steps"];
    let path = installation.folder().join("seawall.db");
    let database = Database::connect(format!("sqlite://{}", path.display())).await.unwrap();
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table'";
    let statement = sea_orm::Statement::from_string(database.get_database_backend(), sql);
    for row in database.query_all_raw(statement).await.unwrap() {
        let table: String = row.try_get_by_index(0).unwrap();
        if !log.contains(&table.as_str()) && table != "counters" {
            database.execute_unprepared(&format!("DELETE FROM {table}")).await.unwrap();
        }
    }
}

#[test]
fn nothing_is_published_or_proven_where_there_is_no_installation() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["log", "publish"][..], &["log", "export", "public"], &["log", "prove", "0"]] {
        let output = support::binary(command).current_dir(folder.path()).output().unwrap();
        check(&output, 2, "no installation at");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{command:?}");
    }
}
