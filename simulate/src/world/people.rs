//! Who there is: every attribute of an account as a pure function of the seed and its number.

use super::dice::{Dice, Purpose, Spread, hashed, mixed, shuffled};
use super::kin::{Feature, Kin, Kinship};
use super::parameters::Parameters;
use super::text::{Case, Language, Pen, SYLLABLES, Script, Style, languages, name, number};
use std::ops::Range;

const COHORTS: &str = include_str!("cohorts.tsv");
const DAY_US: i64 = 86_400_000_000;
const HOUR_US: i64 = 3_600_000_000;
const MINUTE_US: i64 = 60_000_000;
/// Accounts of one cell.
pub(super) const CELL: u32 = 30;
/// Accounts of one neighbourhood of ordinary people, who follow each other.
pub(super) const NEIGHBOURHOOD: u32 = 100;
/// Age of the oldest accounts.
const OLDEST_DAYS: f64 = 2_900.0;

/// Why an account is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// An ordinary person.
    Person,
    /// A newsroom; its accounts report on the movement too.
    Newsroom,
    /// A program of a newsroom that posts its articles on the hour.
    NewsroomBot,
    /// Somebody who studies the movement, follows its members and quotes it.
    Researcher,
    /// Somebody who speaks against the movement under its own hashtags, and follows its members.
    CounterSpeaker,
    /// A famous account.
    Celebrity,
    /// A member of one of the movement's cells.
    Cell,
    /// A member that mostly passes on and floods.
    Amplifier,
    /// A follower that the movement bought; follows, hardly posts, and is no member.
    BoughtFollower,
    /// The new account of a member that was suspended.
    Returned,
    /// A benign new account that looks like the return of another one.
    LookAlike,
}

impl Group {
    /// Every group, in the order of account numbers.
    pub const ALL: [Self; 11] = [
        Self::Person,
        Self::Newsroom,
        Self::NewsroomBot,
        Self::Researcher,
        Self::CounterSpeaker,
        Self::Celebrity,
        Self::Cell,
        Self::Amplifier,
        Self::BoughtFollower,
        Self::Returned,
        Self::LookAlike,
    ];

    /// The word for it in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Newsroom => "newsroom",
            Self::NewsroomBot => "newsroom_bot",
            Self::Researcher => "researcher",
            Self::CounterSpeaker => "counter_speaker",
            Self::Celebrity => "celebrity",
            Self::Cell => "cell",
            Self::Amplifier => "amplifier",
            Self::BoughtFollower => "bought_follower",
            Self::Returned => "returned",
            Self::LookAlike => "look_alike",
        }
    }

    /// Whether its accounts are members of the movement.
    #[must_use]
    pub fn is_member(self) -> bool {
        match self {
            Self::Cell | Self::Amplifier | Self::Returned => true,
            Self::Person
            | Self::Newsroom
            | Self::NewsroomBot
            | Self::Researcher
            | Self::CounterSpeaker
            | Self::Celebrity
            | Self::BoughtFollower
            | Self::LookAlike => false,
        }
    }
}

/// People of one language and one clock.
#[derive(Debug, Clone)]
pub(super) struct Cohort {
    pub(super) language: usize,
    pub(super) script: Script,
    offset_us: i64,
    /// The first day of the weekend, counted from Monday as 0.
    weekend: i64,
    pub(super) accounts: Range<u32>,
    spread: Spread,
    /// The offset of Zipf's law for activity and fame.
    flat: u32,
}

impl Cohort {
    fn size(&self) -> u32 {
        self.accounts.end - self.accounts.start
    }

    /// How busy its people are at a time, 0 to 1,000.
    pub(super) fn busy(&self, at_us: i64) -> u32 {
        let local = at_us + self.offset_us;
        let hour = local.div_euclid(HOUR_US).rem_euclid(24) as usize;
        // The first of January 1970 was a Thursday.
        let day = (local.div_euclid(DAY_US) + 3).rem_euclid(7);
        let weekend = (day - self.weekend).rem_euclid(7) < 2;
        if weekend { WEEKEND[hour] } else { WEEKDAY[hour] }
    }

    /// The next time at or after `from_us` at which clocks there show this hour.
    pub(super) fn next_hour(&self, from_us: i64, hour: i64) -> i64 {
        let midnight = (from_us + self.offset_us).div_euclid(DAY_US) * DAY_US - self.offset_us;
        let today = midnight + hour * HOUR_US;
        if today < from_us { today + DAY_US } else { today }
    }

    fn local_hour(&self, at_us: i64) -> u32 {
        (at_us + self.offset_us).div_euclid(HOUR_US).rem_euclid(24) as u32
    }

    /// Draws one of its people: few write much, many write little.
    pub(super) fn drawn(&self, dice: &mut Dice) -> u32 {
        let rank = dice.zipf(self.size(), self.flat);
        self.accounts.start + self.spread.at(u64::from(rank))
    }

    /// One of its people by place, each once.
    pub(super) fn at(&self, place: u64) -> u32 {
        self.accounts.start + self.spread.at(place)
    }

    /// The rank in activity and fame, 0 first.
    pub(super) fn rank(&self, account: u32) -> u32 {
        self.spread.place(account - self.accounts.start)
    }
}

/// How much is written at each hour of a working day, in thousandths of the busiest hour.
const WEEKDAY: [u32; 24] = [
    180, 90, 50, 40, 45, 90, 240, 460, 560, 540, 530, 560, 680, 640, 560, 550, 590, 680, 800, 930,
    1_000, 960, 720, 400,
];
/// The same on days off.
const WEEKEND: [u32; 24] = [
    300, 180, 90, 55, 45, 60, 110, 240, 430, 600, 690, 720, 740, 730, 700, 690, 700, 740, 800, 880,
    940, 950, 800, 520,
];

/// Everybody, by number.
#[derive(Debug, Clone)]
pub(super) struct People {
    pub(super) parameters: Parameters,
    pub(super) languages: Vec<Language>,
    pub(super) cohorts: Vec<Cohort>,
    /// The end of each group's numbers, in the order of [`Group::ALL`].
    ends: [u32; 11],
    /// Cells and amplifiers in the order in which fate takes them.
    fate: Spread,
    suspended: u32,
    first_returns: u32,
    second_returns: u32,
    third_returns: u32,
    id_bits: u32,
}

impl People {
    pub(super) fn new(parameters: Parameters) -> Self {
        let all = parameters.accounts;
        let scaled = |part: u32, low: u32, high: u32| (all / part).clamp(low, high);
        let bought = parameters.members / 4;
        let amplifiers = parameters.members / 3;
        let fighters = parameters.members - bought;
        let suspended = thousandths(fighters, parameters.suspended_permille);
        let first_returns = thousandths(suspended, parameters.returning_permille);
        let second_returns = thousandths(first_returns, 150);
        let third_returns = thousandths(second_returns, 150);
        let mut sizes = [
            0,
            scaled(10_000, 8, 300),
            scaled(10_000, 8, 300),
            scaled(5_000, 10, 1_000),
            scaled(1_000, 40, 5_000),
            scaled(5_000, 10, 1_000),
            fighters - amplifiers,
            amplifiers,
            bought,
            first_returns + second_returns + third_returns,
            4 * scaled(500, 20, 10_000),
        ];
        sizes[0] = all - sizes.iter().sum::<u32>();
        let mut ends = [0; 11];
        let mut end = 0;
        for (group, size) in sizes.iter().enumerate() {
            end += size;
            ends[group] = end;
        }
        let languages = languages();
        let cohorts = cohorts(sizes[0], &languages, parameters.seed);
        Self {
            cohorts,
            languages,
            ends,
            fate: Spread::new(fighters, mixed(parameters.seed ^ 0xFA7E)),
            suspended,
            first_returns,
            second_returns,
            third_returns,
            id_bits: (all.ilog2() + 2) & !1,
            parameters,
        }
    }

    pub(super) fn dice(&self, purpose: Purpose, thing: u64) -> Dice {
        Dice::of(self.parameters.seed, purpose, thing)
    }

    /// The numbers of a group.
    pub(super) fn of(&self, group: Group) -> Range<u32> {
        let at = group as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        start..self.ends[at]
    }

    pub(super) fn group(&self, account: u32) -> Group {
        Group::ALL[self.ends.partition_point(|end| *end <= account).min(10)]
    }

    /// Cells and amplifiers, which are suspended and take part in campaigns.
    pub(super) fn fighters(&self) -> Range<u32> {
        self.of(Group::Cell).start..self.of(Group::Amplifier).end
    }

    /// The cell of a member, for members of cells and what they come back as.
    pub(super) fn cell(&self, account: u32) -> Option<u32> {
        let origin = self.origin(account);
        let cells = self.of(Group::Cell);
        (self.group(account).is_member() && cells.contains(&origin))
            .then(|| (origin - cells.start) / CELL)
    }

    /// The comrades of a member, itself among them: its cell, or the amplifiers beside it.
    pub(super) fn squad(&self, account: u32) -> Range<u32> {
        let origin = self.origin(account);
        let group = self.group(origin);
        let range = self.of(group);
        if !matches!(group, Group::Cell | Group::Amplifier) {
            return 0..0;
        }
        let first = (origin - range.start) / CELL * CELL + range.start;
        first..(first + CELL).min(range.end)
    }

    /// Whether a member follows a comrade, or what the comrade was before.
    pub(super) fn comrades(&self, from: u32, to: u32) -> bool {
        let (from, to) = (u64::from(self.origin(from)), u64::from(self.origin(to)));
        hashed(self.parameters.seed, &[Purpose::Tie as u64, from << 32 | to]) % 1_000 < 600
    }

    /// The cohort whose language an account writes and whose clock it keeps.
    pub(super) fn cohort(&self, account: u32) -> usize {
        let persons = self.of(Group::Person);
        let origin = self.origin(account);
        if persons.contains(&origin) {
            return self.cohorts.partition_point(|cohort| cohort.accounts.end <= origin);
        }
        let thing = match self.group(origin) {
            Group::Cell => u64::from((origin - self.of(Group::Cell).start) / CELL),
            _ => u64::from(origin) | 1 << 32,
        };
        let mut dice = self.dice(Purpose::Cohort, thing);
        let person = dice.below_u32(persons.end);
        self.cohorts.partition_point(|cohort| cohort.accounts.end <= person)
    }

    pub(super) fn pen(&self, account: u32) -> Pen<'_> {
        self.pen_of(self.cohort(account))
    }

    pub(super) fn pen_of(&self, cohort: usize) -> Pen<'_> {
        let cohort = &self.cohorts[cohort];
        Pen { language: &self.languages[cohort.language], script: cohort.script }
    }

    /// When an account was made, in microseconds since 1970.
    pub(super) fn created_at(&self, account: u32) -> i64 {
        let (start, end) = (self.parameters.start_us(), self.parameters.end_us());
        let mut dice = self.dice(Purpose::Age, u64::from(account));
        match self.group(account) {
            Group::Returned => self.returned_at(account, &mut dice),
            Group::LookAlike => start + dice.below((end - start) as u64) as i64,
            Group::Person => {
                let rate = self.parameters.newcomers_permille * self.parameters.days;
                if dice.permille(rate.min(500)) {
                    return start + dice.below((end - start) as u64) as i64;
                }
                start - old(&mut dice, OLDEST_DAYS)
            }
            Group::BoughtFollower => start - old(&mut dice, 120.0),
            Group::Cell | Group::Amplifier => start - old(&mut dice, 700.0),
            Group::Newsroom
            | Group::NewsroomBot
            | Group::Researcher
            | Group::CounterSpeaker
            | Group::Celebrity => start - old(&mut dice, OLDEST_DAYS),
        }
    }

    /// Some prepare an account before they lose the old one; most come back within hours.
    fn returned_at(&self, account: u32, dice: &mut Dice) -> i64 {
        let before = self.kinship(account).map_or(account, |kinship| kinship.of);
        let lost = self.suspension(before).map_or(self.parameters.start_us(), |(at, _)| at);
        let draw = dice.below(100);
        if draw < 8 {
            return lost - HOUR_US - dice.below(20 * DAY_US as u64) as i64;
        }
        let wait = if draw < 60 {
            10 * MINUTE_US + dice.below(12 * HOUR_US as u64) as i64
        } else {
            12 * HOUR_US + (dice.waiting() * 2.0 * DAY_US as f64) as i64
        };
        let end = self.parameters.end_us();
        (lost + wait).min(end - (end - lost) / 10)
    }

    /// Since when an account acts: a prepared account rests until it is needed.
    pub(super) fn acts_from(&self, account: u32) -> i64 {
        let created = self.created_at(account);
        match self.group(account) {
            Group::Returned => {
                let before = self.kinship(account).and_then(|kin| self.suspension(kin.of));
                before.map_or(created, |(lost, _)| created.max(lost + 10 * MINUTE_US))
            }
            _ => created,
        }
    }

    /// When an account was suspended and, where it was a mistake, when it was restored.
    pub(super) fn suspension(&self, account: u32) -> Option<(i64, Option<i64>)> {
        let (start, end) = (self.parameters.start_us(), self.parameters.end_us());
        let part = |of: f64| ((end - start) as f64 * of) as i64;
        match self.group(account) {
            Group::Person => {
                let mut dice = self.dice(Purpose::Wronged, u64::from(account));
                if dice.below(100_000) >= u64::from(self.parameters.wronged_per_100k) {
                    return None;
                }
                let at = start + dice.below(part(0.85) as u64) as i64;
                let back = at + HOUR_US + dice.below(6 * DAY_US as u64) as i64;
                (self.created_at(account) < at).then_some((at, Some(back.min(end - 1))))
            }
            Group::Cell | Group::Amplifier => {
                let place = self.fate.place(account - self.fighters().start);
                if place >= self.suspended {
                    return None;
                }
                let latest = if place < self.first_returns { 0.65 } else { 0.95 };
                let mut dice = self.dice(Purpose::Suspension, u64::from(account));
                Some((start + part(0.03) + dice.below(part(latest - 0.03) as u64) as i64, None))
            }
            Group::BoughtFollower => {
                let mut dice = self.dice(Purpose::Suspension, u64::from(account));
                let swept = dice.permille(200);
                swept.then(|| (start + part(0.6) + dice.below(HOUR_US as u64) as i64, None))
            }
            Group::Returned => {
                self.successor(account)?;
                let from = self.acts_from(account);
                let mut dice = self.dice(Purpose::Suspension, u64::from(account));
                let share = 0.2 + 0.4 * dice.unit();
                Some((from + ((end - from) as f64 * share) as i64, None))
            }
            _ => None,
        }
    }

    /// The account under which a suspended member comes back.
    pub(super) fn successor(&self, account: u32) -> Option<u32> {
        let returned = self.of(Group::Returned);
        match self.group(account) {
            Group::Cell | Group::Amplifier => {
                let place = self.fate.place(account - self.fighters().start);
                (place < self.first_returns).then(|| returned.start + place)
            }
            Group::Returned => {
                let place = account - returned.start;
                let second = place < self.second_returns;
                let third =
                    place >= self.first_returns && place - self.first_returns < self.third_returns;
                // The second returns follow the first ones, and the third the second ones.
                let later = if third { self.second_returns } else { self.first_returns };
                (second || third).then(|| returned.start + place + later)
            }
            _ => None,
        }
    }

    /// What links an account to an earlier one, for returns and for those that look like them.
    pub(super) fn kinship(&self, account: u32) -> Option<Kinship> {
        let (of, kin) = match self.group(account) {
            Group::Returned => (self.returns_of(account), Kin::Return),
            Group::LookAlike => {
                let place = account - self.of(Group::LookAlike).start;
                let kin = Kin::LOOK_ALIKES[(place % 4) as usize];
                let mut dice = self.dice(Purpose::Kin, u64::from(account));
                let member = kin.is_like_a_member() && self.suspended > 0;
                let of = if member {
                    let place = dice.below(u64::from(self.suspended));
                    self.fighters().start + self.fate.at(place)
                } else {
                    dice.below_u32(self.of(Group::Person).end)
                };
                (of, kin)
            }
            _ => return None,
        };
        let mut dice = self.dice(Purpose::Kin, u64::from(account) | 1 << 32);
        Some(Kinship { of, kin, features: kin.features(&mut dice) })
    }

    fn returns_of(&self, account: u32) -> u32 {
        let returned = self.of(Group::Returned);
        let place = account - returned.start;
        if place < self.first_returns {
            return self.fighters().start + self.fate.at(u64::from(place));
        }
        let second = place - self.first_returns;
        if second < self.second_returns {
            return returned.start + second;
        }
        returned.start + self.first_returns + (second - self.second_returns)
    }

    /// The first account of whoever came back, or whom an account resembles.
    fn origin(&self, account: u32) -> u32 {
        let mut account = account;
        while let Some(kinship) = self.kinship(account) {
            account = kinship.of;
        }
        account
    }

    /// The account whose own trait an account shows.
    pub(super) fn source(&self, account: u32, feature: Feature) -> u32 {
        let mut account = account;
        while let Some(kinship) = self.kinship(account) {
            if !kinship.has(feature) {
                break;
            }
            account = kinship.of;
        }
        account
    }

    /// Who acts for an account at a time: itself, what it came back as, or nobody.
    pub(super) fn acting(&self, account: u32, at_us: i64) -> Option<u32> {
        let mut account = account;
        loop {
            if at_us < self.acts_from(account) {
                return None;
            }
            match self.suspension(account) {
                Some((at, None)) if at <= at_us => account = self.successor(account)?,
                Some((at, Some(back))) if (at..back).contains(&at_us) => return None,
                Some(_) | None => return Some(account),
            }
        }
    }

    /// How willing somebody is to write at a time, 0 to 1,000: each has hours of their own.
    pub(super) fn willing(&self, account: u32, cohort: usize, at_us: i64) -> u32 {
        let source = self.source(account, Feature::Hours);
        let own = mixed(hashed(self.parameters.seed, &[Purpose::Hours as u64, u64::from(source)]));
        let hour = self.cohorts[cohort].local_hour(at_us);
        // Two hours of the day around which somebody is online.
        let near = [own % 17 + 7, (own >> 8) % 17 + 7].map(|centre| {
            let apart = (u64::from(hour) + 24 - centre % 24) % 24;
            apart.min(24 - apart)
        });
        [1_000, 900, 600, 300, 120, 60][near[0].min(near[1]).min(5) as usize]
    }

    pub(super) fn style(&self, account: u32) -> Style {
        let source = self.source(account, Feature::Style);
        Style(hashed(self.parameters.seed, &[Purpose::Style as u64, u64::from(source)]))
    }

    pub(super) fn client(&self, account: u32) -> &'static str {
        let source = self.source(account, Feature::Client);
        let mut dice = self.dice(Purpose::Client, u64::from(source));
        CLIENTS[dice.zipf(CLIENTS.len() as u32, 0) as usize]
    }

    /// Writes the id of an account, which tells nothing of its group.
    pub(super) fn id(&self, account: u32, out: &mut String) {
        let key = mixed(self.parameters.seed ^ 0x1D);
        let shown = shuffled(u64::from(account), self.id_bits, key);
        padded(out, "a", shown, 8);
    }

    /// Writes the name by which an account is mentioned. Two accounts never have the same, but for
    /// the edits of those that resemble another one.
    pub(super) fn handle(&self, account: u32, out: &mut String) {
        match self.kinship(account) {
            Some(kinship) if kinship.has(Feature::Handle) => {
                let start = out.len();
                match kinship.kin {
                    Kin::CommonName => return self.common_handle(kinship.of, account, out),
                    _ => self.handle(kinship.of, out),
                }
                let mut dice = self.dice(Purpose::Handle, u64::from(account));
                super::kin::edited_handle(out, start, &mut dice);
            }
            Some(_) | None => self.own_handle(account, out),
        }
    }

    fn own_handle(&self, account: u32, out: &mut String) {
        let key = mixed(self.parameters.seed ^ 0x4A);
        let choice = shuffled(u64::from(account), self.id_bits, key);
        let combinations = u64::from(self.parameters.accounts / 6).clamp(1, COMBINATIONS);
        write_handle(out, choice % combinations, choice / combinations);
    }

    /// Another number behind the same two words.
    fn common_handle(&self, of: u32, account: u32, out: &mut String) {
        let key = mixed(self.parameters.seed ^ 0x4A);
        let choice = shuffled(u64::from(of), self.id_bits, key);
        let combinations = u64::from(self.parameters.accounts / 6).clamp(1, COMBINATIONS);
        write_handle(out, choice % combinations, 10_000 + u64::from(account) % 89_999);
    }

    /// Writes the name that is shown.
    pub(super) fn display_name(&self, account: u32, out: &mut String) {
        let kinship = self.kinship(account);
        let shared = kinship.filter(|kinship| kinship.has(Feature::DisplayName));
        let script = self.pen(account).script;
        let own = self.names(account);
        let (given, family) = match shared {
            Some(kinship) => {
                let (given, family) = self.names(self.source(kinship.of, Feature::DisplayName));
                // A family shares its last name only.
                if kinship.kin == Kin::Family { (own.0, family) } else { (given, family) }
            }
            None => own,
        };
        name(out, script, given, 2, Case::Capital);
        let mut dice = self.dice(Purpose::Name, u64::from(account) | 1 << 32);
        if shared.is_some() || dice.permille(650) {
            out.push(' ');
            name(out, script, family, 2 + (family >> 40) as u32 % 2, Case::Capital);
        }
        if dice.permille(120) {
            let mark = *dice.pick(&[" 🌊", " ⚓", " 🌿", " ★", " 🐈"]);
            out.push_str(mark);
        }
    }

    fn names(&self, account: u32) -> (u64, u64) {
        let mut dice = self.dice(Purpose::Name, u64::from(account));
        // Given names are common: a few are borne by many.
        let given = u64::from(dice.zipf((SYLLABLES * SYLLABLES) as u32, 10));
        (given, dice.bits() >> 8)
    }

    /// Writes what an account says of itself; many say nothing.
    pub(super) fn bio(&self, account: u32, out: &mut String) {
        let source = self.source(account, Feature::Bio);
        let pen = self.pen(account);
        let mut dice = self.dice(Purpose::Bio, u64::from(source));
        if source != account || dice.permille(650) {
            pen.phrase(out, super::text::Slot::Bio, &mut dice);
            if source != account {
                // A fragment is kept, and something is said anew.
                dice = self.dice(Purpose::Bio, u64::from(account));
            }
            if dice.permille(450) {
                out.push(' ');
                pen.phrase(out, super::text::Slot::Bio, &mut dice);
            }
        }
        if self.has_page(account) {
            super::text::separate(out);
            self.own_page(account, out);
        }
    }

    fn has_page(&self, account: u32) -> bool {
        let source = self.source(account, Feature::Link);
        self.dice(Purpose::Link, u64::from(source)).permille(300)
    }

    /// Writes the link of somebody's own page.
    pub(super) fn own_page(&self, account: u32, out: &mut String) {
        let source = self.source(account, Feature::Link);
        out.push_str("https://pages.example/");
        let bits = self.dice(Purpose::Link, u64::from(source) | 1 << 32).bits();
        name(out, Script::Latin, bits, 4, Case::Lower);
    }

    /// The PDQ hash of an avatar; some have none, and some have a popular picture.
    pub(super) fn avatar(&self, account: u32) -> Option<[u8; 32]> {
        let source = self.source(account, Feature::Avatar);
        let mut dice = self.dice(Purpose::Avatar, u64::from(source));
        let draw = dice.below(1_000);
        if source == account && draw < 120 {
            return None;
        }
        let picture = if (120..160).contains(&draw) { dice.below(40) } else { dice.bits() | 64 };
        let mut hash = super::picture::hash(self.parameters.seed, picture);
        if source != account || draw < 160 {
            let mut own = self.dice(Purpose::Avatar, u64::from(account) | 1 << 32);
            let bits = own.below_u32(25);
            super::picture::flip(&mut hash, bits, &mut own);
        }
        Some(hash)
    }

    /// How many follow an account, about as many as [`super::World::follows`] gives it.
    pub(super) fn followers(&self, account: u32) -> u64 {
        let mut dice = self.dice(Purpose::Fame, u64::from(account));
        let mean = u64::from(self.parameters.follows_per_account);
        let base = match self.group(account) {
            Group::Person => {
                let cohort = &self.cohorts[self.cohort(account)];
                let weight = u64::from(cohort.rank(account) + cohort.flat + 1);
                mean / 3 + mean * u64::from(cohort.size()) / (8 * weight)
            }
            Group::Newsroom | Group::Celebrity => u64::from(self.parameters.accounts) / 20,
            Group::NewsroomBot | Group::LookAlike | Group::BoughtFollower => 2,
            Group::Researcher | Group::CounterSpeaker => mean,
            Group::Cell | Group::Amplifier | Group::Returned => 2 * mean,
        };
        base + dice.below(base / 2 + 2)
    }

    /// How many an account follows, likewise.
    pub(super) fn following(&self, account: u32) -> u64 {
        let mut dice = self.dice(Purpose::Fame, u64::from(account) | 1 << 32);
        let mean = u64::from(self.parameters.follows_per_account);
        mean / 2 + dice.below(mean)
    }

    /// Why an operator who knows the account sets it apart; empty for nearly all.
    pub(super) fn set_apart(&self, account: u32) -> &'static str {
        match self.group(account) {
            Group::Newsroom | Group::NewsroomBot => "newsroom",
            // Half of the researchers and counter-speakers are not known to the operator.
            Group::Researcher if account.is_multiple_of(2) => "research",
            Group::CounterSpeaker if account.is_multiple_of(2) => "counter_speech",
            _ => "",
        }
    }
}

const CLIENTS: [&str; 8] = [
    "Harbour for phones",
    "Harbour web",
    "Harbour tablet",
    "Gullwing",
    "Tidebird",
    "Mooring",
    "PierPost",
    "Lanternfish",
];

const WORDS: [&str; 48] = [
    "quay", "anchor", "lamp", "tide", "gull", "rope", "sail", "mast", "pier", "wharf", "ferry",
    "buoy", "reef", "cove", "shell", "crab", "heron", "otter", "kelp", "cliff", "dune", "foam",
    "wave", "storm", "cloud", "rain", "snow", "ember", "maple", "birch", "cedar", "olive", "fig",
    "plum", "bread", "honey", "salt", "tea", "ink", "paper", "violin", "drum", "moon", "comet",
    "owl", "fox", "wren", "finch",
];
const MARKS: [&str; 3] = ["_", ".", "-"];
/// Names, words and marks that a handle can be made of.
const COMBINATIONS: u64 = (SYLLABLES * SYLLABLES * 48 * 3) as u64;

fn write_handle(out: &mut String, combination: u64, count: u64) {
    // The multiplier shares no factor with the number of combinations, so none meets another.
    let mut choice = combination * 35_153 % COMBINATIONS;
    let given = choice % (SYLLABLES * SYLLABLES) as u64;
    choice /= (SYLLABLES * SYLLABLES) as u64;
    name(out, Script::Latin, given, 2, Case::Lower);
    out.push_str(MARKS[(choice / 48) as usize]);
    out.push_str(WORDS[(choice % 48) as usize]);
    if count > 0 {
        number(out, count);
    }
}

/// A letter and a number of at least so many digits.
fn padded(out: &mut String, letter: &str, value: u64, digits: u32) {
    out.push_str(letter);
    for place in (1..digits).rev() {
        if value < 10u64.pow(place) {
            out.push('0');
        }
    }
    number(out, value);
}

fn thousandths(of: u32, permille: u32) -> u32 {
    (u64::from(of) * u64::from(permille) / 1_000) as u32
}

/// An age of at least a day: many accounts are young, some are old.
fn old(dice: &mut Dice, most_days: f64) -> i64 {
    let unit = dice.unit();
    DAY_US + (unit * unit * most_days * DAY_US as f64) as i64
}

fn cohorts(persons: u32, languages: &[Language], seed: u64) -> Vec<Cohort> {
    let rows: Vec<Vec<&str>> = COHORTS.lines().map(|line| line.split('\t').collect()).collect();
    let shares: Vec<u64> =
        rows.iter().map(|row| row[2].parse().expect("a share of cohorts.tsv")).collect();
    let whole: u64 = shares.iter().sum();
    let mut cohorts = Vec::new();
    let (mut start, mut sum) = (0, 0);
    for (row, share) in rows.iter().zip(shares) {
        sum += share;
        let end = (u64::from(persons) * sum / whole) as u32;
        let minutes: i64 = row[1].parse().expect("minutes of cohorts.tsv");
        let language = languages.iter().position(|language| language.code == row[0]);
        cohorts.push(Cohort {
            language: language.expect("a language of phrases.txt"),
            script: Script::parse(row[3]).expect("letters of cohorts.tsv"),
            offset_us: minutes * MINUTE_US,
            weekend: if row[4] == "friday" { 4 } else { 5 },
            accounts: start..end,
            spread: Spread::new(end - start, seed ^ u64::from(end)),
            flat: ((end - start) / 400).max(8),
        });
        start = end;
    }
    cohorts
}
