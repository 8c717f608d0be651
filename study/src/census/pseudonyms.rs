//! Names under which accounts stand in a census.

use crate::Dataset;
use hashbrown::HashMap;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt::Write as _;

/// Bytes of the keyed hash that make a pseudonym: two of ten million accounts share one with a
/// chance of less than 1 in 10^10.
const PSEUDONYM_BYTES: usize = 10;

/// How accounts are named in what a census gives: by keyed pseudonyms, unless the caller insists on
/// ids.
///
/// A pseudonym is the beginning of HMAC-SHA-256 over the id (RFC 2104), as 20 hexadecimal digits.
/// The same key gives the same pseudonyms, so that the holder of the key and of the dataset can
/// find an account again, and nobody else can; destroying the key makes them final.
#[derive(Clone)]
pub struct Pseudonyms(Kind);

#[derive(Clone)]
enum Kind {
    Keyed(Box<Hmac<Sha256>>),
    Ids,
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Kind::Keyed(_) => "Pseudonyms(keyed)",
            Kind::Ids => "Pseudonyms(ids)",
        })
    }
}

impl Pseudonyms {
    /// By a secret key of 32 bytes, best one of its own for each census.
    #[must_use]
    pub fn keyed(key: &[u8; 32]) -> Self {
        let hmac = Hmac::new_from_slice(key).expect("HMAC takes keys of any length");
        Self(Kind::Keyed(Box::new(hmac)))
    }

    /// The ids themselves. For an operator's own eyes; not for what leaves the house.
    #[must_use]
    pub fn ids() -> Self {
        Self(Kind::Ids)
    }

    /// Whether accounts are named by pseudonyms.
    #[must_use]
    pub fn are_keyed(&self) -> bool {
        match self.0 {
            Kind::Keyed(_) => true,
            Kind::Ids => false,
        }
    }

    /// The name of the account of that id.
    #[must_use]
    pub fn of(&self, id: &str) -> String {
        let Kind::Keyed(hmac) = &self.0 else { return id.to_owned() };
        let mut hmac = hmac.clone();
        hmac.update(id.as_bytes());
        let mut name = String::with_capacity(2 * PSEUDONYM_BYTES);
        for byte in hmac.finalize().into_bytes().iter().take(PSEUDONYM_BYTES) {
            write!(name, "{byte:02x}").expect("a text takes what is written");
        }
        name
    }

    /// The accounts behind names, as numbers of the dataset, in the order of the names: by trying
    /// every account once.
    #[must_use]
    pub fn accounts(&self, dataset: &Dataset, names: &[&str]) -> Vec<Option<u32>> {
        match &self.0 {
            Kind::Ids => names.iter().map(|name| dataset.accounts.find(name)).collect(),
            Kind::Keyed(_) => {
                let mut behind: HashMap<&str, Option<u32>> =
                    names.iter().map(|name| (*name, None)).collect();
                for (id, number) in dataset.accounts.iter().zip(0_u32..) {
                    if let Some(found) = behind.get_mut(self.of(id).as_str()) {
                        *found = Some(number);
                    }
                }
                names.iter().map(|name| behind[name]).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_are_those_of_the_standard() {
        // RFC 4231, test case 2, with its key filled up to 32 bytes by zeros, which HMAC does too.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let names = Pseudonyms::keyed(&key);
        assert_eq!(names.of("what do ya want for nothing?"), "5bdcc146bf60754e6a04");
        assert_eq!(names.of("what do ya want for nothing?"), "5bdcc146bf60754e6a04");
        assert!(names.are_keyed() && format!("{names:?}") == "Pseudonyms(keyed)");
        assert_ne!(Pseudonyms::keyed(&[1; 32]).of("a"), names.of("a"));
    }

    #[test]
    fn the_holder_of_the_key_finds_the_account() {
        let mut dataset = Dataset::default();
        for id in ["a", "b", "c"] {
            dataset.accounts.number(id);
        }
        let (names, ids) = (Pseudonyms::keyed(&[7; 32]), Pseudonyms::ids());
        let (a, c) = (names.of("a"), names.of("c"));
        let found = names.accounts(&dataset, &[&c, "c", &a, &c]);
        assert_eq!(found, [Some(2), None, Some(0), Some(2)]);
        assert_eq!(names.accounts(&dataset, &[]), []);
        assert_eq!(ids.accounts(&dataset, &["b", "x"]), [Some(1), None]);
        assert_eq!(ids.of("b"), "b");
        assert!(!ids.are_keyed());
    }
}
