//! Lines of measurements: read, with peers set beside them, and printed.

use crate::workspace::Failure;
use serde::{Deserialize, Serialize};

/// A line that a benchmark or a peer prints.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Line {
    /// A value of ours.
    Ours(Ours),
    /// The value of a peer in a case of ours.
    Peer(OfPeer),
}

/// A value of ours.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ours {
    bench: String,
    case: String,
    value: f64,
    unit: String,
}

/// The value of a peer, in the unit of our case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfPeer {
    bench: String,
    case: String,
    peer: String,
    peer_value: f64,
}

/// One measured value, with that of a peer where one could be had.
#[derive(Debug, PartialEq, Serialize)]
pub struct Measurement {
    bench: String,
    case: String,
    value: f64,
    unit: String,
    peer: Option<String>,
    peer_value: Option<f64>,
    ratio: Option<f64>,
}

impl Measurement {
    fn of(ours: &Ours, peer: Option<&OfPeer>) -> Self {
        Self {
            bench: ours.bench.clone(),
            case: ours.case.clone(),
            value: ours.value,
            unit: ours.unit.clone(),
            peer: peer.map(|peer| peer.peer.clone()),
            peer_value: peer.map(|peer| peer.peer_value),
            ratio: peer.and_then(|peer| ratio(ours, peer.peer_value)),
        }
    }

    fn cells(&self) -> [String; 7] {
        [
            self.bench.clone(),
            self.case.clone(),
            number(Some(self.value)),
            self.unit.clone(),
            self.peer.clone().unwrap_or_else(|| "none".into()),
            number(self.peer_value),
            number(self.ratio),
        ]
    }
}

const HEADER: [&str; 7] = ["bench", "case", "value", "unit", "peer", "peer value", "ratio"];

/// How many times better ours is; nothing where one of the two is 0.
fn ratio(ours: &Ours, peer: f64) -> Option<f64> {
    let rate = ours.unit.ends_with("/s") || ours.unit.ends_with("/CPU s");
    let more_is_better = rate || ours.unit == "share";
    let ratio = if more_is_better { ours.value / peer } else { peer / ours.value };
    ratio.is_finite().then_some(ratio)
}

/// The measurements in an output, and the lines that are none.
pub fn parse(text: &str) -> (Vec<Line>, Vec<&str>) {
    let mut lines = Vec::new();
    let mut rest = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(found) => lines.push(found),
            Err(_) => rest.push(line),
        }
    }
    (lines, rest)
}

/// Sets every peer beside our value of the same case: one measurement for each peer, one without
/// where there is none.
pub fn joined(lines: Vec<Line>) -> Vec<Measurement> {
    let (mut all, mut peers) = (Vec::new(), Vec::new());
    for line in lines {
        match line {
            Line::Ours(ours) => all.push(ours),
            Line::Peer(peer) => peers.push(peer),
        }
    }
    let measurements = all.iter().flat_map(|ours| {
        let beside = peers.iter().filter(|one| one.bench == ours.bench && one.case == ours.case);
        let mut rows: Vec<_> = beside.map(|peer| Measurement::of(ours, Some(peer))).collect();
        if rows.is_empty() {
            rows.push(Measurement::of(ours, None));
        }
        rows
    });
    measurements.collect()
}

/// One JSON object a line.
///
/// # Errors
/// Where a value is no number that JSON can hold.
pub fn json(measurements: &[Measurement]) -> Result<String, Failure> {
    let mut text = String::new();
    for measurement in measurements {
        let line = serde_json::to_string(measurement).map_err(|error| Failure::Unreadable {
            what: "a measurement".into(),
            why: error.to_string(),
        })?;
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

/// A table for a terminal.
pub fn table(measurements: &[Measurement]) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::ASCII_MARKDOWN);
    table.set_header(HEADER);
    for measurement in measurements {
        table.add_row(measurement.cells());
    }
    table
}

/// A table for documentation.
pub fn markdown(measurements: &[Measurement]) -> String {
    let row = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let header = HEADER.map(str::to_owned);
    let rule = format!("|{}", "---|".repeat(HEADER.len()));
    let rows = measurements.iter().map(|measurement| row(&measurement.cells()));
    [row(&header), rule].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

/// A number with three significant digits or all of its whole part; `not measured` for none.
fn number(value: Option<f64>) -> String {
    match value {
        None => "not measured".into(),
        Some(value) if value.abs() >= 1_000.0 => grouped(value),
        Some(value) if value.abs() >= 100.0 => format!("{value:.0}"),
        Some(value) if value.abs() >= 10.0 => format!("{value:.1}"),
        Some(value) if value.abs() >= 1.0 => format!("{value:.2}"),
        Some(value) => format!("{value:.3}"),
    }
}

/// A large number to three significant digits, with commas between its thousands.
fn grouped(value: f64) -> String {
    let unit = 10f64.powf(value.abs().log10().floor() - 2.0);
    let digits = format!("{:.0}", (value / unit).round() * unit);
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        let left = digits.len() - place;
        if left % 3 == 0 && text.ends_with(|before: char| before.is_ascii_digit()) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = concat!(
        "warming up\n\n",
        r#"{"bench":"rules","case":"50 mixed","value":123456,"unit":"events/CPU s"}"#,
        "\n",
        r#"{"bench":"rules","case":"50 mixed","peer":"cel","peer_value":100}"#,
        "\n",
        r#"{"bench":"rules","case":"50 mixed","peer":"other (quoted)","peer_value":0}"#,
        "\n",
        r#"{"bench":"pdq","case":"hash","value":0.5,"unit":"CPU ms"}"#,
        "\n",
        r#"{"bench":"pdq","case":"hash","peer":"reference","peer_value":2}"#,
        "\n",
        r#"{"bench":"graph","case":"modularity","value":0.5,"unit":"share"}"#,
        "\n",
        r#"{"bench":"graph","case":"modularity","peer":"reference","peer_value":0.4}"#,
        "\n",
        r#"{"bench":"serve","case":"size","value":17,"unit":"MB"}"#,
        "\n",
        r#"{"bench":"rules"}"#,
    );

    fn measurements() -> Vec<Measurement> {
        joined(parse(LINES).0)
    }

    #[test]
    fn takes_measurements_and_keeps_the_rest() {
        let (lines, rest) = parse(LINES);
        assert_eq!(lines.len(), 8);
        assert_eq!(rest, ["warming up", r#"{"bench":"rules"}"#]);
    }

    #[test]
    fn a_ratio_above_one_is_better_whatever_the_unit() {
        let measurements = measurements();
        let rows: Vec<_> =
            measurements.iter().map(|one| (one.peer.as_deref(), one.ratio)).collect();
        let wanted = [
            (Some("cel"), Some(1234.56)),
            (Some("other (quoted)"), None),
            (Some("reference"), Some(4.0)),
            (Some("reference"), Some(1.25)),
            (None, None),
        ];
        assert_eq!(rows, wanted);
    }

    #[test]
    fn json_has_every_field_in_every_line() {
        let text = json(&measurements()).unwrap();
        for line in text.lines() {
            let fields: serde_json::Map<_, _> = serde_json::from_str(line).unwrap();
            assert_eq!(fields.len(), HEADER.len(), "{line}");
        }
        assert!(text.contains(r#""unit":"MB","peer":null,"peer_value":null,"ratio":null"#));
    }

    #[test]
    fn tables_say_what_was_not_measured() {
        let measurements = measurements();
        for text in [table(&measurements).to_string(), markdown(&measurements)] {
            for word in ["123,000", "1,230", "50 mixed", "not measured", "none", "0.500"] {
                assert!(text.contains(word), "{word} is not in\n{text}");
            }
        }
        let row = "| serve | size | 17.0 | MB | none | not measured | not measured |";
        assert!(markdown(&measurements).ends_with(row));
    }

    #[test]
    fn numbers_are_short() {
        for (value, wanted) in [
            (0.01234, "0.012"),
            (1.234, "1.23"),
            (12.34, "12.3"),
            (123.4, "123"),
            (1_234.0, "1,230"),
            (999_999.0, "1,000,000"),
            (1_234_567.0, "1,230,000"),
            (-45_678.0, "-45,700"),
        ] {
            assert_eq!(number(Some(value)), wanted);
        }
    }
}
