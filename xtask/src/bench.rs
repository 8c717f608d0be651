//! `cargo xtask bench`: runs the benchmark programs and collects what they measured.
//!
//! A benchmark is a program in a crate's folder `benches` that prints one JSON object a line on
//! its standard output. Whatever else it prints goes to standard error.

use crate::workspace::{Failure, metadata, output};
use serde::{Deserialize, Serialize};

/// How the results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// As a table for people.
    Table,
    /// As one JSON object a line.
    Json,
}

/// One measured value, with that of a peer where one could be had.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Measurement {
    bench: String,
    case: String,
    value: f64,
    unit: String,
    #[serde(default)]
    peer: Option<String>,
    #[serde(default)]
    peer_value: Option<f64>,
    #[serde(default)]
    ratio: Option<f64>,
}

/// One benchmark program.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bench {
    name: String,
    package: String,
}

/// Runs one benchmark or all, and prints what they measured.
///
/// # Errors
/// Where there is no such benchmark, or one fails.
pub fn run(name: Option<&str>, format: Format) -> Result<(), Failure> {
    let chosen = choose(benches()?, name)?;
    let mut measurements = Vec::new();
    for bench in chosen {
        eprintln!("== {} ({})", bench.name, bench.package);
        let (package, name) = (bench.package.as_str(), bench.name.as_str());
        let words =
            ["cargo", "bench", "--quiet", "--locked", "--package", package, "--bench", name];
        let printed = output(&words)?;
        let (found, rest) = parse(&printed);
        for line in rest {
            eprintln!("{line}");
        }
        measurements.extend(found);
    }
    match format {
        Format::Table => println!("{}", table(&measurements)),
        Format::Json => print_json(&measurements)?,
    }
    Ok(())
}

/// Every benchmark of the workspace, by name.
fn benches() -> Result<Vec<Bench>, Failure> {
    let mut benches = Vec::new();
    for package in metadata()?.packages.into_iter().filter(|package| package.source.is_none()) {
        for target in package.targets {
            if target.kind.iter().any(|kind| kind == "bench") {
                benches.push(Bench { name: target.name, package: package.name.clone() });
            }
        }
    }
    benches.sort_by(|a, b| (&a.name, &a.package).cmp(&(&b.name, &b.package)));
    Ok(benches)
}

fn choose(all: Vec<Bench>, name: Option<&str>) -> Result<Vec<Bench>, Failure> {
    let Some(name) = name else { return Ok(all) };
    let names: Vec<String> = all.iter().map(|bench| bench.name.clone()).collect();
    let chosen: Vec<Bench> = all.into_iter().filter(|bench| bench.name == name).collect();
    if chosen.is_empty() {
        let known = names.join(", ");
        return Err(Failure::Check(format!("no benchmark `{name}`; there are: {known}")));
    }
    Ok(chosen)
}

/// The measurements in a program's output, and the lines that are none.
fn parse(text: &str) -> (Vec<Measurement>, Vec<&str>) {
    let mut measurements = Vec::new();
    let mut rest = Vec::new();
    for line in text.lines() {
        match serde_json::from_str(line) {
            Ok(measurement) => measurements.push(measurement),
            Err(_) => rest.push(line),
        }
    }
    (measurements, rest)
}

fn print_json(measurements: &[Measurement]) -> Result<(), Failure> {
    for measurement in measurements {
        let line = serde_json::to_string(measurement).map_err(|error| Failure::Unreadable {
            what: "a measurement".into(),
            why: error.to_string(),
        })?;
        println!("{line}");
    }
    Ok(())
}

fn table(measurements: &[Measurement]) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::ASCII_MARKDOWN);
    table.set_header(["bench", "case", "value", "unit", "peer", "peer value", "ratio"]);
    for measurement in measurements {
        table.add_row([
            measurement.bench.clone(),
            measurement.case.clone(),
            number(Some(measurement.value)),
            measurement.unit.clone(),
            measurement.peer.clone().unwrap_or_else(|| "none".into()),
            number(measurement.peer_value),
            number(measurement.ratio),
        ]);
    }
    table
}

/// A number with three significant digits or all of its whole part; `not measured` for none.
fn number(value: Option<f64>) -> String {
    match value {
        None => "not measured".into(),
        Some(value) if value.abs() >= 100.0 => format!("{value:.0}"),
        Some(value) if value.abs() >= 10.0 => format!("{value:.1}"),
        Some(value) if value.abs() >= 1.0 => format!("{value:.2}"),
        Some(value) => format!("{value:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = concat!(
        "warming up\n",
        r#"{"bench":"rules","case":"50 mixed","value":123456,"unit":"events/s","#,
        r#""peer":"cel","peer_value":100,"ratio":1234.6}"#,
        "\n",
        r#"{"bench":"rules","case":"one","value":0.5,"unit":"s"}"#,
        "\n",
        r#"{"bench":"rules"}"#,
    );

    #[test]
    fn takes_measurements_and_keeps_the_rest() {
        let (measurements, rest) = parse(LINES);
        assert_eq!(measurements.len(), 2);
        assert_eq!(measurements[0].ratio, Some(1234.6));
        assert_eq!(measurements[1].peer, None);
        assert_eq!(rest, ["warming up", r#"{"bench":"rules"}"#]);
    }

    #[test]
    fn the_table_says_what_was_not_measured() {
        let text = table(&parse(LINES).0).to_string();
        for word in ["123456", "1235", "50 mixed", "not measured", "none", "0.5000"] {
            assert!(text.contains(word), "{word} is not in\n{text}");
        }
    }

    #[test]
    fn chooses_by_name() {
        let bench = |name: &str| Bench { name: name.into(), package: "rules".into() };
        let all = vec![bench("a"), bench("b")];
        assert_eq!(choose(all.clone(), None).unwrap(), all);
        assert_eq!(choose(all.clone(), Some("b")).unwrap(), [bench("b")]);
        let refused = choose(all, Some("c")).unwrap_err().to_string();
        assert_eq!(refused, "no benchmark `c`; there are: a, b");
    }
}
