//! What the pages of all three studies share.

use super::Place;
use super::Reading;
use super::blocks::{Block, Cell, Head, Network, NetworkData, Section, Table};
use crate::console::text::{Language, Noun};
use model::StudyKind;
use study::campaigns::traces::Trace;
use study::dataset::{Notes, Treatment};

/// Rows of a table that a page shows at most; the data file has more.
pub(super) const ROWS: usize = 100;

/// How the input was treated.
pub(super) fn notes(t: Language, notes: &Notes) -> Block {
    if notes.all().is_empty() {
        return Block::Words(t.nothing_noted().to_owned());
    }
    let head = [Head::words(t.treatment()), Head::numbers(t.how_often())];
    let mut table = Table::new(t.study_notes(), head.into());
    for note in notes.all() {
        let words = treatment(t, note.treatment);
        table.row(vec![Cell::text(words), Cell::count(note.count)]);
    }
    Block::Table(table)
}

fn treatment(t: Language, treatment: Treatment) -> &'static str {
    match treatment {
        Treatment::DuplicatePost => t.treated_duplicate_post(),
        Treatment::IdReused => t.treated_id_reused(),
        Treatment::SelfReference => t.treated_self_reference(),
        Treatment::EmptyObject => t.treated_empty_object(),
        Treatment::InTheFuture => t.treated_in_the_future(),
        Treatment::OutOfOrder => t.treated_out_of_order(),
        Treatment::WholeMinutes => t.treated_whole_minutes(),
        Treatment::NoProfile => t.treated_no_profile(),
        Treatment::SelfFollow => t.treated_self_follow(),
        Treatment::DuplicateFollow => t.treated_duplicate_follow(),
        Treatment::DuplicateProfile => t.treated_duplicate_profile(),
    }
}

/// A trace in words; none is all of them together.
pub(super) fn trace(t: Language, trace: Option<Trace>) -> &'static str {
    match trace {
        None => t.all_traces(),
        Some(Trace::Repost) => t.trace_repost(),
        Some(Trace::Text) => t.trace_text(),
        Some(Trace::SimilarText) => t.trace_similar_text(),
        Some(Trace::Link) => t.trace_link(),
        Some(Trace::Reply) => t.trace_reply(),
        Some(Trace::Hashtag) => t.trace_hashtag(),
        Some(Trace::Image) => t.trace_image(),
    }
}

/// A length of time in the largest unit of which it is a whole number.
pub(super) fn window(t: Language, seconds: u32) -> String {
    let seconds = u64::from(seconds);
    match seconds {
        0 => t.count(0, Noun::Second),
        _ if seconds.is_multiple_of(3_600) => t.count(seconds / 3_600, Noun::Hour),
        _ if seconds.is_multiple_of(60) => t.count(seconds / 60, Noun::Minute),
        _ => t.count(seconds, Noun::Second),
    }
}

/// A table that lists the first of many rows, and says so.
pub(super) fn cut(t: Language, mut table: Table, total: u64) -> Table {
    let shown = table.rows.len().min(ROWS);
    table.rows.truncate(ROWS);
    if (shown as u64) < total {
        let listed = t.more_listed(shown, crate::console::text::grouped(total));
        table.note = format!("{listed} {}", t.more_in_data());
    }
    table
}

/// The network of a study, with the accounts that have most ties as a table.
pub(super) fn network(reading: &Reading, table: Table) -> Section {
    let t = reading.t;
    let data = match &reading.place {
        Place::Console(base) => NetworkData::Address(format!("{base}/network.json")),
        // The report fills it in, since it has the network at hand.
        Place::Report => NetworkData::Embedded(String::new()),
    };
    let labels = labels(t);
    let network = Network { data, labels, table };
    Section {
        anchor: "network",
        heading: t.network().to_owned(),
        blocks: vec![Block::Network(network)],
    }
}

/// The stages of a study in words, by their names.
pub(super) fn stages(t: Language) -> Vec<(&'static str, &'static str)> {
    let several = |names: &[&'static str], words: &'static str| -> Vec<_> {
        names.iter().map(|name| (*name, words)).collect()
    };
    [
        several(&["gathering"], t.stage_gathering()),
        several(&["reading", "items", "accounts", "follows", "actions"], t.stage_reading()),
        several(&["read_actions"], t.stage_read_actions()),
        several(&["count_pairs"], t.stage_count_pairs()),
        several(&["choose_pairs"], t.stage_choose_pairs()),
        several(&["test_pairs"], t.stage_test_pairs()),
        several(&["grow_groups", "components"], t.stage_grow_groups()),
        several(&["compare_with_crowd"], t.stage_compare_with_crowd()),
        several(&["find_bursts"], t.stage_find_bursts()),
        several(&["compare_words"], t.stage_compare_words()),
        several(&["find_gatherings", "link_gatherings", "test_companies"], t.stage_gatherings()),
        several(&["population"], t.stage_population()),
        several(&["profiles"], t.stage_profiles()),
        several(&["posts"], t.stage_posts()),
        several(&["usual"], t.stage_usual()),
        several(&["compare"], t.stage_compare()),
        several(&["edges_counted", "edges_placed", "graph_sorted"], t.stage_ties()),
        several(&["snowball", "hops"], t.stage_snowball()),
        several(&["screening"], t.stage_screening()),
        several(&["scores", "ranks", "near", "cores"], t.stage_scores()),
        several(
            &[
                "communities_level",
                "communities_moving",
                "communities_refining",
                "communities_joining",
            ],
            t.stage_communities(),
        ),
        several(&["rows", "co_follow"], t.stage_rows()),
        several(&["layout_nodes", "layout_communities"], t.stage_drawing()),
    ]
    .concat()
}

/// The names of a network's groups, by their numbers, up to the highest that occurs.
pub(super) fn group_names(t: Language, kind: StudyKind, groups: &[u32]) -> Vec<String> {
    let count = groups.iter().max().map_or(0, |most| *most as usize + 1);
    let name = |group: usize| match (kind, group) {
        (StudyKind::Campaigns, group) => t.finding_number(group + 1),
        (StudyKind::Returns, 0) => t.suspended_account().to_owned(),
        (StudyKind::Returns, 1) => t.possible_links().to_owned(),
        (StudyKind::Returns, _) => t.candidates().to_owned(),
        (StudyKind::Census, 0) => t.network_seeds().to_owned(),
        (StudyKind::Census, 1) => t.network_alone().to_owned(),
        (StudyKind::Census, group) => format!("{} {}", t.community(), group - 2),
    };
    (0..count).map(name).collect()
}

fn labels(t: Language) -> Vec<(&'static str, &'static str)> {
    vec![
        ("table-label", t.network_table_label()),
        ("label-search", t.network_search()),
        ("label-none", t.network_none()),
        ("label-found", t.network_found()),
        ("label-groups", t.network_groups()),
        ("label-others", t.network_others()),
        ("label-zoom-in", t.network_zoom_in()),
        ("label-zoom-out", t.network_zoom_out()),
        ("label-reset", t.network_reset()),
        ("label-stage", t.network_stage()),
        ("label-keys", t.network_keys()),
        ("label-open", t.network_open()),
        ("label-score", t.network_score()),
        ("label-neighbours", t.network_neighbours()),
        ("label-drawn", t.network_drawn()),
        ("label-loading", t.network_loading()),
        ("label-failed", t.network_failed()),
        ("label-no-graphics", t.network_no_graphics()),
    ]
}
