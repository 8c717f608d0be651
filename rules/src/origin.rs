//! Where the text of a condition comes from in its file, through TOML's four kinds of string.

use std::ops::Range;

/// Maps offsets of a condition to offsets of its file.
pub(crate) struct Origin {
    /// The whole string in the file, with its quotes.
    whole: Range<usize>,
    /// For each byte of the condition, and one past its end, the offset in the file. Empty where
    /// the string could not be followed.
    offsets: Vec<usize>,
}

impl Origin {
    /// Follows the string at `whole` of the file, whose value the TOML parser says is `value`.
    pub(crate) fn new(file: &str, whole: Range<usize>, value: &str) -> Self {
        let offsets = follow(file, &whole, value).unwrap_or_default();
        Self { whole, offsets }
    }

    /// The place in the file of a place in the condition.
    pub(crate) fn range(&self, at: &Range<usize>) -> Range<usize> {
        if at.is_empty() {
            return match self.offsets.get(at.start) {
                Some(&start) => start..start,
                None => self.whole.clone(),
            };
        }
        // The end is that of the last byte: an escape or a line end may stand behind it.
        match (self.offsets.get(at.start), self.offsets.get(at.end)) {
            (Some(&start), Some(&end)) => start..end,
            _ => self.whole.clone(),
        }
    }
}

fn follow(file: &str, whole: &Range<usize>, value: &str) -> Option<Vec<usize>> {
    let raw = file.get(whole.clone())?;
    let (quote, escapes) = if raw.starts_with("'''") {
        ("'''", false)
    } else if raw.starts_with("\"\"\"") {
        ("\"\"\"", true)
    } else if raw.starts_with('\'') {
        ("'", false)
    } else {
        ("\"", true)
    };
    let inner = raw.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut at = quote.len();
    if quote.len() == 3 {
        at += first_newline(inner);
    }
    let end = raw.len() - quote.len();
    let mut offsets = Vec::with_capacity(value.len() + 1);
    for decoded in value.chars() {
        at = skip_unwritten(raw, at, end, Written { decoded, escapes });
        offsets.extend(std::iter::repeat_n(whole.start + at, decoded.len_utf8()));
        at += written_len(&raw[at..end], escapes)?;
    }
    let rest = skip_continuation(&raw[at.min(end)..end]);
    (at + rest == end || raw[at..end].trim().is_empty()).then(|| {
        offsets.push(whole.start + at);
        offsets
    })
}

/// Bytes of the newline right after the opening quotes, which TOML drops.
fn first_newline(inner: &str) -> usize {
    if inner.starts_with("\r\n") { 2 } else { usize::from(inner.starts_with('\n')) }
}

#[derive(Clone, Copy)]
struct Written {
    decoded: char,
    escapes: bool,
}

/// Moves past what stands in the file but not in the value: the `\r` of a line end that the parser
/// dropped, and a backslash that continues the line.
fn skip_unwritten(raw: &str, mut at: usize, end: usize, next: Written) -> usize {
    if next.escapes {
        loop {
            let skipped = skip_continuation(&raw[at..end]);
            if skipped == 0 {
                break;
            }
            at += skipped;
        }
    }
    if next.decoded == '\n' && raw[at..end].starts_with("\r\n") {
        at += 1;
    }
    at
}

/// Bytes of a backslash at the end of a line and of the white space after it.
fn skip_continuation(rest: &str) -> usize {
    let Some(after) = rest.strip_prefix('\\') else { return 0 };
    let trimmed = after.trim_start_matches([' ', '\t', '\r', '\n']);
    let skipped = after.len() - trimmed.len();
    if after[..skipped].contains('\n') { 1 + skipped } else { 0 }
}

/// Bytes that one character of the value takes in the file.
fn written_len(rest: &str, escapes: bool) -> Option<usize> {
    let mut chars = rest.chars();
    let first = chars.next()?;
    if !escapes || first != '\\' {
        return Some(first.len_utf8());
    }
    let len = match chars.next()? {
        'u' => 6,
        'U' => 10,
        'x' => 4,
        other => 1 + other.len_utf8(),
    };
    (len <= rest.len()).then_some(len)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Checks that the word `here` of the value is found where the file has `mark` (written with
    /// escapes or not).
    fn check(file: &str, mark: &str) {
        let table = toml::de::DeTable::parse(file).unwrap();
        let (_, value) = table.get_ref().iter().next().unwrap();
        let text = value.get_ref().as_str().unwrap();
        let origin = Origin::new(file, value.span(), text);
        let at = text.find("here").unwrap();
        let found = origin.range(&(at..at + 4));
        assert_eq!(&file[found], mark, "{file:?}");
        let at_end = origin.range(&(text.len()..text.len()));
        assert!(at_end.is_empty(), "{file:?}");
    }

    #[test]
    fn finds_places_through_every_kind_of_string() {
        for (file, mark) in [
            ("a = 'x here y'", "here"),
            ("a = \"x here y\"", "here"),
            (r#"a = "\"q\" \u00e9 here y""#, "here"),
            (r#"a = "\"q\" h\u0065re y""#, r"h\u0065re"),
            (r#"a = "\U0001F600\t\\ here""#, "here"),
            ("a = '''\n  x\n  here'''", "here"),
            ("a = '''\r\n  x\r\n  here'''", "here"),
            ("a = \"\"\"\n  x \\\n    here \\\n  \"\"\"", "here"),
            ("a = \"\"\"\r\n  x \\\r\n    here\r\n\"\"\"", "here"),
            ("a = 'öäü 語 here'", "here"),
        ] {
            check(file, mark);
        }
    }
}
