//! What is judged: the posts of the shared data, or those of the invented forum without it.

use crate::Failure;
use model::Timestamp;
use std::path::{Path, PathBuf};

/// Posts of the invented forum, where there are no others.
const INVENTED: usize = 6_000;

/// Where the shared data is, if it is.
#[must_use]
pub fn data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    folder.is_dir().then_some(folder)
}

/// The folder that programs and peers share files in; made where it is absent.
///
/// # Errors
/// Where it cannot be made.
pub fn folder() -> Result<PathBuf, Failure> {
    let folder = std::env::var_os("SEAWALL_BENCH_FOLDER").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache/bench"),
        PathBuf::from,
    );
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The program that is measured: a release build, stripped.
///
/// # Errors
/// Where there is none.
pub fn binary() -> Result<PathBuf, Failure> {
    let path = std::env::var_os("SEAWALL_BINARY").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/seawall"),
        PathBuf::from,
    );
    if path.is_file() {
        return Ok(path);
    }
    Err(format!("{}: not there; run `cargo build --release -p seawall`", path.display()).into())
}

/// The posts without media, as lines of JSON.
///
/// # Errors
/// Where the shared data is there but cannot be read.
pub fn posts() -> Result<Vec<String>, Failure> {
    let Some(data) = data() else {
        eprintln!("no shared data: using posts of the invented forum");
        return invented(INVENTED);
    };
    let text = std::fs::read_to_string(data.join("posts/posts.jsonl"))?;
    Ok(text.lines().filter(|line| line.contains(r#""media": []"#)).map(str::to_owned).collect())
}

fn invented(count: usize) -> Result<Vec<String>, Failure> {
    let start = Timestamp::parse("2026-01-01T00:00:00Z")?;
    let mut forum = simulate::Forum::new(1, start);
    let items = (0..count).map(|_| forum.next_item().item).filter(|item| item.media.is_empty());
    items.map(|item| Ok(serde_json::to_string(&item)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(posts: &[String], at_least: usize) {
        assert!(posts.len() >= at_least, "{} posts", posts.len());
        for post in posts {
            let item = model::parse_item(post.as_bytes()).unwrap();
            assert!(item.media.is_empty(), "{}", item.id);
        }
    }

    #[test]
    fn posts_are_items_without_media() {
        check(&posts().unwrap(), 4_000);
        check(&invented(100).unwrap(), 70);
    }
}
