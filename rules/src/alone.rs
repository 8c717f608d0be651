//! Whether a condition can hold by the findings of studies, or by how often a text was seen, alone.
//!
//! What a study finds about an account is evidence about a group, with an uncertainty: it may rank
//! and route cases, but no action rests on it alone. A condition rests on something else where
//! every way to make it true needs a signal of another kind to be *there*: a term found, a hash
//! matched, a notice made. Fields of the item (its language, its author, its length) are no such
//! ground, and neither is an absence (`== 0`, `< 3`, `!…`).

use crate::lower::path_of;
use crate::names::{self, Known};
use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};
use model::SignalSpec;

/// Signals that studies give, and those of how often nearly the same text was seen, begin so:
/// prayers, news and jokes are passed on as campaigns are.
const EVIDENCE: [&str; 2] = ["study.", "text.near_"];
/// Signals that say what an item is, not what was found in it.
const DESCRIBING: [&str; 4] = ["text.", "link.", "media.", "account."];

/// Whether a name that a condition reads is evidence about a group, which is no ground by itself.
pub(crate) fn is_evidence(name: &str) -> bool {
    EVIDENCE.iter().any(|start| name.starts_with(start))
}

/// Whether every way to make a condition true needs another ground than studies.
pub(crate) fn has_other_ground(tree: &IdedExpr, signals: &'static [SignalSpec]) -> bool {
    Grounds { signals }.needed(tree, Wanted::True)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    True,
    False,
}

impl Wanted {
    fn other(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
        }
    }
}

struct Grounds {
    signals: &'static [SignalSpec],
}

impl Grounds {
    /// Whether a node comes out as wanted only where another ground is there.
    fn needed(&self, node: &IdedExpr, wanted: Wanted) -> bool {
        let Expr::Call(call) = &node.expr else {
            return wanted == Wanted::True && self.is_ground(node);
        };
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_NOT, [inner]) => self.needed(inner, wanted.other()),
            (operators::LOGICAL_AND, [left, right]) => self.both(left, right, wanted, Wanted::True),
            (operators::LOGICAL_OR, [left, right]) => self.both(left, right, wanted, Wanted::False),
            (operators::CONDITIONAL, [test, yes, no]) => {
                let yes = self.needed(yes, wanted) || self.needed(test, Wanted::True);
                yes && (self.needed(no, wanted) || self.needed(test, Wanted::False))
            }
            (operators::EQUALS | operators::LESS | operators::LESS_EQUALS, [_, right]) => {
                wanted == Wanted::True && !is_literal(right) && self.is_ground(node)
                    || wanted == Wanted::True && is_something(right) && self.is_equality(node)
            }
            (operators::GREATER | operators::GREATER_EQUALS, [left, right]) => {
                wanted == Wanted::True
                    && !is_literal(left)
                    && !is_at_least_nothing(&call.func_name, right)
                    && self.is_ground(node)
            }
            (operators::NOT_EQUALS, [_, right]) => {
                wanted == Wanted::True && !is_something(right) && self.is_ground(node)
            }
            _ => wanted == Wanted::True && self.is_ground(node),
        }
    }

    /// A conjunction wanted true, or a disjunction wanted false, needs both sides: a ground in one
    /// of them is enough. The other way round each side needs its own.
    fn both(&self, left: &IdedExpr, right: &IdedExpr, wanted: Wanted, joint: Wanted) -> bool {
        let (left, right) = (self.needed(left, wanted), self.needed(right, wanted));
        if wanted == joint { left || right } else { left && right }
    }

    /// Whether a node reads a signal that something was found, and no study.
    fn is_ground(&self, node: &IdedExpr) -> bool {
        let mut reads = Vec::new();
        self.reads(node, &mut reads);
        let found = |name: &String| !DESCRIBING.iter().any(|prefix| name.starts_with(prefix));
        !reads.iter().any(|name| is_evidence(name)) && reads.iter().any(found)
    }

    fn is_equality(&self, node: &IdedExpr) -> bool {
        let Expr::Call(call) = &node.expr else { return false };
        call.func_name == operators::EQUALS && self.is_ground(node)
    }

    /// The signals that a node reads.
    fn reads(&self, node: &IdedExpr, into: &mut Vec<String>) {
        if let Some(path) = path_of(node)
            && let Some(Known::Signal(_, spec)) = names::find(&path, self.signals)
        {
            into.push(spec.name.to_owned());
            return;
        }
        match &node.expr {
            Expr::Call(call) => {
                let inner = call.target.iter().map(AsRef::as_ref).chain(&call.args);
                inner.for_each(|node| self.reads(node, into));
            }
            Expr::Select(select) => self.reads(&select.operand, into),
            Expr::List(list) => list.elements.iter().for_each(|node| self.reads(node, into)),
            Expr::Unspecified
            | Expr::Comprehension(_)
            | Expr::Ident(_)
            | Expr::Literal(_)
            | Expr::Map(_)
            | Expr::Struct(_) => {}
        }
    }
}

fn is_literal(node: &IdedExpr) -> bool {
    matches!(node.expr, Expr::Literal(_))
}

/// Whether a literal is more than zero, false or the empty text.
fn is_something(node: &IdedExpr) -> bool {
    match &node.expr {
        Expr::Literal(LiteralValue::Int(number)) => **number > 0,
        Expr::Literal(LiteralValue::Double(number)) => **number > 0.0,
        Expr::Literal(LiteralValue::Boolean(value)) => **value,
        Expr::Literal(LiteralValue::String(text)) => !text.is_empty(),
        _ => false,
    }
}

/// Whether `… >= 0` or `… > -1` is asked, which always holds.
fn is_at_least_nothing(operator: &str, right: &IdedExpr) -> bool {
    match &right.expr {
        Expr::Literal(LiteralValue::Int(number)) => {
            **number < 0 || **number == 0 && operator == operators::GREATER_EQUALS
        }
        Expr::Literal(LiteralValue::Double(number)) => {
            **number < 0.0 || **number == 0.0 && operator == operators::GREATER_EQUALS
        }
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::{RuleFile, compile};
    use model::{Presence, SignalSpec, SignalType};

    const fn signal(name: &'static str, value: SignalType, presence: Presence) -> SignalSpec {
        SignalSpec { name, value, presence, unit: "", meaning: "", source: "" }
    }

    static SIGNALS: &[SignalSpec] = &[
        signal("term.count", SignalType::Int, Presence::Always),
        signal("term.entries", SignalType::TextList, Presence::Always),
        signal("text.words", SignalType::Int, Presence::Always),
        signal("text.near_items_24h", SignalType::Int, Presence::MayBeMissing),
        signal("pdq.distance_bits", SignalType::Int, Presence::MayBeMissing),
        signal("study.campaign_q", SignalType::Float, Presence::MayBeMissing),
        signal("study.return_ratio", SignalType::Float, Presence::MayBeMissing),
    ];

    fn refused(when: &str, keys: &str) -> bool {
        let text = format!(
            "[[rule]]\nname = \"r\"\nowner = \"o\"\npolicy = \"p\"\ndescription = \"d\"\n\
             when = '''{when}'''\n{keys}\n"
        );
        match compile(&[RuleFile { name: "r.toml".to_owned(), text }], SIGNALS) {
            Ok(_) => false,
            Err(problems) => {
                let told = problems.to_string();
                let evidence = ["on the finding of a study alone", "a text was seen alone"];
                assert!(evidence.iter().any(|words| told.contains(words)), "{when}: {told}");
                true
            }
        }
    }

    #[test]
    fn an_action_needs_a_ground_beside_studies() {
        const Q: &str = "study.campaign_q.orValue(1.0) < 0.001";
        const R: &str = "study.return_ratio.orValue(0.0) > 1000.0";
        for (rest, alone) in [
            ("Q", true),
            ("R || Q", true),
            ("Q && R", true),
            ("Q && item.language.orValue('') == 'ar'", true),
            ("Q && text.words > 3", true),
            ("Q || term.count > 0", true),
            ("Q && (term.count > 0 || R)", true),
            ("text.near_items_24h.orValue(0) > 50", true),
            ("text.near_items_24h.orValue(0) > 50 && text.words > 3", true),
            ("text.near_items_24h.orValue(0) > 50 && Q", true),
            ("text.near_items_24h.orValue(0) > 50 && term.count > 0", false),
            ("Q && term.count == 0", true),
            ("Q && term.count >= 0", true),
            ("Q && term.count > -1", true),
            ("Q && term.count < 5", true),
            ("Q && 5 > term.count", true),
            ("Q && !(term.count > 0)", true),
            ("Q && (term.count > 0 ? false : true)", true),
            ("Q && (R ? true : term.count > 0)", true),
            ("Q && term.count > 0", false),
            ("Q && term.count == 2", false),
            ("Q && !(term.count == 0)", true),
            ("Q && !(term.count > 0 || R) || term.count > 1", true),
            ("(Q || R) && 'ashvumi' in term.entries", false),
            ("(Q || term.count > 3) && term.count > 0", false),
            ("Q && pdq.distance_bits.hasValue()", false),
            ("Q ? term.count > 0 : term.count > 3", false),
            ("term.count > 0", false),
        ] {
            let when = rest.replace('Q', Q).replace('R', R);
            for keys in [
                "action = \"remove\"",
                "labels = [\"l\"]",
                "automatic = true\naction = \"label\"\nlabels = [\"l\"]",
            ] {
                assert_eq!(refused(&when, keys), alone, "{rest} with {keys}");
            }
            assert!(
                !refused(&when, "queue = \"studies\"\npriority = 80"),
                "{rest} ranks and routes"
            );
        }
    }
}
