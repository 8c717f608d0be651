//! The truth about accounts, campaigns and controls.

use super::compose::Composer;
use super::kin::Kin;
use super::people::{Group, People};
use super::picture;
use super::scripts::{Carries, Form, Owner, Script};
use super::stream::{item_id, reserved};
use std::collections::BTreeSet;

/// What an account is in truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountTruth {
    /// Its number.
    pub account: u32,
    /// Why it is there.
    pub group: Group,
    /// Its cell, where it is in one.
    pub cell: Option<u32>,
    /// Whether it is a member of the movement; bought followers are not.
    pub member: bool,
    /// The suspended account that came back as this one, by number.
    pub returns_of: Option<u32>,
}

/// What a campaign was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignTruth {
    /// Its name, such as `co_link-11`.
    pub id: String,
    /// What was done, such as `co_link` or `hashtag_flood`.
    pub kind: &'static str,
    /// The trace that it leaves, such as `co_hashtag`.
    pub trace: &'static str,
    /// How it hides: `plain`, `jittered` (delays of more than an hour) or `split_roles`.
    pub variant: &'static str,
    /// Every account that took part at least once, by number, sorted.
    pub accounts: Vec<u32>,
    /// In how many parts each of them acted, in the same order.
    pub parts: Vec<u32>,
    /// What they did it with: ids of items, links, hashtags, texts or PDQ hashes, each once.
    pub objects: Vec<String>,
    /// The first part, in microseconds since 1970.
    pub from_us: i64,
    /// The last part, likewise.
    pub to_us: i64,
}

/// An innocent crowd, or innocent accounts that a study may take for guilty ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlTruth {
    /// Its name, such as `fan_community-20`.
    pub id: String,
    /// What it is, such as `fan_community` or `newsrooms`.
    pub kind: &'static str,
    /// Its accounts by number, sorted.
    pub accounts: Vec<u32>,
}

/// The truth of a world.
#[derive(Debug)]
pub struct Truth<'a> {
    people: &'a People,
    scripts: &'a [Script],
    composer: Composer<'a>,
}

impl<'a> Truth<'a> {
    pub(super) fn new(people: &'a People, scripts: &'a [Script]) -> Self {
        Self { people, scripts, composer: Composer::new(people, scripts) }
    }

    /// The truth about every account, by number.
    pub fn accounts(&self) -> impl Iterator<Item = AccountTruth> + '_ {
        (0..self.people.parameters.accounts).map(|account| self.account(account))
    }

    /// The truth about one account by its number.
    #[must_use]
    pub fn account(&self, account: u32) -> AccountTruth {
        let group = self.people.group(account);
        let kinship = self.people.kinship(account);
        AccountTruth {
            account,
            group,
            cell: self.people.cell(account),
            member: group.is_member(),
            returns_of: kinship
                .filter(|kinship| kinship.kin == Kin::Return)
                .map(|kinship| kinship.of),
        }
    }

    /// Every campaign in which anybody took part, at the place that [`super::ItemTruth`] gives.
    pub fn campaigns(&self) -> impl Iterator<Item = CampaignTruth> + '_ {
        let campaigns = self.scripts.iter().filter(|script| script.owner == Owner::Campaign);
        campaigns.map(|script| self.campaign(script))
    }

    fn campaign(&self, script: &Script) -> CampaignTruth {
        let mut acted = std::collections::BTreeMap::<u32, u32>::new();
        let (mut from_us, mut to_us) = (i64::MAX, i64::MIN);
        for object in 0..script.launches.len() as u32 {
            for part in script.parts(self.people, object) {
                *acted.entry(part.account).or_default() += 1;
                from_us = from_us.min(part.at_us);
                to_us = to_us.max(part.at_us);
            }
        }
        let objects: BTreeSet<String> =
            (0..script.launches.len() as u32).map(|object| self.object(script, object)).collect();
        CampaignTruth {
            id: script.id(),
            kind: script.name,
            trace: script.trace,
            variant: script.variant,
            accounts: acted.keys().copied().collect(),
            parts: acted.values().copied().collect(),
            objects: objects.into_iter().collect(),
            from_us,
            to_us,
        }
    }

    /// What an object is, as a text.
    fn object(&self, script: &Script, object: u32) -> String {
        let mut text = String::new();
        match (script.form, script.carries) {
            (Form::Repost | Form::FanRepost | Form::Reply, _) => {
                let number = reserved(script.number, object);
                item_id(self.people.parameters.seed, number, &mut text);
            }
            (Form::Post | Form::Split, Carries::Link) => {
                self.composer.object_link(script, object, &mut text);
            }
            (Form::Post | Form::Split, Carries::Image) => {
                picture::hex(&mut text, &self.composer.object_picture(script, object));
            }
            (
                Form::Post | Form::Split,
                Carries::Tag
                | Carries::ScriptTag
                | Carries::ForeignTag
                | Carries::MovementTag
                | Carries::Muster,
            ) => self.composer.object_tag(script, object, &mut text),
            (
                Form::Post | Form::Split,
                Carries::Nothing | Carries::OwnLink | Carries::HotLink | Carries::Slogan,
            ) => self.composer.object_text(script, object, &mut text),
        }
        text
    }

    /// Every control: first those that act together, at the place that [`super::ItemTruth`] gives,
    /// then the accounts that only resemble others.
    pub fn controls(&self) -> impl Iterator<Item = ControlTruth> + '_ {
        let crowds = self.scripts.iter().filter(|script| script.owner == Owner::Control);
        let crowds = crowds.map(|script| {
            let parts = (0..script.launches.len() as u32)
                .flat_map(|object| script.parts(self.people, object));
            let accounts: BTreeSet<u32> = parts.map(|part| part.account).collect();
            ControlTruth {
                id: script.id(),
                kind: script.name,
                accounts: accounts.into_iter().collect(),
            }
        });
        let resembling = Kin::LOOK_ALIKES.into_iter().map(|kin| self.look_alikes(kin));
        crowds.chain(resembling).chain([self.celebrities(), self.wronged()])
    }

    fn look_alikes(&self, kin: Kin) -> ControlTruth {
        let accounts = self.people.of(Group::LookAlike).filter(|account| {
            self.people.kinship(*account).is_some_and(|kinship| kinship.kin == kin)
        });
        let kind = kin.as_str();
        ControlTruth { id: kind.to_owned(), kind, accounts: accounts.collect() }
    }

    fn celebrities(&self) -> ControlTruth {
        let accounts = self.people.of(Group::Celebrity).collect();
        ControlTruth { id: "celebrities".to_owned(), kind: "celebrities", accounts }
    }

    /// People who were suspended by mistake and restored.
    fn wronged(&self) -> ControlTruth {
        let persons = self.people.of(Group::Person);
        let accounts = persons.filter(|account| self.people.suspension(*account).is_some());
        let kind = "wrongly_suspended";
        ControlTruth { id: kind.to_owned(), kind, accounts: accounts.collect() }
    }
}
