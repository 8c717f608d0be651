//! A text cut into pieces at the spans that matched, so that a template can mark them.

use std::ops::Range;

/// A span of a text, with the number of the match that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Bytes of the text.
    pub bytes: Range<usize>,
    /// The number of the match, as the page counts them.
    pub number: usize,
}

/// A piece of a text over which the same matches lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text, exactly as it was written.
    pub text: String,
    /// The numbers of the matches that cover it, ascending; none for plain text.
    pub numbers: Vec<usize>,
    /// Those of them that end with this piece, so that each is told once.
    pub ending: Vec<usize>,
}

/// A text for a page: what is shown at once, and the rest of a long one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// What is shown at once.
    pub head: Vec<Piece>,
    /// What is shown on demand; empty for a short text.
    pub rest: Vec<Piece>,
    /// Characters of the rest.
    pub rest_characters: u64,
    /// Matches that begin in the rest.
    pub rest_matches: u64,
}

/// Bytes of a text that are shown at once.
const HEAD_BYTES: usize = 4_000;

/// Cuts a text at its marks, and after [`HEAD_BYTES`] at the end of a piece or character.
///
/// A mark that does not lie on character boundaries within the text is left out: it belongs to
/// another text.
pub fn highlight(text: &str, marks: &[Marked]) -> Shown {
    let marks: Vec<&Marked> = marks.iter().filter(|mark| fits(text, &mark.bytes)).collect();
    let cut = text.floor_char_boundary(HEAD_BYTES);
    // A little more is shown whole: nobody should have to ask for the last line.
    let cut = if text.len() <= cut + cut / 4 { text.len() } else { cut };
    let mut shown = Shown::default();
    for range in ranges(text, cut, &marks) {
        let piece = piece(text, &range, &marks);
        if range.start < cut {
            shown.head.push(piece);
        } else {
            shown.rest_characters += piece.text.chars().count() as u64;
            shown.rest.push(piece);
        }
    }
    let begins_later = marks.iter().filter(|mark| mark.bytes.start >= cut);
    shown.rest_matches = begins_later.count() as u64;
    shown
}

fn fits(text: &str, bytes: &Range<usize>) -> bool {
    bytes.start < bytes.end
        && text.is_char_boundary(bytes.start)
        && text.is_char_boundary(bytes.end)
        && bytes.end <= text.len()
}

/// The text from boundary to boundary, without empty ranges.
fn ranges(text: &str, cut: usize, marks: &[&Marked]) -> Vec<Range<usize>> {
    let mut places: Vec<usize> =
        marks.iter().flat_map(|mark| [mark.bytes.start, mark.bytes.end]).collect();
    places.extend([0, cut, text.len()]);
    places.sort_unstable();
    places.dedup();
    places.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

fn piece(text: &str, range: &Range<usize>, marks: &[&Marked]) -> Piece {
    let covering =
        marks.iter().filter(|mark| mark.bytes.start <= range.start && range.end <= mark.bytes.end);
    let mut numbers: Vec<usize> = covering.clone().map(|mark| mark.number).collect();
    let ends = covering.filter(|mark| mark.bytes.end == range.end);
    let mut ending: Vec<usize> = ends.map(|mark| mark.number).collect();
    for list in [&mut numbers, &mut ending] {
        list.sort_unstable();
        list.dedup();
    }
    Piece { text: text[range.clone()].to_owned(), numbers, ending }
}

/// Writes an address so that nobody opens it by mistake: `hxxps://example[.]org/path`.
pub fn defanged(address: &str) -> String {
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase().replace("tt", "xx")), rest),
        None => (None, address),
    };
    let host_ends = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(host_ends);
    let host = host.replace('.', "[.]");
    match scheme {
        Some(scheme) => format!("{scheme}://{host}{path}"),
        None => format!("{host}{path}"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Writes pieces as `plain⟨1,2:marked⟩`.
    fn written(pieces: &[Piece]) -> String {
        let one = |piece: &Piece| {
            let numbers: Vec<String> = piece.numbers.iter().map(usize::to_string).collect();
            if numbers.is_empty() {
                piece.text.clone()
            } else {
                format!("⟨{}:{}⟩", numbers.join(","), piece.text)
            }
        };
        pieces.iter().map(one).collect()
    }

    fn check(text: &str, marks: &[(usize, Range<usize>)], expected: &str) {
        let mark = |(number, bytes): &(usize, Range<usize>)| Marked {
            bytes: bytes.clone(),
            number: *number,
        };
        let marks: Vec<Marked> = marks.iter().map(mark).collect();
        let shown = highlight(text, &marks);
        assert_eq!(written(&shown.head), expected, "{text}");
        assert!(shown.rest.is_empty());
    }

    #[test]
    fn marks_what_matched() {
        check("", &[], "");
        check("plain", &[], "plain");
        check("one two three", &[(1, 4..7)], "one ⟨1:two⟩ three");
        check("one two", &[(1, 0..3)], "⟨1:one⟩ two");
        check("one two", &[(1, 4..7)], "one ⟨1:two⟩");
        check("one", &[(1, 0..3)], "⟨1:one⟩");
        check("onetwo", &[(1, 0..3), (2, 3..6)], "⟨1:one⟩⟨2:two⟩");
        // Overlapping, nested, equal, and twice the same match.
        check("abcdef", &[(1, 0..4), (2, 2..6)], "⟨1:ab⟩⟨1,2:cd⟩⟨2:ef⟩");
        check("abcdef", &[(1, 0..6), (2, 2..4)], "⟨1:ab⟩⟨1,2:cd⟩⟨1:ef⟩");
        check("abc", &[(2, 0..3), (1, 0..3)], "⟨1,2:abc⟩");
        check("a b a", &[(1, 0..1), (1, 4..5)], "⟨1:a⟩ b ⟨1:a⟩");
        // Arabic letters have two bytes, the emoji four, the mark belongs to its letter.
        check("راية الرماد", &[(1, 0..8)], "⟨1:راية⟩ الرماد");
        check("🌊 ash 🌊", &[(1, 5..8)], "🌊 ⟨1:ash⟩ 🌊");
        check("ash 🌊", &[(1, 4..8)], "ash ⟨1:🌊⟩");
        check("رَماد", &[(1, 0..4)], "⟨1:رَ⟩ماد");
    }

    #[test]
    fn leaves_out_marks_of_another_text() {
        check("راية", &[(1, 1..4)], "راية");
        check("راية", &[(1, 0..3)], "راية");
        check("short", &[(1, 2..99)], "short");
        check("short", &[(1, 3..3)], "short");
        check("short", &[(1, usize::MAX - 1..usize::MAX)], "short");
    }

    #[test]
    fn tells_each_match_once_where_it_ends() {
        let marks = [Marked { bytes: 0..4, number: 1 }, Marked { bytes: 2..6, number: 2 }];
        let ending: Vec<Vec<usize>> =
            highlight("abcdef", &marks).head.into_iter().map(|piece| piece.ending).collect();
        assert_eq!(ending, [vec![], vec![1], vec![2]]);
    }

    #[test]
    fn cuts_a_long_text_and_says_what_is_left() {
        let text = "راية ".repeat(200_000);
        let late = text.len() - 9..text.len() - 1;
        let across = HEAD_BYTES - 2..HEAD_BYTES + 2;
        let marks =
            [Marked { bytes: late, number: 1 }, Marked { bytes: across.clone(), number: 2 }];
        let shown = highlight(&text, &marks);
        let joined: String =
            shown.head.iter().chain(&shown.rest).map(|piece| piece.text.as_str()).collect();
        assert_eq!(joined, text, "nothing is lost");
        let head: usize = shown.head.iter().map(|piece| piece.text.len()).sum();
        assert!(head <= HEAD_BYTES);
        let rest = text[head..].chars().count();
        assert_eq!(shown.rest_characters, rest as u64);
        assert_eq!(shown.rest_matches, 1);
        let little_more = text.floor_char_boundary(HEAD_BYTES + 100);
        assert_eq!(highlight(&text[..little_more], &[]).rest.len(), 0);
    }

    #[test]
    fn defangs_addresses() {
        for (given, expected) in [
            ("https://example.org/a.b?c=d.e", "hxxps://example[.]org/a.b?c=d.e"),
            ("HTTP://EXAMPLE.ORG", "hxxp://EXAMPLE[.]ORG"),
            ("example.org/x", "example[.]org/x"),
            ("ftp://a.b", "ftp://a[.]b"),
            ("", ""),
        ] {
            assert_eq!(defanged(given), expected);
        }
    }
}
