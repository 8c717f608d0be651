//! Who follows whom: the follows of one account at a time, from its number alone.
//!
//! Ordinary people follow neighbours (often mutually), the famous of their language, celebrities
//! and newsrooms. The movement follows itself densely, and others as everybody does. Researchers
//! and counter-speakers follow members.

use super::dice::{Dice, Purpose, hashed};
use super::kin::Feature;
use super::people::{Group, NEIGHBOURHOOD, People};
use std::ops::Range;

const HOUR_US: f64 = 3.6e9;

/// One account that follows another, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimFollow {
    /// Who follows.
    pub from: u32,
    /// Who is followed.
    pub to: u32,
    /// Since when, in microseconds since 1970.
    pub at_us: i64,
}

/// Every follow, in the order of accounts; each pair comes once.
///
/// Follows of a returned or resembling account by followers of the earlier one come with that
/// account. What is kept is the list of one account.
#[derive(Debug, Clone)]
pub struct Follows<'a> {
    people: &'a People,
    account: u32,
    ready: Vec<SimFollow>,
}

impl<'a> Follows<'a> {
    pub(super) fn new(people: &'a People) -> Self {
        Self { people, account: 0, ready: Vec::new() }
    }
}

impl Iterator for Follows<'_> {
    type Item = SimFollow;

    fn next(&mut self) -> Option<SimFollow> {
        while self.ready.is_empty() {
            if self.account >= self.people.parameters.accounts {
                return None;
            }
            of(self.people, self.account, &mut self.ready);
            self.account += 1;
        }
        self.ready.pop()
    }
}

/// Collects the follows that come with one account.
fn of(people: &People, account: u32, found: &mut Vec<SimFollow>) {
    let mut one = One { people, account, created: people.created_at(account), found };
    let mut dice = people.dice(Purpose::Following, u64::from(account));
    match people.group(account) {
        Group::Person => one.person(&mut dice),
        Group::Newsroom | Group::Researcher | Group::CounterSpeaker => one.watcher(&mut dice),
        Group::NewsroomBot => one.famous(Group::Newsroom, 3, &mut dice),
        Group::Celebrity => one.famous(Group::Celebrity, 12, &mut dice),
        Group::Cell | Group::Amplifier | Group::Returned => one.member(&mut dice),
        Group::BoughtFollower => one.bought(&mut dice),
        Group::LookAlike => one.look_alike(&mut dice),
    }
    found.sort_unstable_by_key(|follow| (follow.from, follow.to, follow.at_us));
    found.dedup_by_key(|follow| (follow.from, follow.to));
}

/// One account's follows while they are collected.
struct One<'a> {
    people: &'a People,
    account: u32,
    created: i64,
    found: &'a mut Vec<SimFollow>,
}

impl One<'_> {
    /// Follows somebody at some time since both are there; most soon after they joined.
    fn follow(&mut self, to: u32, dice: &mut Dice) {
        let end = self.people.parameters.end_us();
        let from = self.created.max(self.people.created_at(to));
        if to == self.account || from >= end {
            return;
        }
        let part = dice.unit();
        let at_us = from + ((end - from) as f64 * part * part * part) as i64;
        let at_us = at_us.min(end - 1);
        self.found.push(SimFollow { from: self.account, to, at_us });
    }

    fn famous(&mut self, group: Group, count: u64, dice: &mut Dice) {
        let range = self.people.of(group);
        for _ in 0..count {
            let place = dice.zipf(range.end - range.start, 2);
            self.follow(range.start + place, dice);
        }
    }

    fn person(&mut self, dice: &mut Dice) {
        let people = self.people;
        let cohort = &people.cohorts[people.cohort(self.account)];
        let mean = u64::from(people.parameters.follows_per_account);
        self.neighbours(&cohort.accounts, mean, dice);
        let count = few_or_many(mean * 9 / 20, dice);
        for _ in 0..count {
            match dice.below(100) {
                0..70 => {
                    let to = cohort.drawn(dice);
                    self.follow(to, dice);
                }
                70..80 => {
                    let anybody = dice.below_u32(people.of(Group::Person).end);
                    let to = people.cohorts[people.cohort(anybody)].drawn(dice);
                    self.follow(to, dice);
                }
                80..95 => self.famous(Group::Celebrity, 1, dice),
                _ => self.famous(Group::Newsroom, 1, dice),
            }
        }
        // A few read the movement's leaders without being members, or know a member.
        if dice.permille(8) {
            let count = dice.between(1, 3);
            self.famous(Group::Cell, count, dice);
        }
        if dice.permille(5) {
            let fighters = people.fighters();
            let to = fighters.start + dice.below_u32(fighters.end - fighters.start);
            self.follow(to, dice);
        }
    }

    /// Neighbours: of each pair it is drawn once whether and in which direction they follow.
    fn neighbours(&mut self, cohort: &Range<u32>, mean: u64, dice: &mut Dice) {
        let first = (self.account - cohort.start) / NEIGHBOURHOOD * NEIGHBOURHOOD + cohort.start;
        let last = (first + NEIGHBOURHOOD).min(cohort.end);
        // Eight of ten pairs that are tied make a follow in a given direction.
        let tied = (mean * 11 / 20 * 1_000 * 10 / 8 / u64::from(NEIGHBOURHOOD)).min(900);
        for other in first..last {
            let (low, high) = (self.account.min(other), self.account.max(other));
            let pair = hashed(
                self.people.parameters.seed,
                &[Purpose::Pair as u64, u64::from(low) << 32 | u64::from(high)],
            );
            if other == self.account || pair % 1_000 >= tied {
                continue;
            }
            let direction = pair >> 32 & 0xFF;
            // 60 % mutual, 20 % each way.
            let follows = direction < 154 || (direction < 205) == (self.account == low);
            if follows {
                self.follow(other, dice);
            }
        }
    }

    /// Newsrooms, researchers and counter-speakers: they watch members.
    fn watcher(&mut self, dice: &mut Dice) {
        let people = self.people;
        let fighters = people.fighters();
        for _ in 0..dice.between(20, 90) {
            let place = dice.zipf(fighters.end - fighters.start, 20);
            self.follow(fighters.start + place, dice);
        }
        let own = people.of(people.group(self.account));
        for _ in 0..dice.between(4, 20) {
            let to = own.start + dice.below_u32(own.end - own.start);
            self.follow(to, dice);
        }
        self.famous(Group::Newsroom, 6, dice);
        self.famous(Group::Celebrity, 6, dice);
    }

    fn member(&mut self, dice: &mut Dice) {
        let people = self.people;
        for mate in people.squad(self.account) {
            if people.comrades(self.account, mate) {
                self.follow(mate, dice);
            }
        }
        self.famous(Group::Cell, 10, dice);
        self.famous(Group::Amplifier, 6, dice);
        self.famous(Group::Newsroom, 2, dice);
        self.famous(Group::Celebrity, 3, dice);
        let cohort = &people.cohorts[people.cohort(self.account)];
        for _ in 0..few_or_many(6, dice) {
            let to = cohort.drawn(dice);
            self.follow(to, dice);
        }
        if let Some(kinship) = people.kinship(self.account) {
            let share = if kinship.has(Feature::Followers) { 500 } else { 60 };
            self.welcomed(kinship.of, share, dice);
        }
    }

    /// Comrades who followed the old account follow the new one within days.
    fn welcomed(&mut self, before: u32, share: u32, dice: &mut Dice) {
        let people = self.people;
        for mate in people.squad(before) {
            if people.comrades(mate, before) && dice.permille(share) {
                self.followed_by(mate, 30.0, dice);
            }
        }
    }

    fn followed_by(&mut self, from: u32, hours: f64, dice: &mut Dice) {
        let waited = (dice.waiting() * hours * HOUR_US) as i64;
        let at_us = self.people.acts_from(self.account).max(self.created) + waited;
        let known = self.people.acting(from, at_us) == Some(from);
        if known && from != self.account && at_us < self.people.parameters.end_us() {
            self.found.push(SimFollow { from, to: self.account, at_us });
        }
    }

    fn bought(&mut self, dice: &mut Dice) {
        let count = dice.between(20, 50);
        self.famous(Group::Amplifier, count, dice);
        self.famous(Group::Cell, 10, dice);
        self.famous(Group::Celebrity, 10, dice);
    }

    fn look_alike(&mut self, dice: &mut Dice) {
        let people = self.people;
        let cohort = &people.cohorts[people.cohort(self.account)];
        for _ in 0..few_or_many(8, dice) {
            let to = cohort.drawn(dice);
            self.follow(to, dice);
        }
        self.famous(Group::Celebrity, 2, dice);
        let Some(kinship) = people.kinship(self.account) else { return };
        if !kinship.has(Feature::Followers) {
            return;
        }
        match people.group(kinship.of) {
            Group::Person => {
                let range = &people.cohorts[people.cohort(kinship.of)].accounts;
                let first = (kinship.of - range.start) / NEIGHBOURHOOD * NEIGHBOURHOOD;
                for _ in 0..dice.between(3, 8) {
                    let from = range.start + first + dice.below_u32(NEIGHBOURHOOD);
                    self.followed_by(from.min(range.end - 1), 60.0, dice);
                }
            }
            // Family follows family: a few of the comrades follow along.
            _ => self.welcomed(kinship.of, 120, dice),
        }
    }
}

/// A number with about this mean: mostly fewer, sometimes many times more.
fn few_or_many(mean: u64, dice: &mut Dice) -> u64 {
    let mut most = (mean / 2).max(1);
    while most < mean * 60 && dice.permille(450) {
        most *= 2;
    }
    1 + dice.below(most * 3 / 2)
}
