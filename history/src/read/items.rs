//! Items as lines of JSON.
//!
//! A line is an item as [`model::parse_item`] has it, with the fields `hashtags`, `deleted_at` and
//! `client`, and `pdq` of media, beside. An ordinary line is read without building the item; one
//! that is not found ordinary is parsed by `model`, which says what is wrong. The one difference:
//! how deep fields are nested that nobody reads is not looked at in an ordinary line.

use super::tables::{Text, bound, check_id, optional_pdq, optional_time, time};
use super::{Problem, Reader, Refused};
use crate::hashtags::hashtags;
use crate::rows::ItemRow;
use crate::{Error, limits as own};
use model::{Audience, Item, Kind, MediaKind, limits};
use serde::Deserialize;
use serde_json::{Map, Value};
use study::dataset::PostRow;

/// What a study needs of an item, read but not yet looked at closely.
#[derive(Debug, Clone, PartialEq)]
struct Parts<'a> {
    service: Text<'a>,
    id: Text<'a>,
    kind: Kind,
    at_us: i64,
    account: Text<'a>,
    text: Option<Text<'a>>,
    language: Option<Text<'a>>,
    repost_of: Option<Text<'a>>,
    in_reply_to: Option<Text<'a>>,
    thread: Option<Text<'a>>,
    links: Vec<Text<'a>>,
    images: Vec<Text<'a>>,
    extras: Extras<'a>,
}

/// The fields that a dataset has beside those of an item.
#[derive(Debug, Clone, PartialEq, Default)]
struct Extras<'a> {
    /// None where they are to be taken from the text.
    hashtags: Option<Vec<Text<'a>>>,
    client: Option<Text<'a>>,
    deleted_at_us: Option<i64>,
}

pub(super) fn read_item(reader: &mut Reader<'_>, line: &[u8]) -> Result<(), Refused> {
    let parts = ordinary(line).map_or_else(|| any(line), Ok)?;
    Ok(give(reader, &parts)?)
}

fn give(reader: &mut Reader<'_>, parts: &Parts<'_>) -> Result<(), Error> {
    let text = Text::of(parts.text.as_ref());
    let links = borrowed(&parts.links);
    let images = borrowed(&parts.images);
    let tags = match &parts.extras.hashtags {
        Some(given) => borrowed(given),
        None => reader.hashtags_of(text),
    };
    let objects = links.len() + images.len() + tags.len() + 2;
    reader.room.take(1, 3, objects as u64)?;
    reader.rows.item(&ItemRow {
        service: &parts.service,
        kind: parts.kind.as_str(),
        thread: parts.thread.as_deref(),
        post: PostRow {
            id: &parts.id,
            account: &parts.account,
            at_us: parts.at_us,
            text,
            language: Text::of(parts.language.as_ref()),
            repost_of: parts.repost_of.as_deref(),
            in_reply_to: parts.in_reply_to.as_deref(),
            links: &links,
            hashtags: &tags,
            images: &images,
            client: Text::of(parts.extras.client.as_ref()),
            deleted_at_us: parts.extras.deleted_at_us,
        },
    })
}

impl Reader<'_> {
    /// The hashtags of a text; counts the texts that have more than are taken.
    pub(super) fn hashtags_of<'t>(&mut self, text: &'t str) -> Vec<&'t str> {
        let found = hashtags(text);
        self.hashtags_cut += u64::from(found.cut);
        found.tags
    }
}

fn borrowed<'t>(texts: &'t [Text<'_>]) -> Vec<&'t str> {
    texts.iter().map(|text| &**text).collect()
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    service: Text<'a>,
    #[serde(borrow)]
    id: Text<'a>,
    kind: Kind,
    #[serde(borrow)]
    created_at: Text<'a>,
    #[serde(borrow)]
    author: Author<'a>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    language: Option<Text<'a>>,
    #[serde(borrow)]
    links: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    media: Option<Vec<Medium<'a>>>,
    #[serde(borrow)]
    in_reply_to: Option<Text<'a>>,
    #[serde(borrow)]
    repost_of: Option<Text<'a>>,
    #[serde(borrow)]
    thread: Option<Text<'a>>,
    #[serde(rename = "audience")]
    _audience: Option<Audience>,
    #[serde(borrow)]
    hashtags: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    deleted_at: Option<Text<'a>>,
    #[serde(borrow)]
    client: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Author<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    handle: Option<Text<'a>>,
    #[serde(borrow)]
    display_name: Option<Text<'a>>,
    #[serde(borrow)]
    bio: Option<Text<'a>>,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
    #[serde(rename = "followers")]
    _followers: Option<u64>,
}

#[derive(Deserialize)]
struct Medium<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    kind: MediaKind,
    #[serde(borrow)]
    url: Option<Text<'a>>,
    #[serde(borrow, rename = "path")]
    _path: Option<Text<'a>>,
    #[serde(borrow)]
    bytes: Option<Text<'a>>,
    #[serde(borrow)]
    sha256: Option<Text<'a>>,
    #[serde(borrow)]
    pdq: Option<Text<'a>>,
}

/// Reads a line that is plainly an item; none where `model` must look at it.
fn ordinary(line: &[u8]) -> Option<Parts<'_>> {
    if line.len() > limits::ITEM_JSON_BYTES {
        return None;
    }
    let line: Line<'_> = serde_json::from_slice(line).ok()?;
    check_ordinary(&line).ok()?;
    let extras = Extras {
        hashtags: line.hashtags,
        client: line.client,
        deleted_at_us: optional_time("deleted_at", line.deleted_at.as_ref()).ok()?,
    };
    check_extras(&extras).ok()?;
    Some(Parts {
        at_us: time("created_at", &line.created_at).ok()?,
        service: line.service,
        id: line.id,
        kind: line.kind,
        account: line.author.id,
        text: line.text,
        language: line.language,
        repost_of: line.repost_of,
        in_reply_to: line.in_reply_to,
        thread: line.thread,
        links: line.links.unwrap_or_default(),
        images: images(line.media.unwrap_or_default().into_iter()).ok()?,
        extras,
    })
}

/// The limits of `model`; which one is passed does not matter here.
fn check_ordinary(line: &Line<'_>) -> Result<(), Problem> {
    let author = &line.author;
    for id in [&line.service, &line.id, &author.id] {
        check_id("", id)?;
    }
    for id in [&line.in_reply_to, &line.repost_of, &line.thread].into_iter().flatten() {
        check_id("", id)?;
    }
    for (text, most) in [
        (&line.text, limits::ITEM_TEXT_BYTES),
        (&line.language, limits::ID_BYTES),
        (&author.handle, limits::NAME_BYTES),
        (&author.display_name, limits::NAME_BYTES),
        (&author.bio, limits::BIO_BYTES),
    ] {
        bound("", Text::of(text.as_ref()), most)?;
    }
    optional_time("", author.created_at.as_ref())?;
    let links = line.links.as_deref().unwrap_or_default();
    for link in links {
        bound("", link, limits::LINK_BYTES)?;
    }
    let media = line.media.as_deref().unwrap_or_default();
    if links.len() > limits::ITEM_LINKS || media.len() > limits::ITEM_MEDIA {
        return Err(Problem::new("", "too many"));
    }
    media.iter().enumerate().try_for_each(|(at, medium)| check_medium(&media[..at], medium))
}

fn check_medium(before: &[Medium<'_>], medium: &Medium<'_>) -> Result<(), Problem> {
    check_id("", &medium.id)?;
    bound("", Text::of(medium.url.as_ref()), limits::LINK_BYTES)?;
    bound("", Text::of(medium.bytes.as_ref()), limits::MEDIA_BYTES)?;
    optional_pdq("", medium.sha256.as_deref())?;
    match before.iter().any(|other| other.id == medium.id) {
        true => Err(Problem::new("", "twice")),
        false => Ok(()),
    }
}

/// The pictures by their PDQ hash, or else by their SHA-256; one without either is no object.
fn images<'a>(media: impl Iterator<Item = Medium<'a>>) -> Result<Vec<Text<'a>>, Problem> {
    let mut images = Vec::new();
    for medium in media.filter(|medium| medium.kind == MediaKind::Image) {
        optional_pdq("media.pdq", medium.pdq.as_deref())?;
        if let Some(name) = medium.pdq.or(medium.sha256) {
            images.push(name.lower());
        }
    }
    Ok(images)
}

fn check_extras(extras: &Extras<'_>) -> Result<(), Problem> {
    let tags = extras.hashtags.as_deref().unwrap_or_default();
    for tag in tags {
        bound("hashtags", tag, limits::NAME_BYTES)?;
    }
    if tags.len() > own::ITEM_HASHTAGS {
        let problem = format!("{} hashtags; at most {}", tags.len(), own::ITEM_HASHTAGS);
        return Err(Problem::new("hashtags", problem));
    }
    bound("client", Text::of(extras.client.as_ref()), limits::NAME_BYTES)
}

/// Reads any line that is an item, and says of any other what is wrong.
fn any(line: &[u8]) -> Result<Parts<'static>, Problem> {
    let parsed = model::parse_item(line);
    let item = parsed.map_err(|error| Problem::new(error.place, error.problem))?;
    let Item { extra, media, .. } = item;
    let extras = Extras {
        hashtags: texts(&extra, "hashtags")?,
        client: text(&extra, "client", "client")?,
        deleted_at_us: optional_time(
            "deleted_at",
            text(&extra, "deleted_at", "deleted_at")?.as_ref(),
        )?,
    };
    check_extras(&extras)?;
    let owned = |text: Option<String>| text.map(Text::owned);
    Ok(Parts {
        service: Text::owned(item.service.into()),
        id: Text::owned(item.id.into()),
        kind: item.kind,
        at_us: item.created_at.micros(),
        account: Text::owned(item.author.id.into()),
        text: Some(Text::owned(item.text)),
        language: owned(item.language),
        repost_of: owned(item.repost_of.map(String::from)),
        in_reply_to: owned(item.in_reply_to.map(String::from)),
        thread: owned(item.thread.map(String::from)),
        links: item.links.into_iter().map(Text::owned).collect(),
        images: any_images(media)?,
        extras,
    })
}

fn any_images(media: Vec<model::Media>) -> Result<Vec<Text<'static>>, Problem> {
    let media = media.into_iter().map(|medium| {
        Ok(Medium {
            id: Text::owned(medium.id.into()),
            kind: medium.kind,
            url: None,
            _path: None,
            bytes: None,
            sha256: medium.sha256.map(Text::owned),
            pdq: medium.pdq.map(Text::owned),
        })
    });
    images(media.collect::<Result<Vec<_>, Problem>>()?.into_iter())
}

fn text(
    fields: &Map<String, Value>,
    name: &str,
    place: &str,
) -> Result<Option<Text<'static>>, Problem> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(Text::owned(text.clone()))),
        Some(_) => Err(Problem::new(place, "not a text")),
    }
}

fn texts(fields: &Map<String, Value>, name: &str) -> Result<Option<Vec<Text<'static>>>, Problem> {
    let wrong = || Problem::new(name, "not a list of texts");
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(values)) => {
            let texts = values.iter().map(|value| value.as_str().map(str::to_owned));
            let texts = texts.map(|text| text.map(Text::owned).ok_or_else(wrong));
            Ok(Some(texts.collect::<Result<_, _>>()?))
        }
        Some(_) => Err(wrong()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::{prop_assert_eq, proptest};

    const ITEM: &str = r#"{"service":"forum","id":"p1","kind":"post",
        "created_at":"2026-01-01T00:00:00Z","author":{"id":"a1"}"#;

    /// One item with a field more.
    fn with(field: &str) -> Vec<u8> {
        let comma = if field.is_empty() { "" } else { "," };
        format!("{ITEM}{comma}{field}}}").replace('\n', "").into_bytes()
    }

    #[test]
    fn an_ordinary_line_is_read_as_any_line() {
        let long = format!(r#""text":"{}""#, "x".repeat(limits::ITEM_TEXT_BYTES + 1));
        let handle = format!(r#""author":{{"id":"a","handle":"{}"}}"#, "x".repeat(1025));
        let pdq = "0F".repeat(32);
        let cases = [
            "",
            r#""text":null,"links":null,"media":null,"audience":null,"language":null"#,
            r#""text":"a\n\u00e9 #b","links":["https://x.example/"],"audience":"limited""#,
            r#""in_reply_to":"p0","repost_of":"p2","thread":"p3","language":"ar""#,
            r#""in_reply_to":"""#,
            r#""repost_of":"\u0001""#,
            r#""hashtags":["a","\"b"],"client":"web","deleted_at":"2026-01-02T00:00:00+01:00""#,
            r#""hashtags":[1]"#,
            r#""hashtags":"a""#,
            r#""client":3"#,
            r#""deleted_at":"yesterday""#,
            r#""text":3"#,
            r#""audience":"all""#,
            r#""other":{"deep":[1,2,{"x":null}]}"#,
            r#""media":[{"id":"m","kind":"image"}]"#,
            r#""media":[{"id":"m","kind":"image"},{"id":"m","kind":"file"}]"#,
            r#""media":[{"id":"m","kind":"image","sha256":"x"}]"#,
            r#""media":[{"id":"m","kind":"image","pdq":"x"}]"#,
            r#""media":[{"id":"m","kind":"sculpture"}]"#,
            &format!(r#""media":[{{"id":"m","kind":"image","pdq":"{pdq}","path":"x"}}]"#),
            &format!(r#""media":[{{"id":"m","kind":"image","sha256":"{pdq}","bytes":""}}]"#),
            &format!(r#""media":[{{"id":"m","kind":"video","sha256":"{pdq}"}}]"#),
            &format!(r#""hashtags":[{}"a"]"#, r#""a","#.repeat(own::ITEM_HASHTAGS)),
            &format!(r#""links":[{}"a"]"#, r#""a","#.repeat(limits::ITEM_LINKS)),
            &long,
            &handle,
            "]",
        ];
        for case in cases {
            let line = with(case);
            let case = case.chars().take(80).collect::<String>();
            assert_eq!(ordinary(&line), any(&line).ok().map(text_given), "{case}");
        }
    }

    /// The longer way gives an empty text where there is none.
    fn text_given(parts: Parts<'static>) -> Parts<'static> {
        Parts { text: parts.text.filter(|text| !text.is_empty()), ..parts }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let cases: [(&str, &str); 8] = [
            (r#""text":3"#, "text: invalid type: integer"),
            (r#""created_at":"x""#, "item: duplicate field"),
            (r#""media":[{"id":"m","kind":"image","pdq":"x"}]"#, "media[0].pdq: not a PDQ hash"),
            (r#""media":[{"id":"m","kind":"image","sha256":"x"}]"#, "media[0].sha256: not a SHA"),
            (r#""hashtags":[1]"#, "hashtags: not a list of texts"),
            (r#""client":3"#, "client: not a text"),
            (r#""deleted_at":"x""#, "deleted_at: `x` is not a time"),
            ("]", "item: not JSON"),
        ];
        for (field, expected) in cases {
            let line = with(field);
            assert_eq!(ordinary(&line), None, "{field}");
            let Problem { column, problem } = any(&line).unwrap_err();
            let said = format!("{column}: {problem}");
            assert!(said.starts_with(expected), "{field}: {said}");
        }
    }

    proptest! {
        #[test]
        fn both_ways_agree_on_every_text(
            text in proptest::prelude::any::<String>(),
            language in proptest::option::of("[a-z]{2}"),
            links in proptest::collection::vec("\\PC{0,12}", 0..4),
            tags in proptest::option::of(proptest::collection::vec("\\PC{0,9}", 0..4)),
            at in "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:00(Z|\\+01:00)",
        ) {
            let mut value = serde_json::json!({
                "service": "forum", "id": "p", "kind": "post", "created_at": at,
                "author": { "id": "a" }, "text": text, "language": language, "links": links,
            });
            if let Some(tags) = tags {
                value["hashtags"] = serde_json::json!(tags);
            }
            let line = serde_json::to_vec(&value).unwrap();
            prop_assert_eq!(
                ordinary(&line).map(|parts| (parts.at_us, parts.links, parts.extras)),
                any(&line).ok().map(|parts| (parts.at_us, parts.links, parts.extras))
            );
        }
    }
}
