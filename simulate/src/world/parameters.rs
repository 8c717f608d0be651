//! How large a world is, and how it is checked before it is made.

use model::Timestamp;

const DAY_S: i64 = 86_400;

/// What a world is made from. Start from [`Parameters::new`] and change what should differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// The seed: the same parameters give the same bytes.
    pub seed: u64,
    /// When the items begin.
    pub start: Timestamp,
    /// How many days they last, 1 to 366.
    pub days: u32,
    /// Accounts of all kinds together, 2,000 to 20,000,000.
    pub accounts: u32,
    /// Items a day, about; 100 to 1,000,000,000. By default one for each account. Campaigns and
    /// controls are played whole, so that small or short worlds have some more.
    pub items_per_day: u64,
    /// Accounts of the movement before any return, bought followers included; at least 100 and
    /// at most a fifth of all. By default 3 % of the first 100,000 accounts and 1 % of the others,
    /// but at most 60,000.
    pub members: u32,
    /// How many times each row of the table of campaigns (`scripts.tsv`) is played, 0 to 20;
    /// by default once, which gives some 25 campaigns of eleven kinds.
    pub campaigns: u32,
    /// How many accounts take part in a campaign, in hundredths of what `scripts.tsv` says (which
    /// is for 10,000 accounts, and grows with the root of the accounts), 10 to 1,000.
    pub campaign_size_percent: u32,
    /// How long a campaign lasts, in hundredths of what `scripts.tsv` says, 10 to 1,000; never
    /// longer than the world.
    pub campaign_length_percent: u32,
    /// What the movement writes while it mobilises, in hundredths of what it writes else, 100 to
    /// 170; by default 143, as from 70,000 to 100,000 posts a day.
    pub mobilisation_percent: u32,
    /// How many times each row of the table of controls is played, 0 to 20; by default once.
    pub controls: u32,
    /// How many accounts an ordinary account follows in the mean, 2 to 200; by default 15.
    pub follows_per_account: u32,
    /// New ordinary accounts a day for a thousand that there are, 0 to 20; by default 1.
    pub newcomers_permille: u32,
    /// Of a thousand members (bought followers apart), so many are suspended in the period.
    pub suspended_permille: u32,
    /// Of a thousand suspended members, so many come back under a new id, at most 900.
    pub returning_permille: u32,
    /// Of 100,000 ordinary accounts, so many are suspended by mistake and restored.
    pub wronged_per_100k: u32,
    /// What is wrong with the input; by default nothing.
    pub faults: Faults,
}

/// What is wrong with the items as they are delivered, each in so many of a thousand items (or
/// accounts). All zero is a clean input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// Items that are delivered a second time, a little later, unchanged.
    pub delivered_twice: u32,
    /// Items that are delivered late, behind up to sixty later ones.
    pub out_of_order: u32,
    /// Items whose time is cut to the whole minute.
    pub whole_minutes: u32,
    /// Items that are dated up to ten days ahead.
    pub in_the_future: u32,
    /// Items that bear the id of an earlier item.
    pub ids_reused: u32,
    /// Accounts of which nothing but the id is known.
    pub without_profile: u32,
}

/// A parameter outside its bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterError {
    /// The field of [`Parameters`].
    pub field: &'static str,
    /// What was given.
    pub given: u64,
    /// What is accepted, as a phrase.
    pub accepted: String,
}

impl std::fmt::Display for ParameterError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is {}: give {}", self.field, self.given, self.accepted)
    }
}

impl std::error::Error for ParameterError {}

impl Parameters {
    /// A world with everything else at its default.
    #[must_use]
    pub fn new(seed: u64, start: Timestamp, days: u32, accounts: u32) -> Self {
        Self {
            seed,
            start,
            days,
            accounts,
            items_per_day: u64::from(accounts).max(100),
            members: (accounts / 100 * 3).min(accounts / 100 + 2_000).clamp(100, 60_000),
            campaigns: 1,
            campaign_size_percent: 100,
            campaign_length_percent: 100,
            mobilisation_percent: 143,
            controls: 1,
            follows_per_account: 15,
            newcomers_permille: 1,
            suspended_permille: 300,
            returning_permille: 550,
            wronged_per_100k: 200,
            faults: Faults::default(),
        }
    }

    /// Checks every bound.
    ///
    /// # Errors
    /// Where a value lies outside what its field documents.
    pub fn check(&self) -> Result<(), ParameterError> {
        let fifth = u64::from(self.accounts) / 5;
        let faults = &self.faults;
        for (field, given, low, high) in [
            ("days", u64::from(self.days), 1, 366),
            ("accounts", u64::from(self.accounts), 2_000, 20_000_000),
            ("items_per_day", self.items_per_day, 100, 1_000_000_000),
            ("members", u64::from(self.members), 100, fifth.max(100)),
            ("campaigns", u64::from(self.campaigns), 0, 20),
            ("campaign_size_percent", u64::from(self.campaign_size_percent), 10, 1_000),
            ("campaign_length_percent", u64::from(self.campaign_length_percent), 10, 1_000),
            ("mobilisation_percent", u64::from(self.mobilisation_percent), 100, 170),
            ("controls", u64::from(self.controls), 0, 20),
            ("follows_per_account", u64::from(self.follows_per_account), 2, 200),
            ("newcomers_permille", u64::from(self.newcomers_permille), 0, 20),
            ("suspended_permille", u64::from(self.suspended_permille), 0, 900),
            ("returning_permille", u64::from(self.returning_permille), 0, 900),
            ("wronged_per_100k", u64::from(self.wronged_per_100k), 0, 5_000),
            ("faults.delivered_twice", u64::from(faults.delivered_twice), 0, 500),
            ("faults.out_of_order", u64::from(faults.out_of_order), 0, 500),
            ("faults.whole_minutes", u64::from(faults.whole_minutes), 0, 1_000),
            ("faults.in_the_future", u64::from(faults.in_the_future), 0, 500),
            ("faults.ids_reused", u64::from(faults.ids_reused), 0, 500),
            ("faults.without_profile", u64::from(faults.without_profile), 0, 1_000),
        ] {
            if !(low..=high).contains(&given) {
                let accepted = format!("a number from {low} to {high}");
                return Err(ParameterError { field, given, accepted });
            }
        }
        let end = self.start.plus_seconds((i64::from(self.days) + 11) * DAY_S);
        if end.seconds_since(self.start) < (i64::from(self.days) + 11) * DAY_S {
            let accepted = "a start at least as long before the year 2200 as there are days".into();
            let given = u64::try_from(self.start.micros()).unwrap_or(0);
            return Err(ParameterError { field: "start", given, accepted });
        }
        Ok(())
    }

    /// When the items begin, in microseconds since 1970.
    #[must_use]
    pub fn start_us(&self) -> i64 {
        self.start.micros()
    }

    /// When they end, in microseconds since 1970; nothing is dated at this instant or later.
    #[must_use]
    pub fn end_us(&self) -> i64 {
        self.start_us() + i64::from(self.days) * DAY_S * 1_000_000
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn fine() -> Parameters {
        Parameters::new(1, Timestamp::parse("2026-03-02T00:00:00Z").unwrap(), 30, 10_000)
    }

    #[test]
    fn defaults_are_accepted_at_every_size() {
        for accounts in [2_000, 10_000, 1_000_000, 20_000_000] {
            assert_eq!(Parameters { accounts, ..fine() }.check(), Ok(()));
            let made = Parameters::new(1, fine().start, 1, accounts);
            assert_eq!(made.check(), Ok(()), "{accounts}");
        }
    }

    #[test]
    fn bounds_are_told() {
        type Case = (fn(&mut Parameters), &'static str);
        let cases: [Case; 7] = [
            (|p| p.days = 0, "`days` is 0: give a number from 1 to 366"),
            (|p| p.accounts = 9, "`accounts` is 9: give a number from 2000 to 20000000"),
            (|p| p.members = 3_000, "`members` is 3000: give a number from 100 to 2000"),
            (|p| p.campaigns = 21, "`campaigns` is 21: give a number from 0 to 20"),
            (|p| p.items_per_day = 1, "`items_per_day` is 1: give a number from 100 to 1000000000"),
            (
                |p| p.faults.ids_reused = 501,
                "`faults.ids_reused` is 501: give a number from 0 to 500",
            ),
            (
                |p| p.start = Timestamp::parse("2199-12-30T00:00:00Z").unwrap(),
                "`start` is 7257945600000000: give a start at least as long before the year 2200 \
                 as there are days",
            ),
        ];
        for (change, wanted) in cases {
            let mut parameters = fine();
            change(&mut parameters);
            assert_eq!(parameters.check().unwrap_err().to_string(), wanted);
        }
    }
}
