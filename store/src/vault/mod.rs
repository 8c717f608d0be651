//! Evidence at rest: every object sealed with a key of its own, keys in a folder apart.
//!
//! ```text
//! EVIDENCE/vault.json        which keys belong to it
//! EVIDENCE/sealed/ab/NAME    an object, sealed
//! EVIDENCE/ab/cd/SHA256      an object from before objects were sealed
//! ```
//!
//! The name of an object is keyed, so that a disk tells nobody what is on it. An object is written
//! after its key and destroyed after it: whatever moment a crash comes at, there is a whole object,
//! or one that nobody can read and that the next attempt replaces.

mod disk;
mod key_folder;
mod plain;

use disk::Present;
use evidence::container::{self, ContainerError};
use key_folder::{KeyFolder, Making};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// What an object is kept for. The same bytes for two ends are two objects with a key each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// For the desk, as long as the item is there.
    Working,
    /// As the original of a preservation, by its id, until that ends.
    Original(&'a str),
}

impl Scope<'_> {
    fn name(self) -> String {
        match self {
            Self::Working => "working".to_owned(),
            Self::Original(preservation) => format!("original/{preservation}"),
        }
    }
}

/// The evidence of an installation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vault {
    folder: PathBuf,
    keys: Arc<KeyFolder>,
}

/// What can go wrong with evidence. Each says what it is about and what helps.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The disk refused.
    #[error("evidence {path}: {source}")]
    Disk {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not what was written.
    #[error("evidence {path} was altered: {detail}; restore it from a backup")]
    Altered {
        /// The file.
        path: String,
        /// What is wrong.
        detail: String,
    },
    /// The object is gone while its key is there.
    #[error("evidence {path} is missing, though its key is there; restore it from a backup")]
    Missing {
        /// The file.
        path: String,
    },
    /// The key is gone while the object is there.
    #[error(
        "the key of evidence {path} is not there: it was destroyed on purpose, or its file is \
         lost; then restore the folder of keys from a backup"
    )]
    NoKey {
        /// The file of the object.
        path: String,
    },
    /// The key is for somebody else.
    #[error(
        "evidence {path} cannot be opened with the keys at hand: {detail}; put back the identity \
         that it was wrapped for"
    )]
    WrongKey {
        /// The file.
        path: String,
        /// What is wrong.
        detail: String,
    },
    /// The folder of keys, or a file in it, cannot be reached.
    #[error(
        "the keys of evidence at {path} cannot be reached: {detail}; mount or restore the folder \
         that `evidence.keys` names; nothing was made in its place"
    )]
    KeysGone {
        /// The file.
        path: String,
        /// What the system said.
        detail: String,
    },
    /// A file of keys is not what it should be.
    #[error("{path}: {detail}")]
    KeysUnfit {
        /// The file.
        path: String,
        /// What is wrong.
        detail: String,
    },
    /// The keys are those of another installation.
    #[error(
        "the keys in {keys} do not belong to the evidence in {folder}: the mark there is \
         {expected}, theirs is {found}; `evidence.keys` names another folder than it was made with"
    )]
    OtherKeys {
        /// The folder of keys.
        keys: String,
        /// The folder of evidence.
        folder: String,
        /// The mark that is written.
        expected: String,
        /// The mark of the keys.
        found: String,
    },
    /// The name is no SHA-256.
    #[error("`{given}` is not a SHA-256 in lower-case hexadecimal")]
    Name {
        /// What was given.
        given: String,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes: {detail}")]
    Random {
        /// What it said.
        detail: String,
    },
}

/// Which keys belong to a folder of evidence.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    /// The version of the layout.
    format: u32,
    /// The fingerprint of the key of names.
    keys: String,
}

/// What a rotation of keys did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rotated {
    /// Keys of objects that were wrapped anew.
    pub rewrapped: usize,
    /// Those for whom keys are wrapped from now on.
    pub recipients: Vec<String>,
    /// Identities that were removed.
    pub removed: usize,
}

/// What becomes of identities that are no longer in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Former {
    /// They stay, for backups that are older.
    Kept,
    /// They are removed from the file, once every key opens without them.
    Removed,
}

/// Whether a rotation makes a new identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewIdentity {
    /// A new one is made.
    Made,
    /// Keys are wrapped anew for the recipients as they are written in the file.
    No,
}

impl Vault {
    /// Takes a folder of evidence and one of keys, and makes what is absent, for its owner alone.
    /// Keys are made only where nothing was sealed yet.
    ///
    /// # Errors
    /// Where a folder cannot be made, or the keys are gone or others.
    pub fn open(folder: impl Into<PathBuf>, keys: &Path) -> Result<Self, VaultError> {
        let folder = folder.into();
        disk::make_folders(&folder).map_err(|source| disk_error(&folder, source))?;
        let mark = read_mark(&folder)?;
        let making = if mark.is_some() { Making::Refused } else { Making::Allowed };
        let keys = KeyFolder::open(keys, making)?;
        let found = keys.names.fingerprint();
        match mark {
            Some(Mark { keys: expected, .. }) if expected != found => {
                return Err(VaultError::OtherKeys {
                    keys: keys.folder().display().to_string(),
                    folder: folder.display().to_string(),
                    expected,
                    found,
                });
            }
            Some(_) => {}
            None => write_mark(&folder, &Mark { format: 1, keys: found })?,
        }
        Ok(Self { folder, keys: Arc::new(keys) })
    }

    /// Where the keys lie with the evidence, so that a copy of the one has the other: in it, around
    /// it, or in the same folder. Gives the two folders then.
    #[must_use]
    pub fn keys_beside(&self) -> Option<(PathBuf, PathBuf)> {
        let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let (folder, keys) = (whole(&self.folder), whole(self.keys.folder()));
        let together = keys.starts_with(&folder)
            || folder.starts_with(&keys)
            || keys.parent() == folder.parent();
        together.then_some((folder, keys))
    }

    /// Seals bytes durably and gives their SHA-256 in hexadecimal. Bytes that are there already for
    /// the same end are left as they are.
    ///
    /// # Errors
    /// Where a disk refuses or the keys cannot be reached. Then nothing half-written bears a name.
    pub fn store(&self, scope: Scope<'_>, bytes: &[u8]) -> Result<String, VaultError> {
        let sha256 = Sha256::digest(bytes).into();
        self.store_from(scope, &sha256, || Ok(bytes))?;
        Ok(hex::encode(sha256))
    }

    /// Seals what a reader gives, whose SHA-256 is known.
    fn store_from<R: io::Read>(
        &self,
        scope: Scope<'_>,
        sha256: &[u8; 32],
        open: impl FnOnce() -> Result<R, VaultError>,
    ) -> Result<(), VaultError> {
        let name = self.keys.names.name(&scope.name(), sha256);
        let path = self.sealed(&name);
        let has_key = self.keys.wrapped(&name).exists();
        let key = self.keys.key_for(&name)?;
        if has_key && path.exists() {
            // Another writer may have made it just now and not have come to flush it.
            return flush_with_folder(&path).map_err(|source| disk_error(&path, source));
        }
        let (from, prefix) = (open()?, fresh()?);
        let draft = self.folder.join("drafts").join(hex::encode(fresh::<16>()?));
        let seal = |file: &mut BufWriter<File>| {
            container::seal(from, file, &key, prefix).map(drop).map_err(Sealing::Container)
        };
        disk::write(&draft, &path, Present::Replaced, seal).map_err(|error| match error {
            Sealing::Disk(source) => disk_error(&path, source),
            Sealing::Container(error) => container_error(&path, error),
        })
    }

    /// Reads bytes and checks them; `None` where there is no such object.
    ///
    /// # Errors
    /// Where the name is no SHA-256, a disk refuses, the object or its key was altered, is missing
    /// or is for somebody else.
    pub fn read(&self, scope: Scope<'_>, sha256: &str) -> Result<Option<Vec<u8>>, VaultError> {
        let mut bytes = Vec::new();
        Ok(self.read_into(scope, sha256, &mut bytes)?.map(|_| bytes))
    }

    /// Reads an object into a writer, a chunk at a time, checks it, and gives how many bytes it
    /// has; `None` where there is none.
    ///
    /// What was written is not to be used where this fails.
    ///
    /// # Errors
    /// As [`Vault::read`], and where the writer fails.
    pub fn read_into(
        &self,
        scope: Scope<'_>,
        sha256: &str,
        to: impl Write,
    ) -> Result<Option<u64>, VaultError> {
        let wanted = digest(sha256)?;
        let name = self.keys.names.name(&scope.name(), &wanted);
        let path = self.sealed(&name);
        let key = self.keys.key(&name)?;
        let (file, key) = match (File::open(&path), key) {
            (Ok(file), Some(key)) => (file, key),
            (Ok(_), None) => return Err(VaultError::NoKey { path: shown(&path) }),
            (Err(error), key) if error.kind() == ErrorKind::NotFound => {
                return match (plain::read(&self.folder, scope, sha256, to)?, key) {
                    (Some(bytes), _) => Ok(Some(bytes)),
                    (None, Some(_)) => Err(VaultError::Missing { path: shown(&path) }),
                    (None, None) => Ok(None),
                };
            }
            (Err(source), _) => return Err(disk_error(&path, source)),
        };
        let mut digesting = Digesting { to, digest: Sha256::new() };
        let bytes = container::open(BufReader::new(file), &mut digesting, &key)
            .map_err(|error| container_error(&path, error))?;
        let found: [u8; 32] = digesting.digest.finalize().into();
        if found != wanted {
            let detail = format!("its bytes have SHA-256 {}", hex::encode(found));
            return Err(VaultError::Altered { path: shown(&path), detail });
        }
        Ok(Some(bytes))
    }

    /// Destroys the key of an object, and then the object, which nobody can read any more; `false`
    /// where there was neither. May be repeated.
    ///
    /// # Errors
    /// Where the name is no SHA-256 or a disk refuses. Where the first part succeeded, the object
    /// is gone for good already.
    pub fn destroy(&self, scope: Scope<'_>, sha256: &str) -> Result<bool, VaultError> {
        let wanted = digest(sha256)?;
        let name = self.keys.names.name(&scope.name(), &wanted);
        let path = self.sealed(&name);
        let had_key = self.keys.destroy(&name)?;
        let had_object = disk::remove(&path).map_err(|source| disk_error(&path, source))?;
        let had_plain = plain::destroy(&self.folder, scope, sha256)?;
        Ok(had_key || had_object || had_plain)
    }

    /// The name on disk of an object, for telling what lies there and belongs to nothing.
    ///
    /// # Errors
    /// Where the digest is none.
    pub fn name_of(&self, scope: Scope<'_>, sha256: &str) -> Result<String, VaultError> {
        Ok(self.keys.names.name(&scope.name(), &digest(sha256)?))
    }

    /// The names of everything that lies there, sealed or with a key alone.
    ///
    /// # Errors
    /// Where a folder cannot be listed.
    pub fn names(&self) -> Result<std::collections::BTreeSet<String>, VaultError> {
        let folder = self.folder.join("sealed");
        let sealed = disk::names_below(&folder).map_err(|source| disk_error(&folder, source))?;
        Ok(self.keys.names_wrapped()?.into_iter().chain(sealed).collect())
    }

    /// Seals what lies there in the clear from before, up to so many files, and gives how many were
    /// sealed. Each is removed once its sealed form was read back.
    ///
    /// # Errors
    /// Where a disk refuses, or a file is not what its name says.
    pub fn seal_plain(&self, most: usize) -> Result<usize, VaultError> {
        let mut sealed = 0;
        for (sha256, path) in plain::files(&self.folder)?.into_iter().take(most) {
            let open = || File::open(&path).map_err(|source| disk_error(&path, source));
            plain::check(&path, &sha256)?;
            self.store_from(Scope::Working, &digest(&sha256)?, open)?;
            self.read_into(Scope::Working, &sha256, io::sink())?;
            disk::destroy(&path).map_err(|source| disk_error(&path, source))?;
            sealed += 1;
        }
        Ok(sealed)
    }

    /// How many files lie there in the clear from before.
    ///
    /// # Errors
    /// Where a folder cannot be listed.
    pub fn plain_left(&self) -> Result<usize, VaultError> {
        Ok(plain::files(&self.folder)?.len())
    }

    /// Removes what crashes left half-written more than an hour ago, and gives how many files.
    ///
    /// # Errors
    /// Where a disk refuses.
    pub fn sweep(&self) -> Result<usize, VaultError> {
        let mut swept = 0;
        for drafts in [self.folder.join("drafts"), self.keys.drafts()] {
            let found = disk::sweep(&drafts, SystemTime::now());
            swept += found.map_err(|source| disk_error(&drafts, source))?;
        }
        Ok(swept)
    }

    /// Wraps every key anew, for a new identity or for the recipients that the file names; objects
    /// stay as they are. May be repeated after a crash. `told` hears how many are done.
    ///
    /// # Errors
    /// Where a key cannot be opened or a disk refuses; keys that were wrapped anew stay so.
    pub fn rotate(
        &self,
        new: NewIdentity,
        former: Former,
        mut told: impl FnMut(usize),
    ) -> Result<Rotated, VaultError> {
        match new {
            NewIdentity::Made => drop(self.keys.renew()?),
            NewIdentity::No => {}
        }
        let names = self.keys.names_wrapped()?;
        for (name, done) in names.iter().zip(1..) {
            self.keys.rewrap(name)?;
            told(done);
        }
        let removed = match former {
            Former::Kept => 0,
            Former::Removed => self.keys.drop_former()?,
        };
        let recipients = self.keys.recipients()?.names();
        Ok(Rotated { rewrapped: names.len(), recipients, removed })
    }

    fn sealed(&self, name: &str) -> PathBuf {
        self.folder.join("sealed").join(&name[..2]).join(name)
    }
}

/// A writer that digests what goes by.
struct Digesting<W> {
    to: W,
    digest: Sha256,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// What fails while an object is written.
enum Sealing {
    Disk(io::Error),
    Container(ContainerError),
}

impl From<io::Error> for Sealing {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

fn read_mark(folder: &Path) -> Result<Option<Mark>, VaultError> {
    let path = folder.join("vault.json");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(disk_error(&path, source)),
    };
    let mark: Result<Mark, _> = serde_json::from_str(&text);
    let unfit = |detail| VaultError::Altered { path: shown(&path), detail };
    let mark = mark.map_err(|error| unfit(error.to_string()))?;
    match mark.format {
        1 => Ok(Some(mark)),
        later => Err(unfit(format!("its layout {later} is of a later version"))),
    }
}

fn write_mark(folder: &Path, mark: &Mark) -> Result<(), VaultError> {
    let path = folder.join("vault.json");
    let text = serde_json::to_string(mark).expect("two plain fields can be written");
    let draft = folder.join("drafts").join(hex::encode(fresh::<16>()?));
    disk::write(&draft, &path, Present::Kept, |file| file.write_all(text.as_bytes()))
        .map_err(|source| disk_error(&path, source))
}

fn flush_with_folder(path: &Path) -> io::Result<()> {
    disk::flush(path)?;
    path.parent().map_or(Ok(()), disk::flush)
}

fn digest(sha256: &str) -> Result<[u8; 32], VaultError> {
    let is_lower = sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let mut bytes = [0; 32];
    match is_lower && hex::decode_to_slice(sha256, &mut bytes).is_ok() {
        true => Ok(bytes),
        false => Err(VaultError::Name { given: sha256.chars().take(80).collect() }),
    }
}

fn container_error(path: &Path, error: ContainerError) -> VaultError {
    let path = shown(path);
    match error {
        ContainerError::Read(source) | ContainerError::Write(source) => {
            VaultError::Disk { path, source }
        }
        ContainerError::WrongKey => VaultError::WrongKey { path, detail: error.to_string() },
        ContainerError::Foreign
        | ContainerError::HeaderAltered
        | ContainerError::CutShort { .. }
        | ContainerError::Altered { .. }
        | ContainerError::Longer { .. }
        | ContainerError::TooLong => VaultError::Altered { path, detail: error.to_string() },
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn disk_error(path: &Path, source: io::Error) -> VaultError {
    VaultError::Disk { path: shown(path), source }
}

/// Draws random bytes from the operating system.
fn fresh<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| VaultError::Random { detail: error.to_string() })?;
    Ok(bytes)
}
