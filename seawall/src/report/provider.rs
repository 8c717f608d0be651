//! The file of what only the provider knows.

use law::report::Provider;
use model::limits;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// Its name beside the report.
pub const PROVIDER_FILE: &str = "provider.toml";

/// What the provider told, with the bytes that it stood in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// What it says.
    pub provider: Provider,
    /// Its bytes; none without a file.
    pub bytes: Option<Vec<u8>>,
}

impl Told {
    /// SHA-256 of the file, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> Option<String> {
        self.bytes.as_ref().map(|bytes| hex::encode(Sha256::digest(bytes)))
    }
}

/// Reads the file of a provider.
///
/// # Errors
/// Where it cannot be read, is too large, or a field is wrong; each place is named.
pub fn read_provider(path: &Path) -> Result<Told, String> {
    let place = path.display();
    let file = std::fs::File::open(path).map_err(|error| format!("{place}: {error}"))?;
    let (mut bytes, limit) = (Vec::new(), limits::PROVIDER_FILE_BYTES);
    let taken = file.take(limit as u64 + 1).read_to_end(&mut bytes);
    taken.map_err(|error| format!("{place}: {error}"))?;
    if bytes.len() > limit {
        return Err(format!("{place}: more than {limit} bytes; write shorter texts"));
    }
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| format!("{place}: it is not UTF-8 after byte {}", error.valid_up_to()))?;
    let provider: Provider = toml::from_str(text).map_err(|error| format!("{place}: {error}"))?;
    let faults: Vec<String> =
        provider.check().iter().map(|fault| format!("{place}: {fault}")).collect();
    if faults.is_empty() {
        return Ok(Told { provider, bytes: Some(bytes) });
    }
    Err(faults.join("\n"))
}
