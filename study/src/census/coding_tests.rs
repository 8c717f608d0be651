//! Which answers count, what accounts come to, and how far coders agree.

use super::super::testing::planted;
use super::*;
use crate::census::Plan;

fn sample() -> SampleDraw {
    let world = planted(1_000, 60, 4);
    let census = world.census(12);
    let mut draw = world.draw(&census, Plan { accounts: 300, floor: 2, ..Plan::default() });
    draw.items.truncate(6);
    for (at, item) in draw.items.iter_mut().enumerate() {
        item.account = format!("a{at}");
    }
    draw
}

/// Answers as `account coder answer`, each a second later than the one before.
fn codes(lines: &[&str]) -> Vec<Code> {
    let one = |(at, line): (usize, &&str)| {
        let mut words = line.split(' ');
        let mut next = || words.next().unwrap().to_owned();
        let (account, coder) = (next(), next());
        let answer = match next().as_str() {
            "yes" => Answer::Member,
            "no" => Answer::NotMember,
            _ => Answer::Unsure,
        };
        Code { account, coder, answer, at_us: at as i64 }
    };
    lines.iter().enumerate().map(one).collect()
}

fn settled(blind: &[&str], adjudications: &[&str], coders: u8) -> Settled {
    let coding = Coding { codes: codes(blind), adjudications: codes(adjudications) };
    Answers::of(&sample(), &coding).settled(0, coders)
}

#[test]
fn what_an_account_comes_to() {
    use Answer::{Member, NotMember, Unsure};
    for (blind, adjudications, coders, wanted) in [
        (&[][..], &[][..], 1, Settled::Open),
        (&["a0 x yes"], &[], 1, Settled::As(Member)),
        (&["a0 x yes"], &[], 2, Settled::Open),
        (&["a0 x yes", "a0 y yes"], &[], 2, Settled::As(Member)),
        (&["a0 x no", "a0 y no", "a0 z no"], &[], 2, Settled::As(NotMember)),
        (&["a0 x no", "a0 y yes"], &[], 2, Settled::Open),
        (&["a0 x no", "a0 y yes"], &[], 1, Settled::Open),
        (&["a0 x unsure", "a0 y unsure"], &[], 2, Settled::Open),
        (&["a0 x no", "a0 y yes"], &["a0 z yes"], 2, Settled::As(Member)),
        (&["a0 x no", "a0 y yes"], &["a0 z unsure"], 2, Settled::As(Unsure)),
        (&["a0 x no", "a0 y no"], &["a0 z yes", "a0 q no"], 2, Settled::As(NotMember)),
        (&["a0 x no", "a0 x yes", "a0 y yes"], &[], 2, Settled::As(Member)),
    ] {
        assert_eq!(settled(blind, adjudications, coders), wanted, "{blind:?} {adjudications:?}");
    }
}

#[test]
fn agreement_and_what_is_left_to_do() {
    let lines = [
        "a0 x yes",
        "a0 y yes",
        "a1 x no",
        "a1 y no",
        "a2 x no",
        "a2 y yes",
        "a3 x unsure",
        "a3 y no",
        "a4 x no",
        "a4 y no",
        "a5 x no",
    ];
    let coding = Coding { codes: codes(&lines), adjudications: codes(&["a3 z no"]) };
    let given = agreement(&sample(), &coding, Confidence::P95).unwrap();
    assert_eq!((given.coded_twice, given.adjudicated), (5, 1));
    assert_eq!(given.coders, ["x", "y"]);
    assert_eq!(given.to_adjudicate, ["a2"], "a5 waits for its second coder");
    let kappa = given.kappa.unwrap();
    // 3 of 5 alike; by chance (1*2 + 3*3 + 1*0)/25.
    assert!((kappa.same - 0.6).abs() < 1e-12 && (kappa.by_chance - 0.44).abs() < 1e-12);
    assert!((kappa.kappa.value - 0.16 / 0.56).abs() < 1e-12);
    assert!(given.alpha.unwrap().value > 0.0);
}

#[test]
fn answers_that_do_not_count() {
    let lines = ["a0 x yes", "b9 x yes", "b8 y no", "a0 x no", "a0 y no"];
    let coding = Coding { codes: codes(&lines), adjudications: codes(&["b7 z yes"]) };
    let ignored = Answers::of(&sample(), &coding).ignored;
    let first_unknown = Some("b9".to_owned());
    assert_eq!(ignored, Ignored { unknown_accounts: 3, first_unknown, replaced: 1 });
}

#[test]
fn the_later_answer_counts_whatever_the_order() {
    let mut given = codes(&["a0 x yes", "a0 x no", "a0 y no"]);
    for _ in 0..2 {
        let coding = Coding { codes: given.clone(), adjudications: vec![] };
        let answers = Answers::of(&sample(), &coding);
        assert_eq!(answers.settled(0, 2), Settled::As(Answer::NotMember));
        given.reverse();
    }
}

#[test]
fn one_coder_alone_is_not_enough() {
    let check = |lines: &[&str]| {
        let coding = Coding { codes: codes(lines), adjudications: vec![] };
        agreement(&sample(), &coding, Confidence::P95).unwrap_err()
    };
    assert_eq!(check(&[]), Error::NoCodes);
    assert_eq!(check(&["zzz x yes"]), Error::NoCodes);
    assert_eq!(check(&["a0 x yes", "a1 x no"]), Error::OneCoder { coders: vec!["x".into()] });
    let apart = check(&["a0 x yes", "a1 y no"]);
    assert!(apart.to_string().contains("(answered: x, y); have a second person code the same"));
}

#[test]
fn agreement_is_undefined_where_all_say_the_same() {
    let coding = Coding { codes: codes(&["a0 x no", "a0 y no"]), adjudications: vec![] };
    let given = agreement(&sample(), &coding, Confidence::P95).unwrap();
    assert_eq!((given.kappa, given.alpha), (None, None));
}
