//! What only the provider knows: a file that it writes for one report.

use super::data::most_characters;
use super::orders::STATES;
use model::{Share, limits};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The official languages of the Union, as the sheets name them.
pub(crate) const LANGUAGES: [&str; 24] = [
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv",
    "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv",
];

/// A file to fill in, as TOML: every field with what it asks for.
pub const PROVIDER_TEMPLATE: &str = include_str!("../../data/report_provider.toml");

/// What only the provider knows; what it leaves out stays blank.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Provider {
    /// TCO Article 7, in words and numbers.
    pub tco: TcoPart,
    /// Disputes before bodies that settle them out of court (DSA Art 21).
    pub out_of_court: OutOfCourt,
    /// Suspensions under DSA Art 23 that the log does not tell.
    pub suspensions: Suspensions,
    /// Who moderates.
    pub human_resources: HumanResources,
    /// Who uses the service in a month.
    pub recipients: Recipients,
    /// The texts of sheet 11.
    pub qualitative: Qualitative,
    /// Samples on which automated means were measured.
    #[serde(rename = "sample")]
    pub samples: Vec<Sample>,
}

/// TCO Article 7(3), the items that are words or happen outside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TcoPart {
    /// (a) How terrorist content is found and removed.
    pub measures: Option<String>,
    /// (b) How its reappearance is met.
    pub reappearance: Option<String>,
    /// (e) Reviews that the provider brought.
    pub reviews_brought: Option<u64>,
    /// (e) How they came out.
    pub reviews_outcome: Option<String>,
    /// (f) Items that a review made the provider reinstate.
    pub reinstated_after_review: Option<u64>,
}

/// Disputes before bodies of DSA Art 21.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutOfCourt {
    /// Disputes submitted.
    pub disputes: Option<u64>,
    /// Decisions of the service that were upheld.
    pub upheld: Option<u64>,
    /// Those that were reversed in part.
    pub partially_reversed: Option<u64>,
    /// Those that were reversed.
    pub reversed: Option<u64>,
    /// The median time until the outcome, in hours.
    pub median_hours: Option<f64>,
    /// Disputes without a decision.
    pub omitted: Option<u64>,
    /// The share of outcomes that was implemented, 0 to 1.
    pub implemented_share: Option<f64>,
}

/// Suspensions under DSA Art 23.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Suspensions {
    /// For manifestly illegal content.
    pub manifestly_illegal_content: Option<u64>,
    /// For manifestly unfounded complaints.
    pub manifestly_unfounded_complaints: Option<u64>,
}

/// Who moderates; very large platforms alone report it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HumanResources {
    /// Moderators whom the provider employs, in full-time equivalents.
    pub internal: Option<f64>,
    /// Moderators under contract, in full-time equivalents.
    pub external: Option<f64>,
    /// Moderators with sufficient linguistic expertise.
    pub linguistic: Option<f64>,
    /// The same by official language, as persons.
    pub languages: BTreeMap<String, u64>,
}

/// Average monthly active recipients; very large platforms and search engines alone report them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recipients {
    /// In the Union.
    pub total: Option<u64>,
    /// By Member State.
    pub states: BTreeMap<String, u64>,
}

/// The texts of sheet 11, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Qualitative {
    pub summary: Option<String>,
    pub own_initiative: Option<String>,
    pub automated_means: Option<String>,
    pub accuracy: Option<String>,
    pub purposes: Option<String>,
    pub safeguards: Option<String>,
    pub governance: Option<String>,
    pub qualifications: Option<String>,
    pub training: Option<String>,
    pub support: Option<String>,
    pub methodology: Option<String>,
}

/// A sample on which automated means were measured.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// What was measured.
    pub measure: SampleMeasure,
    /// Which system; none where it is all of them together.
    #[serde(default)]
    pub system: Option<String>,
    /// What the sample was drawn from.
    #[serde(default)]
    pub scope: SampleScope,
    /// An official language, where the sample is of one.
    #[serde(default)]
    pub language: Option<String>,
    /// How many were right.
    pub right: u64,
    /// Of how many.
    pub of: u64,
    /// How the sample was drawn and judged.
    pub how: String,
}

/// What a sample measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleMeasure {
    /// Of everything that was judged, what the system got right.
    Accuracy,
    /// Of the violations in the sample, what the system found.
    Recall,
}

impl SampleMeasure {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Recall => "recall",
        }
    }
}

/// What a sample was drawn from, as the scopes of sheet 8.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleScope {
    /// Everything.
    #[default]
    Total,
    /// What was found of the service's own motion.
    OwnInitiative,
    /// Notices.
    Notices,
    /// Notices of trusted flaggers.
    TrustedFlaggers,
}

impl SampleScope {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Total => "Total number",
            Self::OwnInitiative => "Own-initiative",
            Self::Notices => "NAM Total",
            Self::TrustedFlaggers => "NAM Trusted Flagger",
        }
    }
}

impl Sample {
    /// The share of what was right, with its interval.
    pub(crate) fn share(&self) -> Share {
        Share::new(self.right.min(self.of), self.of)
    }
}

/// What is wrong with a field of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct ProviderFault {
    /// The key of the field.
    pub place: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl Provider {
    /// Checks what the form of the file cannot: lengths, shares, languages, States, sums.
    #[must_use]
    pub fn check(&self) -> Vec<ProviderFault> {
        let mut faults = Vec::new();
        let mut say = |place: &str, problem: String| {
            faults.push(ProviderFault { place: place.to_owned(), problem });
        };
        for (place, text) in self.texts() {
            let characters = text.chars().count();
            if characters > most_characters() {
                let limit = most_characters();
                say(place, format!("has {characters} characters; at most {limit} are taken"));
            }
        }
        self.check_numbers(&mut say);
        self.check_names(&mut say);
        self.check_samples(&mut say);
        faults
    }

    fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let tco = &self.tco;
        let own = [
            ("tco.measures", &tco.measures),
            ("tco.reappearance", &tco.reappearance),
            ("tco.reviews_outcome", &tco.reviews_outcome),
        ];
        let texts = self.qualitative.texts();
        let all = own.into_iter().chain(texts);
        all.filter_map(|(place, text)| Some((place, text.as_deref()?)))
    }

    fn check_numbers(&self, say: &mut impl FnMut(&str, String)) {
        let of_court = &self.out_of_court;
        let people = &self.human_resources;
        for (place, number) in [
            ("out_of_court.median_hours", of_court.median_hours),
            ("human_resources.internal", people.internal),
            ("human_resources.external", people.external),
            ("human_resources.linguistic", people.linguistic),
        ] {
            if let Some(number) = number.filter(|number| !number.is_finite() || *number < 0.0) {
                say(place, format!("{number} is not a number from 0 on"));
            }
        }
        let share = of_court.implemented_share;
        if let Some(share) = share.filter(|share| !(0.0..=1.0).contains(share)) {
            let problem = format!("{share} is not a share from 0 to 1; 80 % is 0.8");
            say("out_of_court.implemented_share", problem);
        }
        let parts =
            [of_court.upheld, of_court.partially_reversed, of_court.reversed, of_court.omitted];
        let sum = parts.iter().flatten().fold(0, |sum: u64, part| sum.saturating_add(*part));
        if sum > of_court.disputes.unwrap_or(0) {
            let problem = format!("its outcomes are {sum}: write how many disputes there were");
            say("out_of_court.disputes", problem);
        }
    }

    fn check_names(&self, say: &mut impl FnMut(&str, String)) {
        for language in self.human_resources.languages.keys() {
            if !LANGUAGES.contains(&language.as_str()) {
                let place = format!("human_resources.languages.{}", short(language));
                say(&place, format!("is none of the languages {}", LANGUAGES.join(", ")));
            }
        }
        for state in self.recipients.states.keys() {
            if !STATES.contains(&state.as_str()) {
                let place = format!("recipients.states.{}", short(state));
                say(&place, format!("is none of the States {}", STATES.join(", ")));
            }
        }
    }

    fn check_samples(&self, say: &mut impl FnMut(&str, String)) {
        let (count, limit) = (self.samples.len(), limits::PROVIDER_SAMPLES);
        if count > limit {
            say("sample", format!("there are {count}; at most {limit} are taken"));
        }
        for (index, sample) in self.samples.iter().enumerate().take(limit) {
            let place = format!("sample {}", index + 1);
            if sample.of == 0 || sample.right > sample.of {
                let Sample { right, of, .. } = sample;
                say(&place, format!("{right} of {of} is no share: `of` counts all judged"));
            }
            if sample.how.trim().is_empty() {
                say(&place, "`how` is empty: say how it was drawn and judged".to_owned());
            }
            let texts = [Some(&sample.how), sample.system.as_ref()];
            let mut long = texts.into_iter().flatten().map(String::len);
            if long.any(|bytes| bytes > limits::NAME_BYTES) {
                let limit = limits::NAME_BYTES;
                say(&place, format!("a text has more than {limit} bytes"));
            }
            let known = |tag: &String| LANGUAGES.contains(&tag.as_str());
            if !sample.language.as_ref().is_none_or(known) {
                say(&place, format!("`language` is none of {}", LANGUAGES.join(", ")));
            }
        }
    }
}

impl Qualitative {
    /// The texts with their places, in the order of sheet 11.
    pub(crate) fn texts(&self) -> [(&'static str, &Option<String>); 11] {
        [
            ("qualitative.summary", &self.summary),
            ("qualitative.own_initiative", &self.own_initiative),
            ("qualitative.automated_means", &self.automated_means),
            ("qualitative.accuracy", &self.accuracy),
            ("qualitative.purposes", &self.purposes),
            ("qualitative.safeguards", &self.safeguards),
            ("qualitative.governance", &self.governance),
            ("qualitative.qualifications", &self.qualifications),
            ("qualitative.training", &self.training),
            ("qualitative.support", &self.support),
            ("qualitative.methodology", &self.methodology),
        ]
    }
}

fn short(text: &str) -> String {
    text.chars().take(20).collect()
}
