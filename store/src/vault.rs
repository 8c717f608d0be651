//! Evidence as content-addressed files: a file's name is the SHA-256 of its bytes.

use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};

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
    /// Takes a folder, and makes it where it is absent.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, VaultError> {
        let folder = folder.into();
        std::fs::create_dir_all(&folder).map_err(|source| disk(&folder, source))?;
        Ok(Self { folder })
    }

    /// Writes bytes durably and gives their SHA-256 in hexadecimal. Bytes that are there already
    /// are left as they are.
    ///
    /// The bytes go to a file of another name first, are flushed, and then renamed, so that a name
    /// never stands for half a file. `unique` tells writers of the same bytes apart.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn store(&self, bytes: &[u8], unique: &str) -> Result<String, VaultError> {
        let name = hex::encode(Sha256::digest(bytes));
        let path = self.path(&name)?;
        if path.exists() {
            return Ok(name);
        }
        let folder = path.parent().unwrap_or(&self.folder).to_owned();
        std::fs::create_dir_all(&folder).map_err(|source| disk(&folder, source))?;
        let draft = folder.join(format!("{name}.{unique}.draft"));
        let result = write_and_rename(&draft, &path, bytes).and_then(|()| flush_folder(&folder));
        if result.is_err() {
            let _ = std::fs::remove_file(&draft);
        }
        result.map_err(|source| disk(&path, source))?;
        Ok(name)
    }

    /// Reads bytes and checks them against their name; `None` where there is no such file.
    ///
    /// # Errors
    /// Where the name is no SHA-256, the disk refuses, or the bytes were altered.
    pub fn read(&self, sha256: &str) -> Result<Option<Vec<u8>>, VaultError> {
        let path = self.path(sha256)?;
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
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

fn write_and_rename(draft: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::create(draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(draft, path)
}

/// Flushes the folder's own entry, without which a crash may forget the new name.
fn flush_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

fn disk(path: &Path, source: std::io::Error) -> VaultError {
    VaultError::Disk { path: path.display().to_string(), source }
}
