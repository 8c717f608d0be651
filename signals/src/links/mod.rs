//! Links: URLs in text and beside it, in canonical form.
//!
//! Two URLs are the same address where their canonical forms are equal. The form follows RFC 3986
//! section 6 after parsing by the WHATWG URL standard, and leaves out what does not change where a
//! link leads: the scheme (http and https are one), user names, a leading `www.`, default ports,
//! the fragment, tracking parameters and trailing slashes. The order of a query is kept. Hosts that
//! are one place under several names have one of them.
//!
//! Addresses that are written so that nobody follows them by accident (`hxxps://a[.]example`) are
//! read as the addresses that they mean.

mod defanged;
mod families;
mod handles;

pub use handles::{Place, handle, invite, place_of};

use defanged::Refanged;
use model::limits;
use std::ops::Range;
use url::{Host, Url};

/// A URL in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Canonical {
    /// The form to compare by, such as `harbour.example/pier/7`.
    pub text: String,
    /// The host in lower case and ASCII (IDNA), without `www.`.
    pub host: String,
    /// The domain that somebody registered, by the Public Suffix List; `None` for IP addresses and
    /// for hosts that are a public suffix themselves.
    pub registrable_domain: Option<String>,
}

/// Why a text is not a URL that can be matched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkProblem {
    /// The URL standard refuses it.
    #[error("is not a URL: {0}")]
    Unreadable(String),
    /// It names no host, such as `mailto:` does.
    #[error("names no host: write it as https://host/path")]
    NoHost,
    /// It is too long.
    #[error("has {bytes} bytes; at most {limit} are accepted")]
    TooLong {
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// It is more than a domain.
    #[error("is not a domain by itself: write it as host.example, without path, port or scheme")]
    NotDomain,
}

/// A link of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The link as it was written.
    pub written: String,
    /// Where it stands in the text; `None` for a link beside the text.
    pub range: Option<Range<usize>>,
    /// Its canonical form, or why it has none.
    pub canonical: Result<Canonical, LinkProblem>,
    /// Whether it was written so that nobody follows it by accident.
    pub defanged: bool,
}

/// Query parameters that only say how somebody came to the page.
pub static TRACKING_PARAMETERS: &[&str] = &[
    "__hsfp",
    "__hssc",
    "__hstc",
    "__s",
    "__twitter_impression",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "_openstat",
    "dclid",
    "fbclid",
    "gbraid",
    "gclid",
    "gclsrc",
    "guccounter",
    "igsh",
    "igshid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "oly_anon_id",
    "oly_enc_id",
    "rb_clid",
    "ref_src",
    "ref_url",
    "s_cid",
    "srsltid",
    "ttclid",
    "twclid",
    "vero_conv",
    "vero_id",
    "wbraid",
    "wickedid",
    "yclid",
    "ysclid",
];

/// Beginning of the names of a family of tracking parameters.
pub const TRACKING_PREFIX: &str = "utm_";

/// Puts a URL into canonical form. A URL without a scheme is read as http.
///
/// # Errors
/// Where it is too long, no URL, or names no host.
pub fn canonical(written: &str) -> Result<Canonical, LinkProblem> {
    let written = written.trim();
    let (bytes, limit) = (written.len(), limits::LINK_BYTES);
    if bytes > limit {
        return Err(LinkProblem::TooLong { bytes, limit });
    }
    let url = parse(written)?;
    let host = canonical_host(&url)?;
    let host = families::host_of_family(&host).to_owned();
    if let Some((host, rest)) = families::moved(&host, url.path()) {
        return Ok(moved(host, &rest));
    }
    let mut text = match url.scheme() {
        "http" | "https" => String::new(),
        other => format!("{other}://"),
    };
    text.push_str(&host);
    // The parser leaves out the default port of the scheme that was written; as http and https are
    // one address here, so are their default ports.
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        text.push_str(&format!(":{port}"));
    }
    text.push_str(normal_escapes(url.path()).trim_end_matches('/'));
    if let Some(query) = url.query().and_then(kept_query) {
        text.push('?');
        text.push_str(&query);
    }
    let is_name = matches!(url.host(), Some(Host::Domain(_)));
    let registrable_domain = is_name.then(|| psl::domain_str(&host).map(str::to_owned)).flatten();
    Ok(Canonical { text, host, registrable_domain })
}

/// The canonical form of an address that families moved to another host.
fn moved(host: &str, rest: &str) -> Canonical {
    let registrable_domain = psl::domain_str(host).map(str::to_owned);
    let text = format!("{host}{}", normal_escapes(rest));
    Canonical { text, host: host.to_owned(), registrable_domain }
}

/// The canonical form and each part of it that ends before a `/` or `?`, longest first: what a
/// prefix of its path can be.
pub fn prefixes_of(canonical: &str) -> impl Iterator<Item = &str> {
    let cuts = canonical.rmatch_indices(['/', '?']).map(|(at, _)| &canonical[..at]);
    std::iter::once(canonical).chain(cuts)
}

/// What a host looks like to a person: letters of other scripts that look like Latin ones are one
/// with them (Unicode Technical Standard 39). Never a host that leads anywhere.
#[must_use]
pub fn look_of(host: &str) -> String {
    let (written, _) = idna::domain_to_unicode(host);
    unicode_security::confusable_detection::skeleton(&written).collect()
}

/// Whether a host is written with letters beyond ASCII, so that it can look like another.
#[must_use]
pub fn can_mislead(host: &str) -> bool {
    host.split('.').any(|label| label.starts_with("xn--"))
}

/// Puts a domain into canonical form: lower case, ASCII, without `www.` and without `*.`.
///
/// # Errors
/// Where it is no domain, or more than a domain.
pub fn canonical_domain(written: &str) -> Result<String, LinkProblem> {
    let bare = written.trim();
    let bare = bare.strip_prefix("*.").unwrap_or(bare).trim_end_matches('.');
    if bare.is_empty() || bare.contains(['/', ':', '?', '#', '@', '\\', '*', '%']) {
        return Err(LinkProblem::NotDomain);
    }
    let url = parse(bare)?;
    match url.host() {
        Some(Host::Domain(_)) => canonical_host(&url),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) | None => Err(LinkProblem::NotDomain),
    }
}

/// The host and each domain above it, longest first: `a.b.example`, `b.example`, `example`.
pub fn domains_of(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |host| host.split_once('.').map(|(_, above)| above))
}

/// The links of an item: those in its text, then those beside it.
#[must_use]
pub fn links_of(text: &str, beside: &[String]) -> Vec<Link> {
    let beside = beside.iter().map(|written| {
        let refanged = Refanged::of(written);
        let meant = refanged.as_ref().map_or(written.as_str(), |refanged| &refanged.text);
        let (canonical, defanged) = (canonical(meant), refanged.is_some());
        Link { written: written.clone(), range: None, canonical, defanged }
    });
    in_text(text).into_iter().chain(beside).collect()
}

/// The links of a text, the defanged ones among them.
fn in_text(text: &str) -> Vec<Link> {
    let Some(refanged) = Refanged::of(text) else {
        let plain = |range: Range<usize>| {
            let written = text[range.clone()].to_owned();
            Link { canonical: canonical(&written), written, range: Some(range), defanged: false }
        };
        return find(text).into_iter().map(plain).collect();
    };
    let meant = |range: Range<usize>| {
        let source = refanged.source(range.clone());
        Link {
            canonical: canonical(&refanged.text[range.clone()]),
            written: text[source.clone()].to_owned(),
            range: Some(source),
            defanged: refanged.touches(&range),
        }
    };
    find(&refanged.text).into_iter().map(meant).collect()
}

/// Finds the URLs in a text.
///
/// A URL begins with `http://`, `https://` or `www.`, or is a bare host. A bare host is taken where
/// its suffix is known to the ICANN section of the Public Suffix List, and a path follows, or it
/// stands by itself and the suffix is no two-letter one: `done.in time` is a missing space rather
/// than a link. Punctuation and closing brackets behind a URL do not belong to it.
#[must_use]
pub fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if !ends_url(c) {
            continue;
        }
        if start < at && text.as_bytes()[start..at].iter().any(|&byte| byte == b'.' || byte == b':')
        {
            find_in_chunk(text, start..at, &mut found);
        }
        start = at + c.len_utf8();
    }
    found
}

fn find_in_chunk(text: &str, chunk: Range<usize>, found: &mut Vec<Range<usize>>) {
    let piece = &text[chunk.clone()];
    let mut starts: Vec<usize> = scheme_starts(piece);
    if starts.is_empty() {
        starts.extend(bare_start(piece));
    }
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(piece.len());
        let end = start + trimmed_length(&piece[start..end]);
        // What is left must have a host behind the scheme.
        let rest = piece[start..end].split_once("://").map_or(&piece[start..end], |(_, rest)| rest);
        if !rest.is_empty() {
            found.push(chunk.start + start..chunk.start + end);
        }
    }
}

/// Where `http://` and `https://` begin, unless within another URL's path or query.
fn scheme_starts(piece: &str) -> Vec<usize> {
    let bytes = piece.as_bytes();
    let mut starts = Vec::new();
    for (colon, _) in piece.match_indices("://") {
        let begins = |scheme: &[u8]| {
            let start = colon.checked_sub(scheme.len())?;
            bytes[start..colon].eq_ignore_ascii_case(scheme).then_some(start)
        };
        let Some(start) = begins(b"https").or_else(|| begins(b"http")) else { continue };
        let nested = start > 0 && matches!(bytes[start - 1], b'/' | b'=' | b':' | b'&' | b'?');
        if starts.is_empty() || !nested {
            starts.push(start);
        }
    }
    starts
}

/// Where a URL without a scheme begins in a piece of text, if there is one.
fn bare_start(piece: &str) -> Option<usize> {
    let start = piece.find(char::is_alphanumeric)?;
    let lower = piece.to_ascii_lowercase();
    let www = lower.match_indices("www.").map(|(at, _)| at).find(|&at| {
        !piece[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '/' | '@' | '-'))
    });
    if let Some(at) = www {
        return (host_end(&piece[at + 4..]) > 0 && piece[at + 4..].contains('.')).then_some(at);
    }
    let rest = &piece[start..];
    let end = host_end(rest);
    let host = rest[..end].trim_end_matches('.');
    let behind = &rest[end..];
    if piece[..start].contains('@') || !host.contains('.') || host.contains("..") {
        return None;
    }
    let suffix = psl::suffix(host.as_bytes())?;
    let icann = suffix.typ() == Some(psl::Type::Icann) && suffix.as_bytes().len() < host.len();
    let alone = behind.chars().all(closes) && (suffix.as_bytes().len() > 2 && start == 0);
    let plain =
        host.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c));
    (icann && plain && (behind.starts_with('/') || alone)).then_some(start)
}

/// Length of the host that a text begins with.
fn host_end(text: &str) -> usize {
    text.find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')).unwrap_or(text.len())
}

/// Whether a character can be in no URL as people write them in text.
fn ends_url(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || (!c.is_ascii() && crate::fold::is_invisible(c) && !matches!(c, '\u{200C}' | '\u{200D}'))
        || matches!(
            c,
            '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\' | '^' | '«' | '»' | '‹' | '›' | '“'
                | '”' | '„' | '‟' | '…' | '،' | '؛' | '؟' | '\u{3001}'..='\u{3003}'
                | '\u{3008}'..='\u{3011}' | '，' | '！' | '？' | '；' | '：' | '（' | '）'
        )
}

/// Whether a character behind a URL is punctuation of the sentence around it.
fn closes(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ':'
            | ';'
            | '!'
            | '?'
            | '\''
            | '*'
            | ')'
            | ']'
            | '‘'
            | '’'
            | '‚'
            | '\u{06D4}'
            | '\u{0964}'
    )
}

/// Length of a URL without the punctuation behind it. A closing bracket stays where the URL opened
/// it.
fn trimmed_length(url: &str) -> usize {
    let mut end = url.len();
    // Counted once and kept up to date, so that a long row of brackets takes linear time.
    let count = |c: char| url.matches(c).count();
    let mut surplus =
        [count(')') as i64 - count('(') as i64, count(']') as i64 - count('[') as i64];
    for c in url.chars().rev() {
        if !closes(c) {
            break;
        }
        if let Some(kind) = [')', ']'].iter().position(|&bracket| bracket == c) {
            if surplus[kind] <= 0 {
                break;
            }
            surplus[kind] -= 1;
        }
        end -= c.len_utf8();
    }
    end
}

fn parse(written: &str) -> Result<Url, LinkProblem> {
    let unreadable = |error: url::ParseError| LinkProblem::Unreadable(error.to_string());
    if written.contains("://") && has_scheme(written) {
        return Url::parse(written).map_err(unreadable);
    }
    // `mailto:` and the like name no host; `host.example:8080` is a host with its port.
    let hostless = written.split_once(':').is_some_and(|(scheme, rest)| {
        !scheme.contains(['.', '/']) && !rest.starts_with(|c: char| c.is_ascii_digit())
    });
    if hostless && Url::parse(written).is_ok_and(|url| !url.has_host()) {
        return Err(LinkProblem::NoHost);
    }
    Url::parse(&format!("http://{written}")).map_err(unreadable)
}

fn has_scheme(written: &str) -> bool {
    written.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

fn canonical_host(url: &Url) -> Result<String, LinkProblem> {
    let host = url.host_str().ok_or(LinkProblem::NoHost)?;
    // Only schemes of the web have their hosts put in lower case by the parser.
    let lower = host.trim_end_matches('.').to_ascii_lowercase();
    let mut host = lower.as_str();
    while let Some(rest) = host.strip_prefix("www.").filter(|rest| rest.contains('.')) {
        host = rest;
    }
    if host.is_empty() { Err(LinkProblem::NoHost) } else { Ok(host.to_owned()) }
}

/// The query without tracking parameters; `None` where nothing is left.
fn kept_query(query: &str) -> Option<String> {
    let kept: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_tracking(pair))
        .map(normal_escapes)
        .collect();
    (!kept.is_empty()).then(|| kept.join("&"))
}

fn is_tracking(pair: &str) -> bool {
    let name = normal_escapes(pair.split('=').next().unwrap_or_default()).to_ascii_lowercase();
    name.starts_with(TRACKING_PREFIX) || TRACKING_PARAMETERS.contains(&name.as_str())
}

/// Percent-encoding in one form: unreserved characters decoded, digits in upper case (RFC 3986
/// section 6.2.2). Only once: an escaped percent sign stays escaped.
fn normal_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        match rest.get(at + 1..at + 3).and_then(escaped_byte) {
            Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                out.push(char::from(byte));
                rest = &rest[at + 3..];
            }
            Some(byte) => {
                out.push_str(&format!("%{byte:02X}"));
                rest = &rest[at + 3..];
            }
            // A percent sign that escapes nothing is escaped, lest it join what follows.
            None => {
                out.push_str("%25");
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn escaped_byte(digits: &str) -> Option<u8> {
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hexadecimal { u8::from_str_radix(digits, 16).ok() } else { None }
}
