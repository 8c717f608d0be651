//! The accounts of a stream, numbered for as long as anything is held about them.

use foldhash::quality::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher as _;

/// The number of an account that is free has this time.
const FREE: i64 = i64::MIN;

/// Accounts by their ids, each with a number that it keeps while it is in the window or in an edge.
///
/// For each account that is new, two others are looked at in turn, whether they can be dropped: so
/// no more are held than twice those in use, and there is never much to do at once.
#[derive(Debug)]
pub struct Accounts {
    rows: Vec<Account>,
    table: HashTable<u32>,
    keys: RandomState,
    free: Vec<u32>,
    /// The account that was looked at last.
    at: usize,
    /// How often edges were cleared.
    cleared: u32,
    /// Who posted nothing since then is in no window.
    window_us: i64,
}

#[derive(Debug)]
struct Account {
    id: Box<str>,
    hash: u64,
    /// When its latest post is dated.
    last_us: i64,
    /// How often edges had been cleared when it last came into one, plus one.
    edge: u32,
}

impl Accounts {
    pub(super) fn new() -> Self {
        Self {
            rows: Vec::new(),
            table: HashTable::new(),
            keys: RandomState::default(),
            free: Vec::new(),
            at: 0,
            cleared: 0,
            window_us: i64::MIN,
        }
    }

    /// The id of an account.
    ///
    /// # Panics
    /// Where no account has the number.
    #[must_use]
    pub fn text(&self, number: u32) -> &str {
        &self.rows[number as usize].id
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of an account with a post of that time, a new one where it has none; none where
    /// there are `most` already.
    pub(super) fn number(&mut self, id: &str, at_us: i64, most: usize) -> Option<u32> {
        let hash = self.keys.hash_one(id);
        let Self { rows, table, .. } = self;
        if let Some(number) = table.find(hash, |number| *rows[*number as usize].id == *id) {
            let account = &mut rows[*number as usize];
            account.last_us = account.last_us.max(at_us);
            return Some(*number);
        }
        (0..2).for_each(|_| self.look_at_next());
        if self.len() >= most.min(u32::MAX as usize) {
            return None;
        }
        // The earliest time there is says that a number is free.
        let last_us = at_us.max(FREE + 1);
        let account = Account { id: id.into(), hash, last_us, edge: 0 };
        let Self { rows, table, free, .. } = self;
        let number = free.pop().unwrap_or(rows.len() as u32);
        if number as usize == rows.len() {
            rows.push(account);
        } else {
            rows[number as usize] = account;
        }
        table.insert_unique(hash, number, |other| rows[*other as usize].hash);
        Some(number)
    }

    /// Notes that an account is in an edge.
    pub(super) fn is_in_edge(&mut self, number: u32) {
        self.rows[number as usize].edge = self.cleared + 1;
    }

    /// Notes that no edge is held any more.
    pub(super) fn edges_are_cleared(&mut self) {
        self.cleared += 1;
    }

    /// Notes that nothing is held any more that is dated before an instant.
    pub(super) fn forget_before(&mut self, at_us: i64) {
        self.window_us = at_us;
    }

    fn look_at_next(&mut self) {
        self.at = if self.at + 1 < self.rows.len() { self.at + 1 } else { 0 };
        let Some(account) = self.rows.get_mut(self.at) else { return };
        let is_used = account.last_us >= self.window_us || account.edge > self.cleared;
        if account.last_us == FREE || is_used {
            return;
        }
        account.last_us = FREE;
        account.id = Box::default();
        let (hash, number) = (account.hash, self.at as u32);
        let found = self.table.find_entry(hash, |other| *other == number);
        found.expect("an account is in the table").remove();
        self.free.push(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Accounts that post one after the other, a second apart.
    fn post(accounts: &mut Accounts, ids: std::ops::Range<i64>, most: usize) -> usize {
        let numbers = ids.map(|id| accounts.number(&id.to_string(), id, most));
        numbers.filter(Option::is_some).count()
    }

    #[test]
    fn numbers_are_kept_while_they_are_used_and_given_again_after() {
        let mut accounts = Accounts::new();
        assert!(accounts.is_empty());
        assert_eq!(post(&mut accounts, 0..4, 5), 4);
        accounts.is_in_edge(1);
        // Account 2 posts again.
        assert_eq!(accounts.number("2", 9, 5), Some(2));
        accounts.forget_before(4);
        assert_eq!(post(&mut accounts, 10..14, 5), 3);
        assert_eq!((accounts.text(1), accounts.text(2), accounts.len()), ("1", "2", 5));
        accounts.edges_are_cleared();
        accounts.forget_before(20);
        assert_eq!(post(&mut accounts, 20..24, 5), 4);
        assert_eq!((accounts.rows.len(), accounts.number("23", 23, 0).is_some()), (5, true));
    }

    #[test]
    fn ever_new_accounts_take_no_more_room() {
        let mut accounts = Accounts::new();
        for at_us in 0..100_000 {
            accounts.forget_before(at_us - 100);
            let id = at_us.to_string();
            let number = accounts.number(&id, at_us, usize::MAX).unwrap();
            assert_eq!(accounts.text(number), id);
        }
        assert!(accounts.rows.len() <= 203, "{}", accounts.rows.len());
    }
}
