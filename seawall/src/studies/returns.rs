//! What a study of returns found, as sections.

use super::blocks::{Block, Cell, Head, Plot, PlotKind, Scale, Section, Table, digits, percent};
use super::common::{cut, network, notes};
use super::{Reading, Telling};
use super::{day, moment};
use crate::console::text::{Language, grouped};
use study::returns::{
    Candidate, Evidence, Fact, Group, Limit, LinkedBy, MissingBecause, Offer, Reading as Measure,
    Returns, Searched, SharedTerm,
};

/// Bars of the distribution of likelihood ratios.
const BINS: usize = 40;

/// Everything that was found.
pub(super) fn sections(reading: &Reading, found: &Returns) -> Vec<Section> {
    let t = reading.t;
    let (table, total) = links(reading, found, Listed::Links);
    let shown = if total == 0 {
        Block::Words(t.no_links().to_owned())
    } else {
        Block::Table(cut(t, table, total))
    };
    let (candidates, all) = links(reading, found, Listed::All);
    let (strongest, of) = links(reading, found, Listed::All);
    vec![
        summary(t, found),
        Section { anchor: "links", heading: t.possible_links().to_owned(), blocks: vec![shown] },
        Section {
            anchor: "candidates",
            heading: t.candidates().to_owned(),
            blocks: vec![Block::Plot(ratios(t, found)), Block::Table(cut(t, candidates, all))],
        },
        network(reading, cut(t, strongest, of)),
        Section {
            anchor: "input",
            heading: t.result_notes().to_owned(),
            blocks: vec![bounds(t, found), notes(t, &found.notes)],
        },
    ]
}

fn summary(t: Language, found: &Returns) -> Section {
    let (coverage, control) = (&found.coverage, &found.control);
    let facts = vec![
        (t.looked_for().to_owned(), Cell::count(coverage.suspended)),
        (t.given_back().to_owned(), Cell::count(coverage.given_back)),
        (t.looked_among().to_owned(), Cell::count(coverage.new_accounts)),
        (t.pairs_compared().to_owned(), Cell::count(coverage.compared)),
        (t.possible_links().to_owned(), Cell::count(control.links)),
        (t.base_rate().to_owned(), Cell::share(found.parameters.base_rate)),
        (t.link_ratio().to_owned(), Cell::number(control.link_ratio)),
        (t.expected_false().to_owned(), Cell::number(control.expected_false)),
        (t.expected_false_rate().to_owned(), Cell::number(control.expected_false_per_10_000)),
        (t.calibration().to_owned(), calibration(t, found)),
    ];
    let words = Block::Words(t.returns_says().to_owned());
    Section {
        anchor: "summary",
        heading: t.summary().to_owned(),
        blocks: vec![words, Block::Facts(facts)],
    }
}

/// How measures became likelihood ratios; an operator's own calibration says it in its own words.
fn calibration(t: Language, found: &Returns) -> Cell {
    let is_shipped = found.calibration == study::returns::shipped().made;
    Cell::text(if is_shipped { t.calibration_shipped() } else { &found.calibration })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Listed {
    Links,
    All,
}

/// The candidates as a table, strongest first, and how many there are.
fn links(reading: &Reading, found: &Returns, listed: Listed) -> (Table, u64) {
    let t = reading.t;
    let head = vec![
        Head::words(t.new_account()),
        Head::words(t.suspended_account()),
        Head::numbers(t.likelihood_ratio()),
        Head::numbers(t.posterior()),
        Head::words(t.made_on()),
        Head::words(t.suspended_on()),
        Head::words(t.strongest_evidence()),
    ];
    let caption = match listed {
        Listed::Links => t.possible_links(),
        Listed::All => t.candidates(),
    };
    let mut table = Table::new(caption, head);
    let mut all: Vec<(&Searched, &Candidate)> = found
        .searched
        .iter()
        .flat_map(|searched| searched.candidates.iter().map(move |one| (searched, one)))
        .filter(|(_, one)| listed == Listed::All || one.offer == Offer::PossibleLink)
        .collect();
    all.sort_by(|a, b| b.1.likelihood_ratio.total_cmp(&a.1.likelihood_ratio));
    let total = all.len() as u64;
    for (searched, one) in all.into_iter().take(super::common::ROWS) {
        table.row(vec![
            reading.account(&one.account),
            reading.account(&searched.account),
            Cell::number(one.likelihood_ratio),
            Cell::share(one.posterior),
            one.created_at_us.map_or_else(Cell::none, |at| Cell::text(day(at))),
            Cell::text(day(searched.suspended_at_us)),
            Cell::text(strongest(t, one)),
        ]);
    }
    (table, total)
}

fn strongest(t: Language, candidate: &Candidate) -> String {
    let weight = |one: &Evidence| match &one.reading {
        Measure::Measured { log_ratio, .. } => *log_ratio,
        Measure::Missing { .. } => 0.0,
    };
    let mut evidence: Vec<&Evidence> =
        candidate.evidence.iter().filter(|one| weight(one) > 0.5).collect();
    evidence.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    let names: Vec<&str> = evidence.into_iter().take(3).map(|one| group(t, one.group)).collect();
    names.join(t.comma())
}

pub(super) fn group(t: Language, group: Group) -> &'static str {
    match group {
        Group::Handle => t.feature_handle(),
        Group::DisplayName => t.feature_display_name(),
        Group::Bio => t.feature_bio(),
        Group::Avatar => t.feature_avatar(),
        Group::EarlyFollowers => t.feature_early_followers(),
        Group::PostingHours => t.feature_posting_hours(),
        Group::Client => t.feature_client(),
        Group::Language => t.feature_language(),
        Group::Style => t.feature_style(),
        Group::Links => t.feature_links(),
        Group::Timing => t.feature_timing(),
        Group::Announcement => t.feature_announcement(),
    }
}

fn ratios(t: Language, found: &Returns) -> Plot {
    let all: Vec<f64> = found
        .searched
        .iter()
        .flat_map(|searched| &searched.candidates)
        .map(|one| one.likelihood_ratio.max(1e-12).log10())
        .collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min).floor();
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max).ceil();
    let head = vec![Head::numbers(t.ratio_log()), Head::numbers(t.pairs())];
    let mut table = Table::new(t.ratios_plot(), head);
    if low < high {
        let width = (high - low) / BINS as f64;
        for bin in 0..BINS {
            let from = low + bin as f64 * width;
            let to = from + width;
            let last = bin + 1 == BINS;
            let is_in = |ratio: &&f64| **ratio >= from && (**ratio < to || last);
            let count = all.iter().filter(is_in).count() as u64;
            let cell = Cell::number(f64::midpoint(from, to)).between(from, to);
            table.row(vec![cell, Cell::count(count)]);
        }
    }
    Plot {
        kind: PlotKind::Histogram,
        x_label: t.ratio_log().to_owned(),
        y_label: t.pairs().to_owned(),
        scale: Scale::Linear,
        table,
    }
}

fn bounds(t: Language, found: &Returns) -> Block {
    if found.bounds.is_empty() {
        return Block::Words(t.nothing_noted().to_owned());
    }
    let head = vec![
        Head::words(t.reached_limit()),
        Head::numbers(t.limit()),
        Head::numbers(t.how_often()),
    ];
    let mut table = Table::new(t.reached_limit(), head);
    for one in &found.bounds {
        table.row(vec![
            Cell::text(limit(t, one.limit)),
            Cell::count(one.value),
            Cell::count(one.reached),
        ]);
    }
    Block::Table(table)
}

fn limit(t: Language, limit: Limit) -> &'static str {
    match limit {
        Limit::Suspended => t.limit_suspended(),
        Limit::CommonTerm => t.limit_common_term(),
        Limit::Found => t.limit_found(),
        Limit::OldFollowers => t.limit_old_followers(),
        Limit::FollowsNew => t.limit_follows_new(),
        Limit::EarlyFollowers => t.limit_early_followers(),
        Limit::Posts => t.limit_posts(),
        Limit::TextCharacters => t.limit_text_characters(),
        Limit::Mentions => t.limit_mentions(),
    }
}

/// What was found about one account: the words for a case, and the evidence of each link.
pub(super) fn account(reading: &Reading, found: &Returns, account: &str) -> (String, Vec<Section>) {
    let t = reading.t;
    let mut words = Vec::new();
    let mut sections = Vec::new();
    for searched in &found.searched {
        for one in &searched.candidates {
            let is_old = searched.account == account && one.offer == Offer::PossibleLink;
            if one.account != account && !is_old {
                continue;
            }
            if one.account == account {
                words.push(t.evidence_return(
                    digits(one.likelihood_ratio),
                    percent(one.posterior),
                    percent(found.parameters.base_rate),
                ));
            }
            sections.push(link(reading, searched, one));
        }
    }
    (words.join("\n"), sections)
}

fn link(reading: &Reading, searched: &Searched, one: &Candidate) -> Section {
    let t = reading.t;
    let facts = vec![
        (t.suspended_account().to_owned(), reading.account(&searched.account)),
        (t.suspended_on().to_owned(), Cell::text(moment(searched.suspended_at_us))),
        (t.new_account().to_owned(), reading.account(&one.account)),
        (t.made_on().to_owned(), one.created_at_us.map_or_else(Cell::none, Cell::instant)),
        (t.likelihood_ratio().to_owned(), Cell::number(one.likelihood_ratio)),
        (t.posterior().to_owned(), Cell::share(one.posterior)),
    ];
    let head = vec![
        Head::words(t.group_of_features()),
        Head::numbers(t.weight_of_evidence()),
        Head::words(t.what_it_rests_on()),
    ];
    let mut table = Table::new(t.weights_plot(), head);
    for evidence in &one.evidence {
        let name = Cell::text(group(t, evidence.group));
        table.row(match &evidence.reading {
            Measure::Measured { log_ratio, facts, .. } => {
                let words: Vec<String> = facts.iter().map(|one| fact(reading, one)).collect();
                let weight = Cell::number(log_ratio / std::f64::consts::LN_10);
                vec![name, weight, Cell::text(words.join(" · "))]
            }
            Measure::Missing { because } => {
                let words = format!("{}: {}", t.not_compared(), missing(t, *because));
                vec![name, Cell::none(), Cell::text(words)]
            }
        });
    }
    let plot = Plot {
        kind: PlotKind::Bars,
        x_label: t.group_of_features().to_owned(),
        y_label: t.weight_of_evidence().to_owned(),
        scale: Scale::Linear,
        table,
    };
    let words = Block::Words(t.returns_says().to_owned());
    Section {
        anchor: "evidence",
        heading: t.possible_links().to_owned(),
        blocks: vec![words, Block::Facts(facts), Block::Plot(plot)],
    }
}

fn missing(t: Language, because: MissingBecause) -> &'static str {
    match because {
        MissingBecause::LeftOut => t.missing_left_out(),
        MissingBecause::OldUnknown => t.missing_old_unknown(),
        MissingBecause::NewUnknown => t.missing_new_unknown(),
        MissingBecause::OldTooFewPosts => t.missing_old_few_posts(),
        MissingBecause::NewTooFewPosts => t.missing_new_few_posts(),
        MissingBecause::OtherLanguage => t.missing_other_language(),
        MissingBecause::NothingToCompareWith => t.missing_nothing_to_compare(),
    }
}

fn terms(t: Language, terms: &[SharedTerm]) -> String {
    let words: Vec<String> =
        terms.iter().map(|one| format!("{} ({})", one.term, grouped(one.accounts))).collect();
    words.join(t.comma())
}

/// A fact in words.
fn fact(reading: &Reading, fact: &Fact) -> String {
    let t = reading.t;
    if reading.telling == Telling::Hidden
        && matches!(
            fact,
            Fact::SharedStem { .. }
                | Fact::Counter { .. }
                | Fact::LookAlike { .. }
                | Fact::AlikeHandles { .. }
                | Fact::SharedTerms { .. }
        )
    {
        return t.fact_hidden().to_owned();
    }
    match fact {
        Fact::SharedStem { stem, accounts } => t.fact_stem(stem, grouped(*accounts)),
        Fact::Counter { old, new } => t.fact_counter(old, new),
        Fact::LookAlike { skeleton } => t.fact_look_alike(skeleton),
        Fact::AlikeHandles { parts, similarity, one_in } => {
            t.fact_alike_handles(terms(t, parts), digits(*similarity), digits(*one_in))
        }
        Fact::SharedTerms { terms: shared } => t.fact_shared_terms(terms(t, shared)),
        Fact::SameText { accounts } => t.fact_same_text(grouped(*accounts)),
        Fact::NearAvatar { distance_bits, accounts } => {
            t.fact_near_avatar(distance_bits, grouped(*accounts))
        }
        Fact::FarAvatar { distance_bits } => t.fact_far_avatar(distance_bits),
        Fact::SharedFollowers { shared, early, expected, within_a_day, .. } => t
            .fact_shared_followers(
                grouped(*shared),
                grouped(*early),
                digits(*expected),
                grouped(*within_a_day),
            ),
        Fact::AlikeHours { old_hours, new_hours, one_in, .. } => {
            t.fact_hours(grouped(*old_hours), grouped(*new_hours), digits(*one_in))
        }
        Fact::SharedUse { what, old, new, accounts_share } => {
            t.fact_use(what, percent(*old), percent(*new), percent(*accounts_share))
        }
        Fact::AlikeStyle { one_in, .. } => t.fact_style(digits(*one_in)),
        Fact::Made { days_after, accounts } => t.fact_made(digits(*days_after), grouped(*accounts)),
        Fact::Announced { by, accounts, .. } => {
            let who = match by {
                LinkedBy::NewAccount => t.announced_by_new(),
                LinkedBy::OldAccount => t.announced_by_old(),
                LinkedBy::Another => t.announced_by_another(),
            };
            t.fact_announced(who, grouped(*accounts))
        }
    }
}
