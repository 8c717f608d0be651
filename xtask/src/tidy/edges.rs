//! The table of crates and of the edges that are allowed between them.
//!
//! A new row or edge is an architectural change: `ARCHITECTURE.md` changes with it.

use super::Problem;
use crate::workspace::Package;

/// What one crate may use of the workspace.
struct Crate {
    name: &'static str,
    /// In its library or program.
    uses: &'static [&'static str],
    /// In its tests and benchmarks, beside that.
    tests_use: &'static [&'static str],
}

const fn pure(name: &'static str) -> Crate {
    Crate { name, uses: &["model"], tests_use: &["simulate"] }
}

const CRATES: &[Crate] = &[
    Crate { name: "model", uses: &[], tests_use: &[] },
    pure("signals"),
    pure("rules"),
    pure("law"),
    Crate { name: "review", uses: &["model", "law"], tests_use: &["simulate"] },
    pure("audit"),
    Crate { name: "evidence", uses: &["model", "audit"], tests_use: &[] },
    Crate { name: "store", uses: &["model", "audit", "evidence"], tests_use: &["simulate"] },
    pure("study"),
    Crate { name: "history", uses: &["model", "study"], tests_use: &["simulate"] },
    Crate { name: "sandbox", uses: &["model", "signals"], tests_use: &[] },
    Crate {
        name: "engine",
        uses: &[
            "model", "signals", "rules", "review", "law", "audit", "evidence", "study", "store",
            "history", "sandbox",
        ],
        tests_use: &["simulate"],
    },
    Crate { name: "connect", uses: &["model"], tests_use: &[] },
    Crate { name: "simulate", uses: &["model"], tests_use: &[] },
    Crate {
        name: "seawall",
        uses: &[
            "model", "signals", "rules", "review", "law", "audit", "evidence", "study", "history",
            "engine", "connect", "sandbox", "simulate",
        ],
        tests_use: &[],
    },
    Crate { name: "xtask", uses: &[], tests_use: &[] },
    Crate {
        name: "benches",
        uses: &["model", "signals", "rules", "study", "history", "simulate"],
        tests_use: &[],
    },
];

/// Checks every edge between crates of the workspace.
#[must_use]
pub fn check(packages: &[Package]) -> Vec<Problem> {
    let own = packages.iter().filter(|package| package.source.is_none());
    own.flat_map(|package| match CRATES.iter().find(|row| row.name == package.name) {
        Some(row) => check_crate(row, package),
        None => vec![at(&package.name, "is not in the table of crates (xtask/src/tidy/edges.rs)")],
    })
    .collect()
}

fn check_crate(row: &Crate, package: &Package) -> Vec<Problem> {
    let inside = package.dependencies.iter().filter(|dependency| dependency.path.is_some());
    let forbidden = inside.filter(|dependency| {
        let name = dependency.name.as_str();
        let for_tests = dependency.kind.as_deref() == Some("dev");
        !(row.uses.contains(&name) || for_tests && row.tests_use.contains(&name))
    });
    forbidden
        .map(|dependency| at(row.name, &format!("may not use the crate `{}`", dependency.name)))
        .collect()
}

fn at(name: &str, what: &str) -> Problem {
    Problem::new(&format!("{name}/Cargo.toml"), 0, format!("`{name}` {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn package(name: &str, edges: &[(&str, Option<&str>)]) -> Package {
        let dependencies = edges.iter().map(|(name, kind)| Dependency {
            name: (*name).into(),
            kind: kind.map(Into::into),
            path: (*name != "serde").then(|| format!("../{name}")),
        });
        Package {
            name: name.into(),
            version: "0.1.0".into(),
            source: None,
            license: None,
            dependencies: dependencies.collect(),
            targets: Vec::new(),
        }
    }

    #[test]
    fn finds_forbidden_edges() {
        for (name, edge, kind, allowed) in [
            ("rules", "model", None, true),
            ("rules", "serde", None, true),
            ("rules", "signals", None, false),
            ("rules", "simulate", None, false),
            ("rules", "simulate", Some("dev"), true),
            ("model", "simulate", Some("dev"), false),
            ("seawall", "store", None, false),
            ("seawall", "store", Some("dev"), false),
            ("engine", "store", Some("build"), true),
            ("connect", "engine", None, false),
        ] {
            let found = check(&[package(name, &[(edge, kind)])]);
            assert_eq!(found.is_empty(), allowed, "{name} {edge} {kind:?}");
        }
    }

    #[test]
    fn says_which_edge_and_which_crate() {
        let found = check(&[package("rules", &[("store", None)]), package("shed", &[])]);
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "rules/Cargo.toml: `rules` may not use the crate `store`",
                "shed/Cargo.toml: `shed` is not in the table of crates (xtask/src/tidy/edges.rs)",
            ]
        );
    }

    #[test]
    fn the_table_has_no_circle() {
        for (index, row) in CRATES.iter().enumerate() {
            for used in row.uses {
                let place = CRATES.iter().position(|other| other.name == *used);
                let before = place.is_some_and(|place| place < index);
                assert!(before, "{} uses {used}, which stands below it", row.name);
            }
        }
    }
}
