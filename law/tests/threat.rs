//! Who is told of a threat, as a table.
#![allow(clippy::unwrap_used)]

use law::threat::{Because, addressed};

#[test]
fn the_state_concerned_is_told_and_otherwise_establishment_and_europol() {
    // States concerned; States with a contact; who is told.
    let table = [
        ("DE", "DE IE EU", "DE concerned"),
        ("DE FR", "DE FR IE EU", "DE concerned, FR concerned"),
        ("de de", "DE", "DE concerned"),
        // Nobody knows which State it is.
        ("", "DE IE EU", "IE establishment, EU europol"),
        // One of two has no contact: it is named all the same, so that somebody looks for one.
        ("DE FR", "DE IE EU", "DE concerned, FR concerned, IE establishment, EU europol"),
        // A State outside the Union is a State.
        ("NO", "IE EU", "NO concerned, IE establishment, EU europol"),
        // Whoever is told as concerned is not told twice.
        ("IE NO", "IE EU", "IE concerned, NO concerned, EU europol"),
        // Without any contact everybody is named, to be told by hand.
        ("DE", "", "DE concerned, IE establishment, EU europol"),
    ];
    for (concerned, known, expected) in table {
        let concerned: Vec<String> = concerned.split_whitespace().map(str::to_owned).collect();
        let told = addressed(&concerned, "ie", |state| known.split(' ').any(|one| one == state));
        let word = |because: Because| match because {
            Because::Concerned => "concerned",
            Because::Establishment => "establishment",
            Because::Europol => "europol",
            Because::Own => "own",
            Because::Beside => "beside",
        };
        let told: Vec<String> =
            told.iter().map(|one| format!("{} {}", one.state, word(one.because))).collect();
        assert_eq!(told.join(", "), expected, "{concerned:?} with {known}");
    }
}

#[test]
fn without_a_state_of_establishment_europol_is_told() {
    let told = addressed(&[], " ", |_| true);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].state, "EU");
}
