//! What the database's answers come to, against a server that gives them.

use super::*;
use crate::guard::{Guard, HostPort};
use crate::test_server::{Manner, Server, answer};
use std::sync::Arc;

fn statements(puids: &[&str]) -> Vec<Submitted> {
    let one = |puid: &&str| Submitted { puid: (*puid).to_owned(), fields: json!({ "puid": puid }) };
    puids.iter().map(one).collect()
}

async fn answers(server: &Server, puids: &[&str]) -> Vec<DatabaseAnswer> {
    let allow = vec![HostPort::parse(&format!("127.0.0.1:{}", server.port)).unwrap()];
    let client = Client::with_timeout(Guard { allow }, Duration::from_millis(500)).unwrap();
    let url = format!("http://127.0.0.1:{}/api/v1/", server.port);
    let endpoint = DatabaseEndpoint { url, token: "t0k3n".to_owned() };
    let now = Timestamp::parse("2026-03-01T10:00:00Z").unwrap();
    let pace = Pace::new(200, 12_000);
    client.submit_statements(&endpoint, &pace, &statements(puids), now).await
}

fn words(answers: &[DatabaseAnswer]) -> Vec<String> {
    let word = |answer: &DatabaseAnswer| match answer {
        DatabaseAnswer::Taken { known_as } => {
            format!("taken {}", known_as.as_deref().unwrap_or("-"))
        }
        DatabaseAnswer::Refused { .. } => "refused".to_owned(),
        DatabaseAnswer::Later { wait_seconds, .. } => match wait_seconds {
            Some(seconds) => format!("later {seconds}"),
            None => "later".to_owned(),
        },
    };
    answers.iter().map(word).collect()
}

/// A server that answers a batch by the puids in it, and other requests by their first line.
async fn looking(answer: impl Fn(&str, &[String]) -> Vec<u8> + Send + Sync + 'static) -> Server {
    let look = move |request: &str| {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("authorization: Bearer t0k3n"), "{head}");
        let body: Value = serde_json::from_str(body).unwrap_or(Value::Null);
        let statements = body["statements"].as_array().cloned().unwrap_or_default();
        let puids = statements.iter().map(|one| one["puid"].as_str().unwrap().to_owned());
        answer(head.lines().next().unwrap(), &puids.collect::<Vec<_>>())
    };
    Server::start(Manner::Looks(Arc::new(look))).await
}

fn took(puids: &[String]) -> Vec<u8> {
    let one = |puid: &String| json!({ "puid": puid, "uuid": format!("u-{puid}") });
    let all: Vec<Value> = puids.iter().map(one).collect();
    answer("201 Created", "", &json!({ "statements": all }).to_string())
}

#[tokio::test]
async fn statuses_of_one_statement_are_judged() {
    for (status, headers, body, expected) in [
        ("201 Created", "", r#"{"statements":[{"puid":"a","uuid":"u1"}]}"#, "taken u1"),
        ("201 Created", "", r#"{"statements":[{"puid":"a","id":7}]}"#, "taken 7"),
        ("422 No", "", r#"{"errors":{"statement_0":{"category":["required"]}}}"#, "refused"),
        ("422 No", "", r#"{"message":"something"}"#, "refused"),
        ("422 No", "", "<html>", "refused"),
        ("401 Who", "", "", "later 600"),
        ("403 No", "", "", "later 600"),
        ("429 Many", "retry-after: 7\r\n", "", "later 7"),
        ("429 Many", "", "", "later 60"),
        ("413 Large", "", "", "later"),
        ("302 Found", "location: http://127.0.0.1:1/\r\n", "{}", "later 600"),
        ("404 Where", "", "", "later"),
        ("500 Oops", "", "", "later"),
        ("503 Busy", "retry-after: 30\r\n", "", "later 30"),
    ] {
        let server = Server::answering(status, headers, body).await;
        assert_eq!(words(&answers(&server, &["a"]).await), [expected], "{status} {body}");
    }
    let silent = Server::start(Manner::Stalls).await;
    assert_eq!(words(&answers(&silent, &["a", "b"]).await), ["later", "later"]);
    assert_eq!(answers(&silent, &[]).await, []);
}

#[tokio::test]
async fn wrong_ones_are_set_aside_and_the_others_taken() {
    let server = looking(|_, puids| {
        let wrong = puids.iter().enumerate().filter(|(_, puid)| puid.starts_with("bad"));
        let errors: serde_json::Map<String, Value> =
            wrong.map(|(at, _)| (format!("statement_{at}"), json!({ "puid": ["no"] }))).collect();
        match errors.is_empty() {
            true => took(puids),
            false => answer("422 No", "", &json!({ "errors": errors }).to_string()),
        }
    })
    .await;
    let found = answers(&server, &["a", "bad1", "b", "bad2"]).await;
    assert_eq!(words(&found), ["taken u-a", "refused", "taken u-b", "refused"]);
    assert_eq!(server.requests().len(), 2);
    let DatabaseAnswer::Refused { problem } = &found[1] else { panic!("{found:?}") };
    assert_eq!(problem, r#"{"puid":["no"]}"#);
}

#[tokio::test]
async fn a_batch_is_halved_where_nothing_is_named() {
    let server = looking(|_, puids| match puids.iter().any(|puid| puid == "bad") {
        true => answer("422 No", "", r#"{"errors":{"statement_999":{}}}"#),
        false => took(puids),
    })
    .await;
    let puids = ["a", "b", "c", "bad", "d", "e", "f", "g"];
    let found = words(&answers(&server, &puids).await);
    for (puid, word) in puids.iter().zip(&found) {
        let expected =
            if *puid == "bad" { "refused".to_owned() } else { format!("taken u-{puid}") };
        assert_eq!(*word, expected);
    }
    assert!(server.requests().len() <= 7, "{}", server.requests().len());
}

#[tokio::test]
async fn a_duplicate_is_a_success_where_the_database_confirms_it() {
    let server = looking(|line, puids| {
        if line.contains("existing-puid/known ") {
            let elsewhere = "location: http://127.0.0.1:1/x\r\n";
            return answer("302 Found", elsewhere, r#"{"puid":"known","uuid":"u-known"}"#);
        }
        if line.contains("existing-puid/locked ") {
            return answer("404 Not", "", "{}");
        }
        let existing: Vec<&String> =
            puids.iter().filter(|puid| *puid == "known" || *puid == "locked").collect();
        match existing.is_empty() {
            true => took(puids),
            false => {
                let errors = json!({ "puid": ["taken"], "existing_puids": existing });
                answer("422 No", "", &json!({ "errors": errors }).to_string())
            }
        }
    })
    .await;
    let found = words(&answers(&server, &["known", "new", "locked"]).await);
    assert_eq!(found, ["taken u-known", "taken u-new", "later 30"]);
}

#[tokio::test]
async fn an_answer_that_does_not_help_is_asked_about() {
    let server = looking(|line, _| match line.contains("existing-puid/a ") {
        true => answer("302 Found", "", "not json"),
        false if line.starts_with("GET") => answer("500 Oops", "", ""),
        false => answer("201 Created", "", "<html>"),
    })
    .await;
    assert_eq!(words(&answers(&server, &["a", "b"]).await), ["taken -", "later 30"]);
}

#[test]
fn a_pace_holds_in_any_second_and_any_minute() {
    let pace = Pace::new(3, 5);
    let start = Instant::now();
    let mut made = VecDeque::new();
    let mut now = start;
    let mut times = Vec::new();
    for _ in 0..12 {
        while let Some(free) = pace.free_at(&mut made, now) {
            now = free;
        }
        made.push_back(now);
        times.push((now - start).as_secs());
    }
    assert_eq!(times, [0, 0, 0, 1, 1, 60, 60, 60, 61, 61, 120, 120]);
}
