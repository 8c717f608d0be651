//! The stream of items in the order of time.
//!
//! What is kept is what is going on: posts that are still being passed on, scripts whose objects
//! were launched, and nothing of anybody else.

use super::compose::Composer;
use super::dice::{Dice, Purpose, shuffled};
use super::faults::Faulty;
use super::item::SimItem;
use super::kin::Feature;
use super::people::{Group, NEIGHBOURHOOD, People};
use super::scripts::{Form, Part, Script};
use crate::Belongs;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

const MINUTE_US: i64 = 60_000_000;
const HOUR_US: i64 = 60 * MINUTE_US;
/// Rates are taken anew at each multiple of this.
const SLOT_US: i64 = 15 * MINUTE_US;
/// Width of the numbers of items.
const ITEM_BITS: u32 = 40;
/// Numbers from here on are kept for posts of scripts that others pass on or answer.
const RESERVED: u64 = 1 << (ITEM_BITS - 1);
const MOST_OBJECTS: u64 = 1 << 20;
/// Posts of each group in a day, for each account, where the world has as many items a day as
/// accounts.
const DAILY: [(Group, f64); 8] = [
    (Group::Newsroom, 16.0),
    (Group::Researcher, 2.0),
    (Group::CounterSpeaker, 3.0),
    (Group::Celebrity, 5.0),
    (Group::Cell, 2.0),
    (Group::Amplifier, 2.5),
    (Group::BoughtFollower, 0.05),
    (Group::LookAlike, 1.0),
];
/// The least share of the items that ordinary people begin, however much else is planned.
const LEAST_SHARE: f64 = 0.1;

/// The number of the post that an object of a script begins with.
pub(super) fn reserved(script: u32, object: u32) -> u64 {
    RESERVED + u64::from(script) * MOST_OBJECTS + u64::from(object)
}

/// Writes the id of an item, which tells nothing of when or why it was made.
pub(super) fn item_id(seed: u64, number: u64, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let shown = shuffled(number, ITEM_BITS, seed ^ 0x17E4);
    out.push('h');
    for place in (0..ITEM_BITS / 4).rev() {
        out.push(char::from(DIGITS[(shown >> (4 * place) & 15) as usize]));
    }
}

/// Something that will happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Work {
    /// A post is passed on.
    Repost { of: u64, author: u32, belongs: Belongs },
    /// A post is answered.
    Reply { to: u64, author: u32, belongs: Belongs },
    /// An object of a script is launched.
    Launch { script: u32, object: u32 },
    /// Somebody takes part in an object.
    Part { script: u32, object: u32, place: u32, repeat: u32, account: u32 },
    /// Somebody passes on what another one of the cast posted.
    Pass { script: u32, of: u64, account: u32 },
    /// Somebody tells that they are back.
    Announcement { account: u32 },
}

/// What is written now.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deed {
    /// An account writes what its group writes.
    Own,
    /// One of the works.
    Work(Work),
}

/// The items of a world, in the order of time; ask with [`Items::next`].
#[derive(Debug, Clone)]
pub struct Items<'a> {
    people: &'a People,
    scripts: &'a [Script],
    composer: Composer<'a>,
    dice: Dice,
    now_us: i64,
    slot_end_us: i64,
    /// Sums of the sources' rates in the slot, in items a microsecond.
    rates: Vec<f64>,
    /// What ordinary people begin, and what each group does, in items a microsecond.
    volumes: (f64, [f64; DAILY.len()]),
    next_own_us: i64,
    pending: BinaryHeap<Reverse<(i64, u64, Work)>>,
    order: u64,
    count: u64,
    item: SimItem,
    faulty: Faulty,
    most_pending: usize,
}

impl<'a> Items<'a> {
    pub(super) fn new(people: &'a People, scripts: &'a [Script]) -> Self {
        let start = people.parameters.start_us();
        let mut items = Self {
            people,
            scripts,
            composer: Composer::new(people, scripts),
            dice: people.dice(Purpose::Stream, 0),
            now_us: start,
            slot_end_us: start,
            rates: Vec::new(),
            volumes: volumes(people, scripts),
            next_own_us: start,
            pending: BinaryHeap::new(),
            order: 0,
            count: 0,
            item: SimItem::blank(),
            faulty: Faulty::new(people),
            most_pending: 0,
        };
        items.plan();
        items.draw_next_own();
        items
    }

    /// The next item, or none when the period is over.
    #[expect(clippy::should_implement_trait, reason = "an iterator could not lend its buffer")]
    pub fn next(&mut self) -> Option<&SimItem> {
        if self.people.parameters.faults == super::Faults::default() {
            return self.advance().then_some(&self.item);
        }
        loop {
            if self.faulty.due(self.count) {
                return self.faulty.take();
            }
            if !self.advance() {
                return self.faulty.rest();
            }
            if self.faulty.treat(&mut self.item, self.count, self.people) {
                return Some(&self.item);
            }
        }
    }

    /// The most things that were going on at one time so far: what bounds the memory.
    #[must_use]
    pub fn most_pending(&self) -> usize {
        self.most_pending
    }

    /// Plans what is known beforehand: launches, and those who come back.
    fn plan(&mut self) {
        for script in self.scripts {
            for (object, at_us) in script.launches.iter().enumerate() {
                let work = Work::Launch { script: script.number, object: object as u32 };
                self.push(*at_us, work);
            }
        }
        for account in self.people.of(Group::Returned) {
            let told = self.people.kinship(account);
            if told.is_some_and(|kinship| kinship.has(Feature::Announcement)) {
                let mut dice = self.people.dice(Purpose::Announcement, u64::from(account));
                let wait = MINUTE_US + dice.below(2 * HOUR_US as u64) as i64;
                let at_us = self.people.acts_from(account) + wait;
                self.push(at_us, Work::Announcement { account });
            }
        }
    }

    fn push(&mut self, at_us: i64, work: Work) {
        if at_us < self.people.parameters.end_us() {
            self.order += 1;
            self.pending.push(Reverse((at_us, self.order, work)));
            self.most_pending = self.most_pending.max(self.pending.len());
        }
    }

    /// Makes the next item; false when the period is over.
    fn advance(&mut self) -> bool {
        loop {
            let pending = self.pending.peek().map(|Reverse((at_us, ..))| *at_us);
            if pending.is_none_or(|at_us| self.next_own_us <= at_us) {
                if self.next_own_us >= self.people.parameters.end_us() {
                    return false;
                }
                self.now_us = self.next_own_us;
                let made = self.own();
                self.draw_next_own();
                if made {
                    return true;
                }
                continue;
            }
            let Some(Reverse((at_us, _, work))) = self.pending.pop() else { return false };
            self.now_us = at_us;
            if self.carry_out(work) {
                return true;
            }
        }
    }

    /// When somebody next writes of their own accord.
    fn draw_next_own(&mut self) {
        let mut from = self.now_us;
        loop {
            if from >= self.slot_end_us {
                self.take_rates(from);
            }
            let rate = self.rates.last().copied().unwrap_or(0.0);
            let at_us = from + (self.dice.waiting() / rate) as i64;
            // A waiting time has no memory: at the end of a slot it is drawn anew.
            if at_us < self.slot_end_us {
                self.next_own_us = at_us;
                return;
            }
            from = self.slot_end_us;
            if from >= self.people.parameters.end_us() {
                self.next_own_us = from;
                return;
            }
        }
    }

    /// Takes the rates of all sources for the slot that holds a time.
    fn take_rates(&mut self, at_us: i64) {
        self.slot_end_us = at_us.div_euclid(SLOT_US) * SLOT_US + SLOT_US;
        let (persons, groups) = self.volumes;
        let whole = f64::from(self.people.of(Group::Person).end);
        let mut sum = 0.0;
        self.rates.clear();
        for cohort in &self.people.cohorts {
            let size = f64::from(cohort.accounts.end - cohort.accounts.start);
            sum += persons * size / whole * f64::from(cohort.busy(at_us)) / MEAN_BUSY;
            self.rates.push(sum);
        }
        for rate in groups {
            sum += rate;
            self.rates.push(sum);
        }
    }

    /// Somebody writes of their own accord; false where nobody who was asked can.
    fn own(&mut self) -> bool {
        let at = self.dice.unit() * self.rates.last().copied().unwrap_or(0.0);
        let source = self.rates.partition_point(|sum| *sum < at).min(self.rates.len() - 1);
        let cohorts = self.people.cohorts.len();
        let account = if source < cohorts {
            self.person(source)
        } else {
            self.of_group(DAILY[source - cohorts].0)
        };
        let Some(account) = account else { return false };
        let number = self.number();
        self.composer.write(&mut self.item, number, account, self.now_us, Deed::Own);
        self.follow_up(number, account);
        true
    }

    fn number(&mut self) -> u64 {
        self.count += 1;
        assert!(self.count < RESERVED, "a world has fewer than 2^39 items");
        self.count
    }

    /// One of the people of a cohort, more likely at hours of their own.
    fn person(&mut self, cohort: usize) -> Option<u32> {
        for _ in 0..6 {
            let account = self.people.cohorts[cohort].drawn(&mut self.dice);
            let willing = self.people.willing(account, cohort, self.now_us);
            if self.dice.permille(willing) && self.people.acting(account, self.now_us).is_some() {
                return Some(account);
            }
        }
        let account = self.people.cohorts[cohort].drawn(&mut self.dice);
        self.people.acting(account, self.now_us)
    }

    fn of_group(&mut self, group: Group) -> Option<u32> {
        let range = self.people.of(group);
        let size = range.end - range.start;
        for _ in 0..8 {
            let place = match group {
                Group::Cell | Group::Amplifier => self.dice.zipf(size, size / 20 + 4),
                _ => self.dice.below_u32(size),
            };
            let account = range.start + place;
            if let Some(acting) = self.people.acting(account, self.now_us) {
                let cohort = self.people.cohort(acting);
                let awake = match group {
                    Group::Newsroom => 1_000,
                    _ => self.people.willing(acting, cohort, self.now_us),
                };
                if self.dice.permille(awake) {
                    return Some(acting);
                }
            }
        }
        None
    }

    /// Draws who passes on or answers a post: few posts have many, most have none.
    fn follow_up(&mut self, of: u64, author: u32) {
        let belongs = self.item.truth.belongs;
        let group = self.people.group(author);
        let most = most_followers(self.people);
        for _ in 0..followers_of(Known::of(group), most, &mut self.dice) {
            let wait = (self.dice.waiting() * 4.0 * HOUR_US as f64) as i64 + 5_000_000;
            let work = if self.dice.permille(670) {
                Work::Repost { of, author, belongs }
            } else {
                Work::Reply { to: of, author, belongs }
            };
            self.push(self.now_us + wait.min(48 * HOUR_US), work);
        }
    }

    /// Does what was planned; false where it makes no item.
    fn carry_out(&mut self, work: Work) -> bool {
        match work {
            Work::Launch { script, object } => self.launch(script, object),
            Work::Repost { author, .. } | Work::Reply { author, .. } => {
                self.reader(author, work).is_some_and(|account| self.write(account, work))
            }
            Work::Part { script, object, place, repeat, account } => {
                let number = self.count + 1;
                self.write(account, work);
                self.pass_on(script, object, place, repeat, number);
                true
            }
            Work::Pass { account, .. } => self.write(account, work),
            Work::Announcement { account } => self.announce(account),
        }
    }

    fn write(&mut self, account: u32, work: Work) -> bool {
        let number = self.number();
        self.composer.write(&mut self.item, number, account, self.now_us, Deed::Work(work));
        true
    }

    /// Somebody who has read a post: a neighbour, a comrade, or one of the author's language.
    /// At night the post waits for the morning.
    fn reader(&mut self, author: u32, work: Work) -> Option<u32> {
        let group = self.people.group(author);
        if group.is_member() && self.dice.permille(700) {
            let fighters = self.people.fighters();
            let place = self.dice.below_u32(fighters.end - fighters.start);
            return self.people.acting(fighters.start + place, self.now_us);
        }
        let home = self.people.cohort(author);
        let busy = self.people.cohorts[home].busy(self.now_us);
        if !self.dice.permille(200 + busy * 4 / 5) {
            let later = self.now_us + (self.dice.waiting() * 2.0 * HOUR_US as f64) as i64;
            self.push(later + MINUTE_US, work);
            return None;
        }
        let draw = self.dice.below(100);
        if draw < 25 && group == Group::Person {
            let range = &self.people.cohorts[home].accounts;
            let near = (author - range.start) / NEIGHBOURHOOD * NEIGHBOURHOOD + range.start;
            let account = near + self.dice.below_u32(NEIGHBOURHOOD.min(range.end - near));
            return self.people.acting(account, self.now_us);
        }
        let cohort = if draw < 85 {
            home
        } else {
            let anybody = self.dice.below_u32(self.people.of(Group::Person).end);
            self.people.cohort(anybody)
        };
        self.person(cohort)
    }

    /// Plans every part in an object, and writes the post that it begins with, if it has one.
    fn launch(&mut self, script: u32, object: u32) -> bool {
        let script = &self.scripts[script as usize];
        let (number, people) = (script.number, self.people);
        for part in script.parts(people, object) {
            let Part { account, at_us, place, repeat } = part;
            if !script.passes_on(place) {
                self.push(at_us, Work::Part { script: number, object, place, repeat, account });
            }
        }
        let Some(author) = script.author(people, object) else { return false };
        let work = Work::Launch { script: number, object };
        let id = reserved(number, object);
        self.count += 1;
        self.composer.write(&mut self.item, id, author, self.now_us, Deed::Work(work));
        self.follow_up(id, author);
        true
    }

    /// Plans that somebody of the cast passes on what was just posted.
    fn pass_on(&mut self, script: u32, object: u32, place: u32, repeat: u32, of: u64) {
        let plan = &self.scripts[script as usize];
        if plan.form != Form::Split {
            return;
        }
        let passer = plan.passer(place);
        let part = passer.and_then(|passer| plan.part(self.people, object, passer, repeat));
        if let Some(Part { account, at_us, .. }) = part {
            self.push(at_us, Work::Pass { script, of, account });
        }
    }

    /// The one who came back says so, or a comrade does.
    fn announce(&mut self, account: u32) -> bool {
        let mut dice = self.people.dice(Purpose::Announcement, u64::from(account) | 1 << 32);
        let fighters = self.people.fighters();
        let teller = if dice.permille(500) {
            account
        } else {
            fighters.start + dice.below_u32(fighters.end - fighters.start)
        };
        let acting = self.people.acting(teller, self.now_us);
        acting.is_some_and(|teller| self.write(teller, Work::Announcement { account }))
    }
}

/// The mean of the hours of the week, in thousandths of the busiest hour.
const MEAN_BUSY: f64 = 505.3;

/// In so many of a thousand cases an ordinary post is passed on or answered at all.
const FOLLOWED_PERMILLE: u32 = 165;
/// Each octave of counts is so many thousandths as likely as the one before it.
const OCTAVE_PERMILLE: u32 = 420;
/// The last octave.
const OCTAVES: u32 = 12;

/// The octave in which counts begin: the posts of those whom everybody knows are always read.
fn first_octave(known: Known) -> u32 {
    match known {
        Known::Hardly => 0,
        Known::ByEverybody => 2,
    }
}

/// Whether an author is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Hardly,
    ByEverybody,
}

impl Known {
    fn of(group: Group) -> Self {
        match group {
            Group::Newsroom | Group::Celebrity => Self::ByEverybody,
            Group::Person
            | Group::NewsroomBot
            | Group::Researcher
            | Group::CounterSpeaker
            | Group::Cell
            | Group::Amplifier
            | Group::BoughtFollower
            | Group::Returned
            | Group::LookAlike => Self::Hardly,
        }
    }
}

/// Draws how many pass on or answer a post: few posts have many, most have none.
fn followers_of(known: Known, most: u64, dice: &mut Dice) -> u64 {
    if known == Known::Hardly && !dice.permille(FOLLOWED_PERMILLE) {
        return 0;
    }
    let mut octave = first_octave(known);
    while octave < OCTAVES && dice.permille(OCTAVE_PERMILLE) {
        octave += 1;
    }
    let low = 1u64 << octave;
    (low + dice.below(low)).min(most)
}

/// The mean of [`followers_of`].
fn mean_followers(known: Known, most: u64) -> f64 {
    let further = f64::from(OCTAVE_PERMILLE) / 1_000.0;
    let mut reached = match known {
        Known::Hardly => f64::from(FOLLOWED_PERMILLE) / 1_000.0,
        Known::ByEverybody => 1.0,
    };
    let mut mean = 0.0;
    for octave in first_octave(known)..=OCTAVES {
        let low = 1u64 << octave;
        let whole: u64 = (low..2 * low).map(|count| count.min(most)).sum();
        let stays = if octave < OCTAVES { 1.0 - further } else { 1.0 };
        mean += reached * stays * whole as f64 / low as f64;
        reached *= further;
    }
    mean
}

/// Most accounts that pass on or answer one post.
fn most_followers(people: &People) -> u64 {
    u64::from(people.parameters.accounts / 50)
}

/// How much ordinary people begin, and each group, in items a microsecond, such that all items
/// together are as many as asked: what is planned and what follows is taken off.
fn volumes(people: &People, scripts: &[Script]) -> (f64, [f64; DAILY.len()]) {
    let parameters = &people.parameters;
    let most = most_followers(people);
    let day_us = 24.0 * HOUR_US as f64;
    let all = parameters.items_per_day as f64 / day_us;
    let each = parameters.items_per_day as f64 / f64::from(parameters.accounts);
    let mut others =
        planned(people, scripts) as f64 / (parameters.end_us() - parameters.start_us()) as f64;
    let mut groups = [0.0; DAILY.len()];
    for (rate, (group, daily)) in groups.iter_mut().zip(DAILY) {
        let range = people.of(group);
        *rate = f64::from(range.end - range.start) * daily * each / day_us;
        others += *rate * (1.0 + mean_followers(Known::of(group), most));
    }
    let begun = (all - others).max(all * LEAST_SHARE);
    (begun / (1.0 + mean_followers(Known::Hardly, most)), groups)
}

/// How many items the scripts give.
fn planned(people: &People, scripts: &[Script]) -> usize {
    let objects = scripts
        .iter()
        .flat_map(|script| (0..script.launches.len() as u32).map(move |object| (script, object)));
    objects.map(|(script, object)| script.parts(people, object).count()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_followers_is_what_is_drawn() {
        let mut dice = Dice::of(1, Purpose::Stream, 1);
        for (known, most) in [(Known::Hardly, 200), (Known::ByEverybody, 200), (Known::Hardly, 9)] {
            let sum: u64 = (0..400_000).map(|_| followers_of(known, most, &mut dice)).sum();
            let (found, wanted) = (sum as f64 / 4e5, mean_followers(known, most));
            assert!((found - wanted).abs() < 0.04 * wanted, "{known:?} {found} {wanted}");
        }
    }
}
