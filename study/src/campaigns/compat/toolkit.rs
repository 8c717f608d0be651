//! The networks of the coordination network toolkit 1.5.2.
//!
//! Source: Graham and QUT Digital Observatory, *Coordination Network Toolkit*, Queensland
//! University of Technology, 2020.
//!
//! All networks are directed: the weight of an edge is the number of different messages of its
//! source that match a message of its target at most the window apart, both ends included. An edge
//! is written where its weight reaches the participation. Messages match as [`Network`] says.
//!
//! What the toolkit gets wrong is not reproduced: its release counts every message as matching
//! itself (edges of an account with itself are left out here, as the toolkit's own export does); it
//! takes an empty field of links for a link, so that all messages without links match; it takes all
//! texts that are only mentions for the same text; and it ends with an error where two such texts
//! fall into one window of the network of similar texts. A message whose id came before is left out
//! here together with its links.

use super::csv_rows::CsvRows;
use super::{CappedObject, CompatError, CsvError, Options, Summary};
use crate::Names;
use crate::campaigns::coaction::{Cap, Limits, edges};
use crate::campaigns::similar::SimilarPairs;
use crate::campaigns::traces::{Action, Actions, TextRules, Trace};
use foldhash::quality::RandomState;
use hashbrown::{HashMap, HashSet};
use std::borrow::Cow;
use std::io::{Read, Write};
use unicode_segmentation::UnicodeSegmentation as _;

/// The columns of the edges.
const EDGE_COLUMNS: [&str; 4] = ["source", "target", "weight", "edge_type"];

/// When two messages match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// They pass on the same message.
    CoRetweet,
    /// They have the same text but for mentions, case and blanks.
    CoTweet,
    /// They answer the same message.
    CoReply,
    /// They have a link in common, letter by letter.
    CoLink,
    /// Their sets of words have a Jaccard index of at least [`Options::similarity`].
    CoSimilarTweet,
    /// Whatever they are. This is what every other weight is at most.
    CoPost,
}

impl Network {
    /// Every network.
    pub const ALL: [Self; 6] = [
        Self::CoRetweet,
        Self::CoTweet,
        Self::CoReply,
        Self::CoLink,
        Self::CoSimilarTweet,
        Self::CoPost,
    ];

    /// Its name in the toolkit.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CoRetweet => "co_retweet",
            Self::CoTweet => "co_tweet",
            Self::CoReply => "co_reply",
            Self::CoLink => "co_link",
            Self::CoSimilarTweet => "co_similar_tweet",
            Self::CoPost => "co_post",
        }
    }

    fn parse(name: &str) -> Result<Self, CompatError> {
        let found = Self::ALL.into_iter().find(|network| network.as_str() == name);
        found.ok_or_else(|| CompatError::Option {
            option: "the network",
            value: name.to_owned(),
            remedy: "give co_retweet, co_tweet, co_reply, co_link, co_similar_tweet or co_post",
        })
    }

    /// The column that it goes by, where it goes by one.
    fn column(self) -> Option<&'static str> {
        match self {
            Self::CoRetweet | Self::CoPost => None,
            Self::CoTweet | Self::CoSimilarTweet => Some("message"),
            Self::CoReply => Some("reply_id"),
            Self::CoLink => Some("urls"),
        }
    }
}

/// Reads messages and writes the edges of the network that [`Options::object`] names, sorted by
/// source and target.
///
/// The input has the columns `message_id`, `user_id`, `repost_id`, `timestamp` (seconds since 1970)
/// and, for the networks that go by them, `reply_id`, `message` or `urls` (links with blanks
/// between them), in any order; others are passed over.
///
/// # Errors
/// Where the input is not as it should be, an option is out of its range, or a result cannot be
/// written.
pub fn run(
    input: impl Read,
    options: &Options,
    output: impl Write,
) -> Result<Summary, CompatError> {
    let window_us = options.checked()?;
    let network = Network::parse(&options.object)?;
    let messages = Messages::read(input, network)?;
    let mut summary = messages.summary.clone();
    let found = match network {
        Network::CoSimilarTweet => messages.similar(window_us, options, &mut summary),
        Network::CoRetweet
        | Network::CoTweet
        | Network::CoReply
        | Network::CoLink
        | Network::CoPost => messages.matching(network, window_us, &options.limits, &mut summary),
    };
    let rows = messages.write(network, &found, options.participation, output)?;
    summary.edges = rows;
    Ok(summary)
}

/// How many different messages of one user match a message of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Weight {
    users: [u32; 2],
    /// Of the first, then of the second.
    messages: [u32; 2],
}

/// What was read.
#[derive(Default)]
struct Messages {
    users: Names,
    /// What messages match by.
    objects: Names,
    /// For similar texts what they match by, in lower case and without mentions; nothing is gained
    /// by keeping each once.
    texts: Vec<Box<str>>,
    /// A row for each object of a message, whose `post` is the number of the message.
    actions: Vec<Action>,
    summary: Summary,
}

impl Messages {
    fn read(input: impl Read, network: Network) -> Result<Self, CsvError> {
        let column = [network.column().unwrap_or("repost_id")];
        let columns: [&[&str]; 5] =
            [&["message_id"], &["user_id"], &["timestamp"], &["repost_id"], &column];
        let mut input = CsvRows::open(input, &columns)?;
        let mut ids = Names::new();
        let mut messages = Self::default();
        let mut objects = Vec::new();
        while let Some(row) = input.next()? {
            let message = ids.len() as u32;
            if ids.number(row.filled(0)?) != message {
                messages.summary.duplicates += 1;
                continue;
            }
            let (account, at_us) = (messages.users.number(row.filled(1)?), row.time_us(2)?);
            let is_repost = !row.text(3)?.is_empty();
            messages.objects_of(network, is_repost, row.text(4)?, &mut objects);
            messages.summary.without_object += u64::from(objects.is_empty());
            for object in objects.drain(..) {
                messages.actions.push(Action { object, account, at_us, post: message });
            }
        }
        messages.summary.rows = input.count();
        Ok(messages)
    }

    /// The objects of a message, each once.
    fn objects_of(&mut self, network: Network, is_repost: bool, field: &str, found: &mut Vec<u32>) {
        let Self { objects, texts, .. } = self;
        let mut take = |object: &str| {
            let number = objects.number(object);
            if !object.is_empty() && !found.contains(&number) {
                found.push(number);
            }
        };
        match network {
            Network::CoPost => take("everything"),
            Network::CoRetweet => take(field),
            _ if is_repost => {}
            Network::CoTweet => take(&same_text(field)),
            Network::CoReply => take(field),
            Network::CoLink => field.split(' ').for_each(take),
            Network::CoSimilarTweet if field.is_empty() => {}
            Network::CoSimilarTweet => {
                found.push(texts.len() as u32);
                texts.push(without_mentions(&field.to_lowercase()).into());
            }
        }
    }

    fn matching(
        &self,
        network: Network,
        window_us: i64,
        limits: &Limits,
        summary: &mut Summary,
    ) -> Vec<Weight> {
        let trace = match network {
            Network::CoRetweet => Trace::Repost,
            Network::CoTweet | Network::CoSimilarTweet | Network::CoPost => Trace::Text,
            Network::CoReply => Trace::Reply,
            Network::CoLink => Trace::Link,
        };
        let found = edges(&Actions::pack(trace, self.actions.clone()), window_us, limits);
        let name = |cap: &Cap| CappedObject::new(cap, self.objects.text(cap.object).to_owned());
        summary.capped = found.capped.iter().map(name).collect();
        summary.pairs_without_room = found.pairs_without_room;
        summary.pairs = found.edges.iter().map(|edge| u64::from(edge.pairs)).sum();
        let weight = |edge: &crate::campaigns::coaction::Edge| Weight {
            users: [edge.a, edge.b],
            messages: [edge.posts_a, edge.posts_b],
        };
        found.edges.iter().map(weight).collect()
    }

    fn similar(&self, window_us: i64, options: &Options, summary: &mut Summary) -> Vec<Weight> {
        let rules =
            TextRules { min_words: 1, similarity: options.similarity, remember_us: window_us };
        let mut order: Vec<u32> = (0..self.actions.len() as u32).collect();
        order.sort_by_key(|row| self.actions[*row as usize].at_us);
        let most = usize::try_from(options.limits.pairs_per_object).unwrap_or(usize::MAX);
        let mut pairs = SimilarPairs::new(&rules, most);
        let mut weights = Weights::default();
        for row in order {
            let action = self.actions[row as usize];
            let text = &self.texts[action.object as usize];
            pairs.see(tokens(text), action.at_us, row, |other| {
                let other = self.actions[other as usize];
                if other.account != action.account {
                    weights.add(other, action, options.limits.edges);
                }
            });
        }
        summary.pairs = weights.pairs;
        summary.pairs_without_room = weights.without_room + pairs.skipped();
        weights.found
    }

    /// Writes the edges that are heavy enough, in both directions, and says how many.
    fn write(
        &self,
        network: Network,
        found: &[Weight],
        participation: u32,
        output: impl Write,
    ) -> Result<u64, CompatError> {
        let mut rows: Vec<(&str, &str, u32)> = Vec::new();
        for Weight { users, messages } in found {
            let [a, b] = users.map(|user| self.users.text(user));
            rows.extend([(a, b, messages[0]), (b, a, messages[1])]);
        }
        rows.retain(|row| row.2 >= participation);
        rows.sort_unstable();
        let failed = |error: csv::Error| CompatError::Write(error.into());
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(EDGE_COLUMNS).map_err(failed)?;
        for (source, target, weight) in &rows {
            let weight = weight.to_string();
            let fields = [source, target, weight.as_str(), network.as_str()];
            writer.write_record(fields).map_err(failed)?;
        }
        writer.flush()?;
        Ok(rows.len() as u64)
    }
}

/// Weights of pairs of messages that come in any order.
#[derive(Default)]
struct Weights {
    found: Vec<Weight>,
    places: HashMap<(u32, u32), u32, RandomState>,
    /// The messages that were counted, by the place of the weight.
    counted: HashSet<(u32, u32), RandomState>,
    pairs: u64,
    without_room: u64,
}

impl Weights {
    fn add(&mut self, one: Action, other: Action, most: usize) {
        let (a, b) = if one.account < other.account { (one, other) } else { (other, one) };
        let users = [a.account, b.account];
        let new = self.found.len();
        let known = self.places.get(&(users[0], users[1])).copied();
        if known.is_none() && new >= most.min(u32::MAX as usize) {
            self.without_room += 1;
            return;
        }
        let place = known.unwrap_or_else(|| {
            self.found.push(Weight { users, messages: [0, 0] });
            self.places.insert((users[0], users[1]), new as u32);
            new as u32
        });
        self.pairs += 1;
        for (side, message) in [a.post, b.post].into_iter().enumerate() {
            let is_new = self.counted.insert((place, message));
            self.found[place as usize].messages[side] += u32::from(is_new);
        }
    }
}

/// A text in lower case without mentions, one blank between words.
fn same_text(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut same = String::with_capacity(lower.len());
    for word in without_mentions(&lower).split(is_blank).filter(|word| !word.is_empty()) {
        if !same.is_empty() {
            same.push(' ');
        }
        same.push_str(word);
    }
    same
}

/// A text without what stands between an `@` and the next blank.
fn without_mentions(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut rest = text;
    let mut kept = String::with_capacity(text.len());
    while let Some((before, after)) = rest.split_once('@') {
        kept.push_str(before);
        rest = after.find(is_blank).map_or("", |at| &after[at..]);
    }
    Cow::Owned(kept + rest)
}

/// What the toolkit's language takes for a blank: that of Unicode, and the four separators.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || ('\u{1C}'..='\u{1F}').contains(&letter)
}

/// The words of a text and the marks between them, by the word boundaries of Unicode (UAX 29);
/// a single apostrophe is left out.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let (ascii, other) = if text.is_ascii() { (text, "") } else { ("", text) };
    let pieces = ascii.split(' ').flat_map(ascii_pieces).chain(other.split_word_bounds());
    pieces.filter(|token| *token != "'" && !token.chars().all(is_blank))
}

/// What stands between the boundaries of a text of ASCII without spaces: one of letters, digits and
/// underscores has none within it, so that most texts need no tables of Unicode.
fn ascii_pieces(text: &str) -> impl Iterator<Item = &str> {
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let (word, other) = if is_word { (text, "") } else { ("", text) };
    std::iter::once(word).chain(other.split_word_bounds())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: &str = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n";

    fn found(network: Network, rows: &str, participation: u32) -> (String, Summary) {
        let options = Options::new(network.as_str(), 60.0, participation);
        let mut output = Vec::new();
        let summary = run((HEADER.to_owned() + rows).as_bytes(), &options, &mut output).unwrap();
        let output = String::from_utf8(output).unwrap();
        let rows = output.strip_prefix("source,target,weight,edge_type\n").unwrap();
        (rows.replace(&format!(",{}\n", network.as_str()), " "), summary)
    }

    #[test]
    fn messages_match_as_the_network_says() {
        let words = "one two three four five six seven eight nine";
        let similar = format!("1,A,,,,{words} ten,0,\n2,B,,,,ten {words},1,\n3,C,,,,{words},60,");
        for (network, rows, wanted) in [
            // The window is closed at both ends; an account does not match itself.
            (Network::CoRetweet, "1,A,,x,,,0,\n2,B,,x,,,60,\n3,A,,x,,,120.5,\n", "A,B,1 B,A,1 "),
            // Weights are of different messages, and each direction has its own.
            (Network::CoRetweet, "1,A,,x,,,0,\n2,B,,x,,,1,\n3,A,,x,,,2,\n", "A,B,2 B,A,1 "),
            (Network::CoTweet, "1,A,,,,Hi @x There,0,\n2,B,,,,hi  there,5,\n", "A,B,1 B,A,1 "),
            // Mentions only, and reposts, are no texts.
            (Network::CoTweet, "1,A,,,,@x,0,\n2,B,,,,@y,5,\n", ""),
            (Network::CoTweet, "1,A,,z,,hi,0,\n2,B,,,,hi,5,\n", ""),
            (Network::CoReply, "1,A,,,r,,0,\n2,B,,,r,,5,\n3,C,,z,r,,5,\n", "A,B,1 B,A,1 "),
            // Two common links are one common message; no link is nothing in common.
            (Network::CoLink, "1,A,,,,,0,u v\n2,B,,,,,5,v  u\n", "A,B,1 B,A,1 "),
            (Network::CoLink, "1,A,,,,,0,\n2,B,,,,,5,\n", ""),
            (Network::CoLink, "1,A,,,,,0,u v\n2,B,,,,,5,u\n3,B,,,,,6,v\n", "A,B,1 B,A,2 "),
            (Network::CoSimilarTweet, &similar, "A,B,1 A,C,1 B,A,1 B,C,1 C,A,1 C,B,1 "),
            (Network::CoSimilarTweet, "1,A,,,,@a,0,\n2,B,,,,@b,0,\n", ""),
            (
                Network::CoPost,
                "1,A,,z,,,0,\n2,B,,,,,60,\n3,C,,,,,61,\n",
                "A,B,1 B,A,1 B,C,1 C,B,1 ",
            ),
        ] {
            assert_eq!(found(network, rows, 1).0, wanted, "{network:?} {rows}");
        }
    }

    proptest! {
        #[test]
        fn texts_of_ascii_have_the_boundaries_of_any_other(
            text in prop_oneof!["[a-b1'.,:;_\"\t\x1c\r\n -]{0,24}", "[a1'. \u{301}\u{a0}ä]{0,12}"],
        ) {
            let wanted = text.split_word_bounds();
            let wanted = wanted.filter(|token| *token != "'" && !token.chars().all(is_blank));
            prop_assert_eq!(tokens(&text).collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
        }
    }

    #[test]
    fn light_edges_are_left_out() {
        let rows = "1,A,,x,,,0,\n2,B,,x,,,1,\n3,A,,x,,,2,\n1,A,,x,,,3,\n4,C,,,,,0,\n";
        let (edges, summary) = found(Network::CoRetweet, rows, 2);
        let wanted = Summary {
            rows: 5,
            without_object: 1,
            duplicates: 1,
            pairs: 2,
            edges: 1,
            ..Summary::default()
        };
        assert_eq!((edges.as_str(), summary), ("A,B,2 ", wanted));
    }

    #[test]
    fn what_is_too_much_is_told() {
        let copies: String =
            (0..6).map(|n| format!("{n},u{n},,x,,same text,0,\n")).collect::<String>();
        for (network, rows) in [
            (Network::CoRetweet, copies.clone()),
            (Network::CoSimilarTweet, copies.replace(",x,", ",,")),
        ] {
            let mut options = Options::new(network.as_str(), 60.0, 1);
            options.limits = Limits { pairs_per_object: 2, edges: 3 };
            let input = HEADER.to_owned() + &rows;
            let summary = run(input.as_bytes(), &options, std::io::sink()).unwrap();
            assert_eq!(summary.edges, 6, "{network:?}");
            let told = summary.capped.len() as u64 + summary.pairs_without_room;
            assert!(told > 1, "{network:?}");
        }
    }

    #[test]
    fn options_out_of_range_are_refused() {
        for (change, wanted) in [
            ((|o| o.object = "co_x".into()) as fn(&mut Options), "the network is co_x: give co_re"),
            (|o| o.window_s = -1.0, "the window is -1: give seconds"),
            (|o| o.window_s = f64::NAN, "the window is NaN: give seconds"),
            (|o| o.similarity = 0.0, "the similarity is 0: give a number"),
            (|o| o.edge_quantile = 2.0, "the quantile of edges is 2: give a number"),
        ] {
            let mut options = Options::new("co_post", 60.0, 1);
            change(&mut options);
            let message = run(HEADER.as_bytes(), &options, std::io::sink()).unwrap_err();
            assert!(message.to_string().starts_with(wanted), "{message}");
        }
    }

    #[test]
    fn texts_are_cut_as_the_toolkit_does() {
        for (text, wanted) in [
            ("it's 'quoted' text.", &["it's", "quoted", "text", "."][..]),
            ("a\u{A0}b\tc  d", &["a", "b", "c", "d"]),
            ("3.5 e-mail", &["3.5", "e", "-", "mail"]),
        ] {
            assert_eq!(tokens(text).collect::<Vec<_>>(), wanted, "{text}");
        }
        assert_eq!(same_text("A@b c\u{1C}@\nD @x"), "a c d");
    }

    proptest! {
        #[test]
        fn no_input_does_harm(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            text in "[a-c@' ,\n\"]{0,80}",
        ) {
            for network in Network::ALL {
                let options = Options::new(network.as_str(), 60.0, 1);
                for rows in [&bytes, text.as_bytes()] {
                    let headed = [HEADER.as_bytes(), rows].concat();
                    let _ = run(rows, &options, std::io::sink());
                    let _ = run(headed.as_slice(), &options, std::io::sink());
                }
            }
        }
    }
}
