//! Where a published log is read from: a folder, or an address.

use crate::cli::{Failure, failed};
use audit::tree::BUNDLE_BYTES;
use connect::{Client, Guard, HostPort};
use std::io::Read;
use std::path::PathBuf;

/// A published log.
pub enum Source {
    /// A folder with the files as they are published.
    Folder(PathBuf),
    /// A prefix under which they are served.
    Served(Served),
}

/// A published log behind an address.
pub struct Served {
    client: Client,
    prefix: String,
    key: Option<String>,
}

impl Source {
    /// Reads an argument: an address with `http`, or a folder.
    ///
    /// # Errors
    /// Where an address cannot be requested.
    pub fn parse(text: &str, key: Option<String>) -> Result<Self, Failure> {
        if !text.starts_with("http://") && !text.starts_with("https://") {
            return Ok(Self::Folder(text.into()));
        }
        let wrong = |error: &dyn std::fmt::Display| Failure::plain(format!("{text}: {error}"));
        let url = url::Url::parse(text).map_err(|error| wrong(&error))?;
        let host = url.host_str().ok_or_else(|| wrong(&"no host"))?;
        let port = url.port_or_known_default().unwrap_or(443);
        // Who verifies names the place himself, so that it may be on his own network.
        let place = HostPort::parse(&format!("{host}:{port}")).map_err(|error| wrong(&error))?;
        let client = Client::new(Guard { allow: vec![place] }).map_err(|error| wrong(&error))?;
        let prefix = text.trim_end_matches('/').to_owned();
        Ok(Self::Served(Served { client, prefix, key }))
    }

    /// Reads a file of the log; `None` where there is none.
    ///
    /// # Errors
    /// Where it cannot be read for another reason.
    pub async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        match self {
            Self::Folder(folder) => read_file(&folder.join(path)),
            Self::Served(served) => served.read(path).await,
        }
    }
}

fn read_file(path: &std::path::Path) -> Result<Option<Vec<u8>>, Failure> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, error)),
    };
    let mut bytes = Vec::new();
    // A file that is longer than any of the log is cut, and does not hold then.
    let read = file.take(BUNDLE_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| failed(path, error))?;
    Ok(Some(bytes))
}

impl Served {
    async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        let url = format!("{}/{path}", self.prefix);
        let bearer = self.key.as_ref().map(|key| format!("Bearer {key}"));
        let headers: Vec<(&str, &str)> =
            bearer.iter().map(|value| ("authorization", value.as_str())).collect();
        let fetched = self.client.fetch_with(&url, &headers, BUNDLE_BYTES).await;
        let fetched = fetched.map_err(|error| Failure::plain(error.to_string()))?;
        match fetched.status {
            200 => Ok(Some(fetched.bytes)),
            404 => Ok(None),
            401 | 403 => Err(Failure::plain(format!(
                "{url}: not public: give a key with the scope report, --api-key KEY"
            ))),
            status => Err(Failure::plain(format!("{url}: answered with status {status}"))),
        }
    }
}
