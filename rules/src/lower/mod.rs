//! From the tree of a condition to code: names, types, presence and cost are checked on the way.
//!
//! Every problem is reported, not only the first: a node that is wrong becomes [`Typed::Wrong`],
//! about which nothing more is said.
//!
//! The cost of a condition is what it does at worst, on the largest item that [`limits`] allow,
//! in units of about a nanosecond: one for each node, and more where a text or list is read (see
//! [`BYTES_PER_UNIT`]). Within a loop everything counts once for each entry that the list can have.

mod calls;
mod lists;
mod operators;
mod presence;

use crate::code::{self, Bool, Code, Double, Int, List, Maybe, Pool, Text};
use crate::condition::{Condition, PlacedFault};
use crate::fields::{FieldSpec, Read};
use crate::names::{self, Extra, Known};
use crate::problem::Fault;
use cel::common::ast::{Expr, IdedExpr, LiteralValue};
use model::{Presence, SignalSpec, SignalType, limits};
use std::ops::Range;

/// Bytes of a text that count as one unit of cost, by what is done with them.
const BYTES_PER_UNIT: BytesPerUnit = BytesPerUnit { search: 32, copy: 16, regex: 8 };
/// The longest text that a signal is expected to have, in bytes.
const SIGNAL_TEXT_BYTES: usize = limits::LINK_BYTES;
/// The longest entry that a signal's list is expected to have, in bytes.
const SIGNAL_ENTRY_BYTES: usize = limits::NAME_BYTES;
/// The most entries that a signal's list is expected to have.
const SIGNAL_ENTRIES: usize = limits::ITEM_MATCHES;

struct BytesPerUnit {
    search: u64,
    copy: u64,
    regex: u64,
}

/// A condition ready to run.
pub(crate) struct Program {
    pub(crate) code: Code<Bool>,
    /// What it reads, each once, in the order of the condition.
    pub(crate) reads: Vec<Known>,
    /// What it costs at worst.
    pub(crate) cost: u64,
}

/// Checks and compiles a condition.
pub(crate) fn lower(
    condition: &Condition,
    signals: &'static [SignalSpec],
    pool: &mut Pool,
) -> Result<Program, Vec<PlacedFault>> {
    let mut lowerer = Lowerer {
        condition,
        signals,
        pool,
        present: Vec::new(),
        loops: Vec::new(),
        times: 1,
        cost: 0,
        heaviest: None,
        reads: Vec::new(),
        faults: Vec::new(),
    };
    let lowered = lowerer.expr(condition.tree());
    let code = lowerer.expect_bool(lowered, condition.tree(), "a condition");
    lowerer.check_cost();
    match code {
        Some(code) if lowerer.faults.is_empty() => {
            Ok(Program { code, reads: lowerer.reads, cost: lowerer.cost })
        }
        Some(_) | None => Err(lowerer.faults),
    }
}

/// Code by its type.
enum Typed {
    Bool(Code<Bool>),
    Int(Code<Int>),
    Double(Code<Double>),
    Text(Code<Text>),
    List(Code<List>),
    /// A problem was reported already.
    Wrong,
}

/// Code of something that may be missing, by its type.
enum MaybeTyped {
    Bool(Code<Maybe<Bool>>),
    Int(Code<Maybe<Int>>),
    Double(Code<Maybe<Double>>),
    Text(Code<Maybe<Text>>),
    List(Code<Maybe<List>>),
}

impl MaybeTyped {
    fn present(self) -> Typed {
        match self {
            Self::Bool(maybe) => Typed::Bool(code::present(maybe)),
            Self::Int(maybe) => Typed::Int(code::present(maybe)),
            Self::Double(maybe) => Typed::Double(code::present(maybe)),
            Self::Text(maybe) => Typed::Text(code::present(maybe)),
            Self::List(maybe) => Typed::List(code::present(maybe)),
        }
    }

    fn has_value(self) -> Code<Bool> {
        match self {
            Self::Bool(maybe) => code::has_value(maybe),
            Self::Int(maybe) => code::has_value(maybe),
            Self::Double(maybe) => code::has_value(maybe),
            Self::Text(maybe) => code::has_value(maybe),
            Self::List(maybe) => code::has_value(maybe),
        }
    }

    fn type_name(&self) -> &'static str {
        match self {
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Double(_) => "double",
            Self::Text(_) => "string",
            Self::List(_) => "list of strings",
        }
    }
}

/// A literal, where a node is one.
#[derive(Debug, Clone, PartialEq)]
enum Literal {
    Int(i64),
    Text(String),
    List(Vec<String>),
}

/// A node that was checked: its code, and what is known of its value.
struct Lowered {
    typed: Typed,
    literal: Option<Literal>,
    /// Bytes of the text, or of each text of the list, at most.
    bytes: u64,
    /// Entries of the list at most.
    entries: u64,
    /// The only words that the text can be; empty where any text is possible.
    words: &'static [&'static str],
}

impl Lowered {
    fn new(typed: Typed) -> Self {
        Self { typed, literal: None, bytes: 0, entries: 0, words: &[] }
    }

    fn wrong() -> Self {
        Self::new(Typed::Wrong)
    }

    fn sized(typed: Typed, bytes: u64, entries: u64) -> Self {
        Self { bytes, entries, ..Self::new(typed) }
    }

    fn with_literal(self, literal: Literal) -> Self {
        Self { literal: Some(literal), ..self }
    }

    fn type_name(&self) -> &'static str {
        match self.typed {
            Typed::Bool(_) => "bool",
            Typed::Int(_) => "int",
            Typed::Double(_) => "double",
            Typed::Text(_) => "string",
            Typed::List(_) => "list of strings",
            Typed::Wrong => "wrong",
        }
    }

    fn is_wrong(&self) -> bool {
        matches!(self.typed, Typed::Wrong)
    }
}

/// How something is read by name.
enum Reader {
    Always(Lowered),
    Maybe(MaybeTyped, Lowered),
    Untyped(Extra),
}

/// The dearest thing that a condition does.
struct Charge {
    at: Range<usize>,
    units: u64,
    what: String,
}

struct LoopVariable {
    name: String,
    bytes: u64,
}

struct Lowerer<'r> {
    condition: &'r Condition,
    signals: &'static [SignalSpec],
    pool: &'r mut Pool,
    /// Names that may be missing but are known to be there at this place.
    present: Vec<String>,
    loops: Vec<LoopVariable>,
    /// How often this place is run at most, for the loops around it.
    times: u64,
    cost: u64,
    heaviest: Option<Charge>,
    reads: Vec<Known>,
    faults: Vec<PlacedFault>,
}

impl Lowerer<'_> {
    fn fault(&mut self, at: Range<usize>, fault: Fault) -> Lowered {
        self.faults.push(PlacedFault { at, fault });
        Lowered::wrong()
    }

    fn fault_at(&mut self, node: &IdedExpr, fault: Fault) -> Lowered {
        let at = self.condition.extent(node);
        self.fault(at, fault)
    }

    /// The text of a node, as the author of the rule wrote it.
    fn written(&self, node: &IdedExpr) -> String {
        self.condition.text(&self.condition.extent(node)).to_owned()
    }

    fn charge(&mut self, units: u64) {
        self.cost = self.cost.saturating_add(units.saturating_mul(self.times));
    }

    /// Charges for a text or list, and remembers the charge if it is the dearest so far.
    fn charge_for(&mut self, node: &IdedExpr, units: u64, what: String) {
        self.charge(units);
        let units = units.saturating_mul(self.times);
        if self.heaviest.as_ref().is_none_or(|heaviest| units > heaviest.units) {
            let what = if self.times > 1 { format!("{what}, {} times", self.times) } else { what };
            self.heaviest = Some(Charge { at: self.condition.extent(node), units, what });
        }
    }

    fn check_cost(&mut self) {
        if self.cost <= limits::RULE_COST {
            return;
        }
        let (cost, limit) = (self.cost, limits::RULE_COST);
        let message = format!("at worst this costs {cost} units; at most {limit} are accepted");
        let (at, help) = match self.heaviest.take() {
            Some(heaviest) => {
                let share = format!("{} of them here: {}", heaviest.units, heaviest.what);
                (heaviest.at, share)
            }
            None => (0..0, "split the rule".into()),
        };
        self.fault(at, Fault::new(message).help(help));
    }

    fn expr(&mut self, node: &IdedExpr) -> Lowered {
        self.charge(1);
        match &node.expr {
            Expr::Literal(literal) => self.literal(node, literal),
            Expr::Ident(_) | Expr::Select(_) => self.name(node),
            Expr::Call(call) => self.call(node, call),
            Expr::List(list) => self.list(list),
            Expr::Map(_) | Expr::Struct(_) | Expr::Comprehension(_) | Expr::Unspecified => {
                let message = "this is no part of the condition language";
                self.fault_at(node, Fault::new(message))
            }
        }
    }

    fn literal(&mut self, node: &IdedExpr, literal: &LiteralValue) -> Lowered {
        match literal {
            LiteralValue::Boolean(value) => {
                let value = *value.inner();
                Lowered::new(Typed::Bool(code::code(move |_| Ok(value))))
            }
            LiteralValue::Int(value) => {
                let value = *value.inner();
                Lowered::new(Typed::Int(code::code(move |_| Ok(value))))
                    .with_literal(Literal::Int(value))
            }
            LiteralValue::Double(value) => {
                let value = *value.inner();
                Lowered::new(Typed::Double(code::code(move |_| Ok(value))))
            }
            LiteralValue::String(value) => {
                let text = value.inner().to_owned();
                let bytes = text.len() as u64;
                Lowered::sized(Typed::Text(self.pool.text(&text)), bytes, 0)
                    .with_literal(Literal::Text(text))
            }
            LiteralValue::Null => {
                let help = "what may be missing is asked with `.hasValue()`";
                self.fault_at(node, Fault::new("there is no null here").help(help))
            }
            LiteralValue::Bytes(_) | LiteralValue::UInt(_) => {
                self.fault_at(node, Fault::new("bytes and unsigned numbers are not used here"))
            }
        }
    }

    fn name(&mut self, node: &IdedExpr) -> Lowered {
        let Some(path) = path_of(node) else {
            return self.fault_at(node, Fault::new("only names have fields"));
        };
        if let Some(variable) = self.loop_variable(node, &path) {
            return variable;
        }
        let Some(known) = self.find(node, &path) else { return Lowered::wrong() };
        match self.reader(&known) {
            Reader::Always(lowered) => lowered,
            Reader::Maybe(maybe, shape) if self.present.contains(&path) => {
                Lowered { typed: maybe.present(), ..shape }
            }
            Reader::Maybe(..) => {
                let message = format!("`{path}` may be missing");
                let help = format!("write `{path}.orValue(…)` or `{path}.hasValue() && …`");
                self.fault_at(node, Fault::new(message).help(help))
            }
            Reader::Untyped(_) => {
                let message = format!("`{path}` may be missing, and has no type of its own");
                let help =
                    format!("write `{path}.orValue(…)` with a default of the type that you expect");
                self.fault_at(node, Fault::new(message).help(help))
            }
        }
    }

    /// The entry of a loop around this place, where the name is one.
    fn loop_variable(&mut self, node: &IdedExpr, path: &str) -> Option<Lowered> {
        let root = path.split('.').next().unwrap_or(path);
        let depth = self.loops.iter().rposition(|variable| variable.name == root)?;
        if root.len() < path.len() {
            let message = format!("`{root}` is a text and has no fields");
            return Some(self.fault_at(node, Fault::new(message)));
        }
        Some(Lowered::sized(Typed::Text(code::entry(depth)), self.loops[depth].bytes, 0))
    }

    /// Looks a name up and notes that it is read.
    fn find(&mut self, node: &IdedExpr, path: &str) -> Option<Known> {
        let Some(known) = names::find(path, self.signals) else {
            let help = names::suggest_name(path, self.signals);
            self.fault_at(node, Fault::new(format!("unknown name `{path}`")).help(help));
            return None;
        };
        if self.reads.iter().all(|read| read.name() != known.name()) {
            self.reads.push(known.clone());
        }
        Some(known)
    }

    fn reader(&self, known: &Known) -> Reader {
        match known {
            Known::Signal(index, spec) => signal_reader(*index, spec),
            Known::Field(field) => field_reader(field),
            Known::Extra(extra) => Reader::Untyped(extra.clone()),
        }
    }

    /// The code of a condition; reports where it is none.
    fn expect_bool(&mut self, value: Lowered, node: &IdedExpr, what: &str) -> Option<Code<Bool>> {
        let found = value.type_name();
        match value.typed {
            Typed::Bool(code) => Some(code),
            Typed::Wrong => None,
            Typed::Int(_) | Typed::Double(_) | Typed::Text(_) | Typed::List(_) => {
                let message = format!("{what} is true or false; this is {}", article(found));
                self.fault_at(node, Fault::new(message));
                None
            }
        }
    }

    /// The code of a text with its bound; reports where it is none.
    fn expect_text(&mut self, value: Lowered, node: &IdedExpr, what: &str) -> Option<Code<Text>> {
        let found = value.type_name();
        match value.typed {
            Typed::Text(code) => Some(code),
            Typed::Wrong => None,
            Typed::Bool(_) | Typed::Int(_) | Typed::Double(_) | Typed::List(_) => {
                let message = format!("{what} a string; this is {}", article(found));
                self.fault_at(node, Fault::new(message));
                None
            }
        }
    }
}

/// The dotted name that a node spells, if it spells one.
pub(crate) fn path_of(node: &IdedExpr) -> Option<String> {
    match &node.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) if !select.test => {
            Some(format!("{}.{}", path_of(&select.operand)?, select.field))
        }
        _ => None,
    }
}

fn article(type_name: &str) -> String {
    let article = if type_name.starts_with('i') { "an" } else { "a" };
    format!("{article} {type_name}")
}

fn signal_reader(index: usize, spec: &SignalSpec) -> Reader {
    let (bytes, entries) = match spec.value {
        SignalType::Bool | SignalType::Int | SignalType::Float => (0, 0),
        SignalType::Text => (SIGNAL_TEXT_BYTES as u64, 0),
        SignalType::TextList => (SIGNAL_ENTRY_BYTES as u64, SIGNAL_ENTRIES as u64),
    };
    let always = match spec.value {
        SignalType::Bool => Typed::Bool(code::signal(index)),
        SignalType::Int => Typed::Int(code::signal(index)),
        SignalType::Float => Typed::Double(code::signal(index)),
        SignalType::Text => Typed::Text(code::signal(index)),
        SignalType::TextList => Typed::List(code::signal(index)),
    };
    let lowered = Lowered::sized(always, bytes, entries);
    match spec.presence {
        Presence::Always => Reader::Always(lowered),
        Presence::MayBeMissing => Reader::Maybe(maybe_signal(index, spec.value), lowered),
    }
}

fn maybe_signal(index: usize, value: SignalType) -> MaybeTyped {
    match value {
        SignalType::Bool => MaybeTyped::Bool(code::maybe_signal(index)),
        SignalType::Int => MaybeTyped::Int(code::maybe_signal(index)),
        SignalType::Float => MaybeTyped::Double(code::maybe_signal(index)),
        SignalType::Text => MaybeTyped::Text(code::maybe_signal(index)),
        SignalType::TextList => MaybeTyped::List(code::maybe_signal(index)),
    }
}

fn field_reader(field: &'static FieldSpec) -> Reader {
    let bytes = field.bytes as u64;
    let shape =
        |typed, entries| Lowered { words: field.words, ..Lowered::sized(typed, bytes, entries) };
    match field.read {
        Read::Bool(read) => {
            let code = code::code(move |scene| Ok(read(scene.item)));
            Reader::Always(shape(Typed::Bool(code), 0))
        }
        Read::Int(read) => {
            let code = code::code(move |scene| Ok(read(scene.item)));
            Reader::Always(shape(Typed::Int(code), 0))
        }
        Read::Text(read) => {
            let code = code::code(move |scene| Ok(read(scene.item)));
            Reader::Always(shape(Typed::Text(code), 0))
        }
        Read::List(read) => {
            let code = code::code(move |scene| Ok(code::Texts::Stored(read(scene.item))));
            Reader::Always(shape(Typed::List(code), limits::ITEM_LINKS as u64))
        }
        Read::MaybeInt(read) => {
            let code = code::code(move |scene| Ok(read(scene.item)));
            Reader::Maybe(MaybeTyped::Int(code), shape(Typed::Wrong, 0))
        }
        Read::MaybeText(read) => {
            let code = code::code(move |scene| Ok(read(scene.item)));
            Reader::Maybe(MaybeTyped::Text(code), shape(Typed::Wrong, 0))
        }
    }
}
