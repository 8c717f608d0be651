//! How much accounts do where a company gathers: its own people, and those who only pass by.
//!
//! A flood is made by posting under its hashtag again and again; those who come upon it post once.
//! Two things follow. Who came to one occasion less than is asked for, yet posted there rather as
//! the company does than as visitors do, belongs to it: the chance of having come so often is put
//! together with the chance of so many posts (the product of two chances, Fisher 1925). And who
//! came often enough, but always as visitors come, does not: such are those who answer a flood
//! under its own hashtag.
//!
//! How many posts somebody makes beyond the first is taken as geometric, which has a heavier tail
//! than Poisson's law: who posts at all may go on. Its mean is that of visitors, which begins with
//! what everybody does at any time, or the account's own at other times where that is more.

use super::gatherings::{Active, Gathering};
use super::members::Member;
use crate::stats::binomial_ln_upper;
use std::collections::BTreeMap;
use std::f64::consts::LN_10;

/// So many times as much as visitors a company does where it counts how much somebody does.
const TIMES: f64 = 2.0;
/// Somebody who came often is a visitor where that is so many times as likely as being of the
/// company.
const ODDS: f64 = 20.0;
/// What everybody does at any time weighs as much as so many visits that were seen.
const USUAL_VISITS: f64 = 10.0;

/// So often visitors are told from those who may be of the company, and measured.
const ROUNDS: usize = 5;

/// How many posts were made beyond the first, and at how many comings.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Done {
    extra: f64,
    visits: f64,
}

/// Posts beyond the first at each coming, of a company at each of its gatherings and of visitors.
#[derive(Debug, Clone, PartialEq)]
pub struct Intensity {
    own: Vec<Done>,
    visitors: Done,
}

/// What an account did at one gathering of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coming {
    /// The place of the gathering in the group.
    pub place: usize,
    /// How many posts the account made there, at least one.
    pub posts: u32,
}

/// What an account did at some gatherings.
#[derive(Debug, Clone, Copy)]
pub struct Few<'a> {
    /// The account.
    pub account: u32,
    /// Whether it is of the company so far.
    pub is_member: bool,
    /// What it did at each gathering that it came to.
    pub came: &'a [Coming],
}

impl Coming {
    fn done(self) -> Done {
        Done { extra: f64::from(self.posts - 1), visits: 1.0 }
    }
}

impl Done {
    /// Half a post at one coming keeps what nobody was seen to do above 0.
    const HALF: Self = Self { extra: 0.5, visits: 1.0 };

    fn of(came: &[Coming]) -> Self {
        let mut done = Self::default();
        came.iter().for_each(|coming| done.add(coming.done(), 1.0));
        done
    }

    fn add(&mut self, other: Self, weight: f64) {
        self.extra += weight * other.extra;
        self.visits += weight * other.visits;
    }

    fn mean(self) -> f64 {
        self.extra / self.visits
    }

    /// How many times as likely this is with one mean as with another, as the natural logarithm.
    fn ln_odds(self, own: f64, visitors: f64) -> f64 {
        let more = |mean: f64| (mean / (1.0 + mean)).ln();
        self.extra * (more(own) - more(visitors)) + self.visits * (visitors.ln_1p() - own.ln_1p())
    }
}

impl Intensity {
    /// Measures it over the gatherings of a group with these members, where everybody makes so many
    /// posts beyond the first at any time. Those who are not members may be of the company without
    /// being known: each counts as a visitor by as much as it does what visitors do
    /// (expectation maximisation, Dempster, Laird and Rubin 1977).
    #[must_use]
    pub fn of(group: &[&Gathering], members: &[Member], usual: f64) -> Self {
        let mut own = vec![Done::HALF; group.len()];
        let mut others: BTreeMap<u32, Vec<Coming>> = BTreeMap::new();
        for (place, gathering) in group.iter().enumerate() {
            for (account, posts) in gathering.accounts.iter().zip(&gathering.counts) {
                let coming = Coming { place, posts: *posts };
                if members.binary_search_by_key(account, |of| of.account).is_ok() {
                    own[place].add(coming.done(), 1.0);
                } else {
                    others.entry(*account).or_default().push(coming);
                }
            }
        }
        let mut usually = Done::HALF;
        usually.add(Done { extra: usual, visits: 1.0 }, USUAL_VISITS);
        let mut intensity = Self { own, visitors: usually };
        for _ in 0..ROUNDS {
            let mut visitors = usually;
            for came in others.values() {
                visitors.add(Done::of(came), intensity.as_visitor(came));
            }
            intensity.visitors = visitors;
        }
        intensity
    }

    /// By how much somebody who is not a member counts as a visitor.
    fn as_visitor(&self, came: &[Coming]) -> f64 {
        let mean = |coming: &Coming| self.own[coming.place].mean();
        1.0 / (1.0 + ln_odds(came, mean, self.visitors.mean()).unwrap_or(0.0).exp())
    }

    /// The mean of visitors without one account, so that what it did does not explain itself.
    fn visitors_without(&self, few: &Few<'_>) -> f64 {
        let mut visitors = self.visitors;
        if !few.is_member {
            visitors.add(Done::of(few.came), -self.as_visitor(few.came));
        }
        visitors.mean()
    }

    /// How many times as likely what an account did is of one of the company as of a visitor, as
    /// the natural logarithm; none where what is done there tells nothing. The company is measured
    /// without the account too.
    fn ln_odds(&self, few: &Few<'_>) -> Option<f64> {
        let own = |coming: &Coming| {
            let mut own = self.own[coming.place];
            own.add(coming.done(), if few.is_member { -1.0 } else { 0.0 });
            own.mean()
        };
        ln_odds(few.came, own, self.visitors_without(few))
    }

    /// Whether an account did as visitors do and not as the company does.
    #[must_use]
    pub fn is_visitor(&self, few: &Few<'_>) -> bool {
        self.ln_odds(few).is_some_and(|odds| odds < -ODDS.ln())
    }

    /// The base-10 logarithm of the chance of having come so often, which is given alone, and done
    /// so much; none where it did rather as visitors do, or what is done there tells nothing.
    #[must_use]
    pub(super) fn log10_tail(&self, few: &Few<'_>, coming: f64, active: &Active) -> Option<f64> {
        self.ln_odds(few).filter(|odds| *odds > 0.0)?;
        let Done { extra, visits } = Done::of(few.came);
        let made: u32 = few.came.iter().map(|coming| coming.posts).sum();
        let mean =
            self.visitors_without(few).max(active.extra(few.account, (made, few.came.len())));
        let (extra, trials) = (extra as u64, (extra + visits) as u64 - 1);
        let by_doing = binomial_ln_upper(extra, trials, mean / (1.0 + mean)) / LN_10;
        let product = coming + by_doing;
        Some((product + (1.0 - product * LN_10).log10()).min(0.0))
    }
}

/// The same over all comings to gatherings where the company does so much more than visitors that
/// it tells something; none where there is no such gathering.
fn ln_odds(came: &[Coming], own: impl Fn(&Coming) -> f64, visitors: f64) -> Option<f64> {
    let odds = came.iter().filter_map(|coming| {
        let own = own(coming);
        (own >= TIMES * visitors).then(|| coming.done().ln_odds(own, visitors))
    });
    odds.reduce(|sum, odds| sum + odds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Builder, PostRow};

    /// Gatherings to which accounts came with so many posts each.
    fn gathering(counts: &[u32]) -> Gathering {
        let accounts: Vec<u32> =
            (0..counts.len() as u32).filter(|n| counts[*n as usize] > 0).collect();
        Gathering {
            object: None,
            from_us: 0,
            to_us: 1,
            counts: accounts.iter().map(|n| counts[*n as usize]).collect(),
            accounts,
            posts: Vec::new(),
            about: 100,
            all_about: 100,
        }
    }

    fn member(account: u32) -> Member {
        Member {
            account,
            observed: 3,
            objects: 3,
            expected: 0.1,
            log10_p: -4.0,
            level: 0.001,
            trace: None,
            window_s: 600,
        }
    }

    fn quiet() -> Active {
        let mut builder = Builder::new();
        for n in 0..40_i64 {
            let id = n.to_string();
            let name = format!("a{}", n % 8);
            let at_us = n * 10_000_000_000;
            builder.post(&PostRow { id: &id, account: &name, at_us, ..PostRow::default() });
        }
        Active::new(&builder.build().posts, 1_000_000)
    }

    /// What an account did at the gatherings of a group.
    fn came(group: &[&Gathering], account: u32) -> Vec<Coming> {
        let coming = |place: usize| Coming { place, posts: group[place].posts_of(account) };
        (0..group.len()).map(coming).filter(|coming| coming.posts > 0).collect()
    }

    /// What everybody does at any time.
    const USUAL: f64 = 0.1;

    /// The first four are known; gives who is tested, at so many of the gatherings.
    fn check(counts: &[&[u32]], work: impl Fn(&Intensity, &dyn Fn(u32) -> Option<f64>)) {
        let gatherings: Vec<Gathering> = counts.iter().map(|counts| gathering(counts)).collect();
        let group: Vec<&Gathering> = gatherings.iter().collect();
        let members: Vec<Member> = (0..4).map(member).collect();
        let intensity = Intensity::of(&group, &members, USUAL);
        let quiet = quiet();
        work(&intensity, &|account| {
            let came = came(&group, account);
            let few = Few { account, is_member: account < 4, came: &came };
            intensity.log10_tail(&few, -1.0, &quiet)
        });
    }

    #[test]
    fn who_does_as_the_company_does_is_of_it() {
        // Accounts 0 to 3 are known; 4 does as they do, 5 and 6 pass by, 7 does a little more.
        let counts: [&[u32]; 2] = [&[6, 5, 6, 7, 6, 1, 1, 2], &[6, 6, 5, 6, 6, 1, 1, 1]];
        check(&counts, |_, tail| {
            assert!(tail(4).unwrap() < -2.0);
            assert_eq!([tail(5), tail(6), tail(7)], [None; 3]);
        });
    }

    #[test]
    fn those_who_are_not_known_yet_are_not_measured_as_visitors() {
        // Nobody passes by: all who are not known do as the company does.
        let counts: [&[u32]; 2] = [&[3, 3, 3, 3, 3, 3, 3, 3], &[3, 3, 3, 3, 3, 3, 3, 3]];
        check(&counts, |intensity, tail| {
            assert!(intensity.visitors.mean() < 2.0 * USUAL, "{intensity:?}");
            assert!(tail(4).unwrap() < -2.0);
        });
        // Visitors who do much are measured, however little is usual.
        let many = [&[6_u32, 6, 6, 6][..], &[1, 2, 1, 3, 1, 2, 1, 2, 1, 1].repeat(8)].concat();
        check(&[&many, &many], |intensity, _| {
            assert!(intensity.visitors.mean() > 1.5 * USUAL, "{intensity:?}");
        });
    }

    #[test]
    fn nobody_explains_itself() {
        let (first, second) = (gathering(&[6, 6, 6, 1, 1]), gathering(&[6, 6, 6, 2, 1]));
        let group = [&first, &second];
        let with: Vec<Member> = (0..4).map(member).collect();
        let intensity = Intensity::of(&group, &with, USUAL);
        // The fourth did as the fifth did; were it measured as one of the company, it would not
        // seem to be a visitor.
        let came = came(&group, 3);
        let is_visitor = |is_member| {
            intensity.log10_tail(&Few { account: 3, is_member, came: &came }, -1.0, &quiet())
        };
        assert_eq!([is_visitor(true), is_visitor(false)], [None; 2]);
        // What the other three did, and half a post.
        let own = Done::HALF.extra + 15.0;
        let odds = intensity.ln_odds(&Few { account: 3, is_member: true, came: &came[..1] });
        let visitors = intensity.visitors.mean();
        let by_hand = came[0].done().ln_odds(own / 4.0, visitors);
        assert!((odds.unwrap() - by_hand).abs() < 1e-9, "{odds:?} {by_hand}");
    }

    #[test]
    fn the_company_is_measured_at_each_gathering() {
        // At the first thing all of the company post often, at the others once; who comes to these
        // alone does as the company does there.
        let once: &[u32] = &[1, 1, 1, 1, 1, 1];
        let counts = [&[6, 6, 6, 6, 0, 1], once, once, once, once, once, once];
        let gatherings: Vec<Gathering> = counts.iter().map(|counts| gathering(counts)).collect();
        let group: Vec<&Gathering> = gatherings.iter().collect();
        let members: Vec<Member> = (0..4).map(member).collect();
        let intensity = Intensity::of(&group, &members, USUAL);
        let odds = |account| {
            intensity.ln_odds(&Few { account, is_member: false, came: &came(&group, account) })
        };
        assert_eq!(odds(4), None);
        assert!(odds(5).unwrap() < -1.0);
    }

    #[test]
    fn who_often_does_as_visitors_do_is_one() {
        let often: Vec<Gathering> = (0..4).map(|_| gathering(&[6, 6, 6, 6, 6, 1])).collect();
        let group: Vec<&Gathering> = often.iter().collect();
        let members: Vec<Member> = (0..4).map(member).collect();
        let intensity = Intensity::of(&group, &members, USUAL);
        let is_visitor = |account| {
            let came = came(&group, account);
            intensity.is_visitor(&Few { account, is_member: false, came: &came })
        };
        assert_eq!([is_visitor(4), is_visitor(5)], [false, true]);
        let nowhere = Few { account: 5, is_member: false, came: &[] };
        assert!(!intensity.is_visitor(&nowhere));
    }

    #[test]
    fn where_nobody_does_more_it_tells_nothing() {
        check(&[&[1, 1, 1, 1, 1, 1], &[1, 1, 1, 1, 1, 1]], |_, tail| assert_eq!(tail(4), None));
    }

    #[test]
    fn who_always_does_much_is_no_surprise() {
        let mut builder = Builder::new();
        for n in 0..400_i64 {
            let (id, name) = (n.to_string(), format!("a{}", n / 50));
            let at_us = n / 10 * 1_000_000 + n;
            builder.post(&PostRow { id: &id, account: &name, at_us, ..PostRow::default() });
        }
        let busy = Active::new(&builder.build().posts, 1_000_000);
        let one = gathering(&[6, 6, 6, 6, 6, 1, 1, 1]);
        let group = [&one, &one];
        let members: Vec<Member> = (0..4).map(member).collect();
        let intensity = Intensity::of(&group, &members, USUAL);
        let came = came(&group, 4);
        let few = Few { account: 4, is_member: false, came: &came };
        let told = |active: &Active| intensity.log10_tail(&few, -1.0, active).unwrap();
        assert!(told(&busy) > told(&quiet()) + 1.0, "{} {}", told(&busy), told(&quiet()));
    }
}
