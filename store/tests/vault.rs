//! Evidence files: what goes in comes out, and what was altered is told.
#![allow(clippy::unwrap_used, missing_docs)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
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

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn evidence_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("state").join("evidence");
    let vault = Vault::open(&deep).unwrap();
    let name = vault.store(b"evidence", "1").unwrap();
    let file = deep.join(&name[..2]).join(&name[2..4]).join(&name);
    assert_eq!(mode(&file), 0o600);
    for made in file.ancestors().skip(1).take(4) {
        assert_eq!(mode(made), 0o700, "{}", made.display());
    }
}

#[test]
fn an_existing_folder_keeps_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o750)).unwrap();
    Vault::open(folder.path()).unwrap().store(b"evidence", "1").unwrap();
    assert_eq!(mode(folder.path()), 0o750);
}

#[test]
fn writers_of_the_same_bytes_at_once_leave_one_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::open(folder.path()).unwrap();
    for round in 0..20u8 {
        let bytes = vec![round; 50_000];
        let start = std::sync::Barrier::new(8);
        let names: Vec<String> = std::thread::scope(|scope| {
            let write = |writer: usize| {
                start.wait();
                let name = vault.store(&bytes, &writer.to_string()).unwrap();
                assert_eq!(vault.read(&name).unwrap().as_deref(), Some(&bytes[..]));
                name
            };
            let writers: Vec<_> = (0..8).map(|writer| scope.spawn(move || write(writer))).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        assert!(names.iter().all(|name| *name == names[0]));
        let inside = folder.path().join(&names[0][..2]).join(&names[0][2..4]);
        assert_eq!(std::fs::read_dir(inside).unwrap().count(), 1);
    }
}

#[test]
fn a_relative_folder_is_made_and_a_file_in_its_way_is_told() {
    let folder = tempfile::tempdir_in(".").unwrap();
    let relative = Path::new(folder.path().file_name().unwrap()).join("a").join("b");
    let name = Vault::open(&relative).unwrap().store(b"x", "1").unwrap();
    assert_eq!(Vault::open(&relative).unwrap().read(&name).unwrap().as_deref(), Some(&b"x"[..]));
    std::fs::write(relative.join("file"), b"").unwrap();
    let told = Vault::open(relative.join("file").join("c"));
    assert!(matches!(told, Err(VaultError::Disk { .. })));
}
