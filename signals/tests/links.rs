//! Addresses under several names and spellings, and the entries that they meet.

#![allow(clippy::unwrap_used)]

use model::{Grade, History, Item, Signals, Timestamp, parse_item};
use proptest::prelude::*;
use signals::banks::parse_bank;
use signals::links::{Place, canonical, links_of, place_of};
use signals::{Banks, Supplied, measure};

fn item(text: &str) -> Item {
    let item = serde_json::json!({
        "service": "harbour", "id": "1", "kind": "post", "created_at": "2026-03-01T12:00:00Z",
        "author": {"id": "a"}, "text": text,
    });
    parse_item(item.to_string().as_bytes()).unwrap()
}

fn measured(bank: &str, text: &str) -> Signals {
    let (entries, problems) = parse_bank("b.csv", "b", bank.as_bytes());
    assert_eq!(problems, []);
    let at = Timestamp::parse("2026-03-01T12:00:00Z").unwrap();
    let banks = Banks::build(entries, 1);
    measure(&item(text), &banks, &History::default(), &Supplied::default(), at)
}

#[test]
fn families_are_one_address() {
    for (one, other) in [
        ("https://telegram.me/harbour_news", "t.me/harbour_news"),
        ("https://t.me/joinchat/AbC-1_x", "https://telegram.dog/+AbC-1_x"),
        ("https://mobile.twitter.com/harbour/status/7", "https://x.com/harbour/status/7"),
        ("https://youtu.be/abcDEF12345", "https://m.youtube.com/watch?v=abcDEF12345"),
        ("https://www.youtube.com/shorts/abcDEF12345", "https://youtu.be/abcDEF12345?si=zz"),
        ("https://discord.gg/aBc123", "https://discordapp.com/invite/aBc123"),
        ("https://old.reddit.com/r/harbour", "https://www.reddit.com/r/harbour/"),
        ("https://m.facebook.com/harbour", "https://fb.com/harbour"),
    ] {
        assert_eq!(canonical(one).unwrap().text, canonical(other).unwrap().text, "{one}");
    }
    for (one, other) in [
        ("https://t.me/Harbour", "https://x.com/Harbour"),
        ("https://discord.gg/aBc123", "https://discord.gg/abc123"),
        ("https://sub.t.me/harbour", "https://t.me/harbour"),
        ("https://youtu.be/", "https://youtube.com/"),
    ] {
        assert_ne!(canonical(one).unwrap().text, canonical(other).unwrap().text, "{one}");
    }
}

#[test]
fn places_of_platforms_have_keys() {
    let handle = |key: &str| Some(Place::Handle(key.to_owned()));
    let invite = |key: &str| Some(Place::Invite(key.to_owned()));
    for (address, place) in [
        ("https://t.me/Harbour_News", handle("telegram/harbour_news")),
        ("https://t.me/s/Harbour_News/12", handle("telegram/harbour_news")),
        ("https://telegram.me/joinchat/AbC", invite("telegram/AbC")),
        ("https://t.me/+AbC", invite("telegram/AbC")),
        ("https://t.me/addstickers/Harbour", None),
        ("https://t.me/c/123/4", None),
        ("https://twitter.com/Harbour/status/7", handle("x/harbour")),
        ("https://x.com/i/lists/7", None),
        ("https://www.instagram.com/harbour.news/", handle("instagram/harbour.news")),
        ("https://www.instagram.com/p/AbC/", None),
        ("https://www.youtube.com/@HarbourNews", handle("youtube/harbournews")),
        ("https://www.youtube.com/watch?v=1", None),
        ("https://www.tiktok.com/@harbour/video/1", handle("tiktok/harbour")),
        ("https://discord.gg/aBc", invite("discord/aBc")),
        ("https://discord.com/channels/1/2", None),
        ("https://chat.whatsapp.com/AbC123", invite("whatsapp/AbC123")),
        ("https://www.facebook.com/groups/harbour", handle("facebook/harbour")),
        ("https://harbour.example/t.me/x", None),
        ("https://t.me/", None),
    ] {
        assert_eq!(place_of(&canonical(address).unwrap()), place, "{address}");
    }
}

#[test]
fn defanged_addresses_are_read_as_what_they_mean() {
    for (text, written, meant) in [
        (
            "see hxxps://harbour[.]example/pier now",
            "hxxps://harbour[.]example/pier",
            "harbour.example/pier",
        ),
        ("hxxp[:]//harbour(.)example/a", "hxxp[:]//harbour(.)example/a", "harbour.example/a"),
        ("www.harbour[dot]example/a, he said", "www.harbour[dot]example/a", "harbour.example/a"),
        ("at t[.]me/harbour.", "t[.]me/harbour", "t.me/harbour"),
    ] {
        let links = links_of(text, &[]);
        let [link] = links.as_slice() else { panic!("{text}: {links:?}") };
        assert_eq!(link.written, written);
        assert_eq!(&text[link.range.clone().unwrap()], written);
        assert_eq!(link.canonical.as_ref().unwrap().text, meant);
        assert!(link.defanged, "{text}");
    }
    let mixed = links_of("a[.]example/x and https://b.example/y", &["c[.]example".to_owned()]);
    let flags: Vec<bool> = mixed.iter().map(|link| link.defanged).collect();
    assert!(flags.contains(&true) && flags.contains(&false), "{mixed:?}");
}

#[test]
fn entries_meet_what_lies_below_looks_like_or_is_named_by_a_link() {
    let bank = "kind,value\n\
                url_prefix,https://files.example/u/ashen\n\
                handle,telegram/@Ashen_Front\n\
                invite,discord/aBc123\n\
                domain,ashen.example\n";
    for (text, entry, grade) in [
        ("https://files.example/u/ashen/7?x=1", "https://files.example/u/ashen", Grade::Exact),
        ("https://www.files.example/u/ashen/", "https://files.example/u/ashen", Grade::Exact),
        ("https://telegram.me/s/ashen_front/3", "telegram/@Ashen_Front", Grade::Exact),
        ("hxxps://t[.]me/ashen_front", "telegram/@Ashen_Front", Grade::Exact),
        ("https://discord.com/invite/aBc123", "discord/aBc123", Grade::Exact),
        ("https://news.ashen.example/a", "ashen.example", Grade::Exact),
        // The first letter is Cyrillic.
        ("https://\u{0430}shen.example/a", "ashen.example", Grade::Disguised),
    ] {
        let signals = measured(bank, text);
        let [found] = signals.matches.as_slice() else { panic!("{text}: {:?}", signals.matches) };
        assert_eq!((found.entry.as_str(), found.grade), (entry, grade), "{text}");
        let span = found.spans[0];
        assert_eq!(&text[span.start..span.end], text);
    }
    for text in [
        "https://files.example/u/ashenford",
        "https://files.example/u",
        "https://t.me/ashen_front_2",
        "https://discord.gg/abc123",
        "https://x.com/ashen_front",
        "https://m\u{00FC}nchen.example/",
        "ashen (.) example [1]",
    ] {
        assert_eq!(measured(bank, text).matches, [], "{text}");
    }
}

#[test]
fn bad_places_are_refused_with_what_is_accepted() {
    for (row, told) in [
        ("handle,harbour", "names no platform"),
        ("handle,nowhere/harbour", "one of telegram, x,"),
        ("handle,telegram/", "platform/name"),
        ("handle,telegram/two words", "platform/name"),
        ("invite,discord/", "platform/code"),
        ("invite,discord/a b", "platform/code"),
        ("url_prefix,not a url", "beginning of a URL"),
    ] {
        let (entries, problems) =
            parse_bank("b.csv", "b", format!("kind,value\n{row}\n").as_bytes());
        assert!(entries.is_empty(), "{row}");
        assert!(problems[0].problem.contains(told), "{row}: {}", problems[0].problem);
        assert_eq!(problems[0].field, "value");
    }
}

proptest! {
    #[test]
    fn links_of_any_text_stand_where_they_say(
        text in "([a-z.\\[\\](){}:/ hxtpé]|hxxps?://|\\[\\.\\]|\\(dot\\)|t\\.me/){0,60}",
    ) {
        for link in links_of(&text, &[]) {
            prop_assert_eq!(&text[link.range.clone().unwrap()], link.written.as_str());
        }
    }
}
