//! The one list of signals: name, type, presence, unit, meaning, source and how it is computed.
//!
//! Rules, reference pages and consoles read [`SIGNALS`]; [`crate::measure`] computes one value for
//! each row, in the order of the list, so that the two cannot differ.

use crate::measure::{Facts, int, known, nearly_equal, studied};
use model::{EntryKind, Grade, Presence, SignalSpec, SignalType, SignalValue};

/// Version of the code that measures signals. It grows whenever the same item can measure
/// differently, and stands in every verdict.
pub const SIGNALS_VERSION: u32 = 3;

const FOLDING: &str = "Unicode Standard Annex 15 and full case folding";
const LANGUAGE: &str = "a model of letter sequences of openly licensed text";
const NEAR: &str = "MinHash (Broder, 1997) and winnowed fingerprints, verified letter by letter";
const PASSAGES: &str = "bank entries of kind passage";
const TERMS: &str = "bank entries of kind term";
const URLS: &str = "WHATWG URL standard; RFC 3986 section 6";
const PSL: &str = "Public Suffix List";
const PDQ: &str = "PDQ (Meta, The TMK+PDQF and PDQ hashing algorithms, 2019)";
const VPDQ: &str = "vPDQ (Meta ThreatExchange)";
const BANKS: &str = "bank entries of all kinds";
const SERVICE: &str = "the service, with the item";
const STUDY: &str = "studies of this installation that have not expired";
const HISTORY: &str = "Seawall's own record of the account or item";

macro_rules! rows {
    ($($name:literal $value:ident $presence:ident $unit:literal $source:ident
       $meaning:literal => $read:expr;)*) => {
        /// How each signal is read off the facts, in the order of [`SIGNALS`].
        static READS: &[fn(&Facts) -> SignalValue] = &[$($read),*];

        /// Every signal, in the order of [`model::Signals::values`].
        pub static SIGNALS: &[SignalSpec] = &[$(SignalSpec {
            name: $name,
            value: SignalType::$value,
            presence: Presence::$presence,
            unit: $unit,
            meaning: $meaning,
            source: $source,
        }),*];
    };
}

rows! {
    "text.length" Int Always "characters" SERVICE
        "Length of the item's text." => |facts| int(facts.text.characters);
    "text.words" Int Always "words" FOLDING
        "Words of the text; in scripts without spaces each letter counts." =>
        |facts| int(facts.text.words);
    "text.marks_longest_run" Int Always "marks" FOLDING
        "Longest run of combining marks in the text; vocalised Arabic has up to three." =>
        |facts| int(facts.text.marks_longest_run);
    "text.format_characters" Int Always "characters" FOLDING
        "Invisible characters in the text; ordinary in Persian, Kurdish and Arabic, and no \
         evidence of anything by themselves." => |facts| int(facts.text.format_characters);
    "text.language" Text MayBeMissing "" LANGUAGE
        "Language of the text, as it reads; it ranks and routes, and never decides whether \
         something matches. What the service says of the language is a field of the item." =>
        |facts| facts.language();
    "text.language_probability" Float MayBeMissing "0 to 1" LANGUAGE
        "How probable that language is." => |facts| facts.language_probability();
    "term.count" Int Always "entries" TERMS
        "Term entries found in the text, at any grade; each counts once." =>
        |facts| int(facts.terms().len());
    "term.exact_count" Int Always "entries" TERMS
        "Term entries found in the text at grade exact; each counts once." =>
        |facts| int(facts.terms_at(&[Grade::Exact]));
    "term.spelled_count" Int Always "entries" TERMS
        "Term entries found in the text as they are spelled, but for letter variants and marks \
         that spelling leaves out (grades exact and strict_fold); each counts once." =>
        |facts| int(facts.terms_at(&[Grade::Exact, Grade::StrictFold]));
    "term.disguised_count" Int Always "entries" TERMS
        "Term entries found in the text in disguise alone: look-alike letters, digits for letters, \
         separators between them; each counts once." =>
        |facts| int(facts.terms_at(&[Grade::Disguised]));
    "term.fuzzy_count" Int Always "entries" TERMS
        "Term entries found in the text through views that their curator asked for alone, such as \
         typos; each counts once." => |facts| int(facts.terms_at(&[Grade::Fuzzy]));
    "term.unchecked" Int Always "places" TERMS
        "Places of the text that could be a term in disguise and were not looked at, because there \
         are more than a text may have; 0 in ordinary text." => |facts| int(facts.unchecked);
    "term.entries" TextList Always "" TERMS
        "Values of the term entries found, sorted, each once." =>
        |facts| facts.list(facts.terms().iter().map(|found| found.entry.as_str()));
    "term.policies" TextList Always "" TERMS
        "Policies of the term entries found, sorted, each once." =>
        |facts| facts.list(facts.terms().iter().filter_map(|found| found.policy.as_deref()));
    "term.labels" TextList Always "" TERMS
        "Labels of the term entries found, sorted, each once." =>
        |facts| facts.list(facts.terms().iter().flat_map(|found| &found.labels));
    "term.quoted" TextList Always "" TERMS
        "Values of the term entries that stand within quotations of public texts alone; they count \
         in no other signal." => |facts| facts.list(&facts.quotation.terms);
    "text.quoted_share" Float Always "0 to 1" PASSAGES
        "Share of the text that is quoted word for word from passages of the banks." =>
        |facts| SignalValue::Float(facts.quotation.share);
    "text.matches" Int Always "entries" NEAR
        "Known texts that the text repeats with changes, quotes or is cut from." =>
        |facts| int(facts.entries(EntryKind::Text));
    "text.near_items_24h" Int MayBeMissing "items" NEAR
        "Other items of the day before whose text is nearly the same, to some 200. Prayers, news \
         and jokes are passed on as well: no rule may act on this alone." =>
        |facts| nearly_equal(facts.history, |near| near.items);
    "text.near_accounts_24h" Int MayBeMissing "accounts" NEAR
        "Other accounts that those items are of." =>
        |facts| nearly_equal(facts.history, |near| near.other_accounts);
    "link.count" Int Always "links" URLS
        "Different addresses that the item links to, in its text and beside it." =>
        |facts| int(facts.links.addresses);
    "link.hosts" TextList Always "" URLS
        "Hosts of those addresses, without `www.`, sorted, each once." =>
        |facts| facts.list(&facts.links.hosts);
    "link.domains" TextList Always "" PSL
        "Registrable domains of those addresses, sorted, each once." =>
        |facts| facts.list(&facts.links.domains);
    "link.unreadable" Int Always "links" URLS
        "Links that are no URL, and so were not matched." => |facts| int(facts.links.unreadable);
    "link.defanged" Int Always "links" URLS
        "Links written so that nobody follows them by accident, such as hxxps://host[.]example; \
         researchers and reporters write them too." => |facts| int(facts.links.defanged);
    "link.places" TextList Always "" URLS
        "Accounts and invitations of known platforms that the item links to, as platform/name, \
         sorted, each once." => |facts| facts.list(&facts.links.places);
    "url.matches" Int Always "entries" URLS
        "URL entries that the item links to." => |facts| int(facts.entries(EntryKind::Url));
    "url_prefix.matches" Int Always "entries" URLS
        "URL-prefix entries that an address of the item lies below." =>
        |facts| int(facts.entries(EntryKind::UrlPrefix));
    "handle.matches" Int Always "entries" URLS
        "Handle entries that the item links to." =>
        |facts| int(facts.entries(EntryKind::Handle));
    "invite.matches" Int Always "entries" URLS
        "Invitation entries that the item links to." =>
        |facts| int(facts.entries(EntryKind::Invite));
    "domain.matches" Int Always "entries" URLS
        "Domain entries that the item links to: themselves, a subdomain, or a host that looks like \
         one in letters of another script (grade disguised)." =>
        |facts| int(facts.entries(EntryKind::Domain));
    "account.matches" Int Always "entries" BANKS
        "Account entries that are the item's author." =>
        |facts| int(facts.entries(EntryKind::Account));
    "media.count" Int Always "media" SERVICE
        "Media of the item." => |facts| int(facts.media.count);
    "media.missing" Int Always "media" SERVICE
        "Media whose bytes did not come, so that their hashes were not matched." =>
        |facts| int(facts.media.missing);
    "picture.count" Int Always "pictures" SERVICE
        "Pictures of the item, readable or not." => |facts| int(facts.media.pictures);
    "picture.unreadable" Int Always "pictures" PDQ
        "Pictures that did not come or could not be decoded." =>
        |facts| int(facts.media.pictures_unreadable);
    "sha256.matches" Int Always "entries" BANKS
        "SHA-256 entries that a medium is equal to; see media.missing." =>
        |facts| int(facts.entries(EntryKind::Sha256));
    "md5.matches" Int Always "entries" BANKS
        "MD5 entries that a medium is equal to; see media.missing." =>
        |facts| int(facts.entries(EntryKind::Md5));
    "pdq.matches" Int Always "entries" PDQ
        "PDQ entries within 31 bits of a picture, turned or mirrored as it may be; see \
         picture.unreadable." => |facts| int(facts.entries(EntryKind::Pdq));
    "pdq.distance_bits" Int MayBeMissing "bits of 256" PDQ
        "Least distance of a picture to a PDQ entry that matches it." =>
        |facts| facts.pdq_distance_bits();
    "pdq.quality" Int MayBeMissing "0 to 100" PDQ
        "Lowest PDQ quality of the pictures that could be decoded; below 50 a picture is not \
         matched." => |facts| facts.pdq_quality();
    "video.frames" Int Always "frames" VPDQ
        "Frames of the item's videos that were hashed, about one a second." =>
        |facts| int(facts.media.frames);
    "video.unreadable" Int Always "videos" VPDQ
        "Videos that could not be taken apart." => |facts| int(facts.media.videos_unreadable);
    "vpdq.matches" Int Always "entries" VPDQ
        "VPDQ entries that have at least 80 % of a video's frames; single frames count among \
         pdq.matches too." => |facts| int(facts.entries(EntryKind::Vpdq));
    "match.count" Int Always "entries" BANKS
        "Bank entries of all kinds found in the item; each counts once." =>
        |facts| int(facts.all_entries());
    "match.suppressed" Int Always "matches" BANKS
        "Matches that were taken away because an entry of effect suppress was found in the same \
         place; they count nowhere else." => |facts| int(facts.suppressed);
    "match.quarantined" Int Always "entries" BANKS
        "Entries found of those in quarantine, because they suddenly matched much; they count in \
         the other signals too, and no rule acts on them." => |facts| int(facts.quarantined());
    "match.banks" TextList Always "" BANKS
        "Banks of the entries found, sorted, each once." =>
        |facts| facts.list(facts.all().map(|found| found.bank.as_str()));
    "match.policies" TextList Always "" BANKS
        "Policies of the entries found, sorted, each once." =>
        |facts| facts.list(facts.all().filter_map(|found| found.policy.as_deref()));
    "match.labels" TextList Always "" BANKS
        "Labels of the entries found, sorted, each once." =>
        |facts| facts.list(facts.all().flat_map(|found| &found.labels));
    "account.age_days" Int MayBeMissing "days" SERVICE
        "Whole days since the author's account was made." => |facts| facts.account_age_days();
    "account.followers" Int MayBeMissing "accounts" SERVICE
        "Accounts that follow the author." => |facts| facts.account_followers();
    "account.items_1h" Int MayBeMissing "items" HISTORY
        "Items of the author in the hour before this one." =>
        |facts| known(facts.history.account_items_1h, "earlier items of the account");
    "account.strikes" Int MayBeMissing "strikes" HISTORY
        "Strikes on the author that stand." =>
        |facts| known(facts.history.account_strikes, "strikes on the account");
    "account.violations" Int MayBeMissing "decisions" HISTORY
        "Decisions against the author's items that stand." =>
        |facts| known(facts.history.account_violations, "decisions on the account");
    "account.labels" TextList Always "" HISTORY
        "Labels on the author that have not expired, sorted, each once." =>
        |facts| facts.list(&facts.history.account_labels);
    "notice.count" Int MayBeMissing "notices" HISTORY
        "Notices about the item so far." =>
        |facts| known(facts.history.item_notices, "notices about the item");
    "study.campaign_q" Float MayBeMissing "q-value, 0 to 1" STUDY
        "Least share of false findings among campaign findings as strong as the strongest that \
         the author is part of." =>
        |facts| studied(facts.history, |found| found.campaign_q, "a campaign finding");
    "study.return_ratio" Float MayBeMissing "likelihood ratio" STUDY
        "How many times more often an account as alike to a suspended one is a return than not." =>
        |facts| studied(facts.history, |found| found.return_ratio, "a possible return");
    "study.return_probability" Float MayBeMissing "0 to 1" STUDY
        "Probability of that link with the base rate of returns." =>
        |facts| studied(facts.history, |found| found.return_probability, "a possible return");
    "study.network_position" Float MayBeMissing "0 to 1" STUDY
        "Share of a census's accounts that lie further from its network than the author." =>
        |facts| studied(facts.history, |found| found.network_position, "a census");
    "study.network_share_low" Float MayBeMissing "0 to 1" STUDY
        "Lower bound, at 95 %, of the share of members among accounts as near to a census's \
         network, as people coded them." =>
        |facts| studied(facts.history, |found| found.network_share_low, "a coded census");
}

/// One value for each signal, in the order of [`SIGNALS`].
pub(crate) fn values(facts: &Facts) -> Vec<SignalValue> {
    let rows = SIGNALS.iter().zip(READS);
    rows.map(|(spec, read)| {
        let value = read(facts);
        assert!(spec.fits(&value), "{} has a value of another type", spec.name);
        value
    })
    .collect()
}
