//! Items: what a service asks about, parsed once at the edge.

use crate::{AccountId, ItemId, MediaId, ServiceId, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What sort of thing an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A public or semi-public text, with or without media.
    Post,
    /// A message from one account to others.
    Message,
    /// A picture by itself.
    Image,
    /// A video by itself.
    Video,
    /// A link by itself.
    Link,
    /// The profile of an account.
    Profile,
    /// A page or site.
    Page,
}

impl Kind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::Post,
        Self::Message,
        Self::Image,
        Self::Video,
        Self::Link,
        Self::Profile,
        Self::Page,
    ];

    /// The word for it in JSON and rules.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Message => "message",
            Self::Image => "image",
            Self::Video => "video",
            Self::Link => "link",
            Self::Profile => "profile",
            Self::Page => "page",
        }
    }
}

/// Who can see an item on its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody.
    #[default]
    Public,
    /// The author's followers, or members of a group.
    Limited,
    /// The recipients of a message.
    Private,
}

impl Audience {
    /// The word for it in JSON and rules.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Limited => "limited",
            Self::Private => "private",
        }
    }
}

/// The account that an item comes from, as the service describes it with the item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Author {
    /// The account on the service.
    pub id: AccountId,
    /// The name by which it is mentioned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// The name that is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What the account says of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    /// When the account was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// How many accounts follow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followers: Option<u64>,
    /// Fields that Seawall does not know; kept, and readable by rules.
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::HashMap<String, Value>))]
    pub extra: Map<String, Value>,
}

/// What sort of medium a medium is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A still or animated picture.
    Image,
    /// A video.
    Video,
    /// Sound alone.
    Audio,
    /// Any other file.
    File,
}

impl MediaKind {
    /// The word for it in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::File => "file",
        }
    }
}

/// One medium of an item, by reference or with its bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Media {
    /// Its id, unique within the item.
    pub id: MediaId,
    /// What sort of medium it is.
    pub kind: MediaKind,
    /// Where the service serves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A file beside the file that names the item; for the command line alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Its bytes in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<String>,
    /// Its SHA-256 in lower-case hexadecimal, where the service knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The PDQ hash of the picture in hexadecimal, where the service knows it; leave out those of
    /// quality below 50. It is looked up where the bytes did not come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdq: Option<String>,
    /// Fields that Seawall does not know.
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::HashMap<String, Value>))]
    pub extra: Map<String, Value>,
}

/// One thing that a service asks about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Item {
    /// The service it is on.
    pub service: ServiceId,
    /// Its id there.
    pub id: ItemId,
    /// What sort of thing it is.
    pub kind: Kind,
    /// When it was made, as the service says.
    pub created_at: Timestamp,
    /// The account that it comes from.
    pub author: Author,
    /// Its text, as it was written.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub text: String,
    /// Its language as a BCP 47 tag, where the service knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Links that it carries beside those in its text.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub links: Vec<String>,
    /// Its pictures, videos and files.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub media: Vec<Media>,
    /// The item that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<ItemId>,
    /// The item that it passes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repost_of: Option<ItemId>,
    /// The conversation that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<ItemId>,
    /// Who can see it.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub audience: Audience,
    /// Fields that Seawall does not know; kept, and readable by rules.
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::HashMap<String, Value>))]
    pub extra: Map<String, Value>,
}

fn null_is_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// An item by its service and id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ItemRef {
    /// The service it is on.
    pub service: ServiceId,
    /// Its id there.
    pub item: ItemId,
}

/// Why something is not an item: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct ItemError {
    /// The field, as a path such as `author.created_at` or `media[0].sha256`, or `item`.
    pub place: String,
    /// What is wrong and what is accepted.
    pub problem: String,
}

impl ItemError {
    fn at(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }
}

/// Reads one item from JSON.
///
/// # Errors
/// Where the bytes are not UTF-8, not JSON, not an item, or beyond a limit of [`limits`]; the error
/// names the field.
pub fn parse_item(json: &[u8]) -> Result<Item, ItemError> {
    let text = std::str::from_utf8(json).map_err(|error| {
        let at = error.valid_up_to();
        ItemError::at("item", format!("not UTF-8 at byte {at}: send JSON encoded as UTF-8"))
    })?;
    let deserializer = &mut serde_json::Deserializer::from_str(text);
    let item: Item = serde_path_to_error::deserialize(&mut *deserializer).map_err(placed)?;
    deserializer
        .end()
        .map_err(|error| ItemError::at("item", format!("more than one JSON value: {error}")))?;
    check_item(item)
}

/// Reads one item from a JSON value that was parsed already.
///
/// # Errors
/// As [`parse_item`].
pub fn parse_item_value(value: &Value) -> Result<Item, ItemError> {
    check_item(serde_path_to_error::deserialize(value).map_err(placed)?)
}

fn placed(error: serde_path_to_error::Error<serde_json::Error>) -> ItemError {
    let path = error.path().to_string();
    let inner = error.into_inner();
    let place = if path == "." || path == "?" { "item".to_owned() } else { path };
    if inner.is_syntax() || inner.is_eof() {
        return ItemError::at("item", format!("not JSON: {inner}"));
    }
    ItemError::at(place, inner.to_string())
}

fn check_item(item: Item) -> Result<Item, ItemError> {
    bound("text", item.text.len(), limits::ITEM_TEXT_BYTES)?;
    bound("language", item.language.as_ref().map_or(0, String::len), limits::ID_BYTES)?;
    count("links", item.links.len(), limits::ITEM_LINKS)?;
    for (index, link) in item.links.iter().enumerate() {
        bound(&format!("links[{index}]"), link.len(), limits::LINK_BYTES)?;
    }
    check_author(&item.author)?;
    check_media(&item.media)?;
    check_extra("item", &item.extra)?;
    let media = item.media.iter().map(|medium| size(&medium.extra)).sum::<usize>();
    let unknown = size(&item.extra) + size(&item.author.extra) + media;
    if item.text.len() + unknown > limits::ITEM_JSON_BYTES {
        let (bytes, limit) = (item.text.len() + unknown, limits::ITEM_JSON_BYTES);
        let problem = format!("{bytes} bytes with unknown fields; at most {limit} are accepted");
        return Err(ItemError::at("item", problem));
    }
    Ok(item)
}

fn check_author(author: &Author) -> Result<(), ItemError> {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    bound("author.handle", length(&author.handle), limits::NAME_BYTES)?;
    bound("author.display_name", length(&author.display_name), limits::NAME_BYTES)?;
    bound("author.bio", length(&author.bio), limits::BIO_BYTES)?;
    check_extra("author", &author.extra)
}

fn check_media(media: &[Media]) -> Result<(), ItemError> {
    count("media", media.len(), limits::ITEM_MEDIA)?;
    for (index, medium) in media.iter().enumerate() {
        let place = |field: &str| format!("media[{index}].{field}");
        if media[..index].iter().any(|other| other.id == medium.id) {
            let problem = format!("`{}` is there twice; ids are unique in an item", medium.id);
            return Err(ItemError::at(place("id"), problem));
        }
        if let Some(url) = &medium.url {
            bound(&place("url"), url.len(), limits::LINK_BYTES)?;
        }
        let hashes = [("sha256", &medium.sha256, "SHA-256"), ("pdq", &medium.pdq, "PDQ hash")];
        for (field, hash, name) in hashes {
            let Some(hash) = hash else { continue };
            if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
                let problem = format!("not a {name}: write 64 hexadecimal digits");
                return Err(ItemError::at(place(field), problem));
            }
        }
        if let Some(bytes) = &medium.bytes {
            bound(&place("bytes"), bytes.len() / 4 * 3, limits::MEDIA_BYTES)?;
        }
        check_extra(&format!("media[{index}]"), &medium.extra)?;
    }
    Ok(())
}

fn check_extra(place: &str, extra: &Map<String, Value>) -> Result<(), ItemError> {
    for (name, value) in extra {
        if depth(value) > limits::ITEM_JSON_DEPTH {
            let limit = limits::ITEM_JSON_DEPTH;
            let problem = format!("nested deeper than {limit} levels");
            return Err(ItemError::at(format!("{place}.{name}"), problem));
        }
    }
    Ok(())
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// About how many bytes of JSON the fields are.
fn size(fields: &Map<String, Value>) -> usize {
    fields.iter().map(|(name, value)| name.len() + 4 + size_of_value(value)).sum()
}

fn size_of_value(value: &Value) -> usize {
    match value {
        Value::Array(values) => 2 + values.iter().map(|it| 1 + size_of_value(it)).sum::<usize>(),
        Value::Object(fields) => 2 + size(fields),
        Value::String(text) => 2 + text.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 4,
    }
}

fn bound(place: &str, bytes: usize, limit: usize) -> Result<(), ItemError> {
    if bytes <= limit {
        return Ok(());
    }
    Err(ItemError::at(place, format!("{bytes} bytes; at most {limit} are accepted")))
}

fn count(place: &str, entries: usize, limit: usize) -> Result<(), ItemError> {
    if entries <= limit {
        return Ok(());
    }
    Err(ItemError::at(place, format!("{entries} entries; at most {limit} are accepted")))
}
