//! An invented forum for plans: items and follows drawn from a seed, written as Parquet.

#![allow(clippy::unwrap_used, dead_code)]

use history::ItemRow;
use history::folder::Folder;
use history::write::{FollowsWriter, ItemsWriter};
use std::path::Path;
use study::dataset::{FollowRow, PostRow};

/// A small generator of numbers that look drawn; the same seed gives the same.
pub struct Draw(pub u64);

impl Draw {
    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    /// A number below `end`; small ones come more often.
    pub fn skewed(&mut self, end: u64) -> u64 {
        let most = self.below(end) + 1;
        self.below(most)
    }
}

/// When the invented forum begins.
pub const START_US: i64 = 1_767_225_600_000_000;

/// An item of the invented forum.
#[derive(Debug, Clone)]
pub struct Post {
    pub id: String,
    pub account: String,
    pub at_us: i64,
    pub repost_of: Option<String>,
    pub in_reply_to: Option<String>,
    pub links: Vec<String>,
    pub hashtags: Vec<String>,
}

/// So many items of so many accounts within so many microseconds.
pub fn posts(seed: u64, items: u64, accounts: u64, span_us: u64) -> Vec<Post> {
    let mut draw = Draw(seed);
    let mut posts = Vec::new();
    for number in 0..items {
        let own = |prefix: &str, draw: &mut Draw, of: u64| format!("{prefix}{}", draw.skewed(of));
        let kind = draw.below(10);
        let target = (kind < 3).then(|| own("p", &mut draw, items));
        posts.push(Post {
            id: format!("p{number}"),
            account: own("a", &mut draw, accounts),
            at_us: START_US + draw.below(span_us).cast_signed(),
            repost_of: target.filter(|_| kind < 2),
            in_reply_to: (kind == 2).then(|| own("p", &mut draw, items)),
            links: (0..draw.below(3)).map(|_| own("https://x.example/", &mut draw, 900)).collect(),
            hashtags: (0..draw.below(3)).map(|_| own("Tag", &mut draw, 300)).collect(),
        });
    }
    posts
}

/// Writes items in files of so many rows.
pub fn write_posts(folder: &Path, posts: &[Post], rows: usize) {
    for (number, chunk) in posts.chunks(rows).enumerate() {
        let path = folder.join(format!("items-{number:04}.parquet"));
        let mut writer = ItemsWriter::create(&path).unwrap();
        for post in chunk {
            let links: Vec<&str> = post.links.iter().map(String::as_str).collect();
            let hashtags: Vec<&str> = post.hashtags.iter().map(String::as_str).collect();
            let row = PostRow {
                id: &post.id,
                account: &post.account,
                at_us: post.at_us,
                text: "text",
                repost_of: post.repost_of.as_deref(),
                in_reply_to: post.in_reply_to.as_deref(),
                links: &links,
                hashtags: &hashtags,
                ..PostRow::default()
            };
            writer
                .push(&ItemRow { service: "forum", kind: "post", thread: None, post: row })
                .unwrap();
        }
        writer.finish().unwrap();
    }
}

/// So many follows among so many accounts; some twice, some of oneself.
pub fn follows(seed: u64, follows: u64, accounts: u64) -> Vec<(String, String)> {
    let mut draw = Draw(seed);
    let mut drawn = Vec::new();
    for _ in 0..follows {
        let (from, to) = (draw.below(accounts), draw.skewed(accounts));
        drawn.push((format!("a{from}"), format!("a{to}")));
    }
    drawn
}

/// Writes follows in files of so many rows.
pub fn write_follows(folder: &Path, follows: &[(String, String)], rows: usize) {
    for (number, chunk) in follows.chunks(rows).enumerate() {
        let path = folder.join(format!("follows-{number:04}.parquet"));
        let mut writer = FollowsWriter::create(&path).unwrap();
        for (from, to) in chunk {
            writer.push(&FollowRow { from, to, at_us: None }).unwrap();
        }
        writer.finish().unwrap();
    }
}

/// Both in one folder.
pub fn forum(seed: u64) -> (tempfile::TempDir, Folder, Vec<Post>, Vec<(String, String)>) {
    let folder = tempfile::Builder::new().prefix("a forum #1 ").tempdir().unwrap();
    let posts = posts(seed, 4_000, 120, 6 * 3_600_000_000);
    let follows = follows(seed, 3_000, 120);
    write_posts(folder.path(), &posts, 1_500);
    write_follows(folder.path(), &follows, 1_100);
    let opened = Folder::open(folder.path()).unwrap();
    (folder, opened, posts, follows)
}
