//! What conditions compile to: closures that are specialised by type.
//!
//! A [`Kind`] is a type of the condition language, and [`Code`] computes a value of it from a
//! [`Scene`]. Texts are borrowed from the item, the signals or the pool of literals, so the common
//! paths allocate nothing; a text that is computed is kept by the scene.

use model::{Item, SignalValue};
use regex::Regex;
use serde_json::Value;
use std::cell::{Cell, OnceCell};
use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;

/// Most loops (`exists`, `all`, `filter` and the like) within each other.
pub(crate) const LOOPS: usize = 4;
/// Most entries of a list that an unknown field may have; a rule that reads a longer one fails.
pub(crate) const EXTRA_ENTRIES: usize = 1_024;

/// Why a rule failed while it was evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    Overflow,
    DivisionByZero,
    NotConvertible,
    NotANumber,
    Missing,
    NotMeasured,
    WrongType,
    TooManyEntries,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overflow => "a whole number became too large",
            Self::DivisionByZero => "division by zero",
            Self::NotConvertible => "a value could not be converted",
            Self::NotANumber => "a number was compared with what is no number, such as 0.0 / 0.0",
            Self::Missing => "a signal that is always measured is missing",
            Self::NotMeasured => "a signal of the list was not measured",
            Self::WrongType => "a signal has another type than the list says",
            Self::TooManyEntries => "a list of an unknown field has more than 1024 entries",
        })
    }
}

/// A value, or why there is none.
pub(crate) type Answer<T> = Result<T, Failure>;

/// A type of the condition language.
pub(crate) trait Kind: 'static {
    /// Its values, as long as a scene lends them.
    type Out<'a>;
}

/// True or false.
pub(crate) enum Bool {}
/// A whole number.
pub(crate) enum Int {}
/// A number with double precision.
pub(crate) enum Double {}
/// A text.
pub(crate) enum Text {}
/// A list of texts.
pub(crate) enum List {}
/// A value that may be missing.
pub(crate) struct Maybe<K>(PhantomData<K>);

impl Kind for Bool {
    type Out<'a> = bool;
}
impl Kind for Int {
    type Out<'a> = i64;
}
impl Kind for Double {
    type Out<'a> = f64;
}
impl Kind for Text {
    type Out<'a> = &'a str;
}
impl Kind for List {
    type Out<'a> = Texts<'a>;
}
impl<K: Kind> Kind for Maybe<K> {
    type Out<'a> = Option<K::Out<'a>>;
}

/// A list of texts: as the item or signals have it, or made by the condition.
#[derive(Debug, Clone)]
pub(crate) enum Texts<'a> {
    Stored(&'a [String]),
    Made(Vec<&'a str>),
}

impl<'a> Texts<'a> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Stored(texts) => texts.len(),
            Self::Made(texts) => texts.len(),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a str> + '_ {
        (0..self.len()).map(|index| match self {
            Self::Stored(texts) => texts[index].as_str(),
            Self::Made(texts) => texts[index],
        })
    }
}

/// Literal texts and lists of a rule set, from which scenes borrow.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    texts: Vec<String>,
    lists: Vec<Vec<String>>,
}

impl Pool {
    pub(crate) fn text(&mut self, text: &str) -> Code<Text> {
        let index = self.texts.len();
        self.texts.push(text.to_owned());
        code(move |scene| Ok(scene.pool.texts[index].as_str()))
    }

    pub(crate) fn list(&mut self, list: Vec<String>) -> Code<List> {
        let index = self.lists.len();
        self.lists.push(list);
        code(move |scene| Ok(Texts::Stored(&scene.pool.lists[index])))
    }
}

/// A text that a condition computed, and those after it.
#[derive(Debug, Default)]
pub(crate) struct Computed {
    text: String,
    next: OnceCell<Box<Computed>>,
}

impl Drop for Computed {
    fn drop(&mut self) {
        // One by one: the default would recurse as deep as the chain is long.
        let mut next = self.next.take();
        while let Some(mut computed) = next {
            next = computed.next.take();
        }
    }
}

/// What one evaluation of one rule sees.
pub(crate) struct Scene<'a> {
    pub(crate) item: &'a Item,
    pub(crate) signals: &'a [SignalValue],
    pool: &'a Pool,
    /// The entry that each loop is at, outermost first.
    loops: [Cell<&'a str>; LOOPS],
    last_computed: Cell<&'a Computed>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(
        item: &'a Item,
        signals: &'a [SignalValue],
        pool: &'a Pool,
        computed: &'a Computed,
    ) -> Self {
        let loops = [const { Cell::new("") }; LOOPS];
        Self { item, signals, pool, loops, last_computed: Cell::new(computed) }
    }

    /// Keeps a computed text as long as the scene's sources live.
    fn keep(&self, text: String) -> &'a str {
        let fresh = || Box::new(Computed { text, next: OnceCell::new() });
        let kept: &'a Computed = self.last_computed.get().next.get_or_init(fresh);
        self.last_computed.set(kept);
        &kept.text
    }
}

/// Computes a value of a kind.
pub(crate) struct Code<K: Kind>(Box<Run<K>>);

type Run<K> = dyn for<'a> Fn(&Scene<'a>) -> Answer<<K as Kind>::Out<'a>> + Send + Sync;

impl<K: Kind> Code<K> {
    /// Computes the value.
    pub(crate) fn run<'a>(&self, scene: &Scene<'a>) -> Answer<K::Out<'a>> {
        (self.0)(scene)
    }
}

/// Boxes a closure as code.
pub(crate) fn code<K, F>(run: F) -> Code<K>
where
    K: Kind,
    F: for<'a> Fn(&Scene<'a>) -> Answer<K::Out<'a>> + Send + Sync + 'static,
{
    Code(Box::new(run))
}

/// A kind that signals and JSON values can have.
pub(crate) trait Measured: Kind {
    /// The value of a signal, if it is of this kind.
    fn of_signal(value: &SignalValue) -> Option<Self::Out<'_>>;
    /// A JSON value, if it is of this kind.
    ///
    /// # Errors
    /// Where a list is longer than [`EXTRA_ENTRIES`].
    fn of_json(value: &Value) -> Answer<Option<Self::Out<'_>>>;
}

impl Measured for Bool {
    fn of_signal(value: &SignalValue) -> Option<bool> {
        if let SignalValue::Bool(value) = value { Some(*value) } else { None }
    }
    fn of_json(value: &Value) -> Answer<Option<bool>> {
        Ok(value.as_bool())
    }
}

impl Measured for Int {
    fn of_signal(value: &SignalValue) -> Option<i64> {
        if let SignalValue::Int(value) = value { Some(*value) } else { None }
    }
    fn of_json(value: &Value) -> Answer<Option<i64>> {
        Ok(value.as_i64())
    }
}

impl Measured for Double {
    fn of_signal(value: &SignalValue) -> Option<f64> {
        if let SignalValue::Float(value) = value { Some(*value) } else { None }
    }
    fn of_json(value: &Value) -> Answer<Option<f64>> {
        Ok(value.as_f64())
    }
}

impl Measured for Text {
    fn of_signal(value: &SignalValue) -> Option<&str> {
        if let SignalValue::Text(value) = value { Some(value) } else { None }
    }
    fn of_json(value: &Value) -> Answer<Option<&str>> {
        Ok(value.as_str())
    }
}

impl Measured for List {
    fn of_signal(value: &SignalValue) -> Option<Texts<'_>> {
        if let SignalValue::TextList(value) = value { Some(Texts::Stored(value)) } else { None }
    }
    fn of_json(value: &Value) -> Answer<Option<Texts<'_>>> {
        let Some(values) = value.as_array() else { return Ok(None) };
        if values.len() > EXTRA_ENTRIES {
            return Err(Failure::TooManyEntries);
        }
        let texts = values.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
        Ok(texts.map(Texts::Made))
    }
}

/// A signal that is measured for every item.
pub(crate) fn signal<K: Measured>(index: usize) -> Code<K> {
    code(move |scene| {
        let signals = scene.signals;
        let value = signals.get(index).ok_or(Failure::NotMeasured)?;
        K::of_signal(value).ok_or(match value {
            SignalValue::Missing(_) => Failure::Missing,
            SignalValue::Bool(_)
            | SignalValue::Int(_)
            | SignalValue::Float(_)
            | SignalValue::Text(_)
            | SignalValue::TextList(_) => Failure::WrongType,
        })
    })
}

/// A signal that may be missing.
pub(crate) fn maybe_signal<K: Measured>(index: usize) -> Code<Maybe<K>> {
    code(move |scene| {
        let signals = scene.signals;
        match signals.get(index).ok_or(Failure::NotMeasured)? {
            SignalValue::Missing(_) => Ok(None),
            value => K::of_signal(value).map(Some).ok_or(Failure::WrongType),
        }
    })
}

/// An unknown field of the item, read as this kind; of another kind, it counts as missing.
pub(crate) fn extra<K: Measured>(extra: crate::names::Extra) -> Code<Maybe<K>> {
    code(move |scene| extra.read(scene.item).map_or(Ok(None), K::of_json))
}

/// A value that is known to be there.
pub(crate) fn present<K: Kind>(maybe: Code<Maybe<K>>) -> Code<K> {
    code(move |scene| maybe.run(scene)?.ok_or(Failure::Missing))
}

pub(crate) fn has_value<K: Kind>(maybe: Code<Maybe<K>>) -> Code<Bool> {
    code(move |scene| Ok(maybe.run(scene)?.is_some()))
}

pub(crate) fn or_value<K: Kind>(maybe: Code<Maybe<K>>, default: Code<K>) -> Code<K> {
    code(move |scene| match maybe.run(scene)? {
        Some(value) => Ok(value),
        None => default.run(scene),
    })
}

pub(crate) fn choose<K: Kind>(condition: Code<Bool>, yes: Code<K>, no: Code<K>) -> Code<K> {
    code(move |scene| if condition.run(scene)? { yes.run(scene) } else { no.run(scene) })
}

/// `&&`: false decides, whatever fails beside it, on either side.
pub(crate) fn and(left: Code<Bool>, right: Code<Bool>) -> Code<Bool> {
    code(move |scene| match left.run(scene) {
        Ok(false) => Ok(false),
        Ok(true) => right.run(scene),
        Err(failure) => match right.run(scene) {
            Ok(false) => Ok(false),
            Ok(true) | Err(_) => Err(failure),
        },
    })
}

/// `||`: true decides, whatever fails beside it, on either side.
pub(crate) fn or(left: Code<Bool>, right: Code<Bool>) -> Code<Bool> {
    code(move |scene| match left.run(scene) {
        Ok(true) => Ok(true),
        Ok(false) => right.run(scene),
        Err(failure) => match right.run(scene) {
            Ok(true) => Ok(true),
            Ok(false) | Err(_) => Err(failure),
        },
    })
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// Whether it holds of two doubles in this order, or of none where one is no number (NaN).
    ///
    /// NaN is equal to nothing. To ask for its order fails, because "no" would be a guess.
    fn holds(self, ordering: Option<Ordering>) -> Answer<bool> {
        Ok(match self {
            Self::Equal => ordering == Some(Ordering::Equal),
            Self::NotEqual => ordering != Some(Ordering::Equal),
            Self::Less => ordering.ok_or(Failure::NotANumber)?.is_lt(),
            Self::LessOrEqual => ordering.ok_or(Failure::NotANumber)?.is_le(),
            Self::Greater => ordering.ok_or(Failure::NotANumber)?.is_gt(),
            Self::GreaterOrEqual => ordering.ok_or(Failure::NotANumber)?.is_ge(),
        })
    }
}

/// Compares two values of one kind, which has an order.
pub(crate) fn compare<K>(how: Comparison, left: Code<K>, right: Code<K>) -> Code<Bool>
where
    K: Kind,
    for<'a> K::Out<'a>: Ord,
{
    match how {
        Comparison::Equal => code(move |scene| Ok(left.run(scene)? == right.run(scene)?)),
        Comparison::NotEqual => code(move |scene| Ok(left.run(scene)? != right.run(scene)?)),
        Comparison::Less => code(move |scene| Ok(left.run(scene)? < right.run(scene)?)),
        Comparison::LessOrEqual => code(move |scene| Ok(left.run(scene)? <= right.run(scene)?)),
        Comparison::Greater => code(move |scene| Ok(left.run(scene)? > right.run(scene)?)),
        Comparison::GreaterOrEqual => code(move |scene| Ok(left.run(scene)? >= right.run(scene)?)),
    }
}

/// Compares a whole number with a literal.
pub(crate) fn compare_literal(how: Comparison, left: Code<Int>, literal: i64) -> Code<Bool> {
    match how {
        Comparison::Equal => code(move |scene| Ok(left.run(scene)? == literal)),
        Comparison::NotEqual => code(move |scene| Ok(left.run(scene)? != literal)),
        Comparison::Less => code(move |scene| Ok(left.run(scene)? < literal)),
        Comparison::LessOrEqual => code(move |scene| Ok(left.run(scene)? <= literal)),
        Comparison::Greater => code(move |scene| Ok(left.run(scene)? > literal)),
        Comparison::GreaterOrEqual => code(move |scene| Ok(left.run(scene)? >= literal)),
    }
}

/// Compares two doubles.
pub(crate) fn compare_doubles(
    how: Comparison,
    left: Code<Double>,
    right: Code<Double>,
) -> Code<Bool> {
    code(move |scene| how.holds(left.run(scene)?.partial_cmp(&right.run(scene)?)))
}

/// Compares a whole number with a double by their exact values.
pub(crate) fn compare_mixed(how: Comparison, left: Code<Int>, right: Code<Double>) -> Code<Bool> {
    code(move |scene| how.holds(order_mixed(left.run(scene)?, right.run(scene)?)))
}

/// As [`compare_mixed`], with the double on the left.
pub(crate) fn compare_mixed_swapped(
    how: Comparison,
    left: Code<Double>,
    right: Code<Int>,
) -> Code<Bool> {
    code(move |scene| {
        let left = left.run(scene)?;
        how.holds(order_mixed(right.run(scene)?, left).map(Ordering::reverse))
    })
}

fn order_mixed(whole: i64, double: f64) -> Option<Ordering> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if double.is_nan() {
        return None;
    }
    if double >= BEYOND {
        return Some(Ordering::Less);
    }
    if double < -BEYOND {
        return Some(Ordering::Greater);
    }
    #[allow(clippy::cast_possible_truncation, reason = "the range was checked above")]
    let truncated = double.trunc() as i64;
    let fraction = if double.fract() > 0.0 {
        Ordering::Less
    } else if double.fract() < 0.0 {
        Ordering::Greater
    } else {
        Ordering::Equal
    };
    Some(whole.cmp(&truncated).then(fraction))
}

/// Compares two lists, entry by entry.
pub(crate) fn equal_lists(how: Comparison, left: Code<List>, right: Code<List>) -> Code<Bool> {
    code(move |scene| {
        let (left, right) = (left.run(scene)?, right.run(scene)?);
        let equal = left.iter().eq(right.iter());
        Ok(equal == (how == Comparison::Equal))
    })
}

/// Compares a text with a literal.
pub(crate) fn equal_text(how: Comparison, left: Code<Text>, literal: String) -> Code<Bool> {
    let wanted = how == Comparison::Equal;
    code(move |scene| Ok((left.run(scene)? == literal) == wanted))
}

pub(crate) fn checked(
    left: Code<Int>,
    right: Code<Int>,
    compute: fn(i64, i64) -> Answer<i64>,
) -> Code<Int> {
    code(move |scene| compute(left.run(scene)?, right.run(scene)?))
}

pub(crate) fn doubles(
    left: Code<Double>,
    right: Code<Double>,
    compute: fn(f64, f64) -> f64,
) -> Code<Double> {
    code(move |scene| Ok(compute(left.run(scene)?, right.run(scene)?)))
}

pub(crate) fn join(left: Code<Text>, right: Code<Text>) -> Code<Text> {
    code(move |scene| {
        let (left, right) = (left.run(scene)?, right.run(scene)?);
        Ok(match (left, right) {
            ("", other) | (other, "") => other,
            (left, right) => scene.keep([left, right].concat()),
        })
    })
}

pub(crate) fn lower_ascii(text: Code<Text>) -> Code<Text> {
    code(move |scene| {
        let text = text.run(scene)?;
        let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        Ok(if lower { text } else { scene.keep(text.to_ascii_lowercase()) })
    })
}

/// The text of a value that is not one.
pub(crate) fn to_text<K: Kind>(value: Code<K>) -> Code<Text>
where
    for<'a> K::Out<'a>: fmt::Display,
{
    code(move |scene| Ok(scene.keep(value.run(scene)?.to_string())))
}

pub(crate) fn matches(text: Code<Text>, expression: Regex) -> Code<Bool> {
    code(move |scene| Ok(expression.is_match(text.run(scene)?)))
}

/// How a text is tested against another.
pub(crate) type TextTest = fn(&str, &str) -> bool;

pub(crate) fn test_text(text: Code<Text>, part: Code<Text>, test: TextTest) -> Code<Bool> {
    code(move |scene| Ok(test(text.run(scene)?, part.run(scene)?)))
}

pub(crate) fn test_literal(text: Code<Text>, part: String, test: TextTest) -> Code<Bool> {
    code(move |scene| Ok(test(text.run(scene)?, &part)))
}

/// What a list is asked for each of its entries.
pub(crate) struct Loop {
    /// The list.
    pub(crate) list: Code<List>,
    /// How many loops are around this one.
    pub(crate) depth: usize,
    /// The condition on the entry.
    pub(crate) body: Code<Bool>,
}

impl Loop {
    /// The answer for each entry, with the entry.
    fn run<'a>(
        &self,
        scene: &Scene<'a>,
        mut each: impl FnMut(&'a str, Answer<bool>) -> Answer<Step>,
    ) -> Answer<()> {
        let list = self.list.run(scene)?;
        for entry in list.iter() {
            scene.loops[self.depth].set(entry);
            if each(entry, self.body.run(scene))? == Step::Stop {
                break;
            }
        }
        Ok(())
    }

    /// Whether an entry has the answer that decides; a failure counts only where none has.
    fn find(&self, scene: &Scene<'_>, deciding: bool) -> Answer<bool> {
        let mut found = Ok(false);
        self.run(scene, |_, answer| {
            Ok(match answer {
                Ok(answer) if answer == deciding => {
                    found = Ok(true);
                    Step::Stop
                }
                Ok(_) => Step::On,
                Err(failure) => {
                    found = Err(failure);
                    Step::On
                }
            })
        })?;
        found
    }

    pub(crate) fn exists(self) -> Code<Bool> {
        code(move |scene| self.find(scene, true))
    }

    pub(crate) fn all(self) -> Code<Bool> {
        code(move |scene| self.find(scene, false).map(|found| !found))
    }

    pub(crate) fn exists_one(self) -> Code<Bool> {
        code(move |scene| {
            let mut count = 0_usize;
            self.run(scene, |_, answer| {
                count += usize::from(answer?);
                Ok(Step::On)
            })?;
            Ok(count == 1)
        })
    }

    pub(crate) fn filter(self) -> Code<List> {
        code(move |scene| {
            let mut kept = Vec::new();
            self.run(scene, |entry, answer| {
                if answer? {
                    kept.push(entry);
                }
                Ok(Step::On)
            })?;
            Ok(Texts::Made(kept))
        })
    }
}

#[derive(PartialEq, Eq)]
enum Step {
    On,
    Stop,
}

/// The entry that a loop is at.
pub(crate) fn entry(depth: usize) -> Code<Text> {
    code(move |scene| Ok(scene.loops[depth].get()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_whole_numbers_and_doubles_exactly() {
        for (whole, double, expected) in [
            (1, 1.0, Some(Ordering::Equal)),
            (1, 1.5, Some(Ordering::Less)),
            (2, 1.5, Some(Ordering::Greater)),
            (-1, -1.5, Some(Ordering::Greater)),
            (-2, -1.5, Some(Ordering::Less)),
            (i64::MAX, 9_223_372_036_854_775_808.0, Some(Ordering::Less)),
            (i64::MIN, -9_223_372_036_854_775_808.0, Some(Ordering::Equal)),
            (i64::MIN, f64::NEG_INFINITY, Some(Ordering::Greater)),
            (9_007_199_254_740_993, 9_007_199_254_740_992.0, Some(Ordering::Greater)),
            (0, f64::NAN, None),
        ] {
            assert_eq!(order_mixed(whole, double), expected, "{whole} {double}");
        }
    }
}
