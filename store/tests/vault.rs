//! Evidence files: what goes in comes out, and what was altered is told.
#![allow(clippy::unwrap_used, missing_docs)]

use store::{Vault, VaultError};

#[test]
fn what_goes_in_comes_out() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::open(folder.path().join("evidence")).unwrap();
    for bytes in [&b""[..], b"x", &[0u8; 100_000]] {
        let name = vault.store(bytes, "1").unwrap();
        assert_eq!(vault.store(bytes, "2").unwrap(), name);
        assert_eq!(vault.read(&name).unwrap().as_deref(), Some(bytes));
    }
    assert_eq!(vault.read(&"0".repeat(64)).unwrap(), None);
}

#[test]
fn what_was_altered_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::open(folder.path()).unwrap();
    let name = vault.store(b"evidence", "1").unwrap();
    let path = folder.path().join(&name[..2]).join(&name[2..4]).join(&name);
    std::fs::write(path, b"evidencf").unwrap();
    assert!(matches!(vault.read(&name), Err(VaultError::Altered { .. })));
}

#[test]
fn names_that_are_no_digests_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::open(folder.path()).unwrap();
    for name in ["", "../../etc/passwd", &"A".repeat(64), &"0".repeat(63), &"/".repeat(64)] {
        assert!(matches!(vault.read(name), Err(VaultError::Name { .. })), "{name}");
    }
}

#[test]
fn no_draft_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::open(folder.path()).unwrap();
    let name = vault.store(b"evidence", "1").unwrap();
    let inside = folder.path().join(&name[..2]).join(&name[2..4]);
    let files: Vec<_> = std::fs::read_dir(inside).unwrap().collect();
    assert_eq!(files.len(), 1);
}
