//! Real servers on the loopback interface for tests: small, and as rude as a test needs them.
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What is answered to the head of a request.
pub(crate) type Looking = Arc<dyn Fn(&str) -> Vec<u8> + Send + Sync>;

/// How a server behaves once it has read a request.
#[derive(Clone)]
pub(crate) enum Manner {
    /// It sends these bytes and closes.
    Says(Vec<u8>),
    /// It never answers.
    Stalls,
    /// It sends these bytes, and then one byte every 20 ms for ever.
    Drips(Vec<u8>),
    /// It looks at the request to know what to send; nothing closes the connection.
    Looks(Looking),
}

/// A server; it stops with the test's runtime.
pub(crate) struct Server {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(vec![]));
        let seen = requests.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, manner.clone(), seen.clone()));
            }
        });
        Self { port, requests }
    }

    /// A server that answers with a status, headers and body.
    pub(crate) async fn answering(status: &str, headers: &str, body: &str) -> Self {
        Self::start(Manner::Says(answer(status, headers, body))).await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/path", self.port)
    }

    /// What was asked so far, one text for each connection.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// The bytes of an answer; `headers` are whole lines.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes()
}

async fn serve(mut stream: TcpStream, manner: Manner, seen: Arc<Mutex<Vec<String>>>) {
    // Told before it is read, so that a bare connection counts as contact.
    let index = {
        let mut seen = seen.lock().unwrap();
        seen.push(String::new());
        seen.len() - 1
    };
    let mut request = vec![];
    while !complete(&request) {
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => request.extend_from_slice(&buffer[..count]),
            _ => return,
        }
    }
    seen.lock().unwrap()[index] = String::from_utf8_lossy(&request).into_owned();
    match manner {
        Manner::Says(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Manner::Looks(answer) => {
            let bytes = answer(&String::from_utf8_lossy(&request));
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Manner::Stalls => std::future::pending().await,
        Manner::Drips(start) => {
            let mut sent = stream.write_all(&start).await;
            while sent.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
                sent = stream.write_all(b"x").await;
            }
        }
    }
}

fn complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = |line: &str| line.strip_prefix("content-length: ")?.parse::<usize>().ok();
    body.len() >= head.lines().find_map(length).unwrap_or(0)
}
