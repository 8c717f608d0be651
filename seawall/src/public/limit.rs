//! How often one address may ask.
//!
//! Behind a reverse proxy every request comes from the proxy. Where the neighbour is on a network
//! of our own, the last address of `X-Forwarded-For` is believed, since that proxy wrote it.

use super::{Frame, told};
use crate::state::AppState;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

/// Pages of ten seconds and forms of a minute, by address.
pub struct Visits {
    pages: DefaultKeyedRateLimiter<IpAddr>,
    forms: DefaultKeyedRateLimiter<IpAddr>,
}

impl Visits {
    /// Starts counting: so many forms a minute, and six times as many pages.
    #[must_use]
    pub fn new(per_minute: NonZeroU32) -> Self {
        let pages = per_minute.saturating_mul(NonZeroU32::new(6).unwrap_or(NonZeroU32::MIN));
        Self {
            pages: RateLimiter::keyed(Quota::per_minute(pages)),
            forms: RateLimiter::keyed(Quota::per_minute(per_minute)),
        }
    }

    /// Forgets addresses that have been quiet.
    pub fn forget(&self) {
        for counted in [&self.pages, &self.forms] {
            counted.retain_recent();
            counted.shrink_to_fit();
        }
    }

    fn allows(&self, method: &Method, from: IpAddr) -> bool {
        let counted = if method == Method::POST { &self.forms } else { &self.pages };
        counted.check_key(&network(from)).is_ok()
    }
}

/// Whoever has one address of version 6 has as many as they want of its 64-bit network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let mut parts = address.segments();
            parts[4..].fill(0);
            IpAddr::V6(Ipv6Addr::from(parts))
        }
        version_4 => version_4,
    }
}

/// The address that asks.
fn asking(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let is_ours = match peer.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    };
    if !is_ours {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for").iter();
    let last = lines.filter_map(|line| line.to_str().ok()).next_back();
    let last = last.and_then(|line| line.rsplit(',').next()?.trim().parse().ok());
    last.unwrap_or(peer)
}

/// Answers 429 where an address asks too often.
pub async fn slow_down(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let from = asking(peer.ip(), request.headers());
    if state.visits.allows(request.method(), from) {
        return next.run(request).await;
    }
    let frame = Frame::of(&request.into_parts().0);
    let (heading, words) = (frame.t.too_often(), frame.t.too_often_long());
    let mut answer = told(&frame, StatusCode::TOO_MANY_REQUESTS, heading, words);
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    answer
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        for (peer, forwarded, expected) in [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.5", "192.0.2.7, 198.51.100.1", "198.51.100.1"),
            ("::1", "2001:db8::1", "2001:db8::1"),
            ("127.0.0.1", "unknown", "127.0.0.1"),
            ("127.0.0.1", "", "127.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", HeaderValue::from_str(forwarded).unwrap());
            assert_eq!(asking(address(peer), &headers), address(expected), "{peer} {forwarded}");
        }
        assert_eq!(asking(address("127.0.0.1"), &HeaderMap::new()), address("127.0.0.1"));
    }

    #[test]
    fn forms_and_pages_are_counted_by_network() {
        let visits = Visits::new(NonZeroU32::new(2).unwrap());
        let asks = |method, from| visits.allows(&method, address(from));
        assert!(asks(Method::POST, "2001:db8::1") && asks(Method::POST, "2001:db8::2"));
        assert!(!asks(Method::POST, "2001:db8::3"), "one network");
        assert!(asks(Method::GET, "2001:db8::3"), "pages are counted apart");
        assert!(asks(Method::POST, "2001:db8:0:1::1"), "another network");
        assert!(asks(Method::POST, "192.0.2.1") && asks(Method::POST, "::ffff:192.0.2.1"));
        assert!(!asks(Method::POST, "192.0.2.1"), "the same address written otherwise");
    }
}
