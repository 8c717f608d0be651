//! What the Harbour Forum brings along: its banks, rules, queues and policies.

use crate::words::{MUSTER_HOST, SLOGAN, SLOGAN_WORDS};
use std::fmt::Write as _;

/// The id of the service.
pub const SERVICE: &str = "harbour";
/// The id of the policy that most rules and all bank entries rest on.
pub const EXTREMISM_POLICY: &str = "harbour.violent-extremism";
/// The queues that the rules name, each with its title and its target in minutes.
pub const QUEUES: [(&str, &str, u32); 3] = [
    ("pictures", "Pictures of the known emblem", 60),
    ("links", "Links to the muster host", 120),
    ("matches", "Words and accounts", 480),
];

/// A written norm of the Harbour Forum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Its id.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What it says.
    pub text: &'static str,
}

const POLICIES: [Policy; 2] = [
    Policy {
        id: EXTREMISM_POLICY,
        title: "No violent extremism",
        text: "You may not recruit for, praise or organise a movement that uses or threatens \
               violence for its ends, nor spread its emblems or slogans in its support. News, \
               research, education, art, satire, counter-speech and mourning may quote and show \
               what they speak about.",
    },
    Policy {
        id: "harbour.coordinated-abuse",
        title: "No coordinated abuse",
        text: "You may not run accounts whose purpose is to flood the forum with content that \
               other policies forbid.",
    },
];

const HEADER: &str = "kind,value,language,policy,source,note\n";

/// The banks that need no hash: each bank's name and its file as CSV.
#[must_use]
pub fn banks() -> Vec<(String, String)> {
    let mut terms = HEADER.to_owned();
    row(&mut terms, "term", SLOGAN, "the whole slogan");
    for word in SLOGAN_WORDS {
        row(&mut terms, "term", word, "a word of the slogan");
    }
    let mut links = HEADER.to_owned();
    row(&mut links, "domain", MUSTER_HOST, "where the movement recruits");
    row(&mut links, "url", &format!("https://{MUSTER_HOST}/join"), "the form to join");
    vec![("ashen-terms".into(), terms), ("ashen-links".into(), links)]
}

/// All banks; `pdq_hex` is the PDQ hash of [`crate::emblem_png`] in hexadecimal, which the caller
/// computes.
#[must_use]
pub fn banks_with(pdq_hex: &str) -> Vec<(String, String)> {
    let mut pictures = HEADER.to_owned();
    row(&mut pictures, "pdq", pdq_hex, "the emblem: three chevrons over a broken ring");
    let mut banks = banks();
    banks.push(("ashen-pictures".into(), pictures));
    banks
}

fn row(file: &mut String, kind: &str, value: &str, note: &str) {
    assert!(!format!("{value}{note}").contains([',', '"', '\n']), "a value that needs quoting");
    writeln!(file, "{kind},{value},,{EXTREMISM_POLICY},harbour trust team,{note}")
        .expect("writing to a string does not fail");
}

/// The rule file, as TOML.
#[must_use]
pub fn rules() -> &'static str {
    include_str!("rules.toml")
}

/// The policies that rules and bank entries name.
#[must_use]
pub fn policies() -> Vec<Policy> {
    POLICIES.to_vec()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use model::{ActionKind, EntryKind, PolicyId, QueueName, RuleName, ServiceId};
    use std::collections::BTreeSet;

    #[test]
    fn bank_files_have_the_columns_and_known_kinds() {
        let banks = banks_with(&"0f".repeat(32));
        let names: Vec<&str> = banks.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["ashen-terms", "ashen-links", "ashen-pictures"]);
        for (name, file) in &banks {
            let mut lines = file.lines();
            assert_eq!(lines.next().unwrap(), HEADER.trim());
            for line in lines {
                let fields: Vec<&str> = line.split(',').collect();
                assert_eq!(fields.len(), 6, "{name}: {line}");
                assert!(EntryKind::parse(fields[0]).is_some(), "{line}");
                assert_eq!(fields[3], EXTREMISM_POLICY);
            }
        }
        assert_eq!(&banks[..2], banks_with("").get(..2).unwrap());
        assert!(banks[2].1.contains(&"0f".repeat(32)));
    }

    /// The values of one key over all rules.
    fn values(key: &str) -> Vec<&'static str> {
        let start = format!("{key} = ");
        let lines = rules().lines().filter_map(|line| line.strip_prefix(&start));
        lines.map(|value| value.trim_matches(['"', '\''])).collect()
    }

    #[test]
    fn rules_name_what_there_is() {
        let count = rules().matches("[[rule]]").count();
        let names: BTreeSet<&str> = values("name").into_iter().collect();
        assert_eq!((count, names.len()), (5, 5));
        for name in names {
            RuleName::new(name).unwrap();
        }
        let policies: Vec<&str> = policies().iter().map(|policy| policy.id).collect();
        assert!(policies.iter().all(|policy| PolicyId::new(*policy).is_ok()));
        assert!(values("policy").iter().all(|policy| policies.contains(policy)));
        let queues: Vec<&str> = QUEUES.iter().map(|queue| queue.0).collect();
        assert!(queues.iter().all(|queue| QueueName::new(*queue).is_ok()));
        assert!(values("queue").iter().all(|queue| queues.contains(queue)));
        assert!(values("action").iter().all(|action| ActionKind::parse(action).is_some()));
        for key in ["name", "owner", "policy", "description", "when", "queue", "action", "subject"]
        {
            assert_eq!(values(key).len(), count, "{key}");
        }
        ServiceId::new(SERVICE).unwrap();
    }

    #[test]
    fn no_rule_acts_by_itself_or_looks_at_language() {
        assert!(values("automatic").iter().all(|value| *value == "false"));
        for condition in values("when") {
            assert!(!condition.contains("language"), "{condition}");
        }
        assert!(values("when").iter().filter(|when| when.contains(SLOGAN)).count() == 2);
    }
}
