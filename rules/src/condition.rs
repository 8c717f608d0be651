//! The text of a condition: its tokens, its limits, and its tree from the parser of `cel`.
//!
//! The tokens are read here first, for three reasons: nesting is bounded before a recursive parser
//! sees the text, common slips get a plain message at their place, and the extent of a node is
//! known, of which the parser keeps one token only.

use crate::problem::Fault;
use cel::common::ast::{Expr, IdedExpr, SourceInfo};
use cel::{Env, ParseError, ParseErrors};
use model::limits;
use std::ops::Range;

/// What a token is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenKind {
    Word,
    Number,
    Text,
    Operator,
    Open,
    Close,
}

#[derive(Debug, Clone)]
struct Token {
    kind: TokenKind,
    at: Range<usize>,
    /// For a bracket, the index of the token that pairs with it.
    partner: usize,
}

/// A fault at a place in a condition.
#[derive(Debug, Clone)]
pub(crate) struct PlacedFault {
    pub(crate) at: Range<usize>,
    pub(crate) fault: Fault,
}

impl PlacedFault {
    fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { at, fault: Fault::new(message) }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { fault: self.fault.help(help), ..self }
    }
}

/// A condition that parses, with the places of its nodes.
pub(crate) struct Condition {
    text: String,
    tokens: Vec<Token>,
    tree: IdedExpr,
    places: SourceInfo,
}

impl Condition {
    /// Parses a condition within its limits of length and depth.
    pub(crate) fn parse(text: &str) -> Result<Self, Vec<PlacedFault>> {
        let whole = 0..text.len();
        if text.len() > limits::RULE_CONDITION_BYTES {
            let (bytes, limit) = (text.len(), limits::RULE_CONDITION_BYTES);
            let message = format!("the condition has {bytes} bytes; at most {limit} are accepted");
            return Err(vec![PlacedFault::new(whole, message)]);
        }
        let tokens = pair(text, Lexer::new(text).tokens()?)?;
        if tokens.is_empty() {
            let fault = PlacedFault::new(whole, "the condition is empty");
            return Err(vec![fault.help("write what must hold, such as `term.count > 0`")]);
        }
        check_depth(text, &tokens)?;
        // An environment without macros leaves `exists` and the like as the calls they are.
        let parser = Env::default().with_optional_support(false).parser();
        match parser.parse_with_source_info(text) {
            Ok((tree, places)) => Ok(Self { text: text.to_owned(), tokens, tree, places }),
            Err(errors) => Err(vec![syntax_fault(text, &tokens, &errors)]),
        }
    }

    pub(crate) fn tree(&self) -> &IdedExpr {
        &self.tree
    }

    /// The text at a place.
    pub(crate) fn text(&self, at: &Range<usize>) -> &str {
        self.text.get(at.clone()).unwrap_or_default()
    }

    /// The token that the parser noted for a node.
    fn token(&self, node: &IdedExpr) -> usize {
        let at = self.places.offset_for(node.id).map_or(0, |(start, _)| start as usize);
        let index = self.tokens.partition_point(|token| token.at.start < at);
        index.min(self.tokens.len() - 1)
    }

    /// The whole extent of a node.
    pub(crate) fn extent(&self, node: &IdedExpr) -> Range<usize> {
        let index = self.token(node);
        let token = &self.tokens[index];
        let (mut start, mut end) = (token.at.start, token.at.end);
        if token.kind == TokenKind::Open {
            end = self.tokens[token.partner].at.end;
        }
        match &node.expr {
            Expr::Select(select) => {
                start = self.extent(&select.operand).start;
                end = self.tokens.get(index + 1).map_or(end, |field| field.at.end);
            }
            Expr::Call(call) => {
                if let Some(target) = &call.target {
                    start = self.extent(target).start;
                } else if token.kind == TokenKind::Open && call.func_name != "_[_]" {
                    start = self.tokens[index.saturating_sub(1)].at.start;
                }
                for argument in &call.args {
                    let extent = self.extent(argument);
                    start = start.min(extent.start);
                    end = end.max(extent.end);
                }
            }
            _ => {}
        }
        start..end
    }

    /// The name of the method or function that a call calls.
    pub(crate) fn call_name(&self, node: &IdedExpr) -> Range<usize> {
        let index = self.token(node);
        match self.tokens[index].kind {
            TokenKind::Open => self.tokens[index.saturating_sub(1)].at.clone(),
            TokenKind::Word
            | TokenKind::Number
            | TokenKind::Text
            | TokenKind::Operator
            | TokenKind::Close => self.tokens[index].at.clone(),
        }
    }
}

/// Turns the first error of the parser into a fault; those after it are mostly its consequences.
fn syntax_fault(text: &str, tokens: &[Token], errors: &ParseErrors) -> PlacedFault {
    let Some(error) = errors.errors.first() else {
        return PlacedFault::new(0..text.len(), "the condition cannot be read");
    };
    let at = error_offset(text, error);
    let next = tokens.partition_point(|token| token.at.end <= at);
    let Some(token) = tokens.get(next) else {
        return PlacedFault::new(text.len()..text.len(), "the condition ends too early");
    };
    let word = &text[token.at.clone()];
    if error.msg.starts_with("invalid") {
        let message = format!("`{word}` is no value: it is too large, or malformed");
        return PlacedFault::new(token.at.clone(), message);
    }
    if !error.msg.starts_with("Syntax error") {
        return PlacedFault::new(token.at.clone(), error.msg.clone());
    }
    let fault = PlacedFault::new(token.at.clone(), format!("`{word}` is not expected here"));
    match word.to_ascii_lowercase().as_str() {
        "and" => fault.help("write `&&`"),
        "or" => fault.help("write `||`"),
        "not" => fault.help("write `!`"),
        "is" => fault.help("write `==`"),
        _ => fault,
    }
}

/// The offset of an error, whose position is a line and a column in characters.
fn error_offset(text: &str, error: &ParseError) -> usize {
    let (line, column) = error.pos;
    let (Ok(line), Ok(column)) = (usize::try_from(line), usize::try_from(column)) else {
        return 0;
    };
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = &text[start.min(text.len())..];
    let within = rest.char_indices().nth(column.saturating_sub(1));
    start + within.map_or(rest.len(), |(at, _)| at)
}

/// Pairs the brackets.
fn pair(text: &str, mut tokens: Vec<Token>) -> Result<Vec<Token>, Vec<PlacedFault>> {
    let mut open: Vec<usize> = Vec::new();
    for index in 0..tokens.len() {
        let at = tokens[index].at.clone();
        match tokens[index].kind {
            TokenKind::Open => open.push(index),
            TokenKind::Close => {
                let Some(partner) = open.pop() else {
                    return Err(vec![PlacedFault::new(at, "this bracket closes nothing")]);
                };
                let (opening, closing) = (&text[tokens[partner].at.clone()], &text[at.clone()]);
                if (opening == "(") != (closing == ")") {
                    let message = format!("`{closing}` does not close `{opening}`");
                    return Err(vec![PlacedFault::new(at, message)]);
                }
                tokens[partner].partner = index;
                tokens[index].partner = partner;
            }
            TokenKind::Word | TokenKind::Number | TokenKind::Text | TokenKind::Operator => {}
        }
    }
    match open.first() {
        None => Ok(tokens),
        Some(&first) => {
            let at = tokens[first].at.clone();
            Err(vec![PlacedFault::new(at, "this bracket is never closed")])
        }
    }
}

/// Depth within one bracket, counted so that it is never below that of the tree.
#[derive(Default)]
struct Level {
    /// Operators since the last `,`, `&&`, `||`, `?` or `:`; they can nest to the left.
    operators: usize,
    /// Deepest bracket since then.
    inner: usize,
    /// Deepest part since the last comma.
    part: usize,
    /// Deepest element so far.
    element: usize,
    ternaries: usize,
    logical: usize,
}

impl Level {
    fn end_part(&mut self) {
        self.part = self.part.max(self.operators + self.inner);
        (self.operators, self.inner) = (0, 0);
    }

    fn end_element(&mut self) {
        self.end_part();
        // Chains of `&&` and `||` become balanced trees.
        let logical = (usize::BITS - self.logical.leading_zeros()) as usize;
        self.element = self.element.max(self.part + self.ternaries + logical);
        (self.part, self.ternaries, self.logical) = (0, 0, 0);
    }
}

fn check_depth(text: &str, tokens: &[Token]) -> Result<(), Vec<PlacedFault>> {
    let mut levels = vec![Level::default()];
    for token in tokens {
        let word = &text[token.at.clone()];
        let Some(level) = levels.last_mut() else { break };
        match (token.kind, word) {
            (TokenKind::Open, _) => {
                level.operators += usize::from(word == "[");
                levels.push(Level::default());
            }
            (TokenKind::Close, _) => {
                level.end_element();
                let depth = level.element + 1;
                levels.pop();
                if let Some(outer) = levels.last_mut() {
                    outer.inner = outer.inner.max(depth);
                }
            }
            (TokenKind::Operator, ",") => level.end_element(),
            (TokenKind::Operator, "&&" | "||") => {
                level.end_part();
                level.logical += 1;
            }
            (TokenKind::Operator, "?" | ":") => {
                level.end_part();
                level.ternaries += usize::from(word == "?");
            }
            (TokenKind::Operator, _) | (TokenKind::Word, "in") => level.operators += 1,
            (TokenKind::Word | TokenKind::Number | TokenKind::Text, _) => {}
        }
        // An open bracket counts at once, so that the walk ends where it is too deep.
        if levels.len() > limits::RULE_DEPTH {
            return Err(vec![too_deep(token.at.clone())]);
        }
    }
    let depth = levels.first_mut().map_or(0, |level| {
        level.end_element();
        level.element
    });
    if depth > limits::RULE_DEPTH { Err(vec![too_deep(0..text.len())]) } else { Ok(()) }
}

fn too_deep(at: Range<usize>) -> PlacedFault {
    let limit = limits::RULE_DEPTH;
    PlacedFault::new(at, format!("the condition nests deeper than {limit} levels"))
        .help("split it into several rules, or shorten chains of operators")
}

/// Reads tokens as the grammar of CEL has them, and refuses what a condition cannot have.
struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    faults: Vec<PlacedFault>,
}

impl<'t> Lexer<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, at: 0, tokens: Vec::new(), faults: Vec::new() }
    }

    fn tokens(mut self) -> Result<Vec<Token>, Vec<PlacedFault>> {
        while let Some(next) = self.rest().chars().next() {
            match next {
                ' ' | '\t' | '\r' | '\n' | '\u{c}' => self.at += 1,
                '/' if self.rest().starts_with("//") => self.at += self.line_len(),
                'a'..='z' | 'A'..='Z' | '_' => self.word(),
                '0'..='9' => self.number(),
                '.' if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number(),
                '"' | '\'' => self.string(Escapes::Read),
                '(' | '[' => self.push(TokenKind::Open, 1),
                ')' | ']' => self.push(TokenKind::Close, 1),
                _ => self.operator(next),
            }
        }
        if self.faults.is_empty() { Ok(self.tokens) } else { Err(self.faults) }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn line_len(&self) -> usize {
        self.rest().find('\n').unwrap_or(self.rest().len())
    }

    fn push(&mut self, kind: TokenKind, len: usize) {
        self.tokens.push(Token { kind, at: self.at..self.at + len, partner: 0 });
        self.at += len;
    }

    fn fault(&mut self, len: usize, message: impl Into<String>, help: &str) {
        let fault = PlacedFault::new(self.at..self.at + len, message);
        self.faults.push(if help.is_empty() { fault } else { fault.help(help) });
        self.at += len;
    }

    fn count(&self, from: usize, holds: impl Fn(u8) -> bool) -> usize {
        self.rest().bytes().skip(from).take_while(|&byte| holds(byte)).count()
    }

    fn word(&mut self) {
        let len = self.count(0, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let word = &self.rest()[..len];
        if !self.rest()[len..].starts_with(['"', '\'']) {
            return self.push(TokenKind::Word, len);
        }
        if word.eq_ignore_ascii_case("r") {
            return self.string(Escapes::Raw);
        }
        self.fault(len, format!("`{word}` cannot stand before a text"), "a raw text is r'…'");
    }

    fn number(&mut self) {
        let hexadecimal = self.rest().starts_with("0x");
        let mut len = if hexadecimal {
            2 + self.count(2, |byte| byte.is_ascii_hexdigit())
        } else {
            self.count(0, |byte| byte.is_ascii_digit())
        };
        if !hexadecimal && self.rest()[len..].starts_with('.') {
            let digits = self.count(len + 1, |byte| byte.is_ascii_digit());
            len += if digits > 0 { 1 + digits } else { 0 };
        }
        if !hexadecimal && self.rest()[len..].starts_with(['e', 'E']) {
            let sign = usize::from(self.rest()[len + 1..].starts_with(['+', '-']));
            let digits = self.count(len + 1 + sign, |byte| byte.is_ascii_digit());
            len += if digits > 0 { 1 + sign + digits } else { 0 };
        }
        if self.rest()[len..].starts_with(['u', 'U']) {
            return self.fault(len + 1, "unsigned numbers are not used here", "leave the `u` out");
        }
        self.push(TokenKind::Number, len);
    }

    fn string(&mut self, escapes: Escapes) {
        let rest = self.rest();
        let prefix = match escapes {
            Escapes::Read => 0,
            Escapes::Raw => 1,
        };
        let body = &rest[prefix..];
        let quote = match body.get(..3) {
            Some(triple @ ("'''" | "\"\"\"")) => triple,
            Some(_) | None => &body[..1],
        };
        let mut at = prefix + quote.len();
        loop {
            let left = &rest[at..];
            if left.starts_with(quote) {
                return self.push(TokenKind::Text, at + quote.len());
            }
            let Some(next) = left.chars().next() else { break };
            if quote.len() == 1 && matches!(next, '\n' | '\r') {
                break;
            }
            match (escapes, next) {
                (Escapes::Read, '\\') => match escape_len(left) {
                    Some(len) => at += len,
                    None => return self.bad_escape(at),
                },
                (Escapes::Read | Escapes::Raw, _) => at += next.len_utf8(),
            }
        }
        self.fault(at, "this text is never closed", "");
        self.at = self.text.len();
    }

    fn bad_escape(&mut self, at: usize) {
        let after = self.rest()[at + 1..].chars().next();
        let shown = after.map_or(String::new(), |next| next.escape_debug().to_string());
        let len = 1 + after.map_or(0, char::len_utf8);
        self.at += at;
        let help = "write `\\\\` for a backslash, or a raw text r'…' for a regular expression";
        self.fault(len, format!("`\\{shown}` is no escape of a text"), help);
        self.at = self.text.len();
    }

    fn operator(&mut self, next: char) {
        let rest = self.rest();
        if ["==", "!=", "<=", ">=", "&&", "||"].iter().any(|two| rest.starts_with(two)) {
            return self.push(TokenKind::Operator, 2);
        }
        let len = next.len_utf8();
        match next {
            '<' | '>' | '+' | '-' | '*' | '/' | '%' | '!' | '?' | ':' | '.' | ',' => {
                self.push(TokenKind::Operator, 1);
            }
            '=' => self.fault(len, "`=` is no operator", "to compare, write `==`"),
            '&' => self.fault(len, "`&` is no operator", "write `&&`"),
            '|' => self.fault(len, "`|` is no operator", "write `||`"),
            '{' | '}' => self.fault(len, "maps and messages are no part of conditions", ""),
            '“' | '”' | '„' | '‘' | '’' | '`' | '«' | '»' => {
                self.fault(len, format!("`{next}` opens no text"), "write straight quotes: '…'");
            }
            _ => self.fault(
                len,
                format!("`{}` has no meaning in a condition", next.escape_debug()),
                "",
            ),
        }
    }
}

#[derive(Clone, Copy)]
enum Escapes {
    Read,
    Raw,
}

/// Bytes of the escape that a text begins with, as the grammar of CEL has it.
fn escape_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let hexadecimal = |count: usize| {
        let digits = bytes.get(2..2 + count)?;
        digits.iter().all(u8::is_ascii_hexdigit).then_some(2 + count)
    };
    match bytes.get(1)? {
        b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'"' | b'\'' | b'\\' | b'?' | b'`' => {
            Some(2)
        }
        b'x' | b'X' => hexadecimal(2),
        b'u' => hexadecimal(4),
        b'U' => hexadecimal(8),
        b'0'..=b'3' => {
            let digits = bytes.get(2..4)?;
            digits.iter().all(|digit| (b'0'..=b'7').contains(digit)).then_some(4)
        }
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn first_fault(text: &str) -> String {
        match Condition::parse(text) {
            Ok(_) => panic!("{text:.80} parses"),
            Err(faults) => faults[0].fault.message.clone(),
        }
    }

    #[test]
    fn bounds_nesting_before_parsing() {
        let deep = |open: &str, close: &str, count: usize| {
            format!("{}true{}", open.repeat(count), close.repeat(count))
        };
        for text in [
            deep("(", ")", 5_000),
            deep("(", ")", 65),
            deep("[", "]", 4_000),
            deep("!(", ")", 3_000),
            deep("f(", ")", 3_000),
            deep("true ? true : ", "", 1_000),
            deep("a.", "", 3_000),
            deep("1 + ", "", 3_000),
            deep("1 < ", "", 3_000),
            deep("!", "", 3_000),
            deep("- ", "", 3_000),
            deep("1 in ", "", 3_000),
            format!("a{}", "[0]".repeat(3_000)),
            format!("a{}", ".f()".repeat(3_000)),
        ] {
            let message = first_fault(&text);
            assert!(message.contains("nests deeper"), "{message}: {text:.40}");
        }
        assert!(first_fault(&"(".repeat(10_000)).contains("never closed"));
        assert!(first_fault(&"a".repeat(20_000)).contains("at most 16384"));
    }

    #[test]
    fn parses_what_is_just_deep_or_long_enough() {
        for text in [
            format!("{}true{}", "(".repeat(60), ")".repeat(60)),
            format!("{}true{}", "!(".repeat(30), ")".repeat(30)),
            format!("{}true", "true && ".repeat(1_800)),
            format!("{}true", "true ? false : ".repeat(60)),
            format!("1 in [{}1]", "1, ".repeat(5_000)),
        ] {
            assert!(Condition::parse(&text).is_ok(), "{text:.40}");
        }
    }

    #[test]
    fn knows_the_extent_of_nodes() {
        for text in [
            "a",
            "a.b.c",
            "a . b",
            "a.b.contains('x')",
            "size(a.b)",
            "a + b * c",
            "[1, 2]",
            "!a",
            "a.exists(x, x == 'é')",
            "'ü' + b.c",
            "(a) && b.f()",
            "-1",
            "a[0]",
            "- a",
            "a in ['b']",
        ] {
            let condition = Condition::parse(text).unwrap();
            let extent = condition.extent(condition.tree());
            // The parser keeps neither the sign of a literal nor brackets around an operand.
            let expected = text.trim_start_matches(['-', '(']).trim_start();
            let found = condition.text(&extent);
            assert!(found == text || expected.starts_with(found) || found.contains("&&"), "{text}");
        }
    }
}
