//! `seawall log`: the published log, for whoever runs it and for whoever checks it from outside.

use super::{Failure, Place, failed, print_json};
use crate::exit::Exit;
use crate::local::progress;
use crate::publish::{Publication, Publisher};
use crate::serve;
use audit::tree::{ProofFile, published_tiles, published_tiles_count, read_tree_head};
use clap::{Args, Subcommand};
use engine::Published;
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

mod source;
mod verify;

#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// Sign the log as it is now, show it to the witnesses and publish it.
    Publish,
    /// Write everything that is published into a folder that any web server can serve.
    Export(ExportArguments),
    /// Verify a published log, or the proof of one record, with nothing but what was published.
    Verify(verify::VerifyArguments),
    /// Print the proof that a record is in the published log, as one text file.
    Prove(ProveArguments),
}

#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The folder; what is there already is kept, so that an earlier export grows.
    folder: PathBuf,
}

#[derive(Debug, Args)]
pub struct ProveArguments {
    /// The place of the record in the log, from 0.
    record: u64,
}

/// Carries a command out.
///
/// # Errors
/// What went wrong.
pub async fn run(command: LogCommand, place: &Place) -> Result<Exit, Failure> {
    match command {
        LogCommand::Publish => publish(place).await,
        LogCommand::Export(export) => self::export(&export, place).await,
        LogCommand::Verify(told) => verify::run(&told).await,
        LogCommand::Prove(prove) => self::prove(&prove, place).await,
    }
}

async fn publish(place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let Publication { head, signed, missing } = publish_now(&engine, place).await?;
    print_json(&json!({
        "records": head.size, "root": hex::encode(head.root), "witnesses": signed,
    }))?;
    Ok(if missing.is_empty() { Exit::Clean } else { Exit::Found })
}

/// Publishes, and tells which witnesses did not sign.
async fn publish_now(engine: &engine::Engine, place: &Place) -> Result<Publication, Failure> {
    let (settings, key) = (place.settings(None)?, place.log_key()?);
    let outside = serve::outside(&settings)?;
    let publisher = Publisher::new(engine, &key, &outside, &settings)?;
    let publication = publisher.publish().await?;
    for (witness, why) in &publication.missing {
        eprintln!("seawall: the witness {witness} did not sign: {why}");
    }
    Ok(publication)
}

/// The published checkpoint; the first one is made where there is none.
async fn published(engine: &engine::Engine, place: &Place) -> Result<Published, Failure> {
    if engine.published().await?.is_none() {
        publish_now(engine, place).await?;
    }
    let published = engine.published().await?;
    published.ok_or_else(|| Failure::plain("no checkpoint of the log could be published"))
}

async fn export(arguments: &ExportArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let published = published(&engine, place).await?;
    let (folder, size) = (&arguments.folder, published.head.size);
    let bar = progress(Some(published_tiles_count(size)), "tiles written");
    let mut written = 0u64;
    for tile in published_tiles(size) {
        let path = folder.join(tile.path());
        bar.inc(1);
        // What was published once never changes; `log verify` names a file that did.
        if path.exists() {
            continue;
        }
        let bytes = engine.tile(&tile, size).await?.ok_or_else(|| {
            Failure::plain(format!("{tile} is missing in the database; run `seawall verify`"))
        })?;
        write_whole(&path, &bytes)?;
        written += 1;
    }
    // It comes last: whatever it names is there.
    write_whole(&folder.join("checkpoint"), published.note.as_bytes())?;
    bar.finish_and_clear();
    let key = place.log_key()?.tree_verifier_key();
    eprintln!("{size} records published, {written} tiles written; verify them with --key '{key}'");
    Ok(Exit::Clean)
}

/// Writes a file whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let wrong = |error: std::io::Error| failed(path, error);
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(wrong)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(wrong)?;
    file.write_all(bytes).map_err(wrong)?;
    readable(file.as_file()).map_err(wrong)?;
    file.persist(path).map_err(|error| failed(path, error.error))?;
    Ok(())
}

/// Lets a web server read what is public, where a temporary file is its owner's alone.
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

async fn prove(arguments: &ProveArguments, place: &Place) -> Result<Exit, Failure> {
    let engine = place.existing_engine().await?;
    let published = published(&engine, place).await?;
    let (index, size) = (arguments.record, published.head.size);
    if index >= size {
        return Err(Failure::plain(format!(
            "record {index} is not published: the published log has {size} records, from 0; \
             `seawall log publish` publishes those that came since"
        )));
    }
    let proof = engine.prove_inclusion(index, size).await?;
    let found = engine.records(index, 1).await?.into_iter().next();
    let (record, _) = found
        .ok_or_else(|| Failure::plain(format!("record {index} is missing; verify the log")))?;
    let file = ProofFile { record, index, proof, note: published.note };
    let text = file.encode();
    // A proof that does not hold would be worse than none.
    let origin = read_tree_head(&file.note).map_err(|e| Failure::plain(e.to_string()))?.origin;
    verify::check_proof(&file, &origin, &place.log_key()?.tree_verifier_key())?;
    print!("{text}");
    Ok(Exit::Clean)
}
