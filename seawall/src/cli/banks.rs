//! `seawall bank`: curate banks from the command line.

use super::{Failure, Place, print_json};
use crate::exit::Exit;
use crate::local::{self, Tried};
use clap::Subcommand;
use engine::Origin;
use model::{BankSettings, EntryId, OpinionKind};
use serde_json::json;
use std::path::PathBuf;

/// How the trial of a bank is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TriedFormat {
    /// Entries that were found or that need thought, in words.
    Text,
    /// Every entry, one JSON line each, and the whole last.
    Json,
}

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
    ///
    /// With `--over`, also say what they would hit in ordinary text: for each entry in how many
    /// texts, by the folder that the texts lie in and their language, with examples, and warnings
    /// of entries that are too short or too common. Try a list so before it is used.
    DryRun {
        /// Bank files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Files of ordinary text, or folders of them: `LANGUAGE.name.txt` with one text a line, or
        /// items as `*.jsonl`.
        #[arg(long, num_args = 1.., value_name = "PATH")]
        over: Vec<PathBuf>,
        /// How what was hit is told.
        #[arg(long, value_enum, default_value_t = TriedFormat::Text)]
        format: TriedFormat,
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
        /// Kind: term, url, url_prefix, domain, handle, invite, account, sha256, md5 or pdq.
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
    /// Show an entry with what was said of it and how often it matched.
    Entry {
        /// The entry's id, as `show` prints it.
        entry: String,
    },
    /// List the entries in quarantine and the disputed ones, of all banks.
    InQuestion,
    /// Say that an entry belongs in its bank: it matches, and is out of quarantine.
    Confirm {
        /// The entry's id, as `show` prints it.
        entry: String,
        /// Why.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Say that an entry does not belong in its bank: it does not match until somebody confirms it.
    Dispute {
        /// The entry's id, as `show` prints it.
        entry: String,
        /// Why.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Show or write what holds for all entries of a bank that do not say otherwise themselves.
    ///
    /// Without an option, the settings in force are shown. With one, all are written anew: what is
    /// not given takes its default.
    Settings {
        /// The bank.
        bank: String,
        /// Largest distance of perceptual hashes, 0 to 63 bits of 256 [default: 31].
        #[arg(long, value_name = "BITS")]
        distance_bits: Option<u8>,
        /// Least quality of a picture that is compared, 0 to 100 [default: 50].
        #[arg(long)]
        quality: Option<u8>,
        /// Items in one hour from which on an entry may be taken for flooding, 0 for never
        /// [default: 200].
        #[arg(long, value_name = "ITEMS")]
        flood_items: Option<u32>,
        /// Take the defaults for all.
        #[arg(long, conflicts_with_all = ["distance_bits", "quality", "flood_items"])]
        defaults: bool,
    },
    /// Learn from the items of the last 30 days which words are ordinary here, so that typos of
    /// terms are not seen in them. Items of which something was found are left out.
    LearnWords,
}

/// Carries a command out.
///
/// # Errors
/// What went wrong.
pub async fn run(command: BankCommand, place: &Place) -> Result<Exit, Failure> {
    match command {
        BankCommand::Import { files, bank } => import(&files, bank, place).await,
        BankCommand::DryRun { files, over, format } => dry_run(&files, &over, format),
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
        BankCommand::Entry { entry } => {
            print_json(&place.engine().await?.entry_view(&entry_id(&entry)?).await?)?;
            Ok(Exit::Clean)
        }
        BankCommand::InQuestion => {
            for (entry, opinion) in place.engine().await?.entries_in_question().await? {
                print_json(&json!({ "entry": entry, "opinion": opinion }))?;
            }
            Ok(Exit::Clean)
        }
        BankCommand::Confirm { entry, note } => {
            speak(&entry, OpinionKind::Confirms, &note, place).await
        }
        BankCommand::Dispute { entry, note } => {
            speak(&entry, OpinionKind::Disputes, &note, place).await
        }
        BankCommand::Settings { bank, distance_bits, quality, flood_items, defaults } => {
            let given = BankSettings { distance_bits, quality, flood_items };
            let written = (defaults || given != BankSettings::default()).then_some(given);
            settings(&bank, written, place).await
        }
        BankCommand::LearnWords => {
            print_json(&place.engine().await?.learn_words(&Origin::operator()).await?)?;
            Ok(Exit::Clean)
        }
        BankCommand::Retire { entry } => {
            let id = entry_id(&entry)?;
            let revision = place.engine().await?.retire_entry(&id, &Origin::operator()).await?;
            print_json(&json!({ "entry": id, "revision": revision }))?;
            Ok(Exit::Clean)
        }
    }
}

fn entry_id(text: &str) -> Result<EntryId, Failure> {
    EntryId::new(text).map_err(|error| Failure::plain(error.to_string()))
}

async fn speak(entry: &str, kind: OpinionKind, note: &str, place: &Place) -> Result<Exit, Failure> {
    let (id, origin) = (entry_id(entry)?, Origin::operator());
    print_json(&place.engine().await?.give_opinion(&id, kind, note, &origin).await?)?;
    Ok(Exit::Clean)
}

async fn settings(
    bank: &str,
    written: Option<BankSettings>,
    place: &Place,
) -> Result<Exit, Failure> {
    let engine = place.engine().await?;
    if let Some(written) = written {
        engine.write_bank_settings(bank, written, &Origin::operator()).await?;
    }
    let banks = engine.banks();
    let (settings, revision) = (banks.settings(bank), banks.revision());
    print_json(&json!({ "bank": bank, "settings": settings, "revision": revision }))?;
    Ok(Exit::Clean)
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

fn dry_run(files: &[PathBuf], over: &[PathBuf], format: TriedFormat) -> Result<Exit, Failure> {
    let mut exit = Exit::Clean;
    let mut all = Vec::new();
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
        all.extend(entries);
    }
    if over.is_empty() {
        return Ok(exit);
    }
    let (tried, whole) = local::try_bank(all, over)?;
    match format {
        TriedFormat::Json => tried.iter().try_for_each(print_json)?,
        TriedFormat::Text => {
            let shown = |one: &&Tried| one.texts > 0 || !one.warnings.is_empty();
            tried.iter().filter(shown).for_each(tell);
        }
    }
    print_json(&whole)?;
    Ok(exit)
}

fn tell(one: &Tried) {
    println!(
        "{} {}: {} texts, {:.2} of 10,000",
        one.kind.as_str(),
        one.entry,
        one.texts,
        one.per_10_000
    );
    for share in &one.by {
        println!("    {} {}: {} of {}", share.genre, share.language, share.found, share.texts);
    }
    for example in &one.examples {
        println!("    > {example}");
    }
    for warning in &one.warnings {
        println!("    ! {warning}");
    }
}

async fn export(bank: &str, place: &Place) -> Result<Exit, Failure> {
    let mut entries = Vec::new();
    each_entry(bank, place, |entry| {
        if entry.status.matches() {
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
