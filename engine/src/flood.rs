//! Floods: an entry that suddenly matches much goes into quarantine, where it matches on and no
//! rule acts on it until a person has spoken.
//!
//! A flood is either an entry that should not be there, such as a common word or a picture of one
//! colour, or the very thing that it was banked for. Only people can tell which.

use crate::facts;
use crate::once::Actor;
use crate::{Engine, Result};
use audit::FactKind;
use model::{BankSettings, EntryId, Match, Opinion, OpinionKind, Timestamp, limits};
use signals::Banks;
use std::collections::{BTreeMap, BTreeSet};
use store::{Change, Entry};

/// What an entry matched before, and what was said of it.
struct Past {
    /// Items of the present hour.
    present: u64,
    /// The most items of one hour of the week before.
    busiest: u64,
    /// When a person last spoke of it.
    spoken_at: Option<Timestamp>,
}

/// The entries that one submission found, and those that flooded.
#[derive(Default)]
pub(crate) struct Watched {
    items: BTreeMap<EntryId, u64>,
    past: BTreeMap<EntryId, Past>,
    flooded: BTreeSet<EntryId>,
    opinions: Vec<Opinion>,
    records: Vec<(String, u64)>,
}

impl Engine {
    /// Counts the entries that an item matched, and tells those that flood.
    pub(crate) async fn watch(
        &self,
        matches: &[Match],
        banks: &Banks,
        watched: &mut Watched,
        now: Timestamp,
    ) -> Result<()> {
        let entries: BTreeSet<(&EntryId, &str, bool)> = matches
            .iter()
            .filter_map(|one| Some((one.entry_id.as_ref()?, one.bank.as_str(), one.is_quarantined)))
            .collect();
        for (entry, bank, is_quarantined) in entries {
            *watched.items.entry(entry.clone()).or_insert(0) += 1;
            let floor = flood_items(banks.settings(bank));
            if is_quarantined || watched.flooded.contains(entry) || floor == u64::MAX {
                continue;
            }
            if !watched.past.contains_key(entry) {
                watched.past.insert(entry.clone(), self.past(entry, now).await?);
            }
            let past = &watched.past[entry];
            let items = past.present + watched.items[entry];
            if floods(past, items, floor, now) {
                watched.flooded.insert(entry.clone());
                watched.opinions.push(flood_opinion(entry, past, items, now));
                watched.records.push((bank.to_owned(), items));
            }
        }
        Ok(())
    }

    async fn past(&self, entry: &EntryId, now: Timestamp) -> Result<Past> {
        let store = &self.inner.store;
        let hours = store.matches_by_hour(entry, now.plus_seconds(-7 * 86_400)).await?;
        let present = store::hour_of(now);
        let of = |hour: i64| hours.iter().find(|(known, _)| *known == hour).map_or(0, |one| one.1);
        let earlier = hours.iter().filter(|(hour, _)| *hour < present);
        let busiest = earlier.map(|(_, items)| *items).max().unwrap_or(0);
        // What was said matters only near a flood, which hardly any entry ever is.
        let is_near =
            of(present) + limits::SUBMISSION_ITEMS as u64 > limits::FLOOD_FACTOR * busiest;
        let opinions = if is_near { store.opinions(entry).await? } else { Vec::new() };
        let spoken = opinions.iter().find(|one| one.kind != OpinionKind::Quarantines);
        Ok(Past { present: of(present), busiest, spoken_at: spoken.map(|one| one.at) })
    }

    /// The changes and records of what one submission found.
    pub(crate) fn watched(
        watched: Watched,
        revision: u64,
        now: Timestamp,
    ) -> (Vec<Change>, Vec<Entry>) {
        let mut changes = Vec::new();
        if !watched.items.is_empty() {
            let entries = watched.items.into_iter().collect();
            changes.push(Change::EntriesMatched { hour: store::hour_of(now), entries });
        }
        if !watched.opinions.is_empty() {
            changes.push(Change::OpinionsGiven { opinions: watched.opinions, revision });
        }
        let record = |(bank, items): (String, u64)| {
            let event = serde_json::json!({
                "bank": bank, "change": "quarantined", "items": items, "revision": revision,
            });
            let kind = FactKind::BankChanged;
            let mut entry = facts::operation(kind, "quarantined", &Actor::Operator, event);
            if let Some(fields) = entry.event.as_object_mut() {
                fields.insert("by".to_owned(), SEAWALL.into());
            }
            entry.fact = entry
                .fact
                .text(audit::Field::Bank, &bank)
                .int(audit::Field::BanksRevision, revision)
                .int(audit::Field::Count, 1u64);
            entry
        };
        (changes, watched.records.into_iter().map(record).collect())
    }
}

impl Watched {
    /// Whether an entry goes into quarantine, for which the banks need a new revision.
    pub(crate) fn has_floods(&self) -> bool {
        !self.opinions.is_empty()
    }
}

/// Who speaks where no person does.
const SEAWALL: &str = "seawall";

/// Items in one hour from which on an entry of a bank may flood.
fn flood_items(settings: BankSettings) -> u64 {
    match settings.flood_items {
        None => u64::from(limits::FLOOD_ITEMS),
        Some(0) => u64::MAX,
        Some(items) => u64::from(items),
    }
}

/// Whether so many items in this hour are a flood: more than the floor and than many times the
/// busiest hour before, and no person has spoken of the entry lately.
fn floods(past: &Past, items: u64, floor: u64, now: Timestamp) -> bool {
    let rest = now.plus_seconds(-limits::FLOOD_REST_HOURS * 3_600);
    items >= floor.max(limits::FLOOD_FACTOR * past.busiest)
        && past.spoken_at.is_none_or(|spoken_at| spoken_at < rest)
}

fn flood_opinion(entry: &EntryId, past: &Past, items: u64, now: Timestamp) -> Opinion {
    let note = format!(
        "found in {items} items within this hour; in the busiest hour of the week before it was {}",
        past.busiest
    );
    let kind = OpinionKind::Quarantines;
    Opinion { entry: entry.clone(), kind, by: SEAWALL.to_owned(), note, at: now }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_much_more_than_ever_before() {
        let now = Timestamp::from_micros(10_000_000 * 3_600_000_000 / 1_000).expect("in range");
        let hours_ago = |hours: i64| Some(now.plus_seconds(-hours * 3_600));
        for (busiest, items, floor, spoken_at, expected) in [
            (0, 199, 200, None, false),
            (0, 200, 200, None, true),
            (19, 200, 200, None, true),
            (21, 200, 200, None, false),
            (21, 210, 200, None, true),
            (1_000, 9_999, 200, None, false),
            (0, 5, 5, None, true),
            (0, 1_000_000, u64::MAX, None, false),
            (0, 5_000, 200, hours_ago(23), false),
            (0, 5_000, 200, hours_ago(25), true),
        ] {
            let past = Past { present: 0, busiest, spoken_at };
            let told = format!("{busiest} {items} {floor} {spoken_at:?}");
            assert_eq!(floods(&past, items, floor, now), expected, "{told}");
        }
        let of = |items| flood_items(BankSettings { flood_items: items, ..Default::default() });
        assert_eq!((of(None), of(Some(0)), of(Some(7))), (200, u64::MAX, 7));
    }
}
