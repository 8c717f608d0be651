//! Commitments: they bind the log to content that it does not hold.

use sha2::{Digest, Sha256};

const DOMAIN: &[u8] = b"seawall/commitment/1\0";

/// Commits to `content` without revealing it: SHA-256 over a domain tag, salt, length and content.
///
/// Without the salt anybody could test guesses: item ids and short posts are easy to enumerate, so
/// a plain hash would name them. The salt is kept apart from the log and deleted with the content;
/// after that the commitment says nothing, and the log still verifies. Whoever has content and salt
/// can show that the record speaks of that content and no other.
#[must_use]
pub fn commitment(salt: &[u8; 32], content: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(DOMAIN)
        .chain_update(salt)
        .chain_update((content.len() as u64).to_be_bytes())
        .chain_update(content)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_the_same_for_ever() {
        for (salt, content, expected) in [
            (0, "", "282de0d83e1a7cc0ea1724d9dbbc7de60711e234ac1252488af6107d9f65dc9f"),
            (
                7,
                "The Ashen Front is invented.",
                "617efc8536c21319058fd48de45afaa03fa071f0b72b8df9644f2f28a6cf2f4a",
            ),
        ] {
            assert_eq!(hex::encode(commitment(&[salt; 32], content.as_bytes())), expected);
        }
    }

    #[test]
    fn depends_on_salt_and_content() {
        let first = commitment(&[1; 32], b"a");
        assert_ne!(first, commitment(&[2; 32], b"a"));
        assert_ne!(first, commitment(&[1; 32], b"b"));
        assert_ne!(first, commitment(&[1; 32], b"a\0"));
    }
}
