//! Who follows, passes on and answers whom, as graphs.

use super::{Error, Way};
use crate::dataset::{NONE, Posts};
use crate::graph::{Along, Graph};
use crate::{Dataset, Watch};

/// The ties between accounts, one graph for each kind, and all together.
#[derive(Debug)]
pub(super) struct Ties {
    follows: Graph,
    reposts: Graph,
    answers: Graph,
    /// All three, where there is more than follows.
    all: Option<Graph>,
}

impl Ties {
    /// The ties of a dataset, within so much memory.
    pub(super) fn of(
        dataset: &Dataset,
        memory_bytes: u64,
        watch: &mut dyn Watch,
    ) -> Result<Self, Error> {
        let accounts = dataset.accounts.len() as u32;
        let authors = Authors::of(&dataset.posts);
        let mut left = memory_bytes;
        let mut take = |graph: Graph| {
            let held = Graph::bytes_needed(accounts, graph.edges().into());
            left = left.saturating_sub(held);
            (graph, left)
        };
        let follows = Graph::of_follows(accounts, &dataset.follows, memory_bytes, watch)?;
        let (follows, left) = take(follows);
        let reposts = Graph::build(accounts, left, || authors.reposts(&dataset.posts), watch)?;
        let (reposts, left) = take(reposts);
        let answers = Graph::build(accounts, left, || authors.answers(&dataset.posts), watch)?;
        let (answers, left) = take(answers);
        let all = if reposts.edges() == 0 && answers.edges() == 0 {
            None
        } else {
            let edges =
                || follows.each_edge().chain(reposts.each_edge()).chain(answers.each_edge());
            Some(Graph::build(accounts, left, edges, watch)?)
        };
        Ok(Self { follows, reposts, answers, all })
    }

    /// Who follows whom.
    pub(super) fn follows(&self) -> &Graph {
        &self.follows
    }

    /// All ties, each direction once.
    pub(super) fn all(&self) -> &Graph {
        self.all.as_ref().unwrap_or(&self.follows)
    }

    /// To whom an account leads by one way, sorted.
    pub(super) fn from(&self, account: u32, way: Way) -> &[u32] {
        match way {
            Way::Follows => self.follows.outs(account),
            Way::FollowedBy => self.follows.ins(account),
            Way::Reposts => self.reposts.outs(account),
            Way::RepostedBy => self.reposts.ins(account),
            Way::Answers => self.answers.outs(account),
            Way::AnsweredBy => self.answers.ins(account),
        }
    }

    /// How many ties an account has, a mutual one counting twice.
    pub(super) fn degree(&self, account: u32) -> u32 {
        self.all().degree(account, Along::Both)
    }
}

/// Who wrote each post that is known.
pub(super) struct Authors(Vec<u32>);

impl Authors {
    /// The authors of the posts, by number of id.
    pub(super) fn of(posts: &Posts) -> Self {
        let mut authors = vec![NONE; posts.ids.len()];
        for (id, account) in posts.id.iter().zip(&posts.account) {
            authors[*id as usize] = *account;
        }
        Self(authors)
    }

    /// Who passed on whose posts, in the order of time, oneself left out.
    pub(super) fn reposts<'a>(&'a self, posts: &'a Posts) -> impl Iterator<Item = (u32, u32)> + 'a {
        self.pairs(posts, &posts.repost_of)
    }

    /// Who answered whose posts, in the order of time, oneself left out.
    pub(super) fn answers<'a>(&'a self, posts: &'a Posts) -> impl Iterator<Item = (u32, u32)> + 'a {
        self.pairs(posts, &posts.in_reply_to)
    }

    fn pairs<'a>(
        &'a self,
        posts: &'a Posts,
        to: &'a [u32],
    ) -> impl Iterator<Item = (u32, u32)> + 'a {
        let author = |id: u32| self.0.get(id as usize).copied().filter(|account| *account != NONE);
        let pairs = posts.account.iter().zip(to);
        pairs
            .filter_map(move |(account, id)| author(*id).map(|author| (*account, author)))
            .filter(|(account, author)| account != author)
    }
}
