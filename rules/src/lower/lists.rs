//! Lists: literals, `in`, and the loops `exists`, `all`, `exists_one` and `filter`.

use super::operators::{Elements, any_equal};
use super::{BYTES_PER_UNIT, Literal, LoopVariable, Lowered, Lowerer, Typed, article, path_of};
use crate::code::{self, Code, List, Loop, Text, Texts};
use crate::problem::Fault;
use cel::common::ast::{Expr, IdedExpr, ListExpr};

impl Lowerer<'_> {
    /// A list that is written out, of texts alone.
    pub(super) fn list(&mut self, list: &ListExpr) -> Lowered {
        self.charge(list.elements.len() as u64);
        let lowered: Vec<Lowered> = list.elements.iter().map(|each| self.expr(each)).collect();
        let bytes = lowered.iter().map(|each| each.bytes).max().unwrap_or(0);
        let entries = lowered.len() as u64;
        if lowered.iter().any(Lowered::is_wrong) {
            return Lowered::wrong();
        }
        if let Some(texts) = literals(&lowered) {
            let code = self.pool.list(texts.clone());
            return Lowered::sized(Typed::List(code), bytes, entries)
                .with_literal(Literal::List(texts));
        }
        let mut codes = Vec::new();
        for (each, written) in lowered.into_iter().zip(&list.elements) {
            let what = "a list holds texts (numbers only right of `in`): an entry is";
            if let Some(code) = self.expect_text(each, written, what) {
                codes.push(code);
            }
        }
        if codes.len() < list.elements.len() {
            return Lowered::wrong();
        }
        Lowered::sized(Typed::List(made(codes)), bytes, entries)
    }

    pub(super) fn membership(
        &mut self,
        node: &IdedExpr,
        left: &IdedExpr,
        right: &IdedExpr,
    ) -> Lowered {
        let value = self.expr(left);
        if let (Expr::List(list), true) = (&right.expr, is_scalar(&value)) {
            return self.scalar_membership(node, value, list);
        }
        let list = self.expr(right);
        self.check_list_words(&value, right, &list);
        let units = list.entries.saturating_mul(1 + value.bytes.min(list.bytes) / 32);
        let entries = list.entries;
        self.charge_for(node, units, format!("comparing with up to {entries} entries"));
        let (found, found_list) = (value.type_name(), list.type_name());
        match (value.typed, list.typed, list.literal) {
            (Typed::Wrong, _, _) | (_, Typed::Wrong, _) => Lowered::wrong(),
            (Typed::Text(text), Typed::List(_), Some(Literal::List(texts))) => {
                Lowered::new(Typed::Bool(in_literals(text, texts)))
            }
            (Typed::Text(text), Typed::List(list), _) => {
                Lowered::new(Typed::Bool(code::code(move |scene| {
                    let text = text.run(scene)?;
                    Ok(list.run(scene)?.iter().any(|entry| entry == text))
                })))
            }
            (Typed::Text(_), Typed::Text(_), _) => {
                let fault = Fault::new("`in` looks in a list; this is a string");
                self.fault_at(right, fault.help("to look in a text, write `text.contains(part)`"))
            }
            (
                Typed::Bool(_) | Typed::Int(_) | Typed::Double(_) | Typed::Text(_) | Typed::List(_),
                _,
                _,
            ) => {
                let (value, list) = (article(found), article(found_list));
                let message = format!("`in` does not take {value} and {list}");
                self.fault_at(node, Fault::new(message))
            }
        }
    }

    /// `in` for numbers and truth values, over a list that is written out.
    fn scalar_membership(&mut self, node: &IdedExpr, value: Lowered, list: &ListExpr) -> Lowered {
        let found = value.type_name();
        let elements: Vec<Lowered> = list.elements.iter().map(|each| self.expr(each)).collect();
        for (element, written) in elements.iter().zip(&list.elements) {
            if !element.is_wrong() && element.type_name() != found {
                let message = format!(
                    "the list is asked for {}; this is {}",
                    article(found),
                    article(element.type_name())
                );
                self.fault_at(written, Fault::new(message));
            }
        }
        let elements: Option<Vec<Elements>> = elements.into_iter().map(scalar).collect();
        let any = scalar(value).zip(elements).and_then(|(value, all)| any_equal(value, all));
        match any {
            Some(code) => Lowered::new(Typed::Bool(code)),
            None if self.faults.is_empty() => {
                self.fault_at(node, Fault::new("`in` does not take these types"))
            }
            None => Lowered::wrong(),
        }
    }

    fn check_list_words(&mut self, value: &Lowered, node: &IdedExpr, list: &Lowered) {
        let (Some(Literal::List(_)), Expr::List(written)) = (&list.literal, &node.expr) else {
            return;
        };
        for element in &written.elements {
            // Lowered again only for its literal; what it costs was charged already.
            let cost = self.cost;
            let literal = self.expr(element);
            self.cost = cost;
            self.check_words(value, element, &literal);
        }
    }

    /// A loop over a list: `list.exists(x, condition)` and its like.
    pub(super) fn iterate(
        &mut self,
        node: &IdedExpr,
        method: &str,
        target: &IdedExpr,
        [variable, body]: [&IdedExpr; 2],
    ) -> Lowered {
        let list = self.expr(target);
        let found = list.type_name();
        let Some(name) = self.variable_name(variable) else { return Lowered::wrong() };
        let depth = self.loops.len();
        if depth == code::LOOPS {
            let message = format!("loops nest deeper than {}", code::LOOPS);
            return self.fault_at(node, Fault::new(message));
        }
        let condition = self.loop_body(name, &list, method, body);
        let (bytes, entries) = (list.bytes, list.entries);
        match (list.typed, condition) {
            (Typed::Wrong, _) | (_, None) => Lowered::wrong(),
            (Typed::List(list), Some(body)) => {
                let run = Loop { list, depth, body };
                match method {
                    "exists" => Lowered::new(Typed::Bool(run.exists())),
                    "all" => Lowered::new(Typed::Bool(run.all())),
                    "filter" => Lowered::sized(Typed::List(run.filter()), bytes, entries),
                    _ => Lowered::new(Typed::Bool(run.exists_one())),
                }
            }
            (Typed::Bool(_) | Typed::Int(_) | Typed::Double(_) | Typed::Text(_), Some(_)) => {
                let message = format!("`{method}` goes over a list; this is {}", article(found));
                self.fault_at(target, Fault::new(message))
            }
        }
    }

    fn loop_body(
        &mut self,
        name: String,
        list: &Lowered,
        method: &str,
        body: &IdedExpr,
    ) -> Option<Code<code::Bool>> {
        let times = self.times;
        self.times = times.saturating_mul(list.entries.max(1));
        self.loops.push(LoopVariable { name, bytes: list.bytes });
        let lowered = self.expr(body);
        let what = format!("the condition of `{method}`");
        let condition = self.expect_bool(lowered, body, &what);
        self.loops.pop();
        self.times = times;
        condition
    }

    fn variable_name(&mut self, node: &IdedExpr) -> Option<String> {
        let Some(name) = path_of(node).filter(|name| !name.contains('.')) else {
            let message = "a loop's first argument is a new name for its entry";
            self.fault_at(node, Fault::new(message).help("write `list.exists(x, x == 'a')`"));
            return None;
        };
        let root = |known: &str| known.split('.').next() == Some(name.as_str());
        let taken = name == "item"
            || self.signals.iter().any(|signal| root(signal.name))
            || self.loops.iter().any(|variable| variable.name == name);
        if taken {
            let message = format!("`{name}` means something else here already");
            self.fault_at(node, Fault::new(message).help("choose another name for the entry"));
            return None;
        }
        Some(name)
    }

    /// `size` of a text or list.
    pub(super) fn size(&mut self, node: &IdedExpr, of: &IdedExpr) -> Lowered {
        let value = self.expr(of);
        let found = value.type_name();
        let bytes = value.bytes;
        Lowered::new(match value.typed {
            Typed::Text(text) => {
                let units = bytes / BYTES_PER_UNIT.search;
                self.charge_for(node, units, format!("counting up to {bytes} bytes"));
                Typed::Int(code::code(move |scene| Ok(whole(text.run(scene)?.chars().count()))))
            }
            Typed::List(list) => {
                Typed::Int(code::code(move |scene| Ok(whole(list.run(scene)?.len()))))
            }
            Typed::Wrong => Typed::Wrong,
            Typed::Bool(_) | Typed::Int(_) | Typed::Double(_) => {
                let message = format!("`size` is of a string or list; this is {}", article(found));
                return self.fault_at(of, Fault::new(message));
            }
        })
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn is_scalar(value: &Lowered) -> bool {
    matches!(value.typed, Typed::Bool(_) | Typed::Int(_) | Typed::Double(_))
}

fn scalar(value: Lowered) -> Option<Elements> {
    match value.typed {
        Typed::Bool(code) => Some(Elements::Bool(code)),
        Typed::Int(code) => Some(Elements::Int(code)),
        Typed::Double(code) => Some(Elements::Double(code)),
        Typed::Text(_) | Typed::List(_) | Typed::Wrong => None,
    }
}

/// The texts of a list that holds nothing but literal texts.
fn literals(elements: &[Lowered]) -> Option<Vec<String>> {
    let text = |element: &Lowered| match &element.literal {
        Some(Literal::Text(text)) => Some(text.clone()),
        Some(Literal::Int(_) | Literal::List(_)) | None => None,
    };
    elements.iter().map(text).collect()
}

fn made(codes: Vec<Code<Text>>) -> Code<List> {
    code::code(move |scene| {
        let texts = codes.iter().map(|code| code.run(scene)).collect::<Result<Vec<_>, _>>()?;
        Ok(Texts::Made(texts))
    })
}

fn in_literals(text: Code<Text>, mut texts: Vec<String>) -> Code<code::Bool> {
    texts.sort_unstable();
    texts.dedup();
    code::code(move |scene| {
        let text = text.run(scene)?;
        Ok(texts.binary_search_by(|entry| entry.as_str().cmp(text)).is_ok())
    })
}
