//! What links a new account to an earlier one: returns, and those that only look like them.

use super::dice::Dice;

/// Something that a new account may share with an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// A similar handle: edits, counters.
    Handle,
    /// The shown name, or the family's part of it.
    DisplayName,
    /// A fragment of the biography.
    Bio,
    /// The same picture, saved again.
    Avatar,
    /// Followers of the old account that follow the new one early.
    Followers,
    /// Hours of the day.
    Hours,
    /// Habits of writing.
    Style,
    /// The program used.
    Client,
    /// The link of the own page.
    Link,
    /// A post that announces the new account.
    Announcement,
}

impl Feature {
    /// Every feature, in the order of the table in [`Kin::permille`].
    pub const ALL: [Self; 10] = [
        Self::Handle,
        Self::DisplayName,
        Self::Bio,
        Self::Avatar,
        Self::Followers,
        Self::Hours,
        Self::Style,
        Self::Client,
        Self::Link,
        Self::Announcement,
    ];

    /// The word for it in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Handle => "handle",
            Self::DisplayName => "display_name",
            Self::Bio => "bio",
            Self::Avatar => "avatar",
            Self::Followers => "followers",
            Self::Hours => "hours",
            Self::Style => "style",
            Self::Client => "client",
            Self::Link => "link",
            Self::Announcement => "announcement",
        }
    }
}

/// Why two accounts resemble each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kin {
    /// A suspended member under a new id.
    Return,
    /// The second account of an ordinary person, whose first one is in good standing.
    SecondAccount,
    /// Somebody else of the same common name as a suspended account.
    CommonName,
    /// Somebody who uses the same popular picture as a suspended account.
    SharedAvatar,
    /// Somebody of the family of a suspended account: the same device, hours and last name.
    Family,
}

impl Kin {
    /// The benign ones.
    pub const LOOK_ALIKES: [Self; 4] =
        [Self::SecondAccount, Self::CommonName, Self::SharedAvatar, Self::Family];

    /// The word for it in files, as the kind of a control.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Return => "return",
            Self::SecondAccount => "second_account",
            Self::CommonName => "common_name",
            Self::SharedAvatar => "shared_avatar",
            Self::Family => "family",
        }
    }

    /// In so many of a thousand cases each feature is shared, in the order of [`Feature::ALL`].
    #[must_use]
    pub fn permille(self) -> [u32; 10] {
        match self {
            Self::Return => [550, 450, 400, 450, 700, 850, 800, 700, 350, 400],
            Self::SecondAccount => [600, 500, 300, 350, 400, 900, 900, 700, 300, 0],
            Self::CommonName => [700, 600, 0, 0, 0, 0, 0, 0, 0, 0],
            Self::SharedAvatar => [0, 0, 150, 1_000, 0, 0, 0, 0, 0, 0],
            Self::Family => [0, 400, 100, 100, 500, 600, 0, 300, 0, 0],
        }
    }

    /// Whether it resembles suspended members rather than ordinary people.
    pub(super) fn is_like_a_member(self) -> bool {
        match self {
            Self::Return | Self::CommonName | Self::SharedAvatar | Self::Family => true,
            Self::SecondAccount => false,
        }
    }

    /// Draws which features are shared.
    pub(super) fn features(self, dice: &mut Dice) -> u16 {
        self.permille()
            .iter()
            .enumerate()
            .fold(0, |bits, (at, permille)| bits | u16::from(dice.permille(*permille)) << at)
    }
}

/// What links an account to an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinship {
    /// The earlier account, by number.
    pub of: u32,
    /// Why they resemble each other.
    pub kin: Kin,
    pub(super) features: u16,
}

impl Kinship {
    /// Whether this is one of the things that they share.
    #[must_use]
    pub fn has(&self, feature: Feature) -> bool {
        self.features >> (feature as u16) & 1 == 1
    }
}

/// Changes a handle the way people do whose own is taken.
pub(super) fn edited_handle(handle: &mut String, start: usize, dice: &mut Dice) {
    let count = dice.between(2, 99);
    match dice.below(8) {
        0 => handle.push_str(&format!("_{count}")),
        1 => handle.insert_str(start, "the_"),
        2 => handle.insert_str(start, "real_"),
        3 => handle.push_str("_new"),
        4 => handle.push('_'),
        5 => {
            // Every handle begins with a letter of one byte: the first is doubled.
            let first = handle[start..].chars().next().unwrap_or('x');
            handle.insert(start, first);
        }
        6 => {
            let changed = handle[start..].replace('o', "0").replace('i', "1");
            let same = changed == handle[start..];
            handle.truncate(start);
            handle.push_str(&changed);
            if same {
                handle.push_str("__");
            }
        }
        _ => handle.push_str(&format!("_v{count}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::dice::Purpose;
    use super::*;

    #[test]
    fn features_come_as_often_as_the_table_says() {
        for kin in [Kin::Return].into_iter().chain(Kin::LOOK_ALIKES) {
            let mut counts = [0u32; 10];
            for thing in 0..20_000 {
                let features = kin.features(&mut Dice::of(1, Purpose::Kin, thing));
                let kinship = Kinship { of: 0, kin, features };
                for (at, feature) in Feature::ALL.into_iter().enumerate() {
                    counts[at] += u32::from(kinship.has(feature));
                }
            }
            for (count, permille) in counts.iter().zip(kin.permille()) {
                assert!((count / 20).abs_diff(permille) <= 15, "{kin:?} {count} {permille}");
            }
        }
    }

    #[test]
    fn a_return_is_never_certain() {
        assert!(Kin::Return.permille().iter().all(|permille| (1..1_000).contains(permille)));
    }

    #[test]
    fn edits_change_a_handle_a_little() {
        for thing in 0..200 {
            let mut handle = "keep".to_owned();
            handle.push_str("mari_wren7");
            edited_handle(&mut handle, 4, &mut Dice::of(1, Purpose::Handle, thing));
            assert!(handle.starts_with("keep") && handle != "keepmari_wren7", "{handle}");
            assert!(handle.len() <= 4 + 10 + 5, "{handle}");
        }
    }
}
