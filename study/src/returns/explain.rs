//! The facts behind the measures of a pair, for those who are to judge it.

use super::audience::within_a_day;
use super::avatars::{NEAR_BITS, distance_bits};
use super::card::{NewCard, OldCard, TextCard};
use super::compare::{Against, alike_handles, alike_hours, alike_styles, rarest};
use super::limits::FACTS;
use super::material::{Material, Users};
use super::population::DAY_US;
use super::terms::Terms;
use super::text;
use super::usual::Usual;
use super::writing::{Hours, Uses, each_run, run_number};
use super::{Fact, Group, SharedFollower, SharedTerm};
use hashbrown::{HashMap, HashSet};
use rapidfuzz::distance::jaro_winkler;

impl Against<'_> {
    /// The facts of a group of a pair that could be compared in it.
    pub fn facts(&self, group: Group, old: &OldCard, new: &NewCard) -> Vec<Fact> {
        let Material { names, bios, links, clients, languages, .. } = self.material;
        let (a, b) = (&old.card, &new.card);
        let profile = self.material.dataset.profile(old.old.account);
        match group {
            Group::Handle => self.handle_facts(old, new),
            Group::DisplayName => {
                let shown = profile.map_or("", |profile| &profile.display_name);
                text_facts(names, &a.name, &b.name, shown)
            }
            Group::Bio => {
                text_facts(bios, &a.bio, &b.bio, profile.map_or("", |profile| &profile.bio))
            }
            Group::Avatar => self.avatar_facts(old, new),
            Group::EarlyFollowers => self.follower_facts(old, new),
            Group::PostingHours => {
                let usual = self.usual.hours.as_ref();
                hour_facts(usual, a.writing.hours.as_ref(), b.writing.hours.as_ref())
            }
            Group::Client => self.use_facts(clients, &a.writing.clients, &b.writing.clients),
            Group::Language => {
                self.use_facts(languages, &a.writing.languages, &b.writing.languages)
            }
            Group::Style => self.style_facts(old, new),
            Group::Links => {
                shared_terms(links, &rarest(links, &a.links, &b.links), &HashMap::new())
            }
            Group::Timing => self.timing_facts(old, new),
            Group::Announcement => self.announcement_facts(old, new),
        }
    }

    fn handle_facts(&self, old: &OldCard, new: &NewCard) -> Vec<Fact> {
        let (Some(a), Some(b)) = (&old.card.handle, &new.card.handle) else { return Vec::new() };
        let (parts, stems) = (&self.material.parts, &self.material.stems);
        let mut facts = Vec::new();
        if a.stem == b.stem {
            let (stem, accounts) = (a.handle.letters.clone(), stems.accounts(a.stem));
            facts.push(Fact::SharedStem { stem, accounts });
            if a.handle.letters != b.handle.letters {
                facts.push(Fact::LookAlike { skeleton: a.handle.stem.clone() });
            }
        } else {
            let shared = |part: &&u32| b.parts.binary_search(part).is_ok();
            let mut shared: Vec<u32> = a.parts.iter().filter(shared).copied().collect();
            shared.sort_by_key(|part| (parts.accounts(*part), *part));
            let shared =
                shared.iter().take(FACTS).map(|part| term(parts, *part, parts.text(*part)));
            let alike = alike_handles(parts, a, b);
            let (old, new) = (a.handle.letters.chars(), b.handle.letters.chars());
            facts.push(Fact::AlikeHandles {
                parts: shared.collect(),
                similarity: jaro_winkler::similarity(old, new),
                one_in: one_in(self.usual.handles.as_ref(), alike),
            });
        }
        if a.handle.counter != b.handle.counter {
            let (old, new) = (a.handle.counter.clone(), b.handle.counter.clone());
            facts.push(Fact::Counter { old, new });
        }
        facts
    }

    fn avatar_facts(&self, old: &OldCard, new: &NewCard) -> Vec<Fact> {
        let (Some(a), Some(b)) = (old.card.avatar, new.card.avatar) else { return Vec::new() };
        let distance_bits = distance_bits(&a, &b);
        let accounts = old.near_avatars;
        vec![if distance_bits <= NEAR_BITS {
            Fact::NearAvatar { distance_bits, accounts }
        } else {
            Fact::FarAvatar { distance_bits }
        }]
    }

    fn follower_facts(&self, old: &OldCard, new: &NewCard) -> Vec<Fact> {
        let audience = &self.material.audience;
        let mut shared = audience.shared(&old.followers, &new.early);
        let soon = shared.iter().filter(|one| within_a_day(one, new.new.created_us)).count();
        let count = shared.len() as u64;
        shared.sort_by_key(|one| (one.follows_new, one.account));
        let shown = shared.iter().take(FACTS).map(|one| SharedFollower {
            account: self.material.dataset.accounts.text(one.account).to_owned(),
            at_us: one.at_us,
            follows_new: u64::from(one.follows_new),
        });
        vec![Fact::SharedFollowers {
            shared: count,
            early: new.early.len() as u64,
            old: old.followers.len() as u64,
            expected: audience.expected(&old.followers, new.early.len()),
            within_a_day: soon as u64,
            accounts: shown.collect(),
        }]
    }

    fn use_facts(&self, users: &Users, a: &Uses, b: &Uses) -> Vec<Fact> {
        let mut shared: Vec<(u32, f32, f32)> = a
            .iter()
            .filter_map(|(what, old)| {
                Some((*what, *old, b.iter().find(|(other, _)| other == what)?.1))
            })
            .collect();
        shared.sort_by(|a, b| users.share(a.0).total_cmp(&users.share(b.0)).then(a.0.cmp(&b.0)));
        let objects = &self.material.dataset.posts.objects;
        let fact = |(what, old, new): &(u32, f32, f32)| Fact::SharedUse {
            what: objects.text(*what).to_owned(),
            old: f64::from(*old),
            new: f64::from(*new),
            accounts_share: users.share(*what),
        };
        shared.iter().take(FACTS).map(fact).collect()
    }

    fn style_facts(&self, old: &OldCard, new: &NewCard) -> Vec<Fact> {
        let (Some(a), Some(b)) = (&old.card.writing.style, &new.card.writing.style) else {
            return Vec::new();
        };
        let other: HashMap<u32, f32> = b.iter().copied().collect();
        let weight = |run: &u32, weight: f32| weight * other.get(run).copied().unwrap_or(0.0);
        let mut telling: Vec<(u32, f32)> =
            a.iter().map(|(run, w)| (*run, weight(run, *w))).filter(|run| run.1 > 0.0).collect();
        telling.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        telling.truncate(FACTS);
        let runs = self.spelled(old, &telling);
        vec![Fact::AlikeStyle {
            runs,
            one_in: one_in(self.usual.styles.as_ref(), alike_styles(a, b)),
        }]
    }

    /// The runs of characters of an old account that bear these numbers, in their order.
    fn spelled(&self, old: &OldCard, telling: &[(u32, f32)]) -> Vec<String> {
        let dataset = self.material.dataset;
        let (rows, _) = self.material.posts.last(dataset, old.old.account, old.old.at_us);
        let wanted: HashSet<u32> = telling.iter().map(|(run, _)| *run).collect();
        let mut spelled: HashMap<u32, String> = HashMap::new();
        each_run(dataset, rows, |run| {
            let number = run_number(run);
            if wanted.contains(&number) && !spelled.contains_key(&number) {
                spelled.insert(number, run.iter().collect());
            }
        });
        telling.iter().filter_map(|(run, _)| spelled.remove(run)).collect()
    }

    fn timing_facts(&self, old: &OldCard, new: &NewCard) -> Vec<Fact> {
        let days_after = (new.new.created_us - old.old.at_us) as f64 / DAY_US;
        vec![Fact::Made { days_after, accounts: self.made_nearer(old, new) }]
    }

    fn announcement_facts(&self, old: &OldCard, new: &NewCard) -> Vec<Fact> {
        let dataset = self.material.dataset;
        let fact = |(mention, accounts): (super::mentions::Mention, u64)| {
            let row = mention.row as usize;
            Fact::Announced {
                by: mention.by,
                post: dataset.posts.ids.text(dataset.posts.id[row]).to_owned(),
                author: dataset.accounts.text(dataset.posts.account[row]).to_owned(),
                accounts,
            }
        };
        self.tied(old, new).into_iter().take(FACTS).map(fact).collect()
    }
}

fn one_in(usual: Option<&Usual>, alike: f64) -> f64 {
    usual.map_or(1.0, |usual| usual.one_in(alike))
}

fn term(terms: &Terms, number: u32, shown: &str) -> SharedTerm {
    SharedTerm { term: shown.to_owned(), accounts: terms.accounts(number) }
}

/// Words as the old account wrote them, or that the whole text is the same.
fn text_facts(terms: &Terms, a: &TextCard, b: &TextCard, old_text: &str) -> Vec<Fact> {
    if let (Some(whole), true) = (a.whole, a.whole == b.whole) {
        return vec![Fact::SameText { accounts: terms.accounts(whole) }];
    }
    let words = text::words(old_text);
    let written = words.into_iter().map(|word| (word.looks, word.plain)).collect();
    shared_terms(terms, &rarest(terms, &a.words, &b.words), &written)
}

fn shared_terms(terms: &Terms, shared: &[u32], written: &HashMap<String, String>) -> Vec<Fact> {
    if shared.is_empty() {
        return Vec::new();
    }
    let shown = |number: &u32| {
        let looks = terms.text(*number);
        term(terms, *number, written.get(looks).map_or(looks, String::as_str))
    };
    vec![Fact::SharedTerms { terms: shared.iter().take(FACTS).map(shown).collect() }]
}

fn hour_facts(usual: Option<&Usual>, a: Option<&Hours>, b: Option<&Hours>) -> Vec<Fact> {
    let (Some(a), Some(b)) = (a, b) else { return Vec::new() };
    let telling = |hour: usize| a.telling[hour].min(b.telling[hour]);
    let both =
        |hour: &usize| a.counts[*hour] > 0.0 && b.counts[*hour] > 0.0 && telling(*hour) > 0.0;
    let mut hours: Vec<usize> = (0..a.counts.len()).filter(both).collect();
    hours.sort_by(|a, b| telling(*b).total_cmp(&telling(*a)).then(a.cmp(b)));
    vec![Fact::AlikeHours {
        hours: hours.iter().take(FACTS).map(|hour| *hour as u8).collect(),
        old_hours: a.total as u64,
        new_hours: b.total as u64,
        one_in: one_in(usual, alike_hours(a, b)),
    }]
}
