//! Evidence at rest: what goes in comes out, nothing readable lies there, and whatever is damaged
//! is named.
#![allow(clippy::unwrap_used, missing_docs)]

use sha2::{Digest, Sha256};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use store::{Former, NewIdentity, Scope, Vault, VaultError};

const WORKING: Scope<'static> = Scope::Working;
const ORIGINAL: Scope<'static> = Scope::Original("preservation_1");

/// A vault with its two folders.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn evidence(&self) -> PathBuf {
        self.folder.path().join("state/evidence")
    }

    fn keys(&self) -> PathBuf {
        self.folder.path().join("apart/keys")
    }

    fn open(&self) -> Result<Vault, VaultError> {
        Vault::open(self.evidence(), &self.keys())
    }

    fn vault(&self) -> Vault {
        self.open().unwrap()
    }

    /// The file of the one object that is sealed.
    fn sealed(&self) -> PathBuf {
        let mut files = files(&self.evidence().join("sealed"));
        assert_eq!(files.len(), 1);
        files.remove(0)
    }

    /// The file of the one wrapped key.
    fn wrapped(&self) -> PathBuf {
        let mut files = files(&self.keys().join("wrapped"));
        assert_eq!(files.len(), 1);
        files.remove(0)
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn flip(path: &Path, place: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[place] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[test]
fn what_goes_in_comes_out() {
    let place = Place::new();
    let vault = place.vault();
    for bytes in [&b""[..], b"x", &[0u8; 200_000]] {
        let name = vault.store(WORKING, bytes).unwrap();
        assert_eq!(name, sha256(bytes));
        assert_eq!(vault.store(WORKING, bytes).unwrap(), name);
        assert_eq!(vault.read(WORKING, &name).unwrap().as_deref(), Some(bytes));
        // For another end there is none, until there is one.
        assert_eq!(vault.read(ORIGINAL, &name).unwrap(), None);
        vault.store(ORIGINAL, bytes).unwrap();
        assert_eq!(place.vault().read(ORIGINAL, &name).unwrap().as_deref(), Some(bytes));
    }
    assert_eq!(vault.read(WORKING, &"0".repeat(64)).unwrap(), None);
    assert_eq!(vault.names().unwrap().len(), 6);
}

/// Goal: nothing readable on disk without the key.
#[test]
fn nothing_readable_lies_on_the_disk() {
    let place = Place::new();
    let vault = place.vault();
    let words = "velmora stands at the pier; ".repeat(9_000);
    let name = vault.store(WORKING, words.as_bytes()).unwrap();
    vault.store(ORIGINAL, words.as_bytes()).unwrap();
    let digest = Sha256::digest(words.as_bytes());
    let needles: [&[u8]; 5] = [b"velmora", b"pier", name.as_bytes(), &digest, &digest[..12]];
    let all: Vec<PathBuf> = [files(&place.evidence()), files(&place.keys())].concat();
    assert_eq!(all.len(), 8, "{all:?}");
    for path in all {
        let bytes = fs::read(&path).unwrap();
        for needle in needles {
            let is_there = bytes.windows(needle.len()).any(|window| window == needle);
            assert!(!is_there, "{}: {}", path.display(), String::from_utf8_lossy(needle));
        }
        assert!(!path.display().to_string().contains(&name[..12]), "{}", path.display());
    }
    // The same bytes for two ends cannot be told to be the same.
    let sealed = files(&place.evidence().join("sealed"));
    let contents: Vec<Vec<u8>> = sealed.iter().map(|path| fs::read(path).unwrap()).collect();
    assert_ne!(contents[0][63..], contents[1][63..]);
}

/// Goal: a flipped bit, a missing file, a wrong key: each detected and named.
#[test]
fn every_damage_is_named() {
    type Damage = fn(&Place);
    let damages: [(&str, Damage, &str); 12] = [
        (
            "a flipped bit of the header",
            |place| flip(&place.sealed(), 20),
            "was altered: its header",
        ),
        ("a flipped bit of the object", |place| flip(&place.sealed(), 70), "altered: chunk 0"),
        (
            "another file there",
            |place| fs::write(place.sealed(), "x").unwrap(),
            "no sealed container",
        ),
        (
            "a cut file",
            |place| {
                let bytes = fs::read(place.sealed()).unwrap();
                fs::write(place.sealed(), &bytes[..bytes.len() - 1]).unwrap();
            },
            "was altered: chunk 1",
        ),
        (
            "a file cut between chunks",
            |place| {
                let bytes = fs::read(place.sealed()).unwrap();
                fs::write(place.sealed(), &bytes[..63 + 65_552]).unwrap();
            },
            "was altered: it is cut short",
        ),
        ("a missing object", |place| fs::remove_file(place.sealed()).unwrap(), "is missing"),
        ("a missing key", |place| fs::remove_file(place.wrapped()).unwrap(), "the key of evidence"),
        ("a flipped bit of the key", |place| flip(&place.wrapped(), 150), "was altered: "),
        // The letter may come to be one that no key is written with, or one of another key.
        (
            "a flipped bit of its stanza",
            |place| flip(&place.wrapped(), 60),
            "was altered: |cannot be opened",
        ),
        (
            "another identity",
            |place| {
                let (secret, _) = evidence::keys::Identities::generate();
                fs::write(place.keys().join("identities.txt"), secret.as_str()).unwrap();
            },
            "cannot be opened with the keys at hand",
        ),
        (
            "no identity",
            |place| fs::remove_file(place.keys().join("identities.txt")).unwrap(),
            "identities.txt cannot be reached",
        ),
        ("no keys at all", |place| fs::remove_dir_all(place.keys()).unwrap(), "cannot be reached"),
    ];
    let bytes: Vec<u8> = (0..70_000u32).map(|place| (place % 251) as u8).collect();
    for (what, damage, expected) in damages {
        let place = Place::new();
        let vault = place.vault();
        let name = vault.store(WORKING, &bytes).unwrap();
        damage(&place);
        let told = vault.read(WORKING, &name).unwrap_err().to_string();
        assert!(expected.split('|').any(|one| told.contains(one)), "{what}: {told}");
        assert!(told.contains(&*place.folder.path().to_string_lossy()), "{what}: {told}");
    }
}

/// The key of another object is no key of this one.
#[test]
fn swapped_keys_and_objects_are_found() {
    let place = Place::new();
    let vault = place.vault();
    let names = [b"one", b"two"].map(|bytes| vault.store(WORKING, bytes).unwrap());
    let files = files(&place.evidence().join("sealed"));
    let (first, second) = (fs::read(&files[0]).unwrap(), fs::read(&files[1]).unwrap());
    fs::write(&files[0], second).unwrap();
    fs::write(&files[1], first).unwrap();
    for name in names {
        assert!(matches!(vault.read(WORKING, &name), Err(VaultError::WrongKey { .. })));
    }
}

#[test]
fn keys_are_made_once_and_never_in_the_place_of_lost_ones() {
    let place = Place::new();
    place.vault().store(WORKING, b"x").unwrap();
    let away = place.folder.path().join("away");
    fs::rename(place.keys(), &away).unwrap();
    let told = place.open().unwrap_err();
    assert!(matches!(told, VaultError::KeysGone { .. }), "{told}");
    assert!(!place.keys().exists());
    // The keys of another installation.
    let other = Place::new();
    other.vault();
    let told = Vault::open(place.evidence(), &other.keys()).unwrap_err();
    assert!(matches!(told, VaultError::OtherKeys { .. }), "{told}");
    fs::rename(&away, place.keys()).unwrap();
    assert!(place.vault().read(WORKING, &sha256(b"x")).unwrap().is_some());
    let mark = place.evidence().join("vault.json");
    fs::write(&mark, "{}").unwrap();
    assert!(matches!(place.open(), Err(VaultError::Altered { .. })));
    fs::write(&mark, r#"{"format":2,"keys":""}"#).unwrap();
    assert!(place.open().unwrap_err().to_string().contains("a later version"));
}

#[test]
fn keys_that_are_not_keys_are_named() {
    for (file, text, expected) in [
        ("names.key", "zz", "not 64 hexadecimal digits"),
        ("identities.txt", "x", "line 1 is no age identity"),
        ("recipients.txt", "\nage1x", "line 2 is no age recipient"),
        ("recipients.txt", "", "no recipient"),
    ] {
        let place = Place::new();
        place.vault();
        fs::write(place.keys().join(file), text).unwrap();
        let told = place.open().and_then(|vault| vault.store(WORKING, b"x").map(drop));
        let told = told.unwrap_err().to_string();
        assert!(told.contains(expected) && told.contains(file), "{file}: {told}");
        assert_eq!(files(&place.evidence().join("sealed")).len(), 0);
    }
}

#[test]
fn where_the_identity_is_taken_away_things_are_still_stored() {
    let place = Place::new();
    let vault = place.vault();
    let identities = place.keys().join("identities.txt");
    let away = place.keys().join("away");
    fs::rename(&identities, &away).unwrap();
    // To store needs the recipients alone, but for bytes whose key is there already.
    assert!(matches!(vault.store(WORKING, b"x"), Err(VaultError::KeysGone { .. })));
    fs::rename(&away, &identities).unwrap();
    vault.store(WORKING, b"x").unwrap();
    assert_eq!(vault.read(WORKING, &sha256(b"x")).unwrap().as_deref(), Some(&b"x"[..]));
}

#[test]
fn what_is_destroyed_stays_unreadable_wherever_copies_are() {
    let place = Place::new();
    let vault = place.vault();
    let name = vault.store(ORIGINAL, b"x").unwrap();
    vault.store(WORKING, b"x").unwrap();
    let copies: Vec<(PathBuf, Vec<u8>)> = files(&place.evidence())
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    assert!(vault.destroy(ORIGINAL, &name).unwrap());
    assert!(!vault.destroy(ORIGINAL, &name).unwrap());
    assert_eq!(vault.read(ORIGINAL, &name).unwrap(), None);
    // The other one is another object.
    assert!(vault.read(WORKING, &name).unwrap().is_some());
    // A backup of the evidence brings the object back, and not its key.
    for (path, bytes) in copies {
        fs::write(path, bytes).unwrap();
    }
    assert!(matches!(vault.read(ORIGINAL, &name), Err(VaultError::NoKey { .. })));
    // And it can be stored again, under a new key.
    vault.store(ORIGINAL, b"x").unwrap();
    assert_eq!(vault.read(ORIGINAL, &name).unwrap().as_deref(), Some(&b"x"[..]));
}

#[test]
fn keys_are_rotated_without_sealing_anew() {
    let place = Place::new();
    let vault = place.vault();
    let bytes = [b"one".as_slice(), b"two", b"three"];
    let names = bytes.map(|bytes| vault.store(WORKING, bytes).unwrap());
    let before: Vec<Vec<u8>> = files(&place.evidence().join("sealed"))
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    let old = fs::read_to_string(place.keys().join("identities.txt")).unwrap();
    let rotated = vault.rotate(NewIdentity::Made, Former::Kept, |_| ()).unwrap();
    assert_eq!((rotated.rewrapped, rotated.removed, rotated.recipients.len()), (3, 0, 1));
    let both = fs::read_to_string(place.keys().join("identities.txt")).unwrap();
    assert!(both.starts_with(&old) && both.lines().count() == 2);
    let rotated = vault.rotate(NewIdentity::No, Former::Removed, |_| ()).unwrap();
    assert_eq!((rotated.rewrapped, rotated.removed), (3, 1));
    let new = fs::read_to_string(place.keys().join("identities.txt")).unwrap();
    assert!(new.lines().count() == 1 && new != old);
    for (name, bytes) in names.iter().zip(bytes) {
        assert_eq!(vault.read(WORKING, name).unwrap().as_deref(), Some(bytes));
    }
    let after: Vec<Vec<u8>> = files(&place.evidence().join("sealed"))
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    assert_eq!(before, after);
    // The old identity opens nothing any more.
    fs::write(place.keys().join("identities.txt"), old).unwrap();
    assert!(matches!(vault.read(WORKING, &names[0]), Err(VaultError::WrongKey { .. })));
}

#[test]
fn an_identity_stays_while_a_key_needs_it() {
    let place = Place::new();
    let vault = place.vault();
    vault.store(WORKING, b"x").unwrap();
    let wrapped = fs::read(place.wrapped()).unwrap();
    vault.rotate(NewIdentity::Made, Former::Kept, |_| ()).unwrap();
    // As though the rotation had been cut off before this key.
    fs::write(place.wrapped(), wrapped).unwrap();
    let keys = place.keys().join("recipients.txt");
    let recipients = fs::read_to_string(&keys).unwrap();
    fs::write(&keys, "").unwrap();
    assert!(vault.rotate(NewIdentity::No, Former::Removed, |_| ()).is_err());
    assert_eq!(fs::read_to_string(place.keys().join("identities.txt")).unwrap().lines().count(), 2);
    fs::write(&keys, recipients).unwrap();
    assert_eq!(vault.rotate(NewIdentity::No, Former::Removed, |_| ()).unwrap().removed, 1);
    assert!(vault.read(WORKING, &sha256(b"x")).unwrap().is_some());
}

#[test]
fn what_lies_in_the_clear_from_before_is_read_and_sealed() {
    let place = Place::new();
    let vault = place.vault();
    let name = sha256(b"from before");
    let folder = place.evidence().join(&name[..2]).join(&name[2..4]);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(&name);
    fs::write(&file, b"from before").unwrap();
    assert_eq!(vault.read(WORKING, &name).unwrap().as_deref(), Some(&b"from before"[..]));
    assert_eq!(vault.read(ORIGINAL, &name).unwrap(), None);
    assert_eq!(vault.plain_left().unwrap(), 1);
    assert_eq!(vault.seal_plain(9).unwrap(), 1);
    assert!(!file.exists());
    assert_eq!((vault.plain_left().unwrap(), vault.seal_plain(9).unwrap()), (0, 0));
    assert_eq!(vault.read(WORKING, &name).unwrap().as_deref(), Some(&b"from before"[..]));
    fs::write(&file, b"something else").unwrap();
    let told = vault.seal_plain(9).unwrap_err();
    assert!(matches!(told, VaultError::Altered { .. }), "{told}");
    assert!(file.exists());
}

#[test]
fn names_that_are_no_digests_are_refused() {
    let vault = Place::new();
    let vault = vault.vault();
    for name in ["", "../../etc/passwd", &"A".repeat(64), &"0".repeat(63), &"/".repeat(64)] {
        assert!(matches!(vault.read(WORKING, name), Err(VaultError::Name { .. })), "{name}");
        assert!(matches!(vault.destroy(WORKING, name), Err(VaultError::Name { .. })), "{name}");
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn evidence_and_keys_are_for_their_owner_alone() {
    let place = Place::new();
    place.vault().store(WORKING, b"evidence").unwrap();
    for file in [files(&place.evidence()), files(&place.keys())].concat() {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        let made = file.ancestors().skip(1).take_while(|path| *path != place.folder.path());
        for made in made {
            assert_eq!(mode(made), 0o700, "{}", made.display());
        }
    }
}

#[test]
fn an_existing_folder_keeps_its_mode() {
    let place = Place::new();
    fs::create_dir_all(place.evidence()).unwrap();
    fs::set_permissions(place.evidence(), fs::Permissions::from_mode(0o750)).unwrap();
    place.vault().store(WORKING, b"evidence").unwrap();
    assert_eq!(mode(&place.evidence()), 0o750);
}

#[test]
fn keys_that_lie_with_the_evidence_are_told() {
    let folder = tempfile::tempdir().unwrap();
    for (evidence, keys, together) in [
        ("a/evidence", "a/keys", true),
        ("b/evidence", "b/evidence/keys", true),
        ("c/keys/evidence", "c/keys", true),
        ("d/one/evidence", "d/two/keys", false),
    ] {
        let vault = Vault::open(folder.path().join(evidence), &folder.path().join(keys)).unwrap();
        assert_eq!(vault.keys_beside().is_some(), together, "{evidence} {keys}");
    }
}

#[test]
fn writers_of_the_same_bytes_at_once_leave_one_whole_object() {
    let place = Place::new();
    let vault = place.vault();
    for round in 0..10u8 {
        let bytes = vec![round; 50_000];
        let start = std::sync::Barrier::new(8);
        std::thread::scope(|scope| {
            let write = || {
                start.wait();
                let name = vault.store(WORKING, &bytes).unwrap();
                assert_eq!(vault.read(WORKING, &name).unwrap().as_deref(), Some(&bytes[..]));
            };
            for _ in 0..8 {
                scope.spawn(write);
            }
        });
        assert_eq!(vault.names().unwrap().len(), usize::from(round) + 1);
    }
    for drafts in [place.evidence().join("drafts"), place.keys().join("drafts")] {
        assert_eq!(files(&drafts).len(), 0);
    }
}

#[test]
fn a_full_disk_is_told_and_leaves_nothing() {
    let place = Place::new();
    let vault = place.vault();
    // A folder in the way of the object's stands for a disk that refuses.
    vault.store(WORKING, b"x").unwrap();
    let sealed = place.sealed();
    fs::remove_file(&sealed).unwrap();
    fs::create_dir(&sealed).unwrap();
    fs::write(sealed.join("in the way"), b"").unwrap();
    let told = vault.store(ORIGINAL, b"y").map(drop);
    assert!(told.is_ok());
    fs::remove_dir_all(place.evidence().join("drafts")).unwrap();
    fs::write(place.evidence().join("drafts"), b"in the way").unwrap();
    let told = vault.store(WORKING, b"z").unwrap_err();
    assert!(matches!(told, VaultError::Disk { .. }), "{told}");
    let missing = vault.read(WORKING, &sha256(b"z")).unwrap_err().to_string();
    assert!(missing.contains("missing"), "{missing}");
    fs::remove_file(place.evidence().join("drafts")).unwrap();
    vault.store(WORKING, b"z").unwrap();
    assert_eq!(vault.read(WORKING, &sha256(b"z")).unwrap().as_deref(), Some(&b"z"[..]));
}

#[test]
fn drafts_that_a_crash_left_are_swept_once_they_are_old() {
    let place = Place::new();
    let vault = place.vault();
    let drafts = place.evidence().join("drafts");
    let (old, new) = (drafts.join("old"), drafts.join("new"));
    for path in [&old, &new] {
        fs::write(path, b"half").unwrap();
    }
    let hours = std::time::SystemTime::now() - std::time::Duration::from_secs(7_200);
    fs::File::options().write(true).open(&old).unwrap().set_modified(hours).unwrap();
    assert_eq!(vault.sweep().unwrap(), 1);
    assert!(!old.exists() && new.exists());
}

#[test]
fn a_relative_folder_is_made_and_a_file_in_its_way_is_told() {
    let folder = tempfile::tempdir_in(".").unwrap();
    let relative = Path::new(folder.path().file_name().unwrap());
    let (evidence, keys) = (relative.join("a").join("b"), relative.join("keys"));
    let name = Vault::open(&evidence, &keys).unwrap().store(WORKING, b"x").unwrap();
    let again = Vault::open(&evidence, &keys).unwrap();
    assert_eq!(again.read(WORKING, &name).unwrap().as_deref(), Some(&b"x"[..]));
    fs::write(evidence.join("file"), b"").unwrap();
    let told = Vault::open(evidence.join("file").join("c"), &keys);
    assert!(matches!(told, Err(VaultError::Disk { .. })));
}
