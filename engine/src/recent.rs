//! The texts of the last day at hand, to tell how often nearly the same came before.
//!
//! They are kept in memory alone, and only while a rule asks for them; the first item after that
//! reads those that the store has.

use crate::banks::beside;
use crate::{Engine, Result};
use model::{Item, NearItems, Timestamp, limits};
use signals::near;
use std::collections::{HashSet, VecDeque};

/// Where an item is: its service, account and id.
type Place = (String, String, String);

/// Texts by nearness, with whose they are.
pub(crate) struct RecentTexts {
    index: near::Index,
    /// Of each text of the index, oldest first.
    places: VecDeque<Place>,
    /// Services and ids of those items.
    known: HashSet<(String, String)>,
    /// The number of the oldest.
    first: u64,
}

impl RecentTexts {
    fn new() -> Self {
        let index = near::Index::window(limits::RECENT_TEXTS);
        Self { index, places: VecDeque::new(), known: HashSet::new(), first: 0 }
    }

    fn forget_before(&mut self, at: Timestamp) {
        self.index.forget_before(at.micros());
        self.drop_places();
    }

    fn drop_places(&mut self) {
        while self.places.len() > self.index.len() {
            if let Some((service, _, id)) = self.places.pop_front() {
                self.known.remove(&(service, id));
            }
            self.first += 1;
        }
    }

    /// Adds an item's text, unless the item is here already.
    fn insert(&mut self, item: &Item, at: Timestamp) {
        let key = (item.service.to_string(), item.id.to_string());
        if !self.known.insert(key.clone()) {
            return;
        }
        self.index.insert(&item.text, at.micros());
        self.places.push_back((key.0, item.author.id.to_string(), key.1));
        self.drop_places();
    }

    /// Other items of the service with nearly the text of this one.
    fn count(&self, item: &Item) -> NearItems {
        let (service, account) = (item.service.as_str(), item.author.id.as_str());
        let found = self.index.search(&item.text).near.into_iter();
        let places = found.filter_map(|near| self.places.get((near.entry - self.first) as usize));
        let others = places.filter(|(of, _, id)| of == service && *id != *item.id.as_str());
        let mut near = NearItems::default();
        let mut accounts: HashSet<&str> = HashSet::new();
        for (_, of, _) in others {
            near.items += 1;
            if of != account {
                accounts.insert(of);
            }
        }
        near.other_accounts = accounts.len() as u64;
        near
    }
}

/// Whether an item that is counted joins those that later ones are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    Yes,
    No,
}

impl Engine {
    /// Counts the items of the day before with nearly the text of one.
    pub(crate) async fn near_items(
        &self,
        item: &Item,
        keep: Keep,
        now: Timestamp,
    ) -> Result<NearItems> {
        let from = now.plus_seconds(-limits::RECENT_TEXTS_SECONDS);
        let mut recent = self.inner.recent.lock().await;
        if recent.is_none() {
            let items = self.inner.store.recent_items(from, limits::RECENT_TEXTS).await?;
            let fill = move || {
                let mut texts = RecentTexts::new();
                items.iter().for_each(|(item, at)| texts.insert(item, *at));
                texts
            };
            *recent = Some(beside(fill).await?);
        }
        let texts = recent.get_or_insert_with(RecentTexts::new);
        texts.forget_before(from);
        let near = texts.count(item);
        if keep == Keep::Yes {
            texts.insert(item, now);
        }
        Ok(near)
    }

    /// Gives the memory back where no rule asks any more.
    pub(crate) async fn forget_recent(&self) {
        *self.inner.recent.lock().await = None;
    }
}
