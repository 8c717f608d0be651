//! `seawall log verify`: a published log, or the proof of one record, checked from outside.

use super::source::Source;
use crate::cli::{Failure, failed, print_json};
use crate::exit::Exit;
use crate::local::progress;
use audit::tree::{
    Cosignature, ProofFile, ProofFileError, TreeBroken, TreeCheckpoint, TreeHead, TreeVerifier,
    WitnessKey, cosigned, published_tiles, published_tiles_count, read_tree_head, verify_tree_head,
};
use audit::{Origin, Record};
use clap::Args;
use ed25519_dalek::VerifyingKey;
use futures_util::StreamExt;
use futures_util::stream::iter;
use serde_json::json;
use std::path::{Path, PathBuf};

mod bag;

/// Files that are fetched at once.
const AT_ONCE: usize = 16;

#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// A folder of published files, the address that they are served under, such as
    /// `https://seawall.example.org/v1/log`, a file with the proof of one record, or the folder of
    /// an export of evidence, whose every record is proven.
    #[arg(value_name = "FOLDER|URL|PROOF|BAG")]
    place: String,
    /// The verifier key of the log, `name+hash+key`, which `log export` prints; get it by a way
    /// that you trust.
    #[arg(long, value_name = "KEY")]
    key: String,
    /// The verifier key of a witness; as many times as wanted.
    #[arg(long = "witness", value_name = "KEY")]
    witnesses: Vec<String>,
    /// So many of the witnesses must have signed; all of them without it.
    #[arg(long, value_name = "NUMBER", requires = "witnesses")]
    quorum: Option<usize>,
    /// An older checkpoint, which the log must continue.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// An API key with the scope report, for a log that is not public.
    #[arg(long, value_name = "KEY", env = "SEAWALL_KEY", hide_env_values = true)]
    api_key: Option<String>,
}

/// What is trusted beforehand.
struct Trust {
    origin: Origin,
    key: VerifyingKey,
    witnesses: Vec<WitnessKey>,
    quorum: usize,
    earlier: Option<TreeHead>,
}

/// Why something does not hold, or cannot be looked at.
enum Trouble {
    /// It does not hold.
    Broken(String),
    /// It could not be read.
    Failed(Failure),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<TreeBroken> for Trouble {
    fn from(broken: TreeBroken) -> Self {
        Self::Broken(broken.to_string())
    }
}

/// Verifies.
///
/// # Errors
/// What cannot be read. What does not hold is told, and is the exit status 1.
pub async fn run(arguments: &VerifyArguments) -> Result<Exit, Failure> {
    let trust = trust(arguments)?;
    let verified = match proof_file(&arguments.place)? {
        Some(text) => verify_proof(&text, &trust),
        None if Path::new(&arguments.place).join("bagit.txt").is_file() => {
            bag::verify(Path::new(&arguments.place), &trust)
        }
        None => {
            let source = Source::parse(&arguments.place, arguments.api_key.clone())?;
            verify_log(&source, &trust).await
        }
    };
    match verified {
        Ok(()) => Ok(Exit::Clean),
        Err(Trouble::Broken(words)) => {
            eprintln!("seawall: {}: {words}", arguments.place);
            Ok(Exit::Found)
        }
        Err(Trouble::Failed(failure)) => Err(failure),
    }
}

fn trust(arguments: &VerifyArguments) -> Result<Trust, Failure> {
    let told =
        |name: &str, error: &dyn std::fmt::Display| Failure::plain(format!("{name}: {error}"));
    let (origin, key) =
        audit::read_verifier_key(&arguments.key).map_err(|error| told("--key", &error))?;
    let mut witnesses: Vec<WitnessKey> = Vec::new();
    for text in &arguments.witnesses {
        let witness = WitnessKey::parse(text).map_err(|error| told("--witness", &error))?;
        // A witness named twice is still one.
        if !witnesses.contains(&witness) {
            witnesses.push(witness);
        }
    }
    let quorum = arguments.quorum.unwrap_or(witnesses.len());
    if quorum > witnesses.len() {
        let words = format!("there are {} witnesses", witnesses.len());
        return Err(told("--quorum", &words));
    }
    let mut trust = Trust { origin, key, witnesses, quorum, earlier: None };
    if let Some(path) = &arguments.against {
        let note = std::fs::read_to_string(path).map_err(|error| failed(path, error))?;
        let checkpoint = read_checkpoint(&note, &trust).map_err(|words| failed(path, words))?;
        trust.earlier = Some(checkpoint.head);
    }
    Ok(trust)
}

/// The text of a file that is the proof of one record; `None` for a folder or an address.
fn proof_file(place: &str) -> Result<Option<String>, Failure> {
    let path = Path::new(place);
    if !path.is_file() {
        return Ok(None);
    }
    let text = std::fs::read(path).map_err(|error| failed(path, error))?;
    let text = String::from_utf8(text).ok().filter(|text| ProofFile::is_one(text));
    let told = "it is neither a folder of a published log nor the proof of a record";
    text.ok_or_else(|| failed(path, told)).map(Some)
}

/// Verifies a checkpoint by the trusted key, in words where it does not hold.
fn read_checkpoint(note: &str, trust: &Trust) -> Result<TreeCheckpoint, String> {
    let told = |error| format!("the checkpoint does not hold: {error}");
    let read = read_tree_head(note).map_err(told)?;
    if read.origin != trust.origin {
        let (found, wanted) = (&read.origin, &trust.origin);
        return Err(format!("it is a checkpoint of `{found}`, and the key is that of `{wanted}`"));
    }
    verify_tree_head(note, &trust.origin, &trust.key).map_err(told)
}

/// The witnesses that signed, which must be as many as are asked for.
fn witnessed(note: &str, trust: &Trust) -> Result<Vec<Cosignature>, Trouble> {
    let found = cosigned(note, &trust.witnesses);
    let found = found.map_err(|error| Trouble::Broken(error.to_string()))?;
    if found.len() >= trust.quorum {
        return Ok(found);
    }
    let (signed, wanted) = (found.len(), trust.quorum);
    Err(Trouble::Broken(format!("{signed} witnesses signed the checkpoint, and {wanted} must")))
}

async fn verify_log(source: &Source, trust: &Trust) -> Result<(), Trouble> {
    let note = source.read("checkpoint").await?;
    let note = note.ok_or_else(|| Failure::plain("there is no published log: no checkpoint"))?;
    let note = String::from_utf8(note)
        .map_err(|_| Trouble::Broken("the checkpoint does not hold: it is not text".to_owned()))?;
    let head = read_checkpoint(&note, trust).map_err(Trouble::Broken)?.head;
    let witnesses = witnessed(&note, trust)?;
    let mut verifier = TreeVerifier::new(head).following_chain();
    if let Some(earlier) = trust.earlier {
        verifier = verifier.containing(earlier)?;
    }
    let bar = progress(Some(published_tiles_count(head.size)), "tiles verified");
    let tiles =
        published_tiles(head.size).map(async |tile| (tile, source.read(&tile.path()).await));
    let mut tiles = std::pin::pin!(iter(tiles).buffered(AT_ONCE));
    while let Some((tile, bytes)) = tiles.next().await {
        let bytes = bytes?.ok_or(TreeBroken::Missing { tile })?;
        verifier.take(tile, &bytes)?;
        bar.inc(1);
    }
    let chain = verifier.finish()?;
    bar.finish_and_clear();
    eprintln!("{} records hold, {} witnesses signed", head.size, witnesses.len());
    print_json(&json!({
        "records": head.size, "root": hex::encode(head.root),
        "hash": chain.map(|chain| hex::encode(chain.hash)), "witnesses": told(&witnesses),
    }))?;
    Ok(())
}

fn told(witnesses: &[Cosignature]) -> serde_json::Value {
    let one = |found: &Cosignature| json!({ "name": found.witness.as_str(), "at": found.at });
    witnesses.iter().map(one).collect()
}

fn verify_proof(text: &str, trust: &Trust) -> Result<(), Trouble> {
    let broken = |error: ProofFileError| Trouble::Broken(error.to_string());
    let file = ProofFile::parse(text).map_err(broken)?;
    let checkpoint = read_checkpoint(&file.note, trust).map_err(Trouble::Broken)?;
    let (_, record) = file.verify(&trust.origin, &trust.key).map_err(broken)?;
    let witnesses = witnessed(&file.note, trust)?;
    if let Some(earlier) = trust.earlier.filter(|earlier| earlier.size > checkpoint.head.size) {
        let size = checkpoint.head.size;
        return Err(TreeBroken::Cut { size, earlier: earlier.size }.into());
    }
    tell_record(&file, &checkpoint, &record, &witnesses)?;
    Ok(())
}

fn tell_record(
    file: &ProofFile,
    checkpoint: &TreeCheckpoint,
    record: &Record,
    witnesses: &[Cosignature],
) -> Result<(), Failure> {
    let size = checkpoint.head.size;
    eprintln!("record {} is in the log of {size} records", file.index);
    print_json(&json!({
        "record": audit::to_json(record), "records": size, "witnesses": told(witnesses),
    }))
}

/// Verifies a proof that was just made, before it is handed out.
///
/// # Errors
/// Where it does not hold.
pub fn check_proof(file: &ProofFile, origin: &Origin, key: &str) -> Result<(), Failure> {
    let plain = |error: &dyn std::fmt::Display| Failure::plain(error.to_string());
    let (_, key) = audit::read_verifier_key(key).map_err(|error| plain(&error))?;
    file.verify(origin, &key).map_err(|error| plain(&error))?;
    Ok(())
}
