//! A flipped byte in any stored record, or in its stored hash, is named and makes `verify` fail.
#![allow(clippy::unwrap_used, missing_docs)]

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use std::path::Path;
use std::process::{Command, Output};

#[tokio::test(flavor = "multi_thread")]
async fn every_flipped_byte_of_the_stored_log_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seawall.db");
    let engine = open(&path, folder.path()).await;
    for login in ["robin", "lee"] {
        engine.add_user(new_user(login), &engine::Origin::operator()).await.unwrap();
    }
    let records = engine.records(0, 100).await.unwrap();
    assert_eq!(engine.verify(|_| {}).await.unwrap().records, records.len() as u64);
    let database = Database::connect(format!("sqlite://{}", path.display())).await.unwrap();
    let mut flips = 0;
    for (number, (bytes, hash)) in records.iter().enumerate() {
        for (column, whole) in [("bytes", bytes), ("hash", hash)] {
            for place in 0..whole.len() {
                let mut flipped = whole.clone();
                flipped[place] ^= 1 << (place % 8);
                write(&database, column, number, &flipped).await;
                let named = named(&engine).await;
                assert_eq!(named, Some(number as u64), "{column}, byte {place}");
                flips += 1;
            }
            write(&database, column, number, whole).await;
        }
    }
    println!("{flips} flipped bytes in {} records, each named", records.len());
    assert_eq!(named(&engine).await, None);
    on_the_command_line(&database, &records, folder.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_added_or_exchanged_record_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seawall.db");
    let engine = open(&path, folder.path()).await;
    for login in ["a", "b", "c", "d"] {
        engine.add_user(new_user(login), &engine::Origin::operator()).await.unwrap();
    }
    let last = engine.head().await.unwrap().next - 1;
    let database = Database::connect(format!("sqlite://{}", path.display())).await.unwrap();
    let backup = "CREATE TABLE kept AS SELECT * FROM records";
    database.execute_unprepared(backup).await.unwrap();
    let exchange = "UPDATE records SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 ELSE seq END; \
                    UPDATE records SET seq = -seq WHERE seq < 0";
    for (change, record) in [
        (format!("DELETE FROM records WHERE seq = {last}"), last),
        ("DELETE FROM records WHERE seq = 2".to_owned(), 2),
        ("DELETE FROM records WHERE seq = 0".to_owned(), 0),
        (exchange.to_owned(), 2),
    ] {
        database.execute_unprepared(&change).await.unwrap();
        assert_eq!(named(&engine).await, Some(record), "{change}");
        let restore = "DELETE FROM records; INSERT INTO records SELECT * FROM kept";
        database.execute_unprepared(restore).await.unwrap();
        assert_eq!(named(&engine).await, None);
    }
}

/// The record that verification names, if any.
async fn named(engine: &engine::Engine) -> Option<u64> {
    match engine.verify(|_| {}).await {
        Ok(_) => None,
        Err(engine::Error::Broken(broken)) => Some(broken.seq),
        Err(other) => panic!("{other}"),
    }
}

/// The program itself names the record and exits with 1, for its own log and for an exported one.
async fn on_the_command_line(
    database: &DatabaseConnection,
    records: &[(Vec<u8>, Vec<u8>)],
    folder: &Path,
) {
    std::fs::write(folder.join("seawall.toml"), "").unwrap();
    let file = folder.join("log.seawall");
    assert_eq!(program(folder, &["export", file.to_str().unwrap()]).status.code(), Some(0));
    let number = records.len() - 1;
    let mut flipped = records[number].0.clone();
    flipped[40] ^= 1;
    write(database, "bytes", number, &flipped).await;
    let expected = format!("record {number} ");
    assert_told(&program(folder, &["verify"]), &expected);
    let mut bytes = std::fs::read(&file).unwrap();
    let place = bytes.windows(40).position(|part| part == &records[number].0[..40]).unwrap();
    bytes[place + 40] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert_told(&program(folder, &["verify", file.to_str().unwrap()]), &expected);
}

fn assert_told(output: &Output, words: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(words), "{told}");
}

fn program(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seawall"));
    command.arg("--config").arg(folder.join("seawall.toml")).args(arguments);
    command.output().unwrap()
}

fn new_user(login: &str) -> engine::NewUser {
    engine::NewUser {
        login: login.to_owned(),
        role: engine::Role::Reviewer,
        password: Some("a long password".to_owned()),
        second_factor: engine::SecondFactor::None,
        language: "en".to_owned(),
    }
}

async fn open(path: &Path, folder: &Path) -> engine::Engine {
    engine::Engine::open(engine::Options {
        location: engine::Location::Sqlite(path.to_owned()),
        evidence: folder.join("evidence"),
        evidence_keys: folder.join("evidence-keys"),
        second_person: false,
        datasets: folder.join("datasets"),
        queues: Vec::new(),
        ladder: review::Ladder::default(),
        first_rules: Vec::new(),
        redress: engine::Redress::with_key(engine::LinkKey::new([7; 32])),
        clock: engine::Clock::system(),
        decoder: sandbox::Decoder::in_this_process(),
        orders: engine::OrderSetup::default(),
        threats: engine::ThreatSetup::default(),
        statements: engine::StatementOptions::default(),
    })
    .await
    .unwrap()
}

async fn write(database: &DatabaseConnection, column: &str, number: usize, value: &[u8]) {
    let value = hex::encode(value);
    let sql = format!("UPDATE records SET {column} = X'{value}' WHERE seq = {number}");
    database.execute_unprepared(&sql).await.unwrap();
}
