//! What accounts can do together, and every action of one such kind as columns.

pub(super) mod text;

pub(super) use text::has_words;
pub use text::{Normaliser, TextRules, normalise, words};

use super::similar::Grouper;
use crate::Dataset;
use crate::dataset::{NONE, Posts, Ragged};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Something that accounts can do together: two actions of one trace match when they have the same
/// object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trace {
    /// Passing on the same post.
    Repost,
    /// Posting the same text, mentions, links and blanks aside.
    Text,
    /// Posting nearly the same text.
    SimilarText,
    /// Posting the same link.
    Link,
    /// Answering the same post.
    Reply,
    /// Posting under the same hashtag.
    Hashtag,
    /// Posting the same picture.
    Image,
}

impl Trace {
    /// Every trace, in the order of the list.
    pub const ALL: [Self; 7] = [
        Self::Repost,
        Self::Text,
        Self::SimilarText,
        Self::Link,
        Self::Reply,
        Self::Hashtag,
        Self::Image,
    ];

    /// Its name in files and messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Repost => "repost",
            Self::Text => "text",
            Self::SimilarText => "similar_text",
            Self::Link => "link",
            Self::Reply => "reply",
            Self::Hashtag => "hashtag",
            Self::Image => "image",
        }
    }
}

/// The actions of one trace as columns of equal length, sorted by object, then time, then post.
///
/// Objects on which fewer than two accounts acted are left out: nobody did anything together
/// there. One post with several objects, such as two links, is one action on each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actions {
    /// What they did; says what the numbers of objects are (see [`Actions::label`]).
    pub trace: Trace,
    /// The object.
    pub object: Vec<u32>,
    /// Who acted, a number of [`Dataset::accounts`].
    pub account: Vec<u32>,
    /// When, in microseconds since 1970.
    pub at_us: Vec<i64>,
    /// The row of [`Posts`] that the action is.
    pub post: Vec<u32>,
    /// Where the actions on each object begin, and at last where all end.
    starts: Vec<u32>,
}

/// One action, before it is sorted and packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// The object.
    pub object: u32,
    /// Who acted.
    pub account: u32,
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// The post that the action is.
    pub post: u32,
}

impl Actions {
    /// Packs actions that come in any order.
    ///
    /// # Panics
    /// At the 4,294,967,296th action.
    #[must_use]
    pub fn pack(trace: Trace, mut rows: Vec<Action>) -> Self {
        let in_time = |pair: &[Action]| key(&pair[0]) <= key(&pair[1]);
        if !rows.windows(2).all(in_time) {
            rows.sort_unstable_by_key(key);
        }
        let mut packed = Self::none(trace);
        let order = by_object(&rows);
        let mut begin = 0;
        while begin < order.len() {
            let object = rows[order[begin] as usize].object;
            let same = |row: &&u32| rows[**row as usize].object == object;
            let end = begin + order[begin..].iter().take_while(same).count();
            packed.take(&rows, &order[begin..end]);
            begin = end;
        }
        packed
    }

    /// No action yet.
    fn none(trace: Trace) -> Self {
        Self {
            trace,
            object: Vec::new(),
            account: Vec::new(),
            at_us: Vec::new(),
            post: Vec::new(),
            starts: vec![0],
        }
    }

    /// Takes the actions on one object, unless they are all of one account.
    fn take(&mut self, rows: &[Action], order: &[u32]) {
        let first = rows[order[0] as usize].account;
        if order.iter().all(|row| rows[*row as usize].account == first) {
            return;
        }
        for row in order {
            let row = &rows[*row as usize];
            self.object.push(row.object);
            self.account.push(row.account);
            self.at_us.push(row.at_us);
            self.post.push(row.post);
        }
        self.starts.push(u32::try_from(self.object.len()).expect("fewer than 2^32 actions"));
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.object.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.object.is_empty()
    }

    /// On how many objects they are.
    #[must_use]
    pub fn objects(&self) -> usize {
        self.starts.len() - 1
    }

    /// The rows of each object, in the order of their numbers.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = Range<usize>> {
        self.starts.windows(2).map(|ends| ends[0] as usize..ends[1] as usize)
    }

    /// The object's id or text as the dataset has it: the id of a post for reposts and replies, the
    /// first text of its kind for texts, the object itself for all others.
    ///
    /// # Panics
    /// Where the object is not of this dataset and trace.
    #[must_use]
    pub fn label<'a>(&self, dataset: &'a Dataset, object: u32) -> &'a str {
        label(dataset, self.trace, object)
    }
}

/// The id or text of an object of a trace (see [`Actions::label`]).
///
/// # Panics
/// Where the object is not of this dataset and trace.
#[must_use]
pub fn label(dataset: &Dataset, trace: Trace, object: u32) -> &str {
    let posts = &dataset.posts;
    match trace {
        Trace::Repost | Trace::Reply => posts.ids.text(object),
        Trace::Text | Trace::SimilarText => posts.texts.text(object),
        Trace::Link | Trace::Hashtag | Trace::Image => posts.objects.text(object),
    }
}

fn key(action: &Action) -> (i64, u32) {
    (action.at_us, action.post)
}

/// Rows by object, in their order within each. Sorting by counting, where the numbers of objects
/// are not much larger than the number of rows; they hardly ever are.
fn by_object(rows: &[Action]) -> Vec<u32> {
    let count = u32::try_from(rows.len()).expect("fewer than 2^32 actions");
    let largest = rows.iter().map(|row| row.object).max().unwrap_or(0) as usize;
    let mut order: Vec<u32> = (0..count).collect();
    if largest > rows.len() * 16 + 1024 {
        order.sort_by_key(|row| rows[*row as usize].object);
        return order;
    }
    let mut next = vec![0_u32; largest + 2];
    for row in rows {
        next[row.object as usize + 1] += 1;
    }
    for object in 0..=largest {
        next[object + 1] += next[object];
    }
    for (at, row) in (0..count).zip(rows) {
        let place = &mut next[row.object as usize];
        order[*place as usize] = at;
        *place += 1;
    }
    order
}

/// Every action of a trace in a dataset.
///
/// A post that passes another on acts by that alone: its text, links, hashtags and pictures are
/// those of the other post. Texts are objects as [`TextRules`] say.
#[must_use]
pub fn actions(dataset: &Dataset, trace: Trace, rules: &TextRules) -> Actions {
    let posts = &dataset.posts;
    let rows = match trace {
        Trace::Repost => single(posts, |row| posts.repost_of[row]),
        Trace::Reply => own(posts, |row| posts.in_reply_to[row]),
        Trace::Text => texts(posts, rules),
        Trace::SimilarText => similar_texts(posts, rules),
        Trace::Link => several(posts, &posts.links),
        Trace::Hashtag => several(posts, &posts.hashtags),
        Trace::Image => several(posts, &posts.images),
    };
    Actions::pack(trace, rows)
}

/// One object for each post, or [`NONE`].
fn single(posts: &Posts, mut object: impl FnMut(usize) -> u32) -> Vec<Action> {
    let mut rows = Vec::new();
    for row in 0..posts.len() {
        let object = object(row);
        if object != NONE {
            rows.push(action(posts, row, object));
        }
    }
    rows
}

/// Likewise, of posts that pass nothing on.
fn own(posts: &Posts, mut object: impl FnMut(usize) -> u32) -> Vec<Action> {
    single(posts, |row| if posts.repost_of[row] == NONE { object(row) } else { NONE })
}

fn several(posts: &Posts, objects: &Ragged) -> Vec<Action> {
    let mut rows = Vec::new();
    for row in (0..posts.len()).filter(|row| posts.repost_of[*row] == NONE) {
        rows.extend(objects.row(row).iter().map(|object| action(posts, row, *object)));
    }
    rows
}

fn texts(posts: &Posts, rules: &TextRules) -> Vec<Action> {
    let mut forms = Forms::new(posts, rules);
    own(posts, |row| match forms.of(posts, row) {
        NONE => NONE,
        form => forms.normaliser.object(form),
    })
}

fn similar_texts(posts: &Posts, rules: &TextRules) -> Vec<Action> {
    let mut forms = Forms::new(posts, rules);
    let mut grouper = Grouper::new(rules, usize::MAX);
    own(posts, |row| match forms.of(posts, row) {
        NONE => NONE,
        form => {
            let number = u64::from(forms.normaliser.object(form));
            let group = grouper.group(number, forms.normaliser.text(form), posts.at_us[row]);
            group.map_or(NONE, |group| u32::try_from(group).expect("the number of a text"))
        }
    })
}

/// The number of the form of each text.
struct Forms {
    /// By number of text; [`UNKNOWN`] where it was not asked for yet.
    of_text: Vec<u32>,
    normaliser: Normaliser,
}

/// Not a number of a form: it is not known yet. [`NONE`] is that the text is no object.
const UNKNOWN: u32 = u32::MAX - 1;

impl Forms {
    fn new(posts: &Posts, rules: &TextRules) -> Self {
        let normaliser = Normaliser::new(rules);
        Self { of_text: vec![UNKNOWN; posts.texts.len()], normaliser }
    }

    fn of(&mut self, posts: &Posts, row: usize) -> u32 {
        let text = posts.text[row];
        let known = &mut self.of_text[text as usize];
        if *known == UNKNOWN {
            *known = self.normaliser.form(text, posts.texts.text(text)).unwrap_or(NONE);
        }
        *known
    }
}

fn action(posts: &Posts, row: usize, object: u32) -> Action {
    let post = u32::try_from(row).expect("fewer than 2^32 posts");
    Action { object, account: posts.account[row], at_us: posts.at_us[row], post }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Builder, PostRow};

    const LONG: &str = "the lantern parade begins at the harbour tonight";

    /// Two accounts, and what each trace finds in their posts: object, then posts.
    fn check(rows: &[PostRow], trace: Trace, wanted: &[(&str, &[&str])]) {
        let mut builder = Builder::new();
        rows.iter().for_each(|row| builder.post(row));
        let dataset = builder.build();
        let found = actions(&dataset, trace, &TextRules::default());
        let posts = |rows: Range<usize>| -> Vec<&str> {
            rows.map(|row| dataset.posts.id[found.post[row] as usize])
                .map(|id| dataset.posts.ids.text(id))
                .collect()
        };
        let groups: Vec<(&str, Vec<&str>)> = found
            .groups()
            .map(|rows| (found.label(&dataset, found.object[rows.start]), posts(rows)))
            .collect();
        let wanted: Vec<(&str, Vec<&str>)> =
            wanted.iter().map(|(object, posts)| (*object, posts.to_vec())).collect();
        assert_eq!(groups, wanted, "{trace:?}");
        assert_eq!(found.objects(), wanted.len());
        assert_eq!(found.len(), wanted.iter().map(|(_, posts)| posts.len()).sum::<usize>());
    }

    fn post<'a>(id: &'a str, account: &'a str, at_us: i64) -> PostRow<'a> {
        PostRow { id, account, at_us, ..PostRow::default() }
    }

    #[test]
    fn each_trace_has_its_objects() {
        let shouted = LONG.to_uppercase() + " @you https://a.example";
        let similar = LONG.replace("tonight", "tonight!");
        let base = |id, account, at_us, text| PostRow {
            text,
            links: &["https://l.example/1", "https://l.example/2"],
            hashtags: &["Lantern"],
            images: &["0f"],
            in_reply_to: Some("root"),
            ..post(id, account, at_us)
        };
        let rows = [
            base("p3", "b", 30, &similar),
            base("p1", "a", 10, LONG),
            base("p2", "b", 20, &shouted),
            PostRow { repost_of: Some("p1"), ..base("r1", "a", 40, LONG) },
            PostRow { repost_of: Some("p1"), ..base("r2", "c", 50, LONG) },
            PostRow { repost_of: Some("p2"), ..post("r3", "c", 60) },
        ];
        let all: &[&str] = &["p1", "p2", "p3"];
        for (trace, wanted) in [
            (Trace::Repost, &[("p1", &["r1", "r2"][..])][..]),
            (Trace::Text, &[(LONG, &["p1", "p2"])]),
            (Trace::Reply, &[("root", all)]),
            (Trace::Link, &[("https://l.example/1", all), ("https://l.example/2", all)]),
            (Trace::Hashtag, &[("lantern", all)]),
            (Trace::Image, &[("0f", all)]),
        ] {
            check(&rows, trace, wanted);
        }
    }

    #[test]
    fn nearly_equal_texts_are_one_object() {
        let words = |last: &str| format!("one two three four five six seven eight nine {last}");
        let texts = [words("ten"), words("eleven"), "five other words stand here".to_owned()];
        let rows = [("p1", "a", 0), ("p2", "b", 1), ("p3", "c", 1)];
        let rows: Vec<PostRow> = rows
            .iter()
            .zip(&texts)
            .map(|((id, account, at), text)| PostRow { text, ..post(id, account, *at) })
            .collect();
        check(&rows, Trace::SimilarText, &[(texts[0].as_str(), &["p1", "p2"])]);
        check(&rows, Trace::Text, &[]);
    }

    #[test]
    fn objects_of_one_account_or_without_content_are_left_out() {
        let rows = [
            PostRow { text: "@one @two", links: &["x"], ..post("p1", "a", 0) },
            PostRow { text: "@one @two", links: &["x"], ..post("p2", "a", 0) },
            PostRow { text: "@one @two", links: &[""], ..post("p3", "b", 0) },
        ];
        for trace in Trace::ALL {
            check(&rows, trace, &[]);
        }
    }

    #[test]
    fn far_numbers_of_objects_are_packed_too() {
        let row = |object, account, post| Action { object, account, at_us: 5, post };
        let rows = vec![row(NONE - 1, 1, 3), row(2, 1, 2), row(2, 2, 1), row(NONE - 1, 2, 0)];
        let packed = Actions::pack(Trace::Link, rows);
        assert_eq!(packed.object, [2, 2, NONE - 1, NONE - 1]);
        assert_eq!(packed.post, [1, 2, 0, 3]);
        assert_eq!(packed.groups().collect::<Vec<_>>(), [0..2, 2..4]);
    }

    #[test]
    fn names_of_traces_are_those_in_files() {
        for trace in Trace::ALL {
            let json = serde_json::to_string(&trace).unwrap();
            assert_eq!(json, format!("\"{}\"", trace.as_str()));
        }
    }
}
