//! Reports on the real binary: a year of orders, decisions and appeals, computed, read back by
//! independent readers, verified, published and looked for again.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Output;
use support::receiver::Receiver;
use support::{Api, Installation, TERMS, eventually, item, json_lines, stderr, stdout};

const TABLES: &str = r#"
[orders]
addressee = { name = "Forum Example Ltd", member_state = "IE", email = "orders@forum.example" }
[orders.links]
forum = ["https://forum.example/p/{item}"]

[[policy]]
id = "recruiting"
title = "Recruiting"
text = "We remove what recruits for violent movements."
[policy.norm]
basis = "terms"
reference = "Terms of use, clause 4"
explanation = "Content may not recruit for violent movements."
url = "https://forum.example/terms#4"
illegal = "no"
category = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY"
keywords = ["KEYWORD_TERRORIST_CONTENT"]
"#;

const PROVIDER: &str = r#"
[tco]
measures = "Banks, rules and people."
reviews_brought = 0

[human_resources]
internal = 2.5

[qualitative]
safeguards = "A person, \"always\", decides.\nEverybody can appeal."

[[sample]]
measure = "recall"
right = 45
of = 50
how = "a random sample, judged twice, blind"
"#;

const TERROR: &str = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY / KEYWORD_TERRORIST_CONTENT";

fn removal(links: &[&str]) -> Value {
    let form = json!({
        "issuing_member_state": "DE", "addressee": "Forum Example Ltd",
        "contact_point": "orders@forum.example", "hsp_member_state": "IE",
        "issued_at": jiff::Timestamp::now().to_string(), "order_reference": "1", "urls": links,
        "type_ticks": ["A_INCITES"], "additional_reasons": "It calls for an attack.",
        "cross_border_tick": true, "copy_sent_tick": true, "authority_type": "law_enforcement",
        "authority_name": "Office of Example", "representative": "A. Example, head of unit",
        "file_number": "17-A", "address": "1 Example Street", "phone": "+49 30 0000",
        "email": "orders@authority.example", "signed_date": "2026-05-01",
        "followup_contact": "orders@authority.example",
        "home_authority_contact": "home@authority.example", "challenge_body": "Court of Example",
        "challenge_deadline": "one month", "challenge_law_link": "https://law.example/challenge",
    });
    json!({ "kind": "tco_removal", "service": "forum", "form": form })
}

fn information() -> Value {
    let form = json!({
        "issuing_member_state": "FR", "authority_name": "Office of Example",
        "email": "orders@authority.example", "order_reference": "2",
        "issued_at": jiff::Timestamp::now().to_string(), "legal_basis": "Act of Example",
        "recipients": "a1", "information": "when it was made", "language": "fr",
        "redress": "Court of Example", "authority_to_inform": "Office of Example",
        "category": "STATEMENT_CATEGORY_CYBER_VIOLENCE", "keyword": "KEYWORD_CYBER_INCITEMENT",
    });
    json!({ "kind": "dsa_information", "service": "forum", "form": form })
}

async fn act(api: &Api, id: &str, act: &str) {
    let step = json!({ "act": act, "reviewer": "rana" });
    api.post_json(&format!("/v1/orders/{id}/acts"), &step).await;
}

/// A removal order and one for information come in with the authority's key and are carried out.
async fn orders(installation: &Installation, api: &Api) {
    let key = installation.new_key(&["order"], None);
    let authority = json!({
        "id": "office", "name": "Office of Example", "member_state": "DE",
        "phone": "+49 30 0000", "emails": ["orders@authority.example"],
        "domains": ["authority.example"], "certificates": [], "keys": [key["id"]],
    });
    let answer = api.post("/v1/authorities", &authority).await;
    assert!((200..300).contains(&answer.status), "{}", answer.text());
    let office = api.as_key(key["key"].as_str());
    let posts = json!([item("o1", "a text"), item("o2", "a text of the forum")]);
    api.post_json("/v1/items?wait=verdict", &posts).await;
    let links = ["https://forum.example/p/o1", "https://forum.example/p/o2"];
    let taken = office.post_json("/v1/orders", &removal(&links)).await;
    let id = taken["id"].as_str().unwrap();
    act(api, id, "execute").await;
    eventually("the service confirms", async || {
        let view = api.get_json(&format!("/v1/orders/{id}")).await;
        (view["order"]["status"] == "executed").then_some(())
    })
    .await;
    let taken = office.post_json("/v1/orders", &information()).await;
    let id = taken["id"].as_str().unwrap();
    act(api, id, "execute").await;
    act(api, id, "answer").await;
}

/// People judge three items that rules flagged; of the two removals one falls on appeal.
async fn decisions(api: &Api) {
    let mut last = String::new();
    for (id, ruling, action) in [
        ("p1", "no_violation", None),
        ("p2", "violation", Some("remove")),
        ("p3", "violation", Some("remove")),
    ] {
        let mut post = item(id, "come to velmora");
        post["language"] = "de-AT".into();
        let answer = api.post_json("/v1/items?wait=verdict", &json!([post])).await;
        let case = answer["items"][0]["case"].as_str().unwrap();
        let body = json!({
            "reviewer": "rana", "ruling": ruling, "action": action, "policy": "recruiting",
            "reason": "It was read twice.", "protected_purpose": "none", "purpose_note": "None.",
        });
        let decided = api.post_json(&format!("/v1/cases/{case}/decisions"), &body).await;
        last = decided["decision"]["id"].as_str().unwrap_or_default().to_owned();
        if last.is_empty() {
            let detail = api.get_json(&format!("/v1/cases/{case}")).await;
            last = detail["case"]["decision"]["id"].as_str().unwrap().to_owned();
        }
    }
    let appeal = json!({
        "service": "forum", "decision": last, "by": { "account": "a1" },
        "ground": "not_a_violation", "reason": "It is a report.", "language": "en",
    });
    let taken = api.post_json("/v1/appeals", &appeal).await;
    let id = taken["id"].as_str().unwrap();
    let answer = json!({ "reviewer": "omar", "outcome": "reversed", "reason": "It is news." });
    api.post_json(&format!("/v1/appeals/{id}/answers"), &answer).await;
}

fn make(
    installation: &Installation,
    kind: &str,
    out: &str,
    provider: Option<&Path>,
    service: &str,
) -> Output {
    let period = ["--from", "2020-01-01", "--to", "2099-12-31"];
    let who = ["--service", service, "--provider", "Harbour", "--out", out];
    let mut arguments = [&["report", kind], &period[..], &who[..]].concat();
    if let Some(path) = provider {
        arguments.extend(["--provider-file", path.to_str().unwrap()]);
    }
    installation.run(&arguments)
}

/// A sheet as another reader of CSV reads it.
fn sheet(installation: &Installation, path: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(installation.folder().join(path)).unwrap();
    let width = reader.headers().unwrap().len();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
    let rows: Vec<Vec<String>> = rows.collect();
    assert!(rows.iter().all(|row| row.len() == width), "{path}");
    rows
}

fn row(rows: &[Vec<String>], texts: &[&str]) -> Vec<String> {
    let has = |row: &&Vec<String>| texts.iter().all(|text| row.iter().any(|cell| cell == text));
    rows.iter().find(has).unwrap_or_else(|| panic!("{texts:?}")).clone()
}

fn check_sheets(installation: &Installation) {
    let orders = sheet(installation, "r1/3_member_states_orders.csv");
    for scope in ["TOTAL", "DE"] {
        let cells = row(&orders, &[TERROR, scope]);
        assert_eq!((&*cells[6], &*cells[7], &*cells[8]), ("1", "2", "0.00"), "{scope}");
        assert!(cells[9].parse::<f64>().unwrap() < 0.1, "{cells:?}");
    }
    assert_eq!(row(&orders, &[TERROR, "FR"])[6], "0");
    let asked = "STATEMENT_CATEGORY_CYBER_VIOLENCE / KEYWORD_CYBER_INCITEMENT";
    assert_eq!(row(&orders, &[asked, "FR"])[10..12], ["1", "0.00"]);

    let all = "Number of complaints submitted to the internal-complaints mechanism";
    let appeals = sheet(installation, "r1/7_appeals_and_recidivism.csv");
    for (scope, count) in [("Total number", "1"), ("Decisions reversed", "1")] {
        assert_eq!(row(&appeals, &[all, scope])[6], count, "{scope}");
    }
    let automated = sheet(installation, "r1/8_automated_means.csv");
    let precision = "Accuracy of the automated means - Precision";
    for scope in ["Total number", "Own-initiative", "de"] {
        let cells = row(&automated, &[precision, scope]);
        assert_eq!(cells[6], "0.333333", "{scope}");
        assert!(cells[7].starts_with("1 of 3, 95 % interval 0.061 to 0.792"), "{cells:?}");
    }
    assert_eq!(row(&automated, &["Accuracy of the automated means - Recall"])[6], "0.900000");
    let staff = sheet(installation, "r1/9_human_resources.csv");
    let internal = "Number of internal moderators employed by the provider";
    assert_eq!(row(&staff, &[internal])[6], "2.50");
    let texts = sheet(installation, "r1/11_qualitative.csv");
    let safeguards = row(&texts, &["Safeguards applied to the use of automated means"]);
    assert_eq!(safeguards[4], "A person, \"always\", decides.\nEverybody can appeal.");
}

/// The workbook says what the CSV files say, cell by cell, as another reader of workbooks reads it.
fn check_workbook(installation: &Installation) {
    let path = installation.folder().join("r1/report.xlsx");
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let names = workbook.sheet_names();
    assert_eq!(names.len(), 12, "{names:?}");
    for name in names {
        let rows = sheet(installation, &format!("r1/{name}.csv"));
        let range = workbook.worksheet_range(&name).unwrap();
        for (number, row) in (1u32..).zip(&rows) {
            for (column, text) in (0u32..).zip(row) {
                let cell = range.get_value((number, column)).unwrap_or(&Data::Empty);
                let same = match cell {
                    Data::Empty => text.is_empty(),
                    Data::String(words) => words == text,
                    Data::Float(value) => (value - text.parse::<f64>().unwrap()).abs() < 0.005,
                    other => panic!("{name}, row {number}, column {column}: {other:?}"),
                };
                assert!(same, "{name}, row {number}, column {column}: {cell:?}, {text}");
            }
        }
    }
}

/// The list of files is that of the tool that everybody has.
fn check_digest(installation: &Installation, digest: &Value) {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "cd r1 && sha256sum * | sha256sum"]).env("LC_ALL", "C");
    let told = stdout(&shell.current_dir(installation.folder()).output().unwrap());
    assert_eq!(told.split(' ').next(), digest.as_str(), "{told}");
}

fn check_page(installation: &Installation) {
    let page = std::fs::read_to_string(installation.folder().join("r1/report.html")).unwrap();
    for part in [
        "<title id=\"measured-title\">",
        "<desc id=\"appeals-says\">",
        "class=\"interval\"",
        "@media print",
        "prefers-color-scheme:dark",
        "1 of 3",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
}

fn verify(installation: &Installation, kind: &str, out: &str) -> Output {
    installation.run(&["report", kind, "--verify", "--out", out])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_is_reported_verified_and_published() {
    let receiver = Receiver::start(&[]).await;
    let webhook = format!(
        "\n[webhook.forum]\nurl = \"http://127.0.0.1:{}/hook\"\nsecrets = [\"{}\"]\n",
        receiver.port, receiver.secret
    );
    let allow = format!("allow = [\"127.0.0.1:{}\"]", receiver.port);
    let installation = Installation::with(&allow, &[TABLES, &webhook].concat());
    installation.bank("words", TERMS);
    installation.user("rana");
    installation.user("omar");
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    orders(&installation, &api).await;
    decisions(&api).await;
    server.stop();

    let provider = installation.write("provider.toml", PROVIDER);
    for (kind, out) in [("dsa", "r1"), ("tco", "r2"), ("santa-clara", "r3")] {
        let made = make(&installation, kind, out, Some(&provider), "forum");
        assert!(made.status.success(), "{kind}: {}", stderr(&made));
        let verified = verify(&installation, kind, out);
        assert!(verified.status.success(), "{kind}: {}", stderr(&verified));
    }
    check_sheets(&installation);
    check_workbook(&installation);
    check_page(&installation);
    let tco = sheet(&installation, "r2/tco_article_7.csv");
    for (what, number) in [
        ("Items removed or disabled on removal orders", "2"),
        ("Removal orders received", "1"),
        ("Complaints under Article 10", "0"),
        (
            "Reviews before administrations or courts that the provider brought, and their outcome",
            "0",
        ),
    ] {
        assert_eq!(row(&tco, &[what])[2], number, "{what}");
    }
    assert_eq!(row(&tco, &["a"])[3], "Banks, rules and people.");
    let clara = sheet(&installation, "r3/santa_clara.csv");
    assert_eq!(row(&clara, &["Items actioned", "all"])[3], "2");
    assert_eq!(row(&clara, &["Actions", "de"])[3], "2");

    let mistyped = make(&installation, "dsa", "r5", None, "form");
    assert_eq!(mistyped.status.code(), Some(2));
    assert!(stderr(&mistyped).contains("but of: forum"), "{}", stderr(&mistyped));
    publishing(&installation);
    let other = PROVIDER.replace("2.5", "3.5");
    installation.write("r1/provider.toml", other);
    let verified = verify(&installation, "dsa", "r1");
    assert_eq!(verified.status.code(), Some(1));
    let told = stderr(&verified);
    assert!(told.contains("provider.toml: it is not the file"), "{told}");
    assert!(told.contains("9_human_resources.csv"), "{told}");
    assert!(installation.run(&["verify"]).status.success());
}

/// Two versions are published; what was changed afterwards is found to be gone.
fn publishing(installation: &Installation) {
    let publish = |folder: &str| installation.run(&["report", "publish", folder]);
    let first = json_lines(&publish("r1")).remove(0);
    assert_eq!((&first["version"], &first["kind"]), (&json!(1), &json!("dsa")), "{first}");
    check_digest(installation, &first["digest"]);
    assert_eq!(json_lines(&publish("r1"))[0]["version"], 1, "the same again is no new version");
    make(installation, "dsa", "r4", None, "forum");
    assert_eq!(json_lines(&publish("r4"))[0]["version"], 2);
    assert_eq!(json_lines(&publish("r2"))[0]["version"], 1);
    let list = |arguments: &[&str]| installation.run(&[&["report", "list"], arguments].concat());
    let listed = json_lines(&list(&[]));
    assert_eq!(listed.len(), 3);
    let year = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year();
    let until = listed[0]["stays_public_until"].as_str().unwrap();
    assert!(until.starts_with(&(year + 5).to_string()), "{until}");
    let checked = list(&["--check", "."]);
    assert!(checked.status.success(), "{}", stdout(&checked));
    assert!(json_lines(&checked).iter().all(|one| one["files_are"] == "holds"));
    let page: PathBuf = installation.folder().join("r4/report.html");
    let text = std::fs::read_to_string(&page).unwrap();
    std::fs::write(&page, text.replace("Harbour", "Haven")).unwrap();
    let checked = list(&["--check", "."]);
    assert_eq!(checked.status.code(), Some(1));
    let held: Vec<Value> =
        json_lines(&checked).iter().map(|one| one["files_are"].clone()).collect();
    assert_eq!(held, ["holds", "not_found", "holds"]);
    installation.write("r2/tco_article_7.csv", "Item\r\n");
    let refused = publish("r2");
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("is not published"), "{}", stderr(&refused));
}

#[test]
fn the_providers_file_is_read_with_care() {
    let installation = Installation::new();
    installation.user("rana");
    let template = installation.run(&["report", "provider-template"]);
    let template = stdout(&template);
    // Everything that it offers can be filled in.
    let filled: String = template
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(field) if field.contains(" = ") || field.starts_with("[[") => field,
            _ => line,
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    let out = std::cell::Cell::new(0);
    let with = |text: &[u8]| {
        let path = installation.write("told.toml", text);
        out.set(out.get() + 1);
        make(&installation, "dsa", &format!("out{}", out.get()), Some(&path), "forum")
    };
    for text in [&template, &filled] {
        let made = with(text.as_bytes());
        assert!(made.status.success(), "{}", stderr(&made));
    }
    let texts = sheet(&installation, "out2/11_qualitative.csv");
    assert!(texts.iter().all(|row| !row[4].is_empty()), "{texts:?}");
    let long = format!("[qualitative]\nsummary = \"{}\"\n", "x".repeat(5_001));
    let large = "#".repeat(600_000);
    for (text, words) in [
        (&b"[tco]\nreviews = 1\n"[..], "line 2"),
        (b"[tco]\nreviews_brought = -1\n", "line 2"),
        (b"[recipients.states]\nXX = 1\n", "recipients.states.XX: is none of the States"),
        (b"[out_of_court]\nimplemented_share = 80.0\n", "80 % is 0.8"),
        (long.as_bytes(), "qualitative.summary: has 5001 characters"),
        (large.as_bytes(), "more than 524288 bytes"),
        (b"[tco]\nmeasures = \"\xff\"\n", "not UTF-8 after byte 18"),
    ] {
        let refused = with(text);
        assert_eq!(refused.status.code(), Some(2));
        let told = stderr(&refused);
        assert!(told.contains("told.toml") && told.contains(words), "{words}: {told}");
    }
}
