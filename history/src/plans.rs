//! The tabular parts of the studies as plans over Parquet.
//!
//! Each plan is one text of SQL, which runs alike on one machine and on a cluster. Results come
//! sorted, so that the same tables give the same bytes. Times are microseconds since 1970; both
//! ends of a window belong to it. Rows without what a plan needs, such as an item without an
//! account, do not count in it; [`crate::read`] refuses them.

use crate::engine::{Joins, Plan, Set};
use crate::folder::Folder;
use crate::{Engine, Error, Table};
use datafusion::arrow::array::{AsArray, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};

/// Microseconds of a day.
pub const DAY_US: i64 = 86_400_000_000;

/// Something that accounts can do together and that plans can pair. Equal texts are paired in
/// memory, by [`study::campaigns`]: they are compared in a normal form that is no SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trace {
    /// Passing on the same post.
    Repost,
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
    pub const ALL: [Self; 5] = [Self::Repost, Self::Link, Self::Reply, Self::Hashtag, Self::Image];

    /// Every action of the trace: its object, who acted, and when. A post that passes another on
    /// acts by that alone.
    fn actions(self, period: &Period) -> String {
        let passes_on = "coalesce(repost_of, '') <> '' AND repost_of <> id";
        let own = format!("NOT ({passes_on}) OR repost_of IS NULL");
        let (object, which) = match self {
            Self::Repost => ("repost_of", passes_on.to_owned()),
            Self::Reply => ("in_reply_to", format!("({own}) AND in_reply_to <> id")),
            Self::Link => ("btrim(unnest(links))", own),
            Self::Hashtag => ("lower(btrim(unnest(hashtags)))", own),
            Self::Image => ("btrim(unnest(images))", own),
        };
        let period = period.condition();
        format!(
            "SELECT {object} AS object, account, CAST(created_at AS BIGINT) AS at
             FROM items WHERE ({which}) AND account IS NOT NULL AND {period}"
        )
    }
}

/// From when to when; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first instant.
    pub from_us: i64,
    /// Its last instant.
    pub to_us: i64,
}

impl Period {
    /// All of time.
    pub const ALL: Self = Self { from_us: 0, to_us: model::limits::TIME_MAX_US };

    fn condition(&self) -> String {
        if *self == Self::ALL {
            return "TRUE".to_owned();
        }
        let Self { from_us, to_us } = self;
        // Compared as timestamps, so that files and row groups of other times are passed over.
        let time = |us: &i64| format!("arrow_cast({us}, 'Timestamp(Microsecond, Some(\"UTC\"))')");
        format!("created_at BETWEEN {} AND {}", time(from_us), time(to_us))
    }
}

/// Which edges are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EdgeQuestion {
    /// What they do together.
    pub trace: Trace,
    /// How far apart at most, in microseconds, from 1.
    pub window_us: i64,
    /// On how many distinct objects at least.
    pub objects_min: u32,
    /// Items of that time alone.
    pub period: Period,
    /// Actions on one object within one window beyond which it is left out, from 2; such as
    /// [`crate::limits::WINDOW_ACTIONS`].
    pub window_actions_max: u64,
}

/// Two accounts that acted on the same objects within a window.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The account whose id comes first.
    pub a: String,
    /// The other one.
    pub b: String,
    /// On how many distinct objects.
    pub objects: u64,
    /// When the first of these actions was.
    pub first_us: i64,
    /// When the last was.
    pub last_us: i64,
}

/// An object on which so many acted within one window that it was not paired.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Busy {
    /// The object.
    pub object: String,
    /// When the time begins that is left out; it is as long as the window.
    pub from_us: i64,
    /// How many actions it has.
    pub actions: u64,
}

/// Edges, and what was left out of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edges {
    /// The edges by their accounts.
    pub edges: Vec<Edge>,
    /// What was left out; where it is not empty, edges may lack objects.
    pub left_out: Vec<Busy>,
}

/// Finds pairs of accounts that acted on the same objects within a window.
///
/// The weight is the number of distinct objects, so that nobody gains weight by repeating. Actions
/// are paired by object and slice of time, each with its own slice and the next: the work grows
/// with those who acted close together, not with the square of all who ever acted on an object.
///
/// # Errors
/// Where the question makes no sense, the folder has no items in Parquet, or the plan fails or does
/// not fit.
pub async fn edges(
    engine: &Engine,
    folder: &Folder,
    question: &EdgeQuestion,
) -> Result<Edges, Error> {
    let EdgeQuestion { window_us, objects_min, window_actions_max, .. } = *question;
    if !(1..=DAY_US * 366).contains(&window_us) || window_actions_max < 2 {
        let what = "ask for a window of 1 µs to 366 days, and 2 actions in it or more";
        return Err(Error::Asked(what.to_owned()));
    }
    let left_out = busy(engine, folder, question).await?;
    let slices: Vec<String> =
        left_out.iter().map(|busy| (busy.from_us / window_us).to_string()).collect();
    let sets = [Set {
        name: "busy",
        columns: vec![
            ("object", left_out.iter().map(|busy| busy.object.as_str()).collect()),
            ("slice", slices.iter().map(String::as_str).collect()),
        ],
    }];
    let (sets, without) = match left_out.is_empty() {
        true => (&sets[..0], ""),
        false => (
            &sets[..],
            "LEFT ANTI JOIN busy ON busy.object = act.object
             AND CAST(busy.slice AS BIGINT) = act.slice",
        ),
    };
    let sliced = sliced(question);
    let sql = format!(
        "WITH act AS ({sliced}), kept AS (SELECT act.* FROM act {without}),
         earlier AS (
             SELECT object, account, at, unnest(make_array(slice, slice + 1)) AS slice FROM kept
         ),
         shared AS (
             SELECT least(l.account, r.account) AS a, greatest(l.account, r.account) AS b,
                    l.object AS object, min(l.at) AS first, max(r.at) AS last
             FROM earlier l JOIN kept r ON l.object = r.object AND l.slice = r.slice
             WHERE l.account <> r.account AND r.at - l.at BETWEEN 0 AND {window_us}
             GROUP BY 1, 2, 3
         )
         SELECT a, b, count(*) AS objects, min(first) AS first, max(last) AS last
         FROM shared GROUP BY a, b HAVING count(*) >= {objects_min}"
    );
    let plan = Plan { name: "edges", sql, tables: &[Table::Items], sets, joins: Joins::Sorted };
    let mut edges = Vec::new();
    engine
        .run(folder, &plan, |batch| {
            let (a, b) = (texts(batch, 0), texts(batch, 1));
            let (objects, first, last) = (numbers(batch, 2), numbers(batch, 3), numbers(batch, 4));
            edges.extend((0..batch.num_rows()).map(|row| Edge {
                a: a.value(row).to_owned(),
                b: b.value(row).to_owned(),
                objects: objects.value(row).unsigned_abs(),
                first_us: first.value(row),
                last_us: last.value(row),
            }));
        })
        .await?;
    edges.sort_unstable();
    Ok(Edges { edges, left_out })
}

/// The actions of a question with their slice of time; one that came twice is there once.
fn sliced(question: &EdgeQuestion) -> String {
    let actions = question.trace.actions(&question.period);
    let window_us = question.window_us;
    format!(
        "SELECT DISTINCT object, account, at, at / {window_us} AS slice
         FROM ({actions}) WHERE object <> ''"
    )
}

async fn busy(
    engine: &Engine,
    folder: &Folder,
    question: &EdgeQuestion,
) -> Result<Vec<Busy>, Error> {
    let (sliced, most) = (sliced(question), question.window_actions_max);
    let sql = format!(
        "SELECT object, slice, count(*) AS actions FROM ({sliced})
         GROUP BY object, slice HAVING count(*) > {most}"
    );
    let tables = &[Table::Items];
    let plan = Plan { name: "busy objects", sql, tables, sets: &[], joins: Joins::Hash };
    let mut busy = Vec::new();
    engine
        .run(folder, &plan, |batch| {
            let (object, slice, actions) = (texts(batch, 0), numbers(batch, 1), numbers(batch, 2));
            busy.extend((0..batch.num_rows()).map(|row| Busy {
                object: object.value(row).to_owned(),
                from_us: slice.value(row) * question.window_us,
                actions: actions.value(row).unsigned_abs(),
            }));
        })
        .await?;
    busy.sort_unstable();
    Ok(busy)
}

/// Whose links to members are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// Of the members.
    Members,
    /// Of everybody who follows a member or is followed by one.
    Everybody,
}

/// How an account is linked to members; distinct members, itself aside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Degree {
    /// The account.
    pub account: String,
    /// How many members follow it.
    pub followed_by: u64,
    /// How many members it follows.
    pub follows: u64,
}

/// Counts, for each account, the members that it follows and that follow it. An account that has
/// no such link is not in the result.
///
/// # Errors
/// Where the folder has no follows in Parquet, there are more members than
/// [`crate::limits::SET_ACCOUNTS`], or the plan fails or does not fit.
pub async fn degrees(
    engine: &Engine,
    folder: &Folder,
    members: &[&str],
    among: Among,
) -> Result<Vec<Degree>, Error> {
    let (by_members, of_members) = (links(End::From, among), links(End::To, among));
    let sql = format!(
        "SELECT account, sum(i) AS followed_by, sum(o) AS follows FROM (
             SELECT \"to\" AS account, 1 AS i, 0 AS o FROM ({by_members})
             UNION ALL
             SELECT \"from\" AS account, 0 AS i, 1 AS o FROM ({of_members})
         ) GROUP BY account"
    );
    let sets = [Set::ids("members", members)];
    let tables = &[Table::Follows];
    let plan = Plan { name: "degrees", sql, tables, sets: &sets, joins: Joins::Hash };
    let mut degrees = Vec::new();
    engine
        .run(folder, &plan, |batch| {
            let (account, by, of) = (texts(batch, 0), numbers(batch, 1), numbers(batch, 2));
            degrees.extend((0..batch.num_rows()).map(|row| Degree {
                account: account.value(row).to_owned(),
                followed_by: by.value(row).unsigned_abs(),
                follows: of.value(row).unsigned_abs(),
            }));
        })
        .await?;
    degrees.sort_unstable();
    Ok(degrees)
}

/// An end of a follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    From,
    To,
}

impl End {
    fn column(self) -> &'static str {
        match self {
            Self::From => "f.\"from\"",
            Self::To => "f.\"to\"",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::From => Self::To,
            Self::To => Self::From,
        }
    }
}

/// The follows that have a member at one end, each once.
fn links(member: End, among: Among) -> String {
    let (end, other) = (member.column(), member.other().column());
    let both = match among {
        Among::Everybody => String::new(),
        Among::Members => format!("JOIN members o ON o.id = {other}"),
    };
    format!(
        "SELECT DISTINCT f.\"from\", f.\"to\" FROM follows f
         JOIN members m ON m.id = {end} {both} WHERE f.\"from\" <> f.\"to\""
    )
}

/// Which way a snowball rolls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roll {
    /// To the accounts that those of the set follow.
    Followed,
    /// To the accounts that follow those of the set.
    Followers,
}

/// An account of the next level, and who led to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reached {
    /// The account.
    pub account: String,
    /// The one of the set that led to it; of several, the one whose id comes first.
    pub led_by: String,
    /// How many of the set led to it.
    pub leads: u64,
}

/// Finds the accounts that are one follow away from a set and not in it.
///
/// # Errors
/// As [`degrees`].
pub async fn snowball(
    engine: &Engine,
    folder: &Folder,
    set: &[&str],
    roll: Roll,
) -> Result<Vec<Reached>, Error> {
    let led = match roll {
        Roll::Followed => End::From,
        Roll::Followers => End::To,
    };
    let (links, member, reached) = (
        links(led, Among::Everybody),
        led.column().replace("f.", "l."),
        led.other().column().replace("f.", "l."),
    );
    let sql = format!(
        "SELECT {reached} AS account, min({member}) AS led_by, count(*) AS leads
         FROM ({links}) l LEFT ANTI JOIN members k ON k.id = {reached} GROUP BY {reached}"
    );
    let sets = [Set::ids("members", set)];
    let tables = &[Table::Follows];
    let plan = Plan { name: "snowball", sql, tables, sets: &sets, joins: Joins::Hash };
    let mut reached = Vec::new();
    engine
        .run(folder, &plan, |batch| {
            let (account, led_by, leads) = (texts(batch, 0), texts(batch, 1), numbers(batch, 2));
            reached.extend((0..batch.num_rows()).map(|row| Reached {
                account: account.value(row).to_owned(),
                led_by: led_by.value(row).to_owned(),
                leads: leads.value(row).unsigned_abs(),
            }));
        })
        .await?;
    reached.sort_unstable();
    Ok(reached)
}

/// How much an account posted on one day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayOf {
    /// The account.
    pub account: String,
    /// When the day begins, UTC.
    pub from_us: i64,
    /// How many items.
    pub items: u64,
    /// How many of them pass on or answer another.
    pub responses: u64,
}

/// Counts the items of each account by day.
///
/// # Errors
/// Where the folder has no items in Parquet, or the plan fails or does not fit.
pub async fn activity(
    engine: &Engine,
    folder: &Folder,
    period: &Period,
) -> Result<Vec<DayOf>, Error> {
    let period = period.condition();
    let sql = format!(
        "SELECT account, CAST(created_at AS BIGINT) / {DAY_US} AS day, count(*) AS items,
                sum(CASE WHEN coalesce(repost_of, in_reply_to, '') <> '' THEN 1 ELSE 0 END) AS r
         FROM items WHERE account IS NOT NULL AND {period} GROUP BY 1, 2"
    );
    let tables = &[Table::Items];
    let plan = Plan { name: "activity", sql, tables, sets: &[], joins: Joins::Hash };
    let mut days = Vec::new();
    engine
        .run(folder, &plan, |batch| {
            let (account, day) = (texts(batch, 0), numbers(batch, 1));
            let (items, responses) = (numbers(batch, 2), numbers(batch, 3));
            days.extend((0..batch.num_rows()).map(|row| DayOf {
                account: account.value(row).to_owned(),
                from_us: day.value(row) * DAY_US,
                items: items.value(row).unsigned_abs(),
                responses: responses.value(row).unsigned_abs(),
            }));
        })
        .await?;
    days.sort_unstable();
    Ok(days)
}

/// How much was posted under a hashtag within a step of time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TagStep {
    /// The hashtag in lower case.
    pub hashtag: String,
    /// When the step begins.
    pub from_us: i64,
    /// How many items bear it.
    pub items: u64,
    /// By how many accounts.
    pub accounts: u64,
}

/// Counts items and accounts of each hashtag by steps of time, of at least so many items. A post
/// that passes another on does not count.
///
/// # Errors
/// Where the step is not of 1 second to 366 days, the folder has no items in Parquet, or the plan
/// fails or does not fit.
pub async fn hashtag_series(
    engine: &Engine,
    folder: &Folder,
    period: &Period,
    step_us: i64,
    items_min: u32,
) -> Result<Vec<TagStep>, Error> {
    if !(1_000_000..=DAY_US * 366).contains(&step_us) {
        return Err(Error::Asked("ask for steps of 1 second to 366 days".to_owned()));
    }
    let actions = Trace::Hashtag.actions(period);
    let sql = format!(
        "SELECT object, step, sum(n) AS items, count(*) AS accounts FROM (
             SELECT object, at / {step_us} AS step, account, count(*) AS n
             FROM ({actions}) WHERE object <> '' GROUP BY 1, 2, 3
         ) GROUP BY object, step HAVING sum(n) >= {items_min}"
    );
    let tables = &[Table::Items];
    let plan = Plan { name: "hashtag series", sql, tables, sets: &[], joins: Joins::Hash };
    let mut steps = Vec::new();
    engine
        .run(folder, &plan, |batch| {
            let (hashtag, step) = (texts(batch, 0), numbers(batch, 1));
            let (items, accounts) = (numbers(batch, 2), numbers(batch, 3));
            steps.extend((0..batch.num_rows()).map(|row| TagStep {
                hashtag: hashtag.value(row).to_owned(),
                from_us: step.value(row) * step_us,
                items: items.value(row).unsigned_abs(),
                accounts: accounts.value(row).unsigned_abs(),
            }));
        })
        .await?;
    steps.sort_unstable();
    Ok(steps)
}

/// A column of texts, as whichever kind of text the engine gives.
fn texts(batch: &RecordBatch, column: usize) -> StringArray {
    let texts = cast(batch.column(column), &DataType::Utf8).expect("a column of texts");
    texts.as_string::<i32>().clone()
}

/// A column of whole numbers.
fn numbers(batch: &RecordBatch, column: usize) -> Int64Array {
    let numbers = cast(batch.column(column), &DataType::Int64).expect("a column of numbers");
    numbers.as_primitive::<Int64Type>().clone()
}
