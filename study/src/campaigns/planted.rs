//! A small world for tests: ordinary posts, planted campaigns, and groups that act alike for
//! ordinary reasons.

use crate::Dataset;
use crate::dataset::{Builder, PostRow, Profile, ProfileRow};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use std::collections::BTreeMap;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// A day in 2026.
const START: i64 = 1_772_409_600 * SECOND;

/// A dataset and what was planted in it.
pub struct Planted {
    pub dataset: Dataset,
    /// The accounts of each campaign, by its name.
    pub campaigns: BTreeMap<&'static str, Vec<String>>,
    /// The accounts of each group that is no campaign.
    pub controls: BTreeMap<&'static str, Vec<String>>,
}

/// Draws from one seed.
struct Dice(ChaCha8Rng);

impl Dice {
    fn unit(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.unit() * bound as f64) as usize
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.unit() * (high - low) as f64) as i64
    }

    /// A waiting time with this mean.
    fn wait(&mut self, mean: i64) -> i64 {
        (-self.unit().ln() * mean as f64) as i64
    }

    /// A number below the bound, small ones more often, by Zipf's law.
    fn rank(&mut self, bound: usize) -> usize {
        (((bound as f64 + 1.0).powf(self.unit())) as usize).clamp(1, bound) - 1
    }

    fn words(&mut self, count: usize) -> String {
        let words: Vec<String> = (0..count).map(|_| format!("w{}", self.rank(20_000))).collect();
        words.join(" ")
    }
}

/// A post while the world is made.
#[derive(Clone, Default)]
struct Draft {
    account: String,
    at_us: i64,
    text: String,
    repost_of: Option<String>,
    in_reply_to: Option<String>,
    links: Vec<String>,
    hashtags: Vec<String>,
    images: Vec<String>,
    client: &'static str,
    deleted_at_us: Option<i64>,
}

struct World {
    dice: Dice,
    drafts: Vec<Draft>,
    profiles: BTreeMap<String, Profile>,
    days: i64,
    campaigns: BTreeMap<&'static str, Vec<String>>,
    controls: BTreeMap<&'static str, Vec<String>>,
}

fn text(text: String) -> Draft {
    Draft { text, ..Draft::default() }
}

fn repost(of: String) -> Draft {
    Draft { repost_of: Some(of), ..Draft::default() }
}

fn reply(to: String, words: String) -> Draft {
    Draft { in_reply_to: Some(to), ..text(words) }
}

/// A PDQ hash that is far from those of other pictures.
fn picture(number: usize) -> String {
    let mut draws = ChaCha8Rng::seed_from_u64(number as u64);
    (0..4).map(|_| format!("{:016x}", draws.next_u64())).collect()
}

fn borrowed(of: &[String]) -> Vec<&str> {
    of.iter().map(String::as_str).collect()
}

/// A world of about so many posts in so many days.
pub fn planted(seed: u64, posts: usize, days: i64) -> Planted {
    let mut world = World {
        dice: Dice(ChaCha8Rng::seed_from_u64(seed)),
        drafts: Vec::new(),
        profiles: BTreeMap::new(),
        days,
        campaigns: BTreeMap::new(),
        controls: BTreeMap::new(),
    };
    world.background(posts);
    world.plant_campaigns();
    world.plant_harder_campaigns();
    world.plant_crowds();
    world.plant_habits();
    world.build()
}

impl World {
    fn any_time(&mut self) -> i64 {
        // More by day than by night.
        loop {
            let at = self.dice.between(0, self.days * DAY);
            let hour = (at % DAY) as f64 / HOUR as f64;
            let busy = 0.55 + 0.45 * ((hour - 15.0) / 24.0 * std::f64::consts::TAU).cos();
            if self.dice.unit() < busy {
                return START + at;
            }
        }
    }

    fn background(&mut self, posts: usize) {
        let accounts = (posts / 10).max(50);
        let popular: Vec<(i64, usize)> = (0..posts / 60).map(|n| (self.any_time(), n)).collect();
        for _ in 0..posts {
            let account = format!("b{}", self.dice.rank(accounts));
            let client = ["web", "phone", "tablet"][self.dice.below(3)];
            let mut draft = Draft { account, client, at_us: self.any_time(), ..Draft::default() };
            match self.dice.below(10) {
                0..4 => {
                    let (born, target) = popular[self.dice.rank(popular.len())];
                    draft.at_us = born + self.dice.wait(4 * HOUR);
                    draft.repost_of = Some(format!("popular{target}"));
                }
                4 => {
                    let (born, target) = popular[self.dice.rank(popular.len())];
                    draft.at_us = born + self.dice.wait(2 * HOUR);
                    draft.in_reply_to = Some(format!("popular{target}"));
                    let count = 5 + self.dice.below(15);
                    draft.text = self.dice.words(count);
                }
                5 => {
                    let (born, link) = popular[self.dice.rank(popular.len())];
                    draft.at_us = born + self.dice.wait(4 * HOUR);
                    draft.links = vec![format!("https://press.example/{link}")];
                    draft.text = self.dice.words(9);
                }
                kind => {
                    let count = 4 + self.dice.below(20);
                    draft.text = self.dice.words(count);
                    for _ in 0..if kind == 6 { 1 + self.dice.below(3) } else { 0 } {
                        draft.hashtags.push(format!("t{}", self.dice.rank(posts / 50 + 10)));
                    }
                }
            }
            if self.dice.below(100) == 0 {
                draft.deleted_at_us = Some(draft.at_us + self.dice.wait(5 * HOUR));
            }
            self.drafts.push(draft);
        }
    }

    fn group(&mut self, prefix: &str, count: usize, age_days: i64) -> Vec<String> {
        let names: Vec<String> = (0..count).map(|n| format!("{prefix}{n}")).collect();
        for name in &names {
            let age = self.dice.between(age_days * DAY / 2, age_days * DAY * 2);
            let created_at_us = Some(START - age);
            let profile = Profile { created_at_us, ..Profile::default() };
            self.profiles.insert(name.clone(), profile);
            // Everybody has ordinary posts beside what they do together.
            for _ in 0..2 {
                let (at_us, text) = (self.any_time(), self.dice.words(10));
                self.drafts.push(Draft { account: name.clone(), at_us, text, ..Draft::default() });
            }
        }
        names
    }

    /// Lets each account act at each of several moments with some chance and delay.
    fn act(
        &mut self,
        accounts: &[String],
        moments: usize,
        chance: f64,
        delay: fn(&mut Dice) -> i64,
        mut post: impl FnMut(&mut Dice, usize, usize) -> Draft,
    ) {
        for moment in 0..moments {
            let begin = self.any_time();
            for (n, account) in accounts.iter().enumerate() {
                if self.dice.unit() < chance {
                    let at_us = begin + delay(&mut self.dice);
                    let draft = post(&mut self.dice, moment, n);
                    let deleted_at_us = draft.deleted_at_us.map(|after| at_us + after);
                    let account = account.clone();
                    self.drafts.push(Draft { account, at_us, deleted_at_us, ..draft });
                }
            }
        }
    }

    fn campaign(&mut self, name: &'static str, size: usize) -> Vec<String> {
        let accounts = self.group(&format!("{name}-"), size, 400);
        self.campaigns.insert(name, accounts.clone());
        accounts
    }

    fn control(&mut self, name: &'static str, size: usize) -> Vec<String> {
        let accounts = self.group(&format!("{name}-"), size, 900);
        self.controls.insert(name, accounts.clone());
        accounts
    }

    /// Campaigns that do one thing.
    fn plant_campaigns(&mut self) {
        let fast: fn(&mut Dice) -> i64 = |dice| dice.between(0, 45 * SECOND);
        let group = self.campaign("repost", 30);
        self.act(&group, 15, 0.8, fast, |_, n, _| repost(format!("boost{n}")));
        let group = self.campaign("text", 20);
        self.act(&group, 12, 0.8, fast, |_, n, _| {
            text(format!("rise up all of you the hour number {n} has come for the front"))
        });
        let group = self.campaign("similar", 20);
        self.act(&group, 12, 0.8, fast, |dice, n, _| {
            let extra = dice.below(50);
            text(format!(
                "every one of us knows what hour{n} means and what must be done in this land \
                 before the winter comes again s{n} s{extra}"
            ))
        });
        let group = self.campaign("link", 25);
        self.act(&group, 15, 0.7, fast, |dice, n, _| Draft {
            links: vec![format!("https://front.example/{n}")],
            ..text(dice.words(8))
        });
        let group = self.campaign("reply", 20);
        self.act(&group, 20, 0.7, fast, |dice, n, _| reply(format!("victim{n}"), dice.words(7)));
        let group = self.campaign("hashtags", 30);
        self.act(&group, 20, 0.7, fast, |dice, n, _| Draft {
            hashtags: vec![format!("flood{}", n % 4), format!("t{}", n % 9)],
            ..text(dice.words(7))
        });
        let group = self.campaign("image", 20);
        self.act(&group, 12, 0.8, fast, |dice, n, _| Draft {
            images: vec![picture(n)],
            ..text(dice.words(3))
        });
    }

    /// Campaigns that are harder to see: of many kinds, of few who take part at a time, and slow.
    fn plant_harder_campaigns(&mut self) {
        let fast: fn(&mut Dice) -> i64 = |dice| dice.between(0, 45 * SECOND);
        let group = self.campaign("mixed", 20);
        self.act(&group, 18, 0.6, fast, |dice, n, _| match n % 3 {
            0 => repost(format!("mixed{n}")),
            1 => Draft { links: vec![format!("https://mixed.example/{n}")], ..Draft::default() },
            _ => reply(format!("mixed{n}"), dice.words(6)),
        });
        let group = self.campaign("sparse", 50);
        self.act(&group, 40, 0.3, fast, |_, n, _| repost(format!("sparse{n}")));
        let group = self.campaign("spread", 30);
        let slow: fn(&mut Dice) -> i64 = |dice| dice.between(0, 4 * MINUTE);
        self.act(&group, 30, 0.7, slow, |_, n, _| repost(format!("spread{n}")));
    }

    /// Crowds that come together by one cause.
    fn plant_crowds(&mut self) {
        let quarter: fn(&mut Dice) -> i64 = |dice| dice.wait(15 * MINUTE);
        let ten: fn(&mut Dice) -> i64 = |dice| dice.wait(10 * MINUTE);
        let group = self.control("fans", 100);
        self.act(&group, 60, 0.5, quarter, |_, n, _| repost(format!("idol{n}")));
        let group = self.control("news", 200);
        self.act(&group, 1, 1.0, ten, |_, _, _| Draft {
            links: vec!["https://news.example/flood".into()],
            ..text("river bursts its banks and the old town is under water tonight".into())
        });
        let group = self.control("event", 150);
        let cheer: fn(&mut Dice) -> i64 = |dice| dice.wait(40 * SECOND);
        self.act(&group, 8, 0.5, cheer, |dice, _, _| Draft {
            hashtags: vec!["final".into()],
            ..text(dice.words(4))
        });
        let group = self.control("petition", 100);
        let day: fn(&mut Dice) -> i64 = |dice| dice.between(0, 20 * HOUR);
        self.act(&group, 1, 1.0, day, |_, _, _| Draft {
            links: vec!["https://petition.example/1".into()],
            ..text("i have signed for the old trees at the river and so should you".into())
        });
    }

    /// Groups that do the same again and again, each for an ordinary reason.
    fn plant_habits(&mut self) {
        let days = self.days as usize;
        let group = self.control("class", 25);
        let lesson: fn(&mut Dice) -> i64 = |dice| dice.between(0, 40 * MINUTE);
        self.act(&group, 8, 0.9, lesson, |dice, n, _| reply(format!("lesson{n}"), dice.words(12)));
        let group = self.control("greeting", 80);
        let morning: fn(&mut Dice) -> i64 = |dice| dice.between(0, 2 * HOUR);
        self.act(&group, days, 0.7, morning, |_, n, _| {
            text(format!("good morning to all of you on this fine {} day", n % 7))
        });
        let group = self.control("quotes", 80);
        let ten: fn(&mut Dice) -> i64 = |dice| dice.wait(10 * MINUTE);
        self.act(&group, days * 2, 0.6, ten, |_, n, _| Draft {
            client: "quotes",
            ..text(format!("the quote of today is number {n} of the great book of wise words"))
        });
        let group = self.control("feed", 10);
        let feed: fn(&mut Dice) -> i64 = |dice| dice.between(0, 20 * SECOND);
        self.act(&group, 40, 0.9, feed, |_, n, _| Draft {
            links: vec![format!("https://wire.example/{n}")],
            client: "feedbot",
            ..text(format!("wire report number {n} about what happened in the town today"))
        });
    }

    fn build(self) -> Planted {
        let mut builder = Builder::new();
        let mut drafts = self.drafts;
        drafts.sort_by_key(|draft| draft.at_us);
        for (n, draft) in drafts.iter().enumerate() {
            builder.post(&PostRow {
                id: &format!("p{n}"),
                account: &draft.account,
                at_us: draft.at_us,
                text: &draft.text,
                language: "en",
                repost_of: draft.repost_of.as_deref(),
                in_reply_to: draft.in_reply_to.as_deref(),
                links: &borrowed(&draft.links),
                hashtags: &borrowed(&draft.hashtags),
                images: &borrowed(&draft.images),
                client: draft.client,
                deleted_at_us: draft.deleted_at_us,
            });
        }
        for (id, profile) in &self.profiles {
            builder.profile(ProfileRow { id, profile: profile.clone() });
        }
        Planted { dataset: builder.build(), campaigns: self.campaigns, controls: self.controls }
    }
}
