//! Plans on one machine give what plain loops over the same rows give.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Post, START_US, forum};
use history::engine::Bounds;
use history::folder::Folder;
use history::plans::{
    Among, DAY_US, Degree, Edge, EdgeQuestion, Period, Reached, Roll, Trace, activity, degrees,
    edges, hashtag_series, snowball,
};
use history::{Engine, Error};
use std::collections::{BTreeMap, BTreeSet};
use study::campaigns::{coaction, traces};

fn engine(scratch: &std::path::Path, memory_bytes: usize) -> Engine {
    bounded(scratch, memory_bytes, 1 << 30)
}

fn bounded(scratch: &std::path::Path, memory_bytes: usize, disk_bytes: u64) -> Engine {
    let scratch = scratch.to_owned();
    Engine::local(Bounds { memory_bytes, disk_bytes, threads: 2, scratch }).unwrap()
}

fn question(trace: Trace) -> EdgeQuestion {
    let period = Period { from_us: START_US, to_us: START_US + 5 * 3_600_000_000 };
    EdgeQuestion {
        trace,
        window_us: 600_000_000,
        objects_min: 2,
        period,
        window_actions_max: 2_000,
    }
}

/// The objects on which a post acts.
fn objects(post: &Post, trace: Trace) -> Vec<String> {
    let repost = post.repost_of.clone().filter(|of| *of != post.id);
    match (trace, repost) {
        (Trace::Repost, repost) => repost.into_iter().collect(),
        (_, Some(_)) | (Trace::Image, None) => vec![],
        (Trace::Reply, None) => {
            post.in_reply_to.clone().filter(|to| *to != post.id).into_iter().collect()
        }
        (Trace::Link, None) => post.links.clone(),
        (Trace::Hashtag, None) => post.hashtags.iter().map(|tag| tag.to_lowercase()).collect(),
    }
}

/// The objects of a pair, with their first and last action.
type Shared<'a> = BTreeMap<&'a str, (i64, i64)>;

/// Every pair of actions, by a loop over all of them.
fn edges_by_loop(posts: &[Post], question: &EdgeQuestion) -> Vec<Edge> {
    let mut actions: BTreeMap<String, Vec<(i64, &str)>> = BTreeMap::new();
    let Period { from_us, to_us } = question.period;
    for post in posts.iter().filter(|post| (from_us..=to_us).contains(&post.at_us)) {
        for object in objects(post, question.trace) {
            actions.entry(object).or_default().push((post.at_us, &post.account));
        }
    }
    let mut shared: BTreeMap<(&str, &str), Shared<'_>> = BTreeMap::new();
    for (object, actions) in &actions {
        for (at, account) in actions {
            for (later, other) in actions {
                if account != other && (0..=question.window_us).contains(&(later - at)) {
                    let pair = (*account.min(other), *account.max(other));
                    let times = shared.entry(pair).or_default().entry(object);
                    let times = times.or_insert((i64::MAX, i64::MIN));
                    *times = (times.0.min(*at), times.1.max(*later));
                }
            }
        }
    }
    let heavy = shared.into_iter().filter(|(_, of)| of.len() >= question.objects_min as usize);
    heavy
        .map(|((a, b), of)| Edge {
            a: a.to_owned(),
            b: b.to_owned(),
            objects: of.len() as u64,
            first_us: of.values().map(|times| times.0).min().unwrap(),
            last_us: of.values().map(|times| times.1).max().unwrap(),
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn edges_are_those_of_a_loop_over_all_pairs() {
    let (path, folder, posts, _) = forum(1);
    let engine = engine(&path.path().join("scratch"), 1 << 28);
    for trace in Trace::ALL {
        for window_us in [1, 1_000_000, 600_000_000] {
            let question = EdgeQuestion { window_us, ..question(trace) };
            let found = edges(&engine, &folder, &question).await.unwrap();
            let expected = edges_by_loop(&posts, &question);
            assert_eq!(found.left_out, [], "{trace:?} {window_us}");
            assert_eq!(found.edges.len(), expected.len(), "{trace:?} {window_us}");
            assert_eq!(found.edges, expected, "{trace:?} {window_us}");
        }
        let many = edges_by_loop(&posts, &question(trace)).len();
        assert_eq!(many > 30, matches!(trace, Trace::Link | Trace::Hashtag), "{trace:?}: {many}");
    }
    drop(engine);
    let left = std::fs::read_dir(path.path().join("scratch")).unwrap().count();
    assert_eq!(left, 0, "nothing is left behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn edges_are_those_that_a_study_finds_in_memory() {
    let (path, folder, ..) = forum(9);
    let engine = engine(&path.path().join("scratch"), 1 << 28);
    let dataset = history::read_dataset(path.path(), None, &mut study::Unwatched).unwrap().dataset;
    for (trace, same) in [
        (Trace::Repost, traces::Trace::Repost),
        (Trace::Link, traces::Trace::Link),
        (Trace::Reply, traces::Trace::Reply),
        (Trace::Hashtag, traces::Trace::Hashtag),
        (Trace::Image, traces::Trace::Image),
    ] {
        let question = EdgeQuestion { period: Period::ALL, objects_min: 1, ..question(trace) };
        let found = edges(&engine, &folder, &question).await.unwrap().edges;
        let actions = traces::actions(&dataset, same, &traces::TextRules::default());
        let limits = coaction::Limits::default();
        let in_memory = coaction::edges(&actions, question.window_us, &limits);
        assert_eq!((in_memory.capped.len(), in_memory.pairs_without_room), (0, 0));
        let mut expected: Vec<Edge> = in_memory
            .edges
            .iter()
            .map(|edge| {
                let (a, b) = (dataset.accounts.text(edge.a), dataset.accounts.text(edge.b));
                let (a, b) = (a.min(b).to_owned(), a.max(b).to_owned());
                let objects = u64::from(edge.objects);
                Edge { a, b, objects, first_us: edge.first_us, last_us: edge.last_us }
            })
            .collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{trace:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_busy_is_left_out_and_told() {
    let (path, folder, posts, _) = forum(2);
    let engine = engine(&path.path().join("scratch"), 1 << 28);
    let question = EdgeQuestion { window_actions_max: 2, ..question(Trace::Link) };
    let found = edges(&engine, &folder, &question).await.unwrap();
    assert!(!found.left_out.is_empty());
    let mut fewer = posts.clone();
    for post in &mut fewer {
        post.links.retain(|link| {
            let busy = found.left_out.iter().find(|busy| {
                let end_us = busy.from_us + question.window_us;
                busy.object == *link && (busy.from_us..end_us).contains(&post.at_us)
            });
            busy.is_none()
        });
    }
    let actions: u64 = found.left_out.iter().map(|busy| busy.actions).sum();
    let removed = posts.iter().zip(&fewer).filter(|(post, _)| {
        let Period { from_us, to_us } = question.period;
        post.repost_of.is_none() && (from_us..=to_us).contains(&post.at_us)
    });
    let removed: usize = removed
        .map(|(before, after)| {
            let links = |post: &Post| post.links.iter().collect::<BTreeSet<_>>().len();
            links(before) - links(after)
        })
        .sum();
    assert_eq!(actions, removed as u64);
    assert_eq!(found.edges, edges_by_loop(&fewer, &question));
}

#[tokio::test(flavor = "multi_thread")]
async fn degrees_and_snowballs_are_those_of_a_loop() {
    let (path, folder, _, follows) = forum(3);
    let engine = engine(&path.path().join("scratch"), 1 << 28);
    let members = ["a3", "a1", "a4", "a1", "a59", "nobody"];
    let links: BTreeSet<(&str, &str)> =
        follows.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let links: Vec<_> = links.into_iter().filter(|(from, to)| from != to).collect();
    for among in [Among::Everybody, Among::Members] {
        let mut expected: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (from, to) in &links {
            if members.contains(from) && (among == Among::Everybody || members.contains(to)) {
                expected.entry(to).or_default().0 += 1;
            }
            if members.contains(to) && (among == Among::Everybody || members.contains(from)) {
                expected.entry(from).or_default().1 += 1;
            }
        }
        let expected: Vec<Degree> = expected
            .into_iter()
            .map(|(account, (followed_by, follows))| Degree {
                account: account.to_owned(),
                followed_by,
                follows,
            })
            .collect();
        assert_eq!(degrees(&engine, &folder, &members, among).await.unwrap(), expected);
    }
    for roll in [Roll::Followed, Roll::Followers] {
        let mut expected: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (from, to) in &links {
            let (of, reached) = if roll == Roll::Followed { (from, to) } else { (to, from) };
            if members.contains(of) && !members.contains(reached) {
                expected.entry(reached).or_default().insert(of);
            }
        }
        let expected: Vec<Reached> = expected
            .into_iter()
            .map(|(account, by)| Reached {
                account: account.to_owned(),
                led_by: by.first().unwrap().to_string(),
                leads: by.len() as u64,
            })
            .collect();
        assert_eq!(snowball(&engine, &folder, &members, roll).await.unwrap(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn series_are_those_of_a_loop() {
    let (path, folder, posts, _) = forum(4);
    let engine = engine(&path.path().join("scratch"), 1 << 28);
    let mut days: BTreeMap<(&str, i64), (u64, u64)> = BTreeMap::new();
    let mut tags: BTreeMap<(String, i64), (u64, BTreeSet<&str>)> = BTreeMap::new();
    let hour = 3_600_000_000;
    for post in &posts {
        let day = days.entry((&post.account, post.at_us / DAY_US * DAY_US)).or_default();
        day.0 += 1;
        day.1 += u64::from(post.repost_of.is_some() || post.in_reply_to.is_some());
        for tag in post.hashtags.iter().filter(|_| post.repost_of.is_none()) {
            let step = (tag.to_lowercase(), post.at_us / hour * hour);
            let step = tags.entry(step).or_default();
            step.0 += 1;
            step.1.insert(&post.account);
        }
    }
    let found = activity(&engine, &folder, &Period::ALL).await.unwrap();
    let found = found.iter().map(|d| ((d.account.as_str(), d.from_us), (d.items, d.responses)));
    assert_eq!(found.collect::<BTreeMap<_, _>>(), days);
    let found = hashtag_series(&engine, &folder, &Period::ALL, hour, 3).await.unwrap();
    let expected: Vec<_> = tags
        .iter()
        .filter(|(_, (items, _))| *items >= 3)
        .map(|((tag, from), (items, by))| (tag.clone(), *from, *items, by.len() as u64))
        .collect();
    let found = found.into_iter().map(|s| (s.hashtag, s.from_us, s.items, s.accounts));
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn spills_where_memory_is_short_and_says_where_it_does_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let scratch = folder.path().join("scratch");
    let posts = common::posts(5, 60_000, 5_000, 24 * 3_600_000_000);
    common::write_posts(folder.path(), &posts, 20_000);
    let opened = Folder::open(folder.path()).unwrap();
    let question = EdgeQuestion { period: Period::ALL, ..question(Trace::Hashtag) };
    let wide = edges(&engine(&scratch, 1 << 30), &opened, &question).await.unwrap();
    assert!(wide.edges.len() > 100);
    let (narrow, disk) = (48 << 20, 1 << 30);
    let spilled = edges(&bounded(&scratch, narrow, disk), &opened, &question).await.unwrap();
    assert_eq!(spilled, wide);
    for (memory, disk) in [(narrow, 0), (1 << 16, disk)] {
        let error = edges(&bounded(&scratch, memory, disk), &opened, &question).await.unwrap_err();
        assert!(matches!(error, Error::DoesNotFit { .. }), "{memory} {disk}: {error}");
        let told = format!("{memory} bytes of memory and {disk} of disk");
        assert!(error.to_string().contains(&told), "{error}");
    }
    // The tasks of a plan that failed end by themselves shortly after, and take their files along.
    for _ in 0..100 {
        if std::fs::read_dir(&scratch).unwrap().count() == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 0, "nothing is left behind");
}

/// The second file is broken within: what needs it fails as a whole, what does not passes it over.
#[tokio::test(flavor = "multi_thread")]
async fn files_of_other_times_are_passed_over_and_broken_ones_are_no_part() {
    let folder = tempfile::tempdir().unwrap();
    let mut posts = common::posts(6, 4_000, 100, 24 * 3_600_000_000);
    posts[2_000..].iter_mut().for_each(|post| post.at_us += DAY_US);
    common::write_posts(folder.path(), &posts, 2_000);
    let second = folder.path().join("items-0001.parquet");
    let mut bytes = std::fs::read(&second).unwrap();
    bytes[100..20_000].fill(7);
    std::fs::write(&second, bytes).unwrap();
    let opened = Folder::open(folder.path()).unwrap();
    let engine = engine(&folder.path().join("scratch"), 1 << 28);
    let day = Period { from_us: START_US, to_us: START_US + DAY_US - 1 };
    let question = EdgeQuestion { period: day, ..question(Trace::Link) };
    let found = edges(&engine, &opened, &question).await.unwrap();
    assert_eq!(found.edges, edges_by_loop(&posts[..2_000], &question));
    let question = EdgeQuestion { period: Period::ALL, ..question };
    let error = edges(&engine, &opened, &question).await.unwrap_err();
    assert!(matches!(error, Error::Plan { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_what_is_no_plan() {
    let (path, folder, ..) = forum(6);
    let engine = engine(&path.path().join("scratch"), 1 << 28);
    for (window_us, window_actions_max) in [(0, 10), (DAY_US * 400, 10), (1, 1)] {
        let wrong = EdgeQuestion { window_us, window_actions_max, ..question(Trace::Link) };
        let error = edges(&engine, &folder, &wrong).await.unwrap_err();
        assert!(matches!(error, Error::Asked(_)), "{error}");
    }
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("follows.csv"), "from,to\na,b\n").unwrap();
    let other = Folder::open(other.path()).unwrap();
    let error = snowball(&engine, &other, &["a"], Roll::Followed).await.unwrap_err();
    assert!(error.to_string().contains("follows.csv: plans read Parquet alone"), "{error}");
    let error = edges(&engine, &other, &question(Trace::Link)).await.unwrap_err();
    assert!(error.to_string().contains("items: the folder has no such table"), "{error}");
}
