//! `seawall bank`: curate banks from the command line.

use super::{Failure, Place, print_json};
use crate::exit::Exit;
use crate::local;
use clap::Subcommand;
use engine::Origin;
use model::EntryId;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum BankCommand {
    /// Add the entries of bank files (CSV with a header, or JSON Lines) to a bank.
    ///
    /// Rows that are no entries are told with line and column, and left out; the exit status is
    /// then 2. Entries that are in force already stay as they are.
    Import {
        /// Bank files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The bank; without it the file's name.
        #[arg(long)]
        bank: Option<String>,
    },
    /// Read bank files and say what they hold and what is wrong with them, without importing.
    DryRun {
        /// Bank files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Write a bank's entries in force as CSV to standard output.
    Export {
        /// The bank.
        bank: String,
    },
    /// List the banks with their number of entries.
    List,
    /// Show a bank's entries, retired ones too, one JSON line each.
    Show {
        /// The bank.
        bank: String,
    },
    /// Add one entry.
    Add {
        /// The bank.
        bank: String,
        /// Kind: term, url, domain, account, sha256, md5 or pdq.
        kind: String,
        /// Value.
        value: String,
        /// Policy that a match stands for.
        #[arg(long)]
        policy: Option<String>,
        /// Where it comes from.
        #[arg(long)]
        source: Option<String>,
        /// Note.
        #[arg(long)]
        note: Option<String>,
    },
    /// Retire an entry: it no longer matches, and stays in the history.
    Retire {
        /// The entry's id, as `show` prints it.
        entry: String,
    },
}

/// Carries a command out.
///
/// # Errors
/// What went wrong.
pub async fn run(command: BankCommand, place: &Place) -> Result<Exit, Failure> {
    match command {
        BankCommand::Import { files, bank } => import(&files, bank, place).await,
        BankCommand::DryRun { files } => dry_run(&files),
        BankCommand::Export { bank } => export(&bank, place).await,
        BankCommand::List => {
            for bank in place.engine().await?.bank_summaries().await? {
                print_json(&bank)?;
            }
            Ok(Exit::Clean)
        }
        BankCommand::Show { bank } => {
            each_entry(&bank, place, print_json).await?;
            Ok(Exit::Clean)
        }
        BankCommand::Add { bank, kind, value, policy, source, note } => {
            let row = json!({
                "kind": kind, "value": value, "policy": policy, "source": source, "note": note,
            });
            let engine = place.engine().await?;
            print_json(&engine.add_entry(&bank, &row, &Origin::operator()).await?)?;
            Ok(Exit::Clean)
        }
        BankCommand::Retire { entry } => {
            let id = EntryId::new(entry).map_err(|error| Failure::plain(error.to_string()))?;
            let revision = place.engine().await?.retire_entry(&id, &Origin::operator()).await?;
            print_json(&json!({ "entry": id, "revision": revision }))?;
            Ok(Exit::Clean)
        }
    }
}

async fn import(files: &[PathBuf], bank: Option<String>, place: &Place) -> Result<Exit, Failure> {
    let engine = place.engine().await?;
    let mut exit = Exit::Clean;
    for path in files {
        let (name, bytes) = local::read_bank_file(path)?;
        let bank = bank.clone().unwrap_or_else(|| local::stem(path));
        let imported = engine.import_bank(&name, &bank, &bytes, &Origin::operator()).await?;
        for problem in &imported.problems {
            eprintln!("seawall: {problem}");
            exit = Exit::Error;
        }
        print_json(&imported)?;
    }
    Ok(exit)
}

fn dry_run(files: &[PathBuf]) -> Result<Exit, Failure> {
    let mut exit = Exit::Clean;
    for path in files {
        let (name, bytes) = local::read_bank_file(path)?;
        let (entries, problems) = signals::banks::parse_bank(&name, &local::stem(path), &bytes);
        for problem in &problems {
            eprintln!("seawall: {problem}");
            exit = Exit::Error;
        }
        let found = json!({
            "file": name, "entries": entries.len(), "problems": problems.len(),
        });
        print_json(&found)?;
    }
    Ok(exit)
}

async fn export(bank: &str, place: &Place) -> Result<Exit, Failure> {
    let mut entries = Vec::new();
    each_entry(bank, place, |entry| {
        if entry.status == model::EntryStatus::Active {
            entries.push(entry.clone());
        }
        Ok(())
    })
    .await?;
    print!("{}", signals::banks::write_csv(&entries));
    Ok(Exit::Clean)
}

async fn each_entry(
    bank: &str,
    place: &Place,
    mut told: impl FnMut(&model::BankEntry) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let engine = place.engine().await?;
    let mut after: Option<EntryId> = None;
    loop {
        let page = engine.entries(bank, after.as_ref(), model::limits::PAGE_ROWS).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.id.clone();
        for entry in &page {
            told(entry)?;
        }
    }
}
