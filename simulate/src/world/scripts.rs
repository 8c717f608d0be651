//! What is planned: campaigns and controls, each a row of `scripts.tsv` played by a cast.
//!
//! A script has objects (a post to pass on, a text, a link, a hashtag, a picture), each launched at
//! one time, and a cast whose members take part in an object with some delay. Both are pure
//! functions of the seed, so that the truth about a campaign needs no run of the stream.
//!
//! The columns of the table:
//!
//! - `owner`: a `campaign` of the movement, or a `control`, which is an innocent crowd;
//! - `name`, `trace`, `variant`: what the truth calls it;
//! - `copies`: how often it is played when the parameter says once;
//! - `cast`, `size`, `growth`: who plays; how many in a world of 10,000 accounts; whether that is
//!   `fixed` or grows with the `root` of the accounts (`members`: thousandths of the movement);
//! - `objects`, `schedule`, `hours`: how many objects; when they are launched, which is at `random`
//!   waking hours or in a `burst` within the hours that it lasts (0: the whole period), so many
//!   `per_day`, `daily:` at an hour, or at `school`;
//! - `turnout`, `repeats`: of a thousand of the cast so many take part in an object, and how often;
//! - `spread`, `seconds`: how delays after the launch are spread, and over how long;
//! - `form`, `slot`, `same`: what taking part is; which phrases it says; how the texts relate;
//! - `carries`: what is posted beside the text;
//! - `deleted_s`, `client`: within how many seconds it is deleted (0: not), and the program.

use super::dice::{Dice, Purpose, hashed};
use super::people::{CELL, Group, NEIGHBOURHOOD, People};
use super::text::Slot;
use std::ops::Range;

const TABLE: &str = include_str!("scripts.tsv");
const SECOND_US: f64 = 1e6;
const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;
/// Most objects of one script; more days than this gives are played without.
const OBJECTS: usize = 20_000;

/// Whether a script is a campaign of the movement, or innocent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Campaign,
    Control,
}

/// Who plays.
#[derive(Debug, Clone)]
enum Cast {
    /// Members of the movement, from a place on.
    Fighters(u32),
    /// A thousandth part of all members.
    Movement,
    /// People of one cohort, from a place on.
    Persons(u64),
    /// Neighbours, who follow each other and one celebrity.
    Fans(u32),
    /// A whole group.
    Group(Range<u32>),
}

/// How delays are spread after the launch of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delay {
    /// Many short, few long ones, with this mean.
    Wait,
    /// Evenly from 0 to this.
    Even,
    /// Within this, as programs are.
    Exact,
    /// Each account's own clock is off by at most this, always the same way.
    Skew,
    /// Evenly the first time, and the same again some seconds later.
    Retry,
}

/// What taking part means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// To pass a post of the movement on.
    Repost,
    /// To pass a celebrity's post on.
    FanRepost,
    /// To answer a newsroom's post.
    Reply,
    /// To post.
    Post,
    /// Half of the cast posts, the other half passes it on.
    Split,
}

/// How the texts of one object relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sameness {
    Same,
    Varied,
    Own,
    Salad,
}

/// What is posted beside the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carries {
    Nothing,
    Link,
    OwnLink,
    HotLink,
    Tag,
    ScriptTag,
    ForeignTag,
    MovementTag,
    Slogan,
    Muster,
    Image,
}

/// One campaign or control.
#[derive(Debug, Clone)]
pub(super) struct Script {
    pub(super) number: u32,
    pub(super) owner: Owner,
    pub(super) name: &'static str,
    pub(super) trace: &'static str,
    pub(super) variant: &'static str,
    pub(super) form: Form,
    pub(super) slot: Slot,
    pub(super) same: Sameness,
    pub(super) carries: Carries,
    pub(super) deleted_s: u32,
    pub(super) client: Option<&'static str>,
    /// The cohort whose language it is in.
    pub(super) cohort: usize,
    /// When each object is launched, in order.
    pub(super) launches: Vec<i64>,
    cast: Cast,
    pub(super) size: u32,
    turnout: u32,
    repeats: u32,
    delay: Delay,
    seconds: f64,
}

/// One account's part in one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) account: u32,
    pub(super) at_us: i64,
    pub(super) place: u32,
    pub(super) repeat: u32,
}

/// One row of the table.
struct Row {
    fields: Vec<&'static str>,
}

impl Row {
    fn text(&self, column: usize) -> &'static str {
        self.fields[column]
    }

    fn owner(&self) -> Owner {
        match self.text(0) {
            "campaign" => Owner::Campaign,
            _ => Owner::Control,
        }
    }

    fn number(&self, column: usize) -> u32 {
        self.fields[column].parse().expect("a number of scripts.tsv")
    }
}

/// Every script of a world.
///
/// # Panics
/// Never: the table is part of the program, and a test reads it.
pub(super) fn scripts(people: &People) -> Vec<Script> {
    let mut scripts = Vec::new();
    // Casts of campaigns follow each other through the movement, so that they share few members.
    let mut taken = 0;
    for line in TABLE.lines().skip(1).filter(|line| !line.is_empty()) {
        let row = Row { fields: line.split('\t').collect() };
        let times = match row.owner() {
            Owner::Campaign => people.parameters.campaigns,
            Owner::Control => people.parameters.controls,
        };
        // Groups, and what the whole movement does, cannot be played twice.
        let whole = matches!(row.text(7), "members") || row.text(6) == "1000";
        let copies = if whole { row.number(4) * times.min(1) } else { row.number(4) * times };
        for _ in 0..copies {
            let number = scripts.len() as u32;
            let script = script(&row, number, taken, people);
            if matches!(script.cast, Cast::Fighters(_)) {
                taken += script.size;
            }
            scripts.push(script);
        }
    }
    scripts
}

fn script(row: &Row, number: u32, taken: u32, people: &People) -> Script {
    let mut dice = people.dice(Purpose::Script, u64::from(number));
    let mut cohort = people.cohort(dice.below_u32(people.of(Group::Person).end));
    // A large crowd is looked for where there are enough people.
    for _ in 0..40 {
        let range = &people.cohorts[cohort].accounts;
        if f64::from(range.end - range.start) > 3.0 * crowd(row, people) {
            break;
        }
        cohort = people.cohort(dice.below_u32(people.of(Group::Person).end));
    }
    let (cast, size) = cast(row, taken, cohort, people, &mut dice);
    let (delay, seconds) = (delay(row.text(13)), f64::from(row.number(14)));
    let cohort = match cast {
        Cast::Fighters(from) => people.cohort(people.of(Group::Cell).start + from),
        Cast::Fans(from) => people.cohort(from),
        Cast::Persons(_) | Cast::Movement | Cast::Group(_) => cohort,
    };
    Script {
        number,
        owner: row.owner(),
        name: row.text(1),
        trace: row.text(2),
        variant: row.text(3),
        form: form(row.text(15)),
        slot: Slot::parse(row.text(16)).unwrap_or(Slot::Call),
        same: sameness(row.text(17)),
        carries: carries(row.text(18)),
        deleted_s: row.number(19),
        client: Some(row.text(20)).filter(|client| *client != "-"),
        cohort,
        launches: launches(row, cohort, people, &mut dice),
        cast,
        size,
        turnout: turnout(row, people),
        repeats: row.number(12),
        delay,
        seconds,
    }
}

fn cast(row: &Row, taken: u32, cohort: usize, people: &People, dice: &mut Dice) -> (Cast, u32) {
    let wanted = match row.text(7) {
        "fixed" => crowd(row, people),
        _ => crowd(row, people) * (0.8 + 0.4 * dice.unit()),
    };
    let wanted = (wanted as u32).max(6);
    let whole = |group| {
        let range = people.of(group);
        let size = range.end - range.start;
        (Cast::Group(range), size)
    };
    let fighters = people.fighters();
    let fighters = fighters.end - fighters.start;
    match row.text(5) {
        "fighters" => (Cast::Fighters(taken), wanted.min(fighters / 3)),
        "members" => (Cast::Movement, fighters * row.number(6) / 1_000),
        "newsrooms" => whole(Group::Newsroom),
        "newsroom_bots" => whole(Group::NewsroomBot),
        "researchers" => whole(Group::Researcher),
        "counter_speakers" => whole(Group::CounterSpeaker),
        "fans" => {
            let range = &people.cohorts[cohort].accounts;
            let size = wanted.min((range.end - range.start) / 2);
            let from = range.start + dice.below_u32(range.end - range.start - size + 1);
            // Neighbourhoods begin at multiples of their size.
            let from = (from - range.start) / NEIGHBOURHOOD * NEIGHBOURHOOD + range.start;
            (Cast::Fans(from), size)
        }
        _ => {
            let range = &people.cohorts[cohort].accounts;
            (Cast::Persons(dice.bits() >> 32), wanted.min((range.end - range.start) / 2))
        }
    }
}

/// How many a row asks for in a world of this size.
fn crowd(row: &Row, people: &People) -> f64 {
    let (size, scale) = (f64::from(row.number(6)), f64::from(people.parameters.accounts) / 1e4);
    let percent = match row.owner() {
        Owner::Campaign => f64::from(people.parameters.campaign_size_percent),
        Owner::Control => 100.0,
    };
    match row.text(7) {
        "fixed" => size,
        // The square root is exact on every machine.
        _ => size * scale.sqrt() * percent / 100.0,
    }
}

/// How many of a thousand take part in an object.
fn turnout(row: &Row, people: &People) -> u32 {
    match row.text(7) {
        // The table's turnout makes 143 hundredths of what the movement writes else.
        "members" => row.number(11) * (people.parameters.mobilisation_percent - 100) / 43,
        _ => row.number(11),
    }
}

fn delay(word: &str) -> Delay {
    match word {
        "wait" => Delay::Wait,
        "even" => Delay::Even,
        "exact" => Delay::Exact,
        "skew" => Delay::Skew,
        _ => Delay::Retry,
    }
}

fn form(word: &str) -> Form {
    match word {
        "repost" => Form::Repost,
        "fan_repost" => Form::FanRepost,
        "reply" => Form::Reply,
        "split" => Form::Split,
        _ => Form::Post,
    }
}

fn sameness(word: &str) -> Sameness {
    match word {
        "same" => Sameness::Same,
        "varied" => Sameness::Varied,
        "salad" => Sameness::Salad,
        _ => Sameness::Own,
    }
}

fn carries(word: &str) -> Carries {
    match word {
        "link" => Carries::Link,
        "own_link" => Carries::OwnLink,
        "hot_link" => Carries::HotLink,
        "tag" => Carries::Tag,
        "script_tag" => Carries::ScriptTag,
        "foreign_tag" => Carries::ForeignTag,
        "movement_tag" => Carries::MovementTag,
        "slogan" => Carries::Slogan,
        "muster" => Carries::Muster,
        "image" => Carries::Image,
        _ => Carries::Nothing,
    }
}

/// When the objects are launched, within the period of the world.
fn launches(row: &Row, cohort: usize, people: &People, dice: &mut Dice) -> Vec<i64> {
    let (start, end) = (people.parameters.start_us(), people.parameters.end_us());
    let whole = end - start;
    let percent = match row.owner() {
        Owner::Campaign => i64::from(people.parameters.campaign_length_percent),
        Owner::Control => 100,
    };
    let length = match i64::from(row.number(10)) * HOUR_US / 100 * percent {
        0 => whole,
        length => length.min(whole),
    };
    let from = start + dice.below((whole - length + 1) as u64) as i64;
    let (until, count) = (from + length, row.number(8));
    let cohort = &people.cohorts[cohort];
    let mut launches: Vec<i64> = match row.text(9).split_once(':') {
        Some((_, hour)) => {
            let hour = hour.parse().expect("an hour of scripts.tsv");
            every_day(cohort.next_hour(from, hour), until)
        }
        None => match row.text(9) {
            "per_day" => {
                let step = DAY_US / i64::from(count);
                let first = from + step - from.rem_euclid(step);
                (0..).map(|at| first + at * step).take_while(|at| *at < until).collect()
            }
            "school" => every_day(cohort.next_hour(from, 10), until)
                .into_iter()
                .filter(|at| (at.div_euclid(DAY_US) + 3).rem_euclid(7) < 5)
                .take(count as usize)
                .collect(),
            "burst" => (0..count).map(|_| from + dice.below(length as u64) as i64).collect(),
            _ => (0..count).map(|_| awake(cohort, from, length, dice)).collect(),
        },
    };
    launches.truncate(OBJECTS);
    launches.sort_unstable();
    launches
}

fn every_day(first: i64, until: i64) -> Vec<i64> {
    (0..).map(|day| first + day * DAY_US).take_while(|at| *at < until).collect()
}

/// A time at which people of a cohort are awake.
fn awake(cohort: &super::people::Cohort, from: i64, length: i64, dice: &mut Dice) -> i64 {
    let mut at = from;
    for _ in 0..12 {
        at = from + dice.below(length as u64) as i64;
        if dice.permille(cohort.busy(at)) {
            break;
        }
    }
    at
}

impl Script {
    /// The draws that belong to one object.
    pub(super) fn object(&self, people: &People, object: u32, purpose: Purpose) -> Dice {
        let thing = u64::from(self.number) << 32 | u64::from(object);
        Dice::of(people.parameters.seed, purpose, thing)
    }

    /// Every part in an object, in the order of the cast; those who cannot act are left out.
    pub(super) fn parts<'a>(
        &'a self,
        people: &'a People,
        object: u32,
    ) -> impl Iterator<Item = Part> + 'a {
        (0..self.size).flat_map(move |place| {
            (0..self.repeats).filter_map(move |repeat| self.part(people, object, place, repeat))
        })
    }

    /// What one place of the cast does in an object; nothing where it does not take part.
    pub(super) fn part(
        &self,
        people: &People,
        object: u32,
        place: u32,
        repeat: u32,
    ) -> Option<Part> {
        let launch = if self.passes_on(place) {
            self.part(people, object, place - (self.size - self.size / 2), repeat)?.at_us
        } else {
            self.launches[object as usize]
        };
        let seed = hashed(
            people.parameters.seed,
            &[u64::from(self.number), u64::from(object), u64::from(place)],
        );
        let mut dice = Dice::of(seed, Purpose::Part, 0);
        if !dice.permille(self.turnout) {
            return None;
        }
        let own = self.member(people, place);
        if self.delay != Delay::Retry {
            dice = Dice::of(seed, Purpose::Part, u64::from(repeat) + 1);
        }
        let at_us = launch + self.delayed(own, repeat, people, &mut dice);
        let account = people.acting(own, at_us)?;
        (at_us < people.parameters.end_us()).then_some(Part { account, at_us, place, repeat })
    }

    fn delayed(&self, account: u32, repeat: u32, people: &People, dice: &mut Dice) -> i64 {
        let within = (self.seconds * SECOND_US) as u64;
        match self.delay {
            Delay::Wait => {
                let waited = dice.waiting().min(8.0) * self.seconds;
                SECOND_US as i64 + (waited * SECOND_US) as i64
            }
            Delay::Even | Delay::Exact => dice.below(within) as i64 + 100_000,
            Delay::Skew => {
                let mut own = people.dice(Purpose::Hours, u64::from(account) | 1 << 32);
                own.below(2 * within) as i64
            }
            Delay::Retry => {
                let first = dice.below(within) as i64;
                first + i64::from(repeat) * dice.between(2_000_000, 30_000_000) as i64
            }
        }
    }

    /// The place that passes on what a place posts.
    pub(super) fn passer(&self, place: u32) -> Option<u32> {
        let passer = place + (self.size - self.size / 2);
        (self.form == Form::Split && passer < self.size).then_some(passer)
    }

    /// Whether a place passes on what another place posts.
    pub(super) fn passes_on(&self, place: u32) -> bool {
        self.form == Form::Split && place >= self.size - self.size / 2
    }

    /// The account at a place of the cast, before anybody was suspended.
    fn member(&self, people: &People, place: u32) -> u32 {
        match &self.cast {
            Cast::Fighters(from) => {
                let (cells, amplifiers) = (people.of(Group::Cell), people.of(Group::Amplifier));
                let range = if place.is_multiple_of(2) { cells } else { amplifiers };
                range.start + (from / 2 + place / 2) % (range.end - range.start)
            }
            Cast::Movement => {
                let fighters = people.fighters();
                let count = fighters.end - fighters.start;
                fighters.start + ((u64::from(place) * 1_000 / 600) as u32).min(count - 1)
            }
            Cast::Persons(from) => people.cohorts[self.cohort].at(from + u64::from(place)),
            Cast::Fans(from) => from + place,
            Cast::Group(range) => range.start + place,
        }
    }

    /// Who posts what the cast passes on or answers, where the form has such a post.
    pub(super) fn author(&self, people: &People, object: u32) -> Option<u32> {
        let mut dice = self.object(people, object, Purpose::Object);
        let launch = self.launches[object as usize];
        let one_of = |group: Group, number: u64| {
            let range = people.of(group);
            range.start + (number % u64::from(range.end - range.start)) as u32
        };
        match self.form {
            Form::Repost => {
                let leader = one_of(Group::Cell, dice.below(u64::from(CELL)));
                let acting = people.acting(leader, launch);
                acting.or_else(|| Some(one_of(Group::Celebrity, dice.bits() >> 8)))
            }
            Form::FanRepost => Some(one_of(Group::Celebrity, u64::from(self.number))),
            Form::Reply => Some(one_of(Group::Newsroom, dice.bits() >> 8)),
            Form::Post | Form::Split => None,
        }
    }

    /// Whether the same account posts the same text again.
    pub(super) fn says_again(&self) -> bool {
        self.delay == Delay::Retry
    }

    /// The name of the script in files: its name and number.
    pub(super) fn id(&self) -> String {
        format!("{}-{}", self.name, self.number)
    }
}
