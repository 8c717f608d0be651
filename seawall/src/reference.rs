//! The generated reference pages: signals, rule language, settings, commands, records, calls.

use crate::api;
use crate::cli::{self, Failure};
use crate::console;
use crate::exit::Exit;
use crate::settings::{SETTINGS, default_file, variable};
use clap::Args;
use model::{Presence, SignalType};
use std::fmt::Write as _;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct DocsArguments {
    /// The folder to write to.
    #[arg(long)]
    out: PathBuf,
}

/// Writes the pages.
///
/// # Errors
/// Where the folder cannot be written.
pub fn write(arguments: &DocsArguments) -> Result<Exit, Failure> {
    let told =
        |error: std::io::Error| Failure::plain(format!("{}: {error}", arguments.out.display()));
    std::fs::create_dir_all(&arguments.out).map_err(told)?;
    for (name, text) in pages()? {
        std::fs::write(arguments.out.join(name), text).map_err(told)?;
    }
    Ok(Exit::Clean)
}

fn pages() -> Result<Vec<(&'static str, String)>, Failure> {
    let openapi = serde_json::to_value(api::openapi())
        .and_then(|value| serde_json::to_string_pretty(&value))
        .map_err(|error| Failure::plain(error.to_string()))?;
    Ok(vec![
        ("signals.md", page("Signals", &signals())),
        ("rules.md", page("Rule language", &rule_language())),
        ("settings.md", page("Settings", &settings())),
        ("commands.md", page("Commands", &commands())),
        ("records.md", page("Records", &audit::markdown_tables())),
        ("calls.md", page("HTTP calls", &calls())),
        ("keys.md", page("Console keys", &keys())),
        ("openapi.json", openapi + "\n"),
    ])
}

fn page(title: &str, body: &str) -> String {
    format!("# {title}\n\nGenerated from the code by `make docs`.\n\n{}\n", body.trim())
}

/// Text for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn signals() -> String {
    let mut text = String::from("| signal | type | present | unit | meaning | source |\n");
    text.push_str("|---|---|---|---|---|---|\n");
    for spec in signals::SIGNALS {
        let (kind, presence) = (type_word(spec.value), presence_word(spec.presence));
        let (meaning, source) = (cell(spec.meaning), cell(spec.source));
        let row = format!(
            "| `{}` | {kind} | {presence} | {} | {meaning} | {source} |\n",
            spec.name, spec.unit
        );
        text.push_str(&row);
    }
    text
}

fn type_word(kind: SignalType) -> &'static str {
    match kind {
        SignalType::Bool => "bool",
        SignalType::Int => "int",
        SignalType::Float => "double",
        SignalType::Text => "string",
        SignalType::TextList => "list(string)",
    }
}

fn presence_word(presence: Presence) -> &'static str {
    match presence {
        Presence::Always => "always",
        Presence::MayBeMissing => "may be missing",
    }
}

fn rule_language() -> String {
    let mut text = String::from("## Keys of a rule\n\n| key | meaning |\n|---|---|\n");
    for key in rules::RULE_KEYS {
        text.push_str(&format!("| `{}` | {} |\n", key.name, cell(key.meaning)));
    }
    text.push_str("\n## Fields of the item\n\n| field | type | present | meaning |\n");
    text.push_str("|---|---|---|---|\n");
    for field in rules::ITEM_FIELDS {
        let (kind, presence) = (type_word(field.value()), presence_word(field.presence()));
        let row = format!("| `{}` | {kind} | {presence} | {} |\n", field.name, cell(field.meaning));
        text.push_str(&row);
    }
    text.push_str("\n## Functions and methods\n\n| form | meaning |\n|---|---|\n");
    for function in rules::FUNCTIONS {
        text.push_str(&format!("| `{}` | {} |\n", cell(function.form), cell(function.meaning)));
    }
    text
}

fn keys() -> String {
    let mut text = String::from("| key | what it does |\n|---|---|\n");
    for (key, words) in console::keys_in_words() {
        text.push_str(&format!("| `{}` | {} |\n", cell(key), cell(words)));
    }
    text
}

fn settings() -> String {
    let mut text = String::from("| key | default | environment | meaning |\n|---|---|---|---|\n");
    for setting in SETTINGS {
        let row = format!(
            "| `{}` | `{}` | `{}` | {} |\n",
            setting.key,
            setting.default,
            variable(setting.key),
            cell(setting.meaning)
        );
        text.push_str(&row);
    }
    let _ = write!(text, "\nThe default file, as `seawall config` prints it:\n\n```toml\n");
    text.push_str(&default_file());
    text.push_str("```\n");
    text
}

fn commands() -> String {
    let mut text = String::new();
    describe(&mut cli::command(), "", &mut text);
    text
}

fn describe(command: &mut clap::Command, before: &str, text: &mut String) {
    let name = format!("{before}{}", command.get_name());
    let help = command.clone().term_width(90).render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    text.push_str(&format!("## {name}\n\n```text\n{}\n```\n\n", help.join("\n").trim_end()));
    for inner in command.get_subcommands_mut() {
        if !inner.is_hide_set() && inner.get_name() != "help" {
            describe(inner, &format!("{name} "), text);
        }
    }
}

fn calls() -> String {
    let mut text = String::from(
        "The whole description is in [openapi.json](openapi.json), and served at \
         `/v1/openapi.json`.\n\n| call | meaning |\n|---|---|\n",
    );
    for (path, item) in &api::openapi().paths.paths {
        let operations = [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("DELETE", &item.delete),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            let meaning = operation.summary.clone().unwrap_or_default();
            text.push_str(&format!("| `{method} {path}` | {} |\n", cell(&meaning)));
        }
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::settings;
    use rules::RuleFile;

    /// The blocks of a language in the hand-written pages, with the page that they stand in.
    fn blocks(language: &str) -> Vec<(String, String)> {
        let mut blocks = Vec::new();
        for folder in ["docs/guides", "docs/concepts", "docs"] {
            let folder = format!("{}/../{folder}", env!("CARGO_MANIFEST_DIR"));
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_none_or(|ending| ending != "md") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for part in text.split("```").skip(1).step_by(2) {
                    if let Some(block) = part.strip_prefix(&format!("{language}\n")) {
                        blocks.push((path.display().to_string(), block.to_owned()));
                    }
                }
            }
        }
        blocks
    }

    #[test]
    fn rules_in_the_documentation_compile() {
        let mut count = 0;
        for (page, block) in blocks("toml") {
            if !block.contains("[[rule]]") {
                continue;
            }
            let file = RuleFile { name: page, text: block };
            if let Err(problems) = rules::compile(&[file], signals::SIGNALS) {
                panic!("{}", problems.render());
            }
            count += 1;
        }
        assert!(count > 3, "only {count} examples were found");
    }

    #[test]
    fn settings_in_the_documentation_load() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seawall.toml");
        let mut count = 0;
        for (page, block) in blocks("toml") {
            // A part of a rule is shown without its header where the text is about one key.
            let is_rule = block.contains("[[rule]]") || block.starts_with("when = ");
            if is_rule || is_of_provider(&block) {
                continue;
            }
            let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
            let whole = block.replace("whsec_…", secret);
            std::fs::write(&path, whole).unwrap();
            if let Err(error) = settings::load(Some(&path), |_| None, &[]) {
                panic!("{page}: {error}\n{block}");
            }
            count += 1;
        }
        assert!(count > 0, "no example was found");
    }

    /// What only the provider knows, for a report.
    fn is_of_provider(block: &str) -> bool {
        block.contains("[[sample]]")
    }

    #[test]
    fn what_providers_tell_in_the_documentation_is_read() {
        let all = blocks("toml").into_iter().filter(|(_, block)| is_of_provider(block));
        let mut count = 0;
        for (page, block) in all {
            let told: law::report::Provider =
                toml::from_str(&block).unwrap_or_else(|error| panic!("{page}: {error}"));
            assert_eq!(told.check(), vec![], "{page}");
            count += 1;
        }
        assert!(count > 0, "no example was found");
    }

    #[test]
    fn items_in_the_documentation_are_items() {
        let mut count = 0;
        for (page, block) in blocks("sh") {
            for body in block.split("-d '").skip(1) {
                let body = body.split('\'').next().unwrap();
                if !body.contains("created_at") {
                    continue;
                }
                let item = model::parse_item(body.as_bytes());
                assert!(item.is_ok(), "{page}: {item:?}\n{body}");
                count += 1;
            }
        }
        assert!(count > 1, "only {count} examples were found");
    }

    #[test]
    fn pages_are_written() {
        for (name, text) in pages().unwrap() {
            assert!(text.len() > 200, "{name} is nearly empty");
        }
    }
}
