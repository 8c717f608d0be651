//! Statements on the real binary: a decision over HTTP, the statement in the person's language, its
//! submission to a stand-in of the database, also where every answer of it is lost.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../../store/tests/support/postgres.rs"]
mod postgres;
mod support;

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use support::receiver::Receiver;
use support::{Api, Installation, TERMS, binary, eventually, item, json_lines, stderr, stdout};

const NORM: &str = r#"
[[policy]]
id = "recruiting"
title = "Recruiting"
text = "We remove what recruits for violent movements."
[policy.norm]
basis = "terms"
reference = "Terms of use, clause 4"
explanation = "Content may not recruit for violent movements."
arabic = { reference = "شروط الاستخدام، البند 4", explanation = "لا يجوز التجنيد لحركات عنيفة." }
url = "https://forum.example/terms#4"
illegal = "no"
category = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY"
keywords = ["KEYWORD_TERRORIST_CONTENT"]
"#;

const ACTING: &str = r#"
[[rule]]
name = "acts"
owner = "test"
policy = "default"
description = "A word that is removed at once."
when = 'item.text.contains("zorbel")'
action = "remove"
automatic = true
"#;

/// A stand-in of the database; it is killed when this is dropped.
struct StandIn {
    address: String,
    child: Child,
}

impl StandIn {
    fn start(manner: &[&str]) -> Self {
        let arguments = [&["statements", "stand-in", "--listen", "127.0.0.1:0"], manner].concat();
        let mut child =
            binary(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("ready http://").unwrap();
        Self { address: address.strip_suffix("/api/v1").unwrap().to_owned(), child }
    }

    fn table(&self) -> String {
        let address = &self.address;
        format!(
            "\n[transparency_database.forum]\nurl = \"http://{address}/api/v1\"\n\
             token = \"rehearsal\"\n"
        )
    }

    /// What it holds, and how often it was asked to take something.
    async fn rehearsal(&self) -> (Vec<Value>, u64) {
        let url = format!("http://{}/api/v1/rehearsal", self.address);
        let answer = reqwest::Client::new().get(url).bearer_auth("rehearsal").send().await;
        let body: Value = serde_json::from_slice(&answer.unwrap().bytes().await.unwrap()).unwrap();
        let statements = body["statements"].as_array().unwrap().clone();
        (statements, body["attempts"].as_u64().unwrap())
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An installation that delivers to a receiver and submits to a stand-in.
async fn installation(stand_in: &StandIn, database: Option<&str>) -> (Installation, Receiver) {
    let receiver = Receiver::start(&[]).await;
    let (port, secret) = (receiver.port, &receiver.secret);
    let webhook = format!(
        "\n[webhook.forum]\nurl = \"http://127.0.0.1:{port}/hook\"\nsecrets = [\"{secret}\"]\n"
    );
    let allow = format!("allow = [\"127.0.0.1:{port}\", \"{}\"]", stand_in.address);
    let tables = [NORM, &webhook, &stand_in.table()].concat();
    let installation = Installation::with(&allow, &tables);
    if let Some(database) = database {
        let text = std::fs::read_to_string(&installation.config).unwrap();
        let storage = format!("[storage]\ndatabase = \"{database}\"\n");
        std::fs::write(&installation.config, text.replace("[storage]\n", &storage)).unwrap();
    }
    installation.bank("words", TERMS);
    installation.user("lead");
    (installation, receiver)
}

fn post(id: &str, language: &str, text: &str) -> Value {
    let mut post = item(id, text);
    post["language"] = language.into();
    post["author"]["handle"] = "reader_0319".into();
    post
}

async fn case_about(api: &Api, post: &Value) -> String {
    let answer = api.post_json("/v1/items?wait=verdict", post).await;
    answer["items"][0]["case"].as_str().unwrap().to_owned()
}

fn decision(action: &str) -> Value {
    json!({
        "reviewer": "lead", "ruling": "violation", "action": action, "policy": "recruiting",
        "reason": "He wrote it twice.", "protected_purpose": "none", "purpose_note": "None of it.",
    })
}

async fn statement(api: &Api, id: &str) -> Value {
    api.get_json(&format!("/v1/statements/{id}")).await
}

async fn from_decision_to_database(database: Option<&str>) {
    let stand_in = StandIn::start(&["--lose-every", "1"]);
    let (installation, receiver) = installation(&stand_in, database).await;
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    let case = case_about(&api, &post("p1", "ar-EG", "velmora قريبة")).await;
    api.post_json(&format!("/v1/cases/{case}/decisions"), &decision("remove")).await;
    let told = eventually("the statement is told", async || receiver.statements().pop()).await;
    let data = &told.event["data"];
    assert_eq!(
        (&data["kind"], &data["account"], &data["items"], &data["told"]["language"]),
        (&json!("restriction"), &json!("a1"), &json!(["p1"]), &json!("ar"))
    );
    let text = data["told"]["text"].as_str().unwrap();
    for part in ["أزيل محتوى", "البند 4", "لا يجوز التجنيد", "وسائل آلية", "القضاء"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let html = data["html"].as_str().unwrap();
    assert!(html.starts_with("<article lang=\"ar\" dir=\"rtl\">"), "{html}");
    for words in ["He wrote it twice", "None of it", "velmora", "reader_0319"] {
        assert!(!told.event.to_string().contains(words), "{words}: {}", told.event);
    }
    assert!(data.get("others").is_none(), "{data}");

    let id = data["id"].as_str().unwrap().to_owned();
    let kept = eventually("it is submitted", async || {
        let kept = statement(&api, &id).await;
        (kept["submissions"][0]["state"] == "delivered").then_some(kept)
    })
    .await;
    assert_eq!(kept["others"][0]["language"], "en");
    let submission = &kept["submissions"][0];
    assert!(submission["attempts"].as_u64().unwrap() >= 2, "{submission}");
    let (held, _) = stand_in.rehearsal().await;
    assert_eq!(held.len(), 1, "{held:#?}");
    assert_eq!(held[0]["uuid"], submission["known_as"]);
    check_submitted(&held[0]);

    let why = json!({ "reviewer": "lead", "reason": "It quotes." });
    api.post_json(&format!("/v1/cases/{case}/reversals"), &why).await;
    let reversal = eventually("the reversal is told", async || {
        receiver.statements().into_iter().find(|heard| heard.event["data"]["kind"] == "reversal")
    })
    .await;
    assert_eq!(reversal.event["data"]["reverses"], json!(id));
    assert_eq!(reversal.event["data"]["told"]["language"], "ar");
    assert_eq!(receiver.statements().len(), 2);
    assert_eq!(stand_in.rehearsal().await.0.len(), 1);
    server.stop();
    assert!(installation.run(&["verify"]).status.success());
    let listed = installation.lines(&["statements", "list"]);
    assert_eq!(listed.len(), 2);
    let shown = installation.run(&["statements", "show", &id, "--format", "text"]);
    assert_eq!(stdout(&shown).trim_end(), text.trim_end());
}

/// What the database has says what was done, and nothing of whom.
fn check_submitted(fields: &Value) {
    for (field, expected) in [
        ("decision_visibility", json!(["DECISION_VISIBILITY_CONTENT_REMOVED"])),
        ("decision_ground", json!("DECISION_GROUND_INCOMPATIBLE_CONTENT")),
        ("incompatible_content_ground", json!("Terms of use, clause 4")),
        ("incompatible_content_illegal", json!("No")),
        ("decision_ground_reference_url", json!("https://forum.example/terms#4")),
        ("category", json!("STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY")),
        ("category_specification", json!(["KEYWORD_TERRORIST_CONTENT"])),
        ("content_type", json!(["CONTENT_TYPE_TEXT"])),
        ("content_language", json!("AR")),
        ("content_date", json!("2026-01-01")),
        ("source_type", json!("SOURCE_VOLUNTARY")),
        ("automated_detection", json!("Yes")),
        ("automated_decision", json!("AUTOMATED_DECISION_NOT_AUTOMATED")),
    ] {
        assert_eq!(fields[field], expected, "{field}");
    }
    let all = fields.to_string();
    for word in ["a1", "p1", "reader_0319", "velmora", "He wrote it", "case_", "action_"] {
        assert!(
            !all.contains(&format!("\"{word}")) && !all.contains(&format!(" {word}")),
            "{word}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_is_told_and_submitted_once_on_sqlite() {
    from_decision_to_database(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_is_told_and_submitted_once_on_postgresql() {
    let Some(server) = postgres::Postgres::start() else { return };
    from_decision_to_database(Some(&server.database("seawall"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_acts_tells_the_person_so_and_a_warning_restricts_nothing() {
    let stand_in = StandIn::start(&[]);
    let (installation, receiver) = installation(&stand_in, None).await;
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    let files = json!({ "files": [{ "name": "acting.toml", "text": ACTING }] });
    api.post_json("/v1/rules", &files).await;
    case_about(&api, &post("p1", "tl", "zorbel at the pier")).await;
    let told = eventually("the statement is told", async || receiver.statements().pop()).await;
    let text = told.event["data"]["told"]["text"].as_str().unwrap();
    for part in [
        "This statement is in English because",
        "taken by automated means alone",
        "What we look at",
        "own initiative",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let notice = json!({
        "service": "forum", "kind": "trusted_flagger", "subject": { "account": "a7" },
        "reason": "He is my neighbour Orrin.", "good_faith": true,
    });
    let case = api.post_json("/v1/notices", &notice).await["case"].as_str().unwrap().to_owned();
    let path = format!("/v1/cases/{case}/decisions");
    api.post_json(&path, &decision("warn")).await;
    let undo = json!({ "reviewer": "lead", "reason": "Too little." });
    api.post_json(&format!("/v1/cases/{case}/reversals"), &undo).await;
    api.post_json(&path, &decision("suspend")).await;
    let held = eventually("both are submitted", async || {
        let (held, _) = stand_in.rehearsal().await;
        (held.len() == 2).then_some(held)
    })
    .await;
    let account = held.iter().find(|one| one["decision_account"].is_string()).unwrap();
    assert_eq!(account["source_type"], "SOURCE_TRUSTED_FLAGGER");
    assert_eq!(
        (&account["content_type_other"], &account["automated_detection"]),
        (&json!("An account"), &json!("No"))
    );
    let automatic = held.iter().find(|one| one["decision_visibility"].is_array()).unwrap();
    assert_eq!(automatic["automated_decision"], "AUTOMATED_DECISION_FULLY");
    assert_eq!(automatic["category"], "STATEMENT_CATEGORY_OTHER_VIOLATION_TC");
    let kinds: Vec<Value> =
        receiver.statements().iter().map(|heard| heard.event["data"]["action"].clone()).collect();
    assert_eq!(kinds, [json!("remove"), json!("suspend")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_in_a_bad_mood_gets_every_statement_once() {
    let stand_in =
        StandIn::start(&["--fail-every", "3", "--busy-every", "4", "--lock-seconds", "1"]);
    let (installation, _) = installation(&stand_in, None).await;
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    for number in 0..5 {
        let case = case_about(&api, &post(&format!("p{number}"), "en", "velmora")).await;
        let path = format!("/v1/cases/{case}/decisions");
        api.post_json(&path, &decision("disable")).await;
    }
    server.stop();
    // Nothing that waits is lost by the end of the server; the command takes it on.
    eventually("all are submitted", async || {
        hurry(&installation).await;
        installation.run(&["statements", "submit"]);
        (stand_in.rehearsal().await.0.len() == 5).then_some(())
    })
    .await;
    hurry(&installation).await;
    let last = installation.run(&["statements", "submit"]);
    assert_eq!(json_lines(&last)[0]["refused"], 0);
    let dry = installation.run(&["statements", "submit", "--dry-run"]);
    assert_eq!((stdout(&dry), dry.status.code()), (String::new(), Some(0)));
    assert!(stderr(&dry).contains("nothing was sent"));
}

/// Makes the next attempt of every submission due, as if the wait were over.
async fn hurry(installation: &Installation) {
    use sea_orm::ConnectionTrait;
    let file = installation.folder().join("seawall.db");
    let address = format!("sqlite://{}?mode=rw", file.display());
    let database = sea_orm::Database::connect(address).await.unwrap();
    let due = "UPDATE submissions SET next_us = 0 WHERE state = 'pending'";
    database.execute_unprepared(due).await.unwrap();
    database.close().await.unwrap();
}

#[test]
fn templates_are_read_checked_and_written() {
    let installation = Installation::new();
    installation.user("lead");
    let shown = installation.run(&["statements", "template", "show", "restriction", "ar"]);
    assert!(stderr(&shown).contains("version 0"));
    let shipped = stdout(&shown);
    let file = |text: &str| installation.write("template.txt", text).display().to_string();
    let without = file(&shipped.replace("{court}", ""));
    for step in ["check", "write"] {
        let refused =
            installation.run(&["statements", "template", step, "restriction", "ar", &without]);
        assert_eq!(refused.status.code(), Some(2));
        let told = stderr(&refused);
        assert!(told.contains("line 20") && told.contains("`{court}`"), "{told}");
    }
    let better = file(&format!("{shipped}\nمع التحية\n"));
    let write = ["statements", "template", "write", "restriction", "ar", &better];
    assert_eq!(installation.lines(&write)[0]["version"], 1);
    assert_eq!(installation.lines(&write)[0]["version"], 1, "the same again is no new version");
    let shown = installation.run(&["statements", "template", "show", "restriction", "ar"]);
    assert!(stdout(&shown).contains("مع التحية"));
    for wrong in [["thing", "ar"], ["order", "fr"]] {
        let arguments = [&["statements", "template", "show"], &wrong[..]].concat();
        assert_eq!(installation.run(&arguments).status.code(), Some(2));
    }
    let nowhere = installation.run(&["statements", "submit"]);
    assert!(stderr(&nowhere).contains("[transparency_database.SERVICE]"), "{}", stderr(&nowhere));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_computed_from_the_log_and_holds_when_computed_again() {
    let installation = Installation::with("", NORM);
    installation.bank("words", TERMS);
    installation.user("lead");
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    for (id, action) in [("p1", "remove"), ("p2", "restrict")] {
        let case = case_about(&api, &post(id, "en", "velmora")).await;
        api.post_json(&format!("/v1/cases/{case}/decisions"), &decision(action)).await;
    }
    let make = |kind: &str, out: &str| {
        let period = ["--from", "2020-01-01", "--to", "2099-12-31"];
        let who = ["--service", "forum", "--provider", "Harbour", "--out", out];
        installation.run(&[&["report", kind], &period[..], &who[..]].concat())
    };
    let made = make("dsa", "report");
    assert!(made.status.success(), "{}", stderr(&made));
    let read = |name: &str| std::fs::read_to_string(installation.folder().join(name)).unwrap();
    let own = read("report/6_own_initiative_TC.csv");
    let row = |place: &str| {
        let found = own.lines().find(|line| line.split(',').nth(3) == Some(place)).unwrap();
        found.split(',').skip(5).take(5).map(str::to_owned).collect::<Vec<_>>()
    };
    let place = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY";
    assert_eq!(row(place), ["2", "2", "1", "0", "1"]);
    assert_eq!(row(&format!("{place} / KEYWORD_TERRORIST_CONTENT")), row(place));
    assert!(read("report/report.html").contains("KEYWORD_TERRORIST_CONTENT"));
    let workbook = std::fs::read(installation.folder().join("report/report.xlsx")).unwrap();
    assert!(workbook.starts_with(b"PK"));

    // What happens afterwards does not change what was published.
    let case = case_about(&api, &post("p3", "en", "velmora")).await;
    api.post_json(&format!("/v1/cases/{case}/decisions"), &decision("remove")).await;
    let verify = || installation.run(&["report", "dsa", "--verify", "--out", "report"]);
    assert!(verify().status.success(), "{}", stderr(&verify()));
    let again = make("dsa", "report");
    assert!(stderr(&again).contains("already"), "{}", stderr(&again));
    installation.write("report/6_own_initiative_TC.csv", own.replace(",2,2,1,", ",2,2,0,"));
    let verified = verify();
    assert_eq!(verified.status.code(), Some(1));
    assert!(stderr(&verified).contains("6_own_initiative_TC.csv"), "{}", stderr(&verified));
    assert!(make("tco", "tco").status.success());
    assert!(read("tco/tco_article_7.csv").contains(",3,of these 0 by automated means alone"));
}
