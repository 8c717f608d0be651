//! The three kinds of study: their parameters, how each runs, and what is kept of its result.

use super::cards::cards;
use crate::intake::to_json;
use crate::{Error, Result};
use model::{AccountId, Study, StudyKind, StudySignals, limits};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use store::StudySignalRow;
use study::campaigns::{self, Campaigns};
use study::census::{self, Census, Plan, PopulationEstimate, Pseudonyms, SampleDraw};
use study::dataset::StudyAction;
use study::returns::{self, Offer, Returns};
use study::stats::Confidence;
use study::{Dataset, Watch};

/// Accounts whose profile and posts are kept with a result.
const CARDS: usize = 5_000;
/// Accounts that the network of a result shows at most.
const NETWORK_ACCOUNTS: usize = 20_000;
/// Ties that it shows at most.
const NETWORK_TIES: usize = 150_000;
const DAY_US: i64 = 86_400_000_000;
/// Bars of the distribution of scores.
const SCORE_BINS: usize = 60;

/// What the engine fills in from the order of a census.
const FILLED_IN: [&str; 3] = ["purpose", "legal_basis", "retention_days"];
/// What of a census's parameters is about its sample.
const SAMPLE: &str = "sample";

/// A network of accounts as it is drawn: columns, and ties as triples of two places and a weight.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NetworkView {
    /// The accounts.
    pub ids: Vec<String>,
    /// Where each is drawn, from -1 to 1.
    pub x: Vec<f32>,
    /// Likewise.
    pub y: Vec<f32>,
    /// How large each is drawn: its number of ties.
    pub size: Vec<f32>,
    /// The group of each, from 0.
    pub group: Vec<u32>,
    /// What each scores, where there is a score.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub score: Vec<f32>,
    /// Ties.
    pub edges: Vec<u32>,
    /// Accounts that were left out because there are too many.
    pub left_out: u64,
}

/// A bar of a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// How many are in it.
    pub count: u64,
}

/// A census as it is kept: without the frame, whose scores are kept as a distribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptCensus {
    /// The census.
    pub census: Census,
    /// How many accounts of the frame have which score.
    pub scores: Vec<Bin>,
    /// What suspensions did to the seeds and the listed accounts, where any was suspended.
    pub effect: Option<census::SuspensionEffect>,
}

/// What is kept of a run, every document as JSON, accounts by their ids.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundStudy {
    /// The result.
    pub result: String,
    /// Its network as it is drawn.
    pub network: String,
    /// The sample of a census.
    pub sample: Option<String>,
    /// How many accounts the sample has.
    pub drawn: Option<usize>,
    /// What it saw of the accounts that it names: each with its card.
    pub cards: Vec<(String, String)>,
}

/// The parameters of a kind with their defaults.
#[must_use]
pub fn default_parameters(kind: StudyKind) -> Value {
    let made = match kind {
        StudyKind::Campaigns => serde_json::to_value(campaigns::Parameters::default()),
        StudyKind::Returns => serde_json::to_value(returns::Parameters::default()),
        StudyKind::Census => {
            let parameters = census::Parameters::new("", "", "", 1, Vec::new());
            serde_json::to_value(parameters).map(|mut value| {
                if let Some(fields) = value.as_object_mut() {
                    FILLED_IN.iter().for_each(|name| drop(fields.remove(*name)));
                    let plan = serde_json::to_value(Plan::default()).unwrap_or_default();
                    fields.insert(SAMPLE.to_owned(), plan);
                }
                value
            })
        }
    };
    made.unwrap_or_default()
}

/// Reads the parameters of a study and spells every one out.
///
/// # Errors
/// Where they are too large, not known, or out of range; the text names the parameter.
pub fn checked_parameters(kind: StudyKind, given: &Value) -> Result<Value> {
    if given.to_string().len() > limits::STUDY_PARAMETERS_BYTES {
        let most = limits::STUDY_PARAMETERS_BYTES;
        return Err(Error::invalid("parameters", format!("must be at most {most} bytes long")));
    }
    let given = if given.is_null() { json!({}) } else { given.clone() };
    match kind {
        StudyKind::Campaigns => {
            let parameters: campaigns::Parameters = parse(given)?;
            parameters.check().map_err(unfit)?;
            spelled(&parameters)
        }
        StudyKind::Returns => {
            let parameters: returns::Parameters = parse(given)?;
            parameters.check().map_err(unfit)?;
            spelled(&parameters)
        }
        StudyKind::Census => {
            let mut fields = object(given)?;
            if let Some(name) = FILLED_IN.iter().find(|name| fields.contains_key(**name)) {
                let problem = format!("`{name}` is told with the order, not as a parameter");
                return Err(Error::invalid("parameters", problem));
            }
            let plan: Plan = parse(fields.remove(SAMPLE).unwrap_or_else(|| json!({})))?;
            let (parameters, _) = census_parameters(fields.clone(), ("…", "…", 1))?;
            parameters.check().map_err(unfit)?;
            let mut spelled = object(spelled(&parameters)?)?;
            FILLED_IN.iter().for_each(|name| drop(spelled.remove(*name)));
            spelled.insert(SAMPLE.to_owned(), self::spelled(&plan)?);
            Ok(Value::Object(spelled))
        }
    }
}

fn unfit(error: impl std::fmt::Display) -> Error {
    Error::invalid("parameters", error.to_string())
}

fn parse<T: DeserializeOwned>(given: Value) -> Result<T> {
    serde_json::from_value(given).map_err(unfit)
}

fn object(given: Value) -> Result<Map<String, Value>> {
    match given {
        Value::Object(fields) => Ok(fields),
        _ => Err(Error::invalid("parameters", "write them as a JSON object")),
    }
}

fn spelled(parameters: &impl Serialize) -> Result<Value> {
    serde_json::to_value(parameters).map_err(unfit)
}

fn census_parameters(
    mut fields: Map<String, Value>,
    (purpose, legal_basis, days): (&str, &str, u32),
) -> Result<(census::Parameters, Plan)> {
    let plan = parse(fields.remove(SAMPLE).unwrap_or_else(|| json!({})))?;
    fields.insert("purpose".to_owned(), purpose.into());
    fields.insert("legal_basis".to_owned(), legal_basis.into());
    fields.insert("retention_days".to_owned(), days.into());
    for required in ["membership", "seeds"] {
        if !fields.contains_key(required) {
            return Err(Error::invalid("parameters", format!("`{required}` is missing")));
        }
    }
    Ok((parse(Value::Object(fields))?, plan))
}

/// Runs a study over its dataset; none where the watcher stopped it.
///
/// # Errors
/// Where the parameters are unfit or the dataset cannot be studied; the text says why.
pub fn run_study(
    study: &Study,
    dataset: &Dataset,
    watch: &mut dyn Watch,
) -> Result<Option<FoundStudy>> {
    match study.kind {
        StudyKind::Campaigns => {
            let parameters = parse(study.parameters.clone())?;
            match campaigns::run(dataset, &parameters, watch) {
                Ok(found) => campaigns_found(&found, dataset, watch),
                Err(campaigns::Error::Stopped(_)) => Ok(None),
                Err(error) => Err(Error::Dataset { detail: error.to_string() }),
            }
        }
        StudyKind::Returns => {
            let parameters = parse(study.parameters.clone())?;
            match returns::run(dataset, &parameters, watch) {
                Ok(found) => returns_found(&found, dataset, watch),
                Err(returns::Error::Stopped(_)) => Ok(None),
                Err(error) => Err(Error::Dataset { detail: error.to_string() }),
            }
        }
        StudyKind::Census => {
            let ordered =
                (study.purpose.as_str(), study.legal_basis.as_str(), study.retention_days);
            let (parameters, plan) = census_parameters(object(study.parameters.clone())?, ordered)?;
            // Ids are kept and pseudonyms shown, so that erasing the key is not the only way back.
            let made = census::run(dataset, &parameters, &Pseudonyms::ids(), watch);
            match made {
                Ok(census) => census_found(census, plan, dataset, watch),
                Err(census::Error::Stopped(_)) => Ok(None),
                Err(error) => Err(Error::Dataset { detail: error.to_string() }),
            }
        }
    }
}

fn done(
    result: String,
    network: &NetworkView,
    sample: Option<&SampleDraw>,
    dataset: &Dataset,
    named: &[&str],
) -> Result<Option<FoundStudy>> {
    if result.len() > limits::STUDY_RESULT_BYTES {
        let (bytes, most) = (result.len(), limits::STUDY_RESULT_BYTES);
        let detail = format!("the result has {bytes} bytes, more than {most}: list less of it");
        return Err(Error::Dataset { detail });
    }
    let mut kept = Vec::new();
    for card in cards(dataset, named.iter().take(CARDS).copied()) {
        kept.push((card.account.clone(), to_json("account of a study", &card)?));
    }
    let network = to_json("network of a study", network)?;
    let drawn = sample.map(|sample| sample.items.len());
    let sample = sample.map(|sample| to_json("sample of a study", sample)).transpose()?;
    Ok(Some(FoundStudy { result, network, sample, drawn, cards: kept }))
}

fn campaigns_found(
    found: &Campaigns,
    dataset: &Dataset,
    watch: &mut dyn Watch,
) -> Result<Option<FoundStudy>> {
    let mut drawing = Drawing::default();
    for (finding, group) in found.findings.iter().zip(0..) {
        for account in &finding.accounts {
            drawing.account(&account.account, group, -account.log10_p as f32);
        }
        for pair in &finding.pairs {
            drawing.tie(&pair.a, &pair.b, pair.observed as f32);
        }
    }
    let named: Vec<&str> = found
        .findings
        .iter()
        .chain(&found.explained)
        .flat_map(|finding| finding.accounts.iter().map(|one| one.account.as_str()))
        .collect();
    let network = drawing.finish(watch)?;
    done(to_json("result of a study", found)?, &network, None, dataset, &named)
}

fn returns_found(
    found: &Returns,
    dataset: &Dataset,
    watch: &mut dyn Watch,
) -> Result<Option<FoundStudy>> {
    let mut drawing = Drawing::default();
    let mut named = Vec::new();
    for searched in &found.searched {
        if searched.candidates.is_empty() {
            continue;
        }
        named.push(searched.account.as_str());
        drawing.account(&searched.account, 0, 0.0);
        for candidate in &searched.candidates {
            named.push(candidate.account.as_str());
            let strength = candidate.likelihood_ratio.log10() as f32;
            let group = match candidate.offer {
                Offer::PossibleLink => 1,
                Offer::Below => 2,
            };
            drawing.account(&candidate.account, group, strength);
            drawing.tie(&searched.account, &candidate.account, strength);
        }
    }
    let network = drawing.finish(watch)?;
    done(to_json("result of a study", found)?, &network, None, dataset, &named)
}

fn census_found(
    mut census: Census,
    plan: Plan,
    dataset: &Dataset,
    watch: &mut dyn Watch,
) -> Result<Option<FoundStudy>> {
    let sample = census::draw(&census, dataset, &Pseudonyms::ids(), fitted(plan, &census));
    let sample = match sample {
        Ok(sample) => Some(sample),
        Err(census::Error::EmptyFrontier) => None,
        Err(error) => return Err(Error::Dataset { detail: error.to_string() }),
    };
    let scores = bins(&census.frame.score);
    let effect = effect(&census, dataset);
    census.frame = census::Frame::default();
    let network = census_network(&census, dataset, watch)?;
    let drawn = sample.iter().flat_map(|sample| sample.items.iter().map(|one| &one.account));
    let listed: Vec<String> =
        drawn.chain(census.listed.iter().map(|row| &row.account)).cloned().collect();
    let named: Vec<&str> = listed.iter().map(String::as_str).collect();
    let kept = KeptCensus { census, scores, effect };
    done(to_json("result of a study", &kept)?, &network, sample.as_ref(), dataset, &named)
}

/// What suspensions did to the seeds and the listed accounts, while there are posts: profiles
/// reach back to years of which the dataset knows neither a post nor a suspension.
fn effect(census: &Census, dataset: &Dataset) -> Option<census::SuspensionEffect> {
    let times = &dataset.posts.at_us;
    let (from_us, to_us) = (*times.first()?, *times.last()?);
    let listed = census.listed.iter().map(|row| &row.account);
    let accounts: Vec<String> = census.parameters.seeds.iter().chain(listed).cloned().collect();
    let ours: BTreeSet<u32> = accounts.iter().filter_map(|id| dataset.accounts.find(id)).collect();
    let first = dataset.actions.iter().find(|one| {
        one.action == StudyAction::Suspend
            && ours.contains(&one.account)
            && (from_us..=to_us).contains(&one.at_us)
    })?;
    let days = (to_us - from_us) / DAY_US;
    let plan = census::EffectPlan {
        accounts,
        returns: Vec::new(),
        from_us,
        pivot_us: first.at_us,
        to_us: to_us + 1,
        step_days: u32::try_from(days / 60 + 1).unwrap_or(1),
    };
    // It stands beside the census; where it cannot be said, the census holds without it.
    census::effect(dataset, &plan, Confidence::P95).ok()
}

/// A sample is never larger than what it is drawn from.
fn fitted(mut plan: Plan, census: &Census) -> Plan {
    plan.accounts = plan.accounts.min(census.frame.account.len() as u64).max(30);
    plan
}

fn bins(scores: &[f32]) -> Vec<Bin> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for score in scores {
        (low, high) = (low.min(f64::from(*score)), high.max(f64::from(*score)));
    }
    if low > high {
        return Vec::new();
    }
    let width = ((high - low) / SCORE_BINS as f64).max(1e-9);
    let mut bins: Vec<Bin> = (0..SCORE_BINS)
        .map(|at| {
            let from = low + at as f64 * width;
            Bin { from, to: from + width, count: 0 }
        })
        .collect();
    for score in scores {
        let at = ((f64::from(*score) - low) / width) as usize;
        bins[at.min(SCORE_BINS - 1)].count += 1;
    }
    bins
}

/// The seeds and the listed accounts, with the follows between them.
fn census_network(
    census: &Census,
    dataset: &Dataset,
    watch: &mut dyn Watch,
) -> Result<NetworkView> {
    let mut drawing = Drawing::default();
    for seed in &census.parameters.seeds {
        if dataset.accounts.find(seed).is_some() {
            drawing.account(seed, 0, 3.0);
        }
    }
    for row in &census.listed {
        drawing.account(&row.account, row.community.map_or(1, |group| group + 2), row.score as f32);
    }
    let numbers: BTreeMap<u32, String> = drawing
        .accounts
        .keys()
        .filter_map(|id| Some((dataset.accounts.find(id)?, id.clone())))
        .collect();
    let follows = &dataset.follows;
    for (from, to) in follows.from.iter().zip(&follows.to) {
        if let (Some(from), Some(to)) = (numbers.get(from), numbers.get(to)) {
            drawing.tie(from, to, 1.0);
        }
    }
    drawing.finish(watch)
}

/// Gathers a network before it is laid out.
#[derive(Default)]
struct Drawing {
    /// For each account its place, group and score.
    accounts: BTreeMap<String, (u32, u32, f32)>,
    order: Vec<String>,
    ties: BTreeMap<(u32, u32), f32>,
    left_out: BTreeSet<String>,
}

impl Drawing {
    fn account(&mut self, id: &str, group: u32, score: f32) {
        if self.accounts.contains_key(id) {
            return;
        }
        if self.order.len() >= NETWORK_ACCOUNTS {
            self.left_out.insert(id.to_owned());
            return;
        }
        let place = self.order.len() as u32;
        self.accounts.insert(id.to_owned(), (place, group, score));
        self.order.push(id.to_owned());
    }

    fn tie(&mut self, a: &str, b: &str, weight: f32) {
        let (Some(a), Some(b)) = (self.accounts.get(a), self.accounts.get(b)) else { return };
        let (a, b) = (a.0.min(b.0), a.0.max(b.0));
        if a != b && (self.ties.len() < NETWORK_TIES || self.ties.contains_key(&(a, b))) {
            *self.ties.entry((a, b)).or_insert(0.0) += weight;
        }
    }

    fn finish(self, watch: &mut dyn Watch) -> Result<NetworkView> {
        let mut view = NetworkView { left_out: self.left_out.len() as u64, ..Default::default() };
        let count = self.order.len();
        let mut size = vec![0.0_f32; count];
        let mut group = vec![0; count];
        let mut score = vec![0.0; count];
        for (place, of_group, of_score) in self.accounts.into_values() {
            (group[place as usize], score[place as usize]) = (of_group, of_score);
        }
        let mut ties = Vec::with_capacity(self.ties.len());
        for ((a, b), weight) in self.ties {
            size[a as usize] += 1.0;
            size[b as usize] += 1.0;
            view.edges.extend([a, b, (weight.round() as u32).max(1)]);
            ties.push((a, b, weight.max(f32::MIN_POSITIVE)));
        }
        let places = super::draw::places(count, &ties, &by_rank(&group), watch)?;
        view.x = places.iter().map(|place| place[0]).collect();
        view.y = places.iter().map(|place| place[1]).collect();
        (view.ids, view.size, view.group, view.score) = (self.order, size, group, score);
        Ok(view)
    }
}

/// Groups numbered from 0 without gaps.
fn by_rank(groups: &[u32]) -> Vec<u32> {
    let distinct: BTreeSet<u32> = groups.iter().copied().collect();
    let ranks: BTreeMap<u32, u32> = distinct.into_iter().zip(0..).collect();
    groups.iter().map(|group| ranks[group]).collect()
}

pub(super) fn read<T: DeserializeOwned>(what: &'static str, json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| Error::Damaged { what, detail: error.to_string() })
}

/// What the findings of a study say of each account, as signals.
pub(super) fn signals(
    kind: StudyKind,
    result: &str,
    sample: Option<&SampleDraw>,
    estimate: Option<&PopulationEstimate>,
) -> Result<Vec<StudySignalRow>> {
    let mut by_account: BTreeMap<String, StudySignals> = BTreeMap::new();
    match kind {
        StudyKind::Campaigns => {
            let found: Campaigns = read("result of a study", result)?;
            for account in found.findings.iter().flat_map(|finding| &finding.accounts) {
                let signals = by_account.entry(account.account.clone()).or_default();
                let least = signals.campaign_q.unwrap_or(1.0).min(account.q_value);
                signals.campaign_q = Some(least);
            }
        }
        StudyKind::Returns => {
            let found: Returns = read("result of a study", result)?;
            let links = found.searched.iter().flat_map(|searched| &searched.candidates);
            for link in links.filter(|link| link.offer == Offer::PossibleLink) {
                let signals = by_account.entry(link.account.clone()).or_default();
                if signals.return_ratio.is_none_or(|known| known < link.likelihood_ratio) {
                    signals.return_ratio = Some(link.likelihood_ratio);
                    signals.return_probability = Some(link.posterior);
                }
            }
        }
        StudyKind::Census => {
            let found: KeptCensus = read("result of a study", result)?;
            let scored: u64 = found.scores.iter().map(|bin| bin.count).sum();
            for row in &found.census.listed {
                let position = 1.0 - (row.rank as f64 - 1.0) / (scored.max(1) as f64);
                let low = sample.zip(estimate).and_then(|(sample, estimate)| {
                    super::coding::share_low(sample, estimate, position)
                });
                let signals = by_account.entry(row.account.clone()).or_default();
                signals.network_position = Some(position.clamp(0.0, 1.0));
                signals.network_share_low = low;
            }
        }
    }
    let rows = by_account.into_iter().filter_map(|(account, signals)| {
        Some(StudySignalRow { account: AccountId::new(account).ok()?, signals })
    });
    Ok(rows.collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_spelled_out_and_wrong_ones_named() {
        for kind in StudyKind::ALL {
            let mut given = default_parameters(kind);
            if kind == StudyKind::Census {
                given["membership"] = "carries the emblem".into();
                given["seeds"] = json!(["a1"]);
            }
            assert_eq!(checked_parameters(kind, &given).unwrap(), given, "{kind:?}");
        }
        for (kind, given, expected) in [
            (StudyKind::Campaigns, json!({"window_s": [1]}), "unknown field `window_s`"),
            (StudyKind::Campaigns, json!({"windows_s": []}), "windows_s"),
            (StudyKind::Campaigns, json!([1]), "invalid type"),
            (StudyKind::Returns, json!({"base_rate": 2.0}), "base_rate"),
            (StudyKind::Census, json!({"seeds": ["a"]}), "`membership` is missing"),
            (StudyKind::Census, json!({"membership": "m"}), "`seeds` is missing"),
            (StudyKind::Census, json!({"purpose": "p"}), "`purpose` is told with the order"),
            (StudyKind::Census, json!("x"), "write them as a JSON object"),
        ] {
            let error = checked_parameters(kind, &given).unwrap_err().to_string();
            assert!(error.contains(expected), "{given}: {error}");
        }
    }

    #[test]
    fn a_distribution_counts_everything_once() {
        let scores: Vec<f32> = (0..1_000).map(|n| n as f32 / 100.0 - 3.0).collect();
        let bins = bins(&scores);
        assert_eq!(bins.iter().map(|bin| bin.count).sum::<u64>(), 1_000);
        assert_eq!(bins.len(), SCORE_BINS);
        assert!(self::bins(&[]).is_empty());
        assert_eq!(self::bins(&[1.0, 1.0]).iter().map(|bin| bin.count).sum::<u64>(), 2);
    }
}
