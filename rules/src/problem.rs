//! Problems of rule files: where, what, and what to do.

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use serde::Serialize;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Characters of a long line that are shown on each side of a problem.
const SHOWN_CHARS: usize = 60;

/// A place in a rule file, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FileSpan {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// One problem of a rule file.
///
/// It serialises without the text of the file; [`RuleProblem::render`] shows that with a caret.
#[derive(Debug, Clone, Serialize, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct RuleProblem {
    /// The name of the file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, in characters counted from 1.
    pub column: usize,
    /// The bytes of the file that it is about.
    pub span: FileSpan,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    #[serde(skip)]
    text: Arc<NamedSource<String>>,
}

impl RuleProblem {
    /// The problem with its line of the file and a caret below it, as plain text.
    #[must_use]
    pub fn render(&self) -> String {
        let (line, caret) = self.excerpt();
        let margin = " ".repeat(self.line.to_string().len());
        let mut text = format!("{self}\n{margin} |\n{} | {line}\n{margin} | {caret}", self.line);
        if let Some(help) = &self.help {
            text += &format!("\n{margin} = help: {help}");
        }
        text + "\n"
    }

    /// The line of the problem, cut around it where it is long, and the line of carets below it.
    fn excerpt(&self) -> (String, String) {
        let text = self.text.inner();
        let start = text[..self.span.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line: Vec<char> = text[start..end].trim_end_matches('\r').chars().collect();
        let until = self.span.end.clamp(self.span.start, end);
        let width = text[self.span.start..until].chars().count().max(1);
        let at = (self.column - 1).min(line.len());
        let first = at.saturating_sub(SHOWN_CHARS);
        let last = (at + width.min(SHOWN_CHARS) + SHOWN_CHARS).min(line.len());
        let before = if first > 0 { "…" } else { "" };
        let after = if last < line.len() { "…" } else { "" };
        let shown: String = line[first..last].iter().collect();
        // A tab stays a tab, so that the caret stands where the reader's tabs put the text.
        let blank = |c: &char| if *c == '\t' { '\t' } else { ' ' };
        let indent: String = line[first..at].iter().map(blank).collect();
        let carets = "^".repeat(width.min(2 * SHOWN_CHARS));
        let pad = " ".repeat(before.chars().count());
        (format!("{before}{shown}{after}"), format!("{pad}{indent}{carets}"))
    }
}

impl Diagnostic for RuleProblem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&*self.text)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let range = self.span.start..self.span.end;
        Some(Box::new(std::iter::once(LabeledSpan::at(range, "here"))))
    }
}

/// Every problem of the given rule files, by file and place.
#[derive(Debug, Clone, Serialize, thiserror::Error)]
#[serde(transparent)]
pub struct RuleProblems(pub Vec<RuleProblem>);

impl RuleProblems {
    /// All problems as plain text, each with its line and caret, a blank line between them.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.iter().map(RuleProblem::render).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for RuleProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [only] => write!(f, "{only}"),
            [first, rest @ ..] => write!(f, "{first} (and {} more)", rest.len()),
            [] => f.write_str("no problem"),
        }
    }
}

impl Diagnostic for RuleProblems {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.0.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}

/// The text of a rule file, to place problems in it.
pub(crate) struct Source {
    named: Arc<NamedSource<String>>,
}

impl Source {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Self { named: Arc::new(NamedSource::new(name, text.to_owned())) }
    }

    pub(crate) fn name(&self) -> &str {
        self.named.name()
    }

    pub(crate) fn text(&self) -> &str {
        self.named.inner()
    }

    /// The line (from 1) and column (characters, from 1) of a byte.
    pub(crate) fn line_column(&self, at: usize) -> (usize, usize) {
        let before = &self.text()[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// A problem at a place, which is moved onto character boundaries within the text.
    pub(crate) fn problem(&self, at: Range<usize>, fault: Fault) -> RuleProblem {
        let text = self.text();
        let start = floor_boundary(text, at.start);
        let end = floor_boundary(text, at.end.max(start)).max(start);
        let (line, column) = self.line_column(start);
        RuleProblem {
            file: self.name().to_owned(),
            line,
            column,
            span: FileSpan { start, end },
            message: fault.message,
            help: fault.help,
            text: Arc::clone(&self.named),
        }
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// What is wrong and what to do, not yet placed in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    pub(crate) fn maybe_help(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }
}
