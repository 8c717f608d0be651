//! The one list of functions and methods that conditions have.

use crate::names::did_you_mean;

/// One row of the list [`FUNCTIONS`]: how a function is written and what it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionSpec {
    /// Its name.
    pub name: &'static str,
    /// How it is written, with the types of what it takes and gives.
    pub form: &'static str,
    /// What it gives, in one sentence.
    pub meaning: &'static str,
}

const fn function(name: &'static str, form: &'static str, meaning: &'static str) -> FunctionSpec {
    FunctionSpec { name, form, meaning }
}

/// Every function and method that a condition can call.
pub static FUNCTIONS: &[FunctionSpec] = &[
    function("hasValue", "name.hasValue() → bool", "Whether a value that may be missing is there."),
    function(
        "orValue",
        "name.orValue(default) → the type of default",
        "The value, or the default where it is missing.",
    ),
    function("contains", "string.contains(string) → bool", "Whether the other text stands in it."),
    function("startsWith", "string.startsWith(string) → bool", "Whether it begins so."),
    function("endsWith", "string.endsWith(string) → bool", "Whether it ends so."),
    function(
        "matches",
        "string.matches(r'expression') → bool",
        "Whether the regular expression matches anywhere in it; linear in the text's length.",
    ),
    function(
        "lowerAscii",
        "string.lowerAscii() → string",
        "The text with A to Z in lower case, all else as it was.",
    ),
    function(
        "size",
        "string.size() or list.size() → int",
        "How many characters a text has, or entries a list; also written size(value).",
    ),
    function("exists", "list.exists(x, condition) → bool", "Whether it holds for any entry."),
    function("all", "list.all(x, condition) → bool", "Whether it holds for every entry."),
    function(
        "exists_one",
        "list.exists_one(x, condition) → bool",
        "Whether it holds for exactly one entry.",
    ),
    function("filter", "list.filter(x, condition) → list", "The entries for which it holds."),
    function("int", "int(double or string) → int", "The whole number, cut toward zero."),
    function("double", "double(int or string) → double", "The number as a double."),
    function("string", "string(int, double or bool) → string", "The value as text."),
];

/// What to write for an unknown function, where one is near.
pub(crate) fn suggest_function(name: &str) -> Option<String> {
    match name {
        "lower" | "toLower" | "lowercase" | "to_lower" => Some("did you mean `lowerAscii`?".into()),
        "length" | "len" | "count" => Some("did you mean `size`?".into()),
        _ => did_you_mean(name, FUNCTIONS.iter().map(|function| function.name)),
    }
}
