//! Evidence as content-addressed files: a file's name is the SHA-256 of its bytes.

use sha2::{Digest, Sha256};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Evidence is for its owner alone, as the log's key is.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// A folder of evidence files.
#[derive(Debug, Clone)]
pub struct Vault {
    folder: PathBuf,
}

/// What can go wrong with a file of evidence.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The disk refused.
    #[error("evidence {path}: {source}")]
    Disk {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what its name says.
    #[error("evidence {path} was altered: its bytes have SHA-256 {found}")]
    Altered {
        /// The file.
        path: String,
        /// The digest of what is there.
        found: String,
    },
    /// The name is no SHA-256.
    #[error("`{given}` is not a SHA-256 in lower-case hexadecimal")]
    Name {
        /// What was given.
        given: String,
    },
}

impl Vault {
    /// Takes a folder, and makes it where it is absent, for its owner alone.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, VaultError> {
        let folder = folder.into();
        make_folders(&folder).map_err(|source| disk(&folder, source))?;
        Ok(Self { folder })
    }

    /// Writes bytes durably and gives their SHA-256 in hexadecimal. Bytes that are there already
    /// are left as they are.
    ///
    /// The bytes go to a file of another name first, are flushed, and then renamed, so that a name
    /// never stands for half a file. `unique` tells writers of the same bytes apart. A file that is
    /// there already, and every folder on the way to it, is flushed as well: another writer may
    /// have made it just now and not have come to flush it.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn store(&self, bytes: &[u8], unique: &str) -> Result<String, VaultError> {
        let name = hex::encode(Sha256::digest(bytes));
        let path = self.path(&name)?;
        let stored = match flush(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => write(&path, bytes, unique),
            flushed => flushed,
        };
        stored.and_then(|()| self.flush_folders_of(&path)).map_err(|source| disk(&path, source))?;
        Ok(name)
    }

    /// Flushes the folders from a file up to the vault's own, without which a crash may forget the
    /// new names in them.
    fn flush_folders_of(&self, path: &Path) -> std::io::Result<()> {
        let inside = path.ancestors().skip(1).take_while(|folder| *folder != self.folder);
        inside.chain([self.folder.as_path()]).try_for_each(flush)
    }

    /// Reads bytes and checks them against their name; `None` where there is no such file.
    ///
    /// # Errors
    /// Where the name is no SHA-256, the disk refuses, or the bytes were altered.
    pub fn read(&self, sha256: &str) -> Result<Option<Vec<u8>>, VaultError> {
        let path = self.path(sha256)?;
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(disk(&path, source)),
        };
        let found = hex::encode(Sha256::digest(&bytes));
        if found != sha256 {
            return Err(VaultError::Altered { path: path.display().to_string(), found });
        }
        Ok(Some(bytes))
    }

    fn path(&self, sha256: &str) -> Result<PathBuf, VaultError> {
        let is_digest = sha256.len() == 64
            && sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !is_digest {
            return Err(VaultError::Name { given: sha256.chars().take(80).collect() });
        }
        Ok(self.folder.join(&sha256[..2]).join(&sha256[2..4]).join(sha256))
    }
}

/// Writes a file under another name and gives it its own.
fn write(path: &Path, bytes: &[u8], unique: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)?;
    }
    let draft = path.with_extension(format!("{unique}.draft"));
    let result = write_and_rename(&draft, path, bytes);
    if result.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    result
}

fn write_and_rename(draft: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(FILE_MODE).open(draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(draft, path)
}

/// Makes a folder with those above it, and flushes each folder that got a new name.
fn make_folders(folder: &Path) -> std::io::Result<()> {
    let absent: Vec<&Path> = folder.ancestors().take_while(|above| !is_there(above)).collect();
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)?;
    absent.iter().filter_map(|made| made.parent()).map(or_present).try_for_each(flush)
}

fn is_there(folder: &Path) -> bool {
    or_present(folder).exists()
}

/// The empty path, above a relative one, stands for the present folder.
fn or_present(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Flushes a file, or the names in a folder.
fn flush(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

fn disk(path: &Path, source: std::io::Error) -> VaultError {
    VaultError::Disk { path: path.display().to_string(), source }
}
