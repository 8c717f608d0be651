//! The Harbour Forum grown large: a seeded world of up to twenty million accounts with ground
//! truth, streamed.
//!
//! Accounts are pure functions of the seed and their number, so that nobody is kept in memory;
//! items come in the order of time; what is planned (campaigns, controls, suspensions, returns) is
//! known before the first item. The movement (the Ashen Front), its campaigns, and the innocent
//! crowds that look like campaigns are rows of `scripts.tsv`; sentences in thirteen languages are
//! those of `phrases.txt`. All of it is invented. The same parameters give the same bytes.
//!
//! ```
//! use simulate::world::{Parameters, World};
//!
//! let start = model::Timestamp::parse("2026-03-02T00:00:00Z").unwrap();
//! let world = World::new(Parameters::new(7, start, 1, 2_000)).unwrap();
//! let mut items = world.items();
//! let mut count = 0;
//! while let Some(item) = items.next() {
//!     count += usize::from(item.row().repost_of.is_some());
//! }
//! assert!(count > 100);
//! ```

mod compose;
mod dice;
mod faults;
mod follows;
mod item;
mod kin;
mod parameters;
mod people;
mod picture;
mod scripts;
mod stream;
mod text;
mod truth;
mod write;

#[cfg(test)]
mod tests;

pub use follows::{Follows, SimFollow};
pub use item::{ItemRow, ItemTruth, List, SimItem};
pub use kin::{Feature, Kin, Kinship};
pub use parameters::{Faults, ParameterError, Parameters};
pub use people::Group;
pub use picture::EMBLEM_PDQ;
pub use stream::Items;
pub use truth::{AccountTruth, CampaignTruth, ControlTruth, Truth};
pub use write::{write_item, write_item_truth};

use dice::Purpose;
use people::People;
use scripts::Script;

/// A world, from which its files are streamed.
#[derive(Debug, Clone)]
pub struct World {
    people: People,
    scripts: Vec<Script>,
}

/// An account with its profile, as the service would export it at the end of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimAccount {
    /// Its number in the world, from 0.
    pub number: u32,
    /// Its id.
    pub id: String,
    /// The name by which it is mentioned, without `@`.
    pub handle: String,
    /// The name that is shown.
    pub display_name: String,
    /// What it says of itself; may be empty.
    pub bio: String,
    /// Its language as a BCP 47 tag.
    pub language: &'static str,
    /// When it was made, in microseconds since 1970.
    pub created_at_us: i64,
    /// How many accounts follow it, as the service counts: about as many as follows are written.
    pub followers: u64,
    /// How many it follows, likewise.
    pub following: u64,
    /// The PDQ hash of its avatar, if it has one.
    pub avatar_pdq: Option<[u8; 32]>,
    /// When it was suspended, in microseconds since 1970, if it was and was not restored.
    pub suspended_at_us: Option<i64>,
    /// Why the operator sets it apart, such as `newsroom`; empty where it does not.
    pub set_apart: &'static str,
}

/// What was done to an account or item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SimActionKind {
    /// The account was suspended.
    Suspend,
    /// The account was given back.
    Restore,
    /// One of its items was removed.
    Remove,
}

impl SimActionKind {
    /// The word for it in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Restore => "restore",
            Self::Remove => "remove",
        }
    }
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SimAction {
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// To whom, by number.
    pub account: u32,
    /// What.
    pub kind: SimActionKind,
    /// The id of the item, where one was removed.
    pub item: Option<String>,
}

impl World {
    /// Plans a world; what it takes does not grow with its items or accounts.
    ///
    /// # Errors
    /// Where a parameter is outside its bounds.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        parameters.check()?;
        let people = People::new(parameters);
        let scripts = scripts::scripts(&people);
        Ok(Self { people, scripts })
    }

    /// What it was made from.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.people.parameters
    }

    /// Every account with a profile, by number.
    pub fn accounts(&self) -> impl Iterator<Item = SimAccount> + '_ {
        let without = self.people.parameters.faults.without_profile;
        (0..self.people.parameters.accounts)
            .filter(move |account| {
                let mut dice = self.people.dice(Purpose::Fault, u64::from(*account) | 1 << 32);
                !dice.permille(without)
            })
            .map(|account| self.account(account))
    }

    /// One account by its number.
    ///
    /// # Panics
    /// Where there are not so many accounts.
    #[must_use]
    pub fn account(&self, number: u32) -> SimAccount {
        assert!(number < self.people.parameters.accounts, "no account {number}");
        let people = &self.people;
        let mut account = SimAccount {
            number,
            id: String::new(),
            handle: String::new(),
            display_name: String::new(),
            bio: String::new(),
            language: people.pen(number).language.code,
            created_at_us: people.created_at(number),
            followers: people.followers(number),
            following: people.following(number),
            avatar_pdq: people.avatar(number),
            suspended_at_us: match people.suspension(number) {
                Some((at, None)) => Some(at),
                Some((_, Some(_))) | None => None,
            },
            set_apart: people.set_apart(number),
        };
        people.id(number, &mut account.id);
        people.handle(number, &mut account.handle);
        people.display_name(number, &mut account.display_name);
        people.bio(number, &mut account.bio);
        account
    }

    /// The id of an account by its number.
    #[must_use]
    pub fn account_id(&self, number: u32) -> String {
        let mut id = String::new();
        self.people.id(number, &mut id);
        id
    }

    /// Why an account is there.
    #[must_use]
    pub fn group(&self, number: u32) -> Group {
        self.people.group(number)
    }

    /// What links an account to an earlier one, if it is a return or looks like one.
    #[must_use]
    pub fn kinship(&self, number: u32) -> Option<Kinship> {
        self.people.kinship(number)
    }

    /// Who follows whom.
    #[must_use]
    pub fn follows(&self) -> Follows<'_> {
        Follows::new(&self.people)
    }

    /// The items from the beginning.
    #[must_use]
    pub fn items(&self) -> Items<'_> {
        Items::new(&self.people, &self.scripts)
    }

    /// What was done to accounts and items, in the order of time. Grows with the suspensions, of
    /// which there are some thousands in a million accounts.
    #[must_use]
    pub fn actions(&self) -> Vec<SimAction> {
        let end = self.people.parameters.end_us();
        let action = |at_us, account, kind| SimAction { at_us, account, kind, item: None };
        let mut actions = Vec::new();
        for account in 0..self.people.parameters.accounts {
            let Some((at, back)) = self.people.suspension(account) else { continue };
            actions.push(action(at, account, SimActionKind::Suspend));
            actions.extend(back.map(|back| action(back, account, SimActionKind::Restore)));
        }
        self.removals(&mut actions);
        actions.retain(|action| action.at_us < end);
        actions.sort_unstable();
        actions
    }

    /// Some posts of the movement that others passed on were removed hours later.
    fn removals(&self, actions: &mut Vec<SimAction>) {
        for script in &self.scripts {
            for object in 0..script.launches.len() as u32 {
                let mut dice = script.object(&self.people, object, Purpose::Removal);
                let author = script.author(&self.people, object);
                let Some(account) = author.filter(|author| self.people.group(*author).is_member())
                else {
                    continue;
                };
                if dice.permille(300) {
                    let wait = dice.between(3_600, 90_000) as i64 * 1_000_000;
                    let mut item = String::new();
                    let number = stream::reserved(script.number, object);
                    stream::item_id(self.people.parameters.seed, number, &mut item);
                    actions.push(SimAction {
                        at_us: script.launches[object as usize] + wait,
                        account,
                        kind: SimActionKind::Remove,
                        item: Some(item),
                    });
                }
            }
        }
    }

    /// The truth, which no study sees.
    #[must_use]
    pub fn truth(&self) -> Truth<'_> {
        Truth::new(&self.people, &self.scripts)
    }
}
