//! How much accounts do where a company gathers: its own people, and those who only pass by.
//!
//! A flood is made by posting under its hashtag again and again; those who come upon it post once.
//! Two things follow. Who came to one occasion less than is asked for, yet posted there as
//! only the company does, belongs to it: the chance of having come so often is put together with
//! the chance of so many posts (the product of two chances, Fisher 1925). And who came often
//! enough, but always as visitors come, does not: such are those who answer a flood under its own
//! hashtag.
//!
//! How many posts somebody makes beyond the first is taken as geometric, which has a heavier tail
//! than Poisson's law: who posts at all may go on. Its mean is that of visitors, or the account's
//! own at other times where that is more.

use super::gatherings::{Active, Gathering};
use super::members::Member;
use crate::stats::binomial_ln_upper;
use std::f64::consts::LN_10;

/// So many times as much as visitors a company does where it counts how much somebody does.
const TIMES: f64 = 2.0;
/// Somebody is a visitor where that is so many times as likely as being of the company.
const ODDS: f64 = 20.0;

/// Posts beyond the first at each coming to a gathering, of a company and of visitors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intensity {
    own: f64,
    visitors: f64,
}

/// What an account did at some gatherings.
#[derive(Debug, Clone, Copy)]
pub struct Few<'a> {
    /// The account.
    pub account: u32,
    /// The gatherings that it came to, at least one.
    pub came: &'a [&'a Gathering],
    /// The base-10 logarithm of the chance of having come to so many.
    pub by_coming: f64,
}

impl Few<'_> {
    /// How often it came, and how many posts it made beyond the first each time.
    fn counts(&self) -> (f64, u64) {
        let extra = |of: &&Gathering| u64::from(of.posts_of(self.account).saturating_sub(1));
        (self.came.len() as f64, self.came.iter().map(extra).sum())
    }
}

impl Intensity {
    /// Measures it over the gatherings of a group with these members.
    #[must_use]
    pub fn of(group: &[&Gathering], members: &[Member]) -> Self {
        // Half a post of one visitor more keeps what nobody was seen to do above 0.
        let (mut own, mut visitors) = ((0.5, 1.0), (0.5, 1.0));
        for gathering in group {
            for (account, count) in gathering.accounts.iter().zip(&gathering.counts) {
                let is_member = members.binary_search_by_key(account, |of| of.account).is_ok();
                let sum = if is_member { &mut own } else { &mut visitors };
                sum.0 += f64::from(count - 1);
                sum.1 += 1.0;
            }
        }
        Self { own: own.0 / own.1, visitors: visitors.0 / visitors.1 }
    }

    fn tells(&self) -> bool {
        self.own >= TIMES * self.visitors
    }

    /// Whether an account did as visitors do and not as the company does.
    #[must_use]
    pub fn is_visitor(&self, few: &Few<'_>) -> bool {
        let (visits, extra) = few.counts();
        let more = |mean: f64| (mean / (1.0 + mean)).ln();
        let no_more = |mean: f64| -mean.ln_1p();
        let by_extra = extra as f64 * (more(self.own) - more(self.visitors));
        let by_visits = visits * (no_more(self.own) - no_more(self.visitors));
        self.tells() && by_extra + by_visits < -ODDS.ln()
    }

    /// The base-10 logarithm of the chance of having come so often and done so much; none where
    /// what is done there tells nothing.
    #[must_use]
    pub(super) fn log10_tail(&self, few: &Few<'_>, active: &Active) -> Option<f64> {
        let (visits, extra) = few.counts();
        if !self.tells() || self.is_visitor(few) {
            return None;
        }
        let made: u32 = few.came.iter().map(|gathering| gathering.posts_of(few.account)).sum();
        let mean = self.visitors.max(active.extra(few.account, (made, few.came.len())));
        let trials = extra + visits as u64 - 1;
        let by_doing = binomial_ln_upper(extra, trials, mean / (1.0 + mean)) / LN_10;
        let product = few.by_coming + by_doing;
        Some((product + (1.0 - product * LN_10).log10()).min(0.0))
    }
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

    #[test]
    fn who_does_as_the_company_does_is_of_it() {
        // Accounts 0 to 3 are known; 4 does as they do, 5 and 6 pass by, 7 does a little more.
        let [first, second] = [[6, 5, 6, 7, 6, 1, 1, 2], [6, 6, 5, 6, 6, 1, 1, 1]];
        let (first, second) = (gathering(&first), gathering(&second));
        let group = [&first, &second];
        let members: Vec<Member> = (0..4).map(member).collect();
        let intensity = Intensity::of(&group, &members);
        let few = |account| Few { account, came: &group, by_coming: -1.0 };
        assert!(intensity.log10_tail(&few(4), &quiet()).unwrap() < -1.5);
        assert!(intensity.log10_tail(&few(5), &quiet()).unwrap() > -0.6);
        assert!(intensity.is_visitor(&Few { came: &[&first, &second, &first, &second], ..few(5) }));
        assert!(!intensity.is_visitor(&few(4)));
    }

    #[test]
    fn where_nobody_does_more_it_tells_nothing() {
        let one = gathering(&[1, 1, 1, 1, 1, 1]);
        let group = [&one, &one];
        let members: Vec<Member> = (0..4).map(member).collect();
        let intensity = Intensity::of(&group, &members);
        let few = Few { account: 4, came: &group, by_coming: -1.0 };
        assert_eq!(intensity.log10_tail(&few, &quiet()), None);
        assert!(!intensity.is_visitor(&few));
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
        let intensity = Intensity::of(&group, &members);
        let few = Few { account: 4, came: &group, by_coming: -1.0 };
        let told = |active: &Active| intensity.log10_tail(&few, active).unwrap();
        assert!(told(&busy) > told(&quiet()) + 1.0, "{} {}", told(&busy), told(&quiet()));
    }
}
