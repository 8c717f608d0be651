//! SHA-256 and MD5 of media files, and the text that banks hold them in.
//!
//! A digest matches only the very same file. Banks of known material hold such digests as
//! hexadecimal text; Seawall compares bytes, so upper and lower case are the same.
//! MD5 is kept because existing banks use it; nothing here relies on it being hard to forge.

use md5::Md5;
use sha2::{Digest, Sha256};

/// Bytes of a SHA-256 digest.
pub const SHA256_BYTES: usize = 32;
/// Bytes of an MD5 digest.
pub const MD5_BYTES: usize = 16;

/// A text that is not a digest of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigestProblem {
    /// The text is too short or too long.
    #[error("{kind} is {wanted} hexadecimal digits, but this has {found} characters")]
    Length {
        /// The kind of digest, with its article.
        kind: &'static str,
        /// How many digits it has.
        wanted: usize,
        /// How many characters the text has.
        found: usize,
    },
    /// A character is no hexadecimal digit.
    #[error("{kind} is {wanted} hexadecimal digits, but this has the character {found:?}")]
    Digit {
        /// The kind of digest, with its article.
        kind: &'static str,
        /// How many digits it has.
        wanted: usize,
        /// The character.
        found: char,
    },
}

/// The SHA-256 digest of bytes (FIPS 180-4).
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; SHA256_BYTES] {
    Sha256::digest(bytes).into()
}

/// The MD5 digest of bytes (RFC 1321).
#[must_use]
pub fn md5(bytes: &[u8]) -> [u8; MD5_BYTES] {
    Md5::digest(bytes).into()
}

/// Reads a SHA-256 digest from 64 hexadecimal digits, upper or lower case.
///
/// # Errors
///
/// Says what is wrong with the text.
pub fn parse_sha256(text: &str) -> Result<[u8; SHA256_BYTES], DigestProblem> {
    parse("a SHA-256 digest", text)
}

/// Reads an MD5 digest from 32 hexadecimal digits, upper or lower case.
///
/// # Errors
///
/// Says what is wrong with the text.
pub fn parse_md5(text: &str) -> Result<[u8; MD5_BYTES], DigestProblem> {
    parse("an MD5 digest", text)
}

/// A digest as lower-case hexadecimal text.
#[must_use]
pub fn format_digest(digest: &[u8]) -> String {
    hex::encode(digest)
}

fn parse<const BYTES: usize>(kind: &'static str, text: &str) -> Result<[u8; BYTES], DigestProblem> {
    let wanted = 2 * BYTES;
    if let Some(found) = text.chars().find(|letter| !letter.is_ascii_hexdigit()) {
        return Err(DigestProblem::Digit { kind, wanted, found });
    }
    let mut digest = [0u8; BYTES];
    hex::decode_to_slice(text, &mut digest).map_err(|_| DigestProblem::Length {
        kind,
        wanted,
        found: text.len(),
    })?;
    Ok(digest)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors() {
        let check = |input: &str, sha: &str, short: &str| {
            assert_eq!(format_digest(&sha256(input.as_bytes())), sha, "{input:?}");
            assert_eq!(format_digest(&md5(input.as_bytes())), short, "{input:?}");
            assert_eq!(parse_sha256(&sha.to_uppercase()).unwrap(), sha256(input.as_bytes()));
            assert_eq!(parse_md5(short).unwrap(), md5(input.as_bytes()));
        };
        check(
            "",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "d41d8cd98f00b204e9800998ecf8427e",
        );
        check(
            "abc",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "900150983cd24fb0d6963f7d28e17f72",
        );
    }

    #[test]
    fn problems_say_what_is_wrong() {
        let check = |text: &str, expected: &str| {
            assert_eq!(parse_md5(text).unwrap_err().to_string(), expected);
        };
        let rule = "an MD5 digest is 32 hexadecimal digits, but this has";
        check("", &format!("{rule} 0 characters"));
        check("abc", &format!("{rule} 3 characters"));
        check(&"a".repeat(34), &format!("{rule} 34 characters"));
        check("sixteen", &format!("{rule} the character 's'"));
        check(" d41d8cd98f00b204e9800998ecf8427", &format!("{rule} the character ' '"));
        check("д41d8cd98f00b204e9800998ecf8427e", &format!("{rule} the character 'д'"));
    }
}
