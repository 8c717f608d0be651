//! Learning from people's decisions how likely a text is found a violation. The score orders cases
//! of one priority; nothing else reads it.

use crate::banks::beside;
use crate::facts;
use crate::once::Origin;
use crate::{Engine, Error, Result};
use audit::FactKind;
use model::{Case, Decider, DecisionId, Item, Ruling, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use signals::language::identify;
use signals::learn::{self, Example, Model, Parameters, Report, Score};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Change, DecidedItem, LearnedRow};

/// How much a decision counts where an earlier one on the same case was reversed.
const DISPUTED_WEIGHT: f32 = 0.5;

/// What was learned, when and from what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// When.
    pub at: Timestamp,
    /// What training found.
    pub report: Report,
    /// Decisions by the policy and version that they rest on, as `policy@version`.
    pub policies: BTreeMap<String, u64>,
    /// Whether it orders cases now.
    pub is_in_use: bool,
}

/// The model that orders cases.
pub(crate) struct InUse {
    model: Option<Model>,
    /// How often a model had been learned or taken out of use.
    pub(crate) revision: u64,
}

impl InUse {
    pub(crate) fn none() -> Self {
        Self { model: None, revision: 0 }
    }

    /// How likely a person finds a violation in a text, in thousandths; `None` where no model is in
    /// use or it does not know the text.
    pub(crate) fn score(&self, text: &str) -> Option<u16> {
        match self.model.as_ref()?.score(text) {
            Score::Scored { probability, .. } => Some((probability * 1_000.0).round() as u16),
            Score::Abstains(_) => None,
        }
    }
}

/// One decision with what is learned of it.
struct Taught {
    text: String,
    language: String,
    decided: bool,
    at: Timestamp,
    weight: f32,
    policy: String,
}

impl Engine {
    /// Learns from the decisions that people made and that stand; `told` hears how many were read.
    /// Where `put` is so, the model orders cases from then on.
    ///
    /// # Errors
    /// Where there are too few decisions, naming how many are needed, or the store fails.
    pub async fn learn(
        &self,
        put: PutInUse,
        origin: &Origin,
        mut told: impl FnMut(usize),
    ) -> Result<Learned> {
        let mut taught = Vec::new();
        let mut after: Option<DecisionId> = None;
        loop {
            let page = self.inner.store.decided_items(after.as_ref(), limits::PAGE_ROWS).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id.clone());
            taught.extend(page.into_iter().filter_map(taught_by));
            told(taught.len());
        }
        // The latest count; older ones were made under older policies.
        let first = taught.len().saturating_sub(learn::EXAMPLES_MOST);
        taught.drain(..first);
        let trained = beside(move || train(&taught)).await?;
        let (model, report, policies) =
            trained.map_err(|error| Error::invalid("decisions", error.to_string()))?;
        let mut learned =
            Learned { at: self.now(), report, policies, is_in_use: put == PutInUse::Yes };
        if put == PutInUse::Yes {
            self.keep_learned(&mut learned, Some(&model), "learned", origin).await?;
        }
        Ok(learned)
    }

    /// Takes the learned model out of use: cases of one priority are ordered by time again.
    ///
    /// # Errors
    /// Where none was learned, or the store fails.
    pub async fn unlearn(&self, origin: &Origin) -> Result<Learned> {
        let none = || Error::NotFound { what: "learned model", id: "in use".to_owned() };
        let mut learned = self.learned().await?.filter(|one| one.is_in_use).ok_or_else(none)?;
        learned.is_in_use = false;
        self.keep_learned(&mut learned, None, "unlearned", origin).await?;
        Ok(learned)
    }

    /// Reads what was learned last, where anything was.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn learned(&self) -> Result<Option<Learned>> {
        let Some(row) = self.inner.store.learned().await? else { return Ok(None) };
        let learned: Learned = serde_json::from_str(&row.report)
            .map_err(|error| Error::Damaged { what: "learned model", detail: error.to_string() })?;
        Ok(Some(learned))
    }

    async fn keep_learned(
        &self,
        learned: &mut Learned,
        model: Option<&Model>,
        what: &str,
        origin: &Origin,
    ) -> Result<()> {
        let now = self.now();
        let report = crate::intake::to_json("learned model", learned)?;
        let model = model.map(Model::to_bytes);
        let event = json!({
            "change": what, "decisions": learned.report.learned_from + learned.report.held_apart,
        });
        let record = facts::operation(FactKind::SettingsChanged, what, &origin.actor, event);
        let change = Change::ModelLearned(LearnedRow { at: now, model, report });
        self.inner.store.commit(vec![change], vec![record], now).await?;
        self.refresh().await
    }

    /// The model in use at a revision.
    pub(crate) async fn learned_at(&self, revision: u64) -> Result<Arc<InUse>> {
        let row = self.inner.store.learned().await?;
        let model = row
            .and_then(|row| row.model)
            .map(|bytes| Model::from_bytes(&bytes))
            .transpose()
            .map_err(|error| Error::Damaged { what: "learned model", detail: error.to_string() })?;
        Ok(Arc::new(InUse { model, revision }))
    }

    /// What the model in use says of a text of a case, with the words that it says so by; `None`
    /// where none is in use or the case has no score.
    #[must_use]
    pub fn explain_score(&self, case: &Case, item: &Item) -> Option<Score> {
        case.score?;
        Some(self.in_force().learned.model.as_ref()?.score(&item.text))
    }
}

/// Whether what was learned orders cases from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutInUse {
    /// It does.
    Yes,
    /// It is only told how good it would be.
    No,
}

/// What is learned of a decision: only people teach, and only texts are learned.
fn taught_by(row: DecidedItem) -> Option<Taught> {
    let decision = row.decision;
    if !matches!(decision.by, Decider::Reviewer(_)) || row.item.text.trim().is_empty() {
        return None;
    }
    let language = identify(&row.item.text).answer.code().unwrap_or_default().to_owned();
    Some(Taught {
        text: row.item.text,
        language,
        decided: decision.ruling == Ruling::Violation,
        at: decision.at,
        weight: if row.reversed > 0 { DISPUTED_WEIGHT } else { 1.0 },
        policy: format!("{}@{}", decision.policy, decision.policy_version),
    })
}

type Trained = std::result::Result<(Model, Report, BTreeMap<String, u64>), learn::Error>;

fn train(taught: &[Taught]) -> Trained {
    let examples = taught.iter().map(|one| Example {
        text: &one.text,
        language: &one.language,
        decided: one.decided,
        at: one.at.micros(),
        weight: one.weight,
    });
    let (model, report) = learn::train(examples, &Parameters::default())?;
    let mut policies = BTreeMap::new();
    for one in taught {
        *policies.entry(one.policy.clone()).or_insert(0) += 1;
    }
    Ok((model, report, policies))
}
