//! Objects from before objects were sealed: files in the clear, named by their SHA-256.

use super::{Scope, VaultError, digest, disk, disk_error, shown};
use evidence::Digests;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

fn path(folder: &Path, sha256: &str) -> PathBuf {
    folder.join(&sha256[..2]).join(&sha256[2..4]).join(sha256)
}

/// Reads one, checks it against its name and gives its bytes; `None` where there is none.
pub(super) fn read(
    folder: &Path,
    scope: Scope<'_>,
    sha256: &str,
    to: impl Write,
) -> Result<Option<u64>, VaultError> {
    if scope != Scope::Working {
        return Ok(None);
    }
    let path = path(folder, sha256);
    match File::open(&path) {
        Ok(file) => copy(&path, file, sha256, to).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(disk_error(&path, source)),
    }
}

/// Checks one against its name.
pub(super) fn check(path: &Path, sha256: &str) -> Result<(), VaultError> {
    let file = File::open(path).map_err(|source| disk_error(path, source))?;
    copy(path, file, sha256, io::sink()).map(drop)
}

fn copy(path: &Path, file: File, sha256: &str, to: impl Write) -> Result<u64, VaultError> {
    let digests = Digests::copy(file, to).map_err(|source| disk_error(path, source))?;
    if digests.sha256 == digest(sha256)? {
        return Ok(digests.bytes);
    }
    let detail = format!("its bytes have SHA-256 {}", hex::encode(digests.sha256));
    Err(VaultError::Altered { path: shown(path), detail })
}

/// Overwrites and removes one; `false` where there is none.
pub(super) fn destroy(folder: &Path, scope: Scope<'_>, sha256: &str) -> Result<bool, VaultError> {
    if scope != Scope::Working {
        return Ok(false);
    }
    let path = path(folder, sha256);
    disk::destroy(&path).map_err(|source| disk_error(&path, source))
}

/// Every one that is there, with its name.
pub(super) fn files(folder: &Path) -> Result<Vec<(String, PathBuf)>, VaultError> {
    let list = |folder: &Path| disk::list(folder).map_err(|source| disk_error(folder, source));
    let mut files = Vec::new();
    for first in list(folder)?.iter().filter(|path| name(path).len() == 2) {
        for second in &list(first)? {
            for file in list(second)? {
                let sha256 = name(&file).to_owned();
                if digest(&sha256).is_ok() {
                    files.push((sha256, file));
                }
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
