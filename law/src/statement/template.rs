//! Templates of statements, which a legal desk edits: a text with `{elements}` that are filled in.
//!
//! A template that leaves out what the law wants told is refused, so that no edit can lose it.

use super::tongue::Tongue;
use model::{StatementKind, limits};
use serde::Serialize;
use std::collections::BTreeMap;

macro_rules! elements {
    ($($element:ident $word:literal $article:literal [$($kind:ident)*] $meaning:literal;)*) => {
        /// Something that is filled in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Element { $(#[doc = $meaning] $element,)* }

        impl Element {
            /// Every element, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$element,)*];

            /// The word for it, as it stands between braces.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$element => $word,)* }
            }

            /// The article that asks for it; empty where it only helps.
            #[must_use]
            pub fn article(self) -> &'static str {
                match self { $(Self::$element => $article,)* }
            }

            /// What it says.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$element => $meaning,)* }
            }

            /// The kinds of template that have to use it.
            #[must_use]
            pub fn required_in(self) -> &'static [StatementKind] {
                match self { $(Self::$element => &[$(StatementKind::$kind,)*],)* }
            }
        }
    };
}

elements! {
    Restriction "restriction" "DSA 17(3)(a)" [Restriction Order] "What was done.";
    Territory "territory" "DSA 17(3)(a), 9(5)" [Restriction Order] "Where it applies.";
    Duration "duration" "DSA 17(3)(a)" [Restriction] "How long it lasts.";
    Facts "facts" "DSA 17(3)(b)" [Restriction] "What happened, and how it came to notice.";
    AutomatedDetection "automated_detection" "DSA 17(3)(c)" [Restriction]
        "Whether a program found it.";
    AutomatedDecision "automated_decision" "DSA 17(3)(c)" [Restriction]
        "Whether a program decided.";
    Ground "ground" "DSA 17(3)(d), (e)" [Restriction] "The law or clause that it rests on.";
    Explanation "explanation" "DSA 17(3)(d), (e)" [Restriction] "Why the content is against it.";
    Complaint "complaint" "DSA 17(3)(f), 20" [Restriction] "How to complain to the service.";
    OutOfCourt "out_of_court" "DSA 17(3)(f), 21" [Restriction] "Who settles disputes out of court.";
    Court "court" "DSA 17(3)(f), 9(5)" [Restriction Order] "That courts are open.";
    OrderReasons "order_reasons" "DSA 9(5); TCO 11" [Order] "What the authority gives as reasons.";
    OrderRedress "order_redress" "DSA 9(5); TCO 11" [Order] "How to object to the order.";
    GivenBack "given_back" "DSA 20(4)" [Reversal] "What was given back.";
    Earlier "earlier" "" [Reversal] "The statement of the decision that was reversed.";
    Reference "reference" "" [] "The id of this statement.";
    Service "service" "" [] "The service.";
    Subject "subject" "" [] "The content or account concerned, by the service's own ids.";
    Date "date" "" [] "The day of the decision.";
}

/// A place in a text: line and column in characters, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateProblem {
    /// It is too long.
    #[error("the template has {bytes} bytes; at most {limit} are kept")]
    TooLong {
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// There is no such element.
    #[error("{place}: there is no element `{{{word}}}`; there are: {known}")]
    Unknown {
        /// Where it stands.
        place: Place,
        /// What stands there.
        word: String,
        /// The elements that there are.
        known: String,
    },
    /// A brace has no partner.
    #[error("{place}: this brace has no partner; write {{{{ or }}}} for a brace itself")]
    Brace {
        /// Where it stands.
        place: Place,
    },
    /// A character that cannot be seen.
    #[error("{place}: U+{code:04X} cannot be seen and may turn the text around; take it out")]
    Unseen {
        /// Where it stands.
        place: Place,
        /// The character.
        code: u32,
    },
    /// An element is left out that the law wants told.
    #[error("{place}: the template ends without `{{{word}}}` ({article}: {meaning}); put it in")]
    Missing {
        /// The end of the template.
        place: Place,
        /// The element.
        word: &'static str,
        /// The article.
        article: &'static str,
        /// What it says.
        meaning: &'static str,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Element(Element),
}

/// A template that can be used: every element is known, and none is left out that its kind needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

/// What stands for an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filling {
    /// A standard sentence in the language of the statement.
    Own(String),
    /// Something that may be in another language or script, such as an id or a link: it is kept
    /// apart from the lines around it, so that it cannot turn them around.
    Foreign(String),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Where it cannot be used; the place is named.
    pub fn parse(kind: StatementKind, text: &str) -> Result<Self, TemplateProblem> {
        let (bytes, limit) = (text.len(), limits::STATEMENT_TEMPLATE_BYTES);
        if bytes > limit {
            return Err(TemplateProblem::TooLong { bytes, limit });
        }
        let mut reader = Reader { rest: text, whole: text };
        let mut pieces = Vec::new();
        while let Some(piece) = reader.piece()? {
            pieces.push(piece);
        }
        let template = Self { pieces };
        let is_left_out =
            |element: &&Element| element.required_in().contains(&kind) && !template.uses(**element);
        match Element::ALL.iter().find(is_left_out) {
            None => Ok(template),
            Some(element) => Err(TemplateProblem::Missing {
                place: reader.place(),
                word: element.word(),
                article: element.article(),
                meaning: element.meaning(),
            }),
        }
    }

    /// The template that is shipped.
    #[must_use]
    pub fn shipped(kind: StatementKind, tongue: Tongue) -> &'static str {
        match (kind, tongue) {
            (StatementKind::Restriction, Tongue::English) => {
                include_str!("../../data/templates/restriction.en.txt")
            }
            (StatementKind::Restriction, Tongue::Arabic) => {
                include_str!("../../data/templates/restriction.ar.txt")
            }
            (StatementKind::Order, Tongue::English) => {
                include_str!("../../data/templates/order.en.txt")
            }
            (StatementKind::Order, Tongue::Arabic) => {
                include_str!("../../data/templates/order.ar.txt")
            }
            (StatementKind::Reversal, Tongue::English) => {
                include_str!("../../data/templates/reversal.en.txt")
            }
            (StatementKind::Reversal, Tongue::Arabic) => {
                include_str!("../../data/templates/reversal.ar.txt")
            }
        }
    }

    fn uses(&self, element: Element) -> bool {
        self.pieces.contains(&Piece::Element(element))
    }

    /// Fills the template. Nothing of a filling is read as a template again; an element without a
    /// filling leaves nothing.
    #[must_use]
    pub fn fill(&self, fillings: &BTreeMap<Element, Filling>) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(fixed) => text.push_str(fixed),
                Piece::Element(element) => match fillings.get(element) {
                    Some(Filling::Own(sentence)) => text.push_str(sentence),
                    Some(Filling::Foreign(other)) => isolate(other, &mut text),
                    None => {}
                },
            }
        }
        text
    }
}

/// U+2068 and U+2069 keep the direction of what stands between them to itself (UAX #9).
fn isolate(other: &str, text: &mut String) {
    text.push('\u{2068}');
    text.extend(other.chars().filter(|c| !is_unseen(*c) && *c != '\n'));
    text.push('\u{2069}');
}

/// Controls, and characters that change the direction of what follows.
fn is_unseen(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    turns || (c.is_control() && c != '\n')
}

struct Reader<'a> {
    rest: &'a str,
    whole: &'a str,
}

impl Reader<'_> {
    fn place(&self) -> Place {
        let before = &self.whole[..self.whole.len() - self.rest.len()];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Place { line, column }
    }

    fn piece(&mut self) -> Result<Option<Piece>, TemplateProblem> {
        for (twice, once) in [("{{", "{"), ("}}", "}")] {
            if let Some(rest) = self.rest.strip_prefix(twice) {
                self.rest = rest;
                return Ok(Some(Piece::Text(once.to_owned())));
            }
        }
        match self.rest.chars().next() {
            None => Ok(None),
            Some('{') => self.element().map(Some),
            Some('}') => Err(TemplateProblem::Brace { place: self.place() }),
            Some(_) => self.text().map(Some),
        }
    }

    fn text(&mut self) -> Result<Piece, TemplateProblem> {
        let end = self.rest.find(['{', '}']).unwrap_or(self.rest.len());
        let (fixed, rest) = self.rest.split_at(end);
        if let Some((at, unseen)) = fixed.char_indices().find(|(_, c)| is_unseen(*c)) {
            self.rest = &self.rest[at..];
            let (place, code) = (self.place(), u32::from(unseen));
            return Err(TemplateProblem::Unseen { place, code });
        }
        self.rest = rest;
        Ok(Piece::Text(fixed.to_owned()))
    }

    fn element(&mut self) -> Result<Piece, TemplateProblem> {
        let inner = self.rest[1..].split_once('}').map(|(word, rest)| (word.trim(), rest));
        let Some((word, rest)) = inner.filter(|(word, _)| !word.contains(['{', '\n'])) else {
            return Err(TemplateProblem::Brace { place: self.place() });
        };
        let Some(element) = Element::ALL.iter().find(|element| element.word() == word) else {
            let known: Vec<&str> = Element::ALL.iter().map(|element| element.word()).collect();
            let (place, known) = (self.place(), known.join(", "));
            let word = word.chars().take(64).collect();
            return Err(TemplateProblem::Unknown { place, word, known });
        };
        self.rest = rest;
        Ok(Piece::Element(*element))
    }
}

/// A filled text as a piece of a page: paragraphs, everything escaped, with its language and
/// direction.
#[must_use]
pub fn as_html(text: &str, tongue: Tongue) -> String {
    let direction = match tongue.direction() {
        super::tongue::Direction::LeftToRight => "ltr",
        super::tongue::Direction::RightToLeft => "rtl",
    };
    let mut page = format!("<article lang=\"{}\" dir=\"{direction}\">\n", tongue.tag());
    for paragraph in text.split("\n\n").map(str::trim).filter(|text| !text.is_empty()) {
        let lines: Vec<String> = paragraph.lines().map(escaped).collect();
        page.push_str(&format!("<p>{}</p>\n", lines.join("<br>\n")));
    }
    page.push_str("</article>\n");
    page
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn problem(kind: StatementKind, text: &str) -> String {
        Template::parse(kind, text).unwrap_err().to_string()
    }

    #[test]
    fn every_shipped_template_can_be_used() {
        for kind in StatementKind::ALL {
            assert_eq!(StatementKind::parse(kind.as_str()), Some(kind));
            for tongue in Tongue::ALL {
                Template::parse(kind, Template::shipped(kind, tongue)).unwrap();
            }
        }
    }

    #[test]
    fn a_template_without_what_the_law_wants_told_is_refused_with_the_place() {
        for kind in StatementKind::ALL {
            for element in Element::ALL.iter().filter(|one| one.required_in().contains(&kind)) {
                let whole = Template::shipped(kind, Tongue::English);
                let without = whole.replace(&format!("{{{}}}", element.word()), "…");
                let told = problem(kind, &without);
                let line = without.matches('\n').count() + 1;
                assert!(told.starts_with(&format!("line {line}, column 1: ")), "{told}");
                assert!(told.contains(&format!("`{{{}}}`", element.word())), "{told}");
                assert!(told.contains(element.article()), "{told}");
            }
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, told) in [
            ("a\nb {grond}", "line 2, column 3: there is no element `{grond}`"),
            ("ab {", "line 1, column 4: this brace"),
            ("{ground", "line 1, column 1: this brace"),
            ("{gro\nund}", "line 1, column 1: this brace"),
            ("{{ok}} }", "line 1, column 8: this brace"),
            ("منشور\u{202e}", "line 1, column 6: U+202E"),
            ("a\u{7}", "line 1, column 2: U+0007"),
        ] {
            let found = problem(StatementKind::Restriction, text);
            assert!(found.starts_with(told), "{text:?} gives {found}");
        }
        let long = "x".repeat(limits::STATEMENT_TEMPLATE_BYTES + 1);
        assert!(problem(StatementKind::Order, &long).contains("at most"));
    }

    #[test]
    fn fillings_are_never_read_as_templates_or_markup() {
        let text = "{given_back} {earlier} {{x}}";
        let template = Template::parse(StatementKind::Reversal, text).unwrap();
        let fillings = BTreeMap::from([
            (Element::GivenBack, Filling::Own("Given {earlier} back.".to_owned())),
            (Element::Earlier, Filling::Foreign("<b>\u{202e}'1'\n&".to_owned())),
        ]);
        let filled = template.fill(&fillings);
        assert_eq!(filled, "Given {earlier} back. \u{2068}<b>'1'&\u{2069} {x}");
        assert_eq!(
            as_html(&filled, Tongue::Arabic),
            "<article lang=\"ar\" dir=\"rtl\">\n<p>Given {earlier} back. \
             \u{2068}&lt;b&gt;&#39;1&#39;&amp;\u{2069} {x}</p>\n</article>\n"
        );
        assert_eq!(
            as_html("a\nb\n\n\n\nc\n", Tongue::English),
            "<article lang=\"en\" dir=\"ltr\">\n<p>a<br>\nb</p>\n<p>c</p>\n</article>\n"
        );
    }
}
