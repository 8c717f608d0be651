//! Plots of a report as SVG in the page, each with its numbers as a table beside it.

use super::page::escaped;
use std::fmt::Write as _;

/// Most bars of a plot; the sheets have the rest.
const MOST_BARS: usize = 30;
/// Widths and heights of a plot, in its own units.
const WIDTH: f64 = 640.0;
const LABEL: f64 = 250.0;
const NUMBER: f64 = 70.0;
const LINE: f64 = 24.0;

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// How long it is.
    pub value: f64,
    /// Its interval, where it is a share that was measured.
    pub interval: Option<(f64, f64)>,
    /// The number in words.
    pub shown: String,
}

/// A plot of bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// Its name in the page.
    pub id: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// How to read it.
    pub says: &'static str,
    /// Its bars.
    pub bars: Vec<Bar>,
    /// The full length of a bar; the longest bar without it.
    pub full: Option<f64>,
}

impl Plot {
    /// The plot with its table; nothing where there are no bars.
    #[must_use]
    pub fn figure(&self) -> String {
        let bars = &self.bars[..self.bars.len().min(MOST_BARS)];
        if bars.is_empty() {
            return String::new();
        }
        let (id, title, says) = (self.id, escaped(self.title), escaped(self.says));
        let height = LINE * bars.len() as f64 + 8.0;
        let mut text = format!(
            "<figure>\n<figcaption>{title}</figcaption>\n<svg role=\"img\" \
             aria-labelledby=\"{id}-title {id}-says\" viewBox=\"0 0 {WIDTH} {height}\">\n\
             <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-says\">{says}</desc>\n"
        );
        for (place, bar) in bars.iter().enumerate() {
            text.push_str(&self.bar(bar, place as f64 * LINE + 4.0));
        }
        text.push_str("</svg>\n<table>\n<tr><th scope=\"col\">Of</th>");
        text.push_str("<th scope=\"col\">Number</th></tr>\n");
        for bar in bars {
            let (label, shown) = (escaped(&bar.label), escaped(&bar.shown));
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "<tr><th scope=\"row\">{label}</th><td class=\"n\">{shown}</td></tr>"
            );
        }
        if self.bars.len() > bars.len() {
            let more = self.bars.len() - bars.len();
            let _ = writeln!(text, "<tr><td colspan=\"2\">and {more} more in the sheets</td></tr>");
        }
        text.push_str("</table>\n</figure>\n");
        text
    }

    fn bar(&self, bar: &Bar, top: f64) -> String {
        let longest = self.bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
        let full = self.full.unwrap_or(longest).max(f64::MIN_POSITIVE);
        let room = WIDTH - LABEL - NUMBER;
        let at = |value: f64| LABEL + room * (value / full).clamp(0.0, 1.0);
        let (end, middle) = (at(bar.value), top + LINE / 2.0);
        let mut text = format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\n\
             <rect class=\"bar\" x=\"{LABEL}\" y=\"{:.1}\" width=\"{:.1}\" height=\"14\"/>\n",
            LABEL - 8.0,
            middle + 4.0,
            escaped(&short(&bar.label)),
            middle - 7.0,
            end - LABEL,
        );
        if let Some((low, high)) = bar.interval {
            let (low, high) = (at(low), at(high));
            let (above, below) = (middle - 4.0, middle + 4.0);
            let _ = writeln!(
                text,
                "<path class=\"interval\" d=\"M{low:.1} {middle:.1}H{high:.1}M{low:.1} {above:.1}\
                 V{below:.1}M{high:.1} {above:.1}V{below:.1}\"/>"
            );
        }
        let shown = bar.interval.map_or(end, |(_, high)| at(high)) + 6.0;
        let words = bar.shown.split(',').next().unwrap_or_default();
        let y = middle + 4.0;
        let _ = writeln!(text, "<text x=\"{shown:.1}\" y=\"{y:.1}\">{}</text>", escaped(words));
        text
    }
}

/// A label that fits beside its bar.
fn short(label: &str) -> String {
    const MOST: usize = 36;
    if label.chars().count() <= MOST {
        return label.to_owned();
    }
    label.chars().take(MOST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(bars: Vec<Bar>) -> String {
        let (title, says) = ("Measures <all>", "Longer is more.");
        Plot { id: "p", title, says, bars, full: Some(1.0) }.figure()
    }

    fn bar(label: &str, interval: Option<(f64, f64)>) -> Bar {
        Bar { label: label.to_owned(), value: 0.5, interval, shown: "0.5, of 10".to_owned() }
    }

    #[test]
    fn a_plot_has_words_bars_intervals_and_a_table() {
        let text = plot(vec![bar("a & b", Some((0.25, 2.0))), bar("c", None)]);
        for part in [
            "aria-labelledby=\"p-title p-says\"",
            "<title id=\"p-title\">Measures &lt;all&gt;</title>",
            "<desc id=\"p-says\">Longer is more.</desc>",
            "width=\"160.0\"",
            "M330.0 16.0H570.0",
            "<th scope=\"row\">a &amp; b</th><td class=\"n\">0.5, of 10</td>",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert_eq!(text.matches("class=\"interval\"").count(), 1);
    }

    #[test]
    fn nothing_is_no_plot_and_much_is_bounded() {
        assert_eq!(plot(Vec::new()), "");
        let many = (0..40).map(|n| bar(&format!("row {n}"), None)).collect();
        let text = plot(many);
        assert_eq!(text.matches("class=\"bar\"").count(), MOST_BARS);
        assert!(text.contains("and 10 more in the sheets"));
        assert_eq!(short(&"x".repeat(50)).chars().count(), 36);
    }
}
