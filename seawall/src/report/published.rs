//! Published versions of reports, as the log tells them, and the files that they were.

use super::happenings::{Upto, each_record};
use audit::{FactKind, Field, Record};
use engine::{Engine, PublishedReport};
use model::{ServiceId, Timestamp, limits};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Whether the files of a published version are still what they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// A folder has exactly these files.
    Holds,
    /// No folder that was looked at has them.
    NotFound,
}

/// Reads every published version from the log, oldest first.
///
/// # Errors
/// Where a record does not hold or cannot be read, or the store fails.
pub async fn published(engine: &Engine) -> Result<Vec<PublishedReport>, String> {
    let mut found = Vec::new();
    each_record(engine, Upto::End, |record| {
        if record.fact.kind == FactKind::ReportPublished {
            let unread = || format!("record {}: its report cannot be read", record.seq);
            found.push(read(record).ok_or_else(unread)?);
        }
        Ok(())
    })
    .await?;
    Ok(found)
}

fn read(record: &Record) -> Option<PublishedReport> {
    let text = |field| record.fact.get_text(field).map(str::to_owned);
    let until = i64::try_from(record.fact.get_int(Field::Until)?).ok()?;
    Some(PublishedReport {
        service: ServiceId::new(text(Field::Service)?).ok()?,
        kind: text(Field::Kind)?,
        period: text(Field::Period)?,
        version: record.fact.get_int(Field::Version)?,
        files: record.fact.get_int(Field::Count)?,
        digest: text(Field::Report)?,
        at: record.at,
        until: Timestamp::from_micros(until.checked_mul(1_000_000)?).ok()?,
    })
}

/// SHA-256 over the list of a folder's files, in hexadecimal, with how many they are. The list has
/// a line for each file, in the order of the names: its SHA-256, two spaces, its name.
///
/// # Errors
/// Where a file cannot be read, is too large, or is none, or there are too many.
pub fn digest_of(folder: &Path) -> Result<(String, u64), String> {
    let failed =
        |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| failed(folder, &error))? {
        let entry = entry.map_err(|error| failed(folder, &error))?;
        let name = entry.file_name().into_string();
        names.push(name.map_err(|_| failed(&entry.path(), &"its name is not UTF-8"))?);
        if names.len() > limits::REPORT_FILES {
            let told = format!("more than {} files are no report", limits::REPORT_FILES);
            return Err(failed(folder, &told));
        }
    }
    names.sort();
    let mut list = String::new();
    for name in &names {
        let path = folder.join(name);
        let sha256 = sha256_of(&path).map_err(|error| failed(&path, &error))?;
        list.push_str(&format!("{sha256}  {name}\n"));
    }
    Ok((hex::encode(Sha256::digest(&list)), names.len() as u64))
}

fn sha256_of(path: &Path) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    if !file.metadata().is_ok_and(|about| about.is_file()) {
        return Err("is not a file; a report has no folders in it".to_owned());
    }
    let (mut bytes, limit) = (Vec::new(), limits::REPORT_FILE_BYTES);
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > limit {
        return Err(format!("has more than {limit} bytes"));
    }
    Ok(hex::encode(Sha256::digest(&bytes)))
}

/// The folder itself and the folders in it that hold a report.
///
/// # Errors
/// Where it cannot be read, or has too many folders.
pub fn folders_in(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", folder.display());
    let mut found = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).map_err(|error| failed(&error))? {
        let path = entry.map_err(|error| failed(&error))?.path();
        if path.is_dir() {
            found.push(path);
        }
        if found.len() > limits::REPORT_FOLDERS {
            let limit = limits::REPORT_FOLDERS;
            return Err(failed(&format!("it has more than {limit} folders")));
        }
    }
    found.retain(|path| path.join("report.json").is_file());
    found.sort();
    Ok(found)
}
