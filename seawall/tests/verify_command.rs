//! `verify`, `replay` and `export`: what is asked is checked, and nothing is made on the way.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;
use std::process::{Command, Output};

/// A verifier key of another installation, which signed nothing here.
const FOREIGN_SEED: &str = "11";

fn program(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seawall"));
    command.args(arguments).current_dir(folder).env_remove("SEAWALL_CONFIG");
    command.env_remove("SEAWALL_STORAGE_DATABASE").output().unwrap()
}

/// Asserts how a command ended and what it told.
#[track_caller]
fn check(output: &Output, exit: i32, words: &[&str]) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(exit), "{told}");
    for word in words {
        assert!(told.contains(word), "no `{word}` in: {told}");
    }
}

/// Makes an installation and exports its log; gives the verifier key.
fn exported(folder: &Path) -> String {
    check(&program(folder, &["bank", "list"]), 0, &[]);
    let output = program(folder, &["export", "log.records"]);
    check(&output, 0, &["records written"]);
    let told = String::from_utf8(output.stderr).unwrap();
    told.trim().rsplit(' ').next().unwrap().to_owned()
}

/// The verifier key of another installation.
fn foreign_key() -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("log.key"), FOREIGN_SEED.repeat(32)).unwrap();
    exported(folder.path())
}

#[test]
fn nothing_is_made_where_there_is_no_installation() {
    let folder = tempfile::tempdir().unwrap();
    let commands: [&[&str]; 4] =
        [&["verify"], &["export", "log.records"], &["replay", "--all"], &["replay", "verdict_1"]];
    for command in commands {
        let output = program(folder.path(), command);
        check(&output, 2, &["no installation at", "seawall.db", "--config", "--database"]);
        assert!(output.stdout.is_empty(), "{command:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{command:?}");
    }
    let output = program(folder.path(), &["--database", "elsewhere/other.db", "verify"]);
    check(&output, 2, &["elsewhere/other.db"]);
    assert!(!folder.path().join("elsewhere").exists());
}

#[test]
fn an_existing_installation_is_verified_exported_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    exported(folder.path());
    check(&program(folder.path(), &["verify"]), 0, &["records hold"]);
    check(&program(folder.path(), &["replay", "--all"]), 0, &["0 verdicts replayed"]);
    check(&program(folder.path(), &["--database", "seawall.db", "verify"]), 0, &["records hold"]);
}

#[test]
fn a_checkpoint_or_key_without_a_log_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let key = exported(folder.path());
    for arguments in [
        &["verify", "--verifier-key", &key][..],
        &["verify", "--checkpoint", "checkpoint.txt", "--verifier-key", &key],
        &["verify", "--checkpoint", "checkpoint.txt"],
    ] {
        check(&program(folder.path(), arguments), 2, &["RECORDS"]);
    }
    let arguments = ["verify", "log.records", "--checkpoint", "checkpoint.txt"];
    check(&program(folder.path(), &arguments), 2, &["--verifier-key"]);
}

#[test]
fn a_key_alone_checks_the_signature_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let key = exported(folder.path());
    let verify =
        |key: &str| program(folder.path(), &["verify", "log.records", "--verifier-key", key]);
    check(&verify(&key), 0, &["records hold"]);
    check(&verify(&foreign_key()), 1, &["log.records", "checkpoint"]);
    check(&verify("no key"), 2, &["--verifier-key"]);
    let mut bytes = std::fs::read(folder.path().join("log.records")).unwrap();
    let mark = bytes.windows(4).rposition(|part| part == [0xFF; 4]).unwrap();
    bytes.truncate(mark);
    std::fs::write(folder.path().join("log.records"), bytes).unwrap();
    check(&verify(&key), 1, &["no checkpoint"]);
    check(&program(folder.path(), &["verify", "log.records"]), 0, &["records hold"]);
}
