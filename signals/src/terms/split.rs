//! One space within a word: when the two parts are not just two words.

use super::KnownWords;
use super::accept::is_vowel;

/// Fewest letters of a word that is found with one space in it.
const LETTERS: usize = 7;
/// The same where it is known which words are ordinary.
const LETTERS_KNOWN: usize = 6;

/// Short words that stand before or behind others in many languages, and parts of words that are
/// written apart as often as not. Folded strictly, without accents.
const COMMON: &str = "\
    a ab ad af al ali all am an and ang any are as at au auf aus az ba bay be bei ben ber bi \
    bil bir bis bo cok uc iki her hic dan atas anak air bu by ca can car ce che co com con cu \
    da dal dar das de dei del den der des det di die do dos du e ein el em en end er es est et \
    ev every ex fa for fort from ga ge gi go ha had han has he het hi hin him his hoe ho i ia \
    if il im in ini ins is it ja je ji jo ka kan kar ke ker ki ko ku la las le les li lo los \
    ma man mas me mem men mer met mi mit mo mu my na nach nad ne nem ni no non not nu nur o ob \
    of off om on one op or os ou our out over pa par pas pe pen per po por pour pra pre pro qu \
    que ra re ri sa se ser she si sin so som some sou su sub sur ta te ten ter the they til to \
    tu tur u um un una und under une up ur us va van ve ver vi vom von vor was we wel wer with \
    ya ye yek yi yo you za zo zu zum zur в во вы да до же за и из или им их к как ко ли мы на \
    не ни но о об он от по под при про с со та те то ту ты у уже что я без для ا ال ام ان او \
    اي اين اب از اس ار با بر بن به بي بعد بين تا تر ترين تو جو چه حر خو دا در دو ده را رو سر \
    سي ش شد شو عن في قد كار كه كي كر لا له لي ما مع من مي نا نمي نه ني نو ها هاي هر هم هو هي و \
    وا ور يا يك ئه هه بو ناو نيو چي لاي دوو كو دي";

/// Whether a word that was parted in two was parted on purpose.
///
/// It was not where both parts may be words. One part must be none: of so few letters that it
/// would be one of the short words that languages have, or without a vowel. With words that are
/// known to be ordinary, it is enough that one part is none of them.
pub(super) fn convinces(one: &str, other: &str, known: Option<&KnownWords>) -> bool {
    let letters = one.chars().count() + other.chars().count();
    let is_common = |part: &str| COMMON.split_ascii_whitespace().any(|word| word == part);
    if is_common(one) || is_common(other) {
        return false;
    }
    match known {
        Some(known) => letters >= LETTERS_KNOWN && !(known.has(one) && known.has(other)),
        None => letters >= LETTERS && (is_fragment(one) || is_fragment(other)),
    }
}

/// Whether a part of a word is hardly a word by itself.
fn is_fragment(part: &str) -> bool {
    let letters = part.chars().count();
    match is_alphabet(part) {
        true => letters <= 3 || !part.contains(is_vowel),
        false => letters <= 2,
    }
}

/// Whether words of its script have their vowels written.
fn is_alphabet(part: &str) -> bool {
    part.chars().all(|c| matches!(c, 'a'..='z' | 'α'..='ω' | 'а'..='я'))
}
