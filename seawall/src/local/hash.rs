//! `seawall hash`: one JSON line a file.

use super::{files_of, progress};
use crate::cli::{Failure, decoder, print_json};
use crate::exit::Exit;
use clap::Args;
use model::limits;
use sandbox::Decoder;
use serde::Serialize;
use signals::media::MediaFacts;
use signals::pdq::Pdq;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct HashArguments {
    /// Media files, or folders of them.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

/// The hashes of one file, or why there are none.
#[derive(Debug, Serialize)]
struct Line {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    md5: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pdq: Option<Pdq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
}

/// Prints the hashes of files.
///
/// A file that cannot be read is told in its line and makes the exit status 2; one that is no
/// picture still has its digests.
///
/// # Errors
/// Where a folder cannot be read or standard output is gone.
pub fn hash(arguments: &HashArguments) -> Result<Exit, Failure> {
    let mut files = Vec::new();
    for path in &arguments.paths {
        if path.is_dir() {
            files.extend(files_of(path)?);
        } else {
            files.push(path.clone());
        }
    }
    let decoder = decoder()?;
    let bar = progress(Some(files.len() as u64), "files hashed");
    let mut exit = Exit::Clean;
    for path in &files {
        let line = line(&decoder, path);
        if line.sha256.is_none() {
            exit = Exit::Error;
        }
        bar.suspend(|| print_json(&line))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(exit)
}

fn line(decoder: &Decoder, path: &Path) -> Line {
    let shown = path.display().to_string();
    let absent = |missing: String| Line {
        path: shown.clone(),
        sha256: None,
        md5: None,
        pdq: None,
        missing: Some(missing),
    };
    let facts = super::read_bounded(path, limits::MEDIA_BYTES)
        .map_err(|failure| match failure {
            Failure::Plain(text) => text,
            Failure::Placed(report) => report.to_string(),
        })
        .and_then(|bytes| decoder.measure(&bytes).map_err(|missing| missing.reason));
    match facts {
        Err(missing) => absent(missing),
        Ok(MediaFacts { sha256, md5, picture, .. }) => {
            let (pdq, missing) = match picture {
                Ok(picture) => (Some(picture.pdq), None),
                Err(missing) => (None, Some(missing.reason)),
            };
            let (sha256, md5) = (Some(hex::encode(sha256)), Some(hex::encode(md5)));
            Line { path: shown, sha256, md5, pdq, missing }
        }
    }
}
