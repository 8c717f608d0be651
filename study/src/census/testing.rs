//! What the tests of a census share: small datasets, planted networks and coders.

use super::{Answer, Census, Code, Coding, Parameters, Plan, Pseudonyms, SampleDraw, draw, run};
use crate::dataset::{Builder, FollowRow, PostRow, Profile, ProfileRow};
use crate::stats::Draws;
use crate::{Dataset, Unwatched};
use std::collections::BTreeMap;

/// A dataset from words: `a>b` follows, `a+b` passes on a post of b, `a?b` answers one, `a` is an
/// account alone.
pub(super) fn dataset(words: &str) -> Dataset {
    let mut builder = Builder::new();
    for (at, word) in words.split_whitespace().enumerate() {
        let at_us = at as i64 * 1_000_000;
        if let Some((from, to)) = word.split_once('>') {
            builder.follow(&FollowRow { from, to, at_us: Some(at_us) });
        } else if let Some((from, to)) = word.split_once(['+', '?']) {
            let first = format!("{to}-{at}");
            let second = format!("{from}-{at}");
            let post = PostRow { id: &first, account: to, at_us, ..PostRow::default() };
            builder.post(&post);
            let mut next = PostRow { id: &second, account: from, at_us, ..PostRow::default() };
            let refers =
                if word.contains('+') { &mut next.repost_of } else { &mut next.in_reply_to };
            *refers = Some(&first);
            builder.post(&next);
        } else {
            builder.profile(ProfileRow { id: word, profile: Profile::default() });
        }
    }
    builder.build()
}

/// The usual parameters with these seeds.
pub(super) fn parameters(seeds: &str) -> Parameters {
    let seeds = seeds.split_whitespace().map(str::to_owned).collect();
    Parameters::new("to test", "the tester's own accounts", "was planted", 30, seeds)
}

/// A network of members among others. Accounts are `n0`, `n1`, …, members first.
pub(super) struct Planted {
    pub(super) dataset: Dataset,
    pub(super) members: u32,
}

/// Plants so many members among so many accounts. Each follows ten: a member other members in
/// seven of ten follows, everybody else anybody. One in a hundred others is set apart as a
/// `newsroom`, which follows ten members more.
pub(super) fn planted(accounts: u32, members: u32, seed: u64) -> Planted {
    let mut draws = Draws::new(seed, 77);
    let mut builder = Builder::new();
    let name = |account: u32| format!("n{account}");
    for account in 0..accounts {
        let is_apart = account >= members && account % 100 == 99;
        let set_apart = if is_apart { "newsroom".to_owned() } else { String::new() };
        let profile = Profile { set_apart, ..Profile::default() };
        builder.profile(ProfileRow { id: &name(account), profile });
    }
    for account in 0..accounts {
        let is_apart = account >= members && account % 100 == 99;
        for at in 0..if is_apart { 20 } else { 10 } {
            let among_members = at >= 10 || account < members && draws.below(10) < 7;
            let bound = if among_members { members } else { accounts };
            let to = draws.below(bound.into()) as u32;
            builder.follow(&FollowRow { from: &name(account), to: &name(to), at_us: None });
        }
    }
    Planted { dataset: builder.build(), members }
}

impl Planted {
    /// A census from the first members.
    pub(super) fn census(&self, seeds: u32) -> Census {
        let mut parameters = parameters("");
        parameters.seeds = (0..seeds).map(|seed| format!("n{seed}")).collect();
        parameters.reach.levels = 4;
        run(&self.dataset, &parameters, &self.names(), &mut Unwatched).unwrap()
    }

    /// The pseudonyms of every test.
    pub(super) fn names(&self) -> Pseudonyms {
        Pseudonyms::keyed(&[5; 32])
    }

    /// A sample of a census.
    pub(super) fn draw(&self, census: &Census, plan: Plan) -> SampleDraw {
        draw(census, &self.dataset, &self.names(), plan).unwrap()
    }

    /// Accounts by their pseudonyms.
    pub(super) fn by_pseudonym(&self) -> BTreeMap<String, u32> {
        let names = self.names();
        self.dataset.accounts.iter().map(|id| names.of(id)).zip(0..).collect()
    }

    /// Whether each account of a sample was planted as a member.
    pub(super) fn truth(&self, sample: &SampleDraw) -> Vec<bool> {
        let names = self.by_pseudonym();
        sample.items.iter().map(|item| names[&item.account] < self.members).collect()
    }
}

/// Two coders who miss so many of a thousand members, and take so many of a thousand others for
/// members; whoever adjudicates is right.
pub(super) fn coded(sample: &SampleDraw, truth: &[bool], missed: u64, taken: u64) -> Coding {
    let mut draws = Draws::new(3, 3);
    let mut coding = Coding::default();
    for (item, is_member) in sample.items.iter().zip(truth) {
        let code = |coder: &str, answer: Answer| Code {
            account: item.account.clone(),
            coder: coder.into(),
            answer,
            at_us: 1,
        };
        let right = if *is_member { Answer::Member } else { Answer::NotMember };
        let wrong = if *is_member { Answer::NotMember } else { Answer::Member };
        let mut said = Vec::new();
        for coder in ["one", "two"].into_iter().take(item.coders.into()) {
            let errs = draws.below(1_000) < if *is_member { missed } else { taken };
            said.push(if errs { wrong } else { right });
            coding.codes.push(code(coder, *said.last().unwrap()));
        }
        if said.windows(2).any(|pair| pair[0] != pair[1]) {
            coding.adjudications.push(code("three", right));
        }
    }
    coding
}
