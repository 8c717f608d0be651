//! Changes of banks and of what was learned, and how each is written.

use super::{Write, int, json, text};
use crate::rows::LearnedRow;
use crate::{Error, Result};
use model::{BankEntry, BankSettings, EntryId, Opinion};
use sha2::{Digest, Sha256};

pub(super) fn added(entries: &[BankEntry], revision: u64) -> Result<Vec<Write>> {
    entries.iter().map(|entry| entry_added(entry, revision)).collect()
}

pub(super) fn retired(entries: &[EntryId], revision: u64) -> Result<Vec<Write>> {
    Ok(entries.iter().map(|entry| entry_retired(entry, revision)).collect())
}

pub(super) fn given(opinions: &[Opinion], revision: u64) -> Result<Vec<Write>> {
    Ok(opinions.iter().map(|opinion| opinion_given(opinion, revision)).collect())
}

pub(super) fn matched(entries: &[(EntryId, u64)], hour: i64) -> Result<Vec<Write>> {
    Ok(entries.iter().map(|(entry, items)| entry_matched(entry, hour, *items)).collect())
}

fn entry_added(entry: &BankEntry, revision: u64) -> Result<Write> {
    let id = entry
        .id
        .as_ref()
        .ok_or(Error::Damaged { what: "bank entry", detail: "it has no id".to_owned() })?;
    Ok(Write::new(
        "adding an entry",
        "INSERT INTO entries (id, bank, kind, value, value_digest, added_revision, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        vec![
            text(id),
            text(&entry.bank),
            text(entry.kind.as_str()),
            text(&entry.value),
            hex::encode(Sha256::digest(entry.value.as_bytes())).into(),
            int(revision),
            json(entry)?,
        ],
    ))
}

fn entry_retired(entry: &EntryId, revision: u64) -> Write {
    Write::new(
        "retiring an entry",
        "UPDATE entries SET retired_revision = $2 WHERE id = $1 AND retired_revision IS NULL",
        vec![text(entry), int(revision)],
    )
    .or_conflict("entry")
}

fn opinion_given(opinion: &Opinion, revision: u64) -> Write {
    Write::new(
        "keeping an opinion",
        "INSERT INTO entry_opinions (entry, revision, kind, speaker, note, at_us) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        vec![
            text(&opinion.entry),
            int(revision),
            text(opinion.kind.as_str()),
            text(&opinion.by),
            text(&opinion.note),
            opinion.at.micros().into(),
        ],
    )
}

pub(super) fn settings_written(
    bank: &str,
    settings: &BankSettings,
    revision: u64,
) -> Result<Write> {
    Ok(Write::new(
        "keeping what a bank says of its entries",
        "INSERT INTO bank_settings (bank, revision, body) VALUES ($1, $2, $3)",
        vec![text(bank), int(revision), json(settings)?],
    ))
}

pub(super) fn known_words(words: &[u8], revision: u64) -> Write {
    Write::new(
        "keeping known words",
        "INSERT INTO known_words (revision, body) VALUES ($1, $2)",
        vec![int(revision), words.to_vec().into()],
    )
}

fn entry_matched(entry: &EntryId, hour: i64, items: u64) -> Write {
    Write::new(
        "counting matches of an entry",
        "INSERT INTO entry_matches (entry, hour, items) VALUES ($1, $2, $3) \
         ON CONFLICT (entry, hour) DO UPDATE SET items = entry_matches.items + excluded.items",
        vec![text(entry), hour.into(), int(items)],
    )
}

pub(super) fn model_learned(row: &LearnedRow) -> [Write; 2] {
    let doing = "keeping a learned model";
    let next = "UPDATE counters SET value = value + 1 WHERE name = 'learned'";
    let insert = "INSERT INTO learned_models (id, at_us, model, report) \
         VALUES ((SELECT value FROM counters WHERE name = 'learned'), $1, $2, $3)";
    let values = vec![row.at.micros().into(), row.model.clone().into(), text(&row.report)];
    [Write::new(doing, next, vec![]), Write::new(doing, insert, values)]
}
