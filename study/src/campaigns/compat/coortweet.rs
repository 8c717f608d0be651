//! The pairs and edges of CooRTweet 2.1.3 (`detect_groups`, `generate_coordinated_network`).
//!
//! Source: Righetti and Balluff, *CooRTweet: a generalized R software for coordinated network
//! detection*, Computational Communication Research 7(1), 2025.
//!
//! Pairs: rows that say the same as one before are dropped, then accounts with fewer rows than the
//! participation asks for; every two rows of one object at most the window apart are a pair, unless
//! both are of one account or one content, or the object is one of the two contents. Of the
//! contents in pairs, those of accounts with enough rows among them survive, and a pair stays if
//! either of its contents survives. Edges: the weight is the number of pairs, not of objects, and
//! is heavy where it is above the quantile of all weights. Rows, columns and their order are the
//! reference's, except that ids are compared by their bytes rather than by the order of a locale.
//!
//! What the reference gets wrong is not reproduced: it orders the two accounts of an edge by their
//! ids but leaves the two contents as they are, so that its `n_content_id`, `n_content_id_y` and
//! `edge_symmetry_score` mix the two accounts. Here the first is the number of contents of `from`,
//! the second that of `to`, and the score their ratio.

use super::csv_rows::CsvRows;
use super::{CappedObject, CompatError, CsvError, Options, Summary};
use crate::Names;
use crate::campaigns::coaction::{Cap, for_each_pair};
use crate::campaigns::traces::{Action, Actions, Trace};
use foldhash::quality::RandomState;
use hashbrown::{HashMap, HashSet};
use std::io::{Read, Write};

/// The columns of the pairs.
const PAIR_COLUMNS: [&str; 6] =
    ["object_id", "content_id", "content_id_y", "time_delta", "account_id", "account_id_y"];
/// The columns of the edges.
const EDGE_COLUMNS: [&str; 8] = [
    "from",
    "to",
    "weight",
    "avg_time_delta",
    "n_content_id",
    "n_content_id_y",
    "edge_symmetry_score",
    "weight_threshold",
];

/// Reads shares and writes the pairs and edges among them.
///
/// The input has the columns `account_id`, `content_id` or `post_id`, `timestamp_share` or
/// `timestamp` (seconds since 1970), and that which [`Options::object`] names; others are passed
/// over. Rows without an object are left out. Objects of a column `NAME_id` are written as
/// `NAME_` and the id, those of `phash_id` as `hash_` and the id, those of `object_id` as they are.
///
/// # Errors
/// Where the input is not as it should be, an option is out of its range, or a result cannot be
/// written.
pub fn run(
    input: impl Read,
    options: &Options,
    pairs: impl Write,
    edges: impl Write,
) -> Result<Summary, CompatError> {
    let window_us = options.checked()?;
    let shares = Shares::read(input, options)?;
    let actions = shares.actions();
    let survives = shares.surviving(&actions, window_us, options);
    let mut output = PairOutput {
        shares: &shares,
        writer: csv::Writer::from_writer(pairs),
        network: Network::default(),
        most_edges: options.limits.edges,
    };
    output.writer.write_record(PAIR_COLUMNS).map_err(failed)?;
    let mut result = Ok(());
    let mut of_object: Vec<(u32, u32)> = Vec::new();
    let mut object = 0;
    let capped = for_each_pair(&actions, window_us, &options.limits, |pair| {
        let (first, second) = (actions.post[pair.first], actions.post[pair.second]);
        if !shares.is_pair(first, second) || !survives.of_either(&shares, first, second) {
            return;
        }
        if object != actions.object[pair.first] && result.is_ok() {
            result = output.write(&mut of_object);
            object = actions.object[pair.first];
        }
        of_object.push((first.max(second), first.min(second)));
    });
    result.and_then(|()| output.write(&mut of_object))?;
    output.writer.flush()?;
    let network = output.network;
    network.write(&shares, options, edges)?;
    let name = |cap: &Cap| CappedObject::new(cap, shares.object_id(cap.object));
    Ok(Summary {
        pairs: network.pairs,
        edges: network.edges.len() as u64,
        pairs_without_room: network.pairs_without_room,
        capped: capped.iter().map(name).collect(),
        ..shares.summary
    })
}

fn failed(error: csv::Error) -> CompatError {
    CompatError::Write(error.into())
}

/// An account that shared an object by a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Share {
    object: u32,
    account: u32,
    content: u32,
    at_us: i64,
}

/// The shares of accounts with enough of them, each once: by account in the order in which accounts
/// were first seen, then in the order of the input. Objects are numbered in that order.
struct Shares {
    rows: Vec<Share>,
    accounts: Names,
    contents: Names,
    object_ids: Vec<String>,
    /// The content that has the same id as the object, if one has.
    same_content: Vec<Option<u32>>,
    participation: u32,
    summary: Summary,
}

impl Shares {
    fn read(input: impl Read, options: &Options) -> Result<Self, CsvError> {
        let object = [options.object.as_str()];
        let columns: [&[&str]; 4] = [
            &object,
            &["account_id"],
            &["content_id", "post_id"],
            &["timestamp_share", "timestamp"],
        ];
        let mut input = CsvRows::open(input, &columns)?;
        let (mut objects, mut accounts, mut contents) = (Names::new(), Names::new(), Names::new());
        let mut seen: HashSet<Share, RandomState> = HashSet::default();
        let (mut rows, mut summary) = (Vec::new(), Summary::default());
        while let Some(row) = input.next()? {
            let object = row.text(0)?;
            if object.is_empty() {
                summary.without_object += 1;
                continue;
            }
            let share = Share {
                object: objects.number(object),
                account: accounts.number(row.filled(1)?),
                content: contents.number(row.filled(2)?),
                at_us: row.time_us(3)?,
            };
            if seen.insert(share) {
                rows.push(share);
            } else {
                summary.duplicates += 1;
            }
        }
        summary.rows = input.count();
        let prefix = prefix(&options.object);
        let mut shares = Self {
            rows,
            accounts,
            contents,
            object_ids: Vec::new(),
            same_content: Vec::new(),
            participation: options.participation,
            summary,
        };
        shares.keep_taking_part();
        shares.number_objects(&objects, &prefix);
        Ok(shares)
    }

    /// Keeps the shares of accounts that have enough of them.
    fn keep_taking_part(&mut self) {
        let mut count = vec![0_u32; self.accounts.len()];
        self.rows.iter().for_each(|share| count[share.account as usize] += 1);
        self.rows.retain(|share| count[share.account as usize] >= self.participation);
        self.rows.sort_by_key(|share| share.account);
    }

    fn number_objects(&mut self, objects: &Names, prefix: &str) {
        let mut numbers = vec![u32::MAX; objects.len()];
        for share in &mut self.rows {
            let number = &mut numbers[share.object as usize];
            if *number == u32::MAX {
                *number = self.object_ids.len() as u32;
                let id = format!("{prefix}{}", objects.text(share.object));
                self.same_content.push(self.contents.find(&id));
                self.object_ids.push(id);
            }
            share.object = *number;
        }
    }

    /// The shares as actions, whose posts are the rows here.
    fn actions(&self) -> Actions {
        let action = |(row, share): (u32, &Share)| Action {
            object: share.object,
            account: share.account,
            at_us: share.at_us,
            post: row,
        };
        Actions::pack(Trace::Link, (0..).zip(&self.rows).map(action).collect())
    }

    /// Whether two shares of one object by different accounts are a pair.
    fn is_pair(&self, first: u32, second: u32) -> bool {
        let (first, second) = (self.rows[first as usize], self.rows[second as usize]);
        let same = self.same_content[first.object as usize];
        first.content != second.content
            && same != Some(first.content)
            && same != Some(second.content)
    }

    /// Which contents survive: those in pairs, of accounts with enough shares by such contents.
    fn surviving(&self, actions: &Actions, window_us: i64, options: &Options) -> Surviving {
        let mut paired = vec![false; self.contents.len()];
        for_each_pair(actions, window_us, &options.limits, |pair| {
            let (first, second) = (actions.post[pair.first], actions.post[pair.second]);
            if self.is_pair(first, second) {
                for share in [first, second] {
                    paired[self.rows[share as usize].content as usize] = true;
                }
            }
        });
        let in_pairs = || self.rows.iter().filter(|share| paired[share.content as usize]);
        let mut count = vec![0_u32; self.accounts.len()];
        in_pairs().for_each(|share| count[share.account as usize] += 1);
        let mut contents = vec![false; self.contents.len()];
        for share in in_pairs().filter(|share| count[share.account as usize] >= self.participation)
        {
            contents[share.content as usize] = true;
        }
        Surviving { contents }
    }

    fn object_id(&self, object: u32) -> String {
        self.object_ids[object as usize].clone()
    }
}

/// Contents that survive, by their number.
struct Surviving {
    contents: Vec<bool>,
}

impl Surviving {
    fn of_either(&self, shares: &Shares, first: u32, second: u32) -> bool {
        [first, second].iter().any(|row| self.contents[shares.rows[*row as usize].content as usize])
    }
}

/// What ids of objects begin with in the output.
fn prefix(column: &str) -> String {
    match column.strip_suffix("_id") {
        Some("phash") => "hash_".into(),
        Some("object") | None => String::new(),
        Some(kind) => format!("{kind}_"),
    }
}

/// Where pairs go.
struct PairOutput<'a, W: Write> {
    shares: &'a Shares,
    writer: csv::Writer<W>,
    network: Network,
    most_edges: usize,
}

impl<W: Write> PairOutput<'_, W> {
    /// Writes the pairs of one object, each the later row and the earlier one, and forgets them.
    fn write(&mut self, of_object: &mut Vec<(u32, u32)>) -> Result<(), CompatError> {
        of_object.sort_unstable();
        for (later, earlier) in of_object.drain(..) {
            let rows = &self.shares.rows;
            let (first, second) = (rows[earlier as usize], rows[later as usize]);
            let older_first = first.at_us <= second.at_us;
            let (old, new) = if older_first { (first, second) } else { (second, first) };
            self.network.add(self.shares, old, new, self.most_edges);
            self.write_row(old, new)?;
        }
        Ok(())
    }

    fn write_row(&mut self, old: Share, new: Share) -> Result<(), CompatError> {
        let Shares { accounts, contents, object_ids, .. } = self.shares;
        let fields = [
            object_ids[old.object as usize].as_str(),
            contents.text(old.content),
            contents.text(new.content),
            &number((new.at_us - old.at_us) as f64 / 1e6),
            accounts.text(old.account),
            accounts.text(new.account),
        ];
        self.writer.write_record(fields).map_err(failed)
    }
}

/// Edges in the order in which they were first seen.
#[derive(Default)]
struct Network {
    edges: Vec<NetworkEdge>,
    places: HashMap<(u32, u32), u32, RandomState>,
    /// The contents of each side that were counted: the edge, the account and the content.
    counted: HashSet<(u32, u32, u32), RandomState>,
    pairs: u64,
    pairs_without_room: u64,
}

/// Two accounts, that with the lesser id first.
#[derive(Debug, Clone, Copy)]
struct NetworkEdge {
    accounts: [u32; 2],
    weight: u32,
    apart_us: i64,
    contents: [u32; 2],
}

impl Network {
    fn add(&mut self, shares: &Shares, old: Share, new: Share, most: usize) {
        self.pairs += 1;
        let id = |share: Share| shares.accounts.text(share.account);
        let (a, b) = if id(old) <= id(new) { (old, new) } else { (new, old) };
        let known = self.places.get(&(a.account, b.account)).copied();
        if known.is_none() && self.edges.len() >= most {
            self.pairs_without_room += 1;
            return;
        }
        let place = known.unwrap_or_else(|| self.begin(a.account, b.account));
        let edge = &mut self.edges[place as usize];
        edge.weight = edge.weight.saturating_add(1);
        edge.apart_us = edge.apart_us.saturating_add(new.at_us - old.at_us);
        for (side, share) in [a, b].into_iter().enumerate() {
            let is_new = self.counted.insert((place, share.account, share.content));
            edge.contents[side] += u32::from(is_new);
        }
    }

    fn begin(&mut self, a: u32, b: u32) -> u32 {
        let place =
            u32::try_from(self.edges.len()).expect("fewer edges than pairs of u32 accounts");
        let (accounts, contents) = ([a, b], [0, 0]);
        self.edges.push(NetworkEdge { accounts, weight: 0, apart_us: 0, contents });
        self.places.insert((a, b), place);
        place
    }

    /// Writes the edges, the heaviest first. The side that a graph would have met first comes
    /// first, as in the reference.
    fn write(
        &self,
        shares: &Shares,
        options: &Options,
        output: impl Write,
    ) -> Result<(), CompatError> {
        let met = self.met(shares.accounts.len());
        let threshold = self.threshold(options.edge_quantile);
        let mut order: Vec<&NetworkEdge> = self.edges.iter().collect();
        order.sort_by_key(|edge| std::cmp::Reverse(edge.weight));
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(EDGE_COLUMNS).map_err(failed)?;
        for edge in order {
            let [a, b] = edge.accounts;
            let (from, to) = if met[a as usize] < met[b as usize] { (0, 1) } else { (1, 0) };
            let [of_from, of_to] = [from, to].map(|side| edge.contents[side]);
            let symmetry = f64::from(of_from.min(of_to)) / f64::from(of_from.max(of_to));
            let fields = [
                shares.accounts.text(edge.accounts[from]),
                shares.accounts.text(edge.accounts[to]),
                &edge.weight.to_string(),
                &number(edge.apart_us as f64 / 1e6 / f64::from(edge.weight)),
                &of_from.to_string(),
                &of_to.to_string(),
                &number(symmetry),
                if f64::from(edge.weight) > threshold { "1" } else { "0" },
            ];
            writer.write_record(fields).map_err(failed)?;
        }
        Ok(writer.flush()?)
    }

    /// When a graph would have met each account: first the first sides of all edges, then the
    /// second ones.
    fn met(&self, accounts: usize) -> Vec<u32> {
        let mut met = vec![u32::MAX; accounts];
        let mut next = 0;
        for side in [0, 1] {
            for edge in &self.edges {
                let at = &mut met[edge.accounts[side] as usize];
                if *at == u32::MAX {
                    *at = next;
                    next += 1;
                }
            }
        }
        met
    }

    /// The quantile of the weights: between two of them, in proportion (R's type 7).
    fn threshold(&self, quantile: f64) -> f64 {
        let mut weights: Vec<u32> = self.edges.iter().map(|edge| edge.weight).collect();
        weights.sort_unstable();
        let Some(last) = weights.len().checked_sub(1) else { return 0.0 };
        let at = last as f64 * quantile;
        let (low, high) = (at.floor() as usize, at.ceil() as usize);
        let (low_weight, high_weight) = (f64::from(weights[low]), f64::from(weights[high]));
        low_weight + (at - low as f64) * (high_weight - low_weight)
    }
}

/// A number from 0 on with at most 15 significant digits, as the reference's tables are written:
/// rounded to 16 digits, and then, halves upward, to 15.
fn number(value: f64) -> String {
    let scientific = format!("{value:.15e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let sixteen: u64 = digits.replace('.', "").parse().unwrap_or(0);
    let fifteen = ((sixteen + 5) / 10).to_string();
    let carried = usize::from(fifteen.len() > 15);
    let before_point = exponent.parse::<i64>().unwrap_or(0) + 1 + carried as i64;
    let digits = fifteen.trim_end_matches('0');
    match usize::try_from(before_point) {
        _ if digits.is_empty() => "0".into(),
        Ok(whole) if whole >= digits.len() => format!("{digits:0<whole$}"),
        Ok(whole) if whole > 0 => format!("{}.{}", &digits[..whole], &digits[whole..]),
        Ok(_) | Err(_) => format!("0.{}{digits}", "0".repeat((-before_point) as usize)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What an input gives: its pairs and edges without their headers, and what is told of it.
    fn check(input: &str, options: &Options, pairs: &[&str], edges: &[&str]) -> Summary {
        let (mut pair_output, mut edge_output) = (Vec::new(), Vec::new());
        let summary = run(input.as_bytes(), options, &mut pair_output, &mut edge_output).unwrap();
        for (output, columns, wanted) in [
            (pair_output, PAIR_COLUMNS.as_slice(), pairs),
            (edge_output, EDGE_COLUMNS.as_slice(), edges),
        ] {
            let output = String::from_utf8(output).unwrap();
            let mut lines = output.lines();
            assert_eq!(lines.next(), Some(columns.join(",").as_str()));
            assert_eq!(lines.collect::<Vec<_>>(), wanted, "{input}");
        }
        summary
    }

    const HEADER: &str = "object_id,account_id,content_id,timestamp_share\n";

    fn shares(rows: &str) -> String {
        HEADER.to_owned() + &rows.replace(' ', "\n")
    }

    #[test]
    fn both_accounts_count_their_own_contents() {
        let input = shares("x,B,b1,10 x,A,a1,12 x,B,b2,15");
        check(
            &input,
            &Options::new("object_id", 10.0, 1),
            &["x,b1,a1,2,B,A", "x,a1,b2,3,A,B"],
            &["A,B,2,2.5,1,2,0.5,0"],
        );
    }

    #[test]
    fn pairs_are_as_the_reference_makes_them() {
        for (rows, window_s, participation, pairs) in [
            // Both ends of the window belong to it.
            ("x,A,a1,0 x,B,b1,10 x,C,c1,20.5", 10.0, 1, &["x,a1,b1,10,A,B"][..]),
            // What happens at once keeps the order in which accounts were first seen.
            ("y,B,b0,90 x,A,a1,5 x,B,b1,5", 0.0, 1, &["x,b1,a1,0,B,A"]),
            // Neither an account nor a content is paired with itself, nor an object with a content.
            ("x,A,a1,0 x,A,a2,0 x,B,a1,0", 5.0, 1, &["x,a2,a1,0,A,B"]),
            ("x,A,x,0 x,B,b1,0", 5.0, 1, &[]),
            // Too few shares in the input.
            ("x,A,a1,0 x,B,b1,0", 5.0, 2, &[]),
            // B takes part once in a pair only, but A does twice, and either suffices.
            (
                "x,A,a1,0 y,A,a2,0 x,B,b1,1 z,B,b2,9 y,C,c1,3 z,C,c2,100",
                5.0,
                2,
                &["x,a1,b1,1,A,B", "y,a2,c1,3,A,C"],
            ),
            // Neither takes part twice.
            ("x,A,a1,0 z,A,a2,50 x,B,b1,1 z,B,b2,90", 5.0, 2, &[]),
        ] {
            let options = Options::new("object_id", window_s, participation);
            let mut output = Vec::new();
            run(shares(rows).as_bytes(), &options, &mut output, std::io::sink()).unwrap();
            let output = String::from_utf8(output).unwrap();
            assert_eq!(output.lines().skip(1).collect::<Vec<_>>(), pairs, "{rows}");
        }
    }

    #[test]
    fn the_summary_tells_what_was_left_out() {
        let input = "timestamp,post_id,account_id,url_id,more\n\
                     1,p1,A,7,\n1,p1,A,7,\n2,p2,B,,\n3,p3,B,7,\n4,p4,C,7,\n";
        let options = Options::new("url_id", 5.0, 1);
        let summary = check(
            input,
            &options,
            &["url_7,p1,p3,2,A,B", "url_7,p1,p4,3,A,C", "url_7,p3,p4,1,B,C"],
            &["A,B,1,2,1,1,1,0", "A,C,1,3,1,1,1,0", "B,C,1,1,1,1,1,0"],
        );
        let wanted = Summary {
            rows: 5,
            without_object: 1,
            duplicates: 1,
            pairs: 3,
            edges: 3,
            ..Summary::default()
        };
        assert_eq!(summary, wanted);
    }

    #[test]
    fn what_is_too_much_is_told() {
        let input = shares("x,A,a1,0 x,B,b1,0 x,C,c1,0 x,D,d1,0");
        let mut options = Options::new("object_id", 5.0, 1);
        options.limits.pairs_per_object = 4;
        options.limits.edges = 2;
        let pairs = ["x,a1,b1,0,A,B", "x,b1,c1,0,B,C", "x,c1,d1,0,C,D"];
        let summary = check(&input, &options, &pairs, &["A,B,1,0,1,1,1,0", "B,C,1,0,1,1,1,0"]);
        let capped = CappedObject { object: "x".into(), actions: 4, pairs_skipped: 3 };
        assert_eq!((summary.capped, summary.pairs_without_room), (vec![capped], 1));
    }

    #[test]
    fn heavy_edges_are_above_the_quantile() {
        let edge = |weight| NetworkEdge { accounts: [0, 1], weight, apart_us: 0, contents: [1, 1] };
        for (weights, quantile, wanted) in [
            (&[1, 1, 2, 4][..], 0.5, 1.5),
            (&[1, 1, 2, 4], 0.9, 3.4),
            (&[3], 0.5, 3.0),
            (&[4, 1], 1.0, 4.0),
            (&[], 0.5, 0.0),
        ] {
            let edges = weights.iter().map(|weight| edge(*weight)).collect();
            let network = Network { edges, ..Network::default() };
            assert!((network.threshold(quantile) - wanted).abs() < 1e-12, "{weights:?}");
        }
    }

    #[test]
    fn numbers_are_short_and_exact() {
        for (value, wanted) in [
            (0.0, "0"),
            (1.0, "1"),
            (79.0 / 266.0, "0.296992481203008"),
            (1.0 / 24.0, "0.0416666666666667"),
            (1.5, "1.5"),
            (123_456_789.5, "123456789.5"),
            (187.0 / 39.0, "4.7948717948718"),
            (9.999_999_999_999_999, "10"),
            (0.000_25, "0.00025"),
            (1e18, "1000000000000000000"),
            (0.952_380_952_380_952_4, "0.952380952380952"),
        ] {
            assert_eq!(number(value), wanted);
        }
    }

    #[test]
    fn objects_bear_the_name_of_their_kind() {
        for (column, wanted) in
            [("url_id", "url_"), ("phash_id", "hash_"), ("object_id", ""), ("link", "")]
        {
            assert_eq!(prefix(column), wanted);
        }
    }

    proptest! {
        #[test]
        fn no_input_does_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let headed = [HEADER.as_bytes(), &bytes].concat();
            for input in [&bytes, &headed] {
                let options = Options::new("object_id", 10.0, 1);
                let _ = run(input.as_slice(), &options, std::io::sink(), std::io::sink());
            }
        }
    }
}
