//! What is a reason to think that an account is automated, and what is none.

use super::*;
use crate::Unwatched;
use crate::census::finding::Level;
use crate::dataset::{Builder, FollowRow, PostRow};
use crate::graph::NOBODY;

/// A post: seconds, text, what it passes on.
type Post<'a> = (i64, &'a str, Option<&'a str>);

fn reasons(posts: &[Post], follows: u32, back: u32) -> Vec<(Measure, f64)> {
    let mut builder = Builder::new();
    for (at, (seconds, text, repost_of)) in posts.iter().enumerate() {
        let (id, at_us) = (at.to_string(), seconds * SECOND_US);
        let (text, repost_of) = (*text, *repost_of);
        builder.post(&PostRow {
            id: &id,
            account: "a",
            at_us,
            text,
            repost_of,
            ..PostRow::default()
        });
    }
    for other in 0..follows {
        let other = format!("o{other}");
        builder.follow(&FollowRow { from: "a", to: &other, at_us: None });
    }
    for other in 0..back {
        let other = format!("o{other}");
        builder.follow(&FollowRow { from: &other, to: "a", at_us: None });
    }
    builder.follow(&FollowRow { from: "a", to: "z", at_us: None });
    let dataset = builder.build();
    let accounts = dataset.accounts.len();
    let follows =
        Graph::of_follows(accounts as u32, &dataset.follows, u64::MAX, &mut Unwatched).unwrap();
    let level = Level { level: 0, found: accounts as u64, left_out: 0, not_followed: 0 };
    let found = Found {
        level: vec![0; accounts],
        led_by: vec![NOBODY; accounts],
        by: vec![0; accounts],
        levels: vec![level],
    };
    let automated = screen(&dataset, &follows, &found, &mut Unwatched).unwrap();
    let kept = summary(&automated, Screened::Kept);
    assert_eq!((kept.accounts, kept.left_out), (automated.len() as u64, 0));
    assert_eq!(summary(&automated, Screened::LeftOut).left_out, automated.len() as u64);
    let own = automated.iter().find(|one| dataset.accounts.text(one.0) == "a");
    let own = own.map_or(&[][..], |one| &one.1);
    assert!(own.iter().all(|reason| reason.value >= reason.from));
    own.iter().map(|reason| (reason.measure, reason.value)).collect()
}

fn check(posts: &[Post], wanted: &[(Measure, f64)]) {
    let given = reasons(posts, 0, 0);
    let measures = |of: &[(Measure, f64)]| of.iter().map(|one| one.0).collect::<Vec<_>>();
    assert_eq!(measures(&given), measures(wanted));
    for (given, wanted) in given.iter().zip(wanted) {
        assert!((given.1 - wanted.1).abs() < 1e-9, "{given:?} {wanted:?}");
    }
}

/// So many posts at times that vary.
fn posts(count: i64, text: impl Fn(i64) -> &'static str) -> Vec<Post<'static>> {
    (0..count).map(|at| (at * 7_000 + (at * at * 37) % 6_000, text(at), None)).collect()
}

const TEXTS: [&str; 30] = [
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s",
    "t", "u", "v", "w", "x", "y", "z", "aa", "bb", "cc", "dd",
];

#[test]
fn ordinary_accounts_give_no_reason() {
    check(&[], &[]);
    check(&posts(30, |at| TEXTS[at as usize]), &[]);
    // Too few posts to say anything.
    check(&posts(15, |_| "same"), &[]);
    // Posts without a text do not repeat one.
    check(&posts(30, |_| ""), &[]);
}

#[test]
fn repeated_texts() {
    check(&posts(30, |_| "same"), &[(Measure::RepeatedTexts, 29.0 / 30.0)]);
    let mostly = posts(30, |at| if at < 6 { TEXTS[at as usize] } else { "same" });
    check(&mostly, &[]);
}

#[test]
fn regular_and_short_gaps() {
    let every_hour: Vec<Post> = (0..30).map(|at| (at * 3_600, TEXTS[at as usize], None)).collect();
    check(&every_hour, &[(Measure::RegularGaps, 1.0)]);
    let in_pairs: Vec<Post> =
        (0..30).map(|at| (at / 3 * 90_000 + at % 3, TEXTS[at as usize], None)).collect();
    check(&in_pairs, &[(Measure::ShortGaps, 20.0 / 29.0)]);
    let at_once: Vec<Post> = (0..30).map(|at| (0, TEXTS[at as usize], None)).collect();
    check(&at_once, &[(Measure::ShortGaps, 1.0)]);
}

#[test]
fn many_posts_in_a_day_and_only_reposts() {
    let many: Vec<Post> =
        (0..400).map(|at| (at * 200 + at * at % 190, TEXTS[(at % 30) as usize], None)).collect();
    let given = reasons(&many, 0, 0);
    assert!(given.contains(&(Measure::PostsInADay, 400.0)), "{given:?}");
    let reposts: Vec<Post> =
        posts(120, |_| "").into_iter().map(|(at, ..)| (at, "", Some("x"))).collect();
    check(&reposts, &[(Measure::OnlyReposts, 1.0)]);
}

#[test]
fn following_many_who_do_not_follow_back() {
    let given = reasons(&[], 2_499, 10);
    assert_eq!(given, [(Measure::NotFollowedBack, 1.0 - 10.0 / 2_500.0)]);
    assert_eq!(reasons(&[], 2_499, 200), []);
    assert_eq!(reasons(&[], 1_500, 0), []);
}

#[test]
fn the_busiest_day_is_any_24_hours() {
    let hour = 3_600 * SECOND_US;
    for (hours, wanted) in [
        (&[][..], 0),
        (&[0], 1),
        (&[0, 23], 2),
        (&[0, 24], 1),
        (&[0, 20, 30, 43, 44], 3),
        (&[0, 20, 30, 43, 43, 50], 4),
    ] {
        let times: Vec<i64> = hours.iter().map(|at| at * hour).collect();
        assert_eq!(busiest_day(&times), wanted, "{hours:?}");
    }
}
