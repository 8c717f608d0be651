//! How well the study of campaigns finds what the simulator planted, at several sizes and with one
//! set of parameters: the defaults, and the two programs that a service knows as feeds.
//!
//! Arguments choose the sizes, `100k`, `1m` (both without any) and `10m` (which needs some 14 GB),
//! and the seeds of the worlds, such as `seed=7`. For each size one plain table is printed, over
//! all its worlds together: by kind of campaign how many accounts took part, which share of them is
//! in a finding (recall), and which share of the accounts that are listed with it took part in it,
//! or in any campaign (precision); by kind of innocent crowd which share is in a finding; what is
//! found where there is nothing to be found; processor time and memory. With `dump` every finding
//! is listed too; with `delays` how long campaigns of the smallest world had been going on before
//! half of each was found; `example` prints the worked example of the guide alone.

use benches::world::add_accounts;
use benches::{Failure, cpu, median};
use model::Timestamp;
use simulate::world::{CampaignTruth, ControlTruth, Parameters as WorldParameters, World};
use std::collections::{BTreeMap, BTreeSet};
use study::campaigns::parameters::Limits;
use study::campaigns::traces::{TextRules, Trace};
use study::campaigns::{self, CampaignFinding, Campaigns, Parameters, actions, screen};
use study::dataset::{Builder, PostRow};
use study::{Dataset, Unwatched};

/// Worlds of these seeds are measured, where no others are asked for.
const SEEDS: [u64; 3] = [101, 102, 103];
const DAYS: u32 = 10;
const DAY_US: i64 = 86_400_000_000;
/// Accounts that took part less often cannot be told from passers-by: the study asks for three.
const LEAST_PARTS: u32 = 3;
/// Programs that the service knows as feeds and clocks, since they are registered with it.
const FEED_CLIENTS: [&str; 2] = ["Daily Pebble", "Feed robot"];

fn main() -> Result<(), Failure> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let named = |name: &str| asked.iter().any(|asked| asked == name);
    let mut seeds: Vec<u64> = Vec::new();
    for seed in asked.iter().filter_map(|asked| asked.strip_prefix("seed=")) {
        seeds.push(seed.parse()?);
    }
    let seeds = if seeds.is_empty() { SEEDS.to_vec() } else { seeds };
    let sizes = [("100k", 100_000_u64), ("1m", 1_000_000), ("10m", 10_000_000)];
    let some = sizes.iter().any(|(name, _)| named(name));
    for (name, posts) in sizes {
        if named(name) || (!some && !named("example") && posts <= 1_000_000) {
            size(posts, &seeds, named("dump"))?;
        }
    }
    if named("delays") {
        delays(100_000, &seeds)?;
    }
    if named("example") { example(1_000_000, seeds[0]) } else { Ok(()) }
}

fn parameters() -> Parameters {
    let feed_clients = FEED_CLIENTS.iter().map(|client| (*client).to_owned()).collect();
    // A mobilisation has more accounts than a finding lists by default.
    let limits = Limits { listed: 100_000, ..Limits::default() };
    Parameters { feed_clients, limits, ..Parameters::default() }
}

fn world(seed: u64, posts: u64) -> Result<World, Failure> {
    World::new(world_of(seed, posts)?).map_err(Into::into)
}

fn world_of(seed: u64, posts: u64) -> Result<WorldParameters, Failure> {
    let start = Timestamp::parse("2026-03-02T00:00:00Z")?;
    let accounts = u32::try_from(posts / u64::from(DAYS))?;
    Ok(WorldParameters::new(seed, start, DAYS, accounts))
}

/// Measures worlds of one size and prints their table.
fn size(posts: u64, seeds: &[u64], dump: bool) -> Result<(), Failure> {
    let mut tally = Tally::default();
    for seed in seeds {
        let world = world(*seed, posts)?;
        forget_peak();
        let dataset = dataset(&world, i64::MAX, Who::Posted);
        let (cpu_s, found) =
            cpu::timed(|| campaigns::run(&dataset, &parameters(), &mut Unwatched))?;
        let found = found?;
        tally.cpu_s.push(cpu_s);
        tally.peak_mb.push(peak_mb()?);
        drop(dataset);
        let truth = Truth::of(&world);
        tally.add(&found, &truth);
        if dump {
            found.findings.iter().for_each(|finding| println!("{}", truth.line(finding)));
            found
                .explained
                .iter()
                .for_each(|finding| println!("(explained) {}", truth.line(finding)));
        }
        tally.nothing_to_find(*seed, &world, posts)?;
    }
    tally.print();
    Ok(())
}

/// Who posts what.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Whoever did.
    Posted,
    /// Somebody who posted something else.
    Shuffled,
}

/// The posts of a world up to an instant, and the accounts.
fn dataset(world: &World, until_us: i64, who: Who) -> Dataset {
    let mut builder = Builder::new();
    let mut posters = posters(world, who);
    let mut items = world.items();
    while let Some(item) = items.next() {
        if item.at_us > until_us {
            break;
        }
        let row = item.row();
        let account = posters.pop().unwrap_or_else(|| row.account.to_owned());
        builder.post(&PostRow {
            id: row.id,
            account: &account,
            at_us: row.at_us,
            text: row.text,
            language: row.language,
            repost_of: row.repost_of,
            in_reply_to: row.in_reply_to,
            links: &row.links,
            hashtags: &row.hashtags,
            images: &row.images,
            client: row.client,
            deleted_at_us: row.deleted_at_us.filter(|at| *at <= until_us),
        });
    }
    add_accounts(world, &mut builder);
    builder.build()
}

/// Who posts each item, the last one first, where they are shuffled.
fn posters(world: &World, who: Who) -> Vec<String> {
    let mut posters = Vec::new();
    if who == Who::Posted {
        return posters;
    }
    let mut items = world.items();
    while let Some(item) = items.next() {
        posters.push(item.row().account.to_owned());
    }
    let mut state = world.parameters().seed;
    for place in (1..posters.len()).rev() {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        posters.swap(place, (state >> 33) as usize % (place + 1));
    }
    posters
}

/// What was planted, with accounts by their ids.
struct Truth {
    campaigns: Vec<Campaign>,
    controls: Vec<(&'static str, BTreeSet<String>)>,
    /// Accounts that took part in any campaign.
    guilty: BTreeSet<String>,
}

/// A planted campaign.
struct Campaign {
    id: String,
    kind: String,
    from_us: i64,
    accounts: BTreeSet<String>,
    /// Those that took part often enough.
    steady: BTreeSet<String>,
}

impl Truth {
    fn of(world: &World) -> Self {
        let truth = world.truth();
        let campaign = |campaign: CampaignTruth| {
            let name = |account: &u32| world.account_id(*account);
            let steady = campaign.accounts.iter().zip(&campaign.parts);
            Campaign {
                kind: format!("{}, {}", campaign.kind, campaign.variant),
                id: campaign.id,
                from_us: campaign.from_us,
                steady: steady.filter(|of| *of.1 >= LEAST_PARTS).map(|of| name(of.0)).collect(),
                accounts: campaign.accounts.iter().map(name).collect(),
            }
        };
        let campaigns: Vec<Campaign> = truth.campaigns().map(campaign).collect();
        let guilty: BTreeSet<String> =
            campaigns.iter().flat_map(|campaign| campaign.accounts.clone()).collect();
        let control = |control: ControlTruth| {
            let names = control.accounts.iter().map(|account| world.account_id(*account));
            (control.kind, names.filter(|name| !guilty.contains(name)).collect())
        };
        let controls = truth.controls().map(control).collect();
        Self { campaigns, controls, guilty }
    }

    /// The campaign that a finding is most like, by shared accounts among all of both, where most
    /// accounts of the finding took part in it.
    fn of_finding(&self, finding: &BTreeSet<String>) -> Option<&Campaign> {
        let shared = |campaign: &Campaign| campaign.accounts.intersection(finding).count();
        let like = |campaign: &Campaign| {
            let both = shared(campaign);
            both as f64 / (campaign.accounts.len() + finding.len() - both) as f64
        };
        let most = self.campaigns.iter().filter(|campaign| shared(campaign) * 2 > finding.len());
        most.max_by(|left, right| like(left).total_cmp(&like(right)))
    }

    /// A finding in one line, with what its accounts took part in.
    fn line(&self, finding: &CampaignFinding) -> String {
        let own = accounts(finding);
        let mut shares: Vec<(usize, &str)> = self
            .campaigns
            .iter()
            .map(|campaign| (campaign.accounts.intersection(&own).count(), campaign.id.as_str()))
            .chain(self.controls.iter().map(|(kind, of)| (of.intersection(&own).count(), *kind)))
            .filter(|(count, _)| *count > 0)
            .collect();
        shares.sort_unstable_by(|a, b| b.cmp(a));
        shares.truncate(4);
        let traces: Vec<String> =
            finding.traces.iter().map(|of| format!("{:?}/{}", of.trace, of.window_s)).collect();
        format!(
            "{:?} {} accounts, {} objects, observed {}, expected {:.2}, q {:.1e}, {traces:?}: \
             {shares:?} {:?}",
            finding.basis,
            finding.accounts_total,
            finding.objects_total,
            finding.observed,
            finding.expected,
            finding.q_value,
            finding.explanation,
        )
    }
}

fn accounts(finding: &CampaignFinding) -> BTreeSet<String> {
    finding.accounts.iter().map(|account| account.account.clone()).collect()
}

/// What one kind of campaign came to.
#[derive(Default)]
struct Kind {
    took_part: usize,
    found: usize,
    steady: usize,
    steady_found: usize,
    right: usize,
    of_any: usize,
    listed: usize,
}

/// All worlds of one size.
#[derive(Default)]
struct Tally {
    worlds: usize,
    posts: u64,
    kinds: BTreeMap<String, Kind>,
    controls: BTreeMap<&'static str, (usize, usize)>,
    right: usize,
    listed: usize,
    findings: usize,
    stray: usize,
    explained: u64,
    capped: usize,
    agreement: Vec<(f64, f64)>,
    moved: (u64, u64),
    shuffled: u64,
    unplanted: u64,
    cpu_s: Vec<f64>,
    peak_mb: Vec<f64>,
}

impl Tally {
    fn add(&mut self, found: &Campaigns, truth: &Truth) {
        let findings: Vec<BTreeSet<String>> = found.findings.iter().map(accounts).collect();
        let all: BTreeSet<String> = findings.iter().flatten().cloned().collect();
        for campaign in &truth.campaigns {
            let kind = self.kinds.entry(campaign.kind.clone()).or_default();
            kind.took_part += campaign.accounts.len();
            kind.found += campaign.accounts.intersection(&all).count();
            kind.steady += campaign.steady.len();
            kind.steady_found += campaign.steady.intersection(&all).count();
        }
        for finding in &findings {
            if let Some(campaign) = truth.of_finding(finding) {
                let kind = self.kinds.entry(campaign.kind.clone()).or_default();
                kind.right += finding.intersection(&campaign.accounts).count();
                kind.of_any += finding.intersection(&truth.guilty).count();
                kind.listed += finding.len();
            } else {
                self.stray += 1;
            }
        }
        for (kind, accounts) in &truth.controls {
            let counts = self.controls.entry(kind).or_default();
            counts.0 += accounts.intersection(&all).count();
            counts.1 += accounts.len();
        }
        self.worlds += 1;
        self.posts += found.posts;
        self.right += all.intersection(&truth.guilty).count();
        self.listed += all.len();
        self.findings += findings.len();
        self.explained += found.explained_total;
        self.capped += found.remarks.len();
        self.agreement.push(agreement(&findings, truth));
        let (pairs, groups) = self.moved;
        let noise = found.noise.iter();
        let of_noise = noise.fold((0, 0), |sum, noise| (sum.0 + noise.pairs, sum.1 + noise.groups));
        self.moved = (pairs + of_noise.0, groups + of_noise.1);
    }

    /// Adds the findings where who posted what is shuffled, and where no campaign was planted.
    fn nothing_to_find(&mut self, seed: u64, world: &World, posts: u64) -> Result<(), Failure> {
        let quiet = Parameters { noise_repeats: 0, ..parameters() };
        let shuffled = dataset(world, i64::MAX, Who::Shuffled);
        self.shuffled += campaigns::run(&shuffled, &quiet, &mut Unwatched)?.findings_total;
        drop(shuffled);
        let unplanted = WorldParameters { campaigns: 0, ..world_of(seed, posts)? };
        let unplanted = dataset(&World::new(unplanted)?, i64::MAX, Who::Posted);
        self.unplanted += campaigns::run(&unplanted, &quiet, &mut Unwatched)?.findings_total;
        Ok(())
    }

    fn print(&self) {
        println!("\n{} worlds, {} posts together\n", self.worlds, self.posts);
        println!(
            "| campaign | took part | found | took part 3 times | found | recall | listed with it \
             | took part in it | in any campaign |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|"
        );
        for (kind, of) in &self.kinds {
            let Kind { took_part, found, steady, steady_found, listed, .. } = of;
            let recall = share(*steady_found, *steady);
            let (own, any) = (share(of.right, *listed), share(of.of_any, *listed));
            println!(
                "| {kind} | {took_part} | {found} | {steady} | {steady_found} | {recall} | \
                 {listed} | {own} | {any} |"
            );
        }
        println!("\n| innocent crowd | accounts | listed | share |\n|---|--:|--:|--:|");
        for (kind, (listed, all)) in &self.controls {
            println!("| {kind} | {all} | {listed} | {} |", share(*listed, *all));
        }
        self.print_whole();
    }

    fn print_whole(&self) {
        println!("\n| the whole | |\n|---|--:|");
        let row = |what: &str, value: String| println!("| {what} | {value} |");
        row("precision over all listed accounts", share(self.right, self.listed));
        row("findings", self.findings.to_string());
        row("findings of no campaign", self.stray.to_string());
        row("groups listed as explained", self.explained.to_string());
        row("remarks of what was given up", self.capped.to_string());
        let of = |value: fn(&(f64, f64)) -> f64| median(self.agreement.iter().map(value).collect());
        row("B-cubed precision of findings", format!("{:.3}", of(|of| of.0)));
        row("B-cubed recall of findings", format!("{:.3}", of(|of| of.1)));
        row("significant pairs where posts are moved by chance", self.moved.0.to_string());
        row("groups there", self.moved.1.to_string());
        row("findings where who posted what is shuffled", self.shuffled.to_string());
        row("findings where no campaign was planted", self.unplanted.to_string());
        row("processor time of a study, s", format!("{:.1}", median(self.cpu_s.clone())));
        row("peak memory, MB", format!("{:.0}", median(self.peak_mb.clone())));
    }
}

fn share(part: usize, whole: usize) -> String {
    if whole == 0 { "none".into() } else { format!("{:.3}", part as f64 / whole as f64) }
}

/// B-cubed precision and recall (Bagga and Baldwin 1998) over accounts that are in a finding and in
/// a campaign; each counts for the first finding and the first campaign that it is in.
fn agreement(findings: &[BTreeSet<String>], truth: &Truth) -> (f64, f64) {
    let first = |groups: Vec<&BTreeSet<String>>| {
        let mut of: BTreeMap<String, usize> = BTreeMap::new();
        for (place, group) in groups.into_iter().enumerate() {
            group.iter().for_each(|name| _ = of.entry(name.clone()).or_insert(place));
        }
        of
    };
    let finding = first(findings.iter().collect());
    let campaign = first(truth.campaigns.iter().map(|campaign| &campaign.steady).collect());
    let both: Vec<(usize, usize)> = finding
        .iter()
        .filter_map(|(name, finding)| Some((*finding, *campaign.get(name)?)))
        .collect();
    let (mut precision, mut recall) = (0.0, 0.0);
    for own in &both {
        let same = both.iter().filter(|other| *other == own).count() as f64;
        precision += same / both.iter().filter(|other| other.0 == own.0).count() as f64;
        recall += same / both.iter().filter(|other| other.1 == own.1).count() as f64;
    }
    let count = both.len().max(1) as f64;
    (precision / count, recall / count)
}

/// Lets the kernel begin anew to watch for the most memory that this process holds.
fn forget_peak() {
    // Where the kernel does not offer it, the peak is that of all that was measured before.
    _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn peak_mb() -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kib.map(|kib| kib / 1_000.0 * 1.024).ok_or_else(|| "no peak in /proc/self/status".into())
}

/// Prints how long each kind of campaign had been going on when the study would first have listed
/// half of it, had it been made twice a day.
fn delays(posts: u64, seeds: &[u64]) -> Result<(), Failure> {
    let mut kinds: BTreeMap<String, (Vec<f64>, usize)> = BTreeMap::new();
    for seed in seeds {
        let world = world(*seed, posts)?;
        let truth = Truth::of(&world);
        for (campaign, found_us) in truth.campaigns.iter().zip(found_at(&world, &truth)?) {
            let (hours, missed) = kinds.entry(campaign.kind.clone()).or_default();
            match found_us {
                Some(found_us) => hours.push((found_us - campaign.from_us) as f64 / 3.6e9),
                None => *missed += 1,
            }
        }
    }
    println!(
        "\n| campaign | found | missed | median hours until half is found |\n|---|--:|--:|--:|"
    );
    for (kind, (hours, missed)) in kinds {
        println!("| {kind} | {} | {missed} | {:.0} |", hours.len(), median(hours.clone()));
    }
    Ok(())
}

fn found_at(world: &World, truth: &Truth) -> Result<Vec<Option<i64>>, Failure> {
    let start = world.parameters().start_us();
    let quiet = Parameters { noise_repeats: 0, ..parameters() };
    let mut found_at: Vec<Option<i64>> = vec![None; truth.campaigns.len()];
    for half_day in 1..=i64::from(DAYS) * 2 {
        let until_us = start + half_day * DAY_US / 2;
        let dataset = dataset(world, until_us, Who::Posted);
        let found = campaigns::run(&dataset, &quiet, &mut Unwatched)?;
        let listed: BTreeSet<String> = found.findings.iter().flat_map(accounts).collect();
        for (campaign, found) in truth.campaigns.iter().zip(&mut found_at) {
            let seen = campaign.steady.intersection(&listed).count();
            if found.is_none() && seen > 0 && seen * 2 >= campaign.steady.len() {
                *found = Some(until_us);
            }
        }
    }
    Ok(found_at)
}

/// Prints what two innocent crowds and one campaign did within a minute, how much of it chance
/// gives, and what the study lists: the worked example of `docs/guides/studies.md`.
fn example(posts: u64, seed: u64) -> Result<(), Failure> {
    let world = world(seed, posts)?;
    let truth = Truth::of(&world);
    let dataset = dataset(&world, i64::MAX, Who::Posted);
    let quiet = Parameters { noise_repeats: 0, ..parameters() };
    let found = campaigns::run(&dataset, &quiet, &mut Unwatched)?;
    println!(
        "\n| group | accounts | together within a minute | expected by chance | pairs with three \
         objects or more | accounts listed | q-value |\n|---|--:|--:|--:|--:|--:|--:|"
    );
    for kind in ["fan_community", "breaking_news", "televised_event"] {
        let control = truth.controls.iter().find(|(of, _)| *of == kind);
        control.into_iter().for_each(|(kind, of)| told(kind, of, &dataset, &found));
    }
    for kind in ["co_repost, plain", "co_link, plain", "hashtag_flood, plain"] {
        let campaign = truth.campaigns.iter().find(|campaign| campaign.kind == kind);
        campaign.into_iter().for_each(|of| told(kind, &of.accounts, &dataset, &found));
    }
    Ok(())
}

/// Prints the row of one group.
fn told(kind: &str, accounts_of: &BTreeSet<String>, dataset: &Dataset, found: &Campaigns) {
    let null = screen::null_of(&parameters(), 60, 0);
    let rules = TextRules::default();
    let numbers: BTreeSet<u32> =
        accounts_of.iter().filter_map(|name| dataset.accounts.find(name)).collect();
    let (mut seen, mut expected) = (0_u64, 0.0);
    let mut objects: BTreeMap<(u32, u32), BTreeSet<u32>> = BTreeMap::new();
    for trace in [Trace::Repost, Trace::Link, Trace::Hashtag] {
        let actions = actions::taken(dataset, trace, &rules);
        for rows in actions.groups() {
            let own: Vec<usize> =
                rows.filter(|row| numbers.contains(&actions.account[*row])).collect();
            for (place, right) in own.iter().enumerate() {
                for left in &own[..place] {
                    let apart_us = actions.at_us[*right] - actions.at_us[*left];
                    let pair = (actions.account[*left], actions.account[*right]);
                    if pair.0 == pair.1 || apart_us > null.reach_us() {
                        continue;
                    }
                    expected += null.both_moved(apart_us);
                    if apart_us <= null.window_us {
                        seen += 1;
                        let pair = (pair.0.min(pair.1), pair.0.max(pair.1));
                        objects.entry(pair).or_default().insert(actions.object[*right]);
                    }
                }
            }
        }
    }
    let often = objects.values().filter(|objects| objects.len() >= 3).count();
    let shared = |finding: &&CampaignFinding| accounts(finding).intersection(accounts_of).count();
    let most = found.findings.iter().max_by_key(shared).filter(|finding| shared(finding) > 2);
    let listed = most.map_or(0, |finding| shared(&finding));
    let q = most.map_or("none".to_owned(), |finding| format!("{:.1e}", finding.q_value));
    println!(
        "| {kind} | {} | {seen} | {expected:.1} | {often} | {listed} | {q} |",
        accounts_of.len()
    );
}
