//! The command line: what it prints, on which stream, and how it ends. 0 is done, 1 found
//! something, 2 an error.

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

mod support;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;
use support::{Installation, SHARED, TERMS, binary, fed, item, json_lines, stderr, stdout};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../signals/tests/fixtures");

/// Asserts how a command ended, and that standard error has the words.
fn check(what: &str, output: &Output, exit: i32, words: &[&str]) {
    let told = stderr(output);
    assert_eq!(output.status.code(), Some(exit), "{what}: {told}{}", stdout(output));
    for word in words {
        assert!(told.contains(word), "{what}: `{word}` is not in: {told}");
    }
}

/// Real input, or a message that the test is skipped.
fn shared() -> Option<&'static Path> {
    let folder = Path::new(SHARED);
    if !folder.exists() {
        println!("skipped: {SHARED} is absent");
    }
    folder.exists().then_some(folder)
}

fn table(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect());
    rows.collect()
}

fn lines_of(items: &[Value]) -> String {
    items.iter().map(|item| format!("{item}\n")).collect()
}

#[test]
fn help_is_there_for_every_command() {
    let commands: &[&[&str]] = &[
        &[],
        &["demo"],
        &["serve"],
        &["check"],
        &["hash"],
        &["bank"],
        &["bank", "import"],
        &["bank", "dry-run"],
        &["bank", "export"],
        &["bank", "list"],
        &["bank", "show"],
        &["bank", "add"],
        &["bank", "retire"],
        &["rules"],
        &["rules", "check"],
        &["rules", "promote"],
        &["rules", "list"],
        &["replay"],
        &["verify"],
        &["export"],
        &["user"],
        &["user", "add"],
        &["key"],
        &["key", "add"],
        &["config"],
        &["completions"],
    ];
    for command in commands {
        let output = binary(&[command, &["--help"][..]].concat()).output().unwrap();
        check(&format!("{command:?}"), &output, 0, &[]);
        assert!(stdout(&output).contains("Usage: seawall"), "{command:?}");
        assert!(stdout(&output).lines().all(|line| line.chars().count() <= 100), "{command:?}");
    }
    for wrong in [&["chekc"][..], &["check", "--nmae"], &["bank"], &["hash"], &["key", "add", "x"]]
    {
        check(&format!("{wrong:?}"), &binary(wrong).output().unwrap(), 2, &["Usage:"]);
    }
    let version = binary(&["--version"]).output().unwrap();
    assert_eq!(stdout(&version), format!("seawall {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_printed_settings_load_and_wrong_ones_are_placed() {
    let installation = Installation::new();
    let default = binary(&["config"]).output().unwrap();
    check("config", &default, 0, &[]);
    let file = installation.write("default.toml", &default.stdout);
    let listed = installation.run(&["--config", file.to_str().unwrap(), "bank", "list"]);
    check("the default settings", &listed, 0, &[]);
    assert!(installation.folder().join("seawall.db").exists());
    let wrong = installation.write("wrong.toml", "[server]\nlisten = 5\n");
    let output = installation.run(&["--config", wrong.to_str().unwrap(), "bank", "list"]);
    check("wrong settings", &output, 2, &["wrong.toml", "listen = 5", "seawall config"]);
    let output = installation.run(&["--config", "absent.toml", "bank", "list"]);
    check("absent settings", &output, 2, &["absent.toml", "seawall config"]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = binary(&["completions", shell]).output().unwrap();
        check(shell, &output, 0, &[]);
        assert!(stdout(&output).contains("dry-run"), "{shell}");
    }
}

#[test]
fn check_says_what_it_found_and_ends_as_scanners_do() {
    let installation = Installation::new();
    installation.write("words.csv", TERMS);
    let run = |arguments: &[&str], input: &str| {
        let all = [&["check", "--banks", "words.csv", "--format", "json"], arguments].concat();
        fed(installation.command(&all), input.as_bytes())
    };
    let plain = lines_of(&[item("p1", "plain"), item("p2", "ordinary")]);
    let output = run(&["-"], &plain);
    check("nothing matched", &output, 0, &["2 items checked, 0 with a match, 0 problems"]);
    assert!(output.stdout.is_empty());

    let some = lines_of(&[item("p1", "plain"), item("p2", "é velmora"), item("p3", "VELMORA")]);
    let output = run(&[], &some);
    check("something matched", &output, 1, &["3 items checked, 2 with a match"]);
    let found = json_lines(&output);
    assert_eq!(
        found[0],
        json!({
            "item": "p2", "verdict": "review", "labels": ["known-term"], "rules": ["known-term"],
            "matches": [{
                "bank": "words", "kind": "term", "entry": "velmora", "policy": "ashen-front",
                "grade": "exact",
                "spans": [{ "start": 3, "end": 10, "utf16": { "start": 2, "end": 9 } }],
            }],
        })
    );
    assert_eq!(found[1]["item"], "p3");

    let broken = format!("{plain}\n{{\"id\": 5}}\nno json\n{some}");
    let output = run(&["-"], &broken);
    let told: &[&str] = &["standard input:4: ", "standard input:5: ", "not JSON", "2 problems"];
    check("lines that are no items", &output, 2, told);
    assert_eq!(json_lines(&output).len(), 2, "the rest is judged");
    let output = fed(installation.command(&["check", "--banks", "words.csv"]), b"\xFF\xFE\n\0\n");
    check("bytes", &output, 2, &["standard input:1: ", "UTF-8", "standard input:2: "]);
}

#[test]
fn check_takes_files_and_folders() {
    let installation = Installation::new();
    let hash = installation.lines(&["hash", &format!("{FIXTURES}/scene.png")]).remove(0);
    let pdq = hash["pdq"]["hash"].as_str().unwrap();
    std::fs::create_dir_all(installation.folder().join("banks")).unwrap();
    std::fs::create_dir_all(installation.folder().join("in/deeper")).unwrap();
    installation.write("banks/words.csv", TERMS);
    installation.write("banks/pictures.jsonl", json!({ "kind": "pdq", "value": pdq }).to_string());
    installation.write("in/a.png", std::fs::read(format!("{FIXTURES}/scene.jpg")).unwrap());
    installation.write("in/empty.png", "");
    installation.write("in/deeper/b.png", std::fs::read(format!("{FIXTURES}/scene.gif")).unwrap());
    let mut pictured = item("p1", "");
    pictured["media"] = json!([{ "id": "m1", "kind": "image", "path": "deeper/b.png" },
        { "id": "m2", "kind": "image", "path": "absent.png" }]);
    installation.write("in/posts.jsonl", lines_of(&[pictured, item("p2", "velmora")]));
    let output = installation.run(&["check", "in", "--banks", "banks", "--format", "json"]);
    check("a folder", &output, 1, &["5 items checked, 4 with a match, 0 problems"]);
    let found = json_lines(&output);
    let items: Vec<&str> = found.iter().map(|found| found["item"].as_str().unwrap()).collect();
    assert_eq!(items, ["in/a.png", "in/deeper/b.png", "p1", "p2"]);
    assert_eq!(found[2]["matches"][0]["media"], "m1");

    let output = installation.run(&["check", "in/empty.png"]);
    check("an empty picture", &output, 0, &["1 items checked"]);
    installation.write("empty.jsonl", "");
    let output = installation.run(&["check", "empty.jsonl"]);
    check("an empty file", &output, 0, &["0 items checked"]);
    let output = installation.run(&["check", "in/posts.jsonl", "--banks", "banks"]);
    check("text for people", &output, 1, &[]);
    let text = stdout(&output);
    assert!(text.contains("p2: review\n  term `velmora` of bank words, bytes 0–7\n"), "{text}");
    for (name, arguments) in [
        ("absent", &["check", "absent.jsonl"][..]),
        ("absent", &["check", "absent.png"]),
        ("absent", &["check", "--banks", "absent.csv"]),
        ("absent", &["check", "--rules", "absent.toml"]),
        ("in: the folder holds no", &["check", "--rules", "in"]),
    ] {
        check(&format!("{arguments:?}"), &installation.run(arguments), 2, &[name, "seawall: "]);
    }
    installation.write("bad.csv", "kind,value\npdq,xyz\n");
    let output = installation.run(&["check", "empty.jsonl", "--banks", "bad.csv"]);
    check("a bad bank", &output, 2, &["bad.csv:2: value: "]);
}

#[test]
fn real_posts_have_the_matches_that_are_expected() {
    let Some(shared) = shared() else { return };
    let place = |path: &str| shared.join(path).display().to_string();
    let (posts, banks) = (place("posts/posts.jsonl"), place("banks"));
    let output =
        binary(&["check", &posts, "--banks", &banks, "--format", "json"]).output().unwrap();
    check("posts", &output, 1, &["6000 items checked", " 0 problems"]);
    let found: BTreeSet<(String, String)> = json_lines(&output)
        .iter()
        .flat_map(|line| {
            let item = line["item"].as_str().unwrap().to_owned();
            let matches = line["matches"].as_array().unwrap().clone();
            matches.into_iter().map(move |one| (item.clone(), entry_of(&one)))
        })
        .collect();
    let expected = table(&shared.join("posts/expected_matches.csv"));
    assert_eq!(expected.len(), 53);
    for row in expected {
        let pair = (row[0].clone(), row[1..].join(","));
        assert!(found.contains(&pair), "{pair:?} was not found");
    }
}

fn entry_of(one: &Value) -> String {
    match one["kind"].as_str().unwrap() {
        "pdq" => "pdq".to_owned(),
        kind => format!("{kind}:{}", one["entry"].as_str().unwrap()),
    }
}

#[test]
fn hashes_are_those_of_the_tables() {
    let Some(shared) = shared() else { return };
    let pdq = shared.join("pdq");
    let hash = |file: &str| {
        let output = binary(&["hash", pdq.join(file).to_str().unwrap()]).output().unwrap();
        check(file, &output, 0, &[]);
        json_lines(&output).remove(0)
    };
    for row in table(&pdq.join("expected_full_resolution.csv")) {
        let found = hash(&row[0])["pdq"].clone();
        let dihedral: Vec<&str> = row[5..].iter().map(String::as_str).collect();
        let quality: u8 = row[1].parse().unwrap();
        let expected = json!({ "hash": row[4], "quality": quality, "dihedral": dihedral });
        assert_eq!(found, expected, "{}", row[0]);
    }
    for row in table(&pdq.join("expected_decoded_png.csv")) {
        let found = hash(&row[0]);
        let (quality, hash) = (found["pdq"]["quality"].to_string(), &found["pdq"]["hash"]);
        assert_eq!((quality, hash.as_str().unwrap()), (row[3].clone(), row[4].as_str()));
    }
}

#[test]
fn the_emblem_of_the_simulator_has_the_hash_that_its_worlds_use() {
    let installation = Installation::new();
    let picture = installation.write("emblem.png", simulate::emblem_png());
    let line = installation.lines(&["hash", picture.to_str().unwrap()]).remove(0);
    assert_eq!(line["pdq"]["hash"], hex::encode(simulate::world::EMBLEM_PDQ));
}

#[test]
fn hash_tells_what_it_cannot_read() {
    let installation = Installation::new();
    installation.write("empty", "");
    installation.write("note.txt", "abc");
    let output = installation.run(&["hash", "note.txt", "empty"]);
    check("no pictures", &output, 0, &[]);
    let lines = json_lines(&output);
    assert_eq!(lines[0]["md5"], "900150983cd24fb0d6963f7d28e17f72");
    assert_eq!(
        lines[0]["sha256"],
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert!(lines.iter().all(|line| line.get("pdq").is_none() && line["missing"].is_string()));
    let output = installation.run(&["hash", "absent.png", "note.txt"]);
    check("an absent file", &output, 2, &[]);
    let lines = json_lines(&output);
    assert_eq!((lines.len(), lines[0]["path"].as_str()), (2, Some("absent.png")));
    assert!(lines[0]["missing"].as_str().unwrap().contains("No such file"), "{}", lines[0]);
    let files = std::fs::read_dir(FIXTURES).unwrap().count();
    assert_eq!(installation.lines(&["hash", FIXTURES]).len(), files);
}

#[test]
fn banks_are_curated() {
    let installation = Installation::new();
    installation.write("words.csv", TERMS);
    installation.write("bad.csv", "kind,value\nterm,orrin\nsha256,abc\n");
    let dry = installation.run(&["bank", "dry-run", "words.csv", "bad.csv"]);
    check("dry run", &dry, 2, &["bad.csv:3: value: "]);
    assert_eq!(json_lines(&dry)[1], json!({ "file": "bad.csv", "entries": 1, "problems": 1 }));
    assert!(installation.lines(&["bank", "list"]).is_empty(), "a dry run imported something");

    let imported = installation.run(&["bank", "import", "words.csv", "bad.csv"]);
    check("import", &imported, 2, &["bad.csv:3: value: "]);
    assert_eq!(
        json_lines(&imported)[0],
        json!({
            "bank": "words", "entries": 1, "revision": 1, "problems": [],
        })
    );
    installation.lines(&["bank", "import", "words.csv"]);
    installation.lines(&["bank", "add", "words", "domain", "harbour.example", "--note", "n"]);
    let shown = installation.lines(&["bank", "show", "words"]);
    assert_eq!(shown.len(), 2, "an entry in force stays as it is: {shown:?}");
    let entry = shown[0]["id"].as_str().unwrap();
    let retired = installation.lines(&["bank", "retire", entry]);
    assert_eq!((&retired[0]["entry"], retired.len()), (&shown[0]["id"], 1));
    assert_eq!(installation.lines(&["bank", "show", "words"])[0]["status"], "retired");
    let listed = installation.lines(&["bank", "list"]);
    let mut row = json!({ "bank": "words", "kind": "term", "active": 0, "retired": 1 });
    row["quarantined"] = json!(0);
    row["disputed"] = json!(0);
    assert!(listed.contains(&row), "{listed:?}");

    let exported = installation.run(&["bank", "export", "words"]);
    check("export", &exported, 0, &[]);
    installation.write("again.csv", &exported.stdout);
    let again = installation.lines(&["bank", "import", "again.csv"]);
    assert_eq!((&again[0]["entries"], &again[0]["problems"]), (&json!(1), &json!([])));
    for (arguments, words) in [
        (&["bank", "add", "words", "song", "la"][..], "kind"),
        (&["bank", "add", "words", "pdq", "xyz"], "value"),
        (&["bank", "add", "no bank", "term", "x"], "letters, digits"),
        (&["bank", "retire", entry], "retired already"),
        (&["bank", "retire", "x"], "entry_"),
        (&["bank", "import", "absent.csv"], "absent.csv"),
    ] {
        check(&format!("{arguments:?}"), &installation.run(arguments), 2, &["seawall: ", words]);
    }
}

const RULE: &str = "[[rule]]\nname = \"n\"\nowner = \"o\"\npolicy = \"default\"\n\
                    description = \"d\"\nwhen = 'term.count > 0'\nlabels = [\"l\"]\n\
                    queue = \"review\"\npriority = 50\n";

#[test]
fn rules_are_checked_promoted_and_used() {
    let installation = Installation::new();
    installation.write("words.csv", TERMS);
    installation.write("right.toml", RULE);
    installation.write("wrong.toml", RULE.replace("count > 0", "cuont > 0"));
    let right = installation.run(&["rules", "check", "right.toml"]);
    check("right rules", &right, 0, &["1 rules in 1 files are right"]);
    let wrong = installation.run(&["rules", "check", "wrong.toml", "right.toml"]);
    check("wrong rules", &wrong, 2, &["wrong.toml:6:", "^", "term.cuont", "term.count"]);
    let json = installation.run(&["rules", "check", "--format", "json", "wrong.toml"]);
    check("wrong rules as JSON", &json, 2, &[]);
    let problem = json_lines(&json).remove(0);
    assert_eq!((&problem["file"], &problem["line"]), (&json!("wrong.toml"), &json!(6)));
    let refused = installation.run(&["rules", "promote", "wrong.toml"]);
    check("promoting wrong rules", &refused, 2, &["wrong.toml:6:", "^"]);
    let promoted = installation.lines(&["rules", "promote", "right.toml"]);
    assert_eq!(promoted[0]["version"].as_str().unwrap().len(), 64);
    assert_eq!(installation.lines(&["rules", "list"])[0]["name"], "n");
    let arguments = ["check", "--banks", "words.csv", "--rules", "right.toml", "--format", "json"];
    let found = fed(installation.command(&arguments), item("p1", "velmora").to_string().as_bytes());
    check("check with rules", &found, 1, &[]);
    assert_eq!(json_lines(&found)[0]["rules"], json!(["n"]));
}

#[test]
fn people_and_keys_are_managed() {
    let installation = Installation::new();
    let added = installation.lines(&["user", "add", "reader", "--role", "reviewer"]).remove(0);
    assert_eq!(added["login"], "reader");
    assert!(added["authenticator"].as_str().unwrap().starts_with("otpauth://totp/"), "{added}");
    assert!(added["password"].as_str().unwrap().len() >= 10);
    installation.run(&["user", "disable", "reader"]);
    let listed = installation.lines(&["user", "list"]).remove(0);
    assert_eq!((&listed["disabled"], &listed["second_factor"]), (&json!(true), &json!(true)));
    let text = listed.to_string();
    assert!(!text.contains("otpauth") && !text.contains("argon"), "{text}");
    installation.run(&["user", "enable", "reader"]);
    assert_eq!(installation.lines(&["user", "list"])[0]["disabled"], false);

    let key = installation.new_key(&["submit", "report"], Some("forum"));
    assert!(key["key"].as_str().unwrap().starts_with("seawall_"));
    let id = key["id"].as_str().unwrap();
    check("revoke", &installation.run(&["key", "revoke", id]), 0, &[]);
    let listed = installation.lines(&["key", "list"]).remove(0);
    assert_eq!((&listed["scopes"], &listed["service"]), (&json!("submit report"), &json!("forum")));
    assert!(listed["revoked_at"].is_string() && listed.get("key").is_none(), "{listed}");
    for (arguments, words) in [
        (&["user", "add", "reader"][..], "reader"),
        (&["user", "add", "a b"], "login"),
        (&["user", "add", "x", "--role", "king"], "reviewer, lead or admin"),
        (&["user", "add", "x", "--password", "short"], "10"),
        (&["user", "disable", "nobody"], "nobody"),
        (&["key", "add", "x", "--scope", "all"], "submit"),
        (&["key", "revoke", id], id),
        (&["key", "revoke", "x"], "key_"),
    ] {
        check(&format!("{arguments:?}"), &installation.run(arguments), 2, &["seawall: ", words]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_replays_verifies_and_is_exported() {
    let installation = Installation::new();
    installation.bank("words", TERMS);
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "report"]));
    let items: Vec<Value> = (0..20).map(|number| item(&format!("p{number}"), "velmora")).collect();
    let rows = api.post_json("/v1/items", &json!(items)).await;
    let checkpoint = api.get_json("/v1/records/checkpoint").await;
    installation.write("checkpoint.txt", checkpoint["note"].as_str().unwrap());
    let verdict = rows["items"][0]["verdict_id"].as_str().unwrap();
    // Beside a server that runs, and after the banks have changed.
    installation.lines(&["bank", "add", "words", "term", "orrin"]);
    let replayed = installation.lines(&["replay", verdict]).remove(0);
    assert_eq!((&replayed["id"], &replayed["is_same"]), (&json!(verdict), &json!(true)));
    let all = installation.run(&["replay", "--all"]);
    check("replay --all", &all, 0, &["20 verdicts replayed, 0 differ"]);
    let verified = installation.run(&["verify"]);
    check("verify", &verified, 0, &["records hold"]);
    let total = json_lines(&verified)[0]["records"].as_u64().unwrap();
    assert_eq!(total, api.records().await);

    let exported = installation.run(&["export", "log.bin"]);
    check("export", &exported, 0, &[&format!("{total} records written")]);
    let key = checkpoint["verifier_key"].as_str().unwrap();
    let arguments = ["verify", "log.bin", "--checkpoint", "checkpoint.txt", "--verifier-key", key];
    let verified = installation.run(&arguments);
    check("verify FILE", &verified, 0, &[&format!("{total} records hold")]);
    assert_eq!(json_lines(&verified)[0]["records"], total);
    let mut bytes = std::fs::read(installation.folder().join("log.bin")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    installation.write("altered.bin", &bytes);
    check("an altered log", &installation.run(&["verify", "altered.bin"]), 1, &["altered.bin: "]);
    bytes[middle] ^= 1;
    installation.write("short.bin", &bytes[..middle]);
    check("a log cut short", &installation.run(&["verify", "short.bin"]), 1, &["short.bin: "]);
    for (arguments, words) in [
        (&["replay", "verdict_none"][..], "verdict_none"),
        (&["replay", "x"], "verdict_"),
        (&["replay"], "Usage"),
        (&["verify", "absent.bin"], "absent.bin"),
        (&["export", "absent/log.bin"], "absent/log.bin"),
    ] {
        check(&format!("{arguments:?}"), &installation.run(arguments), 2, &[words]);
    }
}
