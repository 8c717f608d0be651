//! Curation: banks, rules and policies, each change under a new version.

use crate::clock::fresh;
use crate::facts;
use crate::intake::to_json;
use crate::once::{Origin, repeated};
use crate::{Engine, Error, Result};
use audit::FactKind;
use model::{BankEntry, EntryId, EntryProblem, EntryStatus, Timestamp, limits};
use rules::{RuleFile, RuleSet};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{BankSummary, Change, PolicyRow, RuleSetRow};

/// Entries of one commit; a larger import takes several, so that nobody else waits long.
const IMPORT_GROUP: usize = 2_000;

/// Which commit of an import one is: the answer is remembered with the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// More follow.
    Earlier,
    /// None follows.
    Last,
}

/// What became of an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Imported {
    /// The bank.
    pub bank: String,
    /// Rows that were read as entries.
    pub entries: u64,
    /// The revision that holds them.
    pub revision: u64,
    /// Rows that are no entries.
    pub problems: Vec<EntryProblem>,
}

/// What a bank file would be, without importing it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BankDryRun {
    /// Rows that are entries.
    pub entries: u64,
    /// Rows that are not.
    pub problems: Vec<EntryProblem>,
}

impl Engine {
    /// Reads a bank file and says what it holds, without importing it.
    #[must_use]
    pub fn dry_run_bank(&self, file: &str, bank: &str, bytes: &[u8]) -> BankDryRun {
        let (entries, problems) = signals::banks::parse_bank(file, bank, bytes);
        BankDryRun { entries: entries.len() as u64, problems }
    }

    /// Adds the entries of a bank file; rows that are no entries are told and left out, and entries
    /// that are in force already stay as they are.
    ///
    /// # Errors
    /// Where the bank's name is unfit or the store fails. A large file is several commits; those
    /// that were made stay, and importing the file again adds the rest.
    pub async fn import_bank(
        &self,
        file: &str,
        bank: &str,
        bytes: &[u8],
        origin: &Origin,
    ) -> Result<Imported> {
        check_bank_name(bank)?;
        if let Some(earlier) = origin.earlier(&self.inner.store).await? {
            return Ok(earlier);
        }
        let (mut entries, problems) = signals::banks::parse_bank(file, bank, bytes);
        let now = self.now();
        for entry in &mut entries {
            entry.id = Some(EntryId::from_uuid(fresh(now)?));
        }
        let mut imported = Imported {
            bank: bank.to_owned(),
            entries: entries.len() as u64,
            revision: 0,
            problems,
        };
        if entries.is_empty() {
            imported.revision = self.inner.store.banks_revision().await?;
            return Ok(imported);
        }
        let groups = entries.len().div_ceil(IMPORT_GROUP);
        for (number, group) in entries.chunks(IMPORT_GROUP).enumerate() {
            let part = if number + 1 == groups { Part::Last } else { Part::Earlier };
            imported = self.add_entries(&imported, group, part, origin).await?;
        }
        self.refresh().await?;
        Ok(imported)
    }

    /// Adds a part of an import, and gives the import with the revision that holds it; or the first
    /// result, where the same request was carried out meanwhile.
    async fn add_entries(
        &self,
        imported: &Imported,
        entries: &[BankEntry],
        part: Part,
        origin: &Origin,
    ) -> Result<Imported> {
        let add = || async {
            let now = self.now();
            let revision = self.inner.store.banks_revision().await? + 1;
            let imported = Imported { revision, ..imported.clone() };
            let mut changes = vec![Change::EntriesAdded { entries: entries.to_vec(), revision }];
            match part {
                Part::Earlier => {}
                Part::Last => changes.extend(origin.remember(&imported, now)?),
            }
            let entry = bank_changed(&imported.bank, "added", entries.len(), revision, origin);
            self.inner.store.commit(changes, vec![entry], now).await?;
            Ok(imported)
        };
        origin.again(&self.inner.store, add).await
    }

    /// Adds one entry.
    ///
    /// # Errors
    /// Where the entry is unfit, naming the field, or the store fails.
    pub async fn add_entry(
        &self,
        bank: &str,
        row: &serde_json::Value,
        origin: &Origin,
    ) -> Result<Imported> {
        let line = to_json("bank entry", row)?;
        let dry = self.dry_run_bank("entry.jsonl", bank, line.as_bytes());
        if let Some(problem) = dry.problems.into_iter().next() {
            return Err(Error::invalid(problem.field, problem.problem));
        }
        self.import_bank("entry.jsonl", bank, line.as_bytes(), origin).await
    }

    /// Reads an entry, retired or not.
    ///
    /// # Errors
    /// Where there is no such entry, or the store fails.
    pub async fn entry(&self, id: &EntryId) -> Result<BankEntry> {
        let entry = self.inner.store.entry(id).await?;
        entry.ok_or_else(|| Error::NotFound { what: "entry", id: id.to_string() })
    }

    /// Retires an entry: it no longer matches, and stays in the history.
    ///
    /// # Errors
    /// Where there is no such entry in force, or the store fails.
    pub async fn retire_entry(&self, id: &EntryId, origin: &Origin) -> Result<u64> {
        repeated(|| async {
            let now = self.now();
            let known = self.entry(id).await?;
            match known.status {
                EntryStatus::Active | EntryStatus::Quarantined | EntryStatus::Disputed => {}
                EntryStatus::Retired => {
                    return Err(Error::invalid("entry", "it is retired already"));
                }
            }
            let revision = self.inner.store.banks_revision().await? + 1;
            let entry = bank_changed(&known.bank, "retired", 1, revision, origin);
            let changes = vec![Change::EntriesRetired { entries: vec![id.clone()], revision }];
            self.inner.store.commit(changes, vec![entry], now).await?;
            self.refresh().await?;
            Ok(revision)
        })
        .await
    }

    /// Counts the entries of every bank.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn bank_summaries(&self) -> Result<Vec<BankSummary>> {
        Ok(self.inner.store.bank_summaries().await?)
    }

    /// Reads a page of a bank's entries, retired ones too.
    ///
    /// # Errors
    /// Where the bank's name is unfit or the store fails.
    pub async fn entries(
        &self,
        bank: &str,
        after: Option<&EntryId>,
        rows: usize,
    ) -> Result<Vec<BankEntry>> {
        check_bank_name(bank)?;
        Ok(self.inner.store.entries_of_bank(bank, after, rows).await?)
    }

    /// Checks rule files and puts them into force, all at once.
    ///
    /// # Errors
    /// Where they do not compile, or the store fails.
    pub async fn promote_rules(&self, files: &[RuleFile], origin: &Origin) -> Result<String> {
        let rules = rules::compile(files, signals::SIGNALS)?;
        let step = || async {
            self.promote_once(&rules, files, origin).await?;
            self.refresh().await?;
            Ok(rules.version().to_owned())
        };
        origin.once(&self.inner.store, step).await
    }

    async fn promote_once(
        &self,
        rules: &RuleSet,
        files: &[RuleFile],
        origin: &Origin,
    ) -> Result<()> {
        let now = self.now();
        let pairs: Vec<(&str, &str)> =
            files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
        let version = rules.version().to_owned();
        let row = RuleSetRow {
            version: version.clone(),
            files: to_json("rule set", &pairs)?,
            author: origin.actor.name().to_owned(),
            at: now,
        };
        let mut changes = vec![Change::RulesPromoted(row)];
        changes.extend(origin.remember(&version, now)?);
        let event = json!({ "version": version, "rules": rules.rules().len() });
        let mut entry = facts::operation(FactKind::RulesChanged, "promoted", &origin.actor, event);
        entry.fact = entry.fact.text(audit::Field::RulesVersion, &version);
        self.inner.store.commit(changes, vec![entry], now).await?;
        Ok(())
    }

    /// Reads every rule set that was ever in force, the latest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn rule_sets(&self) -> Result<Vec<RuleSetRow>> {
        Ok(self.inner.store.rule_sets(limits::PAGE_ROWS).await?)
    }

    /// Reads the latest version of every policy.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn policies(&self) -> Result<Vec<PolicyRow>> {
        Ok(self.inner.store.policies().await?)
    }

    /// Writes a policy; a changed title or text is a new version.
    ///
    /// # Errors
    /// Where a text is too long or the store fails.
    pub async fn write_policy(
        &self,
        id: &str,
        title: &str,
        text: &str,
        origin: &Origin,
    ) -> Result<u32> {
        if id.is_empty() || id.len() > limits::ID_BYTES || text.len() > limits::REASON_BYTES {
            return Err(Error::invalid("policy", "its id is empty, or id or text is too long"));
        }
        repeated(|| async {
            let policies = self.inner.store.policies().await?;
            let known = policies.into_iter().find(|known| known.id == id);
            if let Some(known) = &known
                && known.title == title
                && known.text == text
            {
                return Ok(known.version);
            }
            let version = known.map_or(1, |known| known.version + 1);
            self.commit_policy(id, title, text, version, origin).await?;
            Ok(version)
        })
        .await
    }

    async fn commit_policy(
        &self,
        id: &str,
        title: &str,
        text: &str,
        version: u32,
        origin: &Origin,
    ) -> Result<()> {
        let now: Timestamp = self.now();
        let (title, text) = (title.to_owned(), text.to_owned());
        let row = PolicyRow { id: id.to_owned(), version, title, text };
        let event = json!({ "policy": id, "version": version });
        let mut entry = facts::operation(FactKind::SettingsChanged, "policy", &origin.actor, event);
        entry.fact =
            entry.fact.text(audit::Field::Policy, id).int(audit::Field::PolicyVersion, version);
        self.inner.store.commit(vec![Change::PolicyWritten(row)], vec![entry], now).await?;
        Ok(())
    }
}

pub(crate) fn bank_changed(
    bank: &str,
    what: &str,
    count: usize,
    revision: u64,
    origin: &Origin,
) -> store::Entry {
    let event = json!({ "bank": bank, "change": what, "count": count, "revision": revision });
    let mut entry = facts::operation(FactKind::BankChanged, what, &origin.actor, event);
    entry.fact = entry
        .fact
        .text(audit::Field::Bank, bank)
        .int(audit::Field::BanksRevision, revision)
        .int(audit::Field::Count, count as u64);
    entry
}

pub(crate) fn check_bank_name(bank: &str) -> Result<()> {
    let fits = !bank.is_empty()
        && bank.len() <= 64
        && bank.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if fits {
        return Ok(());
    }
    let problem = "a bank's name has 1 to 64 letters, digits, `-`, `_` or `.`";
    Err(Error::invalid("bank", problem))
}
