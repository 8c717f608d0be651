//! What may be missing: `.hasValue()`, `.orValue(…)`, and what a condition says about presence.

use super::{Literal, Lowered, Lowerer, MaybeTyped, Reader, Typed, article, path_of};
use crate::code;
use crate::fields::EXTRA_PREFIXES;
use crate::names::Extra;
use crate::problem::Fault;
use cel::common::ast::{CallExpr, Expr, IdedExpr, operators};
use model::limits;

/// The longest text that an unknown field can have, in bytes.
const EXTRA_TEXT_BYTES: u64 = limits::ITEM_JSON_BYTES as u64;
/// The most entries that an unknown field's list can have.
const EXTRA_ENTRIES: u64 = code::EXTRA_ENTRIES as u64;

impl Lowerer<'_> {
    pub(super) fn has_value(&mut self, node: &IdedExpr, target: &IdedExpr) -> Lowered {
        let Some(reader) = self.maybe_reader(node, target, "hasValue") else {
            return Lowered::wrong();
        };
        let code = match reader {
            Reader::Maybe(maybe, _) => maybe.has_value(),
            Reader::Untyped(extra) => code::code(move |scene| Ok(extra.read(scene.item).is_some())),
            Reader::Always(_) => return self.always_there(node, target, "hasValue"),
        };
        Lowered::new(Typed::Bool(code))
    }

    pub(super) fn or_value(
        &mut self,
        node: &IdedExpr,
        target: &IdedExpr,
        default: &IdedExpr,
    ) -> Lowered {
        let reader = self.maybe_reader(node, target, "orValue");
        let value = self.expr(default);
        match reader {
            None => Lowered::wrong(),
            Some(Reader::Always(_)) => self.always_there(node, target, "orValue"),
            Some(Reader::Untyped(extra)) => untyped_or(&extra, value),
            Some(Reader::Maybe(maybe, shape)) => {
                let wanted = maybe.type_name();
                let found = value.type_name();
                let bytes = shape.bytes.max(value.bytes);
                let entries = shape.entries.max(value.entries);
                match pair(maybe, value) {
                    Ok(typed) => Lowered { typed, bytes, entries, ..shape },
                    Err(Mismatch::Reported) => Lowered::wrong(),
                    Err(Mismatch::Types) => {
                        let name = self.written(target);
                        let message = format!(
                            "`{name}` is {}, but its default is {}",
                            article(wanted),
                            article(found)
                        );
                        self.fault_at(default, Fault::new(message))
                    }
                }
            }
        }
    }

    fn maybe_reader(&mut self, node: &IdedExpr, target: &IdedExpr, method: &str) -> Option<Reader> {
        self.charge(1);
        let is_entry = |path: &String| self.loops.iter().any(|variable| variable.name == *path);
        let Some(path) = path_of(target).filter(|path| !is_entry(path)) else {
            let message = format!("`{method}` asks for a name that may be missing");
            self.fault_at(node, Fault::new(message));
            return None;
        };
        let known = self.find(target, &path)?;
        Some(self.reader(&known))
    }

    fn always_there(&mut self, node: &IdedExpr, target: &IdedExpr, method: &str) -> Lowered {
        let name = self.written(target);
        let fault = Fault::new(format!("`{name}` is always there"));
        self.fault_at(node, fault.help(format!("leave `.{method}(…)` out")))
    }
}

/// Why a default does not go with what it stands for.
enum Mismatch {
    Types,
    Reported,
}

fn pair(maybe: MaybeTyped, default: Lowered) -> Result<Typed, Mismatch> {
    Ok(match (maybe, default.typed) {
        (_, Typed::Wrong) => return Err(Mismatch::Reported),
        (MaybeTyped::Bool(maybe), Typed::Bool(or)) => Typed::Bool(code::or_value(maybe, or)),
        (MaybeTyped::Int(maybe), Typed::Int(or)) => Typed::Int(code::or_value(maybe, or)),
        (MaybeTyped::Double(maybe), Typed::Double(or)) => Typed::Double(code::or_value(maybe, or)),
        (MaybeTyped::Text(maybe), Typed::Text(or)) => Typed::Text(code::or_value(maybe, or)),
        (MaybeTyped::List(maybe), Typed::List(or)) => Typed::List(code::or_value(maybe, or)),
        (MaybeTyped::Double(maybe), Typed::Int(_)) => match default.literal {
            Some(Literal::Int(literal)) => {
                #[allow(clippy::cast_precision_loss, reason = "a literal of a default")]
                let literal = literal as f64;
                let or = code::code(move |_| Ok(literal));
                Typed::Double(code::or_value(maybe, or))
            }
            Some(_) | None => return Err(Mismatch::Types),
        },
        (
            MaybeTyped::Bool(_)
            | MaybeTyped::Int(_)
            | MaybeTyped::Double(_)
            | MaybeTyped::Text(_)
            | MaybeTyped::List(_),
            _,
        ) => return Err(Mismatch::Types),
    })
}

/// An unknown field as the type of its default.
fn untyped_or(extra: &Extra, default: Lowered) -> Lowered {
    let read = extra.clone();
    let (typed, bytes, entries) = match default.typed {
        Typed::Bool(or) => (Typed::Bool(code::or_value(code::extra(read), or)), 0, 0),
        Typed::Int(or) => (Typed::Int(code::or_value(code::extra(read), or)), 0, 0),
        Typed::Double(or) => (Typed::Double(code::or_value(code::extra(read), or)), 0, 0),
        Typed::Text(or) => {
            (Typed::Text(code::or_value(code::extra(read), or)), EXTRA_TEXT_BYTES, 0)
        }
        // The entries share the bytes of one item's JSON.
        Typed::List(or) => {
            let typed = Typed::List(code::or_value(code::extra(read), or));
            (typed, EXTRA_TEXT_BYTES / EXTRA_ENTRIES, EXTRA_ENTRIES)
        }
        Typed::Wrong => (Typed::Wrong, 0, 0),
    };
    Lowered::sized(typed, bytes, entries)
}

/// The names that are there wherever the condition has the given answer.
///
/// A failure of the condition is covered too: `false && failure` is false and `true || failure` is
/// true, so a condition that fails did not get the answer that would make a name missing.
pub(super) fn known_present(node: &IdedExpr, answer: bool) -> Vec<String> {
    let Expr::Call(call) = &node.expr else { return Vec::new() };
    match (call.func_name.as_str(), answer) {
        ("hasValue", true) => asked(call).into_iter().collect(),
        (operators::LOGICAL_NOT, _) => {
            call.args.first().map(|inner| known_present(inner, !answer)).unwrap_or_default()
        }
        (operators::LOGICAL_AND, true) | (operators::LOGICAL_OR, false) => {
            call.args.iter().flat_map(|part| known_present(part, answer)).collect()
        }
        _ => Vec::new(),
    }
}

/// The name that `hasValue` is asked of. Unknown fields stay untyped even where they are there.
fn asked(call: &CallExpr) -> Option<String> {
    let path = path_of(call.target.as_deref()?)?;
    let untyped = EXTRA_PREFIXES.iter().any(|prefix| path.starts_with(prefix));
    (!untyped).then_some(path)
}
