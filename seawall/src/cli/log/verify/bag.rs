//! The records of an export of evidence, each against its proof, without a database.

use super::{Trouble, Trust, read_checkpoint, witnessed};
use crate::cli::{failed, print_json};
use audit::tree::{ProofFile, TreeBroken};
use model::limits;
use serde_json::json;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The most that a file beside a record may hold: a record and a checkpoint, with the hashes.
const LARGEST: u64 = (2 * limits::RECORD_BYTES + 2 * limits::CHECKPOINT_BYTES) as u64;

/// Verifies that every record of a bag is in the log, as its proof says.
pub(super) fn verify(bag: &Path, trust: &Trust) -> Result<(), Trouble> {
    let folder = bag.join("data").join("records");
    let records = numbered(&folder)?;
    let mut latest = 0;
    for (number, path) in &records {
        latest = latest.max(verify_one(*number, path, trust)?);
    }
    eprintln!("{} records of the bag are in the log of {latest} records", records.len());
    print_json(&json!({ "proven": records.len(), "records": latest }))?;
    Ok(())
}

/// The records of a bag by their numbers. A bag without any proves nothing.
fn numbered(folder: &Path) -> Result<Vec<(u64, PathBuf)>, Trouble> {
    let told = |error: std::io::Error| Trouble::Failed(failed(folder, error));
    let mut records = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(told)? {
        let path = entry.map_err(told)?.path();
        if path.extension().is_none_or(|extension| extension != "record") {
            continue;
        }
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let number = stem.and_then(|stem| stem.parse().ok());
        let unfit = || broken(&path, "its name is not the number of a record");
        records.push((number.ok_or_else(unfit)?, path));
        if records.len() > limits::BAG_FILES {
            return Err(broken(folder, format!("it has more than {} records", limits::BAG_FILES)));
        }
    }
    if records.is_empty() {
        return Err(broken(folder, "it has no records"));
    }
    records.sort();
    Ok(records)
}

/// Verifies one record; gives the size of the log that its proof is of.
fn verify_one(number: u64, path: &Path, trust: &Trust) -> Result<u64, Trouble> {
    let (record, proof) = (read(path)?, path.with_extension("proof"));
    if !proof.is_file() {
        return Err(broken(path, "there is no proof beside it; export the case again"));
    }
    let text = String::from_utf8(read(&proof)?).map_err(|_| broken(&proof, "it is not text"))?;
    let file = ProofFile::parse(&text).map_err(|error| broken(&proof, error))?;
    if file.index != number {
        return Err(broken(&proof, format!("it proves record {}", file.index)));
    }
    if file.record != record {
        return Err(broken(path, "it is not the record that its proof shows: it was changed"));
    }
    let checkpoint = read_checkpoint(&file.note, trust).map_err(|words| broken(&proof, words))?;
    file.verify(&trust.origin, &trust.key).map_err(|error| broken(&proof, error))?;
    witnessed(&file.note, trust)?;
    let size = checkpoint.head.size;
    match trust.earlier {
        Some(earlier) if earlier.size > size => {
            Err(TreeBroken::Cut { size, earlier: earlier.size }.into())
        }
        Some(_) | None => Ok(size),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Trouble> {
    let told = |error| Trouble::Failed(failed(path, error));
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(told)?.take(LARGEST + 1);
    file.read_to_end(&mut bytes).map_err(told)?;
    if bytes.len() as u64 > LARGEST {
        return Err(broken(path, format!("it is larger than {LARGEST} bytes")));
    }
    Ok(bytes)
}

fn broken(path: &Path, words: impl std::fmt::Display) -> Trouble {
    Trouble::Broken(format!("{}: {words}", path.display()))
}
