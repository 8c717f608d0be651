//! Hosts that are one place under several names.
//!
//! Large platforms answer under old names, short names and names for telephones. Which host leads
//! where is the platforms' own documentation; the table holds no more than that.

/// A host, and the host that it stands for. Subdomains are not covered by their parents.
const HOSTS: &[(&str, &str)] = &[
    ("telegram.me", "t.me"),
    ("telegram.dog", "t.me"),
    ("mobile.twitter.com", "x.com"),
    ("m.twitter.com", "x.com"),
    ("twitter.com", "x.com"),
    ("mobile.x.com", "x.com"),
    ("m.facebook.com", "facebook.com"),
    ("mbasic.facebook.com", "facebook.com"),
    ("touch.facebook.com", "facebook.com"),
    ("web.facebook.com", "facebook.com"),
    ("fb.com", "facebook.com"),
    ("m.youtube.com", "youtube.com"),
    ("music.youtube.com", "youtube.com"),
    ("youtube-nocookie.com", "youtube.com"),
    ("discordapp.com", "discord.com"),
    ("ptb.discord.com", "discord.com"),
    ("canary.discord.com", "discord.com"),
    ("m.vk.com", "vk.com"),
    ("vkontakte.ru", "vk.com"),
    ("old.reddit.com", "reddit.com"),
    ("new.reddit.com", "reddit.com"),
    ("np.reddit.com", "reddit.com"),
    ("m.reddit.com", "reddit.com"),
    ("m.tiktok.com", "tiktok.com"),
    ("instagr.am", "instagram.com"),
    ("m.instagram.com", "instagram.com"),
    ("ddinstagram.com", "instagram.com"),
    ("m.ok.ru", "ok.ru"),
    ("odnoklassniki.ru", "ok.ru"),
];

/// The host that a host stands for: itself, where it is in no family.
pub(super) fn host_of_family(host: &str) -> &str {
    HOSTS.iter().find(|(alias, _)| *alias == host).map_or(host, |(_, one)| one)
}

/// An address that leads to the same place as another host's, as that host and path and query;
/// `None` where it is in no such family.
pub(super) fn moved(host: &str, path: &str) -> Option<(&'static str, String)> {
    let rest = path.trim_matches('/');
    if rest.is_empty() {
        return None;
    }
    match host {
        "youtu.be" => Some(("youtube.com", format!("/watch?v={rest}"))),
        "youtube.com" => {
            let video = rest.strip_prefix("shorts/").or_else(|| rest.strip_prefix("embed/"))?;
            Some(("youtube.com", format!("/watch?v={video}")))
        }
        "discord.gg" => Some(("discord.com", format!("/invite/{rest}"))),
        "t.me" => {
            let invite = rest.strip_prefix("joinchat/")?;
            Some(("t.me", format!("/+{invite}")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_has_one_name() {
        for (alias, one) in HOSTS {
            assert_eq!(host_of_family(one), *one, "{alias} leads to an alias");
            assert_eq!(HOSTS.iter().filter(|(other, _)| other == alias).count(), 1, "{alias}");
        }
    }
}
