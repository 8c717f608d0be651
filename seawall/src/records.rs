//! The key that signs checkpoints of the log.

use crate::settings::Settings;
use audit::tree::TreeHead;
use audit::{Head, Origin};
use ed25519_dalek::SigningKey;
use model::Timestamp;
use std::io::Write;
use std::path::Path;

/// The key that signs checkpoints, with the name of the installation.
pub struct LogKey {
    origin: Origin,
    tree_origin: Origin,
    key: SigningKey,
}

impl LogKey {
    /// Reads the key file, or makes one that its owner alone can read.
    ///
    /// # Errors
    /// In words, where the file cannot be read or made, holds no key, or the name is unfit.
    pub fn open(settings: &Settings) -> Result<Self, String> {
        let origin = Origin::new(&settings.server.origin)
            .map_err(|error| format!("server.origin: {error}"))?;
        let tree_origin = audit::tree::origin_of_tree(&origin)
            .map_err(|error| format!("server.origin: {error}"))?;
        let seed = key_bytes(&settings.path(&settings.storage.log_key))?;
        Ok(Self { origin, tree_origin, key: SigningKey::from_bytes(&seed) })
    }

    /// Signs a checkpoint of the log.
    #[must_use]
    pub fn checkpoint(&self, head: &Head, at: Timestamp) -> String {
        audit::sign_checkpoint(&self.origin, head, at, &self.key)
    }

    /// The name of the tree, as its checkpoints bear it.
    #[must_use]
    pub fn tree_origin(&self) -> &Origin {
        &self.tree_origin
    }

    /// Signs a checkpoint of the tree.
    #[must_use]
    pub fn tree_checkpoint(&self, head: &TreeHead) -> String {
        audit::tree::sign_tree_head(&self.tree_origin, head, &self.key)
    }

    /// The key that others verify checkpoints of the tree with, as `name+id+key`.
    #[must_use]
    pub fn tree_verifier_key(&self) -> String {
        audit::verifier_key(&self.tree_origin, &self.key.verifying_key())
    }

    /// The key that others verify checkpoints of the chain with, as `name+id+key`.
    #[must_use]
    pub fn verifier_key(&self) -> String {
        audit::verifier_key(&self.origin, &self.key.verifying_key())
    }
}

impl engine::CheckpointSigner for LogKey {
    fn checkpoint(&self, head: &Head, at: Timestamp) -> String {
        Self::checkpoint(self, head, at)
    }

    fn tree_checkpoint(&self, head: &TreeHead) -> String {
        Self::tree_checkpoint(self, head)
    }
}

/// Reads a key of 32 bytes from its file, or makes a file that its owner alone can read.
///
/// # Errors
/// In words, where the file cannot be read or made, or holds no key.
pub fn key_bytes(path: &Path) -> Result<[u8; 32], String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    if !path.exists() {
        make(path).map_err(|error| told(&error))?;
    }
    let text = std::fs::read_to_string(path).map_err(|error| told(&error))?;
    hex::decode(text.trim())
        .ok()
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
        .ok_or_else(|| told(&"does not hold 64 hexadecimal digits"))
}

fn make(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut seed = [0u8; 32];
    getrandom::fill(&mut seed).map_err(|error| std::io::Error::other(error.to_string()))?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    // `create_new` keeps two processes from each making a key.
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(mut file) => {
            file.write_all(hex::encode(seed).as_bytes())?;
            file.sync_all()
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
