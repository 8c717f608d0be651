//! The licences and crates that the program may be made of, as `deny.toml` says.

use super::Problem;
use crate::workspace::{Failure, Package};
use serde::Deserialize;

/// Where packages may come from: the registry that cargo uses by default.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// `deny.toml`, as far as it is enforced here.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    licenses: Licences,
    bans: Bans,
    sources: Sources,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Licences {
    allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Sources {
    unknown_registry: Deny,
    unknown_git: Deny,
}

/// The only answer that is accepted for sources.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Deny {
    Deny,
}

/// Checks every package that does not belong to the workspace.
///
/// # Errors
/// Where `deny.toml` is not what it should be.
pub fn check(policy: &str, packages: &[Package]) -> Result<Vec<Problem>, Failure> {
    let policy: Policy = toml::from_str(policy).map_err(|error| Failure::Unreadable {
        what: "deny.toml".into(),
        why: error.to_string(),
    })?;
    let Sources { unknown_registry: Deny::Deny, unknown_git: Deny::Deny } = policy.sources;
    let foreign = packages.iter().filter_map(|package| Some((package, package.source.as_ref()?)));
    let problems = foreign.flat_map(|(package, source)| {
        let ban = policy.bans.deny.iter().find(|ban| ban.name == package.name);
        let banned = ban.map(|ban| format!("is banned: {}", ban.reason));
        let origin = (source != REGISTRY).then(|| format!("comes from {source}"));
        let licence = unlicensed(package.license.as_deref(), &policy.licenses.allow);
        let all = banned.into_iter().chain(origin).chain(licence);
        all.map(|what| at(package, &what)).collect::<Vec<_>>()
    });
    Ok(problems.collect())
}

fn at(package: &Package, what: &str) -> Problem {
    Problem::new("deny.toml", 0, format!("{} {} {what}", package.name, package.version))
}

/// Why a licence is not accepted, if it is not.
fn unlicensed(licence: Option<&str>, allow: &[String]) -> Option<String> {
    let Some(licence) = licence else { return Some("names no licence".into()) };
    let expression = match spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX) {
        Ok(expression) => expression,
        Err(error) => return Some(format!("has an unreadable licence `{licence}`: {error}")),
    };
    let accepted = expression.evaluate(|term| allow.contains(&term.to_string()));
    (!accepted).then(|| format!("has the licence `{licence}`, which is not allowed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"
[licenses]
allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"]
[bans]
deny = [{ crate = "openssl", reason = "TLS is rustls" }]
[sources]
unknown-registry = "deny"
unknown-git = "deny"
"#;

    fn found(name: &str, licence: Option<&str>, source: Option<&str>) -> Vec<String> {
        let package = Package {
            name: name.into(),
            version: "1.0.0".into(),
            source: source.map(Into::into),
            license: licence.map(Into::into),
            dependencies: Vec::new(),
            targets: Vec::new(),
        };
        let problems = check(POLICY, &[package]).unwrap();
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn weighs_licences() {
        for (licence, allowed) in [
            (Some("MIT"), true),
            (Some("MIT/Apache-2.0"), true),
            (Some("Apache-2.0 / MIT"), true),
            (Some("GPL-3.0-only OR MIT"), true),
            (Some("(MIT OR Apache-2.0) AND Unicode-3.0"), true),
            (Some("Apache-2.0 WITH LLVM-exception"), true),
            (Some("MIT AND GPL-3.0-only"), false),
            (Some("MPL-2.0"), false),
            (Some("no licence at all"), false),
            (None, false),
        ] {
            assert_eq!(found("a", licence, Some(REGISTRY)).is_empty(), allowed, "{licence:?}");
        }
    }

    #[test]
    fn finds_bans_and_foreign_sources() {
        let banned = found("openssl", Some("MIT"), Some(REGISTRY));
        assert_eq!(banned, ["deny.toml: openssl 1.0.0 is banned: TLS is rustls"]);
        let origin = found("a", Some("MIT"), Some("git+https://example.org/a"));
        assert_eq!(origin, ["deny.toml: a 1.0.0 comes from git+https://example.org/a"]);
        assert!(found("model", None, None).is_empty());
    }

    #[test]
    fn refuses_a_policy_that_allows_any_source() {
        let lenient = POLICY.replace("unknown-git = \"deny\"", "unknown-git = \"allow\"");
        assert!(check(&lenient, &[]).is_err());
    }
}
