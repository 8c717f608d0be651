//! `seawall evidence archive`: captured pages out of a WARC file, and files into one.

use super::{Failure, failed, print_json};
use crate::exit::Exit;
use clap::{Args, Subcommand};
use evidence::Digests;
use evidence::archive::{
    ArchiveReader, ArchiveRecord, BlockDigest, RecordKind, http_answer, write_record,
};
use model::Timestamp;
use serde_json::json;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum ArchiveCommand {
    /// List the records of a WARC file, one JSON line each; with `--out` write what they captured.
    Import(ImportArguments),
    /// Write one captured file as a WARC file.
    Export(ExportArguments),
}

#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The WARC file, unpacked.
    file: PathBuf,
    /// A folder to write what was captured into, each file named by its SHA-256.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The captured bytes.
    file: PathBuf,
    /// The address that they were captured from.
    #[arg(long)]
    address: String,
    /// When, such as `2026-06-01T12:00:00Z`.
    #[arg(long)]
    at: String,
    /// Their media type.
    #[arg(long, default_value = "application/octet-stream")]
    media_type: String,
    /// The WARC file to write, which must not be there yet.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Carries a command out.
///
/// # Errors
/// What went wrong.
pub fn run(command: ArchiveCommand) -> Result<Exit, Failure> {
    match command {
        ArchiveCommand::Import(import) => self::import(&import),
        ArchiveCommand::Export(export) => self::export(&export),
    }
}

fn import(arguments: &ImportArguments) -> Result<Exit, Failure> {
    let path = &arguments.file;
    let file = File::open(path).map_err(|error| failed(path, error))?;
    let mut reader = ArchiveReader::new(BufReader::new(file));
    if let Some(out) = &arguments.out {
        std::fs::create_dir_all(out).map_err(|error| failed(out, error))?;
    }
    while let Some((record, digest)) = reader.next_record().map_err(|error| failed(path, error))? {
        let (body, media_type) = captured(&record);
        let sha256 = hex::encode(Digests::of(body).sha256);
        if let Some(out) = &arguments.out
            && !matches!(record.kind, RecordKind::Info | RecordKind::Request)
        {
            let file = out.join(&sha256);
            std::fs::write(&file, body).map_err(|error| failed(&file, error))?;
        }
        let digest = match digest {
            BlockDigest::Holds => "holds",
            BlockDigest::Unchecked => "unchecked",
        };
        print_json(&json!({
            "id": record.id, "kind": format!("{:?}", record.kind).to_lowercase(),
            "address": record.target, "at": record.at, "media_type": media_type,
            "sha256": sha256, "bytes": body.len(),
            "digest": digest,
        }))?;
    }
    Ok(Exit::Clean)
}

/// What a record captured: the body of an HTTP answer, or the whole block.
fn captured(record: &ArchiveRecord) -> (&[u8], Option<String>) {
    match http_answer(&record.block) {
        Some(answer) if record.kind == RecordKind::Response => (answer.body, answer.media_type),
        Some(_) | None => (&record.block, record.content_type.clone()),
    }
}

fn export(arguments: &ExportArguments) -> Result<Exit, Failure> {
    let (path, out) = (&arguments.file, &arguments.out);
    let block = std::fs::read(path).map_err(|error| failed(path, error))?;
    let at = Timestamp::parse(&arguments.at)
        .map_err(|error| Failure::plain(format!("--at: {error}")))?;
    let sha256 = Digests::of(&block).sha256;
    let record = ArchiveRecord {
        kind: RecordKind::Resource,
        // The same bytes from the same address at the same time are the same record.
        id: format!("urn:sha256:{}", hex::encode(sha256)),
        target: Some(arguments.address.clone()),
        at,
        content_type: Some(arguments.media_type.clone()),
        more: Vec::new(),
        block,
    };
    let bytes = written(&record, out)?;
    print_json(&json!({ "records": 1, "bytes": bytes }))?;
    Ok(Exit::Clean)
}

fn written(record: &ArchiveRecord, out: &Path) -> Result<u64, Failure> {
    let file = File::options().write(true).create_new(true).open(out);
    let mut file = BufWriter::new(file.map_err(|error| failed(out, error))?);
    write_record(record, &mut file).map_err(|error| failed(out, error))?;
    file.flush().map_err(|error| failed(out, error))?;
    let metadata = file.get_ref().metadata().map_err(|error| failed(out, error))?;
    Ok(metadata.len())
}
