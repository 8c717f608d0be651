//! A load generator: connections that are kept open and send one request after another.

use crate::Failure;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// What is sent, where to, and for how long.
pub struct Load<'a> {
    /// Host and port.
    pub address: &'a str,
    /// Path of the requests.
    pub path: &'a str,
    /// One key for each connection.
    pub keys: &'a [String],
    /// How long requests are begun.
    pub lasting: Duration,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// How long each request took, in milliseconds, sorted.
    pub latencies_ms: Vec<f64>,
    /// From the first request to the last answer, in seconds.
    pub seconds: f64,
}

impl Outcome {
    /// Requests answered in a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.latencies_ms.len() as f64 / self.seconds
    }

    /// The latency that a share of the requests did not exceed; 0 where there was none.
    #[must_use]
    pub fn latency_ms(&self, share: f64) -> f64 {
        let rank = (self.latencies_ms.len() as f64 * share).ceil() as usize;
        self.latencies_ms.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

/// Sends bodies, numbered from 0, over as many connections as there are keys.
///
/// # Errors
/// Where the server cannot be reached or answers with a problem.
pub async fn run(
    load: &Load<'_>,
    body: impl Fn(usize) -> Bytes + Send + Sync + 'static,
) -> Result<Outcome, Failure> {
    let (body, next) = (Arc::new(body), Arc::new(AtomicUsize::new(0)));
    let begin = Instant::now();
    let mut connections = tokio::task::JoinSet::new();
    for key in load.keys {
        let (body, next, ends) = (body.clone(), next.clone(), begin + load.lasting);
        let mut connection = Connection::open(load, key).await?;
        connections.spawn(async move {
            let mut latencies = Vec::new();
            while Instant::now() < ends {
                let body = body(next.fetch_add(1, Ordering::Relaxed));
                latencies.push(connection.post(body).await?.as_secs_f64() * 1e3);
            }
            Ok::<_, Failure>(latencies)
        });
    }
    let mut latencies_ms = Vec::new();
    while let Some(joined) = connections.join_next().await {
        latencies_ms.extend(joined??);
    }
    latencies_ms.sort_by(f64::total_cmp);
    Ok(Outcome { latencies_ms, seconds: begin.elapsed().as_secs_f64() })
}

/// One connection that is kept open.
struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    path: String,
    authorization: String,
}

impl Connection {
    async fn open(load: &Load<'_>, key: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(load.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            sender,
            host: load.address.to_owned(),
            path: load.path.to_owned(),
            authorization: format!("Bearer {key}"),
        })
    }

    async fn post(&mut self, body: Bytes) -> Result<Duration, Failure> {
        let request = Request::post(&self.path)
            .header(header::HOST, &self.host)
            .header(header::AUTHORIZATION, &self.authorization)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(body))?;
        self.sender.ready().await?;
        let begin = Instant::now();
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        let text = answer.into_body().collect().await?.to_bytes();
        if status.is_success() {
            return Ok(begin.elapsed());
        }
        Err(format!("{status}: {}", String::from_utf8_lossy(&text)).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_are_ranked() {
        let outcome = |count: u32| Outcome {
            latencies_ms: (1..=count).map(f64::from).collect(),
            seconds: 2.0,
        };
        for (count, share, wanted) in [
            (100, 0.99, 99.0),
            (100, 0.5, 50.0),
            (1_000, 0.99, 990.0),
            (1, 0.99, 1.0),
            (0, 0.5, 0.0),
        ] {
            let latency = outcome(count).latency_ms(share);
            assert!((latency - wanted).abs() < 1e-9, "{share} of {count}: {latency}");
        }
        assert!((outcome(10).per_second() - 5.0).abs() < 1e-9);
    }
}
