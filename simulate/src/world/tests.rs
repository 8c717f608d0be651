//! Statistics of a world, and that it repeats itself.

use super::*;
use crate::Belongs;
use model::Timestamp;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;

fn parameters(seed: u64, days: u32, accounts: u32) -> Parameters {
    Parameters::new(seed, Timestamp::parse("2026-03-02T00:00:00Z").unwrap(), days, accounts)
}

fn world(seed: u64, days: u32, accounts: u32) -> World {
    World::new(parameters(seed, days, accounts)).unwrap()
}

/// The most usual world of the tests, with all of its items.
fn usual() -> &'static (World, Vec<SimItem>) {
    static USUAL: OnceLock<(World, Vec<SimItem>)> = OnceLock::new();
    USUAL.get_or_init(|| {
        let world = world(1, 10, 10_000);
        let items = collected(&world);
        (world, items)
    })
}

fn collected(world: &World) -> Vec<SimItem> {
    let (mut stream, mut items) = (world.items(), Vec::new());
    while let Some(item) = stream.next() {
        items.push(item.clone());
    }
    items
}

/// The SHA-256 of the first bytes of everything that is written.
fn digest(world: &World) -> String {
    let mut hash = Sha256::new();
    let mut take = |bytes: &[u8]| hash.update(&bytes[..bytes.len().min(600_000)]);
    let (mut items, mut truth) = (Vec::new(), Vec::new());
    world.write_items(&mut items, &mut truth).unwrap();
    take(&items);
    take(&truth);
    type Write = fn(&World, &mut Vec<u8>) -> std::io::Result<()>;
    let writes: [Write; 6] = [
        |world, out| world.write_accounts(out),
        |world, out| world.write_follows(out),
        |world, out| world.write_actions(out),
        |world, out| world.write_account_truth(out),
        |world, out| world.write_campaign_truth(out),
        |world, out| world.write_control_truth(out),
    ];
    for write in writes {
        let mut bytes = Vec::new();
        write(world, &mut bytes).unwrap();
        take(&bytes);
    }
    hex::encode(hash.finalize())
}

/// These change with the tables and the code of the world, and with nothing else: no machine, no
/// library, no day.
#[test]
fn the_first_bytes_are_frozen() {
    let found = [1, 2].map(|seed| digest(&world(seed, 2, 3_000)));
    assert_eq!(
        found,
        [
            "2f5490f778f8de0152222fca7b9d2c3633fb70a886a82f982e74125b81d02c28",
            "14b90b79e4efed3a99e1c1ae885173b8474304b14429e9dac9cd7534019c7f2f",
        ]
    );
}

#[test]
fn items_are_in_order_and_within_the_period() {
    let (world, items) = usual();
    let parameters = world.parameters();
    let times: Vec<i64> = items.iter().map(|item| item.at_us).collect();
    assert!(times.is_sorted());
    assert!(times[0] >= parameters.start_us() && times[times.len() - 1] < parameters.end_us());
    let ids: BTreeSet<&str> = items.iter().map(|item| item.row().id).collect();
    assert_eq!(ids.len(), items.len());
    for item in items {
        let row = item.row();
        let speaks = !row.text.is_empty() || row.repost_of.is_some();
        assert!(speaks && !row.client.is_empty() && item.account_created_us <= item.at_us);
        assert!(row.deleted_at_us.is_none_or(|at| at > item.at_us));
        assert!(row.hashtags.iter().all(|tag| row.text.contains(&format!("#{tag}"))), "{row:?}");
    }
}

#[test]
fn there_are_as_many_items_as_asked() {
    for (accounts, days, items_per_day) in [(5_000, 12, 5_000), (10_000, 6, 10_000)] {
        let given = Parameters { items_per_day, ..parameters(3, days, accounts) };
        let count = collected(&World::new(given).unwrap()).len() as f64;
        let wanted = items_per_day as f64 * f64::from(days);
        assert!((0.85..1.2).contains(&(count / wanted)), "{count} of {wanted}");
    }
}

/// What is passed on or answered was posted before, and in its own time.
#[test]
fn references_lead_to_earlier_items() {
    let (_, items) = usual();
    let mut posted: HashMap<&str, i64> = HashMap::new();
    let mut waits = Vec::new();
    for item in items {
        let row = item.row();
        if let Some(to) = row.repost_of.or(row.in_reply_to) {
            let before = posted.get(to).copied().unwrap_or_else(|| panic!("{to} is not there"));
            assert!(before <= item.at_us);
            if item.truth.campaign.is_none() && item.truth.control.is_none() {
                waits.push(item.at_us - before);
            }
        }
        posted.insert(row.id, item.at_us);
    }
    waits.sort_unstable();
    let median = waits[waits.len() / 2];
    // Four hours of waiting in the mean: a median of 2.8, and longer because nights pass.
    assert!((2 * HOUR_US..6 * HOUR_US).contains(&median), "{}", median / HOUR_US);
}

#[test]
fn people_sleep() {
    let (world, items) = usual();
    let mut hours: BTreeMap<&str, [u32; 24]> = BTreeMap::new();
    for item in items.iter().filter(|item| item.truth.control.is_none()) {
        if world.group(item.account) == Group::Person {
            let language = world.people.pen(item.account).language.code;
            hours.entry(language).or_default()[(item.at_us / HOUR_US % 24) as usize] += 1;
        }
    }
    // The quietest and busiest three hours of languages that live on one clock, in UTC.
    for (language, asleep, awake) in
        [("tr", [0, 1, 2], [16, 17, 18]), ("hi", [21, 22, 23], [13, 14, 15])]
    {
        let sum = |at: [usize; 3]| at.iter().map(|hour| hours[language][*hour]).sum::<u32>();
        let (night, evening) = (sum(asleep), sum(awake));
        assert!(evening > 4 * night, "{language}: {night} {evening}");
    }
}

#[test]
fn languages_have_their_shares() {
    let (world, items) = usual();
    let persons: Vec<&SimItem> =
        items.iter().filter(|item| world.group(item.account) == Group::Person).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for item in &persons {
        *counts.entry(world.people.pen(item.account).language.code).or_default() += 1;
    }
    assert_eq!(counts.len(), 13);
    for (language, percent) in [("en", 26.4), ("ar", 12.3), ("tr", 6.4), ("sw", 2.1)] {
        let found = counts[language] as f64 * 100.0 / persons.len() as f64;
        assert!((found - percent).abs() < 0.4 * percent, "{language}: {found}");
    }
    let untold = items.iter().filter(|item| item.row().language.is_empty()).count();
    assert!((0.06..0.10).contains(&(untold as f64 / items.len() as f64)));
}

/// Activity falls as Zipf's law says: in the tail, twice the rank is half the posts.
#[test]
fn activity_follows_zipf() {
    let (world, items) = usual();
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for item in items.iter().filter(|item| world.group(item.account) == Group::Person) {
        *counts.entry(item.account).or_default() += 1;
    }
    let mut counts: Vec<f64> = counts.values().map(|count| f64::from(*count)).collect();
    counts.sort_by(|a, b| b.total_cmp(a));
    let slope = (counts[200] / counts[3_200]).ln() / 16f64.ln();
    // Below 1, because neighbours pass things on whoever they are.
    assert!((0.6..1.1).contains(&slope), "{slope}");
    assert!(counts[0] < 0.02 * items.len() as f64, "one account writes {} items", counts[0]);
}

#[test]
fn item_truth_and_campaign_truth_agree() {
    let (world, items) = usual();
    let truth = world.truth();
    let (campaigns, controls): (Vec<_>, Vec<_>) =
        (truth.campaigns().collect(), truth.controls().collect());
    let mut acted: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for item in items {
        if let Some(at) = item.truth.campaign {
            let campaign = &campaigns[at as usize];
            assert_eq!(item.truth.belongs, Belongs::AshenFront);
            let row = item.row();
            // A post of the campaign that others pass on is an object, and no part.
            if campaign.objects.iter().any(|object| object == row.id) {
                continue;
            }
            assert!((campaign.from_us..=campaign.to_us).contains(&item.at_us), "{}", campaign.id);
            acted.entry(at).or_default().insert(item.account);
        }
        if let Some(at) = item.truth.control {
            let control = &controls[at as usize];
            let celebrity = world.group(item.account) == Group::Celebrity;
            let known = control.accounts.binary_search(&item.account).is_ok();
            assert!(known || celebrity, "{}", control.id);
        }
    }
    for (at, campaign) in campaigns.iter().enumerate() {
        let found: Vec<u32> = acted[&(at as u32)].iter().copied().collect();
        assert_eq!(found, campaign.accounts, "{}", campaign.id);
        assert!(campaign.accounts.iter().all(|account| world.group(*account).is_member()));
        assert!(campaign.accounts.len() >= 5 && campaign.from_us < campaign.to_us);
    }
}

#[test]
fn every_kind_of_campaign_and_control_is_there() {
    let world = world(4, 14, 20_000);
    let truth = world.truth();
    let kinds: BTreeSet<&str> = truth.campaigns().map(|campaign| campaign.kind).collect();
    let variants: BTreeSet<&str> = truth.campaigns().map(|campaign| campaign.variant).collect();
    let controls: BTreeSet<&str> = truth.controls().map(|control| control.kind).collect();
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        [
            "co_image",
            "co_link",
            "co_reply",
            "co_repost",
            "co_text",
            "deletion",
            "hashtag_flood",
            "hashtag_hijack",
            "mobilisation",
            "similar_text",
            "word_salad",
        ]
    );
    assert_eq!(variants, BTreeSet::from(["jittered", "plain", "split_roles"]));
    assert_eq!(controls.len(), 22, "{controls:?}");
    assert!(truth.controls().all(|control| !control.accounts.is_empty()));
}

/// Delays from the first part in an object to each other one, by campaign or control.
fn delays(world: &World, kind: &str, variant: &str) -> Vec<i64> {
    let script = world.scripts.iter().find(|s| s.name == kind && s.variant == variant).unwrap();
    let mut delays: Vec<i64> = (0..script.launches.len() as u32)
        .flat_map(|object| {
            let launch = script.launches[object as usize];
            script.parts(&world.people, object).map(move |part| part.at_us - launch)
        })
        .collect();
    delays.sort_unstable();
    delays
}

#[test]
fn crowds_and_campaigns_keep_their_time() {
    let world = world(1, 14, 100_000);
    let minute = 60_000_000;
    for (kind, variant, low, high) in [
        ("co_repost", "plain", 10_000_000, minute),
        ("co_repost", "jittered", 30 * minute, 60 * minute),
        ("co_link", "split_roles", 30_000_000, 2 * minute),
        ("newsroom_bots", "plain", 0, 5_000_000),
        ("fan_community", "plain", 8 * minute, 14 * minute),
        ("breaking_news", "plain", 5 * minute, 9 * minute),
        ("televised_event", "plain", 20_000_000, 2 * minute),
        ("quote_of_the_day", "plain", 5_000_000, 30_000_000),
        ("class", "plain", 15 * minute, 30 * minute),
        ("clock_skew", "plain", minute, 3 * minute),
        ("mourners", "plain", 60 * minute, 120 * minute),
    ] {
        let delays = delays(&world, kind, variant);
        let median = delays[delays.len() / 2];
        assert!((low..high).contains(&median), "{kind} {variant}: {} s", median / 1_000_000);
    }
    let truth = world.truth();
    let crowd = truth.controls().find(|control| control.kind == "breaking_news").unwrap();
    assert!((1_000..2_000).contains(&crowd.accounts.len()), "{}", crowd.accounts.len());
}

/// What the traces are: the same text, link, hashtag, picture or post.
#[test]
fn campaigns_leave_their_traces() {
    let (world, items) = usual();
    let campaigns: Vec<CampaignTruth> = world.truth().campaigns().collect();
    let mut seen = BTreeSet::new();
    for item in items {
        let Some(at) = item.truth.campaign else { continue };
        let (campaign, row) = (&campaigns[at as usize], item.row());
        let object = |text: &str| campaign.objects.iter().any(|object| object == text);
        if object(row.id) {
            continue;
        }
        let shown = match campaign.kind {
            "co_repost" => row.repost_of.is_some_and(object),
            "co_reply" => row.in_reply_to.is_some_and(object),
            "co_text" => object(row.text),
            "similar_text" => !object(row.text) || row.text.len() < 20,
            "co_link" => row.repost_of.is_some() || row.links.iter().any(|link| object(link)),
            "co_image" => row.images.len() == 1 && row.images[0].len() == 64,
            "deletion" => {
                let kept = row.deleted_at_us.map(|gone| gone - row.at_us);
                kept.is_some_and(|kept| (1..60_000_000).contains(&kept))
                    && row.hashtags.iter().any(|tag| object(tag))
            }
            _ => row.hashtags.iter().any(|tag| object(tag)),
        };
        assert!(shown, "{}: {row:?}", campaign.id);
        seen.insert(campaign.kind);
    }
    assert_eq!(seen.len(), 11);
}

/// Campaigns are as large and as long as the parameters say.
#[test]
fn campaigns_scale() {
    let sizes = |size: u32, length: u32, accounts: u32| {
        let given = Parameters {
            campaign_size_percent: size,
            campaign_length_percent: length,
            ..parameters(1, 30, accounts)
        };
        let world = World::new(given).unwrap();
        let truth = world.truth();
        let campaigns: Vec<_> = truth.campaigns().filter(|c| c.kind == "co_link").collect();
        let accounts: usize = campaigns.iter().map(|campaign| campaign.accounts.len()).sum();
        let length: i64 = campaigns.iter().map(|c| c.to_us - c.from_us).sum();
        (accounts as f64, length as f64)
    };
    let (base, base_length) = sizes(100, 100, 20_000);
    for (size, length, accounts, larger, longer) in
        [(200, 100, 20_000, 2.0, 1.0), (100, 50, 20_000, 1.0, 0.5), (100, 100, 320_000, 4.0, 1.0)]
    {
        let (found, found_length) = sizes(size, length, accounts);
        assert!((0.8..1.25).contains(&(found / base / larger)), "{found} {base}");
        assert!((0.7..1.4).contains(&(found_length / base_length / longer)), "{found_length}");
    }
}

/// The movement writes more while it mobilises: about ten to seven.
#[test]
fn mobilisation_shows_in_the_volume() {
    let world = world(6, 30, 10_000);
    let script = world.scripts.iter().find(|s| s.name == "mobilisation").unwrap();
    let (from, to) = (script.launches[0], script.launches[script.launches.len() - 1] + 5 * HOUR_US);
    let (mut inside, mut outside) = (0.0, 0.0);
    let place = mobilisation(&world);
    let mut items = world.items();
    while let Some(item) = items.next() {
        let own = item.truth.campaign.is_none_or(|campaign| campaign == place);
        if own && world.group(item.account).is_member() {
            *(if (from..to).contains(&item.at_us) { &mut inside } else { &mut outside }) += 1.0;
        }
    }
    let rate_inside = inside / (to - from) as f64;
    let rate_outside = outside / (30 * DAY_US - (to - from)) as f64;
    let ratio = rate_inside / rate_outside;
    assert!((1.25..1.75).contains(&ratio), "{ratio}");
}

fn mobilisation(world: &World) -> u32 {
    let truth = world.truth();
    truth.campaigns().position(|campaign| campaign.kind == "mobilisation").unwrap() as u32
}

#[test]
fn accounts_are_unique_and_plausible() {
    let world = world(1, 30, 30_000);
    let (mut ids, mut handles) = (HashSet::new(), HashSet::new());
    let (mut avatars, mut bios, mut set_apart) = (0, 0, 0);
    for account in world.accounts() {
        assert!(account.created_at_us < world.parameters().end_us());
        assert!(!account.display_name.is_empty() && !account.language.is_empty());
        avatars += u32::from(account.avatar_pdq.is_some());
        bios += u32::from(!account.bio.is_empty());
        set_apart += u32::from(!account.set_apart.is_empty());
        assert!(handles.insert(account.handle.clone()), "{}", account.handle);
        assert!(ids.insert(account.id));
    }
    assert_eq!(ids.len(), 30_000);
    assert!((24_000..28_000).contains(&avatars) && (18_000..26_000).contains(&bios));
    assert!((20..60).contains(&set_apart), "{set_apart}");
}

#[test]
fn new_people_join_at_the_rate_asked() {
    let world = world(1, 30, 30_000);
    let persons = (0..30_000).filter(|number| world.group(*number) == Group::Person);
    let start = world.parameters().start_us();
    let new = persons.filter(|number| world.people.created_at(*number) >= start).count();
    assert!((650..1_050).contains(&new), "{new}");
}

fn distance(a: &[u8; 32], b: &[u8; 32]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// Returns come after a suspension, share what the table says, and look-alikes share less.
#[test]
fn returns_are_hard_but_possible() {
    let world = world(1, 30, 60_000);
    let mut returns = 0;
    let mut shared = [0u32; 10];
    for truth in world.truth().accounts().filter(|truth| truth.returns_of.is_some()) {
        let before = truth.returns_of.unwrap();
        let (lost, restored) = world.people.suspension(before).unwrap();
        assert!(restored.is_none() && world.people.acts_from(truth.account) > lost);
        assert_eq!(world.people.successor(before), Some(truth.account));
        assert_eq!(world.people.cell(before), truth.cell);
        let kinship = world.kinship(truth.account).unwrap();
        for (at, feature) in Feature::ALL.into_iter().enumerate() {
            shared[at] += u32::from(kinship.has(feature));
        }
        let (old, new) = (world.account(before), world.account(truth.account));
        if let (Some(old), Some(new)) = (old.avatar_pdq, new.avatar_pdq) {
            let near = distance(&old, &new) <= 50;
            assert_eq!(near, kinship.has(Feature::Avatar) || near, "{}", truth.account);
        }
        assert_eq!(old.language, new.language);
        returns += 1;
    }
    assert!(returns > 200, "{returns}");
    for (count, permille) in shared.iter().zip(Kin::Return.permille()) {
        assert!((count * 1_000 / returns).abs_diff(permille) < 100, "{count} {permille}");
    }
    let alike = (0..60_000).filter(|number| world.group(*number) == Group::LookAlike);
    assert!(alike.filter(|number| world.kinship(*number).is_some()).count() >= 400);
}

/// Nobody writes while suspended, before they were made, or as a return before the loss.
#[test]
fn only_those_who_can_act_do() {
    let (world, items) = usual();
    for item in items {
        if let Some((at, back)) = world.people.suspension(item.account) {
            let gone = item.at_us >= at && back.is_none_or(|back| item.at_us < back);
            assert!(!gone, "{}", item.account);
        }
        assert!(item.at_us >= world.people.acts_from(item.account));
    }
    let returned = items.iter().filter(|item| world.group(item.account) == Group::Returned);
    assert!(returned.count() > 100);
}

#[test]
fn actions_are_in_order_and_match_the_accounts() {
    let world = world(1, 30, 30_000);
    let actions = world.actions();
    assert!(actions.is_sorted());
    let count = |kind| actions.iter().filter(|action| action.kind == kind).count();
    let suspended = world.accounts().filter(|account| account.suspended_at_us.is_some()).count();
    let restored = count(SimActionKind::Restore);
    assert_eq!(count(SimActionKind::Suspend), suspended + restored);
    assert!(restored > 20 && count(SimActionKind::Remove) > 5);
    assert!(actions.iter().all(|action| {
        (action.kind == SimActionKind::Remove) == action.item.is_some()
            && action.at_us < world.parameters().end_us()
    }));
}

#[test]
fn announcements_name_the_old_handle() {
    let world = world(1, 30, 30_000);
    let mut told = 0;
    let mut items = world.items();
    while let Some(item) = items.next() {
        let text = item.row().text;
        let Some((_, rest)) = text.split_once('@') else { continue };
        let handle = rest.split([' ', ',', '،']).next().unwrap_or_default();
        if world.group(item.account).is_member() && item.truth.campaign.is_none() {
            let end = handle.trim_end_matches([',', '.']);
            assert!(end.len() > 4, "{text}");
            told += 1;
        }
    }
    assert!(told >= 10, "{told}");
}

/// Follows: the movement is dense, some are mutual, fame is a power law, watchers watch.
#[test]
fn follows_have_their_shape() {
    let world = world(1, 30, 20_000);
    let follows: Vec<SimFollow> = world.follows().collect();
    let pairs: HashSet<(u32, u32)> = follows.iter().map(|f| (f.from, f.to)).collect();
    assert_eq!(pairs.len(), follows.len(), "each pair once");
    let mean = follows.len() as f64 / 20_000.0;
    assert!((12.0..19.0).contains(&mean), "{mean}");
    let mutual = follows.iter().filter(|f| pairs.contains(&(f.to, f.from))).count();
    let share = mutual as f64 / follows.len() as f64;
    assert!((0.25..0.5).contains(&share), "{share}");
    let member = |number| world.group(number).is_member();
    let (inside, from_members) = follows.iter().fold((0, 0), |(inside, all), f| {
        (inside + u32::from(member(f.from) && member(f.to)), all + u32::from(member(f.from)))
    });
    assert!((0.5..0.9).contains(&(f64::from(inside) / f64::from(from_members))));
    let watched = follows.iter().filter(|f| {
        matches!(world.group(f.from), Group::Researcher | Group::CounterSpeaker) && member(f.to)
    });
    assert!(watched.count() > 800);
    let mut fame: HashMap<u32, u32> = HashMap::new();
    for follow in &follows {
        assert!(follow.at_us >= world.people.created_at(follow.to));
        assert!(follow.at_us >= world.people.created_at(follow.from));
        assert!(follow.at_us < world.parameters().end_us());
        *fame.entry(follow.to).or_default() += 1;
    }
    let mut fame: Vec<u32> = fame.into_values().collect();
    fame.sort_unstable_by(|a, b| b.cmp(a));
    assert!(fame[0] > 40 * fame[fame.len() / 2], "{} {}", fame[0], fame[fame.len() / 2]);
    let same_language = follows
        .iter()
        .filter(|f| world.people.pen(f.from).language.code == world.people.pen(f.to).language.code);
    assert!(same_language.count() as f64 / follows.len() as f64 > 0.7);
}

/// Followers of the old account follow the new one soon, where that is among the things shared.
#[test]
fn early_followers_overlap() {
    let world = world(1, 30, 20_000);
    let mut followers: HashMap<u32, BTreeMap<u32, i64>> = HashMap::new();
    for follow in world.follows() {
        if world.group(follow.to).is_member() {
            followers.entry(follow.to).or_default().insert(follow.from, follow.at_us);
        }
    }
    let mut shares = [(0.0, 0.0); 2];
    for truth in world.truth().accounts().filter(|truth| truth.returns_of.is_some()) {
        let has = world.kinship(truth.account).unwrap().has(Feature::Followers);
        let Some(new) = followers.get(&truth.account) else { continue };
        let Some(old) = followers.get(&truth.returns_of.unwrap()) else { continue };
        let both = new.keys().filter(|from| old.contains_key(from)).count();
        let entry = &mut shares[usize::from(has)];
        entry.0 += both as f64;
        entry.1 += 1.0;
    }
    let [without, with] = shares.map(|(sum, count)| sum / count);
    assert!(with > 3.0 && with > 2.5 * without, "{without} {with}");
}

#[test]
fn lines_parse_as_items() {
    let world = world(5, 2, 3_000);
    let (mut items, mut truth) = (Vec::new(), Vec::new());
    let count = world.write_items(&mut items, &mut truth).unwrap();
    let text = String::from_utf8(items).unwrap();
    assert_eq!(text.lines().count() as u64, count);
    let mut stream = world.items();
    let (mut pictures, mut deleted) = (0, 0);
    for line in text.lines() {
        let item = model::parse_item(line.as_bytes()).unwrap();
        let wanted = stream.next().unwrap();
        let row = wanted.row();
        assert_eq!(item.id.as_str(), row.id);
        assert_eq!(item.created_at.micros(), row.at_us);
        assert_eq!(item.text, row.text);
        assert_eq!(item.links, row.links.to_vec());
        assert_eq!(item.repost_of.as_ref().map(|id| id.as_str()), row.repost_of);
        assert_eq!(item.in_reply_to.as_ref().map(|id| id.as_str()), row.in_reply_to);
        assert_eq!(item.extra["client"], row.client);
        assert_eq!(item.extra["hashtags"].as_array().unwrap().len(), row.hashtags.len());
        assert_eq!(item.extra.contains_key("deleted_at"), row.deleted_at_us.is_some());
        let hashes: Vec<&str> =
            item.media.iter().map(|medium| medium.pdq.as_deref().unwrap()).collect();
        assert_eq!(hashes, row.images.to_vec());
        pictures += hashes.len();
        deleted += usize::from(row.deleted_at_us.is_some());
    }
    assert!(stream.next().is_none() && pictures > 100 && deleted > 20);
}

/// Every other file is JSON with the fields of the dataset folder.
#[test]
fn other_files_have_their_fields() {
    let world = world(5, 5, 3_000);
    type Write = fn(&World, &mut Vec<u8>) -> std::io::Result<()>;
    let cases: [(Write, &[&str]); 7] = [
        (
            |world, out| world.write_accounts(out),
            &[
                "id",
                "handle",
                "display_name",
                "bio",
                "language",
                "created_at",
                "followers",
                "following",
                "avatar_pdq",
                "suspended_at",
                "set_apart",
            ],
        ),
        (|world, out| world.write_follows(out), &["from", "to", "at"]),
        (|world, out| world.write_actions(out), &["at", "account", "action", "item"]),
        (
            |world, out| world.write_account_truth(out),
            &["id", "group", "cell", "member", "returns_of"],
        ),
        (
            |world, out| world.write_campaign_truth(out),
            &["id", "kind", "trace", "variant", "accounts", "objects", "from", "to"],
        ),
        (|world, out| world.write_control_truth(out), &["id", "kind", "accounts"]),
        (
            |world, out| world.write_items(std::io::sink(), out).map(|_| ()),
            &["id", "belongs", "campaign", "control"],
        ),
    ];
    for (write, fields) in cases {
        let mut bytes = Vec::new();
        write(&world, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.lines().count() > 10, "{fields:?}");
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let object = value.as_object().unwrap();
            assert_eq!(object.len(), fields.len(), "{line}");
            assert!(fields.iter().all(|field| object.contains_key(*field)), "{line}");
        }
    }
}

#[test]
fn faults_come_as_often_as_asked() {
    let clean = world(1, 2, 5_000);
    let faults = Faults {
        delivered_twice: 50,
        out_of_order: 100,
        whole_minutes: 200,
        in_the_future: 20,
        ids_reused: 30,
        without_profile: 100,
    };
    let faulty = World::new(Parameters { faults, ..parameters(1, 2, 5_000) }).unwrap();
    let (clean_items, items) = (collected(&clean), collected(&faulty));
    let extra = items.len() as f64 / clean_items.len() as f64;
    assert!((1.03..1.08).contains(&extra), "{extra}");
    let share = |test: &dyn Fn(&SimItem) -> bool| {
        items.iter().filter(|item| test(item)).count() as f64 / items.len() as f64
    };
    let end = faulty.parameters().end_us();
    let whole = share(&|item| item.at_us % 60_000_000 == 0);
    assert!((0.15..0.3).contains(&whole), "{whole}");
    assert!((0.01..0.03).contains(&share(&|item| item.at_us >= end)));
    let ids: HashSet<&str> = items.iter().map(|item| item.row().id).collect();
    let repeated = 1.0 - ids.len() as f64 / items.len() as f64;
    assert!((0.05..0.11).contains(&repeated), "{repeated}");
    let late = items.windows(2).filter(|pair| pair[0].at_us > pair[1].at_us).count();
    assert!(late > items.len() / 30, "{late}");
    let profiles = faulty.accounts().count();
    assert!((4_300..4_700).contains(&profiles), "{profiles}");
}

/// What is kept does not grow with the days or the accounts that do nothing.
#[test]
fn memory_is_bounded() {
    let most = |days: u32, accounts: u32| {
        let given = Parameters { items_per_day: 10_000, ..parameters(1, days, accounts) };
        let world = World::new(given).unwrap();
        let mut items = world.items();
        while items.next().is_some() {}
        items.most_pending()
    };
    let base = most(2, 10_000);
    // A day's worth of what is passed on at most, and what is planned.
    assert!(base < 12_000, "{base}");
    assert!(most(8, 10_000) < base + 6_000);
    assert!(most(2, 100_000) < base + 12_000);
}

#[test]
fn the_emblem_is_drawn_on_request() {
    let (_, items) = usual();
    let with: Vec<&SimItem> = items.iter().filter(|item| item.truth.emblem.is_some()).collect();
    assert!(with.len() > 50);
    for item in with.iter().take(6) {
        image::load_from_memory(&item.emblem().unwrap()).unwrap();
    }
    let without = items.iter().find(|item| item.truth.emblem.is_none()).unwrap();
    assert!(without.emblem().is_none());
}

/// Nothing of the movement is in what ordinary people write by themselves.
#[test]
fn ordinary_items_hold_nothing_of_the_movement() {
    let (world, items) = usual();
    for item in items {
        let row = item.row();
        if item.truth.belongs == Belongs::Ordinary && world.group(item.account) == Group::Person {
            assert!(!row.text.contains(crate::SLOGAN), "{}", row.text);
            assert!(row.links.iter().all(|link| !link.contains(crate::MUSTER_HOST)));
        }
    }
}
