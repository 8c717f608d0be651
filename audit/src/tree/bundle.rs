//! Entry bundles: the records under a tile of leaf hashes, each with its length in 16 bits.

use model::limits;

// A record always fits the length that an entry has.
const _: () = assert!(limits::RECORD_BYTES <= u16::MAX as usize);

/// The most bytes of an entry bundle.
pub const BUNDLE_BYTES: usize = 256 * (2 + limits::RECORD_BYTES);

/// Why bytes are not an entry bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// It ends within an entry.
    #[error("it ends within its entry {0}")]
    Cut(usize),
    /// It has not as many entries as its place in the log asks for.
    #[error("it has {found} entries or more where {expected} belong")]
    Count {
        /// Entries found before it was clear.
        found: usize,
        /// Entries that belong there.
        expected: usize,
    },
}

/// Writes records as an entry bundle.
///
/// # Panics
/// Where a record is longer than [`limits::RECORD_BYTES`].
#[must_use]
pub fn write_bundle<'a>(records: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bundle = Vec::new();
    for record in records {
        assert!(record.len() <= limits::RECORD_BYTES, "a record is bounded");
        let length = u16::try_from(record.len()).expect("a record fits 16 bits");
        bundle.extend(length.to_be_bytes());
        bundle.extend(record);
    }
    bundle
}

/// Splits an entry bundle of the given width into its records.
///
/// # Errors
/// Where it is cut or has another number of records.
pub fn read_bundle(mut bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, BundleError> {
    let expected = usize::from(width);
    let mut records = Vec::with_capacity(expected);
    while !bytes.is_empty() {
        let found = records.len();
        if found == expected {
            return Err(BundleError::Count { found: found + 1, expected });
        }
        let cut = BundleError::Cut(found);
        let (length, rest) = bytes.split_first_chunk().ok_or(cut)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (record, rest) = rest.split_at_checked(length).ok_or(cut)?;
        records.push(record);
        bytes = rest;
    }
    match records.len() {
        found if found == expected => Ok(records),
        found => Err(BundleError::Count { found, expected }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_went_in() {
        let long = vec![7; limits::RECORD_BYTES];
        let records: [&[u8]; 4] = [b"one", b"", &long, b"four"];
        let bundle = write_bundle(records);
        assert_eq!(&bundle[..7], b"\0\x03one\0\0");
        assert_eq!(read_bundle(&bundle, 4).unwrap(), records);
    }

    #[test]
    fn refuses_what_is_no_bundle() {
        let bundle = write_bundle([&b"one"[..], b"two"]);
        let count = |found, expected| Err(BundleError::Count { found, expected });
        for (bytes, width, expected) in [
            (&bundle[..], 1, count(2, 1)),
            (&bundle, 3, count(2, 3)),
            (&bundle[..9], 2, Err(BundleError::Cut(1))),
            (&bundle[..6], 2, Err(BundleError::Cut(1))),
            (&bundle[..5], 2, count(1, 2)),
            (&[], 1, count(0, 1)),
        ] {
            assert_eq!(read_bundle(bytes, width), expected, "{} bytes", bytes.len());
        }
    }
}
