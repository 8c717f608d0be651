//! The folder of keys, apart from the evidence.
//!
//! ```text
//! identities.txt      what opens wrapped keys, the one in use last; needed to read
//! recipients.txt      those for whom keys are wrapped; needed to store
//! names.key           the key of the names of files; needed for both
//! wrapped/ab/NAME     the key of the object NAME
//! ```
//!
//! Identities and recipients are read anew each time: an operator may take the identities away
//! between uses, and what another process changes counts at once.

use super::disk::{self, Present};
use super::{VaultError, fresh};
use evidence::keys::{DataKey, Identities, KeyError, NameKey, Recipients};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The folder of keys.
#[derive(Debug)]
pub(super) struct KeyFolder {
    folder: PathBuf,
    pub(super) names: NameKey,
}

/// Whether keys may be made where there are none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Making {
    /// Nothing was sealed yet.
    Allowed,
    /// Something was sealed with keys that must be somewhere.
    Refused,
}

impl KeyFolder {
    pub(super) fn open(folder: &Path, making: Making) -> Result<Self, VaultError> {
        let path = folder.join("names.key");
        let names = match read(&path) {
            Ok(text) => NameKey::parse(&text).map_err(|error| key_problem(&path, &error))?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if making == Making::Refused {
                    return Err(gone(&path, &error));
                }
                Self::make(folder)?
            }
            Err(error) => return Err(gone(&path, &error)),
        };
        Ok(Self { folder: folder.to_owned(), names })
    }

    /// Makes the first keys. The key of names comes last: without it nothing was made.
    fn make(folder: &Path) -> Result<NameKey, VaultError> {
        let (secret, recipient) = Identities::generate();
        let names = NameKey::new(fresh()?);
        for (name, text) in [
            ("identities.txt", secret.as_str()),
            ("recipients.txt", &recipient),
            ("names.key", names.to_text().trim_end()),
        ] {
            let path = folder.join(name);
            if path.exists() {
                continue;
            }
            put(folder, &path, Present::Kept, format!("{text}\n").as_bytes())?;
        }
        // Another process may have been quicker; its key is the one that counts.
        let path = folder.join("names.key");
        let text = read(&path).map_err(|source| gone(&path, &source))?;
        NameKey::parse(&text).map_err(|error| key_problem(&path, &error))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn wrapped(&self, name: &str) -> PathBuf {
        self.folder.join("wrapped").join(&name[..2]).join(name)
    }

    /// The names that have a wrapped key.
    pub(super) fn names_wrapped(&self) -> Result<Vec<String>, VaultError> {
        let folder = self.folder.join("wrapped");
        disk::names_below(&folder).map_err(|source| gone(&folder, &source))
    }

    pub(super) fn identities(&self) -> Result<Identities, VaultError> {
        let path = self.folder.join("identities.txt");
        let text = read(&path).map_err(|source| gone(&path, &source))?;
        Identities::parse(&text).map_err(|error| key_problem(&path, &error))
    }

    pub(super) fn recipients(&self) -> Result<Recipients, VaultError> {
        let path = self.folder.join("recipients.txt");
        let text = read(&path).map_err(|source| gone(&path, &source))?;
        Recipients::parse(&text).map_err(|error| key_problem(&path, &error))
    }

    /// The key of an object; `None` where it was destroyed or never made.
    pub(super) fn key(&self, name: &str) -> Result<Option<DataKey>, VaultError> {
        let path = self.wrapped(name);
        let wrapped = match std::fs::read(&path) {
            Ok(wrapped) => wrapped,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // A folder that is not there at all is another thing than a key that is not.
                return match self.folder.join("names.key").exists() {
                    true => Ok(None),
                    false => Err(gone(&self.folder, &error)),
                };
            }
            Err(error) => return Err(gone(&path, &error)),
        };
        let key = self.identities()?.unwrap(&wrapped);
        key.map(Some).map_err(|error| key_problem(&path, &error))
    }

    /// The key of an object, made where there is none. Two writers get the same.
    pub(super) fn key_for(&self, name: &str) -> Result<DataKey, VaultError> {
        let path = self.wrapped(name);
        if !path.exists() {
            let key = DataKey::new(fresh()?);
            let wrapped = self.recipients()?.wrap(&key);
            let wrapped = wrapped.map_err(|error| key_problem(&path, &error))?;
            put(&self.folder, &path, Present::Kept, &wrapped)?;
        }
        disk::flush(&path).map_err(|source| gone(&path, &source))?;
        let lost = || gone(&path, &ErrorKind::NotFound.into());
        self.key(name)?.ok_or_else(lost)
    }

    /// Destroys the key of an object; `false` where there is none.
    pub(super) fn destroy(&self, name: &str) -> Result<bool, VaultError> {
        let path = self.wrapped(name);
        disk::destroy(&path).map_err(|source| gone(&path, &source))
    }

    /// Makes a new identity the one in use, for which new keys are wrapped from now on in the place
    /// of the one before; other recipients stay.
    pub(super) fn renew(&self) -> Result<String, VaultError> {
        let before = self.identities()?.current().names().concat();
        let (secret, recipient) = Identities::generate();
        let identities = self.folder.join("identities.txt");
        let text = read(&identities).map_err(|source| gone(&identities, &source))?;
        let text = format!("{}\n{}\n", text.trim_end(), *secret);
        put(&self.folder, &identities, Present::Replaced, text.as_bytes())?;
        let mut names = self.recipients()?.names();
        names.retain(|name| *name != before);
        names.push(recipient.clone());
        let text = names.join("\n") + "\n";
        let recipients = self.folder.join("recipients.txt");
        put(&self.folder, &recipients, Present::Replaced, text.as_bytes())?;
        Ok(recipient)
    }

    /// Wraps the key of one object anew for those who are recipients now.
    pub(super) fn rewrap(&self, name: &str) -> Result<(), VaultError> {
        let path = self.wrapped(name);
        let Some(key) = self.key(name)? else { return Ok(()) };
        let wrapped = self.recipients()?.wrap(&key);
        let wrapped = wrapped.map_err(|error| key_problem(&path, &error))?;
        put(&self.folder, &path, Present::Replaced, &wrapped)
    }

    /// Leaves the identity in use alone in the file, after every wrapped key opened with it.
    pub(super) fn drop_former(&self) -> Result<usize, VaultError> {
        let identities = self.identities()?;
        let mut former = identities.recipients();
        former.pop();
        let path = self.folder.join("identities.txt");
        let left = identities.without(&former).map_err(|error| key_problem(&path, &error))?;
        for name in self.names_wrapped()? {
            let wrapped = self.wrapped(&name);
            let bytes = match std::fs::read(&wrapped) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(gone(&wrapped, &error)),
            };
            left.unwrap(&bytes).map_err(|error| key_problem(&wrapped, &error))?;
        }
        let text = read(&path).map_err(|source| gone(&path, &source))?;
        let last = text.lines().rfind(|line| line.trim().starts_with("AGE-SECRET-KEY-1"));
        let last = last.unwrap_or_default().trim();
        put(&self.folder, &path, Present::Replaced, format!("{last}\n").as_bytes())?;
        Ok(former.len())
    }

    pub(super) fn drafts(&self) -> PathBuf {
        self.folder.join("drafts")
    }
}

fn put(folder: &Path, path: &Path, present: Present, bytes: &[u8]) -> Result<(), VaultError> {
    let draft = folder.join("drafts").join(hex::encode(fresh::<16>()?));
    disk::write(&draft, path, present, |file| file.write_all(bytes))
        .map_err(|source| gone(path, &source))
}

fn read(path: &Path) -> io::Result<String> {
    std::fs::read_to_string(path)
}

/// A file of keys cannot be reached.
fn gone(path: &Path, source: &io::Error) -> VaultError {
    VaultError::KeysGone { path: path.display().to_string(), detail: source.to_string() }
}

fn key_problem(path: &Path, error: &KeyError) -> VaultError {
    let path = path.display().to_string();
    match error {
        KeyError::OtherIdentity => VaultError::WrongKey { path, detail: error.to_string() },
        KeyError::Altered { .. } => VaultError::Altered { path, detail: error.to_string() },
        KeyError::Recipient { .. }
        | KeyError::Identity { .. }
        | KeyError::None { .. }
        | KeyError::NameKey
        | KeyError::Wrap { .. } => VaultError::KeysUnfit { path, detail: error.to_string() },
    }
}
