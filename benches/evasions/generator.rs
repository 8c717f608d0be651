//! Evasions: ways in which people write a word so that a list does not find it, from a seed.
//!
//! The tables here are written apart from those that find words: what is generated must not depend
//! on what is looked for. Emoji, separators, look-alikes and marks are drawn anew for each variant.

/// What kind of trick a class is, as the goals are set by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Other code points for the same letters, or an encoding.
    Encoding,
    /// Separators between letters, look-alikes, leet.
    Shape,
    /// Everything else that is found by default.
    Other,
    /// Only found where it is asked for.
    Asked,
}

/// One class: its name and kind.
pub type Class = (&'static str, Kind);

/// Every class.
pub const CLASSES: [Class; 53] = [
    ("zero-width space", Kind::Encoding),
    ("zero-width non-joiner", Kind::Encoding),
    ("zero-width joiner", Kind::Encoding),
    ("word joiner", Kind::Encoding),
    ("soft hyphen", Kind::Encoding),
    ("bidirectional marks", Kind::Encoding),
    ("tags", Kind::Encoding),
    ("variation selectors", Kind::Encoding),
    ("combining marks", Kind::Encoding),
    ("piled marks", Kind::Encoding),
    ("full width", Kind::Encoding),
    ("mathematical bold", Kind::Encoding),
    ("mathematical script", Kind::Encoding),
    ("circled", Kind::Encoding),
    ("Arabic vocalised", Kind::Encoding),
    ("Arabic tatweel", Kind::Encoding),
    ("Arabic tatweel and non-joiner", Kind::Encoding),
    ("Arabic Quranic marks", Kind::Encoding),
    ("Arabic presentation forms", Kind::Encoding),
    ("Arabic letter variants", Kind::Encoding),
    ("Arabic without dots", Kind::Other),
    ("one look-alike", Kind::Shape),
    ("Cyrillic look-alikes", Kind::Shape),
    ("Greek look-alikes", Kind::Shape),
    ("Latin look-alikes in Cyrillic", Kind::Shape),
    ("light leet", Kind::Shape),
    ("full leet", Kind::Shape),
    ("leet and separators", Kind::Shape),
    ("small capitals", Kind::Shape),
    ("squared letters", Kind::Shape),
    ("regional indicators", Kind::Shape),
    ("spaced letters", Kind::Shape),
    ("dotted letters", Kind::Shape),
    ("dashed letters", Kind::Shape),
    ("a letter a line", Kind::Shape),
    ("emoji between letters", Kind::Shape),
    ("mixed separators", Kind::Other),
    ("one space in the word", Kind::Other),
    ("repeated letters", Kind::Other),
    ("joined words", Kind::Other),
    ("under_scored hashtag", Kind::Other),
    ("CamelCase hashtag", Kind::Other),
    ("character references", Kind::Encoding),
    ("percent-encoding", Kind::Encoding),
    ("reversed by an override", Kind::Encoding),
    ("Arabic proclitics", Kind::Other),
    ("upside down", Kind::Other),
    ("star for a vowel", Kind::Other),
    ("Cyrillic in Latin letters", Kind::Other),
    ("two letters exchanged", Kind::Asked),
    ("a letter left out", Kind::Asked),
    ("a letter replaced", Kind::Asked),
    ("Arabizi", Kind::Asked),
];

/// A source of numbers that look random.
pub type Numbers<'n> = &'n mut dyn FnMut() -> u64;

fn below(numbers: Numbers, bound: usize) -> usize {
    (numbers() % bound.max(1) as u64) as usize
}

fn pick<T: Copy>(numbers: Numbers, from: &[T]) -> T {
    from[below(numbers, from.len())]
}

fn picked(numbers: Numbers, from: &str) -> char {
    let chars: Vec<char> = from.chars().collect();
    pick(numbers, &chars)
}

/// A term, and what it is written in.
struct Term<'t> {
    text: &'t str,
    words: Vec<&'t str>,
    is_latin: bool,
    is_arabic: bool,
    is_cyrillic: bool,
}

/// A term in the way of a class, with what is put before and behind it that is no part of it;
/// `None` where the class does not fit the term.
pub fn variant(class: usize, term: &str, numbers: Numbers) -> Option<[String; 3]> {
    let of = Term {
        text: term,
        words: term.split(' ').collect(),
        is_latin: in_script(term, 'a'..='z'),
        is_arabic: is_arabic(term),
        is_cyrillic: in_script(term, 'а'..='я'),
    };
    let (name, kind) = CLASSES[class];
    match kind {
        Kind::Encoding => encoded(name, &of, numbers),
        Kind::Shape => shaped(name, &of, numbers),
        Kind::Other => rewritten(name, &of, numbers),
        Kind::Asked => misspelled(name, &of, numbers),
    }
}

/// A variant that nothing is put beside.
fn alone(text: String) -> Option<[String; 3]> {
    Some([String::new(), text, String::new()])
}

/// Other code points for the same letters.
fn encoded(name: &str, of: &Term, numbers: Numbers) -> Option<[String; 3]> {
    let term = of.text;
    match name {
        "zero-width space" => alone(between(term, numbers, "\u{200B}")),
        "zero-width non-joiner" => alone(between(term, numbers, "\u{200C}")),
        "zero-width joiner" => alone(between(term, numbers, "\u{200D}")),
        "word joiner" => alone(between(term, numbers, "\u{2060}")),
        "soft hyphen" => alone(between(term, numbers, "\u{AD}")),
        "bidirectional marks" => alone(between(term, numbers, "\u{200E}\u{200F}\u{061C}")),
        "tags" => alone(between(term, numbers, "\u{E0041}\u{E0061}\u{E0020}")),
        "variation selectors" => alone(between(term, numbers, "\u{E0100}\u{FE0F}\u{E0110}")),
        "combining marks" => alone(marked(term, numbers, 1)),
        "piled marks" => alone(marked(term, numbers, 9)),
        "full width" if of.is_latin => alone(shifted(term, |c| c as u32 - 0x20 + 0xFF00)),
        "mathematical bold" if of.is_latin => alone(shifted(term, |c| c as u32 - 97 + 0x1D41A)),
        "mathematical script" if of.is_latin => alone(shifted(term, |c| c as u32 - 97 + 0x1D4EA)),
        "circled" if of.is_latin => alone(shifted(term, |c| c as u32 - 97 + 0x24D0)),
        "Arabic vocalised" if of.is_arabic => {
            alone(each(term, |c| format!("{c}{}", picked(numbers, "ًٌٍَُِّْ"))))
        }
        "Arabic tatweel" if of.is_arabic => alone(stretched(term, numbers, "ـ")),
        "Arabic tatweel and non-joiner" if of.is_arabic => {
            alone(stretched(term, numbers, "ـ\u{200C}"))
        }
        "Arabic Quranic marks" if of.is_arabic => {
            alone(each(term, |c| format!("{c}{}", picked(numbers, "ٰ۪ۖۗۚۛۜ۟ۢ"))))
        }
        "Arabic presentation forms" if of.is_arabic => presented(term).and_then(alone),
        "Arabic letter variants" if of.is_arabic => changed(term, letter_variant).and_then(alone),
        "character references" => alone(references(term, numbers)),
        "percent-encoding" => alone(term.bytes().map(|byte| format!("%{byte:02X}")).collect()),
        "reversed by an override" => {
            let reversed: String = term.chars().rev().collect();
            Some(["\u{202E}".into(), reversed, "\u{202C}".into()])
        }
        _ => None,
    }
}

/// Look-alikes, and separators between letters.
fn shaped(name: &str, of: &Term, numbers: Numbers) -> Option<[String; 3]> {
    let term = of.text;
    match name {
        "one look-alike" => one_look_alike(term, numbers).and_then(alone),
        "Cyrillic look-alikes" if of.is_latin => changed(term, cyrillic).and_then(alone),
        "Greek look-alikes" if of.is_latin => changed(term, greek).and_then(alone),
        "Latin look-alikes in Cyrillic" if of.is_cyrillic => changed(term, latin).and_then(alone),
        "light leet" if of.is_latin => leet(term, numbers, 2).and_then(alone),
        "full leet" if of.is_latin => leet(term, numbers, 1).and_then(alone),
        "leet and separators" if of.is_latin => {
            let separator = pick(numbers, &[".", "-", "_", " ", "*"]);
            leet(term, numbers, 2).and_then(|text| alone(spread(&text, || separator.into())))
        }
        "small capitals" if of.is_latin => changed(term, small_capital).and_then(alone),
        "squared letters" if of.is_latin => {
            let first = pick(numbers, &[0x1F130, 0x1F170, 0x1F150]);
            alone(shifted(term, |c| c as u32 - 97 + first))
        }
        "regional indicators" if of.is_latin => {
            alone(shifted(term, |c| c as u32 - 97 + 0x1F1E6).replace(' ', "  "))
        }
        "spaced letters" => alone(spread(term, || " ".into())),
        "dotted letters" => alone(spread(term, || ".".into())),
        "dashed letters" => alone(spread(term, || "-".into())),
        "a letter a line" => alone(spread(term, || "\n".into())),
        "emoji between letters" => {
            let emoji = picked(numbers, "🔥✨💥🌊🚩🌙⭐🖤🎯🌹").to_string();
            alone(spread(term, || emoji.clone()))
        }
        _ => None,
    }
}

/// Words parted, joined, drawn out or written otherwise.
fn rewritten(name: &str, of: &Term, numbers: Numbers) -> Option<[String; 3]> {
    let term = of.text;
    match name {
        "Arabic without dots" if of.is_arabic => changed(term, without_dots).and_then(alone),
        "mixed separators" => alone(spread(term, || picked(numbers, ".-_*~|/+ ").into())),
        "one space in the word" if of.words.len() == 1 => alone(parted(term, numbers)),
        "repeated letters" => alone(repeated(term, numbers)),
        "joined words" if of.words.len() > 1 => alone(of.words.concat()),
        "under_scored hashtag" if of.words.len() > 1 => {
            Some(["#".into(), of.words.join("_"), String::new()])
        }
        "CamelCase hashtag" if of.words.len() > 1 && !of.is_arabic => {
            Some(["#".into(), of.words.iter().map(|word| capital(word)).collect(), String::new()])
        }
        "Arabic proclitics" if of.is_arabic && !term.starts_with("ال") => {
            let proclitic = pick(numbers, &["و", "ف", "ب", "ك", "ل", "ال", "وال", "بال", "وب"]);
            Some([proclitic.into(), term.into(), String::new()])
        }
        "upside down" if of.is_latin => turned(term).and_then(alone),
        "star for a vowel" => starred(term, numbers).and_then(alone),
        "Cyrillic in Latin letters" if of.is_cyrillic => {
            alone(term.chars().map(romanised).collect())
        }
        _ => None,
    }
}

/// Errors and Arabizi.
fn misspelled(name: &str, of: &Term, numbers: Numbers) -> Option<[String; 3]> {
    let term = of.text;
    match name {
        "two letters exchanged" => exchanged(term, numbers).and_then(alone),
        "a letter left out" => edited(term, numbers, |_| None).and_then(alone),
        "a letter replaced" => replaced(term, numbers).and_then(alone),
        "Arabizi" if of.is_arabic && of.words.len() == 1 => arabizi(term, numbers).and_then(alone),

        _ => None,
    }
}

fn in_script(term: &str, letters: std::ops::RangeInclusive<char>) -> bool {
    term.chars().all(|c| letters.contains(&c) || c == ' ')
}

fn is_arabic(term: &str) -> bool {
    term.chars().all(|c| matches!(c, '\u{600}'..='\u{6FF}' | ' '))
}

fn each(term: &str, mut change: impl FnMut(char) -> String) -> String {
    term.chars().map(|c| if c == ' ' { " ".into() } else { change(c) }).collect()
}

/// Every letter that a table has, changed; `None` where it has none.
fn changed(term: &str, table: impl Fn(char) -> Option<char>) -> Option<String> {
    let text: String = term.chars().map(|c| table(c).unwrap_or(c)).collect();
    (text != term).then_some(text)
}

fn shifted(term: &str, shift: impl Fn(char) -> u32) -> String {
    each(term, |c| char::from_u32(shift(c)).map(String::from).unwrap_or_default())
}

/// Something invisible between letters, at least once.
fn between(term: &str, numbers: Numbers, from: &str) -> String {
    let chars: Vec<char> = term.chars().collect();
    let sure = 1 + below(numbers, chars.len() - 1);
    let mut text = String::new();
    for (at, c) in chars.iter().enumerate() {
        if at > 0 && (at == sure || below(numbers, 3) == 0) {
            text.push(picked(numbers, from));
        }
        text.push(*c);
    }
    text
}

fn marked(term: &str, numbers: Numbers, count: usize) -> String {
    let marks = "\u{300}\u{301}\u{302}\u{303}\u{308}\u{30A}\u{316}\u{323}\u{332}\u{336}\u{338}";
    each(term, |c| {
        let marks: String = (0..count).map(|_| picked(numbers, marks)).collect();
        format!("{c}{marks}")
    })
}

fn stretched(term: &str, numbers: Numbers, with: &str) -> String {
    let chars: Vec<char> = term.chars().collect();
    let sure = 1 + below(numbers, chars.len() - 1);
    let mut text = String::new();
    for (at, c) in chars.iter().enumerate() {
        if at > 0 && *c != ' ' && chars[at - 1] != ' ' && (at == sure || below(numbers, 3) == 0) {
            text.push_str(&with.repeat(1 + below(numbers, 4)));
        }
        text.push(*c);
    }
    text
}

/// Isolated forms; only for letters that have one.
fn presented(term: &str) -> Option<String> {
    changed(term, |c| {
        let at = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي".chars().position(|letter| letter == c)?;
        const FORMS: [u32; 36] = [
            0xFE80, 0xFE81, 0xFE83, 0xFE85, 0xFE87, 0xFE89, 0xFE8D, 0xFE8F, 0xFE93, 0xFE95, 0xFE99,
            0xFE9D, 0xFEA1, 0xFEA5, 0xFEA9, 0xFEAB, 0xFEAD, 0xFEAF, 0xFEB1, 0xFEB5, 0xFEB9, 0xFEBD,
            0xFEC1, 0xFEC5, 0xFEC9, 0xFECD, 0xFED1, 0xFED5, 0xFED9, 0xFEDD, 0xFEE1, 0xFEE5, 0xFEE9,
            0xFEED, 0xFEEF, 0xFEF1,
        ];
        char::from_u32(FORMS[at])
    })
}

fn letter_variant(c: char) -> Option<char> {
    Some(match c {
        'ي' => 'ی',
        'ی' => 'ي',
        'ك' => 'ک',
        'ک' => 'ك',
        'ه' => 'ہ',
        'ہ' => 'ه',
        'ة' => 'ه',
        'ا' => 'ٱ',
        'أ' | 'إ' | 'آ' => 'ا',
        'ى' => 'ي',
        'ە' => 'ه',
        _ => return None,
    })
}

fn without_dots(c: char) -> Option<char> {
    Some(match c {
        'ب' | 'ت' | 'ث' | 'پ' => 'ٮ',
        'ن' => 'ں',
        'ي' | 'ی' => 'ى',
        'ج' | 'خ' | 'چ' => 'ح',
        'ذ' => 'د',
        'ز' | 'ژ' => 'ر',
        'ش' => 'س',
        'ض' => 'ص',
        'ظ' => 'ط',
        'غ' => 'ع',
        'ف' => 'ڡ',
        'ق' => 'ٯ',
        'ة' => 'ه',
        _ => return None,
    })
}

fn cyrillic(c: char) -> Option<char> {
    let at = "abcehijklmnopstuxy".chars().position(|letter| letter == c)?;
    "аЬсеһіјкӏмпорѕтихуу".chars().nth(at)
}

fn greek(c: char) -> Option<char> {
    let at = "abeiknoptuvwxyz".chars().position(|letter| letter == c)?;
    "αβειкηορτυνωχγΖ".replace('к', "κ").chars().nth(at)
}

fn latin(c: char) -> Option<char> {
    let at = "авекмнорстухіѕј".chars().position(|letter| letter == c)?;
    "abekmhopctyxisj".replace('b', "B").chars().nth(at)
}

fn one_look_alike(term: &str, numbers: Numbers) -> Option<String> {
    let chars: Vec<char> = term.chars().collect();
    let with = |c: char| if c.is_ascii() { cyrillic(c) } else { latin(c) };
    let places: Vec<usize> = (0..chars.len()).filter(|&at| with(chars[at]).is_some()).collect();
    let at = (!places.is_empty()).then(|| pick(numbers, &places))?;
    Some(
        chars
            .iter()
            .enumerate()
            .map(|(n, &c)| match n == at {
                true => with(c).unwrap_or(c),
                false => c,
            })
            .collect(),
    )
}

/// Digits and symbols for one in so many of the letters that have one, at least one.
fn leet(term: &str, numbers: Numbers, one_in: usize) -> Option<String> {
    let table = |c: char| -> Option<&str> {
        Some(match c {
            'a' => "4@",
            'b' => "8",
            'e' => "3",
            'g' => "9",
            'i' => "1!",
            'l' => "1|",
            'o' => "0",
            's' => "5$",
            't' => "7+",
            'z' => "2",
            _ => return None,
        })
    };
    let places: Vec<usize> =
        term.chars().enumerate().filter(|(_, c)| table(*c).is_some()).map(|(at, _)| at).collect();
    let sure = (!places.is_empty()).then(|| pick(numbers, &places))?;
    Some(
        term.chars()
            .enumerate()
            .map(|(at, c)| match table(c) {
                Some(with) if at == sure || below(numbers, one_in) == 0 => picked(numbers, with),
                Some(_) | None => c,
            })
            .collect(),
    )
}

fn small_capital(c: char) -> Option<char> {
    "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘqʀꜱᴛᴜᴠᴡxʏᴢ".chars().nth((c as usize).checked_sub('a' as usize)?)
}

/// Something between all letters; between words more of it.
fn spread(term: &str, mut separator: impl FnMut() -> String) -> String {
    let mut text = String::new();
    for c in term.chars() {
        if !text.is_empty() {
            text.push_str(&separator());
        }
        if c != ' ' {
            text.push(c);
        }
    }
    text
}

fn parted(term: &str, numbers: Numbers) -> String {
    let chars: Vec<char> = term.chars().collect();
    let at = 1 + below(numbers, chars.len() - 1);
    chars[..at].iter().chain(&[' ']).chain(&chars[at..]).collect()
}

fn repeated(term: &str, numbers: Numbers) -> String {
    let chars: Vec<char> = term.chars().collect();
    let sure = below(numbers, chars.len());
    let times = |numbers: Numbers, at: usize| match at == sure || below(numbers, 3) == 0 {
        true => 3 + below(numbers, 3),
        false => 1,
    };
    let mut text = String::new();
    for (at, c) in chars.iter().enumerate() {
        let times = times(numbers, at);
        text.extend(std::iter::repeat_n(*c, times));
    }
    text
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    first + chars.as_str()
}

fn references(term: &str, numbers: Numbers) -> String {
    let sure = below(numbers, 2);
    let mut at = 0;
    each(term, |c| {
        at += 1;
        match at % 2 == sure || below(numbers, 2) == 0 {
            true if below(numbers, 2) == 0 => format!("&#{};", c as u32),
            true => format!("&#x{:x};", c as u32),
            false => c.to_string(),
        }
    })
}

fn turned(term: &str) -> Option<String> {
    let table: Vec<char> = "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz".chars().collect();
    let turn = |c: char| match c {
        ' ' => Some(' '),
        c => table.get((c as usize).checked_sub('a' as usize)?).copied(),
    };
    term.chars().rev().map(turn).collect()
}

fn starred(term: &str, numbers: Numbers) -> Option<String> {
    let inner: Vec<usize> = term
        .chars()
        .enumerate()
        .filter(|&(at, c)| at > 0 && at + 1 < term.chars().count() && "aeiouаеиоуايو".contains(c))
        .map(|(at, _)| at)
        .collect();
    let at = (!inner.is_empty()).then(|| pick(numbers, &inner))?;
    Some(term.chars().enumerate().map(|(n, c)| if n == at { '*' } else { c }).collect())
}

fn romanised(c: char) -> String {
    const TABLE: [&str; 32] = [
        "a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s",
        "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya",
    ];
    let at = (c as usize).wrapping_sub('а' as usize);
    TABLE.get(at).map_or_else(|| c.to_string(), |latin| (*latin).to_owned())
}

/// A place between the first and the last letter, of a letter in a word.
fn inner(chars: &[char], numbers: Numbers) -> usize {
    1 + below(numbers, chars.len().saturating_sub(2))
}

fn exchanged(term: &str, numbers: Numbers) -> Option<String> {
    let mut chars: Vec<char> = term.chars().collect();
    let places: Vec<usize> = (1..chars.len())
        .filter(|&at| chars[at] != chars[at - 1] && chars[at] != ' ' && chars[at - 1] != ' ')
        .collect();
    let at = (!places.is_empty()).then(|| pick(numbers, &places))?;
    chars.swap(at, at - 1);
    Some(chars.into_iter().collect())
}

fn edited(term: &str, numbers: Numbers, edit: impl Fn(char) -> Option<char>) -> Option<String> {
    let chars: Vec<char> = term.chars().collect();
    let at = inner(&chars, numbers);
    let changed = (chars[at] != ' ').then(|| edit(chars[at]))?;
    Some(
        chars[..at].iter().copied().chain(changed).chain(chars[at + 1..].iter().copied()).collect(),
    )
}

fn replaced(term: &str, numbers: Numbers) -> Option<String> {
    let letters: Vec<char> = term.chars().filter(|c| *c != ' ').collect();
    let with = pick(numbers, &letters);
    edited(term, numbers, |_| Some(with)).filter(|text| text != term)
}

fn arabizi(term: &str, numbers: Numbers) -> Option<String> {
    let table = |c: char| -> Option<&str> {
        Some(match c {
            'ا' | 'أ' | 'إ' | 'آ' => "a",
            'ب' | 'پ' => "b",
            'ت' => "t",
            'ث' => "th",
            'ج' => "j",
            'ح' => "7",
            'خ' => "5|kh",
            'د' => "d",
            'ذ' => "dh|z",
            'ر' => "r",
            'ز' => "z",
            'س' => "s",
            'ش' => "sh|ch",
            'ص' => "9|s",
            'ض' => "d|9'",
            'ط' => "6|t",
            'ظ' => "6'|z",
            'ع' => "3",
            'غ' => "3'|gh",
            'ف' => "f",
            'ق' => "8|q|9",
            'ك' | 'ک' => "k",
            'ل' => "l",
            'م' => "m",
            'ن' => "n",
            'ه' | 'ة' => "a|h",
            'و' => "o|w",
            'ي' | 'ى' | 'ی' => "i|y",
            'ء' | 'ؤ' | 'ئ' => "2",
            _ => return None,
        })
    };
    let mut text = String::new();
    for c in term.chars() {
        let forms: Vec<&str> = table(c)?.split('|').collect();
        let is_consonant = |text: &str| !text.is_empty() && !text.ends_with(['a', 'e', 'i', 'o']);
        let form = pick(numbers, &forms);
        if is_consonant(&text) && !form.starts_with(['a', 'o', 'i']) && below(numbers, 2) == 0 {
            text.push(picked(numbers, "aei"));
        }
        text.push_str(form);
    }
    Some(text)
}
