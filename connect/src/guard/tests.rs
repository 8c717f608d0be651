//! The guarded client against real servers on the loopback interface.

use super::*;
use crate::test_server::{Manner, Server, answer};
use proptest::prelude::*;
use std::time::Instant;

fn client(allow: &[String]) -> Client {
    let allow = allow.iter().map(|text| HostPort::parse(text).unwrap()).collect();
    Client::with_timeout(Guard { allow }, Duration::from_millis(400)).unwrap()
}

fn allowing(server: &Server) -> Client {
    client(&[format!("127.0.0.1:{}", server.port)])
}

/// Hosts that all lead to a local or otherwise refused place, in every spelling that URLs know.
const INNER_HOSTS: [&str; 45] = [
    "127.0.0.1",
    "127.0.0.2",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7F.0x0.0x0.0x1",
    "0177.0.0.1",
    "017700000001",
    "0177.1",
    "0",
    "0.0.0.0",
    "0x0",
    "127.0.0.1.",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "%31%32%37.0.0.1",
    "localhost",
    "LOCALHOST",
    "10.0.0.1",
    "0xa.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "2852039166",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::1]",
    "[fe80::1]",
    "[fd00::1]",
    "[fec0::1]",
    "[ff02::1]",
];

#[tokio::test]
async fn inner_hosts_are_refused_in_every_spelling() {
    let server = Server::answering("200 OK", "", "inner").await;
    let client = client(&[]);
    for host in INNER_HOSTS {
        let url = format!("http://{host}:{}/", server.port);
        let error = client.fetch(&url, 100).await.unwrap_err();
        assert!(matches!(error, ConnectError::Refused { .. }), "{host}: {error:?}");
        let error = client.post(&url, &[], vec![]).await.unwrap_err();
        assert!(matches!(error, ConnectError::Refused { .. }), "{host}: {error:?}");
    }
    // Some systems don't know this spelling; none may be led inside by it.
    let error = client.fetch(&format!("http://localhost.:{}/", server.port), 100).await;
    assert!(
        matches!(error, Err(ConnectError::Refused { .. } | ConnectError::Unreachable { .. })),
        "{error:?}"
    );
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn allowed_means_that_host_at_that_port() {
    let server = Server::answering("200 OK", "content-type: text/plain\r\n", "inner").await;
    let other = Server::answering("200 OK", "", "other").await;
    let client = client(&[format!("LocalHost:{}", server.port)]);
    let fetched = client.fetch(&format!("http://localhost:{}/a", server.port), 100).await.unwrap();
    let expected =
        Fetched { bytes: b"inner".to_vec(), content_type: Some("text/plain".into()), status: 200 };
    assert_eq!(fetched, expected);
    for url in [
        format!("http://127.0.0.1:{}/", server.port),
        format!("http://localhost:{}/", other.port),
        format!("http://[::1]:{}/", server.port),
        "http://localhost/".to_owned(),
    ] {
        let error = client.fetch(&url, 100).await.unwrap_err();
        assert!(matches!(error, ConnectError::Refused { .. }), "{url}: {error:?}");
    }
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let inner = Server::answering("200 OK", "", "inner").await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let location = format!("location: {}\r\n", inner.url());
        let outer = Server::answering(status, &location, "").await;
        // Both are allowed, so that only the rule about redirects keeps the client away.
        let ports = [outer.port, inner.port].map(|port| format!("127.0.0.1:{port}"));
        let fetched = client(&ports).fetch(&outer.url(), 100).await.unwrap();
        assert_eq!(fetched.status.to_string(), status[..3]);
    }
    assert_eq!(inner.requests().len(), 0);
}

#[tokio::test]
async fn bodies_are_capped() {
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n";
    for (bytes, max_bytes, fits) in [
        (answer("200 OK", "", "abcdef"), 6, true),
        (answer("200 OK", "", "abcdef"), 5, false),
        (answer("200 OK", "", ""), 0, true),
        (chunked.to_vec(), 6, true),
        (chunked.to_vec(), 5, false),
        // Without a length the body ends with the connection.
        (b"HTTP/1.1 200 OK\r\n\r\nabcdef".to_vec(), 6, true),
        (b"HTTP/1.1 200 OK\r\n\r\nabcdef".to_vec(), 5, false),
    ] {
        let server = Server::start(Manner::Says(bytes)).await;
        match allowing(&server).fetch(&server.url(), max_bytes).await {
            Ok(fetched) => assert!(fits && fetched.bytes.len() <= max_bytes),
            Err(error) => {
                assert!(!fits && matches!(error, ConnectError::TooLarge { .. }), "{error:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_endless_body_ends_at_the_cap() {
    let start = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'y'; 50_000]].concat();
    let server = Server::start(Manner::Drips(start)).await;
    let error = allowing(&server).fetch(&server.url(), 40_000).await.unwrap_err();
    assert!(matches!(error, ConnectError::TooLarge { limit_bytes: 40_000, .. }), "{error:?}");
}

#[tokio::test]
async fn a_long_answer_to_a_post_is_cut() {
    let long = "z".repeat(limits::DELIVERY_ANSWER_BYTES + 10);
    let server = Server::answering("500 Oops", "", &long).await;
    let answer = allowing(&server).post(&server.url(), &[], b"{}".to_vec()).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (500, limits::DELIVERY_ANSWER_BYTES));
}

#[tokio::test]
async fn slow_hosts_run_out_of_time() {
    let unfinished = b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n".to_vec();
    for manner in [
        Manner::Stalls,
        Manner::Drips(unfinished),
        Manner::Drips(b"HTTP/1.1 200 OK\r\nx-slow: ".to_vec()),
        Manner::Drips(vec![]),
    ] {
        let server = Server::start(manner).await;
        let started = Instant::now();
        let error = allowing(&server).fetch(&server.url(), 100_000).await.unwrap_err();
        assert!(
            matches!(error, ConnectError::Timeout { .. } | ConnectError::Unreachable { .. }),
            "{error:?}"
        );
        assert!(started.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn a_slow_body_is_told_as_a_timeout() {
    let unfinished = b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n".to_vec();
    let server = Server::start(Manner::Drips(unfinished)).await;
    let error = allowing(&server).fetch(&server.url(), 100_000).await.unwrap_err();
    assert_eq!(error.to_string(), "127.0.0.1 gave no complete answer within 400 ms");
}

#[tokio::test]
async fn hosts_that_are_not_there_are_told() {
    let port = {
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        server.local_addr().unwrap().port()
    };
    let client = client(&[format!("127.0.0.1:{port}")]);
    let error = client.fetch(&format!("http://127.0.0.1:{port}/"), 9).await.unwrap_err();
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains("refused"), "{error}");
    // The reserved ending `.invalid` never resolves.
    let error = client.fetch("http://nowhere.invalid/?token=1", 9).await.unwrap_err();
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("token"), "{error:?}");
}

#[tokio::test]
async fn plain_http_is_no_tls() {
    let start = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    let server = Server::start(Manner::Says(start)).await;
    let url = format!("https://127.0.0.1:{}/", server.port);
    let error = allowing(&server).fetch(&url, 9).await.unwrap_err();
    let failed = matches!(error, ConnectError::Unreachable { .. } | ConnectError::Timeout { .. });
    assert!(failed, "{error:?}");
    assert!(!server.requests().concat().contains("GET"));
}

#[tokio::test]
async fn only_plain_web_urls_are_requested() {
    let client = client(&[]);
    for (url, part) in [
        ("", "not a URL"),
        ("example.com/a", "not a URL"),
        ("http://", "not a URL"),
        ("ftp://example.com/", "only http"),
        ("file:///etc/passwd", "only http"),
        ("data:text/plain,hi", "only http"),
        ("gopher://127.0.0.1/", "only http"),
        ("http://user@example.com/", "name or password"),
        ("http://user:secret@example.com/", "name or password"),
        ("http://8.8.8.8@127.0.0.1/", "name or password"),
        ("http://256.1.1.1/", "not a URL"),
        ("http://[fe80::1%25eth0]/", "not a URL"),
    ] {
        let error = client.fetch(url, 9).await.unwrap_err();
        assert!(matches!(error, ConnectError::Url { .. }), "{url}: {error:?}");
        assert!(error.to_string().contains(part), "{url}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    let long = format!("http://example.com/{}", "a".repeat(limits::LINK_BYTES));
    let error = client.fetch(&long, 9).await.unwrap_err();
    assert!(error.to_string().contains("longer than") && error.to_string().len() < 200);
}

#[tokio::test]
async fn headers_go_out_and_bad_ones_do_not() {
    let server = Server::answering("204 None", "", "").await;
    let client = allowing(&server);
    client.post(&server.url(), &[("x-kind", "test")], b"{\"a\":1}".to_vec()).await.unwrap();
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /path HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\nx-kind: test\r\n"), "{request}");
    assert!(request.contains("\r\nuser-agent: seawall/"), "{request}");
    assert!(!request.to_lowercase().contains("accept-encoding"), "{request}");
    assert!(request.ends_with("\r\n\r\n{\"a\":1}"), "{request}");
    for header in [("x-a", "1\r\nx-b: 2"), ("x a", "1"), ("", "1"), ("x-a", "\0")] {
        let error = client.post(&server.url(), &[header], vec![]).await.unwrap_err();
        assert!(matches!(error, ConnectError::Header { .. }), "{header:?}: {error:?}");
    }
    assert_eq!(server.requests().len(), 1);
    let fetched = client.fetch_with(&server.url(), &[("authorization", "Bearer k")], 10).await;
    assert_eq!(fetched.unwrap().status, 204);
    let request = server.requests().remove(1);
    assert!(request.starts_with("GET /path HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\nauthorization: Bearer k\r\n"), "{request}");
}

#[test]
fn one_inner_address_among_public_ones_is_enough() {
    let addresses = |texts: &[&str]| -> Vec<SocketAddr> {
        texts.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect()
    };
    assert_eq!(all_public(&addresses(&["8.8.8.8", "2606:4700::1111"])), Ok(()));
    let refused = all_public(&addresses(&["8.8.8.8", "::ffff:10.0.0.1"])).unwrap_err();
    assert_eq!(refused.reason, "private");
}

#[test]
fn reads_host_and_port() {
    for (text, expected) in [
        ("forum.internal:8080", Some("forum.internal:8080")),
        ("FORUM.internal:80", Some("forum.internal:80")),
        ("10.0.0.5:443", Some("10.0.0.5:443")),
        ("0x7f.1:9", Some("127.0.0.1:9")),
        ("[fd00::5]:443", Some("[fd00::5]:443")),
        ("forum.internal", None),
        ("forum.internal:", None),
        ("forum.internal:0", None),
        ("forum.internal:70000", None),
        (":80", None),
        ("http://forum.internal:80", None),
        ("user@forum.internal:80", None),
        ("forum.internal:80/path", None),
        ("forum:80:80", None),
        ("[fd00::5]", None),
        ("", None),
    ] {
        let found = HostPort::parse(text).ok().map(|parsed| parsed.to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "\\PC*", host in "[0-9a-fx:.\\[\\]%@]*") {
        let client = client(&[]);
        for text in [text, host.clone(), format!("http://{host}/"), format!("{host}:80")] {
            let _ = HostPort::parse(&text);
            // What may be requested is a name, or an address of the public internet.
            if let Ok(target) = client.target(&text) {
                match target.url.host().unwrap() {
                    Host::Domain(_) => {}
                    Host::Ipv4(address) => prop_assert_eq!(judged(address.into()), Ok(())),
                    Host::Ipv6(address) => prop_assert_eq!(judged(address.into()), Ok(())),
                }
            }
        }
    }
}
