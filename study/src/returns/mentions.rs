//! Posts that tie a new account to an old handle, as announcements of a return do.

use super::limits::{MENTIONED_CHARACTERS, MENTIONS, Reached, TEXT_CHARACTERS};
use super::population::Population;
use super::text::{self, Handle};
use super::{Limit, LinkedBy};
use crate::Dataset;
use crate::dataset::NONE;
use hashbrown::HashMap;

/// A post that ties a new account to an old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// The place of the new account.
    pub place: u32,
    /// Who posted.
    pub by: LinkedBy,
    /// The row of the post.
    pub row: u32,
}

/// Such posts for each old account, in the order of its place in the population.
#[derive(Debug, Clone, Default)]
pub struct Mentions {
    of: Vec<Vec<Mention>>,
}

/// Handles as posts name them, with the old accounts and new places that bear them.
struct Handles {
    old: HashMap<String, Vec<u32>>,
    new: HashMap<String, Vec<u32>>,
}

impl Mentions {
    /// Reads every post from the first suspension on, and those of suspended accounts.
    pub fn of(dataset: &Dataset, population: &Population, reached: &mut Reached) -> Self {
        let handles = Handles::of(dataset, population);
        let mut old_of: HashMap<u32, u32> = HashMap::new();
        (0..).zip(&population.old).for_each(|(number, old)| {
            old_of.insert(old.account, number);
        });
        let mut mentions = Self { of: vec![Vec::new(); population.old.len()] };
        for row in 0..dataset.posts.len() as u32 {
            let author = dataset.posts.account[row as usize];
            let own = population.place_of[author as usize];
            let text = dataset.posts.text_of(row as usize);
            // Of others only posts that name somebody can tie two accounts together.
            if own == NONE && !text.contains('@') {
                continue;
            }
            let long = text::cut(text).len() < text.len();
            let id = dataset.posts.ids.text(dataset.posts.id[row as usize]);
            reached.add(Limit::TextCharacters, TEXT_CHARACTERS, usize::from(long), id);
            let named = handles.named(text);
            if let Some(old) = old_of.get(&author) {
                mentions.add_by_old(population, *old, &named, row);
            }
            for old in &named.old {
                mentions.add(dataset, population, *old, own, &named, row);
            }
        }
        for (number, of) in mentions.of.iter_mut().enumerate() {
            of.sort_unstable();
            of.dedup_by_key(|mention| (mention.place, mention.by));
            let more = of.len().saturating_sub(MENTIONS);
            let first = dataset.accounts.text(population.old[number].account);
            reached.add(Limit::Mentions, MENTIONS, more, first);
            of.truncate(MENTIONS);
        }
        mentions
    }

    /// The posts of an old account, by its place in the population.
    pub fn all(&self, old: usize) -> &[Mention] {
        &self.of[old]
    }

    /// The old account itself named the new one, before it was suspended.
    fn add_by_old(&mut self, population: &Population, old: u32, named: &Named, row: u32) {
        let window = &population.old[old as usize].window;
        for place in named.new.iter().filter(|place| window.contains(place)) {
            let by = LinkedBy::OldAccount;
            self.of[old as usize].push(Mention { place: *place, by, row });
        }
    }

    /// Another account named the old handle after the suspension.
    fn add(
        &mut self,
        dataset: &Dataset,
        population: &Population,
        number: u32,
        own: u32,
        named: &Named,
        row: u32,
    ) {
        let old = &population.old[number as usize];
        let author = dataset.posts.account[row as usize];
        if author == old.account || dataset.posts.at_us[row as usize] < old.at_us {
            return;
        }
        let early = |place: u32| {
            dataset.posts.at_us[row as usize] <= population.new[place as usize].until_us
        };
        let of = &mut self.of[number as usize];
        if own != NONE && old.window.contains(&own) && early(own) {
            of.push(Mention { place: own, by: LinkedBy::NewAccount, row });
        }
        for place in named.new.iter().copied() {
            if place != own && old.window.contains(&place) && early(place) {
                of.push(Mention { place, by: LinkedBy::Another, row });
            }
        }
    }
}

/// The old accounts and new places that a text names.
#[derive(Default)]
struct Named {
    old: Vec<u32>,
    new: Vec<u32>,
}

impl Handles {
    fn of(dataset: &Dataset, population: &Population) -> Self {
        let mut handles = Self { old: HashMap::new(), new: HashMap::new() };
        let handle = |account: u32| {
            let handle = Handle::of(&dataset.profile(account)?.handle)?.plain;
            (handle.chars().count() >= MENTIONED_CHARACTERS).then_some(handle)
        };
        for (number, old) in (0..).zip(&population.old) {
            if let Some(handle) = handle(old.account) {
                handles.old.entry(handle).or_default().push(number);
            }
        }
        for (place, new) in (0..).zip(&population.new) {
            if let Some(handle) = handle(new.account) {
                handles.new.entry(handle).or_default().push(place);
            }
        }
        handles
    }

    /// Old handles with or without `@`, new ones with it.
    fn named(&self, text: &str) -> Named {
        let mut named = Named::default();
        for (at, name) in text::mentions(text) {
            if let Some(old) = self.old.get(&name) {
                named.old.extend(old);
            }
            if let Some(new) = self.new.get(&name).filter(|_| at) {
                named.new.extend(new);
            }
        }
        for list in [&mut named.old, &mut named.new] {
            list.sort_unstable();
            list.dedup();
        }
        named
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Builder, PostRow, Profile, ProfileRow};
    use crate::returns::{Coverage, Parameters};

    const DAY: i64 = 86_400_000_000;

    /// Who is tied to the account `old`, suspended on day 10, by posts of (author, day, text).
    fn tied(posts: &[(&str, i64, &str)]) -> Vec<(String, LinkedBy, String)> {
        let mut builder = Builder::new();
        for (id, handle, created, suspended) in [
            ("old", "Quay_Lamp", 1, Some(10)),
            ("x", "quaylamp2", 11, None),
            ("y", "otter", 12, None),
            ("z", "fox", 12, None),
            ("b", "reader", 1, None),
        ] {
            let profile = Profile {
                handle: handle.into(),
                created_at_us: Some(created * DAY),
                suspended_at_us: suspended.map(|day: i64| day * DAY),
                ..Profile::default()
            };
            builder.profile(ProfileRow { id, profile });
        }
        for (number, (account, day, text)) in posts.iter().enumerate() {
            let id = number.to_string();
            builder.post(&PostRow {
                id: &id,
                account,
                at_us: day * DAY,
                text,
                ..PostRow::default()
            });
        }
        let dataset = builder.build();
        let parameters = Parameters { days_before: 2.0, first_days: 9.0, ..Parameters::default() };
        let mut reached = Reached::default();
        let population =
            Population::of(&dataset, &parameters, &mut Coverage::default(), &mut reached);
        let mentions = Mentions::of(&dataset, &population, &mut reached);
        let mut tied: Vec<(String, LinkedBy, String)> = mentions
            .all(0)
            .iter()
            .map(|mention| {
                let new = population.new[mention.place as usize].account;
                let post = dataset.posts.id[mention.row as usize];
                let id = dataset.accounts.text(new).to_owned();
                (id, mention.by, dataset.posts.ids.text(post).to_owned())
            })
            .collect();
        tied.sort();
        tied
    }

    #[test]
    fn posts_tie_accounts() {
        let check = |post: (&str, i64, &str), wanted: &[(&str, LinkedBy)]| {
            let given = tied(&[post]);
            let given: Vec<(&str, LinkedBy)> =
                given.iter().map(|(new, by, _)| (new.as_str(), *by)).collect();
            assert_eq!(given, wanted, "{post:?}");
        };
        use LinkedBy::{Another, NewAccount, OldAccount};
        check(("x", 12, "i was @quay_lamp before"), &[("x", NewAccount)]);
        check(("x", 12, "i was QUAY_LAMP before."), &[("x", NewAccount)]);
        check(("x", 30, "i was @quay_lamp once, not in my first days"), &[]);
        check(("b", 12, "@quay_lamp is now @quaylamp2!"), &[("x", Another)]);
        check(("b", 12, "quay_lamp is now quaylamp2"), &[]);
        check(("b", 9, "before: @quay_lamp and @quaylamp2"), &[]);
        check(("old", 9, "if i am gone: @quaylamp2"), &[("x", OldAccount)]);
        check(("y", 13, "@quay_lamp and @quaylamp2"), &[("x", Another), ("y", NewAccount)]);
        check(("y", 13, "hello @fox"), &[]);
        check(
            ("x", 13, "the word fox is too short to be a handle: @fox @quay_lamp"),
            &[("x", NewAccount)],
        );
    }

    #[test]
    fn one_post_of_each_kind_is_kept() {
        let post = |day| ("x", day, "@quay_lamp again");
        let given = tied(&[post(12), post(13), ("b", 12, "@quay_lamp @quaylamp2")]);
        let wanted = [(LinkedBy::NewAccount, "0"), (LinkedBy::Another, "2")];
        assert_eq!(given, wanted.map(|(by, id)| ("x".to_owned(), by, id.to_owned())));
    }
}
