//! Everything that is gathered once from a dataset before pairs are compared.

use super::audience::Audience;
use super::avatars::Avatars;
use super::limits::{POSTS, Reached, TEXT_CHARACTERS};
use super::mentions::Mentions;
use super::population::Population;
use super::terms::{Terms, TermsBuilder};
use super::text::{self, Handle};
use super::writing::{HOURS, PostsOf, hour_of_week};
use super::{Coverage, Limit, Parameters};
use crate::dataset::NONE;
use crate::{Dataset, Stopped, Watch, step};

/// Accounts are read in steps of so many, between which the study can be stopped.
const STEP: u32 = 10_000;

/// What is gathered from a dataset.
#[derive(Debug)]
pub struct Material<'a> {
    /// The dataset itself.
    pub dataset: &'a Dataset,
    /// What was asked for.
    pub parameters: &'a Parameters,
    /// Who is looked for, and among whom.
    pub population: Population,
    /// Runs of three letters of handles.
    pub parts: Terms,
    /// Stems of handles.
    pub stems: Terms,
    /// Words of shown names; whole names begin with `=`.
    pub names: Terms,
    /// Words of bios; whole bios begin with `=`.
    pub bios: Terms,
    /// Links of bios and posts.
    pub links: Terms,
    /// The number of each object of posts that is a link, in `links`.
    pub link_of: Vec<u32>,
    /// Avatars.
    pub avatars: Avatars,
    /// Followers.
    pub audience: Audience,
    /// The posts of suspended and new accounts.
    pub posts: PostsOf,
    /// How many accounts posted with each program.
    pub clients: Users,
    /// How many accounts posted in each language.
    pub languages: Users,
    /// The share of all posts in each hour of the week; adds up to 1.
    pub week: Vec<f32>,
    /// Posts that tie new accounts to old handles.
    pub mentions: Mentions,
}

/// How many accounts used each object.
#[derive(Debug, Clone, Default)]
pub struct Users {
    accounts: Vec<u32>,
    all: u32,
}

impl Users {
    fn of(dataset: &Dataset, column: &[u32]) -> Self {
        let mut last = vec![NONE; dataset.accounts.len()];
        let mut pairs = Vec::new();
        for (account, object) in dataset.posts.account.iter().zip(column) {
            if std::mem::replace(&mut last[*account as usize], *object) != *object {
                pairs.push((*object, *account));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut accounts = vec![0; dataset.posts.objects.len()];
        pairs.iter().for_each(|(object, _)| accounts[*object as usize] += 1);
        let all = last.iter().filter(|object| **object != NONE).count() as u32;
        Self { accounts, all }
    }

    /// The share of the accounts that used it, above 0 and at most 1.
    pub fn share(&self, object: u32) -> f64 {
        let accounts = self.accounts[object as usize].max(1);
        f64::from(accounts) / f64::from(self.all.max(accounts))
    }
}

/// The terms of profiles, while they are gathered.
#[derive(Default)]
struct Profiles {
    parts: TermsBuilder,
    stems: TermsBuilder,
    names: TermsBuilder,
    bios: TermsBuilder,
    links: TermsBuilder,
    known: u64,
}

impl<'a> Material<'a> {
    /// Gathers it.
    pub fn gather(
        dataset: &'a Dataset,
        parameters: &'a Parameters,
        coverage: &mut Coverage,
        reached: &mut Reached,
        watch: &mut dyn Watch,
    ) -> Result<Self, Stopped> {
        step(watch, "population", 0, 1)?;
        let population = Population::of(dataset, parameters, coverage, reached);
        let mut profiles = Profiles::default();
        let accounts = dataset.accounts.len() as u32;
        for account in 0..accounts {
            if account % STEP == 0 {
                step(watch, "profiles", u64::from(account), u64::from(accounts))?;
            }
            profiles.add(dataset, account, reached);
        }
        step(watch, "posts", 0, 3)?;
        let link_of = profiles.post_links(dataset, &population);
        let wanted = wanted(&population, dataset.accounts.len());
        let posts = PostsOf::of(dataset, |account| wanted[account as usize]);
        note_posts(dataset, &population, &posts, reached);
        step(watch, "posts", 1, 3)?;
        let mentions = Mentions::of(dataset, &population, reached);
        step(watch, "posts", 2, 3)?;
        let audience = Audience::of(dataset, &population, coverage);
        audience.note(dataset, &population, reached);
        let avatars = Avatars::of(dataset);
        coverage.common_avatars = avatars.common();
        let all = profiles.known.max(1);
        Ok(Self {
            parts: profiles.parts.build(&population, all),
            stems: profiles.stems.build(&population, all),
            names: profiles.names.build(&population, all),
            bios: profiles.bios.build(&population, all),
            links: profiles.links.build(&population, u64::from(accounts).max(1)),
            link_of,
            avatars,
            audience,
            posts,
            clients: Users::of(dataset, &dataset.posts.client),
            languages: Users::of(dataset, &dataset.posts.language),
            week: week(dataset),
            mentions,
            population,
            dataset,
            parameters,
        })
    }
}

fn wanted(population: &Population, accounts: usize) -> Vec<bool> {
    let mut wanted: Vec<bool> = population.place_of.iter().map(|place| *place != NONE).collect();
    wanted.resize(accounts, false);
    population.old.iter().for_each(|old| wanted[old.account as usize] = true);
    wanted
}

impl Profiles {
    fn add(&mut self, dataset: &Dataset, account: u32, reached: &mut Reached) {
        let Some(profile) = dataset.profile(account) else { return };
        self.known += 1;
        if let Some(handle) = Handle::of(&profile.handle) {
            handle.parts().iter().for_each(|part| self.parts.add(account, part));
            self.stems.add(account, &handle.stem);
        }
        add_text(&mut self.names, account, &profile.display_name);
        add_text(&mut self.bios, account, &profile.bio);
        text::links(&profile.bio).iter().for_each(|link| self.links.add(account, link));
        let id = dataset.accounts.text(account);
        let texts = [&profile.handle, &profile.display_name, &profile.bio];
        let long = texts.iter().filter(|text| text::cut(text).len() < text.len()).count();
        reached.add(Limit::TextCharacters, TEXT_CHARACTERS, long, id);
    }

    /// Adds the links of posts: of new accounts those of their first days.
    fn post_links(&mut self, dataset: &Dataset, population: &Population) -> Vec<u32> {
        let posts = &dataset.posts;
        let mut link_of = vec![NONE; posts.objects.len()];
        for row in 0..posts.len() {
            let account = posts.account[row];
            let place = population.place_of[account as usize];
            let late = place != NONE && posts.at_us[row] > population.new[place as usize].until_us;
            for object in posts.links.row(row) {
                let number = &mut link_of[*object as usize];
                if *number == NONE {
                    let text = posts.objects.text(*object);
                    let key = text::link(text).unwrap_or_else(|| text.to_owned());
                    *number = self.links.names.number(&key);
                }
                if !late {
                    self.links.add_number(account, *number);
                }
            }
        }
        link_of
    }
}

fn add_text(into: &mut TermsBuilder, account: u32, text: &str) {
    let words = text::words(text);
    if words.is_empty() {
        return;
    }
    words.iter().for_each(|word| into.add(account, &word.looks));
    into.add(account, &format!("={}", text::whole(text)));
}

/// The share of posts in each hour of the week; even where there is none.
fn week(dataset: &Dataset) -> Vec<f32> {
    let mut counts = vec![1.0_f64; HOURS];
    dataset.posts.at_us.iter().for_each(|at_us| counts[hour_of_week(*at_us)] += 1.0);
    let total: f64 = counts.iter().sum();
    counts.iter().map(|count| (count / total) as f32).collect()
}

/// Notes the accounts that have more posts than are looked at.
fn note_posts(dataset: &Dataset, population: &Population, posts: &PostsOf, reached: &mut Reached) {
    let mut note = |account: u32, more: usize| {
        let id = dataset.accounts.text(account);
        reached.add(Limit::Posts, POSTS, usize::from(more > 0), id);
    };
    for old in &population.old {
        note(old.account, posts.last(dataset, old.account, old.at_us).1);
    }
    for new in &population.new {
        note(new.account, posts.first(dataset, new.account, new.until_us).1);
    }
}
