//! What the operator must and may choose about a census.

use super::Error;
use crate::stats::Confidence;
use serde::{Deserialize, Serialize};

/// The longest purpose, legal basis or definition, in bytes.
pub const TEXT_BYTES_MAX: usize = 4_000;
/// Seeds that can be given.
pub const SEEDS_MAX: usize = 100_000;
/// Days for which a census can be kept: three years.
pub const RETENTION_DAYS_MAX: u32 = 1_096;
/// Levels that a snowball can have.
pub const LEVELS_MAX: u8 = 6;
/// Accounts that can be listed with their evidence.
pub const LISTED_MAX: u32 = 100_000;

/// How a found account leads to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// To whom it follows.
    Follows,
    /// To who follows it.
    FollowedBy,
    /// To whose posts it passed on.
    Reposts,
    /// To who passed on its posts.
    RepostedBy,
    /// To whose posts it answered.
    Answers,
    /// To who answered its posts.
    AnsweredBy,
}

impl Way {
    /// Every way, in the order in which they are listed.
    pub const ALL: [Self; 6] = [
        Self::Follows,
        Self::FollowedBy,
        Self::Reposts,
        Self::RepostedBy,
        Self::Answers,
        Self::AnsweredBy,
    ];

    /// The words in which a definition of the frontier names it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Follows => "whom they follow",
            Self::FollowedBy => "who follows them",
            Self::Reposts => "whose posts they pass on",
            Self::RepostedBy => "who passes on their posts",
            Self::Answers => "whose posts they answer",
            Self::AnsweredBy => "who answers their posts",
        }
    }
}

/// How far the frontier reaches from the seeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reach {
    /// How many steps from a seed; 1 to 6.
    pub levels: u8,
    /// By which ways, each once, at least one. An account that two ways find is found by the one
    /// that stands first.
    pub ways: Vec<Way>,
    /// The frontier holds at most so many accounts, seeds among them; 10 to 100,000,000. Where a
    /// level has more, those with most ties to the levels before are taken.
    pub accounts_at_most: u64,
    /// A found account that has more ties of one way leads nowhere by it, since such accounts lead
    /// to everybody; 1 to 100,000,000.
    pub ties_at_most: u32,
}

impl Default for Reach {
    fn default() -> Self {
        Self {
            levels: 2,
            ways: vec![Way::Follows, Way::FollowedBy, Way::Reposts, Way::Answers],
            accounts_at_most: 5_000_000,
            ties_at_most: 50_000,
        }
    }
}

/// What becomes of accounts that look automated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Screened {
    /// They stay in the frontier, with the reasons beside them. Leaving them out would also leave
    /// out members who post much.
    #[default]
    Kept,
    /// They are left out of what is scored, listed and drawn from, and counted apart.
    LeftOut,
}

/// What a census is for, what it rests on, and how far it goes. The first five fields are required.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// What the census is made for; 1 to 4,000 bytes.
    pub purpose: String,
    /// The legal basis on which accounts are studied; 1 to 4,000 bytes.
    pub legal_basis: String,
    /// What makes an account a member, as coders are to judge it; 1 to 4,000 bytes.
    pub membership: String,
    /// After so many days the census is to be erased; 1 to 1,096.
    pub retention_days: u32,
    /// Ids of accounts that are known members; 1 to 100,000.
    pub seeds: Vec<String>,
    /// How far the frontier reaches.
    #[serde(default)]
    pub reach: Reach,
    /// What becomes of accounts that look automated.
    #[serde(default)]
    pub screened: Screened,
    /// How many accounts of the highest scores are listed with their evidence; 1 to 100,000.
    #[serde(default = "listed")]
    pub listed_at_most: u32,
    /// Memory that the graphs may take, in bytes; at least a million.
    #[serde(default = "memory")]
    pub memory_bytes: u64,
}

fn listed() -> u32 {
    1_000
}

fn memory() -> u64 {
    4_000_000_000
}

impl Parameters {
    /// The required ones, and the usual choice of all others.
    #[must_use]
    pub fn new(
        purpose: &str,
        legal_basis: &str,
        membership: &str,
        retention_days: u32,
        seeds: Vec<String>,
    ) -> Self {
        Self {
            purpose: purpose.into(),
            legal_basis: legal_basis.into(),
            membership: membership.into(),
            retention_days,
            seeds,
            reach: Reach::default(),
            screened: Screened::default(),
            listed_at_most: listed(),
            memory_bytes: memory(),
        }
    }

    /// Checks that every value is within its range.
    ///
    /// # Errors
    /// [`Error::Parameter`] for the first that is not.
    pub fn check(&self) -> Result<(), Error> {
        text("purpose", &self.purpose)?;
        text("legal_basis", &self.legal_basis)?;
        text("membership", &self.membership)?;
        number("retention_days", self.retention_days.into(), 1, RETENTION_DAYS_MAX.into())?;
        number("the number of seeds", self.seeds.len() as u64, 1, SEEDS_MAX as u64)?;
        number("listed_at_most", self.listed_at_most.into(), 1, LISTED_MAX.into())?;
        number("memory_bytes", self.memory_bytes, 1_000_000, u64::MAX)?;
        self.reach.check()
    }
}

impl Reach {
    fn check(&self) -> Result<(), Error> {
        number("reach.levels", self.levels.into(), 1, LEVELS_MAX.into())?;
        number("reach.accounts_at_most", self.accounts_at_most, 10, 100_000_000)?;
        number("reach.ties_at_most", self.ties_at_most.into(), 1, 100_000_000)?;
        number("the number of reach.ways", self.ways.len() as u64, 1, Way::ALL.len() as u64)?;
        let twice = (1..self.ways.len()).any(|at| self.ways[..at].contains(&self.ways[at]));
        if twice {
            let problem = "names a way twice; name each once".into();
            return Err(Error::Parameter { name: "reach.ways", problem });
        }
        Ok(())
    }
}

pub(super) fn text(name: &'static str, given: &str) -> Result<(), Error> {
    if given.trim().is_empty() {
        let problem = "is empty; a census is not made without it, so write it down".into();
        return Err(Error::Parameter { name, problem });
    }
    if given.len() > TEXT_BYTES_MAX {
        let problem = format!("is {} bytes long; at most {TEXT_BYTES_MAX} are kept", given.len());
        return Err(Error::Parameter { name, problem });
    }
    Ok(())
}

pub(super) fn number(name: &'static str, given: u64, from: u64, to: u64) -> Result<(), Error> {
    if (from..=to).contains(&given) {
        return Ok(());
    }
    Err(Error::Parameter {
        name,
        problem: format!("is {given}; give a number from {from} to {to}"),
    })
}

/// The confidence of every interval that a census itself gives.
pub(super) const CONFIDENCE: Confidence = Confidence::P95;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: fn(&mut Parameters), wanted: Option<&str>) {
        let mut parameters = Parameters::new("a", "b", "c", 90, vec!["d".into()]);
        change(&mut parameters);
        let given = parameters.check().map_err(|error| match error {
            Error::Parameter { name, problem } => format!("{name} {problem}"),
            other => panic!("{other}"),
        });
        match wanted {
            None => assert_eq!(given, Ok(())),
            Some(start) => assert!(given.clone().unwrap_err().starts_with(start), "{given:?}"),
        }
    }

    #[test]
    fn purpose_legal_basis_and_retention_are_required() {
        check(|_| {}, None);
        check(|p| p.purpose = " \n".into(), Some("purpose is empty"));
        check(|p| p.legal_basis.clear(), Some("legal_basis is empty"));
        check(|p| p.membership.clear(), Some("membership is empty"));
        check(|p| p.purpose = "x".repeat(4_001), Some("purpose is 4001 bytes long"));
        check(|p| p.retention_days = 0, Some("retention_days is 0"));
        check(|p| p.retention_days = 1_097, Some("retention_days is 1097; give a number from 1"));
        let json = r#"{"purpose":"a","legal_basis":"b","membership":"c","seeds":["d"]}"#;
        let given = serde_json::from_str::<Parameters>(json);
        assert!(given.unwrap_err().to_string().contains("retention_days"));
    }

    #[test]
    fn every_size_is_bounded() {
        check(|p| p.seeds.clear(), Some("the number of seeds is 0"));
        check(|p| p.listed_at_most = 0, Some("listed_at_most is 0"));
        check(|p| p.memory_bytes = 9, Some("memory_bytes is 9"));
        check(|p| p.reach.levels = 7, Some("reach.levels is 7"));
        check(|p| p.reach.ways.clear(), Some("the number of reach.ways is 0"));
        check(|p| p.reach.ways = vec![Way::Follows; 2], Some("reach.ways names a way twice"));
        check(|p| p.reach.accounts_at_most = 1, Some("reach.accounts_at_most is 1"));
        check(|p| p.reach.ties_at_most = 0, Some("reach.ties_at_most is 0"));
    }

    #[test]
    fn what_is_left_out_has_the_usual_value_and_what_is_unknown_is_refused() {
        let json = r#"{"purpose":"a","legal_basis":"b","membership":"c","retention_days":30,
            "seeds":["d"],"reach":{"levels":3}}"#;
        let given: Parameters = serde_json::from_str(json).unwrap();
        let mut wanted = Parameters::new("a", "b", "c", 30, vec!["d".into()]);
        wanted.reach.levels = 3;
        assert_eq!(given, wanted);
        assert!(serde_json::from_str::<Parameters>(&json.replace("reach", "rich")).is_err());
    }
}
