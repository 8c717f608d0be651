//! Rule sets: rule files checked and compiled together.

use crate::alone;
use crate::code::{Bool, Code, Pool};
use crate::condition::{Condition, PlacedFault};
use crate::file::{Draft, Placed, Written, read};
use crate::lower::{Program, lower};
use crate::names::Known;
use crate::problem::{Fault, RuleProblem, RuleProblems, Source};
use model::{ActionKind, PolicyId, QueueName, RuleName, SignalSpec, Timestamp, limits};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

/// A rule file: its name, for problems, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    /// Its name; files of one rule set have different names.
    pub name: String,
    /// Its text, in TOML.
    pub text: String,
}

/// What the case of a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleSubject {
    /// The item.
    Item,
    /// The account that the item comes from.
    Account,
}

/// Everything that is told of a rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleInfo {
    /// Its name, unique in the rule set.
    pub name: RuleName,
    /// The file that it stands in.
    pub file: String,
    /// The line of its header in the file, counted from 1.
    pub line: usize,
    /// Who answers for it.
    pub owner: String,
    /// The policy that it rests on.
    pub policy: PolicyId,
    /// What it finds.
    pub description: String,
    /// Its condition, as it is written.
    pub when: String,
    /// The labels that it asks for.
    pub labels: Vec<String>,
    /// The queue of the case that it opens.
    pub queue: QueueName,
    /// How soon its cases are looked at, 0 to 100.
    pub priority: u8,
    /// The action that it proposes, or takes where it is automatic.
    pub action: Option<ActionKind>,
    /// Whether it acts by itself.
    pub automatic: bool,
    /// What its case is about.
    pub subject: RuleSubject,
    /// The time from which it fires no more.
    pub expires_at: Option<Timestamp>,
    /// The names that its condition reads, each once, in the order of the condition.
    pub reads: Vec<String>,
    /// What its condition costs at worst, in units of about a nanosecond, on the largest item.
    pub cost: u64,
}

pub(crate) struct Compiled {
    pub(crate) code: Code<Bool>,
    pub(crate) reads: Vec<Known>,
}

/// What tells the language of an item: no rule may rest on it alone.
const LANGUAGES: [&str; 3] = ["item.language", "text.language", "text.language_probability"];

/// Rules that were checked and compiled together.
///
/// It can be shared between threads; evaluation changes nothing in it.
pub struct RuleSet {
    version: String,
    infos: Vec<RuleInfo>,
    /// One for each of `infos`, in the same order.
    compiled: Vec<Compiled>,
    pool: Pool,
    /// What any of them reads.
    reads: BTreeSet<String>,
}

impl RuleSet {
    /// SHA-256 over the names and texts of its files, in lower-case hexadecimal.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Its rules, by the name of their file and then their place in it.
    #[must_use]
    pub fn rules(&self) -> &[RuleInfo] {
        &self.infos
    }

    /// Whether any rule reads this signal or field, by its name.
    #[must_use]
    pub fn reads(&self, name: &str) -> bool {
        self.reads.contains(name)
    }

    /// Whether it has no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.infos.is_empty()
    }

    pub(crate) fn compiled(&self) -> impl Iterator<Item = (&RuleInfo, &Compiled)> {
        self.infos.iter().zip(&self.compiled)
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleSet")
            .field("version", &self.version)
            .field("rules", &self.infos)
            .finish_non_exhaustive()
    }
}

/// Checks and compiles rule files against the list of signals.
///
/// The order of the files does not matter. A rule set may be empty.
///
/// # Errors
/// Every problem of the files, each with its place: what is no TOML or no CEL, unknown keys and
/// names, wrong types, values that may be missing and are read as if they were there, limits, and
/// rules that are refused on principle (a language alone as ground, suspension without a person).
pub fn compile(
    files: &[RuleFile],
    signals: &'static [SignalSpec],
) -> Result<RuleSet, RuleProblems> {
    let mut sorted: Vec<&RuleFile> = files.iter().collect();
    sorted.sort_by(|a, b| (&a.name, &a.text).cmp(&(&b.name, &b.text)));
    let mut compiler = Compiler {
        signals,
        problems: Vec::new(),
        pool: Pool::default(),
        places: BTreeMap::new(),
        infos: Vec::new(),
        compiled: Vec::new(),
        seen: 0,
    };
    for (index, file) in sorted.iter().enumerate() {
        let source = Source::new(&file.name, &file.text);
        if index > 0 && sorted[index - 1].name == file.name {
            let message = format!("two files are called `{}`", file.name);
            compiler.problems.push(source.problem(0..0, Fault::new(message)));
        }
        compiler.file(&source);
    }
    compiler.finish(version(&sorted))
}

/// Lengths go in too, so that no two sets of files read as the same bytes.
fn version(sorted: &[&RuleFile]) -> String {
    let mut hash = Sha256::new();
    for file in sorted {
        for part in [&file.name, &file.text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    hex::encode(hash.finalize())
}

struct Compiler {
    signals: &'static [SignalSpec],
    problems: Vec<RuleProblem>,
    pool: Pool,
    /// Where each name was first given, as `file:line`.
    places: BTreeMap<RuleName, String>,
    infos: Vec<RuleInfo>,
    compiled: Vec<Compiled>,
    /// Rules so far, right or wrong.
    seen: usize,
}

impl Compiler {
    fn file(&mut self, source: &Source) {
        let mut problems = Vec::new();
        for draft in read(source, &mut problems) {
            self.seen += 1;
            if self.seen == limits::RULES + 1 {
                let message = format!("a rule set has at most {} rules", limits::RULES);
                problems.push(source.problem(draft.header.clone(), Fault::new(message)));
            }
            if self.seen > limits::RULES {
                break;
            }
            self.rule(source, draft, &mut problems);
        }
        problems.sort_by_key(|problem| problem.span);
        self.problems.append(&mut problems);
    }

    fn rule(&mut self, source: &Source, draft: Draft, problems: &mut Vec<RuleProblem>) {
        let mut refuse = |at: &Range<usize>, fault| {
            problems.push(source.problem(at.clone(), fault));
        };
        self.check_unique(source, &draft, &mut refuse);
        check_automatic(&draft, &mut refuse);
        let Some(when) = &draft.when else { return };
        match self.program(when, &draft) {
            Ok(program) => self.add(source, draft, program),
            Err(faults) => {
                for PlacedFault { at, fault } in faults {
                    refuse(&when.origin.range(&at), fault);
                }
            }
        }
    }

    fn program(&mut self, when: &Written, draft: &Draft) -> Result<Program, Vec<PlacedFault>> {
        let condition = Condition::parse(&when.text)?;
        let program = lower(&condition, self.signals, &mut self.pool)?;
        let whole = 0..when.text.len();
        let refuse = |fault| Err(vec![PlacedFault { at: whole, fault }]);
        let is_language = |read: &Known| LANGUAGES.contains(&read.name());
        let reads_signal = program
            .reads
            .iter()
            .any(|read| matches!(read, Known::Signal(..)) && !is_language(read));
        let language = program.reads.iter().find(|read| is_language(read));
        if let (false, Some(language)) = (reads_signal, language) {
            let fault = Fault::new("a language as such is no ground for a rule");
            return refuse(fault.help(format!("read a signal beside `{}`", language.name())));
        }
        let acts = draft.action.is_some() || !draft.labels.is_empty();
        let evidence = program.reads.iter().find(|read| alone::is_evidence(read.name()));
        if let Some(read) = evidence
            && acts
            && !alone::has_other_ground(condition.tree(), self.signals)
        {
            let of_study = read.name().starts_with("study.");
            let fault = Fault::new(if of_study {
                "this rule would act on the finding of a study alone"
            } else {
                "this rule would act on how often a text was seen alone"
            });
            return refuse(fault.help(
                "add a signal of what was found in the item, such as `term.count > 0`; or leave \
                 `action` and `labels` out: the rule then ranks and routes",
            ));
        }
        let automatic = draft.automatic.as_ref().is_some_and(|automatic| automatic.value);
        if automatic && program.reads.is_empty() {
            let fault = Fault::new("this reads nothing, and the rule is automatic");
            return refuse(fault.help("it would act on every item alike: read a signal"));
        }
        Ok(program)
    }

    fn check_unique(
        &mut self,
        source: &Source,
        draft: &Draft,
        refuse: &mut impl FnMut(&Range<usize>, Fault),
    ) {
        let Some(name) = &draft.name else { return };
        if let Some(first) = self.places.get(&name.value) {
            let message = format!("another rule is called `{}`", name.value);
            refuse(&name.at, Fault::new(message).help(format!("the first is at {first}")));
            return;
        }
        self.places.insert(name.value.clone(), format!("{}:{}", source.name(), draft.line));
    }

    /// Adds a rule; one with a problem is left out, because the whole set is refused then.
    fn add(&mut self, source: &Source, draft: Draft, program: Program) {
        let (Some(name), Some(policy), Some(when), Some(queue)) =
            (draft.name, draft.policy, draft.when, draft.queue)
        else {
            return;
        };
        self.infos.push(RuleInfo {
            name: name.value,
            file: source.name().to_owned(),
            line: draft.line,
            owner: draft.owner,
            policy,
            description: draft.description,
            when: when.text,
            labels: draft.labels,
            queue,
            priority: draft.priority,
            action: draft.action.map(|action| action.value),
            automatic: draft.automatic.is_some_and(|automatic| automatic.value),
            subject: draft.subject,
            expires_at: draft.expires_at,
            reads: program.reads.iter().map(|read| read.name().to_owned()).collect(),
            cost: program.cost,
        });
        self.compiled.push(Compiled { code: program.code, reads: program.reads });
    }

    fn finish(self, version: String) -> Result<RuleSet, RuleProblems> {
        if !self.problems.is_empty() {
            return Err(RuleProblems(self.problems));
        }
        let Self { infos, compiled, pool, .. } = self;
        assert_eq!(infos.len(), compiled.len(), "each rule has its code");
        let reads = infos.iter().flat_map(|info| info.reads.iter().cloned()).collect();
        Ok(RuleSet { version, infos, compiled, pool, reads })
    }
}

fn check_automatic(draft: &Draft, refuse: &mut impl FnMut(&Range<usize>, Fault)) {
    let Some(Placed { value: true, at }) = &draft.automatic else { return };
    match &draft.action {
        None => {
            let fault = Fault::new("an automatic rule needs an action");
            refuse(at, fault.help("add `action`, or leave `automatic` out"));
        }
        Some(Placed { value: ActionKind::Suspend, at }) => {
            let fault = Fault::new("only a person suspends an account");
            refuse(at, fault.help("leave `automatic` out: the rule then proposes it"));
        }
        Some(_) => {}
    }
}
