//! Signals → Verdict: rules are parsed, checked, compiled, evaluated and explained.
//!
//! A rule file is TOML; the condition of a rule is written in CEL. The parser is that of the `cel`
//! crate; the types, names and cost of a condition are checked here against the list of signals and
//! [`ITEM_FIELDS`], and the condition becomes closures that are specialised by type. Evaluation
//! walks no tree, reads no clock and does no input or output, so a verdict can be made again byte
//! for byte.
//!
//! Two things never happen quietly. A value that may be missing cannot be read as if it were there:
//! the rule must say what then (`.orValue(…)` or `.hasValue() && …`), or it does not compile. A
//! rule that fails while it is evaluated (an overflow, a division by zero) does not count as "no":
//! it asks for review and says why.

mod alone;
mod code;
mod condition;
mod evaluate;
mod fields;
mod file;
mod functions;
mod lower;
mod names;
mod origin;
mod problem;
mod set;

pub use evaluate::{Judged, evaluate};
pub use fields::{EXTRA_PREFIXES, FieldSpec, ITEM_FIELDS};
pub use file::{DEFAULT_PRIORITY, DEFAULT_QUEUE, RULE_KEYS, RuleKey};
pub use functions::{FUNCTIONS, FunctionSpec};
pub use problem::{FileSpan, RuleProblem, RuleProblems};
pub use set::{RuleFile, RuleInfo, RuleSet, RuleSubject, compile};
