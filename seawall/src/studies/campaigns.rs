//! What a study of campaigns found, as sections.

use super::blocks::{Block, Cell, Head, Plot, PlotKind, Scale, Section, Table, digits, percent};
use super::common::{ROWS, cut, network, notes, trace, window};
use super::{Reading, ShownFinding, short, tells_author};
use crate::console::text::{Language, grouped, isolate};
use std::collections::BTreeSet;
use study::campaigns::Campaigns;
use study::campaigns::findings::{
    AccountEvidence, Basis, Burst, CampaignFinding, Explanation, Marks, ObjectEvidence, Remark,
};
use study::campaigns::traces::Trace;

/// Bars of a plot that can still be told apart.
const BARS: usize = 30;

/// Everything that was found.
pub(super) fn sections(reading: &Reading, found: &Campaigns) -> Vec<Section> {
    let t = reading.t;
    let mut sections = vec![
        summary(t, found),
        listed(reading, found),
        network(reading, strongest(reading, found)),
        tests(t, found),
        explained(reading, found),
    ];
    if !found.gatherings.is_empty() {
        sections.push(gatherings(t, found));
    }
    // None listed does not mean that none was there: only what was found is spoken of.
    if !found.bursts.is_empty() {
        sections.push(bursts(t, found));
    }
    sections.push(noise(t, found));
    sections.push(Section {
        anchor: "input",
        heading: t.result_notes().to_owned(),
        blocks: vec![notes(t, &found.notes)],
    });
    sections
}

fn summary(t: Language, found: &Campaigns) -> Section {
    let facts = vec![
        (t.posts().to_owned(), Cell::count(found.posts)),
        (t.accounts().to_owned(), Cell::count(found.accounts)),
        (t.first_seen().to_owned(), Cell::instant(found.first_us)),
        (t.last_seen().to_owned(), Cell::instant(found.last_us)),
        (t.findings().to_owned(), Cell::count(found.findings_total)),
        (t.explained().to_owned(), Cell::count(found.explained_total)),
    ];
    let mut blocks = vec![Block::Words(t.campaigns_says().to_owned()), Block::Facts(facts)];
    blocks.push(Block::Words(parameters(t, found)));
    blocks.extend(found.remarks.iter().map(|one| Block::Warning(remark(t, one))));
    Section { anchor: "summary", heading: t.summary().to_owned(), blocks }
}

fn parameters(t: Language, found: &Campaigns) -> String {
    let given = &found.parameters;
    let windows: Vec<String> = given.windows_s.iter().map(|one| window(t, *one)).collect();
    let traces: Vec<&str> = given.traces.iter().map(|one| trace(t, Some(*one))).collect();
    t.campaign_parameters(
        traces.join(t.comma()),
        windows.join(t.comma()),
        given.min_objects,
        window(t, given.jitter_s),
        percent(given.false_discovery),
        given.seed,
    )
}

fn remark(t: Language, remark: &Remark) -> String {
    match remark {
        Remark::WindowTooFine { window_s, unit_s } => {
            t.remark_window_too_fine(window(t, *window_s), window(t, *unit_s))
        }
        Remark::GatheringsCapped { window_s, crowds, objects, busy, groups, word_pairs } => t
            .remark_gatherings_capped(
                window(t, *window_s),
                grouped(*crowds),
                grouped(*objects),
                grouped(*busy),
                grouped(*groups),
                grouped(*word_pairs),
            ),
        Remark::PairsCapped { window_s, co_actions } => {
            t.remark_pairs_capped(grouped(*co_actions), window(t, *window_s))
        }
        Remark::ObjectsCapped { trace: of, window_s, objects } => {
            t.remark_objects_capped(trace(t, Some(*of)), window(t, *window_s), grouped(*objects))
        }
    }
}

fn basis(t: Language, basis: Basis) -> &'static str {
    match basis {
        Basis::CoAction => t.basis_co_action(),
        Basis::Gathering => t.basis_gathering(),
        Basis::Template => t.basis_template(),
        Basis::Deletion => t.basis_deletion(),
    }
}

fn heads(t: Language) -> Vec<Head> {
    vec![
        Head::words(t.finding()),
        Head::words(t.basis()),
        Head::numbers(t.accounts()),
        Head::numbers(t.objects()),
        Head::numbers(t.observed()),
        Head::numbers(t.expected()),
        Head::numbers(t.q_value()),
        Head::words(t.first_seen()),
        Head::words(t.last_seen()),
    ]
}

fn row(t: Language, name: Cell, finding: &CampaignFinding) -> Vec<Cell> {
    vec![
        name,
        Cell::text(basis(t, finding.basis)),
        Cell::count(finding.accounts_total),
        Cell::count(finding.objects_total),
        Cell::count(finding.observed),
        Cell::number(finding.expected),
        Cell::number(finding.q_value),
        Cell::instant(finding.first_us),
        Cell::instant(finding.last_us),
    ]
}

fn listed(reading: &Reading, found: &Campaigns) -> Section {
    let t = reading.t;
    let heading = t.findings().to_owned();
    if found.findings.is_empty() {
        let blocks = vec![Block::Words(t.no_findings().to_owned())];
        return Section { anchor: "findings", heading, blocks };
    }
    let mut table = Table::new(t.findings(), heads(t));
    let head =
        vec![Head::words(t.finding()), Head::numbers(t.observed()), Head::numbers(t.expected())];
    let mut bars = Table::new(t.observed_and_expected(), head);
    for (finding, number) in found.findings.iter().zip(1..) {
        table.row(row(t, reading.finding(number), finding));
        if number <= BARS {
            let cells = [Cell::count(finding.observed), Cell::number(finding.expected)];
            let [observed, expected] = cells;
            bars.row(vec![Cell::text(grouped(number as u64)), observed, expected]);
        }
    }
    let plot = Plot {
        kind: PlotKind::Bars,
        x_label: t.finding().to_owned(),
        y_label: t.times_together().to_owned(),
        scale: Scale::Log,
        table: bars,
    };
    let table = cut(t, table, found.findings_total);
    Section { anchor: "findings", heading, blocks: vec![Block::Table(table), Block::Plot(plot)] }
}

fn strongest(reading: &Reading, found: &Campaigns) -> Table {
    let t = reading.t;
    let head = vec![
        Head::words(t.study_account()),
        Head::words(t.finding()),
        Head::numbers(t.observed()),
        Head::numbers(t.expected()),
        Head::numbers(t.q_value()),
    ];
    let mut table = Table::new(t.network_strongest(), head);
    let all = found.findings.iter().zip(1..);
    let mut accounts: Vec<_> =
        all.flat_map(|(one, number)| one.accounts.iter().map(move |a| (a, number))).collect();
    accounts.sort_by(|a, b| a.0.log10_p.total_cmp(&b.0.log10_p));
    let total = accounts.len() as u64;
    for (account, number) in accounts.into_iter().take(ROWS) {
        table.row(vec![
            reading.account(&account.account),
            reading.finding(number),
            Cell::count(account.observed),
            Cell::number(account.expected),
            Cell::number(account.q_value),
        ]);
    }
    cut(t, table, total)
}

fn tests(t: Language, found: &Campaigns) -> Section {
    let head = vec![
        Head::words(t.window()),
        Head::numbers(t.pairs()),
        Head::numbers(t.tested()),
        Head::numbers(t.significant()),
        Head::words(t.jitter()),
    ];
    let mut windows = Table::new(t.tests(), head);
    for one in &found.windows {
        windows.row(vec![
            Cell::text(window(t, one.window_s)),
            Cell::count(one.pairs),
            Cell::count(one.tested),
            Cell::count(one.significant),
            Cell::text(window(t, one.jitter_s)),
        ]);
    }
    let head = vec![
        Head::words(t.trace()),
        Head::numbers(t.significant()),
        Head::numbers(t.actions()),
        Head::numbers(t.objects()),
    ];
    let mut traces = Table::new(t.tests_by_trace(), head);
    for one in &found.traces {
        traces.row(vec![
            Cell::text(trace(t, Some(one.trace))),
            Cell::count(one.significant),
            Cell::count(one.actions),
            Cell::count(one.objects),
        ]);
    }
    let blocks = vec![Block::Plot(heat(t, found)), Block::Table(windows), Block::Table(traces)];
    Section { anchor: "tests", heading: t.tests().to_owned(), blocks }
}

/// What was compared in wide windows.
fn gatherings(t: Language, found: &Campaigns) -> Section {
    let head = vec![
        Head::words(t.window()),
        Head::numbers(t.gatherings_many()),
        Head::numbers(t.groups()),
    ];
    let mut table = Table::new(t.gatherings(), head);
    for one in &found.gatherings {
        table.row(vec![
            Cell::text(window(t, one.window_s)),
            Cell::count(one.gatherings),
            Cell::count(one.companies),
        ]);
    }
    let words = Block::Words(t.gatherings_says().to_owned());
    Section {
        anchor: "gatherings",
        heading: t.gatherings().to_owned(),
        blocks: vec![words, Block::Table(table)],
    }
}

/// How much of the evidence of the listed groups lies in which trace and window.
fn heat(t: Language, found: &Campaigns) -> Plot {
    let all = || found.findings.iter().flat_map(|finding| &finding.traces);
    let evidence = || all().filter(|one| one.pairs > 0);
    let windows: BTreeSet<u32> = evidence().map(|one| one.window_s).collect();
    let traces: BTreeSet<Option<Trace>> = evidence().map(|one| one.trace).collect();
    let mut head = vec![Head::words(t.trace())];
    head.extend(windows.iter().map(|one| Head::numbers(&window(t, *one))));
    let mut table = Table::new(t.tests_heat(), head);
    for of in traces {
        let mut cells = vec![Cell::text(trace(t, of))];
        cells.extend(windows.iter().map(|window_s| {
            let own = evidence().filter(|one| one.trace == of && one.window_s == *window_s);
            Cell::count(own.map(|one| one.pairs).sum())
        }));
        table.row(cells);
    }
    Plot {
        kind: PlotKind::Heat,
        x_label: t.window().to_owned(),
        y_label: t.trace().to_owned(),
        scale: Scale::Linear,
        table,
    }
}

fn explained(reading: &Reading, found: &Campaigns) -> Section {
    let t = reading.t;
    let mut head = heads(t);
    head.push(Head::words(t.explanation()));
    let mut table = Table::new(t.explained(), head);
    for (finding, number) in found.explained.iter().zip(1..) {
        let mut cells = row(t, Cell::text(grouped(number)), finding);
        cells.push(Cell::text(explanation(reading, finding)));
        table.row(cells);
    }
    let table = cut(t, table, found.explained_total);
    let words = Block::Words(t.explained_says().to_owned());
    Section {
        anchor: "explained",
        heading: t.explained().to_owned(),
        blocks: vec![words, Block::Table(table)],
    }
}

fn explanation(reading: &Reading, finding: &CampaignFinding) -> String {
    let t = reading.t;
    match &finding.explanation {
        None => String::new(),
        Some(Explanation::SetApart { reasons }) => t.explained_set_apart(reasons.join(t.comma())),
        Some(Explanation::FeedClient { client }) => t.explained_feed(client),
        Some(Explanation::Timetable { from_s, within_s, days }) => {
            let from = format!("{:02}:{:02}", from_s / 3_600, from_s / 60 % 60);
            t.explained_timetable(days, from, within_s.div_ceil(60))
        }
        Some(Explanation::Audience { of }) => {
            // A pseudonym stays on its line: nothing may come between its hyphen and its digits.
            let name = short(&reading.names.of(of)).replacen('-', "-\u{2060}", 1);
            t.explained_audience(isolate(name))
        }
    }
}

fn share(share: Option<f64>) -> Cell {
    share.map_or_else(Cell::none, Cell::share)
}

fn bursts(t: Language, found: &Campaigns) -> Section {
    let head = vec![
        Head::words(t.hashtag()),
        Head::words(t.first_seen()),
        Head::words(t.last_seen()),
        Head::numbers(t.posts()),
        Head::numbers(t.expected()),
        Head::numbers(t.surprise()),
        Head::numbers(t.accounts()),
        Head::numbers(t.top_ten()),
        Head::numbers(t.newcomers()),
        Head::numbers(t.young_share()),
        Head::numbers(t.deleted_share()),
        Head::numbers(t.incumbents()),
        Head::numbers(t.topic_drift()),
    ];
    let mut table = Table::new(t.bursts(), head);
    found.bursts.iter().for_each(|burst| table.row(burst_row(burst)));
    let table = cut(t, table, found.bursts_total);
    let words = Block::Words(t.bursts_says().to_owned());
    Section {
        anchor: "bursts",
        heading: t.bursts().to_owned(),
        blocks: vec![words, Block::Table(table)],
    }
}

fn burst_row(burst: &Burst) -> Vec<Cell> {
    let drift = burst.hijack.topic_drift;
    vec![
        Cell::text(format!("#{}", burst.hashtag)),
        Cell::instant(burst.first_us),
        Cell::instant(burst.last_us),
        Cell::count(burst.posts),
        Cell::number(burst.expected),
        Cell::number(burst.surprise),
        Cell::count(burst.accounts),
        Cell::share(burst.top_10),
        Cell::share(burst.newcomers),
        share(burst.marks.young),
        share(burst.marks.deleted),
        share(burst.hijack.incumbents),
        drift.map_or_else(Cell::none, Cell::number),
    ]
}

fn noise(t: Language, found: &Campaigns) -> Section {
    let head =
        vec![Head::numbers(t.pairs()), Head::numbers(t.groups()), Head::numbers(t.accounts())];
    let mut table = Table::new(t.noise(), head);
    for one in &found.noise {
        table.row(vec![Cell::count(one.pairs), Cell::count(one.groups), Cell::count(one.accounts)]);
    }
    let words = Block::Words(t.noise_says().to_owned());
    Section {
        anchor: "noise",
        heading: t.noise().to_owned(),
        blocks: vec![words, Block::Table(table)],
    }
}

/// One group, by its number from 1, with its evidence.
pub(super) fn shown_finding(
    reading: &Reading,
    finding: &CampaignFinding,
    number: usize,
) -> ShownFinding {
    let heading = reading.t.finding_number(number);
    let quoted: BTreeSet<&str> = finding.examples.iter().map(|one| one.account.as_str()).collect();
    let sections = finding_sections(reading, finding, &heading);
    ShownFinding { heading, sections, quoted: quoted.len() }
}

fn finding_sections(reading: &Reading, finding: &CampaignFinding, name: &str) -> Vec<Section> {
    let t = reading.t;
    let mut table = Table::new(t.findings(), heads(t));
    table.row(row(t, Cell::text(name), finding));
    let mut blocks = vec![Block::Words(t.campaigns_says().to_owned()), Block::Table(table)];
    blocks.push(Block::Facts(marks(t, &finding.marks)));
    blocks.push(Block::Plot(by_trace(t, finding)));
    let summary = Section { anchor: "summary", heading: t.summary().to_owned(), blocks };
    let mut sections = vec![summary, accounts(reading, finding)];
    // Texts of one shape have no object in common, and only pairs hold some groups together.
    if !finding.objects.is_empty() {
        sections.push(objects(reading, finding));
    }
    if !finding.pairs.is_empty() {
        sections.push(pairs(reading, finding));
    }
    sections.push(examples(reading, finding));
    sections
}

fn marks(t: Language, marks: &Marks) -> Vec<(String, Cell)> {
    [
        (t.mark_young(), marks.young),
        (t.mark_nothing_else(), marks.nothing_else),
        (t.mark_one_client(), marks.one_client),
        (t.mark_deleted(), marks.deleted),
        (t.mark_near_duplicate(), marks.near_duplicate),
    ]
    .map(|(name, value)| (name.to_owned(), share(value)))
    .into()
}

fn by_trace(t: Language, finding: &CampaignFinding) -> Plot {
    let head =
        vec![Head::words(t.trace()), Head::numbers(t.observed()), Head::numbers(t.expected())];
    let mut table = Table::new(t.observed_and_expected(), head);
    for one in finding.traces.iter().take(BARS) {
        let name = [trace(t, one.trace), &window(t, one.window_s)].join(t.comma());
        table.row(vec![Cell::text(name), Cell::count(one.observed), Cell::number(one.expected)]);
    }
    Plot {
        kind: PlotKind::Bars,
        x_label: t.trace().to_owned(),
        y_label: t.times_together().to_owned(),
        scale: Scale::Log,
        table,
    }
}

fn accounts(reading: &Reading, finding: &CampaignFinding) -> Section {
    let t = reading.t;
    let head = vec![
        Head::words(t.study_account()),
        Head::numbers(t.observed()),
        Head::numbers(t.expected()),
        Head::numbers(t.q_value()),
        Head::words(t.trace()),
        Head::words(t.window()),
        Head::words(t.set_apart()),
    ];
    let mut table = Table::new(t.accounts(), head);
    for one in &finding.accounts {
        table.row(vec![
            reading.account(&one.account),
            Cell::count(one.observed),
            Cell::number(one.expected),
            Cell::number(one.q_value),
            Cell::text(trace(t, one.trace)),
            Cell::text(window(t, one.window_s)),
            Cell::text(&one.set_apart),
        ]);
    }
    let table = cut(t, table.compact(), finding.accounts_total);
    Section {
        anchor: "accounts",
        heading: t.accounts().to_owned(),
        blocks: vec![Block::Table(table)],
    }
}

fn objects(reading: &Reading, finding: &CampaignFinding) -> Section {
    let t = reading.t;
    let head = vec![
        Head::words(t.objects()),
        Head::words(t.trace()),
        Head::numbers(t.accounts()),
        Head::numbers(t.others()),
        Head::words(t.first_seen()),
        Head::words(t.last_seen()),
    ];
    let mut table = Table::new(t.objects(), head);
    let head = vec![Head::words(t.first_seen()), Head::numbers(t.accounts())];
    let mut line = Table::new(t.objects_over_time(), head);
    let mut in_time: Vec<_> = finding.objects.iter().collect();
    in_time.sort_by_key(|one| one.first_us);
    for one in in_time {
        line.row(vec![Cell::instant(one.first_us), Cell::count(one.accounts)]);
    }
    for one in &finding.objects {
        table.row(vec![
            object(reading, one),
            Cell::text(trace(t, Some(one.trace))),
            Cell::count(one.accounts),
            Cell::count(one.others),
            Cell::instant(one.first_us),
            Cell::instant(one.last_us),
        ]);
    }
    let plot = Plot {
        kind: PlotKind::Scatter,
        x_label: t.first_seen().to_owned(),
        y_label: t.accounts().to_owned(),
        scale: Scale::Linear,
        table: line,
    };
    let table = cut(t, table, finding.objects_total);
    Section {
        anchor: "objects",
        heading: t.objects().to_owned(),
        blocks: vec![Block::Plot(plot), Block::Table(table)],
    }
}

/// An object by its name; posts and words of somebody by a pseudonym, until somebody says why.
fn object(reading: &Reading, object: &ObjectEvidence) -> Cell {
    let is_hidden = tells_author(object.trace) && !reading.shows_words();
    Cell::text(match is_hidden {
        true => reading.hidden(&object.object),
        false => object.object.clone(),
    })
}

fn pairs(reading: &Reading, finding: &CampaignFinding) -> Section {
    let t = reading.t;
    let head = vec![
        Head::words(t.study_account()),
        Head::words(t.account_two()),
        Head::numbers(t.observed()),
        Head::numbers(t.expected()),
        Head::numbers(t.q_value()),
        Head::words(t.trace()),
        Head::words(t.window()),
    ];
    let mut table = Table::new(t.pairs_strongest(), head);
    for one in &finding.pairs {
        table.row(vec![
            reading.account(&one.a),
            reading.account(&one.b),
            Cell::count(one.observed),
            Cell::number(one.expected),
            Cell::number(one.q_value),
            Cell::text(trace(t, one.trace)),
            Cell::text(window(t, one.window_s)),
        ]);
    }
    let table = cut(t, table, finding.pairs_total);
    Section { anchor: "pairs", heading: t.pairs().to_owned(), blocks: vec![Block::Table(table)] }
}

fn examples(reading: &Reading, finding: &CampaignFinding) -> Section {
    let t = reading.t;
    let head = vec![
        Head::words(t.first_seen()),
        Head::words(t.study_account()),
        Head::words(t.text_of_post()),
    ];
    let mut table = Table::new(t.examples(), head);
    for one in &finding.examples {
        let text = match reading.shows_words() {
            true if one.text.is_empty() => t.post_without_words().to_owned(),
            true => one.text.clone(),
            false => reading.hidden(&one.post),
        };
        let (at, account) = (Cell::instant(one.at_us), reading.account(&one.account));
        table.row(vec![at, account, Cell::text(text)]);
    }
    let table = cut(t, table, finding.posts);
    Section {
        anchor: "examples",
        heading: t.examples().to_owned(),
        blocks: vec![Block::Table(table)],
    }
}

/// The words of a case about one account of a group. Only groups of pairs count in objects.
fn evidence(t: Language, finding: &CampaignFinding, own: &AccountEvidence) -> String {
    let others = grouped(finding.accounts_total.saturating_sub(1));
    let (observed, expected) = (grouped(own.observed), digits(own.expected));
    match finding.basis {
        Basis::CoAction => t.evidence_campaign(observed, others, expected, digits(own.q_value)),
        Basis::Gathering | Basis::Template | Basis::Deletion => {
            t.evidence_company(observed, others, expected, digits(own.q_value))
        }
    }
}

/// What was found about one account: the words for a case, and the groups it is part of.
pub(super) fn account(
    reading: &Reading,
    found: &Campaigns,
    account: &str,
) -> (String, Vec<Section>) {
    let t = reading.t;
    let head = vec![
        Head::words(t.finding()),
        Head::numbers(t.observed()),
        Head::numbers(t.expected()),
        Head::numbers(t.q_value()),
        Head::words(t.set_apart()),
    ];
    let mut table = Table::new(t.findings(), head);
    let mut words = Vec::new();
    for (finding, number) in found.findings.iter().zip(1..) {
        let Some(own) = finding.accounts.iter().find(|one| one.account == account) else {
            continue;
        };
        words.push(evidence(t, finding, own));
        table.row(vec![
            reading.finding(number),
            Cell::count(own.observed),
            Cell::number(own.expected),
            Cell::number(own.q_value),
            Cell::text(&own.set_apart),
        ]);
    }
    let blocks = vec![Block::Words(t.campaigns_says().to_owned()), Block::Table(table.compact())];
    let section = Section { anchor: "evidence", heading: t.findings().to_owned(), blocks };
    (words.join("\n"), vec![section])
}
