//! How alike two accounts are, in each group of features, as nats of surprise.

use super::audience::within_a_day;
use super::avatars::{NEAR_BITS, distance_bits};
use super::card::{Card, HandleCard, NewCard, OldCard, TextCard, Yardsticks};
use super::limits::{MOST_NATS, RARE_NATS, RAREST};
use super::material::{Material, Users};
use super::population::Created;
use super::terms::Terms;
use super::writing::{Hours, Style, Uses};
use super::{Group, MissingBecause};
use crate::stats::poisson_ln_upper;

/// Nats, or why they are missing.
pub type Nats = Result<f64, MissingBecause>;

/// Everything that pairs are compared with.
#[derive(Debug, Clone, Copy)]
pub struct Against<'a> {
    /// What was gathered.
    pub material: &'a Material<'a>,
    /// What is usual.
    pub usual: &'a Yardsticks,
}

impl Against<'_> {
    /// The nats of every group, in the order of [`Group::ALL`].
    pub fn all(&self, old: &OldCard, new: &NewCard) -> [Nats; 12] {
        Group::ALL.map(|group| self.nats(group, old, new))
    }

    /// The nats of a group.
    fn nats(&self, group: Group, old: &OldCard, new: &NewCard) -> Nats {
        if !self.material.parameters.counts(group) {
            return Err(MissingBecause::LeftOut);
        }
        let Material { names, bios, links, clients, languages, .. } = self.material;
        let (a, b) = (&old.card, &new.card);
        let nats = match group {
            Group::Handle => self.handle(a, b),
            Group::DisplayName => text(names, &a.name, &b.name),
            Group::Bio => text(bios, &a.bio, &b.bio),
            Group::Avatar => self.avatar(old, new),
            Group::EarlyFollowers => self.followers(old, new),
            Group::PostingHours => self.hours(a, b),
            Group::Client => uses(clients, &a.writing.clients, &b.writing.clients),
            Group::Language => uses(languages, &a.writing.languages, &b.writing.languages),
            Group::Style => self.style(a, b),
            Group::Links => terms(links, &a.links, &b.links),
            Group::Timing => self.timing(old, new),
            Group::Announcement => self.announcement(old, new),
        };
        // Adding 0 makes a negative 0 positive, so that equal results are equal bytes.
        nats.map(|nats| nats.clamp(0.0, MOST_NATS) + 0.0)
    }

    fn handle(&self, old: &Card, new: &Card) -> Nats {
        let a = old.handle.as_ref().ok_or(MissingBecause::OldUnknown)?;
        let b = new.handle.as_ref().ok_or(MissingBecause::NewUnknown)?;
        if a.stem == b.stem {
            return Ok(self.material.stems.nats(a.stem));
        }
        let usual = self.usual.handles.as_ref().ok_or(MissingBecause::NothingToCompareWith)?;
        Ok(usual.one_in(alike_handles(&self.material.parts, a, b)).ln())
    }

    fn avatar(&self, old: &OldCard, new: &NewCard) -> Nats {
        let a = old.card.avatar.ok_or(MissingBecause::OldUnknown)?;
        let b = new.card.avatar.ok_or(MissingBecause::NewUnknown)?;
        if distance_bits(&a, &b) > NEAR_BITS {
            return Ok(0.0);
        }
        let others = old.near_avatars.saturating_sub(1).max(1);
        Ok((self.material.avatars.accounts() as f64 / others as f64).ln())
    }

    fn followers(&self, old: &OldCard, new: &NewCard) -> Nats {
        if old.followers.is_empty() {
            return Err(MissingBecause::OldUnknown);
        }
        if new.early.is_empty() {
            return Err(MissingBecause::NewUnknown);
        }
        let audience = &self.material.audience;
        let shared = audience.shared(&old.followers, &new.early);
        // Whoever follows within a day knew where to look, and counts twice.
        let soon = shared.iter().filter(|one| within_a_day(one, new.new.created_us)).count();
        let expected = audience.expected(&old.followers, new.early.len());
        let count = (shared.len() + soon) as u64;
        Ok(-poisson_ln_upper(count, expected.max(1e-9)))
    }

    fn hours(&self, old: &Card, new: &Card) -> Nats {
        let a = old.writing.hours.as_ref().ok_or(MissingBecause::OldTooFewPosts)?;
        let b = new.writing.hours.as_ref().ok_or(MissingBecause::NewTooFewPosts)?;
        let usual = self.usual.hours.as_ref().ok_or(MissingBecause::NothingToCompareWith)?;
        Ok(usual.one_in(alike_hours(a, b)).ln())
    }

    fn style(&self, old: &Card, new: &Card) -> Nats {
        let a = old.writing.style.as_ref().ok_or(MissingBecause::OldTooFewPosts)?;
        let b = new.writing.style.as_ref().ok_or(MissingBecause::NewTooFewPosts)?;
        if old.writing.main_language() != new.writing.main_language() {
            return Err(MissingBecause::OtherLanguage);
        }
        let usual = self.usual.styles.as_ref().ok_or(MissingBecause::NothingToCompareWith)?;
        Ok(usual.one_in(alike_styles(a, b)).ln())
    }

    fn timing(&self, old: &OldCard, new: &NewCard) -> Nats {
        match new.new.created {
            Created::Known => {
                let nearer = self.made_nearer(old, new);
                Ok((self.material.population.pairs(&old.old).max(1) as f64 / nearer as f64).ln())
            }
            Created::FirstPost => Err(MissingBecause::NewUnknown),
        }
    }

    /// How many new accounts were made between the suspension and this one, it included.
    pub fn made_nearer(&self, old: &OldCard, new: &NewCard) -> u64 {
        let (at_us, created_us) = (old.old.at_us, new.new.created_us);
        let (from, to) = (at_us.min(created_us), at_us.max(created_us));
        let all = &self.material.population.new;
        let start = all.partition_point(|new| new.created_us < from);
        let end = all.partition_point(|new| new.created_us <= to);
        (end - start).max(1) as u64
    }

    fn announcement(&self, old: &OldCard, new: &NewCard) -> Nats {
        if old.card.handle.is_none() {
            return Err(MissingBecause::OldUnknown);
        }
        let pairs = self.material.population.pairs(&old.old).max(1) as f64;
        let nats =
            self.tied(old, new).into_iter().map(|(_, accounts)| (pairs / accounts as f64).ln());
        Ok(nats.fold(0.0, f64::max))
    }

    /// The posts that tie the new account to the old handle, one for each kind of author, with how
    /// many new accounts are tied to it by such authors.
    pub fn tied(&self, old: &OldCard, new: &NewCard) -> Vec<(super::mentions::Mention, u64)> {
        let population = &self.material.population;
        let place = population.place_of[new.new.account as usize];
        let all = self.material.mentions.all(old.number);
        let own = all.iter().filter(|mention| mention.place == place);
        own.map(|own| {
            let likewise = all.iter().filter(|mention| mention.by == own.by).count();
            (*own, likewise as u64)
        })
        .collect()
    }
}

/// How rare the parts of two handles are that both have, times the share that both have.
pub fn alike_handles(parts: &Terms, a: &HandleCard, b: &HandleCard) -> f64 {
    let (mut shared, mut all) = (0.0, 0.0);
    walk(&a.parts, &b.parts, |part, both| {
        let nats = parts.nats(part);
        all += nats;
        shared += if both { nats } else { 0.0 };
    });
    if all > 0.0 { shared * shared / all } else { 0.0 }
}

/// Calls for every number of two sorted lists, once, saying whether both have it.
fn walk(a: &[u32], b: &[u32], mut call: impl FnMut(u32, bool)) {
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let (left, right) = (a.get(i), b.get(j));
        let number = *left.into_iter().chain(right).min().expect("one list goes on");
        i += usize::from(left == Some(&number));
        j += usize::from(right == Some(&number));
        call(number, left == right);
    }
}

/// How much more usual the hours of each are for the other than for anybody, in deviations.
pub fn alike_hours(a: &Hours, b: &Hours) -> f64 {
    let of = |counts: &Hours, telling: &Hours| {
        let pairs = counts.counts.iter().zip(&telling.telling);
        pairs.map(|(count, telling)| f64::from(count * telling)).sum::<f64>()
            / f64::from(counts.total)
    };
    (of(a, b) + of(b, a)) / 2.0 * f64::from(a.total.min(b.total)).sqrt()
}

/// The cosine of two styles.
pub fn alike_styles(a: &Style, b: &Style) -> f64 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while i < a.len() && j < b.len() {
        match a[i].0.cmp(&b[j].0) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                sum += f64::from(a[i].1 * b[j].1);
                i += 1;
                j += 1;
            }
        }
    }
    sum
}

/// How rare the words are that both texts have; where the whole is the same, how rare that is.
fn text(terms: &Terms, a: &TextCard, b: &TextCard) -> Nats {
    let whole = a.whole.ok_or(MissingBecause::OldUnknown)?;
    if Some(whole) == b.whole {
        return Ok(terms.nats(whole));
    }
    b.whole.ok_or(MissingBecause::NewUnknown)?;
    Ok(rarest(terms, &a.words, &b.words).iter().map(|term| terms.nats(*term)).sum())
}

fn terms(terms: &Terms, a: &[u32], b: &[u32]) -> Nats {
    if a.is_empty() {
        return Err(MissingBecause::OldUnknown);
    }
    if b.is_empty() {
        return Err(MissingBecause::NewUnknown);
    }
    Ok(rarest(terms, a, b).iter().map(|term| terms.nats(*term)).sum())
}

/// The rarest of the rare terms that both have, rarest first. What many have, two long texts share
/// by chance.
pub fn rarest(terms: &Terms, a: &[u32], b: &[u32]) -> Vec<u32> {
    let rare = |term: &&u32| terms.nats(**term) >= RARE_NATS && b.binary_search(term).is_ok();
    let mut shared: Vec<u32> = a.iter().filter(rare).copied().collect();
    shared.sort_by_key(|term| (terms.accounts(*term), *term));
    shared.truncate(RAREST);
    shared
}

/// How improbable it is to use what the other uses as much.
fn uses(users: &Users, a: &Uses, b: &Uses) -> Nats {
    if a.is_empty() {
        return Err(MissingBecause::OldTooFewPosts);
    }
    if b.is_empty() {
        return Err(MissingBecause::NewTooFewPosts);
    }
    let shared = a.iter().filter_map(|(what, old)| {
        let new = b.iter().find(|(other, _)| other == what)?.1;
        Some(f64::from(old.min(new)) * -users.share(*what).ln())
    });
    Ok(shared.sum())
}
