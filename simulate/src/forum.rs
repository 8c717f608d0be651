//! The Harbour Forum: an endless stream of items, each with the truth about it.

use crate::chance::Chance;
use crate::kit::SERVICE;
use crate::picture::{Edit, Emblem, scene};
use crate::words::{
    Account, Genre, Role, SLOGAN, Sentence, accounts, fill, muster_link, sentences, spelled,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{
    AccountId, Audience, Author, Item, ItemId, Kind, Media, MediaId, MediaKind, NoticeKind,
    ServiceId, Timestamp,
};
use serde::Serialize;
use serde_json::Map;
use std::collections::VecDeque;

/// Items that replies and notices can be about.
const RECENT_ITEMS: usize = 30;
const DAY_SECONDS: i64 = 86_400;

/// What an item is in truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Belongs {
    /// Ordinary speech: sport, recipes, worship, mourning, daily life.
    Ordinary,
    /// News that quotes the movement.
    News,
    /// Research about it.
    Research,
    /// Satire of it.
    Satire,
    /// Speech against it.
    CounterSpeech,
    /// The movement itself.
    AshenFront,
}

impl Belongs {
    /// Whether the item quotes the movement for a protected purpose.
    #[must_use]
    pub fn quotes(self) -> bool {
        match self {
            Self::News | Self::Research | Self::Satire | Self::CounterSpeech => true,
            Self::Ordinary | Self::AshenFront => false,
        }
    }
}

/// The truth about an item, which no signal sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Truth {
    /// What it is.
    pub belongs: Belongs,
    /// The language that it was written in, as a BCP 47 tag.
    pub language: &'static str,
    /// What was done to the copy of the emblem that it carries, if it carries one.
    #[serde(skip)]
    pub emblem: Option<Edit>,
}

/// One item and the truth about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Simulated {
    /// The item, as a service would send it.
    pub item: Item,
    /// The truth.
    pub truth: Truth,
}

/// A notice that a simulated user makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedNotice {
    /// The item it is about.
    pub item: ItemId,
    /// Why, in the words and language of the notifier.
    pub reason: String,
    /// Who makes it.
    pub kind: NoticeKind,
    /// When.
    pub at: Timestamp,
}

/// An item that was posted a short while ago.
#[derive(Debug, Clone)]
struct Recent {
    id: ItemId,
    thread: ItemId,
    belongs: Belongs,
}

/// The forum; as an iterator it never ends.
#[derive(Debug, Clone)]
pub struct Forum {
    start: Timestamp,
    now: Timestamp,
    accounts: Vec<Account>,
    sentences: Vec<Sentence>,
    /// Draws for items; notices have their own, so that asking for them changes no item.
    items: Chance,
    notices: Chance,
    emblem: Emblem,
    count: u64,
    recent: VecDeque<Recent>,
}

impl Forum {
    /// Opens the forum at a time; the same seed and time give the same items.
    #[must_use]
    pub fn new(seed: u64, start: Timestamp) -> Self {
        Self {
            start,
            now: start,
            accounts: accounts(),
            sentences: sentences(),
            items: Chance::new(seed, 0),
            notices: Chance::new(seed, 1),
            emblem: Emblem::draw(),
            count: 0,
            recent: VecDeque::with_capacity(RECENT_ITEMS),
        }
    }

    /// The next item, one to eight seconds after the one before.
    ///
    /// About 12 % are of the Ashen Front and 6 % quote it; the rest are ordinary.
    ///
    /// # Panics
    /// Never within the first 10^15 items: ids and tables are the program's own.
    pub fn next_item(&mut self) -> Simulated {
        self.count += 1;
        self.now = self.now.plus_seconds(i64::from(self.items.between(1, 8)));
        let role = self.role();
        let account = self.account(role);
        let author = self.author(account);
        let language = *self.items.pick(&self.accounts[account].languages);
        let genre = self.genre(role);
        let belongs = belongs(genre);
        let text = self.text(language, genre);
        let picture = self.picture(belongs);
        let emblem = picture.as_ref().and_then(|picture| picture.emblem);
        let id = ItemId::new(format!("h{:06}", self.count)).expect("a short id");
        let mut item = blank_item(id, self.now, author);
        item.language = self.items.permille(700).then(|| language.to_owned());
        item.text = text;
        item.media = picture.map(|picture| picture.media).into_iter().collect();
        self.dress(&mut item, belongs);
        self.remember(&item, belongs);
        Simulated { item, truth: Truth { belongs, language, emblem } }
    }

    /// A notice about a recent item, now and then: to be asked once after each item, it comes about
    /// once in forty times. Many notices are right, some are not.
    pub fn notices(&mut self) -> Option<SimulatedNotice> {
        if self.recent.is_empty() || !self.notices.permille(25) {
            return None;
        }
        let ashen = |recent: &&Recent| recent.belongs == Belongs::AshenFront;
        let about: Vec<&Recent> = if self.notices.permille(650) {
            self.recent.iter().filter(ashen).collect()
        } else {
            self.recent.iter().collect()
        };
        if about.is_empty() {
            return None;
        }
        let item = self.notices.pick(&about).id.clone();
        let claims: Vec<&Sentence> =
            self.sentences.iter().filter(|sentence| sentence.genre == Genre::Claim).collect();
        let reason = self.notices.pick(&claims).text.to_owned();
        let kind = match self.notices.below(10) {
            0 => NoticeKind::TrustedFlagger,
            _ => NoticeKind::User,
        };
        Some(SimulatedNotice { item, reason, kind, at: self.now })
    }

    fn role(&mut self) -> Role {
        match self.items.below(1_000) {
            0..=119 => Role::Ashen,
            120..=139 => Role::Newsroom,
            140..=149 => Role::Researcher,
            150..=161 => Role::Satirist,
            162..=179 => Role::Answerer,
            _ => Role::Person,
        }
    }

    fn account(&mut self, role: Role) -> usize {
        let of_role: Vec<usize> =
            (0..self.accounts.len()).filter(|index| self.accounts[*index].role == role).collect();
        *self.items.pick(&of_role)
    }

    fn author(&self, index: usize) -> Author {
        let account = &self.accounts[index];
        let id = AccountId::new(format!("a{:03}", index + 1)).expect("a short id");
        Author {
            id,
            handle: Some(account.handle.to_owned()),
            display_name: Some(account.display_name.to_owned()),
            bio: None,
            created_at: Some(self.start.plus_seconds(-account.age_days * DAY_SECONDS)),
            followers: Some(account.followers),
            extra: Map::new(),
        }
    }

    fn genre(&mut self, role: Role) -> Genre {
        match role {
            Role::Person => *self.items.pick(&Genre::ORDINARY),
            Role::Newsroom => Genre::News,
            Role::Researcher => Genre::Research,
            Role::Satirist => Genre::Satire,
            Role::Answerer => Genre::Counter,
            Role::Ashen => Genre::Ashen,
        }
    }

    /// One sentence or, from ordinary people, sometimes two.
    fn text(&mut self, language: &str, genre: Genre) -> String {
        let fitting: Vec<&'static str> = self
            .sentences
            .iter()
            .filter(|sentence| sentence.language == language && sentence.genre == genre)
            .map(|sentence| sentence.text)
            .collect();
        let slogan =
            if genre == Genre::Ashen { spelled(&mut self.items) } else { SLOGAN.to_owned() };
        let link = muster_link(&mut self.items);
        let first = *self.items.pick(&fitting);
        let mut text = fill(first, &slogan, &link, &mut self.items);
        let second = *self.items.pick(&fitting);
        if Genre::ORDINARY.contains(&genre) && second != first && self.items.permille(400) {
            text.push(' ');
            text.push_str(&fill(second, &slogan, &link, &mut self.items));
        }
        text
    }

    fn picture(&mut self, belongs: Belongs) -> Option<Picture> {
        let (emblems, scenes) = match belongs {
            Belongs::AshenFront => (350, 0),
            Belongs::News | Belongs::Research => (150, 0),
            Belongs::Ordinary => (0, 120),
            Belongs::Satire | Belongs::CounterSpeech => (60, 60),
        };
        let draw = self.items.below(1_000);
        if draw < emblems {
            let edit = Edit::draw(&mut self.items);
            return Some(Picture { media: media(&self.emblem.edited(edit)), emblem: Some(edit) });
        }
        let media = (draw < emblems + scenes).then(|| media(&scene(&mut self.items)))?;
        Some(Picture { media, emblem: None })
    }

    /// Makes the item a message, a reply or a bare picture, or gives it a link.
    fn dress(&mut self, item: &mut Item, belongs: Belongs) {
        if belongs == Belongs::AshenFront {
            if self.items.permille(150) {
                item.links.push(muster_link(&mut self.items));
            }
        } else if self.items.permille(60) {
            let page = self.items.between(1, 400);
            item.links.push(format!("https://harbour-news.example/{page}?utm_source=forum"));
        }
        match self.items.below(1_000) {
            0..=69 => {
                item.kind = Kind::Message;
                item.audience = Audience::Private;
            }
            70..=149 => item.audience = Audience::Limited,
            150..=299 => self.answer_somebody(item),
            300..=399 if !item.media.is_empty() => {
                item.kind = Kind::Image;
                item.text.clear();
            }
            _ => {}
        }
    }

    fn answer_somebody(&mut self, item: &mut Item) {
        let recent = self.recent.make_contiguous();
        if !recent.is_empty() {
            let answered = self.items.pick(recent);
            item.in_reply_to = Some(answered.id.clone());
            item.thread = Some(answered.thread.clone());
        }
    }

    /// Keeps a public item for replies and notices; nobody else sees a message.
    fn remember(&mut self, item: &Item, belongs: Belongs) {
        if item.audience == Audience::Private {
            return;
        }
        if self.recent.len() == RECENT_ITEMS {
            self.recent.pop_front();
        }
        let thread = item.thread.clone().unwrap_or_else(|| item.id.clone());
        self.recent.push_back(Recent { id: item.id.clone(), thread, belongs });
    }
}

impl Iterator for Forum {
    type Item = Simulated;
    fn next(&mut self) -> Option<Simulated> {
        Some(self.next_item())
    }
}

struct Picture {
    media: Media,
    emblem: Option<Edit>,
}

fn belongs(genre: Genre) -> Belongs {
    match genre {
        Genre::News => Belongs::News,
        Genre::Research => Belongs::Research,
        Genre::Satire => Belongs::Satire,
        Genre::Counter => Belongs::CounterSpeech,
        Genre::Ashen => Belongs::AshenFront,
        Genre::Sport
        | Genre::Kitchen
        | Genre::Faith
        | Genre::Mourning
        | Genre::Daily
        | Genre::Claim => Belongs::Ordinary,
    }
}

fn blank_item(id: ItemId, created_at: Timestamp, author: Author) -> Item {
    Item {
        service: ServiceId::new(SERVICE).expect("a short id"),
        id,
        kind: Kind::Post,
        created_at,
        author,
        text: String::new(),
        language: None,
        links: vec![],
        media: vec![],
        in_reply_to: None,
        repost_of: None,
        thread: None,
        audience: Audience::Public,
        extra: Map::new(),
    }
}

fn media(bytes: &[u8]) -> Media {
    Media {
        id: MediaId::new("m1").expect("a short id"),
        kind: MediaKind::Image,
        url: None,
        path: None,
        bytes: Some(STANDARD.encode(bytes)),
        sha256: None,
        pdq: None,
        extra: Map::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::words::{MUSTER_HOST, SLOGAN_WORDS};
    use sha2::{Digest as _, Sha256};
    use std::collections::{BTreeMap, BTreeSet};

    fn start() -> Timestamp {
        Timestamp::parse("2026-05-01T08:00:00Z").unwrap()
    }

    fn forum() -> Forum {
        Forum::new(7, start())
    }

    /// The hash changes with sentences, drawing code and the `image` crate's encoders, and should
    /// change with nothing else.
    #[test]
    fn the_first_items_are_frozen() {
        let mut hash = Sha256::new();
        for simulated in forum().take(200) {
            hash.update(serde_json::to_vec(&simulated.item).unwrap());
            hash.update(b"\n");
        }
        let expected = "c4c01dfba60dfdba7daa405bffeaf8b1b9d7ec480120f55edd22b139c5e112ae";
        assert_eq!(hex::encode(hash.finalize()), expected);
    }

    #[test]
    fn the_same_seed_gives_the_same_items_whoever_asks_for_notices() {
        let mut asked = forum();
        let alone: Vec<Simulated> = forum().take(150).collect();
        let with_notices: Vec<Simulated> = (0..150)
            .map(|_| {
                let simulated = asked.next_item();
                asked.notices();
                simulated
            })
            .collect();
        assert_eq!(alone, with_notices);
        assert_ne!(alone, Forum::new(8, start()).take(150).collect::<Vec<_>>());
    }

    #[test]
    fn items_pass_the_parser_unchanged_and_are_small() {
        for simulated in forum().take(400) {
            let json = serde_json::to_vec(&simulated.item).unwrap();
            assert_eq!(model::parse_item(&json).unwrap(), simulated.item);
            assert!(simulated.item.text.len() < 1_000 && json.len() < 90_000, "{}", json.len());
            for medium in &simulated.item.media {
                let bytes = STANDARD.decode(medium.bytes.as_ref().unwrap()).unwrap();
                assert!(bytes.len() < 60_000);
                image::load_from_memory(&bytes).unwrap();
            }
            assert!(!simulated.item.text.is_empty() || !simulated.item.media.is_empty());
        }
    }

    #[test]
    fn shares_and_languages_are_as_promised() {
        let mut shares = BTreeMap::new();
        let mut languages = BTreeSet::new();
        let mut accounts = BTreeSet::new();
        for simulated in forum().take(2_000) {
            *shares.entry(simulated.truth.belongs).or_insert(0) += 1;
            accounts.insert(simulated.item.author.id.clone());
            if simulated.truth.belongs == Belongs::Ordinary {
                languages.insert(simulated.truth.language);
            }
        }
        let quotes: i32 = shares.iter().filter(|(b, _)| b.quotes()).map(|(_, count)| count).sum();
        let ashen = shares[&Belongs::AshenFront];
        assert!((200..=280).contains(&ashen), "{shares:?}");
        assert!((85..=155).contains(&quotes), "{shares:?}");
        assert_eq!(shares.len(), 6, "{shares:?}");
        for language in [
            "en", "ar", "fr", "es", "tr", "fa", "ur", "kmr", "id", "ru", "de", "hi", "pt", "sw",
            "he",
        ] {
            assert!(languages.contains(language), "{language}");
        }
        assert!((38..=42).contains(&accounts.len()), "{}", accounts.len());
    }

    #[test]
    fn ordinary_items_hold_nothing_of_the_movement() {
        for simulated in forum().take(1_500) {
            let Simulated { item, truth } = simulated;
            let all = format!("{} {:?}", item.text, item.links).to_lowercase();
            let found = SLOGAN_WORDS.iter().chain([&MUSTER_HOST]).any(|word| all.contains(word));
            match truth.belongs {
                Belongs::Ordinary => assert!(!found && truth.emblem.is_none(), "{all}"),
                Belongs::News | Belongs::Satire => {
                    assert!(item.text.is_empty() || all.contains(SLOGAN), "{all}");
                }
                Belongs::Research | Belongs::CounterSpeech => {
                    assert!(item.text.is_empty() || found, "{all}");
                }
                Belongs::AshenFront => assert!(!item.author.handle.unwrap().contains("quay")),
            }
        }
    }

    #[test]
    fn the_movement_shows_itself_in_every_way() {
        let (mut plain, mut disguised, mut linked, mut silent) = (0, 0, 0, 0);
        let mut edits = BTreeSet::new();
        for Simulated { item, truth } in forum().take(2_000) {
            if truth.belongs != Belongs::AshenFront {
                continue;
            }
            let text = item.text.to_lowercase();
            let has_link = format!("{text} {:?}", item.links).to_lowercase().contains(MUSTER_HOST);
            plain += u32::from(text.contains(SLOGAN));
            disguised += u32::from(text.contains("áshvumi") || text.contains('\u{ff45}'));
            linked += u32::from(has_link);
            let word = SLOGAN_WORDS.iter().any(|word| text.contains(word));
            silent += u32::from(!word && !has_link && truth.emblem.is_none());
            edits.extend(
                truth
                    .emblem
                    .map(|edit| std::mem::discriminant(&edit))
                    .map(|edit| format!("{edit:?}")),
            );
        }
        assert!(plain > 20 && disguised > 3 && linked > 40, "{plain} {disguised} {linked}");
        // Some of it shows nothing that a bank holds: the truth is not what the rules can find.
        assert!(silent > 10, "{silent}");
        assert_eq!(edits.len(), 5, "{edits:?}");
    }

    #[test]
    fn time_goes_on_and_young_accounts_are_young() {
        let mut before = start();
        for Simulated { item, truth } in forum().take(500) {
            let seconds = item.created_at.seconds_since(before);
            assert!((1..=8).contains(&seconds), "{seconds}");
            before = item.created_at;
            let age_seconds = start().seconds_since(item.author.created_at.unwrap());
            assert!(age_seconds >= DAY_SECONDS);
            if truth.belongs == Belongs::Ordinary {
                assert!(age_seconds > 14 * DAY_SECONDS, "{:?}", item.author.handle);
            }
        }
    }

    #[test]
    fn replies_answer_items_that_were_there_and_public() {
        let mut public = BTreeSet::new();
        let mut replies = 0;
        for Simulated { item, .. } in forum().take(800) {
            if let Some(answered) = &item.in_reply_to {
                replies += 1;
                assert!(public.contains(answered) && item.thread.is_some());
            }
            assert_eq!(item.kind == Kind::Message, item.audience == Audience::Private);
            if item.audience != Audience::Private {
                public.insert(item.id);
            }
        }
        assert!(replies > 60, "{replies}");
    }

    #[test]
    fn notices_come_now_and_then() {
        let mut forum = forum();
        assert_eq!(forum.notices(), None);
        let mut truths = BTreeMap::new();
        let mut notices = vec![];
        for _ in 0..4_000 {
            let simulated = forum.next_item();
            truths.insert(simulated.item.id, simulated.truth.belongs);
            notices.extend(forum.notices());
        }
        assert!((70..=130).contains(&notices.len()), "{}", notices.len());
        let right = notices.iter().filter(|n| truths[&n.item] == Belongs::AshenFront).count();
        assert!(right > notices.len() / 2 && right < notices.len(), "{right}");
        let reasons: BTreeSet<&str> = notices.iter().map(|n| n.reason.as_str()).collect();
        assert!(reasons.len() >= 8, "{reasons:?}");
        assert!(notices.iter().any(|notice| notice.kind == NoticeKind::TrustedFlagger));
    }
}
