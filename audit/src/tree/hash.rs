//! Hashes of the tree (RFC 6962 section 2.1): leaves and nodes, each with a domain byte.

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The hash of a leaf over the bytes of its record.
#[must_use]
pub fn leaf_hash(record: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(record).finalize().into()
}

/// The hash of a node over its two children.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// The root over a row of subtrees of one size, of which the last may be smaller.
///
/// The left side of each node holds the largest power of two of them that is smaller than all, as
/// RFC 6962 splits leaves. The root over none is the hash of nothing.
#[must_use]
pub fn root_of(row: &[Hash]) -> Hash {
    let mut row = row.to_vec();
    while row.len() > 1 {
        // Pairing neighbours row by row, and carrying an odd last one up, gives the same tree.
        let pairs = row.len() / 2;
        for pair in 0..pairs {
            row[pair] = node_hash(&row[2 * pair], &row[2 * pair + 1]);
        }
        if row.len() % 2 == 1 {
            row[pairs] = row[row.len() - 1];
        }
        row.truncate(row.len().div_ceil(2));
    }
    row.first().copied().unwrap_or_else(|| Sha256::digest([]).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of RFC 6962 section 2.1, word for word.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves.len() {
            0 => Sha256::digest([]).into(),
            1 => leaves[0],
            count => {
                let k = count.next_power_of_two() / 2;
                node_hash(&by_definition(&leaves[..k]), &by_definition(&leaves[k..]))
            }
        }
    }

    #[test]
    fn a_row_has_the_root_of_the_definition() {
        let leaves: Vec<Hash> =
            (0..300u16).map(|number| leaf_hash(&number.to_be_bytes())).collect();
        for count in 0..=leaves.len() {
            assert_eq!(root_of(&leaves[..count]), by_definition(&leaves[..count]), "{count}");
        }
    }

    /// Known answers of RFC 6962's own tests, as its public implementations carry them.
    #[test]
    fn known_answers() {
        for (found, expected) in [
            (root_of(&[]), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (leaf_hash(b""), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (
                leaf_hash(b"L123456"),
                "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56",
            ),
        ] {
            assert_eq!(hex::encode(found), expected);
        }
    }
}
