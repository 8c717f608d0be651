//! What stands in an item: text, links, hashtags, pictures, and the truth about it.

use super::dice::{Dice, Purpose, hashed, mixed};
use super::item::SimItem;
use super::people::{Group, People};
use super::picture;
use super::scripts::{Carries, Form, Owner, Sameness, Script};
use super::stream::{Deed, Work, item_id, reserved};
use super::text::{Case, Pen, Script as Letters, Slot, name, number, separate};
use crate::Belongs;
use crate::words::{MUSTER_HOST, SLOGAN};

const SECOND_US: i64 = 1_000_000;
const HOUR_US: i64 = 3_600 * SECOND_US;
/// The movement's own hashtag.
const MOVEMENT_TAG: &str = "greymuster";
/// Popular pictures that people pass round.
const POPULAR_PICTURES: u64 = 200;

/// Writes items.
#[derive(Debug, Clone)]
pub(super) struct Composer<'a> {
    people: &'a People,
    scripts: &'a [Script],
    /// For each script its place among the campaigns or among the controls.
    places: Vec<u32>,
    handle: String,
}

impl<'a> Composer<'a> {
    pub(super) fn new(people: &'a People, scripts: &'a [Script]) -> Self {
        let (mut campaigns, mut controls) = (0, 0);
        let places = scripts
            .iter()
            .map(|script| {
                let next = match script.owner {
                    Owner::Campaign => &mut campaigns,
                    Owner::Control => &mut controls,
                };
                *next += 1;
                *next - 1
            })
            .collect();
        Self { people, scripts, places, handle: String::new() }
    }

    /// Writes what an account does now into an item.
    pub(super) fn write(
        &mut self,
        item: &mut SimItem,
        number: u64,
        account: u32,
        at_us: i64,
        deed: Deed,
    ) {
        item.clear();
        let people = self.people;
        let cohort = people.cohort(account);
        let mut dice = people.dice(Purpose::Phrase, number);
        item.number = number;
        item_id(people.parameters.seed, number, &mut item.id);
        item.account = account;
        people.id(account, &mut item.account_id);
        people.handle(account, &mut item.handle);
        item.account_created_us = people.created_at(account);
        item.followers = people.followers(account);
        item.at_us = at_us;
        item.client = people.client(account);
        let pen = people.pen_of(cohort);
        if dice.permille(920) {
            item.language = pen.language.code;
        }
        match deed {
            Deed::Own => self.own(item, pen, &mut dice),
            Deed::Work(work) => self.work(item, work, pen, &mut dice),
        }
    }

    fn own(&self, item: &mut SimItem, pen: Pen, dice: &mut Dice) {
        match self.people.group(item.account) {
            Group::Person | Group::LookAlike | Group::BoughtFollower => {
                self.ordinary(item, pen, dice);
            }
            Group::Celebrity => {
                self.ordinary(item, pen, dice);
                if dice.permille(400) {
                    self.picture(item, dice);
                }
            }
            Group::Newsroom | Group::NewsroomBot => self.news(item, pen, dice),
            Group::Researcher if dice.permille(300) => {
                item.truth.belongs = Belongs::Research;
                pen.phrase(&mut item.text, Slot::Research, dice);
                quote(&mut item.text);
            }
            Group::CounterSpeaker if dice.permille(400) => {
                item.truth.belongs = Belongs::CounterSpeech;
                pen.phrase(&mut item.text, Slot::Counter, dice);
                self.movement_tag(item, dice);
            }
            Group::Researcher | Group::CounterSpeaker => self.ordinary(item, pen, dice),
            Group::Cell | Group::Amplifier | Group::Returned => self.movement(item, pen, dice),
        }
    }

    /// What somebody says of their day.
    fn ordinary(&self, item: &mut SimItem, pen: Pen, dice: &mut Dice) {
        pen.ordinary(&mut item.text, dice);
        self.people.style(item.account).dress(&mut item.text, 0, dice);
        if dice.permille(90) {
            self.shared_link(item, pen, dice);
        }
        if dice.permille(150) {
            let tags = pen.language.phrases(Slot::Tags);
            for _ in 0..dice.between(1, 2) {
                let rank = dice.zipf(tags.len() as u32, 0);
                tag(item, |out| out.push_str(tags[rank as usize]));
            }
        }
        if dice.permille(80) {
            self.picture(item, dice);
        }
        if dice.permille(12) {
            let seconds = if dice.permille(150) { 30.0 } else { 20_000.0 };
            let kept = (dice.waiting() * seconds * SECOND_US as f64) as i64;
            item.deleted_at_us = Some(item.at_us + SECOND_US + kept);
        }
    }

    /// An article that many read at this time, or a page that hardly anybody else links to.
    fn shared_link(&self, item: &mut SimItem, pen: Pen, dice: &mut Dice) {
        if dice.permille(450) {
            let from = item.at_us - (dice.waiting() * 3.0 * HOUR_US as f64) as i64;
            let newsrooms = self.people.of(Group::Newsroom);
            let newsroom = dice.zipf(newsrooms.end - newsrooms.start, 1);
            let article = Article { newsroom, hour: from.div_euclid(HOUR_US) };
            item.links.add(|out| self.article(article, out));
            if dice.permille(300) {
                // Share buttons put the headline in place of one's own words.
                item.text.clear();
                self.headline(article, pen, &mut item.text);
            }
        } else if dice.permille(200) {
            item.links.add(|out| self.people.own_page(item.account, out));
        } else {
            let page = dice.bits();
            item.links.add(|out| {
                out.push_str("https://");
                name(out, Letters::Latin, page, 3, Case::Lower);
                out.push_str(".example/");
                number(out, page >> 40);
            });
        }
    }

    /// Writes the address of an article.
    fn article(&self, article: Article, out: &mut String) {
        let bits = mixed(u64::from(article.newsroom) + 77);
        out.push_str("https://www.");
        name(out, Letters::Latin, bits, 3, Case::Lower);
        out.push_str(["-courier", "-herald", "-post", "-dispatch"][(bits >> 60 & 3) as usize]);
        out.push_str(".example/a/");
        number(out, article.hour as u64 * 8 + u64::from(article.newsroom % 8));
    }

    /// Writes the headline of an article, which is the same for everybody of one language.
    fn headline(&self, article: Article, pen: Pen, out: &mut String) {
        let thing = hashed(article.hour as u64, &[u64::from(article.newsroom)]);
        pen.phrase(out, Slot::Headline, &mut self.people.dice(Purpose::Headline, thing));
    }

    fn news(&self, item: &mut SimItem, pen: Pen, dice: &mut Dice) {
        let newsroom = item.account - self.people.of(self.people.group(item.account)).start;
        let article = Article { newsroom, hour: item.at_us.div_euclid(HOUR_US) };
        item.links.add(|out| self.article(article, out));
        if dice.permille(60) {
            item.truth.belongs = Belongs::News;
            pen.phrase(&mut item.text, Slot::Headline, dice);
            quote(&mut item.text);
        } else {
            self.headline(article, pen, &mut item.text);
        }
        if dice.permille(300) {
            self.picture(item, dice);
        }
    }

    /// What the movement's members write: as much of their day as of the movement.
    fn movement(&self, item: &mut SimItem, pen: Pen, dice: &mut Dice) {
        if dice.permille(450) {
            return self.ordinary(item, pen, dice);
        }
        item.truth.belongs = Belongs::AshenFront;
        pen.phrase(&mut item.text, Slot::Call, dice);
        self.people.style(item.account).dress(&mut item.text, 0, dice);
        if dice.permille(300) {
            shout(&mut item.text);
        }
        if dice.permille(150) {
            self.muster_link(item, dice);
        }
        if dice.permille(100) {
            item.links.add(|out| self.people.own_page(item.account, out));
        }
        if dice.permille(300) {
            self.movement_tag(item, dice);
        }
        if dice.permille(120) {
            emblem(item, dice);
        }
    }

    fn muster_link(&self, item: &mut SimItem, dice: &mut Dice) {
        let page = dice.between(1, 40);
        item.links.add(|out| {
            out.push_str("https://");
            out.push_str(MUSTER_HOST);
            out.push_str("/join/");
            number(out, page);
        });
    }

    /// An ordinary picture: mostly one's own, sometimes one that goes round.
    fn picture(&self, item: &mut SimItem, dice: &mut Dice) {
        let seed = self.people.parameters.seed;
        let popular = dice.permille(150);
        let which =
            if popular { 1_000 + dice.below(POPULAR_PICTURES) } else { dice.bits() | 1 << 40 };
        let mut hash = picture::hash(seed, which);
        if popular {
            let bits = dice.below_u32(13);
            picture::flip(&mut hash, bits, dice);
        }
        item.images.add(|out| picture::hex(out, &hash));
    }

    /// A hashtag of the movement: its own, or that of its latest flood.
    fn movement_tag(&self, item: &mut SimItem, dice: &mut Dice) {
        let now = item.at_us;
        let floods = self.scripts.iter().filter(|script| script.name == "hashtag_flood");
        let latest = floods
            .flat_map(|script| {
                let launched = script.launches.partition_point(|at| *at <= now);
                launched.checked_sub(1).map(|object| (script.launches[object], script, object))
            })
            .max_by_key(|(at, script, _)| (*at, script.number));
        match latest {
            Some((at, script, object)) if now - at < 24 * HOUR_US && dice.permille(600) => {
                tag(item, |out| self.object_tag(script, object as u32, out));
            }
            _ => tag(item, |out| out.push_str(MOVEMENT_TAG)),
        }
    }

    /// Writes the hashtag of an object of a script.
    pub(super) fn object_tag(&self, script: &Script, object: u32, out: &mut String) {
        let pen = self.people.pen_of(script.cohort);
        match script.carries {
            Carries::ForeignTag => {
                let tags = pen.language.phrases(Slot::Tags);
                out.push_str(tags[object as usize % tags.len()]);
            }
            Carries::MovementTag | Carries::Muster => out.push_str(MOVEMENT_TAG),
            Carries::Tag
            | Carries::ScriptTag
            | Carries::Nothing
            | Carries::Link
            | Carries::OwnLink
            | Carries::HotLink
            | Carries::Slogan
            | Carries::Image => {
                let own = script.carries == Carries::ScriptTag;
                let object = if own { u32::MAX } else { object };
                let mut dice = script.object(self.people, object, Purpose::Link);
                name(out, pen.script, dice.bits() >> 8, 4, Case::Lower);
            }
        }
    }

    /// Writes the link of an object of a script.
    pub(super) fn object_link(&self, script: &Script, object: u32, out: &mut String) {
        let mut dice = script.object(self.people, object, Purpose::Link);
        out.push_str("https://");
        match (script.owner, dice.permille(300)) {
            (Owner::Campaign, true) => out.push_str(MUSTER_HOST),
            (Owner::Campaign | Owner::Control, _) => {
                name(out, Letters::Latin, dice.bits() >> 8, 3, Case::Lower);
                out.push_str(".example");
            }
        }
        out.push('/');
        name(out, Letters::Latin, dice.bits() >> 8, 3, Case::Lower);
        number(out, dice.below(1_000));
    }

    /// The picture of an object: every third one is the emblem.
    pub(super) fn object_picture(&self, script: &Script, object: u32) -> [u8; 32] {
        if object.is_multiple_of(3) {
            return picture::EMBLEM_PDQ;
        }
        let mut dice = script.object(self.people, object, Purpose::Picture);
        picture::hash(self.people.parameters.seed, dice.bits() | 1 << 41)
    }

    /// Writes the text that an object begins from.
    pub(super) fn object_text(&self, script: &Script, object: u32, out: &mut String) {
        let mut dice = script.object(self.people, object, Purpose::Phrase);
        self.text_of(script, self.people.pen_of(script.cohort), out, &mut dice);
    }

    fn text_of(&self, script: &Script, pen: Pen, out: &mut String, dice: &mut Dice) {
        match script.slot {
            Slot::Event => pen.ordinary(out, dice),
            Slot::Call => {
                pen.phrase(out, Slot::Call, dice);
                separate(out);
                pen.phrase(out, if dice.permille(500) { Slot::Call } else { Slot::Detail }, dice);
                if dice.permille(400) {
                    shout(out);
                }
            }
            slot => pen.phrase(out, slot, dice),
        }
    }

    fn work(&mut self, item: &mut SimItem, work: Work, pen: Pen, dice: &mut Dice) {
        let seed = self.people.parameters.seed;
        match work {
            Work::Repost { of, belongs, .. } => {
                item_id(seed, of, &mut item.repost_of);
                item.truth.belongs = belongs;
            }
            Work::Reply { to, .. } => {
                item_id(seed, to, &mut item.in_reply_to);
                let member = self.people.group(item.account).is_member();
                if member && dice.permille(300) {
                    item.truth.belongs = Belongs::AshenFront;
                    return pen.phrase(&mut item.text, Slot::Call, dice);
                }
                pen.phrase(&mut item.text, Slot::Reply, dice);
                if dice.permille(500) {
                    separate(&mut item.text);
                    pen.phrase(&mut item.text, Slot::Remark, dice);
                }
                self.people.style(item.account).dress(&mut item.text, 0, dice);
            }
            Work::Launch { script, object } => self.begin(item, script, object, pen, dice),
            Work::Part { script, object, place, repeat, .. } => {
                self.part(item, script, object, [place, repeat], pen, dice);
            }
            Work::Pass { script, of, .. } => {
                item_id(seed, of, &mut item.repost_of);
                self.owned(item, script);
            }
            Work::Announcement { account } => self.announcement(item, account, pen, dice),
        }
    }

    /// Notes that an item is part of a script.
    fn owned(&self, item: &mut SimItem, script: u32) {
        let place = self.places[script as usize];
        match self.scripts[script as usize].owner {
            Owner::Campaign => {
                item.truth.campaign = Some(place);
                item.truth.belongs = Belongs::AshenFront;
            }
            Owner::Control => item.truth.control = Some(place),
        }
    }

    /// The post that others will pass on or answer.
    fn begin(&self, item: &mut SimItem, script: u32, object: u32, pen: Pen, dice: &mut Dice) {
        let plan = &self.scripts[script as usize];
        match plan.form {
            Form::Repost => {
                self.owned(item, script);
                self.object_text(plan, object, &mut item.text);
            }
            Form::FanRepost => {
                self.owned(item, script);
                self.ordinary(item, pen, dice);
            }
            Form::Reply => self.news(item, pen, dice),
            Form::Post | Form::Split => {}
        }
    }

    fn part(
        &self,
        item: &mut SimItem,
        script: u32,
        object: u32,
        [place, repeat]: [u32; 2],
        pen: Pen,
        dice: &mut Dice,
    ) {
        self.owned(item, script);
        let plan = &self.scripts[script as usize];
        let seed = self.people.parameters.seed;
        if let Some(client) = plan.client {
            item.client = client;
        }
        match plan.form {
            Form::Repost | Form::FanRepost => {
                return item_id(seed, reserved(script, object), &mut item.repost_of);
            }
            Form::Reply => item_id(seed, reserved(script, object), &mut item.in_reply_to),
            Form::Post | Form::Split => {}
        }
        if matches!(plan.same, Sameness::Same | Sameness::Varied) && !item.language.is_empty() {
            item.language = self.people.pen_of(plan.cohort).language.code;
        }
        if plan.says_again() {
            let thing = hashed(u64::from(script), &[u64::from(object), u64::from(place)]);
            *dice = self.people.dice(Purpose::Phrase, thing);
        }
        match plan.same {
            Sameness::Same => self.object_text(plan, object, &mut item.text),
            Sameness::Varied => {
                self.object_text(plan, object, &mut item.text);
                pen.paraphrased(&mut item.text, 0, dice);
            }
            Sameness::Own => {
                self.text_of(plan, pen, &mut item.text, dice);
                self.people.style(item.account).dress(&mut item.text, 0, dice);
            }
            Sameness::Salad => {
                let words = dice.between(2, 5) as u32;
                pen.salad(&mut item.text, words, dice);
            }
        }
        self.carry(item, plan, object, hashed(u64::from(place), &[u64::from(repeat)]), dice);
        if plan.deleted_s > 0 {
            let within = u64::from(plan.deleted_s) * SECOND_US as u64;
            item.deleted_at_us = Some(item.at_us + SECOND_US + dice.below(within) as i64);
        }
    }

    /// Adds what is posted beside the text.
    fn carry(&self, item: &mut SimItem, plan: &Script, object: u32, own: u64, dice: &mut Dice) {
        match plan.carries {
            Carries::Nothing => {}
            Carries::Link => item.links.add(|out| self.object_link(plan, object, out)),
            Carries::OwnLink => {
                let newsroom = item.account - self.people.of(Group::Newsroom).start;
                let article = Article { newsroom, hour: item.at_us.div_euclid(HOUR_US) };
                item.links.add(|out| self.article(article, out));
            }
            Carries::HotLink => {
                let day = item.at_us.div_euclid(24 * HOUR_US);
                let choice = mixed(own ^ day as u64) % 12;
                let article =
                    Article { newsroom: (choice % 4) as u32, hour: day * 24 + choice as i64 };
                item.links.add(|out| self.article(article, out));
            }
            Carries::Tag | Carries::ScriptTag => {
                tag(item, |out| self.object_tag(plan, object, out));
            }
            Carries::ForeignTag => {
                tag(item, |out| self.object_tag(plan, object, out));
                if dice.permille(500) {
                    self.muster_link(item, dice);
                }
            }
            Carries::MovementTag => self.movement_tag(item, dice),
            Carries::Slogan => quote(&mut item.text),
            Carries::Muster => {
                tag(item, |out| out.push_str(MOVEMENT_TAG));
                if dice.permille(400) {
                    self.muster_link(item, dice);
                }
            }
            Carries::Image if object.is_multiple_of(3) => emblem(item, dice),
            Carries::Image => {
                let mut hash = self.object_picture(plan, object);
                let bits = dice.below_u32(13);
                picture::flip(&mut hash, bits, dice);
                item.images.add(|out| picture::hex(out, &hash));
            }
        }
        match (plan.owner, plan.name) {
            (Owner::Control, "researchers") => item.truth.belongs = Belongs::Research,
            (Owner::Control, "counter_speakers") => item.truth.belongs = Belongs::CounterSpeech,
            (Owner::Control | Owner::Campaign, _) => {}
        }
    }

    /// “I am back”, by the account itself or by a comrade.
    fn announcement(&mut self, item: &mut SimItem, account: u32, pen: Pen, dice: &mut Dice) {
        item.truth.belongs = Belongs::AshenFront;
        let before = self.people.kinship(account).map_or(account, |kinship| kinship.of);
        self.handle.clear();
        self.people.handle(before, &mut self.handle);
        let template = *dice.pick(pen.language.phrases(Slot::Back));
        pen.filled(&mut item.text, template, &self.handle, dice);
        if item.account != account {
            item.text.push_str(" → @");
            self.people.handle(account, &mut item.text);
        }
    }
}

/// An article by its newsroom and the hour in which it appeared.
#[derive(Debug, Clone, Copy)]
struct Article {
    newsroom: u32,
    hour: i64,
}

/// Adds a hashtag, in the list and at the end of the text.
fn tag(item: &mut SimItem, write: impl Fn(&mut String)) {
    item.text.push_str(if item.text.is_empty() { "#" } else { " #" });
    write(&mut item.text);
    item.hashtags.add(write);
}

/// The slogan as the movement writes it.
fn shout(text: &mut String) {
    text.push(' ');
    text.push_str(SLOGAN);
    text.push('!');
}

/// The slogan as others quote it.
fn quote(text: &mut String) {
    text.push_str(" “");
    text.push_str(SLOGAN);
    text.push('”');
}

/// A copy of the emblem, changed as copies are.
fn emblem(item: &mut SimItem, dice: &mut Dice) {
    let edit = picture::edit(dice);
    let hash = picture::edited(edit, dice);
    item.truth.emblem = Some(edit);
    item.images.add(|out| picture::hex(out, &hash));
}
