//! The console's own script, styles and fonts, built from `web/` into the binary.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Files;

/// How long a browser may keep a file whose address names its content.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// The address of a file, naming its content, so that browsers keep it until it changes.
pub fn address(name: &str) -> String {
    match Files::get(name) {
        Some(file) => format!("/static/{name}?v={}", short(&file)),
        None => format!("/static/{name}"),
    }
}

/// A file as text, for pages that stand alone; empty where it was not built in.
pub fn text(name: &str) -> String {
    Files::get(name)
        .map(|file| String::from_utf8_lossy(&file.data).into_owned())
        .unwrap_or_default()
}

fn short(file: &rust_embed::EmbeddedFile) -> String {
    hex::encode(&file.metadata.sha256_hash()[..8])
}

/// Serves one file.
pub async fn file(Path(name): Path<String>, uri: axum::http::Uri, headers: HeaderMap) -> Response {
    let Some(file) = Files::get(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let version = short(&file);
    let tag = format!("\"{version}\"");
    let is_versioned = uri.query() == Some(&format!("v={version}"));
    let keeping = if is_versioned { FOREVER } else { "public, no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut answer = if known == Some(tag.as_str()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.data.into_owned().into_response()
    };
    let media_type = HeaderValue::from_static(media_type(&name));
    answer.headers_mut().insert(header::CONTENT_TYPE, media_type);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(keeping));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("woff2") => "font/woff2",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_kinds_are_served_as_such() {
        for (name, expected) in [
            ("console.js", "text/javascript; charset=utf-8"),
            ("fonts/a.woff2", "font/woff2"),
            ("page.html", "application/octet-stream"),
            ("", "application/octet-stream"),
        ] {
            assert_eq!(media_type(name), expected, "{name}");
        }
    }

    #[tokio::test]
    async fn nothing_outside_the_folder_is_served() {
        for name in ["../Cargo.toml", "..%2fCargo.toml", "/etc/passwd", "absent.js", ""] {
            let uri = axum::http::Uri::from_static("/static/x");
            let answer = file(Path(name.to_owned()), uri, HeaderMap::new()).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }
}
