//! A small planted dataset for tests: suspended accounts, their returns, and benign look-alikes.

use super::Truth;
use crate::Dataset;
use crate::dataset::{Builder, FollowRow, PostRow, Profile, ProfileRow};
use crate::stats::Draws;

pub const DAY: i64 = 86_400_000_000;
pub const START: i64 = 20_000 * DAY;

/// What to plant.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    pub members: u64,
    pub newcomers: u64,
    pub returns: u64,
    pub suspended: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { seed: 1, members: 144, newcomers: 300, returns: 24, suspended: 48 }
    }
}

/// Somebody's traits: each a seed from which handle, name, hours and so on are drawn.
#[derive(Clone, Copy)]
struct Traits {
    handle: u64,
    name: u64,
    bio: u64,
    avatar: u64,
    hours: u64,
    style: u64,
    client: u64,
    page: u64,
}

const SYLLABLES: [&str; 16] = [
    "ba", "re", "lo", "ni", "tu", "sha", "ke", "mo", "ri", "va", "do", "pe", "zu", "li", "gar",
    "on",
];
const ENDINGS: [&str; 8] = ["!", "...", " :)", ".", "!!", " haha", " ^^", "?"];
const CLIENTS: [&str; 6] = ["web", "phone", "tablet", "gull", "pier", "mooring"];

fn draws(seed: u64, kind: u64) -> Draws {
    Draws::new(seed, kind)
}

fn word(draws: &mut Draws, syllables: u64) -> String {
    (0..syllables).map(|_| SYLLABLES[draws.below(16) as usize]).collect()
}

/// A word of which low numbers are common.
fn common(draws: &mut Draws) -> String {
    let unit = draws.unit();
    word(&mut Draws::new((unit * unit * 400.0) as u64, 99), 2)
}

impl Traits {
    fn own(person: u64) -> Self {
        let seed = person * 16;
        Self {
            handle: seed,
            name: seed + 1,
            bio: seed + 2,
            avatar: seed + 3,
            hours: seed + 4,
            style: seed + 5,
            client: seed + 6,
            page: seed + 7,
        }
    }

    /// Each trait of another with this chance.
    fn of(old: Self, person: u64, chance: f64, draws: &mut Draws) -> Self {
        let own = Self::own(person);
        let mut pick = |old: u64, own: u64| if draws.unit() < chance { old } else { own };
        Self {
            handle: pick(old.handle, own.handle),
            name: pick(old.name, own.name),
            bio: pick(old.bio, own.bio),
            avatar: pick(old.avatar, own.avatar),
            hours: pick(old.hours, own.hours),
            style: pick(old.style, own.style),
            client: pick(old.client, own.client),
            page: pick(old.page, own.page),
        }
    }

    fn profile(&self, counter: u64) -> Profile {
        let mut handle = draws(self.handle, 1);
        let stem = format!("{}{}", word(&mut handle, 2), word(&mut handle, 2));
        let mut name = draws(self.name, 2);
        let mut bio = draws(self.bio, 3);
        let words: Vec<String> = (0..6).map(|_| common(&mut bio)).collect();
        let page = word(&mut draws(self.page, 4), 4);
        let mut avatar = draws(self.avatar, 5);
        // One in ten never chose a picture.
        let chosen = avatar.below(10) > 0;
        let mut bytes = [0_u8; 32];
        bytes.iter_mut().for_each(|byte| *byte = if chosen { avatar.below(256) as u8 } else { 7 });
        bytes[(counter % 32) as usize] ^= 1 << (counter % 8);
        Profile {
            handle: if counter > 0 { format!("{stem}_{counter}") } else { stem },
            display_name: format!("{} {}", common(&mut name), word(&mut name, 3)),
            bio: format!("{} {} https://pages.example/{page}", words.join(" "), word(&mut bio, 4)),
            language: "en".into(),
            avatar_pdq: Some(bytes),
            ..Profile::default()
        }
    }

    fn posts(&self, builder: &mut Builder, id: &str, from: i64, until: i64, count: u64) {
        let mut hours = draws(self.hours, 6);
        let near = [hours.below(24), hours.below(24)];
        let style = draws(self.style, 7).below(64);
        let client = CLIENTS[draws(self.client, 8).below(6) as usize];
        let mut dice = draws(hours.below(u64::MAX), id.len() as u64 + from as u64);
        for number in 0..count {
            let days = ((until - from) / DAY).max(1) as u64;
            let hour = (near[dice.below(2) as usize] + dice.below(2)) % 24;
            let at_us = from / DAY * DAY
                + DAY
                + (dice.below(days) * 24 + hour) as i64 * 3_600_000_000
                + dice.below(3_600_000_000) as i64;
            if at_us >= until {
                continue;
            }
            let ending = ENDINGS[if dice.below(3) == 0 { style / 8 } else { style % 8 } as usize];
            let words: Vec<String> = (0..10).map(|_| common(&mut dice)).collect();
            let text = format!("{}{ending}", words.join(" "));
            let post = format!("{id}-{number}");
            let language = "en";
            builder.post(&PostRow {
                id: &post,
                account: id,
                at_us,
                text: &text,
                language,
                client,
                ..PostRow::default()
            });
        }
    }
}

/// Somebody who is planted.
struct Planted {
    id: String,
    traits: Traits,
    created: i64,
    suspended: Option<i64>,
    community: u64,
    counter: u64,
}

/// The dataset and which accounts are returns of which.
pub fn planted(plan: Plan) -> (Dataset, Truth) {
    let mut dice = Draws::new(plan.seed, 1_000);
    let mut people: Vec<Planted> = Vec::new();
    let base = plan.seed * 1_000_000;
    for number in 0..plan.members {
        let suspended = number < plan.suspended;
        people.push(Planted {
            id: format!("m{number}"),
            traits: Traits::own(base + number),
            created: START - (100 + dice.below(300) as i64) * DAY,
            suspended: suspended.then(|| START + (60 + dice.below(20) as i64) * DAY),
            community: number % 12,
            counter: 0,
        });
    }
    for number in 0..plan.newcomers {
        let like = (number % 20 == 0).then(|| dice.below(plan.suspended) as usize);
        let own = base + 100_000 + number;
        // Look-alikes share a little with a suspended account: a handle, a picture, a name.
        let traits = like
            .map_or(Traits::own(own), |old| Traits::of(people[old].traits, own, 0.15, &mut dice));
        people.push(Planted {
            id: format!("n{number}"),
            traits,
            created: START + (50 + dice.below(60) as i64) * DAY + dice.below(DAY as u64) as i64,
            suspended: None,
            community: dice.below(12),
            counter: 1 + dice.below(90),
        });
    }
    let mut pairs = Vec::new();
    for number in 0..plan.returns {
        let old = &people[number as usize];
        let own = base + 200_000 + number;
        let traits = Traits::of(old.traits, own, 0.6, &mut dice);
        let suspended = old.suspended.expect("the first members are suspended");
        pairs.push((old.id.clone(), format!("r{number}")));
        people.push(Planted {
            id: format!("r{number}"),
            traits,
            created: suspended + dice.below(3 * DAY as u64) as i64,
            suspended: None,
            community: number % 12,
            counter: 1 + dice.below(90),
        });
    }
    (build(&people, plan, &mut dice), Truth::new(pairs))
}

fn build(people: &[Planted], plan: Plan, dice: &mut Draws) -> Dataset {
    let mut builder = Builder::new();
    for one in people {
        let profile = Profile {
            created_at_us: Some(one.created),
            suspended_at_us: one.suspended,
            ..one.traits.profile(one.counter)
        };
        builder.profile(ProfileRow { id: &one.id, profile });
        let until = one.suspended.unwrap_or(START + 120 * DAY);
        let from = one.created.max(START);
        one.traits.posts(&mut builder, &one.id, from, until, 24);
    }
    let members = plan.members;
    for (number, one) in people.iter().enumerate() {
        let returned = one.id.strip_prefix('r').and_then(|id| id.parse::<u64>().ok());
        for turn in 0..25 {
            // The audience of a member comes mostly from its community; that of a return is that
            // of the old account, in part.
            let audience = returned.unwrap_or(number as u64);
            let mut fixed = Draws::new(audience, 77 + turn);
            let near = fixed.below(members / 12) * 12 + one.community;
            let from = if returned.is_some() && dice.unit() < 0.5 || returned.is_none() {
                if fixed.unit() < 0.7 { near } else { fixed.below(members) }
            } else {
                dice.below(members)
            };
            let at_us = Some(one.created + dice.below(5 * DAY as u64) as i64);
            builder.follow(&FollowRow { from: &people[from as usize].id, to: &one.id, at_us });
        }
    }
    builder.build()
}
