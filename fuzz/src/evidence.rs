//! What is preserved, as it comes from a disk or from somebody else.

use crate::check;
use evidence::Digests;
use evidence::archive::{ArchiveReader, ArchiveRecord, write_record};
use evidence::bag::{self, Bag};
use evidence::container::{open, seal};
use evidence::keys::DataKey;
use evidence::time_stamp::{Roots, verify_again};
use std::collections::BTreeMap;

/// Two bytes that say what is changed and how, then what is sealed. It opens as it was; changed in
/// any bit it does not. The bytes are opened as a container too.
pub fn container(bytes: &[u8]) {
    let key = DataKey::new([7; 32]);
    let _ = open(bytes, std::io::sink(), &key);
    let Some(([place, bits], plain)) = bytes.split_first_chunk() else { return };
    let mut sealed = Vec::new();
    seal(plain, &mut sealed, &key, [3; 19]).expect("memory takes everything");
    let mut opened = Vec::new();
    open(sealed.as_slice(), &mut opened, &key).expect("what was sealed opens");
    assert_eq!(opened, plain);
    if *bits != 0 {
        let place = usize::from(*place) * sealed.len() / 256;
        sealed[place] ^= bits;
        assert!(open(sealed.as_slice(), std::io::sink(), &key).is_err(), "byte {place}");
    }
}

/// Two bytes that say what is changed and how, then a file. A bag with it holds, and changed in any
/// byte of the payload it does not. The text is read as each tag file of a bag too.
pub fn bag(bytes: &[u8]) {
    let Some(([place, bits], payload)) = bytes.split_first_chunk() else { return };
    let mut making = Bag::new();
    let path = making.payload("file", Digests::of(payload)).expect("the path is plain");
    making.info("Source-Organization", "Harbour").expect("it is one line");
    let mut files: BTreeMap<String, Vec<u8>> = making.finish();
    files.insert(path.clone(), payload.to_vec());
    assert_eq!(bag::check(&files).map(|checked| checked.files), Ok(1));
    for name in ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha512.txt"] {
        let mut changed = files.clone();
        changed.insert(name.to_owned(), payload.to_vec());
        let _ = bag::check(&changed);
    }
    if *bits != 0 && !payload.is_empty() {
        let place = usize::from(*place) * payload.len() / 256;
        files.get_mut(&path).expect("it is in the bag")[place] ^= bits;
        assert!(bag::check(&files).is_err(), "byte {place} was changed");
    }
}

/// What is read of an archive is written and read again as the same.
pub fn archive(bytes: &[u8]) {
    let records = records(bytes);
    let mut written = Vec::new();
    for record in &records {
        if write_record(record, &mut written).is_err() {
            return;
        }
    }
    assert_eq!(self::records(&written), records);
}

fn records(bytes: &[u8]) -> Vec<ArchiveRecord> {
    let mut reader = ArchiveReader::new(bytes);
    let mut records = Vec::new();
    while let Ok(Some((record, _))) = reader.next_record() {
        records.push(record);
    }
    records
}

const ROOT: &str = include_str!("time_stamp_root.pem");
const STAMPED: &[u8] = b"what was preserved";

/// An answer of an authority, two bytes that say what is changed and how before it. What is
/// accepted is a stamp of the one time at which the answer in the corpus was made.
pub fn time_stamp(bytes: &[u8]) {
    let Some(([place, bits], answer)) = bytes.split_first_chunk() else { return };
    let roots = Roots::parse(ROOT).expect("the root is one");
    let mut answer = answer.to_vec();
    if let Some(byte) = answer.get_mut(usize::from(*place) * 16) {
        *byte ^= bits;
    }
    if let Ok(stamped) = verify_again(&answer, &Digests::of(STAMPED).sha256, &roots) {
        assert_eq!(stamped.serial, "02", "a stamp that was not made");
    }
    let _ = Roots::parse(&check::text(&answer));
}
