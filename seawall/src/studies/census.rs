//! What a census found, as sections.

use super::Reading;
use super::blocks::{Block, Cell, Head, Plot, PlotKind, Scale, Section, Table, digits, percent};
use super::common::{ROWS, cut, network, notes};
use crate::console::text::{Language, grouped};
use engine::{CodedSample, KeptCensus};
use study::census::{
    Census, Cut, Error, Holds, PopulationEstimate, Row, Shares, Standing, SuspensionEffect, Way,
};
use study::stats::Estimate;

/// Everything that was found.
pub(super) fn sections(
    reading: &Reading,
    kept: &KeptCensus,
    coded: Option<&CodedSample>,
) -> Vec<Section> {
    let t = reading.t;
    let census = &kept.census;
    let estimate = coded.and_then(|coded| coded.estimate().ok());
    let mut sections = vec![summary(t, census), estimated(t, coded, estimate.as_ref())];
    sections.extend(strata(t, estimate.as_ref()));
    sections.push(scores(t, kept));
    let refused =
        estimate.as_ref().is_some_and(|one| matches!(one.standing, Standing::Refused { .. }));
    if refused {
        let blocks = vec![Block::Warning(t.separation_weak().to_owned())];
        sections.push(Section { anchor: "listed", heading: t.listed().to_owned(), blocks });
    } else {
        sections.push(listed(reading, census));
        sections.push(network(reading, rows(reading, census)));
        sections.push(communities(reading, census));
    }
    sections.push(frontier(t, census));
    sections.extend(kept.effect.iter().flat_map(|effect| effects(t, effect)));
    let mut input = vec![notes(t, &census.notes)];
    input.extend(census.cuts.iter().map(|one| Block::Warning(cut_words(t, one))));
    sections.push(Section { anchor: "input", heading: t.result_notes().to_owned(), blocks: input });
    sections
}

fn summary(t: Language, census: &Census) -> Section {
    let seeds = &census.seeds;
    let mut facts = vec![
        (t.census_definition().to_owned(), Cell::text(&census.parameters.membership)),
        (t.accounts().to_owned(), Cell::count(census.frontier.accounts)),
        (t.not_reached().to_owned(), Cell::count(census.frontier.not_reached)),
        (t.seeds_known().to_owned(), Cell::count(seeds.known)),
        (t.seeds_unknown().to_owned(), Cell::count(seeds.unknown_count)),
        (t.seeds_isolated().to_owned(), Cell::count(seeds.isolated)),
        (t.automated_looking().to_owned(), Cell::count(census.screening.accounts)),
    ];
    if let Some(period) = census.period {
        facts.push((t.earliest_date().to_owned(), Cell::instant(period.from_us)));
        facts.push((t.latest_date().to_owned(), Cell::instant(period.to_us)));
    }
    if let Some(hidden) = census.hidden_seeds {
        facts.push((t.hidden_seeds().to_owned(), between(hidden.found_again)));
    }
    let words = Block::Words(t.census_says().to_owned());
    Section {
        anchor: "summary",
        heading: t.summary().to_owned(),
        blocks: vec![words, Block::Facts(facts)],
    }
}

fn between(estimate: Estimate) -> Cell {
    let text =
        format!("{} ({}–{})", digits(estimate.value), digits(estimate.low), digits(estimate.high));
    Cell { text, value: Some(estimate.value), ..Cell::default() }
        .between(estimate.low, estimate.high)
}

fn estimated(
    t: Language,
    coded: Option<&CodedSample>,
    estimate: Option<&PopulationEstimate>,
) -> Section {
    let heading = t.estimate().to_owned();
    let mut blocks = Vec::new();
    match (coded, estimate) {
        (_, Some(estimate)) => {
            blocks.push(standing(t, &estimate.standing));
            blocks.push(Block::Plot(sizes(t, estimate)));
            blocks.push(Block::Facts(assumptions(t, estimate)));
        }
        (Some(coded), None) => {
            let problem = coded.estimate().err();
            blocks.push(Block::Words(problem.map_or_else(String::new, |one| lacking(t, &one))));
        }
        (None, None) => blocks.push(Block::Words(t.estimate_first().to_owned())),
    }
    Section { anchor: "estimate", heading, blocks }
}

/// What coders have still to do before there is an estimate.
fn lacking(t: Language, problem: &Error) -> String {
    match problem {
        Error::NoCodes => t.estimate_first().to_owned(),
        Error::OneCoder { .. } => t.estimate_one_coder().to_owned(),
        Error::StratumNotCoded { .. } => t.estimate_stratum_uncoded().to_owned(),
        Error::Parameter { .. }
        | Error::NoKnownSeed { .. }
        | Error::SeedsIsolated(_)
        | Error::EmptyFrontier
        | Error::OtherDataset
        | Error::Graph(_)
        | Error::Stats(_)
        | Error::Stopped(_) => problem.to_string(),
    }
}

fn standing(t: Language, standing: &Standing) -> Block {
    match standing {
        Standing::Sound { separation } => Block::Words(format!(
            "{} {}: {}",
            t.separation_enough(),
            t.auc(),
            between(*separation).text
        )),
        Standing::Refused { separation, .. } => Block::Warning(format!(
            "{} {}: {}",
            t.separation_weak(),
            t.auc(),
            between(*separation).text
        )),
        Standing::Unmeasured { members, others, .. } => {
            Block::Warning(t.separation_unmeasured(grouped(*members), grouped(*others)))
        }
        Standing::Partial { settled, of } => {
            Block::Warning(t.coding_partial(grouped(*settled), grouped(*of)))
        }
    }
}

/// The estimates with their intervals, as a plot.
fn sizes(t: Language, estimate: &PopulationEstimate) -> Plot {
    let head = vec![Head::words(t.method()), Head::numbers(t.members())];
    let mut table = Table::new(t.estimates_plot(), head);
    let Shares { wilson, clopper_pearson } = estimate.members;
    let mut row = |name: &str, estimate: Estimate| {
        table.row(vec![Cell::text(name), between(estimate)]);
    };
    row("Wilson", wilson);
    row("Clopper–Pearson", clopper_pearson);
    if let Some(corrected) = &estimate.corrected {
        row(t.corrected_method(), corrected.members);
    }
    Plot {
        kind: PlotKind::Intervals,
        x_label: t.method().to_owned(),
        y_label: t.members().to_owned(),
        scale: Scale::Linear,
        table,
    }
}

fn assumptions(t: Language, estimate: &PopulationEstimate) -> Vec<(String, Cell)> {
    let agreement = &estimate.agreement;
    let told = &estimate.assumptions;
    let kappa = agreement.kappa.map_or_else(Cell::none, |kappa| between(kappa.kappa));
    let alpha = agreement.alpha.map_or_else(Cell::none, between);
    vec![
        (t.coded_accounts().to_owned(), Cell::count(told.coded)),
        (t.drawn().to_owned(), Cell::count(told.drawn)),
        (t.coded_twice().to_owned(), Cell::count(agreement.coded_twice)),
        (t.to_adjudicate().to_owned(), Cell::count(agreement.to_adjudicate.len() as u64)),
        (t.kappa().to_owned(), kappa),
        (t.alpha().to_owned(), alpha),
        (t.census_definition().to_owned(), Cell::text(&told.membership)),
        (t.undecided().to_owned(), Cell::count(estimate.undecided.accounts)),
    ]
}

/// What each stratum and each group set apart gave.
fn strata(t: Language, estimate: Option<&PopulationEstimate>) -> Option<Section> {
    let estimate = estimate?;
    let head = vec![
        Head::words(t.stratum()),
        Head::numbers(t.share_of_members()),
        Head::numbers(t.stratum_size()),
        Head::numbers(t.coded_accounts()),
        Head::numbers(t.members()),
    ];
    let mut table = Table::new(t.strata(), head);
    for one in &estimate.strata {
        let name = match one.holds {
            Holds::Scores { from, to } => t.of_window(percent(from), percent(to)),
            Holds::SetApart => t.set_apart().to_owned(),
        };
        table.row(vec![
            Cell::text(name),
            Cell::share(one.share.value).between(one.share.low, one.share.high),
            Cell::count(one.size),
            Cell::count(one.coded),
            Cell::count(one.members),
        ]);
    }
    let plot = Plot {
        kind: PlotKind::Intervals,
        x_label: t.stratum().to_owned(),
        y_label: t.share_of_members().to_owned(),
        scale: Scale::Percent,
        table: with_columns(&table, 2),
    };
    let mut blocks = vec![Block::Plot(plot), Block::Table(table)];
    if !estimate.set_apart.is_empty() {
        blocks.push(Block::Table(set_apart(t, estimate)));
    }
    Some(Section { anchor: "strata", heading: t.strata().to_owned(), blocks })
}

/// The first columns of a table.
fn with_columns(table: &Table, columns: usize) -> Table {
    Table {
        caption: table.caption.clone(),
        head: table.head[..columns].to_vec(),
        rows: table.rows.iter().map(|row| row[..columns].to_vec()).collect(),
        note: String::new(),
    }
}

fn set_apart(t: Language, estimate: &PopulationEstimate) -> Table {
    let head = vec![
        Head::words(t.set_apart()),
        Head::numbers(t.accounts()),
        Head::numbers(t.coded_accounts()),
        Head::numbers(t.members()),
        Head::numbers(t.high_not_members()),
    ];
    let mut table = Table::new(t.precision_set_apart(), head);
    for one in &estimate.set_apart {
        table.row(vec![
            Cell::text(&one.reason),
            Cell::count(one.accounts),
            Cell::count(one.coded),
            Cell::count(one.members),
            Cell::count(one.high_and_not_members),
        ]);
    }
    table
}

fn scores(t: Language, kept: &KeptCensus) -> Section {
    let head = vec![Head::numbers(t.score()), Head::numbers(t.accounts())];
    let mut table = Table::new(t.scores_plot(), head);
    for bin in &kept.scores {
        let middle = f64::midpoint(bin.from, bin.to);
        let cell = Cell::number(middle).between(bin.from, bin.to);
        table.row(vec![cell, Cell::count(bin.count)]);
    }
    let plot = Plot {
        kind: PlotKind::Histogram,
        x_label: t.score().to_owned(),
        y_label: t.accounts().to_owned(),
        scale: Scale::Linear,
        table,
    };
    Section { anchor: "scores", heading: t.scores().to_owned(), blocks: vec![Block::Plot(plot)] }
}

fn heads(t: Language) -> Vec<Head> {
    vec![
        Head::words(t.study_account()),
        Head::numbers(t.rank()),
        Head::numbers(t.score()),
        Head::numbers(t.steps()),
        Head::numbers(t.in_from_set()),
        Head::numbers(t.out_to_set()),
        Head::numbers(t.followers()),
        Head::numbers(t.followers_in_set()),
        Head::numbers(t.nearness()),
        Head::numbers(t.core()),
        Head::words(t.set_apart()),
    ]
}

fn row(reading: &Reading, one: &Row) -> Vec<Cell> {
    vec![
        reading.account(&one.account),
        Cell::count(one.rank),
        Cell::number(one.score),
        Cell::count(u64::from(one.hops)),
        Cell::count(u64::from(one.in_from_set)),
        Cell::count(u64::from(one.out_to_set)),
        Cell::count(one.followers),
        Cell::share(one.followers_in_set),
        Cell::number(one.nearness),
        Cell::count(u64::from(one.core)),
        Cell::text(&one.set_apart),
    ]
}

fn rows(reading: &Reading, census: &Census) -> Table {
    let t = reading.t;
    let mut table = Table::new(t.listed(), heads(t));
    census.listed.iter().take(ROWS).for_each(|one| table.row(row(reading, one)));
    cut(t, table.compact(), census.listed.len() as u64)
}

fn listed(reading: &Reading, census: &Census) -> Section {
    let blocks = vec![Block::Table(rows(reading, census))];
    Section { anchor: "listed", heading: reading.t.listed().to_owned(), blocks }
}

fn communities(reading: &Reading, census: &Census) -> Section {
    let t = reading.t;
    let head = vec![
        Head::words(t.community()),
        Head::numbers(t.accounts()),
        Head::numbers(t.seeds()),
        Head::numbers(t.mean_score()),
        Head::words(t.study_account()),
    ];
    let mut table = Table::new(t.communities(), head);
    for one in &census.communities.largest {
        table.row(vec![
            Cell::text(grouped(u64::from(one.number))),
            Cell::count(one.accounts),
            Cell::count(one.seeds),
            Cell::number(one.mean_score),
            one.highest.first().map_or_else(Cell::none, |account| reading.account(account)),
        ]);
    }
    let table = cut(t, table, census.communities.count);
    let words = Block::Words(t.communities_says().to_owned());
    Section {
        anchor: "communities",
        heading: t.communities().to_owned(),
        blocks: vec![words, Block::Table(table)],
    }
}

fn frontier(t: Language, census: &Census) -> Section {
    let head = vec![
        Head::words(t.level()),
        Head::numbers(t.found_at_level()),
        Head::numbers(t.left_out()),
        Head::numbers(t.not_followed()),
    ];
    let mut table = Table::new(t.levels_plot(), head);
    for one in &census.frontier.levels {
        table.row(vec![
            Cell::text(grouped(u64::from(one.level))),
            Cell::count(one.found),
            Cell::count(one.left_out),
            Cell::count(one.not_followed),
        ]);
    }
    let ways: Vec<&str> = census.parameters.reach.ways.iter().map(|one| way(t, *one)).collect();
    let words = t.frontier_words(census.parameters.reach.levels, ways.join(t.comma()));
    let plot = Plot {
        kind: PlotKind::Bars,
        x_label: t.level().to_owned(),
        y_label: t.accounts().to_owned(),
        scale: Scale::Log,
        table,
    };
    Section {
        anchor: "frontier",
        heading: t.frontier().to_owned(),
        blocks: vec![Block::Words(words), Block::Plot(plot)],
    }
}

pub(super) fn way(t: Language, way: Way) -> &'static str {
    match way {
        Way::Follows => t.way_follows(),
        Way::FollowedBy => t.way_followed_by(),
        Way::Reposts => t.way_reposts(),
        Way::RepostedBy => t.way_reposted_by(),
        Way::Answers => t.way_answers(),
        Way::AnsweredBy => t.way_answered_by(),
    }
}

fn effects(t: Language, effect: &SuspensionEffect) -> [Section; 2] {
    let head = vec![Head::numbers(t.day_column()), Head::numbers(t.still_there())];
    let mut lives = Table::new(t.survival(), head);
    for step in &effect.survival {
        let cell = Cell::share(step.surviving.value);
        let cell = cell.between(step.surviving.low, step.surviving.high);
        lives.row(vec![Cell::number(step.time), cell]);
    }
    let survival = Plot {
        kind: PlotKind::Line,
        x_label: t.day_column().to_owned(),
        y_label: t.still_there().to_owned(),
        scale: Scale::Percent,
        table: lives,
    };
    let head = vec![
        Head::words(t.period()),
        Head::numbers(t.reach_remaining()),
        Head::numbers(t.reach_restored()),
        Head::numbers(t.reach_returned()),
    ];
    let mut table = Table::new(t.regained_reach(), head);
    for step in &effect.reach {
        table.row(vec![
            Cell::instant(step.from_us),
            Cell::number(step.remaining.audience),
            Cell::number(step.restored.audience),
            Cell::number(step.returned.audience),
        ]);
    }
    let reach = Plot {
        kind: PlotKind::Area,
        x_label: t.period().to_owned(),
        y_label: t.reach().to_owned(),
        scale: Scale::Linear,
        table,
    };
    [
        Section {
            anchor: "survival",
            heading: t.survival().to_owned(),
            blocks: vec![Block::Plot(survival)],
        },
        Section {
            anchor: "reach",
            heading: t.regained_reach().to_owned(),
            blocks: vec![Block::Plot(reach)],
        },
    ]
}

fn cut_words(t: Language, cut: &Cut) -> String {
    match cut {
        Cut::Frontier { accounts } => t.cut_frontier(grouped(*accounts)),
        Cut::Ties { times } => t.cut_ties(grouped(*times)),
        Cut::Rounds { rounds } => t.cut_rounds(grouped(*rounds)),
        Cut::CoFollow { members, of } => t.cut_co_follow(grouped(*members), grouped(*of)),
        Cut::Communities { accounts, of } => t.cut_communities(grouped(*accounts), grouped(*of)),
        Cut::Listed { accounts, of } => t.more_listed(grouped(*accounts), grouped(*of)),
    }
}

/// What was found about one account: the words for a case, and the evidence.
pub(super) fn account(
    reading: &Reading,
    kept: &KeptCensus,
    account: &str,
) -> (String, Vec<Section>) {
    let t = reading.t;
    let Some(one) = kept.census.listed.iter().find(|row| row.account == account) else {
        return (String::new(), Vec::new());
    };
    let scored: u64 = kept.scores.iter().map(|bin| bin.count).sum();
    let words = t.evidence_census(grouped(one.rank), grouped(scored), one.hops);
    let mut table = Table::new(t.listed(), heads(t));
    table.row(row(reading, one));
    let head = vec![Head::words(t.study_account()), Head::words(t.how_it_was_found())];
    let mut path = Table::new(t.how_it_was_found(), head);
    for step in &one.path {
        path.row(vec![reading.account(&step.account), Cell::text(way(t, step.by))]);
    }
    let says = Block::Words(t.census_says().to_owned());
    let blocks = vec![says, Block::Table(table.compact()), Block::Table(path)];
    (words, vec![Section { anchor: "evidence", heading: t.listed().to_owned(), blocks }])
}
