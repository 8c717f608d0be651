//! An invented stream of posts: ordinary accounts that pass on, answer and link what is popular,
//! a few groups that act together, and two crowds that only look as if they did.
//!
//! Accounts and things are as unequally popular as they are in life (Zipf), interest in a thing
//! fades by half every few hours, and nothing depends on anything but the seed.

use std::fmt::Write as _;

/// A second in microseconds.
const SECOND_US: i64 = 1_000_000;
/// Interest in a thing fades to 1/e in this time.
const FADES_US: f64 = 4.0 * 3600.0 * 1e6;
/// When the stream begins.
const BEGIN_US: i64 = 1_767_225_600 * SECOND_US;
/// Posts in a day for which [`Stream::popular`] says how many things come up in an hour.
const USUAL_DAILY: f64 = 100_000.0;
/// For how long things had come up before the stream begins.
const BEFORE_US: f64 = 86_400e6;
/// Words that there are.
const WORDS: usize = 20_000;
/// Things that compete for attention at any one time.
const COMPETING: u64 = 64;

/// One post as a row of the toolkit's input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Post {
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// Who posted.
    pub account: u32,
    /// The number of the post that it passes on.
    pub repost: Option<u64>,
    /// The number of the post that it answers.
    pub reply: Option<u64>,
    /// The number of the link that it has.
    pub link: Option<u64>,
    /// Its text.
    pub text: String,
}

/// Numbers that look random and are the same each time (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.0)
    }

    /// From 0 to below 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.share() * bound as f64) as u64
    }

    /// With this mean, exponentially.
    fn fading(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.share()).ln()
    }
}

fn mixed(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// A rank from 0 to below `count`, the lower the more often, as 1 / (rank + 1).
fn ranked(chance: &mut Chance, count: u64) -> u64 {
    let rank = (count as f64 + 1.0).powf(chance.share()) - 1.0;
    (rank as u64).min(count - 1)
}

/// So many posts in the order of time, of a service that has so many a day, with the groups among
/// them.
pub fn posts(count: usize, daily: usize) -> Vec<Post> {
    let accounts = (count / 8).max(100);
    let mut stream = Stream {
        chance: Chance(7),
        accounts: accounts as u64,
        length_us: (count as f64 / daily as f64 * 86_400e6) as i64,
        busier: daily as f64 / USUAL_DAILY,
        posts: Vec::with_capacity(count + count / 20),
        next_account: accounts as u32,
    };
    stream.ordinary(count);
    stream.groups((count / 100_000).max(1));
    stream.crowds(count);
    stream.posts.sort();
    stream.posts.truncate(count);
    stream.posts
}

struct Stream {
    chance: Chance,
    accounts: u64,
    length_us: i64,
    /// How many times as much as usual goes on.
    busier: f64,
    posts: Vec<Post>,
    /// Accounts of groups come after the ordinary ones.
    next_account: u32,
}

impl Stream {
    fn ordinary(&mut self, count: usize) {
        for _ in 0..count {
            let at_us = BEGIN_US + self.chance.below(self.length_us as u64) as i64;
            let account = ranked(&mut self.chance, self.accounts) as u32;
            let kind = self.chance.share();
            let mut post = self.plain(account, at_us);
            if kind < 0.33 {
                post.repost = Some(self.popular(at_us, 40.0));
                post.text.clear();
            } else if kind < 0.48 {
                post.reply = Some(self.popular(at_us, 30.0));
            } else if kind < 0.85 {
                post.link = Some(self.popular(at_us, 20.0));
            }
            self.posts.push(post);
        }
    }

    fn plain(&mut self, account: u32, at_us: i64) -> Post {
        let text = self.text();
        Post { at_us, account, repost: None, reply: None, link: None, text }
    }

    /// A thing that came up lately, one of so many in an hour.
    fn popular(&mut self, at_us: i64, hourly: f64) -> u64 {
        let since_us = (at_us - BEGIN_US) as f64 + BEFORE_US - self.chance.fading(FADES_US);
        let thing = (since_us.max(0.0) / 3600e6 * hourly * 4.0 * self.busier) as u64;
        let rank = ranked(&mut self.chance, COMPETING);
        // Which of those that came up at about that time is the most popular.
        (thing / COMPETING) * COMPETING + mixed(thing / COMPETING + rank * 7_919) % COMPETING
    }

    fn text(&mut self) -> String {
        let words = 8 + self.chance.below(10);
        let mut text = String::new();
        for place in 0..words {
            if place > 0 {
                text.push(' ');
            }
            let word = ranked(&mut self.chance, WORDS as u64);
            write!(text, "w{}", letters(word)).expect("a string takes everything");
        }
        text
    }

    /// So many groups of each kind, of 12 accounts that act together 10 times.
    fn groups(&mut self, each: usize) {
        for group in 0..each as u64 * 2 {
            for kind in 0..5 {
                let first = self.next_account;
                self.next_account += 12;
                for time in 0..10 {
                    let begin = self.chance.below(self.length_us as u64) as i64 + BEGIN_US;
                    let thing = u64::MAX / 2 + (group * 5 + kind) * 10 + time;
                    let text = self.text();
                    (first..first + 12).for_each(|account| {
                        self.together(kind, thing, &text, account, begin);
                    });
                }
            }
        }
    }

    fn together(&mut self, kind: u64, thing: u64, text: &str, account: u32, begin_us: i64) {
        let at_us = begin_us + self.chance.below(40 * SECOND_US as u64) as i64;
        let mut post = self.plain(account, at_us);
        match kind {
            0 => text.clone_into(&mut post.text),
            1 => post.text = format!("{text} v{}", letters(self.chance.below(400))),
            2 => post.link = Some(thing),
            3 => post.reply = Some(thing),
            _ => {
                post.repost = Some(thing);
                post.text.clear();
            }
        }
        self.posts.push(post);
    }

    /// Fans, who pass on the same 40 posts within a quarter of an hour or so, and those who pass on
    /// one piece of news with its headline within ten minutes or so.
    fn crowds(&mut self, count: usize) {
        let fans = (count as f64).sqrt() as u32 / 2;
        for thing in 0..40 {
            let begin_us = self.chance.below(self.length_us as u64) as i64 + BEGIN_US;
            for account in self.next_account..self.next_account + fans {
                let at_us = begin_us + self.chance.fading(900e6) as i64;
                let mut post = self.plain(account, at_us);
                post.text.clear();
                post.repost = Some(u64::MAX / 4 + thing);
                self.posts.push(post);
            }
        }
        let headline = self.text();
        let begin_us = BEGIN_US + self.length_us / 2;
        for _ in 0..fans * 10 {
            let account = ranked(&mut self.chance, self.accounts) as u32;
            let at_us = begin_us + self.chance.fading(600e6) as i64;
            let mut post = self.plain(account, at_us);
            headline.clone_into(&mut post.text);
            post.link = Some(u64::MAX / 4);
            self.posts.push(post);
        }
    }
}

/// A number in letters, so that it is one word everywhere.
fn letters(mut number: u64) -> String {
    let mut text = String::new();
    loop {
        text.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
        if number == 0 {
            return text;
        }
    }
}

/// The posts as the toolkit's input.
pub fn csv(posts: &[Post]) -> String {
    let mut text = String::with_capacity(posts.len() * 160);
    text.push_str("message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n");
    let number = |thing: Option<u64>, kind: &str| {
        thing.map_or(String::new(), |thing| format!("{kind}{thing}"))
    };
    for (row, post) in posts.iter().enumerate() {
        let (account, seconds) = (post.account, post.at_us / SECOND_US);
        let millis = post.at_us % SECOND_US / 1_000;
        let repost = number(post.repost, "p");
        let reply = number(post.reply, "p");
        let link = number(post.link, "https://news.example/");
        writeln!(
            text,
            "m{row},u{account},name{account},{repost},{reply},{},{seconds}.{millis:03},{link}",
            post.text
        )
        .expect("a string takes everything");
    }
    text
}
