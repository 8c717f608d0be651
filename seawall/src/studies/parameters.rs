//! The parameters of a study in words: each by a name in the language of the page, in the order in
//! which the kinds of study list them.

use super::blocks::{Block, Cell, Section, digits, percent};
use super::common::{trace, window};
use super::{census, returns, short};
use crate::console::text::{Language, grouped, isolate};
use serde::de::DeserializeOwned;
use serde_json::Value;
use study::campaigns::traces::Trace;
use study::census::{Pseudonyms, Way};
use study::returns::Group;

/// Seeds that are named; there may be 100,000.
const SEEDS: usize = 20;

/// The parameters as a section of a report.
#[must_use]
pub fn section(t: Language, parameters: &Value, names: &Pseudonyms) -> Section {
    Section {
        anchor: "parameters",
        heading: t.parameters().to_owned(),
        blocks: vec![Block::Facts(
            facts(t, parameters, names)
                .into_iter()
                .map(|(name, value)| (name, Cell::text(value)))
                .collect(),
        )],
    }
}

/// The parameters with their values.
#[must_use]
pub fn facts(t: Language, parameters: &Value, names: &Pseudonyms) -> Vec<(String, String)> {
    let facts = flat(parameters).into_iter().map(|(path, value)| {
        let name = name(t, &path).map_or_else(|| path.clone(), str::to_owned);
        (name, told(t, &path, &value, names))
    });
    facts.collect()
}

/// What each parameter of a kind means, by the name under which it stands in the form.
#[must_use]
pub fn meanings(t: Language, parameters: &Value) -> Vec<(String, &'static str)> {
    let named = flat(parameters).into_iter();
    named.filter_map(|(path, _)| Some((path.clone(), name(t, &path)?))).collect()
}

/// Every parameter by its path, with a dot where it stands in a group.
fn flat(parameters: &Value) -> Vec<(String, Value)> {
    let Some(fields) = parameters.as_object() else { return Vec::new() };
    let each = fields.iter().flat_map(|(name, value)| match value {
        Value::Object(_) => flat(value)
            .into_iter()
            .map(|(inner, value)| (format!("{name}.{inner}"), value))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            vec![(name.clone(), value.clone())]
        }
    });
    each.collect()
}

fn told(t: Language, path: &str, value: &Value, names: &Pseudonyms) -> String {
    if path == "seeds" {
        return seeds(t, value, names);
    }
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(is_so) => (if *is_so { t.yes() } else { t.no() }).to_owned(),
        Value::Number(number) => told_number(t, path, number.as_f64().unwrap_or(0.0)),
        Value::String(word) => told_word(t, path, word),
        Value::Array(list) if list.is_empty() => "–".to_owned(),
        Value::Array(list) => {
            let all: Vec<String> = list.iter().map(|one| told(t, path, one, names)).collect();
            all.join(t.comma())
        }
        // Groups of parameters are spelled out before.
        Value::Object(_) => value.to_string(),
    }
}

fn told_number(t: Language, path: &str, number: f64) -> String {
    match path {
        "false_discovery"
        | "base_rate"
        | "link_posterior"
        | "sample.coded_twice"
        | "sample.expected.share" => percent(number),
        _ if path.ends_with("_s") => window(t, number as u32),
        _ => digits(number),
    }
}

fn told_word(t: Language, path: &str, word: &str) -> String {
    let known = match path {
        "traces" => read(word).map(|one: Trace| trace(t, Some(one))),
        "groups" => read(word).map(|one: Group| returns::group(t, one)),
        "reach.ways" => read(word).map(|one: Way| census::way(t, one)),
        "screened" if word == "kept" => Some(t.screened_kept()),
        "screened" => Some(t.screened_left_out()),
        "sample.method" if word == "simple" => Some(t.method_simple()),
        "sample.method" => Some(t.method_stratified()),
        _ => None,
    };
    known.map_or_else(|| isolate(word), str::to_owned)
}

fn read<T: DeserializeOwned>(word: &str) -> Option<T> {
    T::deserialize(Value::from(word)).ok()
}

/// The first seeds under their pseudonyms, and how many there are.
fn seeds(t: Language, value: &Value, names: &Pseudonyms) -> String {
    let all: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let told: Vec<String> =
        all.iter().take(SEEDS).map(|account| isolate(short(&names.of(account)))).collect();
    let listed = told.join(t.comma());
    if all.len() <= SEEDS {
        return listed;
    }
    format!("{} {listed}", t.more_listed(SEEDS, grouped(all.len() as u64)))
}

/// What a parameter is called; none where it is not known.
fn name(t: Language, path: &str) -> Option<&'static str> {
    campaigns_name(t, path).or_else(|| returns_name(t, path)).or_else(|| census_name(t, path))
}

fn campaigns_name(t: Language, path: &str) -> Option<&'static str> {
    Some(match path {
        "traces" => t.parameter_traces(),
        "windows_s" => t.parameter_windows(),
        "jitter_s" => t.parameter_jitter(),
        "false_discovery" => t.parameter_false_discovery(),
        "min_objects" => t.parameter_min_objects(),
        "min_accounts" => t.parameter_min_accounts(),
        "min_lift" => t.parameter_min_lift(),
        "noise_repeats" => t.parameter_noise_repeats(),
        "seed" => t.parameter_seed(),
        "young_days" => t.parameter_young_days(),
        "feed_clients" => t.parameter_feed_clients(),
        "bursts.slot_s" => t.parameter_burst_slot(),
        "bursts.half_life_slots" => t.parameter_burst_half_life(),
        "bursts.alarm" => t.parameter_burst_alarm(),
        "bursts.surprise" => t.parameter_burst_surprise(),
        "bursts.min_posts" => t.parameter_burst_min_posts(),
        "templates.window_s" => t.parameter_template_window(),
        "templates.min_words" => t.parameter_template_min_words(),
        "deletion.within_s" => t.parameter_deletion_within(),
        "deletion.window_s" => t.parameter_deletion_window(),
        "limits.pairs_per_object" => t.parameter_pairs_per_object(),
        "limits.pairs" => t.parameter_pairs(),
        "limits.findings" => t.parameter_findings(),
        "limits.listed" => t.parameter_listed(),
        "limits.examples" => t.parameter_examples(),
        "limits.bursts" => t.parameter_bursts(),
        _ => return None,
    })
}

fn returns_name(t: Language, path: &str) -> Option<&'static str> {
    Some(match path {
        "base_rate" => t.parameter_base_rate(),
        "days_before" => t.parameter_days_before(),
        "days_after" => t.parameter_days_after(),
        "first_days" => t.parameter_first_days(),
        "suspended_at_most" => t.parameter_suspended_at_most(),
        "found_at_most" => t.parameter_found_at_most(),
        "listed_at_most" => t.parameter_listed_at_most(),
        "listed_ratio" => t.parameter_listed_ratio(),
        "link_ratio" => t.parameter_link_ratio(),
        "link_posterior" => t.parameter_link_posterior(),
        "false_links_per_10_000" => t.parameter_false_links(),
        "groups" => t.parameter_groups(),
        _ => return None,
    })
}

fn census_name(t: Language, path: &str) -> Option<&'static str> {
    Some(match path {
        "membership" => t.census_definition(),
        "seeds" => t.seeds(),
        "reach.levels" => t.parameter_levels(),
        "reach.ways" => t.parameter_ways(),
        "reach.accounts_at_most" => t.parameter_accounts_at_most(),
        "reach.ties_at_most" => t.parameter_ties_at_most(),
        "screened" => t.automated_looking(),
        "memory_bytes" => t.parameter_memory(),
        "sample.accounts" => t.parameter_sample_accounts(),
        "sample.floor" => t.parameter_sample_floor(),
        "sample.seed" => t.parameter_sample_seed(),
        "sample.method" => t.parameter_sample_method(),
        "sample.expected.share" => t.parameter_expected_share(),
        "sample.expected.separation" => t.parameter_expected_separation(),
        "sample.coded_twice" => t.parameter_coded_twice(),
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use model::StudyKind;
    use serde_json::json;

    #[test]
    fn every_parameter_of_every_kind_has_a_name() {
        for kind in StudyKind::ALL {
            let parameters = engine::default_parameters(kind);
            for (path, _) in flat(&parameters) {
                assert!(name(Language::Arabic, &path).is_some(), "{kind:?}: {path}");
            }
            assert_eq!(meanings(Language::English, &parameters).len(), flat(&parameters).len());
        }
    }

    #[test]
    fn values_are_told_as_people_read_them() {
        let (t, names) = (Language::English, Pseudonyms::ids());
        for (path, value, expected) in [
            ("windows_s", json!([10, 60, 3_600]), "10 seconds, 1 minute, 1 hour"),
            ("jitter_s", json!(900), "15 minutes"),
            ("false_discovery", json!(0.01), "1.0 %"),
            ("limits.pairs", json!(20_000_000), "20,000,000"),
            ("min_lift", json!(4.0), "4"),
            ("traces", json!(["repost", "link"]), "Passing on the same post, Same link"),
            ("groups", json!(["bio"]), "Bio"),
            ("reach.ways", json!(["follows"]), "whom they follow"),
            ("screened", json!("kept"), "Stay, with the reasons beside them"),
            ("sample.method", json!("stratified"), "More from where members are expected"),
            ("feed_clients", json!([]), "–"),
            ("feed_clients", json!(["Relay"]), "\u{2068}Relay\u{2069}"),
            ("seeds", json!(["a-1", "a-2"]), "\u{2068}a-1\u{2069}, \u{2068}a-2\u{2069}"),
        ] {
            assert_eq!(told(t, path, &value, &names), expected, "{path}");
        }
    }

    #[test]
    fn many_seeds_are_counted_and_none_is_named() {
        let seeds: Vec<String> = (0..2_000).map(|number| format!("account-{number}")).collect();
        let told = told(Language::English, "seeds", &json!(seeds), &Pseudonyms::keyed(&[7; 32]));
        assert!(told.starts_with("20 of 2,000 are listed."), "{told}");
        assert!(!told.contains("account-") && told.matches("p-").count() == 20);
    }
}
