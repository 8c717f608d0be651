//! What is wrong is refused with its place and a remedy and leaves nothing behind; what is merely
//! hostile is judged all the same. Nothing is answered with status 500.

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use support::description::Description;
use support::{Answer, Api, Installation, Method, TERMS, item};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../signals/tests/fixtures");

/// A request that is refused: its name, its body, the status and kind of the problem, and words
/// that its detail must have.
type Refusal<'a> = (&'a str, Vec<u8>, u16, &'a str, &'a [&'a str]);

fn check_problem(name: &str, answer: &Answer, status: u16, kind: &str, words: &[&str]) {
    let said = answer.text();
    assert_eq!(answer.status, status, "{name}: {said}");
    assert_eq!(answer.content_type, "application/problem+json", "{name}: {said}");
    let problem = answer.json();
    assert_eq!(problem["type"], format!("urn:seawall:problem:{kind}"), "{name}: {said}");
    assert_eq!(problem["status"], status, "{name}: {said}");
    assert!(!problem["title"].as_str().unwrap().is_empty(), "{name}: {said}");
    let detail = problem["detail"].as_str().unwrap();
    for word in words {
        assert!(detail.contains(word), "{name}: `{word}` is not in: {detail}");
    }
}

/// Posts each body, and asserts that it is refused as it should be and leaves no record.
async fn refused(api: &Api, path: &str, content_type: &str, refusals: &[Refusal<'_>]) {
    let before = api.records().await;
    for (name, body, status, kind, words) in refusals {
        let headers = [("content-type", content_type)];
        let answer = api.send(Method::POST, path, &headers, body.clone()).await;
        check_problem(&format!("{path}, {name}"), &answer, *status, kind, words);
        assert_eq!(api.records().await, before, "{path}, {name} left a record");
    }
}

/// An item with one field replaced; `author.bio` is a field within.
fn with(field: &str, value: Value) -> Vec<u8> {
    let mut item = item("p1", "velmora");
    match field.split_once('.') {
        Some((outer, inner)) => item[outer][inner] = value,
        None => item[field] = value,
    }
    item.to_string().into_bytes()
}

fn without(field: &str) -> Vec<u8> {
    let mut item = item("p1", "velmora");
    item.as_object_mut().unwrap().remove(field);
    item.to_string().into_bytes()
}

/// An item whose text of JSON has one part replaced, for what JSON values cannot say.
fn replaced(part: &str, by: &str) -> Vec<u8> {
    String::from_utf8(with("depth", json!(1))).unwrap().replace(part, by).into_bytes()
}

/// An item with an unknown field of this JSON.
fn deep(value: &str) -> Vec<u8> {
    replaced("\"depth\":1", &format!("\"depth\":{value}"))
}

fn media(fields: Value) -> Value {
    let mut medium = json!({ "id": "m1", "kind": "image" });
    medium.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!([medium])
}

fn nested(levels: usize) -> String {
    format!("{}1{}", "[".repeat(levels), "]".repeat(levels))
}

fn not_json<'a>() -> Vec<Refusal<'a>> {
    let whole = with("text", json!("plain"));
    let bad: &[&str] = &["not JSON"];
    vec![
        ("nothing", vec![], 400, "malformed", bad),
        ("white space", b" \n".to_vec(), 400, "malformed", bad),
        ("not JSON", b"text: hello".to_vec(), 400, "malformed", bad),
        ("truncated", whole[..whole.len() / 2].to_vec(), 400, "malformed", &["EOF", "column"]),
        ("two values", [&whole[..], b"{}"].concat(), 400, "malformed", &["trailing", "column"]),
        ("not UTF-8", b"{\"a\": \"\xFF\"}".to_vec(), 400, "malformed", &["UTF-8 at byte 7"]),
        ("UTF-16", b"\xFF\xFE{\0}\0".to_vec(), 400, "malformed", &["UTF-8 at byte 0"]),
        ("a raw NUL", b"{\"a\": \"\0\"}".to_vec(), 400, "malformed", bad),
        ("half a surrogate pair", replaced("velmora", "\\ud800"), 400, "malformed", bad),
        ("not a number", deep("NaN"), 400, "malformed", bad),
        ("a number without end", deep("1e999"), 400, "malformed", &["out of range"]),
        ("a bottomless list", deep(&nested(500)), 400, "malformed", bad),
        ("brackets alone", vec![b'['; 1_000_000], 400, "malformed", bad),
    ]
}

fn no_items<'a>() -> Vec<Refusal<'a>> {
    let id = "i".repeat(257);
    let kinds: &[&str] = &["kind", "unknown variant `song`", "`post`"];
    let time: &[&str] = &["created_at", "1970 to 2200"];
    vec![
        ("a number", b"7".to_vec(), 422, "invalid", &["item"]),
        ("a text", b"\"item\"".to_vec(), 422, "invalid", &["item"]),
        ("null", b"null".to_vec(), 422, "invalid", &["item"]),
        ("an empty object", b"{}".to_vec(), 422, "invalid", &["missing field `service`"]),
        ("an empty list", b"[]".to_vec(), 422, "invalid", &["0 items", "1 to 1000"]),
        ("items as a text", b"{\"items\": \"x\"}".to_vec(), 422, "invalid", &["`service`"]),
        ("no author", without("author"), 422, "invalid", &["missing field `author`"]),
        ("no time", without("created_at"), 422, "invalid", &["missing field `created_at`"]),
        ("an unknown kind", with("kind", json!("song")), 422, "invalid", kinds),
        ("a text that is a number", with("text", json!(5)), 422, "invalid", &["text", "string"]),
        ("links that are a text", with("links", json!("x")), 422, "invalid", &["links"]),
        ("an author that is a text", with("author", json!("a1")), 422, "invalid", &["author"]),
        ("an id that is null", with("id", Value::Null), 422, "invalid", &["id"]),
        ("an empty id", with("id", json!("")), 422, "invalid", &["id", "empty"]),
        ("a long id", with("id", json!(id)), 422, "invalid", &["id", "256"]),
        ("a NUL in an id", with("id", json!("a\0b")), 422, "invalid", &["id", "U+0000"]),
        ("the year 9999", with("created_at", json!("9999-01-01T00:00:00Z")), 422, "invalid", time),
        ("the year 1969", with("created_at", json!("1969-12-31T23:59:59Z")), 422, "invalid", time),
        (
            "no offset",
            with("created_at", json!("2026-01-01T00:00:00")),
            422,
            "invalid",
            &["created_at", "offset"],
        ),
        ("a time in words", with("created_at", json!("now")), 422, "invalid", &["created_at"]),
        ("a time as a number", with("created_at", json!(1)), 422, "invalid", &["created_at"]),
    ]
}

fn beyond_limits<'a>() -> Vec<Refusal<'a>> {
    let long = "x".repeat(10 * 1_024 * 1_024);
    let most: &[&str] = &["text", "10485760 bytes", "at most 1048576"];
    vec![
        (
            "fewer than no followers",
            with("author.followers", json!(-1)),
            422,
            "invalid",
            &["author.followers"],
        ),
        (
            "too many followers",
            replaced("\"id\":\"a1\"", "\"id\":\"a1\",\"followers\":1e30"),
            422,
            "invalid",
            &["author.followers"],
        ),
        ("a long text", with("text", json!(long)), 422, "invalid", most),
        (
            "a long unknown field",
            with("more", json!(long)),
            422,
            "invalid",
            &["item", "at most 2097152"],
        ),
        (
            "long names of unknown fields",
            with("author.more", json!({ long: 1 })),
            422,
            "invalid",
            &["at most 2097152"],
        ),
        (
            "a long biography",
            with("author.bio", json!("x".repeat(20_000))),
            422,
            "invalid",
            &["author.bio"],
        ),
        ("deep unknown fields", deep(&nested(60)), 422, "invalid", &["item.depth", "32 levels"]),
        ("too many links", with("links", json!(vec!["x"; 257])), 422, "invalid", &["links", "256"]),
        ("a long link", with("links", json!(["x".repeat(9_000)])), 422, "invalid", &["links[0]"]),
    ]
}

fn wrong_media<'a>() -> Vec<Refusal<'a>> {
    let one = |fields: Value| with("media", media(fields));
    let many: Vec<Value> =
        (0..33).map(|number| json!({ "id": format!("m{number}"), "kind": "image" })).collect();
    let twice = json!([{ "id": "m1", "kind": "image" }, { "id": "m1", "kind": "video" }]);
    let base64: &[&str] = &["media[0].bytes", "base64"];
    vec![
        (
            "a path",
            one(json!({ "path": "/etc/hostname" })),
            422,
            "invalid",
            &["media[0].path", "command line"],
        ),
        ("an id twice", with("media", twice), 422, "invalid", &["media[1].id", "twice"]),
        ("too many media", with("media", json!(many)), 422, "invalid", &["media", "32"]),
        ("no base64", one(json!({ "bytes": "*" })), 422, "invalid", base64),
        ("base64 for URLs", one(json!({ "bytes": "-_8=" })), 422, "invalid", base64),
        ("base64 cut short", one(json!({ "bytes": "AAAAA" })), 422, "invalid", base64),
        (
            "a data URL",
            one(json!({ "bytes": "data:image/png;base64,AAAA" })),
            422,
            "invalid",
            base64,
        ),
        ("no digest", one(json!({ "sha256": "abc" })), 422, "invalid", &["media[0].sha256", "64"]),
        ("an unknown kind", one(json!({ "kind": "smell" })), 422, "invalid", &["media[0].kind"]),
        ("no id", with("media", json!([{ "kind": "image" }])), 422, "invalid", &["media[0]"]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_item_is_refused_with_its_place() {
    let installation = Installation::new();
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "report"]));
    for path in ["/v1/items", "/v1/check"] {
        for refusals in [not_json(), no_items(), beyond_limits(), wrong_media()] {
            refused(&api, path, "application/json", &refusals).await;
        }
        let form = item("p1", "x").to_string().into_bytes();
        for content_type in ["application/x-www-form-urlencoded", "text/plain", "image/png"] {
            let wrong: Refusal<'_> =
                ("content type", form.clone(), 415, "content-type", &[content_type, "json"]);
            refused(&api, path, content_type, &[wrong]).await;
        }
        let batch = json!([item("p1", "x"), { "id": 1 }, item("p2", "x"), with_text(5)]);
        let answer = api.post(path, &batch).await;
        check_problem("a batch", &answer, 422, "invalid", &["2 places", "items[1]", "Nothing"]);
        let errors = answer.json()["errors"].clone();
        assert_eq!((&errors[0]["index"], &errors[1]["index"]), (&json!(1), &json!(3)));
        assert_eq!(errors[1]["place"], "items[3].text");
    }
    assert_eq!(api.post("/v1/items", &item("p1", "velmora")).await.status, 202);
}

fn with_text(text: impl Into<Value>) -> Value {
    let mut item = item("p9", "");
    item["text"] = text.into();
    item
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_is_refused() {
    let installation = Installation::new();
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "report"]));
    let body = vec![b' '; 60_000_000];
    let words: &[&str] = &["52428800 bytes", "fewer items"];
    for path in ["/v1/items", "/v1/check"] {
        let large: Refusal<'_> = ("60 MB", body.clone(), 413, "too-large", words);
        refused(&api, path, "application/json", &[large]).await;
    }
}

/// Most clients send all they have before they read what the server says to it.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_reach_who_is_still_sending() {
    const BYTES: usize = 60_000_000;
    let installation = Installation::new();
    let server = installation.serve();
    let key = installation.key(&["submit"]);
    let cases: [(&str, &str, &str); 3] = [
        (&key, "/v1/items", "HTTP/1.1 413 "),
        ("nobody", "/v1/items", "HTTP/1.1 401 "),
        (&key, "/v1/nothing", "HTTP/1.1 404 "),
    ];
    for (key, path, expected) in cases {
        let mut connection = TcpStream::connect(server.address()).unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: seawall\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: {BYTES}\r\n\
             connection: close\r\n\r\n"
        );
        connection.write_all(head.as_bytes()).unwrap();
        connection.write_all(&vec![b' '; BYTES]).expect(path);
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect(path);
        assert!(answer.starts_with(expected), "{path}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_around_the_body_are_refused_as_problems() {
    let installation = Installation::new();
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "report"]));
    let body = item("p1", "x").to_string().into_bytes();
    let long = "k".repeat(256);
    let json_type = ("content-type", "application/json");
    type Around<'a> = (Method, &'a str, (&'a str, &'a str), u16, &'a str, &'a str);
    let requests: [Around<'_>; 14] = [
        (Method::PUT, "/v1/items", json_type, 405, "method", "PUT"),
        (Method::GET, "/v1/items", json_type, 405, "method", "GET"),
        (Method::DELETE, "/v1/cases", json_type, 405, "method", "DELETE"),
        (Method::POST, "/healthz", json_type, 405, "method", "POST"),
        (Method::GET, "/v1/nothing", json_type, 404, "not-found", "/v1/nothing"),
        (Method::POST, "/v1/items/p1", json_type, 404, "not-found", "openapi.json"),
        (Method::GET, "/v1/", json_type, 404, "not-found", "openapi.json"),
        (Method::GET, "/v1", json_type, 404, "not-found", "openapi.json"),
        (Method::POST, "/v1/items?wait=long", json_type, 400, "malformed", "verdict"),
        (Method::POST, "/v1/items?wiat=verdict", json_type, 400, "malformed", "wiat"),
        (Method::POST, "/v1/check?deadline_ms=-1", json_type, 400, "malformed", "deadline_ms"),
        (Method::POST, "/v1/items", ("idempotency-key", ""), 422, "invalid", "1 to 255"),
        (Method::POST, "/v1/items", ("idempotency-key", &long), 422, "invalid", "1 to 255"),
        (
            Method::POST,
            "/v1/items",
            ("authorization", "Basic eA=="),
            401,
            "unauthenticated",
            "Bearer",
        ),
    ];
    let before = api.records().await;
    for (method, path, header, status, kind, words) in requests {
        // A second header of the same name would stand beside the key of the client.
        let api = if header.0 == "authorization" { api.as_key(None) } else { api.clone() };
        let answer = api.send(method.clone(), path, &[header], body.clone()).await;
        check_problem(&format!("{method} {path} {header:?}"), &answer, status, kind, &[words]);
    }
    assert_eq!(api.records().await, before);
}

fn parts(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in parts {
        let head = format!("--cut\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    [&body[..], b"--cut--\r\n"].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_are_read_and_mistakes_in_them_refused() {
    let installation = Installation::new();
    let hash = pdq_of(&installation, "scene.png");
    installation.bank("pictures", &format!("kind,value\npdq,{hash}\n"));
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "report"]));
    let picture = fixture("scene.png");
    let one = with("media", media(json!({})));
    let carried = with("media", media(json!({ "bytes": "AAAA" })));
    let two = json!([item("p1", "x"), item("p2", "x")]).to_string();
    let bad: &[&str] = &["multipart"];
    let mistakes: [Refusal<'_>; 9] = [
        ("no parts", parts(&[]), 400, "malformed", &["no part `item`"]),
        ("no item", parts(&[("m1", &picture)]), 400, "malformed", &["no part `item`"]),
        ("an unknown medium", parts(&[("item", &one), ("m2", b"x")]), 400, "malformed", &["`m2`"]),
        ("two items", parts(&[("item", &one), ("item", &one)]), 400, "malformed", &["twice"]),
        (
            "a medium twice",
            parts(&[("item", &one), ("m1", b"x"), ("m1", b"y")]),
            400,
            "malformed",
            &["`m1` is there twice"],
        ),
        (
            "a medium in both ways",
            parts(&[("item", &carried), ("m1", b"x")]),
            400,
            "malformed",
            &["`m1`"],
        ),
        ("a list", parts(&[("item", two.as_bytes())]), 400, "malformed", &["one item"]),
        ("no JSON", parts(&[("item", b"{")]), 400, "malformed", &["not JSON"]),
        ("cut short", parts(&[("item", &one)])[..40].to_vec(), 400, "malformed", bad),
    ];
    let form = "multipart/form-data; boundary=cut";
    refused(&api, "/v1/items", form, &mistakes).await;
    let unbounded: Refusal<'_> = ("no boundary", parts(&[("item", &one)]), 400, "malformed", bad);
    refused(&api, "/v1/items", "multipart/form-data", &[unbounded]).await;

    let right = parts(&[("m1", &picture), ("item", &one)]);
    let headers = [("content-type", form)];
    let answer = api.send(Method::POST, "/v1/items?wait=verdict", &headers, right).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["items"][0]["matches"][0]["kind"], "pdq", "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_and_the_curators_refuse_with_words() {
    let installation = Installation::new();
    installation.bank("words", TERMS);
    installation.user("lead");
    let server = installation.serve();
    let api = server.api(&installation.key(&["admin"]));
    let row = api.post_json("/v1/items", &item("p1", "velmora")).await;
    let case = row["items"][0]["case"].as_str().unwrap().to_owned();
    let long = "r".repeat(20_000);
    let notice = |field: &str, value: Value| {
        let mut notice = json!({ "kind": "user", "service": "forum", "reason": "r",
            "subject": { "item": "p1" } });
        notice[field] = value;
        notice.to_string().into_bytes()
    };
    let notices: [Refusal<'_>; 7] = [
        ("an unknown kind", notice("kind", json!("x")), 422, "invalid", &["kind", "`user`"]),
        (
            "two subjects",
            notice("subject", json!({ "item": "p1", "account": "a1" })),
            422,
            "invalid",
            &["subject"],
        ),
        ("no subject", notice("subject", json!({})), 422, "invalid", &["subject"]),
        ("an empty reason", notice("reason", json!(" \n")), 422, "invalid", &["reason"]),
        ("a long reason", notice("reason", json!(long)), 422, "invalid", &["reason", "16384"]),
        ("a long name", notice("name", json!(long)), 422, "invalid", &["name", "1024"]),
        (
            "an unknown item",
            notice("subject", json!({ "item": "p\0" })),
            422,
            "invalid",
            &["subject"],
        ),
    ];
    refused(&api, "/v1/notices", "application/json", &notices).await;
    let decision = |field: &str, value: Value| {
        let mut decision = json!({ "reviewer": "lead", "ruling": "violation", "action": "remove",
            "policy": "ashen-front", "reason": "r", "protected_purpose": "none" });
        decision[field] = value;
        decision.to_string().into_bytes()
    };
    let decisions: [Refusal<'_>; 7] = [
        ("an unknown ruling", decision("ruling", json!("x")), 422, "invalid", &["`violation`"]),
        ("an unknown action", decision("action", json!("x")), 422, "invalid", &["`remove`"]),
        ("an unknown policy", decision("policy", json!("x")), 422, "invalid", &["ashen-front"]),
        ("no policy", decision("policy", json!("")), 422, "invalid", &["policy"]),
        ("a stranger", decision("reviewer", json!("x")), 422, "invalid", &["reviewer"]),
        ("no reason", decision("reason", json!("")), 409, "conflict", &["reason"]),
        ("no finding", decision("protected_purpose", Value::Null), 409, "conflict", &["purpose"]),
    ];
    let path = format!("/v1/cases/{case}/decisions");
    refused(&api, &path, "application/json", &decisions).await;
    let rules = |text: &str| {
        json!({ "files": [{ "name": "mine.toml", "text": text }] }).to_string().into_bytes()
    };
    let broken = "[[rule]]\nname = \"n\"\nowner = \"o\"\npolicy = \"default\"\n\
                  description = \"d\"\nwhen = 'term.count >> 0'\n";
    let rule_files: [Refusal<'_>; 3] = [
        ("a condition", rules(broken), 422, "invalid", &["mine.toml:6:", "^", "term.count >> 0"]),
        ("no TOML", rules("[[rule]\n"), 422, "invalid", &["mine.toml:1:", "^"]),
        (
            "an unknown key",
            rules("[[rule]]\nnmae = 1\n"),
            422,
            "invalid",
            &["mine.toml:2:", "nmae"],
        ),
    ];
    refused(&api, "/v1/rules", "application/json", &rule_files).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_no_entries_are_named_by_line_and_column() {
    let installation = Installation::new();
    let server = installation.serve();
    let api = server.api(&installation.key(&["curate", "report"]));
    let description = Description::read(&api).await;
    let sha = "0".repeat(64);
    let rows = [
        ("pdq,xyz,,", "value"),
        ("sha256,abc,,", "value"),
        (&format!("md5,{sha},,"), "value"),
        ("song,la la,,", "kind"),
        ("term,,,", "value"),
        ("url,not a url,,", "value"),
        ("term,orrin,tomorrow,", "expires_at"),
        ("term,orrin,,high", "confidence"),
        ("vpdq,abc,,", "value"),
        ("tmk,abc,,", "kind"),
    ];
    let lines: Vec<&str> = rows.iter().map(|(row, _)| *row).collect();
    let csv = format!("kind,value,expires_at,confidence\nterm,good,,\n{}\n", lines.join("\n"));
    let before = api.records().await;
    let headers = [("content-type", "text/csv")];
    let path = "/v1/banks/mine/entries";
    let answer = api.send(Method::POST, path, &headers, csv.clone().into()).await;
    description.check("POST /v1/banks/{bank}/entries", &answer);
    let imported = answer.json();
    assert_eq!(imported["entries"], 1, "{imported}");
    for (number, (row, column)) in rows.iter().enumerate() {
        let problem = &imported["problems"][number];
        assert_eq!(
            (&problem["line"], &problem["field"]),
            (&json!(number + 3), &json!(column)),
            "{row}: {problem}"
        );
        assert!(problem["problem"].as_str().unwrap().len() > 10, "{row}: {problem}");
    }
    assert_eq!(api.records().await, before + 1);
    for nothing in ["", "kind,value\n", "no,such,header\n1,2,3\n", "\u{0}"] {
        let answer = api.send(Method::POST, path, &headers, nothing.into()).await;
        assert_eq!((answer.status, &answer.json()["revision"]), (201, &imported["revision"]));
        assert_eq!(answer.json()["entries"], 0, "{}", answer.text());
    }
    assert_eq!(api.records().await, before + 1);
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FIXTURES}/{name}")).unwrap()
}

fn pdq_of(installation: &Installation, name: &str) -> String {
    let line = installation.lines(&["hash", &format!("{FIXTURES}/{name}")]).remove(0);
    line["pdq"]["hash"].as_str().unwrap().to_owned()
}

/// A PNG file of a few bytes whose header claims a side of so many pixels.
fn png_claiming(side: u32) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], body: &[u8]| {
        let checksum = ![kind, body].concat().iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
        });
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&length[..], kind, body, &checksum.to_be_bytes()].concat()
    };
    let size = [side.to_be_bytes(), side.to_be_bytes()].concat();
    let header = chunk(b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat());
    let data = chunk(b"IDAT", &[0x78, 0x9C, 0x63, 0x60, 0x60]);
    [b"\x89PNG\r\n\x1A\n", &header[..], &data, &chunk(b"IEND", b"")].concat()
}

async fn judged(api: &Api, body: &Value) -> Value {
    api.post_json("/v1/items?wait=verdict", body).await["items"][0].clone()
}

fn pictured(id: &str, bytes: &[u8]) -> Value {
    let mut item = item(id, "");
    item["media"] = media(json!({ "bytes": STANDARD.encode(bytes) }));
    item
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_every_kind_are_judged_and_broken_ones_are_missing() {
    let installation = Installation::new();
    let hash = pdq_of(&installation, "scene.png");
    installation.bank("pictures", &format!("kind,value\npdq,{hash}\n"));
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "review"]));
    for name in [
        "scene.png",
        "scene.jpg",
        "scene.gif",
        "scene.webp",
        "scene.tiff",
        "cmyk.jpg",
        "ycck.jpg",
        "grey_16_bit.png",
        "palette.png",
        "palette.bmp",
        "progressive.jpg",
        "turned.jpg",
        "black_first.gif",
    ] {
        let row = judged(&api, &pictured(name, &fixture(name))).await;
        assert_eq!(row["matches"][0]["kind"], "pdq", "{name}: {row}");
        assert!(row["matches"][0]["distance_bits"].as_u64().unwrap() <= 31, "{name}: {row}");
        assert_eq!(row["verdict"]["outcome"], "review", "{name}");
    }
    let jpeg = fixture("scene.jpg");
    let broken = [
        ("gigapixels", png_claiming(100_000), "100000 × 100000 pixels"),
        ("an empty file", Vec::new(), "empty"),
        ("random bytes", (0..=255).collect(), "picture"),
        ("half a header", jpeg[..10].to_vec(), ""),
        ("a truncated JPEG", jpeg[..jpeg.len() / 2].to_vec(), ""),
    ];
    for (name, bytes, reason) in broken {
        let begun = Instant::now();
        let row = judged(&api, &pictured(name, &bytes)).await;
        assert!(begun.elapsed() < Duration::from_secs(5), "{name}");
        let verdict = row["verdict_id"].as_str().unwrap();
        let detail = api.get_json(&format!("/v1/verdicts/{verdict}")).await;
        let missing = &detail["signals"]["pdq.quality"]["missing"]["reason"];
        if name != "a truncated JPEG" {
            assert!(missing.as_str().is_some_and(|it| it.contains(reason)), "{name}: {detail:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_are_not_public_are_not_fetched() {
    let installation = Installation::new();
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "review"]));
    let own = format!("{}/healthz", server.base);
    let urls =
        [own.as_str(), "file:///etc/hostname", "http://169.254.169.254/", "http://[::1]/", "x", ""];
    for (number, url) in urls.into_iter().enumerate() {
        let mut item = item(&format!("p{number}"), "");
        item["media"] = media(json!({ "url": url }));
        let row = judged(&api, &item).await;
        let verdict = row["verdict_id"].as_str().unwrap();
        let detail = api.get_json(&format!("/v1/verdicts/{verdict}")).await;
        assert_eq!(detail["signals"]["media.missing"]["int"], 1, "{url}: {detail:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_is_judged_quickly_and_rightly() {
    let installation = Installation::new();
    installation.bank("words", TERMS);
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit"]));
    let marks = "\u{301}".repeat(100_000);
    let texts = [
        ("marks on one letter", format!("v{marks}elmora"), true),
        ("marks on another word", format!("x{marks} velmora"), true),
        ("marks alone", marks.clone(), false),
        ("NUL", "velmora \0 is".to_owned(), true),
        ("one word of a megabyte", "velmora".repeat(149_000), false),
        ("half a million words", "velmor ".repeat(149_000), false),
        ("full width", "ｖｅｌｍｏｒａ".to_owned(), true),
        ("capitals", "VELMORA!".to_owned(), true),
        ("a ligature that grows", "\u{FDFA}".repeat(300_000), false),
        ("controls", "\u{202E}velmora\u{202C}".to_owned(), true),
    ];
    for (name, text, found) in texts {
        let begun = Instant::now();
        let row = judged(&api, &item(name, &text)).await;
        let took = begun.elapsed();
        assert_eq!(row["matches"][0]["entry"] == "velmora", found, "{name}");
        assert!(took < Duration::from_secs(5), "{name} took {took:?}");
    }
    let mut unusual = item("p1", "velmora");
    unusual["created_at"] = "2199-12-31T23:59:59.999999+00:00".into();
    unusual["author"]["created_at"] = Value::Null;
    unusual["followers"] = json!(1e308);
    unusual["text"] = Value::Null;
    unusual["links"] = json!(["", "velmora", "http://", "javascript:x"]);
    unusual["\u{0}"] = json!({ "": [null, {}, [], "\u{10FFFF}"] });
    judged(&api, &unusual).await;
    let batch = json!([item("twice", "velmora"), item("twice", "velmora"), item("twice", "x")]);
    let rows = api.post_json("/v1/items", &batch).await["items"].clone();
    let repeated: Vec<bool> =
        (0..3).map(|row| rows[row]["is_repeated"].as_bool().unwrap()).collect();
    assert_eq!(repeated, [false, true, false]);
    assert_eq!(rows[0]["verdict_id"], rows[1]["verdict_id"]);
    assert_ne!(rows[0]["verdict_id"], rows[2]["verdict_id"]);
}

/// Any JSON value, often one that looks like an item.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("2026-01-01T00:00:00Z")),
        Just(json!("post")),
        Just(json!("image")),
        Just(json!("AAAA")),
    ];
    let name = prop_oneof![
        "(service|id|kind|created_at|author|text|links|media|items|url|bytes|audience|thread)",
        any::<String>(),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        let fields = prop::collection::vec((name.clone(), inner.clone()), 0..8);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            fields.prop_map(|fields| fields.into_iter().collect()),
            (name.clone(), inner).prop_map(|(name, value)| {
                let mut item = item("p1", "velmora");
                item[name] = value;
                item
            }),
        ]
    })
}

#[test]
fn nothing_arbitrary_is_a_failure_within() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let installation = Installation::new();
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit"]));
    let headers = [("content-type", "application/json")];
    let check = |body: Vec<u8>| {
        for path in ["/v1/items", "/v1/check"] {
            let answer = runtime.block_on(api.send(Method::POST, path, &headers, body.clone()));
            prop_assert!(answer.status < 500, "{path}: {}", answer.text());
            let form =
                if answer.status < 300 { "application/json" } else { "application/problem+json" };
            prop_assert_eq!(answer.content_type, form);
        }
        Ok(())
    };
    let runner =
        || TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
    runner().run(&value(), |value| check(value.to_string().into_bytes())).unwrap();
    runner().run(&prop::collection::vec(any::<u8>(), 0..200), check).unwrap();
}

/// A small disk of its own; it goes when this is dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// Mounts one; where that cannot be done, says so past the test's captured output.
    fn mount(mebibytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().to_str().unwrap();
        let size = format!("size={mebibytes}m");
        let options = ["-t", "tmpfs", "-o", &size, "tmpfs", place];
        let told = match Command::new("mount").args(options).output() {
            Ok(output) if output.status.success() => return Some(Self(folder)),
            Ok(output) => support::stderr(&output),
            Err(error) => error.to_string(),
        };
        let told = told.trim();
        let told = format!("SKIPPED: a small disk cannot be mounted: {told}\n");
        std::io::stderr().write_all(told.as_bytes()).unwrap();
        None
    }

    /// Fills the disk with a file until so many bytes are left.
    fn fill(&self, but: u64) -> PathBuf {
        let ballast = self.path().join("ballast");
        let mut file = std::fs::File::create(&ballast).unwrap();
        while file.write_all(&[1; 4_096]).is_ok() {}
        let length = file.metadata().unwrap().len();
        file.set_len(length.saturating_sub(but)).unwrap();
        ballast
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_loses_nothing_that_was_acknowledged() {
    let Some(disk) = SmallDisk::mount(6) else { return };
    let ballast = disk.path().join("ballast");
    std::fs::write(&ballast, vec![1; 2_500_000]).unwrap();
    let installation = Installation::with_state_in(disk.path());
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "report"]));
    let body = |number: usize| item(&format!("p{number}"), &"plain words ".repeat(2_000));
    let mut kept = 0;
    let full = loop {
        let answer = api.post("/v1/items", &body(kept)).await;
        if answer.status != 202 {
            break answer;
        }
        kept += 1;
        assert!(kept < 2_000, "the disk was never full");
    };
    check_problem("a full disk", &full, 507, "disk-full", &["disk is full", "free some space"]);
    let again = api.post("/v1/items", &body(kept)).await;
    check_problem("a disk that stays full", &again, 507, "disk-full", &[]);
    let picture: Vec<u8> = (0..4_000_000u32).map(|byte| byte.to_le_bytes()[0]).collect();
    let evidence = api.post("/v1/items", &pictured("m", &picture)).await;
    check_problem("no room for evidence", &evidence, 507, "disk-full", &[]);
    assert_eq!(api.get("/readyz").await.status, 200);
    std::fs::remove_file(&ballast).unwrap();
    for number in 0..=kept {
        let answer = api.post("/v1/items", &body(number)).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        let repeated = &answer.json()["items"][0]["is_repeated"];
        assert_eq!(*repeated, number < kept, "item {number} of {kept}");
    }
    server.stop();
    let verified = installation.run(&["verify"]);
    assert!(verified.status.success(), "{}", support::stderr(&verified));
}

/// Every file below a folder with its bytes.
fn below(folder: &Path) -> BTreeMap<PathBuf, u64> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let entry = entry.unwrap();
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => {
                    found.insert(entry.path(), entry.metadata().unwrap().len());
                }
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_without_room_leaves_nothing_and_comes_in_once_there_is_some() {
    let Some(disk) = SmallDisk::mount(24) else { return };
    let installation = Installation::with_state_in(disk.path());
    let server = installation.serve();
    let api = server.api(&installation.key(&["submit", "report"]));
    let small = api.post("/v1/items", &pictured("first", &[7; 4_000])).await;
    assert_eq!(small.status, 202, "{}", small.text());
    let evidence = disk.path().join("evidence");
    let before = below(&evidence);
    assert!(!before.is_empty());

    let picture: Vec<u8> = (0..4_000_000u32).map(|byte| byte.to_le_bytes()[0]).collect();
    let upload = pictured("second", &picture);
    // With room for a part of it, and then with none at all.
    for left in [1_500_000, 0] {
        let ballast = disk.fill(left);
        let answer = api.post("/v1/items", &upload).await;
        let says = ["evidence is full", "free some space", "send it again"];
        check_problem("no room for evidence", &answer, 507, "disk-full", &says);
        assert_eq!(below(&evidence), before, "nothing half-stored, with {left} bytes left");
        assert_eq!(api.get("/readyz").await.status, 200);
        std::fs::remove_file(ballast).unwrap();
    }
    let answer = api.post("/v1/items", &upload).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    assert_eq!(answer.json()["items"][0]["is_repeated"], false, "nothing of it was kept before");
    assert!(below(&evidence).len() > before.len());
    server.stop();
    let checked = installation.lines(&["evidence", "check"]).remove(0);
    assert_eq!((&checked["whole"], &checked["problems"]), (&json!(2), &json!([])), "{checked}");
    assert!(installation.run(&["verify"]).status.success());
}
