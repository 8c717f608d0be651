//! How the desk of orders is set up: addresses of content, who the service is, when it warns.

use model::{AccountId, ItemId, ServiceId};
use review::orders::Law;
use url::Url;

/// How orders are handled.
#[derive(Debug, Clone, Default)]
pub struct OrderSetup {
    /// The addresses under which services show their content.
    pub links: Vec<LinkPattern>,
    /// Who the service is, on the forms that it sends.
    pub addressee: Addressee,
    /// The minutes before the due time at which somebody is warned.
    pub alert_minutes: Vec<u16>,
    /// The days before something is due after an exposure decision at which somebody is warned.
    pub alert_days: Vec<u16>,
    /// Where warnings go beside to who is on duty: e-mail addresses, or `https` webhooks.
    pub alert_to: Vec<String>,
    /// Whether the signature of a registered domain (DKIM) is enough to know who an e-mail is from.
    pub domain_suffices: bool,
    /// What periods are counted with.
    pub law: Law,
}

/// Who the service is, on the forms that it sends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addressee {
    /// The name of the service or of its legal representative.
    pub name: String,
    /// The Member State of its main establishment or legal representative.
    pub member_state: String,
    /// The e-mail address of its contact point.
    pub email: String,
}

/// An address under which a service shows an item or an account, such as
/// `https://forum.example/p/{item}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPattern {
    service: ServiceId,
    origin: String,
    host: String,
    before: String,
    after: String,
    shows: Shows,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    Item,
    Account,
}

/// What an address shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// An item, as the service names it.
    Item(ItemId),
    /// An account.
    Account(AccountId),
}

/// Why a pattern of addresses is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}`: {problem}; write it as https://forum.example/p/{{item}}")]
pub struct PatternProblem {
    given: String,
    problem: &'static str,
}

impl LinkPattern {
    /// Reads a pattern: an address with `{item}` or `{account}` once in its path or query.
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(service: ServiceId, given: &str) -> Result<Self, PatternProblem> {
        let problem = |problem| PatternProblem { given: given.to_owned(), problem };
        let (word, shows) = match (given.contains("{item}"), given.contains("{account}")) {
            (true, false) => ("{item}", Shows::Item),
            (false, true) => ("{account}", Shows::Account),
            (true, true) => return Err(problem("it has both {item} and {account}")),
            (false, false) => return Err(problem("it has neither {item} nor {account}")),
        };
        if given.matches(word).count() > 1 {
            return Err(problem("it has the place of the id twice"));
        }
        let url =
            Url::parse(&given.replace(word, MARK)).map_err(|_| problem("it is no address"))?;
        let host = url.host_str().ok_or_else(|| problem("it has no host"))?;
        let shown = rest(&url);
        let Some((before, after)) = shown.split_once(MARK) else {
            return Err(problem("the id must stand in the path or the query"));
        };
        let (before, after) = (before.to_owned(), after.to_owned());
        let (origin, host) = (url.origin().ascii_serialization(), bare(host));
        Ok(Self { service, origin, host, before, after, shows })
    }

    /// The address of an item of a service, if this pattern is of its items.
    pub(crate) fn address(&self, service: &ServiceId, item: &ItemId) -> Option<String> {
        if self.service != *service || self.shows != Shows::Item {
            return None;
        }
        let Self { origin, before, after, .. } = self;
        let id: String = url::form_urlencoded::byte_serialize(item.as_str().as_bytes()).collect();
        let id = id.replace('+', "%20");
        Some(format!("{origin}{before}{id}{after}"))
    }

    fn has_host(&self, url: &Url) -> bool {
        url.host_str().is_some_and(|host| bare(host) == self.host)
    }

    /// What an address shows by this pattern. What follows the id as another step of the path, a
    /// query or a fragment does not matter, unless the pattern itself goes on after the id.
    fn shown(&self, url: &Url) -> Option<Shown> {
        if !self.has_host(url) {
            return None;
        }
        let rest = rest(url);
        let tail = rest.strip_prefix(&self.before)?;
        let id = if self.after.is_empty() {
            tail.split(['/', '?', '&']).next()?
        } else {
            tail.split_once(&self.after)?.0
        };
        let id = percent_decoded(id)?;
        match self.shows {
            Shows::Item => ItemId::new(id).ok().map(Shown::Item),
            Shows::Account => AccountId::new(id).ok().map(Shown::Account),
        }
    }
}

/// Stands for the id while a pattern is read: letters that every part of an address can have.
const MARK: &str = "zzidzz";

/// The path and query of an address.
fn rest(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

fn bare(host: &str) -> String {
    host.strip_prefix("www.").unwrap_or(host).trim_end_matches('.').to_ascii_lowercase()
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        bytes.extend(hex::decode(digits).ok()?);
    }
    String::from_utf8(bytes).ok()
}

impl OrderSetup {
    /// What an address shows: `None` where its host is none of the service's, `Some(None)` where it
    /// is, and the address does not have the shape of an item or account.
    pub(crate) fn shown(&self, service: &ServiceId, address: &str) -> Option<Option<Shown>> {
        let url = Url::parse(address).ok()?;
        let mut own = self.links.iter().filter(|pattern| pattern.service == *service).peekable();
        own.peek()?;
        let own: Vec<&LinkPattern> = own.filter(|pattern| pattern.has_host(&url)).collect();
        if own.is_empty() {
            return None;
        }
        Some(own.into_iter().find_map(|pattern| pattern.shown(&url)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn service() -> ServiceId {
        ServiceId::new("forum").unwrap()
    }

    fn setup(patterns: &[&str]) -> OrderSetup {
        let links = patterns.iter().map(|one| LinkPattern::parse(service(), one).unwrap());
        OrderSetup { links: links.collect(), ..OrderSetup::default() }
    }

    #[test]
    fn addresses_are_told_apart() {
        let setup = setup(&[
            "https://forum.example/p/{item}",
            "https://forum.example/read?topic={item}",
            "https://forum.example/u/{account}",
            "https://forum.example/gallery/{item}/full",
        ]);
        let item = |id: &str| Some(Some(Shown::Item(ItemId::new(id).unwrap())));
        let account = |id: &str| Some(Some(Shown::Account(AccountId::new(id).unwrap())));
        for (address, expected) in [
            ("https://forum.example/p/77", item("77")),
            ("http://WWW.forum.example./p/77", item("77")),
            ("https://forum.example:8443/p/77/a-title?page=2#c3", item("77")),
            ("https://forum.example/p/%D9%86%D8%B5", item("نص")),
            ("https://forum.example/read?topic=12&page=3", item("12")),
            ("https://forum.example/gallery/9/full", item("9")),
            ("https://forum.example/u/reader_1", account("reader_1")),
            ("https://forum.example/", Some(None)),
            ("https://forum.example/p/", Some(None)),
            ("https://forum.example/p/%FF", Some(None)),
            ("https://forum.example/p/%4", Some(None)),
            ("https://forum.example.evil.example/p/77", None),
            ("https://other.example/p/77", None),
            ("no address", None),
        ] {
            assert_eq!(setup.shown(&service(), address), expected, "{address}");
        }
        let other = ServiceId::new("other").unwrap();
        assert_eq!(setup.shown(&other, "https://forum.example/p/77"), None);
    }

    #[test]
    fn patterns_are_checked() {
        for (given, says) in [
            ("https://forum.example/p/", "neither {item} nor {account}"),
            ("https://forum.example/{item}/{account}", "both"),
            ("https://forum.example/{item}/{item}", "twice"),
            ("forum.example/{item}", "no address"),
            ("https://{item}.forum.example/", "path or the query"),
        ] {
            let problem = LinkPattern::parse(service(), given).unwrap_err().to_string();
            assert!(problem.contains(says), "{problem}");
        }
    }
}
