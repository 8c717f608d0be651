//! The actions that a study compares: those of [`super::traces`], with three additions.
//!
//! Whoever wrote a post that is passed on acts on it too, when writing it: where a few accounts
//! write and the others always pass them on at once, nobody passes on what another one does.
//! Whoever passes a post on spreads its links too. Pictures that are nearly the same count as one
//! (see [`super::images`]).
//!
//! What declared programs post by themselves is studied apart from everything else: a group that
//! acts together through one of them is explained by it, and must neither hide nor help what its
//! accounts do by hand.

use super::images::representatives;
use super::traces::{Action, Actions, TextRules, Trace, actions};
use crate::Dataset;
use crate::dataset::NONE;

/// The actions of a trace as the study takes them.
#[must_use]
pub fn taken(dataset: &Dataset, trace: Trace, rules: &TextRules) -> Actions {
    match trace {
        Trace::Repost => reposts(dataset),
        Trace::Image => images(dataset),
        Trace::Link => links(dataset),
        Trace::Text | Trace::SimilarText | Trace::Reply | Trace::Hashtag => {
            actions(dataset, trace, rules)
        }
    }
}

/// Links of posts, and those of the posts that they pass on.
fn links(dataset: &Dataset) -> Actions {
    let posts = &dataset.posts;
    let mut row_of = vec![None; posts.ids.len()];
    for row in (0..posts.len()).rev() {
        row_of[posts.id[row] as usize] = Some(row);
    }
    let mut rows = Vec::new();
    for row in 0..posts.len() {
        let from = match posts.repost_of[row] {
            NONE => Some(row),
            passed_on => row_of[passed_on as usize],
        };
        let linked = from.map_or(&[][..], |from| posts.links.row(from));
        rows.extend(linked.iter().map(|link| action(dataset, row, *link)));
    }
    Actions::pack(Trace::Link, rows)
}

/// Posts that pass another one on, and those that were passed on.
fn reposts(dataset: &Dataset) -> Actions {
    let posts = &dataset.posts;
    let mut is_passed_on = vec![false; posts.ids.len()];
    for object in posts.repost_of.iter().filter(|object| **object != NONE) {
        is_passed_on[*object as usize] = true;
    }
    let mut rows = Vec::new();
    for row in 0..posts.len() {
        let (passes_on, own) = (posts.repost_of[row], posts.id[row]);
        if passes_on != NONE {
            rows.push(action(dataset, row, passes_on));
        } else if is_passed_on[own as usize] {
            rows.push(action(dataset, row, own));
        }
    }
    Actions::pack(Trace::Repost, rows)
}

fn images(dataset: &Dataset) -> Actions {
    let posts = &dataset.posts;
    let stands_for = representatives(posts);
    let mut rows = Vec::new();
    for row in (0..posts.len()).filter(|row| posts.repost_of[*row] == NONE) {
        let mut pictures: Vec<u32> =
            posts.images.row(row).iter().map(|picture| stands_for[picture]).collect();
        pictures.sort_unstable();
        pictures.dedup();
        rows.extend(pictures.into_iter().map(|picture| action(dataset, row, picture)));
    }
    Actions::pack(Trace::Image, rows)
}

/// The actions of posts that are fed, and of all others, as (fed, others). `is_fed` has an entry
/// for each row of the dataset's posts.
#[must_use]
pub fn split(actions: &Actions, is_fed: &[bool]) -> (Actions, Actions) {
    let rows = (0..actions.len()).map(|row| Action {
        object: actions.object[row],
        account: actions.account[row],
        at_us: actions.at_us[row],
        post: actions.post[row],
    });
    let (fed, others) = rows.partition(|row| is_fed[row.post as usize]);
    (Actions::pack(actions.trace, in_time(fed)), Actions::pack(actions.trace, in_time(others)))
}

fn in_time(mut rows: Vec<Action>) -> Vec<Action> {
    rows.sort_unstable_by_key(|row| (row.at_us, row.post));
    rows
}

/// For each row of the dataset's posts, whether one of these programs posted it.
#[must_use]
pub fn fed(dataset: &Dataset, feed_clients: &[String]) -> Vec<bool> {
    let posts = &dataset.posts;
    let clients: Vec<u32> =
        feed_clients.iter().filter_map(|client| posts.objects.find(client)).collect();
    posts.client.iter().map(|client| clients.contains(client)).collect()
}

fn action(dataset: &Dataset, row: usize, object: u32) -> Action {
    let posts = &dataset.posts;
    let post = u32::try_from(row).expect("fewer than 2^32 posts");
    Action { object, account: posts.account[row], at_us: posts.at_us[row], post }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Builder, PostRow};

    fn told(rows: &[PostRow<'_>], trace: Trace) -> Vec<(String, String)> {
        let mut builder = Builder::new();
        rows.iter().for_each(|row| builder.post(row));
        let dataset = builder.build();
        let actions = taken(&dataset, trace, &TextRules::default());
        let name = |row: usize| {
            let object = actions.label(&dataset, actions.object[row]).to_owned();
            (object, dataset.accounts.text(actions.account[row]).to_owned())
        };
        (0..actions.len()).map(name).collect()
    }

    fn row<'a>(id: &'a str, account: &'a str, at_us: i64) -> PostRow<'a> {
        PostRow { id, account, at_us, ..PostRow::default() }
    }

    #[test]
    fn whoever_wrote_it_acts_on_what_is_passed_on() {
        let passes =
            |id, account, at_us, of| PostRow { repost_of: Some(of), ..row(id, account, at_us) };
        let rows = [row("p", "author", 1), passes("q", "fan", 2, "p"), row("r", "other", 3)];
        let pair = |object: &str, account: &str| (object.to_owned(), account.to_owned());
        assert_eq!(told(&rows, Trace::Repost), [pair("p", "author"), pair("p", "fan")]);
        let elsewhere = [passes("q", "a", 2, "gone"), passes("s", "b", 3, "gone")];
        assert_eq!(told(&elsewhere, Trace::Repost), [pair("gone", "a"), pair("gone", "b")]);
    }

    #[test]
    fn whoever_passes_a_post_on_spreads_its_links() {
        let link = ["https://wire.example/1"];
        let passes = |id, account, of| PostRow { repost_of: Some(of), ..row(id, account, 2) };
        let rows = [
            PostRow { links: &link, ..row("p", "author", 1) },
            passes("q", "fan", "p"),
            passes("r", "other", "gone"),
            passes("s", "again", "q"),
        ];
        let pair = |account: &str| (link[0].to_owned(), account.to_owned());
        assert_eq!(told(&rows, Trace::Link), [pair("author"), pair("fan")]);
        let bare = [row("p", "author", 1), passes("q", "fan", "p")];
        assert_eq!(told(&bare, Trace::Link), []);
    }

    #[test]
    fn what_programs_post_is_set_apart() {
        let link = ["https://wire.example/1"];
        let row = |id, account, client| PostRow { links: &link, client, ..row(id, account, 1) };
        let rows = [
            row("p", "a", "feed"),
            row("q", "b", "feed"),
            row("r", "c", "web"),
            row("s", "d", "web"),
            row("t", "e", ""),
        ];
        let mut builder = Builder::new();
        rows.iter().for_each(|row| builder.post(row));
        let dataset = builder.build();
        let actions = taken(&dataset, Trace::Link, &TextRules::default());
        let is_fed = fed(&dataset, &["feed".to_owned(), "unknown".to_owned()]);
        let (fed, others) = split(&actions, &is_fed);
        let names = |actions: &Actions| -> Vec<String> {
            let accounts = actions.account.iter();
            accounts.map(|account| dataset.accounts.text(*account).to_owned()).collect()
        };
        assert_eq!(
            (names(&fed), names(&others)),
            (
                vec!["a".to_owned(), "b".to_owned()],
                vec!["c".to_owned(), "d".to_owned(), "e".to_owned()],
            )
        );
    }

    #[test]
    fn copies_of_a_picture_are_one_object() {
        let (first, copy) = ("0123456789abcdef".repeat(4), "0123456789abcdff".repeat(4));
        let one = [first.as_str()];
        let both = [first.as_str(), copy.as_str()];
        let rows = [
            PostRow { images: &one, ..row("p", "a", 1) },
            PostRow { images: &both, ..row("q", "b", 2) },
        ];
        let expected = [(first.clone(), "a".to_owned()), (first.clone(), "b".to_owned())];
        assert_eq!(told(&rows, Trace::Image), expected);
    }
}
