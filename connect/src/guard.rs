//! The guarded HTTP client: it reaches the public internet and what the operator listed.
//!
//! Addresses that somebody else chose (media links, webhooks) must not lead into the operator's own
//! network. So names are resolved here and every address is judged before a connection is made;
//! addresses written in a URL are judged too; redirects and proxies, which would choose another
//! address behind our back, are not followed or used.

use crate::address;
use model::limits;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// A host and a port of the operator's own network that may be reached although not public.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostPort {
    host: Host,
    port: u16,
}

impl HostPort {
    /// Reads `host:port`, such as `forum.internal:8080`, `10.0.0.5:80` or `[fd00::5]:443`.
    ///
    /// # Errors
    /// Where the text has no host, no port, or anything beside them.
    pub fn parse(text: &str) -> Result<Self, ConnectError> {
        let problem = |why: &str| ConnectError::Url {
            given: shortened(text),
            problem: format!("{why}: write `host:port`, such as `forum.internal:8080`"),
        };
        let (host, port) = text.rsplit_once(':').ok_or_else(|| problem("no port"))?;
        let port: u16 = port.parse().map_err(|_| problem("the port is not 1 to 65535"))?;
        let two_ports = host.contains(':') && !host.starts_with('[');
        if port == 0 || two_ports || host.contains(['/', '@', '?', '#', '\\']) {
            return Err(problem("not a host and a port"));
        }
        // Through a URL, so that every spelling of a host becomes the one that URLs have.
        let url = Url::parse(&format!("http://{host}/")).map_err(|_| problem("not a host"))?;
        match (url.host(), url.port()) {
            (Some(host), None) => Ok(Self { host: host.to_owned(), port }),
            _ => Err(problem("not a host and a port")),
        }
    }
}

impl FromStr for HostPort {
    type Err = ConnectError;
    fn from_str(text: &str) -> Result<Self, ConnectError> {
        Self::parse(text)
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// What a client may reach beside the public internet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guard {
    /// Exactly these hosts at exactly these ports, whatever their addresses.
    pub allow: Vec<HostPort>,
}

/// Why a request was not made or got no answer. Only the host of a URL is told, because the rest
/// may hold a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The text is not a URL that may be requested.
    #[error("`{given}`: {problem}")]
    Url {
        /// The URL, shortened, without its query.
        given: String,
        /// What is wrong and what is accepted.
        problem: String,
    },
    /// The address is not on the public internet and not on the allow list.
    #[error("{host} was not contacted: {refused}")]
    Refused {
        /// The host of the URL.
        host: String,
        /// The address, and what it is.
        refused: RefusedAddress,
    },
    /// A header's name or value cannot be sent.
    #[error("the header `{name}` cannot be sent: its name or value has characters beyond HTTP's")]
    Header {
        /// Its name.
        name: String,
    },
    /// There are more bytes than are accepted.
    #[error("{host} sends more than {limit_bytes} bytes")]
    TooLarge {
        /// The host of the URL.
        host: String,
        /// The most that is accepted.
        limit_bytes: usize,
    },
    /// The answer was not complete in time.
    #[error("{host} gave no complete answer within {limit_ms} ms")]
    Timeout {
        /// The host of the URL.
        host: String,
        /// The time allowed.
        limit_ms: u64,
    },
    /// The host could not be found, reached or understood.
    #[error("{host} could not be reached: {}", innermost(source))]
    Unreachable {
        /// The host of the URL.
        host: String,
        /// What went wrong.
        source: reqwest::Error,
    },
    /// The client itself could not be made.
    #[error("the HTTP client could not be made: {}", innermost(.0))]
    Start(#[source] reqwest::Error),
}

/// An address that is not on the public internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{address} is not on the public internet ({reason}); list it as allowed if that is meant")]
pub struct RefusedAddress {
    /// The address.
    pub address: IpAddr,
    /// What it is instead, such as `loopback`.
    pub reason: &'static str,
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The body, whole.
    pub bytes: Vec<u8>,
    /// The media type that the host claims.
    pub content_type: Option<String>,
    /// The HTTP status; any status is an answer, so the caller looks at it.
    pub status: u16,
}

/// The answer to something posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, cut at [`limits::DELIVERY_ANSWER_BYTES`].
    pub body: Vec<u8>,
}

/// The HTTP client that all requests to addresses of others go through.
#[derive(Debug, Clone)]
pub struct Client {
    guard: Guard,
    /// Refuses every name that resolves to an address that is not public.
    guarded: reqwest::Client,
    /// For what the operator listed; used for nothing else.
    allowed: reqwest::Client,
    timeout: Duration,
}

impl Client {
    /// Makes a client.
    ///
    /// Without certificate authorities on the machine, `https` fails and `http` works; a warning is
    /// logged.
    ///
    /// # Errors
    /// Where the TLS library cannot be set up.
    pub fn new(guard: Guard) -> Result<Self, ConnectError> {
        Self::with_timeout(guard, Duration::from_millis(limits::DELIVERY_TIMEOUT_MS))
    }

    /// As [`Client::new`], with another limit on the time of a request.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_timeout(guard: Guard, timeout: Duration) -> Result<Self, ConnectError> {
        // Whoever installs a provider first wins; it is the same one everywhere in Seawall.
        rustls::crypto::ring::default_provider().install_default().ok();
        let guarded = || plain(timeout).dns_resolver(Arc::new(PublicResolver));
        Ok(Self { guard, guarded: built(guarded)?, allowed: built(|| plain(timeout))?, timeout })
    }

    /// Fetches a URL, at most `max_bytes` and never more than [`limits::MEDIA_BYTES`].
    ///
    /// A redirect is an answer like any other and is not followed.
    ///
    /// # Errors
    /// Where the URL is not acceptable, its address refused, the host not reached in time, or the
    /// body too large.
    pub async fn fetch(&self, url: &str, max_bytes: usize) -> Result<Fetched, ConnectError> {
        self.fetch_with(url, &[], max_bytes).await
    }

    /// As [`Client::fetch`], with headers.
    ///
    /// # Errors
    /// As [`Client::fetch`], and where a header cannot be sent.
    pub async fn fetch_with(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        max_bytes: usize,
    ) -> Result<Fetched, ConnectError> {
        let target = self.target(url)?;
        let limit_bytes = max_bytes.min(limits::MEDIA_BYTES);
        let request = target.client.get(target.url.clone()).headers(header_map(headers)?);
        let sent = request.send().await;
        let response = sent.map_err(|error| self.failure(&target.host, error))?;
        let status = response.status().as_u16();
        let content_type = header_text(response.headers(), &CONTENT_TYPE);
        let body = self.read(&target.host, response, limit_bytes).await?;
        if body.cut == Cut::Yes {
            return Err(ConnectError::TooLarge { host: target.host, limit_bytes });
        }
        Ok(Fetched { bytes: body.bytes, content_type, status })
    }

    /// Posts a body and reads the answer.
    ///
    /// # Errors
    /// As [`Client::fetch`], and where a header cannot be sent; a long answer is cut, not refused.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, ConnectError> {
        let (host, response) = self.send_post(url, headers, body).await?;
        let status = response.status().as_u16();
        let body = self.read(&host, response, limits::DELIVERY_ANSWER_BYTES).await?;
        Ok(Answer { status, body: body.bytes })
    }

    /// Posts a body; the answer's own body is left unread.
    pub(crate) async fn send_post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<(String, reqwest::Response), ConnectError> {
        let target = self.target(url)?;
        let request = target.client.post(target.url).headers(header_map(headers)?).body(body);
        match request.send().await {
            Ok(response) => Ok((target.host, response)),
            Err(error) => Err(self.failure(&target.host, error)),
        }
    }

    /// Asks for a page; the answer's body is left unread.
    pub(crate) async fn send_get(
        &self,
        url: &str,
        headers: &[(&str, &str)],
    ) -> Result<(String, reqwest::Response), ConnectError> {
        let target = self.target(url)?;
        match target.client.get(target.url).headers(header_map(headers)?).send().await {
            Ok(response) => Ok((target.host, response)),
            Err(error) => Err(self.failure(&target.host, error)),
        }
    }

    /// Reads the body of an answer, cut at a limit.
    pub(crate) async fn read_cut(
        &self,
        host: &str,
        response: reqwest::Response,
        limit_bytes: usize,
    ) -> Result<Vec<u8>, ConnectError> {
        Ok(self.read(host, response, limit_bytes).await?.bytes)
    }

    fn target(&self, text: &str) -> Result<Target<'_>, ConnectError> {
        let url = acceptable(text)?;
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(ConnectError::Url { given: shortened(text), problem: "no host".into() });
        };
        let wanted = HostPort { host: host.to_owned(), port };
        let host = wanted.host.to_string();
        if self.guard.allow.contains(&wanted) {
            return Ok(Target { client: &self.allowed, url, host });
        }
        let literal = match wanted.host {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        // The HTTP library asks no resolver about an address that is written in the URL.
        match literal.map(judged) {
            Some(Err(refused)) => Err(ConnectError::Refused { host, refused }),
            Some(Ok(())) | None => Ok(Target { client: &self.guarded, url, host }),
        }
    }

    async fn read(
        &self,
        host: &str,
        mut response: reqwest::Response,
        limit_bytes: usize,
    ) -> Result<Body, ConnectError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failure(host, error))? {
            let room = limit_bytes - bytes.len();
            if chunk.len() > room {
                bytes.extend_from_slice(&chunk[..room]);
                return Ok(Body { bytes, cut: Cut::Yes });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Body { bytes, cut: Cut::No })
    }

    fn failure(&self, host: &str, error: reqwest::Error) -> ConnectError {
        let host = host.to_owned();
        if let Some(refused) = causes(&error).find_map(|cause| cause.downcast_ref()) {
            return ConnectError::Refused { host, refused: *refused };
        }
        if error.is_timeout() {
            let limit_ms = u64::try_from(self.timeout.as_millis()).unwrap_or(u64::MAX);
            return ConnectError::Timeout { host, limit_ms };
        }
        ConnectError::Unreachable { host, source: error.without_url() }
    }
}

struct Target<'a> {
    client: &'a reqwest::Client,
    url: Url,
    host: String,
}

struct Body {
    bytes: Vec<u8>,
    cut: Cut,
}

/// Whether there was more than was read.
#[derive(PartialEq, Eq)]
enum Cut {
    Yes,
    No,
}

fn plain(timeout: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("seawall/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .http1_only()
        .timeout(timeout)
}

/// Builds a client; on a machine without certificate authorities, one that trusts none.
fn built(builder: impl Fn() -> reqwest::ClientBuilder) -> Result<reqwest::Client, ConnectError> {
    builder().build().or_else(|error| {
        tracing::warn!(error = innermost(&error), "https will fail: no authorities to trust");
        builder().tls_certs_only([]).build().map_err(ConnectError::Start)
    })
}

fn acceptable(text: &str) -> Result<Url, ConnectError> {
    let problem = |problem: String| ConnectError::Url { given: shortened(text), problem };
    if text.len() > limits::LINK_BYTES {
        return Err(problem(format!("longer than {} bytes", limits::LINK_BYTES)));
    }
    let url = Url::parse(text).map_err(|error| problem(format!("not a URL ({error})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(problem("only http and https are requested".into()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(problem("a name or password in a URL is not accepted".into()));
    }
    Ok(url)
}

/// The start of a URL for a message, without its query, where tokens are, and without what stands
/// before an `@`.
fn shortened(text: &str) -> String {
    let public = text.split(['?', '#']).next().unwrap_or_default();
    let public = match public.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => public.to_owned(),
    };
    if public.chars().count() <= 80 {
        return public;
    }
    public.chars().take(79).chain(['…']).collect()
}

fn header_map(headers: &[(&str, &str)]) -> Result<HeaderMap, ConnectError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let problem = || ConnectError::Header { name: shortened(name) };
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| problem())?;
        map.append(key, HeaderValue::from_str(value).map_err(|_| problem())?);
    }
    Ok(map)
}

pub(crate) fn header_text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn judged(address: IpAddr) -> Result<(), RefusedAddress> {
    match address::refusal(address) {
        Some(reason) => Err(RefusedAddress { address, reason }),
        None => Ok(()),
    }
}

/// Resolves names as the system does, and refuses a name with any address that is not public: who
/// mixes public and inner addresses under one name is trying something.
struct PublicResolver;

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> = found.collect();
            all_public(&addresses)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn all_public(addresses: &[SocketAddr]) -> Result<(), RefusedAddress> {
    addresses.iter().try_for_each(|address| judged(address.ip()))
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// The last cause, which names what happened; the layers above it only repeat "error sending".
fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(String::new, ToString::to_string)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
