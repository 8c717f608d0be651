//! The straight way as a handful of functions: submit, check, notice, next case, decide, undo,
//! deliveries, replay, verify.
//!
//! API, console, command line and simulator call these and nothing else. Each function reads what
//! it needs, lets the pure crates compute, and commits the outcome with its records in one
//! transaction. A commit that meets somebody else's change reads again and repeats.

mod appeals;
mod banks;
mod clock;
mod conduct;
mod curate;
mod delivery;
mod desk;
mod error;
mod exposures;
mod facts;
mod flood;
mod intake;
mod learn;
mod links;
mod log;
mod measure;
mod notices;
mod once;
mod orders;
mod people;
mod preservations;
mod recent;
mod referrals;
mod replay;
mod reports;
mod statements;
mod studies;
mod tell;
mod threats;
mod tree;

pub use appeals::{
    AppealCount, AppealInput, AppealTaken, AppealView, AppealWords, AppellantInput, Automation,
    EntriesAre, HearingInput, HearingView, Redress,
};
pub use banks::{EntryView, WordsLearned};
pub use clock::Clock;
pub use conduct::{Conduct, LadderTrial, LadderVersion};
pub use curate::{BankDryRun, Imported};
pub use delivery::DeliveryOutcome;
pub use desk::{CaseView, DecisionInput, NoticeInput, NoticeTaken, Seen};
pub use error::{Error, Result};
pub use exposures::{ExposureInput, ExposureView, RecentOrders, ReportText};
pub use intake::{Checked, Incoming, Submitted, wanted_by};
pub use learn::{Learned, PutInUse};
pub use links::LinkKey;
pub use log::Verified;
pub use notices::{FlaggerRecord, MisuseInput, NewFlagger, NoticeOutcome, NotifierView, Unfounded};
pub use once::{Actor, Once, Origin};
pub use orders::{
    Addressee, Authority, Duty, LinkPattern, MailFile, MailInput, OrderAct, OrderInput, OrderSetup,
    OrderTaken, OrderView, PatternProblem, Sender,
};
pub use people::{NewKey, NewUser, Role, Scope, SecondFactor, Session, SignIn, Welcome};
pub use preservations::{
    AccessInput, CheckpointSigner, EvidenceCheck, ExportInput, Exported, ProlongInput, StampRequest,
};
pub use referrals::{Deconfliction, OpenOrder, Preserved, ReferralCount, ReferralOutcome};
pub use replay::Replayed;
pub use reports::PublishedReport;
pub use statements::{Queued, Reply, StatementOptions, SubmissionView, TemplateView};
pub use store::Error as StoreError;
pub use store::{
    Answer, BankSummary, CaseFilter, Delivery, EventRow, Former, KeyRow, LetterRow, Location,
    MailRow, NewIdentity, OutboxRow, PolicyRow, PreservationFilter, QueueCount, Rotated,
    RuleSetRow, StatementRow, SubmissionRow, UserRow, VerdictRow,
};
pub use studies::{
    AccountCard, Bin, CardPost, CodedSample, CodingDesk, CodingTask, FoundStudy, KeptCensus,
    NetworkView, StudyOrder, StudyView, checked_parameters, default_parameters, run_study,
};
pub use threats::{ThreatAct, ThreatInput, ThreatSetup, ThreatView};
pub use tree::Published;

use model::{Queue, Timestamp};
use review::Ladder;
use rules::{RuleFile, RuleSet};
use sandbox::Decoder;
use signals::{Banks, NearItemsWanted};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, RwLock};
use store::{Store, Vault};

/// How an engine is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the state lives.
    pub location: Location,
    /// The folder of evidence files.
    pub evidence: PathBuf,
    /// The folder of the keys of evidence, best elsewhere.
    pub evidence_keys: PathBuf,
    /// Whether what is preserved is seen only with a second person's leave.
    pub second_person: bool,
    /// The folder of datasets that studies may look at; it need not be there.
    pub datasets: PathBuf,
    /// The queues, with what they promise; a rule may name others, which promise nothing.
    pub queues: Vec<Queue>,
    /// What strikes lead to; suggested to reviewers, never done by itself.
    pub ladder: Ladder,
    /// The rule files that are promoted where none are yet.
    pub first_rules: Vec<RuleFile>,
    /// How appeals and notices are dealt with.
    pub redress: Redress,
    /// What tells the time.
    pub clock: Clock,
    /// What decodes media.
    pub decoder: Decoder,
    /// How orders of authorities are handled.
    pub orders: OrderSetup,
    /// How reports of threats are handled.
    pub threats: ThreatSetup,
    /// What statements need to know.
    pub statements: StatementOptions,
}

/// The engine; cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    vault: Vault,
    second_person: bool,
    /// Held for reading while items are taken in, for writing while evidence is destroyed.
    taking_in: tokio::sync::RwLock<()>,
    datasets: PathBuf,
    queues: Vec<Queue>,
    ladder: Ladder,
    redress: Redress,
    clock: Clock,
    versions: RwLock<InForce>,
    /// Held over a refresh, so that an older one cannot put back what a newer one replaced.
    refreshing: tokio::sync::Mutex<()>,
    /// Whether the banks are built anew beside the work.
    rebuilding: AtomicBool,
    /// The texts of the last day, while a rule asks for them.
    recent: tokio::sync::Mutex<Option<recent::RecentTexts>>,
    older: replay::Older,
    failures: people::Failures,
    statements: StatementOptions,
    decoder: Decoder,
    orders: OrderSetup,
    threats: ThreatSetup,
    decoders: Arc<tokio::sync::Semaphore>,
    hashers: Arc<tokio::sync::Semaphore>,
}

/// The banks and rules in force, with the counters that tell whether they still are.
#[derive(Clone)]
struct InForce {
    banks: Arc<Banks>,
    rules: Arc<RuleSet>,
    promoted: u64,
    learned: Arc<learn::InUse>,
    ladder: Arc<Ladder>,
    ladder_version: u64,
}

impl Engine {
    /// Opens the state and loads the banks and rules in force.
    ///
    /// # Errors
    /// Where the database or the evidence folder cannot be opened, or the first rules do not
    /// compile.
    pub async fn open(options: Options) -> Result<Self> {
        let store = Store::open(&options.location).await?;
        let vault = Vault::open(&options.evidence, &options.evidence_keys)?;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let empty = InForce {
            banks: Arc::new(Banks::build(Vec::new(), 0)),
            rules: Arc::new(rules::compile(&[], signals::SIGNALS)?),
            promoted: 0,
            learned: Arc::new(learn::InUse::none()),
            ladder: Arc::new(options.ladder.clone()),
            ladder_version: 0,
        };
        let inner = Inner {
            store,
            vault,
            second_person: options.second_person,
            taking_in: tokio::sync::RwLock::default(),
            datasets: options.datasets,
            queues: options.queues,
            ladder: options.ladder,
            redress: options.redress,
            clock: options.clock,
            versions: RwLock::new(empty),
            refreshing: tokio::sync::Mutex::default(),
            rebuilding: AtomicBool::new(false),
            recent: tokio::sync::Mutex::new(None),
            older: replay::Older::default(),
            failures: people::Failures::default(),
            statements: options.statements,
            decoder: options.decoder,
            orders: options.orders,
            threats: options.threats,
            decoders: Arc::new(tokio::sync::Semaphore::new(cores)),
            hashers: Arc::new(tokio::sync::Semaphore::new(cores)),
        };
        let engine = Self { inner: Arc::new(inner) };
        engine.begin_log().await?;
        if engine.inner.store.active_rules().await?.is_none() && !options.first_rules.is_empty() {
            engine.promote_rules(&options.first_rules, &Origin::operator()).await?;
        }
        engine.refresh().await?;
        Ok(engine)
    }

    /// The time, from the engine's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// The queues that were set up.
    #[must_use]
    pub fn queues(&self) -> &[Queue] {
        &self.inner.queues
    }

    /// The banks in force.
    #[must_use]
    pub fn banks(&self) -> Arc<Banks> {
        self.in_force().banks
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> Arc<RuleSet> {
        self.in_force().rules
    }

    /// Loads the banks and rules again where they changed, also by another process. Cheap where
    /// nothing did.
    ///
    /// # Errors
    /// Where the database fails or stored rules no longer compile.
    pub async fn refresh(&self) -> Result<()> {
        let _alone = self.inner.refreshing.lock().await;
        let mut next = self.in_force();
        let revision = self.inner.store.banks_revision().await?;
        let promoted = self.inner.store.rules_revision().await?;
        let learned = self.inner.store.learned_revision().await?;
        let ladder = self.inner.store.ladder_version().await?;
        let is_same = revision == next.banks.revision()
            && ladder == next.ladder_version
            && promoted == next.promoted
            && learned == next.learned.revision;
        if is_same {
            return Ok(());
        }
        if revision != next.banks.revision() {
            next.banks = self.banks_moved(&next.banks, revision).await?;
        }
        if ladder != next.ladder_version {
            (next.ladder, next.ladder_version) = self.latest_ladder().await?;
        }
        if learned != next.learned.revision {
            next.learned = self.learned_at(learned).await?;
        }
        if promoted != next.promoted
            && let Some(row) = self.inner.store.active_rules().await?
        {
            next.rules = Arc::new(replay::compile_row(&row)?);
            next.promoted = promoted;
            if wanted_by(&next.rules).near_items == NearItemsWanted::No {
                self.forget_recent().await;
            }
        }
        self.put_in_force(next);
        self.rebuild_beside();
        Ok(())
    }

    fn put_in_force(&self, next: InForce) {
        *self.inner.versions.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = next;
    }

    fn in_force(&self) -> InForce {
        self.inner.versions.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// Forgets answers and sessions whose time is over.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn forget(&self) -> Result<()> {
        let now = self.now();
        let answers_before = now.plus_seconds(-model::limits::IDEMPOTENCY_HOURS * 3_600);
        let change = store::Change::Forgotten { answers_before };
        Ok(self.inner.store.keep(vec![change], now).await?)
    }
}
