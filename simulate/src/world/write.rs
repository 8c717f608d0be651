//! The files of a dataset folder, one JSON object a line.

use super::item::{List, SimItem};
use super::stream::Items;
use super::{SimAccount, World, picture};
use crate::kit::SERVICE;
use std::io::{self, Write};

impl World {
    /// Writes `items.ndjson`, and the truth about each item (`truth/items.ndjson`); returns how
    /// many items were delivered.
    ///
    /// # Errors
    /// Where a writer fails.
    pub fn write_items(&self, items: impl Write, truth: impl Write) -> io::Result<u64> {
        let (mut out, mut true_out) = (Lines::new(items), Lines::new(truth));
        let mut count = 0;
        let mut stream: Items = self.items();
        while let Some(item) = stream.next() {
            out.line(|line| write_item(item, line))?;
            true_out.line(|line| write_item_truth(self, item, line))?;
            count += 1;
        }
        out.finish()?;
        true_out.finish()?;
        Ok(count)
    }

    /// Writes `accounts.ndjson`.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn write_accounts(&self, out: impl Write) -> io::Result<()> {
        let mut out = Lines::new(out);
        for account in self.accounts() {
            out.line(|line| write_account(&account, line))?;
        }
        out.finish()
    }

    /// Writes `follows.ndjson`.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn write_follows(&self, out: impl Write) -> io::Result<()> {
        let mut out = Lines::new(out);
        for follow in self.follows() {
            out.line(|line| {
                line.push_str("{\"from\":\"");
                self.people.id(follow.from, line);
                line.push_str("\",\"to\":\"");
                self.people.id(follow.to, line);
                line.push_str("\",\"at\":");
                time(line, follow.at_us);
                line.push('}');
            })?;
        }
        out.finish()
    }

    /// Writes `actions.ndjson`.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn write_actions(&self, out: impl Write) -> io::Result<()> {
        let mut out = Lines::new(out);
        for action in self.actions() {
            out.line(|line| {
                line.push_str("{\"at\":");
                time(line, action.at_us);
                line.push_str(",\"account\":\"");
                self.people.id(action.account, line);
                line.push_str("\",\"action\":\"");
                line.push_str(action.kind.as_str());
                line.push('"');
                optional(line, "item", action.item.as_deref());
                line.push('}');
            })?;
        }
        out.finish()
    }

    /// Writes `truth/accounts.ndjson`.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn write_account_truth(&self, out: impl Write) -> io::Result<()> {
        let mut out = Lines::new(out);
        for truth in self.truth().accounts() {
            out.line(|line| {
                line.push_str("{\"id\":\"");
                self.people.id(truth.account, line);
                line.push_str("\",\"group\":\"");
                line.push_str(truth.group.as_str());
                line.push_str("\",\"cell\":");
                match truth.cell {
                    Some(cell) => digits(line, u64::from(cell), 1),
                    None => line.push_str("null"),
                }
                line.push_str(",\"member\":");
                line.push_str(if truth.member { "true" } else { "false" });
                let before = truth.returns_of.map(|before| self.account_id(before));
                optional(line, "returns_of", before.as_deref());
                line.push('}');
            })?;
        }
        out.finish()
    }

    /// Writes `truth/campaigns.ndjson`.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn write_campaign_truth(&self, out: impl Write) -> io::Result<()> {
        let mut out = Lines::new(out);
        for campaign in self.truth().campaigns() {
            let objects: Vec<&str> = campaign.objects.iter().map(String::as_str).collect();
            out.line(|line| {
                line.push_str("{\"id\":\"");
                line.push_str(&campaign.id);
                line.push('"');
                for (name, value) in [
                    ("kind", campaign.kind),
                    ("trace", campaign.trace),
                    ("variant", campaign.variant),
                ] {
                    optional(line, name, Some(value));
                }
                self.account_list(line, &campaign.accounts);
                line.push_str(",\"objects\":");
                list(line, &objects);
                let acted = !campaign.accounts.is_empty();
                line.push_str(",\"from\":");
                time_or_null(line, acted.then_some(campaign.from_us));
                line.push_str(",\"to\":");
                time_or_null(line, acted.then_some(campaign.to_us));
                line.push('}');
            })?;
        }
        out.finish()
    }

    /// Writes `truth/controls.ndjson`.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn write_control_truth(&self, out: impl Write) -> io::Result<()> {
        let mut out = Lines::new(out);
        for control in self.truth().controls() {
            out.line(|line| {
                line.push_str("{\"id\":\"");
                line.push_str(&control.id);
                line.push('"');
                optional(line, "kind", Some(control.kind));
                self.account_list(line, &control.accounts);
                line.push('}');
            })?;
        }
        out.finish()
    }

    fn account_list(&self, line: &mut String, accounts: &[u32]) {
        line.push_str(",\"accounts\":[");
        for (at, account) in accounts.iter().enumerate() {
            line.push_str(if at > 0 { ",\"" } else { "\"" });
            self.people.id(*account, line);
            line.push('"');
        }
        line.push(']');
    }
}

/// Lines that are handed on in large pieces.
struct Lines<W> {
    out: W,
    buffer: String,
}

/// Bytes that are gathered before they are handed on.
const PIECE: usize = 1 << 16;

impl<W: Write> Lines<W> {
    fn new(out: W) -> Self {
        Self { out, buffer: String::with_capacity(PIECE + PIECE / 4) }
    }

    fn line(&mut self, write: impl FnOnce(&mut String)) -> io::Result<()> {
        write(&mut self.buffer);
        self.buffer.push('\n');
        if self.buffer.len() >= PIECE {
            self.out.write_all(self.buffer.as_bytes())?;
            self.buffer.clear();
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.out.write_all(self.buffer.as_bytes())?;
        self.out.flush()
    }
}

/// Appends an item as JSON, without the end of the line. It parses as a [`model::Item`] with the
/// extra fields `hashtags`, `client` and `deleted_at`; its pictures bear `pdq`.
pub fn write_item(item: &SimItem, line: &mut String) {
    let row = item.row();
    line.push_str("{\"service\":\"");
    line.push_str(SERVICE);
    line.push_str("\",\"id\":\"");
    line.push_str(row.id);
    line.push_str("\",\"kind\":\"post\",\"created_at\":");
    time(line, row.at_us);
    line.push_str(",\"author\":{\"id\":\"");
    line.push_str(row.account);
    line.push_str("\",\"handle\":\"");
    line.push_str(&item.handle);
    line.push_str("\",\"created_at\":");
    time(line, item.account_created_us);
    line.push_str(",\"followers\":");
    digits(line, item.followers, 1);
    line.push_str("},\"text\":");
    quoted(line, row.text);
    if !row.language.is_empty() {
        optional(line, "language", Some(row.language));
    }
    line.push_str(",\"links\":");
    list(line, &row.links);
    if !row.images.is_empty() {
        media(line, &row.images);
    }
    for (name, value) in [("repost_of", row.repost_of), ("in_reply_to", row.in_reply_to)] {
        if value.is_some() {
            optional(line, name, value);
        }
    }
    line.push_str(",\"hashtags\":");
    list(line, &row.hashtags);
    optional(line, "client", Some(row.client));
    if let Some(at_us) = row.deleted_at_us {
        line.push_str(",\"deleted_at\":");
        time(line, at_us);
    }
    line.push('}');
}

fn media(line: &mut String, images: &List) {
    line.push_str(",\"media\":[");
    for (at, image) in images.iter().enumerate() {
        line.push_str(if at > 0 { ",{\"id\":\"m" } else { "{\"id\":\"m" });
        digits(line, at as u64 + 1, 1);
        line.push_str("\",\"kind\":\"image\",\"pdq\":\"");
        line.push_str(image);
        line.push_str("\"}");
    }
    line.push(']');
}

/// Appends the truth about an item as JSON, without the end of the line: `id`, `belongs`, the id of
/// its `campaign` or `control`, or null.
pub fn write_item_truth(world: &World, item: &SimItem, line: &mut String) {
    line.push_str("{\"id\":\"");
    line.push_str(&item.id);
    line.push('"');
    optional(line, "belongs", Some(belongs(item.truth.belongs)));
    for (name, script) in [
        ("campaign", item.truth.campaign.and_then(|at| world.script_at(at, Of::Campaigns))),
        ("control", item.truth.control.and_then(|at| world.script_at(at, Of::Controls))),
    ] {
        line.push_str(",\"");
        line.push_str(name);
        match script {
            Some(script) => {
                line.push_str("\":\"");
                line.push_str(script.name);
                line.push('-');
                digits(line, u64::from(script.number), 1);
                line.push('"');
            }
            None => line.push_str("\":null"),
        }
    }
    line.push('}');
}

/// Which list of scripts.
enum Of {
    Campaigns,
    Controls,
}

impl World {
    fn script_at(&self, at: u32, of: Of) -> Option<&super::scripts::Script> {
        use super::scripts::Owner;
        let owner = match of {
            Of::Campaigns => Owner::Campaign,
            Of::Controls => Owner::Control,
        };
        self.scripts.iter().filter(|script| script.owner == owner).nth(at as usize)
    }
}

fn belongs(belongs: crate::Belongs) -> &'static str {
    use crate::Belongs;
    match belongs {
        Belongs::Ordinary => "ordinary",
        Belongs::News => "news",
        Belongs::Research => "research",
        Belongs::Satire => "satire",
        Belongs::CounterSpeech => "counter_speech",
        Belongs::AshenFront => "ashen_front",
    }
}

fn write_account(account: &SimAccount, line: &mut String) {
    line.push_str("{\"id\":\"");
    line.push_str(&account.id);
    line.push('"');
    for (name, value) in [
        ("handle", account.handle.as_str()),
        ("display_name", &account.display_name),
        ("bio", &account.bio),
        ("language", account.language),
    ] {
        optional(line, name, Some(value));
    }
    line.push_str(",\"created_at\":");
    time(line, account.created_at_us);
    for (name, count) in [("followers", account.followers), ("following", account.following)] {
        line.push_str(",\"");
        line.push_str(name);
        line.push_str("\":");
        digits(line, count, 1);
    }
    line.push_str(",\"avatar_pdq\":");
    match &account.avatar_pdq {
        Some(hash) => {
            line.push('"');
            picture::hex(line, hash);
            line.push('"');
        }
        None => line.push_str("null"),
    }
    line.push_str(",\"suspended_at\":");
    time_or_null(line, account.suspended_at_us);
    let set_apart = Some(account.set_apart).filter(|why| !why.is_empty());
    optional(line, "set_apart", set_apart);
    line.push('}');
}

/// A field with a text or null, after a comma.
fn optional(line: &mut String, name: &str, value: Option<&str>) {
    line.push_str(",\"");
    line.push_str(name);
    line.push_str("\":");
    match value {
        Some(value) => quoted(line, value),
        None => line.push_str("null"),
    }
}

fn list(line: &mut String, texts: &[&str]) {
    line.push('[');
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        quoted(line, text);
    }
    line.push(']');
}

/// A text as a JSON string.
fn quoted(line: &mut String, text: &str) {
    line.push('"');
    let special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    if text.as_bytes().iter().any(special) {
        for letter in text.chars() {
            match letter {
                '"' => line.push_str("\\\""),
                '\\' => line.push_str("\\\\"),
                '\u{0}'..='\u{1f}' => {
                    line.push_str("\\u00");
                    let code = u32::from(letter);
                    line.push(char::from_digit(code / 16, 16).unwrap_or('0'));
                    line.push(char::from_digit(code % 16, 16).unwrap_or('0'));
                }
                letter => line.push(letter),
            }
        }
    } else {
        line.push_str(text);
    }
    line.push('"');
}

fn time_or_null(line: &mut String, at_us: Option<i64>) {
    match at_us {
        Some(at_us) => time(line, at_us),
        None => line.push_str("null"),
    }
}

/// An instant as RFC 3339 in UTC, in quotes.
fn time(line: &mut String, at_us: i64) {
    let (seconds, micros) = (at_us.div_euclid(1_000_000), at_us.rem_euclid(1_000_000));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400) as u64);
    let [year, month, day] = date(days);
    line.push('"');
    digits(line, year, 4);
    for (mark, value) in [('-', month), ('-', day), ('T', second / 3_600)] {
        line.push(mark);
        digits(line, value, 2);
    }
    for value in [second / 60 % 60, second % 60] {
        line.push(':');
        digits(line, value, 2);
    }
    if micros > 0 {
        line.push('.');
        digits(line, micros as u64, 6);
    }
    line.push_str("Z\"");
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar. Years are
/// counted from March, so that the leap day comes last.
fn date(days: i64) -> [u64; 3] {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    [year as u64, month as u64, day as u64]
}

/// A number with at least so many digits.
fn digits(line: &mut String, mut value: u64, least: usize) {
    let mut buffer = [b'0'; 20];
    let mut at = buffer.len();
    while value > 0 {
        at -= 1;
        buffer[at] = b'0' + (value % 10) as u8;
        value /= 10;
    }
    let at = at.min(buffer.len() - least);
    line.push_str(std::str::from_utf8(&buffer[at..]).unwrap_or("0"));
}
