//! What the value of an entry must be, and the form that it is looked up by.

use crate::digest::{parse_md5, parse_sha256};
use crate::links::{Place, canonical, canonical_domain, handle, invite};
use crate::near;
use crate::pdq::PdqHash;
use crate::quotation;
use crate::terms::check_term;
use crate::video::vpdq::{self, Frame};
use model::{EntryKind, limits};

/// Longest account, in bytes: two ids and the slash between them.
const ACCOUNT_BYTES: usize = 2 * limits::ID_BYTES + 1;

/// Says whether a value can be matched as an entry of its kind.
///
/// # Errors
/// Where it cannot, with what is accepted.
pub fn check_value(kind: EntryKind, value: &str) -> Result<(), String> {
    prepare(kind, value).map(|_| ())
}

/// A value in the form that it is looked up by.
pub(super) enum Prepared {
    Term,
    Text,
    Passage,
    Url(String),
    UrlPrefix(String),
    Domain(String),
    Place(Place),
    Account(String),
    Sha256([u8; 32]),
    Md5([u8; 16]),
    Pdq(PdqHash),
    Vpdq(Vec<Frame>),
}

pub(super) fn prepare(kind: EntryKind, value: &str) -> Result<Prepared, String> {
    if value.trim().is_empty() {
        return Err("is empty: write what is to be matched".into());
    }
    if value.len() > limits::ENTRY_BYTES {
        let (bytes, limit) = (value.len(), limits::ENTRY_BYTES);
        return Err(format!("has {bytes} bytes; at most {limit} are accepted"));
    }
    no_controls(value)?;
    match kind {
        EntryKind::Term => check_term(value).map(|()| Prepared::Term).map_err(|e| e.to_string()),
        EntryKind::Text | EntryKind::Passage => text_of_letters(kind, value),
        EntryKind::Url => canonical(value)
            .map(|canonical| Prepared::Url(canonical.text))
            .map_err(|e| format!("{e}; write a URL as https://host.example/path")),
        EntryKind::UrlPrefix => canonical(value)
            .map(|canonical| Prepared::UrlPrefix(canonical.text))
            .map_err(|e| format!("{e}; write the beginning of a URL as https://host.example/path")),
        EntryKind::Handle => handle(value.trim()).map(|key| Prepared::Place(Place::Handle(key))),
        EntryKind::Invite => invite(value.trim()).map(|key| Prepared::Place(Place::Invite(key))),
        EntryKind::Domain => {
            canonical_domain(value).map(Prepared::Domain).map_err(|e| e.to_string())
        }
        EntryKind::Account => account(value.trim()).map(Prepared::Account),
        EntryKind::Sha256 => {
            parse_sha256(value.trim()).map(Prepared::Sha256).map_err(|e| e.to_string())
        }
        EntryKind::Md5 => parse_md5(value.trim()).map(Prepared::Md5).map_err(|e| e.to_string()),
        EntryKind::Vpdq => vpdq::parse(&value.trim().trim_end_matches(';').replace(';', "\n"))
            .map(Prepared::Vpdq)
            .map_err(|e| e.to_string()),
        EntryKind::Pdq => {
            PdqHash::parse(value.trim()).map(Prepared::Pdq).map_err(|e| e.to_string())
        }
    }
}

/// Refuses a text that is too short to be found.
fn text_of_letters(kind: EntryKind, value: &str) -> Result<Prepared, String> {
    let letters = value.chars().filter(|c| c.is_alphanumeric()).count();
    let (needed, prepared) = match kind {
        EntryKind::Passage => (quotation::SHORTEST_RUN, Prepared::Passage),
        _ => (near::SHINGLES_NEEDED + 4, Prepared::Text),
    };
    if letters < needed {
        return Err(format!(
            "has {letters} letters; a text is found from {needed} on: write a term instead"
        ));
    }
    Ok(prepared)
}

fn account(value: &str) -> Result<String, String> {
    if value.len() > ACCOUNT_BYTES {
        let bytes = value.len();
        return Err(format!("has {bytes} bytes; an account has at most {ACCOUNT_BYTES}"));
    }
    match value.split_once('/') {
        Some((service, id)) if !service.is_empty() && !id.is_empty() => Ok(value.to_owned()),
        Some(_) | None => Err("is not an account: write it as service/id".into()),
    }
}

/// Refuses characters that nobody sees: they make a line of a log or a terminal say something else,
/// and PostgreSQL does not store the first of them.
pub(super) fn no_controls(text: &str) -> Result<(), String> {
    match text.chars().find(char::is_ascii_control) {
        None => Ok(()),
        Some(found) => Err(format!(
            "has the control character U+{:04X}: take it out, and write the text in one line",
            u32::from(found)
        )),
    }
}
