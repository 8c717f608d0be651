//! What is known of one account, ready to be compared.

use super::avatars::{Hash, hash};
use super::limits::STYLE_RUNS;
use super::material::Material;
use super::population::{New, Old};
use super::terms::Terms;
use super::text::{self, Handle};
use super::usual::Usual;
use super::writing::{RUN_BITS, Style, Writing};

/// What is known of an old or new account.
#[derive(Debug, Clone, Default)]
pub struct Card {
    /// The handle with the numbers of its parts, sorted; none where it is empty.
    pub handle: Option<HandleCard>,
    /// The shown name.
    pub name: TextCard,
    /// The bio.
    pub bio: TextCard,
    /// Links of bio and posts, as numbers, sorted.
    pub links: Vec<u32>,
    /// The avatar.
    pub avatar: Option<Hash>,
    /// What the posts show.
    pub writing: Writing,
}

/// A handle with what the indexes know of it.
#[derive(Debug, Clone)]
pub struct HandleCard {
    /// The handle.
    pub handle: Handle,
    /// Its parts of three letters, as numbers, sorted.
    pub parts: Vec<u32>,
    /// Its stem as a number.
    pub stem: u32,
}

/// A name or bio as numbers.
#[derive(Debug, Clone, Default)]
pub struct TextCard {
    /// Its words, sorted.
    pub words: Vec<u32>,
    /// The whole.
    pub whole: Option<u32>,
}

/// A suspended account, ready to be compared.
#[derive(Debug, Clone)]
pub struct OldCard {
    /// Its place in the population.
    pub number: usize,
    /// The account and when it was suspended.
    pub old: Old,
    /// What is known of it.
    pub card: Card,
    /// Who followed it, sorted.
    pub followers: Vec<u32>,
    /// How many accounts have an avatar near its own.
    pub near_avatars: u64,
}

/// A new account, ready to be compared.
#[derive(Debug, Clone)]
pub struct NewCard {
    /// The account and when it was made.
    pub new: New,
    /// What is known of it.
    pub card: Card,
    /// Its early followers, sorted.
    pub early: Vec<(u32, Option<i64>)>,
}

/// What is usual in the dataset.
#[derive(Debug, Clone, Default)]
pub struct Yardsticks {
    /// How rare each run of characters is, by number.
    pub rarity: Vec<f32>,
    /// Likeness of handles.
    pub handles: Option<Usual>,
    /// Likeness of posting hours.
    pub hours: Option<Usual>,
    /// Likeness of style, among pairs of one language.
    pub styles: Option<Usual>,
}

impl OldCard {
    /// Gathers what is known of a suspended account.
    pub fn of(material: &Material, number: usize, rarity: &[f32]) -> Self {
        let old = &material.population.old[number];
        let posts = material.posts.last(material.dataset, old.account, old.at_us);
        let card = Card::of(material, old.account, posts, rarity);
        let followers = material.audience.old(old);
        let near = card.avatar.map(|avatar| material.avatars.near(&avatar)).unwrap_or_default();
        let near_avatars = near.iter().map(|accounts| accounts.len() as u64).sum();
        Self { number, old: old.clone(), card, followers, near_avatars }
    }
}

impl NewCard {
    /// Gathers what is known of a new account from its first days.
    pub fn of(material: &Material, new: &New, rarity: &[f32]) -> Self {
        let posts = material.posts.first(material.dataset, new.account, new.until_us);
        let card = Card::of(material, new.account, posts, rarity);
        let early = material.audience.early(new.account, new.until_us);
        Self { new: *new, card, early }
    }
}

impl Card {
    fn of(material: &Material, account: u32, posts: (&[u32], usize), rarity: &[f32]) -> Self {
        let dataset = material.dataset;
        let mut writing = Writing::of(dataset, posts, &material.week);
        if !rarity.is_empty() {
            writing.style = writing.style.map(|style| weighed(&style, rarity));
        }
        let mut links: Vec<u32> = posts
            .0
            .iter()
            .flat_map(|row| dataset.posts.links.row(*row as usize))
            .map(|object| material.link_of[*object as usize])
            .collect();
        let profile = dataset.profile(account);
        if let Some(profile) = profile {
            let of_bio = text::links(&profile.bio);
            links.extend(of_bio.iter().filter_map(|link| material.links.find(link)));
        }
        links.sort_unstable();
        links.dedup();
        let text = |terms, text: fn(&crate::dataset::Profile) -> &String| {
            profile.map(|profile| TextCard::of(terms, text(profile))).unwrap_or_default()
        };
        Self {
            handle: profile.and_then(|profile| HandleCard::of(material, &profile.handle)),
            name: text(&material.names, |profile| &profile.display_name),
            bio: text(&material.bios, |profile| &profile.bio),
            links,
            avatar: hash(dataset, account),
            writing,
        }
    }
}

impl HandleCard {
    fn of(material: &Material, handle: &str) -> Option<Self> {
        let handle = Handle::of(handle)?;
        let mut parts: Vec<u32> =
            handle.parts().iter().filter_map(|part| material.parts.find(part)).collect();
        parts.sort_unstable();
        let stem = material.stems.find(&handle.stem)?;
        Some(Self { handle, parts, stem })
    }
}

impl TextCard {
    fn of(terms: &Terms, text: &str) -> Self {
        let words = text::words(text);
        let mut numbers: Vec<u32> =
            words.iter().filter_map(|word| terms.find(&word.looks)).collect();
        numbers.sort_unstable();
        let whole = terms.find(&format!("={}", text::whole(text)));
        Self { words: numbers, whole: whole.filter(|_| !words.is_empty()) }
    }
}

/// How rare each run of characters is among some accounts, as the logarithm of how many accounts
/// there are for each that uses it.
pub fn rarity<'a>(styles: impl Iterator<Item = &'a Style>) -> Vec<f32> {
    let mut users = vec![0_u32; 1 << RUN_BITS];
    let mut all = 0_u32;
    for style in styles {
        all += 1;
        style.iter().for_each(|(run, _)| users[*run as usize] += 1);
    }
    users.iter().map(|users| ((all + 1) as f32 / (users + 1) as f32).ln()).collect()
}

/// A style with rare runs weighing more, its squares adding up to 1; the most telling runs of it.
pub fn weighed(style: &Style, rarity: &[f32]) -> Style {
    let mut weighed: Style =
        style.iter().map(|(run, weight)| (*run, weight * rarity[*run as usize])).collect();
    weighed.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    weighed.truncate(STYLE_RUNS);
    weighed.sort_unstable_by_key(|(run, _)| *run);
    let length = weighed.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    weighed.iter_mut().for_each(|(_, weight)| *weight /= length.max(f32::MIN_POSITIVE));
    weighed
}
