//! The measurement of one item: what is found goes into matches, what is counted into values.

use crate::banks::Banks;
use crate::digest::parse_sha256;
use crate::fold::{Fold, Folded, fold, is_invisible, is_mark, spans_of};
use crate::language::{Abstention, Answer, Identification, identify};
use crate::links::{Canonical, Link, Place, links_of, place_of};
use crate::media::{MediaFacts, PictureFacts};
use crate::pdq::PdqHash;
use crate::spec::values;
use model::{
    BankEntry, EntryEffect, EntryKind, EntryStatus, Grade, History, Item, Match, Media, MediaId,
    MediaKind, Missing, NearItems, SignalValue, Signals, Span, StudySignals, Timestamp, limits,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What was fetched for an item before it is measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Supplied {
    /// The media that came, and why the others did not. A medium of the item that is not in this
    /// list counts as missing.
    pub media: Vec<(MediaId, Result<MediaFacts, Missing>)>,
}

/// Measures an item: one value for each row of [`crate::SIGNALS`], and the matches.
///
/// The same arguments give the same signals. A match is one entry with all its places in the text,
/// or one entry in one medium. Where more than [`limits::ITEM_MATCHES`] are found, those in the
/// text give way first; counts tell all of them.
#[must_use]
pub fn measure(
    item: &Item,
    banks: &Banks,
    history: &History,
    supplied: &Supplied,
    at: Timestamp,
) -> Signals {
    measure_wanted(item, banks, history, (supplied, Wanted::default()), at)
}

/// What of an item is measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// When its language is.
    pub language: LanguageWanted,
    /// What entries in quarantine do.
    pub quarantined: Quarantined,
    /// Whether items with nearly the same text are looked for, before the measurement.
    pub near_items: NearItemsWanted,
}

/// When the language of an item is identified, which costs as much as all else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LanguageWanted {
    /// Always.
    #[default]
    Always,
    /// Where something was found in the item: nothing else asks for it.
    WhereFound,
}

/// What entries in quarantine do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Quarantined {
    /// They match as others do.
    #[default]
    Counted,
    /// They are not found.
    LeftOut,
}

/// Whether a rule asks for items with nearly the same text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NearItemsWanted {
    /// None does.
    #[default]
    No,
    /// One does.
    Yes,
}

/// As [`measure`], without what nobody asks for.
#[must_use]
pub fn measure_wanted(
    item: &Item,
    banks: &Banks,
    history: &History,
    (supplied, wanted): (&Supplied, Wanted),
    at: Timestamp,
) -> Signals {
    let folded = fold(&item.text, Fold::Strict);
    let links = links_of(&item.text, &item.links);
    let search = Search { banks, quarantined: wanted.quarantined, at };
    let pictures = media_of(item, supplied);
    let (terms, unchecked) = search.terms(&item.text, &folded);
    let found = [
        [terms, search.texts(&item.text)].concat(),
        search.links(&item.text, &links),
        search.account(item),
        search.media(&pictures),
    ];
    let (mut found, suppressed) = search.suppressed(found);
    let quotation = QuotationFacts::of(&item.text, banks, &mut found[0]);
    let facts = Facts {
        text: TextFacts::of(&item.text, &folded),
        language: match wanted.language {
            LanguageWanted::WhereFound if found.iter().all(Vec::is_empty) => None,
            LanguageWanted::WhereFound | LanguageWanted::Always => Some(identify(&item.text)),
        },
        links: LinkFacts::of(&links),
        media: MediaSummary::of(&pictures),
        found,
        suppressed,
        unchecked,
        quotation,
        item,
        history,
        at,
    };
    let values = values(&facts);
    let signals = Signals { values, matches: kept(facts.found) };
    signals.assert_bounded();
    signals
}

/// Everything that signals are read off.
pub(crate) struct Facts<'a> {
    pub(crate) text: TextFacts,
    /// `None` where it was not asked for.
    language: Option<Identification>,
    pub(crate) links: LinkFacts,
    pub(crate) media: MediaSummary,
    pub(crate) history: &'a History,
    /// Matches in the order text, links, account, media, each with the place of its entry.
    found: [Vec<Found>; 4],
    /// Matches that suppressing entries took away.
    pub(crate) suppressed: usize,
    /// Places that could be a term in disguise and were not looked at.
    pub(crate) unchecked: usize,
    pub(crate) quotation: QuotationFacts,
    item: &'a Item,
    at: Timestamp,
}

/// A match and the place of its entry in the banks.
type Found = (u32, Match);

pub(crate) fn int(count: impl TryInto<i64>) -> SignalValue {
    SignalValue::Int(count.try_into().unwrap_or(i64::MAX))
}

/// A number out of the history, or that it is not known.
pub(crate) fn known(count: Option<u64>, what: &str) -> SignalValue {
    count.map_or_else(|| missing(format!("{what}: not known")), int)
}

/// A number out of the texts of the day before, or that nobody looked.
pub(crate) fn nearly_equal(history: &History, figure: fn(&NearItems) -> u64) -> SignalValue {
    let why = "no rule asks for items with nearly the same text";
    history.near_items_24h.as_ref().map(figure).map_or_else(|| missing(why.to_owned()), int)
}

/// A finding of studies about the account, or that there is none.
pub(crate) fn studied(
    history: &History,
    figure: fn(&StudySignals) -> Option<f64>,
    what: &str,
) -> SignalValue {
    match history.account_studies.as_ref().and_then(figure) {
        Some(number) if number.is_finite() => SignalValue::Float(number),
        Some(_) | None => missing(format!("no study that is kept names the account in {what}")),
    }
}

const NOT_ASKED: &str = "no rule asks for it, and nothing was found";

fn why_unknown(why: Abstention) -> &'static str {
    match why {
        Abstention::TooShort => "the text has too few letters to tell its language",
        Abstention::UnknownScript => "the text is in a script of no language that can be told",
        Abstention::MixedScripts => "the text mixes scripts",
        Abstention::UnknownLanguage => "the text reads like no language that can be told",
        Abstention::Unsure => "the text reads like several languages",
    }
}

fn missing(reason: impl Into<String>) -> SignalValue {
    SignalValue::Missing(Missing::because(reason))
}

impl Facts<'_> {
    /// Sorted, each once, and at most as many as an item may have matches.
    pub(crate) fn list<T: AsRef<str> + Ord>(
        &self,
        texts: impl IntoIterator<Item = T>,
    ) -> SignalValue {
        let sorted: BTreeSet<T> = texts.into_iter().collect();
        let kept = sorted.into_iter().take(limits::ITEM_MATCHES);
        SignalValue::TextList(kept.map(|text| text.as_ref().to_owned()).collect())
    }

    pub(crate) fn terms(&self) -> Vec<&Match> {
        let texts = self.found[0].iter().map(|(_, found)| found);
        texts.filter(|found| found.kind == EntryKind::Term).collect()
    }

    pub(crate) fn terms_at(&self, grades: &[Grade]) -> usize {
        self.terms().iter().filter(|found| grades.contains(&found.grade)).count()
    }

    pub(crate) fn quarantined(&self) -> usize {
        let quarantined = self.found.iter().flatten().filter(|(_, found)| found.is_quarantined);
        quarantined.map(|(entry, _)| *entry).collect::<BTreeSet<u32>>().len()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Match> {
        self.found.iter().flatten().map(|(_, found)| found)
    }

    pub(crate) fn all_entries(&self) -> usize {
        let entries: BTreeSet<u32> = self.found.iter().flatten().map(|(entry, _)| *entry).collect();
        entries.len()
    }

    /// How many different entries of a kind were found.
    pub(crate) fn entries(&self, kind: EntryKind) -> usize {
        let of_kind = self.found.iter().flatten().filter(|(_, found)| found.kind == kind);
        of_kind.map(|(entry, _)| *entry).collect::<BTreeSet<u32>>().len()
    }

    pub(crate) fn pdq_distance_bits(&self) -> SignalValue {
        match self.all().filter_map(|found| found.distance_bits).min() {
            Some(bits) => int(bits),
            None => missing("no picture of the item matches a PDQ entry"),
        }
    }

    pub(crate) fn pdq_quality(&self) -> SignalValue {
        match (&self.media.lowest_quality, &self.media.picture_problem) {
            (Some(quality), _) => int(*quality),
            (None, Some(reason)) => missing(reason.clone()),
            (None, None) => missing("the item has no picture"),
        }
    }

    pub(crate) fn language(&self) -> SignalValue {
        let Some(language) = &self.language else { return missing(NOT_ASKED) };
        match language.answer {
            Answer::Language(code) => SignalValue::Text(code.to_owned()),
            Answer::Abstains(why) => missing(why_unknown(why)),
        }
    }

    pub(crate) fn language_probability(&self) -> SignalValue {
        let Some(language) = &self.language else { return missing(NOT_ASKED) };
        match (language.answer, language.guesses.first()) {
            (Answer::Language(_), Some(guess)) => SignalValue::Float(f64::from(guess.probability)),
            (Answer::Language(_), None) => missing("the script alone tells the language"),
            (Answer::Abstains(why), _) => missing(why_unknown(why)),
        }
    }

    pub(crate) fn account_age_days(&self) -> SignalValue {
        match self.item.author.created_at {
            Some(created_at) => int(self.at.seconds_since(created_at).max(0) / 86_400),
            None => missing("the service did not say when the account was made"),
        }
    }

    pub(crate) fn account_followers(&self) -> SignalValue {
        match self.item.author.followers {
            Some(followers) => int(followers),
            None => missing("the service did not say how many follow the account"),
        }
    }
}

/// What of the text is quoted from public texts.
pub(crate) struct QuotationFacts {
    /// Share of the text's bytes.
    pub(crate) share: f64,
    /// Values of the term entries that are found within quotations alone.
    pub(crate) terms: BTreeSet<String>,
}

impl QuotationFacts {
    /// Takes the terms that stand within quotations out of what was found.
    fn of(text: &str, banks: &Banks, found: &mut Vec<Found>) -> Self {
        let quotations = banks.quoted(text);
        let quoted: usize = quotations.passages.iter().map(|one| one.range.len()).sum();
        let mut facts =
            Self { share: quoted as f64 / text.len().max(1) as f64, terms: BTreeSet::new() };
        found.retain_mut(|(_, one)| {
            if one.kind != EntryKind::Term {
                return true;
            }
            one.spans.retain(|span| !quotations.cover(&(span.start..span.end)));
            if one.spans.is_empty() {
                facts.terms.insert(one.entry.clone());
            }
            !one.spans.is_empty()
        });
        facts
    }
}

/// Counts of the text itself.
pub(crate) struct TextFacts {
    pub(crate) characters: usize,
    pub(crate) words: usize,
    pub(crate) marks_longest_run: usize,
    pub(crate) format_characters: usize,
}

impl TextFacts {
    fn of(text: &str, folded: &Folded) -> Self {
        let mut facts = Self {
            characters: text.len(),
            words: folded.words().len(),
            marks_longest_run: 0,
            format_characters: 0,
        };
        if text.is_ascii() {
            return facts;
        }
        facts.characters = 0;
        let mut run = 0;
        for c in text.chars() {
            facts.characters += 1;
            // Neither marks nor invisible characters lie below the soft hyphen.
            if c < '\u{00AD}' {
                run = 0;
            } else if is_invisible(c) {
                facts.format_characters += 1;
            } else {
                run = if is_mark(c) { run + 1 } else { 0 };
                facts.marks_longest_run = facts.marks_longest_run.max(run);
            }
        }
        facts
    }
}

/// What the links of the item are.
pub(crate) struct LinkFacts {
    pub(crate) addresses: usize,
    pub(crate) hosts: BTreeSet<String>,
    pub(crate) domains: BTreeSet<String>,
    pub(crate) unreadable: usize,
    pub(crate) defanged: usize,
    /// Keys of the accounts and invitations that are linked to.
    pub(crate) places: BTreeSet<String>,
}

impl LinkFacts {
    fn of(links: &[Link]) -> Self {
        let readable = || links.iter().filter_map(|link| link.canonical.as_ref().ok());
        Self {
            addresses: readable().map(|link| &link.text).collect::<BTreeSet<_>>().len(),
            hosts: readable().map(|link| link.host.clone()).collect(),
            domains: readable().filter_map(|link| link.registrable_domain.clone()).collect(),
            defanged: links.iter().filter(|link| link.defanged).count(),
            places: readable()
                .filter_map(place_of)
                .map(|place| match place {
                    Place::Handle(key) | Place::Invite(key) => key,
                })
                .collect(),
            unreadable: links.iter().filter(|link| link.canonical.is_err()).count(),
        }
    }
}

/// A medium of the item with what is known of its content.
type Measured<'a> = (&'a Media, Result<&'a MediaFacts, Missing>);

fn media_of<'a>(item: &'a Item, supplied: &'a Supplied) -> Vec<Measured<'a>> {
    let facts_of = |medium: &Media| match supplied.media.iter().find(|(id, _)| *id == medium.id) {
        Some((_, Ok(facts))) => Ok(facts),
        Some((_, Err(missing))) => Err(missing.clone()),
        None => Err(Missing::because(format!("medium {} was not supplied", medium.id))),
    };
    item.media.iter().map(|medium| (medium, facts_of(medium))).collect()
}

/// Counts of the media.
#[derive(Default)]
pub(crate) struct MediaSummary {
    pub(crate) count: usize,
    pub(crate) missing: usize,
    pub(crate) pictures: usize,
    pub(crate) pictures_unreadable: usize,
    pub(crate) frames: usize,
    pub(crate) videos_unreadable: usize,
    lowest_quality: Option<u8>,
    /// Why the first picture that could not be read could not.
    picture_problem: Option<String>,
}

impl MediaSummary {
    fn of(media: &[Measured]) -> Self {
        let mut summary = Self { count: media.len(), ..Self::default() };
        for (medium, facts) in media {
            summary.missing += usize::from(facts.is_err());
            match facts.as_ref().ok().and_then(|facts| facts.video.as_ref()) {
                Some(Ok(video)) => summary.frames += video.frames.len(),
                Some(Err(_)) => summary.videos_unreadable += 1,
                None => {}
            }
            let picture = facts
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|facts| facts.picture.as_ref().map_err(Clone::clone));
            match picture {
                Ok(picture) => {
                    summary.pictures += 1;
                    let quality = picture.pdq.quality;
                    let lowest = summary.lowest_quality.map_or(quality, |low| low.min(quality));
                    summary.lowest_quality = Some(lowest);
                }
                Err(missing) if medium.kind == MediaKind::Image => {
                    summary.pictures += 1;
                    summary.pictures_unreadable += 1;
                    summary.picture_problem.get_or_insert(missing.reason);
                }
                Err(_) => {}
            }
        }
        summary
    }
}

/// The quality of a picture of which the service gave the hash alone: it answers for it.
const STATED_QUALITY: u8 = 100;

/// The look-ups of one measurement: only entries in force at its time are found.
struct Search<'a> {
    banks: &'a Banks,
    quarantined: Quarantined,
    at: Timestamp,
}

impl Search<'_> {
    fn entry(&self, index: u32) -> Option<&BankEntry> {
        self.banks.in_force(index, self.at).then(|| self.banks.entry(index))
    }

    /// A match of an entry, where that is in force.
    fn found(&self, index: u32, grade: Grade) -> Option<Match> {
        let is_quarantined = self.banks.status(index) == EntryStatus::Quarantined;
        if is_quarantined && self.quarantined == Quarantined::LeftOut {
            return None;
        }
        self.entry(index).map(|entry| Match { is_quarantined, ..base(entry, grade) })
    }

    /// The terms in the text, and how many places were not looked at.
    fn terms(&self, text: &str, folded: &Folded) -> (Vec<Found>, usize) {
        let (hits, unchecked) = self.banks.by_terms(text, folded);
        let hits = hits.into_iter().filter_map(|(index, hit)| {
            Some((index, Match { spans: hit.spans, ..self.found(index, hit.grade)? }))
        });
        (hits.collect(), unchecked)
    }

    /// The URL and domain entries that the links lead to, one match for each entry.
    fn links(&self, text: &str, links: &[Link]) -> Vec<Found> {
        let mut places: BTreeMap<u32, LinkPlaces> = BTreeMap::new();
        for link in links {
            let Ok(canonical) = &link.canonical else { continue };
            for (index, grade) in self.link(canonical) {
                places.entry(index).or_default().add(link, grade);
            }
        }
        places
            .into_iter()
            .filter_map(|(index, places)| {
                let mut found = self.found(index, places.grade)?;
                found.spans = spans_of(text, &places.ranges);
                found.link = places.beside;
                Some((index, found))
            })
            .collect()
    }

    /// The known texts that the text is near to.
    fn texts(&self, text: &str) -> Vec<Found> {
        let near = self.banks.by_text(text).into_iter();
        near.filter_map(|(index, ranges)| {
            let spans = spans_of(text, &ranges);
            Some((index, Match { spans, ..self.found(index, Grade::Near)? }))
        })
        .collect()
    }

    /// The matches without those in places where a suppressing entry was found, which is no match
    /// itself; and how many were taken away.
    fn suppressed(&self, found: [Vec<Found>; 4]) -> ([Vec<Found>; 4], usize) {
        let mut taken = 0;
        let left = found.map(|group| {
            let suppresses =
                |found: &Found| self.banks.entry(found.0).effect == EntryEffect::Suppress;
            if !group.iter().any(suppresses) {
                return group;
            }
            let (against, matches): (Vec<Found>, Vec<Found>) =
                group.into_iter().partition(suppresses);
            let before = matches.len();
            let left = matches.into_iter().filter_map(|found| left_of(found, &against));
            let left: Vec<Found> = left.collect();
            taken += before - left.len();
            left
        });
        (left, taken)
    }

    /// The entries that one address is, lies below, names or looks like.
    fn link(&self, canonical: &Canonical) -> Vec<(u32, Grade)> {
        let mut is = self.banks.by_url(&canonical.text);
        is.extend(self.banks.by_url_prefix(&canonical.text));
        is.extend(self.banks.by_domain(&canonical.host));
        is.extend(place_of(canonical).iter().flat_map(|place| self.banks.by_place(place)));
        let looks = self.banks.by_look(&canonical.host).into_iter();
        is.into_iter()
            .map(|index| (index, Grade::Exact))
            .chain(looks.map(|index| (index, Grade::Disguised)))
            .collect()
    }

    fn account(&self, item: &Item) -> Vec<Found> {
        let key = format!("{}/{}", item.service, item.author.id);
        let entries = self.banks.by_account(&key).into_iter();
        entries.filter_map(|index| Some((index, self.found(index, Grade::Exact)?))).collect()
    }

    fn media(&self, media: &[Measured]) -> Vec<Found> {
        let mut all = Vec::new();
        for (medium, facts) in media {
            for (index, grade, distance_bits) in self.medium(medium, facts.as_ref().ok().copied()) {
                if let Some(found) = self.found(index, grade) {
                    let media = Some(medium.id.clone());
                    all.push((index, Match { distance_bits, media, ..found }));
                }
            }
        }
        all
    }

    /// The entries that one medium matches, with grade and distance. The service's own SHA-256 and
    /// PDQ hash stand in for a medium that did not come.
    fn medium(&self, medium: &Media, facts: Option<&MediaFacts>) -> Vec<(u32, Grade, Option<u32>)> {
        let mut all: Vec<(u32, Grade, Option<u32>)> = Vec::new();
        let exact = |index: u32| (index, Grade::Exact, None);
        let stated = medium.sha256.as_deref().and_then(|text| parse_sha256(text).ok());
        if let Some(sha256) = facts.map(|facts| facts.sha256).or(stated) {
            all.extend(self.banks.by_sha256(&sha256).into_iter().map(exact));
        }
        let Some(facts) = facts else {
            let stated = medium.pdq.as_deref().and_then(|text| PdqHash::parse(text).ok());
            let near = stated.map(|hash| self.banks.by_pdq(&hash, STATED_QUALITY));
            all.extend(near.into_iter().flatten().map(|(index, bits)| {
                let grade = if bits == 0 { Grade::Exact } else { Grade::Near };
                (index, grade, Some(bits))
            }));
            return all;
        };
        all.extend(self.banks.by_md5(&facts.md5).into_iter().map(exact));
        let video = facts.video.iter().flatten().map(|video| video.frames.as_slice());
        for frames in video.clone() {
            let known = self.banks.by_video(frames).into_iter();
            all.extend(known.map(|index| (index, Grade::Near, None)));
        }
        let mut nearest: BTreeMap<u32, (u32, Grade)> = BTreeMap::new();
        let of_picture = facts.picture.iter().flat_map(hashes_of);
        let of_frames = video.flatten().map(|frame| (frame.hash, frame.quality, Grade::Near));
        for (hash, quality, same) in of_picture.chain(of_frames) {
            for (index, bits) in self.banks.by_pdq(&hash, quality) {
                let grade = if bits == 0 { same } else { Grade::Near };
                let nearest = nearest.entry(index).or_insert((bits, grade));
                *nearest = (nearest.0.min(bits), nearest.1.min(grade));
            }
        }
        let near = nearest.into_iter();
        all.extend(near.map(|(index, (bits, grade))| (index, grade, Some(bits))));
        all
    }
}

/// The hashes to look a picture up by, with their quality and the grade of an equal one: as
/// displayed, then its other views, each turned and mirrored.
fn hashes_of(picture: &PictureFacts) -> Vec<(PdqHash, u8, Grade)> {
    let displayed = (picture.pdq.hash, picture.pdq.quality, Grade::Exact);
    let views = picture.further_views.iter().map(|view| &view.pdq);
    let mut hashes = vec![displayed];
    for pdq in std::iter::once(&picture.pdq).chain(views) {
        for hash in std::iter::once(pdq.hash).chain(pdq.dihedral) {
            if !hashes.iter().any(|(known, ..)| *known == hash) {
                hashes.push((hash, pdq.quality, Grade::Near));
            }
        }
    }
    hashes
}

/// What is left of a match where suppressing entries were found: its spans that lie in none of
/// theirs; outside the text, all of it or nothing.
fn left_of((index, mut found): Found, against: &[Found]) -> Option<Found> {
    if found.spans.is_empty() {
        // The same file is more than the same picture.
        let is_file = |kind| matches!(kind, EntryKind::Sha256 | EntryKind::Md5);
        let same = |other: &Match| {
            other.media == found.media
                && other.link == found.link
                && other.grade <= found.grade
                && (is_file(other.kind) || !is_file(found.kind))
        };
        let taken = against.iter().any(|(_, other)| other.spans.is_empty() && same(other));
        return (!taken).then_some((index, found));
    }
    let within = |span: &Span| {
        let covers = |other: &Span| other.start <= span.start && span.end <= other.end;
        against.iter().any(|(_, other)| other.spans.iter().any(covers))
    };
    found.spans.retain(|span| !within(span));
    (!found.spans.is_empty() || found.link.is_some()).then_some((index, found))
}

/// Where one entry is linked to.
struct LinkPlaces {
    ranges: Vec<Range<usize>>,
    beside: Option<String>,
    /// The most direct of them.
    grade: Grade,
}

impl Default for LinkPlaces {
    fn default() -> Self {
        Self { ranges: Vec::new(), beside: None, grade: Grade::Disguised }
    }
}

impl LinkPlaces {
    fn add(&mut self, link: &Link, grade: Grade) {
        self.grade = self.grade.min(grade);
        match &link.range {
            // Two entries of one domain can lead here twice for the same link.
            Some(range) if self.ranges.last() == Some(range) => {}
            Some(range) if self.ranges.len() < limits::MATCH_SPANS => {
                self.ranges.push(range.clone());
            }
            Some(_) => {}
            None => {
                self.beside.get_or_insert_with(|| link.written.clone());
            }
        }
    }
}

fn base(entry: &BankEntry, grade: Grade) -> Match {
    Match {
        bank: entry.bank.clone(),
        kind: entry.kind,
        entry: entry.value.clone(),
        entry_id: entry.id.clone(),
        policy: entry.policy.clone(),
        labels: entry.labels.clone(),
        grade,
        spans: Vec::<Span>::new(),
        link: None,
        distance_bits: None,
        media: None,
        is_quarantined: false,
    }
}

/// The matches in their order, cut to the limit. The last groups are the smallest and the most
/// certain, so they are kept first.
fn kept(found: [Vec<Found>; 4]) -> Vec<Match> {
    let mut room = limits::ITEM_MATCHES;
    let mut groups: Vec<Vec<Found>> = Vec::new();
    for mut group in found.into_iter().rev() {
        group.truncate(room);
        room -= group.len();
        groups.push(group);
    }
    groups.into_iter().rev().flatten().map(|(_, found)| found).collect()
}
