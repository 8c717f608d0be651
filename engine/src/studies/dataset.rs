//! The dataset of a study: a folder that the operator set aside, or what the installation took in,
//! written out into a folder that goes away with the study's run.
//!
//! Both are read by the same reader, with the same treatments of bad input, and both have a digest.

use super::work::Teller;
use crate::{Engine, Error, Result};
use model::{
    ActionKind, ActionTarget, Author, Follow, Item, ServiceId, Study, StudyId, StudySource,
    Timestamp,
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use study::Dataset;

/// Rows that are read from the store at once.
const PAGE: usize = 2_000;
/// Labels on an account that set it apart from findings begin with it; what follows is why.
const SET_APART: &str = "set-apart:";
/// Longest name of a dataset's folder, in bytes.
const NAME_BYTES: usize = 64;

/// A dataset with its digest.
pub(super) struct Loaded {
    pub(super) dataset: Dataset,
    pub(super) sha256: String,
}

/// An account as it is written out.
#[derive(Serialize)]
struct AccountLine<'a> {
    id: &'a str,
    handle: Option<&'a str>,
    display_name: Option<&'a str>,
    bio: Option<&'a str>,
    language: Option<&'a str>,
    created_at: Option<Timestamp>,
    followers: Option<u64>,
    following: Option<u64>,
    avatar_pdq: Option<&'a str>,
    suspended_at: Option<Timestamp>,
    set_apart: Option<&'a str>,
}

/// What is gathered of an account while its items are written.
#[derive(Default)]
struct Account {
    author: Option<Author>,
    suspended_at: Option<Timestamp>,
    set_apart: Option<String>,
}

/// A dataset's name is the name of a folder and nothing that leads out of it.
pub(super) fn check_name(name: &str) -> Result<()> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.is_empty()
        || name.len() > NAME_BYTES
        || name.starts_with('.')
        || !name.bytes().all(fits)
    {
        let problem = format!(
            "the name of a dataset has 1 to {NAME_BYTES} letters, digits, `-`, `_` and `.`, and \
             does not begin with a point"
        );
        return Err(Error::invalid("source", problem));
    }
    Ok(())
}

/// The names of the datasets in a folder.
pub(super) async fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut entries = match tokio::fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(names),
        Err(error) => return Err(file(folder, &error)),
    };
    while let Some(entry) = entries.next_entry().await.map_err(|error| file(folder, &error))? {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && check_name(&name).is_ok() {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Where a run writes out what was taken in: a name that no dataset can have.
fn scratch(datasets: &Path, study: &StudyId) -> PathBuf {
    datasets.join(format!(".{study}"))
}

/// Clears away what a run of a study wrote out, if it is still there.
pub(super) fn clear(datasets: &Path, study: &StudyId) -> Result<()> {
    let folder = scratch(datasets, study);
    match std::fs::remove_dir_all(&folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(file(&folder, &error)),
    }
}

/// Reads the dataset of a study. The teller hears how far it is, may stop it, and comes back.
pub(super) async fn load(
    engine: &Engine,
    study: &Study,
    mut teller: Teller,
) -> Result<(Loaded, Teller)> {
    match &study.source {
        StudySource::Folder { name } => {
            check_name(name)?;
            let folder = engine.inner.datasets.join(name);
            if !folder.is_dir() {
                return Err(Error::NotFound { what: "dataset", id: name.clone() });
            }
            read(folder, None, teller).await
        }
        StudySource::History { since, until } => {
            let datasets = &engine.inner.datasets;
            let folder = scratch(datasets, &study.id);
            // A run that was killed may have left some of it.
            clear(datasets, &study.id)?;
            let time = (*since, *until);
            let written = write_history(engine, &study.service, time, &folder, &mut teller);
            let loaded = match written.await {
                Ok(()) => read(folder, Some(until.micros()), teller).await,
                Err(error) => Err(error),
            };
            // What was written out for this run holds content: it goes, whatever came of it.
            clear(datasets, &study.id)?;
            loaded
        }
    }
}

async fn read(
    folder: PathBuf,
    end_us: Option<i64>,
    mut teller: Teller,
) -> Result<(Loaded, Teller)> {
    let work = tokio::task::spawn_blocking(move || {
        (history::read_dataset(&folder, end_us, &mut teller), teller)
    });
    let (loaded, teller) =
        work.await.map_err(|error| Error::Worker { detail: error.to_string() })?;
    let loaded = loaded.map_err(|error| match error {
        history::Error::Stopped(_) => stopped(),
        error => Error::Dataset { detail: error.to_string() },
    })?;
    Ok((Loaded { dataset: loaded.dataset, sha256: loaded.digest }, teller))
}

/// Somebody else changed the study while it ran, as by stopping it.
fn stopped() -> Error {
    Error::Store(store::Error::Conflict { what: "study" })
}

/// A file that is written line by line as JSON.
struct Lines {
    path: PathBuf,
    to: BufWriter<File>,
}

impl Lines {
    fn create(folder: &Path, name: &str) -> Result<Self> {
        let path = folder.join(name);
        let to = File::create(&path).map_err(|error| file(&path, &error))?;
        Ok(Self { path, to: BufWriter::new(to) })
    }

    fn push(&mut self, line: &impl Serialize) -> Result<()> {
        let text = crate::intake::to_json("line of a dataset", line)?;
        self.push_text(&text)
    }

    fn push_text(&mut self, line: &str) -> Result<()> {
        let written = self.to.write_all(line.as_bytes()).and_then(|()| self.to.write_all(b"\n"));
        written.map_err(|error| file(&self.path, &error))
    }

    fn finish(mut self) -> Result<()> {
        self.to.flush().map_err(|error| file(&self.path, &error))
    }
}

fn file(path: &Path, error: &std::io::Error) -> Error {
    Error::Dataset { detail: format!("{}: {error}", path.display()) }
}

/// Writes out what was taken in of a service within a time: items, accounts, follows, actions.
async fn write_history(
    engine: &Engine,
    service: &ServiceId,
    time: (Timestamp, Timestamp),
    folder: &Path,
    teller: &mut Teller,
) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| file(folder, &error))?;
    let mut accounts = BTreeMap::new();
    write_items(engine, service, time, folder, &mut accounts, teller).await?;
    write_actions(engine, service, folder, &mut accounts).await?;
    for (account, why) in engine.inner.store.account_labels_like(service, SET_APART).await? {
        accounts.entry(account).or_insert_with(Account::default).set_apart = Some(why);
    }
    write_accounts(folder, &accounts)?;
    write_follows(engine, service, folder).await
}

async fn write_items(
    engine: &Engine,
    service: &ServiceId,
    (since, until): (Timestamp, Timestamp),
    folder: &Path,
    accounts: &mut BTreeMap<String, Account>,
    teller: &mut Teller,
) -> Result<()> {
    let mut lines = Lines::create(folder, "items.ndjson")?;
    let (mut after, mut done) = (String::new(), 0);
    loop {
        let page = engine.inner.store.study_items(service, since, until, &after, PAGE).await?;
        let Some(last) = page.last() else { return lines.finish() };
        last.verdict.clone_into(&mut after);
        for row in &page {
            lines.push_text(&row.json)?;
            let item: Item = serde_json::from_str(&row.json)
                .map_err(|error| Error::Damaged { what: "item", detail: error.to_string() })?;
            let id = item.author.id.to_string();
            accounts.entry(id).or_default().author = Some(item.author);
        }
        done += page.len() as u64;
        if teller.tell("gathering", done, 0).await == study::Go::Stop {
            return Err(stopped());
        }
    }
}

/// The word of the dataset for what was done to an account or one of its items.
fn action_word(kind: ActionKind, target: &ActionTarget) -> Option<&'static str> {
    match (kind, target) {
        (ActionKind::Suspend, ActionTarget::Account(_)) => Some("suspend"),
        (ActionKind::Restore, ActionTarget::Account(_)) => Some("restore"),
        (ActionKind::Remove, ActionTarget::Item(_)) => Some("remove"),
        _ => None,
    }
}

async fn write_actions(
    engine: &Engine,
    service: &ServiceId,
    folder: &Path,
    accounts: &mut BTreeMap<String, Account>,
) -> Result<()> {
    let mut lines = Lines::create(folder, "actions.ndjson")?;
    let mut after = String::new();
    loop {
        let page = engine.inner.store.account_actions(service, &after, PAGE).await?;
        let Some((_, last)) = page.last() else { return lines.finish() };
        after = last.id.to_string();
        for (at, action) in &page {
            let Some(word) = action_word(action.kind, &action.target) else { continue };
            let (account, item) = match &action.target {
                ActionTarget::Account(account) => (account.to_string(), None),
                ActionTarget::Item(item) => match engine.inner.store.item(service, item).await? {
                    Some(row) => (row.account.to_string(), Some(item.to_string())),
                    None => continue,
                },
            };
            let line = serde_json::json!({
                "at": at, "account": account, "action": word, "item": item,
            });
            lines.push(&line)?;
            let known = accounts.entry(account).or_default();
            match word {
                "suspend" => known.suspended_at = Some(*at),
                "restore" => known.suspended_at = None,
                _ => {}
            }
        }
    }
}

fn write_accounts(folder: &Path, accounts: &BTreeMap<String, Account>) -> Result<()> {
    let mut lines = Lines::create(folder, "accounts.ndjson")?;
    for (id, account) in accounts {
        let author = account.author.as_ref();
        let extra = |name: &str| author.and_then(|author| author.extra.get(name));
        lines.push(&AccountLine {
            id,
            handle: author.and_then(|author| author.handle.as_deref()),
            display_name: author.and_then(|author| author.display_name.as_deref()),
            bio: author.and_then(|author| author.bio.as_deref()),
            language: extra("language").and_then(Value::as_str),
            created_at: author.and_then(|author| author.created_at),
            followers: author.and_then(|author| author.followers),
            following: extra("following").and_then(Value::as_u64),
            avatar_pdq: extra("avatar_pdq").and_then(Value::as_str),
            suspended_at: account.suspended_at,
            set_apart: account.set_apart.as_deref(),
        })?;
    }
    lines.finish()
}

async fn write_follows(engine: &Engine, service: &ServiceId, folder: &Path) -> Result<()> {
    let mut lines = Lines::create(folder, "follows.ndjson")?;
    let mut after: Option<Follow> = None;
    loop {
        let page = engine.inner.store.follows(service, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { return lines.finish() };
        after = Some(last.clone());
        for follow in &page {
            lines.push(follow)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leads_out_of_its_folder() {
        for (name, fits) in [
            ("harbour-2026_11.v2", true),
            ("", false),
            (".", false),
            ("..", false),
            (".study_1", false),
            ("a/b", false),
            ("a\\b", false),
            ("a\0", false),
            ("ü", false),
        ] {
            assert_eq!(check_name(name).is_ok(), fits, "{name}");
        }
        assert!(check_name(&"x".repeat(NAME_BYTES + 1)).is_err());
    }
}
