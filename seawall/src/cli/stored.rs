//! `seawall replay`, `verify` and `export`: what is stored holds.

use super::{Failure, Place, print_json};
use crate::exit::Exit;
use crate::local::progress;
use audit::{Expected, Head, LogError};
use clap::Args;
use model::VerdictId;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// The verdict's id.
    #[arg(required_unless_present = "all")]
    verdict: Option<String>,
    /// Replay every stored verdict.
    #[arg(long, conflicts_with = "verdict")]
    all: bool,
}

#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// An exported log; without it the installation's own log.
    records: Option<PathBuf>,
    /// A signed checkpoint that the log must hold up to, as `/v1/records/checkpoint` gave it.
    #[arg(long, value_name = "FILE", requires_all = ["records", "verifier_key"])]
    checkpoint: Option<PathBuf>,
    /// The verifier key of the installation, `name+id+key`: the exported log must end with a
    /// checkpoint that is signed with it.
    #[arg(long, value_name = "KEY", requires = "records")]
    verifier_key: Option<String>,
}

#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The file to write.
    file: PathBuf,
}

/// Makes verdicts again.
///
/// # Errors
/// What went wrong.
pub async fn replay(arguments: ReplayArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    if let Some(id) = arguments.verdict {
        let id = VerdictId::new(id).map_err(|error| Failure::plain(error.to_string()))?;
        let replayed = engine.replay(&id).await?;
        print_json(&replayed)?;
        return Ok(if replayed.is_same { Exit::Clean } else { Exit::Found });
    }
    let bar = progress(None, "verdicts replayed");
    let (mut count, mut differing) = (0u64, 0u64);
    engine
        .replay_all(|replayed| {
            count += 1;
            bar.set_position(count);
            if !replayed.is_same {
                differing += 1;
                // A reader who went away ends the program by itself.
                let _ = print_json(replayed);
            }
        })
        .await?;
    bar.finish_and_clear();
    eprintln!("{count} verdicts replayed, {differing} differ");
    Ok(if differing == 0 { Exit::Clean } else { Exit::Found })
}

/// Recomputes a log.
///
/// # Errors
/// What went wrong, beside a record that does not hold.
pub async fn verify(arguments: VerifyArguments, place: &Place) -> Result<Exit, Failure> {
    let Some(path) = &arguments.records else { return verify_installation(place).await };
    let expected = expected(&arguments)?;
    let file = open_file(path)?;
    match audit::verify_log(BufReader::new(file), &expected) {
        Ok(summary) => {
            eprintln!("{} records hold", summary.head.next);
            let Head { next, hash } = summary.head;
            let (hash, root) = (hex::encode(hash), hex::encode(summary.root));
            print_json(&engine::Verified { records: next, hash, root })?;
            Ok(Exit::Clean)
        }
        Err(LogError::Read(error)) => Err(Failure::plain(format!("{}: {error}", path.display()))),
        Err(error) => {
            eprintln!("seawall: {}: {error}", path.display());
            Ok(Exit::Found)
        }
    }
}

async fn verify_installation(place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let total = engine.head().await?.next;
    let bar = progress(Some(total), "records verified");
    let verified = engine.verify(|checked| bar.set_position(checked)).await;
    bar.finish_and_clear();
    match verified {
        Ok(verified) => {
            eprintln!("{} records hold", verified.records);
            print_json(&verified)?;
            Ok(Exit::Clean)
        }
        Err(broken @ (engine::Error::Broken(_) | engine::Error::Tree(_))) => {
            eprintln!("seawall: {broken}");
            Ok(Exit::Found)
        }
        Err(error) => Err(error.into()),
    }
}

fn expected(arguments: &VerifyArguments) -> Result<Expected, Failure> {
    let mut expected = Expected::default();
    let Some(key) = &arguments.verifier_key else { return Ok(expected) };
    let (_, key) = audit::read_verifier_key(key)
        .map_err(|error| Failure::plain(format!("--verifier-key: {error}")))?;
    expected.key = Some(key);
    if let Some(path) = &arguments.checkpoint {
        let wrong =
            |error: &dyn std::fmt::Display| Failure::plain(format!("{}: {error}", path.display()));
        let note = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
        let checkpoint = audit::verify_checkpoint(&note, &key).map_err(|error| wrong(&error))?;
        // The log may have grown since; what it held then it must still hold.
        expected.earlier = Some(checkpoint.head);
    }
    Ok(expected)
}

fn open_file(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::plain(format!("{}: {error}", path.display())))
}

/// Writes the log to a file.
///
/// # Errors
/// What went wrong.
pub async fn export(arguments: ExportArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let key = place.log_key()?;
    let path = &arguments.file;
    let wrong = |error: std::io::Error| Failure::plain(format!("{}: {error}", path.display()));
    let mut file = BufWriter::new(File::create(path).map_err(wrong)?);
    file.write_all(audit::LOG_HEADER.as_ref()).map_err(wrong)?;
    let head = engine.head().await?;
    let bar = progress(Some(head.next), "records written");
    let mut written = 0u64;
    while written < head.next {
        let left = usize::try_from(head.next - written).unwrap_or(usize::MAX);
        let records = engine.records(written, left).await?;
        if records.is_empty() {
            break;
        }
        let mut frames = Vec::new();
        for (bytes, hash) in &records {
            let hash = hash.as_slice().try_into().map_err(|_| {
                Failure::plain(format!("record {written} has no whole hash; run `seawall verify`"))
            })?;
            audit::write_frame(bytes, &hash, &mut frames);
            written += 1;
        }
        file.write_all(&frames).map_err(wrong)?;
        bar.set_position(written);
    }
    let mut end = Vec::new();
    audit::write_checkpoint(&key.checkpoint(&head, engine.now()), &mut end);
    file.write_all(&end).map_err(wrong)?;
    file.flush().map_err(wrong)?;
    bar.finish_and_clear();
    eprintln!("{written} records written; verify them with the key {}", key.verifier_key());
    Ok(Exit::Clean)
}
