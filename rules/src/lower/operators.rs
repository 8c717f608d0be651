//! Operators: logic, comparison, arithmetic, choice.

use super::presence::known_present;
use super::{BYTES_PER_UNIT, Literal, Lowered, Lowerer, Typed, article};
use crate::code::{self, Answer, Bool, Code, Comparison, Double, Failure, Int};
use crate::names::did_you_mean;
use crate::problem::Fault;
use cel::common::ast::{IdedExpr, operators};

impl Lowerer<'_> {
    /// An operator, or `None` where the function is none.
    pub(super) fn operator(
        &mut self,
        node: &IdedExpr,
        name: &str,
        args: &[IdedExpr],
    ) -> Option<Lowered> {
        Some(match (name, args) {
            (operators::LOGICAL_AND, [left, right]) => self.logical(Logic::And, left, right),
            (operators::LOGICAL_OR, [left, right]) => self.logical(Logic::Or, left, right),
            (operators::LOGICAL_NOT, [inner]) => self.not(inner),
            (operators::NEGATE, [inner]) => self.negate(node, inner),
            (operators::CONDITIONAL, [condition, yes, no]) => {
                self.conditional(node, condition, [yes, no])
            }
            (operators::IN, [left, right]) => self.membership(node, left, right),
            (operators::INDEX, _) => {
                let help = "ask a list with `in`, `exists`, `all`, `filter` or `size`";
                self.fault_at(node, Fault::new("lists are not read by place").help(help))
            }
            (_, [left, right]) => match (comparison(name), arithmetic(name)) {
                (Some(how), _) => self.comparison(node, how, [left, right]),
                (None, Some(operation)) => self.arithmetic(node, operation, [left, right]),
                (None, None) => return None,
            },
            _ => return None,
        })
    }

    fn logical(&mut self, logic: Logic, left: &IdedExpr, right: &IdedExpr) -> Lowered {
        // The right side decides only where the left side had this answer.
        let (what, answer, join): (_, _, fn(_, _) -> _) = match logic {
            Logic::And => ("each side of `&&`", true, code::and),
            Logic::Or => ("each side of `||`", false, code::or),
        };
        let first = self.expr(left);
        let first = self.expect_bool(first, left, what);
        let second = self.with_present(left, answer, right);
        let second = self.expect_bool(second, right, what);
        match (first, second) {
            (Some(first), Some(second)) => Lowered::new(Typed::Bool(join(first, second))),
            (None, _) | (_, None) => Lowered::wrong(),
        }
    }

    /// Lowers a node at a place where a condition had the given answer.
    fn with_present(&mut self, condition: &IdedExpr, answer: bool, node: &IdedExpr) -> Lowered {
        let before = self.present.len();
        self.present.extend(known_present(condition, answer));
        let lowered = self.expr(node);
        self.present.truncate(before);
        lowered
    }

    fn not(&mut self, inner: &IdedExpr) -> Lowered {
        let lowered = self.expr(inner);
        match self.expect_bool(lowered, inner, "what `!` denies") {
            Some(inner) => {
                Lowered::new(Typed::Bool(code::code(move |scene| Ok(!inner.run(scene)?))))
            }
            None => Lowered::wrong(),
        }
    }

    fn negate(&mut self, node: &IdedExpr, inner: &IdedExpr) -> Lowered {
        let lowered = self.expr(inner);
        let found = lowered.type_name();
        Lowered::new(match lowered.typed {
            Typed::Int(value) => Typed::Int(code::code(move |scene| {
                value.run(scene)?.checked_neg().ok_or(Failure::Overflow)
            })),
            Typed::Double(value) => Typed::Double(code::code(move |scene| Ok(-value.run(scene)?))),
            Typed::Wrong => Typed::Wrong,
            Typed::Bool(_) | Typed::Text(_) | Typed::List(_) => {
                let message = format!("`-` takes a number; this is {}", article(found));
                return self.fault_at(node, Fault::new(message));
            }
        })
    }

    fn conditional(
        &mut self,
        node: &IdedExpr,
        condition: &IdedExpr,
        [yes, no]: [&IdedExpr; 2],
    ) -> Lowered {
        let test = self.expr(condition);
        let test = self.expect_bool(test, condition, "what stands before `?`");
        let first = self.with_present(condition, true, yes);
        let second = self.with_present(condition, false, no);
        let Some(test) = test else { return Lowered::wrong() };
        let (bytes, entries) = (first.bytes.max(second.bytes), first.entries.max(second.entries));
        let names = [first.type_name(), second.type_name()];
        let typed = match (first.typed, second.typed) {
            (Typed::Bool(yes), Typed::Bool(no)) => Typed::Bool(code::choose(test, yes, no)),
            (Typed::Int(yes), Typed::Int(no)) => Typed::Int(code::choose(test, yes, no)),
            (Typed::Double(yes), Typed::Double(no)) => Typed::Double(code::choose(test, yes, no)),
            (Typed::Text(yes), Typed::Text(no)) => Typed::Text(code::choose(test, yes, no)),
            (Typed::List(yes), Typed::List(no)) => Typed::List(code::choose(test, yes, no)),
            (Typed::Wrong, _) | (_, Typed::Wrong) => Typed::Wrong,
            (
                Typed::Bool(_) | Typed::Int(_) | Typed::Double(_) | Typed::Text(_) | Typed::List(_),
                _,
            ) => {
                let [yes, no] = names.map(article);
                let message = format!("both answers of `?:` have one type; here {yes} and {no}");
                return self.fault_at(node, Fault::new(message));
            }
        };
        Lowered::sized(typed, bytes, entries)
    }

    fn comparison(
        &mut self,
        node: &IdedExpr,
        how: Comparison,
        [left, right]: [&IdedExpr; 2],
    ) -> Lowered {
        let (first, second) = (self.expr(left), self.expr(right));
        self.check_words(&first, right, &second);
        self.check_words(&second, left, &first);
        let read = first.bytes.min(second.bytes) * first.entries.min(second.entries).max(1);
        let units = read / BYTES_PER_UNIT.search;
        self.charge_for(node, units, format!("comparing up to {read} bytes"));
        let names = [first.type_name(), second.type_name()];
        match compare(how, first, second) {
            Some(typed) => Lowered::new(typed),
            None => {
                let [first, second] = names;
                self.not_comparable(node, how, [first, second])
            }
        }
    }

    fn not_comparable(
        &mut self,
        node: &IdedExpr,
        how: Comparison,
        [first, second]: [&str; 2],
    ) -> Lowered {
        let equality = matches!(how, Comparison::Equal | Comparison::NotEqual);
        if first == second && !equality {
            let message = format!("{} has no order", article(first));
            return self.fault_at(node, Fault::new(message).help("compare with `==` or `!=`"));
        }
        let message = format!("{} and {} cannot be compared", article(first), article(second));
        let help = match (first, second) {
            ("int" | "double", "string") | ("string", "int" | "double") => {
                Some("a number is written without quotes".into())
            }
            ("list of strings", "string") | ("string", "list of strings") => {
                Some("write `text in list`".into())
            }
            _ => None,
        };
        self.fault_at(node, Fault::new(message).maybe_help(help))
    }

    /// Reports a literal that a text of few words can never be.
    pub(super) fn check_words(&mut self, text: &Lowered, node: &IdedExpr, other: &Lowered) {
        let Some(Literal::Text(literal)) = &other.literal else { return };
        if text.words.is_empty() || text.words.contains(&literal.as_str()) {
            return;
        }
        let words = text.words.join("`, `");
        let help = did_you_mean(literal, text.words.iter().copied())
            .unwrap_or_else(|| format!("it is one of `{words}`"));
        let message = format!("`{literal}` is none of its words, so this is never equal");
        self.fault_at(node, Fault::new(message).help(help));
    }

    fn arithmetic(
        &mut self,
        node: &IdedExpr,
        operation: Arithmetic,
        [left, right]: [&IdedExpr; 2],
    ) -> Lowered {
        let (first, second) = (self.expr(left), self.expr(right));
        let names = [first.type_name(), second.type_name()];
        let bytes = first.bytes.saturating_add(second.bytes);
        match (first.typed, second.typed, operation) {
            (Typed::Wrong, _, _) | (_, Typed::Wrong, _) => Lowered::wrong(),
            (Typed::Int(a), Typed::Int(b), _) => {
                Lowered::new(Typed::Int(code::checked(a, b, operation.whole())))
            }
            (Typed::Double(a), Typed::Double(b), _) if operation != Arithmetic::Remainder => {
                Lowered::new(Typed::Double(code::doubles(a, b, operation.double())))
            }
            (Typed::Text(a), Typed::Text(b), Arithmetic::Add) => {
                let units = bytes / BYTES_PER_UNIT.copy;
                self.charge_for(node, units, format!("copying up to {bytes} bytes"));
                Lowered::sized(Typed::Text(code::join(a, b)), bytes, 0)
            }
            (
                Typed::Bool(_) | Typed::Int(_) | Typed::Double(_) | Typed::Text(_) | Typed::List(_),
                _,
                _,
            ) => self.not_computable(node, operation, names),
        }
    }

    fn not_computable(
        &mut self,
        node: &IdedExpr,
        operation: Arithmetic,
        names: [&str; 2],
    ) -> Lowered {
        let [first, second] = names.map(article);
        let sign = operation.sign();
        let message = format!("`{sign}` does not take {first} and {second}");
        let help = match names {
            ["int", "double"] | ["double", "int"] => {
                Some("both must have one type: write `double(…)`, or `1.0` instead of `1`".into())
            }
            ["double", "double"] => Some("only whole numbers have a remainder".into()),
            ["string", "int" | "double"] | ["int" | "double", "string"] => {
                Some("write `string(…)` to make a text of a number".into())
            }
            _ => None,
        };
        self.fault_at(node, Fault::new(message).maybe_help(help))
    }
}

#[derive(Debug, Clone, Copy)]
enum Logic {
    And,
    Or,
}

/// The code of a comparison, or `None` where the two types have none.
fn compare(how: Comparison, left: Lowered, right: Lowered) -> Option<Typed> {
    let equality = matches!(how, Comparison::Equal | Comparison::NotEqual);
    let (left_literal, right_literal) = (left.literal, right.literal);
    Some(Typed::Bool(match (left.typed, right.typed) {
        (Typed::Wrong, _) | (_, Typed::Wrong) => return Some(Typed::Wrong),
        (Typed::Bool(a), Typed::Bool(b)) if equality => code::compare(how, a, b),
        (Typed::Int(a), Typed::Int(b)) => match right_literal {
            Some(Literal::Int(literal)) => code::compare_literal(how, a, literal),
            Some(_) | None => code::compare(how, a, b),
        },
        (Typed::Double(a), Typed::Double(b)) => code::compare_doubles(how, a, b),
        (Typed::Int(a), Typed::Double(b)) => code::compare_mixed(how, a, b),
        (Typed::Double(a), Typed::Int(b)) => code::compare_mixed_swapped(how, a, b),
        (Typed::Text(a), Typed::Text(b)) => match (left_literal, right_literal) {
            (_, Some(Literal::Text(literal))) if equality => code::equal_text(how, a, literal),
            (Some(Literal::Text(literal)), _) if equality => code::equal_text(how, b, literal),
            _ => code::compare(how, a, b),
        },
        (Typed::List(a), Typed::List(b)) if equality => code::equal_lists(how, a, b),
        (
            Typed::Bool(_) | Typed::Int(_) | Typed::Double(_) | Typed::Text(_) | Typed::List(_),
            _,
        ) => return None,
    }))
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        operators::EQUALS => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::NotEqual,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::LessOrEqual,
        operators::GREATER => Comparison::Greater,
        operators::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

fn arithmetic(name: &str) -> Option<Arithmetic> {
    Some(match name {
        operators::ADD => Arithmetic::Add,
        operators::SUBSTRACT => Arithmetic::Subtract,
        operators::MULTIPLY => Arithmetic::Multiply,
        operators::DIVIDE => Arithmetic::Divide,
        operators::MODULO => Arithmetic::Remainder,
        _ => return None,
    })
}

impl Arithmetic {
    fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }

    fn whole(self) -> fn(i64, i64) -> Answer<i64> {
        match self {
            Self::Add => |a, b| a.checked_add(b).ok_or(Failure::Overflow),
            Self::Subtract => |a, b| a.checked_sub(b).ok_or(Failure::Overflow),
            Self::Multiply => |a, b| a.checked_mul(b).ok_or(Failure::Overflow),
            Self::Divide => |a, b| divided(b, a.checked_div(b)),
            Self::Remainder => |a, b| divided(b, a.checked_rem(b)),
        }
    }

    /// Doubles follow IEEE 754, as CEL says: division by zero gives an infinity or no number.
    fn double(self) -> fn(f64, f64) -> f64 {
        match self {
            Self::Add => |a, b| a + b,
            Self::Subtract => |a, b| a - b,
            Self::Multiply => |a, b| a * b,
            Self::Divide => |a, b| a / b,
            Self::Remainder => |a, b| a % b,
        }
    }
}

fn divided(divisor: i64, quotient: Option<i64>) -> Answer<i64> {
    quotient.ok_or(if divisor == 0 { Failure::DivisionByZero } else { Failure::Overflow })
}

/// Whether any of the tests holds: the code of `in` over a list that is written out.
pub(super) fn any_equal(value: Elements, elements: Vec<Elements>) -> Option<Code<Bool>> {
    match value {
        Elements::Bool(value) => {
            let elements = all_of(elements, |element| {
                if let Elements::Bool(code) = element { Some(code) } else { None }
            })?;
            Some(code::code(move |scene| {
                let value = value.run(scene)?;
                elements
                    .iter()
                    .try_fold(false, |found, element| Ok(found | (element.run(scene)? == value)))
            }))
        }
        Elements::Int(value) => {
            let elements = all_of(elements, |element| {
                if let Elements::Int(code) = element { Some(code) } else { None }
            })?;
            Some(any_int(value, elements))
        }
        Elements::Double(value) => {
            let elements = all_of(elements, |element| {
                if let Elements::Double(code) = element { Some(code) } else { None }
            })?;
            Some(any_double(value, elements))
        }
    }
}

/// A value that `in` looks for, or an element that it looks at, other than a text.
pub(super) enum Elements {
    Bool(Code<Bool>),
    Int(Code<Int>),
    Double(Code<Double>),
}

fn all_of<T>(elements: Vec<Elements>, take: impl Fn(Elements) -> Option<T>) -> Option<Vec<T>> {
    elements.into_iter().map(take).collect()
}

// Every element is computed even where an earlier one is equal: one that fails makes `in` fail.
fn any_int(value: Code<Int>, elements: Vec<Code<Int>>) -> Code<Bool> {
    code::code(move |scene| {
        let value = value.run(scene)?;
        elements.iter().try_fold(false, |found, element| Ok(found | (element.run(scene)? == value)))
    })
}

#[allow(clippy::float_cmp, reason = "`in` asks for the same value, as `==` does")]
fn any_double(value: Code<Double>, elements: Vec<Code<Double>>) -> Code<Bool> {
    code::code(move |scene| {
        let value = value.run(scene)?;
        elements.iter().try_fold(false, |found, element| Ok(found | (element.run(scene)? == value)))
    })
}
