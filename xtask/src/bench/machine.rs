//! The machine that figures were measured on, in words.

use super::said;

/// How busy the machine has been of late: the load averages, as the system tells them.
pub fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let averages: Vec<&str> = text.split_whitespace().take(3).collect();
    if averages.is_empty() { "not known".into() } else { averages.join(" ") }
}

/// What a reader must know to judge the figures.
pub fn described(load_before: &str) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let model = field(&read("/proc/cpuinfo"), "model name");
    let memory = field(&read("/proc/meminfo"), "MemTotal");
    let unknown = || "not known".to_owned();
    format!(
        "Measured {} at commit {}{}; {}; Linux {}; {cores} cores of {}; memory {}.\n\
         Load averages (1, 5, 15 minutes) before the run: {load_before}; after it: {}.",
        said(&["date", "-u", "+%Y-%m-%d"]).unwrap_or_else(unknown),
        said(&["git", "describe", "--always", "--dirty"]).unwrap_or_else(unknown),
        named_program(),
        said(&["rustc", "--version"]).unwrap_or_else(unknown),
        said(&["uname", "-r"]).unwrap_or_else(unknown),
        model.unwrap_or_else(unknown),
        memory.unwrap_or_else(unknown),
        load(),
    )
}

/// A note where the program that was measured is not the one that this commit makes.
fn named_program() -> &'static str {
    match std::env::var_os("SEAWALL_BINARY") {
        Some(_) => " (`check` and `serve`: an earlier build, named by SEAWALL_BINARY)",
        None => "",
    }
}

/// The value behind the first `name :` of a file in `/proc`.
fn field(text: &str, name: &str) -> Option<String> {
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    let mut values = lines.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim());
    values.next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_name() {
        let text = "processor\t: 0\nmodel name\t: Fast: 9\nMemTotal:   12 kB\nempty\n";
        assert_eq!(field(text, "model name").as_deref(), Some("Fast: 9"));
        assert_eq!(field(text, "MemTotal").as_deref(), Some("12 kB"));
        assert_eq!(field(text, "model"), None);
    }

    #[test]
    fn the_description_names_the_load() {
        assert!(described("0.1 0.2 0.3").contains("0.1 0.2 0.3"));
    }
}
