//! The one list of keys: the script, the help page and the hints beside buttons are made from it.

use super::text::Language;
use serde::Serialize;

/// A key and what it does.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Key {
    /// The key as it is written on a keyboard.
    pub key: &'static str,
    /// Where it lies, so that it works on an Arabic layout too (UI Events `code`).
    pub code: &'static str,
    /// What it does; elements bear it as `data-does`.
    pub does: &'static str,
    /// What it does, in words.
    #[serde(skip)]
    pub words: fn(Language) -> &'static str,
}

macro_rules! keys {
    ($($key:literal $code:literal $does:literal $words:ident;)*) => {
        /// Every key, in the order of the help page.
        pub const KEYS: &[Key] = &[$(Key {
            key: $key, code: $code, does: $does, words: Language::$words,
        },)*];
    };
}

keys! {
    "n" "KeyN" "next" key_next;
    "1" "Digit1" "choose-1" key_choose;
    "2" "Digit2" "choose-2" key_choose;
    "3" "Digit3" "choose-3" key_choose;
    "4" "Digit4" "choose-4" key_choose;
    "5" "Digit5" "choose-5" key_choose;
    "6" "Digit6" "choose-6" key_choose;
    "7" "Digit7" "choose-7" key_choose;
    "8" "Digit8" "choose-8" key_choose;
    "9" "Digit9" "choose-9" key_choose;
    "p" "KeyP" "purpose" key_purpose;
    "r" "KeyR" "reason" key_reason;
    "d" "KeyD" "submit" key_submit;
    "Ctrl+Enter" "Enter" "submit-form" key_submit;
    "u" "KeyU" "undo" key_undo;
    "c" "KeyC" "claim" key_claim;
    "l" "KeyL" "release" key_release;
    "t" "KeyT" "threat" key_threat;
    "b" "KeyB" "reveal" key_reveal;
    "j" "KeyJ" "down" key_down;
    "k" "KeyK" "up" key_up;
    "Enter" "Enter" "open" key_open;
    "/" "Slash" "filter" key_filter;
    "q" "KeyQ" "queues" key_queues;
    "?" "Shift+Slash" "help" key_help;
    "Escape" "Escape" "leave" key_leave;
}

/// The list as JSON, for the script.
pub fn as_json() -> String {
    serde_json::to_string(KEYS).unwrap_or_default()
}

/// A line of the help page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpLine {
    /// The keys, any of which does it.
    pub keys: Vec<&'static str>,
    /// What they do.
    pub words: &'static str,
}

/// The help page: keys that do the same stand in one line.
pub fn help(language: Language) -> Vec<HelpLine> {
    let mut lines: Vec<HelpLine> = Vec::new();
    for key in KEYS {
        let words = (key.words)(language);
        match lines.last_mut() {
            Some(line) if line.words == words => line.keys.push(key.key),
            Some(_) | None => lines.push(HelpLine { keys: vec![key.key], words }),
        }
    }
    lines
}

/// The list in English, for the reference page.
pub fn in_words() -> impl Iterator<Item = (&'static str, &'static str)> {
    KEYS.iter().map(|key| (key.key, (key.words)(Language::English)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_key_does_two_things() {
        let keys: BTreeSet<&str> = KEYS.iter().map(|key| key.key).collect();
        let does: BTreeSet<&str> = KEYS.iter().map(|key| key.does).collect();
        assert_eq!((keys.len(), does.len()), (KEYS.len(), KEYS.len()));
    }

    #[test]
    fn help_tells_every_key_in_both_languages() {
        for language in [Language::English, Language::Arabic] {
            let told: Vec<&str> = help(language).into_iter().flat_map(|line| line.keys).collect();
            let all: Vec<&str> = KEYS.iter().map(|key| key.key).collect();
            assert_eq!(told, all);
        }
        let choose = help(Language::English).into_iter().find(|line| line.keys.contains(&"1"));
        assert_eq!(choose.map(|line| line.keys.len()), Some(9));
    }

    #[test]
    fn the_script_gets_the_list() {
        assert!(as_json().starts_with(r#"[{"key":"n","code":"KeyN","does":"next"},"#));
    }
}
