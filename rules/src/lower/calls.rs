//! Functions and methods: texts, regular expressions, conversions.

use super::{BYTES_PER_UNIT, Literal, Lowered, Lowerer, Typed, article};
use crate::code::{self, Code, Failure, Text, TextTest};
use crate::functions::suggest_function;
use crate::problem::Fault;
use cel::common::ast::{CallExpr, IdedExpr};
use model::limits;
use regex::{Regex, RegexBuilder};

impl Lowerer<'_> {
    pub(super) fn call(&mut self, node: &IdedExpr, call: &CallExpr) -> Lowered {
        let name = call.func_name.as_str();
        let args = call.args.as_slice();
        match &call.target {
            Some(target) => self.method(node, name, target, args),
            None => match self.operator(node, name, args) {
                Some(lowered) => lowered,
                None => self.function(node, name, args),
            },
        }
    }

    fn function(&mut self, node: &IdedExpr, name: &str, args: &[IdedExpr]) -> Lowered {
        match (name, args) {
            ("size", [of]) => self.size(node, of),
            ("int", [of]) => self.int_of(of),
            ("double", [of]) => self.double_of(of),
            ("string", [of]) => self.text_of(of),
            ("has", [of]) => {
                let name = self.written(of);
                let help = format!("write `{name}.hasValue()`");
                self.fault_at(node, Fault::new("`has(…)` is not used here").help(help))
            }
            _ => self.unknown_call(node, name),
        }
    }

    fn method(
        &mut self,
        node: &IdedExpr,
        name: &str,
        target: &IdedExpr,
        args: &[IdedExpr],
    ) -> Lowered {
        match (name, args) {
            ("hasValue", []) => self.has_value(node, target),
            ("orValue", [default]) => self.or_value(node, target, default),
            ("contains", [part]) => self.contains(node, target, part),
            ("startsWith", [part]) => {
                self.test_text(node, target, part, |text, part| text.starts_with(part))
            }
            ("endsWith", [part]) => {
                self.test_text(node, target, part, |text, part| text.ends_with(part))
            }
            ("matches", [expression]) => self.matches(node, target, expression),
            ("lowerAscii", []) => self.lower_ascii(node, target),
            ("size", []) => self.size(node, target),
            ("exists" | "all" | "exists_one" | "existsOne" | "filter", [variable, body]) => {
                self.iterate(node, name, target, [variable, body])
            }
            ("map", _) => {
                let help = "ask a list with `exists`, `all`, `exists_one`, `filter` or `size`";
                self.fault_at(node, Fault::new("`map` is not used here").help(help))
            }
            _ => self.unknown_call(node, name),
        }
    }

    /// Reports a function that is unknown, or that was called in another form than its own.
    fn unknown_call(&mut self, node: &IdedExpr, name: &str) -> Lowered {
        let at = self.condition.call_name(node);
        let known = crate::functions::FUNCTIONS.iter().find(|function| function.name == name);
        let fault = match known {
            Some(function) => Fault::new(format!("`{name}` is called in another way"))
                .help(format!("write `{}`", function.form)),
            None => {
                Fault::new(format!("unknown function `{name}`")).maybe_help(suggest_function(name))
            }
        };
        self.fault(at, fault)
    }

    /// The code of a text that a method is called on.
    fn receiver(&mut self, target: &IdedExpr, method: &str) -> Option<(Code<Text>, u64)> {
        let lowered = self.expr(target);
        let bytes = lowered.bytes;
        let text = self.expect_text(lowered, target, &format!("`{method}` is called on"))?;
        Some((text, bytes))
    }

    fn contains(&mut self, node: &IdedExpr, target: &IdedExpr, part: &IdedExpr) -> Lowered {
        let text = self.receiver(target, "contains");
        let lowered = self.expr(part);
        let (literal, part_bytes) = (lowered.literal.clone(), lowered.bytes);
        let part = self.expect_text(lowered, part, "`contains` looks for");
        let (Some((text, bytes)), Some(part)) = (text, part) else { return Lowered::wrong() };
        let read = bytes.saturating_add(part_bytes);
        let units = read / BYTES_PER_UNIT.search;
        self.charge_for(node, units, format!("searching up to {read} bytes"));
        let searcher = match literal {
            Some(Literal::Text(literal)) => literal_searcher(&literal),
            Some(Literal::Int(_) | Literal::List(_)) | None => None,
        };
        Lowered::new(Typed::Bool(match searcher {
            Some(searcher) => code::matches(text, searcher),
            None => code::test_text(text, part, |text, part| text.contains(part)),
        }))
    }

    fn test_text(
        &mut self,
        node: &IdedExpr,
        target: &IdedExpr,
        part: &IdedExpr,
        test: TextTest,
    ) -> Lowered {
        let text = self.receiver(target, "startsWith` or `endsWith");
        let lowered = self.expr(part);
        let (literal, part_bytes) = (lowered.literal.clone(), lowered.bytes);
        let part = self.expect_text(lowered, part, "the part that is looked for is");
        let (Some((text, bytes)), Some(part)) = (text, part) else { return Lowered::wrong() };
        let read = bytes.min(part_bytes);
        let units = read / BYTES_PER_UNIT.search;
        self.charge_for(node, units, format!("comparing up to {read} bytes"));
        Lowered::new(Typed::Bool(match literal {
            Some(Literal::Text(literal)) => code::test_literal(text, literal, test),
            Some(_) | None => code::test_text(text, part, test),
        }))
    }

    fn matches(&mut self, node: &IdedExpr, target: &IdedExpr, expression: &IdedExpr) -> Lowered {
        let text = self.receiver(target, "matches");
        let lowered = self.expr(expression);
        let Some(Literal::Text(pattern)) = lowered.literal else {
            if !lowered.is_wrong() {
                let message = "a regular expression is written out, so that it is checked here";
                self.fault_at(expression, Fault::new(message).help("write `matches(r'…')`"));
            }
            return Lowered::wrong();
        };
        let compiled = match compile_regex(&pattern) {
            Ok(compiled) => compiled,
            Err(fault) => return self.fault_at(expression, fault),
        };
        let Some((text, bytes)) = text else { return Lowered::wrong() };
        let units = bytes / BYTES_PER_UNIT.regex;
        let what = format!("a regular expression over up to {bytes} bytes");
        self.charge_for(node, units, what);
        Lowered::new(Typed::Bool(code::matches(text, compiled)))
    }

    fn lower_ascii(&mut self, node: &IdedExpr, target: &IdedExpr) -> Lowered {
        let words = &[];
        let Some((text, bytes)) = self.receiver(target, "lowerAscii") else {
            return Lowered::wrong();
        };
        let units = bytes / BYTES_PER_UNIT.copy;
        self.charge_for(node, units, format!("copying up to {bytes} bytes"));
        Lowered { words, ..Lowered::sized(Typed::Text(code::lower_ascii(text)), bytes, 0) }
    }

    fn int_of(&mut self, of: &IdedExpr) -> Lowered {
        let value = self.expr(of);
        let found = value.type_name();
        let bytes = value.bytes;
        Lowered::new(match value.typed {
            Typed::Int(value) => Typed::Int(value),
            Typed::Double(value) => {
                Typed::Int(code::code(move |scene| whole_part(value.run(scene)?)))
            }
            Typed::Text(text) => {
                self.charge_for(of, bytes / BYTES_PER_UNIT.search, "reading a number".into());
                Typed::Int(code::code(move |scene| {
                    text.run(scene)?.parse().map_err(|_| Failure::NotConvertible)
                }))
            }
            Typed::Wrong => Typed::Wrong,
            Typed::Bool(_) | Typed::List(_) => return self.not_convertible(of, found, "int"),
        })
    }

    fn double_of(&mut self, of: &IdedExpr) -> Lowered {
        let value = self.expr(of);
        let found = value.type_name();
        let bytes = value.bytes;
        Lowered::new(match value.typed {
            Typed::Double(value) => Typed::Double(value),
            Typed::Int(value) => Typed::Double(code::code(move |scene| {
                #[allow(clippy::cast_precision_loss, reason = "the nearest double, as CEL says")]
                let value = value.run(scene)? as f64;
                Ok(value)
            })),
            Typed::Text(text) => {
                self.charge_for(of, bytes / BYTES_PER_UNIT.search, "reading a number".into());
                Typed::Double(code::code(move |scene| {
                    text.run(scene)?.parse().map_err(|_| Failure::NotConvertible)
                }))
            }
            Typed::Wrong => Typed::Wrong,
            Typed::Bool(_) | Typed::List(_) => return self.not_convertible(of, found, "double"),
        })
    }

    fn text_of(&mut self, of: &IdedExpr) -> Lowered {
        /// Digits, sign and point of the longest double that is written without an exponent.
        const NUMBER_BYTES: u64 = 330;
        let value = self.expr(of);
        let found = value.type_name();
        let bytes = value.bytes;
        let (text, bytes) = match value.typed {
            Typed::Text(text) => (text, bytes),
            Typed::Int(value) => (code::to_text(value), NUMBER_BYTES),
            Typed::Double(value) => (code::to_text(value), NUMBER_BYTES),
            Typed::Bool(value) => (code::to_text(value), NUMBER_BYTES),
            Typed::Wrong => return Lowered::wrong(),
            Typed::List(_) => return self.not_convertible(of, found, "string"),
        };
        Lowered::sized(Typed::Text(text), bytes, 0)
    }

    fn not_convertible(&mut self, of: &IdedExpr, found: &str, wanted: &str) -> Lowered {
        let message = format!("{} is made of no {found}", article(wanted));
        self.fault_at(of, Fault::new(message))
    }
}

fn whole_part(value: f64) -> Result<i64, Failure> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if !(value > -BEYOND && value < BEYOND) {
        return Err(Failure::NotConvertible);
    }
    #[allow(clippy::cast_possible_truncation, reason = "the range was checked above")]
    let whole = value.trunc() as i64;
    Ok(whole)
}

fn compile_regex(pattern: &str) -> Result<Regex, Fault> {
    let mut builder = RegexBuilder::new(pattern);
    builder.size_limit(limits::REGEX_BYTES).nest_limit(64);
    builder.build().map_err(|error| match error {
        regex::Error::CompiledTooBig(limit) => {
            let message = format!("the regular expression takes more than {limit} bytes");
            Fault::new(message).help("make its repetitions smaller")
        }
        error => {
            // The last line says what is wrong; those before it draw the place.
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            let reason = last.trim_start_matches("error: ");
            Fault::new(format!("the regular expression is wrong: {reason}"))
        }
    })
}

/// A searcher for a literal; it is prepared once, where `str::contains` prepares at each call.
fn literal_searcher(literal: &str) -> Option<Regex> {
    let mut builder = RegexBuilder::new(&regex::escape(literal));
    builder.size_limit(limits::REGEX_BYTES).build().ok()
}
