//! Accounts and invitations of known platforms, as links name them.

use super::Canonical;

/// An account or an invitation of a platform, by the key that a bank entry has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// An account, channel or group by its public name: `telegram/harbour_news`. Letters are small,
    /// as the platforms do not tell them apart.
    Handle(String),
    /// An invitation by its code: `discord/aBc123`. Letters are as written.
    Invite(String),
}

/// How a platform writes names and invitations into paths.
struct Platform {
    name: &'static str,
    hosts: &'static [&'static str],
    /// What stands before a name, of which one must; the empty text where a name stands by itself.
    before_name: &'static [&'static str],
    /// What stands before a code.
    before_code: &'static [&'static str],
    /// First parts of paths that are pages of the platform itself.
    own: &'static [&'static str],
}

const PLATFORMS: &[Platform] = &[
    Platform {
        name: "telegram",
        hosts: &["t.me"],
        before_name: &["s/", ""],
        before_code: &["+"],
        own: &["addstickers", "addemoji", "share", "proxy", "socks", "setlanguage", "c", "iv"],
    },
    Platform {
        name: "x",
        hosts: &["x.com"],
        before_name: &[""],
        before_code: &[],
        own: &["i", "home", "search", "hashtag", "intent", "share", "explore", "settings", "login"],
    },
    Platform {
        name: "instagram",
        hosts: &["instagram.com"],
        before_name: &[""],
        before_code: &[],
        own: &["p", "reel", "reels", "stories", "explore", "accounts", "tv"],
    },
    Platform {
        name: "facebook",
        hosts: &["facebook.com"],
        before_name: &["groups/", ""],
        before_code: &[],
        own: &[
            "watch",
            "photo.php",
            "photo",
            "story.php",
            "permalink.php",
            "profile.php",
            "share",
            "sharer",
            "events",
            "marketplace",
            "login",
            "help",
            "reel",
            "hashtag",
            "pages",
        ],
    },
    Platform {
        name: "youtube",
        hosts: &["youtube.com"],
        before_name: &["@", "c/", "user/", "channel/"],
        before_code: &[],
        own: &[],
    },
    Platform {
        name: "tiktok",
        hosts: &["tiktok.com"],
        before_name: &["@"],
        before_code: &[],
        own: &[],
    },
    Platform {
        name: "vk",
        hosts: &["vk.com"],
        before_name: &[""],
        before_code: &["join/"],
        own: &["feed", "search", "wall", "video", "share.php", "login", "join"],
    },
    Platform {
        name: "reddit",
        hosts: &["reddit.com"],
        before_name: &["r/", "user/", "u/"],
        before_code: &[],
        own: &[],
    },
    Platform {
        name: "discord",
        hosts: &["discord.com"],
        before_name: &[],
        before_code: &["invite/"],
        own: &[],
    },
    Platform {
        name: "whatsapp",
        hosts: &["chat.whatsapp.com"],
        before_name: &[],
        before_code: &["invite/", ""],
        own: &[],
    },
];

/// Names of the platforms, for messages.
fn platforms() -> impl Iterator<Item = &'static str> {
    PLATFORMS.iter().map(|platform| platform.name)
}

/// Longest name or code, in bytes.
const NAME_BYTES: usize = 128;

/// The account or invitation that an address names, if it names one.
#[must_use]
pub fn place_of(canonical: &Canonical) -> Option<Place> {
    let platform =
        PLATFORMS.iter().find(|platform| platform.hosts.contains(&canonical.host.as_str()))?;
    let path = canonical.text.split_once('/')?.1.split('?').next()?;
    let cut = |before: &&str| {
        let name = path.strip_prefix(before)?.split('/').next()?;
        (!name.is_empty() && name.len() <= NAME_BYTES).then_some(name)
    };
    if let Some(code) = platform.before_code.iter().find_map(cut) {
        return Some(Place::Invite(format!("{}/{code}", platform.name)));
    }
    let name = platform.before_name.iter().find_map(cut)?;
    let name = name.to_lowercase();
    let is_own = platform.own.contains(&name.as_str());
    (!is_own && fits(&name)).then(|| Place::Handle(format!("{}/{name}", platform.name)))
}

/// Puts the value of a bank entry into the form of [`Place::Handle`]: `platform/name`, with or
/// without `@`.
///
/// # Errors
/// Where it has another form, with the one that is accepted.
pub fn handle(value: &str) -> Result<String, String> {
    let (platform, name) = split(value)?;
    let name = name.strip_prefix('@').unwrap_or(name).to_lowercase();
    if fits(&name) {
        Ok(format!("{platform}/{name}"))
    } else {
        Err("is not a handle: write it as platform/name, such as telegram/harbour_news".into())
    }
}

/// Puts the value of a bank entry into the form of [`Place::Invite`]: `platform/code`.
///
/// # Errors
/// Where it has another form, with the one that is accepted.
pub fn invite(value: &str) -> Result<String, String> {
    let (platform, code) = split(value)?;
    let code = code.strip_prefix('+').unwrap_or(code);
    let fits = !code.is_empty()
        && code.len() <= NAME_BYTES
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if fits {
        Ok(format!("{platform}/{code}"))
    } else {
        Err("is not an invitation: write it as platform/code, such as discord/aBc123".into())
    }
}

fn split(value: &str) -> Result<(&'static str, &str), String> {
    let known: Vec<&str> = platforms().collect();
    let unknown =
        || format!("names no platform: write platform/…, with one of {}", known.join(", "));
    let (platform, rest) = value.split_once('/').ok_or_else(unknown)?;
    let platform = platform.to_ascii_lowercase();
    let platform = platforms().find(|name| *name == platform).ok_or_else(unknown)?;
    Ok((platform, rest))
}

fn fits(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= NAME_BYTES
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '%'))
}
